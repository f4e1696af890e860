//! The calling process: its capabilities, its open files and their limit.

use super::owner::command;
use crate::event::{Child, ProcessFacts};
use crate::sys::proc::Proc;

/// Capabilities that matter to sockets, and their bits.
const CAPABILITIES: [(&str, u32); 3] = [("CAP_NET_BIND_SERVICE", 10), ("CAP_NET_ADMIN", 12), ("CAP_NET_RAW", 13)];

/// The facts of a process; `None` where `/proc` does not show them.
pub(super) fn facts(pid: i32) -> Option<ProcessFacts> {
    let process = Proc::new(pid);
    let status = process.status()?;
    let effective = u64::from_str_radix(status.text("CapEff")?, 16).ok()?;
    let has = |bit: u32| effective >> bit & 1 == 1;
    let ignored = u64::from_str_radix(status.text("SigIgn").unwrap_or_default(), 16).ok();
    Some(ProcessFacts {
        pid: u32::try_from(pid).ok()?,
        uid: status.text("Uid")?.split_ascii_whitespace().nth(1)?.parse().ok()?,
        capabilities: CAPABILITIES.iter().filter(|(_, bit)| has(*bit)).map(|(name, _)| (*name).to_owned()).collect(),
        ignores_children: ignored.map(|set| set >> (libc::SIGCHLD - 1) & 1 == 1),
        ..ProcessFacts::default()
    })
}

/// The children of a process.
pub(super) fn children(pid: i32) -> Vec<Child> {
    let all = Proc::new(pid).children();
    all.into_iter()
        .filter_map(|child| Some(Child { pid: u32::try_from(child).ok()?, command: command(child) }))
        .collect()
}

/// Adds what is open, and how much may be.
pub(super) fn count(pid: i32, facts: &mut ProcessFacts) {
    let process = Proc::new(pid);
    let all = || process.descriptors().into_iter().flatten();
    facts.open_files = match process.descriptor_count() {
        0 => all().count() as u64,
        count => count,
    };
    facts.open_sockets =
        all().take(ProcessFacts::MAX_SEEN).filter(|descriptor| descriptor.socket().is_some()).count() as u64;
    (facts.file_limit, facts.file_limit_hard) = process.file_limits();
}

/// Adds how many threads there are, and how many of them wait for another one to wake them, without a time.
pub(super) fn threads(pid: i32, facts: &mut ProcessFacts) {
    let Ok(threads) = Proc::new(pid).threads() else { return };
    let alive: Vec<i32> =
        threads.into_iter().filter(|tid| !matches!(Proc::new(*tid).state(), None | Some(b'Z' | b'X'))).collect();
    let waits = |tid: &&i32| {
        Proc::new(**tid).sleep().is_some_and(|sleep| {
            let operation = sleep.args[1] as i32;
            let private = operation & libc::FUTEX_PRIVATE_FLAG != 0;
            let waits = [libc::FUTEX_WAIT, libc::FUTEX_WAIT_BITSET, libc::FUTEX_LOCK_PI]
                .contains(&(operation & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME)));
            sleep.nr == libc::SYS_futex as u64 && waits && private && sleep.args[3] == 0
        })
    };
    facts.waiting_threads = Some(alive.iter().filter(waits).count() as u64);
    facts.threads = Some(alive.len() as u64);
}
