//! What is known of a process that may run Python.

use super::awaiting::Awaits;
use super::code::CodeCache;
use super::elf::pointer;
use super::own::OwnCode;
use super::process::Process;
use super::runtime::{Runtime, RuntimeSearch, SearchResult};
use super::source::Sources;
use super::stack::{Miss, Scratch, ThreadCache, Walk};
use super::{Note, Thread};
use crate::event::PythonStack as Stack;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

/// What is known of a process since its last `exec`.
#[derive(Debug, Clone)]
pub(super) struct PythonProgram {
    pub(super) python: Python,
    pub(super) threads: HashMap<i32, ThreadCache>,
    pub(super) codes: CodeCache,
    pub(super) sources: Sources,
    pub(super) awaits: Awaits,
}

#[derive(Debug, Clone)]
pub(super) enum Python {
    /// Not found so far.
    Sought(RuntimeSearch),
    Found(Runtime),
    /// Found, but its structures are unknown.
    Unreadable,
}

/// The note for a process that has made itself not dumpable since.
fn unreadable(runtime: &Runtime, process: &dyn Process) -> Option<Note> {
    let denied = || process.mappings().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    (pointer(process.memory(), runtime.head).is_none() && denied()).then_some(Note::NotDumpable)
}

impl PythonProgram {
    /// A program that began at this time, if it is known.
    pub(super) fn new(process: &dyn Process, began: Option<SystemTime>, own: Arc<OwnCode>) -> Self {
        Self {
            python: Python::Sought(RuntimeSearch::default()),
            threads: HashMap::new(),
            codes: CodeCache::default(),
            sources: Sources::new(process, began, own),
            awaits: Awaits::default(),
        }
    }

    pub(super) fn stack(
        &mut self,
        thread: Thread,
        process: &dyn Process,
        cache: bool,
        scratch: &mut Scratch,
    ) -> (Option<Arc<Stack>>, Option<Note>) {
        let note = self.seek(process);
        let Python::Found(runtime) = &self.python else {
            return (None, note);
        };
        let (codes, sources) = (&mut self.codes, &mut self.sources);
        let main_thread = thread.pid == thread.tid;
        let mut walk = Walk { runtime, process, codes, sources, cache, make: true, main_thread, scratch };
        let awaits = &mut self.awaits;
        let known = self.threads.get_mut(&thread.tid).map(|cache| (cache.stack(&mut walk, false), cache));
        let thread_pointer = match &known {
            Some((Ok(stack), cache)) => return (Some(awaits.complete(&mut walk, cache, stack.clone())), None),
            Some((Err(Miss::Unreadable | Miss::New), _)) => return (None, unreadable(runtime, process)),
            Some((Err(Miss::Moved), cache)) => Some(cache.thread_pointer()),
            None => process.thread_pointer(),
        };
        let Some(thread_pointer) = thread_pointer else {
            return (None, Some(Note::NoThreadPointer));
        };
        let Some(state) = runtime.thread_state(process, thread_pointer) else {
            return (None, unreadable(runtime, process));
        };
        let cache = self.threads.entry(thread.tid).or_insert_with(|| ThreadCache::new(thread_pointer, state));
        cache.settle(state);
        let stack = cache.stack(&mut walk, true).ok();
        (stack.map(|stack| awaits.complete(&mut walk, cache, stack)), None)
    }

    /// The stack, if the thread is known and it is one of its known stacks.
    pub(super) fn recall(
        &mut self,
        thread: Thread,
        process: &dyn Process,
        scratch: &mut Scratch,
    ) -> Option<Arc<Stack>> {
        let Python::Found(runtime) = &self.python else { return None };
        let (codes, sources) = (&mut self.codes, &mut self.sources);
        let main_thread = thread.pid == thread.tid;
        let mut walk = Walk { runtime, process, codes, sources, cache: true, make: false, main_thread, scratch };
        let cache = self.threads.get_mut(&thread.tid)?;
        let stack = cache.stack(&mut walk, false).ok()?;
        Some(self.awaits.complete(&mut walk, cache, stack))
    }

    /// Searches for Python unless it was found.
    pub(super) fn seek(&mut self, process: &dyn Process) -> Option<Note> {
        let Python::Sought(search) = &mut self.python else {
            return None;
        };
        match search.step(process)? {
            SearchResult::Runtime(runtime) => self.python = Python::Found(*runtime),
            SearchResult::Unsupported { name } => {
                self.python = Python::Unreadable;
                return Some(Note::Unsupported { name });
            }
            SearchResult::Other { name } => {
                self.python = Python::Unreadable;
                return Some(Note::OtherPython { name });
            }
            SearchResult::Denied => return Some(Note::NotDumpable),
            SearchResult::Nothing => {}
        }
        None
    }
}
