//! Names the sockets that events are about, while the events pass.
//!
//! What is written of an event cannot wait for those that follow, so it names what is known by then. A tracer says
//! of each descriptor what it refers to; in a file, the end of one call may stand behind others that it made possible,
//! so a few thousand events are held and put in the order in which they were done ([`Naming::through`]).

use std::collections::VecDeque;
use std::sync::Arc;

use super::steps::{Action, SocketStep};
use super::table::{Builder, Order, StepQueue};
use crate::event::{Body, Event, Ret, SocketUse};
use crate::value::FdTarget;

/// How many events are held.
const MAX_HELD: usize = 4096;

/// Names the sockets of events.
#[derive(Debug)]
pub(crate) struct Naming {
    builder: Builder,
    /// Whether what events say already is replaced, as that of several traces that are joined has to be.
    anew: bool,
    /// Whether the trace names its sockets.
    named: bool,
    order: Order,
    held: VecDeque<(Event, bool)>,
    steps: StepQueue,
    /// How many events were given.
    given: usize,
    /// When the last call that returned was done.
    latest_ns: u64,
}

impl Naming {
    /// Names what events do not name themselves.
    pub(crate) fn of_file() -> Self {
        Self::new(0, false)
    }

    /// Names what is just recorded; the numbers of sockets begin there.
    pub(crate) fn of_recording(first: u64) -> Self {
        Self::new(first, true)
    }

    /// Names anew what was recorded on several hosts, whose sockets have their numbers; others begin there.
    pub(crate) fn of_hosts(first: u64) -> Self {
        Self::new(first, true)
    }

    fn new(first: u64, anew: bool) -> Self {
        Self {
            builder: Builder::online(first),
            anew,
            named: false,
            order: Order::default(),
            held: VecDeque::new(),
            steps: StepQueue::default(),
            given: 0,
            latest_ns: 0,
        }
    }

    /// Names the sockets of an event that just happened; `targets`: what descriptors refer to, as the kernel says.
    pub(crate) fn event(&mut self, event: &mut Event, targets: &[(i32, Arc<FdTarget>)]) {
        put(event, None);
        if let Some(step) = SocketStep::of(event, self.given, targets) {
            self.builder.foresee(&step);
            self.builder.step(step);
            put(event, self.builder.take_named());
        }
        self.given += 1;
    }

    /// Takes in events of a file, and gives those whose sockets are named.
    pub(crate) fn through(&mut self, events: Vec<Event>) -> Vec<Event> {
        let mut done = Vec::new();
        for mut event in events {
            let names = matches!(&event.body, Body::Call(call) if call.socket.is_some());
            if names && !self.anew && !self.named {
                done.append(&mut self.rest());
                self.named = true;
            }
            if self.named {
                done.push(event);
                continue;
            }
            let step = SocketStep::of(&event, self.given, &[]);
            put(&mut event, None);
            self.held.push_back((event, step.is_none()));
            if let Some(mut step) = step {
                self.builder.foresee(&step);
                self.order.done(&mut step);
                // What never returned does nothing that others could see.
                match &step.action {
                    Action::Call(facts) if facts.ret == Ret::Unfinished => step.done_ns = self.latest_ns,
                    _ => self.latest_ns = self.latest_ns.max(step.done_ns),
                }
                self.steps.add(step);
            }
            self.given += 1;
            while self.held.len() > MAX_HELD {
                self.next();
                self.release(&mut done);
            }
        }
        done
    }

    /// The events that are still held.
    pub(crate) fn rest(&mut self) -> Vec<Event> {
        let mut done = Vec::new();
        while self.next() {}
        self.release(&mut done);
        done
    }

    /// Names the sockets of the event that was done first. False if there is none.
    fn next(&mut self) -> bool {
        let Some(step) = self.steps.next(&mut self.builder) else { return false };
        let at = step.event;
        self.builder.step(step);
        let found = self.builder.take_named();
        let first = self.given - self.held.len();
        if let Some((event, named)) = at.checked_sub(first).and_then(|at| self.held.get_mut(at)) {
            put(event, found);
            *named = true;
        }
        true
    }

    fn release(&mut self, done: &mut Vec<Event>) {
        while self.held.front().is_some_and(|(_, named)| *named) {
            done.extend(self.held.pop_front().map(|(event, _)| event));
        }
    }
}

fn put(event: &mut Event, found: Option<Box<SocketUse>>) {
    if let Body::Call(call) = &mut event.body {
        call.socket = found;
    }
}
