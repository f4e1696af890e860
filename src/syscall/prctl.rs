//! What a process or thread asks the kernel about itself, or sets.

use super::{Class, Dir, Effect, Len, Operations, RetTy, Scalar, Syscall, Ty, arg, call, old, operation};
use crate::value::layout::SOCK_FPROG;
use crate::value::process::{USER_DESC, USER_DESC_ENTRY};
use crate::xlat::prctl::{
    CAP, CAP_AMBIENT, FP_MODE, MCE_KILL, MCE_KILL_WHEN, PAC_KEYS, PRCTL_OPTION, SCHED_CORE, SECCOMP_MODE, SECUREBITS,
    SET_MM, SET_PTRACER, SET_VMA, SPECULATION, SPECULATION_CONTROL, SUID_DUMP, SYS_DISPATCH, TSC, UNALIGN,
};
use crate::xlat::process::{ARCH_PRCTL, PID_TYPE};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &PRCTL,
    &ARCH,
    &call(
        Class::NONE,
        old!(SYS_get_thread_area),
        "get_thread_area",
        &[arg("u_info", Dir::InOut, Ty::Struct(&USER_DESC_ENTRY), "Which segment.")],
        RetTy::Int,
        Effect::Nothing,
        "Reads a segment of memory of 32-bit programs.",
    ),
    &call(
        Class::NONE,
        old!(SYS_set_thread_area),
        "set_thread_area",
        &[arg("u_info", Dir::In, Ty::Struct(&USER_DESC), "The segment.")],
        RetTy::Int,
        Effect::Nothing,
        "Sets a segment of memory of 32-bit programs.",
    ),
];

/// prctl(2).
static PRCTL: Syscall = Syscall {
    operations: Some(&PRCTL_OPERATIONS),
    ..call(
        Class::CREDS,
        libc::SYS_prctl,
        "prctl",
        &[
            arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Filters { command: libc::PR_SET_SECCOMP as u64 },
        "Asks the kernel about the process or thread itself, or sets how it is treated.",
    )
};

static PRCTL_OPERATIONS: Operations = Operations {
    by: 0,
    part: |option| option & 0xffff_ffff,
    rows: &[
        (
            1,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets when its parent ends; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg(
                        "pdeathsig",
                        Dir::Out,
                        Ty::Number(Scalar::Signal),
                        "The signal that it gets when its parent ends; 0 for none.",
                    ),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &PRCTL,
                &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")],
                RetTy::Named(&SUID_DUMP),
            ),
        ),
        (
            4,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("dumpable", Dir::In, Ty::WideConst(&SUID_DUMP), "Whether its memory may be written to a file."),
                ],
                RetTy::Int,
            ),
        ),
        (
            5,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("answer", Dir::Out, Ty::Number(Scalar::Int), "The answer."),
                ],
                RetTy::Int,
            ),
        ),
        (
            6,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("unalign", Dir::In, Ty::Flags(&UNALIGN), "What happens on an access to an odd address."),
                ],
                RetTy::Int,
            ),
        ),
        (
            7,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            8,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            9,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("answer", Dir::Out, Ty::Number(Scalar::Int), "The answer."),
                ],
                RetTy::Int,
            ),
        ),
        (
            10,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            11,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("answer", Dir::Out, Ty::Number(Scalar::Int), "The answer."),
                ],
                RetTy::Int,
            ),
        ),
        (
            12,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            13,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            14,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            15,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("name", Dir::In, Ty::Bytes(Len::UpTo(15)), "The name of the thread."),
                ],
                RetTy::Int,
            ),
        ),
        (
            16,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("name", Dir::Out, Ty::Bytes(Len::UpTo(15)), "The name of the thread."),
                ],
                RetTy::Int,
            ),
        ),
        (
            19,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("answer", Dir::Out, Ty::Number(Scalar::Int), "The answer."),
                ],
                RetTy::Int,
            ),
        ),
        (
            20,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            21,
            operation(
                &PRCTL,
                &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")],
                RetTy::Named(&SECCOMP_MODE),
            ),
        ),
        (
            23,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                ],
                RetTy::Int,
            ),
        ),
        (
            24,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                ],
                RetTy::Int,
            ),
        ),
        (
            25,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("tsc_set", Dir::Out, Ty::Number(Scalar::Const(&TSC)), "Whether the counter may be read."),
                ],
                RetTy::Int,
            ),
        ),
        (
            26,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("tsc", Dir::In, Ty::Const(&TSC), "Whether the counter may be read."),
                ],
                RetTy::Int,
            ),
        ),
        (
            27,
            operation(
                &PRCTL,
                &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")],
                RetTy::Flags(&SECUREBITS, ""),
            ),
        ),
        (
            28,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("securebits", Dir::In, Ty::WideFlags(&SECUREBITS), "How far root is special."),
                ],
                RetTy::Int,
            ),
        ),
        (
            29,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            30,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            31,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            32,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            34,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Named(&MCE_KILL_WHEN),
            ),
        ),
        (
            35,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("mm", Dir::In, Ty::Const(&SET_MM), "Which part of memory."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            36,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                ],
                RetTy::Int,
            ),
        ),
        (
            37,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("answer", Dir::Out, Ty::Number(Scalar::Int), "The answer."),
                ],
                RetTy::Int,
            ),
        ),
        (
            38,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            40,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg(
                        "tid_address",
                        Dir::Out,
                        Ty::Number(Scalar::Address),
                        "Where the kernel writes 0 when the thread ends.",
                    ),
                ],
                RetTy::Int,
            ),
        ),
        (
            41,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            45,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("fp_mode", Dir::In, Ty::Flags(&FP_MODE), "How floating-point numbers are held."),
                ],
                RetTy::Int,
            ),
        ),
        (
            46,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            50,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            51,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            52,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("speculation", Dir::In, Ty::WideConst(&SPECULATION), "The way of guessing."),
                ],
                RetTy::Flags(&SPECULATION_CONTROL, ""),
            ),
        ),
        (
            53,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("speculation", Dir::In, Ty::WideConst(&SPECULATION), "The way of guessing."),
                    arg("control", Dir::In, Ty::WideFlags(&SPECULATION_CONTROL), "Whether it is allowed."),
                ],
                RetTy::Int,
            ),
        ),
        (
            54,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("pac_keys", Dir::In, Ty::WideFlags(&PAC_KEYS), "Which keys."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            57,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("setting", Dir::In, Ty::Size, "The setting; 0 for off."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            59,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("dispatch", Dir::In, Ty::WideConst(&SYS_DISPATCH), "Whether calls are handed to the program."),
                    arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            60,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("pac_keys", Dir::In, Ty::WideFlags(&PAC_KEYS), "Which keys."),
                    arg("pac_enabled", Dir::In, Ty::WideFlags(&PAC_KEYS), "Which of them are to be used."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            62,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("core", Dir::In, Ty::Const(&SCHED_CORE), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process; 0 for this one."),
                    arg("pid_type", Dir::In, Ty::Const(&PID_TYPE), "Whom the number stands for."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            63,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            64,
            operation(&PRCTL, &[arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.")], RetTy::Int),
        ),
        (
            0x5961_6d61,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("tracer", Dir::In, Ty::Const(&SET_PTRACER), "Who may trace the process; 0 for nobody else."),
                ],
                RetTy::Int,
            ),
        ),
        (
            22,
            Syscall {
                operations: Some(&SECCOMP_MODES),
                ..operation(
                    &PRCTL,
                    &[
                        arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                        arg("seccomp_mode", Dir::In, Ty::WideConst(&SECCOMP_MODE), "How calls are restricted."),
                        arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    ],
                    RetTy::Int,
                )
            },
        ),
        (
            33,
            Syscall {
                operations: Some(&MCE_KILLS),
                ..operation(
                    &PRCTL,
                    &[
                        arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                        arg("mce", Dir::In, Ty::WideConst(&MCE_KILL), "Whether the choice is made or taken back."),
                        arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    ],
                    RetTy::Int,
                )
            },
        ),
        (
            47,
            Syscall {
                operations: Some(&AMBIENT),
                ..operation(
                    &PRCTL,
                    &[
                        arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                        arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                        arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    ],
                    RetTy::Int,
                )
            },
        ),
        (
            0x5356_4d41,
            Syscall {
                operations: Some(&VMAS),
                ..operation(
                    &PRCTL,
                    &[
                        arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                        arg("vma", Dir::In, Ty::WideConst(&SET_VMA), "What is set."),
                        arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                        arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    ],
                    RetTy::Int,
                )
            },
        ),
    ],
};

/// arch_prctl(2).
static ARCH: Syscall = Syscall {
    operations: Some(&ARCH_OPERATIONS),
    ..call(
        Class::NONE,
        old!(SYS_arch_prctl),
        "arch_prctl",
        &[
            arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets or asks where the thread's own variables are.",
    )
};

static ARCH_OPERATIONS: Operations = Operations {
    by: 0,
    part: |code| code & 0xffff_ffff,
    rows: &[
        (
            0x1003,
            operation(
                &ARCH,
                &[
                    arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do."),
                    arg("base", Dir::Out, Ty::Number(Scalar::Address), "Where they are."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x1004,
            operation(
                &ARCH,
                &[
                    arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do."),
                    arg("base", Dir::Out, Ty::Number(Scalar::Address), "Where they are."),
                ],
                RetTy::Int,
            ),
        ),
        (0x1011, operation(&ARCH, &[arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do.")], RetTy::Int)),
        (
            0x1012,
            operation(
                &ARCH,
                &[
                    arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do."),
                    arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
static SECCOMP_MODES: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[
        (
            1,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("seccomp_mode", Dir::In, Ty::WideConst(&SECCOMP_MODE), "How calls are restricted."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("seccomp_mode", Dir::In, Ty::WideConst(&SECCOMP_MODE), "How calls are restricted."),
                    arg("prog", Dir::In, Ty::Struct(&SOCK_FPROG), "The filter."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
static MCE_KILLS: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[(
        1,
        operation(
            &PRCTL,
            &[
                arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                arg("mce", Dir::In, Ty::WideConst(&MCE_KILL), "Whether the choice is made or taken back."),
                arg("mce_when", Dir::In, Ty::WideConst(&MCE_KILL_WHEN), "When the process is ended."),
                arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
            ],
            RetTy::Int,
        ),
    )],
};
static AMBIENT: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[
        (
            1,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                    arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                    arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &PRCTL,
                &[
                    arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                    arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                    arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                    arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
                    arg("arg5", Dir::In, Ty::Hex, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
static VMAS: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[(
        0,
        operation(
            &PRCTL,
            &[
                arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set."),
                arg("vma", Dir::In, Ty::WideConst(&SET_VMA), "What is set."),
                arg("start", Dir::In, Ty::Hex, "Where it begins."),
                arg("length", Dir::In, Ty::Size, "How many bytes."),
                arg("name", Dir::In, Ty::Bytes(Len::Text), "The name of the thread."),
            ],
            RetTy::Int,
        ),
    )],
};
