//! Successes that are less than they look: a connection at its end, messages that lost something.

use super::connection::effect;
use super::{CauseKind, Demo, Incident, Kinds, by, capital, count};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;

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
static GAVE_UP: CauseKind = CauseKind {
    id: "closed-unanswered",
    errno: "unanswered",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["close"],
    summary: "The program closed the socket right after a wait in which nothing came, while what it had sent on it had no \
           answer. So end the timeouts of event loops, whose waits are for many things at once.",
    demo: Demo::Python(
        "import asyncio as a; from socket import *; s=create_server(('127.0.0.1',0))
async def f(): r,w=await a.open_connection(*s.getsockname()); w.write(b'ask'); a.get_running_loop().call_later(.1,w.close); await r.read(1)
a.run(f())",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&PEER_ENDED, &OWN_END, &LIMIT_CUTS, &NO_ROOM_FOR_CONTROL, &GAVE_UP];

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

/// Closed without an answer.
pub(super) fn unanswered(incident: &Incident<'_>) -> Option<Cause> {
    let (wait, own) = (incident.last(Action::WaitedInVain)?, incident.own()?);
    let there = own.peer.as_deref().map(|peer| format!(" to {peer}")).unwrap_or_default();
    GAVE_UP.cause(
        incident,
        format!("{} sent on it{there} had no answer when {} ended.", capital(count(own.unanswered?, "byte")), by(wait)),
        "Where that is a timeout, wait longer, or see why the other end is silent.",
    )
}
