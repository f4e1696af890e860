//! Descriptors: EBADF, ENOTSOCK, EMFILE, ENFILE.

use super::{CauseKind, Demo, Incident, Kinds, by};
use crate::event::{Action, Cause, Earlier, ProcessFacts};
use crate::syscall::Effect;
use crate::why::subject::descriptors;

static CLOSED_EARLIER: CauseKind = CauseKind {
    id: "closed-earlier",
    errno: "EBADF",
    on: Kinds::CLOSED,
    expected: false,
    calls: &["close", "sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown"],
    summary: "The descriptor was open and was closed by an earlier call, maybe of another thread.",
    demo: Demo::Python("from socket import *; import os; a,b=socketpair(); os.close(a.fileno()); a.send(b'x')"),
};
static NEGATIVE: CauseKind = CauseKind {
    id: "negative-descriptor",
    errno: "EBADF",
    on: Kinds::CLOSED,
    expected: false,
    calls: &["sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown", "getsockname"],
    summary: "The number is negative: the socket object was closed (Python then has -1), or a call that failed gave the number.",
    demo: Demo::Program("flow", "closed-descriptor"),
};
static NEVER_OPEN: CauseKind = CauseKind {
    id: "never-open",
    errno: "EBADF",
    on: Kinds::CLOSED,
    expected: false,
    calls: &["close", "sendto", "recvfrom", "bind", "listen", "accept4", "connect", "shutdown"],
    summary: "The number is no open descriptor, and the trace has not seen one of that number being closed.",
    demo: Demo::Python(
        "from socket import *; import os; a,b=socketpair(); os.dup2; socket(fileno=a.detach()).detach(); \
                          import ctypes; ctypes.CDLL(None).send(999,b'x',1,0)",
    ),
};
static NUMBER_TAKEN: CauseKind = CauseKind {
    id: "number-taken-meanwhile",
    errno: super::WAITS,
    on: Kinds::ANY,
    expected: false,
    calls: &["recvfrom", "sendto", "accept4", "poll"],
    summary: "The descriptor was closed while the call was under way, and its number stands for another socket by now. The call \
           goes on with the one it was made on.",
    demo: Demo::Calls(
        "%net,close",
        "from socket import *; import os,threading as t,time; a,b=socketpair(); t.Thread(target=a.recv,args=(1,),daemon=True).start()
time.sleep(.3); os.close(a.fileno()); c=socket(type=SOCK_DGRAM); os._exit(0)",
    ),
};
static WRONG_MODE: CauseKind = CauseKind {
    id: "open-for-the-other-direction",
    errno: "EBADF",
    on: Kinds::NO_SOCKET,
    expected: false,
    calls: &["read", "write"],
    summary: "The descriptor is open, but for writing only where the call reads, or for reading only where it writes.",
    demo: Demo::Calls("%net,pipe2,read", "import os; r,w=os.pipe(); os.read(w,1)"),
};
static NOT_A_SOCKET: CauseKind = CauseKind {
    id: "not-a-socket",
    errno: "ENOTSOCK",
    on: Kinds::NO_SOCKET,
    expected: false,
    calls: &["sendto", "recvfrom", "bind", "listen", "accept4", "connect", "getsockname", "setsockopt"],
    summary: "The descriptor is open, but is a file, pipe, terminal or another thing that is no socket.",
    demo: Demo::Program("flow", "not-a-socket"),
};
static LIMIT_REACHED: CauseKind = CauseKind {
    id: "descriptor-limit",
    errno: "EMFILE",
    on: Kinds::ANY,
    expected: false,
    calls: &["socket", "accept", "accept4", "socketpair", "dup"],
    summary: "The process has as many descriptors open as RLIMIT_NOFILE allows.",
    demo: Demo::Python(
        "from socket import *; import resource as r; r.setrlimit(r.RLIMIT_NOFILE,(32,r.getrlimit(r.RLIMIT_NOFILE)[1]))
k=[socket() for i in range(40)]",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&CLOSED_EARLIER, &NEGATIVE, &NEVER_OPEN, &NUMBER_TAKEN, &WRONG_MODE, &NOT_A_SOCKET, &LIMIT_REACHED];

/// Not open.
pub(super) fn bad(incident: &Incident<'_>) -> Option<Cause> {
    let fd = incident.fd()?;
    if incident.evidence.descriptor.is_none() && descriptors(incident.call).len() > 1 {
        return None; // it is not known which of them
    }
    if let Some(file) = incident.evidence.file.as_ref().filter(|file| fd >= 0 && file.kind != "missing") {
        let (has, wants) = if incident.does(Effect::Sends) { ("reading", "writes") } else { ("writing", "reads") };
        return WRONG_MODE.cause(
            incident,
            format!("Descriptor {fd} ({}) is open for {has} only, and this call {wants}.", file.path),
            "Use the other end, or open it for both.",
        );
    }
    if fd < 0 {
        return NEGATIVE.cause(
            incident,
            format!("Descriptor {fd} cannot be open: the socket object was closed before, or an earlier call failed."),
            "Use the socket before it is closed, and look at what made this number.",
        );
    }
    if let Some(closed) = incident.last(Action::Closed) {
        return CLOSED_EARLIER.cause(
            incident,
            format!("Descriptor {fd} was closed by {}.", by(closed)),
            "Do not use the number after that: it may even mean another file by then.",
        );
    }
    NEVER_OPEN.cause(
        incident,
        format!("Descriptor {fd} is not open, and this trace has not seen it being closed."),
        "It was closed by a call that is not traced, belongs to another process, or never existed.",
    )
}

/// Closed and opened again while the call was under way.
pub(super) fn taken(incident: &Incident<'_>, taken: &Earlier) -> Option<Cause> {
    let fd = incident.fd()?;
    let closed = incident.last(Action::Closed).map(|call| format!(" by {}", by(call))).unwrap_or_default();
    NUMBER_TAKEN.cause(
        incident,
        format!(
            "Descriptor {fd} was closed{closed} while this call was under way, and stands for another socket since {}.",
            by(taken)
        ),
        "Close a descriptor only when no thread is in a call on it; shutdown wakes such a thread.",
    )
}

/// Something else.
pub(super) fn not_a_socket(incident: &Incident<'_>) -> Option<Cause> {
    let fd = incident.fd()?;
    let text = match &incident.evidence.file {
        Some(file) => format!("Descriptor {fd} is {} ({}).", file.path, file.kind),
        None => format!("Descriptor {fd} is open, but no socket."),
    };
    NOT_A_SOCKET.cause(incident, text, "Use the number that socket or accept returned.")
}

/// Too many.
pub(super) fn too_many(incident: &Incident<'_>) -> Option<Cause> {
    let opened = opened(incident);
    let text = match &incident.evidence.process {
        Some(process) => {
            let limit = process.file_limit.map(|n| n.to_string()).unwrap_or_else(|| "its".into());
            let hard = process.file_limit_hard.map(|n| format!(", hard limit {n}")).unwrap_or_default();
            let (open, sockets) = (process.open_files, process.open_sockets);
            let sockets = if open as usize > ProcessFacts::MAX_SEEN {
                format!("at least {sockets} of them sockets")
            } else {
                format!("{sockets} of them sockets")
            };
            format!(
                "The process has {open} descriptors open, {sockets}, and RLIMIT_NOFILE is {limit} (ulimit -n{hard}).{opened}"
            )
        }
        None => format!("The process has as many descriptors open as RLIMIT_NOFILE (ulimit -n) allows.{opened}"),
    };
    LIMIT_REACHED.cause(
        incident,
        text,
        "Close what is not needed (connections that the other end has closed, above all), or raise the limit.",
    )
}

/// The calls that opened what is open, those of most descriptors first.
pub(super) fn opened(incident: &Incident<'_>) -> String {
    /// How many lines are worth naming.
    const LINES: usize = 3;
    let all: Vec<&Earlier> = incident.evidence.earlier.iter().filter(|call| call.did == Action::Opened).collect();
    let more =
        if all.len() > LINES { format!(", and others by {} more calls", all.len() - LINES) } else { String::new() };
    let Some((first, others)) = all.split_first() else { return String::new() };
    let others = others.iter().take(LINES - 1).rev();
    let rest = others.fold(more, |rest, call| format!(", {} by {}{rest}", call.times.unwrap_or(1), by(call)));
    format!(" Opened and not closed: {} by {}{rest}.", first.times.unwrap_or(1), by(first))
}
