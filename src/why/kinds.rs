//! What the descriptor of a call can be, as far as that is known.
//!
//! A cause is given for certain kinds of descriptors ([`CauseKind::on`](super::causes::CauseKind::on)). What is known of
//! a call's descriptor is a set too: one kind where the kernel or the trace showed it, several where only the call itself
//! speaks. A cause holds where all of them are among its own, so that no cause of TCP is given where it may be a pipe.

use super::subject::{Member, TROUBLE, address, descriptor, troubled};
use crate::event::{Call, Endpoint, Evidence, FileFacts};
use crate::syscall::Effect;
use crate::value::{FdTarget, SockAddr, Value};

/// A set of kinds of descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// A TCP socket.
    pub const TCP: Self = Self(1);
    /// A UDP socket.
    pub const UDP: Self = Self(1 << 1);
    /// A connection of Unix sockets, or one that listens for them.
    pub const UNIX: Self = Self(1 << 2);
    /// A datagram socket of the Unix family.
    pub const UNIX_DATAGRAM: Self = Self(1 << 3);
    /// A socket of another family or protocol.
    pub const OTHER_SOCKET: Self = Self(1 << 4);
    /// A pipe.
    pub const PIPE: Self = Self(1 << 5);
    /// A file, a folder, a device, or an object of the kernel's.
    pub const FILE: Self = Self(1 << 6);
    /// A number that is no open descriptor.
    pub const CLOSED: Self = Self(1 << 7);
    /// The call is on no single descriptor.
    pub const NONE: Self = Self(1 << 8);

    /// TCP or UDP.
    pub const INTERNET: Self = Self::TCP.or(Self::UDP);
    /// Those that need addresses and routes.
    pub const NETWORKED: Self = Self::INTERNET.or(Self::OTHER_SOCKET);
    /// Unix sockets.
    pub const ANY_UNIX: Self = Self::UNIX.or(Self::UNIX_DATAGRAM);
    /// Sockets whose bytes come in order.
    pub const CONNECTION: Self = Self::TCP.or(Self::UNIX);
    /// Any socket.
    pub const SOCKET: Self = Self::NETWORKED.or(Self::ANY_UNIX);
    /// What can have nothing to read yet.
    pub const STREAM_OR_SOCKET: Self = Self::SOCKET.or(Self::PIPE).or(Self::FILE);
    /// Open, and no socket.
    pub const NO_SOCKET: Self = Self::PIPE.or(Self::FILE);
    /// Whatever it is.
    pub const ANY: Self = Self(u16::MAX);

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of another set are in this one.
    pub const fn holds(self, other: Self) -> bool {
        other.0 != 0 && other.0 & !self.0 == 0
    }

    /// What is known of the descriptor that a call is on.
    pub(super) fn of(call: &Call, errno: i32, evidence: &Evidence) -> Self {
        let Some(fd) = evidence.descriptor.or_else(|| descriptor(call)) else { return Self::NONE };
        if errno == libc::EBADF {
            return if fd >= 0 && evidence.file.as_ref().is_some_and(|file| file.kind != "missing") {
                Self::NO_SOCKET // it was found open, for the other direction
            } else {
                Self::CLOSED
            };
        }
        if let Some(socket) = &evidence.socket {
            return Self::of_socket(socket);
        }
        let closed = |(of, found)| of == Member::Number(fd) && found & libc::POLLNVAL as u16 != 0;
        if errno == TROUBLE && troubled(call).any(closed) {
            return Self::CLOSED;
        }
        // A pipe may have a name.
        if evidence.live && evidence.file.as_ref().is_some_and(|file| file.kind == FileFacts::PIPE) {
            return Self::PIPE;
        }
        if let Some(kinds) = written(call) {
            return kinds;
        }
        if let Some(file) = evidence.file.as_ref().filter(|_| evidence.live) {
            return match file.kind.as_str() {
                FileFacts::SOCKET => Self::by_call(call, errno),
                "missing" => Self::CLOSED,
                _ => Self::FILE,
            };
        }
        Self::by_call(call, errno)
    }

    fn of_socket(socket: &Endpoint) -> Self {
        let datagrams = socket.kind.as_deref() == Some("SOCK_DGRAM");
        match socket.protocol.trim_end_matches('6') {
            "tcp" => Self::TCP,
            "udp" => Self::UDP,
            "unix" if datagrams => Self::UNIX_DATAGRAM,
            "unix" => Self::UNIX,
            _ => Self::OTHER_SOCKET,
        }
    }

    /// What the call itself shows: only sockets have addresses, and most calls of the network take only sockets.
    fn by_call(call: &Call, errno: i32) -> Self {
        match address(call) {
            Some(SockAddr::Inet { .. } | SockAddr::Inet6 { .. }) => Self::INTERNET,
            Some(SockAddr::Unix(_)) => Self::ANY_UNIX,
            _ if errno == libc::ENOTSOCK => Self::NO_SOCKET,
            // The table calls what takes only a socket by that name.
            _ if call.sys.params.first().is_none_or(|param| param.name != "sockfd") => Self::NO_SOCKET.or(Self::SOCKET),
            _ if matches!(call.sys.effect, Effect::Accepts(_) | Effect::Listens) => Self::CONNECTION,
            _ => Self::SOCKET,
        }
    }
}

/// What a text wrote beside the descriptor (`-y`, `-yy`).
fn written(call: &Call) -> Option<Kinds> {
    let target = call.args.iter().find_map(|value| match value {
        Value::Fd(fd) => Some(fd.target.as_deref()),
        _ => None,
    })??;
    match target {
        FdTarget::Socket(socket) => match socket.protocol.as_deref()?.trim_end_matches("v6") {
            "TCP" | "MPTCP" => Some(Kinds::TCP),
            "UDP" => Some(Kinds::UDP),
            "UNIX-STREAM" => Some(Kinds::UNIX),
            "UNIX-DGRAM" => Some(Kinds::UNIX_DATAGRAM),
            "UNIX" => Some(Kinds::ANY_UNIX),
            FileFacts::SOCKET => None,
            _ => Some(Kinds::OTHER_SOCKET),
        },
        FdTarget::Inode { kind, .. } if &**kind == FileFacts::PIPE => Some(Kinds::PIPE),
        FdTarget::Inode { kind, .. } if &**kind == FileFacts::SOCKET => None,
        _ => Some(Kinds::FILE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Body;
    use crate::read::text;

    fn kinds(line: &str, errno: i32) -> Kinds {
        let Body::Call(call) = text::line(line) else { panic!("{line}") };
        Kinds::of(&call, errno, &Evidence::default())
    }

    #[test]
    fn the_call_alone_leaves_open_what_it_does_not_show() {
        let written = "write(1, \"x\", 1) = -1 EPIPE (Broken pipe)";
        assert!(!Kinds::SOCKET.holds(kinds(written, libc::EPIPE)), "it may be a pipe");
        let piped = "write(1<pipe:[77]>, \"x\", 1) = -1 EPIPE (Broken pipe)";
        assert_eq!(kinds(piped, libc::EPIPE), Kinds::PIPE);
        let to = "connect(3, {sa_family=AF_UNIX, sun_path=\"/x\"}, 5) = -1 ENOENT (No such file or directory)";
        assert_eq!(kinds(to, libc::ENOENT), Kinds::ANY_UNIX);
        assert_eq!(kinds("socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE (Too many open files)", 24), Kinds::NONE);
        assert!(!Kinds::TCP.holds(Kinds::INTERNET) && Kinds::INTERNET.holds(Kinds::TCP));
    }
}
