//! The one interface through which bytes of a traced program are read.
//!
//! The decoder does not depend on processes: it reads bytes at an address from a [`Memory`]. The layer provides slices
//! that its caller lent ([`Lent`]), so decoding our own calls needs no `unsafe` and cannot read out of bounds; the
//! tracer provides another process's memory. A read that fails is data, not an error: the decoder shows the address
//! instead.

mod remote;

pub use remote::Remote;

/// The size of a page: readable and unreadable memory do not meet within one.
pub(crate) const PAGE: u64 = 4096;

/// A read that could not be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// How many bytes at the front of the buffer were read before memory ended (0 when the address is bad).
    pub read: usize,
}

/// Readable memory of a traced program.
pub trait Memory {
    /// Fills `buf` from `addr`. On a fault the first [`Fault::read`] bytes of `buf` are what could be read and the
    /// rest is unspecified.
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault>;

    /// Reads several ranges, given by address and length in bytes, back to back into `buf`, and returns how many bytes
    /// at its front were read before a range failed (it may also end where `buf` does). Up to 1024 ranges of another
    /// process are read with one system call, so a caller should pass all it needs at once.
    fn read_vectored(&self, ranges: &[(u64, usize)], buf: &mut [u8]) -> usize {
        let mut read = 0;
        for (addr, len) in ranges {
            let Some(part) = buf.get_mut(read..).and_then(|rest| rest.get_mut(..*len)) else {
                break;
            };
            match self.read(*addr, part) {
                Ok(()) => read += len,
                Err(fault) => return read + fault.read,
            }
        }
        read
    }

    /// Reads `len` bytes, or fewer if memory ends before: the kernel, too, uses the bytes before the end of a mapping.
    fn read_up_to(&self, addr: u64, len: usize) -> Vec<u8> {
        let mut buf = vec![0; len];
        if let Err(fault) = self.read(addr, &mut buf) {
            buf.truncate(fault.read);
        }
        buf
    }
}

/// Reads exactly `N` bytes; `None` when any of them cannot be read.
pub(crate) fn array<const N: usize>(memory: &(impl Memory + ?Sized), addr: u64) -> Option<[u8; N]> {
    let mut buf = [0; N];
    memory.read(addr, &mut buf).ok().map(|()| buf)
}

/// `N` bytes from an offset of a structure that was read, padded with zeroes.
pub(crate) fn padded<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    let there = bytes.get(offset..).unwrap_or_default();
    let n = N.min(there.len());
    out[..n].copy_from_slice(&there[..n]);
    out
}

/// Slices lent by a caller, each at its real address.
///
/// Only what the caller passed to the call being recorded can be read; every other address faults.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lent<'a> {
    regions: &'a [(u64, &'a [u8])],
}

impl<'a> Lent<'a> {
    /// `regions` are pairs of an address and the bytes at it.
    pub fn new(regions: &'a [(u64, &'a [u8])]) -> Self {
        Self { regions }
    }

    /// The lent regions, in the order given.
    pub fn regions(&self) -> &'a [(u64, &'a [u8])] {
        self.regions
    }
}

impl Memory for Lent<'_> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let holder = self.regions.iter().find_map(|(base, bytes)| {
            let offset = usize::try_from(addr.checked_sub(*base)?).ok()?;
            (offset < bytes.len() || (offset == 0 && buf.is_empty())).then(|| &bytes[offset..])
        });
        let Some(bytes) = holder else {
            return if buf.is_empty() { Ok(()) } else { Err(Fault { read: 0 }) };
        };
        let n = bytes.len().min(buf.len());
        buf[..n].copy_from_slice(&bytes[..n]);
        if n == buf.len() { Ok(()) } else { Err(Fault { read: n }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lent_memory_can_be_read() {
        let regions = [(0x1000, &b"hello"[..]), (0x2000, &b"x"[..])];
        let lent = Lent::new(&regions);
        assert_eq!(array::<4>(&lent, 0x1001), Some(*b"ello"));
        assert_eq!(lent.read(0x1001, &mut [0; 5]), Err(Fault { read: 4 }));
        assert_eq!(lent.read_up_to(0x1003, 100), b"lo");
        assert_eq!(lent.read(0x1005, &mut [0; 1]), Err(Fault { read: 0 }));
        assert_eq!(lent.read(0xfff, &mut [0; 1]), Err(Fault { read: 0 }));
        assert_eq!(lent.read(u64::MAX, &mut [0; 8]), Err(Fault { read: 0 }));
    }

    #[test]
    fn what_is_missing_of_a_structure_is_zero() {
        assert_eq!(padded(&[1, 2, 3], 1), [2, 3]);
        assert_eq!(padded(&[1, 2, 3], 2), [3, 0, 0, 0]);
        assert_eq!(padded(&[1, 2, 3], 9), [0, 0]);
    }

    #[test]
    fn a_vectored_read_stops_at_the_first_fault() {
        let regions = [(0x1000, &b"hello"[..]), (0x2000, &b"x"[..])];
        let lent = Lent::new(&regions);
        let mut buf = [0; 6];
        assert_eq!(lent.read_vectored(&[(0x1000, 2), (0x2000, 1), (0x1003, 2)], &mut buf), 5);
        assert_eq!(&buf, b"hexlo\0");
        assert_eq!(lent.read_vectored(&[(0x1004, 1), (0x1003, 4), (0x1000, 1)], &mut buf), 3);
        assert_eq!(&buf[..3], b"olo");
        assert_eq!(lent.read_vectored(&[(0x1000, 5), (0x1000, 5)], &mut buf), 5);
    }
}
