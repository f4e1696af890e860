//! Stops at system calls: what is read at entry, what at exit, and which calls are reported.

use std::os::unix::fs::FileExt;

use super::{CallEntry, QueuedStep, Tracer};
use crate::decode::{self, Context, Limits};
use crate::event::{Body, Call, CallText, Errno, PythonStack, Ret};
use crate::sys::clock::{realtime_ns, with_monotonic_ns};
use crate::syscall::When;
use crate::syscall::effect::fork_flags;
use crate::syscall::{Class, Dir, Effect, Made, Param, RetTy, Syscall, Ty};
use crate::tracer::origins;
use crate::tracer::plan;
use crate::tracer::ptrace::{Gone, Resume, StopTimes, Stopped};
use crate::tracer::select::describe;
use crate::tracer::tamper::{Forged, Tamper};
use crate::tracer::thread::{Inside, Phase, Resumed};
use crate::tracer::{Follow, Observed, state, target};
use crate::value::Value;
use crate::why;

mod python;

impl Tracer {
    pub(super) fn entered(&mut self, stopped: Stopped, entry: CallEntry, times: StopTimes) -> Result<(), Gone> {
        let tid = stopped.tid();
        let CallEntry { nr, mut regs, stack, native, .. } = entry;
        // The child's own steps before it has become the program are not the program's.
        let described = describe(nr);
        let ours = self.has_started(tid) || described.is_some_and(|sys| sys.effect == Effect::Executes);
        // As strace, which with a filter meets the wanted calls only.
        if !self.filtered || self.settings.calls.contains(nr) {
            self.set_last_call(tid, nr);
        }
        if self.filtered && native && ours && described.is_some_and(|sys| sys.effect.filters(&regs)) {
            self.refuses(self.process(tid));
        }
        let wanted = native && ours && self.watched.contains(nr);
        let Some(sys) = described.filter(|_| wanted) else {
            stopped.resume(self.onward(tid), 0)?;
            if !native && !std::mem::replace(&mut self.foreign, true) {
                let remark = format!("process {tid} makes 32-bit calls, which are not shown");
                self.ready.push_back(QueuedStep::Remark(remark));
            }
            self.set_phase(tid, Phase::Ignored);
            return Ok(());
        };
        if sys.effect == Effect::ReturnsFromSignal {
            regs[0] = stack; // it has no arguments
        }
        if sys.effect.never_returns() && !self.settings.tampers.iter().any(|tamper| tamper.calls.contains(nr)) {
            return self.never_returns(stopped, sys, &regs, None);
        }
        let entry = CallEntry { regs, ..entry };
        self.enter(stopped, sys, entry, times, self.settings.calls.contains(nr))
    }

    /// A thread that slept in a call when it was attached to: the call is reported as one that began now.
    ///
    /// By default every such call is, whatever it is about, since what a program hangs in is what it is attached to for.
    pub(super) fn found(&mut self, stopped: Stopped, times: StopTimes) -> Result<(), Gone> {
        let tid = stopped.tid();
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let Some(sleep) = thread.sleep.take() else { return stopped.resume(self.onward(tid), 0) };
        // What the call has returned, or that it is to be made again: anything else, and it ended just now.
        thread.resumed = match stopped.result()? {
            result if Errno(-result as i32).is_restart() => Resumed::Again,
            result if result == -i64::from(libc::EINTR) => Resumed::Interrupted,
            _ => return stopped.resume(self.onward(tid), 0),
        };
        let wanted = self.settings.sockets_only && self.settings.found_calls || self.settings.calls.contains(sleep.nr);
        match describe(sleep.nr).filter(|_| wanted) {
            Some(sys) => {
                let entry =
                    CallEntry { nr: sleep.nr, regs: sleep.args, stack: 0, ip: stopped.instruction()?, native: true };
                self.enter(stopped, sys, entry, times, true)
            }
            None => stopped.resume(self.onward(tid), 0),
        }
    }

    /// Whether an entry only continues the call that attaching interrupted. One that failed is reported as such.
    pub(super) fn is_resumed(&mut self, tid: i32) -> bool {
        let Some(thread) = self.threads.get_mut(&tid) else { return false };
        match std::mem::replace(&mut thread.resumed, Resumed::No) {
            Resumed::No => false,
            Resumed::Again => matches!(thread.phase, Phase::Inside(_)),
            Resumed::Interrupted => {
                let phase = self.take_phase(tid);
                self.abandon(tid, phase, Ret::Err(Errno(libc::EINTR)));
                false
            }
        }
    }

    /// A call that is described begins.
    fn enter(
        &mut self,
        stopped: Stopped,
        sys: &'static Syscall,
        CallEntry { nr, regs, ip, .. }: CallEntry,
        times: StopTimes,
        selected: bool,
    ) -> Result<(), Gone> {
        let tid = stopped.tid();
        let pid = self.process(tid);
        let unsteady = self.unsteady(pid, tid);
        self.descriptors.sockets().unsteady(unsteady);
        if unsteady {
            self.descriptors.doubt(pid);
        }
        if self.settings.follow != Follow::All && sys.effect.may_share() {
            self.shares_with_untraced(tid, sys, &regs);
        }
        // Shown whatever it is about: what a role prints, and a call that attaching found.
        let prints = self.settings.prints && sys.effect == Effect::Sends && matches!(regs[0], 1 | 2);
        let resumed = self.threads.get(&tid).is_some_and(|thread| thread.resumed != Resumed::No);
        let found = resumed && self.settings.found_calls;
        let tampers = &self.settings.tampers;
        let touched =
            self.has_started(tid) && !resumed && selected && tampers.iter().any(|tamper| tamper.calls.contains(nr));
        let any = prints || found || touched || sys.class.contains(Class::NET);
        let checked = selected && self.settings.sockets_only && !any;
        if !selected || (checked && !self.may_concern_sockets(pid, sys, &regs)) {
            return self.skip(stopped, pid, sys, &regs);
        }
        self.remote.turn_to(tid);
        let limits = self.limits(sys);
        plan::fetch(sys, &regs, When::Entry, limits, &mut self.remote, &mut self.pieces);
        let before = self.threads.get(&tid).map_or(0, |thread| thread.call_before);
        let names = self.descriptors.of(pid).after(before);
        let context = Context { limits, names: &names };
        let mut pending = decode::enter(sys, regs, &self.remote, &context);
        if checked && !self.descriptors.any_socket(pid, pending.known()) {
            return self.skip(stopped, pid, sys, &regs);
        }
        let targets = &self.settings.targets;
        let concerns = targets.is_empty() || target::concerns(targets, sys, pid, &self.descriptors, pending.known());
        if !concerns && !may_concern_target_at_exit(sys) {
            return self.skip(stopped, pid, sys, &regs);
        }
        let undecided = !concerns;
        let concurrent = !touched && self.reads_concurrently(sys, pid, tid);
        let mut python = if concurrent { None } else { self.python_stack(pid, tid) };
        let tampered = if touched && !undecided { self.due(tid, nr, python.as_deref()) } else { None };
        if let Some(tamper) = &tampered {
            if !tamper.poke_enter.is_empty() {
                poke(tid, &tamper.poke_enter, &regs);
                self.remote.turn_to(tid);
                plan::fetch(sys, &regs, When::Entry, limits, &mut self.remote, &mut self.pieces);
                let names = self.descriptors.of(pid);
                pending = decode::enter(sys, regs, &self.remote, &Context { limits, names: &names });
            }
            if let Some(number) = tamper.number() {
                stopped.set_call(number)?;
            }
        }
        if sys.effect.never_returns() && tampered.as_ref().is_none_or(|tamper| tamper.result.is_none()) {
            return self.never_returns(stopped, sys, &regs, tampered.as_ref());
        }
        let detail = self.detail(sys);
        match detail {
            Detail::Decoded => {}
            Detail::Unfollowed => pending.known_mut().for_each(|(reg, value)| unfollow(value, reg)),
            Detail::Raw => pending.undecode(),
        }
        let thread = state::SocketOwner { pid, tid, descriptors: &self.descriptors, unsteady: self.unsteady(pid, tid) };
        let has_started = self.has_started(tid);
        let states = self.states.as_mut().filter(|_| has_started); // what the child closes before is ours
        let sockets = states.map(|states| states.before(thread, sys, &regs, pending.known()));
        let targets = match self.settings.identify && has_started {
            true => self.identities.at_entry(&self.descriptors, pid, pending.known()),
            false => Vec::new(),
        };
        let closes = self.python.is_some() && sys.effect == Effect::Closes;
        let closing = if closes { self.descriptors.socket(pid, regs[0] as i32) } else { None };
        let (mono_ns, ts_ns) = with_monotonic_ns(realtime_ns);
        let times = StopTimes { mono_ns, ..times };
        let (signal, delay) = tampered.as_ref().map_or((0, None), |tamper| (tamper.signal, tamper.delay_enter));
        // Its line comes first.
        let mut leaving = None;
        if self.leaves(sys) {
            leaving = Some(QueuedStep::Leave(stopped));
        } else {
            self.go_on(stopped, Resume::Syscall, signal, delay)?;
        }
        if concurrent {
            python = self.python_stack_concurrently(pid, tid);
        }
        self.learn(pid, tid, python.as_ref());
        if let Some(inode) = closing {
            python = python.map(|stack| self.origins.closing(inode, stack));
        }
        self.remarks();
        let ip = self.settings.instructions.then_some(ip);
        let inside = Inside {
            pending,
            ts_ns,
            times,
            undecided,
            python,
            why: None,
            sockets,
            tampered,
            ip,
            targets,
            recorded: false,
        };
        self.set_phase(tid, Phase::Inside(Box::new(inside)));
        if sys.effect.may_close() {
            self.closers.insert(tid);
        }
        if !undecided {
            self.ready.push_back(QueuedStep::Entered(tid));
        }
        self.ready.extend(leaving);
        Ok(())
    }

    /// Whether a thread that enters this call is let go (`-b execve`).
    fn leaves(&self, sys: &Syscall) -> bool {
        self.settings.until_exec && self.started && sys.effect == Effect::Executes
    }

    /// The calls that end a thread or process are complete when they are entered.
    fn never_returns(
        &mut self,
        stopped: Stopped,
        sys: &'static Syscall,
        regs: &[u64; 6],
        tampered: Option<&Tamper>,
    ) -> Result<(), Gone> {
        let tid = stopped.tid();
        let ip = if self.settings.instructions { stopped.instruction().ok() } else { None };
        if sys.effect == Effect::ExitsProcess {
            self.explain_remaining(tid);
        }
        let selected = u64::try_from(sys.nr).is_ok_and(|nr| self.settings.calls.contains(nr));
        let pid = self.process(tid);
        let thread = state::SocketOwner { pid, tid, descriptors: &self.descriptors, unsteady: self.unsteady(pid, tid) };
        let states = self.states.as_mut().filter(|_| selected);
        let sockets = states.and_then(|states| states.before(thread, sys, regs, std::iter::empty()).unfinished());
        let (signal, delay) = tampered.map_or((0, None), |tamper| (tamper.signal, tamper.delay_enter));
        self.go_on(stopped, self.onward(tid), signal, delay)?;
        self.set_phase(tid, Phase::Ignored);
        if !selected {
            return Ok(());
        }
        self.remarks();
        let mut call = Call::new(sys, vec![Value::Int(i64::from(regs[0] as i32))], Ret::Unfinished);
        call.text = Some(Box::new(CallText { result: Some("?".into()), ..CallText::default() }));
        call.sockets = sockets;
        self.push_event_at(tid, Body::Call(call), ip);
        Ok(())
    }

    /// What is to be done to a call that is entered, if anything.
    fn due(&mut self, tid: i32, nr: u64, python: Option<&PythonStack>) -> Option<Tamper> {
        let thread = self.threads.get_mut(&tid)?;
        thread.counts.due(&self.settings.tampers, nr, python).cloned()
    }

    /// Passes on the remarks of the readers of Python stacks and of sockets.
    pub(super) fn remarks(&mut self) {
        if let Some(python) = &mut self.python {
            self.ready.extend(python.remarks().map(QueuedStep::Remark));
        }
        if let Some(states) = &mut self.states {
            self.ready.extend(states.remarks().into_iter().map(QueuedStep::Remark));
        }
    }

    /// Whether a call on descriptors can concern a socket, as far as the registers show.
    pub(super) fn may_concern_sockets(&self, pid: i32, sys: &Syscall, regs: &[u64; 6]) -> bool {
        for (param, &reg) in sys.params.iter().zip(regs) {
            match param.ty {
                Ty::Fd if self.descriptors.concerns_sockets(pid, reg as i32) => return true,
                Ty::PollFds { .. } | Ty::FdSet { .. } => return true, // only memory shows them
                _ => {}
            }
        }
        false // a call without any descriptor (pipe2, epoll_create1) makes none that is a socket
    }

    /// A call that is not shown, but may change descriptors.
    fn skip(&mut self, stopped: Stopped, pid: i32, sys: &'static Syscall, regs: &[u64; 6]) -> Result<(), Gone> {
        let tid = stopped.tid();
        if sys.effect.may_close() || sys.effect.may_bring_socket() {
            // It may still fail, but then the next question only costs another look.
            let call = Call::new(sys, Vec::new(), Ret::Ok(0));
            self.descriptors.note(pid, &call, regs);
        }
        if self.leaves(sys) {
            self.ready.push_back(QueuedStep::Leave(stopped));
            return Ok(());
        }
        stopped.resume(self.onward(tid), 0)?;
        let ring = self.settings.sockets_only && matches!(sys.effect, Effect::Makes(Made::Ring, _));
        if ring && !std::mem::replace(&mut self.rings, true) {
            let remark = format!("process {pid} sets up an io_uring: what it does with sockets that way is not seen");
            self.ready.push_back(QueuedStep::Remark(remark));
        }
        self.set_phase(tid, Phase::Ignored);
        Ok(())
    }

    pub(super) fn returned(
        &mut self,
        stopped: Stopped,
        value: i64,
        is_error: bool,
        times: StopTimes,
    ) -> Result<(), Gone> {
        let tid = stopped.tid();
        let Phase::Inside(inside) = self.take_phase(tid) else {
            return stopped.resume(self.onward(tid), 0);
        };
        let Inside { pending, ts_ns, times: before, undecided, python, sockets, tampered, ip, mut targets, .. } =
            *inside;
        let forged = tampered.as_ref().and_then(|tamper| tamper.result);
        let (value, is_error) = match forged {
            Some(forged) => (forged.register(), matches!(forged, Forged::Error(_))),
            None => (value, is_error),
        };
        if forged.is_some() {
            stopped.set_result(value)?;
        }
        let pid = self.process(tid);
        let unsteady = self.unsteady(pid, tid);
        self.descriptors.sockets().unsteady(unsteady);
        if unsteady {
            self.descriptors.doubt(pid);
        }
        let dur_ns = times.mono_ns.saturating_sub(before.mono_ns);
        let ret = if is_error { Ret::Err(Errno(-value as i32)) } else { Ret::Ok(value) };
        let (sys, regs) = (pending.sys, pending.regs());
        let limits = self.limits(sys);
        if let Some(tamper) = &tampered {
            poke(tid, &tamper.poke_exit, &regs);
        }
        self.remote.turn_to(tid);
        if let Ret::Ok(n) = ret {
            plan::fetch(sys, &regs, When::Exit(n), limits, &mut self.remote, &mut self.pieces);
        }
        let names = self.descriptors.of(pid);
        let context = Context { limits, names: &names };
        let shown = (!undecided).then(|| pending.known().count());
        let mut call = pending.exit(ret, &self.remote, &context);
        call.dur_ns = Some(dur_ns);
        call.python = python;
        let dump = self.settings.dump.buffers(sys, &regs, ret, &self.remote);
        let wanted = !undecided || self.is_target(pid, &call);
        // An error that was made up has no reason in the kernel.
        if wanted
            && forged.is_none()
            && let Some(why) = &mut self.why
        {
            call.why = why.look(why::Caller { pid, tid }, &call);
        }
        self.descriptors.note(pid, &call, &regs);
        self.origins.returned(pid, &mut call, &self.descriptors);
        if self.settings.identify && wanted {
            self.identities.at_exit(&self.descriptors, pid, &call, &mut targets);
        }
        if let (Some(python), Some(fd)) = (&mut self.python, origins::found_ready(&call))
            && let Some(stack) = call.python.as_ref().and_then(|stack| python.ready(pid, tid, fd, stack))
        {
            call.python = Some(stack);
        }
        if let (Some(states), Some(before)) = (&mut self.states, sockets) {
            let thread = state::SocketOwner { pid, tid, descriptors: &self.descriptors, unsteady };
            call.sockets = states.after(thread, before, &call);
        }
        self.go_on(stopped, self.onward(tid), 0, tampered.as_ref().and_then(|tamper| tamper.delay_exit))?;
        let detail = self.detail(sys);
        if detail == Detail::Unfollowed {
            call.args.iter_mut().zip(regs).for_each(|(value, reg)| unfollow(value, reg));
        }
        if let (Detail::Raw, Ret::Ok(n)) = (detail, ret) {
            let result = if n == 0 { "0".into() } else { format!("{n:#x}").into() };
            call.text = Some(Box::new(CallText { result: Some(result), ..CallText::default() }));
        }
        if let Some(mark) = tampered.as_ref().and_then(Tamper::mark) {
            let text = call.text.get_or_insert_default();
            text.mark = Some(mark);
            if let (Some(Forged::Success(result)), None, RetTy::Int) = (forged, &text.result, call.sys.ret)
                && value < 0
            {
                text.result = Some(result.to_string().into()); // what it is in the register
            }
        }
        if wanted {
            let event = self.event(tid, ts_ns, Body::Call(call), ip);
            let threads = self.threads.len();
            let system_ns = times.system_ns.saturating_sub(before.system_ns);
            self.ready.push_back(QueuedStep::Event(Box::new(Observed {
                event,
                shown,
                system_ns,
                dump,
                threads,
                last_call: None,
                targets,
            })));
        }
        Ok(())
    }

    /// Whether a call that returned turns out to be about a target.
    fn is_target(&self, pid: i32, call: &Call) -> bool {
        let targets = &self.settings.targets;
        // strace goes by what is passed. A new socket is about its target too; a file that is opened has its path.
        let returned = match (call.ret, call.sys.ret) {
            (Ret::Ok(fd), RetTy::Fd) if call.sys.class.contains(Class::SOCKETS) => {
                Some(Value::Fd(crate::value::Fd::new(fd as i32)))
            }
            _ => None,
        };
        target::concerns(targets, call.sys, pid, &self.descriptors, call.args.iter().chain(returned.as_ref()))
    }

    /// How much is kept of a call's arguments, as `-s` and `-e abbrev=` want it.
    pub(super) fn limits(&self, sys: &Syscall) -> Limits {
        let abbreviate = u64::try_from(sys.nr).is_ok_and(|nr| self.settings.abbrev.contains(nr));
        Limits { abbreviate, ..self.settings.limits }
    }

    /// How a call's arguments are reported: decoded or not, by `-e verbose=` and `-e raw=`.
    fn detail(&self, sys: &Syscall) -> Detail {
        let Ok(nr) = u64::try_from(sys.nr) else { return Detail::Decoded };
        if self.settings.raw.contains(nr) {
            Detail::Raw
        } else if self.settings.verbose.contains(nr) {
            Detail::Decoded
        } else {
            Detail::Unfollowed
        }
    }

    /// A thread or process that is not traced may close the descriptors of its maker.
    fn shares_with_untraced(&mut self, tid: i32, sys: &Syscall, regs: &[u64; 6]) {
        self.remote.turn_to(tid);
        let flags = fork_flags(sys, regs, &self.remote);
        let followed = self.settings.follow == Follow::Threads && flags & libc::CLONE_THREAD as u64 != 0;
        if flags & libc::CLONE_FILES as u64 != 0 && !followed {
            self.descriptors.shares(self.process(tid));
        }
    }
}

/// Whether what a call returns, or fills in, can be about a target though its arguments are not.
fn may_concern_target_at_exit(sys: &Syscall) -> bool {
    let at_exit = |param: &Param| match param.ty {
        Ty::MsgHdr | Ty::MmsgHdrs { .. } => true,
        Ty::SockAddr(_) => param.dir == Dir::Out,
        _ => false,
    };
    sys.ret == RetTy::Fd || sys.params.iter().any(at_exit)
}

/// Writes to where a call's arguments point; an argument that points nowhere is left alone, as strace does.
fn poke(tid: i32, pokes: &[(usize, Vec<u8>)], regs: &[u64; 6]) {
    if pokes.is_empty() {
        return;
    }
    let Ok(memory) = std::fs::OpenOptions::new().write(true).open(format!("/proc/{tid}/mem")) else { return };
    for (at, bytes) in pokes {
        let _ = memory.write_all_at(bytes, regs[*at]);
    }
}

/// How much of a call's arguments is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// All.
    Decoded,
    /// Strings and numbers; of structures their addresses.
    Unfollowed,
    /// The registers.
    Raw,
}

/// Replaces what was read behind a pointer to a structure by the pointer; strings are shown in any case.
fn unfollow(value: &mut Value, reg: u64) {
    let is_structure = matches!(
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
    );
    if is_structure {
        *value = Value::Pointer(reg);
    }
}
