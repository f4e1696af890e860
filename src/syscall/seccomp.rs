//! The filter by which a process restricts its own calls.

use super::{Class, Dir, Effect, Operations, RetTy, Scalar, Syscall, Ty, arg, call, operation};
use crate::value::layout::SOCK_FPROG;
use crate::xlat::confine::{SECCOMP_FLAGS, SECCOMP_OP, SECCOMP_RET};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[&SECCOMP];

/// seccomp(2).
static SECCOMP: Syscall = Syscall {
    operations: Some(&SECCOMP_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_seccomp,
        "seccomp",
        &[
            arg("operation_code", Dir::In, Ty::Const(&SECCOMP_OP), "What to do."),
            arg("flags", Dir::In, Ty::Hex32, "How."),
            arg("uargs", Dir::In, Ty::Address, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Filters { command: libc::SECCOMP_SET_MODE_FILTER as u64 },
        "Restricts which calls the process may make.",
    )
};

static SECCOMP_OPERATIONS: Operations = Operations {
    by: 0,
    part: |operation| operation & 0xffff_ffff,
    rows: &[
        (
            1,
            operation(
                &SECCOMP,
                &[
                    arg("operation_code", Dir::In, Ty::Const(&SECCOMP_OP), "What to do."),
                    arg("flags", Dir::In, Ty::Flags(&SECCOMP_FLAGS), "How."),
                    arg("prog", Dir::In, Ty::Struct(&SOCK_FPROG), "The filter."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &SECCOMP,
                &[
                    arg("operation_code", Dir::In, Ty::Const(&SECCOMP_OP), "What to do."),
                    arg("flags", Dir::In, Ty::Hex32, "How."),
                    arg("action", Dir::In, Ty::Number(Scalar::Const(&SECCOMP_RET)), "The answer that is asked about."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
