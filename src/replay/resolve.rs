//! Resolves the descriptors of one recorded call against what its process has open, and decides whether it may be made.
//!
//! The call is encoded once as recorded, and the descriptors and addresses that the encoder meets on the way are looked
//! up and judged. So only the table knows where a call has them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;

use super::Refusal;
use super::open::Open;
use super::plan::{FdKind, Place};
use crate::encode::{self, Error, Problem, Substitute};
use crate::event::{Call, Event, Ret};
use crate::syscall::{Carries, Class, Effect, Made, Ty};
use crate::text::{Style, write_value};
use crate::value::{Fd, SockAddr, UnixName, Value};
use crate::xlat::socket::ADDRESS_FAMILY;

/// Whether a call does not concern sockets: the table does not describe it, or it uses no descriptors, or only files.
pub(super) fn is_beside_the_point(call: &Call, fds: &Open) -> bool {
    let effect = call.sys.effect_of(&call.args);
    let onto = match effect {
        Effect::Makes(Made::Socket | Made::SocketPair | Made::Pipe | Made::EpollSet, _) => return !call.sys.is_known(),
        Effect::Makes(..) => return true,
        Effect::Duplicates { onto, .. } => onto,
        _ => None,
    };
    // ENOTSOCK is an answer like any other.
    let refused = matches!(call.ret, Ret::Err(errno) if errno.0 == libc::ENOTSOCK);
    if !call.sys.class.contains(Class::SOCKETS) {
        return true;
    }
    let (mut files, mut others) = (false, false);
    for (at, (param, value)) in call.sys.params.iter().zip(&call.args).enumerate() {
        match (param.ty, value) {
            (Ty::Fd, Value::Fd(_)) if onto == Some(at) => {}
            // Where a number that is not a descriptor is accepted, it does not concern one.
            (Ty::Fd, Value::Fd(fd)) if fds.is_file(fd.raw) || (fd.raw < 0 && matches!(call.ret, Ret::Ok(_))) => {
                files = true;
            }
            (Ty::Fd | Ty::PollFds { .. } | Ty::FdSet { .. }, _) => others = true,
            _ => {}
        }
    }
    let waits = files && effect == Effect::Waits;
    !call.sys.is_known() || !(others || refused || waits)
}

/// A recorded call being resolved.
pub(super) struct Resolver<'a> {
    event: &'a Event,
    /// Its process, which owns the descriptors.
    pid: u32,
    call: &'a Call,
    effect: Effect,
    fds: &'a Open,
    /// The Unix names of the trace's sockets.
    bound: &'a BTreeSet<UnixName>,
    allow_remote: bool,
    found: RefCell<BTreeMap<Place, FdKind>>,
    refusal: RefCell<Option<Refusal>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        event: &'a Event,
        pid: u32,
        call: &'a Call,
        fds: &'a Open,
        bound: &'a BTreeSet<UnixName>,
        allow_remote: bool,
    ) -> Self {
        let effect = call.sys.effect_of(&call.args);
        let (found, refusal) = (RefCell::default(), RefCell::default());
        Self { event, pid, call, effect, fds, bound, allow_remote, found, refusal }
    }

    /// Returns its descriptors, or why it cannot be made.
    pub(super) fn resolve(self) -> Result<BTreeMap<Place, FdKind>, Refusal> {
        self.family()?;
        self.request()?;
        let encoded = encode::encode(self.call, &self);
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal);
        }
        let (seq, call) = (self.event.seq, self.call.sys.name);
        match encoded {
            Ok(_) => Ok(self.found.into_inner()),
            Err(Error::Argument { problem: Problem::Cut { kept }, .. }) => Err(Refusal::Truncated { seq, call, kept }),
            Err(Error::Argument { argument, .. }) => Err(Refusal::Argument { seq, call, name: argument }),
            Err(_) => Err(Refusal::Call { seq, call }),
        }
    }

    /// Whether a socket of this family stays on this machine, as does one that the kernel refused.
    fn family(&self) -> Result<(), Refusal> {
        let families = self.call.sys.params.iter().zip(&self.call.args).filter_map(|(param, value)| match param.ty {
            Ty::Const(table) if std::ptr::eq(table, &ADDRESS_FAMILY) => value.register(),
            _ => None,
        });
        for family in families {
            let local = matches!(family as i32, libc::AF_INET | libc::AF_INET6 | libc::AF_UNIX);
            if !local && !self.allow_remote && matches!(self.call.ret, Ret::Ok(_)) {
                return Err(self.remote(format!("family {family}")));
            }
        }
        Ok(())
    }

    /// Whether a request affects the descriptor alone: most others configure this machine's interfaces, or name
    /// processes.
    fn request(&self) -> Result<(), Refusal> {
        for param in self.call.sys.params {
            let Ty::CommandArg { command, commands } = param.ty else { continue };
            let number = self.call.args.get(command).and_then(Value::register).unwrap_or(0);
            let own = match commands.row(number as u32).carries {
                Carries::Nothing | Carries::IntOut => true,
                Carries::IntIn => matches!(self.effect, Effect::SetsNonblocking(_)),
                _ => !commands.reach_beyond,
            };
            if !own {
                return Err(self.argument(command));
            }
        }
        Ok(())
    }

    fn argument(&self, at: usize) -> Refusal {
        let name = self.call.sys.params.get(at).map_or("", |param| param.name);
        Refusal::Argument { seq: self.event.seq, call: self.call.sys.name, name }
    }

    fn remote(&self, addr: String) -> Refusal {
        Refusal::Remote { seq: self.event.seq, call: self.call.sys.name, addr }
    }

    fn refuse(&self, refusal: Refusal) {
        self.refusal.borrow_mut().get_or_insert(refusal);
    }

    fn known(&self, at: usize, fd: &Fd, ready: Option<bool>) -> Result<FdKind, Refusal> {
        let answer = match self.call.ret {
            Ret::Err(errno) => errno.0,
            _ => 0,
        };
        let number = self.fds.number(fd.raw);
        let is_file = self.fds.is_file(fd.raw);
        let argument = self.call.sys.params.get(at).is_some_and(|param| matches!(param.ty, Ty::Fd));
        match self.effect {
            Effect::Duplicates { onto: Some(onto), .. } if onto == at => return Ok(FdKind::Target(number)),
            Effect::Copies if argument && at > 0 => {
                let path = self.fds.path(fd).filter(|path| path.is_file());
                let refusal = Refusal::File { seq: self.event.seq, call: self.call.sys.name };
                return path.map(FdKind::Copied).ok_or(refusal);
            }
            Effect::Watches(watched) if watched == at && answer == libc::EPERM => return Ok(FdKind::File),
            _ => {}
        }
        match (number, ready) {
            (Some(number), _) => Ok(FdKind::Made(number)),
            // The kind of a standard stream is unknown, but not whether it was ready.
            (None, Some(ready)) if is_file => Ok(if ready { FdKind::File } else { FdKind::Quiet }),
            // A descriptor that is sent.
            _ if is_file && !argument => Ok(FdKind::File),
            _ if answer == libc::EBADF => Ok(FdKind::Closed(fd.raw)),
            _ if answer == libc::ENOTSOCK => Ok(FdKind::File),
            _ if fd.raw < 0 => Ok(FdKind::Closed(fd.raw)),
            _ => Err(Refusal::Descriptor { seq: self.event.seq, pid: self.pid, fd: fd.raw }),
        }
    }
}

impl Substitute for Resolver<'_> {
    fn fd(&self, at: usize, fd: &Fd, ready: Option<bool>) -> i32 {
        match self.known(at, fd, ready) {
            Ok(known) => drop(self.found.borrow_mut().insert((at, fd.raw, ready), known)),
            Err(refusal) => self.refuse(refusal),
        }
        fd.raw
    }

    fn address<'b>(&self, addr: &'b SockAddr) -> Cow<'b, SockAddr> {
        let own = self.effect == Effect::Binds;
        let reachable = match addr {
            SockAddr::Inet { ip, .. } => is_ours((*ip).into()),
            SockAddr::Inet6 { ip, .. } => is_ours((*ip).into()),
            // Names of the trace's own sockets are mapped. Any other path might reach a process, unless nothing is
            // there.
            SockAddr::Unix(name) if self.bound.contains(name) => true,
            SockAddr::Unix(UnixName::Path(path)) => !own && is_missing(path),
            SockAddr::Unix(_) => true,
            _ => false,
        };
        // A name that the kernel refused belongs to no socket.
        let refused = own && matches!(self.call.ret, Ret::Err(errno) if errno.0 == libc::EADDRNOTAVAIL);
        if !reachable && !refused && !self.allow_remote {
            let mut shown = String::new();
            write_value(&Value::SockAddr(addr.clone()), &Style::default(), &mut shown);
            self.refuse(self.remote(shown));
        }
        Cow::Borrowed(addr)
    }

    fn process(&self, at: usize, pid: i64) -> i64 {
        // In a message it is the sender; elsewhere it is a process that has another number now.
        if self.call.sys.params.get(at).is_some_and(|param| matches!(param.ty, Ty::CommandArg { .. })) {
            self.refuse(self.argument(at));
        }
        pid
    }
}

/// Whether an address stays on this machine; connecting to the unspecified one reaches the machine itself.
fn is_ours(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || ip.is_unspecified()
}

/// Whether there is no file with this name.
fn is_missing(path: &[u8]) -> bool {
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}
