//! The network namespace a process lives in: settings, interfaces, addresses, routes.
//!
//! Settings and interfaces are told only to who is in the namespace, so for another one than ours a child process goes
//! there and reports.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use nix::net::if_::InterfaceFlags;
use nix::sched::{CloneFlags, setns};
use nix::sys::socket::SockaddrLike;
use serde::{Deserialize, Serialize};

use super::owner;
use crate::event::{Endpoint, Evidence, Interface, Relation, Setting};
use crate::sys::{namespace, setting};

/// How long the child process may take.
const LIMIT: Duration = Duration::from_secs(2);
/// Other namespaces that are looked at.
const MOST_NAMESPACES: usize = 64;

/// What the child reports.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Report {
    settings: Vec<Setting>,
    addresses: Vec<String>,
    interfaces: Vec<Interface>,
    bound: Vec<(String, u64, u32)>,
}

/// What is asked of a namespace.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Question<'a> {
    /// These settings.
    pub settings: &'a [&'a str],
    /// Interfaces and their addresses.
    pub interfaces: bool,
    /// TCP sockets that are bound and neither listen nor are connected.
    pub bound: bool,
}

/// Adds the answers to evidence.
pub(super) fn ask(tid: i32, question: Question<'_>, evidence: &mut Evidence) -> Vec<(String, u64, u32)> {
    let report = if of(tid) == of(std::process::id() as i32) {
        look(question)
    } else {
        let answer = namespace::in_child(LIMIT, &|| false, || match enter(tid) {
            Ok(()) => serde_json::to_vec(&look(question)).unwrap_or_default(),
            Err(_) => Vec::new(),
        });
        answer.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    };
    evidence.settings.extend(report.settings);
    evidence.addresses.extend(report.addresses);
    evidence.interfaces.extend(report.interfaces);
    report.bound
}

/// The network namespace of a process, as its link names it; `None` where that may not be known.
pub(super) fn of(tid: i32) -> Option<String> {
    Some(std::fs::read_link(format!("/proc/{tid}/ns/net")).ok()?.to_str()?.to_owned())
}

/// Moves this process to another's network namespace; into its user namespace first where that gives the right.
fn enter(tid: i32) -> std::io::Result<()> {
    let net = File::open(format!("/proc/{tid}/ns/net"))?;
    let user = File::open(format!("/proc/{tid}/ns/user"))?;
    if setns(&net, CloneFlags::CLONE_NEWNET).is_err() {
        setns(&user, CloneFlags::CLONE_NEWUSER)?;
        setns(&net, CloneFlags::CLONE_NEWNET)?;
    }
    Ok(())
}

fn look(question: Question<'_>) -> Report {
    let mut report = Report::default();
    for name in question.settings {
        if let Ok(value) = setting::get(name) {
            report.settings.push(Setting { name: (*name).into(), value });
        }
    }
    if question.interfaces {
        let mut names = BTreeSet::new();
        for found in nix::ifaddrs::getifaddrs().into_iter().flatten() {
            let up = found.flags.contains(InterfaceFlags::IFF_UP);
            if names.insert(found.interface_name.clone()) {
                report.interfaces.push(Interface { name: found.interface_name.clone(), up });
            }
            let Some(address) = found.address.filter(|address| address.family().is_some()) else { continue };
            let ip = match (address.as_sockaddr_in(), address.as_sockaddr_in6()) {
                (Some(v4), _) => IpAddr::from(v4.ip()),
                (_, Some(v6)) => IpAddr::from(v6.ip()),
                _ => continue,
            };
            report.addresses.push(ip.to_string());
        }
    }
    if question.bound {
        for family in [libc::AF_INET, libc::AF_INET6] {
            let found = crate::sys::sockdiag::bound(family).into_iter();
            report.bound.extend(found.map(|found| (found.ends.local.to_string(), found.inode.unwrap_or(0), found.uid)));
        }
    }
    report
}

/// The routes of a process's namespace, without those of single addresses of its own.
pub(super) fn routes(tid: i32) -> Vec<String> {
    let mut all = Vec::new();
    let four = std::fs::read_to_string(format!("/proc/{tid}/net/route")).unwrap_or_default();
    for line in four.lines().skip(1) {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let word = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok().map(u32::to_ne_bytes);
        let (Some(name), Some(to), Some(mask)) = (fields.first(), word(1), word(7)) else { continue };
        all.push(format!("{}/{} dev {name}", Ipv4Addr::from(to), u32::from_be_bytes(mask).count_ones()));
    }
    let six = std::fs::read_to_string(format!("/proc/{tid}/net/ipv6_route")).unwrap_or_default();
    for line in six.lines() {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let number = |at: usize| u128::from_str_radix(fields.get(at)?, 16).ok();
        let (Some(to), Some(len), Some(flags), Some(name)) = (number(0), number(1), number(8), fields.last()) else {
            continue;
        };
        const REJECT: u128 = 0x200;
        if flags & REJECT == 0 && len < 128 {
            all.push(format!("{}/{len} dev {name}", Ipv6Addr::from(to)));
        }
    }
    all
}

/// Who listens on this port in another network namespace that we can see.
pub(super) fn elsewhere(tid: i32, port: u16, protocols: &[&'static str]) -> Vec<Endpoint> {
    let mut seen: BTreeSet<String> = of(tid).into_iter().collect();
    let mut found: Vec<Endpoint> = Vec::new();
    for pid in owner::processes() {
        let Some(other) = of(pid) else { continue };
        if seen.len() > MOST_NAMESPACES || !seen.insert(other) {
            continue;
        }
        let rows = super::table::rows(pid, protocols);
        let open = rows.iter().filter(|row| row.is_open() && row.local.port() == port);
        found.extend(open.map(|row| row.endpoint(Relation::OtherNamespace)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_namespace_is_told_without_a_child() {
        let mut evidence = Evidence::default();
        let pid = std::process::id() as i32;
        let question = Question { settings: &["net.ipv4.ip_local_port_range"], interfaces: true, bound: false };
        ask(pid, question, &mut evidence);
        assert_eq!(evidence.settings.len(), 1);
        assert!(evidence.interfaces.iter().any(|interface| interface.name == "lo"), "{evidence:?}");
    }
}
