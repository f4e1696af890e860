//! What a call is about, read off its arguments: the descriptor, the address, and how it ended.

use std::net::SocketAddr;
use std::time::Duration;

use crate::event::{Call, Ret};
use crate::syscall::Effect;
use crate::syscall::effect::number;
use crate::value::{Record, SockAddr, Tail, UnixName, Value};

/// The number under which a call that waits is explained: no errno has it, nor one of the following.
pub(crate) const WAITING: i32 = 0;
/// A connection that is read at its end: `recv` returned 0.
pub(crate) const END: i32 = -1;
/// Control messages, descriptors mostly, did not come whole: `MSG_CTRUNC`.
pub(crate) const CUT: i32 = -2;
/// `poll` found an error, or that the other end has hung up: `POLLERR`, `POLLHUP`.
pub(crate) const TROUBLE: i32 = -3;
/// A wait ended since its time was over.
pub(crate) const TIME_OVER: i32 = -4;
/// Fewer bytes were taken than given.
pub(crate) const SHORT: i32 = -5;

/// What there is to explain: the error a call ended with, [`WAITING`] where it did not end, or one of the numbers above
/// for a success that is less than it looks. `None` where there is nothing.
///
/// A connection that is made without waiting fails in `getsockopt(SO_ERROR)`, which itself succeeds; the error is what
/// it brought. A call that a signal interrupted waited until then.
pub(crate) fn errno(call: &Call) -> Option<i32> {
    let waits = call.sys.effect.may_wait() || call.sys.effect == Effect::AwaitsWake;
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
                _ => None,
            }
        }
        Effect::Sends if !call.sys.counts_messages() => {
            let given = given(call)?;
            (u64::try_from(n).is_ok_and(|n| n < given)).then_some(SHORT)
        }
        Effect::Waits if n == 0 => timeout(call).is_some_and(|time| time > Duration::ZERO).then_some(TIME_OVER),
        Effect::Waits => troubled(call).next().map(|_| TROUBLE),
        _ => None,
    }
}

/// How many bytes a call that sends was given.
pub(crate) fn given(call: &Call) -> Option<u64> {
    let sum = |array: &Value| -> Option<u64> {
        let Value::Array(array) = array else { return None };
        let whole = matches!(array.tail, Tail::End);
        let lengths = array.items.iter().map(|item| match item {
            Value::Record(record) => record.get("iov_len").and_then(number),
            _ => None,
        });
        if whole { lengths.sum() } else { None }
    };
    match (call.arg("len").or_else(|| call.arg("count")), call.arg("iov").or_else(|| call.arg("vec")), call.arg("msg"))
    {
        (Some(len), ..) => number(len),
        (_, Some(vector), _) => sum(vector),
        (_, _, Some(Value::MsgHdr(message))) => sum(&message.iov),
        _ => None,
    }
}

/// The descriptors in which `poll` found an error, or that the other end has hung up, with what was found.
pub(crate) fn troubled(call: &Call) -> impl Iterator<Item = (i32, u16)> {
    let fds = match call.arg("fds") {
        Some(Value::Array(fds)) => fds.items.as_slice(),
        _ => &[],
    };
    fds.iter()
        .filter_map(|item| match item {
            Value::PollFd(poll) => Some((poll.fd.raw, poll.revents.unwrap_or(0))),
            _ => None,
        })
        .filter(|(_, found)| found & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) as u16 != 0)
}

/// The time after which a call that waits gives up; `None` where it waits for ever, or where that is not known.
pub(crate) fn timeout(call: &Call) -> Option<Duration> {
    let of_record = |record: &Record| {
        let part = |name: &str| record.get(name).and_then(number);
        let fraction = part("tv_nsec").or_else(|| part("tv_usec")?.checked_mul(1000))?;
        Some(Duration::new(part("tv_sec")?, u32::try_from(fraction).ok()?))
    };
    match call.arg("timeout").or_else(|| call.arg("tmo_p"))? {
        Value::Timeout(timeout) => of_record(&timeout.entry),
        Value::Record(record) => of_record(record),
        Value::Ref(inner) => match &**inner {
            Value::Record(record) => of_record(record),
            _ => None,
        },
        millis => u64::try_from(number(millis)? as i32).ok().map(Duration::from_millis),
    }
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

/// The descriptor a call is made on; of `poll`, the only one it waits for, or the first that is in trouble. `None` where
/// it is on several, or on none: a directory by its own name (`AT_FDCWD`) is none.
pub(crate) fn descriptor(call: &Call) -> Option<i32> {
    if let Some((fd, _)) = matches!(call.ret, Ret::Ok(_)).then(|| troubled(call).next()).flatten() {
        return Some(fd);
    }
    if let Some(Value::Array(fds)) = call.arg("fds")
        && let [Value::PollFd(only)] = fds.items.as_slice()
    {
        return Some(only.fd.raw);
    }
    call.args.iter().find_map(|value| match value {
        Value::Fd(fd) if fd.raw != libc::AT_FDCWD => Some(fd.raw),
        _ => None,
    })
}

/// All descriptors that a call is given, in order.
pub(crate) fn descriptors(call: &Call) -> Vec<i32> {
    let mut all = Vec::new();
    for value in &call.args {
        value.each_fd(&mut |fd| {
            if fd != libc::AT_FDCWD && !all.contains(&fd) {
                all.push(fd);
            }
        });
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
