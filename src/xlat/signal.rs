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

/// The action has a function that leads back from the handler.
pub const SA_RESTORER: u64 = 0x400_0000;

xlat! {
    /// What handles a signal if no function does.
    SIG_HANDLER "SIG_HANDLER_???" {
        SIG_DFL = 0 => "What the system does by itself: end the program, or nothing.",
        SIG_IGN = 1 => "Nothing.",
        SIG_ERR = u64::MAX,
    }

    /// Whether the stack for handling signals is there, and in use.
    SS_FLAGS "SS_???" {
        SS_ONSTACK = 1,
        SS_DISABLE = 2,
        SS_AUTODISARM = 0x8000_0000_u32,
    }

    /// Short messages that interrupt a program, or end it.
    ///
    /// Signals (`asm-generic/signal.h`). Real-time signals have no fixed names; see [`signal_name`].
    SIGNAL "SIG_???" {
        SIGHUP = 1 => "The terminal is gone; many services read their settings again instead. Ends the program unless it is handled.",
        SIGINT = 2 => "Ctrl-C was pressed. Ends the program unless it is handled; Python raises KeyboardInterrupt.",
        SIGQUIT = 3 => "Ctrl-\\ was pressed. Ends the program with a core dump.",
        SIGILL = 4 => "The processor does not know an instruction of the program.",
        SIGTRAP = 5 => "A debugger's mark was reached.",
        SIGABRT = 6 => "The program gave up by itself (abort).",
        SIGBUS = 7 => "An access to memory that exists in the address space but has nothing behind it.",
        SIGFPE = 8 => "A computation that is impossible, such as a division by zero.",
        SIGKILL = 9 => "Ends the program at once; it cannot be handled.",
        SIGUSR1 = 10 => "For the program's own use.",
        SIGSEGV = 11 => "An access to memory that the program does not have.",
        SIGUSR2 = 12 => "For the program's own use.",
        SIGPIPE = 13 => "The program wrote to a connection or pipe whose other end is gone. Python ignores it and raises BrokenPipeError.",
        SIGALRM = 14 => "A timer that the program set (alarm) ran out.",
        SIGTERM = 15 => "Asks the program to end; the command kill sends it.",
        SIGSTKFLT = 16 => "A signal that Linux does not use.",
        SIGCHLD = 17 => "A child process ended or was stopped; ignored unless it is handled.",
        SIGCONT = 18 => "A program that was stopped goes on.",
        SIGSTOP = 19 => "Stops the program; it cannot be handled.",
        SIGTSTP = 20 => "Ctrl-Z was pressed. Stops the program.",
        SIGTTIN = 21 => "A program in the background wants to read from the terminal; it is stopped.",
        SIGTTOU = 22 => "A program in the background wants to write to the terminal; it is stopped.",
        SIGURG = 23 => "Urgent data arrived at a socket; ignored unless it is handled.",
        SIGXCPU = 24 => "The program used more processor time than it may.",
        SIGXFSZ = 25 => "The program made a file larger than it may.",
        SIGVTALRM = 26 => "A timer of the program's own processor time ran out.",
        SIGPROF = 27 => "A timer of the program's and the kernel's processor time ran out; profilers use it.",
        SIGWINCH = 28 => "The terminal's window changed its size; ignored unless it is handled.",
        SIGIO = 29 => "A descriptor is ready, for programs that asked for a signal.",
        SIGPWR = 30 => "The power fails.",
        SIGSYS = 31 => "A call that does not exist or is forbidden.",
    }

    /// How the set of signals that are held back changes.
    ///
    /// First argument of `rt_sigprocmask`.
    SIGMASK_HOW "SIG_???" {
        SIG_BLOCK = 0 => "Holds these back too.",
        SIG_UNBLOCK = 1 => "No longer holds these back.",
        SIG_SETMASK = 2 => "Holds back exactly these.",
    }

    /// How a signal is handled.
    ///
    /// Flags of a signal action, in strace's order.
    SA_FLAGS "SA_???" {
        SA_RESTORER = 0x4000000 => "The library provides the way back from a handler; always there.",
        SA_ONSTACK = 0x8000000 => "The handler has a stack of its own.",
        SA_RESTART = 0x10000000 => "Calls that the signal interrupts are made again, as far as that is possible.",
        SA_INTERRUPT = 0x20000000 => "An old flag without effect.",
        SA_NODEFER = 0x40000000 => "The signal may interrupt its own handler.",
        SA_RESETHAND = 0x80000000 => "The handler is used once.",
        SA_SIGINFO = 0x4 => "The handler learns who sent the signal and why.",
        SA_NOCLDSTOP = 0x1 => "No SIGCHLD when a child is stopped, only when it ends.",
        SA_NOCLDWAIT = 0x2 => "Children that end need not be waited for.",
    }

    /// Why a signal was sent.
    ///
    /// Why any signal may be sent (`asm-generic/siginfo.h`): the negative codes and zero come from programs,
    /// `SI_KERNEL` from the kernel. Codes are written here as the 32 bits they are.
    SI_CODE "SI_???" {
        SI_KERNEL = 128 => "The kernel sent it.",
        SI_USER = 0 => "A program sent it with kill.",
        SI_QUEUE = -1_i32 as u32 => "A program sent it with sigqueue, which carries a value.",
        SI_TIMER = -2_i32 as u32 => "A timer ran out.",
        SI_MESGQ = -3_i32 as u32 => "A message came to a POSIX message queue.",
        SI_ASYNCIO = -4_i32 as u32 => "A read or write in the background is done.",
        SI_SIGIO = -5_i32 as u32 => "A descriptor is ready.",
        SI_TKILL = -6_i32 as u32 => "A program sent it to one thread, with tgkill.",
        SI_DETHREAD = -7_i32 as u32 => "The process starts another program, which ends its other threads.",
        SI_ASYNCNL = -60_i32 as u32 => "A name was looked up in the background.",
    }

    /// Kinds of machine, whose calls have different numbers.
    ///
    /// Architectures whose calls differ, `linux/audit.h`.
    AUDIT_ARCH "AUDIT_ARCH_???" {
        AUDIT_ARCH_X86_64 = 0xc000003e_u32 => "64-bit x86, as in most PCs.",
        AUDIT_ARCH_I386 = 0x40000003 => "32-bit x86.",
        AUDIT_ARCH_AARCH64 = 0xc00000b7_u32 => "64-bit ARM.",
        AUDIT_ARCH_ARM = 0x40000028 => "32-bit ARM.",
    }

    /// What was wrong with an instruction (SIGILL).
    ///
    /// Codes of `SIGILL`, and those of [`SI_CODE`].
    ILL_CODE "ILL_???" : SI_CODE {
        ILL_ILLOPC = 1 => "The instruction does not exist.",
        ILL_ILLOPN = 2 => "The instruction's operand does not exist.",
        ILL_ILLADR = 3 => "The instruction's form of address does not exist.",
        ILL_ILLTRP = 4 => "The instruction is a trap that does not exist.",
        ILL_PRVOPC = 5 => "Only the kernel may use the instruction.",
        ILL_PRVREG = 6 => "Only the kernel may use the register.",
        ILL_COPROC = 7 => "A coprocessor failed.",
        ILL_BADSTK = 8 => "The stack is in disorder.",
        ILL_BADIADDR = 9 => "The instruction's address cannot be.",
    }

    /// What stopped a program that is being debugged (SIGTRAP).
    ///
    /// Codes of `SIGTRAP`, and those of [`SI_CODE`].
    TRAP_CODE "TRAP_???" : SI_CODE {
        TRAP_BRKPT = 1 => "A breakpoint was reached.",
        TRAP_TRACE = 2 => "One step was done.",
        TRAP_BRANCH = 3 => "A branch was taken.",
        TRAP_HWBKPT = 4 => "A breakpoint of the hardware was reached.",
        TRAP_UNK = 5 => "Some trap.",
        TRAP_PERF = 6 => "An event of the performance counters.",
    }

    /// What was wrong with an access to memory (SIGBUS).
    ///
    /// Codes of `SIGBUS`, and those of [`SI_CODE`].
    BUS_CODE "BUS_???" : SI_CODE {
        BUS_ADRALN = 1 => "The address is not a multiple of what the access needs.",
        BUS_ADRERR = 2 => "There is nothing behind the address, such as beyond the end of a mapped file.",
        BUS_OBJERR = 3 => "The hardware failed.",
        BUS_MCEERR_AR = 4 => "The memory's hardware is broken, and the program needs what was there.",
        BUS_MCEERR_AO = 5 => "The memory's hardware is broken, where the program does not need it now.",
    }

    /// What was wrong with a computation (SIGFPE).
    ///
    /// Codes of `SIGFPE`, and those of [`SI_CODE`].
    FPE_CODE "FPE_???" : SI_CODE {
        FPE_INTDIV = 1 => "A whole number was divided by zero.",
        FPE_INTOVF = 2 => "A whole number became too large.",
        FPE_FLTDIV = 3 => "A number was divided by zero.",
        FPE_FLTOVF = 4 => "A number became too large.",
        FPE_FLTUND = 5 => "A number became too small.",
        FPE_FLTRES = 6 => "A result is not exact.",
        FPE_FLTINV = 7 => "A computation that has no result.",
        FPE_FLTSUB = 8 => "An index out of range.",
        FPE_FLTUNK = 14 => "Some computation failed.",
    }

    /// What was wrong with an access to memory (SIGSEGV).
    ///
    /// Codes of `SIGSEGV`, and those of [`SI_CODE`].
    SEGV_CODE "SEGV_???" : SI_CODE {
        SEGV_MAPERR = 1 => "There is no memory at this address.",
        SEGV_ACCERR = 2 => "The memory may not be used in this way, such as written.",
        SEGV_BNDERR = 3 => "A bound that was to be checked was passed.",
        SEGV_PKUERR = 4 => "The memory is protected by a key.",
        SEGV_ACCADI = 5 => "The memory's tag (SPARC) forbids it.",
        SEGV_ADIDERR = 6 => "A tag of memory (SPARC) was wrong, found late.",
        SEGV_ADIPERR = 7 => "A tag of memory (SPARC) was wrong.",
        SEGV_MTEAERR = 8 => "A tag of memory (ARM) was wrong, found late.",
        SEGV_MTESERR = 9 => "A tag of memory (ARM) was wrong.",
    }

    /// What became of a child process (SIGCHLD).
    ///
    /// Codes of `SIGCHLD`, and those of [`SI_CODE`].
    CLD_CODE "CLD_???" : SI_CODE {
        CLD_EXITED = 1 => "The child ended by itself.",
        CLD_KILLED = 2 => "A signal ended the child.",
        CLD_DUMPED = 3 => "A signal ended the child, and a core was dumped.",
        CLD_TRAPPED = 4 => "The child, which is being traced, stopped.",
        CLD_STOPPED = 5 => "A signal stopped the child.",
        CLD_CONTINUED = 6 => "The child goes on.",
    }

    /// What a descriptor is ready for (SIGIO).
    ///
    /// Codes of `SIGIO`, and those of [`SI_CODE`].
    POLL_CODE "POLL_???" : SI_CODE {
        POLL_IN = 1 => "There is something to read.",
        POLL_OUT = 2 => "Writing is possible.",
        POLL_MSG = 3 => "A message came.",
        POLL_ERR = 4 => "Something failed.",
        POLL_PRI = 5 => "There is something urgent.",
        POLL_HUP = 6 => "The other side is gone.",
    }

    /// Why a call was refused (SIGSYS).
    ///
    /// Codes of `SIGSYS`, and those of [`SI_CODE`].
    SYS_CODE "SYS_???" : SI_CODE {
        SYS_SECCOMP = 1 => "A filter of the program's (seccomp) forbids the call.",
        SYS_USER_DISPATCH = 2 => "The program itself handles calls from this place.",
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
