//! Why a call failed, or what it waits for, from evidence.
//!
//! Three parts, each of which can be used without the others. [`evidence`] looks at the kernel at the moment of failure
//! (`/proc`, sock_diag(7), the socket itself); [`History`] knows what the trace has told so far; and [`causes`] are pure
//! functions from a call, its errno and the evidence to a [`Cause`], split by family of errno. So a file that was
//! recorded with its evidence explains itself anywhere, later, by the same functions, and a trace without any evidence is
//! explained as far as its own lines go.
//!
//! [`Explainer`] puts them together for events that come one by one.

use crate::event::{Body, Call, Cause, Event, Evidence};

pub(crate) mod causes;
pub(crate) mod evidence;
mod history;
mod subject;

pub(crate) use evidence::{Collector, Scene};
pub use history::History;
pub(crate) use subject::WAITING;

pub(crate) use subject::{errno, place};

/// The cause of how a call ended, as far as the evidence goes. `None` for a call that neither failed nor waits, and
/// for errors nothing is known of.
pub fn explain(call: &Call, evidence: &Evidence) -> Option<Cause> {
    causes::judge(&causes::Case { call, errno: errno(call)?, evidence })
}

/// Explains events as they come, each by its own evidence and by those before it.
#[derive(Debug, Default)]
pub struct Explainer {
    history: History,
    /// Whether what earlier calls did is told anew, since whoever judged before did not see all of them.
    joint: bool,
}

impl Explainer {
    /// For events of several recorders, each of which knew only its own calls.
    pub fn joint() -> Self {
        Self { joint: true, ..Self::default() }
    }

    /// Sets the cause of a call that failed or waits, and learns from the event.
    ///
    /// Evidence that was judged before, in a recorded file, is judged again as it stands.
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
