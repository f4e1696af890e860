//! Waiting: descriptor sets and arrays, events, timeouts, signal masks.

use super::Args;
use crate::event::Ret;
use crate::value::{Fd, FdSet, Layout, PollFd, Record, Timeout, Value, layout};

/// `sizeof(struct pollfd)`.
const POLLFD: usize = 8;
/// `sizeof(sigset_t)` in the kernel: the only size of a signal set that is understood.
const SIGSET: u64 = 8;
/// Descriptors in a set at most.
const MOST_FDS: i32 = 1024 * 1024;

impl Args<'_> {
    /// `poll`'s array at entry.
    pub(super) fn pollfds(&self, ptr: u64, count: u64) -> Value {
        self.array(ptr, count, POLLFD, |bytes| {
            let raw = i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            let events = u16::from_ne_bytes([bytes[4], bytes[5]]);
            Value::PollFd(PollFd { fd: Fd { raw, shown: self.cx.names.fd(raw) }, events, revents: None })
        })
    }

    /// The same array once the kernel filled in what it found.
    pub(super) fn polled(&self, mut value: Value, ptr: u64, ret: Ret) -> Value {
        if let (Value::Array(array), Ret::Ok(_)) = (&mut value, ret) {
            for (at, item) in array.items.iter_mut().enumerate() {
                let field = ptr.wrapping_add((at * POLLFD + 6) as u64);
                let revents = crate::memory::array(self.memory, field).map(u16::from_ne_bytes);
                if let (Value::PollFd(pollfd), Some(raw)) = (item, revents) {
                    pollfd.revents = Some(raw);
                }
            }
        }
        value
    }

    /// The members of a set below `count`, or nothing if it cannot be read.
    fn members(&self, ptr: u64, count: i32) -> Option<Vec<Fd>> {
        let count = usize::try_from(count.min(MOST_FDS)).ok()?;
        // The kernel reads whole words.
        let mut bytes = vec![0; count.div_ceil(64) * 8];
        if ptr == 0 || self.memory.read(ptr, &mut bytes).is_err() {
            return None;
        }
        let set = |fd: &usize| bytes[fd / 8] & (1 << (fd % 8)) != 0;
        Some((0..count).filter(set).map(|fd| Fd { raw: fd as i32, shown: self.cx.names.fd(fd as i32) }).collect())
    }

    /// A set of `select` at entry.
    pub(super) fn fdset(&self, ptr: u64, count: i32) -> Value {
        match self.members(ptr, count) {
            Some(entry) => Value::FdSet(Box::new(FdSet { entry, exit: None })),
            None => Value::Pointer(ptr),
        }
    }

    /// The same set once the kernel left in it what is ready.
    pub(super) fn selected(&self, mut value: Value, ptr: u64, count: i32, ret: Ret) -> Value {
        if let (Value::FdSet(set), Ret::Ok(_)) = (&mut value, ret) {
            set.exit = self.members(ptr, count);
        }
        value
    }

    /// A timeout at entry.
    pub(super) fn timeout(&self, ptr: u64, layout: &'static Layout) -> Value {
        match self.read(ptr, layout.size) {
            Some(bytes) => Value::Timeout(Box::new(Timeout { entry: Record::read(layout, &bytes), left: None })),
            None => Value::Pointer(ptr),
        }
    }

    /// The same timeout with what the kernel left of it.
    pub(super) fn waited(&self, mut value: Value, ptr: u64, ret: Ret) -> Value {
        if let (Value::Timeout(timeout), Ret::Ok(1..)) = (&mut value, ret) {
            let layout = timeout.entry.layout;
            timeout.left = self.read(ptr, layout.size).map(|bytes| Record::read(layout, &bytes));
        }
        value
    }

    /// A signal set of `size` bytes.
    pub(super) fn sigset(&self, ptr: u64, size: u64) -> Value {
        match crate::memory::array(self.memory, ptr).filter(|_| ptr != 0 && size == SIGSET) {
            Some(mask) => Value::SigSet(u64::from_ne_bytes(mask)),
            None => Value::Pointer(ptr),
        }
    }

    /// The pointer and size behind `pselect6`'s last argument.
    pub(super) fn sigset_arg(&self, ptr: u64) -> Value {
        let Some(bytes) = self.read(ptr, layout::SIGSET_ARG.size) else { return Value::Pointer(ptr) };
        let mut record = Record::read(&layout::SIGSET_ARG, &bytes);
        if let [mask, Value::Uint(size)] = record.fields.as_mut_slice()
            && let Value::Pointer(ptr) = *mask
        {
            *mask = self.sigset(ptr, *size);
        }
        Value::Record(record)
    }

    /// `count` events.
    pub(super) fn epoll_events(&self, ptr: u64, count: u64) -> Value {
        self.array(ptr, count, layout::EPOLL_EVENT.size, |bytes| {
            Value::Record(Record::read(&layout::EPOLL_EVENT, bytes))
        })
    }

    /// The event handed to `epoll_ctl`, which removing does not look at.
    pub(super) fn epoll_event(&self, ptr: u64, op: i32) -> Value {
        match self.read(ptr, layout::EPOLL_EVENT.size).filter(|_| op != libc::EPOLL_CTL_DEL) {
            Some(bytes) => Value::Record(Record::read(&layout::EPOLL_EVENT, &bytes)),
            None => Value::Pointer(ptr),
        }
    }
}
