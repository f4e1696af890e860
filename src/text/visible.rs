//! Foreign text on a terminal.
//!
//! File names, arguments, payloads, names of threads and lines of traces come from programs that are looked at since
//! something is wrong with them. None of it may command the terminal, pretend to be a line of ours, or show its characters
//! in another order. Everything of theirs that may reach a terminal goes through here.

use std::borrow::Cow;

/// Whether a character commands a terminal, ends a line for some readers, or reverses the order of what follows.
pub(crate) fn is_misleading(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Appends text, each such character escaped: `\u{1b}`.
pub(crate) fn visible(text: &str, out: &mut String) {
    for c in text.chars() {
        if is_misleading(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_escaped() {
        let hostile = "a\x1b[2J\u{9b}31m\u{202e}\u{2066}\0\x7f\r\n\tb\u{200f}";
        let shown = "a\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{2066}\\u{0}\\u{7f}\\u{d}";
        assert_eq!(visible_text(hostile), format!("{shown}\\u{{a}}\\u{{9}}b\\u{{200f}}"));
        for plain in ["", "server.py", "服务器 é 👩‍👩‍👧", "x\\u{1b}"] {
            assert!(matches!(visible_text(plain), Cow::Borrowed(text) if text == plain));
        }
    }
}
