//! The Python stack of a call, read while its thread stands still or concurrently.

use std::sync::Arc;

use crate::event::PythonStack;
use crate::syscall::{Class, Syscall};
use crate::tracer::follow::Tracer;

impl Tracer {
    pub(in crate::tracer::follow) fn python_stack(&mut self, pid: i32, tid: i32) -> Option<Arc<PythonStack>> {
        self.python.as_mut()?.stack(pid, tid)
    }

    /// Whether a thread's Python stack is read while the thread makes its call already, rather than before.
    ///
    /// From its entry until we let it go on from its exit it is in the kernel, and its frames stay as they are. So
    /// where it runs on another processor than we do, and reading is quick, the reading costs next to nothing. A call
    /// that is about memory or processes may take away what is to be read.
    pub(super) fn reads_concurrently(&self, sys: &Syscall, pid: i32, tid: i32) -> bool {
        let steady = self.python.as_ref().is_some_and(|python| python.is_steady(pid, tid));
        steady && self.affinity.is_awake() && sys.class.contains(Class::SOCKETS)
    }

    /// Reads the stack of a thread that has been let go into its call.
    pub(super) fn python_stack_concurrently(&mut self, pid: i32, tid: i32) -> Option<Arc<PythonStack>> {
        let known = self.python.as_mut()?.recall(pid, tid);
        if known.is_some() {
            return known;
        }
        // The rest takes long. So that it does not count as the call's own time, the call's end comes first, if near.
        self.queue.extend(self.affinity.poll_for(tid, self.settings.system_times));
        self.python_stack(pid, tid)
    }

    /// Whether another thread of the process is in a call that may close a descriptor: which one a number means may
    /// change at any moment, and may have changed.
    pub(in crate::tracer::follow) fn unsteady(&self, pid: i32, tid: i32) -> bool {
        self.closers.iter().any(|&other| other != tid && self.process(other) == pid)
    }
}
