//! Resolves the descriptors of one recorded call against what its process has open, and decides whether it may be made.
//!
//! The call is encoded once as recorded, and the descriptors and addresses that the encoder meets on the way are looked
//! up and judged. So only the table knows where a call has them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Refusal;
use super::open::Open;
use super::plan::{FdArg, FdKind};
use crate::encode::{self, Error, Problem, Substitute};
use crate::event::{Call, Event, Ret};
use crate::syscall::{Class, Dir, Effect, Made, Syscall, Ty};
use crate::text::{Style, write_value};
use crate::value::{Fd, SockAddr, UnixName, Value};
use crate::xlat::socket::ADDRESS_FAMILY;

/// Whether the calls of an entry may concern sockets; others are never made again.
pub(super) fn may_concern_sockets(sys: &Syscall) -> bool {
    match sys.effect {
        Effect::Makes(Made::Socket | Made::SocketPair | Made::Pipe | Made::EpollSet, _) => sys.is_known(),
        Effect::Makes(..) => false,
        _ => sys.is_known() && sys.class.contains(Class::SOCKETS),
    }
}

/// Whether a call does not concern sockets: the table does not describe it, or it uses no descriptors, or only files.
pub(super) fn is_beside_the_point(call: &Call, fds: &Open) -> bool {
    let effect = call.sys.effect_of(&call.args);
    let onto = match effect {
        _ if !may_concern_sockets(call.sys) => return true,
        Effect::Makes(..) => return false,
        Effect::Duplicates { onto, .. } => onto,
        _ => None,
    };
    // ENOTSOCK is an answer like any other.
    let refused = matches!(call.ret, Ret::Err(errno) if errno.0 == libc::ENOTSOCK);
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
    !(others || refused || waits)
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
    found: RefCell<BTreeMap<FdArg, FdKind>>,
    refusal: RefCell<Option<Refusal>>,
    /// What it would reach outside of the cage.
    reached: RefCell<Vec<String>>,
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
        let (found, refusal, reached) = Default::default();
        Self { event, pid, call, effect, fds, bound, allow_remote, found, refusal, reached }
    }

    /// Returns its descriptors and what it reaches outside of a cage, or why it cannot be made.
    pub(super) fn resolve(self) -> Result<(BTreeMap<FdArg, FdKind>, Vec<String>), Refusal> {
        self.family()?;
        self.option();
        self.request()?;
        let encoded = encode::encode(self.call, &self);
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal);
        }
        let (seq, call) = (self.event.seq, self.call.sys.name);
        match encoded {
            // Of another architecture: `send` is a call there.
            Ok(_) if self.call.sys.nr < 0 => Err(Refusal::Call { seq, call }),
            Ok(_) => Ok((self.found.into_inner(), self.reached.into_inner())),
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
            if !local && matches!(self.call.ret, Ret::Ok(_)) {
                if !self.allow_remote {
                    return Err(self.remote(format!("family {family}")));
                }
                self.reach(format!("sockets of family {family}"));
            }
        }
        let carried = [libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_SEQPACKET].map(|kind| kind as u64);
        if self.call.args.iter().any(|arg| matches!(arg, Value::SockType(kind) if !carried.contains(&kind.kind.raw))) {
            self.reach("raw packets".to_owned());
        }
        Ok(())
    }

    /// Whether an option changes more than this socket's own dealings, or may, since its meaning is unknown.
    fn option(&self) {
        for (at, param) in self.call.sys.params.iter().enumerate().filter(|(_, param)| param.dir == Dir::In) {
            let Ty::OptName { level, .. } = param.ty else { continue };
            if self.effect == Effect::SetsOption {
                let text = [level, at].map(|at| self.call.args.get(at).map(written).unwrap_or_default()).join(", ");
                if text.contains("/*") || BEYOND.iter().any(|name| text.ends_with(name)) {
                    self.reach(format!("option {text}"));
                }
            }
        }
    }

    /// Notes what the call reaches if it is made outside of a cage.
    fn reach(&self, what: String) {
        self.reached.borrow_mut().push(what);
    }

    /// Whether a request affects the descriptor alone.
    fn request(&self) -> Result<(), Refusal> {
        for param in self.call.sys.params {
            let Ty::CommandArg { command, commands } = param.ty else { continue };
            let number = self.call.args.get(command).and_then(Value::register).unwrap_or(0);
            let row = commands.row(number as u32);
            // The number of a process is judged where the encoder meets it.
            if !commands.stays(row) && commands.reach_beyond {
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

    /// How long the file must be that bytes are copied from, to end where it did.
    fn copied(&self) -> u64 {
        let asked = self.call.args.last().and_then(Value::register).unwrap_or(0);
        let begin = self.call.args.iter().find_map(|arg| match arg {
            Value::Offset(offset) | Value::Length(offset) => u64::try_from(offset.entry).ok(),
            _ => None,
        });
        let count = match self.call.ret {
            Ret::Ok(count) => count.try_into().unwrap_or(0),
            _ => asked,
        };
        begin.unwrap_or(0).saturating_add(count).min(i64::MAX as u64)
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
            Effect::Copies { .. } if argument && at > 0 && number.is_none() && answer != libc::EBADF => {
                if !self.allow_remote {
                    return Ok(FdKind::Invented(self.copied()));
                }
                let path = self.fds.path(fd).filter(|path| path.is_file());
                let refusal = Refusal::File { seq: self.event.seq, call: self.call.sys.name };
                self.reached.borrow_mut().extend(path.iter().map(|path| format!("the bytes of {path:?}")));
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
            // Names of the trace's own sockets are mapped. Where nobody answered, nobody will.
            SockAddr::Unix(UnixName::Unnamed) => true,
            SockAddr::Unix(name) => self.bound.contains(name) || matches!(self.call.ret, Ret::Err(_)),
            _ => false,
        };
        // A name that the kernel refused belongs to no socket.
        let refused = own && matches!(self.call.ret, Ret::Err(errno) if errno.0 == libc::EADDRNOTAVAIL);
        if !reachable && !refused && self.allow_remote {
            self.reach(spelled(addr));
        } else if !reachable && !refused {
            self.refuse(match addr {
                SockAddr::Unix(_) => foreign(self.event.seq, self.call, addr),
                _ => self.remote(spelled(addr)),
            });
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

/// An address as strace writes it.
pub(super) fn spelled(addr: &SockAddr) -> String {
    written(&Value::SockAddr(addr.clone()))
}

fn written(value: &Value) -> String {
    let mut shown = String::new();
    write_value(value, &Style::default(), &mut shown);
    shown
}

/// Options that send something, or choose the way that packets take.
const BEYOND: [&str; 9] = [
    "IP_OPTIONS",
    "IP_ADD_MEMBERSHIP",
    "IP_ADD_SOURCE_MEMBERSHIP",
    "IPV6_ADD_MEMBERSHIP",
    "IPV6_RTHDR",
    "MCAST_JOIN_GROUP",
    "MCAST_JOIN_SOURCE_GROUP",
    "SO_BINDTODEVICE",
    "SO_BINDTOIFINDEX",
];

/// The refusal of an address on this machine that belongs to no socket of the trace.
pub(super) fn foreign(seq: u64, call: &Call, addr: &SockAddr) -> Refusal {
    Refusal::Foreign { seq, call: call.sys.name, addr: spelled(addr) }
}
