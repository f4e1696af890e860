//! Values that have parts: addresses, messages, structures, buffers.

use super::token::{array, base64, boolean, int, key, key2, null, octets, plain, string, uint};
use super::{JsonShape, constant, fd_slot, flags, length, open_const, sets, slot, tagged};
use crate::json::shape::IOVECS;
use crate::value::{Bytes, Cmsg, MmsgHdr, MsgHdr, NlAttr, NlMsg, PollFd, Record, SockAddr, UnixName};
use crate::xlat::socket::ADDRESS_FAMILY;

/// `{"text":…}` for UTF-8, else `{"base64":…}`; with `truncated`.
pub(super) fn bytes(out: &mut Vec<u8>, buffer: &Bytes) {
    out.push(b'{');
    match std::str::from_utf8(&buffer.data) {
        Ok(text) => {
            key(out, "text");
            string(out, text);
        }
        Err(_) => {
            key(out, "base64");
            base64(out, &buffer.data);
        }
    }
    key(out, "truncated");
    boolean(out, buffer.truncated);
    out.push(b'}');
}

pub(in crate::json) fn sockaddr(out: &mut Vec<u8>, address: &SockAddr) {
    out.push(b'{');
    key(out, "family");
    constant(out, &ADDRESS_FAMILY, u64::from(address.family()));
    match address {
        SockAddr::Inet { port, ip } => {
            key(out, "ip");
            plain(out, ip);
            key(out, "port");
            uint(out, u64::from(*port));
        }
        SockAddr::Inet6 { port, flowinfo, ip, scope } => {
            key(out, "ip");
            plain(out, ip);
            key(out, "port");
            uint(out, u64::from(*port));
            key(out, "flowinfo");
            uint(out, u64::from(*flowinfo));
            if let Some(scope) = scope {
                key(out, "scope_id");
                uint(out, u64::from(scope.id()));
                if let Some(name) = scope.name() {
                    key(out, "scope_name");
                    string(out, name);
                }
            }
        }
        SockAddr::Unix(UnixName::Unnamed) => {}
        SockAddr::Unix(UnixName::Path(path)) => unix_name(out, "path", path),
        SockAddr::Unix(UnixName::Abstract(name)) => unix_name(out, "abstract", name),
        SockAddr::Family { record: inner, .. } => {
            key(out, inner.layout.name);
            record(out, inner);
        }
        SockAddr::Raw { data, .. } => {
            key(out, "sa_data");
            octets(out, data);
        }
    }
    out.push(b'}');
}

/// A path or an abstract name: bytes that are nearly always UTF-8.
pub(super) fn unix_name(out: &mut Vec<u8>, name: &str, data: &[u8]) {
    match std::str::from_utf8(data) {
        Ok(text) => {
            key(out, name);
            string(out, text);
        }
        Err(_) => {
            key2(out, name, "_base64");
            base64(out, data);
        }
    }
}

pub(super) fn record(out: &mut Vec<u8>, inner: &Record) {
    out.push(b'{');
    for (field, value) in inner.layout.fields.iter().zip(&inner.fields) {
        slot(out, field.name, JsonShape::of_field(inner.layout, field), value);
    }
    if let Some(cut) = &inner.cut {
        key(out, "cut");
        octets(out, cut);
    }
    out.push(b'}');
}

pub(super) fn msghdr(out: &mut Vec<u8>, msg: &MsgHdr) {
    out.push(b'{');
    slot(out, "msg_name", JsonShape::SockAddr, &msg.name);
    length(out, "msg_namelen", &msg.namelen);
    slot(out, "msg_iov", IOVECS, &msg.iov);
    key(out, "msg_iovlen");
    uint(out, msg.iovlen);
    if let Some(control) = &msg.control {
        slot(out, "msg_control", JsonShape::Cmsgs, control);
    }
    key(out, "msg_controllen");
    uint(out, msg.controllen);
    key(out, "msg_flags");
    flags(out, msg.flags);
    out.push(b'}');
}

pub(super) fn mmsghdr(out: &mut Vec<u8>, msg: &MmsgHdr) {
    out.push(b'{');
    key(out, "msg_hdr");
    msghdr(out, &msg.hdr);
    key(out, "msg_len");
    match msg.len {
        Some(len) => uint(out, u64::from(len)),
        None => null(out),
    }
    out.push(b'}');
}

pub(super) fn cmsg(out: &mut Vec<u8>, control: &Cmsg) {
    out.push(b'{');
    key(out, "cmsg_len");
    uint(out, control.len);
    open_const(out, "cmsg_level", "_set", &control.level, &[]);
    open_const(out, "cmsg_type", "_set", &control.kind, sets::CONTROL);
    key(out, "cmsg_data");
    match &control.data {
        Some(data) => tagged(out, data),
        None => null(out),
    }
    out.push(b'}');
}

pub(super) fn nlmsg(out: &mut Vec<u8>, message: &NlMsg) {
    out.push(b'{');
    key(out, "nlmsg_len");
    uint(out, message.len.into());
    open_const(out, "nlmsg_type", "_set", &message.kind, &[]);
    key(out, "nlmsg_flags");
    flags(out, message.flags);
    key(out, "nlmsg_seq");
    uint(out, message.seq.into());
    key(out, "nlmsg_pid");
    int(out, message.pid.into());
    key(out, "payload");
    array(out, &message.payload, tagged);
    out.push(b'}');
}

pub(super) fn nlattr(out: &mut Vec<u8>, attribute: &NlAttr) {
    out.push(b'{');
    key(out, "nla_len");
    uint(out, attribute.len.into());
    open_const(out, "nla_type", "_set", &attribute.kind, &[]);
    key(out, "nla_flags");
    flags(out, attribute.flags);
    key(out, "nla_value");
    match &attribute.value {
        Some(value) => tagged(out, value),
        None => null(out),
    }
    out.push(b'}');
}

fn events(out: &mut Vec<u8>, events: Option<u16>) {
    match events {
        Some(events) => flags(out, PollFd::named(events)),
        None => null(out),
    }
}

pub(super) fn pollfd(out: &mut Vec<u8>, entry: &PollFd) {
    out.push(b'{');
    fd_slot(out, "fd", &entry.fd);
    key(out, "events");
    events(out, entry.events);
    key(out, "revents");
    events(out, entry.revents);
    out.push(b'}');
}

pub(super) fn sigset(out: &mut Vec<u8>, mask: u64) {
    let signals = (1..=64).filter(|number| mask & (1 << (number - 1)) != 0);
    array(out, signals, sets::push_signal);
}
