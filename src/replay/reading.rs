//! One recorded call, read as what is to be passed again.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;

use std::net::Shutdown;

use super::Refusal;
use super::open::Open;
use super::plan::{Known, Mask, Number, Op};
use crate::event::{Call, Event, Ret};
use crate::net::EpollEvent;
use crate::syscall::Ty;
use crate::text::{Style, write_value};
use crate::value::{SockAddr, UnixName, Value};

/// A recorded call being understood.
pub(super) struct Reading<'a> {
    pub(super) event: &'a Event,
    /// Its process, whose descriptors these are.
    pub(super) pid: u32,
    pub(super) call: &'a Call,
    pub(super) fds: &'a Open,
    /// Which steps made the descriptors that were met.
    pub(super) used: &'a RefCell<BTreeSet<usize>>,
    /// Unix names that sockets of the trace have.
    pub(super) bound: &'a BTreeSet<UnixName>,
    pub(super) allow_remote: bool,
}

impl Reading<'_> {
    /// Whether the call is not about sockets: one that the table does not describe, or about nothing but files.
    pub(super) fn is_beside_the_point(&self) -> bool {
        let mut files = false;
        for (param, value) in self.call.sys.params.iter().zip(&self.call.args) {
            match (param.ty, value) {
                (Ty::Fd, Value::Fd(fd)) if self.fds.is_file(fd.raw) => files = true,
                (Ty::Fd, Value::Fd(_)) => return false,
                _ => {}
            }
        }
        // That it is no socket is an answer like others.
        let tells = matches!(self.call.ret, Ret::Err(errno) if errno.0 == libc::ENOTSOCK);
        !self.call.sys.is_known() || (files && !tells && !matches!(self.call.sys.name, "epoll_wait" | "epoll_pwait"))
    }

    /// What is to be done, or why that cannot be.
    pub(super) fn op(&self) -> Result<Op, Refusal> {
        let name = self.call.sys.name;
        Ok(match name {
            "socket" => {
                let domain = self.int("domain")?;
                let local = matches!(domain, libc::AF_INET | libc::AF_INET6 | libc::AF_UNIX);
                // A family that the kernel refused reaches nobody.
                if !local && !self.allow_remote && matches!(self.call.ret, Ret::Ok(_)) {
                    return Err(self.remote(format!("family {domain}")));
                }
                Op::Socket { domain, kind: self.int("type")?, protocol: self.int("protocol")? }
            }
            "bind" => Op::Bind { fd: self.fd()?, addr: self.address("addr", true)? },
            "connect" => Op::Connect { fd: self.fd()?, addr: self.address("addr", false)? },
            "listen" => Op::Listen { fd: self.fd()?, backlog: self.int("backlog")? },
            "accept" => Op::Accept { fd: self.fd()?, room: self.room("addrlen").unwrap_or(LONGEST), flags: 0 },
            "accept4" => {
                let flags = self.late_int("flags", 0)?;
                Op::Accept { fd: self.fd()?, room: self.room("addrlen").unwrap_or(LONGEST), flags }
            }
            "getsockname" => Op::Getsockname { fd: self.fd()?, room: self.needed_room("addrlen")? },
            "getpeername" => Op::Getpeername { fd: self.fd()?, room: self.needed_room("addrlen")? },
            "sendto" => {
                let addr = match self.call.arg("dest_addr") {
                    Some(Value::Pointer(0)) | None => None,
                    Some(_) => Some(self.address("dest_addr", false)?),
                };
                Op::Send { fd: self.fd()?, data: self.data("buf")?, flags: self.int("flags")?, addr }
            }
            "recvfrom" => {
                let (size, flags) = (self.late_int("size", 64 * 1024)?, self.late_int("flags", 0)?);
                Op::Recv { fd: self.fd()?, size: self.size(size)?, flags, room: self.room("addrlen") }
            }
            "read" => {
                let size = self.late_int("count", 64 * 1024)?;
                Op::Read { fd: self.fd()?, size: self.size(size)? }
            }
            "write" => Op::Write { fd: self.fd()?, data: self.data("buf")? },
            "writev" => Op::Writev { fd: self.fd()?, data: self.vectors()? },
            "setsockopt" => {
                let value = self.option()?;
                Op::Setsockopt { fd: self.fd()?, level: self.int("level")?, name: self.int("optname")?, value }
            }
            "getsockopt" => {
                let room = self.needed_room("optlen")? as usize;
                Op::Getsockopt { fd: self.fd()?, level: self.int("level")?, name: self.int("optname")?, room }
            }
            "shutdown" => {
                let how = match self.int("how")? {
                    libc::SHUT_RD => Shutdown::Read,
                    libc::SHUT_WR => Shutdown::Write,
                    libc::SHUT_RDWR => Shutdown::Both,
                    _ => return Err(self.unknown("how")),
                };
                Op::Shutdown { fd: self.fd()?, how }
            }
            "close" => Op::Close { fd: self.fd()? },
            "poll" => Op::Poll { fds: self.pollfds()?, timeout: self.int("timeout")? },
            "ioctl" => {
                let request = match self.call.args.get(1) {
                    Some(Value::Const(request)) if INT_REQUESTS.contains(&request.raw) => request.raw,
                    _ => return Err(self.unknown("request")),
                };
                // Some only write.
                let value = self.call.args.get(2).and_then(number).unwrap_or(0) as i32;
                Op::Ioctl { fd: self.fd()?, request, value }
            }
            "fcntl" => {
                let arg = match self.call.args.get(2) {
                    None => 0,
                    Some(value) => number(value).ok_or_else(|| self.unknown("arg"))?,
                };
                let op = self.call.args.get(1).and_then(number).ok_or_else(|| self.unknown("cmd"))?;
                if matches!(op as i32, libc::F_SETOWN | F_SETSIG) {
                    return Err(self.unknown("arg")); // it names a process, which is another one now
                }
                Op::Fcntl { fd: self.fd()?, op: op as i32, arg: arg as i32 }
            }
            "socketpair" => {
                Op::Socketpair { domain: self.int("domain")?, kind: self.int("type")?, protocol: self.int("protocol")? }
            }
            "pipe2" => Op::Pipe { flags: self.int("flags")? },
            "dup" => Op::Dup { fd: self.fd()? },
            "dup2" => Op::DupTo { fd: self.fd()?, over: self.over()?, flags: None },
            "dup3" => Op::DupTo { fd: self.fd()?, over: self.over()?, flags: Some(self.int("flags")?) },
            "sendmsg" => Op::Sendmsg { fd: self.fd()?, message: self.outgoing()?, flags: self.int("flags")? },
            "sendmmsg" => Op::Sendmmsg { fd: self.fd()?, messages: self.outgoings()?, flags: self.int("flags")? },
            "recvmsg" => {
                Op::Recvmsg { fd: self.fd()?, room: self.room_for_message()?, flags: self.late_int("flags", 0)? }
            }
            "recvmmsg" => Op::Recvmmsg {
                fd: self.fd()?,
                rooms: self.rooms_for_messages()?,
                flags: self.late_int("flags", 0)?,
                timeout: self.time("timeout")?,
            },
            "readv" => Op::Readv { fd: self.fd()?, sizes: self.rooms("iov")? },
            "sendfile" => self.sendfile()?,
            "select" => Op::Select { count: self.int("nfds")?, sets: self.sets()?, timeout: self.time("timeout")? },
            "pselect6" => Op::Pselect {
                count: self.int("nfds")?,
                sets: self.sets()?,
                timeout: self.time("timeout")?,
                mask: match self.call.arg("sigmask") {
                    Some(Value::Record(argument)) => Some(self.mask(argument.fields.first())?),
                    other => self.mask(other).map(|mask| mask.map(Some))?,
                },
            },
            "ppoll" => {
                let (fds, timeout) = (self.pollfds()?, self.time("tmo_p")?);
                Op::Ppoll { fds, timeout, mask: self.mask(self.call.arg("sigmask"))? }
            }
            "epoll_create1" => Op::EpollCreate { flags: self.int("flags")? },
            "epoll_ctl" => self.epoll_ctl()?,
            "epoll_wait" | "epoll_pwait" => {
                let (most, timeout) = (self.late_int("maxevents", 64)?, self.late_int("timeout", -1)?);
                let mask: Mask = match name {
                    "epoll_pwait" => Some(self.mask(self.call.arg("sigmask"))?),
                    _ => None,
                };
                Op::EpollWait { fd: self.fd()?, most, timeout, mask }
            }
            _ => return Err(Refusal::Call { seq: self.event.seq, call: name }),
        })
    }

    pub(super) fn unknown(&self, name: &'static str) -> Refusal {
        Refusal::Argument { seq: self.event.seq, call: self.call.sys.name, name }
    }

    fn remote(&self, addr: String) -> Refusal {
        Refusal::Remote { seq: self.event.seq, call: self.call.sys.name, addr }
    }

    /// The same of a call that may not have returned, of which only the first argument may be known.
    fn late_int(&self, name: &'static str, otherwise: i32) -> Result<i32, Refusal> {
        let returned = !matches!(self.call.ret, Ret::Unfinished);
        self.int(name).or_else(|refusal| if returned { Err(refusal) } else { Ok(otherwise) })
    }

    pub(super) fn int(&self, name: &'static str) -> Result<i32, Refusal> {
        self.call.arg(name).and_then(number).map(|n| n as i32).ok_or_else(|| self.unknown(name))
    }

    fn size(&self, size: i32) -> Result<usize, Refusal> {
        usize::try_from(size).map_err(|_| self.unknown("size"))
    }

    fn room(&self, name: &str) -> Option<u32> {
        match self.call.arg(name) {
            Some(Value::Length(length)) => u32::try_from(length.entry).ok(),
            _ => None,
        }
    }

    fn needed_room(&self, name: &'static str) -> Result<u32, Refusal> {
        self.room(name).ok_or_else(|| self.unknown(name))
    }

    fn fd(&self) -> Result<Known, Refusal> {
        match self.call.args.first() {
            Some(Value::Fd(fd)) => self.known(fd.raw),
            _ => Err(self.unknown("fd")),
        }
    }

    /// A descriptor's number, whatever it is.
    fn raw_fd(&self, at: usize) -> Result<i32, Refusal> {
        match self.call.args.get(at) {
            Some(Value::Fd(fd)) => Ok(fd.raw),
            _ => Err(self.unknown("newfd")),
        }
    }

    /// What a copy takes the number of.
    fn over(&self) -> Result<Option<Number>, Refusal> {
        let number = self.fds.number(self.raw_fd(1)?);
        self.used.borrow_mut().extend(number.map(|number| number.step));
        Ok(number)
    }

    pub(super) fn known(&self, fd: i32) -> Result<Known, Refusal> {
        let answer = match self.call.ret {
            Ret::Err(errno) => errno.0,
            _ => 0,
        };
        if let Some(number) = self.fds.number(fd) {
            self.used.borrow_mut().insert(number.step);
            return Ok(Known::Made(number));
        }
        match answer {
            libc::EBADF => Ok(Known::Closed(fd)),
            libc::ENOTSOCK => Ok(Known::File),
            _ if fd < 0 => Ok(Known::Closed(fd)),
            _ => Err(Refusal::Descriptor { seq: self.event.seq, pid: self.pid, fd }),
        }
    }

    fn address(&self, name: &'static str, own: bool) -> Result<SockAddr, Refusal> {
        match self.call.arg(name) {
            Some(Value::SockAddr(addr)) => self.reachable(addr, self.int("addrlen").unwrap_or(0).into(), own),
            _ => Err(self.unknown(name)),
        }
    }

    /// An address of this length, if it is one that may be spoken to.
    pub(super) fn reachable(&self, addr: &SockAddr, len: i64, own: bool) -> Result<SockAddr, Refusal> {
        let reachable = match addr {
            SockAddr::Inet { ip, .. } => is_ours((*ip).into()),
            SockAddr::Inet6 { ip, .. } => is_ours((*ip).into()),
            // Names of the trace's own sockets are others now. Elsewhere a path would reach somebody, but where nothing is.
            SockAddr::Unix(name) if self.bound.contains(name) => true,
            SockAddr::Unix(UnixName::Path(path)) => !own && is_missing(path),
            SockAddr::Unix(_) => true,
            _ => false,
        };
        // A name that the kernel did not give is nobody's.
        let refused = own && matches!(self.call.ret, Ret::Err(errno) if errno.0 == libc::EADDRNOTAVAIL);
        if reachable || refused || self.allow_remote {
            return Ok(padded(addr, len));
        }
        let mut shown = String::new();
        write_value(&Value::SockAddr(addr.clone()), &Style::default(), &mut shown);
        Err(self.remote(shown))
    }

    fn data(&self, name: &'static str) -> Result<Vec<u8>, Refusal> {
        match self.call.arg(name) {
            Some(value) => self.whole(value).ok_or_else(|| self.unknown(name))?,
            None => Err(self.unknown(name)),
        }
    }

    /// A buffer's bytes, if it is one; refused if they were cut.
    pub(super) fn whole(&self, value: &Value) -> Option<Result<Vec<u8>, Refusal>> {
        match value {
            Value::Bytes(bytes) if bytes.truncated => {
                let (seq, call, kept) = (self.event.seq, self.call.sys.name, bytes.data.len());
                Some(Err(Refusal::Truncated { seq, call, kept }))
            }
            Value::Bytes(bytes) => Some(Ok(bytes.data.to_vec())),
            _ => None,
        }
    }

    fn vectors(&self) -> Result<Vec<Vec<u8>>, Refusal> {
        let Some(Value::Array(array)) = self.call.args.get(1) else { return Err(self.unknown("iov")) };
        if array.tail != crate::value::Tail::End {
            return Err(self.unknown("iov"));
        }
        let buffer = |item: &Value| match item {
            Value::Record(record) => {
                let base = record.fields.first().and_then(|base| self.whole(base));
                base.unwrap_or_else(|| Err(self.unknown("iov")))
            }
            _ => Err(self.unknown("iov")),
        };
        array.items.iter().map(buffer).collect()
    }

    fn option(&self) -> Result<Vec<u8>, Refusal> {
        let mut bytes = self.call.arg("optval").and_then(bytes).ok_or_else(|| self.unknown("optval"))?;
        let len = self.int("optlen")? as usize;
        if bytes.len() < len {
            return Err(self.unknown("optval"));
        }
        bytes.truncate(len);
        Ok(bytes)
    }

    /// A member of something that is waited for. What a standard stream is cannot be known, but whether it was ready.
    fn waited(&self, fd: i32, ready: bool) -> Result<Known, Refusal> {
        match self.fds.is_file(fd) {
            true if ready => Ok(Known::File),
            true => Ok(Known::Quiet),
            false => self.known(fd),
        }
    }

    fn pollfds(&self) -> Result<Vec<(Known, i16)>, Refusal> {
        let mut fds = Vec::new();
        match self.call.args.first() {
            Some(Value::Array(array)) => {
                for item in &array.items {
                    let Value::PollFd(item) = item else { return Err(self.unknown("fds")) };
                    let ready = item.revents.is_some_and(|revents| revents != 0);
                    let events = item.events.ok_or_else(|| self.unknown("fds"))?;
                    fds.push((self.waited(item.fd.raw, ready)?, events as i16));
                }
            }
            Some(Value::Pointer(0)) => {}
            _ => return Err(self.unknown("fds")),
        }
        if self.int("nfds")? as usize != fds.len() {
            return Err(self.unknown("fds"));
        }
        Ok(fds)
    }

    fn sets(&self) -> Result<[Option<Vec<Known>>; 3], Refusal> {
        let set = |name: &'static str| match self.call.arg(name) {
            Some(Value::FdSet(set)) => {
                let ready = |fd: i32| set.exit.iter().flatten().any(|ready| ready.raw == fd);
                set.entry.iter().map(|fd| self.waited(fd.raw, ready(fd.raw))).collect::<Result<_, _>>().map(Some)
            }
            Some(Value::Pointer(0)) => Ok(None),
            _ => Err(self.unknown(name)),
        };
        Ok([set("readfds")?, set("writefds")?, set("exceptfds")?])
    }

    /// A timeout: two numbers, as its structure has them.
    fn time(&self, name: &'static str) -> Result<Option<[i64; 2]>, Refusal> {
        match self.call.arg(name) {
            Some(Value::Timeout(timeout)) => match timeout.entry.fields.as_slice() {
                [Value::Int(seconds), Value::Int(rest)] => Ok(Some([*seconds, *rest])),
                _ => Err(self.unknown(name)),
            },
            Some(Value::Pointer(0)) => Ok(None),
            None if self.call.ret == Ret::Unfinished => Ok(None),
            _ => Err(self.unknown(name)),
        }
    }

    fn mask(&self, value: Option<&Value>) -> Result<Option<u64>, Refusal> {
        match value {
            Some(Value::SigSet(mask)) => Ok(Some(*mask)),
            Some(Value::Pointer(0)) => Ok(None),
            None if self.call.ret == Ret::Unfinished => Ok(None),
            _ => Err(self.unknown("sigmask")),
        }
    }

    fn epoll_ctl(&self) -> Result<Op, Refusal> {
        let event = match self.call.arg("event") {
            Some(Value::Record(event)) => {
                let events = event.get("events").and_then(number).ok_or_else(|| self.unknown("event"))? as u32;
                let data = match event.get("data") {
                    Some(Value::Record(data)) => data.get("u64").and_then(number),
                    _ => None,
                };
                Some(EpollEvent { events, data: data.ok_or_else(|| self.unknown("event"))? as u64 })
            }
            Some(Value::Pointer(0)) => None,
            // Taking one out needs none, and does not look at what is there.
            Some(Value::Pointer(_)) if self.int("op")? == libc::EPOLL_CTL_DEL => {
                Some(EpollEvent { events: 0, data: 0 })
            }
            _ => return Err(self.unknown("event")),
        };
        let member = self.raw_fd(2)?;
        let refused = matches!(self.call.ret, Ret::Err(errno) if errno.0 == libc::EPERM);
        let fd = if refused { Known::File } else { self.known(member)? };
        Ok(Op::EpollCtl { epfd: self.fd()?, op: self.int("op")?, fd, event })
    }

    fn sendfile(&self) -> Result<Op, Refusal> {
        let (seq, call) = (self.event.seq, self.call.sys.name);
        let file = match self.call.arg("in_fd") {
            Some(Value::Fd(fd)) => self.fds.path(fd).filter(|path| path.is_file()),
            _ => None,
        };
        let file = file.ok_or(Refusal::File { seq, call })?;
        let offset = match self.call.arg("offset") {
            Some(Value::Offset(offset) | Value::Length(offset)) => Some(offset.entry),
            Some(Value::Pointer(0)) => None,
            _ => return Err(self.unknown("offset")),
        };
        let count = self.call.arg("count").and_then(number).and_then(|count| usize::try_from(count).ok());
        Ok(Op::Sendfile { fd: self.fd()?, file, offset, count: count.ok_or_else(|| self.unknown("count"))? })
    }
}

/// `sizeof(struct sockaddr_storage)`.
const LONGEST: u32 = 128;
/// The requests with one int that the layer makes: FIONREAD, FIONBIO, SIOCOUTQ, SIOCATMARK (`asm-generic/ioctls.h`).
const INT_REQUESTS: [u64; 4] = [0x541b, 0x5421, 0x5411, 0x8905];
const F_SETSIG: i32 = 10;

/// A Unix address as long as it was passed: C programs pass the whole structure.
fn padded(addr: &SockAddr, len: i64) -> SockAddr {
    let len = usize::try_from(len).unwrap_or(0);
    let mut bytes = addr.to_bytes();
    if !matches!(addr, SockAddr::Unix(UnixName::Path(_))) || !(bytes.len()..=LONGEST as usize).contains(&len) {
        return addr.clone();
    }
    bytes.resize(len, 0);
    SockAddr::Raw { family: addr.family(), data: bytes.split_off(2) }
}

/// Whether an address is this machine's alone; the unspecified one is the machine itself to whoever connects to it.
fn is_ours(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || ip.is_unspecified()
}

/// Whether there is no file of this name.
fn is_missing(path: &[u8]) -> bool {
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}

/// The number that an argument passes.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        Value::Uint(n) | Value::Hex(n) | Value::Pointer(n) => Some(*n as i64),
        Value::Const(constant) => Some(constant.raw as i64),
        Value::Flags(flags) => Some(flags.raw as i64),
        Value::SockType(kind) => Some((kind.kind.raw | kind.flags.raw) as i64),
        Value::Ref(inner) => number(inner),
        _ => None,
    }
}

/// The bytes that an option's value passes.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) if !bytes.truncated => Some(bytes.data.to_vec()),
        Value::Record(record) => Some(record.to_bytes()),
        Value::Ref(inner) => bytes(inner),
        value => number(value).map(|n| (n as i32).to_ne_bytes().to_vec()),
    }
}
