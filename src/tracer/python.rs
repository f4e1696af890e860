//! Python stacks at the entry of calls, for events: the reader of frames is notified of what becomes of processes.

use std::sync::Arc;

use crate::event::{PythonFrame, PythonStack};
use crate::pyframes::{Guards, Live, OwnCode, Reader, Thread};
use crate::sys::proc::Proc;

/// Reads the stacks of stopped threads.
#[derive(Debug, Default)]
pub(super) struct PythonStacks {
    reader: Reader,
}

impl PythonStacks {
    /// Stacks in which these paths are own code, or a library's.
    pub(super) fn new(own: OwnCode) -> Self {
        Self { reader: Reader::new().with_own_code(own) }
    }

    /// The stack of a thread that is stopped at the entry of a call. For a thread without Python in a process that has
    /// Python elsewhere it is the thread's name.
    pub(super) fn stack(&mut self, pid: i32, tid: i32) -> Option<Arc<PythonStack>> {
        let stack = self.reader.stack(Thread { pid, tid }, &Live::new(tid));
        stack.or_else(|| {
            self.reader.version(pid).filter(|_| tid != pid)?;
            let name = Proc::new(tid).name()?;
            Some(Arc::new(PythonStack::new(vec![Arc::new(PythonFrame::of_thread(&name))])))
        })
    }

    /// Whether the stack is likely to be one seen before.
    pub(super) fn is_steady(&self, pid: i32, tid: i32) -> bool {
        self.reader.is_steady(Thread { pid, tid })
    }

    /// The stack of a thread inside a call that leaves its memory as it is, if it was seen before.
    pub(super) fn recall(&mut self, pid: i32, tid: i32) -> Option<Arc<PythonStack>> {
        self.reader.recall(Thread { pid, tid }, &Live::new(tid))
    }

    /// The stack of a thread whose event loop has found only this descriptor ready, with who awaits it.
    pub(super) fn ready(&mut self, pid: i32, tid: i32, fd: i32, stack: &Arc<PythonStack>) -> Option<Arc<PythonStack>> {
        self.reader.ready(Thread { pid, tid }, &Live::new(tid), fd, stack)
    }

    /// What the memory of a thread holds while it has this stack, which was just read.
    pub(super) fn guards(&mut self, pid: i32, tid: i32, stack: &Arc<PythonStack>) -> Option<Guards> {
        self.reader.guards(Thread { pid, tid }, &Live::new(tid), stack)
    }

    /// Whether calls of a process may have a stack, now or soon.
    pub(super) fn may_have_stacks(&mut self, pid: i32, tid: i32) -> bool {
        self.reader.may_have_stacks(pid, &Live::new(tid))
    }

    /// A process has executed a program; `tid` is its only thread.
    pub(super) fn executed(&mut self, tid: i32) {
        self.reader.exec(tid, &Live::new(tid));
    }

    /// A thread has made a process. The report of that may come after the child's own first ones.
    pub(super) fn forked(&mut self, pid: i32, tid: i32, child: i32) {
        self.reader.fork(Thread { pid, tid }, child);
    }

    /// A thread has ended or is no longer traced, and whether its process has with it.
    pub(super) fn ended(&mut self, pid: i32, tid: i32, whole: bool) {
        if whole {
            self.reader.forget(pid);
        } else {
            self.reader.exit(Thread { pid, tid });
        }
    }

    /// Remarks for the user, each once.
    pub(super) fn remarks(&mut self) -> impl Iterator<Item = String> + use<> {
        self.reader.take_notes().into_iter().map(|note| note.to_string())
    }
}
