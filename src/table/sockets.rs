//! The table of sockets: a row per socket of the trace.

use super::{Cell, Column, ColumnType};
use crate::sockets::{Phase, Socket, SocketRecord, protocol_family};
use crate::why::subject::place;

/// A socket as a row.
pub(crate) struct SocketRow<'e> {
    trace: &'e str,
    record: &'e SocketRecord,
    socket: &'e Socket,
    protocol: String,
    made_at: Option<String>,
    local: Option<String>,
    peer: Option<String>,
    became: String,
}

impl<'e> SocketRow<'e> {
    /// The row of a socket.
    pub(crate) fn new(trace: &'e str, record: &'e SocketRecord) -> Self {
        let socket = &record.socket;
        let mut became: Vec<String> = socket.phases.iter().map(|(_, phase)| phase.word()).collect();
        became.extend(socket.closed.map(|_| "closed".to_owned()));
        Self {
            trace,
            record,
            socket,
            protocol: socket.protocol(),
            made_at: socket.line.as_ref().map(|line| line.short_place()),
            local: socket.local.as_ref().and_then(place),
            peer: socket.peer.as_ref().and_then(place),
            became: became.join(", "),
        }
    }

    /// The first event that shows the socket in this state.
    fn first(&self, state: Phase) -> Option<usize> {
        self.socket.phases.iter().find(|(_, phase)| *phase == state).map(|(event, _)| *event)
    }
}

/// A column of this table.
type SocketColumn = Column<for<'a> fn(&'a SocketRow<'_>) -> Cell<'a>>;

/// The columns, in order. Those that `sockscope sockets` has are named as there.
pub(crate) static COLUMNS: &[SocketColumn] = columns! { row:
    "trace" Text "which trace it is of" Cell::text(row.trace);
    "sock" Growing "its number in the trace" Cell::number(row.socket.number);
    "family" Text "AF_INET, AF_UNIX …" Cell::text(row.socket.family.and_then(protocol_family));
    "protocol" Text "TCP, UDPv6, UNIX-STREAM …" Cell::text(Some(&*row.protocol).filter(|name| *name != "?"));
    "origin" Text "socket, pair, accept; passed: it came in a message; found: it was there before the trace" Cell::text(row.socket.origin.name());
    "pid" Int32 "the process that had it first" Cell::number(row.socket.pid);
    "made_seq" Int64 "the call that made it, or the first that has to do with it" Cell::number(row.socket.made);
    "made_at" Text "the Python line that made it" Cell::text(row.made_at.as_deref());
    "inode" Int64 "the kernel's number of it, where it was looked up" Cell::some(row.socket.inode);
    "local" Text "its own address" Cell::text(row.local.as_deref());
    "peer" Text "the address of its other end" Cell::text(row.peer.as_deref());
    "peer_sock" Int64 "the socket at the other end, where it is in the trace" Cell::some(row.record.other);
    "listener" Int64 "the listening socket that it was accepted from" Cell::some(row.record.listener);
    "listens" Bool "whether it accepts connections" Cell::Int(row.socket.listens.into());
    "sent_bytes" Int64 "bytes that were sent" Cell::number(row.socket.sent.bytes);
    "sent_calls" Int64 "calls that sent some" Cell::number(row.socket.sent.calls);
    "received_bytes" Int64 "bytes that were received" Cell::number(row.socket.received.bytes);
    "received_calls" Int64 "calls that received some" Cell::number(row.socket.received.calls);
    "calls" Int64 "all calls on it" Cell::number(row.socket.calls);
    "failed" Int64 "calls that failed, other than those that would have had to wait" Cell::number(row.socket.failed);
    "connected_seq" Int64 "the first call that shows it connected" Cell::some(row.first(Phase::Connected));
    "closed_seq" Int64 "the call that closed its last descriptor" Cell::some(row.socket.closed);
    "became" Text "what it became, in order: bound, listening, connecting, connected, failed …, shut down, peer ended, closed" Cell::text(&*row.became);
};
