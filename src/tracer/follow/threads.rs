//! What becomes of threads besides their calls: signals, new programs, ends, and being let go.

use super::{QueuedStep, Tracer};
use crate::decode::{self, Context};
use crate::event::{Body, CallText, Event, Exit, Ret, Signal};
use crate::state::Before;
use crate::tracer::ptrace::{self, Gone, Stop, Stopped};
use crate::tracer::spawn::Child;
use crate::tracer::thread::{Inside, Phase};
use crate::tracer::{Observed, TraceError};
use crate::value::{Value, siginfo};
use crate::why;

impl Tracer {
    /// Notifies the reader of Python stacks of a new process; a new thread does not matter to it.
    pub(super) fn python_forked(&mut self, tid: i32, new: i32) {
        let (maker, made) = (self.process(tid), self.process(new));
        if made == new
            && let Some(python) = &mut self.python
        {
            python.forked(maker, tid, new);
        }
    }

    /// Two processes may have one table of descriptors (CLONE_FILES): then what one closes is closed for the other.
    pub(super) fn compare_descriptors(&self, one: i32, other: i32) -> bool {
        let same =
            one != other && self.threads.values().any(|thread| thread.pid == one) && ptrace::share_files(one, other);
        if same {
            self.descriptors.shares(one);
            self.descriptors.shares(other);
        }
        same
    }

    pub(super) fn signalled(&mut self, stopped: Stopped, signal: i32) -> Result<(), Gone> {
        let tid = stopped.tid();
        let wanted = self.settings.signals & (1u64 << (signal - 1).clamp(0, 63)) != 0 && self.has_started(tid);
        let info = if wanted { stopped.siginfo().ok() } else { None };
        let info = info.map(|raw| {
            let mut info = siginfo::decode(&raw);
            let names = self.descriptors.of(self.process(tid));
            for value in &mut info.fields {
                if let Value::Fd(fd) = value {
                    fd.target = decode::Names::fd(&names, fd.raw);
                }
            }
            info
        });
        let how = self.how_on(tid);
        let ip = if self.settings.instructions { stopped.instruction().ok() } else { None };
        stopped.resume(how, signal)?;
        if wanted {
            self.push_event_at(tid, Body::Signal(Signal { number: signal as u32, info }), ip);
        }
        Ok(())
    }

    /// A new program took over the process. If another thread than the first asked for it, that thread now has the
    /// first one's number, and the first one is no more.
    pub(super) fn executed(&mut self, stopped: Stopped) -> Result<(), Gone> {
        let tid = stopped.tid();
        let former = stopped.event_message().unwrap_or(tid);
        if self.child.as_ref().is_none_or(|child| child.pid == tid) && !std::mem::replace(&mut self.started, true) {
            self.descriptors.inherited(tid);
        }
        self.set_last_call(tid, libc::SYS_execve as u64);
        if former != tid {
            let leader = self.take_phase(tid);
            self.abandon(tid, leader, Ret::Unfinished);
            self.push_event(tid, Body::Note(format!("+++ superseded by execve in pid {former} +++")));
            if let Some(thread) = self.threads.remove(&former) {
                self.set_phase(tid, thread.phase);
            }
        }
        if let Some(python) = &mut self.python {
            python.executed(tid);
        }
        if let Some(agents) = &mut self.agents {
            agents.executed(tid);
        }
        let how = self.how_on(tid);
        stopped.resume(how, 0)?;
        self.descriptors.forget_process(tid);
        Ok(())
    }

    /// A call whose return is not seen, with what is known of how it ended.
    pub(super) fn abandon(&mut self, tid: i32, phase: Phase, ret: Ret) {
        if let Phase::Inside(inside) = phase {
            let Inside { pending, ts_ns, undecided, python, why, sockets, ip, targets, .. } = *inside;
            let shown = (!undecided).then(|| pending.known().count());
            let names = decode::NoNames;
            let context = Context { limits: self.settings.limits, names: &names };
            let mut call = pending.exit(ret, &self.remote, &context);
            (call.python, call.why) = (python, why);
            // It stands still, and what it waited for is there.
            if let (Some(collector), None, Ret::Err(_)) = (&mut self.why, &call.why, ret) {
                let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
                call.why = collector.look(why::Caller { pid, tid }, &call);
            }
            call.sockets = sockets.and_then(Before::unfinished);
            if !undecided {
                let event = self.event(tid, ts_ns, Body::Call(call), ip);
                let threads = self.threads.len();
                let dump = Vec::new();
                let observed = Observed { event, shown, system_ns: 0, dump, threads, last_call: None, targets };
                self.ready.push_back(QueuedStep::Event(Box::new(observed)));
            }
        }
    }

    /// The process ends by one thread's doing: what the others wait for can be seen only now.
    pub(super) fn explain_remaining(&mut self, tid: i32) {
        let Some(pid) = self.threads.get(&tid).map(|thread| thread.pid) else { return };
        let Some(why) = &mut self.why else { return };
        for (&other, thread) in &mut self.threads {
            if other != tid
                && thread.pid == pid
                && let Phase::Inside(inside) = &mut thread.phase
            {
                inside.why = why.look(why::Caller { pid, tid: other }, &inside.unfinished());
            }
        }
    }

    /// The call a thread is in when it is let go; what it waits for with it, if that is wanted.
    fn left_inside(&mut self, tid: i32) -> Option<Box<Event>> {
        let thread = self.threads.get(&tid)?;
        let Phase::Inside(inside) = &thread.phase else { return None };
        if inside.undecided {
            return None;
        }
        let mut call = inside.unfinished();
        if let Some(why) = &mut self.why {
            call.why = why.look(why::Caller { pid: thread.pid, tid }, &call);
        }
        call.python.clone_from(&inside.python);
        call.text = Some(Box::new(CallText { detached: true, ..CallText::default() }));
        let (ts_ns, ip) = (inside.ts_ns, inside.ip);
        Some(Box::new(self.event(tid, ts_ns, Body::Call(call), ip)))
    }

    pub(super) fn ended(&mut self, tid: i32, exit: Exit) -> Result<(), TraceError> {
        let is_child = self.child.as_ref().is_some_and(|child| child.pid == tid);
        if is_child && !self.started {
            // It never became the program: it reports why, or was killed on the way.
            if let Some(failure) = self.child.as_mut().and_then(Child::failure) {
                return Err(failure.into());
            }
        }
        let phase = self.take_phase(tid);
        let Some(thread) = self.threads.get(&tid) else { return Ok(()) };
        let pid = thread.pid;
        self.abandon(tid, phase, Ret::Unfinished);
        self.push_event(tid, Body::Exit(exit));
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
        if let Some(agents) = &mut self.agents {
            agents.ended(pid, tid, whole);
        }
        if is_child {
            self.outcome = Some(exit);
        }
        Ok(())
    }

    /// Lets a thread go as it stands.
    pub(super) fn release(&mut self, stopped: Stopped, stop: Stop) -> Result<(), Gone> {
        let tid = stopped.tid();
        let signal = if let Stop::Signal(signal) = stop { signal } else { 0 };
        let call = self.left_inside(tid);
        stopped.detach(signal)?;
        self.closers.remove(&tid);
        self.threads.remove(&tid);
        self.ready.push_back(QueuedStep::Detached(tid, call));
        Ok(())
    }
}
