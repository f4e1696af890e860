//! Tagged values: objects whose key names what they hold.

use super::structure::{bytes, cmsg, mmsghdr, nlattr, nlmsg, pollfd, record};
use super::token::{boolean, hex, int, key, octets, string, uint};
use super::{all, fd_array, fd_slot, list, open_const, open_flags, signal_key, slot};
use crate::json::sets;
use crate::json::shape::JsonShape;
use crate::value::{Array, Record, Value};

/// A value whose kind its key does not determine: an object that names the kind.
///
/// Numbers and names are assumed to lie behind the pointer that was passed; one that is the argument itself has
/// `"direct":true`.
pub(super) fn tagged(out: &mut Vec<u8>, value: &Value) {
    out.push(b'{');
    match value {
        Value::Ref(inner) if crate::json::is_scalar(inner) => tag(out, inner),
        _ => {
            tag(out, value);
            if crate::json::is_scalar(value) {
                key(out, "direct");
                boolean(out, true);
            }
        }
    }
    out.push(b'}');
}

/// The keys of a [`tagged`] value.
pub(super) fn tag(out: &mut Vec<u8>, value: &Value) {
    let mut number = |name, n| {
        key(out, name);
        uint(out, n);
    };
    match value {
        Value::Uint(n) => number("uint", *n),
        Value::Port(port) => number("port", u64::from(*port)),
        Value::Be32(n) => number("be32", u64::from(*n)),
        Value::Int(n) => {
            key(out, "int");
            int(out, *n);
        }
        Value::Hex(n) => {
            key(out, "hex");
            hex(out, *n);
        }
        Value::Pointer(address) => {
            key(out, "ptr");
            hex(out, *address);
        }
        Value::Fd(fd) => fd_slot(out, "fd", fd),
        Value::Const(c) => open_const(out, "const", "set", c, &[]),
        Value::Flags(f) => open_flags(out, f),
        Value::SockType(_) => slot(out, "type", JsonShape::SockType, value),
        Value::Bytes(_) => slot(out, "bytes", JsonShape::Bytes, value),
        Value::SockAddr(_) => slot(out, "address", JsonShape::SockAddr, value),
        Value::Length(_) => slot(out, "length", JsonShape::Length, value),
        Value::Offset(_) => slot(out, "offset", JsonShape::Offset, value),
        Value::Ref(inner) => {
            key(out, "ref");
            tagged(out, inner);
        }
        Value::Array(array) => tagged_array(out, array),
        Value::Record(inner) => {
            key(out, inner.layout.name);
            record(out, inner);
        }
        Value::MsgHdr(_) => slot(out, "message", JsonShape::MsgHdr, value),
        Value::MmsgHdr(msg) => {
            key(out, "mmsghdr");
            mmsghdr(out, msg);
        }
        Value::Cmsg(control) => {
            key(out, "cmsg");
            cmsg(out, control);
        }
        Value::PollFd(entry) => {
            key(out, "pollfd");
            pollfd(out, entry);
        }
        Value::FdSet(_) => slot(out, "fd_set", JsonShape::FdSet, value),
        Value::Timeout(timeout) => {
            key(out, "time");
            tagged_record(out, &timeout.entry);
            if let Some(left) = &timeout.left {
                key(out, "time_left");
                tagged_record(out, left);
            }
        }
        Value::SigSet(_) => slot(out, "sigset", JsonShape::SigSet, value),
        Value::Ipv4(_) => slot(out, "ipv4", JsonShape::Ipv4, value),
        Value::Ipv6(_) => slot(out, "ipv6", JsonShape::Ipv6, value),
        Value::Interface { .. } => slot(out, "interface", JsonShape::Interface, value),
        Value::Octets(_) => slot(out, "octets", JsonShape::Octets, value),
        Value::Be16(c) => open_const(out, "be16", "set", c, &[]),
        Value::Signal(number) => signal_key(out, *number),
        Value::Cut(data) => {
            key(out, "cut");
            octets(out, data);
        }
        Value::Short => {
            key(out, "short");
            boolean(out, true);
        }
        Value::Bits(bits) => {
            key(out, "bits");
            hex(out, bits.raw);
            key(out, "set");
            string(out, &sets::label(bits.table));
        }
        Value::Opaque(data) => {
            key(out, "opaque");
            bytes(out, data);
        }
        Value::NlMsg(message) => {
            key(out, "nlmsg");
            nlmsg(out, message);
        }
        Value::NlAttr(attribute) => {
            key(out, "nla");
            nlattr(out, attribute);
        }
        Value::Row(row) => list(out, "row", row, tagged),
        Value::Verbatim(text) => {
            key(out, "verbatim");
            string(out, text);
        }
    }
}

/// An array of anything; descriptors and numbers, the usual elements, have keys of their own.
pub(super) fn tagged_array(out: &mut Vec<u8>, array: &Array) {
    if array.items.is_empty() {
        list(out, "array", array, tagged);
    } else if all(array, |v| matches!(v, Value::Fd(_))) {
        fd_array(out, "fds", array);
    } else if all(array, |v| matches!(v, Value::Int(_))) {
        list(out, "ints", array, |out, item| {
            if let Value::Int(n) = item {
                int(out, *n);
            }
        });
    } else {
        list(out, "array", array, tagged);
    }
}

/// A structure in an object that names it.
pub(super) fn tagged_record(out: &mut Vec<u8>, inner: &Record) {
    out.push(b'{');
    key(out, inner.layout.name);
    record(out, inner);
    out.push(b'}');
}
