//! What a descriptor refers to, after its number: `<socket:[5]>`, `<TCP:[127.0.0.1:80->127.0.0.1:50000]>`,
//! `</tmp/x>(deleted)`; and `<tcp#2 127.0.0.1:50000→127.0.0.1:8090>`, which strace does not have.

use std::fmt::Write;
use std::net::SocketAddr;

mod read;

use super::quote::{escaped, quoted};
use super::{StringStyle, Style};
use crate::value::{FdTarget, PathTarget, SocketEnds, SocketTarget, UnixName};
use crate::xlat::protocol::NETLINK_PROTO;

pub(crate) use read::{from_plain, read};

/// The protocols that strace writes by the kernel's name; for others it writes `socket:[inode]`.
const PROTOCOLS: &[&str] = &[
    "TCP",
    "TCPv6",
    "UDP",
    "UDPv6",
    "UDPLITE",
    "UDPLITEv6",
    "DCCP",
    "DCCPv6",
    "SCTP",
    "SCTPv6",
    "L2TP/IP",
    "L2TP/IPv6",
    "PING",
    "PINGv6",
    "RAW",
    "RAWv6",
    "UNIX",
    "UNIX-STREAM",
    "NETLINK",
];

/// The name under which strace writes a socket with addresses: some protocols it does not know, but it finds their
/// sockets in the list of another one.
fn listed_as(protocol: &str) -> &str {
    match protocol {
        "MPTCP" => "TCP",
        "MPTCPv6" => "TCPv6",
        "UDP-Lite" => "UDPLITE",
        known => known,
    }
}

/// The suffix of a deleted file's path where there are no brackets.
const DELETED: &str = " (deleted)";
/// The same for an existing file whose name ends like that.
const NAMED_DELETED: &str = " (deleted\\51";

/// `<socket:[123]>`; for a deleted file, `(deleted)` follows the bracket.
pub(crate) fn write(target: &FdTarget, style: &Style, out: &mut String) {
    out.push('<');
    inside(target, style.strings, out);
    out.push('>');
    if is_deleted(target) {
        out.push_str("(deleted)");
    }
}

/// The same without brackets: `socket:[123]`, `/tmp/x (deleted)`. Where an existing file's name ends in ` (deleted)`,
/// its last character is escaped.
pub(crate) fn plain(target: &FdTarget) -> String {
    let mut out = String::new();
    inside(target, StringStyle::Octal, &mut out);
    if is_deleted(target) {
        out.push_str(DELETED);
    } else if out.ends_with(DELETED) {
        out.truncate(out.len() - DELETED.len());
        out.push_str(NAMED_DELETED);
    }
    out
}

/// Splits what [`plain`] wrote into the text between the brackets and whether the file was deleted.
pub(super) fn apart(plain: &str) -> (std::borrow::Cow<'_, str>, bool) {
    if let Some(inside) = plain.strip_suffix(DELETED) {
        return (inside.into(), true);
    }
    match plain.strip_suffix(NAMED_DELETED) {
        Some(name) => (format!("{name}{DELETED}").into(), false),
        None => (plain.into(), false),
    }
}

fn is_deleted(target: &FdTarget) -> bool {
    matches!(target, FdTarget::Path(PathTarget { deleted: true, .. }) | FdTarget::Verbatim { deleted: true, .. })
}

/// The text between the brackets.
pub(super) fn inside(target: &FdTarget, strings: StringStyle, out: &mut String) {
    let _ = match target {
        FdTarget::Path(PathTarget { path, device, .. }) => {
            link(path, strings, out);
            let Some(device) = device else { return };
            let kind = if device.is_block { "block" } else { "char" };
            write!(out, "<{kind} {}:{}>", device.major, device.minor)
        }
        FdTarget::Inode { kind, inode } => return link(format!("{kind}:[{inode}]").as_bytes(), strings, out),
        FdTarget::Anonymous(name) => return link(&[b"anon_inode:", &**name].concat(), strings, out),
        FdTarget::Process(pid) => write!(out, "pid:{pid}"),
        FdTarget::Socket(found) => match (found.number, &found.protocol) {
            (Some(number), protocol) => return named(number, protocol.as_deref(), found, out, strings),
            (None, Some(protocol)) => return socket(protocol, found, strings, out),
            (None, None) => {
                return link(format!("socket:[{}]", found.inode.unwrap_or_default()).as_bytes(), strings, out);
            }
        },
        FdTarget::Verbatim { text, .. } => return out.push_str(text),
    };
}

/// A link of `/proc/PID/fd` as strace writes a path: brackets, which would end it, are escaped.
fn link(link: &[u8], strings: StringStyle, out: &mut String) {
    escaped(link, b"<>", strings, out);
}

/// `TCP:[127.0.0.1:80->127.0.0.1:50000]`, `UNIX:[1->2,"/path"]`, `NETLINK:[ROUTE:1234]`.
fn socket(protocol: &str, found: &SocketTarget, strings: StringStyle, out: &mut String) {
    let inode = found.inode.unwrap_or_default();
    let Some(ends) = &found.ends else {
        let protocol = if PROTOCOLS.contains(&protocol) { protocol } else { "socket" };
        let _ = write!(out, "{protocol}:[{inode}]");
        return;
    };
    out.push_str(listed_as(protocol));
    out.push_str(":[");
    let _ = match ends {
        SocketEnds::Inet { local, peer } => {
            end(*local, out);
            let Some(peer) = peer else { return out.push(']') };
            out.push_str("->");
            end(*peer, out);
            Ok(())
        }
        SocketEnds::Unix { peer, name, .. } => {
            let _ = write!(out, "{inode}");
            if let Some(peer) = peer {
                let _ = write!(out, "->{peer}");
            }
            if let Some(name) = name {
                out.push(',');
                unix_name(name, strings, out);
            }
            Ok(())
        }
        SocketEnds::Netlink { protocol, port } => match NETLINK_PROTO.name(protocol.raw) {
            Some(name) => write!(out, "{}:{port}", name.trim_start_matches("NETLINK_")),
            None => write!(out, "{}:{port}", protocol.raw),
        },
    };
    out.push(']');
}

/// `tcp#2 127.0.0.1:50000→127.0.0.1:8090`: the number never changes, the addresses are the current ones.
fn named(number: u32, protocol: Option<&str>, found: &SocketTarget, out: &mut String, strings: StringStyle) {
    let _ = write!(out, "{}#{number}", protocol.unwrap_or("socket").to_lowercase());
    let _ = match &found.ends {
        Some(SocketEnds::Inet { local, peer: Some(peer) }) => write!(out, " {local}→{peer}"),
        Some(SocketEnds::Inet { local, peer: None }) => write!(out, " {local}"),
        Some(SocketEnds::Unix { name, peer_name, .. }) => {
            let Some(name) = name.as_ref().or(peer_name.as_ref()) else { return };
            out.push(' ');
            unix_name(name, strings, out);
            Ok(())
        }
        Some(SocketEnds::Netlink { .. }) | None => Ok(()),
    };
}

/// `127.0.0.1:80` or `[::1]:80`.
fn end(address: SocketAddr, out: &mut String) {
    let _ = match address {
        SocketAddr::V4(v4) => write!(out, "{v4}"),
        SocketAddr::V6(v6) => write!(out, "[{}]:{}", v6.ip(), v6.port()),
    };
}

/// `"path"` or `@"name"`.
fn unix_name(name: &UnixName, strings: StringStyle, out: &mut String) {
    match name {
        UnixName::Unnamed => quoted(b"", strings, out),
        UnixName::Path(path) => quoted(path, strings, out),
        UnixName::Abstract(name) => {
            out.push('@');
            quoted(name, strings, out);
        }
    }
}
