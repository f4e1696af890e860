//! Measurements as a sheet of cells, as Markdown and as JSON.

use serde_json::{Value as Json, json as object};

use super::lines::LineCalls;
use super::{Case, Column, Measured, Outcome, brief};
use crate::event::{Body, Event};
use crate::json as events;
use crate::text;
use crate::value::Value;

/// Rows and columns of text, for a terminal's table or for Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The column headings.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

/// The mark of a row in which the interpreters differ.
const DIFFERS: &str = "≠ ";

/// A row per situation, a column per interpreter; rows in which interpreters differ are marked.
pub fn sheet(cases: &[Case], columns: &[Column]) -> Sheet {
    let mut head = vec!["API".to_owned(), "Situation".to_owned(), "Expression".to_owned()];
    match columns {
        [_] => head.push("System calls".to_owned()),
        _ => head.extend(columns.iter().map(|column| format!("CPython {}", column.python.version))),
    }
    let rows = cases.iter().enumerate().map(|(at, case)| {
        let cells: Vec<String> = columns.iter().filter_map(|column| column.rows.get(at)).map(cell).collect();
        let differs = if cells.windows(2).any(|pair| pair[0] != pair[1]) { DIFFERS } else { "" };
        let mut row = vec![format!("{differs}{}", case.api), case.situation.to_owned(), case.expression.to_owned()];
        row.extend(cells);
        row
    });
    Sheet { head, rows: rows.collect() }
}

/// The short forms of an expression's calls, and the exception that it raised.
fn cell(measured: &Measured) -> String {
    let calls: Vec<String> = in_short(&measured.calls).into_iter().flatten().collect();
    let calls = if calls.is_empty() { "none".to_owned() } else { calls.join("; ") };
    match &measured.outcome {
        Outcome::Returned => calls,
        Outcome::Raised(name) => format!("{calls}; raises {name}"),
        Outcome::Unprepared(name) => format!("not measured: its preparation raises {name}"),
    }
}

/// The short forms of one expression's calls. A timeout shorter than the one before is shown as `what is left`.
fn in_short(calls: &[Event]) -> Vec<Option<String>> {
    let mut waited = None;
    let in_short = |event: &Event| {
        let Body::Call(call) = &event.body else { return None };
        let Some(Value::Int(timeout)) = call.arg("timeout") else { return Some(brief(call)) };
        let before = waited.replace(*timeout);
        let text = brief(call);
        let is_left = *timeout > 0 && before.is_some_and(|before| *timeout < before);
        Some(if is_left { text.replace(&format!(", {timeout})"), ", what is left)") } else { text })
    };
    calls.iter().map(in_short).collect()
}

impl Sheet {
    /// The lines of a user's program that made calls.
    pub fn of_lines(lines: &[LineCalls]) -> Self {
        let mut lines: Vec<&LineCalls> = lines.iter().collect();
        lines.sort_by_key(|line| std::cmp::Reverse((line.busy_ns(), line.count())));
        let most = |of: fn(&LineCalls) -> u64| lines.iter().map(|line| of(line)).max().unwrap_or(0);
        let time = Unit::fitting(TIMES, most(|line| line.busy_ns().max(line.waited_ns)));
        let bytes = Unit::fitting(BYTES, most(|line| line.bytes));
        let head = [
            "Line".to_owned(),
            "Source".to_owned(),
            "System calls".to_owned(),
            "Calls".to_owned(),
            "Errors".to_owned(),
            bytes.name.to_owned(),
            format!("In the kernel, {}", time.name),
            format!("Waiting, {}", time.name),
        ];
        let rows = lines.iter().map(|line| {
            let mut source = String::new();
            text::excerpt(line.source.as_deref().unwrap_or_default(), &mut source);
            let calls: Vec<String> = line.calls.iter().map(ToString::to_string).collect();
            let (count, errors) = (line.count().to_string(), line.errors().to_string());
            let [moved, busy, waited] = [bytes.of(line.bytes), time.of(line.busy_ns()), time.of(line.waited_ns)];
            vec![line.place(), source, calls.join("; "), count, errors, moved, busy, waited]
        });
        Self { head: head.to_vec(), rows: rows.collect() }
    }

    /// The sheet as a Markdown table.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let row = |cells: &mut dyn Iterator<Item = String>, out: &mut String| {
            for cell in cells {
                out.push_str("| ");
                out.push_str(&cell);
                out.push(' ');
            }
            out.push_str("|\n");
        };
        row(&mut self.head.iter().map(|cell| escaped(cell)), &mut out);
        row(&mut self.head.iter().map(|_| "---".to_owned()), &mut out);
        for cells in &self.rows {
            row(&mut cells.iter().map(|cell| escaped(cell)), &mut out);
        }
        out
    }
}

/// Escapes text for a cell of a Markdown table.
fn escaped(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    for c in cell.chars() {
        if matches!(c, '|' | '*' | '_' | '`' | '<' | '[' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unit {
    name: &'static str,
    size: u64,
}

/// From ns.
const TIMES: &[Unit] =
    &[Unit { name: "µs", size: 1000 }, Unit { name: "ms", size: 1_000_000 }, Unit { name: "s", size: 1_000_000_000 }];
const BYTES: &[Unit] =
    &[Unit { name: "Bytes", size: 1 }, Unit { name: "kB", size: 1000 }, Unit { name: "MB", size: 1_000_000 }];

impl Unit {
    /// The one in which a column's largest number has at most five digits, or the largest unit.
    fn fitting(units: &'static [Self], largest: u64) -> Self {
        units.iter().copied().find(|unit| largest / unit.size < 100_000).unwrap_or(units[units.len() - 1])
    }

    /// A quantity in this unit, with a digit behind the point unless the unit cannot be divided.
    fn of(self, quantity: u64) -> String {
        match self.size {
            1 => quantity.to_string(),
            size => format!("{}.{}", quantity / size, quantity % size / (size / 10)),
        }
    }
}

/// A JSON object per situation and interpreter; each call with its event and its short form.
pub fn json(cases: &[Case], columns: &[Column]) -> Json {
    let mut rows = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        for column in columns {
            let Some(measured) = column.rows.get(at) else { continue };
            let (outcome, exception) = match &measured.outcome {
                Outcome::Returned => ("returned", None),
                Outcome::Raised(name) => ("raised", Some(name)),
                Outcome::Unprepared(name) => ("unprepared", Some(name)),
            };
            let calls: Vec<Json> = measured
                .calls
                .iter()
                .zip(in_short(&measured.calls))
                .map(|(event, brief)| object!({"brief": brief, "event": as_json(event)}))
                .collect();
            rows.push(object!({
                "api": case.api,
                "situation": case.situation,
                "expression": case.expression,
                "python": column.python.version,
                "outcome": outcome,
                "exception": exception,
                "calls": calls,
            }));
        }
    }
    Json::Array(rows)
}

fn as_json(event: &Event) -> Json {
    let mut line = Vec::new();
    events::write(event, &mut line);
    serde_json::from_slice(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_a_source_line_are_escaped() {
        let source = format!("a.send(b'\x1b[2J{}')", "x".repeat(999));
        let line = LineCalls {
            file: "s\x1b[2J\u{202e}.py".into(),
            line: Some(3),
            source: Some(source.into()),
            calls: vec![],
            dur_ns: 0,
            waited_ns: 0,
            bytes: 0,
        };
        let rows = Sheet::of_lines(&[line]).rows;
        let shown = &rows[0][1];
        assert!(shown.starts_with("a.send(b'\\u{1b}[2Jxxx") && shown.ends_with("x…"), "{shown}");
        assert_eq!(rows[0][0], "s\\u{1b}[2J\\u{202e}.py:3");
    }

    #[test]
    fn each_column_has_one_unit() {
        let line = |dur_ns, waited_ns, bytes| LineCalls {
            file: "s.py".into(),
            line: Some(3),
            source: None,
            calls: vec![],
            dur_ns,
            waited_ns,
            bytes,
        };
        let sheet = Sheet::of_lines(&[line(9_000_000_000, 8_000_000_000, 7), line(1_844_960_000, 0, 250_000)]);
        assert_eq!(sheet.head[5..], ["kB", "In the kernel, ms", "Waiting, ms"]);
        assert_eq!(sheet.rows[0][5..], ["250.0", "1844.9", "0.0"], "the most expensive first, without waiting");
        assert_eq!(sheet.rows[1][5..], ["0.0", "1000.0", "8000.0"]);
        assert_eq!(Unit::fitting(TIMES, 99_999_999).name, "µs");
        assert_eq!(Unit::fitting(TIMES, u64::MAX).name, "s");
    }
}
