//! Descriptors: EBADF, ENOTSOCK, EMFILE, ENFILE.

use super::{Case, Known, Shown, by};
use crate::event::{Cause, Deed};

static CLOSED_EARLIER: Known = Known {
    id: "closed-earlier",
    errno: "EBADF",
    calls: &["close", "sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown"],
    says: "The descriptor was open and was closed by an earlier call, maybe of another thread.",
    shown: Shown::Python("from socket import *; import os; a,b=socketpair(); os.close(a.fileno()); a.send(b'x')"),
};
static NEGATIVE: Known = Known {
    id: "negative-descriptor",
    errno: "EBADF",
    calls: &["sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown", "getsockname"],
    says: "The number is negative: the socket object was closed (Python then has -1), or a call that failed gave the number.",
    shown: Shown::Case("flow", "closed-descriptor"),
};
static NEVER_OPEN: Known = Known {
    id: "never-open",
    errno: "EBADF",
    calls: &["close", "sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown"],
    says: "The number is no open descriptor, and the trace has not seen one of that number being closed.",
    shown: Shown::Python(
        "from socket import *; import os; a,b=socketpair(); os.dup2; socket(fileno=a.detach()).detach(); \
                          import ctypes; ctypes.CDLL(None).send(999,b'x',1,0)",
    ),
};
static NOT_A_SOCKET: Known = Known {
    id: "not-a-socket",
    errno: "ENOTSOCK",
    calls: &["sendto", "recvfrom", "bind", "listen", "accept4", "connect", "getsockname", "setsockopt"],
    says: "The descriptor is open, but is a file, pipe, terminal or another thing that is no socket.",
    shown: Shown::Case("flow", "not-a-socket"),
};
static LIMIT_REACHED: Known = Known {
    id: "descriptor-limit",
    errno: "EMFILE",
    calls: &["socket", "accept", "accept4", "socketpair", "dup"],
    says: "The process has as many descriptors open as RLIMIT_NOFILE allows.",
    shown: Shown::Python(
        "from socket import *; import resource as r; r.setrlimit(r.RLIMIT_NOFILE,(32,r.getrlimit(r.RLIMIT_NOFILE)[1]))
k=[socket() for i in range(40)]",
    ),
};

/// This family's.
pub(super) static KNOWN: &[&Known] = &[&CLOSED_EARLIER, &NEGATIVE, &NEVER_OPEN, &NOT_A_SOCKET, &LIMIT_REACHED];

/// Not open.
pub(super) fn bad(case: &Case<'_>) -> Option<Cause> {
    let fd = case.fd();
    if fd < 0 {
        return NEGATIVE.told(
            format!("Descriptor {fd} cannot be open: the socket object was closed before, or an earlier call failed."),
            "Use the socket before it is closed, and look at what made this number.",
        );
    }
    if let Some(closed) = case.last(Deed::Closed) {
        return CLOSED_EARLIER.told(
            format!("Descriptor {fd} was closed by {}.", by(closed)),
            "Do not use the number after that: it may even mean another file by then.",
        );
    }
    NEVER_OPEN.told(
        format!("Descriptor {fd} is not open, and this trace has not seen it being closed."),
        "It was closed by a call that is not traced, belongs to another process, or never existed.",
    )
}

/// Something else.
pub(super) fn not_a_socket(case: &Case<'_>) -> Option<Cause> {
    let what = match &case.evidence.file {
        Some(file) => format!("{} ({})", file.path, file.kind),
        None => "open, but no socket".into(),
    };
    NOT_A_SOCKET.told(format!("Descriptor {} is {what}.", case.fd()), "Use the number that socket or accept returned.")
}

/// Too many.
pub(super) fn too_many(case: &Case<'_>) -> Option<Cause> {
    let text = match &case.evidence.process {
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
    LIMIT_REACHED.told(
        text,
        "Close what is not needed (connections that the other end has closed, above all), or raise the limit.",
    )
}
