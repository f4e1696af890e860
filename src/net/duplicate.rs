//! Calls that make descriptors in pairs or from others, and the one that copies between them.
//!
//! # Safety
//! The only pointers are to two local arrays, which live across their calls.
#![allow(unsafe_code)]

use std::os::fd::RawFd;

use libc::c_int;

use super::{Net, Result, address_mut, fd, reg, region, size, system_call};
use crate::syscall::{self, Syscall};

impl Net {
    /// socketpair(2).
    pub fn socketpair(&mut self, domain: c_int, kind: c_int, protocol: c_int) -> Result<[RawFd; 2]> {
        self.pair(&syscall::SOCKETPAIR, [reg(domain), reg(kind), reg(protocol), 0, 0, 0], 3)
    }

    /// pipe2(2): the end to read, the end to write.
    pub fn pipe2(&mut self, flags: c_int) -> Result<[RawFd; 2]> {
        self.pair(&syscall::PIPE2, [0, reg(flags), 0, 0, 0, 0], 0)
    }

    /// A call that stores two descriptors behind the argument at `at`.
    fn pair(&mut self, sys: &'static Syscall, mut regs: [u64; 6], at: usize) -> Result<[RawFd; 2]> {
        let mut pair = [0u8; 8];
        regs[at] = address_mut(&mut pair);
        let entered = self.enter(sys, None, regs, &[]);
        // SAFETY: two numbers of four bytes each; `pair` lives across the call.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &[region(&pair)])?;
        let [a, b, c, d, e, f, g, h] = pair;
        Ok([RawFd::from_ne_bytes([a, b, c, d]), RawFd::from_ne_bytes([e, f, g, h])])
    }

    /// dup(2).
    pub fn dup(&mut self, old: RawFd) -> Result<RawFd> {
        self.number(&syscall::DUP, [reg(old), 0, 0, 0, 0, 0])
    }

    /// dup2(2).
    pub fn dup2(&mut self, old: RawFd, new: RawFd) -> Result<RawFd> {
        self.number(&syscall::DUP2, [reg(old), reg(new), 0, 0, 0, 0])
    }

    /// dup3(2).
    pub fn dup3(&mut self, old: RawFd, new: RawFd, flags: c_int) -> Result<RawFd> {
        self.number(&syscall::DUP3, [reg(old), reg(new), reg(flags), 0, 0, 0])
    }

    fn number(&mut self, sys: &'static Syscall, regs: [u64; 6]) -> Result<RawFd> {
        // SAFETY: no pointers.
        self.plain(sys, regs, || unsafe { system_call(sys, regs) }).map(fd)
    }

    /// sendfile(2), from `offset` if one is given.
    pub fn sendfile(&mut self, out: RawFd, from: RawFd, offset: Option<i64>, count: usize) -> Result<usize> {
        let mut place = offset.map(|offset| offset.to_ne_bytes().to_vec());
        let regs = [reg(out), reg(from), place.as_mut().map_or(0, address_mut), count as u64, 0, 0];
        let regions = || place.iter().map(region).collect::<Vec<_>>();
        let entered = self.enter(&syscall::SENDFILE, None, regs, &regions());
        // SAFETY: `place` is one offset and lives across the call.
        let result = unsafe { system_call(&syscall::SENDFILE, regs) };
        self.exit(entered, result, &regions()).map(size)
    }
}
