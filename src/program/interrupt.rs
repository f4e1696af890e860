//! SIGINT as Python has it: a flag that interrupted calls look at, and at last death by the same signal.
//!
//! # Safety
//! The handlers do nothing but store to an atomic, which is allowed in a signal handler.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicI32, Ordering};

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

static CAME: AtomicI32 = AtomicI32::new(0);

extern "C" fn on_ending(number: libc::c_int) {
    CAME.store(number, Ordering::Relaxed);
}

/// Makes these signals be remembered by [`came`] instead of ending the process. A started program has them as usual,
/// which it would not have if they were blocked.
pub fn remember(signals: &[Signal]) -> nix::Result<()> {
    let action = SigAction::new(SigHandler::Handler(on_ending), SaFlags::SA_RESTART, SigSet::empty());
    for signal in signals {
        // SAFETY: the handler only stores to an atomic.
        unsafe { sigaction(*signal, &action) }?;
    }
    Ok(())
}

/// The last of the remembered signals that came.
pub fn came() -> Option<Signal> {
    Signal::try_from(CAME.load(Ordering::Relaxed)).ok()
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
