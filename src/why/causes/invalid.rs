//! EINVAL, call by call: what each call refuses by it.

use super::{Case, Known, Shown, by};
use crate::event::{Cause, Deed};
use crate::value::{SockAddr, Value};
use crate::why::subject::address;

static BOUND_BEFORE: Known = Known {
    id: "bound-before",
    errno: "EINVAL",
    calls: &["bind"],
    says: "The socket has an address already: bind works once, and connect and listen give one too.",
    shown: Shown::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.bind(('127.0.0.1',0))"),
};
static NOT_LISTENING: Known = Known {
    id: "not-listening",
    errno: "EINVAL",
    calls: &["accept", "accept4"],
    says: "The socket does not listen: listen was not called, or shutdown ended it.",
    shown: Shown::Python("from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.accept()"),
};
static LISTEN_CONNECTED: Known = Known {
    id: "listen-on-connection",
    errno: "EINVAL",
    calls: &["listen"],
    says: "The socket is connected, or a Unix socket that is not bound, and cannot listen.",
    shown: Shown::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.listen()",
    ),
};
static NO_SCOPE: Known = Known {
    id: "scope-missing",
    errno: "EINVAL",
    calls: &["connect", "bind", "sendto"],
    says: "A link-local IPv6 address (fe80::…) means nothing without its interface: the scope is missing.",
    shown: Shown::Python("from socket import *; socket(AF_INET6).connect(('fe80::1',80))"),
};
static ADDRESS_TOO_SHORT: Known = Known {
    id: "address-length",
    errno: "EINVAL",
    calls: &["bind", "connect", "sendto"],
    says: "The length given for the address is too small for its family, or larger than any address.",
    shown: Shown::Python(
        "import ctypes,socket,struct; s=socket.socket(); a=struct.pack('=HH4s8x',2,0,b'')
ctypes.CDLL(None).bind(s.fileno(),a,8)",
    ),
};
static NO_URGENT: Known = Known {
    id: "no-urgent-data",
    errno: "EINVAL",
    calls: &["recvfrom", "recvmsg"],
    says: "MSG_OOB asks for urgent data, and there is none, it was read, or SO_OOBINLINE leaves it among the rest.",
    shown: Shown::Python(
        "from socket import *; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.recv(1,MSG_OOB)",
    ),
};
static OPTION_VALUE: Known = Known {
    id: "option-value",
    errno: "EINVAL",
    calls: &["setsockopt", "getsockopt"],
    says: "The value of the option is out of its range, shorter than its type, or not possible in the socket's state.",
    shown: Shown::Python("from socket import *; socket().setsockopt(SOL_SOCKET,SO_LINGER,b'x')"),
};
static BAD_TYPE: Known = Known {
    id: "type-or-flags",
    errno: "EINVAL",
    calls: &["socket", "socketpair", "accept4"],
    says: "The type is none there is, or its flags have bits besides SOCK_CLOEXEC and SOCK_NONBLOCK.",
    shown: Shown::Python("from socket import *; socket(AF_INET,0xf0)"),
};
static BAD_HOW: Known = Known {
    id: "shutdown-how",
    errno: "EINVAL",
    calls: &["shutdown"],
    says: "The second argument is none of SHUT_RD, SHUT_WR and SHUT_RDWR.",
    shown: Shown::Python("from socket import *; a,b=socketpair(); a.shutdown(7)"),
};
static OTHER: Known = Known {
    id: "argument-not-possible",
    errno: "EINVAL",
    calls: &["connect", "sendto", "recvfrom", "ioctl", "fcntl", "poll", "read", "write"],
    says: "An argument is out of its range, or not possible with this socket in its state.",
    shown: Shown::Python("from socket import *; import fcntl; s=socket(); fcntl.fcntl(s.fileno(), 9999)"),
};

/// This family's.
pub(super) static KNOWN: &[&Known] = &[
    &BOUND_BEFORE,
    &NOT_LISTENING,
    &LISTEN_CONNECTED,
    &NO_SCOPE,
    &ADDRESS_TOO_SHORT,
    &NO_URGENT,
    &OPTION_VALUE,
    &BAD_TYPE,
    &BAD_HOW,
    &OTHER,
];

/// What this call refuses.
pub(super) fn invalid(case: &Case<'_>) -> Option<Cause> {
    let name = case.call.sys.name;
    let fd = case.fd();
    if matches!(name, "bind" | "connect" | "sendto") {
        if let Some(cause) = short_address(case) {
            return Some(cause);
        }
        if let Some(SockAddr::Inet6 { ip, scope, .. }) = address(case.call)
            && ip.segments()[0] & 0xffc0 == 0xfe80
            && scope.as_ref().is_none_or(|scope| scope.id == 0)
        {
            return NO_SCOPE.told(
                format!("{ip} is link-local, and no interface is given with it."),
                format!("Give the interface as the scope: {ip}%eth0, or the fourth part of Python's address."),
            );
        }
    }
    match name {
        "bind" => {
            let earlier = [Deed::Bound, Deed::Listened, Deed::Connected, Deed::Accepted].into_iter();
            let since = earlier.filter_map(|did| case.last(did)).next();
            let since = since.map(|call| format!(" since {}", by(call))).unwrap_or_default();
            let local = case.own().and_then(|own| own.local.as_deref()).unwrap_or("an address");
            BOUND_BEFORE.told(
                format!("Descriptor {fd} is bound to {local} already{since}."),
                "Make a new socket for another address.",
            )
        }
        "accept" | "accept4" if case.state() != Some("LISTEN") => {
            let state = case.state().map(|state| format!(" (its state is {state})")).unwrap_or_default();
            NOT_LISTENING.told(format!("Descriptor {fd} does not listen{state}."), "Call listen first.")
        }
        "listen" => {
            let peer = case.own().and_then(|own| own.peer.as_deref());
            let text = match peer {
                Some(peer) => format!("Descriptor {fd} is connected to {peer} and cannot listen."),
                None => format!("Descriptor {fd} cannot listen in its state{}.", state(case)),
            };
            LISTEN_CONNECTED.told(text, "Make a new socket to listen with; a Unix socket must be bound first.")
        }
        "shutdown" => BAD_HOW
            .told("The second argument is none of SHUT_RD (0), SHUT_WR (1) and SHUT_RDWR (2).", "Give one of these."),
        "socket" | "socketpair" | "accept4" => {
            let kind = match case.call.arg("type") {
                Some(Value::SockType(kind)) => {
                    let number = kind.kind.raw | kind.flags.raw;
                    format!(" ({number:#x})")
                }
                _ => String::new(),
            };
            BAD_TYPE.told(
                format!("The type{kind} is none there is, or has flags besides SOCK_CLOEXEC and SOCK_NONBLOCK."),
                "Use SOCK_STREAM or SOCK_DGRAM with those flags.",
            )
        }
        "setsockopt" | "getsockopt" => {
            let option = match case.call.arg("optname") {
                Some(Value::Const(option)) => option.name().map_or_else(|| option.raw.to_string(), str::to_owned),
                _ => "the option".into(),
            };
            let len = match case.call.arg("optlen") {
                Some(Value::Int(n)) => format!(" ({})", super::count((*n).try_into().unwrap_or(0), "byte")),
                _ => String::new(),
            };
            OPTION_VALUE.told(
                format!(
                    "{option} does not take this value{len}: it is out of range, too short, or the state{} forbids it.",
                    state(case)
                ),
                "See socket(7), ip(7) or tcp(7) for its type and range.",
            )
        }
        "recvfrom" | "recvmsg" if has_oob(case) => NO_URGENT.told(
            format!("MSG_OOB was given, and descriptor {fd} has no urgent data to be read that way."),
            "Leave out MSG_OOB, or wait for POLLPRI.",
        ),
        _ if case.own().is_none() => None,
        _ => OTHER.told(
            format!(
                "An argument of {name} is out of its range, or not possible with descriptor {fd} in its state{}.",
                state(case)
            ),
            format!("See {name}(2) under EINVAL."),
        ),
    }
}

fn has_oob(case: &Case<'_>) -> bool {
    matches!(case.call.arg("flags"), Some(Value::Flags(flags)) if flags.raw & libc::MSG_OOB as u64 != 0)
}

fn state(case: &Case<'_>) -> String {
    case.state().map(|state| format!(" ({state})")).unwrap_or_default()
}

/// An address that is shorter than its family's.
fn short_address(case: &Case<'_>) -> Option<Cause> {
    let len = match case.call.arg("addrlen")? {
        Value::Int(n) => *n,
        Value::Uint(n) => *n as i64,
        _ => return None,
    };
    let (family, least) = match case.own()?.protocol.trim_start_matches("tcp").trim_start_matches("udp") {
        "" => ("AF_INET", 16),
        "6" => ("AF_INET6", 24),
        _ => return None,
    };
    (len < least || len > 128).then(|| {
        ADDRESS_TOO_SHORT.told(
            format!(
                "The address is {len} bytes long; one of {family} has at least {least}, and none has more than 128."
            ),
            "Pass the size of the whole structure.",
        )
    })?
}
