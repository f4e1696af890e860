//! Signals that a thread of ours waits for: what follows may then do anything, which a handler may not.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

use super::Dispositions;

/// Runs `then` when one of the signals comes, on a thread that takes no other. To be called before any other thread is
/// started: the signals are kept from all of them. Those that are ignored, as under nohup, stay so.
pub(crate) fn on(signals: &[Signal], then: impl FnOnce(Signal) + Send + 'static) -> nix::Result<()> {
    let numbers: Vec<i32> = signals.iter().map(|signal| *signal as i32).collect();
    let before = Dispositions::of(&numbers);
    let set: SigSet = signals.iter().copied().filter(|signal| !before.ignores(*signal as i32)).collect();
    let mut mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    std::thread::spawn(move || {
        if let Ok(signal) = set.wait() {
            then(signal);
        }
    });
    mask.extend(set.iter());
    mask.thread_set_mask()
}
