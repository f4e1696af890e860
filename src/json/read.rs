//! Values from a line: the inverse of `write`, led by the same table and shapes.
//!
//! A line is read as a tree first: what is in it may come in any order and from any program. Keys that are not known
//! are left alone, so a line written by a later version of the same `v` can be read.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use super::shape::{Shape, key as param_key};
use super::{Error, python, sets, state, why};
use crate::event::{Body, Call, CallText, Errno, Event, Exit, Ret, Signal, Unread};
use crate::syscall::{self, Syscall};
use crate::value::{
    Array, Bytes, Cmsg, Const, Fd, FdSet, Flags, Layout, Length, MmsgHdr, MsgHdr, PollFd, Record, Scope, SockAddr,
    SockType, Tail, Timeout, UnixName, Value,
};
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;
use crate::xlat::socket::{ADDRESS_FAMILY, MSG, SOCK_FLAGS, SOCK_TYPE};
use crate::xlat::wait::POLL_EVENTS;

pub(super) type Object = Map<String, Json>;
pub(super) type Result<T> = std::result::Result<T, Error>;

/// One event.
pub(super) fn event(line: &str) -> Result<Event> {
    let json: Json = serde_json::from_str(line).map_err(|e| Error::Syntax(e.to_string()))?;
    let object = json.as_object().ok_or_else(|| shape_error("the line", "an object"))?;
    match object.get("v").and_then(Json::as_u64) {
        Some(super::VERSION) => {}
        Some(version) => return Err(Error::Version(version)),
        None => return Err(shape_error("v", "an integer")),
    }
    Ok(Event {
        seq: uint(object, "seq")?,
        ts_ns: uint(object, "ts_ns")?,
        pid: narrow(object, "pid")?,
        tid: narrow(object, "tid")?,
        body: body(object)?,
    })
}

fn body(object: &Object) -> Result<Body> {
    Ok(match text(object, "type")? {
        "call" => Body::Call(call(object)?),
        "signal" => Body::Signal(Signal {
            number: signal(get(object, "signal")?)?,
            info: match object.get("info") {
                None | Some(Json::Null) => None,
                Some(info) => Some(tagged_record(info)?),
            },
        }),
        "stopped" => Body::Stopped { signal: signal(get(object, "signal")?)? },
        "exit" => Body::Exit(Exit::Status(narrow_int(object, "status")?)),
        "killed" => {
            Body::Exit(Exit::Killed { signal: signal(get(object, "signal")?)?, core: flag(object, "core_dumped") })
        }
        "unread" => Body::Unread(Unread {
            raw: bytes(inner(object, "raw")?)?.data.into_vec(),
            line: uint(object, "line")?,
            column: narrow(object, "column")?,
            more: flag(object, "more"),
        }),
        "note" => Body::Note(text(object, "text")?.to_owned()),
        other => return Err(unknown("type of event", other)),
    })
}

fn call(object: &Object) -> Result<Call> {
    let sys = entry(text(object, "syscall")?, object)?;
    let given = inner(object, "args")?;
    let mut args = Vec::with_capacity(sys.params.len());
    for param in sys.params {
        let key = param_key(param);
        if !given.contains_key(key) {
            break;
        }
        args.push(slot(given, key, Shape::of(sys, param))?);
    }
    let ret = match (get(object, "ret")?, optional_text(object, "errno")?) {
        (_, Some(name)) => Ret::Err(Errno(member(&ERRNO, name)? as u32 as i32)),
        (Json::Null, None) => Ret::Unfinished,
        (_, None) => Ret::Ok(int(object, "ret")?),
    };
    Ok(Call {
        sys,
        args,
        ret,
        dur_ns: match object.get("dur_ns") {
            None | Some(Json::Null) => None,
            Some(_) => Some(uint(object, "dur_ns")?),
        },
        via: optional_text(object, "via")?.and_then(interned),
        ret_shown: optional_text(object, "ret_target")?.map(Arc::from),
        text: object.get("strace").map(call_text).transpose()?.map(Box::new),
        python: python::read(object)?,
        why: why::read(object)?,
        sockets: state::read(object)?,
    })
}

fn call_text(json: &Json) -> Result<CallText> {
    let object = as_object(json, "strace")?;
    Ok(CallText {
        result: optional_text(object, "result")?.map(Box::from),
        cut: flag(object, "cut"),
        detached: flag(object, "detached"),
        ip: object.get("ip").map(|ip| hex_of(ip, "ip")).transpose()?,
        number: object.contains_key("number").then(|| narrow(object, "number")).transpose()?,
    })
}

/// The table's entry, or one made for a call it does not have.
fn entry(name: &str, object: &Object) -> Result<&'static Syscall> {
    if let Some(sys) = syscall::by_name(name) {
        return Ok(sys);
    }
    let nr = object.get("nr").and_then(Json::as_i64).unwrap_or(-1);
    syscall::other(name, nr).ok_or_else(|| unknown("system call", name))
}

/// How many different names of functions are kept; a file of garbage must not fill the memory.
const MOST_NAMES: usize = 4096;

/// The one copy of a function's name, which lives as long as the program. `None` once absurdly many were met.
fn interned(name: &str) -> Option<&'static str> {
    static NAMES: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
    let mut names = NAMES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= MOST_NAMES {
        return None;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    Some(name)
}

/// An argument or field, from its key and those beside it.
fn slot(object: &Object, name: &str, shape: Shape) -> Result<Value> {
    if get(object, name)?.is_null() {
        if let Some(other) = object.get(&format!("{name}_other")) {
            return tagged(other);
        }
        return match object.get(&format!("{name}_ptr")) {
            None => Ok(Value::Pointer(0)),
            Some(address) => Ok(Value::Pointer(hex_of(address, name)?)),
        };
    }
    Ok(match shape {
        Shape::Int => Value::Int(int(object, name)?),
        Shape::Uint => Value::Uint(uint(object, name)?),
        Shape::Hex => Value::Hex(hex(object, name)?),
        Shape::Opaque => Value::Uint(hex(object, name)?),
        Shape::Fd => Value::Fd(fd(object, name)?),
        Shape::Const(table) => Value::Const(Const { table, raw: member(table, text(object, name)?)? }),
        Shape::Flags(table) => Value::Flags(flags(get(object, name)?, table)?),
        Shape::Open => open(object, name, &[])?,
        Shape::OpenGot => open(object, name, sets::GOT)?,
        Shape::SockType => Value::SockType(SockType {
            kind: Const { table: &SOCK_TYPE, raw: member(&SOCK_TYPE, text(object, name)?)? },
            flags: flags(get(object, &format!("{name}_flags"))?, &SOCK_FLAGS)?,
        }),
        Shape::Bytes | Shape::Pointer => Value::Bytes(bytes(inner(object, name)?)?),
        Shape::Text => Value::Bytes(Bytes { data: text(object, name)?.as_bytes().into(), truncated: false }),
        Shape::SockAddr => Value::SockAddr(sockaddr(inner(object, name)?)?),
        Shape::Length => Value::Length(length(object, name)?),
        Shape::Offset => Value::Offset(length(object, name)?),
        Shape::MsgHdr => Value::MsgHdr(Box::new(msghdr(inner(object, name)?)?)),
        Shape::MmsgHdrs => list(object, name, |item| Ok(Value::MmsgHdr(Box::new(mmsghdr(item)?))))?,
        Shape::Cmsgs => list(object, name, |item| Ok(Value::Cmsg(Box::new(cmsg(item)?))))?,
        Shape::PollFds => list(object, name, |item| Ok(Value::PollFd(pollfd(item)?)))?,
        Shape::Records(layout) => list(object, name, |item| Ok(Value::Record(record(item, layout)?)))?,
        Shape::Fds => {
            let items = fds(object, name)?.into_iter().map(Value::Fd).collect();
            Value::Array(Array { items, tail: tail(object, name)? })
        }
        Shape::FdSet => {
            let ready = format!("{name}_ready");
            let exit = if object.contains_key(&ready) { Some(fds(object, &ready)?) } else { None };
            Value::FdSet(Box::new(FdSet { entry: fds(object, name)?, exit }))
        }
        Shape::Timeout(layout) => {
            let left = object.get(&format!("{name}_left")).map(|left| record(left, layout)).transpose()?;
            Value::Timeout(Box::new(Timeout { entry: record(get(object, name)?, layout)?, left }))
        }
        Shape::SigSet => {
            let mut mask = 0;
            for name in items(object, name)? {
                let number = signal(name)?;
                if !(1..=64).contains(&number) {
                    return Err(shape_error("a set of signals", "names, or numbers up to 0x40"));
                }
                mask |= 1 << (number - 1);
            }
            Value::SigSet(mask)
        }
        Shape::Record(layout) => Value::Record(record(get(object, name)?, layout)?),
        Shape::Port => Value::Port(narrow(object, name)?),
        Shape::Be32 => Value::Be32(narrow(object, name)?),
        Shape::Ipv4 => Value::Ipv4(address(object, name)?),
        Shape::Ipv6 => Value::Ipv6(address(object, name)?),
        Shape::Interface => Value::Interface {
            index: narrow(object, name)?,
            name: optional_text(object, &format!("{name}_name"))?.map(str::to_owned),
        },
        Shape::Octets => Value::Octets(octets(object, name)?),
        Shape::Tagged => tagged(get(object, name)?)?,
    })
}

/// A value whose kind its own key tells.
fn tagged(json: &Json) -> Result<Value> {
    let object = as_object(json, "a value")?;
    if let Some(inner) = object.get("ref") {
        return Ok(Value::Ref(Box::new(tagged(inner)?)));
    }
    let value = tag(object)?;
    let behind_pointer = super::is_scalar(&value) && !flag(object, "direct");
    Ok(if behind_pointer { Value::Ref(Box::new(value)) } else { value })
}

fn tag(object: &Object) -> Result<Value> {
    for (tag, shape) in super::shape::TAGS {
        if object.contains_key(*tag) {
            return slot(object, tag, *shape);
        }
    }
    if let Some(address) = object.get("ptr") {
        return Ok(Value::Pointer(hex_of(address, "ptr")?));
    }
    if object.contains_key("mac") {
        return Ok(Value::Mac(octets(object, "mac")?));
    }
    if object.contains_key("be16") {
        return Ok(Value::Be16(constant(object, "be16", "set", &[])?));
    }
    if object.contains_key("signal") {
        return Ok(Value::Signal(signal(get(object, "signal")?)?));
    }
    if object.contains_key("cut") {
        return Ok(Value::Cut(octets(object, "cut")?));
    }
    if object.contains_key("short") {
        return Ok(Value::Short);
    }
    if let Some(bits) = object.get("bits") {
        return Ok(Value::Bits(Flags { table: set(text(object, "set")?)?, raw: hex_of(bits, "bits")? }));
    }
    if let Some(verbatim) = optional_text(object, "verbatim")? {
        return Ok(Value::Verbatim(verbatim.into()));
    }
    if object.contains_key("array") {
        return list(object, "array", tagged);
    }
    if object.contains_key("ints") {
        let number = |item: &Json| item.as_i64().map(Value::Int).ok_or_else(|| shape_error("ints", "integers"));
        return list(object, "ints", number);
    }
    if object.contains_key("const") {
        return Ok(Value::Const(constant(object, "const", "set", &[])?));
    }
    if let Some(names) = object.get("flags") {
        return Ok(Value::Flags(flags(names, set(text(object, "set")?)?)?));
    }
    if let Some(message) = object.get("mmsghdr") {
        return Ok(Value::MmsgHdr(Box::new(mmsghdr(message)?)));
    }
    if let Some(control) = object.get("cmsg") {
        return Ok(Value::Cmsg(Box::new(cmsg(control)?)));
    }
    if let Some(entry) = object.get("pollfd") {
        return Ok(Value::PollFd(pollfd(entry)?));
    }
    if let Some(entry) = object.get("time") {
        let left = object.get("time_left").map(tagged_record).transpose()?;
        return Ok(Value::Timeout(Box::new(Timeout { entry: tagged_record(entry)?, left })));
    }
    match known_record(object) {
        Some(record) => Ok(Value::Record(record?)),
        None => Err(shape_error("a value", "an object with one of the keys the schema lists")),
    }
}

/// A structure in an object that names it.
fn tagged_record(json: &Json) -> Result<Record> {
    known_record(as_object(json, "a structure")?)
        .unwrap_or_else(|| Err(shape_error("a structure", "an object with a known structure's name as its key")))
}

fn known_record(object: &Object) -> Option<Result<Record>> {
    object.iter().find_map(|(name, fields)| Some(record(fields, variant(name, fields)?)))
}

/// The structure of a name: of several the one with just the fields that are there, or the first that has the last of
/// them when the rest was cut.
fn variant(name: &str, fields: &Json) -> Option<&'static Layout> {
    let there = |layout: &&Layout| layout.fields.iter().filter(|field| fields.get(field.name).is_some()).count();
    let most = sets::layouts(name).map(|layout| there(&layout)).max()?;
    let mut fitting = sets::layouts(name).filter(|layout| there(layout) == most);
    let first = fitting.clone().next();
    fitting.find(|layout| layout.fields.len() == most).or(first)
}

fn record(json: &Json, layout: &'static Layout) -> Result<Record> {
    let object = as_object(json, layout.name)?;
    let mut fields = Vec::with_capacity(layout.fields.len());
    for field in layout.fields {
        if !object.contains_key(field.name) {
            break;
        }
        fields.push(slot(object, field.name, Shape::of_field(layout, field))?);
    }
    let cut = if object.contains_key("cut") { Some(Box::new(octets(object, "cut")?)) } else { None };
    Ok(Record { layout, fields, cut })
}

pub(super) fn sockaddr(object: &Object) -> Result<SockAddr> {
    let family = member(&ADDRESS_FAMILY, text(object, "family")?)?;
    let family = u16::try_from(family).map_err(|_| shape_error("family", "a number of 16 bits"))?;
    if object.contains_key("sa_data") {
        return Ok(SockAddr::Raw { family, data: octets(object, "sa_data")? });
    }
    if let Some(record) = known_record(object) {
        return Ok(SockAddr::Family { family, record: Box::new(record?) });
    }
    match i32::from(family) {
        libc::AF_INET => Ok(SockAddr::Inet { port: narrow(object, "port")?, ip: address(object, "ip")? }),
        libc::AF_INET6 => {
            let name = optional_text(object, "scope_name")?.map(|name| Box::new(name.to_owned()));
            let scope = object.contains_key("scope_id").then(|| narrow(object, "scope_id")).transpose()?;
            Ok(SockAddr::Inet6 {
                port: narrow(object, "port")?,
                flowinfo: narrow(object, "flowinfo")?,
                ip: address(object, "ip")?,
                scope: scope.map(|id| Scope { id, name }),
            })
        }
        libc::AF_UNIX => Ok(SockAddr::Unix(match (unix_name(object, "path")?, unix_name(object, "abstract")?) {
            (Some(path), _) => UnixName::Path(path),
            (None, Some(name)) => UnixName::Abstract(name),
            (None, None) => UnixName::Unnamed,
        })),
        _ => Err(shape_error("an address", "`sa_data` or its family's structure")),
    }
}

fn unix_name(object: &Object, name: &str) -> Result<Option<Vec<u8>>> {
    if let Some(text) = optional_text(object, name)? {
        return Ok(Some(text.into()));
    }
    let encoded = format!("{name}_base64");
    object.contains_key(&encoded).then(|| base64(object, &encoded)).transpose()
}

fn msghdr(object: &Object) -> Result<MsgHdr> {
    let control = object.contains_key("msg_control").then(|| slot(object, "msg_control", Shape::Cmsgs)).transpose()?;
    Ok(MsgHdr {
        name: slot(object, "msg_name", Shape::SockAddr)?,
        namelen: length(object, "msg_namelen")?,
        iov: slot(object, "msg_iov", super::shape::IOVECS)?,
        iovlen: uint(object, "msg_iovlen")?,
        control,
        controllen: uint(object, "msg_controllen")?,
        flags: flags(get(object, "msg_flags")?, &MSG)?,
    })
}

fn mmsghdr(json: &Json) -> Result<MmsgHdr> {
    let object = as_object(json, "a message")?;
    let len = match get(object, "msg_len")? {
        Json::Null => None,
        _ => Some(narrow(object, "msg_len")?),
    };
    Ok(MmsgHdr { hdr: msghdr(inner(object, "msg_hdr")?)?, len })
}

fn cmsg(json: &Json) -> Result<Cmsg> {
    let object = as_object(json, "a control message")?;
    Ok(Cmsg {
        len: uint(object, "cmsg_len")?,
        level: constant(object, "cmsg_level", "cmsg_level_set", &[])?,
        kind: constant(object, "cmsg_type", "cmsg_type_set", sets::CONTROL)?,
        data: match get(object, "cmsg_data")? {
            Json::Null => None,
            data => Some(Box::new(tagged(data)?)),
        },
    })
}

fn pollfd(json: &Json) -> Result<PollFd> {
    let object = as_object(json, "an element of poll's array")?;
    let revents = match get(object, "revents")? {
        Json::Null => None,
        found => Some(events(found)?),
    };
    Ok(PollFd { fd: fd(object, "fd")?, events: events(get(object, "events")?)?, revents })
}

fn events(json: &Json) -> Result<u16> {
    let raw = flags(json, &POLL_EVENTS)?.raw;
    u16::try_from(raw).map_err(|_| shape_error("events", "16 bits"))
}

fn fd(object: &Object, name: &str) -> Result<Fd> {
    let shown = optional_text(object, &format!("{name}_target"))?.map(Arc::from);
    Ok(Fd { raw: narrow_int(object, name)?, shown })
}

/// A list of descriptors with the list of what they refer to beside it.
fn fds(object: &Object, name: &str) -> Result<Vec<Fd>> {
    let key = format!("{name}_target");
    let targets = if object.contains_key(&key) { items(object, &key)? } else { &[] };
    let number = |(at, json): (usize, &Json)| {
        let raw = json.as_i64().and_then(|n| i32::try_from(n).ok()).ok_or_else(|| shape_error(name, "descriptors"))?;
        Ok(Fd { raw, shown: targets.get(at).and_then(Json::as_str).map(Arc::from) })
    };
    items(object, name)?.iter().enumerate().map(number).collect()
}

fn length(object: &Object, name: &str) -> Result<Length> {
    let (after, entry) = (int(object, name)?, int(object, &format!("{name}_in"))?);
    Ok(Length { entry, exit: (after != entry).then_some(after) })
}

fn bytes(object: &Object) -> Result<Bytes> {
    let data = match optional_text(object, "text")? {
        Some(text) => text.into(),
        None => base64(object, "base64")?,
    };
    Ok(Bytes { data: data.into(), truncated: flag(object, "truncated") })
}

/// A list and how it ends.
fn list(object: &Object, name: &str, item: impl Fn(&Json) -> Result<Value>) -> Result<Value> {
    let items = items(object, name)?.iter().map(item).collect::<Result<_>>()?;
    Ok(Value::Array(Array { items, tail: tail(object, name)? }))
}

fn tail(object: &Object, name: &str) -> Result<Tail> {
    if let Some(address) = object.get(&format!("{name}_fault")) {
        return Ok(Tail::Fault(hex_of(address, name)?));
    }
    Ok(if flag(object, &format!("{name}_elided")) { Tail::Elided } else { Tail::End })
}

/// A constant of a set that depends on other arguments, or the number that stands in its place where there is no set.
fn open(object: &Object, name: &str, first: &[&'static Xlat]) -> Result<Value> {
    let word = text(object, name)?;
    let set_key = format!("{name}_set");
    if !object.contains_key(&set_key) {
        if let Some(n) = hex_word(word) {
            return Ok(Value::Hex(n));
        }
        if let Ok(n) = word.parse() {
            return Ok(Value::Uint(n));
        }
    }
    Ok(Value::Const(constant(object, name, &set_key, first)?))
}

fn constant(object: &Object, name: &str, set_key: &str, first: &[&'static Xlat]) -> Result<Const> {
    let word = text(object, name)?;
    let table = match optional_text(object, set_key)? {
        Some(label) => set(label)?,
        None => sets::of_member(word, first).ok_or_else(|| unknown("constant", word))?,
    };
    Ok(Const { table, raw: member(table, word)? })
}

fn set(label: &str) -> Result<&'static Xlat> {
    sets::by_label(label).ok_or_else(|| unknown("set of constants", label))
}

/// The number of a name or of hex digits.
fn member(table: &'static Xlat, word: &str) -> Result<u64> {
    hex_word(word).or_else(|| table.value(word)).ok_or_else(|| unknown("constant", word))
}

fn flags(json: &Json, table: &'static Xlat) -> Result<Flags> {
    let names = json.as_array().ok_or_else(|| shape_error("flags", "a list of names"))?;
    let mut raw = 0;
    for name in names {
        raw |= member(table, name.as_str().ok_or_else(|| shape_error("flags", "a list of names"))?)?;
    }
    Ok(Flags { table, raw })
}

fn signal(json: &Json) -> Result<u32> {
    let word = json.as_str().ok_or_else(|| shape_error("signal", "a string"))?;
    sets::signal_of(word)
        .or_else(|| hex_word(word).and_then(|n| u32::try_from(n).ok()))
        .ok_or_else(|| unknown("signal", word))
}

fn hex_word(word: &str) -> Option<u64> {
    u64::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

fn hex(object: &Object, name: &str) -> Result<u64> {
    hex_of(get(object, name)?, name)
}

fn hex_of(json: &Json, name: &str) -> Result<u64> {
    json.as_str().and_then(hex_word).ok_or_else(|| shape_error(name, "a hex number as a string"))
}

fn octets(object: &Object, name: &str) -> Result<Vec<u8>> {
    let word = text(object, name)?;
    if word.is_empty() {
        return Ok(Vec::new());
    }
    let octet = |pair: &str| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2);
    word.split(':').map(octet).collect::<Option<_>>().ok_or_else(|| shape_error(name, "octets such as 0a:ff"))
}

fn base64(object: &Object, name: &str) -> Result<Vec<u8>> {
    STANDARD.decode(text(object, name)?).map_err(|_| shape_error(name, "base64"))
}

pub(super) fn get<'a>(object: &'a Object, name: &str) -> Result<&'a Json> {
    object.get(name).ok_or_else(|| Error::Missing(name.to_owned()))
}

pub(super) fn inner<'a>(object: &'a Object, name: &str) -> Result<&'a Object> {
    as_object(get(object, name)?, name)
}

pub(super) fn as_object<'a>(json: &'a Json, name: &str) -> Result<&'a Object> {
    json.as_object().ok_or_else(|| shape_error(name, "an object"))
}

pub(super) fn items<'a>(object: &'a Object, name: &str) -> Result<&'a [Json]> {
    get(object, name)?.as_array().map(Vec::as_slice).ok_or_else(|| shape_error(name, "a list"))
}

pub(super) fn text<'a>(object: &'a Object, name: &str) -> Result<&'a str> {
    get(object, name)?.as_str().ok_or_else(|| shape_error(name, "a string"))
}

pub(super) fn optional_text<'a>(object: &'a Object, name: &str) -> Result<Option<&'a str>> {
    match object.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => json.as_str().map(Some).ok_or_else(|| shape_error(name, "a string")),
    }
}

fn address<T: std::str::FromStr>(object: &Object, name: &str) -> Result<T> {
    text(object, name)?.parse().map_err(|_| shape_error(name, "an IP address"))
}

fn int(object: &Object, name: &str) -> Result<i64> {
    get(object, name)?.as_i64().ok_or_else(|| shape_error(name, "an integer"))
}

pub(super) fn uint(object: &Object, name: &str) -> Result<u64> {
    get(object, name)?.as_u64().ok_or_else(|| shape_error(name, "an integer that is not negative"))
}

pub(super) fn narrow<T: TryFrom<u64>>(object: &Object, name: &str) -> Result<T> {
    T::try_from(uint(object, name)?).map_err(|_| shape_error(name, "a smaller number"))
}

fn narrow_int(object: &Object, name: &str) -> Result<i32> {
    i32::try_from(int(object, name)?).map_err(|_| shape_error(name, "a number of 32 bits"))
}

/// A boolean that is left out when false.
pub(super) fn flag(object: &Object, name: &str) -> bool {
    object.get(name).and_then(Json::as_bool).unwrap_or(false)
}

pub(super) fn shape_error(key: &str, expected: &'static str) -> Error {
    Error::Shape { key: key.to_owned(), expected }
}

fn unknown(what: &'static str, name: &str) -> Error {
    Error::Unknown { what, name: name.to_owned() }
}
