//! What a thread's memory holds while it has a certain Python stack: words that something inside the process can compare, which
//! knows nothing of Python.
//!
//! They are what the cache of stacks compares at each stop: the thread's state, the fields of each frame, and the checks of
//! each code object. A stack that shows more than that, as who awaits a call of an event loop, has none.

use std::collections::HashSet;

use super::layout::Layout;
use crate::memory::{PAGE, padded};

/// The words of a stack, and where they lead from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guards {
    /// The address of the pointer to the innermost frame.
    pub(crate) frame: u64,
    /// Where that points at something else: where in that the pointer to the frame is.
    pub(crate) linked: Option<u64>,
    /// Where in a frame its instruction is, and which bits of that word.
    pub(crate) instruction: (u64, u64),
    /// The innermost frame, and the word of its instruction.
    pub(crate) innermost: (u64, u64),
    /// Address, the bits that count, and their value.
    pub(crate) words: Vec<[u64; 3]>,
}

/// Collects words, each once.
#[derive(Debug, Default)]
pub(super) struct Words {
    words: Vec<[u64; 3]>,
    whole: HashSet<u64>,
}

impl Words {
    /// These bytes are there. A word is read that lies on no page without a byte of them.
    pub(super) fn push(&mut self, at: u64, bytes: &[u8]) {
        for (chunk, part) in (0..).zip(bytes.chunks(8)) {
            let (at, short) = (at.wrapping_add(8 * chunk), 8 - part.len() as u64);
            let value = u64::from_ne_bytes(padded(part, 0));
            let mask = u64::MAX >> (8 * short);
            let crosses = at / PAGE != at.wrapping_add(7) / PAGE;
            let word = if short > 0 && crosses {
                [at.wrapping_sub(short), mask << (8 * short), value << (8 * short)]
            } else {
                [at, mask, value]
            };
            if short > 0 || self.whole.insert(at) {
                self.words.push(word);
            }
        }
    }

    /// The guards of a thread, whose pointer to its frame is at `frame`, and whose innermost frame is this one.
    pub(super) fn guards(self, layout: &Layout, frame: u64, innermost: u64, instruction: &[u8]) -> Guards {
        let mask = u64::MAX >> (8 * (8 - instruction.len().min(8)));
        Guards {
            frame,
            linked: layout.cframe_frame.map(|offset| offset as u64),
            instruction: (layout.frame_instruction as u64, mask),
            innermost: (innermost, u64::from_ne_bytes(padded(instruction, 0))),
            words: self.words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_words_that_can_be_read() {
        let mut words = Words::default();
        words.push(0x1000, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        words.push(0x1000, &[1, 2, 3, 4, 5, 6, 7, 8]);
        words.push(0x1ffd, &[1, 2, 3]);
        words.push(0x1ff8, &[1, 2, 3, 4]);
        assert_eq!(
            words.words,
            [
                [0x1000, u64::MAX, 0x0807_0605_0403_0201],
                [0x1008, 0xff, 9],
                [0x1ff8, 0xff_ffff << 40, 0x03_0201 << 40],
                [0x1ff8, 0xffff_ffff, 0x0403_0201],
            ]
        );
    }
}
