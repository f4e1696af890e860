//! What the kernel knows of a socket beyond its number: protocol, addresses, peer.
//!
//! As strace does, the details are asked when a descriptor is written first and kept for the socket (its inode) once
//! they are known, so a socket is called by one name throughout. They come from sock_diag(7), which alone tells the peer
//! of a Unix socket and knows internet ones that are bound and not more; for a process in another network namespace, and
//! for netlink, from the tables in `/proc/PID/net`.
//!
//! # Safety
//! One getxattr into a local buffer of the size that is passed.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CString;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

use super::descriptors::escape;
use crate::sys::proc::{Proc, net};
use crate::sys::sockdiag::{self, Ends};
use crate::text::HexStrings;
use crate::xlat;

/// All sockets that were asked for.
#[derive(Debug, Default)]
pub struct Sockets {
    hex: HexStrings,
    details: RefCell<HashMap<u64, Arc<str>>>,
    names: RefCell<Numbers>,
}

/// Numbers handed out per protocol, in the order in which sockets were met.
#[derive(Debug, Default)]
struct Numbers {
    by_inode: HashMap<u64, (String, u32)>,
    last: HashMap<String, u32>,
}

/// How many sockets' details are kept, so that a long trace does not fill the memory.
const MOST_KEPT: usize = 4096;

impl Sockets {
    /// None met yet; paths will be written in hex or not.
    pub fn new(hex: HexStrings) -> Self {
        Self { hex, ..Self::default() }
    }

    /// `TCP:[127.0.0.1:80->127.0.0.1:50000]`, as strace's `-yy` has it.
    pub fn details(&self, pid: i32, fd: i32, inode: u64) -> Arc<str> {
        if let Some(known) = self.details.borrow().get(&inode) {
            return known.clone();
        }
        let protocol = protocol(pid, fd).unwrap_or_default();
        match lookup(pid, &protocol, inode, self.hex) {
            Some(found) => {
                let protocol = listed_as(&protocol);
                let text: Arc<str> = format!("{protocol}:[{found}]").into();
                let mut details = self.details.borrow_mut();
                if details.len() >= MOST_KEPT {
                    details.clear(); // those still in use are asked for again
                }
                details.insert(inode, text.clone());
                text
            }
            None if DECODED.contains(&protocol.as_str()) => format!("{protocol}:[{inode}]").into(),
            None => format!("socket:[{inode}]").into(),
        }
    }

    /// `tcp#2 127.0.0.1:50000→127.0.0.1:8090`: the number stays, the addresses are those of the moment.
    pub fn stable_name(&self, pid: i32, fd: i32, inode: u64) -> Arc<str> {
        let mut names = self.names.borrow_mut();
        let Numbers { by_inode, last } = &mut *names;
        let (protocol, number) = by_inode.entry(inode).or_insert_with(|| {
            let protocol = protocol(pid, fd).unwrap_or_else(|| "socket".into());
            let number = last.entry(protocol.to_lowercase()).or_default();
            *number += 1;
            (protocol, *number)
        });
        let name = format!("{}#{number}", protocol.to_lowercase());
        match ends(pid, protocol, inode) {
            Some(ends) if ends.is_connected() => format!("{name} {}→{}", ends.local, ends.peer).into(),
            Some(ends) => format!("{name} {}", ends.local).into(),
            None => match unix_path(protocol, inode, self.hex) {
                Some(path) => format!("{name} {path}").into(),
                None => name.into(),
            },
        }
    }

    /// Both ends of a descriptor's socket, if it is an internet one that is bound.
    pub fn ends(&self, pid: i32, fd: i32, inode: u64) -> Option<Ends> {
        ends(pid, &protocol(pid, fd)?, inode)
    }

    /// The path a Unix socket is bound to, or its peer is.
    pub fn unix_paths(&self, inode: u64) -> Vec<Vec<u8>> {
        let Some(found) = sockdiag::unix(inode) else { return Vec::new() };
        let peer = found.peer.and_then(|peer| sockdiag::unix(peer)?.name);
        found.name.into_iter().chain(peer).collect()
    }
}

/// The protocols whose details are shown; others are `socket:[inode]`.
const DECODED: &[&str] = &[
    "TCP",
    "TCPv6",
    "UDP",
    "UDPv6",
    "UDPLITE",
    "UDPLITEv6",
    "DCCP",
    "DCCPv6",
    "SCTP",
    "SCTPv6",
    "L2TP/IP",
    "L2TP/IPv6",
    "PING",
    "PINGv6",
    "RAW",
    "RAWv6",
    "UNIX",
    "UNIX-STREAM",
    "NETLINK",
];

/// The protocol in whose list a socket stands: strace, which does not know some by the kernel's name, finds them there
/// once they are bound.
fn listed_as(protocol: &str) -> &str {
    match protocol {
        "MPTCP" => "TCP",
        "MPTCPv6" => "TCPv6",
        "UDP-Lite" => "UDPLITE",
        known => known,
    }
}

/// What the kernel calls the protocol of a socket.
pub(super) fn protocol(pid: i32, fd: i32) -> Option<String> {
    let path = CString::new(Proc::new(pid).descriptor(fd).path().into_os_string().into_vec()).ok()?;
    let mut name = [0u8; 64];
    // SAFETY: the strings end with NUL, and `name` is as long as is said.
    let len = unsafe {
        libc::getxattr(path.as_ptr(), c"system.sockprotoname".as_ptr(), name.as_mut_ptr().cast(), name.len())
    };
    let name = name.get(..usize::try_from(len).ok()?)?;
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    Some(std::str::from_utf8(name).ok()?.to_string())
}

/// What strace writes between the brackets, once there is something to write.
fn lookup(pid: i32, protocol: &str, inode: u64, hex: HexStrings) -> Option<String> {
    match protocol {
        "NETLINK" => netlink(pid, inode),
        "UNIX" | "UNIX-STREAM" => {
            let found = sockdiag::unix(inode)?;
            let name = found.name.as_deref().map(|name| quoted_path(name, hex));
            match (found.peer, name) {
                (None, None) => None,
                (Some(peer), None) => Some(format!("{inode}->{peer}")),
                (None, Some(name)) => Some(format!("{inode},{name}")),
                (Some(peer), Some(name)) => Some(format!("{inode}->{peer},{name}")),
            }
        }
        _ => {
            let ends = ends(pid, protocol, inode)?;
            Some(if ends.is_connected() { format!("{}->{}", end(ends.local), end(ends.peer)) } else { end(ends.local) })
        }
    }
}

/// `127.0.0.1:80` or `[::1]:80`.
fn end(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => v4.to_string(),
        SocketAddr::V6(v6) => format!("[{}]:{}", v6.ip(), v6.port()),
    }
}

/// `"path"` or `@"name"`.
fn quoted_path(name: &[u8], hex: HexStrings) -> String {
    let (prefix, name) = match name.split_first() {
        Some((0, rest)) => ("@", rest),
        _ => ("", name),
    };
    format!("{prefix}\"{}\"", escape(name, b"\"", hex))
}

fn unix_path(protocol: &str, inode: u64, hex: HexStrings) -> Option<String> {
    if !protocol.starts_with("UNIX") {
        return None;
    }
    let found = sockdiag::unix(inode)?;
    let name = found.name.or_else(|| sockdiag::unix(found.peer?)?.name)?;
    Some(quoted_path(&name, hex))
}

/// The ends of an internet socket that is bound: from the kernel's lists of our own network namespace, which know more,
/// or else from the table of the process's.
fn ends(pid: i32, protocol: &str, inode: u64) -> Option<Ends> {
    let (file, family, number) = match listed_as(protocol) {
        "TCP" => ("tcp", libc::AF_INET, libc::IPPROTO_TCP),
        "TCPv6" => ("tcp6", libc::AF_INET6, libc::IPPROTO_TCP),
        "UDP" => ("udp", libc::AF_INET, libc::IPPROTO_UDP),
        "UDPv6" => ("udp6", libc::AF_INET6, libc::IPPROTO_UDP),
        "UDPLITE" => ("udplite", libc::AF_INET, libc::IPPROTO_UDPLITE),
        "UDPLITEv6" => ("udplite6", libc::AF_INET6, libc::IPPROTO_UDPLITE),
        _ => return None,
    };
    let listed = sockdiag::inet(family, number, inode).map(|found| found.ends);
    listed.or_else(|| net::find(Proc::new(pid), file, |row| row.inode == Some(inode)).map(|row| row.ends))
}

/// `ROUTE:1234`, from the table of netlink sockets.
fn netlink(pid: i32, inode: u64) -> Option<String> {
    let found = net::netlink(Proc::new(pid)).into_iter().find(|row| row.inode == inode)?;
    // A socket that is not bound has no number yet, and strace does not find it.
    (found.port != 0).then_some(())?;
    let name =
        xlat::protocol::NETLINK_PROTO.name(found.protocol).map(|name| name.trim_start_matches("NETLINK_").into());
    Some(format!("{}:{}", name.unwrap_or_else(|| found.protocol.to_string()), found.port))
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    #[test]
    fn our_own_sockets_are_described() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let pid = std::process::id() as i32;
        let fd = listener.as_raw_fd();
        let all = super::super::descriptors::Descriptors::default();
        let inode = all.socket(pid, fd).unwrap();
        assert_eq!(&*all.sockets().details(pid, fd, inode), format!("TCP:[{address}]"));
        assert_eq!(&*all.sockets().stable_name(pid, fd, inode), format!("tcp#1 {address}"));
        let (one, two) = std::os::unix::net::UnixStream::pair().unwrap();
        let (a, b) = (all.socket(pid, one.as_raw_fd()).unwrap(), all.socket(pid, two.as_raw_fd()).unwrap());
        assert_eq!(&*all.sockets().details(pid, one.as_raw_fd(), a), format!("UNIX-STREAM:[{a}->{b}]"));
    }
}
