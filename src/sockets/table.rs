//! Puts the steps of a trace together: each descriptor gets its socket, each socket its story.

use std::collections::{HashMap, VecDeque};

use super::descriptors::{Ended, Object, SocketDescriptors};
use super::identity::Identity;
use super::steps::{Action, CallFacts, Payload, SocketStep, looked_up};
use super::{Socket, Sockets, Use, links, pairs};
use crate::event::{Ret, SocketUse};
use crate::syscall::{Change, Effect};
use crate::value::{FdTarget, SockAddr, SocketEnds, SocketTarget};

mod effects;
mod made;
mod order;

pub(super) use order::{Order, StepQueue};

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

/// The sockets that a call is about.
#[derive(Debug, Default)]
struct Named {
    subject: Option<usize>,
    /// The others among the descriptors it was given.
    watched: Vec<usize>,
    /// Those of the descriptors it returned.
    made: Vec<usize>,
    /// Bytes that went its way before.
    offset: Option<u64>,
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
    let mut order = Order::of(&steps);
    let mut builder = Builder::default();
    for step in &mut steps {
        order.done(step);
        builder.foresee(step);
    }
    let mut queue = StepQueue::default();
    steps.into_iter().for_each(|step| queue.add(step));
    while let Some(step) = queue.next(&mut builder) {
        builder.step(step);
    }
    builder.sort();
    let Builder { mut sockets, mut uses, tracks, .. } = builder;
    uses.sort_by_key(|one| one.event);
    pairs::join(&mut sockets, &tracks);
    let links = links::all(&sockets, &tracks);
    Sockets { sockets, uses, links }
}

#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) sockets: Vec<Socket>,
    tracks: Vec<Track>,
    uses: Vec<Use>,
    descriptors: SocketDescriptors,
    /// The creators of processes.
    forks: HashMap<u32, (u32, bool, u64)>,
    /// What was sent in messages and not received yet: the sending socket, and what each descriptor was.
    passed: VecDeque<(usize, Vec<Object>)>,
    pub(super) identity: Identity,
    /// What the descriptors of the present call are.
    objects: Vec<(i32, Object)>,
    /// What the present call is about.
    named: Named,
    /// Whether only the present call is of interest: then ends are joined at once, and nothing is kept for later.
    online: bool,
    /// Sockets that were closed, the oldest first; while a call on one may still return, it keeps its place.
    retired: VecDeque<usize>,
    /// Places of sockets that are free for others.
    free: Vec<usize>,
    /// Sockets whose places others got, where they are wanted.
    #[cfg(feature = "tables")]
    pub(super) gone: Option<Vec<super::SocketRecord>>,
}

/// How many closed sockets are remembered where sockets are named while they are used.
const MAX_RETIRED: usize = 1 << 16;

/// How many messages with descriptors are remembered that nobody has received.
const MAX_PASSED: usize = 4096;

impl Builder {
    /// One whose sockets are numbered from there, and joined at once.
    pub(super) fn online(first: u64) -> Self {
        Self { online: true, identity: Identity::from(first), ..Self::default() }
    }

    /// What a step shows of those before it: the trace has the call that made a process behind the first of its calls.
    pub(super) fn foresee(&mut self, step: &SocketStep) {
        self.descriptors.knows_threads |= step.pid != step.tid;
        if let Action::Call(facts) = &step.action
            && let (Change::Forks { thread: false, shares }, Ret::Ok(child @ 1..)) = (facts.change, facts.ret)
        {
            self.forks.insert(child as u32, (step.pid, shares, step.begin_ns));
        }
        if let Action::Started { parent, shares } = step.action {
            self.forks.entry(step.pid).or_insert((parent, shares, step.begin_ns));
        }
    }

    /// Puts the sockets in the order of their numbers, where a trace has numbered them otherwise.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.sockets.len()).collect();
        order.sort_by_key(|at| self.sockets[*at].number);
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, at)| places[*at] = place);
        let (mut sockets, mut tracks) = (std::mem::take(&mut self.sockets), std::mem::take(&mut self.tracks));
        for at in order {
            let mut socket = std::mem::take(&mut sockets[at]);
            socket.other = socket.other.map(|other| places[other]);
            socket.listener = socket.listener.map(|listener| places[listener]);
            self.sockets.push(socket);
            self.tracks.push(std::mem::take(&mut tracks[at]));
        }
        self.uses.iter_mut().for_each(|one| one.sock = places[one.sock]);
    }

    /// What the call of the last step is about.
    pub(super) fn take_named(&mut self) -> Option<Box<SocketUse>> {
        self.uses.clear();
        let Named { subject, watched, made, offset } = std::mem::take(&mut self.named);
        let sock = subject.or_else(|| made.first().copied());
        let others = watched.iter().chain(made.iter().filter(|made| Some(**made) != sock));
        let others = others.map(|other| self.sockets[*other].number).collect::<Vec<_>>();
        let Some(sock) = sock else {
            return (!others.is_empty()).then(|| Box::new(SocketUse { others, ..SocketUse::default() }));
        };
        let socket = &self.sockets[sock];
        Some(Box::new(SocketUse {
            sock: Some(socket.number),
            others,
            family: socket.family,
            protocol: Some(socket.protocol()).filter(|name| name != "?").map(Into::into),
            local: socket.local.clone(),
            peer: socket.peer.clone(),
            peer_sock: socket.other.map(|other| self.sockets[other].number),
            offset,
        }))
    }

    pub(super) fn step(&mut self, step: SocketStep) {
        if let Some((parent, shares, at_ns)) = self.forks.remove(&step.pid) {
            self.descriptors.fork(parent, step.pid, shares, at_ns);
        }
        let at = Moment { event: step.event, begin_ns: step.begin_ns, end_ns: step.end_ns };
        match step.action {
            Action::Call(facts) => self.call(step.pid, at, *facts),
            Action::Exit if step.pid == step.tid => {
                let ended = self.descriptors.end(step.pid, step.begin_ns);
                self.ended(ended, at);
            }
            Action::Exit | Action::Started { .. } => {}
        }
    }

    fn call(&mut self, pid: u32, at: Moment, mut facts: CallFacts) {
        let done = matches!(facts.ret, Ret::Ok(_));
        let errno = if let Ret::Err(errno) = facts.ret { errno.0 } else { 0 };
        let works = !matches!(errno, libc::EBADF | libc::ENOTSOCK);
        let mut subject = None;
        let mut source = None;
        self.objects.clear();
        for (place, fd) in std::mem::take(&mut facts.fds).into_iter().enumerate() {
            let found = self.object(pid, fd, at, &facts, place, works && facts.of_sockets);
            let sock = match found {
                Some(Object::Socket(sock)) => sock,
                None if place == 0 && facts.of_sockets && works && fd >= 0 => self.found(pid, fd, at, &facts),
                _ => continue,
            };
            if facts.subject == Some(place) {
                self.named.subject = Some(sock);
            } else {
                self.named.watched.push(sock);
            }
            self.learn(sock, facts.target(fd));
            if place == 0 {
                subject = Some(sock);
            } else if matches!(facts.effect, Effect::Copies { .. }) {
                source = Some(sock);
            }
            self.uses.push(Use { event: at.event, sock, fd, transfer: None });
            if facts.effect.is_about_all() || place == 0 {
                self.sockets[sock].calls += 1;
            }
        }
        if let (Some(sock), Ret::Ok(bytes @ 1..)) = (source, facts.ret) {
            let message = Payload { bytes: bytes as u64, ..Payload::default() };
            self.transfers(sock, at, false, vec![message]);
        }
        if let (Some(sock), Some(given)) = (self.named.subject, &facts.given) {
            // What the trace itself says of its addresses, which its calls may not show.
            let socket = &mut self.sockets[sock];
            let knows = |own: &Option<SockAddr>| own.as_ref().is_some_and(|own| !is_any(own));
            for (own, given) in [(&mut socket.local, &given.local), (&mut socket.peer, &given.peer)] {
                if !knows(own) && knows(given) {
                    own.clone_from(given);
                }
            }
        }
        if let Some(sock) = subject {
            let socket = &self.sockets[sock];
            self.named.offset = match facts.effect {
                _ if !socket.is_stream() => None,
                Effect::Sends | Effect::Copies { .. } => Some(socket.sent.bytes),
                Effect::Receives(_) => Some(socket.received.bytes),
                _ => None,
            };
            self.effect(sock, at, &mut facts, errno);
            if done {
                let sent = !matches!(facts.effect, Effect::Receives(_));
                let messages = std::mem::take(&mut facts.messages);
                facts.rights = messages.iter().flat_map(|message| message.rights.iter().copied()).collect();
                self.transfers(sock, at, sent, messages);
            }
        }
        self.change(pid, at, &facts, subject, done);
        // What was looked up when it had returned.
        for (fd, object) in std::mem::take(&mut self.objects) {
            if let Object::Socket(sock) = object {
                self.learn(sock, facts.made_target(fd));
            }
        }
        if self.online {
            let met: Vec<usize> = self.named.subject.iter().chain(&self.named.made).copied().collect();
            met.into_iter().for_each(|sock| self.identity.meet(&mut self.sockets, sock));
        }
    }

    /// What a descriptor of a call is: what the trace itself names it or shows that it refers to, or else what follows from
    /// the calls before.
    fn object(
        &mut self,
        pid: u32,
        fd: i32,
        at: Moment,
        facts: &CallFacts,
        place: usize,
        works: bool,
    ) -> Option<Object> {
        let found = self.descriptors.find(pid, fd, at.begin_ns, works);
        let known = if let Some(Object::Socket(sock)) = found { Some(sock) } else { None };
        let given = facts.given.as_ref().filter(|_| facts.subject == Some(place)).and_then(|given| given.sock);
        let object = match (given, facts.target(fd)) {
            (Some(number), _) => {
                // A number that we gave a socket ourselves, until the trace shows its own, says less than the descriptor.
                let numbered = self.identity.by_number(number);
                let ours = |sock: &usize| !self.sockets[*sock].given;
                Some(numbered.filter(|sock| !ours(sock)).or(known.filter(ours)).or(numbered))
            }
            (None, Some(FdTarget::Socket(SocketTarget { inode: Some(inode), .. }))) => {
                let same = |sock: &usize| self.sockets[*sock].inode.is_none_or(|known| known == *inode);
                Some(known.filter(same).or_else(|| self.identity.by_inode(pid, *inode)))
            }
            (None, Some(FdTarget::Socket(_))) => Some(known),
            (None, None | Some(FdTarget::Verbatim { .. })) => None,
            (None, Some(_)) => return Some(Object::Other),
        };
        // `None`: nothing is shown; `Some(None)`: a socket that was not met before.
        let Some(shown) = object else {
            self.objects.extend(found.map(|object| (fd, object)));
            return found;
        };
        let sock = match shown {
            Some(sock) => {
                if Some(sock) != known {
                    self.rebind(pid, fd, sock, at);
                }
                sock
            }
            None => self.found(pid, fd, at, facts),
        };
        if let Some(number) = given {
            self.identity.number(&mut self.sockets, sock, number);
        }
        self.objects.push((fd, Object::Socket(sock)));
        Some(Object::Socket(sock))
    }

    /// A descriptor turns out to refer to a socket that is known by another one.
    fn rebind(&mut self, pid: u32, fd: i32, sock: usize, at: Moment) {
        self.bind(pid, fd, Object::Socket(sock), Moment { end_ns: at.begin_ns, ..at }, false);
    }

    /// A socket that was there before the trace shows how it was made.
    fn found(&mut self, pid: u32, fd: i32, at: Moment, facts: &CallFacts) -> usize {
        let kind = match facts.effect {
            Effect::Accepts(_) | Effect::Listens => Some(libc::SOCK_STREAM),
            _ => None,
        };
        let sock = self.add(pid, at, Socket { kind, ..Socket::default() });
        // Since ever, or since the number's last meaning ended.
        let since_ns = if self.descriptors.has_met(pid, fd) { at.begin_ns } else { 0 };
        self.bind(pid, fd, Object::Socket(sock), Moment { end_ns: since_ns, ..at }, false);
        sock
    }

    fn add(&mut self, pid: u32, at: Moment, socket: Socket) -> usize {
        if self.retired.len() > MAX_RETIRED {
            let old = self.retired.pop_front().filter(|sock| !self.descriptors.has(*sock));
            self.free.extend(old);
        }
        let free = self.free.pop();
        let sock = free.unwrap_or(self.sockets.len());
        if free.is_some() {
            #[cfg(feature = "tables")]
            if self.gone.is_some() {
                let record = self.record(sock);
                self.gone.iter_mut().for_each(|gone| gone.push(record.clone()));
            }
            self.identity.forget(&mut self.sockets, sock);
            self.tracks[sock] = Track::default();
        } else {
            self.sockets.push(Socket::default());
            self.tracks.push(Track::default());
        }
        self.sockets[sock] = Socket { number: self.identity.next(sock), made: at.event, pid, ..socket };
        sock
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
            if self.online {
                self.retired.push_back(sock);
            }
        }
    }

    /// What was looked up of a socket is so.
    fn learn(&mut self, sock: usize, target: Option<&FdTarget>) {
        let Some(target) = looked_up(target) else { return };
        if let Some(inode) = target.inode {
            self.identity.learn(&mut self.sockets, sock, inode);
        }
        if let Some(SocketEnds::Unix { peer: Some(peer), .. }) = target.ends {
            self.identity.joins(&mut self.sockets, sock, peer);
        }
        let socket = &mut self.sockets[sock];
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
}

/// Whether an address stands for all of the machine's.
pub(super) fn is_any(address: &SockAddr) -> bool {
    address.ip_and_port().is_some_and(|(ip, _)| ip.is_unspecified())
}
