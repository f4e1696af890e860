//! Socket addresses.

use std::fmt::Write;

use super::quote::quoted;
use super::{HexStrings, Style, constant, push_uint, record};
use crate::value::{Const, Scope, SockAddr, UnixName};
use crate::xlat::socket::ADDRESS_FAMILY;

/// `{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}`.
pub(super) fn write(address: &SockAddr, style: &Style, out: &mut String) {
    out.push_str("{sa_family=");
    constant::write(Const { table: &ADDRESS_FAMILY, raw: u64::from(address.family()) }, style, out);
    match address {
        SockAddr::Inet { port, ip } => {
            let _ = write!(out, ", sin_port=htons({port}), sin_addr=inet_addr(\"{ip}\")");
        }
        SockAddr::Inet6 { port, flowinfo, ip, scope } => {
            let _ = write!(out, ", sin6_port=htons({port}), sin6_flowinfo=htonl({flowinfo}), ");
            let _ = write!(out, "inet_pton(AF_INET6, \"{ip}\", &sin6_addr)");
            if let Some(Scope { id, name }) = scope {
                out.push_str(", sin6_scope_id=");
                interface(*id, name.as_deref(), out);
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
            quoted(data, HexStrings::Never, out);
        }
    }
    out.push('}');
}

/// An interface: `if_nametoindex("lo")`, or its number.
pub(super) fn interface(index: u32, name: Option<&str>, out: &mut String) {
    match name {
        Some(name) => {
            let _ = write!(out, "if_nametoindex(\"{name}\")");
        }
        None => push_uint(u64::from(index), out),
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
