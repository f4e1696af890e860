//! Reads a socket itself, through a copy of its descriptor.
//!
//! The copy is of another process's descriptor (pidfd_getfd(2), which a tracer may always do) or, in the layer, the
//! process's own number. Only options are read that reading does not change: never `SO_ERROR`, which is cleared by it.
//!
//! # Safety
//! One `fcntl` that takes no argument and touches no memory.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use libc::c_int;

use crate::event::{Endpoint, Relation};
use crate::memory::padded;
use crate::state::descriptor::{self, TCPI_PROBES, TCPI_RETRANSMITS, TCPI_RTT, TCPI_SACKED, TCPI_STATE, TCPI_UNACKED};
use crate::sys::pidfd;
use crate::sys::sockdiag::BOUND_INACTIVE;
use crate::why::place;
use crate::xlat::socket::{ADDRESS_FAMILY, SOCK_TYPE};
use crate::xlat::sockopt::TCP_STATE;

/// A socket to query.
#[derive(Debug)]
pub(super) enum Handle {
    /// A copy of another process's descriptor.
    Copy(OwnedFd),
    /// A borrowed descriptor of our own process.
    Own(RawFd),
}

impl Handle {
    /// The descriptor of a process; `None` where it is not open or access is denied.
    pub(super) fn of(pid: i32, fd: RawFd) -> Option<Self> {
        if fd < 0 {
            return None;
        }
        if pid as u32 == std::process::id() {
            return Some(Self::Own(fd));
        }
        pidfd::copy(&pidfd::open(pid, 0).ok()?, fd).ok().map(Self::Copy)
    }

    fn raw(&self) -> RawFd {
        match self {
            Self::Copy(fd) => fd.as_raw_fd(),
            Self::Own(fd) => *fd,
        }
    }

    /// Reads an option of this many bytes; fewer may come.
    fn option<const N: usize>(&self, level: c_int, name: c_int) -> Option<([u8; N], usize)> {
        let mut value = [0; N];
        let len = descriptor::get(self.raw(), level, name, &mut value)?;
        Some((value, len))
    }

    fn number(&self, level: c_int, name: c_int) -> Option<i32> {
        let (value, len) = self.option::<4>(level, name)?;
        (len > 0).then(|| i32::from_ne_bytes(value))
    }

    fn is_set(&self, level: c_int, name: c_int) -> Option<bool> {
        self.number(level, name).map(|value| value != 0)
    }

    fn timeout_ms(&self, name: c_int) -> Option<u64> {
        let (value, len) = self.option::<16>(libc::SOL_SOCKET, name)?;
        let word = |at: usize| i64::from_ne_bytes(padded(&value, at));
        (len == 16).then_some(())?;
        u64::try_from(word(0) * 1000 + word(8) / 1000).ok()
    }

    /// Whether `SO_REUSEADDR` and `SO_REUSEPORT` are set.
    pub(super) fn reuse(&self) -> (Option<bool>, Option<bool>) {
        (self.is_set(libc::SOL_SOCKET, libc::SO_REUSEADDR), self.is_set(libc::SOL_SOCKET, libc::SO_REUSEPORT))
    }

    /// Bytes that are there to be read.
    pub(super) fn unread(&self) -> Option<u64> {
        descriptor::queue(self.raw(), libc::FIONREAD as libc::Ioctl)
    }

    /// `IPV6_V6ONLY`.
    pub(super) fn v6_only(&self) -> Option<bool> {
        self.is_set(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY)
    }

    /// Everything that can be read of it; `None` where it is not a socket.
    pub(super) fn endpoint(&self) -> Option<Endpoint> {
        let domain = self.number(libc::SOL_SOCKET, libc::SO_DOMAIN)?;
        let kind = self.number(libc::SOL_SOCKET, libc::SO_TYPE)?;
        let protocol = self.number(libc::SOL_SOCKET, libc::SO_PROTOCOL)?;
        let bytes = |name| self.number(libc::SOL_SOCKET, name).and_then(|n| u64::try_from(n).ok());
        // SAFETY: F_GETFL takes no argument.
        let flags = unsafe { libc::fcntl(self.raw(), libc::F_GETFL) };
        let (reuse_address, reuse_port) = self.reuse();
        let mut found = Endpoint {
            relation: Relation::Own,
            protocol: protocol_name(domain, kind, protocol),
            kind: SOCK_TYPE.name(kind as u64).map(str::to_owned),
            local: descriptor::name(self.raw(), libc::getsockname).and_then(|name| place(&name)),
            peer: descriptor::name(self.raw(), libc::getpeername).and_then(|name| place(&name)),
            reuse_address,
            reuse_port,
            broadcast: self.is_set(libc::SOL_SOCKET, libc::SO_BROADCAST),
            nonblocking: (flags >= 0).then_some(flags & libc::O_NONBLOCK != 0),
            recv_timeout_ms: self.timeout_ms(libc::SO_RCVTIMEO),
            send_timeout_ms: self.timeout_ms(libc::SO_SNDTIMEO),
            send_buffer: bytes(libc::SO_SNDBUF),
            recv_buffer: bytes(libc::SO_RCVBUF),
            keepalive: self.is_set(libc::SOL_SOCKET, libc::SO_KEEPALIVE),
            v6_only: (domain == libc::AF_INET6).then(|| self.v6_only()).flatten(),
            recv_queue: self.unread(),
            send_queue: descriptor::queue(self.raw(), libc::TIOCOUTQ as libc::Ioctl),
            ..Endpoint::default()
        };
        let listens = self.is_set(libc::SOL_SOCKET, libc::SO_ACCEPTCONN) == Some(true);
        if listens {
            found.state = Some("LISTEN".into());
        }
        let internet = matches!(domain, libc::AF_INET | libc::AF_INET6);
        if internet && let Some(info) = descriptor::tcp_info(self.raw()) {
            let word = |at: usize| Some(u64::from(u32::from_ne_bytes(padded(&info, at))));
            found.state = state_name(info[TCPI_STATE]);
            if listens {
                (found.recv_queue, found.backlog) = (word(TCPI_UNACKED), word(TCPI_SACKED));
                found.send_queue = None;
            } else {
                found.retransmissions = Some(info[TCPI_RETRANSMITS].into());
                found.probes = Some(info[TCPI_PROBES].into());
                found.rtt_us = word(TCPI_RTT);
            }
            if found.state.as_deref() == Some("CLOSE") {
                found.send_queue = None; // what is counted there means nothing any more
            }
            let tcp = |name| self.number(libc::IPPROTO_TCP, name).and_then(|n| u64::try_from(n).ok());
            if found.keepalive == Some(true) {
                found.keepalive_idle_s = tcp(libc::TCP_KEEPIDLE);
                found.keepalive_probes = tcp(libc::TCP_KEEPCNT);
            }
            found.user_timeout_ms = tcp(libc::TCP_USER_TIMEOUT);
            found.syn_retries = tcp(libc::TCP_SYNCNT);
        }
        if internet {
            let (level, mtu, discover) = match domain {
                libc::AF_INET => (libc::IPPROTO_IP, libc::IP_MTU, libc::IP_MTU_DISCOVER),
                _ => (libc::IPPROTO_IPV6, libc::IPV6_MTU, libc::IPV6_MTU_DISCOVER),
            };
            found.mtu = self.number(level, mtu).and_then(|n| u64::try_from(n).ok());
            found.dont_fragment = self.number(level, discover).map(|how| how == libc::IP_PMTUDISC_DO);
        }
        Some(found)
    }
}

/// `ESTABLISHED` for 1.
pub(super) fn state_name(state: u8) -> Option<String> {
    // A bound TCP socket: only sock_diag(7) distinguishes it from a closed one.
    if state == BOUND_INACTIVE {
        return Some("BOUND".into());
    }
    TCP_STATE.name(u64::from(state)).map(|name| name.trim_start_matches("TCP_").to_owned())
}

/// How [`Endpoint::protocol`] names it.
fn protocol_name(domain: i32, kind: i32, protocol: i32) -> String {
    let six = if domain == libc::AF_INET6 { "6" } else { "" };
    match (domain, kind, protocol) {
        (libc::AF_UNIX, ..) => "unix".into(),
        (libc::AF_INET | libc::AF_INET6, _, libc::IPPROTO_TCP) => format!("tcp{six}"),
        (libc::AF_INET | libc::AF_INET6, _, libc::IPPROTO_UDP) => format!("udp{six}"),
        (libc::AF_INET | libc::AF_INET6, libc::SOCK_RAW, _) => format!("raw{six}"),
        _ => ADDRESS_FAMILY.name(domain as u64).map_or_else(|| domain.to_string(), str::to_owned),
    }
}
