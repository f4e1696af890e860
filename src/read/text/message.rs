//! Messages and their control parts.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::value::{array, braced, bytes, constant, fd, flags};
use super::{address, record};
use crate::syscall::{self, Payload};
use crate::value::{Array, Cmsg, Length, MmsgHdr, MsgHdr, Tail, Value, layout};
use crate::xlat::socket::{CMSG_LEVEL, MSG};
use crate::xlat::sockopt::NAMELESS;

/// `{msg_name=…, msg_namelen=…, msg_iov=…, msg_iovlen=…, msg_controllen=…, msg_flags=…}`.
pub(super) fn msghdr(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<MsgHdr> {
    // Up to strace 4.14 lengths stood in parentheses.
    c.expect(b"{msg_name")?;
    let in_parentheses = |c: &mut Cursor<'_>| {
        let given = if c.eat(b"(") { Some(c.signed()?) } else { None };
        if given.is_some() {
            c.expect(b")")?;
        }
        c.expect(b"=").map(|()| given)
    };
    let given = in_parentheses(c)?;
    let name = match c.peek()? {
        b'{' => Value::SockAddr(address::read(names, c)?),
        _ => Value::Pointer(c.pointer()?),
    };
    let entry = match given {
        Some(len) => len,
        None => {
            c.expect(b", msg_namelen=")?;
            c.signed()?
        }
    };
    let exit = if c.eat(b" => ") || c.eat(b"->") { Some(c.signed()?) } else { None };
    c.expect(b", msg_iov")?;
    let given = in_parentheses(c)?;
    let iov = match c.peek()? {
        b'[' => iovecs(names, c)?,
        _ => Value::Pointer(c.pointer()?),
    };
    let iovlen = match given {
        Some(len) => u64::try_from(len).ok()?,
        None => {
            c.expect(b", msg_iovlen=")?;
            c.digits()?
        }
    };
    let mut control = if c.eat(b", msg_control=") {
        Some(match c.peek()? {
            b'[' => array(c, |c| Some(Value::Cmsg(Box::new(cmsg(names, c)?))))?,
            _ => Value::Pointer(c.pointer()?),
        })
    } else {
        None
    };
    c.expect(b", msg_controllen=")?;
    let controllen = c.digits()?;
    let mut cmsg = |c: &mut Cursor<'_>| Some(Value::Cmsg(Box::new(cmsg(names, c)?)));
    if c.eat(b", [{cmsg") {
        c.back(c.place() - b"[{cmsg".len());
        control = Some(array(c, &mut cmsg)?);
    } else if c.sees(b", {cmsg") {
        let mut controls = Array::default();
        while c.eat(b", {cmsg") {
            c.back(c.place() - b"{cmsg".len());
            controls.items.push(cmsg(c)?);
        }
        if c.eat(b", ...") {
            controls.tail = Tail::Elided;
        }
        control = Some(Value::Array(controls));
    }
    c.expect(b", msg_flags=")?;
    let flags = flags(names, &MSG, c)?;
    c.expect(b"}")?;
    Some(MsgHdr { name, namelen: Length { entry, exit }, iov, iovlen, control, controllen, flags })
}

/// `{msg_hdr={…}, msg_len=5}`.
pub(super) fn mmsghdr(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<MmsgHdr> {
    let named = c.eat(b"{msg_hdr=");
    if !named {
        c.expect(b"{")?;
    }
    let hdr = msghdr(names, c)?;
    let len =
        if c.eat(b", msg_len=") || (!named && c.eat(b", ")) { Some(u32::try_from(c.digits()?).ok()?) } else { None };
    c.expect(b"}")?;
    Some(MmsgHdr { hdr, len })
}

/// Netlink messages, as they stand where they are not understood.
fn netlink(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    let start = c.place();
    if let Some(messages) = super::netlink::messages(names, c).filter(|_| matches!(c.peek(), Some(b',' | b')'))) {
        return Some(messages);
    }
    c.back(start);
    Some(Value::Verbatim(std::str::from_utf8(c.skip_value()).ok()?.into()))
}

/// `[{iov_base="…", iov_len=5}, …]`.
pub(super) fn iovecs(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    array(c, |c| {
        // Up to strace 4.14 without names.
        let named = c.eat(b"{iov_base=");
        if !named {
            c.expect(b"{")?;
        }
        let base = match c.peek()? {
            b'"' => Value::Bytes(bytes(c)?),
            // Netlink messages, which strace decodes where it knows the socket.
            b'[' | b'{' => netlink(names, c)?,
            _ => Value::Pointer(c.pointer()?),
        };
        c.expect(if named { b", iov_len=" } else { b", " })?;
        let len = Value::Uint(c.digits()?);
        c.expect(b"}")?;
        Some(Value::Record(crate::value::Record { layout: &layout::IOVEC, fields: vec![base, len], cut: None }))
    })
}

/// `{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3]}`.
fn cmsg(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Cmsg> {
    c.expect(b"{cmsg_len=")?;
    let len = c.digits()?;
    c.expect(b", cmsg_level=")?;
    let level = constant(names, &CMSG_LEVEL, c)?;
    c.expect(b", cmsg_type=")?;
    let table = syscall::controls(level.raw as i32).map_or(&NAMELESS, |controls| controls.names);
    let kind = constant(names, table, c)?;
    let carried = syscall::payload(level.raw as i32, kind.raw as u32);
    let named = c.eat(b", cmsg_data=");
    // Up to strace 4.14 without a name, and descriptors in braces.
    let data = if named || (c.sees(b", {") || c.sees(b", [")) && c.eat(b", ") {
        Some(Box::new(match (carried, c.peek()) {
            (Payload::Fds, Some(b'{')) => braced(c, |c| Some(Value::Fd(fd(names, c)?)))?,
            _ => payload(names, carried, c)?,
        }))
    } else {
        c.eat(b", ...");
        None
    };
    c.expect(b"}")?;
    Some(Cmsg { len, level, kind, data })
}

/// What a control message carries.
fn payload(names: &mut NameCache, payload: Payload, c: &mut Cursor<'_>) -> Option<Value> {
    Some(match payload {
        Payload::Fds => array(c, |c| Some(Value::Fd(fd(names, c)?)))?,
        Payload::Octets => array(c, |c| Some(Value::Hex(c.unsigned()?)))?,
        Payload::Uints => array(c, |c| Some(Value::Uint(c.digits()?)))?,
        Payload::Time(_) | Payload::Times(..) if c.eat(b"???") => Value::Short,
        Payload::Times(layout, _) => array(c, |c| Some(Value::Record(record::read(names, layout, c)?)))?,
        Payload::Record(layout) | Payload::Time(layout) => Value::Record(record::read(names, layout, c)?),
        Payload::SockAddr => Value::SockAddr(address::read(names, c)?),
        Payload::Bytes => Value::Bytes(bytes(c)?),
        // Without a row, the type follows from the spelling.
        Payload::Raw => match c.peek()? {
            b'[' => array(c, |c| Some(Value::Uint(c.digits()?)))?,
            b'"' => Value::Bytes(bytes(c)?),
            _ => return None,
        },
    })
}
