//! Messages: `struct msghdr`, its control messages, and the vector form of `sendmmsg` and `recvmmsg`.

use super::layout::{self, field};
use super::{Const, Flags, Kind, Layout, Length, Value};
use crate::memory::padded;
use crate::xlat::socket::{CMSG_LEVEL, MSG};
use crate::xlat::sockopt::SCM;

/// A `struct msghdr`. Members that point elsewhere are values, since each pointer may be bad on its own.
#[derive(Debug, Clone, PartialEq)]
pub struct MsgHdr {
    /// A [`Value::SockAddr`] or the pointer.
    pub name: Value,
    /// `msg_namelen`, which `recvmsg` changes.
    pub namelen: Length,
    /// A [`Value::Array`] of records `iovec`, or the pointer.
    pub iov: Value,
    /// `msg_iovlen`.
    pub iovlen: u64,
    /// A [`Value::Array`] of [`Value::Cmsg`], or the pointer; `None` when there is no control part.
    pub control: Option<Value>,
    /// `msg_controllen`, after the call for `recvmsg`.
    pub controllen: u64,
    /// `msg_flags`.
    pub flags: Flags,
}

/// A `struct mmsghdr`.
#[derive(Debug, Clone, PartialEq)]
pub struct MmsgHdr {
    /// The message.
    pub hdr: MsgHdr,
    /// Bytes sent or received; `None` for messages the call did not get to.
    pub len: Option<u32>,
}

/// A control message, cmsg(3).
#[derive(Debug, Clone, PartialEq)]
pub struct Cmsg {
    /// `cmsg_len`, header included.
    pub len: u64,
    /// `cmsg_level`.
    pub level: Const,
    /// `cmsg_type`.
    pub kind: Const,
    /// The payload; `None` when the message is too short to have one.
    pub data: Option<Box<Value>>,
}

/// `struct msghdr`, recvmsg(2).
pub(crate) static MSGHDR: Layout = Layout {
    name: "msghdr",
    size: MsgHeader::SIZE,
    doc: "A message: the address, the buffers and the control messages, with their lengths.",
    fields: &[
        field("msg_name", 0, Kind::Pointer, "The address to send to, or that of the sender; NULL for none."),
        field("msg_namelen", 8, Kind::Int(4), layout::NAMELEN),
        field("msg_iov", 16, Kind::Pointer, "The buffers."),
        field("msg_iovlen", 24, Kind::Uint(8), "How many buffers there are."),
        field("msg_control", 32, Kind::Pointer, "The control messages: extras such as descriptors or times."),
        field("msg_controllen", 40, Kind::Uint(8), "The bytes of all control messages, or the room for them."),
        field("msg_flags", 48, Kind::Flags(&MSG, 4), "What the kernel reports of a received message, such as a cut."),
    ],
};

/// `struct mmsghdr`, recvmmsg(2).
pub(crate) static MMSGHDR: Layout = Layout {
    name: "mmsghdr",
    size: MsgHeader::SIZE + 8,
    doc: "One of several messages, and how many bytes of it were sent or received.",
    fields: &[
        field("msg_hdr", 0, Kind::Record(&MSGHDR), "The message."),
        field("msg_len", MsgHeader::SIZE, Kind::Uint(4), "How many bytes were sent or received."),
    ],
};

/// `struct cmsghdr` and the data behind it, cmsg(3).
pub(crate) static CMSG: Layout = Layout {
    name: "cmsghdr",
    size: CMSGHDR,
    doc: "A control message: something that travels beside the bytes.",
    fields: &[
        field("cmsg_len", 0, Kind::Uint(8), "Its length, this header included."),
        field("cmsg_level", 8, Kind::Const(&CMSG_LEVEL, 4), "The layer that it belongs to."),
        field("cmsg_type", 12, Kind::Const(&SCM, 4), "What it is."),
        field("cmsg_data", CMSGHDR, Kind::Rest, "Its content."),
    ],
};

/// The members of a `struct msghdr` as they lie in memory; what they point to is another matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MsgHeader {
    pub(crate) name: u64,
    pub(crate) namelen: i32,
    pub(crate) iov: u64,
    pub(crate) iovlen: u64,
    pub(crate) control: u64,
    pub(crate) controllen: u64,
    pub(crate) flags: u32,
}

impl MsgHeader {
    /// `sizeof`.
    pub(crate) const SIZE: usize = size_of::<libc::msghdr>();

    /// From its bytes; what is missing counts as zero.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let word = |at| u64::from_ne_bytes(padded(bytes, at));
        Self {
            name: word(0),
            namelen: word(8) as i32,
            iov: word(16),
            iovlen: word(24),
            control: word(32),
            controllen: word(40),
            flags: word(48) as u32,
        }
    }

    /// Its bytes.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let Self { name, namelen, iov, iovlen, control, controllen, flags } = self;
        // The length of the name and the flags are `int`s, each followed by as much padding.
        let words = [name, u64::from(namelen as u32), iov, iovlen, control, controllen, u64::from(flags)];
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }
}

/// Where the buffer of a `struct iovec` lies, and how long it is.
pub(crate) fn iovec(bytes: &[u8]) -> (u64, u64) {
    (u64::from_ne_bytes(padded(bytes, 0)), u64::from_ne_bytes(padded(bytes, 8)))
}

/// The header of a control message, `struct cmsghdr`, which its data is aligned to as well.
pub(crate) const CMSGHDR: usize = size_of::<libc::cmsghdr>();
/// `UIO_MAXIOV`: the kernel handles no more messages in one call, nor buffers of one.
pub(crate) const MAX_VECTORS: u32 = 1024;
