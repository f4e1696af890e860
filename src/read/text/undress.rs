//! What other tools and people put before a line: quotation marks, the headers of logs, times, indentation, colours.
//!
//! It is looked for only where a line cannot be read as it stands, so that it costs nothing elsewhere.

use std::borrow::Cow;

use memchr::memmem;

use super::cursor::Cursor;
use super::notice;
use super::shape::{LineKind, shape};
use super::stamp::{self, Stamp};

/// A line without what was put before it.
pub(super) struct Bare<'a> {
    pub(super) line: Cow<'a, [u8]>,
    /// The time in what was put before it.
    pub(super) time: Option<Stamp>,
}

/// How many things may have been put before a line, one before the other.
const MAX_LAYERS: usize = 8;

/// Takes off what was put before a line, where a line of strace's is behind it.
pub(super) fn bare(line: &[u8]) -> Option<Bare<'_>> {
    if memmem::find(line, b"\x1b[").is_some() {
        let plain = without_colours(line);
        let (bare, time) = if is_line(&plain) { (&plain[..], None) } else { without_layers(&plain)? };
        return Some(Bare { line: bare.to_vec().into(), time });
    }
    without_layers(line).map(|(bare, time)| Bare { line: bare.into(), time })
}

/// What is behind something that stood before a line, and the time in that.
type Undressed<'a> = (&'a [u8], Option<Stamp>);

fn without_layers(line: &[u8]) -> Option<Undressed<'_>> {
    let (mut rest, mut time) = (line, None);
    for _ in 0..MAX_LAYERS {
        let (without, found) = layer(rest)?;
        (rest, time) = (without, found.or(time));
        if is_line(rest) {
            return Some((rest, time));
        }
    }
    None
}

/// What continues a line that others put something before.
pub(super) fn continuation(line: &[u8]) -> &[u8] {
    let mut rest = line;
    while let Some(without) = rest.strip_prefix(b">") {
        rest = without.strip_prefix(b" ").unwrap_or(without);
    }
    if let Some((behind, _)) = stamp::read(rest) {
        rest = tag(behind).map_or(behind, |(behind, _)| behind);
    }
    rest
}

fn is_line(line: &[u8]) -> bool {
    match shape(line).kind {
        LineKind::Unknown(_) | LineKind::Heading(_) => false,
        LineKind::Remark => line.starts_with(b" > ") || notice::is_one(line),
        _ => true,
    }
}

/// One thing that stands before a line, with its time; `None` where there is none.
fn layer(line: &[u8]) -> Option<Undressed<'_>> {
    let indented = line.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    if indented > 0 {
        return Some((&line[indented..], None));
    }
    if let Some(rest) = line.strip_prefix(b">") {
        return Some((rest.strip_prefix(b" ").unwrap_or(rest), None));
    }
    if let Some((rest, time)) = stamp::read(line) {
        return Some((tag(rest).map_or(rest, |(rest, _)| rest), Some(time)));
    }
    let mut c = Cursor::new(line);
    // `12<tab>`, `12:`, `trace.log:12:` of editors and grep.
    if c.digits().is_some() && (c.eat(b"\t") || c.eat(b": ") || c.eat(b":\t") || c.eat(b":") || c.eat(b"| ")) {
        return Some((c.rest(), None));
    }
    c.back(0);
    let word = c.while_in(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/' | b'@'));
    if word.is_empty() {
        return None;
    }
    // `trace.log:12:` of grep, `stdout F ` of containers.
    let after = c.place();
    if c.eat(b":") && c.digits().is_some() && c.eat(b":") {
        return Some((c.rest(), None));
    }
    c.back(after);
    if (word == b"stdout" || word == b"stderr") && (c.eat(b" F ") || c.eat(b" P ")) {
        return Some((c.rest(), None));
    }
    // `web_1  | ` of containers that are run together.
    let spaces = c.while_in(|b| b == b' ').len();
    if spaces > 0 && c.eat(b"| ") {
        return Some((c.rest(), None));
    }
    let (rest, numbered) = tag(line)?;
    // A word and a colon may be the program's output.
    numbered.then_some((rest, None))
}

/// What follows `host program[77]: ` of system logs, and whether a number is in it.
fn tag(line: &[u8]) -> Option<(&[u8], bool)> {
    let mut c = Cursor::new(line);
    let is_word = |b: u8| !matches!(b, b' ' | b'[' | b':' | b'(' | b'<' | b'"');
    c.while_in(is_word);
    if c.eat(b" ") {
        c.while_in(is_word);
    }
    let numbered = c.eat(b"[");
    if numbered {
        c.digits()?;
        c.expect(b"]")?;
    }
    c.expect(b": ")?;
    Some((c.rest(), numbered))
}

/// A line without the terminal's sequences for colours.
fn without_colours(line: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = memmem::find(rest, b"\x1b[") {
        plain.extend_from_slice(&rest[..at]);
        let sequence = &rest[at + 2..];
        let len = sequence.iter().take_while(|b| matches!(b, b'0'..=b'9' | b';' | b'?')).count();
        rest = sequence.get(len + 1..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_put_before_a_line_is_taken_off() {
        for before in [
            "> ",
            ">",
            "> > ",
            "   ",
            "\t",
            "17\t",
            "17: ",
            "log.txt:17:",
            "web_1    | ",
            "stderr F ",
            "host strace[77]: ",
            "strace[77]: ",
            "\x1b[32m",
            "   > \t",
        ] {
            let line = format!("{before}close(3) = 0");
            let found = bare(line.as_bytes()).unwrap_or_else(|| panic!("{before:?}"));
            assert_eq!((&found.line[..], found.time), (&b"close(3) = 0"[..], None), "{before:?}");
        }
        for none in ["hello", "", "a: b", "> ", "# x", "12 34", "Name: close(3) = 0"] {
            assert!(bare(none.as_bytes()).is_none(), "{none}");
        }
        let inner = bare(b"> [pid     5] close(3) = 0").unwrap();
        assert_eq!(&inner.line[..], b"[pid     5] close(3) = 0");
    }
}
