//! What the kernel knows of the sockets of a call, right before it and right after it (`--state`).
//!
//! A socket is queried through a descriptor of it ([`descriptor`]), which shows most and works in any network namespace.
//! Without one, sock_diag(7) is queried ([`crate::sys::sockdiag`]), or, for a namespace that may not be entered, the
//! tables of `/proc/PID/net` ([`crate::sys::proc`]).
//!
//! A TCP connection outlives its socket: after close(2) it continues through `FIN_WAIT2` and `TIME_WAIT` without an
//! owner, and a socket that is still open when its connection reaches `TIME_WAIT` reports `CLOSED`. Both are looked up by
//! the connection's two ends, which are therefore kept while the socket is open.
//!
//! [`before`] and [`after`] choose the sockets of a call: those it names, those it makes, and those it closes without
//! naming them (close_range(2), execve(2), exit_group(2)). A [`Look`] queries each.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use crate::event::{Call, Ret, SocketChange, SocketChanges, SocketState, State, StateSource};
use crate::sys::proc::{Proc, net};
use crate::sys::sockdiag::{BOUND_INACTIVE, Diag, Ends, Inet, Wanted};
use crate::syscall::{Change, Syscall};
use crate::value::{SockAddr, UnixName, Value};

pub(crate) mod descriptor;
mod open;
mod own;

pub use own::Own;

/// How many sockets of a call are queried; only calls such as poll(2) on very many descriptors have more.
const MAX_SOCKETS: usize = 64;
/// How many sockets' ends are kept, so that a long trace does not fill the memory.
const MAX_KEPT: usize = 4096;

/// Queries the sockets of one process.
pub(crate) trait Look {
    /// The state of the socket behind a descriptor; `None` where it is not a socket.
    fn look(&mut self, fd: i32) -> Option<SocketState>;

    /// The state of a socket whose descriptor was closed just now.
    fn closed(&mut self, before: &SocketState) -> SocketState;

    /// The process whose sockets they are.
    fn process(&self) -> i32;
}

/// A call's sockets when it was entered.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    sockets: SocketChanges,
    change: Change,
}

impl Before {
    /// The states to report if the call does not return.
    pub(crate) fn unfinished(self) -> Option<Box<SocketChanges>> {
        self.sockets.kept()
    }
}

/// The sockets that a call names, or closes without naming them, when it is entered.
pub(crate) fn before<'a>(
    sys: &Syscall,
    regs: &[u64; 6],
    values: impl Iterator<Item = &'a Value>,
    look: &mut impl Look,
) -> Before {
    let change = Change::asked(sys, regs);
    let mut concerned = fds(values);
    concerned.extend(open::unnamed(look.process(), change));
    let mut sockets = SocketChanges::default();
    for fd in concerned {
        add(&mut sockets, fd, look, |fd, state| SocketChange { fd, before: Some(state), after: None });
    }
    Before { sockets, change }
}

/// The same sockets when it has returned, and those that it made.
pub(crate) fn after(before: Before, call: &Call, look: &mut impl Look) -> Option<Box<SocketChanges>> {
    let Before { mut sockets, change } = before;
    let done = matches!(call.ret, Ret::Ok(_));
    let unnamed = open::closes_unnamed(change);
    let is_closed = |fd: i32| if unnamed { done } else { change.closes(fd, done) };
    if !done && unnamed {
        return None; // the call had nothing to do with them then
    }
    for change in &mut sockets.changes {
        change.after = match &change.before {
            Some(before) if is_closed(change.fd) => Some(look.closed(before)),
            _ => look.look(change.fd),
        };
    }
    if let Ret::Ok(ret) = call.ret {
        let known: Vec<i32> = sockets.changes.iter().map(|change| change.fd).collect();
        let mut new = fds(call.args.iter());
        new.retain(|fd| !known.contains(fd));
        let returned = call.sys.returns_descriptor(&call.args).then_some(ret as i32);
        // What dup2 returns may have been another socket's descriptor before.
        new.extend(returned.filter(|fd| !new.contains(fd) && (!known.contains(fd) || is_closed(*fd))));
        for fd in new {
            add(&mut sockets, fd, look, |fd, state| SocketChange { fd, before: None, after: Some(state) });
        }
    }
    sockets.kept()
}

fn add(
    sockets: &mut SocketChanges,
    fd: i32,
    look: &mut impl Look,
    change: impl FnOnce(i32, SocketState) -> SocketChange,
) {
    if sockets.changes.len() < MAX_SOCKETS {
        sockets.changes.extend(look.look(fd).map(|state| change(fd, state)));
    } else {
        sockets.truncated = true;
    }
}

/// The descriptors among values, each once, in order.
fn fds<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<i32> {
    let mut found = Vec::new();
    for value in values {
        value.each_fd(&mut |fd| {
            if fd >= 0 && !found.contains(&fd) {
                found.push(fd);
            }
        });
    }
    found
}

/// Whose network namespace a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// Our own.
    Own,
    /// That of this process, which may be ours.
    Of(i32),
}

/// Asks, and keeps what is needed to ask on after a socket's end.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// For questions about our own namespace; opened when it is needed first.
    diag: Option<Diag>,
    /// The ends of connections, by inode.
    ends: HashMap<u64, Ends>,
}

impl Asker {
    /// One that asks on this socket.
    fn on(diag: Diag) -> Self {
        Self { diag: Some(diag), ..Self::default() }
    }

    /// The state of the socket behind a descriptor of ours.
    pub(crate) fn over(&mut self, fd: RawFd, namespace: Namespace) -> Option<SocketState> {
        let mut found = descriptor::look(fd)?;
        match found.protocol.as_deref() {
            Some(TCP | TCP6 | MPTCP) => self.connection(&mut found, namespace),
            Some(UNIX | UNIX_STREAM) => self.unix(&mut found, namespace),
            _ => {}
        }
        Some(found)
    }

    /// The state of a socket by its inode, where no descriptor can be had.
    pub(crate) fn by_inode(&mut self, protocol: &str, inode: u64, namespace: Namespace) -> Option<SocketState> {
        let mut found = SocketState {
            source: Some(StateSource::SockDiag),
            protocol: Some(protocol.into()),
            inode: Some(inode),
            ..SocketState::new(State::UNCONNECTED)
        };
        if let UNIX | UNIX_STREAM = protocol {
            self.with(namespace, |diag| diag.unix(inode)).map(|unix| fill_unix(&unix, &mut found))?;
            return Some(found);
        }
        let list = list(protocol)?;
        let known = self.ends.get(&inode).copied().and_then(|ends| self.find(list, &ends, namespace));
        let known = known
            .filter(|(_, inet)| inet.inode == Some(inode))
            .or_else(|| self.listed(list, inode, u32::MAX, None, namespace));
        match known {
            Some((source, inet)) => fill_inet(source, &inet, list, &mut found),
            // Those that are neither bound nor connected are in no list.
            None if list.protocol == libc::IPPROTO_TCP => found.state = State::CLOSED,
            None => {}
        }
        if list.protocol == libc::IPPROTO_TCP {
            self.connection(&mut found, namespace);
        }
        Some(found)
    }

    /// The state of a socket of which a descriptor was closed just now.
    pub(crate) fn closed(&mut self, before: &SocketState, namespace: Namespace) -> SocketState {
        let mut found = SocketState {
            source: Some(StateSource::SockDiag),
            protocol: before.protocol.clone(),
            ..SocketState::new(State::CLOSED)
        };
        let protocol = before.protocol.as_deref().unwrap_or_default();
        if let (UNIX | UNIX_STREAM, Some(inode)) = (protocol, before.inode) {
            let unix = self.with(namespace, |diag| diag.unix(inode));
            if let Some(unix) = &unix {
                fill_unix(unix, &mut found);
                found.inode = before.inode;
            }
            found.held = Some(unix.is_some());
            return found;
        }
        let Some(list) = list(protocol) else { return found };
        let Some(ends) = before.inode.and_then(|inode| self.ends.get(&inode).copied()).or_else(|| ends(before)) else {
            return found;
        };
        let there = self.find(list, &ends, namespace).filter(|(_, inet)| match inet.inode {
            Some(inode) => Some(inode) == before.inode,
            None => list.protocol == libc::IPPROTO_TCP && inet.ends == ends,
        });
        // One of several sockets that share an address is found by its number only, among those of its port and state: for
        // others the kernel would go through all connections.
        let there = there.or_else(|| {
            let states = match before.state {
                _ if list.protocol != libc::IPPROTO_TCP => u32::MAX,
                State::LISTEN => 1 << State::LISTEN.0,
                _ => 1 << BOUND_INACTIVE,
            };
            let port = Some(ends.local.port()).filter(|port| *port != 0 && !ends.is_connected())?;
            self.listed(list, before.inode?, states, Some(port), namespace)
        });
        // A socket that lost its connection is in no list, whether it is held or not.
        let was_listed = !matches!(before.state, State::CLOSED | State::TIME_WAIT);
        found.held = was_listed.then_some(false);
        if let Some((source, inet)) = there {
            fill_inet(source, &inet, list, &mut found);
            found.inode = inet.inode;
            if inet.inode.is_some() {
                found.held = Some(true);
            }
        }
        if let (Some(false), Some(inode)) = (found.held, before.inode) {
            self.ends.remove(&inode);
        }
        found
    }

    /// Keeps the ends of a connection while its socket is open, and finds its state by them when the socket itself has
    /// lost it.
    fn connection(&mut self, found: &mut SocketState, namespace: Namespace) {
        let Some(inode) = found.inode else { return };
        if found.peer.is_some()
            && let Some(ends) = ends(found)
        {
            if self.ends.len() >= MAX_KEPT {
                self.ends.clear(); // those still in use are met again
            }
            self.ends.insert(inode, ends);
        } else if found.state == State::CLOSED
            && let (Some(ends), Some(list)) = (self.ends.get(&inode).copied(), found.protocol.as_deref().and_then(list))
            && let Some((_, inet)) = self.find(list, &ends, namespace)
            && (inet.inode, inet.ends) == (None, ends)
        {
            found.state = State(inet.state.into());
            found.expires_ms = Some(inet.expires_ms);
            (found.local, found.peer) = (Some(ends.local.into()), Some(ends.peer.into()));
        }
    }

    fn unix(&mut self, found: &mut SocketState, namespace: Namespace) {
        let Some(unix) = found.inode.and_then(|inode| self.with(namespace, |diag| diag.unix(inode))) else { return };
        found.peer_inode = unix.peer;
        if let (State::LISTEN, Some((waiting, most))) = (found.state, unix.queues) {
            (found.accept_queue, found.backlog) = (Some(waiting), Some(most));
        }
    }

    /// One socket by its ends, and where it was found.
    fn find(&mut self, list: List, ends: &Ends, namespace: Namespace) -> Option<(StateSource, Inet)> {
        let mut asked = false;
        let listed = self.with(namespace, |diag| {
            asked = true;
            diag.find(list.protocol, ends)
        });
        if asked {
            return listed.map(|inet| (StateSource::SockDiag, inet));
        }
        net::find(Proc::new(namespace.pid()), list.file, |row| row.ends == *ends).map(|row| (StateSource::Proc, row))
    }

    /// One socket by its inode, among those with one of these states and this port, and where it was found.
    fn listed(
        &mut self,
        list: List,
        inode: u64,
        states: u32,
        local: Option<u16>,
        namespace: Namespace,
    ) -> Option<(StateSource, Inet)> {
        let mut asked = false;
        let listed = self.with(namespace, |diag| {
            asked = true;
            let wanted = Wanted { family: list.family, protocol: list.protocol, states, local, peer: None };
            diag.list(wanted).ok()?.into_iter().find(|inet| inet.inode == Some(inode))
        });
        if asked {
            return listed.map(|inet| (StateSource::SockDiag, inet));
        }
        let in_table = net::find(Proc::new(namespace.pid()), list.file, |row| row.inode == Some(inode));
        in_table.map(|row| (StateSource::Proc, row))
    }

    /// Queries sock_diag in a namespace, if it may be entered.
    fn with<T>(&mut self, namespace: Namespace, ask: impl FnOnce(&mut Diag) -> Option<T>) -> Option<T> {
        match namespace {
            Namespace::Of(pid) if !is_ours(pid) => ask(&mut Diag::open_in(pid).ok()?),
            _ => {
                if self.diag.is_none() {
                    self.diag = Diag::open().ok();
                }
                self.diag.as_mut().and_then(ask)
            }
        }
    }
}

impl Namespace {
    /// A process in it.
    fn pid(self) -> i32 {
        match self {
            Self::Own => std::process::id() as i32,
            Self::Of(pid) => pid,
        }
    }
}

/// Whether a process is in our own network namespace; what cannot be asked of is taken to be.
fn is_ours(pid: i32) -> bool {
    Proc::new(pid).network().is_none_or(|theirs| Proc::OWN.network() == Some(theirs))
}

/// The kernel's names of protocols.
const TCP: &str = "TCP";
const TCP6: &str = "TCPv6";
const MPTCP: &str = "MPTCP";
const UNIX: &str = "UNIX";
const UNIX_STREAM: &str = "UNIX-STREAM";

/// One of the kernel's lists of internet sockets.
#[derive(Debug, Clone, Copy)]
struct List {
    name: &'static str,
    /// In `/proc/PID/net`.
    file: &'static str,
    family: i32,
    protocol: i32,
}

static LISTS: [List; 4] = [
    List { name: TCP, file: "tcp", family: libc::AF_INET, protocol: libc::IPPROTO_TCP },
    List { name: TCP6, file: "tcp6", family: libc::AF_INET6, protocol: libc::IPPROTO_TCP },
    List { name: "UDP", file: "udp", family: libc::AF_INET, protocol: libc::IPPROTO_UDP },
    List { name: "UDPv6", file: "udp6", family: libc::AF_INET6, protocol: libc::IPPROTO_UDP },
];

fn list(protocol: &str) -> Option<List> {
    LISTS.iter().find(|list| list.name == protocol).copied()
}

fn fill_inet(source: StateSource, inet: &Inet, list: List, found: &mut SocketState) {
    let is_tcp = list.protocol == libc::IPPROTO_TCP;
    found.source = Some(source);
    found.state = match State(inet.state.into()) {
        state if is_tcp => state,
        State::ESTABLISHED => State::CONNECTED,
        _ => State::UNCONNECTED,
    };
    let (recv, send) = (inet.recv, inet.send);
    if found.state == State::LISTEN {
        found.accept_queue = Some(recv);
        found.backlog = (source == StateSource::SockDiag).then_some(send); // the tables do not have it
    } else {
        (found.recv_queue, found.send_queue) = (Some(recv.into()), Some(send.into()));
        found.retransmissions = is_tcp.then_some(inet.retransmissions.into());
    }
    found.local = Some(inet.ends.local.into());
    found.peer = inet.ends.is_connected().then(|| inet.ends.peer.into());
    // In other states the timer is that of sending again.
    if is_tcp && inet.inode.is_none() && matches!(found.state, State::FIN_WAIT2 | State::TIME_WAIT) {
        found.expires_ms = Some(inet.expires_ms);
    }
}

fn fill_unix(unix: &crate::sys::sockdiag::Unix, found: &mut SocketState) {
    found.state = match State(unix.state.into()) {
        State::LISTEN => State::LISTEN,
        State::ESTABLISHED => State::CONNECTED,
        _ if unix.peer.is_some() => State::CONNECTED,
        _ => State::UNCONNECTED,
    };
    match (found.state, unix.queues) {
        (State::LISTEN, Some((waiting, most))) => {
            (found.accept_queue, found.backlog) = (Some(waiting), Some(most));
        }
        (_, Some((first, send))) if i32::from(unix.kind) == libc::SOCK_DGRAM => {
            found.next_datagram = Some(first.into()).filter(|len| *len > 0);
            found.send_queue = Some(send.into());
        }
        (_, Some((recv, send))) => (found.recv_queue, found.send_queue) = (Some(recv.into()), Some(send.into())),
        _ => {}
    }
    found.local = unix.name.as_deref().map(|name| SockAddr::Unix(UnixName::from_bytes(name)));
    found.peer_inode = unix.peer;
}

/// The ends by which the kernel finds a socket.
fn ends(state: &SocketState) -> Option<Ends> {
    let local = SocketAddr::try_from(state.local.as_ref()?).ok()?;
    let none = SocketAddr::new(if local.is_ipv4() { [0; 4].into() } else { [0; 16].into() }, 0);
    let peer = state.peer.as_ref().and_then(|peer| peer.try_into().ok());
    Some(Ends { local, peer: peer.unwrap_or(none) })
}
