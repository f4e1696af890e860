//! An address that cannot be had: EADDRINUSE, EADDRNOTAVAIL.

use super::{CauseKind, Demo, Incident, Kinds, by, host, local, owner, port, seconds};
use crate::event::{Action, Cause, Endpoint, FileFacts, Relation};
use crate::syscall::Effect;
use crate::why::subject::{address, inet};

static LISTENER_HOLDS: CauseKind = CauseKind {
    id: "listener-holds",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind", "listen"],
    summary: "A listening socket has that address. SO_REUSEADDR does not help; two listeners share a port only if both set \
           SO_REUSEPORT before bind and belong to the same user.",
    demo: Demo::Program("chat", "second-server"),
};
static TIME_WAIT: CauseKind = CauseKind {
    id: "time-wait",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind"],
    summary: "A connection of that address is in TIME_WAIT: this side closed it first, and the kernel keeps the address for \
           a minute. With SO_REUSEADDR set before bind, bind succeeds at once.",
    demo: Demo::Program("tcp-hello", "time-wait"),
};
static CONNECTION_HOLDS: CauseKind = CauseKind {
    id: "connection-holds",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind"],
    summary: "A connection that is still open or closing has that address, though nothing listens there any more. With \
           SO_REUSEADDR on both sockets, bind succeeds.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(); a=s.getsockname(); c=create_connection(a)
k,_=s.accept(); s.close(); socket().bind(a)",
    ),
};
static BOUND_HOLDS: CauseKind = CauseKind {
    id: "bound-holds",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind"],
    summary: "A socket that was bound and does not listen has that address. bind succeeds if both set SO_REUSEADDR; then \
           only one of them can listen.",
    demo: Demo::Python(
        "from socket import *; import os; s=socket(); s.bind(('127.0.0.1',0)); a=s.getsockname(); r,w=os.pipe()
if os.fork(): s.close(); socket().bind(a)
else: os.close(w); os.read(r,1)",
    ),
};
static DATAGRAM_HOLDS: CauseKind = CauseKind {
    id: "datagram-socket-holds",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind"],
    summary: "A UDP socket has that address. Two share it only if both set SO_REUSEADDR (the last one bound gets the \
           datagrams) or SO_REUSEPORT (they are spread).",
    demo: Demo::Program("udp-local", "second-server"),
};
static OWN_SOCKET: CauseKind = CauseKind {
    id: "own-socket-holds",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind", "listen"],
    summary: "The same process has another socket with that address: it binds twice, or did not close the first one.",
    demo: Demo::Python("from socket import *; s=create_server(('127.0.0.1',0)); create_server(s.getsockname())"),
};
static DUAL_STACK: CauseKind = CauseKind {
    id: "ipv6-takes-ipv4",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind", "listen"],
    summary: "An IPv6 socket at [::] takes IPv4 too unless IPV6_V6ONLY is set before bind, so it conflicts with an IPv4 socket \
           on the same port.",
    demo: Demo::Python(
        "from socket import *; s=create_server(('0.0.0.0',0)); socket(AF_INET6).bind(('::',s.getsockname()[1]))",
    ),
};
static OTHER_FILE: CauseKind = CauseKind {
    id: "path-is-no-socket",
    errno: "EADDRINUSE",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["bind"],
    summary: "A file or directory of that name exists, which is no socket: bind never replaces what is there.",
    demo: Demo::Python("from socket import *; import tempfile; socket(AF_UNIX).bind(tempfile.mkstemp()[1])"),
};
static LISTENS_ALREADY: CauseKind = CauseKind {
    id: "other-listens-already",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["listen"],
    summary: "Two sockets are bound to the address by SO_REUSEADDR, and the other one listens already.",
    demo: Demo::Python(
        "from socket import *; s,t=socket(),socket(); [x.setsockopt(SOL_SOCKET,SO_REUSEADDR,1) for x in (s,t)]
s.bind(('127.0.0.1',0)); t.bind(s.getsockname()); s.listen(); t.listen()",
    ),
};
static SOCKET_FILE: CauseKind = CauseKind {
    id: "socket-file-exists",
    errno: "EADDRINUSE",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["bind"],
    summary: "A file of that name exists already: bind of a Unix socket makes the file and never replaces one, not even \
           that of a server that has ended.",
    demo: Demo::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p); s.close()
socket(AF_UNIX).bind(p)",
    ),
};
static NAME_TAKEN: CauseKind = CauseKind {
    id: "unix-name-taken",
    errno: "EADDRINUSE",
    on: Kinds::ANY_UNIX,
    expected: false,
    calls: &["bind"],
    summary: "Another Unix socket is bound to that name and in use.",
    demo: Demo::Python(
        "from socket import *; import os; n=chr(0)+'sockscope-%d'%os.getpid(); s=socket(AF_UNIX); s.bind(n)
socket(AF_UNIX).bind(n)",
    ),
};
static PORTS_TAKEN: CauseKind = CauseKind {
    id: "ephemeral-ports-taken",
    errno: "EADDRINUSE",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind"],
    summary: "Port 0 asks for any free port of ip_local_port_range, and all of them are taken.",
    demo: Demo::Isolated(
        "from socket import *; open('/proc/sys/net/ipv4/ip_local_port_range','w').write('50000 50003')
k=[socket() for i in range(9)]; [s.bind(('',0)) for s in k]",
    ),
};
static NOT_LOCAL: CauseKind = CauseKind {
    id: "address-not-local",
    errno: "EADDRNOTAVAIL",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["bind"],
    summary: "No interface of this machine (or network namespace) has that address; bind takes local ones only, or 0.0.0.0 \
           and [::] for all.",
    demo: Demo::Python("from socket import *; socket().bind(('192.0.2.1',0))"),
};
static PORTS_EXHAUSTED: CauseKind = CauseKind {
    id: "ephemeral-ports-exhausted",
    errno: "EADDRNOTAVAIL",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect"],
    summary: "Every port of ip_local_port_range already has a connection to that destination, open or in TIME_WAIT.",
    demo: Demo::Isolated(
        "from socket import *; import fcntl,struct; fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))
s=create_server(('127.0.0.1',9)); open('/proc/sys/net/ipv4/ip_local_port_range','w').write('50000 50003')
k=[create_connection(('127.0.0.1',9)) for i in range(9)]",
    ),
};
static NO_SOURCE: CauseKind = CauseKind {
    id: "no-source-address",
    errno: "EADDRNOTAVAIL",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["connect", "sendto"],
    summary: "This machine has no address of that family to send from: IPv6 is often disabled in containers.",
    demo: Demo::Isolated(
        "from socket import *; import fcntl,struct; open('/proc/sys/net/ipv6/conf/all/disable_ipv6','w').write('1')
fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65)); socket(AF_INET6).connect(('::1',80))",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &DUAL_STACK,
    &OWN_SOCKET,
    &LISTENER_HOLDS,
    &TIME_WAIT,
    &CONNECTION_HOLDS,
    &BOUND_HOLDS,
    &DATAGRAM_HOLDS,
    &LISTENS_ALREADY,
    &SOCKET_FILE,
    &OTHER_FILE,
    &NAME_TAKEN,
    &PORTS_TAKEN,
    &NOT_LOCAL,
    &PORTS_EXHAUSTED,
    &NO_SOURCE,
];

/// Somebody has it.
pub(super) fn in_use(incident: &Incident<'_>) -> Option<Cause> {
    let given = || address(incident.call).and_then(inet).map(|at| at.to_string());
    let there = incident.to().or_else(|| incident.own()?.local.clone()).or_else(given)?;
    if incident.is(Kinds::ANY_UNIX) {
        return in_use_unix(incident, &there);
    }
    if port(&there) == "0" {
        let range = range(incident);
        let used = incident.evidence.ports_used.map(|n| format!("; {n} ports have sockets")).unwrap_or_default();
        return PORTS_TAKEN.cause(
            incident,
            format!("Every port of ip_local_port_range{range} is taken{used}."),
            "Close sockets, widen the range (sysctl net.ipv4.ip_local_port_range), or bind a port outside of it.",
        );
    }
    let made = incident.last(Action::ListenedOther).or(incident.last(Action::BoundOther));
    let made = made.map(|call| format!(" since {}", by(call))).unwrap_or_default();
    let Some(holder) = incident.first(Relation::Holder) else {
        return BOUND_HOLDS.cause(
            incident,
            if incident.evidence.live {
                format!("{there} is taken by a socket that was not found.")
            } else {
                format!("{there} is taken by another socket, which this trace does not show.")
            },
            "See who has it with `ss -ltnup` as root, or take another port.",
        );
    };
    let who = format!("{} has {}{made}", owner(holder), local(holder));
    let both = reuse(incident, holder);
    if let Some(cause) = dual_stack(incident, holder, &made) {
        return Some(cause);
    }
    if incident.is_own(holder)
        && !incident.does(Effect::Listens)
        && matches!(holder.state.as_deref(), None | Some("LISTEN" | "BOUND"))
    {
        let fd = holder
            .owners
            .iter()
            .find(|owner| owner.fd >= 0)
            .map(|owner| format!("descriptor {} of this process", owner.fd));
        let state = holder.state.as_deref().map(|state| format!(" (its state is {state})")).unwrap_or_default();
        return OWN_SOCKET.cause(
            incident,
            format!(
                "{} has {}{made}{state}.",
                super::capital(fd.unwrap_or_else(|| "this process".into())),
                local(holder)
            ),
            "Close that socket first, or use it; a second one needs another port.",
        );
    }
    if incident.call.sys.effect == Effect::Listens {
        return LISTENS_ALREADY.cause(
            incident,
            format!(
                "{} listens on {} already{made}; this socket shares the address by SO_REUSEADDR.",
                super::capital(owner(holder)),
                local(holder)
            ),
            "Only one of them can listen, unless both set SO_REUSEPORT before bind.",
        );
    }
    if holder.protocol.starts_with("udp") || incident.is_datagram() {
        return DATAGRAM_HOLDS.cause(
            incident,
            format!("{}.{both}", super::capital(who)),
            "End that process, take another port, or set SO_REUSEADDR or SO_REUSEPORT on both sockets before bind.",
        );
    }
    match holder.state.as_deref() {
        Some("LISTEN") => LISTENER_HOLDS.cause(
            incident,
            format!("{} and listens.{both}", super::capital(who)),
            "SO_REUSEADDR does not help: end that process, take another port, or set SO_REUSEPORT on both sockets.",
        ),
        Some("TIME_WAIT") => {
            let left = holder.timer_ms.map(|ms| format!(" for another {}", seconds(ms))).unwrap_or_default();
            let peer = holder.peer.as_deref().map(|peer| format!(" with {peer}")).unwrap_or_default();
            TIME_WAIT.cause(
                incident,
                format!(
                    "A connection of {}{peer} is in TIME_WAIT{left}: its end that used this address closed first.",
                    local(holder)
                ),
                "Set SO_REUSEADDR on this socket before bind, and it succeeds at once.",
            )
        }
        Some("BOUND") | None => BOUND_HOLDS.cause(
            incident,
            format!("{} and does not listen.{both}", super::capital(who)),
            "SO_REUSEADDR on both sockets before bind would let both bind it; or take another port.",
        ),
        Some(state) => {
            let peer = holder.peer.as_deref().map(|peer| format!(" with {peer}")).unwrap_or_default();
            CONNECTION_HOLDS.cause(
                incident,
                format!("{}{peer} in a connection that is {state}; nothing listens there.{both}", super::capital(who)),
                "With SO_REUSEADDR on both sockets bind succeeds; or end that connection first.",
            )
        }
    }
}

/// An IPv6 socket that takes IPv4 too, and one of IPv4.
fn dual_stack(incident: &Incident<'_>, holder: &Endpoint, made: &str) -> Option<Cause> {
    let own = incident.own()?;
    let six = |socket: &Endpoint| socket.protocol.ends_with('6');
    let both = |socket: &Endpoint| six(socket) && socket.v6_only == Some(false);
    if six(own) == six(holder) || !(both(own) || both(holder)) {
        return None;
    }
    let fd = holder.owners.iter().find(|owner| owner.fd >= 0).filter(|_| incident.is_own(holder));
    let who = fd.map_or_else(|| owner(holder), |owner| format!("descriptor {} of this process", owner.fd));
    let which = if six(own) { "this IPv6 socket" } else { "that IPv6 socket" };
    DUAL_STACK.cause(
        incident,
        format!(
            "{} has {}{made}, and {which} takes IPv4 too, since IPV6_V6ONLY is not set on it.",
            super::capital(who),
            local(holder)
        ),
        format!("Set IPV6_V6ONLY on {which} before bind, or let it serve both families alone."),
    )
}

/// On which of the two sockets reusing is allowed, in words.
fn reuse(incident: &Incident<'_>, holder: &Endpoint) -> String {
    let Some(own) = incident.own() else { return String::new() };
    let describe = |mine: Option<bool>, its: Option<bool>| match (mine, its) {
        (Some(true), Some(true)) => "on both",
        (Some(true), Some(false)) => "on this socket only",
        (Some(false), Some(true)) => "on that socket only",
        (Some(false), Some(false)) => "on neither",
        (Some(true), None) => "on this socket",
        (Some(false), None) => "not on this socket",
        (None, _) => "",
    };
    let address = describe(own.reuse_address, holder.reuse_address);
    let port = describe(own.reuse_port, holder.reuse_port);
    match (address, port) {
        ("", _) => String::new(),
        (same, other) if same == other => format!(" SO_REUSEADDR and SO_REUSEPORT are set {same}."),
        (address, port) => format!(" SO_REUSEADDR is set {address}, SO_REUSEPORT {port}."),
    }
}

fn range(incident: &Incident<'_>) -> String {
    let value = incident.evidence.setting("net.ipv4.ip_local_port_range");
    let ends = value.and_then(|value| value.split_once(' '));
    ends.map(|(low, high)| format!(" ({low} to {high})")).unwrap_or_default()
}

fn in_use_unix(incident: &Incident<'_>, there: &str) -> Option<Cause> {
    if let Some(holder) = incident.evidence.sockets.first() {
        let listens = if holder.state.is_some() { " and listens" } else { "" };
        if incident.is_own(holder) {
            let fd = holder.owners.iter().find(|owner| owner.fd >= 0).map_or(-1, |owner| owner.fd);
            return NAME_TAKEN.cause(
                incident,
                format!("Descriptor {fd} of this process has bound {there}{listens}."),
                "Close that socket first, or take another name.",
            );
        }
        return NAME_TAKEN.cause(
            incident,
            format!("{} has bound {there}{listens}.", super::capital(owner(holder))),
            "End that process, or take another name.",
        );
    }
    if there.starts_with('@') {
        return NAME_TAKEN.cause(
            incident,
            format!("Another socket has the abstract name {there}."),
            "Take another name.",
        );
    }
    let what = incident.evidence.file.as_ref().map_or("file", |file| file.kind.as_str());
    if incident.evidence.file.as_ref().is_some_and(FileFacts::is_other) {
        return OTHER_FILE.cause(
            incident,
            format!("{there} exists already as a {what}, which is no socket; bind never replaces what is there."),
            "Take another path for the socket.",
        );
    }
    let known = incident.evidence.file.is_some();
    SOCKET_FILE.cause(
        incident,
        if known {
            format!("{there} exists already as a {what}, and no socket is bound to it: a server left it behind when it ended.")
        } else {
            format!("{there} exists already: a server that runs has it, or one that ended left it behind.")
        },
        if known { "Remove the file before bind, as servers do." } else { "See whether a server runs there (ss -lx); if none does, remove the file before bind." },
    )
}

/// It is not ours to have.
pub(super) fn not_available(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    if incident.call.sys.effect == Effect::Binds {
        let here = &incident.evidence.addresses;
        let known = if here.is_empty() {
            String::new()
        } else {
            format!(": there are {}", here.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", "))
        };
        return NOT_LOCAL.cause(
            incident,
            format!("No interface here has the address {}{known}.", host(&there)),
            "Bind one of the local addresses, or 0.0.0.0 ([::] for IPv6) for all of them.",
        );
    }
    let is_v6 = there.starts_with('[');
    let has_family = incident.evidence.addresses.iter().any(|address| address.contains(':') == is_v6);
    if incident.evidence.live && !has_family {
        let disabled = match incident.evidence.setting("net.ipv6.conf.all.disable_ipv6") {
            Some("1") if is_v6 => " (net.ipv6.conf.all.disable_ipv6 is 1)",
            _ => "",
        };
        let family = if is_v6 { "IPv6" } else { "IPv4" };
        return NO_SOURCE.cause(
            incident,
            format!("No interface here has an {family} address to send from{disabled}."),
            "Use the other address family, or enable this one.",
        );
    }
    let used =
        incident.evidence.ports_used.map(|n| format!(": {n} connections to {there} hold ports")).unwrap_or_default();
    PORTS_EXHAUSTED.cause(
        incident,
        format!("Every port of ip_local_port_range{} is taken towards {there}{used}.", range(incident)),
        "Keep connections open instead of making new ones, or widen the range (sysctl net.ipv4.ip_local_port_range).",
    )
}
