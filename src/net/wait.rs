//! Waiting for several descriptors: `select` and `epoll` and their forms with a signal mask.
//!
//! # Safety
//! Every pointer passed points into a vector that lives across the call and is as long as the other arguments state.
#![allow(unsafe_code)]

use std::os::fd::RawFd;

use libc::c_int;

use super::message::timespec;
use super::{Net, Poll, Result, address_mut, fd, poll_image, reg, region, size, system_call};
use crate::syscall::{self, Syscall};
use crate::value::layout::EPOLL_EVENT;

/// The sets of `select`: to read, to write, exceptional.
pub type Sets = [Option<Vec<RawFd>>; 3];

/// One event of `epoll`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpollEvent {
    /// `EPOLLIN` and so on.
    pub events: u32,
    /// The program's own data.
    pub data: u64,
}

/// `sizeof(sigset_t)` in the kernel.
const SIGSET: u64 = 8;

fn pointer(bytes: &mut Option<Vec<u8>>) -> u64 {
    bytes.as_mut().map_or(0, address_mut)
}

/// A set as a bit mask: whole words, as the kernel reads and writes them.
fn bits(set: &[RawFd], count: c_int) -> Vec<u8> {
    let most = set.iter().copied().max().map_or(0, |most| most.saturating_add(1)).max(count).max(0) as usize;
    let mut bits = vec![0; most.div_ceil(64) * 8];
    for member in set.iter().filter_map(|member| usize::try_from(*member).ok()) {
        bits[member / 8] |= 1 << (member % 8);
    }
    bits
}

impl Net {
    /// select(2): `timeout` in seconds and µs. Returns how many are ready; which ones is recorded.
    pub fn select(&mut self, count: c_int, sets: &Sets, timeout: Option<[i64; 2]>) -> Result<usize> {
        self.sets(&syscall::SELECT, count, sets, timeout, None)
    }

    /// pselect6(2): `timeout` in seconds and ns. `mask` is the sixth argument: none, or a pointer to a mask or to none.
    pub fn pselect6(
        &mut self,
        count: c_int,
        sets: &Sets,
        timeout: Option<[i64; 2]>,
        mask: Option<Option<u64>>,
    ) -> Result<usize> {
        self.sets(&syscall::PSELECT6, count, sets, timeout, mask)
    }

    fn sets(
        &mut self,
        sys: &'static Syscall,
        count: c_int,
        sets: &Sets,
        timeout: Option<[i64; 2]>,
        mask: Option<Option<u64>>,
    ) -> Result<usize> {
        let mut sets = sets.each_ref().map(|set| set.as_ref().map(|set| bits(set, count)));
        let mut timeout = timeout.map(|time| timespec(Some(time)));
        let mut set = mask.flatten().map(|mask| mask.to_ne_bytes().to_vec());
        let mut argument =
            mask.map(|_| [pointer(&mut set), SIGSET].iter().flat_map(|word| word.to_ne_bytes()).collect());
        let regs = [
            reg(count),
            pointer(&mut sets[0]),
            pointer(&mut sets[1]),
            pointer(&mut sets[2]),
            pointer(&mut timeout),
            pointer(&mut argument),
        ];
        let regions = || sets.iter().chain([&timeout, &set, &argument]).flatten().map(region).collect::<Vec<_>>();
        let entered = self.enter(sys, None, regs, &regions());
        // SAFETY: each set has at least `count` bits; all vectors live across the call.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &regions()).map(size)
    }

    /// ppoll(2): `timeout` in seconds and ns. Returns how many are ready; which ones is recorded.
    pub fn ppoll(&mut self, fds: &[Poll], timeout: Option<[i64; 2]>, mask: Option<u64>) -> Result<usize> {
        let mut raw = poll_image(fds);
        let mut timeout = timeout.map(|time| timespec(Some(time)));
        let mut mask = mask.map(|mask| mask.to_ne_bytes().to_vec());
        let regs = [address_mut(&mut raw), fds.len() as u64, pointer(&mut timeout), pointer(&mut mask), SIGSET, 0];
        let regions = || {
            let others = [&timeout, &mask].into_iter().flatten().map(region);
            std::iter::once(region(&raw)).chain(others).collect::<Vec<_>>()
        };
        let entered = self.enter(&syscall::PPOLL, None, regs, &regions());
        // SAFETY: `raw` holds exactly `fds.len()` structures; all vectors live across the call.
        let result = unsafe { system_call(&syscall::PPOLL, regs) };
        self.exit(entered, result, &regions()).map(size)
    }

    /// epoll_create1(2).
    pub fn epoll_create1(&mut self, flags: c_int) -> Result<RawFd> {
        let regs = [reg(flags), 0, 0, 0, 0, 0];
        // SAFETY: no pointers.
        self.plain(&syscall::EPOLL_CREATE1, regs, || unsafe { system_call(&syscall::EPOLL_CREATE1, regs) }).map(fd)
    }

    /// epoll_ctl(2).
    pub fn epoll_ctl(&mut self, epfd: RawFd, op: c_int, member: RawFd, event: Option<EpollEvent>) -> Result<()> {
        let mut event = event.map(|event| {
            let mut bytes = vec![0; EPOLL_EVENT.size];
            bytes[..4].copy_from_slice(&event.events.to_ne_bytes());
            bytes[EPOLL_EVENT.size - 8..].copy_from_slice(&event.data.to_ne_bytes());
            bytes
        });
        let regs = [reg(epfd), reg(op), reg(member), pointer(&mut event), 0, 0];
        let regions: Vec<_> = event.iter().map(region).collect();
        let entered = self.enter(&syscall::EPOLL_CTL, None, regs, &regions);
        // SAFETY: `event` is one whole structure and lives across the call.
        let result = unsafe { system_call(&syscall::EPOLL_CTL, regs) };
        self.exit(entered, result, &[]).map(drop)
    }

    /// epoll_wait(2), at most `timeout` ms, negative for ever. Returns how many events there are; which ones is
    /// recorded.
    pub fn epoll_wait(&mut self, epfd: RawFd, most: c_int, timeout: c_int) -> Result<usize> {
        self.epoll(&syscall::EPOLL_WAIT, epfd, most, timeout, None)
    }

    /// epoll_pwait(2).
    pub fn epoll_pwait(&mut self, epfd: RawFd, most: c_int, timeout: c_int, mask: Option<u64>) -> Result<usize> {
        self.epoll(&syscall::EPOLL_PWAIT, epfd, most, timeout, mask)
    }

    fn epoll(
        &mut self,
        sys: &'static Syscall,
        epfd: RawFd,
        most: c_int,
        timeout: c_int,
        mask: Option<u64>,
    ) -> Result<usize> {
        // The kernel accepts absurd numbers, but never returns more events than there are descriptors.
        const MAX_EVENTS: c_int = 1 << 16;
        let most = most.min(MAX_EVENTS);
        let mut room = vec![0; EPOLL_EVENT.size * usize::try_from(most).unwrap_or(0)];
        let mut mask = mask.map(|mask| mask.to_ne_bytes().to_vec());
        let size_of_mask = if std::ptr::eq(sys, &syscall::EPOLL_PWAIT) { SIGSET } else { 0 };
        let regs = [reg(epfd), address_mut(&mut room), reg(most), reg(timeout), pointer(&mut mask), size_of_mask];
        let regions = || std::iter::once(region(&room)).chain(mask.iter().map(region)).collect::<Vec<_>>();
        let entered = self.enter(sys, None, regs, &regions());
        // SAFETY: `room` is for `most` structures; the vectors live across the call.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &regions()).map(size)
    }
}
