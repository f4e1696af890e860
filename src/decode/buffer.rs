//! Buffers: how many of their bytes count, and which of those are kept.

use super::Args;
use crate::event::Ret;
use crate::syscall::{Len, Ty};
use crate::value::{Bytes, Value};

impl Args<'_> {
    /// How many bytes of a buffer the call is about.
    pub(super) fn bytes_len(&self, ty: Ty, ret: Option<Ret>) -> u64 {
        match (ty, ret) {
            (Ty::Bytes(Len::Arg(at)), _) => self.regs[at],
            (Ty::Bytes(Len::Ret), Some(Ret::Ok(n))) => n.max(0) as u64,
            _ => 0,
        }
    }

    /// The first bytes of a buffer of `len` bytes.
    pub(super) fn buffer(&self, ptr: u64, len: u64) -> Value {
        let kept = len.min(self.cx.limits.strings as u64) as usize;
        let mut data = vec![0; kept];
        if ptr == 0 || self.memory.read(ptr, &mut data).is_err() {
            return Value::Pointer(ptr);
        }
        Value::Bytes(Bytes { data, truncated: len > kept as u64 })
    }
}
