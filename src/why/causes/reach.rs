//! Nobody takes what is sent to an address and port: ECONNREFUSED.

use super::{CauseKind, Demo, Incident, Kinds, capital, host, local, owner, port, unix};
use crate::event::{Cause, Relation};

static NOTHING_LISTENS: CauseKind = CauseKind {
    id: "nothing-listens",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "No socket listens at that address and port, so the kernel there answered with a reset, or for UDP with an \
           ICMP message. The server is not running yet, has ended, or uses another port.",
    demo: Demo::Program("chat", "client-first"),
};
static BOUND_NOT_LISTENING: CauseKind = CauseKind {
    id: "bound-not-listening",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "A socket is bound to that address but takes nothing there: listen was not called yet, or it is a datagram \
           socket that is connected to somebody else.",
    demo: Demo::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); socket().connect(s.getsockname())"),
};
static OTHER_ADDRESS: CauseKind = CauseKind {
    id: "listens-at-other-address",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "A server uses that port at another address of the same machine, say only 127.0.0.1, or only one interface's.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.2',0)); socket().connect(('127.0.0.1',s.getsockname()[1]))",
    ),
};
static OTHER_FAMILY: CauseKind = CauseKind {
    id: "listens-in-other-family",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "A server uses that port in the other address family: IPv6 only, while IPv4 was asked, or the other way round.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); socket(AF_INET6).connect(('::1',s.getsockname()[1]))",
    ),
};
static OTHER_PROTOCOL: CauseKind = CauseKind {
    id: "other-protocol",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "A server uses that port in another protocol: UDP, while TCP was asked, or the other way round.",
    demo: Demo::Python(
        "from socket import *; u=socket(type=SOCK_DGRAM); u.bind(('127.0.0.1',0)); socket().connect(u.getsockname())",
    ),
};
static OTHER_NAMESPACE: CauseKind = CauseKind {
    id: "other-namespace",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "A server uses that port in another network namespace, such as a container's, whose 127.0.0.1 is another one.",
    demo: Demo::Isolated(
        "import os,fcntl,struct; from socket import *
def up(): fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))
up(); s=create_server(('127.0.0.1',0)); p=s.getsockname()[1]; r,w=os.pipe()
if os.fork(): os.read(r,1); os.wait()
else:
  import ctypes; ctypes.CDLL(None).unshare(0x40000000); up(); socket().connect_ex(('127.0.0.1',p)); os._exit(os.write(w,b'.')*0)",
    ),
};
static LISTENS_NOW: CauseKind = CauseKind {
    id: "listens-now",
    errno: "ECONNREFUSED",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    summary: "A server does listen there when the failed call is looked at: it began a moment too late, or a firewall rule \
           rejects the connection.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); c=socket(); c.setblocking(0)
c.connect_ex(s.getsockname()); s.listen(); c.getsockopt(SOL_SOCKET,SO_ERROR)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &NOTHING_LISTENS,
    &BOUND_NOT_LISTENING,
    &OTHER_ADDRESS,
    &OTHER_FAMILY,
    &OTHER_PROTOCOL,
    &OTHER_NAMESPACE,
    &LISTENS_NOW,
];

/// Nobody took it.
pub(super) fn refused(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    if incident.is(Kinds::ANY_UNIX) {
        return unix::refused(incident, &there);
    }
    let udp = incident.protocol() == "UDP";
    let takes = if udp { "takes datagrams" } else { "listens" };
    let found = |relation| incident.first(relation);
    if let Some(socket) = found(Relation::Listener) {
        return LISTENS_NOW.cause(
            incident,
            format!(
                "{there} refused, yet {} {takes} on {} now: it began a moment after this call, or a firewall rule rejects \
                 it.",
                owner(socket),
                local(socket)
            ),
            "Try again; if it is refused again, look at the firewall (nft list ruleset).",
        );
    }
    if let Some(socket) = found(Relation::Bound) {
        let (what, advice) = match (udp, &socket.peer) {
            (true, Some(peer)) => (
                format!("is connected to {peer} and takes datagrams from there only"),
                "Send from that address, or let the server use a socket that is not connected.".to_owned(),
            ),
            _ => (
                "has bound it and does not listen".to_owned(),
                "Connect after the server has called listen.".to_owned(),
            ),
        };
        let other = found(Relation::OtherPort)
            .map(|other| format!(" {} {takes} on {}.", capital(owner(other)), local(other)))
            .unwrap_or_default();
        return BOUND_NOT_LISTENING.cause(
            incident,
            format!("Nothing {takes} on {there}: {} {what}.{other}", owner(socket)),
            advice,
        );
    }
    if let Some(socket) = found(Relation::OtherAddress) {
        return OTHER_ADDRESS.cause(
            incident,
            format!("Nothing {takes} on {there}; {} {takes} on {} only.", owner(socket), local(socket)),
            format!("Use {}, or let the server bind {} or 0.0.0.0.", local(socket), host(&there)),
        );
    }
    if let Some(socket) = found(Relation::OtherFamily) {
        let (asked, has) = if there.starts_with('[') { ("IPv6", "IPv4") } else { ("IPv4", "IPv6") };
        return OTHER_FAMILY.cause(
            incident,
            format!(
                "Nothing {takes} on {there}; {} {takes} on {}, which is {has}, and {asked} was asked.",
                owner(socket),
                local(socket)
            ),
            format!("Use {has}, or let the server bind [::] with IPV6_V6ONLY off, which takes both."),
        );
    }
    if let Some(socket) = found(Relation::OtherProtocol) {
        let (asked, has) = if udp { ("UDP", "TCP") } else { ("TCP", "UDP") };
        return OTHER_PROTOCOL.cause(
            incident,
            format!("No {asked} socket is at {there}; {} has {} with {has}.", owner(socket), local(socket)),
            format!("If that is the server, use a {has} socket; if not, start the one for {asked}."),
        );
    }
    if let Some(socket) = found(Relation::OtherNamespace) {
        return OTHER_NAMESPACE.cause(
            incident,
            format!(
                "Nothing {takes} on {there} in this network namespace; {} {takes} on {} in another one.",
                owner(socket),
                local(socket)
            ),
            "Use the address by which that namespace (a container, say) is reached from here, or publish its port.",
        );
    }
    if let Some(socket) = found(Relation::OtherPort) {
        let who = if incident.is_own(socket) { "this process itself".into() } else { owner(socket) };
        return NOTHING_LISTENS.cause(
            incident,
            format!("Nothing {takes} on {there}; {who} {takes} on {}.", local(socket)),
            format!("If that is the server, use port {}; if not, start the server first.", port(local(socket))),
        );
    }
    NOTHING_LISTENS.cause(
        incident,
        format!("Nothing {takes} on {there}."),
        "Start the server first, and see that it uses this address and port (ss -ltnup).",
    )
}
