//! Waiting: descriptor sets and arrays, events, timeouts, signal masks.

use super::Args;
use crate::event::Ret;
use crate::syscall::Ty;
use crate::value::{Array, Fd, Flags, PollFd, Tail, Value};
use crate::xlat;

/// `sizeof(struct pollfd)`.
const POLLFD: usize = 8;

impl Args<'_> {
    /// `poll`'s array at entry.
    pub(super) fn pollfds(&self, at: usize, ty: Ty) -> Value {
        let ptr = self.regs[at];
        let Ty::PollFds { count } = ty else { return Value::Pointer(ptr) };
        let count = self.regs[count] as u32 as usize;
        let kept = count.min(self.cx.limits.strings);
        let bytes = self.memory.read_up_to(ptr, kept * POLLFD);
        if ptr == 0 || (bytes.len() < POLLFD && count > 0) {
            return Value::Pointer(ptr);
        }
        let items: Vec<_> = bytes.chunks_exact(POLLFD).map(|bytes| self.pollfd(bytes)).collect();
        let tail = if items.len() < kept {
            Tail::Fault(ptr + (items.len() * POLLFD) as u64)
        } else if kept < count {
            Tail::Elided
        } else {
            Tail::End
        };
        Value::Array(Array { items, tail })
    }

    fn pollfd(&self, bytes: &[u8]) -> Value {
        let raw = i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let events =
            Flags { table: &xlat::wait::POLL_EVENTS, raw: u64::from(u16::from_ne_bytes([bytes[4], bytes[5]])) };
        Value::PollFd(PollFd { fd: Fd { raw, shown: self.cx.names.fd(raw) }, events, revents: None })
    }

    /// The same array once the kernel filled in what it found.
    pub(super) fn polled(&self, entry: Value, ptr: u64, ret: Ret) -> Value {
        let (Value::Array(mut array), Ret::Ok(_)) = (entry.clone(), ret) else { return entry };
        for (at, item) in array.items.iter_mut().enumerate() {
            let revents = crate::memory::array(self.memory, ptr + (at * POLLFD + 6) as u64).map(u16::from_ne_bytes);
            if let (Value::PollFd(pollfd), Some(raw)) = (item, revents) {
                pollfd.revents = Some(Flags { table: &xlat::wait::POLL_EVENTS, raw: u64::from(raw) });
            }
        }
        Value::Array(array)
    }
}
