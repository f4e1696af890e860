//! What the kernel knew of a call's sockets right before and right after it, as plain data.
//!
//! It is no part of what the program saw, so it is kept next to the values in [`Call`](super::Call), outside its equality.

use std::fmt;
use std::sync::Arc;

use crate::value::SockAddr;
use crate::xlat::sockopt::TCP_STATE;

/// The sockets of a call, in the order in which it names them; those that it closes without naming them follow in the
/// order of their descriptors, and those it made come last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SocketChanges {
    /// Each socket once per descriptor. A descriptor that `dup2(2)` replaced stands here twice: as the socket that was
    /// closed, then as the one it is now.
    pub changes: Vec<SocketChange>,
    /// The call is about more sockets than are listed here.
    pub truncated: bool,
}

impl SocketChanges {
    /// What a call has of them: nothing where there are none.
    pub fn kept(self) -> Option<Box<Self>> {
        (!self.changes.is_empty()).then(|| Box::new(self))
    }
}

/// One socket before and after a call.
#[derive(Debug, Clone, PartialEq)]
pub struct SocketChange {
    /// The descriptor by which the process has it.
    pub fd: i32,
    /// When the call was entered; `None` where the descriptor was not a socket then, or could not be queried.
    pub before: Option<SocketState>,
    /// When it had returned; `None` where it did not return.
    pub after: Option<SocketState>,
}

/// One socket at one moment. What the source does not know, and what the kind of socket does not have, is `None`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SocketState {
    /// Where it stands.
    pub state: State,
    /// Where the state comes from; `None` where it was read from text.
    pub source: Option<StateSource>,
    /// The kernel's name of the protocol: `TCP`, `TCPv6`, `UDP`, `UNIX-STREAM`, `NETLINK` …
    pub protocol: Option<Arc<str>>,
    /// The number that stays the same over dup and fork; `None` once no process holds the socket.
    pub inode: Option<u64>,
    /// Its own address, where it is bound.
    pub local: Option<SockAddr>,
    /// The other end's, where it is connected.
    pub peer: Option<SockAddr>,
    /// Of a Unix socket, the inode of the other end.
    pub peer_inode: Option<u64>,
    /// Of a listening socket, connections that wait to be accepted.
    pub accept_queue: Option<u32>,
    /// Of a listening socket, how many may: `listen`'s argument as the kernel took it.
    pub backlog: Option<u32>,
    /// Bytes that wait to be read. Of datagrams, with what the kernel charges for keeping them (as `ss` shows them).
    pub recv_queue: Option<u64>,
    /// Bytes of the datagram that is read next, where one waits.
    pub next_datagram: Option<u64>,
    /// Bytes that the other end has not acknowledged (TCP, where a FIN counts as one) or not taken (others, as charged).
    pub send_queue: Option<u64>,
    /// How often in a row the oldest of these were sent again without an answer.
    pub retransmissions: Option<u64>,
    /// The smoothed round-trip time, microseconds; unknown before the first answer.
    pub rtt_us: Option<u64>,
    /// Whether `poll(2)` reports `POLLERR`: the next call, or `SO_ERROR`, gets an error. Which one cannot be known
    /// without taking it away. Programs that ask for them get messages of the error queue in the same way.
    pub error_pending: Option<bool>,
    /// Whether no more can come: the other end has shut down its side, or the program its own reading one.
    pub read_shut: Option<bool>,
    /// Whether both directions are over.
    pub hung_up: Option<bool>,
    /// Datagrams or messages dropped since the socket was made, for want of room or because they were broken.
    pub drops: Option<u64>,
    /// Milliseconds after which the kernel forgets a connection that nobody holds any more.
    pub expires_ms: Option<u64>,
    /// After its descriptor was closed: whether another descriptor keeps the socket open.
    pub held: Option<bool>,
}

impl SocketState {
    /// Whether what waits to be acknowledged ends in a FIN: the program has closed or shut down its side, and the other
    /// end has not confirmed that.
    pub fn awaits_fin(&self) -> bool {
        matches!(self.state, State::FIN_WAIT1 | State::LAST_ACK | State::CLOSING)
            && self.send_queue.is_some_and(|n| n > 0)
    }

    /// A socket with this state, and nothing else known.
    pub const fn new(state: State) -> Self {
        Self {
            state,
            source: None,
            protocol: None,
            inode: None,
            local: None,
            peer: None,
            peer_inode: None,
            accept_queue: None,
            backlog: None,
            recv_queue: None,
            next_datagram: None,
            send_queue: None,
            retransmissions: None,
            rtt_us: None,
            error_pending: None,
            read_shut: None,
            hung_up: None,
            drops: None,
            expires_ms: None,
            held: None,
        }
    }
}

/// Where the state of a socket was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateSource {
    /// The socket itself, over a descriptor of it.
    Descriptor,
    /// sock_diag(7).
    SockDiag,
    /// The tables in `/proc/PID/net`.
    Proc,
}

impl StateSource {
    /// All of them with the names they have in files.
    pub const NAMES: [(Self, &str); 3] =
        [(Self::Descriptor, "descriptor"), (Self::SockDiag, "sock_diag"), (Self::Proc, "proc")];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(source, _)| *source == self).map_or("", |(_, name)| name)
    }
}

/// The state of a socket: of TCP the protocol's own (`net/tcp_states.h`), of others whether they listen or have a peer. A
/// newtype and not an enum, since the kernel may know more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State(pub u16);

impl State {
    /// TCP: both directions are open.
    pub const ESTABLISHED: Self = Self(1);
    /// TCP: we have sent a FIN, which the other side has not acknowledged.
    pub const FIN_WAIT1: Self = Self(4);
    /// TCP: both sides have sent a FIN, and ours is not acknowledged: the other side's came first.
    pub const LAST_ACK: Self = Self(9);
    /// TCP: both sides have sent a FIN, and ours is not acknowledged: they crossed.
    pub const CLOSING: Self = Self(11);
    /// TCP: the other side has acknowledged our FIN, and has not sent its own yet.
    pub const FIN_WAIT2: Self = Self(5);
    /// TCP: waits until everything is surely over.
    pub const TIME_WAIT: Self = Self(6);
    /// TCP: no connection. Of any socket: the kernel no longer has it.
    pub const CLOSED: Self = Self(7);
    /// Waits for connections.
    pub const LISTEN: Self = Self(10);
    /// Not TCP: without a peer.
    pub const UNCONNECTED: Self = Self(0x100);
    /// Not TCP: with a peer.
    pub const CONNECTED: Self = Self(0x101);

    /// Those whose names are not the kernel's names of TCP's states.
    const OTHERS: [(Self, &str); 3] =
        [(Self::CLOSED, "CLOSED"), (Self::UNCONNECTED, "UNCONNECTED"), (Self::CONNECTED, "CONNECTED")];

    /// `ESTABLISHED`, or `None` for a number without a name.
    pub fn name(self) -> Option<&'static str> {
        let other = Self::OTHERS.iter().find(|(state, _)| *state == self).map(|(_, name)| *name);
        other.or_else(|| TCP_STATE.name(self.0.into())?.strip_prefix(TCP))
    }

    /// The state of a name, or of a number in hex: the inverse of [`Display`](fmt::Display).
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(hex) = name.strip_prefix("0x") {
            let state = Self(u16::from_str_radix(hex, 16).ok()?);
            return (state.to_string() == name).then_some(state);
        }
        let other = Self::OTHERS.iter().find(|(_, known)| *known == name).map(|(state, _)| *state);
        let state = other.or_else(|| Some(Self(TCP_STATE.value(&format!("{TCP}{name}"))? as u16)))?;
        (state.name() == Some(name)).then_some(state)
    }
}

/// What the names of TCP's states begin with in the kernel's headers.
const TCP: &str = "TCP_";

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for State {
    /// `ESTABLISHED`, or the number in hex.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#x}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_the_names_of_the_protocol() {
        let names = (1..=12).map(|n| State(n).to_string()).collect::<Vec<_>>();
        assert_eq!(
            names.join(" "),
            "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSED CLOSE_WAIT LAST_ACK LISTEN CLOSING \
             NEW_SYN_RECV"
        );
        for state in (0..0x200).map(State) {
            assert_eq!(State::from_name(&state.to_string()), Some(state), "{state}");
        }
        for odd in ["", "CLOSE", "TCP_LISTEN", "0x1", "0x", "0x10000", "listen"] {
            assert_eq!(State::from_name(odd), None, "{odd}");
        }
        for (source, name) in StateSource::NAMES {
            assert_eq!(source.name(), name);
        }
    }
}
