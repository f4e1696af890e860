//! Descriptors: EBADF, ENOTSOCK, EMFILE, ENFILE.

use super::{CauseKind, Demo, Incident, by};
use crate::event::{Action, Cause};

static CLOSED_EARLIER: CauseKind = CauseKind {
    id: "closed-earlier",
    errno: "EBADF",
    calls: &["close", "sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown"],
    summary: "The descriptor was open and was closed by an earlier call, maybe of another thread.",
    demo: Demo::Python("from socket import *; import os; a,b=socketpair(); os.close(a.fileno()); a.send(b'x')"),
};
static NEGATIVE: CauseKind = CauseKind {
    id: "negative-descriptor",
    errno: "EBADF",
    calls: &["sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown", "getsockname"],
    summary: "The number is negative: the socket object was closed (Python then has -1), or a call that failed gave the number.",
    demo: Demo::Program("flow", "closed-descriptor"),
};
static NEVER_OPEN: CauseKind = CauseKind {
    id: "never-open",
    errno: "EBADF",
    calls: &["close", "sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown"],
    summary: "The number is no open descriptor, and the trace has not seen one of that number being closed.",
    demo: Demo::Python(
        "from socket import *; import os; a,b=socketpair(); os.dup2; socket(fileno=a.detach()).detach(); \
                          import ctypes; ctypes.CDLL(None).send(999,b'x',1,0)",
    ),
};
static NOT_A_SOCKET: CauseKind = CauseKind {
    id: "not-a-socket",
    errno: "ENOTSOCK",
    calls: &["sendto", "recvfrom", "bind", "listen", "accept4", "connect", "getsockname", "setsockopt"],
    summary: "The descriptor is open, but is a file, pipe, terminal or another thing that is no socket.",
    demo: Demo::Program("flow", "not-a-socket"),
};
static LIMIT_REACHED: CauseKind = CauseKind {
    id: "descriptor-limit",
    errno: "EMFILE",
    calls: &["socket", "accept", "accept4", "socketpair", "dup"],
    summary: "The process has as many descriptors open as RLIMIT_NOFILE allows.",
    demo: Demo::Python(
        "from socket import *; import resource as r; r.setrlimit(r.RLIMIT_NOFILE,(32,r.getrlimit(r.RLIMIT_NOFILE)[1]))
k=[socket() for i in range(40)]",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&CLOSED_EARLIER, &NEGATIVE, &NEVER_OPEN, &NOT_A_SOCKET, &LIMIT_REACHED];

/// Not open.
pub(super) fn bad(incident: &Incident<'_>) -> Option<Cause> {
    let fd = incident.fd();
    if fd < 0 {
        return NEGATIVE.cause(
            format!("Descriptor {fd} cannot be open: the socket object was closed before, or an earlier call failed."),
            "Use the socket before it is closed, and look at what made this number.",
        );
    }
    if let Some(closed) = incident.last(Action::Closed) {
        return CLOSED_EARLIER.cause(
            format!("Descriptor {fd} was closed by {}.", by(closed)),
            "Do not use the number after that: it may even mean another file by then.",
        );
    }
    NEVER_OPEN.cause(
        format!("Descriptor {fd} is not open, and this trace has not seen it being closed."),
        "It was closed by a call that is not traced, belongs to another process, or never existed.",
    )
}

/// Something else.
pub(super) fn not_a_socket(incident: &Incident<'_>) -> Option<Cause> {
    let fd = incident.fd();
    let text = match &incident.evidence.file {
        Some(file) => format!("Descriptor {fd} is {} ({}).", file.path, file.kind),
        None => format!("Descriptor {fd} is open, but no socket."),
    };
    NOT_A_SOCKET.cause(text, "Use the number that socket or accept returned.")
}

/// Too many.
pub(super) fn too_many(incident: &Incident<'_>) -> Option<Cause> {
    let text = match &incident.evidence.process {
        Some(process) => {
            let limit = process.file_limit.map(|n| n.to_string()).unwrap_or_else(|| "its".into());
            let hard = process.file_limit_hard.map(|n| format!(", hard limit {n}")).unwrap_or_default();
            format!(
                "The process has {} descriptors open, {} of them sockets, and RLIMIT_NOFILE is {limit} (ulimit -n{hard}).",
                process.open_files, process.open_sockets
            )
        }
        None => "The process has as many descriptors open as RLIMIT_NOFILE (ulimit -n) allows.".into(),
    };
    LIMIT_REACHED.cause(
        text,
        "Close what is not needed (connections that the other end has closed, above all), or raise the limit.",
    )
}
