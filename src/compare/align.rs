//! Alignment of two sequences of calls: which correspond to each other, which have no partner.
//!
//! Calls that occur once on each side anchor the alignment (patience); between anchors the cheapest alignment is
//! computed exactly (Needleman and Wunsch), in which two calls of the same name with different arguments may be aligned
//! at a cost. Stretches too long for that are split where both sides agree again for a few calls. So it is exact where
//! it matters, and nearly linear on long traces.

use std::collections::HashMap;

use crate::normalize::Token;

/// One step through both sequences; the numbers are indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aligned {
    /// These two correspond.
    Both(usize, usize),
    /// Only the left has it.
    Left(usize),
    /// Only the right has it.
    Right(usize),
}

/// The largest table of an exact alignment, in cells.
const MAX_CELLS: usize = 1 << 20;
/// How far ahead agreement is searched for in stretches too long for the table.
const AHEAD: usize = 400;

/// Cost of a call without a partner.
const GAP: u32 = 4;
/// Cost of two calls of the same name that differ in everything; cheaper than two calls without partners.
const UNLIKE: u32 = 6;

/// Aligns two sequences.
pub(crate) fn align(left: &[Token], right: &[Token]) -> Vec<Aligned> {
    let mut numbers = HashMap::new();
    let mut number = |token: &Token| {
        let next = numbers.len() as u32;
        *numbers.entry(token.key().map(str::to_owned).collect::<Vec<_>>()).or_insert(next)
    };
    let keys = (left.iter().map(&mut number).collect(), right.iter().map(&mut number).collect());
    let mut aligner = Aligner { left, right, keys, steps: Vec::with_capacity(left.len().max(right.len())) };
    aligner.stretch(0, left.len(), 0, right.len());
    aligner.steps
}

struct Aligner<'a> {
    left: &'a [Token],
    right: &'a [Token],
    /// Numbers calls so that equal ones have the same number.
    keys: (Vec<u32>, Vec<u32>),
    steps: Vec<Aligned>,
}

impl Aligner<'_> {
    fn equal(&self, l: usize, r: usize) -> bool {
        self.keys.0[l] == self.keys.1[r]
    }

    /// Aligns `left[l..l_end]` with `right[r..r_end]`.
    fn stretch(&mut self, mut l: usize, mut l_end: usize, mut r: usize, mut r_end: usize) {
        while l < l_end && r < r_end && self.equal(l, r) {
            self.steps.push(Aligned::Both(l, r));
            (l, r) = (l + 1, r + 1);
        }
        let (end, end_of_right) = (l_end, r_end);
        while l < l_end && r < r_end && self.equal(l_end - 1, r_end - 1) {
            (l_end, r_end) = (l_end - 1, r_end - 1);
        }
        let anchors = self.anchors(l, l_end, r, r_end);
        if anchors.is_empty() {
            self.between(l, l_end, r, r_end);
        } else {
            for (anchor_l, anchor_r) in anchors {
                self.stretch_or_between(l, anchor_l, r, anchor_r);
                self.steps.push(Aligned::Both(anchor_l, anchor_r));
                (l, r) = (anchor_l + 1, anchor_r + 1);
            }
            self.stretch_or_between(l, l_end, r, r_end);
        }
        debug_assert_eq!(end - l_end, end_of_right - r_end);
        self.steps.extend((l_end..end).zip(r_end..end_of_right).map(|(l, r)| Aligned::Both(l, r)));
    }

    fn stretch_or_between(&mut self, l: usize, l_end: usize, r: usize, r_end: usize) {
        if (l_end - l) * (r_end - r) <= MAX_CELLS {
            self.between(l, l_end, r, r_end);
        } else {
            self.stretch(l, l_end, r, r_end);
        }
    }

    /// The longest sequence of calls that occur once on each side and in the same order on both.
    fn anchors(&self, l: usize, l_end: usize, r: usize, r_end: usize) -> Vec<(usize, usize)> {
        if (l_end - l) * (r_end - r) <= MAX_CELLS {
            return Vec::new(); // The exact alignment does better.
        }
        let mut seen: HashMap<u32, (u32, usize, u32, usize)> = HashMap::new();
        for at in l..l_end {
            let entry = seen.entry(self.keys.0[at]).or_default();
            (entry.0, entry.1) = (entry.0 + 1, at);
        }
        for at in r..r_end {
            if let Some(entry) = seen.get_mut(&self.keys.1[at]) {
                (entry.2, entry.3) = (entry.2 + 1, at);
            }
        }
        let once = |(left_count, l, right_count, r): &(u32, usize, u32, usize)| {
            (*left_count == 1 && *right_count == 1).then_some((*l, *r))
        };
        let mut pairs: Vec<_> = seen.values().filter_map(once).collect();
        pairs.sort_unstable();
        increasing(&pairs)
    }

    /// Aligns a stretch without anchors.
    fn between(&mut self, mut l: usize, l_end: usize, mut r: usize, r_end: usize) {
        while (l_end - l) * (r_end - r) > MAX_CELLS {
            match self.agreement(l, l_end, r, r_end) {
                Some((next_l, next_r)) => {
                    self.exact(l, next_l, r, next_r);
                    (l, r) = (next_l, next_r);
                    while l < l_end && r < r_end && self.equal(l, r) {
                        self.steps.push(Aligned::Both(l, r));
                        (l, r) = (l + 1, r + 1);
                    }
                }
                None => {
                    let (next_l, next_r) = (l_end.min(l + AHEAD), r_end.min(r + AHEAD));
                    self.exact(l, next_l, r, next_r);
                    (l, r) = (next_l, next_r);
                }
            }
        }
        self.exact(l, l_end, r, r_end);
    }

    /// The nearest point ahead from which both sides have three calls in common.
    fn agreement(&self, l: usize, l_end: usize, r: usize, r_end: usize) -> Option<(usize, usize)> {
        let run = |l: usize, r: usize| (0..3).all(|n| l + n < l_end && r + n < r_end && self.equal(l + n, r + n));
        (1..2 * AHEAD).find_map(|distance| {
            (distance.saturating_sub(AHEAD)..=distance.min(AHEAD))
                .map(|ahead| (l + ahead, r + distance - ahead))
                .find(|(l, r)| run(*l, *r))
        })
    }

    /// The cost of aligning two calls; `None` where they cannot be aligned.
    fn price(&self, l: usize, r: usize) -> Option<u32> {
        if self.equal(l, r) {
            return Some(0);
        }
        let (left, right) = (&self.left[l], &self.right[r]);
        if left.name != right.name {
            return None;
        }
        let count = left.parts.len().max(right.parts.len()).max(1) as u32;
        let same = left.parts.iter().zip(&right.parts).filter(|(l, r)| l.text == r.text).count() as u32;
        Some(1 + (UNLIKE - 1) * (count - same.min(count)) / count)
    }

    /// The cheapest alignment.
    fn exact(&mut self, l: usize, l_end: usize, r: usize, r_end: usize) {
        let (rows, columns) = (l_end - l, r_end - r);
        if rows == 0 || columns == 0 {
            self.steps.extend((l..l_end).map(Aligned::Left));
            self.steps.extend((r..r_end).map(Aligned::Right));
            return;
        }
        let width = columns + 1;
        let mut cost = vec![0u32; (rows + 1) * width];
        for (column, cost) in cost.iter_mut().enumerate().take(width) {
            *cost = column as u32 * GAP;
        }
        for row in 1..=rows {
            cost[row * width] = row as u32 * GAP;
            for column in 1..=columns {
                let gap = GAP + cost[(row - 1) * width + column].min(cost[row * width + column - 1]);
                let both = self.price(l + row - 1, r + column - 1);
                let both = both.map_or(u32::MAX, |price| price + cost[(row - 1) * width + column - 1]);
                cost[row * width + column] = gap.min(both);
            }
        }
        let mut steps = Vec::with_capacity(rows.max(columns));
        let (mut row, mut column) = (rows, columns);
        while row > 0 || column > 0 {
            let here = cost[row * width + column];
            let both = (row > 0 && column > 0)
                .then(|| self.price(l + row - 1, r + column - 1))
                .flatten()
                .is_some_and(|price| price + cost[(row - 1) * width + column - 1] == here);
            if both {
                (row, column) = (row - 1, column - 1);
                steps.push(Aligned::Both(l + row, r + column));
            } else if column > 0 && cost[row * width + column - 1] + GAP == here {
                column -= 1;
                steps.push(Aligned::Right(r + column));
            } else {
                row -= 1;
                steps.push(Aligned::Left(l + row));
            }
        }
        self.steps.extend(steps.into_iter().rev());
    }
}

/// The longest subsequence of pairs, sorted by the first number, that increases in the second too.
fn increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new(); // the last pair of the best sequence of each length
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < pair.1);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut longest = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(pair) = at {
        longest.push(pairs[pair]);
        at = before[pair];
    }
    longest.reverse();
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::TokenPart;

    /// Calls `name argument`, comma-separated.
    fn tokens(text: &str) -> Vec<Token> {
        let token = |(at, call): (usize, &str)| {
            let (name, argument) = call.trim().split_once(' ').unwrap_or((call.trim(), ""));
            let name: &'static str = Box::leak(name.into());
            let part = TokenPart { name: "arg", text: argument.into(), handles: Vec::new() };
            Token { at, name, parts: vec![part], ..Token::default() }
        };
        text.split(',').filter(|call| !call.trim().is_empty()).enumerate().map(token).collect()
    }

    fn shown(left: &str, right: &str) -> String {
        let step = |step: Aligned| match step {
            Aligned::Both(l, r) => format!("{l}={r}"),
            Aligned::Left(l) => format!("{l}<"),
            Aligned::Right(r) => format!(">{r}"),
        };
        align(&tokens(left), &tokens(right)).into_iter().map(step).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn small_alignments_are_the_cheapest() {
        assert_eq!(shown("socket, bind 1, close", "socket, bind 1, close"), "0=0 1=1 2=2");
        assert_eq!(shown("socket, bind 1, close", "socket, bind 2, close"), "0=0 1=1 2=2");
        assert_eq!(shown("socket, close", "socket, listen, close"), "0=0 >1 1=2");
        assert_eq!(shown("socket, bind, close", "socket, listen, close"), "0=0 1< >1 2=2");
        assert_eq!(shown("", "a, b"), ">0 >1");
        // The equal one is the partner, not the first of that name.
        assert_eq!(shown("send x", "send y, send x"), ">0 0=1");
    }

    #[test]
    fn long_alignments_find_insertions() {
        let many: Vec<_> = (0..3000).map(|n| format!("send {n}")).collect();
        let mut other = many.clone();
        other.insert(1500, "recv".into());
        other.remove(10);
        let steps = align(&tokens(&many.join(",")), &tokens(&other.join(",")));
        let alone: Vec<_> = steps.iter().filter(|step| !matches!(step, Aligned::Both(..))).collect();
        assert_eq!(alone, [&Aligned::Left(10), &Aligned::Right(1499)]);
    }

    #[test]
    fn long_alignments_without_anchors_are_whole() {
        let many = "poll,recv,send,".repeat(2000);
        let other = format!("{}accept,{}", "poll,recv,send,".repeat(700), "poll,recv,send,".repeat(1290));
        let (left, right) = (tokens(&many), tokens(&other));
        let steps = align(&left, &right);
        let lefts: Vec<_> = steps
            .iter()
            .filter_map(|s| match s {
                Aligned::Both(l, _) | Aligned::Left(l) => Some(*l),
                _ => None,
            })
            .collect();
        let rights: Vec<_> = steps
            .iter()
            .filter_map(|s| match s {
                Aligned::Both(_, r) | Aligned::Right(r) => Some(*r),
                _ => None,
            })
            .collect();
        assert!(lefts.into_iter().eq(0..left.len()) && rights.into_iter().eq(0..right.len()));
        assert_eq!(steps.iter().filter(|step| matches!(step, Aligned::Both(..))).count(), 3 * 1990);
    }
}
