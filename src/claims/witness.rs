//! The kernel's own counters and states: TCP_INFO, /proc/self/net, and a packet socket on the loopback interface.

use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use super::lab::Lab;
use super::{ExperimentError, Result};
use crate::memory::padded;
use crate::sys::proc::Proc;
use crate::xlat::sockopt::TCP_STATE;

/// A TCP state, as the kernel numbers it (include/net/tcp_states.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TcpState(pub u8);

impl TcpState {
    /// Both directions open.
    pub(super) const ESTABLISHED: Self = Self(1);
    /// SYN received and answered: half-open.
    pub(super) const SYN_RECV: Self = Self(3);
    /// Closed, and kept for a while so that late segments are recognised.
    pub(super) const TIME_WAIT: Self = Self(6);
    /// Waiting for clients.
    pub(super) const LISTEN: Self = Self(10);
}

impl std::fmt::Display for TcpState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match TCP_STATE.name(u64::from(self.0)) {
            Some(name) => f.write_str(name.trim_start_matches("TCP_")),
            None => write!(f, "state {}", self.0),
        }
    }
}

/// The fields of `getsockopt(TCP_INFO)` that experiments use (linux/tcp.h: `struct tcp_info`).
#[derive(Debug, Clone, Copy)]
pub(super) struct TcpInfo {
    /// The connection's state.
    pub state: TcpState,
    /// Segments sent but not acknowledged; for a listener, connections waiting to be accepted.
    pub unacked: u32,
    /// Segments retransmitted since the connection began.
    pub total_retrans: u32,
}

/// Reads a TCP socket's `TCP_INFO`.
pub(super) fn tcp_info(lab: &mut Lab, fd: RawFd) -> Result<TcpInfo> {
    let mut bytes = [0; 104];
    lab.call(|net| net.getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut bytes))?;
    let u32_at = |at: usize| u32::from_ne_bytes(padded(&bytes, at));
    Ok(TcpInfo { state: TcpState(bytes[0]), unacked: u32_at(24), total_retrans: u32_at(100) })
}

/// How many TCP sockets of this namespace with this local port are in `state`.
pub(super) fn count(port: u16, state: TcpState) -> Result<usize> {
    Ok(states(port)?.into_iter().filter(|found| *found == state).count())
}

/// The states of the TCP sockets with this local port (/proc/self/net/tcp).
pub(super) fn states(port: u16) -> Result<Vec<TcpState>> {
    let text = proc_net("tcp")?;
    let row = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let local = words.next()?.rsplit_once(':')?.1;
        let state = words.nth(1)?;
        (u16::from_str_radix(local, 16).ok()? == port).then_some(())?;
        Some(TcpState(u8::from_str_radix(state, 16).ok()?))
    };
    Ok(text.lines().skip(1).filter_map(row).collect())
}

/// A counter of the namespace, such as `ListenDrops` (/proc/self/net/netstat).
pub(super) fn counter(name: &str) -> Result<u64> {
    let text = proc_net("netstat")?;
    let lines: Vec<&str> = text.lines().collect();
    lines
        .chunks_exact(2)
        .find_map(|pair| {
            let at = pair[0].split_whitespace().position(|word| word == name)?;
            pair[1].split_whitespace().nth(at)?.parse().ok()
        })
        .ok_or_else(|| ExperimentError::new(format!("this kernel does not count {name}")))
}

fn proc_net(file: &str) -> Result<String> {
    Proc::OWN
        .text(&format!("net/{file}"))
        .map_err(|error| ExperimentError::new(format!("/proc/self/net/{file}: {error}")))
}

/// Polls until `done` holds, since the kernel has no event for these states; fails after 4 s.
pub(super) fn wait_until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(4);
    while !done()? {
        if Instant::now() > deadline {
            return Err(ExperimentError::new(format!("timed out after 4 s waiting for {what}")));
        }
        std::thread::yield_now();
    }
    Ok(())
}

/// A packet socket that receives a copy of every IPv4 packet of the namespace, once each.
#[derive(Debug)]
pub(super) struct Capture {
    fd: RawFd,
}

/// An IPv4 packet.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    /// Its bytes, from the IP header on.
    pub bytes: Vec<u8>,
}

impl Capture {
    /// Starts the capture.
    pub(super) fn open(lab: &mut Lab) -> Result<Self> {
        let ipv4 = (libc::ETH_P_IP as u16).to_be();
        let kind = libc::SOCK_DGRAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        Ok(Self { fd: lab.call(|net| net.socket(libc::AF_PACKET, kind, i32::from(ipv4)))? })
    }

    /// The next packet, if one comes within `ms` milliseconds.
    pub(super) fn next(&self, lab: &mut Lab, ms: i32) -> Result<Option<Packet>> {
        if lab.poll(self.fd, libc::POLLIN, ms)? == 0 {
            return Ok(None);
        }
        let mut bytes = vec![0; 4096];
        let n = lab.call(|net| net.recv(self.fd, &mut bytes, 0))?;
        bytes.truncate(n);
        Ok(Some(Packet { bytes }))
    }

    /// The TCP segments captured so far from or to this port.
    pub(super) fn segments(&self, lab: &mut Lab, port: u16) -> Result<Vec<Packet>> {
        let mut segments = Vec::new();
        while let Some(packet) = self.next(lab, 0)? {
            if packet.is_tcp() && packet.ports().is_some_and(|(from, to)| from == port || to == port) {
                segments.push(packet);
            }
        }
        Ok(segments)
    }
}

impl Packet {
    fn u16_at(&self, at: usize) -> Option<u16> {
        self.bytes.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
    }

    /// The length of the IP header, in bytes.
    pub(super) fn header(&self) -> usize {
        self.bytes.first().map_or(0, |first| usize::from(first & 0xf) * 4)
    }

    /// The protocol its payload belongs to (`IPPROTO_…`).
    pub(super) fn protocol(&self) -> i32 {
        self.bytes.get(9).map_or(0, |byte| i32::from(*byte))
    }

    /// The fragment's offset in the whole datagram, in bytes.
    pub(super) fn fragment_offset(&self) -> u32 {
        self.u16_at(6).map_or(0, |word| u32::from(word & 0x1fff) * 8)
    }

    fn is_tcp(&self) -> bool {
        self.protocol() == libc::IPPROTO_TCP
    }

    /// Source and destination port, if this packet has the transport header that holds them.
    pub(super) fn ports(&self) -> Option<(u16, u16)> {
        let has_ports = matches!(self.protocol(), libc::IPPROTO_TCP | libc::IPPROTO_UDP) && self.fragment_offset() == 0;
        let at = self.header();
        has_ports.then_some((self.u16_at(at)?, self.u16_at(at + 2)?))
    }

    fn flags(&self) -> u8 {
        self.bytes.get(self.header() + 13).copied().unwrap_or(0)
    }

    /// The length of a TCP segment's data, in bytes.
    pub(super) fn data(&self) -> usize {
        let tcp_header = self.bytes.get(self.header() + 12).map_or(0, |byte| usize::from(byte >> 4) * 4);
        self.bytes.len().saturating_sub(self.header() + tcp_header)
    }

    /// A TCP segment's flags and data length in tcpdump's terms: `SYN`, `SYN-ACK`, `ACK`, `ACK+12`.
    pub(super) fn segment(&self) -> String {
        const FLAGS: [(u8, &str); 4] = [(0x02, "SYN"), (0x01, "FIN"), (0x04, "RST"), (0x10, "ACK")];
        let names: Vec<&str> = FLAGS.iter().filter(|(bit, _)| self.flags() & bit != 0).map(|(_, name)| *name).collect();
        match self.data() {
            0 => names.join("-"),
            n => format!("{}+{n}", names.join("-")),
        }
    }
}
