//! What the kernel knows of a socket beyond its number: protocol, addresses, peer.
//!
//! As strace does, the details are asked when a descriptor is written first and kept for the socket (its inode) once
//! they are known, so a socket is called by one name throughout. The addresses of internet sockets come from a copy of the
//! descriptor; from sock_diag(7) comes the peer of a Unix socket, which it alone has, and what no copy can be had of; for
//! netlink, and in another network namespace, the last way are the tables in `/proc/PID/net`.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use crate::state::descriptor;
use crate::sys::pidfd;
use crate::sys::proc::{Proc, net};
use crate::sys::protocol;
use crate::sys::sockdiag::{self, Ends};
use crate::value::{Const, FdTarget, SocketEnds, SocketTarget, UnixName};
use crate::xlat::protocol::NETLINK_PROTO;

/// All sockets that were asked for.
#[derive(Debug, Default)]
pub(super) struct SocketDetails {
    details: RefCell<HashMap<u64, Arc<FdTarget>>>,
    names: RefCell<Numbers>,
    /// Sockets that are certainly not netlink ones.
    others: RefCell<HashSet<u64>>,
    unsteady: Cell<bool>,
}

/// Numbers handed out per protocol, in the order in which sockets were met.
#[derive(Debug, Default)]
struct Numbers {
    by_inode: HashMap<u64, (Box<str>, u32)>,
    last: HashMap<String, u32>,
}

/// How many sockets' details are kept, so that a long trace does not fill the memory.
const MAX_KEPT: usize = 4096;

/// What a socket is called whose protocol the kernel does not say.
const NAMELESS: &str = "socket";

impl SocketDetails {
    /// Protocol, addresses and peer, as strace's `-yy` has them.
    pub(super) fn details(&self, pid: i32, fd: i32, inode: u64) -> Arc<FdTarget> {
        if let Some(known) = self.details.borrow().get(&inode) {
            return known.clone();
        }
        let protocol = protocol::of_process(pid, fd).unwrap_or_else(|| NAMELESS.into());
        let ends = self.lookup(pid, fd, &protocol, inode);
        let found = ends.is_some();
        let target = SocketTarget { protocol: Some(protocol), number: None, inode: Some(inode), ends };
        let target = Arc::new(FdTarget::Socket(target));
        if found {
            let mut details = self.details.borrow_mut();
            if details.len() >= MAX_KEPT {
                details.clear(); // those still in use are asked for again
            }
            details.insert(inode, target.clone());
        }
        target
    }

    /// Whether a socket is a netlink one, and of which protocol once it is bound.
    pub(super) fn netlink(&self, pid: i32, fd: i32, inode: u64) -> Option<Option<u64>> {
        if self.others.borrow().contains(&inode) {
            return None;
        }
        if protocol::of_process(pid, fd).as_deref() != Some("NETLINK") {
            let mut others = self.others.borrow_mut();
            if others.len() >= MAX_KEPT {
                others.clear();
            }
            others.insert(inode);
            return None;
        }
        match &*self.details(pid, fd, inode) {
            FdTarget::Socket(SocketTarget { ends: Some(SocketEnds::Netlink { protocol, .. }), .. }) => {
                Some(Some(protocol.raw))
            }
            _ => Some(None),
        }
    }

    /// The socket by a number of its own, which stays; the addresses are those of the moment.
    pub(super) fn named(&self, pid: i32, fd: i32, inode: u64) -> Arc<FdTarget> {
        let mut names = self.names.borrow_mut();
        let Numbers { by_inode, last } = &mut *names;
        let (protocol, number) = by_inode.entry(inode).or_insert_with(|| {
            let protocol = protocol::of_process(pid, fd).unwrap_or_else(|| NAMELESS.into());
            let number = last.entry(protocol.to_lowercase()).or_default();
            *number += 1;
            (protocol, *number)
        });
        let ends = match self.internet(pid, fd, protocol, inode) {
            None if protocol.starts_with("UNIX") => unix(inode, true),
            found => found.map(Into::into),
        };
        let target = SocketTarget { protocol: Some(protocol.clone()), number: Some(*number), inode: Some(inode), ends };
        Arc::new(FdTarget::Socket(target))
    }

    /// Both ends of a descriptor's socket, if it is an internet one that is bound.
    pub(super) fn ends(&self, pid: i32, fd: i32, inode: u64) -> Option<Ends> {
        self.internet(pid, fd, &protocol::of_process(pid, fd)?, inode)
    }

    /// Whether another thread may close a socket of the process that is asked about just now: then no copy of its
    /// descriptor is made, since that would keep the connection open.
    pub(super) fn unsteady(&self, unsteady: bool) {
        self.unsteady.set(unsteady);
    }

    /// Its protocol by the kernel's name.
    pub(super) fn protocol(&self, pid: i32, fd: i32) -> Option<Box<str>> {
        protocol::of_process(pid, fd)
    }

    /// What a socket is bound and connected to, once it is.
    pub(super) fn lookup(&self, pid: i32, fd: i32, protocol: &str, inode: u64) -> Option<SocketEnds> {
        match protocol {
            "NETLINK" => netlink(pid, inode),
            "UNIX" | "UNIX-STREAM" => unix(inode, false),
            _ => self.internet(pid, fd, protocol, inode).map(Into::into),
        }
    }

    /// The ends of an internet socket that is bound. A copy of its descriptor names them; the kernel's lists, which have no
    /// index of inodes, are gone through only where no copy can be had.
    fn internet(&self, pid: i32, fd: i32, protocol: &str, inode: u64) -> Option<Ends> {
        let list = list(protocol)?;
        let copy = || pidfd::copy(&pidfd::open(pid, 0).ok()?, fd).ok();
        let Some(copy) = (!self.unsteady.get()).then(copy).flatten() else { return listed(pid, list, inode) };
        let name = |call| descriptor::name(copy.as_raw_fd(), call).and_then(|name| SocketAddr::try_from(&name).ok());
        let local = name(libc::getsockname).filter(|local| local.port() != 0)?;
        let none = SocketAddr::new(if local.is_ipv4() { [0; 4].into() } else { [0; 16].into() }, 0);
        Some(Ends { local, peer: name(libc::getpeername).unwrap_or(none) })
    }

    /// The path a Unix socket is bound to, or its peer is.
    pub(super) fn unix_paths(&self, inode: u64) -> Vec<Vec<u8>> {
        let Some(found) = sockdiag::unix(inode) else { return Vec::new() };
        let peer = found.peer.and_then(|peer| sockdiag::unix(peer)?.name);
        found.name.into_iter().chain(peer).collect()
    }
}

impl From<Ends> for SocketEnds {
    fn from(ends: Ends) -> Self {
        Self::Inet { local: ends.local, peer: ends.is_connected().then_some(ends.peer) }
    }
}

/// The name and the peer of a Unix socket that has any, and for one without a name the peer's where that is wanted.
fn unix(inode: u64, peers_name: bool) -> Option<SocketEnds> {
    let found = sockdiag::unix(inode)?;
    let name = found.name.as_deref().map(UnixName::from_bytes);
    let peer = found.peer.filter(|_| peers_name && name.is_none());
    let peer_name = peer.and_then(|peer| sockdiag::unix(peer)?.name);
    let ends = SocketEnds::Unix { peer: found.peer, name, peer_name: peer_name.as_deref().map(UnixName::from_bytes) };
    (ends != SocketEnds::Unix { peer: None, name: None, peer_name: None }).then_some(ends)
}

/// The table, the family and the number of a protocol. Some protocols stand in the list of another.
fn list(protocol: &str) -> Option<(&'static str, i32, i32)> {
    Some(match protocol {
        "TCP" | "MPTCP" => ("tcp", libc::AF_INET, libc::IPPROTO_TCP),
        "TCPv6" | "MPTCPv6" => ("tcp6", libc::AF_INET6, libc::IPPROTO_TCP),
        "UDP" => ("udp", libc::AF_INET, libc::IPPROTO_UDP),
        "UDPv6" => ("udp6", libc::AF_INET6, libc::IPPROTO_UDP),
        "UDPLITE" | "UDP-Lite" => ("udplite", libc::AF_INET, libc::IPPROTO_UDPLITE),
        "UDPLITEv6" => ("udplite6", libc::AF_INET6, libc::IPPROTO_UDPLITE),
        _ => return None,
    })
}

/// The ends of an internet socket that is bound: from the kernel's lists of our own network namespace, which know more,
/// or else from the table of the process's.
fn listed(pid: i32, (file, family, number): (&str, i32, i32), inode: u64) -> Option<Ends> {
    let found = sockdiag::inet(family, number, inode).map(|found| found.ends);
    found.or_else(|| net::find(Proc::new(pid), file, |row| row.inode == Some(inode)).map(|row| row.ends))
}

/// The protocol and number of a netlink socket, from their table.
fn netlink(pid: i32, inode: u64) -> Option<SocketEnds> {
    let found = net::netlink(Proc::new(pid)).into_iter().find(|row| row.inode == inode)?;
    let protocol = Const { table: &NETLINK_PROTO, raw: found.protocol };
    // A socket that is not bound has no number yet, and strace does not find it.
    (found.port != 0).then_some(SocketEnds::Netlink { protocol, port: found.port })
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn our_own_sockets_are_described() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let pid = std::process::id() as i32;
        let fd = listener.as_raw_fd();
        let all = super::super::descriptors::Descriptors::default();
        let inode = all.socket(pid, fd).unwrap();
        let target = |target: Arc<FdTarget>| match &*target {
            FdTarget::Socket(found) => found.clone(),
            other => panic!("{other:?}"),
        };
        let found = target(all.sockets().details(pid, fd, inode));
        let ends = Some(SocketEnds::Inet { local: address, peer: None });
        assert_eq!(found, SocketTarget { protocol: Some("TCP".into()), number: None, inode: Some(inode), ends });
        assert_eq!(target(all.sockets().named(pid, fd, inode)), SocketTarget { number: Some(1), ..found });
        let (one, two) = std::os::unix::net::UnixStream::pair().unwrap();
        let (a, b) = (all.socket(pid, one.as_raw_fd()).unwrap(), all.socket(pid, two.as_raw_fd()).unwrap());
        let found = target(all.sockets().details(pid, one.as_raw_fd(), a));
        assert_eq!(found.protocol.as_deref(), Some("UNIX-STREAM"));
        assert_eq!(found.ends, Some(SocketEnds::Unix { peer: Some(b), name: None, peer_name: None }));
    }
}
