//! The table of calls: a row per event, also for those that are no call, which `type` distinguishes.

use super::{Cell, Column, ColumnType};
use crate::event::{Body, Call, Event, PythonFrame, Ret, SocketUse};
use crate::sockets::protocol_family;
use crate::syscall::{Class, Effect};
use crate::value::{SockAddr, Value};
use crate::why::subject::place;

/// Where and when a trace was recorded, as far as that is known: the same in each of its rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceOrigin {
    /// A name of the trace that others do not have.
    pub(crate) trace: String,
    /// The name of the machine.
    pub(crate) host: Option<String>,
    /// The number of its start.
    pub(crate) boot_id: Option<String>,
}

/// An event as a row.
pub(crate) struct EventRow<'e> {
    event: &'e Event,
    call: Option<&'e Call>,
    about: Option<&'e SocketUse>,
    line: Option<&'e PythonFrame>,
    origin: &'e TraceOrigin,
    /// The number of its stack.
    stack: Option<u64>,
    texts: &'e Texts,
    /// `args` and `more`.
    json: [&'e str; 2],
}

/// What has to be made as text, in memory that is used again.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    local: Address,
    peer: Address,
    errno: Option<String>,
}

/// An address and its parts.
#[derive(Debug, Default)]
struct Address {
    of: Option<SockAddr>,
    text: Option<String>,
    ip: Option<String>,
    port: Option<u16>,
}

impl Address {
    /// Makes the texts, unless they are those of the last address.
    fn set(&mut self, address: Option<&SockAddr>) {
        if self.of.as_ref() == address {
            return;
        }
        let inet = address.and_then(SockAddr::ip_and_port);
        self.text = address.and_then(place);
        self.ip = inet.filter(|_| self.text.is_some()).map(|(ip, _)| ip.to_string());
        self.port = inet.map(|(_, port)| port).filter(|port| *port != 0);
        self.of = address.cloned();
    }
}

impl Texts {
    /// Makes the texts of a row.
    pub(crate) fn set(&mut self, event: &Event) {
        let call = if let Body::Call(call) = &event.body { Some(call) } else { None };
        let about = call.and_then(|call| call.socket.as_deref());
        self.local.set(about.and_then(|about| about.local.as_ref()));
        self.peer.set(call.and_then(peer));
        self.errno = match call.map(|call| call.ret) {
            Some(Ret::Err(errno)) if errno.name().is_none() => Some(errno.0.to_string()),
            _ => None,
        };
    }
}

/// The other end of a call's socket; of one that is not connected, the address that the call names.
fn peer(call: &Call) -> Option<&SockAddr> {
    let connected = call.socket.as_ref().and_then(|about| about.peer.as_ref());
    connected.or_else(|| {
        if direction(call).is_none() && !matches!(call.sys.effect, Effect::Connects) {
            return None;
        }
        call.args.iter().find_map(|value| match value {
            Value::SockAddr(address) => Some(address),
            Value::MsgHdr(message) => match &message.name {
                Value::SockAddr(address) => Some(address),
                _ => None,
            },
            _ => None,
        })
    })
}

impl<'e> EventRow<'e> {
    /// The row of an event for which `texts` were set.
    pub(crate) fn new(
        event: &'e Event,
        origin: &'e TraceOrigin,
        stack: Option<u64>,
        texts: &'e Texts,
        json: [&'e str; 2],
    ) -> Self {
        let call = if let Body::Call(call) = &event.body { Some(call) } else { None };
        let about = call.and_then(|call| call.socket.as_deref());
        let line = call.and_then(|call| call.python.as_ref()?.caller()).map(|frame| &**frame);
        Self { event, call, about, line, origin, stack, texts, json }
    }
}

/// Which way the bytes of a call go.
fn direction(call: &Call) -> Option<&'static str> {
    match call.sys.effect {
        Effect::Sends => Some("sent"),
        Effect::Receives(_) => Some("received"),
        Effect::Copies { .. } => Some("copied"),
        _ => None,
    }
}

/// The class that says most of a call: that it takes a descriptor or a path is true of many.
fn class(call: &Call) -> Option<&'static str> {
    const PLAIN: [Class; 3] = [Class::FILE, Class::DESC, Class::PURE];
    let of = call.sys.class;
    let telling = Class::NAMES.iter().find(|(_, class)| of.contains(*class) && !PLAIN.contains(class));
    let plain = || PLAIN.iter().find(|class| of.contains(**class));
    let named = |class: &Class| Class::NAMES.iter().find(|(_, known)| known == class);
    telling.or_else(|| plain().and_then(named)).map(|(name, _)| *name)
}

/// The descriptor that a call is about: its first, which `AT_FDCWD` is not.
fn descriptor(call: &Call) -> Option<i32> {
    let mut given = call.sys.params.iter().zip(&call.args);
    given.find_map(|(param, value)| if let Value::Fd(fd) = value { param.ty.descriptor(fd.raw) } else { None })
}

/// The socket of the connection that was accepted, or the first that was made beside the one that the call is about.
fn made(row: &EventRow<'_>) -> Option<u64> {
    let made = row.call.filter(|call| matches!(call.sys.effect, Effect::Accepts(_) | Effect::Makes(..)))?.made();
    let others = &row.about?.others;
    others.get(others.len().checked_sub(made.len())?..)?.first().copied()
}

fn ret(row: &EventRow<'_>) -> Option<i64> {
    match row.call?.ret {
        Ret::Ok(n) => Some(n),
        Ret::Err(errno) if !errno.is_restart() => Some(-1),
        Ret::Err(_) | Ret::Unfinished => None,
    }
}

fn errno<'a>(row: &'a EventRow<'_>) -> Option<&'a str> {
    match row.call?.ret {
        Ret::Err(errno) => errno.name().or(row.texts.errno.as_deref()),
        Ret::Ok(_) | Ret::Unfinished => None,
    }
}

fn name<'a>(row: &'a EventRow<'_>) -> Option<&'a str> {
    match &row.event.body {
        Body::Call(call) => Some(call.sys.name),
        Body::Count(count) => Some(&count.syscall),
        _ => None,
    }
}

/// A column of this table.
pub(crate) type CallColumn = Column<for<'a> fn(&'a EventRow<'_>) -> Cell<'a>>;

/// The columns, in order.
pub(crate) static COLUMNS: &[CallColumn] = columns! { row:
    "trace" Text "which trace the row is of, where several are read together: numbers of stacks and sockets are a trace's" Cell::text(&*row.origin.trace);
    "host" Text "the machine it was recorded on; null where a file does not say it" Cell::text(row.event.host.or(row.origin.host.as_deref()));
    "boot_id" Text "the start of that machine, from /proc/sys/kernel/random/boot_id" Cell::text(row.origin.boot_id.as_deref());
    "seq" Growing "position in the trace, from 0" Cell::number(row.event.seq);
    "ts" Time "when it began" time(row);
    "ts_ns" Growing "the same in ns since 1970" time(row);
    "dur_ns" Int64 "time in the call, ns; null where it was not measured" Cell::some(row.call.and_then(|call| call.dur_ns));
    "pid" Int32 "the process" Cell::number(row.event.pid);
    "tid" Int32 "the thread" Cell::number(row.event.tid);
    "comm" Text "the thread's name, where it was recorded" Cell::text(row.event.prefix.as_ref().and_then(|prefix| prefix.comm));
    "role" Text "what the process plays in a document program" Cell::text(row.event.role);
    "type" Text "call, signal, stopped, exit, killed, started, note, count, unread" Cell::text(row.event.body.name());
    "syscall" Text "the call's name" Cell::text(name(row));
    "class" Text "the class of the call that says most, of those of -e trace=%class" Cell::text(row.call.and_then(class));
    "fd" Int32 "the descriptor that the call is about" Cell::some(row.call.and_then(descriptor));
    "sock" Int64 "the socket that it is about, by its number in the trace: a row of the table sockets" Cell::some(row.about.and_then(|about| about.sock));
    "peer_sock" Int64 "the socket at the other end, where it is in the trace too" Cell::some(row.about.and_then(|about| about.peer_sock));
    "new_sock" Int64 "the socket that the call made beside that: of accept, the connection" Cell::some(made(row));
    "family" Text "AF_INET, AF_UNIX …" Cell::text(row.about.and_then(|about| protocol_family(about.family?)));
    "proto" Text "TCP, UDPv6, UNIX-STREAM …" Cell::text(row.about.and_then(|about| about.protocol.as_deref()));
    "local" Text "the socket's own address: 127.0.0.1:80, [::1]:80, a path, @name" Cell::text(row.texts.local.text.as_deref());
    "local_ip" Text "its IP address" Cell::text(row.texts.local.ip.as_deref());
    "local_port" Int32 "its port" Cell::some(row.texts.local.port);
    "peer" Text "the address of the other end; for a call on a socket without one, that which the call names" Cell::text(row.texts.peer.text.as_deref());
    "peer_ip" Text "its IP address" Cell::text(row.texts.peer.ip.as_deref());
    "peer_port" Int32 "its port" Cell::some(row.texts.peer.port);
    "direction" Text "sent, received or copied, for calls that do this" Cell::text(row.call.and_then(direction));
    "offset" Int64 "on a stream, how many bytes had gone this way before" Cell::some(row.about.and_then(|about| about.offset));
    "bytes" Int64 "how many bytes the call moved" Cell::some(row.call.and_then(Call::bytes));
    "ret" Int64 "the return value, -1 for an error; null where the call did not return" Cell::some(ret(row));
    "errno" Text "the error's name" Cell::text(errno(row));
    "py_file" Text "the file of the Python line that made the call" Cell::text(row.line.map(|line| &*line.file));
    "py_line" Int32 "its number" Cell::some(row.line.and_then(|line| line.line));
    "py_function" Text "its function" Cell::text(row.line.map(|line| &*line.function));
    "stack" Int64 "the whole Python stack: rows of the table stacks" Cell::some(row.stack);
    "why" Text "the name of the cause of an error, one of those that sockscope why lists" Cell::text(row.call.and_then(|call| Some(&*call.why.as_ref()?.cause.as_ref()?.cause)));
    "args" Json "the arguments, an object of the keys that JSON lines have" Cell::text(row.json[0]);
    "more" Json "every other key of the event" Cell::text(row.json[1]);
};

fn time(row: &EventRow<'_>) -> Cell<'static> {
    Cell::some(Some(row.event.ts_ns).filter(|ts_ns| *ts_ns != 0))
}
