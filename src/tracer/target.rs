//! Calls about one file or address only: `-P`, `--peer`, `--local`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use super::descriptors::Descriptors;
use crate::syscall::{Effect, Syscall};
use crate::value::{SockAddr, Value};

/// What a call must be about to be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// A file or Unix socket with this path (abstract ones begin with `@`).
    Path(PathBuf),
    /// The other end of a socket.
    Peer(AddressPattern),
    /// A socket's own end.
    Local(AddressPattern),
}

/// An address of which parts may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressPattern {
    /// Any when `None`.
    pub ip: Option<IpAddr>,
    /// Any when `None`.
    pub port: Option<u16>,
}

impl FromStr for AddressPattern {
    type Err = String;

    /// `127.0.0.1:80`, `[::1]:80`, `127.0.0.1`, `::1` or `:80`.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(both) = text.parse::<SocketAddr>() {
            return Ok(Self { ip: Some(both.ip()), port: Some(both.port()) });
        }
        if let Ok(ip) = text.trim_start_matches('[').trim_end_matches(']').parse() {
            return Ok(Self { ip: Some(ip), port: None });
        }
        if let Some(Ok(port)) = text.strip_prefix(':').map(str::parse) {
            return Ok(Self { ip: None, port: Some(port) });
        }
        Err(format!("{text:?} is not an address: write IP:PORT, [IPv6]:PORT, IP or :PORT"))
    }
}

impl AddressPattern {
    fn matches(&self, address: SocketAddr) -> bool {
        self.ip.is_none_or(|ip| ip == address.ip().to_canonical() || ip == address.ip())
            && self.port.is_none_or(|port| port == address.port())
    }
}

/// Whether any of the values of a call is about a target.
pub(super) fn concerns<'a>(
    targets: &[Target],
    sys: &Syscall,
    pid: i32,
    descriptors: &Descriptors,
    values: impl Iterator<Item = &'a Value>,
) -> bool {
    sys.params.iter().zip(values).any(|(param, value)| {
        let mut found = false;
        // As strace does it: a path is the one given, letter by letter.
        param.ty.each_name(value, &mut |name| {
            found |= targets.iter().any(|target| matches!(target, Target::Path(wanted) if is_path(wanted, name)));
        });
        value.each_address(&mut |address| found |= targets.iter().any(|target| is_end(target, sys.effect, address)));
        found || open_on(targets, pid, descriptors, value)
    })
}

/// Whether any of the descriptors that a call is made on is open on a target.
fn open_on(targets: &[Target], pid: i32, descriptors: &Descriptors, value: &Value) -> bool {
    match value {
        Value::Fd(fd) => descriptor(targets, pid, descriptors, fd.raw),
        Value::PollFd(pollfd) => descriptor(targets, pid, descriptors, pollfd.fd.raw),
        Value::FdSet(set) => set.entry.iter().any(|fd| descriptor(targets, pid, descriptors, fd.raw)),
        Value::Array(array) => array.items.iter().any(|item| open_on(targets, pid, descriptors, item)),
        _ => false,
    }
}

/// Whether a descriptor is open on a target.
fn descriptor(targets: &[Target], pid: i32, descriptors: &Descriptors, fd: i32) -> bool {
    let Some(found) = descriptors.get(pid, fd) else { return false };
    let sockets = descriptors.sockets();
    targets.iter().any(|target| match (target, found.socket) {
        (Target::Path(path), Some(inode)) => sockets.unix_paths(inode).iter().any(|name| is_path(path, name)),
        (Target::Path(path), None) => is_path(path, &found.link),
        (Target::Peer(address), Some(inode)) => {
            sockets.ends(pid, fd, inode).is_some_and(|ends| address.matches(ends.peer))
        }
        (Target::Local(address), Some(inode)) => {
            sockets.ends(pid, fd, inode).is_some_and(|ends| address.matches(ends.local))
        }
        _ => false,
    })
}

/// Whether an address argument is the wanted end of a socket: bind and getsockname name the own one, all others the other.
fn is_end(target: &Target, effect: Effect, address: &SockAddr) -> bool {
    let is_local = matches!(effect, Effect::Binds | Effect::ReadsName);
    match target {
        Target::Peer(wanted) if !is_local => address.ip_and_port().is_some_and(|end| wanted.matches(end.into())),
        Target::Local(wanted) if is_local => address.ip_and_port().is_some_and(|end| wanted.matches(end.into())),
        _ => false,
    }
}

/// Whether a path is the one given; an abstract name (NUL first) is given with `@`.
fn is_path(wanted: &std::path::Path, name: &[u8]) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let wanted = wanted.as_os_str().as_bytes();
    match name.split_first() {
        Some((0, rest)) => wanted.strip_prefix(b"@") == Some(rest),
        _ => wanted == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_address_may_be_left_out() {
        let matches =
            |text: &str, address: &str| text.parse::<AddressPattern>().unwrap().matches(address.parse().unwrap());
        assert!(matches("127.0.0.1:80", "127.0.0.1:80") && !matches("127.0.0.1:80", "127.0.0.1:81"));
        assert!(matches(":80", "[::1]:80") && matches("::1", "[::1]:80") && matches("[::1]:80", "[::1]:80"));
        assert!(matches("127.0.0.1", "[::ffff:127.0.0.1]:80"));
        assert!("localhost".parse::<AddressPattern>().is_err());
    }
}
