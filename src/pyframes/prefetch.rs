//! Joins many small reads into one.
//!
//! A read from another process costs 0.5 µs or more, and each separate range in it about 0.3 µs for the page that the
//! kernel has to pin; copying a page that is pinned costs less. So ranges on one page, or on a page and the next, are
//! joined. A page without a wanted byte is never read, since it might not be mapped. The wanted ranges hardly change
//! from one stop of a loop to the next, which is why a plan is made once and read many times.

use crate::memory::{Memory, PAGE};
use std::ops::Range;

/// Ranges of memory to be read at once.
#[derive(Debug, Clone, Default)]
pub(super) struct ReadPlan {
    /// The ranges to read, as address and length.
    ranges: Vec<(u64, usize)>,
    /// For each wanted range, its offset in the bytes read and its length.
    places: Vec<(usize, usize)>,
}

impl ReadPlan {
    /// Plans for ranges given by address and length.
    pub(super) fn new(wanted: impl Iterator<Item = (u64, usize)>) -> Self {
        let wanted: Vec<(u64, usize)> = wanted.collect();
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_unstable_by_key(|&index| wanted[index].0);
        let mut places = vec![(0, 0); wanted.len()];
        let mut ranges: Vec<(u64, usize)> = Vec::new();
        let mut total = 0;
        for index in order {
            let (start, len) = wanted[index];
            let end = start.saturating_add(len as u64);
            if let Some((first, joined)) = ranges.last_mut() {
                let joined_end = first.saturating_add(*joined as u64);
                if start <= joined_end || start / PAGE <= joined_end.saturating_sub(1) / PAGE + 1 {
                    let more = usize::try_from(end.saturating_sub(joined_end)).unwrap_or(0);
                    places[index] = (total - *joined + (start - *first) as usize, len);
                    *joined += more;
                    total += more;
                    continue;
                }
            }
            places[index] = (total, len);
            ranges.push((start, len));
            total += len;
        }
        Self { ranges, places }
    }

    /// Reads everything into `buf`, which is reused between calls. Where a range cannot be read, it and those at higher
    /// addresses are missing from the result.
    pub(super) fn read<'a>(&self, memory: &dyn Memory, buf: &'a mut Vec<u8>) -> &'a [u8] {
        self.read_after(memory, &[], buf).1
    }

    /// Like [`read`](Self::read), with some `leading` ranges read first and returned separately, back to back.
    pub(super) fn read_after<'a>(
        &self,
        memory: &dyn Memory,
        leading: &[(u64, usize)],
        buf: &'a mut Vec<u8>,
    ) -> (&'a [u8], &'a [u8]) {
        let ranges: Vec<(u64, usize)> = leading.iter().chain(&self.ranges).copied().collect();
        let total = ranges.iter().map(|(_, len)| len).sum();
        if buf.len() < total {
            buf.resize(total, 0);
        }
        let read = memory.read_vectored(&ranges, &mut buf[..total]);
        let lead = leading.iter().map(|(_, len)| len).sum::<usize>().min(read);
        buf[..read].split_at(lead)
    }

    /// The bytes of a wanted range, counted from 0, in what was read.
    pub(super) fn part<'a>(&self, image: &'a [u8], want: usize) -> Option<&'a [u8]> {
        let (at, len) = *self.places.get(want)?;
        image.get(at..at.checked_add(len)?)
    }

    /// Copies some of the bytes read, to compare with a later read. Each part is a range within a wanted range.
    pub(super) fn snapshot(
        &self,
        image: &[u8],
        parts: impl Iterator<Item = (usize, Range<usize>)>,
    ) -> Option<Snapshot> {
        let mut pieces = Vec::new();
        for (want, range) in parts.filter(|(_, range)| !range.is_empty()) {
            let (at, len) = *self.places.get(want)?;
            pieces.push(at.checked_add(range.start)?..at.checked_add(range.end.min(len))?);
        }
        // Parts overlap: all functions of a file share the bytes of its name.
        pieces.sort_unstable_by_key(|piece| piece.start);
        pieces.dedup_by(|next, piece| {
            let joined = next.start <= piece.end;
            if joined {
                piece.end = piece.end.max(next.end);
            }
            joined
        });
        let mut bytes = Vec::new();
        for piece in &pieces {
            bytes.extend_from_slice(image.get(piece.clone())?);
        }
        Some(Snapshot { pieces, bytes })
    }
}

/// Bytes that a plan has read. They are stored contiguously, since they are compared at each stop.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pieces: Vec<Range<usize>>,
    bytes: Vec<u8>,
}

impl Snapshot {
    /// Whether a new read has the same bytes.
    pub(super) fn matches(&self, image: &[u8]) -> bool {
        let mut rest = &self.bytes[..];
        self.pieces.iter().all(|piece| {
            let Some((before, after)) = rest.split_at_checked(piece.len()) else { return false };
            rest = after;
            image.get(piece.clone()) == Some(before)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Lent;

    #[test]
    fn ranges_are_joined_and_found_again() {
        let memory: Vec<u8> = (0..=255).cycle().take(0x4000).collect();
        let regions = [(0x1000, &memory[..])];
        let wanted = [(0x4100, 8), (0x1000, 4), (0x1ff8, 8), (0x2010, 8), (0x1004, 2), (0x1ff0, 200), (0x1000, 1)];
        let plan = ReadPlan::new(wanted.into_iter());
        assert_eq!(plan.ranges, [(0x1000, 0x10b8), (0x4100, 8)]);
        let mut buf = Vec::new();
        let image = plan.read(&Lent::new(&regions), &mut buf);
        for (want, (addr, len)) in wanted.into_iter().enumerate() {
            let at = addr as usize - 0x1000;
            assert_eq!(plan.part(image, want), Some(&memory[at..at + len]), "{addr:#x}");
        }
        assert_eq!(plan.part(image, wanted.len()), None);
    }

    #[test]
    fn an_unreadable_range_is_missing() {
        let memory = [7; 64];
        let regions = [(0x1000, &memory[..]), (0x9000, &memory[..])];
        let plan = ReadPlan::new([(0x9000, 4), (0x5000, 4), (0x1000, 4)].into_iter());
        let mut buf = Vec::new();
        let (lead, image) = plan.read_after(&Lent::new(&regions), &[(0x9008, 2), (0x1001, 3)], &mut buf);
        assert_eq!(lead, [7; 5]);
        assert_eq!(plan.part(image, 2), Some(&[7; 4][..]));
        assert_eq!((plan.part(image, 1), plan.part(image, 0)), (None, None));
        let (lead, image) = plan.read_after(&Lent::new(&regions), &[(0x9000, 2), (0x5000, 3)], &mut buf);
        assert_eq!((lead, image), (&[7; 2][..], &[][..]));
        let end = ReadPlan::new([(u64::MAX, 8), (0, 8)].into_iter());
        assert_eq!(end.part(end.read(&Lent::new(&regions), &mut buf), 0), None);
    }
}
