//! From a trace to the calls to make, or the reason why they cannot be made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::Refusal;
use super::open::{Descriptors, Tasks};
use super::resolve::{Resolver, is_beside_the_point};
use crate::event::{Body, Call, Event, Ret};
use crate::syscall::{Dir, Effect, Ty};
use crate::value::layout::TIMEVAL;
use crate::value::{SockAddr, UnixName, Value};

/// One step of a replay.
#[derive(Debug)]
pub(super) struct Step {
    /// The recorded call; `None` for a step that is not compared.
    pub(super) event: Option<Event>,
    pub(super) pid: u32,
    pub(super) tid: u32,
    pub(super) ts_ns: u64,
    pub(super) dur_ns: Option<u64>,
    /// Whether it never returned.
    pub(super) unfinished: bool,
    /// The steps that made the descriptors it uses.
    pub(super) makers: BTreeSet<usize>,
    pub(super) op: Op,
}

/// A descriptor by its number and the step that made it: closed numbers are reused, and while one thread is still in
/// `close`, another may already have the number again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number {
    pub(super) fd: i32,
    pub(super) step: usize,
}

/// What a recorded descriptor refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FdKind {
    /// One that a call of the trace made.
    Made(Number),
    /// Nothing: it is not open.
    Closed(i32),
    /// Something that is not a socket, and always ready.
    File,
    /// Something that is not a socket, and never ready.
    Quiet,
    /// A file that bytes are copied from.
    Copied(PathBuf),
    /// The number of a copy, with what had it before.
    Target(Option<Number>),
}

/// A descriptor in a call: the argument, the number, and whether it was ready if it was waited for.
pub(super) type Place = (usize, i32, Option<bool>);

/// The operation of a step.
#[derive(Debug)]
pub(super) enum Op {
    /// The recorded call is made again, with its descriptors.
    Call(BTreeMap<Place, FdKind>),
    /// Descriptors are closed that the call does not name individually.
    Close(Vec<Number>),
    /// A process created another, which inherits all descriptors.
    Fork { child: u32 },
    /// A process ended: what it left open is closed.
    Exit,
}

impl Step {
    /// The recorded call.
    pub(super) fn call(&self) -> Option<&Call> {
        match self.event.as_ref().map(|event| &event.body) {
            Some(Body::Call(call)) => Some(call),
            _ => None,
        }
    }

    /// The call's effect.
    pub(super) fn effect(&self) -> Effect {
        self.call().map_or(Effect::Nothing, |call| call.sys.effect_of(&call.args))
    }

    /// The descriptor that is its argument at `at`.
    pub(super) fn fd(&self, at: usize) -> Option<&FdKind> {
        let Op::Call(fds) = &self.op else { return None };
        fds.iter().find_map(|((place, ..), known)| (*place == at).then_some(known))
    }

    /// The descriptor that the call is made on, if a call of the trace made it.
    pub(super) fn subject(&self) -> Option<Number> {
        match self.fd(0) {
            Some(FdKind::Made(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether it may wait for others to do something.
    pub(super) fn may_block(&self) -> bool {
        let effect = self.effect();
        effect.may_wait() && effect != Effect::Sends
    }

    /// How long it waits if nothing happens: no longer than it did.
    pub(super) fn own_wait(&self) -> Duration {
        let Some(call) = self.call() else { return Duration::ZERO };
        match (timeout(call), self.dur_ns) {
            (Some(timeout), Some(took)) => timeout.min(Duration::from_nanos(took)),
            (Some(timeout), None) if call.ret == Ret::Ok(0) => timeout,
            _ => Duration::ZERO,
        }
    }
}

/// The call's timeout, if it has one.
fn timeout(call: &Call) -> Option<Duration> {
    call.sys.params.iter().zip(&call.args).find_map(|(param, value)| match (param.ty, value) {
        (Ty::Millis, Value::Int(ms)) => u64::try_from(*ms).ok().map(Duration::from_millis),
        (Ty::Timeout(layout), Value::Timeout(timeout)) => match timeout.entry.fields.as_slice() {
            [Value::Int(seconds), Value::Int(rest)] => {
                let unit = if layout == &TIMEVAL { 1_000 } else { 1 };
                let rest = u64::try_from(*rest).unwrap_or(0).saturating_mul(unit);
                Some(
                    Duration::from_secs(u64::try_from(*seconds).unwrap_or(0))
                        .saturating_add(Duration::from_nanos(rest)),
                )
            }
            _ => None,
        },
        _ => None,
    })
}

/// The addresses that a call passes.
pub(super) fn passed(call: &Call) -> Vec<&SockAddr> {
    fn within<'a>(value: &'a Value, found: &mut Vec<&'a SockAddr>) {
        match value {
            Value::SockAddr(addr) => found.push(addr),
            Value::MsgHdr(msg) => within(&msg.name, found),
            Value::MmsgHdr(msg) => within(&msg.hdr.name, found),
            Value::Array(array) => array.items.iter().for_each(|item| within(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (param, value) in call.sys.params.iter().zip(&call.args) {
        match param.ty {
            Ty::SockAddr(_) | Ty::MsgHdr if param.dir == Dir::In => within(value, &mut found),
            Ty::MmsgHdrs { received: false, .. } => within(value, &mut found),
            _ => {}
        }
    }
    found
}

/// The plan of a replay.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// How many bytes are kept of each buffer, as in the recording.
    pub(super) strings: usize,
    /// How many calls do not concern sockets.
    pub(super) left_out: usize,
}

/// Buffers are kept in full where the recording truncated none.
const WHOLE: usize = 1 << 24;

/// Makes the plan.
pub(super) fn plan(trace: &[Event], allow_remote: bool) -> Result<Plan, Refusal> {
    let mut events: Vec<&Event> = trace.iter().collect();
    if trace.iter().all(|event| event.ts_ns > 0 || !matches!(event.body, Body::Call(_))) {
        // Several files may come one after the other. Exits of unknown time stay after their process's calls.
        let mut last: BTreeMap<u32, u64> = BTreeMap::new();
        for event in trace.iter().filter(|event| event.ts_ns > 0) {
            let at = last.entry(event.pid).or_default();
            *at = event.ts_ns.max(*at);
        }
        events.sort_by_key(
            |event| if event.ts_ns > 0 { event.ts_ns } else { last.get(&event.pid).copied().unwrap_or(0) },
        );
    }
    let tasks = Tasks::new(&events);
    let bound: BTreeSet<UnixName> = events.iter().flat_map(|event| bound(event)).collect();
    let mut open = Descriptors::default();
    let mut plan = Plan { steps: Vec::new(), strings: 0, left_out: 0 };
    for event in events {
        let pid = tasks.process(event);
        let mut makers = BTreeSet::new();
        let (op, call) = match &event.body {
            Body::Call(call) => {
                open.before(event, pid);
                if let Some(child) = tasks.child(call) {
                    open.fork(pid, child);
                    (Op::Fork { child }, None)
                } else if let going @ [_, ..] = &*open.used(pid, call).going(call) {
                    let going = going.to_vec();
                    makers.extend(going.iter().map(|number| number.step));
                    open.call(event, pid, call, None);
                    (Op::Close(going), None)
                } else if is_beside_the_point(call, open.used(pid, call)) {
                    plan.left_out += 1;
                    open.call(event, pid, call, None);
                    continue;
                } else {
                    let resolver = Resolver::new(event, pid, call, open.used(pid, call), &bound, allow_remote);
                    let fds = resolver.resolve().map_err(|refusal| match refusal {
                        Refusal::Descriptor { seq, pid, fd } if open.is_orphan(pid, fd) => {
                            Refusal::Inherited { seq, pid, fd }
                        }
                        other => other,
                    })?;
                    makers.extend(fds.values().filter_map(|known| match known {
                        FdKind::Made(number) | FdKind::Target(Some(number)) => Some(number.step),
                        _ => None,
                    }));
                    open.call(event, pid, call, Some(plan.steps.len()));
                    call.args.iter().for_each(|value| plan.strings = plan.strings.max(longest_cut(value)));
                    (Op::Call(fds), Some(call))
                }
            }
            Body::Exit(_) if event.tid == pid => (Op::Exit, None),
            _ => continue,
        };
        let dur_ns = if let Body::Call(call) = &event.body { call.dur_ns } else { None };
        let restarted = |call: &Call| matches!(call.ret, Ret::Err(errno) if errno.is_restart());
        plan.steps.push(Step {
            event: call.map(|_| event.clone()),
            pid,
            tid: event.tid,
            ts_ns: event.ts_ns,
            dur_ns,
            unfinished: call.is_some_and(|call| call.ret == Ret::Unfinished || restarted(call)),
            makers,
            op,
        });
    }
    if plan.steps.iter().all(|step| step.event.is_none()) {
        return Err(Refusal::Empty);
    }
    let ended = |pid: u32| plan.steps.iter().any(|step| step.pid == pid && matches!(step.op, Op::Exit));
    let endless: BTreeSet<u32> = open.all().keys().copied().filter(|pid| !ended(*pid)).collect();
    plan.steps.extend(endless.into_iter().map(|pid| {
        let (ts_ns, dur_ns, unfinished) = (0, None, false);
        Step { event: None, pid, tid: pid, ts_ns, dur_ns, unfinished, makers: BTreeSet::new(), op: Op::Exit }
    }));
    if plan.strings == 0 {
        plan.strings = WHOLE;
    }
    Ok(plan)
}

/// The Unix names that a call gave to a socket.
fn bound(event: &Event) -> Vec<UnixName> {
    let Body::Call(call) = &event.body else { return Vec::new() };
    if call.sys.effect != Effect::Binds {
        return Vec::new();
    }
    let name = |addr: &SockAddr| if let SockAddr::Unix(name) = addr { Some(name.clone()) } else { None };
    passed(call).into_iter().filter_map(name).collect()
}

/// The length at which the recording truncated a buffer; 0 where it did not.
fn longest_cut(value: &Value) -> usize {
    match value {
        Value::Bytes(bytes) if bytes.truncated => bytes.data.len(),
        Value::Array(array) => array.items.iter().map(longest_cut).max().unwrap_or(0),
        Value::Record(record) => record.fields.iter().map(longest_cut).max().unwrap_or(0),
        Value::MsgHdr(msg) => longest_cut(&msg.iov),
        Value::MmsgHdr(msg) => longest_cut(&msg.hdr.iov),
        _ => 0,
    }
}
