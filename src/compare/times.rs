//! Where two traces spent their time differently: the time in each call, summed by name.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::event::{Body, Event};

/// Calls of one name on one side.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    calls: u64,
    ns: u64,
}

impl Sum {
    fn ms(self) -> f64 {
        self.ns as f64 / 1e6
    }
}

/// A table of the calls by how differently long both sides were in them, the largest difference first; calls whose time was
/// not measured are not in it.
pub fn times(left: &[Event], right: &[Event]) -> String {
    let mut rows: BTreeMap<&str, [Sum; 2]> = BTreeMap::new();
    for (side, events) in [left, right].into_iter().enumerate() {
        for event in events {
            let Body::Call(call) = &event.body else { continue };
            let Some(ns) = call.dur_ns else { continue };
            let sum = &mut rows.entry(call.sys.name).or_default()[side];
            sum.calls += 1;
            sum.ns = sum.ns.saturating_add(ns);
        }
    }
    if rows.is_empty() {
        return "neither trace has the time spent in its calls; record them with -T\n".into();
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, [left, right])| std::cmp::Reverse(left.ns.abs_diff(right.ns)));
    let total = |side: usize| {
        rows.iter().fold(Sum::default(), |total, (_, sums)| Sum {
            calls: total.calls + sums[side].calls,
            ns: total.ns.saturating_add(sums[side].ns),
        })
    };
    let totals = ("total", [total(0), total(1)]);
    let mut out = String::from("  difference ms      left ms     right ms  left calls right calls  call\n");
    for (name, [left, right]) in rows.into_iter().chain([totals]) {
        let _ = writeln!(
            out,
            "{:+15.3} {:12.3} {:12.3} {:11} {:11}  {name}",
            right.ms() - left.ms(),
            left.ms(),
            right.ms(),
            left.calls,
            right.calls,
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Call, Ret};
    use crate::syscall;

    fn events(calls: &[(&str, Option<u64>)]) -> Vec<Event> {
        let made = |(name, ms): &(&str, Option<u64>)| {
            let mut call = Call::new(syscall::by_name(name).unwrap(), Vec::new(), Ret::Ok(0));
            call.dur_ns = ms.map(|ms| ms * 1_000_000);
            Event::new(1, Body::Call(call))
        };
        calls.iter().map(made).collect()
    }

    #[test]
    fn the_largest_difference_comes_first() {
        let left = events(&[("close", Some(1)), ("read", Some(5)), ("read", Some(5))]);
        let right = events(&[("close", Some(2)), ("read", Some(900)), ("listen", None)]);
        let table = times(&left, &right);
        let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(rows[1], ["+890.000", "10.000", "900.000", "2", "1", "read"]);
        assert_eq!(rows[2], ["+1.000", "1.000", "2.000", "1", "1", "close"]);
        assert_eq!(rows[3], ["+891.000", "11.000", "902.000", "3", "2", "total"]);
        assert!(times(&[], &[]).contains("-T"));
    }
}
