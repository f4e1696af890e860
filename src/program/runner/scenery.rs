//! What the reader of a run is not to see as it is: the stage, which is none of the play's, and the processes of the
//! roles, whose command lines are ours.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Body, Endpoint, Event};
use crate::sys::proc::Proc;

/// That of a run; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Scenery(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    /// The sockets with which the script keeps a port closed, by inode: no call failed because of them.
    held: BTreeMap<u64, OwnedFd>,
    /// What each process plays, as in `server of chat`.
    parts: BTreeMap<u32, String>,
}

impl Scenery {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a socket until the last clone is dropped.
    pub(super) fn hold(&self, socket: OwnedFd) {
        if let Some(inode) = Proc::OWN.descriptor(socket.as_raw_fd()).socket() {
            self.inside().held.insert(inode, socket);
        }
    }

    /// Remembers what a process plays.
    pub(super) fn plays(&self, pid: u32, part: String) {
        self.inside().parts.insert(pid, part);
    }

    /// Takes it out of the evidence of an event, and with it what was concluded.
    pub(super) fn remove(&self, event: &mut Event) {
        let Body::Call(call) = &mut event.body else { return };
        let Some(why) = &mut call.why else { return };
        let Inside { held, parts } = &*self.inside();
        let before = why.evidence.sockets.len();
        why.evidence.sockets.retain(|socket| !socket.inode.is_some_and(|inode| held.contains_key(&inode)));
        let mut changed = why.evidence.sockets.len() < before;
        let sockets = why.evidence.sockets.iter_mut().chain(&mut why.evidence.socket);
        for owner in sockets.flat_map(|Endpoint { owners, .. }| owners) {
            if let Some(part) = parts.get(&owner.pid) {
                owner.role = Some(part.clone());
                changed = true;
            }
        }
        if changed {
            why.cause = None;
        }
    }
}
