//! Calls that create sockets.

use super::{Class, Dir, Effect, Made, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::xlat::socket::ADDRESS_FAMILY;

/// socket(2).
pub(crate) static SOCKET: Syscall = call(
    Class::NETWORK,
    libc::SYS_socket,
    "socket",
    &[
        arg(
            "domain",
            Dir::In,
            Ty::Const(&ADDRESS_FAMILY),
            "The family of its addresses: which kind of network it is for.",
        ),
        arg(
            "type",
            Dir::In,
            Ty::SockType,
            "How data travels, as one stream or as separate messages, and flags for the new descriptor.",
        ),
        arg(
            "protocol",
            Dir::In,
            Ty::Protocol { domain: 0 },
            "The protocol, where family and type leave a choice; most often 0, the usual one.",
        ),
    ],
    RetTy::Fd,
    Effect::Makes(Made::Socket, cloexec(1, libc::SOCK_CLOEXEC)),
    "Makes a socket, the program's end of a conversation, and returns a descriptor for it.",
);

/// socketpair(2).
pub(crate) static SOCKETPAIR: Syscall = call(
    Class::NETWORK,
    libc::SYS_socketpair,
    "socketpair",
    &[
        arg(
            "domain",
            Dir::In,
            Ty::Const(&ADDRESS_FAMILY),
            "The family; in practice AF_UNIX, sockets within one machine.",
        ),
        arg(
            "type",
            Dir::In,
            Ty::SockType,
            "How data travels, as one stream or as separate messages, and flags for both descriptors.",
        ),
        arg("protocol", Dir::In, Ty::Size, "The protocol; 0 takes the usual one."),
        arg("sv", Dir::Out, Ty::FdPair, "Where the kernel puts the two new descriptors."),
    ],
    RetTy::Int,
    Effect::Makes(Made::SocketPair, cloexec(1, libc::SOCK_CLOEXEC)),
    "Makes two sockets that are connected to each other, for processes or threads of one machine.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&SOCKET, &SOCKETPAIR];
