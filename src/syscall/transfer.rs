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
        arg("sockfd", Dir::In, Ty::Fd, "The socket that sends."),
        arg("buf", Dir::In, Ty::Bytes(Len::Arg(2)), "The bytes to send."),
        arg(
            "len",
            Dir::In,
            Ty::Size,
            "How many bytes; the result can be smaller, and the rest must then be sent again.",
        ),
        arg("flags", Dir::In, Ty::Flags(&MSG), "How to send; 0 for the ordinary way."),
        arg(
            "dest_addr",
            Dir::In,
            Ty::SockAddr(Len::Arg(5)),
            "Where to send a datagram; NULL on a connected socket, which knows its peer.",
        ),
        arg("addrlen", Dir::In, Ty::Int, "The size of the address; 0 where there is none."),
    ],
    RetTy::Int,
    Effect::Sends,
    "Hands bytes to the kernel to be sent, to an address or to the connected peer; send is this call too.",
);

/// recvfrom(2), which `recv` calls too.
pub(crate) static RECVFROM: Syscall = call(
    Class::NETWORK,
    libc::SYS_recvfrom,
    "recvfrom",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that receives."),
        arg("buf", Dir::Out, Ty::Bytes(Len::Ret(2)), "Where the kernel puts the bytes; the trace shows what arrived."),
        arg(
            "size",
            Dir::In,
            Ty::Size,
            "How many bytes fit; fewer may come, and of a longer datagram the rest is lost.",
        ),
        arg("flags", Dir::In, Ty::Flags(&MSG), "How to receive; 0 for the ordinary way."),
        arg(
            "src_addr",
            Dir::Out,
            Ty::SockAddr(Len::InOutArg(5)),
            "Where the kernel writes the sender's address; NULL where it is not wanted.",
        ),
        arg(
            "addrlen",
            Dir::InOut,
            Ty::SockLen,
            "How much room there is for the address, and after the call its size; NULL where it is not wanted.",
        ),
    ],
    RetTy::Int,
    Effect::Receives(CloseOnExec::Never),
    "Takes bytes that have arrived, or waits for some, and can show who sent them; recv is this call too.",
);

/// sendmsg(2).
pub(crate) static SENDMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_sendmsg,
    "sendmsg",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that sends."),
        arg("msg", Dir::In, Ty::MsgHdr, "The message: address, buffers and control messages."),
        arg("flags", Dir::In, Ty::Flags(&MSG), "How to send; 0 for the ordinary way."),
    ],
    RetTy::Int,
    Effect::Sends,
    "Sends bytes from several buffers as one message, with an address, descriptors or other extras if wanted.",
);

/// recvmsg(2).
pub(crate) static RECVMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_recvmsg,
    "recvmsg",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that receives."),
        arg(
            "msg",
            Dir::InOut,
            Ty::MsgHdr,
            "Where the message goes, and after the call what it was: sender, bytes, control messages.",
        ),
        arg("flags", Dir::In, Ty::Flags(&MSG), "How to receive; 0 for the ordinary way."),
    ],
    RetTy::Int,
    Effect::Receives(cloexec(2, libc::MSG_CMSG_CLOEXEC)),
    "Receives one message into several buffers, with its sender and any extras such as descriptors.",
);

/// sendmmsg(2).
pub(crate) static SENDMMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_sendmmsg,
    "sendmmsg",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that sends."),
        arg(
            "msgvec",
            Dir::InOut,
            Ty::MmsgHdrs { count: 2, received: false },
            "The messages; the kernel notes for each how many bytes it sent.",
        ),
        arg("vlen", Dir::In, Ty::Uint, "How many messages there are."),
        arg("flags", Dir::In, Ty::Flags(&MSG), "How to send; 0 for the ordinary way."),
    ],
    RetTy::Int,
    Effect::Sends,
    "Sends several messages with one call, which saves the cost of a call for each.",
);

/// recvmmsg(2).
pub(crate) static RECVMMSG: Syscall = call(
    Class::NETWORK,
    libc::SYS_recvmmsg,
    "recvmmsg",
    &[
        arg("sockfd", Dir::In, Ty::Fd, "The socket that receives."),
        arg(
            "msgvec",
            Dir::InOut,
            Ty::MmsgHdrs { count: 2, received: true },
            "Where the messages go; the kernel notes for each how many bytes it has.",
        ),
        arg("vlen", Dir::In, Ty::Uint, "How many messages fit."),
        arg("flags", Dir::In, Ty::Flags(&MSG), "How to receive; 0 for the ordinary way."),
        arg("timeout", Dir::InOut, Ty::Timeout(&TIMESPEC), "How long to go on receiving; NULL for no limit."),
    ],
    RetTy::Int,
    Effect::Receives(cloexec(3, libc::MSG_CMSG_CLOEXEC)),
    "Receives several messages with one call, until the list is full or the time is over.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] = &[&SENDTO, &RECVFROM, &SENDMSG, &RECVMSG, &SENDMMSG, &RECVMMSG];
