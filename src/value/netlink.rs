//! Messages of netlink sockets, over which programs ask the kernel about interfaces, addresses, routes and sockets.
//!
//! What a message is stands in rows: a [`Family`] has the names of its types and, for each, the structure that the message
//! begins with and the [`Attributes`] that follow. Attributes are rows as well: what each carries, which may be further
//! attributes. Reading, writing, JSON and parsing follow from them.

use super::layout::field;
use super::{Const, Flags, Forms, Kind, Layout, Value};
use crate::xlat::Xlat;
use crate::xlat::netlink::{
    NLA_FLAGS, NLM_ANSWER, NLM_DELETE, NLM_GET, NLM_NEW, NLMSG_FLAGS, NLMSG_TYPE, NLMSGERR_ATTR,
};
use crate::xlat::socket::ADDRESS_FAMILY;

mod diag;
mod link;
mod named;
mod read;
mod route;
mod write;

pub(crate) use read::{NetlinkLimits, messages};
pub(crate) use write::bytes_of;

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct NlMsg {
    /// `nlmsg_len`, header included.
    pub len: u32,
    /// `nlmsg_type`, whose set depends on the socket's protocol.
    pub kind: Const,
    /// `nlmsg_flags`, whose set depends on the type.
    pub flags: Flags,
    /// `nlmsg_seq`.
    pub seq: u32,
    /// `nlmsg_pid`.
    pub pid: i32,
    /// What follows the header: a structure, then [`Value::Row`]s of attributes; or [`Value::Opaque`] bytes.
    pub payload: Vec<Value>,
}

/// One attribute of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct NlAttr {
    /// `nla_len`, header included.
    pub len: u16,
    /// `nla_type` without the bits that say something about the attribute.
    pub kind: Const,
    /// Those bits.
    pub flags: Flags,
    /// What it carries; `None` where there is nothing behind the header.
    pub value: Option<Value>,
}

/// `struct nlmsghdr`, netlink(7).
pub(crate) static NLMSGHDR: Layout = Layout {
    name: "nlmsghdr",
    size: HEADER,
    doc: "What each netlink message begins with.",
    fields: &[
        field("nlmsg_len", 0, Kind::Uint(4), "How long the message is, this header included."),
        field("nlmsg_type", 4, Kind::Const(&NLMSG_TYPE, 2), "What the message is about."),
        field("nlmsg_flags", 6, Kind::Flags(&NLMSG_FLAGS, 2), "How it is to be treated."),
        field("nlmsg_seq", 8, Kind::Uint(4), "A number that the answer has, too."),
        field("nlmsg_pid", 12, Kind::Int(4), "The number of the socket that sent it; 0 for the kernel."),
    ],
};

/// `struct nlattr`, netlink(7).
pub(crate) static NLATTR: Layout = Layout {
    name: "nlattr",
    size: ATTRIBUTE,
    doc: "What each attribute of a netlink message begins with.",
    fields: &[
        field("nla_len", 0, Kind::Uint(2), "How long the attribute is, this header included."),
        field("nla_type", 2, Kind::Flags(&NLA_FLAGS, 2), "What the attribute is."),
    ],
};

/// `struct nlmsgerr`, netlink(7): the answer to a request, as far as it failed.
pub(crate) static NLMSGERR: Layout = Layout {
    name: "nlmsgerr",
    size: 4,
    doc: "The answer to a netlink request: whether it failed, and the request itself.",
    fields: &[
        field("error", 0, Kind::Failure, "Why it failed; 0 where it did not."),
        field("msg", 4, Kind::Message, "The request."),
    ],
};

/// The first byte of messages whose structure is unknown.
pub(crate) static FAMILY_AND_DATA: Layout = Layout {
    name: "nlfamily",
    size: 1,
    doc: "A netlink message of which only the family is known.",
    fields: &[
        field("family", 0, Kind::Const(&ADDRESS_FAMILY, 1), "The family."),
        field("data", 1, Kind::Tail, "What follows."),
    ],
};

/// Lists of numbers that are written with the name of each.
pub(crate) static INDEXED: &[&Layout] =
    &[&link::IPV4_CONF, &link::IPV6_CONF, &link::IPV6_STATS, &link::ICMP6_STATS, &diag::MEMORY];

/// `sizeof(struct nlmsghdr)`.
const HEADER: usize = 16;
/// `sizeof(struct nlattr)`.
const ATTRIBUTE: usize = 4;

/// What messages of one protocol are.
#[derive(Debug)]
pub(crate) struct Family {
    /// `NETLINK_ROUTE` and so on.
    pub(crate) protocol: u64,
    /// The names of the types.
    pub(crate) types: &'static Xlat,
    /// The additional flags of a message of a type.
    flags: fn(u16) -> &'static Xlat,
    /// What is known of the types.
    pub(crate) rows: &'static [MessageRow],
    /// Whether a message of any other type begins with an address family.
    has_family: bool,
    /// How many bytes it takes for more than the family to be known.
    least: usize,
}

/// Messages of some types.
#[derive(Debug)]
pub(crate) struct MessageRow {
    /// The first type and the last.
    types: (u16, u16),
    /// The address family that they are about, and whether they ask: where that decides what they are.
    about: Option<(u8, bool)>,
    /// What they begin with.
    pub(crate) head: &'static Layout,
    /// The attributes that follow; what follows without them is not shown.
    pub(crate) attributes: Option<&'static Attributes>,
}

/// A set of attributes.
#[derive(Debug)]
pub(crate) struct Attributes {
    /// Their names.
    pub(crate) names: &'static Xlat,
    /// What they carry; others carry bytes of which nothing is known.
    pub(crate) rows: &'static [(u16, Carried)],
    /// What those carry that have no row.
    pub(crate) others: Carried,
}

/// What an attribute carries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Carried {
    /// Bytes.
    Opaque,
    /// A text up to its NUL.
    Text,
    /// A text whose last byte is its NUL.
    WholeText,
    /// At least the bytes of a number, or of another plain type.
    One(Kind),
    /// The same, of at most eight bytes.
    Narrow(Kind),
    /// A number as wide as the attribute, of at most eight bytes.
    Wide(&'static Xlat),
    /// A hardware address. How many octets are shown follows from the message's family, which strace takes for the kind of
    /// hardware.
    Hardware,
    /// The same, with all octets.
    AnyHardware,
    /// Octets, each a number.
    Octets,
    /// Numbers of 32 bits.
    Numbers,
    /// A number in hex, of 1, 2, 4 or 8 bytes.
    HexWord,
    /// Numbers of 64 bits, in hex.
    Masks,
    /// An address of the message's family.
    Address,
    /// A structure, which may be longer.
    Record(&'static Layout),
    /// A structure in one of several forms.
    Forms(&'static Forms),
    /// Attributes.
    Nested(&'static Attributes),
    /// Attributes where the message is about this family.
    NestedOf(u8, &'static Attributes),
    /// Numbers, each with its name.
    Each(&'static Layout),
    /// Structures of which each has its own length and attributes.
    Hops(&'static Layout, &'static Attributes),
}

/// Rows of an attribute that has several.
const fn carries(number: u16, carried: Carried) -> (u16, Carried) {
    (number, carried)
}

const U8: Carried = Carried::One(Kind::Uint(1));
const U16: Carried = Carried::One(Kind::Uint(2));
const U32: Carried = Carried::One(Kind::Uint(4));
const U64: Carried = Carried::One(Kind::Uint(8));
const HEX32: Carried = Carried::One(Kind::Hex(4));
const INTERFACE: Carried = Carried::One(Kind::Interface);

/// What the kernel adds to an answer (`NETLINK_EXT_ACK`).
pub(crate) static ANSWER: Attributes = Attributes {
    names: &NLMSGERR_ATTR,
    rows: &[carries(1, Carried::WholeText), carries(2, U32), carries(3, Carried::Octets)],
    others: Carried::Opaque,
};

/// A protocol of which only the header is known.
static UNKNOWN: Family =
    Family { protocol: u64::MAX, types: &NLMSG_TYPE, flags: |_| &NLMSG_FLAGS, rows: &[], has_family: false, least: 1 };

/// Every protocol that is described.
pub(crate) static FAMILIES: &[&Family] =
    &[&route::ROUTE, &diag::DIAG, &named::OF_GENERIC, &named::OF_AUDIT, &named::OF_XFRM, &UNKNOWN];

/// Messages about the kernel's devices are texts of their own kind.
pub(crate) const KOBJECT_UEVENT: u64 = 15;

/// The sets of a message's flags.
pub(crate) static FLAGS: &[&Xlat] = &[&NLMSG_FLAGS, &NLM_GET, &NLM_NEW, &NLM_DELETE, &NLM_ANSWER];

/// The flags of types that come as new, delete, get and set.
fn by_verb(kind: u16) -> &'static Xlat {
    [&NLM_NEW, &NLM_DELETE, &NLM_GET, &NLMSG_FLAGS][usize::from(kind % 4)]
}

impl Family {
    /// That of a protocol.
    pub(crate) fn of(protocol: Option<u64>) -> &'static Self {
        FAMILIES.iter().copied().find(|family| Some(family.protocol) == protocol).unwrap_or(&UNKNOWN)
    }

    /// That whose types are in this set.
    pub(crate) fn of_types(types: &'static Xlat) -> &'static Self {
        FAMILIES.iter().copied().find(|family| family.types == types).unwrap_or(&UNKNOWN)
    }

    /// The set that names a type: the lowest numbers mean the same to all.
    fn types_for(&self, kind: u16) -> &'static Xlat {
        if kind < MIN_TYPE { &NLMSG_TYPE } else { self.types }
    }

    /// The set of the flags of a message of this type.
    pub(crate) fn flags_for(&self, kind: u16) -> &'static Xlat {
        match kind {
            NLMSG_ERROR => &NLM_ANSWER,
            0..MIN_TYPE => &NLMSG_FLAGS,
            _ => (self.flags)(kind),
        }
    }

    /// What is known of messages of a type.
    pub(crate) fn rows_of(&self, kind: u16) -> impl Iterator<Item = &'static MessageRow> {
        self.rows.iter().filter(move |row| (row.types.0..=row.types.1).contains(&kind))
    }

    /// What is known of a message.
    fn row(&self, kind: u16, flags: u16, body: &[u8]) -> Option<&'static MessageRow> {
        self.rows_of(kind).find(|row| row.is_about(body[0].into(), flags.into())).filter(|_| body.len() >= self.least)
    }
}

impl MessageRow {
    /// Whether a message of this address family, with these flags, is one of these.
    pub(crate) fn is_about(&self, family: u64, flags: u64) -> bool {
        self.about.is_none_or(|(about, asks)| family == u64::from(about) && asks == (flags & REQUEST != 0))
    }
}

/// `NLM_F_REQUEST`.
const REQUEST: u64 = 1;
/// The first type that is a protocol's own.
const MIN_TYPE: u16 = 0x10;
const NLMSG_ERROR: u16 = 2;

impl Attributes {
    /// What an attribute carries.
    pub(crate) fn carried(&self, kind: u16) -> Carried {
        let row = self.rows.iter().find(|(number, _)| *number == kind).map(|(_, carried)| *carried);
        row.unwrap_or_else(|| if self.names.name(kind.into()).is_some() { self.others } else { Carried::Opaque })
    }

    /// What any of them may carry.
    pub(crate) fn all(&self) -> impl Iterator<Item = Carried> {
        self.rows.iter().map(|(_, carried)| *carried).chain([self.others])
    }
}
