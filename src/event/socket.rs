//! Which socket a call is about, as whoever followed the trace's sockets found, as plain data.
//!
//! It follows from the events (and from what the tracer asked the kernel), so it is kept next to the values in
//! [`Call`](super::Call), outside its equality.

use std::sync::Arc;

use crate::value::SockAddr;

/// The socket that a call is about, as it is when the call has returned, by numbers that are unique in the trace: a
/// socket keeps its own through `dup`, `fork` and messages, and no other gets it when its descriptor is used again.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct SocketUse {
    /// The socket; `None` where the call is about no single one, as `poll`.
    pub sock: Option<u64>,
    /// The other sockets among its descriptors: watched, passed, made; in the order in which the call has them, those
    /// that it made last.
    pub others: Vec<u64>,
    /// `AF_…`.
    pub family: Option<i32>,
    /// The protocol by the kernel's name: `TCP`, `UDPv6`, `UNIX-STREAM`.
    pub protocol: Option<Arc<str>>,
    /// The socket's own address, where it is known.
    pub local: Option<SockAddr>,
    /// The other end's address, where it is known.
    pub peer: Option<SockAddr>,
    /// The socket at the other end, where it is in the trace and known to be it by now.
    pub peer_sock: Option<u64>,
    /// Of a call that sends or receives on a stream, how many bytes had gone this way before it.
    pub offset: Option<u64>,
}
