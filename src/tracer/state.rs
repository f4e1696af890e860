//! The states of traced processes' sockets, queried through copies of their descriptors.
//!
//! pidfd_getfd(2) makes the copy while the thread is stopped, and it is closed before the thread resumes: while a copy
//! is open, close(2) does not end a connection, and the other side would not be notified. For the same
//! reason no copy is made while another thread of the process is inside a call that may close the socket.
//!
//! Where the copy is refused (a container's seccomp filter), sock_diag(7) is queried; a remark is made once, since it knows less.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use super::descriptors::Descriptors;
use crate::event::{Call, SocketChanges, SocketState};
use crate::state::{self, Asker, Before, Look, Namespace};
use crate::sys::pidfd::{self, PIDFD_THREAD};
use crate::sys::protocol;
use crate::syscall::Syscall;
use crate::value::Value;

/// Asks about the sockets of all traced processes.
#[derive(Debug, Default)]
pub(super) struct States {
    asker: Asker,
    /// A handle on each process.
    processes: HashMap<i32, OwnedFd>,
    /// What refused us copies.
    refused: Option<io::Error>,
    /// Whether a socket could not be asked about in any way.
    unknown: bool,
    /// Which remarks were made.
    reported: Reported,
}

#[derive(Debug, Default, Clone, Copy)]
struct Reported {
    refused: bool,
    unknown: bool,
}

/// A thread whose sockets are asked about: it stands still.
#[derive(Debug, Clone, Copy)]
pub(super) struct SocketOwner<'a> {
    pub pid: i32,
    pub tid: i32,
    pub descriptors: &'a Descriptors,
    /// Whether another thread may close a socket of the process just now.
    pub unsteady: bool,
}

impl States {
    /// The sockets that a call is about, at its entry.
    pub(super) fn before<'a>(
        &mut self,
        thread: SocketOwner<'_>,
        sys: &Syscall,
        regs: &[u64; 6],
        values: impl Iterator<Item = &'a Value>,
    ) -> Before {
        state::before(sys, regs, values, &mut ThreadLook { states: self, thread })
    }

    /// The same at its exit, and those it made.
    pub(super) fn after(&mut self, thread: SocketOwner<'_>, before: Before, call: &Call) -> Option<Box<SocketChanges>> {
        state::after(before, call, &mut ThreadLook { states: self, thread })
    }

    /// A process ended.
    pub(super) fn ended(&mut self, pid: i32) {
        self.processes.remove(&pid);
    }

    /// Remarks for the user, each once.
    pub(super) fn remarks(&mut self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(error) = self.refused.as_ref().filter(|_| !self.reported.refused) {
            self.reported.refused = true;
            remarks.push(format!(
                "sockets' states are asked of sock_diag, which knows less, since copying a descriptor was refused \
                 (pidfd_getfd: {error}); run as the program's user or root, outside of a filter that forbids it"
            ));
        }
        if self.unknown && !self.reported.unknown {
            self.reported.unknown = true;
            remarks.push(
                "the states of some sockets are not known: neither a copy of the descriptor nor sock_diag's or \
                 /proc's lists could be had; run as the program's user or root"
                    .to_owned(),
            );
        }
        remarks
    }

    fn state(&mut self, thread: SocketOwner<'_>, fd: i32) -> Option<SocketState> {
        let inode = thread.descriptors.socket(thread.pid, fd)?;
        let namespace = Namespace::Of(thread.pid);
        if !thread.unsteady {
            match self.copy(thread, fd) {
                Ok(copy) => return self.asker.over(copy.as_raw_fd(), namespace),
                Err(error) if is_refusal(&error) => self.refused = Some(error),
                Err(_) => return None, // closed or gone meanwhile
            }
        }
        let found =
            protocol::of_process(thread.pid, fd).and_then(|protocol| self.asker.by_inode(&protocol, inode, namespace));
        self.unknown |= found.is_none();
        found
    }

    /// A copy of a descriptor, ours until it is dropped.
    fn copy(&mut self, thread: SocketOwner<'_>, fd: i32) -> io::Result<OwnedFd> {
        let SocketOwner { pid, tid, .. } = thread;
        let process = match self.processes.entry(pid) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(pidfd::open(pid, 0)?),
        };
        let copied = pidfd::copy(process, fd);
        if pid != tid && copied.as_ref().is_err_and(|error| !is_refusal(error)) {
            // The first thread may have ended before the others, or have descriptors of its own.
            return pidfd::copy(&pidfd::open(tid, PIDFD_THREAD)?, fd);
        }
        copied
    }
}

/// [`Look`] for one thread.
struct ThreadLook<'a, 'b> {
    states: &'a mut States,
    thread: SocketOwner<'b>,
}

impl Look for ThreadLook<'_, '_> {
    fn look(&mut self, fd: i32) -> Option<SocketState> {
        self.states.state(self.thread, fd)
    }

    fn closed(&mut self, before: &SocketState) -> SocketState {
        self.states.asker.closed(before, Namespace::Of(self.thread.pid))
    }

    fn process(&self) -> i32 {
        self.thread.pid
    }
}

/// Whether an error means that we may not, or cannot here, and not that there is nothing.
fn is_refusal(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES | libc::ENOSYS | libc::EMFILE | libc::ENFILE))
}
