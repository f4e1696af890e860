//! The sockets of a trace: which socket each event is about, where in its stream the bytes of a call lie, and which call
//! at the other end they belong to.
//!
//! A descriptor's number says little: it is used again, copied by `dup` and `fork`, passed in messages. One pass over the
//! events ([`SocketTracker`]) follows the numbers through what calls do to them (the table's effects), so traces read from
//! strace's text have as much of it as their text shows. What is not known for certain is left open rather than guessed:
//! two ends are joined by their addresses, or where only one candidate is left and what both sides show of the bytes
//! agrees.

use crate::event::{Errno, PythonFrame};
use crate::value::SockAddr;
use crate::xlat::socket::ADDRESS_FAMILY;

mod descriptors;
mod identity;
#[cfg(feature = "tables")]
mod ledger;
mod links;
mod naming;
mod pairs;
mod steps;
mod table;

#[cfg(feature = "tables")]
pub(crate) use ledger::{Ledger, SocketRecord};
pub(crate) use naming::Naming;
pub(crate) use steps::{Payload, SocketTracker, payload};

use std::sync::Arc;

/// The sockets of a trace.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    /// Each socket, by number; that is its place, unless the trace names its sockets and some are left out of it.
    pub(crate) sockets: Vec<Socket>,
    /// What events have to do with them, in the order of events.
    pub(crate) uses: Vec<Use>,
    /// What went from one call to another.
    pub(crate) links: Vec<Link>,
}

/// One socket, from its making to the closing of its last descriptor.
#[derive(Debug, Clone, Default)]
pub(crate) struct Socket {
    /// Its number in the trace: where the trace names its sockets, that one, or else its place among them.
    pub(crate) number: u64,
    /// Whether that number is the trace's.
    pub(crate) given: bool,
    /// How it came into the trace.
    pub(crate) origin: Origin,
    /// The event that made it, or the first that has to do with it.
    pub(crate) made: usize,
    /// The process that had it first.
    pub(crate) pid: u32,
    /// The Python line that made it.
    pub(crate) line: Option<Arc<PythonFrame>>,
    /// `AF_…`.
    pub(crate) family: Option<i32>,
    /// `SOCK_…`.
    pub(crate) kind: Option<i32>,
    /// Its own address.
    pub(crate) local: Option<SockAddr>,
    /// The other end's address.
    pub(crate) peer: Option<SockAddr>,
    /// The kernel's number of it, where a source looked it up.
    pub(crate) inode: Option<u64>,
    /// That of the other end.
    pub(crate) peer_inode: Option<u64>,
    /// The socket at the other end, where it is in the trace.
    pub(crate) other: Option<usize>,
    /// The number of that socket, where it was forgotten since.
    pub(crate) past_other: Option<u64>,
    /// The listening socket that it was accepted from.
    pub(crate) listener: Option<usize>,
    /// Whether it accepts connections.
    pub(crate) listens: bool,
    /// What was sent.
    pub(crate) sent: Traffic,
    /// What was received.
    pub(crate) received: Traffic,
    /// Calls on it that failed, other than those that would have had to wait.
    pub(crate) failed: u64,
    /// All calls on it.
    pub(crate) calls: u64,
    /// What it became, in order, each with its event.
    pub(crate) phases: Vec<(usize, Phase)>,
    /// The event that closed its last descriptor.
    pub(crate) closed: Option<usize>,
}

/// How a socket came into a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Origin {
    /// `socket` made it.
    Made,
    /// `socketpair` made it.
    Pair,
    /// `accept` made it.
    Accepted,
    /// It came in a message from a process whose sockets are not in the trace.
    Passed,
    /// It was there before the trace began.
    #[default]
    Found,
}

impl Origin {
    /// A word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Made => "socket",
            Self::Pair => "pair",
            Self::Accepted => "accept",
            Self::Passed => "passed",
            Self::Found => "found",
        }
    }
}

/// Bytes and calls in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traffic {
    /// Bytes.
    pub(crate) bytes: u64,
    /// Calls that transferred something.
    pub(crate) calls: u64,
}

/// What becomes of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has an address.
    Bound,
    /// It accepts connections.
    Listening,
    /// A connection was asked for and is not there yet.
    Connecting,
    /// It has a peer.
    Connected,
    /// A call failed for good, with this errno.
    Failed(i32),
    /// Its own side sends no more.
    ShutDown,
    /// The other side sends no more.
    Ended,
}

impl Phase {
    /// A word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Listening => "listening",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Failed(_) => "failed",
            Self::ShutDown => "shut down",
            Self::Ended => "peer ended",
        }
    }

    /// The word, with the error's name where there is one.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Failed(errno) => {
                let errno = Errno(errno);
                format!("failed {}", errno.name().map_or_else(|| errno.0.to_string(), str::to_owned))
            }
            other => other.name().to_owned(),
        }
    }
}

/// `AF_INET`; `None` for a family without a name.
pub(crate) fn protocol_family(family: i32) -> Option<&'static str> {
    ADDRESS_FAMILY.name(family as u32 as u64)
}

/// Between the numbers of processes of different hosts, in a trace that was merged: no kernel gives numbers that large.
pub(crate) const HOST: u32 = 10_000_000;

impl Socket {
    /// Which host it is on.
    fn host(&self) -> u32 {
        self.pid / HOST
    }

    /// Whether a socket of another host can be its other end: loopback and paths lead nowhere else.
    fn is_far(&self) -> bool {
        let near = |address: &Option<SockAddr>| address.as_ref().is_some_and(is_near);
        self.family != Some(libc::AF_UNIX) && !near(&self.local) && !near(&self.peer)
    }

    /// Whether two sockets can have to do with each other.
    fn can_meet(&self, other: &Self) -> bool {
        self.host() == other.host() || self.is_far() && other.is_far()
    }

    /// Whether bytes flow without boundaries between messages.
    pub(crate) fn is_stream(&self) -> bool {
        self.kind == Some(libc::SOCK_STREAM)
    }

    /// `TCP`, `UDPv6`, `UNIX-STREAM` …, as the kernel names protocols.
    pub(crate) fn protocol(&self) -> String {
        let kind = match self.kind {
            Some(libc::SOCK_STREAM) => "STREAM",
            Some(libc::SOCK_DGRAM) => "DGRAM",
            Some(libc::SOCK_SEQPACKET) => "SEQPACKET",
            Some(libc::SOCK_RAW) => "RAW",
            _ => "",
        };
        let six = if self.family == Some(libc::AF_INET6) { "v6" } else { "" };
        match (self.family, self.kind) {
            (Some(libc::AF_INET | libc::AF_INET6), Some(libc::SOCK_STREAM)) => format!("TCP{six}"),
            (Some(libc::AF_INET | libc::AF_INET6), Some(libc::SOCK_DGRAM)) => format!("UDP{six}"),
            (Some(libc::AF_INET | libc::AF_INET6), _) => format!("{kind}{six}"),
            (Some(family), _) => {
                let family = protocol_family(family).unwrap_or("AF_?");
                let family = family.strip_prefix("AF_").unwrap_or(family);
                if kind.is_empty() { family.to_owned() } else { format!("{family}-{kind}") }
            }
            (None, _) => "?".to_owned(),
        }
    }
}

/// Whether an address means another socket on each host.
fn is_near(address: &SockAddr) -> bool {
    matches!(address, SockAddr::Unix(_)) || address.ip_and_port().is_some_and(|(ip, _)| ip.to_canonical().is_loopback())
}

/// What an event has to do with a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// The event's place in the trace.
    pub(crate) event: usize,
    /// The socket.
    pub(crate) sock: usize,
    /// By which descriptor.
    pub(crate) fd: i32,
    /// Bytes that it sent or received.
    pub(crate) transfer: Option<Transfer>,
}

/// Bytes that a call sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transfer {
    /// Whether they were sent rather than received.
    pub(crate) sent: bool,
    /// How many bytes had gone this way before.
    pub(crate) offset: u64,
    /// How many bytes.
    pub(crate) bytes: u64,
}

/// Something that went from one call to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    /// What.
    pub(crate) kind: LinkKind,
    /// The event that sent it, and the socket it went from; `None` where the sender is not in the trace.
    pub(crate) from: Option<(usize, usize)>,
    /// The event that took it, and the socket it came to; `None` where nobody in the trace took it.
    pub(crate) to: Option<(usize, usize)>,
    /// Where in the stream it begins; of a message, 0.
    pub(crate) offset: u64,
    /// How many bytes.
    pub(crate) bytes: u64,
    /// The address of the end that is missing, where it is known.
    pub(crate) peer: Option<Box<SockAddr>>,
}

/// The kinds of [`Link`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LinkKind {
    /// A connection is asked for, and accepted.
    Connect,
    /// Bytes of a stream.
    Bytes,
    /// A message.
    Datagram,
    /// The end of a stream.
    End,
    /// A connection is cut off.
    Reset,
}

impl LinkKind {
    /// Its name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Bytes => "bytes",
            Self::Datagram => "datagram",
            Self::End => "end",
            Self::Reset => "reset",
        }
    }
}

impl Sockets {
    /// The number of a socket in the trace.
    pub(crate) fn number(&self, sock: usize) -> u64 {
        self.sockets[sock].number
    }

    /// What an event has to do with sockets.
    pub(crate) fn uses_of(&self, event: usize) -> impl Iterator<Item = &Use> {
        let from = self.uses.partition_point(|one| one.event < event);
        self.uses[from..].iter().take_while(move |one| one.event == event)
    }

    /// Where in the bytes of a call those of a link begin.
    pub(crate) fn skipped(&self, link: &Link, end: Option<(usize, usize)>) -> u64 {
        let Some((event, sock)) = end.filter(|_| link.kind == LinkKind::Bytes) else { return 0 };
        let transfer = self.uses_of(event).filter(|one| one.sock == sock).find_map(|one| one.transfer);
        transfer.map_or(0, |transfer| link.offset.saturating_sub(transfer.offset))
    }
}
