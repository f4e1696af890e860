//! From a trace to the calls that are to be made, or the reason why they cannot be.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;

use nix::sys::socket::Shutdown;

use super::Refusal;
use crate::event::{Body, Call, Event, Ret};
use crate::syscall::RetTy;
use crate::text::{Style, write_value};
use crate::value::{SockAddr, UnixName, Value};

/// One thing to do.
#[derive(Debug)]
pub(super) struct Step {
    /// The recorded call; none for the end of a process.
    pub(super) event: Option<Event>,
    pub(super) pid: u32,
    pub(super) tid: u32,
    pub(super) ts_ns: u64,
    pub(super) dur_ns: Option<u64>,
    /// Whether it never returned.
    pub(super) unfinished: bool,
    pub(super) op: Op,
}

/// A descriptor as the trace has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// One that a call of the trace made.
    Made(i32),
    /// A number that is no open descriptor.
    Closed(i32),
    /// Something that is no socket.
    File,
}

/// A call with what it is to be given.
#[derive(Debug)]
pub(super) enum Op {
    Socket {
        domain: i32,
        kind: i32,
        protocol: i32,
    },
    Bind {
        fd: Known,
        addr: SockAddr,
    },
    Connect {
        fd: Known,
        addr: SockAddr,
    },
    Listen {
        fd: Known,
        backlog: i32,
    },
    Accept {
        fd: Known,
        room: u32,
        flags: i32,
    },
    Getsockname {
        fd: Known,
        room: u32,
    },
    Getpeername {
        fd: Known,
        room: u32,
    },
    Send {
        fd: Known,
        data: Vec<u8>,
        flags: i32,
        addr: Option<SockAddr>,
    },
    Recv {
        fd: Known,
        size: usize,
        flags: i32,
        room: Option<u32>,
    },
    Read {
        fd: Known,
        size: usize,
    },
    Write {
        fd: Known,
        data: Vec<u8>,
    },
    Writev {
        fd: Known,
        data: Vec<Vec<u8>>,
    },
    Setsockopt {
        fd: Known,
        level: i32,
        name: i32,
        value: Vec<u8>,
    },
    Getsockopt {
        fd: Known,
        level: i32,
        name: i32,
        room: usize,
    },
    Shutdown {
        fd: Known,
        how: Shutdown,
    },
    Close {
        fd: Known,
    },
    Poll {
        fds: Vec<(Known, i16)>,
        timeout: i32,
    },
    Ioctl {
        fd: Known,
        request: u64,
        value: i32,
    },
    Fcntl {
        fd: Known,
        op: i32,
        arg: i32,
    },
    /// The end of a process: what it left open is closed.
    Exit,
}

impl Op {
    /// Whether it may wait for others.
    pub(super) fn may_block(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. } | Self::Accept { .. } | Self::Recv { .. } | Self::Read { .. } | Self::Poll { .. }
        )
    }
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// Bytes kept of each buffer, as in the recording.
    pub(super) strings: usize,
    /// The longest timeout among the calls, ms.
    pub(super) longest_ms: u64,
}

/// Buffers are kept whole where the recording cut none.
const WHOLE: usize = 1 << 24;

/// Works out what is to be done.
pub(super) fn plan(trace: &[Event], allow_remote: bool) -> Result<Plan, Refusal> {
    let mut events: Vec<&Event> = trace.iter().collect();
    if trace.iter().all(|event| event.ts_ns > 0 || !matches!(event.body, Body::Call(_))) {
        // Several files may come one after the other. Ends of unknown time stay behind their process's calls.
        let mut last: BTreeMap<u32, u64> = BTreeMap::new();
        for event in trace.iter().filter(|event| event.ts_ns > 0) {
            let at = last.entry(event.pid).or_default();
            *at = event.ts_ns.max(*at);
        }
        events.sort_by_key(
            |event| if event.ts_ns > 0 { event.ts_ns } else { last.get(&event.pid).copied().unwrap_or(0) },
        );
    }
    let mut open: BTreeMap<u32, BTreeSet<i32>> = BTreeMap::new();
    let (mut steps, mut cut, mut longest_ms) = (Vec::new(), 0, 0);
    for event in events {
        let (op, call) = match &event.body {
            Body::Call(call) => {
                let fds = open.entry(event.pid).or_default();
                let op = Reading { event, call, fds, allow_remote }.op()?;
                match (&op, call.ret) {
                    (Op::Close { fd: Known::Made(fd) }, Ret::Ok(_)) => {
                        fds.remove(fd);
                    }
                    (Op::Poll { timeout, .. }, _) => longest_ms = longest_ms.max(u64::try_from(*timeout).unwrap_or(0)),
                    (_, Ret::Ok(fd)) if call.sys.ret_ty(&call.args) == RetTy::Fd => {
                        fds.insert(fd as i32);
                    }
                    _ => {}
                }
                call.args.iter().for_each(|value| cut = cut.max(longest_cut(value)));
                (op, Some(call))
            }
            Body::Exit(_) if event.tid == event.pid => (Op::Exit, None),
            _ => continue,
        };
        let restarted = |call: &Call| matches!(call.ret, Ret::Err(errno) if errno.is_restart());
        steps.push(Step {
            event: call.map(|_| event.clone()),
            pid: event.pid,
            tid: event.tid,
            ts_ns: event.ts_ns,
            dur_ns: call.and_then(|call| call.dur_ns),
            unfinished: call.is_some_and(|call| call.ret == Ret::Unfinished || restarted(call)),
            op,
        });
    }
    if steps.iter().all(|step| step.event.is_none()) {
        return Err(Refusal::Empty);
    }
    for pid in open.into_keys() {
        if !steps.iter().any(|step| step.pid == pid && matches!(step.op, Op::Exit)) {
            let (ts_ns, dur_ns, unfinished) = (0, None, false);
            steps.push(Step { event: None, pid, tid: pid, ts_ns, dur_ns, unfinished, op: Op::Exit });
        }
    }
    Ok(Plan { steps, strings: if cut == 0 { WHOLE } else { cut }, longest_ms })
}

/// The length at which the recording cut a buffer; 0 where it did not.
fn longest_cut(value: &Value) -> usize {
    match value {
        Value::Bytes(bytes) if bytes.truncated => bytes.data.len(),
        Value::Array(array) => array.items.iter().map(longest_cut).max().unwrap_or(0),
        Value::Record(record) => record.fields.iter().map(longest_cut).max().unwrap_or(0),
        _ => 0,
    }
}

/// A recorded call being understood.
struct Reading<'a> {
    event: &'a Event,
    call: &'a Call,
    fds: &'a BTreeSet<i32>,
    allow_remote: bool,
}

impl Reading<'_> {
    fn op(&self) -> Result<Op, Refusal> {
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
                // Of a call that never returned only the first argument may be known.
                let flags =
                    if self.call.ret == Ret::Unfinished { self.int("flags").unwrap_or(0) } else { self.int("flags")? };
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
                let unfinished = self.call.ret == Ret::Unfinished;
                let size = self.int("size").or_else(|refusal| if unfinished { Ok(64 * 1024) } else { Err(refusal) })?;
                let flags = self.int("flags").or_else(|refusal| if unfinished { Ok(0) } else { Err(refusal) })?;
                Op::Recv { fd: self.fd()?, size: self.size(size)?, flags, room: self.room("addrlen") }
            }
            "read" => {
                let unfinished = self.call.ret == Ret::Unfinished;
                let size =
                    self.int("count").or_else(|refusal| if unfinished { Ok(64 * 1024) } else { Err(refusal) })?;
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
            "poll" => self.poll()?,
            "ioctl" => {
                let request = match self.call.args.get(1) {
                    Some(Value::Const(request)) if matches!(request.raw, FIONBIO | FIONREAD) => request.raw,
                    _ => return Err(self.unknown("request")),
                };
                // FIONREAD only writes.
                let value = self.call.args.get(2).and_then(number).unwrap_or(0) as i32;
                Op::Ioctl { fd: self.fd()?, request, value }
            }
            "fcntl" => {
                let arg = match self.call.args.get(2) {
                    None => 0,
                    Some(value) => number(value).ok_or_else(|| self.unknown("arg"))?,
                };
                let op = self.call.args.get(1).and_then(number).ok_or_else(|| self.unknown("cmd"))?;
                Op::Fcntl { fd: self.fd()?, op: op as i32, arg: arg as i32 }
            }
            _ => return Err(Refusal::Call { seq: self.event.seq, call: name }),
        })
    }

    fn unknown(&self, name: &'static str) -> Refusal {
        Refusal::Argument { seq: self.event.seq, call: self.call.sys.name, name }
    }

    fn remote(&self, addr: String) -> Refusal {
        Refusal::Remote { seq: self.event.seq, call: self.call.sys.name, addr }
    }

    fn int(&self, name: &'static str) -> Result<i32, Refusal> {
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

    fn known(&self, fd: i32) -> Result<Known, Refusal> {
        let answer = match self.call.ret {
            Ret::Err(errno) => errno.0,
            _ => 0,
        };
        match answer {
            _ if self.fds.contains(&fd) => Ok(Known::Made(fd)),
            libc::EBADF => Ok(Known::Closed(fd)),
            libc::ENOTSOCK => Ok(Known::File),
            _ if fd < 0 => Ok(Known::Closed(fd)),
            _ => Err(Refusal::Descriptor { seq: self.event.seq, pid: self.event.pid, fd }),
        }
    }

    fn address(&self, name: &'static str, own: bool) -> Result<SockAddr, Refusal> {
        let Some(Value::SockAddr(addr)) = self.call.arg(name) else { return Err(self.unknown(name)) };
        let reachable = match addr {
            SockAddr::Inet { ip, .. } => is_ours((*ip).into()),
            SockAddr::Inet6 { ip, .. } => is_ours((*ip).into()),
            // A path would make or reach files; where nothing is there is nobody to reach.
            SockAddr::Unix(UnixName::Path(path)) => !own && is_missing(path),
            SockAddr::Unix(_) => true,
            _ => false,
        };
        // A name that the kernel did not give is nobody's.
        let refused = own && matches!(self.call.ret, Ret::Err(errno) if errno.0 == libc::EADDRNOTAVAIL);
        if reachable || refused || self.allow_remote {
            return Ok(self.padded(addr));
        }
        let mut shown = String::new();
        write_value(&Value::SockAddr(addr.clone()), &Style::default(), &mut shown);
        Err(self.remote(shown))
    }

    /// A Unix address as long as it was passed: C programs pass the whole structure.
    fn padded(&self, addr: &SockAddr) -> SockAddr {
        let len = self.int("addrlen").ok().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
        let mut bytes = addr.to_bytes();
        if !matches!(addr, SockAddr::Unix(UnixName::Path(_))) || !(bytes.len()..=LONGEST as usize).contains(&len) {
            return addr.clone();
        }
        bytes.resize(len, 0);
        SockAddr::Raw { family: addr.family(), data: bytes.split_off(2) }
    }

    fn data(&self, name: &'static str) -> Result<Vec<u8>, Refusal> {
        match self.call.arg(name) {
            Some(value) => self.whole(value).ok_or_else(|| self.unknown(name))?,
            None => Err(self.unknown(name)),
        }
    }

    /// A buffer's bytes, if it is one; refused if they were cut.
    fn whole(&self, value: &Value) -> Option<Result<Vec<u8>, Refusal>> {
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

    fn poll(&self) -> Result<Op, Refusal> {
        let Some(Value::Array(array)) = self.call.args.first() else { return Err(self.unknown("fds")) };
        let mut fds = Vec::new();
        for item in &array.items {
            let Value::PollFd(item) = item else { return Err(self.unknown("fds")) };
            fds.push((self.known(item.fd.raw)?, item.events as i16));
        }
        if self.int("nfds")? as usize != fds.len() {
            return Err(self.unknown("fds"));
        }
        Ok(Op::Poll { fds, timeout: self.int("timeout")? })
    }
}

/// `sizeof(struct sockaddr_storage)`.
const LONGEST: u32 = 128;
/// The requests the layer makes (`asm-generic/ioctls.h`).
const FIONREAD: u64 = 0x541b;
const FIONBIO: u64 = 0x5421;

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
fn number(value: &Value) -> Option<i64> {
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
