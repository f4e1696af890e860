//! Messages: `struct msghdr`, its control messages, and the vector form of `sendmmsg` and `recvmmsg`.

use super::{Const, Flags, Length, Value};
use crate::memory::padded;

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
