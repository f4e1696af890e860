//! Makes the calls of a trace again and reports where the kernel answers differently.
//!
//! Every recorded thread becomes a thread of this process, every recorded process a map of descriptors: the kernel does
//! not care which process a loopback socket is in, and one process can keep the order of all. (Only properties of
//! processes themselves, especially their rights, cannot be reproduced this way.) The calls are encoded from the
//! recording ([`encode`](crate::encode)), driven by the call table, and go through the layer
//! ([`Net`](crate::net::Net)), which records them; the new recording is compared with the original. This module has
//! policy only: what is left out or refused, what is mapped to what, in which order, and how long anything may wait.
//!
//! Order is kept, not time (`order`): a call begins once every call that had ended before it began has ended again. So
//! a receive waits for its data as it did, and a connect comes after the peer's listen.
//!
//! Ports (`ports`), Unix names (`names`) and descriptors are mapped, also inside messages, sets and arrays; data is
//! sent as recorded. Results are mapped back (`spell`), so that only the kernel's answers can differ.
//!
//! A recording may contain everything a program did: calls that the table does not describe, calls without descriptors,
//! and calls on files and the standard streams are left out. Where a socket is waited for together with a standard
//! stream, the stream is replaced by something that is ready if it was.

mod names;
mod open;
mod order;
mod perform;
mod plan;
mod ports;
mod resolve;
mod run;
mod spell;
mod wake;

use std::time::Duration;

use crate::compare::{self, Comparison};
use crate::event::Event;

/// How to replay.
#[derive(Debug, Clone, Copy)]
pub struct ReplayOptions {
    /// Whether addresses other than loopback may be contacted.
    pub allow_remote: bool,
    /// How long nothing may happen before a call counts as not returning.
    pub patience: Duration,
}

impl Default for ReplayOptions {
    fn default() -> Self {
        Self { allow_remote: false, patience: Duration::from_secs(10) }
    }
}

/// Why a trace cannot be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It has no calls to replay.
    #[error("the trace has no calls on sockets")]
    Empty,
    /// A descriptor that no call of the trace made.
    #[error(
        "event {seq}: descriptor {fd} of process {pid} was not made by any call in the trace; \
        try recording the program from its start"
    )]
    Descriptor {
        /// The event.
        seq: u64,
        /// Its process.
        pid: u32,
        /// The descriptor.
        fd: i32,
    },
    /// A descriptor of a process whose creator is unknown.
    #[error(
        "event {seq}: descriptor {fd} of process {pid} was inherited from an unknown process; \
        try recording the calls that create processes too (-e trace=all)"
    )]
    Inherited {
        /// The event.
        seq: u64,
        /// Its process.
        pid: u32,
        /// The descriptor.
        fd: i32,
    },
    /// Data that was cut.
    #[error("event {seq}: only {kept} bytes of what {call} sent were recorded; try recording with a larger -s")]
    Truncated {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
        /// Bytes in the trace.
        kept: usize,
    },
    /// An address that must not be contacted.
    #[error("event {seq}: {call} uses {addr}, which is not loopback; try --allow-remote if that is intended")]
    Remote {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
        /// The address, as it is shown.
        addr: String,
    },
    /// The contents of a file, which are not in a trace.
    #[error(
        "event {seq}: cannot replay {call}: the file it sent is unknown or gone; \
        try recording with -y, which names files"
    )]
    File {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
    },
    /// A call that cannot be made again.
    #[error("event {seq}: {call} is not supported by replay")]
    Call {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
    },
    /// An argument that is not recorded in full.
    #[error("event {seq}: cannot replay {call}: its argument {name} is not recorded in full")]
    Argument {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
        /// The argument.
        name: &'static str,
    },
    /// A resource that the replay needs could not be made.
    #[error("cannot prepare the replay: {0}")]
    Prepare(#[from] std::io::Error),
}

/// The result of a replay.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The recorded calls.
    pub recorded: Vec<Event>,
    /// The same calls as the kernel answered them now, numbers of processes and ports as recorded.
    pub replayed: Vec<Event>,
    /// The comparison of the two, thread by thread.
    pub comparison: Comparison,
    /// How many recorded calls were not about sockets, and so were not made again.
    pub left_out: usize,
}

/// Replays a trace.
///
/// # Errors
/// Why nothing was replayed: no call has been made then.
pub fn replay(trace: &[Event], options: ReplayOptions) -> Result<Outcome, Refusal> {
    let plan = plan::plan(trace, options.allow_remote)?;
    let left_out = plan.left_out;
    let recorded: Vec<Event> = plan.steps.iter().filter_map(|step| step.event.clone()).collect();
    let replayed = run::run(plan, options.patience)?;
    let mut threads: Vec<u32> = Vec::new();
    for event in &recorded {
        if !threads.contains(&event.tid) {
            threads.push(event.tid);
        }
    }
    let mut comparison = Comparison::default();
    for tid in threads {
        let of = |side: &[Event]| {
            side.iter().enumerate().filter(|(_, event)| event.tid == tid).map(|(at, event)| (at, event.clone())).unzip()
        };
        let (left, lefts): (Vec<usize>, Vec<Event>) = of(&recorded);
        let (right, rights): (Vec<usize>, Vec<Event>) = of(&replayed);
        let mut found = compare::compare(&lefts, &rights, &compare::CompareOptions::default());
        for row in found.pairs.iter_mut().flat_map(|pair| &mut pair.rows) {
            row.left = row.left.map(|at| left[at]);
            row.right = row.right.map(|at| right[at]);
        }
        comparison.pairs.extend(found.pairs);
    }
    Ok(Outcome { recorded, replayed, comparison, left_out })
}
