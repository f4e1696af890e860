//! Keys that the kernel keeps for programs.

use super::argument::{bytes, count, dependent};
use super::{Class, Dir, Effect, Len, Operations, Param, RetTy, Syscall, Ty, arg, call, operation};
use crate::xlat::key::{KEY_MOVE, KEY_PERM, KEY_REQKEY, KEY_SPEC, KEYCTL};

/// What keyctl is asked, in each of its rows.
const OPERATION: Param = arg("keyctl_op", Dir::In, Ty::Const(&KEYCTL), "What to do.");

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[&KEYCTL_CALL];

/// keyctl(2).
static KEYCTL_CALL: Syscall = Syscall {
    operations: Some(&KEYCTL_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_keyctl,
        "keyctl",
        &[OPERATION, dependent("arg2"), dependent("arg3"), dependent("arg4"), dependent("arg5")],
        RetTy::Int,
        Effect::Nothing,
        "Asks, changes or removes keys that the kernel keeps.",
    )
};

static KEYCTL_OPERATIONS: Operations = Operations {
    by: 0,
    part: |operation| operation & 0xffff_ffff,
    rows: &[
        (
            0,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("create", Dir::In, Ty::Int, "Whether it is made if there is none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            1,
            operation(
                &KEYCTL_CALL,
                &[OPERATION, arg("name", Dir::In, Ty::Bytes(Len::Text), "What it is called.")],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("payload", Dir::In, Ty::Bytes(Len::Arg(3)), "The key itself."),
                    bytes("plen"),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(&KEYCTL_CALL, &[OPERATION, arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key.")], RetTy::Int),
        ),
        (
            4,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("uid", Dir::In, Ty::Id, "The new owner."),
                    arg("gid", Dir::In, Ty::Id, "The new group."),
                ],
                RetTy::Int,
            ),
        ),
        (
            5,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("perm", Dir::In, Ty::Flags(&KEY_PERM), "Who may do what."),
                ],
                RetTy::Int,
            ),
        ),
        (
            6,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("buffer", Dir::Out, Ty::Bytes(Len::Ret(3)), "What is read."),
                    bytes("length"),
                ],
                RetTy::Int,
            ),
        ),
        (
            7,
            operation(&KEYCTL_CALL, &[OPERATION, arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key.")], RetTy::Int),
        ),
        (
            8,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            9,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            10,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("key_type", Dir::In, Ty::Bytes(Len::Text), "The kind of key."),
                    arg("description", Dir::In, Ty::Bytes(Len::Text), "What it is called."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            11,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("buffer", Dir::Out, Ty::Bytes(Len::Ret(3)), "What is read."),
                    bytes("length"),
                ],
                RetTy::Int,
            ),
        ),
        (
            12,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("payload", Dir::In, Ty::Bytes(Len::Arg(3)), "The key itself."),
                    bytes("plen"),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            13,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("seconds_valid", Dir::In, Ty::Uint, "How many seconds."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            14,
            operation(
                &KEYCTL_CALL,
                &[OPERATION, arg("reqkey", Dir::In, Ty::Const(&KEY_REQKEY), "Where a key that is fetched is put.")],
                RetTy::Int,
            ),
        ),
        (
            15,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("seconds_valid", Dir::In, Ty::Uint, "How many seconds."),
                ],
                RetTy::Int,
            ),
        ),
        (
            16,
            operation(&KEYCTL_CALL, &[OPERATION, arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key.")], RetTy::Int),
        ),
        (
            17,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("buffer", Dir::Out, Ty::Bytes(Len::Ret(3)), "What is read."),
                    bytes("length"),
                ],
                RetTy::Int,
            ),
        ),
        (18, operation(&KEYCTL_CALL, &[OPERATION], RetTy::Int)),
        (
            19,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("seconds_valid", Dir::In, Ty::Uint, "How many seconds."),
                    arg("error", Dir::In, Ty::Uint, "The error that is reported."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            20,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("iov", Dir::In, Ty::IoVecs { count: 3 }, "The buffers."),
                    count("iovcnt"),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            21,
            operation(&KEYCTL_CALL, &[OPERATION, arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key.")], RetTy::Int),
        ),
        (
            22,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("uid", Dir::In, Ty::Id, "The new owner."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                ],
                RetTy::Int,
            ),
        ),
        (
            29,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("key_type", Dir::In, Ty::Bytes(Len::Text), "The kind of key."),
                    arg("restriction", Dir::In, Ty::Bytes(Len::Text), "Which keys may be put there."),
                ],
                RetTy::Int,
            ),
        ),
        (
            30,
            operation(
                &KEYCTL_CALL,
                &[
                    OPERATION,
                    arg("key_id", Dir::In, Ty::Const(&KEY_SPEC), "The key."),
                    arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
                    arg("to_keyring", Dir::In, Ty::Const(&KEY_SPEC), "Where it is moved."),
                    arg("flags", Dir::In, Ty::Flags(&KEY_MOVE), "How."),
                ],
                RetTy::Int,
            ),
        ),
        (
            31,
            operation(
                &KEYCTL_CALL,
                &[OPERATION, arg("buffer", Dir::Out, Ty::Bytes(Len::Ret(2)), "What is read."), bytes("length")],
                RetTy::Int,
            ),
        ),
    ],
};
