//! Makes the calls of a trace again and tells where the kernel answers otherwise.
//!
//! Every recorded thread is a thread of ours, every recorded process a map of descriptors: the kernel does not care
//! which process a loopback socket is in, and one process can keep the order of all. (Only what is about processes
//! themselves, their rights above all, cannot come back this way.) The calls are encoded from what was recorded
//! ([`encode`](crate::encode)), led by the call table, and go through the layer ([`Net`](crate::net::Net)), which records
//! them; the recording is compared with the original. Only policy is here: what is left out or refused, what stands for
//! what, in which order, and how long anything may wait.
//!
//! Order is kept, not time (`order`): a call begins once every call that had ended before it began has ended
//! again. So a receive waits for its data as it did, and a connect comes after the peer's listen.
//!
//! Ports are mapped (`ports`), Unix names (`names`) and descriptors too, also those inside messages, sets and arrays;
//! data that is sent is what was recorded. What came back is spelled as the recording would (`spell`), so that only what
//! the kernel answers otherwise differs.
//!
//! A recording may be of everything a program did: calls that the table does not describe, those that have to do with no
//! descriptor, and calls on files and on the standard streams are left out. Where a socket is waited for together with a standard stream, something stands in
//! for the stream that is ready if it was.

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
    /// Whether other addresses than loopback may be spoken to.
    pub allow_remote: bool,
    /// How long nothing may happen before a call counts as one that does not return.
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
    /// There is nothing in it.
    #[error("the trace has no calls on sockets")]
    Empty,
    /// A descriptor that no call of the trace made.
    #[error(
        "event {seq}: nothing in the trace made descriptor {fd} of process {pid}, so what it is cannot be known; \
         record the program from its start"
    )]
    Descriptor {
        /// The event.
        seq: u64,
        /// Its process.
        pid: u32,
        /// The descriptor.
        fd: i32,
    },
    /// A descriptor of a process of which it is not known who made it.
    #[error(
        "event {seq}: descriptor {fd} of process {pid} must be inherited, and the trace does not say from whom; \
         record the calls that make processes, too: -e trace=all"
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
    #[error("event {seq}: only {kept} bytes of what {call} sent were recorded; record with a larger -s")]
    Truncated {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
        /// Bytes in the trace.
        kept: usize,
    },
    /// An address that is not ours to speak to.
    #[error("event {seq}: {call} is about {addr}, which is not loopback; if that is meant: --allow-remote")]
    Remote {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
        /// The address, as it is shown.
        addr: String,
    },
    /// What a file holds is not in a trace.
    #[error(
        "event {seq}: {call} cannot be replayed: which file it sent is not known, or that file is gone; \
         record with -y, which names the files"
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
    /// An argument that is not known well enough to be passed again.
    #[error("event {seq}: {call} cannot be replayed: its argument {name} is not known whole")]
    Argument {
        /// The event.
        seq: u64,
        /// Its call.
        call: &'static str,
        /// The argument.
        name: &'static str,
    },
    /// What is needed for it could not be had.
    #[error("cannot prepare the replay: {0}")]
    Prepare(#[from] std::io::Error),
}

/// What became of a replay.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The recorded calls.
    pub recorded: Vec<Event>,
    /// The same calls as the kernel answered them now, numbers of processes and ports as recorded.
    pub replayed: Vec<Event>,
    /// The two against each other, thread by thread.
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
