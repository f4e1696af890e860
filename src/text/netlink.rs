//! Netlink messages and their attributes.

use std::fmt::Write;

use super::quote::quoted;
use super::{ConstStyle, StringStyle, Style, address, constant, push_hex, push_int, push_uint, write_value};
use crate::value::netlink::NLMSGHDR;
use crate::value::{Array, Bytes, Const, Flags, NlAttr, NlMsg, Record, Tail, Value};
use crate::xlat::errno::ERRNO;
use crate::xlat::netlink::diag::SHUTDOWN;

/// Bytes in hex.
pub(super) fn opaque(bytes: &Bytes, out: &mut String) {
    quoted(&bytes.data, StringStyle::Hex, out);
    out.push_str(if bytes.truncated { "..." } else { "" });
}

/// Messages or attributes: `[a, b]`, or only `a`.
pub(super) fn row(row: &Array, style: &Style, out: &mut String) {
    let alone = row.items.len() == 1 && row.tail == Tail::End;
    out.push_str(if alone { "" } else { "[" });
    for (at, item) in row.items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write_value(item, style, out);
    }
    match row.tail {
        Tail::End | Tail::Counted { .. } => {}
        Tail::Elided => out.push_str(if row.items.is_empty() { "..." } else { ", ..." }),
        Tail::Fault(address) => {
            let _ = write!(out, "{}... /* {address:#x} */", if row.items.is_empty() { "" } else { ", " });
        }
    }
    out.push_str(if alone { "" } else { "]" });
}

/// `{nlmsg_len=20, nlmsg_type=RTM_GETLINK, …}`, or `[{nlmsg_len=…}, {ifi_family=…}]`.
pub(super) fn message(message: &NlMsg, style: &Style, out: &mut String) {
    out.push_str(if message.payload.is_empty() { "" } else { "[" });
    let numbers = [message.len.into(), 0, 0, message.seq.into(), i64::from(message.pid)];
    for (at, (field, number)) in NLMSGHDR.fields.iter().zip(numbers).enumerate() {
        out.push_str(if at > 0 { ", " } else { "{" });
        out.push_str(field.name);
        out.push('=');
        match at {
            1 => constant::write(message.kind, style, out),
            2 => constant::flags(message.flags, style, out),
            _ => push_int(number, out),
        }
    }
    out.push('}');
    for part in &message.payload {
        out.push_str(", ");
        write_value(part, style, out);
    }
    out.push_str(if message.payload.is_empty() { "" } else { "]" });
}

/// `{nla_len=4, nla_type=IFLA_IFNAME}`, or `[{nla_len=7, nla_type=IFLA_IFNAME}, "lo"]`.
pub(super) fn attribute(attribute: &NlAttr, style: &Style, out: &mut String) {
    let _ = write!(out, "{}{{nla_len={}, nla_type=", if attribute.value.is_some() { "[" } else { "" }, attribute.len);
    for (_, bit) in attribute.flags.table.iter().filter(|(_, bit)| attribute.flags.raw & bit != 0) {
        constant::flags(Flags { raw: bit, ..attribute.flags }, style, out);
        out.push('|');
    }
    constant::write(attribute.kind, style, out);
    out.push('}');
    if let Some(value) = &attribute.value {
        out.push_str(", ");
        match value {
            Value::Octets(octets) => address::mac(octets, octets.len(), style, out),
            Value::Port(port) => {
                let _ = write!(out, "htons({port})");
            }
            Value::Flags(flags) if flags.table == &SHUTDOWN => noted(*flags, style, out),
            value => write_value(value, style, out),
        }
        out.push(']');
    }
}

/// `[DEVCONF_MTU6]=1500`.
pub(super) fn indexed(record: &Record, style: &Style, out: &mut String) {
    let [Value::Const(index), number] = &record.fields[..] else { return };
    out.push('[');
    which(*index, style, out);
    out.push_str("]=");
    write_value(number, style, out);
}

/// The name of a number; those of IPv4 count from 1.
fn which(index: Const, style: &Style, out: &mut String) {
    let from_one = index.table.unknown.starts_with("IPV4");
    let named = Const { raw: index.raw + u64::from(from_one), ..index };
    match (named.name(), style.names) {
        (Some(name), ConstStyle::Abbrev) => {
            out.push_str(name);
            out.push_str(if from_one { "-1" } else { "" });
        }
        (_, ConstStyle::Raw) => push_uint(index.raw, out),
        (name, _) => {
            let less = if from_one && name.is_some() { "-1" } else { "" };
            let _ = write!(out, "{} /* {}{less} */", index.raw, name.unwrap_or(index.table.unknown));
        }
    }
}

/// `-ENOENT`, `0`.
pub(super) fn failure(error: i64, style: &Style, out: &mut String) {
    let name = ERRNO.name(error.unsigned_abs()).filter(|_| error < 0);
    match (name, style.names) {
        (Some(name), ConstStyle::Abbrev) => out.extend(["-", name]),
        (Some(name), ConstStyle::Verbose) => {
            let _ = write!(out, "{error} /* -{name} */");
        }
        _ => push_int(error, out),
    }
}

/// `1<<TCP_LISTEN|1<<TCP_CLOSING`, `1<<(INET_DIAG_INFO-1)`, and bits without a name.
pub(super) fn shifted(flags: Flags, style: &Style, out: &mut String) {
    if style.names != ConstStyle::Abbrev || flags.raw == 0 {
        push_hex(flags.raw, out);
    }
    if style.names == ConstStyle::Raw || flags.raw == 0 {
        return;
    }
    let (names, rest) = flags.table.split(flags.raw);
    let comment = style.names == ConstStyle::Verbose;
    out.push_str(if comment { " /* " } else { "" });
    for (at, name) in names.iter().enumerate() {
        let bar = if at > 0 { "|" } else { "" };
        let _ = match flags.table.unknown.starts_with("1<<TCP") {
            true => write!(out, "{bar}1<<{name}"),
            false => write!(out, "{bar}1<<({name}-1)"),
        };
    }
    match (names.is_empty(), rest) {
        (false, 0) => {}
        (false, rest) => {
            let _ = write!(out, "|{rest:#x}");
        }
        (true, _) if comment => out.push_str(flags.table.unknown),
        (true, rest) => {
            let _ = write!(out, "{rest:#x} /* {} */", flags.table.unknown);
        }
    }
    out.push_str(if comment { " */" } else { "" });
}

/// `0x1 /* RCV_SHUTDOWN */`.
fn noted(flags: Flags, style: &Style, out: &mut String) {
    let names = if style.names == ConstStyle::Raw { ConstStyle::Raw } else { ConstStyle::Verbose };
    constant::flags(flags, &Style { names, ..*style }, out);
}
