//! Calls on descriptors of any kind, which socket programs make on sockets too.

use super::command::{FCNTL_COMMANDS, IOCTL_REQUESTS};
use super::{Class, CloseOnExec, Dir, Effect, Len, Made, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::sys::arch::number;
use crate::xlat::file::{FCNTL_CMD, OPEN_FLAGS};
use crate::xlat::ioctl::IOCTL_REQUEST;

/// close(2).
pub(crate) static CLOSE: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_close,
    "close",
    &[arg("fd", Dir::In, Ty::Fd, "The descriptor, whose number is free again afterwards, even if the call fails.")],
    RetTy::Int,
    Effect::Closes,
    "Gives a descriptor back; a connection ends when its last descriptor is closed.",
);

/// dup(2).
pub(crate) static DUP: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_dup,
    "dup",
    &[arg("oldfd", Dir::In, Ty::Fd, "The descriptor that there already is.")],
    RetTy::Fd,
    Effect::Duplicates { onto: None, cloexec: CloseOnExec::Never },
    "Makes a second descriptor for the same open file or socket, with the lowest free number.",
);

/// dup2(2).
pub(crate) static DUP2: Syscall = call(
    Class::SOCKET_DESC,
    number::DUP2,
    "dup2",
    &[
        arg("oldfd", Dir::In, Ty::Fd, "The descriptor that there already is."),
        arg("newfd", Dir::In, Ty::Fd, "The number that the second descriptor gets."),
    ],
    RetTy::Fd,
    Effect::Duplicates { onto: Some(1), cloexec: CloseOnExec::Never },
    "Makes a second descriptor with a chosen number, which is closed first if it was open.",
);

/// dup3(2).
pub(crate) static DUP3: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_dup3,
    "dup3",
    &[
        arg("oldfd", Dir::In, Ty::Fd, "The descriptor that there already is."),
        arg("newfd", Dir::In, Ty::Fd, "The number that the second descriptor gets."),
        arg(
            "flags",
            Dir::In,
            Ty::Flags(&OPEN_FLAGS),
            "O_CLOEXEC, or 0: whether another program that is started keeps the descriptor.",
        ),
    ],
    RetTy::Fd,
    Effect::Duplicates { onto: Some(1), cloexec: cloexec(2, libc::O_CLOEXEC) },
    "Makes a second descriptor with a chosen number, like dup2, with a flag for it.",
);

/// fcntl(2).
pub(crate) static FCNTL: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_fcntl,
    "fcntl",
    &[
        arg("fd", Dir::In, Ty::Fd, "The descriptor."),
        arg(
            "op",
            Dir::In,
            Ty::Const(&FCNTL_CMD),
            "What to do; the meaning of the next argument and of the result depends on it.",
        ),
        arg(
            "arg",
            Dir::InOut,
            Ty::CommandArg { command: 1, commands: &FCNTL_COMMANDS },
            "What the command needs: a number, flags or a structure; some need nothing.",
        ),
    ],
    RetTy::Command,
    Effect::Command,
    "Reads or changes how a descriptor works, such as whether calls on it wait.",
);

/// ioctl(2).
pub(crate) static IOCTL: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_ioctl,
    "ioctl",
    &[
        arg("fd", Dir::In, Ty::Fd, "The descriptor."),
        arg(
            "op",
            Dir::In,
            Ty::Const(&IOCTL_REQUEST),
            "The request, which only certain kinds of file understand; others answer ENOTTY.",
        ),
        arg(
            "arg",
            Dir::InOut,
            Ty::CommandArg { command: 1, commands: &IOCTL_REQUESTS },
            "What the request needs or returns, often behind a pointer.",
        ),
    ],
    RetTy::Int,
    Effect::Command,
    "Sends a request to whatever is behind a descriptor: a terminal, a socket, a network interface.",
);

/// read(2).
pub(crate) static READ: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_read,
    "read",
    &[
        arg("fd", Dir::In, Ty::Fd, "The descriptor to read from."),
        arg("buf", Dir::Out, Ty::Bytes(Len::Ret(2)), "Where the kernel puts the bytes; the trace shows what was read."),
        arg("count", Dir::In, Ty::Size, "How many bytes fit; fewer may come."),
    ],
    RetTy::Int,
    Effect::Receives(CloseOnExec::Never),
    "Takes the next bytes from a file, pipe or connection, or waits for some; 0 means the end.",
);

/// write(2).
pub(crate) static WRITE: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_write,
    "write",
    &[
        arg("fd", Dir::In, Ty::Fd, "The descriptor to write to; 1 is the standard output, 2 is for errors."),
        arg("buf", Dir::In, Ty::Bytes(Len::Arg(2)), "The bytes to write."),
        arg(
            "count",
            Dir::In,
            Ty::Size,
            "How many bytes; the result can be smaller, and the rest must then be written again.",
        ),
    ],
    RetTy::Int,
    Effect::Sends,
    "Hands bytes to a file, pipe or connection.",
);

/// readv(2).
pub(crate) static READV: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_readv,
    "readv",
    &[
        arg("fd", Dir::In, Ty::Fd, "The descriptor to read from."),
        arg("iov", Dir::Out, Ty::IoVecs { count: 2 }, "The buffers; the trace shows what was read."),
        arg("iovcnt", Dir::In, Ty::Size, "How many buffers there are."),
    ],
    RetTy::Int,
    Effect::Receives(CloseOnExec::Never),
    "Reads bytes into several buffers, which are filled one after the other.",
);

/// writev(2).
pub(crate) static WRITEV: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_writev,
    "writev",
    &[
        arg("fd", Dir::In, Ty::Fd, "The descriptor to write to."),
        arg("iov", Dir::In, Ty::IoVecs { count: 2 }, "The buffers with the bytes to write."),
        arg("iovcnt", Dir::In, Ty::Size, "How many buffers there are."),
    ],
    RetTy::Int,
    Effect::Sends,
    "Writes the bytes of several buffers, one after the other, with one call.",
);

/// pipe2(2).
pub(crate) static PIPE2: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_pipe2,
    "pipe2",
    &[
        arg(
            "pipefd",
            Dir::Out,
            Ty::FdPair,
            "Where the kernel puts the two new descriptors: the first reads, the second writes.",
        ),
        arg("flags", Dir::In, Ty::Flags(&OPEN_FLAGS), "Settings of both descriptors, such as whether calls wait."),
    ],
    RetTy::Int,
    Effect::Makes(Made::Pipe, cloexec(1, libc::O_CLOEXEC)),
    "Makes a pipe: what is written to one descriptor can be read from the other.",
);

/// sendfile(2).
pub(crate) static SENDFILE: Syscall = call(
    Class::BOTH,
    libc::SYS_sendfile,
    "sendfile",
    &[
        arg("out_fd", Dir::In, Ty::Fd, "The descriptor to write to, often a socket."),
        arg("in_fd", Dir::In, Ty::Fd, "The file to read from."),
        arg(
            "offset",
            Dir::InOut,
            Ty::Offset,
            "Where in the file to begin, and after the call where it stopped; NULL for the file's own position.",
        ),
        arg("count", Dir::In, Ty::Size, "How many bytes to copy; the result can be smaller."),
    ],
    RetTy::Int,
    Effect::Copies { from: 1, to: 0 },
    "Copies bytes from a file to a socket inside the kernel, so that the program need not touch them.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] =
    &[&CLOSE, &DUP, &DUP2, &DUP3, &FCNTL, &IOCTL, &READ, &WRITE, &READV, &WRITEV, &PIPE2, &SENDFILE];
