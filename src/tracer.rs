//! Traces other programs, whole: with ptrace(2) for the stops and a seccomp filter so that only wanted calls stop.
//!
//! A [`Backend`] reports what happens, one decoded [`Step`] at a time; the thread has usually continued by then. The only
//! backend is [`Tracer`]; a faster one can be added without touching the decoder or the presenters.
//!
//! ```no_run
//! use sockscope::tracer::{Backend, Program, Settings, Step, Tracer};
//!
//! let program = Program::new(["curl", "http://localhost/"]);
//! let mut tracer = Tracer::start(&program, Settings::default())?;
//! while let Some(step) = tracer.next()? {
//!     if let Step::Event(observed) = step {
//!         println!("{:?}", observed.event);
//!     }
//! }
//! # Ok::<(), sockscope::tracer::TraceError>(())
//! ```

mod affinity;
mod attach;
mod descriptors;
mod dump;
mod filter;
mod follow;
mod identity;
mod inside;
mod origins;
mod plan;
mod ptrace;
mod python;
mod remote;
mod requests;
mod select;
mod sockets;
mod spawn;
mod state;
mod tamper;
mod target;
mod thread;

pub use descriptors::Show;
pub use dump::{Dump, FdSpec};
pub use follow::{Snapshot, Tracer, snapshot};
pub use inside::{Agent, Ways};
pub use requests::Requests;
#[cfg(feature = "cli")]
pub(crate) use select::inverted;
pub use select::{CallSet, SelectError};
pub use spawn::{Program, SpawnError, User};
#[cfg(feature = "cli")]
pub(crate) use tamper::duration;
pub use tamper::{Forged, Occasions, PythonPlace, Tamper, TamperError};
pub use target::{AddressPattern, Target};

use std::sync::Arc;

pub use crate::decode::{Limits, Pending};
use crate::event::{Event, Exit, PythonStack};
use crate::pyframes::OwnCode;
use crate::value::FdTarget;

/// Which threads are traced in addition to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Follow {
    /// None.
    None,
    /// Threads of the same process (`--threads-only`).
    Threads,
    /// Threads and processes (`-f`).
    #[default]
    All,
}

/// What is traced, and how much of it is reported.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The calls.
    pub calls: CallSet,
    /// Whether calls on descriptors are reported for sockets only.
    pub sockets_only: bool,
    /// Whether the call in which a thread is found when it is attached to is reported whatever it is about.
    pub found_calls: bool,
    /// Whether writes to standard output and standard error are reported too, whatever these are.
    pub prints: bool,
    /// How much of buffers is kept; [`Settings::abbrev`] selects the calls whose structures are abbreviated.
    pub limits: Limits,
    /// Which threads.
    pub follow: Follow,
    /// Whether a seccomp filter may be used, which also requires [`Follow::All`].
    pub seccomp: bool,
    /// What is shown of descriptors.
    pub show: Show,
    /// The signals that are reported, bit `n-1` for signal `n`.
    pub signals: u64,
    /// The calls whose structures are read from memory (`-e verbose=`).
    pub verbose: CallSet,
    /// The calls whose long structures and lists are abbreviated (`-e abbrev=`).
    pub abbrev: CallSet,
    /// The calls whose arguments are shown undecoded (`-e raw=`).
    pub raw: CallSet,
    /// Only calls about these files and addresses are reported; empty for all calls.
    pub targets: Vec<Target>,
    /// Descriptors whose data is dumped in full.
    pub dump: Dump,
    /// Whether the time spent in the kernel is measured.
    pub system_times: bool,
    /// Whether the Python stacks of calls are read.
    pub python: bool,
    /// What counts as the user's own Python code, and what as a library's, whatever its path suggests.
    pub own_code: OwnCode,
    /// Whether evidence is collected for calls that fail and for those that wait at the end.
    pub why: bool,
    /// Whether evidence is also collected for what is expected, such as `EAGAIN` on a socket that does not wait.
    pub expected: bool,
    /// Whether the states of a call's sockets are queried before and after it.
    pub state: bool,
    /// What is done to calls that are reported (`-e inject=`); of several about one call the last counts.
    pub tampers: Vec<Tamper>,
    /// Whether the instruction is reported that made a call (`-i`).
    pub instructions: bool,
    /// Whether what the tracer itself learns and does is remarked on (`-d`).
    pub debug: bool,
    /// Whether a thread is let go when it executes another program (`-b execve`).
    pub until_exec: bool,
    /// Whether calls are recorded inside the program, without stopping it, where that is possible.
    pub agent: Agent,
    /// Whether it is asked which sockets descriptors are, so that events can name them.
    pub identify: bool,
    /// Requests from outside, such as to end.
    pub requests: Option<&'static Requests>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            calls: CallSet::sockets(),
            sockets_only: true,
            found_calls: true,
            prints: false,
            limits: Limits::default(),
            follow: Follow::All,
            seccomp: true,
            show: Show::default(),
            signals: u64::MAX,
            verbose: CallSet::all(),
            abbrev: CallSet::all(),
            raw: CallSet::default(),
            targets: Vec::new(),
            dump: Dump::default(),
            system_times: false,
            python: false,
            own_code: OwnCode::default(),
            why: false,
            expected: false,
            state: false,
            tampers: Vec::new(),
            instructions: false,
            debug: false,
            until_exec: false,
            agent: Agent::Never,
            identify: false,
            requests: None,
        }
    }
}

/// Reports what traced threads do.
pub trait Backend {
    /// Waits for the next step. `None` when nothing is left to trace.
    fn next(&mut self) -> Result<Option<Step<'_>>, TraceError>;

    /// How the started program ended, once it did.
    fn outcome(&self) -> Option<Exit>;
}

/// One step of a trace.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<'a> {
    /// A thread entered a call that will be reported as an event when it returns.
    Entered {
        /// The process.
        pid: u32,
        /// The thread.
        tid: u32,
        /// When, ns since 1970.
        ts_ns: u64,
        /// What is known of the call at entry.
        call: &'a Pending,
        /// The thread's Python stack, if it has one and stacks are read.
        python: Option<&'a Arc<PythonStack>>,
        /// The instruction that made it, where [`Settings::instructions`] is set.
        ip: Option<u64>,
        /// How many threads are traced at this moment.
        threads: usize,
        /// Whether attaching found the thread in this call.
        found: bool,
    },
    /// A complete event.
    Event(Box<Observed>),
    /// A thread is traced from now on.
    Attached {
        /// The thread.
        tid: u32,
    },
    /// A thread is no longer traced, but lives on.
    Detached {
        /// The thread.
        tid: u32,
        /// The call it is in, if it is one that is shown; with what it waits for when [`Settings::why`] is set.
        call: Option<Box<Event>>,
    },
    /// A remark for the user, such as why some calls are not shown.
    Remark(String),
    /// [`Requests::tick`]: buffered output should be written.
    Tick,
}

/// A complete event with details that exist only while tracing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Observed {
    /// The event.
    pub event: Event,
    /// How many arguments [`Step::Entered`] had; `None` when there was no such step.
    pub shown: Option<usize>,
    /// Time the call spent in the kernel, ns; 0 unless [`Settings::system_times`] is set.
    pub system_ns: u64,
    /// Data to be dumped in full, one entry per buffer.
    pub dump: Vec<Vec<u8>>,
    /// How many threads are traced at this moment.
    pub threads: usize,
    /// For events other than calls, the number of the thread's last call, 0 for none yet.
    pub last_call: Option<u64>,
    /// What the call's descriptors refer to, sockets by their inodes, where [`Settings::identify`] is set: when the call
    /// was entered, and then what changed by it.
    pub targets: Vec<(i32, Arc<FdTarget>)>,
}

/// Why tracing could not start or continue.
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
        /// Why, and what to try.
        reason: String,
    },
    /// The program was to be traced without stops only, which the settings rule out.
    #[error("cannot trace with --agent=require: {0}; or allow stops with --agent=auto")]
    Agent(&'static str),
    /// The user asked to end, more than once.
    #[error("ended by signal {0}")]
    Ended(i32),
    /// Waiting failed.
    #[error("cannot wait for traced programs: {0}")]
    Wait(#[from] std::io::Error),
}
