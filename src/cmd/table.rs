//! Tables for a terminal: side by side where there is room, and below that a block of fields per row, since columns of
//! a few letters cannot be read.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text::visible_lines;

/// The narrowest terminal on which fields stand side by side.
pub(super) const WIDE: usize = 120;

/// One field of a row.
pub(super) struct Field {
    pub text: String,
    /// The colour of a verdict.
    pub colour: Option<AnsiColor>,
}

impl<T: Into<String>> From<T> for Field {
    fn from(text: T) -> Self {
        Self { text: visible_lines(&text.into()).into_owned(), colour: None }
    }
}

/// The width of the terminal, or of `$COLUMNS`; `None` where it is neither known.
pub(super) fn width() -> Option<usize> {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || {
        let mut table = Table::new();
        table.set_content_arrangement(ContentArrangement::Dynamic).width().map(usize::from)
    };
    asked.or_else(terminal).filter(|width| *width >= 20)
}

/// A table in colours, for a terminal as wide as ours; `otherwise` is the width where that is not known.
pub(super) fn table(head: &[&str], rows: Vec<Vec<Field>>, otherwise: usize) -> String {
    let width = width().unwrap_or(otherwise);
    if width < WIDE { stacked(head, &rows, width) } else { beside(head, rows, width) }
}

fn beside(head: &[&str], rows: Vec<Vec<Field>>, width: usize) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX)).enforce_styling();
    table.set_header(head.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    for row in rows {
        table.add_row(row.into_iter().map(|field| {
            let cell = Cell::new(field.text);
            match field.colour {
                None => cell,
                Some(AnsiColor::Green) => cell.fg(Color::Green),
                Some(AnsiColor::Red) => cell.fg(Color::Red),
                Some(AnsiColor::Yellow) => cell.fg(Color::Yellow),
                Some(_) => cell.fg(Color::Magenta),
            }
        }));
    }
    format!("{table}\n")
}

/// The first field as a heading, the others below it, each behind its name.
fn stacked(head: &[&str], rows: &[Vec<Field>], width: usize) -> String {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let longest = head.iter().skip(1).map(|name| name.width()).max().unwrap_or_default();
    let mut out = String::new();
    for row in rows {
        let Some((heading, fields)) = row.split_first() else { continue };
        let _ = writeln!(out, "{bold}{}{bold:#}", heading.text);
        for (name, field) in head.iter().skip(1).zip(fields).filter(|(_, field)| !field.text.is_empty()) {
            let style = Style::new().fg_color(field.colour.map(Into::into));
            let lines = wrapped(&field.text, width.saturating_sub(longest + 4));
            for (at, line) in lines.iter().enumerate() {
                let name = if at == 0 { *name } else { "" };
                let space = " ".repeat(longest - name.width());
                let _ = writeln!(out, "  {dim}{name}{dim:#}{space}  {style}{line}{style:#}");
            }
        }
    }
    out
}

/// Lines of at most this width, broken between words and, where they have no spaces (Chinese), between characters; a
/// longer word of letters has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let mut space = if line.is_empty() { "" } else { " " };
            let is_wide = |c: char| c.width().is_some_and(|columns| columns > 1);
            // An end of a word may be any wide character.
            for part in word.split_inclusive(is_wide) {
                if !line.is_empty() && line.width() + space.len() + part.width() > width {
                    lines.push(std::mem::take(&mut line));
                    space = "";
                }
                line.push_str(space);
                line.push_str(part);
                space = "";
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_tables_are_stacked_and_cut_no_word() {
        let rows =
            || vec![vec!["one".into(), "a sentence of several words, longer than the terminal".into(), "".into()]];
        let narrow = anstream::adapter::strip_str(&stacked(&["id", "it says", "seen"], &rows(), 30)).to_string();
        assert_eq!(
            narrow,
            "one\n  it says  a sentence of\n           several words,\n           longer than the\n           terminal\n"
        );
        assert_eq!(wrapped("这是一个 abc 句子", 8), ["这是一个", "abc 句子"]);
        let wide = anstream::adapter::strip_str(&beside(&["id", "it says", "seen"], rows(), 120)).to_string();
        assert!(wide.lines().any(|line| line.contains("one") && line.contains("a sentence of several")), "{wide}");
    }
}
