//! Reads the tables back that [`crate::format::csv`] writes.

use std::io::{self, BufRead};

use serde_json::Value as Json;

use super::Source;
use crate::event::{Body, Event, Unread};
use crate::format::csv::{ARGS, COLUMNS, MORE};
use crate::json;
use crate::text::parse::Report;

/// Rows read in one stretch.
const STRETCH: usize = 1000;

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
