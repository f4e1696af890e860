//! Nobody there, or no way there: ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH, EINPROGRESS, EALREADY.

use super::{Case, Known, Shown, count, host, local, owner, port};
use crate::event::{Cause, Relation};

static NOTHING_LISTENS: Known = Known {
    id: "nothing-listens",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "No socket listens at that address and port, so the kernel there answered with a reset, or for UDP with an \
           ICMP message. The server is not running yet, has ended, or uses another port.",
    shown: Shown::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); a=s.getsockname(); s.close(); socket().connect(a)",
    ),
};
static BOUND_NOT_LISTENING: Known = Known {
    id: "bound-not-listening",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "A socket is bound to that address but takes nothing there: listen was not called yet, or it is a datagram \
           socket that is connected to somebody else.",
    shown: Shown::Case("chat", "client-first"),
};
static OTHER_ADDRESS: Known = Known {
    id: "listens-at-other-address",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "A server uses that port at another address of the same machine, say only 127.0.0.1, or only one interface's.",
    shown: Shown::Python(
        "from socket import *; s=create_server(('127.0.0.2',0)); socket().connect(('127.0.0.1',s.getsockname()[1]))",
    ),
};
static OTHER_FAMILY: Known = Known {
    id: "listens-in-other-family",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "A server uses that port in the other address family: IPv6 only, while IPv4 was asked, or the other way round.",
    shown: Shown::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); socket(AF_INET6).connect(('::1',s.getsockname()[1]))",
    ),
};
static OTHER_PROTOCOL: Known = Known {
    id: "other-protocol",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "A server uses that port in another protocol: UDP, while TCP was asked, or the other way round.",
    shown: Shown::Python(
        "from socket import *; u=socket(type=SOCK_DGRAM); u.bind(('127.0.0.1',0)); socket().connect(u.getsockname())",
    ),
};
static OTHER_NAMESPACE: Known = Known {
    id: "other-namespace",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "A server uses that port in another network namespace, such as a container's, whose 127.0.0.1 is another one.",
    shown: Shown::Apart(
        "import os,fcntl,struct; from socket import *
def up(): fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))
up(); s=create_server(('127.0.0.1',0)); p=s.getsockname()[1]; r,w=os.pipe()
if os.fork(): os.read(r,1); os.wait()
else:
  import ctypes; ctypes.CDLL(None).unshare(0x40000000); up(); socket().connect_ex(('127.0.0.1',p)); os._exit(os.write(w,b'.')*0)",
    ),
};
static LISTENS_NOW: Known = Known {
    id: "listens-now",
    errno: "ECONNREFUSED",
    calls: &["connect", "getsockopt", "sendto", "recvfrom"],
    says: "A server does listen there when the failed call is looked at: it began a moment too late, or a firewall rule \
           rejects the connection.",
    shown: Shown::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); c=socket(); c.setblocking(0)
c.connect_ex(s.getsockname()); s.listen(); c.getsockopt(SOL_SOCKET,SO_ERROR)",
    ),
};
static STALE_FILE: Known = Known {
    id: "stale-socket-file",
    errno: "ECONNREFUSED",
    calls: &["connect", "sendto"],
    says: "The file of a Unix socket is there, but no socket is bound to it any more: the server has ended without \
           removing the file.",
    shown: Shown::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p); s.listen()
s.close(); socket(AF_UNIX).connect(p)",
    ),
};
static UNIX_NOT_LISTENING: Known = Known {
    id: "unix-not-listening",
    errno: "ECONNREFUSED",
    calls: &["connect"],
    says: "A Unix socket is bound to that name, but listen was not called on it yet; or no socket has that abstract name.",
    shown: Shown::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p)
socket(AF_UNIX).connect(p)",
    ),
};

/// This family's.
pub(super) static KNOWN: &[&Known] = &[
    &NOTHING_LISTENS,
    &BOUND_NOT_LISTENING,
    &OTHER_ADDRESS,
    &OTHER_FAMILY,
    &OTHER_PROTOCOL,
    &OTHER_NAMESPACE,
    &LISTENS_NOW,
    &STALE_FILE,
    &UNIX_NOT_LISTENING,
];

/// Nobody took it.
pub(super) fn refused(case: &Case<'_>) -> Option<Cause> {
    let there = case.there();
    let is_unix = case.own().is_some_and(|own| own.protocol == "unix") || case.evidence.file.is_some();
    if is_unix {
        return refused_unix(case, &there);
    }
    let udp = case.protocol() == "UDP";
    let takes = if udp { "takes datagrams" } else { "listens" };
    let found = |relation| case.first(relation);
    if let Some(socket) = found(Relation::Listener) {
        return LISTENS_NOW.told(
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
        return BOUND_NOT_LISTENING
            .told(format!("Nothing {takes} on {there}: {} {what}.{other}", owner(socket)), advice);
    }
    if let Some(socket) = found(Relation::OtherAddress) {
        return OTHER_ADDRESS.told(
            format!("Nothing {takes} on {there}; {} {takes} on {} only.", owner(socket), local(socket)),
            format!("Use {}, or let the server bind {} or 0.0.0.0.", local(socket), host(&there)),
        );
    }
    if let Some(socket) = found(Relation::OtherFamily) {
        let (asked, has) = if there.starts_with('[') { ("IPv6", "IPv4") } else { ("IPv4", "IPv6") };
        return OTHER_FAMILY.told(
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
        return OTHER_PROTOCOL.told(
            format!("No {asked} socket is at {there}; {} has {} with {has}.", owner(socket), local(socket)),
            format!("Use a {has} socket, or another port."),
        );
    }
    if let Some(socket) = found(Relation::OtherNamespace) {
        return OTHER_NAMESPACE.told(
            format!(
                "Nothing {takes} on {there} in this network namespace; {} {takes} on {} in another one.",
                owner(socket),
                local(socket)
            ),
            "Use the address by which that namespace (a container, say) is reached from here, or publish its port.",
        );
    }
    if let Some(socket) = found(Relation::OtherPort) {
        return NOTHING_LISTENS.told(
            format!("Nothing {takes} on {there}; {} {takes} on {}.", owner(socket), local(socket)),
            format!("Start the server there, or use port {}.", port(local(socket))),
        );
    }
    NOTHING_LISTENS.told(
        format!("Nothing {takes} on {there}."),
        "Start the server first, and see that it uses this address and port (ss -ltnup).",
    )
}

fn refused_unix(case: &Case<'_>, there: &str) -> Option<Cause> {
    if let Some(socket) = case.evidence.sockets.first() {
        let waits = socket.recv_queue.unwrap_or(0);
        let what = if socket.relation == Relation::Listener {
            format!("listens on it now ({} waiting)", count(waits, "connection"))
        } else {
            "has bound it and does not listen".into()
        };
        return UNIX_NOT_LISTENING
            .told(format!("{there} is there, but {} {what}.", owner(socket)), "Connect after the server has called listen.");
    }
    if there.starts_with('@') {
        return UNIX_NOT_LISTENING.told(
            format!("No socket has the abstract name {there} in this network namespace."),
            "Start the server first; abstract names are not shared between network namespaces.",
        );
    }
    STALE_FILE.told(
        format!("The socket file {there} is there, but no socket is bound to it: its server has ended."),
        "Start the server again; it must remove the file before it binds.",
    )
}

/// With a capital letter, to begin a sentence.
fn capital(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
