//! Messages and their control parts.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::value::{array, bytes, constant, fd, flags};
use super::{address, record};
use crate::value::{Cmsg, Const, Layout, Length, MmsgHdr, MsgHdr, Value, layout};
use crate::xlat::socket::{CMSG_LEVEL, MSG};
use crate::xlat::sockopt::{NAMELESS, control_messages};

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
    let kind = constant(names, control_messages(level.raw as i32).unwrap_or(&NAMELESS), c)?;
    let data = if c.eat(b", cmsg_data=") { Some(Box::new(payload(names, level, kind, c)?)) } else { None };
    c.expect(b"}")?;
    Some(Cmsg { len, level, kind, data })
}

/// What a control message carries, mostly determined by its spelling.
fn payload(names: &mut NameCache, level: Const, kind: Const, c: &mut Cursor<'_>) -> Option<Value> {
    let rights = (level.raw as i32, kind.raw as i32) == (libc::SOL_SOCKET, libc::SCM_RIGHTS);
    let octets = level.raw as i32 == libc::SOL_IP
        && matches!(kind.raw as i32, libc::IP_TOS | libc::IP_RECVOPTS | libc::IP_RETOPTS);
    match c.peek()? {
        b'[' if rights => array(c, |c| Some(Value::Fd(fd(names, c)?))),
        b'[' if octets => array(c, |c| Some(Value::Hex(c.unsigned()?))),
        b'[' if c.sees(b"[{") => array(c, |c| Some(Value::Record(record::read(names, &layout::TIMESPEC, c)?))),
        b'[' => array(c, |c| Some(Value::Uint(c.digits()?))),
        b'{' if c.sees(b"{sa_family=") => Some(Value::SockAddr(address::read(names, c)?)),
        b'{' => Some(Value::Record(record::any(names, PAYLOADS, c)?)),
        b'"' => Some(Value::Bytes(bytes(c)?)),
        b'?' => c.expect(b"???").map(|()| Value::Short),
        _ => None,
    }
}

/// The structures that control messages carry: cmsg(3), socket(7), ip(7).
static PAYLOADS: &[&Layout] =
    &[&layout::UCRED, &layout::TIMEVAL, &layout::TIMESPEC, &layout::IN_PKTINFO, &layout::SOCK_EXTENDED_ERR];
