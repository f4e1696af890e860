//! Queries a socket through a descriptor of it: the program's own in the layer, a copy of it in the tracer.
//!
//! Only queries without side effects are made. `SO_ERROR` is not among them: reading it clears it, and so does every
//! other way to the number. `poll(2)` reports a pending error and leaves it there. But on a socket that has no room to
//! send, `poll` also registers an interest in room, which programs with edge-triggered epoll or `O_ASYNC` would see as
//! one more event; such a socket is not polled.
//!
//! # Safety
//! Every call is passed a buffer of ours with its length, or a pointer to an int or structure that lives across it. The
//! descriptor is a number: where it is no longer open the kernel returns an error.
#![allow(unsafe_code)]

use std::os::fd::RawFd;
use std::sync::Arc;

use libc::{c_int, socklen_t};

use crate::event::{SocketState, State, StateSource};
use crate::memory::padded;
use crate::sys::protocol;
use crate::value::SockAddr;
use crate::value::sockaddr::STORAGE;

/// `getsockopt(SO_MEMINFO)`: what is charged to a socket (`linux/sock_diag.h`, `SK_MEMINFO_*`), in bytes.
#[derive(Debug, Clone, Copy)]
struct Memory {
    /// Received and not read.
    recv: u32,
    /// Sent and not freed by the device or the receiver.
    send: u32,
    /// `SO_SNDBUF`.
    send_most: u32,
    /// Kept for sending and sending again.
    queued: u32,
    /// Datagrams dropped, a number.
    drops: u32,
}

/// Which numbers of `SO_MEMINFO` are which.
const RMEM_ALLOC: usize = 0;
const WMEM_ALLOC: usize = 2;
const SNDBUF: usize = 3;
const WMEM_QUEUED: usize = 5;
const DROPS: usize = 8;
const MEMINFO: usize = 9;

/// Bytes of `struct tcp_info` that are read (`linux/tcp.h`): the part that all kernels have.
pub(crate) const TCP_INFO: usize = 104;
pub(crate) const TCPI_STATE: usize = 0;
/// How often in a row the oldest segment was sent again, and how many probes have no answer.
pub(crate) const TCPI_RETRANSMITS: usize = 2;
pub(crate) const TCPI_PROBES: usize = 3;
/// The round-trip time, microseconds; 0 before the first answer.
pub(crate) const TCPI_RTT: usize = 68;
/// Of a listener, connections that wait to be accepted, and how many may.
pub(crate) const TCPI_UNACKED: usize = 24;
pub(crate) const TCPI_SACKED: usize = 28;

/// Bytes not yet sent (`linux/sockios.h`).
const SIOCOUTQNSD: libc::Ioctl = 0x894B;

/// The state of the socket behind a descriptor; `None` where it is none.
pub(crate) fn look(fd: RawFd) -> Option<SocketState> {
    let domain = option(fd, libc::SO_DOMAIN)?;
    let protocol = option(fd, libc::SO_PROTOCOL)?;
    let is_inet = matches!(domain, libc::AF_INET | libc::AF_INET6);
    let tcp = if is_inet && matches!(protocol, libc::IPPROTO_TCP | libc::IPPROTO_MPTCP) { tcp_info(fd) } else { None };
    let memory = memory(fd);
    let mut found = SocketState {
        source: Some(StateSource::Descriptor),
        protocol: protocol::of(fd).as_deref().map(Arc::from),
        inode: inode(fd),
        local: name(fd, libc::getsockname).filter(is_name),
        peer: name(fd, libc::getpeername).filter(is_name),
        ..SocketState::new(State::UNCONNECTED)
    };
    match tcp {
        Some(info) => tcp_state(fd, info, memory, &mut found),
        None => other_state(fd, domain, memory, &mut found),
    }
    Some(found)
}

fn tcp_state(fd: RawFd, info: [u8; TCP_INFO], memory: Option<Memory>, found: &mut SocketState) {
    let word = |at: usize| u32::from_ne_bytes(padded(&info, at));
    found.state = State(info[TCPI_STATE].into());
    if found.state == State::LISTEN {
        found.accept_queue = Some(word(TCPI_UNACKED));
        found.backlog = Some(word(TCPI_SACKED));
    } else {
        found.recv_queue = queue(fd, libc::FIONREAD);
        if found.state != State::CLOSED {
            found.send_queue = queue(fd, libc::TIOCOUTQ);
            found.retransmissions = Some(info[TCPI_RETRANSMITS].into());
            found.rtt_us = Some(word(TCPI_RTT).into()).filter(|rtt| *rtt > 0);
        }
    }
    // As tcp_poll() has it: less than two thirds of the room are taken, and no more waits unsent than was wished.
    let unsent = if found.send_queue == Some(0) { Some(0) } else { queue(fd, SIOCOUTQNSD) };
    let has_room = memory.is_some_and(|memory| u64::from(memory.queued) * 3 < u64::from(memory.send_most) * 2);
    let is_quiet = has_room && (found.state == State::CLOSED || unsent == Some(0));
    if found.state == State::LISTEN || is_quiet {
        conditions(fd, found);
    }
}

fn other_state(fd: RawFd, domain: c_int, memory: Option<Memory>, found: &mut SocketState) {
    let kind = option(fd, libc::SO_TYPE);
    if option(fd, libc::SO_ACCEPTCONN) == Some(1) {
        found.state = State::LISTEN;
    } else if found.peer.is_some() || (domain == libc::AF_UNIX && name(fd, libc::getpeername).is_some()) {
        found.state = State::CONNECTED;
    }
    // As datagram_poll() and unix_poll() have it, the stricter of the two.
    let has_room = memory.is_some_and(|memory| u64::from(memory.send) * 4 <= u64::from(memory.send_most));
    let readable = if has_room { conditions(fd, found) } else { None };
    if found.state == State::LISTEN {
        return;
    }
    let is_connection = matches!(kind, Some(libc::SOCK_STREAM | libc::SOCK_SEQPACKET));
    if domain == libc::AF_UNIX {
        // What waits is charged to the sender, and of datagrams only the first is counted.
        let waits = queue(fd, libc::FIONREAD);
        if is_connection {
            found.recv_queue = waits;
        } else if readable == Some(true) {
            found.next_datagram = waits;
        }
    } else {
        // Memory that is charged beforehand, or not given back yet, holds nothing to read.
        let charged = memory.map(|memory| u64::from(memory.recv));
        found.recv_queue = if readable == Some(false) { Some(0) } else { charged };
        if readable == Some(true) && domain != libc::AF_NETLINK {
            found.next_datagram = queue(fd, libc::FIONREAD);
        }
        found.drops = memory.map(|memory| memory.drops.into());
    }
    found.send_queue = memory.map(|memory| memory.send.into());
}

/// Fills in what `poll` reports; returns whether something can be read.
fn conditions(fd: RawFd, found: &mut SocketState) -> Option<bool> {
    let mut poll = libc::pollfd { fd, events: libc::POLLIN | libc::POLLRDHUP, revents: 0 };
    // SAFETY: one structure, and no time to wait.
    if unsafe { libc::poll(&raw mut poll, 1, 0) } < 0 {
        return None;
    }
    let has = |event: i16| Some(poll.revents & event != 0);
    found.error_pending = has(libc::POLLERR);
    // A socket that has no connection yet has hung up too, as poll sees it.
    if !matches!(found.state, State::LISTEN | State::CLOSED | State::UNCONNECTED) {
        found.read_shut = has(libc::POLLRDHUP);
        found.hung_up = has(libc::POLLHUP);
    }
    has(libc::POLLIN)
}

/// An option that is an int.
fn option(fd: RawFd, name: c_int) -> Option<c_int> {
    let mut value = [0; 4];
    (get(fd, libc::SOL_SOCKET, name, &mut value)? == value.len()).then(|| c_int::from_ne_bytes(value))
}

pub(crate) fn tcp_info(fd: RawFd) -> Option<[u8; TCP_INFO]> {
    let mut info = [0; TCP_INFO];
    (get(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)? > TCPI_SACKED + 4).then_some(info)
}

fn memory(fd: RawFd) -> Option<Memory> {
    let mut bytes = [0; 4 * MEMINFO];
    if get(fd, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut bytes)? < bytes.len() {
        return None;
    }
    let number = |n: usize| u32::from_ne_bytes(padded(&bytes, 4 * n));
    Some(Memory {
        recv: number(RMEM_ALLOC),
        send: number(WMEM_ALLOC),
        send_most: number(SNDBUF),
        queued: number(WMEM_QUEUED),
        drops: number(DROPS),
    })
}

/// getsockopt(2): how many bytes the kernel wrote.
pub(crate) fn get(fd: RawFd, level: c_int, name: c_int, value: &mut [u8]) -> Option<usize> {
    let mut len = value.len() as socklen_t;
    // SAFETY: `value` is `len` bytes long, and both live across the call.
    let ret = unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut len) };
    (ret == 0).then_some(len as usize)
}

/// A number of bytes that an ioctl returns.
pub(crate) fn queue(fd: RawFd, request: libc::Ioctl) -> Option<u64> {
    let mut bytes: c_int = 0;
    // SAFETY: the requests made here write one int.
    let ret = unsafe { libc::ioctl(fd, request, &raw mut bytes) };
    (ret == 0).then(|| u64::try_from(bytes).ok())?
}

/// getsockname(2) or getpeername(2).
pub(crate) fn name(
    fd: RawFd,
    call: unsafe extern "C" fn(c_int, *mut libc::sockaddr, *mut socklen_t) -> c_int,
) -> Option<SockAddr> {
    let mut bytes = [0u8; STORAGE];
    let mut len = bytes.len() as socklen_t;
    // SAFETY: `bytes` is `len` bytes long, and both live across the call.
    let ret = unsafe { call(fd, bytes.as_mut_ptr().cast(), &raw mut len) };
    (ret == 0).then(|| SockAddr::from_bytes(&bytes[..bytes.len().min(len as usize)]))
}

/// Whether an address is more than a family.
fn is_name(address: &SockAddr) -> bool {
    let bytes = address.to_bytes();
    bytes.get(2..).is_some_and(|rest| rest.iter().any(|byte| *byte != 0))
}

fn inode(fd: RawFd) -> Option<u64> {
    // SAFETY: `stat` is plain data, for which zeroes are valid.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: the call writes one `stat`.
    let ret = unsafe { libc::fstat(fd, &raw mut stat) };
    (ret == 0).then_some(stat.st_ino)
}
