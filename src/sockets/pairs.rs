//! Which two sockets are the ends of one connection.
//!
//! Two that name each other's addresses are. Where a trace does not show a client's own address, as it seldom does, the
//! connection that was accepted belongs to one of those that had asked for it by then; it is joined only with the one
//! that is left when all whose bytes do not fit are put aside.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::table::{Moment, Piece, Track, is_any};
use super::{Origin, Phase, Socket};
use crate::value::SockAddr;

/// How many clients are compared for one accepted connection.
const MAX_CANDIDATES: usize = 64;

/// Joins the ends of connections.
pub(super) fn join(sockets: &mut [Socket], tracks: &[Track]) {
    by_addresses(sockets, tracks);
    by_elimination(sockets, tracks);
    for at in 0..sockets.len() {
        complete(sockets, at);
    }
}

pub(super) fn inet(address: Option<&SockAddr>) -> Option<SocketAddr> {
    address?.ip_and_port().map(SocketAddr::from).map(plain)
}

/// An IPv4 address that a socket of IPv6 shows as `::ffff:1.2.3.4`, as IPv4.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The time in which a socket may be the other end of one: from its making to its end.
fn began(socket: &Socket, track: &Track) -> u64 {
    let moment: Option<Moment> = track.connect.or(track.accept);
    moment.map_or(0, |moment| moment.begin_ns).max(u64::from(socket.made == usize::MAX))
}

/// Connections whose two ends are both known on both sides. The same addresses may be used again later: they go
/// together in the order of time.
fn by_addresses(sockets: &mut [Socket], tracks: &[Track]) {
    let mut waiting: HashMap<(SocketAddr, SocketAddr, Option<u32>), Vec<usize>> = HashMap::new();
    let mut order: Vec<usize> = (0..sockets.len()).filter(|at| sockets[*at].is_stream()).collect();
    order.sort_by_key(|at| (began(&sockets[*at], &tracks[*at]), *at));
    for at in order {
        let (Some(local), Some(peer)) = (inet(sockets[at].local.as_ref()), inet(sockets[at].peer.as_ref())) else {
            continue;
        };
        if sockets[at].other.is_some() || failed(&sockets[at]) {
            continue;
        }
        if local == peer {
            sockets[at].other = Some(at); // it connected to itself
            continue;
        }
        let host = Some(sockets[at].host()).filter(|_| !sockets[at].is_far());
        let found = waiting.get_mut(&(peer, local, host)).filter(|all| !all.is_empty()).map(|all| all.remove(0));
        match found {
            Some(other) => (sockets[at].other, sockets[other].other) = (Some(other), Some(at)),
            None => waiting.entry((local, peer, host)).or_default().push(at),
        }
    }
}

/// Whether a socket's connection never came about.
pub(super) fn failed(socket: &Socket) -> bool {
    let connected = socket.phases.iter().any(|(_, phase)| matches!(phase, Phase::Connected | Phase::Ended));
    !connected && socket.phases.iter().any(|(_, phase)| matches!(phase, Phase::Failed(_)))
}

/// Whether a client asked for a connection to where a socket was accepted.
fn asked_for(client: &Socket, accepted: &Socket, listener: Option<&Socket>) -> bool {
    let at = accepted.local.as_ref().or_else(|| listener?.local.as_ref());
    let (Some(at), Some(peer)) = (at, client.peer.as_ref()) else { return false };
    match (inet(Some(at)), inet(Some(peer))) {
        (Some(at_), Some(peer)) => {
            at_.port() == peer.port() && (is_any(at) || at_.ip() == peer.ip() || peer.ip().is_unspecified())
        }
        (None, None) => at == peer,
        _ => false,
    }
}

/// Whether what is known of two sockets' own addresses forbids that they are the ends of one connection.
fn contradict(client: &Socket, accepted: &Socket) -> bool {
    match (inet(client.local.as_ref()), inet(accepted.peer.as_ref())) {
        (Some(local), Some(peer)) => {
            local.port() != 0
                && (local.port() != peer.port() || !local.ip().is_unspecified() && local.ip() != peer.ip())
        }
        _ => false,
    }
}

/// Joins accepted connections with the only client that it can have been, until nothing more follows.
fn by_elimination(sockets: &mut [Socket], tracks: &[Track]) {
    let mut accepted: Vec<usize> = (0..sockets.len())
        .filter(|at| sockets[*at].origin == Origin::Accepted && sockets[*at].other.is_none())
        .collect();
    accepted.sort_by_key(|at| tracks[*at].accept.map_or((0, *at), |accept| (accept.end_ns, accept.event)));
    let mut clients: Vec<usize> = (0..sockets.len())
        .filter(|at| tracks[*at].connect.is_some() && sockets[*at].other.is_none() && !failed(&sockets[*at]))
        .filter(|at| sockets[*at].kind != Some(libc::SOCK_DGRAM))
        .collect();
    clients.sort_by_key(|at| tracks[*at].connect.map_or((0, *at), |connect| (connect.begin_ns, connect.event)));
    // Clocks of different hosts do not say what came first, and the same bytes go through many connections: there only
    // addresses decide, by which each must be the other's only one.
    let addressed = |sockets: &[Socket], client: usize, at: usize| {
        let listener = sockets[at].listener.map(|listener| &sockets[listener]);
        let (client, accepted) = (&sockets[client], &sockets[at]);
        client.can_meet(accepted) && asked_for(client, accepted, listener) && !contradict(client, accepted)
    };
    let (all_accepted, all_clients) = (accepted.clone(), clients.clone());
    let count = |all: &[usize], fits: &dyn Fn(usize) -> bool| all.iter().filter(|at| fits(**at)).take(2).count();
    let is_only = |sockets: &[Socket], client: usize, at: usize| {
        count(&all_clients, &|other| addressed(sockets, other, at)) == 1
            && count(&all_accepted, &|other| addressed(sockets, client, other)) == 1
    };
    loop {
        let before = accepted.len();
        accepted.retain(|at| {
            let fits = |client: &usize| {
                let (connect, accept) = (tracks[*client].connect, tracks[*at].accept);
                let apart = sockets[*client].host() != sockets[*at].host();
                connect.is_some_and(|connect| accept.is_none_or(|accept| apart || connect.can_precede(&accept)))
                    && addressed(sockets, *client, *at)
                    && (!apart || is_only(sockets, *client, *at))
                    && agree(&tracks[*client], &tracks[*at], apart)
            };
            let all: Vec<usize> = clients.iter().copied().filter(fits).take(MAX_CANDIDATES).collect();
            let [only] = all[..] else { return true };
            (sockets[*at].other, sockets[only].other) = (Some(only), Some(*at));
            clients.retain(|client| *client != only);
            false
        });
        if accepted.len() == before {
            return;
        }
    }
}

/// Whether what two sockets sent and received can be the same bytes.
fn agree(one: &Track, other: &Track, apart: bool) -> bool {
    let way = |sent: &[Piece], received: &[Piece]| {
        let bytes = |pieces: &[Piece]| pieces.last().map_or(0, |last| last.offset + last.bytes);
        // Nothing is received that was not sent, nor before.
        bytes(received) <= bytes(sent)
            && overlaps(sent, received).all(|(sent, received, _)| same(sent, received))
            && (apart || overlaps(sent, received).all(|(sent, received, _)| sent.at.can_precede(&received.at)))
    };
    way(&one.sent, &other.received) && way(&other.sent, &one.received)
}

/// Whether the bytes that two pieces show of the same place in a stream are the same.
fn same(sent: &Piece, received: &Piece) -> bool {
    let from = sent.offset.max(received.offset);
    let known = |piece: &Piece| {
        let skipped = usize::try_from(from - piece.offset).unwrap_or(usize::MAX);
        piece.head.get(skipped..).unwrap_or_default().to_vec()
    };
    let (a, b) = (known(sent), known(received));
    let shown = a.len().min(b.len());
    let there = (sent.offset + sent.bytes).min(received.offset + received.bytes) - from;
    let shown = shown.min(usize::try_from(there).unwrap_or(shown));
    a[..shown] == b[..shown]
}

/// The pieces of both sides that have bytes in common, with the number of these bytes.
pub(super) fn overlaps<'a>(
    sent: &'a [Piece],
    received: &'a [Piece],
) -> impl Iterator<Item = (&'a Piece, &'a Piece, u64)> + Clone {
    let (mut s, mut r) = (0, 0);
    std::iter::from_fn(move || {
        while let (Some(from), Some(to)) = (sent.get(s), received.get(r)) {
            let (end_of_sent, end_of_received) = (from.offset + from.bytes, to.offset + to.bytes);
            let both = end_of_sent.min(end_of_received).saturating_sub(from.offset.max(to.offset));
            if end_of_sent <= end_of_received {
                s += 1;
            }
            if end_of_received <= end_of_sent {
                r += 1;
            }
            if both > 0 {
                return Some((from, to, both));
            }
        }
        None
    })
}

/// What one end shows of an address, the other knows too.
fn complete(sockets: &mut [Socket], at: usize) {
    let Some(other) = sockets[at].other.filter(|other| *other != at) else { return };
    let (local, peer) = (sockets[other].local.clone(), sockets[other].peer.clone());
    let socket = &mut sockets[at];
    if socket.peer.as_ref().is_none_or(is_any) {
        socket.peer = local.or(socket.peer.take());
    }
    if socket.local.as_ref().is_none_or(is_any) {
        socket.local = peer.or(socket.local.take());
    }
}
