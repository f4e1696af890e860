//! The formats a trace can be written in: one table, from which their names and the guess by file name derive.

use crate::event::{Body, Event};
use crate::json;
use crate::text::{Clock, Lines};
use crate::why::Explainer;

pub mod csv;

use csv::CsvWriter;

/// Turns events into bytes, one after the other.
pub trait Writer: Send {
    /// Appends one event.
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);

    /// A writer that goes on where this one has begun, whatever comes between: `None` where a line depends on the lines
    /// before it.
    fn alike(&self) -> Option<Box<dyn Writer>> {
        None
    }

    /// Appends what ends the file.
    fn end(&mut self, _out: &mut Vec<u8>) {}
}

/// What the user chose about the text; other formats hold everything anyway.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Line prefixes and spelling.
    pub lines: Lines,
}

/// One format.
#[derive(Clone, Copy)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// What it is, for who chooses.
    pub about: &'static str,
    /// The ending of files in it, without the dot.
    pub extension: &'static str,
    /// Makes a writer.
    pub writer: fn(&Options) -> Box<dyn Writer>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every format. The first is what a terminal gets.
pub static FORMATS: &[Format] = &[
    Format {
        name: "strace",
        about: "strace's own notation, byte for byte",
        extension: "strace",
        writer: |options| Box::new(Text { lines: options.lines.clone(), line: String::new() }),
    },
    Format {
        name: "jsonl",
        about: "One JSON object per line",
        extension: "jsonl",
        writer: |_| Box::new(JsonLines::default()),
    },
    Format {
        name: "json",
        about: "One JSON array",
        extension: "json",
        writer: |_| Box::new(JsonArray(json::ArrayWriter::default())),
    },
    Format {
        name: "csv",
        about: "One row per event, arguments as a JSON object",
        extension: "csv",
        writer: |_| Box::new(CsvWriter::default()),
    },
];

/// Looks a format up by its name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format a file's name asks for.
pub fn by_path(path: &std::path::Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?;
    FORMATS.iter().find(|format| format.extension == extension)
}

/// strace's text.
struct Text {
    lines: Lines,
    line: String,
}

impl Writer for Text {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        // The line of an unknown file may be anything, so it is copied and not spelled.
        if let Body::Unread(unread) = &event.body {
            out.extend_from_slice(&unread.raw);
            if !unread.more {
                out.push(b'\n');
            }
            return;
        }
        self.line.clear();
        self.lines.write(event, &mut self.line);
        out.extend_from_slice(self.line.as_bytes());
    }

    fn alike(&self) -> Option<Box<dyn Writer>> {
        let depends = self.lines.group || self.lines.clock == Clock::Relative;
        (!depends).then(|| Box::new(Self { lines: self.lines.clone(), line: String::new() }) as _)
    }
}

/// JSON lines.
#[derive(Default)]
struct JsonLines(json::LineWriter);

impl Writer for JsonLines {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.0.event(event, out);
    }

    fn alike(&self) -> Option<Box<dyn Writer>> {
        Some(Box::new(Self::default()))
    }
}

/// A JSON array.
struct JsonArray(json::ArrayWriter);

impl Writer for JsonArray {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.0.event(event, out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        std::mem::take(&mut self.0).finish(out);
    }
}

/// Explains calls before another writer writes them.
pub struct Explained {
    explainer: Explainer,
    writer: Box<dyn Writer>,
}

impl Explained {
    /// In front of `writer`.
    pub fn before(writer: Box<dyn Writer>) -> Box<dyn Writer> {
        Box::new(Self { explainer: Explainer::default(), writer })
    }

    /// The same for events of several recorders, each of which knows only its own.
    pub fn joint(writer: Box<dyn Writer>) -> Box<dyn Writer> {
        Box::new(Self { explainer: Explainer::joint(), writer })
    }
}

impl std::fmt::Debug for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Explained")
    }
}

impl Writer for Explained {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        let mut event = event.clone();
        self.explainer.event(&mut event);
        self.writer.event(&event, out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.writer.end(out);
    }
}
