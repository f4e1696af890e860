//! The short form of a call: the parts that are the same in every run.
//!
//! Descriptors, ports, buffers and lengths that the kernel returned are omitted; constants, flags, requested sizes and
//! errors are kept: `poll(POLLIN, ms)`, `connect(127.0.0.1) = ECONNREFUSED`.

use crate::event::{Call, Ret};
use crate::syscall::{Dir, Len, Syscall, Ty};
use crate::text::{Style, write_value};
use crate::value::{PollFd, SockAddr, Value};

/// The short form of a call, in strace's notation.
pub fn brief(call: &Call) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (at, (param, value)) in call.sys.params.iter().zip(&call.args).enumerate() {
        if is_length(call.sys, at) {
            continue;
        }
        parts.extend(argument(param.ty, param.dir, value));
    }
    let mut out = format!("{}({})", call.sys.name, parts.join(", "));
    if let Ret::Err(errno) = call.ret {
        out.push_str(" = ");
        match errno.name() {
            Some(name) => out.push_str(name),
            None => out.push_str(&errno.0.to_string()),
        }
    } else if call.ret == Ret::Ok(0) && counts(call) {
        out.push_str(" = 0");
    }
    out
}

fn argument(ty: Ty, dir: Dir, value: &Value) -> Option<String> {
    let written = |value: &Value| {
        let mut out = String::new();
        write_value(value, &Style::default(), &mut out);
        out
    };
    match value {
        Value::Flags(flags) if flags.raw == 0 => None,
        Value::Const(_) | Value::Flags(_) | Value::SockType(_) => Some(written(value)),
        Value::SockAddr(SockAddr::Inet { ip, .. }) if dir == Dir::In => Some(ip.to_string()),
        Value::SockAddr(SockAddr::Inet6 { ip, .. }) if dir == Dir::In => Some(ip.to_string()),
        Value::Array(array) if matches!(ty, Ty::PollFds { .. }) => {
            let requested = array.items.iter().filter_map(|item| match item {
                Value::PollFd(entry) => Some(written(&Value::Flags(PollFd::named(entry.events?)))),
                _ => None,
            });
            Some(requested.collect::<Vec<_>>().join(", "))
        }
        Value::Ref(_) if dir != Dir::Out => Some(written(value)),
        Value::Int(n) if matches!(ty, Ty::Int | Ty::Millis) => Some(n.to_string()),
        Value::Uint(n) if matches!(ty, Ty::Size) && dir == Dir::In => Some(n.to_string()),
        _ => None,
    }
}

/// Whether an argument is only the length of an address or an option's value.
fn is_length(sys: &Syscall, at: usize) -> bool {
    sys.params.iter().any(|param| match param.ty {
        Ty::SockAddr(Len::Arg(len)) | Ty::OptVal { len, .. } => len == at,
        _ => false,
    })
}

/// Whether a call returns a count, so that zero is significant: nothing received, or nothing ready.
fn counts(call: &Call) -> bool {
    call.sys.params.iter().any(|param| {
        matches!((param.ty, param.dir), (Ty::PollFds { .. }, _) | (Ty::Bytes(_) | Ty::MsgHdr, Dir::Out | Dir::InOut))
    })
}
