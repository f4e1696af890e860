//! The bench an experiment works at: a recorded layer, the settings in force, and the list of what was tried.
//!
//! Every call an experiment makes goes through the layer and into the trace; [`Lab::show`] marks the decisive ones,
//! which become the evidence. What a try came to is written down with [`Lab::trial`]; the verdict follows from these
//! alone ([`super::Verdict::of`]).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::RawFd;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use libc::c_int;

use super::{Result, Trial, Trouble};
use crate::decode::Limits;
use crate::event::{Event, Ret, Trace};
use crate::json;
use crate::net::{self, Net, Poll, Recorder, Stream, Times};
use crate::pysocket::SharedNet;
use crate::sys::namespace::{self, Failure};
use crate::sys::setting;
use crate::syscall::Syscall;
use crate::value::SockAddr;

/// Bytes of a buffer that evidence keeps.
const KEPT: usize = 64;
/// Of calls made in a row, as many are evidence.
const SHOWN: usize = 4;
/// How long a second process of an experiment may take.
const HELPER_LIMIT: Duration = Duration::from_secs(5);

/// The bench.
pub(super) struct Lab {
    net: SharedNet,
    trace: Rc<RefCell<Trace>>,
    decisive: BTreeSet<(u32, u64)>,
    pub(super) trials: Vec<Trial>,
    pub(super) notes: Vec<String>,
    in_force: BTreeMap<String, String>,
}

impl std::fmt::Debug for Lab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lab")
    }
}

/// A layer that records into `trace`.
fn recorded(trace: &Rc<RefCell<Trace>>) -> Net {
    Net::new(Stream::new(Rc::clone(trace), Limits { strings: KEPT, ..Limits::default() }))
}

impl Lab {
    /// A bench where these settings are in force.
    pub(super) fn new(in_force: BTreeMap<String, String>) -> Self {
        let trace = Rc::new(RefCell::new(Trace::new()));
        let net = Rc::new(RefCell::new(recorded(&trace)));
        Self { net, trace, decisive: BTreeSet::new(), trials: Vec::new(), notes: Vec::new(), in_force }
    }

    /// The layer, for sockets shaped as Python's.
    pub(super) fn shared(&self) -> SharedNet {
        Rc::clone(&self.net)
    }

    /// Makes a call.
    pub(super) fn call<R>(&mut self, call: impl FnOnce(&mut Net) -> R) -> R {
        call(&mut self.net.borrow_mut())
    }

    /// Makes a call that decides.
    pub(super) fn show<R>(&mut self, call: impl FnOnce(&mut Net) -> R) -> R {
        let result = self.call(call);
        self.decisive();
        result
    }

    /// Says that the last call made here decides.
    pub(super) fn decisive(&mut self) {
        if let Some(event) = self.trace.borrow().last() {
            self.decisive.insert((event.tid, event.seq));
        }
    }

    /// How many events there are so far, to look later at what came after.
    pub(super) fn mark(&self) -> usize {
        self.trace.borrow().len()
    }

    /// The calls named `syscall` since [`Lab::mark`]; they become evidence when `decisive`.
    pub(super) fn calls_since(&mut self, mark: usize, syscall: &str, decisive: bool) -> usize {
        let trace = self.trace.borrow();
        let found = trace.iter().skip(mark).filter(|event| name_of(event) == Some(syscall));
        let mut count = 0;
        for event in found {
            count += 1;
            if decisive && count <= SHOWN {
                self.decisive.insert((event.tid, event.seq));
            }
        }
        count
    }

    /// Writes down what was tried, what was seen and whether the claim holds there.
    pub(super) fn trial(&mut self, tried: impl Into<String>, seen: impl Into<String>, holds: bool) {
        self.trials.push(Trial { tried: tried.into(), seen: seen.into(), holds, in_force: false });
    }

    /// Like [`Lab::trial`], under the settings in force where the command was called.
    pub(super) fn trial_in_force(&mut self, tried: impl Into<String>, seen: impl Into<String>, holds: bool) {
        self.trials.push(Trial { tried: tried.into(), seen: seen.into(), holds, in_force: true });
    }

    /// Says what could not be looked at.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The value of a setting where the command was called; one of those the claim names.
    pub(super) fn in_force(&self, name: &str) -> Result<String> {
        self.in_force.get(name).cloned().ok_or_else(|| Trouble::new(format!("nobody asked for the setting {name}")))
    }

    /// The values to try: the one in force, marked so, then the others.
    pub(super) fn values(&self, name: &str, others: &[&str]) -> Result<Vec<(String, bool)>> {
        let here = self.in_force(name)?;
        let rest = others.iter().filter(|value| **value != here).map(|value| ((*value).to_owned(), false));
        Ok(std::iter::once((here.clone(), true)).chain(rest).collect())
    }

    /// Changes a setting for this experiment.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<()> {
        setting::set(name, value).map_err(Trouble::new)
    }

    /// Puts all settings back to those in force.
    pub(super) fn restore(&self) -> Result<()> {
        self.in_force.iter().try_for_each(|(name, value)| self.set(name, value))
    }

    /// A TCP socket over IPv4.
    pub(super) fn tcp(&mut self) -> Result<RawFd> {
        Ok(self.call(|net| net.socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0))?)
    }

    /// A TCP socket over IPv4 that never waits.
    pub(super) fn tcp_nonblocking(&mut self) -> Result<RawFd> {
        let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        Ok(self.call(|net| net.socket(libc::AF_INET, kind, 0))?)
    }

    /// A UDP socket over IPv4 that never waits: on loopback a datagram is there when `sendto` returns, or soon after.
    pub(super) fn udp(&mut self) -> Result<RawFd> {
        let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        Ok(self.call(|net| net.socket(libc::AF_INET, kind, 0))?)
    }

    /// A UDP socket with a port of its own on loopback.
    pub(super) fn udp_bound(&mut self) -> Result<(RawFd, SockAddr)> {
        let fd = self.udp()?;
        self.call(|net| net.bind(fd, &local(0)))?;
        Ok((fd, self.address(fd)?))
    }

    /// A socket listening on a port of its own on loopback.
    pub(super) fn listener(&mut self, backlog: c_int) -> Result<(RawFd, SockAddr)> {
        let fd = self.tcp()?;
        self.call(|net| net.bind(fd, &local(0)))?;
        self.call(|net| net.listen(fd, backlog))?;
        Ok((fd, self.address(fd)?))
    }

    /// A connection: client, server's end, listener.
    pub(super) fn connection(&mut self) -> Result<(RawFd, RawFd, RawFd)> {
        let (listener, address) = self.listener(8)?;
        let client = self.tcp()?;
        self.call(|net| net.connect(client, &address))?;
        let server = self.accept(listener)?;
        Ok((client, server, listener))
    }

    /// Takes a connection.
    pub(super) fn accept(&mut self, listener: RawFd) -> Result<RawFd> {
        Ok(self.call(|net| net.accept4(listener, NAME, libc::SOCK_CLOEXEC))?.0)
    }

    /// Takes a connection if there is one.
    pub(super) fn accept_waiting(&mut self, listener: RawFd) -> Result<Option<RawFd>> {
        if self.poll(listener, libc::POLLIN, 0)? == 0 {
            return Ok(None);
        }
        self.accept(listener).map(Some)
    }

    /// A socket's own address.
    pub(super) fn address(&mut self, fd: RawFd) -> Result<SockAddr> {
        let name = self.call(|net| net.getsockname(fd, NAME))?;
        name.addr.ok_or_else(|| Trouble::new("getsockname gave no address"))
    }

    /// A socket's own port.
    pub(super) fn port(&mut self, fd: RawFd) -> Result<u16> {
        Ok(port(&self.address(fd)?))
    }

    /// Sets an option to a number.
    pub(super) fn option(&mut self, fd: RawFd, level: c_int, name: c_int, value: c_int) -> Result<()> {
        Ok(self.call(|net| net.setsockopt(fd, level, name, &value.to_ne_bytes()))?)
    }

    /// Asks an option that is a number.
    pub(super) fn asked(&mut self, fd: RawFd, level: c_int, name: c_int) -> Result<c_int> {
        let mut value = [0; 4];
        self.call(|net| net.getsockopt(fd, level, name, &mut value))?;
        Ok(c_int::from_ne_bytes(value))
    }

    /// Closes a descriptor.
    pub(super) fn close(&mut self, fd: RawFd) -> Result<()> {
        Ok(self.call(|net| net.close(fd))?)
    }

    /// Closes a connection at once with a reset, leaving nothing behind.
    pub(super) fn reset(&mut self, fd: RawFd) -> Result<()> {
        let linger = [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat();
        self.call(|net| net.setsockopt(fd, libc::SOL_SOCKET, libc::SO_LINGER, &linger))?;
        self.close(fd)
    }

    /// Waits for one descriptor at most `ms` milliseconds; returns what was found, 0 for nothing.
    pub(super) fn poll(&mut self, fd: RawFd, events: i16, ms: c_int) -> Result<i16> {
        let mut fds = [Poll { fd, events, revents: 0 }];
        self.call(|net| net.poll(&mut fds, ms))?;
        Ok(fds[0].revents)
    }

    /// Waits until there is something to read; generous, since the machine may be busy.
    pub(super) fn readable(&mut self, fd: RawFd) -> Result<()> {
        match self.poll(fd, libc::POLLIN, PATIENCE_MS)? {
            0 => Err(Trouble::new(format!("nothing came to descriptor {fd} within {PATIENCE_MS} ms"))),
            _ => Ok(()),
        }
    }

    /// Receives what there is, as text.
    pub(super) fn recv(&mut self, fd: RawFd) -> net::Result<String> {
        let mut buf = [0; 2048];
        let n = self.call(|net| net.recv(fd, &mut buf, 0))?;
        Ok(String::from_utf8_lossy(&buf[..n]).into_owned())
    }

    /// A thread that reads everything from `fd` until its end.
    pub(super) fn reader(&self, fd: RawFd) -> Reader {
        Reader(std::thread::spawn(move || {
            let trace = Rc::new(RefCell::new(Trace::new()));
            let mut net = recorded(&trace);
            let mut got = Vec::new();
            let mut buf = vec![0; 64 * 1024];
            while let Ok(n @ 1..) = net.recv(fd, &mut buf, 0) {
                got.extend_from_slice(&buf[..n]);
            }
            (got, trace.take())
        }))
    }

    /// What a reader got, once the other end is closed; its calls join the trace.
    pub(super) fn read_by(&mut self, reader: Reader) -> Result<Vec<u8>> {
        let (got, trace) = reader.0.join().map_err(|_| Trouble::new("the reading thread died"))?;
        self.trace.borrow_mut().extend(trace);
        Ok(got)
    }

    /// Runs `work` in another process on a layer of its own, which shares our descriptors; its calls join the trace,
    /// as evidence. `work` returns a number.
    pub(super) fn in_other_process(&mut self, work: impl FnOnce(&mut Net) -> net::Result<u32>) -> Result<u32> {
        let made = namespace::in_child(HELPER_LIMIT, &|| false, || {
            let trace = Rc::new(RefCell::new(Trace::new()));
            let mut net = recorded(&trace);
            let mut out = match work(&mut net) {
                Ok(number) => format!("{number}\n"),
                Err(errno) => format!("{errno}\n"),
            }
            .into_bytes();
            trace.borrow().iter().for_each(|event| json::write(event, &mut out));
            out
        })
        .map_err(|failure: Failure| Trouble::new(failure.to_string()))?;
        let text = String::from_utf8(made).map_err(|error| Trouble::new(error.to_string()))?;
        let mut lines = text.lines();
        let answer = lines.next().unwrap_or_default();
        let number = answer.parse().map_err(|_| Trouble::new(format!("in the other process: {answer}")));
        for line in lines {
            let event = json::read(line).map_err(|error| Trouble::new(error.to_string()))?;
            self.decisive.insert((event.tid, event.seq));
            self.trace.borrow_mut().push(event);
        }
        number
    }

    /// The last call that failed, for an experiment that could not go on.
    pub(super) fn last_failure(&self) -> Option<Event> {
        self.trace.borrow().iter().rev().find(|event| failed(event)).cloned()
    }

    /// The whole trace in order of time, numbered anew, and the numbers of the decisive events.
    pub(super) fn finish(self) -> (Trace, Vec<u64>) {
        let mut trace = self.trace.take();
        trace.sort_by_key(|event| event.ts_ns);
        let mut evidence = Vec::new();
        for (seq, event) in (0..).zip(&mut trace) {
            if self.decisive.contains(&(event.tid, event.seq)) {
                evidence.push(seq);
            }
            event.seq = seq;
        }
        (trace, evidence)
    }
}

/// How long an experiment waits for what must come, ms.
const PATIENCE_MS: c_int = 4000;

/// Room for an IPv4 or IPv6 name.
const NAME: u32 = size_of::<libc::sockaddr_in6>() as u32;

/// A thread made by [`Lab::reader`].
#[derive(Debug)]
pub(super) struct Reader(JoinHandle<(Vec<u8>, Trace)>);

/// A port of 127.0.0.1.
pub(super) fn local(port: u16) -> SockAddr {
    SockAddr::inet([127, 0, 0, 1], port)
}

/// The port of an address, 0 where there is none.
pub(super) fn port(address: &SockAddr) -> u16 {
    match address {
        SockAddr::Inet { port, .. } | SockAddr::Inet6 { port, .. } => *port,
        _ => 0,
    }
}

/// What a call came to: `succeeds`, or `gives` and the errno's name.
pub(super) fn said<T>(result: &net::Result<T>) -> String {
    match result {
        Ok(_) => "succeeds".to_owned(),
        Err(errno) => format!("gives {errno:?}"),
    }
}

/// Whether a call failed with this errno.
pub(super) fn is<T>(result: &net::Result<T>, errno: c_int) -> bool {
    matches!(result, Err(found) if found.0 == errno)
}

fn name_of(event: &Event) -> Option<&'static str> {
    match &event.body {
        crate::event::Body::Call(call) => Some(call.sys.name),
        _ => None,
    }
}

fn failed(event: &Event) -> bool {
    matches!(&event.body, crate::event::Body::Call(call) if matches!(call.ret, Ret::Err(_)))
}

/// A recorder that keeps nothing, for measuring speed.
#[derive(Debug)]
pub(super) struct Unrecorded;

impl Recorder for Unrecorded {
    fn enter(&mut self, _: &'static Syscall, _: Option<&'static str>, _: [u64; 6], _: crate::memory::Lent<'_>) {}

    fn exit(&mut self, _: Ret, _: crate::memory::Lent<'_>, _: Times) {}
}
