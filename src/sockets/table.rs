//! Puts the steps of a trace together: each descriptor gets its socket, each socket its story.

use std::collections::{HashMap, VecDeque};

use super::descriptors::{Ended, Object, SocketDescriptors};
use super::steps::{Deeds, Did, Message, SocketStep, looked_up};
use super::{Origin, Phase, Socket, Sockets, Transfer, Use, links, pairs};
use crate::event::Ret;
use crate::syscall::{Change, Effect, Made};
use crate::value::{FdTarget, SockAddr, SocketEnds, UnixName};

/// What is needed to find a socket's other end and the calls there.
#[derive(Debug, Default)]
pub(super) struct Track {
    pub(super) sent: Vec<Piece>,
    pub(super) received: Vec<Piece>,
    /// The calls that asked for the connection and accepted it.
    pub(super) connect: Option<Moment>,
    pub(super) accept: Option<Moment>,
    /// The call by which its own side ended.
    pub(super) finish: Option<Moment>,
    /// The call that saw the other side's end, and that saw the connection cut off.
    pub(super) saw_end: Option<Moment>,
    pub(super) saw_reset: Option<Moment>,
}

/// A call in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) event: usize,
    pub(super) begin_ns: u64,
    pub(super) end_ns: u64,
}

/// By how much the end of a call may seem too early in strace's text: its duration begins only when the first half of its
/// line was written, its time before that, and both are cut to microseconds.
const CLOCK_NS: u64 = 1_000_000;

impl Moment {
    /// Whether what this call began can have been over by the end of another.
    pub(super) fn can_precede(&self, other: &Self) -> bool {
        self.begin_ns <= other.end_ns.saturating_add(CLOCK_NS)
    }
}

/// Bytes that a call sent or received at once.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) at: Moment,
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) head: Vec<u8>,
    /// Of a message, where it was sent to or came from.
    pub(super) address: Option<SockAddr>,
}

/// The sockets of all steps.
pub(super) fn sockets(mut steps: Vec<SocketStep>) -> Sockets {
    in_order(&mut steps);
    let mut builder = Builder::default();
    builder.descriptors.knows_threads = steps.iter().any(|step| step.pid != step.tid);
    for step in &steps {
        if let Did::Call(deeds) = &step.did
            && let (Change::Forks { thread: false, shares }, Ret::Ok(child @ 1..)) = (deeds.change, deeds.ret)
        {
            builder.forks.insert(child as u32, (step.pid, shares, step.begin_ns));
        }
        if let Did::Started { parent, shares } = step.did {
            builder.forks.entry(step.pid).or_insert((parent, shares, step.begin_ns));
        }
    }
    for step in steps {
        builder.step(step);
    }
    let Builder { mut sockets, mut uses, tracks, .. } = builder;
    uses.sort_by_key(|one| one.event);
    pairs::join(&mut sockets, &tracks);
    let links = links::all(&sockets, &tracks);
    Sockets { sockets, uses, links }
}

/// A call has done what it does when it ends; events of one moment stand in their order. Only descriptors that a call sends
/// may be received before it has returned: they are gone when it begins, though not before its thread's last call.
fn in_order(steps: &mut [SocketStep]) {
    let passes = |step: &SocketStep| match &step.did {
        Did::Call(deeds) => {
            deeds.effect == Effect::Sends && deeds.messages.iter().any(|message| !message.rights.is_empty())
        }
        _ => false,
    };
    let is_text = steps.iter().all(|step| step.begin_ns % 1000 == 0);
    let slack_ns = if is_text { CLOCK_NS } else { 0 };
    let mut last: HashMap<u32, u64> = HashMap::new();
    for step in &mut *steps {
        let before = last.entry(step.tid).or_default();
        step.done_ns = match passes(step) {
            true => step.begin_ns.saturating_sub(slack_ns).max(*before),
            false => step.end_ns,
        };
        if step.end_ns != u64::MAX {
            *before = step.end_ns;
        }
    }
    steps.sort_by_key(|step| (step.done_ns, step.event));
}

#[derive(Debug, Default)]
struct Builder {
    sockets: Vec<Socket>,
    tracks: Vec<Track>,
    uses: Vec<Use>,
    descriptors: SocketDescriptors,
    /// The creators of processes.
    forks: HashMap<u32, (u32, bool, u64)>,
    /// What was sent in messages and not received yet: the sending socket, and what each descriptor was.
    passed: VecDeque<(usize, Vec<Object>)>,
}

impl Builder {
    fn step(&mut self, step: SocketStep) {
        if let Some((parent, shares, at_ns)) = self.forks.remove(&step.pid) {
            self.descriptors.fork(parent, step.pid, shares, at_ns);
        }
        let at = Moment { event: step.event, begin_ns: step.begin_ns, end_ns: step.end_ns };
        match step.did {
            Did::Call(deeds) => self.call(step.pid, at, *deeds),
            Did::Exit if step.pid == step.tid => {
                let ended = self.descriptors.end(step.pid, step.begin_ns);
                self.ended(ended, at);
            }
            Did::Exit | Did::Started { .. } => {}
        }
    }

    fn call(&mut self, pid: u32, at: Moment, mut deeds: Deeds) {
        let done = matches!(deeds.ret, Ret::Ok(_));
        let errno = if let Ret::Err(errno) = deeds.ret { errno.0 } else { 0 };
        let works = !matches!(errno, libc::EBADF | libc::ENOTSOCK);
        let mut subject = None;
        let mut source = None;
        for (place, fd) in std::mem::take(&mut deeds.fds).into_iter().enumerate() {
            let found = self.descriptors.find(pid, fd, at.begin_ns, works && deeds.of_sockets);
            let target = deeds.target.as_deref().filter(|_| place == 0 && deeds.made.is_empty());
            let sock = match (found, looked_up(target)) {
                (Some(Object::Socket(sock)), _) => sock,
                (None, Some(_)) => self.found(pid, fd, at, &deeds),
                (None, None) if place == 0 && deeds.of_sockets && works && fd >= 0 => self.found(pid, fd, at, &deeds),
                _ => continue,
            };
            if place == 0 {
                subject = Some(sock);
                self.learn(sock, target);
            } else if matches!(deeds.effect, Effect::Copies { .. }) {
                source = Some(sock);
            }
            self.uses.push(Use { event: at.event, sock, fd, transfer: None });
            if deeds.effect.is_about_all() || place == 0 {
                self.sockets[sock].calls += 1;
            }
        }
        if let (Some(sock), Ret::Ok(bytes @ 1..)) = (source, deeds.ret) {
            let message = Message { bytes: bytes as u64, ..Message::default() };
            self.transfers(sock, at, false, vec![message]);
        }
        if let Some(sock) = subject {
            self.effect(sock, at, &mut deeds, errno);
            if done {
                let sent = !matches!(deeds.effect, Effect::Receives(_));
                let messages = std::mem::take(&mut deeds.messages);
                deeds.rights = messages.iter().flat_map(|message| message.rights.iter().copied()).collect();
                self.transfers(sock, at, sent, messages);
            }
        }
        self.change(pid, at, &deeds, subject, done);
    }

    /// A socket that was there before the trace shows how it was made.
    fn found(&mut self, pid: u32, fd: i32, at: Moment, deeds: &Deeds) -> usize {
        let kind = match deeds.effect {
            Effect::Accepts(_) | Effect::Listens => Some(libc::SOCK_STREAM),
            _ => None,
        };
        let sock = self.add(pid, at, Socket { kind, ..Socket::default() });
        self.bind(pid, fd, Object::Socket(sock), Moment { end_ns: 0, ..at }, false);
        sock
    }

    fn add(&mut self, pid: u32, at: Moment, socket: Socket) -> usize {
        self.sockets.push(Socket { made: at.event, pid, ..socket });
        self.tracks.push(Track::default());
        self.sockets.len() - 1
    }

    fn bind(&mut self, pid: u32, fd: i32, object: Object, at: Moment, cloexec: bool) {
        let ended = self.descriptors.bind(pid, fd, object, at.end_ns, cloexec);
        self.ended(ended, at);
    }

    fn ended(&mut self, ended: Ended, at: Moment) {
        for sock in ended {
            self.sockets[sock].closed = Some(at.event);
            let track = &mut self.tracks[sock];
            track.finish.get_or_insert(at);
        }
    }

    /// What was looked up of a socket is so.
    fn learn(&mut self, sock: usize, target: Option<&FdTarget>) {
        let Some(target) = looked_up(target) else { return };
        let socket = &mut self.sockets[sock];
        socket.inode = socket.inode.or(target.inode);
        let kind = target.protocol.as_deref().unwrap_or_default();
        let known = match kind {
            "TCP" => Some((libc::AF_INET, libc::SOCK_STREAM)),
            "TCPv6" => Some((libc::AF_INET6, libc::SOCK_STREAM)),
            "UDP" => Some((libc::AF_INET, libc::SOCK_DGRAM)),
            "UDPv6" => Some((libc::AF_INET6, libc::SOCK_DGRAM)),
            "UNIX-STREAM" => Some((libc::AF_UNIX, libc::SOCK_STREAM)),
            "UNIX-DGRAM" => Some((libc::AF_UNIX, libc::SOCK_DGRAM)),
            "UNIX-SEQPACKET" => Some((libc::AF_UNIX, libc::SOCK_SEQPACKET)),
            _ => None,
        };
        if let Some((family, kind)) = known {
            (socket.family, socket.kind) = (Some(family), Some(kind));
        }
        match &target.ends {
            Some(SocketEnds::Inet { local, peer }) => {
                socket.local = Some((*local).into());
                socket.peer = peer.map(Into::into).or(socket.peer.take());
            }
            Some(SocketEnds::Unix { name: Some(name), .. }) => socket.local = Some(SockAddr::Unix(name.clone())),
            _ => {}
        }
    }

    fn effect(&mut self, sock: usize, at: Moment, deeds: &mut Deeds, errno: i32) {
        let (socket, track) = (&mut self.sockets[sock], &mut self.tracks[sock]);
        let done = matches!(deeds.ret, Ret::Ok(_));
        let mut phase = |phase: Phase| {
            if socket.phases.last().map(|(_, last)| *last) != Some(phase) {
                socket.phases.push((at.event, phase));
            }
        };
        let waits =
            matches!(errno, 0 | libc::EAGAIN | libc::EINPROGRESS | libc::EALREADY | libc::EINTR | libc::EISCONN)
                || errno >= 512; // a restart code
        match deeds.effect {
            Effect::Binds if done => {
                socket.local = deeds.address.take();
                phase(Phase::Bound);
            }
            Effect::Listens if done => {
                (socket.listens, socket.kind) = (true, socket.kind.or(Some(libc::SOCK_STREAM)));
                phase(Phase::Listening);
            }
            Effect::Connects if done || errno == libc::EINPROGRESS => {
                socket.peer = deeds.address.take();
                socket.family = socket.family.or(socket.peer.as_ref().map(|peer| peer.family().into()));
                track.connect.get_or_insert(at);
                phase(if done { Phase::Connected } else { Phase::Connecting });
            }
            Effect::Connects if !waits => {
                socket.peer = deeds.address.take().or(socket.peer.take());
                track.connect.get_or_insert(at);
                phase(Phase::Failed(errno));
            }
            Effect::ReadsOption if deeds.numbers.0 != 0 => phase(Phase::Failed(deeds.numbers.0)),
            Effect::ReadsName if done => socket.local = deeds.address.take().or(socket.local.take()),
            Effect::ReadsPeer if done => {
                socket.peer = deeds.address.take().or(socket.peer.take());
                phase(Phase::Connected);
            }
            Effect::ShutsDown if done && deeds.numbers.0 != libc::SHUT_RD => {
                track.finish.get_or_insert(at);
                phase(Phase::ShutDown);
            }
            Effect::Receives(_)
                if deeds.ret == Ret::Ok(0)
                    && socket.kind != Some(libc::SOCK_DGRAM)
                    && deeds.asked != Some(0)
                    && !deeds.peeked =>
            {
                track.saw_end.get_or_insert(at);
                phase(Phase::Ended);
            }
            Effect::Sends | Effect::Receives(_) if errno == libc::ECONNRESET || errno == libc::EPIPE => {
                track.saw_reset.get_or_insert(at);
                phase(Phase::Failed(errno));
            }
            _ => {}
        }
        let socket = &mut self.sockets[sock];
        if !waits {
            socket.failed += 1;
        }
    }

    fn transfers(&mut self, sock: usize, at: Moment, sent: bool, messages: Vec<Message>) {
        let (socket, track) = (&mut self.sockets[sock], &mut self.tracks[sock]);
        let (count, pieces) =
            if sent { (&mut socket.sent, &mut track.sent) } else { (&mut socket.received, &mut track.received) };
        if messages.is_empty() {
            return;
        }
        let offset = count.bytes;
        let mut bytes = 0;
        for message in messages {
            let is_end = message.bytes == 0 && socket.kind != Some(libc::SOCK_DGRAM);
            if !is_end {
                let (head, address) = (message.head, message.address);
                pieces.push(Piece { at, offset: offset + bytes, bytes: message.bytes, head, address });
            }
            bytes += message.bytes;
        }
        if bytes > 0 || socket.kind == Some(libc::SOCK_DGRAM) {
            count.bytes += bytes;
            count.calls += 1;
            if let Some((_, Phase::Connecting)) = socket.phases.last() {
                socket.phases.push((at.event, Phase::Connected));
            }
            if let Some(own) =
                self.uses.iter_mut().rev().take_while(|own| own.event == at.event).find(|own| own.sock == sock)
            {
                own.transfer = Some(Transfer { sent, offset, bytes });
            }
        }
    }

    /// What the call does to descriptors.
    fn change(&mut self, pid: u32, at: Moment, deeds: &Deeds, subject: Option<usize>, done: bool) {
        match deeds.change {
            Change::Makes { cloexec } if done => self.made(pid, at, deeds, subject, cloexec),
            Change::Duplicates { fd, onto, cloexec } => {
                if let Ret::Ok(new) = deeds.ret {
                    let new = onto.unwrap_or(new as i32);
                    let object = self.descriptors.find(pid, fd, at.begin_ns, false);
                    let ended = self.descriptors.close(pid, new, at.begin_ns);
                    self.ended(ended, at);
                    self.bind(pid, new, object.unwrap_or(Object::Other), at, cloexec);
                }
            }
            Change::Closes(fd) => {
                let ended = self.descriptors.close(pid, fd, at.begin_ns);
                self.ended(ended, at);
            }
            Change::ClosesRange(first, last) if done => {
                let within = |fd: i32, _| (first..=last).contains(&(fd as u32));
                let ended = self.descriptors.close_all(pid, at.begin_ns, within);
                self.ended(ended, at);
            }
            Change::Marks { first, last, cloexec } if done => self.descriptors.mark(pid, first, last, cloexec),
            Change::Executes if done => {
                let ended = self.descriptors.close_all(pid, at.begin_ns, |_, cloexec| cloexec);
                self.ended(ended, at);
            }
            Change::Forks { thread: false, shares } => {
                if let Ret::Ok(child @ 1..) = deeds.ret
                    && self.forks.remove(&(child as u32)).is_some()
                {
                    self.descriptors.fork(pid, child as u32, shares, at.begin_ns);
                }
            }
            _ => {}
        }
        if let (Effect::Sends, Some(sock), false) = (deeds.effect, subject, deeds.rights.is_empty()) {
            let object = |fd: &i32| self.descriptors.find(pid, *fd, at.begin_ns, false).unwrap_or(Object::Other);
            let objects: Vec<Object> = deeds.rights.iter().map(object).collect();
            for object in &objects {
                if let Object::Socket(sock) = object {
                    self.descriptors.hold(*sock);
                }
            }
            self.passed.push_back((sock, objects));
        }
    }

    /// New descriptors.
    fn made(&mut self, pid: u32, at: Moment, deeds: &Deeds, subject: Option<usize>, cloexec: bool) {
        let line = deeds.line.clone();
        let (family, kind) = (Some(deeds.numbers.0).filter(|n| *n >= 0), Some(deeds.numbers.1).filter(|n| *n >= 0));
        match (deeds.effect, deeds.made.as_slice()) {
            (Effect::Makes(Made::Socket, _), [fd]) => {
                let sock = self.add(pid, at, Socket { origin: Origin::Made, family, kind, line, ..Socket::default() });
                self.bind(pid, *fd, Object::Socket(sock), at, cloexec);
                self.learn(sock, deeds.target.as_deref());
            }
            (Effect::Makes(Made::SocketPair, _), [one, two]) => {
                let new = Socket { origin: Origin::Pair, family, kind, line, ..Socket::default() };
                let (a, b) = (self.add(pid, at, new.clone()), self.add(pid, at, new));
                (self.sockets[a].other, self.sockets[b].other) = (Some(b), Some(a));
                for (fd, sock) in [(*one, a), (*two, b)] {
                    self.sockets[sock].phases.push((at.event, Phase::Connected));
                    self.bind(pid, fd, Object::Socket(sock), at, cloexec);
                }
            }
            (Effect::Accepts(_), [fd]) => {
                let listener = subject.map(|listener| &self.sockets[listener]);
                let (family, local) = listener.map_or((None, None), |listener| {
                    (listener.family, listener.local.clone().filter(|local| !is_any(local)))
                });
                let kind = listener.and_then(|listener| listener.kind).or(Some(libc::SOCK_STREAM));
                let peer = deeds.address.clone().filter(|peer| *peer != SockAddr::Unix(UnixName::Unnamed));
                let family = family.or(deeds.address.as_ref().map(|peer| peer.family().into()));
                let origin = Origin::Accepted;
                let new = Socket { origin, family, kind, line, local, peer, listener: subject, ..Socket::default() };
                let sock = self.add(pid, at, new);
                self.sockets[sock].phases.push((at.event, Phase::Connected));
                self.tracks[sock].accept = Some(at);
                self.bind(pid, *fd, Object::Socket(sock), at, cloexec);
                self.learn(sock, deeds.target.as_deref());
                self.uses.push(Use { event: at.event, sock, fd: *fd, transfer: None });
            }
            (Effect::Receives(_), fds @ [_, ..]) => self.received(pid, at, fds, subject, cloexec),
            (_, fds) => fds.iter().for_each(|fd| self.bind(pid, *fd, Object::Other, at, cloexec)),
        }
    }

    /// Descriptors came in a message: those that were sent to this socket, in order.
    fn received(&mut self, pid: u32, at: Moment, fds: &[i32], subject: Option<usize>, cloexec: bool) {
        let other = subject.and_then(|sock| self.sockets[sock].other);
        let fits = |(from, objects): &(usize, Vec<Object>)| {
            objects.len() >= fds.len() && other.is_none_or(|other| *from == other)
        };
        let from = self.passed.iter().position(fits).and_then(|place| self.passed.remove(place));
        let objects = from.map(|(_, objects)| objects);
        for (place, fd) in fds.iter().enumerate() {
            let object = match objects.as_ref().and_then(|objects| objects.get(place)) {
                Some(known) => *known,
                // Not every passed descriptor is a socket; what it is shows when it is used.
                None => {
                    let sock = self.add(pid, at, Socket { origin: Origin::Passed, ..Socket::default() });
                    Object::Socket(sock)
                }
            };
            self.bind(pid, *fd, object, at, cloexec);
        }
        for object in objects.into_iter().flatten() {
            if let Object::Socket(sock) = object {
                self.descriptors.let_go(sock);
            }
        }
    }
}

/// Whether an address stands for all of the machine's.
pub(super) fn is_any(address: &SockAddr) -> bool {
    address.ip_and_port().is_some_and(|(ip, _)| ip.is_unspecified())
}

impl Effect {
    /// Whether a call is about each of its descriptors alike.
    fn is_about_all(self) -> bool {
        matches!(self, Self::Waits)
    }
}
