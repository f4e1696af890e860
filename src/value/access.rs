//! Reading a value as the plain Rust type its reader expects, without a `match` over every kind of [`Value`].

use super::{SockAddr, Value};

impl Value {
    /// The number: of an integer, a constant, a set of flags, a descriptor or a pointer; of a length behind a pointer
    /// after the call; of the value that a pointer to one value points to.
    ///
    /// `None` where it does not fit, and for values that are not numbers.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Be16(constant) => i64::try_from(constant.raw).ok(),
            Self::Length(length) | Self::Offset(length) => Some(length.after()),
            Self::Port(port) => Some(i64::from(*port)),
            Self::Be32(n) | Self::Interface { index: n, .. } => Some(i64::from(*n)),
            Self::Ref(inner) => inner.as_int(),
            other => i64::try_from(other.number()?).ok(),
        }
    }

    /// The number in the register, or behind a pointer to one value, that passes this value.
    pub(crate) fn register(&self) -> Option<u64> {
        match self {
            Self::Be16(constant) => Some(u64::from((constant.raw as u16).to_be())),
            Self::Ref(inner) => inner.register(),
            other => other.number().map(|n| n as u64),
        }
    }

    /// Of what is passed as the number it is; wide enough for the signed and the unsigned.
    fn number(&self) -> Option<i128> {
        match self {
            Self::Int(n) => Some((*n).into()),
            Self::Uint(n) | Self::Hex(n) | Self::Pointer(n) => Some((*n).into()),
            Self::Fd(fd) => Some(fd.raw.into()),
            Self::Const(constant) => Some(constant.raw.into()),
            Self::Flags(flags) | Self::Bits(flags) => Some(flags.raw.into()),
            Self::SockType(ty) => Some((ty.kind.raw | ty.flags.raw).into()),
            Self::Signal(n) => Some((*n).into()),
            _ => None,
        }
    }

    /// The name of a constant: `AF_INET`, `SOCK_STREAM` (a socket's type without its flags).
    pub fn as_name(&self) -> Option<&'static str> {
        match self {
            Self::Const(constant) | Self::Be16(constant) => constant.name(),
            Self::SockType(ty) => ty.kind.name(),
            Self::Ref(inner) => inner.as_name(),
            _ => None,
        }
    }

    /// The number of a descriptor; negative where the program passed a negative one.
    pub fn as_fd(&self) -> Option<i32> {
        match self {
            Self::Fd(fd) => Some(fd.raw),
            _ => None,
        }
    }

    /// The kept bytes of a buffer, or those of a hardware address.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(&bytes.data),
            Self::Octets(bytes) | Self::Cut(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The address of a socket.
    pub fn as_sockaddr(&self) -> Option<&SockAddr> {
        match self {
            Self::SockAddr(addr) => Some(addr),
            _ => None,
        }
    }

    /// The elements of an array, as far as they were read; none of anything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Self::Array(array) => &array.items,
            _ => &[],
        }
    }

    /// A field of a C structure, by name.
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Record(record) => record.get(name),
            Self::Ref(inner) => inner.field(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::event::{Body, Call};
    use crate::read::text;
    use crate::value::{SockAddr, Value};

    fn call(line: &str) -> Call {
        match text::line(line) {
            Body::Call(call) => call,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn arguments_are_had_by_name_as_rust_types() {
        let connect =
            call("connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0");
        let arg = |name| connect.arg(name).unwrap();
        assert_eq!(arg("sockfd").as_fd(), Some(3));
        assert_eq!(arg("addr").as_sockaddr(), Some(&SockAddr::inet([127, 0, 0, 1], 80)));
        assert_eq!(arg("addrlen").as_int(), Some(16));
        assert_eq!((arg("addr").as_int(), arg("addr").as_fd(), arg("addr").as_bytes()), (None, None, None));
        assert!(connect.arg("backlog").is_none());

        let socket = call("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3");
        assert_eq!(socket.arg("domain").unwrap().as_name(), Some("AF_INET"));
        assert_eq!(socket.arg("type").unwrap().as_name(), Some("SOCK_STREAM"));
        assert_eq!(socket.arg("type").unwrap().as_int(), Some(i64::from(libc::SOCK_STREAM | libc::SOCK_CLOEXEC)));

        let option = call("setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
        assert_eq!(option.arg("optval").unwrap().as_int(), Some(1));
        let linger = call("setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = 0");
        assert_eq!(linger.arg("optval").unwrap().field("l_linger").unwrap().as_int(), Some(5));

        let accept = call("accept4(3, {sa_family=AF_UNIX}, [128 => 2], 0) = 4");
        assert_eq!(accept.arg("addrlen").unwrap().as_int(), Some(2));
        let read = call("read(3, \"abc\"..., 100) = 3");
        assert_eq!(read.arg("buf").unwrap().as_bytes(), Some(&b"abc"[..]));
        let pair = call("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0");
        let fds: Vec<_> = pair.arg("sv").unwrap().items().iter().filter_map(|fd| fd.as_fd()).collect();
        assert_eq!(fds, [3, 4]);
    }

    #[test]
    fn a_register_holds_what_was_passed() {
        for (value, int, register) in [
            (Value::Int(-1), Some(-1), Some(u64::MAX)),
            (Value::Uint(u64::MAX), None, Some(u64::MAX)),
            (Value::Ref(Box::new(Value::Int(5))), Some(5), Some(5)),
            (Value::Signal(9), Some(9), Some(9)),
            (Value::Port(80), Some(80), None),
            (Value::Verbatim("3".into()), None, None),
        ] {
            assert_eq!((value.as_int(), value.register()), (int, register), "{value:?}");
        }
    }

    /// As many bytes as the documentation of `value` says.
    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<Value>(), 48);
    }
}
