//! What a history adds to the evidence of a call: other ends, other holders of an address, what a wait is for.

use std::collections::HashMap;

use super::socket::KnownSocket;
use super::{History, MAX_LINES};
use crate::event::{Action, Call, Earlier, Endpoint, Event, Evidence, Owner, Relation};
use crate::why::subject::{Member, TROUBLE, address, epoll_set, errno, place, troubled, watched};

/// Whether one of two addresses is the unspecified one.
fn is_any(a: &str, b: &str) -> bool {
    [a, b].iter().any(|at| at.starts_with("0.0.0.0:") || at.starts_with("[::]:"))
}

/// How many of the descriptors that a wait is for are evidence.
const MAX_WATCHED: usize = 8;

impl History {
    /// What a wait is for, and what is known of it.
    pub(super) fn add_watched(&self, event: &Event, call: &Call, number: i32, evidence: &mut Evidence) {
        let set = epoll_set(call);
        let members = set.and_then(|set| self.members(event.pid, set));
        if number == TROUBLE {
            let of = |member| members?.iter().find(|(_, note)| member == Member::Note(**note)).map(|(fd, _)| *fd);
            let first = || troubled(call).next().and_then(|(member, _)| of(member));
            evidence.descriptor = evidence.descriptor.or_else(first);
            return;
        }
        if !evidence.live {
            let all = set.map_or_else(|| watched(call), |_| members.into_iter().flatten().map(|(fd, _)| *fd).collect());
            match all.as_slice() {
                [only] => evidence.descriptor = set.map(|_| *only),
                some => evidence.sockets.extend(some.iter().take(MAX_WATCHED).map(|&fd| Endpoint {
                    relation: Relation::Watched,
                    owners: vec![Owner { pid: event.pid, command: String::new(), role: None, fd }],
                    ..self.find(event.pid, fd).and_then(|open| self.sockets.get(&open.id)).map_or_else(
                        Endpoint::default,
                        |socket| {
                            let Endpoint { protocol, kind, local, peer, state, .. } = socket.endpoint();
                            Endpoint { protocol, kind, local, peer, state, ..Endpoint::default() }
                        },
                    )
                })),
            }
        }
        for member in evidence.sockets.iter_mut().filter(|socket| socket.relation == Relation::Watched) {
            let known = member.owners.first().and_then(|owner| self.find(event.pid, owner.fd));
            let Some(socket) = known.and_then(|open| self.sockets.get(&open.id)) else { continue };
            member.unanswered = socket.unanswered();
            member.peer = member.peer.take().or_else(|| socket.asked_at());
        }
    }

    /// The calls that opened what a process has open, those of most descriptors first.
    pub(super) fn opened(&self, pid: u32) -> Vec<Earlier> {
        let Some(table) = self.tables.get(&pid) else { return Vec::new() };
        let sockets = table.open.values().filter_map(|open| self.sockets.get(&open.id)?.actions.first());
        let mut lines: HashMap<(String, Option<String>), Earlier> = HashMap::new();
        for by in sockets.chain(table.files.values()) {
            let name = by.call.split('(').next().unwrap_or_default().to_owned();
            let first = || Earlier { did: Action::Opened, times: Some(0), ..by.clone() };
            let line = lines.entry((name, by.line.clone())).or_insert_with(first);
            line.times = line.times.map(|times| times + 1);
            if by.seq < line.seq {
                *line = Earlier { did: Action::Opened, times: line.times, ..by.clone() };
            }
        }
        let mut all: Vec<Earlier> = lines.into_values().collect();
        all.sort_by_key(|line| (std::cmp::Reverse(line.times), line.seq));
        all.truncate(MAX_LINES);
        all
    }

    /// What the other end did, where it is in the trace too.
    pub(super) fn other_end(&self, id: u64, socket: &KnownSocket, evidence: &mut Evidence) {
        let own = evidence.socket.as_ref();
        let local = own.and_then(|own| own.local.clone()).or_else(|| socket.local.clone());
        let peer = socket.peer.clone().or_else(|| own.and_then(|own| own.peer.clone()));
        let other = match socket.pair {
            Some(pair) => self.sockets.get(&pair),
            None => {
                let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
                let connected = |other: &&KnownSocket| same(&other.local, &peer) || same(&other.peer, &local);
                let all =
                    || self.sockets.iter().filter(|(at, other)| **at != id && !other.listens && other.is_stream());
                let exact = |other: &&KnownSocket| same(&other.local, &peer) && same(&other.peer, &local);
                let found = all().map(|(_, other)| other).find(exact);
                found.or_else(|| {
                    // Of one end the port may not be known; then only a single candidate will do.
                    let mut some = all()
                        .map(|(_, other)| other)
                        .filter(connected)
                        .filter(|other| other.peer.is_none() || local.is_none() || other.peer == local);
                    some.next().filter(|_| some.next().is_none())
                })
            }
        };
        let Some(other) = other else { return };
        let unread = socket.sent.saturating_sub(other.received);
        for action in other.actions.iter().filter(|action| matches!(action.did, Action::Closed | Action::ShutDown)) {
            let bytes = if other.resets && unread == 0 { None } else { Some(unread) };
            evidence.earlier.push(Earlier { did: Action::PeerClosed, bytes, ..action.clone() });
        }
    }

    /// Other sockets of the trace that have to do with the address a call is given.
    pub(super) fn others(&self, pid: u32, call: &Call, own: Option<u64>, evidence: &mut Evidence) {
        let Some(at) = address(call).and_then(place) else { return };
        let wanted = match errno(call) {
            Some(libc::EADDRINUSE) => Relation::Holder,
            Some(libc::ECONNREFUSED) => Relation::Bound,
            _ => return,
        };
        if evidence.live {
            // The kernel's own evidence is better; which call made that socket what it is, only the trace knows.
            for holder in evidence.sockets.iter().filter(|socket| socket.relation == wanted) {
                let known = holder.owners.iter().find_map(|owner| self.find(owner.pid, owner.fd));
                let Some(socket) = known.and_then(|open| self.sockets.get(&open.id)) else { continue };
                let last = |did| socket.actions.iter().rev().find(move |call| call.did == did);
                let listened = last(Action::Listened).map(|by| Earlier { did: Action::ListenedOther, ..by.clone() });
                let bound = || last(Action::Bound).map(|by| Earlier { did: Action::BoundOther, ..by.clone() });
                evidence.earlier.extend(listened.or_else(bound));
                break;
            }
            // What other processes of the program listen on may have been meant, where nothing else was found.
            if wanted != Relation::Bound || !evidence.sockets.is_empty() {
                return;
            }
        }
        let kind = own.and_then(|id| Some(self.sockets.get(&id)?.kind));
        let mut ids: Vec<_> = self.sockets.iter().collect();
        ids.sort_by_key(|(id, _)| **id);
        for (id, socket) in ids {
            let differs = kind.is_some_and(|kind| kind != socket.kind);
            if Some(*id) == own || socket.descriptors == 0 || differs || socket.actions.is_empty() {
                continue;
            }
            let Some(local) = &socket.local else { continue };
            let same_port = |a: &str, b: &str| matches!((a.rsplit_once(':'), b.rsplit_once(':')), (Some((_, a)), Some((_, b))) if a == b);
            let relation = match wanted {
                Relation::Holder if local == &at || (same_port(local, &at) && is_any(local, &at)) => Relation::Holder,
                _ if evidence.live && (!socket.listens || same_port(local, &at)) => continue,
                Relation::Bound if local == &at && socket.listens => Relation::Listener,
                Relation::Bound if local == &at => Relation::Bound,
                Relation::Bound if socket.listens && same_port(local, &at) => Relation::OtherAddress,
                Relation::Bound if socket.listens => Relation::OtherPort,
                _ => continue,
            };
            let action = if socket.listens { Action::Listened } else { Action::Bound };
            let by = socket.actions.iter().rev().find(|call| call.did == action).cloned();
            let owner = by.as_ref().map_or(pid, |by| by.pid);
            let role = by.as_ref().and_then(|by| by.role.clone());
            let owners = vec![Owner { pid: owner, command: String::new(), role, fd: -1 }];
            evidence.sockets.push(Endpoint { relation, owners, ..socket.endpoint() });
            let did = if socket.listens { Action::ListenedOther } else { Action::BoundOther };
            evidence.earlier.extend(by.map(|by| Earlier { did, ..by }));
        }
        evidence.sockets.sort_by_key(|socket| {
            let order = [Relation::Holder, Relation::Listener, Relation::Bound, Relation::OtherAddress];
            order.iter().position(|relation| *relation == socket.relation).unwrap_or(order.len())
        });
    }
}
