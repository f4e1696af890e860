//! From values back to registers and memory: the inverse of `decode`, driven by the same table.
//!
//! A recorded call becomes one that can be made: every argument's bytes are in buffers that the result owns, the
//! registers point to them, and what the kernel fills has the size that the call specifies. On the way a [`Substitute`]
//! replaces recorded descriptors, addresses and processes by current ones, wherever they occur: in registers, messages,
//! control messages, sets and arrays.
//!
//! What a trace does not hold in full cannot be passed again: bytes that were cut, an address that was not followed, a
//! number of unknown meaning. That is an [`Error`] naming the argument, as is a length that is too large. So registers
//! only ever point to the result's own memory, which makes such a call safe to make.

use std::borrow::Cow;

use crate::event::{Call, Ret};
use crate::syscall::reach::SIGSET;
use crate::syscall::{Carries, Dir, InRegister, Len, Param, Syscall, Ty, by_name};
use crate::value::sockaddr::STORAGE;
use crate::value::{Bytes, Fd, Length, Record, SockAddr, Tail, Value, netlink};

mod descriptor;
mod message;
mod option;
mod room;
mod wait;

/// The most bytes that a call may need, all buffers together.
pub(crate) const MAX_MEMORY: usize = 1 << 28;

/// The size of buffers, the number of events and of messages for a call that never returned, where they are unknown.
const UNKNOWN_ROOM: usize = 64 * 1024;
const UNKNOWN_EVENTS: u64 = 64;

/// Why a call cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The call table does not describe the call, or not for making it again.
    #[error("{call} is not in the call table")]
    Call {
        /// The call.
        call: &'static str,
    },
    /// An argument is not recorded in full.
    #[error("the argument {argument} of {call} {problem}")]
    Argument {
        /// The call.
        call: &'static str,
        /// The argument.
        argument: &'static str,
        /// The problem.
        problem: Problem,
    },
}

/// Why an argument cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is not there.
    #[error("is not recorded")]
    Missing,
    /// Its type has no values of this kind.
    #[error("is a value of another kind")]
    Kind,
    /// Only its beginning is there.
    #[error("is recorded only up to byte {kept}")]
    Cut {
        /// How many bytes were recorded.
        kept: usize,
    },
    /// Only some of its elements are there.
    #[error("is recorded without some of its elements")]
    Elided,
    /// It is an address, and what lies there is not recorded.
    #[error("is an address whose memory is not recorded")]
    Unread,
    /// It does not match the length passed with it.
    #[error("does not have the length passed with it")]
    Length,
    /// It needs more memory than a call may have.
    #[error("needs {wanted} bytes of memory")]
    TooLong {
        /// How much.
        wanted: u64,
    },
    /// The meaning of the number is unknown; it may be an address.
    #[error("is a number of unknown meaning")]
    Undescribed,
}

type Result<T> = std::result::Result<T, Problem>;

/// Replaces recorded descriptors, addresses and processes. By default everything stays as recorded.
pub trait Substitute {
    /// A descriptor in the argument at `at`. For one that was waited for, `ready` is whether it was ready.
    fn fd(&self, _at: usize, fd: &Fd, _ready: Option<bool>) -> i32 {
        fd.raw
    }

    /// A socket address.
    fn address<'a>(&self, addr: &'a SockAddr) -> Cow<'a, SockAddr> {
        Cow::Borrowed(addr)
    }

    /// A set of signals that are blocked during the call.
    fn blocked(&self, signals: u64) -> u64 {
        signals
    }

    /// A process or thread in the argument at `at`.
    fn process(&self, _at: usize, pid: i64) -> i64 {
        pid
    }
}

/// Leaves everything as recorded.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsRecorded;

impl Substitute for AsRecorded {}

/// A call that can be made: registers, and the memory that they point to.
#[derive(Debug)]
pub struct Encoded {
    sys: &'static Syscall,
    via: Option<&'static str>,
    regs: [u64; 6],
    blocks: Vec<Pointee>,
}

/// Memory behind one pointer, never moved or resized once its address was taken.
#[derive(Debug)]
struct Pointee {
    /// What is passed.
    bytes: Vec<u8>,
    /// What the kernel wrote there according to the recording, from the front.
    after: Option<Vec<u8>>,
}

impl Encoded {
    /// Which call.
    pub fn sys(&self) -> &'static Syscall {
        self.sys
    }

    /// The function that was called instead, as recorded.
    pub fn via(&self) -> Option<&'static str> {
        self.via
    }

    /// The registers.
    pub fn regs(&self) -> [u64; 6] {
        self.regs
    }

    /// The memory: what is passed, and after the call what the kernel wrote.
    pub fn memory(&self) -> Vec<(u64, &[u8])> {
        self.blocks.iter().map(|block| (block.address(), block.bytes.as_slice())).collect()
    }

    /// The memory after the call according to the recording.
    pub fn recorded(&self) -> Vec<(u64, &[u8])> {
        self.blocks
            .iter()
            .map(|block| (block.address(), block.after.as_ref().unwrap_or(&block.bytes).as_slice()))
            .collect()
    }
}

impl Pointee {
    fn address(&self) -> u64 {
        self.bytes.as_ptr() as u64
    }
}

/// Encodes a call.
///
/// # Errors
/// Names the argument that is not recorded in full.
pub fn encode(call: &Call, now: &dyn Substitute) -> std::result::Result<Encoded, Error> {
    let sys = call.sys;
    let operations = by_name(sys.name).is_some_and(|call| call.operations.is_some());
    if !sys.is_known() || operations || !sys.params.iter().all(Param::is_repeated) {
        return Err(Error::Call { call: sys.name });
    }
    let mut encoder = Encoder { call, now, regs: [0; 6], blocks: Vec::new(), left: MAX_MEMORY };
    let error = |at: usize| move |problem| Error::Argument { call: sys.name, argument: sys.params[at].name, problem };
    // Numbers first: they include the lengths of everything else.
    for (at, param) in sys.params.iter().enumerate() {
        if let Some(register) = encoder.number(at, param.ty) {
            encoder.regs[at] = register.map_err(error(at))?;
        }
    }
    for (at, param) in sys.params.iter().enumerate() {
        if let Ty::FdSet { count } = param.ty {
            encoder.regs[count] = encoder.regs[count].max(encoder.highest(at).map_err(error(at))?);
        }
    }
    for (at, param) in sys.params.iter().enumerate() {
        if encoder.number(at, param.ty).is_none() {
            encoder.regs[at] = encoder.pointer(at, param.ty, param.dir).map_err(error(at))?;
        }
    }
    let Encoder { regs, blocks, .. } = encoder;
    Ok(Encoded { sys, via: call.via, regs, blocks })
}

/// One call being encoded.
struct Encoder<'a> {
    call: &'a Call,
    now: &'a dyn Substitute,
    regs: [u64; 6],
    blocks: Vec<Pointee>,
    /// How many more bytes may be allocated.
    left: usize,
}

impl<'a> Encoder<'a> {
    fn value(&self, at: usize) -> Option<&'a Value> {
        self.call.args.get(at)
    }

    /// Whether it is missing only because the call did not return while it was traced.
    fn unfinished(&self) -> bool {
        self.call.ret == Ret::Unfinished || matches!(self.call.ret, Ret::Err(errno) if errno.is_restart())
    }

    fn int(&self, at: usize) -> i32 {
        self.regs[at] as i32
    }

    /// The register of an argument that is a number; `None` for any other.
    fn number(&self, at: usize, ty: Ty) -> Option<Result<u64>> {
        let number = |value: &Value| value.register().ok_or(Problem::Kind);
        Some(match (ty.in_register(), self.value(at)) {
            (Some(InRegister::Fd { .. }), Some(Value::Fd(fd))) => {
                let now = ty.descriptor(fd.raw).map_or(fd.raw, |_| self.now.fd(at, fd, None));
                Ok(i64::from(now) as u64)
            }
            (Some(InRegister::Fd { .. }), Some(_)) => Err(Problem::Kind),
            (Some(InRegister::Hex), Some(value)) => match number(value) {
                Ok(0) => Ok(0),
                Ok(_) => Err(Problem::Undescribed),
                problem => problem,
            },
            (_, Some(value)) if ty.is_number() => number(value),
            (_, None) if self.call.sys.lacks(at, |at| self.value(at)?.register()) => Ok(0),
            (Some(number), None) if self.unfinished() => match (ty, number) {
                (Ty::Millis, _) => Ok(-1i64 as u64),
                (Ty::Long, _) | (_, InRegister::Flags(..)) => Ok(0),
                (Ty::Int | Ty::Uint | Ty::Size, _) => self.unknown_room(at),
                _ => Err(Problem::Missing),
            },
            (_, None) if ty.is_number() => Err(Problem::Missing),
            _ => return None,
        })
    }

    /// The size that a call that never returned may have passed in the argument at `at`, if that is the size of a
    /// buffer.
    fn unknown_room(&self, at: usize) -> Result<u64> {
        let bounded = |param: &Param| match param.ty {
            Ty::Bytes(Len::Ret(room)) if room == at => Some(UNKNOWN_ROOM as u64),
            Ty::EpollEvents { room } if room == at => Some(UNKNOWN_EVENTS),
            Ty::MmsgHdrs { count, received: true } | Ty::IoVecs { count } if count == at => Some(1),
            Ty::SigSet { size } if size == at => Some(SIGSET as u64),
            _ => None,
        };
        self.call.sys.params.iter().find_map(bounded).ok_or(Problem::Missing)
    }

    /// The register of an argument that is a pointer, or a number only in some cases.
    fn pointer(&mut self, at: usize, ty: Ty, dir: Dir) -> Result<u64> {
        let Some(value) = self.value(at) else { return self.missing(at, ty) };
        let room = ty.room(&self.regs);
        match ty {
            Ty::Bytes(Len::Arg(len) | Len::Bounded { size: len, .. }) => self.buffer(value, self.regs[len]),
            Ty::Bytes(Len::Terminated) => match value {
                Value::Bytes(bytes) if bytes.data.contains(&0) => Err(Problem::Length),
                Value::Bytes(bytes) => {
                    let mut path = whole(bytes)?;
                    path.push(0);
                    self.passed(path)
                }
                value => unread(value),
            },
            Ty::Bytes(_) => self.room_for_bytes(value, room),
            Ty::SockAddr(Len::Arg(len)) => {
                let (ptr, n) = self.address(value, i64::from(self.int(len)))?;
                self.regs[len] = n as u64;
                Ok(ptr)
            }
            Ty::SockAddr(Len::InOutArg(len)) => match self.value(len) {
                Some(Value::Length(length)) => self.room_for_address(value, *length),
                _ => self.room_for_address(value, Length { entry: 0, exit: None }),
            },
            Ty::SockAddr(Len::Ret(_) | Len::Terminated | Len::Text | Len::UpTo(_) | Len::Bounded { .. }) => {
                Err(Problem::Undescribed)
            }
            Ty::SockLen => match value {
                Value::Length(Length { entry, exit }) => {
                    let after = exit.unwrap_or(*entry) as i32;
                    self.filled((*entry as i32).to_ne_bytes().to_vec(), after.to_ne_bytes().to_vec())
                }
                // The length of nothing, which is not read.
                value if self.call.sys.measures_nothing(at, &self.regs) => self.room(value, room),
                value => unread(value),
            },
            Ty::MsgHdr => self.message_header(value, dir),
            Ty::MmsgHdrs { count, received } => self.messages(Some(value), self.regs[count] as u32, received),
            Ty::IoVecs { count } => self.iovecs(value, self.regs[count], dir == Dir::Out),
            Ty::OptVal { len, .. } if dir == Dir::Out => match self.value(len) {
                Some(Value::Length(length)) => self.room_for_option(value, *length),
                _ => self.room(value, 0),
            },
            Ty::OptVal { len, .. } => self.option(value, self.int(len)),
            Ty::FdPair => {
                let pair = match value {
                    Value::Array(array) => array.items.iter().map(fd_bytes).collect::<Result<Vec<_>>>()?.concat(),
                    value => return self.room(value, room),
                };
                self.written(room, pair)
            }
            Ty::PollFds { count } => self.pollfds(at, value, self.regs[count] as u32),
            Ty::FdSet { count } => self.fdset(at, value, self.int(count)),
            Ty::Timeout(layout) => self.timeout(value, layout),
            Ty::SigSet { size } => self.sigset(value, self.regs[size]),
            Ty::SigSetArg => self.sigset_arg(value),
            Ty::EpollEvent { op } => self.epoll_event(value, self.int(op)),
            Ty::EpollEvents { .. } => self.room_for_events(value, room),
            Ty::CommandArg { command, commands } => {
                self.command_arg(value, commands.row(self.regs[command] as u32).carries, room)
            }
            Ty::Offset => match value {
                Value::Offset(length) | Value::Length(length) => {
                    self.filled(length.entry.to_ne_bytes().to_vec(), length.after().to_ne_bytes().to_vec())
                }
                value => unread(value),
            },
            _ => Err(Problem::Kind), // a number, which was handled before
        }
    }

    /// An argument that is known only at return: what a program would most likely pass.
    fn missing(&mut self, at: usize, ty: Ty) -> Result<u64> {
        match ty {
            Ty::CommandArg { .. } if self.call.sys.arity(&self.call.args) <= at => Ok(0),
            _ if !self.unfinished() => Err(Problem::Missing),
            Ty::Bytes(Len::Ret(_)) | Ty::EpollEvents { .. } | Ty::FdPair => self.zeroes(ty.room(&self.regs)),
            Ty::MsgHdr => self.unknown_message(),
            Ty::MmsgHdrs { count, received: true } => self.messages(None, self.regs[count] as u32, true),
            Ty::IoVecs { .. } => self.unknown_iovec(),
            Ty::SockAddr(Len::InOutArg(_))
            | Ty::SockLen
            | Ty::Timeout(_)
            | Ty::SigSet { .. }
            | Ty::SigSetArg
            | Ty::Offset
            | Ty::OptVal { .. } => Ok(0),
            Ty::CommandArg { command, commands } => match commands.row(self.regs[command] as u32).carries {
                Carries::IntOut => self.zeroes(ty.room(&self.regs)),
                carries @ Carries::Out(None, _) => {
                    self.command_arg(&Value::Pointer(u64::MAX), carries, ty.room(&self.regs))
                }
                _ => Err(Problem::Missing),
            },
            _ => Err(Problem::Missing),
        }
    }

    /// An address that is passed, and its length, which changes by as much as the address does.
    fn address(&mut self, value: &Value, len: i64) -> Result<(u64, i64)> {
        match value {
            Value::SockAddr(then) => {
                in_full(value)?;
                let now = self.now.address(then);
                let own = |addr: &SockAddr| addr.to_bytes().len() as i64;
                let len = match &now {
                    Cow::Borrowed(_) => len,
                    // A replacement always fits, as in a whole `struct sockaddr_un`.
                    Cow::Owned(now) if len > own(then) && len >= own(now) => len,
                    Cow::Owned(now) => len + own(now) - own(then),
                };
                let fits = fitted(&now, len)?;
                Ok((self.passed(fits)?, len))
            }
            value if len <= 0 => Ok((self.room(value, 0)?, len)),
            value => Ok((unread(value)?, len)),
        }
    }

    /// A buffer for an address, limited to the longest address there is.
    fn room_for_address(&mut self, value: &Value, length: Length) -> Result<u64> {
        let room = int(length.entry).clamp(0, STORAGE as i64);
        match value {
            Value::SockAddr(addr) => {
                let after = fitted(addr, length.after().min(room))?;
                self.written(room as u64, after)
            }
            value => self.room(value, room as u64),
        }
    }
}

/// A length as the kernel reads it, an `int`.
fn int(length: i64) -> i64 {
    i64::from(length as i32)
}

/// An address whose memory is not recorded: NULL can be passed, nothing else can.
fn unread(value: &Value) -> Result<u64> {
    match value {
        Value::Pointer(0) => Ok(0),
        Value::Pointer(_) => Err(Problem::Unread),
        _ => Err(Problem::Kind),
    }
}

/// A buffer's bytes, all of them.
fn whole(bytes: &Bytes) -> Result<Vec<u8>> {
    if bytes.truncated { Err(Problem::Cut { kept: bytes.data.len() }) } else { Ok(bytes.data.to_vec()) }
}

/// The bytes of netlink messages, if all are in the recording.
fn messages(value: &Value) -> Result<Vec<u8>> {
    netlink::bytes_of(value, 0).ok_or(Problem::Elided)
}

/// An address in `len` bytes: trailing zeroes may be missing or added, unless they would be part of it.
fn fitted(addr: &SockAddr, len: i64) -> Result<Vec<u8>> {
    use crate::value::UnixName::{Abstract, Unnamed};
    let mut bytes = addr.to_bytes();
    let len = usize::try_from(len).map_err(|_| Problem::Length)?.min(STORAGE);
    // Bytes beyond the longest name are ignored.
    let exact = match addr {
        SockAddr::Unix(Unnamed | Abstract(_)) => bytes.len() < size_of::<libc::sockaddr_un>(),
        SockAddr::Raw { .. } => true,
        _ => false,
    };
    if bytes.len() < len && exact || bytes.iter().skip(len).any(|byte| *byte != 0) {
        return Err(Problem::Length);
    }
    bytes.resize(len, 0);
    Ok(bytes)
}

/// A structure's bytes, if all of them are in the recording.
fn structure(record: &Record) -> Result<Vec<u8>> {
    record.fields.iter().try_for_each(in_full)?;
    Ok(record.to_bytes())
}

/// Whether a field is recorded with all its bytes.
fn in_full(field: &Value) -> Result<()> {
    match field {
        Value::Bytes(bytes) if bytes.truncated => Err(Problem::Cut { kept: bytes.data.len() }),
        Value::Short => Err(Problem::Elided),
        Value::Array(array) if array.tail != Tail::End => Err(Problem::Elided),
        Value::Array(array) => array.items.iter().try_for_each(in_full),
        Value::Record(record) => record.fields.iter().try_for_each(in_full),
        Value::SockAddr(SockAddr::Family { record, .. }) => record.fields.iter().try_for_each(in_full),
        _ => Ok(()),
    }
}

/// A descriptor's bytes as the kernel wrote them.
fn fd_bytes(value: &Value) -> Result<Vec<u8>> {
    match value {
        Value::Fd(fd) => Ok(fd.raw.to_ne_bytes().to_vec()),
        _ => Err(Problem::Kind),
    }
}
