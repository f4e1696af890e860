//! Random numbers, and inputs made of seeds that are cut, joined and bent.

/// xorshift64*.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds must not begin alike (splitmix64).
        let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((state ^ state >> 31) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end.max(1)
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What confuses readers: strace's marks, ends of strings and structures, numbers at their limits, text that is none.
const TOKENS: &[&[u8]] = &[
    b" <unfinished ...>",
    b"<... read resumed>",
    b" <detached ...>",
    b") = ",
    b" = -1 EAGAIN (",
    b" = ? ",
    b"...",
    b"\"",
    b"\"...",
    b"\\",
    b"\\377",
    b"\\x",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"[pid ",
    b"] ",
    b"/* ",
    b" */",
    b"|",
    b"~[",
    b"0x",
    b"18446744073709551615",
    b"-9223372036854775808",
    b"4294967296",
    b"1e400",
    b"-0",
    b"NaN",
    b"null",
    b"true",
    b"{\"",
    b"\":",
    b"\\u0000",
    b"\\ud800",
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\x1b[31m",
    b"\x9b",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\xff",
    b"strace: Process 7 attached\n",
    b"+++ exited with 0 +++",
    b"--- SIGIO {",
    b"  @ a.py:1 f",
    b"  [via a.py:1 in f]",
    b" > /a(b+0x1) [0x2]\n",
    b"<0.000001>",
    b"12:00:00.000001 ",
    b"1700000000.1 ",
    b"100.00    0.000001  1 1 x\n",
    b"\x28\xb5\x2f\xfd",
    b"\x1f\x8b",
];

/// Makes inputs.
pub struct Mutator<'a> {
    pub random: &'a mut Random,
    seeds: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    pub fn new(random: &'a mut Random, seeds: &'a [Vec<u8>]) -> Self {
        Self { random, seeds }
    }

    /// A few of these, one after the other, and changed.
    pub fn input(&mut self, of: &[Vec<u8>]) -> Vec<u8> {
        let mut input = Vec::new();
        for _ in 0..=self.random.below(6) {
            input.extend_from_slice(self.random.of::<Vec<u8>>(of));
            input.push(b'\n');
        }
        for _ in 0..self.random.below(8) {
            self.change(&mut input);
        }
        input.truncate(1 << 14);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len() + 1);
        let end = (at + 1 + self.random.below(24)).min(input.len());
        match self.random.below(9) {
            0 if at < input.len() => input[at] ^= 1 << self.random.below(8),
            1 if at < input.len() => input[at] = self.random.next() as u8,
            2 => drop(input.drain(at.min(end)..end)),
            3 => {
                let token = *self.random.of(TOKENS);
                input.splice(at..at, token.iter().copied());
            }
            4 => {
                // A part of another seed.
                let other = self.random.of(self.seeds);
                let from = self.random.below(other.len() + 1);
                let to = (from + self.random.below(80)).min(other.len());
                let part = other[from..to].to_vec();
                input.splice(at..at, part);
            }
            5 => input.truncate(at),
            6 => {
                // A part again, sometimes often.
                let part = input[at.min(end)..end].to_vec();
                let times = if self.random.one_in(20) { 200 } else { 2 };
                input.splice(at..at, part.repeat(times));
            }
            7 => self.number(input, at),
            _ => {
                let other = self.random.below(input.len() + 1);
                let (from, to) = (at.min(other), at.max(other));
                if to - from < 200 {
                    input[from..to].reverse();
                }
            }
        }
    }

    /// Replaces the next number by another.
    fn number(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(start) = input[at..].iter().position(u8::is_ascii_digit).map(|start| at + start) else { return };
        let len = input[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        let number = match self.random.below(5) {
            0 => 0,
            1 => u64::MAX,
            2 => self.random.next() % 300,
            3 => 1 << self.random.below(64),
            _ => self.random.next(),
        };
        input.splice(start..start + len, number.to_string().into_bytes());
    }
}
