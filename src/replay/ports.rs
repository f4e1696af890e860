//! Maps recorded ports to current ones.
//!
//! - A socket that was bound to port 0 gets a new port. The recorded one is known from `getsockname` on it or on a
//!   socket it accepted, or because another socket contacted a port that belongs to no other socket.
//! - A port that a program chose becomes a free one, so that a replay does not collide with the recorded programs;
//!   ports below 1024, which need a privilege, stay.
//! - A port of no socket in the trace refused connections: it becomes one that is kept closed. If it did answer, the
//!   peer is outside the trace and must be running: the port stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::os::fd::OwnedFd;

use nix::sys::socket::SockType;

use super::plan::{Number, Op, ReplayStep, addresses, passed};
use crate::event::Ret;
use crate::sys::port::{self, Reserved};
use crate::syscall::{Effect, Made};
use crate::value::{SockAddr, Value};

/// The first port that needs no privilege.
pub(super) const FREE_FOR_ALL: u16 = 1024;

/// The mapping in both directions, and the sockets that keep ports closed.
#[derive(Debug, Default)]
pub(super) struct Ports {
    now: HashMap<u16, u16>,
    then: HashMap<u16, u16>,
    held: Vec<OwnedFd>,
    reserved: Vec<Reserved>,
    /// By the step that bound a socket to port 0: the recorded port.
    pub(super) chosen: HashMap<usize, u16>,
    /// By the step that bound a socket to port 0: the current port, where another socket shares it.
    instead: HashMap<usize, u16>,
}

/// A socket of the trace.
#[derive(Debug, Clone, Copy)]
struct TracedSocket {
    datagrams: bool,
    /// The step that bound it to port 0, and its port where known.
    bound: Option<usize>,
    port: Option<u16>,
}

/// What is known of a port that a program used.
#[derive(Debug, Clone, Copy, Default)]
struct Named {
    /// Whether a connection was accepted there or something sent from there.
    answered: bool,
    /// Whether it did anything but refuse, so that it may belong to a socket of the trace.
    there: bool,
    /// The first step that shows that somebody was there for certain.
    met: Option<usize>,
}

/// What the steps show of sockets and ports.
#[derive(Debug)]
struct Uses {
    sockets: Vec<TracedSocket>,
    /// By port, and whether it was of datagrams.
    named: BTreeMap<(u16, bool), Named>,
    /// Ports that programs chose for sockets of theirs.
    own: BTreeSet<u16>,
}

/// The ports that belonged to somebody outside of the trace, each with the first step that shows it.
pub(super) fn outside(steps: &[ReplayStep]) -> BTreeSet<(usize, u16)> {
    let Uses { sockets, named, .. } = Uses::of(steps);
    let outside = |port: u16| !sockets.iter().any(|socket| socket.port == Some(port));
    named
        .iter()
        .filter(|((port, _), _)| outside(*port))
        .filter_map(|((port, _), known)| Some((known.met?, *port)))
        .collect()
}

impl Uses {
    fn of(steps: &[ReplayStep]) -> Self {
        let mut sockets: Vec<TracedSocket> = Vec::new();
        let mut of: BTreeMap<(u32, Number), usize> = BTreeMap::new();
        let mut named: BTreeMap<(u16, bool), Named> = BTreeMap::new();
        let mut heard: BTreeSet<u16> = BTreeSet::new();
        let mut own: BTreeSet<u16> = BTreeSet::new();
        for (at, step) in steps.iter().enumerate() {
            if let Op::Fork { child } = step.op {
                let first = (step.pid, Number { fd: i32::MIN, step: 0 });
                let own = of.range(first..).take_while(|((pid, _), _)| *pid == step.pid);
                let own: Vec<_> = own.map(|((_, fd), at)| (*fd, *at)).collect();
                of.extend(own.into_iter().map(|(fd, at)| ((child, fd), at)));
            }
            let Some(call) = step.call() else { continue };
            let socket = step.subject().and_then(|fd| of.get(&(step.pid, fd)).copied());
            let made = |fd: i64| (step.pid, Number { fd: fd as i32, step: at });
            let done = matches!(call.ret, Ret::Ok(_));
            match (step.effect(), call.ret) {
                (Effect::Makes(Made::Socket, _), Ret::Ok(fd)) => {
                    of.insert(made(fd), sockets.len());
                    let datagrams = call
                        .args
                        .iter()
                        .any(|arg| matches!(arg, Value::SockType(kind) if kind.kind.raw == libc::SOCK_DGRAM as u64));
                    sockets.push(TracedSocket { datagrams, bound: None, port: None });
                }
                // A connection shares its listener's port, and so reveals it; a copy is the same socket.
                (Effect::Accepts(_) | Effect::Duplicates { .. }, Ret::Ok(new)) => {
                    of.extend(socket.map(|same| (made(new), same)));
                }
                (Effect::Binds, _) => {
                    let addr = passed(call).into_iter().find_map(port);
                    let (Some(socket), Some(port)) = (socket, addr) else { continue };
                    match (done, port) {
                        (true, 0) => sockets[socket].bound = Some(at),
                        (true, port) => {
                            sockets[socket].port = Some(port);
                            own.insert(port);
                        }
                        (false, 0) => {}
                        (false, port) => {
                            named.entry((port, sockets[socket].datagrams)).or_default().there = true;
                        }
                    }
                }
                (Effect::Connects | Effect::Sends, ret) => {
                    for port in passed(call).into_iter().filter_map(port).filter(|port| *port != 0) {
                        if heard.contains(&port) {
                            continue; // an answer to a first message, from which the port is learned
                        }
                        let datagrams = socket.is_some_and(|socket| sockets[socket].datagrams);
                        let waits = matches!(ret, Ret::Err(errno) if errno.0 == libc::EINPROGRESS);
                        let refused = matches!(ret, Ret::Err(errno) if errno.0 == libc::ECONNREFUSED);
                        let known = named.entry((port, datagrams)).or_default();
                        known.answered |= !datagrams && (done || waits);
                        known.there |= !refused;
                        if !datagrams && done {
                            known.met.get_or_insert(at);
                        }
                    }
                }
                (Effect::ReadsName, Ret::Ok(_)) => {
                    if let (Some(socket), Some(port)) = (socket, call.args.iter().find_map(shown)) {
                        sockets[socket].port.get_or_insert(port);
                    }
                }
                (Effect::Receives(_), Ret::Ok(_)) => {
                    for from in call.args.iter().skip(1).flat_map(sources) {
                        match named.get_mut(&(from, true)) {
                            Some(known) => {
                                known.answered = true;
                                known.met.get_or_insert(at);
                            }
                            None => drop(heard.insert(from)),
                        }
                    }
                }
                (Effect::Closes, Ret::Ok(_)) => {
                    step.subject().and_then(|fd| of.remove(&(step.pid, fd)));
                }
                _ => {}
            }
        }
        for (&(port, datagrams), _) in named.iter().filter(|(_, known)| known.there) {
            let same_kind = |socket: &&mut TracedSocket| socket.datagrams == datagrams;
            if !sockets.iter().any(|socket| socket.datagrams == datagrams && socket.port == Some(port))
                && let Some(socket) =
                    sockets.iter_mut().filter(same_kind).find(|socket| socket.bound.is_some() && socket.port.is_none())
            {
                socket.port = Some(port);
            }
        }
        Self { sockets, named, own }
    }
}

impl Ports {
    /// Prepares what the first step needs.
    pub(super) fn new(steps: &[ReplayStep]) -> io::Result<Self> {
        let Uses { sockets, named, own } = Uses::of(steps);
        let mut ports = Self::default();
        for (&(port, datagrams), known) in &named {
            if !known.answered && port >= FREE_FOR_ALL && !sockets.iter().any(|socket| socket.port == Some(port)) {
                let kind = if datagrams { SockType::Datagram } else { SockType::Stream };
                let (fd, now) = port::hold(kind, 0)?;
                ports.held.push(fd);
                ports.map(port, now);
            }
        }
        for socket in &sockets {
            if let (Some(step), Some(port)) = (socket.bound, socket.port) {
                ports.chosen.insert(step, port);
            }
        }
        for port in own.into_iter().filter(|port| *port >= FREE_FOR_ALL) {
            let reserved = port::reserve()?;
            ports.map(port, reserved.number());
            // The kernel chose this number for one socket and then the program for another: both need it.
            for (step, _) in ports.chosen.iter().filter(|(_, chosen)| **chosen == port) {
                ports.instead.insert(*step, reserved.number());
            }
            ports.reserved.push(reserved);
        }
        Ok(ports)
    }

    /// Maps these two to each other, unless one of them is already mapped.
    pub(super) fn map(&mut self, then: u16, now: u16) {
        if then != 0 && now != 0 && !self.now.contains_key(&then) && !self.then.contains_key(&now) {
            self.now.insert(then, now);
            self.then.insert(now, then);
        }
    }

    /// The current address for a recorded one.
    pub(super) fn now(&self, addr: &SockAddr) -> SockAddr {
        with_port(addr, &self.now)
    }

    /// The current address to bind.
    pub(super) fn to_bind(&self, step: usize, addr: &SockAddr) -> SockAddr {
        match self.instead.get(&step) {
            Some(port) => with_port(addr, &HashMap::from([(0, *port)])),
            None => self.now(addr),
        }
    }

    /// The address as it would have been recorded.
    pub(super) fn then(&self, addr: &SockAddr) -> SockAddr {
        with_port(addr, &self.then)
    }
}

fn with_port(addr: &SockAddr, map: &HashMap<u16, u16>) -> SockAddr {
    let mut addr = addr.clone();
    if let SockAddr::Inet { port, .. } | SockAddr::Inet6 { port, .. } = &mut addr {
        *port = map.get(port).copied().unwrap_or(*port);
    }
    addr
}

/// The port of an address, if it has one.
pub(super) fn port(addr: &SockAddr) -> Option<u16> {
    match addr {
        SockAddr::Inet { port, .. } | SockAddr::Inet6 { port, .. } => Some(*port),
        _ => None,
    }
}

/// The ports from which something was received.
fn sources(value: &Value) -> impl Iterator<Item = u16> {
    addresses(value).into_iter().filter_map(port).filter(|port| *port != 0)
}

/// The port in an argument, other than 0.
fn shown(value: &Value) -> Option<u16> {
    match value {
        Value::SockAddr(addr) => port(addr).filter(|port| *port != 0),
        _ => None,
    }
}
