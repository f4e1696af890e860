//! Calls that set and read socket options, and shut down connections.

use super::{Class, Dir, Effect, RetTy, Syscall, Ty, arg, call};
use crate::xlat::socket::{SHUT, SOL};
use crate::xlat::sockopt::Access;

/// setsockopt(2).
pub(crate) static SETSOCKOPT: Syscall = call(
    Class::NETWORK,
    libc::SYS_setsockopt,
    "setsockopt",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket whose setting changes."),
        arg(
            "level",
            Dir::In,
            Ty::Const(&SOL),
            "Which layer the setting belongs to: the socket itself, IP, TCP and so on.",
        ),
        arg("optname", Dir::In, Ty::OptName { level: 1, access: Access::Set }, "Which setting."),
        arg(
            "optval",
            Dir::In,
            Ty::OptVal { level: 1, name: 2, len: 4 },
            "The new value, which most often is a number: 1 for on, 0 for off.",
        ),
        arg("optlen", Dir::In, Ty::Int, "The size of the value in bytes; 4 for a number."),
    ],
    RetTy::Int,
    Effect::SetsOption,
    "Changes a setting of a socket.",
);

/// getsockopt(2).
pub(crate) static GETSOCKOPT: Syscall = call(
    Class::NETWORK,
    libc::SYS_getsockopt,
    "getsockopt",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket in question."),
        arg(
            "level",
            Dir::In,
            Ty::Const(&SOL),
            "Which layer the setting belongs to: the socket itself, IP, TCP and so on.",
        ),
        arg("optname", Dir::In, Ty::OptName { level: 1, access: Access::Get }, "Which setting."),
        arg("optval", Dir::Out, Ty::OptVal { level: 1, name: 2, len: 4 }, "Where the kernel writes the value."),
        arg("optlen", Dir::InOut, Ty::SockLen, "How much room there is for the value, and after the call its size."),
    ],
    RetTy::Int,
    Effect::ReadsOption,
    "Asks for a setting of a socket, or for what the kernel knows about it.",
);

/// shutdown(2).
pub(crate) static SHUTDOWN: Syscall = call(
    Class::NETWORK,
    libc::SYS_shutdown,
    "shutdown",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The connected socket."),
        arg("how", Dir::In, Ty::Const(&SHUT), "Which direction ends: receiving, sending or both."),
    ],
    RetTy::Int,
    Effect::ShutsDown,
    "Ends one direction of a connection or both, while the descriptor stays open; the peer sees the end.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&SETSOCKOPT, &GETSOCKOPT, &SHUTDOWN];
