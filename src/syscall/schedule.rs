//! Calls on how the kernel divides the processors among threads.

use super::{Class, Dir, Effect, RetTy, Scalar, Syscall, Ty, arg, call};
use crate::value::layout::TIMESPEC;
use crate::xlat::process::{PRIORITY_WHICH, SCHEDULER};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::NONE,
        libc::SYS_sched_yield,
        "sched_yield",
        &[],
        RetTy::Int,
        Effect::Nothing,
        "Lets other threads have the processor.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_getaffinity,
        "sched_getaffinity",
        &[
            arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one."),
            arg("cpusetsize", Dir::In, Ty::Uint, "The size of the set in bytes."),
            arg("cpus", Dir::Out, Ty::CpuSet { size: 1 }, "The processors."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks on which processors a thread may run.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_setaffinity,
        "sched_setaffinity",
        &[
            arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one."),
            arg("cpusetsize", Dir::In, Ty::Uint, "The size of the set in bytes."),
            arg("cpus", Dir::In, Ty::CpuSet { size: 1 }, "The processors."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets on which processors a thread may run.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_getscheduler,
        "sched_getscheduler",
        &[arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one.")],
        RetTy::Named(&SCHEDULER),
        Effect::Nothing,
        "Asks how the processor is divided for a thread.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_setscheduler,
        "sched_setscheduler",
        &[
            arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one."),
            arg("policy", Dir::In, Ty::Const(&SCHEDULER), "How."),
            arg("param", Dir::In, Ty::Number(Scalar::Int), "How urgent the thread is."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets how the processor is divided for a thread.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_getparam,
        "sched_getparam",
        &[
            arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one."),
            arg("param", Dir::Out, Ty::Number(Scalar::Int), "How urgent."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks how urgent a thread is.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_setparam,
        "sched_setparam",
        &[
            arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one."),
            arg("param", Dir::In, Ty::Number(Scalar::Int), "How urgent."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets how urgent a thread is.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_get_priority_max,
        "sched_get_priority_max",
        &[arg("policy", Dir::In, Ty::Const(&SCHEDULER), "How the processor is divided.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks what the most urgent is.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_get_priority_min,
        "sched_get_priority_min",
        &[arg("policy", Dir::In, Ty::Const(&SCHEDULER), "How the processor is divided.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks what the least urgent is.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_rr_get_interval,
        "sched_rr_get_interval",
        &[
            arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one."),
            arg("tp", Dir::Out, Ty::Struct(&TIMESPEC), "How long."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks how long a turn is.",
    ),
    &call(
        Class::NONE,
        libc::SYS_getpriority,
        "getpriority",
        &[
            arg("which", Dir::In, Ty::Const(&PRIORITY_WHICH), "Which kind of number follows."),
            arg("who", Dir::In, Ty::Int, "The process, group or user; 0 for the caller's."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks how urgent processes are: 40 down to 1, where 20 is usual.",
    ),
    &call(
        Class::NONE,
        libc::SYS_setpriority,
        "setpriority",
        &[
            arg("which", Dir::In, Ty::Const(&PRIORITY_WHICH), "Which kind of number follows."),
            arg("who", Dir::In, Ty::Int, "The process, group or user; 0 for the caller's."),
            arg("prio", Dir::In, Ty::Int, "How nice, from -20 to 19."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets how nice processes are to others.",
    ),
    &call(
        Class::NONE,
        libc::SYS_getcpu,
        "getcpu",
        &[
            arg("cpu", Dir::Out, Ty::Number(Scalar::Int), "The processor."),
            arg("node", Dir::Out, Ty::Number(Scalar::Int), "The part of the machine that it is in."),
            arg("tcache", Dir::In, Ty::Address, "Means nothing today."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks on which processor the thread runs.",
    ),
];
