//! The memory of another process, through process_vm_readv(2).
//!
//! A read of another process costs more than a microsecond whatever its size, so what a call will need is fetched in
//! one vectored read ([`FetchedMemory::prefetch`], planned by [`super::plan`]); the decoder's small reads are then served from
//! that copy. What was not foreseen is read on demand.

use crate::memory::{self, Fault, Memory, PAGE};

/// Maximum pieces of one prefetch, well below the kernel's `IOV_MAX`.
const MAX_PIECES: usize = 64;
/// Pieces that lie this close together are read as one: a byte costs less than another range.
const CLOSE: u64 = 256;

/// A window into one process at one stop.
#[derive(Debug, Default)]
pub(super) struct FetchedMemory {
    pid: i32,
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A part of the other memory that was fetched.
#[derive(Debug, Clone, Copy)]
struct Piece {
    addr: u64,
    offset: usize,
    len: usize,
}

impl FetchedMemory {
    /// Looks at another stop: all that was fetched is forgotten.
    pub(super) fn turn_to(&mut self, pid: i32) {
        self.pid = pid;
        self.bytes.clear();
        self.pieces.clear();
    }

    /// Fetches pieces (address and length) in one call; their order is changed. Of pieces behind one that cannot be read
    /// nothing is kept: the decoder reads them one by one.
    pub(super) fn prefetch(&mut self, wanted: &mut Vec<(u64, usize)>) {
        wanted.retain(|(addr, len)| *addr != 0 && *len != 0);
        join(wanted);
        wanted.truncate(MAX_PIECES);
        let start = self.bytes.len();
        let mut end = start;
        for &(addr, len) in wanted.iter() {
            self.pieces.push(Piece { addr, offset: end, len });
            end += len;
        }
        if end == start {
            return;
        }
        self.bytes.resize(end, 0);
        let end = start + self.process().read_vectored(wanted, &mut self.bytes[start..]);
        self.pieces.retain(|piece| piece.offset + piece.len <= end);
    }

    /// The process, to be asked now.
    fn process(&self) -> memory::Remote {
        memory::Remote::new(self.pid)
    }
}

/// Makes one of pieces on the same page that lie close together, as the variables of a function do.
fn join(pieces: &mut Vec<(u64, usize)>) {
    if pieces.len() < 2 {
        return;
    }
    pieces.sort_unstable();
    pieces.dedup_by(|next, piece| {
        let (start, end) = (piece.0, piece.0.saturating_add(piece.1 as u64));
        let last = next.0.saturating_add(next.1 as u64).max(end);
        let joined = next.0 <= end.saturating_add(CLOSE) && last.wrapping_sub(1) / PAGE == start / PAGE;
        if joined {
            piece.1 = (last - start) as usize;
        }
        joined
    });
}

impl Memory for FetchedMemory {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        if buf.is_empty() {
            return Ok(());
        }
        for piece in &self.pieces {
            let Some(skip) = addr.checked_sub(piece.addr) else { continue };
            if skip.saturating_add(buf.len() as u64) <= piece.len as u64 {
                let at = piece.offset + skip as usize;
                buf.copy_from_slice(&self.bytes[at..at + buf.len()]);
                return Ok(());
            }
        }
        self.process().read(addr, buf)
    }
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;
    use crate::memory::array;

    fn ours() -> FetchedMemory {
        let mut remote = FetchedMemory::default();
        remote.turn_to(std::process::id() as i32);
        remote
    }

    #[test]
    fn our_own_memory_is_read() {
        let data = *b"hello, world";
        let addr = data.as_ptr() as u64;
        let mut remote = ours();
        assert_eq!(array::<5>(&remote, addr), Some(*b"hello"));
        remote.prefetch(&mut vec![(addr, 4), (8, 4), (addr + 4, 4)]);
        assert_eq!(remote.pieces.len(), 0, "what lies behind a bad piece is not kept");
        remote.prefetch(&mut vec![(addr, 4), (u64::MAX, 4), (addr + 4, 4)]);
        assert_eq!(remote.pieces.len(), 1, "what lies before it is");
        assert_eq!(array::<12>(&remote, addr), Some(data));
        assert_eq!(array::<2>(&remote, addr + 1), Some(*b"el"));
        assert_eq!(remote.read(8, &mut [0; 4]), Err(Fault { read: 0 }));
        assert_eq!(remote.read(u64::MAX, &mut [0; 4]), Err(Fault { read: 0 }));
    }

    #[test]
    fn close_pieces_are_read_as_one() {
        let joined = |pieces: &[(u64, usize)]| {
            let mut pieces = pieces.to_vec();
            join(&mut pieces);
            pieces
        };
        assert_eq!(joined(&[(0x1960, 5), (0x1930, 16), (0x191c, 4)]), [(0x191c, 0x49)]);
        assert_eq!(joined(&[(0x1100, 64), (0x1110, 4)]), [(0x1100, 64)], "one inside the other");
        assert_eq!(joined(&[(0x1ff0, 16), (0x2000, 4)]), [(0x1ff0, 16), (0x2000, 4)], "a page may be missing");
        assert_eq!(joined(&[(0x1000, 4), (0x1200, 4)]), [(0x1000, 4), (0x1200, 4)], "too far apart");
        assert_eq!(joined(&[(u64::MAX - 2, 9), (5, 4)]), [(5, 4), (u64::MAX - 2, 9)]);
    }

    #[test]
    fn a_read_ends_where_memory_ends() {
        let pages = 3 * PAGE as usize;
        // SAFETY: a fresh anonymous mapping, of which only we know; it is unmapped below.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                pages,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(base, libc::MAP_FAILED);
        // SAFETY: the last of the three pages of our own mapping.
        unsafe { libc::munmap(base.byte_add(2 * PAGE as usize), PAGE as usize) };
        let remote = ours();
        let mut buf = vec![0; pages];
        assert_eq!(remote.read(base as u64 + 10, &mut buf), Err(Fault { read: 2 * PAGE as usize - 10 }));
        // SAFETY: the rest of our own mapping.
        unsafe { libc::munmap(base, 2 * PAGE as usize) };
    }
}
