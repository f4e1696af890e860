//! What an experiment works with: a recorded layer, the settings in force, and the list of trials.
//!
//! Every call an experiment makes goes through the layer and into the trace; [`Lab::show`] marks the decisive ones,
//! which become the evidence. [`Lab::trial`] records the result of a trial; the verdict follows from these alone
//! ([`super::Verdict::of`]).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::RawFd;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use libc::c_int;

use super::{ExperimentError, Result, Trial};
use crate::decode::Limits;
use crate::event::{Event, Ret, Trace};
use crate::json;
use crate::net::{self, Net, Poll, Recorder, Stream, Times};
use crate::pysocket::SharedNet;
use crate::sys::namespace::{self, ChildFailure};
use crate::sys::setting;
use crate::syscall::Syscall;
use crate::value::SockAddr;

/// How many bytes of each buffer the trace records.
const MAX_STRING: usize = 64;
/// How many of a row of similar calls become evidence.
const MAX_EVIDENCE: usize = 4;
/// How long an experiment's second process may take.
const HELPER_LIMIT: Duration = Duration::from_secs(5);

/// One experiment's layer, settings and trials.
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
    Net::new(Stream::new(Rc::clone(trace), Limits { strings: MAX_STRING, ..Limits::default() }))
}

impl Lab {
    /// A lab where these settings are in force.
    pub(super) fn new(in_force: BTreeMap<String, String>) -> Self {
        let trace = Rc::new(RefCell::new(Trace::new()));
        let net = Rc::new(RefCell::new(recorded(&trace)));
        Self { net, trace, decisive: BTreeSet::new(), trials: Vec::new(), notes: Vec::new(), in_force }
    }

    /// The layer, for Python-like sockets.
    pub(super) fn shared(&self) -> SharedNet {
        Rc::clone(&self.net)
    }

    /// Makes a call on the layer.
    pub(super) fn call<R>(&mut self, call: impl FnOnce(&mut Net) -> R) -> R {
        call(&mut self.net.borrow_mut())
    }

    /// Makes a call that is part of the evidence.
    pub(super) fn show<R>(&mut self, call: impl FnOnce(&mut Net) -> R) -> R {
        let result = self.call(call);
        self.mark_evidence();
        result
    }

    /// Marks the last call made here as evidence.
    pub(super) fn mark_evidence(&mut self) {
        if let Some(event) = self.trace.borrow().last() {
            self.decisive.insert((event.tid, event.seq));
        }
    }

    /// How many events there are so far, for [`Lab::calls_since`].
    pub(super) fn mark(&self) -> usize {
        self.trace.borrow().len()
    }

    /// Counts the calls named `syscall` since [`Lab::mark`]; the first of them become evidence when `decisive`.
    pub(super) fn calls_since(&mut self, mark: usize, syscall: &str, decisive: bool) -> usize {
        let trace = self.trace.borrow();
        let found = trace.iter().skip(mark).filter(|event| name_of(event) == Some(syscall));
        let mut count = 0;
        for event in found {
            count += 1;
            if decisive && count <= MAX_EVIDENCE {
                self.decisive.insert((event.tid, event.seq));
            }
        }
        count
    }

    /// Records what was tried, what was observed and whether the claim held.
    pub(super) fn trial(&mut self, tried: impl Into<String>, seen: impl Into<String>, holds: bool) {
        self.trials.push(Trial { tried: tried.into(), seen: seen.into(), holds, in_force: false });
    }

    /// Like [`Lab::trial`], under the settings in force where the command was called.
    pub(super) fn trial_in_force(&mut self, tried: impl Into<String>, seen: impl Into<String>, holds: bool) {
        self.trials.push(Trial { tried: tried.into(), seen: seen.into(), holds, in_force: true });
    }

    /// Notes what could not be tested.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The value of a setting where the command was called; the claim must declare it.
    pub(super) fn in_force(&self, name: &str) -> Result<String> {
        self.in_force
            .get(name)
            .cloned()
            .ok_or_else(|| ExperimentError::new(format!("the claim does not declare the setting {name}")))
    }

    /// The values to try, each with whether it is the one in force, which comes first.
    pub(super) fn values(&self, name: &str, others: &[&str]) -> Result<Vec<(String, bool)>> {
        let here = self.in_force(name)?;
        let rest = others.iter().filter(|value| **value != here).map(|value| ((*value).to_owned(), false));
        Ok(std::iter::once((here.clone(), true)).chain(rest).collect())
    }

    /// Changes a setting in the experiment's namespace.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<()> {
        setting::set(name, value).map_err(ExperimentError::new)
    }

    /// Sets all settings back to the values in force.
    pub(super) fn restore(&self) -> Result<()> {
        self.in_force.iter().try_for_each(|(name, value)| self.set(name, value))
    }

    /// A TCP socket over IPv4.
    pub(super) fn tcp(&mut self) -> Result<RawFd> {
        Ok(self.call(|net| net.socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0))?)
    }

    /// A non-blocking TCP socket over IPv4.
    pub(super) fn tcp_nonblocking(&mut self) -> Result<RawFd> {
        let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        Ok(self.call(|net| net.socket(libc::AF_INET, kind, 0))?)
    }

    /// A non-blocking UDP socket over IPv4: on loopback a datagram has arrived when `sendto` returns, or soon after.
    pub(super) fn udp(&mut self) -> Result<RawFd> {
        let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        Ok(self.call(|net| net.socket(libc::AF_INET, kind, 0))?)
    }

    /// A UDP socket bound to a free port on loopback, and its address.
    pub(super) fn udp_bound(&mut self) -> Result<(RawFd, SockAddr)> {
        let fd = self.udp()?;
        self.call(|net| net.bind(fd, &local(0)))?;
        Ok((fd, self.address(fd)?))
    }

    /// A socket listening on a free port on loopback, and its address.
    pub(super) fn listener(&mut self, backlog: c_int) -> Result<(RawFd, SockAddr)> {
        let fd = self.tcp()?;
        self.call(|net| net.bind(fd, &local(0)))?;
        self.call(|net| net.listen(fd, backlog))?;
        Ok((fd, self.address(fd)?))
    }

    /// A connection: the client, the accepted socket, the listener.
    pub(super) fn connection(&mut self) -> Result<(RawFd, RawFd, RawFd)> {
        let (listener, address) = self.listener(8)?;
        let client = self.tcp()?;
        self.call(|net| net.connect(client, &address))?;
        let server = self.accept(listener)?;
        Ok((client, server, listener))
    }

    /// Accepts a connection, waiting for one.
    pub(super) fn accept(&mut self, listener: RawFd) -> Result<RawFd> {
        Ok(self.call(|net| net.accept4(listener, ADDRESS_LEN, libc::SOCK_CLOEXEC))?.0)
    }

    /// Accepts a connection if one is waiting.
    pub(super) fn accept_waiting(&mut self, listener: RawFd) -> Result<Option<RawFd>> {
        if self.poll(listener, libc::POLLIN, 0)? == 0 {
            return Ok(None);
        }
        self.accept(listener).map(Some)
    }

    /// A socket's own address (`getsockname`).
    pub(super) fn address(&mut self, fd: RawFd) -> Result<SockAddr> {
        let name = self.call(|net| net.getsockname(fd, ADDRESS_LEN))?;
        name.addr.ok_or_else(|| ExperimentError::new("getsockname gave no address"))
    }

    /// A socket's own port.
    pub(super) fn port(&mut self, fd: RawFd) -> Result<u16> {
        Ok(port(&self.address(fd)?))
    }

    /// Sets an integer option.
    pub(super) fn set_option(&mut self, fd: RawFd, level: c_int, name: c_int, value: c_int) -> Result<()> {
        Ok(self.call(|net| net.setsockopt(fd, level, name, &value.to_ne_bytes()))?)
    }

    /// Reads an integer option.
    pub(super) fn get_option(&mut self, fd: RawFd, level: c_int, name: c_int) -> Result<c_int> {
        let mut value = [0; 4];
        self.call(|net| net.getsockopt(fd, level, name, &mut value))?;
        Ok(c_int::from_ne_bytes(value))
    }

    /// Closes a descriptor.
    pub(super) fn close(&mut self, fd: RawFd) -> Result<()> {
        Ok(self.call(|net| net.close(fd))?)
    }

    /// Closes a connection with a reset, so that nothing is left in TIME_WAIT.
    pub(super) fn reset(&mut self, fd: RawFd) -> Result<()> {
        let linger = [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat();
        self.call(|net| net.setsockopt(fd, libc::SOL_SOCKET, libc::SO_LINGER, &linger))?;
        self.close(fd)
    }

    /// Polls one descriptor for at most `ms` milliseconds; returns the events found, 0 for none.
    pub(super) fn poll(&mut self, fd: RawFd, events: i16, ms: c_int) -> Result<i16> {
        let mut fds = [Poll { fd, events, revents: 0 }];
        self.call(|net| net.poll(&mut fds, ms))?;
        Ok(fds[0].revents)
    }

    /// Waits until there is something to read; the limit is generous, since the machine may be busy.
    pub(super) fn readable(&mut self, fd: RawFd) -> Result<()> {
        match self.poll(fd, libc::POLLIN, WAIT_LIMIT_MS)? {
            0 => Err(ExperimentError::new(format!(
                "timed out after {WAIT_LIMIT_MS} ms waiting for data on descriptor {fd}"
            ))),
            _ => Ok(()),
        }
    }

    /// Receives what is available, as text.
    pub(super) fn recv(&mut self, fd: RawFd) -> net::Result<String> {
        let mut buf = [0; 2048];
        let n = self.call(|net| net.recv(fd, &mut buf, 0))?;
        Ok(String::from_utf8_lossy(&buf[..n]).into_owned())
    }

    /// Starts a thread that reads from `fd` to its end.
    pub(super) fn reader(&self, fd: RawFd) -> ReaderThread {
        ReaderThread(std::thread::spawn(move || {
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

    /// What a reader thread received, once the other end is closed; its calls join the trace.
    pub(super) fn join_reader(&mut self, reader: ReaderThread) -> Result<Vec<u8>> {
        let (got, trace) = reader.0.join().map_err(|_| ExperimentError::new("the reader thread panicked"))?;
        self.trace.borrow_mut().extend(trace);
        Ok(got)
    }

    /// Runs `work` in a forked process with a layer of its own, which shares our descriptors; its calls join the
    /// trace as evidence. Returns the number that `work` returns.
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
        .map_err(|failure: ChildFailure| ExperimentError::new(failure.to_string()))?;
        let text = String::from_utf8(made).map_err(|error| ExperimentError::new(error.to_string()))?;
        let mut lines = text.lines();
        let answer = lines.next().unwrap_or_default();
        let number = answer.parse().map_err(|_| ExperimentError::new(format!("in the other process: {answer}")));
        for line in lines {
            let event = json::read(line).map_err(|error| ExperimentError::new(error.to_string()))?;
            self.decisive.insert((event.tid, event.seq));
            self.trace.borrow_mut().push(event);
        }
        number
    }

    /// The last call that failed, for an experiment that could not continue.
    pub(super) fn last_failure(&self) -> Option<Event> {
        self.trace.borrow().iter().rev().find(|event| failed(event)).cloned()
    }

    /// The whole trace by time, renumbered, and the numbers of the decisive events.
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

/// How long an experiment waits for data that must arrive, in milliseconds.
const WAIT_LIMIT_MS: c_int = 4000;

/// Room for an IPv4 or IPv6 address.
const ADDRESS_LEN: u32 = size_of::<libc::sockaddr_in6>() as u32;

/// A thread started by [`Lab::reader`].
#[derive(Debug)]
pub(super) struct ReaderThread(JoinHandle<(Vec<u8>, Trace)>);

/// The address of a port on 127.0.0.1.
pub(super) fn local(port: u16) -> SockAddr {
    SockAddr::inet([127, 0, 0, 1], port)
}

/// The port of an address, or 0 for a family without ports.
pub(super) fn port(address: &SockAddr) -> u16 {
    match address {
        SockAddr::Inet { port, .. } | SockAddr::Inet6 { port, .. } => *port,
        _ => 0,
    }
}

/// The outcome of a call as a verb: `succeeds`, or `fails with` the errno's name.
pub(super) fn outcome<T>(result: &net::Result<T>) -> String {
    match result {
        Ok(_) => "succeeds".to_owned(),
        Err(errno) => format!("fails with {errno:?}"),
    }
}

/// Whether a call failed with this errno.
pub(super) fn failed_with<T>(result: &net::Result<T>, errno: c_int) -> bool {
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

/// A recorder that discards every call, for measuring speed.
#[derive(Debug)]
pub(super) struct Unrecorded;

impl Recorder for Unrecorded {
    fn enter(&mut self, _: &'static Syscall, _: Option<&'static str>, _: [u64; 6], _: crate::memory::Lent<'_>) {}

    fn exit(&mut self, _: Ret, _: crate::memory::Lent<'_>, _: Times) {}
}
