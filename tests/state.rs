//! `--state` against `ss`: what sockscope reports of a socket before and after each call is what the kernel tells others.
//!
//! The program under test makes one call per command (`tests/state/puppet.c`), so that `ss` can be asked between
//! any two calls. Where a test needs a network of its own it runs itself again in one (`namespace`).
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

#[path = "support/arbitrary.rs"]
#[allow(dead_code, reason = "only states are made here")]
mod arbitrary;
#[path = "state/closing.rs"]
mod closing;
#[path = "state/life.rs"]
mod life;
#[path = "state/namespace.rs"]
mod namespace;
#[path = "state/others.rs"]
mod others;
#[path = "state/puppet.rs"]
mod puppet;
#[path = "state/refused.rs"]
mod refused;
#[path = "state/spelling.rs"]
mod spelling;
mod support;
#[path = "state/unseen.rs"]
mod unseen;
