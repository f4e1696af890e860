//! Waiting: descriptor sets and arrays, events, timeouts, signal masks.

use super::{Encoder, Problem, Result, unread};
use crate::syscall::reach::{MAX_FDS, SIGSET};
use crate::value::{Fd, Layout, Tail, Value, layout};

impl Encoder<'_> {
    /// `poll`'s array.
    pub(super) fn pollfds(&mut self, at: usize, value: &Value, count: u32) -> Result<u64> {
        let array = match value {
            Value::Array(array) => array,
            value => return unread(value),
        };
        if array.tail != Tail::End {
            return Err(Problem::Elided);
        }
        if array.items.len() as u64 != u64::from(count) {
            return Err(Problem::Length);
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for item in &array.items {
            let Value::PollFd(item) = item else { return Err(Problem::Kind) };
            let events = item.events.ok_or(Problem::Elided)?;
            let revents = item.revents.unwrap_or(0);
            let fd = self.now.fd(at, &item.fd, Some(revents != 0));
            for (bytes, revents) in [(&mut before, 0), (&mut after, revents)] {
                bytes.extend(fd.to_ne_bytes());
                bytes.extend(events.to_ne_bytes());
                bytes.extend(u16::to_ne_bytes(revents));
            }
        }
        self.filled(before, after)
    }

    /// The members of a set of `select`, after substitution.
    fn members(&self, at: usize, value: &Value) -> Result<Vec<i32>> {
        let Value::FdSet(set) = value else { return Ok(Vec::new()) };
        let ready = |fd: &Fd| set.exit.iter().flatten().any(|ready| ready.raw == fd.raw);
        let member = |fd: &Fd| match self.now.fd(at, fd, Some(ready(fd))) {
            member @ 0..MAX_FDS => Ok(member),
            _ => Err(Problem::Length),
        };
        set.entry.iter().map(member).collect()
    }

    /// One more than the highest member of a set; 0 without any.
    pub(super) fn highest(&self, at: usize) -> Result<u64> {
        let Some(value @ Value::FdSet(set)) = self.value(at) else { return Ok(0) };
        let members = self.members(at, value)?;
        let moved = members.iter().zip(&set.entry).any(|(now, then)| *now != then.raw);
        Ok(members.into_iter().filter(|_| moved).max().map_or(0, |highest| highest as u64 + 1))
    }

    /// A set of `select`: whole words, as the kernel reads and writes them.
    pub(super) fn fdset(&mut self, at: usize, value: &Value, count: i32) -> Result<u64> {
        let bytes = count.clamp(0, MAX_FDS).cast_unsigned().div_ceil(64) as usize * 8;
        let set = match value {
            Value::FdSet(set) => set,
            value if count <= 0 => return self.room(value, 0),
            value => return unread(value),
        };
        let bits = |members: &[i32]| {
            let mut bits = vec![0u8; bytes];
            for member in members.iter().map(|member| *member as usize) {
                *bits.get_mut(member / 8).ok_or(Problem::Length)? |= 1 << (member % 8);
            }
            Ok(bits)
        };
        let before = bits(&self.members(at, value)?)?;
        match &set.exit {
            None => self.passed(before),
            Some(exit) => {
                let exit: Vec<i32> = exit.iter().map(|fd| fd.raw).collect();
                if exit.iter().any(|fd| *fd < 0) {
                    return Err(Problem::Length);
                }
                let after = bits(&exit)?;
                self.filled(before, after)
            }
        }
    }

    /// A timeout.
    pub(super) fn timeout(&mut self, value: &Value, layout: &'static Layout) -> Result<u64> {
        let timeout = match value {
            Value::Timeout(timeout) => timeout,
            value => return unread(value),
        };
        if timeout.entry.layout != layout || timeout.entry.fields.len() < layout.fields.len() {
            return Err(Problem::Kind);
        }
        let before = timeout.entry.to_bytes();
        let after = timeout.left.as_ref().map_or_else(|| before.clone(), |left| left.to_bytes());
        self.filled(before, after)
    }

    /// A signal set of `size` bytes; the kernel reads none of any size but its own.
    pub(super) fn sigset(&mut self, value: &Value, size: u64) -> Result<u64> {
        match value {
            Value::SigSet(mask) if size == SIGSET as u64 => self.passed(self.now.blocked(*mask).to_ne_bytes().to_vec()),
            Value::SigSet(_) => Err(Problem::Length),
            value if size != SIGSET as u64 => self.room(value, 0),
            value => unread(value),
        }
    }

    /// The pointer and size behind `pselect6`'s last argument.
    pub(super) fn sigset_arg(&mut self, value: &Value) -> Result<u64> {
        match value {
            Value::Record(record) if record.layout == &layout::SIGSET_ARG => {
                let [mask, Value::Uint(size)] = record.fields.as_slice() else { return Err(Problem::Kind) };
                let words = [self.sigset(mask, *size)?, *size];
                self.passed(words.iter().flat_map(|word| word.to_ne_bytes()).collect())
            }
            value => unread(value),
        }
    }

    /// The event passed to `epoll_ctl`, which removing ignores.
    pub(super) fn epoll_event(&mut self, value: &Value, op: i32) -> Result<u64> {
        match value {
            Value::Record(record) if record.layout == &layout::EPOLL_EVENT && record.fields.len() == 2 => {
                self.passed(record.to_bytes())
            }
            value if op == libc::EPOLL_CTL_DEL => self.room(value, layout::EPOLL_EVENT.size as u64),
            value => unread(value),
        }
    }

    /// A buffer for events.
    pub(super) fn room_for_events(&mut self, value: &Value, room: u64) -> Result<u64> {
        match value {
            Value::Array(array) => {
                let event = |item: &Value| match item {
                    Value::Record(record) if record.layout == &layout::EPOLL_EVENT => Ok(record.to_bytes()),
                    _ => Err(Problem::Kind),
                };
                let after = array.items.iter().map(event).collect::<Result<Vec<_>>>()?.concat();
                self.written(room, after)
            }
            value => self.room(value, room),
        }
    }
}
