//! Recorders: the trait, and the recorder that makes events at once.

use std::cell::RefCell;
use std::rc::Rc;

use crate::decode::{self, Context, Limits, NoNames, Pending};
use crate::event::{Body, Event, Ret, Sink};
use crate::memory::Lent;
use crate::state::{self, Before, Own};
use crate::sys::clock::{monotonic_ns, realtime_ns, with_monotonic_ns};
use crate::syscall::Syscall;
use crate::why::{Caller, Collector};

/// When a call was made, ns of `CLOCK_MONOTONIC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Times {
    /// Just before it.
    pub began_ns: u64,
    /// Just after it.
    pub ended_ns: u64,
}

/// Receives the two halves of each call. In between, the program may stay in the kernel for ever.
pub trait Recorder {
    /// The call is about to be made; `memory` has what the program passes.
    fn enter(&mut self, sys: &'static Syscall, via: Option<&'static str>, regs: [u64; 6], memory: Lent<'_>);

    /// It returned; `memory` has what the kernel may have written.
    fn exit(&mut self, ret: Ret, memory: Lent<'_>, times: Times);
}

/// A shared recorder, which can be read afterwards.
impl<R: Recorder> Recorder for Rc<RefCell<R>> {
    fn enter(&mut self, sys: &'static Syscall, via: Option<&'static str>, regs: [u64; 6], memory: Lent<'_>) {
        self.borrow_mut().enter(sys, via, regs, memory);
    }

    fn exit(&mut self, ret: Ret, memory: Lent<'_>, times: Times) {
        self.borrow_mut().exit(ret, memory, times);
    }
}

/// Converts monotonic times to times of day.
pub(super) fn epoch_offset_ns() -> u64 {
    let (monotonic_ns, realtime_ns) = with_monotonic_ns(realtime_ns);
    realtime_ns.saturating_sub(monotonic_ns)
}

/// Decodes each call when it returns and hands the event to a [`Sink`].
#[derive(Debug)]
pub struct Stream<S> {
    sink: S,
    limits: Limits,
    offset_ns: u64,
    pid: u32,
    tid: u32,
    seq: u64,
    pending: Option<Begun>,
    /// Finds the causes of failures, if requested.
    why: Option<Collector>,
    /// Reads the states of sockets, if requested.
    states: Option<Own>,
}

/// A call between its two halves.
#[derive(Debug)]
struct Begun {
    pending: Pending,
    via: Option<&'static str>,
    sockets: Option<Before>,
}

impl<S: Sink> Stream<S> {
    /// Records the calls of the current thread into `sink`.
    pub fn new(sink: S, limits: Limits) -> Self {
        Self {
            sink,
            limits,
            offset_ns: epoch_offset_ns(),
            pid: std::process::id(),
            tid: nix::unistd::gettid().as_raw() as u32,
            seq: 0,
            pending: None,
            why: None,
            states: None,
        }
    }

    /// Whether evidence is collected for calls that fail. The program then waits for that after each failure.
    pub fn explaining(self, why: bool) -> Self {
        Self { why: why.then(|| Collector::new(true)), ..self }
    }

    /// Also records the states of each call's sockets before and after it.
    pub fn with_states(self, states: Own) -> Self {
        Self { states: Some(states), ..self }
    }

    fn stamp(&self, began_ns: u64, body: Body) -> Event {
        Event {
            seq: self.seq,
            ts_ns: began_ns + self.offset_ns,
            pid: self.pid,
            tid: self.tid,
            body,
            role: None,
            host: None,
            prefix: None,
        }
    }
}

impl<S: Sink> Recorder for Stream<S> {
    fn enter(&mut self, sys: &'static Syscall, via: Option<&'static str>, regs: [u64; 6], memory: Lent<'_>) {
        let cx = Context { limits: self.limits, names: &NoNames };
        let pending = decode::enter(sys, regs, &memory, &cx);
        let sockets = self.states.as_mut().map(|states| state::before(sys, &regs, pending.known(), states));
        if self.sink.wants_entered() {
            let mut call = pending.clone().exit(Ret::Unfinished, &memory, &cx);
            call.via = via;
            call.sockets = sockets.clone().and_then(Before::unfinished);
            let event = self.stamp(monotonic_ns(), Body::Call(call));
            self.sink.entered(event);
        }
        self.pending = Some(Begun { pending, via, sockets });
    }

    fn exit(&mut self, ret: Ret, memory: Lent<'_>, times: Times) {
        let Some(Begun { pending, via, sockets }) = self.pending.take() else { return };
        let cx = Context { limits: self.limits, names: &NoNames };
        let mut call = pending.exit(ret, &memory, &cx);
        call.dur_ns = Some(times.ended_ns.saturating_sub(times.began_ns));
        call.via = via;
        if let Some(why) = &mut self.why {
            call.why = why.look(Caller { pid: self.pid as i32, tid: self.tid as i32 }, &call);
        }
        if let (Some(states), Some(before)) = (&mut self.states, sockets) {
            call.sockets = state::after(before, &call, states);
        }
        let event = self.stamp(times.began_ns, Body::Call(call));
        self.seq += 1;
        self.sink.event(event);
    }
}
