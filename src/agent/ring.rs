//! The memory that a process shares with the tracer: a ring of records for each thread.
//!
//! What the process does to it is not to be trusted: every offset is checked, and a record is copied before it is looked at.
//!
//! # Safety
//! The mapping is ours until it is dropped, and every access is within it. The other side changes it at any moment, so it
//! is read and written by atomic words only; no reference to it exists.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::code::{record, ring};
use super::{RING, SHARED};
use crate::memory::{Fault, Memory, padded};

/// All rings of one process.
#[derive(Debug)]
pub(crate) struct SharedRings {
    fd: OwnedFd,
    start: NonNull<u8>,
}

impl SharedRings {
    /// New rings, all empty.
    pub(crate) fn new() -> io::Result<Self> {
        let name = CString::default();
        // SAFETY: the name is a string that ends with NUL.
        let raw = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC) };
        if raw == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a descriptor that was just made, and is nobody else's.
        let fd = unsafe { OwnedFd::from_raw_fd(raw) };
        nix::unistd::ftruncate(&fd, SHARED as i64)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, wherever the kernel puts it.
        let start = unsafe {
            libc::mmap(std::ptr::null_mut(), SHARED as usize, protection, libc::MAP_SHARED, fd.as_raw_fd(), 0)
        };
        let start = NonNull::new(start.cast()).filter(|_| start != libc::MAP_FAILED);
        let this = Self { fd, start: start.ok_or_else(io::Error::last_os_error)? };
        this.set(Self::MARK, this.mark());
        Ok(this)
    }

    /// The offset of a number that distinguishes this memory from any other.
    pub(crate) const MARK: u64 = 32;

    /// That number.
    pub(crate) fn mark(&self) -> u64 {
        u64::from(std::process::id()) << 32 ^ self.start.addr().get() as u64
    }

    /// The descriptor of the memory.
    pub(crate) fn fd(&self) -> i32 {
        self.fd.as_raw_fd()
    }

    /// A word of 8 bytes; 0 outside.
    pub(super) fn word(&self, at: u64) -> u64 {
        // SAFETY: within the mapping, and aligned, as `place` has checked.
        self.place(at, 8).map_or(0, |word| unsafe { AtomicU64::from_ptr(word.cast().as_ptr()) }.load(Ordering::Acquire))
    }

    /// A word of 4 bytes; 0 outside.
    fn half(&self, at: u64) -> u32 {
        // SAFETY: as above.
        self.place(at, 4).map_or(0, |half| unsafe { AtomicU32::from_ptr(half.cast().as_ptr()) }.load(Ordering::Acquire))
    }

    pub(super) fn set(&self, at: u64, value: u64) {
        if let Some(word) = self.place(at, 8) {
            // SAFETY: as above.
            unsafe { AtomicU64::from_ptr(word.cast().as_ptr()) }.store(value, Ordering::Release);
        }
    }

    /// The place of an aligned word of this size.
    fn place(&self, at: u64, size: u64) -> Option<NonNull<u8>> {
        if !at.is_multiple_of(size) || at.checked_add(size)? > SHARED {
            return None;
        }
        // SAFETY: the offset is within the mapping.
        Some(unsafe { self.start.add(at as usize) })
    }

    /// Copies from words that begin at a multiple of 8.
    fn copy(&self, at: u64, length: u64, into: &mut Vec<u8>) {
        into.clear();
        for word in (at..at.saturating_add(length)).step_by(8) {
            into.extend_from_slice(&self.word(word).to_ne_bytes());
        }
        into.truncate(length as usize);
    }
}

impl Drop for SharedRings {
    fn drop(&mut self) {
        // SAFETY: our own mapping, of which no reference is left.
        unsafe { libc::munmap(self.start.as_ptr().cast(), SHARED as usize) };
    }
}

/// What was seen of a thread's ring so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RingCursor {
    /// Where the ring is in the shared memory.
    base: u64,
    /// The next record, from there.
    at: u64,
    serial: u64,
    /// Whether its entry was seen.
    entered: bool,
    /// The most bytes of a record.
    longest: u64,
}

/// A half of a recorded call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordHalf {
    /// When, in ticks of the processor's clock.
    pub(crate) ticks: u64,
    /// Whether it is the call's end.
    pub(crate) ends: bool,
    /// The record, in the shared memory.
    at: u64,
    /// What is free when the call's end was looked at.
    next: (u64, u64),
}

impl RingCursor {
    /// The ring of this number, used for the first time.
    pub(crate) fn new(shared: &SharedRings, number: usize, longest: u64) -> Self {
        let base = number as u64 * RING;
        let this = Self { base, at: ring::START, serial: 1, entered: false, longest };
        let start = [(ring::HEAD, this.at), (ring::SERIAL, 1), (ring::TAIL, this.at), (ring::READ, 1)];
        start.iter().for_each(|(word, value)| shared.set(base + word, *value));
        this
    }

    /// Calls are recorded only with one of the Python stacks at this address in the process; 0: without.
    pub(crate) fn demand(&self, shared: &SharedRings, stacks: u64) {
        shared.set(self.base + ring::STACKS, stacks);
    }

    /// Whether the thread's last call stopped because of its Python stack; asked once.
    pub(crate) fn missed(&self, shared: &SharedRings) -> bool {
        let at = self.base + ring::MISSED;
        let missed = shared.word(at) != 0;
        if missed {
            shared.set(at, 0);
        }
        missed
    }

    /// The state of the record at the cursor: 0 none, 1 open, 2 returned, 3 complete.
    fn state(&self, shared: &SharedRings) -> u64 {
        let word = shared.word(self.base + self.at + record::WORD);
        if word >> 2 == self.serial { word & 3 } else { 0 }
    }

    /// The halves that came since, as far as they happened before `limit`.
    pub(crate) fn see(&mut self, shared: &SharedRings, limit: u64, mut found: impl FnMut(RecordHalf)) {
        loop {
            let state = self.state(shared);
            let at = self.base + self.at;
            if state == 0 {
                return;
            }
            if !self.entered {
                let ticks = shared.word(at + record::BEGAN);
                if ticks >= limit {
                    return;
                }
                found(RecordHalf { ticks, ends: false, at, next: (0, 0) });
                self.entered = true;
            }
            let ticks = shared.word(at + record::ENDED);
            if state != 3 || ticks >= limit {
                return;
            }
            let next = u64::from(shared.half(at + record::NEXT));
            if next < ring::START || next % 16 != 0 || next > RING - self.longest.min(RING) {
                return; // the program has written there
            }
            (self.at, self.serial, self.entered) = (next, self.serial + 1, false);
            found(RecordHalf { ticks, ends: true, at, next: (self.at, self.serial) });
        }
    }

    /// Frees what a call's end has used.
    pub(crate) fn free(&self, shared: &SharedRings, half: &RecordHalf) {
        let (at, serial) = half.next;
        shared.set(self.base + ring::TAIL, at);
        shared.set(self.base + ring::READ, serial);
    }

    /// Gives up the record at the cursor, whose thread stands still and will not go on with it. `None` where there is
    /// none, or else whether its entry was seen.
    pub(crate) fn give_up(&mut self, shared: &SharedRings) -> Option<bool> {
        if !matches!(self.state(shared), 1 | 2) {
            return None;
        }
        let seen = std::mem::replace(&mut self.entered, false);
        let next = (self.at + self.longest).next_multiple_of(16);
        self.at = if next + self.longest > RING { ring::START } else { next };
        self.serial += 1;
        let both = (self.at, self.serial);
        let words = [(ring::TAIL, both.0), (ring::READ, both.1), (ring::HEAD, both.0), (ring::SERIAL, both.1)];
        words.iter().for_each(|(word, value)| shared.set(self.base + word, *value));
        Some(seen)
    }
}

/// A recorded call as the decoder reads it: registers, and memory as it was.
#[derive(Debug, Default)]
pub(crate) struct CallRecord {
    bytes: Vec<u8>,
}

impl CallRecord {
    /// Reads the record of a half: at the call's beginning what was copied until then.
    pub(crate) fn read(&mut self, shared: &SharedRings, half: &RecordHalf, longest: u64) {
        let end = u64::from(shared.half(half.at + if half.ends { record::END } else { record::ENTERED }));
        shared.copy(half.at, end.clamp(record::DATA, longest.max(record::DATA)), &mut self.bytes);
    }

    fn word(&self, at: u64) -> u64 {
        u64::from_ne_bytes(padded(&self.bytes, at as usize))
    }

    /// Number of the call.
    pub(crate) fn number(&self) -> u64 {
        self.word(record::NR)
    }

    /// Its arguments.
    pub(crate) fn args(&self) -> [u64; 6] {
        std::array::from_fn(|at| self.word(record::ARGS + 8 * at as u64))
    }

    /// The number of the Python stack that it was made with; 0 for none.
    pub(crate) fn stack(&self) -> u32 {
        u32::from_ne_bytes(padded(&self.bytes, record::STACK as usize))
    }

    /// What it returned.
    pub(crate) fn result(&self) -> i64 {
        self.word(record::RESULT) as i64
    }

    /// The pieces of memory, in the order in which they were copied.
    fn pieces(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut at = record::DATA as usize;
        std::iter::from_fn(move || {
            let addr = u64::from_ne_bytes(self.bytes.get(at..at + 8)?.try_into().ok()?);
            let length = usize::try_from(u64::from_ne_bytes(self.bytes.get(at + 8..at + 16)?.try_into().ok()?)).ok()?;
            let bytes = self.bytes.get(at + 16..(at + 16).checked_add(length)?)?;
            at = (at + 16 + length).next_multiple_of(8);
            Some((addr, bytes))
        })
    }

    /// Reads what was copied last of an address; false where it was not copied whole.
    pub(crate) fn copied(&self, addr: u64, buf: &mut [u8]) -> bool {
        let mut found = false;
        for (start, bytes) in self.pieces() {
            let from = addr.checked_sub(start).and_then(|skip| usize::try_from(skip).ok());
            if let Some(part) = from.and_then(|from| bytes.get(from..from.checked_add(buf.len())?)) {
                buf.copy_from_slice(part);
                found = true;
            }
        }
        found
    }
}

/// A record, and the process itself for what was not copied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recorded<'a, M> {
    /// What was copied.
    pub(crate) record: &'a CallRecord,
    /// The rest.
    pub(crate) process: &'a M,
}

impl<M: Memory> Memory for Recorded<'_, M> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        if self.record.copied(addr, buf) { Ok(()) } else { self.process.read(addr, buf) }
    }
}
