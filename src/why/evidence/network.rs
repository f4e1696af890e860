//! The network namespace a process lives in: settings, interfaces, addresses, routes.
//!
//! Settings and interfaces can be read only from within the namespace, so for any other one a child process enters it
//! and reports.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use nix::net::if_::InterfaceFlags;
use nix::sched::{CloneFlags, setns};
use nix::sys::socket::SockaddrLike;
use serde::{Deserialize, Serialize};

use super::table::Filter;
use crate::event::{Endpoint, Evidence, Interface, Relation, Sysctl};
use crate::sys::netfilter::Sent;
use crate::sys::proc::Proc;
use crate::sys::sockdiag::Diag;
use crate::sys::{namespace, netfilter, setting};

/// How long the child process may take.
const LIMIT: Duration = Duration::from_secs(2);
/// How many other namespaces are searched.
const MAX_NAMESPACES: usize = 64;

/// The child's report.
#[derive(Debug, Default, Serialize, Deserialize)]
struct NetworkReport {
    settings: Vec<Sysctl>,
    addresses: Vec<String>,
    interfaces: Vec<Interface>,
    filters: Vec<String>,
}

/// What to look up in a namespace.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Question<'a> {
    /// Names of settings.
    pub settings: &'a [&'a str],
    /// Interfaces and their addresses.
    pub interfaces: bool,
    /// Packet filters that drop what is sent.
    pub filters: Option<Sent>,
}

/// Adds the answers to evidence.
pub(super) fn ask(tid: i32, question: Question<'_>, evidence: &mut Evidence) {
    let report = if Proc::new(tid).network() == Proc::OWN.network() {
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
    evidence.filters.extend(report.filters);
}

/// Enters another process's network namespace; its user namespace first where that gives the right to.
fn enter(tid: i32) -> std::io::Result<()> {
    let net = File::open(Proc::new(tid).path("ns/net"))?;
    let user = File::open(Proc::new(tid).path("ns/user"))?;
    if setns(&net, CloneFlags::CLONE_NEWNET).is_err() {
        setns(&user, CloneFlags::CLONE_NEWUSER)?;
        setns(&net, CloneFlags::CLONE_NEWNET)?;
    }
    Ok(())
}

fn look(question: Question<'_>) -> NetworkReport {
    let mut report = NetworkReport::default();
    for name in question.settings {
        if let Ok(value) = setting::get(name) {
            report.settings.push(Sysctl { name: (*name).into(), value });
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
    if let Some(sent) = question.filters {
        report.filters = netfilter::dropping(sent);
    }
    report
}

/// A network namespace, and a process in it.
#[derive(Debug)]
pub(super) struct Namespace {
    pid: i32,
    name: PathBuf,
}

/// The network namespaces that we can see. The kernel has no list of them, so that every process is looked at.
pub(super) fn namespaces() -> Vec<Namespace> {
    let mut seen = BTreeSet::new();
    let named = |pid| Some(Namespace { pid, name: Proc::new(pid).network()? });
    let all = Proc::all().filter_map(named).filter(|found| seen.insert(found.name.clone()));
    all.take(MAX_NAMESPACES).collect()
}

/// The listeners on this port in namespaces other than a thread's own.
pub(super) fn elsewhere(tid: i32, among: &[Namespace], port: u16, protocols: &[&'static str]) -> Vec<Endpoint> {
    let own = Proc::new(tid).network();
    let mut found: Vec<Endpoint> = Vec::new();
    for Namespace { pid, name } in among.iter().filter(|other| Some(&other.name) != own.as_ref()) {
        // The process may have ended meanwhile, and another one have its number.
        if Proc::new(*pid).network().as_ref() != Some(name) {
            continue;
        }
        let filter = Filter { local: Some(port), open: true, ..Filter::default() };
        let rows = super::table::rows(*pid, Diag::open_in(*pid).ok().as_mut(), protocols, filter);
        let open = rows.iter().filter(|row| row.is_open());
        found.extend(open.map(|row| row.endpoint(Relation::OtherNamespace)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_namespace_is_read_without_a_child() {
        let mut evidence = Evidence::default();
        let pid = std::process::id() as i32;
        let question = Question { settings: &["net.ipv4.ip_local_port_range"], interfaces: true, filters: None };
        ask(pid, question, &mut evidence);
        assert_eq!(evidence.settings.len(), 1);
        assert!(evidence.interfaces.iter().any(|interface| interface.name == "lo"), "{evidence:?}");
    }
}
