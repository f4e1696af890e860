//! The `sockets` key of a call: the states of its sockets before and after it.

use serde_json::{Value as Json, json};

use super::read::{
    Item, Object, Result, as_object, flag, get, given, has, inner, items, narrow, optional_text, shape_error, sockaddr,
    text, uint,
};
use super::schema::{Properties, closed, integer, optional, reference, string, unsigned};
use super::write::uint as push_uint;
use super::write::{array, boolean, int, key, null, plain, quoted, sockaddr as push_sockaddr, string as push_string};
use crate::event::{SocketChange, SocketChanges, SocketState, State, StateSource};
use crate::value::SockAddr;

/// A key with a number, and its description.
type Number = (&'static str, fn(&SocketState) -> Option<u64>, fn(&mut SocketState, u64), &'static str);
/// A key with true or false, and its description.
type Flag = (&'static str, fn(&SocketState) -> Option<bool>, fn(&mut SocketState, bool), &'static str);
/// A key with an address, and its description.
type Address = (&'static str, fn(&SocketState) -> &Option<SockAddr>, fn(&mut SocketState, SockAddr), &'static str);

static NUMBERS: [Number; 11] = [
    ("inode", |s| s.inode, |s, n| s.inode = Some(n), "the same over dup and fork; absent once no process holds it"),
    ("peer_inode", |s| s.peer_inode, |s, n| s.peer_inode = Some(n), "of a Unix socket, the inode of the other end"),
    (
        "accept_queue",
        |s| s.accept_queue.map(Into::into),
        |s, n| s.accept_queue = u32::try_from(n).ok(),
        "of a listening socket, connections waiting to be accepted",
    ),
    (
        "backlog",
        |s| s.backlog.map(Into::into),
        |s, n| s.backlog = u32::try_from(n).ok(),
        "of a listening socket, the limit on waiting connections",
    ),
    (
        "recv_queue",
        |s| s.recv_queue,
        |s, n| s.recv_queue = Some(n),
        "bytes to be read; for datagrams as the kernel charges them, with its overhead",
    ),
    (
        "next_datagram",
        |s| s.next_datagram,
        |s, n| s.next_datagram = Some(n),
        "bytes of the datagram that is read next, if any",
    ),
    (
        "send_queue",
        |s| s.send_queue,
        |s, n| s.send_queue = Some(n),
        "bytes not yet acknowledged (TCP, where a FIN counts as one) or received (others, as charged) by the other end",
    ),
    (
        "retransmissions",
        |s| s.retransmissions,
        |s, n| s.retransmissions = Some(n),
        "how often in a row the oldest unacknowledged bytes were sent again",
    ),
    (
        "rtt_us",
        |s| s.rtt_us,
        |s, n| s.rtt_us = Some(n),
        "smoothed round-trip time, microseconds; absent before the first answer",
    ),
    ("drops", |s| s.drops, |s, n| s.drops = Some(n), "datagrams dropped since the socket was made"),
    (
        "expires_ms",
        |s| s.expires_ms,
        |s, n| s.expires_ms = Some(n),
        "milliseconds until the kernel drops a connection that no process holds",
    ),
];

static FLAGS: [Flag; 4] = [
    (
        "error_pending",
        |s| s.error_pending,
        |s, yes| s.error_pending = Some(yes),
        "poll reports POLLERR: the next call, or SO_ERROR, returns an error",
    ),
    (
        "read_shut",
        |s| s.read_shut,
        |s, yes| s.read_shut = Some(yes),
        "nothing more can arrive: the other side, or reading, was shut down",
    ),
    ("hung_up", |s| s.hung_up, |s, yes| s.hung_up = Some(yes), "both directions are over"),
    (
        "held",
        |s| s.held,
        |s, yes| s.held = Some(yes),
        "after its descriptor was closed: whether another one keeps the socket open",
    ),
];

static ADDRESSES: [Address; 2] = [
    ("local", |s| &s.local, |s, address| s.local = Some(address), "its own address, where it is bound"),
    ("peer", |s| &s.peer, |s, address| s.peer = Some(address), "the other end's, where it is connected"),
];

/// Appends the key.
pub(super) fn write(out: &mut Vec<u8>, sockets: &SocketChanges) {
    key(out, "sockets");
    array(out, &sockets.changes, |out, change| {
        out.push(b'{');
        key(out, "fd");
        int(out, change.fd.into());
        for (name, state) in [("before", &change.before), ("after", &change.after)] {
            key(out, name);
            match state {
                Some(state) => write_state(out, state),
                None => null(out),
            }
        }
        out.push(b'}');
    });
    if sockets.truncated {
        key(out, "sockets_truncated");
        boolean(out, true);
    }
}

fn write_state(out: &mut Vec<u8>, state: &SocketState) {
    out.push(b'{');
    key(out, "state");
    plain(out, &state.state);
    if let Some(protocol) = &state.protocol {
        key(out, "protocol");
        push_string(out, protocol);
    }
    for (name, get, ..) in &ADDRESSES {
        if let Some(address) = get(state) {
            key(out, name);
            push_sockaddr(out, address);
        }
    }
    for (name, get, ..) in &NUMBERS {
        if let Some(n) = get(state) {
            key(out, name);
            push_uint(out, n);
        }
    }
    for (name, get, ..) in &FLAGS {
        if let Some(yes) = get(state) {
            key(out, name);
            boolean(out, yes);
        }
    }
    if let Some(source) = state.source {
        key(out, "source");
        quoted(out, source.name());
    }
    out.push(b'}');
}

/// The sockets of a call's line, where it has them.
pub(super) fn read(object: Object<'_>) -> Result<Option<Box<SocketChanges>>> {
    if !has(object, "sockets") {
        return Ok(None);
    }
    let changes = items(object, "sockets")?.map(read_change).collect::<Result<_>>()?;
    Ok(Some(Box::new(SocketChanges { changes, truncated: flag(object, "sockets_truncated") })))
}

fn read_change(json: Item<'_>) -> Result<SocketChange> {
    let object = as_object(json, "sockets")?;
    let fd = get(object, "fd")?.as_i64().and_then(|fd| i32::try_from(fd).ok());
    let state = |name: &str| match get(object, name)? {
        state if state.is_null() => Ok(None),
        state => read_state(as_object(state, name)?).map(Some),
    };
    Ok(SocketChange {
        fd: fd.ok_or_else(|| shape_error("fd", "a descriptor"))?,
        before: state("before")?,
        after: state("after")?,
    })
}

fn read_state(object: Object<'_>) -> Result<SocketState> {
    let state = State::from_name(text(object, "state")?).ok_or_else(|| shape_error("state", "a socket's state"))?;
    let mut found = SocketState::new(state);
    found.protocol = optional_text(object, "protocol")?.map(Into::into);
    for (name, _, set, _) in &ADDRESSES {
        if has(object, *name) {
            set(&mut found, sockaddr(inner(object, *name)?)?);
        }
    }
    for (name, get, set, _) in &NUMBERS {
        if has(object, *name) {
            set(&mut found, uint(object, *name)?);
            if get(&found).is_none() {
                narrow::<u32>(object, *name)?; // reports a number that is too large as usual
            }
        }
    }
    for (name, _, set, _) in &FLAGS {
        if let Some(json) = given(object, *name) {
            set(&mut found, json.as_bool().ok_or_else(|| shape_error(*name, "true or false"))?);
        }
    }
    if let Some(word) = optional_text(object, "source")? {
        let known = StateSource::NAMES.iter().find(|(_, name)| *name == word);
        found.source = Some(known.ok_or_else(|| shape_error("source", "descriptor, sock_diag or proc"))?.0);
    }
    Ok(found)
}

/// The key's schema.
pub(super) fn schema() -> Json {
    let mut change = Properties::new();
    change.insert("fd".into(), integer("the descriptor by which the process has the socket"));
    let nothing = json!({"type": "null"});
    change.insert(
        "before".into(),
        json!({"anyOf": [nothing, reference("socket_state")], "description": "when the call was entered; null where there was no socket, or it could not be asked"}),
    );
    change.insert(
        "after".into(),
        json!({"anyOf": [nothing, reference("socket_state")], "description": "when it had returned; null where it did not"}),
    );
    json!({
        "type": "array",
        "items": closed(change, &[], "one socket before and after the call"),
        "description": "the kernel's states of the call's sockets; those that it made come last",
    })
}

/// A state's schema.
pub(super) fn state_schema() -> Json {
    let mut state = Properties::new();
    state.insert(
        "state".into(),
        json!({
            "type": "string",
            "pattern": "^(0x[0-9a-f]{1,4}|[A-Z0-9_]+)$",
            "description": "of TCP the protocol's: ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSED, \
                            CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING; of others UNCONNECTED, CONNECTED, LISTEN, or CLOSED \
                            where the kernel has it no more",
        }),
    );
    state.insert("protocol".into(), string("the kernel's name of the protocol: TCP, TCPv6, UDP, UNIX-STREAM …"));
    for (name, .., description) in &ADDRESSES {
        let mut schema = reference("sockaddr");
        schema["description"] = (*description).into();
        state.insert((*name).into(), schema);
    }
    for (name, .., description) in &NUMBERS {
        state.insert((*name).into(), unsigned(description));
    }
    for (name, .., description) in &FLAGS {
        state.insert((*name).into(), json!({"type": "boolean", "description": description}));
    }
    let names: Vec<_> = StateSource::NAMES.iter().map(|(_, name)| *name).collect();
    state.insert(
        "source".into(),
        json!({"type": "string", "enum": names, "description": "where the state was read: the socket itself, sock_diag(7), or the tables of /proc/PID/net"}),
    );
    let mut schema = optional(state, "a socket at one moment; what is unknown or does not apply is absent");
    schema["required"] = json!(["state"]);
    schema
}
