//! Buffers and lists, up to the limits on what is kept.

use super::Args;
use crate::value::{Array, Bytes, Tail, Value};

impl Args<'_> {
    /// The first bytes of a buffer of `len` bytes.
    pub(super) fn buffer(&self, ptr: u64, len: u64) -> Value {
        let kept = len.min(self.cx.limits.strings as u64) as usize;
        let mut data = vec![0; kept];
        if ptr == 0 || self.memory.read(ptr, &mut data).is_err() {
            return Value::Pointer(ptr);
        }
        Value::Bytes(Bytes { data: data.into(), truncated: len > kept as u64 })
    }

    /// `count` elements of `size` bytes each, up to the limit on lists.
    pub(super) fn array(&self, ptr: u64, count: u64, size: usize, element: impl FnMut(&[u8]) -> Value) -> Value {
        self.array_up_to(MAX_ELEMENTS, ptr, count, size, element)
    }

    /// The same for a list that never shows more than `most` elements.
    pub(super) fn array_up_to(
        &self,
        most: u64,
        ptr: u64,
        count: u64,
        size: usize,
        mut element: impl FnMut(&[u8]) -> Value,
    ) -> Value {
        let end = count.checked_mul(size as u64).and_then(|bytes| ptr.checked_add(bytes));
        if ptr == 0 || end.is_none() {
            return Value::Pointer(ptr);
        }
        let kept = if self.cx.limits.abbreviate { most.min(self.cx.limits.strings as u64) } else { most };
        let mut array = Array::default();
        let mut bytes = vec![0; size];
        for at in 0..count {
            if at >= kept {
                array.tail = Tail::Elided;
                break;
            }
            let address = ptr + at * size as u64;
            if self.memory.read(address, &mut bytes).is_err() {
                if at == 0 {
                    return Value::Pointer(ptr);
                }
                array.tail = Tail::Fault(address);
                break;
            }
            array.items.push(element(&bytes));
        }
        Value::Array(array)
    }
}

/// The most elements of a list that are read even without abbreviation, in case the count is invalid.
const MAX_ELEMENTS: u64 = 1 << 16;
