//! Tables for a terminal: side by side where there is room, and below that a block of fields per row, since columns of
//! a few letters cannot be read.

use std::fmt::Write;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use unicode_width::UnicodeWidthStr;

use crate::lang::Language;
use crate::text::{fold, visible_lines};

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

/// The width of the terminal that this stream is, if it is one.
pub(super) fn columns_of(stream: &impl IsTerminal) -> Option<usize> {
    if stream.is_terminal() { width() } else { None }
}

/// A table in colours, for a terminal as wide as ours; `otherwise` is the width where that is not known.
pub(super) fn table(head: &[&str], rows: Vec<Vec<Field>>, otherwise: usize) -> String {
    let width = width().unwrap_or(otherwise);
    if width < WIDE { stacked(head, &rows, width) } else { beside(head, rows, width) }
}

/// The same, with headings of ours in the reader's language.
pub(super) fn in_language(language: Language, head: &[&str], rows: Vec<Vec<Field>>, otherwise: usize) -> String {
    let head: Vec<_> = head.iter().map(|name| language.text(name)).collect();
    table(&head.iter().map(|name| &**name).collect::<Vec<_>>(), rows, otherwise)
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

/// Lines of at most this width, as [`fold`] breaks them; the spaces between words are one each.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let one = |paragraph: &str| fold(&paragraph.split_whitespace().collect::<Vec<_>>().join(" "), "", "", width);
    text.lines().flat_map(|paragraph| one(paragraph).split('\n').map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A line in a terminal of this width: what continues it stands two columns further to the right.
pub(super) fn folded(line: &str, width: usize) -> String {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    fold(text, indent, &format!("{indent}  "), width)
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
        assert_eq!(wrapped("服务器，已结束。", 6), ["服务", "器，已", "结束。"]);
        let long = "run(open(*listener.getsockname()))";
        assert_eq!(wrapped(long, 26), ["run(open(", "*listener.getsockname()))"]);
        assert_eq!(folded("  line 1: not a line of it", 14), "  line 1: not\n    a line of\n    it");
        let wide = anstream::adapter::strip_str(&beside(&["id", "it says", "seen"], rows(), 120)).to_string();
        assert!(wide.lines().any(|line| line.contains("one") && line.contains("a sentence of several")), "{wide}");
    }
}
