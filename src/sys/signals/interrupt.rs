//! SIGINT as Python has it: a flag, and the call that a program is in returns.
//!
//! # Safety
//! The handlers read a cell that was filled before they were installed, call what accesses an atomic, and set a timer.
#![allow(unsafe_code)]

use std::sync::OnceLock;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

use super::ticking;

/// The flag that SIGINT raises. Called in handlers, so each only accesses an atomic.
struct Flag {
    raise: fn(),
    is_up: fn() -> bool,
}

static FLAG: OnceLock<Flag> = OnceLock::new();

/// Makes SIGINT a `KeyboardInterrupt` of the document programs: it raises a flag, and calls return `EINTR`, since the
/// handler does not ask for a restart. One that comes just before a call is entered does not interrupt it, but the next
/// tick of a timer does, which goes on for as long as the flag is up.
pub(crate) fn interrupt_as_python_does(raise: fn(), is_up: fn() -> bool) -> nix::Result<()> {
    extern "C" fn on_interrupt(_: libc::c_int) {
        if let Some(flag) = FLAG.get() {
            (flag.raise)();
        }
        ticking(true);
    }
    extern "C" fn on_alarm(_: libc::c_int) {
        if !FLAG.get().is_some_and(|flag| (flag.is_up)()) {
            ticking(false);
        }
    }
    FLAG.get_or_init(|| Flag { raise, is_up });
    for (signal, handler) in [(Signal::SIGALRM, on_alarm as extern "C" fn(_)), (Signal::SIGINT, on_interrupt)] {
        let action = SigAction::new(SigHandler::Handler(handler), SaFlags::empty(), SigSet::empty());
        // SAFETY: the handlers access atomics and set a timer, nothing else.
        unsafe { sigaction(signal, &action) }?;
    }
    Ok(())
}
