//! Signals that are remembered instead of died of, for a command that ends in its own time.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::Signal;

/// SIGINT, SIGTERM and SIGHUP, remembered instead of died of.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    any: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

impl Remembered {
    /// A flag that is up once one came.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.any)
    }

    /// The last that came.
    pub(crate) fn last(&self) -> Option<Signal> {
        Signal::try_from(self.last.load(Ordering::Relaxed) as i32).ok()
    }
}

/// From now on these signals are remembered. A started program has them as usual, which it would not have if they were
/// blocked.
pub(crate) fn remember() -> io::Result<Remembered> {
    static REMEMBERED: OnceLock<Remembered> = OnceLock::new();
    if let Some(before) = REMEMBERED.get() {
        return Ok(before.clone());
    }
    let new = Remembered { any: Arc::default(), last: Arc::default() };
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].map(|signal| signal as i32) {
        signal_hook::flag::register_usize(signal, Arc::clone(&new.last), signal as usize)?;
        signal_hook::flag::register(signal, new.flag())?;
    }
    Ok(REMEMBERED.get_or_init(|| new).clone())
}
