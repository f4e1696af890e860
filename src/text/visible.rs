//! Foreign text on a terminal.
//!
//! File names, arguments, payloads, names of threads and lines of traces come from programs that are looked at since
//! something is wrong with them. None of it may command the terminal, pretend to be a line of ours, or show its characters
//! in another order. Everything of theirs that may reach a terminal goes through here.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character commands a terminal, ends a line for some readers, or reverses the order of what follows.
pub(crate) fn is_misleading(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Appends text, each such character escaped: `\u{1b}`.
pub(crate) fn visible(text: &str, out: &mut String) {
    escape(text, |_| false, out);
}

/// The text of a file name or the like.
pub(crate) fn visible_text(text: &str) -> Cow<'_, str> {
    if !text.contains(is_misleading) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    visible(text, &mut out);
    Cow::Owned(out)
}

/// Whole lines, which keep their ends and tabs.
#[cfg(feature = "cli")]
pub(crate) fn visible_lines(text: &str) -> Cow<'_, str> {
    let ours = |c| matches!(c, '\n' | '\t');
    if !text.contains(|c| is_misleading(c) && !ours(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    escape(text, ours, &mut out);
    Cow::Owned(out)
}

/// Lines of ours with foreign text in them: colours stay.
#[cfg(feature = "cli")]
pub(crate) fn visible_coloured(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        let colour = rest[at..].strip_prefix("\x1b[").and_then(|code| {
            let end = code.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            code[end..].starts_with('m').then_some(end + 3)
        });
        let (before, after) = rest.split_at(at);
        out.push_str(&visible_lines(before));
        let len = colour.unwrap_or(1);
        out.push_str(&if colour.is_some() { Cow::Borrowed(&after[..len]) } else { visible_lines(&after[..len]) });
        rest = &after[len..];
    }
    out.push_str(&visible_lines(rest));
    out
}

/// JSON, which stays the same: within its strings such characters are written as `\u202e`.
pub(crate) fn visible_json(json: &str) -> Cow<'_, str> {
    let is = |c| is_misleading(c) && !matches!(c, '\n' | '\t' | '\r');
    if !json.contains(is) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn escape(text: &str, keep: impl Fn(char) -> bool, out: &mut String) {
    for c in text.chars() {
        if is_misleading(c) && !keep(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_escaped() {
        let hostile = "a\x1b[2J\u{9b}31m\u{202e}\u{2066}\0\x7f\r\n\tb\u{200f}";
        let shown = "a\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{2066}\\u{0}\\u{7f}\\u{d}";
        assert_eq!(visible_text(hostile), format!("{shown}\\u{{a}}\\u{{9}}b\\u{{200f}}"));
        assert_eq!(visible_lines(hostile), format!("{shown}\n\tb\\u{{200f}}"));
        for plain in ["", "server.py", "服务器 é 👩‍👩‍👧", "x\\u{1b}"] {
            assert!(matches!(visible_text(plain), Cow::Borrowed(text) if text == plain));
        }
        assert!(matches!(visible_lines("a\n\tb\n"), Cow::Borrowed(_)));
        assert_eq!(visible_json("{\"a\":\"\u{9b}\u{202e}é\"}\n"), "{\"a\":\"\\u009b\\u202eé\"}\n");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn colours_stay_and_nothing_else() {
        let shown = visible_coloured("\x1b[1mfile\x1b[0m \x1b[2J\x1b]0;title\x07\u{202e}\x1b");
        assert_eq!(shown, "\x1b[1mfile\x1b[0m \\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{202e}\\u{1b}");
    }
}
