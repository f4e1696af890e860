//! Messages: `struct msghdr`, vectors of buffers, control messages.

use super::{Encoder, Problem, Result, UNKNOWN_ROOM, fd_bytes, fitted, int, structure, unread, whole};
use crate::syscall::{self, Dir, Payload};
use crate::value::sockaddr::STORAGE;
use crate::value::{Array, CMSGHDR, Cmsg, MAX_VECTORS, MsgHdr, MsgHeader, Record, Tail, Value, layout};

/// The size of the control buffer where it is unknown.
const UNKNOWN_CONTROL: usize = 4096;

/// A `struct msghdr`: as passed, and as the kernel left it.
struct Header {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Encoder<'_> {
    /// The argument of `sendmsg`, or of `recvmsg`.
    pub(super) fn message_header(&mut self, value: &Value, dir: Dir) -> Result<u64> {
        match value {
            Value::MsgHdr(msg) => {
                let Header { before, after } = self.message(msg, dir == Dir::InOut)?;
                self.filled(before, after)
            }
            // Where receiving failed, only the length of the name is known.
            Value::Record(failed) if failed.layout == &layout::RECVMSG_FAILED && dir == Dir::InOut => {
                let Some(Value::Int(namelen)) = failed.fields.first() else { return Err(Problem::Kind) };
                let header = self.unknown_header(int(*namelen) as i32)?;
                self.passed(header)
            }
            value => unread(value),
        }
    }

    /// Buffers for a message of which nothing is known.
    pub(super) fn unknown_message(&mut self) -> Result<u64> {
        let header = self.unknown_header(0)?;
        self.passed(header)
    }

    fn unknown_header(&mut self, namelen: i32) -> Result<Vec<u8>> {
        let header = MsgHeader {
            name: if namelen > 0 { self.zeroes(STORAGE as u64)? } else { 0 },
            namelen,
            iov: self.unknown_iovec()?,
            iovlen: 1,
            control: self.zeroes(UNKNOWN_CONTROL as u64)?,
            controllen: UNKNOWN_CONTROL as u64,
            flags: 0,
        };
        Ok(header.to_bytes())
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
            let (iovlen, controllen, flags) = (msg.iovlen, msg.controllen, msg.flags.raw as u32);
            let namelen = msg.namelen.after() as i32;
            let after = MsgHeader { name, namelen, iov, iovlen, control, controllen, flags };
            let before = MsgHeader { namelen: entry as i32, flags: 0, ..after };
            return Ok(Header { before: before.to_bytes(), after: after.to_bytes() });
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
        let (namelen, flags) = (namelen as i32, msg.flags.raw as u32);
        let (iovlen, controllen) = (msg.iovlen, msg.controllen);
        let bytes = MsgHeader { name, namelen, iov, iovlen, control, controllen, flags }.to_bytes();
        Ok(Header { before: bytes.clone(), after: bytes })
    }

    /// The vector of `sendmmsg`, or of `recvmmsg`, of which only received messages are recorded.
    pub(super) fn messages(&mut self, value: Option<&Value>, count: u32, received: bool) -> Result<u64> {
        let items = match value {
            Some(Value::Array(array)) if array.tail == Tail::End => array.items.as_slice(),
            Some(Value::Array(_)) => return Err(Problem::Elided),
            None | Some(Value::Pointer(1..)) if received => &[],
            Some(value) => return unread(value),
            None => return Err(Problem::Missing),
        };
        let count = count.min(MAX_VECTORS) as usize;
        if items.len() > count || (items.len() < count && !received) {
            return Err(Problem::Length);
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for item in items {
            let Value::MmsgHdr(message) = item else { return Err(Problem::Kind) };
            let header = self.message(&message.hdr, received)?;
            // How many bytes were sent or received, padded to a word.
            before.extend(header.before);
            before.extend(0u64.to_ne_bytes());
            after.extend(header.after);
            after.extend(u64::from(message.len.unwrap_or(0)).to_ne_bytes());
        }
        for _ in items.len()..count {
            // Presumably their buffers were as large as the others'.
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

    /// A vector of one buffer of this size.
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
            // The last message may claim to be longer than the control part.
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
        let Some(value) = cmsg.data.as_deref() else { return Ok(Vec::new()) };
        let payload = syscall::payload(cmsg.level.raw as i32, cmsg.kind.raw as u32);
        let item = |item: &Value| match (payload, item) {
            (Payload::Fds, Value::Fd(fd)) if !received => Ok(self.now.fd(1, fd, None).to_ne_bytes().to_vec()),
            (Payload::Fds, item) => fd_bytes(item),
            (Payload::Octets, Value::Hex(n)) => Ok(vec![*n as u8]),
            (Payload::Uints, Value::Uint(n)) => Ok((*n as u32).to_ne_bytes().to_vec()),
            (Payload::Times(layout, _), Value::Record(record)) if record.layout == layout => Ok(record.to_bytes()),
            _ => Err(Problem::Kind),
        };
        match (payload, value) {
            (Payload::Fds | Payload::Octets | Payload::Uints | Payload::Times(..), Value::Array(array)) => {
                if array.tail != Tail::End {
                    return Err(Problem::Elided);
                }
                Ok(array.items.iter().map(item).collect::<Result<Vec<_>>>()?.concat())
            }
            (Payload::Bytes | Payload::Raw, Value::Bytes(bytes)) => whole(bytes),
            (Payload::SockAddr, Value::SockAddr(addr)) => {
                let len = cmsg.len.saturating_sub(CMSGHDR as u64).min(STORAGE as u64) as i64;
                fitted(addr, len)
            }
            (Payload::Record(layout) | Payload::Time(layout), Value::Record(record)) if record.layout == layout => {
                match layout == &layout::UCRED {
                    _ if received => Ok(record.to_bytes()),
                    // Only a privileged process may pass other credentials than its own.
                    true => self.with_process(1, record, "pid"),
                    false => structure(record),
                }
            }
            (Payload::Time(_) | Payload::Times(..), Value::Short) if received => Ok(Vec::new()),
            (Payload::Raw, _) => Err(Problem::Undescribed),
            _ => Err(Problem::Kind),
        }
    }
}
