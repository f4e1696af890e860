//! The backend over ptrace: a loop of wait, inspect, resume.
//!
//! Every thread stands in one of the phases of [`Phase`]. With the filter a thread stops at wanted calls only, and is
//! sent on to the call's exit; without, it stops at every entry and exit. In both cases the kernel itself reports which of
//! the two a stop is, so nothing has to be counted.
//!
//! A thread that is killed while we look at it makes requests fail with [`Gone`]: the stop is then forgotten, and the
//! wait brings the exit.

mod calls;
mod recorded;
mod snapshot;
mod threads;

pub use snapshot::{Snapshot, snapshot};

use std::collections::btree_map;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::time::Duration;

use super::affinity::CpuAffinity;
use super::descriptors::Descriptors;
use super::identity::Identities;
use super::inside::{self, Agent, Agents, Ways};
use super::origins::Origins;
use super::plan::Pieces;
use super::ptrace::{self, CallInfo, Gone, Resume, Status, Stop, StopTimes, Stopped, Waited};
use super::python::PythonStacks;
use super::remote::FetchedMemory;
use super::requests::EndRequest;
use super::select::CallSet;
use super::spawn::{self, Child, Program, SpawnError};
use super::state::States;
use super::thread::{Membership, Phase, Resumed, Thread, membership};
use super::{Backend, Follow, Observed, Settings, Step, TraceError, attach, filter};
use crate::agent::code;
use crate::event::{Body, Event, Exit, LinePrefix};
use crate::sys::clock::{monotonic_ns, realtime_ns};
use crate::syscall::{Effect, Made};
use crate::why;

/// Requests to end after which the tracer ends without waiting for the program.
const MAX_END_REQUESTS: u32 = 3;

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

/// One of the ways to start a program.
type Spawn = fn(&Program, Option<Vec<libc::sock_filter>>, ptrace::Options) -> Result<Child, SpawnError>;

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
    fn new(settings: Settings, filtered: bool, attached: bool) -> Self {
        let learns = settings.show.any() || settings.sockets_only || settings.state || !settings.targets.is_empty();
        let shares = learns && settings.follow != Follow::All;
        let watched = settings.calls.with(|effect| {
            learns && effect.may_close()
                || shares && effect.may_share()
                // A program works on sockets through a ring without a call for each thing it does.
                || settings.sockets_only && matches!(effect, Effect::Makes(Made::Ring, _))
                // The last moment to see what the other threads wait for.
                || settings.why && effect == Effect::ExitsProcess
                || settings.until_exec && effect == Effect::Executes
                // What was recorded before is asked about before descriptors are closed.
                || settings.agent != Agent::Never && effect == Effect::Executes
                // What such a filter refuses never reaches ours.
                || filtered && matches!(effect, Effect::Filters { .. })
        });
        let watched = if settings.agent == Agent::Never { watched } else { watched.and(inside::STARTED) };
        Self {
            descriptors: Descriptors::new(settings.show, watched.has(Effect::may_close)),
            python: settings.python.then(|| PythonStacks::new(settings.own_code.clone())),
            origins: Origins::default(),
            identities: Identities::default(),
            why: settings.why.then(|| why::Collector::new(settings.expected)),
            states: settings.state.then(States::default),
            settings,
            watched,
            filtered,
            attached,
            threads: BTreeMap::new(),
            closers: HashSet::new(),
            remote: FetchedMemory::default(),
            pieces: Vec::new(),
            queue: VecDeque::new(),
            ready: VecDeque::new(),
            child: None,
            started: false,
            outcome: None,
            leaving: None,
            end_requests: 0,
            foreign: false,
            rings: false,
            affinity: CpuAffinity::default(),
            refusing: HashSet::new(),
            agents: None,
            without_agents: None,
            held: None,
            seq: 0,
            delayed: Vec::new(),
        }
    }

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

    fn launch(program: &Program, pids: &[i32], settings: Settings, spawn: Spawn) -> Result<Self, TraceError> {
        // A filter is inherited by processes nobody traces, whose calls would then fail: all must be followed.
        // A signal can be sent at the stop before the filter only.
        let signals = settings.tampers.iter().any(|tamper| tamper.signal != 0);
        let filtered =
            settings.seccomp && settings.follow == Follow::All && !settings.until_exec && !signals && pids.is_empty();
        let mut this = Self::new(settings, filtered, false);
        this.settle_agents()?;
        let free = this.agents.as_ref().and_then(|_| u32::try_from(code::back()).ok());
        let filter = filtered.then(|| filter::program(this.watched.numbers(), free));
        let child = spawn(program, filter, this.options())?;
        this.threads.insert(child.pid, Thread::new(child.pid));
        this.child = Some(child);
        this.join(pids)?;
        Ok(this)
    }

    /// Attaches to processes that run already.
    pub fn attach(pids: &[i32], settings: Settings) -> Result<Self, TraceError> {
        let mut this = Self::of_running(settings);
        this.settle_agents()?;
        this.join(pids)?;
        Ok(this)
    }

    /// Attaches to all threads of these processes. They survive the tracer.
    fn join(&mut self, pids: &[i32]) -> Result<(), TraceError> {
        self.attached |= !pids.is_empty();
        for &pid in pids {
            for (tid, sleep) in attach::seize_all(pid, self.options())? {
                if self.threads.insert(tid, Thread { sleep, ..Thread::new(pid) }).is_none() {
                    self.ready.push_back(QueuedStep::Attached(tid));
                }
            }
            pids.iter().for_each(|&other| _ = self.compare_descriptors(other, pid));
        }
        Ok(())
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

    /// Decides whether calls are recorded inside the program.
    fn settle_agents(&mut self) -> Result<(), TraceError> {
        if self.settings.agent == Agent::Never {
            return Ok(());
        }
        match Agents::new(&self.settings, self.filtered) {
            Ok(agents) => self.agents = Some(agents),
            Err(why) if self.settings.agent == Agent::Require => return Err(TraceError::Agent(why)),
            Err(why) => self.without_agents = Some(why),
        }
        Ok(())
    }

    /// How many calls were recorded inside the program and how many stopped it, or why all did.
    pub fn ways(&self) -> Result<&Ways, &'static str> {
        let never = "--agent=never";
        self.agents.as_ref().map(|agents| &agents.ways).ok_or(self.without_agents.unwrap_or(never))
    }

    fn options(&self) -> ptrace::Options {
        ptrace::Options {
            threads: self.settings.follow != Follow::None,
            forks: self.settings.follow == Follow::All,
            kill_on_exit: !self.attached,
            seccomp: self.filtered,
            // What was recorded last is asked about while it can be.
            ends: self.agents.is_some(),
        }
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

    /// The next report, from the queue or the kernel. `None` when nothing is left.
    fn wait(&mut self) -> Result<Option<Waited>, TraceError> {
        loop {
            if let Some(waited) = self.queue.pop_front() {
                return Ok(Some(waited));
            }
            let times = self.settings.system_times;
            match self.next_report(times) {
                Ok(Some(first)) => {
                    // The kernel looks at its tracees in one order: without taking all that wait, a thread that stops
                    // all the time would keep the others waiting for ever.
                    if self.threads.len() > 1 {
                        while let Ok(Some(more)) = ptrace::wait(false, times) {
                            self.queue.push_back(more);
                        }
                    }
                    return Ok(Some(first));
                }
                Ok(None) if self.delayed.is_empty() && self.agents.is_none() => {}
                Ok(None) => {
                    self.handle_requests()?;
                    if !self.ready.is_empty() || self.has_halves() {
                        return Ok(None);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    self.handle_requests()?;
                    if !self.ready.is_empty() {
                        return Ok(None);
                    }
                }
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Lets those go on whose time has come; waits a moment for any other, since a wait of the kernel's has no end.
    fn wait_for_delayed(&mut self, times: bool) -> io::Result<Option<Waited>> {
        const MOMENT: Duration = Duration::from_micros(200);
        let now = monotonic_ns();
        let mut next = MOMENT;
        for (until, stopped, how, signal) in std::mem::take(&mut self.delayed) {
            if until <= now {
                let _ = stopped.resume(how, signal); // one that is gone is reported by the wait
            } else {
                next = next.min(Duration::from_nanos(until - now));
                self.delayed.push((until, stopped, how, signal));
            }
        }
        let waited = ptrace::wait(false, times)?;
        if waited.is_none() && !self.delayed.is_empty() {
            std::thread::sleep(next);
        }
        Ok(waited)
    }

    /// Lets a thread go on, now or later.
    fn go_on(&mut self, stopped: Stopped, how: Resume, signal: i32, delay_ns: Option<u64>) -> Result<(), Gone> {
        let Some(delay_ns) = delay_ns else { return stopped.resume(how, signal) };
        self.delayed.push((monotonic_ns().saturating_add(delay_ns), stopped, how, signal));
        Ok(())
    }

    /// Whether there are halves of recorded calls that were seen and not passed on.
    fn has_halves(&self) -> bool {
        self.agents.as_ref().is_some_and(Agents::has_halves)
    }

    /// Waits for a report, or until it is time to look at what was recorded.
    fn next_report(&mut self, with_times: bool) -> io::Result<Option<Waited>> {
        let Some(agents) = self.agents.as_mut().filter(|agents| agents.records()) else {
            let delays = !self.delayed.is_empty();
            return if delays { self.wait_for_delayed(with_times) } else { self.affinity.wait(with_times) };
        };
        if let Some(waited) = ptrace::wait(false, with_times)? {
            return Ok(Some(waited));
        }
        agents.look();
        if agents.has_halves() {
            return Ok(None);
        }
        let interrupted = ptrace::await_news(agents.pause());
        if interrupted { Err(io::ErrorKind::Interrupted.into()) } else { ptrace::wait(false, with_times) }
    }

    /// Handles requests from outside.
    fn handle_requests(&mut self) -> Result<(), TraceError> {
        let Some(requests) = self.settings.requests else { return Ok(()) };
        if requests.ticked() {
            self.ready.push_back(QueuedStep::Tick);
        }
        requests.end_request().map_or(Ok(()), |request| self.end_requested(request))
    }

    /// A request to end: a program that was started decides itself, attached ones are detached.
    fn end_requested(&mut self, request: EndRequest) -> Result<(), TraceError> {
        self.end_requests += 1;
        if self.end_requests >= MAX_END_REQUESTS {
            return Err(TraceError::Ended(request.signal));
        }
        if self.attached {
            self.leaving = Some(request.signal);
            for &tid in self.threads.keys() {
                let _ = ptrace::interrupt(tid);
            }
        } else if let Some(child) = self.child.as_ref().filter(|_| request.is_ours_alone()) {
            // ^C goes to the whole foreground, the program included; what was sent to us alone is passed on. In the
            // background of a script the program ignores SIGINT without having decided so: it gets what reaches it there.
            let deaf = child.dispositions.ignores(request.signal);
            let signal = if deaf { libc::SIGTERM } else { request.signal };
            // The process is ours and not reaped, so the number cannot mean another one.
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(child.pid),
                nix::sys::signal::Signal::try_from(signal).ok(),
            );
        }
        Ok(())
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
