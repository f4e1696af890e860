//! Which process a thread belongs to: text names threads only, so it is learnt from the calls that make them.

use rustc_hash::FxHashMap;

use crate::event::{Call, Ret};
use crate::syscall::Change;

/// Threads remembered; beyond that a thread counts as a process of its own.
const MOST: usize = 1 << 20;

/// What is known of the threads of a trace.
#[derive(Debug, Default)]
pub(super) struct Threads {
    process: FxHashMap<u32, u32>,
    last: Option<(u32, u32)>,
    /// The only thread left, whose lines have no number on a terminal.
    sole: u32,
}

impl Threads {
    /// The process of a thread. A new one belongs to `maker`, if that is given: the process of a thread that is
    /// making one just now.
    pub(super) fn process(&mut self, tid: u32, maker: impl FnOnce() -> Option<u32>) -> u32 {
        if let Some((last, pid)) = self.last
            && last == tid
        {
            return pid;
        }
        let pid = match self.process.get(&tid) {
            Some(pid) => *pid,
            None => {
                let maker = maker().and_then(|tid| self.process.get(&tid).copied());
                let pid = maker.unwrap_or(tid);
                self.learn(tid, pid);
                pid
            }
        };
        self.last = Some((tid, pid));
        pid
    }

    fn learn(&mut self, tid: u32, pid: u32) {
        if self.process.len() < MOST {
            self.process.insert(tid, pid);
        }
    }

    /// A call that may have made a thread or a process.
    pub(super) fn made(&mut self, pid: u32, call: &Call) {
        let Ret::Ok(made) = call.ret else { return };
        let Some(made) = u32::try_from(made).ok().filter(|made| *made > 0) else { return };
        if let Change::Forks { thread, .. } = call.change() {
            self.learn(made, if thread { pid } else { made });
            self.last = None;
        }
    }

    /// A thread has ended. Where one is left, lines without a number are its own.
    pub(super) fn ended(&mut self, tid: u32) {
        self.process.remove(&tid);
        self.last = None;
        if self.process.len() == 1
            && let Some(left) = self.process.keys().next()
        {
            self.sole = *left;
        }
    }

    /// The thread of a line that does not name one.
    pub(super) fn sole(&self) -> u32 {
        self.sole
    }
}
