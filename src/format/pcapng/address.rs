//! The addresses of sockets, made up where the trace has none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::sockets::{Origin, Socket, Sockets};
use crate::value::SockAddr;
use crate::why::subject::place;

/// The first port of those that a system gives away itself.
const FIRST_PORT: u64 = 49152;

/// An address of the internet, as IPv4 where it is one.
pub(super) fn inet(address: Option<&SockAddr>) -> Option<SocketAddr> {
    let (ip, port) = address?.ip_and_port()?;
    Some(SocketAddr::new(ip.to_canonical(), port))
}

/// A socket that has a path or a name instead.
pub(super) fn is_unix(socket: &Socket) -> bool {
    let of = |address: &Option<SockAddr>| matches!(address, Some(SockAddr::Unix(_)));
    socket.family == Some(libc::AF_UNIX) || of(&socket.local) || of(&socket.peer)
}

/// Whether it has bytes that packets can carry.
pub(super) fn is_shown(socket: &Socket) -> bool {
    let family = matches!(socket.family, None | Some(libc::AF_INET | libc::AF_INET6 | libc::AF_UNIX));
    family && socket.kind != Some(libc::SOCK_RAW)
}

/// `fd73:6f63:6b::N`.
fn unix(number: u64, outside: bool) -> SocketAddr {
    let words = [number >> 48, number >> 32, number >> 16, number].map(|word| word as u16);
    let ip = Ipv6Addr::new(0xfd73, 0x6f63, 0x6b, u16::from(outside), words[0], words[1], words[2], words[3]);
    SocketAddr::new(ip.into(), port(number))
}

fn port(number: u64) -> u16 {
    (FIRST_PORT + number % (65536 - FIRST_PORT)) as u16
}

/// The ends of a socket: its own, and the other one.
pub(super) fn ends(sockets: &Sockets, sock: usize) -> (SocketAddr, SocketAddr) {
    let socket = &sockets.sockets[sock];
    let other = socket.other.filter(|other| *other != sock).map(|other| &sockets.sockets[other]);
    if is_unix(socket) {
        let peer = other.map_or_else(|| unix(socket.number, true), |other| unix(other.number, false));
        return (unix(socket.number, false), peer);
    }
    let listener = socket.listener.map(|listener| &sockets.sockets[listener]);
    let peer = inet(socket.peer.as_ref()).or_else(|| inet(other?.local.as_ref()));
    let own = inet(socket.local.as_ref()).or_else(|| inet(other?.peer.as_ref()));
    let accepted = listener.filter(|_| socket.origin == Origin::Accepted);
    let own = own.or_else(|| inet(accepted?.local.as_ref()));
    let six = socket.family == Some(libc::AF_INET6) && !peer.or(own).is_some_and(|one| one.is_ipv4());
    let near = own.map(|own| own.ip()).filter(|ip| !ip.is_unspecified());
    let far = peer.map(|peer| peer.ip()).filter(|ip| !ip.is_unspecified());
    let own_ip = near.or(far.filter(IpAddr::is_loopback)).unwrap_or_else(|| nowhere(six));
    let peer_ip = far.or(near.filter(IpAddr::is_loopback)).unwrap_or_else(|| nowhere(six));
    let own_port = own.map(|own| own.port()).filter(|port| *port > 0).unwrap_or_else(|| port(socket.number));
    let peer_port = peer.map(|peer| peer.port()).filter(|port| *port > 0).unwrap_or_else(|| port(socket.number + 1));
    (SocketAddr::new(own_ip, own_port), SocketAddr::new(peer_ip, peer_port))
}

/// An address of nobody.
fn nowhere(six: bool) -> IpAddr {
    if six { Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into() } else { Ipv4Addr::new(192, 0, 2, 1).into() }
}

/// The other end of one message: the address it has, or else the socket's.
pub(super) fn other_end(sockets: &Sockets, sock: usize, address: Option<&SockAddr>) -> SocketAddr {
    let socket = &sockets.sockets[sock];
    let peer = ends(sockets, sock).1;
    if !is_unix(socket) {
        return inet(address).filter(|at| !at.ip().is_unspecified()).unwrap_or(peer);
    }
    let has = |one: &&Socket| one.local.is_some() && one.local.as_ref() == address;
    sockets.sockets.iter().find(has).map_or(peer, |found| unix(found.number, false))
}

/// What a comment says of a socket: its number, and of AF_UNIX its paths.
pub(super) fn note(sockets: &Sockets, sock: usize) -> String {
    let socket = &sockets.sockets[sock];
    let mut note = format!("; sock {}", socket.number);
    if is_unix(socket) {
        let at = |address: &Option<SockAddr>| address.as_ref().and_then(place);
        for (word, place) in [("", at(&socket.local)), ("to ", at(&socket.peer))] {
            if let Some(place) = place {
                note.push_str(&format!(", {word}{place}"));
            }
        }
    }
    note
}
