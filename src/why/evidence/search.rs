//! What is searched for each errno: the holder of an address, listeners nearby, the other end.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::handle::Handle;
use super::network::{self, Question};
use super::table::{self, INTERNET, Row};
use super::{Caller, owner, process};
use crate::event::{Call, Endpoint, Evidence, Owner, Relation};
use crate::sys::proc::{Proc, net};
use crate::syscall::{Effect, Made};
use crate::value::SockAddr;
use crate::why::subject::inet;

/// Ports closer than this may have been meant for each other.
const NEAR: u16 = 100;
/// How many of the sockets that hold an address are kept.
const MAX_HOLDERS: usize = 16;

/// How long the evidence for a full buffer stays valid: reading the kernel's tables takes 10 ms and more, which would
/// slow down a program that retries in a loop.
const STILL: Duration = Duration::from_millis(200);
/// One search.
pub(super) struct Search<'a> {
    pub caller: Caller,
    /// The address the call is about.
    pub to: Option<SockAddr>,
    pub evidence: Evidence,
    /// Recent evidence for full buffers, kept by the collector.
    pub seen: &'a mut HashMap<u64, (Instant, Vec<Endpoint>)>,
}

impl Search<'_> {
    /// Collects the evidence for a failed call.
    pub(super) fn failed(&mut self, call: &Call, errno: i32) {
        match errno {
            libc::ECONNREFUSED => self.refused(call),
            libc::EADDRINUSE => self.in_use(call),
            libc::EACCES | libc::EPERM => self.forbidden(call),
            libc::EADDRNOTAVAIL => self.not_available(call),
            libc::EAGAIN if call.sys.effect == Effect::Connects => self.connecting(call),
            libc::EAGAIN => self.full(call),
            libc::EINPROGRESS | libc::EALREADY | libc::ETIMEDOUT => {
                self.settings(&["net.ipv4.tcp_syn_retries", "net.ipv4.tcp_retries2"]);
                self.connecting(call);
            }
            libc::ECONNRESET | libc::EPIPE | libc::ENOTCONN => self.gone(),
            libc::ENOTSOCK => self.not_a_socket(call),
            libc::EPROTONOSUPPORT | libc::EAFNOSUPPORT | libc::ESOCKTNOSUPPORT => {
                self.evidence.protocols = net::protocols(Proc::new(self.caller.tid));
            }
            libc::ENETUNREACH | libc::EHOSTUNREACH => {
                self.ask(Question { interfaces: true, ..Question::default() });
                self.evidence.routes = net::routes(Proc::new(self.caller.tid));
            }
            libc::EMFILE => self.evidence.process = process::facts(self.caller.pid),
            libc::ENFILE => self.settings(&["fs.file-max", "fs.file-nr"]),
            libc::ENOENT | libc::EPROTOTYPE => self.unix(call),
            _ => {}
        }
    }

    fn ask(&mut self, question: Question<'_>) -> Vec<(String, u64, u32)> {
        network::ask(self.caller.tid, question, &mut self.evidence)
    }

    fn settings(&mut self, names: &[&str]) {
        self.ask(Question { settings: names, ..Question::default() });
    }

    pub(super) fn own_inode(&self) -> Option<u64> {
        self.evidence.socket.as_ref()?.inode
    }

    /// `tcp` or `udp`, whatever the family; `None` for other protocols.
    fn transport(&self) -> Option<&'static str> {
        let protocol = self.evidence.socket.as_ref()?.protocol.as_str();
        ["tcp", "udp"].into_iter().find(|name| protocol.trim_end_matches('6') == *name)
    }

    /// The address a call is about: its argument, or what the socket is connected to.
    fn destination(&self) -> Option<SocketAddr> {
        let peer = || self.evidence.socket.as_ref()?.peer.as_ref()?.parse().ok();
        self.to.as_ref().and_then(inet).or_else(peer)
    }

    /// The rows of the tables without the socket the call was made on.
    fn rows(&self, protocols: &[&'static str]) -> Vec<Row> {
        let own = self.own_inode();
        let mut rows = table::rows(self.caller.tid, protocols);
        rows.retain(|row| Some(row.inode) != own);
        rows
    }

    /// Finds the owners of the other sockets, and through them what the tables do not have.
    pub(super) fn find_owners(&mut self) {
        self.evidence.owners_hidden = owner::find(self.evidence.sockets.iter_mut());
        for socket in &mut self.evidence.sockets {
            let Some(Owner { pid, fd, .. }) = socket.owners.first() else { continue };
            let Some(handle) = Handle::of(*pid as i32, *fd) else { continue };
            (socket.reuse_address, socket.reuse_port) = handle.reuse();
            if socket.relation == Relation::OtherFamily && handle.v6_only() == Some(false) {
                socket.relation = Relation::Listener; // it takes the other family too, so it came later
            }
            if let Some(seen) = handle.endpoint().filter(|seen| seen.state.as_deref() == Some("LISTEN")) {
                (socket.recv_queue, socket.backlog) = (seen.recv_queue, seen.backlog);
            }
        }
    }

    /// Who could have answered.
    fn refused(&mut self, call: &Call) {
        if matches!(self.to, Some(SockAddr::Unix(_))) {
            return self.unix(call);
        }
        let (Some(to), Some(transport)) = (self.destination(), self.transport()) else { return };
        let rows = self.rows(&INTERNET);
        let (mut found, mut nearest) = (Vec::new(), Vec::new());
        for row in rows.iter().filter(|row| row.is_open()) {
            let same = row.protocol.trim_end_matches('6') == transport;
            if row.local.port() != to.port() {
                if same && row.covers(to.ip()) && row.peer.port() == 0 {
                    nearest.push(row);
                }
                continue;
            }
            let same_family = row.local.ip().to_canonical().is_ipv4() == to.ip().to_canonical().is_ipv4();
            found.push(row.endpoint(match () {
                () if !same => Relation::OtherProtocol,
                // A datagram socket that is connected takes nothing from others.
                () if row.covers(to.ip()) && row.peer.port() != 0 => Relation::Bound,
                () if row.covers(to.ip()) => Relation::Listener,
                () if same_family => Relation::OtherAddress,
                () => Relation::OtherFamily,
            }));
        }
        if transport == "tcp" && !found.iter().any(|socket| socket.relation == Relation::Listener) {
            let bound = self.ask(Question { bound: true, ..Question::default() });
            found.extend(bound_at(&bound, to, self.own_inode(), Relation::Bound));
        }
        if found.is_empty() {
            let names: &[&'static str] = if transport == "tcp" { &["tcp", "tcp6"] } else { &["udp", "udp6"] };
            found = network::elsewhere(self.caller.tid, to.port(), names);
        }
        let uid = process::facts(self.caller.pid).map(|process| process.uid);
        nearest.retain(|row| row.local.port() >= 1024 && Some(row.uid) == uid);
        nearest.sort_by_key(|row| row.local.port().abs_diff(to.port()));
        found.extend(nearest.iter().take(MAX_HOLDERS).map(|row| row.endpoint(Relation::OtherPort)));
        self.evidence.sockets = found;
        self.find_owners();
        let own = owner::command(self.caller.pid);
        let program = |command: &str| command.split(' ').next().map(str::to_owned);
        // An unrelated server is no hint: a related one runs the same program, or has a port nearby.
        self.evidence.sockets.retain(|socket| {
            let near = || Some(socket.local.as_ref()?.parse::<SocketAddr>().ok()?.port().abs_diff(to.port()) <= NEAR);
            let related = |one: &Owner| program(&one.command) == program(&own) || near() == Some(true);
            socket.relation != Relation::OtherPort || socket.owners.iter().any(related)
        });
    }

    /// Who holds an address.
    fn in_use(&mut self, call: &Call) {
        if matches!(self.to, Some(SockAddr::Unix(_))) {
            return self.unix(call);
        }
        let own = || self.evidence.socket.as_ref()?.local.as_ref()?.parse().ok();
        let (Some(at), Some(transport)) = (self.to.as_ref().and_then(inet).or_else(own), self.transport()) else {
            return;
        };
        let names: &[&'static str] = if transport == "tcp" { &["tcp", "tcp6"] } else { &["udp", "udp6"] };
        let rows = self.rows(names);
        if at.port() == 0 {
            self.settings(&["net.ipv4.ip_local_port_range"]);
            let used: HashSet<u16> = rows.iter().map(|row| row.local.port()).collect();
            self.evidence.ports_used = Some(used.len() as u64);
            return;
        }
        let mut holders: Vec<&Row> =
            rows.iter().filter(|row| row.local.port() == at.port() && conflict(row.local.ip(), at.ip())).collect();
        // Listeners first; of those that only wait for their time, the one that waits longest.
        holders.sort_by_key(|row| {
            (row.state != table::LISTEN, row.state == table::TIME_WAIT, std::cmp::Reverse(row.timer_ms))
        });
        holders.truncate(MAX_HOLDERS);
        self.evidence.sockets = holders.into_iter().map(|row| row.endpoint(Relation::Holder)).collect();
        if transport == "tcp" {
            let bound = self.ask(Question { bound: true, ..Question::default() });
            let bound = bound_at(&bound, at, self.own_inode(), Relation::Holder);
            self.evidence.sockets.extend(bound);
        }
        self.find_owners();
    }

    fn forbidden(&mut self, call: &Call) {
        self.evidence.process = process::facts(self.caller.pid);
        if matches!(self.to, Some(SockAddr::Unix(_))) {
            return self.unix(call);
        }
        match call.sys.effect {
            Effect::Binds => self.settings(&["net.ipv4.ip_unprivileged_port_start"]),
            Effect::Makes(Made::Socket, _) => self.settings(&["net.ipv4.ping_group_range"]),
            _ => {}
        }
    }

    fn not_available(&mut self, call: &Call) {
        let range = "net.ipv4.ip_local_port_range";
        let settings = [range, "net.ipv4.ip_nonlocal_bind", "net.ipv6.conf.all.disable_ipv6"];
        self.ask(Question { settings: &settings, interfaces: true, bound: false });
        if call.sys.effect == Effect::Binds {
            return;
        }
        let (Some(to), Some(transport)) = (self.destination(), self.transport()) else { return };
        let rows = self.rows(&INTERNET);
        let towards = rows.iter().filter(|row| row.protocol.trim_end_matches('6') == transport && row.peer == to);
        let ports: HashSet<u16> = towards.map(|row| row.local.port()).collect();
        self.evidence.ports_used = Some(ports.len() as u64);
    }

    /// The other end that does not read, or did not send in time. Nonblocking programs come here all the time, so only
    /// what matters is read, and recent evidence is reused.
    fn full(&mut self, call: &Call) {
        let sends = call.sys.effect == Effect::Sends;
        if !sends && self.evidence.socket.as_ref().is_none_or(|own| own.nonblocking != Some(false)) {
            return;
        }
        let Some(own) = self.own_inode() else { return };
        if let Some((when, sockets)) = self.seen.get(&own)
            && when.elapsed() < STILL
        {
            self.evidence.sockets.clone_from(sockets);
            return;
        }
        self.peer();
        self.seen.retain(|_, (when, _)| when.elapsed() < STILL);
        self.seen.insert(own, (Instant::now(), self.evidence.sockets.clone()));
    }

    /// The other end of the connection, where it is on this machine, and its owners.
    fn peer(&mut self) {
        if self.find_peer() {
            self.find_owners();
        }
    }

    /// Finds the other end in the tables; false where it is not there.
    fn find_peer(&mut self) -> bool {
        let Some(own) = &self.evidence.socket else { return false };
        let (Some(Ok(local)), Some(Ok(peer))) =
            (own.local.as_deref().map(str::parse::<SocketAddr>), own.peer.as_deref().map(str::parse::<SocketAddr>))
        else {
            return false;
        };
        let same =
            |a: SocketAddr, b: SocketAddr| a.port() == b.port() && a.ip().to_canonical() == b.ip().to_canonical();
        let names: &[&'static str] = if self.transport() == Some("udp") { &["udp", "udp6"] } else { &["tcp", "tcp6"] };
        let rows = self.rows(names);
        let found = rows.iter().find(|row| same(row.local, peer) && same(row.peer, local));
        if let Some(row) = found {
            self.evidence.sockets.push(row.endpoint(Relation::Peer));
        }
        found.is_some()
    }

    /// The other end, or who listens where it was.
    fn gone(&mut self) {
        self.peer();
        let peer = self.evidence.socket.as_ref().and_then(|own| own.peer.as_ref()?.parse::<SocketAddr>().ok());
        if self.evidence.sockets.is_empty()
            && let Some(peer) = peer
        {
            self.listener(peer);
        }
    }

    /// Who listens at an address.
    fn listener(&mut self, at: SocketAddr) {
        let rows = self.rows(&["tcp", "tcp6"]);
        let found = rows.iter().find(|row| {
            row.state == table::LISTEN
                && row.local.port() == at.port()
                && (row.covers(at.ip()) || row.local.ip().is_unspecified())
        });
        if let Some(row) = found {
            self.evidence.sockets.push(row.endpoint(Relation::Listener));
            self.find_owners();
        }
    }

    /// The socket that should answer a pending connection.
    fn connecting(&mut self, call: &Call) {
        if matches!(self.to, Some(SockAddr::Unix(_))) {
            return self.unix(call);
        }
        match self.destination() {
            Some(to) => self.listener(to),
            None => self.peer(),
        }
    }

    /// Collects the evidence for a call that waits.
    pub(super) fn waiting(&mut self, call: &Call) {
        match call.sys.effect {
            Effect::Connects => self.connecting(call),
            _ => self.peer(),
        }
    }
}

/// The bound sockets that conflict with this address.
fn bound_at(
    all: &[(String, u64, u32)],
    at: SocketAddr,
    own: Option<u64>,
    relation: Relation,
) -> impl Iterator<Item = Endpoint> {
    all.iter().filter_map(move |(local, inode, uid)| {
        let address: SocketAddr = local.parse().ok()?;
        let here = address.port() == at.port() && conflict(address.ip(), at.ip()) && Some(*inode) != own;
        here.then(|| Endpoint {
            relation,
            protocol: if address.is_ipv4() { "tcp" } else { "tcp6" }.into(),
            local: Some(local.clone()),
            state: Some("BOUND".into()),
            inode: Some(*inode),
            uid: Some(*uid),
            ..Endpoint::default()
        })
    })
}

/// Whether two addresses with the same port conflict.
fn conflict(a: IpAddr, b: IpAddr) -> bool {
    let (a, b) = (a.to_canonical(), b.to_canonical());
    a == b || a.is_unspecified() || b.is_unspecified()
}
