//! The calling process: its capabilities, its open files and their limit.

use crate::event::ProcessFacts;
use crate::sys::proc::Proc;

/// Capabilities that matter to sockets, and their bits.
const CAPABILITIES: [(&str, u32); 3] = [("CAP_NET_BIND_SERVICE", 10), ("CAP_NET_ADMIN", 12), ("CAP_NET_RAW", 13)];

/// The facts of a process; `None` where `/proc` does not show them.
pub(super) fn facts(pid: i32) -> Option<ProcessFacts> {
    let process = Proc::new(pid);
    let status = process.status()?;
    let effective = u64::from_str_radix(status.text("CapEff")?, 16).ok()?;
    let has = |bit: u32| effective >> bit & 1 == 1;
    let mut facts = ProcessFacts {
        uid: status.text("Uid")?.split_ascii_whitespace().nth(1)?.parse().ok()?,
        capabilities: CAPABILITIES.iter().filter(|(_, bit)| has(*bit)).map(|(name, _)| (*name).to_owned()).collect(),
        ..ProcessFacts::default()
    };
    for descriptor in process.descriptors().into_iter().flatten() {
        facts.open_files += 1;
        facts.open_sockets += u64::from(descriptor.socket().is_some());
    }
    (facts.file_limit, facts.file_limit_hard) = process.file_limits();
    Some(facts)
}
