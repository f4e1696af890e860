//! The times that other tools put before lines: system logs, containers, kernels, `ts`.

use super::cursor::Cursor;
use super::prefix::{self, EPOCH_SECONDS, SECOND};
use crate::sys::clock;
use crate::text::Clock;

/// A time as another tool wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Which kind it is.
    pub(super) clock: Clock,
    /// As a line's prefix has it, ns.
    pub(super) time_ns: u64,
    /// Month and day, where the year is not known.
    pub(super) date: Option<(u8, u8)>,
}

impl Stamp {
    fn epoch(time_ns: u64) -> Self {
        Self { clock: Clock::Epoch, time_ns, date: None }
    }

    fn of_day((time_ns, has_fraction): (u64, bool)) -> Self {
        Self { clock: if has_fraction { Clock::Micros } else { Clock::Seconds }, time_ns, date: None }
    }
}

/// The months as system logs abbreviate them.
const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// A date or a time at the beginning of a text, and what follows it.
pub(super) fn read(text: &[u8]) -> Option<(&[u8], Stamp)> {
    let mut c = Cursor::new(text);
    let bracketed = c.eat(b"[");
    let stamp = if c.peek()?.is_ascii_alphabetic() { month_first(&mut c)? } else { number_first(&mut c, bracketed)? };
    if bracketed {
        c.expect(b"]")?;
    }
    c.eat(b":");
    c.expect(b" ").or_else(|| c.expect(b"\t"))?;
    Some((c.rest(), stamp))
}

/// `Nov  3 12:00:00`, as `ts` and system logs write it, or `Nov  3 12:00:00 UTC 2026`, as `date` does.
fn month_first(c: &mut Cursor<'_>) -> Option<Stamp> {
    let name = c.while_in(|b| b.is_ascii_alphabetic());
    let month = MONTHS.iter().position(|month| *month == name)? as u8 + 1;
    c.while_in(|b| b == b' ');
    let day = c.digits().filter(|day| (1..=31).contains(day))? as u8;
    c.expect(b" ")?;
    let stamp = Stamp { date: Some((month, day)), ..Stamp::of_day(time_of_day(c)?) };
    let end = c.place();
    c.expect(b" ")?;
    if c.peek().is_some_and(|b| b.is_ascii_uppercase()) {
        c.while_in(|b| b.is_ascii_uppercase());
        c.eat(b" ");
    }
    let digits = c.place();
    if let Some(year @ 1970..=9999) = c.digits()
        && c.since(digits).len() == 4
        && matches!(c.peek(), Some(b' ' | b':' | b']'))
        && !c.sees(b"  ")
    {
        return local(i64::try_from(year).ok()?, month, day, stamp.time_ns).map(Stamp::epoch);
    }
    c.back(end);
    Some(stamp)
}

/// `2026-11-27T12:00:00.123Z`, `2026/11/27 12:00:00,123`, `12:00:00.5`, `1795780800.25`, `   7.250000`.
fn number_first(c: &mut Cursor<'_>, bracketed: bool) -> Option<Stamp> {
    let start = c.place();
    if bracketed {
        c.while_in(|b| b == b' ');
    }
    let first = c.digits()?;
    match c.peek()? {
        b':' => {
            c.back(start);
            return time_of_day(c).map(Stamp::of_day);
        }
        b'.' => {
            let time_ns = first.checked_mul(SECOND)?.checked_add(prefix::fraction(c)?)?;
            let clock = if first >= EPOCH_SECONDS { Clock::Epoch } else { Clock::Relative };
            return Some(Stamp { clock, time_ns, date: None });
        }
        b' ' | b'\t' | b']' if first >= EPOCH_SECONDS => return first.checked_mul(SECOND).map(Stamp::epoch),
        _ => {}
    }
    let between = if c.eat(b"/") { b"/" } else { b"-" };
    if between == b"-" {
        c.expect(between)?;
    }
    let month = c.digits().filter(|month| (1..=12).contains(month))? as u8;
    c.expect(between)?;
    let day = c.digits().filter(|day| (1..=31).contains(day))? as u8;
    if !c.eat(b"T") {
        c.expect(b" ")?;
    }
    let (ns, _) = time_of_day(c)?;
    let year = i64::try_from(first).ok()?;
    let offset = match c.peek()? {
        b'Z' => {
            c.eat(b"Z");
            0
        }
        sign @ (b'+' | b'-') => {
            c.eat(&[sign]);
            let digits = c.while_in(|b| b.is_ascii_digit() || b == b':');
            let digits: Vec<u64> = digits.iter().filter(|b| **b != b':').map(|b| u64::from(b - b'0')).collect();
            let [h, hh, m, mm] = *digits.as_slice() else { return None };
            let ns = (((h * 10 + hh) * 60 + m * 10 + mm) * 60 * SECOND) as i64;
            if sign == b'-' { -ns } else { ns }
        }
        // Journals name the time zone, if it is this.
        b' ' if c.eat(b" UTC ") => {
            c.back(c.place() - 1);
            0
        }
        _ => return local(year, month, day, ns).map(Stamp::epoch),
    };
    let utc = utc_midnight(year, month, day)?.checked_add(ns)?;
    utc.checked_add_signed(-offset).map(Stamp::epoch)
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
    Some((((hours * 60 + minutes) * 60 + seconds) * SECOND + ns.unwrap_or(0), ns.is_some()))
}

/// A time of day of a date in the local time zone, ns since 1970.
fn local(year: i64, month: u8, day: u8, time_ns: u64) -> Option<u64> {
    midnight(year, month, day)?.checked_add(time_ns)
}

/// The midnight that a date begins with in the local time zone, ns since 1970; noon is surely within that day.
fn midnight(year: i64, month: u8, day: u8) -> Option<u64> {
    Some(clock::midnight(utc_midnight(year, month, day)?.checked_add(DAY / 2)?))
}

/// The same of the last such date that is not after a day, which its midnight names.
pub(super) fn last_midnight((month, day): (u8, u8), until: u64) -> Option<u64> {
    let year = clock::calendar(i64::try_from((until + DAY / 2) / SECOND).ok()?).0.get(..4)?.parse().ok()?;
    let this = midnight(year, month, day)?;
    if this <= until { Some(this) } else { midnight(year - 1, month, day) }
}

/// ns.
const DAY: u64 = 86_400 * SECOND;

fn utc_midnight(year: i64, month: u8, day: u8) -> Option<u64> {
    u64::try_from(days_since_1970(year, month.into(), day.into())).ok()?.checked_mul(DAY)
}

/// Days from 1 January 1970 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_logs_are_read() {
        let noon = 20_784 * DAY + DAY / 2; // 2026-11-27 12:00:00 UTC
        let stamp = |clock, time_ns| Stamp { clock, time_ns, date: None };
        for (text, expected) in [
            ("Nov 27 12:00:00 host", Stamp { date: Some((11, 27)), ..stamp(Clock::Seconds, DAY / 2) }),
            ("Nov  3 12:00:00.5 ", Stamp { date: Some((11, 3)), ..stamp(Clock::Micros, DAY / 2 + SECOND / 2) }),
            ("Nov 27 12:00:00 8001  read(", Stamp { date: Some((11, 27)), ..stamp(Clock::Seconds, DAY / 2) }),
            ("12:00:00 ", stamp(Clock::Seconds, DAY / 2)),
            ("[12:00:00.5] ", stamp(Clock::Micros, DAY / 2 + SECOND / 2)),
            ("2026-11-27T12:00:00Z ", Stamp::epoch(noon)),
            ("2026-11-27T13:00:00.5+0100 host", Stamp::epoch(noon + SECOND / 2)),
            ("2026-11-27T11:30:00,25-00:30 stdout", Stamp::epoch(noon + SECOND / 4)),
            ("2026-11-27 12:00:00 UTC host", Stamp::epoch(noon)),
            ("[1795780800.25] ", Stamp::epoch(1_795_780_800 * SECOND + SECOND / 4)),
            ("1795780800 ", Stamp::epoch(1_795_780_800 * SECOND)),
            ("[    7.25] ", stamp(Clock::Relative, 7 * SECOND + SECOND / 4)),
        ] {
            assert_eq!(read(text.as_bytes()).map(|(_, stamp)| stamp), Some(expected), "{text}");
        }
        for none in ["Nov ", "Nov 32 12:00:00 ", "12:60:00 ", "800 ", "[800] ", "12:00:00", "2026-13-01 12:00:00 "] {
            assert_eq!(read(none.as_bytes()), None, "{none}");
        }
        assert_eq!(read(b"Nov 27 12:00:00 UTC 2026: x").map(|(rest, _)| rest), Some(&b"x"[..]));
        assert_eq!((days_since_1970(1970, 1, 1), days_since_1970(2000, 3, 1)), (0, 11_017));
    }

    #[test]
    fn a_date_without_a_year_is_the_last_one() {
        let day = |year, month, day| midnight(year, month, day).unwrap();
        assert_eq!(last_midnight((11, 27), day(2026, 11, 27)), Some(day(2026, 11, 27)));
        assert_eq!(last_midnight((1, 2), day(2026, 11, 27)), Some(day(2026, 1, 2)));
        assert_eq!(last_midnight((12, 31), day(2026, 1, 1)), Some(day(2025, 12, 31)));
    }
}
