//! Whether a text is the one that a code object was made from.
//!
//! A file may have another text than the one that runs: a folder of a release was switched behind its link, a file was
//! edited beside a `.pyc` that Python does not check, a clock was set. Neither times nor names of files show that. What
//! the code object itself has of its text does: how far its lines reach, and the names that it uses, which must all be
//! written in its lines.

use super::source::SourceText;
use std::collections::HashSet;
use std::ops::RangeInclusive;

/// What a code object has of its text.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    /// Its function's name, or `<module>` and the like.
    pub function: &'a str,
    /// Its first line, counted from 1.
    pub first_line: u32,
    /// The last line that any of its instructions has.
    pub last_line: u32,
    /// The globals, attributes and locals that it uses.
    pub names: &'a [String],
}

/// A statement may continue on so many lines behind the last one that its code has.
const MAX_CONTINUED: u32 = 100;

impl Marks<'_> {
    /// Whether the code object may have been made from this text.
    pub(super) fn fit(&self, text: &SourceText) -> bool {
        if self.last_line > text.len() {
            return false;
        }
        let rewritten = self.names.iter().any(|name| name.starts_with("@py"));
        let wanted: Vec<&str> = self.names.iter().filter_map(|name| written(name, rewritten)).collect();
        let lines = if self.function == "<module>" { 1..=text.len() } else { self.first_line..=self.last_line };
        let seen: HashSet<&str> = lines.clone().filter_map(|line| text.line(line)).flat_map(words).collect();
        let missing: Vec<&str> = wanted.into_iter().filter(|name| !has(&seen, name)).collect();
        if missing.is_empty() {
            return true;
        }
        let seen: HashSet<&str> = continued(text, lines).filter_map(|line| text.line(line)).flat_map(words).collect();
        missing.into_iter().all(|name| has(&seen, name))
    }
}

/// The identifiers, keywords and numbers of a line, those in strings and comments included.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The part of a name that its text must have; `None` for names that the compiler makes up, or normalises.
fn written(name: &str, rewritten: bool) -> Option<&str> {
    // `import a.b` has one name.
    let name = name.rsplit('.').next()?;
    let is_identifier = !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.is_empty();
    let is_special =
        name.starts_with("__") && name.ends_with("__") || matches!(name, "AssertionError" | "StopAsyncIteration" | "_");
    // pytest puts its own code in place of assertions.
    let is_pytests = rewritten && (name.starts_with('_') || matches!(name, "builtins" | "rewrite" | "AssertionError"));
    (is_identifier && !is_special && !is_pytests).then_some(name)
}

/// Whether a name is among the words; a private one of a class (`_Class__name`) is written without the class.
fn has(words: &HashSet<&str>, name: &str) -> bool {
    let private = || name.get(1..)?.find("__").map(|at| &name[at + 1..]);
    words.contains(name) || name.starts_with('_') && private().is_some_and(|name| words.contains(name))
}

/// The lines behind these on which their last statement continues: as long as a bracket is open. Older versions of
/// Python have only a statement's first lines.
fn continued(text: &SourceText, lines: RangeInclusive<u32>) -> RangeInclusive<u32> {
    let depth = |line: &str| {
        let count = |brackets: [char; 3]| line.matches(brackets).count() as i64;
        count(['(', '[', '{']) - count([')', ']', '}'])
    };
    let end = *lines.end();
    let mut open: i64 = lines.filter_map(|line| text.line(line)).map(depth).sum();
    let mut last = end;
    while last - end < MAX_CONTINUED
        && (open > 0 || text.line(last).is_some_and(|line| line.ends_with('\\')))
        && let Some(line) = text.line(last + 1)
    {
        last += 1;
        open += depth(line);
    }
    end + 1..=last
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] =
        b"import os.path\n\ndef g():\n    a.send(b'new')\n\nclass C:\n    def f(self):\n        return (self.\
        __x\n            .y())\n";

    fn fits(function: &str, lines: (u32, u32), names: &[&str]) -> bool {
        let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
        let marks = Marks { function, first_line: lines.0, last_line: lines.1, names: &names };
        marks.fit(&SourceText::new(TEXT))
    }

    #[test]
    fn a_text_has_the_names_of_its_code() {
        assert!(fits("g", (3, 4), &["a", "send"]));
        assert!(!fits("g", (3, 4), &["a", "send", "recv"]), "another call");
        assert!(!fits("g", (3, 3), &["a", "send"]), "lines were added before it");
        assert!(!fits("g", (3, 99), &[]), "the text is shorter");
        assert!(fits("<module>", (1, 6), &["os.path", "os", "C", "g", "__name__"]));
        assert!(fits("f", (7, 8), &["self", "_C__x", "y"]), "the statement goes on");
        assert!(!fits("f", (7, 8), &["self", "_C__z"]));
    }

    #[test]
    fn names_that_no_text_has_are_not_looked_for() {
        assert!(fits("g", (3, 4), &["a", ".0", "_[1]", "__qualname__", "AssertionError", "\u{fb01}le"]));
        assert!(fits("g", (3, 4), &["@pytest_ar", "_call_reprcompare", "builtins", "send"]));
        assert!(!fits("g", (3, 4), &["@pytest_ar", "recv"]));
    }
}
