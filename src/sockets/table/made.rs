//! The descriptors that calls make, by themselves or from messages.

use super::{Builder, Moment, is_any};
use crate::sockets::descriptors::Object;
use crate::sockets::steps::CallFacts;
use crate::sockets::{Origin, Phase, Socket, Use};
use crate::syscall::{Effect, Made};
use crate::value::{FdTarget, SockAddr, SocketTarget, UnixName};

impl Builder {
    /// A call made a socket, which has this descriptor.
    fn make(&mut self, pid: u32, at: Moment, fd: i32, socket: Socket, facts: &CallFacts, cloexec: bool) -> usize {
        let sock = self.add(pid, at, socket);
        // Those that the trace names: of `socket` and `socketpair` the first is what the call is about.
        let place = self.named.made.len() + usize::from(self.named.subject.is_some());
        let given = facts.given.as_ref().and_then(|given| match place {
            0 => given.sock,
            place => given.others.get(place - 1).copied(),
        });
        if let Some(number) = given {
            self.identity.number(&mut self.sockets, sock, number);
        }
        self.named.made.push(sock);
        self.bind(pid, fd, Object::Socket(sock), at, cloexec);
        self.learn(sock, facts.made_target(fd));
        sock
    }

    /// New descriptors.
    pub(super) fn made(&mut self, pid: u32, at: Moment, facts: &CallFacts, subject: Option<usize>, cloexec: bool) {
        let line = facts.line.clone();
        let (family, kind) = (Some(facts.numbers.0).filter(|n| *n >= 0), Some(facts.numbers.1).filter(|n| *n >= 0));
        match (facts.effect, facts.made.as_slice()) {
            (Effect::Makes(Made::Socket, _), [fd]) => {
                let new = Socket { origin: Origin::Made, family, kind, line, ..Socket::default() };
                self.make(pid, at, *fd, new, facts, cloexec);
            }
            (Effect::Makes(Made::SocketPair, _), [one, two]) => {
                let new = Socket { origin: Origin::Pair, family, kind, line, ..Socket::default() };
                let [a, b] = [*one, *two].map(|fd| self.make(pid, at, fd, new.clone(), facts, cloexec));
                (self.sockets[a].other, self.sockets[b].other) = (Some(b), Some(a));
                [a, b].into_iter().for_each(|sock| self.sockets[sock].phases.push((at.event, Phase::Connected)));
            }
            (Effect::Accepts(_), [fd]) => {
                let listener = subject.map(|listener| &self.sockets[listener]);
                let (family, local) = listener.map_or((None, None), |listener| {
                    (listener.family, listener.local.clone().filter(|local| !is_any(local)))
                });
                let kind = listener.and_then(|listener| listener.kind).or(Some(libc::SOCK_STREAM));
                let peer = facts.address.clone().filter(|peer| *peer != SockAddr::Unix(UnixName::Unnamed));
                let family = family.or(facts.address.as_ref().map(|peer| peer.family().into()));
                let origin = Origin::Accepted;
                let new = Socket { origin, family, kind, line, local, peer, listener: subject, ..Socket::default() };
                let sock = self.make(pid, at, *fd, new, facts, cloexec);
                self.sockets[sock].phases.push((at.event, Phase::Connected));
                self.tracks[sock].accept = Some(at);
                self.uses.push(Use { event: at.event, sock, fd: *fd, transfer: None });
            }
            (Effect::Receives(_), fds @ [_, ..]) => self.received(pid, at, fds, subject, facts, cloexec),
            (_, fds) => fds.iter().for_each(|fd| self.bind(pid, *fd, Object::Other, at, cloexec)),
        }
    }

    /// Descriptors came in a message: those that were sent to this socket, in order.
    fn received(
        &mut self,
        pid: u32,
        at: Moment,
        fds: &[i32],
        subject: Option<usize>,
        facts: &CallFacts,
        cloexec: bool,
    ) {
        let other = subject.and_then(|sock| self.sockets[sock].other);
        let fits = |(from, objects): &(usize, Vec<Object>)| {
            objects.len() >= fds.len() && other.is_none_or(|other| *from == other)
        };
        let from = self.passed.iter().position(fits).and_then(|place| self.passed.remove(place));
        let objects = from.map(|(_, objects)| objects);
        let given = facts.given.as_ref().filter(|given| given.others.len() == fds.len());
        for (place, fd) in fds.iter().enumerate() {
            let sent = objects.as_ref().and_then(|objects| objects.get(place)).copied();
            let passed =
                |builder: &mut Self| builder.add(pid, at, Socket { origin: Origin::Passed, ..Socket::default() });
            let number = given.map(|given| given.others[place]);
            let object = match (number, facts.made_target(*fd)) {
                (Some(number), _) => {
                    let sock = self.identity.by_number(number).unwrap_or_else(|| passed(self));
                    self.identity.number(&mut self.sockets, sock, number);
                    Object::Socket(sock)
                }
                (None, Some(FdTarget::Socket(SocketTarget { inode: Some(inode), .. }))) => {
                    Object::Socket(self.identity.by_inode(pid, *inode).unwrap_or_else(|| passed(self)))
                }
                (None, None | Some(FdTarget::Socket(_) | FdTarget::Verbatim { .. })) => {
                    // Not every passed descriptor is a socket; what it is shows when it is used.
                    sent.unwrap_or_else(|| Object::Socket(passed(self)))
                }
                (None, Some(_)) => Object::Other,
            };
            self.bind(pid, *fd, object, at, cloexec);
            if let Object::Socket(sock) = object {
                self.named.made.push(sock);
                self.learn(sock, facts.made_target(*fd));
            }
        }
        for object in objects.into_iter().flatten() {
            if let Object::Socket(sock) = object {
                self.descriptors.let_go(sock);
            }
        }
    }
}
