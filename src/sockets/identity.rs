//! By what a socket is known besides its descriptors: its number in the trace, the kernel's inode, the other end's.
//!
//! Where a trace is written while it happens, the ends of connections are joined as soon as both are known: those of
//! Unix sockets by their inodes, those of the internet's by their addresses.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::pairs::{failed, inet};
use super::{HOST, Socket};

/// What sockets are known by.
#[derive(Debug, Default)]
pub(super) struct Identity {
    next: u64,
    numbers: HashMap<u64, usize>,
    inodes: HashMap<(u32, u64), usize>,
    /// Inodes of sockets that were not met yet, by those whose other ends they are.
    awaited: HashMap<(u32, u64), usize>,
    /// The sockets of connections whose other ends were not met yet.
    ends: HashMap<(SocketAddr, SocketAddr, Option<u32>), usize>,
}

impl Identity {
    /// Numbers begin there.
    pub(super) fn from(first: u64) -> Self {
        Self { next: first, ..Self::default() }
    }

    /// A number for a new socket.
    pub(super) fn next(&mut self, sock: usize) -> u64 {
        while self.numbers.contains_key(&self.next) {
            self.next += 1;
        }
        self.numbers.insert(self.next, sock);
        self.next += 1;
        self.next - 1
    }

    pub(super) fn by_number(&self, number: u64) -> Option<usize> {
        self.numbers.get(&number).copied()
    }

    /// A socket of a process's host.
    pub(super) fn by_inode(&self, pid: u32, inode: u64) -> Option<usize> {
        self.inodes.get(&(pid / HOST, inode)).copied()
    }

    /// The trace gives a socket this number. Another that was given it by us gets a new one.
    pub(super) fn number(&mut self, sockets: &mut [Socket], sock: usize, number: u64) {
        sockets[sock].given = true;
        if sockets[sock].number == number {
            return;
        }
        self.numbers.remove(&sockets[sock].number);
        sockets[sock].number = number;
        if let Some(other) = self.numbers.insert(number, sock) {
            sockets[other].number = self.next(other);
        }
    }

    /// A socket's inode is known.
    pub(super) fn learn(&mut self, sockets: &mut [Socket], sock: usize, inode: u64) {
        if sockets[sock].inode.is_some() {
            return;
        }
        sockets[sock].inode = Some(inode);
        let key = (sockets[sock].host(), inode);
        self.inodes.insert(key, sock);
        if let Some(other) = self.awaited.remove(&key) {
            join(sockets, sock, other);
        }
    }

    /// The inode of a socket's other end is known.
    pub(super) fn joins(&mut self, sockets: &mut [Socket], sock: usize, peer: u64) {
        if sockets[sock].other.is_some() {
            return;
        }
        sockets[sock].peer_inode = Some(peer);
        match self.by_inode(sockets[sock].pid, peer) {
            Some(other) => join(sockets, sock, other),
            None => drop(self.awaited.insert((sockets[sock].host(), peer), sock)),
        }
    }

    /// Joins a connection with its other end, once both have shown their addresses.
    pub(super) fn meet(&mut self, sockets: &mut [Socket], sock: usize) {
        let socket = &sockets[sock];
        if socket.other.is_some() || !socket.is_stream() || socket.listens || socket.closed.is_some() || failed(socket)
        {
            return;
        }
        let (Some(local), Some(peer)) = (inet(socket.local.as_ref()), inet(socket.peer.as_ref())) else { return };
        if local.ip().is_unspecified() || local.port() == 0 || peer.ip().is_unspecified() {
            return;
        }
        if local == peer {
            sockets[sock].other = Some(sock); // it connected to itself
            return;
        }
        let host = host_of(&sockets[sock]);
        match self.ends.remove(&(peer, local, host)).filter(|other| sockets[*other].closed.is_none()) {
            Some(other) => join(sockets, sock, other),
            None => drop(self.ends.insert((local, peer, host), sock)),
        }
    }

    /// A socket is of no interest any more.
    pub(super) fn forget(&mut self, sockets: &mut [Socket], sock: usize) {
        let socket = std::mem::take(&mut sockets[sock]);
        let host = socket.host();
        remove(&mut self.numbers, &socket.number, sock);
        socket.inode.into_iter().for_each(|inode| remove(&mut self.inodes, &(host, inode), sock));
        socket.peer_inode.into_iter().for_each(|peer| remove(&mut self.awaited, &(host, peer), sock));
        if let (Some(local), Some(peer)) = (inet(socket.local.as_ref()), inet(socket.peer.as_ref())) {
            remove(&mut self.ends, &(local, peer, host_of(&socket)), sock);
        }
        if let Some(other) = socket.other
            && sockets[other].other == Some(sock)
        {
            (sockets[other].other, sockets[other].past_other) = (None, Some(socket.number));
        }
    }
}

/// The host to which the meaning of its addresses is confined, if it is.
fn host_of(socket: &Socket) -> Option<u32> {
    Some(socket.host()).filter(|_| !socket.is_far())
}

/// Forgets a key that stands for a socket.
fn remove<K: Eq + std::hash::Hash>(all: &mut HashMap<K, usize>, key: &K, sock: usize) {
    if all.get(key) == Some(&sock) {
        all.remove(key);
    }
}

/// Two sockets are the ends of one connection.
pub(super) fn join(sockets: &mut [Socket], one: usize, other: usize) {
    (sockets[one].other, sockets[other].other) = (Some(other), Some(one));
}
