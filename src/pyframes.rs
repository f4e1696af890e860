//! Which line of Python made a system call.
//!
//! The reader inspects a thread that is stopped at a call from outside: it finds CPython in the thread's process, and
//! follows the interpreter's own structures from the thread to its frames and on to file, line, function, columns and
//! source text. The process is only read, never changed, and needs no preparation. CPython 2.7 and 3.6 – 3.15 are
//! supported on 64-bit machines; any other is reported once as not supported.
//!
//! It works over [`crate::memory::Memory`] and [`Process`] only. A tracer reports `exec`, `fork` and exits to it, and
//! asks for the [`Stack`] at the calls it shows. That costs some microseconds, since known stacks are cached and
//! compared instead of read again; and a known stack can be returned without holding up the thread
//! ([`Reader::recall`]).
//!
//! ```no_run
//! use sockscope::pyframes::{Live, Reader, Thread};
//!
//! # let tid = 1;
//! let mut reader = Reader::new();
//! // … at each system-call stop of the thread:
//! if let Some(stack) = reader.stack(Thread { pid: tid, tid }, &Live::new(tid)) {
//!     if let Some(frame) = stack.caller() {
//!         println!("{}:{:?} in {}", frame.file, frame.line, frame.function);
//!     }
//! }
//! ```

mod awaiting;
mod code;
mod elf;
mod fit;
mod guards;
mod layout;
mod lines;
mod objects;
mod own;
mod prefetch;
mod process;
mod program;
mod runtime;
mod source;
mod stack;
mod standard;

pub use crate::event::{
    PythonAwaiting as Awaiting, PythonColumns as Columns, PythonFrame as Frame, PythonStack as Stack,
};
pub(crate) use guards::Guards;
pub use own::OwnCode;
pub use process::{Live, Mapping, Process};

use awaiting::Awaits;
use program::{Python, PythonProgram};
use stack::{Scratch, ThreadCache, Walk};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The ids of one thread of a traced program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thread {
    /// Its process (the thread group's id), as the tracer sees it.
    pub pid: i32,
    /// Its own id; the same as `pid` for a process's first thread.
    pub tid: i32,
}

/// A version of Python, without the patch level, on which no layout depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 3 of 3.11.
    pub major: u8,
    /// 11 of 3.11.
    pub minor: u8,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The resolution of a process's start time in procfs.
const TICK: Duration = Duration::from_millis(20);

/// The newest supported version of CPython; the oldest are 2.7 and 3.6.
pub const NEWEST: Version = layout::NEWEST;

/// Why some calls have no Python frames. Each note is reported once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Note {
    /// A CPython whose structures are unknown.
    Unsupported {
        /// Its version and what is special about it: `3.13, free-threaded`.
        name: String,
    },
    /// A Python other than CPython.
    OtherPython {
        /// The name of the implementation.
        name: &'static str,
    },
    /// A process whose memory may not be read.
    NotDumpable,
    /// The machine's thread pointer, by which a thread is found in CPython, cannot be read.
    NoThreadPointer,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { name } => write!(
                f,
                "CPython {name} is not supported, so its calls are shown without their Python lines; try one of \
                 2.7 and 3.6 to {NEWEST}"
            ),
            Self::OtherPython { name } => write!(
                f,
                "{name} is not supported, so its calls are shown without their Python lines; try CPython 2.7 or 3.6 to \
                 {NEWEST}"
            ),
            Self::NotDumpable => f.write_str(
                "a traced process is not dumpable, as after changing its user, so its calls are shown without \
                 their Python lines; trace it as root to see them",
            ),
            Self::NoThreadPointer => f.write_str(
                "the thread pointer cannot be read on this machine, so calls are shown without their Python lines; \
                 try an x86-64 one",
            ),
        }
    }
}

/// Reads the Python stacks of traced processes, and caches them.
#[derive(Debug)]
pub struct Reader {
    programs: HashMap<i32, PythonProgram>,
    cache: bool,
    scratch: Scratch,
    notes: Vec<Note>,
    own: Arc<OwnCode>,
    reported: HashSet<Note>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader that has seen no process yet.
    pub fn new() -> Self {
        Self {
            programs: HashMap::new(),
            cache: true,
            scratch: Scratch::default(),
            notes: Vec::new(),
            own: Arc::default(),
            reported: HashSet::new(),
        }
    }

    /// A reader that reads every stack from memory, to measure and test the cache.
    pub fn without_cache() -> Self {
        Self { cache: false, ..Self::new() }
    }

    /// A reader for which these paths are own code, or a library's.
    #[must_use]
    pub fn with_own_code(self, own: OwnCode) -> Self {
        Self { own: Arc::new(own), ..self }
    }

    /// The stack of a thread that is stopped in a system call.
    ///
    /// `None` when it runs no Python code: its program is not Python, or its thread was not made by Python, or the
    /// interpreter is still starting. Also when the stack cannot be read whole, for which
    /// [`take_notes`](Self::take_notes) has the reason if there is a lasting one.
    pub fn stack(&mut self, thread: Thread, process: &dyn Process) -> Option<Arc<Stack>> {
        let (cache, mut scratch) = (self.cache, std::mem::take(&mut self.scratch));
        let (stack, note) = self.program(thread.pid, process).stack(thread, process, cache, &mut scratch);
        self.scratch = scratch;
        self.note(note);
        stack.filter(|stack| !stack.frames.is_empty())
    }

    /// Whether [`recall`](Self::recall) is likely to have the thread's stack, as in a loop.
    pub fn is_steady(&self, thread: Thread) -> bool {
        let known = self.programs.get(&thread.pid).and_then(|program| program.threads.get(&thread.tid));
        self.cache && known.is_some_and(ThreadCache::is_steady)
    }

    /// The stack of a thread in a system call, if it is a known one; takes a few microseconds.
    ///
    /// The thread need not be stopped. As long as it is inside the call, which lasts until its tracer continues it
    /// from the call's exit, its frames do not change; the call must not write to the thread's memory.
    pub fn recall(&mut self, thread: Thread, process: &dyn Process) -> Option<Arc<Stack>> {
        let program = self.programs.get_mut(&thread.pid)?;
        program.recall(thread, process, &mut self.scratch).filter(|stack| !stack.frames.is_empty())
    }

    /// A thread's stack at the end of a call in which its event loop has waited, and found only this descriptor ready: with who
    /// awaits that, where it is certain. `stack` is that of the call's entry; the thread is still in the call.
    pub fn ready(
        &mut self,
        thread: Thread,
        process: &dyn Process,
        descriptor: i32,
        stack: &Arc<Stack>,
    ) -> Option<Arc<Stack>> {
        let program = self.programs.get_mut(&thread.pid)?;
        let Python::Found(runtime) = &program.python else { return None };
        let (codes, sources, cache) = (&mut program.codes, &mut program.sources, self.cache);
        let (main_thread, scratch) = (thread.pid == thread.tid, &mut self.scratch);
        let mut walk = Walk { runtime, process, codes, sources, cache, make: true, main_thread, scratch };
        walk.codes.begin();
        program.awaits.ready(&mut walk, program.threads.get(&thread.tid)?, descriptor, stack)
    }

    /// What the memory of a thread holds while it has this stack, which was just read: for what recognises it inside the
    /// process. `None` where its memory does not decide alone, as with several interpreters, or for who awaits.
    pub(crate) fn guards(&mut self, thread: Thread, process: &dyn Process, stack: &Arc<Stack>) -> Option<Guards> {
        let program = self.programs.get_mut(&thread.pid)?;
        let Python::Found(runtime) = &program.python else { return None };
        program.threads.get_mut(&thread.tid)?.guards(runtime, process.memory(), stack)
    }

    /// Whether calls of a process may have a Python stack, now or soon; looks for Python as a stop does. A Python that is
    /// not supported has none.
    pub(crate) fn may_have_stacks(&mut self, pid: i32, process: &dyn Process) -> bool {
        let program = self.program(pid, process);
        let note = program.seek(process);
        let may = match &program.python {
            Python::Sought(search) => search.is_near(),
            Python::Found(_) => true,
            Python::Unreadable => false,
        };
        self.note(note);
        may
    }

    fn program(&mut self, pid: i32, process: &dyn Process) -> &mut PythonProgram {
        self.programs.entry(pid).or_insert_with(|| {
            // procfs gives the start time in ticks, so it may be too early by one.
            PythonProgram::new(process, process.created().ok().map(|created| created + TICK), self.own.clone())
        })
    }

    fn note(&mut self, note: Option<Note>) {
        if let Some(note) = note
            && self.reported.insert(note.clone())
        {
            self.notes.push(note);
        }
    }

    /// The version of the Python that a process runs, once a stop of it has shown one.
    pub fn version(&self, pid: i32) -> Option<Version> {
        match &self.programs.get(&pid)?.python {
            Python::Found(runtime) => Some(runtime.layout.version),
            _ => None,
        }
    }

    /// A process has executed a program, so all that is known about it is dropped. Called at that moment, it records
    /// the directory that relative file names start from; otherwise the one at the first stop is used.
    pub fn exec(&mut self, pid: i32, process: &dyn Process) {
        self.programs.insert(pid, PythonProgram::new(process, Some(SystemTime::now()), self.own.clone()));
    }

    /// A thread has made a new process by fork, vfork, or a clone without `CLONE_THREAD`: the child begins as a copy. Its
    /// own first reports may have come before this one; then what they have shown stands, it may be another program by now.
    pub fn fork(&mut self, parent: Thread, child: i32) {
        let Some(program) = self.programs.get(&parent.pid).filter(|_| !self.programs.contains_key(&child)) else {
            return;
        };
        let threads = program.threads.get(&parent.tid).map(|cache| (child, cache.clone()));
        let (python, codes, sources) = (program.python.clone(), program.codes.clone(), program.sources.clone());
        let (threads, awaits) = (threads.into_iter().collect(), Awaits::default());
        self.programs.insert(child, PythonProgram { python, threads, codes, sources, awaits });
    }

    /// A thread has ended; its process may live on.
    pub fn exit(&mut self, thread: Thread) {
        if let Some(program) = self.programs.get_mut(&thread.pid) {
            program.threads.remove(&thread.tid);
        }
    }

    /// A process has ended, or is no longer traced.
    pub fn forget(&mut self, pid: i32) {
        self.programs.remove(&pid);
    }

    /// The notes since the last call; each is returned only once.
    pub fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Lent, Memory};
    use std::fs::File;
    use std::io;
    use std::path::{Path, PathBuf};

    fn frame(file: &str, library: bool) -> Arc<Frame> {
        Arc::new(Frame {
            file: file.into(),
            function: "f".into(),
            line: Some(1),
            columns: None,
            source: None,
            expression: None,
            library,
        })
    }

    #[test]
    fn the_callers_frame_and_the_one_it_went_through() {
        let stack =
            |frames: &[(&str, bool)]| Stack::new(frames.iter().map(|(file, library)| frame(file, *library)).collect());
        let files = |stack: &Stack| {
            let name = |frame: Option<&Arc<Frame>>| frame.map(|frame| frame.file.to_string());
            (name(stack.caller()), name(stack.via()))
        };
        let some = |name: &str| Some(name.to_string());
        assert_eq!(files(&stack(&[("a", false), ("b", true), ("c", false)])), (some("a"), None));
        assert_eq!(files(&stack(&[("a", true), ("b", true), ("c", false)])), (some("c"), some("a")));
        assert_eq!(files(&stack(&[("a", true), ("b", true)])), (some("a"), None));
        assert_eq!(files(&stack(&[])), (None, None));
    }

    /// A process whose memory a test provides.
    struct FakeProcess<'a> {
        memory: Lent<'a>,
        /// Its one module.
        module: io::Result<&'a str>,
    }

    impl Process for FakeProcess<'_> {
        fn memory(&self) -> &dyn Memory {
            &self.memory
        }

        fn thread_pointer(&self) -> Option<u64> {
            Some(0x7000)
        }

        fn mappings(&self) -> io::Result<Vec<Mapping>> {
            match &self.module {
                Ok(path) => Ok(vec![Mapping { start: 0x10000, offset: 0, path: path.into() }]),
                Err(error) => Err(error.kind().into()),
            }
        }

        fn current_dir(&self) -> io::Result<PathBuf> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn command_line(&self) -> io::Result<Vec<Vec<u8>>> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn created(&self) -> io::Result<SystemTime> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn executable(&self) -> io::Result<PathBuf> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn open(&self, _: &Path) -> io::Result<File> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn open_stdin(&self) -> io::Result<File> {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    /// The notes about processes whose one symbol lies at these bytes.
    fn notes(symbol: &str, runtime: &[u8], path: &str) -> Vec<String> {
        let module = elf::tests::module(symbol);
        let regions = [(0x10000, &module[..]), (0x10500, runtime)];
        let process = FakeProcess { memory: Lent::new(&regions), module: Ok(path) };
        let mut reader = Reader::new();
        for pid in [7, 8] {
            reader.exec(pid, &process);
            for _ in 0..3 {
                assert_eq!(reader.stack(Thread { pid, tid: pid }, &process), None);
            }
        }
        reader.take_notes().iter().map(Note::to_string).collect()
    }

    #[test]
    fn an_unsupported_python_is_reported_once() {
        let described = |version: u64, free_threaded: u64| {
            let words = [u64::from_ne_bytes(*b"xdebugpy"), version, free_threaded];
            words.into_iter().flat_map(u64::to_ne_bytes).chain([0; 120]).collect::<Vec<u8>>()
        };
        let start = |runtime: &[u8], path| {
            let notes = notes("_PyRuntime", runtime, path);
            assert!(notes.len() <= 1, "{notes:?}");

            notes.first().map(|note| note.split(" is not supported").next().unwrap_or_default().to_owned())
        };
        assert_eq!(start(&described(0x0310_00f0, 0), "/usr/bin/python3").as_deref(), Some("CPython 3.16"));
        let unreleased = start(&described(0x030f_00a3, 0), "/usr/bin/python3");
        assert_eq!(unreleased.as_deref(), Some("CPython 3.15, before its release"));
        let free_threaded = start(&described(0x030d_00f0, 1), "/usr/bin/python3");
        assert_eq!(free_threaded.as_deref(), Some("CPython 3.13, free-threaded"));
        assert_eq!(start(&[0; 640], "/usr/bin/python3.5").as_deref(), Some("CPython 3.5"));
        assert_eq!(start(&[0; 640], "/usr/bin/something"), None, "its version is not known yet");
        assert_eq!(start(&[0; 640], "/usr/bin/python3.9"), None, "no interpreter in it yet");
        let pypy = notes("PyPy_GetVersion", &[0; 64], "/usr/lib/libpypy3.9-c.so");
        assert!(pypy.len() == 1 && pypy[0].starts_with("PyPy is not supported, so "), "{pypy:?}");
    }

    #[test]
    fn a_report_of_a_fork_that_comes_late_takes_nothing_back() {
        let module = elf::tests::module("PyPy_GetVersion");
        let regions = [(0x10000, &module[..]), (0x10500, &[0; 64][..])];
        let process = FakeProcess { memory: Lent::new(&regions), module: Ok("/usr/lib/libpypy3.9-c.so") };
        let mut reader = Reader::new();
        let (parent, child) = (Thread { pid: 7, tid: 7 }, 8);
        reader.exec(parent.pid, &process);
        assert_eq!(reader.stack(parent, &process), None);
        assert!(matches!(reader.programs[&parent.pid].python, Python::Unreadable));
        // The child has executed another program before its parent's report came.
        reader.exec(child, &process);
        reader.fork(parent, child);
        assert!(matches!(reader.programs[&child].python, Python::Sought(_)));
        // One that is new begins as a copy, also where a process before it had its number.
        reader.forget(child);
        reader.fork(parent, child);
        assert!(matches!(reader.programs[&child].python, Python::Unreadable));
    }

    #[test]
    fn a_process_that_is_not_dumpable_is_reported_once() {
        let process = FakeProcess { memory: Lent::default(), module: Err(io::ErrorKind::PermissionDenied.into()) };
        let mut reader = Reader::new();
        for tid in [7, 7, 8, 8] {
            assert_eq!(reader.stack(Thread { pid: tid, tid }, &process), None);
        }
        assert_eq!(reader.take_notes(), [Note::NotDumpable]);
        assert_eq!(reader.take_notes(), []);
    }

    #[test]
    fn a_process_without_python_has_no_stack_and_no_note() {
        let tid = nix::unistd::gettid().as_raw();
        let mut reader = Reader::new();
        for _ in 0..9 {
            assert_eq!(reader.stack(Thread { pid: tid, tid }, &Live::new(tid)), None);
        }
        assert_eq!(reader.take_notes(), []);
        assert_eq!(reader.version(tid), None);
    }
}
