//! What is remembered of each event until all of them are known.
//!
//! The trace of a program may show a child's calls before the `fork` that made it returns, and the end of a call that
//! waited long after what it made possible. So events are first reduced to what they do to descriptors, and put together
//! at the end.

use std::sync::Arc;

use super::{Sockets, table};
use crate::event::{Body, Call, Event, PythonFrame, Ret, SocketUse};
use crate::syscall::effect::number;
use crate::syscall::{Change, Class, Effect, Made};
use crate::value::{Array, FdTarget, MsgHdr, SockAddr, SocketTarget, Value};
use crate::why::subject::front;

/// How many bytes of each transfer are kept to compare both sides.
pub(super) const KEPT: usize = 32;

/// Follows the sockets of a trace.
#[derive(Debug, Default, Clone)]
pub(crate) struct SocketTracker {
    steps: Vec<SocketStep>,
}

/// What an event does to descriptors and sockets.
#[derive(Debug, Clone)]
pub(super) struct SocketStep {
    /// The event's place in the trace.
    pub(super) event: usize,
    pub(super) pid: u32,
    pub(super) tid: u32,
    /// When the call was entered and when it had returned, ns; the second is the first where that is not known.
    pub(super) begin_ns: u64,
    pub(super) end_ns: u64,
    /// When it has done what it does.
    pub(super) done_ns: u64,
    pub(super) action: Action,
}

impl SocketStep {
    /// Whether it sends descriptors.
    pub(super) fn passes(&self) -> bool {
        let Action::Call(facts) = &self.action else { return false };
        facts.effect == Effect::Sends && facts.messages.iter().any(|message| !message.rights.is_empty())
    }

    /// Whether its time may be one of strace's text, which has microseconds.
    pub(super) fn is_of_text(&self) -> bool {
        self.begin_ns.is_multiple_of(1000)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Action {
    /// A call.
    Call(Box<CallFacts>),
    /// The thread ended.
    Exit,
    /// The process began.
    Started { parent: u32, shares: bool },
}

/// A call, as far as it concerns descriptors and sockets.
#[derive(Debug, Clone)]
pub(super) struct CallFacts {
    pub(super) change: Change,
    pub(super) effect: Effect,
    /// The descriptors it made.
    pub(super) made: Vec<i32>,
    pub(super) ret: Ret,
    /// Descriptors among its arguments, the one it is about first.
    pub(super) fds: Vec<i32>,
    /// What descriptors refer to, where this was looked up.
    pub(super) targets: Vec<(i32, Arc<FdTarget>)>,
    /// Which of the descriptors the call is about.
    pub(super) subject: Option<usize>,
    /// The sockets that it is about, where the trace names them already.
    pub(super) given: Option<Box<SocketUse>>,
    /// The address that it was given or that it brought back.
    pub(super) address: Option<SockAddr>,
    pub(super) messages: Vec<Payload>,
    /// `socket`'s and `socketpair`'s family and type; `shutdown`'s way; an option's error.
    pub(super) numbers: (i32, i32),
    /// Whether the call exists for sockets only.
    pub(super) of_sockets: bool,
    /// The bytes that were asked for, and whether they were only looked at.
    pub(super) asked: Option<u64>,
    pub(super) peeked: bool,
    /// Descriptors that it sent.
    pub(super) rights: Vec<i32>,
    pub(super) line: Option<Arc<PythonFrame>>,
}

impl CallFacts {
    /// What a descriptor that the call was given refers to, where that was looked up.
    pub(super) fn target(&self, fd: i32) -> Option<&FdTarget> {
        self.targets.iter().find(|(of, _)| *of == fd).map(|(_, target)| &**target)
    }

    /// What a descriptor that it made refers to. Before, the same number may have had another meaning.
    pub(super) fn made_target(&self, fd: i32) -> Option<&FdTarget> {
        self.targets.iter().rev().find(|(of, _)| *of == fd).map(|(_, target)| &**target)
    }
}

/// Bytes that a call sent or received at once.
#[derive(Debug, Default, Clone)]
pub(crate) struct Payload {
    /// How many.
    pub(crate) bytes: u64,
    /// The first bytes, as far as the trace has them.
    pub(crate) head: Vec<u8>,
    /// Where it was sent to or came from.
    pub(crate) address: Option<SockAddr>,
    /// Descriptors in it.
    pub(super) rights: Vec<i32>,
}

impl SocketTracker {
    /// Takes in the next event of the trace, under the number by which it is known to the caller.
    pub(crate) fn event(&mut self, event: &Event, at: usize) {
        self.steps.extend(SocketStep::of(event, at, &[]));
    }

    /// The sockets of all events.
    pub(crate) fn finish(self) -> Sockets {
        table::sockets(self.steps)
    }
}

impl SocketStep {
    /// What an event does, under the number by which it is known to the caller; `None` where it concerns neither
    /// descriptors nor processes. `targets`: what its descriptors refer to, where that is known beside the event.
    pub(super) fn of(event: &Event, at: usize, targets: &[(i32, Arc<FdTarget>)]) -> Option<Self> {
        let (action, dur_ns) = match &event.body {
            Body::Call(call) => (Action::Call(Box::new(facts(call, targets)?)), call.dur_ns.unwrap_or(0)),
            Body::Exit(_) => (Action::Exit, 0),
            Body::Started { parent, shares } => (Action::Started { parent: *parent, shares: *shares }, 0),
            _ => return None,
        };
        let unfinished = matches!(&action, Action::Call(facts) if facts.ret == Ret::Unfinished);
        let end_ns = match event.ts_ns {
            _ if unfinished => u64::MAX,
            0 => 0, // without times, the order is that of the trace
            ts_ns => ts_ns.saturating_add(dur_ns),
        };
        Some(Self { event: at, pid: event.pid, tid: event.tid, begin_ns: event.ts_ns, end_ns, done_ns: end_ns, action })
    }
}

/// What a call does; `None` where it concerns neither descriptors nor processes.
fn facts(call: &Call, looked_up: &[(i32, Arc<FdTarget>)]) -> Option<CallFacts> {
    let change = call.change();
    let mut fds = Vec::new();
    let mut targets = looked_up.to_vec();
    call.args.iter().for_each(|arg| {
        arg.each_descriptor(&mut |fd| {
            fds.push(fd.raw);
            targets.extend(fd.target.clone().map(|target| (fd.raw, target)));
        });
    });
    if fds.is_empty() && change == Change::Nothing {
        return None;
    }
    let effect = call.sys.effect_of(&call.args);
    if let Effect::Copies { to, .. } = effect
        && let Some(Value::Fd(fd)) = call.args.get(to)
    {
        fds.retain(|other| *other != fd.raw);
        fds.insert(0, fd.raw);
    }
    let made = call.made();
    if let (Some(target), Ret::Ok(ret)) = (&call.ret_target, call.ret) {
        targets.push((ret as i32, target.clone()));
    }
    fds.retain(|fd| !made.contains(fd)); // the pair of socketpair: these numbers mean something only now
    let mut facts = CallFacts {
        change,
        effect,
        targets,
        subject: match effect {
            Effect::Waits => None,
            Effect::Watches(_) => Some(1),
            _ => Some(0),
        },
        given: call.socket.clone(),
        made,
        ret: call.ret,
        fds,
        address: address(call),
        messages: Vec::new(),
        numbers: numbers(call, effect),
        of_sockets: call.sys.class.contains(Class::NET) && !matches!(effect, Effect::Copies { .. }),
        asked: ["len", "size", "count"].iter().find_map(|name| call.arg(name)).and_then(number),
        peeked: flags(call) & libc::MSG_PEEK != 0,
        rights: Vec::new(),
        line: None,
    };
    if matches!(effect, Effect::Makes(Made::Socket | Made::SocketPair, _) | Effect::Accepts(_)) {
        facts.line = call.python.as_ref().and_then(|stack| stack.caller()).cloned();
    }
    facts.messages = messages(call, KEPT);
    Some(facts)
}

/// The address that a call gives or brings back.
fn address(call: &Call) -> Option<SockAddr> {
    call.args.iter().find_map(|arg| if let Value::SockAddr(address) = arg { Some(address.clone()) } else { None })
}

fn constant(call: &Call, name: &str) -> i32 {
    match call.arg(name) {
        Some(Value::Const(constant)) => constant.raw as i32,
        Some(Value::SockType(kind)) => kind.kind.raw as i32,
        _ => -1,
    }
}

fn numbers(call: &Call, effect: Effect) -> (i32, i32) {
    match effect {
        Effect::Makes(Made::Socket | Made::SocketPair, _) => (constant(call, "domain"), constant(call, "type")),
        Effect::ShutsDown => (constant(call, "how"), 0),
        Effect::ReadsOption => (crate::why::subject::pending_error(call).unwrap_or(0), 0),
        _ => (0, 0),
    }
}

fn flags(call: &Call) -> i32 {
    match call.arg("flags") {
        Some(Value::Flags(flags)) => flags.raw as i32,
        _ => 0,
    }
}

/// The bytes that a call transferred, message by message, with all of them that the trace has.
#[cfg_attr(not(feature = "timelines"), allow(dead_code, reason = "packets show them"))]
pub(crate) fn payload(call: &Call) -> Vec<Payload> {
    messages(call, usize::MAX)
}

/// The bytes that a call transferred, message by message, with so many of the first ones of each.
fn messages(call: &Call, kept: usize) -> Vec<Payload> {
    let effect = call.sys.effect_of(&call.args);
    let (Effect::Sends | Effect::Receives(_) | Effect::Copies { .. }, Ret::Ok(ret)) = (effect, call.ret) else {
        return Vec::new();
    };
    let flags = flags(call);
    let receives = matches!(effect, Effect::Receives(_));
    // What is peeked at is received later, and errors that come back are no message of the peer's.
    if receives && flags & (libc::MSG_PEEK | libc::MSG_ERRQUEUE) != 0 {
        return Vec::new();
    }
    let mut bytes = u64::try_from(ret).unwrap_or(0);
    if flags & libc::MSG_OOB != 0 {
        bytes = if receives { 0 } else { bytes.saturating_sub(1) }; // the urgent byte is beside the stream
    }
    let all = |items: &Array| {
        items
            .items
            .iter()
            .filter_map(|item| {
                let Value::MmsgHdr(message) = item else { return None };
                Some(of_header(&message.hdr, u64::from(message.len?), kept))
            })
            .collect()
    };
    match (call.arg("msgvec"), call.arg("msg")) {
        (Some(Value::Array(items)), _) => all(items),
        (_, Some(Value::MsgHdr(header))) => vec![of_header(header, bytes, kept)],
        _ => {
            let data = call.args.iter().find(|arg| matches!(arg, Value::Bytes(_) | Value::Array(_)));
            let head = data.map(|data| head(data, bytes, kept)).unwrap_or_default();
            vec![Payload { bytes, head, address: address(call), rights: Vec::new() }]
        }
    }
}

fn of_header(header: &MsgHdr, bytes: u64, kept: usize) -> Payload {
    let address = if let Value::SockAddr(address) = &header.name { Some(address.clone()) } else { None };
    let mut rights = Vec::new();
    header.control.iter().for_each(|control| control.each_fd(&mut |fd| rights.push(fd)));
    Payload { bytes, head: head(&header.iov, bytes, kept), address, rights }
}

/// The first bytes of a buffer or of several, as far as they are known without a gap.
fn head(data: &Value, bytes: u64, kept: usize) -> Vec<u8> {
    let mut head = front(data);
    head.truncate(kept.min(usize::try_from(bytes).unwrap_or(kept)));
    head
}

/// The socket that a descriptor refers to, where this was looked up.
pub(super) fn looked_up(target: Option<&FdTarget>) -> Option<&SocketTarget> {
    match target {
        Some(FdTarget::Socket(socket)) => Some(socket),
        _ => None,
    }
}
