//! From a trace to the calls to make, or the reason why they cannot be made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::open::{OpenDescriptors, Tasks};
use super::resolve::{Resolver, is_beside_the_point};
use super::{Refusal, ports};
use crate::event::{Body, Call, Event, Ret};
use crate::syscall::{Dir, Effect, Ty};
use crate::value::layout::TIMEVAL;
use crate::value::{SockAddr, UnixName, Value};

/// One step of a replay.
#[derive(Debug)]
pub(super) struct ReplayStep {
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
    /// A file of this length that stands for one that bytes were copied from.
    Invented(u64),
    /// The number of a copy, with what had it before.
    Target(Option<Number>),
}

/// A descriptor in a call: the argument, the number, and whether it was ready if it was waited for.
pub(super) type FdArg = (usize, i32, Option<bool>);

/// The operation of a step.
#[derive(Debug)]
pub(super) enum Op {
    /// The recorded call is made again, with its descriptors.
    Call(BTreeMap<FdArg, FdKind>),
    /// Descriptors are closed that the call does not name individually.
    Close(Vec<Number>),
    /// A process created another, which inherits all descriptors.
    Fork { child: u32 },
    /// A process ended: what it left open is closed.
    Exit,
}

impl ReplayStep {
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

    /// Whether it waited for nothing until its time was over.
    pub(super) fn timed_out(&self) -> bool {
        let over = |call: &Call| call.ret == Ret::Ok(0) && call.sys.params.iter().any(|param| is_timeout(param.ty));
        self.call().is_some_and(over)
    }
}

fn is_timeout(ty: Ty) -> bool {
    matches!(ty, Ty::Millis | Ty::Timeout(_))
}

/// The call with timeouts of at most `most`.
pub(super) fn shortened(call: &Call, most: Duration) -> Call {
    let mut call = call.clone();
    for (param, value) in call.sys.params.iter().zip(&mut call.args) {
        match (param.ty, value) {
            (Ty::Millis, Value::Int(ms)) => {
                *ms = (*ms).min(most.as_millis().max(1) as i64);
            }
            (Ty::Timeout(layout), Value::Timeout(timeout)) => {
                let parts: u64 = if layout == &TIMEVAL { 1_000_000 } else { 1_000_000_000 };
                let rest = u64::from(most.subsec_nanos()) * parts / 1_000_000_000;
                let shorter = [most.as_secs() as i64, rest as i64];
                if let [Value::Int(seconds), Value::Int(rest)] = timeout.entry.fields.as_mut_slice()
                    && [*seconds, *rest] > shorter
                {
                    [*seconds, *rest] = shorter;
                }
            }
            _ => {}
        }
    }
    call
}

/// The addresses that a call passes.
pub(super) fn passed(call: &Call) -> Vec<&SockAddr> {
    let passed = call.sys.params.iter().zip(&call.args).filter(|(param, _)| match param.ty {
        Ty::SockAddr(_) | Ty::MsgHdr => param.dir == Dir::In,
        Ty::MmsgHdrs { received, .. } => !received,
        _ => false,
    });
    passed.flat_map(|(_, value)| addresses(value)).collect()
}

/// The addresses in a value.
pub(super) fn addresses(value: &Value) -> Vec<&SockAddr> {
    match value {
        Value::SockAddr(addr) => vec![addr],
        Value::MsgHdr(msg) => addresses(&msg.name),
        Value::MmsgHdr(msg) => addresses(&msg.hdr.name),
        Value::Array(array) => array.items.iter().flat_map(addresses).collect(),
        _ => Vec::new(),
    }
}

/// The plan of a replay.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<ReplayStep>,
    /// How many bytes are kept of each buffer, as in the recording.
    pub(super) strings: usize,
    /// What would be reached outside of a cage.
    pub(super) reached: BTreeSet<String>,
    /// How many calls do not concern sockets.
    pub(super) left_out: usize,
}

impl Plan {
    /// The lowest port that a program could bind, where that needed a right.
    fn bound_ports(&self) -> impl Iterator<Item = u16> {
        let done = self.steps.iter().filter(|step| step.effect() == Effect::Binds).filter_map(ReplayStep::call);
        let done = done.filter(|call| matches!(call.ret, Ret::Ok(_)));
        done.flat_map(passed).filter_map(ports::port).filter(|port| *port != 0)
    }

    /// From which port on anybody may bind: ports below 1024 need a right that the recorded program had if it bound one.
    pub(super) fn lowest_port(&self) -> u16 {
        self.bound_ports().min().unwrap_or(ports::FREE_FOR_ALL).min(ports::FREE_FOR_ALL)
    }
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
    let bound: BTreeSet<UnixName> = events.iter().flat_map(|event| bound(event, allow_remote)).collect();
    let mut open = OpenDescriptors::default();
    let mut plan = Plan { steps: Vec::new(), strings: 0, reached: BTreeSet::new(), left_out: 0 };
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
                    let (fds, reached) = resolver.resolve().map_err(|refusal| match refusal {
                        Refusal::Descriptor { seq, pid, fd } if open.is_orphan(pid, fd) => {
                            Refusal::Inherited { seq, pid, fd }
                        }
                        other => other,
                    })?;
                    plan.reached.extend(reached);
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
        plan.steps.push(ReplayStep {
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
    let exits = plan.steps.iter().filter(|step| matches!(step.op, Op::Exit));
    let ended: BTreeSet<u32> = exits.map(|step| step.pid).collect();
    let endless: BTreeSet<u32> = open.all().keys().copied().filter(|pid| !ended.contains(pid)).collect();
    plan.steps.extend(endless.into_iter().map(|pid| {
        let (ts_ns, dur_ns, unfinished) = (0, None, false);
        ReplayStep { event: None, pid, tid: pid, ts_ns, dur_ns, unfinished, makers: BTreeSet::new(), op: Op::Exit }
    }));
    if plan.strings == 0 {
        plan.strings = WHOLE;
    }
    let outside = ports::outside(&plan.steps);
    if !allow_remote && let Some((at, port)) = outside.first() {
        let (at, port) = (*at, *port);
        let event = plan.steps[at].event.as_ref();
        let (seq, call) = (event.map_or(0, |event| event.seq), plan.steps[at].call().map_or("", |call| call.sys.name));
        return Err(Refusal::Foreign { seq, call, addr: format!("port {port} of this machine") });
    }
    plan.reached.extend(outside.into_iter().map(|(_, port)| format!("port {port} of this machine")));
    Ok(plan)
}

/// The Unix names that a call gave to a socket; unless `strict` also those that it shows, which the kernel may have
/// given.
fn bound(event: &Event, strict: bool) -> Vec<UnixName> {
    let Body::Call(call) = &event.body else { return Vec::new() };
    let name = |addr: &SockAddr| if let SockAddr::Unix(name) = addr { Some(name.clone()) } else { None };
    let shown = || {
        let out = call.sys.params.iter().zip(&call.args).filter(|(param, _)| param.dir != Dir::In);
        out.flat_map(|(_, value)| addresses(value)).collect()
    };
    let of = match call.sys.effect {
        Effect::Binds => passed(call),
        _ if strict => Vec::new(),
        _ => shown(),
    };
    of.into_iter().filter_map(name).collect()
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
