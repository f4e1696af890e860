//! What another tool put before every line of a file: a time, the name of a host, pod or container, marks.
//!
//! Tools are many and their options more, so none is known by name: the beginning of the file shows what stands before
//! strace's lines, and that the same stands before each.

use super::cursor::Cursor;
use super::shape::begins;
use super::stamp::{self, Stamp};
use crate::text::Clock;

/// What stands before the lines of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dress {
    /// The pieces of it, in order.
    pieces: Vec<Piece>,
    /// What times without a date count from.
    pub(super) counted: Counted,
}

/// A piece of what stands before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// Letters and digits, as in names.
    Word,
    /// Digits.
    Number,
    /// Spaces: one at the end, any number elsewhere.
    Space,
    /// Anything else.
    Mark(u8),
}

/// What times that a tool wrote without a date count from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Counted {
    /// Midnight, or whatever they are.
    #[default]
    Day,
    /// The beginning (`ts -s`, a kernel's log).
    Beginning,
    /// The line before (`ts -i`).
    LineBefore,
}

/// Lines that decide it.
const ENOUGH: usize = 200;
/// The most bytes that are looked at.
const MAX_BYTES: usize = 160;
/// ns: a time of day before this one is rather counted from the beginning, and its fall one from line to line.
const SOON: u64 = 5_000_000_000;
/// ns.
const HALF_A_DAY: u64 = 43_200_000_000_000;

impl Dress {
    /// What stands before most of these lines; `None` where nothing does.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a [u8]> + Clone) -> Option<Self> {
        let lines = lines.filter(|line| !line.trim_ascii().is_empty()).take(ENOUGH);
        let (mut total, mut begun) = (0, 0);
        let mut found: Vec<(Vec<Piece>, usize)> = Vec::new();
        for line in lines.clone() {
            total += 1;
            let Some(at) = beginning(line) else { continue };
            begun += 1;
            let pieces = pieces(&line[..at]);
            if at == 0 || !pieces.iter().any(|piece| *piece != Piece::Space) {
                continue;
            }
            match found.iter_mut().find(|(known, _)| *known == pieces) {
                Some((_, times)) => *times += 1,
                None => found.push((pieces, 1)),
            }
        }
        let (pieces, _) = found.into_iter().max_by_key(|(_, times)| *times).filter(|(_, times)| *times >= 2)?;
        let mut dress = Self { pieces, counted: Counted::Day };
        let dressed = || lines.clone().filter_map(|line| dress.off(line));
        let fitting = dressed().filter(|(bare, _)| begins(bare)).count();
        // The rest may be the program's output.
        if fitting * 4 < begun * 3 || fitting * 3 < total {
            return None;
        }
        dress.counted = counted(dressed().filter_map(|(_, stamp)| stamp));
        Some(dress)
    }

    /// A line without it, and the time in it; `None` where a line has something else.
    pub(super) fn off<'a>(&self, line: &'a [u8]) -> Option<(&'a [u8], Option<Stamp>)> {
        let mut at = 0;
        let (last, pieces) = self.pieces.split_last()?;
        for piece in pieces {
            let (found, len) = next(&line[at..])?;
            if found != *piece {
                return None;
            }
            at += len;
            at += padding(*piece, &line[at..]);
        }
        let (found, len) = next(&line[at..])?;
        if found != *last {
            return None;
        }
        let at = at + if *last == Piece::Space { 1 } else { len };
        Some((&line[at..], stamp_in(&line[..at])))
    }
}

/// The pieces of a text.
fn pieces(text: &[u8]) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while let Some((piece, len)) = next(&text[at..]) {
        pieces.push(piece);
        at += len;
        at += padding(piece, &text[at..]);
    }
    pieces
}

/// The spaces that fill up a number behind a bracket.
fn padding(before: Piece, text: &[u8]) -> usize {
    if before == Piece::Mark(b'[') { text.iter().take_while(|b| **b == b' ').count() } else { 0 }
}

/// The first piece of a text, and its length.
fn next(text: &[u8]) -> Option<(Piece, usize)> {
    let of_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'@') || !b.is_ascii();
    let len = |kind: &dyn Fn(&u8) -> bool| text.iter().take_while(|b| kind(b)).count();
    Some(match text.first()? {
        b' ' | b'\t' => (Piece::Space, len(&|b| matches!(b, b' ' | b'\t'))),
        b if of_word(b) => {
            let len = len(&of_word);
            let named = text[..len].iter().any(|b| b.is_ascii_alphabetic() || !b.is_ascii());
            (if named { Piece::Word } else { Piece::Number }, len)
        }
        mark => (Piece::Mark(*mark), 1),
    })
}

/// Where strace's own line begins.
fn beginning(line: &[u8]) -> Option<usize> {
    if begins(line) {
        return Some(0);
    }
    let (mut at, mut dated) = (0, false);
    while at < line.len().min(MAX_BYTES) {
        // A date is no process, and a second time is strace's own.
        let behind = stamp::read(&line[at..]).filter(|_| !dated);
        at = match behind {
            Some((rest, _)) => {
                dated = true;
                line.len() - rest.len()
            }
            None => at + line[at..].iter().position(|b| matches!(b, b' ' | b'\t' | b']' | b'|' | b'>'))? + 1,
        };
        let rest = &line[at..];
        // `strace: ` begins messages of strace's own, and is the name that a journal puts before all its lines.
        let named = rest.strip_prefix(b"strace: ").is_some_and(begins);
        if (dated || stamp::read(rest).is_none()) && begins(rest) && !named {
            return Some(at);
        }
    }
    None
}

/// The time in what stood before a line.
fn stamp_in(dress: &[u8]) -> Option<Stamp> {
    let mut c = Cursor::new(dress);
    loop {
        if let Some((_, stamp)) = stamp::read(c.rest()) {
            return Some(stamp);
        }
        c.while_in(|b| !matches!(b, b' ' | b'\t' | b']' | b'|' | b'>'));
        if c.done() {
            return None;
        }
        c.back(c.place() + 1);
    }
}

/// What the times count from. Whoever stamps lines as they come has a clock that does not fall.
fn counted(stamps: impl Iterator<Item = Stamp>) -> Counted {
    let (mut first, mut least, mut last, mut falls) = (None, u64::MAX, 0, false);
    for Stamp { clock, time_ns, date } in stamps {
        if clock == Clock::Epoch || date.is_some() {
            return Counted::Day;
        }
        first = first.or(Some((clock, time_ns)));
        falls |= time_ns < last && last - time_ns < HALF_A_DAY;
        (least, last) = (least.min(time_ns), time_ns);
    }
    match first {
        Some(_) if falls && least < SOON => Counted::LineBefore,
        Some((Clock::Relative, _)) => Counted::Beginning,
        Some((_, time_ns)) if time_ns < SOON => Counted::Beginning,
        _ => Counted::Day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS: [&str; 4] =
        ["[pid     8] close(3) = 0", "close(4 <unfinished ...>", "9     close(5) = 0", "+++ exited with 0 +++"];

    /// The dress of the calls, each behind what `before` gives for its number.
    fn of(before: impl Fn(usize) -> String) -> Option<Dress> {
        let text: Vec<_> = CALLS.iter().enumerate().map(|(at, call)| before(at) + call).collect();
        let dress = Dress::of(text.iter().map(String::as_bytes));
        if let Some(dress) = &dress {
            for (line, call) in text.iter().zip(CALLS) {
                assert_eq!(dress.off(line.as_bytes()).map(|(bare, _)| bare), Some(call.as_bytes()), "{line}");
            }
        }
        dress
    }

    #[test]
    fn what_stands_before_each_line_is_found() {
        for (before, counted) in [
            ("[pod/web-0/app] ", Counted::Day),
            ("web-1  | ", Counted::Day),
            ("<13>Nov 27 12:00:0# box strace[77]: ", Counted::Day),
            ("<13>1 2026-11-27T12:00:0#.123Z box strace 77 - - ", Counted::Day),
            ("Fri Nov 27 12:00:0# UTC 2026 ", Counted::Day),
            ("2026-11-27T12:00:0#.123456Z 01E ", Counted::Day),
            ("12:00:0# ", Counted::Day),
            ("00:00:0#.5 ", Counted::Beginning),
            ("[    #.250000] ", Counted::Beginning),
            ("#.250000 ", Counted::Beginning),
            ("| ", Counted::Day),
            ("Nov 27 12:00:0# box strace: ", Counted::Day),
        ] {
            let dress = of(|at| before.replace('#', &at.to_string()));
            assert_eq!(dress.map(|dress| dress.counted), Some(counted), "{before}");
        }
        let falling = of(|at| format!("00:00:0{} ", [0, 4, 0, 1][at]));
        assert_eq!(falling.map(|dress| dress.counted), Some(Counted::LineBefore));
        assert_eq!(of(|at| "  ".repeat(at)), None, "indentation");
        assert_eq!(of(|at| ["", "some ", "12: ", "of it! "][at].into()), None, "output");
    }
}
