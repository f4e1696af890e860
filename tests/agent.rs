//! Calls that are recorded inside the program (`--agent`): the same lines as those of stops, and nothing that a program notices.
//!
//! Here are the rules that this way has of its own. The tracer's tests run this way too: `agent/everywhere.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

#[path = "support/subject.rs"]
mod subject;
mod support;

#[path = "agent/rules.rs"]
mod rules;
#[allow(dead_code, reason = "the tracer's tests use the rest")]
#[path = "trace/run.rs"]
mod run;

/// How the programs are traced here.
const WAY: &[&str] = &["--agent=auto"];
