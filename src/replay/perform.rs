//! One recorded call, made through the layer.

use std::collections::HashMap;
use std::fs::File;
use std::io::{PipeReader, PipeWriter, pipe};
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::names::Names;
use super::open;
use super::plan::{Known, Number, Op, Step};
use super::ports::Ports;
use super::spell::Speller;
use crate::decode::Limits;
use crate::event::{Body, Call, Event, Ret};
use crate::net::{Net, Poll, Result, Sets, Stream};
use crate::syscall::{self, RetTy};
use crate::value::{SockAddr, Value};

/// A number that is never open: above what the kernel gives to anybody who does not ask for it.
const NEVER_OPEN: RawFd = 1 << 29;

/// What all threads share: descriptors by process, and ports.
#[derive(Debug)]
pub(super) struct Shared {
    fds: Mutex<HashMap<(u32, Number), RawFd>>,
    ports: Mutex<Ports>,
    names: Mutex<Names>,
    /// What is no socket, and always ready.
    file: File,
    /// What is never ready: nobody writes.
    quiet: (PipeReader, PipeWriter),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(ports: Ports, names: Names) -> std::io::Result<Self> {
        let (ports, names) = (Mutex::new(ports), Mutex::new(names));
        Ok(Self { fds: Mutex::default(), ports, names, file: File::open("/dev/null")?, quiet: pipe()? })
    }

    fn fd(&self, pid: u32, known: Known) -> RawFd {
        match known {
            Known::Made(fd) => lock(&self.fds).get(&(pid, fd)).copied().unwrap_or(NEVER_OPEN),
            Known::Closed(fd) if fd < 0 => fd,
            Known::Closed(_) => NEVER_OPEN,
            Known::File => self.file.as_raw_fd(),
            Known::Quiet => self.quiet.0.as_raw_fd(),
        }
    }

    /// What a process has open, and forgets.
    pub(super) fn left_open(&self, pid: u32) -> Vec<RawFd> {
        let mut fds = lock(&self.fds);
        let mut left: Vec<(Number, RawFd)> =
            fds.iter().filter(|((owner, _), _)| *owner == pid).map(|((_, fd), now)| (*fd, *now)).collect();
        fds.retain(|(owner, _), _| *owner != pid);
        left.sort_unstable();
        left.into_iter().map(|(_, now)| now).collect()
    }

    /// Makes the call of a step; what came of it is with the layer's recorder.
    pub(super) fn perform(&self, at: usize, step: &Step, net: &mut Net) {
        let fd = |known: &Known| self.fd(step.pid, *known);
        // Results are the recorder's: here they are of no use.
        let _: Result<()> = match &step.op {
            Op::Socket { domain, kind, protocol } => net.socket(*domain, *kind, *protocol).map(drop),
            Op::Bind { fd: known, addr } => {
                if matches!(&step.event, Some(Event { body: Body::Call(call), .. }) if matches!(call.ret, Ret::Ok(_))) {
                    lock(&self.names).clear(addr);
                }
                let addr = lock(&self.ports).to_bind(at, addr);
                let addr = lock(&self.names).now(&addr);
                net.bind(fd(known), &addr).map(drop)
            }
            Op::Connect { fd: known, addr } => net.connect(fd(known), &self.now(addr)).map(drop),
            Op::Listen { fd: known, backlog } => net.listen(fd(known), *backlog).map(drop),
            Op::Accept { fd: known, room, flags } => net.accept4(fd(known), *room, *flags).map(drop),
            Op::Getsockname { fd: known, room } => net.getsockname(fd(known), *room).map(drop),
            Op::Getpeername { fd: known, room } => net.getpeername(fd(known), *room).map(drop),
            Op::Send { fd: known, data, flags, addr: None } => net.send(fd(known), data, *flags).map(drop),
            Op::Send { fd: known, data, flags, addr: Some(addr) } => {
                net.sendto(fd(known), data, *flags, &self.now(addr)).map(drop)
            }
            Op::Recv { fd: known, size, flags, room: None } => {
                net.recv(fd(known), &mut vec![0; *size], *flags).map(drop)
            }
            Op::Recv { fd: known, size, flags, room: Some(room) } => {
                net.recvfrom(fd(known), &mut vec![0; *size], *flags, *room).map(drop)
            }
            Op::Read { fd: known, size } => net.read(fd(known), &mut vec![0; *size]).map(drop),
            Op::Write { fd: known, data } => net.write(fd(known), data).map(drop),
            Op::Writev { fd: known, data } => {
                net.writev(fd(known), &data.iter().map(Vec::as_slice).collect::<Vec<_>>()).map(drop)
            }
            Op::Setsockopt { fd: known, level, name, value } => {
                net.setsockopt(fd(known), *level, *name, value).map(drop)
            }
            Op::Getsockopt { fd: known, level, name, room } => {
                net.getsockopt(fd(known), *level, *name, &mut vec![0; *room]).map(drop)
            }
            Op::Shutdown { fd: known, how } => net.shutdown(fd(known), *how).map(drop),
            Op::Close { fd: known } => {
                let now = fd(known);
                // What is no socket is ours and stays; a number that is not open is EBADF either way.
                net.close(if *known == Known::File { NEVER_OPEN } else { now }).map(drop)
            }
            Op::Poll { fds, timeout } => {
                let poll = |(known, events): &(Known, i16)| Poll { fd: fd(known), events: *events, revents: 0 };
                net.poll(&mut fds.iter().map(poll).collect::<Vec<_>>(), *timeout).map(drop)
            }
            Op::Ioctl { fd: known, request, value } => net.ioctl_int(fd(known), *request as u32, *value).map(drop),
            Op::Fcntl { fd: known, op, arg } => net.fcntl(fd(known), *op, *arg).map(drop),
            Op::Socketpair { domain, kind, protocol } => net.socketpair(*domain, *kind, *protocol).map(drop),
            Op::Pipe { flags } => net.pipe2(*flags).map(drop),
            Op::Dup { fd: known } => net.dup(fd(known)).map(drop),
            Op::DupTo { fd: known, over, flags } => {
                let (fd, to) = (fd(known), self.target(step.pid, *over));
                match flags {
                    Some(flags) => net.dup3(fd, to, *flags).map(drop),
                    None => net.dup2(fd, to).map(drop),
                }
            }
            Op::Sendmsg { fd: known, message, flags } => {
                let mut message = message.message(|known| fd(&known), |addr| self.now(addr));
                net.sendmsg(fd(known), &mut message, *flags).map(drop)
            }
            Op::Recvmsg { fd: known, room, flags } => net.recvmsg(fd(known), &mut room.message(), *flags).map(drop),
            Op::Sendmmsg { fd: known, messages, flags } => {
                let message =
                    |message: &super::message::Outgoing| message.message(|known| fd(&known), |addr| self.now(addr));
                net.sendmmsg(fd(known), &mut messages.iter().map(message).collect::<Vec<_>>(), *flags).map(drop)
            }
            Op::Recvmmsg { fd: known, rooms, flags, timeout } => {
                let mut rooms: Vec<_> = rooms.iter().map(super::message::Room::message).collect();
                net.recvmmsg(fd(known), &mut rooms, *flags, *timeout).map(drop)
            }
            Op::Readv { fd: known, sizes } => {
                net.readv(fd(known), &mut sizes.iter().map(|size| vec![0; *size]).collect::<Vec<_>>()).map(drop)
            }
            Op::Sendfile { fd: known, file, offset, count } => match File::open(file) {
                Ok(file) => net.sendfile(fd(known), file.as_raw_fd(), *offset, *count).map(drop),
                // It was there a moment ago.
                Err(_) => net.sendfile(fd(known), NEVER_OPEN, *offset, *count).map(drop),
            },
            Op::Select { count, sets, timeout } => {
                let (sets, count) = self.sets(step.pid, sets, *count);
                net.select(count, &sets, *timeout).map(drop)
            }
            Op::Pselect { count, sets, timeout, mask } => {
                let (sets, count) = self.sets(step.pid, sets, *count);
                net.pselect6(count, &sets, *timeout, *mask).map(drop)
            }
            Op::Ppoll { fds, timeout, mask } => {
                let poll = |(known, events): &(Known, i16)| Poll { fd: fd(known), events: *events, revents: 0 };
                net.ppoll(&fds.iter().map(poll).collect::<Vec<_>>(), *timeout, *mask).map(drop)
            }
            Op::EpollCreate { flags } => net.epoll_create1(*flags).map(drop),
            Op::EpollCtl { epfd, op, fd: known, event } => net.epoll_ctl(fd(epfd), *op, fd(known), *event).map(drop),
            Op::EpollWait { fd: known, most, timeout, mask: None } => {
                net.epoll_wait(fd(known), *most, *timeout).map(drop)
            }
            Op::EpollWait { fd: known, most, timeout, mask: Some(mask) } => {
                net.epoll_pwait(fd(known), *most, *timeout, *mask).map(drop)
            }
            Op::Fork { child } => {
                self.fork(step.pid, *child);
                Ok(())
            }
            Op::Exit => Ok(()),
        };
    }

    fn now(&self, addr: &SockAddr) -> SockAddr {
        let addr = lock(&self.ports).now(addr);
        lock(&self.names).now(&addr)
    }

    /// Learns from what a call of now returned, and spells it as the recording would. `interrupted` says that it did
    /// not return by itself.
    pub(super) fn learn(&self, at: usize, step: &Step, mut event: Event, interrupted: bool) -> Event {
        let Some(recorded) = &step.event else { return event };
        (event.seq, event.pid, event.tid) = (recorded.seq, recorded.pid, recorded.tid);
        let (Body::Call(now), Body::Call(then)) = (&mut event.body, &recorded.body) else { return event };
        let fds = self.waited_for(step, then);
        self.learn_descriptors(at, step, then, now);
        let mut ports = lock(&self.ports);
        if let (Op::Bind { fd, .. }, Ret::Ok(_), Some(chosen)) = (&step.op, now.ret, ports.chosen.get(&at).copied())
            && let Some(port) = bound_port(self.fd(step.pid, *fd))
        {
            ports.map(chosen, port);
        }
        Speller { ports: &mut ports, names: &mut lock(&self.names), fds }.arguments(&mut now.args, &then.args);
        if let (Op::Select { .. } | Op::Pselect { .. }, Some(now), Some(then)) =
            (&step.op, now.args.first_mut(), then.args.first())
        {
            now.clone_from(then); // one more than the highest descriptor, which is another one now
        }
        if let (true, Ret::Ok(_), Ret::Ok(_)) = (now.sys.ret_ty(&now.args) == RetTy::Fd, now.ret, then.ret) {
            now.ret = then.ret;
        }
        if now.sys == &syscall::ACCEPT4 && then.sys == &syscall::ACCEPT {
            now.sys = &syscall::ACCEPT;
            now.args.truncate(3);
        }
        if interrupted && matches!(now.ret, Ret::Err(errno) if errno.0 == libc::EINTR) {
            now.ret = Ret::Unfinished;
            now.args.truncate(then.args.len());
            if step.unfinished {
                *now = crate::event::Call { ret: then.ret, args: now.args.clone(), ..now.clone() };
            }
        }
        event
    }

    /// The members of `select`'s sets: those of then by those of now.
    fn waited_for(&self, step: &Step, then: &Call) -> HashMap<RawFd, i32> {
        let (Op::Select { sets, .. } | Op::Pselect { sets, .. }) = &step.op else { return HashMap::new() };
        let recorded = then.args.iter().skip(1).map(|arg| match arg {
            Value::FdSet(set) => set.entry.as_slice(),
            _ => &[],
        });
        let pairs = sets.iter().zip(recorded).flat_map(|(set, then)| set.iter().flatten().zip(then));
        pairs.map(|(known, then)| (self.fd(step.pid, *known), then.raw)).collect()
    }

    fn learn_descriptors(&self, at: usize, step: &Step, then: &Call, now: &Call) {
        let (then, made_now) = (open::made(then), open::made(now));
        let mut fds = lock(&self.fds);
        let gone = match &step.op {
            Op::Close { fd: Known::Made(number) } => Some(*number),
            Op::DupTo { over, .. } => *over,
            _ => None,
        };
        if let (Some(number), Ret::Ok(_)) = (gone, now.ret) {
            fds.remove(&(step.pid, number));
        }
        for (place, made) in made_now.into_iter().enumerate() {
            // What nobody in the recording has is closed with what is left, below any number of a program's.
            let fd = then.get(place).copied().unwrap_or(-1 - made);
            fds.insert((step.pid, Number { fd, step: at }), made);
        }
    }

    /// Gives a new process all that its maker has.
    fn fork(&self, parent: u32, child: u32) {
        let mut aside = Net::new(Stream::new(Vec::new(), Limits::default()));
        let mut fds = lock(&self.fds);
        let own: Vec<(Number, RawFd)> =
            fds.iter().filter(|((owner, _), _)| *owner == parent).map(|((_, number), now)| (*number, *now)).collect();
        for (number, now) in own {
            if let Ok(copy) = aside.dup(now) {
                fds.insert((child, number), copy);
            }
        }
    }

    /// A number for the copy that `dup2` is to make: that of what it takes the place of, or else one that is ours to give.
    fn target(&self, pid: u32, over: Option<Number>) -> RawFd {
        let known = over.and_then(|over| lock(&self.fds).get(&(pid, over)).copied());
        known.or_else(|| Some(self.file.try_clone().ok()?.into_raw_fd())).unwrap_or(NEVER_OPEN)
    }

    /// Sets of `select` now, and one more than the highest member.
    fn sets(&self, pid: u32, sets: &[Option<Vec<Known>>; 3], count: i32) -> (Sets, i32) {
        let member = |known: &Known| match self.fd(pid, *known) {
            // Above the highest open one the kernel does not look.
            NEVER_OPEN => self.file.try_clone().map_or(0, |file| file.as_raw_fd()),
            fd => fd,
        };
        let sets = sets.each_ref().map(|set| set.as_ref().map(|set| set.iter().map(member).collect::<Vec<_>>()));
        let highest = sets.iter().flatten().flatten().max().map_or(count, |highest| highest + 1);
        (sets, highest)
    }
}

/// The port a socket is bound to.
fn bound_port(fd: RawFd) -> Option<u16> {
    let own: nix::sys::socket::SockaddrStorage = nix::sys::socket::getsockname(fd).ok()?;
    own.as_sockaddr_in().map(|own| own.port()).or_else(|| own.as_sockaddr_in6().map(|own| own.port()))
}
