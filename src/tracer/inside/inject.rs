//! Calls that a process makes for us, while its thread stands at a call of its own.

use std::collections::VecDeque;

use crate::tracer::ptrace::{self, Gone, Registers, Resume, Status, Stop, Stopped, Waited};

/// A thread at a call that is not made yet.
#[derive(Debug)]
pub(super) struct Injector<'a> {
    tid: i32,
    /// None once it is gone.
    stopped: Option<Stopped>,
    /// Reports that are for the event loop: the end of the thread.
    reports: &'a mut VecDeque<Waited>,
    saved: Registers,
    mask: u64,
    /// Signals that came meanwhile although all are blocked: SIGSTOP.
    held: Vec<i32>,
}

impl<'a> Injector<'a> {
    /// Puts off the call at which the filter has stopped a thread.
    pub(super) fn begin(stopped: Stopped, reports: &'a mut VecDeque<Waited>) -> Result<Self, Gone> {
        let (saved, mask) = (stopped.all_registers()?, stopped.mask()?);
        stopped.set_mask(u64::MAX)?;
        // Without a number there is no call, only its end.
        stopped.set_all_registers(&Registers { orig_rax: u64::MAX, ..saved })?;
        let (tid, stopped) = (stopped.tid(), Some(stopped));
        let mut this = Self { tid, stopped, reports, saved, mask, held: Vec::new() };
        this.step()?;
        Ok(this)
    }

    /// The thread.
    pub(super) fn stopped(&self) -> Result<&Stopped, Gone> {
        self.stopped.as_ref().ok_or(Gone)
    }

    /// The address of the call's instruction.
    pub(super) fn site(&self) -> u64 {
        self.saved.rip - 2
    }

    /// Lets the thread go on to its next entry or exit of a call.
    fn step(&mut self) -> Result<(), Gone> {
        loop {
            self.stopped.take().ok_or(Gone)?.resume(Resume::Syscall, 0)?;
            let waited = ptrace::wait_thread(self.tid)?;
            match waited.status {
                Status::Stopped(stopped, stop) => {
                    self.stopped = Some(stopped);
                    match stop {
                        Stop::Syscall => return Ok(()),
                        Stop::Signal(signal) => self.held.push(signal),
                        _ => {}
                    }
                }
                Status::Exited(_) | Status::Killed(..) => {
                    self.reports.push_back(waited);
                    return Err(Gone);
                }
            }
        }
    }

    /// Makes a call; its result, or the negative error number.
    pub(super) fn call(&mut self, nr: i64, args: [u64; 6]) -> Result<i64, Gone> {
        let [rdi, rsi, rdx, r10, r8, r9] = args;
        let (rip, rax) = (self.site(), nr as u64);
        let registers = Registers { rip, rax, rdi, rsi, rdx, r10, r8, r9, orig_rax: u64::MAX, ..self.saved };
        self.stopped()?.set_all_registers(&registers)?;
        self.step()?;
        self.step()?;
        Ok(self.stopped()?.all_registers()?.rax as i64)
    }

    /// Lets the thread make its own call, again from the beginning.
    pub(super) fn end(self) -> Result<(), Gone> {
        let registers = Registers { rip: self.site(), rax: self.saved.orig_rax, orig_rax: u64::MAX, ..self.saved };
        let stopped = self.stopped.ok_or(Gone)?;
        stopped.set_all_registers(&registers)?;
        stopped.set_mask(self.mask)?;
        stopped.resume(Resume::Cont, 0)?;
        let thread = nix::unistd::Pid::from_raw(self.tid);
        for signal in self.held {
            let _ = nix::sys::signal::kill(thread, nix::sys::signal::Signal::try_from(signal).ok());
        }
        Ok(())
    }
}
