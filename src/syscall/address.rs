//! Calls that name sockets and connect them.

use super::{Class, CloseOnExec, Dir, Effect, Len, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::xlat::socket::SOCK_FLAGS;

/// bind(2).
pub(crate) static BIND: Syscall = call(
    Class::NETWORK,
    libc::SYS_bind,
    "bind",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("addr", Dir::In, Ty::SockAddr(Len::Arg(2))),
        arg("addrlen", Dir::In, Ty::Int),
    ],
    RetTy::Int,
    Effect::Binds,
    "Binds a socket to a local address.",
);

/// listen(2).
pub(crate) static LISTEN: Syscall = call(
    Class::NETWORK,
    libc::SYS_listen,
    "listen",
    &[arg("sockfd", Dir::In, Ty::Fd), arg("backlog", Dir::In, Ty::Int)],
    RetTy::Int,
    Effect::Listens,
    "Makes a socket accept connections and limits how many may wait.",
);

/// accept(2).
pub(crate) static ACCEPT: Syscall = call(
    Class::NETWORK,
    libc::SYS_accept,
    "accept",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("addr", Dir::Out, Ty::SockAddr(Len::InOutArg(2))),
        arg("addrlen", Dir::InOut, Ty::SockLen),
    ],
    RetTy::Fd,
    Effect::Accepts(CloseOnExec::Never),
    "Accepts the next waiting connection and returns a descriptor for it.",
);

/// accept4(2).
pub(crate) static ACCEPT4: Syscall = call(
    Class::NETWORK,
    libc::SYS_accept4,
    "accept4",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("addr", Dir::Out, Ty::SockAddr(Len::InOutArg(2))),
        arg("addrlen", Dir::InOut, Ty::SockLen),
        arg("flags", Dir::In, Ty::Flags(&SOCK_FLAGS)),
    ],
    RetTy::Fd,
    Effect::Accepts(cloexec(3, libc::SOCK_CLOEXEC)),
    "Accepts the next waiting connection and returns a descriptor for it, with flags.",
);

/// connect(2).
pub(crate) static CONNECT: Syscall = call(
    Class::NETWORK,
    libc::SYS_connect,
    "connect",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("addr", Dir::In, Ty::SockAddr(Len::Arg(2))),
        arg("addrlen", Dir::In, Ty::Int),
    ],
    RetTy::Int,
    Effect::Connects,
    "Connects a socket to a remote address.",
);

/// getsockname(2).
pub(crate) static GETSOCKNAME: Syscall = call(
    Class::NETWORK,
    libc::SYS_getsockname,
    "getsockname",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("addr", Dir::Out, Ty::SockAddr(Len::InOutArg(2))),
        arg("addrlen", Dir::InOut, Ty::SockLen),
    ],
    RetTy::Int,
    Effect::ReadsName,
    "Returns a socket's local address.",
);

/// getpeername(2).
pub(crate) static GETPEERNAME: Syscall = call(
    Class::NETWORK,
    libc::SYS_getpeername,
    "getpeername",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("addr", Dir::Out, Ty::SockAddr(Len::InOutArg(2))),
        arg("addrlen", Dir::InOut, Ty::SockLen),
    ],
    RetTy::Int,
    Effect::ReadsPeer,
    "Returns the address of the peer that a socket is connected to.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&BIND, &LISTEN, &ACCEPT, &ACCEPT4, &CONNECT, &GETSOCKNAME, &GETPEERNAME];
