//! Evidence, collected at the moment of failure: while a traced thread stands still at the exit of its call, or in the
//! layer before the program goes on.
//!
//! What is collected depends on the errno: a nonblocking program fails with `EAGAIN` all the time and must not be slowed
//! down by a walk through all processes. Nothing here fails: what cannot be read is left out. Reading changes nothing
//! that the program can observe.

use std::collections::HashMap;
use std::time::Instant;

use crate::event::{Call, Endpoint, Evidence, Ret, Why};
use crate::sys::proc::Proc;
use crate::syscall::{Effect, Made};
use crate::value::{SockAddr, Value};

mod file;
mod handle;
mod network;
mod owner;
mod process;
mod search;
mod table;

use super::subject::{address, descriptor, errno, place};
use handle::Handle;
use search::Search;

/// The thread that made a call, and so whose view of the system counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// The process.
    pub pid: i32,
    /// The thread, whose namespaces count.
    pub tid: i32,
}

/// Collects evidence call by call. It remembers the peers of connections, which the kernel forgets when they end.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    peers: HashMap<(i32, i32), SockAddr>,
    /// The other end of a socket whose buffer was full, by its inode, and when that was seen.
    seen: HashMap<u64, (Instant, Vec<Endpoint>)>,
}

/// How many connections are remembered.
const MAX_PEERS: usize = 16_384;

impl Collector {
    /// The evidence for a call that has just failed, or that waits; `None` for one that did neither.
    pub(crate) fn look(&mut self, caller: Caller, call: &Call) -> Option<Box<Why>> {
        self.remember(caller, call);
        let number = errno(call)?;
        let fd = descriptor(call);
        let peer = fd.and_then(|fd| self.peers.get(&(caller.pid, fd)));
        let own = fd.and_then(|fd| Handle::of(caller.pid, fd)?.endpoint()).map(|mut own| {
            own.inode = fd.and_then(|fd| Proc::new(caller.pid).descriptor(fd).socket());
            let began = number != libc::ECONNREFUSED && call.sys.effect != Effect::Connects;
            own.peer = own.peer.take().or_else(|| peer.filter(|_| began).and_then(place));
            own
        });
        let evidence = Evidence { live: true, socket: own, ..Evidence::default() };
        let to = address(call).cloned().or_else(|| peer.cloned());
        let mut search = Search { caller, to, evidence, seen: &mut self.seen };
        match number {
            super::WAITING => search.waiting(call),
            _ => search.failed(call, number),
        }
        Some(Box::new(Why { cause: None, evidence: search.evidence }))
    }

    /// Remembers the peer of a connection.
    fn remember(&mut self, caller: Caller, call: &Call) {
        let place = |fd: i32| (caller.pid, fd);
        let fd = descriptor(call);
        let (fd, to) = match (call.sys.effect, call.ret) {
            (Effect::Connects, _) => (fd, address(call)),
            (Effect::Accepts(_), Ret::Ok(new)) => match call.arg("addr") {
                Some(Value::SockAddr(from)) => (Some(new as i32), Some(from)),
                _ => (Some(new as i32), None),
            },
            (Effect::Makes(Made::Socket, _), Ret::Ok(new)) => (Some(new as i32), None),
            _ => return,
        };
        let Some(fd) = fd else { return };
        if self.peers.len() >= MAX_PEERS {
            self.peers.clear();
        }
        match to {
            Some(to) => self.peers.insert(place(fd), to.clone()),
            None => self.peers.remove(&place(fd)),
        };
    }
}
