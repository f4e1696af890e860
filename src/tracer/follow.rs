//! The source of events over ptrace: a loop of wait, look, resume.
//!
//! Every thread stands in one of the phases of [`Phase`]. With the filter a thread stops at wanted calls only, and is
//! sent on to the call's exit; without, it stops at every entry and exit. In both cases the kernel itself says which of
//! the two a stop is, so nothing has to be counted.
//!
//! A thread that is killed while we look at it makes requests fail with [`Gone`]: the stop is then forgotten, and the
//! wait brings the exit.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::io;

use nix::time::{ClockId, clock_gettime};

use super::descriptors::Descriptors;
use super::interrupt::{self, Wish};
use super::nearness::Nearness;
use super::plan::{self, Pieces, When};
use super::ptrace::{self, CallInfo, Gone, Resume, Status, Stop, Stopped, Waited};
use super::python::PythonStacks;
use super::remote::Remote;
use super::select::{Calls, describe};
use super::spawn::{self, Child, Program, SpawnError};
use super::state::{self, States};
use super::thread::{Inside, Origin, Phase, Thread, origin};
use super::{Follow, Happened, Settings, Source, Step, TraceError, attach, filter, target};
use crate::decode::{self, Context};
use crate::event::{Body, Call, CallText, Errno, Event, Exit, Ret, Signal, Sockets};
use crate::syscall::{Class, Dir, RetTy, Syscall, Ty};
use crate::value::{Value, siginfo};
use crate::why;

/// Calls that close or replace descriptors, which must be seen to know what a descriptor is.
const BOOKKEEPING: [&str; 4] = ["close", "close_range", "dup2", "dup3"];
/// The call by which one thread ends its process: the last moment to see what the others wait for.
const LAST_LOOK: &str = "exit_group";
/// Calls that may make something which shares its descriptors with its maker.
const SHARING: [&str; 2] = ["clone", "clone3"];
/// How often we must be told to end before we end without the program's consent.
const PATIENCE: u32 = 3;

/// Traces with ptrace.
#[derive(Debug)]
pub struct Follower {
    settings: Settings,
    /// The calls that stop: those that are told and those we learn from.
    watched: Calls,
    /// Whether a filter makes only those stop.
    filtered: bool,
    threads: BTreeMap<i32, Thread>,
    descriptors: Descriptors,
    remote: Remote,
    pieces: Pieces,
    /// Reports that were waited for but not looked at.
    queue: VecDeque<Waited>,
    /// What is to be told next.
    ready: VecDeque<Told>,
    child: Option<Child>,
    /// Whether the child has become the program.
    started: bool,
    outcome: Option<Exit>,
    /// Whether all threads are to be let go.
    leaving: Option<i32>,
    wishes: u32,
    attached: bool,
    foreign: bool,
    nearness: Nearness,
    /// The reader of Python stacks, if they are wanted.
    python: Option<PythonStacks>,
    /// What looks for the reasons of failures, if they are wanted.
    why: Option<why::Collector>,
    /// Who asks for the states of sockets, if they are wanted.
    states: Option<States>,
    seq: u64,
}

/// One of the ways to start a program.
type Spawn = fn(&Program, Option<Vec<libc::sock_filter>>, ptrace::Options) -> Result<Child, SpawnError>;

/// A [`Step`] that borrows nothing.
#[derive(Debug)]
enum Told {
    Entered(i32),
    Event(Box<Happened>),
    Attached(i32),
    Detached(i32, Option<Box<Event>>),
    Remark(String),
    Tick,
}

impl Follower {
    fn new(settings: Settings, filtered: bool, attached: bool) -> Self {
        let learns = settings.show.any() || settings.sockets_only || settings.state || !settings.targets.is_empty();
        let mut watched = if learns { settings.calls.with(&BOOKKEEPING) } else { settings.calls.clone() };
        if learns && settings.follow != Follow::All {
            watched = watched.with(&SHARING);
        }
        if settings.why {
            watched = watched.with(&[LAST_LOOK]);
        }
        Self {
            descriptors: Descriptors::new(settings.show, watched.has(&BOOKKEEPING)),
            python: settings.python.then(PythonStacks::default),
            why: settings.why.then(why::Collector::default),
            states: settings.state.then(States::default),
            settings,
            watched,
            filtered,
            attached,
            threads: BTreeMap::new(),
            remote: Remote::default(),
            pieces: Vec::new(),
            queue: VecDeque::new(),
            ready: VecDeque::new(),
            child: None,
            started: false,
            outcome: None,
            leaving: None,
            wishes: 0,
            foreign: false,
            nearness: Nearness::default(),
            seq: 0,
        }
    }

    /// Starts a program.
    pub fn start(program: &Program, settings: Settings) -> Result<Self, TraceError> {
        Self::launch(program, settings, spawn::spawn)
    }

    /// Becomes the program, while a process beside it traces it (`-D`). Returns in that process.
    pub fn start_beside(program: &Program, settings: Settings) -> Result<Self, TraceError> {
        Self::launch(program, settings, spawn::swap_places)
    }

    fn launch(program: &Program, settings: Settings, spawn: Spawn) -> Result<Self, TraceError> {
        // A filter is inherited by processes nobody traces, whose calls would then fail: all must be followed.
        let filtered = settings.seccomp && settings.follow == Follow::All;
        let mut this = Self::new(settings, filtered, false);
        let filter = filtered.then(|| filter::program(this.watched.numbers()));
        let child = spawn(program, filter, this.options())?;
        this.threads.insert(child.pid, Thread::new(child.pid));
        // Without this its first stop would come only with the first wanted call.
        if !filtered {
            let _ = ptrace::interrupt(child.pid);
        }
        this.child = Some(child);
        Ok(this)
    }

    /// Attaches to processes that run already.
    pub fn attach(pids: &[i32], settings: Settings) -> Result<Self, TraceError> {
        let mut this = Self::new(settings, false, true);
        this.started = true;
        for &pid in pids {
            for tid in attach::seize_all(pid, this.options())? {
                if this.threads.insert(tid, Thread::new(pid)).is_none() {
                    this.ready.push_back(Told::Attached(tid));
                }
            }
            pids.iter().for_each(|&other| this.compare_descriptors(other, pid));
        }
        Ok(this)
    }

    fn options(&self) -> ptrace::Options {
        ptrace::Options {
            threads: self.settings.follow != Follow::None,
            forks: self.settings.follow == Follow::All,
            kill_on_exit: !self.attached,
            seccomp: self.filtered,
        }
    }

    /// How a thread goes on that is not in a call that is told.
    fn onward(&self) -> Resume {
        if self.filtered { Resume::Cont } else { Resume::Syscall }
    }

    /// The next report, from the queue or the kernel. `None` when nothing is left.
    fn wait(&mut self) -> Result<Option<Waited>, TraceError> {
        loop {
            if let Some(waited) = self.queue.pop_front() {
                return Ok(Some(waited));
            }
            let times = self.settings.system_times;
            match self.nearness.wait(times) {
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
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if self.interrupted()? {
                        return Ok(None);
                    }
                }
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A signal of ours came. True when a step is ready because of it.
    fn interrupted(&mut self) -> Result<bool, TraceError> {
        if interrupt::ticked() {
            interrupt::ticking(false);
            self.ready.push_back(Told::Tick);
        }
        if let Some(wish) = interrupt::wish() {
            self.wished(wish)?;
        }
        Ok(!self.ready.is_empty())
    }

    /// Somebody wants us to end: the program that was started decides, those attached to are let go.
    fn wished(&mut self, wish: Wish) -> Result<(), TraceError> {
        self.wishes += 1;
        if self.wishes >= PATIENCE {
            return Err(TraceError::Ended(wish.signal));
        }
        if self.attached {
            self.leaving = Some(wish.signal);
            for &tid in self.threads.keys() {
                let _ = ptrace::interrupt(tid);
            }
        } else if let Some(child) = self.child.as_ref().filter(|_| wish.sender != 0) {
            // ^C goes to the whole foreground, the program included; what was sent to us alone is passed on.
            // The process is ours and not reaped, so the number cannot mean another one.
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(child.pid),
                nix::sys::signal::Signal::try_from(wish.signal).ok(),
            );
        }
        Ok(())
    }

    /// The signal that made us leave the processes we had attached to.
    pub fn left_by(&self) -> Option<i32> {
        self.leaving
    }

    fn advance(&mut self) -> Result<Option<Told>, TraceError> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Ok(Some(told));
            }
            if self.threads.is_empty() && self.queue.is_empty() {
                // A child whose parent was killed before it could tell of it may be left.
                match ptrace::wait(false, false) {
                    Ok(Some(waited)) => self.report(waited)?,
                    _ => return Ok(None),
                }
                continue;
            }
            let Some(waited) = self.wait()? else {
                if self.ready.is_empty() {
                    return Ok(None);
                }
                continue;
            };
            if interrupt::ticked() {
                interrupt::ticking(false);
                self.ready.push_back(Told::Tick);
            }
            if let Some(wish) = interrupt::wish() {
                self.wished(wish)?;
            }
            self.report(waited)?;
        }
    }

    fn report(&mut self, waited: Waited) -> Result<(), TraceError> {
        let tid = waited.tid;
        match waited.status {
            Status::Exited(status) => self.ended(tid, Exit::Status(status), waited.system_ns)?,
            Status::Killed(signal, core) => {
                self.ended(tid, Exit::Killed { signal: signal as u32, core }, waited.system_ns)?;
            }
            Status::Stopped(stopped, stop) => {
                self.meet(tid);
                // A thread that is gone is reported by the wait, so there is nothing to do about it here.
                let _: Result<(), Gone> = match self.leaving {
                    Some(_) => self.let_go(stopped, stop),
                    None => self.stopped(stopped, stop, waited.system_ns),
                };
            }
        }
        Ok(())
    }

    /// A thread we may not have heard of yet: its own first stop can come before its parent's report.
    fn meet(&mut self, tid: i32) {
        if let Entry::Vacant(unknown) = self.threads.entry(tid) {
            let Origin { process, parent } = origin(tid).unwrap_or(Origin { process: tid, parent: 0 });
            unknown.insert(Thread::new(process));
            self.compare_descriptors(parent, process);
            self.ready.push_back(Told::Attached(tid));
        }
    }

    fn stopped(&mut self, stopped: Stopped, stop: Stop, system_ns: u64) -> Result<(), Gone> {
        let tid = stopped.tid();
        match stop {
            Stop::Seccomp | Stop::Syscall => {
                self.nearness.stopped(tid);
                match stopped.call()? {
                    CallInfo::Entry { nr, args, native } => self.entered(stopped, nr, args, native, system_ns),
                    CallInfo::Exit { value, is_error } => self.returned(stopped, value, is_error, system_ns),
                    CallInfo::None => stopped.resume(self.onward(), 0),
                }
            }
            Stop::Signal(signal) => self.signalled(stopped, signal),
            Stop::Group(signal) => {
                stopped.listen()?;
                self.tell(tid, Body::Stopped { signal: signal as u32 });
                Ok(())
            }
            Stop::Fork => {
                let new = stopped.event_message()?;
                let how = self.how_on(tid);
                stopped.resume(how, 0)?;
                self.meet(new);
                self.compare_descriptors(self.process(tid), self.process(new));
                self.python_forked(tid, new);
                Ok(())
            }
            Stop::Exec => self.executed(stopped),
            Stop::Pause | Stop::Other => {
                let how = self.how_on(tid);
                stopped.resume(how, 0)
            }
        }
    }

    /// How a thread goes on after a stop that is neither entry nor exit of a call.
    fn how_on(&self, tid: i32) -> Resume {
        match self.threads.get(&tid).map(|thread| &thread.phase) {
            Some(Phase::Inside(_)) => Resume::Syscall,
            _ => self.onward(),
        }
    }

    fn entered(&mut self, stopped: Stopped, nr: u64, regs: [u64; 6], native: bool, system_ns: u64) -> Result<(), Gone> {
        let tid = stopped.tid();
        // The child's own steps before it has become the program are not the program's.
        let ours = self.started || nr as i64 == libc::SYS_execve;
        // As strace, which with a filter meets the wanted calls only.
        if !self.filtered || self.settings.calls.contains(nr) {
            self.set_last_call(tid, nr);
        }
        let wanted = native && ours && self.watched.contains(nr);
        let Some(sys) = describe(nr).filter(|_| wanted) else {
            stopped.resume(self.onward(), 0)?;
            if !native && !std::mem::replace(&mut self.foreign, true) {
                let remark = format!("process {tid} makes 32-bit calls, which are not shown");
                self.ready.push_back(Told::Remark(remark));
            }
            self.set_phase(tid, Phase::Ignored);
            return Ok(());
        };
        if matches!(nr as i64, libc::SYS_exit | libc::SYS_exit_group) {
            return self.never_returns(stopped, sys, regs[0]);
        }
        let pid = self.process(tid);
        if self.settings.follow != Follow::All && SHARING.contains(&sys.name) {
            self.shares_with_untraced(tid, sys, &regs);
        }
        let told = self.settings.calls.contains(nr);
        let checked = told && self.settings.sockets_only && !sys.class.contains(Class::NETWORK);
        if !told || (checked && !self.may_concern_sockets(pid, sys, &regs)) {
            return self.unseen(stopped, pid, sys, &regs);
        }
        self.remote.turn_to(tid);
        plan::fetch(sys, &regs, When::Entry, self.settings.limits, &mut self.remote, &mut self.pieces);
        let names = self.descriptors.of(pid);
        let context = Context { limits: self.settings.limits, names: &names };
        let mut pending = decode::enter(sys, regs, &self.remote, &context);
        if checked && !self.descriptors.any_socket(pid, pending.told()) {
            return self.unseen(stopped, pid, sys, &regs);
        }
        let mut undecided = false;
        let targets = &self.settings.targets;
        if !targets.is_empty() && !target::concerns(targets, sys.name, pid, &self.descriptors, pending.told()) {
            let tells_later = sys.ret == RetTy::Fd
                || sys.params.iter().any(|param| {
                    matches!(param.ty, Ty::MsgHdr | Ty::MmsgHdrs { .. })
                        || (param.dir == Dir::Out && matches!(param.ty, Ty::SockAddr(_)))
                });
            if !tells_later {
                return self.unseen(stopped, pid, sys, &regs);
            }
            undecided = true;
        }
        let plainness = self.plainness(sys);
        if plainness != Plainness::Decoded {
            pending.told_mut().for_each(|(at, value)| plainness.apply(value, regs[at]));
        }
        let python = self.python.as_mut().and_then(|python| python.stack(pid, tid));
        let thread = state::Stopped { pid, tid, descriptors: &self.descriptors, unsteady: self.unsteady(pid, tid) };
        let sockets = self.states.as_mut().map(|states| states.before(thread, pending.told()));
        let (ts_ns, mono_ns) = now();
        stopped.resume(Resume::Syscall, 0)?;
        self.remarks();
        let inside = Inside { pending, ts_ns, mono_ns, system_ns, undecided, python, why: None, sockets };
        self.set_phase(tid, Phase::Inside(Box::new(inside)));
        if !undecided {
            self.ready.push_back(Told::Entered(tid));
        }
        Ok(())
    }

    /// The calls that end a thread or process are complete when they are entered.
    fn never_returns(&mut self, stopped: Stopped, sys: &'static Syscall, status: u64) -> Result<(), Gone> {
        let tid = stopped.tid();
        if sys.name == LAST_LOOK {
            self.look_at_those_left(tid);
        }
        stopped.resume(self.onward(), 0)?;
        self.set_phase(tid, Phase::Ignored);
        if !u64::try_from(sys.nr).is_ok_and(|nr| self.settings.calls.contains(nr)) {
            return Ok(());
        }
        let mut call = Call::new(sys, vec![Value::Int(i64::from(status as i32))], Ret::Unfinished);
        call.text = Some(Box::new(CallText { result: Some("?".into()), ..CallText::default() }));
        self.tell(tid, Body::Call(call));
        Ok(())
    }

    /// Passes on what the readers of Python stacks and of sockets have to say.
    fn remarks(&mut self) {
        if let Some(python) = &mut self.python {
            self.ready.extend(python.remarks().map(Told::Remark));
        }
        if let Some(states) = &mut self.states {
            self.ready.extend(states.remarks().into_iter().map(Told::Remark));
        }
    }

    /// Whether another thread of the process is in a call that may close a socket.
    fn unsteady(&self, pid: i32, tid: i32) -> bool {
        let closes = |phase: &Phase| match phase {
            Phase::Inside(inside) => BOOKKEEPING.contains(&inside.pending.sys.name),
            _ => false,
        };
        let mut others = self.threads.iter().filter(|(other, thread)| **other != tid && thread.pid == pid);
        self.states.is_some() && others.any(|(_, thread)| closes(&thread.phase))
    }

    /// Tells the reader of Python stacks of a new process; a new thread is no news to it.
    fn python_forked(&mut self, tid: i32, new: i32) {
        let (maker, made) = (self.process(tid), self.process(new));
        if made == new
            && let Some(python) = &mut self.python
        {
            python.forked(maker, tid, new);
        }
    }

    /// The process of a thread.
    fn process(&self, tid: i32) -> i32 {
        self.threads.get(&tid).map_or(tid, |thread| thread.pid)
    }

    /// Two processes may have one table of descriptors (CLONE_FILES): then what one closes is closed for the other.
    fn compare_descriptors(&self, one: i32, other: i32) {
        if one != other && self.threads.values().any(|thread| thread.pid == one) && ptrace::share_files(one, other) {
            self.descriptors.shares(one);
            self.descriptors.shares(other);
        }
    }

    /// A thread or process that nobody follows may close the descriptors of its maker.
    fn shares_with_untraced(&mut self, tid: i32, sys: &Syscall, regs: &[u64; 6]) {
        self.remote.turn_to(tid);
        let flags = match sys.name {
            "clone" => regs[0],
            _ => crate::memory::array(&self.remote, regs[0]).map_or(0, u64::from_ne_bytes), // clone_args.flags
        };
        let followed = self.settings.follow == Follow::Threads && flags & libc::CLONE_THREAD as u64 != 0;
        if flags & libc::CLONE_FILES as u64 != 0 && !followed {
            self.descriptors.shares(self.process(tid));
        }
    }

    /// Whether a call on descriptors can concern a socket, as far as the registers say.
    fn may_concern_sockets(&self, pid: i32, sys: &Syscall, regs: &[u64; 6]) -> bool {
        for (param, &reg) in sys.params.iter().zip(regs) {
            match param.ty {
                Ty::Fd if self.descriptors.concerns_sockets(pid, reg as i32) => return true,
                Ty::PollFds { .. } | Ty::FdSet { .. } => return true, // memory tells
                _ => {}
            }
        }
        false // a call without any descriptor (pipe2, epoll_create1) makes none that is a socket
    }

    /// A call that is not told, of which we may learn something.
    fn unseen(&mut self, stopped: Stopped, pid: i32, sys: &'static Syscall, regs: &[u64; 6]) -> Result<(), Gone> {
        let tid = stopped.tid();
        if BOOKKEEPING.contains(&sys.name) {
            // It may still fail, but then the next question only costs another look.
            let call = Call::new(sys, Vec::new(), Ret::Ok(0));
            self.descriptors.note(pid, &call, regs);
        }
        stopped.resume(self.onward(), 0)?;
        self.set_phase(tid, Phase::Ignored);
        Ok(())
    }

    fn set_phase(&mut self, tid: i32, phase: Phase) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.phase = phase;
        }
    }

    fn set_last_call(&mut self, tid: i32, nr: u64) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.last_call = nr;
        }
    }

    fn take_phase(&mut self, tid: i32) -> Phase {
        match self.threads.get_mut(&tid) {
            Some(thread) => std::mem::replace(&mut thread.phase, Phase::Outside),
            None => Phase::Outside,
        }
    }

    fn returned(&mut self, stopped: Stopped, value: i64, is_error: bool, system_ns: u64) -> Result<(), Gone> {
        let tid = stopped.tid();
        let Phase::Inside(inside) = self.take_phase(tid) else {
            return stopped.resume(self.onward(), 0);
        };
        let Inside { pending, ts_ns, mono_ns, system_ns: system_before, undecided, python, sockets, .. } = *inside;
        let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
        let dur_ns = monotonic().saturating_sub(mono_ns);
        let ret = if is_error { Ret::Err(Errno(-value as i32)) } else { Ret::Ok(value) };
        let (sys, regs) = (pending.sys, pending.regs());
        self.remote.turn_to(tid);
        if let Ret::Ok(n) = ret {
            plan::fetch(sys, &regs, When::Exit(n), self.settings.limits, &mut self.remote, &mut self.pieces);
        }
        let names = self.descriptors.of(pid);
        let context = Context { limits: self.settings.limits, names: &names };
        let told = (!undecided).then(|| pending.told().count());
        let mut call = pending.exit(ret, &self.remote, &context);
        call.dur_ns = Some(dur_ns);
        call.python = python;
        let dump = self.settings.dump.buffers(sys, &regs, ret, &self.remote);
        let wanted = !undecided || self.is_target(pid, &call);
        if wanted && let Some(why) = &mut self.why {
            call.why = why.look(why::Scene { pid, tid }, &call);
        }
        self.descriptors.note(pid, &call, &regs);
        let unsteady = self.unsteady(pid, tid);
        if let (Some(states), Some(before)) = (&mut self.states, sockets) {
            let thread = state::Stopped { pid, tid, descriptors: &self.descriptors, unsteady };
            call.sockets = states.after(thread, before, &call);
        }
        stopped.resume(self.onward(), 0)?;
        let plainness = self.plainness(sys);
        call.args.iter_mut().zip(regs).for_each(|(value, reg)| plainness.apply(value, reg));
        if let (Plainness::Raw, Ret::Ok(n)) = (plainness, ret) {
            let result = if n == 0 { "0".into() } else { format!("{n:#x}").into() };
            call.text = Some(Box::new(CallText { result: Some(result), ..CallText::default() }));
        }
        if wanted {
            let event = self.event(tid, ts_ns, Body::Call(call));
            let threads = self.threads.len();
            let system_ns = system_ns.saturating_sub(system_before);
            self.ready.push_back(Told::Event(Box::new(Happened {
                event,
                told,
                system_ns,
                dump,
                threads,
                last_call: None,
            })));
        }
        Ok(())
    }

    /// Whether a call that returned turns out to be about a target.
    fn is_target(&self, pid: i32, call: &Call) -> bool {
        let targets = &self.settings.targets;
        let returned = match (call.ret, call.sys.ret) {
            (Ret::Ok(fd), RetTy::Fd) => Some(Value::Fd(crate::value::Fd::new(fd as i32))),
            _ => None,
        };
        target::concerns(targets, call.sys.name, pid, &self.descriptors, call.args.iter().chain(returned.as_ref()))
    }

    /// How a call's arguments are told: decoded, or not, as `-e verbose=` and `-e raw=` want it.
    fn plainness(&self, sys: &Syscall) -> Plainness {
        let Ok(nr) = u64::try_from(sys.nr) else { return Plainness::Decoded };
        if self.settings.raw.contains(nr) {
            Plainness::Raw
        } else if self.settings.verbose.contains(nr) {
            Plainness::Decoded
        } else {
            Plainness::Unfollowed
        }
    }

    fn signalled(&mut self, stopped: Stopped, signal: i32) -> Result<(), Gone> {
        let tid = stopped.tid();
        let wanted = self.settings.signals & (1u64 << (signal - 1).clamp(0, 63)) != 0 && self.started;
        let info = if wanted { stopped.siginfo().ok() } else { None };
        let info = info.map(|raw| {
            let mut info = siginfo::decode(&raw);
            let names = self.descriptors.of(self.process(tid));
            for value in &mut info.fields {
                if let Value::Fd(fd) = value {
                    fd.shown = decode::Names::fd(&names, fd.raw);
                }
            }
            info
        });
        let how = self.how_on(tid);
        stopped.resume(how, signal)?;
        if wanted {
            self.tell(tid, Body::Signal(Signal { number: signal as u32, info }));
        }
        Ok(())
    }

    /// A new program took over the process. If another thread than the first asked for it, that thread now has the
    /// first one's number, and the first one is no more.
    fn executed(&mut self, stopped: Stopped) -> Result<(), Gone> {
        let tid = stopped.tid();
        let former = stopped.event_message().unwrap_or(tid);
        self.started = true;
        self.set_last_call(tid, libc::SYS_execve as u64);
        if former != tid {
            let leader = self.take_phase(tid);
            self.abandon(tid, leader);
            self.tell(tid, Body::Note(format!("+++ superseded by execve in pid {former} +++")));
            if let Some(thread) = self.threads.remove(&former) {
                self.set_phase(tid, thread.phase);
            }
        }
        if let Some(python) = &mut self.python {
            python.executed(tid);
        }
        let how = self.how_on(tid);
        stopped.resume(how, 0)?;
        self.descriptors.forget_process(tid);
        Ok(())
    }

    /// A thread that will not return from its call.
    fn abandon(&mut self, tid: i32, phase: Phase) {
        if let Phase::Inside(inside) = phase {
            let Inside { pending, ts_ns, undecided, python, why, sockets, .. } = *inside;
            let told = (!undecided).then(|| pending.told().count());
            let names = decode::NoNames;
            let context = Context { limits: self.settings.limits, names: &names };
            let mut call = pending.exit(Ret::Unfinished, &self.remote, &context);
            (call.python, call.why) = (python, why);
            call.sockets = sockets.and_then(Sockets::kept);
            if !undecided {
                let event = self.event(tid, ts_ns, Body::Call(call));
                let threads = self.threads.len();
                let happened = Happened { event, told, system_ns: 0, dump: Vec::new(), threads, last_call: None };
                self.ready.push_back(Told::Event(Box::new(happened)));
            }
        }
    }

    /// The process ends by one thread's doing: what the others wait for can be seen only now.
    fn look_at_those_left(&mut self, tid: i32) {
        let Some(pid) = self.threads.get(&tid).map(|thread| thread.pid) else { return };
        let Some(why) = &mut self.why else { return };
        for (&other, thread) in &mut self.threads {
            if other != tid
                && thread.pid == pid
                && let Phase::Inside(inside) = &mut thread.phase
            {
                inside.why = why.look(why::Scene { pid, tid: other }, &inside.unfinished());
            }
        }
    }

    /// The call a thread is in when it is let go, with what it waits for, if that is wanted.
    fn left_waiting(&mut self, tid: i32) -> Option<Box<Event>> {
        let why = self.why.as_mut()?;
        let thread = self.threads.get_mut(&tid)?;
        let Phase::Inside(inside) = &thread.phase else { return None };
        let mut call = inside.unfinished();
        call.why = why.look(why::Scene { pid: thread.pid, tid }, &call);
        call.python.clone_from(&inside.python);
        let ts_ns = inside.ts_ns;
        Some(Box::new(self.event(tid, ts_ns, Body::Call(call))))
    }

    fn ended(&mut self, tid: i32, exit: Exit, _system_ns: u64) -> Result<(), TraceError> {
        let is_child = self.child.as_ref().is_some_and(|child| child.pid == tid);
        if is_child && !self.started {
            // It never became the program: it says why, or was killed on the way.
            if let Some(failure) = self.child.as_mut().and_then(Child::failure) {
                return Err(failure.into());
            }
        }
        let phase = self.take_phase(tid);
        let Some(thread) = self.threads.get(&tid) else { return Ok(()) };
        let pid = thread.pid;
        self.abandon(tid, phase);
        self.tell(tid, Body::Exit(exit));
        self.threads.remove(&tid);
        let whole = !self.threads.values().any(|thread| thread.pid == pid);
        if whole {
            self.descriptors.forget_process(pid);
            if let Some(states) = &mut self.states {
                states.ended(pid);
            }
        }
        if let Some(python) = &mut self.python {
            python.ended(pid, tid, whole);
        }
        if is_child {
            self.outcome = Some(exit);
        }
        Ok(())
    }

    /// Lets a thread go as it stands.
    fn let_go(&mut self, stopped: Stopped, stop: Stop) -> Result<(), Gone> {
        let tid = stopped.tid();
        let signal = if let Stop::Signal(signal) = stop { signal } else { 0 };
        let waiting = self.left_waiting(tid);
        stopped.detach(signal)?;
        self.threads.remove(&tid);
        self.ready.push_back(Told::Detached(tid, waiting));
        Ok(())
    }

    fn tell(&mut self, tid: i32, body: Body) {
        let event = self.event(tid, now().0, body);
        let threads = self.threads.len();
        let last_call = self.threads.get(&tid).map(|thread| thread.last_call);
        let happened = Happened { event, told: None, system_ns: 0, dump: Vec::new(), threads, last_call };
        self.ready.push_back(Told::Event(Box::new(happened)));
    }

    fn event(&mut self, tid: i32, ts_ns: u64, body: Body) -> Event {
        let seq = self.seq;
        self.seq += 1;
        let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
        Event { seq, ts_ns, pid: pid as u32, tid: tid as u32, body }
    }
}

impl Source for Follower {
    fn next(&mut self) -> Result<Option<Step<'_>>, TraceError> {
        let Some(told) = self.advance()? else { return Ok(None) };
        let threads = self.threads.len();
        Ok(Some(match told {
            Told::Entered(tid) => match self.threads.get(&tid).map(|thread| &thread.phase) {
                Some(Phase::Inside(inside)) => {
                    let (call, python) = (&inside.pending, inside.python.as_ref());
                    Step::Entered { tid: tid as u32, ts_ns: inside.ts_ns, call, python, threads }
                }
                _ => Step::Tick, // it is gone already; its end follows
            },
            Told::Event(happened) => Step::Event(happened),
            Told::Attached(tid) => Step::Attached { tid: tid as u32 },
            Told::Detached(tid, call) => Step::Detached { tid: tid as u32, call },
            Told::Remark(remark) => Step::Remark(remark),
            Told::Tick => Step::Tick,
        }))
    }

    fn outcome(&self) -> Option<Exit> {
        self.outcome
    }
}

/// How much of a call's arguments is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plainness {
    /// All.
    Decoded,
    /// Strings and numbers; of structures their addresses.
    Unfollowed,
    /// The registers.
    Raw,
}

impl Plainness {
    /// Takes back what is not to be told.
    fn apply(self, value: &mut Value, reg: u64) {
        match self {
            Self::Raw => *value = Value::Hex(reg),
            Self::Unfollowed if is_structure(value) => *value = Value::Pointer(reg),
            _ => {}
        }
    }
}

/// Whether a value was read from behind a pointer to a structure; strings are read in any case.
fn is_structure(value: &Value) -> bool {
    matches!(
        value,
        Value::SockAddr(_)
            | Value::Length(_)
            | Value::Offset(_)
            | Value::Ref(_)
            | Value::Array(_)
            | Value::Record(_)
            | Value::MsgHdr(_)
            | Value::MmsgHdr(_)
            | Value::FdSet(_)
            | Value::Timeout(_)
            | Value::SigSet(_)
    )
}

/// ns since 1970, and ns of a clock that is never set.
fn now() -> (u64, u64) {
    (read(ClockId::CLOCK_REALTIME), monotonic())
}

/// ns of a clock that is never set.
fn monotonic() -> u64 {
    read(ClockId::CLOCK_MONOTONIC)
}

fn read(clock: ClockId) -> u64 {
    clock_gettime(clock).map_or(0, |time| time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64)
}
