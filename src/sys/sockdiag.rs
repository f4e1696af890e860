//! Questions of sock_diag(7): what the kernel's lists say of an internet or a Unix socket, from outside, whoever holds it
//! and also when nobody does any more.

use std::fs::File;
use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sched::{CloneFlags, setns};
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendmsg, socket};

use super::proc::Proc;

/// The two ends of an internet socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// Its own address.
    pub local: SocketAddr,
    /// The other end's; unspecified when not connected.
    pub peer: SocketAddr,
}

impl Ends {
    /// Whether there is another end.
    pub fn is_connected(&self) -> bool {
        !(self.peer.ip().is_unspecified() && self.peer.port() == 0)
    }
}

/// What is known of an internet socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inet {
    /// Its addresses.
    pub ends: Ends,
    /// Its state, in TCP's numbers whatever the protocol.
    pub state: u8,
    /// Bytes to read; of a TCP listener, connections to accept.
    pub recv: u32,
    /// Bytes to send; of a TCP listener, how many connections may wait.
    pub send: u32,
    /// How often in a row the oldest bytes were sent again without an answer.
    pub retransmissions: u8,
    /// `None` when no process holds it.
    pub inode: Option<u64>,
    /// The user who made it; of one that no process holds, 0.
    pub uid: u32,
    /// How long until its timer, ms; of a connection in `TIME_WAIT`, or in `FIN_WAIT2` and nobody's, until it is forgotten.
    pub expires_ms: u64,
}

/// What is known of a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unix {
    /// `SOCK_STREAM` and so on.
    pub kind: u8,
    /// Its state, in TCP's numbers.
    pub state: u8,
    /// The inode of the other end.
    pub peer: Option<u64>,
    /// The name it is bound to; one that begins with NUL is abstract.
    pub name: Option<Vec<u8>>,
    /// Bytes to read (of datagrams, the first one's), and bytes the other end has not read; of a listener, connections to
    /// accept and how many may wait.
    pub queues: Option<(u32, u32)>,
}

/// `include/uapi/linux/sock_diag.h` and `unix_diag.h`.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const UDIAG_SHOW_NAME: u32 = 1;
const UDIAG_SHOW_PEER: u32 = 4;
const UDIAG_SHOW_RQLEN: u32 = 0x10;
const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
const UNIX_DIAG_RQLEN: u16 = 4;
/// Lengths of `nlmsghdr`, `unix_diag_msg`, `inet_diag_msg` and `rtattr`.
const HEADER: usize = 16;
const UNIX_MESSAGE: usize = 16;
const INET_MESSAGE: usize = 72;
const ATTRIBUTE: usize = 4;
/// Bytes of one answer; the kernel cuts its list to fit.
const ANSWER: usize = 32 * 1024;

/// The state of a TCP socket that is bound and nothing else, in a question; since Linux 6.8.
pub(crate) const BOUND_INACTIVE: u8 = 13;

/// Which internet sockets are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// `AF_INET` or `AF_INET6`.
    pub family: i32,
    /// `IPPROTO_TCP` or `IPPROTO_UDP`.
    pub protocol: i32,
    /// A bit for each state.
    pub states: u32,
    /// Their own port.
    pub local: Option<u16>,
    /// The other end's.
    pub peer: Option<u16>,
}

/// A socket that questions are asked on: those of one network namespace.
#[derive(Debug)]
pub(crate) struct Diag {
    fd: OwnedFd,
    seq: u32,
}

impl Diag {
    /// Asks about the namespace of the calling thread.
    pub(crate) fn open() -> io::Result<Self> {
        let (family, protocol) = (AddressFamily::Netlink, SockProtocol::NetlinkSockDiag);
        Ok(Self::on(socket(family, SockType::Raw, SockFlag::SOCK_CLOEXEC, Some(protocol))?))
    }

    /// Asks on this socket, which is one of sock_diag.
    pub(crate) fn on(fd: OwnedFd) -> Self {
        Self { fd, seq: 0 }
    }

    /// Asks about the namespace of a process. It takes CAP_SYS_ADMIN to enter another than one's own.
    pub(crate) fn open_in(pid: i32) -> io::Result<Self> {
        let namespace = File::open(Proc::new(pid).path("ns/net"))?;
        // A thread of its own: it ends there, and the socket stays in the namespace it was made in.
        let entered = std::thread::Builder::new().spawn(move || {
            setns(namespace, CloneFlags::CLONE_NEWNET)?;
            Self::open()
        })?;
        entered.join().map_err(|_| io::Error::other("the thread that entered the namespace panicked"))?
    }

    /// The socket, for whoever wants it elsewhere.
    pub(crate) fn into_fd(self) -> OwnedFd {
        self.fd
    }

    /// One TCP or UDP socket (`protocol`) with these ends. Of a connection both are given; of a listener or a UDP socket
    /// without a peer its own.
    pub(crate) fn find(&mut self, protocol: i32, ends: &Ends) -> Option<Inet> {
        let family = if ends.local.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
        let scope = match (ends.peer, ends.local) {
            (SocketAddr::V6(peer), SocketAddr::V6(local)) => peer.scope_id().max(local.scope_id()),
            _ => 0,
        };
        // net/ipv4/udp_diag.c: "src and dst are swapped for historical reasons".
        let is_udp = protocol == libc::IPPROTO_UDP;
        let (one, two) = if is_udp { (ends.peer, ends.local) } else { (ends.local, ends.peer) };
        let mut request = vec![family as u8, protocol as u8, 0, 0];
        request.extend(u32::MAX.to_ne_bytes()); // all states
        for end in [one, two] {
            request.extend(end.port().to_be_bytes());
        }
        for end in [one, two] {
            let mut address = [0; 16];
            match end.ip() {
                IpAddr::V4(ip) => address[..4].copy_from_slice(&ip.octets()),
                IpAddr::V6(ip) => address = ip.octets(),
            }
            request.extend(address);
        }
        request.extend(scope.to_ne_bytes());
        request.extend([0xff; 8]); // any cookie
        self.ask(&request, false, inet_message)
    }

    /// One internet socket by its inode. The kernel has no index of those, so all are looked through.
    pub(crate) fn inet(&mut self, family: i32, protocol: i32, inode: u64) -> Option<Inet> {
        let mut request = vec![family as u8, protocol as u8, 0, 0];
        request.extend(u32::MAX.to_ne_bytes()); // all states
        request.extend([0; 48]); // any address
        self.ask(&request, true, |message| inet_message(message).filter(|found| found.inode == Some(inode)))
    }

    /// One Unix socket by its inode.
    pub(crate) fn unix(&mut self, inode: u64) -> Option<Unix> {
        let inode = u32::try_from(inode).ok()?;
        let mut request = vec![libc::AF_UNIX as u8, 0, 0, 0];
        request.extend(u32::MAX.to_ne_bytes()); // all states
        request.extend(inode.to_ne_bytes());
        request.extend((UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN).to_ne_bytes());
        request.extend([0xff; 8]); // any cookie
        self.ask(&request, false, |message| unix_message(message, inode))
    }

    /// The internet sockets with these states and ports: the kernel looks through all of them, and answers with few.
    pub(crate) fn list(&mut self, wanted: Wanted) -> io::Result<Vec<Inet>> {
        let mut request = vec![wanted.family as u8, wanted.protocol as u8, 0, 0];
        request.extend(wanted.states.to_ne_bytes());
        request.extend(wanted.local.unwrap_or(0).to_be_bytes());
        request.extend(wanted.peer.unwrap_or(0).to_be_bytes());
        request.extend([0; 44]); // any address
        let mut found = Vec::new();
        self.talk(&request, true, |message| found.extend(inet_message(message)))?;
        // Not all of the kernel's lists heed the ports.
        let is = |asked: Option<u16>, port: u16| asked.is_none_or(|asked| asked == port);
        found.retain(|row| is(wanted.local, row.ends.local.port()) && is(wanted.peer, row.ends.peer.port()));
        Ok(found)
    }

    /// Sends a request and gives every answer to `each` until it finds something.
    fn ask<T>(&mut self, request: &[u8], dump: bool, mut each: impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
        let mut found = None;
        self.talk(request, dump, |message| {
            if found.is_none() {
                found = each(message);
            }
        })
        .ok()?;
        found
    }

    /// Sends a request and gives every answer to `each`.
    fn talk(&mut self, request: &[u8], dump: bool, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        self.seq = self.seq.wrapping_add(1);
        let flags = libc::NLM_F_REQUEST | if dump { libc::NLM_F_DUMP } else { 0 };
        let mut message = Vec::with_capacity(HEADER + request.len());
        message.extend(((HEADER + request.len()) as u32).to_ne_bytes());
        message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        message.extend((flags as u16).to_ne_bytes());
        message.extend(self.seq.to_ne_bytes());
        message.extend([0; 4]); // port
        message.extend(request);
        let raw = self.fd.as_raw_fd();
        sendmsg(raw, &[IoSlice::new(&message)], &[], MsgFlags::empty(), Some(&NetlinkAddr::new(0, 0)))?;
        let mut answer = vec![0; ANSWER];
        loop {
            let len = match recv(raw, &mut answer, MsgFlags::empty()) {
                Err(nix::errno::Errno::EINTR) => continue, // our own tick
                result => result?,
            };
            let mut rest = answer.get(..len).unwrap_or_default();
            while let Some(len) =
                word(rest, 0).map(|len| len as usize).filter(|len| (HEADER..=rest.len()).contains(len))
            {
                // What is left of an earlier answer is not ours.
                if word(rest, 8) == Some(self.seq) {
                    match half(rest, 4).map(i32::from) {
                        Some(libc::NLMSG_ERROR) => {
                            let error = word(rest, HEADER).map_or(0, |error| error as i32);
                            return if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(-error)) };
                        }
                        Some(kind) if kind != i32::from(SOCK_DIAG_BY_FAMILY) => return Ok(()), // the end of the list
                        _ => each(&rest[HEADER..len]),
                    }
                    if !dump {
                        return Ok(());
                    }
                }
                rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
            }
        }
    }
}

/// One Unix socket of our own network namespace by its inode.
pub(crate) fn unix(inode: u64) -> Option<Unix> {
    Diag::open().ok()?.unix(inode)
}

/// One internet socket of our own network namespace by its inode.
pub(crate) fn inet(family: i32, protocol: i32, inode: u64) -> Option<Inet> {
    Diag::open().ok()?.inet(family, protocol, inode)
}

/// `N` bytes from an offset, if they are all there.
fn exact<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    exact(bytes, at).map(u32::from_ne_bytes)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    exact(bytes, at).map(u16::from_ne_bytes)
}

fn unix_message(message: &[u8], inode: u32) -> Option<Unix> {
    if word(message, 4)? != inode {
        return None;
    }
    let mut rest = message.get(UNIX_MESSAGE..)?;
    let mut found = Unix { kind: *message.get(1)?, state: *message.get(2)?, peer: None, name: None, queues: None };
    while let (Some(len), Some(kind)) = (half(rest, 0).map(usize::from), half(rest, 2)) {
        let Some(payload) = rest.get(ATTRIBUTE..len) else { break };
        match kind {
            UNIX_DIAG_NAME => {
                let is_path = payload.first().is_some_and(|&byte| byte != 0);
                let name = if is_path { payload.split(|&byte| byte == 0).next().unwrap_or_default() } else { payload };
                found.name = Some(name.to_vec()).filter(|name| !name.is_empty());
            }
            UNIX_DIAG_PEER => found.peer = word(payload, 0).filter(|peer| *peer != 0).map(u64::from),
            UNIX_DIAG_RQLEN => found.queues = word(payload, 0).zip(word(payload, 4)),
            _ => {}
        }
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(found)
}

fn inet_message(message: &[u8]) -> Option<Inet> {
    if message.len() < INET_MESSAGE {
        return None;
    }
    let v6 = i32::from(*message.first()?) == libc::AF_INET6;
    let scope = word(message, 40)?;
    let end = |port: usize, at: usize| -> Option<SocketAddr> {
        let port = half(message, port).map(u16::from_be)?;
        Some(if v6 {
            let ip = Ipv6Addr::from(exact::<16>(message, at)?);
            SocketAddrV6::new(ip, port, 0, if ip.is_unicast_link_local() { scope } else { 0 }).into()
        } else {
            (Ipv4Addr::from(exact::<4>(message, at)?), port).into()
        })
    };
    Some(Inet {
        ends: Ends { local: end(4, 8)?, peer: end(6, 24)? },
        state: *message.get(1)?,
        expires_ms: word(message, 52)?.into(),
        recv: word(message, 56)?,
        send: word(message, 60)?,
        // Retransmissions or probes, as the timer says: 1 is that of sending again.
        retransmissions: if message[2] == 1 { message[3] } else { 0 },
        inode: word(message, 68).filter(|inode| *inode != 0).map(u64::from),
        uid: word(message, 64)?,
    })
}
