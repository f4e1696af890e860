//! What a kernel or a kind of socket does not have: EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT, EOPNOTSUPP,
//! ENOPROTOOPT, EPROTOTYPE.

use super::{CauseKind, Demo, Incident};
use crate::event::Cause;
use crate::value::Value;
use crate::why::subject::address;
use crate::xlat::socket::ADDRESS_FAMILY;

static OTHER_TYPE: CauseKind = CauseKind {
    id: "protocol-of-other-type",
    errno: "EPROTONOSUPPORT",
    calls: &["socket", "socketpair"],
    summary: "The protocol exists, but for another type of socket: TCP is for SOCK_STREAM, UDP for SOCK_DGRAM. 0 takes the \
           right one.",
    demo: Demo::Program("flow", "wrong-protocol"),
};
static NO_PROTOCOL: CauseKind = CauseKind {
    id: "protocol-not-in-kernel",
    errno: "EPROTONOSUPPORT",
    calls: &["socket", "socketpair"],
    summary: "This kernel does not have the protocol, or its module is not loaded and may not be.",
    demo: Demo::Python("from socket import *; socket(AF_INET,SOCK_STREAM,253)"),
};
static NO_TYPE: CauseKind = CauseKind {
    id: "type-not-in-family",
    errno: "ESOCKTNOSUPPORT",
    calls: &["socket", "socketpair"],
    summary: "The address family has no sockets of that type.",
    demo: Demo::Python("from socket import *; socket(AF_UNIX,SOCK_RDM)"),
};
static NO_FAMILY: CauseKind = CauseKind {
    id: "family-not-in-kernel",
    errno: "EAFNOSUPPORT",
    calls: &["socket", "socketpair"],
    summary: "This kernel does not have the address family, or its module is not loaded and may not be.",
    demo: Demo::Python("from socket import *; socket(3,SOCK_STREAM)"),
};
static OTHER_FAMILY: CauseKind = CauseKind {
    id: "address-of-other-family",
    errno: "EAFNOSUPPORT",
    calls: &["bind", "connect", "sendto"],
    summary: "The address is of another family than the socket, say IPv6 with a socket for IPv4.",
    demo: Demo::Python(
        "from socket import *; socket(AF_INET6,SOCK_STREAM,fileno=socket(AF_INET).detach()).connect(('::1',80))",
    ),
};
static NOT_FOR_DATAGRAMS: CauseKind = CauseKind {
    id: "not-for-this-type",
    errno: "EOPNOTSUPP",
    calls: &["listen", "accept", "accept4", "sendto", "recvfrom"],
    summary: "The type of socket does not have that operation: only SOCK_STREAM and SOCK_SEQPACKET listen and accept, and only \
           TCP has urgent data.",
    demo: Demo::Python("from socket import *; socket(type=SOCK_DGRAM).listen()"),
};
static NO_OPTION: CauseKind = CauseKind {
    id: "option-not-known",
    errno: "ENOPROTOOPT",
    calls: &["setsockopt", "getsockopt"],
    summary: "The socket does not know the option at that level: TCP's options need a TCP socket, IPv6's an IPv6 one.",
    demo: Demo::Python("from socket import *; socket(AF_INET,SOCK_STREAM).getsockopt(SOL_SOCKET,9999)"),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&OTHER_TYPE, &NO_PROTOCOL, &NO_TYPE, &NO_FAMILY, &OTHER_FAMILY, &NOT_FOR_DATAGRAMS, &NO_OPTION];

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
            format!("{protocol} is for {right}, not for {kind}."),
            "Give the type and protocol that belong together, or 0 as the protocol.",
        );
    }
    if domain == "AF_UNIX" {
        return OTHER_TYPE.cause(format!("Unix sockets have no protocol {protocol}."), "Give 0 as the protocol.");
    }
    let known = if there.is_empty() {
        String::new()
    } else {
        format!(" It has {}.", there.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    NO_PROTOCOL.cause(
        format!("This kernel has no protocol {protocol} for {kind} sockets of {domain}.{known}"),
        "Load the module if there is one (modprobe sctp, say), or use another protocol.",
    )
}

/// The type.
pub(super) fn no_type(incident: &Incident<'_>) -> Option<Cause> {
    NO_TYPE.cause(
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
            format!("The address is of {family}, and descriptor {} is a socket of {own}.", incident.fd()),
            "Make the socket for the family of the address (getaddrinfo gives both).",
        );
    }
    NO_FAMILY.cause(
        format!("This kernel has no sockets of {}.", named(incident, "domain")),
        "Load the module if there is one; for IPv6 see whether it is disabled (ipv6.disable=1).",
    )
}

/// The operation.
pub(super) fn no_operation(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own()?;
    let kind = own.kind.as_deref().unwrap_or("this type");
    NOT_FOR_DATAGRAMS.cause(
        format!(
            "Descriptor {} is a {kind} socket ({}), which has no {}.",
            incident.fd(),
            own.protocol,
            incident.call.sys.name
        ),
        "Use a SOCK_STREAM socket for that; datagram sockets are ready after bind.",
    )
}

/// The option.
pub(super) fn no_option(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own().map(|own| format!(" ({})", own.protocol)).unwrap_or_default();
    NO_OPTION.cause(
        format!(
            "Descriptor {}{own} has no option {} at level {}.",
            incident.fd(),
            named(incident, "optname"),
            named(incident, "level")
        ),
        "See which level and which type of socket the option belongs to; newer options need a newer kernel.",
    )
}
