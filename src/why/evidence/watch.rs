//! What a wait is for: the descriptors that `poll`, `select` or an epoll set watch, and what each of them is.

use super::handle::Handle;
use super::search::Search;
use crate::event::{Call, Endpoint, Owner, Relation};
use crate::sys::proc::Proc;
use crate::why::subject::{
    Member, SHORT, TIME_OVER, TROUBLE, WAITING, descriptor, epoll_set, target, troubled, watched,
};

/// How many descriptors are looked at. What watches more serves many, and its time is its own.
const MAX_WATCHED: usize = 8;
/// How many bytes are read of the kernel's list of an epoll set: hundreds of descriptors.
const LIST: u64 = 64 * 1024;
/// Among how many descriptors the other end is looked for.
const MAX_OWN: u64 = 256;

/// What a call is about.
#[derive(Debug, Default)]
pub(super) struct Subject {
    /// The descriptor: of a wait the first in trouble, or the only one that is watched.
    pub(super) fd: Option<i32>,
    /// All that a wait watches, where it ended by its time or has not ended.
    pub(super) watched: Vec<i32>,
}

impl Subject {
    pub(super) fn of(pid: i32, call: &Call, number: i32) -> Self {
        let waits = matches!(number, WAITING | TIME_OVER);
        let Some(set) = epoll_set(call) else {
            let fd = if number == SHORT { target(call) } else { descriptor(call) };
            return Self { fd, watched: if waits { watched(call) } else { Vec::new() } };
        };
        let members = Proc::new(pid).descriptor(set).watched(LIST);
        match (number, members.as_slice()) {
            (TROUBLE, members) => {
                let of = |member| members.iter().find(|(_, note)| member == Member::Note(*note)).map(|(fd, _)| *fd);
                Self { fd: troubled(call).next().and_then(|(member, _)| of(member)), watched: Vec::new() }
            }
            (_, [(only, _)]) => Self { fd: Some(*only), watched: vec![*only] },
            (_, members) => Self { fd: Some(set), watched: members.iter().map(|(fd, _)| *fd).collect() },
        }
    }
}

impl Search<'_> {
    /// What each of several descriptors is that a wait watches.
    pub(super) fn watched(&mut self, call: &Call, fds: &[i32]) {
        if fds.len() > MAX_WATCHED {
            return;
        }
        for &fd in fds {
            let mut found = self.member(fd);
            // A timer of an event loop is known by other signs.
            if epoll_set(call).is_none() && self.is_wakeup(fd, &found) {
                found.relation = Relation::Wakeup;
            }
            self.evidence.sockets.push(found);
        }
    }

    fn member(&self, fd: i32) -> Endpoint {
        let pid = self.caller.pid;
        let owner = Owner { pid: pid as u32, command: String::new(), role: None, fd };
        let watched = Endpoint { relation: Relation::Watched, owners: vec![owner], ..Endpoint::default() };
        if let Some(socket) = Handle::of(pid, fd).and_then(|handle| handle.endpoint()) {
            let Endpoint { protocol, kind, local, peer, state, recv_queue, send_queue, retransmissions, .. } = socket;
            return Endpoint { protocol, kind, local, peer, state, recv_queue, send_queue, retransmissions, ..watched };
        }
        let link = Proc::new(pid).descriptor(fd).link().unwrap_or_default();
        let link = String::from_utf8_lossy(&link).into_owned();
        let inner = link.strip_prefix("anon_inode:").map(|name| name.trim_matches(['[', ']']));
        match (inner, link.split_once(":[")) {
            (Some(kind), _) => Endpoint { kind: Some(kind.into()), ..watched },
            (None, Some((kind, _))) => Endpoint { kind: Some(kind.into()), ..watched },
            (None, None) => Endpoint { kind: Some("file".into()), local: Some(link), ..watched },
        }
    }

    /// Whether only the process itself makes a descriptor ready: a timer, a signal, or what it writes to the other end.
    fn is_wakeup(&mut self, fd: i32, found: &Endpoint) -> bool {
        let process = Proc::new(self.caller.pid);
        let other = match (found.kind.as_deref(), found.protocol.as_str()) {
            (Some("eventfd" | "timerfd" | "signalfd"), _) => return true,
            (Some("pipe"), _) => process.descriptor(fd).link(),
            (_, "unix") if found.local.is_none() && found.peer.is_none() => {
                let inode = process.descriptor(fd).socket();
                let peer = inode.and_then(|inode| self.with_diag(|diag| diag.unix(inode))??.peer);
                peer.map(|peer| format!("socket:[{peer}]").into_bytes())
            }
            _ => None,
        };
        let Some(other) = other.filter(|_| process.descriptor_count() <= MAX_OWN) else { return false };
        let mut all = process.descriptors().into_iter().flatten();
        all.any(|own| own.number() != fd && own.link().as_deref() == Some(&other[..]))
    }
}
