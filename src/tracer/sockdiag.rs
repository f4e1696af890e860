//! One question of sock_diag(7): who is the peer of a Unix socket, and what is its name.

use std::io::IoSlice;

use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendmsg, socket};

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
/// Lengths of `nlmsghdr`, `unix_diag_req`, `unix_diag_msg` and `rtattr`.
const HEADER: usize = 16;
const REQUEST: usize = 24;
const MESSAGE: usize = 16;
const ATTRIBUTE: usize = 4;

/// Asks for one Unix socket by its inode.
pub fn unix(inode: u64) -> Option<Unix> {
    let inode = u32::try_from(inode).ok()?;
    let fd = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, Some(SockProtocol::NetlinkSockDiag))
        .ok()?;
    let fd_raw = std::os::fd::AsRawFd::as_raw_fd(&fd);
    sendmsg(fd_raw, &[IoSlice::new(&request(inode))], &[], MsgFlags::empty(), Some(&NetlinkAddr::new(0, 0))).ok()?;
    let mut answer = [0; 4096];
    let len = recv(fd_raw, &mut answer, MsgFlags::empty()).ok()?;
    parse(answer.get(..len)?, inode)
}

fn request(inode: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + REQUEST);
    bytes.extend(((HEADER + REQUEST) as u32).to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend((libc::NLM_F_REQUEST as u16).to_ne_bytes());
    bytes.extend([0; 8]); // sequence and port
    bytes.extend([libc::AF_UNIX as u8, 0, 0, 0]);
    bytes.extend(u32::MAX.to_ne_bytes()); // all states
    bytes.extend(inode.to_ne_bytes());
    bytes.extend((UDIAG_SHOW_NAME | UDIAG_SHOW_PEER).to_ne_bytes());
    bytes.extend([0xff; 8]); // any cookie
    bytes
}

fn parse(answer: &[u8], inode: u32) -> Option<Unix> {
    let word = |at: usize| Some(u32::from_ne_bytes(answer.get(at..at + 4)?.try_into().ok()?));
    let half = |at: usize| Some(u16::from_ne_bytes(answer.get(at..at + 2)?.try_into().ok()?));
    if half(4)? != SOCK_DIAG_BY_FAMILY || word(HEADER + 4)? != inode {
        return None;
    }
    let end = (word(0)? as usize).min(answer.len());
    let mut at = HEADER + MESSAGE;
    let mut found = Unix { peer: None, name: None };
    while at + ATTRIBUTE <= end {
        let (len, kind) = (usize::from(half(at)?), half(at + 2)?);
        let payload = answer.get(at + ATTRIBUTE..(at + len).min(end))?;
        match kind {
            UNIX_DIAG_NAME => {
                let is_path = payload.first().is_some_and(|&byte| byte != 0);
                let name = if is_path { payload.split(|&byte| byte == 0).next().unwrap_or_default() } else { payload };
                found.name = Some(name.to_vec()).filter(|name| !name.is_empty());
            }
            UNIX_DIAG_PEER => {
                let peer = u32::from_ne_bytes(payload.get(..4)?.try_into().ok()?);
                found.peer = (peer != 0).then_some(u64::from(peer));
            }
            _ => {}
        }
        at += len.max(ATTRIBUTE).next_multiple_of(4);
    }
    Some(found)
}
