//! Makes one recorded call through the layer.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, pipe};
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::memfd::{MFdFlags, memfd_create};

use super::names::UnixNames;
use super::plan::{FdArg, FdKind, Number, Op, ReplayStep, passed, shortened};
use super::ports::Ports;
use super::spell::Speller;
use crate::decode::Limits;
use crate::encode::{self, Substitute};
use crate::event::{Body, Call, Event, Ret};
use crate::net::{Net, Stream};
use crate::sys::signals::wake;
use crate::syscall::{Effect, RetTy, Ty};
use crate::value::{Fd, SockAddr};

/// A number that is never open: the kernel assigns such high numbers only on request.
const NEVER_OPEN: RawFd = 1 << 29;

/// State shared by all threads: descriptors by process, and ports.
#[derive(Debug)]
pub(super) struct Shared {
    fds: Mutex<BTreeMap<(u32, Number), RawFd>>,
    ports: Mutex<Ports>,
    names: Mutex<UnixNames>,
    /// Whether files are sent that are not the recorded ones.
    invented: bool,
    /// A descriptor that is not a socket and always ready.
    file: File,
    /// How long each of those calls may wait whose time was over in the recording.
    most_wait: Duration,
    /// A descriptor that is never ready: nothing is written to it.
    quiet: (PipeReader, PipeWriter),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Substitutes current values for those that a step's call was passed.
struct Now<'a> {
    shared: &'a Shared,
    at: usize,
    step: &'a ReplayStep,
    /// Descriptors already substituted: the encoder may ask again.
    given: RefCell<HashMap<FdArg, RawFd>>,
    /// Open files that bytes are copied from.
    files: RefCell<Vec<File>>,
}

impl Now<'_> {
    /// The number of a file that stays open during the call.
    fn keep(&self, file: io::Result<File>) -> RawFd {
        let Ok(file) = file else { return NEVER_OPEN };
        let fd = file.as_raw_fd();
        self.files.borrow_mut().push(file);
        fd
    }

    fn find(&self, place: FdArg) -> RawFd {
        let Op::Call(fds) = &self.step.op else { return NEVER_OPEN };
        let fd = match fds.get(&place) {
            Some(FdKind::Made(number)) => self.shared.made(self.step.pid, *number).unwrap_or(NEVER_OPEN),
            Some(FdKind::Closed(fd)) if *fd < 0 => *fd,
            // Anything but a socket is ours and stays open; a number that is not open is EBADF either way.
            Some(FdKind::File) if self.step.effect() == Effect::Closes => NEVER_OPEN,
            Some(FdKind::File) => self.shared.file.as_raw_fd(),
            Some(FdKind::Quiet) => self.shared.quiet.0.as_raw_fd(),
            Some(FdKind::Target(over)) => self.shared.target(self.step.pid, *over),
            // It existed a moment ago.
            Some(FdKind::Copied(path)) => self.keep(File::open(path)),
            Some(FdKind::Invented(len)) => self.keep(invented(*len)),
            Some(FdKind::Closed(_)) | None => NEVER_OPEN,
        };
        let set = self.step.call().and_then(|call| call.sys.params.get(place.0));
        match set.map(|param| param.ty) {
            // A set can only have numbers that may be open: use one that was open a moment ago.
            Some(Ty::FdSet { .. }) if fd == NEVER_OPEN => {
                self.shared.file.try_clone().map_or(0, |file| file.as_raw_fd())
            }
            _ => fd,
        }
    }
}

impl Substitute for Now<'_> {
    fn fd(&self, at: usize, fd: &Fd, ready: Option<bool>) -> i32 {
        let place = (at, fd.raw, ready);
        let given = self.given.borrow().get(&place).copied();
        given.unwrap_or_else(|| {
            let now = self.find(place);
            self.given.borrow_mut().insert(place, now);
            now
        })
    }

    fn address<'a>(&self, addr: &'a SockAddr) -> Cow<'a, SockAddr> {
        let ports = lock(&self.shared.ports);
        let now = if self.step.effect() == Effect::Binds { ports.to_bind(self.at, addr) } else { ports.now(addr) };
        Cow::Owned(lock(&self.shared.names).now(&now))
    }

    /// A call that cannot be woken might never end.
    fn blocked(&self, signals: u64) -> u64 {
        signals & !wake::MASK
    }

    /// Credentials cannot be another process's: every recorded process is now ours.
    fn process(&self, _: usize, _: i64) -> i64 {
        std::process::id().into()
    }
}

/// A file in memory, all zeroes.
fn invented(len: u64) -> io::Result<File> {
    let file = File::from(memfd_create("invented", MFdFlags::MFD_CLOEXEC)?);
    file.set_len(len)?;
    Ok(file)
}

impl Shared {
    pub(super) fn new(steps: &[ReplayStep], place: &Path, most_wait: Duration) -> io::Result<Self> {
        let copies = |step: &ReplayStep| match &step.op {
            Op::Call(fds) => fds.values().any(|known| matches!(known, FdKind::Invented(_))),
            _ => false,
        };
        Ok(Self {
            fds: Mutex::default(),
            ports: Mutex::new(Ports::new(steps)?),
            names: Mutex::new(UnixNames::new(steps, place)?),
            invented: steps.iter().any(copies),
            file: invented(0)?,
            quiet: pipe()?,
            most_wait,
        })
    }

    fn made(&self, pid: u32, number: Number) -> Option<RawFd> {
        lock(&self.fds).get(&(pid, number)).copied()
    }

    /// Removes and returns what a process has open.
    pub(super) fn left_open(&self, pid: u32) -> Vec<RawFd> {
        let mut fds = lock(&self.fds);
        let left: Vec<((u32, Number), RawFd)> = of(&fds, pid);
        fds.retain(|(owner, _), _| *owner != pid);
        left.into_iter().map(|(_, now)| now).collect()
    }

    /// Makes the call of a step, which the layer records. Returns the recorded descriptors by the current ones.
    pub(super) fn perform(&self, at: usize, step: &ReplayStep, net: &mut Net) -> HashMap<RawFd, i32> {
        let now = Now { shared: self, at, step, given: RefCell::default(), files: RefCell::default() };
        match &step.op {
            Op::Call(_) => {
                let Some(call) = step.call() else { return HashMap::new() };
                if step.effect() == Effect::Binds && matches!(call.ret, Ret::Ok(_)) {
                    passed(call).into_iter().for_each(|addr| lock(&self.names).clear(addr));
                }
                // The result is recorded, and not needed here. The call was encoded before any call was made; if that
                // is no longer possible, it is missing from the replayed calls.
                let shorter = step.timed_out().then(|| shortened(call, self.most_wait));
                if let Ok(encoded) = encode::encode(shorter.as_ref().unwrap_or(call), &now) {
                    let _ = net.make(encoded);
                }
            }
            Op::Close(numbers) => {
                let mut fds = lock(&self.fds);
                for fd in numbers.iter().filter_map(|number| fds.remove(&(step.pid, *number))) {
                    let _ = nix::unistd::close(fd); // a replay that went astray may have closed it
                }
            }
            Op::Fork { child } => self.fork(step.pid, *child),
            Op::Exit => {}
        }
        now.given.into_inner().into_iter().map(|((_, then, _), now)| (now, then)).collect()
    }

    /// Learns from a call's result, and maps it back to the recording's values. `interrupted` means that it did not
    /// return by itself.
    pub(super) fn learn(
        &self,
        at: usize,
        step: &ReplayStep,
        mut event: Event,
        interrupted: bool,
        fds: HashMap<RawFd, i32>,
    ) -> Event {
        let Some(recorded) = &step.event else { return event };
        (event.seq, event.pid, event.tid) = (recorded.seq, recorded.pid, recorded.tid);
        let (Body::Call(now), Body::Call(then)) = (&mut event.body, &recorded.body) else { return event };
        self.learn_descriptors(at, step, then, now);
        let mut ports = lock(&self.ports);
        if let (Effect::Binds, Ret::Ok(_), Some(chosen)) = (step.effect(), now.ret, ports.chosen.get(&at).copied())
            && let Some(port) = step.subject().and_then(|fd| bound_port(self.made(step.pid, fd)?))
        {
            ports.map(chosen, port);
        }
        let names = &mut lock(&self.names);
        let mut speller = Speller { ports: &mut ports, names, invented: self.invented, fds };
        speller.arguments(now.sys, &mut now.args, &then.args);
        if let (true, Ret::Ok(_), Ret::Ok(_)) = (now.sys.ret_ty(&now.args) == RetTy::Fd, now.ret, then.ret) {
            now.ret = then.ret;
        }
        if interrupted && matches!(now.ret, Ret::Err(errno) if errno.0 == libc::EINTR) {
            now.ret = Ret::Unfinished;
            now.args.truncate(then.args.len());
            if step.unfinished {
                *now = Call { ret: then.ret, args: now.args.clone(), ..now.clone() };
            }
        }
        event
    }

    fn learn_descriptors(&self, at: usize, step: &ReplayStep, then: &Call, now: &Call) {
        let mut fds = lock(&self.fds);
        let gone = match step.effect() {
            Effect::Closes => step.subject(),
            Effect::Duplicates { onto: Some(onto), .. } => match step.fd(onto) {
                Some(FdKind::Target(over)) => *over,
                _ => None,
            },
            _ => None,
        };
        if let (Some(number), Ret::Ok(_)) = (gone, now.ret) {
            fds.remove(&(step.pid, number));
        }
        let then = then.made();
        for (place, made) in now.made().into_iter().enumerate() {
            // A descriptor that no recorded process has is closed with the rest, below any number of a program's.
            let fd = then.get(place).copied().unwrap_or(-1 - made);
            fds.insert((step.pid, Number { fd, step: at }), made);
        }
    }

    /// Gives a new process its creator's descriptors.
    fn fork(&self, parent: u32, child: u32) {
        let mut aside = Net::new(Stream::new(Vec::new(), Limits::default()));
        let mut fds = lock(&self.fds);
        for ((_, number), now) in of(&fds, parent) {
            if let Ok(copy) = aside.dup(now) {
                fds.insert((child, number), copy);
            }
        }
    }

    /// A number for `dup2`'s copy: that of the descriptor it replaces, or else a free one.
    fn target(&self, pid: u32, over: Option<Number>) -> RawFd {
        let known = over.and_then(|over| self.made(pid, over));
        known.or_else(|| Some(self.file.try_clone().ok()?.into_raw_fd())).unwrap_or(NEVER_OPEN)
    }
}

/// What a process has open.
fn of(fds: &BTreeMap<(u32, Number), RawFd>, pid: u32) -> Vec<((u32, Number), RawFd)> {
    let first = (pid, Number { fd: i32::MIN, step: 0 });
    fds.range(first..).take_while(|((owner, _), _)| *owner == pid).map(|(key, now)| (*key, *now)).collect()
}

/// The port that a socket is bound to.
fn bound_port(fd: RawFd) -> Option<u16> {
    let own: nix::sys::socket::SockaddrStorage = nix::sys::socket::getsockname(fd).ok()?;
    own.as_sockaddr_in().map(|own| own.port()).or_else(|| own.as_sockaddr_in6().map(|own| own.port()))
}
