//! `sockscope trace` against strace and against what must never happen to a traced program.
//!
//! strace 6.1 is the witness of the text; where it is missing or another version, a test is skipped or checks the rest.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

#[path = "support/subject.rs"]
mod subject;
mod support;

#[path = "trace/brought.rs"]
mod brought;
#[path = "trace/coverage.rs"]
mod coverage;
#[path = "trace/differential.rs"]
mod differential;
#[path = "trace/leaks.rs"]
mod leaks;
#[path = "trace/options.rs"]
mod options;
#[path = "trace/python.rs"]
mod python;
#[path = "trace/refused.rs"]
mod refused;
#[path = "trace/robustness.rs"]
mod robustness;
#[path = "trace/run.rs"]
mod run;
#[path = "trace/tamper.rs"]
mod tamper;

/// How the programs are traced here: tests/agent.rs has another way.
const WAY: &[&str] = &[];
