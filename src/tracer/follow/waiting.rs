//! How the tracer waits: for the kernel, for its moment where a call is delayed, for what is recorded inside programs, and
//! for requests from outside.

use std::io;
use std::time::Duration;

use super::{QueuedStep, Tracer};
use crate::sys::clock::monotonic_ns;
use crate::tracer::TraceError;
use crate::tracer::inside::Agents;
use crate::tracer::ptrace::{self, Gone, Resume, Stopped, Waited};
use crate::tracer::requests::EndRequest;

/// Requests to end after which the tracer ends without waiting for the program.
const MAX_END_REQUESTS: u32 = 3;

impl Tracer {
    /// The next report, from the queue or the kernel. `None` when nothing is left.
    pub(super) fn wait(&mut self) -> Result<Option<Waited>, TraceError> {
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
    pub(super) fn go_on(
        &mut self,
        stopped: Stopped,
        how: Resume,
        signal: i32,
        delay_ns: Option<u64>,
    ) -> Result<(), Gone> {
        let Some(delay_ns) = delay_ns else { return stopped.resume(how, signal) };
        self.delayed.push((monotonic_ns().saturating_add(delay_ns), stopped, how, signal));
        Ok(())
    }

    /// Whether there are halves of recorded calls that were seen and not passed on.
    pub(super) fn has_halves(&self) -> bool {
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
    pub(super) fn handle_requests(&mut self) -> Result<(), TraceError> {
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
}
