//! Removes accidental differences between two traces of the same program.
//!
//! Numbers that the kernel hands out (processes, descriptors, ephemeral ports, addresses in memory, inodes) and times
//! differ from run to run. Each call is reduced to a [`Token`]: its arguments and result as text, in which such
//! numbers are replaced by their kind. The numbers of descriptors and ports are kept separately, so that a comparison
//! can map them: the same descriptor on the left must be the same one on the right.

use std::collections::HashSet;

use crate::event::{Body, Call, Event, Exit, Ret};
use crate::syscall::{self, Change, Effect, Param, RetTy, Ty};
use crate::text::{Style, target, write_value};
use crate::value::{Array, Fd, NlMsg, PollFd, Record, Scope, SockAddr, Timeout, Value, layout};
use crate::xlat;

/// Which accidental differences are kept, and so count as differences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keep {
    /// Numbers of processes and threads.
    pub pids: bool,
    /// Numbers of descriptors.
    pub fds: bool,
    /// Ports the kernel chose.
    pub ports: bool,
    /// Addresses in memory.
    pub pointers: bool,
    /// What `-y` shows, especially inodes.
    pub inodes: bool,
    /// Times: the rest of timeouts, timeouts to the last digit, how often a thread asked in vain before something came
    /// (looks at an epoll set that found nothing, calls that a signal interrupted and that were made again), and when
    /// and in which of its threads a process heard that a child had ended.
    pub times: bool,
}

impl Keep {
    /// The names of what can be kept, as the command spells them.
    pub const NAMES: [&str; 6] = ["pids", "fds", "ports", "pointers", "inodes", "times"];

    /// Keeps one more by name; false where the name is unknown.
    pub fn keep(&mut self, name: &str) -> bool {
        match name {
            "pids" => self.pids = true,
            "fds" => self.fds = true,
            "ports" => self.ports = true,
            "pointers" => self.pointers = true,
            "inodes" => self.inodes = true,
            "times" => self.times = true,
            _ => return false,
        }
        true
    }
}

/// The range of ports that the kernel chooses from, `net.ipv4.ip_local_port_range` by default.
pub(crate) const EPHEMERAL: std::ops::RangeInclusive<u16> = 32768..=60999;
/// Hex numbers of unknown meaning from this one on are treated as addresses.
const SURELY_ADDRESS: u64 = 0x10000;
/// How far apart two timeouts that are not kept may be, ns: one that was computed from a deadline is never exact, and the
/// longer the less.
const COARSE_NS: i64 = 100_000_000;

/// Whether two timeouts are the same but for the time that passed before them.
pub(crate) fn same_time(left: i64, right: i64) -> bool {
    left.abs_diff(right) <= left.max(right).unsigned_abs().div_euclid(4).max(COARSE_NS.unsigned_abs())
}

/// A number that may differ between the sides and still denote the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Handle {
    /// A descriptor.
    Fd(i32),
    /// An ephemeral port.
    Port(u16),
    /// A timeout, ns: what is left until a deadline is never the same.
    Time(i64),
}

/// One argument or result in comparable form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenPart {
    /// Its name in the man page; `ret` or `errno` for the result.
    pub name: &'static str,
    /// Its text without accidental differences.
    pub text: String,
    /// The numbers that were removed, in order.
    pub handles: Vec<Handle>,
}

/// A call, signal or exit of a thread in comparable form.
#[derive(Debug, Clone, Default)]
pub struct Token {
    /// Index of the event in its trace.
    pub at: usize,
    /// The call's name, or `---` and `+++` for signals and ends.
    pub name: &'static str,
    /// Arguments, then the result.
    pub parts: Vec<TokenPart>,
    /// The new descriptors that the call made.
    pub made: Vec<i32>,
    /// Its lasting effect.
    pub effect: Effect,
    /// What it does to its process's descriptors.
    pub(crate) change: Change,
    /// Whether it failed.
    pub failed: bool,
    /// What of it is chance, where times do not count.
    pub(crate) chance: Chance,
}

/// What a run of a program does that the next one may not, or elsewhere. An event loop looks at its set between any two
/// of its callbacks, and how many of them run before something comes is chance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Chance {
    /// It is no chance.
    #[default]
    No,
    /// It looked at an epoll set without waiting, and found nothing.
    Looked,
    /// A signal interrupted it: in vain if it is made again.
    Interrupted,
    /// It comes to any thread of the process, at any time: `SIGCHLD` (signal(7), "Process-directed signals").
    Anywhere,
}

impl Token {
    /// Everything that is compared, except handles.
    pub fn key(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name).chain(self.parts.iter().map(|part| part.text.as_str()))
    }
}

/// Makes the events of one trace comparable.
#[derive(Debug)]
pub struct Normalizer {
    keep: Keep,
    pids: HashSet<u32>,
    chosen: Vec<u16>,
    /// Whether the program gives each descriptor that it watches itself as its data.
    watches_by_fd: bool,
}

impl Normalizer {
    /// For a trace; it is looked through once for the numbers of its processes. The ports `chosen` are what the
    /// kernel's own choices are.
    pub fn new(trace: &[Event], keep: Keep, chosen: &[u16]) -> Self {
        let mut pids: HashSet<u32> = trace.iter().flat_map(|event| [event.pid, event.tid]).collect();
        for event in trace {
            if let Body::Call(call) = &event.body
                && call.sys.ret == RetTy::Pid
                && let Ret::Ok(n) = call.ret
                && let Ok(n) = u32::try_from(n)
            {
                pids.insert(n);
            }
        }
        pids.remove(&0);
        let mut data = trace.iter().filter_map(|event| match &event.body {
            Body::Call(call) => match (call.sys.effect, call.arg("fd"), call.arg("event")) {
                (Effect::Watches(_), Some(Value::Fd(fd)), Some(Value::Record(event))) => {
                    Some((fd.raw, watched(event)?))
                }
                _ => None,
            },
            _ => None,
        });
        let watches_by_fd = data.all(|(fd, data)| data as u32 == fd as u32);
        Self { keep, pids, chosen: chosen.to_vec(), watches_by_fd }
    }

    /// The token of an event; `None` for remarks and lines that could not be read.
    pub fn token(&self, at: usize, event: &Event) -> Option<Token> {
        match &event.body {
            Body::Call(call) => Some(self.call(at, call)),
            Body::Signal(signal) => {
                let name = xlat::signal::signal_name(u64::from(signal.number)).unwrap_or_default().into_owned();
                let of_the_process = signal.number == libc::SIGCHLD as u32 && !self.keep.times;
                let chance = if of_the_process { Chance::Anywhere } else { Chance::No };
                Some(Token { at, name: "---", parts: vec![part("signal", name)], chance, ..Token::default() })
            }
            Body::Stopped { signal } => {
                let name = xlat::signal::signal_name(u64::from(*signal)).unwrap_or_default().into_owned();
                Some(Token { at, name: "---", parts: vec![part("stopped", name)], ..Token::default() })
            }
            Body::Exit(exit) => {
                let text = match exit {
                    Exit::Status(status) => format!("exited with {status}"),
                    Exit::Killed { signal, .. } => {
                        let name = xlat::signal::signal_name(u64::from(*signal));
                        format!("killed by {}", name.unwrap_or_else(|| signal.to_string().into()))
                    }
                };
                Some(Token { at, name: "+++", parts: vec![part("exit", text)], ..Token::default() })
            }
            Body::Started { .. } | Body::Note(_) | Body::Count(_) | Body::Unread(_) => None,
        }
    }

    fn call(&self, at: usize, call: &Call) -> Token {
        let mut parts = Vec::with_capacity(call.args.len() + 1);
        let style = Style::default();
        for (position, value) in call.args.iter().enumerate() {
            let param = call.sys.params.get(position);
            let mut part = TokenPart { name: param.map_or("more", |param| param.name), ..TokenPart::default() };
            let milliseconds = matches!(param, Some(param) if matches!(param.ty, Ty::Millis));
            match value {
                Value::Int(n) if milliseconds && !self.keep.times && *n > 0 => {
                    self.timeout(n.saturating_mul(1_000_000), &mut part);
                }
                Value::Int(n)
                    if !self.keep.pids
                        && param.is_some_and(|param| matches!(param.ty, Ty::Pid))
                        && u32::try_from(*n).is_ok_and(|n| self.pids.contains(&n)) =>
                {
                    part.text.push_str("PID");
                }
                Value::Hex(n) if !self.keep.pids && self.is_process(call, position, *n) => part.text.push_str("PID"),
                // The target of an unknown request, and raw arguments, are judged by their size.
                Value::Hex(n) if *n >= SURELY_ADDRESS && !self.keep.pointers && may_be_pointer(call, param) => {
                    part.text.push_str("PTR");
                }
                value => self.value(value, &style, &mut part),
            }
            parts.push(part);
        }
        let (fd, made) = (call.sys.returns_descriptor(&call.args), call.made());
        let mut failed = false;
        let result = match call.ret {
            Ret::Ok(n) if fd => {
                let mut result = part("ret", String::new());
                self.value(&Value::Fd(Fd { raw: n as i32, target: call.ret_target.clone() }), &style, &mut result);
                result
            }
            Ret::Ok(n) => part("ret", self.number(n, call)),
            Ret::Err(errno) => {
                failed = true;
                part("errno", errno.name().map_or_else(|| errno.0.to_string(), str::to_owned))
            }
            Ret::Unfinished => part("ret", "?".into()),
        };
        parts.push(result);
        let (effect, change) = (call.sys.effect_of(&call.args), call.change());
        let mut chance = Chance::No;
        if !self.keep.times {
            chance = in_vain(call);
            if let (Some(timeout), Ret::Ok(1..)) = (set_timeout(call), call.ret) {
                parts[timeout].text.clear(); // how long it would have waited depends on what else was to do
                parts[timeout].handles.clear();
            }
        }
        Token { at, name: call.sys.name, parts, made, effect, change, failed, chance }
    }

    fn number(&self, n: i64, call: &Call) -> String {
        let is_pid = || u32::try_from(n).is_ok_and(|n| self.pids.contains(&n));
        if call.sys.ret_ty(&call.args) == RetTy::Pointer && !self.keep.pointers {
            "PTR".into()
        } else if (!call.sys.is_known() || call.sys.ret == RetTy::Pid) && !self.keep.pids && is_pid() {
            "PID".into()
        } else {
            n.to_string()
        }
    }

    /// One value's text, and what was removed from it.
    fn value(&self, value: &Value, style: &Style, part: &mut TokenPart) {
        match value {
            Value::Fd(fd) => self.fd(fd, part),
            Value::Pointer(address) if *address != 0 && !self.keep.pointers => part.text.push_str("PTR"),
            Value::SockAddr(SockAddr::Inet { port, ip }) => {
                part.text.push_str(&format!("{ip}:"));
                self.port(*port, part);
            }
            Value::SockAddr(SockAddr::Inet6 { port, flowinfo, ip, scope }) => {
                let scope = scope.as_ref().map_or(0, Scope::id);
                part.text.push_str(&format!("[{ip}%{scope} {flowinfo}]:"));
                self.port(*port, part);
            }
            Value::SockAddr(SockAddr::Family { family, .. })
                if !self.keep.pids && *family == libc::AF_NETLINK as u16 =>
            {
                part.text.push_str("netlink"); // its address is the process's number
            }
            Value::Array(Array { items, tail }) => {
                part.text.push('[');
                for item in items {
                    self.value(item, style, part);
                    part.text.push(',');
                }
                part.text.push_str(&format!("{tail:?}]"));
            }
            Value::PollFd(PollFd { fd, events, revents }) => {
                self.fd(fd, part);
                part.text.push_str(&format!(":{:#x}/{:#x}", events.unwrap_or(0), revents.unwrap_or(0)));
            }
            Value::FdSet(set) => {
                for fd in &set.entry {
                    self.fd(fd, part);
                    part.text.push(' ');
                }
                part.text.push('>');
                for fd in set.exit.iter().flatten() {
                    self.fd(fd, part);
                    part.text.push(' ');
                }
            }
            Value::Timeout(timeout) => {
                let Timeout { entry, left } = &**timeout;
                let (entry, left) = (Value::Record(entry.clone()), left.clone().map(Value::Record));
                self.time(&entry, style, part);
                if let Some(left) = left.filter(|_| self.keep.times) {
                    write_value(&left, style, &mut part.text);
                }
            }
            // Most programs set the lower half alone, to a descriptor; the rest is what was on the stack.
            Value::Record(record) if record.layout == &layout::EPOLL_DATA => match data(record) {
                Some(data) if self.watches_by_fd => self.fd(&Fd { raw: data as i32, target: None }, part),
                Some(data) if data >= SURELY_ADDRESS && !self.keep.pointers => part.text.push_str("PTR"),
                _ => write_value(value, style, &mut part.text),
            },
            Value::Record(record) => {
                part.text.push('{');
                for (field, value) in record.pairs() {
                    part.text.push_str(field.name);
                    part.text.push('=');
                    self.value(value, style, part);
                    part.text.push(',');
                }
                part.text.push('}');
            }
            Value::MsgHdr(msg) => {
                self.value(&msg.name, style, part);
                part.text.push_str(&format!(" {:?} ", msg.namelen));
                self.value(&msg.iov, style, part);
                if let Some(control) = &msg.control {
                    self.value(control, style, part);
                }
                part.text.push_str(&format!(" {} {:#x}", msg.controllen, msg.flags.raw));
            }
            Value::MmsgHdr(msg) => {
                self.value(&Value::MsgHdr(Box::new(msg.hdr.clone())), style, part);
                part.text.push_str(&format!(" {:?}", msg.len));
            }
            Value::Cmsg(cmsg) => {
                part.text.push_str(&format!("{} {:#x} {:#x} ", cmsg.len, cmsg.level.raw, cmsg.kind.raw));
                if let Some(data) = &cmsg.data {
                    self.value(data, style, part);
                }
            }
            Value::Row(row) => {
                for item in &row.items {
                    self.value(item, style, part);
                    part.text.push(' ');
                }
            }
            // The numbers of messages are times, those of sockets processes.
            Value::NlMsg(message) => {
                let NlMsg { len, kind, flags, payload, .. } = &**message;
                part.text.push_str(&format!("{len} {:#x} {:#x} ", kind.raw, flags.raw));
                for item in payload {
                    self.value(item, style, part);
                    part.text.push(' ');
                }
            }
            Value::Ref(inner) => {
                part.text.push('[');
                self.value(inner, style, part);
                part.text.push(']');
            }
            Value::Port(port) => self.port(*port, part),
            Value::Verbatim(text) => self.verbatim(text, part),
            value => write_value(value, style, &mut part.text),
        }
    }

    fn fd(&self, fd: &Fd, part: &mut TokenPart) {
        if self.keep.fds || fd.raw < 0 {
            part.text.push_str(&fd.raw.to_string());
        } else {
            part.text.push_str("FD");
            part.handles.push(Handle::Fd(fd.raw));
        }
        if let Some(found) = fd.target.as_ref().filter(|_| self.keep.inodes) {
            target::write(found, &Style::default(), &mut part.text);
        }
    }

    fn port(&self, port: u16, part: &mut TokenPart) {
        if self.keep.ports || !(EPHEMERAL.contains(&port) || self.chosen.contains(&port)) {
            part.text.push_str(&port.to_string());
        } else {
            part.text.push_str("PORT");
            part.handles.push(Handle::Port(port));
        }
    }

    /// A time in seconds and a fraction.
    fn time(&self, value: &Value, style: &Style, part: &mut TokenPart) {
        let Value::Record(record) = value else { return };
        let (seconds, fraction) = match record.fields.as_slice() {
            [Value::Int(seconds), Value::Int(fraction)] if !self.keep.times => (*seconds, *fraction),
            _ => return write_value(value, style, &mut part.text),
        };
        let ns = if record.get("tv_usec").is_some() { fraction.saturating_mul(1000) } else { fraction };
        match seconds.saturating_mul(1_000_000_000).saturating_add(ns) {
            0 => part.text.push_str("0 ms"),
            total => self.timeout(total, part),
        }
    }

    /// A timeout that is not kept to the last digit.
    fn timeout(&self, ns: i64, part: &mut TokenPart) {
        part.text.push_str("TIME");
        part.handles.push(Handle::Time(ns));
    }

    /// Whether an argument of a call that the table does not describe is the number of a process of this trace.
    fn is_process(&self, call: &Call, at: usize, n: u64) -> bool {
        syscall::takes_process(call.sys.name, at) && u32::try_from(n).is_ok_and(|n| self.pids.contains(&n))
    }

    /// Text of an unknown call: addresses, numbers of processes and decorations are recognised by their form.
    fn verbatim(&self, text: &str, part: &mut TokenPart) {
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut copied = 0;
        while at < bytes.len() {
            let word = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            let token = &text[at..at + word];
            let replaced = match token.strip_prefix("0x") {
                Some(hex) if hex.len() >= 5 && !self.keep.pointers => Some("PTR"),
                None if !self.keep.pids && token.parse().is_ok_and(|n: u32| self.pids.contains(&n)) => Some("PID"),
                _ => None,
            };
            if let Some(replaced) = replaced {
                part.text.push_str(&text[copied..at]);
                part.text.push_str(replaced);
                copied = at + word;
            }
            at += word.max(1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
        part.text.push_str(&text[copied..]);
    }
}

/// The data of `epoll_data_t`.
fn data(record: &Record) -> Option<u64> {
    match record.get("u64")? {
        Value::Uint(data) => Some(*data),
        _ => None,
    }
}

/// The data that `epoll_ctl` gives a descriptor.
fn watched(event: &Record) -> Option<u64> {
    match event.get("data")? {
        Value::Record(record) => data(record),
        _ => None,
    }
}

/// Whether an argument of unknown type may be an address.
fn may_be_pointer(call: &Call, param: Option<&Param>) -> bool {
    !call.sys.is_known() || param.is_some_and(|param| matches!(param.ty, Ty::CommandArg { .. }))
}

fn part(name: &'static str, text: String) -> TokenPart {
    TokenPart { name, text, handles: Vec::new() }
}

/// The timeout's position in a call that waits at an epoll set.
fn set_timeout(call: &Call) -> Option<usize> {
    let position = |wanted: fn(&Param) -> bool| call.sys.params.iter().position(wanted);
    position(|param| matches!(param.ty, Ty::EpollEvents { .. })).and(position(|param| param.name == "timeout"))
}

fn in_vain(call: &Call) -> Chance {
    let looks = || match set_timeout(call).and_then(|at| call.args.get(at)) {
        Some(Value::Int(ms)) => *ms == 0,
        Some(Value::Record(time)) => time.fields.iter().all(|part| *part == Value::Int(0)),
        _ => false,
    };
    match call.ret {
        Ret::Ok(0) if looks() => Chance::Looked,
        Ret::Err(errno) if errno.0 == libc::EINTR || errno.is_restart() => Chance::Interrupted,
        _ => Chance::No,
    }
}
