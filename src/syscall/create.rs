//! Calls that create sockets.

use super::{Class, Dir, Effect, Made, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::xlat::socket::ADDRESS_FAMILY;

/// socket(2).
pub(crate) static SOCKET: Syscall = call(
    Class::NETWORK,
    libc::SYS_socket,
    "socket",
    &[
        arg("domain", Dir::In, Ty::Const(&ADDRESS_FAMILY)),
        arg("type", Dir::In, Ty::SockType),
        arg("protocol", Dir::In, Ty::Protocol { domain: 0 }),
    ],
    RetTy::Fd,
    Effect::Makes(Made::Socket, cloexec(1, libc::SOCK_CLOEXEC)),
    "Creates an endpoint for communication and returns its descriptor.",
);

/// socketpair(2).
pub(crate) static SOCKETPAIR: Syscall = call(
    Class::NETWORK,
    libc::SYS_socketpair,
    "socketpair",
    &[
        arg("domain", Dir::In, Ty::Const(&ADDRESS_FAMILY)),
        arg("type", Dir::In, Ty::SockType),
        arg("protocol", Dir::In, Ty::Size),
        arg("sv", Dir::Out, Ty::FdPair),
    ],
    RetTy::Int,
    Effect::Makes(Made::SocketPair, cloexec(1, libc::SOCK_CLOEXEC)),
    "Creates two sockets that are connected to each other.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&SOCKET, &SOCKETPAIR];
