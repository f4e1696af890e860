//! Which sockets a call's descriptors are, by the kernel's numbers of them, so that events can name their sockets.
//!
//! A socket keeps its inode through `dup`, `fork` and messages, so what the kernel says of a descriptor while its thread
//! stands still is certain, also where a filter hides the calls that changed it. Ends are asked when they can have changed:
//! not for each call.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::descriptors::Descriptors;
use crate::event::{Call, Ret};
use crate::syscall::{Effect, Made};
use crate::value::{FdTarget, SocketTarget, Value};

/// What descriptors refer to.
pub(super) type Targets = Vec<(i32, Arc<FdTarget>)>;

/// How many sockets are remembered, so that a long trace does not fill the memory.
const MAX_KEPT: usize = 1 << 16;
/// How many descriptors of a call are looked at; only calls such as poll(2) on very many have more.
const MAX_DESCRIPTORS: usize = 64;

/// The sockets that were met.
#[derive(Debug)]
pub(super) struct Identities {
    /// By inode, without ends.
    known: HashMap<u64, Arc<FdTarget>>,
    /// Those that have an address of their own.
    bound: HashSet<u64>,
    /// What is no socket.
    other: Arc<FdTarget>,
}

impl Default for Identities {
    fn default() -> Self {
        let other = Arc::new(FdTarget::Anonymous(Box::default()));
        Self { known: HashMap::new(), bound: HashSet::new(), other }
    }
}

impl Identities {
    /// What the descriptors among a call's arguments refer to when it is entered.
    pub(super) fn at_entry<'a>(
        &mut self,
        descriptors: &Descriptors,
        pid: i32,
        values: impl Iterator<Item = &'a Value>,
    ) -> Targets {
        let mut targets = Targets::new();
        for value in values {
            value.each_fd(&mut |fd| {
                if targets.len() < MAX_DESCRIPTORS {
                    targets.extend(self.target(descriptors, pid, fd).map(|target| (fd, target)));
                }
            });
        }
        targets
    }

    /// Adds what is new when a call has returned: descriptors that it made, and ends that it may have changed.
    pub(super) fn at_exit(&mut self, descriptors: &Descriptors, pid: i32, call: &Call, targets: &mut Targets) {
        let effect = call.sys.effect_of(&call.args);
        let subject = targets.first().and_then(|(fd, target)| Some((*fd, inode(target)?)));
        let changes = match (effect, call.ret) {
            (Effect::Binds | Effect::Connects | Effect::Listens, _) => true,
            // The kernel gives an address to who sends without one.
            (Effect::Sends, Ret::Ok(_)) => subject.is_some_and(|(_, inode)| !self.bound.contains(&inode)),
            _ => false,
        };
        if let Some((fd, inode)) = subject.filter(|_| changes) {
            targets.extend(self.ends(descriptors, pid, fd, inode).map(|target| (fd, target)));
        }
        let makes = match effect {
            Effect::Makes(Made::Socket | Made::SocketPair, _) => Some(false),
            Effect::Accepts(_) => Some(true),
            Effect::Receives(_) | Effect::Duplicates { .. } => None,
            _ => return,
        };
        for fd in call.made() {
            // Others have been asked when they were met first.
            let found = match makes {
                None => self.target(descriptors, pid, fd),
                Some(ends) => descriptors.inode(pid, fd).flatten().map(|inode| {
                    let plain = self.remember(descriptors, pid, fd, inode);
                    let ends = if ends { self.ends(descriptors, pid, fd, inode) } else { None };
                    ends.unwrap_or(plain)
                }),
            };
            targets.extend(found.map(|target| (fd, target)));
        }
    }

    /// What a descriptor refers to, with the ends of a socket that was not met before.
    fn target(&mut self, descriptors: &Descriptors, pid: i32, fd: i32) -> Option<Arc<FdTarget>> {
        let Some(inode) = descriptors.inode(pid, fd)? else { return Some(self.other.clone()) };
        if let Some(known) = self.known.get(&inode) {
            return Some(known.clone());
        }
        let plain = self.remember(descriptors, pid, fd, inode);
        Some(self.ends(descriptors, pid, fd, inode).unwrap_or(plain))
    }

    fn remember(&mut self, descriptors: &Descriptors, pid: i32, fd: i32, inode: u64) -> Arc<FdTarget> {
        if self.known.len() >= MAX_KEPT {
            // Those still in use are asked for again.
            self.known.clear();
            self.bound.clear();
        }
        let protocol = descriptors.sockets().protocol(pid, fd);
        let target = SocketTarget { protocol, inode: Some(inode), ..SocketTarget::default() };
        let target = Arc::new(FdTarget::Socket(target));
        self.known.insert(inode, target.clone());
        target
    }

    /// A socket with what it is bound and connected to at this moment.
    fn ends(&mut self, descriptors: &Descriptors, pid: i32, fd: i32, inode: u64) -> Option<Arc<FdTarget>> {
        let protocol = descriptors.sockets().protocol(pid, fd)?;
        let ends = descriptors.sockets().lookup(pid, fd, &protocol, inode)?;
        self.bound.insert(inode);
        let (protocol, inode) = (Some(protocol), Some(inode));
        Some(Arc::new(FdTarget::Socket(SocketTarget { protocol, inode, ends: Some(ends), number: None })))
    }
}

fn inode(target: &FdTarget) -> Option<u64> {
    match target {
        FdTarget::Socket(socket) => socket.inode,
        _ => None,
    }
}
