//! What a call is about, read off its arguments: the descriptor, the address, and how it ended.

use std::net::SocketAddr;

use crate::event::{Call, Ret};
use crate::syscall::Effect;
use crate::value::{SockAddr, UnixName, Value};

/// The number under which a call that waits is explained: no errno has it.
pub(crate) const WAITING: i32 = 0;

/// The error a call ended with, [`WAITING`] where it did not end, `None` where there is nothing to explain.
///
/// A connection that is made without waiting fails in `getsockopt(SO_ERROR)`, which itself succeeds; the error is what
/// it brought. A call that a signal interrupted waited until then.
pub(crate) fn errno(call: &Call) -> Option<i32> {
    let waits = call.sys.effect.may_wait();
    match call.ret {
        Ret::Err(error) if error.is_restart() || error.0 == libc::EINTR => waits.then_some(WAITING),
        Ret::Err(error) => Some(error.0),
        Ret::Unfinished => waits.then_some(WAITING),
        Ret::Ok(_) => pending_error(call),
    }
}

/// The error `getsockopt(SO_ERROR)` brought.
fn pending_error(call: &Call) -> Option<i32> {
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

/// The descriptor a call is made on; of `poll`, the only one it waits for.
pub(crate) fn descriptor(call: &Call) -> Option<i32> {
    if let Some(Value::Array(fds)) = call.arg("fds")
        && let [Value::PollFd(only)] = fds.items.as_slice()
    {
        return Some(only.fd.raw);
    }
    call.args.iter().find_map(|value| match value {
        Value::Fd(fd) => Some(fd.raw),
        _ => None,
    })
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
