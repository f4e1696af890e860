//! Predicts from the call table what the decoder will read for a call.
//!
//! Only a hint: what is missing here is read on demand, what is too much costs a few bytes of one vectored read.

use super::remote::Remote;
use crate::decode::Limits;
use crate::memory::array;
use crate::sys::arch::EPOLL_EVENT_SIZE;
use crate::syscall::{Dir, Len, Syscall, Ty};

/// `sizeof(struct sockaddr_storage)`.
const MAX_ADDRESS: usize = 128;
/// Longest option value fetched beforehand.
const MAX_OPTION: usize = 256;
/// Most bytes fetched beforehand for an array.
const MAX_ARRAY: usize = 4096;
/// `sizeof(struct msghdr)`, `sizeof(struct iovec)` and `sizeof(struct pollfd)` on 64-bit machines.
const MSGHDR: usize = 56;
const IOVEC: usize = 16;
const POLLFD: usize = 8;

/// A list of pieces, kept to be used again.
pub(super) type Pieces = Vec<(u64, usize)>;

/// At which end of the call memory is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Before the kernel saw it.
    Entry,
    /// After it returned this without error.
    Exit(i64),
}

/// Fetches what decoding will ask for.
pub(super) fn fetch(
    sys: &Syscall,
    regs: &[u64; 6],
    when: When,
    limits: Limits,
    memory: &mut Remote,
    pieces: &mut Pieces,
) {
    pieces.clear();
    let mut message = None;
    for (param, &reg) in sys.params.iter().zip(regs) {
        let wanted = match when {
            When::Entry => param.dir != Dir::Out,
            When::Exit(_) => param.dir != Dir::In,
        };
        if reg == 0 || !wanted {
            continue;
        }
        if matches!(param.ty, Ty::MsgHdr) {
            message = Some(reg);
        }
        let len = length(param.ty, regs, when, limits);
        if len > 0 {
            pieces.push((reg, len));
        }
    }
    memory.prefetch(pieces);
    if let Some(message) = message {
        follow_message(message, limits, memory, pieces);
    }
}

/// How many bytes behind a pointer of this type are read.
fn length(ty: Ty, regs: &[u64; 6], when: When, limits: Limits) -> usize {
    let count = |at: usize, size: usize| (regs[at] as u32 as usize).saturating_mul(size).min(MAX_ARRAY);
    match ty {
        Ty::Bytes(Len::Arg(at)) => regs[at].min(limits.strings as u64) as usize,
        Ty::Bytes(Len::Ret) => match when {
            When::Exit(ret) => usize::try_from(ret).unwrap_or(0).min(limits.strings),
            When::Entry => 0,
        },
        Ty::SockAddr(Len::Arg(at)) => usize::try_from(regs[at] as i32).unwrap_or(0).min(MAX_ADDRESS),
        // The length is behind a pointer; most programs offer what IPv4 needs or more, and read again costs little.
        Ty::SockAddr(Len::InOutArg(_)) => match when {
            When::Exit(_) => 16, // sizeof(struct sockaddr_in)
            When::Entry => 0,
        },
        Ty::SockLen => 4,
        Ty::OptVal { len, .. } => match when {
            When::Entry => usize::try_from(regs[len] as i32).unwrap_or(0).min(MAX_OPTION),
            When::Exit(_) => 4,
        },
        Ty::MsgHdr => MSGHDR,
        Ty::IoVecs { count: at } => count(at, IOVEC),
        Ty::FdPair => 8,
        Ty::PollFds { count: at } => count(at, POLLFD).min(limits.strings.saturating_mul(POLLFD)),
        Ty::FdSet { count: at } => (regs[at] as u32 as usize).min(1024).div_ceil(64) * 8,
        Ty::Timeout(layout) => layout.size,
        Ty::SigSet { .. } | Ty::Offset => 8,
        Ty::SigSetArg => 16,
        Ty::EpollEvent { .. } => EPOLL_EVENT_SIZE,
        Ty::EpollEvents => match when {
            When::Exit(ret) => (ret.max(0) as usize).min(limits.strings).saturating_mul(EPOLL_EVENT_SIZE),
            When::Entry => 0,
        },
        _ => 0,
    }
}

/// A message names other memory, which names other memory: two more reads instead of one per piece.
fn follow_message(message: u64, limits: Limits, memory: &mut Remote, pieces: &mut Pieces) {
    let Some(header) = array::<MSGHDR>(memory, message) else { return };
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&header[at..at + 8]);
        u64::from_ne_bytes(bytes)
    };
    let (name, name_len) = (word(0), word(8) as u32 as usize);
    let (iov, iov_len) = (word(16), word(24) as usize);
    let (control, control_len) = (word(32), word(40) as usize);
    let vectors = iov_len.min(limits.strings).min(MAX_ARRAY / IOVEC);
    pieces.clear();
    pieces.extend([(iov, vectors * IOVEC), (name, name_len.min(MAX_ADDRESS)), (control, control_len.min(MAX_ARRAY))]);
    memory.prefetch(pieces);
    pieces.clear();
    for at in 0..vectors {
        let Some(vector) = array::<IOVEC>(memory, iov + (at * IOVEC) as u64) else { break };
        let (base, len) = vector.split_at(8);
        let read = |bytes: &[u8]| bytes.try_into().map(u64::from_ne_bytes).unwrap_or(0);
        pieces.push((read(base), read(len).min(limits.strings as u64) as usize));
    }
    memory.prefetch(pieces);
}
