//! By what a socket is known besides its descriptors: its number in the trace, the kernel's inode, the other end's.
//!
//! Where a trace is written while it happens, the ends of connections are joined as soon as both are known: those of
//! Unix sockets by their inodes, those of the internet's by their addresses.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::Socket;
use super::pairs::{failed, inet};

/// What sockets are known by.
#[derive(Debug, Default)]
pub(super) struct Identity {
    next: u64,
    numbers: HashMap<u64, usize>,
    inodes: HashMap<u64, usize>,
    /// Inodes of sockets that were not met yet, by those whose other ends they are.
    awaited: HashMap<u64, usize>,
    /// The sockets of connections whose other ends were not met yet.
    ends: HashMap<(SocketAddr, SocketAddr), usize>,
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

    pub(super) fn by_inode(&self, inode: u64) -> Option<usize> {
        self.inodes.get(&inode).copied()
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
        self.inodes.insert(inode, sock);
        if let Some(other) = self.awaited.remove(&inode) {
            join(sockets, sock, other);
        }
    }

    /// The inode of a socket's other end is known.
    pub(super) fn joins(&mut self, sockets: &mut [Socket], sock: usize, peer: u64) {
        if sockets[sock].other.is_some() {
            return;
        }
        sockets[sock].peer_inode = Some(peer);
        match self.by_inode(peer) {
            Some(other) => join(sockets, sock, other),
            None => drop(self.awaited.insert(peer, sock)),
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
        match self.ends.remove(&(peer, local)).filter(|other| sockets[*other].closed.is_none()) {
            Some(other) => join(sockets, sock, other),
            None => drop(self.ends.insert((local, peer), sock)),
        }
    }

    /// A socket is of no interest any more.
    pub(super) fn forget(&mut self, sockets: &mut [Socket], sock: usize) {
        let socket = std::mem::take(&mut sockets[sock]);
        let remove = |all: &mut HashMap<u64, usize>, key: u64| {
            if all.get(&key) == Some(&sock) {
                all.remove(&key);
            }
        };
        remove(&mut self.numbers, socket.number);
        socket.inode.into_iter().for_each(|inode| remove(&mut self.inodes, inode));
        socket.peer_inode.into_iter().for_each(|peer| remove(&mut self.awaited, peer));
        if let (Some(local), Some(peer)) = (inet(socket.local.as_ref()), inet(socket.peer.as_ref()))
            && self.ends.get(&(local, peer)) == Some(&sock)
        {
            self.ends.remove(&(local, peer));
        }
        if let Some(other) = socket.other
            && sockets[other].other == Some(sock)
        {
            (sockets[other].other, sockets[other].past_other) = (None, Some(socket.number));
        }
    }
}

/// Two sockets are the ends of one connection.
pub(super) fn join(sockets: &mut [Socket], one: usize, other: usize) {
    (sockets[one].other, sockets[other].other) = (Some(other), Some(one));
}
