//! Buffers and lists, up to the limits on what is kept.

use super::{Args, Limits};
use crate::syscall::Ty;
use crate::value::netlink::{self, KOBJECT_UEVENT, NetlinkLimits};
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

    /// The same for what a socket sends or receives, which may be netlink messages.
    pub(super) fn datagram(&self, ptr: u64, len: u64) -> Value {
        // A call that can name the other end is a socket's own; read and write show bytes.
        let is_sockets = self.sys.params.iter().any(|param| matches!(param.ty, Ty::SockAddr(_)));
        if is_sockets { self.messages(ptr, len) } else { self.buffer(ptr, len) }
    }

    /// Netlink messages, if the call is about a netlink socket.
    pub(super) fn messages(&self, ptr: u64, len: u64) -> Value {
        let protocol = (ptr != 0 && len <= MAX_MESSAGES).then(|| self.cx.names.netlink(self.int(0))).flatten();
        let Some(protocol) = protocol.filter(|protocol| *protocol != Some(KOBJECT_UEVENT)) else {
            return self.buffer(ptr, len);
        };
        let mut bytes = vec![0; len as usize];
        if self.memory.read(ptr, &mut bytes).is_err() {
            return self.buffer(ptr, len);
        }
        let Limits { strings, abbreviate } = self.cx.limits;
        let elements = if abbreviate { strings } else { usize::MAX };
        let mut messages = netlink::messages(protocol, &bytes, NetlinkLimits { bytes: strings, elements });
        self.name_value(&mut messages);
        messages
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

/// The most bytes of netlink messages that are read: the kernel's own are no longer than a few pages.
const MAX_MESSAGES: u64 = 1 << 20;
/// The most elements of a list that are read even without abbreviation, in case the count is invalid.
const MAX_ELEMENTS: u64 = 1 << 16;
