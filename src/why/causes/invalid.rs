//! EINVAL, call by call: what each call refuses by it.

use super::{CauseKind, Demo, Incident, Kinds, by, capital};
use crate::event::{Action, Cause};
use crate::syscall::{CloseOnExec, Effect, Made};
use crate::value::{SockAddr, Value};
use crate::why::subject::address;

static BOUND_BEFORE: CauseKind = CauseKind {
    id: "bound-before",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["bind"],
    summary: "The socket has an address already: bind works once, and connect and listen give one too.",
    demo: Demo::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.bind(('127.0.0.1',0))"),
};
static NOT_LISTENING: CauseKind = CauseKind {
    id: "not-listening",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["accept", "accept4"],
    summary: "The socket does not listen: listen was not called, or shutdown ended it.",
    demo: Demo::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.accept()"),
};
static LISTEN_CONNECTED: CauseKind = CauseKind {
    id: "listen-on-connection",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["listen"],
    summary: "The socket is connected, or a Unix socket that is not bound, and cannot listen.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.listen()",
    ),
};
static NO_SCOPE: CauseKind = CauseKind {
    id: "scope-missing",
    errno: "EINVAL",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "bind", "sendto"],
    summary: "A link-local IPv6 address (fe80::…) means nothing without its interface: the scope is missing.",
    demo: Demo::Python("from socket import *; socket(AF_INET6).connect(('fe80::1',80))"),
};
static ADDRESS_TOO_SHORT: CauseKind = CauseKind {
    id: "address-length",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["bind", "connect", "sendto"],
    summary: "The length given for the address is too small for its family, or larger than any address.",
    demo: Demo::Python(
        "import ctypes,socket,struct; s=socket.socket(); a=struct.pack('=HH4s8x',2,0,b'')
ctypes.CDLL(None).bind(s.fileno(),a,8)",
    ),
};
static NO_URGENT: CauseKind = CauseKind {
    id: "no-urgent-data",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvfrom", "recvmsg"],
    summary: "MSG_OOB asks for urgent data, and there is none, it was read, or SO_OOBINLINE leaves it among the rest.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.recv(1,MSG_OOB)",
    ),
};
static BAD_TYPE: CauseKind = CauseKind {
    id: "type-or-flags",
    errno: "EINVAL",
    on: Kinds::ANY,
    expected: false,
    calls: &["socket", "socketpair", "accept4"],
    summary: "The type is none there is, or its flags have bits besides SOCK_CLOEXEC and SOCK_NONBLOCK.",
    demo: Demo::Python("from socket import *; socket(AF_INET,0xf0)"),
};
static BAD_HOW: CauseKind = CauseKind {
    id: "shutdown-how",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["shutdown"],
    summary: "The second argument is none of SHUT_RD, SHUT_WR and SHUT_RDWR.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.shutdown(7)"),
};
static OTHER: CauseKind = CauseKind {
    id: "argument-not-possible",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["connect", "sendto", "recvfrom", "ioctl", "fcntl"],
    summary: "An argument is out of its range, or not possible with this socket in its state.",
    demo: Demo::Python("from socket import *; import fcntl; s=socket(); fcntl.fcntl(s.fileno(), 9999)"),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &BOUND_BEFORE,
    &NOT_LISTENING,
    &LISTEN_CONNECTED,
    &NO_SCOPE,
    &ADDRESS_TOO_SHORT,
    &NO_URGENT,
    &BAD_TYPE,
    &BAD_HOW,
    &OTHER,
];

/// What this call refuses.
pub(super) fn invalid(incident: &Incident<'_>) -> Option<Cause> {
    let (name, effect) = (incident.call.sys.name, incident.call.sys.effect);
    let fd = incident.named();
    let this = capital(fd.clone());
    if matches!(effect, Effect::Binds | Effect::Connects | Effect::Sends) {
        if let Some(cause) = short_address(incident) {
            return Some(cause);
        }
        if let Some(SockAddr::Inet6 { ip, scope, .. }) = address(incident.call)
            && ip.segments()[0] & 0xffc0 == 0xfe80
            && scope.as_ref().is_none_or(|scope| scope.id() == 0)
        {
            return NO_SCOPE.cause(
                incident,
                format!("{ip} is link-local, and no interface is given with it."),
                format!("Give the interface as the scope: {ip}%eth0, or the fourth part of Python's address."),
            );
        }
    }
    match effect {
        Effect::Binds => {
            let earlier = [Action::Bound, Action::Listened, Action::Connected, Action::Accepted].into_iter();
            let since = earlier.filter_map(|did| incident.last(did)).next();
            let since = since.map(|call| format!(" since {}", by(call))).unwrap_or_default();
            let local = incident.own().and_then(|own| own.local.as_deref()).unwrap_or("an address");
            if since.is_empty() && incident.own().is_none_or(|own| own.local.is_none()) {
                return None; // it is not known to be bound
            }
            BOUND_BEFORE.cause(
                incident,
                format!("{this} is bound to {local} already{since}."),
                "Make a new socket for another address.",
            )
        }
        Effect::Accepts(_) if incident.own().is_some() && incident.state() != Some("LISTEN") => {
            let state = incident.state().map(|state| format!(" (its state is {state})")).unwrap_or_default();
            NOT_LISTENING.cause(incident, format!("{this} does not listen{state}."), "Call listen first.")
        }
        Effect::Listens => {
            let peer = incident.own().and_then(|own| own.peer.as_deref());
            let text = match peer {
                Some(peer) => format!("{this} is connected to {peer} and cannot listen."),
                None => format!("{this} cannot listen in its state{}.", state(incident)),
            };
            LISTEN_CONNECTED.cause(
                incident,
                text,
                "Make a new socket to listen with; a Unix socket must be bound first.",
            )
        }
        Effect::ShutsDown => BAD_HOW.cause(
            incident,
            "The second argument is none of SHUT_RD (0), SHUT_WR (1) and SHUT_RDWR (2).",
            "Give one of these.",
        ),
        // The type has its flags in it, where `accept4` has nothing else.
        Effect::Makes(Made::Socket | Made::SocketPair, _) | Effect::Accepts(CloseOnExec::Flag(_)) => {
            let kind = match incident.call.arg("type") {
                Some(Value::SockType(kind)) => {
                    let number = kind.kind.raw | kind.flags.raw;
                    format!(" ({number:#x})")
                }
                _ => String::new(),
            };
            BAD_TYPE.cause(
                incident,
                format!("The type{kind} is none there is, or has flags besides SOCK_CLOEXEC and SOCK_NONBLOCK."),
                "Use SOCK_STREAM or SOCK_DGRAM with those flags.",
            )
        }
        Effect::SetsOption | Effect::ReadsOption => super::option::value(incident),
        Effect::Receives(_) if has_oob(incident) => NO_URGENT.cause(
            incident,
            format!("MSG_OOB was given, and {fd} has no urgent data to be read that way."),
            "Leave out MSG_OOB, or wait for POLLPRI.",
        ),
        _ if incident.own().is_none() => None,
        _ => OTHER.cause(
            incident,
            format!(
                "An argument of {name} is out of its range, or not possible with {fd} in its state{}.",
                state(incident)
            ),
            format!("See {name}(2) under EINVAL."),
        ),
    }
}

fn has_oob(incident: &Incident<'_>) -> bool {
    matches!(incident.call.arg("flags"), Some(Value::Flags(flags)) if flags.raw & libc::MSG_OOB as u64 != 0)
}

pub(super) fn state(incident: &Incident<'_>) -> String {
    incident.state().map(|state| format!(" ({state})")).unwrap_or_default()
}

/// An address that is shorter than its family's.
fn short_address(incident: &Incident<'_>) -> Option<Cause> {
    let len = match incident.call.arg("addrlen")? {
        Value::Int(n) => *n,
        Value::Uint(n) => *n as i64,
        _ => return None,
    };
    let (family, least) = match incident.own()?.protocol.trim_start_matches("tcp").trim_start_matches("udp") {
        "" => ("AF_INET", 16),
        "6" => ("AF_INET6", 24),
        _ => return None,
    };
    (len < least || len > 128).then(|| {
        ADDRESS_TOO_SHORT.cause(
            incident,
            format!(
                "The address is {len} bytes long; one of {family} has at least {least}, and none has more than 128."
            ),
            "Pass the size of the whole structure.",
        )
    })?
}
