//! Hostile input to everything that reads: strace's text, JSON, CSV, registers and memory, and foreign text that is shown.
//!
//! Seeds are the traces of the repository and calls of the table; a mutator cuts, joins and bends them. Nothing may panic,
//! hang, or write what it cannot read. A run is given by its number
//! of cases and its seed, so that each failure can be made again:
//!
//! ```text
//! cargo test --test fuzz                                              a bounded run, as in CI
//! SOCKSCOPE_FUZZ=10000000 cargo test --release --test fuzz            so many cases
//! SOCKSCOPE_FUZZ=1 SOCKSCOPE_FUZZ_SEED=N cargo test --test fuzz       the case of a failure again
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

mod mutate;
mod targets;

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mutate::{Mutator, Random};
use nix::time::{ClockId, clock_gettime};
use targets::{Seeds, TARGETS};

/// Cases of the bounded run, and of `tests/run --all`.
const BOUNDED: u64 = 20_000;
const LONG: u64 = 1_000_000;
/// No case may take more of the processor: each is a few kB.
const MAX_TIME: Duration = Duration::from_secs(20);

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// What this thread has had of the processor, which no other work on the machine lengthens.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

/// One case: its seed decides the target and the input.
fn case(seed: u64, seeds: &Seeds) {
    let mut random = Random::new(seed);
    let (name, target) = TARGETS[random.below(TARGETS.len())];
    let began = processor_time();
    let done = panic::catch_unwind(AssertUnwindSafe(|| target(&mut Mutator::new(&mut random, seeds.all()), seeds)));
    let took = processor_time() - began;
    let again = format!("SOCKSCOPE_FUZZ=1 SOCKSCOPE_FUZZ_SEED={seed} cargo test --test fuzz");
    if let Err(cause) = done {
        eprintln!("fuzz: {name} failed; again: {again}");
        panic::resume_unwind(cause);
    }
    assert!(took < MAX_TIME, "fuzz: {name} took {took:?}; again: {again}");
}

/// Runs so many cases on all processors.
fn run(cases: u64, first: u64) {
    let seeds = Seeds::load();
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let began = Instant::now();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= cases || failed.load(Ordering::Relaxed) {
                    return;
                }
                let done = panic::catch_unwind(AssertUnwindSafe(|| case(first.wrapping_add(at), &seeds)));
                if done.is_err() {
                    failed.store(true, Ordering::Relaxed);
                }
            }
        };
        (0..workers).for_each(|_| drop(scope.spawn(work)));
    });
    assert!(!failed.load(Ordering::Relaxed), "a case failed; its seed is above");
    let seconds = began.elapsed().as_secs_f64();
    eprintln!("fuzz: {cases} cases from seed {first} in {seconds:.1} s, {:.0} a minute", cases as f64 / seconds * 60.0);
}

#[test]
fn nothing_that_reads_panics_hangs_or_forgets() {
    run(number("SOCKSCOPE_FUZZ").unwrap_or(BOUNDED), number("SOCKSCOPE_FUZZ_SEED").unwrap_or(1));
}

#[test]
#[ignore = "takes minutes; tests/run --all"]
fn nothing_does_in_a_long_run() {
    // Others than those of the bounded run.
    run(LONG, 1 << 32);
}
