//! Messages: UDP, and sockets of AF_UNIX that keep messages apart.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::Calls;
use super::address::{ends, inet, is_shown, is_unix, note, other_end};
use super::capture::{Capture, MAX_PAYLOAD};
use crate::sockets::{LinkKind, Payload, Sockets};

/// The messages of all sockets: those that were sent, and those that came from elsewhere.
pub(super) fn all(sockets: &Sockets, calls: &Calls, capture: &mut Capture) {
    // Of what a call received, which messages come from elsewhere.
    let mut strangers: HashMap<usize, Vec<u64>> = HashMap::new();
    for link in sockets.links.iter().filter(|link| link.kind == LinkKind::Datagram) {
        if let (None, Some((event, _))) = (link.from, link.to) {
            strangers.entry(event).or_default().push(link.bytes);
        }
    }
    let shown = shown(sockets, calls);
    for one in &sockets.uses {
        let socket = &sockets.sockets[one.sock];
        let of_messages = matches!(socket.kind, Some(libc::SOCK_DGRAM | libc::SOCK_SEQPACKET));
        let Some(transfer) = one.transfer.filter(|_| of_messages && is_shown(socket)) else { continue };
        for message in &calls.calls[one.event].messages {
            let far = other_end(sockets, one.sock, message.address.as_ref());
            let near = near(sockets, one.sock, &shown, far);
            if transfer.sent {
                put(sockets, calls, capture, (one.event, one.sock), calls.begin(one.event), (near, far), message);
                continue;
            }
            let Some(left) = strangers.get_mut(&one.event) else { continue };
            let Some(place) = left.iter().position(|bytes| *bytes == message.bytes) else { continue };
            left.remove(place);
            put(sockets, calls, capture, (one.event, one.sock), calls.end(one.event), (far, near), message);
        }
    }
}

/// What messages show of sockets' own addresses: a receiver is shown its sender's, and was reached where that was sent to.
fn shown(sockets: &Sockets, calls: &Calls) -> HashMap<usize, SocketAddr> {
    let mut shown = HashMap::new();
    let mut learn = |sock, event: usize| {
        let address = calls.calls[event].messages.first().and_then(|message| inet(message.address.as_ref()));
        if let Some(address) = address.filter(|address| !address.ip().is_unspecified()) {
            shown.entry(sock).or_insert(address);
        }
    };
    for link in sockets.links.iter().filter(|link| link.kind == LinkKind::Datagram) {
        if let (Some((sent, from)), Some((received, to))) = (link.from, link.to) {
            learn(from, received);
            learn(to, sent);
        }
    }
    shown
}

/// A socket's own address for messages from and to there: its own, or else what messages show, or the same machine's.
fn near(sockets: &Sockets, sock: usize, shown: &HashMap<usize, SocketAddr>, far: SocketAddr) -> SocketAddr {
    let socket = &sockets.sockets[sock];
    let own = ends(sockets, sock).0;
    let is_known = |own: &SocketAddr| own.port() > 0 && !own.ip().is_unspecified();
    if is_unix(socket) || inet(socket.local.as_ref()).as_ref().is_some_and(is_known) {
        return own;
    }
    let here = Some(far.ip()).filter(IpAddr::is_loopback);
    let local = here.map_or(own, |ip| SocketAddr::new(ip, own.port()));
    shown.get(&sock).copied().unwrap_or(local)
}

fn put(
    sockets: &Sockets,
    calls: &Calls,
    capture: &mut Capture,
    (event, sock): (usize, usize),
    at_ns: u64,
    ends: (SocketAddr, SocketAddr),
    message: &Payload,
) {
    let mut comment = format!("{}{}", calls.comment(event), note(sockets, sock));
    if message.bytes > MAX_PAYLOAD {
        comment.push_str(&format!("; the first {MAX_PAYLOAD} of {} bytes", message.bytes));
    }
    capture.udp(at_ns, ends, &message.head, message.bytes, &comment);
}
