//! Nobody takes what is sent to the name of a Unix socket, or there is no such name: ECONNREFUSED, ENOENT.

use super::{CauseKind, Demo, Incident, Kinds, count, owner};
use crate::event::{Cause, Relation};
use crate::syscall::Effect;

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

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&STALE_FILE, &UNIX_NOT_LISTENING, &NOT_A_SOCKET_FILE, &ABSTRACT_OTHER_TYPE, &FILE_MISSING, &NO_NAME_CACHE];

pub(super) fn refused(incident: &Incident<'_>, there: &str) -> Option<Cause> {
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
