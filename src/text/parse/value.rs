//! One argument, led by the type the call table gives it: `[16]`, `0` and `NULL` have no type of their own.

use super::constant::Names;
use super::cursor::Cursor;
use super::{address, message, record, wait};
use crate::event::Errno;
use crate::syscall::{Syscall, Ty};
use crate::value::{Array, Bytes, Const, Fd, Flags, Length, Tail, Value};
use crate::xlat::sockopt::{Access, control_messages, options};
use crate::xlat::{self, Xlat};

/// What the reading of values leans on: the names of constants, remembered, and the arguments already read.
pub(super) struct Args<'a> {
    pub(super) names: &'a mut Names,
    pub(super) sys: &'static Syscall,
    pub(super) before: &'a [Value],
}

impl Args<'_> {
    /// One argument of a type; `None` where its spelling is not one we know.
    pub(super) fn value(&mut self, ty: Ty, c: &mut Cursor<'_>) -> Option<Value> {
        Some(match ty {
            Ty::Fd => Value::Fd(fd(c)?),
            Ty::Int => Value::Int(c.signed()?),
            Ty::Uint | Ty::Size => Value::Uint(c.digits()?),
            Ty::Hex => Value::Hex(c.unsigned()?),
            Ty::Const(table) => Value::Const(self.constant(table, c)?),
            Ty::Flags(table) => Value::Flags(self.flags(table, c)?),
            Ty::SockType => self.sock_type(c)?,
            Ty::Protocol { domain } => self.protocol(domain, c)?,
            Ty::OptName { level } => self.option_name(level, c)?,
            _ if matches!(c.peek(), Some(b'N' | b'0')) => match c.pointer() {
                Some(address) => Value::Pointer(address),
                None => self.number(ty, c)?,
            },
            Ty::Bytes(_) => Value::Bytes(bytes(c)?),
            Ty::SockAddr(_) => Value::SockAddr(address::read(self.names, c)?),
            Ty::SockLen => Value::Length(length(c)?),
            Ty::Offset => Value::Offset(length(c)?),
            Ty::MsgHdr => Value::MsgHdr(Box::new(message::msghdr(self.names, c)?)),
            Ty::MmsgHdrs { .. } => array(c, |c| Some(Value::MmsgHdr(Box::new(message::mmsghdr(self.names, c)?))))?,
            Ty::IoVecs { .. } => message::iovecs(c)?,
            Ty::OptVal { level, name, .. } => self.option_value(level, name, c)?,
            Ty::FdPair => array(c, |c| Some(Value::Fd(fd(c)?)))?,
            Ty::PollFds { .. } => wait::pollfds(self.names, c)?,
            Ty::FdSet { .. } => wait::fd_set(c)?,
            Ty::Timeout(layout) => wait::timeout(self.names, layout, c)?,
            Ty::SigSet { .. } => Value::SigSet(wait::signals(c)?),
            Ty::SigSetArg => wait::sigset_arg(self.names, c)?,
            Ty::EpollEvent { .. } => wait::epoll_event(self.names, c)?,
            Ty::EpollEvents => array(c, |c| wait::epoll_event(self.names, c))?,
            Ty::FcntlArg { .. } | Ty::IoctlArg { .. } => self.number(ty, c)?,
            Ty::Pointer => return None,
        })
    }

    /// Arguments whose type depends on a command before them, and that may be a plain number.
    fn number(&mut self, ty: Ty, c: &mut Cursor<'_>) -> Option<Value> {
        match ty {
            Ty::FcntlArg { cmd } => self.fcntl(cmd, c),
            Ty::IoctlArg { .. } => {
                c.expect(b"[")?;
                let n = c.signed()?;
                c.expect(b"]")?;
                Some(Value::Ref(Box::new(Value::Int(n))))
            }
            _ => None,
        }
    }

    fn fcntl(&mut self, cmd: usize, c: &mut Cursor<'_>) -> Option<Value> {
        let Some(Value::Const(cmd)) = self.before.get(cmd) else { return None };
        Some(match cmd.raw as i32 {
            libc::F_SETFD => Value::Flags(self.flags(&xlat::file::FD_FLAGS, c)?),
            libc::F_SETFL => Value::Flags(self.flags(&xlat::file::OPEN_FLAGS, c)?),
            libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => Value::Int(c.signed()?),
            _ => return None,
        })
    }

    /// A constant of a table: its name, its number, or its number with the name in a comment.
    pub(super) fn constant(&mut self, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Const> {
        constant(self.names, table, c)
    }

    /// Flags of a table, or-ed.
    pub(super) fn flags(&mut self, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Flags> {
        flags(self.names, table, c)
    }

    fn sock_type(&mut self, c: &mut Cursor<'_>) -> Option<Value> {
        const TYPE_MASK: u64 = 0xf; // SOCK_TYPE_MASK, include/linux/net.h
        let (kinds, with) = (&xlat::socket::SOCK_TYPE, &xlat::socket::SOCK_FLAGS);
        let mut raw = 0;
        loop {
            raw |= match c.peek()? {
                b'0'..=b'9' => c.unsigned()?,
                _ => {
                    let name = c.ident();
                    self.names.value(kinds, name).or_else(|| self.names.value(with, name))?
                }
            };
            c.comment();
            if !c.eat(b"|") {
                break;
            }
        }
        Some(Value::SockType(crate::value::SockType {
            kind: Const { table: kinds, raw: raw & TYPE_MASK },
            flags: Flags { table: with, raw: raw & !TYPE_MASK },
        }))
    }

    /// The third argument of `socket`; of packet sockets it is a port-like number in network order.
    fn protocol(&mut self, domain: usize, c: &mut Cursor<'_>) -> Option<Value> {
        let Some(Value::Const(domain)) = self.before.get(domain) else { return None };
        let Some(table) = xlat::protocol::of_family(domain.raw as i32) else { return Some(Value::Uint(c.digits()?)) };
        if c.eat(b"htons(") {
            let inner = constant(self.names, table, c)?;
            c.expect(b")")?;
            return Some(Value::Const(Const { table, raw: u64::from((inner.raw as u16).swap_bytes()) }));
        }
        Some(Value::Const(constant(self.names, table, c)?))
    }

    /// Which of the two meanings of an option's number this call has.
    fn access(&self) -> Access {
        if self.sys.name == "getsockopt" { Access::Get } else { Access::Set }
    }

    fn level(&self, level: usize) -> Option<i32> {
        match self.before.get(level)? {
            Value::Const(level) => Some(level.raw as i32),
            _ => None,
        }
    }

    fn option_name(&mut self, level: usize, c: &mut Cursor<'_>) -> Option<Value> {
        match options(self.level(level)?, self.access()) {
            Some(table) => Some(Value::Const(constant(self.names, table, c)?)),
            None => Some(Value::Uint(c.digits()?)),
        }
    }

    fn option_value(&mut self, _level: usize, _name: usize, c: &mut Cursor<'_>) -> Option<Value> {
        match c.peek()? {
            b'"' => Some(Value::Bytes(bytes(c)?)),
            b'[' => {
                c.expect(b"[")?;
                let inner = match c.peek()? {
                    b'0'..=b'9' | b'-' => Value::Int(c.signed()?),
                    _ => Value::Const(constant(self.names, &xlat::errno::ERRNO, c)?),
                };
                c.expect(b"]")?;
                Some(Value::Ref(Box::new(inner)))
            }
            b'{' => Some(Value::Record(record::any(self.names, c)?)),
            _ => None,
        }
    }
}

/// The table for the type of a control message at a level.
pub(super) fn control_table(level: u64) -> Option<&'static Xlat> {
    control_messages(level as i32)
}

/// A constant: its name, `0x2a`, `0x2a /* AF_??? */`.
pub(super) fn constant(names: &mut Names, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Const> {
    let raw = match c.peek()? {
        b'0'..=b'9' => {
            let raw = c.unsigned()?;
            c.comment();
            raw
        }
        b'-' => c.signed()? as u32 as u64,
        _ => names.value(table, c.ident())?,
    };
    Some(Const { table, raw })
}

/// Flags: `A|B|0x1000`, `0x1 /* MSG_??? */`, `0`.
pub(super) fn flags(names: &mut Names, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Flags> {
    let mut raw = 0;
    loop {
        raw |= match c.peek()? {
            b'0'..=b'9' => c.unsigned()?,
            _ => names.flag(table, c.ident())?,
        };
        c.comment();
        if !c.eat(b"|") {
            return Some(Flags { table, raw });
        }
    }
}

/// A descriptor: `3`, `3<socket:[5]>`.
pub(super) fn fd(c: &mut Cursor<'_>) -> Option<Fd> {
    let raw = i32::try_from(c.signed()?).ok()?;
    Some(Fd { raw, shown: c.shown().map(Into::into) })
}

/// A buffer.
pub(super) fn bytes(c: &mut Cursor<'_>) -> Option<Bytes> {
    let data = c.quoted()?;
    Some(Bytes { data, truncated: c.eat(b"...") })
}

/// `[16]`, `[128 => 16]`; `[0] => [5]` for offsets, `[128->16]` up to strace 5.
fn length(c: &mut Cursor<'_>) -> Option<Length> {
    c.expect(b"[")?;
    let entry = c.signed()?;
    let exit = if c.eat(b" => ") || c.eat(b"->") {
        Some(c.signed()?)
    } else if c.eat(b"] => [") {
        Some(c.signed()?)
    } else {
        None
    };
    c.expect(b"]")?;
    Some(Length { entry, exit })
}

/// `[a, b, ...]`.
pub(super) fn array(c: &mut Cursor<'_>, mut item: impl FnMut(&mut Cursor<'_>) -> Option<Value>) -> Option<Value> {
    c.expect(b"[")?;
    let mut array = Array::default();
    if c.eat(b"]") {
        return Some(Value::Array(array));
    }
    loop {
        if c.eat(b"...") {
            array.tail = match c.comment() {
                Some(comment) => {
                    let mut address = Cursor::new(comment);
                    Tail::Fault(address.unsigned().filter(|_| address.done())?)
                }
                None => Tail::Elided,
            };
            c.expect(b"]")?;
            return Some(Value::Array(array));
        }
        array.items.push(item(c)?);
        if c.eat(b"]") {
            return Some(Value::Array(array));
        }
        c.expect(b", ")?;
    }
}

/// `ECONNREFUSED (Connection refused)`: the number, where name and message are those of our table.
pub(super) fn errno(names: &mut Names, c: &mut Cursor<'_>) -> Option<Errno> {
    let number = names.value(&xlat::errno::ERRNO, c.ident())?;
    let errno = Errno(i32::try_from(number).ok()?);
    c.expect(b" (")?;
    c.expect(errno.message()?.as_bytes())?;
    c.expect(b")")?;
    Some(errno)
}
