//! The values of system call arguments: the closed set of types that every reader of a trace works on.
//!
//! Values are semantic, not syntax: a port is the number 80, and only `text` knows that strace writes it `htons(80)`.
//! Every consumer matches the enum exhaustively, so a new kind of value is a compile error wherever it is not handled,
//! while a new system call that uses known kinds needs nothing but its table entry.
//!
//! A value owns its data: it outlives the memory it was read from, and truncation is part of the value ([`Bytes`]), so
//! that writing and parsing need no exceptions. What text cannot carry (what a descriptor refers to) is ignored by
//! equality.
//!
//! A value is small (48 bytes), since a trace has millions: rare and large data is boxed, short and common data (a
//! buffer as strace shows it, an argument kept as text) is stored inline.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

pub use crate::xlat::Xlat;
use crate::xlat::wait::POLL_EVENTS;

mod access;
pub(crate) mod bpf;
pub(crate) mod family;
pub(crate) mod ipc;
pub(crate) mod layout;
mod msghdr;
pub(crate) mod netlink;
pub(crate) mod packed;
pub(crate) mod perf;
pub(crate) mod process;
pub(crate) mod queue;
mod record;
pub(crate) mod ring;
mod short;
pub(crate) mod siginfo;
pub(crate) mod sockaddr;
pub(crate) mod sockopt;
pub(crate) mod stat;
mod target;
pub(crate) mod terminal;

pub(crate) use msghdr::{CMSG, CMSGHDR, MAX_VECTORS, MMSGHDR, MSGHDR, MsgHeader, iovec};
pub use msghdr::{Cmsg, MmsgHdr, MsgHdr};
pub use netlink::{NlAttr, NlMsg};
pub use packed::Packed;
pub(crate) use record::any_flag;
pub use record::{Bits, By, Field, Forms, Kind, Layout, Record};
pub use short::{Data, Text};
pub use sockaddr::{NotInternet, Scope, SockAddr, UnixName};
pub use target::{Device, FdTarget, PathTarget, SocketEnds, SocketTarget};
pub use terminal::Masked;

/// One decoded argument, or a part of one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A signed number, written in decimal.
    Int(i64),
    /// An unsigned number, written in decimal: lengths, counts.
    Uint(u64),
    /// A number written in hex.
    Hex(u64),
    /// A pointer that was not followed, or could not be: NULL or an address.
    Pointer(u64),
    /// A file descriptor.
    Fd(Fd),
    /// One constant of a set.
    Const(Const),
    /// Several constants of a set, or-ed.
    Flags(Flags),
    /// A socket's type with the flags `socket(2)` allows in it.
    SockType(SockType),
    /// A buffer.
    Bytes(Bytes),
    /// A socket address.
    SockAddr(SockAddr),
    /// An in-out length: what the caller offered and what the kernel made of it.
    Length(Length),
    /// An in-out file offset (`sendfile`).
    Offset(Length),
    /// A pointer to one value: `[1]`.
    Ref(Box<Value>),
    /// Consecutive values.
    Array(Array),
    /// A C structure.
    Record(Record),
    /// The argument of `sendmsg` and `recvmsg`.
    MsgHdr(Box<MsgHdr>),
    /// One element of the vector of `sendmmsg` and `recvmmsg`.
    MmsgHdr(Box<MmsgHdr>),
    /// One control message.
    Cmsg(Box<Cmsg>),
    /// One element of `poll`'s array.
    PollFd(PollFd),
    /// A set of `select`.
    FdSet(Box<FdSet>),
    /// A timeout that the kernel may count down (`select`, `ppoll`, `recvmmsg`).
    Timeout(Box<Timeout>),
    /// A set of signals, bit `n-1` for signal `n`.
    SigSet(u64),
    /// A TCP or UDP port, in host byte order.
    Port(u16),
    /// A 32-bit number that travels in network byte order, here in host byte order.
    Be32(u32),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// A network interface by number, with its name where it was known.
    Interface {
        /// The index, 0 for none.
        index: u32,
        /// The name at the time of the call.
        name: Option<String>,
    },
    /// Individual octets: hardware addresses, padding, as the field's type specifies.
    Octets(Vec<u8>),
    /// An argument of a text, verbatim: its spelling is unknown, or the table does not describe the call.
    Verbatim(Text),
    /// A 16-bit constant that travels in network byte order, here in host byte order.
    Be16(Const),
    /// A signal by number.
    Signal(u32),
    /// Too few bytes for the type.
    Cut(Vec<u8>),
    /// Data too short for its type, which is not shown.
    Short,
    /// A set whose bit `n` is the table's member `n`.
    Bits(Flags),
    /// Bytes of which nothing is known, always written in hex.
    Opaque(Box<Bytes>),
    /// A netlink message.
    NlMsg(Box<NlMsg>),
    /// An attribute of a netlink message.
    NlAttr(Box<NlAttr>),
    /// Consecutive messages or attributes, of which a single one stands for itself.
    Row(Box<Array>),
}

impl Value {
    /// Calls `visit` for each descriptor in it, in order; for a set of `select`, for those the program asks for.
    pub fn each_fd(&self, visit: &mut dyn FnMut(i32)) {
        self.each_descriptor(&mut |fd| visit(fd.raw));
    }

    /// The same with what each refers to, where this was looked up.
    pub(crate) fn each_descriptor(&self, visit: &mut dyn FnMut(&Fd)) {
        match self {
            Self::Fd(fd) => visit(fd),
            Self::PollFd(pollfd) => visit(&pollfd.fd),
            Self::FdSet(set) => set.entry.iter().for_each(visit),
            Self::Ref(inner) => inner.each_descriptor(visit),
            Self::Array(array) => array.items.iter().for_each(|item| item.each_descriptor(visit)),
            Self::Record(record) => record.fields.iter().for_each(|field| field.each_descriptor(visit)),
            Self::MsgHdr(msg) => msg.control.iter().for_each(|control| control.each_descriptor(visit)),
            Self::MmsgHdr(msg) => msg.hdr.control.iter().for_each(|control| control.each_descriptor(visit)),
            Self::Cmsg(cmsg) => cmsg.data.iter().for_each(|data| data.each_descriptor(visit)),
            _ => {}
        }
    }

    /// Calls `visit` for each socket address in it, in order.
    pub(crate) fn each_address(&self, visit: &mut dyn FnMut(&SockAddr)) {
        match self {
            Self::SockAddr(address) => visit(address),
            Self::Array(array) => array.items.iter().for_each(|item| item.each_address(visit)),
            Self::MsgHdr(msg) => msg.name.each_address(visit),
            Self::MmsgHdr(msg) => msg.hdr.name.each_address(visit),
            _ => {}
        }
    }
}

/// A file descriptor and, where it was looked up, what it refers to.
#[derive(Clone)]
pub struct Fd {
    /// The number; may be negative, as the program passed it.
    pub raw: i32,
    /// What it refers to at that moment, where this was looked up (`-y`, `-yy`). Ignored by equality.
    pub target: Option<Arc<FdTarget>>,
}

impl Fd {
    /// A descriptor known only by its number.
    pub fn new(raw: i32) -> Self {
        Self { raw, target: None }
    }
}

impl PartialEq for Fd {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl fmt::Debug for Fd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fd({})", self.raw)
    }
}

/// A number and the table that may name it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Const {
    /// The set it belongs to.
    pub table: &'static Xlat,
    /// The kernel's number, as wide as the field it came from (not sign-extended).
    pub raw: u64,
}

impl Const {
    /// Its name, if the table has one.
    pub fn name(&self) -> Option<&'static str> {
        self.table.name(self.raw)
    }
}

/// Bits and the table that may name them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flags {
    /// The set they belong to.
    pub table: &'static Xlat,
    /// All bits, named or not.
    pub raw: u64,
}

/// The second argument of `socket(2)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SockType {
    /// `SOCK_STREAM` and so on, the low four bits.
    pub kind: Const,
    /// `SOCK_CLOEXEC` and so on, the rest.
    pub flags: Flags,
}

/// The bytes of a buffer, as far as they were kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes {
    /// The first bytes.
    pub data: Data,
    /// Whether the buffer had more (`"…"...` in text).
    pub truncated: bool,
}

/// A length or offset behind a pointer, before and after the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// What the program put there.
    pub entry: i64,
    /// What the kernel left there, when the call succeeded and changed it.
    pub exit: Option<i64>,
}

impl Length {
    /// The value after the call.
    pub fn after(&self) -> i64 {
        self.exit.unwrap_or(self.entry)
    }
}

/// Consecutive values, and how they end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// The elements that were read.
    pub items: Vec<Value>,
    /// What follows them.
    pub tail: Tail,
}

/// The end of an [`Array`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tail {
    /// All elements are there.
    #[default]
    End,
    /// More elements exist than were asked for.
    Elided,
    /// The next element, at this address, could not be read.
    Fault(u64),
    /// None is shown, only where the list is and how many elements it has.
    Counted {
        /// The list's address.
        at: u64,
        /// How many elements.
        count: u32,
    },
}

/// One `struct pollfd`.
#[derive(Debug, Clone, PartialEq)]
pub struct PollFd {
    /// The descriptor; negative ones are skipped by the kernel.
    pub fd: Fd,
    /// What the program asks for, [`POLL_EVENTS`]; `None` for an element beyond those that are shown (`-s`), which is
    /// kept only because the kernel reported events for it.
    pub events: Option<u16>,
    /// What the kernel found, [`POLL_EVENTS`]; `None` until the call succeeded.
    pub revents: Option<u16>,
}

impl PollFd {
    /// Events, named by [`POLL_EVENTS`].
    pub fn named(events: u16) -> Flags {
        Flags { table: &POLL_EVENTS, raw: u64::from(events) }
    }
}

/// One `fd_set`, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct FdSet {
    /// Descriptors the program asks for.
    pub entry: Vec<Fd>,
    /// Descriptors that are ready; `None` until the call succeeded.
    pub exit: Option<Vec<Fd>>,
}

/// A timeout and what the kernel left of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeout {
    /// A `timespec` or `timeval` record.
    pub entry: Record,
    /// The time left, where the call reports it.
    pub left: Option<Record>,
}
