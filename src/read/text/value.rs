//! One argument, read as the type that the call table gives it: `[16]`, `0` and `NULL` have no type of their own.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::{address, message, netlink, record, signal, wait};
use crate::event::Errno;
use crate::syscall::{Carries, Commands, InRegister, Scalar, Syscall, Ty, number};
use crate::value::ipc::{FILE_HANDLE, MSGBUF};
use crate::value::perf::PERF_ATTR;
use crate::value::process::{CLONE_ARGS, CLONE_RESULTS};
use crate::value::ring::{IOCB, RING_ASKED, RING_PARAMS, RING_PROBE};
use crate::value::{Array, Bytes, Const, Fd, Flags, Length, Record, Tail, Value, layout, stat};
use crate::xlat::Xlat;
use crate::xlat::futex::FUTEX_OP;
use crate::xlat::signal::SYSCALL_NR;

mod socket;

/// The context in which values are read: the cache of names, and the arguments already read.
pub(super) struct Args<'a> {
    pub(super) names: &'a mut NameCache,
    pub(super) sys: &'static Syscall,
    /// Values are read in place, since moving one would take as long as reading it.
    pub(super) values: &'a mut Vec<Value>,
}

impl Args<'_> {
    /// Appends one argument of a type; `None` where its spelling is unknown.
    pub(super) fn value(&mut self, ty: Ty, c: &mut Cursor<'_>) -> Option<()> {
        match ty {
            number!() => return self.number(ty, c),
            Ty::Bytes(_) if c.peek() == Some(b'"') => self.values.push(Value::Bytes(bytes(c)?)),
            _ => {
                let value = self.other(ty, c)?;
                self.values.push(value);
            }
        }
        Some(())
    }

    /// A number that was in a register.
    fn number(&mut self, ty: Ty, c: &mut Cursor<'_>) -> Option<()> {
        match (ty, ty.in_register()?) {
            (Ty::Millis, _) => self.values.push(Value::Int(millis(c)?)),
            (Ty::Place, _) => self.values.push(Value::Uint(c.unsigned()?)),
            (_, InRegister::Fd { name: None }) => self.values.push(Value::Fd(fd(self.names, c)?)),
            (_, InRegister::Fd { name: Some((name, raw)) }) if c.eat(name.as_bytes()) => {
                let target = self.names.target(c);
                self.values.push(Value::Fd(Fd { raw, target }));
            }
            (_, InRegister::Fd { name: Some(_) }) => {
                let fd = fd(self.names, c)?;
                c.comment();
                self.values.push(Value::Fd(fd));
            }
            (_, InRegister::Int { .. } | InRegister::Id) => self.values.push(Value::Int(c.signed()?)),
            (_, InRegister::Uint { .. }) => self.values.push(Value::Uint(c.digits()?)),
            (_, InRegister::WideConst(table)) => {
                let constant = self.constant(table, c)?;
                self.values.push(Value::Const(constant));
            }
            (_, InRegister::Packed(packed)) => {
                let record = record::read(self.names, packed.layout, c)?;
                self.values.push(Value::Record(record));
            }
            (_, InRegister::Hex | InRegister::Hex32) => self.values.push(Value::Hex(c.unsigned()?)),
            (_, InRegister::Address) => self.values.push(Value::Pointer(c.pointer()?)),
            (_, InRegister::Const(table)) => {
                let constant = self.constant(table, c)?;
                self.values.push(Value::Const(constant));
            }
            (_, InRegister::Flags(table, _)) => {
                let flags = self.flags(table, c)?;
                self.values.push(Value::Flags(flags));
            }
            (_, InRegister::Signal) => self.values.push(Value::Signal(wait::signal(c)?)),
            (_, InRegister::Device) => {
                let device = record::read(self.names, &stat::DEVICE, c)?;
                self.values.push(Value::Record(device));
            }
        }
        Some(())
    }

    fn other(&mut self, ty: Ty, c: &mut Cursor<'_>) -> Option<Value> {
        Some(match ty {
            Ty::Environment | Ty::Dirents(_) if c.peek() == Some(b'0') => counted(c)?,
            Ty::Interrupted => {
                c.expect(b"<... resuming interrupted ")?;
                let name = c.until(b' ')?;
                let number = self.names.value(&SYSCALL_NR, &[b"__NR_", name].concat());
                c.eat(b"call ");
                c.expect(b"...>")?;
                Value::Const(Const { table: &SYSCALL_NR, raw: number.unwrap_or(u64::from(u32::MAX)) })
            }
            Ty::SockType => self.sock_type(c)?,
            Ty::Protocol { domain } => self.protocol(domain, c)?,
            Ty::OptName { level, access } => self.option_name(level, access, c)?,
            Ty::CommandArg { command, commands } => self.command_arg(command, commands, c)?,
            _ if matches!(c.peek(), Some(b'N' | b'0')) || c.sees(b"(nil)") => Value::Pointer(c.pointer()?),
            Ty::Bytes(_) if matches!(c.peek(), Some(b'[' | b'{')) => {
                netlink::messages(self.names, c).filter(|_| matches!(c.peek(), Some(b',' | b')')))?
            }
            Ty::Bytes(_) => Value::Bytes(bytes(c)?),
            Ty::SockAddr(_) => Value::SockAddr(address::read(self.names, c)?),
            Ty::SockLen => Value::Length(length(c)?),
            Ty::Offset => Value::Offset(offset(c)?),
            Ty::MsgHdr if c.sees(b"{msg_namelen=") => {
                Value::Record(record::read(self.names, &layout::RECVMSG_FAILED, c)?)
            }
            Ty::MsgHdr => Value::MsgHdr(Box::new(message::msghdr(self.names, c)?)),
            Ty::MmsgHdrs { .. } if c.peek() == Some(b'{') => {
                braced(c, |c| Some(Value::MmsgHdr(Box::new(message::mmsghdr(self.names, c)?))))?
            }
            Ty::MmsgHdrs { .. } => array(c, |c| Some(Value::MmsgHdr(Box::new(message::mmsghdr(self.names, c)?))))?,
            Ty::IoVecs { .. } => message::iovecs(self.names, c)?,
            Ty::OptVal { level, name, .. } => self.option_value(level, name, c)?,
            Ty::FdPair => array(c, |c| Some(Value::Fd(fd(self.names, c)?)))?,
            Ty::PollFds { .. } => wait::pollfds(self.names, c)?,
            Ty::FdSet { .. } => wait::fd_set(self.names, c)?,
            Ty::Timeout(layout) => wait::timeout(self.names, layout, c)?,
            Ty::SigSet { .. } => Value::SigSet(wait::signals(c)?),
            Ty::SigSetArg => wait::sigset_arg(self.names, c)?,
            Ty::EpollEvent { .. } => wait::epoll_event(self.names, c)?,
            Ty::EpollEvents { .. } if c.peek() == Some(b'{') => braced(c, |c| wait::epoll_event(self.names, c))?,
            Ty::EpollEvents { .. } => array(c, |c| wait::epoll_event(self.names, c))?,
            _ => return self.pointed(ty, c),
        })
    }

    /// What is behind a pointer whose type is all that says so.
    fn pointed(&mut self, ty: Ty, c: &mut Cursor<'_>) -> Option<Value> {
        Some(match ty {
            Ty::Struct(layout) | Ty::Remaining(layout) => Value::Record(record::read(self.names, layout, c)?),
            Ty::Forms(forms) => Value::Record(record::any(self.names, forms.all, c)?),
            Ty::Structs { layout, .. } | Ty::Dirents(layout) => {
                array(c, |c| Some(Value::Record(record::read(self.names, layout, c)?)))?
            }
            Ty::Message { .. } => Value::Record(record::read(self.names, &MSGBUF, c)?),
            Ty::Sized { forms, .. } => Value::Record(record::any(self.names, forms, c)?),
            Ty::Attr { layout, .. } => Value::Record(record::read(self.names, layout, c)?),
            Ty::PerfAttr => Value::Record(record::any_form(self.names, PERF_ATTR.all, c)?),
            Ty::Requests { .. } => array(c, |c| match c.peek()? {
                b'{' => Some(Value::Record(record::read(self.names, &IOCB, c)?)),
                _ => Some(Value::Pointer(c.pointer()?)),
            })?,
            Ty::RingParams => Value::Record(record::any(self.names, &[&RING_ASKED, &RING_PARAMS], c)?),
            Ty::Probe { .. } => Value::Record(record::read(self.names, &RING_PROBE, c)?),
            Ty::FileHandle => {
                // A handle that was not made has its length only.
                let handle = record::read(self.names, &FILE_HANDLE, c)?;
                Value::Record(Record { cut: None, ..handle })
            }
            Ty::CloneArgs { .. } => {
                let before = Value::Record(record::read(self.names, &CLONE_ARGS, c)?);
                if !c.eat(b" => ") {
                    return Some(before);
                }
                let after = Value::Record(record::any(self.names, CLONE_RESULTS, c)?);
                Value::Array(Array { items: vec![before, after], tail: Tail::End })
            }
            Ty::SigInfo => Value::Record(signal::argument(c)?),
            Ty::WaitStatus => Value::Record(record::status(self.names, c)?),
            Ty::Number(each) => {
                c.expect(b"[")?;
                let number = scalar(self.names, each, c)?;
                c.comment();
                c.expect(b"]")?;
                Value::Ref(Box::new(number))
            }
            Ty::Numbers { each, .. } => array(c, |c| scalar(self.names, each, c))?,
            Ty::CpuSet { .. } => {
                c.expect(b"[")?;
                let mut cpus = Array::default();
                while !c.eat(b"]") {
                    c.eat(b" ");
                    if c.eat(b"...") {
                        cpus.tail = Tail::Elided;
                        continue;
                    }
                    cpus.items.push(Value::Int(c.signed()?));
                }
                Value::Array(cpus)
            }
            Ty::Strings | Ty::Environment => array(c, |c| match c.peek()? {
                b'"' => Some(Value::Bytes(bytes(c)?)),
                _ => Some(Value::Pointer(c.pointer()?)),
            })?,
            Ty::Random { .. } => Value::Bytes(bytes(c)?),
            _ => return None, // a number
        })
    }

    /// The argument of a command.
    fn command_arg(&mut self, command: usize, commands: &Commands, c: &mut Cursor<'_>) -> Option<Value> {
        let Some(Value::Const(command)) = self.values.get(command) else { return None };
        let carries = commands.row(command.raw as u32).carries;
        Some(match carries {
            Carries::Flags(table) | Carries::WideFlags(table) => Value::Flags(self.flags(table, c)?),
            Carries::Const(table) => Value::Const(self.constant(table, c)?),
            Carries::Long | Carries::Int | Carries::Owner => Value::Int(c.signed()?),
            Carries::Signal => Value::Signal(wait::signal(c)?),
            _ => match c.peek()? {
                b'[' => {
                    c.expect(b"[")?;
                    let n = c.signed()?;
                    c.expect(b"]")?;
                    Value::Ref(Box::new(Value::Int(n)))
                }
                b'{' if carries != Carries::Raw => {
                    let layouts: Vec<_> = carries.layouts().collect();
                    Value::Record(record::any(self.names, &layouts, c)?)
                }
                b'N' => Value::Pointer(c.pointer()?),
                // What the request's argument is, only strace knows.
                b'{' | b'"' if carries == Carries::Raw => {
                    Value::Verbatim(std::str::from_utf8(c.skip_value()).ok()?.into())
                }
                _ if carries.is_pointer() => Value::Pointer(c.pointer()?),
                _ => Value::Hex(c.unsigned()?),
            },
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

    /// `[ICMP_ECHO ICMP_ECHOREPLY]`, `~[…]`.
    fn bits(&mut self, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Value> {
        let all_but = c.eat(b"~");
        c.expect(b"[")?;
        let mut raw = 0u64;
        while !c.eat(b"]") {
            c.eat(b" ");
            let bit = constant(self.names, table, c)?.raw;
            raw |= 1u64.checked_shl(u32::try_from(bit).ok()?).filter(|bit| *bit <= 1 << 31)?;
        }
        let raw = if all_but { u64::from(!(raw as u32)) } else { raw };
        Some(Value::Bits(Flags { table, raw }))
    }
}

/// One number behind a pointer.
fn scalar(names: &mut NameCache, each: Scalar, c: &mut Cursor<'_>) -> Option<Value> {
    Some(match each {
        Scalar::Fd => Value::Fd(fd(names, c)?),
        Scalar::Mask => Value::Hex(c.unsigned()?),
        Scalar::Signal => Value::Signal(wait::signal(c)?),
        Scalar::Const(table) => Value::Const(constant(names, table, c)?),
        Scalar::Address => Value::Pointer(c.pointer()?),
        _ => Value::Int(c.signed()?),
    })
}

/// `0x7ffd2 /* 35 vars */`: a list of which only the number of elements is shown; or an address alone.
fn counted(c: &mut Cursor<'_>) -> Option<Value> {
    let at = c.pointer()?;
    let Some(comment) = c.comment() else { return Some(Value::Pointer(at)) };
    let count = u32::try_from(Cursor::new(comment).digits()?).ok()?;
    Some(Value::Array(Array { items: Vec::new(), tail: Tail::Counted { at, count } }))
}

/// A constant: its name, `0x2a`, `0x2a /* AF_??? */`.
pub(super) fn constant(names: &mut NameCache, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Const> {
    let raw = match c.peek()? {
        b'0'..=b'9' => {
            let raw = c.unsigned()?;
            c.comment();
            raw
        }
        b'-' => {
            let raw = u64::from(i32::try_from(c.signed()?).ok()? as u32);
            c.comment();
            raw
        }
        b'_' if c.sees(b"_IOC(") => request(c)?,
        _ => {
            let start = c.place();
            let mut name = c.ident();
            // An operation of futex and a flag of it have a name together.
            if table == &FUTEX_OP && c.eat(b"|") {
                c.ident();
                name = c.since(start);
            }
            // Two names for one number: `SNDCTL_TMR_START or TCSETS`; the table has the second.
            let second = if c.eat(b" or ") { Some(c.ident()) } else { None };
            names.value(table, second.unwrap_or(name))?
        }
    };
    Some(Const { table, raw })
}

/// `_IOC(_IOC_READ|_IOC_WRITE, 0x89, 0x1, 0x4)`: an `ioctl` request by the parts of its number.
fn request(c: &mut Cursor<'_>) -> Option<u64> {
    c.expect(b"_IOC(")?;
    let mut direction = 0;
    loop {
        direction |= match c.ident() {
            b"_IOC_NONE" => 0,
            b"_IOC_WRITE" => 1,
            b"_IOC_READ" => 2,
            _ => return None,
        };
        if !c.eat(b"|") {
            break;
        }
    }
    let mut parts = [0; 3];
    for part in &mut parts {
        c.expect(b", ")?;
        *part = c.unsigned()?;
    }
    c.expect(b")")?;
    let [kind, number, size] = parts;
    (kind <= 0xff && number <= 0xff && size <= 0x3fff).then_some(direction << 30 | size << 16 | kind << 8 | number)
}

/// Flags: `A|B|0x1000`, `0x1 /* MSG_??? */`, `0`.
pub(super) fn flags(names: &mut NameCache, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Flags> {
    Some(spelled(names, table, c)?.0)
}

/// Flags, and whether the writer would certainly spell them so.
pub(super) fn spelled(names: &mut NameCache, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<(Flags, bool)> {
    let start = c.place();
    let text = c.ored();
    if !c.sees(b" /* ")
        && !c.sees(b"<<")
        && let Some((raw, ours)) = names.flags(table, text)
    {
        return Some((Flags { table, raw }, ours));
    }
    c.back(start);
    let mut raw = 0;
    loop {
        raw |= match c.peek()? {
            b'0'..=b'9' => {
                let number = c.number(table)?;
                // `63<<MAP_HUGE_SHIFT`
                if c.eat(b"<<") && !c.ident().is_empty() { number.checked_shl(26)? } else { number }
            }
            _ => names.flag(table, c.ident())?,
        };
        c.comment();
        if !c.eat(b"|") {
            return Some((Flags { table, raw }, false));
        }
    }
}

/// A descriptor: `3`, `3<socket:[5]>`.
pub(super) fn fd(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Fd> {
    let raw = i32::try_from(c.signed()?).ok()?;
    Some(Fd { raw, target: names.target(c) })
}

/// A buffer.
pub(super) fn bytes(c: &mut Cursor<'_>) -> Option<Bytes> {
    let data = c.data()?;
    Some(Bytes { data, truncated: c.eat(b"...") })
}

/// `[16]`, `[128 => 16]`; `[0] => [5]` for offsets, `[128->16]` up to strace 5.
fn length(c: &mut Cursor<'_>) -> Option<Length> {
    c.expect(b"[")?;
    let entry = c.signed()?;
    let changed = c.eat(b" => ") || c.eat(b"->");
    let exit = if changed { Some(c.signed()?) } else { None };
    c.expect(b"]")?;
    Some(Length { entry, exit })
}

/// `[7]`, `[7] => [9]`; unsigned numbers.
fn offset(c: &mut Cursor<'_>) -> Option<Length> {
    c.expect(b"[")?;
    let entry = c.digits()? as i64;
    let exit = if c.eat(b"] => [") { Some(c.digits()? as i64) } else { None };
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
    array.items = Vec::with_capacity(1); // most have one element
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

/// `{{…}, {…}}`: up to strace 4.9 some arrays stood in braces.
pub(super) fn braced(c: &mut Cursor<'_>, mut item: impl FnMut(&mut Cursor<'_>) -> Option<Value>) -> Option<Value> {
    c.expect(b"{")?;
    let mut array = Array::default();
    while !c.eat(b"}") {
        if !array.items.is_empty() {
            c.expect(b", ")?;
        }
        if c.eat(b"...") {
            array.tail = Tail::Elided;
            c.expect(b"}")?;
            break;
        }
        array.items.push(item(c)?);
    }
    Some(Value::Array(array))
}

/// A timeout in milliseconds, which some versions wrote unsigned.
fn millis(c: &mut Cursor<'_>) -> Option<i64> {
    let n = c.signed()?;
    Some(u32::try_from(n).map_or(n, |n| i64::from(n as i32)))
}

/// `ECONNREFUSED (Connection refused)`: the number by its name, and whether the message is the one we write. Messages are
/// in the language of the machine, and may lack.
pub(super) fn errno(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<(Errno, bool)> {
    let start = c.place();
    if c.until(b')').is_some()
        && let Some(found) = names.errno(c.since(start))
    {
        return Some(found);
    }
    c.back(start);
    names.errno(c.ident())
}
