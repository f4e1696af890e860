//! What an event of a trace calls for: the sentences of everything in it, or of what was not there before.

use std::borrow::Cow;
use std::collections::HashSet;

use super::notation::{self, Notation};
use crate::event::{Body, Call, Exit, Ret, Signal};
use crate::syscall::{Effect, RetTy, Syscall, Ty};
use crate::value::netlink::{NLATTR, NLMSGHDR};
use crate::value::sockaddr::SA_FAMILY;
use crate::value::{
    Bytes, CMSG, Cmsg, Const, Fd, Field, Flags, Layout, Length, MMSGHDR, MSGHDR, MsgHdr, PollFd, Record, SockAddr,
    Tail, UnixName, Value, layout,
};
use crate::xlat::errno::ERRNO;
use crate::xlat::signal::SIGNAL;
use crate::xlat::socket::{ADDRESS_FAMILY, MSG};

/// A sentence that an event calls for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// How deep within the call it is: 0 for the call, 1 for an argument, 2 for what is in that.
    pub(crate) depth: usize,
    /// What it is about, as the trace has it.
    pub(crate) subject: Cow<'static, str>,
    /// The sentence.
    pub(crate) sentence: &'static str,
}

/// The sentences that were given, so that each is given once; or every time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Names, or spellings of notations, and the addresses of their sentences.
    given: HashSet<(&'static str, usize)>,
    /// Whether each event is explained as if it were the first.
    every: bool,
    /// Whether characters outside ASCII are written as they are.
    pub(crate) utf8: bool,
    depth: usize,
    lines: Vec<Line>,
}

impl Seen {
    /// Explains each event in full.
    pub(crate) fn every() -> Self {
        Self { every: true, ..Self::default() }
    }

    /// The sentences that a call calls for.
    pub(crate) fn call(&mut self, call: &Call) -> Vec<Line> {
        self.begin();
        self.whole(call);
        std::mem::take(&mut self.lines)
    }

    fn begin(&mut self) {
        self.depth = 0;
        if self.every {
            self.given.clear();
        }
    }

    /// The sentences that an event calls for.
    pub(crate) fn event(&mut self, body: &Body) -> Vec<Line> {
        self.begin();
        match body {
            Body::Call(call) => self.whole(call),
            Body::Signal(signal) => self.signal(signal),
            Body::Stopped { signal } => {
                self.notation(&notation::STOPPED, None);
                self.constant(Const { table: &SIGNAL, raw: u64::from(*signal) });
            }
            Body::Started { .. } => {}
            Body::Exit(Exit::Status(_)) => self.notation(&notation::EXITED, None),
            Body::Exit(Exit::Killed { signal, .. }) => {
                self.notation(&notation::KILLED, None);
                self.constant(Const { table: &SIGNAL, raw: u64::from(*signal) });
            }
            Body::Note(_) | Body::Count(_) | Body::Unread(_) => {}
        }
        std::mem::take(&mut self.lines)
    }

    /// The sentence of a notation outside the events: a call that was broken off.
    pub(crate) fn mark(&mut self, notation: &'static Notation) -> Vec<Line> {
        self.depth = 0;
        self.notation(notation, None);
        std::mem::take(&mut self.lines)
    }

    /// Gives a sentence, unless it was given before or there is none.
    fn say(&mut self, key: &'static str, subject: Option<String>, sentence: &'static str) {
        if !sentence.is_empty() && self.given.insert((key, sentence.as_ptr() as usize)) {
            let subject = subject.map_or(Cow::Borrowed(key), Cow::Owned);
            self.lines.push(Line { depth: self.depth, subject, sentence });
        }
    }

    /// Gives the sentence of a notation, about itself or about how it is written here.
    fn notation(&mut self, notation: &'static Notation, here: Option<String>) {
        self.say(notation.spelling, here, notation.doc);
    }

    fn within(&mut self, explain: impl FnOnce(&mut Self)) {
        self.depth += 1;
        explain(self);
        self.depth -= 1;
    }

    fn whole(&mut self, call: &Call) {
        let sys = call.sys;
        self.say(sys.name, None, if sys.is_known() { sys.doc } else { notation::UNDESCRIBED.doc });
        self.within(|this| {
            for (param, value) in sys.params.iter().zip(&call.args) {
                this.say(param.name, None, param.doc);
                this.within(|this| match (param.ty, value) {
                    // A length behind a pointer is written in brackets.
                    (Ty::SockLen, Value::Length(length)) => this.length(*length),
                    _ => this.value(value),
                });
            }
            this.result(call);
        });
    }

    fn result(&mut self, call: &Call) {
        match call.ret {
            Ret::Ok(n) => {
                if let Some(notation) = result(call.sys, call.sys.ret_ty(&call.args), n) {
                    let here = (notation != &notation::TIMEOUT).then(|| format!("= {n}"));
                    self.notation(notation, here);
                }
                if call.ret_target.is_some() {
                    self.notation(&notation::TARGET, None);
                }
                if let RetTy::Flags(table, _) = call.sys.ret_ty(&call.args) {
                    self.flags(Flags { table, raw: n as u64 });
                }
                for value in &call.args {
                    let Value::Array(all) = value else { continue };
                    for item in &all.items {
                        if let Value::PollFd(PollFd { revents: Some(found), .. }) = item {
                            self.flags(PollFd::named(*found));
                        }
                    }
                }
            }
            Ret::Err(errno) => {
                self.notation(if errno.is_restart() { &notation::NO_RESULT } else { &notation::FAILED }, None);
                self.constant(Const { table: &ERRNO, raw: errno.0 as u64 });
            }
            Ret::Unfinished => {
                let detached = call.text.as_ref().is_some_and(|text| text.detached);
                let has_result = call.text.as_ref().is_some_and(|text| text.result.is_some());
                self.notation(
                    match (detached, has_result) {
                        (true, _) => &notation::DETACHED,
                        (false, true) => &notation::NO_RESULT,
                        (false, false) => &notation::UNFINISHED,
                    },
                    None,
                );
            }
        }
    }

    fn signal(&mut self, signal: &Signal) {
        self.notation(&notation::SIGNALLED, None);
        self.within(|this| {
            this.constant(Const { table: &SIGNAL, raw: u64::from(signal.number) });
            if let Some(info) = &signal.info {
                this.record(info);
            }
        });
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Pointer(0) => self.notation(&notation::NULL, None),
            Value::Pointer(_) => self.notation(&notation::ADDRESS, None),
            Value::Fd(fd) => self.descriptor(fd),
            Value::Const(constant) => self.constant(*constant),
            Value::Flags(flags) | Value::Bits(flags) => self.flags(*flags),
            Value::SockType(ty) => {
                self.constant(ty.kind);
                self.flags(ty.flags);
                if ty.flags.raw != 0 {
                    self.notation(&notation::OR, None);
                }
            }
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::SockAddr(address) => self.address(address),
            Value::Length(length) | Value::Offset(length) if length.exit.is_some() => self.length(*length),
            Value::Ref(inner) => {
                self.notation(&notation::UNCHANGED, None);
                self.value(inner);
            }
            Value::Array(array) => {
                array.items.iter().for_each(|item| self.value(item));
                if array.tail == Tail::Elided {
                    self.notation(&notation::ELIDED, None);
                }
            }
            Value::Record(record) => self.record(record),
            Value::MsgHdr(msg) => self.message(msg),
            Value::MmsgHdr(msg) => {
                self.members(&MMSGHDR, &mut |this, field| {
                    if field.name == "msg_hdr" {
                        this.message(&msg.hdr);
                    }
                });
            }
            Value::Cmsg(cmsg) => self.control(cmsg),
            Value::PollFd(pollfd) => {
                self.members(&layout::POLLFD, &mut |this, field| match (field.name, pollfd.events) {
                    ("fd", _) => this.descriptor(&pollfd.fd),
                    ("events", Some(events)) => this.flags(PollFd::named(events)),
                    _ => {}
                })
            }
            Value::FdSet(set) => set.entry.iter().for_each(|fd| self.descriptor(fd)),
            Value::Timeout(timeout) => self.record(&timeout.entry),
            Value::Port(port) => self.notation(&notation::HTONS, Some(format!("htons({port})"))),
            Value::Be16(constant) => {
                self.notation(&notation::HTONS, None);
                self.constant(*constant);
            }
            Value::Be32(_) => self.notation(&notation::HTONL, None),
            Value::Ipv4(ip) => self.notation(&notation::INET_ADDR, Some(format!("inet_addr(\"{ip}\")"))),
            Value::Ipv6(_) => self.notation(&notation::INET_PTON, None),
            Value::Interface { name, .. } if name.is_some() => self.notation(&notation::INTERFACE, None),
            Value::Signal(number) => self.constant(Const { table: &SIGNAL, raw: u64::from(*number) }),
            Value::Int(_) | Value::Uint(_) | Value::Hex(_) | Value::Length(_) | Value::Offset(_) => {}
            Value::Interface { .. } | Value::SigSet(_) | Value::Octets(_) | Value::Verbatim(_) => {}
            Value::Row(row) => row.items.iter().for_each(|item| self.value(item)),
            Value::NlMsg(message) => {
                self.members(&NLMSGHDR, &mut |this, field| match field.name {
                    "nlmsg_type" => this.constant(message.kind),
                    "nlmsg_flags" => this.flags(message.flags),
                    _ => {}
                });
                message.payload.iter().for_each(|part| self.value(part));
            }
            Value::NlAttr(attribute) => {
                self.members(&NLATTR, &mut |this, field| {
                    if field.name == "nla_type" {
                        this.constant(attribute.kind);
                    }
                });
                attribute.value.iter().for_each(|value| self.value(value));
            }
            Value::Cut(_) | Value::Short | Value::Opaque(_) => {}
        }
    }

    fn length(&mut self, length: Length) {
        match length.exit {
            Some(exit) if exit != length.entry => {
                self.notation(&notation::CHANGED, Some(format!("[{} => {exit}]", length.entry)));
            }
            _ => self.notation(&notation::UNCHANGED, Some(format!("[{}]", length.entry))),
        }
    }

    fn descriptor(&mut self, fd: &Fd) {
        if fd.target.is_some() {
            self.notation(&notation::TARGET, None);
        }
    }

    fn bytes(&mut self, bytes: &Bytes) {
        if bytes.truncated {
            self.notation(&notation::CUT, None);
        }
        if bytes.data.iter().any(|byte| !(matches!(byte, b' '..=b'~') || self.utf8 && *byte >= 0x80)) {
            self.notation(&notation::ESCAPED, None);
        }
    }

    fn constant(&mut self, constant: Const) {
        match constant.name() {
            Some(name) => {
                if let Some((_, doc)) = constant.table.member_doc(name) {
                    self.say(name, None, doc);
                }
            }
            None if constant.table.unknown.is_empty() => {}
            None => self.notation(&notation::UNNAMED, None),
        }
    }

    fn flags(&mut self, flags: Flags) {
        let (names, rest) = flags.table.split(flags.raw);
        for name in &names {
            if let Some((_, doc)) = flags.table.member_doc(name) {
                self.say(name, None, doc);
            }
        }
        if names.len() > 1 {
            self.notation(&notation::OR, None);
        }
        if rest != 0 && names.is_empty() {
            self.notation(&notation::UNNAMED, None);
        }
    }

    fn member(&mut self, field: &Field) {
        self.say(field.name, None, field.doc);
    }

    /// The members of a structure, with what is in each.
    fn members(&mut self, layout: &'static Layout, inside: &mut dyn FnMut(&mut Self, &'static Field)) {
        for field in layout.fields {
            self.member(field);
            self.within(|this| inside(this, field));
        }
    }

    fn record(&mut self, record: &Record) {
        for (field, value) in record.layout.fields.iter().zip(&record.fields) {
            self.member(field);
            self.within(|this| this.value(value));
        }
    }

    fn address(&mut self, address: &SockAddr) {
        let family = Const { table: &ADDRESS_FAMILY, raw: u64::from(address.family()) };
        match address {
            SockAddr::Family { record, .. } => {
                self.member(&SA_FAMILY);
                self.within(|this| this.constant(family));
                self.record(record);
            }
            _ => {
                let Some(layout) = address.layout() else { return self.constant(family) };
                self.members(layout, &mut |this, field| match (address, field.name) {
                    (_, "sa_family") => this.constant(family),
                    (SockAddr::Inet { port, .. } | SockAddr::Inet6 { port, .. }, "sin_port" | "sin6_port") => {
                        this.value(&Value::Port(*port));
                    }
                    (SockAddr::Inet { ip, .. }, "sin_addr") => this.value(&Value::Ipv4(*ip)),
                    (SockAddr::Inet6 { ip, .. }, "sin6_addr") => this.value(&Value::Ipv6(*ip)),
                    (SockAddr::Inet6 { flowinfo, .. }, "sin6_flowinfo") => this.value(&Value::Be32(*flowinfo)),
                    (SockAddr::Unix(UnixName::Abstract(_)), "sun_path") => this.notation(&notation::ABSTRACT, None),
                    _ => {}
                });
            }
        }
    }

    fn message(&mut self, msg: &MsgHdr) {
        self.members(&MSGHDR, &mut |this, field| match field.name {
            "msg_name" => this.value(&msg.name),
            "msg_namelen" if msg.namelen.exit.is_some_and(|exit| exit != msg.namelen.entry) => this.length(msg.namelen),
            "msg_iov" => this.value(&msg.iov),
            "msg_control" => msg.control.iter().for_each(|control| this.value(control)),
            "msg_flags" => this.flags(Flags { table: &MSG, raw: msg.flags.raw }),
            _ => {}
        });
    }

    fn control(&mut self, cmsg: &Cmsg) {
        self.members(&CMSG, &mut |this, field| match field.name {
            "cmsg_level" => this.constant(cmsg.level),
            "cmsg_type" => this.constant(cmsg.kind),
            "cmsg_data" => cmsg.data.iter().for_each(|data| this.value(data)),
            _ => {}
        });
    }
}

/// How the results of a call are written.
pub(crate) fn results(sys: &Syscall) -> Vec<&'static Notation> {
    let mut all: Vec<_> = [1, 0].iter().filter_map(|n| result(sys, sys.ret, *n)).collect();
    all.dedup();
    all.push(&notation::FAILED);
    all
}

/// The notation of a call's successful result.
fn result(sys: &Syscall, ret: RetTy, n: i64) -> Option<&'static Notation> {
    Some(match (ret, sys.effect) {
        (RetTy::Fd, _) => &notation::DESCRIPTOR,
        (_, Effect::Receives(_)) if n == 0 && !sys.counts_messages() => &notation::END,
        (_, Effect::Sends | Effect::Receives(_) | Effect::Copies { .. }) if !sys.counts_messages() => &notation::COUNT,
        (_, Effect::Waits) if n == 0 => &notation::TIMEOUT,
        (_, Effect::Waits) => &notation::READY,
        (RetTy::Int, _) if n == 0 => &notation::SUCCESS,
        _ => return None,
    })
}
