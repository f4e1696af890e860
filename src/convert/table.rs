//! Traces as tables: CSV with one row per event.
//!
//! The columns are the keys of the JSON event that every call has, flat; `args` is the JSON object of the arguments,
//! since calls differ in them, `more` holds all other keys as an object, and `text` is strace's line for people. So a
//! table holds everything and can be read back, and spreadsheets, DuckDB and pandas need no schema. What they write is
//! read as well: their columns may stand in another order, and their numbers be doubles.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, BufRead};

use memchr::{memchr, memchr3};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::Source;
use crate::event::{Body, Event, Unread};
use crate::format::Writer;
use crate::json;
use crate::text::{self, Style, parse::Report};

/// The columns, in order. All but the last three are the JSON keys of the same name.
///
/// | column | holds |
/// |---|---|
/// | `seq` | position in the trace, from 0 |
/// | `ts_ns` | when it began, ns since 1970 |
/// | `dur_ns` | time in the call, ns; empty where it was not measured |
/// | `pid`, `tid` | process and thread |
/// | `type` | `call`, `signal`, `exit`, … |
/// | `syscall` | the call's name |
/// | `ret` | the return value; empty where the call never returned |
/// | `errno` | the error's name, if it failed |
/// | `args` | the arguments, a JSON object |
/// | `more` | every other key of the JSON event, an object |
/// | `text` | strace's spelling; derived, not read back |
pub const COLUMNS: [&str; 12] =
    ["seq", "ts_ns", "dur_ns", "pid", "tid", "type", "syscall", "ret", "errno", "args", "more", "text"];
const ARGS: usize = 9;
const MORE: usize = 10;
const TEXT: usize = 11;
/// The columns without which rows are no events.
const NEEDED: [&str; 6] = ["seq", "ts_ns", "pid", "tid", "type", "args"];
/// Rows read in one stretch.
const STRETCH: usize = 1000;

/// Writes events as rows.
#[derive(Debug, Default)]
pub struct CsvWriter {
    begun: bool,
    json: json::LineWriter,
    line: Vec<u8>,
    more: String,
    text: String,
}

impl CsvWriter {
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.begun {
            self.begun = true;
            record(COLUMNS, out);
        }
    }
}

/// Appends one row.
fn record<T: AsRef<[u8]>>(cells: [T; 12], out: &mut Vec<u8>) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_cell(cell.as_ref(), out);
    }
    out.push(b'\n');
}

/// Appends a cell, between quotes where something in it would end it.
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

/// The keys of an object with their values as they are spelled, in order.
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

/// What a value is in a cell: nothing for null, and a string without its quotes.
fn cell(value: &str) -> Cow<'_, str> {
    match value.strip_prefix('"') {
        None if value == "null" => Cow::Borrowed(""),
        None => Cow::Borrowed(value),
        Some(text) if value.contains('\\') => Cow::Owned(serde_json::from_str(value).unwrap_or_else(|_| text.into())),
        Some(text) => Cow::Borrowed(text.strip_suffix('"').unwrap_or(text)),
    }
}

impl Writer for CsvWriter {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.begin(out);
        self.line.clear();
        self.json.event(event, &mut self.line);
        // Its own writer's line is an object.
        let Ok(Spelled(pairs)) = serde_json::from_slice(&self.line) else { return };
        self.more.clear();
        self.text.clear();
        let mut cells = [const { Cow::Borrowed("") }; 12];
        for (key, value) in pairs {
            if let Some(at) = COLUMNS[..=ARGS].iter().position(|column| *column == key) {
                cells[at] = cell(value);
                continue;
            }
            self.more.push(if self.more.is_empty() { '{' } else { ',' });
            let _ = write!(self.more, "\"{key}\":{value}");
        }
        self.more.push('}');
        text::write(event, &Style { align: 0, ..Style::default() }, &mut self.text);
        cells[MORE] = Cow::Borrowed(&self.more);
        cells[TEXT] = Cow::Borrowed(&self.text);
        record(cells.each_ref().map(|cell| cell.as_bytes()), out);
    }

    fn alike(&self) -> Option<Box<dyn Writer>> {
        self.begun.then(|| Box::new(Self { begun: true, ..Self::default() }) as _)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}

/// Whether a file that begins so is a table: its first line names the columns, in whatever order.
pub(super) fn begins(front: &[u8]) -> bool {
    let line = &front[..memchr(b'\n', front).unwrap_or(front.len())];
    let names: Vec<&[u8]> = line.split(|b| *b == b',').map(bare).collect();
    NEEDED.iter().all(|needed| names.contains(&needed.as_bytes()))
}

/// A column's name without the quotes that some programs put around it.
fn bare(name: &[u8]) -> &[u8] {
    let name = name.trim_ascii();
    name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name)
}

/// Reads rows back, also those that a spreadsheet, pandas or DuckDB wrote: its columns stand where its first line says.
pub(super) struct Table<R> {
    rows: csv::Reader<R>,
    columns: Vec<Option<&'static str>>,
    report: Report,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(input: R) -> Self {
        let rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
        Self { rows, columns: Vec::new(), report: Report::default() }
    }
}

/// The JSON event of a row.
fn object(row: &csv::StringRecord, columns: &[Option<&str>]) -> Option<Json> {
    let mut object = serde_json::Map::new();
    object.insert("v".into(), json::VERSION.into());
    for (cell, column) in row.iter().zip(columns) {
        let Some(column) = column.filter(|_| !cell.is_empty()) else { continue };
        let value = match column {
            "text" => continue,
            "more" => {
                let Json::Object(more) = serde_json::from_str(cell).ok()? else { return None };
                object.extend(more);
                continue;
            }
            "type" | "syscall" | "errno" => Json::String(cell.into()),
            _ => serde_json::from_str(cell).ok()?,
        };
        object.insert(column.into(), value);
    }
    let is_call = object.get("type").is_some_and(|kind| kind == "call");
    if is_call {
        for key in ["ret", "errno"] {
            object.entry(key).or_insert(Json::Null);
        }
    }
    Some(Json::Object(object))
}

impl<R: BufRead + Send> Source for Table<R> {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        for _ in 0..STRETCH {
            let mut row = csv::ByteRecord::new();
            let more = self.rows.read_byte_record(&mut row).map_err(io::Error::other)?;
            if !more {
                return Ok(false);
            }
            let line = row.position().map_or(0, csv::Position::line);
            // Tables that were put one after the other have the names of their columns again.
            if self.columns.is_empty() || row.iter().any(|cell| cell == NEEDED[1].as_bytes()) {
                let known = |name: &[u8]| COLUMNS.into_iter().find(|column| column.as_bytes() == bare(name));
                self.columns = row.iter().map(known).collect();
                continue;
            }
            self.report.lines += 1;
            self.report.bytes = self.rows.position().byte();
            let raw = row.iter().collect::<Vec<_>>().join(&b","[..]);
            let read = match csv::StringRecord::from_byte_record(row) {
                Ok(row) => match object(&row, &self.columns) {
                    Some(object) => json::read(&object.to_string()).map_err(|error| error.to_string()),
                    None => Err("this is no row of a trace".into()),
                },
                Err(_) => Err("this is not UTF-8 text".into()),
            };
            let event = read.unwrap_or_else(|why| {
                self.report.trouble(line, 1, why, &raw);
                let body = Body::Unread(Unread { raw, line, column: 1, more: false });
                Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body }
            });
            self.report.count(&event);
            out.push(event);
        }
        Ok(true)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}
