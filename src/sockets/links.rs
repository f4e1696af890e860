//! What went from one call to another: connections, bytes, messages, ends.

use super::pairs::{failed, overlaps};
use super::table::{Piece, Track};
use super::{Link, LinkKind, Socket, is_near};
use crate::value::{SockAddr, UnixName};

/// How far ahead of its message a datagram's sender is searched for among those that were not received.
const MAX_UNRECEIVED: usize = 4096;

/// All links, by the event that they begin at.
pub(super) fn all(sockets: &[Socket], tracks: &[Track]) -> Vec<Link> {
    let mut links = Vec::new();
    for at in 0..sockets.len() {
        connection(sockets, tracks, at, &mut links);
        match sockets[at].other {
            Some(other) if sockets[at].kind == Some(libc::SOCK_STREAM) => stream(tracks, at, other, &mut links),
            None if is_stream(&sockets[at]) => alone(&sockets[at], &tracks[at], at, &mut links),
            _ => {}
        }
        ending(sockets, tracks, at, &mut links);
    }
    datagrams(sockets, tracks, &mut links);
    let event = |link: &Link| link.from.or(link.to).map_or(0, |(event, _)| event);
    links.sort_by_key(|link| (event(link), link.kind, link.offset));
    links
}

/// Whether what a socket sends is a stream; so it is taken for one where its kind is not known.
fn is_stream(socket: &Socket) -> bool {
    !matches!(socket.kind, Some(libc::SOCK_DGRAM | libc::SOCK_SEQPACKET | libc::SOCK_RAW))
}

fn connection(sockets: &[Socket], tracks: &[Track], at: usize, links: &mut Vec<Link>) {
    if sockets[at].kind == Some(libc::SOCK_DGRAM) {
        return; // it only notes the address
    }
    let peer = || sockets[at].peer.clone().map(Box::new);
    let link = |from, to, peer| Link { kind: LinkKind::Connect, from, to, offset: 0, bytes: 0, peer };
    match (tracks[at].connect, sockets[at].other) {
        (Some(connect), Some(other)) => {
            let accept = tracks[other].accept.map(|accept| (accept.event, other));
            links.push(link(Some((connect.event, at)), accept, None));
        }
        // One that was refused led nowhere.
        (Some(connect), None) if failed(&sockets[at]) => links.push(link(Some((connect.event, at)), None, None)),
        (Some(connect), None) => links.push(link(Some((connect.event, at)), None, peer())),
        _ => {}
    }
    if let (Some(accept), None) = (tracks[at].accept, sockets[at].other) {
        links.push(link(None, Some((accept.event, at)), peer()));
    }
}

/// The bytes of one direction: each call of the sender with each call of the receiver that has some of them.
fn stream(tracks: &[Track], from: usize, to: usize, links: &mut Vec<Link>) {
    let (sent, received) = (&tracks[from].sent, &tracks[to].received);
    for (s, r, bytes) in overlaps(sent, received) {
        let offset = s.offset.max(r.offset);
        let (from, to) = (Some((s.at.event, from)), Some((r.at.event, to)));
        links.push(Link { kind: LinkKind::Bytes, from, to, offset, bytes, peer: None });
    }
    let end = |pieces: &[Piece]| pieces.last().map_or(0, |last| last.offset + last.bytes);
    let taken = end(received);
    for piece in sent.iter().rev().take_while(|piece| piece.offset + piece.bytes > taken) {
        let offset = piece.offset.max(taken);
        let bytes = piece.offset + piece.bytes - offset;
        let from = Some((piece.at.event, from));
        links.push(Link { kind: LinkKind::Bytes, from, to: None, offset, bytes, peer: None });
    }
    let given = end(sent);
    for piece in received.iter().rev().take_while(|piece| piece.offset + piece.bytes > given) {
        let offset = piece.offset.max(given);
        let bytes = piece.offset + piece.bytes - offset;
        let to = Some((piece.at.event, to));
        links.push(Link { kind: LinkKind::Bytes, from: None, to, offset, bytes, peer: None });
    }
}

/// The bytes of a connection whose other end is not in the trace.
fn alone(socket: &Socket, track: &Track, at: usize, links: &mut Vec<Link>) {
    for (pieces, sent) in [(&track.sent, true), (&track.received, false)] {
        for piece in pieces {
            let own = Some((piece.at.event, at));
            let (from, to) = if sent { (own, None) } else { (None, own) };
            let (offset, bytes, peer) = (piece.offset, piece.bytes, socket.peer.clone().map(Box::new));
            links.push(Link { kind: LinkKind::Bytes, from, to, offset, bytes, peer });
        }
    }
}

/// The end of a stream, and of a connection that was cut off.
fn ending(sockets: &[Socket], tracks: &[Track], at: usize, links: &mut Vec<Link>) {
    if sockets[at].kind == Some(libc::SOCK_DGRAM) {
        return;
    }
    let offset = sockets[at].sent.bytes;
    let link = |kind, from, to| Link { kind, from, to, offset, bytes: 0, peer: None };
    let own = tracks[at].finish.map(|finish| (finish.event, at));
    match sockets[at].other {
        Some(other) => {
            let other_track = &tracks[other];
            let reset = other_track.saw_reset.map(|moment| (LinkKind::Reset, moment));
            let seen = other_track.saw_end.map(|moment| (LinkKind::End, moment)).or(reset);
            if let (Some(own), Some((kind, seen))) = (own, seen) {
                links.push(link(kind, Some(own), Some((seen.event, other))));
            }
        }
        None => {
            let reset = tracks[at].saw_reset.map(|moment| (LinkKind::Reset, moment));
            if let Some((kind, seen)) = tracks[at].saw_end.map(|moment| (LinkKind::End, moment)).or(reset) {
                let offset = sockets[at].received.bytes;
                let peer = sockets[at].peer.clone().map(Box::new);
                links.push(Link { kind, from: None, to: Some((seen.event, at)), offset, bytes: 0, peer });
            }
        }
    }
}

/// Messages one by one. Each that was received belongs to the first of those sent there that is still to come and shows
/// the same bytes; one that nobody received was lost, refused, or is still waiting.
fn datagrams(sockets: &[Socket], tracks: &[Track], links: &mut Vec<Link>) {
    let messages = |at: &usize| !is_stream(&sockets[*at]);
    let senders: Vec<usize> = (0..sockets.len()).filter(messages).filter(|at| !tracks[*at].sent.is_empty()).collect();
    let mut waiting: Vec<Vec<&Piece>> = senders.iter().map(|at| tracks[*at].sent.iter().collect()).collect();
    let mut receipts: Vec<(usize, &Piece)> = (0..sockets.len())
        .filter(messages)
        .flat_map(|at| tracks[at].received.iter().map(move |piece| (at, piece)))
        .collect();
    receipts.sort_by_key(|(_, piece)| (piece.at.end_ns, piece.at.event, piece.offset));
    for (to, got) in receipts {
        let mut found = None;
        let is_apart = |from: usize| sockets[from].host() != sockets[to].host();
        let near = got.address.as_ref().is_some_and(is_near);
        let reach = |from: usize| match sockets[from].can_meet(&sockets[to]) && !(is_apart(from) && near) {
            true => reaches(sockets, from, to, got),
            false => Some(false),
        };
        // Between hosts, whose clocks do not say what came first, one that may have sent it has to be the only one.
        let goes = |from: usize| tracks[from].sent.iter().any(|sent| goes_to(sockets, from, sent, to));
        let may = |from: &&usize| is_apart(**from) && reach(**from).is_none() && goes(**from);
        let is_only = got.address.is_none() && senders.iter().filter(may).take(2).count() == 1;
        for (place, from) in senders.iter().enumerate() {
            let apart = is_apart(*from);
            if !reach(*from).unwrap_or(!apart || is_only) {
                continue;
            }
            let fits = |sent: &&Piece| goes_to(sockets, *from, sent, to) && is_same(sent, got, apart);
            if let Some(at) = waiting[place].iter().take(MAX_UNRECEIVED).position(fits) {
                let sent_at = (waiting[place][at].at.begin_ns, waiting[place][at].at.event);
                if found.is_none_or(|(_, _, before)| sent_at < before) {
                    found = Some((place, at, sent_at));
                }
            }
        }
        let from = found.map(|(place, at, _)| (waiting[place].remove(at).at.event, senders[place]));
        let peer = if from.is_none() { got.address.clone().or_else(|| sockets[to].peer.clone()) } else { None };
        links.push(datagram(from, Some((got.at.event, to)), got.bytes, peer));
    }
    for (place, from) in senders.iter().enumerate() {
        for sent in &waiting[place] {
            let peer = sent.address.clone().or_else(|| sockets[*from].peer.clone());
            links.push(datagram(Some((sent.at.event, *from)), None, sent.bytes, peer));
        }
    }
}

fn datagram(from: Option<(usize, usize)>, to: Option<(usize, usize)>, bytes: u64, peer: Option<SockAddr>) -> Link {
    Link { kind: LinkKind::Datagram, from, to, offset: 0, bytes, peer: peer.map(Box::new) }
}

/// Whether a message that was received is one of a socket's by what is known of the sender's address; `None` where it may be.
fn reaches(sockets: &[Socket], from: usize, to: usize, got: &Piece) -> Option<bool> {
    if let Some(other) = sockets[from].other {
        return Some(other == to);
    }
    let shown = got.address.as_ref().or(sockets[to].peer.as_ref());
    match (shown, sockets[from].local.as_ref(), sockets[from].family, sockets[to].family) {
        (Some(shown), Some(local), ..) => Some(is_at(local, shown)),
        (.., Some(one), Some(other)) if one != other => Some(false),
        _ => None,
    }
}

/// Whether a message was sent to where a socket is.
fn goes_to(sockets: &[Socket], from: usize, sent: &Piece, to: usize) -> bool {
    if sockets[from].other.is_some() {
        return true; // `reaches` has asked
    }
    match (sent.address.as_ref().or(sockets[from].peer.as_ref()), sockets[to].local.as_ref()) {
        (Some(address), Some(local)) => is_at(local, address),
        // The receiver's own address is not known: what it shows of the sender decides.
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Whether a socket that has this address of its own is reached by that one. To send to no address in particular is to
/// send to oneself; an address for many (multicast, broadcast) reaches whoever has its port.
fn is_at(local: &SockAddr, address: &SockAddr) -> bool {
    match (local.ip_and_port(), address.ip_and_port()) {
        (Some((own, own_port)), Some((ip, port))) => {
            let (own, ip) = (own.to_canonical(), ip.to_canonical());
            let many = ip.is_multicast() || matches!(ip, std::net::IpAddr::V4(ip) if ip.octets()[3] == 255);
            (own_port == port || own_port == 0) && (own == ip || own.is_unspecified() || ip.is_unspecified() || many)
        }
        (None, None) => *address != SockAddr::Unix(UnixName::Unnamed) && local == address,
        _ => false,
    }
}

/// Whether what was received can be what was sent: not before it, not longer, and beginning alike.
fn is_same(sent: &Piece, got: &Piece, apart: bool) -> bool {
    let shown = sent.head.len().min(got.head.len());
    (apart || sent.at.can_precede(&got.at)) && got.bytes <= sent.bytes && sent.head[..shown] == got.head[..shown]
}
