//! Calls that are recorded inside the program (`--agent`): the same lines as those of stops, and nothing that a program notices.
//!
//! The tracer's own tests run this way too, against strace; what is here besides are the rules that this way has of its own.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

#[path = "support/subject.rs"]
mod subject;
mod support;

#[path = "trace/coverage.rs"]
mod coverage;
#[path = "trace/differential.rs"]
mod differential;
#[path = "trace/leaks.rs"]
mod leaks;
#[path = "trace/robustness.rs"]
mod robustness;
#[path = "agent/rules.rs"]
mod rules;
#[path = "trace/run.rs"]
mod run;

/// How the programs are traced here.
const WAY: &[&str] = &["--agent=auto"];
