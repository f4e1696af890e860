//! What a process or thread asks the kernel about itself, or sets.

use super::argument::{bytes, dependent};
use super::{Class, Dir, Effect, Len, Operations, Param, RetTy, Scalar, Syscall, Ty, arg, call, old, operation};
use crate::value::layout::SOCK_FPROG;
use crate::value::process::{USER_DESC, USER_DESC_ENTRY};
use crate::xlat::prctl::{
    CAP, CAP_AMBIENT, FP_MODE, MCE_KILL, MCE_KILL_WHEN, PAC_KEYS, PRCTL_OPTION, SCHED_CORE, SECCOMP_MODE, SECUREBITS,
    SET_MM, SET_PTRACER, SET_VMA, SPECULATION, SPECULATION_CONTROL, SUID_DUMP, SYS_DISPATCH, TSC, UNALIGN,
};
use crate::xlat::process::{ARCH_PRCTL, PID_TYPE};

/// What prctl is asked, in each of its rows.
const OPTION: Param = arg("option", Dir::In, Ty::Const(&PRCTL_OPTION), "What is asked or set.");
/// What most settings are set to.
const SETTING: Param = arg("setting", Dir::In, Ty::Size, "The setting; 0 for off.");
/// Where most answers are written.
const ANSWER: Param = arg("answer", Dir::Out, Ty::Number(Scalar::Int), "The answer.");

/// An operation of `prctl` that returns a number.
const fn prctl(params: &'static [Param]) -> Syscall {
    operation(&PRCTL, params, RetTy::Int)
}

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
        &[OPTION, dependent("arg2"), dependent("arg3"), dependent("arg4"), dependent("arg5")],
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
            prctl(&[
                OPTION,
                arg("sig", Dir::In, Ty::Signal, "The signal that it gets when its parent ends; 0 for none."),
            ]),
        ),
        (
            2,
            prctl(&[
                OPTION,
                arg(
                    "pdeathsig",
                    Dir::Out,
                    Ty::Number(Scalar::Signal),
                    "The signal that it gets when its parent ends; 0 for none.",
                ),
            ]),
        ),
        (3, operation(&PRCTL, &[OPTION], RetTy::Named(&SUID_DUMP))),
        (
            4,
            prctl(&[
                OPTION,
                arg("dumpable", Dir::In, Ty::WideConst(&SUID_DUMP), "Whether its memory may be written to a file."),
            ]),
        ),
        (5, prctl(&[OPTION, ANSWER])),
        (
            6,
            prctl(&[
                OPTION,
                arg("unalign", Dir::In, Ty::Flags(&UNALIGN), "What happens on an access to an odd address."),
            ]),
        ),
        (7, prctl(&[OPTION])),
        (8, prctl(&[OPTION, SETTING])),
        (9, prctl(&[OPTION, ANSWER])),
        (10, prctl(&[OPTION, SETTING])),
        (11, prctl(&[OPTION, ANSWER])),
        (12, prctl(&[OPTION, SETTING])),
        (13, prctl(&[OPTION])),
        (14, prctl(&[OPTION, SETTING])),
        (15, prctl(&[OPTION, arg("name", Dir::In, Ty::Bytes(Len::UpTo(15)), "The name of the thread.")])),
        (16, prctl(&[OPTION, arg("name", Dir::Out, Ty::Bytes(Len::UpTo(15)), "The name of the thread.")])),
        (19, prctl(&[OPTION, ANSWER])),
        (20, prctl(&[OPTION, SETTING])),
        (21, operation(&PRCTL, &[OPTION], RetTy::Named(&SECCOMP_MODE))),
        (23, prctl(&[OPTION, arg("cap", Dir::In, Ty::WideConst(&CAP), "The right.")])),
        (24, prctl(&[OPTION, arg("cap", Dir::In, Ty::WideConst(&CAP), "The right.")])),
        (
            25,
            prctl(&[
                OPTION,
                arg("tsc_set", Dir::Out, Ty::Number(Scalar::Const(&TSC)), "Whether the counter may be read."),
            ]),
        ),
        (26, prctl(&[OPTION, arg("tsc", Dir::In, Ty::Const(&TSC), "Whether the counter may be read.")])),
        (27, operation(&PRCTL, &[OPTION], RetTy::Flags(&SECUREBITS, ""))),
        (28, prctl(&[OPTION, arg("securebits", Dir::In, Ty::WideFlags(&SECUREBITS), "How far root is special.")])),
        (29, prctl(&[OPTION, SETTING])),
        (30, prctl(&[OPTION])),
        (31, prctl(&[OPTION])),
        (32, prctl(&[OPTION])),
        (
            34,
            operation(
                &PRCTL,
                &[OPTION, dependent("arg2"), dependent("arg3"), dependent("arg4"), dependent("arg5")],
                RetTy::Named(&MCE_KILL_WHEN),
            ),
        ),
        (
            35,
            prctl(&[
                OPTION,
                arg("mm", Dir::In, Ty::Const(&SET_MM), "Which part of memory."),
                dependent("arg3"),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
        (36, prctl(&[OPTION, SETTING])),
        (37, prctl(&[OPTION, ANSWER])),
        (38, prctl(&[OPTION, SETTING, dependent("arg3"), dependent("arg4"), dependent("arg5")])),
        (
            40,
            prctl(&[
                OPTION,
                arg(
                    "tid_address",
                    Dir::Out,
                    Ty::Number(Scalar::Address),
                    "Where the kernel writes 0 when the thread ends.",
                ),
            ]),
        ),
        (41, prctl(&[OPTION, SETTING, dependent("arg3"), dependent("arg4"), dependent("arg5")])),
        (45, prctl(&[OPTION, arg("fp_mode", Dir::In, Ty::Flags(&FP_MODE), "How floating-point numbers are held.")])),
        (46, prctl(&[OPTION])),
        (50, prctl(&[OPTION, dependent("arg2")])),
        (51, prctl(&[OPTION])),
        (
            52,
            operation(
                &PRCTL,
                &[OPTION, arg("speculation", Dir::In, Ty::WideConst(&SPECULATION), "The way of guessing.")],
                RetTy::Flags(&SPECULATION_CONTROL, ""),
            ),
        ),
        (
            53,
            prctl(&[
                OPTION,
                arg("speculation", Dir::In, Ty::WideConst(&SPECULATION), "The way of guessing."),
                arg("control", Dir::In, Ty::WideFlags(&SPECULATION_CONTROL), "Whether it is allowed."),
            ]),
        ),
        (
            54,
            prctl(&[
                OPTION,
                arg("pac_keys", Dir::In, Ty::WideFlags(&PAC_KEYS), "Which keys."),
                dependent("arg3"),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
        (57, prctl(&[OPTION, SETTING, dependent("arg3"), dependent("arg4"), dependent("arg5")])),
        (
            59,
            prctl(&[
                OPTION,
                arg("dispatch", Dir::In, Ty::WideConst(&SYS_DISPATCH), "Whether calls are handed to the program."),
                dependent("arg3"),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
        (
            60,
            prctl(&[
                OPTION,
                arg("pac_keys", Dir::In, Ty::WideFlags(&PAC_KEYS), "Which keys."),
                arg("pac_enabled", Dir::In, Ty::WideFlags(&PAC_KEYS), "Which of them are to be used."),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
        (
            62,
            prctl(&[
                OPTION,
                arg("core", Dir::In, Ty::Const(&SCHED_CORE), "What to do."),
                arg("pid", Dir::In, Ty::Pid, "The process; 0 for this one."),
                arg("pid_type", Dir::In, Ty::Const(&PID_TYPE), "Whom the number stands for."),
                dependent("arg5"),
            ]),
        ),
        (63, prctl(&[OPTION, dependent("arg2")])),
        (64, prctl(&[OPTION])),
        (
            0x5961_6d61,
            prctl(&[
                OPTION,
                arg("tracer", Dir::In, Ty::Const(&SET_PTRACER), "Who may trace the process; 0 for nobody else."),
            ]),
        ),
        (
            22,
            Syscall {
                operations: Some(&SECCOMP_MODES),
                ..prctl(&[
                    OPTION,
                    arg("seccomp_mode", Dir::In, Ty::WideConst(&SECCOMP_MODE), "How calls are restricted."),
                    dependent("arg3"),
                    dependent("arg4"),
                    dependent("arg5"),
                ])
            },
        ),
        (
            33,
            Syscall {
                operations: Some(&MCE_KILLS),
                ..prctl(&[
                    OPTION,
                    arg("mce", Dir::In, Ty::WideConst(&MCE_KILL), "Whether the choice is made or taken back."),
                    dependent("arg3"),
                    dependent("arg4"),
                    dependent("arg5"),
                ])
            },
        ),
        (
            47,
            Syscall {
                operations: Some(&AMBIENT),
                ..prctl(&[
                    OPTION,
                    arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                    dependent("arg3"),
                    dependent("arg4"),
                    dependent("arg5"),
                ])
            },
        ),
        (
            0x5356_4d41,
            Syscall {
                operations: Some(&VMAS),
                ..prctl(&[
                    OPTION,
                    arg("vma", Dir::In, Ty::WideConst(&SET_VMA), "What is set."),
                    dependent("arg3"),
                    dependent("arg4"),
                    dependent("arg5"),
                ])
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
        &[arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do."), dependent("arg2")],
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
                &[arg("code", Dir::In, Ty::Const(&ARCH_PRCTL), "What to do."), dependent("arg2")],
                RetTy::Int,
            ),
        ),
    ],
};
static SECCOMP_MODES: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[
        (1, prctl(&[OPTION, arg("seccomp_mode", Dir::In, Ty::WideConst(&SECCOMP_MODE), "How calls are restricted.")])),
        (
            2,
            prctl(&[
                OPTION,
                arg("seccomp_mode", Dir::In, Ty::WideConst(&SECCOMP_MODE), "How calls are restricted."),
                arg("prog", Dir::In, Ty::Struct(&SOCK_FPROG), "The filter."),
            ]),
        ),
    ],
};
static MCE_KILLS: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[(
        1,
        prctl(&[
            OPTION,
            arg("mce", Dir::In, Ty::WideConst(&MCE_KILL), "Whether the choice is made or taken back."),
            arg("mce_when", Dir::In, Ty::WideConst(&MCE_KILL_WHEN), "When the process is ended."),
            dependent("arg4"),
            dependent("arg5"),
        ]),
    )],
};
static AMBIENT: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[
        (
            1,
            prctl(&[
                OPTION,
                arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
        (
            2,
            prctl(&[
                OPTION,
                arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
        (
            3,
            prctl(&[
                OPTION,
                arg("ambient", Dir::In, Ty::WideConst(&CAP_AMBIENT), "What to do."),
                arg("cap", Dir::In, Ty::WideConst(&CAP), "The right."),
                dependent("arg4"),
                dependent("arg5"),
            ]),
        ),
    ],
};
static VMAS: Operations = Operations {
    by: 1,
    part: |value| value,
    rows: &[(
        0,
        prctl(&[
            OPTION,
            arg("vma", Dir::In, Ty::WideConst(&SET_VMA), "What is set."),
            arg("start", Dir::In, Ty::Hex, "Where it begins."),
            bytes("length"),
            arg("name", Dir::In, Ty::Bytes(Len::Text), "The name of the thread."),
        ]),
    )],
};
