//! Questions of sock_diag(7): the two ends of an internet socket, the peer and name of a Unix one.

use std::io::IoSlice;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendmsg, socket};

use super::sockets::Ends;

/// What is known of a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unix {
    /// The inode of the other end.
    pub peer: Option<u64>,
    /// The name it is bound to; one that begins with NUL is abstract.
    pub name: Option<Vec<u8>>,
}

/// `include/uapi/linux/sock_diag.h` and `unix_diag.h`.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const UDIAG_SHOW_NAME: u32 = 1;
const UDIAG_SHOW_PEER: u32 = 4;
const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
/// Lengths of `nlmsghdr`, `unix_diag_msg`, `inet_diag_msg` and `rtattr`.
const HEADER: usize = 16;
const UNIX_MESSAGE: usize = 16;
const INET_MESSAGE: usize = 72;
const ATTRIBUTE: usize = 4;
/// Bytes of one answer; the kernel cuts its list to fit.
const ANSWER: usize = 32 * 1024;

/// Sends a request and gives every answer to `each` until it finds something.
fn ask<T>(request: &[u8], dump: bool, mut each: impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
    let fd: OwnedFd =
        socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, Some(SockProtocol::NetlinkSockDiag))
            .ok()?;
    let flags = libc::NLM_F_REQUEST | if dump { libc::NLM_F_DUMP } else { 0 };
    let mut message = Vec::with_capacity(HEADER + request.len());
    message.extend(((HEADER + request.len()) as u32).to_ne_bytes());
    message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    message.extend((flags as u16).to_ne_bytes());
    message.extend([0; 8]); // sequence and port
    message.extend(request);
    let raw = fd.as_raw_fd();
    sendmsg(raw, &[IoSlice::new(&message)], &[], MsgFlags::empty(), Some(&NetlinkAddr::new(0, 0))).ok()?;
    let mut answer = vec![0; ANSWER];
    loop {
        let len = match recv(raw, &mut answer, MsgFlags::empty()) {
            Err(nix::errno::Errno::EINTR) => continue, // our own tick
            result => result.ok()?,
        };
        let mut rest = answer.get(..len)?;
        while let Some(len) = word(rest, 0).map(|len| len as usize).filter(|len| (HEADER..=rest.len()).contains(len)) {
            if half(rest, 4)? != SOCK_DIAG_BY_FAMILY {
                return None; // the end of the list, or an error
            }
            if let Some(found) = each(&rest[HEADER..len]) {
                return Some(found);
            }
            rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
        }
        if !dump {
            return None;
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Asks for one Unix socket by its inode.
pub fn unix(inode: u64) -> Option<Unix> {
    let inode = u32::try_from(inode).ok()?;
    let mut request = vec![libc::AF_UNIX as u8, 0, 0, 0];
    request.extend(u32::MAX.to_ne_bytes()); // all states
    request.extend(inode.to_ne_bytes());
    request.extend((UDIAG_SHOW_NAME | UDIAG_SHOW_PEER).to_ne_bytes());
    request.extend([0xff; 8]); // any cookie
    ask(&request, false, |message| unix_message(message, inode))
}

fn unix_message(message: &[u8], inode: u32) -> Option<Unix> {
    if word(message, 4)? != inode {
        return None;
    }
    let mut rest = message.get(UNIX_MESSAGE..)?;
    let mut found = Unix { peer: None, name: None };
    while let (Some(len), Some(kind)) = (half(rest, 0).map(usize::from), half(rest, 2)) {
        let Some(payload) = rest.get(ATTRIBUTE..len) else { break };
        match kind {
            UNIX_DIAG_NAME => {
                let is_path = payload.first().is_some_and(|&byte| byte != 0);
                let name = if is_path { payload.split(|&byte| byte == 0).next().unwrap_or_default() } else { payload };
                found.name = Some(name.to_vec()).filter(|name| !name.is_empty());
            }
            UNIX_DIAG_PEER => found.peer = word(payload, 0).filter(|peer| *peer != 0).map(u64::from),
            _ => {}
        }
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(found)
}

/// Looks for one internet socket by its inode, in our own network namespace.
pub fn inet(family: i32, protocol: i32, inode: u64) -> Option<Ends> {
    let mut request = vec![family as u8, protocol as u8, 0, 0];
    request.extend(u32::MAX.to_ne_bytes()); // all states
    request.extend([0; 48]); // any address
    ask(&request, true, |message| inet_message(message, inode))
}

fn inet_message(message: &[u8], inode: u64) -> Option<Ends> {
    if message.len() < INET_MESSAGE || u64::from(word(message, 68)?) != inode {
        return None;
    }
    let v6 = i32::from(*message.first()?) == libc::AF_INET6;
    let address = |at: usize| -> Option<IpAddr> {
        Some(if v6 {
            Ipv6Addr::from(<[u8; 16]>::try_from(message.get(at..at + 16)?).ok()?).into()
        } else {
            Ipv4Addr::from(<[u8; 4]>::try_from(message.get(at..at + 4)?).ok()?).into()
        })
    };
    let port = |at: usize| half(message, at).map(u16::from_be);
    Some(Ends { local: SocketAddr::new(address(8)?, port(4)?), peer: SocketAddr::new(address(24)?, port(6)?) })
}

/// An internet TCP socket that bind(2) was called on and nothing else, in our own network namespace: `/proc/net` does
/// not tell of those. Linux 6.8 and later do; before, there are none.
pub(crate) fn bound(family: i32) -> Vec<(SocketAddr, u64, u32)> {
    const BOUND_INACTIVE: u32 = 1 << 13; // of include/net/tcp_states.h
    let mut request = vec![family as u8, libc::IPPROTO_TCP as u8, 0, 0];
    request.extend(BOUND_INACTIVE.to_ne_bytes());
    request.extend([0; 48]); // any address
    let mut found = Vec::new();
    let _: Option<()> = ask(&request, true, |message| {
        let (inode, uid) = (word(message, 68)?, word(message, 64)?);
        if let Some(ends) = inet_message(message, u64::from(inode)) {
            found.push((ends.local, u64::from(inode), uid));
        }
        None
    });
    found
}
