//! The third arguments of `fcntl` and `ioctl`, whose type is in the second, and the offset of `sendfile`.

use super::{Args, Slot};
use crate::event::Ret;
use crate::syscall::takes_nothing;
use crate::value::{Array, Layout, Length, Record, Value, layout};
use crate::xlat::file::{FD_FLAGS, LOCK_TYPE, NOTIFY, SEALS, STATUS_FLAGS};
use crate::xlat::ioctl::IOCTL_REQUEST;

/// What an `ioctl` request does with its argument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Request {
    /// It has none.
    Nothing,
    /// An `int` goes in.
    IntIn,
    /// An `int` comes out.
    IntOut,
    /// A structure goes in.
    In(&'static Layout),
    /// The first structure goes in, the second comes out.
    Out(&'static Layout, &'static Layout),
    /// A length goes in, and as many interfaces come out.
    Interfaces,
    /// Not known.
    Raw,
}

/// What a request does with its argument, `linux/sockios.h`, `asm-generic/ioctls.h`.
pub fn request(number: u32) -> Request {
    use layout::{
        IFREQ_ADDR, IFREQ_BRDADDR, IFREQ_BY_INDEX, IFREQ_DSTADDR, IFREQ_FLAGS, IFREQ_HWADDR, IFREQ_INDEX, IFREQ_MAP,
        IFREQ_METRIC, IFREQ_MTU, IFREQ_NAME, IFREQ_NAMED, IFREQ_NETMASK, IFREQ_NEWNAME, IFREQ_QLEN, IFREQ_SLAVE,
    };
    match number {
        0x5450 | 0x5451 => Request::Nothing,                 // FIONCLEX, FIOCLEX
        0x5421 | 0x5452 | 0x8901 | 0x8902 => Request::IntIn, // FIONBIO, FIOASYNC, FIOSETOWN, SIOCSPGRP
        0x8926 => Request::IntIn,                            // SIOCSIFENCAP
        0x8912 => Request::Interfaces,
        // FIONREAD (SIOCINQ), TIOCOUTQ (SIOCOUTQ), FIOGETOWN, SIOCGPGRP, SIOCATMARK
        0x541b | 0x5411 | 0x8903 | 0x8904 | 0x8905 => Request::IntOut,
        0x8910 => Request::Out(&IFREQ_BY_INDEX, &IFREQ_NAMED),
        0x8923 => Request::In(&IFREQ_NEWNAME),
        0x8929 => Request::Out(&IFREQ_NAME, &IFREQ_SLAVE),
        0x8930 => Request::In(&IFREQ_SLAVE),
        0x8970 => Request::Out(&IFREQ_NAME, &IFREQ_MAP),
        0x8971 => Request::In(&IFREQ_MAP),
        0x8913 => Request::Out(&IFREQ_NAME, &IFREQ_FLAGS),
        0x8914 => Request::In(&IFREQ_FLAGS),
        0x8915 => Request::Out(&IFREQ_NAME, &IFREQ_ADDR),
        0x8916 => Request::In(&IFREQ_ADDR),
        0x8917 => Request::Out(&IFREQ_NAME, &IFREQ_DSTADDR),
        0x8918 => Request::In(&IFREQ_DSTADDR),
        0x8919 => Request::Out(&IFREQ_NAME, &IFREQ_BRDADDR),
        0x891a => Request::In(&IFREQ_BRDADDR),
        0x891b => Request::Out(&IFREQ_NAME, &IFREQ_NETMASK),
        0x891c => Request::In(&IFREQ_NETMASK),
        0x891d => Request::Out(&IFREQ_NAME, &IFREQ_METRIC),
        0x891e => Request::In(&IFREQ_METRIC),
        0x8921 => Request::Out(&IFREQ_NAME, &IFREQ_MTU),
        0x8922 => Request::In(&IFREQ_MTU),
        // SIOCSIFHWADDR, SIOCADDMULTI, SIOCDELMULTI, SIOCSIFHWBROADCAST
        0x8924 | 0x8931 | 0x8932 | 0x8937 => Request::In(&IFREQ_HWADDR),
        0x8927 => Request::Out(&IFREQ_NAME, &IFREQ_HWADDR),
        0x8933 => Request::Out(&IFREQ_NAME, &IFREQ_INDEX),
        0x8942 => Request::Out(&IFREQ_NAME, &IFREQ_QLEN),
        0x8943 => Request::In(&IFREQ_QLEN),
        _ => Request::Raw,
    }
}

impl Args<'_> {
    fn record(&self, ptr: u64, layout: &'static Layout) -> Option<Value> {
        let size = layout.fields.iter().map(|field| field.offset + field.kind.size()).max().unwrap_or(layout.size);
        let bytes = self.read(ptr, size.max(layout.size))?;
        Some(Value::Record(self.named(Record::read(layout, &bytes))))
    }

    fn int_behind(&self, ptr: u64) -> Value {
        match self.u32(ptr).filter(|_| ptr != 0) {
            Some(n) => Value::Ref(Box::new(Value::Int(i64::from(n as i32)))),
            None => Value::Pointer(ptr),
        }
    }

    /// `fcntl`'s argument at entry.
    pub(super) fn fcntl_in(&self, cmd: i32, reg: u64) -> Slot {
        let low = u64::from(reg as u32);
        Slot::Done(match cmd {
            cmd if takes_nothing(cmd) => return Slot::Absent,
            libc::F_GETLK | libc::F_OFD_GETLK | F_GETOWN_EX => return Slot::Hidden(None),
            libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => Value::Int(reg as i64),
            libc::F_SETFD => Self::flags(&FD_FLAGS, low),
            libc::F_SETFL => Self::flags(&STATUS_FLAGS, low),
            libc::F_SETOWN => Value::Int(i64::from(reg as i32)),
            libc::F_SETPIPE_SZ => Value::Int(reg as i64),
            F_SETSIG => Value::Signal(reg as u32),
            libc::F_SETLK | libc::F_SETLKW | libc::F_OFD_SETLK | libc::F_OFD_SETLKW => {
                self.record(reg, &layout::FLOCK).unwrap_or(Value::Pointer(reg))
            }
            F_SETOWN_EX => self.record(reg, &layout::F_OWNER_EX).unwrap_or(Value::Pointer(reg)),
            libc::F_SETLEASE => Self::constant(&LOCK_TYPE, reg),
            libc::F_NOTIFY => Self::flags(&NOTIFY, reg),
            libc::F_ADD_SEALS => Self::flags(&SEALS, reg),
            _ => Value::Hex(reg),
        })
    }

    /// What the kernel filled in for `fcntl`.
    pub(super) fn fcntl_out(&self, cmd: i32, reg: u64) -> Value {
        let layout = if cmd == F_GETOWN_EX { &layout::F_OWNER_EX } else { &layout::FLOCK_FOUND };
        self.record(reg, layout).unwrap_or(Value::Pointer(reg))
    }

    /// `ioctl`'s argument at entry.
    pub(super) fn ioctl_in(&self, number: u32, reg: u64) -> Slot {
        match request(number) {
            Request::Nothing => Slot::Absent,
            Request::IntIn => Slot::Done(self.int_behind(reg)),
            Request::In(layout) => Slot::Done(self.record(reg, layout).unwrap_or(Value::Pointer(reg))),
            Request::Raw if IOCTL_REQUEST.name(u64::from(number)).is_some() && number >> 8 == SOCKET_TYPE => {
                Slot::Done(Value::Pointer(reg))
            }
            Request::Raw => Slot::Done(Value::Hex(reg)),
            Request::IntOut => Slot::Hidden(None),
            Request::Out(before, _) => Slot::Hidden(self.record(reg, before)),
            Request::Interfaces => Slot::Hidden(self.record(reg, &layout::IFCONF)),
        }
    }

    /// What the kernel filled in for `ioctl`; of a failed request, what went in.
    pub(super) fn ioctl_out(&self, number: u32, reg: u64, before: Option<Value>, ret: Ret) -> Value {
        let shown = match (request(number), ret) {
            (Request::IntOut, Ret::Ok(_)) => return self.int_behind(reg),
            (Request::Out(_, after), Ret::Ok(_)) => self.record(reg, after),
            (Request::Out(..), _) => before,
            (Request::Interfaces, Ret::Ok(_)) => self.interfaces(reg, before),
            (Request::Interfaces, _) => before,
            _ => None,
        };
        shown.unwrap_or(Value::Pointer(reg))
    }

    /// The list of interfaces, as many as the kernel says. Without a buffer it only tells how long the list would be.
    fn interfaces(&self, ptr: u64, before: Option<Value>) -> Option<Value> {
        let Some(Value::Record(mut after)) = self.record(ptr, &layout::IFCONF) else { return None };
        let [Value::Length(after_len), buffer] = &mut after.fields[..] else { return None };
        let Value::Pointer(address) = *buffer else { return None };
        if address != 0 {
            let size = layout::IFREQ_ADDR.size;
            let count = usize::try_from(after_len.entry).unwrap_or(0) / size;
            *buffer = match count {
                0 => Value::Array(Array::default()),
                count => self.array(address, count as u64, size, |bytes| {
                    Value::Record(self.named(Record::read(&layout::IFREQ_ADDR, bytes)))
                }),
            };
            if let Some(Value::Record(before)) = before
                && let Some(&Value::Length(Length { entry, .. })) = before.fields.first()
                && entry != after_len.entry
            {
                *after_len = Length { entry, exit: Some(after_len.entry) };
            }
        }
        Some(Value::Record(after))
    }

    /// `sendfile`'s offset, before and after.
    pub(super) fn offset(&self, ptr: u64, before: Option<Value>, ret: Ret) -> Value {
        let now = |ptr| crate::memory::array(self.memory, ptr).map(i64::from_ne_bytes);
        let Some(Value::Int(entry)) = before else { return Value::Pointer(ptr) };
        let exit = match ret {
            Ret::Ok(1..) => now(ptr),
            _ => None,
        };
        Value::Offset(Length { entry, exit })
    }
}

/// The type of requests that sockets answer.
const SOCKET_TYPE: u32 = 0x89;
const F_SETSIG: i32 = 10;
const F_SETOWN_EX: i32 = 15;
const F_GETOWN_EX: i32 = 16;
