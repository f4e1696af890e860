//! Nothing to take, no room to give: EAGAIN, EMSGSIZE.

use super::{CauseKind, Demo, Incident, Kinds, by, count, local, owner, seconds};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;
use crate::value::Value;

static NOTHING_ARRIVED: CauseKind = CauseKind {
    id: "nothing-arrived",
    errno: "EAGAIN",
    on: Kinds::STREAM_OR_SOCKET,
    expected: true,
    calls: &["recvfrom", "recvmsg", "read"],
    summary: "The socket does not wait (O_NONBLOCK or MSG_DONTWAIT), and nothing is there to be read. This is no failure.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.setblocking(0); a.recv(1)"),
};
static RECEIVE_TIMEOUT: CauseKind = CauseKind {
    id: "receive-timeout",
    errno: "EAGAIN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvfrom", "recvmsg", "read", "accept", "accept4"],
    summary: "The socket waits, but not longer than SO_RCVTIMEO, and nothing came in that time.",
    demo: Demo::Python(
        "from socket import *; import struct; a,b=socketpair(); a.setsockopt(SOL_SOCKET,SO_RCVTIMEO,struct.pack('ll',0,50000))
a.recv(1)",
    ),
};
static SEND_TIMEOUT: CauseKind = CauseKind {
    id: "send-timeout",
    errno: "EAGAIN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["sendto", "connect"],
    summary: "The socket waits, but not longer than SO_SNDTIMEO, and in that time nothing could be sent.",
    demo: Demo::Python(
        "from socket import *; import struct; a,b=socketpair(); a.setsockopt(SOL_SOCKET,SO_SNDTIMEO,struct.pack('ll',0,50000))
while 1: a.send(bytes(1<<20))",
    ),
};
static NO_CONNECTION: CauseKind = CauseKind {
    id: "no-connection-waits",
    errno: "EAGAIN",
    on: Kinds::SOCKET,
    expected: true,
    calls: &["accept", "accept4"],
    summary: "The listening socket does not wait, and no connection is there to be accepted. This is no failure.",
    demo: Demo::Python("from socket import *; s=create_server(('127.0.0.1',0)); s.setblocking(0); s.accept()"),
};
static BUFFER_FULL: CauseKind = CauseKind {
    id: "send-buffer-full",
    errno: "EAGAIN",
    on: Kinds::SOCKET,
    expected: true,
    calls: &["sendto", "sendmsg", "write", "writev", "sendfile"],
    summary: "The socket does not wait, and its send buffer is full: the other end does not read as fast as this one sends.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.setblocking(0)
while 1: c.send(bytes(1<<20))",
    ),
};
static UNIX_QUEUE_FULL: CauseKind = CauseKind {
    id: "unix-queue-full",
    errno: "EAGAIN",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "The queue of a Unix socket is full: as many connections wait to be accepted as its backlog allows, or as many \
           datagrams wait to be read.",
    demo: Demo::Python(
        "from socket import *; import os; n=chr(0)+'sockscope-%d'%os.getpid(); s=socket(AF_UNIX); s.bind(n); s.listen(0)
k=[socket(AF_UNIX) for i in range(3)]; [c.setblocking(0) for c in k]; [c.connect(n) for c in k]",
    ),
};
static DATAGRAM_TOO_LONG: CauseKind = CauseKind {
    id: "datagram-too-long",
    errno: "EMSGSIZE",
    on: Kinds::UDP,
    expected: false,
    calls: &["sendto", "sendmsg", "write"],
    summary: "A UDP datagram has at most 65507 bytes over IPv4 and 65527 over IPv6: 65535 with all headers.",
    demo: Demo::Program("udp-local", "too-long"),
};
static OVER_MTU: CauseKind = CauseKind {
    id: "larger-than-mtu",
    errno: "EMSGSIZE",
    on: Kinds::UDP,
    expected: false,
    calls: &["sendto", "sendmsg", "write"],
    summary: "The datagram is larger than the MTU of the way, and the socket forbids splitting it (IP_PMTUDISC_DO).",
    demo: Demo::Isolated(
        "from socket import *; import fcntl,struct; i=socket(type=SOCK_DGRAM); fcntl.ioctl(i, 0x8914, struct.pack('16sH14x', b'lo', 65))
fcntl.ioctl(i, 0x8922, struct.pack('16si12x', b'lo', 1500)); i.setsockopt(0,10,2); i.connect(('127.0.0.1',9)); i.send(bytes(4000))",
    ),
};
static OVER_BUFFER: CauseKind = CauseKind {
    id: "larger-than-send-buffer",
    errno: "EMSGSIZE",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["sendto", "sendmsg", "write"],
    summary: "A datagram of a Unix socket must fit whole into the send buffer (SO_SNDBUF).",
    demo: Demo::Python(
        "from socket import *; a,b=socketpair(type=SOCK_DGRAM); a.setsockopt(SOL_SOCKET,SO_SNDBUF,5000); a.send(bytes(50000))",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &NOTHING_ARRIVED,
    &RECEIVE_TIMEOUT,
    &SEND_TIMEOUT,
    &NO_CONNECTION,
    &BUFFER_FULL,
    &UNIX_QUEUE_FULL,
    &DATAGRAM_TOO_LONG,
    &OVER_MTU,
    &OVER_BUFFER,
];

/// Whether the call itself asks not to wait.
pub(super) fn asks_not_to_wait(incident: &Incident<'_>) -> bool {
    matches!(incident.call.arg("flags"), Some(Value::Flags(flags)) if flags.raw & libc::MSG_DONTWAIT as u64 != 0)
}

/// Why the call did not wait, in words.
fn not_waiting(incident: &Incident<'_>) -> &'static str {
    match incident.own().and_then(|own| own.nonblocking) {
        Some(true) => "the socket is nonblocking",
        _ if asks_not_to_wait(incident) => "MSG_DONTWAIT was given",
        _ => "the call does not wait",
    }
}

/// Try again.
pub(super) fn again(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own();
    let effect = incident.call.sys.effect;
    let since = incident.last(Action::MadeNonblocking).map(|call| format!(" since {}", by(call))).unwrap_or_default();
    let waits = own.is_some_and(|own| own.nonblocking == Some(false));
    let send_timeout = own.and_then(|own| own.send_timeout_ms).filter(|ms| *ms > 0);
    let timeout = own.and_then(|own| own.recv_timeout_ms).filter(|ms| *ms > 0);
    let receives = matches!(effect, Effect::Receives(_));
    let accepts = matches!(effect, Effect::Accepts(_));
    if let (true, true, Some(ms)) = (receives || accepts, waits, timeout) {
        return RECEIVE_TIMEOUT.cause(
            incident,
            format!("Nothing came within {} (SO_RCVTIMEO is {ms} ms).{}", seconds(ms), peer(incident)),
            "Wait longer, or take this as a timeout.",
        );
    }
    if let (Effect::Sends | Effect::Connects, true, Some(ms)) = (effect, waits, send_timeout) {
        return SEND_TIMEOUT.cause(
            incident,
            format!("Nothing could be sent within {} (SO_SNDTIMEO is {ms} ms).{}", seconds(ms), peer(incident)),
            "Wait longer, or take this as a timeout; the other end must read.",
        );
    }
    if accepts {
        let most = own
            .and_then(|own| own.backlog)
            .map(|most| format!(", of {} that could", most.saturating_add(1)))
            .unwrap_or_default();
        return NO_CONNECTION.cause(
            incident,
            format!("No connection waits to be accepted{most}, and {}{since}.", not_waiting(incident)),
            "No failure: wait until the socket is readable (poll).",
        );
    }
    if receives {
        return NOTHING_ARRIVED.cause(
            incident,
            format!("Nothing is there to be read, and {}{since}.{}", not_waiting(incident), peer(incident)),
            "No failure: wait until the socket is readable (poll).",
        );
    }
    if effect == Effect::Connects || incident.is(Kinds::UNIX_DATAGRAM) {
        let there = incident.there();
        let who = incident.evidence.sockets.first().map(|socket| {
            let queue = socket.recv_queue.map(|n| format!(" ({n} wait)")).unwrap_or_default();
            format!(": {} does not take what waits there{queue}", owner(socket))
        });
        return UNIX_QUEUE_FULL.cause(
            incident,
            format!("The queue of {there} is full{}.", who.unwrap_or_default()),
            "The server must accept or read; a larger backlog for listen holds more.",
        );
    }
    if !matches!(effect, Effect::Sends | Effect::Copies { .. }) {
        return None;
    }
    let full = match own.and_then(|own| Some((own.send_queue?, own.send_buffer?))) {
        Some((queued, buffer)) => {
            format!(": {} wait to be acknowledged, and SO_SNDBUF is {buffer}", count(queued, "byte"))
        }
        None => String::new(),
    };
    BUFFER_FULL.cause(
        incident,
        format!("The send buffer is full{full}, and {}{since}.{}", not_waiting(incident), peer(incident)),
        "Wait until the socket is writable (poll); the other end must read.",
    )
}

/// What the other end has and does, as a sentence.
pub(super) fn peer(incident: &Incident<'_>) -> String {
    let Some(peer) = incident.first(Relation::Peer) else { return String::new() };
    let state = peer.state.as_deref().unwrap_or("open");
    let unread = peer.recv_queue.filter(|bytes| *bytes > 0);
    let unread = unread.map(|bytes| format!(" with {} it has not read", count(bytes, "byte"))).unwrap_or_default();
    if peer.owners.is_empty() {
        let whose = if peer.inode.is_none() { "was not accepted yet" } else { "no process seen has it open" };
        return format!(" The other end, {}, is {state}{unread}; {whose}.", local(peer));
    }
    format!(" The other end is {}, {} in state {state}{unread}.", owner(peer), local(peer))
}

/// More than fits.
pub(super) fn too_long(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own();
    let size = match incident.call.arg("len").or_else(|| incident.call.arg("count")) {
        Some(Value::Uint(n)) => Some(*n),
        _ => None,
    };
    let bytes = size.map_or_else(|| "this datagram".to_owned(), |n| count(n, "byte"));
    if incident.is(Kinds::ANY_UNIX) {
        let buffer = own.and_then(|own| own.send_buffer).map(|n| format!(" (SO_SNDBUF is {n})")).unwrap_or_default();
        return OVER_BUFFER.cause(
            incident,
            format!("A datagram of {bytes} does not fit into the send buffer{buffer}."),
            "Send less at once, or set SO_SNDBUF higher (net.core.wmem_max is its limit).",
        );
    }
    let six = own.is_some_and(|own| own.protocol.ends_with('6'));
    let most = if six { 65_527 } else { 65_507 };
    let mtu = own.and_then(|own| own.mtu);
    if let (Some(true), Some(mtu), true) = (own.and_then(|own| own.dont_fragment), mtu, size.is_some_and(|n| n <= most))
    {
        return OVER_MTU.cause(
            incident,
            format!(
                "A datagram of {bytes} and its headers is larger than the MTU of the way, {mtu}, and the socket forbids \
                 splitting it (IP_MTU_DISCOVER is IP_PMTUDISC_DO)."
            ),
            format!("Send at most {} bytes at once.", mtu.saturating_sub(if six { 48 } else { 28 })),
        );
    }
    DATAGRAM_TOO_LONG.cause(
        incident,
        format!("A datagram of {bytes} is more than UDP carries over {}: {most}.", if six { "IPv6" } else { "IPv4" }),
        "Split it, or use TCP.",
    )
}
