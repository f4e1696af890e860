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
        let head = ["Line", "Source", "Calls", "Time in the kernel"].map(str::to_owned).to_vec();
        let rows = lines.iter().map(|line| {
            let mut source = String::new();
            text::excerpt(line.source.as_deref().unwrap_or_default(), &mut source);
            let calls: Vec<String> = line.calls.iter().map(ToString::to_string).collect();
            vec![line.place(), source, calls.join("; "), duration(line.dur_ns)]
        });
        Self { head, rows: rows.collect() }
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

/// A duration with its unit.
fn duration(ns: u64) -> String {
    let (unit, name) = if ns < 10_000_000 {
        (1_000, "µs")
    } else if ns < 10_000_000_000 {
        (1_000_000, "ms")
    } else {
        (1_000_000_000, "s")
    };
    format!("{}.{} {name}", ns / unit, ns % unit / (unit / 10))
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
        let line =
            LineCalls { file: "s.py".into(), line: Some(3), source: Some(source.into()), calls: vec![], dur_ns: 0 };
        let shown = &Sheet::of_lines(&[line]).rows[0][1];
        assert!(shown.starts_with("a.send(b'\\u{1b}[2Jxxx") && shown.ends_with("x…"), "{shown}");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(duration(1_844_960), "1844.9 µs");
        assert_eq!(duration(999), "0.9 µs");
        assert_eq!(duration(2_500_000_000), "2500.0 ms");
        assert_eq!(duration(3_600_150_000_000), "3600.1 s");
    }
}
