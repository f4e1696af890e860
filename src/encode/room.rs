//! Memory of the call that is made: buffers that are passed, and room for what the kernel writes.

use super::{Encoder, Pointee, Problem, Result, messages, unread, whole};
use crate::value::Value;

impl<'a> Encoder<'a> {
    /// Allocates memory for these bytes.
    pub(super) fn block(&mut self, bytes: Vec<u8>, after: Option<Vec<u8>>) -> Result<u64> {
        let wanted = bytes.len();
        self.left = self.left.checked_sub(wanted).ok_or(Problem::TooLong { wanted: wanted as u64 })?;
        let block = Pointee { bytes, after };
        let address = block.address();
        self.blocks.push(block);
        Ok(address)
    }

    /// Bytes that are passed.
    pub(super) fn passed(&mut self, bytes: Vec<u8>) -> Result<u64> {
        self.block(bytes, None)
    }

    /// Bytes that are passed, and what the kernel changed them to.
    pub(super) fn filled(&mut self, bytes: Vec<u8>, after: Vec<u8>) -> Result<u64> {
        self.block(bytes, Some(after))
    }

    /// This much memory, within the limit.
    pub(super) fn zeroed(&self, len: u64) -> Result<Vec<u8>> {
        match usize::try_from(len) {
            Ok(len) if len <= self.left => Ok(vec![0; len]),
            _ => Err(Problem::TooLong { wanted: len }),
        }
    }

    /// This many zeroes.
    pub(super) fn zeroes(&mut self, len: u64) -> Result<u64> {
        let bytes = self.zeroed(len)?;
        self.passed(bytes)
    }

    /// Memory that the kernel may write to, or ignores, where the recording has only the address.
    pub(super) fn room(&mut self, value: &Value, len: u64) -> Result<u64> {
        match value {
            Value::Pointer(0) => Ok(0),
            Value::Pointer(_) => self.zeroes(len),
            _ => Err(Problem::Kind),
        }
    }

    /// Memory that the kernel may write to, with what it wrote.
    pub(super) fn written(&mut self, room: u64, after: Vec<u8>) -> Result<u64> {
        if after.len() as u64 > room {
            return Err(Problem::Length);
        }
        let bytes = self.zeroed(room)?;
        self.filled(bytes, after)
    }

    /// A buffer whose bytes are passed.
    pub(super) fn buffer(&mut self, value: &Value, len: u64) -> Result<u64> {
        match value {
            Value::Bytes(bytes) => {
                let whole = whole(bytes)?;
                if whole.len() as u64 != len { Err(Problem::Length) } else { self.passed(whole) }
            }
            Value::Row(_) => {
                let whole = messages(value)?;
                if whole.len() as u64 != len { Err(Problem::Length) } else { self.passed(whole) }
            }
            value if len == 0 => self.room(value, 0),
            value => unread(value),
        }
    }

    /// A buffer that the kernel fills.
    pub(super) fn room_for_bytes(&mut self, value: &Value, len: u64) -> Result<u64> {
        match value {
            Value::Bytes(bytes) => self.written(len, bytes.data.to_vec()),
            Value::Row(_) => self.written(len, messages(value)?),
            value => self.room(value, len),
        }
    }
}
