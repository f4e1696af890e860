//! What happened: the one thing every source makes and every consumer reads.
//!
//! The waist of the hourglass: the layer, the tracer and the readers of files make [`Event`]s; text, JSON, comparing
//! and explaining only read them. What text cannot carry lies beside the values in [`Call`], outside its equality.

use std::fmt;

use crate::syscall::Syscall;
use crate::value::{Record, Value};
use crate::xlat;

/// One thing a thread did or had done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Position in the trace, from 0.
    pub seq: u64,
    /// When it began, ns since 1970-01-01 UTC; 0 where the source did not say.
    pub ts_ns: u64,
    /// Process (thread group).
    pub pid: u32,
    /// Thread; equal to `pid` for a process's first thread.
    pub tid: u32,
    /// What it was.
    pub body: Body,
}

/// The kinds of event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// A system call.
    Call(Call),
    /// A signal was delivered.
    Signal(Signal),
    /// The thread was stopped by a signal (group stop).
    Stopped {
        /// Signal number.
        signal: u32,
    },
    /// The thread ended.
    Exit(Exit),
    /// Something worth keeping that is none of the above: a line that could not be read, a remark of the source.
    Note(String),
}

/// A system call with its arguments and what came of it.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which call; names and directions of the arguments are there.
    pub sys: &'static Syscall,
    /// One value per parameter that the source saw; fewer when the call never returned and later arguments are
    /// only known after it.
    pub args: Vec<Value>,
    /// What came back.
    pub ret: Ret,
    /// Time between entry and return, ns; `None` where the source did not measure it. Not part of equality.
    pub dur_ns: Option<u64>,
    /// The function the program called where it is not the system call's own name (`send` for `sendto`). Not part
    /// of equality.
    pub via: Option<&'static str>,
    /// What the returned descriptor refers to (`-y`). Not part of equality.
    pub ret_shown: Option<std::sync::Arc<str>>,
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.sys == other.sys && self.args == other.args && self.ret == other.ret
    }
}

impl Call {
    /// An argument by the name its parameter has in the man page.
    pub fn arg(&self, name: &str) -> Option<&Value> {
        let at = self.sys.params.iter().position(|param| param.name == name)?;
        self.args.get(at)
    }
}

/// What a system call returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ret {
    /// Success, with the value.
    Ok(i64),
    /// Failure: `-1` to the program, with errno; or a code of the kernel's own by which a call is restarted.
    Err(Errno),
    /// The call did not return while we looked.
    Unfinished,
}

/// An error number: a newtype and not an enum, since the kernel may return any.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errno(pub i32);

impl Errno {
    /// `ECONNREFUSED`, or `None` for a number without a name.
    pub fn name(self) -> Option<&'static str> {
        xlat::errno::ERRNO.name(self.0 as u64)
    }

    /// The English text of strerror(3), whatever the locale; the kernel's own codes have texts too.
    pub fn message(self) -> Option<&'static str> {
        xlat::errno::message(self.0)
    }

    /// Whether this is one of the kernel's own restart codes, which only a tracer sees.
    pub fn is_restart(self) -> bool {
        (512..=516).contains(&self.0)
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

impl fmt::Display for Errno {
    /// `ECONNREFUSED (Connection refused)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.message()) {
            (Some(name), Some(message)) => write!(f, "{name} ({message})"),
            _ => write!(f, "errno {}", self.0),
        }
    }
}

/// A delivered signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Signal number.
    pub number: u32,
    /// Its `siginfo_t`, where it could be read.
    pub info: Option<Record>,
}

/// How a thread ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By `exit` with this status.
    Status(i32),
    /// By a signal.
    Killed {
        /// Signal number.
        signal: u32,
        /// Whether a core was dumped.
        core: bool,
    },
}

/// Takes events as they happen. Passed in, never global.
pub trait Sink {
    /// One event, in order of happening per thread.
    fn event(&mut self, event: Event);

    /// Whether [`Sink::begun`] is to be told.
    fn wants_begun(&self) -> bool {
        false
    }

    /// A call was entered and may never return; the same call comes as an [`Sink::event`] when it does.
    fn begun(&mut self, _call: Event) {}
}

/// A trace in memory.
pub type Trace = Vec<Event>;

impl Sink for Trace {
    fn event(&mut self, event: Event) {
        self.push(event);
    }
}
