//! Calls that send and receive.

use super::{Class, CloseOnExec, Dir, Effect, Len, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::value::layout::TIMESPEC;
use crate::xlat::socket::MSG;

/// sendto(2), which `send` calls too.
pub(crate) static SENDTO: Syscall = call(
    Class::NETWORK,
    libc::SYS_sendto,
    "sendto",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("buf", Dir::In, Ty::Bytes(Len::Arg(2))),
        arg("len", Dir::In, Ty::Size),
        arg("flags", Dir::In, Ty::Flags(&MSG)),
        arg("dest_addr", Dir::In, Ty::SockAddr(Len::Arg(5))),
        arg("addrlen", Dir::In, Ty::Int),
    ],
    RetTy::Int,
    Effect::Sends,
    "Sends bytes, to an address or to the connected peer.",
);

/// recvfrom(2), which `recv` calls too.
pub(crate) static RECVFROM: Syscall = call(
    Class::NETWORK,
    libc::SYS_recvfrom,
    "recvfrom",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("buf", Dir::Out, Ty::Bytes(Len::Ret(2))),
        arg("size", Dir::In, Ty::Size),
        arg("flags", Dir::In, Ty::Flags(&MSG)),
        arg("src_addr", Dir::Out, Ty::SockAddr(Len::InOutArg(5))),
        arg("addrlen", Dir::InOut, Ty::SockLen),
    ],
    RetTy::Int,
    Effect::Receives(CloseOnExec::Never),
    "Receives bytes and, if requested, the sender's address.",
);

/// sendmsg(2).
pub(crate) static SENDMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_sendmsg,
    "sendmsg",
    &[arg("sockfd", Dir::In, Ty::Fd), arg("msg", Dir::In, Ty::MsgHdr), arg("flags", Dir::In, Ty::Flags(&MSG))],
    RetTy::Int,
    Effect::Sends,
    "Sends bytes from several buffers, with an address and control messages.",
);

/// recvmsg(2).
pub(crate) static RECVMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_recvmsg,
    "recvmsg",
    &[arg("sockfd", Dir::In, Ty::Fd), arg("msg", Dir::InOut, Ty::MsgHdr), arg("flags", Dir::In, Ty::Flags(&MSG))],
    RetTy::Int,
    Effect::Receives(cloexec(2, libc::MSG_CMSG_CLOEXEC)),
    "Receives bytes into several buffers, with an address and control messages.",
);

/// sendmmsg(2).
pub(crate) static SENDMMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_sendmmsg,
    "sendmmsg",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("msgvec", Dir::InOut, Ty::MmsgHdrs { count: 2, received: false }),
        arg("vlen", Dir::In, Ty::Uint),
        arg("flags", Dir::In, Ty::Flags(&MSG)),
    ],
    RetTy::Int,
    Effect::Sends,
    "Sends several messages.",
);

/// recvmmsg(2).
pub(crate) static RECVMMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_recvmmsg,
    "recvmmsg",
    &[
        arg("sockfd", Dir::In, Ty::Fd),
        arg("msgvec", Dir::InOut, Ty::MmsgHdrs { count: 2, received: true }),
        arg("vlen", Dir::In, Ty::Uint),
        arg("flags", Dir::In, Ty::Flags(&MSG)),
        arg("timeout", Dir::InOut, Ty::Timeout(&TIMESPEC)),
    ],
    RetTy::Int,
    Effect::Receives(cloexec(3, libc::MSG_CMSG_CLOEXEC)),
    "Receives several messages, with a timeout.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&SENDTO, &RECVFROM, &SENDMSG, &RECVMSG, &SENDMMSG, &RECVMMSG];
