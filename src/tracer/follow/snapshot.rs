//! What every thread of a program is doing now: the call it sleeps in, its Python stack, and what it waits for.
//!
//! A thread stands still only while it is read, well below a millisecond, and is let go at once. To be read it has to be
//! interrupted, so a call that the kernel does not restart (`epoll_wait`, a `recv` with a timeout) fails with EINTR, as
//! it does under any tracer; programs are written to bear that, and CPython makes such a call again.

use std::collections::BTreeMap;
use std::sync::Arc;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use super::Tracer;
use crate::decode::{self, Context};
use crate::event::{Body, Call, Errno, Event, PythonStack, Ret};
use crate::sys::clock::realtime_ns;
use crate::sys::proc::{Proc, Sleep};
use crate::syscall::{Ty, When};
use crate::tracer::ptrace::{self, Gone, Status, Stop, Stopped};
use crate::tracer::select::describe;
use crate::tracer::{Settings, TraceError, attach, plan, state};
use crate::value::{Fd, Value};
use crate::why;

/// One thread at one moment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Snapshot {
    /// Its process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// The kernel's name of it, as the program or the library set it; empty where it ended meanwhile.
    pub name: String,
    /// The call it sleeps in, which has not returned; `None` while it runs.
    pub call: Option<Box<Event>>,
    /// For how long it has slept, ns; `None` where it runs or the kernel does not say.
    pub slept_ns: Option<u64>,
    /// What an epoll set that it waits for watches.
    pub watched: Vec<Fd>,
    /// Its Python stack, the innermost frame first.
    pub python: Option<Arc<PythonStack>>,
}

/// `ERESTART_RESTARTBLOCK`: the kernel continues the call for the rest of its time, which it has written where the
/// program asked for it.
const RESTARTS_WITH_REST: i64 = 516;

/// What was read before the thread was interrupted.
#[derive(Debug)]
struct Before {
    pid: i32,
    sleep: Option<Sleep>,
    slept_ns: Option<u64>,
}

/// The threads of some processes, in the order of their numbers, and remarks on what could not be read. Of the settings
/// those count that say what is read of a call.
///
/// # Errors
/// A process that is not there, or may not be traced.
pub fn snapshot(pids: &[i32], settings: Settings) -> Result<(Vec<Snapshot>, Vec<String>), TraceError> {
    let mut tracer = Tracer::of_running(settings);
    let mut waiting = BTreeMap::new();
    for &pid in pids {
        let slept = slept(&Proc::new(pid).threads().unwrap_or_default());
        for (tid, sleep) in attach::seize_all(pid, ptrace::Options::default())? {
            let slept_ns = slept.get(&tid).copied();
            waiting.insert(tid, Before { pid, sleep, slept_ns });
        }
    }
    let mut found = Vec::new();
    while !waiting.is_empty() {
        let waited = match ptrace::wait(true, false) {
            Ok(Some(waited)) => waited,
            Ok(None) => continue,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) if error.raw_os_error() == Some(libc::ECHILD) => break,
            Err(error) => return Err(error.into()),
        };
        let Status::Stopped(stopped, stop) = waited.status else {
            waiting.remove(&waited.tid);
            continue;
        };
        // A thread that is gone needs no letting go.
        let Some(before) = waiting.remove(&waited.tid) else {
            let _ = let_go(stopped, stop);
            continue;
        };
        if let Ok(one) = tracer.look(&stopped, &before) {
            found.push(one);
        }
        let _ = let_go(stopped, stop);
    }
    found.sort_by_key(|one| (pids.iter().position(|pid| *pid == one.pid), one.tid));
    Ok((found, tracer.all_remarks()))
}

/// For how long each thread has not run, ns, where the kernel reports it. The clock is that of the processor on which it
/// ran, and the only way to read it is to run there for a moment.
fn slept(tids: &[i32]) -> BTreeMap<i32, u64> {
    let ran: Vec<_> = tids.iter().filter_map(|&tid| Some((tid, Proc::new(tid).last_ran()?))).collect();
    let Ok(home) = sched_getaffinity(Pid::from_raw(0)) else { return BTreeMap::new() };
    let mut now: BTreeMap<usize, Option<u64>> = BTreeMap::new();
    for &(_, (processor, _)) in &ran {
        now.entry(processor).or_insert_with(|| {
            let mut only = CpuSet::new();
            only.set(processor).ok()?;
            sched_setaffinity(Pid::from_raw(0), &only).ok()?;
            let (at, ns) = Proc::new(nix::unistd::gettid().as_raw()).last_ran()?;
            (at == processor).then_some(ns)
        });
    }
    let _ = sched_setaffinity(Pid::from_raw(0), &home);
    ran.iter().filter_map(|(tid, (at, then))| Some((*tid, now[at]?.saturating_sub(*then)))).collect()
}

/// Lets a thread go as it stands, a signal that was under way delivered.
fn let_go(stopped: Stopped, stop: Stop) -> Result<(), Gone> {
    stopped.detach(if let Stop::Signal(signal) = stop { signal } else { 0 })
}

impl Tracer {
    /// Reads a thread that stands still.
    fn look(&mut self, stopped: &Stopped, before: &Before) -> Result<Snapshot, Gone> {
        let (pid, tid) = (before.pid, stopped.tid());
        let name = Proc::new(tid).name().unwrap_or_default();
        let result = stopped.result()?;
        // Anything else, and the call returned at this very moment.
        let inside = Errno(-result as i32).is_restart() || result == -i64::from(libc::EINTR);
        // Where a rest of the time was left, it was left now.
        let rest = result == -RESTARTS_WITH_REST;
        let call = before.sleep.filter(|_| inside).and_then(|sleep| self.call_of(pid, tid, sleep, rest));
        // Its name stands beside it already.
        let is_thread = |stack: &Arc<PythonStack>| stack.frames.iter().all(|frame| frame.is_thread());
        let python = self.python_stack(pid, tid).filter(|stack| !is_thread(stack));
        let watched = call.as_ref().map_or_else(Vec::new, |call| self.watched_by(pid, call));
        let slept_ns = before.slept_ns.filter(|_| call.is_some());
        let call = call.map(|mut call| {
            call.python.clone_from(&python);
            let ts_ns = realtime_ns().saturating_sub(slept_ns.unwrap_or(0));
            Box::new(Event {
                seq: 0,
                ts_ns,
                pid: pid as u32,
                tid: tid as u32,
                body: Body::Call(call),
                prefix: None,
                role: None,
                host: None,
            })
        });
        Ok(Snapshot { pid, tid, name, call, slept_ns, watched, python })
    }

    /// The call that a thread sleeps in, with what the kernel knows of its sockets.
    fn call_of(&mut self, pid: i32, tid: i32, sleep: Sleep, rest: bool) -> Option<Call> {
        let sys = describe(sleep.nr)?;
        self.remote.turn_to(tid);
        plan::fetch(sys, &sleep.args, When::Entry, self.settings.limits, &mut self.remote, &mut self.pieces);
        let names = self.descriptors.of(pid);
        let context = Context { limits: self.settings.limits, names: &names };
        let pending = decode::enter(sys, sleep.args, &self.remote, &context);
        let stopped = state::SocketOwner { pid, tid, descriptors: &self.descriptors, unsteady: false };
        let sockets = self.states.as_mut().map(|states| states.before(stopped, sys, &sleep.args, pending.known()));
        // As if it had failed: then all arguments are known, those that the kernel fills as addresses.
        let failed = Errno(if rest { RESTARTS_WITH_REST as i32 } else { libc::EINTR });
        let mut call = pending.exit(Ret::Err(failed), &self.remote, &context);
        call.ret = Ret::Unfinished;
        call.sockets = sockets.and_then(crate::state::Before::unfinished);
        if let Some(why) = &mut self.why {
            call.why = why.look(why::Caller { pid, tid }, &call);
        }
        Some(call)
    }

    /// The descriptors in the epoll set that a call waits for.
    fn watched_by(&self, pid: i32, call: &Call) -> Vec<Fd> {
        let waits = call.sys.params.iter().any(|param| matches!(param.ty, Ty::EpollEvents { .. }));
        let Some(Value::Fd(set)) = call.args.first().filter(|_| waits) else { return Vec::new() };
        let names = self.descriptors.of(pid);
        let members = Proc::new(pid).descriptor(set.raw).watched(u64::MAX);
        members.into_iter().map(|(raw, _)| Fd { raw, target: decode::Names::fd(&names, raw) }).collect()
    }
}
