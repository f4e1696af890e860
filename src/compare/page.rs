//! A comparison as a page to look around in.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Comparison, Pair, Row, Verdict};
use crate::event::{Body, Event};
use crate::lang::Language;
use crate::picture::Story;
use crate::picture::report::{Page, described};
use crate::syscall::Syscall;
use crate::text::{self, StringStyle, Style};

/// Verdicts by the numbers that the page has for them.
const VERDICTS: [Verdict; 7] = [
    Verdict::Same,
    Verdict::Argument,
    Verdict::Result,
    Verdict::Errno,
    Verdict::OnlyLeft,
    Verdict::OnlyRight,
    Verdict::Order,
];

/// The page of a comparison of two traces by these names.
pub(crate) fn html(
    comparison: &Comparison,
    [left, right]: [&[Event]; 2],
    names: [&str; 2],
    language: Language,
) -> String {
    let mut calls = Calls::default();
    let mut row = |row: &Row| {
        let side = |events: &[Event], at: Option<usize>| at.map(|at| &events[at]).map(line);
        let (ours, theirs) = (side(left, row.left), side(right, row.right));
        let event = row.left.map(|at| &left[at]).or_else(|| row.right.map(|at| &right[at]));
        let differences: Vec<Value> =
            row.differences.iter().map(|one| json!([one.part, one.left, one.right])).collect();
        let python = [row.left.map(|at| &left[at]), row.right.map(|at| &right[at])].map(|event| event.and_then(place));
        let verdict = VERDICTS.iter().position(|verdict| *verdict == row.verdict);
        json!([verdict, ours, theirs, differences, event.map_or(-1, |event| calls.number(event)), python])
    };
    let mut pair = |pair: &Pair| {
        let rows: Vec<Value> = pair.rows.iter().map(&mut row).collect();
        json!({"titles": [pair.left, pair.right], "rows": rows})
    };
    let pairs: Vec<Value> = comparison.pairs.iter().map(&mut pair).collect();
    let about = json!({
        "compare": {
            "names": names,
            "counts": comparison.counts(),
            "verdicts": VERDICTS.map(|verdict| verdict.name()),
            "pairs": pairs,
        },
        "calls": described(&calls.known),
    });
    let title = format!("{} – {} – sockscope", names[0], names[1]);
    Page { story: &Story::default(), title, views: vec!["compare"], about, lesson: None, language }.html()
}

/// Calls by number.
#[derive(Default)]
struct Calls {
    known: Vec<&'static Syscall>,
    numbers: HashMap<&'static str, i64>,
}

impl Calls {
    fn number(&mut self, event: &Event) -> i64 {
        let Body::Call(call) = &event.body else { return -1 };
        *self.numbers.entry(call.sys.name).or_insert_with(|| {
            self.known.push(call.sys);
            self.known.len() as i64 - 1
        })
    }
}

/// An event in strace's notation.
fn line(event: &Event) -> String {
    let mut out = String::new();
    text::write(event, &Style { align: 0, strings: StringStyle::Utf8, ..Style::default() }, &mut out);
    out
}

/// The line of Python that made a call.
fn place(event: &Event) -> Option<String> {
    let Body::Call(call) = &event.body else { return None };
    let frames = &call.python.as_deref()?.frames;
    let frame = frames.iter().find(|frame| !frame.library).or(frames.first())?;
    let source = frame.source.as_deref().unwrap_or_default();
    Some(format!("{}:{}  {source}", frame.file, frame.line.unwrap_or(0)))
}
