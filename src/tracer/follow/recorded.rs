//! Calls that were recorded inside the program: decoded as those at stops, from the record instead of the program's memory.

use std::mem::take;
use std::sync::Arc;

use super::{QueuedStep, Tracer};
use crate::agent::ring::{CallRecord, Recorded};
use crate::decode::{self, Context};
use crate::event::{Body, Errno, PythonStack, Ret};
use crate::memory::Memory;
use crate::syscall::{Class, Syscall};
use crate::tracer::Observed;
use crate::tracer::inside::Taken;
use crate::tracer::ptrace::{CallInfo, Gone, Stop, StopTimes, Stopped};
use crate::tracer::remote::FetchedMemory;
use crate::tracer::select::describe;
use crate::tracer::thread::{Inside, Phase};

/// The largest error number that a call returns.
const MAX_ERRNO: i64 = 4095;

impl Tracer {
    /// Passes on the next half of a recorded call that was seen. Whether there was one.
    pub(super) fn recorded(&mut self) -> bool {
        let Some(Taken { tid, ends, ts_ns, mono_ns, stack, record }) =
            self.agents.as_mut().and_then(|agents| agents.next())
        else {
            return false;
        };
        let mut process = take(&mut self.remote);
        process.turn_to(tid);
        let memory = Recorded { record: &record, process: &process };
        let times = StopTimes { mono_ns, system_ns: 0 };
        if ends {
            self.recorded_exit(tid, record.result(), times, &memory);
        } else {
            self.recorded_entry((tid, stack), &record, (ts_ns, times), &memory);
        }
        self.remote = process;
        if let Some(agents) = &mut self.agents {
            agents.give_back(record);
        }
        true
    }

    fn recorded_entry(
        &mut self,
        (tid, stack): (i32, Option<Arc<PythonStack>>),
        record: &CallRecord,
        (ts_ns, times): (u64, StopTimes),
        memory: &Recorded<'_, FetchedMemory>,
    ) {
        let (pid, nr, regs) = (self.process(tid), record.number(), record.args());
        let Some(sys) = describe(nr) else { return };
        self.set_last_call(tid, nr);
        self.look_for_python(pid, tid);
        self.steady(pid, tid);
        let limits = self.limits(sys);
        let about_sockets = !self.settings.sockets_only || sys.class.contains(Class::NET);
        if !about_sockets && !self.may_concern_sockets(pid, sys, &regs) {
            return;
        }
        let names = self.descriptors.of(pid);
        let pending = decode::enter(sys, regs, memory, &Context { limits, names: &names });
        if !about_sockets && !self.descriptors.any_socket(pid, pending.known()) {
            return;
        }
        let inside = Inside {
            pending,
            ts_ns,
            times,
            undecided: false,
            python: stack,
            why: None,
            sockets: None,
            tampered: None,
            ip: None,
            targets: Vec::new(),
            recorded: true,
        };
        self.set_phase(tid, Phase::Inside(Box::new(inside)));
        self.ready.push_back(QueuedStep::Entered(tid));
    }

    /// The end of a recorded call; nothing where its entry was not passed on.
    fn recorded_exit(&mut self, tid: i32, result: i64, times: StopTimes, memory: &impl Memory) {
        let phase = self.take_phase(tid);
        let Phase::Inside(inside) = phase else { return self.set_phase(tid, phase) };
        if !inside.recorded {
            return self.set_phase(tid, Phase::Inside(inside));
        }
        let Inside { pending, ts_ns, times: before, python, .. } = *inside;
        let pid = self.process(tid);
        self.steady(pid, tid);
        let (sys, regs): (&'static Syscall, _) = (pending.sys, pending.regs());
        let is_error = (-MAX_ERRNO..0).contains(&result);
        let ret = if is_error { Ret::Err(Errno(-result as i32)) } else { Ret::Ok(result) };
        let names = self.descriptors.of(pid);
        let shown = Some(pending.known().count());
        let mut call = pending.exit(ret, memory, &Context { limits: self.limits(sys), names: &names });
        call.dur_ns = Some(times.mono_ns.saturating_sub(before.mono_ns));
        call.python = python;
        self.descriptors.note(pid, &call, &regs);
        let event = self.event(tid, ts_ns, Body::Call(call), None);
        let threads = self.threads.len();
        let (dump, targets) = (Vec::new(), Vec::new());
        let observed = Observed { event, shown, system_ns: 0, dump, threads, last_call: None, targets };
        self.ready.push_back(QueuedStep::Event(Box::new(observed)));
    }

    /// A program may load Python after its start. What it calls until that is noticed has no stack, as at stops.
    fn look_for_python(&mut self, pid: i32, tid: i32) {
        let (Some(python), Some(agents)) = (&mut self.python, &mut self.agents) else { return };
        if agents.demands_none(pid) && python.may_have_stacks(pid, tid) {
            agents.demand(pid);
        }
    }

    /// A thread has stopped at a call, inside which it has this stack.
    pub(super) fn learn(&mut self, pid: i32, tid: i32, stack: Option<&Arc<PythonStack>>) {
        let (Some(python), Some(agents)) = (&mut self.python, &mut self.agents) else { return };
        if agents.has_missed(tid)
            && let Some(stack) = stack
            && let Some(guards) = python.guards(pid, tid, stack)
        {
            agents.learn((pid, tid), &guards, stack);
        }
    }

    /// What is known of a process's descriptors is doubted while another thread of it may close some.
    fn steady(&self, pid: i32, tid: i32) {
        let unsteady = self.unsteady(pid, tid);
        self.descriptors.sockets().unsteady(unsteady);
        if unsteady {
            self.descriptors.doubt(pid);
        }
    }

    /// A process has a filter of its own.
    pub(super) fn refuses(&mut self, process: i32) {
        self.refusing.insert(process);
        if let Some(agents) = &mut self.agents {
            agents.refuse(process);
        }
    }

    /// What a stop means to the agent of its process. `None` where the thread was let go.
    pub(super) fn inside(&mut self, stopped: Stopped, stop: Stop) -> Result<Option<Stopped>, Gone> {
        let tid = stopped.tid();
        let pid = self.process(tid);
        let Some(agents) = &mut self.agents else { return Ok(Some(stopped)) };
        agents.meet(&stopped, pid)?;
        match stop {
            Stop::Seccomp => {
                let CallInfo::Entry { nr, native: true, ip, .. } = stopped.call()? else {
                    return Ok(Some(stopped));
                };
                if !self.started || self.refusing.contains(&pid) || !self.watched.contains(nr) {
                    return Ok(Some(stopped));
                }
                let alone = self.threads.values().filter(|thread| thread.pid == pid).count() == 1;
                let python = &mut self.python;
                let has_python = || python.as_mut().is_some_and(|python| python.may_have_stacks(pid, tid));
                let Some(stopped) = agents.consider(stopped, (pid, nr), alone, has_python, &mut self.queue)? else {
                    return Ok(None);
                };
                if self.settings.calls.contains(nr) {
                    agents.stopped_at((pid, tid), nr, ip);
                }
                return Ok(Some(stopped));
            }
            Stop::Signal(_) | Stop::Group(_) | Stop::Pause => {
                let Some(out) = agents.take_out(&stopped, pid)? else { return Ok(Some(stopped)) };
                // A fault of the agent is none of the program's: memory that the call would find bad, or has found.
                let code = |info: [u8; 128]| i32::from_ne_bytes([info[8], info[9], info[10], info[11]]);
                let is_fault = matches!(stop, Stop::Signal(libc::SIGSEGV | libc::SIGBUS))
                    && stopped.siginfo().map(code).is_ok_and(|code| code > 0);
                if out.at_stack && is_fault {
                    agents.make_room(&stopped)?;
                }
                if let Some(result) = out.interrupted {
                    let mut process = take(&mut self.remote);
                    process.turn_to(tid);
                    let times = StopTimes { mono_ns: crate::sys::clock::monotonic_ns(), system_ns: 0 };
                    self.recorded_exit(tid, result, times, &process);
                    self.remote = process;
                }
                if is_fault {
                    stopped.resume(self.how_on(tid), 0)?;
                    return Ok(None);
                }
            }
            Stop::Ending => agents.ending(pid, tid),
            Stop::Syscall | Stop::Fork | Stop::Exec | Stop::Other => {}
        }
        Ok(Some(stopped))
    }
}
