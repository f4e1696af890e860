//! From Python to system calls, measured: the calls that one expression of the socket module makes.
//!
//! No result is stored. The situations of `cases.py` are put into one real program, which runs under the tracer; a call
//! belongs to the expression whose line is the innermost of the program's own in the Python stack. So calls made deeper
//! in the library count, and those of the program's helpers and signal handlers do not.
//!
//! [`lines`] does the same for a user's own program: the calls of each of its lines.

mod brief;
mod cases;
pub mod lines;
mod write;

pub use brief::brief;
pub use cases::{Case, cases};
pub use write::{Sheet, json, sheet};

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::decode::Limits;
use crate::event::{Body, Call, Event};
use crate::pyframes;
use crate::syscall::Effect;
use crate::tracer::{Backend, Program, Settings, Step, TraceError, Tracer};
use crate::value::Value;

/// Why an interpreter could not be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// It could not be run.
    #[error("cannot run {python}: {reason}; give the path of a Python interpreter")]
    Interpreter {
        /// The interpreter that was asked for.
        python: String,
        /// The cause.
        reason: String,
    },
    /// Its version is too old for the program that is measured, or its frames cannot be read.
    #[error("cannot measure {python}: it is {version}; try one of 3.6 to {newest}", newest = pyframes::NEWEST)]
    Unsupported {
        /// The interpreter that was asked for.
        python: String,
        /// Its implementation and version.
        version: String,
    },
    /// The program ended before it had reported every situation.
    #[error("{python} ended before all situations were measured: \"{missing}\" is missing")]
    Incomplete {
        /// The interpreter that was asked for.
        python: String,
        /// The first missing situation.
        missing: String,
    },
    /// The tracing failed.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// A Python interpreter and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// The path of the executable itself (`sys.executable`), not of a script that starts it.
    pub path: PathBuf,
    /// The full version, such as `3.11.7`.
    pub version: String,
}

impl Interpreter {
    /// Runs a Python, given by name or path, to find its executable and version.
    ///
    /// # Errors
    /// When it cannot be run, or is not a Python that can be measured.
    pub fn find(python: &Path) -> Result<Self, MapError> {
        let name = || python.display().to_string();
        let failed = |reason: String| MapError::Interpreter { python: name(), reason };
        let script = "import sys, platform; \
                        print(platform.python_version()); print(sys.executable); \
                        print(platform.python_implementation())";
        let output = Command::new(python)
            .args(["-E", "-c", script])
            .output()
            .map_err(|error: io::Error| failed(error.to_string()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = text.lines();
        let (Some(version), Some(path), Some(kind)) = (words.next(), words.next(), words.next()) else {
            return Err(failed(format!("it prints {:?}", String::from_utf8_lossy(&output.stderr).trim())));
        };
        let found = Self { path: path.into(), version: version.into() };
        let minor = version.strip_prefix("3.").and_then(|rest| rest.split('.').next()?.parse::<u8>().ok());
        let readable = found.is_2() || minor.is_some_and(|minor| (6..=pyframes::NEWEST.minor).contains(&minor));
        if kind == "CPython" && readable { Ok(found) } else { Err(found.unsupported(python, kind)) }
    }

    fn is_2(&self) -> bool {
        self.version.starts_with("2.7.")
    }

    fn unsupported(&self, python: &Path, kind: &str) -> MapError {
        MapError::Unsupported { python: python.display().to_string(), version: format!("{kind} {}", self.version) }
    }

    /// Its version without the patch level, such as `3.11`.
    pub fn minor(&self) -> &str {
        self.version.rsplit_once('.').map_or(&self.version, |(minor, _)| minor)
    }
}

/// The outcome of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It returned.
    Returned,
    /// It raised this exception.
    Raised(String),
    /// The situation could not be set up, because of this exception.
    Unprepared(String),
}

/// One situation, measured with one interpreter.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The outcome of the expression.
    pub outcome: Outcome,
    /// The calls it made, in order.
    pub calls: Vec<Event>,
}

/// The measurements of one interpreter.
#[derive(Debug, Clone)]
pub struct Column {
    /// The interpreter.
    pub python: Interpreter,
    /// A row per situation, in the order of the cases.
    pub rows: Vec<Measured>,
}

/// Measures situations with one interpreter.
///
/// # Errors
/// When the tracing fails, the program ends early, or it is Python 2, which lacks some of what is measured.
pub fn measure(python: &Interpreter, cases: &[Case]) -> Result<Column, MapError> {
    if python.is_2() {
        return Err(python.unsupported(&python.path, "CPython"));
    }
    let (text, marked) = cases::program(cases);
    let mut sorter =
        CallSorter { marked: &marked, calls: vec![Vec::new(); cases.len()], outcomes: vec![None; cases.len()] };
    let argv = ["-E", "-B", "-c"].map(OsString::from);
    let argv = std::iter::once(python.path.clone().into_os_string()).chain(argv).chain([text.into()]);
    let program = Program { argv: argv.collect(), ..Program::default() };
    let limits = Limits { strings: 256, ..Limits::default() };
    let mut source = Tracer::start(&program, Settings { python: true, limits, ..Settings::default() })?;
    while let Some(step) = source.next()? {
        if let Step::Event(happened) = step {
            sorter.take(happened.event);
        }
    }
    let mut rows = Vec::with_capacity(cases.len());
    for ((calls, outcome), case) in sorter.calls.into_iter().zip(sorter.outcomes).zip(cases) {
        let missing = || format!("{}, {}", case.api, case.situation);
        let outcome = outcome
            .ok_or_else(|| MapError::Incomplete { python: python.path.display().to_string(), missing: missing() })?;
        rows.push(Measured { outcome, calls });
    }
    Ok(Column { python: python.clone(), rows })
}

/// Sorts the program's calls into situations.
struct CallSorter<'a> {
    /// The line of each situation's expression in the program.
    marked: &'a [u32],
    calls: Vec<Vec<Event>>,
    outcomes: Vec<Option<Outcome>>,
}

impl CallSorter<'_> {
    fn take(&mut self, event: Event) {
        let Body::Call(call) = &event.body else { return };
        let Some(frame) = call.python.as_deref().and_then(|stack| stack.caller()) else { return };
        if &*frame.file != "<string>" {
            return;
        }
        if &*frame.function == "report" {
            self.report(call);
        } else if let Some(at) = self.marked.iter().position(|line| frame.line == Some(*line)) {
            self.calls[at].push(event);
        }
    }

    /// Parses the program's report of a situation: its number, the line that raised or 0, the exception's name.
    fn report(&mut self, call: &Call) -> Option<()> {
        let Some(Value::Bytes(text)) = call.arg("buf").filter(|_| call.sys.effect == Effect::Sends) else {
            return None;
        };
        let text = std::str::from_utf8(&text.data).ok()?;
        let mut words = text.split(' ');
        let at: usize = words.next()?.parse().ok()?;
        let line: u32 = words.next()?.parse().ok()?;
        let name = words.next()?.to_owned();
        let marked = *self.marked.get(at)?;
        self.outcomes[at] = Some(match line {
            0 => Outcome::Returned,
            line if line == marked => Outcome::Raised(name),
            line if line < marked => Outcome::Unprepared(name),
            _ => Outcome::Returned, // cleaning up afterwards does not count
        });
        Some(())
    }
}
