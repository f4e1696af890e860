//! What a reader has to say of a file besides its events.

use std::borrow::Cow;
use std::fmt;

use crate::event::{Body, Event, Ret};
use crate::text::{Clock, Pids, PythonLines};

/// How many troubles are kept with their place; all are counted.
const MOST_TROUBLES: usize = 20;
/// How much of a line a trouble shows, in bytes.
const EXCERPT: usize = 80;

/// The account of what was read.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Lines, a last one without newline included.
    pub lines: u64,
    /// Bytes.
    pub bytes: u64,
    /// Calls.
    pub calls: u64,
    /// Lines that could not be understood.
    pub unread: u64,
    /// Arguments of known calls in a spelling that was not understood.
    pub verbatim: u64,
    /// Calls that never returned within the file.
    pub unfinished: u64,
    /// Remarks: comments, stack frames, strace's own words.
    pub remarks: u64,
    /// The first troubles.
    pub troubles: Vec<Trouble>,
    /// How the lines are decorated.
    pub form: Form,
}

/// How the lines of a file are decorated, so that it can be written in the same way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// The thread.
    pub pids: Pids,
    /// The time.
    pub clock: Clock,
    /// Whether calls say how long they took (`-T`).
    pub durations: bool,
    /// Whether arguments stand with their names (`-N`).
    pub arg_names: bool,
    /// Whether calls are followed by the states of their sockets.
    pub state: bool,
    /// The Python lines behind calls, or below them.
    pub python: PythonLines,
    /// Whether calls stand below their Python line.
    pub group: bool,
}

/// A place in a file that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Line, from 1.
    pub line: u64,
    /// Byte in it, from 1.
    pub column: u32,
    /// What is wrong there.
    pub why: Cow<'static, str>,
    /// The beginning of the line; what is no text is shown as `\xNN`.
    pub excerpt: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}: {}", self.line, self.column, self.why, self.excerpt)
    }
}

impl Report {
    /// Whether everything was understood.
    pub fn is_clean(&self) -> bool {
        self.unread == 0 && self.verbatim == 0
    }

    /// Adds what another file of the same trace has.
    pub(crate) fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.calls += other.calls;
        self.unread += other.unread;
        self.verbatim += other.verbatim;
        self.unfinished += other.unfinished;
        self.remarks += other.remarks;
        let room = MOST_TROUBLES.saturating_sub(self.troubles.len());
        self.troubles.extend(other.troubles.iter().take(room).cloned());
        if self.form.clock == Clock::None {
            self.form.clock = other.form.clock;
        }
        // Files of a set name no threads; as one they must.
        self.form.pids = Pids::Bare;
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
                if call.ret == Ret::Unfinished && call.text.as_ref().is_none_or(|text| text.result.is_none()) {
                    self.unfinished += 1;
                }
            }
            Body::Note(_) => self.remarks += 1,
            Body::Unread(_) => self.unread += 1,
            _ => {}
        }
        if event.tid != 0 {
            self.form.pids = Pids::Bare;
        }
        if event.ts_ns != 0 {
            self.form.clock = Clock::Epoch;
        }
    }

    /// Remembers a place, if not too many are remembered already.
    pub(crate) fn trouble(&mut self, line: u64, column: u32, why: impl Into<Cow<'static, str>>, text: &[u8]) {
        if self.troubles.len() < MOST_TROUBLES {
            let excerpt = text[..text.len().min(EXCERPT)].escape_ascii().to_string();
            self.troubles.push(Trouble { line, column, why: why.into(), excerpt });
        }
    }
}

impl fmt::Display for Report {
    /// One sentence, then a line for each trouble that is kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines, {} calls", self.lines, self.calls)?;
        for (count, what) in [
            (self.unfinished, "calls that never returned"),
            (self.unread, "lines kept as they are because they could not be read"),
            (self.verbatim, "arguments kept as text"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        self.troubles.iter().try_for_each(|trouble| write!(f, "\n  {trouble}"))
    }
}
