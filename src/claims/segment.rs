//! Claims about segments, acknowledgements and loss, tested with a packet socket and the kernel's counters.

use libc::{IPPROTO_ICMP, IPPROTO_TCP, TCP_NODELAY, TCP_QUICKACK};

use super::filter::{self, Filter};
use super::lab::{Lab, failed_with, local, outcome};
use super::witness::{self, Capture, Packet};
use super::{Claim, ExperimentError, Needs, Result};
use crate::sys::namespace;

const SYNCOOKIES: &str = "net.ipv4.tcp_syncookies";

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "three-way-handshake",
        documents: &["001"],
        programs: &["chat"],
        statement: "a connection takes three segments",
        depends_on: "how the connection comes about",
        settings: &[SYNCOOKIES],
        needs: Needs::Namespace,
        run: three_way_handshake,
    },
    Claim {
        id: "ack-at-once",
        documents: &["004"],
        programs: &["tcp-hello"],
        statement: "the receiver acknowledges every packet at once",
        depends_on: "whether the receiver answers itself (delayed acknowledgements), and TCP_QUICKACK",
        settings: &[],
        needs: Needs::Namespace,
        run: ack_at_once,
    },
    Claim {
        id: "tcp-reliable",
        documents: &["001", "003", "004"],
        programs: &["chat", "http-get", "tcp-hello", "udp-hello"],
        statement: "TCP keeps order and resends; UDP may lose",
        depends_on: "the protocol",
        settings: &[],
        needs: Needs::Namespace,
        run: tcp_reliable,
    },
    Claim {
        id: "ports-in-ip",
        documents: &["003"],
        programs: &["http-get"],
        statement: "an IP packet carries the ports",
        depends_on: "what the packet carries: ports are in the header of TCP and UDP, not in IP's",
        settings: &[],
        needs: Needs::Namespace,
        run: ports_in_ip,
    },
];

fn names(segments: &[Packet]) -> String {
    segments.iter().map(Packet::segment).collect::<Vec<_>>().join(", ")
}

/// Makes connections and counts the segments until both ends have them.
fn three_way_handshake(lab: &mut Lab) -> Result<()> {
    for (value, in_force) in lab.values(SYNCOOKIES, &["0", "2"])? {
        lab.set(SYNCOOKIES, &value)?;
        let (listener, address) = lab.listener(1)?;
        let port = lab.port(listener)?;
        let capture = Capture::open(lab)?;
        let client = lab.tcp()?;
        lab.show(|net| net.connect(client, &address))?;
        // When accept returns, the last segment has arrived.
        lab.accept(listener)?;
        lab.mark_evidence();
        let mark = lab.mark();
        let segments = capture.segments(lab, port)?;
        lab.calls_since(mark, "recvfrom", true);
        let tried = format!("connect to a listening socket, {SYNCOOKIES} = {value}");
        let seen = format!("{} segments: {}", segments.len(), names(&segments));
        let three = segments.len() == 3;
        if in_force { lab.trial_in_force(tried, seen, three) } else { lab.trial(tried, seen, three) }
    }
    lab.restore()?;
    let capture = Capture::open(lab)?;
    let alone = lab.tcp()?;
    lab.call(|net| net.bind(alone, &local(0)))?;
    let address = lab.address(alone)?;
    let port = lab.port(alone)?;
    lab.show(|net| net.connect(alone, &address))?;
    let segments = capture.segments(lab, port)?;
    lab.trial(
        "a socket that connects to its own address",
        format!("{} segments: {}", segments.len(), names(&segments)),
        segments.len() == 3,
    );
    Ok(())
}

/// Sends data and sees from the kernel's counter whether its acknowledgement was delayed.
fn ack_at_once(lab: &mut Lab) -> Result<()> {
    let (client, server, _) = lab.connection()?;
    lab.set_option(client, IPPROTO_TCP, TCP_NODELAY, 1)?;
    lab.set_option(server, IPPROTO_TCP, TCP_NODELAY, 1)?;
    let (seen, at_once) = acknowledged(lab, client)?;
    lab.trial("the first data of a connection", seen, at_once);
    converse(lab, client, server)?;
    let (seen, at_once) = acknowledged(lab, client)?;
    lab.trial("a question in a conversation, where the receiver has answered before", seen, at_once);
    converse(lab, client, server)?;
    lab.set_option(server, IPPROTO_TCP, TCP_QUICKACK, 1)?;
    lab.mark_evidence();
    let (seen, at_once) = acknowledged(lab, client)?;
    lab.trial("the same with TCP_QUICKACK on the receiver", seen, at_once);
    Ok(())
}

/// Questions and answers, until the receiver expects to answer.
fn converse(lab: &mut Lab, client: i32, server: i32) -> Result<()> {
    for _ in 0..3 {
        lab.call(|net| net.send(client, b"question", 0))?;
        lab.readable(server)?;
        lab.recv(server)?;
        lab.call(|net| net.send(server, b"answer", 0))?;
        lab.readable(client)?;
        lab.recv(client)?;
    }
    Ok(())
}

/// Sends from `client` and waits for the acknowledgement; returns what was observed, and whether it came without the
/// delayed-acknowledgement timer.
fn acknowledged(lab: &mut Lab, client: i32) -> Result<(String, bool)> {
    let port = lab.port(client)?;
    let capture = Capture::open(lab)?;
    let before = witness::counter("DelayedACKs")?;
    lab.show(|net| net.send(client, b"data", 0))?;
    let unacked = witness::tcp_info(lab, client)?.unacked;
    lab.mark_evidence();
    let began = std::time::Instant::now();
    loop {
        let packet = capture
            .next(lab, 2000)?
            .ok_or_else(|| ExperimentError::new("timed out after 2 s waiting for an acknowledgement"))?;
        if packet.ports().is_some_and(|(_, to)| to == port) && packet.data() == 0 {
            break;
        }
    }
    let waited = began.elapsed().as_millis();
    let delayed = witness::counter("DelayedACKs")? > before;
    let seen = if delayed {
        format!(
            "{unacked} segment unacknowledged after send; a timer sends the acknowledgement (DelayedACKs), {}",
            about(waited)
        )
    } else {
        format!("{unacked} segments unacknowledged after send; no timer was needed")
    };
    Ok((seen, !delayed))
}

/// A delay rounded to 10 ms, so that the words are the same in most runs.
fn about(ms: u128) -> String {
    let tens = (ms + 5) / 10 * 10;
    format!("about {tens} ms later")
}

/// Drops the first of two messages at the receiver, over TCP and over UDP.
fn tcp_reliable(lab: &mut Lab) -> Result<()> {
    let (client, server, _) = lab.connection()?;
    lab.set_option(client, IPPROTO_TCP, TCP_NODELAY, 1)?;
    Filter::tcp_data_beginning_with(b'A').attach(lab, server)?;
    lab.mark_evidence();
    lab.show(|net| net.send(client, b"A, the first; ", 0))?;
    lab.show(|net| net.send(client, b"B, the second", 0))?;
    // B has arrived and A has not, so nothing may be delivered.
    let early = lab.poll(server, libc::POLLIN, 20)?;
    lab.mark_evidence();
    filter::detach(lab, server)?;
    lab.mark_evidence();
    let mut got = String::new();
    while got.len() < 27 {
        lab.readable(server)?;
        let piece = lab.recv(server)?;
        lab.mark_evidence();
        if piece.is_empty() {
            break;
        }
        got += &piece;
    }
    let again = witness::tcp_info(lab, client)?.total_retrans;
    lab.trial(
        "TCP, the first of two segments is lost",
        format!(
            "{} before it is sent again; then recv gives {got:?} ({} segments sent again)",
            if early == 0 { "nothing can be read" } else { "something can be read" },
            if again > 0 { "one or more" } else { "no" }
        ),
        early == 0 && got == "A, the first; B, the second" && again > 0,
    );

    let (sender, _) = lab.udp_bound()?;
    let (receiver, address) = lab.udp_bound()?;
    Filter::udp_data_beginning_with(b'A').attach(lab, receiver)?;
    lab.mark_evidence();
    lab.show(|net| net.sendto(sender, b"A, the first; ", 0, &address))?;
    lab.show(|net| net.sendto(sender, b"B, the second", 0, &address))?;
    lab.readable(receiver)?;
    let got = lab.recv(receiver)?;
    lab.mark_evidence();
    filter::detach(lab, receiver)?;
    let more = lab.recv(receiver);
    lab.mark_evidence();
    lab.trial(
        "UDP, the first of two datagrams is lost",
        format!("recv gives {got:?}, then recv {}: it is not sent again", outcome(&more)),
        got == "B, the second" && failed_with(&more, libc::EAGAIN),
    );

    // Loss does not need a bad network: datagrams that find the buffer full are dropped.
    let (receiver, address) = lab.udp_bound()?;
    lab.set_option(receiver, libc::SOL_SOCKET, libc::SO_RCVBUF, 4096)?;
    const SENT: usize = 50;
    for _ in 0..SENT {
        lab.call(|net| net.sendto(sender, &[b'x'; 512], 0, &address))?;
    }
    lab.readable(receiver)?;
    let mut came = 0;
    while lab.recv(receiver).is_ok() {
        came += 1;
    }
    lab.trial(
        format!("UDP, {SENT} datagrams into a small receive buffer that is not read"),
        if came < SENT { "every sendto succeeds, not all arrive" } else { "all arrive" },
        came < SENT,
    );
    Ok(())
}

/// Looks for the ports in a datagram, in the second fragment of one, and in an ICMP message.
fn ports_in_ip(lab: &mut Lab) -> Result<()> {
    namespace::set_loopback_mtu(1500)
        .map_err(|error| ExperimentError::new(format!("cannot set the MTU of lo: {error}")))?;
    let (sender, from) = lab.udp_bound()?;
    let (_receiver, to) = lab.udp_bound()?;
    let wanted = (super::lab::port(&from), super::lab::port(&to));
    let capture = Capture::open(lab)?;
    let mark = lab.mark();
    lab.show(|net| net.sendto(sender, b"one packet", 0, &to))?;
    let whole = expect(lab, &capture)?;
    let at = whole.header();
    lab.trial(
        "a UDP datagram in one packet",
        format!(
            "the ports {} at byte {at}, where UDP's header begins; IP's own header of {at} bytes has none",
            if whole.ports() == Some(wanted) { "are" } else { "are not" }
        ),
        whole.ports() == Some(wanted),
    );
    lab.show(|net| net.sendto(sender, &[b'x'; 2500], 0, &to))?;
    let first = expect(lab, &capture)?;
    let second = expect(lab, &capture)?;
    lab.trial("the first fragment of a longer datagram", describe(&first), first.ports() == Some(wanted));
    lab.trial("its second fragment", describe(&second), second.ports() == Some(wanted));

    let ping = lab.call(|net| net.socket(libc::AF_INET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, IPPROTO_ICMP))?;
    // Echo request, code 0, checksum, identifier 0, sequence 0.
    lab.show(|net| net.sendto(ping, &[8, 0, 0xf7, 0xff, 0, 0, 0, 0], 0, &local(0)))?;
    let icmp = expect(lab, &capture)?;
    lab.trial("an ICMP echo request", describe(&icmp), icmp.ports().is_some());
    lab.calls_since(mark, "recvfrom", true);
    Ok(())
}

fn expect(lab: &mut Lab, capture: &Capture) -> Result<Packet> {
    capture.next(lab, 2000)?.ok_or_else(|| ExperimentError::new("timed out after 2 s waiting for a packet"))
}

/// A packet's protocol and fragment offset, and whether it has the ports.
fn describe(packet: &Packet) -> String {
    let ports = if packet.ports().is_some() { "it has the ports" } else { "it has no ports" };
    format!("protocol {}, fragment offset {}: {ports}", packet.protocol(), packet.fragment_offset())
}
