//! One socket, as the calls of the trace made it.

use crate::event::{Action, Call, Earlier, Endpoint, Event, Relation, Ret};
use crate::syscall::Effect;
use crate::syscall::effect::number;
use crate::text::{self, Style};
use crate::value::{Const, Record, SockAddr, Value};
use crate::why::subject::{address, begins_tls, errno, place};
use crate::xlat::socket::{ADDRESS_FAMILY, SOCK_TYPE};

/// Characters kept of an earlier call.
const MAX_TEXT: usize = 160;

/// A socket.
#[derive(Debug, Default)]
pub(super) struct KnownSocket {
    pub(super) domain: i32,
    pub(super) kind: i32,
    pub(super) protocol: String,
    pub(super) local: Option<String>,
    pub(super) peer: Option<String>,
    pub(super) listens: bool,
    pub(super) nonblocking: Option<bool>,
    pub(super) reuse_address: Option<bool>,
    pub(super) reuse_port: Option<bool>,
    pub(super) broadcast: Option<bool>,
    /// The calls that made it what it is, in order.
    pub(super) actions: Vec<Earlier>,
    /// The other socket of a pair.
    pub(super) pair: Option<u64>,
    pub(super) sent: u64,
    pub(super) received: u64,
    /// Bytes sent since something came last, and whether this end spoke first.
    pub(super) unanswered: u64,
    pub(super) asks: Option<bool>,
    /// Where it went, of a socket that is not connected.
    pub(super) sent_to: Option<SockAddr>,
    /// The last wait for an answer that ended without one.
    pub(super) in_vain: Option<Earlier>,
    /// `SO_LINGER` with no time: closing resets.
    pub(super) resets: bool,
    pub(super) descriptors: u32,
}

/// A call as evidence.
pub(super) fn earlier(event: &Event, call: Option<&Call>, did: Action) -> Earlier {
    let mut text = String::new();
    text::write(event, &Style { align: 0, ..Style::default() }, &mut text);
    if text.chars().count() > MAX_TEXT {
        text = text.chars().take(MAX_TEXT).collect::<String>() + "…";
    }
    let caller = call.and_then(|call| call.python.as_ref()).and_then(|stack| stack.caller());
    let line = caller.map(|frame| frame.short_place());
    let role = event.role.map(str::to_owned);
    let &Event { seq, ts_ns, pid, tid, .. } = event;
    Earlier { did, seq, ts_ns, pid, tid, role, call: text, line, bytes: None, times: None }
}

/// What `socket` and `socketpair` make.
pub(super) fn made(call: &Call) -> KnownSocket {
    let number = |name: &str| match call.arg(name) {
        Some(Value::Const(Const { raw, .. })) => *raw as i32,
        _ => 0,
    };
    let domain = number("domain");
    let (kind, flags) = match call.arg("type") {
        Some(Value::SockType(kind)) => (kind.kind.raw as i32, kind.flags.raw as i32),
        _ => (0, 0),
    };
    let six = if domain == libc::AF_INET6 { "6" } else { "" };
    let protocol = match (domain, kind) {
        (libc::AF_UNIX, _) => "unix".to_owned(),
        (libc::AF_INET | libc::AF_INET6, libc::SOCK_STREAM) => format!("tcp{six}"),
        (libc::AF_INET | libc::AF_INET6, libc::SOCK_DGRAM) => format!("udp{six}"),
        _ => ADDRESS_FAMILY.name(domain as u64).unwrap_or_default().to_owned(),
    };
    KnownSocket {
        domain,
        kind,
        protocol,
        nonblocking: Some(flags & libc::SOCK_NONBLOCK != 0),
        ..KnownSocket::default()
    }
}

impl KnownSocket {
    pub(super) fn is_stream(&self) -> bool {
        self.kind == libc::SOCK_STREAM
    }

    pub(super) fn set_nonblocking(&mut self, on: bool, by: impl FnOnce() -> Earlier) {
        if self.nonblocking != Some(on) {
            self.actions.retain(|call| call.did != Action::MadeNonblocking);
            if on {
                self.actions.push(by());
            }
        }
        self.nonblocking = Some(on);
    }

    /// Records a call on it that makes no descriptor.
    pub(super) fn note(&mut self, call: &Call, earlier: &dyn Fn(Action) -> Earlier) {
        let ok = match call.ret {
            Ret::Ok(n) => Some(n),
            _ => None,
        };
        let error = errno(call);
        match call.sys.effect_of(&call.args) {
            Effect::Binds if ok.is_some() => {
                self.local = address(call).and_then(place);
                self.actions.push(earlier(Action::Bound));
            }
            Effect::Listens if ok.is_some() => {
                self.listens = true;
                self.actions.push(earlier(Action::Listened));
            }
            Effect::Connects => {
                if ok.is_some() || error == Some(libc::EINPROGRESS) {
                    self.peer = address(call).and_then(place);
                    self.actions.push(earlier(if ok.is_some() { Action::Connected } else { Action::BeganToConnect }));
                } else if error.is_some_and(|error| error != libc::EISCONN && error != libc::EALREADY) {
                    self.peer = address(call).and_then(place);
                    self.actions.push(earlier(Action::Failed));
                }
            }
            Effect::ReadsName if ok.is_some() => {
                if let Some(Value::SockAddr(name)) = call.arg("addr") {
                    self.local = place(name).or(self.local.take());
                }
            }
            Effect::ShutsDown if ok.is_some() => {
                let how = match call.arg("how") {
                    Some(Value::Const(how)) => how.raw as i32,
                    _ => return,
                };
                if how != libc::SHUT_RD {
                    self.actions.push(earlier(Action::ShutDown));
                }
                if how != libc::SHUT_WR {
                    self.actions.push(earlier(Action::ShutDownReading));
                }
            }
            Effect::SetsOption if ok.is_some() => self.option(call),
            Effect::SetsNonblocking(bits) if ok.is_some() => {
                if let Some(given) = call.args.last().and_then(number) {
                    self.set_nonblocking(given & bits != 0, || earlier(Action::MadeNonblocking));
                }
            }
            Effect::Sends if call.sys.counts_messages() => self.asked(call.bytes().unwrap_or(0)),
            Effect::Receives(_) if call.sys.counts_messages() => self.answered(ok.unwrap_or(0)),
            Effect::Sends => match (ok, error) {
                (Some(n), _) => {
                    self.asked(n as u64);
                    if let Some(to) = address(call) {
                        self.sent_to = Some(to.clone());
                    }
                    if self.sent == 0 && self.is_stream() && begins_tls(call) {
                        self.actions.push(earlier(Action::BeganTls));
                    }
                    self.sent = self.sent.saturating_add(n as u64);
                }
                (None, Some(libc::EPIPE | libc::ECONNRESET | libc::ECONNREFUSED)) => {
                    self.actions.push(earlier(Action::Failed));
                }
                _ => {}
            },
            Effect::Receives(_) => match (ok, error) {
                (Some(0), _) if self.is_stream() => {
                    match self.actions.iter_mut().find(|call| call.did == Action::SawEnd) {
                        Some(first) => first.times = first.times.map(|times| times + 1),
                        None => self.actions.push(Earlier { times: Some(1), ..earlier(Action::SawEnd) }),
                    }
                }
                (Some(0), _) => {}
                (Some(n), _) => {
                    self.answered(n);
                    self.received = self.received.saturating_add(n as u64);
                }
                (None, Some(libc::ECONNRESET | libc::ETIMEDOUT)) => self.actions.push(earlier(Action::Failed)),
                _ => {}
            },
            Effect::ReadsOption if ok.is_some() && error.is_some() => self.actions.push(earlier(Action::Failed)),
            _ => {}
        }
    }

    fn asked(&mut self, bytes: u64) {
        if bytes == 0 {
            return;
        }
        self.asks.get_or_insert(true);
        self.unanswered = self.unanswered.saturating_add(bytes);
    }

    fn answered(&mut self, some: i64) {
        if some <= 0 {
            return;
        }
        self.asks.get_or_insert(false);
        self.unanswered = 0;
    }

    /// Bytes that wait for an answer: this end has connected, or it spoke first. Who has accepted answers itself.
    pub(super) fn unanswered(&self) -> Option<u64> {
        let did = |what: Action| self.actions.iter().any(|call| call.did == what);
        let connected = did(Action::Connected) || did(Action::BeganToConnect);
        let asks = connected || self.asks == Some(true) && !did(Action::Accepted);
        Some(self.unanswered).filter(|bytes| *bytes > 0 && asks)
    }

    /// The other end, or where something went that has no answer.
    pub(super) fn asked_at(&self) -> Option<String> {
        self.peer.clone().or_else(|| self.unanswered().and(self.sent_to.as_ref()).and_then(place))
    }

    fn option(&mut self, call: &Call) {
        let is = |name: &str| match call.arg(name) {
            Some(Value::Const(c)) => c.raw as i32,
            _ => -1,
        };
        if is("level") != libc::SOL_SOCKET {
            return;
        }
        let on = match call.arg("optval") {
            Some(Value::Ref(inner)) => matches!(**inner, Value::Int(n) if n != 0),
            _ => false,
        };
        match is("optname") {
            libc::SO_REUSEADDR => self.reuse_address = Some(on),
            libc::SO_REUSEPORT => self.reuse_port = Some(on),
            libc::SO_BROADCAST => self.broadcast = Some(on),
            libc::SO_LINGER => {
                let field = |record: &Record, name: &str| matches!(record.get(name), Some(Value::Int(n)) if *n != 0);
                if let Some(Value::Record(linger)) = call.arg("optval") {
                    self.resets = field(linger, "l_onoff") && !field(linger, "l_linger");
                }
            }
            _ => {}
        }
    }

    /// What is known of it, as evidence.
    pub(super) fn endpoint(&self) -> Endpoint {
        let has = |did: Action| self.actions.iter().any(|call| call.did == did);
        let state = match () {
            () if self.listens => Some("LISTEN"),
            () if !self.protocol.starts_with("tcp") => None,
            () if has(Action::Failed) => Some("CLOSE"),
            () if has(Action::Connected) || has(Action::Accepted) => Some("ESTABLISHED"),
            () if has(Action::BeganToConnect) => Some("SYN_SENT"),
            () if has(Action::Bound) => Some("BOUND"),
            () => Some("CLOSE"),
        };
        Endpoint {
            relation: Relation::Own,
            protocol: self.protocol.clone(),
            kind: SOCK_TYPE.name(self.kind as u64).map(str::to_owned),
            local: self.local.clone(),
            peer: self
                .peer
                .clone()
                .filter(|_| has(Action::Connected) || has(Action::Accepted) || has(Action::BeganToConnect)),
            state: state.map(str::to_owned),
            reuse_address: self.reuse_address.or(Some(false)),
            reuse_port: self.reuse_port.or(Some(false)),
            broadcast: self.broadcast.or(Some(false)),
            nonblocking: self.nonblocking,
            ..Endpoint::default()
        }
    }
}
