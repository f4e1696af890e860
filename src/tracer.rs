//! Traces other programs, whole: with ptrace(2) for the stops and a seccomp filter so that only wanted calls stop.
//!
//! A [`Source`] tells what happens, one [`Step`] at a time, already decoded; the thread it is about runs on by then. The
//! source of today is [`Follower`]; a faster one can be added without touching decoder or presenters.
//!
//! ```no_run
//! use sockscope::tracer::{Follower, Program, Settings, Source, Step};
//!
//! let program = Program { argv: vec!["curl".into(), "http://localhost/".into()], ..Program::default() };
//! let mut source = Follower::start(&program, Settings::default())?;
//! while let Some(step) = source.next()? {
//!     if let Step::Event(happened) = step {
//!         println!("{:?}", happened.event);
//!     }
//! }
//! # Ok::<(), sockscope::tracer::TraceError>(())
//! ```

mod attach;
mod descriptors;
mod dump;
mod filter;
mod follow;
mod nearness;
mod news;
mod plan;
mod ptrace;
mod python;
mod remote;
mod select;
mod sockets;
mod spawn;
mod state;
mod target;
mod thread;

pub use descriptors::Show;
pub use dump::{Dump, FdSpec};
pub use follow::Follower;
pub use news::News;
pub use select::{Calls, SelectError};
pub use spawn::{Program, SpawnError, User};
pub use target::Target;

use std::sync::Arc;

pub use crate::decode::{Limits, Pending};
use crate::event::{Event, Exit, PythonStack};

/// Which threads are traced besides the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// None.
    None,
    /// Threads of the same process (`--threads-only`).
    Threads,
    /// Threads and processes (`-f`).
    #[default]
    All,
}

/// What is traced, and how much of it is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The calls.
    pub calls: Calls,
    /// Whether calls on descriptors are told only for sockets.
    pub sockets_only: bool,
    /// How much of buffers is kept; which calls' structures are cut, [`Settings::abbrev`] says.
    pub limits: Limits,
    /// Which threads.
    pub follow: Follow,
    /// Whether a seccomp filter may be used. It is when all new processes are followed.
    pub seccomp: bool,
    /// What is told of descriptors.
    pub show: Show,
    /// The signals that are told, bit `n-1` for signal `n`.
    pub signals: u64,
    /// The calls whose arguments are followed into memory (`-e verbose=`).
    pub verbose: Calls,
    /// The calls whose long structures and lists are cut (`-e abbrev=`).
    pub abbrev: Calls,
    /// The calls whose arguments are shown as they are (`-e raw=`).
    pub raw: Calls,
    /// The only files and addresses calls are told about; none for all.
    pub targets: Vec<Target>,
    /// Descriptors whose data is told in full.
    pub dump: Dump,
    /// Whether the time spent in the kernel is measured.
    pub system_times: bool,
    /// Whether the Python stacks of calls are read.
    pub python: bool,
    /// Whether evidence is collected for calls that fail and for those that wait at the end.
    pub why: bool,
    /// Whether the states of the calls' sockets are asked before and after each.
    pub state: bool,
    /// Where news from outside is heard, such as the wish to end.
    pub news: Option<&'static News>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            calls: Calls::sockets(),
            sockets_only: true,
            limits: Limits::default(),
            follow: Follow::All,
            seccomp: true,
            show: Show::default(),
            signals: u64::MAX,
            verbose: Calls::all(),
            abbrev: Calls::all(),
            raw: Calls::default(),
            targets: Vec::new(),
            dump: Dump::default(),
            system_times: false,
            python: false,
            why: false,
            state: false,
            news: None,
        }
    }
}

/// Tells what traced threads do.
pub trait Source {
    /// Waits for the next thing. `None` when nothing is left to trace.
    fn next(&mut self) -> Result<Option<Step<'_>>, TraceError>;

    /// How the program that was started ended, once it did.
    fn outcome(&self) -> Option<Exit>;
}

/// One thing that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<'a> {
    /// A thread entered a call that will be told as an event when it returns.
    Entered {
        /// The thread.
        tid: u32,
        /// When, ns since 1970.
        ts_ns: u64,
        /// What is known of the call.
        call: &'a Pending,
        /// The thread's Python stack, if it has one and they are read.
        python: Option<&'a Arc<PythonStack>>,
        /// How many threads are traced at that moment.
        threads: usize,
    },
    /// Something is complete.
    Event(Box<Happened>),
    /// A thread is traced from now on.
    Attached {
        /// The thread.
        tid: u32,
    },
    /// A thread is no longer traced, but lives on.
    Detached {
        /// The thread.
        tid: u32,
        /// The call it is in, with what that waits for, where reasons are wanted.
        call: Option<Box<Event>>,
    },
    /// The calls of a program that was started cannot be told, and why.
    Remark(String),
    /// [`News::tick`]: what was held back should be written.
    Tick,
}

/// A complete event, with what belongs to it only while tracing.
#[derive(Debug)]
pub struct Happened {
    /// The event.
    pub event: Event,
    /// How many arguments [`Step::Entered`] told; `None` when it was not told.
    pub told: Option<usize>,
    /// Time the call spent in the kernel, ns; 0 unless asked for.
    pub system_ns: u64,
    /// Data to be written in full: of each buffer its bytes.
    pub dump: Vec<Vec<u8>>,
    /// How many threads are traced at that moment.
    pub threads: usize,
    /// Of what is no call: the number of the call the thread made last, 0 for none yet.
    pub last_call: Option<u64>,
}

/// Why tracing could not begin or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// The program could not be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// A process could not be attached to.
    #[error("cannot trace process {pid}: {reason}")]
    Attach {
        /// The process.
        pid: i32,
        /// What forbids it and what to try.
        reason: String,
    },
    /// The user wishes to end, more than once.
    #[error("ended by signal {0}")]
    Ended(i32),
    /// Waiting failed.
    #[error("cannot wait for traced programs: {0}")]
    Wait(#[from] std::io::Error),
}
