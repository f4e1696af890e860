//! Messages of netlink sockets, over which programs ask the kernel about interfaces, addresses, routes and sockets.
//!
//! What a message is stands in rows: a [`Family`] has the names of its types and, for each, the structure that the message
//! begins with and the [`Attributes`] that follow. Attributes are rows as well: what each carries, which may be further
//! attributes. Reading, writing, JSON and parsing follow from them.

use super::layout::field;
use super::{Array, Bytes, Const, Flags, Forms, Kind, Layout, Record, Tail, Value};
use crate::memory::padded;
use crate::xlat::Xlat;
use crate::xlat::link::address_length;
use crate::xlat::netlink::{
    NLA_FLAGS, NLM_ANSWER, NLM_DELETE, NLM_GET, NLM_NEW, NLMSG_FLAGS, NLMSG_TYPE, NLMSGERR_ATTR,
};
use crate::xlat::socket::ADDRESS_FAMILY;

mod diag;
mod link;
mod named;
mod route;

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
/// Bits of `nla_type` that are not the type.
const TYPE_MASK: u16 = 0x3fff;
/// How deep attributes may lie in each other.
const MAX_DEPTH: u32 = 16;
/// The longest hardware address (`MAX_ADDR_LEN`).
const MAX_HARDWARE: usize = 32;

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
const NLMSG_DONE: u16 = 3;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetlinkLimits {
    /// Bytes of each text.
    pub(crate) bytes: usize,
    /// Elements of each list.
    pub(crate) elements: usize,
}

/// What was read of a message already, which says what its attributes carry.
#[derive(Debug, Clone, Copy)]
struct Around {
    keep: NetlinkLimits,
    /// The address family of the message.
    family: u8,
    depth: u32,
}

/// Reads the messages in a buffer of a socket of this protocol; `None` where that is not known.
pub(crate) fn messages(protocol: Option<u64>, bytes: &[u8], keep: NetlinkLimits) -> Value {
    let family = Family::of(protocol);
    if bytes.len() < HEADER {
        return opaque(bytes, keep);
    }
    row(bytes, HEADER, keep, |rest| {
        let len = u32::from_ne_bytes(padded(rest, 0)) as usize;
        (message(family, rest, keep, 0), len)
    })
}

/// Elements that each say how long they are, and bytes that are too few for one.
fn row(bytes: &[u8], header: usize, keep: NetlinkLimits, mut element: impl FnMut(&[u8]) -> (Value, usize)) -> Value {
    let mut all = Array::default();
    let mut rest = bytes;
    while !rest.is_empty() {
        if all.items.len() >= keep.elements {
            all.tail = Tail::Elided;
            break;
        }
        if rest.len() < header {
            all.items.push(opaque(rest, keep));
            break;
        }
        let (value, len) = element(rest);
        all.items.push(value);
        match len.checked_next_multiple_of(4).and_then(|step| rest.get(step..)) {
            Some(after) if len >= header => rest = after,
            _ => break,
        }
    }
    Value::Row(Box::new(all))
}

fn opaque(bytes: &[u8], keep: NetlinkLimits) -> Value {
    let kept = bytes.len().min(keep.bytes);
    Value::Opaque(Box::new(Bytes { data: bytes[..kept].into(), truncated: kept < bytes.len() }))
}

fn message(family: &'static Family, bytes: &[u8], keep: NetlinkLimits, depth: u32) -> Value {
    let word = |at| u32::from_ne_bytes(padded(bytes, at));
    let half = |at| u16::from_ne_bytes(padded(bytes, at));
    let (len, kind, flags) = (word(0), half(4), half(6));
    let body = bytes.get(HEADER..bytes.len().min(len as usize)).unwrap_or_default();
    let payload = if body.is_empty() { Vec::new() } else { payload(family, kind, flags, body, keep, depth) };
    Value::NlMsg(Box::new(NlMsg {
        len,
        kind: Const { table: family.types_for(kind), raw: kind.into() },
        flags: Flags { table: family.flags_for(kind), raw: flags.into() },
        seq: word(8),
        pid: word(12) as i32,
        payload,
    }))
}

fn payload(family: &'static Family, kind: u16, flags: u16, body: &[u8], keep: NetlinkLimits, depth: u32) -> Vec<Value> {
    let around = Around { keep, family: body[0], depth };
    match kind {
        NLMSG_ERROR if body.len() >= NLMSGERR.size + HEADER => vec![answer(family, flags, body, around)],
        NLMSG_DONE if body.len() == 4 => vec![Value::Int(i64::from(u32::from_ne_bytes(padded(body, 0)) as i32))],
        0..MIN_TYPE => vec![opaque(body, keep)],
        _ => match family.row(kind, flags, body) {
            Some(row) => headed(row.head, row.attributes, body, around),
            None if family.has_family => {
                let mut fields = vec![FAMILY_AND_DATA.fields[0].kind.read(&body[..1])];
                fields.extend((body.len() > 1).then(|| opaque(&body[1..], keep)));
                let cut = (fields.len() < 2).then(Box::default);
                vec![Value::Record(Record { layout: &FAMILY_AND_DATA, fields, cut })]
            }
            None => vec![opaque(body, keep)],
        },
    }
}

/// A structure and attributes behind it. Of one that is cut off only the family is shown.
fn headed(layout: &'static Layout, attributes: Option<&'static Attributes>, body: &[u8], around: Around) -> Vec<Value> {
    let Some((head, rest)) = body.split_at_checked(layout.size) else {
        let mut fields = vec![layout.fields[0].kind.read(&body[..1])];
        fields.extend((layout.size > 1).then_some(Value::Short));
        return vec![Value::Record(Record { layout, fields, cut: None })];
    };
    let mut all = vec![Value::Record(Record::read(layout, head))];
    let rest = rest.get(layout.size.next_multiple_of(4) - layout.size..).unwrap_or_default();
    if let Some(attributes) = attributes
        && !rest.is_empty()
    {
        all.push(nested(attributes, rest, around));
    }
    all
}

/// Why a request failed, the request, and what the kernel adds.
fn answer(family: &'static Family, flags: u16, body: &[u8], around: Around) -> Value {
    const CAPPED: u16 = 0x100;
    let request = &body[NLMSGERR.size..];
    let claimed = u32::from_ne_bytes(padded(request, 0)) as usize;
    let len = if flags & CAPPED != 0 { HEADER } else { claimed.max(HEADER).min(request.len()) };
    let shown = match around.depth {
        MAX_DEPTH.. => opaque(&request[..len], around.keep),
        depth => message(family, &request[..len], around.keep, depth + 1),
    };
    let fields = vec![NLMSGERR.fields[0].kind.read(&body[..4]), shown];
    let record = Value::Record(Record { layout: &NLMSGERR, fields, cut: None });
    let rest = request.get(len..).filter(|rest| !rest.is_empty());
    match rest {
        Some(rest) => Value::Array(Array { items: vec![record, nested(&ANSWER, rest, around)], tail: Tail::End }),
        None => record,
    }
}

/// Attributes.
fn nested(attributes: &'static Attributes, bytes: &[u8], around: Around) -> Value {
    row(bytes, ATTRIBUTE, around.keep, |rest| {
        let (len, word) = (u16::from_ne_bytes(padded(rest, 0)), u16::from_ne_bytes(padded(rest, 2)));
        let data = rest.get(ATTRIBUTE..rest.len().min(len.into())).filter(|data| !data.is_empty());
        let kind = word & TYPE_MASK;
        let attribute = NlAttr {
            len,
            kind: Const { table: attributes.names, raw: kind.into() },
            flags: Flags { table: &NLA_FLAGS, raw: (word & !TYPE_MASK).into() },
            value: data.map(|data| attributes.carried(kind).read(data, around)),
        };
        (Value::NlAttr(Box::new(attribute)), len.into())
    })
}

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

impl Carried {
    /// Reads what is there; bytes where that is something else.
    fn read(self, data: &[u8], around: Around) -> Value {
        self.known(data, around).unwrap_or_else(|| opaque(data, around.keep))
    }

    fn known(self, data: &[u8], around: Around) -> Option<Value> {
        let first = |kind: Kind| Some(kind.read(data.get(..kind.size())?));
        match self {
            Self::Opaque => None,
            Self::Text => {
                let end = data.iter().position(|byte| *byte == 0);
                let kept = end.unwrap_or(data.len()).min(around.keep.bytes);
                Some(Value::Bytes(Bytes {
                    data: data[..kept].into(),
                    truncated: end.is_none_or(|end| end >= around.keep.bytes),
                }))
            }
            Self::WholeText => {
                let text = data.strip_suffix(b"\0").unwrap_or(data);
                let kept = text.len().min(around.keep.bytes);
                Some(Value::Bytes(Bytes {
                    data: text[..kept].into(),
                    truncated: kept == data.len() || kept < text.len(),
                }))
            }
            Self::One(kind) => first(kind),
            Self::Narrow(kind) => first(kind).filter(|_| data.len() <= 8),
            Self::Wide(table) if data.len() <= 8 => {
                Some(Value::Const(Const { table, raw: u64::from_ne_bytes(padded(data, 0)) }))
            }
            Self::Wide(_) => None,
            Self::Hardware => {
                let most = data.len().min(address_length(around.family.into()));
                (data.len() <= MAX_HARDWARE).then(|| Value::Octets(data[..most].to_vec()))
            }
            Self::AnyHardware => (data.len() <= MAX_HARDWARE).then(|| Value::Octets(data.to_vec())),
            Self::Octets => {
                let items = data.iter().take(around.keep.elements).map(|byte| Value::Uint(u64::from(*byte))).collect();
                let tail = if data.len() > around.keep.elements { Tail::Elided } else { Tail::End };
                Some(Value::Array(Array { items, tail }))
            }
            Self::Numbers => list(4, data, around.keep, |word| Value::Int(u32::from_ne_bytes(padded(word, 0)).into())),
            Self::HexWord => matches!(data.len(), 1 | 2 | 4 | 8).then(|| Kind::Hex(data.len()).read(data)),
            Self::Masks => list(8, data, around.keep, |word| Kind::Hex(8).read(word)),
            Self::Address => match i32::from(around.family) {
                libc::AF_INET => first(Kind::Ipv4),
                libc::AF_INET6 => first(Kind::Ipv6),
                _ => None,
            },
            Self::Record(layout) => structure(layout, data, around.keep),
            Self::Forms(forms) => {
                structure(forms.all[(forms.choose)(data, around.keep.elements < usize::MAX)], data, around.keep)
            }
            Self::Nested(attributes) if data.len() >= ATTRIBUTE && around.depth < MAX_DEPTH => {
                Some(nested(attributes, data, Around { depth: around.depth + 1, ..around }))
            }
            Self::NestedOf(family, attributes) if family == around.family => {
                Self::Nested(attributes).known(data, around)
            }
            Self::Nested(_) | Self::NestedOf(..) => None,
            Self::Each(layout) => each(layout, data, around.keep),
            Self::Hops(layout, attributes) if data.len() >= layout.size && around.depth < MAX_DEPTH => {
                let around = Around { depth: around.depth + 1, ..around };
                Some(row(data, layout.size, around.keep, |rest| hop(layout, attributes, rest, around)))
            }
            Self::Hops(..) => None,
        }
    }
}

fn structure(layout: &'static Layout, data: &[u8], keep: NetlinkLimits) -> Option<Value> {
    let mut record = Record::read(layout, data.get(..data.len().max(layout.size))?);
    if let Some(last @ Value::Opaque(_)) = record.fields.last_mut() {
        let rest = layout.fields.last().and_then(|field| data.get(field.offset..)).unwrap_or_default();
        *last = opaque(rest, keep);
    }
    Some(Value::Record(record))
}

/// Elements of this size.
fn list(size: usize, data: &[u8], keep: NetlinkLimits, element: impl Fn(&[u8]) -> Value) -> Option<Value> {
    let items = data.chunks_exact(size).take(keep.elements).map(element).collect();
    let tail = if data.len() / size > keep.elements { Tail::Elided } else { Tail::End };
    (data.len() >= size).then_some(Value::Array(Array { items, tail }))
}

/// Numbers with their names: which number is which follows from its place.
fn each(layout: &'static Layout, data: &[u8], keep: NetlinkLimits) -> Option<Value> {
    let [name, number] = layout.fields else { return None };
    let count = data.len() / number.kind.size();
    let item = |(at, bytes): (usize, &[u8])| {
        let fields = vec![name.kind.read(&(at as u32).to_ne_bytes()), number.kind.read(bytes)];
        Value::Record(Record { layout, fields, cut: None })
    };
    let items = data.chunks_exact(number.kind.size()).enumerate().take(keep.elements).map(item).collect();
    let tail = if count > keep.elements { Tail::Elided } else { Tail::End };
    (count > 0).then_some(Value::Array(Array { items, tail }))
}

/// One of several ways of a route, with its attributes.
fn hop(layout: &'static Layout, attributes: &'static Attributes, bytes: &[u8], around: Around) -> (Value, usize) {
    let head = Value::Record(Record::read(layout, &bytes[..layout.size]));
    let len = u16::from_ne_bytes(padded(bytes, 0)) as usize;
    let value = match bytes.get(layout.size..bytes.len().min(len)).filter(|rest| !rest.is_empty()) {
        Some(rest) => Value::Array(Array { items: vec![head, nested(attributes, rest, around)], tail: Tail::End }),
        None => head,
    };
    (value, len)
}

/// The bytes of messages, attributes and what they carry; `None` where parts are not kept.
///
/// The length is that of an attribute's data, which says how wide a number is.
pub(crate) fn bytes_of(value: &Value, len: usize) -> Option<Vec<u8>> {
    let number = |n: u64| {
        let mut bytes = n.to_ne_bytes().to_vec();
        bytes.resize(len, 0);
        bytes
    };
    Some(match value {
        Value::Row(row) if row.tail == Tail::End => {
            let mut all = Vec::new();
            for item in &row.items {
                all.resize(all.len().next_multiple_of(4), 0);
                all.extend(bytes_of(item, 0)?);
            }
            all
        }
        Value::NlMsg(message) => {
            let mut all =
                [message.len.to_ne_bytes(), [0; 4], message.seq.to_ne_bytes(), message.pid.to_ne_bytes()].concat();
            all[4..6].copy_from_slice(&(message.kind.raw as u16).to_ne_bytes());
            all[6..8].copy_from_slice(&(message.flags.raw as u16).to_ne_bytes());
            for part in &message.payload {
                all.resize(all.len().next_multiple_of(4), 0);
                all.extend(bytes_of(part, 4)?);
            }
            all
        }
        Value::NlAttr(attribute) => {
            let word = (attribute.kind.raw | attribute.flags.raw) as u16;
            let mut all = [attribute.len.to_ne_bytes(), word.to_ne_bytes()].concat();
            if let Some(value) = &attribute.value {
                let len = usize::from(attribute.len).saturating_sub(ATTRIBUTE);
                let mut data = bytes_of(value, len)?;
                data.resize(len, 0);
                all.extend(data);
            }
            all
        }
        Value::Opaque(bytes) if !bytes.truncated => bytes.data.to_vec(),
        Value::Bytes(bytes) if !bytes.truncated => [&bytes.data[..], b"\0"].concat(),
        Value::Record(record) if record.layout == &NLMSGERR => match &record.fields[..] {
            [Value::Int(error), request] => [&(*error as i32).to_ne_bytes()[..], &bytes_of(request, 0)?].concat(),
            _ => return None,
        },
        Value::Record(record) if INDEXED.contains(&record.layout) => {
            let number = record.fields.get(1)?.register()?;
            number.to_ne_bytes()[..record.layout.fields[1].kind.size()].to_vec()
        }
        Value::Record(record) if !record.fields.contains(&Value::Short) => record.to_bytes(),
        Value::Array(parts) if parts.tail == Tail::End => {
            if parts.items.iter().all(|item| matches!(item, Value::Hex(_))) {
                let words = parts.items.iter().filter_map(Value::register);
                return Some(words.flat_map(u64::to_ne_bytes).collect());
            }
            if parts.items.iter().all(|item| matches!(item, Value::Int(_))) {
                let words = parts.items.iter().filter_map(Value::register);
                return Some(words.flat_map(|word| (word as u32).to_ne_bytes()).collect());
            }
            if let Some(octets) = parts.items.iter().map(octet).collect::<Option<Vec<u8>>>() {
                return Some(octets);
            }
            let mut all = Vec::new();
            for part in &parts.items {
                all.extend(bytes_of(part, 0)?);
            }
            all
        }
        Value::Ipv4(ip) => ip.octets().to_vec(),
        Value::Ipv6(ip) => ip.octets().to_vec(),
        Value::Port(port) => port.to_be_bytes().to_vec(),
        Value::Octets(octets) => octets.clone(),
        Value::Interface { index, .. } => number((*index).into()),
        value => number(value.register()?),
    })
}

/// One of several octets.
fn octet(item: &Value) -> Option<u8> {
    match item {
        Value::Uint(octet) => u8::try_from(*octet).ok(),
        _ => None,
    }
}
