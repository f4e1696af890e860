//! The lanes as a sequence diagram of mermaid, which many sites draw where they find its text.

use std::fmt::Write;

use super::ladder::{Arrow, Ladder};
use super::{Story, svg};
use crate::lang::Language;
use crate::sockets::LinkKind;

/// The most characters that mermaid takes by default (`maxTextSize`).
const MAX_CHARACTERS: usize = 50_000;
/// The most steps that are kept: more do not fit.
pub(crate) const MAX_STEPS: usize = 2000;

/// Writes a story.
pub(crate) fn write(story: &Story, language: Language) -> String {
    let ladder = Ladder::of(story);
    let mut out = String::from("sequenceDiagram\n");
    let titles = story.lanes.iter().map(|lane| lane.title(language)).chain(ladder.outside.iter().cloned());
    for (lane, title) in titles.enumerate() {
        let _ = writeln!(out, "    participant L{lane} as {}", word(&title));
    }
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (step, (first, _)) in story.steps.iter().zip(&ladder.rows) {
        lines.push((first * 2, format!("    Note over L{}: {}", step.lane, word(&step.brief))));
    }
    for arrow in &ladder.arrows {
        let row = arrow.to.map_or(arrow.from.0, |(row, _)| row);
        lines.push((row.max(arrow.from.0) * 2 + 1, format!("    {}", line(arrow))));
    }
    lines.sort_by_key(|(row, _)| *row);
    let count = lines.len();
    for (at, (_, line)) in lines.into_iter().enumerate() {
        // What says that it is cut must fit too.
        if out.chars().count() + line.chars().count() + 200 > MAX_CHARACTERS {
            let _ = writeln!(out, "    Note over L0: {}", word(&too_long(count - at, language)));
            return out;
        }
        out.push_str(&line);
        out.push('\n');
    }
    if story.left_out > 0 {
        let _ = writeln!(out, "    Note over L0: {}", word(&svg::left_out(story, language)));
    }
    out
}

fn too_long(lines: usize, language: Language) -> String {
    match language {
        Language::Chinese => {
            format!("还有 {lines} 行放不下：mermaid 最多 {MAX_CHARACTERS} 个字符。请用 --format svg 或 html")
        }
        Language::English => {
            format!(
                "{lines} more lines do not fit: mermaid takes {MAX_CHARACTERS} characters. Try --format svg or html"
            )
        }
    }
}

fn line(arrow: &Arrow) -> String {
    let sign = match (arrow.kind, arrow.to) {
        (_, None) => "-x",
        (LinkKind::End, _) => "-->>",
        (LinkKind::Reset, _) => "--x",
        _ => "->>",
    };
    // An arrow needs a participant at its end: what got lost is one to itself.
    let to = arrow.to.map_or(arrow.from.1, |(_, lane)| lane);
    format!("L{}{sign}L{to}: {}", arrow.from.1, word(&arrow.label))
}

/// A text that mermaid does not take for a part of the diagram: entities stand for all but letters, digits and a few signs.
fn word(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || " _.,:/()[]=+*'…–".contains(c) => out.push(c),
            c if c.is_control() || crate::text::is_misleading(c) => out.push('\u{fffd}'),
            c => {
                let _ = write!(out, "#{};", u32::from(c));
            }
        }
    }
    if out.is_empty() { " ".to_owned() } else { out }
}
