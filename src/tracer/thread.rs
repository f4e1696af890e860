//! One traced thread and where it stands.

use std::sync::Arc;

use crate::decode::{Context, Limits, NoNames, Pending};
use crate::event::{Call, PythonStack, Ret, Why};
use crate::memory::Lent;
use crate::state::Before;
use crate::sys::proc::{Proc, Sleep};

use super::identity::Targets;
use super::ptrace::StopTimes;
use super::tamper::{Counts, Tamper};

/// A traced thread.
#[derive(Debug)]
pub(super) struct Thread {
    /// Its process.
    pub pid: i32,
    /// Where it stands.
    pub phase: Phase,
    /// The number of the call it made last, 0 before the first.
    pub last_call: u64,
    /// The number of the call before that one, 0 where there was none.
    pub call_before: u64,
    /// The call it slept in when it was attached to, until its first stop.
    pub sleep: Option<Sleep>,
    /// Whether it stopped at the entry of its call before any filter saw it.
    pub entered: bool,
    /// What its next entry means, where it was in a call when it was attached to.
    pub resumed: Resumed,
    /// How often it made the calls that something is to be done to.
    pub counts: Counts,
}

/// What becomes of a call that attaching interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resumed {
    /// There is none.
    No,
    /// The kernel makes it again: the next entry is not a new call.
    Again,
    /// It failed with EINTR, which the program has seen: the next entry is a new call.
    Interrupted,
}

impl Thread {
    /// A thread of a process, in its own code.
    pub(super) fn new(pid: i32) -> Self {
        let counts = Counts::default();
        Self {
            pid,
            phase: Phase::Outside,
            last_call: 0,
            call_before: 0,
            sleep: None,
            entered: false,
            resumed: Resumed::No,
            counts,
        }
    }
}

/// Where a thread stands between two stops.
#[derive(Debug)]
pub(super) enum Phase {
    /// In its own code.
    Outside,
    /// In a call that is reported.
    Inside(Box<Inside>),
    /// In a call that is not reported.
    Ignored,
}

/// A call that was entered.
#[derive(Debug)]
pub(super) struct Inside {
    /// What is known.
    pub pending: Pending,
    /// When it was entered, ns since 1970.
    pub ts_ns: u64,
    /// When it was let go into the call, and its time in the kernel till then.
    pub times: StopTimes,
    /// Whether the call is reported is decided by its result.
    pub undecided: bool,
    /// The thread's Python stack at entry.
    pub python: Option<Arc<PythonStack>>,
    /// Why it waits, looked at when the end of its process was near.
    pub why: Option<Box<Why>>,
    /// The states of its sockets at entry, where they are asked.
    pub sockets: Option<Before>,
    /// What was done to it, and is to be done at its exit.
    pub tampered: Option<Tamper>,
    /// The instruction that made it, where that is shown.
    pub ip: Option<u64>,
    /// What its descriptors refer to, where that is asked.
    pub targets: Targets,
    /// Whether it was recorded inside the program, without a stop.
    pub recorded: bool,
}

impl Inside {
    /// The call as far as it is known.
    pub(super) fn unfinished(&self) -> Call {
        let context = Context { limits: Limits::default(), names: &NoNames };
        // Without its return nothing more is read from memory.
        let mut call = self.pending.clone().exit(Ret::Unfinished, &Lent::new(&[]), &context);
        call.sockets = self.sockets.clone().and_then(Before::unfinished);
        call
    }
}

/// Where a thread belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Membership {
    /// Its process.
    pub process: i32,
    /// The process that made that one.
    pub parent: i32,
}

/// Looks up where a thread belongs.
pub(super) fn membership(tid: i32) -> Option<Membership> {
    let status = Proc::new(tid).status()?;
    Some(Membership { process: status.get("Tgid")?, parent: status.get("PPid")? })
}
