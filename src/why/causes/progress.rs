//! Connecting goes on without the program, which asks what has come of it: EINPROGRESS, EALREADY.

use super::silence::full_queue;
use super::{CauseKind, Demo, Incident, Kinds, by, owner};
use crate::event::{Action, Cause, Relation};

static REFUSED_ALREADY: CauseKind = CauseKind {
    id: "refused-already",
    errno: "EINPROGRESS",
    on: Kinds::TCP,
    expected: false,
    calls: &["connect"],
    summary: "The socket does not wait, but connecting has failed already while connect returned, as on loopback where \
           nothing listens: the error is in SO_ERROR.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); a=s.getsockname(); s.close()
c=socket(); c.setblocking(0); c.connect_ex(a)",
    ),
};
static ANSWER_PENDING: CauseKind = CauseKind {
    id: "answer-pending",
    errno: "EINPROGRESS",
    on: Kinds::INTERNET,
    expected: true,
    calls: &["connect"],
    summary: "The socket does not wait, and the other side has not answered yet. This is no failure: when the socket becomes \
           writable, SO_ERROR shows how it ended.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setblocking(0); c.connect(a)",
    ),
};
static HANDSHAKE_DONE: CauseKind = CauseKind {
    id: "handshake-done",
    errno: "EINPROGRESS",
    on: Kinds::INTERNET,
    expected: true,
    calls: &["connect"],
    summary: "The socket does not wait, and the answer came while connect returned, as on loopback. This is no failure: the \
           socket is writable at once, and SO_ERROR is 0.",
    demo: Demo::Program("flow", "default"),
};
static STILL_CONNECTING: CauseKind = CauseKind {
    id: "still-connecting",
    errno: "EALREADY",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect"],
    summary: "An earlier connect on this socket is still under way.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setblocking(0); c.connect_ex(a); c.connect(a)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&REFUSED_ALREADY, &ANSWER_PENDING, &HANDSHAKE_DONE, &STILL_CONNECTING];

/// EINPROGRESS and EALREADY.
pub(super) fn in_progress(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    let wait = "Wait until the socket is writable (poll), then read SO_ERROR: 0 means connected.";
    if incident.errno == libc::EALREADY {
        let began =
            incident.last(Action::BeganToConnect).map(|call| format!(" since {}", by(call))).unwrap_or_default();
        return STILL_CONNECTING.cause(incident, format!("This socket is already connecting to {there}{began}."), wait);
    }
    if incident.state() == Some("ESTABLISHED") {
        return HANDSHAKE_DONE.cause(
            incident,
            format!("No failure: the socket does not wait, and {there} has answered while connect returned."),
            "It is writable at once: read SO_ERROR, which is 0.",
        );
    }
    if incident.state() == Some("CLOSE") {
        let who = match incident.first(Relation::Listener) {
            Some(socket) => format!(", though {} listens there now", owner(socket)),
            None if incident.evidence.searched => ": nothing listens there".into(),
            None => String::new(),
        };
        return REFUSED_ALREADY.cause(
            incident,
            format!("Connecting to {there} has failed already{who}. The error waits in SO_ERROR."),
            "Read SO_ERROR; the socket is writable at once.",
        );
    }
    let why = match full_queue(incident) {
        Some(full) => format!("; {full}"),
        None => String::new(),
    };
    ANSWER_PENDING.cause(
        incident,
        format!("No failure: the socket does not wait, and {there} has not answered yet{why}."),
        wait,
    )
}
