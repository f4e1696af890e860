//! Handles on other processes (pidfd_open(2)) and copies of their descriptors (pidfd_getfd(2)).
//!
//! # Safety
//! Two system calls with numbers only; the descriptors that they return are new and nobody else's.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A handle on one thread instead of a process, since Linux 6.9 (`linux/pidfd.h`).
pub(crate) const PIDFD_THREAD: libc::c_int = libc::O_EXCL;

/// A handle on a process.
pub(crate) fn open(pid: i32, flags: libc::c_int) -> io::Result<OwnedFd> {
    // SAFETY: numbers only.
    owned(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) })
}

/// A copy of a descriptor of that process.
pub(crate) fn copy(process: &OwnedFd, fd: i32) -> io::Result<OwnedFd> {
    // SAFETY: numbers only.
    owned(unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), fd, 0) })
}

fn owned(ret: libc::c_long) -> io::Result<OwnedFd> {
    match i32::try_from(ret) {
        // SAFETY: the kernel has just made it, and only this function knows it.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(io::Error::last_os_error()),
    }
}
