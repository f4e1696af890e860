//! Messages: `struct msghdr`, its control messages, and the vector form of `sendmmsg` and `recvmmsg`.

use super::{Const, Flags, Length, Value};

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
