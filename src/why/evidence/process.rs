//! What the caller itself may do and has used up: its rights, its open files, their limits.

use super::owner;
use crate::event::ProcessFacts;

/// Capabilities that matter to sockets, and their bits.
const CAPABILITIES: [(&str, u32); 3] = [("CAP_NET_BIND_SERVICE", 10), ("CAP_NET_ADMIN", 12), ("CAP_NET_RAW", 13)];

/// The facts of a process; `None` where they are not told.
pub(super) fn facts(pid: i32) -> Option<ProcessFacts> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
    let effective = u64::from_str_radix(field("CapEff:")?.trim(), 16).ok()?;
    let has = |bit: u32| effective >> bit & 1 == 1;
    let mut facts = ProcessFacts {
        uid: field("Uid:")?.split_ascii_whitespace().nth(1)?.parse().ok()?,
        capabilities: CAPABILITIES.iter().filter(|(_, bit)| has(*bit)).map(|(name, _)| (*name).to_owned()).collect(),
        ..ProcessFacts::default()
    };
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten() {
        facts.open_files += 1;
        facts.open_sockets += u64::from(owner::socket_inode(&entry.path()).is_some());
    }
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
    if let Some(line) = limits.lines().find_map(|line| line.strip_prefix("Max open files")) {
        let mut words = line.split_ascii_whitespace().map(|word| word.parse().ok());
        (facts.file_limit, facts.file_limit_hard) = (words.next().flatten(), words.next().flatten());
    }
    Some(facts)
}
