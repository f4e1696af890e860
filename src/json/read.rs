//! Values from a line: the inverse of `write`, driven by the same table and shapes.
//!
//! A line is read as a tree first, since keys may come in any order and from any program. Unknown keys are ignored, so
//! that a line of a later version with the same `v` can be read.

use std::sync::Arc;

use super::shape::{JsonShape, key as param_key};
use super::tree::{Arena, Key};
pub(super) use super::tree::{Item, Object};
use super::{Error, python, sets, socket, state, why};
use crate::event::{Body, Call, CallText, CountRow, Errno, Event, Exit, LinePrefix, Ret, Signal, Unread, interned};
use crate::syscall::{self, Syscall};
use crate::text::target;
use crate::value::layout::{IFREQ_INDEX, IFREQ_NAMED};
use crate::value::siginfo;
use crate::value::{Array, Bytes, Const, FdSet, Field, Flags, Kind, Layout, Record, SockType, Tail, Timeout, Value};
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;
use crate::xlat::socket::{SOCK_FLAGS, SOCK_TYPE};

mod field;
mod structure;

use field::{address, hex, hex_of, hex_word, int, narrow_int, octets, unknown};
pub(super) use field::{
    as_object, flag, get, given, has, inner, items, narrow, optional_text, shape_error, text, uint,
};
pub(super) use structure::sockaddr;
use structure::{bytes, cmsg, fd, fds, length, mmsghdr, msghdr, nlattr, nlmsg, pollfd, record};

pub(super) type Result<T> = std::result::Result<T, Error>;

/// One event.
pub(super) fn event(line: &str, memory: &mut Arena, stacks: &mut python::ReadStacks) -> Result<Event> {
    let tree = memory.tree(line).map_err(Error::Syntax)?;
    let object = tree.root().as_object().ok_or_else(|| shape_error("the line", "an object"))?;
    match object.get("v").and_then(Item::as_u64) {
        Some(super::VERSION) => {}
        Some(version) => return Err(Error::Version(version)),
        None => return Err(shape_error("v", "an integer")),
    }
    Ok(Event {
        seq: uint(object, "seq")?,
        ts_ns: uint(object, "ts_ns")?,
        pid: narrow(object, "pid")?,
        tid: narrow(object, "tid")?,
        role: optional_text(object, "role")?.and_then(interned),
        host: optional_text(object, "host")?.and_then(interned),
        body: body(object, stacks)?,
        prefix: given(object, "strace").map(prefix).transpose()?.flatten(),
    })
}

fn body(object: Object<'_>, stacks: &mut python::ReadStacks) -> Result<Body> {
    Ok(match text(object, "type")? {
        "call" => Body::Call(call(object, stacks)?),
        "signal" => Body::Signal(Signal {
            number: signal(get(object, "signal")?)?,
            info: given(object, "info").map(tagged_record).transpose()?,
        }),
        "stopped" => Body::Stopped { signal: signal(get(object, "signal")?)? },
        "exit" => Body::Exit(Exit::Status(narrow_int(object, "status")?)),
        "killed" => {
            Body::Exit(Exit::Killed { signal: signal(get(object, "signal")?)?, core: flag(object, "core_dumped") })
        }
        "started" => Body::Started { parent: narrow(object, "parent")?, shares: flag(object, "shares_descriptors") },
        "unread" => Body::Unread(Unread {
            raw: bytes(inner(object, "raw")?)?.data.into_vec(),
            line: uint(object, "line")?,
            column: narrow(object, "column")?,
            more: flag(object, "more"),
        }),
        "count" => {
            let syscall = text(object, "syscall")?.into();
            let (calls, errors) = (uint(object, "calls")?, uint(object, "errors")?);
            let (total_ns, mean_ns) = (uint(object, "total_ns")?, uint(object, "mean_ns")?);
            Body::Count(CountRow { syscall, calls, errors, total_ns, mean_ns, share: narrow(object, "share")? })
        }
        "note" => Body::Note(text(object, "text")?.to_owned()),
        other => return Err(unknown("type of event", other)),
    })
}

fn call(object: Object<'_>, stacks: &mut python::ReadStacks) -> Result<Call> {
    let sys = entry(text(object, "syscall")?, object)?;
    let arguments = inner(object, "args")?;
    let mut args = Vec::with_capacity(sys.params.len());
    // Lines of tables have the keys of every line, and null where there is no value.
    let answers = ["ret", "errno", "dur_ns"];
    let from_table = object.nulls().any(|key| !answers.contains(&key));
    let pointers = has(object, "ret") && sys.is_known();
    let mut sys = sys;
    for at in 0.. {
        sys = sys.of_values(&args);
        let Some(param) = sys.params.get(at) else { break };
        let key = param_key(param);
        if !arguments.contains_key(key) || (from_table && !pointers && !is_given(arguments, key)) {
            break;
        }
        args.push(slot(arguments, key, JsonShape::of(sys, param))?);
    }
    if from_table {
        args.truncate(sys.arity(&args));
    }
    turn_ifreq(&mut args);
    if let Some(strace) = object.get("strace").and_then(Item::as_object)
        && let Some(surplus) = optional_text(strace, "surplus")?
    {
        args.push(Value::Verbatim(surplus.into()));
    }
    let ret = match (get(object, "ret")?, optional_text(object, "errno")?) {
        (_, Some(name)) => Ret::Err(Errno(member(&ERRNO, name)? as u32 as i32)),
        (ret, None) if ret.is_null() => Ret::Unfinished,
        (_, None) => Ret::Ok(int(object, "ret")?),
    };
    Ok(Call {
        sys,
        args,
        ret,
        dur_ns: given(object, "dur_ns").map(|_| uint(object, "dur_ns")).transpose()?,
        via: optional_text(object, "via")?.and_then(interned),
        ret_target: optional_text(object, "ret_target")?.map(|text| Arc::new(target::from_plain(text))),
        text: given(object, "strace").map(call_text).transpose()?.flatten(),
        python: python::read(object, stacks)?,
        why: why::read(object)?,
        sockets: state::read(object)?,
        socket: socket::read(object)?,
    })
}

/// Whether a key, or one that replaces it, has a value.
fn is_given(object: Object<'_>, name: &str) -> bool {
    ["", "_ptr", "_other"].iter().any(|suffix| has(object, (name, *suffix)))
}

/// `struct ifreq` as the kernel answers which name a number has: the fields are those of the request which number a
/// name has, in reverse order.
fn turn_ifreq(args: &mut [Value]) {
    let [_, Value::Const(op), Value::Record(found)] = args else { return };
    if op.name() == Some("SIOCGIFNAME") && found.layout == &IFREQ_INDEX && found.fields.len() == 2 {
        found.layout = &IFREQ_NAMED;
        found.fields.reverse();
    }
}

fn call_text(json: Item<'_>) -> Result<Option<Box<CallText>>> {
    let object = as_object(json, "strace")?;
    let text = CallText {
        result: optional_text(object, "result")?.map(Box::from),
        mark: optional_text(object, "mark")?.map(Box::from),
        cut: flag(object, "cut"),
        detached: flag(object, "detached"),
        resumed: optional_text(object, "resumed")?.map(Box::from),
        frames: match given(object, "frames") {
            Some(_) => {
                let frame =
                    |frame: Item<'_>| frame.as_str().map(Box::from).ok_or_else(|| shape_error("frames", "texts"));
                items(object, "frames")?.map(frame).collect::<Result<_>>()?
            }
            None => Vec::new(),
        },
    };
    Ok((text != CallText::default()).then(|| Box::new(text)))
}

/// What preceded the event in strace's text.
fn prefix(json: Item<'_>) -> Result<Option<Box<LinePrefix>>> {
    let object = as_object(json, "strace")?;
    let since = has(object, "since_ns")
        .then(|| -> Result<(u64, u8)> { Ok((uint(object, "since_ns")?, narrow(object, "since_digits")?)) });
    let prefix = LinePrefix {
        ip: given(object, "ip").map(|ip| hex_of(ip, "ip")).transpose()?,
        number: has(object, "number").then(|| narrow(object, "number")).transpose()?,
        since: since.transpose()?,
        comm: optional_text(object, "comm")?.and_then(interned),
    };
    Ok((prefix != LinePrefix::default()).then(|| Box::new(prefix)))
}

/// The table's entry, or one made for a call that it does not describe.
fn entry(name: &str, object: Object<'_>) -> Result<&'static Syscall> {
    if let Some(sys) = syscall::by_name(name) {
        return Ok(sys);
    }
    let nr = given(object, "nr").map(|_| int(object, "nr")).transpose()?.unwrap_or(-1);
    syscall::other(name, nr).ok_or_else(|| unknown("system call", name))
}

/// An argument or field, from its key and the keys that accompany it.
fn slot(object: Object<'_>, name: &str, shape: JsonShape) -> Result<Value> {
    if get(object, name)?.is_null() {
        if let Some(other) = given(object, (name, "_other")) {
            return tagged(other);
        }
        if let (JsonShape::Strings | JsonShape::Counted(_), Some(_)) = (shape, given(object, (name, "_count"))) {
            return Ok(Value::Array(Array { items: Vec::new(), tail: tail(object, name)? }));
        }
        return match given(object, (name, "_ptr")) {
            None => Ok(Value::Pointer(0)),
            Some(address) => Ok(Value::Pointer(hex_of(address, name)?)),
        };
    }
    Ok(match shape {
        JsonShape::Int => Value::Int(int(object, name)?),
        JsonShape::Uint => Value::Uint(uint(object, name)?),
        JsonShape::Hex => Value::Hex(hex(object, name)?),
        JsonShape::Opaque => Value::Uint(hex(object, name)?),
        JsonShape::Fd => Value::Fd(fd(object, name)?),
        JsonShape::Const(table) => Value::Const(Const { table, raw: member(table, text(object, name)?)? }),
        JsonShape::Flags(table) => Value::Flags(flags(get(object, name)?, table)?),
        JsonShape::Open => open(object, name, &[])?,
        JsonShape::OpenGot => open(object, name, sets::GOT)?,
        JsonShape::SockType => Value::SockType(SockType {
            kind: Const { table: &SOCK_TYPE, raw: member(&SOCK_TYPE, text(object, name)?)? },
            flags: flags(get(object, (name, "_flags"))?, &SOCK_FLAGS)?,
        }),
        JsonShape::Bytes | JsonShape::Pointer => Value::Bytes(bytes(inner(object, name)?)?),
        JsonShape::Text => Value::Bytes(Bytes { data: text(object, name)?.as_bytes().into(), truncated: false }),
        JsonShape::SockAddr => Value::SockAddr(sockaddr(inner(object, name)?)?),
        JsonShape::Length => Value::Length(length(object, name)?),
        JsonShape::Offset => Value::Offset(length(object, name)?),
        JsonShape::MsgHdr => Value::MsgHdr(Box::new(msghdr(inner(object, name)?)?)),
        JsonShape::MmsgHdrs => list(object, name, |item| Ok(Value::MmsgHdr(Box::new(mmsghdr(item)?))))?,
        JsonShape::Cmsgs => list(object, name, |item| Ok(Value::Cmsg(Box::new(cmsg(item)?))))?,
        JsonShape::PollFds => list(object, name, |item| Ok(Value::PollFd(pollfd(item)?)))?,
        JsonShape::Records(layout) | JsonShape::Counted(layout) => {
            list(object, name, |item| Ok(Value::Record(record(item, layout)?)))?
        }
        JsonShape::Fds => {
            let items = fds(object, name)?.into_iter().map(Value::Fd).collect();
            Value::Array(Array { items, tail: tail(object, name)? })
        }
        JsonShape::FdSet => {
            let ready = format!("{name}_ready");
            let exit = if has(object, &*ready) { Some(fds(object, &ready)?) } else { None };
            Value::FdSet(Box::new(FdSet { entry: fds(object, name)?, exit }))
        }
        JsonShape::Timeout(layout) => {
            let left = given(object, (name, "_left")).map(|left| record(left, layout)).transpose()?;
            Value::Timeout(Box::new(Timeout { entry: record(get(object, name)?, layout)?, left }))
        }
        JsonShape::SigSet => {
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
        JsonShape::Record(layout) => Value::Record(record(get(object, name)?, layout)?),
        JsonShape::Port => Value::Port(narrow(object, name)?),
        JsonShape::Be32 => Value::Be32(narrow(object, name)?),
        JsonShape::Ipv4 => Value::Ipv4(address(object, name)?),
        JsonShape::Ipv6 => Value::Ipv6(address(object, name)?),
        JsonShape::Interface => Value::Interface {
            index: narrow(object, name)?,
            name: optional_text(object, (name, "_name"))?.map(str::to_owned),
        },
        JsonShape::Octets => Value::Octets(octets(object, name)?),
        JsonShape::Mac => Value::Octets(octets(as_object(get(object, name)?, name)?, "mac")?),
        JsonShape::Padding => Value::Octets(octets(as_object(get(object, name)?, name)?, "cut")?),
        JsonShape::Tagged => tagged(get(object, name)?)?,
        JsonShape::Address => return Err(shape_error(name, "null")),
        JsonShape::Signal => Value::Signal(signal(get(object, name)?)?),
        JsonShape::RefInt => Value::Ref(Box::new(Value::Int(int(object, name)?))),
        JsonShape::RefHex => Value::Ref(Box::new(Value::Pointer(hex(object, name)?))),
        JsonShape::Ints => {
            let number = |item: Item<'_>| item.as_i64().map(Value::Int).ok_or_else(|| shape_error(name, "integers"));
            list(object, name, number)?
        }
        JsonShape::Strings => list(object, name, |item| Ok(Value::Bytes(bytes(as_object(item, name)?)?)))?,
        JsonShape::Changed(layout, forms) => {
            let before = Value::Record(record(get(object, name)?, layout)?);
            let Some(after) = given(object, (name, "_after")) else { return Ok(before) };
            let layout = variant(forms[0].name, as_object(after, name)?).unwrap_or(forms[0]);
            let after = Value::Record(record(after, layout)?);
            Value::Array(Array { items: vec![before, after], tail: Tail::End })
        }
        JsonShape::Forms(forms) => {
            let fields = inner(object, name)?;
            let layout = variant(forms[0].name, fields).unwrap_or(forms[0]);
            Value::Record(record(get(object, name)?, layout)?)
        }
    })
}

/// A value whose own key names its kind.
fn tagged(json: Item<'_>) -> Result<Value> {
    let object = as_object(json, "a value")?;
    if let Some(inner) = given(object, "ref") {
        return Ok(Value::Ref(Box::new(tagged(inner)?)));
    }
    let value = tag(object)?;
    let behind_pointer = super::is_scalar(&value) && !flag(object, "direct");
    Ok(if behind_pointer { Value::Ref(Box::new(value)) } else { value })
}

fn tag(object: Object<'_>) -> Result<Value> {
    for (tag, shape) in super::shape::TAGS {
        if has(object, *tag) {
            return slot(object, tag, *shape);
        }
    }
    if let Some(address) = given(object, "ptr") {
        return Ok(Value::Pointer(hex_of(address, "ptr")?));
    }
    if has(object, "be16") {
        return Ok(Value::Be16(constant(object, "be16", "set", &[])?));
    }
    if has(object, "signal") {
        return Ok(Value::Signal(signal(get(object, "signal")?)?));
    }
    if has(object, "cut") {
        return Ok(Value::Cut(octets(object, "cut")?));
    }
    if has(object, "opaque") {
        return Ok(Value::Opaque(Box::new(bytes(inner(object, "opaque")?)?)));
    }
    if let Some(message) = given(object, "nlmsg") {
        return Ok(Value::NlMsg(Box::new(nlmsg(message)?)));
    }
    if let Some(attribute) = given(object, "nla") {
        return Ok(Value::NlAttr(Box::new(nlattr(attribute)?)));
    }
    if has(object, "row") {
        return Ok(match list(object, "row", tagged)? {
            Value::Array(row) => Value::Row(Box::new(row)),
            other => other,
        });
    }
    if has(object, "short") {
        return Ok(Value::Short);
    }
    if let Some(bits) = given(object, "bits") {
        return Ok(Value::Bits(Flags { table: set(text(object, "set")?)?, raw: hex_of(bits, "bits")? }));
    }
    if let Some(verbatim) = optional_text(object, "verbatim")? {
        return Ok(Value::Verbatim(verbatim.into()));
    }
    if has(object, "array") {
        return list(object, "array", tagged);
    }
    if has(object, "ints") {
        let number = |item: Item<'_>| item.as_i64().map(Value::Int).ok_or_else(|| shape_error("ints", "integers"));
        return list(object, "ints", number);
    }
    if has(object, "const") {
        return Ok(Value::Const(constant(object, "const", "set", &[])?));
    }
    if let Some(names) = given(object, "flags") {
        return Ok(Value::Flags(flags(names, set(text(object, "set")?)?)?));
    }
    if let Some(message) = given(object, "mmsghdr") {
        return Ok(Value::MmsgHdr(Box::new(mmsghdr(message)?)));
    }
    if let Some(control) = given(object, "cmsg") {
        return Ok(Value::Cmsg(Box::new(cmsg(control)?)));
    }
    if let Some(entry) = given(object, "pollfd") {
        return Ok(Value::PollFd(pollfd(entry)?));
    }
    if let Some(entry) = given(object, "time") {
        let left = given(object, "time_left").map(tagged_record).transpose()?;
        return Ok(Value::Timeout(Box::new(Timeout { entry: tagged_record(entry)?, left })));
    }
    match known_record(object) {
        Some(record) => Ok(Value::Record(record?)),
        None => Err(shape_error("a value", "an object with one of the keys the schema lists")),
    }
}

/// A structure in an object that names it.
fn tagged_record(json: Item<'_>) -> Result<Record> {
    known_record(as_object(json, "a structure")?)
        .unwrap_or_else(|| Err(shape_error("a structure", "an object with a known structure's name as its key")))
}

fn known_record(object: Object<'_>) -> Option<Result<Record>> {
    let mut structures = object.iter().filter(|(_, fields)| !fields.is_null());
    structures.find_map(|(name, fields)| Some(record(fields, variant(name, fields.as_object()?)?)))
}

/// The structure of a name: among variants the one with exactly these fields, or, where the rest was cut short, the
/// first that has the last of them. A table has the fields of all variants, most of them null.
fn variant(name: &str, fields: Object<'_>) -> Option<&'static Layout> {
    // Only pointers, and what a structure has only at times, may be null as such.
    let empty = |layout: &'static Layout| {
        let may_be_null = |field: &Field| {
            matches!(JsonShape::of_field(layout, field), JsonShape::Pointer) || matches!(field.kind, Kind::By(_))
        };
        let mut others = layout.fields.iter().filter(|field| !may_be_null(field));
        others.any(|field| fields.contains_key(field.name) && !is_given(fields, field.name))
    };
    let from_table = sets::layouts(name).any(empty);
    let there = |field: &&Field| match from_table {
        true => is_given(fields, field.name),
        false => fields.contains_key(field.name),
    };
    let count = |layout: &Layout| layout.fields.iter().filter(there).count();
    let most = sets::layouts(name).map(count).max()?;
    let mut fitting = sets::layouts(name).filter(|layout| count(layout) == most);
    let first = fitting.clone().next();
    let exact = fitting.find(|layout| layout.fields.len() == most);
    // Text may have any of a signal's fields.
    let any = || {
        let known = siginfo::LAYOUTS.iter().flat_map(|layout| layout.fields);
        let mut names: Vec<&str> = Vec::new();
        for field in known.filter(there) {
            if !names.contains(&field.name) {
                names.push(field.name);
            }
        }
        siginfo::shape(&names)
    };
    exact.or_else(|| if name == siginfo::NAME { any() } else { None }).or(first)
}

/// A list and how it ends.
fn list(object: Object<'_>, name: &str, item: impl Fn(Item<'_>) -> Result<Value>) -> Result<Value> {
    let items = items(object, name)?.map(item).collect::<Result<_>>()?;
    Ok(Value::Array(Array { items, tail: tail(object, name)? }))
}

fn tail(object: Object<'_>, name: &str) -> Result<Tail> {
    if let Some(address) = given(object, (name, "_fault")) {
        return Ok(Tail::Fault(hex_of(address, name)?));
    }
    if has(object, (name, "_count")) {
        let at = hex(object, (name, "_ptr"))?;
        return Ok(Tail::Counted { at, count: narrow(object, (name, "_count"))? });
    }
    Ok(if flag(object, (name, "_elided")) { Tail::Elided } else { Tail::End })
}

/// A constant of a set that depends on other arguments, or the number that replaces it where there is no set.
fn open(object: Object<'_>, name: &str, first: &[&'static Xlat]) -> Result<Value> {
    let word = text(object, name)?;
    let set_key = (name, "_set");
    if !has(object, set_key) {
        if let Some(n) = hex_word(word) {
            return Ok(Value::Hex(n));
        }
        if let Ok(n) = word.parse() {
            return Ok(Value::Uint(n));
        }
    }
    Ok(Value::Const(constant(object, name, set_key, first)?))
}

fn constant(object: Object<'_>, name: &str, set_key: impl Key, first: &[&'static Xlat]) -> Result<Const> {
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
pub(super) fn member(table: &'static Xlat, word: &str) -> Result<u64> {
    let number = || Some(table.read_number(word.as_bytes())?).filter(|(_, len)| *len == word.len());
    hex_word(word).or_else(|| Some(number()?.0)).or_else(|| table.value(word)).ok_or_else(|| unknown("constant", word))
}

fn flags(json: Item<'_>, table: &'static Xlat) -> Result<Flags> {
    let names = json.as_array().ok_or_else(|| shape_error("flags", "a list of names"))?;
    let mut raw = 0;
    for name in names {
        raw |= member(table, name.as_str().ok_or_else(|| shape_error("flags", "a list of names"))?)?;
    }
    Ok(Flags { table, raw })
}

fn signal(json: Item<'_>) -> Result<u32> {
    let word = json.as_str().ok_or_else(|| shape_error("signal", "a string"))?;
    sets::signal_of(word)
        .or_else(|| hex_word(word).and_then(|n| u32::try_from(n).ok()))
        .ok_or_else(|| unknown("signal", word))
}
