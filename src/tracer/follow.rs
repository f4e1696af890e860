//! The backend over ptrace: a loop of wait, inspect, resume.
//!
//! Every thread stands in one of the phases of [`Phase`]. With the filter a thread stops at wanted calls only, and is
//! sent on to the call's exit; without, it stops at every entry and exit. In both cases the kernel itself reports which of
//! the two a stop is, so nothing has to be counted.
//!
//! A thread that is killed while we look at it makes requests fail with [`Gone`]: the stop is then forgotten, and the
//! wait brings the exit.

mod beginning;
mod calls;
mod recorded;
mod snapshot;
mod threads;
mod waiting;

pub use snapshot::{Snapshot, snapshot};

use std::collections::btree_map;
use std::collections::{BTreeMap, HashSet, VecDeque};

use super::affinity::CpuAffinity;
use super::descriptors::Descriptors;
use super::identity::Identities;
use super::inside::{Agents, Ways};
use super::origins::Origins;
use super::plan::Pieces;
use super::ptrace::{self, CallInfo, Gone, Resume, Status, Stop, StopTimes, Stopped, Waited};
use super::python::PythonStacks;
use super::remote::FetchedMemory;
use super::select::CallSet;
use super::spawn::{self, Child, Program};
use super::state::States;
use super::thread::{Membership, Phase, Resumed, Thread, membership};
use super::{Backend, Observed, Settings, Step, TraceError};
use crate::event::{Body, Event, Exit, LinePrefix};
use crate::sys::clock::realtime_ns;
use crate::why;

/// Traces with ptrace.
#[derive(Debug)]
pub struct Tracer {
    settings: Settings,
    /// The calls that stop: those that are reported and those we learn from.
    watched: CallSet,
    /// Whether a filter makes only those stop.
    filtered: bool,
    threads: BTreeMap<i32, Thread>,
    /// The threads that are in a call that may close a descriptor.
    closers: HashSet<i32>,
    descriptors: Descriptors,
    remote: FetchedMemory,
    pieces: Pieces,
    /// Reports that were waited for but not looked at.
    queue: VecDeque<Waited>,
    /// Steps that were not returned yet.
    ready: VecDeque<QueuedStep>,
    child: Option<Child>,
    /// Whether the child has become the program.
    started: bool,
    outcome: Option<Exit>,
    /// Whether all threads are to be let go.
    leaving: Option<i32>,
    end_requests: u32,
    attached: bool,
    /// Whether the remark about 32-bit calls was made.
    foreign: bool,
    /// Whether the remark about rings was made.
    rings: bool,
    affinity: CpuAffinity,
    /// The processes that have a filter of their own: all their calls stop, before any filter.
    refusing: HashSet<i32>,
    /// The reader of Python stacks, if they are wanted.
    python: Option<PythonStacks>,
    /// Where sockets were made.
    origins: Origins,
    identities: Identities,
    /// What looks for the reasons of failures, if they are wanted.
    why: Option<why::Collector>,
    /// Who asks for the states of sockets, if they are wanted.
    states: Option<States>,
    /// The agents in the processes, where calls are recorded there.
    agents: Option<Agents>,
    /// Why there are none.
    without_agents: Option<&'static str>,
    /// A report that waits until what was recorded before it has been passed on.
    held: Option<Waited>,
    seq: u64,
    /// Threads that stand still until their time comes: when, ns, how they go on, and with which signal.
    delayed: Vec<(u64, Stopped, Resume, i32)>,
}

/// A thread at the entry of a call.
#[derive(Debug, Clone, Copy)]
struct CallEntry {
    nr: u64,
    regs: [u64; 6],
    stack: u64,
    ip: u64,
    native: bool,
}

/// A [`Step`] that borrows nothing.
#[derive(Debug)]
enum QueuedStep {
    Entered(i32),
    Event(Box<Observed>),
    Attached(i32),
    Detached(i32, Option<Box<Event>>),
    /// Not a step: the thread is let go once what stands before it was returned.
    Leave(Stopped),
    Remark(String),
    Tick,
}

impl Tracer {
    /// Starts a program.
    pub fn start(program: &Program, settings: Settings) -> Result<Self, TraceError> {
        Self::launch(program, &[], settings, spawn::spawn)
    }

    /// Starts a program, and attaches to processes that run already.
    pub fn start_beside(program: &Program, pids: &[i32], settings: Settings) -> Result<Self, TraceError> {
        Self::launch(program, pids, settings, spawn::spawn)
    }

    /// Becomes the program, traced by a detached process (`-D`). Returns in that process.
    pub fn start_detached(program: &Program, settings: Settings) -> Result<Self, TraceError> {
        Self::launch(program, &[], settings, spawn::swap_places)
    }

    /// Attaches to processes that run already.
    pub fn attach(pids: &[i32], settings: Settings) -> Result<Self, TraceError> {
        let mut this = Self::of_running(settings);
        this.settle_agents()?;
        this.join(pids)?;
        Ok(this)
    }

    /// Whether a thread is no child of ours that has yet to become the program, whose own steps are not the program's.
    fn has_started(&self, tid: i32) -> bool {
        self.started || self.child.as_ref().is_some_and(|child| child.pid != tid)
    }

    /// A tracer for processes that run already, before it attaches to any.
    pub(super) fn of_running(settings: Settings) -> Self {
        Self { started: true, ..Self::new(settings, false, true) }
    }

    /// The remarks so far.
    pub(super) fn all_remarks(&mut self) -> Vec<String> {
        self.remarks();
        let remark = |step| if let QueuedStep::Remark(remark) = step { Some(remark) } else { None };
        self.ready.drain(..).filter_map(remark).collect()
    }

    /// How many calls were recorded inside the program and how many stopped it, or why all did.
    pub fn ways(&self) -> Result<&Ways, &'static str> {
        let never = "--agent=never";
        self.agents.as_ref().map(|agents| &agents.ways).ok_or(self.without_agents.unwrap_or(never))
    }

    /// How a thread resumes that is not in a reported call.
    fn onward(&self, tid: i32) -> Resume {
        let stops_itself = self.filtered && !self.refusing.contains(&self.process(tid));
        if stops_itself { Resume::Cont } else { Resume::Syscall }
    }

    /// A process has the filters of the one that made it.
    fn inherits_filters(&mut self, parent: i32, process: i32) {
        if self.refusing.contains(&parent) {
            self.refuses(process);
        }
    }

    /// The signal that made us leave the processes we had attached to.
    pub fn left_by(&self) -> Option<i32> {
        self.leaving
    }

    fn advance(&mut self) -> Result<Option<QueuedStep>, TraceError> {
        loop {
            match self.ready.pop_front() {
                Some(QueuedStep::Leave(stopped)) => {
                    let _ = self.release(stopped, Stop::Other); // one that is gone is reported by the wait
                    continue;
                }
                Some(step) => return Ok(Some(step)),
                None => {}
            }
            if self.recorded() {
                continue;
            }
            if let Some(waited) = self.held.take() {
                self.report(waited)?;
                continue;
            }
            if self.threads.is_empty() && self.queue.is_empty() {
                // A child may be left whose parent was killed before its fork was reported.
                match ptrace::wait(false, false) {
                    Ok(Some(waited)) => self.report(waited)?,
                    _ => return Ok(None),
                }
                continue;
            }
            let Some(waited) = self.wait()? else {
                if self.ready.is_empty() && !self.has_halves() {
                    return Ok(None);
                }
                continue;
            };
            self.handle_requests()?;
            match &mut self.agents {
                Some(agents) => {
                    agents.look();
                    self.held = Some(waited);
                }
                None => self.report(waited)?,
            }
        }
    }

    fn report(&mut self, waited: Waited) -> Result<(), TraceError> {
        let tid = waited.tid;
        if self.settings.debug {
            let remark = format!("[wait for {} threads: {tid} {}]", self.threads.len(), waited.status.describe());
            self.ready.push_back(QueuedStep::Remark(remark));
        }
        match waited.status {
            Status::Exited(status) => self.ended(tid, Exit::Status(status))?,
            Status::Killed(signal, core) => {
                self.ended(tid, Exit::Killed { signal: signal as u32, core })?;
            }
            Status::Stopped(stopped, stop) => {
                self.meet(tid);
                // A thread that is gone is reported by the wait, so there is nothing to do about it here.
                let _: Result<(), Gone> = match self.leaving {
                    Some(_) => self.release(stopped, stop),
                    None => self.stopped(stopped, stop, waited.times),
                };
            }
        }
        Ok(())
    }

    /// A thread we may not have received of yet: its own first stop can come before its parent's report.
    fn meet(&mut self, tid: i32) {
        if let btree_map::Entry::Vacant(unknown) = self.threads.entry(tid) {
            let Membership { process, parent } = membership(tid).unwrap_or(Membership { process: tid, parent: 0 });
            unknown.insert(Thread::new(process));
            self.inherits_filters(parent, process);
            self.compare_descriptors(parent, process);
            self.ready.push_back(QueuedStep::Attached(tid));
        }
    }

    fn stopped(&mut self, stopped: Stopped, stop: Stop, times: StopTimes) -> Result<(), Gone> {
        let tid = stopped.tid();
        let Some(stopped) = self.inside(stopped, stop)? else { return Ok(()) };
        match stop {
            // It stopped before the filters already, at its entry.
            Stop::Seccomp if self.threads.get(&tid).is_some_and(|thread| thread.entered) => {
                stopped.resume(Resume::Syscall, 0)
            }
            Stop::Seccomp | Stop::Syscall => {
                self.affinity.stopped(tid);
                let call = stopped.call()?;
                if let Some(thread) = self.threads.get_mut(&tid) {
                    thread.entered = stop == Stop::Syscall && matches!(call, CallInfo::Entry { .. });
                }
                match call {
                    CallInfo::Entry { nr, args, native, stack, ip } if !self.is_resumed(tid) => {
                        self.entered(stopped, CallEntry { nr, regs: args, stack, ip, native }, times)
                    }
                    CallInfo::Entry { .. } => stopped.resume(Resume::Syscall, 0),
                    CallInfo::Exit { value, is_error } => self.returned(stopped, value, is_error, times),
                    CallInfo::None => stopped.resume(self.onward(tid), 0),
                }
            }
            Stop::Signal(signal) => self.signalled(stopped, signal),
            Stop::Group(signal) => {
                stopped.listen()?;
                self.push_event(tid, Body::Stopped { signal: signal as u32 });
                Ok(())
            }
            Stop::Fork => {
                let new = stopped.event_message()?;
                let how = self.how_on(tid);
                stopped.resume(how, 0)?;
                self.meet(new);
                let (parent, process) = (self.process(tid), self.process(new));
                self.inherits_filters(parent, process);
                let shares = self.compare_descriptors(parent, process);
                if process == new && self.started {
                    self.push_event(new, Body::Started { parent: parent as u32, shares });
                }
                self.python_forked(tid, new);
                Ok(())
            }
            Stop::Exec => self.executed(stopped),
            Stop::Pause if self.threads.get(&tid).is_some_and(|thread| thread.sleep.is_some()) => {
                self.found(stopped, times)
            }
            Stop::Pause | Stop::Ending | Stop::Other => {
                let how = self.how_on(tid);
                stopped.resume(how, 0)
            }
        }
    }

    /// How a thread resumes after a stop that is neither entry nor exit of a call.
    fn how_on(&self, tid: i32) -> Resume {
        match self.threads.get(&tid).map(|thread| &thread.phase) {
            Some(Phase::Inside(inside)) if !inside.recorded => Resume::Syscall,
            _ => self.onward(tid),
        }
    }

    /// The process of a thread.
    fn process(&self, tid: i32) -> i32 {
        self.threads.get(&tid).map_or(tid, |thread| thread.pid)
    }

    fn set_phase(&mut self, tid: i32, phase: Phase) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.phase = phase;
        }
    }

    fn set_last_call(&mut self, tid: i32, nr: u64) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.call_before = std::mem::replace(&mut thread.last_call, nr);
        }
    }

    fn take_phase(&mut self, tid: i32) -> Phase {
        self.closers.remove(&tid);
        match self.threads.get_mut(&tid) {
            Some(thread) => std::mem::replace(&mut thread.phase, Phase::Outside),
            None => Phase::Outside,
        }
    }

    fn push_event(&mut self, tid: i32, body: Body) {
        self.push_event_at(tid, body, self.settings.instructions.then_some(u64::MAX));
    }

    /// An event of a thread that stands at this instruction, the last one where it stands at none.
    fn push_event_at(&mut self, tid: i32, body: Body, ip: Option<u64>) {
        let event = self.event(tid, realtime_ns(), body, ip);
        let threads = self.threads.len();
        let last_call = self.threads.get(&tid).map(|thread| thread.last_call);
        let (dump, targets) = (Vec::new(), Vec::new());
        let observed = Observed { event, shown: None, system_ns: 0, dump, threads, last_call, targets };
        self.ready.push_back(QueuedStep::Event(Box::new(observed)));
    }

    fn event(&mut self, tid: i32, ts_ns: u64, body: Body, ip: Option<u64>) -> Event {
        let seq = self.seq;
        self.seq += 1;
        let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
        let prefix = ip.map(|ip| Box::new(LinePrefix { ip: Some(ip), ..LinePrefix::default() }));
        Event { seq, ts_ns, pid: pid as u32, tid: tid as u32, body, role: None, host: None, prefix }
    }
}

impl Backend for Tracer {
    fn next(&mut self) -> Result<Option<Step<'_>>, TraceError> {
        let Some(step) = self.advance()? else { return Ok(None) };
        let threads = self.threads.len();
        Ok(Some(match step {
            QueuedStep::Entered(tid) => match self.threads.get(&tid).map(|thread| (&thread.phase, thread.resumed)) {
                Some((Phase::Inside(inside), resumed)) => {
                    let (call, python, ip) = (&inside.pending, inside.python.as_ref(), inside.ip);
                    Step::Entered {
                        pid: self.process(tid) as u32,
                        tid: tid as u32,
                        ts_ns: inside.ts_ns,
                        call,
                        python,
                        ip,
                        threads,
                        found: resumed != Resumed::No,
                    }
                }
                _ => Step::Tick, // it is gone already; its end follows
            },
            QueuedStep::Event(observed) => Step::Event(observed),
            QueuedStep::Attached(tid) => Step::Attached { tid: tid as u32 },
            QueuedStep::Detached(tid, call) => Step::Detached { tid: tid as u32, call },
            QueuedStep::Remark(remark) => Step::Remark(remark),
            QueuedStep::Tick | QueuedStep::Leave(_) => Step::Tick,
        }))
    }

    fn outcome(&self) -> Option<Exit> {
        self.outcome
    }
}
