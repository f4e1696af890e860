//! Calls on descriptors of any kind, which socket programs make on sockets too.

use super::command::{FCNTL_COMMANDS, IOCTL_REQUESTS};
use super::{Class, CloseOnExec, Dir, Effect, Len, Made, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::sys::arch::number;
use crate::xlat::file::{FCNTL_CMD, OPEN_FLAGS};
use crate::xlat::ioctl::IOCTL_REQUEST;

/// close(2).
pub(crate) static CLOSE: Syscall = call(
    Class::DESC,
    libc::SYS_close,
    "close",
    &[arg("fd", Dir::In, Ty::Fd)],
    RetTy::Int,
    Effect::Closes,
    "Closes a descriptor.",
);

/// dup(2).
pub(crate) static DUP: Syscall = call(
    Class::DESC,
    libc::SYS_dup,
    "dup",
    &[arg("oldfd", Dir::In, Ty::Fd)],
    RetTy::Fd,
    Effect::Duplicates { onto: None, cloexec: CloseOnExec::Never },
    "Duplicates a descriptor.",
);

/// dup2(2).
pub(crate) static DUP2: Syscall = call(
    Class::DESC,
    number::DUP2,
    "dup2",
    &[arg("oldfd", Dir::In, Ty::Fd), arg("newfd", Dir::In, Ty::Fd)],
    RetTy::Fd,
    Effect::Duplicates { onto: Some(1), cloexec: CloseOnExec::Never },
    "Duplicates a descriptor to a given number.",
);

/// dup3(2).
pub(crate) static DUP3: Syscall = call(
    Class::DESC,
    libc::SYS_dup3,
    "dup3",
    &[arg("oldfd", Dir::In, Ty::Fd), arg("newfd", Dir::In, Ty::Fd), arg("flags", Dir::In, Ty::Flags(&OPEN_FLAGS))],
    RetTy::Fd,
    Effect::Duplicates { onto: Some(1), cloexec: cloexec(2, libc::O_CLOEXEC) },
    "Duplicates a descriptor to a given number, with flags.",
);

/// fcntl(2).
pub(crate) static FCNTL: Syscall = call(
    Class::DESC,
    libc::SYS_fcntl,
    "fcntl",
    &[
        arg("fd", Dir::In, Ty::Fd),
        arg("op", Dir::In, Ty::Const(&FCNTL_CMD)),
        arg("arg", Dir::InOut, Ty::CommandArg { command: 1, commands: &FCNTL_COMMANDS }),
    ],
    RetTy::Command,
    Effect::Command,
    "Reads or changes properties of a descriptor or its open file.",
);

/// ioctl(2).
pub(crate) static IOCTL: Syscall = call(
    Class::DESC,
    libc::SYS_ioctl,
    "ioctl",
    &[
        arg("fd", Dir::In, Ty::Fd),
        arg("op", Dir::In, Ty::Const(&IOCTL_REQUEST)),
        arg("arg", Dir::InOut, Ty::CommandArg { command: 1, commands: &IOCTL_REQUESTS }),
    ],
    RetTy::Int,
    Effect::Command,
    "Sends a request to a device or a socket's protocol.",
);

/// read(2).
pub(crate) static READ: Syscall = call(
    Class::DESC,
    libc::SYS_read,
    "read",
    &[arg("fd", Dir::In, Ty::Fd), arg("buf", Dir::Out, Ty::Bytes(Len::Ret(2))), arg("count", Dir::In, Ty::Size)],
    RetTy::Int,
    Effect::Receives(CloseOnExec::Never),
    "Reads bytes.",
);

/// write(2).
pub(crate) static WRITE: Syscall = call(
    Class::DESC,
    libc::SYS_write,
    "write",
    &[arg("fd", Dir::In, Ty::Fd), arg("buf", Dir::In, Ty::Bytes(Len::Arg(2))), arg("count", Dir::In, Ty::Size)],
    RetTy::Int,
    Effect::Sends,
    "Writes bytes.",
);

/// readv(2).
pub(crate) static READV: Syscall = call(
    Class::DESC,
    libc::SYS_readv,
    "readv",
    &[arg("fd", Dir::In, Ty::Fd), arg("iov", Dir::Out, Ty::IoVecs { count: 2 }), arg("iovcnt", Dir::In, Ty::Size)],
    RetTy::Int,
    Effect::Receives(CloseOnExec::Never),
    "Reads bytes into several buffers.",
);

/// writev(2).
pub(crate) static WRITEV: Syscall = call(
    Class::DESC,
    libc::SYS_writev,
    "writev",
    &[arg("fd", Dir::In, Ty::Fd), arg("iov", Dir::In, Ty::IoVecs { count: 2 }), arg("iovcnt", Dir::In, Ty::Size)],
    RetTy::Int,
    Effect::Sends,
    "Writes bytes from several buffers.",
);

/// pipe2(2).
pub(crate) static PIPE2: Syscall = call(
    Class::DESC,
    libc::SYS_pipe2,
    "pipe2",
    &[arg("pipefd", Dir::Out, Ty::FdPair), arg("flags", Dir::In, Ty::Flags(&OPEN_FLAGS))],
    RetTy::Int,
    Effect::Makes(Made::Pipe, cloexec(1, libc::O_CLOEXEC)),
    "Creates a pipe: a descriptor to read and one to write.",
);

/// sendfile(2).
pub(crate) static SENDFILE: Syscall = call(
    Class::BOTH,
    libc::SYS_sendfile,
    "sendfile",
    &[
        arg("out_fd", Dir::In, Ty::Fd),
        arg("in_fd", Dir::In, Ty::Fd),
        arg("offset", Dir::InOut, Ty::Offset),
        arg("count", Dir::In, Ty::Size),
    ],
    RetTy::Int,
    Effect::Copies,
    "Copies bytes from a file to a descriptor inside the kernel.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] =
    &[&CLOSE, &DUP, &DUP2, &DUP3, &FCNTL, &IOCTL, &READ, &WRITE, &READV, &WRITEV, &PIPE2, &SENDFILE];
