//! Why a call failed, or what it waits for, inferred from evidence.
//!
//! Three parts, each usable without the others: `evidence` queries the kernel at the moment of failure (`/proc`,
//! sock_diag(7), the socket itself); [`History`] keeps what the trace has shown so far; `causes` are pure functions
//! from a call, its errno and the evidence to a [`Cause`], split by family of errno. A trace recorded with its evidence
//! can therefore be explained later and on another machine by the same functions; one without evidence is explained as
//! far as its own events allow.
//!
//! [`Explainer`] combines them for a stream of events.

use crate::event::{Body, Call, Cause, Event, Evidence};

pub(crate) mod causes;
pub(crate) mod evidence;
mod history;
mod subject;

pub(crate) use evidence::{Caller, Collector};
pub use history::History;
pub(crate) use subject::WAITING;

pub(crate) use subject::{errno, place};

/// The cause of how a call ended, as far as the evidence shows it. `None` for a call that neither failed nor waits, and
/// for an error without a known cause.
pub fn explain(call: &Call, evidence: &Evidence) -> Option<Cause> {
    causes::judge(&causes::Incident { call, errno: errno(call)?, evidence })
}

/// Explains events in order, each by its own evidence and the events before it.
#[derive(Debug, Default)]
pub struct Explainer {
    history: History,
    /// Whether earlier calls are looked up again, because the recorder did not see those of all processes.
    joint: bool,
}

impl Explainer {
    /// For events merged from several recorders, each of which saw only its own calls.
    pub fn joint() -> Self {
        Self { joint: true, ..Self::default() }
    }

    /// Sets the cause of a call that failed or waits, and adds the event to the history.
    ///
    /// Evidence of a recorded file is judged again, as it was recorded.
    pub fn event(&mut self, event: &mut Event) {
        self.judge(event);
        self.history.note(event);
    }

    fn judge(&self, event: &mut Event) {
        let Body::Call(call) = &event.body else { return };
        if errno(call).is_none() {
            return;
        }
        let mut why = call.why.clone().unwrap_or_default();
        if self.joint {
            why.cause = None;
            why.evidence.earlier.clear();
        }
        if why.cause.is_none() {
            self.history.add(event, call, &mut why.evidence);
        }
        why.cause = explain(call, &why.evidence);
        if let Body::Call(call) = &mut event.body {
            call.why = (why.cause.is_some() || why.evidence.live).then_some(why);
        }
    }
}
