//! The sockets with which the script keeps a port closed. They are the stage's and not the play's: no call of a program
//! failed because of them, so they are no evidence.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use crate::event::{Body, Event};
use crate::sys::proc::Proc;

/// All of a run's, by inode; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Arc<Mutex<BTreeMap<u64, OwnedFd>>>);

impl Held {
    /// Keeps one until the last clone is dropped.
    pub(super) fn add(&self, socket: OwnedFd) {
        if let Some(inode) = Proc::OWN.descriptor(socket.as_raw_fd()).socket() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(inode, socket);
        }
    }

    /// Takes them out of the evidence of an event, and with them what was concluded.
    pub(super) fn forget(&self, event: &mut Event) {
        let Body::Call(call) = &mut event.body else { return };
        let Some(why) = &mut call.why else { return };
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = why.evidence.sockets.len();
        why.evidence.sockets.retain(|socket| !socket.inode.is_some_and(|inode| held.contains_key(&inode)));
        if why.evidence.sockets.len() < before {
            why.cause = None;
        }
    }
}
