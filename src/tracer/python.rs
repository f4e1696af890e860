//! Python stacks at the entry of calls, for events.
//!
//! The reader of frames is told what becomes of processes, and its stacks are turned into the plain data of events:
//! once per different stack, since a loop makes its calls from the same place.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::event::{PythonColumns, PythonFrame, PythonStack};
use crate::pyframes::{Frame, Live, Reader, Stack, Thread};

/// Reads the stacks of stopped threads.
#[derive(Debug, Default)]
pub(super) struct PythonStacks {
    reader: Reader,
    /// What each thread's stack was last, as it was read and as it was told.
    last: HashMap<i32, (Arc<Stack>, Arc<PythonStack>)>,
    /// The processes that have executed a program of their own since they were made.
    executed: HashSet<i32>,
}

impl PythonStacks {
    /// The stack of a thread that is stopped at the entry of a call.
    pub fn stack(&mut self, pid: i32, tid: i32) -> Option<Arc<PythonStack>> {
        let stack = self.reader.stack(Thread { pid, tid }, &Live::new(tid))?;
        match self.last.get(&tid) {
            Some((last, told)) if Arc::ptr_eq(last, &stack) => Some(told.clone()),
            _ => {
                let told = Arc::new(plain(&stack));
                self.last.insert(tid, (stack, told.clone()));
                Some(told)
            }
        }
    }

    /// A process has executed a program; `tid` is its only thread.
    pub fn executed(&mut self, tid: i32) {
        self.reader.exec(tid, &Live::new(tid));
        self.last.remove(&tid);
        self.executed.insert(tid);
    }

    /// A thread has made a process. The report of that may come after the child's own first ones.
    pub fn forked(&mut self, pid: i32, tid: i32, child: i32) {
        if !self.executed.contains(&child) {
            self.reader.fork(Thread { pid, tid }, child);
        }
    }

    /// A thread has ended or is no longer traced, and whether its process has with it.
    pub fn ended(&mut self, pid: i32, tid: i32, whole: bool) {
        self.last.remove(&tid);
        if whole {
            self.reader.forget(pid);
            self.executed.remove(&pid);
        } else {
            self.reader.exit(Thread { pid, tid });
        }
    }

    /// What has to be said to the user, each once.
    pub fn remarks(&mut self) -> impl Iterator<Item = String> + use<> {
        self.reader.take_notes().into_iter().map(|note| note.to_string())
    }
}

fn plain(stack: &Stack) -> PythonStack {
    PythonStack { frames: stack.frames.iter().map(|frame| plain_frame(frame)).collect(), truncated: stack.truncated }
}

fn plain_frame(frame: &Frame) -> PythonFrame {
    let columns = frame.columns;
    PythonFrame {
        file: frame.file.clone(),
        line: frame.line,
        function: frame.function.clone(),
        columns: columns.map(|at| PythonColumns { start: at.start, end_line: at.end_line, end: at.end }),
        source: frame.source.clone(),
        expression: frame.expression.clone(),
        library: frame.library,
    }
}
