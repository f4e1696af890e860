//! The Python stacks of a thread that the agent recognises.
//!
//! The agent does not follow frames and knows nothing of Python: a stack is a list of words of memory that have certain values
//! while the thread has it. When a call's stack is none of those, the call stops, the tracer reads the stack as ever and adds
//! it here. So what is recorded has exactly the stacks that were read at stops, and every word is compared at every call.
//!
//! The tracer writes here only while the thread stands still outside of the agent.

use super::ring::SharedRings;
use super::{RING, RINGS, STACKS, THREADS};

/// Offsets in a thread's stacks.
pub(crate) mod known {
    /// The address of the pointer to the innermost frame; 0 while there is no stack.
    pub(crate) const FRAME: u64 = 0;
    /// Where it points at something else first: where in that the pointer to the frame is; else -1.
    pub(crate) const LINKED: u64 = 8;
    /// Where in a frame its instruction is, and which bits of that word.
    pub(crate) const INSTRUCTION: u64 = 16;
    pub(crate) const MASK: u64 = 24;
    /// The stack that was recognised last.
    pub(crate) const CURRENT: u64 = 32;
    /// What stands for one before the first.
    pub(super) const START: u64 = 40;
    /// The first stack of each bucket.
    pub(crate) const BUCKETS: u64 = 64;
    /// How many buckets there are.
    pub(crate) const COUNT: u64 = 64;
    /// The stacks.
    pub(super) const FIRST: u64 = BUCKETS + 8 * COUNT;
}

/// Offsets in a stack.
pub(crate) mod stack {
    /// The next one in its bucket.
    pub(super) const NEXT: u64 = 0;
    /// The one that followed it last time.
    pub(crate) const FOLLOWED: u64 = 8;
    /// Its number.
    pub(crate) const NUMBER: u64 = 16;
    /// How many words are compared.
    pub(crate) const COUNT: u64 = 24;
    /// The words: address, which bits of it, and their value.
    pub(crate) const WORDS: u64 = 32;
}

/// How the innermost frame of a thread and its instruction are found, by which stacks are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lead {
    /// The address of the pointer to the frame.
    pub(crate) frame: u64,
    /// Where that points at something else: where in that the pointer to the frame is.
    pub(crate) linked: Option<u64>,
    /// Where in a frame the instruction is.
    pub(crate) instruction: u64,
    /// Which bits of the word there count.
    pub(crate) mask: u64,
}

/// What the tracer knows of a thread's stacks.
#[derive(Debug)]
pub(crate) struct Known {
    /// Where they are in the shared memory.
    base: u64,
    /// Where the next one begins, from there.
    end: u64,
    count: u32,
    lead: Option<Lead>,
    current: u64,
}

impl Known {
    /// None yet, for the thread with the ring of this number.
    pub(crate) fn new(shared: &SharedRings, ring: usize) -> Self {
        let base = THREADS as u64 * RING + ring as u64 * STACKS;
        let mut this = Self { base, end: 0, count: 0, lead: None, current: 0 };
        this.clear(shared);
        this
    }

    /// Where they are in the process.
    pub(crate) fn address(&self) -> u64 {
        RINGS + self.base
    }

    fn clear(&mut self, shared: &SharedRings) {
        for at in (0..known::FIRST).step_by(8) {
            shared.set(self.base + at, 0);
        }
        (self.end, self.count, self.lead, self.current) = (known::FIRST, 0, None, known::START);
        shared.set(self.base + known::CURRENT, self.address() + known::START);
    }

    /// Adds the stack that the thread has now, which its frame and instruction lead to, as the words that are to be compared.
    /// Its number, from 1 on, by which records name it; 1 anew where all others had to go. `None` where it is too large.
    pub(crate) fn add(
        &mut self,
        shared: &SharedRings,
        lead: Lead,
        (frame, instruction): (u64, u64),
        words: &[[u64; 3]],
    ) -> Option<u32> {
        let size = stack::WORDS + 24 * words.len() as u64;
        if words.is_empty() || known::FIRST + size > STACKS {
            return None;
        }
        if self.end + size > STACKS || self.lead.is_some_and(|other| other != lead) {
            self.clear(shared);
        }
        if self.lead.replace(lead).is_none() {
            let linked = lead.linked.unwrap_or(u64::MAX);
            shared.set(self.base + known::LINKED, linked);
            shared.set(self.base + known::INSTRUCTION, lead.instruction);
            shared.set(self.base + known::MASK, lead.mask);
            shared.set(self.base + known::FRAME, lead.frame);
        }
        let (at, bucket) = (self.end, known::BUCKETS + 8 * bucket(frame, instruction & lead.mask));
        let here = self.base + at;
        for (word, &[address, mask, value]) in words.iter().enumerate() {
            let start = here + stack::WORDS + 24 * word as u64;
            shared.set(start, address);
            shared.set(start + 8, mask);
            shared.set(start + 16, value & mask);
        }
        self.count += 1;
        shared.set(here + stack::COUNT, words.len() as u64);
        shared.set(here + stack::NUMBER, u64::from(self.count));
        shared.set(here + stack::FOLLOWED, self.address() + at);
        shared.set(here + stack::NEXT, shared.word(self.base + bucket));
        shared.set(self.base + bucket, self.address() + at);
        // The agent has seen more of what came before than we have.
        let current = shared.word(self.base + known::CURRENT).wrapping_sub(self.address());
        let current = if (known::START..self.end).contains(&current) { current } else { known::START };
        shared.set(self.base + current + stack::FOLLOWED, self.address() + at);
        shared.set(self.base + known::CURRENT, self.address() + at);
        self.end += size;
        Some(self.count)
    }
}

/// In which bucket a stack is; the agent does the same.
fn bucket(frame: u64, instruction: u64) -> u64 {
    let (frame, instruction) = (frame as u32, instruction as u32);
    u64::from((instruction >> 7) ^ (instruction >> 1) ^ (frame >> 4)) % known::COUNT
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAD: Lead = Lead { frame: 0x5000, linked: None, instruction: 56, mask: u64::MAX };

    #[test]
    fn stacks_are_numbered_and_found_by_bucket_and_by_what_they_followed() {
        let shared = SharedRings::new().unwrap();
        let mut known = Known::new(&shared, 3);
        let word = |at: u64| shared.word(at - RINGS);
        assert_eq!(known.add(&shared, LEAD, (0x7000, 0x8000), &[[0x5000, u64::MAX, 0x7000]]), Some(1));
        let first = word(known.address() + known::CURRENT);
        assert_eq!(known.add(&shared, LEAD, (0x7000, 0x8000), &[[0x5000, 0xff, 0x7012], [8, 1, 1]]), Some(2));
        let second = word(known.address() + known::CURRENT);
        let bucket = known.address() + known::BUCKETS + 8 * bucket(0x7000, 0x8000);
        assert_eq!([word(bucket), word(second + stack::NEXT), word(first + stack::NEXT)], [second, first, 0]);
        assert_eq!(word(first + stack::FOLLOWED), second);
        let words = [0, 8, 16, 24].map(|at| word(second + stack::WORDS + at));
        assert_eq!(words, [0x5000, 0xff, 0x12, 8], "bits that do not count are not compared");
        assert_eq!(word(second + stack::COUNT), 2);
    }

    #[test]
    fn when_there_is_no_room_or_another_lead_they_begin_anew() {
        let shared = SharedRings::new().unwrap();
        let mut known = Known::new(&shared, THREADS - 1);
        let words = vec![[0x5000, u64::MAX, 1]; 1000];
        let numbers: Vec<u32> = (0..30).map(|n| known.add(&shared, LEAD, (n, n), &words).unwrap()).collect();
        assert_eq!(numbers[..10], (1..=10).collect::<Vec<_>>());
        assert_eq!(numbers[10], 1, "a thread's stacks take no more than their place");
        assert!(known.end <= STACKS);
        let other = Lead { frame: 0x6000, ..LEAD };
        assert_eq!(known.add(&shared, other, (1, 1), &words), Some(1));
        assert_eq!(known.add(&shared, other, (1, 1), &vec![[0; 3]; 20_000]), None, "too large");
        assert_eq!(known.add(&shared, other, (1, 1), &[]), None);
    }
}
