//! The system calls of each line of a user's program.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Value as Json, json as object};

use crate::event::{Body, Call, Event, Ret};
use crate::text::visible;

/// One line of a program, and the calls it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCalls {
    /// The file as the code object names it.
    pub file: Arc<str>,
    /// The line's number, counted from 1; `None` for instructions of no line.
    pub line: Option<u32>,
    /// Its text, if it was found, with that of the lines its call continues on.
    pub source: Option<Arc<str>>,
    /// Its calls, in the order in which each was first made.
    pub calls: Vec<CallCount>,
    /// The time between entry and return of its calls in ns, including waiting.
    pub dur_ns: u64,
    /// The part of it that the thread waited, for a peer, a lock or an event.
    pub waited_ns: u64,
    /// How many bytes its calls sent or wrote, and received or read.
    pub bytes: u64,
}

/// How often one system call was made, and its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCount {
    /// The call's name.
    pub syscall: &'static str,
    /// How often it was made.
    pub calls: u64,
    /// The time spent in it, in ns.
    pub dur_ns: u64,
    /// The part of it that the thread waited.
    pub waited_ns: u64,
    /// How many bytes it moved.
    pub bytes: u64,
    /// The smallest and the largest return value of the calls that succeeded.
    pub returned: Option<(i64, i64)>,
    /// How often each error occurred, by errno name.
    pub errors: BTreeMap<String, u64>,
    /// How many calls did not return.
    pub unfinished: u64,
}

impl fmt::Display for CallCount {
    /// `connect ×3 (0; 2 ECONNREFUSED)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ×{} (", self.syscall, self.calls)?;
        let mut parts = Vec::new();
        match self.returned {
            Some((least, most)) if least == most => parts.push(format!("= {least}")),
            Some((least, most)) => parts.push(format!("= {least}…{most}")),
            None => {}
        }
        parts.extend(self.errors.iter().map(|(name, count)| format!("{count} {name}")));
        if self.unfinished > 0 {
            parts.push(format!("{} unfinished", self.unfinished));
        }
        write!(f, "{})", parts.join(", "))
    }
}

impl LineCalls {
    /// `client.py:4`.
    pub fn place(&self) -> String {
        let name = if self.file.starts_with('<') { None } else { self.file.rsplit('/').next() };
        let mut place = String::new();
        visible(name.unwrap_or(&self.file), &mut place);
        match self.line {
            Some(line) => place.push_str(&format!(":{line}")),
            // A thread without Python has no lines.
            None if self.file.starts_with('<') => {}
            None => place.push_str(":?"),
        }
        place
    }

    /// How many calls it made.
    pub fn count(&self) -> u64 {
        self.calls.iter().map(|count| count.calls).sum()
    }

    /// How many of them failed.
    pub fn errors(&self) -> u64 {
        self.calls.iter().flat_map(|count| count.errors.values()).sum()
    }

    /// The time that its calls took without waiting, in ns.
    pub fn busy_ns(&self) -> u64 {
        self.dur_ns.saturating_sub(self.waited_ns)
    }
}

/// Counts a program's calls by its lines.
#[derive(Debug, Clone, Default)]
pub struct LineCounter {
    /// By library or not, file and line, so that the user's own lines come first.
    lines: BTreeMap<(bool, Arc<str>, Option<u32>), Tally>,
    /// The number of calls that no line made: before the program began, after its end, or outside Python.
    pub elsewhere: u64,
}

#[derive(Debug, Clone, Default)]
struct Tally {
    source: Option<Arc<str>>,
    calls: Vec<CallCount>,
}

impl LineCounter {
    /// Counts an event, if it is a call.
    pub fn take(&mut self, event: &Event) {
        self.take_timed(event, 0);
    }

    /// Counts an event, if it is a call, of which the thread spent so much time computing in the kernel; the rest of a call
    /// that waits for something is waiting.
    pub fn take_timed(&mut self, event: &Event, system_ns: u64) {
        let Body::Call(call) = &event.body else { return };
        let Some(frame) = call.python.as_deref().and_then(|stack| stack.caller()) else {
            self.elsewhere += 1;
            return;
        };
        let tally = self.lines.entry((frame.library, frame.file.clone(), frame.line)).or_default();
        if tally.source.is_none() {
            tally.source = frame.text().map(Arc::from);
        }
        let name = call.sys.name;
        let new = || CallCount {
            syscall: name,
            calls: 0,
            dur_ns: 0,
            waited_ns: 0,
            bytes: 0,
            returned: None,
            errors: BTreeMap::new(),
            unfinished: 0,
        };
        let at = tally.calls.iter().position(|count| count.syscall == name).unwrap_or_else(|| {
            tally.calls.push(new());
            tally.calls.len() - 1
        });
        tally.calls[at].take(call, system_ns);
    }

    /// The counts by file and line, the user's own before the libraries'.
    pub fn finish(self) -> Vec<LineCalls> {
        let line = |((_, file, line), tally): ((bool, Arc<str>, Option<u32>), Tally)| LineCalls {
            file,
            line,
            source: tally.source,
            dur_ns: tally.calls.iter().map(|count| count.dur_ns).sum(),
            waited_ns: tally.calls.iter().map(|count| count.waited_ns).sum(),
            bytes: tally.calls.iter().map(|count| count.bytes).sum(),
            calls: tally.calls,
        };
        self.lines.into_iter().map(line).collect()
    }
}

impl CallCount {
    fn take(&mut self, call: &Call, system_ns: u64) {
        self.calls += 1;
        let dur_ns = call.dur_ns.unwrap_or(0);
        self.dur_ns += dur_ns;
        if call.sys.effect.may_wait() {
            self.waited_ns += dur_ns.saturating_sub(system_ns);
        }
        match call.ret {
            Ret::Ok(value) => {
                self.bytes += u64::try_from(value).ok().filter(|_| call.sys.returns_bytes()).unwrap_or(0);
                let (least, most) = self.returned.unwrap_or((value, value));
                self.returned = Some((least.min(value), most.max(value)));
            }
            Ret::Err(errno) => {
                let name = errno.name().map_or_else(|| errno.0.to_string(), str::to_owned);
                *self.errors.entry(name).or_default() += 1;
            }
            Ret::Unfinished => self.unfinished += 1,
        }
    }
}

/// A JSON object per line.
pub fn json(lines: &[LineCalls]) -> Json {
    let call = |count: &CallCount| {
        object!({
            "syscall": count.syscall,
            "count": count.calls,
            "dur_ns": count.dur_ns,
            "waited_ns": count.waited_ns,
            "bytes": count.bytes,
            "least": count.returned.map(|(least, _)| least),
            "most": count.returned.map(|(_, most)| most),
            "errors": count.errors.iter().map(|(name, count)| object!({"errno": name, "count": count})).collect::<Vec<_>>(),
            "unfinished": count.unfinished,
        })
    };
    let line = |line: &LineCalls| {
        object!({
            "file": *line.file,
            "line": line.line,
            "source": line.source.as_deref(),
            "dur_ns": line.dur_ns,
            "waited_ns": line.waited_ns,
            "bytes": line.bytes,
            "calls": line.calls.iter().map(call).collect::<Vec<_>>(),
        })
    };
    Json::Array(lines.iter().map(line).collect())
}
