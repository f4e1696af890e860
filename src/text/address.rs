//! Socket addresses.

use std::fmt::Write;

use super::quote::quoted;
use super::{ConstStyle, StringStyle, Style, constant, push_uint, record};
use crate::value::{Const, Record, SockAddr, UnixName, Value};
use crate::xlat::socket::ADDRESS_FAMILY;

/// `{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}`.
pub(super) fn write(address: &SockAddr, style: &Style, out: &mut String) {
    out.push('{');
    family("sa_", address, style, out);
    match address {
        SockAddr::Inet { .. } | SockAddr::Inet6 { .. } => internet(address, style, out),
        SockAddr::Unix(UnixName::Unnamed) => {}
        SockAddr::Unix(UnixName::Path(path)) => {
            out.push_str(", sun_path=");
            quoted(path, style.strings, out);
        }
        SockAddr::Unix(UnixName::Abstract(name)) => {
            out.push_str(", sun_path=@");
            quoted(name, style.strings, out);
        }
        SockAddr::Family { record, .. } => {
            out.push_str(", ");
            record::fields(record, style, out);
        }
        SockAddr::Raw { data, .. } if data.is_empty() => {}
        SockAddr::Raw { data, .. } => {
            out.push_str(", sa_data=");
            quoted(data, style.strings, out);
        }
    }
    out.push('}');
}

/// `sa_family=AF_INET`; the prefix depends on the structure.
fn family(prefix: &str, address: &SockAddr, style: &Style, out: &mut String) {
    out.push_str(prefix);
    out.push_str("family=");
    constant::write(Const { table: &ADDRESS_FAMILY, raw: u64::from(address.family()) }, style, out);
}

/// What follows the family of an IP address.
fn internet(address: &SockAddr, style: &Style, out: &mut String) {
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
            if let Some(scope) = scope {
                out.push_str(", sin6_scope_id=");
                interface(scope.id(), scope.name(), style, out);
            }
        }
        _ => {}
    }
}

/// The address within an RXRPC address, a union: `{sin={sin_family=AF_INET, …}}`, `{family=AF_UNIX, "…"}`.
pub(super) fn transport(address: &SockAddr, style: &Style, out: &mut String) {
    let prefix = match i32::from(address.family()) {
        libc::AF_INET => "sin_",
        libc::AF_INET6 => "sin6_",
        _ => "",
    };
    out.push('{');
    if !prefix.is_empty() {
        out.push_str(prefix.trim_end_matches('_'));
        out.push_str("={");
    }
    family(prefix, address, style, out);
    match address {
        SockAddr::Raw { data, .. } if !data.is_empty() => {
            out.push_str(", ");
            quoted(data, style.strings, out);
        }
        _ => internet(address, style, out),
    }
    out.push_str(if prefix.is_empty() { "}" } else { "}}" });
}

/// An AX.25 call sign: `VE3XYZ-1`; where the bytes are not a valid encoding of one, the bytes, with the nearest call
/// sign in a comment.
pub(super) fn callsign(record: &Record, style: &Style, out: &mut String) {
    let Some(Value::Octets(octets)) = record.fields.first() else { return out.push_str("{}") };
    let (text, sent_so) = spell_callsign(octets);
    match text {
        Some(text) if sent_so && style.names == ConstStyle::Abbrev => out.push_str(&text),
        text => {
            out.push_str("{ax25_call=");
            quoted(octets, StringStyle::Hex, out);
            out.push('}');
            if let Some(text) = text.filter(|_| !sent_so || style.names == ConstStyle::Verbose) {
                let _ = write!(out, " /* {text} */");
            }
        }
    }
}

/// Decodes a call sign, whose letters and station number are shifted by one bit. Also returns whether encoding the text
/// again would give the same bytes.
fn spell_callsign(octets: &[u8]) -> (Option<String>, bool) {
    let Some((&number, letters)) = octets.split_last() else { return (None, false) };
    let printable = |b: &u8| b & 1 == 0 && matches!(b >> 1, b' '..=b'~');
    if !letters.iter().all(printable) {
        return (None, false);
    }
    let letters: String = letters.iter().map(|b| char::from(b >> 1)).collect();
    let name = letters.trim_end_matches(' ');
    if name.is_empty() && number == 0 {
        return (Some("*".into()), true);
    }
    if name.contains("*/") {
        return (None, false);
    }
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (Some(format!("{name}-{}", number >> 1 & 0xf)), plain && number & !0x1e == 0)
}

/// A value in network byte order: decoded, as its bytes (`-X raw`), or both (`-X verbose`).
fn network(bytes: &[u8], style: &Style, out: &mut String, spell: impl FnOnce(&mut String)) {
    match style.names {
        ConstStyle::Abbrev => spell(out),
        ConstStyle::Raw => quoted(bytes, StringStyle::Hex, out),
        ConstStyle::Verbose => {
            quoted(bytes, StringStyle::Hex, out);
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

/// `htons(ETH_P_IP)`.
pub(super) fn be16(c: Const, style: &Style, out: &mut String) {
    network(&(c.raw as u16).to_be_bytes(), style, out, |out| {
        // By name in either style: where the number is already written, this goes into the comment.
        out.push_str("htons(");
        constant::write(c, &Style { names: ConstStyle::Abbrev, ..*style }, out);
        out.push(')');
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

/// The same where it has the bytes of an IPv6 address.
pub(super) fn wide_ipv4(ip: std::net::Ipv4Addr, style: &Style, out: &mut String) {
    let mut wide = [0; 16];
    wide[..4].copy_from_slice(&ip.octets());
    network(&wide, style, out, |out| text_in("inet_addr(", &ip, style, out));
}

/// `inet_pton(AF_INET6, "::1", &sin6_addr)`, which contains the field's name.
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

/// `inet_pton(AF_INET6, "::1")`, where no field has the address.
pub(super) fn plain_ipv6(ip: std::net::Ipv6Addr, style: &Style, out: &mut String) {
    network(&ip.octets(), style, out, |out| text_in("inet_pton(AF_INET6, ", &ip, style, out));
}

/// `function("text")`, the text quoted as strings are.
fn text_in(function: &str, text: &dyn std::fmt::Display, style: &Style, out: &mut String) {
    out.push_str(function);
    if style.strings == StringStyle::Hex {
        quoted(text.to_string().as_bytes(), style.strings, out);
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

/// `09:0a:0b`: the first `shown` octets.
pub(super) fn mac(bytes: &[u8], shown: usize, style: &Style, out: &mut String) {
    network(bytes, style, out, |out| {
        for (at, b) in bytes.iter().take(shown).enumerate() {
            if at > 0 {
                out.push(':');
            }
            let _ = write!(out, "{b:02x}");
        }
    });
}

/// How many octets of a hardware address are significant for the kind of hardware; all where that is unknown.
pub(super) fn hardware_length(record: &Record) -> usize {
    let Some(Value::Const(hardware)) = record.get("sa_family") else { return usize::MAX };
    crate::xlat::link::address_length(hardware.raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The octets a call sign is sent as.
    fn sent(name: &str, number: u8) -> Vec<u8> {
        name.bytes().map(|b| b << 1).chain([number]).collect()
    }

    #[test]
    fn call_signs_are_spelled_when_nothing_is_lost() {
        let spell = |name, number| {
            let (text, sent_so) = spell_callsign(&sent(name, number));
            (text.unwrap_or_default(), sent_so)
        };
        assert_eq!(spell("VE3XYZ", 2), ("VE3XYZ-1".into(), true));
        assert_eq!(spell("A     ", 0x1e), ("A-15".into(), true));
        assert_eq!(spell("      ", 0), ("*".into(), true));
        assert_eq!(spell("AB1   ", 0x62), ("AB1-1".into(), false));
        assert_eq!(spell("A B   ", 2), ("A B-1".into(), false));
        assert_eq!(spell("ab1   ", 2), ("ab1-1".into(), false));
        assert_eq!(spell("A*/   ", 2), (String::new(), false)); // would end the comment
        assert_eq!(spell_callsign(&[2, 3, 4, 5, 6, 7, 8]), (None, false));
    }

    #[test]
    fn hardware_addresses_show_significant_octets_and_keep_the_rest() {
        let mut out = String::new();
        mac(&[0, 1, 2, 3], 2, &Style::default(), &mut out);
        out.push(' ');
        mac(&[0, 1, 2, 3], 2, &Style { names: ConstStyle::Verbose, ..Style::default() }, &mut out);
        assert_eq!(out, r#"00:01 "\x00\x01\x02\x03" /* 00:01 */"#);
    }
}
