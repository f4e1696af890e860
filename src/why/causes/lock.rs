//! Locks on files.

use super::{CauseKind, Demo, Incident, Kinds, count, owner};
use crate::event::{Cause, Endpoint, Relation};

static WAITS_FOR_LOCK: CauseKind = CauseKind {
    id: "waits-for-lock",
    errno: super::WAITS,
    on: Kinds::FILE,
    expected: false,
    calls: &["flock", "fcntl"],
    summary: "The call waits until nobody else holds the lock on the file (flock, or F_SETLKW and F_OFD_SETLKW of fcntl).",
    demo: Demo::Calls(
        "flock",
        "import fcntl as f,signal as s,tempfile as t; d=t.NamedTemporaryFile(); e=open(d.name); f.flock(d,2); n=[0]*3
s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); f.flock(e,2)",
    ),
};
static LOCKED: CauseKind = CauseKind {
    id: "locked",
    errno: "EAGAIN",
    on: Kinds::FILE,
    expected: false,
    calls: &["flock", "fcntl"],
    summary: "Another process, or another open file, holds the lock on the file, and the call does not wait for it (LOCK_NB, \
           F_SETLK, F_OFD_SETLK).",
    demo: Demo::Calls(
        "flock",
        "import fcntl as f,tempfile as t; d=t.NamedTemporaryFile(); e=open(d.name); f.flock(d,2); f.flock(e,6)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&WAITS_FOR_LOCK, &LOCKED];

/// A lock that is waited for.
pub(super) fn waits(incident: &Incident<'_>) -> Option<Cause> {
    let path = &incident.evidence.file.as_ref()?.path;
    WAITS_FOR_LOCK.cause(
        incident,
        format!("It waits for a lock on {path}{}.", held_by(incident)),
        "Only its holder can release it: by unlocking or closing the file, or by ending.",
    )
}

/// A lock that was not to be had at once.
pub(super) fn held(incident: &Incident<'_>) -> Option<Cause> {
    let path = &incident.evidence.file.as_ref()?.path;
    LOCKED.cause(
        incident,
        format!("There is a lock on {path}{}.", held_by(incident)),
        "Try again later, or wait for it (without LOCK_NB, with F_SETLKW or F_OFD_SETLKW).",
    )
}

/// Who holds it, in words that follow its name.
fn held_by(incident: &Incident<'_>) -> String {
    let mut all = incident.evidence.sockets.iter().filter(|found| found.relation == Relation::Holder);
    let Some(first) = all.next() else { return String::new() };
    let more = match all.count() as u64 {
        0 => String::new(),
        more => format!(" (and {})", count(more, "other lock")),
    };
    let how = if first.state.as_deref() == Some("WRITE") { "for writing" } else { "for reading" };
    format!(", which {} holds {how}{more}", holder(incident, first))
}

fn holder(incident: &Incident<'_>, lock: &Endpoint) -> String {
    match lock.owners.as_slice() {
        [only] if incident.is_own(lock) => format!("this process itself, through descriptor {},", only.fd),
        _ => owner(lock),
    }
}
