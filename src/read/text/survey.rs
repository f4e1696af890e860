//! What only many lines together show of a file: which numbers count lines, whether a clock runs on or starts anew with
//! each line, which process the lines without a number belong to, and whether another program wrote it all.
//!
//! The beginning of the file is looked through once, before its first line is read.

use std::collections::BTreeSet;

use memchr::memmem;

use super::cursor::Cursor;
use super::dress::{Counted, Dress};
use super::notice;
use super::prefix::{self, EPOCH_SECONDS, Prefix, SECOND};
use super::shape::{LineKind, shape};
use super::stamp::Stamp;
use crate::read::foreign::{self, Foreign};
use crate::text::{Clock, Pids};

/// What is known of a file before its first line is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Survey {
    /// Whether an editor or `cat -n` numbered the lines.
    pub(super) numbered: bool,
    /// Whether every line is commented out, as in a quotation.
    pub(super) hashed: bool,
    /// What another tool put before every line.
    dress: Option<Dress>,
    /// Whether times without a date are those since the beginning (`ts -s`) and not those since the line before (`-r`).
    pub(super) elapsed: bool,
    /// What times of day count from: `ts -s` and `ts -i` write others in the same way.
    pub(super) day: Counted,
    /// The process of lines that name none, where lines of other processes do; 0 where it is unknown.
    pub(super) main: u32,
    /// Whose output it is, if it is not strace's.
    pub(super) foreign: Option<&'static Foreign>,
}

impl Survey {
    /// Looks through the first lines of a file.
    pub(super) fn of(front: &[u8]) -> Self {
        let lines = || front.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let foreign = foreign::of(front);
        if foreign.is_some() {
            return Self { foreign, ..Self::default() };
        }
        let mut survey = Self { numbered: numbered(lines()), hashed: hashed(lines()), ..Self::default() };
        survey.dress = Dress::of(lines().map(|line| survey.bare(line).0));
        let bare = || lines().map(|line| survey.bare(line).0);
        let (elapsed, day) = (elapsed(bare()), day(bare()));
        let main = if memmem::find(front, b"[pid ").is_some() { main(bare()) } else { 0 };
        Self { elapsed, day, main, ..survey }
    }

    /// Whether each line means by itself what it says, so that lines can be read in any order.
    pub(super) fn is_plain(&self) -> bool {
        !self.numbered && !self.hashed && self.dress.is_none() && self.foreign.is_none()
    }

    /// What the times in what was put before each line count from.
    pub(super) fn counted(&self) -> Counted {
        self.dress.as_ref().map_or(Counted::Day, |dress| dress.counted)
    }

    /// A line without what was put before it in this file, and the time in that.
    pub(super) fn bare<'a>(&self, line: &'a [u8]) -> (&'a [u8], Option<Stamp>) {
        let mut bare = line;
        if self.numbered
            && let Some((_, rest)) = line_number(bare)
        {
            bare = rest;
        }
        if self.hashed {
            let without = bare.trim_ascii_start();
            let without = without.strip_prefix(b"#").map(|rest| rest.strip_prefix(b" ").unwrap_or(rest));
            bare = without.unwrap_or(bare);
        }
        self.dress.as_ref().and_then(|dress| dress.off(bare)).unwrap_or((bare, None))
    }
}

/// Whether the first calls of a text stand without a process.
pub(super) fn names_no_process(front: &[u8]) -> bool {
    let calls = front.split(|b| *b == b'\n').map(shape).filter(|shape| matches!(shape.kind, LineKind::Call { .. }));
    calls.take(ENOUGH).all(|shape| shape.prefix.tid.is_none())
}

/// Lines that decide what the numbers before them are.
const ENOUGH: usize = 200;

/// A number that may be a line's, and what follows it.
fn line_number(line: &[u8]) -> Option<(u64, &[u8])> {
    let mut c = Cursor::new(line);
    let indent = c.while_in(|b| b == b' ').len();
    let digits = c.place();
    // `-ttt`, or `ts %s`.
    let number = c.digits().filter(|number| *number < EPOCH_SECONDS)?;
    let width = c.since(digits).len();
    let rest = match c.rest() {
        [b'\t', rest @ ..] | [b':' | b'|' | b')', b' ' | b'\t', rest @ ..] => rest,
        [b':', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_digit) => rest,
        [b' ', rest @ ..] => {
            let spaces = 1 + rest.iter().take_while(|b| **b == b' ').count();
            // strace fills the numbers of processes to the left; nothing else does.
            if indent == 0 && width < 5 && spaces == 6 - width {
                return None;
            }
            if rest.first() == Some(&b' ') && rest.get(1) != Some(&b' ') { &rest[1..] } else { rest }
        }
        [] => &[],
        _ => return None,
    };
    Some((number, rest))
}

fn numbered<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut steps, mut others, mut last) = (0, 0, None);
    let (mut halves, mut named) = (false, false);
    // The seconds of `ts -s %s` begin at 0, which is no process, and never fall.
    let mut seconds = None;
    for line in lines.take(ENOUGH).filter(|line| !line.is_empty()) {
        let found = line_number(line);
        let number = found.map(|(number, _)| number);
        seconds = Some(match (seconds, number) {
            (None, number) => number == Some(0),
            (Some(so_far), Some(number)) => so_far && last.is_none_or(|last| number >= last),
            (Some(_), None) => false,
        });
        if let Some((_, rest)) = found {
            halves |= line.ends_with(b"<unfinished ...>");
            named |= prefix::read(&mut Cursor::new(rest)).tid.is_some();
        }
        match (last, number) {
            (Some(last), Some(number)) if last.checked_add(1) == Some(number) => steps += 1,
            (None, Some(_)) => {}
            _ => others += 1,
        }
        last = number;
    }
    if seconds == Some(true) {
        return true;
    }
    // Halves of calls are of several processes, which the lines must name.
    steps >= 2 && steps >= 10 * others && (named || !halves)
}

fn hashed<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut calls, mut others) = (0, 0);
    for line in lines.take(ENOUGH).filter(|line| !line.trim_ascii().is_empty()) {
        match line.trim_ascii_start().strip_prefix(b"#") {
            Some(rest) => {
                let rest = rest.strip_prefix(b" ").unwrap_or(rest);
                calls += usize::from(!matches!(shape(rest).kind, LineKind::Unknown(_) | LineKind::Remark));
            }
            None => others += 1,
        }
    }
    calls >= 2 && others == 0
}

/// Whether the times are those since the beginning: strace fills differences with spaces, `ts` does not.
fn elapsed<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut last, mut seen) = (0, 0);
    for line in lines.take(ENOUGH) {
        let mut c = Cursor::new(line);
        let Prefix { clock: Clock::Relative, time_ns, pids, .. } = prefix::read(&mut c) else { continue };
        let before = match pids {
            Pids::None => line.first(),
            _ => memmem::rfind(&line[..c.place()], b"  ").map(|_| &b' '),
        };
        if before.is_some_and(|b| !b.is_ascii_digit()) || time_ns < last {
            return false;
        }
        (last, seen) = (time_ns, seen + 1);
    }
    seen >= 3 && last > 0
}

/// What times of day count from: no program is started by chance at midnight, and no clock falls.
fn day<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Counted {
    let prefixes = lines.take(ENOUGH).map(|line| prefix::read(&mut Cursor::new(line)));
    let mut times = prefixes.filter(|prefix| matches!(prefix.clock, Clock::Seconds | Clock::Micros));
    let Some(Prefix { clock, time_ns: first, .. }) = times.next() else { return Counted::Day };
    if first >= if clock == Clock::Seconds { 5 * SECOND } else { SOON } {
        return Counted::Day;
    }
    let mut last = first;
    let falls = times.any(|prefix| prefix.time_ns < std::mem::replace(&mut last, prefix.time_ns));
    if falls { Counted::LineBefore } else { Counted::Beginning }
}

/// What `ts` reads first comes so soon, ns; what cron starts at midnight does not.
const SOON: u64 = SECOND / 5;

/// The process that lines without a number belong to: one that speaks with its number later, and was neither attached
/// to nor made before the eyes of the reader.
fn main<'a>(lines: impl Iterator<Item = &'a [u8]>) -> u32 {
    let (mut named, mut others) = (Vec::new(), BTreeSet::new());
    let (mut first_attached, mut unnamed) = (None, false);
    for line in lines {
        let at = memmem::find(line, b"Process ").map(|at| line[..at].strip_suffix(b"strace: ").map_or(at, <[u8]>::len));
        if let Some(tid) = at.and_then(|at| notice::attached(&line[at..])) {
            if !unnamed && first_attached.is_none() && at == Some(0) {
                first_attached = Some(tid);
            } else {
                others.insert(tid);
            }
            continue;
        }
        let prefix = prefix::read(&mut Cursor::new(line));
        match prefix.tid {
            Some(tid) if prefix.pids == Pids::Bracketed => {
                if named.last() != Some(&tid) && !named.contains(&tid) && named.len() < ENOUGH {
                    named.push(tid);
                }
            }
            Some(_) => return 0,
            None => unnamed |= line.first().is_some_and(u8::is_ascii_alphabetic),
        }
        let made = ["clone", "fork"].iter().any(|name| memmem::find(line, name.as_bytes()).is_some());
        if made
            && let Some(equals) = memmem::rfind(line, b") = ").map(|at| at + 4).or(aligned_result(line))
            && let Some(tid) = Cursor::new(&line[equals..]).digits().and_then(|tid| u32::try_from(tid).ok())
        {
            others.insert(tid);
        }
    }
    if !unnamed {
        return 0;
    }
    // Attached to by its number (`-p`): its lines have none until there is another.
    let attached = first_attached.filter(|tid| named.is_empty() || named.contains(tid) || !others.is_empty());
    attached.or_else(|| named.into_iter().find(|tid| !others.contains(tid))).unwrap_or(0)
}

/// Where the result begins in a line whose equals sign is aligned.
fn aligned_result(line: &[u8]) -> Option<usize> {
    memmem::rfind(line, b"  = ").map(|at| at + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Survey {
        Survey::of(lines.join("\n").as_bytes())
    }

    #[test]
    fn numbers_of_lines_are_no_processes() {
        for lines in [
            ["  9 close(3) = 0", " 10 close(4) = 0", " 11 close(5) = 0"],
            ["1\tclose(3) = 0", "2\tclose(4) = 0", "3\tclose(5) = 0"],
            ["7: close(3) = 0", "8: close(4) = 0", "9: close(5) = 0"],
            ["7:close(3) = 0", "8:close(4) = 0", "9:close(5) = 0"],
            ["1  41    close(3) = 0", "2  41    close(4) = 0", "3  41    close(5) = 0"],
        ] {
            let survey = of(&lines);
            assert!(survey.numbered, "{lines:?}");
            assert!(survey.bare(lines[1].as_bytes()).0.ends_with(b"close(4) = 0"));
            assert!(!survey.bare(lines[1].as_bytes()).0.starts_with(b"\t"));
        }
        for lines in [
            ["7     close(3) = 0", "8     close(4) = 0", "9     close(5) = 0"],
            ["41 close(3) = 0", "41 close(4) = 0", "42 close(5) = 0"],
            ["12:00:01 close(3) = 0", "12:00:02 close(3) = 0", "12:00:03 close(3) = 0"],
            ["0.1 close(3) = 0", "0.2 close(3) = 0", "0.3 close(3) = 0"],
            ["1 close(3 <unfinished ...>", "2 close(3 <unfinished ...>", "3 close(3 <unfinished ...>"],
        ] {
            assert!(!of(&lines).numbered, "{lines:?}");
        }
    }

    #[test]
    fn a_clock_that_runs_on_is_distinguished_from_differences() {
        assert!(of(&["0.000010 close(3) = 0", "0.000120 close(4) = 0", "3.000000 close(5) = 0"]).elapsed);
        assert!(of(&["5 0.1 close(3) = 0", "6 0.2 close(4) = 0", "5 3.0 close(5) = 0"]).elapsed);
        for lines in [
            ["0.000010 close(3) = 0", "0.000120 close(4) = 0", "0.000050 close(5) = 0"],
            ["     0.000010 close(3) = 0", "     0.000020 close(4) = 0", "     0.000050 close(5) = 0"],
            ["5          0.1 close(3) = 0", "5          0.2 close(4) = 0", "5          0.3 close(5) = 0"],
        ] {
            assert!(!of(&lines).elapsed, "{lines:?}");
        }
    }

    #[test]
    fn a_terminals_log_names_its_main_process_later() {
        let attached = "strace: Process 9 attached";
        for (lines, main) in [
            (&["fork() = 9", attached, "[pid 9] close(3) = 0", "[pid 8] close(4) = 0"][..], 8),
            (&["clone(", "[pid 9] close(3) = 0", "[pid 8] <... clone resumed>, flags=0)   = 9"], 8),
            (&[attached, "close(3) = 0", "fork() = 11", "[pid 11] close(3) = 0"], 9),
            (&["[pid 9] close(3) = 0", "[pid 8] close(3) = 0"], 0),
            (&["close(3) = 0", "[pid 9] close(3) = 0"], 9),
        ] {
            assert_eq!(of(lines).main, main, "{lines:?}");
        }
    }

    #[test]
    fn a_comment_is_one_unless_everything_is() {
        assert!(of(&["# close(3) = 0", "#", "# close(4) = 0"]).hashed);
        assert!(!of(&["# close(3) = 0", "close(4) = 0", "# close(5) = 0"]).hashed);
        assert!(!of(&["# a comment", "# another"]).hashed);
    }
}
