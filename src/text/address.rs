//! Socket addresses.

use std::fmt::Write;

use super::quote::quoted;
use super::{ConstStyle, HexStrings, Style, constant, push_uint, record};
use crate::value::{Const, Scope, SockAddr, UnixName};
use crate::xlat::socket::ADDRESS_FAMILY;

/// `{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}`.
pub(super) fn write(address: &SockAddr, style: &Style, out: &mut String) {
    out.push_str("{sa_family=");
    constant::write(Const { table: &ADDRESS_FAMILY, raw: u64::from(address.family()) }, style, out);
    match address {
        SockAddr::Inet { port, ip } => {
            out.push_str(", sin_port=");
            self::port(*port, style, out);
            out.push_str(", sin_addr=");
            ipv4(*ip, style, out);
        }
        SockAddr::Inet6 { port, flowinfo, ip, scope } => {
            out.push_str(", sin6_port=");
            self::port(*port, style, out);
            out.push_str(", sin6_flowinfo=");
            be32(*flowinfo, style, out);
            out.push_str(", ");
            ipv6("sin6_addr", *ip, style, out);
            if let Some(Scope { id, name }) = scope {
                out.push_str(", sin6_scope_id=");
                interface(*id, name.as_deref(), style, out);
            }
        }
        SockAddr::Unix(UnixName::Unnamed) => {}
        SockAddr::Unix(UnixName::Path(path)) => {
            out.push_str(", sun_path=");
            quoted(path, style.hex, out);
        }
        SockAddr::Unix(UnixName::Abstract(name)) => {
            out.push_str(", sun_path=@");
            quoted(name, style.hex, out);
        }
        SockAddr::Family { record, .. } => {
            out.push_str(", ");
            record::fields(record, style, out);
        }
        SockAddr::Raw { data, .. } if data.is_empty() => {}
        SockAddr::Raw { data, .. } => {
            out.push_str(", sa_data=");
            quoted(data, style.hex, out);
        }
    }
    out.push('}');
}

/// What travels in network order: spelled out, as its bytes (`-X raw`), or both (`-X verbose`).
fn network(bytes: &[u8], style: &Style, out: &mut String, spell: impl FnOnce(&mut String)) {
    match style.names {
        ConstStyle::Abbrev => spell(out),
        ConstStyle::Raw => quoted(bytes, HexStrings::Always, out),
        ConstStyle::Verbose => {
            quoted(bytes, HexStrings::Always, out);
            out.push_str(" /* ");
            spell(out);
            out.push_str(" */");
        }
    }
}

/// `htons(80)`.
pub(super) fn port(port: u16, style: &Style, out: &mut String) {
    network(&port.to_be_bytes(), style, out, |out| {
        let _ = write!(out, "htons({port})");
    });
}

/// `htonl(80)`.
pub(super) fn be32(n: u32, style: &Style, out: &mut String) {
    network(&n.to_be_bytes(), style, out, |out| {
        let _ = write!(out, "htonl({n})");
    });
}

/// `inet_addr("127.0.0.1")`.
pub(super) fn ipv4(ip: std::net::Ipv4Addr, style: &Style, out: &mut String) {
    network(&ip.octets(), style, out, |out| text_in("inet_addr(", &ip, style, out));
}

/// `inet_pton(AF_INET6, "::1", &sin6_addr)`, where the field's name stands inside.
pub(super) fn ipv6(field: &str, ip: std::net::Ipv6Addr, style: &Style, out: &mut String) {
    if style.names != ConstStyle::Abbrev {
        out.push_str(field);
        out.push('=');
    }
    network(&ip.octets(), style, out, |out| {
        text_in("inet_pton(AF_INET6, ", &ip, style, out);
        if style.names == ConstStyle::Abbrev {
            out.truncate(out.len() - 1);
            let _ = write!(out, ", &{field})");
        }
    });
}

/// `function("text")`, the text quoted as strings are.
fn text_in(function: &str, text: &dyn std::fmt::Display, style: &Style, out: &mut String) {
    out.push_str(function);
    if style.hex == HexStrings::Always {
        quoted(text.to_string().as_bytes(), style.hex, out);
    } else {
        let _ = write!(out, "\"{text}\"");
    }
    out.push(')');
}

/// An interface: `if_nametoindex("lo")`, or its number.
pub(super) fn interface(index: u32, name: Option<&str>, style: &Style, out: &mut String) {
    match (name, style.names) {
        (Some(name), ConstStyle::Abbrev) => text_in("if_nametoindex(", &name, style, out),
        (Some(name), ConstStyle::Verbose) => {
            push_uint(u64::from(index), out);
            out.push_str(" /* ");
            text_in("if_nametoindex(", &name, style, out);
            out.push_str(" */");
        }
        _ => push_uint(u64::from(index), out),
    }
}

/// `[0x61, 0x62]`; a zero is `00`.
pub(super) fn octets(bytes: &[u8], out: &mut String) {
    out.push('[');
    for (at, b) in bytes.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        octet(*b, out);
    }
    out.push(']');
}

fn octet(b: u8, out: &mut String) {
    if b == 0 {
        out.push_str("00");
    } else {
        let _ = write!(out, "{b:#x}");
    }
}

/// `09:0a:0b`.
pub(super) fn mac(bytes: &[u8], out: &mut String) {
    for (at, b) in bytes.iter().enumerate() {
        if at > 0 {
            out.push(':');
        }
        let _ = write!(out, "{b:02x}");
    }
}
