//! Data in full: the descriptors whose transfers are dumped (`-e read=`, `-e write=`).

use std::collections::BTreeSet;

use crate::event::Ret;
use crate::memory::{Memory, array};
use crate::syscall::{Effect, Reach, Syscall, Ty, When};
use crate::value::{MAX_VECTORS, MsgHeader, iovec, layout};

/// Descriptors by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FdSpec {
    /// None.
    #[default]
    None,
    /// All, except these.
    AllBut(BTreeSet<i32>),
    /// These.
    Only(BTreeSet<i32>),
}

impl FdSpec {
    fn contains(&self, fd: i32) -> bool {
        match self {
            Self::None => false,
            Self::AllBut(set) => !set.contains(&fd),
            Self::Only(set) => set.contains(&fd),
        }
    }
}

/// Which data is dumped in full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dump {
    /// What is read from these.
    pub read: FdSpec,
    /// What is written to these.
    pub write: FdSpec,
}

/// Bytes of one transfer that are kept at most; a longer one is cut.
const MAX_BYTES: usize = 16 << 20;

impl Dump {
    /// Whether any data is dumped.
    pub(super) fn any(&self) -> bool {
        self.read != FdSpec::None || self.write != FdSpec::None
    }

    /// The buffers a call moved or was to move, each with its bytes.
    pub(super) fn buffers(&self, sys: &Syscall, regs: &[u64; 6], ret: Ret, memory: &dyn Memory) -> Vec<Vec<u8>> {
        // What was read is as long as the call returned; what was to be written is all that was offered, sent or not.
        // (For several messages the call returns their number, not their lengths: those are not dumped.)
        let (wanted, when, mut left) = match (sys.effect, ret) {
            _ if sys.counts_messages() => return Vec::new(),
            (Effect::Receives(_), Ret::Ok(moved)) => {
                (&self.read, When::Exit(moved), usize::try_from(moved).unwrap_or(0).min(MAX_BYTES))
            }
            (Effect::Sends, _) => (&self.write, When::Entry, MAX_BYTES),
            _ => return Vec::new(),
        };
        if !wanted.contains(regs[0] as i32) {
            return Vec::new();
        }
        let mut buffers = Vec::new();
        let mut vectors = (0, 0);
        for (param, &reg) in sys.params.iter().zip(regs) {
            match (param.ty, param.reach(regs, when)) {
                (Ty::Bytes(_), Reach::Buffer(len @ 1..)) => {
                    buffers.push(memory.read_up_to(reg, usize::try_from(len).unwrap_or(left).min(left)));
                }
                (Ty::IoVecs { .. }, reach) => vectors = (reg, reach.count()),
                (Ty::MsgHdr, Reach::Whole(_)) => {
                    let header = array::<{ MsgHeader::SIZE }>(memory, reg).map(|bytes| MsgHeader::read(&bytes));
                    vectors = header.map_or((0, 0), |header| (header.iov, header.iovlen));
                }
                _ => {}
            }
        }
        for at in 0..vectors.1.min(MAX_VECTORS.into()) {
            let Some(vector) = array::<16>(memory, vectors.0 + at * layout::IOVEC.size as u64) else { break };
            let (base, len) = iovec(&vector);
            let len = usize::try_from(len).unwrap_or(usize::MAX).min(left);
            if left == 0 {
                break;
            }
            left -= len;
            buffers.push(memory.read_up_to(base, len));
        }
        buffers
    }
}
