//! The time of comparing against that of reading the same text: two traces of a server, each of 100,000 calls, which
//! differ in every thousandth.
//!
//! `cargo bench --bench compare [CALLS]`. Prints the best of three, and its ratio to reading.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use sockscope::compare::{CompareOptions, compare};
use sockscope::event::Event;
use sockscope::read::text::{self, TextReader};

/// A trace of so many calls by two threads; calls with this remainder are missing.
fn text(calls: usize, missing: usize) -> String {
    let line = |n: usize| {
        let tid = 1 + n / 50 % 2;
        match n % 5 {
            0 => format!("{tid} sendto(3, \"{}\", 5, 0, NULL, 0) = 5\n", n / 50),
            1 => format!("{tid} recvfrom(3, \"x\", 10, 0, NULL, NULL) = 1\n"),
            _ => format!("{tid} poll([{{fd=3, events=POLLIN}}], 1, {}) = 0 (Timeout)\n", n % 3 * 100),
        }
    };
    (0..calls).filter(|n| n % 997 != missing).map(line).collect()
}

fn read(text: &str) -> Vec<Event> {
    TextReader::new(text.as_bytes(), text::ReadOptions::default()).collect::<Result<_, _>>().unwrap()
}

fn best<T>(mut act: impl FnMut() -> T) -> (Duration, T) {
    let mut round = || {
        let start = Instant::now();
        let result = act();
        (start.elapsed(), result)
    };
    let mut best = round();
    for _ in 0..2 {
        let next = round();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn main() {
    let calls = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let (left, right) = (text(calls, 1), text(calls, 2));
    let (reading, (left, right)) = best(|| (read(&left), read(&right)));
    let (comparing, comparison) = best(|| compare(&left, &right, &CompareOptions::default()));
    let counts = comparison.counts().into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts.map(|(name, count)| format!("{count} {name}")).collect();
    println!("{calls} calls a side: reading {reading:.2?}, comparing {comparing:.2?}: {}", counts.join(", "));
    println!("comparing takes {:.1} times as long as reading", comparing.as_secs_f64() / reading.as_secs_f64());
}
