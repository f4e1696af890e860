//! Messages of `sendmsg` and its kin, between what was recorded and what is passed again.

use super::Refusal;
use super::plan::Known;
use super::reading::Reading;
use crate::net::Message;
use crate::value::{Cmsg, MsgHdr, Record, SockAddr, Tail, Value, layout};

/// A message to send.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outgoing {
    pub(super) name: Option<SockAddr>,
    data: Vec<Vec<u8>>,
    control: Vec<Control>,
    /// `msg_controllen`, where the messages leave room at the end.
    controllen: usize,
    flags: i32,
}

/// A control message.
#[derive(Debug, Clone, PartialEq)]
struct Control {
    level: i32,
    kind: i32,
    payload: Payload,
}

#[derive(Debug, Clone, PartialEq)]
enum Payload {
    Descriptors(Vec<Known>),
    Bytes(Vec<u8>),
}

/// Room for a message: lengths of name, buffers and control part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    name: usize,
    buffers: Vec<usize>,
    control: usize,
}

/// `sizeof(struct cmsghdr)`; the data of each is aligned to a word.
const CMSGHDR: usize = 16;
/// `sizeof(struct sockaddr_storage)`.
const STORAGE: i64 = 128;
/// The room where the recording does not say: of a call that failed or never returned.
const ENOUGH: usize = 64 * 1024;

impl Outgoing {
    /// The message as it is passed now. `fd` finds descriptors, `now` the address.
    pub(super) fn message(&self, fd: impl Fn(Known) -> i32, now: impl Fn(&SockAddr) -> SockAddr) -> Message {
        let mut control = Vec::new();
        for item in &self.control {
            let data = match &item.payload {
                Payload::Descriptors(fds) => fds.iter().flat_map(|known| fd(*known).to_ne_bytes()).collect(),
                Payload::Bytes(bytes) => bytes.clone(),
            };
            control.resize(control.len().next_multiple_of(8), 0);
            control.extend((CMSGHDR + data.len()).to_ne_bytes());
            control.extend(item.level.to_ne_bytes());
            control.extend(item.kind.to_ne_bytes());
            control.extend(data);
        }
        control.resize(self.controllen, 0);
        let name = self.name.as_ref().map(|name| now(name).to_bytes()).unwrap_or_default();
        Message { name, buffers: self.data.clone(), control, flags: self.flags }
    }
}

impl Room {
    pub(super) fn message(&self) -> Message {
        let zeroes = |len: &usize| vec![0; *len];
        let buffers = self.buffers.iter().map(zeroes).collect();
        Message { name: zeroes(&self.name), buffers, control: zeroes(&self.control), flags: 0 }
    }

    fn enough(name: i64) -> Self {
        Self { name: name.clamp(0, STORAGE) as usize, buffers: vec![ENOUGH], control: 4096 }
    }

    /// Room for a message like this one.
    fn like(reading: &Reading<'_>, msg: &MsgHdr) -> Result<Self, Refusal> {
        let Some(buffers) = vectors(&msg.iov, msg.iovlen, |_, len| Ok(len)) else {
            return Err(reading.unknown("msg_iov"));
        };
        // With just the room that came back full, what did not fit does not fit now.
        let (name, control) = (msg.namelen.entry.clamp(0, STORAGE) as usize, msg.controllen.min(1 << 17) as usize);
        Ok(Self { name, buffers: buffers?, control })
    }
}

/// The buffers of a vector, each with its length; `None` if not all of them are there.
fn vectors<T>(
    iov: &Value,
    count: u64,
    mut buffer: impl FnMut(&Value, usize) -> Result<T, Refusal>,
) -> Option<Result<Vec<T>, Refusal>> {
    let items = match iov {
        Value::Array(array) if array.tail == Tail::End && array.items.len() as u64 == count => &array.items,
        Value::Pointer(0) if count == 0 => return Some(Ok(Vec::new())),
        _ => return None,
    };
    let mut buffers = Vec::new();
    for item in items {
        let Value::Record(Record { fields, .. }) = item else { return None };
        let [base, Value::Uint(len)] = fields.as_slice() else { return None };
        match buffer(base, usize::try_from(*len).ok()?) {
            Ok(one) => buffers.push(one),
            Err(refusal) => return Some(Err(refusal)),
        }
    }
    Some(Ok(buffers))
}

impl Reading<'_> {
    /// The lengths of the buffers of `readv`.
    pub(super) fn rooms(&self, name: &'static str) -> Result<Vec<usize>, Refusal> {
        let count = self.int("iovcnt")? as u64;
        let found = self.call.arg(name).and_then(|iov| vectors(iov, count, |_, len| Ok(len)));
        found.unwrap_or_else(|| Err(self.unknown(name)))
    }

    /// The message of `sendmsg`.
    pub(super) fn outgoing(&self) -> Result<Outgoing, Refusal> {
        match self.call.arg("msg") {
            Some(Value::MsgHdr(msg)) => self.outgoing_from(msg),
            _ => Err(self.unknown("msg")),
        }
    }

    /// The messages of `sendmmsg`.
    pub(super) fn outgoings(&self) -> Result<Vec<Outgoing>, Refusal> {
        let Some(Value::Array(array)) = self.call.arg("msgvec") else { return Err(self.unknown("msgvec")) };
        if array.tail != Tail::End || array.items.len() != self.int("vlen")? as usize {
            return Err(self.unknown("msgvec"));
        }
        let message = |item: &Value| match item {
            Value::MmsgHdr(message) => self.outgoing_from(&message.hdr),
            _ => Err(self.unknown("msgvec")),
        };
        array.items.iter().map(message).collect()
    }

    fn outgoing_from(&self, msg: &MsgHdr) -> Result<Outgoing, Refusal> {
        let name = match &msg.name {
            Value::SockAddr(addr) => Some(self.reachable(addr, msg.namelen.entry, false)?),
            Value::Pointer(0) => None,
            _ => return Err(self.unknown("msg_name")),
        };
        let data = vectors(&msg.iov, msg.iovlen, |base, len| match self.whole(base) {
            Some(data) => data,
            None if len == 0 => Ok(Vec::new()),
            None => Err(self.unknown("msg_iov")),
        });
        let control = match &msg.control {
            None => Vec::new(),
            Some(Value::Array(array)) if array.tail == Tail::End => {
                array.items.iter().map(|item| self.control(item)).collect::<Result<_, _>>()?
            }
            Some(_) => return Err(self.unknown("msg_control")),
        };
        Ok(Outgoing {
            name,
            data: data.unwrap_or_else(|| Err(self.unknown("msg_iov")))?,
            control,
            controllen: msg.controllen as usize,
            flags: msg.flags.raw as i32,
        })
    }

    fn control(&self, item: &Value) -> Result<Control, Refusal> {
        let Value::Cmsg(cmsg) = item else { return Err(self.unknown("msg_control")) };
        let Cmsg { len, level, kind, data } = &**cmsg;
        let (level, kind) = (level.raw as i32, kind.raw as i32);
        let whole =
            |bytes: Vec<u8>| if bytes.len() + CMSGHDR == *len as usize { Some(Payload::Bytes(bytes)) } else { None };
        let payload = match data.as_deref() {
            Some(Value::Array(array))
                if array.tail == Tail::End && (level, kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS) =>
            {
                let known = |item: &Value| match item {
                    Value::Fd(fd) if self.fds.is_file(fd.raw) => Ok(Known::File),
                    Value::Fd(fd) => self.known(fd.raw),
                    _ => Err(self.unknown("msg_control")),
                };
                Some(Payload::Descriptors(array.items.iter().map(known).collect::<Result<_, _>>()?))
            }
            // Nobody may say that he is somebody else: this is now our process.
            Some(Value::Record(record)) if record.layout == &layout::UCRED => {
                let mut bytes = record.to_bytes();
                bytes[..4].copy_from_slice(&std::process::id().to_ne_bytes());
                whole(bytes)
            }
            Some(Value::Record(record)) => whole(record.to_bytes()),
            Some(Value::Bytes(bytes)) if !bytes.truncated => whole(bytes.data.to_vec()),
            Some(Value::Array(array)) if array.tail == Tail::End => {
                let bytes = array.items.iter().map(|item| match item {
                    Value::Hex(n) => Some(vec![*n as u8]),
                    Value::Uint(n) => Some((*n as u32).to_ne_bytes().to_vec()),
                    _ => None,
                });
                bytes.collect::<Option<Vec<_>>>().and_then(|bytes| whole(bytes.concat()))
            }
            None if *len == CMSGHDR as u64 => Some(Payload::Bytes(Vec::new())),
            _ => None,
        };
        let payload = payload.ok_or_else(|| self.unknown("msg_control"))?;
        Ok(Control { level, kind, payload })
    }

    /// The room of `recvmsg`.
    pub(super) fn room_for_message(&self) -> Result<Room, Refusal> {
        match self.call.arg("msg") {
            Some(Value::MsgHdr(msg)) => Room::like(self, msg),
            Some(Value::Record(failed)) => {
                Ok(Room::enough(failed.fields.first().and_then(super::reading::number).unwrap_or(0)))
            }
            Some(Value::Pointer(0)) => Err(self.unknown("msg")),
            _ => Ok(Room::enough(0)),
        }
    }

    /// The rooms of `recvmmsg`.
    pub(super) fn rooms_for_messages(&self) -> Result<Vec<Room>, Refusal> {
        let count = self.int("vlen").unwrap_or(1).clamp(0, 1024) as usize;
        let mut rooms = Vec::new();
        if let Some(Value::Array(array)) = self.call.arg("msgvec") {
            for item in &array.items {
                let Value::MmsgHdr(message) = item else { return Err(self.unknown("msgvec")) };
                rooms.push(Room::like(self, &message.hdr)?);
            }
        }
        // Those that nothing came for had as much room as the others, as far as is known.
        let more = rooms.last().cloned().unwrap_or_else(|| Room::enough(0));
        rooms.resize(count, more);
        Ok(rooms)
    }
}
