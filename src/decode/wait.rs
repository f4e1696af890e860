//! Waiting: descriptor sets and arrays, events, timeouts, signal masks.

use std::ops::Range;

use super::Args;
use crate::event::Ret;
use crate::syscall::Reach;
use crate::syscall::reach::{MAX_FDS, POLLFD, SIGSET};
use crate::value::{Fd, FdSet, Layout, PollFd, Record, Tail, Timeout, Value, layout};

impl Args<'_> {
    /// `poll`'s array at entry.
    pub(super) fn pollfds(&self, ptr: u64, count: u64) -> Value {
        self.array(ptr, count, POLLFD, |bytes| {
            let raw = i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            let events = u16::from_ne_bytes([bytes[4], bytes[5]]);
            Value::PollFd(PollFd { fd: Fd { raw, target: self.cx.names.fd(raw) }, events: Some(events), revents: None })
        })
    }

    /// The same array with the events that the kernel reported.
    ///
    /// Elements with events are kept at any index, up to the limit on lists.
    pub(super) fn polled(&self, mut value: Value, ptr: u64, count: u64, ret: Ret) -> Value {
        let (Value::Array(array), Ret::Ok(n)) = (&mut value, ret) else { return value };
        let mut left = u64::try_from(n).unwrap_or(0);
        for (at, item) in array.items.iter_mut().enumerate() {
            let field = ptr.wrapping_add((at * POLLFD + 6) as u64);
            let revents = crate::memory::array(self.memory, field).map(u16::from_ne_bytes);
            if let (Value::PollFd(pollfd), Some(raw)) = (item, revents) {
                pollfd.revents = Some(raw);
                left -= u64::from(raw != 0).min(left);
            }
        }
        if array.tail == Tail::Elided && left > 0 {
            let found = n as u64 - left;
            let most = (self.cx.limits.strings as u64).saturating_sub(found).min(left) as usize;
            let beyond = self.ready_beyond(ptr, array.items.len() as u64..count, most);
            array.items.extend(beyond.map(Value::PollFd));
        }
        value
    }

    /// The first `most` elements with events in a part of `poll`'s array.
    fn ready_beyond(&self, ptr: u64, part: Range<u64>, most: usize) -> impl Iterator<Item = PollFd> {
        const AT_ONCE: u64 = 512;
        let blocks = part.clone().step_by(AT_ONCE as usize).map_while(move |from| {
            let mut bytes = vec![0; (part.end - from).min(AT_ONCE) as usize * POLLFD];
            let address = from.checked_mul(POLLFD as u64).and_then(|bytes| ptr.checked_add(bytes))?;
            self.memory.read(address, &mut bytes).ok().map(|()| bytes)
        });
        let found = blocks.flat_map(|bytes| {
            let element = |bytes: &[u8]| {
                let revents = u16::from_ne_bytes([bytes[6], bytes[7]]);
                let raw = i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                (revents != 0).then(|| PollFd { fd: Fd::new(raw), events: None, revents: Some(revents) })
            };
            bytes.chunks_exact(POLLFD).filter_map(element).collect::<Vec<_>>()
        });
        found.take(most)
    }

    /// The members of a set below `count`; `None` if it cannot be read.
    fn members(&self, ptr: u64, count: i32, reach: Reach) -> Option<Vec<Fd>> {
        let count = count.clamp(0, MAX_FDS) as usize;
        let mut bytes = vec![0; reach.bytes() as usize];
        if ptr == 0 || count == 0 || self.memory.read(ptr, &mut bytes).is_err() {
            return None;
        }
        let set = |fd: &usize| bytes[fd / 8] & (1 << (fd % 8)) != 0;
        Some((0..count).filter(set).map(|fd| Fd { raw: fd as i32, target: self.cx.names.fd(fd as i32) }).collect())
    }

    /// A set of `select` at entry.
    pub(super) fn fdset(&self, ptr: u64, count: i32, reach: Reach) -> Value {
        match self.members(ptr, count, reach) {
            Some(entry) => Value::FdSet(Box::new(FdSet { entry, exit: None })),
            None => Value::Pointer(ptr),
        }
    }

    /// The same set with the descriptors that are ready.
    pub(super) fn selected(&self, mut value: Value, ptr: u64, count: i32, reach: Reach, ret: Ret) -> Value {
        if let (Value::FdSet(set), Ret::Ok(_)) = (&mut value, ret) {
            set.exit = self.members(ptr, count, reach);
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

    /// The same timeout with the time left.
    pub(super) fn waited(&self, mut value: Value, ptr: u64, ret: Ret) -> Value {
        if let (Value::Timeout(timeout), Ret::Ok(1..)) = (&mut value, ret) {
            let layout = timeout.entry.layout;
            timeout.left = self.read(ptr, layout.size).map(|bytes| Record::read(layout, &bytes));
        }
        value
    }

    /// A signal set of `size` bytes.
    pub(super) fn sigset(&self, ptr: u64, size: u64) -> Value {
        match crate::memory::array(self.memory, ptr).filter(|_| ptr != 0 && size == SIGSET as u64) {
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

    /// The event passed to `epoll_ctl`, which removing ignores.
    pub(super) fn epoll_event(&self, ptr: u64, op: i32) -> Value {
        match self.read(ptr, layout::EPOLL_EVENT.size).filter(|_| op != libc::EPOLL_CTL_DEL) {
            Some(bytes) => Value::Record(Record::read(&layout::EPOLL_EVENT, &bytes)),
            None => Value::Pointer(ptr),
        }
    }
}
