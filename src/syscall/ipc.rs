//! Memory, semaphores and queues that processes share, as System V has them.

use super::argument::bytes;
use super::{Class, Count, Dir, Effect, Operations, RetTy, Syscall, Ty, arg, call, operation};
use crate::value::ipc::{
    MSGINFO, MSQID_DS, MSQID_SET, SEMBUF, SEMID_DS, SEMID_SET, SEMINFO, SHM_INFO, SHMID_DS, SHMID_SET, SHMINFO,
};
use crate::value::layout::TIMESPEC;
use crate::xlat::ipc::{IPC_GET_FLAGS, IPC_KEY, MSG_CMD, MSG_FLAGS, SEM_CMD, SHM_AT, SHM_CMD, SHM_GET_FLAGS};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::IPC,
        libc::SYS_shmget,
        "shmget",
        &[
            arg("key", Dir::In, Ty::Const(&IPC_KEY), "The key that names it; IPC_PRIVATE for one without a name."),
            bytes("size"),
            arg("shmflg", Dir::In, Ty::Flags(&SHM_GET_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Finds or makes memory that processes share.",
    ),
    &call(
        Class::MEMORY.and(Class::IPC),
        libc::SYS_shmat,
        "shmat",
        &[
            arg("shmid", Dir::In, Ty::Int, "Its number."),
            arg("shmaddr", Dir::In, Ty::Address, "Where it is mapped; NULL leaves the choice to the kernel."),
            arg("shmflg", Dir::In, Ty::Flags(&SHM_AT), "How."),
        ],
        RetTy::Pointer,
        Effect::Nothing,
        "Maps memory that processes share.",
    ),
    &call(
        Class::MEMORY.and(Class::IPC),
        libc::SYS_shmdt,
        "shmdt",
        &[arg("shmaddr", Dir::In, Ty::Address, "Where it is.")],
        RetTy::Int,
        Effect::Nothing,
        "Gives back memory that processes share.",
    ),
    &SHMCTL,
    &call(
        Class::IPC,
        libc::SYS_semget,
        "semget",
        &[
            arg("key", Dir::In, Ty::Const(&IPC_KEY), "The key that names it; IPC_PRIVATE for one without a name."),
            arg("nsems", Dir::In, Ty::Int, "How many there are."),
            arg("semflg", Dir::In, Ty::Flags(&IPC_GET_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Finds or makes semaphores, numbers that processes wait for.",
    ),
    &call(
        Class::IPC,
        libc::SYS_semop,
        "semop",
        &[
            arg("semid", Dir::In, Ty::Int, "Its number."),
            arg(
                "sops",
                Dir::In,
                Ty::Structs { layout: &SEMBUF, count: Count::Arg(2) },
                "What is done to which of them.",
            ),
            arg("nsops", Dir::In, Ty::Uint, "How many there are."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Changes semaphores, and waits until that is possible.",
    ),
    &call(
        Class::IPC,
        libc::SYS_semtimedop,
        "semtimedop",
        &[
            arg("semid", Dir::In, Ty::Int, "Its number."),
            arg(
                "sops",
                Dir::In,
                Ty::Structs { layout: &SEMBUF, count: Count::Arg(2) },
                "What is done to which of them.",
            ),
            arg("nsops", Dir::In, Ty::Uint, "How many there are."),
            arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Changes semaphores, and waits some time at most.",
    ),
    &SEMCTL,
    &call(
        Class::IPC,
        libc::SYS_msgget,
        "msgget",
        &[
            arg("key", Dir::In, Ty::Const(&IPC_KEY), "The key that names it; IPC_PRIVATE for one without a name."),
            arg("msgflg", Dir::In, Ty::Flags(&IPC_GET_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Finds or makes a queue of messages.",
    ),
    &call(
        Class::IPC,
        libc::SYS_msgsnd,
        "msgsnd",
        &[
            arg("msqid", Dir::In, Ty::Int, "Its number."),
            arg("msgp", Dir::In, Ty::Message { size: 2 }, "The message."),
            bytes("msgsz"),
            arg("msgflg", Dir::In, Ty::Flags(&MSG_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Puts a message into a queue.",
    ),
    &call(
        Class::IPC,
        libc::SYS_msgrcv,
        "msgrcv",
        &[
            arg("msqid", Dir::In, Ty::Int, "Its number."),
            arg("msgp", Dir::Out, Ty::Message { size: 2 }, "The message."),
            bytes("msgsz"),
            arg("msgtyp", Dir::In, Ty::Long, "The kind of message; 0 for any."),
            arg("msgflg", Dir::In, Ty::Flags(&MSG_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Takes a message out of a queue.",
    ),
    &MSGCTL,
];

/// shmctl(2).
static SHMCTL: Syscall = Syscall {
    operations: Some(&SHMCTL_OPERATIONS),
    ..call(
        Class::IPC,
        libc::SYS_shmctl,
        "shmctl",
        &[
            arg("shmid", Dir::In, Ty::Int, "Its number."),
            arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
            arg("buf_addr", Dir::In, Ty::Address, "What is set, or what is known of it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks or sets something of memory that processes share, or removes it.",
    )
};

static SHMCTL_OPERATIONS: Operations = Operations {
    by: 1,
    part: |command| command & 0xffff_ffff,
    rows: &[
        (
            1,
            operation(
                &SHMCTL,
                &[
                    arg("shmid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
                    arg("ctl_shmid_set", Dir::In, Ty::Struct(&SHMID_SET), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &SHMCTL,
                &[
                    arg("shmid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
                    arg("ctl_shmid_ds", Dir::Out, Ty::Struct(&SHMID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            13,
            operation(
                &SHMCTL,
                &[
                    arg("shmid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
                    arg("ctl_shmid_ds", Dir::Out, Ty::Struct(&SHMID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            15,
            operation(
                &SHMCTL,
                &[
                    arg("shmid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
                    arg("ctl_shmid_ds", Dir::Out, Ty::Struct(&SHMID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &SHMCTL,
                &[
                    arg("shmid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
                    arg("ctl_shminfo", Dir::Out, Ty::Struct(&SHMINFO), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            14,
            operation(
                &SHMCTL,
                &[
                    arg("shmid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SHM_CMD), "What to do."),
                    arg("ctl_shm_info", Dir::Out, Ty::Struct(&SHM_INFO), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// semctl(2).
static SEMCTL: Syscall = Syscall {
    operations: Some(&SEMCTL_OPERATIONS),
    ..call(
        Class::IPC,
        libc::SYS_semctl,
        "semctl",
        &[
            arg("semid", Dir::In, Ty::Int, "Its number."),
            arg("semnum", Dir::In, Ty::Int, "Which of them."),
            arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
            arg("buf_addr", Dir::In, Ty::Address, "What is set, or what is known of it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks or sets something of semaphores, or removes them.",
    )
};

static SEMCTL_OPERATIONS: Operations = Operations {
    by: 2,
    part: |command| command & 0xffff_ffff,
    rows: &[
        (
            1,
            operation(
                &SEMCTL,
                &[
                    arg("semid", Dir::In, Ty::Int, "Its number."),
                    arg("semnum", Dir::In, Ty::Int, "Which of them."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
                    arg("ctl_semid_set", Dir::In, Ty::Struct(&SEMID_SET), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &SEMCTL,
                &[
                    arg("semid", Dir::In, Ty::Int, "Its number."),
                    arg("semnum", Dir::In, Ty::Int, "Which of them."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
                    arg("ctl_semid_ds", Dir::Out, Ty::Struct(&SEMID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            18,
            operation(
                &SEMCTL,
                &[
                    arg("semid", Dir::In, Ty::Int, "Its number."),
                    arg("semnum", Dir::In, Ty::Int, "Which of them."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
                    arg("ctl_semid_ds", Dir::Out, Ty::Struct(&SEMID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            20,
            operation(
                &SEMCTL,
                &[
                    arg("semid", Dir::In, Ty::Int, "Its number."),
                    arg("semnum", Dir::In, Ty::Int, "Which of them."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
                    arg("ctl_semid_ds", Dir::Out, Ty::Struct(&SEMID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &SEMCTL,
                &[
                    arg("semid", Dir::In, Ty::Int, "Its number."),
                    arg("semnum", Dir::In, Ty::Int, "Which of them."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
                    arg("ctl_seminfo", Dir::Out, Ty::Struct(&SEMINFO), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            19,
            operation(
                &SEMCTL,
                &[
                    arg("semid", Dir::In, Ty::Int, "Its number."),
                    arg("semnum", Dir::In, Ty::Int, "Which of them."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&SEM_CMD), "What to do."),
                    arg("ctl_seminfo", Dir::Out, Ty::Struct(&SEMINFO), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// msgctl(2).
static MSGCTL: Syscall = Syscall {
    operations: Some(&MSGCTL_OPERATIONS),
    ..call(
        Class::IPC,
        libc::SYS_msgctl,
        "msgctl",
        &[
            arg("msqid", Dir::In, Ty::Int, "Its number."),
            arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
            arg("buf_addr", Dir::In, Ty::Address, "What is set, or what is known of it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks or sets something of a queue of messages, or removes it.",
    )
};

static MSGCTL_OPERATIONS: Operations = Operations {
    by: 1,
    part: |command| command & 0xffff_ffff,
    rows: &[
        (
            1,
            operation(
                &MSGCTL,
                &[
                    arg("msqid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
                    arg("ctl_msqid_set", Dir::In, Ty::Struct(&MSQID_SET), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &MSGCTL,
                &[
                    arg("msqid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
                    arg("ctl_msqid_ds", Dir::Out, Ty::Struct(&MSQID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            11,
            operation(
                &MSGCTL,
                &[
                    arg("msqid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
                    arg("ctl_msqid_ds", Dir::Out, Ty::Struct(&MSQID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            13,
            operation(
                &MSGCTL,
                &[
                    arg("msqid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
                    arg("ctl_msqid_ds", Dir::Out, Ty::Struct(&MSQID_DS), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &MSGCTL,
                &[
                    arg("msqid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
                    arg("ctl_msginfo", Dir::Out, Ty::Struct(&MSGINFO), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            12,
            operation(
                &MSGCTL,
                &[
                    arg("msqid", Dir::In, Ty::Int, "Its number."),
                    arg("ctl_cmd", Dir::In, Ty::Const(&MSG_CMD), "What to do."),
                    arg("ctl_msginfo", Dir::Out, Ty::Struct(&MSGINFO), "What is set, or what is known of it."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
