//! Why calls fail: each cause is provoked for real, by the command that `sockscope why` names for it, and its
//! explanation must name the evidence; recorded files must explain themselves.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

#[path = "why/harness.rs"]
mod harness;
mod support;

#[path = "why/command.rs"]
mod command;
#[path = "why/errno.rs"]
mod errno;
#[path = "why/others.rs"]
mod others;
#[path = "why/programs.rs"]
mod programs;
#[path = "why/recorded.rs"]
mod recorded;
#[path = "why/short.rs"]
mod short;
#[path = "why/waiting.rs"]
mod waiting;
#[path = "why/watch.rs"]
mod watch;
