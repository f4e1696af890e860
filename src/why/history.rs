//! What the trace itself tells: which call made, bound, connected, shut down or closed the socket that a later call
//! fails on, and what the other end did.
//!
//! Sockets are followed by descriptor through duplication, `accept` and `fork`. A thread that a text shows under its
//! own number without its process is taken to share the descriptors of the one that was busy before it appeared.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};

use super::subject::{address, descriptor, errno, place};
use crate::event::{Body, Call, Deed, Earlier, Endpoint, Event, Evidence, Relation, Ret};
use crate::value::{Array, Fd, Value};

mod socket;

use socket::{Socket, earlier, made};

/// Closed sockets that are remembered.
const MOST_CLOSED: usize = 4096;

/// What happened so far.
#[derive(Debug, Default)]
pub struct History {
    sockets: HashMap<u64, Socket>,
    next: u64,
    tables: HashMap<u32, Table>,
    /// Sockets whose last descriptor is closed, the oldest first.
    closed: VecDeque<u64>,
    /// The process that made the last call.
    busy: Option<u32>,
}

/// The descriptors of a process.
#[derive(Debug, Default, Clone)]
struct Table {
    open: HashMap<i32, u64>,
    closed: HashMap<i32, Earlier>,
    /// Whose descriptors it may share, where it has none of that number.
    like: Option<u32>,
    /// Whether it turned out to share them.
    shares: Cell<bool>,
}

impl History {
    /// Learns from an event.
    pub fn note(&mut self, event: &Event) {
        let call = match &event.body {
            Body::Call(call) => call,
            Body::Exit(_) => return self.ended(event),
            _ => return,
        };
        let pid = event.pid;
        if !self.tables.contains_key(&pid) {
            let like = self.busy;
            self.tables.insert(pid, Table { like, ..Table::default() });
        }
        self.busy = Some(pid);
        let earlier = |did| earlier(event, Some(call), did);
        let fd = descriptor(call);
        match (call.sys.name, call.ret) {
            ("socket", Ret::Ok(new)) => {
                let socket = Socket { deeds: vec![earlier(Deed::Made)], ..made(call) };
                self.open(pid, new as i32, socket);
            }
            ("socketpair", Ret::Ok(_)) => self.pair(event, call),
            ("accept" | "accept4", Ret::Ok(new)) => self.accepted(event, call, new as i32),
            ("dup" | "dup2" | "dup3", Ret::Ok(new)) => self.duplicate(pid, fd, new as i32, event, call),
            ("fcntl", Ret::Ok(new)) => self.fcntl(event, call, new),
            ("close", Ret::Ok(_)) => {
                if let Some(fd) = fd {
                    self.close(pid, fd, &earlier(Deed::Closed));
                }
            }
            ("close_range", Ret::Ok(_)) => {
                let bound = |at: usize| match call.args.get(at) {
                    Some(Value::Uint(n)) => *n,
                    Some(Value::Fd(fd)) => u64::from(fd.raw as u32),
                    _ => u64::MAX,
                };
                let (low, high) = (bound(0), bound(1));
                let open = self.tables.get(&pid).map(|table| table.open.keys().copied().collect::<Vec<_>>());
                for fd in open.into_iter().flatten().filter(|fd| (low..=high).contains(&u64::from(*fd as u32))) {
                    self.close(pid, fd, &earlier(Deed::Closed));
                }
            }
            ("execve" | "execveat", Ret::Ok(_)) => {
                self.tables.insert(pid, Table::default());
            }
            ("fork" | "vfork" | "clone" | "clone3", Ret::Ok(child)) if child > 0 => {
                if let Some(table) = self.tables.get(&pid).cloned() {
                    table.open.values().for_each(|id| {
                        if let Some(socket) = self.sockets.get_mut(id) {
                            socket.descriptors += 1;
                        }
                    });
                    self.tables.entry(child as u32).or_insert(table);
                }
            }
            _ => {
                if let Some(socket) = fd.and_then(|fd| self.find(pid, fd)).and_then(|id| self.sockets.get_mut(&id)) {
                    socket.note(call, &earlier);
                }
            }
        }
    }

    /// A process is over: the kernel closes what it had open.
    fn ended(&mut self, event: &Event) {
        // Of a thread that shares its descriptors with others nothing is closed.
        let shared = self.tables.values().any(|table| table.like == Some(event.pid) && table.shares.get());
        if event.tid != event.pid || shared {
            return;
        }
        let Some(table) = self.tables.remove(&event.pid) else { return };
        let by = earlier(event, None, Deed::Closed);
        let mut open: Vec<_> = table.open.into_values().collect();
        open.sort_unstable();
        open.into_iter().for_each(|id| self.drop_descriptor(id, Some(&by)));
    }

    /// Adds to evidence what the trace has to say of a call.
    pub fn add(&self, event: &Event, call: &Call, evidence: &mut Evidence) {
        let Some(fd) = descriptor(call) else { return };
        let Some(id) = self.find(event.pid, fd) else {
            if errno(call) == Some(libc::EBADF) {
                evidence.earlier.extend(self.closed_by(event.pid, fd).cloned());
            }
            return self.others(event.pid, call, None, evidence);
        };
        let Some(socket) = self.sockets.get(&id) else { return };
        evidence.earlier.extend(socket.deeds.iter().cloned());
        match &mut evidence.socket {
            None => evidence.socket = Some(socket.endpoint()),
            // The kernel forgets where a connection that failed was to lead.
            Some(own) => {
                own.local = own.local.take().or_else(|| socket.local.clone());
                own.peer = own.peer.take().or_else(|| socket.peer.clone());
            }
        }
        self.other_end(id, socket, evidence);
        self.others(event.pid, call, Some(id), evidence);
    }

    /// What the other end did, where it is in the trace too.
    fn other_end(&self, id: u64, socket: &Socket, evidence: &mut Evidence) {
        let own = evidence.socket.as_ref();
        let local = own.and_then(|own| own.local.clone()).or_else(|| socket.local.clone());
        let peer = socket.peer.clone().or_else(|| own.and_then(|own| own.peer.clone()));
        let other = match socket.pair {
            Some(pair) => self.sockets.get(&pair),
            None => {
                let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
                let connected = |other: &&Socket| same(&other.local, &peer) || same(&other.peer, &local);
                let all =
                    || self.sockets.iter().filter(|(at, other)| **at != id && !other.listens && other.is_stream());
                let exact = |other: &&Socket| same(&other.local, &peer) && same(&other.peer, &local);
                let found = all().map(|(_, other)| other).find(exact);
                found.or_else(|| {
                    // Of one end the port may not be known; then only a single candidate will do.
                    let mut some = all()
                        .map(|(_, other)| other)
                        .filter(connected)
                        .filter(|other| other.peer.is_none() || local.is_none() || other.peer == local);
                    some.next().filter(|_| some.next().is_none())
                })
            }
        };
        let Some(other) = other else { return };
        let unread = socket.sent.saturating_sub(other.received);
        for deed in other.deeds.iter().filter(|deed| matches!(deed.did, Deed::Closed | Deed::ShutDown)) {
            let bytes = if other.resets && unread == 0 { None } else { Some(unread) };
            evidence.earlier.push(Earlier { did: Deed::PeerClosed, bytes, ..deed.clone() });
        }
    }

    /// Other sockets of the trace that have to do with the address a call is given.
    fn others(&self, pid: u32, call: &Call, own: Option<u64>, evidence: &mut Evidence) {
        let Some(at) = address(call).and_then(place) else { return };
        let wanted = match errno(call) {
            Some(libc::EADDRINUSE) => Relation::Holder,
            Some(libc::ECONNREFUSED) => Relation::Bound,
            _ => return,
        };
        if evidence.live {
            return; // the kernel said it better
        }
        let kind = own.and_then(|id| Some(self.sockets.get(&id)?.kind));
        let mut ids: Vec<_> = self.sockets.iter().collect();
        ids.sort_by_key(|(id, _)| **id);
        for (id, socket) in ids {
            let differs = kind.is_some_and(|kind| kind != socket.kind);
            if Some(*id) == own || socket.descriptors == 0 || differs || socket.deeds.is_empty() {
                continue;
            }
            let Some(local) = &socket.local else { continue };
            let same_port = |a: &str, b: &str| matches!((a.rsplit_once(':'), b.rsplit_once(':')), (Some((_, a)), Some((_, b))) if a == b);
            let relation = match wanted {
                Relation::Holder if local == &at || (same_port(local, &at) && is_any(local, &at)) => Relation::Holder,
                Relation::Bound if local == &at && socket.listens => Relation::Listener,
                Relation::Bound if local == &at => Relation::Bound,
                Relation::Bound if socket.listens && same_port(local, &at) => Relation::OtherAddress,
                Relation::Bound if socket.listens => Relation::OtherPort,
                _ => continue,
            };
            let deed = if socket.listens { Deed::Listened } else { Deed::Bound };
            let by = socket.deeds.iter().rev().find(|call| call.did == deed).cloned();
            let owner = by.as_ref().map_or(pid, |by| by.pid);
            let command = String::new();
            let owners = vec![crate::event::Owner { pid: owner, command, fd: -1 }];
            evidence.sockets.push(Endpoint { relation, owners, ..socket.endpoint() });
            let did = if socket.listens { Deed::ListenedOther } else { Deed::BoundOther };
            evidence.earlier.extend(by.map(|by| Earlier { did, ..by }));
        }
        evidence.sockets.sort_by_key(|socket| {
            let order = [Relation::Holder, Relation::Listener, Relation::Bound, Relation::OtherAddress];
            order.iter().position(|relation| *relation == socket.relation).unwrap_or(order.len())
        });
    }

    fn find(&self, pid: u32, fd: i32) -> Option<u64> {
        let table = self.tables.get(&pid)?;
        match table.open.get(&fd) {
            Some(id) => Some(*id),
            None if table.closed.contains_key(&fd) => None,
            None => {
                let found = self.tables.get(&table.like?)?.open.get(&fd).copied();
                table.shares.set(table.shares.get() || found.is_some());
                found
            }
        }
    }

    fn closed_by(&self, pid: u32, fd: i32) -> Option<&Earlier> {
        let table = self.tables.get(&pid)?;
        table.closed.get(&fd).or_else(|| self.tables.get(&table.like?)?.closed.get(&fd))
    }

    fn open(&mut self, pid: u32, fd: i32, socket: Socket) -> u64 {
        let id = self.next;
        self.next += 1;
        self.sockets.insert(id, Socket { descriptors: 1, ..socket });
        self.put(pid, fd, id);
        id
    }

    fn put(&mut self, pid: u32, fd: i32, id: u64) {
        let table = self.tables.entry(pid).or_default();
        table.closed.remove(&fd);
        if let Some(before) = table.open.insert(fd, id) {
            self.drop_descriptor(before, None);
        }
    }

    fn close(&mut self, pid: u32, fd: i32, by: &Earlier) {
        let owner = match self.tables.get(&pid) {
            Some(table) if table.open.contains_key(&fd) => Some(pid),
            Some(table) => table.like.filter(|like| self.tables.get(like).is_some_and(|t| t.open.contains_key(&fd))),
            None => None,
        };
        // A text does not say whether the one that closes shares the table; its own numbers are then told from others.
        let shared = owner.is_some_and(|owner| owner != pid);
        if let Some(table) = self.tables.get_mut(&pid) {
            table.closed.insert(fd, by.clone());
        }
        if shared {
            return;
        }
        if let Some(id) = self.tables.get_mut(&pid).and_then(|table| table.open.remove(&fd)) {
            self.drop_descriptor(id, Some(by));
        }
    }

    fn drop_descriptor(&mut self, id: u64, by: Option<&Earlier>) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.descriptors = socket.descriptors.saturating_sub(1);
        if socket.descriptors > 0 {
            return;
        }
        socket.deeds.extend(by.cloned());
        self.closed.push_back(id);
        if self.closed.len() > MOST_CLOSED
            && let Some(oldest) = self.closed.pop_front()
        {
            self.sockets.remove(&oldest);
        }
    }

    fn pair(&mut self, event: &Event, call: &Call) {
        let Some(Value::Array(Array { items, .. })) = call.arg("sv") else { return };
        let [Value::Fd(one), Value::Fd(two)] = items.as_slice() else { return };
        let [one, two] = [one, two].map(|fd: &Fd| {
            let socket = Socket { deeds: vec![earlier(event, Some(call), Deed::Made)], ..made(call) };
            self.open(event.pid, fd.raw, socket)
        });
        for (id, other) in [(one, two), (two, one)] {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.pair = Some(other);
            }
        }
    }

    fn accepted(&mut self, event: &Event, call: &Call, new: i32) {
        let listener = descriptor(call).and_then(|fd| self.find(event.pid, fd)).and_then(|id| self.sockets.get(&id));
        let peer = match call.arg("addr") {
            Some(Value::SockAddr(address)) => place(address),
            _ => None,
        };
        let base = listener.map(|listener| Socket {
            domain: listener.domain,
            kind: listener.kind,
            protocol: listener.protocol.clone(),
            local: listener.local.clone(),
            ..Socket::default()
        });
        let socket =
            Socket { peer, deeds: vec![earlier(event, Some(call), Deed::Accepted)], ..base.unwrap_or_default() };
        self.open(event.pid, new, socket);
    }

    fn duplicate(&mut self, pid: u32, old: Option<i32>, new: i32, event: &Event, call: &Call) {
        if old == Some(new) {
            return;
        }
        let id = old.and_then(|old| self.find(pid, old));
        if let Some(before) = self.tables.get_mut(&pid).and_then(|table| table.open.remove(&new)) {
            self.drop_descriptor(before, Some(&earlier(event, Some(call), Deed::Closed)));
        }
        if let Some(id) = id {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.descriptors += 1;
            }
            self.put(pid, new, id);
        }
    }

    fn fcntl(&mut self, event: &Event, call: &Call, ret: i64) {
        let Some(Value::Const(op)) = call.arg("op") else { return };
        let fd = descriptor(call);
        match op.raw as i32 {
            libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => self.duplicate(event.pid, fd, ret as i32, event, call),
            libc::F_SETFL => {
                if let (Some(Value::Flags(flags)), Some(id)) =
                    (call.arg("arg"), fd.and_then(|fd| self.find(event.pid, fd)))
                    && let Some(socket) = self.sockets.get_mut(&id)
                {
                    socket.set_nonblocking(flags.raw & libc::O_NONBLOCK as u64 != 0, || {
                        earlier(event, Some(call), Deed::MadeNonblocking)
                    });
                }
            }
            _ => {}
        }
    }
}

/// Whether one of two addresses is the unspecified one.
fn is_any(a: &str, b: &str) -> bool {
    [a, b].iter().any(|at| at.starts_with("0.0.0.0:") || at.starts_with("[::]:"))
}
