//! What the kernel calls the protocol of a socket: `TCP`, `UNIX-STREAM`, `NETLINK`.
//!
//! # Safety
//! One call into a local buffer of the size that is passed.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt;

use super::proc::Proc;

/// No protocol's name is longer.
const ROOM: usize = 64;

/// Of a socket of ours.
pub(crate) fn of(fd: RawFd) -> Option<Box<str>> {
    let mut name = [0u8; ROOM];
    // SAFETY: the attribute's name ends with NUL, and `name` has the length that is passed.
    let len = unsafe { libc::fgetxattr(fd, c"system.sockprotoname".as_ptr(), name.as_mut_ptr().cast(), ROOM) };
    text(&name, len)
}

/// Of a socket of another process.
pub(crate) fn of_process(pid: i32, fd: i32) -> Option<Box<str>> {
    let path = CString::new(Proc::new(pid).descriptor(fd).path().into_os_string().into_vec()).ok()?;
    let mut name = [0u8; ROOM];
    // SAFETY: the strings end with NUL, and `name` has the length that is passed.
    let len =
        unsafe { libc::getxattr(path.as_ptr(), c"system.sockprotoname".as_ptr(), name.as_mut_ptr().cast(), ROOM) };
    text(&name, len)
}

fn text(name: &[u8], len: isize) -> Option<Box<str>> {
    let name = name.get(..usize::try_from(len).ok()?)?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    Some(std::str::from_utf8(name).ok()?.into())
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_socket_has_one_protocol_from_within_and_from_outside() {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        assert_eq!(of(socket.as_raw_fd()).as_deref(), Some("UDP"));
        assert_eq!(of_process(std::process::id() as i32, socket.as_raw_fd()).as_deref(), Some("UDP"));
        assert_eq!(of(-1), None);
    }
}
