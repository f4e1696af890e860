//! Which line of Python made a system call.
//!
//! The reader looks from outside at a thread that is stopped at a call, finds CPython in its process, and follows the
//! interpreter's own structures from the thread to its frames and on to file, line, function, columns and source
//! text. The process is only read, never changed, and needs no preparation. CPython 2.7 and 3.6 – 3.15 are understood
//! on 64-bit machines; of others it is said once that they are not.
//!
//! It works over [`crate::memory::Memory`] and [`Process`] only. A tracer tells it of `exec`, `fork` and exits, and
//! asks for the [`Stack`] at the calls it shows. That costs some microseconds, since what was seen is remembered
//! and compared instead of read anew; and a stack seen before can be told without holding the thread up
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

mod code;
mod elf;
mod layout;
mod lines;
mod prefetch;
mod process;
mod runtime;
mod source;
mod stack;
mod standard;

pub use crate::event::{PythonColumns as Columns, PythonFrame as Frame, PythonStack as Stack};
pub use process::{Live, Mapping, Process};

use code::Codes;
use elf::pointer;
use runtime::{Found, Runtime, Search};
use source::Sources;
use stack::{History, Miss, Scratch, Walk};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// One thread of a traced program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thread {
    /// Its process (the thread group's id), as the tracer sees it.
    pub pid: i32,
    /// Itself; the same as `pid` for a process's first thread.
    pub tid: i32,
}

/// A version of Python, without the patch level, which changes nothing here.
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

/// What a process's time of making may be too early by.
const TICK: Duration = Duration::from_millis(20);

/// The newest version of CPython that is understood; the oldest are 2.7 and 3.6.
pub const NEWEST: Version = layout::NEWEST;

/// Why some calls have no Python frames. Each is said once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Note {
    /// A CPython whose structures are not known.
    Unsupported {
        /// Its version and what is special about it: `3.13, free-threaded`.
        name: String,
    },
    /// A Python that is no CPython.
    OtherPython {
        /// What it is called.
        name: &'static str,
    },
    /// A process does not let itself be read.
    NotDumpable,
    /// The machine does not tell the thread pointer by which a thread is found in CPython.
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

/// Reads the Python stacks of traced processes, and remembers what it needs to be quick.
#[derive(Debug)]
pub struct Reader {
    programs: HashMap<i32, Program>,
    cache: bool,
    scratch: Scratch,
    notes: Vec<Note>,
    said: HashSet<Note>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

/// What is known of one process since it executed its program.
#[derive(Debug, Clone)]
struct Program {
    python: Python,
    threads: HashMap<i32, History>,
    codes: Codes,
    sources: Sources,
}

#[derive(Debug, Clone)]
enum Python {
    /// Not found so far.
    Sought(Search),
    Found(Runtime),
    /// There is one, but it cannot be read.
    Unreadable,
}

impl Program {
    /// A program that has begun at a time, if that is known.
    fn new(process: &dyn Process, began: Option<SystemTime>) -> Self {
        Self {
            python: Python::Sought(Search::default()),
            threads: HashMap::new(),
            codes: Codes::default(),
            sources: Sources::new(process, began),
        }
    }
}

impl Reader {
    /// A reader that knows of no process yet.
    pub fn new() -> Self {
        Self {
            programs: HashMap::new(),
            cache: true,
            scratch: Scratch::default(),
            notes: Vec::new(),
            said: HashSet::new(),
        }
    }

    /// One that reads each stack anew, only to measure and to test what remembering is worth.
    pub fn without_cache() -> Self {
        Self { cache: false, ..Self::new() }
    }

    /// The stack of a thread that is stopped in a system call.
    ///
    /// `None` when it runs no Python code: its program is not Python, or its thread was not made by Python, or the
    /// interpreter is still starting. Also when the stack cannot be read whole, for which
    /// [`take_notes`](Self::take_notes) has the reason if there is a lasting one.
    pub fn stack(&mut self, thread: Thread, process: &dyn Process) -> Option<Arc<Stack>> {
        let program = self.programs.entry(thread.pid).or_insert_with(|| {
            // The clocks that say when tell it in ticks.
            Program::new(process, process.made().ok().map(|made| made + TICK))
        });
        let (stack, note) = program.stack(thread, process, self.cache, &mut self.scratch);
        if let Some(note) = note
            && self.said.insert(note.clone())
        {
            self.notes.push(note);
        }
        stack.filter(|stack| !stack.frames.is_empty())
    }

    /// Whether [`recall`](Self::recall) is likely to know the thread's stack, as in a loop.
    pub fn is_steady(&self, thread: Thread) -> bool {
        let known = self.programs.get(&thread.pid).and_then(|program| program.threads.get(&thread.tid));
        self.cache && known.is_some_and(History::is_steady)
    }

    /// The stack of a thread in a system call, if it is one that was seen before, which takes a few microseconds.
    ///
    /// The thread need not be stopped. As long as it is inside the call, which its tracer knows until it lets the
    /// thread go on from the call's exit, its frames do not change; it must be a call that leaves the memory as it is.
    pub fn recall(&mut self, thread: Thread, process: &dyn Process) -> Option<Arc<Stack>> {
        let program = self.programs.get_mut(&thread.pid)?;
        program.recall(thread, process, &mut self.scratch).filter(|stack| !stack.frames.is_empty())
    }

    /// The version of the Python that a process runs, once a stop of it has shown one.
    pub fn version(&self, pid: i32) -> Option<Version> {
        match &self.programs.get(&pid)?.python {
            Python::Found(runtime) => Some(runtime.layout.version),
            _ => None,
        }
    }

    /// A process has executed a program: nothing known of it holds any more. Told at that moment, the reader learns
    /// the directory that relative file names start from; otherwise it takes the one at the first stop it sees.
    pub fn exec(&mut self, pid: i32, process: &dyn Process) {
        self.programs.insert(pid, Program::new(process, Some(SystemTime::now())));
    }

    /// A thread has made a new process by fork, vfork, or a clone that makes no thread: the child begins as a copy.
    pub fn fork(&mut self, parent: Thread, child: i32) {
        let Some(program) = self.programs.get(&parent.pid) else {
            return;
        };
        let threads = program.threads.get(&parent.tid).map(|history| (child, history.clone()));
        let (python, codes, sources) = (program.python.clone(), program.codes.clone(), program.sources.clone());
        self.programs.insert(child, Program { python, threads: threads.into_iter().collect(), codes, sources });
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

    /// What has to be said since this was last asked. Nothing is said twice.
    pub fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }
}

impl Program {
    fn stack(
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
        let known = self.threads.get_mut(&thread.tid).map(|history| (history.stack(&mut walk, false), history));
        let thread_pointer = match &known {
            Some((Ok(stack), _)) => return (Some(stack.clone()), None),
            Some((Err(Miss::Unreadable | Miss::New), _)) => return (None, unreadable(runtime, process)),
            Some((Err(Miss::Moved), history)) => Some(history.thread_pointer()),
            None => process.thread_pointer(),
        };
        let Some(thread_pointer) = thread_pointer else {
            return (None, Some(Note::NoThreadPointer));
        };
        let Some(state) = runtime.thread_state(process.memory(), thread_pointer) else {
            return (None, unreadable(runtime, process));
        };
        let history = self.threads.entry(thread.tid).or_insert_with(|| History::new(thread_pointer, state));
        history.settle(state);
        (history.stack(&mut walk, true).ok(), None)
    }

    /// The stack, if the thread is known and it is one of its own.
    fn recall(&mut self, thread: Thread, process: &dyn Process, scratch: &mut Scratch) -> Option<Arc<Stack>> {
        let Python::Found(runtime) = &self.python else { return None };
        let (codes, sources) = (&mut self.codes, &mut self.sources);
        let main_thread = thread.pid == thread.tid;
        let mut walk = Walk { runtime, process, codes, sources, cache: true, make: false, main_thread, scratch };
        self.threads.get_mut(&thread.tid)?.stack(&mut walk, false).ok()
    }

    /// Looks for Python where it was not found yet.
    fn seek(&mut self, process: &dyn Process) -> Option<Note> {
        let Python::Sought(search) = &mut self.python else {
            return None;
        };
        match search.look(process)? {
            Found::Runtime(runtime) => self.python = Python::Found(*runtime),
            Found::Unsupported { name } => {
                self.python = Python::Unreadable;
                return Some(Note::Unsupported { name });
            }
            Found::Other { name } => {
                self.python = Python::Unreadable;
                return Some(Note::OtherPython { name });
            }
            Found::Denied => return Some(Note::NotDumpable),
            Found::Nothing => {}
        }
        None
    }
}

/// Whether there is no stack because the process has made itself not dumpable meanwhile.
fn unreadable(runtime: &Runtime, process: &dyn Process) -> Option<Note> {
    let denied = || process.mappings().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    (pointer(process.memory(), runtime.head).is_none() && denied()).then_some(Note::NotDumpable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Lent, Memory};
    use std::fs::File;
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
        let stack = |frames: &[(&str, bool)]| Stack {
            frames: frames.iter().map(|(file, library)| frame(file, *library)).collect(),
            truncated: false,
        };
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

    /// A process whose memory is what a test made.
    struct Made<'a> {
        memory: Lent<'a>,
        /// Its one module.
        module: io::Result<&'a str>,
    }

    impl Process for Made<'_> {
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

        fn made(&self) -> io::Result<SystemTime> {
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

    /// What is said of processes whose one symbol lies at these bytes.
    fn said(symbol: &str, runtime: &[u8], path: &str) -> Vec<String> {
        let module = elf::tests::module(symbol);
        let regions = [(0x10000, &module[..]), (0x10500, runtime)];
        let process = Made { memory: Lent::new(&regions), module: Ok(path) };
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
    fn what_is_not_supported_is_said_once() {
        let described = |version: u64, free_threaded: u64| {
            let words = [u64::from_ne_bytes(*b"xdebugpy"), version, free_threaded];
            words.into_iter().flat_map(u64::to_ne_bytes).chain([0; 120]).collect::<Vec<u8>>()
        };
        let start = |runtime: &[u8], path| {
            let said = said("_PyRuntime", runtime, path);
            assert!(said.len() <= 1, "{said:?}");
            said.first().map(|note| note.split(" is not supported").next().unwrap_or_default().to_owned())
        };
        assert_eq!(start(&described(0x0310_00f0, 0), "/usr/bin/python3").as_deref(), Some("CPython 3.16"));
        let unreleased = start(&described(0x030f_00a3, 0), "/usr/bin/python3");
        assert_eq!(unreleased.as_deref(), Some("CPython 3.15, before its release"));
        let free_threaded = start(&described(0x030d_00f0, 1), "/usr/bin/python3");
        assert_eq!(free_threaded.as_deref(), Some("CPython 3.13, free-threaded"));
        assert_eq!(start(&[0; 640], "/usr/bin/python3.5").as_deref(), Some("CPython 3.5"));
        assert_eq!(start(&[0; 640], "/usr/bin/something"), None, "its version is not known yet");
        assert_eq!(start(&[0; 640], "/usr/bin/python3.9"), None, "no interpreter in it yet");
        let pypy = said("PyPy_GetVersion", &[0; 64], "/usr/lib/libpypy3.9-c.so");
        assert!(pypy.len() == 1 && pypy[0].starts_with("PyPy is not supported, so "), "{pypy:?}");
    }

    #[test]
    fn a_process_that_hides_is_named_once() {
        let process = Made { memory: Lent::default(), module: Err(io::ErrorKind::PermissionDenied.into()) };
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
