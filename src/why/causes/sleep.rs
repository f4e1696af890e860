//! Calls that wait for nobody: for a time, for a signal.

use super::{CauseKind, Demo, Incident, Kinds, seconds};
use crate::event::Cause;
use crate::why::subject::{millis, sleep, timeout, waits_for_ever};

static SLEEPS: CauseKind = CauseKind {
    id: "sleeps",
    errno: super::WAITS,
    on: Kinds::NONE,
    expected: true,
    calls: &["clock_nanosleep", "nanosleep", "select", "pselect6", "poll", "ppoll"],
    summary: "The thread waits for nobody: it sleeps for a time that the program set.",
    demo: Demo::Calls(
        "clock_nanosleep",
        "import signal as s,time; n=[0]*3; s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); time.sleep(99)",
    ),
};
static SIGNAL: CauseKind = CauseKind {
    id: "waits-for-signal",
    errno: super::WAITS,
    on: Kinds::NONE,
    expected: true,
    calls: &["pause", "rt_sigsuspend", "rt_sigtimedwait"],
    summary: "The thread waits until a signal comes.",
    demo: Demo::Calls(
        "rt_sigtimedwait",
        "import signal as s; n=[0]*3; s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); s.sigwaitinfo([10])",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&SLEEPS, &SIGNAL];

/// A sleep, and how long it goes on.
pub(super) fn sleeps(incident: &Incident<'_>) -> Option<Cause> {
    let text = |time| seconds(millis(time));
    let left = incident.evidence.left_ms.map(seconds);
    let how = match (sleep(incident.call), left, timeout(incident.call)) {
        (Some((_, true)), Some(left), _) => format!("for another {left}, until a moment that the program set"),
        (Some((_, true)), None, _) => "until a moment that the program set".into(),
        (Some((asked, false)), Some(left), _) => format!("for another {left} of {}", text(asked)),
        (Some((asked, false)), None, _) => format!("for {}", text(asked)),
        (None, _, Some(time)) => format!("for {}: it waits for no descriptor", text(time)),
        (None, ..) if waits_for_ever(incident.call) => {
            "until a signal comes: it waits for no descriptor, without a time".into()
        }
        (None, ..) => return None,
    };
    SLEEPS.cause(
        incident,
        format!("It sleeps {how}."),
        "Nobody else is waited for; a signal with a handler ends it sooner.",
    )
}

/// A wait for a signal.
pub(super) fn waits_for_signal(incident: &Incident<'_>) -> Option<Cause> {
    let limit = match timeout(incident.call) {
        Some(time) => format!(", {} at most", seconds(millis(time))),
        None => String::new(),
    };
    SIGNAL.cause(
        incident,
        format!("It waits until a signal comes{limit}."),
        "Send it one that the program waits for (kill), or see who should have.",
    )
}
