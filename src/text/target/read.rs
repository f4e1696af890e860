//! What a descriptor refers to, read back. What would be written differently is kept verbatim.

use std::net::SocketAddr;

use super::PROTOCOLS;
use crate::text::StringStyle;
use crate::text::cursor::Cursor;
use crate::text::target;
use crate::value::{Const, Device, FdTarget, PathTarget, SocketEnds, SocketTarget, UnixName};
use crate::xlat::protocol::NETLINK_PROTO;

/// Parses the text between the brackets; for a deleted file, `(deleted)` follows them.
pub(crate) fn read(inside: &str, deleted: bool) -> FdTarget {
    let mut again = String::with_capacity(inside.len());
    let mut written = |found: &FdTarget, strings| {
        again.clear();
        target::inside(found, strings, &mut again);
        again == inside
    };
    let found = understood(inside, deleted)
        .filter(|found| written(found, StringStyle::Octal) || written(found, StringStyle::Utf8));
    found.unwrap_or_else(|| FdTarget::Verbatim { text: inside.into(), deleted })
}

/// The inverse of [`target::plain`].
pub(crate) fn from_plain(text: &str) -> FdTarget {
    let (inside, deleted) = target::apart(text);
    read(&inside, deleted)
}

fn understood(inside: &str, deleted: bool) -> Option<FdTarget> {
    if inside.starts_with('/') || inside.starts_with("(unreachable)/") {
        return path(inside, deleted).map(FdTarget::Path);
    }
    if deleted {
        return None;
    }
    if let Some(name) = inside.strip_prefix("anon_inode:") {
        return Some(FdTarget::Anonymous(Cursor::new(name.as_bytes()).escaped()?.into()));
    }
    if let Some(pid) = inside.strip_prefix("pid:") {
        return Some(FdTarget::Process(pid.parse().ok()?));
    }
    let Some((kind, rest)) = inside.split_once(":[") else { return named(inside).map(FdTarget::Socket) };
    if kind.contains('#') {
        return named(inside).map(FdTarget::Socket);
    }
    let within = rest.strip_suffix(']')?;
    let inode = within.parse().ok();
    match (kind, inode) {
        ("socket", inode) => Some(FdTarget::Socket(SocketTarget { inode: Some(inode?), ..SocketTarget::default() })),
        (protocol, inode) if PROTOCOLS.contains(&protocol) => {
            let found = SocketTarget { protocol: Some(protocol.into()), inode, ..SocketTarget::default() };
            if inode.is_some() { Some(FdTarget::Socket(found)) } else { socket(found, within).map(FdTarget::Socket) }
        }
        (kind, inode) => Some(FdTarget::Inode { kind: kind.into(), inode: inode? }),
    }
}

/// `/dev/null<char 1:3>`.
fn path(inside: &str, deleted: bool) -> Option<PathTarget> {
    let (path, device) = match inside.split_once('<') {
        Some((path, device)) => (path, Some(self::device(device.strip_suffix('>')?)?)),
        None => (inside, None),
    };
    Some(PathTarget { path: Cursor::new(path.as_bytes()).escaped()?.into(), deleted, device })
}

/// `char 1:3`.
fn device(text: &str) -> Option<Device> {
    let (kind, numbers) = text.split_once(' ')?;
    let (major, minor) = numbers.split_once(':')?;
    let is_block = match kind {
        "char" => false,
        "block" => true,
        _ => return None,
    };
    Some(Device { is_block, major: major.parse().ok()?, minor: minor.parse().ok()? })
}

/// Parses the text between the square brackets of a socket whose protocol is known.
fn socket(mut found: SocketTarget, within: &str) -> Option<SocketTarget> {
    let ends = match found.protocol.as_deref()? {
        "NETLINK" => {
            let (name, port) = within.split_once(':')?;
            let raw = NETLINK_PROTO.value(&format!("NETLINK_{name}")).or_else(|| name.parse().ok())?;
            SocketEnds::Netlink { protocol: Const { table: &NETLINK_PROTO, raw }, port: port.parse().ok()? }
        }
        "UNIX" | "UNIX-STREAM" => {
            let (inodes, name) = match within.split_once(',') {
                Some((inodes, name)) => (inodes, Some(unix_name(name)?)),
                None => (within, None),
            };
            let (inode, peer) = inodes.split_once("->").map_or((inodes, None), |(inode, peer)| (inode, Some(peer)));
            found.inode = Some(inode.parse().ok()?);
            let peer = peer.map(str::parse).transpose().ok()?;
            SocketEnds::Unix { peer, name, peer_name: None }
        }
        _ => internet(within, "->")?,
    };
    Some(SocketTarget { ends: Some(ends), ..found })
}

/// `127.0.0.1:80`, `127.0.0.1:80->[::1]:50000`.
fn internet(text: &str, between: &str) -> Option<SocketEnds> {
    let (local, peer) = text.split_once(between).map_or((text, None), |(local, peer)| (local, Some(peer)));
    let peer: Option<SocketAddr> = peer.map(str::parse).transpose().ok()?;
    Some(SocketEnds::Inet { local: local.parse().ok()?, peer })
}

/// `tcp#2`, with addresses or a name after it.
fn named(inside: &str) -> Option<SocketTarget> {
    let (name, ends) = inside.split_once(' ').map_or((inside, None), |(name, ends)| (name, Some(ends)));
    let (protocol, number) = name.split_once('#')?;
    let known = PROTOCOLS.iter().find(|known| known.to_lowercase() == protocol);
    let ends = match ends {
        None => None,
        Some(ends) if protocol.starts_with("unix") => {
            Some(SocketEnds::Unix { peer: None, name: Some(unix_name(ends)?), peer_name: None })
        }
        Some(ends) => Some(internet(ends, "→")?),
    };
    let protocol = Some((*known.unwrap_or(&protocol)).into());
    Some(SocketTarget { protocol, number: Some(number.parse().ok()?), inode: None, ends })
}

/// `"path"` or `@"name"`.
fn unix_name(text: &str) -> Option<UnixName> {
    let mut c = Cursor::new(text.as_bytes());
    let is_abstract = c.eat(b"@");
    let name = c.quoted()?;
    c.done().then_some(if is_abstract { UnixName::Abstract(name) } else { UnixName::Path(name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(inside: &str) -> FdTarget {
        let found = read(inside, false);
        assert!(!matches!(found, FdTarget::Verbatim { .. }), "{inside} is not understood");
        assert_eq!(from_plain(&target::plain(&found)), found);
        found
    }

    #[test]
    fn what_is_written_is_read_back() {
        let FdTarget::Path(found) = reads(r"/a\74b\76\n\33[1m\1\377<block 8:1>") else { panic!("not a path") };
        assert_eq!(&*found.path, b"/a<b>\n\x1b[1m\x01\xff");
        assert_eq!(found.device, Some(Device { is_block: true, major: 8, minor: 1 }));
        assert_eq!(reads("pipe:[5]"), FdTarget::Inode { kind: "pipe".into(), inode: 5 });
        assert_eq!(reads("anon_inode:[eventpoll]"), FdTarget::Anonymous(b"[eventpoll]"[..].into()));
        assert_eq!(reads("pid:7"), FdTarget::Process(7));
        for socket in [
            "socket:[5]",
            "TCP:[5]",
            "TCP:[127.0.0.1:80]",
            "TCPv6:[[::1]:80->[::1]:50000]",
            r#"UNIX-STREAM:[1->2,"/tmp/a\"b,"]"#,
            r#"UNIX:[1,@"\0x"]"#,
            "NETLINK:[ROUTE:1234]",
            "NETLINK:[99:1]",
            "tcp#2 127.0.0.1:50000→127.0.0.1:8090",
            "tcpv6#1 [fe80::1%3]:80",
            r#"unix-stream#3 "/a:[b""#,
            "unix#4",
            "smc#1",
        ] {
            assert!(matches!(reads(socket), FdTarget::Socket(_)), "{socket}");
        }
    }

    #[test]
    fn what_would_be_written_differently_is_kept() {
        for inside in [
            r"\x2f\x74",
            r"/a\x62",
            r"/a\q",
            "TCP:[080]",
            "TCP:[127.0.0.1]",
            "MPTCP:[1.2.3.4:5]",
            "pid:+7",
            "a (deleted)",
            "",
        ] {
            for deleted in [false, true] {
                let found = read(inside, deleted);
                assert_eq!(found, FdTarget::Verbatim { text: inside.into(), deleted });
                assert_eq!(from_plain(&target::plain(&found)), found);
            }
        }
    }

    #[test]
    fn deleted_is_separate_from_the_name() {
        let file = |path: &[u8], deleted| FdTarget::Path(PathTarget { path: path.into(), deleted, device: None });
        for (spelled, expected) in [
            ("/tmp/x (deleted)", file(b"/tmp/x", true)),
            (r"/tmp/x (deleted\51", file(b"/tmp/x (deleted)", false)),
            ("/tmp/x (deleted) (deleted)", file(b"/tmp/x (deleted)", true)),
        ] {
            assert_eq!(from_plain(spelled), expected);
            assert_eq!(target::plain(&expected), spelled);
        }
    }
}
