//! Interrupts a thread in a call that does not return.
//!
//! # Safety
//! The handler does nothing, which is allowed in a signal handler.
#![allow(unsafe_code)]

use std::io;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::Pid;

/// A signal that nothing else of ours uses.
const WAKE: Signal = Signal::SIGUSR2;

/// It as a bit of a mask.
pub(crate) const MASK: u64 = 1 << (WAKE as u64 - 1);

extern "C" fn nothing(_: libc::c_int) {}

/// Makes [`wake`] interrupt calls: without `SA_RESTART` they return `EINTR`.
pub(crate) fn prepare() -> io::Result<()> {
    let action = SigAction::new(SigHandler::Handler(nothing), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing.
    unsafe { sigaction(WAKE, &action) }?;
    Ok(())
}

/// Interrupts the call that a thread of this process is in, if it is in one.
pub(crate) fn wake(tid: Pid) {
    // SAFETY: no pointers; for a thread that has ended the result is ESRCH, which is fine.
    unsafe { libc::syscall(libc::SYS_tgkill, std::process::id() as libc::pid_t, tid.as_raw(), WAKE as libc::c_int) };
}
