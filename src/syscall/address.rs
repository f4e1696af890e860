//! Calls that name sockets and connect them.

use super::{Class, CloseOnExec, Dir, Effect, Len, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::xlat::socket::SOCK_FLAGS;

/// bind(2).
pub(crate) static BIND: Syscall = call(
    Class::NETWORK,
    libc::SYS_bind,
    "bind",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that gets the address."),
        arg(
            "addr",
            Dir::In,
            Ty::SockAddr(Len::Arg(2)),
            "The address and port; port 0 lets the kernel choose, and 0.0.0.0 means every address of this machine.",
        ),
        arg("addrlen", Dir::In, Ty::Int, "The size of the address in bytes, which differs between families."),
    ],
    RetTy::Int,
    Effect::Binds,
    "Gives a socket its own address, on which others can reach it.",
);

/// listen(2).
pub(crate) static LISTEN: Syscall = call(
    Class::NETWORK,
    libc::SYS_listen,
    "listen",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket, which is bound to an address as a rule."),
        arg(
            "backlog",
            Dir::In,
            Ty::Int,
            "How many connections may wait for accept; the kernel has a limit of its own (somaxconn).",
        ),
    ],
    RetTy::Int,
    Effect::Listens,
    "Makes a socket wait for connections, which the kernel completes and queues until accept takes them.",
);

/// accept(2).
pub(crate) static ACCEPT: Syscall = call(
    Class::NETWORK,
    libc::SYS_accept,
    "accept",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The listening socket; it stays as it is and can accept more."),
        arg(
            "addr",
            Dir::Out,
            Ty::SockAddr(Len::InOutArg(2)),
            "Where the kernel writes the address of the peer; NULL where it is not wanted.",
        ),
        arg("addrlen", Dir::InOut, Ty::SockLen, "How much room there is for the address, and after the call its size."),
    ],
    RetTy::Fd,
    Effect::Accepts(CloseOnExec::Never),
    "Takes the next connection that waits at a listening socket, or waits for one; returns a new socket for it.",
);

/// accept4(2).
pub(crate) static ACCEPT4: Syscall = call(
    Class::NETWORK,
    libc::SYS_accept4,
    "accept4",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The listening socket; it stays as it is and can accept more."),
        arg(
            "addr",
            Dir::Out,
            Ty::SockAddr(Len::InOutArg(2)),
            "Where the kernel writes the address of the peer; NULL where it is not wanted.",
        ),
        arg("addrlen", Dir::InOut, Ty::SockLen, "How much room there is for the address, and after the call its size."),
        arg("flags", Dir::In, Ty::Flags(&SOCK_FLAGS), "Settings of the new socket, which save calls of fcntl."),
    ],
    RetTy::Fd,
    Effect::Accepts(cloexec(3, libc::SOCK_CLOEXEC)),
    "Takes the next connection that waits at a listening socket, like accept, with flags for the new socket.",
);

/// connect(2).
pub(crate) static CONNECT: Syscall = call(
    Class::NETWORK,
    libc::SYS_connect,
    "connect",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that is to be connected."),
        arg("addr", Dir::In, Ty::SockAddr(Len::Arg(2)), "The address and port of the peer."),
        arg("addrlen", Dir::In, Ty::Int, "The size of the address in bytes, which differs between families."),
    ],
    RetTy::Int,
    Effect::Connects,
    "Asks for a connection to the peer; on a blocking socket waits until it stands or fails.",
);

/// getsockname(2).
pub(crate) static GETSOCKNAME: Syscall = call(
    Class::NETWORK,
    libc::SYS_getsockname,
    "getsockname",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket in question."),
        arg("addr", Dir::Out, Ty::SockAddr(Len::InOutArg(2)), "Where the kernel writes the socket's own address."),
        arg("addrlen", Dir::InOut, Ty::SockLen, "How much room there is for the address, and after the call its size."),
    ],
    RetTy::Int,
    Effect::ReadsName,
    "Asks which address a socket has itself: useful where the kernel chose the port.",
);

/// getpeername(2).
pub(crate) static GETPEERNAME: Syscall = call(
    Class::NETWORK,
    libc::SYS_getpeername,
    "getpeername",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The connected socket in question."),
        arg("addr", Dir::Out, Ty::SockAddr(Len::InOutArg(2)), "Where the kernel writes the address of the peer."),
        arg("addrlen", Dir::InOut, Ty::SockLen, "How much room there is for the address, and after the call its size."),
    ],
    RetTy::Int,
    Effect::ReadsPeer,
    "Asks which address is at the other end of a connected socket.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&BIND, &LISTEN, &ACCEPT, &ACCEPT4, &CONNECT, &GETSOCKNAME, &GETPEERNAME];
