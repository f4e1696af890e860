//! The order in which steps are done, whatever order a trace has them in.

use std::collections::{BTreeMap, HashMap};

use super::{Builder, CLOCK_NS};
use crate::sockets::descriptors::Object;
use crate::sockets::steps::{Action, SocketStep};
use crate::syscall::Effect;

/// When steps are done. A call has done what it does when it ends; events of one moment stand in their order. Only
/// descriptors that a call sends may be received before it has returned: they are gone when it begins, though not before
/// its thread's last call.
#[derive(Debug)]
pub(in crate::sockets) struct Order {
    /// The end of each thread's last call.
    last: HashMap<u32, u64>,
    /// Whether all times are whole microseconds.
    is_text: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { last: HashMap::new(), is_text: true }
    }
}

impl Order {
    /// That of a whole trace.
    pub(in crate::sockets) fn of(steps: &[SocketStep]) -> Self {
        Self { last: HashMap::new(), is_text: steps.iter().all(SocketStep::is_of_text) }
    }

    /// Notes when a step is done; those of a thread come in order.
    pub(in crate::sockets) fn done(&mut self, step: &mut SocketStep) {
        let passes = step.passes();
        self.is_text &= step.is_of_text();
        let slack_ns = if self.is_text { CLOCK_NS } else { 0 };
        let before = self.last.entry(step.tid).or_default();
        step.done_ns = match passes {
            true => step.begin_ns.saturating_sub(slack_ns).max(*before),
            false => step.end_ns,
        };
        if step.end_ns != u64::MAX {
            *before = step.end_ns;
        }
    }
}

/// Steps in the order in which they are done.
#[derive(Debug, Default)]
pub(in crate::sockets) struct StepQueue(BTreeMap<(u64, usize), SocketStep>);

impl StepQueue {
    pub(in crate::sockets) fn add(&mut self, step: SocketStep) {
        self.0.insert((step.done_ns, step.event), step);
    }

    #[cfg(feature = "tables")]
    pub(in crate::sockets) fn len(&self) -> usize {
        self.0.len()
    }

    /// The next step. Whatever clocks say, what was received was sent before.
    pub(in crate::sockets) fn next(&mut self, builder: &mut Builder) -> Option<SocketStep> {
        let (due, first) = self.0.first_key_value()?;
        let mut due = *due;
        if builder.lacks_sender(first) {
            let near = self.0.range(due..=(due.0.saturating_add(CLOCK_NS), usize::MAX));
            let sender = near.filter(|(_, step)| step.passes()).find(|(_, step)| builder.is_sender(step, first));
            due = sender.map_or(due, |(due, _)| *due);
        }
        self.0.remove(&due)
    }
}

impl Builder {
    /// The socket at the other end of the one by which a step receives descriptors.
    fn sends_to(&self, step: &SocketStep) -> Option<usize> {
        let Action::Call(facts) = &step.action else { return None };
        let receives = matches!(facts.effect, Effect::Receives(_)) && !facts.made.is_empty();
        match self.descriptors.known(step.pid, *facts.fds.first().filter(|_| receives)?, step.begin_ns)? {
            Object::Socket(sock) => self.sockets[sock].other,
            Object::Other => None,
        }
    }

    /// Whether a step receives descriptors that nobody is known to have sent.
    fn lacks_sender(&self, step: &SocketStep) -> bool {
        self.sends_to(step).is_some_and(|other| !self.passed.iter().any(|(from, _)| *from == other))
    }

    /// Whether a step sends what another one receives.
    fn is_sender(&self, step: &SocketStep, receiver: &SocketStep) -> bool {
        let Action::Call(facts) = &step.action else { return false };
        let from = facts.fds.first().and_then(|fd| self.descriptors.known(step.pid, *fd, step.begin_ns));
        from.is_some() && from == self.sends_to(receiver).map(Object::Socket)
    }
}
