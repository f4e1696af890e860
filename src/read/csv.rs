//! Reads back the tables that [`crate::format::csv`] writes, also after a spreadsheet, pandas or DuckDB rewrote them:
//! the columns may be in another order, and numbers may be doubles.

use std::io::{self, BufRead};

use memchr::memchr;
use serde_json::Value as Json;

use super::{EventSource, Report};
use crate::event::{Body, Event, Unread};
use crate::json;
use crate::sys::clock;

/// The columns that every table must have.
const NEEDED: [&str; 5] = ["seq", "pid", "tid", "type", "args"];
/// When it began, as older tables have it, and as dates.
const TIMES: [&str; 2] = ["ts_ns", "ts"];
/// The columns that are read; others say the same again.
const READ: [&str; 13] =
    ["seq", "ts_ns", "ts", "dur_ns", "pid", "tid", "type", "syscall", "ret", "errno", "args", "more", "text"];
/// Rows read in one batch.
const BATCH: usize = 1000;

/// Whether a file that begins so is a table: its first line names the columns, in any order.
pub(super) fn begins(front: &[u8]) -> bool {
    let line = &front[..memchr(b'\n', front).unwrap_or(front.len())];
    let names: Vec<&[u8]> = line.split(|b| *b == b',').map(bare).collect();
    let has = |name: &&str| names.contains(&name.as_bytes());
    NEEDED.iter().all(has) && TIMES.iter().any(has)
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

/// A moment in ns since 1970, as we write it and as others do: `2026-11-28 17:10:50.123457+00`, with a zone or in UTC.
fn moment(text: &str) -> Option<u64> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let number = |part: &str| part.parse::<u16>().ok().map(i64::from);
    let numbers = |text: &str| text.split([':', '-']).map(number).collect::<Option<Vec<_>>>();
    let (time, part) = time.trim_end().split_once('.').unwrap_or((time.trim_end(), ""));
    let (date, time) = (numbers(date)?, numbers(time)?);
    let away = match zone.strip_prefix(['+', '-']) {
        None => 0,
        Some(away) => {
            let away = numbers(away)?;
            let seconds = away.first()? * 3600 + away.get(1).unwrap_or(&0) * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    let &[year, month @ 1..=12, day @ 1..=31] = date.as_slice() else { return None };
    let (&[hour, minute], second) = (time.get(..2)?.first_chunk()?, time.get(2).unwrap_or(&0));
    let seconds = clock::days(year, month, day)? * 86_400 + hour * 3600 + minute * 60 + second - away;
    let is_part = part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    let ns = format!("{part:0<9}").parse::<i64>().ok().filter(|_| is_part)?;
    u64::try_from(seconds.checked_mul(1_000_000_000)?.checked_add(ns)?).ok()
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
            "ts" => {
                object.insert("ts_ns".into(), moment(cell)?.into());
                continue;
            }
            "type" | "syscall" | "errno" => Json::String(cell.into()),
            _ => serde_json::from_str(cell).ok()?,
        };
        object.insert(column.into(), value);
    }
    object.entry("ts_ns").or_insert(0.into());
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
            if self.columns.is_empty() || row.iter().any(|cell| cell == NEEDED[0].as_bytes()) {
                let known = |name: &[u8]| READ.into_iter().find(|column| column.as_bytes() == bare(name));
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
                Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body, role: None, host: None, prefix: None }
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

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_read_as_others_write_them() {
        for (text, ns) in [
            ("2026-11-28T17:10:50.123456789Z", Some(1_795_885_850_123_456_789)),
            ("2026-11-28 17:10:50.123457+00", Some(1_795_885_850_123_457_000)),
            ("2026-11-28 18:10:50+01:00", Some(1_795_885_850_000_000_000)),
            ("2026-11-28 12:40:50.5-04:30", Some(1_795_885_850_500_000_000)),
            ("2026-11-28 17:10", Some(1_795_885_800_000_000_000)),
            ("2026-11-28", None),
            ("28.11.2026 17:10:50", None),
            ("2026-11-28 17:10:50.1234567890", None),
            ("1969-11-28 17:10:50", None),
            ("9999999999999-01-01 00:00:00", None),
            ("2026-11-28 9999999999999999:10:50", None),
            ("2026-11-28 17:10:50+9999999999999999", None),
        ] {
            assert_eq!(moment(text), ns, "{text}");
        }
    }
}
