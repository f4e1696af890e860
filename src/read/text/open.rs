//! A line that breaks off, and what follows it until it is whole: on a terminal strace's own messages and the program's
//! output come between, and mail programs, editors and terminals wrap long lines.

use super::notice;
use crate::text::Clock;

/// The most lines, and bytes, that one line may have been broken into.
const MAX_PARTS: usize = 200;
const MAX_BYTES: usize = 64 << 10;
/// Widths at which terminals and editors wrap without regard to words.
const WIDTHS: [usize; 8] = [72, 76, 79, 80, 100, 120, 132, 160];

/// A line as far as it is known.
pub(super) struct OpenLine {
    parts: Vec<Part>,
    bytes: usize,
    /// Whether others put something before the line, as they will before what follows it.
    pub(super) dressed: bool,
    /// The time in that, and how to write it.
    pub(super) time: Option<(Clock, u64)>,
}

/// A piece of it.
pub(super) struct Part {
    pub(super) text: Vec<u8>,
    /// Its line in the file.
    pub(super) line: u64,
    /// Whether a carriage return ends it.
    pub(super) returns: bool,
    /// Whether a message of strace's own broke it off: what follows joins it without anything between.
    by_notice: bool,
}

impl OpenLine {
    /// A line that breaks off at its end.
    pub(super) fn new(text: &[u8], line: u64, returns: bool) -> Self {
        Self {
            parts: vec![Part { text: text.to_vec(), line, returns, by_notice: false }],
            bytes: text.len(),
            dressed: false,
            time: None,
        }
    }

    /// A line that a message of strace's own broke off.
    pub(super) fn broken(text: &[u8], line: u64) -> Self {
        let mut open = Self::new(notice::before(text), line, false);
        open.parts[0].by_notice = true;
        open
    }

    /// The same with the time that others put before the line.
    pub(super) fn at(mut self, time: Option<(Clock, u64)>) -> Self {
        self.time = time;
        self
    }

    /// Appends a line; false where there are too many.
    pub(super) fn push(&mut self, text: &[u8], line: u64, returns: bool, by_notice: bool) -> bool {
        self.bytes += text.len();
        self.parts.push(Part { text: text.to_vec(), line, returns, by_notice });
        self.parts.len() < MAX_PARTS && self.bytes < MAX_BYTES
    }

    /// What the parts may have been before they were broken, the likelier first.
    pub(super) fn joined(&self) -> Vec<Vec<u8>> {
        let mut joined: Vec<Vec<u8>> = Vec::new();
        for between in [None, Some(""), Some(" "), Some("\n")] {
            let whole = self.join(between);
            if !joined.contains(&whole) {
                joined.push(whole);
            }
        }
        joined
    }

    fn join(&self, between: Option<&str>) -> Vec<u8> {
        let mut whole: Vec<u8> = Vec::with_capacity(self.bytes + self.parts.len());
        for (at, part) in self.parts.iter().enumerate() {
            let Some(before) = at.checked_sub(1).map(|at| &self.parts[at]) else {
                whole.extend_from_slice(&part.text);
                continue;
            };
            let between = match between {
                _ if before.by_notice => "",
                Some(between) => between,
                None if WIDTHS.contains(&before.text.len()) => "",
                None => " ",
            };
            // Where words are wrapped, the spaces around the break are not the line's.
            if between == " " {
                whole.truncate(whole.trim_ascii_end().len());
                whole.push(b' ');
                whole.extend_from_slice(part.text.trim_ascii_start());
            } else {
                whole.extend_from_slice(between.as_bytes());
                whole.extend_from_slice(&part.text);
            }
        }
        whole
    }

    /// The parts as they stood.
    pub(super) fn into_parts(self) -> Vec<Part> {
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(parts: &[&str]) -> Vec<String> {
        let mut open = OpenLine::new(parts[0].as_bytes(), 1, false);
        parts[1..].iter().for_each(|part| assert!(open.push(part.as_bytes(), 2, false, false)));
        open.joined().into_iter().map(|whole| String::from_utf8(whole).unwrap()).collect()
    }

    #[test]
    fn parts_are_joined_as_they_were_broken() {
        assert_eq!(joined(&["f(1, ", "   2) = 3"])[0], "f(1, 2) = 3", "words were wrapped");
        let (left, right) = ("x".repeat(80), "y".repeat(10));
        assert_eq!(joined(&[&left, &right])[0], format!("{left}{right}"), "a terminal wrapped it");
        assert!(joined(&["write(1, \"a\\n\", 2a", ") = 2"]).contains(&"write(1, \"a\\n\", 2a\n) = 2".to_owned()));
        let mut open = OpenLine::broken(b"clone(child_stack=0^C", 1);
        open.push(b", flags=0) = 5", 2, false, false);
        assert_eq!(open.joined(), [b"clone(child_stack=0, flags=0) = 5"]);
        assert!((0..MAX_PARTS).any(|_| !open.push(b"", 3, false, false)), "they are bounded");
    }
}
