//! C structures, led by their layout.

use super::constant::Names;
use super::cursor::Cursor;
use super::value::{array, bytes, constant, fd, flags};
use crate::value::{Kind, Layout, Record, Value, layout};

/// `{a=1, b=2}` of a layout.
pub(super) fn read(names: &mut Names, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
    c.expect(b"{")?;
    let record = fields(names, layout, c)?;
    c.expect(b"}")?;
    Some(record)
}

/// The fields alone, up to the closing bracket. The structure may end early, within a field even.
pub(super) fn fields(names: &mut Names, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
    let mut record = Record { layout, fields: Vec::with_capacity(layout.fields.len()), cut: None };
    for (at, field) in layout.fields.iter().enumerate() {
        if c.peek() == Some(b'}') {
            record.cut = Some(Vec::new());
            return Some(record);
        }
        if at > 0 {
            c.expect(b", ")?;
        }
        if c.eat(b"inet_pton(AF_INET6, ") {
            let ip = text(c)?.parse().ok()?;
            c.expect(b", &")?;
            c.expect(field.name.as_bytes())?;
            c.expect(b")")?;
            record.fields.push(Value::Ipv6(ip));
            continue;
        }
        c.expect(field.name.as_bytes())?;
        c.expect(b"=")?;
        let is_text = matches!(field.kind, Kind::Text(_) | Kind::Pointer);
        if c.peek() == Some(b'"') && !is_text {
            record.cut = Some(c.quoted()?);
            return Some(record);
        }
        record.fields.push(kind(names, &field.kind, c)?);
    }
    Some(record)
}

/// One field.
fn kind(names: &mut Names, kind: &Kind, c: &mut Cursor<'_>) -> Option<Value> {
    Some(match *kind {
        Kind::Int(_) => Value::Int(c.signed()?),
        Kind::Uint(_) => Value::Uint(c.unsigned()?),
        Kind::Hex(_) => Value::Hex(c.unsigned()?),
        Kind::Fd => Value::Fd(fd(c)?),
        Kind::Const(table, _) => Value::Const(constant(names, table, c)?),
        Kind::Flags(table, _) => Value::Flags(flags(names, table, c)?),
        Kind::Port => Value::Port(u16::try_from(within(c, b"htons(")?).ok()?),
        Kind::Be32 => Value::Be32(u32::try_from(within(c, b"htonl(")?).ok()?),
        Kind::Ipv4 => Value::Ipv4(ipv4(c)?),
        Kind::Ipv6 => return None,
        Kind::Interface => interface(c)?,
        Kind::Octets(_) => {
            let Value::Array(items) = array(c, |c| Some(Value::Hex(c.unsigned()?)))? else { return None };
            let octets = items.items.iter().map(|item| match item {
                Value::Hex(octet) => u8::try_from(*octet).ok(),
                _ => None,
            });
            Value::Octets(octets.collect::<Option<_>>()?)
        }
        Kind::Text(_) => Value::Bytes(bytes(c)?),
        Kind::Pointer => match c.peek()? {
            b'"' => Value::Bytes(bytes(c)?),
            _ => Value::Pointer(c.pointer()?),
        },
        Kind::Record(layout) => Value::Record(read(names, layout, c)?),
    })
}

/// A structure of an argument whose type the text alone tells: the layout whose fields these are.
pub(super) fn any(names: &mut Names, c: &mut Cursor<'_>) -> Option<Record> {
    let start = c.place();
    for layout in layout::ALL {
        let first = layout.fields.first()?;
        let fits = c.rest().get(1..).is_some_and(|rest| rest.starts_with(first.name.as_bytes()));
        if fits {
            if let Some(record) = read(names, layout, c) {
                return Some(record);
            }
            c.back(start);
        }
    }
    None
}

/// A string that is UTF-8, between quotes.
pub(super) fn text<'a>(c: &mut Cursor<'a>) -> Option<&'a str> {
    c.expect(b"\"")?;
    std::str::from_utf8(c.until(b'"')?).ok()
}

/// `htons(80)`: the number within.
pub(super) fn within(c: &mut Cursor<'_>, open: &[u8]) -> Option<u64> {
    c.expect(open)?;
    let n = c.unsigned()?;
    c.expect(b")")?;
    Some(n)
}

/// `inet_addr("127.0.0.1")`.
pub(super) fn ipv4(c: &mut Cursor<'_>) -> Option<std::net::Ipv4Addr> {
    c.expect(b"inet_addr(\"")?;
    let mut octets = [0; 4];
    for (at, octet) in octets.iter_mut().enumerate() {
        if at > 0 {
            c.expect(b".")?;
        }
        *octet = u8::try_from(c.digits()?).ok()?;
    }
    c.expect(b"\")")?;
    Some(octets.into())
}

/// `if_nametoindex("lo")` or a number. The number behind a name is not told.
pub(super) fn interface(c: &mut Cursor<'_>) -> Option<Value> {
    if c.eat(b"if_nametoindex(") {
        let name = text(c)?.to_owned();
        c.expect(b")")?;
        return Some(Value::Interface { index: 0, name: Some(name) });
    }
    Some(Value::Interface { index: u32::try_from(c.digits()?).ok()?, name: None })
}
