//! An address that cannot be had: EADDRINUSE, EADDRNOTAVAIL, EACCES, EPERM.

use super::{CauseKind, Demo, Incident, by, host, local, owner, port, seconds};
use crate::event::{Action, Cause, Endpoint, Relation};
use crate::syscall::{Effect, Made};
use crate::why::subject::{address, inet};

static LISTENER_HOLDS: CauseKind = CauseKind {
    id: "listener-holds",
    errno: "EADDRINUSE",
    calls: &["bind", "listen"],
    summary: "A listening socket has that address. SO_REUSEADDR does not help; two listeners share a port only if both set \
           SO_REUSEPORT before bind and belong to the same user.",
    demo: Demo::Program("chat", "second-server"),
};
static TIME_WAIT: CauseKind = CauseKind {
    id: "time-wait",
    errno: "EADDRINUSE",
    calls: &["bind"],
    summary: "A connection of that address is in TIME_WAIT: this side closed it first, and the kernel keeps the address for \
           a minute. With SO_REUSEADDR set before bind, bind succeeds at once.",
    demo: Demo::Program("tcp-hello", "time-wait"),
};
static CONNECTION_HOLDS: CauseKind = CauseKind {
    id: "connection-holds",
    errno: "EADDRINUSE",
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
    calls: &["bind"],
    summary: "A socket that was bound and does not listen has that address. bind succeeds if both set SO_REUSEADDR; then \
           only one of them can listen.",
    demo: Demo::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); socket().bind(s.getsockname())"),
};
static DATAGRAM_HOLDS: CauseKind = CauseKind {
    id: "datagram-socket-holds",
    errno: "EADDRINUSE",
    calls: &["bind"],
    summary: "A UDP socket has that address. Two share it only if both set SO_REUSEADDR (the last one bound gets the \
           datagrams) or SO_REUSEPORT (they are spread).",
    demo: Demo::Program("udp-local", "second-server"),
};
static LISTENS_ALREADY: CauseKind = CauseKind {
    id: "other-listens-already",
    errno: "EADDRINUSE",
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
    calls: &["bind"],
    summary: "No interface of this machine (or network namespace) has that address; bind takes local ones only, or 0.0.0.0 \
           and [::] for all.",
    demo: Demo::Python("from socket import *; socket().bind(('192.0.2.1',0))"),
};
static PORTS_EXHAUSTED: CauseKind = CauseKind {
    id: "ephemeral-ports-exhausted",
    errno: "EADDRNOTAVAIL",
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
    calls: &["connect", "sendto"],
    summary: "This machine has no address of that family to send from: IPv6 is often disabled in containers.",
    demo: Demo::Isolated(
        "from socket import *; import fcntl,struct; open('/proc/sys/net/ipv6/conf/all/disable_ipv6','w').write('1')
fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65)); socket(AF_INET6).connect(('::1',80))",
    ),
};
static PRIVILEGED_PORT: CauseKind = CauseKind {
    id: "privileged-port",
    errno: "EACCES",
    calls: &["bind"],
    summary: "Ports below ip_unprivileged_port_start (1024 by default) take CAP_NET_BIND_SERVICE, which root has.",
    demo: Demo::Program("http-get", "privileged-port"),
};
static BROADCAST: CauseKind = CauseKind {
    id: "broadcast-not-allowed",
    errno: "EACCES",
    calls: &["sendto", "sendmsg", "connect"],
    summary: "The destination is a broadcast address, and SO_BROADCAST is not set.",
    demo: Demo::Python("from socket import *; socket(type=SOCK_DGRAM).sendto(b'x',('255.255.255.255',9))"),
};
static FILE_PERMISSION: CauseKind = CauseKind {
    id: "socket-file-permission",
    errno: "EACCES",
    calls: &["connect", "sendto", "bind"],
    summary: "To reach a Unix socket its file must be writable and every directory above it searchable; to bind one, the \
           directory must be writable.",
    demo: Demo::Python(
        "from socket import *; import tempfile,os; d=tempfile.mkdtemp(); os.chmod(d,0o755); p=d+'/s'; s=socket(AF_UNIX)
s.bind(p); s.listen(); os.chmod(p,0); os.getuid() or os.setuid(65534); socket(AF_UNIX).connect(p)",
    ),
};
static RAW_SOCKET: CauseKind = CauseKind {
    id: "raw-socket",
    errno: "EPERM",
    calls: &["socket"],
    summary: "Raw and packet sockets take CAP_NET_RAW, which root has.",
    demo: Demo::Python("from socket import *; import os; os.getuid() or os.setuid(65534); socket(AF_INET,SOCK_RAW,1)"),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &LISTENER_HOLDS,
    &TIME_WAIT,
    &CONNECTION_HOLDS,
    &BOUND_HOLDS,
    &DATAGRAM_HOLDS,
    &LISTENS_ALREADY,
    &SOCKET_FILE,
    &NAME_TAKEN,
    &PORTS_TAKEN,
    &NOT_LOCAL,
    &PORTS_EXHAUSTED,
    &NO_SOURCE,
    &PRIVILEGED_PORT,
    &BROADCAST,
    &FILE_PERMISSION,
    &RAW_SOCKET,
];

/// Somebody has it.
pub(super) fn in_use(incident: &Incident<'_>) -> Option<Cause> {
    let given = || address(incident.call).and_then(inet).map(|at| at.to_string());
    let there = incident.to().or_else(|| incident.own()?.local.clone()).or_else(given)?;
    if incident.own().is_some_and(|own| own.protocol == "unix") || incident.evidence.file.is_some() {
        return in_use_unix(incident, &there);
    }
    if port(&there) == "0" {
        let range = range(incident);
        let used = incident.evidence.ports_used.map(|n| format!("; {n} ports have sockets")).unwrap_or_default();
        return PORTS_TAKEN.cause(
            format!("Every port of ip_local_port_range{range} is taken{used}."),
            "Close sockets, widen the range (sysctl net.ipv4.ip_local_port_range), or bind a port outside of it.",
        );
    }
    let made = incident.last(Action::ListenedOther).or(incident.last(Action::BoundOther));
    let made = made.map(|call| format!(" since {}", by(call))).unwrap_or_default();
    let Some(holder) = incident.first(Relation::Holder) else {
        return BOUND_HOLDS.cause(
            format!(
                "{there} is taken by a socket that could not be found: it is bound and not more, or another user's."
            ),
            "See who has it with `ss -ltnup` as root, or take another port.",
        );
    };
    let who = format!("{} has {}{made}", owner(holder), local(holder));
    let both = reuse(incident, holder);
    if incident.call.sys.effect == Effect::Listens {
        return LISTENS_ALREADY.cause(
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
            format!("{}.{both}", super::capital(who)),
            "End that process, take another port, or set SO_REUSEADDR or SO_REUSEPORT on both sockets before bind.",
        );
    }
    match holder.state.as_deref() {
        Some("LISTEN") => LISTENER_HOLDS.cause(
            format!("{} and listens.{both}", super::capital(who)),
            "SO_REUSEADDR does not help: end that process, take another port, or set SO_REUSEPORT on both sockets.",
        ),
        Some("TIME_WAIT") => {
            let left = holder.timer_ms.map(|ms| format!(" for another {}", seconds(ms))).unwrap_or_default();
            let peer = holder.peer.as_deref().map(|peer| format!(" with {peer}")).unwrap_or_default();
            TIME_WAIT.cause(
                format!(
                    "A connection of {}{peer} is in TIME_WAIT{left}: its end that used this address closed first.",
                    local(holder)
                ),
                "Set SO_REUSEADDR on this socket before bind, and it succeeds at once.",
            )
        }
        Some("BOUND") | None => BOUND_HOLDS.cause(
            format!("{} and does not listen.{both}", super::capital(who)),
            "SO_REUSEADDR on both sockets before bind would let both bind it; or take another port.",
        ),
        Some(state) => {
            let peer = holder.peer.as_deref().map(|peer| format!(" with {peer}")).unwrap_or_default();
            CONNECTION_HOLDS.cause(
                format!("{}{peer} in a connection that is {state}; nothing listens there.{both}", super::capital(who)),
                "With SO_REUSEADDR on both sockets bind succeeds; or end that connection first.",
            )
        }
    }
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
        return NAME_TAKEN.cause(
            format!("{} has bound {there}{listens}.", super::capital(owner(holder))),
            "End that process, or take another name.",
        );
    }
    if there.starts_with('@') {
        return NAME_TAKEN.cause(format!("Another socket has the abstract name {there}."), "Take another name.");
    }
    let what = incident.evidence.file.as_ref().map_or("file", |file| file.kind.as_str());
    SOCKET_FILE.cause(
        format!(
            "{there} exists already as a {what}, and no socket is bound to it: a server left it behind when it ended."
        ),
        "Remove the file before bind, as servers do.",
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
            format!("No interface here has an {family} address to send from{disabled}."),
            "Use the other address family, or enable this one.",
        );
    }
    let used =
        incident.evidence.ports_used.map(|n| format!(": {n} connections to {there} hold ports")).unwrap_or_default();
    PORTS_EXHAUSTED.cause(
        format!("Every port of ip_local_port_range{} is taken towards {there}{used}.", range(incident)),
        "Keep connections open instead of making new ones, or widen the range (sysctl net.ipv4.ip_local_port_range).",
    )
}

/// It takes a right.
pub(super) fn forbidden(incident: &Incident<'_>) -> Option<Cause> {
    let process = incident.evidence.process.as_ref();
    let uid = process.map(|process| format!("user {} ", process.uid)).unwrap_or_else(|| "this process ".into());
    let effect = incident.call.sys.effect;
    if incident.errno == libc::EPERM {
        return matches!(effect, Effect::Makes(Made::Socket, _)).then(|| {
            RAW_SOCKET.cause(
                format!("This kind of socket takes CAP_NET_RAW, which {}lacks.", uid),
                "Run as root, or give the program the capability (setcap cap_net_raw+ep).",
            )
        })?;
    }
    let there = incident.to()?;
    if let Some(file) = &incident.evidence.file {
        let mode =
            file.mode.as_deref().map(|mode| format!(" ({mode}, owner {})", file.uid.unwrap_or(0))).unwrap_or_default();
        let what = if effect == Effect::Binds {
            "may not make it in its directory"
        } else {
            "may not write to it or not reach it"
        };
        return FILE_PERMISSION.cause(
            format!("{}{what}: {there}{mode}.", super::capital(uid)),
            "Change the permissions of the file and its directories, or run as its owner.",
        );
    }
    match effect {
        Effect::Binds => {
            let start = incident.evidence.setting("net.ipv4.ip_unprivileged_port_start");
            let below = start.map(|n| format!(" ({n})")).unwrap_or_default();
            PRIVILEGED_PORT.cause(
                format!(
                    "Port {} is below net.ipv4.ip_unprivileged_port_start{below}, and {}lacks CAP_NET_BIND_SERVICE.",
                    port(&there),
                    uid
                ),
                "Take a port from there on, or give the program the capability (setcap cap_net_bind_service+ep).",
            )
        }
        Effect::Sends | Effect::Connects if incident.own().is_none_or(|own| own.broadcast != Some(true)) => BROADCAST
            .cause(
                format!("{} is a broadcast address, and SO_BROADCAST is not set on this socket.", host(&there)),
                "Set SO_BROADCAST first.",
            ),
        _ => None,
    }
}
