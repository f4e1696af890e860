//! The kernel's tables of sockets in `/proc/PID/net`: those of the network namespace a process lives in, without a
//! right to enter it.

use std::net::{IpAddr, SocketAddr};

use super::handle::state_name;
use crate::event::{Endpoint, Relation};
use crate::sys::proc::{Proc, net};
use crate::sys::sockdiag::{BOUND_INACTIVE, Diag, Inet, Wanted};

/// An internet socket as the tables have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableSocket {
    /// `tcp`, `tcp6`, `udp` or `udp6`.
    pub protocol: &'static str,
    /// Its own address.
    pub local: SocketAddr,
    /// The other end's; unspecified when not connected.
    pub peer: SocketAddr,
    /// `TCP_…`.
    pub state: u8,
    /// Bytes in the queues.
    pub send_queue: u64,
    pub recv_queue: u64,
    /// Of one that listens, how many connections may wait, where that is known.
    pub backlog: Option<u64>,
    /// Milliseconds until the timer goes off, if one runs.
    pub timer_ms: Option<u64>,
    /// The user.
    pub uid: u32,
    /// The inode; 0 for `TIME_WAIT`.
    pub inode: u64,
}

/// States of TCP.
pub(super) const TIME_WAIT: u8 = 6;
pub(super) const LISTEN: u8 = 10;
/// Bound and nothing else; `/proc` does not list those.
const BOUND: u8 = BOUND_INACTIVE;

impl TableSocket {
    pub(super) fn new(protocol: &'static str, found: Inet) -> Self {
        let (local, peer) = (found.ends.local, found.ends.peer);
        Self {
            protocol,
            local,
            peer,
            state: found.state,
            send_queue: found.send.into(),
            recv_queue: found.recv.into(),
            backlog: None,
            timer_ms: Some(found.expires_ms).filter(|left| *left > 0),
            uid: found.uid,
            inode: found.inode.unwrap_or(0),
        }
    }

    /// Whether it takes what comes to its address: a listening TCP socket, or a UDP one.
    pub(super) fn is_open(&self) -> bool {
        if self.protocol.starts_with("udp") { true } else { self.state == LISTEN }
    }

    /// Whether it is bound and not more.
    pub(super) fn is_bound(&self) -> bool {
        self.protocol.starts_with("tcp") && self.state == BOUND
    }

    /// Whether something sent to this address would come to it, its port being right.
    pub(super) fn covers(&self, ip: IpAddr) -> bool {
        let own = self.local.ip().to_canonical();
        own == ip.to_canonical() || (own.is_unspecified() && (own.is_ipv4() == ip.to_canonical().is_ipv4()))
    }

    /// As evidence.
    pub(super) fn endpoint(&self, relation: Relation) -> Endpoint {
        let udp = self.protocol.starts_with("udp");
        let connected = self.peer.port() != 0;
        Endpoint {
            relation,
            protocol: self.protocol.into(),
            local: Some(self.local.to_string()),
            peer: connected.then(|| self.peer.to_string()),
            state: if udp { None } else { state_name(self.state) },
            kind: Some(if udp { "SOCK_DGRAM" } else { "SOCK_STREAM" }.into()),
            recv_queue: Some(self.recv_queue),
            send_queue: (self.state != LISTEN).then_some(self.send_queue),
            backlog: self.backlog,
            timer_ms: self.timer_ms.filter(|_| !udp),
            inode: (self.inode != 0).then_some(self.inode),
            uid: (self.state != TIME_WAIT).then_some(self.uid),
            ..Endpoint::default()
        }
    }
}

/// Which rows are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter {
    /// Their own port.
    pub local: Option<u16>,
    /// The other end's.
    pub peer: Option<u16>,
    /// Of TCP only those that listen.
    pub open: bool,
    /// Of TCP only those that are bound and nothing else.
    pub bound: bool,
}

/// The internet sockets of the namespace in which a process lives: the kernel is asked for those that are wanted, and
/// where it does not answer, its tables are read.
pub(super) fn rows(
    pid: i32,
    mut diag: Option<&mut Diag>,
    protocols: &[&'static str],
    filter: Filter,
) -> Vec<TableSocket> {
    let mut all = Vec::new();
    for &protocol in protocols {
        let tcp = protocol.starts_with("tcp");
        let wanted = Wanted {
            family: if protocol.ends_with('6') { libc::AF_INET6 } else { libc::AF_INET },
            protocol: if tcp { libc::IPPROTO_TCP } else { libc::IPPROTO_UDP },
            states: match filter {
                Filter { open: true, .. } if tcp => 1 << LISTEN,
                Filter { bound: true, .. } if tcp => 1 << BOUND,
                _ => !(1 << BOUND), // these take a look through another list
            },
            local: filter.local,
            peer: filter.peer,
        };
        let listed = diag.as_mut().and_then(|diag| diag.list(wanted).ok());
        let asked = listed.is_some(); // the tables do not have the backlog
        let found = listed.unwrap_or_else(|| {
            let mut rows = net::inet(Proc::new(pid), protocol);
            rows.retain(|row| {
                let is = |asked: Option<u16>, port: u16| asked.is_none_or(|asked| asked == port);
                is(filter.local, row.ends.local.port())
                    && is(filter.peer, row.ends.peer.port())
                    && !(tcp && filter.open && row.state != LISTEN)
                    && !filter.bound
            });
            rows
        });
        // To the kernel these are closed, as sockets that were never bound are.
        all.extend(found.into_iter().map(|found| {
            let state = if filter.bound { BOUND } else { found.state };
            let backlog = (asked && tcp && state == LISTEN).then_some(found.send.into());
            TableSocket { state, backlog, ..TableSocket::new(protocol, found) }
        }));
    }
    all
}

/// All of them.
pub(super) const INTERNET: [&str; 4] = ["tcp", "tcp6", "udp", "udp6"];

/// The Unix sockets bound to a name (an abstract one begins with `@`), listening ones first.
pub(super) fn unix(pid: i32, name: &str) -> Vec<Endpoint> {
    let named = net::unix(Proc::new(pid)).into_iter().filter(|socket| socket.name == name);
    let mut found: Vec<Endpoint> = named
        .map(|socket| Endpoint {
            relation: if socket.listens { Relation::Listener } else { Relation::Bound },
            protocol: "unix".into(),
            kind: crate::xlat::socket::SOCK_TYPE.name(socket.kind).map(str::to_owned),
            local: Some(socket.name),
            state: socket.listens.then(|| "LISTEN".into()),
            inode: Some(socket.inode),
            ..Endpoint::default()
        })
        .collect();
    found.sort_by_key(|socket| socket.relation != Relation::Listener);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sockdiag::Ends;

    #[test]
    fn a_connection_that_nobody_holds_has_no_user() {
        let ends = Ends { local: "127.0.0.1:8080".parse().unwrap(), peer: "127.0.0.1:50000".parse().unwrap() };
        let waiting = Inet {
            ends,
            state: TIME_WAIT,
            recv: 0,
            send: 0,
            retransmissions: 0,
            inode: None,
            uid: 0,
            expires_ms: 59_990,
        };
        let evidence = TableSocket::new("tcp", waiting).endpoint(Relation::Holder);
        assert_eq!((evidence.state.as_deref(), evidence.timer_ms), (Some("TIME_WAIT"), Some(59_990)));
        assert_eq!((evidence.uid, evidence.inode), (None, None));
    }

    #[test]
    fn an_unspecified_address_covers_its_family() {
        let at = |protocol, local: &str| TableSocket {
            protocol,
            local: local.parse().unwrap(),
            peer: "0.0.0.0:0".parse().unwrap(),
            state: LISTEN,
            send_queue: 0,
            recv_queue: 0,
            backlog: None,
            timer_ms: None,
            uid: 0,
            inode: 1,
        };
        assert!(at("tcp", "0.0.0.0:80").covers([127, 0, 0, 1].into()));
        assert!(!at("tcp6", "[::1]:80").covers([127, 0, 0, 1].into()));
        assert!(at("tcp6", "[::ffff:127.0.0.1]:80").covers([127, 0, 0, 1].into()));
        assert!(!at("tcp", "10.0.0.1:80").covers([127, 0, 0, 1].into()));
    }
}
