//! One recorded call, made through the layer.

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::{Known, Op, Step};
use super::ports::{self, Ports};
use crate::event::{Body, Event, Ret};
use crate::net::{Net, Poll, Result};
use crate::syscall::{self, RetTy};
use crate::value::{SockAddr, Value};

/// A number that is never open: above what the kernel gives to anybody who does not ask for it.
const NEVER_OPEN: RawFd = 1 << 29;

/// What all threads share: descriptors by process, and ports.
#[derive(Debug)]
pub(super) struct Shared {
    fds: Mutex<HashMap<(u32, i32), RawFd>>,
    ports: Mutex<Ports>,
    /// What is no socket.
    file: File,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(ports: Ports) -> std::io::Result<Self> {
        Ok(Self { fds: Mutex::default(), ports: Mutex::new(ports), file: File::open("/dev/null")? })
    }

    fn fd(&self, pid: u32, known: Known) -> RawFd {
        match known {
            Known::Made(fd) => lock(&self.fds).get(&(pid, fd)).copied().unwrap_or(NEVER_OPEN),
            Known::Closed(fd) if fd < 0 => fd,
            Known::Closed(_) => NEVER_OPEN,
            Known::File => self.file.as_raw_fd(),
        }
    }

    /// What a process has open, and forgets.
    pub(super) fn left_open(&self, pid: u32) -> Vec<RawFd> {
        let mut fds = lock(&self.fds);
        let mut left: Vec<(i32, RawFd)> =
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
            Op::Bind { fd: known, addr } => net.bind(fd(known), &lock(&self.ports).to_bind(at, addr)).map(drop),
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
            Op::Ioctl { fd: known, request, value } => {
                net.ioctl_int(fd(known), *request as libc::Ioctl, *value).map(drop)
            }
            Op::Fcntl { fd: known, op, arg } => net.fcntl(fd(known), *op, *arg).map(drop),
            Op::Exit => Ok(()),
        };
    }

    fn now(&self, addr: &SockAddr) -> SockAddr {
        lock(&self.ports).now(addr)
    }

    /// Learns from what a call of now returned, and spells it as the recording would: numbers of process and thread,
    /// ports. `interrupted` says that it did not return by itself.
    pub(super) fn learn(&self, at: usize, step: &Step, mut event: Event, interrupted: bool) -> Event {
        let Some(recorded) = &step.event else { return event };
        (event.seq, event.pid, event.tid) = (recorded.seq, recorded.pid, recorded.tid);
        let (Body::Call(now), Body::Call(then)) = (&mut event.body, &recorded.body) else { return event };
        self.learn_descriptor(step, then, now);
        let mut ports = lock(&self.ports);
        if let (Op::Bind { fd, .. }, Ret::Ok(_), Some(chosen)) = (&step.op, now.ret, ports.chosen.get(&at).copied())
            && let Some(port) = bound_port(self.fd(step.pid, *fd))
        {
            ports.map(chosen, port);
        }
        for (now, then) in now.args.iter_mut().zip(&then.args) {
            if let (Value::SockAddr(now), Value::SockAddr(then)) = (&*now, then)
                && let (Some(now), Some(then)) = (ports::port(now), ports::port(then))
            {
                ports.map(then, now);
            }
            match (&mut *now, then) {
                // Where the program passed NULL, the layer could not.
                (now, Value::Pointer(0)) => *now = Value::Pointer(0),
                // It may have been bound to a number that is free for another socket, too.
                (Value::SockAddr(now), Value::SockAddr(then)) if ports::port(then) == Some(0) => *now = then.clone(),
                (Value::SockAddr(addr), _) => *addr = ports.then(addr),
                _ => {}
            }
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

    fn learn_descriptor(&self, step: &Step, then: &crate::event::Call, now: &crate::event::Call) {
        let mut fds = lock(&self.fds);
        if let (Op::Close { fd: Known::Made(fd) }, Ret::Ok(_)) = (&step.op, now.ret) {
            fds.remove(&(step.pid, *fd));
        }
        if now.sys.ret_ty(&now.args) != RetTy::Fd {
            return;
        }
        match (then.ret, now.ret) {
            (Ret::Ok(fd), Ret::Ok(made)) => {
                fds.insert((step.pid, fd as i32), made as RawFd);
            }
            // Nobody in the recording has it: closed with what is left, below any number of a program's.
            (_, Ret::Ok(made)) => {
                fds.insert((step.pid, -1 - made as i32), made as RawFd);
            }
            _ => {}
        }
    }
}

/// The port a socket is bound to.
fn bound_port(fd: RawFd) -> Option<u16> {
    let own: nix::sys::socket::SockaddrStorage = nix::sys::socket::getsockname(fd).ok()?;
    own.as_sockaddr_in().map(|own| own.port()).or_else(|| own.as_sockaddr_in6().map(|own| own.port()))
}
