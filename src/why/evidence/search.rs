//! What is searched for each errno: the holder of an address, listeners nearby, the other end.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::handle::Handle;
use super::network::{self, Namespace, Question};
use super::owner::Owners;
use super::table::{self, Filter, INTERNET, TableSocket};
use super::{Caller, process, sleep};
use crate::event::{Call, Endpoint, Evidence, Owner, ProcessFacts, Relation};
use crate::sys::netfilter::Sent;
use crate::sys::proc::{Proc, net};
use crate::sys::sockdiag::{Diag, Ends};
use crate::syscall::{Effect, Made};
use crate::value::SockAddr;
use crate::why::subject::{CUT, END, SHORT, TIME_OVER, TROUBLE, inet};

/// How many of the sockets that hold an address are kept.
const MAX_HOLDERS: usize = 16;

/// How long the evidence for a full buffer or a reached limit stays valid, so that a program that retries in a loop is
/// not slowed down by it.
const STILL: Duration = Duration::from_millis(200);

/// A walk through the kernel's sockets that takes less than this is always made.
const QUICK: Duration = Duration::from_millis(5);

/// How long a list of the network namespaces is used: few are made, and all processes are looked at for it.
const RARE: Duration = Duration::from_secs(1);

/// What a search leaves for the next ones.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Recent evidence for full buffers: the other end, by the inode of the own socket.
    seen: HashMap<u64, (Instant, Vec<Endpoint>)>,
    /// What a process had open when it reached a limit.
    counted: HashMap<i32, (Instant, ProcessFacts)>,
    owners: Owners,
    /// When the bound sockets were walked through last, and how long that took.
    walked: Option<(Instant, Duration)>,
    /// The network namespaces, and when they were looked for.
    namespaces: Option<(Instant, Vec<Namespace>)>,
    /// For questions about our own network namespace.
    diag: Option<Diag>,
}

/// One search.
pub(super) struct Search<'a> {
    pub caller: Caller,
    /// The address the call is about.
    pub to: Option<SockAddr>,
    pub evidence: Evidence,
    pub kept: &'a mut Kept,
    /// Whether what is expected is wanted too.
    pub all: bool,
}

impl Search<'_> {
    /// Collects the evidence for a failed call.
    pub(super) fn failed(&mut self, call: &Call, errno: i32) {
        match errno {
            libc::ECONNREFUSED => self.refused(call),
            libc::EADDRINUSE => self.in_use(call),
            libc::EACCES | libc::EPERM => self.forbidden(call, errno),
            libc::EADDRNOTAVAIL => self.not_available(call),
            libc::EAGAIN if call.sys.effect == Effect::Connects => self.connecting(call),
            libc::EAGAIN if call.sys.effect_of(&call.args) == Effect::Locks => self.lock(call),
            libc::EAGAIN => self.full(call),
            libc::EINPROGRESS
                if self.evidence.socket.as_ref().and_then(|own| own.state.as_deref()) == Some("CLOSE") =>
            {
                self.connecting(call);
            }
            libc::EINPROGRESS if !self.all => {}
            libc::EINPROGRESS | libc::EALREADY | libc::ETIMEDOUT if self.evidence.socket.is_some() => {
                self.settings(&["net.ipv4.tcp_syn_retries", "net.ipv4.tcp_retries2"]);
                self.connecting(call);
            }
            libc::ECONNRESET | libc::EPIPE | libc::ENOTCONN => self.gone(),
            libc::EBADF => self.not_open(call),
            libc::EPROTONOSUPPORT | libc::EAFNOSUPPORT | libc::ESOCKTNOSUPPORT => {
                self.evidence.protocols = net::protocols(Proc::new(self.caller.tid));
            }
            libc::ENETUNREACH | libc::EHOSTUNREACH => {
                self.ask(Question { interfaces: true, ..Question::default() });
                self.evidence.routes = net::routes(Proc::new(self.caller.tid));
            }
            libc::EMFILE | CUT => self.count_open(),
            libc::ENFILE => self.settings(&["fs.file-max", "fs.file-nr"]),
            libc::ENOENT | libc::EPROTOTYPE if self.evidence.socket.is_some() => self.unix(call),
            libc::ECHILD => self.evidence.process = process::facts(self.caller.pid),
            TIME_OVER => self.recent_peer(),
            SHORT => self.short(call),
            TROUBLE | END => self.peer(),
            _ => {}
        }
    }

    fn ask(&mut self, question: Question<'_>) {
        network::ask(self.caller.tid, question, &mut self.evidence);
    }

    fn settings(&mut self, names: &[&str]) {
        self.ask(Question { settings: names, ..Question::default() });
    }

    /// How much the process has open, and how much it may.
    fn count_open(&mut self) {
        let pid = self.caller.pid;
        if let Some((when, facts)) = self.kept.counted.get(&pid)
            && when.elapsed() < STILL
        {
            self.evidence.process = Some(facts.clone());
            return;
        }
        self.kept.counted.clear();
        let Some(mut facts) = process::facts(pid) else { return };
        process::count(pid, &mut facts);
        self.kept.counted.insert(pid, (Instant::now(), facts.clone()));
        self.evidence.process = Some(facts);
    }

    /// Asks the kernel about the sockets of the namespace that the caller lives in; `None` where it may not be asked.
    pub(super) fn with_diag<T>(&mut self, ask: impl FnOnce(&mut Diag) -> T) -> Option<T> {
        let theirs = Proc::new(self.caller.tid).network();
        if theirs.is_some() && theirs != Proc::OWN.network() {
            // A socket in another namespace would keep that alive, so none is kept.
            return Some(ask(&mut Diag::open_in(self.caller.tid).ok()?));
        }
        if self.kept.diag.is_none() {
            self.kept.diag = Diag::open().ok();
        }
        self.kept.diag.as_mut().map(ask)
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

    /// The sockets that are looked for, without the one the call was made on.
    fn rows(&mut self, protocols: &[&'static str], filter: Filter) -> Vec<TableSocket> {
        let (own, tid) = (self.own_inode(), self.caller.tid);
        let asked = self.with_diag(|diag| table::rows(tid, Some(diag), protocols, filter));
        let mut rows = asked.unwrap_or_else(|| table::rows(tid, None, protocols, filter));
        rows.retain(|row| Some(row.inode) != own);
        rows
    }

    /// Finds the owners of the other sockets, and through them what the tables do not have.
    pub(super) fn find_owners(&mut self) {
        let caller = self.caller.pid;
        self.evidence.owners_hidden = self.kept.owners.find(caller, self.evidence.sockets.iter_mut());
        if self.evidence.process.is_none() {
            self.evidence.process = process::facts(caller);
        }
        for socket in &mut self.evidence.sockets {
            let Some(Owner { pid, fd, .. }) = socket.owners.first() else { continue };
            let Some(handle) = Handle::of(*pid as i32, *fd) else { continue };
            (socket.reuse_address, socket.reuse_port) = handle.reuse();
            socket.v6_only = socket.protocol.ends_with('6').then(|| handle.v6_only()).flatten();
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
        let open = Filter { local: Some(to.port()), open: true, ..Filter::default() };
        let mut found = Vec::new();
        for row in self.rows(&INTERNET, open).iter().filter(|row| row.is_open()) {
            let same = row.protocol.trim_end_matches('6') == transport;
            // A datagram socket that is connected takes nothing from others.
            let connected = row.peer.port() != 0;
            let same_family = row.local.ip().to_canonical().is_ipv4() == to.ip().to_canonical().is_ipv4();
            found.push(row.endpoint(match () {
                () if !same && connected => continue,
                () if !(same || row.covers(to.ip()) || row.local.ip().is_unspecified()) => continue,
                () if !same => Relation::OtherProtocol,
                () if row.covers(to.ip()) && connected => Relation::Bound,
                () if connected => continue,
                () if row.covers(to.ip()) => Relation::Listener,
                () if same_family => Relation::OtherAddress,
                () => Relation::OtherFamily,
            }));
        }
        self.evidence.searched = true;
        if transport == "tcp" && !found.iter().any(|socket| socket.relation == Relation::Listener) {
            // The kernel goes through all its sockets for this, of which there may be very many; a program that tries
            // again and again waits for it seldom. Whether somebody listens is known without it.
            let seldom = |(when, took): (Instant, Duration)| took < QUICK || when.elapsed() > took * 20;
            if self.kept.walked.is_none_or(seldom) {
                let begun = Instant::now();
                found.extend(self.bound(to, Relation::Bound));
                self.kept.walked = Some((begun, begun.elapsed()));
            }
        }
        if found.is_empty() {
            let names: &[&'static str] = if transport == "tcp" { &["tcp", "tcp6"] } else { &["udp", "udp6"] };
            if self.kept.namespaces.as_ref().is_none_or(|(when, _)| when.elapsed() > RARE) {
                self.kept.namespaces = Some((Instant::now(), network::namespaces()));
            }
            if let Some((_, namespaces)) = &self.kept.namespaces {
                found = network::elsewhere(self.caller.tid, namespaces, to.port(), names);
            }
        }
        if found.is_empty() {
            found = self.own_listeners(to, transport);
        }
        self.evidence.sockets = found;
        self.find_owners();
    }

    /// What the process itself listens on, where it may have meant that. Anybody else's server is no hint.
    fn own_listeners(&mut self, to: SocketAddr, transport: &str) -> Vec<Endpoint> {
        let names: &[&'static str] = if transport == "tcp" { &["tcp", "tcp6"] } else { return Vec::new() };
        let mut rows = self.rows(names, Filter { open: true, ..Filter::default() });
        rows.retain(|row| row.covers(to.ip()) && row.peer.port() == 0);
        if rows.is_empty() {
            return Vec::new();
        }
        let own = Proc::new(self.caller.pid).descriptors().into_iter().flatten().take(ProcessFacts::MAX_SEEN);
        let own: HashSet<u64> = own.filter_map(|fd| fd.socket()).collect();
        rows.retain(|row| own.contains(&row.inode));
        rows.sort_by_key(|row| row.local.port().abs_diff(to.port()));
        rows.iter().take(MAX_HOLDERS).map(|row| row.endpoint(Relation::OtherPort)).collect()
    }

    /// The TCP sockets that are bound at this address and nothing else, where the kernel lists those.
    fn bound(&mut self, at: SocketAddr, relation: Relation) -> Vec<Endpoint> {
        let rows = self.rows(&["tcp", "tcp6"], Filter { local: Some(at.port()), bound: true, ..Filter::default() });
        let there = rows.iter().filter(|row| row.is_bound() && conflict(row.local.ip(), at.ip()));
        there.map(|row| row.endpoint(relation)).collect()
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
        let port = Some(at.port()).filter(|port| *port != 0);
        let rows = self.rows(names, Filter { local: port, ..Filter::default() });
        if at.port() == 0 {
            self.settings(&["net.ipv4.ip_local_port_range"]);
            let used: HashSet<u16> = rows.iter().map(|row| row.local.port()).collect();
            self.evidence.ports_used = Some(used.len() as u64);
            return;
        }
        let mut holders: Vec<&TableSocket> =
            rows.iter().filter(|row| row.local.port() == at.port() && self.conflicts(row, at)).collect();
        // Listeners first; of those that only wait for their time, the one that waits longest.
        holders.sort_by_key(|row| {
            (row.state != table::LISTEN, row.state == table::TIME_WAIT, std::cmp::Reverse(row.timer_ms))
        });
        holders.truncate(MAX_HOLDERS);
        self.evidence.sockets = holders.into_iter().map(|row| row.endpoint(Relation::Holder)).collect();
        if transport == "tcp" && self.evidence.sockets.is_empty() {
            self.evidence.sockets = self.bound(at, Relation::Holder);
        }
        self.find_owners();
    }

    /// Whether a socket is in the way of this address. One of IPv6 alone is not in the way of IPv4.
    fn conflicts(&self, row: &TableSocket, at: SocketAddr) -> bool {
        let alone = self.evidence.socket.as_ref().and_then(|own| own.v6_only) == Some(true);
        conflict(row.local.ip(), at.ip()) && !(alone && at.is_ipv6() && row.local.is_ipv4())
    }

    fn forbidden(&mut self, call: &Call, errno: i32) {
        self.evidence.process = process::facts(self.caller.pid);
        if matches!(self.to, Some(SockAddr::Unix(_))) {
            return self.unix(call);
        }
        match call.sys.effect {
            Effect::Binds => self.settings(&["net.ipv4.ip_unprivileged_port_start"]),
            Effect::Makes(Made::Socket, _) => self.settings(&["net.ipv4.ping_group_range"]),
            Effect::Sends | Effect::Connects if errno == libc::EPERM => {
                let protocol = match self.transport() {
                    Some("tcp") => libc::IPPROTO_TCP,
                    Some(_) => libc::IPPROTO_UDP,
                    None => 0,
                };
                let port = self.destination().map_or(0, |to| to.port());
                let filters = Some(Sent { protocol: protocol as u8, port });
                self.ask(Question { filters, ..Question::default() });
            }
            _ => {}
        }
    }

    fn not_available(&mut self, call: &Call) {
        let range = "net.ipv4.ip_local_port_range";
        let settings = [range, "net.ipv4.ip_nonlocal_bind", "net.ipv6.conf.all.disable_ipv6"];
        self.ask(Question { settings: &settings, interfaces: true, ..Question::default() });
        if call.sys.effect == Effect::Binds {
            return;
        }
        let (Some(to), Some(transport)) = (self.destination(), self.transport()) else { return };
        let rows = self.rows(&INTERNET, Filter { peer: Some(to.port()), ..Filter::default() });
        let towards = rows.iter().filter(|row| row.protocol.trim_end_matches('6') == transport && row.peer == to);
        let ports: HashSet<u16> = towards.map(|row| row.local.port()).collect();
        self.evidence.ports_used = Some(ports.len() as u64);
    }

    /// The other end that does not read, or did not send in time. Nonblocking programs come here all the time, so only
    /// what matters is read, and recent evidence is reused.
    fn full(&mut self, call: &Call) {
        let blocks = self.evidence.socket.as_ref().is_some_and(|own| own.nonblocking == Some(false));
        let sends = matches!(call.sys.effect, Effect::Sends | Effect::Copies { .. });
        let queue = sends && matches!(self.evidence.socket.as_ref(), Some(own) if own.protocol == "unix");
        // Of a socket that does not wait this is expected.
        if !(blocks || queue || sends && self.all) {
            return;
        }
        if queue && self.to.is_some() {
            return self.unix(call);
        }
        self.recent_peer();
    }

    /// The other end, where it was looked for lately as it was then.
    fn recent_peer(&mut self) {
        let Some(own) = self.own_inode() else { return };
        if let Some((when, sockets)) = self.kept.seen.get(&own)
            && when.elapsed() < STILL
        {
            self.evidence.sockets.clone_from(sockets);
            return;
        }
        self.peer();
        self.kept.seen.retain(|_, (when, _)| when.elapsed() < STILL);
        self.kept.seen.insert(own, (Instant::now(), self.evidence.sockets.clone()));
    }

    /// The other end of the connection, where it is on this machine, and its owners.
    pub(super) fn peer(&mut self) {
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
        let transport = match self.transport() {
            Some("tcp") => libc::IPPROTO_TCP,
            Some(_) => libc::IPPROTO_UDP,
            None => return false,
        };
        // The other end may have a socket of the other family.
        let mapped = |at: SocketAddr| match at.ip() {
            IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), at.port()),
            IpAddr::V6(ip) => SocketAddr::new(IpAddr::from(ip).to_canonical(), at.port()),
        };
        let ends = Ends { local: peer, peer: local };
        let asked = self.with_diag(|diag| {
            let exact =
                |found: &crate::sys::sockdiag::Inet| same(found.ends.local, peer) && same(found.ends.peer, local);
            diag.find(transport, &ends).filter(exact).or_else(|| {
                let other = Ends { local: mapped(peer), peer: mapped(local) };
                diag.find(transport, &other).filter(exact)
            })
        });
        let protocol = |at: SocketAddr| match (transport, at.is_ipv6()) {
            (libc::IPPROTO_TCP, false) => "tcp",
            (libc::IPPROTO_TCP, true) => "tcp6",
            (_, false) => "udp",
            (_, true) => "udp6",
        };
        let found = match asked {
            Some(found) => found.map(|found| TableSocket::new(protocol(found.ends.local), found)),
            None => {
                let names: &[&'static str] =
                    if transport == libc::IPPROTO_UDP { &["udp", "udp6"] } else { &["tcp", "tcp6"] };
                let filter = Filter { local: Some(peer.port()), peer: Some(local.port()), ..Filter::default() };
                self.rows(names, filter).into_iter().find(|row| same(row.local, peer) && same(row.peer, local))
            }
        };
        let own = self.own_inode();
        let found = found.filter(|row| Some(row.inode) != own);
        if let Some(row) = &found {
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
        self.evidence.searched = self.transport() == Some("tcp");
        let rows = self.rows(&["tcp", "tcp6"], Filter { local: Some(at.port()), open: true, ..Filter::default() });
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
        match call.sys.effect_of(&call.args) {
            Effect::Connects => self.connecting(call),
            Effect::Sleeps => self.evidence.left_ms = sleep::left_ms(call),
            Effect::Locks => self.lock(call),
            Effect::AwaitsSignal => {}
            Effect::AwaitsWake => {
                self.evidence.process = process::facts(self.caller.pid).map(|mut facts| {
                    process::threads(self.caller.pid, &mut facts);
                    facts
                });
            }
            Effect::AwaitsChild => {
                self.evidence.process = process::facts(self.caller.pid).map(|mut facts| {
                    facts.children = process::children(self.caller.pid);
                    facts
                });
            }
            effect if self.evidence.socket.is_none() => self.pipe(call, matches!(effect, Effect::Receives(_))),
            _ => self.peer(),
        }
    }
}

/// Whether two addresses with the same port conflict.
fn conflict(a: IpAddr, b: IpAddr) -> bool {
    let (a, b) = (a.to_canonical(), b.to_canonical());
    a == b || a.is_unspecified() || b.is_unspecified()
}
