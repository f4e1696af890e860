//! An address that cannot be had: EADDRINUSE, EADDRNOTAVAIL, EACCES, EPERM.

use super::{Case, Known, Shown, by, host, local, owner, port, seconds};
use crate::event::{Cause, Deed, Endpoint, Relation};
use crate::why::subject::{address, inet};

static LISTENER_HOLDS: Known = Known {
    id: "listener-holds",
    errno: "EADDRINUSE",
    calls: &["bind", "listen"],
    says: "A listening socket has that address. SO_REUSEADDR does not help; two listeners share a port only if both set \
           SO_REUSEPORT before bind and belong to the same user.",
    shown: Shown::Case("chat", "second-server"),
};
static TIME_WAIT: Known = Known {
    id: "time-wait",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "A connection of that address is in TIME_WAIT: this side closed it first, and the kernel keeps the address for \
           a minute. With SO_REUSEADDR set before bind, bind succeeds at once.",
    shown: Shown::Case("tcp-hello", "time-wait"),
};
static CONNECTION_HOLDS: Known = Known {
    id: "connection-holds",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "A connection that is still open or closing has that address, though nothing listens there any more. With \
           SO_REUSEADDR on both sockets, bind succeeds.",
    shown: Shown::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(); a=s.getsockname(); c=create_connection(a)
k,_=s.accept(); s.close(); socket().bind(a)",
    ),
};
static BOUND_HOLDS: Known = Known {
    id: "bound-holds",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "A socket that was bound and does not listen has that address. bind succeeds if both set SO_REUSEADDR; then \
           only one of them can listen.",
    shown: Shown::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); socket().bind(s.getsockname())"),
};
static DATAGRAM_HOLDS: Known = Known {
    id: "datagram-socket-holds",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "A UDP socket has that address. Two share it only if both set SO_REUSEADDR (the last one bound gets the \
           datagrams) or SO_REUSEPORT (they are spread).",
    shown: Shown::Case("udp-local", "second-server"),
};
static LISTENS_ALREADY: Known = Known {
    id: "other-listens-already",
    errno: "EADDRINUSE",
    calls: &["listen"],
    says: "Two sockets are bound to the address by SO_REUSEADDR, and the other one listens already.",
    shown: Shown::Python(
        "from socket import *; s,t=socket(),socket(); [x.setsockopt(SOL_SOCKET,SO_REUSEADDR,1) for x in (s,t)]
s.bind(('127.0.0.1',0)); t.bind(s.getsockname()); s.listen(); t.listen()",
    ),
};
static SOCKET_FILE: Known = Known {
    id: "socket-file-exists",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "A file of that name exists already: bind of a Unix socket makes the file and never replaces one, not even \
           that of a server that has ended.",
    shown: Shown::Python(
        "from socket import *; import tempfile; p=tempfile.mkdtemp()+'/s'; s=socket(AF_UNIX); s.bind(p); s.close()
socket(AF_UNIX).bind(p)",
    ),
};
static NAME_TAKEN: Known = Known {
    id: "unix-name-taken",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "Another Unix socket is bound to that name and in use.",
    shown: Shown::Python(
        "from socket import *; import os; n=chr(0)+'sockscope-%d'%os.getpid(); s=socket(AF_UNIX); s.bind(n)
socket(AF_UNIX).bind(n)",
    ),
};
static PORTS_TAKEN: Known = Known {
    id: "ephemeral-ports-taken",
    errno: "EADDRINUSE",
    calls: &["bind"],
    says: "Port 0 asks for any free port of ip_local_port_range, and all of them are taken.",
    shown: Shown::Apart(
        "from socket import *; open('/proc/sys/net/ipv4/ip_local_port_range','w').write('50000 50003')
k=[socket() for i in range(9)]; [s.bind(('',0)) for s in k]",
    ),
};
static NOT_LOCAL: Known = Known {
    id: "address-not-local",
    errno: "EADDRNOTAVAIL",
    calls: &["bind"],
    says: "No interface of this machine (or network namespace) has that address; bind takes local ones only, or 0.0.0.0 \
           and [::] for all.",
    shown: Shown::Python("from socket import *; socket().bind(('192.0.2.1',0))"),
};
static PORTS_EXHAUSTED: Known = Known {
    id: "ephemeral-ports-exhausted",
    errno: "EADDRNOTAVAIL",
    calls: &["connect"],
    says: "Every port of ip_local_port_range already has a connection to that destination, open or in TIME_WAIT.",
    shown: Shown::Apart(
        "from socket import *; import fcntl,struct; fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))
s=create_server(('127.0.0.1',9)); open('/proc/sys/net/ipv4/ip_local_port_range','w').write('50000 50003')
k=[create_connection(('127.0.0.1',9)) for i in range(9)]",
    ),
};
static NO_SOURCE: Known = Known {
    id: "no-source-address",
    errno: "EADDRNOTAVAIL",
    calls: &["connect", "sendto"],
    says: "This machine has no address of that family to send from: IPv6 is often disabled in containers.",
    shown: Shown::Apart(
        "from socket import *; import fcntl,struct; open('/proc/sys/net/ipv6/conf/all/disable_ipv6','w').write('1')
fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65)); socket(AF_INET6).connect(('::1',80))",
    ),
};
static PRIVILEGED_PORT: Known = Known {
    id: "privileged-port",
    errno: "EACCES",
    calls: &["bind"],
    says: "Ports below ip_unprivileged_port_start (1024 by default) take CAP_NET_BIND_SERVICE, which root has.",
    shown: Shown::Case("http-get", "privileged-port"),
};
static BROADCAST: Known = Known {
    id: "broadcast-not-allowed",
    errno: "EACCES",
    calls: &["sendto", "sendmsg", "connect"],
    says: "The destination is a broadcast address, and SO_BROADCAST is not set.",
    shown: Shown::Python("from socket import *; socket(type=SOCK_DGRAM).sendto(b'x',('255.255.255.255',9))"),
};
static FILE_PERMISSION: Known = Known {
    id: "socket-file-permission",
    errno: "EACCES",
    calls: &["connect", "sendto", "bind"],
    says: "To reach a Unix socket its file must be writable and every directory above it searchable; to bind one, the \
           directory must be writable.",
    shown: Shown::Python(
        "from socket import *; import tempfile,os; d=tempfile.mkdtemp(); os.chmod(d,0o755); p=d+'/s'; s=socket(AF_UNIX)
s.bind(p); s.listen(); os.chmod(p,0); os.getuid() or os.setuid(65534); socket(AF_UNIX).connect(p)",
    ),
};
static RAW_SOCKET: Known = Known {
    id: "raw-socket",
    errno: "EPERM",
    calls: &["socket"],
    says: "Raw and packet sockets take CAP_NET_RAW, which root has.",
    shown: Shown::Python(
        "from socket import *; import os; os.getuid() or os.setuid(65534); socket(AF_INET,SOCK_RAW,1)",
    ),
};

/// This family's.
pub(super) static KNOWN: &[&Known] = &[
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
pub(super) fn in_use(case: &Case<'_>) -> Option<Cause> {
    let given = || address(case.call).and_then(inet).map(|at| at.to_string());
    let there = case.to().or_else(|| case.own()?.local.clone()).or_else(given)?;
    if case.own().is_some_and(|own| own.protocol == "unix") || case.evidence.file.is_some() {
        return in_use_unix(case, &there);
    }
    if port(&there) == "0" {
        let range = range(case);
        let used = case.evidence.ports_used.map(|n| format!("; {n} ports have sockets")).unwrap_or_default();
        return PORTS_TAKEN.told(
            format!("Every port of ip_local_port_range{range} is taken{used}."),
            "Close sockets, widen the range (sysctl net.ipv4.ip_local_port_range), or bind a port outside of it.",
        );
    }
    let made = case.last(Deed::ListenedOther).or(case.last(Deed::BoundOther));
    let made = made.map(|call| format!(" since {}", by(call))).unwrap_or_default();
    let Some(holder) = case.first(Relation::Holder) else {
        return BOUND_HOLDS.told(
            format!(
                "{there} is taken by a socket that could not be found: it is bound and not more, or another user's."
            ),
            "See who has it with `ss -ltnup` as root, or take another port.",
        );
    };
    let who = format!("{} has {}{made}", owner(holder), local(holder));
    let both = reuse(case, holder);
    if case.call.sys.name == "listen" {
        return LISTENS_ALREADY.told(
            format!(
                "{} listens on {} already{made}; this socket shares the address by SO_REUSEADDR.",
                super::capital(owner(holder)),
                local(holder)
            ),
            "Only one of them can listen, unless both set SO_REUSEPORT before bind.",
        );
    }
    if holder.protocol.starts_with("udp") || case.is_datagram() {
        return DATAGRAM_HOLDS.told(
            format!("{}.{both}", super::capital(who)),
            "End that process, take another port, or set SO_REUSEADDR or SO_REUSEPORT on both sockets before bind.",
        );
    }
    match holder.state.as_deref() {
        Some("LISTEN") => LISTENER_HOLDS.told(
            format!("{} and listens.{both}", super::capital(who)),
            "SO_REUSEADDR does not help: end that process, take another port, or set SO_REUSEPORT on both sockets.",
        ),
        Some("TIME_WAIT") => {
            let left = holder.timer_ms.map(|ms| format!(" for another {}", seconds(ms))).unwrap_or_default();
            let peer = holder.peer.as_deref().map(|peer| format!(" with {peer}")).unwrap_or_default();
            TIME_WAIT.told(
                format!(
                    "A connection of {}{peer} is in TIME_WAIT{left}: its end that used this address closed first.",
                    local(holder)
                ),
                "Set SO_REUSEADDR on this socket before bind, and it succeeds at once.",
            )
        }
        Some("BOUND") | None => BOUND_HOLDS.told(
            format!("{} and does not listen.{both}", super::capital(who)),
            "SO_REUSEADDR on both sockets before bind would let both bind it; or take another port.",
        ),
        Some(state) => {
            let peer = holder.peer.as_deref().map(|peer| format!(" with {peer}")).unwrap_or_default();
            CONNECTION_HOLDS.told(
                format!("{}{peer} in a connection that is {state}; nothing listens there.{both}", super::capital(who)),
                "With SO_REUSEADDR on both sockets bind succeeds; or end that connection first.",
            )
        }
    }
}

/// On which of the two sockets reusing is allowed, in words.
fn reuse(case: &Case<'_>, holder: &Endpoint) -> String {
    let Some(own) = case.own() else { return String::new() };
    let told = |mine: Option<bool>, its: Option<bool>| match (mine, its) {
        (Some(true), Some(true)) => "on both",
        (Some(true), Some(false)) => "on this socket only",
        (Some(false), Some(true)) => "on that socket only",
        (Some(false), Some(false)) => "on neither",
        (Some(true), None) => "on this socket",
        (Some(false), None) => "not on this socket",
        (None, _) => "",
    };
    let address = told(own.reuse_address, holder.reuse_address);
    let port = told(own.reuse_port, holder.reuse_port);
    match (address, port) {
        ("", _) => String::new(),
        (same, other) if same == other => format!(" SO_REUSEADDR and SO_REUSEPORT are set {same}."),
        (address, port) => format!(" SO_REUSEADDR is set {address}, SO_REUSEPORT {port}."),
    }
}

fn range(case: &Case<'_>) -> String {
    let value = case.evidence.setting("net.ipv4.ip_local_port_range");
    value.map(|value| format!(" ({})", value.replace(' ', " to "))).unwrap_or_default()
}

fn in_use_unix(case: &Case<'_>, there: &str) -> Option<Cause> {
    if let Some(holder) = case.evidence.sockets.first() {
        let listens = if holder.state.is_some() { " and listens" } else { "" };
        return NAME_TAKEN.told(
            format!("{} has bound {there}{listens}.", super::capital(owner(holder))),
            "End that process, or take another name.",
        );
    }
    if there.starts_with('@') {
        return NAME_TAKEN.told(format!("Another socket has the abstract name {there}."), "Take another name.");
    }
    let what = case.evidence.file.as_ref().map_or("file", |file| file.kind.as_str());
    SOCKET_FILE.told(
        format!(
            "{there} exists already as a {what}, and no socket is bound to it: a server left it behind when it ended."
        ),
        "Remove the file before bind, as servers do.",
    )
}

/// It is not ours to have.
pub(super) fn not_available(case: &Case<'_>) -> Option<Cause> {
    let there = case.there();
    if case.call.sys.name == "bind" {
        let here = &case.evidence.addresses;
        let known = if here.is_empty() {
            String::new()
        } else {
            format!(": there are {}", here.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", "))
        };
        return NOT_LOCAL.told(
            format!("No interface here has the address {}{known}.", host(&there)),
            "Bind one of the local addresses, or 0.0.0.0 ([::] for IPv6) for all of them.",
        );
    }
    let is_v6 = there.starts_with('[');
    let has_family = case.evidence.addresses.iter().any(|address| address.contains(':') == is_v6);
    if case.evidence.live && !has_family {
        let disabled = match case.evidence.setting("net.ipv6.conf.all.disable_ipv6") {
            Some("1") if is_v6 => " (net.ipv6.conf.all.disable_ipv6 is 1)",
            _ => "",
        };
        let family = if is_v6 { "IPv6" } else { "IPv4" };
        return NO_SOURCE.told(
            format!("No interface here has an {family} address to send from{disabled}."),
            "Use the other address family, or enable this one.",
        );
    }
    let used = case.evidence.ports_used.map(|n| format!(": {n} connections to {there} hold ports")).unwrap_or_default();
    PORTS_EXHAUSTED.told(
        format!("Every port of ip_local_port_range{} is taken towards {there}{used}.", range(case)),
        "Keep connections open instead of making new ones, or widen the range (sysctl net.ipv4.ip_local_port_range).",
    )
}

/// It takes a right.
pub(super) fn forbidden(case: &Case<'_>) -> Option<Cause> {
    let process = case.evidence.process.as_ref();
    let uid = process.map(|process| format!("user {} ", process.uid)).unwrap_or_else(|| "this process ".into());
    let name = case.call.sys.name;
    if case.errno == libc::EPERM {
        return (name == "socket").then(|| {
            RAW_SOCKET.told(
                format!("This kind of socket takes CAP_NET_RAW, which {}lacks.", uid),
                "Run as root, or give the program the capability (setcap cap_net_raw+ep).",
            )
        })?;
    }
    let there = case.to()?;
    if let Some(file) = &case.evidence.file {
        let mode =
            file.mode.as_deref().map(|mode| format!(" ({mode}, owner {})", file.uid.unwrap_or(0))).unwrap_or_default();
        let what =
            if name == "bind" { "may not make it in its directory" } else { "may not write to it or not reach it" };
        return FILE_PERMISSION.told(
            format!("{}{what}: {there}{mode}.", super::capital(uid)),
            "Change the permissions of the file and its directories, or run as its owner.",
        );
    }
    match name {
        "bind" => {
            let start = case.evidence.setting("net.ipv4.ip_unprivileged_port_start");
            let below = start.map(|n| format!(" ({n})")).unwrap_or_default();
            PRIVILEGED_PORT.told(
                format!(
                    "Port {} is below net.ipv4.ip_unprivileged_port_start{below}, and {}lacks CAP_NET_BIND_SERVICE.",
                    port(&there),
                    uid
                ),
                "Take a port from there on, or give the program the capability (setcap cap_net_bind_service+ep).",
            )
        }
        "sendto" | "sendmsg" | "connect" if case.own().is_none_or(|own| own.broadcast != Some(true)) => BROADCAST.told(
            format!("{} is a broadcast address, and SO_BROADCAST is not set on this socket.", host(&there)),
            "Set SO_BROADCAST first.",
        ),
        _ => None,
    }
}
