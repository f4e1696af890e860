//! Values into bytes, written directly without a tree in between, since recording takes the traced program's time.

use super::sets;
use super::shape::JsonShape;
use crate::text::target;
use crate::value::{Array, Bytes, Const, Fd, Flags, Layout, Length, Tail, Value};
use crate::xlat::Xlat;

mod event;
mod structure;
mod tag;
mod token;

#[cfg(feature = "tables")]
pub(super) use event::beside;
use event::signal_key;
pub(super) use event::{args, event};
pub(super) use structure::sockaddr;
use structure::{bytes, cmsg, mmsghdr, msghdr, pollfd, record, sigset};
use tag::tagged;
pub(super) use token::{array, boolean, hex, int, key, null, plain, quoted, string, uint};
use token::{key2, key3, octets};

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
