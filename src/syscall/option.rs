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
        arg("sockfd", Dir::In, Ty::Fd),
        arg("level", Dir::In, Ty::Const(&SOL)),
        arg("optname", Dir::In, Ty::OptName { level: 1, access: Access::Set }),
        arg("optval", Dir::In, Ty::OptVal { level: 1, name: 2, len: 4 }),
        arg("optlen", Dir::In, Ty::Int),
    ],
    RetTy::Int,
    Effect::SetsOption,
    "Sets an option of a socket.",
);

/// getsockopt(2).
pub(crate) static GETSOCKOPT: Syscall = call(
    Class::NETWORK,
    libc::SYS_getsockopt,
    "getsockopt",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("level", Dir::In, Ty::Const(&SOL)),
        arg("optname", Dir::In, Ty::OptName { level: 1, access: Access::Get }),
        arg("optval", Dir::Out, Ty::OptVal { level: 1, name: 2, len: 4 }),
        arg("optlen", Dir::InOut, Ty::SockLen),
    ],
    RetTy::Int,
    Effect::ReadsOption,
    "Reads an option of a socket.",
);

/// shutdown(2).
pub(crate) static SHUTDOWN: Syscall = call(
    Class::NETWORK,
    libc::SYS_shutdown,
    "shutdown",
    &[arg("sockfd", Dir::In, Ty::Fd), arg("how", Dir::In, Ty::Const(&SHUT))],
    RetTy::Int,
    Effect::ShutsDown,
    "Ends one or both directions of a connection.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&SETSOCKOPT, &GETSOCKOPT, &SHUTDOWN];
