//! Signals, how they are masked, and why they were sent.

use std::borrow::Cow;

/// The kernel's first real-time signal. (The C library's `SIGRTMIN` is 34, as it keeps two for itself; a tracer sees the
/// kernel's numbers.)
const REAL_TIME_FIRST: u64 = 32;
/// The last signal.
const REAL_TIME_LAST: u64 = 64;

/// The name strace gives a signal: `SIGPIPE`, `SIGRTMIN` for 32, `SIGRT_1` for 33 up to `SIGRT_32` for 64. `None` for what
/// is no signal, which is written as a decimal number.
pub fn signal_name(number: u64) -> Option<Cow<'static, str>> {
    match number {
        REAL_TIME_FIRST => Some(Cow::Borrowed("SIGRTMIN")),
        _ if number > REAL_TIME_FIRST && number <= REAL_TIME_LAST => {
            Some(Cow::Owned(format!("SIGRT_{}", number - REAL_TIME_FIRST)))
        }
        _ => SIGNALS.name(number).map(Cow::Borrowed),
    }
}

/// The number of a name as [`signal_name`] writes it.
pub fn signal_number(name: &str) -> Option<u64> {
    if name == "SIGRTMIN" {
        return Some(REAL_TIME_FIRST);
    }
    match name.strip_prefix("SIGRT_") {
        Some(digits) => {
            let offset: u64 = digits.parse().ok()?;
            let number = REAL_TIME_FIRST.checked_add(offset)?;
            // Only the spelling that is written: no sign, no leading zeros, no second name for SIGRTMIN.
            (signal_name(number).as_deref() == Some(name)).then_some(number)
        }
        None => SIGNALS.value(name),
    }
}

xlat! {
    /// Signals (`asm-generic/signal.h`). Real-time signals have no fixed names; see [`signal_name`].
    SIGNALS "SIG_???" {
        SIGHUP = 1,
        SIGINT = 2,
        SIGQUIT = 3,
        SIGILL = 4,
        SIGTRAP = 5,
        SIGABRT = 6,
        SIGBUS = 7,
        SIGFPE = 8,
        SIGKILL = 9,
        SIGUSR1 = 10,
        SIGSEGV = 11,
        SIGUSR2 = 12,
        SIGPIPE = 13,
        SIGALRM = 14,
        SIGTERM = 15,
        SIGSTKFLT = 16,
        SIGCHLD = 17,
        SIGCONT = 18,
        SIGSTOP = 19,
        SIGTSTP = 20,
        SIGTTIN = 21,
        SIGTTOU = 22,
        SIGURG = 23,
        SIGXCPU = 24,
        SIGXFSZ = 25,
        SIGVTALRM = 26,
        SIGPROF = 27,
        SIGWINCH = 28,
        SIGIO = 29,
        SIGPWR = 30,
        SIGSYS = 31,
    }

    /// First argument of `rt_sigprocmask`.
    MASK_HOW "SIG_???" {
        SIG_BLOCK = 0,
        SIG_UNBLOCK = 1,
        SIG_SETMASK = 2,
    }

    /// Flags of a signal action, in strace's order.
    SA_FLAGS "SA_???" {
        SA_ONSTACK = 0x8000000,
        SA_RESTART = 0x10000000,
        SA_INTERRUPT = 0x20000000,
        SA_NODEFER = 0x40000000,
        SA_RESETHAND = 0x80000000,
        SA_SIGINFO = 0x4,
        SA_NOCLDSTOP = 0x1,
        SA_NOCLDWAIT = 0x2,
    }
}
