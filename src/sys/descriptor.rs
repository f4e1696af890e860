//! Descriptors moved out of the way, so that a program's own begin at 3 as they do in Python.
//!
//! # Safety
//! `fcntl(F_DUPFD…)` makes a new descriptor, which nothing else owns yet.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, fcntl};

/// Above all that a program opens, below every limit.
const HIGH: i32 = 100;

/// A copy of a descriptor at a high number; `inherited` is whether a started program gets it.
pub(crate) fn lift(fd: impl AsFd, inherited: bool) -> io::Result<OwnedFd> {
    let how = if inherited { FcntlArg::F_DUPFD(HIGH) } else { FcntlArg::F_DUPFD_CLOEXEC(HIGH) };
    let new = fcntl(fd, how)?;
    // SAFETY: the kernel has just made `new`, and only this function knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}
