//! Messages: `struct msghdr`, vectors of buffers, control messages.

use super::Args;
use crate::event::Ret;
use crate::memory::padded;
use crate::syscall::reach::MMSGHDR;
use crate::syscall::{self, Payload};
use crate::value::{
    Array, Bytes, CMSGHDR, Cmsg, Const, Flags, Layout, Length, MAX_VECTORS, MmsgHdr, MsgHdr, MsgHeader, Record,
    SockAddr, Tail, Value, iovec, layout,
};
use crate::xlat;

/// The most control bytes that are read: the kernel's own limit (`net.core.optmem_max`).
const MAX_CONTROL: u64 = 128 * 1024;

/// A number in native byte order from `bytes`; missing bytes are zero.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(padded(bytes, at))
}

impl Args<'_> {
    /// `msg_namelen` of a header, if it can be read.
    pub(super) fn namelen(&self, ptr: u64) -> Option<Value> {
        let bytes: [u8; MsgHeader::SIZE] = crate::memory::array(self.memory, ptr).filter(|_| ptr != 0)?;
        Some(Value::Int(MsgHeader::read(&bytes).namelen.into()))
    }

    /// The header passed to `sendmsg`.
    pub(super) fn msghdr_in(&self, ptr: u64) -> Value {
        match self.read(ptr, MsgHeader::SIZE) {
            Some(bytes) => Value::MsgHdr(Box::new(self.msghdr(&bytes, None, u64::MAX))),
            None => Value::Pointer(ptr),
        }
    }

    /// The header that `recvmsg` filled.
    pub(super) fn msghdr_out(&self, ptr: u64, before: Option<Value>, ret: Ret) -> Value {
        let Some(before @ Value::Int(entry)) = before else { return Value::Pointer(ptr) };
        match (ret, self.read(ptr, MsgHeader::SIZE)) {
            (Ret::Ok(n), Some(bytes)) => Value::MsgHdr(Box::new(self.msghdr(&bytes, Some(entry), n.max(0) as u64))),
            (Ret::Ok(_), None) => Value::Pointer(ptr),
            _ => Value::Record(Record { layout: &layout::RECVMSG_FAILED, fields: vec![before], cut: None }),
        }
    }

    /// A header from its bytes. `data` limits the contents of its buffers.
    fn msghdr(&self, bytes: &[u8], entry_namelen: Option<i64>, data: u64) -> MsgHdr {
        let MsgHeader { name, namelen, iov, iovlen, control, controllen, flags } = MsgHeader::read(bytes);
        let namelen = i64::from(namelen);
        let given = entry_namelen.unwrap_or(namelen);
        let name = self.sockaddr(name, namelen.min(given));
        let to_netlink = matches!(&name, Value::SockAddr(name) if i32::from(name.family()) == libc::AF_NETLINK);
        MsgHdr {
            name,
            namelen: Length { entry: given, exit: (given != namelen).then_some(namelen) },
            iov: self.vectors(iov, iovlen, Some(data), to_netlink),
            iovlen,
            control: (controllen != 0).then(|| self.control(control, controllen)),
            controllen,
            flags: Flags { table: &xlat::socket::MSG, raw: u64::from(flags) },
        }
    }

    /// A vector of buffers that hold `data` bytes in total; with `None` the buffers are not read.
    pub(super) fn iovecs(&self, ptr: u64, count: u64, data: Option<u64>) -> Value {
        self.vectors(ptr, count, data, false)
    }

    /// The same, where the buffers may hold netlink messages: strace goes by the address.
    fn vectors(&self, ptr: u64, count: u64, data: Option<u64>, to_netlink: bool) -> Value {
        let mut left = data;
        self.array(ptr, count, layout::IOVEC.size, |bytes| {
            let (base, len) = iovec(bytes);
            let shown = match &mut left {
                None => Value::Pointer(base),
                Some(left) => {
                    let here = len.min(*left);
                    if *left != u64::MAX {
                        *left -= here;
                    }
                    if to_netlink { self.messages(base, here) } else { self.buffer(base, here) }
                }
            };
            Value::Record(Record { layout: &layout::IOVEC, fields: vec![shown, Value::Uint(len)], cut: None })
        })
    }

    /// The vector of `sendmmsg` and `recvmmsg`, of which the first `done` messages were handled.
    pub(super) fn mmsghdrs(&self, ptr: u64, count: u64, done: u64, entry: &[Value]) -> Value {
        let mut at = 0;
        self.array_up_to(MAX_VECTORS.into(), ptr, count, MMSGHDR, |bytes| {
            let len = u32_at(bytes, MsgHeader::SIZE);
            let counts = at < done;
            let namelen = match entry.get(at as usize) {
                Some(Value::Int(n)) => Some(*n),
                _ => None,
            };
            at += 1;
            let data = if namelen.is_some() { u64::from(len) } else { u64::MAX };
            let hdr = self.msghdr(bytes, namelen, data);
            Value::MmsgHdr(Box::new(MmsgHdr { hdr, len: counts.then_some(len) }))
        })
    }

    /// The name lengths that went into `recvmmsg`.
    pub(super) fn namelens(&self, ptr: u64, count: u64) -> Value {
        self.array(ptr, count, MMSGHDR, |bytes| Value::Int(MsgHeader::read(bytes).namelen.into()))
    }

    /// The vector that `recvmmsg` filled: only the messages that were received are shown.
    pub(super) fn mmsghdrs_received(&self, ptr: u64, before: Option<Value>, done: u64, ret: Ret) -> Value {
        let (Ret::Ok(_), Some(Value::Array(entry))) = (ret, before) else { return Value::Pointer(ptr) };
        self.mmsghdrs(ptr, done, done, &entry.items)
    }

    /// The control part of a message.
    fn control(&self, ptr: u64, len: u64) -> Value {
        let mut bytes = vec![0; len.min(MAX_CONTROL) as usize];
        if ptr == 0 || bytes.len() < CMSGHDR || self.memory.read(ptr, &mut bytes).is_err() {
            return Value::Pointer(ptr);
        }
        let mut array = Array::default();
        let mut at = 0;
        while bytes.len() - at >= CMSGHDR {
            let here = &bytes[at..];
            let claimed = u64::from_ne_bytes(padded(here, 0));
            array.items.push(Value::Cmsg(Box::new(self.cmsg(here, claimed))));
            // An invalid length is treated as that of a header alone, so that the loop always advances.
            let step = claimed.max(CMSGHDR as u64).checked_next_multiple_of(8).unwrap_or(u64::MAX);
            if step >= here.len() as u64 {
                return Value::Array(array);
            }
            at += step as usize;
            if claimed < CMSGHDR as u64 {
                break;
            }
        }
        array.tail = Tail::Fault(ptr.wrapping_add(at as u64));
        Value::Array(array)
    }

    fn cmsg(&self, bytes: &[u8], claimed: u64) -> Cmsg {
        let (level, kind) = (u32_at(bytes, 8), u32_at(bytes, 12));
        let end = claimed.min(bytes.len() as u64) as usize;
        let data = bytes.get(CMSGHDR..end).filter(|data| !data.is_empty());
        let table = syscall::controls(level as i32).map_or(&xlat::sockopt::NAMELESS, |controls| controls.names);
        Cmsg {
            len: claimed,
            level: Const { table: &xlat::socket::CMSG_LEVEL, raw: u64::from(level) },
            kind: Const { table, raw: u64::from(kind) },
            data: data.and_then(|data| self.cmsg_data(syscall::payload(level as i32, kind), data)).map(Box::new),
        }
    }

    fn cmsg_data(&self, payload: Payload, data: &[u8]) -> Option<Value> {
        let whole = |layout: &'static Layout| {
            (data.len() >= layout.size).then(|| Value::Record(self.named(Record::read(layout, data))))
        };
        match payload {
            Payload::Fds => self.elements(data, 4, |b| self.fd(u32_at(b, 0) as i32)).filter(|_| data.len() >= 4),
            Payload::Bytes => Some(Value::Bytes(Bytes { data: data.into(), truncated: false })),
            Payload::Octets => self.elements(data, 1, |b| Value::Hex(u64::from(b[0]))),
            Payload::Uints => {
                self.elements(data, 4, |b| Value::Uint(u64::from(u32_at(b, 0)))).filter(|_| data.len() >= 4)
            }
            Payload::Record(layout) => whole(layout),
            Payload::Time(layout) => whole(layout).or(Some(Value::Short)),
            Payload::Times(layout, count) => {
                let items = data.get(..count * layout.size).map(|times| {
                    times.chunks_exact(layout.size).map(|time| Value::Record(Record::read(layout, time))).collect()
                });
                Some(items.map_or(Value::Short, |items| Value::Array(Array { items, tail: Tail::End })))
            }
            Payload::SockAddr => {
                (data.len() >= size_of::<libc::sockaddr_in>()).then(|| Value::SockAddr(SockAddr::from_bytes(data)))
            }
            Payload::Raw => None,
        }
    }

    /// Elements of `size` bytes, up to the limit on lists.
    fn elements(&self, data: &[u8], size: usize, element: impl Fn(&[u8]) -> Value) -> Option<Value> {
        let kept = if self.cx.limits.abbreviate { self.cx.limits.strings } else { usize::MAX };
        let items: Vec<_> = data.chunks_exact(size).take(kept).map(element).collect();
        let tail = if items.len() < data.len() / size { Tail::Elided } else { Tail::End };
        Some(Value::Array(Array { items, tail }))
    }
}
