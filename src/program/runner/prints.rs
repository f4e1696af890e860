//! When a program printed what came through its pipe: the log has when it printed how much, the pipe has the bytes.

use std::collections::VecDeque;

/// One standard stream of a process.
#[derive(Debug, Default)]
pub(super) struct Prints {
    bytes: VecDeque<u8>,
    /// Time and number of bytes of each print whose bytes have not all come.
    expected: VecDeque<(u64, usize)>,
}

impl Prints {
    /// Bytes came through the pipe.
    pub(super) fn came(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// So many bytes were printed at this time.
    pub(super) fn printed(&mut self, ts_ns: u64, len: usize) {
        self.expected.push_back((ts_ns, len));
    }

    /// The next print that is complete: its time and bytes.
    pub(super) fn next(&mut self) -> Option<(u64, Vec<u8>)> {
        let (ts_ns, len) = self.expected.pop_front_if(|(_, len)| *len <= self.bytes.len())?;
        Some((ts_ns, self.bytes.drain(..len).collect()))
    }

    /// What came and was not reported.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        self.bytes.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_has_its_time_and_its_bytes_in_whichever_order_they_come() {
        let mut prints = Prints::default();
        prints.came(b"one\ntw");
        assert_eq!(prints.next(), None);
        prints.printed(10, 4);
        prints.printed(20, 4);
        assert_eq!(prints.next(), Some((10, b"one\n".to_vec())));
        assert_eq!(prints.next(), None);
        prints.came(b"o\n!");
        assert_eq!(prints.next(), Some((20, b"two\n".to_vec())));
        assert_eq!((prints.next(), prints.rest()), (None, b"!".to_vec()));
    }
}
