//! The signals that would end a tracer: it ends when its program has, so it hears of them instead of dying.
//!
//! # Safety
//! Handlers read a cell that was filled before they were installed, call what stores to atomics, and make one system
//! call.
#![allow(unsafe_code)]

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

use super::{Dispositions, inherited, ticking};

/// How a tracer is asked. Called in handlers, so each only stores to atomics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// A tick of the timer came.
    pub(crate) tick: fn(),
    /// This signal came, from that process (0 for the kernel).
    pub(crate) end: fn(i32, i32),
}

/// The tracer that is asked.
static ASKED: OnceLock<Asked> = OnceLock::new();
/// The signals that ask a tracer to end.
const ENDING: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];
/// Those that a script's `&` leaves ignored, since ^C at the terminal is not meant for the background. Sent by a process
/// they are meant for us.
const BACKGROUND: [i32; 2] = [libc::SIGINT, libc::SIGQUIT];
/// A bit for each of them that was ignored when we were started: the terminal's stays so.
static FROM_KERNEL_IGNORED: AtomicU32 = AtomicU32::new(0);

/// Takes over the signals that would end a tracer, and the timer's; what was done about them before, for the program
/// that is started. Where calls are recorded inside the program (`naps`), its stops end a sleep between two looks.
pub(crate) fn install(asked: Asked, naps: bool) -> Dispositions {
    ASKED.get_or_init(|| asked);
    let mut found = Dispositions::of(&[&ENDING[..], &[libc::SIGALRM, libc::SIGCHLD]].concat());
    let set = |signal: i32, handler: usize, flags: i32| {
        // SAFETY: a pointer to a local; the handlers are the two below. No SA_RESTART: the wait must be left.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            (action.sa_sigaction, action.sa_flags) = (handler, flags);
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    };
    for signal in ENDING {
        let ignored = found.ignores(signal);
        // As under nohup.
        if ignored && !BACKGROUND.contains(&signal) {
            continue;
        }
        if ignored {
            FROM_KERNEL_IGNORED.fetch_or(1 << signal, Ordering::Relaxed);
        }
        set(signal, on_ending as *const () as usize, libc::SA_SIGINFO);
    }
    set(libc::SIGALRM, on_tick as *const () as usize, 0);
    // Inherited as ignored it would hide the program's status from us; otherwise stops are reported by the wait alone.
    set(libc::SIGCHLD, libc::SIG_DFL, if naps { 0 } else { libc::SA_NOCLDSTOP });
    found.set_ignored(libc::SIGPIPE, inherited::sigpipe_ignored());
    found
}

/// Lets no signal of the user's end the tracer, or with `stops` stop it, which the program is to have as before.
pub(crate) fn ignore(stops: bool, before: &mut Dispositions) {
    let ignored = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    if stops {
        before.add(&[libc::SIGTSTP]);
    }
    for signal in ENDING.into_iter().chain(stops.then_some(libc::SIGTSTP)) {
        if let Ok(signal) = Signal::try_from(signal) {
            // SAFETY: no handler is installed.
            let _ = unsafe { sigaction(signal, &ignored) };
        }
    }
}

extern "C" fn on_tick(_: i32) {
    if let Some(asked) = ASKED.get() {
        (asked.tick)();
    }
}

extern "C" fn on_ending(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid siginfo; `si_pid` is meant only for the codes that have it.
    let sender = unsafe { if (*info).si_code <= 0 { (*info).si_pid() } else { 0 } };
    if sender == 0 && FROM_KERNEL_IGNORED.load(Ordering::Relaxed) & (1 << signal) != 0 {
        return;
    }
    if let Some(asked) = ASKED.get() {
        (asked.end)(signal, sender);
    }
    ticking(true);
}
