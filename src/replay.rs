//! Makes the calls of a trace again and reports where the kernel answers differently.
//!
//! A trace may come from anybody, so its calls are made in a cage (`src/sys/cage.rs`): a process that has a network,
//! a file system and a process number space to itself, and can reach nothing else. Files whose bytes were sent are
//! replaced by zeroes of the same length. Only [`ReplayOptions::allow_remote`] leaves the cage.
//!
//! Every recorded process becomes a map of descriptors: the kernel does not care which process a loopback socket is in,
//! and one process can keep the order of all. (Only properties of processes themselves, especially their rights, cannot
//! be reproduced this way: none has any but that to the low ports that the trace bound.) The calls are encoded from the
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

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::compare::{self, Comparison};
use crate::event::Event;
use crate::json;
use crate::sys::{cage, folder};
use crate::syscall;
use plan::Plan;

/// How to replay.
#[derive(Debug, Clone, Copy)]
pub struct ReplayOptions {
    /// Whether the calls may reach whatever they name, on this machine and on others: outside of the cage.
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
    /// An address on this machine that belongs to no socket of the trace.
    #[error(
        "event {seq}: {call} reaches {addr}, which is no socket of the trace; \
        try replaying the other program's trace with it, or --allow-remote to speak to what is there now"
    )]
    Foreign {
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
    /// Nothing keeps the calls from reaching other programs.
    #[error(
        "cannot replay safely: {0}; try allowing user namespaces (sysctl user.max_user_namespaces, \
        kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a container, its seccomp \
        profile), or --allow-remote, which replays without protection"
    )]
    Cage(String),
    /// The replay ended before its time.
    #[error("the replay failed: {0}")]
    Failed(String),
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

/// What a replay with [`ReplayOptions::allow_remote`] reaches besides the trace's own sockets.
///
/// # Errors
/// Why nothing can be replayed.
pub fn reached(trace: &[Event]) -> Result<Vec<String>, Refusal> {
    Ok(plan::plan(trace, true)?.reached.into_iter().collect())
}

/// Replays a trace.
///
/// # Errors
/// Why nothing was replayed: no call has been made then.
pub fn replay(trace: &[Event], options: ReplayOptions) -> Result<Outcome, Refusal> {
    let plan = plan::plan(trace, options.allow_remote)?;
    let left_out = plan.left_out;
    let recorded: Vec<Event> = plan.steps.iter().filter_map(|step| step.event.clone()).collect();
    let replayed =
        if options.allow_remote { outside(&plan, options.patience)? } else { caged(&plan, options.patience)? };
    let (lefts, mut rights) = (by_thread(&recorded), by_thread(&replayed));
    let mut threads: Vec<u32> = recorded.iter().map(|event| event.tid).collect();
    let mut seen = HashSet::new();
    threads.retain(|tid| seen.insert(*tid));
    let mut comparison = Comparison::default();
    for tid in threads {
        let of = |indices: &[usize], side: &[Event]| indices.iter().map(|at| side[*at].clone()).collect::<Vec<_>>();
        let (left, right) = (&lefts[&tid], rights.remove(&tid).unwrap_or_default());
        let (lefts, rights) = (of(left, &recorded), of(&right, &replayed));
        let mut found = compare::compare(&lefts, &rights, &compare::CompareOptions::default());
        for row in found.pairs.iter_mut().flat_map(|pair| &mut pair.rows) {
            row.left = row.left.map(|at| left[at]);
            row.right = row.right.map(|at| right[at]);
        }
        comparison.pairs.extend(found.pairs);
    }
    Ok(Outcome { recorded, replayed, comparison, left_out })
}

/// The events of each thread.
fn by_thread(events: &[Event]) -> HashMap<u32, Vec<usize>> {
    let mut threads: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        threads.entry(event.tid).or_default().push(at);
    }
    threads
}

/// Makes the calls where they reach whatever they name. Sockets' files are in a folder of their own.
fn outside(plan: &Plan, patience: Duration) -> io::Result<Vec<Event>> {
    let folder = folder::private("sockscope-")?;
    run::run(&run::prepare(&plan.steps, plan.strings, patience, folder.path())?)
}

/// Makes the calls where they reach each other only.
fn caged(plan: &Plan, patience: Duration) -> Result<Vec<Event>, Refusal> {
    let bytes = cage::run(plan.lowest_port(), || {
        let made = run::prepare(&plan.steps, plan.strings, patience, Path::new("/")).and_then(|prepared| {
            cage::seal(&allowed())?;
            run::run(&prepared)
        });
        let mut out = Vec::new();
        match made {
            Ok(events) => events.iter().for_each(|event| json::write(event, &mut out)),
            Err(error) => out.extend(format!("{FAILED}{error}").into_bytes()),
        }
        out
    });
    let bytes = bytes.map_err(|error| match error {
        cage::Error::Forbidden(obstacle) => Refusal::Cage(obstacle),
        cage::Error::Failed(failure) => Refusal::Failed(failure.to_string()),
    })?;
    let text = String::from_utf8(bytes).map_err(|error| Refusal::Failed(error.to_string()))?;
    if let Some(error) = text.strip_prefix(FAILED) {
        return Err(Refusal::Failed(error.to_owned()));
    }
    text.lines().map(|line| json::read(line).map_err(|error| Refusal::Failed(error.to_string()))).collect()
}

/// Begins what the process in the cage hands back instead of events.
const FAILED: char = '!';

/// The calls that a replay may make: those of the table, and of those with commands the ones that affect the descriptor
/// alone.
fn allowed() -> Vec<cage::Allowed> {
    let call = |sys: &'static syscall::Syscall| {
        let commands = sys.commands();
        let values = commands.map(|(_, commands)| {
            commands.rows.iter().filter(|row| commands.stays(row)).map(|row| row.number.into()).collect()
        });
        cage::Allowed { nr: sys.nr, argument: commands.map_or(0, |(at, _)| at as u8), values }
    };
    makeable().map(call).collect()
}

/// The calls that a replay may make and this machine has.
fn makeable() -> impl Iterator<Item = &'static syscall::Syscall> {
    syscall::table().filter(|sys| sys.nr >= 0 && resolve::may_concern_sockets(sys))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every call that gets onto the list is one that somebody has thought about.
    #[test]
    fn the_calls_that_the_cage_allows_are_known() {
        let mut names: Vec<&str> = makeable().map(|sys| sys.name).collect();
        names.sort_unstable();
        let expected = "accept accept4 bind close connect dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait fcntl \
            getpeername getsockname getsockopt ioctl listen pipe pipe2 poll ppoll pselect6 read readv recvfrom recvmmsg recvmsg \
            select sendfile sendmmsg sendmsg sendto setsockopt shutdown socket socketpair write writev";
        assert_eq!(names.join(" "), expected);
        let commands = |name: &str| {
            let sys = syscall::by_name(name).unwrap();
            allowed().into_iter().find(|call| call.nr == sys.nr).unwrap().values.unwrap()
        };
        for owner in [libc::F_SETOWN, libc::F_GETFD] {
            assert_eq!(commands("fcntl").contains(&(owner as u64)), owner == libc::F_GETFD);
        }
        for request in [libc::SIOCSIFFLAGS, libc::TIOCSTI, libc::FIONREAD] {
            assert_eq!(commands("ioctl").contains(&request), request == libc::FIONREAD);
        }
    }
}
