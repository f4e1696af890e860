//! SIGINT as Python has it: a flag that interrupted calls look at, and at last death by the same signal.
//!
//! # Safety
//! The handler does nothing but store to an atomic, which is allowed in a signal handler.
#![allow(unsafe_code)]

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};

extern "C" fn on_interrupt(_: libc::c_int) {
    crate::pysocket::interrupt();
}

/// Makes SIGINT a `KeyboardInterrupt`: calls return `EINTR`, since the handler does not ask for a restart.
pub fn install() -> nix::Result<()> {
    let action = SigAction::new(SigHandler::Handler(on_interrupt), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler only stores to an atomic.
    unsafe { sigaction(Signal::SIGINT, &action) }.map(drop)
}

/// Keeps SIGINT away from the calling thread, so that it interrupts the main thread.
pub fn leave_to_main_thread() -> nix::Result<()> {
    let mut set = SigSet::empty();
    set.add(Signal::SIGINT);
    set.thread_block()
}

/// Ends this process by the signal, so that the parent sees it. Returns only if the kernel refuses.
pub fn die_by(signal: Signal) -> nix::Result<()> {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the default action runs no code of ours.
    unsafe { sigaction(signal, &default) }?;
    let mut set = SigSet::empty();
    set.add(signal);
    set.thread_unblock()?;
    raise(signal)
}
