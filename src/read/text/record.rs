//! C structures, read by their layout.

use std::borrow::Cow;

use super::constant::NameCache;
use super::cursor::Cursor;
use super::value::{array, bytes, constant, fd, flags};
use super::{address, terminal, wait};
use crate::value::queue::SIGVAL;
use crate::value::{Flags, Kind, Layout, Length, Packed, Record, Value, packed, perf, process, stat};
use crate::xlat::Xlat;
use crate::xlat::process::CAPABILITIES;
use crate::xlat::signal::SIG_HANDLER;

/// `{a=1, b=2}` with the fields of a layout.
pub(super) fn read(names: &mut NameCache, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
    if layout == &stat::DEVICE {
        return device(c);
    }
    if layout == &stat::UTIMESPEC && matches!(c.peek(), Some(b'U' | b'0'..=b'9')) {
        let nanos = constant(names, &stat::UTIME, c)?.raw as i64;
        return Some(Record { layout, fields: vec![Value::Int(0), Value::Int(nanos)], cut: None });
    }
    if perf::SHIFTED.contains(&layout) {
        return shifted(names, layout, c);
    }
    if let Some(packed) = Packed::of(layout) {
        return self::packed(names, packed, c);
    }
    c.expect(b"{")?;
    let record = fields(names, layout, c)?;
    c.expect(b"}")?;
    if layout == &stat::UTIMESPEC || layout == &stat::UTIMEVAL {
        c.comment();
    }
    Some(record)
}

/// `QCMD(Q_GETQUOTA, USRQUOTA)`.
fn packed(names: &mut NameCache, packed: &Packed, c: &mut Cursor<'_>) -> Option<Record> {
    let mut record = Record { layout: packed.layout, fields: Vec::new(), cut: None };
    if packed.layout != packed::WAKE_OP.layout {
        c.expect(packed.word.as_bytes())?;
        for (at, field) in packed.layout.fields.iter().enumerate() {
            c.expect(if at > 0 { b", " } else { b"(" })?;
            record.fields.push(kind(names, &field.kind, c)?);
        }
        c.expect(b")")?;
        return Some(record);
    }
    // The argument's number of bits may stand before the operation, as a flag of it.
    for field in packed.layout.fields {
        let mut value = kind(names, &field.kind, c)?;
        let shift = c.eat(b"<<");
        if shift {
            c.digits()?;
            c.comment();
        }
        c.eat(b"|");
        if let (Value::Const(flag), "op") = (&mut value, field.name)
            && flag.raw == 8
        {
            let Value::Const(op) = kind(names, &field.kind, c)? else { return None };
            flag.raw |= op.raw;
            c.expect(b"<<28")?;
            c.comment();
            c.expect(b"|")?;
        }
        record.fields.push(value);
    }
    Some(record)
}

/// `0x1<<32|PERF_COUNT_HW_CPU_CYCLES`: parts that are zero are left out.
fn shifted(names: &mut NameCache, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
    let mut record = Record { layout, fields: Vec::new(), cut: None };
    for field in layout.fields {
        let (start, place) = (c.place(), format!("<<{}", 8 * field.offset));
        let value = kind(names, &field.kind, c).filter(|_| field.offset == 0 || c.eat(place.as_bytes()));
        match value {
            Some(value) => {
                c.eat(b"|");
                record.fields.push(value);
            }
            None if matches!(field.kind, Kind::Hex(_)) => {
                c.back(start);
                record.fields.push(Value::Hex(0));
            }
            None => return None,
        }
    }
    Some(record)
}

/// `makedev(0x8, 0x1)`, or the number that this makes.
fn device(c: &mut Cursor<'_>) -> Option<Record> {
    if matches!(c.peek(), Some(b'0'..=b'9')) {
        let number = c.unsigned()?;
        c.comment();
        return Some(stat::device(number));
    }
    c.expect(b"makedev(")?;
    let major = Value::Uint(c.unsigned()?);
    c.expect(b", ")?;
    let minor = Value::Uint(c.unsigned()?);
    c.expect(b")")?;
    Some(Record { layout: &stat::DEVICE, fields: vec![major, minor], cut: None })
}

/// `[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]`, `[0x1ff]`.
pub(super) fn status(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Record> {
    c.expect(b"[")?;
    if !c.eat(b"{") {
        let layout = &process::UNKNOWN_STATUS;
        let fields = vec![Value::Hex(c.unsigned()?)];
        c.expect(b"]")?;
        return Some(Record { layout, fields, cut: None });
    }
    let start = c.place();
    process::STATUSES.iter().find_map(|layout| {
        c.back(start);
        let mut record = Record { layout, fields: Vec::new(), cut: None };
        c.expect(process::word(layout).as_bytes())?;
        for field in layout.fields {
            c.expect(b" && ")?;
            c.expect(field.name.as_bytes())?;
            c.expect(b"(s)")?;
            record.fields.push(if c.eat(b" == ") { kind(names, &field.kind, c)? } else { Value::Uint(1) });
        }
        c.expect(b"}]")?;
        Some(record)
    })
}

/// The fields without the braces, up to the closing one. The structure may end early, even within a field.
pub(super) fn fields(names: &mut NameCache, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
    let mut record = Record { layout, fields: Vec::with_capacity(layout.fields.len()), cut: None };
    let mut first = true;
    // Up to strace 4.12 some structures were written without the names of their fields.
    let nameless = matches!(c.peek(), Some(b'0'..=b'9' | b'-'));
    for field in layout.fields {
        let start = c.place();
        let apart = first || c.eat(b", ");
        if nameless && apart {
            record.fields.push(kind(names, &field.kind, c)?);
            first = false;
            continue;
        }
        if let (Kind::Ipv6, true) = (field.kind, apart && c.sees(b"inet_pton(")) {
            record.fields.push(Value::Ipv6(ipv6(field.name, c)?));
            first = false;
            continue;
        }
        if !(apart && name(field.name, c)) {
            c.back(start);
            if matches!(field.kind, Kind::More) && (first || c.eat(b", ")) && c.eat(b"...") {
                record.fields.push(Value::Short);
                continue;
            }
            c.back(start);
            let Some(kind) = field.kind.resolve(&record.fields) else {
                record.fields.push(Value::Pointer(0));
                continue;
            };
            if let Some(value) = padding(kind) {
                record.fields.push(value);
                continue;
            }
            record.cut = Some(Box::default());
            record.without_absent_end();
            return (c.peek() == Some(b'}')).then_some(record);
        }
        first = false;
        let resolved = match field.kind.resolve(&record.fields)? {
            Kind::NonZero(kind) => kind,
            kind => kind,
        };
        let is_text = matches!(
            resolved,
            Kind::Text(_)
                | Kind::Buffer
                | Kind::PadBytes(_)
                | Kind::CString(_)
                | Kind::Rest
                | Kind::Bytes(_)
                | Kind::Blob
                | Kind::Callsign
                | Kind::Str
                | Kind::Path
                | Kind::BytesAt(_)
                | Kind::TextAt(_)
                | Kind::Tail
        );
        if c.peek() == Some(b'"') && !is_text {
            record.cut = Some(Box::new(c.quoted()?));
            return Some(record);
        }
        record.fields.push(kind(names, resolved, c)?);
    }
    Some(record)
}

/// `nl_pid=`; up to strace 4.12 mostly without the structure's prefix.
fn name(name: &str, c: &mut Cursor<'_>) -> bool {
    let start = c.place();
    if c.eat(name.as_bytes()) && c.eat(b"=") {
        return true;
    }
    c.back(start);
    name.split_once('_').is_some_and(|(_, short)| c.eat(short.as_bytes()) && c.eat(b"="))
}

/// The value of a field that is omitted where it is zero.
fn padding(kind: &Kind) -> Option<Value> {
    Some(match *kind {
        Kind::Pad(_) | Kind::PadFd => Value::Hex(0),
        Kind::NonZero(kind) => kind.read(&vec![0; kind.size()]),
        Kind::Priority => Value::Int(0),
        Kind::PadBytes(n) => Value::Octets(vec![0; n]),
        Kind::HwAddr => Value::Octets(Vec::new()),
        Kind::Restorer | Kind::PointerIf(_) | Kind::PadPointer => Value::Pointer(0),
        Kind::UintIf(_) | Kind::PadUint(_) => Value::Uint(0),
        Kind::Record(layout) if layout == &SIGVAL => Value::Record(Record::read(layout, &[0; 8])),
        _ => return None,
    })
}

/// `inet_pton(AF_INET6, "::1", &field)`, which contains both name and value.
fn ipv6(field: &str, c: &mut Cursor<'_>) -> Option<std::net::Ipv6Addr> {
    c.expect(b"inet_pton(AF_INET6, ")?;
    let ip = text(c)?.parse().ok()?;
    c.expect(b", &")?;
    c.expect(field.as_bytes())?;
    c.expect(b")")?;
    Some(ip)
}

/// One field.
pub(super) fn kind(names: &mut NameCache, kind: &Kind, c: &mut Cursor<'_>) -> Option<Value> {
    Some(match *kind {
        Kind::Int(_) | Kind::Uid => Value::Int(c.signed()?),
        Kind::Ticks => {
            let ticks = Value::Int(c.signed()?);
            c.comment();
            ticks
        }
        Kind::Date | Kind::DateWithNanos => {
            let seconds = Value::Int(c.signed()?);
            c.comment();
            seconds
        }
        Kind::Moment(layout) => {
            let moment = Value::Record(read(names, layout, c)?);
            c.comment();
            moment
        }
        Kind::Device(_) => Value::Record(read(names, &stat::DEVICE, c)?),
        Kind::Handler => Value::Const(constant(names, &SIG_HANDLER, c)?),
        Kind::SigMask => Value::SigSet(wait::signals(c)?),
        Kind::Restorer | Kind::PointerIf(_) | Kind::PadPointer => Value::Pointer(c.pointer()?),
        Kind::UintIf(_) | Kind::PadUint(_) => Value::Uint(c.digits()?),
        Kind::RefInt | Kind::RefFd => {
            c.expect(b"[")?;
            let number = if matches!(*kind, Kind::RefFd) { Value::Fd(fd(names, c)?) } else { Value::Int(c.signed()?) };
            c.expect(b"]")?;
            Value::Ref(Box::new(number))
        }
        Kind::Limit => Value::Uint(limit(c)?),
        Kind::NonZero(inner) => self::kind(names, inner, c)?,
        Kind::By(_) => return None, // its type is known only among the other fields
        Kind::Bits(_) => {
            let bits = Value::Uint(c.unsigned()?);
            c.comment();
            bits
        }
        Kind::Packed(packed) => Value::Record(read(names, packed.layout, c)?),
        Kind::Priority if c.sees(b"IOPRIO") => Value::Record(read(names, packed::IOPRIO.layout, c)?),
        Kind::Priority => Value::Int(c.signed()?),
        Kind::Following(layout) => array(c, |c| Some(Value::Record(read(names, layout, c)?)))?,
        Kind::NoneAt(_) if c.peek() == Some(b'[') => array(c, |_| None)?,
        Kind::FdsAt { .. } if c.peek() == Some(b'[') => array(c, |c| Some(Value::Fd(fd(names, c)?)))?,
        Kind::Vectors { .. } if c.peek() == Some(b'[') => super::message::iovecs(names, c)?,
        Kind::NoneAt(_) | Kind::FdsAt { .. } | Kind::Vectors { .. } => Value::Pointer(c.pointer()?),
        Kind::Words(_) | Kind::HexWords(_) | Kind::HexLongs(_) | Kind::Ints(_) => {
            array(c, |c| Some(Value::Int(c.unsigned()? as i64)))?
        }
        Kind::Caps => Value::Flags(capabilities(names, c)?),
        Kind::Uint(_) => Value::Uint(c.unsigned()?),
        Kind::Hex(_) | Kind::Octet | Kind::Hex8 | Kind::Pad(_) => Value::Hex(c.unsigned()?),
        Kind::PadFd if c.sees(b"0x") => Value::Hex(c.unsigned()?),
        Kind::Fd | Kind::PadFd => Value::Fd(fd(names, c)?),
        Kind::Const(table, _) => Value::Const(constant(names, table, c)?),
        Kind::Flags(table, _) => Value::Flags(flags(names, table, c)?),
        Kind::Port => Value::Port(u16::try_from(within(c, b"htons(")?).ok()?),
        Kind::Be32Hex => Value::Be32(u32::try_from(within(c, b"htonl(")?).ok()?),
        Kind::Be16(table) => {
            c.expect(b"htons(")?;
            let inner = constant(names, table, c)?;
            c.expect(b")")?;
            Value::Be16(inner)
        }
        Kind::WideIpv4 if c.peek() == Some(b'"') => {
            let [a, b, d, e, ..] = network::<16>(c)?;
            Value::Ipv4([a, b, d, e].into())
        }
        Kind::Ipv4 | Kind::WideIpv4 => Value::Ipv4(ipv4(c)?),
        Kind::Ipv6 => return None,
        Kind::Interface => interface(c)?,
        Kind::Octets(_) | Kind::HwAddr => Value::Octets(octets(c)?),
        Kind::Text(_) | Kind::CString(_) | Kind::Rest | Kind::Bytes(_) => Value::Bytes(bytes(c)?),
        Kind::Callsign | Kind::PadBytes(_) => Value::Octets(c.quoted()?),
        Kind::Le16 => Value::Uint(within(c, b"htobs(")?),
        Kind::Le16Const(table) => {
            c.expect(b"htobs(")?;
            let inner = constant(names, table, c)?;
            c.expect(b")")?;
            Value::Const(inner)
        }
        Kind::Failure => Value::Int(c.signed()?),
        Kind::Set(table, _) => Value::Flags(terminal::set(names, table, c)?),
        Kind::Masked(masked, _) => Value::Record(terminal::masked(names, masked, c)?),
        Kind::Keys(_) => terminal::keys(c)?,
        Kind::Shifted(table, _) => Value::Flags(bits(names, table, c)?),
        Kind::Tail => Value::Opaque(Box::new(bytes(c)?)),
        Kind::Message => return None,
        // No layout with these can be chosen from text: such an argument is kept verbatim.
        Kind::Callsigns | Kind::More | Kind::Transport | Kind::BufferLen | Kind::Elements => return None,
        Kind::Pointer | Kind::Filter => Value::Pointer(c.pointer()?),
        Kind::Buffer | Kind::Str | Kind::Path | Kind::BytesAt(_) | Kind::TextAt(_) => match c.peek()? {
            b'"' => Value::Bytes(bytes(c)?),
            _ => Value::Pointer(c.pointer()?),
        },
        Kind::Record(layout) => Value::Record(read(names, layout, c)?),
        Kind::Blob => Value::Octets(c.quoted()?),
        Kind::Changing => {
            let entry = c.signed()?;
            let exit = if c.eat(b" => ") { Some(c.signed()?) } else { None };
            Value::Length(Length { entry, exit })
        }
        Kind::Signal | Kind::EventSignal => Value::Signal(wait::signal(c)?),
        Kind::SockAddr(_) => Value::SockAddr(address::read(names, c)?),
        Kind::SigSet => match c.peek()? {
            b'[' | b'~' => Value::SigSet(wait::signals(c)?),
            _ => Value::Pointer(c.pointer()?),
        },
        Kind::Mac(width) => {
            let octets = c.while_in(|b| b.is_ascii_hexdigit() || b == b':');
            let octet = |hex: &[u8]| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok();
            let mut octets: Vec<u8> = octets.split(|b| *b == b':').map(octet).collect::<Option<_>>()?;
            octets.resize(width.max(octets.len()), 0); // insignificant octets are not written
            Value::Octets(octets)
        }
    })
}

/// `1<<TCP_LISTEN|0x1`, `1<<(INET_DIAG_INFO-1)`.
fn bits(names: &mut NameCache, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Flags> {
    let mut raw = 0;
    loop {
        raw |= if c.eat(b"1<<") {
            let less = c.eat(b"(");
            let bit = names.value(table, c.ident())?;
            if less {
                c.expect(b"-1)")?;
            }
            bit
        } else {
            c.unsigned()?
        };
        c.comment();
        if !c.eat(b"|") {
            return Some(Flags { table, raw });
        }
    }
}

/// `8192*1024`, `RLIM64_INFINITY`.
fn limit(c: &mut Cursor<'_>) -> Option<u64> {
    if c.eat(b"RLIM64_INFINITY") || c.eat(b"RLIM_INFINITY") {
        return Some(u64::MAX);
    }
    let n = c.digits()?;
    c.comment();
    if c.eat(b"*1024") { n.checked_mul(1024) } else { Some(n) }
}

/// `1<<CAP_CHOWN|1<<CAP_KILL`.
fn capabilities(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Flags> {
    let mut raw = 0;
    loop {
        raw |= if c.eat(b"1<<") { names.value(&CAPABILITIES, c.ident())? } else { c.unsigned()? };
        c.comment();
        if !c.eat(b"|") {
            return Some(Flags { table: &CAPABILITIES, raw });
        }
    }
}

/// `[0x61, 00]`; `...` where the length exceeded the octets there are.
fn octets(c: &mut Cursor<'_>) -> Option<Vec<u8>> {
    let Value::Array(octets) = array(c, |c| Some(Value::Hex(c.unsigned()?)))? else { return None };
    let octet = |item: &Value| match item {
        Value::Hex(octet) => u8::try_from(*octet).ok(),
        _ => None,
    };
    octets.items.iter().map(octet).collect()
}

/// A structure whose type only the text determines: the first of these layouts that has its fields.
pub(super) fn any(names: &mut NameCache, layouts: &[&'static Layout], c: &mut Cursor<'_>) -> Option<Record> {
    let start = c.place();
    layouts.iter().find_map(|layout| {
        c.back(start);
        read(names, layout, c).filter(|record| record.cut.is_none())
    })
}

/// A structure in one of several forms: the first that has all that is written.
pub(super) fn any_form(names: &mut NameCache, forms: &[&'static Layout], c: &mut Cursor<'_>) -> Option<Record> {
    let start = c.place();
    forms.iter().find_map(|layout| {
        c.back(start);
        read(names, layout, c)
    })
}

/// A quoted string that is UTF-8; in hex with `-xx`.
pub(super) fn text<'a>(c: &mut Cursor<'a>) -> Option<Cow<'a, str>> {
    if c.sees(b"\"\\") {
        return String::from_utf8(c.quoted()?).ok().map(Cow::Owned);
    }
    c.expect(b"\"")?;
    std::str::from_utf8(c.until(b'"')?).ok().map(Cow::Borrowed)
}

/// `htons(80)`, or its bytes.
pub(super) fn within(c: &mut Cursor<'_>, open: &[u8]) -> Option<u64> {
    if c.peek() == Some(b'"') {
        return Some(match open {
            b"htons(" => u64::from(u16::from_be_bytes(network(c)?)),
            _ => u64::from(u32::from_be_bytes(network(c)?)),
        });
    }
    let wrapped = c.eat(open);
    let n = c.unsigned()?;
    if wrapped {
        c.expect(b")")?;
    }
    Some(n)
}

/// A value in network byte order as its bytes (`-X raw`), with the decoded value in a comment (`-X verbose`).
pub(super) fn network<const N: usize>(c: &mut Cursor<'_>) -> Option<[u8; N]> {
    let bytes = c.quoted()?;
    c.comment();
    bytes.try_into().ok()
}

/// `inet_addr("127.0.0.1")`, or its bytes.
pub(super) fn ipv4(c: &mut Cursor<'_>) -> Option<std::net::Ipv4Addr> {
    if c.peek() == Some(b'"') {
        let bytes = c.quoted()?;
        c.comment();
        return match <[u8; 4]>::try_from(bytes) {
            Ok(octets) => Some(octets.into()),
            Err(text) => std::str::from_utf8(&text).ok()?.parse().ok(),
        };
    }
    if c.eat(b"inet_addr(\"\\") {
        c.back(c.place() - 2);
        let ip = text(c)?.parse().ok()?;
        c.expect(b")")?;
        return Some(ip);
    }
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

/// `if_nametoindex("lo")`, which does not show the number, or a number.
pub(super) fn interface(c: &mut Cursor<'_>) -> Option<Value> {
    if c.eat(b"if_nametoindex(") {
        let name = text(c)?.into_owned();
        c.expect(b")")?;
        return Some(Value::Interface { index: 0, name: Some(name) });
    }
    let index = u32::try_from(c.digits()?).ok()?;
    let name = c.comment().and_then(|inside| {
        let mut c = Cursor::new(inside);
        c.expect(b"if_nametoindex(")?;
        text(&mut c).map(Cow::into_owned)
    });
    Some(Value::Interface { index, name })
}
