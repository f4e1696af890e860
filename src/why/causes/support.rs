//! What a kernel or a kind of socket does not have: EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT, EOPNOTSUPP,
//! EPROTOTYPE.

use super::{CauseKind, Demo, Incident, Kinds, capital, owner};
use crate::event::Cause;
use crate::value::Value;
use crate::why::subject::address;
use crate::xlat::socket::ADDRESS_FAMILY;

static OTHER_TYPE: CauseKind = CauseKind {
    id: "protocol-of-other-type",
    errno: "EPROTONOSUPPORT",
    on: Kinds::NONE,
    expected: false,
    calls: &["socket", "socketpair"],
    summary: "The protocol exists, but for another type of socket: TCP is for SOCK_STREAM, UDP for SOCK_DGRAM. 0 takes the \
           right one.",
    demo: Demo::Program("flow", "wrong-protocol"),
};
static NO_PROTOCOL: CauseKind = CauseKind {
    id: "protocol-not-in-kernel",
    errno: "EPROTONOSUPPORT",
    on: Kinds::NONE,
    expected: false,
    calls: &["socket", "socketpair"],
    summary: "This kernel does not have the protocol, or its module is not loaded and may not be.",
    demo: Demo::Python("from socket import *; socket(AF_INET,SOCK_STREAM,253)"),
};
static NO_TYPE: CauseKind = CauseKind {
    id: "type-not-in-family",
    errno: "ESOCKTNOSUPPORT",
    on: Kinds::NONE,
    expected: false,
    calls: &["socket", "socketpair"],
    summary: "The address family has no sockets of that type.",
    demo: Demo::Python("from socket import *; socket(AF_UNIX,SOCK_RDM)"),
};
static NO_FAMILY: CauseKind = CauseKind {
    id: "family-not-in-kernel",
    errno: "EAFNOSUPPORT",
    on: Kinds::NONE,
    expected: false,
    calls: &["socket", "socketpair"],
    summary: "This kernel does not have the address family, or its module is not loaded and may not be.",
    demo: Demo::Python("from socket import *; socket(3,SOCK_STREAM)"),
};
static OTHER_FAMILY: CauseKind = CauseKind {
    id: "address-of-other-family",
    errno: "EAFNOSUPPORT",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["bind", "connect", "sendto"],
    summary: "The address is of another family than the socket, say IPv6 with a socket for IPv4.",
    demo: Demo::Python(
        "from socket import *; socket(AF_INET6,SOCK_STREAM,fileno=socket(AF_INET).detach()).connect(('::1',80))",
    ),
};
static NOT_FOR_DATAGRAMS: CauseKind = CauseKind {
    id: "not-for-this-type",
    errno: "EOPNOTSUPP",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["listen", "accept", "accept4", "sendto", "recvfrom"],
    summary: "The type of socket does not have that operation: only SOCK_STREAM and SOCK_SEQPACKET listen and accept, and only \
           TCP has urgent data.",
    demo: Demo::Python("from socket import *; socket(type=SOCK_DGRAM).listen()"),
};
static UNIX_TYPE: CauseKind = CauseKind {
    id: "unix-socket-of-other-type",
    errno: "EPROTOTYPE",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "The Unix socket at that path is of another type: SOCK_STREAM, while SOCK_DGRAM was asked, or the other way round.",
    demo: Demo::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p); s.listen()
socket(AF_UNIX,SOCK_DGRAM).connect(p)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&OTHER_TYPE, &NO_PROTOCOL, &NO_TYPE, &NO_FAMILY, &OTHER_FAMILY, &NOT_FOR_DATAGRAMS, &UNIX_TYPE];

/// An argument of `socket` in words.
fn named(incident: &Incident<'_>, name: &str) -> String {
    match incident.call.arg(name) {
        Some(Value::Const(constant)) => constant.name().map_or_else(|| constant.raw.to_string(), str::to_owned),
        Some(Value::SockType(kind)) => kind.kind.name().map_or_else(|| kind.kind.raw.to_string(), str::to_owned),
        Some(Value::Uint(n)) => n.to_string(),
        Some(Value::Int(n)) => n.to_string(),
        _ => "that one".into(),
    }
}

/// The protocol.
pub(super) fn no_protocol(incident: &Incident<'_>) -> Option<Cause> {
    let (protocol, kind, domain) = (named(incident, "protocol"), named(incident, "type"), named(incident, "domain"));
    let right = match protocol.as_str() {
        "IPPROTO_TCP" | "IPPROTO_MPTCP" => Some("SOCK_STREAM"),
        "IPPROTO_UDP" | "IPPROTO_UDPLITE" => Some("SOCK_DGRAM"),
        "IPPROTO_ICMP" | "IPPROTO_ICMPV6" => Some("SOCK_DGRAM or SOCK_RAW"),
        _ => None,
    };
    let there = &incident.evidence.protocols;
    if let Some(right) = right.filter(|right| !right.contains(&kind)) {
        return OTHER_TYPE.cause(
            incident,
            format!("{protocol} is for {right}, not for {kind}."),
            "Give the type and protocol that belong together, or 0 as the protocol.",
        );
    }
    if domain == "AF_UNIX" {
        return OTHER_TYPE.cause(
            incident,
            format!("Unix sockets have no protocol {protocol}."),
            "Give 0 as the protocol.",
        );
    }
    let known = if there.is_empty() {
        String::new()
    } else {
        format!(" It has {}.", there.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    NO_PROTOCOL.cause(
        incident,
        format!("This kernel has no protocol {protocol} for {kind} sockets of {domain}.{known}"),
        "Load the module if there is one (modprobe sctp, say), or use another protocol.",
    )
}

/// The type.
pub(super) fn no_type(incident: &Incident<'_>) -> Option<Cause> {
    NO_TYPE.cause(
        incident,
        format!("{} has no sockets of type {}.", named(incident, "domain"), named(incident, "type")),
        "Use SOCK_STREAM or SOCK_DGRAM.",
    )
}

/// The family.
pub(super) fn no_family(incident: &Incident<'_>) -> Option<Cause> {
    if let Some(to) = address(incident.call) {
        let family = ADDRESS_FAMILY.name(u64::from(to.family())).map_or_else(|| to.family().to_string(), str::to_owned);
        let own = incident.own().map_or("another family", |own| match own.protocol.as_str() {
            "unix" => "AF_UNIX",
            six if six.ends_with('6') => "AF_INET6",
            "tcp" | "udp" | "raw" => "AF_INET",
            _ => "another family",
        });
        return OTHER_FAMILY.cause(
            incident,
            format!("The address is of {family}, and {} is a socket of {own}.", incident.named()),
            "Make the socket for the family of the address (getaddrinfo gives both).",
        );
    }
    NO_FAMILY.cause(
        incident,
        format!("This kernel has no sockets of {}.", named(incident, "domain")),
        "Load the module if there is one; for IPv6 see whether it is disabled (ipv6.disable=1).",
    )
}

/// The operation.
pub(super) fn no_operation(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own()?;
    let kind = own.kind.as_deref().unwrap_or("this type");
    NOT_FOR_DATAGRAMS.cause(
        incident,
        format!(
            "{} is a {kind} socket ({}), which has no {}.",
            capital(incident.named()),
            own.protocol,
            incident.call.sys.name
        ),
        "Use a SOCK_STREAM socket for that; datagram sockets are ready after bind.",
    )
}

/// A Unix socket of another type.
pub(super) fn other_type(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.to()?;
    let own = incident.own().and_then(|own| own.kind.as_deref()).unwrap_or("another type");
    let (its, advice) = match incident.evidence.sockets.first() {
        Some(socket) => {
            let kind = socket.kind.as_deref().unwrap_or("another type");
            (format!("{} has it with {kind}", owner(socket)), format!("Use a socket of the same type, {kind}."))
        }
        None => ("it is of another type".into(), "Use a socket of the server's type.".to_owned()),
    };
    UNIX_TYPE.cause(incident, format!("The socket at {there} takes no {own}: {its}."), advice)
}
