//! Calls that make processes and threads, and that say what these share.

use super::argument::{dependent, process};
use super::{Class, Dir, Effect, Forks, Operations, Param, RetTy, Scalar, Syscall, Ty, arg, call, operation};
use crate::xlat::clone::{CLONE_FLAGS_AND_SIGNAL, KCMP_TYPE, NAMESPACES, UNSHARE_FLAGS};

/// The stack in clone's rows.
const STACK: Param = arg("child_stack", Dir::In, Ty::Address, "The child's stack; NULL for a copy of the maker's.");
/// What clone is asked.
const FLAGS: Param = arg(
    "flags",
    Dir::In,
    Ty::WideFlags(&CLONE_FLAGS_AND_SIGNAL),
    "What both share, and the signal that the maker gets at the end.",
);

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &CLONE,
    &call(
        Class::PROCESS,
        libc::SYS_clone3,
        "clone3",
        &[
            arg("cl_args", Dir::InOut, Ty::CloneArgs { size: 1 }, "What is made, and what it shares."),
            arg("size", Dir::In, Ty::Size, "The size of the structure.").late(),
        ],
        RetTy::Pid,
        Effect::Forks(Forks::FlagsBehind),
        "Makes a process or thread like clone, in a form that can grow.",
    ),
    &call(
        Class::NONE,
        libc::SYS_unshare,
        "unshare",
        &[arg("flags", Dir::In, Ty::WideFlags(&UNSHARE_FLAGS), "Which parts of the system.")],
        RetTy::Int,
        Effect::Nothing,
        "Stops sharing parts of the system with other processes.",
    ),
    &call(
        Class::DESC,
        libc::SYS_setns,
        "setns",
        &[
            arg("fd", Dir::In, Ty::Fd, "The descriptor."),
            arg("nstype", Dir::In, Ty::Flags(&NAMESPACES), "Which parts of the system."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Joins another process in a namespace.",
    ),
    &KCMP,
];

/// clone(2).
static CLONE: Syscall = Syscall {
    operations: Some(&CLONE_OPERATIONS),
    ..call(
        Class::PROCESS,
        libc::SYS_clone,
        "clone",
        &[
            STACK.from(1).named(),
            FLAGS.from(0).named(),
            arg("parent_tid", Dir::In, Ty::Address, "The child's number, or a descriptor of it.")
                .from(2)
                .named()
                .late(),
            arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
            arg("child_tidptr", Dir::In, Ty::Address, "Where the child finds its number, or where it is cleared.")
                .from(3)
                .named()
                .late(),
        ],
        RetTy::Pid,
        Effect::Forks(Forks::Flags),
        "Makes a process or thread that shares with its maker what the flags say.",
    )
};

static CLONE_OPERATIONS: Operations = Operations {
    by: 0,
    part: parts_of_clone,
    rows: &[
        (0x0, operation(&CLONE, &[STACK.from(1).named(), FLAGS.from(0).named()], RetTy::Pid)),
        (
            0x1000000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg(
                        "child_tidptr",
                        Dir::In,
                        Ty::Address,
                        "Where the child finds its number, or where it is cleared.",
                    )
                    .from(3)
                    .named()
                    .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x80000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x1080000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
                    arg(
                        "child_tidptr",
                        Dir::In,
                        Ty::Address,
                        "Where the child finds its number, or where it is cleared.",
                    )
                    .from(3)
                    .named()
                    .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x100000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Int), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x1100000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Int), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                    arg(
                        "child_tidptr",
                        Dir::In,
                        Ty::Address,
                        "Where the child finds its number, or where it is cleared.",
                    )
                    .from(3)
                    .named()
                    .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x180000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Int), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                    arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x1180000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Int), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                    arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
                    arg(
                        "child_tidptr",
                        Dir::In,
                        Ty::Address,
                        "Where the child finds its number, or where it is cleared.",
                    )
                    .from(3)
                    .named()
                    .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x1000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Fd), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x1001000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Fd), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                    arg(
                        "child_tidptr",
                        Dir::In,
                        Ty::Address,
                        "Where the child finds its number, or where it is cleared.",
                    )
                    .from(3)
                    .named()
                    .late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x81000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Fd), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                    arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
                ],
                RetTy::Pid,
            ),
        ),
        (
            0x1081000,
            operation(
                &CLONE,
                &[
                    STACK.from(1).named(),
                    FLAGS.from(0).named(),
                    arg("parent_tid", Dir::Out, Ty::Number(Scalar::Fd), "The child's number, or a descriptor of it.")
                        .from(2)
                        .named()
                        .late(),
                    arg("tls", Dir::In, Ty::Address, "Where the child's own variables are.").from(4).named().late(),
                    arg(
                        "child_tidptr",
                        Dir::In,
                        Ty::Address,
                        "Where the child finds its number, or where it is cleared.",
                    )
                    .from(3)
                    .named()
                    .late(),
                ],
                RetTy::Pid,
            ),
        ),
    ],
};

/// kcmp(2).
static KCMP: Syscall = Syscall {
    operations: Some(&KCMP_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_kcmp,
        "kcmp",
        &[
            process("pid1"),
            arg("pid2", Dir::In, Ty::Pid, "The other process."),
            arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
            dependent("idx1"),
            dependent("idx2"),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks whether two processes share something.",
    )
};

static KCMP_OPERATIONS: Operations = Operations {
    by: 2,
    part: |kind| kind & 0xffff_ffff,
    rows: &[
        (
            0,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                    arg("fd1", Dir::In, Ty::Uint, "The descriptor."),
                    arg("fd2", Dir::In, Ty::Uint, "The descriptor."),
                ],
                RetTy::Int,
            ),
        ),
        (
            1,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                ],
                RetTy::Int,
            ),
        ),
        (
            4,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                ],
                RetTy::Int,
            ),
        ),
        (
            5,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                ],
                RetTy::Int,
            ),
        ),
        (
            6,
            operation(
                &KCMP,
                &[
                    process("pid1"),
                    arg("pid2", Dir::In, Ty::Pid, "The other process."),
                    arg("kcmp_type", Dir::In, Ty::Const(&KCMP_TYPE), "What they may share."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// What of the flags decides which arguments there are.
fn parts_of_clone(flags: u64) -> u64 {
    let bits = |bits: i32| flags & bits as u64 != 0;
    let number = if bits(libc::CLONE_PARENT_SETTID) { 1 } else { 2 * u64::from(bits(libc::CLONE_PIDFD)) };
    let child = bits(libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID);
    number | u64::from(bits(libc::CLONE_SETTLS)) << 2 | u64::from(child) << 3
}
