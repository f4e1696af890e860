//! SIGINT, SIGTERM and SIGHUP: waited for by a thread, so that a log can be ended before the process is.

use nix::sys::signal::{SigSet, Signal};

/// A set of these signals.
pub fn set(signals: &[Signal]) -> SigSet {
    let mut set = SigSet::empty();
    for signal in signals {
        set.add(*signal);
    }
    set
}

/// Runs `then` when one of the signals comes. To be called before any other thread is started: the signals are kept
/// from all of them.
pub fn on(signals: &[Signal], then: impl FnOnce(Signal) + Send + 'static) -> nix::Result<()> {
    let set = set(signals);
    set.thread_block()?;
    std::thread::spawn(move || {
        if let Ok(signal) = set.wait() {
            then(signal);
        }
    });
    Ok(())
}
