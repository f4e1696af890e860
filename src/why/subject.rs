//! What a call is about, read off its arguments: the descriptor, the address, and how it ended.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use crate::event::{Call, Ret};
use crate::syscall::Effect;
use crate::syscall::effect::number;
use crate::value::{Bytes, Record, SockAddr, Tail, UnixName, Value};

/// The number under which a call that waits is explained: no errno has it, nor one of the following.
pub(crate) const WAITING: i32 = 0;
/// A connection that is read at its end: `recv` returned 0.
pub(crate) const END: i32 = -1;
/// Control messages, descriptors mostly, did not come whole: `MSG_CTRUNC`.
pub(crate) const CUT: i32 = -2;
/// A wait found an error, or that the other end has hung up: `POLLERR`, `POLLHUP`, and `EPOLLERR`, `EPOLLHUP`.
pub(crate) const TROUBLE: i32 = -3;
/// A wait ended since its time was over.
pub(crate) const TIME_OVER: i32 = -4;
/// Fewer bytes or messages were taken than given.
pub(crate) const SHORT: i32 = -5;
/// What was received says no: a name server's answer, or one in the clear to a client that begins TLS.
pub(crate) const ANSWER: i32 = -6;
/// A socket was closed with something sent on it that has no answer, after a wait for one.
pub(crate) const UNANSWERED: i32 = -7;

/// What there is to explain: the error a call ended with, [`WAITING`] where it did not end, or one of the numbers above
/// for a success that is less than it looks. `None` where there is nothing.
///
/// A connection that is made without waiting fails in `getsockopt(SO_ERROR)`, which itself succeeds; the error is what
/// it brought. A call that a signal interrupted waited until then.
pub(crate) fn errno(call: &Call) -> Option<i32> {
    let waits = call.sys.effect_of(&call.args).may_take_long();
    match call.ret {
        Ret::Err(error) if error.is_restart() || error.0 == libc::EINTR => waits.then_some(WAITING),
        Ret::Err(error) => Some(error.0),
        Ret::Unfinished => waits.then_some(WAITING),
        Ret::Ok(n) => pending_error(call).or_else(|| success(call, n)),
    }
}

/// What is to be explained of a call that succeeded.
fn success(call: &Call, n: i64) -> Option<i32> {
    match call.sys.effect {
        Effect::Receives(_) if !call.sys.counts_messages() => {
            let cut = match call.arg("msg") {
                Some(Value::MsgHdr(message)) => message.flags.raw & libc::MSG_CTRUNC as u64 != 0,
                _ => false,
            };
            let wanted = ["size", "count", "len"].into_iter().find_map(|name| call.arg(name).and_then(number));
            match n {
                _ if cut => Some(CUT),
                0 if wanted != Some(0) => Some(END),
                _ => is_negative(call, n, wanted).then_some(ANSWER),
            }
        }
        Effect::Sends | Effect::Copies { .. } => {
            let given = if call.sys.counts_messages() { call.arg("vlen").and_then(number) } else { given(call) };
            u64::try_from(n).is_ok_and(|n| given.is_some_and(|given| n < given)).then_some(SHORT)
        }
        Effect::Waits if n == 0 => timeout(call).is_some_and(|time| time > Duration::ZERO).then_some(TIME_OVER),
        Effect::Waits => troubled(call).next().map(|_| TROUBLE),
        _ => None,
    }
}

/// Whether what was received may be an answer that says no. Who else knows of the connection decides.
fn is_negative(call: &Call, n: i64, wanted: Option<u64>) -> bool {
    // A client of TLS reads the head of a record first.
    if (n, wanted) == (TLS_HEAD, Some(TLS_HEAD as u64)) {
        return payload(call).and_then(|bytes| bytes.first().copied()).is_some_and(|kind| !TLS_RECORDS.contains(&kind));
    }
    n >= NameAnswer::HEAD as i64 && payload(call).is_some_and(|bytes| NameAnswer::read(&bytes).is_some())
}

/// RFC 8446, 5.1: the bytes before each record, and the kinds that records have.
const TLS_HEAD: i64 = 5;
const TLS_RECORDS: std::ops::RangeInclusive<u8> = 20..=24;

/// Whether a call sends the beginning of TLS: the head of a record with a handshake, of any version.
pub(crate) fn begins_tls(call: &Call) -> bool {
    payload(call).is_some_and(|bytes| bytes.starts_with(&[22, 3]))
}

/// What a call sent or received, as far as its beginning is known.
pub(crate) fn payload(call: &Call) -> Option<Cow<'_, [u8]>> {
    let vectors = call.arg("iov").or_else(|| call.arg("vec")).or_else(|| match call.arg("msg") {
        Some(Value::MsgHdr(message)) => Some(&message.iov),
        _ => None,
    });
    match (call.arg("buf"), vectors) {
        (Some(Value::Bytes(bytes)), _) => Some(Cow::Borrowed(&bytes.data[..])),
        (None, Some(vectors)) => Some(Cow::Owned(front(vectors))),
        _ => None,
    }
}

/// The first bytes of a buffer or of several, as far as they are known without a gap.
pub(crate) fn front(data: &Value) -> Vec<u8> {
    fn add(data: &Value, kept: &mut Vec<u8>) -> bool {
        match data {
            Value::Bytes(Bytes { data, truncated }) => {
                kept.extend_from_slice(data);
                !truncated
            }
            Value::Array(array) => array.items.iter().all(|item| add(item, kept)),
            Value::Record(record) => match record.get("iov_base") {
                Some(base) => add(base, kept),
                None => false,
            },
            _ => false,
        }
    }
    let mut kept = Vec::new();
    add(data, &mut kept);
    kept
}

/// A name server's answer that there is none, as far as `-s` left it (RFC 1035, 4.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NameAnswer {
    /// Why.
    pub rcode: u8,
    /// What was asked for; `…` stands for what was cut.
    pub name: String,
}

impl NameAnswer {
    /// Bytes before the question.
    const HEAD: usize = 12;
    const SERVER_FAILED: u8 = 2;
    pub(crate) const NO_SUCH_NAME: u8 = 3;
    const REFUSED: u8 = 5;

    /// The answer, if it is one and says no.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (head, mut rest) = bytes.split_at_checked(Self::HEAD)?;
        // It is an answer to a plain question, there is one question, and the reserved bit is 0.
        let (is_answer, rcode) = (head[2] & 0xf8 == 0x80 && head[3] & 0x40 == 0, head[3] & 0xf);
        if !is_answer
            || !matches!(rcode, Self::SERVER_FAILED | Self::NO_SUCH_NAME | Self::REFUSED)
            || head[4..6] != [0, 1]
        {
            return None;
        }
        let mut labels = Vec::new();
        loop {
            match rest.split_first() {
                None => labels.push("…".to_owned()),
                Some((0, _)) => {}
                Some((&len @ 1..64, more)) => {
                    let len = usize::from(len);
                    let label = &more[..len.min(more.len())];
                    if label.iter().any(|byte| !byte.is_ascii_graphic()) {
                        return None;
                    }
                    labels.push(String::from_utf8_lossy(label).into_owned() + if label.len() < len { "…" } else { "" });
                    if label.len() == len {
                        rest = &more[len..];
                        continue;
                    }
                }
                Some(_) => return None,
            }
            break;
        }
        Some(Self { rcode, name: labels.join(".") })
    }

    /// The standard's name of why.
    pub(crate) fn code(&self) -> &'static str {
        match self.rcode {
            Self::SERVER_FAILED => "SERVFAIL",
            Self::NO_SUCH_NAME => "NXDOMAIN",
            _ => "REFUSED",
        }
    }
}

/// How many bytes a call that sends was given.
pub(crate) fn given(call: &Call) -> Option<u64> {
    match (call.arg("len").or_else(|| call.arg("count")), call.arg("iov").or_else(|| call.arg("vec")), call.arg("msg"))
    {
        (Some(len), ..) => number(len),
        (_, Some(vector), _) => bytes_in(vector),
        (_, _, Some(Value::MsgHdr(message))) => bytes_in(&message.iov),
        _ => None,
    }
}

/// How many bytes the buffers of an array have, where all of them are known.
pub(crate) fn bytes_in(array: &Value) -> Option<u64> {
    let Value::Array(array) = array else { return None };
    let lengths = array.items.iter().map(|item| match item {
        Value::Record(record) => record.get("iov_len").and_then(number),
        _ => None,
    });
    if matches!(array.tail, Tail::End) { lengths.sum() } else { None }
}

/// Which descriptor a wait found something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    /// Its number, as `poll` has it.
    Number(i32),
    /// What the program gave `epoll_ctl` to know it by.
    Note(u64),
}

/// The descriptors in which a wait found an error, or that the other end has hung up, with what was found. epoll's bits
/// are those of poll.
pub(crate) fn troubled(call: &Call) -> impl Iterator<Item = (Member, u16)> {
    const TROUBLE: u16 = (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) as u16;
    let found = match call.arg("fds").or_else(|| call.arg("events")) {
        Some(Value::Array(found)) => found.items.as_slice(),
        _ => &[],
    };
    let all = found.iter().filter_map(|item| match item {
        Value::PollFd(poll) => Some((Member::Number(poll.fd.raw), poll.revents.unwrap_or(0))),
        Value::Record(event) => Some((Member::Note(note(event)?), event.get("events").and_then(number)? as u16)),
        _ => None,
    });
    // That the other end has ended sending is how connections end, and counts where there is nothing else.
    let worst = if all.clone().any(|(_, found)| found & TROUBLE != 0) { TROUBLE } else { libc::POLLRDHUP as u16 };
    all.filter(move |(_, found)| found & worst != 0)
}

/// Whether all that a wait found is that other ends have ended sending.
pub(crate) fn only_ended(call: &Call) -> bool {
    troubled(call).all(|(_, found)| found & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) as u16 == 0)
}

/// What the program gave `epoll_ctl` to know a descriptor by.
pub(crate) fn note(event: &Record) -> Option<u64> {
    match event.get("data")? {
        Value::Record(data) => data.get("u64").and_then(number),
        _ => None,
    }
}

/// The descriptors that `poll` or `select` is given to watch, in order. What an epoll set watches no call says.
pub(crate) fn watched(call: &Call) -> Vec<i32> {
    let mut all = Vec::new();
    let mut add = |fd: i32| {
        if fd >= 0 && !all.contains(&fd) {
            all.push(fd);
        }
    };
    for value in &call.args {
        match value {
            Value::Array(fds) => fds.items.iter().for_each(|item| {
                if let Value::PollFd(poll) = item {
                    add(poll.fd.raw);
                }
            }),
            Value::FdSet(set) => set.entry.iter().for_each(|fd| add(fd.raw)),
            _ => {}
        }
    }
    all
}

/// The epoll set that a call waits on.
pub(crate) fn epoll_set(call: &Call) -> Option<i32> {
    match call.arg("epfd")? {
        Value::Fd(set) if call.sys.effect == Effect::Waits => Some(set.raw),
        _ => None,
    }
}

/// The time after which a call that waits gives up; `None` where it waits for ever, or where that is not known.
pub(crate) fn timeout(call: &Call) -> Option<Duration> {
    let value = call.arg("timeout").or_else(|| call.arg("tmo_p"))?;
    duration(value).or_else(|| match value {
        Value::Timeout(_) | Value::Record(_) | Value::Ref(_) | Value::Pointer(_) => None,
        millis => u64::try_from(number(millis)? as i32).ok().map(Duration::from_millis),
    })
}

/// The time in a `timespec` or a `timeval`.
pub(crate) fn duration(value: &Value) -> Option<Duration> {
    let record: &Record = match value {
        Value::Timeout(timeout) => &timeout.entry,
        Value::Record(record) => record,
        Value::Ref(inner) => return duration(inner),
        _ => return None,
    };
    let part = |name: &str| record.get(name).and_then(number);
    let fraction = part("tv_nsec").or_else(|| part("tv_usec")?.checked_mul(1000))?;
    Some(Duration::new(part("tv_sec")?, u32::try_from(fraction).ok()?))
}

/// A time in milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// How long a call asks to sleep, or by its clock until when, and whether it is that.
pub(crate) fn sleep(call: &Call) -> Option<(Duration, bool)> {
    let asked = call.arg("request").or_else(|| call.arg("req")).and_then(duration)?;
    let until = matches!(call.arg("flags"), Some(Value::Flags(flags)) if flags.raw & libc::TIMER_ABSTIME as u64 != 0);
    Some((asked, until))
}

/// Whether a wait for descriptors is for none, and so a way to sleep.
pub(crate) fn waits_for_none(call: &Call) -> bool {
    call.sys.effect == Effect::Waits && call.arg("nfds").and_then(number) == Some(0)
}

/// Whether a call that waits is known to wait for ever if nothing happens.
pub(crate) fn waits_for_ever(call: &Call) -> bool {
    match call.arg("timeout").or_else(|| call.arg("tmo_p")) {
        Some(Value::Pointer(0)) => true,
        Some(value @ (Value::Int(_) | Value::Uint(_))) => number(value).is_some_and(|ms| (ms as i32) < 0),
        _ => false,
    }
}

/// The error `getsockopt(SO_ERROR)` brought.
pub(crate) fn pending_error(call: &Call) -> Option<i32> {
    if call.sys.effect != Effect::ReadsOption {
        return None;
    }
    let is = |name: &str, wanted: i32| matches!(call.arg(name), Some(Value::Const(c)) if c.raw == wanted as u64);
    if !(is("level", libc::SOL_SOCKET) && is("optname", libc::SO_ERROR)) {
        return None;
    }
    let Some(Value::Ref(inner)) = call.arg("optval") else { return None };
    let number = match &**inner {
        Value::Const(error) => error.raw as i32,
        Value::Int(error) => *error as i32,
        _ => return None,
    };
    (number != 0).then_some(number)
}

/// The descriptor a call is made on; of `poll`, the first that is in trouble; of `poll` and `select`, the only one it waits
/// for; of a wait for an epoll set, that set. `None` where it is on several, or on none: a directory by its own name
/// (`AT_FDCWD`) is none.
pub(crate) fn descriptor(call: &Call) -> Option<i32> {
    if call.sys.effect == Effect::Waits {
        if let Some((Member::Number(fd), _)) = matches!(call.ret, Ret::Ok(_)).then(|| troubled(call).next()).flatten() {
            return Some(fd);
        }
        if let [only] = watched(call).as_slice() {
            return Some(*only);
        }
    }
    call.sys.params.iter().zip(&call.args).find_map(|(param, value)| match value {
        Value::Fd(fd) => param.ty.descriptor(fd.raw),
        _ => None,
    })
}

/// The descriptor that a call writes to: of one that copies, not the first.
pub(crate) fn target(call: &Call) -> Option<i32> {
    match call.sys.effect {
        Effect::Copies { to, .. } => copied(call, to),
        _ => descriptor(call),
    }
}

/// The descriptor in an argument of a call that copies.
pub(crate) fn copied(call: &Call, at: usize) -> Option<i32> {
    match call.args.get(at)? {
        Value::Fd(fd) => Some(fd.raw),
        _ => None,
    }
}

/// All descriptors that a call is given, in order.
pub(crate) fn descriptors(call: &Call) -> Vec<i32> {
    let mut all = Vec::new();
    for (param, value) in call.sys.params.iter().zip(&call.args) {
        value.each_fd(&mut |fd| all.extend(param.ty.descriptor(fd).filter(|fd| !all.contains(fd))));
    }
    all
}

/// The address a call is given.
pub(crate) fn address(call: &Call) -> Option<&SockAddr> {
    let given = ["addr", "dest_addr"].into_iter().find_map(|name| match call.arg(name) {
        Some(Value::SockAddr(address)) => Some(address),
        _ => None,
    });
    let gives = matches!(call.sys.effect, Effect::Binds | Effect::Connects | Effect::Sends);
    let message = || match call.arg("msg") {
        Some(Value::MsgHdr(message)) => match &message.name {
            Value::SockAddr(address) => Some(address),
            _ => None,
        },
        _ => None,
    };
    if gives { given.or_else(message) } else { None }
}

/// Where a call received something from, as it says itself.
pub(crate) fn address_from(call: &Call) -> Option<String> {
    let name = match (call.arg("src_addr"), call.arg("msg")) {
        (Some(Value::SockAddr(address)), _) => address,
        (_, Some(Value::MsgHdr(message))) => match &message.name {
            Value::SockAddr(address) => address,
            _ => return None,
        },
        _ => return None,
    };
    place(name)
}

/// An internet address, whatever its scope.
pub(crate) fn inet(address: &SockAddr) -> Option<SocketAddr> {
    address.ip_and_port().map(SocketAddr::from)
}

/// An address in one word: `127.0.0.1:80`, `[::1]:80`, a path, or `@name`; `None` for one that is no place.
pub(crate) fn place(address: &SockAddr) -> Option<String> {
    match address {
        SockAddr::Unix(UnixName::Path(path)) => Some(String::from_utf8_lossy(path).into_owned()),
        SockAddr::Unix(UnixName::Abstract(name)) => Some(format!("@{}", String::from_utf8_lossy(name))),
        other => inet(other).filter(|at| at.port() != 0 || !at.ip().is_unspecified()).map(|at| at.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::NameAnswer;

    #[test]
    fn an_answer_without_a_name_is_known_as_far_as_it_goes() {
        let answer = b"ab\x81\x83\0\x01\0\0\0\0\0\0\x06nosuch\x07example\0\0\x01\0\x01";
        let name = |bytes: &[u8]| NameAnswer::read(bytes).map(|answer| answer.name);
        assert_eq!(name(answer).as_deref(), Some("nosuch.example"));
        assert_eq!(name(&answer[..22]).as_deref(), Some("nosuch.ex…"));
        assert_eq!(name(&answer[..19]).as_deref(), Some("nosuch.…"));
        assert_eq!(NameAnswer::read(answer).unwrap().code(), "NXDOMAIN");
        // A question, an answer that brings something, and bytes that are none.
        for (at, byte) in [(2, 1), (3, 0x80), (5, 2), (12, 0xc0), (13, 7)] {
            let mut other = answer.to_vec();
            other[at] = byte;
            assert_eq!(name(&other), None, "{at}");
        }
        for len in 0..12 {
            assert_eq!(name(&answer[..len]), None);
        }
    }
}
