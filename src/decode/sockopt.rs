//! Socket options: which name a number has at its level, and what its value is.

use super::{Args, Slot};
use crate::value::{Bytes, Const, Record, Value, layout};
use crate::xlat;

/// The name of an option at a level.
pub(super) fn name(level: i32, raw: u32) -> Value {
    match level {
        libc::SOL_SOCKET => Value::Const(Const { table: &xlat::sockopt::SO, raw: u64::from(raw) }),
        _ => Value::Hex(u64::from(raw)),
    }
}

impl Args<'_> {
    /// The value handed to `setsockopt`.
    pub(super) fn optval_in(&self, level: usize, name: usize, len: usize, ptr: u64) -> Value {
        match usize::try_from(self.int(len)) {
            Ok(len) => self.optval(level, name, ptr, len),
            Err(_) => Value::Pointer(ptr),
        }
    }

    /// The value that `getsockopt` filled.
    pub(super) fn optval_out(&self, level: usize, name: usize, len: usize, ptr: u64, _entry: &[Slot]) -> Value {
        match self.u32(self.regs[len]).map(|len| len as i32) {
            Some(len) if len > 0 => self.optval(level, name, ptr, len as usize),
            _ => Value::Pointer(ptr),
        }
    }

    fn optval(&self, level: usize, name: usize, ptr: u64, len: usize) -> Value {
        let bytes = self.memory.read_up_to(ptr, len.min(self.cx.limits.strings.max(256)));
        if bytes.len() < len.min(self.cx.limits.strings.max(256)) {
            return Value::Pointer(ptr);
        }
        match (self.int(level), self.int(name)) {
            (libc::SOL_SOCKET, libc::SO_LINGER) => Value::Record(Record::read(&layout::LINGER, &bytes)),
            (libc::SOL_SOCKET, libc::SO_ERROR) if len == 4 => {
                let raw = u64::from(u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
                Value::Ref(Box::new(Value::Const(Const { table: &xlat::errno::ERRNO, raw })))
            }
            _ if len == 4 => {
                let n = i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                Value::Ref(Box::new(Value::Int(i64::from(n))))
            }
            _ => Value::Bytes(Bytes { truncated: len > self.cx.limits.strings, data: bytes }),
        }
    }
}
