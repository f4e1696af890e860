//! A socket that behaves like CPython's and makes the same system calls, on the traced layer.
//!
//! Follows `Modules/socketmodule.c` and `Lib/socket.py` of CPython 3.8 – 3.13: a timeout is a non-blocking descriptor
//! plus `poll`, never `SO_RCVTIMEO`; `accept` probes the new descriptor with `getsockname`; a socket that is dropped
//! without `close` is probed for the text of its warning before it is closed. `std::net`'s sockets are not used, since
//! their constructors make calls of their own.
//!
//! Sockets of one thread share the thread's [`Net`]; a socket crosses to another thread as [`Parts`].

use std::cell::RefCell;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Duration;

use libc::c_int;
pub use std::net::Shutdown;

use crate::event::Errno;
use crate::net::Net;
use crate::value::sockaddr::STORAGE;
use crate::value::{SockAddr, UnixName};

mod address;
mod error;
mod file;
mod resolver;
mod wait;

pub use address::{Address, gethostbyname, python_name};
pub use error::{Error, Result, check_signals, interrupt, is_interrupted};
pub use file::{Mode, SocketFile};
pub use resolver::Resolver;
use wait::Deadline;

/// The layer, shared by the sockets of one thread.
pub type SharedNet = Rc<RefCell<Net>>;

/// `socket.socket`.
pub struct Socket {
    net: SharedNet,
    /// -1 once closed; calls still reach the kernel with it and fail with `EBADF`, as in Python.
    fd: RawFd,
    family: c_int,
    kind: c_int,
    proto: c_int,
    timeout: Timeout,
    /// Files made by [`Socket::makefile`] that are still open.
    files: Rc<RefCell<Files>>,
}

/// State shared by a socket and its files: the descriptor is closed with the last of them.
#[derive(Debug, Default)]
struct Files {
    open: usize,
    /// `close` was called while files were open.
    closing: bool,
    /// The descriptor was closed by the last file.
    gone: bool,
    /// A read through a file timed out, after which Python refuses to read from it again.
    timed_out: bool,
    /// The socket itself was dropped without `close`.
    dropped: bool,
}

/// A socket's timeout, as `settimeout` sets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Timeout {
    /// `None`: wait for ever.
    Blocking,
    /// `0`: never wait.
    NonBlocking,
    /// Wait this long.
    After(Duration),
}

/// A socket without its layer, to be sent to another thread.
#[derive(Debug)]
pub struct Parts {
    fd: RawFd,
    family: c_int,
    kind: c_int,
    proto: c_int,
    timeout: Timeout,
}

impl Parts {
    /// The socket on the layer of the receiving thread.
    pub fn attach(self, net: &SharedNet) -> Socket {
        let Parts { fd, family, kind, proto, timeout } = self;
        Socket { net: Rc::clone(net), fd, family, kind, proto, timeout, files: Rc::default() }
    }
}

impl Socket {
    /// `socket.socket(family, type, proto)`.
    pub fn new(net: &SharedNet, family: c_int, kind: c_int, proto: c_int) -> Result<Self> {
        let fd = net.borrow_mut().socket(family, kind | libc::SOCK_CLOEXEC, proto)?;
        Ok(Self { net: Rc::clone(net), fd, family, kind, proto, timeout: Timeout::Blocking, files: Rc::default() })
    }

    /// `socket.socket()`: TCP over IPv4.
    pub fn tcp(net: &SharedNet) -> Result<Self> {
        Self::new(net, libc::AF_INET, libc::SOCK_STREAM, 0)
    }

    /// `socket.socket(type=SOCK_DGRAM)`: UDP over IPv4.
    pub fn udp(net: &SharedNet) -> Result<Self> {
        Self::new(net, libc::AF_INET, libc::SOCK_DGRAM, 0)
    }

    /// `socket.socket(family, type, proto, fileno=fd)`: Python makes sure that the descriptor is a socket.
    pub fn from_fd(net: &SharedNet, family: c_int, kind: c_int, proto: c_int, fd: RawFd) -> Result<Self> {
        net.borrow_mut().getsockname(fd, STORAGE as u32)?;
        Ok(Self { net: Rc::clone(net), fd, family, kind, proto, timeout: Timeout::Blocking, files: Rc::default() })
    }

    /// `socket.socket(fileno=fd)`: family, type and protocol are read from the kernel.
    pub fn from_fileno(net: &SharedNet, fd: RawFd) -> Result<Self> {
        let name = net.borrow_mut().getsockname(fd, STORAGE as u32)?;
        let mut socket = Self::from_parts(net, fd);
        socket.family = name.addr.map_or(libc::AF_UNSPEC, |addr| c_int::from(addr.family()));
        let kind_and_proto = socket.getsockopt(libc::SOL_SOCKET, libc::SO_TYPE).and_then(|kind| {
            let proto = socket.getsockopt(libc::SOL_SOCKET, libc::SO_PROTOCOL)?;
            Ok((kind, proto))
        });

        match kind_and_proto {
            Ok((kind, proto)) => {
                (socket.kind, socket.proto) = (kind, proto);
                Ok(socket)
            }
            Err(error) => {
                socket.fd = -1; // the caller keeps the descriptor
                Err(error)
            }
        }
    }

    fn from_parts(net: &SharedNet, fd: RawFd) -> Self {
        Parts { fd, family: 0, kind: 0, proto: 0, timeout: Timeout::Blocking }.attach(net)
    }

    /// Detaches the socket from this thread's layer.
    pub fn into_parts(mut self) -> Parts {
        let fd = std::mem::replace(&mut self.fd, -1);
        Parts { fd, family: self.family, kind: self.kind, proto: self.proto, timeout: self.timeout }
    }

    /// `fileno()`: no call.
    pub fn fileno(&self) -> RawFd {
        if self.files.borrow().gone { -1 } else { self.fd }
    }

    /// `detach()`: the descriptor becomes the caller's; no call.
    pub fn detach(&mut self) -> RawFd {
        std::mem::replace(&mut self.fd, -1)
    }

    /// `bind(address)`.
    pub fn bind(&self, address: &Address) -> Result<()> {
        let addr = self.resolve(address, "bind")?;
        Ok(self.net.borrow_mut().bind(self.fileno(), &addr)?)
    }

    /// `listen(backlog)`: a negative one becomes 0.
    pub fn listen(&self, backlog: c_int) -> Result<()> {
        Ok(self.net.borrow_mut().listen(self.fileno(), backlog.max(0))?)
    }

    /// `accept()`.
    pub fn accept(&self) -> Result<(Self, Option<SockAddr>)> {
        let fd = self.fileno();
        let room = self.name_room();
        let (new, name) = self.retry(libc::POLLIN, |net| net.accept4(fd, room, libc::SOCK_CLOEXEC))?;
        let mut socket = Self::from_fd(&self.net, self.family, self.kind, self.proto, new)?;
        if matches!(self.timeout, Timeout::After(_)) {
            socket.set_timeout(Timeout::Blocking)?;
        }
        Ok((socket, name.addr))
    }

    /// `connect(address)`.
    pub fn connect(&self, address: &Address) -> Result<()> {
        let addr = self.resolve(address, "connect")?;
        self.connect_resolved(&addr)
    }

    /// `connect_ex(address)`: 0, or the error's number; names, ports and types still raise.
    pub fn connect_ex(&self, address: &Address) -> Result<c_int> {
        let addr = self.resolve(address, "connect_ex")?;
        match self.connect_resolved(&addr) {
            Ok(()) => Ok(0),
            Err(Error::Os(errno)) => Ok(errno.0),
            Err(Error::TimedOut) => Ok(libc::EAGAIN),
            Err(other) => Err(other),
        }
    }

    fn connect_resolved(&self, addr: &SockAddr) -> Result<()> {
        let fd = self.fileno();
        let Err(errno) = self.net.borrow_mut().connect(fd, addr) else { return Ok(()) };
        let waits = match errno.0 {
            // The kernel continues to connect: wait for it, never connect a second time.
            libc::EINTR => {
                error::check_signals()?;
                self.timeout != Timeout::NonBlocking
            }
            libc::EINPROGRESS => matches!(self.timeout, Timeout::After(_)),
            _ => false,
        };
        if !waits {
            return Err(errno.into());
        }
        let timeout = self.timeout;
        self.retry_until(libc::POLLOUT | libc::POLLERR, timeout, true, |net| {
            let mut value = [0; 4];
            net.getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, &mut value)?;
            match i32::from_ne_bytes(value) {
                0 | libc::EISCONN => Ok(()),
                errno => Err(Errno(errno)),
            }
        })
    }

    /// `send(data)`: the number of bytes taken.
    pub fn send(&self, data: &[u8]) -> Result<usize> {
        let fd = self.fileno();
        self.retry(libc::POLLOUT, |net| net.send(fd, data, 0))
    }

    /// `sendall(data)`: a loop with one timeout for the whole.
    pub fn sendall(&self, data: &[u8]) -> Result<()> {
        let fd = self.fileno();
        let deadline = Deadline::of(self.timeout);
        let mut rest = data;
        loop {
            let left = match deadline.left() {
                Some(Duration::ZERO) => return Err(Error::TimedOut),
                Some(left) => Timeout::After(left),
                None => self.timeout,
            };
            let sent = self.retry_until(libc::POLLOUT, left, false, |net| net.send(fd, rest, 0))?;
            rest = &rest[sent.min(rest.len())..];
            error::check_signals()?;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// `sendto(data, address)`; the name is looked up at every call.
    pub fn sendto(&self, data: &[u8], address: &Address) -> Result<usize> {
        let fd = self.fileno();
        let addr = self.resolve(address, "sendto")?;
        self.retry(libc::POLLOUT, |net| net.sendto(fd, data, 0, &addr))
    }

    /// `recv(size)`; a size of 0 makes no call.
    pub fn recv(&self, size: isize) -> Result<Vec<u8>> {
        let size = usize::try_from(size).map_err(|_| Error::Value("negative buffersize in recv".into()))?;
        let mut buf = vec![0; size];
        let n = self.recv_into(&mut buf)?;
        buf.truncate(n);
        Ok(buf)
    }

    /// `recv_into(buffer)`.
    pub fn recv_into(&self, buf: &mut [u8]) -> Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let fd = self.fileno();
        self.retry(libc::POLLIN, |net| net.recv(fd, buf, 0))
    }

    /// `recvfrom(size)`; the address is `None` on a stream.
    pub fn recvfrom(&self, size: isize) -> Result<(Vec<u8>, Option<SockAddr>)> {
        let size = usize::try_from(size).map_err(|_| Error::Value("negative buffersize in recvfrom".into()))?;
        let mut buf = vec![0; size];
        let (fd, room) = (self.fileno(), self.name_room());
        let (n, name) = self.retry(libc::POLLIN, |net| net.recvfrom(fd, &mut buf, 0, room))?;
        buf.truncate(n);
        Ok((buf, name.addr))
    }

    /// `getsockname()`.
    pub fn getsockname(&self) -> Result<Option<SockAddr>> {
        Ok(self.net.borrow_mut().getsockname(self.fileno(), self.name_room())?.addr)
    }

    /// `getpeername()`.
    pub fn getpeername(&self) -> Result<Option<SockAddr>> {
        Ok(self.net.borrow_mut().getpeername(self.fileno(), self.name_room())?.addr)
    }

    /// `getsockopt(level, name)`: an integer.
    pub fn getsockopt(&self, level: c_int, name: c_int) -> Result<c_int> {
        let mut value = [0; 4];
        self.net.borrow_mut().getsockopt(self.fileno(), level, name, &mut value)?;
        Ok(c_int::from_ne_bytes(value))
    }

    /// `getsockopt(level, name, size)`: bytes.
    pub fn getsockopt_bytes(&self, level: c_int, name: c_int, size: usize) -> Result<Vec<u8>> {
        if size > 1024 {
            return Err(Error::Message("getsockopt buflen out of range".into()));
        }
        let mut value = vec![0; size];
        let len = self.net.borrow_mut().getsockopt(self.fileno(), level, name, &mut value)?;
        value.truncate(len);
        Ok(value)
    }

    /// `setsockopt(level, name, value)` with an integer.
    pub fn setsockopt(&self, level: c_int, name: c_int, value: c_int) -> Result<()> {
        self.setsockopt_bytes(level, name, &value.to_ne_bytes())
    }

    /// `setsockopt(level, name, value)` with bytes.
    pub fn setsockopt_bytes(&self, level: c_int, name: c_int, value: &[u8]) -> Result<()> {
        Ok(self.net.borrow_mut().setsockopt(self.fileno(), level, name, value)?)
    }

    /// `setblocking(flag)`.
    pub fn setblocking(&mut self, blocking: bool) -> Result<()> {
        self.set_timeout(if blocking { Timeout::Blocking } else { Timeout::NonBlocking })
    }

    /// `settimeout(seconds)`; `None` blocks. The descriptor is non-blocking whenever there is a timeout.
    pub fn settimeout(&mut self, seconds: Option<f64>) -> Result<()> {
        let timeout = match seconds {
            None => Timeout::Blocking,
            Some(s) if s.is_nan() => return Err(Error::Value("Invalid value NaN (not a number)".into())),
            Some(s) if s < 0.0 => return Err(Error::Value("Timeout value out of range".into())),
            Some(0.0) => Timeout::NonBlocking,
            // Rounded up, as Python does, so that a tiny timeout does not become zero.
            Some(s) => match Duration::try_from_secs_f64(s) {
                Ok(d) => Timeout::After(d.max(Duration::from_nanos(1))),
                Err(_) => return Err(Error::Overflow("timestamp too large to convert to C PyTime_t".into())),
            },
        };
        self.set_timeout(timeout)
    }

    fn set_timeout(&mut self, timeout: Timeout) -> Result<()> {
        self.timeout = timeout;
        let non_blocking = c_int::from(timeout != Timeout::Blocking);
        self.net.borrow_mut().ioctl_int(self.fileno(), libc::FIONBIO as u32, non_blocking)?;
        Ok(())
    }

    /// `gettimeout()`: no call.
    pub fn gettimeout(&self) -> Option<f64> {
        match self.timeout {
            Timeout::Blocking => None,
            Timeout::NonBlocking => Some(0.0),
            Timeout::After(timeout) => Some(timeout.as_secs_f64()),
        }
    }

    /// `shutdown(how)`.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        Ok(self.net.borrow_mut().shutdown(self.fileno(), how)?)
    }

    /// `dup()`.
    pub fn dup(&self) -> Result<Self> {
        let fd = self.net.borrow_mut().fcntl(self.fileno(), libc::F_DUPFD_CLOEXEC, 0)?;
        let mut copy = Self::from_fd(&self.net, self.family, self.kind, self.proto, fd)?;
        copy.set_timeout(self.timeout)?;
        Ok(copy)
    }

    /// `close()`: only once, and deferred while files made from the socket are open.
    pub fn close(&mut self) -> Result<()> {
        {
            let mut files = self.files.borrow_mut();
            if files.open > 0 {
                files.closing = true;
                return Ok(());
            }
        }
        self.real_close()
    }

    fn real_close(&mut self) -> Result<()> {
        let fd = std::mem::replace(&mut self.fd, -1);
        if fd < 0 || self.files.borrow().gone {
            return Ok(());
        }
        match self.net.borrow_mut().close(fd) {
            // A reset by the peer is not a failure to close.
            Ok(()) | Err(Errno(libc::ECONNRESET)) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// `makefile(mode)`.
    pub fn makefile(&self, mode: Mode) -> SocketFile {
        SocketFile::new(self.share(), mode)
    }

    /// A second handle on the same descriptor, for a file.
    fn share(&self) -> Self {
        self.files.borrow_mut().open += 1;
        Self {
            net: Rc::clone(&self.net),
            fd: self.fd,
            family: self.family,
            kind: self.kind,
            proto: self.proto,
            timeout: self.timeout,
            files: Rc::clone(&self.files),
        }
    }

    /// `repr(s)`: reads both names from the kernel.
    pub fn repr(&self) -> String {
        let fd = self.fileno();
        let mut text =
            format!("<socket.socket fd={fd}, family={}, type={}, proto={}", self.family, self.kind, self.proto);
        if fd >= 0 {
            if let Ok(Some(name)) = self.getsockname() {
                text += &format!(", laddr={}", address::repr(&name));
            }
            if let Ok(Some(name)) = self.getpeername() {
                text += &format!(", raddr={}", address::repr(&name));
            }
        }
        text + ">"
    }

    /// The buffer size for a name of this family, as Python passes it.
    fn name_room(&self) -> u32 {
        match self.family {
            libc::AF_INET => size_of::<libc::sockaddr_in>() as u32,
            libc::AF_INET6 => size_of::<libc::sockaddr_in6>() as u32,
            libc::AF_UNIX => size_of::<libc::sockaddr_un>() as u32,
            _ => STORAGE as u32,
        }
    }

    fn resolve(&self, address: &Address, method: &str) -> Result<SockAddr> {
        address::resolve(&self.net, self.family, address, method)
    }
}

impl Drop for Socket {
    /// As Python's finaliser does for a socket that was not closed: reads both names for its warning, then closes it.
    fn drop(&mut self) {
        if self.fd < 0 || self.files.borrow().gone {
            return;
        }
        if self.files.borrow().open > 0 {
            self.files.borrow_mut().dropped = true; // its files keep it alive
            return;
        }
        if !self.files.borrow().closing {
            let _ = self.repr();
        }
        let _ = self.real_close();
    }
}

impl std::fmt::Debug for Socket {
    /// Makes no call, unlike [`Socket::repr`].
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<socket.socket fd={}>", self.fileno())
    }
}

/// Whether an address is that of an unnamed local socket, an empty string in Python.
fn is_unnamed(addr: &SockAddr) -> bool {
    matches!(addr, SockAddr::Unix(UnixName::Unnamed))
}
