//! Connected or not, and who ended it: EISCONN, ENOTCONN, EDESTADDRREQ, EPIPE, ECONNRESET.

use super::{CauseKind, Demo, Incident, Kinds, by, capital, count, local, owner};
use crate::event::{Action, Cause, Earlier, Relation};
use crate::syscall::{self, Effect};

static CONNECTED_BEFORE: CauseKind = CauseKind {
    id: "connected-before",
    errno: "EISCONN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "The socket is connected already. A TCP socket can be connected once in its life.",
    demo: Demo::Program("flow", "connect-twice"),
};
static IS_LISTENER: CauseKind = CauseKind {
    id: "listening-socket-connects",
    errno: "EISCONN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["connect"],
    summary: "The socket listens, so it cannot be connected; Linux returns EISCONN for that too.",
    demo: Demo::Python("from socket import *; s=create_server(('127.0.0.1',0)); s.connect(s.getsockname())"),
};
static NEVER_CONNECTED: CauseKind = CauseKind {
    id: "never-connected",
    errno: "ENOTCONN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvfrom", "getpeername", "shutdown", "sendto", "read", "write"],
    summary: "connect was never called on this socket, or has not succeeded.",
    demo: Demo::Python("from socket import *; socket().getpeername()"),
};
static LISTENER_RECEIVES: CauseKind = CauseKind {
    id: "listening-socket",
    errno: "ENOTCONN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvfrom", "getpeername", "sendto", "read"],
    summary: "The socket listens: bytes come over the sockets that accept returns, not over this one.",
    demo: Demo::Python("from socket import *; create_server(('127.0.0.1',0)).recv(1)"),
};
static CONNECTION_GONE: CauseKind = CauseKind {
    id: "connection-gone",
    errno: "ENOTCONN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["getpeername", "shutdown", "recvfrom"],
    summary: "The socket was connected, and the connection has ended: it was reset, or both sides have closed.",
    demo: Demo::Python(
        "from socket import *; import struct; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
k,_=s.accept(); k.setsockopt(SOL_SOCKET,SO_LINGER,struct.pack('ii',1,0)); k.close(); c.getpeername()",
    ),
};
static CONNECT_PENDING: CauseKind = CauseKind {
    id: "connect-pending",
    errno: "ENOTCONN",
    on: Kinds::TCP,
    expected: false,
    calls: &["getpeername", "shutdown", "sendto"],
    summary: "connect has begun without waiting (EINPROGRESS), and the other side has not answered yet.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setblocking(0); c.connect_ex(a); c.getpeername()",
    ),
};
static CONNECT_FAILED: CauseKind = CauseKind {
    id: "connect-failed",
    errno: "ENOTCONN",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["getpeername", "shutdown", "recvfrom", "sendto"],
    summary: "connect was called and failed, so there is no peer.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); a=s.getsockname(); s.close(); c=socket()
c.connect_ex(a); c.shutdown(SHUT_RDWR)",
    ),
};
static NO_DESTINATION: CauseKind = CauseKind {
    id: "no-destination",
    errno: "EDESTADDRREQ",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["sendto", "sendmsg", "write"],
    summary: "A datagram socket that is not connected needs an address with each datagram: sendto, or connect first.",
    demo: Demo::Program("flow", "no-destination"),
};
static OWN_SHUTDOWN: CauseKind = CauseKind {
    id: "own-shutdown",
    errno: "EPIPE",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev"],
    summary: "This side has ended sending with shutdown(SHUT_WR) or SHUT_RDWR. SIGPIPE comes with it, which Python ignores.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
c.shutdown(SHUT_WR); c.send(b'x')",
    ),
};
static PEER_GONE: CauseKind = CauseKind {
    id: "peer-gone",
    errno: "EPIPE",
    on: Kinds::TCP,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev"],
    summary: "The other end has closed, and has answered an earlier send with a reset; that send itself seemed to succeed.",
    demo: Demo::Program("chat", "peer-gone"),
};
static UNIX_PEER_CLOSED: CauseKind = CauseKind {
    id: "unix-peer-closed",
    errno: "EPIPE",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev"],
    summary: "The other end of a Unix socket is closed; unlike TCP, the first send already fails.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); b.close(); a.send(b'x')"),
};
static SENT_UNCONNECTED: CauseKind = CauseKind {
    id: "send-before-connect",
    errno: "EPIPE",
    on: Kinds::TCP,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev"],
    summary: "A TCP socket that was never connected cannot send; Linux returns EPIPE for that, and ENOTCONN for recv.",
    demo: Demo::Python("from socket import *; socket().send(b'x')"),
};
static PIPE_GONE: CauseKind = CauseKind {
    id: "pipe-reader-gone",
    errno: "EPIPE",
    on: Kinds::PIPE,
    expected: false,
    calls: &["write"],
    summary: "Nobody has the reading end of the pipe open any more: the program behind it, such as head, has read enough and \
           ended.",
    demo: Demo::Calls("%net,pipe2,write", "import os; r,w=os.pipe(); os.close(r); os.write(w,b'x')"),
};
static UNREAD_DATA: CauseKind = CauseKind {
    id: "closed-with-unread-data",
    errno: "ECONNRESET",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["recvfrom", "sendto", "read", "write"],
    summary: "The other end closed while bytes it had been sent were not read; then TCP resets the connection instead of \
           ending it, and what was on its way to us is lost.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); k,_=s.accept()
c.send(b'hello'); k.recv(2); k.close(); c.recv(9)",
    ),
};
static RESET_ON_CLOSE: CauseKind = CauseKind {
    id: "reset-on-purpose",
    errno: "ECONNRESET",
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "sendto", "read", "write"],
    summary: "The other end closed with SO_LINGER set to 0 seconds, which resets the connection.",
    demo: Demo::Python(
        "from socket import *; import struct; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
k,_=s.accept(); k.setsockopt(SOL_SOCKET,SO_LINGER,struct.pack('ii',1,0)); k.close(); c.recv(1)",
    ),
};
static RESET_BY_PEER: CauseKind = CauseKind {
    id: "reset-by-peer",
    errno: "ECONNRESET",
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "sendto", "read", "write", "getsockopt"],
    summary: "The other end reset the connection: it closed with unread data or with SO_LINGER, its process died so, or it \
           does not know the connection any more.",
    demo: Demo::Python(
        "from socket import *; import os,struct; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
if os.fork(): os.wait(); c.recv(1)
else: k,_=s.accept(); k.setsockopt(SOL_SOCKET,SO_LINGER,struct.pack('ii',1,0)); k.close(); os._exit(0)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &CONNECTED_BEFORE,
    &IS_LISTENER,
    &NEVER_CONNECTED,
    &LISTENER_RECEIVES,
    &CONNECTION_GONE,
    &CONNECT_PENDING,
    &CONNECT_FAILED,
    &NO_DESTINATION,
    &OWN_SHUTDOWN,
    &PEER_GONE,
    &UNIX_PEER_CLOSED,
    &PIPE_GONE,
    &SENT_UNCONNECTED,
    &UNREAD_DATA,
    &RESET_ON_CLOSE,
    &RESET_BY_PEER,
];

fn connected<'a>(incident: &Incident<'a>) -> Option<&'a crate::event::Earlier> {
    [Action::Connected, Action::Accepted, Action::BeganToConnect].into_iter().find_map(|did| incident.last(did))
}

/// Connected already.
pub(super) fn is_connected(incident: &Incident<'_>) -> Option<Cause> {
    if incident.state() == Some("LISTEN") {
        let at = incident.own().map_or("its address", |own| local(own));
        let since = incident.last(Action::Listened).map(|call| format!(" since {}", by(call))).unwrap_or_default();
        return IS_LISTENER.cause(
            incident,
            format!("This socket listens on {at}{since}, so it cannot be connected."),
            "Make another socket to connect with.",
        );
    }
    let peer = incident.own().and_then(|own| own.peer.as_deref()).map(|peer| format!(" to {peer}")).unwrap_or_default();
    let since = connected(incident).map(|call| format!(" since {}", by(call))).unwrap_or_default();
    CONNECTED_BEFORE.cause(
        incident,
        format!("This socket is connected{peer} already{since}."),
        "Close it and make a new one for another connection; after EINPROGRESS this means that connecting succeeded.",
    )
}

/// Not connected.
pub(super) fn not_connected(incident: &Incident<'_>) -> Option<Cause> {
    match incident.state() {
        Some("LISTEN") => {
            let at = incident.own().map_or("its address", |own| local(own));
            return LISTENER_RECEIVES.cause(
                incident,
                format!("This socket listens on {at}: it has no peer of its own."),
                "Use the socket that accept returns.",
            );
        }
        Some("SYN_SENT") => {
            let began =
                incident.last(Action::BeganToConnect).map(|call| format!(" since {}", by(call))).unwrap_or_default();
            return CONNECT_PENDING.cause(
                incident,
                format!("This socket is still connecting{began}; {} has not answered yet.", incident.there()),
                "Wait until it is writable, and read SO_ERROR.",
            );
        }
        _ => {}
    }
    let failed = incident.last(Action::Failed);
    // Without a round trip there was no answer, and so no connection.
    if let (Some(began), Some(0), None) =
        (incident.last(Action::BeganToConnect), incident.own().and_then(|own| own.rtt_us), failed)
    {
        return CONNECT_FAILED.cause(
            incident,
            format!("This socket has no peer: connecting failed after {}.", by(began)),
            "Look at why that failed (SO_ERROR); a new socket is needed to try again.",
        );
    }
    match (connected(incident), failed) {
        (_, Some(failed)) if matches!(effect(failed), Effect::Connects | Effect::ReadsOption) => CONNECT_FAILED.cause(
            incident,
            format!("This socket has no peer: connecting failed in {}.", by(failed)),
            "Look at why that failed; a new socket is needed to try again.",
        ),
        (Some(_), failed) => {
            let how = match (failed, incident.last(Action::PeerClosed)) {
                (Some(failed), _) => format!(" ({})", by(failed)),
                (None, Some(closed)) => format!(" (the other end was closed by {})", by(closed)),
                (None, None) => String::new(),
            };
            CONNECTION_GONE.cause(
                incident,
                format!("This socket was connected to {}, and that connection has ended{how}.", peer(incident)),
                "Treat the connection as over; close the socket.",
            )
        }
        (None, _) if incident.own().is_some_and(|own| own.peer.is_some()) => CONNECTION_GONE.cause(
            incident,
            format!("This socket was connected to {}, and that connection has ended.", peer(incident)),
            "Treat the connection as over; close the socket.",
        ),
        (None, _) if incident.own().is_none() && incident.last(Action::Made).is_none() => None,
        (None, _) => NEVER_CONNECTED.cause(
            incident,
            format!("{} was never connected{}.", capital(incident.named()), made(incident)),
            "Call connect first, or use the socket that accept returned.",
        ),
    }
}

/// What an earlier call was for, of which there is only the text.
pub(super) fn effect(earlier: &Earlier) -> Effect {
    let name = earlier.call.split('(').next().unwrap_or_default();
    syscall::by_name(name).map_or(Effect::Nothing, |sys| sys.effect)
}

fn made(incident: &Incident<'_>) -> String {
    incident.last(Action::Made).map(|call| format!(" since {}", by(call))).unwrap_or_default()
}

fn peer<'a>(incident: &Incident<'a>) -> &'a str {
    incident.own().and_then(|own| own.peer.as_deref()).unwrap_or("its peer")
}

/// A datagram without an address.
pub(super) fn no_destination(incident: &Incident<'_>) -> Option<Cause> {
    NO_DESTINATION.cause(
        incident,
        format!(
            "{} is a datagram socket that is not connected, and this datagram has no address.",
            capital(incident.named())
        ),
        "Use sendto with the address, or connect the socket first.",
    )
}

/// Nobody to send to.
pub(super) fn broken_pipe(incident: &Incident<'_>) -> Option<Cause> {
    if incident.is(Kinds::PIPE) {
        let fd = incident.named();
        return PIPE_GONE.cause(
            incident,
            format!("Nobody reads the pipe of {fd} any more: the reading end is closed everywhere."),
            "Stop writing; the program behind the pipe has ended, as head does when it has enough.",
        );
    }
    if let Some(shut) = incident.last(Action::ShutDown) {
        return OWN_SHUTDOWN.cause(
            incident,
            format!("This side ended sending itself, with {}.", by(shut)),
            "Send everything before shutdown, or leave out SHUT_WR.",
        );
    }
    if matches!(incident.state(), Some("FIN_WAIT1" | "FIN_WAIT2" | "CLOSING" | "LAST_ACK")) {
        return OWN_SHUTDOWN.cause(
            incident,
            format!(
                "This side ended sending itself with shutdown: the connection is in {}.",
                incident.state().unwrap_or("")
            ),
            "Send everything before shutdown, or leave out SHUT_WR.",
        );
    }
    let own_peer = incident.own().and_then(|own| own.peer.as_deref());
    let closed = incident.last(Action::PeerClosed);
    if incident.is(Kinds::ANY_UNIX) {
        let who = closed.map(|call| format!(" by {}", by(call))).unwrap_or_default();
        return UNIX_PEER_CLOSED.cause(
            incident,
            format!("The other end of this Unix socket is closed{who}."),
            "Stop sending; catch BrokenPipeError.",
        );
    }
    let never = connected(incident).is_none() && own_peer.is_none();
    if never && (incident.last(Action::Made).is_some() || incident.state() == Some("CLOSE")) {
        return SENT_UNCONNECTED.cause(
            incident,
            format!("{} is a TCP socket that was never connected{}.", capital(incident.named()), made(incident)),
            "Call connect first.",
        );
    }
    let who = match (closed, incident.first(Relation::Listener)) {
        (Some(call), _) => format!(" by {}", by(call)),
        (None, Some(listener)) => format!("; {} still listens on {}", owner(listener), local(listener)),
        (None, None) => String::new(),
    };
    let before = incident.last(Action::SawEnd).map(|call| format!(", as {} had shown", by(call))).unwrap_or_default();
    PEER_GONE.cause(
            incident,
        format!(
            "The other end of the connection with {} is closed{who}{before}; it answered what was sent since with a reset.",
            peer(incident)
        ),
        "Stop sending when recv has returned b''.",
    )
}

/// The other end ended it roughly.
pub(super) fn reset(incident: &Incident<'_>) -> Option<Cause> {
    let there = peer(incident);
    let advice = "The other end must read everything before it closes; treat the connection as over.";
    if let Some(closed) = incident.last(Action::PeerClosed) {
        return match closed.bytes {
            Some(0) => RESET_BY_PEER.cause(
                incident,
                format!(
                    "The other end, {there}, was closed by {}, and answered what was sent since with a reset.",
                    by(closed)
                ),
                "Stop sending when the other end has closed.",
            ),
            Some(bytes) => UNREAD_DATA.cause(
                incident,
                format!(
                    "The other end, {there}, was closed by {} while {} had not been read there.",
                    by(closed),
                    count(bytes, "byte")
                ),
                advice,
            ),
            None => RESET_ON_CLOSE.cause(
                incident,
                format!(
                    "The other end, {there}, was closed by {} with SO_LINGER set to 0 seconds, which resets.",
                    by(closed)
                ),
                "Leave out SO_LINGER there for an orderly end.",
            ),
        };
    }
    if incident.is(Kinds::UNIX) {
        return UNREAD_DATA.cause(
            incident,
            format!("The other end, {there}, was closed while bytes it had been sent were not read."),
            advice,
        );
    }
    let who = match (incident.first(Relation::Peer), incident.first(Relation::Listener)) {
        (Some(peer), _) => format!("; {} has its socket", owner(peer)),
        (None, Some(socket)) => format!("; {} listens there", owner(socket)),
        (None, None) => String::new(),
    };
    RESET_BY_PEER.cause(
        incident,
        format!(
            "{} reset the connection{who}: it closed with unread data or SO_LINGER, or its process died so.",
            capital(there.into())
        ),
        advice,
    )
}
