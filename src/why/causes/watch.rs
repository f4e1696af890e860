//! Waits on descriptors that ended: with one in trouble, or since their time was over.

use super::transfer::peer;
use super::{CauseKind, Demo, Incident, Kinds, by, count, seconds};
use crate::event::{Action, Cause, Endpoint, Relation};
use crate::why::subject::{epoll_set, millis, timeout, troubled, watched};

static ERROR_WAITS: CauseKind = CauseKind {
    id: "error-waits",
    errno: "POLLHUP",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["poll", "ppoll", "epoll_wait", "epoll_pwait"],
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
    calls: &["poll", "ppoll", "epoll_wait", "epoll_pwait"],
    summary: "The connection has ended in both directions (POLLHUP), or there never was one.",
    demo: Demo::Python(
        "from socket import *; import select; a,b=socketpair(); b.close(); p=select.poll(); p.register(a); p.poll()",
    ),
};
static PEER_ENDED_SENDING: CauseKind = CauseKind {
    id: "peer-ended-sending",
    errno: "POLLHUP",
    on: Kinds::CONNECTION,
    expected: true,
    calls: &["poll", "ppoll", "epoll_wait", "epoll_pwait"],
    summary: "The other end has closed or ended sending (POLLRDHUP): what is left can be read, and then comes the end.",
    demo: Demo::Python(
        "from socket import *; import select; a,b=socketpair(); b.shutdown(SHUT_WR); p=select.poll()
p.register(a,0x2000); p.poll()",
    ),
};
static NO_READER: CauseKind = CauseKind {
    id: "pipe-without-reader",
    errno: "POLLHUP",
    on: Kinds::PIPE,
    expected: false,
    calls: &["poll", "ppoll", "epoll_wait", "epoll_pwait"],
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
    calls: &["poll", "ppoll", "epoll_wait", "epoll_pwait"],
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
    calls: &["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait"],
    summary: "None of the descriptors became ready in the time that the program gave. Python's timeouts on sockets end so.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.settimeout(.05); a.recv(1)"),
};
static LOOP_WOKE: CauseKind = CauseKind {
    id: "event-loop-timer",
    errno: "timeout",
    on: Kinds::ANY,
    expected: true,
    calls: &["epoll_wait", "epoll_pwait", "poll", "ppoll", "select", "pselect6"],
    summary: "Nothing happened on any descriptor, and no answer is awaited on them: an event loop sleeps so until its next \
           timer, and a server until it has to look after something else.",
    demo: Demo::Python("import asyncio; asyncio.run(asyncio.sleep(.05))"),
};
/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&ERROR_WAITS, &HUNG_UP, &PEER_ENDED_SENDING, &NO_READER, &NO_WRITER, &NOT_OPEN, &NOTHING_HAPPENED, &LOOP_WOKE];

/// A wait found trouble.
pub(super) fn trouble(incident: &Incident<'_>) -> Option<Cause> {
    let (_, found) = troubled(incident.call).next()?;
    let is_epoll = epoll_set(incident.call).is_some();
    // Which descriptor the program's note means is not known of every set.
    let fd = incident.fd().filter(|_| !is_epoll || incident.evidence.descriptor.is_some())?;
    let has = |event: i16| found & event as u16 != 0;
    let name = |name: &str| if is_epoll { format!("E{name}") } else { name.to_owned() };
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
    let (error, hung_up) = (name("POLLERR"), name("POLLHUP"));
    if incident.is(Kinds::PIPE) {
        return if has(libc::POLLERR) {
            NO_READER.cause(
                incident,
                format!("Nobody reads the pipe of descriptor {fd} any more ({error}).{more}"),
                "Stop writing to it.",
            )
        } else {
            NO_WRITER.cause(
                incident,
                format!("Nobody writes to the pipe of descriptor {fd} any more ({hung_up}).{more}"),
                "Read what is left, until read returns 0.",
            )
        };
    }
    let there =
        incident.own().and_then(|own| own.peer.as_deref()).map(|peer| format!(" to {peer}")).unwrap_or_default();
    if has(libc::POLLERR) {
        return ERROR_WAITS.cause(
            incident,
            format!("The socket of descriptor {fd}{there} has an error to be fetched ({error}).{more}"),
            "The next call on it brings the error, or read SO_ERROR.",
        );
    }
    if !has(libc::POLLHUP) {
        let ended = name("POLLRDHUP");
        return PEER_ENDED_SENDING.cause(
            incident,
            format!(
                "The other end of the socket of descriptor {fd}{there} has closed or ended sending ({ended}).{more}"
            ),
            "Read what is left, until recv returns 0.",
        );
    }
    let state = incident.state().map(|state| format!(", its state is {state}")).unwrap_or_default();
    HUNG_UP.cause(
        incident,
        format!(
            "The socket of descriptor {fd}{there} has no connection any more, or none yet ({hung_up}){state}.{more}"
        ),
        "Read what is left, and close it.",
    )
}

/// Nothing became ready in time. Where an answer is awaited that is a failure; where a server or an event loop looks at the
/// clock it is none.
pub(super) fn time_over(incident: &Incident<'_>) -> Option<Cause> {
    let after = timeout(incident.call).map(|time| seconds(millis(time))).unwrap_or_default();
    let set = epoll_set(incident.call);
    let own = incident.own();
    let of = |relation: Relation| incident.evidence.sockets.iter().filter(move |socket| socket.relation == relation);
    let is_awaited = |socket: &Endpoint| socket.unanswered.is_some() || socket.state.as_deref() == Some("SYN_SENT");
    let awaited = match own {
        Some(own) => is_awaited(own),
        None => of(Relation::Watched).count() > 0 && of(Relation::Watched).all(is_awaited),
    };
    let listens = own.into_iter().chain(of(Relation::Watched)).any(|socket| socket.state.as_deref() == Some("LISTEN"));
    let is_loop = set.is_some() || of(Relation::Wakeup).count() > 0;
    if listens || is_loop && !awaited {
        return LOOP_WOKE.cause(
            incident,
            format!("Nothing happened within {after} on {}; no answer is awaited there.", watches(incident)?),
            "No failure: an event loop wakes so for its timers, and a server for what else it does.",
        );
    }
    if let (Some(fd), Some(own)) = (incident.fd(), own) {
        let there = own.peer.as_deref().map(|peer| format!(" to {peer}")).unwrap_or_default();
        let state = own.state.as_deref().map(|state| format!(" ({state})")).unwrap_or_default();
        let began = incident.last(Action::BeganToConnect).filter(|_| incident.state() == Some("SYN_SENT"));
        let more = began.map_or_else(|| peer(incident), |call| format!(" It connects since {}.", by(call)));
        let unheard = unheard(incident, own);
        return NOTHING_HAPPENED.cause(
            incident,
            format!("Nothing happened on descriptor {fd}{there}{state} within {after}{unheard}.{more}"),
            "A timeout that the program set; wait longer, or see why the other end is silent.",
        );
    }
    NOTHING_HAPPENED.cause(
        incident,
        format!("Nothing happened within {after} on {}.", watches(incident)?),
        "A timeout that the program set.",
    )
}

/// What a wait watches, in words that follow "on"; `None` of one that is a way to sleep.
fn watches(incident: &Incident<'_>) -> Option<String> {
    let set = epoll_set(incident.call).filter(|_| incident.evidence.descriptor.is_none());
    let all = members(incident);
    if all.len() > 1 {
        return Some(format!("any of {}: {}", count(all.len() as u64, "descriptor"), all.join(", ")));
    }
    match (set, incident.fd(), watched(incident.call).len() as u64) {
        (Some(set), ..) => Some(format!("any descriptor of epoll {set}")),
        (None, Some(fd), _) => Some(format!("descriptor {fd}")),
        (None, None, 0) => None,
        (None, None, some) => Some(format!("any of {}", count(some, "descriptor"))),
    }
}

/// The descriptors that a wait is for, each with its other end or what it is: `5 (127.0.0.1:80)`.
pub(super) fn members(incident: &Incident<'_>) -> Vec<String> {
    let watched = |socket: &&Endpoint| matches!(socket.relation, Relation::Watched | Relation::Wakeup);
    let sockets = incident.evidence.sockets.iter().filter(watched);
    let named = sockets.filter_map(|socket| {
        let fd = socket.owners.first()?.fd;
        let kind = socket.kind.as_ref().filter(|_| socket.protocol.is_empty());
        let what = socket.peer.as_ref().or(socket.local.as_ref()).or(kind);
        Some(what.map_or_else(|| fd.to_string(), |what| format!("{fd} ({what})")))
    });
    named.collect()
}

/// What was sent to an end that is silent.
fn unheard(incident: &Incident<'_>, own: &Endpoint) -> String {
    let again = own.retransmissions.filter(|times| *times > 0 && incident.is(Kinds::TCP));
    if let (Some(times), Some(bytes @ 1..)) = (again, own.send_queue) {
        return format!(
            ", and {} sent on it remain unacknowledged after {}",
            count(bytes, "byte"),
            count(times, "retransmission")
        );
    }
    let sent = own.unanswered.map(|bytes| count(bytes, "byte"));
    sent.map(|bytes| format!(", and {bytes} sent on it before had no answer")).unwrap_or_default()
}
