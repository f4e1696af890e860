//! Signals, how they are masked, and why they were sent.

use std::borrow::Cow;

use super::{Words, Xlat};

/// The kernel's first real-time signal. (The C library's `SIGRTMIN` is 34, as it keeps two for itself; a tracer sees
/// the kernel's numbers.)
const REAL_TIME_FIRST: u64 = 32;
/// The last signal.
const REAL_TIME_LAST: u64 = 64;

/// strace's name of a signal: `SIGPIPE`, `SIGRTMIN` for 32, `SIGRT_1` for 33 up to `SIGRT_32` for 64. `None` for any
/// other number, which is written in decimal.
pub fn signal_name(number: u64) -> Option<Cow<'static, str>> {
    match number {
        REAL_TIME_FIRST => Some(Cow::Borrowed("SIGRTMIN")),
        _ if number > REAL_TIME_FIRST && number <= REAL_TIME_LAST => {
            Some(Cow::Owned(format!("SIGRT_{}", number - REAL_TIME_FIRST)))
        }
        _ => SIGNAL.name(number).map(Cow::Borrowed),
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
        None => SIGNAL.value(name),
    }
}

const SYSCALL_NR_WORDS: Words =
    Words { name: "SYSCALL_NR", set: "The numbers under which the kernel knows its calls.", members: &[] };

/// Numbers of this machine's calls, as `__NR_socket` (`asm/unistd.h`).
pub static SYSCALL_NR: Xlat = Xlat::made(SYSCALL_NR_WORDS, "__NR_???", || {
    let name = |call: syscalls::Sysno| -> &'static str { Box::leak(format!("__NR_{}", call.name()).into_boxed_str()) };
    syscalls::Sysno::iter().map(|call| (name(call), call.id() as u64)).collect()
});

xlat! {
    /// Short messages that interrupt a program, or end it.
    ///
    /// Signals (`asm-generic/signal.h`). Real-time signals have no fixed names; see [`signal_name`].
    SIGNAL "SIG_???" {
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

    /// How the set of signals that are held back changes.
    ///
    /// First argument of `rt_sigprocmask`.
    SIGMASK_HOW "SIG_???" {
        SIG_BLOCK = 0,
        SIG_UNBLOCK = 1,
        SIG_SETMASK = 2,
    }

    /// How a signal is handled.
    ///
    /// Flags of a signal action, in strace's order.
    SA_FLAGS "SA_???" {
        SA_RESTORER = 0x4000000,
        SA_ONSTACK = 0x8000000,
        SA_RESTART = 0x10000000,
        SA_INTERRUPT = 0x20000000,
        SA_NODEFER = 0x40000000,
        SA_RESETHAND = 0x80000000,
        SA_SIGINFO = 0x4,
        SA_NOCLDSTOP = 0x1,
        SA_NOCLDWAIT = 0x2,
    }

    /// Why a signal was sent.
    ///
    /// Why any signal may be sent (`asm-generic/siginfo.h`): the negative codes and zero come from programs,
    /// `SI_KERNEL` from the kernel. Codes are written here as the 32 bits they are.
    SI_CODE "SI_???" {
        SI_KERNEL = 128,
        SI_USER = 0,
        SI_QUEUE = -1_i32 as u32,
        SI_TIMER = -2_i32 as u32,
        SI_MESGQ = -3_i32 as u32,
        SI_ASYNCIO = -4_i32 as u32,
        SI_SIGIO = -5_i32 as u32,
        SI_TKILL = -6_i32 as u32,
        SI_DETHREAD = -7_i32 as u32,
        SI_ASYNCNL = -60_i32 as u32,
    }

    /// Kinds of machine, whose calls have different numbers.
    ///
    /// Architectures whose calls differ, `linux/audit.h`.
    AUDIT_ARCH "AUDIT_ARCH_???" {
        AUDIT_ARCH_X86_64 = 0xc000003e_u32,
        AUDIT_ARCH_I386 = 0x40000003,
        AUDIT_ARCH_AARCH64 = 0xc00000b7_u32,
        AUDIT_ARCH_ARM = 0x40000028,
    }

    /// What was wrong with an instruction (SIGILL).
    ///
    /// Codes of `SIGILL`, and those of [`SI_CODE`].
    ILL_CODE "ILL_???" : SI_CODE {
        ILL_ILLOPC = 1,
        ILL_ILLOPN = 2,
        ILL_ILLADR = 3,
        ILL_ILLTRP = 4,
        ILL_PRVOPC = 5,
        ILL_PRVREG = 6,
        ILL_COPROC = 7,
        ILL_BADSTK = 8,
        ILL_BADIADDR = 9,
    }

    /// What stopped a program that is being debugged (SIGTRAP).
    ///
    /// Codes of `SIGTRAP`, and those of [`SI_CODE`].
    TRAP_CODE "TRAP_???" : SI_CODE {
        TRAP_BRKPT = 1,
        TRAP_TRACE = 2,
        TRAP_BRANCH = 3,
        TRAP_HWBKPT = 4,
        TRAP_UNK = 5,
        TRAP_PERF = 6,
    }

    /// What was wrong with an access to memory (SIGBUS).
    ///
    /// Codes of `SIGBUS`, and those of [`SI_CODE`].
    BUS_CODE "BUS_???" : SI_CODE {
        BUS_ADRALN = 1,
        BUS_ADRERR = 2,
        BUS_OBJERR = 3,
        BUS_MCEERR_AR = 4,
        BUS_MCEERR_AO = 5,
    }

    /// What was wrong with a computation (SIGFPE).
    ///
    /// Codes of `SIGFPE`, and those of [`SI_CODE`].
    FPE_CODE "FPE_???" : SI_CODE {
        FPE_INTDIV = 1,
        FPE_INTOVF = 2,
        FPE_FLTDIV = 3,
        FPE_FLTOVF = 4,
        FPE_FLTUND = 5,
        FPE_FLTRES = 6,
        FPE_FLTINV = 7,
        FPE_FLTSUB = 8,
        FPE_FLTUNK = 14,
    }

    /// What was wrong with an access to memory (SIGSEGV).
    ///
    /// Codes of `SIGSEGV`, and those of [`SI_CODE`].
    SEGV_CODE "SEGV_???" : SI_CODE {
        SEGV_MAPERR = 1,
        SEGV_ACCERR = 2,
        SEGV_BNDERR = 3,
        SEGV_PKUERR = 4,
        SEGV_ACCADI = 5,
        SEGV_ADIDERR = 6,
        SEGV_ADIPERR = 7,
        SEGV_MTEAERR = 8,
        SEGV_MTESERR = 9,
    }

    /// What became of a child process (SIGCHLD).
    ///
    /// Codes of `SIGCHLD`, and those of [`SI_CODE`].
    CLD_CODE "CLD_???" : SI_CODE {
        CLD_EXITED = 1,
        CLD_KILLED = 2,
        CLD_DUMPED = 3,
        CLD_TRAPPED = 4,
        CLD_STOPPED = 5,
        CLD_CONTINUED = 6,
    }

    /// What a descriptor is ready for (SIGIO).
    ///
    /// Codes of `SIGIO`, and those of [`SI_CODE`].
    POLL_CODE "POLL_???" : SI_CODE {
        POLL_IN = 1,
        POLL_OUT = 2,
        POLL_MSG = 3,
        POLL_ERR = 4,
        POLL_PRI = 5,
        POLL_HUP = 6,
    }

    /// Why a call was refused (SIGSYS).
    ///
    /// Codes of `SIGSYS`, and those of [`SI_CODE`].
    SYS_CODE "SYS_???" : SI_CODE {
        SYS_SECCOMP = 1,
        SYS_USER_DISPATCH = 2,
    }
}

/// The table that names `si_code` for a signal: its own codes and the common ones. strace writes a code without a name
/// as hex digits alone, with no comment.
pub fn si_codes(signal: u64) -> &'static Xlat {
    match i32::try_from(signal).unwrap_or_default() {
        libc::SIGILL => &ILL_CODE,
        libc::SIGTRAP => &TRAP_CODE,
        libc::SIGBUS => &BUS_CODE,
        libc::SIGFPE => &FPE_CODE,
        libc::SIGSEGV => &SEGV_CODE,
        libc::SIGCHLD => &CLD_CODE,
        libc::SIGIO => &POLL_CODE,
        libc::SIGSYS => &SYS_CODE,
        _ => &SI_CODE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &SIGNAL,
            &SIGMASK_HOW,
            &SA_FLAGS,
            &SI_CODE,
            &ILL_CODE,
            &TRAP_CODE,
            &BUS_CODE,
            &FPE_CODE,
            &SEGV_CODE,
            &CLD_CODE,
            &POLL_CODE,
            &SYS_CODE,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { SIGNAL:
            SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGFPE SIGKILL SIGSEGV SIGPIPE SIGALRM
            SIGTERM
        }
        agrees_with_libc! { SI_CODE:
            SI_KERNEL SI_USER SI_QUEUE SI_TIMER SI_MESGQ SI_ASYNCIO SI_SIGIO SI_TKILL SI_DETHREAD
            SI_ASYNCNL
        }
        agrees_with_libc! { TRAP_CODE:
            TRAP_BRKPT TRAP_TRACE TRAP_BRANCH TRAP_HWBKPT TRAP_UNK TRAP_PERF
        }
        agrees_with_libc! { BUS_CODE:
            BUS_ADRALN BUS_ADRERR BUS_OBJERR BUS_MCEERR_AR BUS_MCEERR_AO
        }
        agrees_with_libc! { CLD_CODE:
            CLD_EXITED CLD_KILLED CLD_DUMPED CLD_TRAPPED CLD_STOPPED CLD_CONTINUED
        }
    }

    #[test]
    fn signal_names_resolve_back() {
        for number in 1..=64 {
            let name = signal_name(number).unwrap();
            assert_eq!(signal_number(&name), Some(number), "{name}");
        }
        assert_eq!(signal_name(13).as_deref(), Some("SIGPIPE"));
        assert_eq!([32, 33, 64].map(signal_name), ["SIGRTMIN", "SIGRT_1", "SIGRT_32"].map(|n| Some(Cow::Borrowed(n))));
        assert_eq!([0, 65, u64::MAX].map(signal_name), [None, None, None]);
        for wrong in ["SIGRT_0", "SIGRT_33", "SIGRT_+1", "SIGRT_01", "SIGRT_", "SIGRT_99999999999999999999", "PIPE"] {
            assert_eq!(signal_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_belong_to_a_signal() {
        assert_eq!(si_codes(17).name(1), Some("CLD_EXITED"));
        assert_eq!(si_codes(11).name(1), Some("SEGV_MAPERR"));
        assert_eq!(si_codes(11).name(0), Some("SI_USER"));
        assert_eq!(si_codes(13).name(1), None);
        assert_eq!(si_codes(u64::MAX).name(u64::from(-6_i32 as u32)), Some("SI_TKILL"));
    }
}
