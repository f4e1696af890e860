//! Messages: `struct msghdr`, vectors of buffers, control messages.

use super::{Encoder, Problem, Result, UNKNOWN_ROOM, fd_bytes, fitted, int, structure, unread, whole};
use crate::syscall::Dir;
use crate::value::sockaddr::STORAGE;
use crate::value::{Array, Cmsg, MsgHdr, Record, Tail, Value, layout};

/// `sizeof(struct cmsghdr)`, and what its data is aligned to.
const CMSGHDR: usize = 16;
/// `UIO_MAXIOV`: the kernel handles no more messages in one call.
const MAX_MESSAGES: u32 = 1024;
/// Control bytes where it is not known how many were offered.
const UNKNOWN_CONTROL: usize = 4096;

/// A `struct msghdr`: as it is passed, and as the kernel left it.
struct Header {
    before: Vec<u8>,
    after: Vec<u8>,
}

/// The pointers, lengths and flags of a `struct msghdr`.
#[derive(Clone, Copy)]
struct Parts {
    name: u64,
    namelen: i64,
    iov: u64,
    iovlen: u64,
    control: u64,
    controllen: u64,
    flags: u64,
}

impl Parts {
    fn bytes(self) -> Vec<u8> {
        let Self { name, namelen, iov, iovlen, control, controllen, flags } = self;
        // The lengths of name and flags are `int`s, each followed by as much padding.
        let words = [name, u64::from(namelen as u32), iov, iovlen, control, controllen, u64::from(flags as u32)];
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }
}

impl Encoder<'_> {
    /// The argument of `sendmsg`, or of `recvmsg`.
    pub(super) fn message_header(&mut self, value: &Value, dir: Dir) -> Result<u64> {
        match value {
            Value::MsgHdr(msg) => {
                let Header { before, after } = self.message(msg, dir == Dir::InOut)?;
                self.filled(before, after)
            }
            // Of one that could not be received only the length of the name is known.
            Value::Record(failed) if failed.layout == &layout::RECVMSG_FAILED && dir == Dir::InOut => {
                let Some(Value::Int(namelen)) = failed.fields.first() else { return Err(Problem::Kind) };
                let header = self.unknown_header(int(*namelen))?;
                self.passed(header)
            }
            value => unread(value),
        }
    }

    /// Room for a message of which nothing is known.
    pub(super) fn unknown_message(&mut self) -> Result<u64> {
        let header = self.unknown_header(0)?;
        self.passed(header)
    }

    fn unknown_header(&mut self, namelen: i64) -> Result<Vec<u8>> {
        let parts = Parts {
            name: if namelen > 0 { self.zeroes(STORAGE as u64)? } else { 0 },
            namelen,
            iov: self.unknown_iovec()?,
            iovlen: 1,
            control: self.zeroes(UNKNOWN_CONTROL as u64)?,
            controllen: UNKNOWN_CONTROL as u64,
            flags: 0,
        };
        Ok(parts.bytes())
    }

    fn message(&mut self, msg: &MsgHdr, received: bool) -> Result<Header> {
        let entry = int(msg.namelen.entry);
        let iov = self.iovecs(&msg.iov, msg.iovlen, received)?;
        if received {
            let name = self.room_for_address(&msg.name, msg.namelen)?;
            let control = match &msg.control {
                None => 0,
                Some(Value::Array(array)) => {
                    let after = self.control(array, msg.controllen, true)?;
                    self.written(msg.controllen, after)?
                }
                Some(value) => self.room(value, msg.controllen)?,
            };
            let (iovlen, controllen, flags) = (msg.iovlen, msg.controllen, msg.flags.raw);
            let after = Parts { name, namelen: msg.namelen.after(), iov, iovlen, control, controllen, flags };
            let before = Parts { namelen: entry, flags: 0, ..after };
            return Ok(Header { before: before.bytes(), after: after.bytes() });
        }
        let (name, namelen) = self.address(&msg.name, entry)?;
        let control = match &msg.control {
            None => 0,
            Some(Value::Array(array)) => {
                let control = self.control(array, msg.controllen, false)?;
                self.passed(control)?
            }
            Some(value) => unread(value)?,
        };
        let (iovlen, controllen, flags) = (msg.iovlen, msg.controllen, msg.flags.raw);
        let bytes = Parts { name, namelen, iov, iovlen, control, controllen, flags }.bytes();
        Ok(Header { before: bytes.clone(), after: bytes })
    }

    /// The vector of `sendmmsg`, or of `recvmmsg`, where those that nothing came for are not recorded.
    pub(super) fn messages(&mut self, value: Option<&Value>, count: u32, received: bool) -> Result<u64> {
        let items = match value {
            Some(Value::Array(array)) if array.tail == Tail::End => array.items.as_slice(),
            Some(Value::Array(_)) => return Err(Problem::Elided),
            None | Some(Value::Pointer(1..)) if received => &[],
            Some(value) => return unread(value),
            None => return Err(Problem::Missing),
        };
        let count = count.min(MAX_MESSAGES) as usize;
        if items.len() > count || (items.len() < count && !received) {
            return Err(Problem::Length);
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for item in items {
            let Value::MmsgHdr(message) = item else { return Err(Problem::Kind) };
            let header = self.message(&message.hdr, received)?;
            // How many bytes went, padded to a word.
            before.extend(header.before);
            before.extend(0u64.to_ne_bytes());
            after.extend(header.after);
            after.extend(u64::from(message.len.unwrap_or(0)).to_ne_bytes());
        }
        for _ in items.len()..count {
            // They had as much room as the others, as far as is known.
            let header = match items.last() {
                Some(Value::MmsgHdr(last)) => self.message(&last.hdr, received)?.before,
                _ => self.unknown_header(0)?,
            };
            before.extend(&header);
            before.extend(0u64.to_ne_bytes());
            after.extend(&header);
            after.extend(0u64.to_ne_bytes());
        }
        self.filled(before, after)
    }

    /// A vector of buffers to send from, or to receive into.
    pub(super) fn iovecs(&mut self, value: &Value, count: u64, received: bool) -> Result<u64> {
        let array = match value {
            Value::Array(array) => array,
            value => return unread(value),
        };
        if array.tail != Tail::End {
            return Err(Problem::Elided);
        }
        if array.items.len() as u64 != count {
            return Err(Problem::Length);
        }
        let mut words = Vec::new();
        for item in &array.items {
            let Value::Record(Record { fields, .. }) = item else { return Err(Problem::Kind) };
            let [base, Value::Uint(len)] = fields.as_slice() else { return Err(Problem::Kind) };
            let base = if received { self.room_for_bytes(base, *len)? } else { self.buffer(base, *len)? };
            words.extend([base, *len]);
        }
        self.passed(words.iter().flat_map(|word| word.to_ne_bytes()).collect())
    }

    /// A vector of one buffer of some size.
    pub(super) fn unknown_iovec(&mut self) -> Result<u64> {
        let words = [self.zeroes(UNKNOWN_ROOM as u64)?, UNKNOWN_ROOM as u64];
        self.passed(words.iter().flat_map(|word| word.to_ne_bytes()).collect())
    }

    /// The control part of a message, `len` bytes.
    fn control(&self, array: &Array, len: u64, received: bool) -> Result<Vec<u8>> {
        if array.tail != Tail::End {
            return Err(Problem::Elided);
        }
        let len = usize::try_from(len).ok().filter(|len| *len <= self.left).ok_or(Problem::TooLong { wanted: len })?;
        let mut bytes = Vec::new();
        for item in &array.items {
            let Value::Cmsg(cmsg) = item else { return Err(Problem::Kind) };
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            let start = bytes.len();
            bytes.extend(cmsg.len.to_ne_bytes());
            bytes.extend((cmsg.level.raw as u32).to_ne_bytes());
            bytes.extend((cmsg.kind.raw as u32).to_ne_bytes());
            let mut data = self.control_data(cmsg, received)?;
            // Where the messages end the last may say that it is longer.
            let claimed = usize::try_from(cmsg.len).unwrap_or(usize::MAX).saturating_sub(CMSGHDR);
            let wanted = claimed.min(len.saturating_sub(start + CMSGHDR));
            if data.len() > wanted || (data.len() < wanted && !received) {
                return Err(Problem::Length);
            }
            // What the kernel wrote beyond what is shown.
            data.resize(wanted, 0);
            bytes.extend(data);
        }
        if bytes.len() > len {
            return Err(Problem::Length);
        }
        bytes.resize(len, 0);
        Ok(bytes)
    }

    fn control_data(&self, cmsg: &Cmsg, received: bool) -> Result<Vec<u8>> {
        let item = |item: &Value| match item {
            Value::Fd(fd) if !received => Ok(self.now.fd(1, fd, None).to_ne_bytes().to_vec()),
            Value::Fd(_) => fd_bytes(item),
            Value::Hex(n) => Ok(vec![*n as u8]),
            Value::Uint(n) => Ok((*n as u32).to_ne_bytes().to_vec()),
            Value::Record(record) => Ok(record.to_bytes()),
            _ => Err(Problem::Kind),
        };
        match cmsg.data.as_deref() {
            None => Ok(Vec::new()),
            Some(Value::Array(array)) if array.tail == Tail::End => {
                Ok(array.items.iter().map(item).collect::<Result<Vec<_>>>()?.concat())
            }
            Some(Value::Array(_)) => Err(Problem::Elided),
            Some(Value::Bytes(bytes)) => whole(bytes),
            Some(Value::SockAddr(addr)) => {
                let len = cmsg.len.saturating_sub(CMSGHDR as u64).min(STORAGE as u64) as i64;
                fitted(addr, len)
            }
            // Nobody but a privileged process may say that he is somebody else.
            Some(Value::Record(record)) if record.layout == &layout::UCRED && !received => {
                self.with_process(1, record, "pid")
            }
            Some(Value::Record(record)) if received => Ok(record.to_bytes()),
            Some(Value::Record(record)) => structure(record),
            Some(Value::Short) if received => Ok(Vec::new()),
            Some(_) => Err(Problem::Kind),
        }
    }
}
