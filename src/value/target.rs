//! What a file descriptor refers to, as the kernel sees it: a path's bytes, a socket's addresses, a device's numbers.
//!
//! These are facts, not spellings: only `text` knows that a socket is written `<TCP:[127.0.0.1:80]>` and where
//! `(deleted)` goes. One value is shared by all events that mention the descriptor.

use std::net::SocketAddr;

use super::{Const, UnixName};

/// What a descriptor refers to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FdTarget {
    /// A file that has a path.
    Path(PathTarget),
    /// A socket.
    Socket(SocketTarget),
    /// An object without a path that has a number: a pipe, a namespace.
    Inode {
        /// The kernel's word for the kind of object: `pipe`, `net`.
        kind: Box<str>,
        /// Its number.
        inode: u64,
    },
    /// An object that has no number of its own, by the kernel's name for it: `[eventpoll]`, `bpf-map`.
    Anonymous(Box<[u8]>),
    /// The process of a pidfd.
    Process(i32),
    /// An unknown spelling in a text, verbatim.
    Verbatim {
        /// The text.
        text: Box<str>,
        /// Whether the text marks the file as deleted.
        deleted: bool,
    },
}

impl FdTarget {
    /// A file that was not deleted, by its path.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::Path(PathTarget { path, deleted: false, .. }) => Some(path),
            _ => None,
        }
    }
}

/// A file with its path.
#[derive(Debug, Clone, PartialEq)]
pub struct PathTarget {
    /// The bytes of the path.
    pub path: Box<[u8]>,
    /// Whether the file was deleted since it was opened.
    pub deleted: bool,
    /// The device it represents, where this was looked up.
    pub device: Option<Device>,
}

/// A device by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// A block device; otherwise a character device.
    pub is_block: bool,
    /// The major number.
    pub major: u32,
    /// The minor number.
    pub minor: u32,
}

/// A socket, as far as it was looked up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SocketTarget {
    /// The kernel's name of the protocol: `TCP`, `UDPv6`, `UNIX-STREAM`; `None` where it was not looked up.
    pub protocol: Option<Box<str>>,
    /// Its number among the sockets of its protocol, in order of appearance (`--names`).
    pub number: Option<u32>,
    /// Its inode; `None` where it was read from a text without it.
    pub inode: Option<u64>,
    /// What it is bound and connected to.
    pub ends: Option<SocketEnds>,
}

/// What a socket is bound and connected to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SocketEnds {
    /// Of an internet socket.
    Inet {
        /// Its own address.
        local: SocketAddr,
        /// The other end's, when there is one.
        peer: Option<SocketAddr>,
    },
    /// Of a Unix socket.
    Unix {
        /// The inode of the other end.
        peer: Option<u64>,
        /// The name it is bound to.
        name: Option<UnixName>,
        /// The name the other end is bound to, where this was looked up.
        peer_name: Option<UnixName>,
    },
    /// Of a netlink socket.
    Netlink {
        /// `NETLINK_ROUTE` and so on.
        protocol: Const,
        /// Its number.
        port: u32,
    },
}
