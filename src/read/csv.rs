//! Reads back the tables that [`crate::format::csv`] writes, also after a spreadsheet, pandas or DuckDB rewrote them:
//! the columns may be in another order, and numbers may be doubles.

use std::io::{self, BufRead};

use memchr::memchr;
use serde_json::Value as Json;

use super::{EventSource, Report};
use crate::event::{Body, Event, Unread};
use crate::format::csv::COLUMNS;
use crate::json;

/// The columns that every table must have.
const NEEDED: [&str; 6] = ["seq", "ts_ns", "pid", "tid", "type", "args"];
/// Rows read in one batch.
const BATCH: usize = 1000;

/// Whether a file that begins so is a table: its first line names the columns, in any order.
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

/// Reads rows; the first line names the columns.
pub(super) struct CsvRows<R> {
    rows: csv::Reader<R>,
    columns: Vec<Option<&'static str>>,
    report: Report,
    reader: json::LineReader,
}

impl<R: BufRead> CsvRows<R> {
    pub(super) fn new(input: R) -> Self {
        let rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
        Self { rows, columns: Vec::new(), report: Report::default(), reader: json::LineReader::default() }
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
        object.entry("syscall").or_insert("".into());
        for key in ["ret", "errno"] {
            object.entry(key).or_insert(Json::Null);
        }
    }
    Some(Json::Object(object))
}

impl<R: BufRead + Send> EventSource for CsvRows<R> {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        for _ in 0..BATCH {
            let mut row = csv::ByteRecord::new();
            let more = self.rows.read_byte_record(&mut row).map_err(io::Error::other)?;
            if !more {
                return Ok(false);
            }
            let line = row.position().map_or(0, csv::Position::line);
            // Concatenated tables repeat the names of their columns.
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
                    Some(object) => self.reader.event(&object.to_string()).map_err(|error| error.to_string()),
                    None => Err("not a row of a trace".into()),
                },
                Err(_) => Err("not UTF-8".into()),
            };
            let event = read.unwrap_or_else(|why| {
                self.report.trouble(line, 1, why, &raw);
                let body = Body::Unread(Unread { raw, line, column: 1, more: false });
                Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body, role: None, prefix: None }
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
