//! Messages of several buffers, with an address and control messages: `sendmsg`, `recvmsg`, their vector forms,
//! `readv`.
//!
//! # Safety
//! Every pointer in the structures built here points into a vector that lives across the call and has the length that
//! accompanies the pointer.
#![allow(unsafe_code)]

use std::os::fd::RawFd;

use libc::c_int;

use super::{Net, Region, Result, address, address_mut, reg, region, size, system_call};
use crate::syscall::{self, Syscall};

/// The parts of one message. To receive, each vector is a buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The address's bytes; empty for none.
    pub name: Vec<u8>,
    /// The buffers.
    pub buffers: Vec<Vec<u8>>,
    /// The control messages' bytes; empty for none.
    pub control: Vec<u8>,
    /// `msg_flags`, which the kernel does not read.
    pub flags: c_int,
}

/// The structures of a message in memory.
struct Image {
    /// `struct msghdr`.
    header: Vec<u8>,
    /// `struct iovec`s.
    iov: Vec<u8>,
}

/// A pointer; NULL to nothing.
fn pointer(bytes: &mut [u8]) -> u64 {
    if bytes.is_empty() { 0 } else { address_mut(bytes) }
}

/// `struct iovec`s in the machine's order, of pointers and lengths.
pub(super) fn iovecs(buffers: impl Iterator<Item = (u64, usize)>) -> Vec<u8> {
    buffers.flat_map(|(base, len)| [base, len as u64]).flat_map(u64::to_ne_bytes).collect()
}

/// The pointers and lengths of what the kernel may write to.
fn rooms(buffers: &mut [Vec<u8>]) -> impl Iterator<Item = (u64, usize)> {
    buffers.iter_mut().map(|buffer| (address_mut(buffer), buffer.len()))
}

impl Message {
    fn image(&mut self) -> Image {
        let mut iov = iovecs(rooms(&mut self.buffers));
        // The lengths of name and flags are `int`s, each followed by as much padding.
        let words = [
            pointer(&mut self.name),
            self.name.len() as u64,
            pointer(&mut iov),
            self.buffers.len() as u64,
            pointer(&mut self.control),
            self.control.len() as u64,
            u64::from(self.flags as u32),
        ];
        Image { header: words.iter().flat_map(|word| word.to_ne_bytes()).collect(), iov }
    }

    /// The memory that belongs to it, but for its header.
    fn regions<'a>(&'a self, image: &'a Image) -> impl Iterator<Item = Region<'a>> {
        [region(&self.name), region(&image.iov), region(&self.control)]
            .into_iter()
            .chain(self.buffers.iter().map(region))
    }
}

/// A timeout or none: `struct timespec`, seconds and ns.
pub(super) fn timespec(time: Option<[i64; 2]>) -> Vec<u8> {
    time.into_iter().flatten().flat_map(i64::to_ne_bytes).collect()
}

impl Net {
    /// sendmsg(2).
    pub fn sendmsg(&mut self, sockfd: RawFd, message: &mut Message, flags: c_int) -> Result<usize> {
        self.one(&syscall::SENDMSG, sockfd, message, flags)
    }

    /// recvmsg(2); what was received is in the message's vectors, and recorded.
    pub fn recvmsg(&mut self, sockfd: RawFd, message: &mut Message, flags: c_int) -> Result<usize> {
        self.one(&syscall::RECVMSG, sockfd, message, flags)
    }

    fn one(&mut self, sys: &'static Syscall, sockfd: RawFd, message: &mut Message, flags: c_int) -> Result<usize> {
        let mut image = message.image();
        let regs = [reg(sockfd), address_mut(&mut image.header), reg(flags), 0, 0, 0];
        let regions = || [region(&image.header)].into_iter().chain(message.regions(&image)).collect::<Vec<_>>();
        let entered = self.enter(sys, None, regs, &regions());
        // SAFETY: the header's pointers and lengths are those of `message` and `image`, which live across the call.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &regions()).map(size)
    }

    /// sendmmsg(2).
    pub fn sendmmsg(&mut self, sockfd: RawFd, messages: &mut [Message], flags: c_int) -> Result<usize> {
        self.several(&syscall::SENDMMSG, sockfd, messages, flags, None)
    }

    /// recvmmsg(2), waiting no longer than `timeout`, seconds and ns.
    pub fn recvmmsg(
        &mut self,
        sockfd: RawFd,
        messages: &mut [Message],
        flags: c_int,
        timeout: Option<[i64; 2]>,
    ) -> Result<usize> {
        self.several(&syscall::RECVMMSG, sockfd, messages, flags, timeout)
    }

    fn several(
        &mut self,
        sys: &'static Syscall,
        sockfd: RawFd,
        messages: &mut [Message],
        flags: c_int,
        timeout: Option<[i64; 2]>,
    ) -> Result<usize> {
        let images: Vec<Image> = messages.iter_mut().map(Message::image).collect();
        // `struct mmsghdr`: a header, and how many bytes were sent or received, padded to a word.
        let mut headers: Vec<u8> =
            images.iter().flat_map(|image| [image.header.as_slice(), &[0; 8]].concat()).collect();
        let mut timeout = timespec(timeout);
        let regs =
            [reg(sockfd), address_mut(&mut headers), messages.len() as u64, reg(flags), pointer(&mut timeout), 0];
        let regions = || {
            let parts = messages.iter().zip(&images).flat_map(|(message, image)| message.regions(image));
            [region(&headers), region(&timeout)].into_iter().chain(parts).collect::<Vec<_>>()
        };
        let entered = self.enter(sys, None, regs, &regions());
        // SAFETY: `headers` has `count` structures, with pointers and lengths of `messages` and
        // `images`; they and `timeout` live across the call.
        let result = unsafe { system_call(sys, regs) };
        self.exit(entered, result, &regions()).map(size)
    }

    /// readv(2).
    pub fn readv(&mut self, fd: RawFd, rooms: &mut [Vec<u8>]) -> Result<usize> {
        let iov = iovecs(self::rooms(rooms));
        let regs = [reg(fd), address(&iov), rooms.len() as u64, 0, 0, 0];
        let entered = self.enter(&syscall::READV, None, regs, &[region(&iov)]);
        // SAFETY: `iov` holds exactly `rooms.len()` structures whose vectors live across the call.
        let result = unsafe { system_call(&syscall::READV, regs) };
        let outs: Vec<Region<'_>> = [region(&iov)].into_iter().chain(rooms.iter().map(region)).collect();
        self.exit(entered, result, &outs).map(size)
    }
}
