//! Comparisons as text and JSON.

use std::fmt::Write;

use super::{Comparison, Pair, Row, Verdict};
use crate::event::Event;
use crate::lang::Language;
use crate::text::{self, StringStyle, Style};

/// An event in strace's spelling, without padding.
fn line(trace: &[Event], at: Option<usize>, strings: StringStyle) -> String {
    let mut out = String::new();
    if let Some(event) = at.and_then(|at| trace.get(at)) {
        text::write(event, &Style { align: 0, strings, ..Style::default() }, &mut out);
    }
    out
}

/// The symbol of a verdict, in the middle column and before lines.
fn sign(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Same => ' ',
        Verdict::Argument | Verdict::Result => '~',
        Verdict::Errno => '!',
        Verdict::OnlyLeft => '<',
        Verdict::OnlyRight => '>',
        Verdict::Order => '%',
    }
}

/// What differs, in words.
fn words(row: &Row, language: Language) -> String {
    let mut out = language.text(row.verdict.name()).into_owned();
    for difference in &row.differences {
        let _ = write!(out, "; {}: {} | {}", difference.part, difference.left, difference.right);
    }
    out
}

fn heading(left: Option<u32>, right: Option<u32>, language: Language) -> String {
    let tid = |tid: Option<u32>| match tid {
        Some(tid) => language.text(&format!("thread {tid}")).into_owned(),
        None => language.text("no thread").into_owned(),
    };
    format!("{} | {}", tid(left), tid(right))
}

/// Whether a pair is shown: threads without differences are only counted unless `all`.
fn is_shown(pair: &Pair, all: bool) -> bool {
    all || pair.rows.iter().any(|row| row.verdict != Verdict::Same)
}

/// The counts of all verdicts, in words, and how many threads have no differences.
fn summary(comparison: &Comparison, all: bool, language: Language) -> String {
    let counts = comparison.counts().into_iter().filter(|(_, count)| *count > 0);
    let words: Vec<_> = counts.map(|(name, count)| format!("{count} {}", language.text(name))).collect();
    let words = words.join(&language.text(", "));
    let same = comparison.pairs.iter().filter(|pair| !is_shown(pair, all)).count();
    match (words.as_str(), same) {
        ("", _) => language.text("nothing to compare").into_owned(),
        (words, 0) => words.to_owned(),
        (words, 1) => format!("{words}{}", language.text(" (1 thread without a difference)")),
        (words, same) => {
            format!("{words}{}", language.text(&format!(" ({same} threads without a difference)")))
        }
    }
}

/// The beginning of a text that fits into so many columns with the ellipsis.
fn cut(text: &str, columns: usize) -> String {
    let mut left = columns - 1;
    let fits = |c: &char| {
        let width = text::width(c.encode_utf8(&mut [0; 4]));
        let fits = width <= left;
        left = if fits { left - width } else { 0 };
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// The width of one side where both have so many columns, with the sign between them.
pub(crate) fn column(width: usize) -> usize {
    width.saturating_sub(3).max(20) / 2
}

/// Both traces side by side in `width` columns. Rows without differences are omitted unless `all`.
pub fn side_by_side(
    comparison: &Comparison,
    left: &[Event],
    right: &[Event],
    width: usize,
    all: bool,
    strings: StringStyle,
    language: Language,
) -> String {
    let column = column(width);
    let mut out = String::new();
    for pair in comparison.pairs.iter().filter(|pair| is_shown(pair, all)) {
        let _ = writeln!(out, "{}", heading(pair.left, pair.right, language));
        for row in pair.rows.iter().filter(|row| all || row.verdict != Verdict::Same) {
            let cell = |text: String| if text::width(&text) > column { cut(&text, column) } else { text };
            let (l, r) = (cell(line(left, row.left, strings)), cell(line(right, row.right, strings)));
            let pad = column - text::width(&l);
            let _ = writeln!(out, "{l}{:pad$} {} {r}", "", sign(&row.verdict));
            if row.verdict != Verdict::Same {
                let words = words(row, language);
                // Below the right side where there is room.
                let indent = column.min(width.saturating_sub(3 + text::width(&words)));
                let _ = writeln!(out, "{:indent$} = {words}", "");
            }
        }
    }
    let _ = writeln!(out, "{}", summary(comparison, all, language));
    out
}

/// One below the other, as in `diff -u`: `-` for the left, `+` for the right. Rows without differences are omitted
/// unless `all`.
pub fn unified(
    comparison: &Comparison,
    left: &[Event],
    right: &[Event],
    all: bool,
    strings: StringStyle,
    language: Language,
) -> String {
    let mut out = String::new();
    for pair in comparison.pairs.iter().filter(|pair| is_shown(pair, all)) {
        let _ = writeln!(out, "@@ {} @@", heading(pair.left, pair.right, language));
        for row in &pair.rows {
            if row.verdict == Verdict::Same {
                if all {
                    let _ = writeln!(out, " {}", line(left, row.left, strings));
                }
                continue;
            }
            if row.left.is_some() {
                let _ = writeln!(out, "-{}", line(left, row.left, strings));
            }
            if row.right.is_some() {
                let _ = writeln!(out, "+{}", line(right, row.right, strings));
            }
            let _ = writeln!(out, "? {}", words(row, language));
        }
    }
    let _ = writeln!(out, "{}", summary(comparison, all, language));
    out
}

/// One JSON object per row, then one with the counts:
/// `{"verdict":…,"left":{"seq","tid","text"}|null,"right":…,"differences":[{"part","left","right"}]}` and
/// `{"summary":{"same":3,…},"equal":false}`.
pub fn json(comparison: &Comparison, left: &[Event], right: &[Event], all: bool) -> String {
    let side = |trace: &[Event], at: Option<usize>| {
        at.and_then(|at| trace.get(at))
            .map(|event| serde_json::json!({"seq": event.seq, "tid": event.tid, "text": line(trace, at, StringStyle::Octal)}))
    };
    let mut out = String::new();
    for row in comparison.rows().filter(|row| all || row.verdict != Verdict::Same) {
        let difference = |difference: &super::Difference| serde_json::json!({"part": difference.part, "left": difference.left, "right": difference.right});
        let object = serde_json::json!({
            "verdict": row.verdict.name(),
            "left": side(left, row.left),
            "right": side(right, row.right),
            "differences": row.differences.iter().map(difference).collect::<Vec<_>>(),
        });
        let _ = writeln!(out, "{object}");
    }
    let counts: serde_json::Map<_, _> =
        comparison.counts().into_iter().map(|(name, count)| (name.into(), count.into())).collect();
    let _ = writeln!(out, "{}", serde_json::json!({"summary": counts, "equal": comparison.is_same()}));
    out
}
