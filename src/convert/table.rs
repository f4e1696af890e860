//! Traces as tables: CSV with one row per event.
//!
//! The columns are the keys of the JSON event that every call has, flat; `args` is the JSON object of the arguments,
//! since calls differ in them, `more` holds all other keys as an object, and `text` is strace's line for people. So a
//! table holds everything and can be read back, and spreadsheets, DuckDB and pandas need no schema.

use std::io::{self, BufRead};

use serde_json::Value as Json;

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
/// How a table begins.
pub(super) const HEADER: &[u8] = b"seq,ts_ns,dur_ns,pid,tid,type,";
const ARGS: usize = 9;
const MORE: usize = 10;
const TEXT: usize = 11;
/// Rows read in one stretch.
const STRETCH: usize = 1000;

/// Writes events as rows.
#[derive(Debug, Default)]
pub struct CsvWriter {
    begun: bool,
    json: Vec<u8>,
}

impl CsvWriter {
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.begun {
            self.begun = true;
            record(&COLUMNS.map(Into::into), out);
        }
    }
}

/// Appends one row. Writing to memory does not fail.
fn record(cells: &[String; 12], out: &mut Vec<u8>) {
    let mut writer = csv::Writer::from_writer(out);
    let _ = writer.write_record(cells);
    let _ = writer.flush();
}

impl Writer for CsvWriter {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.begin(out);
        self.json.clear();
        json::write(event, &mut self.json);
        let Ok(Json::Object(mut object)) = serde_json::from_slice(&self.json) else { return };
        let mut cells: [String; 12] = Default::default();
        for (cell, column) in cells.iter_mut().zip(COLUMNS).take(ARGS + 1) {
            *cell = match object.remove(column) {
                None | Some(Json::Null) => String::new(),
                Some(Json::String(text)) => text,
                Some(value) => value.to_string(),
            };
        }
        cells[MORE] = Json::Object(object).to_string();
        text::write(event, &Style { align: 0, ..Style::default() }, &mut cells[TEXT]);
        record(&cells, out);
    }

    fn alike(&self) -> Option<Box<dyn Writer>> {
        self.begun.then(|| Box::new(Self { begun: true, json: Vec::new() }) as _)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}

/// Reads rows back.
pub(super) struct Table<R> {
    rows: csv::Reader<R>,
    report: Report,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(input: R) -> Self {
        Self { rows: csv::ReaderBuilder::new().flexible(true).from_reader(input), report: Report::default() }
    }
}

/// The JSON event of a row.
fn object(row: &csv::StringRecord) -> Option<Json> {
    let Json::Object(mut object) = serde_json::from_str(row.get(MORE)?).ok()? else { return None };
    for (cell, column) in row.iter().zip(COLUMNS).take(ARGS + 1) {
        let value = match column {
            "type" | "syscall" | "errno" if !cell.is_empty() => Json::String(cell.into()),
            _ if cell.is_empty() => continue,
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
            self.report.lines += 1;
            self.report.bytes = self.rows.position().byte();
            let raw = row.iter().collect::<Vec<_>>().join(&b","[..]);
            let read = match csv::StringRecord::from_byte_record(row) {
                Ok(row) => match object(&row) {
                    Some(object) => json::read(&object.to_string()).map_err(|error| error.to_string()),
                    None => Err("this is no row of a trace".into()),
                },
                Err(_) => Err("this is not UTF-8 text".into()),
            };
            let event = read.unwrap_or_else(|why| {
                self.report.trouble(line, 1, why, &raw);
                let body = Body::Unread(Unread { raw, line, column: 1, more: false });
                Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body, prefix: None }
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
