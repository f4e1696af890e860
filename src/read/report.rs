//! What a reader reports about a file in addition to its events.

use std::borrow::Cow;
use std::fmt;

use super::foreign::Foreign;
use crate::event::{Body, Event, Ret};
use crate::text::{Clock, Pids, PythonLines};

/// How many troubles are kept with their position; all are counted.
const MAX_TROUBLES: usize = 20;
/// How much of a line a trouble quotes, in bytes.
const EXCERPT: usize = 80;

/// Counts of what was read, and the first problems.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Lines, including a last one without newline.
    pub(crate) lines: u64,
    /// Bytes.
    pub(crate) bytes: u64,
    /// Calls.
    pub(crate) calls: u64,
    /// Lines that could not be parsed.
    pub(crate) unread: u64,
    /// Arguments of known calls in an unknown spelling.
    pub(crate) verbatim: u64,
    /// Calls that never returned within the file.
    pub(crate) unfinished: u64,
    /// Remarks: comments, stack frames, messages of strace's own.
    pub(crate) remarks: u64,
    /// Everything else that was read: calls, signals, ends.
    pub(crate) understood: u64,
    /// The first troubles.
    pub(crate) troubles: Vec<Trouble>,
    /// How many troubles there were.
    pub(crate) troubled: u64,
    /// How the lines are decorated.
    pub(crate) form: Form,
    /// The midnight that times of day were taken to count from, ns since 1970: the text has no date.
    pub(crate) day_ns: Option<u64>,
    /// A midnight on the day that dates without a year were taken not to be after, ns since 1970.
    pub(crate) year_of_ns: Option<u64>,
    /// Whose output it is, if it is not strace's.
    pub(crate) foreign: Option<&'static Foreign>,
    /// Whether an event that was read from another format has a Python stack.
    pub(crate) stacks: bool,
}

/// How the lines of a file are decorated, so that the trace can be written the same way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// How the thread is written.
    pub pids: Pids,
    /// How the time is written.
    pub clock: Clock,
    /// Whether calls have their duration (`-T`).
    pub durations: bool,
    /// Whether arguments have their names (`-N`).
    pub arg_names: bool,
    /// Whether calls are followed by the states of their sockets.
    pub state: bool,
    /// Which Python frames follow calls, after or below them.
    pub python: PythonLines,
    /// Whether calls are grouped below their Python line.
    pub group: bool,
}

/// A place in a file that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Line, from 1.
    pub(crate) line: u64,
    /// Byte in it, from 1.
    pub(crate) column: u32,
    /// What is wrong.
    pub(crate) why: Cow<'static, str>,
    /// The beginning of the line; bytes that are not text are written as `\xNN`.
    pub(crate) excerpt: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}: {}", self.line, self.column, self.why, self.excerpt)
    }
}

impl Trouble {
    /// Line, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Byte in it, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// What is wrong.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The beginning of the line; bytes that are not text are written as `\xNN`.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }
}

impl Report {
    /// Lines, including a last one without newline.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Calls.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Lines that could not be parsed.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// Arguments of known calls in an unknown spelling.
    pub fn verbatim(&self) -> u64 {
        self.verbatim
    }

    /// Calls that never returned within the file.
    pub fn unfinished(&self) -> u64 {
        self.unfinished
    }

    /// Remarks: comments, stack frames, messages of strace's own.
    pub fn remarks(&self) -> u64 {
        self.remarks
    }

    /// The first troubles.
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// How many more there were than are kept.
    pub(crate) fn more_troubles(&self) -> u64 {
        self.troubled - self.troubles.len() as u64
    }

    /// What was counted, each with its name: lines and calls, then what is not whole.
    pub(crate) fn counts(&self) -> Vec<String> {
        let parts = [
            (self.unfinished, format!("{} calls that never returned", self.unfinished)),
            (self.unread, format!("{} lines kept as they are because they could not be read", self.unread)),
            (self.verbatim, format!("{} arguments kept as text", self.verbatim)),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text);
        std::iter::once(format!("{} lines, {} calls", self.lines, self.calls)).chain(parts).collect()
    }

    /// How the lines are decorated.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The midnight that times of day were taken to count from, ns since 1970, where the text has no date: of the day on
    /// which the file was last modified, or of 1 January 1970.
    pub fn day_ns(&self) -> Option<u64> {
        self.day_ns
    }

    /// What the file is instead of a trace, and what to do about it: `a log of gVisor (runsc --strace)`.
    pub fn looks_like(&self) -> Option<(&'static str, &'static str)> {
        self.foreign.map(|form| (form.name, form.advice))
    }

    /// Whether there was something, and none of it could be read.
    pub fn is_unreadable(&self) -> bool {
        self.unread > 0 && self.understood == 0
    }

    /// Whether calls have their Python lines.
    pub fn has_python(&self) -> bool {
        self.stacks || self.form.python != PythonLines::None
    }

    /// Whether everything was parsed.
    pub fn is_clean(&self) -> bool {
        self.unread == 0 && self.verbatim == 0
    }

    /// Adds the report of another file of the same trace.
    pub(crate) fn add(&mut self, other: &Self) {
        self.join(other.clone());
        // Files of a set name no threads; merged into one they must.
        self.form.pids = Pids::Bare;
    }

    /// Adds the report of the next part of the same file, whose lines are counted from its beginning.
    pub(crate) fn continue_with(&mut self, mut part: Self) {
        part.troubles.iter_mut().for_each(|trouble| trouble.line += self.lines);
        if self.form.pids == Pids::None {
            self.form.pids = part.form.pids;
        }
        self.join(part);
    }

    fn join(&mut self, other: Self) {
        self.stacks |= other.stacks;
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.calls += other.calls;
        self.unread += other.unread;
        self.verbatim += other.verbatim;
        self.unfinished += other.unfinished;
        self.remarks += other.remarks;
        self.understood += other.understood;
        self.troubled += other.troubled;
        self.day_ns = self.day_ns.or(other.day_ns);
        self.year_of_ns = self.year_of_ns.or(other.year_of_ns);
        self.foreign = self.foreign.or(other.foreign);
        let room = MAX_TROUBLES.saturating_sub(self.troubles.len());
        self.troubles.extend(other.troubles.into_iter().take(room));
        if self.form.clock == Clock::None {
            self.form.clock = other.form.clock;
        }
        self.form.durations |= other.form.durations;
        self.form.arg_names |= other.form.arg_names;
        self.form.state |= other.form.state;
        self.form.group |= other.form.group;
        if self.form.python == PythonLines::None {
            self.form.python = other.form.python;
        }
    }

    /// Counts an event that was read from another format.
    pub(crate) fn count(&mut self, event: &Event) {
        match &event.body {
            Body::Call(call) => {
                self.calls += 1;
                self.form.durations |= call.dur_ns.is_some();
                self.form.state |= call.sockets.is_some();
                self.stacks |= call.python.is_some();
                if call.ret == Ret::Unfinished && call.text.as_ref().is_none_or(|text| text.result.is_none()) {
                    self.unfinished += 1;
                }
            }
            Body::Note(_) => self.remarks += 1,
            Body::Unread(_) => self.unread += 1,
            _ => {}
        }
        self.understood += u64::from(!matches!(event.body, Body::Note(_) | Body::Unread(_)));
        if event.tid != 0 {
            self.form.pids = Pids::Bare;
        }
        if event.ts_ns != 0 {
            self.form.clock = Clock::Epoch;
        }
    }

    /// Keeps a trouble, up to the limit.
    pub(crate) fn trouble(&mut self, line: u64, column: u32, why: impl Into<Cow<'static, str>>, text: &[u8]) {
        self.troubled += 1;
        if self.troubles.len() < MAX_TROUBLES {
            let excerpt = text[..text.len().min(EXCERPT)].escape_ascii().to_string();
            self.troubles.push(Trouble { line, column, why: why.into(), excerpt });
        }
    }
}

impl fmt::Display for Report {
    /// One line of counts, then one for each trouble that is kept, and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.counts().join(", "))?;
        if let Some(form) = self.foreign {
            return write!(f, "\n  it looks like {}, which is not supported; {}", form.name, form.advice);
        }
        self.troubles.iter().try_for_each(|trouble| write!(f, "\n  {trouble}"))?;
        match self.more_troubles() {
            0 => Ok(()),
            more => write!(f, "\n  … and {more} more"),
        }
    }
}
