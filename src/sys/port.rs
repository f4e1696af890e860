//! Port numbers for running programs: a port on which every connection is refused, and one that nothing else will take.
//!
//! Port 0 is enough for one socket. A program whose TCP and UDP sockets share a number needs one that is free for both,
//! and the kernel, asked for a TCP port, does not look whether UDP has it. So such a number is taken from outside the
//! range that the kernel hands out: what was free a moment ago stays so, but for others who choose numbers themselves.
//! Concurrent processes of ours reserve a number by binding an abstract Unix socket of that name: those names share their
//! network namespace with the ports and go with their owner.

use std::io;
use std::ops::RangeInclusive;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixDatagram};
use std::sync::atomic::{AtomicU16, Ordering};

use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrIn6, bind, connect, getsockname, socket,
};

use super::setting;

/// The kernel's default range of ephemeral ports.
const EPHEMERAL: RangeInclusive<u16> = 32768..=60999;
/// Below lie the ports that need a right, and those that services of their own have.
const FIRST: u16 = 10_000;

/// A port on which every connection is refused while the descriptor is open: bound, not listening; of datagrams, connected to
/// itself. Port 0 is any.
///
/// # Errors
/// The kernel's, above all `EADDRINUSE`.
pub(crate) fn hold(kind: SockType, port: u16) -> nix::Result<(OwnedFd, u16)> {
    let fd = socket(AddressFamily::Inet, kind, SockFlag::SOCK_CLOEXEC, None)?;
    bind(fd.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, port))?;
    let own: SockaddrIn = getsockname(fd.as_raw_fd())?;
    if kind == SockType::Datagram {
        connect(fd.as_raw_fd(), &own)?; // takes datagrams from itself only
    }
    Ok((fd, own.port()))
}

/// A number that no socket has, of TCP or UDP; nobody else reserves it until this is dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    number: u16,
    _claim: UnixDatagram,
}

impl Reserved {
    /// The number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}

/// Finds a number outside the range that the kernel hands out.
///
/// # Errors
/// Where every number is taken.
pub(crate) fn reserve() -> io::Result<Reserved> {
    /// Where to go on, so that a number rests after it was used.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let range = setting::get("net.ipv4.ip_local_port_range").ok();
    let handed_out = range.and_then(|text| parse_range(&text)).unwrap_or(EPHEMERAL);
    let mut numbers: Vec<u16> = (FIRST..=u16::MAX).filter(|number| !handed_out.contains(number)).collect();
    if numbers.is_empty() {
        numbers = (FIRST..=u16::MAX).collect(); // the kernel hands out all; then free for now must do
    }
    // Two processes begin at places of their own.
    let begin = std::process::id() as usize * 61 + usize::from(NEXT.fetch_add(1, Ordering::Relaxed));
    for at in 0..numbers.len() {
        let number = numbers[(begin + at) % numbers.len()];
        let Ok(claim) = claim(number) else { continue };
        if is_free(number, SockType::Stream) && is_free(number, SockType::Datagram) {
            return Ok(Reserved { number, _claim: claim });
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free for TCP and UDP both"))
}

fn parse_range(text: &str) -> Option<RangeInclusive<u16>> {
    let mut ends = text.split_whitespace().map(str::parse);
    match (ends.next(), ends.next()) {
        (Some(Ok(first)), Some(Ok(last))) => Some(first..=last),
        _ => None,
    }
}

fn claim(number: u16) -> io::Result<UnixDatagram> {
    UnixDatagram::bind_addr(&UnixAddr::from_abstract_name(format!("sockscope/port/{number}"))?)
}

/// Whether a socket could have the port on every address; without `SO_REUSEADDR`, so that one in TIME_WAIT has it, too.
fn is_free(number: u16, kind: SockType) -> bool {
    let everywhere = || {
        let fd = socket(AddressFamily::Inet6, kind, SockFlag::SOCK_CLOEXEC, None)?;
        bind(fd.as_raw_fd(), &SockaddrIn6::from(std::net::SocketAddrV6::new([0; 16].into(), number, 0, 0)))
    };
    match everywhere() {
        Ok(()) => true,
        Err(nix::Error::EADDRINUSE) => false,
        // Without IPv6 there is IPv4 only.
        Err(_) => {
            let fd = socket(AddressFamily::Inet, kind, SockFlag::SOCK_CLOEXEC, None);
            fd.and_then(|fd| bind(fd.as_raw_fd(), &SockaddrIn::new(0, 0, 0, 0, number))).is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::{TcpListener, UdpSocket};

    use super::*;

    #[test]
    fn reserved_numbers_are_apart_and_free_for_both() {
        let reserved: Vec<Reserved> = (0..50).map(|_| reserve().unwrap()).collect();
        let numbers: BTreeSet<u16> = reserved.iter().map(Reserved::number).collect();
        assert_eq!(numbers.len(), reserved.len());
        for number in numbers {
            let _tcp = TcpListener::bind(("127.0.0.1", number)).unwrap();
            let _udp = UdpSocket::bind(("127.0.0.1", number)).unwrap();
            assert!(!is_free(number, SockType::Stream) && !is_free(number, SockType::Datagram));
        }
    }

    #[test]
    fn a_held_port_refuses() {
        let (_fd, port) = hold(SockType::Stream, 0).unwrap();
        let refused = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn the_kernels_range_is_read() {
        assert_eq!(parse_range("32768\t60999\n"), Some(32768..=60999));
        assert_eq!(parse_range(""), None);
    }
}
