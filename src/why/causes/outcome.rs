//! Successes that are less than they look: a connection at its end, messages that lost something, descriptors in trouble,
//! waits whose time is over, fewer bytes than given.

use super::connection::effect;
use super::transfer::peer;
use super::{CauseKind, Demo, Incident, Kinds, by, capital, count, seconds};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;
use crate::value::{FdSet, Value};
use crate::why::subject::{given, timeout, troubled};

static PEER_ENDED: CauseKind = CauseKind {
    id: "peer-ended",
    errno: "end",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["recvfrom", "read"],
    summary: "recv returned 0: the other end has closed, or has ended sending, and everything it sent was read. Whoever asks \
           again gets 0 again, at once.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); b.close(); a.recv(1); a.recv(1)"),
};
static OWN_END: CauseKind = CauseKind {
    id: "own-end-of-reading",
    errno: "end",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["recvfrom", "read"],
    summary: "recv returned 0 since this side has ended reading itself, with shutdown(SHUT_RD) or SHUT_RDWR.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.shutdown(SHUT_RD); a.recv(1)"),
};
static LIMIT_CUTS: CauseKind = CauseKind {
    id: "descriptors-over-limit",
    errno: "MSG_CTRUNC",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvmsg"],
    summary: "Descriptors came with the message, and were thrown away since the process has as many open as RLIMIT_NOFILE \
           allows.",
    demo: Demo::Python(
        "from socket import *; import resource as r; a,b=socketpair(); send_fds(a,[b'x'],[0])
r.setrlimit(r.RLIMIT_NOFILE,(5,5)); recv_fds(b,10,1)",
    ),
};
static NO_ROOM_FOR_CONTROL: CauseKind = CauseKind {
    id: "control-cut",
    errno: "MSG_CTRUNC",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvmsg"],
    summary: "Control messages came that did not fit into the room for them, so descriptors or credentials are lost.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); send_fds(a,[b'x'],[0,1,2,0,1,2]); b.recvmsg(10,20)"),
};
static ERROR_WAITS: CauseKind = CauseKind {
    id: "error-waits",
    errno: "POLLHUP",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["poll", "ppoll"],
    summary: "The socket has an error that the next call on it will bring (POLLERR): connecting failed, or the connection was \
           reset.",
    demo: Demo::Python(
        "from socket import *; import select; s=socket(); s.bind(('127.0.0.1',0)); a=s.getsockname(); s.close()
c=socket(); c.setblocking(0); c.connect_ex(a); p=select.poll(); p.register(c,4); p.poll()",
    ),
};
static HUNG_UP: CauseKind = CauseKind {
    id: "both-ends-closed",
    errno: "POLLHUP",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["poll", "ppoll"],
    summary: "The connection has ended in both directions (POLLHUP), or there never was one.",
    demo: Demo::Python(
        "from socket import *; import select; a,b=socketpair(); b.close(); p=select.poll(); p.register(a); p.poll()",
    ),
};
static NO_READER: CauseKind = CauseKind {
    id: "pipe-without-reader",
    errno: "POLLHUP",
    on: Kinds::PIPE,
    expected: false,
    calls: &["poll", "ppoll"],
    summary: "Nobody has the reading end of the pipe open any more (POLLERR): writing to it would fail with EPIPE.",
    demo: Demo::Calls(
        "%net,pipe2,poll",
        "import os,select; r,w=os.pipe(); os.close(r); p=select.poll(); p.register(w,4); p.poll()",
    ),
};
static NO_WRITER: CauseKind = CauseKind {
    id: "pipe-without-writer",
    errno: "POLLHUP",
    on: Kinds::PIPE,
    expected: true,
    calls: &["poll", "ppoll"],
    summary: "Nobody has the writing end of the pipe open any more (POLLHUP): what is left can be read, and then comes the end. \
           So ends the output of every child.",
    demo: Demo::Calls(
        "%net,pipe2,poll",
        "import os,select; r,w=os.pipe(); os.close(w); p=select.poll(); p.register(r); p.poll()",
    ),
};
static NOT_OPEN: CauseKind = CauseKind {
    id: "polled-while-closed",
    errno: "POLLHUP",
    on: Kinds::CLOSED,
    expected: false,
    calls: &["poll", "ppoll"],
    summary: "The number that poll was given is no open descriptor (POLLNVAL): it was closed and is still polled.",
    demo: Demo::Calls(
        "%net,close,poll",
        "from socket import *; import select; a,b=socketpair(); p=select.poll(); p.register(a); a.close(); p.poll()",
    ),
};
static NOTHING_HAPPENED: CauseKind = CauseKind {
    id: "nothing-in-time",
    errno: "timeout",
    on: Kinds::ANY,
    expected: false,
    calls: &["poll", "ppoll", "select"],
    summary: "None of the descriptors became ready in the time that the program gave. Python's timeouts on sockets end so.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.settimeout(.05); a.recv(1)"),
};
static LOOP_WOKE: CauseKind = CauseKind {
    id: "event-loop-timer",
    errno: "timeout",
    on: Kinds::FILE,
    expected: true,
    calls: &["epoll_wait", "epoll_pwait"],
    summary: "None of the descriptors of the epoll set became ready in time. An event loop sleeps so until its next timer.",
    demo: Demo::Python("import asyncio; asyncio.run(asyncio.sleep(.05))"),
};
static SHORT_SEND: CauseKind = CauseKind {
    id: "short-send",
    errno: "short",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev"],
    summary: "The call took fewer bytes than it was given, since the send buffer had no more room. The rest was not sent.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.setblocking(0); a.send(bytes(1<<24))"),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[
    &PEER_ENDED,
    &OWN_END,
    &LIMIT_CUTS,
    &NO_ROOM_FOR_CONTROL,
    &ERROR_WAITS,
    &HUNG_UP,
    &NO_READER,
    &NO_WRITER,
    &NOT_OPEN,
    &NOTHING_HAPPENED,
    &LOOP_WOKE,
    &SHORT_SEND,
];

/// `recv` returned 0.
pub(super) fn end(incident: &Incident<'_>) -> Option<Cause> {
    if let Some(shut) = incident.last(Action::ShutDownReading) {
        return OWN_END.cause(
            incident,
            format!("This side ended reading itself, with {}.", by(shut)),
            "Read everything before shutdown, or leave out SHUT_RD.",
        );
    }
    let there = incident.own().and_then(|own| own.peer.as_deref()).map(|peer| format!(", {peer},")).unwrap_or_default();
    let who = match (incident.last(Action::PeerClosed), incident.first(Relation::Peer)) {
        (Some(ended), _) if effect(ended) == Effect::ShutsDown => format!("has ended sending, with {}", by(ended)),
        (Some(closed), _) => format!("was closed by {}", by(closed)),
        (None, Some(socket)) if !socket.owners.is_empty() => {
            format!("has ended sending; {} has it open", super::owner(socket))
        }
        _ => "has closed or ended sending".into(),
    };
    let again = incident.last(Action::SawEnd);
    let times = again.and_then(|again| again.times);
    let asked = match (again, times) {
        (Some(first), Some(times)) => {
            format!(" It was read at its end {} before, first by {}.", super::times(times), by(first))
        }
        _ => String::new(),
    };
    PEER_ENDED.cause(
        incident,
        format!("The other end{there} {who}.{asked}"),
        if again.is_some() {
            "Close the socket when recv returns 0: it will never bring anything else."
        } else {
            "Nothing more comes; close the socket."
        },
    )
}

/// Descriptors were lost.
pub(super) fn cut(incident: &Incident<'_>) -> Option<Cause> {
    let limits = incident.evidence.process.as_ref().and_then(|process| Some((process.open_files, process.file_limit?)));
    match limits {
        Some((open, limit)) if open >= limit => LIMIT_CUTS.cause(
            incident,
            format!(
                "Descriptors came with this message and were thrown away: {open} are open, and RLIMIT_NOFILE is {limit}.{}",
                super::handle::opened(incident)
            ),
            "Close what is not needed, or raise the limit (ulimit -n); what was lost does not come again.",
        ),
        Some(_) => NO_ROOM_FOR_CONTROL.cause(
            incident,
            "The control messages did not fit into the room that msg_control gave, and the rest was thrown away.",
            "Give more room (CMSG_SPACE for all descriptors); what was lost does not come again.",
        ),
        None => NO_ROOM_FOR_CONTROL.cause(
            incident,
            "Control messages were thrown away: their room was too small, or the limit of descriptors is reached.",
            "Give more room for them, and see `ulimit -n`; what was lost does not come again.",
        ),
    }
}

/// `poll` found trouble.
pub(super) fn trouble(incident: &Incident<'_>) -> Option<Cause> {
    let (fd, found) = troubled(incident.call).next()?;
    let has = |event: i16| found & event as u16 != 0;
    let more = troubled(incident.call).count() - 1;
    let more =
        if more > 0 { format!(" So it is with {} more.", count(more as u64, "descriptor")) } else { String::new() };
    if has(libc::POLLNVAL) {
        let closed =
            incident.last(Action::Closed).map(|call| format!(": it was closed by {}", by(call))).unwrap_or_default();
        return NOT_OPEN.cause(
            incident,
            format!("Descriptor {fd} is not open (POLLNVAL){closed}.{more}"),
            "Take it out of what is polled when it is closed.",
        );
    }
    if incident.is(Kinds::PIPE) {
        return if has(libc::POLLERR) {
            NO_READER.cause(
                incident,
                format!("Nobody reads the pipe of descriptor {fd} any more (POLLERR).{more}"),
                "Stop writing to it.",
            )
        } else {
            NO_WRITER.cause(
                incident,
                format!("Nobody writes to the pipe of descriptor {fd} any more (POLLHUP).{more}"),
                "Read what is left, until read returns 0.",
            )
        };
    }
    let there =
        incident.own().and_then(|own| own.peer.as_deref()).map(|peer| format!(" to {peer}")).unwrap_or_default();
    if has(libc::POLLERR) {
        return ERROR_WAITS.cause(
            incident,
            format!("The socket of descriptor {fd}{there} has an error to be fetched (POLLERR).{more}"),
            "The next call on it brings the error, or read SO_ERROR.",
        );
    }
    let state = incident.state().map(|state| format!(", its state is {state}")).unwrap_or_default();
    HUNG_UP.cause(
        incident,
        format!("The socket of descriptor {fd}{there} has no connection any more, or none yet (POLLHUP){state}.{more}"),
        "Read what is left, and close it.",
    )
}

/// Nothing became ready in time.
pub(super) fn time_over(incident: &Incident<'_>) -> Option<Cause> {
    let after = timeout(incident.call).map(|time| seconds(time.as_millis() as u64)).unwrap_or_default();
    if incident.call.arg("epfd").is_some() {
        return LOOP_WOKE.cause(
            incident,
            format!("No descriptor of the epoll set became ready within {after}."),
            "An event loop wakes so for its timers.",
        );
    }
    let began = incident.last(Action::BeganToConnect).filter(|_| incident.state() == Some("SYN_SENT"));
    let (what, advice) = match (incident.fd(), incident.own()) {
        (Some(fd), Some(own)) => {
            let there = own.peer.as_deref().map(|peer| format!(" to {peer}")).unwrap_or_default();
            let state = own.state.as_deref().map(|state| format!(" ({state})")).unwrap_or_default();
            let connects = began.map(|call| format!(" It connects since {}.", by(call))).unwrap_or_default();
            (
                format!(
                    "Nothing happened on descriptor {fd}{there}{state} within {after}.{connects}{}{}",
                    peer(incident),
                    silent(incident)
                ),
                "A timeout that the program set; wait longer, or see why the other end is silent.",
            )
        }
        (Some(fd), None) => {
            (format!("Nothing happened on descriptor {fd} within {after}."), "A timeout that the program set.")
        }
        (None, _) => match watched(incident) {
            0 => return None, // a way to sleep
            some => (
                format!("Nothing happened on {} within {after}.", count(some, "descriptor")),
                "A timeout that the program set.",
            ),
        },
    };
    NOTHING_HAPPENED.cause(incident, what, advice)
}

/// How many descriptors a call waited for.
fn watched(incident: &Incident<'_>) -> u64 {
    let call = incident.call;
    if let Some(Value::Array(fds)) = call.arg("fds") {
        return fds.items.len() as u64;
    }
    let sets = ["readfds", "writefds", "exceptfds"].into_iter();
    let asked = sets.filter_map(|name| match call.arg(name) {
        Some(Value::FdSet(set)) => Some(&**set),
        _ => None,
    });
    let mut all: Vec<i32> = asked.flat_map(|set: &FdSet| set.entry.iter().map(|fd| fd.raw)).collect();
    all.sort_unstable();
    all.dedup();
    all.len() as u64
}

/// What is known of an end that does not answer: bytes that it does not acknowledge.
pub(super) fn silent(incident: &Incident<'_>) -> String {
    let Some(own) = incident.own().filter(|_| incident.is(Kinds::TCP)) else { return String::new() };
    let again = own.retransmissions.unwrap_or(0);
    match own.send_queue.filter(|bytes| *bytes > 0) {
        Some(bytes) if again > 0 => {
            format!(" {} unacknowledged after {}.", capital(count(bytes, "byte")), count(again, "retransmission"))
        }
        _ => String::new(),
    }
}

/// Fewer bytes than given.
pub(super) fn short(incident: &Incident<'_>) -> Option<Cause> {
    let crate::event::Ret::Ok(taken) = incident.call.ret else { return None };
    let (taken, all) = (u64::try_from(taken).ok()?, given(incident.call)?);
    let buffer = incident
        .own()
        .and_then(|own| own.send_buffer)
        .map(|most| format!(" (SO_SNDBUF is {most})"))
        .unwrap_or_default();
    SHORT_SEND.cause(
        incident,
        format!("Only {taken} of {all} bytes were taken: the send buffer{buffer} had no more room.{}", peer(incident)),
        "Send the rest when the socket is writable; sendall does it in Python.",
    )
}
