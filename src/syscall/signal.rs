//! Calls that send signals, and say what happens when they arrive.

use super::argument::process;
use super::{Class, Dir, Effect, Made, RetTy, Syscall, Ty, arg, call, cloexec, old};
use crate::value::process::{SIGACTION, SIGFRAME, STACK};
use crate::xlat::signal::SIGMASK_HOW;
use crate::xlat::wait::SIGNALFD_FLAGS;

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::SIGNAL,
        libc::SYS_rt_sigaction,
        "rt_sigaction",
        &[
            arg("signum", Dir::In, Ty::Signal, "The signal."),
            arg("act", Dir::In, Ty::Struct(&SIGACTION), "What is to happen; NULL changes nothing."),
            arg("oldact", Dir::Out, Ty::Struct(&SIGACTION), "What happened so far."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of a set of signals in bytes: 8."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets or asks what happens when a signal arrives.",
    ),
    &call(
        Class::SIGNAL,
        libc::SYS_rt_sigprocmask,
        "rt_sigprocmask",
        &[
            arg("how", Dir::In, Ty::Const(&SIGMASK_HOW), "What happens to those in the set."),
            arg("set", Dir::In, Ty::SigSet { size: 3 }, "The signals; NULL changes nothing."),
            arg("oldset", Dir::Out, Ty::SigSet { size: 3 }, "What was held back so far."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of a set of signals in bytes: 8."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets or asks which signals are held back.",
    ),
    &call(
        Class::SIGNAL,
        libc::SYS_rt_sigpending,
        "rt_sigpending",
        &[
            arg("set", Dir::Out, Ty::SigSet { size: 1 }, "The signals."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of a set of signals in bytes: 8."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks which signals wait to be handled.",
    ),
    &call(
        Class::SIGNAL,
        libc::SYS_rt_sigsuspend,
        "rt_sigsuspend",
        &[
            arg("mask", Dir::In, Ty::SigSet { size: 1 }, "Signals that are held back meanwhile."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of a set of signals in bytes: 8."),
        ],
        RetTy::Int,
        Effect::AwaitsSignal,
        "Waits for a signal.",
    ),
    &call(
        Class::SIGNAL,
        libc::SYS_sigaltstack,
        "sigaltstack",
        &[
            arg("ss", Dir::In, Ty::Struct(&STACK), "The stack; NULL changes nothing."),
            arg("old_ss", Dir::Out, Ty::Struct(&STACK), "The stack so far."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets or asks on which stack signals are handled.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_kill,
        "kill",
        &[
            arg("pid", Dir::In, Ty::Pid, "The process; 0 and negative numbers are groups."),
            arg("sig", Dir::In, Ty::Signal, "The signal; 0 only asks whether it could be sent."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal to a process.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_tkill,
        "tkill",
        &[
            arg("tid", Dir::In, Ty::Pid, "The thread."),
            arg("sig", Dir::In, Ty::Signal, "The signal; 0 only asks whether it could be sent."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal to a thread.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_tgkill,
        "tgkill",
        &[
            process("tgid"),
            arg("tid", Dir::In, Ty::Pid, "The thread."),
            arg("sig", Dir::In, Ty::Signal, "The signal; 0 only asks whether it could be sent."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal to a thread.",
    ),
    &call(
        Class::DESC.and(Class::PROCESS).and(Class::SIGNAL),
        libc::SYS_pidfd_send_signal,
        "pidfd_send_signal",
        &[
            arg("pidfd", Dir::In, Ty::Fd, "The process."),
            arg("sig", Dir::In, Ty::Signal, "The signal."),
            arg("info", Dir::In, Ty::SigInfo, "What the signal carries; NULL for the default."),
            arg("flags_reserved", Dir::In, Ty::Hex32, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal to the process behind a descriptor.",
    ),
    &call(Class::SIGNAL, old!(SYS_pause), "pause", &[], RetTy::Int, Effect::AwaitsSignal, "Waits for a signal."),
    &call(
        Class::DESC.and(Class::SIGNAL),
        libc::SYS_signalfd4,
        "signalfd4",
        &[
            arg("fd", Dir::In, Ty::Fd, "One to change; -1 for a new one."),
            arg("mask", Dir::In, Ty::SigSet { size: 2 }, "The signals."),
            arg("sizemask", Dir::In, Ty::Size, "The size of the set in bytes: 8."),
            arg("flags", Dir::In, Ty::Flags(&SIGNALFD_FLAGS), "Settings of the descriptor."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, cloexec(3, libc::SFD_CLOEXEC)),
        "Makes a descriptor from which signals are read.",
    ),
    &call(
        Class::SIGNAL,
        libc::SYS_rt_sigreturn,
        "rt_sigreturn",
        &[arg("frame", Dir::In, Ty::Struct(&SIGFRAME), "What was saved when the signal came.")],
        RetTy::Int,
        Effect::ReturnsFromSignal,
        "Goes on where a signal interrupted the program; its handler ends with it.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_rt_sigqueueinfo,
        "rt_sigqueueinfo",
        &[
            process("tgid"),
            arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
            arg("info", Dir::In, Ty::SigInfo, "What comes with it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal with data to a process.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_rt_tgsigqueueinfo,
        "rt_tgsigqueueinfo",
        &[
            process("tgid"),
            arg("tid", Dir::In, Ty::Pid, "The thread."),
            arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
            arg("info", Dir::In, Ty::SigInfo, "What comes with it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal with data to a thread.",
    ),
    &call(
        Class::NONE,
        libc::SYS_restart_syscall,
        "restart_syscall",
        &[arg("interrupted", Dir::In, Ty::Interrupted, "The call that a signal interrupted.")],
        RetTy::Int,
        Effect::Nothing,
        "Goes on with a call that a signal interrupted; the kernel itself makes programs call this.",
    ),
];
