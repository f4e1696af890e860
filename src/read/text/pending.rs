//! First halves of calls whose second half is pending, in bounded memory.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::prefix::Prefix;

/// Bytes of pending halves that are held; beyond that the oldest is given up.
const MAX_BYTES: usize = 256 << 20;
/// How many buffers are kept for reuse, and how large they may be.
const SPARE: usize = 16;
const SPARE_BYTES: usize = 4096;
/// What a pending half counts in addition to its text, in bytes.
const COST: usize = 128;

/// The first half of a call.
pub(super) struct Half {
    /// Name and arguments.
    text: Vec<u8>,
    name_len: usize,
    serial: u64,
    pub(super) begun: Begun,
}

/// What the line of a first half has in addition to the call.
pub(super) struct Begun {
    pub(super) prefix: Prefix,
    /// The states of the call's sockets, unparsed.
    pub(super) sockets: Option<Box<[u8]>>,
    pub(super) ts_ns: u64,
    pub(super) pid: u32,
}

impl Half {
    /// The call's name, and its arguments so far.
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        self.text.split_at(self.name_len)
    }

    /// Appends the rest of the call.
    pub(super) fn complete(&mut self, rest: &[u8]) {
        self.text.extend_from_slice(rest);
    }

    fn cost(&self) -> usize {
        self.text.len() + COST
    }
}

/// The pending halves, one per thread.
#[derive(Default)]
pub(super) struct PendingHalves {
    halves: FxHashMap<u32, Half>,
    /// Serial number and thread in the order of their beginning; may include halves already completed.
    order: VecDeque<(u64, u32)>,
    bytes: usize,
    serial: u64,
    /// Buffers of completed halves, for reuse.
    spare: Vec<Vec<u8>>,
}

impl PendingHalves {
    /// Keeps a half until its thread continues.
    pub(super) fn keep(&mut self, tid: u32, name: &[u8], args: &[u8], begun: Begun) {
        let mut text = self.spare.pop().unwrap_or_default();
        text.extend_from_slice(name);
        text.extend_from_slice(args);
        self.serial += 1;
        let half = Half { text, name_len: name.len(), serial: self.serial, begun };
        self.bytes += half.cost();
        self.order.push_back((self.serial, tid));
        self.halves.insert(tid, half);
        // Completed halves are still in the queue.
        if self.order.len() > 2 * self.halves.len() + 64 {
            self.order.retain(|(serial, tid)| self.halves.get(tid).is_some_and(|half| half.serial == *serial));
        }
    }

    /// Removes and returns a thread's half.
    pub(super) fn take(&mut self, tid: u32) -> Option<Half> {
        if self.halves.is_empty() {
            return None;
        }
        let half = self.halves.remove(&tid)?;
        self.bytes -= half.cost();
        Some(half)
    }

    /// The thread whose half is the oldest.
    pub(super) fn oldest(&mut self) -> Option<u32> {
        while let Some((serial, tid)) = self.order.front() {
            if self.halves.get(tid).is_some_and(|half| half.serial == *serial) {
                return Some(*tid);
            }
            self.order.pop_front();
        }
        None
    }

    /// The thread whose half has to be given up, where the limit is exceeded.
    pub(super) fn in_excess(&mut self) -> Option<u32> {
        if self.bytes > MAX_BYTES { self.oldest() } else { None }
    }

    /// The thread of the half that a call of this name resumes: that of the line, or, where the half's line named none
    /// (on a terminal, as long as there is only one thread), the unknown one. A line that names no thread resumes the
    /// only half there is.
    pub(super) fn resumed(&self, tid: u32, named: bool, name: &[u8]) -> Option<u32> {
        let fits = |tid: &u32| self.halves.get(tid).is_some_and(|half| half.parts().0 == name);
        let only =
            || self.halves.keys().next().copied().filter(|only| self.halves.len() == 1 && (!named || *only == 0));
        Some(tid).filter(fits).or_else(|| only().filter(fits))
    }

    /// Returns the buffer of a half for reuse.
    pub(super) fn reuse(&mut self, half: Half) {
        if self.spare.len() < SPARE {
            let mut text = half.text;
            text.clear();
            text.shrink_to(SPARE_BYTES);
            self.spare.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(pending: &mut PendingHalves, tid: u32, args: &[u8]) {
        let begun = Begun { prefix: Prefix::default(), sockets: None, ts_ns: 0, pid: tid };
        pending.keep(tid, b"read", args, begun);
    }

    #[test]
    fn the_oldest_goes_first_and_its_cost_with_it() {
        let mut pending = PendingHalves::default();
        for tid in [3, 1, 2] {
            keep(&mut pending, tid, b"(5, ");
        }
        assert!(pending.take(3).is_some() && pending.take(3).is_none());
        assert_eq!((pending.oldest(), pending.oldest()), (Some(1), Some(1)), "asking removes nothing");
        keep(&mut pending, 3, b"(");
        let mut order = Vec::new();
        while let Some(tid) = pending.oldest() {
            order.push(tid);
            let half = pending.take(tid).unwrap();
            pending.reuse(half);
        }
        assert_eq!((order, pending.bytes), (vec![1, 2, 3], 0));
        assert_eq!((pending.in_excess(), pending.spare.len()), (None, 3));
    }

    #[test]
    fn memory_is_bounded() {
        let mut pending = PendingHalves::default();
        for tid in [7, 8] {
            keep(&mut pending, tid, b"(5, ");
        }
        pending.bytes += MAX_BYTES - COST - 100; // as if other halves held that much
        assert_eq!(pending.in_excess(), Some(7));
        pending.take(7);
        assert_eq!(pending.in_excess(), None);
        for _ in 0..1000 {
            keep(&mut pending, 9, b"");
            pending.take(9);
        }
        assert!(pending.order.len() <= 100, "{}", pending.order.len());
    }

    #[test]
    fn the_only_half_needs_no_thread() {
        let mut pending = PendingHalves::default();
        keep(&mut pending, 5, b"(");
        assert_eq!((pending.resumed(0, false, b"read"), pending.resumed(5, true, b"write")), (Some(5), None));
        assert_eq!(pending.resumed(6, true, b"read"), None, "another thread's half");
        keep(&mut pending, 6, b"(");
        assert_eq!((pending.resumed(0, false, b"read"), pending.resumed(6, true, b"read")), (None, Some(6)));
        let mut unnamed = PendingHalves::default();
        keep(&mut unnamed, 0, b"(");
        assert_eq!(unnamed.resumed(6, true, b"read"), Some(0), "its number was not known yet");
    }
}
