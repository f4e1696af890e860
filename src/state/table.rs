//! The tables in `/proc/PID/net`: what a process's network namespace says of its internet sockets to those who may not
//! enter it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::sys::sockdiag::{Ends, Inet};

/// A tick of the kernel's clock as `/proc` counts it (`USER_HZ`, 100 a second on all machines Linux runs on), ms.
const TICK_MS: u64 = 10;

/// The first row of a table (`tcp`, `udp6` …) that is the one looked for.
pub fn find(pid: i32, file: &str, is_it: impl Fn(&Inet) -> bool) -> Option<Inet> {
    rows(pid, file).into_iter().find(is_it)
}

/// All rows of a table, none where it cannot be read.
pub(crate) fn rows(pid: i32, file: &str) -> Vec<Inet> {
    let table = std::fs::read_to_string(format!("/proc/{pid}/net/{file}")).unwrap_or_default();
    table.lines().skip(1).filter_map(row).collect()
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
    let uid = fields.nth(1)?.parse().ok()?;
    let inode: u64 = fields.nth(1)?.parse().ok()?;
    let inode = Some(inode).filter(|inode| *inode != 0);
    Some(Inet { ends, state, recv, send, inode, uid, expires_ms: u64::from(ticks) * TICK_MS })
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
    fn our_own_listener_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let local = listener.local_addr().unwrap();
        let found = find(std::process::id() as i32, "tcp", |row| row.ends.local == local).unwrap();
        assert!(found.state == 10 && found.inode.is_some() && !found.ends.is_connected());
    }
}
