//! Whole lines: prefix, call, and what follows it.

use std::fmt::Write;
use std::sync::Arc;

use super::python::{self, PythonLines};
use super::{StringStyle, Style, fold, state, visible, write_from};
use crate::event::{Body, Call, Cause, Event, LinePrefix, PythonFrame, PythonStack, Ret};
use crate::explain::{self, Notation, Seen};
use crate::lang::Language;
use crate::sys::clock::time_of_day;
use crate::syscall::Syscall;

/// How the time before each line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Not at all.
    #[default]
    None,
    /// `12:34:56` (`-t`).
    Seconds,
    /// `12:34:56.123456` (`-tt`).
    Micros,
    /// `1700000000.123456` (`-ttt`).
    Epoch,
    /// Seconds since the previous line (`-r` alone).
    Relative,
}

/// How many digits of a second are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// None.
    Seconds,
    /// Three.
    Millis,
    /// Six.
    Micros,
    /// Nine.
    Nanos,
}

impl Precision {
    /// Parses strace's name of it: `s`, `ms`, `us` or `ns`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "s" => Self::Seconds,
            "ms" => Self::Millis,
            "us" => Self::Micros,
            "ns" => Self::Nanos,
            _ => return None,
        })
    }

    /// Appends what follows the seconds of a time: point and digits, or nothing.
    fn fraction(self, ns: u64, out: &mut String) {
        let below = ns % 1_000_000_000;
        let _ = match self {
            Self::Seconds => Ok(()),
            Self::Millis => write!(out, ".{:03}", below / 1_000_000),
            Self::Micros => write!(out, ".{:06}", below / 1000),
            Self::Nanos => write!(out, ".{below:09}"),
        };
    }
}

/// The precision of each of a line's times; µs by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Precisions {
    /// Of the time of day and the time since 1970.
    pub clock: Precision,
    /// Of the time since the line before.
    pub relative: Precision,
    /// Of the time spent in a call.
    pub duration: Precision,
}

impl Default for Precisions {
    fn default() -> Self {
        Self { clock: Precision::Micros, relative: Precision::Micros, duration: Precision::Micros }
    }
}

/// How the thread is written before each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pids {
    /// Not at all.
    #[default]
    None,
    /// `123 ` (`-f -o FILE`).
    Bare,
    /// `[pid   123] ` (`-f` to the terminal).
    Bracketed,
}

/// Writes events as lines of text, and keeps the state that the next line depends on.
#[derive(Debug, Clone, Default)]
pub struct TextWriter {
    /// How values are spelled.
    pub style: Style,
    /// How the time is written.
    pub clock: Clock,
    /// Whether the time since the previous line follows the time (`-r` with `-t`).
    pub since: bool,
    /// How many digits the times have.
    pub precisions: Precisions,
    /// How the thread is written.
    pub pids: Pids,
    /// Whether the time spent in each call follows it (`-T`).
    pub durations: bool,
    /// Whether the call's number precedes its name (`-n`).
    pub numbers: bool,
    /// The number of the thread's last call, which signals and exits show with `-n`.
    pub last_call: Option<u64>,
    /// Which Python frames are written.
    pub python: PythonLines,
    /// Whether calls are grouped below the Python line that made them.
    pub group: bool,
    /// Whether the cause of a failure is written below the call, where it is known.
    pub why: bool,
    /// The language of causes and explanations.
    pub language: Language,
    /// Whether the states of its sockets follow each call.
    pub state: bool,
    /// Gives the sentences that stand below what they explain, where they are wanted.
    pub(crate) explain: Option<Seen>,
    /// How wide the terminal is that sentences are to fit; they have a line each where it is not known.
    pub(crate) columns: Option<usize>,
    last_ns: Option<u64>,
    /// The thread and line that the calls now belong to.
    heading: Option<(u32, Arc<PythonFrame>)>,
}

/// What a sentence begins with, below what it explains.
const EXPLANATION: &str = "    # ";

/// What a cause begins with, below the call.
const WHY: &str = "    why: ";

/// Whether a remark belongs to the line above it.
fn is_below(note: &str) -> bool {
    note.starts_with(' ')
}

/// Whether a remark is a sentence of `--explain`.
fn is_explanation(note: &str) -> bool {
    note.trim_start().starts_with(EXPLANATION.trim_start())
}

/// ns.
const SECOND: u64 = 1_000_000_000;

/// What the text an event was read from had between the time and the event.
pub(super) fn from_text(prefix: &LinePrefix, out: &mut String) {
    if let Some((since, digits)) = prefix.since {
        let _ = write!(out, "(+{:6}", since / SECOND);
        if digits > 0 {
            let unit = SECOND / 10u64.pow(u32::from(digits.min(9)));
            let _ = write!(out, ".{:0width$}", since % SECOND / unit, width = usize::from(digits.min(9)));
        }
        out.push_str(") ");
    }
    if let Some(number) = prefix.number {
        let _ = write!(out, "[{number:4}] ");
    }
    match prefix.ip {
        Some(u64::MAX) => out.push_str("[????????????????] "),
        Some(ip) => {
            let _ = write!(out, "[{ip:016x}] ");
        }
        None => {}
    }
}

impl TextWriter {
    /// Lines without any prefix.
    pub fn new(style: Style) -> Self {
        Self { style, ..Self::default() }
    }

    /// Appends one event as one line with its newline.
    pub fn write(&mut self, event: &Event, out: &mut String) {
        if matches!(event.body, Body::Started { .. }) {
            return; // text has no line for it
        }
        let call = if let Body::Call(call) = &event.body { Some(call) } else { None };
        if let Body::Note(note) = &event.body
            && is_below(note)
        {
            // What an earlier `--explain` wrote is written anew, not twice.
            if self.explain.is_none() || !is_explanation(note) {
                let _ = writeln!(out, "{note}");
            }
            return;
        }
        self.head(event.tid, call.and_then(|call| call.python.as_deref()), out);
        let start = out.len();
        if matches!(event.body, Body::Note(_) | Body::Count(_) | Body::Unread(_)) {
            // Lines of their own, without prefix; a note about a traced thread has one.
            if event.tid != 0 {
                self.prefix((event.tid, None), event.ts_ns, out);
                self.last_number(out);
            }
            write_from(event, &self.style, out, start);
            if !matches!(&event.body, Body::Unread(unread) if unread.more) {
                out.push('\n');
            }
            return;
        }
        let comm = event.prefix.as_ref().and_then(|prefix| prefix.comm);
        self.prefix((event.tid, comm), event.ts_ns, out);
        // What a text had has its number in its place.
        match (&event.prefix, call) {
            (Some(prefix), _) if prefix.number.is_some() || prefix.since.is_some() => {}
            (_, Some(call)) => self.number(call.sys, out),
            (_, None) => self.last_number(out),
        }
        if let Some(prefix) = &event.prefix {
            from_text(prefix, out);
        }
        write_from(event, &self.style, out, start);
        match call {
            Some(call) => self.end(call, out),
            None => {
                out.push('\n');
                self.explain_below(|seen| seen.event(&event.body), out);
            }
        }
    }

    /// Appends the sentences that something calls for, each as a comment of its own.
    fn explain_below(&mut self, lines: impl FnOnce(&mut Seen) -> Vec<explain::Line>, out: &mut String) {
        let Some(seen) = &mut self.explain else { return };
        seen.utf8 = self.style.strings == StringStyle::Utf8;
        let indent = if self.heading.is_some() { python::INDENT } else { "" };
        for explain::Line { depth, subject, sentence } in lines(seen) {
            let sentence = self.language.text(sentence);
            let first = format!("{indent}{EXPLANATION}{:width$}", "", width = 2 * depth);
            let text = format!("{subject}: {sentence}");
            let _ = match self.columns {
                None => writeln!(out, "{first}{text}"),
                Some(columns) => writeln!(out, "{}", fold(&text, &first, &format!("{first}  "), columns)),
            };
        }
    }

    /// Appends the sentence of how a call was broken off, or goes on.
    pub(super) fn explain_mark(&mut self, notation: &'static Notation, out: &mut String) {
        self.explain_below(|seen| seen.mark(notation), out);
    }

    /// Where calls are grouped: opens the group of the call's Python line; without a call or a stack, ends the group.
    pub(super) fn head(&mut self, tid: u32, stack: Option<&PythonStack>, out: &mut String) {
        if !self.group {
            return;
        }
        let Some(caller) = stack.and_then(PythonStack::caller) else {
            self.heading = None;
            return;
        };
        if self.heading.as_ref().is_some_and(|(of, frame)| *of == tid && python::same_line(frame, caller)) {
            return;
        }
        self.thread((tid, None), out);
        python::heading(caller, out);
        out.push('\n');
        self.heading = Some((tid, caller.clone()));
    }

    /// Sets the thread and line that the calls now belong to, whose heading was written.
    pub(crate) fn enter_group(&mut self, heading: Option<(u32, Arc<PythonFrame>)>) {
        self.heading = heading;
    }

    /// Whether calls at these two places belong below one heading.
    pub(crate) fn continues(&self, heading: &PythonFrame, frame: &PythonFrame) -> bool {
        python::same_line(heading, frame)
    }

    /// What follows the result: duration, Python line, states of sockets, and the newline.
    pub(super) fn end(&mut self, call: &Call, out: &mut String) {
        self.duration(call, out);
        let stack = call.python.as_deref();
        match (stack, self.python, &self.heading) {
            (Some(stack), PythonLines::Caller, None) => python::caller(stack, out),
            (Some(stack), PythonLines::Caller | PythonLines::None, Some(_)) => python::via(stack, out),
            _ => {}
        }
        if let Some(sockets) = call.sockets.as_deref().filter(|_| self.state) {
            state::write(call, sockets, out);
        }
        out.push('\n');
        for frame in call.text.iter().flat_map(|text| &text.frames) {
            let _ = writeln!(out, " > {frame}");
        }
        if let (Some(stack), PythonLines::Full) = (stack, self.python) {
            python::frames(stack, if self.heading.is_some() { python::INDENT } else { "" }, out);
        }
        self.why_below(call, out);
        self.explain_below(|seen| seen.call(call), out);
    }

    /// Appends `    why: ` and the cause as a line of its own, where it is requested and known.
    pub(crate) fn why_below(&self, call: &Call, out: &mut String) {
        let Some(cause) = self.shown_cause(call) else { return };
        let english = cause.again();
        let indent = if self.heading.is_some() { python::INDENT } else { "" };
        // Names of files and commands are untrusted.
        let [text, advice] = english.as_ref().map_or([&*cause.text, &*cause.advice], |english| [english, ""]);
        let mut sentences = String::new();
        visible(self.language.sentences([text, advice]).trim_end(), &mut sentences);
        match self.columns {
            None => out.extend([indent, WHY, &sentences]),
            Some(columns) => {
                let (first, others) = (format!("{indent}{WHY}"), format!("{indent}{:1$}", "", WHY.len()));
                out.push_str(&fold(&sentences, &first, &others, columns));
            }
        }
        out.push('\n');
    }

    fn shown_cause<'a>(&self, call: &'a Call) -> Option<&'a Cause> {
        call.why.as_ref()?.cause.as_ref().filter(|cause| self.why && cause.is_shown())
    }

    /// Whether a cause is written below a call.
    pub(super) fn is_explained(&self, call: &Call) -> bool {
        self.shown_cause(call).is_some()
    }

    /// The prefix: thread, with its name where a text had that, and time.
    pub(super) fn prefix(&mut self, thread: (u32, Option<&str>), ts_ns: u64, out: &mut String) {
        self.thread(thread, out);
        self.time(ts_ns, out);
        if self.heading.is_some() {
            out.push_str(python::INDENT);
        }
    }

    fn thread(&self, (tid, comm): (u32, Option<&str>), out: &mut String) {
        let _ = match (self.pids, comm) {
            (Pids::None, _) => Ok(()),
            _ if tid == 0 => Ok(()), // its line named none
            (Pids::Bare, None) => write!(out, "{tid:<5} "),
            (Pids::Bare, Some(comm)) => write!(out, "{tid}<{comm}> "),
            (Pids::Bracketed, None) => write!(out, "[pid {tid:5}] "),
            (Pids::Bracketed, Some(comm)) => write!(out, "[pid {tid:5}<{comm}>] "),
        };
    }

    /// The call's number, if requested (`-n`).
    pub(super) fn number(&self, sys: &Syscall, out: &mut String) {
        if self.numbers {
            let _ = write!(out, "[{:4}] ", sys.nr);
        }
    }

    /// The number of the thread's last call, before an event that is not a call.
    fn last_number(&self, out: &mut String) {
        if let Some(number) = self.last_call.filter(|_| self.numbers) {
            let _ = write!(out, "[{number:4}] ");
        }
    }

    /// The call's number, if requested, where it was made, and its name.
    pub(super) fn name(&self, sys: &Syscall, prefix: Option<&LinePrefix>, out: &mut String) {
        self.number(sys, out);
        if let Some(prefix) = prefix {
            from_text(prefix, out);
        }
        out.push_str(sys.name);
    }

    /// The time spent in a call, if requested and known.
    pub(super) fn duration(&self, call: &Call, out: &mut String) {
        if let Some(ns) = call.dur_ns.filter(|_| self.durations && call.ret != Ret::Unfinished) {
            let _ = write!(out, " <{}", ns / 1_000_000_000);
            self.precisions.duration.fraction(ns, out);
            out.push('>');
        }
    }

    fn time(&mut self, ts_ns: u64, out: &mut String) {
        let seconds = ts_ns / 1_000_000_000;
        let Precisions { clock, relative, .. } = self.precisions;
        // Not recorded; only the first of differences is none.
        if ts_ns == 0 && (self.clock != Clock::Relative || self.last_ns.is_some_and(|last| last > 0)) {
            return;
        }
        match self.clock {
            Clock::None => return,
            Clock::Epoch => {
                let _ = write!(out, "{seconds}");
                clock.fraction(ts_ns, out);
            }
            Clock::Relative => {
                let since = self.since_last(ts_ns);
                let _ = write!(out, "{:6}", since / 1_000_000_000);
                relative.fraction(since, out);
            }
            Clock::Seconds | Clock::Micros => {
                let [hour, minute, second] = time_of_day(ts_ns);
                let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
                if self.clock == Clock::Micros {
                    clock.fraction(ts_ns, out);
                }
            }
        }
        out.push(' ');
        if self.since && self.clock != Clock::Relative {
            let since = self.since_last(ts_ns);
            let _ = write!(out, "(+{:6}", since / 1_000_000_000);
            relative.fraction(since, out);
            out.push_str(") ");
        }
    }

    /// Time since the previous line, ns.
    fn since_last(&mut self, ts_ns: u64) -> u64 {
        ts_ns.saturating_sub(self.last_ns.replace(ts_ns).unwrap_or(ts_ns))
    }
}
