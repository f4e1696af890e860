//! Traces as tables: CSV with one row per event.
//!
//! The columns are what every call has, and what is asked for most: the other end, bytes, the Python line. `args` is the JSON
//! object of the arguments, in which calls differ, `more` holds all other keys as an object, and `text` is strace's line for
//! people. So a table is complete and can be read back, and spreadsheets, DuckDB and pandas need no schema. Times are dates,
//! since spreadsheets round numbers of 19 digits.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr, memchr3};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Format, Writer};
use crate::event::Event;
use crate::json;
use crate::table::calls::{self, CallColumn, EventRow, Texts, TraceOrigin};
use crate::table::{self, Cell};
use crate::text::{self, Style};

/// The columns, in order.
///
/// | column | holds |
/// |---|---|
/// | `seq` | position in the trace, from 0 |
/// | `ts` | when it began, in UTC to the ns: `2026-11-28T17:10:50.123456789Z`; empty where that is not known |
/// | `dur_ns` | time in the call, ns; empty where it was not measured |
/// | `pid`, `tid` | process and thread |
/// | `type` | `call`, `signal`, `exit`, … |
/// | `syscall` | the call's name |
/// | `ret` | the return value; empty where the call never returned |
/// | `errno` | the error's name, if it failed |
/// | `sock` … `why` | the socket, its addresses, bytes, the Python line, the cause: as `sockscope schema --format tables` has them; derived, not read back |
/// | `args` | the arguments, a JSON object |
/// | `more` | every other key of the JSON event, an object |
/// | `text` | strace's spelling; derived, not read back |
pub const COLUMNS: [&str; 22] = [
    "seq",
    "ts",
    "dur_ns",
    "pid",
    "tid",
    "type",
    "syscall",
    "ret",
    "errno",
    "sock",
    "peer_sock",
    "local",
    "peer",
    "direction",
    "bytes",
    "py_file",
    "py_line",
    "py_function",
    "why",
    "args",
    "more",
    "text",
];
const TS: usize = 1;
/// The columns that are derived, and no JSON keys.
const DERIVED: Range<usize> = 9..19;
const ARGS: usize = 19;
const MORE: usize = 20;
const TEXT: usize = 21;

/// One row per event.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    endings: &["csv"],
    about: "One row per event, arguments as a JSON object",
    for_people: false,
    binary: false,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: None,
    writer: |options| Box::new(Rows { begun: options.continued, ..Rows::default() }),
};

/// Writes events as rows.
#[derive(Default)]
struct Rows {
    /// Whether the names of the columns were written.
    begun: bool,
    json: json::LineWriter,
    line: Vec<u8>,
    more: String,
    text: String,
    texts: Texts,
    origin: TraceOrigin,
}

impl Rows {
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.begun {
            self.begun = true;
            record(COLUMNS, out);
        }
    }
}

/// Appends one row.
fn record<T: AsRef<[u8]>>(cells: [T; COLUMNS.len()], out: &mut Vec<u8>) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_cell(cell.as_ref(), out);
    }
    out.push(b'\n');
}

/// Appends a cell, quoted where its text would end it.
fn push_cell(cell: &[u8], out: &mut Vec<u8>) {
    if memchr3(b',', b'"', b'\n', cell).is_none() && !cell.contains(&b'\r') {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    let mut rest = cell;
    while let Some(quote) = memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=quote]);
        out.push(b'"');
        rest = &rest[quote + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// The keys of an object with the raw text of their values, in order.
struct Spelled<'a>(Vec<(&'a str, &'a str)>);

impl<'de> Deserialize<'de> for Spelled<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Spelled<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spelled<'de>, A::Error> {
                let mut pairs = Vec::with_capacity(16);
                while let Some((key, value)) = map.next_entry::<&str, &RawValue>()? {
                    pairs.push((key, value.get()));
                }
                Ok(Spelled(pairs))
            }
        }
        from.deserialize_map(Keys)
    }
}

/// A value as a cell: empty for null, and a string without its quotes.
fn cell(value: &str) -> Cow<'_, str> {
    match value.strip_prefix('"') {
        None if value == "null" => Cow::Borrowed(""),
        None => Cow::Borrowed(value),
        Some(text) if value.contains('\\') => Cow::Owned(serde_json::from_str(value).unwrap_or_else(|_| text.into())),
        Some(text) => Cow::Borrowed(text.strip_suffix('"').unwrap_or(text)),
    }
}

/// The places of the derived columns, and what they hold.
static DERIVED_COLUMNS: LazyLock<Vec<(usize, &'static CallColumn)>> = LazyLock::new(|| {
    let of = |at: usize| Some((at, calls::COLUMNS.iter().find(|column| column.name == COLUMNS[at])?));
    DERIVED.filter_map(of).collect()
});

impl Writer for Rows {
    /// As in JSON, whose other keys are a column.
    fn names_sockets(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.begin(out);
        self.line.clear();
        self.json.event(event, &mut self.line);
        // Its own writer's line is an object.
        let Ok(Spelled(pairs)) = serde_json::from_slice(&self.line) else { return };
        self.more.clear();
        self.text.clear();
        self.texts.set(event);
        let row = EventRow::new(event, &self.origin, None, &self.texts, ["", ""]);
        let mut cells = [const { Cow::Borrowed("") }; COLUMNS.len()];
        for (at, column) in &*DERIVED_COLUMNS {
            match (column.of)(&row) {
                Cell::Null => {}
                Cell::Int(number) => cells[*at] = number.to_string().into(),
                Cell::Text(text) => cells[*at] = text::visible_text(text),
            }
        }
        for (key, value) in pairs {
            if key == "ts_ns" {
                cells[TS] = if event.ts_ns == 0 { "".into() } else { table::iso(event.ts_ns).into() };
                continue;
            }
            let is_key = |at: &usize| !DERIVED.contains(at) && *at <= ARGS;
            if let Some(at) = COLUMNS.iter().position(|column| *column == key).filter(is_key) {
                cells[at] = cell(value);
                continue;
            }
            self.more.push(if self.more.is_empty() { '{' } else { ',' });
            let _ = write!(self.more, "\"{key}\":{value}");
        }
        self.more.push('}');
        text::write(event, &Style { align: 0, ..Style::default() }, &mut self.text);
        cells[MORE] = Cow::Borrowed(&self.more);
        cells[TEXT] = text::visible_text(&self.text);
        record(cells.each_ref().map(|cell| cell.as_bytes()), out);
    }

    fn parallel(&self) -> Option<Box<dyn Writer>> {
        self.begun.then(|| Box::new(Self { begun: true, ..Self::default() }) as _)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}
