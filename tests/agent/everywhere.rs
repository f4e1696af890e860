//! The tracer's tests against strace with calls that are recorded inside the program (`--agent`). They take as long as those
//! of stops, so `tests/run --all` runs them.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

#[path = "../support/subject.rs"]
mod subject;
#[path = "../support/mod.rs"]
mod support;

#[path = "../trace/coverage.rs"]
mod coverage;
#[path = "../trace/differential.rs"]
mod differential;
#[path = "../trace/leaks.rs"]
mod leaks;
#[path = "../trace/robustness.rs"]
mod robustness;
#[path = "../trace/run.rs"]
mod run;

/// How the programs are traced here.
const WAY: &[&str] = &["--agent=auto"];
