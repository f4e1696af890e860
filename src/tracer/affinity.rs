//! How the tracer waits for what it traces: asleep on the same processor, or awake on another.
//!
//! A stop wakes the tracer, and the tracer wakes the thread again. On one processor that is a switch from one to the
//! other and costs little. Between two processors each finds the other's asleep, and rousing a sleeping processor costs
//! several times the whole rest of a stop. The tracer cannot bring the two together: it never moves the thread, which
//! would be visible to the program and would put its threads one behind the other, and when it moves itself to the
//! thread's processor, the scheduler wakes the thread on the one that has thereby become idle.
//!
//! So it does two things. Where the thread may run on one processor only, the tracer goes there. Everywhere else it
//! stays awake for a moment after it has let a thread go, and looks for the next stop instead of being roused by it; if
//! that turns out to be in vain, because the program waits or computes or because the machine has no processor to
//! spare, it sleeps, and tries again later.

use std::io;
use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use super::ptrace::{self, Waited};

/// Stops between two checks of where a thread may run.
const PERIOD: u32 = 256;
/// How long to stay awake; the next stop of a program that is busy with calls comes well within it.
const AWAKE: Duration = Duration::from_micros(50);
/// Polls for a stop between two reads of the clock.
const POLLS: u32 = 8;
/// After so many vain vigils in a row it does not pay.
const VAIN: u32 = 3;
/// Fewest and most waits that are slept through after that.
const ASLEEP: (u32, u32) = (16, 4096);

/// Where the tracer runs, and how it waits.
#[derive(Debug)]
pub(super) struct CpuAffinity {
    stops: u32,
    /// Where the user allows us to run; `None` when that is not known.
    allowed: Option<CpuSet>,
    /// Whether we have gone to the one processor of a thread.
    bound: bool,
    vigil: Vigil,
}

/// Whether staying awake has paid of late.
#[derive(Debug)]
struct Vigil {
    /// Whether there can be a second processor to be awake on.
    possible: bool,
    vain: u32,
    /// Waits yet to be slept through.
    asleep: u32,
    /// How many it will be the next time.
    penalty: u32,
}

impl Default for CpuAffinity {
    fn default() -> Self {
        let allowed = sched_getaffinity(Pid::from_raw(0)).ok();
        let possible = allowed.as_ref().is_some_and(|set| only(set).is_none());
        let vigil = Vigil { possible, vain: 0, asleep: 0, penalty: ASLEEP.0 };
        Self { stops: 0, allowed, bound: false, vigil }
    }
}

impl CpuAffinity {
    /// A thread stopped: from time to time, looks whether it is bound to one processor, and goes there.
    pub(super) fn stopped(&mut self, tid: i32) {
        self.stops += 1;
        if self.stops.is_multiple_of(PERIOD) && self.vigil.possible {
            self.follow(tid);
        }
    }

    fn follow(&mut self, tid: i32) {
        let Some(allowed) = &self.allowed else { return };
        let theirs = sched_getaffinity(Pid::from_raw(tid)).ok();
        let bound = theirs.filter(|set| only(set).is_some_and(|cpu| allowed.is_set(cpu) == Ok(true)));
        if bound.is_some() != self.bound {
            let goal = bound.as_ref().unwrap_or(allowed);
            self.bound = sched_setaffinity(Pid::from_raw(0), goal).is_ok() && bound.is_some();
        }
    }

    /// Whether we stay awake while a thread resumed now runs.
    pub(super) fn is_awake(&self) -> bool {
        !self.bound && self.vigil.possible && self.vigil.asleep == 0
    }

    /// Takes the reports that come while we stay awake, until there is one of this thread.
    pub(super) fn poll_for(&mut self, tid: i32, with_times: bool) -> Vec<Waited> {
        let (began, mut reports) = (Instant::now(), Vec::new());
        while began.elapsed() < AWAKE && reports.last().is_none_or(|last: &Waited| last.tid != tid) {
            // An error comes again when it is waited for.
            reports.extend(ptrace::wait(false, with_times).ok().flatten());
        }
        reports
    }

    /// Waits for any tracee, as [`ptrace::wait`] that blocks.
    pub(super) fn wait(&mut self, with_times: bool) -> io::Result<Option<Waited>> {
        if !self.bound && self.vigil.begins() {
            let began = Instant::now();
            loop {
                for _ in 0..POLLS {
                    if let Some(waited) = ptrace::wait(false, with_times)? {
                        self.vigil.paid();
                        return Ok(Some(waited));
                    }
                }
                if began.elapsed() > AWAKE {
                    break;
                }
            }
            self.vigil.was_vain();
        }
        ptrace::wait(true, with_times)
    }
}

impl Drop for CpuAffinity {
    /// A program that uses us as a library gets its processors back.
    fn drop(&mut self) {
        if let (true, Some(allowed)) = (self.bound, &self.allowed) {
            let _ = sched_setaffinity(Pid::from_raw(0), allowed);
        }
    }
}

impl Vigil {
    fn begins(&mut self) -> bool {
        if self.asleep > 0 {
            self.asleep -= 1;
            return false;
        }
        self.possible
    }

    fn paid(&mut self) {
        self.vain = 0;
        self.penalty = (self.penalty - self.penalty / 16).max(ASLEEP.0);
    }

    fn was_vain(&mut self) {
        self.vain += 1;
        if self.vain >= VAIN {
            // One more vain one is enough to give up again.
            self.vain = VAIN - 1;
            self.asleep = self.penalty;
            self.penalty = (self.penalty * 2).min(ASLEEP.1);
        }
    }
}

/// The processor of a set of one.
fn only(set: &CpuSet) -> Option<usize> {
    let mut cpus = (0..CpuSet::count()).filter(|&cpu| set.is_set(cpu) == Ok(true));
    let first = cpus.next()?;
    cpus.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cpus: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        cpus.iter().for_each(|&cpu| set.set(cpu).unwrap());
        set
    }

    #[test]
    fn a_set_of_one_is_distinguished_from_others() {
        assert_eq!(only(&set(&[3])), Some(3));
        assert_eq!(only(&set(&[0, 3])), None);
        assert_eq!(only(&set(&[])), None);
    }

    #[test]
    fn vain_vigils_become_rare_and_paid_ones_frequent() {
        let mut vigil = Vigil { possible: true, vain: 0, asleep: 0, penalty: ASLEEP.0 };
        let mut awake = 0;
        for _ in 0..100_000 {
            if vigil.begins() {
                awake += 1;
                vigil.was_vain();
            }
        }
        assert!((10..60).contains(&awake), "{awake}");
        while !vigil.begins() {}
        for _ in 0..200 {
            vigil.paid();
            assert!(vigil.begins());
        }
        assert_eq!((vigil.penalty, vigil.vain), (ASLEEP.0, 0));
    }
}
