//! What the trace itself shows: which call made, bound, connected, shut down or closed the socket that a later call
//! fails on, and what the other end did.
//!
//! Sockets are followed by descriptor through duplication, `accept` and `fork`. A thread that a text shows under its
//! own number without its process is assumed to share the descriptors of the one that was busy before it appeared.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, VecDeque};

use super::subject::{
    CUT, TIME_OVER, TROUBLE, WAITING, descriptor, descriptors, epoll_set, errno, note, place, timeout, watched,
};
use crate::event::{Action, Body, Call, Earlier, Event, Evidence, FileFacts, Ret};
use crate::syscall::effect::number as number_of;
use crate::syscall::{Change, Effect, Made};
use crate::value::Value;

mod evidence;
mod socket;

use socket::{KnownSocket, earlier, made};

/// How many closed sockets are remembered.
const MAX_CLOSED: usize = 4096;
/// How many lines that opened something are kept.
const MAX_LINES: usize = 16;

/// The history of sockets in a trace.
#[derive(Debug, Default)]
pub struct History {
    sockets: HashMap<u64, KnownSocket>,
    next: u64,
    tables: HashMap<u32, DescriptorTable>,
    /// Sockets whose last descriptor is closed, the oldest first.
    closed: VecDeque<u64>,
    /// The process that made the last call.
    busy: Option<u32>,
    /// The last wait of each thread that did not only look, by its place in the trace.
    waits: HashMap<u32, u64>,
    /// The children that were waited for, by parent and child.
    reaped: HashMap<(u32, u32), Earlier>,
}

/// A descriptor of a socket.
#[derive(Debug, Clone, Copy)]
struct Open {
    id: u64,
    cloexec: bool,
}

/// The descriptors of a process.
#[derive(Debug, Default, Clone)]
struct DescriptorTable {
    open: HashMap<i32, Open>,
    closed: HashMap<i32, Earlier>,
    /// Who closed a number last, though it may be open again.
    last_closed: HashMap<i32, Earlier>,
    /// Open descriptors that are no sockets.
    files: HashMap<i32, Earlier>,
    /// What epoll sets watch, by the descriptor of the set, each with the program's note on it.
    watched: HashMap<i32, BTreeMap<i32, u64>>,
    /// The process whose descriptors it may share, for numbers it has not opened itself.
    like: Option<u32>,
    /// Whether it turned out to share them.
    shares: Cell<bool>,
}

impl DescriptorTable {
    /// A number is closed: the kernel takes it out of the sets that watch it, and a set ends.
    fn forget_watched(&mut self, fd: i32) {
        self.watched.remove(&fd);
        self.watched.values_mut().for_each(|members| _ = members.remove(&fd));
    }
}

impl History {
    /// Records an event.
    pub fn note(&mut self, event: &Event) {
        let call = match &event.body {
            Body::Call(call) => call,
            Body::Exit(_) => return self.ended(event),
            Body::Started { parent, shares } => return self.forked(*parent, event.pid, *shares),
            _ => return,
        };
        let pid = event.pid;
        if !self.tables.contains_key(&pid) {
            let like = self.busy;
            self.tables.insert(pid, DescriptorTable { like, ..DescriptorTable::default() });
        }
        self.busy = Some(pid);
        let earlier = |did| earlier(event, Some(call), did);
        let change = call.change();
        let done = matches!(call.ret, Ret::Ok(_));
        match change {
            Change::Makes { cloexec } if done => self.made(event, call, cloexec),
            Change::Duplicates { fd, onto, cloexec } => {
                if let Ret::Ok(new) = call.ret {
                    self.duplicate(event, call, fd, onto.unwrap_or(new as i32), cloexec);
                }
            }
            Change::Closes(fd) if done => self.close(pid, fd, &earlier(Action::Closed)),
            Change::ClosesRange(..) if done => {
                for fd in self.open_in(pid).into_iter().filter(|fd| change.closes(*fd, done)) {
                    self.close(pid, fd, &earlier(Action::Closed));
                }
            }
            Change::Marks { first, last, cloexec } if done => {
                let open = self.tables.get_mut(&pid).into_iter().flat_map(|table| &mut table.open);
                open.filter(|(fd, _)| (first..=last).contains(&(**fd as u32)))
                    .for_each(|(_, open)| open.cloexec = cloexec);
            }
            Change::Nothing if call.sys.effect == Effect::AwaitsChild => {
                if let Ret::Ok(child @ 1..) = call.ret {
                    if self.reaped.len() >= MAX_CLOSED {
                        self.reaped.clear();
                    }
                    self.reaped.insert((pid, child as u32), earlier(Action::Reaped));
                }
            }
            Change::Nothing if done => {
                if let Effect::Watches(at) = call.sys.effect {
                    self.watch(pid, call, at);
                }
            }
            Change::Executes if done => self.executed(pid, &earlier(Action::Closed)),
            Change::Forks { thread: false, shares } => {
                if let Ret::Ok(child @ 1..) = call.ret {
                    self.forked(pid, child as u32, shares);
                }
            }
            _ => {}
        }
        if call.sys.effect == Effect::Waits {
            self.waited(event, call);
        }
        if let Some(fd) = descriptor(call)
            && let Some(socket) = self.find(pid, fd).and_then(|open| self.sockets.get_mut(&open.id))
        {
            socket.note(call, &earlier);
        }
    }

    /// New descriptors: sockets, connections, and what was received with a message.
    fn made(&mut self, event: &Event, call: &Call, cloexec: bool) {
        let fds = call.made();
        let new = |action: Action| KnownSocket { actions: vec![earlier(event, Some(call), action)], ..made(call) };
        match (call.sys.effect, fds.as_slice()) {
            (Effect::Makes(Made::Socket, _), [fd]) => {
                self.open(event.pid, *fd, cloexec, new(Action::Made));
            }
            (Effect::Makes(Made::SocketPair, _), [one, two]) => {
                let one = self.open(event.pid, *one, cloexec, new(Action::Made));
                let two = self.open(event.pid, *two, cloexec, new(Action::Made));
                for (id, other) in [(one, two), (two, one)] {
                    if let Some(socket) = self.sockets.get_mut(&id) {
                        socket.pair = Some(other);
                    }
                }
            }
            (Effect::Accepts(_), [fd]) => self.accepted(event, call, *fd, cloexec),
            // The number now refers to something else.
            (_, fds) => {
                for fd in fds {
                    self.replace(event.pid, *fd);
                    let opened = earlier(event, Some(call), Action::Opened);
                    self.tables.entry(event.pid).or_default().files.insert(*fd, opened);
                }
            }
        }
    }

    /// The descriptors of sockets that a process has.
    fn open_in(&self, pid: u32) -> Vec<i32> {
        let mut open: Vec<i32> =
            self.tables.get(&pid).into_iter().flat_map(|table| table.open.keys().copied()).collect();
        open.sort_unstable();
        open
    }

    /// A process executed a program: its descriptors become its own, without those closed on exec.
    fn executed(&mut self, pid: u32, by: &Earlier) {
        self.inherit(pid);
        for fd in self.open_in(pid) {
            if self.find(pid, fd).is_some_and(|open| open.cloexec) {
                self.close(pid, fd, by);
            }
        }
    }

    /// A process made another one, whose first calls may come before the fork returns.
    fn forked(&mut self, pid: u32, child: u32, shares: bool) {
        let table = self.tables.entry(child).or_default();
        // A process that inherited from another one keeps what it has.
        if table.like.is_some() || table.open.is_empty() && table.closed.is_empty() {
            table.like = Some(pid);
        }
        if !shares {
            self.inherit(child);
        }
    }

    /// Copies the descriptors that a process may share with another one into its own table.
    fn inherit(&mut self, pid: u32) {
        let Some(like) = self.tables.get_mut(&pid).and_then(|table| table.like.take()) else { return };
        let Some(theirs) = self.tables.get(&like) else { return };
        let (mut open, closed, watched) = (theirs.open.clone(), theirs.closed.clone(), theirs.watched.clone());
        let Some(own) = self.tables.get_mut(&pid) else { return };
        own.shares.set(false);
        watched.into_iter().for_each(|(set, members)| _ = own.watched.entry(set).or_insert(members));
        open.retain(|fd, _| !own.open.contains_key(fd) && !own.closed.contains_key(fd));
        for (fd, by) in closed {
            if !own.open.contains_key(&fd) {
                own.closed.entry(fd).or_insert(by);
            }
        }
        for open in open.values() {
            if let Some(socket) = self.sockets.get_mut(&open.id) {
                socket.descriptors += 1;
            }
        }
        own.open.extend(open);
    }

    /// A process ended: the kernel closes its descriptors.
    fn ended(&mut self, event: &Event) {
        // Of a thread that shares its descriptors with others nothing is closed.
        let shared = self.tables.values().any(|table| table.like == Some(event.pid) && table.shares.get());
        if event.tid != event.pid || shared {
            return;
        }
        let Some(table) = self.tables.remove(&event.pid) else { return };
        let by = earlier(event, None, Action::Closed);
        let mut open: Vec<_> = table.open.into_values().map(|open| open.id).collect();
        open.sort_unstable();
        open.into_iter().for_each(|id| self.drop_descriptor(id, Some(&by)));
    }

    /// Adds what the trace shows about a call to its evidence.
    pub fn add(&self, event: &Event, call: &Call, evidence: &mut Evidence) {
        let number = errno(call);
        if let Some(libc::EMFILE | CUT) = number {
            evidence.earlier.extend(self.opened(event.pid));
        }
        if number == Some(libc::ECHILD) {
            let child = call.arg("pid").or_else(|| call.arg("id")).and_then(number_of);
            let reaped = child.and_then(|child| self.reaped.get(&(event.pid, child as u32)));
            evidence.earlier.extend(reaped.cloned());
        }
        if number == Some(libc::EBADF) && !evidence.live {
            let all = descriptors(call);
            let closed = all.iter().find(|fd| self.closed_by(event.pid, **fd).is_some());
            evidence.descriptor = closed.copied().filter(|_| all.len() > 1);
        }
        if let Some(number @ (TROUBLE | TIME_OVER | WAITING)) = number.filter(|_| call.sys.effect == Effect::Waits) {
            self.add_watched(event, call, number, evidence);
        }
        let Some(fd) = evidence.descriptor.or_else(|| descriptor(call)) else { return };
        let Some(Open { id, .. }) = self.find(event.pid, fd) else {
            if number == Some(libc::EBADF) || number == Some(TROUBLE) {
                evidence.earlier.extend(self.closed_by(event.pid, fd).cloned());
            }
            return self.others(event.pid, call, None, evidence);
        };
        let Some(socket) = self.sockets.get(&id) else { return };
        if let Some(made) = socket.actions.first().filter(|made| event.ts_ns != 0 && made.ts_ns > event.ts_ns) {
            // What was asked of this number is about another socket than the one the call was made on.
            (evidence.socket, evidence.sockets) = (None, Vec::new());
            let closed = self.tables.get(&event.pid).and_then(|table| table.last_closed.get(&fd));
            evidence.earlier.extend(closed.cloned());
            evidence.earlier.push(Earlier { did: Action::Replaced, ..made.clone() });
            return;
        }
        // The number refers to something else by now, and the call that closed it is not in the trace.
        if evidence.live && evidence.socket.is_none() && evidence.file.as_ref().is_some_and(FileFacts::is_other) {
            return;
        }
        evidence.earlier.extend(socket.actions.iter().cloned());
        match &mut evidence.socket {
            None => evidence.socket = Some(socket.endpoint()),
            // The kernel forgets where a connection that failed was to lead.
            Some(own) => {
                own.local = own.local.take().or_else(|| socket.local.clone());
                own.peer = own.peer.take().or_else(|| socket.peer.clone());
            }
        }
        if number.is_none() {
            evidence.earlier.extend(socket.in_vain.clone());
        }
        if let Some(own) = evidence.socket.as_mut().filter(|_| number.is_none() || call.sys.effect == Effect::Waits) {
            own.unanswered = socket.unanswered();
            own.peer = own.peer.take().or_else(|| socket.asked_at());
        }
        self.other_end(id, socket, evidence);
        self.others(event.pid, call, Some(id), evidence);
    }

    /// `epoll_ctl`.
    fn watch(&mut self, pid: u32, call: &Call, at: usize) {
        let (Some(Value::Fd(set)), Some(Value::Fd(fd))) = (call.args.first(), call.args.get(at)) else { return };
        let members = self.tables.entry(pid).or_default().watched.entry(set.raw).or_default();
        match call.arg("event") {
            Some(Value::Record(event)) => members.insert(fd.raw, note(event).unwrap_or_default()),
            _ => members.remove(&fd.raw),
        };
    }

    /// A wait has ended: what was sent on the sockets that it watched may still have no answer.
    fn waited(&mut self, event: &Event, call: &Call) {
        if timeout(call).is_some_and(|time| time.is_zero()) {
            return;
        }
        if self.waits.len() >= MAX_CLOSED {
            self.waits.clear();
        }
        self.waits.insert(event.tid, event.seq);
        let explained = call.why.as_ref().and_then(|why| why.cause.as_ref());
        if errno(call) != Some(TIME_OVER) || explained.is_some_and(|cause| !super::is_expected(cause)) {
            return;
        }
        let mut all = watched(call);
        all.extend(
            epoll_set(call).and_then(|set| self.members(event.pid, set)).into_iter().flatten().map(|(fd, _)| *fd),
        );
        for fd in all.into_iter().take(MAX_LINES) {
            let known = self.find(event.pid, fd).and_then(|open| self.sockets.get_mut(&open.id));
            if let Some(socket) = known.filter(|socket| socket.unanswered().is_some()) {
                socket.in_vain = Some(earlier(event, Some(call), Action::WaitedInVain));
            }
        }
    }

    /// Whether a call closes a socket since the last wait of its thread, for what was sent on it, brought no answer.
    pub(super) fn gives_up(&self, event: &Event, call: &Call) -> bool {
        let Change::Closes(fd) = call.change() else { return false };
        let socket = self.find(event.pid, fd).and_then(|open| self.sockets.get(&open.id));
        socket.filter(|socket| socket.descriptors == 1 && socket.unanswered().is_some()).is_some_and(|socket| {
            let last = self.waits.get(&event.tid);
            socket.in_vain.as_ref().is_some_and(|wait| Some(&wait.seq) == last)
        })
    }

    /// What an epoll set watches, as far as the trace shows it.
    fn members(&self, pid: u32, set: i32) -> Option<&BTreeMap<i32, u64>> {
        let table = self.tables.get(&pid)?;
        table.watched.get(&set).or_else(|| self.tables.get(&table.like?)?.watched.get(&set))
    }

    fn find(&self, pid: u32, fd: i32) -> Option<Open> {
        let table = self.tables.get(&pid)?;
        match table.open.get(&fd) {
            Some(open) => Some(*open),
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

    fn open(&mut self, pid: u32, fd: i32, cloexec: bool, socket: KnownSocket) -> u64 {
        let id = self.next;
        self.next += 1;
        self.sockets.insert(id, KnownSocket { descriptors: 1, ..socket });
        self.put(pid, fd, Open { id, cloexec });
        id
    }

    fn put(&mut self, pid: u32, fd: i32, open: Open) {
        self.replace(pid, fd);
        self.tables.entry(pid).or_default().open.insert(fd, open);
    }

    /// A descriptor is reused: its former socket was closed by a call that is not in the trace.
    fn replace(&mut self, pid: u32, fd: i32) {
        let table = self.tables.entry(pid).or_default();
        table.closed.remove(&fd);
        table.files.remove(&fd);
        table.forget_watched(fd);
        if let Some(before) = table.open.remove(&fd) {
            self.drop_descriptor(before.id, None);
        }
    }

    fn close(&mut self, pid: u32, fd: i32, by: &Earlier) {
        let owner = match self.tables.get(&pid) {
            Some(table) if table.open.contains_key(&fd) => Some(pid),
            Some(table) => table.like.filter(|like| self.tables.get(like).is_some_and(|t| t.open.contains_key(&fd))),
            None => None,
        };
        // Text does not show whether the closing thread shares the table, so its own descriptors are kept apart.
        let shared = owner.is_some_and(|owner| owner != pid);
        if let Some(table) = self.tables.get_mut(&pid) {
            table.closed.insert(fd, by.clone());
            table.last_closed.insert(fd, by.clone());
            table.files.remove(&fd);
            table.forget_watched(fd);
        }
        if shared {
            return;
        }
        if let Some(open) = self.tables.get_mut(&pid).and_then(|table| table.open.remove(&fd)) {
            self.drop_descriptor(open.id, Some(by));
        }
    }

    fn drop_descriptor(&mut self, id: u64, by: Option<&Earlier>) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.descriptors = socket.descriptors.saturating_sub(1);
        if socket.descriptors > 0 {
            return;
        }
        socket.actions.extend(by.cloned());
        self.closed.push_back(id);
        if self.closed.len() > MAX_CLOSED
            && let Some(oldest) = self.closed.pop_front()
        {
            self.sockets.remove(&oldest);
        }
    }

    fn accepted(&mut self, event: &Event, call: &Call, new: i32, cloexec: bool) {
        let listener = descriptor(call).and_then(|fd| self.find(event.pid, fd));
        let listener = listener.and_then(|open| self.sockets.get(&open.id));
        let peer = match call.arg("addr") {
            Some(Value::SockAddr(address)) => place(address),
            _ => None,
        };
        let base = listener.map(|listener| KnownSocket {
            domain: listener.domain,
            kind: listener.kind,
            protocol: listener.protocol.clone(),
            local: listener.local.clone(),
            ..KnownSocket::default()
        });
        let socket = KnownSocket {
            peer,
            actions: vec![earlier(event, Some(call), Action::Accepted)],
            ..base.unwrap_or_default()
        };
        self.open(event.pid, new, cloexec, socket);
    }

    fn duplicate(&mut self, event: &Event, call: &Call, old: i32, new: i32, cloexec: bool) {
        let pid = event.pid;
        let id = self.find(pid, old).map(|open| open.id);
        if let Some(before) = self.tables.get_mut(&pid).and_then(|table| table.open.remove(&new)) {
            self.drop_descriptor(before.id, Some(&earlier(event, Some(call), Action::Closed)));
        }
        if let Some(id) = id {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.descriptors += 1;
            }
            self.put(pid, new, Open { id, cloexec });
        }
    }
}
