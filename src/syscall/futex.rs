//! The call that locks are made of.

use super::{Class, Count, Dir, Effect, Operations, Param, RetTy, Syscall, Ty, arg, call, operation};
use crate::value::ipc::FUTEX_WAITV;
use crate::value::layout::TIMESPEC;
use crate::value::packed;
use crate::xlat::futex::{FUTEX_BITSET, FUTEX_OP};
use crate::xlat::wait::CLOCK;

/// The number that futex is about.
const WORD: Param = arg("uaddr", Dir::In, Ty::Address, "The number that is waited for, in memory that threads share.");
/// What futex is asked, in each of its rows.
const OPERATION: Param = arg("futex_op", Dir::In, Ty::Const(&FUTEX_OP), "What to do.");

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &FUTEX,
    &call(
        Class::NONE,
        libc::SYS_futex_waitv,
        "futex_waitv",
        &[
            arg("waiters", Dir::In, Ty::Structs { layout: &FUTEX_WAITV, count: Count::Arg(1) }, "The numbers."),
            arg("nr_futexes", Dir::In, Ty::Uint, "How many there are."),
            arg("futex_flags", Dir::In, Ty::Hex32, "Always 0."),
            arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever."),
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Waits until one of several numbers in memory changes.",
    ),
];

/// futex(2).
static FUTEX: Syscall = Syscall {
    operations: Some(&FUTEX_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_futex,
        "futex",
        &[
            WORD,
            OPERATION,
            arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
            arg("timeout", Dir::In, Ty::Address, "How long, or until when; NULL for ever."),
            arg("uaddr2", Dir::In, Ty::Address, "A second number."),
            arg("arg5", Dir::In, Ty::Hex32, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::AwaitsWake,
        "Waits until a number in memory changes, or wakes those who wait; locks are made of it.",
    )
};

static FUTEX_OPERATIONS: Operations = Operations {
    by: 1,
    part: |operation| operation & 0x7f,
    rows: &[
        (
            0,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever.").from(3),
                ],
                RetTy::Int,
            ),
        ),
        (
            1,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("val2", Dir::In, Ty::Uint, "How many more are moved to the second number.").from(3),
                    arg("uaddr2", Dir::In, Ty::Address, "A second number.").from(4),
                ],
                RetTy::Int,
            ),
        ),
        (
            4,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("val2", Dir::In, Ty::Uint, "How many more are moved to the second number.").from(3),
                    arg("uaddr2", Dir::In, Ty::Address, "A second number.").from(4),
                    arg("val3", Dir::In, Ty::Uint, "The number that is expected at the first place.").from(5),
                ],
                RetTy::Int,
            ),
        ),
        (
            5,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("val2", Dir::In, Ty::Uint, "How many more are moved to the second number.").from(3),
                    arg("uaddr2", Dir::In, Ty::Address, "A second number.").from(4),
                    arg(
                        "wake_op",
                        Dir::In,
                        Ty::Packed(&packed::WAKE_OP),
                        "What is done to the second number, and when its waiters are woken.",
                    )
                    .from(5),
                ],
                RetTy::Int,
            ),
        ),
        (
            6,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever.").from(3),
                ],
                RetTy::Int,
            ),
        ),
        (7, operation(&FUTEX, &[WORD, OPERATION], RetTy::Int)),
        (8, operation(&FUTEX, &[WORD, OPERATION], RetTy::Int)),
        (
            9,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever.").from(3),
                    arg("bitset", Dir::In, Ty::Const(&FUTEX_BITSET), "Which waiters are meant.").from(5),
                ],
                RetTy::Int,
            ),
        ),
        (
            10,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("bitset", Dir::In, Ty::Const(&FUTEX_BITSET), "Which waiters are meant.").from(5),
                ],
                RetTy::Int,
            ),
        ),
        (
            11,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever.").from(3),
                    arg("uaddr2", Dir::In, Ty::Address, "A second number.").from(4),
                ],
                RetTy::Int,
            ),
        ),
        (
            12,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("val", Dir::In, Ty::Uint, "The number that is expected there, or how many are woken."),
                    arg("val2", Dir::In, Ty::Uint, "How many more are moved to the second number.").from(3),
                    arg("uaddr2", Dir::In, Ty::Address, "A second number.").from(4),
                    arg("val3", Dir::In, Ty::Uint, "The number that is expected at the first place.").from(5),
                ],
                RetTy::Int,
            ),
        ),
        (
            13,
            operation(
                &FUTEX,
                &[
                    WORD,
                    OPERATION,
                    arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever.").from(3),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
