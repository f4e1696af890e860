//! Evidence, collected at the moment of failure: while a traced thread stands still at the exit of its call, or in the
//! layer before the program goes on.
//!
//! What is collected depends on the errno: a nonblocking program fails with `EAGAIN` all the time and must not be slowed
//! down by a walk through all processes. Nothing here fails: what cannot be read is left out. Reading changes nothing
//! that the program can observe.

use std::collections::HashMap;

use crate::event::{Call, Evidence, Ret, Why};
use crate::sys::proc::Proc;
use crate::syscall::Effect;
use crate::value::{SockAddr, Value};

mod file;
mod handle;
mod lock;
mod network;
mod owner;
mod pipe;
mod process;
mod search;
mod sleep;
mod table;
mod watch;

use super::subject::{END, SHORT, TROUBLE, address, descriptor, errno, only_ended, place};
use handle::Handle;
use search::{Kept, Search};
use watch::Subject;

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
    /// By the inode of the socket: a number may stand for another socket by then.
    peers: HashMap<u64, SockAddr>,
    kept: Kept,
    /// Whether evidence is wanted for what is expected, too.
    all: bool,
}

/// How many connections are remembered.
const MAX_PEERS: usize = 16_384;

impl Collector {
    /// One that also looks for what belongs to expected outcomes, if `all`.
    pub(crate) fn new(all: bool) -> Self {
        Self { all, ..Self::default() }
    }

    /// The evidence for a call that has just failed, or that waits; `None` for one that did neither.
    pub(crate) fn look(&mut self, caller: Caller, call: &Call) -> Option<Box<Why>> {
        self.remember(caller, call);
        let number = errno(call)?;
        // So do connections.
        if number == TROUBLE && !self.all && only_ended(call) {
            return None;
        }
        let Subject { fd, watched } = Subject::of(caller.pid, call, number);
        let inode = fd.and_then(|fd| Proc::new(caller.pid).descriptor(fd).socket());
        // Files end and pipes run dry all the time, and that needs no cause.
        let is_pipe = || fd.is_some_and(|fd| pipe::is_pipe(caller.pid, fd));
        if inode.is_none() && (number == END || number == SHORT && !is_pipe()) {
            return None;
        }
        let peer = inode.and_then(|inode| self.peers.get(&inode));
        let own =
            fd.filter(|_| inode.is_some()).and_then(|fd| Handle::of(caller.pid, fd)?.endpoint()).map(|mut own| {
                own.inode = inode;
                let began = number != libc::ECONNREFUSED && call.sys.effect != Effect::Connects;
                own.peer = own.peer.take().or_else(|| peer.filter(|_| began).and_then(place));
                own
            });
        let is_socket = own.is_some();
        let elsewhere = fd.filter(|_| fd != descriptor(call));
        let evidence = Evidence { live: true, socket: own, descriptor: elsewhere, ..Evidence::default() };
        let to = address(call).cloned().or_else(|| peer.cloned());
        let mut search = Search { caller, to, evidence, kept: &mut self.kept, all: self.all };
        if let Some(fd) = fd.filter(|_| !is_socket && number != libc::EBADF) {
            search.no_socket(fd);
        }
        if !is_socket {
            search.watched(call, &watched);
        }
        match number {
            super::WAITING => search.waiting(call),
            _ => search.failed(call, number),
        }
        Some(Box::new(Why { cause: None, evidence: search.evidence }))
    }

    /// Remembers the peer of a connection.
    fn remember(&mut self, caller: Caller, call: &Call) {
        let (fd, to) = match (call.sys.effect, call.ret) {
            (Effect::Connects, _) => (descriptor(call), address(call)),
            (Effect::Accepts(_), Ret::Ok(new)) => match call.arg("addr") {
                Some(Value::SockAddr(from)) => (Some(new as i32), Some(from)),
                _ => return,
            },
            _ => return,
        };
        let Some((fd, to)) = fd.zip(to) else { return };
        let Some(inode) = Proc::new(caller.pid).descriptor(fd).socket() else { return };
        if self.peers.len() >= MAX_PEERS {
            self.peers.clear();
        }
        self.peers.insert(inode, to.clone());
    }
}
