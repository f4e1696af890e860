//! What other tools and people put before a line: quotation marks, the headers of logs, times, indentation, colours.
//!
//! It is looked for only where a line cannot be read as it stands, so that it costs nothing elsewhere.

use std::borrow::Cow;

use memchr::memmem;

use super::cursor::Cursor;
use super::notice;
use super::prefix;
use super::shape::{LineKind, shape};
use crate::sys::clock;
use crate::text::Clock;

/// A line without what was put before it.
pub(super) struct Bare<'a> {
    pub(super) line: Cow<'a, [u8]>,
    /// The time in what was put before it: which kind, and as a line's prefix has it.
    pub(super) time: Option<(Clock, u64)>,
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
type Undressed<'a> = (&'a [u8], Option<(Clock, u64)>);

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
    if let Some((behind, _)) = dated(rest) {
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
    if let Some((rest, time)) = dated(line) {
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

/// The months as system logs abbreviate them.
const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// A date and time of a log, and what follows them.
fn dated(line: &[u8]) -> Option<(&[u8], (Clock, u64))> {
    let mut c = Cursor::new(line);
    let bracketed = c.eat(b"[");
    let close = |c: &mut Cursor<'_>| {
        if bracketed {
            c.expect(b"]")?;
        }
        c.eat(b":");
        c.expect(b" ")
    };
    let start = c.place();
    // `Nov  3 12:00:00 `, of which the year is not known.
    if MONTHS.contains(&c.while_in(|b| b.is_ascii_alphabetic())) {
        c.while_in(|b| b == b' ');
        c.digits()?;
        c.expect(b" ")?;
        let (ns, fraction) = time_of_day(&mut c)?;
        close(&mut c)?;
        return Some((c.rest(), (if fraction { Clock::Micros } else { Clock::Seconds }, ns)));
    }
    c.back(start);
    let first = c.digits()?;
    if bracketed && c.peek() == Some(b':') {
        c.back(start);
        let (ns, fraction) = time_of_day(&mut c)?;
        close(&mut c)?;
        return Some((c.rest(), (if fraction { Clock::Micros } else { Clock::Seconds }, ns)));
    }
    if bracketed && c.peek() == Some(b'.') {
        let ns = prefix::fraction(&mut c)?;
        close(&mut c)?;
        return Some((c.rest(), (Clock::Epoch, first.checked_mul(1_000_000_000)?.checked_add(ns)?)));
    }
    // `2026-11-27T12:00:00.123Z `, `2026-11-27 12:00:00,123 `.
    c.expect(b"-")?;
    let month = c.digits().filter(|month| (1..=12).contains(month))?;
    c.expect(b"-")?;
    let day = c.digits().filter(|day| (1..=31).contains(day))?;
    if !c.eat(b"T") {
        c.expect(b" ")?;
    }
    let (ns, _) = time_of_day(&mut c)?;
    let days = u64::try_from(days_since_1970(i64::try_from(first).ok()?, month as i64, day as i64)).ok()?;
    let utc = days.checked_mul(86_400_000_000_000)?.checked_add(ns)?;
    let offset = match c.peek()? {
        b'Z' => {
            c.eat(b"Z");
            Some(0)
        }
        sign @ (b'+' | b'-') => {
            c.eat(&[sign]);
            let digits = c.while_in(|b| b.is_ascii_digit() || b == b':');
            let digits: Vec<u64> = digits.iter().filter(|b| **b != b':').map(|b| u64::from(b - b'0')).collect();
            let [h, hh, m, mm] = *digits.as_slice() else { return None };
            let ns = (((h * 10 + hh) * 60 + m * 10 + mm) * 60 * 1_000_000_000) as i64;
            Some(if sign == b'-' { -ns } else { ns })
        }
        _ => None,
    };
    close(&mut c)?;
    let ts_ns = match offset {
        Some(offset) => utc.checked_add_signed(-offset)?,
        // Local time: the midnight of that day, which noon is surely within.
        None => clock::midnight(utc - ns + 43_200_000_000_000) + ns,
    };
    Some((c.rest(), (Clock::Epoch, ts_ns)))
}

/// `12:34:56`, with a fraction or not, in ns, and whether it has one.
fn time_of_day(c: &mut Cursor<'_>) -> Option<(u64, bool)> {
    let hours = c.digits().filter(|hours| *hours < 24)?;
    c.expect(b":")?;
    let minutes = c.digits().filter(|minutes| *minutes < 60)?;
    c.expect(b":")?;
    let seconds = c.digits().filter(|seconds| *seconds <= 60)?;
    let ns = match c.peek() {
        Some(b'.') => Some(prefix::fraction(c)?),
        Some(b',') => {
            c.eat(b",");
            let digits = c.while_in(|b| b.is_ascii_digit());
            let read = digits.iter().take(9).fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
            Some(read * 10u64.pow(9 - digits.len().min(9) as u32))
        }
        _ => None,
    };
    Some((((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000 + ns.unwrap_or(0), ns.is_some()))
}

/// Days from 1 January 1970 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
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

    /// ns.
    const SECOND: u64 = 1_000_000_000;

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

    #[test]
    fn the_times_of_logs_are_read() {
        let noon = 20_784 * 86_400 * SECOND + 43_200 * SECOND; // 2026-11-27 12:00:00 UTC
        for (before, time) in [
            ("Nov 27 12:00:00 host app[7]: ", (Clock::Seconds, 43_200 * SECOND)),
            ("Nov  3 12:00:00 ", (Clock::Seconds, 43_200 * SECOND)),
            ("[12:00:00.5] ", (Clock::Micros, 43_200 * SECOND + SECOND / 2)),
            ("2026-11-27T12:00:00Z ", (Clock::Epoch, noon)),
            ("2026-11-27T13:00:00.5+0100 host app[7]: ", (Clock::Epoch, noon + SECOND / 2)),
            ("2026-11-27T11:30:00,25-00:30 stdout F ", (Clock::Epoch, noon + SECOND / 4)),
            ("[1795780800.25] ", (Clock::Epoch, 1_795_780_800 * SECOND + SECOND / 4)),
        ] {
            let line = format!("{before}close(3) = 0");
            let found = bare(line.as_bytes()).unwrap_or_else(|| panic!("{before:?}"));
            assert_eq!((&found.line[..], found.time), (&b"close(3) = 0"[..], Some(time)), "{before:?}");
        }
        assert_eq!((days_since_1970(1970, 1, 1), days_since_1970(2000, 3, 1)), (0, 11_017));
    }
}
