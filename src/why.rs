//! Why a call failed, or what it waits for, inferred from evidence.
//!
//! Three parts, each usable without the others: `evidence` queries the kernel at the moment of failure (`/proc`,
//! sock_diag(7), the socket itself); [`History`] keeps what the trace has shown so far; `causes` are pure functions
//! from a call, its errno and the evidence to a [`Cause`], split by family of errno. A trace recorded with its evidence
//! can therefore be explained later and on another machine by the same functions; one without evidence is explained as
//! far as its own events allow.
//!
//! [`Explainer`] combines them for a stream of events.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::event::{Action, Body, Call, Cause, Event, Evidence};

pub(crate) mod causes;
pub(crate) mod evidence;
mod history;
mod kinds;
pub(crate) mod subject;

pub(crate) use evidence::{Caller, Collector};
pub use history::History;
pub(crate) use subject::WAITING;

pub(crate) use subject::{errno, place};

/// The cause of how a call ended, as far as the evidence shows it. `None` for a call that neither failed nor waits, and
/// for an error without a known cause.
pub fn explain(call: &Call, evidence: &Evidence) -> Option<Cause> {
    let in_vain = || evidence.last(Action::WaitedInVain).map(|_| subject::UNANSWERED);
    causes::judge(&causes::Incident::new(call, errno(call).or_else(in_vain)?, evidence))
}

/// Explains events in order, each by its own evidence and the events before it.
#[derive(Debug, Default)]
pub struct Explainer {
    history: History,
    /// Whether earlier calls are looked up again, because the recorder did not see those of all processes.
    joint: bool,
    /// Whether what is expected is explained too.
    all: bool,
    /// How often each cause was met.
    met: HashMap<Met, u64>,
}

/// What makes an explanation the same as an earlier one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Met {
    pid: u32,
    cause: Cow<'static, str>,
    syscall: &'static str,
    fd: Option<i32>,
    place: Option<String>,
    line: Option<(String, Option<u32>)>,
}

/// How many explanations are remembered.
const MAX_MET: usize = 16_384;

impl Explainer {
    /// One that also explains what is expected, such as `EAGAIN` of a socket that does not wait, if `all`.
    pub fn new(all: bool) -> Self {
        Self { all, ..Self::default() }
    }

    /// For events merged from several recorders, each of which saw only its own calls.
    pub fn joint(all: bool) -> Self {
        Self { joint: true, ..Self::new(all) }
    }

    /// Sets the cause of a call that failed or waits, and adds the event to the history.
    ///
    /// Evidence of a recorded file is judged again, as it was recorded.
    pub fn event(&mut self, event: &mut Event) {
        self.judge(event);
        self.history.note(event);
    }

    fn judge(&mut self, event: &mut Event) {
        let Body::Call(call) = &event.body else { return };
        let gives_up = || self.history.gives_up(event, call).then_some(subject::UNANSWERED);
        let Some(number) = errno(call).or_else(gives_up) else { return };
        let mut why = call.why.clone().unwrap_or_default();
        if self.joint {
            why.cause = None;
            why.evidence.earlier.clear();
        }
        if why.cause.is_none() {
            self.history.add(event, call, &mut why.evidence);
        }
        why.cause = explain(call, &why.evidence).filter(|cause| self.all || !is_expected(cause));
        if let Some(cause) = &mut why.cause {
            cause.times = self.count(event, call, cause, &why.evidence);
        }
        // What is no error has nothing to say without a cause.
        let kept = why.cause.is_some() || why.evidence.live && number >= 0;
        if let Body::Call(call) = &mut event.body {
            call.why = kept.then_some(why);
        }
    }

    /// How often this was met, with this time.
    fn count(&mut self, event: &Event, call: &Call, cause: &Cause, evidence: &Evidence) -> u64 {
        let caller = call.python.as_ref().and_then(|stack| stack.caller());
        let own = evidence.socket.as_ref().and_then(|socket| socket.peer.clone());
        let met = Met {
            pid: event.pid,
            cause: cause.cause.clone(),
            syscall: call.sys.name,
            fd: evidence.descriptor.or_else(|| subject::descriptor(call)),
            place: subject::address(call).and_then(place).or(own),
            line: caller.map(|frame| (frame.file.to_string(), frame.line)),
        };
        if self.met.len() >= MAX_MET {
            self.met.clear();
        }
        let times = self.met.entry(met).or_default();
        *times += 1;
        *times
    }
}

/// Whether a cause is how things go, rather than a failure.
fn is_expected(cause: &Cause) -> bool {
    causes::by_id(&cause.cause).is_some_and(|known| known.expected)
}
