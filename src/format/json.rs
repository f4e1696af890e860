//! JSON: a line per event, or one array of events.

use std::sync::Arc;

use super::{Entered, Format, Writer};
use crate::event::{Body, Call, Event, Ret};
use crate::json::{ArrayWriter, LineWriter};

/// One object per line.
pub(super) const LINES: Format = Format {
    name: "jsonl",
    endings: &["jsonl", "ndjson"],
    about: "One JSON object per line",
    for_people: false,
    binary: false,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: None,
    writer: |options| Box::new(JsonLines { entries: options.entries, ..JsonLines::default() }),
};

/// One array.
pub(super) const ARRAY: Format = Format {
    name: "json",
    endings: &["json"],
    about: "One JSON array",
    for_people: false,
    binary: false,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: Some("a JSON array ends with its bracket; try --format jsonl, which has a line per event"),
    writer: |_| Box::new(Array::default()),
};

#[derive(Default)]
struct JsonLines {
    lines: LineWriter,
    /// Whether calls are written at their entry too.
    entries: bool,
}

impl Writer for JsonLines {
    fn entered(&mut self, entered: &Entered<'_>, out: &mut Vec<u8>) {
        if self.entries {
            let args = entered.args.iter().map(|&value| value.clone()).collect();
            let mut call = Call::new(entered.sys, args, Ret::Unfinished);
            call.python = entered.python.map(|stack| Arc::new(stack.clone()));
            let mut event = Event::new(entered.pid, Body::Call(call));
            (event.tid, event.ts_ns) = (entered.tid, entered.ts_ns);
            self.lines.event(&event, out);
        }
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.lines.event(event, out);
    }

    /// Those who take over what is written at entries put several traces together, and follow the sockets of all.
    fn names_sockets(&self) -> bool {
        !self.entries
    }

    fn parallel(&self) -> Option<Box<dyn Writer>> {
        Some(Box::new(Self::default()))
    }
}

#[derive(Default)]
struct Array(ArrayWriter);

impl Writer for Array {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.0.event(event, out);
    }

    fn names_sockets(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        std::mem::take(&mut self.0).finish(out);
    }
}
