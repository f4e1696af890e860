//! The tables in `/proc/PID/net`: the sockets of a process's network namespace, readable without entering it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Proc;
use crate::sys::sockdiag::{Ends, Inet};

/// A tick of the kernel's clock as `/proc` counts it (`USER_HZ`, 100 a second on all machines Linux runs on), ms.
const TICK_MS: u64 = 10;

/// A Unix socket in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unix {
    /// Its name; an abstract one begins with `@`, one without a name is empty.
    pub name: String,
    /// Its type, `SOCK_STREAM` …
    pub kind: u64,
    /// Whether it listens.
    pub listens: bool,
    /// Its inode.
    pub inode: u64,
}

/// A netlink socket in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Netlink {
    /// Its protocol, `NETLINK_ROUTE` …
    pub protocol: u64,
    /// Its number; 0 before it is bound.
    pub port: u32,
    /// Its inode.
    pub inode: u64,
}

/// What the kernel writes of a listening Unix socket: `__SO_ACCEPTCON`.
const ACCEPTS: u64 = 0x1_0000;
/// A route that refuses: `RTF_REJECT`.
const REJECT: u128 = 0x200;

/// The internet sockets of a table (`tcp`, `udp6` …), none where it cannot be read.
pub(crate) fn inet(of: Proc, table: &str) -> Vec<Inet> {
    rows(of, table, 1, row)
}

/// The first internet socket of a table that is the one looked for.
pub(crate) fn find(of: Proc, table: &str, is_it: impl Fn(&Inet) -> bool) -> Option<Inet> {
    inet(of, table).into_iter().find(is_it)
}

/// The Unix sockets.
pub(crate) fn unix(of: Proc) -> Vec<Unix> {
    rows(of, "unix", 1, |line| {
        let fields: Vec<&str> = line.splitn(8, ' ').collect();
        // The inode is filled up with blanks, so the path is what follows it.
        let rest = fields.get(6..)?.join(" ");
        let (inode, name) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
        let hex = |at: usize| u64::from_str_radix(fields.get(at)?, 16).ok();
        let inode = inode.parse().ok()?;
        Some(Unix { name: name.into(), kind: hex(4)?, listens: hex(3)? & ACCEPTS != 0, inode })
    })
}

/// The netlink sockets.
pub(crate) fn netlink(of: Proc) -> Vec<Netlink> {
    rows(of, "netlink", 1, |line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let inode = fields.last()?.parse().ok()?;
        Some(Netlink { protocol: fields.get(1)?.parse().ok()?, port: fields.get(2)?.parse().ok()?, inode })
    })
}

/// The protocols that the kernel has now.
pub(crate) fn protocols(of: Proc) -> Vec<String> {
    rows(of, "protocols", 1, |line| Some(line.split_ascii_whitespace().next()?.to_owned()))
}

/// The routes, without those of single addresses of the machine's own: `10.0.0.0/8 dev eth0`.
pub(crate) fn routes(of: Proc) -> Vec<String> {
    let mut all = rows(of, "route", 1, |line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let word = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok().map(u32::to_ne_bytes);
        let (name, to, mask) = (fields.first()?, word(1)?, word(7)?);
        Some(format!("{}/{} dev {name}", Ipv4Addr::from(to), u32::from_be_bytes(mask).count_ones()))
    });
    all.extend(rows(of, "ipv6_route", 0, |line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let number = |at: usize| u128::from_str_radix(fields.get(at)?, 16).ok();
        let (to, len, flags, name) = (number(0)?, number(1)?, number(8)?, fields.last()?);
        (flags & REJECT == 0 && len < 128).then(|| format!("{}/{len} dev {name}", Ipv6Addr::from(to)))
    }));
    all
}

/// What is made of each line of a table behind its head; nothing where it cannot be read.
fn rows<T>(of: Proc, table: &str, head: usize, row: impl FnMut(&str) -> Option<T>) -> Vec<T> {
    of.text(&format!("net/{table}")).unwrap_or_default().lines().skip(head).filter_map(row).collect()
}

/// `0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 12345 …`
fn row(line: &str) -> Option<Inet> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let ends = Ends { local: address(fields.next()?)?, peer: address(fields.next()?)? };
    let state = u8::from_str_radix(fields.next()?, 16).ok()?;
    let pair = |text: &str| -> Option<(u32, u32)> {
        let (one, two) = text.split_once(':')?;
        Some((u32::from_str_radix(one, 16).ok()?, u32::from_str_radix(two, 16).ok()?))
    };
    let (send, recv) = pair(fields.next()?)?;
    let (_, ticks) = pair(fields.next()?)?;
    let retransmissions = u32::from_str_radix(fields.next()?, 16).ok()?.min(u8::MAX.into()) as u8;
    let uid = fields.next()?.parse().ok()?;
    let inode: u64 = fields.nth(1)?.parse().ok()?;
    let inode = Some(inode).filter(|inode| *inode != 0);
    let expires_ms = u64::from(ticks) * TICK_MS;
    Some(Inet { ends, state, recv, send, retransmissions, inode, uid, expires_ms })
}

/// An address as the kernel's tables write it: words of the machine's order in hex, a colon, the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| u32::from_str_radix(address.get(at * 8..at * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    if address.len() == 8 {
        return Some((Ipv4Addr::from(word(0)?), port).into());
    }
    let mut octets = [0; 16];
    for (at, chunk) in octets.chunks_exact_mut(4).enumerate() {
        chunk.copy_from_slice(&word(at)?);
    }
    Some((Ipv6Addr::from(octets), port).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!(address("0100007F:0016"), "127.0.0.1:22".parse().ok());
        assert_eq!(address("00000000000000000000000001000000:1F90"), "[::1]:8080".parse().ok());
        assert_eq!(address("xyz"), None);
    }

    #[test]
    fn rows_are_read() {
        let found =
            row("   3: 0100007F:1F90 0100007F:C350 06 00000002:00000001 03:00001770 00000000  1000        0 0 3 0");
        let found = found.unwrap();
        assert_eq!((found.state, found.send, found.recv, found.inode, found.expires_ms), (6, 2, 1, None, 60_000));
        assert_eq!(found.uid, 1000);
        assert_eq!(found.ends.peer, "127.0.0.1:50000".parse().unwrap());
        assert_eq!(row("  sl  local_address rem_address   st"), None);
    }

    #[test]
    fn our_own_unix_listener_is_found() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("sockscope test {}", std::process::id());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind_addr(&address).unwrap();
        let found = unix(Proc::OWN).into_iter().find(|row| row.name == format!("@{name}")).unwrap();
        assert!(found.listens && found.kind == libc::SOCK_STREAM as u64 && found.inode != 0);
        assert!(protocols(Proc::OWN).iter().any(|name| name == "UNIX"));
    }

    #[test]
    fn our_own_listener_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let local = listener.local_addr().unwrap();
        let found = find(Proc::OWN, "tcp", |row| row.ends.local == local).unwrap();
        assert!(found.state == 10 && found.inode.is_some() && !found.ends.is_connected());
    }
}
