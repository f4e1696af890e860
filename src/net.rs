//! The in-process layer: one safe function per call that socket programs make, each issued exactly as the kernel should
//! see it, and recorded with its inputs and outputs.
//!
//! nix makes the calls whose arguments it passes on unchanged (`send`, `recv`); libc makes those where nix hides an
//! argument: the length of an address buffer, option levels, an arbitrary backlog. Descriptors are plain numbers, since
//! programs do use closed ones and must get their `EBADF`.
//!
//! Recording costs two clock readings and the work of the [`Recorder`]. errno is saved right after the call and
//! restored after recording, so that the program does not see what the recorder does.
//!
//! # Safety
//! Every block calls libc with pointers and lengths taken from one live slice or array; the kernel writes no further
//! than the length it was given.
#![allow(unsafe_code)]

use std::net::Shutdown;
use std::os::fd::RawFd;

use errno::{Errno as LibcErrno, errno, set_errno};
use libc::{c_int, socklen_t};
use nix::sys::socket::MsgFlags;

use crate::event::{Errno, Ret};
use crate::memory::Lent;
use crate::sys::clock::monotonic_ns;
use crate::syscall::{self, Syscall};
use crate::value::SockAddr;
use crate::value::sockaddr::STORAGE;

mod duplicate;
mod make;
mod message;
mod recorder;
mod ring;
mod wait;

pub use crate::decode::Limits;
pub use crate::state::Own as States;
pub use message::Message;
pub use recorder::{Recorder, Stream, Times};
pub use ring::Ring;
pub use wait::{EpollEvent, Sets};

/// The kernel's result: a non-negative number, or errno.
pub type Result<T> = std::result::Result<T, Errno>;

/// Bytes at an address.
type Region<'a> = (u64, &'a [u8]);

/// The layer. One per thread, since its recorder handles one call at a time.
pub struct Net {
    recorder: Box<dyn Recorder>,
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Net")
    }
}

/// A call in progress: made by [`Net::enter`], consumed by [`Net::exit`].
struct Entered {
    began_ns: u64,
}

/// An address as `accept`, `getsockname` and the like return it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Name {
    /// The address; `None` when the kernel gave none (a received TCP segment has no address of its own).
    pub addr: Option<SockAddr>,
    /// The length the kernel reported, which may exceed what was offered.
    pub len: u32,
}

/// One descriptor to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// The descriptor.
    pub fd: RawFd,
    /// `POLLIN` and so on.
    pub events: i16,
    /// The events that occurred.
    pub revents: i16,
}

impl Net {
    /// A layer that records into `recorder`.
    pub fn new(recorder: impl Recorder + 'static) -> Self {
        Self { recorder: Box::new(recorder) }
    }

    fn enter(
        &mut self,
        sys: &'static Syscall,
        via: Option<&'static str>,
        regs: [u64; 6],
        ins: &[Region<'_>],
    ) -> Entered {
        self.recorder.enter(sys, via, regs, Lent::new(ins));
        Entered { began_ns: monotonic_ns() }
    }

    /// Records the return; `value` is what libc returned, and `errno` the value it set.
    fn exit(&mut self, entered: Entered, result: Result<i64>, outs: &[Region<'_>]) -> Result<i64> {
        let times = Times { began_ns: entered.began_ns, ended_ns: monotonic_ns() };
        let saved = errno();
        let ret = match result {
            Ok(value) => Ret::Ok(value),
            Err(errno) => Ret::Err(errno),
        };
        self.recorder.exit(ret, Lent::new(outs), times);
        set_errno(saved);
        result
    }

    /// A call that passes no memory.
    fn plain(&mut self, sys: &'static Syscall, regs: [u64; 6], call: impl FnOnce() -> Result<i64>) -> Result<i64> {
        let entered = self.enter(sys, None, regs, &[]);
        let result = call();
        self.exit(entered, result, &[])
    }

    /// socket(2).
    pub fn socket(&mut self, domain: c_int, kind: c_int, protocol: c_int) -> Result<RawFd> {
        let regs = [reg(domain), reg(kind), reg(protocol), 0, 0, 0];
        // SAFETY: no pointers.
        self.plain(&syscall::SOCKET, regs, || libc_result(unsafe { libc::socket(domain, kind, protocol) })).map(fd)
    }

    /// bind(2).
    pub fn bind(&mut self, sockfd: RawFd, addr: &SockAddr) -> Result<()> {
        self.with_address(&syscall::BIND, sockfd, addr, libc::bind)
    }

    /// connect(2).
    pub fn connect(&mut self, sockfd: RawFd, addr: &SockAddr) -> Result<()> {
        self.with_address(&syscall::CONNECT, sockfd, addr, libc::connect)
    }

    fn with_address(
        &mut self,
        sys: &'static Syscall,
        sockfd: RawFd,
        addr: &SockAddr,
        call: unsafe extern "C" fn(c_int, *const libc::sockaddr, socklen_t) -> c_int,
    ) -> Result<()> {
        let bytes = addr.to_bytes();
        let regs = [reg(sockfd), address(&bytes), bytes.len() as u64, 0, 0, 0];
        let entered = self.enter(sys, None, regs, &[region(&bytes)]);
        // SAFETY: `bytes` lives across the call and has the length passed.
        let result = libc_result(unsafe { call(sockfd, bytes.as_ptr().cast(), bytes.len() as socklen_t) });
        self.exit(entered, result, &[]).map(drop)
    }

    /// listen(2). libc, since nix refuses backlogs the kernel takes.
    pub fn listen(&mut self, sockfd: RawFd, backlog: c_int) -> Result<()> {
        let regs = [reg(sockfd), reg(backlog), 0, 0, 0, 0];
        // SAFETY: no pointers.
        self.plain(&syscall::LISTEN, regs, || libc_result(unsafe { libc::listen(sockfd, backlog) })).map(drop)
    }

    /// accept4(2) with room for `room` bytes of address, at most 128.
    pub fn accept4(&mut self, sockfd: RawFd, room: u32, flags: c_int) -> Result<(RawFd, Name)> {
        let call = |addr: *mut libc::sockaddr, len: *mut socklen_t| {
            // SAFETY: `with_name` passes a live buffer and its length.
            unsafe { libc::accept4(sockfd, addr, len, flags) }
        };
        self.with_name(&syscall::ACCEPT4, sockfd, room, reg(flags), call).map(|(new, name)| (fd(new), name))
    }

    /// getsockname(2) with room for `room` bytes of address, at most 128.
    pub fn getsockname(&mut self, sockfd: RawFd, room: u32) -> Result<Name> {
        // SAFETY: `with_name` passes a live buffer and its length.
        let call = |addr, len| unsafe { libc::getsockname(sockfd, addr, len) };
        self.with_name(&syscall::GETSOCKNAME, sockfd, room, 0, call).map(|(_, name)| name)
    }

    /// getpeername(2) with room for `room` bytes of address, at most 128.
    pub fn getpeername(&mut self, sockfd: RawFd, room: u32) -> Result<Name> {
        // SAFETY: `with_name` passes a live buffer and its length.
        let call = |addr, len| unsafe { libc::getpeername(sockfd, addr, len) };
        self.with_name(&syscall::GETPEERNAME, sockfd, room, 0, call).map(|(_, name)| name)
    }

    fn with_name(
        &mut self,
        sys: &'static Syscall,
        sockfd: RawFd,
        room: u32,
        fourth: u64,
        call: impl FnOnce(*mut libc::sockaddr, *mut socklen_t) -> c_int,
    ) -> Result<(i64, Name)> {
        let mut buf = AddressBuffer::new(room);
        let regs = [reg(sockfd), address(buf.room()), address(&buf.len), fourth, 0, 0];
        let entered = self.enter(sys, None, regs, &[region(&buf.len)]);
        let (addr, len) = buf.pointers();
        let result = libc_result(call(addr, len));
        let ret = self.exit(entered, result, &[region(buf.room()), region(&buf.len)])?;
        Ok((ret, buf.name()))
    }

    /// send(2): what the kernel sees is `sendto` without an address.
    pub fn send(&mut self, sockfd: RawFd, buf: &[u8], flags: c_int) -> Result<usize> {
        let regs = [reg(sockfd), address(buf), buf.len() as u64, reg(flags), 0, 0];
        let entered = self.enter(&syscall::SENDTO, Some("send"), regs, &[region(buf)]);
        let result = nix::sys::socket::send(sockfd, buf, MsgFlags::from_bits_retain(flags));
        self.exit(entered, nix_result(result), &[]).map(size)
    }

    /// sendto(2).
    pub fn sendto(&mut self, sockfd: RawFd, buf: &[u8], flags: c_int, dest: &SockAddr) -> Result<usize> {
        let to = dest.to_bytes();
        let regs = [reg(sockfd), address(buf), buf.len() as u64, reg(flags), address(&to), to.len() as u64];
        let entered = self.enter(&syscall::SENDTO, None, regs, &[region(buf), region(&to)]);
        // SAFETY: both slices live across the call and have the lengths passed.
        let result = libc_result(unsafe {
            libc::sendto(sockfd, buf.as_ptr().cast(), buf.len(), flags, to.as_ptr().cast(), to.len() as socklen_t)
        });
        self.exit(entered, result, &[]).map(size)
    }

    /// recv(2): what the kernel sees is `recvfrom` without an address.
    pub fn recv(&mut self, sockfd: RawFd, buf: &mut [u8], flags: c_int) -> Result<usize> {
        let regs = [reg(sockfd), address(buf), buf.len() as u64, reg(flags), 0, 0];
        let entered = self.enter(&syscall::RECVFROM, Some("recv"), regs, &[]);
        let result = nix::sys::socket::recv(sockfd, buf, MsgFlags::from_bits_retain(flags));
        self.exit(entered, nix_result(result), &[region(buf)]).map(size)
    }

    /// recvfrom(2) with room for `room` bytes of address, at most 128.
    pub fn recvfrom(&mut self, sockfd: RawFd, buf: &mut [u8], flags: c_int, room: u32) -> Result<(usize, Name)> {
        let mut from = AddressBuffer::new(room);
        let regs = [reg(sockfd), address(buf), buf.len() as u64, reg(flags), address(from.room()), address(&from.len)];
        let entered = self.enter(&syscall::RECVFROM, None, regs, &[region(&from.len)]);
        let (addr, len) = from.pointers();
        // SAFETY: `buf` and the address buffer live across the call and have the lengths passed.
        let result =
            libc_result(unsafe { libc::recvfrom(sockfd, buf.as_mut_ptr().cast(), buf.len(), flags, addr, len) });
        let n = self.exit(entered, result, &[region(buf), region(from.room()), region(&from.len)])?;
        Ok((size(n), from.name()))
    }

    /// read(2).
    pub fn read(&mut self, fd: RawFd, buf: &mut [u8]) -> Result<usize> {
        let regs = [reg(fd), address(buf), buf.len() as u64, 0, 0, 0];
        let entered = self.enter(&syscall::READ, None, regs, &[]);
        // SAFETY: `buf` lives across the call and has the length passed.
        let result = libc_result(unsafe { libc::read(fd, buf.as_mut_ptr().cast(), buf.len()) });
        self.exit(entered, result, &[region(buf)]).map(size)
    }

    /// writev(2).
    pub fn writev(&mut self, fd: RawFd, bufs: &[&[u8]]) -> Result<usize> {
        let iov = message::iovecs(bufs.iter().map(|buf| (address(buf), buf.len())));
        let regs = [reg(fd), address(&iov), bufs.len() as u64, 0, 0, 0];
        let regions: Vec<Region<'_>> =
            std::iter::once(region(&iov)).chain(bufs.iter().map(|buf| region(*buf))).collect();
        let entered = self.enter(&syscall::WRITEV, None, regs, &regions);
        // SAFETY: `iov` holds exactly `bufs.len()` structures whose slices live across the call; the kernel asks for no
        // alignment.
        let result = libc_result(unsafe { libc::writev(fd, iov.as_ptr().cast(), bufs.len() as c_int) });
        self.exit(entered, result, &[]).map(size)
    }

    /// setsockopt(2).
    pub fn setsockopt(&mut self, sockfd: RawFd, level: c_int, name: c_int, value: &[u8]) -> Result<()> {
        let regs = [reg(sockfd), reg(level), reg(name), address(value), value.len() as u64, 0];
        let entered = self.enter(&syscall::SETSOCKOPT, None, regs, &[region(value)]);
        // SAFETY: `value` lives across the call and has the length passed.
        let result = libc_result(unsafe {
            libc::setsockopt(sockfd, level, name, value.as_ptr().cast(), value.len() as socklen_t)
        });
        self.exit(entered, result, &[]).map(drop)
    }

    /// getsockopt(2) into `value`; returns the length the kernel reports.
    pub fn getsockopt(&mut self, sockfd: RawFd, level: c_int, name: c_int, value: &mut [u8]) -> Result<usize> {
        let mut len = (value.len() as socklen_t).to_ne_bytes();
        let regs = [reg(sockfd), reg(level), reg(name), address(value), address(&len), 0];
        let entered = self.enter(&syscall::GETSOCKOPT, None, regs, &[region(&len)]);
        // SAFETY: `value` and `len` live across the call; `len` holds the length of `value`. The pointer to `len` is
        // not aligned for its type, which the kernel does not ask for.
        let result = libc_result(unsafe {
            libc::getsockopt(sockfd, level, name, value.as_mut_ptr().cast(), len.as_mut_ptr().cast())
        });
        self.exit(entered, result, &[region(value), region(&len)])?;
        Ok(u32::from_ne_bytes(len) as usize)
    }

    /// shutdown(2).
    pub fn shutdown(&mut self, sockfd: RawFd, how: Shutdown) -> Result<()> {
        let how = match how {
            Shutdown::Read => libc::SHUT_RD,
            Shutdown::Write => libc::SHUT_WR,
            Shutdown::Both => libc::SHUT_RDWR,
        };
        // SAFETY: no pointers.
        let call = || libc_result(unsafe { libc::shutdown(sockfd, how) });
        self.plain(&syscall::SHUTDOWN, [reg(sockfd), reg(how), 0, 0, 0, 0], call).map(drop)
    }

    /// write(2).
    pub fn write(&mut self, fd: RawFd, buf: &[u8]) -> Result<usize> {
        let regs = [reg(fd), address(buf), buf.len() as u64, 0, 0, 0];
        let entered = self.enter(&syscall::WRITE, None, regs, &[region(buf)]);
        // SAFETY: `buf` lives across the call and has the length passed.
        let result = libc_result(unsafe { libc::write(fd, buf.as_ptr().cast(), buf.len()) });
        self.exit(entered, result, &[]).map(size)
    }

    /// close(2).
    pub fn close(&mut self, fd: RawFd) -> Result<()> {
        self.plain(&syscall::CLOSE, [reg(fd), 0, 0, 0, 0, 0], || {
            // SAFETY: programs close what they opened, and double closes are part of what is studied; nothing else in
            // this process owns the numbers a program uses.
            libc_result(unsafe { libc::close(fd) })
        })
        .map(drop)
    }

    /// poll(2); `timeout` in ms, negative to wait for ever. Returns how many descriptors are ready and fills `revents`.
    pub fn poll(&mut self, fds: &mut [Poll], timeout: c_int) -> Result<usize> {
        let mut raw = poll_image(fds);
        let regs = [address(&raw), fds.len() as u64, reg(timeout), 0, 0, 0];
        let entered = self.enter(&syscall::POLL, None, regs, &[region(&raw)]);
        // SAFETY: `raw` holds exactly `fds.len()` structures of eight bytes and lives across the call; the kernel asks
        // for no alignment.
        let result = libc_result(unsafe { libc::poll(raw.as_mut_ptr().cast(), fds.len() as libc::nfds_t, timeout) });
        let ready = self.exit(entered, result, &[region(&raw)])?;
        for (poll, bytes) in fds.iter_mut().zip(raw.chunks_exact(size_of::<libc::pollfd>())) {
            poll.revents = i16::from_ne_bytes([bytes[6], bytes[7]]);
        }
        Ok(size(ready))
    }

    /// `ioctl(fd, request, [value])` with one in-out `int`; returns what the kernel left there.
    pub fn ioctl_int(&mut self, fd: RawFd, request: u32, value: c_int) -> Result<c_int> {
        let mut bytes = value.to_ne_bytes();
        let regs = [reg(fd), u64::from(request), address(&bytes), 0, 0, 0];
        let entered = self.enter(&syscall::IOCTL, None, regs, &[region(&bytes)]);
        // SAFETY: the requests the layer makes (FIONBIO, FIONREAD, SIOCATMARK, SIOCOUTQ) read or write one int, which
        // lives across the call.
        let result = libc_result(unsafe { libc::ioctl(fd, request as libc::Ioctl, bytes.as_mut_ptr()) });
        self.exit(entered, result, &[region(&bytes)])?;
        Ok(c_int::from_ne_bytes(bytes))
    }

    /// `fcntl(fd, op, arg)` for the operations whose argument is a number.
    pub fn fcntl(&mut self, fd: RawFd, op: c_int, arg: c_int) -> Result<c_int> {
        let regs = [reg(fd), reg(op), reg(arg), 0, 0, 0];
        // SAFETY: no pointers.
        self.plain(&syscall::FCNTL, regs, || libc_result(unsafe { libc::fcntl(fd, op, arg) })).map(self::fd)
    }
}

/// Room for an address and its length.
struct AddressBuffer {
    bytes: [u8; STORAGE],
    room: usize,
    len: [u8; 4],
}

impl AddressBuffer {
    fn new(room: u32) -> Self {
        let room = STORAGE.min(room as usize);
        Self { bytes: [0; STORAGE], room, len: (room as u32).to_ne_bytes() }
    }

    fn room(&self) -> &[u8] {
        &self.bytes[..self.room]
    }

    fn pointers(&mut self) -> (*mut libc::sockaddr, *mut socklen_t) {
        (self.bytes.as_mut_ptr().cast(), self.len.as_mut_ptr().cast())
    }

    fn name(&self) -> Name {
        let len = u32::from_ne_bytes(self.len);
        let given = &self.bytes[..self.room.min(len as usize)];
        Name { addr: (given.len() >= 2).then(|| crate::value::SockAddr::from_bytes(given)), len }
    }
}

/// `struct pollfd`s.
fn poll_image(fds: &[Poll]) -> Vec<u8> {
    let mut raw: Vec<u8> = Vec::with_capacity(size_of_val(fds));
    for poll in fds {
        raw.extend(poll.fd.to_ne_bytes());
        raw.extend(poll.events.to_ne_bytes());
        raw.extend([0; 2]);
    }
    raw
}

/// Issues a call by the table's number; one that this architecture lacks fails with `ENOSYS`.
///
/// # Safety
/// Pointers among the registers must be valid for the call until it returns.
unsafe fn system_call(sys: &Syscall, regs: [u64; 6]) -> Result<i64> {
    let [a, b, c, d, e, f] = regs;
    // SAFETY: the caller's promise.
    libc_result(unsafe { libc::syscall(sys.nr as libc::c_long, a, b, c, d, e, f) } as libc::ssize_t)
}

/// An `int` as a register.
fn reg(n: c_int) -> u64 {
    n as i64 as u64
}

fn address<T: ?Sized + AsRef<[u8]>>(bytes: &T) -> u64 {
    bytes.as_ref().as_ptr() as u64
}

/// The address of memory that the kernel may write to.
fn address_mut<T: ?Sized + AsMut<[u8]>>(bytes: &mut T) -> u64 {
    bytes.as_mut().as_mut_ptr() as u64
}

fn region<T: ?Sized + AsRef<[u8]>>(bytes: &T) -> Region<'_> {
    (address(bytes), bytes.as_ref())
}

fn fd(n: i64) -> RawFd {
    n as RawFd
}

fn size(n: i64) -> usize {
    n as usize
}

/// What a libc function returned, with errno where it failed.
fn libc_result(ret: impl Into<Wide>) -> Result<i64> {
    let Wide(ret) = ret.into();
    if ret == -1 {
        let LibcErrno(number) = errno();
        Err(Errno(number))
    } else {
        Ok(ret)
    }
}

/// libc's `int` and `ssize_t`.
struct Wide(i64);

impl From<c_int> for Wide {
    fn from(n: c_int) -> Self {
        Self(i64::from(n))
    }
}

impl From<libc::ssize_t> for Wide {
    fn from(n: libc::ssize_t) -> Self {
        Self(n as i64)
    }
}

fn nix_result(result: nix::Result<usize>) -> Result<i64> {
    result.map(|n| n as i64).map_err(|errno| Errno(errno as i32))
}
