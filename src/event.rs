//! Events: what every source produces and every consumer reads.
//!
//! The waist of the hourglass: the layer, the tracer and the readers of files make [`Event`]s; text, JSON, comparing
//! and explaining only read them. What text cannot carry is next to the values in [`Call`], outside its equality.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

mod count;
pub(crate) mod order;
mod python;
mod socket;
mod state;
mod why;

pub use count::CountRow;
pub use python::{PythonAwaiting, PythonColumns, PythonFrame, PythonStack};
pub use socket::SocketUse;
pub use state::{SocketChange, SocketChanges, SocketState, State, StateSource};
pub use why::{
    Action, Cause, Child, Earlier, Endpoint, Evidence, FileFacts, Interface, Owner, ProcessFacts, Relation, Sysctl, Why,
};

use crate::syscall::{Change, Effect, Syscall};
use crate::value::{FdTarget, Record, Value};
use crate::xlat;

/// One thing a thread did or had done to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Position in the trace, from 0.
    pub seq: u64,
    /// When it began, ns since 1970-01-01 UTC; 0 where the source does not record it.
    pub ts_ns: u64,
    /// Process (thread group).
    pub pid: u32,
    /// Thread; equal to `pid` for a process's first thread.
    pub tid: u32,
    /// The role that its process plays in a document program.
    pub role: Option<&'static str>,
    /// The host that it was recorded on, in a trace that was merged from those of several.
    pub host: Option<&'static str>,
    /// What it was.
    pub body: Body,
    /// The other prefixes of its line, if it was read from strace's text.
    pub prefix: Option<Box<LinePrefix>>,
}

impl Event {
    /// An event of a process's first thread, first in its trace and at no time; set the fields that differ.
    pub fn new(pid: u32, body: Body) -> Self {
        Self { seq: 0, ts_ns: 0, pid, tid: pid, role: None, host: None, body, prefix: None }
    }
}

/// The prefixes of a line of strace's text other than thread and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LinePrefix {
    /// Where the program was (`-i`); the largest number where strace did not know.
    pub ip: Option<u64>,
    /// The number of the call, or of the last one before what is no call (`-n`).
    pub number: Option<u32>,
    /// The time since the line before (`-r` together with `-t`), ns, and how many digits it was written with.
    pub since: Option<(u64, u8)>,
    /// The thread's name (`-Y`).
    pub comm: Option<&'static str>,
}

/// How many names are interned; a file of garbage must not fill the memory.
const MAX_NAMES: usize = 4096;

/// A name that many events of a file have, kept once; `None` where there are too many.
pub(crate) fn interned(name: &str) -> Option<&'static str> {
    static NAMES: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
    let mut names = NAMES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= MAX_NAMES {
        return None;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    Some(name)
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
    /// The process began: another one created it. Not in strace's text, which has the call that did it, if it was chosen.
    Started {
        /// The process that created it.
        parent: u32,
        /// Whether the two share their descriptors, rather than each having its own.
        shares: bool,
    },
    /// A remark of the source, a whole line: a comment, a stack frame, `strace: Process 12 attached`.
    Note(String),
    /// A row of the table that `-c` writes: how often a call was made.
    Count(CountRow),
    /// A line of a file that could not be parsed, verbatim.
    Unread(Unread),
}

impl Body {
    /// Its kind in files: `call`, `signal`, `exit` …
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Signal(_) => "signal",
            Self::Stopped { .. } => "stopped",
            Self::Exit(Exit::Status(_)) => "exit",
            Self::Exit(Exit::Killed { .. }) => "killed",
            Self::Started { .. } => "started",
            Self::Note(_) => "note",
            Self::Count(_) => "count",
            Self::Unread(_) => "unread",
        }
    }
}

/// An unparsed line, kept so that nothing of a file is lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Unread {
    /// Its bytes without the newline; any bytes, since the file may be anything.
    pub raw: Vec<u8>,
    /// Its number in the file, from 1.
    pub line: u64,
    /// The byte in it, from 1, at which it stopped making sense.
    pub column: u32,
    /// Whether the line continues in the next event: a line too long to be held is split.
    pub more: bool,
}

/// A system call with its arguments and what came of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
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
    pub ret_target: Option<Arc<FdTarget>>,
    /// What only strace's text has, where the call was read from it. Not part of equality.
    pub text: Option<Box<CallText>>,
    /// The Python frames of the thread that made the call. Not part of equality.
    pub python: Option<std::sync::Arc<PythonStack>>,
    /// Why it failed, or what it waits for. Not part of equality.
    pub why: Option<Box<Why>>,
    /// The states of the call's sockets before and after it. Not part of equality.
    pub sockets: Option<Box<SocketChanges>>,
    /// Which socket the call is about, where sockets were followed. Not part of equality.
    pub socket: Option<Box<SocketUse>>,
}

/// What a line of strace's text has of a call in addition to its arguments and result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CallText {
    /// The result as it stood there, where its value alone would be written otherwise: `?`, `022`.
    pub result: Option<Box<str>>,
    /// What the tracer did to the call, in strace's words: `(INJECTED)`, `(DELAYED)`, `(INJECTED: args) (DELAYED)`.
    pub mark: Option<Box<str>>,
    /// Whether the arguments broke off though a result followed: `read(0,  <unfinished ...>) = ?`.
    pub cut: bool,
    /// Whether the tracer detached from the thread during the call: `read(0,  <detached ...>`.
    pub detached: bool,
    /// Of a call that began before the text did, the arguments that were written when it ended:
    /// `<... read resumed>"a", 1) = 1`. The others are unknown.
    pub resumed: Option<Box<str>>,
    /// The frames of native code below the call (`-k`), innermost first.
    pub frames: Vec<Box<str>>,
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.sys == other.sys && self.args == other.args && self.ret == other.ret
    }
}

impl Call {
    /// A call with its arguments and result, and nothing else known.
    pub fn new(sys: &'static Syscall, args: Vec<Value>, ret: Ret) -> Self {
        let (dur_ns, via, ret_target, text, python) = (None, None, None, None, None);
        Self { sys, args, ret, dur_ns, via, ret_target, text, python, why: None, sockets: None, socket: None }
    }

    /// What the call asks the kernel to do to descriptors and processes.
    pub(crate) fn change(&self) -> Change {
        Change::of(self.sys, &self.args)
    }

    /// The descriptors that the call made, in order; none if it failed.
    pub fn made(&self) -> Vec<i32> {
        match self.ret {
            Ret::Ok(ret) => self.sys.made(&self.args, ret),
            _ => Vec::new(),
        }
    }

    /// Whether it waits for what others do. A call that does something has done it soon after its entry, although it may
    /// return later than others see it.
    pub(crate) fn waits_for_others(&self) -> bool {
        const LONG_NS: u64 = 100_000_000;
        matches!(self.sys.effect, Effect::Accepts(_) | Effect::Receives(_) | Effect::Waits)
            || self.ret == Ret::Unfinished
            || self.dur_ns.is_some_and(|dur_ns| dur_ns > LONG_NS)
    }

    /// How many bytes it sent, received or copied; `None` where it does none of these, or did not return that.
    pub(crate) fn bytes(&self) -> Option<u64> {
        let Ret::Ok(n) = self.ret else { return None };
        if self.sys.returns_bytes() {
            return u64::try_from(n).ok();
        }
        let length = |item: &Value| if let Value::MmsgHdr(message) = item { message.len.map(u64::from) } else { None };
        let of = |value: &Value| match value {
            Value::Array(all) => all.items.iter().filter_map(length).sum(),
            _ => 0,
        };
        self.sys.counts_messages().then(|| self.args.iter().map(of).sum())
    }

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
    /// The call did not return while it was recorded.
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
        xlat::errno::is_restart(self.0)
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

/// The kernel's refusal is an error like any other: `net.socket(…)?` works in a `main` that returns
/// `Result<(), Box<dyn Error>>`.
impl std::error::Error for Errno {}

impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
    }
}

/// The number within an error of the operating system; the error itself where it is none.
impl TryFrom<std::io::Error> for Errno {
    type Error = std::io::Error;

    fn try_from(error: std::io::Error) -> Result<Self, std::io::Error> {
        error.raw_os_error().map(Self).ok_or(error)
    }
}

/// A delivered signal.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Signal {
    /// Signal number.
    pub number: u32,
    /// Its `siginfo_t`, where it could be read.
    pub info: Option<Record>,
}

impl Signal {
    /// A signal of which no more than the number is known.
    pub fn new(number: u32) -> Self {
        Self { number, info: None }
    }
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

/// Receives events as they happen. Passed in, never global.
pub trait Sink {
    /// One event, in order of happening per thread.
    fn event(&mut self, event: Event);

    /// Whether [`Sink::entered`] is called.
    fn wants_entered(&self) -> bool {
        false
    }

    /// A call was entered and may never return; when it does, [`Sink::event`] gets the complete call.
    fn entered(&mut self, _call: Event) {}
}

/// A shared sink, which its other owner reads afterwards.
impl<S: Sink> Sink for std::rc::Rc<std::cell::RefCell<S>> {
    fn event(&mut self, event: Event) {
        self.borrow_mut().event(event);
    }
}

/// A trace in memory.
pub type Trace = Vec<Event>;

impl Sink for Trace {
    fn event(&mut self, event: Event) {
        self.push(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errno_is_an_error_and_converts_from_and_to_one_of_io() {
        let refused = Errno(libc::ECONNREFUSED);
        let error: Box<dyn std::error::Error> = refused.into();
        assert_eq!(error.to_string(), "ECONNREFUSED (Connection refused)");
        let error = std::io::Error::from(refused);
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
        assert_eq!(Errno::try_from(error).unwrap(), refused);
        let other = Errno::try_from(std::io::Error::other("no number")).unwrap_err();
        assert_eq!(other.to_string(), "no number");
    }
}
