//! Buffers and lists, up to the limits on what is kept.

use super::Args;
use crate::memory::PAGE;
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

    /// A path, up to its NUL or, without one, the longest that there is.
    pub(super) fn path(&self, ptr: u64, max: u64) -> Value {
        let mut path = Vec::new();
        while (path.len() as u64) < max {
            let at = ptr.wrapping_add(path.len() as u64);
            // Memory ends between pages, never within one.
            let here = (PAGE - at % PAGE).min(AT_ONCE).min(max - path.len() as u64) as usize;
            let bytes = self.memory.read_up_to(at, here);
            if let Some(end) = memchr::memchr(0, &bytes) {
                path.extend_from_slice(&bytes[..end]);
                return Value::Bytes(Bytes { data: path.into(), truncated: false });
            }
            path.extend_from_slice(&bytes);
            if ptr == 0 || bytes.len() < here {
                return Value::Pointer(ptr);
            }
        }
        path.pop();
        Value::Bytes(Bytes { data: path.into(), truncated: true })
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
/// Bytes of a path that are read at once: most are shorter.
const AT_ONCE: u64 = 128;
