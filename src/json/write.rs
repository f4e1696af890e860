//! Values into bytes, written directly without a tree in between, since recording takes the traced program's time.

use super::python::StackCache;
use super::sets;
use super::shape::{JsonShape, key as param_key};
use super::{socket, state, why};
use crate::event::{Body, Call, CallText, Event, Exit, LinePrefix, Ret};
use crate::text::target;
use crate::value::{Array, Bytes, Const, Fd, Flags, Layout, Length, Tail, Value};
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;

mod structure;
mod tag;
mod token;

pub(super) use structure::sockaddr;
use structure::{bytes, cmsg, mmsghdr, msghdr, pollfd, record, sigset};
use tag::{tagged, tagged_record};
pub(super) use token::{array, boolean, hex, int, key, null, plain, quoted, string, uint};
use token::{key2, key3, octets};

/// One event as an object.
pub(super) fn event(event: &Event, stacks: &mut StackCache, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"v\":");
    uint(out, super::VERSION);
    key(out, "seq");
    uint(out, event.seq);
    key(out, "ts_ns");
    uint(out, event.ts_ns);
    key(out, "pid");
    uint(out, event.pid.into());
    key(out, "tid");
    uint(out, event.tid.into());
    if let Some(role) = event.role {
        key(out, "role");
        string(out, role);
    }
    if let Some(host) = event.host {
        key(out, "host");
        string(out, host);
    }
    key(out, "type");
    string(out, event.body.name());
    match &event.body {
        Body::Call(called) => call(called, event.prefix.as_deref(), stacks, out),
        other => {
            body(other, out);
            in_text(out, None, None, event.prefix.as_deref());
        }
    }
    out.push(b'}');
}

/// The keys of an event that is not a call.
fn body(body: &Body, out: &mut Vec<u8>) {
    match body {
        Body::Call(_) => {}
        Body::Signal(delivered) => {
            signal_key(out, delivered.number);
            key(out, "info");
            match &delivered.info {
                Some(info) => tagged_record(out, info),
                None => null(out),
            }
        }
        Body::Stopped { signal } => signal_key(out, *signal),
        Body::Exit(Exit::Status(status)) => {
            key(out, "status");
            int(out, i64::from(*status));
        }
        Body::Exit(Exit::Killed { signal, core }) => {
            signal_key(out, *signal);
            key(out, "core_dumped");
            boolean(out, *core);
        }
        Body::Started { parent, shares } => {
            key(out, "parent");
            uint(out, (*parent).into());
            key(out, "shares_descriptors");
            boolean(out, *shares);
        }
        Body::Count(row) => {
            key(out, "syscall");
            string(out, &row.syscall);
            for (name, number) in [
                ("calls", row.calls),
                ("errors", row.errors),
                ("total_ns", row.total_ns),
                ("mean_ns", row.mean_ns),
                ("share", row.share.into()),
            ] {
                key(out, name);
                uint(out, number);
            }
        }
        Body::Note(note) => {
            key(out, "text");
            string(out, note);
        }
        Body::Unread(unread) => {
            key(out, "line");
            uint(out, unread.line);
            key(out, "column");
            uint(out, unread.column.into());
            key(out, "more");
            boolean(out, unread.more);
            key(out, "raw");
            bytes(out, &Bytes { data: unread.raw.clone().into(), truncated: false });
        }
    }
}

/// The arguments of a call, an object.
pub(super) fn args(call: &Call, out: &mut Vec<u8>) {
    out.push(b'{');
    for (param, value) in call.sys.params.iter().zip(&call.args) {
        slot(out, param_key(param), JsonShape::of(call.sys, param), value);
    }
    out.push(b'}');
}

/// The keys of an event that tables have no columns for, an object; its Python stack is none of them.
#[cfg(feature = "tables")]
pub(super) fn beside(event: &Event, out: &mut Vec<u8>) {
    out.push(b'{');
    match &event.body {
        Body::Call(call) => {
            names(call, out);
            target(call, out);
            if let Some(about) = &call.socket {
                socket::others(out, about);
            }
            if let Some(found) = &call.why {
                why::write(out, found);
            }
            if let Some(sockets) = &call.sockets {
                state::write(out, sockets);
            }
            let surplus = call.args.get(call.sys.params.len());
            in_text(out, call.text.as_deref(), surplus, event.prefix.as_deref());
        }
        other => {
            body(other, out);
            in_text(out, None, None, event.prefix.as_deref());
        }
    }
    out.push(b'}');
}

/// What else a call is named by.
fn names(call: &Call, out: &mut Vec<u8>) {
    if !call.sys.is_known() {
        key(out, "nr");
        int(out, call.sys.nr);
    }
    if let Some(via) = call.via {
        key(out, "via");
        string(out, via);
    }
}

fn target(call: &Call, out: &mut Vec<u8>) {
    if let Some(target) = &call.ret_target {
        key(out, "ret_target");
        string(out, &target::plain(target));
    }
}

fn signal_key(out: &mut Vec<u8>, number: u32) {
    key(out, "signal");
    sets::push_signal(out, number);
}

fn call(call: &Call, prefix: Option<&LinePrefix>, stacks: &mut StackCache, out: &mut Vec<u8>) {
    key(out, "syscall");
    string(out, call.sys.name);
    names(call, out);
    key(out, "args");
    args(call, out);
    key(out, "ret");
    match call.ret {
        Ret::Ok(n) => int(out, n),
        Ret::Err(errno) if !errno.is_restart() => int(out, -1),
        Ret::Err(_) | Ret::Unfinished => null(out),
    }
    target(call, out);
    key(out, "errno");
    match call.ret {
        Ret::Err(errno) => constant(out, &ERRNO, u64::from(errno.0 as u32)),
        Ret::Ok(_) | Ret::Unfinished => null(out),
    }
    key(out, "dur_ns");
    match call.dur_ns {
        Some(ns) => uint(out, ns),
        None => null(out),
    }
    if let Some(about) = &call.socket {
        socket::write(out, about);
    }
    let surplus = call.args.get(call.sys.params.len());
    in_text(out, call.text.as_deref(), surplus, prefix);
    if let Some(stack) = &call.python {
        stacks.write(out, stack);
    }
    if let Some(found) = &call.why {
        why::write(out, found);
    }
    if let Some(sockets) = &call.sockets {
        state::write(out, sockets);
    }
}

/// What only strace's text has: the line's prefix, and details of a call.
fn in_text(out: &mut Vec<u8>, text: Option<&CallText>, surplus: Option<&Value>, prefix: Option<&LinePrefix>) {
    if text.is_none() && surplus.is_none() && prefix.is_none() {
        return;
    }
    key(out, "strace");
    out.push(b'{');
    if let Some(text) = text {
        if let Some(result) = &text.result {
            key(out, "result");
            string(out, result);
        }
        if let Some(mark) = &text.mark {
            key(out, "mark");
            string(out, mark);
        }
        for (name, is_so) in [("cut", text.cut), ("detached", text.detached)] {
            if is_so {
                key(out, name);
                boolean(out, true);
            }
        }
        if let Some(resumed) = &text.resumed {
            key(out, "resumed");
            string(out, resumed);
        }
        if !text.frames.is_empty() {
            key(out, "frames");
            array(out, &text.frames, |out, frame| string(out, frame));
        }
    }
    if let Some(Value::Verbatim(surplus)) = surplus {
        key(out, "surplus");
        string(out, surplus);
    }
    if let Some(prefix) = prefix {
        if let Some(ip) = prefix.ip {
            key(out, "ip");
            hex(out, ip);
        }
        if let Some(number) = prefix.number {
            key(out, "number");
            uint(out, u64::from(number));
        }
        if let Some((ns, digits)) = prefix.since {
            key(out, "since_ns");
            uint(out, ns);
            key(out, "since_digits");
            uint(out, u64::from(digits));
        }
        if let Some(comm) = prefix.comm {
            key(out, "comm");
            string(out, comm);
        }
    }
    out.push(b'}');
}

/// An argument or field: its key, and the keys that must accompany it.
fn slot(out: &mut Vec<u8>, name: &str, shape: JsonShape, value: &Value) {
    match (shape, value) {
        (JsonShape::Strings | JsonShape::Counted(_), Value::Array(Array { tail: Tail::Counted { at, count }, .. })) => {
            key(out, name);
            null(out);
            key2(out, name, "_ptr");
            hex(out, *at);
            key2(out, name, "_count");
            uint(out, u64::from(*count));
        }
        (JsonShape::Int, Value::Int(n)) => {
            key(out, name);
            int(out, *n);
        }
        (JsonShape::Uint, Value::Uint(n)) => {
            key(out, name);
            uint(out, *n);
        }
        (JsonShape::Hex, Value::Hex(n)) | (JsonShape::Opaque, Value::Uint(n)) => {
            key(out, name);
            hex(out, *n);
        }
        (JsonShape::Fd, Value::Fd(fd)) => fd_slot(out, name, fd),
        (JsonShape::Const(table), Value::Const(c)) if c.table == table => {
            key(out, name);
            constant(out, table, c.raw);
        }
        (JsonShape::Flags(table), Value::Flags(f)) if f.table == table => {
            key(out, name);
            flags(out, *f);
        }
        (JsonShape::Open, Value::Const(c)) => open_const(out, name, "_set", c, &[]),
        (JsonShape::OpenGot, Value::Const(c)) => open_const(out, name, "_set", c, sets::GOT),
        (JsonShape::Open | JsonShape::OpenGot, Value::Uint(n)) => {
            key(out, name);
            out.push(b'"');
            uint(out, *n);
            out.push(b'"');
        }
        (JsonShape::Open | JsonShape::OpenGot, Value::Hex(n)) => {
            key(out, name);
            hex(out, *n);
        }
        (JsonShape::SockType, Value::SockType(ty)) => {
            key(out, name);
            constant(out, ty.kind.table, ty.kind.raw);
            key2(out, name, "_flags");
            flags(out, ty.flags);
        }
        (JsonShape::Bytes | JsonShape::Pointer, Value::Bytes(buffer)) => {
            key(out, name);
            bytes(out, buffer);
        }
        (JsonShape::Text, Value::Bytes(Bytes { data, truncated: false })) if std::str::from_utf8(data).is_ok() => {
            key(out, name);
            string(out, std::str::from_utf8(data).unwrap_or_default());
        }
        (JsonShape::SockAddr, Value::SockAddr(address)) => {
            key(out, name);
            sockaddr(out, address);
        }
        (JsonShape::Length, Value::Length(both)) | (JsonShape::Offset, Value::Offset(both)) => length(out, name, both),
        (JsonShape::MsgHdr, Value::MsgHdr(msg)) => {
            key(out, name);
            msghdr(out, msg);
        }
        (JsonShape::MmsgHdrs, Value::Array(array)) if all(array, |v| matches!(v, Value::MmsgHdr(_))) => {
            list(out, name, array, |out, item| {
                if let Value::MmsgHdr(msg) = item {
                    mmsghdr(out, msg);
                }
            });
        }
        (JsonShape::Cmsgs, Value::Array(array)) if all(array, |v| matches!(v, Value::Cmsg(_))) => {
            list(out, name, array, |out, item| {
                if let Value::Cmsg(control) = item {
                    cmsg(out, control);
                }
            });
        }
        (JsonShape::Fds, Value::Array(array)) if all(array, |v| matches!(v, Value::Fd(_))) => {
            fd_array(out, name, array)
        }
        (JsonShape::PollFds, Value::Array(array)) if all(array, |v| matches!(v, Value::PollFd(_))) => {
            list(out, name, array, |out, item| {
                if let Value::PollFd(entry) = item {
                    pollfd(out, entry);
                }
            });
        }
        (JsonShape::FdSet, Value::FdSet(set)) => {
            fd_list(out, name, "", set.entry.iter());
            if let Some(ready) = &set.exit {
                fd_list(out, name, "_ready", ready.iter());
            }
        }
        (JsonShape::Timeout(layout), Value::Timeout(timeout))
            if timeout.entry.layout == layout && timeout.left.as_ref().is_none_or(|left| left.layout == layout) =>
        {
            key(out, name);
            record(out, &timeout.entry);
            if let Some(left) = &timeout.left {
                key2(out, name, "_left");
                record(out, left);
            }
        }
        (JsonShape::SigSet, Value::SigSet(mask)) => {
            key(out, name);
            sigset(out, *mask);
        }
        (JsonShape::Record(layout), Value::Record(inner)) if inner.layout == layout => {
            key(out, name);
            record(out, inner);
        }
        (JsonShape::Records(layout) | JsonShape::Counted(layout), Value::Array(array))
            if all(array, |v| matches!(v, Value::Record(r) if r.layout == layout)) =>
        {
            list(out, name, array, |out, item| {
                if let Value::Record(inner) = item {
                    record(out, inner);
                }
            });
        }
        (JsonShape::Port, Value::Port(port)) => {
            key(out, name);
            uint(out, u64::from(*port));
        }
        (JsonShape::Be32, Value::Be32(n)) => {
            key(out, name);
            uint(out, u64::from(*n));
        }
        (JsonShape::Ipv4, Value::Ipv4(ip)) => {
            key(out, name);
            plain(out, ip);
        }
        (JsonShape::Ipv6, Value::Ipv6(ip)) => {
            key(out, name);
            plain(out, ip);
        }
        (JsonShape::Interface, Value::Interface { index, name: known }) => {
            key(out, name);
            uint(out, u64::from(*index));
            if let Some(known) = known {
                key2(out, name, "_name");
                string(out, known);
            }
        }
        (JsonShape::Octets, Value::Octets(data)) => {
            key(out, name);
            octets(out, data);
        }
        (JsonShape::Mac, Value::Octets(data)) => {
            key(out, name);
            out.extend_from_slice(b"{\"mac\":");
            octets(out, data);
            out.extend_from_slice(b",\"direct\":true}");
        }
        (JsonShape::Padding, Value::Octets(data)) => {
            key(out, name);
            out.extend_from_slice(b"{\"cut\":");
            octets(out, data);
            out.push(b'}');
        }
        (JsonShape::Signal, Value::Signal(number)) => {
            key(out, name);
            sets::push_signal(out, *number);
        }
        (JsonShape::RefInt, Value::Ref(inner)) if matches!(**inner, Value::Int(_)) => {
            key(out, name);
            int(out, inner.as_int().unwrap_or(0));
        }
        (JsonShape::RefHex, Value::Ref(inner)) if matches!(**inner, Value::Pointer(_)) => {
            key(out, name);
            hex(out, inner.register().unwrap_or(0));
        }
        (JsonShape::Ints, Value::Array(array)) if all(array, |v| matches!(v, Value::Int(_))) => {
            list(out, name, array, |out, item| int(out, item.as_int().unwrap_or(0)));
        }
        (JsonShape::Strings, Value::Array(array)) if all(array, |v| matches!(v, Value::Bytes(_))) => {
            list(out, name, array, |out, item| {
                if let Value::Bytes(string) = item {
                    bytes(out, string);
                }
            });
        }
        (JsonShape::Forms(forms), Value::Record(inner)) if forms.contains(&inner.layout) => {
            key(out, name);
            record(out, inner);
        }
        (JsonShape::Changed(layout, _), Value::Record(inner)) if inner.layout == layout => {
            key(out, name);
            record(out, inner);
        }
        (JsonShape::Changed(layout, forms), Value::Array(both)) if is_change(both, layout, forms) => {
            for (suffix, item) in ["", "_after"].iter().zip(&both.items) {
                if let Value::Record(inner) = item {
                    key2(out, name, suffix);
                    record(out, inner);
                }
            }
        }
        (_, Value::Pointer(address)) => {
            key(out, name);
            null(out);
            if *address != 0 {
                key2(out, name, "_ptr");
                hex(out, *address);
            }
        }
        (JsonShape::Tagged, value) => {
            key(out, name);
            tagged(out, value);
        }
        (_, value) => {
            key(out, name);
            null(out);
            key2(out, name, "_other");
            tagged(out, value);
        }
    }
}

/// Whether a list is a structure of this layout, and what the kernel made of it.
fn is_change(both: &Array, before: &Layout, after: &[&Layout]) -> bool {
    both.tail == Tail::End
        && matches!(&both.items[..], [Value::Record(one), Value::Record(other)]
            if one.layout == before && after.contains(&other.layout))
}

fn all(array: &Array, kind: impl Fn(&Value) -> bool) -> bool {
    array.items.iter().all(kind)
}

/// A list and how it ends.
fn list(out: &mut Vec<u8>, name: &str, list: &Array, item: impl Fn(&mut Vec<u8>, &Value)) {
    key(out, name);
    array(out, &list.items, item);
    match list.tail {
        Tail::End => {}
        Tail::Elided => {
            key2(out, name, "_elided");
            boolean(out, true);
        }
        Tail::Fault(address) => {
            key2(out, name, "_fault");
            hex(out, address);
        }
        Tail::Counted { at, count } => {
            key2(out, name, "_ptr");
            hex(out, at);
            key2(out, name, "_count");
            uint(out, u64::from(count));
        }
    }
}

fn fd_array(out: &mut Vec<u8>, name: &str, array: &Array) {
    list(out, name, array, |out, item| {
        if let Value::Fd(fd) = item {
            int(out, i64::from(fd.raw));
        }
    });
    targets(out, name, "", array.items.iter().filter_map(|v| if let Value::Fd(fd) = v { Some(fd) } else { None }));
}

fn fd_list<'a>(out: &mut Vec<u8>, name: &str, suffix: &str, fds: impl Iterator<Item = &'a Fd> + Clone) {
    key2(out, name, suffix);
    array(out, fds.clone(), |out, fd| int(out, i64::from(fd.raw)));
    targets(out, name, suffix, fds);
}

/// What the descriptors of a list refer to, where that is known for any.
fn targets<'a>(out: &mut Vec<u8>, name: &str, suffix: &str, fds: impl Iterator<Item = &'a Fd> + Clone) {
    if fds.clone().all(|fd| fd.target.is_none()) {
        return;
    }
    key3(out, name, suffix, "_target");
    array(out, fds, |out, fd| match &fd.target {
        Some(target) => string(out, &target::plain(target)),
        None => null(out),
    });
}

fn fd_slot(out: &mut Vec<u8>, name: &str, fd: &Fd) {
    key(out, name);
    int(out, i64::from(fd.raw));
    if let Some(target) = &fd.target {
        key2(out, name, "_target");
        string(out, &target::plain(target));
    }
}

fn length(out: &mut Vec<u8>, name: &str, both: &Length) {
    key(out, name);
    int(out, both.after());
    key2(out, name, "_in");
    int(out, both.entry);
}

/// A constant's name, or its number in hex.
pub(super) fn constant(out: &mut Vec<u8>, table: &'static Xlat, raw: u64) {
    match table.name(raw) {
        Some(name) => quoted(out, name),
        None => hex(out, raw),
    }
}

/// A constant of a set that its key does not determine; the set is named where the name alone is ambiguous.
fn open_const(out: &mut Vec<u8>, name: &str, set_suffix: &str, c: &Const, first: &[&'static Xlat]) {
    key(out, name);
    constant(out, c.table, c.raw);
    if c.name().is_none_or(|name| sets::of_member(name, first) != Some(c.table)) {
        open_set(out, name, set_suffix, c.table);
    }
}

fn open_flags(out: &mut Vec<u8>, f: &Flags) {
    key(out, "flags");
    flags(out, *f);
    open_set(out, "flags", "set", f.table);
}

/// The set a constant belongs to: a key of its own in a tagged value, elsewhere one derived from the constant's key.
fn open_set(out: &mut Vec<u8>, name: &str, suffix: &str, table: &'static Xlat) {
    if suffix.starts_with('_') {
        key2(out, name, suffix);
    } else {
        key(out, suffix);
    }
    string(out, &sets::label(table));
}

/// The names of the bits that are set, bits without a name last and in hex.
fn flags(out: &mut Vec<u8>, flags: Flags) {
    out.push(b'[');
    if flags.raw != 0 {
        let (names, rest) = flags.table.split(flags.raw);
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            quoted(out, name);
        }
        if rest != 0 {
            if !names.is_empty() {
                out.push(b',');
            }
            let mut number = String::new();
            let _ = flags.table.write_number(rest, &mut number);
            quoted(out, &number);
        }
    }
    out.push(b']');
}
