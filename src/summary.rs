//! Counting calls: strace's `-c` table.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::event::{Call, CountRow, Ret};

/// The sums of one call's row; times in ns.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    calls: u64,
    errors: u64,
    ns: u64,
    least_ns: u64,
    most_ns: u64,
}

/// The order of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// Time, most first.
    Time,
    /// The shortest call.
    MinTime,
    /// The longest call.
    MaxTime,
    /// Time per call.
    AvgTime,
    /// Calls, most first.
    Calls,
    /// Errors, most first.
    Errors,
    /// Name.
    Name,
    /// Unsorted: by the call's number.
    Nothing,
}

impl SortBy {
    /// Parses strace's `-S` argument.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "time" | "time-percent" | "total-time" | "total_time" | "time_total" => Self::Time,
            "min-time" | "min_time" | "shortest" | "time-min" | "time_min" => Self::MinTime,
            "max-time" | "max_time" | "longest" | "time-max" | "time_max" => Self::MaxTime,
            "avg-time" | "avg_time" | "time-avg" | "time_avg" => Self::AvgTime,
            "calls" | "count" => Self::Calls,
            "errors" | "error" => Self::Errors,
            "name" | "syscall" | "syscall-name" | "syscall_name" => Self::Name,
            "nothing" | "none" => Self::Nothing,
            _ => return None,
        })
    }
}

/// Counts calls for the `-c` table.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// By the call's number, then name: strace's order where rows are equal.
    rows: BTreeMap<(i64, &'static str), Sums>,
}

impl Summary {
    /// Counts a call that took `ns` nanoseconds.
    pub fn count(&mut self, call: &Call, ns: u64) {
        let new = || Sums { least_ns: u64::MAX, ..Sums::default() };
        let row = self.rows.entry((call.sys.nr, call.sys.name)).or_insert_with(new);
        row.calls += 1;
        row.errors += u64::from(matches!(call.ret, Ret::Err(_)));
        row.ns += ns;
        row.least_ns = row.least_ns.min(ns);
        row.most_ns = row.most_ns.max(ns);
    }

    /// Appends the table; like strace, nothing if no call was counted.
    pub fn write(&self, sort: SortBy, out: &mut String) {
        if self.rows.is_empty() {
            return;
        }
        let mut rows: Vec<(&str, Sums)> = self.rows.iter().map(|((_, name), row)| (*name, *row)).collect();
        match sort {
            SortBy::Time => rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.ns)),
            SortBy::MinTime => rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.least_ns)),
            SortBy::MaxTime => rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.most_ns)),
            SortBy::AvgTime => rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.ns / row.calls.max(1))),
            SortBy::Calls => rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.calls)),
            SortBy::Errors => rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.errors)),
            SortBy::Name => rows.sort_by_key(|(name, _)| *name),
            SortBy::Nothing => {}
        }
        let mut total = Sums::default();
        for (_, row) in &rows {
            total.calls += row.calls;
            total.errors += row.errors;
            total.ns += row.ns;
        }
        let rule = "------ ----------- ----------- --------- --------- ----------------\n";
        out.push_str("% time     seconds  usecs/call     calls    errors syscall\n");
        out.push_str(rule);
        for (name, row) in &rows {
            let share = if total.ns == 0 { 0.0 } else { 1e4 * row.ns as f64 / total.ns as f64 };
            line(share.round() as u32, row, name, out);
        }
        out.push_str(rule);
        line(10_000, &total, "total", out);
    }
}

fn line(share: u32, row: &Sums, name: &str, out: &mut String) {
    let row = CountRow {
        syscall: name.into(),
        calls: row.calls,
        errors: row.errors,
        total_ns: row.ns,
        mean_ns: row.ns / row.calls.max(1),
        share,
    };
    let _ = writeln!(out, "{row}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Errno;
    use crate::syscall;

    #[test]
    fn the_table_is_straces() {
        let mut summary = Summary::default();
        summary.count(&Call::new(&syscall::SENDTO, Vec::new(), Ret::Ok(1)), 35_000);
        summary.count(&Call::new(&syscall::RECVFROM, Vec::new(), Ret::Err(Errno(11))), 200_723_000);
        let mut out = String::new();
        summary.write(SortBy::Time, &mut out);
        assert_eq!(
            out,
            "% time     seconds  usecs/call     calls    errors syscall\n\
             ------ ----------- ----------- --------- --------- ----------------\n \
             99.98    0.200723      200723         1         1 recvfrom\n  \
             0.02    0.000035          35         1           sendto\n\
             ------ ----------- ----------- --------- --------- ----------------\n\
             100.00    0.200758      100379         2         1 total\n"
        );
    }
}
