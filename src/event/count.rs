//! The rows of strace's `-c` table, which a file may have besides calls or instead of them.

use std::fmt;

/// How often a call was made, and how long it took in all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CountRow {
    /// The call's name.
    pub syscall: Box<str>,
    /// How often it was made.
    pub calls: u64,
    /// How many of these failed.
    pub errors: u64,
    /// The time of all, ns.
    pub total_ns: u64,
    /// The time of one, ns.
    pub mean_ns: u64,
    /// Its part of the time of the whole table, in hundredths of a percent.
    pub share: u32,
}

impl CountRow {
    /// Parses strace's row; `None` where it is none.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let share = fixed(words.next()?, 2)?;
        let total_ns = fixed(words.next()?, 6)?.checked_mul(1000)?;
        let mean_ns = words.next()?.parse::<u64>().ok()?.checked_mul(1000)?;
        let calls = words.next()?.parse().ok()?;
        let next = words.next()?;
        let (errors, syscall) = match words.next() {
            Some(name) => (next.parse().ok()?, name),
            None => (0, next),
        };
        let is_name = syscall.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'?' || b == b'#');
        let row = Self { syscall: syscall.into(), calls, errors, total_ns, mean_ns, share: share.try_into().ok()? };
        (is_name && words.next().is_none()).then_some(row)
    }
}

/// A number with so many digits behind the point, in units of the last one.
fn fixed(word: &str, digits: usize) -> Option<u64> {
    let (whole, part) = word.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() != digits {
        return None;
    }
    whole.parse::<u64>().ok()?.checked_mul(10_u64.pow(digits as u32))?.checked_add(part.parse().ok()?)
}

impl fmt::Display for CountRow {
    /// The row as strace writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = f64::from(self.share) / 100.0;
        let seconds = self.total_ns as f64 / 1e9;
        let errors = if self.errors == 0 { String::new() } else { self.errors.to_string() };
        let (mean, calls) = (self.mean_ns / 1000, self.calls);
        write!(f, "{percent:6.2} {seconds:11.6} {mean:11} {calls:9} {errors:>9} {}", self.syscall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_is_written() {
        for (line, calls, errors) in [
            (" 36.28    0.000263           7        34        13 openat", 34, 13),
            ("  0.00    0.000000           0         1           brk", 1, 0),
            ("100.00 1234567.000001      100379 123456789 123456789 recvfrom", 123_456_789, 123_456_789),
        ] {
            let row = CountRow::parse(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((row.calls, row.errors, row.to_string().as_str()), (calls, errors, line));
        }
        for line in [
            "",
            "% time     seconds  usecs/call     calls    errors syscall",
            " 36.2    0.000263           7        34        13 openat",
            " 36.28    0.00026           7        34        13 openat",
            " 36.28    0.000263           7        34        13 openat extra",
            " 36.28    0.000263           7        34        13 open(at)",
            " 36.28    0.000263           7",
            "-36.28    0.000263           7        34        13 openat",
        ] {
            assert_eq!(CountRow::parse(line), None, "{line}");
        }
    }
}
