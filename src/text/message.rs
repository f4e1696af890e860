//! Messages and their control parts.

use std::fmt::Write;

use super::{Style, constant, push_int, write_value};
use crate::value::{Cmsg, MmsgHdr, MsgHdr};

/// `{msg_name=…, msg_namelen=…, msg_iov=…, msg_iovlen=…, msg_controllen=…, msg_flags=…}`.
pub(super) fn msghdr(msg: &MsgHdr, style: &Style, out: &mut String) {
    out.push_str("{msg_name=");
    write_value(&msg.name, style, out);
    out.push_str(", msg_namelen=");
    push_int(msg.namelen.entry, out);
    if let Some(exit) = msg.namelen.exit {
        let _ = write!(out, " => {exit}");
    }
    out.push_str(", msg_iov=");
    write_value(&msg.iov, style, out);
    let _ = write!(out, ", msg_iovlen={}", msg.iovlen);
    if let Some(control) = &msg.control {
        out.push_str(", msg_control=");
        write_value(control, style, out);
    }
    let _ = write!(out, ", msg_controllen={}, msg_flags=", msg.controllen);
    constant::flags(msg.flags, style, out);
    out.push('}');
}

/// `{msg_hdr={…}, msg_len=5}`.
pub(super) fn mmsghdr(msg: &MmsgHdr, style: &Style, out: &mut String) {
    out.push_str("{msg_hdr=");
    msghdr(&msg.hdr, style, out);
    if let Some(len) = msg.len {
        let _ = write!(out, ", msg_len={len}");
    }
    out.push('}');
}

/// `{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3]}`.
pub(super) fn cmsg(cmsg: &Cmsg, style: &Style, out: &mut String) {
    let _ = write!(out, "{{cmsg_len={}, cmsg_level=", cmsg.len);
    constant::write(cmsg.level, style, out);
    out.push_str(", cmsg_type=");
    constant::write(cmsg.kind, style, out);
    if let Some(data) = &cmsg.data {
        out.push_str(", cmsg_data=");
        write_value(data, style, out);
    }
    out.push('}');
}
