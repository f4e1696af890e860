//! Nothing answers, or no route leads there: ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH, EINPROGRESS, EALREADY.

use super::{CauseKind, Demo, Incident, Kinds, by, capital, count, host, local, owner, port};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;

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
static STALE_FILE: CauseKind = CauseKind {
    id: "stale-socket-file",
    errno: "ECONNREFUSED",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "The file of a Unix socket is there, but no socket is bound to it any more: the server has ended without \
           removing the file.",
    demo: Demo::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p); s.listen()
s.close(); socket(AF_UNIX).connect(p)",
    ),
};
static UNIX_NOT_LISTENING: CauseKind = CauseKind {
    id: "unix-not-listening",
    errno: "ECONNREFUSED",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect"],
    summary: "A Unix socket is bound to that name, but listen was not called on it yet; or no socket has that abstract name.",
    demo: Demo::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p)
socket(AF_UNIX).connect(p)",
    ),
};
static FILE_MISSING: CauseKind = CauseKind {
    id: "no-socket-file",
    errno: "ENOENT",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect", "sendto", "bind"],
    summary: "There is no file of that name, so no Unix socket to reach; for bind, the directory is missing.",
    demo: Demo::Python("from socket import *; socket(AF_UNIX).connect('/nowhere/s')"),
};
static NOT_A_SOCKET_FILE: CauseKind = CauseKind {
    id: "no-socket-at-path",
    errno: "ECONNREFUSED",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "Something of that name is there, but it is a file, a directory or another thing that no socket was ever bound \
           to.",
    demo: Demo::Python("from socket import *; import tempfile; socket(AF_UNIX).connect(tempfile.mkstemp()[1])"),
};
static ABSTRACT_OTHER_TYPE: CauseKind = CauseKind {
    id: "abstract-name-of-other-type",
    errno: "ECONNREFUSED",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "A Unix socket has that abstract name, but it is of another type: SOCK_STREAM, while SOCK_DGRAM was asked, or \
           the other way round.",
    demo: Demo::Python(
        "from socket import *; import os; n=chr(0)+'sockscope-%d'%os.getpid(); s=socket(AF_UNIX); s.bind(n); s.listen()
socket(AF_UNIX,SOCK_DGRAM).connect(n)",
    ),
};
static NO_NAME_CACHE: CauseKind = CauseKind {
    id: "no-name-cache",
    errno: "ENOENT",
    on: Kinds::ANY_UNIX,
    expected: true,
    calls: &["connect"],
    summary: "The C library asks nscd, a cache of names, before it looks a name up itself. Most machines do not have it, and \
           the lookup goes on.",
    demo: Demo::Python("from socket import *; socket(AF_UNIX).connect('/var/run/nscd/socket')"),
};
static KEEPALIVE: CauseKind = CauseKind {
    id: "keepalive-not-answered",
    errno: "ETIMEDOUT",
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "sendto", "getsockopt"],
    summary: "Nothing was under way, and the other end left the probes of SO_KEEPALIVE without an answer: its host or the way \
           there is gone.",
    demo: Demo::Isolated(
        "import os; from socket import *; os.system('ip link set lo up')
s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
[c.setsockopt(*o) for o in ((1,9,1),(6,4,1),(6,5,1),(6,6,2))]
os.system('ip route flush table local; ip route add blackhole 127.0.0.0/8 table local; true'); c.recv(1)",
    ),
};
static REFUSED_ALREADY: CauseKind = CauseKind {
    id: "refused-already",
    errno: "EINPROGRESS",
    on: Kinds::TCP,
    expected: false,
    calls: &["connect"],
    summary: "The socket does not wait, but connecting has failed already while connect returned, as on loopback where \
           nothing listens: the error is in SO_ERROR.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); a=s.getsockname(); s.close()
c=socket(); c.setblocking(0); c.connect_ex(a)",
    ),
};
static NO_ANSWER: CauseKind = CauseKind {
    id: "no-answer",
    errno: "ETIMEDOUT",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "recvfrom", "sendto"],
    summary: "Nothing answered the first segment, however often it was sent again (tcp_syn_retries, TCP_SYNCNT): the host is \
           down, or a firewall drops the segments.",
    demo: Demo::Isolated(
        "import os; from socket import *
os.system('ip link set lo up; ip addr add 192.0.2.1/32 dev lo; ip route add 192.0.2.0/24 dev lo')
c=socket(); c.setsockopt(IPPROTO_TCP,TCP_SYNCNT,1); c.connect(('192.0.2.2',80))",
    ),
};
static QUEUE_FULL: CauseKind = CauseKind {
    id: "queue-full",
    errno: "ETIMEDOUT",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt"],
    summary: "A server listens, but its queue of connections that wait to be accepted is full, so the kernel drops new ones \
           without an answer.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setsockopt(IPPROTO_TCP,TCP_SYNCNT,1); c.connect(a)",
    ),
};
static NOT_ACKNOWLEDGED: CauseKind = CauseKind {
    id: "not-acknowledged",
    errno: "ETIMEDOUT",
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "sendto", "read", "write", "getsockopt"],
    summary: "The connection stood, and then the other end acknowledged nothing any more: not the data, or not the keepalive \
           probes. Its host or the way there is gone.",
    demo: Demo::Isolated(
        "import os; from socket import *; os.system('ip link set lo up')
s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.setsockopt(IPPROTO_TCP,18,300)
os.system('ip route flush table local; ip route add blackhole 127.0.0.0/8 table local; true'); c.send(b'x'); c.recv(1)",
    ),
};
static NO_ROUTE: CauseKind = CauseKind {
    id: "no-route",
    errno: "ENETUNREACH",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["connect", "sendto", "sendmsg"],
    summary: "No route leads to that address: there is no default route, the interface is down, or the family (IPv6, often) \
           is not set up.",
    demo: Demo::Isolated("from socket import *; socket().connect(('192.0.2.1',80))"),
};
static LOOPBACK_DOWN: CauseKind = CauseKind {
    id: "loopback-down",
    errno: "ENETUNREACH",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "sendto", "sendmsg"],
    summary: "The loopback interface is down, as it is in a new network namespace: then not even 127.0.0.1 is reached.",
    demo: Demo::Isolated("from socket import *; socket().connect(('127.0.0.1',80))"),
};
static HOST_UNREACHABLE: CauseKind = CauseKind {
    id: "host-unreachable",
    errno: "EHOSTUNREACH",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["connect", "sendto", "getsockopt", "recvfrom"],
    summary: "There is a route, but the host is not found on its network (no answer to ARP or neighbour discovery), or a \
           router or firewall answered that it cannot be reached.",
    demo: Demo::Isolated(
        "import os; from socket import *
os.system('ip link set lo up; ip route add unreachable 192.0.2.0/24'); socket().connect(('192.0.2.1',80))",
    ),
};
static ANSWER_PENDING: CauseKind = CauseKind {
    id: "answer-pending",
    errno: "EINPROGRESS",
    on: Kinds::INTERNET,
    expected: true,
    calls: &["connect"],
    summary: "The socket does not wait, and the other side has not answered yet. This is no failure: when the socket becomes \
           writable, SO_ERROR shows how it ended.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setblocking(0); c.connect(a)",
    ),
};
static HANDSHAKE_DONE: CauseKind = CauseKind {
    id: "handshake-done",
    errno: "EINPROGRESS",
    on: Kinds::INTERNET,
    expected: true,
    calls: &["connect"],
    summary: "The socket does not wait, and the answer came while connect returned, as on loopback. This is no failure: the \
           socket is writable at once, and SO_ERROR is 0.",
    demo: Demo::Program("flow", "default"),
};
static STILL_CONNECTING: CauseKind = CauseKind {
    id: "still-connecting",
    errno: "EALREADY",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect"],
    summary: "An earlier connect on this socket is still under way.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setblocking(0); c.connect_ex(a); c.connect(a)",
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
    &STALE_FILE,
    &UNIX_NOT_LISTENING,
    &NOT_A_SOCKET_FILE,
    &ABSTRACT_OTHER_TYPE,
    &FILE_MISSING,
    &NO_NAME_CACHE,
    &NO_ANSWER,
    &QUEUE_FULL,
    &NOT_ACKNOWLEDGED,
    &KEEPALIVE,
    &NO_ROUTE,
    &LOOPBACK_DOWN,
    &HOST_UNREACHABLE,
    &REFUSED_ALREADY,
    &ANSWER_PENDING,
    &HANDSHAKE_DONE,
    &STILL_CONNECTING,
];

/// Nobody took it.
pub(super) fn refused(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    if incident.is(Kinds::ANY_UNIX) {
        return refused_unix(incident, &there);
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

fn refused_unix(incident: &Incident<'_>, there: &str) -> Option<Cause> {
    if let Some(file) = incident.evidence.file.as_ref().filter(|file| file.is_other()) {
        return NOT_A_SOCKET_FILE.cause(
            incident,
            format!("{there} is a {}, no socket: nothing was ever bound to it.", file.kind),
            "Look at the path: it leads to something else than the server's socket.",
        );
    }
    if let Some(socket) = incident.evidence.sockets.first() {
        let own = incident.own().and_then(|own| own.kind.as_deref());
        if let (Some(own), Some(its)) = (own, socket.kind.as_deref())
            && own != its
        {
            return ABSTRACT_OTHER_TYPE.cause(
                incident,
                format!("No {own} socket has the name {there}; {} has it with {its}.", owner(socket)),
                format!("Use a socket of the same type, {its}."),
            );
        }
        let waits = socket.recv_queue.unwrap_or(0);
        let what = match socket.relation {
            Relation::Listener => format!("listens on it now ({} waiting)", count(waits, "connection")),
            _ if socket.kind.as_deref() == Some("SOCK_DGRAM") => {
                "is connected to another socket and takes datagrams from there only".into()
            }
            _ => "has bound it and does not listen".into(),
        };
        return UNIX_NOT_LISTENING.cause(
            incident,
            format!("{there} is there, but {} {what}.", owner(socket)),
            "Connect after the server has called listen.",
        );
    }
    if there.starts_with('@') {
        return UNIX_NOT_LISTENING.cause(
            incident,
            format!("No socket has the abstract name {there} in this network namespace."),
            "Start the server first; abstract names are not shared between network namespaces.",
        );
    }
    let known = incident.evidence.file.is_some();
    STALE_FILE.cause(
        incident,
        if known {
            format!("The socket file {there} is there, but no socket is bound to it: its server has ended.")
        } else {
            format!("No socket takes connections at {there}: its server has ended, or does not listen yet.")
        },
        if known {
            "Start the server again; it must remove the file before it binds."
        } else {
            "See whether the server runs (ss -lx)."
        },
    )
}

/// The file of a Unix socket is not there.
pub(super) fn missing(incident: &Incident<'_>) -> Option<Cause> {
    if !incident.is(Kinds::ANY_UNIX) {
        return None;
    }
    let there = incident.to()?;
    let folder = incident.evidence.file.as_ref().is_some_and(|file| file.kind == "missing directory");
    if incident.does(Effect::Binds) {
        return FILE_MISSING.cause(
            incident,
            format!("The directory of {there} does not exist."),
            "Make the directory first.",
        );
    }
    if NAME_CACHES.contains(&there.as_str()) {
        return NO_NAME_CACHE.cause(
            incident,
            "The C library asks the cache of names nscd first, which does not run here; the lookup goes on without it.",
            "Nothing is to be done.",
        );
    }
    let folder = if folder { ", and not even its directory" } else { "" };
    FILE_MISSING.cause(
        incident,
        format!("There is no file {there}{folder}: no server has bound a Unix socket there, or its file was removed."),
        "Start the server first, and compare both paths; a relative one depends on the directory.",
    )
}

/// Where the C library looks for nscd.
const NAME_CACHES: &[&str] = &["/var/run/nscd/socket", "/run/nscd/socket"];

/// How often the first segment is sent again, and by which setting.
fn syn_retries(incident: &Incident<'_>) -> String {
    let setting = "net.ipv4.tcp_syn_retries";
    match (incident.own().and_then(|own| own.syn_retries), incident.evidence.setting(setting)) {
        (Some(own), Some(all)) if own.to_string() == all => format!(" ({setting} is {all})"),
        (Some(own), _) => format!(" (TCP_SYNCNT is {own})"),
        (None, Some(all)) => format!(" ({setting} is {all})"),
        (None, None) => String::new(),
    }
}

/// The listener whose queue is full, in words.
fn full_queue(incident: &Incident<'_>) -> Option<String> {
    let socket = incident.first(Relation::Listener)?;
    let (waiting, most) = (socket.recv_queue?, socket.backlog.unwrap_or(u64::MAX));
    // The kernel takes one more than the backlog.
    (waiting > most).then(|| {
        format!(
            "{} listens on {}, but its queue is full: {} to be accepted, and its backlog is {most}",
            owner(socket),
            local(socket),
            waits(waiting)
        )
    })
}

fn waits(n: u64) -> String {
    if n == 1 { "1 connection waits".into() } else { format!("{n} connections wait") }
}

/// ETIMEDOUT.
pub(super) fn timed_out(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    let stood = [Action::Connected, Action::Accepted].into_iter().any(|did| incident.last(did).is_some());
    // Until the first answer there is no round trip to be measured.
    let connecting = match incident.own().and_then(|own| own.rtt_us) {
        _ if incident.does(Effect::Connects) => true,
        Some(rtt) => rtt == 0,
        None => !stood && incident.does(Effect::ReadsOption),
    };
    if !connecting {
        return given_up(incident, &there);
    }
    if let Some(full) = full_queue(incident) {
        return QUEUE_FULL.cause(
            incident,
            format!("{}{}.", capital(full), syn_retries(incident)),
            "The server must call accept, or listen with a larger backlog.",
        );
    }
    NO_ANSWER.cause(
        incident,
        format!(
            "Nothing answered at {there}, however often the first segment was sent again{}.",
            syn_retries(incident)
        ),
        "See whether the host is up and whether a firewall drops the segments; a shorter wait is set with a timeout.",
    )
}

/// A connection that stood.
fn given_up(incident: &Incident<'_>, there: &str) -> Option<Cause> {
    let own = incident.own();
    let advice = "The other host or the way there is gone: connect again.";
    let again = own.and_then(|own| own.retransmissions).filter(|times| *times > 0);
    let probes = own.and_then(|own| own.probes).filter(|probes| *probes > 0);
    let keepalive = own.and_then(|own| own.keepalive) == Some(true);
    if let (None, Some(probes), true) = (again, probes, keepalive) {
        let set = own.and_then(|own| Some((own.keepalive_idle_s?, own.keepalive_probes?)));
        let set =
            set.map(|(idle, most)| format!(" (TCP_KEEPIDLE is {idle} s, TCP_KEEPCNT {most})")).unwrap_or_default();
        return KEEPALIVE.cause(
            incident,
            format!(
                "The connection with {there} was idle, and {} of SO_KEEPALIVE had no answer{set}.",
                count(probes, "probe")
            ),
            advice,
        );
    }
    let limit = match own.and_then(|own| own.user_timeout_ms).filter(|ms| *ms > 0) {
        Some(ms) => format!(" (TCP_USER_TIMEOUT is {ms} ms)"),
        None => match (again, incident.evidence.setting("net.ipv4.tcp_retries2")) {
            (Some(times), Some(value)) => format!(", sent again {times} times (net.ipv4.tcp_retries2 is {value})"),
            (Some(times), None) => format!(", sent again {times} times"),
            (None, _) => String::new(),
        },
    };
    NOT_ACKNOWLEDGED.cause(
        incident,
        format!(
            "The connection with {there} stood, but the other end did not acknowledge what was sent in time{limit}."
        ),
        advice,
    )
}

/// ENETUNREACH and EHOSTUNREACH.
pub(super) fn unreachable(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    let at = host(&there);
    let names = |up: bool| {
        let some = incident.evidence.interfaces.iter().filter(|interface| interface.up == up);
        some.map(|interface| interface.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (up, down) = (names(true), names(false));
    let loopback = at.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if incident.errno == libc::EHOSTUNREACH {
        return HOST_UNREACHABLE.cause(
            incident,
            format!(
                "There is a route towards {at}, but the host is not reached: no neighbour answers, or the route or a \
                 firewall answers that it cannot be."
            ),
            "See `ip route get`, `ip neigh` and the firewall on the way.",
        );
    }
    if loopback && incident.evidence.interfaces.iter().any(|interface| interface.name == "lo" && !interface.up) {
        return LOOPBACK_DOWN.cause(
            incident,
            format!("{at} is not reached, since the loopback interface lo is down in this network namespace."),
            "Bring it up: ip link set lo up.",
        );
    }
    let family = if at.contains(':') { "IPv6" } else { "IPv4" };
    let routes: Vec<&str> = incident
        .evidence
        .routes
        .iter()
        .map(String::as_str)
        .filter(|route| route.contains("::") == (family == "IPv6"))
        .collect();
    let known = match routes.as_slice() {
        [] if !incident.evidence.live => String::new(),
        [] => format!(": there is no {family} route at all"),
        some => format!(": there are only {}", some.iter().take(4).copied().collect::<Vec<_>>().join(", ")),
    };
    let interfaces = match (up.is_empty(), down.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!(" (interfaces down: {down})"),
        (false, true) => format!(" (interfaces up: {up})"),
        (false, false) => format!(" (interfaces up: {up}; down: {down})"),
    };
    NO_ROUTE.cause(
        incident,
        format!("No {family} route leads to {at}{known}{interfaces}."),
        "Add a route (ip route add default via …), bring the interface up, or use the other address family.",
    )
}

/// EINPROGRESS and EALREADY.
pub(super) fn in_progress(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    let wait = "Wait until the socket is writable (poll), then read SO_ERROR: 0 means connected.";
    if incident.errno == libc::EALREADY {
        let began =
            incident.last(Action::BeganToConnect).map(|call| format!(" since {}", by(call))).unwrap_or_default();
        return STILL_CONNECTING.cause(incident, format!("This socket is already connecting to {there}{began}."), wait);
    }
    if incident.state() == Some("ESTABLISHED") {
        return HANDSHAKE_DONE.cause(
            incident,
            format!("No failure: the socket does not wait, and {there} has answered while connect returned."),
            "It is writable at once: read SO_ERROR, which is 0.",
        );
    }
    if incident.state() == Some("CLOSE") {
        let who = match incident.first(Relation::Listener) {
            Some(socket) => format!(", though {} listens there now", owner(socket)),
            None if incident.evidence.searched => ": nothing listens there".into(),
            None => String::new(),
        };
        return REFUSED_ALREADY.cause(
            incident,
            format!("Connecting to {there} has failed already{who}. The error waits in SO_ERROR."),
            "Read SO_ERROR; the socket is writable at once.",
        );
    }
    let why = match full_queue(incident) {
        Some(full) => format!("; {full}"),
        None => String::new(),
    };
    ANSWER_PENDING.cause(
        incident,
        format!("No failure: the socket does not wait, and {there} has not answered yet{why}."),
        wait,
    )
}
