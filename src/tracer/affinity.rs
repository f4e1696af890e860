//! The tracer on the processor of what it traces.
//!
//! A stop wakes the tracer and the tracer wakes the thread again; between two processors each wake-up costs several
//! times what it costs on one. So the tracer goes where the thread is. It never moves the thread: that would be visible
//! to the program, and would put its threads one behind the other.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Stops between two looks at where the thread runs.
const PERIOD: u32 = 64;

/// Keeps the tracer beside one thread at a time.
#[derive(Debug, Default)]
pub(super) struct Beside {
    stops: u32,
    thread: i32,
    cpu: Option<usize>,
    /// Where we may run; `None` until asked.
    allowed: Option<CpuSet>,
}

impl Beside {
    /// A thread stopped: from time to time, goes where the busiest of late runs.
    pub fn stopped(&mut self, tid: i32, threads: usize) {
        self.stops += 1;
        if !self.stops.is_multiple_of(PERIOD) {
            return;
        }
        let same = self.thread == tid;
        self.thread = tid;
        // With several threads at work there is no one place to be.
        if threads > 1 && !same {
            return self.anywhere();
        }
        let Some(cpu) = processor_of(tid) else { return };
        if self.cpu == Some(cpu) {
            return;
        }
        let allowed = self.allowed.get_or_insert_with(|| sched_getaffinity(Pid::from_raw(0)).unwrap_or_default());
        if allowed.is_set(cpu) != Ok(true) {
            return;
        }
        let mut only = CpuSet::new();
        if only.set(cpu).is_ok() && sched_setaffinity(Pid::from_raw(0), &only).is_ok() {
            self.cpu = Some(cpu);
        }
    }

    /// Lets the scheduler decide again.
    fn anywhere(&mut self) {
        if let (Some(_), Some(allowed)) = (self.cpu.take(), &self.allowed) {
            let _ = sched_setaffinity(Pid::from_raw(0), allowed);
        }
    }
}

/// The processor a thread ran on last.
fn processor_of(tid: i32) -> Option<usize> {
    const FIELD: usize = 39; // proc_pid_stat(5), counted from 1
    let stat = std::fs::read_to_string(format!("/proc/{tid}/stat")).ok()?;
    // The second field is the name in parentheses, which may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(FIELD - 3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_processor_is_found() {
        let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap();
        let cpu = processor_of(std::process::id() as i32).unwrap();
        assert!(cpu < CpuSet::count() && allowed.is_set(cpu) == Ok(true));
    }
}
