//! Which process a thread belongs to: text names threads only, so it is learned from the calls that create them.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::event::{Call, Ret};
use crate::syscall::Change;
use crate::syscall::effect::asks_for_thread;

/// How many threads are remembered; beyond that a thread counts as a process of its own.
const MAX_THREADS: usize = 1 << 20;

/// What is known of the threads of a trace.
#[derive(Debug, Default)]
pub(super) struct Threads {
    process: FxHashMap<u32, u32>,
    last: Option<(u32, u32)>,
    /// The only remaining thread, whose lines have no number on a terminal.
    sole: u32,
    /// Threads that are inside a call that creates a thread.
    makers: BTreeSet<u32>,
    /// Those that strace reported attaching to, or that a call made.
    announced: FxHashSet<u32>,
}

impl Threads {
    /// The process of a thread. A new one belongs to the process of the only thread that is creating one.
    pub(super) fn process(&mut self, tid: u32) -> u32 {
        if let Some((last, pid)) = self.last
            && last == tid
        {
            return pid;
        }
        let pid = match self.process.get(&tid) {
            Some(pid) => *pid,
            None => {
                let maker = self.makers.first().filter(|_| self.makers.len() == 1);
                let pid = maker.and_then(|tid| self.process.get(tid).copied()).unwrap_or(tid);
                self.learn(tid, pid);
                pid
            }
        };
        self.last = Some((tid, pid));
        pid
    }

    /// The process of lines that name none, where the lines of others do.
    pub(super) fn begin_with(&mut self, main: u32) {
        self.sole = main;
        self.learn(main, main);
    }

    /// strace reported that it attached to a thread.
    pub(super) fn announce(&mut self, tid: u32) {
        if self.announced.len() < MAX_THREADS {
            self.announced.insert(tid);
        }
    }

    /// Whether a thread that names itself may be the one whose lines named none so far.
    pub(super) fn may_be_main(&self, tid: u32) -> bool {
        self.sole == 0 && !self.announced.contains(&tid)
    }

    fn learn(&mut self, tid: u32, pid: u32) {
        if self.process.len() < MAX_THREADS {
            self.process.insert(tid, pid);
        }
    }

    /// A call was entered that may create a thread before it returns.
    pub(super) fn entered(&mut self, tid: u32, name: &[u8], args: &[u8]) {
        if asks_for_thread(name, args) {
            self.makers.insert(tid);
        }
    }

    /// The thread's call has ended, or was given up.
    pub(super) fn left(&mut self, tid: u32) {
        self.makers.remove(&tid);
    }

    /// A call returned that may have created a thread or a process.
    pub(super) fn made(&mut self, pid: u32, call: &Call) {
        let Ret::Ok(made) = call.ret else { return };
        let Some(made) = u32::try_from(made).ok().filter(|made| *made > 0) else { return };
        if let Change::Forks { thread, .. } = call.change() {
            self.learn(made, if thread { pid } else { made });
            self.announce(made);
            self.last = None;
        }
    }

    /// A thread has ended. Where one remains, lines without a number are its own.
    pub(super) fn ended(&mut self, tid: u32) {
        self.process.remove(&tid);
        self.last = None;
        if self.process.len() == 1
            && let Some(left) = self.process.keys().next()
        {
            self.sole = *left;
        }
    }

    /// The thread of a line that names none.
    pub(super) fn sole(&self) -> u32 {
        self.sole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_thread_belongs_to_the_only_one_that_makes_one() {
        let mut threads = Threads::default();
        assert_eq!(threads.process(1), 1);
        threads.entered(1, b"clone", b"flags=CLONE_VM|CLONE_THREAD");
        assert_eq!(threads.process(2), 1);
        threads.left(1);
        assert_eq!(threads.process(3), 3);
        threads.entered(1, b"clone", b"flags=CLONE_THREAD");
        threads.entered(3, b"clone3", b"{flags=CLONE_THREAD}");
        assert_eq!((threads.process(4), threads.process(2)), (4, 1), "two threads create one: the parent is unknown");
        threads.entered(9, b"clone", b"flags=SIGCHLD");
        assert!(!threads.makers.contains(&9));
    }
}
