//! What a call does to its socket: states, transfers, and descriptors that come and go.

use super::{Builder, MAX_PASSED, Moment, Piece};
use crate::event::Ret;
use crate::sockets::descriptors::Object;
use crate::sockets::steps::{CallFacts, Payload};
use crate::sockets::{Phase, Transfer};
use crate::syscall::{Change, Effect};
use crate::value::{SockAddr, UnixName};

impl Effect {
    /// Whether a call is about each of its descriptors alike.
    pub(super) fn is_about_all(self) -> bool {
        matches!(self, Self::Waits)
    }
}

impl Builder {
    pub(super) fn effect(&mut self, sock: usize, at: Moment, facts: &mut CallFacts, errno: i32) {
        let (socket, track) = (&mut self.sockets[sock], &mut self.tracks[sock]);
        let done = matches!(facts.ret, Ret::Ok(_));
        let mut phase = |phase: Phase| {
            if socket.phases.last().map(|(_, last)| *last) != Some(phase) {
                socket.phases.push((at.event, phase));
            }
        };
        let waits =
            matches!(errno, 0 | libc::EAGAIN | libc::EINPROGRESS | libc::EALREADY | libc::EINTR | libc::EISCONN)
                || errno >= 512; // a restart code
        match facts.effect {
            Effect::Binds if done => {
                socket.local = facts.address.take();
                phase(Phase::Bound);
            }
            Effect::Listens if done => {
                (socket.listens, socket.kind) = (true, socket.kind.or(Some(libc::SOCK_STREAM)));
                phase(Phase::Listening);
            }
            Effect::Connects if done || errno == libc::EINPROGRESS => {
                socket.peer = facts.address.take();
                socket.family = socket.family.or(socket.peer.as_ref().map(|peer| peer.family().into()));
                track.connect.get_or_insert(at);
                phase(if done { Phase::Connected } else { Phase::Connecting });
            }
            Effect::Connects if !waits => {
                socket.peer = facts.address.take().or(socket.peer.take());
                track.connect.get_or_insert(at);
                phase(Phase::Failed(errno));
            }
            Effect::ReadsOption if facts.numbers.0 != 0 => phase(Phase::Failed(facts.numbers.0)),
            Effect::ReadsName if done => {
                let named = facts.address.take().filter(|local| *local != SockAddr::Unix(UnixName::Unnamed));
                socket.local = named.or(socket.local.take());
            }
            Effect::ReadsPeer if done => {
                socket.peer = facts.address.take().or(socket.peer.take());
                phase(Phase::Connected);
            }
            Effect::ShutsDown if done && facts.numbers.0 != libc::SHUT_RD => {
                track.finish.get_or_insert(at);
                phase(Phase::ShutDown);
            }
            Effect::Receives(_)
                if facts.ret == Ret::Ok(0)
                    && socket.kind != Some(libc::SOCK_DGRAM)
                    && facts.asked != Some(0)
                    && !facts.peeked =>
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

    pub(super) fn transfers(&mut self, sock: usize, at: Moment, sent: bool, messages: Vec<Payload>) {
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
            if !is_end && !self.online {
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
    pub(super) fn change(&mut self, pid: u32, at: Moment, facts: &CallFacts, subject: Option<usize>, done: bool) {
        match facts.change {
            Change::Makes { cloexec } if done => self.made(pid, at, facts, subject, cloexec),
            Change::Duplicates { fd, onto, cloexec } => {
                if let Ret::Ok(new) = facts.ret {
                    let new = onto.unwrap_or(new as i32);
                    let object = self.met(pid, fd, at);
                    if onto.is_some() {
                        let ended = self.descriptors.close(pid, new, at.begin_ns);
                        self.ended(ended, at);
                    }
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
                if let Ret::Ok(child @ 1..) = facts.ret
                    && self.forks.remove(&(child as u32)).is_some()
                {
                    self.descriptors.fork(pid, child as u32, shares, at.begin_ns);
                }
            }
            _ => {}
        }
        if let (Effect::Sends, Some(sock), false) = (facts.effect, subject, facts.rights.is_empty()) {
            let objects: Vec<Object> =
                facts.rights.iter().map(|fd| self.met(pid, *fd, at).unwrap_or(Object::Other)).collect();
            for object in &objects {
                if let Object::Socket(sock) = object {
                    self.descriptors.hold(*sock);
                }
            }
            self.passed.push_back((sock, objects));
            if self.passed.len() > MAX_PASSED {
                self.passed.pop_front();
            }
        }
    }

    /// What a descriptor of the present call is.
    pub(super) fn met(&mut self, pid: u32, fd: i32, at: Moment) -> Option<Object> {
        let met = self.objects.iter().find(|(other, _)| *other == fd).map(|(_, object)| *object);
        met.or_else(|| self.descriptors.find(pid, fd, at.begin_ns, false))
    }
}
