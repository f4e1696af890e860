//! What a file descriptor refers to, as the kernel sees it: a path's bytes, a socket's addresses, a device's numbers.
//!
//! Here is what is known, not how it is written: only `text` knows that a socket is `<TCP:[127.0.0.1:80]>` and where
//! `(deleted)` stands. One value is shared by all events that mention the descriptor.

use std::net::SocketAddr;

use super::{Const, UnixName};

/// What stands behind a descriptor.
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
    /// A process, behind a pidfd.
    Process(i32),
    /// A text's words for it that are in none of the spellings we know.
    Verbatim {
        /// The words.
        text: Box<str>,
        /// Whether the text says that the file was deleted.
        deleted: bool,
    },
}

impl FdTarget {
    /// The path of a file that is still there under it.
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
    /// The device it stands for, where that was asked.
    pub device: Option<Device>,
}

/// A device by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// A block device; otherwise a character device.
    pub is_block: bool,
    /// The driver.
    pub major: u32,
    /// Which of the driver's devices.
    pub minor: u32,
}

/// A socket, as far as it was asked about.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SocketTarget {
    /// The kernel's name of the protocol: `TCP`, `UDPv6`, `UNIX-STREAM`; `None` where it was not asked.
    pub protocol: Option<Box<str>>,
    /// Its number among the sockets of its protocol, in the order in which they were met (`--names`).
    pub number: Option<u32>,
    /// Its inode; `None` where only a text was read that does not say it.
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
        /// The name the other end is bound to, where that was asked.
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
