//! Folded stacks: a line for each Python stack with the call that it made, and what that cost. It is what flame graph tools
//! read (flamegraph.pl, inferno, speedscope): frames from the outermost, joined by `;`, a space, and a whole number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Format, WriteOptions, Writer};
use crate::event::{Body, Call, Event, PythonFrame, Ret};
use crate::text::is_misleading;

/// What a stack costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FoldedBy {
    /// Time in the calls, in ns.
    #[default]
    Time,
    /// Bytes that they moved.
    Bytes,
    /// How many there were.
    Calls,
    /// How many of them failed.
    Errors,
}

/// A line for each stack.
pub(super) const FORMAT: Format = Format {
    name: "folded",
    endings: &["folded"],
    about: "Python stacks for flame graph tools: frames;call and time in ns, or what --folded-by says",
    for_people: false,
    binary: false,
    in_browser: false,
    teaches: false,
    adds_stacks: true,
    strings: 32,
    own_files: None,
    closed: Some("its stacks are sums over a whole trace; record with --format jsonl, and convert that"),
    writer: |options: &WriteOptions| Box::new(Folded { by: options.folded_by, ..Folded::default() }),
};

/// Adds up what each stack costs.
#[derive(Default)]
struct Folded {
    by: FoldedBy,
    stacks: BTreeMap<String, u64>,
}

impl Folded {
    fn cost(&self, call: &Call) -> u64 {
        match self.by {
            FoldedBy::Time => call.dur_ns.unwrap_or(0),
            FoldedBy::Bytes => call.bytes().unwrap_or(0),
            FoldedBy::Calls => 1,
            FoldedBy::Errors => matches!(call.ret, Ret::Err(_)).into(),
        }
    }
}

impl Writer for Folded {
    fn event(&mut self, event: &Event, _out: &mut Vec<u8>) {
        let Body::Call(call) = &event.body else { return };
        let cost = self.cost(call);
        if cost == 0 {
            return;
        }
        let mut stack = String::new();
        let comm = event.prefix.as_ref().and_then(|prefix| prefix.comm);
        if let Some(name) = event.role.or(comm) {
            escape(name, &mut stack);
            stack.push(';');
        }
        for frame in call.python.iter().flat_map(|stack| stack.frames.iter().rev()) {
            self::frame(frame, &mut stack);
            stack.push(';');
        }
        escape(call.sys.name, &mut stack);
        *self.stacks.entry(stack).or_default() += cost;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        for (stack, cost) in std::mem::take(&mut self.stacks) {
            out.extend_from_slice(format!("{stack} {cost}\n").as_bytes());
        }
    }
}

/// `serve(server.py:12)`.
fn frame(frame: &PythonFrame, out: &mut String) {
    escape(&frame.function, out);
    out.push('(');
    escape(frame.file.rsplit('/').next().unwrap_or_default(), out);
    match frame.line {
        Some(line) => _ = write!(out, ":{line})"),
        None => out.push(')'),
    }
}

/// Text without what separates frames, lines and numbers, or cannot be seen.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            ';' | ' ' | '\\' => _ = write!(out, "\\x{:02x}", c as u32),
            c if c.is_whitespace() || is_misleading(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}
