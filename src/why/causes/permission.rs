//! What the process may not do: EACCES, EPERM.

use super::{CauseKind, Demo, Incident, Kinds, host, port};
use crate::event::Cause;
use crate::syscall::{Effect, Made};

static FILTERED: CauseKind = CauseKind {
    id: "packet-filter",
    errno: "EPERM",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["sendto", "connect"],
    summary: "A packet filter of this machine (nftables, iptables, or a BPF program) dropped what the socket sent.",
    demo: Demo::Isolated(
        "from socket import *; from struct import pack as p; import fcntl; fcntl.ioctl(socket(),0x8914,p('16sH14x',b'lo',65))
a=lambda t,d: (lambda b: p('HH',len(b)+4,t)+b+bytes(-len(b)%4))(d); n=socket(16,SOCK_RAW,12); n.bind((0,0)); g=p('!BBH',2,0,0)
m=lambda t,f,b: p('IHHII',16+len(b),t,f,1,0)+b; k=a(1,b't\\0')+a(3,b'o\\0')+a(0x8004,a(1,p('!I',3))+a(2,p('!I',0)))+a(5,p('!I',0))+a(7,b'filter\\0')
n.send(m(16,1,p('!BBH',0,0,10))+m(2560,0x401,g+a(1,b't\\0'))+m(2563,0x401,g+k)+m(17,1,p('!BBH',0,0,10)))
socket(AF_INET,SOCK_DGRAM).sendto(b'x',('127.0.0.1',9))",
    ),
};
static OPTION_RIGHT: CauseKind = CauseKind {
    id: "option-takes-right",
    errno: "EPERM",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["setsockopt"],
    summary: "The option takes CAP_NET_ADMIN or CAP_NET_RAW, which root has: SO_MARK, a high SO_PRIORITY, IP_TRANSPARENT.",
    demo: Demo::Python(
        "from socket import *; import os; os.getuid() or os.setuid(65534); socket().setsockopt(SOL_SOCKET,36,1)",
    ),
};
static PRIVILEGED_PORT: CauseKind = CauseKind {
    id: "privileged-port",
    errno: "EACCES",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["bind"],
    summary: "Ports below ip_unprivileged_port_start (1024 by default) take CAP_NET_BIND_SERVICE, which root has.",
    demo: Demo::Program("http-get", "privileged-port"),
};
static BROADCAST: CauseKind = CauseKind {
    id: "broadcast-not-allowed",
    errno: "EACCES",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["sendto", "sendmsg", "connect"],
    summary: "The destination is a broadcast address, and SO_BROADCAST is not set.",
    demo: Demo::Python("from socket import *; socket(type=SOCK_DGRAM).sendto(b'x',('255.255.255.255',9))"),
};
static FILE_PERMISSION: CauseKind = CauseKind {
    id: "socket-file-permission",
    errno: "EACCES",
    on: Kinds::ANY_UNIX,
    expected: false,
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
    on: Kinds::NONE,
    expected: false,
    calls: &["socket"],
    summary: "Raw and packet sockets take CAP_NET_RAW, which root has.",
    demo: Demo::Python("from socket import *; import os; os.getuid() or os.setuid(65534); socket(AF_INET,SOCK_RAW,1)"),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&PRIVILEGED_PORT, &BROADCAST, &FILE_PERMISSION, &RAW_SOCKET, &FILTERED, &OPTION_RIGHT];

/// It takes a right.
pub(super) fn forbidden(incident: &Incident<'_>) -> Option<Cause> {
    let process = incident.evidence.process.as_ref();
    let uid = process.map(|process| format!("user {} ", process.uid)).unwrap_or_else(|| "this process ".into());
    let effect = incident.call.sys.effect;
    if incident.errno == libc::EPERM {
        return not_permitted(incident, &uid);
    }
    if !incident.does(Effect::Binds) && !incident.does(Effect::Connects) && !incident.does(Effect::Sends) {
        return None;
    }
    let there = incident.to()?;
    if let Some(file) = incident.evidence.file.as_ref().filter(|_| incident.is(Kinds::ANY_UNIX)) {
        let mode =
            file.mode.as_deref().map(|mode| format!(" ({mode}, owner {})", file.uid.unwrap_or(0))).unwrap_or_default();
        let what = if effect == Effect::Binds {
            "may not make it in its directory"
        } else {
            "may not write to it or not reach it"
        };
        return FILE_PERMISSION.cause(
            incident,
            format!("{}{what}: {there}{mode}.", super::capital(uid)),
            "Change the permissions of the file and its directories, or run as its owner.",
        );
    }
    match effect {
        Effect::Binds => {
            let start = incident.evidence.setting("net.ipv4.ip_unprivileged_port_start");
            let below = start.map(|n| format!(" ({n})")).unwrap_or_default();
            PRIVILEGED_PORT.cause(
                incident,
                format!(
                    "Port {} is below net.ipv4.ip_unprivileged_port_start{below}, and {}lacks CAP_NET_BIND_SERVICE.",
                    port(&there),
                    uid
                ),
                "Take a port from there on, or give the program the capability (setcap cap_net_bind_service+ep).",
            )
        }
        Effect::Sends | Effect::Connects if incident.own().is_some_and(|own| own.broadcast == Some(false)) => BROADCAST
            .cause(
                incident,
                format!("{} is a broadcast address, and SO_BROADCAST is not set on this socket.", host(&there)),
                "Set SO_BROADCAST first.",
            ),
        _ => None,
    }
}

/// EPERM.
fn not_permitted(incident: &Incident<'_>, uid: &str) -> Option<Cause> {
    let process = incident.evidence.process.as_ref();
    let may = |what: &str| process.is_some_and(|process| process.capabilities.iter().any(|has| has == what));
    if incident.does(Effect::SetsOption) && !(may("CAP_NET_ADMIN") && may("CAP_NET_RAW")) {
        let option = super::option::name(incident);
        return OPTION_RIGHT.cause(
            incident,
            format!("{option} takes a right (CAP_NET_ADMIN or CAP_NET_RAW) that {uid}lacks."),
            "Run as root, or give the program the capability.",
        );
    }
    if incident.does(Effect::Makes(Made::Socket, crate::syscall::CloseOnExec::Never)) && !may("CAP_NET_RAW") {
        return RAW_SOCKET.cause(
            incident,
            format!("This kind of socket takes CAP_NET_RAW, which {uid}lacks."),
            "Run as root, or give the program the capability (setcap cap_net_raw+ep).",
        );
    }
    if !incident.does(Effect::Sends) && !incident.does(Effect::Connects) {
        return None;
    }
    let there = incident.to().map(|to| format!(" to {to}")).unwrap_or_default();
    let filters = &incident.evidence.filters;
    FILTERED.cause(
        incident,
        match filters.as_slice() {
            [] => format!(
                "A packet filter of this machine dropped what was sent{there}; its rules could not be seen (root sees \
                 them: nft list ruleset, iptables -S OUTPUT)."
            ),
            some => format!("A packet filter of this machine dropped what was sent{there}: {}.", some.join("; ")),
        },
        "Change the rule, or send elsewhere; trying again does not help.",
    )
}
