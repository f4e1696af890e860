//! Connections: handshake, bytes at their places, end.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::Calls;
use super::address::{ends, is_shown, is_unix, note};
use super::capture::{Capture, MAX_PAYLOAD, Segment};
use crate::sockets::{LinkKind, Origin, Phase, Socket, Sockets, Use};

/// All connections.
pub(super) fn all(sockets: &Sockets, calls: &Calls, capture: &mut Capture) {
    let mut uses: Vec<Vec<&Use>> = vec![Vec::new(); sockets.sockets.len()];
    for one in sockets.uses.iter().filter(|one| one.transfer.is_some()) {
        uses[one.sock].push(one);
    }
    let mut connects: HashMap<usize, usize> = HashMap::new();
    for link in sockets.links.iter().filter(|link| link.kind == LinkKind::Connect) {
        connects.extend(link.from.map(|(event, sock)| (sock, event)));
    }
    for (sock, socket) in sockets.sockets.iter().enumerate() {
        let of_messages = matches!(socket.kind, Some(libc::SOCK_DGRAM | libc::SOCK_SEQPACKET));
        if of_messages || !is_shown(socket) || socket.listens || (socket.family.is_none() && uses[sock].is_empty()) {
            continue;
        }
        let other = socket.other.filter(|other| *other != sock);
        // Each connection once: from the side that asked for it.
        let is_server = |sock: usize| sockets.sockets[sock].origin == Origin::Accepted;
        if other.is_some_and(|other| (is_server(sock), sock) > (is_server(other), other)) {
            continue;
        }
        // Alone, one that was accepted is the server of a client that is not in the trace.
        let sides = if other.is_none() && is_server(sock) { [None, Some(sock)] } else { [Some(sock), other] };
        let (own, peer) = ends(sockets, sock);
        let addresses = if sides[0] == Some(sock) { [own, peer] } else { [peer, own] };
        let connection = Connection { sockets, calls, uses: &uses, sides, connect: connects.get(&sock).copied() };
        connection.write(addresses, capture);
    }
}

struct Connection<'a> {
    sockets: &'a Sockets,
    calls: &'a Calls,
    uses: &'a [Vec<&'a Use>],
    /// The socket that asked, and the one that accepted; `None` for one that is not in the trace.
    sides: [Option<usize>; 2],
    /// The call that asked.
    connect: Option<usize>,
}

/// What happens on a connection.
enum Step {
    /// The first packet of the handshake.
    Syn,
    /// The others, or where nobody listens the refusal.
    Opened,
    Refused,
    Bytes {
        offset: u64,
        bytes: u64,
    },
    Fin,
    Rst,
}

/// A step: when, by which side, of which call, which socket's.
struct Timed {
    at_ns: u64,
    side: usize,
    event: usize,
    sock: usize,
    step: Step,
}

/// Bytes of one direction by their places.
type Stream = Vec<(u64, Vec<u8>)>;

impl Connection<'_> {
    fn socket(&self, side: usize) -> Option<(usize, &Socket)> {
        self.sides[side].map(|sock| (sock, &self.sockets.sockets[sock]))
    }

    fn steps(&self) -> Vec<Timed> {
        let mut steps = Vec::new();
        self.open(&mut steps);
        for side in 0..2 {
            self.bytes(side, &mut steps);
        }
        self.close(&mut steps);
        steps.sort_by_key(|step| step.at_ns);
        steps
    }

    fn open(&self, steps: &mut Vec<Timed>) {
        if let (Some(event), Some((sock, socket))) = (self.connect, self.socket(0)) {
            let mut put = |at_ns, side, event, step| steps.push(Timed { at_ns, side, event, sock, step });
            let failed = socket.phases.iter().find_map(|(event, phase)| match phase {
                Phase::Failed(errno) => Some((*event, *errno)),
                _ => None,
            });
            let connected = socket.phases.iter().any(|(_, phase)| matches!(phase, Phase::Connected | Phase::Ended));
            match failed.filter(|_| !connected) {
                // Where there is no such path nothing was asked.
                Some(_) if is_unix(socket) => {}
                Some((failed, libc::ECONNREFUSED)) => {
                    put(self.calls.begin(event), 0, event, Step::Syn);
                    put(self.calls.end(failed), 1, failed, Step::Refused);
                }
                Some(_) => put(self.calls.begin(event), 0, event, Step::Syn),
                None => {
                    put(self.calls.begin(event), 0, event, Step::Syn);
                    put(self.calls.end(event), 1, event, Step::Opened);
                }
            }
            return;
        }
        let made = self.sides.iter().flatten().map(|sock| (*sock, &self.sockets.sockets[*sock]));
        let mut made = made.filter(|(_, socket)| matches!(socket.origin, Origin::Accepted | Origin::Pair));
        if let Some((sock, socket)) = made.next() {
            let at_ns = self.calls.end(socket.made);
            steps.push(Timed { at_ns, side: 0, event: socket.made, sock, step: Step::Syn });
            steps.push(Timed { at_ns, side: 1, event: socket.made, sock, step: Step::Opened });
        }
    }

    /// What a side sent; what the other received beyond that, or alone.
    fn bytes(&self, side: usize, steps: &mut Vec<Timed>) {
        let mut sent = 0;
        for (sock, one) in self.transfers(side, true) {
            let Some(transfer) = one.transfer else { continue };
            let at_ns = self.calls.begin(one.event);
            let step = Step::Bytes { offset: transfer.offset, bytes: transfer.bytes };
            sent = transfer.offset + transfer.bytes;
            steps.push(Timed { at_ns, side, event: one.event, sock, step });
        }
        for (sock, one) in self.transfers(1 - side, false) {
            let Some(transfer) = one.transfer else { continue };
            let end = transfer.offset + transfer.bytes;
            if end > sent {
                let offset = transfer.offset.max(sent);
                let step = Step::Bytes { offset, bytes: end - offset };
                steps.push(Timed { at_ns: self.calls.end(one.event), side, event: one.event, sock, step });
            }
        }
    }

    fn transfers(&self, side: usize, sent: bool) -> impl Iterator<Item = (usize, &Use)> {
        let sock = self.sides[side];
        let all = sock.map(|sock| self.uses[sock].iter().map(move |one| (sock, *one)));
        all.into_iter().flatten().filter(move |(_, one)| one.transfer.is_some_and(|transfer| transfer.sent == sent))
    }

    fn close(&self, steps: &mut Vec<Timed>) {
        for side in 0..2 {
            let Some((sock, socket)) = self.socket(side) else { continue };
            let mut put = |at_ns, side, event, step| steps.push(Timed { at_ns, side, event, sock, step });
            let shut = socket.phases.iter().find(|(_, phase)| *phase == Phase::ShutDown).map(|(event, _)| *event);
            let connected = socket.phases.iter().any(|(_, phase)| matches!(phase, Phase::Connected | Phase::Ended));
            let transferred = socket.sent.bytes + socket.received.bytes > 0;
            if !connected && !transferred {
                continue; // it never came about
            }
            if let Some(event) = shut.or(socket.closed) {
                put(self.calls.begin(event), side, event, Step::Fin);
            }
            let ended = |event: usize| self.calls.end(event);
            if let Some((event, _)) = socket.phases.iter().find(|(_, phase)| *phase == Phase::Ended)
                && self.sides[1 - side].is_none()
            {
                put(ended(*event), 1 - side, *event, Step::Fin);
            }
            let cut = socket.phases.iter().find(|(_, phase)| match phase {
                Phase::Failed(libc::ECONNRESET) => true,
                Phase::Failed(libc::EPIPE) => shut.is_none(),
                _ => false,
            });
            if let Some((event, _)) = cut {
                // A peer that closes while something is unread cuts the connection off at once.
                let saw_end = socket.phases.iter().any(|(_, phase)| *phase == Phase::Ended);
                let peer = self.socket(1 - side).and_then(|(_, peer)| peer.closed).filter(|_| !saw_end);
                let at_ns = peer.map_or(ended(*event), |closed| self.calls.begin(closed).min(ended(*event)));
                // Before the end that its close would be otherwise.
                let place = steps.iter().position(|step| step.at_ns == at_ns && matches!(step.step, Step::Fin));
                let step = Timed { at_ns, side: 1 - side, event: *event, sock, step: Step::Rst };
                steps.insert(place.unwrap_or(steps.len()), step);
            }
        }
    }

    /// The bytes that a side sent, as far as either end shows them.
    fn stream(&self, side: usize) -> Stream {
        let all = self.transfers(side, true).chain(self.transfers(1 - side, false));
        let mut stream: Stream = all
            .filter_map(|(_, one)| Some((one.transfer?.offset, self.calls.calls[one.event].front())))
            .filter(|(_, bytes)| !bytes.is_empty())
            .collect();
        stream.sort_by_key(|(offset, _)| *offset);
        stream
    }

    fn write(&self, addresses: [SocketAddr; 2], capture: &mut Capture) {
        let steps = self.steps();
        let streams = [self.stream(0), self.stream(1)];
        // Where each side's sequence begins; another one for each connection of the same addresses.
        let number = self.sides.iter().flatten().next().map_or(0, |sock| self.sockets.sockets[*sock].number);
        let first = [(number as u32).wrapping_mul(0x01_0000), (number as u32).wrapping_mul(0x01_0000) ^ 0x8000_0000];
        let begun = steps.iter().any(|step| matches!(step.step, Step::Opened));
        // How far each side has sent: bytes, and what counts as one.
        let mut sent = [0u64; 2];
        let mut counted = [u32::from(begun); 2];
        let mut ended = [false; 2];
        let mut last_ns = 0;
        for Timed { at_ns, side, event, sock, step } in steps {
            last_ns = at_ns.max(last_ns);
            let peer = 1 - side;
            let ends = (addresses[side], addresses[peer]);
            let next = |side: usize, sent: &[u64; 2], counted: &[u32; 2]| {
                first[side].wrapping_add(sent[side] as u32).wrapping_add(counted[side])
            };
            let own = Segment {
                sequence: next(side, &sent, &counted),
                acknowledged: Some(next(peer, &sent, &counted)),
                ..Segment::default()
            };
            let comment = format!("{}{}", self.calls.comment(event), note(self.sockets, sock));
            let mut put = |ends, segment, comment: &str| capture.tcp(last_ns, ends, segment, &[], 0, comment);
            match step {
                Step::Syn => {
                    put(ends, Segment { sequence: first[side], acknowledged: None, syn: true, ..own }, &comment);
                }
                Step::Opened => {
                    let answer = Segment {
                        sequence: first[side],
                        acknowledged: Some(first[peer].wrapping_add(1)),
                        syn: true,
                        ..own
                    };
                    put(ends, answer, &self.accepted());
                    let [sequence, acknowledged] = [peer, side].map(|side| first[side].wrapping_add(1));
                    put(
                        (ends.1, ends.0),
                        Segment { sequence, acknowledged: Some(acknowledged), ..Segment::default() },
                        "",
                    );
                }
                Step::Refused => {
                    let acknowledged = Some(first[peer].wrapping_add(1));
                    put(ends, Segment { sequence: 0, acknowledged, rst: true, ..own }, &comment);
                    return;
                }
                Step::Bytes { offset, bytes } => {
                    let mut at = offset;
                    let end = offset + bytes;
                    while at < end {
                        let length = (end - at).min(MAX_PAYLOAD);
                        let sequence =
                            first[side].wrapping_add(at as u32).wrapping_add(counted[side] - u32::from(ended[side]));
                        let known = known(&streams[side], at, length);
                        let comment = if at == offset { comment.as_str() } else { "" };
                        capture.tcp(last_ns, ends, Segment { sequence, ..own }, &known, length, comment);
                        at += length;
                    }
                    sent[side] = sent[side].max(end);
                }
                Step::Fin if ended[side] => {}
                Step::Fin => {
                    put(ends, Segment { fin: true, ..own }, &comment);
                    counted[side] += 1;
                    ended[side] = true;
                    if ended[peer] {
                        let [sequence, acknowledged] = [peer, side].map(|side| next(side, &sent, &counted));
                        put(
                            (ends.1, ends.0),
                            Segment { sequence, acknowledged: Some(acknowledged), ..Segment::default() },
                            "",
                        );
                    }
                }
                Step::Rst => {
                    put(ends, Segment { rst: true, ..own }, &comment);
                    return;
                }
            }
        }
    }

    /// Who accepted it.
    fn accepted(&self) -> String {
        let accepted = self.socket(1).filter(|(_, socket)| socket.origin == Origin::Accepted);
        accepted.map_or_else(String::new, |(sock, socket)| {
            format!("{}{}", self.calls.comment(socket.made), note(self.sockets, sock))
        })
    }
}

/// The bytes from there that are known without a gap, at most so many.
fn known(stream: &Stream, from: u64, most: u64) -> Vec<u8> {
    let mut found = Vec::new();
    for (offset, bytes) in stream {
        let at = from + found.len() as u64;
        if *offset > at || found.len() as u64 >= most {
            break;
        }
        let skipped = usize::try_from(at - offset).unwrap_or(usize::MAX);
        found.extend_from_slice(bytes.get(skipped..).unwrap_or_default());
    }
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    found
}
