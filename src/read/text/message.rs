//! Messages and their control parts.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::value::{array, bytes, constant, fd, flags};
use super::{address, record};
use crate::syscall::{self, Payload};
use crate::value::{Cmsg, Length, MmsgHdr, MsgHdr, Value, layout};
use crate::xlat::socket::{CMSG_LEVEL, MSG};
use crate::xlat::sockopt::NAMELESS;

/// `{msg_name=…, msg_namelen=…, msg_iov=…, msg_iovlen=…, msg_controllen=…, msg_flags=…}`.
pub(super) fn msghdr(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<MsgHdr> {
    c.expect(b"{msg_name=")?;
    let name = match c.peek()? {
        b'{' => Value::SockAddr(address::read(names, c)?),
        _ => Value::Pointer(c.pointer()?),
    };
    c.expect(b", msg_namelen=")?;
    let entry = c.signed()?;
    let exit = if c.eat(b" => ") || c.eat(b"->") { Some(c.signed()?) } else { None };
    c.expect(b", msg_iov=")?;
    let iov = match c.peek()? {
        b'[' => iovecs(c)?,
        _ => Value::Pointer(c.pointer()?),
    };
    c.expect(b", msg_iovlen=")?;
    let iovlen = c.digits()?;
    let control = if c.eat(b", msg_control=") {
        Some(match c.peek()? {
            b'[' => array(c, |c| Some(Value::Cmsg(Box::new(cmsg(names, c)?))))?,
            _ => Value::Pointer(c.pointer()?),
        })
    } else {
        None
    };
    c.expect(b", msg_controllen=")?;
    let controllen = c.digits()?;
    c.expect(b", msg_flags=")?;
    let flags = flags(names, &MSG, c)?;
    c.expect(b"}")?;
    Some(MsgHdr { name, namelen: Length { entry, exit }, iov, iovlen, control, controllen, flags })
}

/// `{msg_hdr={…}, msg_len=5}`.
pub(super) fn mmsghdr(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<MmsgHdr> {
    c.expect(b"{msg_hdr=")?;
    let hdr = msghdr(names, c)?;
    let len = if c.eat(b", msg_len=") { Some(u32::try_from(c.digits()?).ok()?) } else { None };
    c.expect(b"}")?;
    Some(MmsgHdr { hdr, len })
}

/// `[{iov_base="…", iov_len=5}, …]`.
pub(super) fn iovecs(c: &mut Cursor<'_>) -> Option<Value> {
    array(c, |c| {
        c.expect(b"{iov_base=")?;
        let base = match c.peek()? {
            b'"' => Value::Bytes(bytes(c)?),
            // Netlink messages, which strace decodes where it knows the socket.
            b'[' | b'{' => Value::Verbatim(std::str::from_utf8(c.skip_value()).ok()?.into()),
            _ => Value::Pointer(c.pointer()?),
        };
        c.expect(b", iov_len=")?;
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
    let data = if c.eat(b", cmsg_data=") { Some(Box::new(payload(names, carried, c)?)) } else { None };
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
