//! Counting calls: strace's `-c` table.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::event::{Call, Ret};

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

/// The columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryColumn {
    /// The part of the time of all, in percent.
    Share,
    /// The time of all.
    Total,
    /// The time of the shortest.
    Least,
    /// The time of the longest.
    Most,
    /// The time per call.
    Mean,
    /// How many.
    Calls,
    /// How many failed.
    Errors,
    /// The name.
    Name,
}

impl SummaryColumn {
    /// The columns that strace's table has.
    pub const USUAL: [Self; 6] = [Self::Share, Self::Total, Self::Mean, Self::Calls, Self::Errors, Self::Name];

    /// Parses strace's `-U` argument, without which there are the usual ones.
    pub fn parse(list: Option<&str>) -> Result<Vec<Self>, String> {
        let Some(list) = list else { return Ok(Self::USUAL.to_vec()) };
        let mut columns = Vec::new();
        for word in list.split(',') {
            let column = match word {
                "time-percent" | "time" | "time_percent" => Self::Share,
                "total-time" | "time-total" | "total_time" | "time_total" => Self::Total,
                "min-time" | "min_time" | "shortest" | "time-min" | "time_min" => Self::Least,
                "max-time" | "max_time" | "longest" | "time-max" | "time_max" => Self::Most,
                "avg-time" | "avg_time" | "time-avg" | "time_avg" => Self::Mean,
                "calls" | "count" => Self::Calls,
                "errors" | "error" => Self::Errors,
                "name" | "syscall" | "syscall-name" | "syscall_name" => Self::Name,
                other => {
                    return Err(format!(
                        "-U: there is no column {other:?}; say time-percent, total-time, min-time, max-time, avg-time, \
                         calls, errors or name"
                    ));
                }
            };
            if columns.contains(&column) {
                return Err(format!("-U: the column {word} is named twice"));
            }
            columns.push(column);
        }
        if !columns.contains(&Self::Name) {
            columns.push(Self::Name);
        }
        Ok(columns)
    }

    /// Its heading and width.
    fn head(self) -> (&'static str, usize) {
        match self {
            Self::Share => ("% time", 6),
            Self::Total => ("seconds", 11),
            Self::Least => ("shortest", 8),
            Self::Most => ("longest", 8),
            Self::Mean => ("usecs/call", 11),
            Self::Calls => ("calls", 9),
            Self::Errors => ("errors", 9),
            Self::Name => ("syscall", 16),
        }
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
    pub fn write(&self, sort: SortBy, columns: &[SummaryColumn], out: &mut String) {
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
        let mut total = Sums { least_ns: u64::MAX, ..Sums::default() };
        for (_, row) in &rows {
            total.calls += row.calls;
            total.errors += row.errors;
            total.ns += row.ns;
            total.least_ns = total.least_ns.min(row.least_ns);
            total.most_ns = total.most_ns.max(row.most_ns);
        }
        let longest = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let head = |column: &SummaryColumn, rule: bool| {
            let (title, width) = column.head();
            if rule { "-".repeat(width) } else { title.into() }
        };
        line(columns, longest, |column| head(column, false), out);
        line(columns, longest, |column| head(column, true), out);
        for (name, row) in &rows {
            let share = if total.ns == 0 { 0.0 } else { 1e2 * row.ns as f64 / total.ns as f64 };
            line(columns, longest, |column| cell(*column, name, row, share), out);
        }
        line(columns, longest, |column| head(column, true), out);
        line(columns, longest, |column| cell(*column, "total", &total, 100.0), out);
    }
}

/// One line: the name stands to the left and is filled up only before others, all else stands to the right.
fn line(columns: &[SummaryColumn], longest: usize, cell: impl Fn(&SummaryColumn) -> String, out: &mut String) {
    for (at, column) in columns.iter().enumerate() {
        let (text, width) = (cell(column), column.head().1);
        let _ = match column {
            SummaryColumn::Name if at + 1 == columns.len() => write!(out, "{text}"),
            SummaryColumn::Name => write!(out, "{text:longest$}", longest = longest.max(width)),
            _ => write!(out, "{text:>width$}"),
        };
        out.push(if at + 1 == columns.len() { '\n' } else { ' ' });
    }
}

fn cell(column: SummaryColumn, name: &str, row: &Sums, share: f64) -> String {
    let seconds = |ns: u64| format!("{:.6}", ns as f64 / 1e9);
    match column {
        SummaryColumn::Share => format!("{share:.2}"),
        SummaryColumn::Total => seconds(row.ns),
        SummaryColumn::Least => seconds(row.least_ns),
        SummaryColumn::Most => seconds(row.most_ns),
        SummaryColumn::Mean => (row.ns / row.calls.max(1) / 1000).to_string(),
        SummaryColumn::Calls => row.calls.to_string(),
        SummaryColumn::Errors => {
            if row.errors == 0 {
                String::new()
            } else {
                row.errors.to_string()
            }
        }
        SummaryColumn::Name => name.into(),
    }
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
        summary.write(SortBy::Time, &SummaryColumn::USUAL, &mut out);
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
