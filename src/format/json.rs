//! JSON: a line per event, or one array of events.

use super::{Format, Writer};
use crate::event::Event;
use crate::json::{ArrayWriter, LineWriter};

/// One object per line.
pub(super) const LINES: Format = Format {
    name: "jsonl",
    endings: &["jsonl", "ndjson"],
    about: "One JSON object per line",
    for_people: false,
    closed: None,
    writer: |_| Box::new(JsonLines::default()),
};

/// One array.
pub(super) const ARRAY: Format = Format {
    name: "json",
    endings: &["json"],
    about: "One JSON array",
    for_people: false,
    closed: Some("a JSON array ends with its bracket; try --format jsonl, which has a line per event"),
    writer: |_| Box::new(Array::default()),
};

#[derive(Default)]
struct JsonLines(LineWriter);

impl Writer for JsonLines {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.0.event(event, out);
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

    fn end(&mut self, out: &mut Vec<u8>) {
        std::mem::take(&mut self.0).finish(out);
    }
}
