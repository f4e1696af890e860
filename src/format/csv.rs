//! Traces as tables: CSV with one row per event.
//!
//! The columns are the keys of the JSON event that every call has, flat; `args` is the JSON object of the arguments,
//! since calls differ in them, `more` holds all other keys as an object, and `text` is strace's line for people. So a
//! table holds everything and can be read back, and spreadsheets, DuckDB and pandas need no schema.

use serde_json::Value as Json;

use super::Writer;
use crate::event::Event;
use crate::json;
use crate::text::{self, Style};

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
pub(crate) const HEADER: &[u8] = b"seq,ts_ns,dur_ns,pid,tid,type,";
/// Where the JSON keys end, and the columns of another kind.
pub(crate) const ARGS: usize = 9;
pub(crate) const MORE: usize = 10;
const TEXT: usize = 11;

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
