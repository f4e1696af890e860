//! Which call must have ended before which one may begin: the order of the recording, without its times.
//!
//! Calls that overlapped are free to overlap again; a call that had ended before another began must end before it.
//! So step `i` waits for all steps that ended before it began: in the order of ends these are the first few, and one
//! number per step is their count.
//!
//! A trace without times has only the order of its lines. There only its own thread waits for a call that may block:
//! whether it had returned by then is unknown.

use std::collections::HashMap;

use super::plan::{Op, ReplayStep};
use crate::event::Ret;
use crate::syscall::Effect;

/// How much later than a text shows a call may have ended: strace takes the time of a line before it reads the
/// arguments and measures the duration from after that, with another clock, which is adjusted by up to a thousandth on
/// virtual machines.
const INEXACT_NS: u64 = 2_000_000;

/// A call of any kind that took at least this long has waited.
const WAITED_NS: u64 = 1_000_000;

/// The order of a plan's steps.
#[derive(Debug)]
pub(super) struct Order {
    /// The index of each step in the order of ends.
    pub(super) place: Vec<usize>,
    /// How many steps, in the order of ends, must be done before each step begins.
    pub(super) before: Vec<usize>,
}

/// Computes the order.
pub(super) fn order(steps: &[ReplayStep]) -> Order {
    let spans = spans(steps);
    let mut by_end: Vec<usize> = (0..steps.len()).collect();
    by_end.sort_by_key(|at| (spans[*at].1, *at));
    let mut place = vec![0; steps.len()];
    for (position, at) in by_end.iter().enumerate() {
        place[*at] = position;
    }
    let before = spans.iter().map(|(begin, _)| by_end.partition_point(|at| spans[*at].1 < *begin)).collect();
    Order { place, before }
}

/// Beginning and end of each step.
fn spans(steps: &[ReplayStep]) -> Vec<(u64, u64)> {
    let timed = steps.iter().all(|step| step.event.is_none() || step.ts_ns > 0);
    // A text has whole µs.
    let coarse = steps.iter().all(|step| step.ts_ns % 1000 == 0);
    let nexts = nexts(steps);
    let mut spans: Vec<(u64, u64)> = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let next = || nexts[at].map(|next| &steps[next]);
        spans.push(match (timed, step.dur_ns) {
            _ if step.unfinished => (if timed { step.ts_ns } else { at as u64 }, u64::MAX),
            // A new process may begin before its creator continues.
            (true, _) if matches!(step.op, Op::Fork { .. }) => (step.ts_ns, step.ts_ns),
            // A step that was waited for must be free to begin; a call that waits for nothing can always end first.
            (true, Some(dur)) if coarse && (step.may_block() || dur > WAITED_NS) => {
                let end = step.ts_ns.saturating_add(dur);
                let late = end.saturating_add(INEXACT_NS + dur / 1000);
                (step.ts_ns, next().map_or(late, |next| late.min(next.ts_ns.max(end))))
            }
            (true, Some(dur)) => (step.ts_ns, step.ts_ns.saturating_add(dur)),
            // Not measured: it had ended when its thread continued.
            (true, None) => (step.ts_ns, next().map_or(u64::MAX - 1, |next| next.ts_ns)),
            (false, _) if step.may_block() => (at as u64, u64::MAX - 1),
            (false, _) => (at as u64, at as u64),
        });
    }
    let mut calls: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.event.is_some()) {
        calls.entry(step.pid).or_default().push(at);
    }
    let ends: Vec<usize> = (0..steps.len()).filter(|at| steps[*at].saw_an_end()).collect();
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| matches!(step.op, Op::Exit)) {
        let own = || calls.get(&step.pid).into_iter().flatten().map(|at| (*at, &steps[*at]));
        let cut = own().any(|(_, other)| other.unfinished);
        spans[at] = if cut || !timed {
            // When it was killed is unknown, but it had ended when that was noticed: before the process that waited for
            // it saw the end of a connection, or last.
            let left =
                |(_, other): &(usize, &ReplayStep)| other.unfinished && !matches!(other.effect(), Effect::Accepts(_));
            let entered = own().find(left).filter(|_| timed).map(|(other, _)| spans[other].0);
            let seen = entered.and_then(|entered| end_seen(steps, &spans, &ends, step.pid, entered));
            let noticed = if timed && step.ts_ns > 0 { step.ts_ns } else { u64::MAX };
            let end = seen.map_or(noticed, |end| noticed.min(end.saturating_sub(1)));
            // A clock that was set back must not end it before its last call began.
            let end = own().map(|(other, _)| spans[other].0).fold(end, u64::max);
            (end, end)
        } else if step.ts_ns > 0 {
            (step.ts_ns, step.ts_ns)
        } else {
            let last = own().map(|(other, _)| spans[other].1).max().unwrap_or_default();
            (last.saturating_add(1), last.saturating_add(1))
        };
        for (other, _) in own().filter(|(_, other)| other.unfinished) {
            spans[other].1 = spans[at].0.max(spans[other].0);
        }
    }
    spans
}

/// When another process saw a connection end, one of `ends`, after `pid` had entered the call that it never left: the
/// best estimate of its own end. A process that was waiting for connections had none.
fn end_seen(steps: &[ReplayStep], spans: &[(u64, u64)], ends: &[usize], pid: u32, entered: u64) -> Option<u64> {
    let others = ends.iter().filter(|at| steps[**at].pid != pid).map(|at| spans[*at].1);
    others.filter(|end| *end > entered).min()
}

impl ReplayStep {
    /// Whether it shows that the other end is gone.
    fn saw_an_end(&self) -> bool {
        match self.call().map(|call| call.ret).filter(|_| !self.unfinished) {
            Some(Ret::Ok(0)) => matches!(self.effect(), Effect::Receives(_)),
            Some(Ret::Err(errno)) => matches!(errno.0, libc::ECONNRESET | libc::EPIPE),
            _ => false,
        }
    }
}

/// The next step of each step's thread whose time is known.
fn nexts(steps: &[ReplayStep]) -> Vec<Option<usize>> {
    let mut last: HashMap<u32, usize> = HashMap::new();
    let mut nexts = vec![None; steps.len()];
    for (at, step) in steps.iter().enumerate().rev() {
        nexts[at] = last.get(&step.tid).copied();
        if step.ts_ns > 0 {
            last.insert(step.tid, at);
        }
    }
    nexts
}
