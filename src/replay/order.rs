//! Which call must have ended before which one may begin: the order of the recording, without its times.
//!
//! Calls that overlapped are free to overlap again; a call that had ended before another began must end before it.
//! So step `i` waits for all steps that ended before it began: in the order of ends these are the first few, and one
//! number per step is their count.
//!
//! A trace without times has only the order of its lines. There only its own thread waits for a call that may block:
//! whether it had returned by then is unknown.

use super::plan::{Op, Step};
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
pub(super) fn order(steps: &[Step]) -> Order {
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
fn spans(steps: &[Step]) -> Vec<(u64, u64)> {
    let timed = steps.iter().all(|step| step.event.is_none() || step.ts_ns > 0);
    // A text has whole µs.
    let coarse = steps.iter().all(|step| step.ts_ns % 1000 == 0);
    let mut spans: Vec<(u64, u64)> = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let next = || steps[at + 1..].iter().find(|next| next.tid == step.tid && next.ts_ns > 0);
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
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| matches!(step.op, Op::Exit)) {
        let own = || steps.iter().enumerate().filter(|(_, other)| other.pid == step.pid && other.event.is_some());
        let cut = own().any(|(_, other)| other.unfinished);
        spans[at] = if cut || !timed {
            // When it was killed is unknown, but it had ended when that was noticed: before the process that waited for
            // it saw the end of a connection, or last.
            let seen = if timed { end_seen(steps, &spans, step.pid) } else { None };
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

/// When another process saw a connection end, after `pid` had entered the call that it never left: the best estimate of
/// its own end. A process that was waiting for connections had none.
fn end_seen(steps: &[Step], spans: &[(u64, u64)], pid: u32) -> Option<u64> {
    let left =
        |(_, step): &(usize, &Step)| step.pid == pid && step.unfinished && !matches!(step.effect(), Effect::Accepts(_));
    let (entered, _) = steps.iter().enumerate().find(left)?;
    let saw = |step: &Step| match step.call().map(|call| call.ret) {
        Some(Ret::Ok(0)) => matches!(step.effect(), Effect::Receives(_)),
        Some(Ret::Err(errno)) => matches!(errno.0, libc::ECONNRESET | libc::EPIPE),
        _ => false,
    };
    let others = steps.iter().zip(spans).filter(|(step, _)| step.pid != pid && !step.unfinished && saw(step));
    others.map(|(_, (_, end))| *end).filter(|end| *end > spans[entered].0).min()
}
