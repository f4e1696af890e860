//! JSON lines: one event per line, in a form that jq, DuckDB and pandas read directly.
//!
//! ```json
//! {"v":1,"seq":12,"ts_ns":1764,"pid":7,"tid":7,"type":"call","syscall":"connect","args":{"sockfd":3,
//!  "addr":{"family":"AF_INET","ip":"127.0.0.1","port":8080},"addrlen":16},"ret":-1,"errno":"ECONNREFUSED","dur_ns":41200}
//! ```
//!
//! **A key has one JSON type everywhere** (or is null), so that a column has one type, whichever calls a trace has.
//! [`schema()`] is made from the call table and the structures' layouts, as the lines are, and a test walks all of it.
//!
//! # Every event
//!
//! | Key | |
//! |---|---|
//! | `v` | [`VERSION`]. It grows when a key changes its meaning or type. New keys do not change it; readers skip unknown keys |
//! | `seq` | position in the trace, from 0 |
//! | `ts_ns` | when it began, nanoseconds since 1970-01-01 UTC; 0 where unknown |
//! | `pid`, `tid` | process and thread |
//! | `host` | the host that it was recorded on, in a trace that was merged from those of several; else absent |
//! | `type` | one of the following |
//!
//! `call` has `syscall`, `args` and:
//!
//! | Key | |
//! |---|---|
//! | `ret` | what the call returned, -1 where it failed; null where it did not return or is to be restarted |
//! | `errno` | the error's name, or null |
//! | `dur_ns` | nanoseconds between entry and return, or null where they were not measured |
//! | `via` | the C function that was called, where its name differs (`send` for `sendto`); else absent |
//! | `ret_target` | what the returned descriptor refers to, where this was looked up |
//! | `strace` | what only strace's text has, where the call was read from it: `result`, `cut`, `ip`, `number` |
//! | `python` | the Python frames of the thread at that call, innermost first, where they were read; else absent |
//! | `python_truncated` | true where there are more frames than are shown; else absent |
//! | `socket_made_at` | for a call that an event loop made: the frame that made the socket it is about, where that is in the trace; else absent |
//! | `awaited` | for a call that an asyncio loop made: the coroutines that wait for it (`frames`, innermost first) and their `task`'s name, where that is certain; else absent |
//! | `why` | why the call failed, or what it waits for, where requested (`--why`); else absent |
//! | `sockets` | the states of the call's sockets before and after it, where requested (`--state`); else absent |
//! | `sockets_truncated` | true where the call concerns more sockets than are shown; else absent |
//! | `sock` | the socket that the call is about, by its number in the trace; absent where the call is about none, or about no single one |
//! | `socks` | the numbers of the other sockets among its descriptors: watched, passed, made; absent where there are none |
//! | `family`, `proto` | of `sock`: `AF_INET` …; `TCP`, `UDPv6`, `UNIX-STREAM` …; absent where unknown |
//! | `local`, `peer` | of `sock`: its own address and the other end's, as in arguments, when the call had returned; absent where unknown |
//! | `peer_sock` | the number of the socket at the other end, where it is known by then to be in the trace; else absent |
//! | `offset` | for a call that sends or receives on a stream: how many bytes had gone this way on `sock` before it; else absent |
//! | `nr` | the number of a call that the table does not describe; its arguments are `arg0` to `arg5`, in hex |
//!
//! An element of `python` has:
//!
//! | Key | |
//! |---|---|
//! | `file` | the file as the code object names it; `<string>` for `-c` |
//! | `line` | counted from 1, or null for instructions of no line |
//! | `function` | as in tracebacks, `<module>` outside of functions |
//! | `column`, `end_line`, `end_column` | the expression's place, in bytes of UTF-8 from 0 and lines from 1; null before CPython 3.11 |
//! | `source` | the text of the line without surrounding space, or null where it was not found |
//! | `expression` | the text of the expression; null before CPython 3.11 |
//! | `library` | whether the code is the standard library's or an installed package's, not the user's own |
//!
//! An element of `sockets` has `fd`, the descriptor by which the call names the socket, `before` and `after`, each null
//! (there was no socket, or the call did not return) or an object, in which keys that are unknown or do not apply are
//! absent:
//!
//! | Key | |
//! |---|---|
//! | `state` | of TCP the protocol's state without `TCP_` (`CLOSED` for `TCP_CLOSE`); of others `UNCONNECTED`, `CONNECTED` or `LISTEN`; of any that the kernel no longer has, `CLOSED` |
//! | `protocol` | the kernel's name: `TCP`, `TCPv6`, `UDP`, `UNIX-STREAM`, `NETLINK` |
//! | `local`, `peer` | addresses, as in arguments |
//! | `inode`, `peer_inode` | the inodes of the socket and, of Unix sockets, of the other end; no `inode` once no process holds it |
//! | `accept_queue`, `backlog` | of a listener: connections waiting to be accepted, and the limit on them |
//! | `recv_queue`, `send_queue` | queued bytes, as `ss` shows them as Recv-Q and Send-Q |
//! | `next_datagram` | bytes of the datagram that is read next |
//! | `drops` | datagrams dropped so far |
//! | `expires_ms` | milliseconds until the kernel drops a connection that no process holds |
//! | `error_pending` | poll(2) reports `POLLERR`. Reading which error it is would take it from the program |
//! | `read_shut`, `hung_up` | poll(2) reports `POLLRDHUP`, `POLLHUP` |
//! | `held` | after close(2): whether another descriptor keeps the socket open |
//! | `source` | where the state was read: `descriptor` (the socket itself), `sock_diag`, `proc` (the tables of `/proc/PID/net`) |
//!
//! `why` has `evidence`, and where a cause follows from it:
//!
//! | Key | |
//! |---|---|
//! | `cause` | its name, one of those that `sockscope why` lists |
//! | `text` | what happened, in words |
//! | `advice` | what to do |
//! | `evidence` | what was found: `socket` (the one the call was made on) and `sockets` (others that matter, each with its `relation`, `state`, queues, timer, options and `owners`), `process`, `settings`, `addresses`, `interfaces`, `routes`, `protocols`, `file`, `ports_used`, `left_ms`, `source_left`, `owners_hidden`, `earlier` (calls of the trace, by what each `did`); `live` where the kernel was asked at that moment. What was not checked is absent. [`Evidence`](crate::event::Evidence) documents each |
//!
//! `signal` has `signal` and `info` (a tagged structure, or null), `stopped` has `signal`, `exit` has `status`,
//! `killed` has `signal` and `core_dumped`, `note` has `text`, `unread` (a line that no
//! reader understood) has `raw`, a buffer, `line`, `column` and `more`.
//!
//! # Arguments
//!
//! Keys of `args` are the parameters' names in the man pages. Of a call that did not return, those that only the kernel
//! could have filled are absent.
//!
//! | What | How |
//! |---|---|
//! | number, length, descriptor, port | integer |
//! | constant | its name, or its number in hex, `"0x2a"`, where it has none |
//! | flags | list of names; bits without a name last, in hex |
//! | type of a socket | `type` and `type_flags` |
//! | protocol | a constant; a decimal number as a string where the protocols of the family have no names (and of `socketpair`, always) |
//! | name of an option | a constant; `optname_set` names its set where the name is ambiguous (`"SO_???"`) |
//! | buffer | `{"text":…}` if it is UTF-8, else `{"base64":…}`; with `truncated` |
//! | address | `family` and: `ip`, `port` (`flowinfo`, `scope_id`, `scope_name`); or `path`; or `abstract`; or the structure's name, such as `sockaddr_nl`; or `sa_data`, where it is too short or unknown |
//! | length or offset behind a pointer | two keys: `addrlen`, what the kernel left there, and `addrlen_in`, what the program put there |
//! | structure | object of its fields; one that was cut short has its complete fields, then `cut` with the remaining bytes |
//! | octets (hardware addresses, `cut`, `sa_data`) | `"0a:ff"` |
//! | array | list; `…_elided` is true where there were more, `…_fault` is the address from which it could not be read |
//! | `select`'s sets | list of those asked for, `…_ready` of those found |
//! | timeout | structure, `…_left` where the kernel reports the time left; `timeout_ms` of `poll` and `epoll_wait` is an integer |
//! | set of signals | list of names |
//!
//! A key may be accompanied by
//!
//! - `…_ptr`, a hex string, when the key is null: the pointer that was not followed. Null alone is the pointer NULL.
//! - `…_target`: what a descriptor refers to (strace's `-y`), or for a list of descriptors the list of that;
//! - `…_name`: the name of an interface;
//! - `…_other`, when the key is null: a value of an unexpected kind, tagged as follows.
//!
//! In a signal's `siginfo`, `si_status` is the status a child exited with; where a signal ended the child it is null,
//! and `si_status_other` has the signal.
//!
//! # Tagged values
//!
//! What `optval`, the `arg` of `fcntl` and `ioctl`, and `cmsg_data` hold depends on other arguments. They are objects
//! whose key names the kind: `{"int":1}`, `{"linger":{"l_onoff":1,"l_linger":5}}`, `{"fds":[4,5]}`, `{"bytes":{…}}`,
//! `{"flags":["O_NONBLOCK"],"set":"O_???","direct":true}`. Numbers and names lie behind the pointer that is the
//! argument; `direct` means that they are the argument itself. So each column of `optval` has one type too.
//!
//! # Numbers beyond 2^53
//!
//! Integers are exact. Programs that read JSON numbers as doubles (jq before 1.7) lose the last digits beyond 2^53,
//! which affects `ts_ns`, by at most 128 ns, and lengths no machine has. What is often larger is a hex string:
//! pointers, raw arguments, and the 64-bit reading of a union (`epoll_data`'s `u64`).

use std::io;

use crate::event::Event;
use crate::value::Value;

#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the command prints them"))]
pub(crate) mod columns;
mod python;
mod read;
mod schema;
mod sets;
mod shape;
mod socket;
mod state;
mod tree;
mod why;
mod write;

/// The format's version, `v` in each line. It grows when a key changes its meaning or type, not when keys are added.
pub const VERSION: u64 = 1;

/// Why a line is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is not JSON; the message names the position.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// It was written by an unknown version of this format.
    #[error("version {0} of the event format is not supported; try a newer sockscope")]
    Version(u64),
    /// A required key is missing.
    #[error("the key `{0}` is missing")]
    Missing(String),
    /// A key's value has the wrong form.
    #[error("`{key}` should be {expected}")]
    Shape {
        /// The key.
        key: String,
        /// The expected form.
        expected: &'static str,
    },
    /// A name is unknown.
    #[error("no {what} is called `{name}`")]
    Unknown {
        /// The kind of thing it should name.
        what: &'static str,
        /// The name.
        name: String,
    },
}

/// Appends an event as one line, newline included.
pub fn write(event: &Event, out: &mut Vec<u8>) {
    LineWriter::default().event(event, out);
}

/// Writes events as lines. Faster than [`write()`] for each event where many share their Python stacks.
#[derive(Debug, Default)]
pub struct LineWriter {
    stacks: python::StackCache,
}

impl LineWriter {
    /// Appends an event as one line, newline included.
    pub fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        write::event(event, &mut self.stacks, out);
        out.push(b'\n');
    }
}

/// Appends a call's arguments, the object that is its line's `args`.
#[cfg(feature = "tables")]
pub(crate) fn write_args(call: &crate::event::Call, out: &mut Vec<u8>) {
    write::args(call, out);
}

/// Appends an object of the keys that tables have no columns for, `{}` where there are none. The Python stack is none of
/// them.
#[cfg(feature = "tables")]
pub(crate) fn write_beside(event: &Event, out: &mut Vec<u8>) {
    write::beside(event, out);
}

/// Reads an event from a line: the inverse of [`write()`]. Surrounding white space and unknown keys are ignored, and
/// what tables make of a line is accepted: null for a missing key, and whole numbers as `3.0`.
pub fn read(line: &str) -> Result<Event, Error> {
    LineReader::default().event(line)
}

/// Reads events from lines. Faster than [`read()`] for each line: memory is used again, and lines share their Python
/// stacks.
#[derive(Debug, Default)]
pub struct LineReader {
    memory: tree::Arena,
    stacks: python::ReadStacks,
}

impl LineReader {
    /// Reads an event from a line.
    ///
    /// # Errors
    /// Those of [`read()`].
    pub fn event(&mut self, line: &str) -> Result<Event, Error> {
        read::event(line, &mut self.memory, &mut self.stacks)
    }
}

/// The JSON Schema (draft 2020-12) of one line, made from the call table and the structures' layouts.
pub fn schema() -> serde_json::Value {
    schema::schema()
}

/// Writes events as one array, one event per line.
pub fn write_array<'a>(events: impl IntoIterator<Item = &'a Event>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut array = ArrayWriter::default();
    let mut buffer = Vec::new();
    for event in events {
        buffer.clear();
        array.event(event, &mut buffer);
        out.write_all(&buffer)?;
    }
    buffer.clear();
    array.finish(&mut buffer);
    out.write_all(&buffer)
}

/// The state of an array that is being written, for events that arrive one by one.
#[derive(Debug, Default)]
pub struct ArrayWriter {
    begun: bool,
    stacks: python::StackCache,
}

impl ArrayWriter {
    /// Appends one element.
    pub fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.begun { b",\n" } else { b"[\n" });
        self.begun = true;
        write::event(event, &mut self.stacks, out);
    }

    /// Appends the end; an array without elements is valid too.
    pub fn finish(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.begun { b"\n]\n" } else { b"[]\n" });
    }
}

/// Whether a value is one number, name or address, which in a tagged object is assumed to lie behind a pointer.
fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::Uint(_) | Value::Hex(_) | Value::Fd(_) | Value::Const(_) | Value::Flags(_) => true,
        Value::SockType(_) | Value::SigSet(_) | Value::Port(_) | Value::Be32(_) => true,
        Value::Ipv4(_) | Value::Ipv6(_) | Value::Interface { .. } | Value::Octets(_) => true,
        Value::Be16(_) | Value::Signal(_) | Value::Bits(_) => true,
        Value::Cut(_) | Value::Short => false,
        Value::Opaque(_) | Value::NlMsg(_) | Value::NlAttr(_) | Value::Row(_) => false,
        Value::Pointer(_) | Value::Bytes(_) | Value::SockAddr(_) | Value::Length(_) | Value::Offset(_) => false,
        Value::Ref(_) | Value::Array(_) | Value::Record(_) | Value::MsgHdr(_) | Value::MmsgHdr(_) => false,
        Value::Cmsg(_) | Value::PollFd(_) | Value::FdSet(_) | Value::Timeout(_) | Value::Verbatim(_) => false,
    }
}
