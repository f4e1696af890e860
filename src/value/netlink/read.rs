//! Messages out of bytes: each says how long it is, and its type and family what its attributes carry.

use super::{
    ANSWER, ATTRIBUTE, Attributes, Carried, FAMILY_AND_DATA, Family, HEADER, MIN_TYPE, NLMSG_ERROR, NLMSGERR, NlAttr,
    NlMsg,
};
use crate::memory::padded;
use crate::value::{Array, Bytes, Const, Flags, Kind, Layout, Record, Tail, Value};
use crate::xlat::link::address_length;
use crate::xlat::netlink::NLA_FLAGS;

/// Bits of `nla_type` that are not the type.
const TYPE_MASK: u16 = 0x3fff;
/// Ends an answer in parts.
const NLMSG_DONE: u16 = 3;
/// How deep attributes may lie in each other.
const MAX_DEPTH: u32 = 16;
/// The longest hardware address (`MAX_ADDR_LEN`).
const MAX_HARDWARE: usize = 32;

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
