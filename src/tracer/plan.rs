//! Predicts what the decoder will read for a call, from how far its pointers reach by the call table.
//!
//! Only a hint: what is missing here is read on demand, what is too much costs a few bytes of one vectored read.

use super::remote::FetchedMemory;
use crate::decode::Limits;
use crate::memory::array;
use crate::syscall::{Reach, Syscall, Ty, When};
use crate::value::sockaddr::STORAGE;
use crate::value::{MsgHeader, iovec, layout};

/// Most bytes fetched beforehand for an array.
const MAX_ARRAY: usize = 4096;

/// A list of pieces, kept to be used again.
pub(super) type Pieces = Vec<(u64, usize)>;

/// Fetches what decoding will ask for. At exit this is for calls that did not fail.
pub(super) fn fetch(
    sys: &'static Syscall,
    regs: &[u64; 6],
    when: When,
    limits: Limits,
    memory: &mut FetchedMemory,
    pieces: &mut Pieces,
) {
    pieces.clear();
    let mut message = None;
    let sys = sys.of_registers(regs);
    for (at, param) in sys.params.iter().enumerate() {
        let reg = regs[sys.register(at)];
        if reg == 0 {
            continue;
        }
        let len = kept(param.reach(regs, when), limits);
        if len > 0 {
            pieces.push((reg, len));
            if matches!(param.ty, Ty::MsgHdr) {
                message = Some(reg);
            }
        }
    }
    memory.prefetch(pieces);
    if let Some(message) = message {
        follow_message(message, limits, memory, pieces);
    }
}

/// How many bytes the decoder will read of those that a pointer reaches.
fn kept(reach: Reach, limits: Limits) -> usize {
    match reach {
        Reach::Nothing => 0,
        Reach::Whole(bytes) => bytes,
        Reach::Buffer(bytes) => bytes.min(limits.strings as u64) as usize,
        Reach::Elements { count, size } => array_len(count, size, limits),
        // Most programs have room for what is likely or more, and to read again costs little.
        Reach::Measured { likely, .. } => likely,
    }
}

/// Bytes of the elements of an array that are kept.
fn array_len(count: u64, size: usize, limits: Limits) -> usize {
    count.min(limits.strings as u64).min((MAX_ARRAY / size) as u64) as usize * size
}

/// A message names other memory, which names other memory: two more reads instead of one per piece.
fn follow_message(message: u64, limits: Limits, memory: &mut FetchedMemory, pieces: &mut Pieces) {
    let Some(header) = array::<{ MsgHeader::SIZE }>(memory, message) else { return };
    let header = MsgHeader::read(&header);
    let vectors = array_len(header.iovlen, layout::IOVEC.size, limits);
    let name = usize::try_from(header.namelen).unwrap_or(0).min(STORAGE);
    pieces.clear();
    pieces.extend([(header.iov, vectors), (header.name, name)]);
    pieces.push((header.control, header.controllen.min(MAX_ARRAY as u64) as usize));
    memory.prefetch(pieces);
    pieces.clear();
    for at in (0..vectors).step_by(layout::IOVEC.size) {
        let Some(vector) = array::<16>(memory, header.iov.wrapping_add(at as u64)) else { break };
        let (base, len) = iovec(&vector);
        pieces.push((base, kept(Reach::Buffer(len), limits)));
    }
    memory.prefetch(pieces);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall::by_name;

    #[test]
    fn no_more_is_fetched_than_is_kept() {
        let limits = Limits { strings: 5, abbreviate: true };
        let wanted = |call: &str, at: usize, regs: [u64; 6], when| {
            kept(by_name(call).unwrap().params[at].reach(&regs, when), limits)
        };
        assert_eq!(wanted("write", 1, [1, 2, 100, 0, 0, 0], When::Entry), 5);
        assert_eq!(wanted("read", 1, [1, 2, 100, 0, 0, 0], When::Exit(3)), 3);
        assert_eq!(wanted("writev", 1, [1, 2, u64::MAX, 0, 0, 0], When::Entry), 80);
        assert_eq!(wanted("accept", 1, [1, 2, 3, 0, 0, 0], When::Exit(4)), 16);
        assert_eq!(wanted("fcntl", 2, [1, libc::F_SETLK as u64, 2, 0, 0, 0], When::Entry), 32);
        assert_eq!(wanted("setsockopt", 3, [1, 1, libc::SO_LINGER as u64, 2, 8, 0], When::Entry), 5);
        let all = Limits { strings: usize::MAX, abbreviate: false };
        assert_eq!(kept(Reach::Elements { count: u64::MAX, size: 12 }, all), 4092);
    }
}
