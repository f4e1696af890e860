//! From registers and memory to values, driven by the call table.
//!
//! In two phases: [`enter`] reads what the program passed while it is still there, [`Pending::exit`] reads what the
//! kernel wrote, once it is known whether it wrote at all. In between, [`Pending::known`] has the arguments already
//! known.
//!
//! Nothing fails: a pointer that cannot be read is a [`Value::Pointer`].

use std::sync::Arc;

use crate::event::{Call, Ret};
use crate::memory::{Memory, PAGE};
use crate::syscall::{Dir, InRegister, Len, Reach, RetTy, Syscall, Ty, When, number};
use crate::value::{Bytes, Const, Fd, FdTarget, Flags, Length, SockType, Value, stat};
use crate::xlat::{self, Xlat};

mod background;
mod buffer;
pub mod descriptor;
mod message;
mod pointed;
mod sockaddr;
mod sockopt;
mod wait;

/// How much of a call's data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many bytes are kept of each buffer, and how many elements of each array (`-s`).
    pub strings: usize,
    /// Whether long structures and arrays are abbreviated (the opposite of `-v`).
    pub abbreviate: bool,
}

impl Limits {
    /// So many bytes of each buffer, the rest as it is by default.
    pub fn of_strings(strings: usize) -> Self {
        Self { strings, ..Self::default() }
    }

    /// The same, structures and arrays whole or abbreviated.
    pub fn abbreviating(self, abbreviate: bool) -> Self {
        Self { abbreviate, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { strings: 32, abbreviate: true }
    }
}

/// Looks up numbers outside the program's memory: what descriptors and interface numbers refer to. Called while the
/// program is stopped, since the answer may change.
pub trait Names {
    /// What a descriptor of the calling process refers to, if requested (`-y`, `-yy`).
    fn fd(&self, _fd: i32) -> Option<Arc<FdTarget>> {
        None
    }

    /// The working directory, which `AT_FDCWD` refers to.
    fn directory(&self) -> Option<Arc<FdTarget>> {
        None
    }

    /// The number of the call that this one goes on with; none where that is unknown.
    fn interrupted(&self) -> u64 {
        u64::from(u32::MAX)
    }

    /// Whether a descriptor is a netlink socket, and of which protocol, where that is known.
    fn netlink(&self, _fd: i32) -> Option<Option<u64>> {
        None
    }

    /// The name of a network interface.
    fn interface(&self, index: u32) -> Option<String> {
        interface_name(index)
    }
}

/// The name of an interface in our own network namespace, as if_indextoname(3) returns it.
fn interface_name(index: u32) -> Option<String> {
    nix::net::if_::if_indextoname(index).ok()?.into_string().ok().filter(|name| !name.is_empty())
}

/// Names interfaces only.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNames;

impl Names for NoNames {}

/// What decoding depends on in addition to the call itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// How much is kept.
    pub limits: Limits,
    /// The lookup of names.
    pub names: &'a dyn Names,
}

/// A call that has been entered.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Which call.
    pub sys: &'static Syscall,
    regs: [u64; 6],
    slots: Vec<Slot>,
}

/// What is known of one argument before the call returns.
#[derive(Debug, Clone)]
enum Slot {
    /// The complete value.
    Done(Value),
    /// An in-out argument with the value that went in, which can already be shown.
    Shown(Value),
    /// An out argument, known only at exit, with the value that went in where the kernel may overwrite it.
    Hidden(Option<Value>),
    /// A value that is known, but shown only at exit.
    Late(Value),
    /// The call has no such argument.
    Absent,
}

/// One call's registers and memory, and the context: the input of all argument decoders.
struct Args<'a> {
    sys: &'static Syscall,
    regs: [u64; 6],
    memory: &'a dyn Memory,
    cx: &'a Context<'a>,
}

impl Args<'_> {
    fn int(&self, at: usize) -> i32 {
        self.regs[at] as i32
    }

    fn u32(&self, ptr: u64) -> Option<u32> {
        crate::memory::array(self.memory, ptr).map(u32::from_ne_bytes)
    }

    fn fd(&self, raw: i32) -> Value {
        Value::Fd(Fd { raw, target: self.cx.names.fd(raw) })
    }

    fn constant(table: &'static Xlat, raw: u64) -> Value {
        Value::Const(Const { table, raw })
    }

    fn flags(table: &'static Xlat, raw: u64) -> Value {
        Value::Flags(Flags { table, raw })
    }
}

/// Reads what the program passed.
pub fn enter(sys: &'static Syscall, regs: [u64; 6], memory: &dyn Memory, cx: &Context<'_>) -> Pending {
    let sys = sys.of_registers(&regs);
    let args = Args { sys, regs, memory, cx };
    let slots = sys.params.iter().enumerate().map(|(at, param)| match param.ty {
        // strace does not follow the length of an address that is not requested.
        Ty::SockLen if sys.measures_nothing(at, &regs) => Slot::Done(Value::Pointer(regs[at])),
        _ if !param.given.holds(|at| Some(regs[at])) => Slot::Absent,
        _ => match args.enter(sys.register(at), param.ty, param.dir) {
            Slot::Done(value) if param.late => Slot::Late(value),
            slot => slot,
        },
    });
    let slots = slots.collect();
    Pending { sys, regs, slots }
}

impl Pending {
    /// The arguments that are known before the call returns: all up to the first that only the kernel fills.
    pub fn shown(&self) -> Vec<Value> {
        self.known().cloned().collect()
    }

    /// The same arguments, borrowed.
    pub fn known(&self) -> impl Iterator<Item = &Value> {
        self.slots.iter().take_while(|slot| !matches!(slot, Slot::Hidden(_) | Slot::Late(_))).filter_map(|slot| {
            match slot {
                Slot::Done(value) | Slot::Shown(value) => Some(value),
                Slot::Hidden(_) | Slot::Late(_) | Slot::Absent => None,
            }
        })
    }

    /// The same arguments with their registers, mutable.
    pub(crate) fn known_mut(&mut self) -> impl Iterator<Item = (u64, &mut Value)> {
        let (sys, regs) = (self.sys, self.regs);
        let known = self.slots.iter_mut().enumerate();
        let known = known.take_while(|(_, slot)| !matches!(slot, Slot::Hidden(_) | Slot::Late(_)));
        known.filter_map(move |(at, slot)| match slot {
            Slot::Done(value) | Slot::Shown(value) => Some((regs[sys.register(at)], value)),
            Slot::Hidden(_) | Slot::Late(_) | Slot::Absent => None,
        })
    }

    /// Replaces every argument by its register, including those that the call does not use.
    pub(crate) fn undecode(&mut self) {
        // Those of the call itself, whatever the operation.
        self.sys = crate::syscall::by_name(self.sys.name).unwrap_or(self.sys);
        self.slots = self.regs[..self.sys.params.len()].iter().map(|reg| Slot::Done(Value::Hex(*reg))).collect();
    }

    /// Whether some arguments are known only at return.
    pub fn has_pending(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot, Slot::Hidden(_) | Slot::Late(_)))
    }

    /// The raw arguments.
    pub fn regs(&self) -> [u64; 6] {
        self.regs
    }

    /// Reads what the kernel wrote and completes the call. With [`Ret::Unfinished`] it has only what was known at
    /// entry.
    pub fn exit(mut self, ret: Ret, memory: &dyn Memory, cx: &Context<'_>) -> Call {
        let sys = self.sys;
        let args = if ret == Ret::Unfinished {
            self.shown()
        } else {
            let reader = Args { sys, regs: self.regs, memory, cx };
            let mut args = Vec::with_capacity(self.slots.len());
            for (at, param) in sys.params.iter().enumerate() {
                // Taken; later slots are still needed for in-out lengths, which follow what they measure.
                let slot = std::mem::replace(&mut self.slots[at], Slot::Absent);
                let reg = sys.register(at);
                match slot {
                    Slot::Absent => {}
                    Slot::Late(value) => args.push(value),
                    // After an argument known only at return, strace reads it at return, and not where the call failed.
                    Slot::Done(Value::SigSet(_))
                        if matches!(ret, Ret::Err(_)) && sys.params[..at].iter().any(|param| param.dir == Dir::Out) =>
                    {
                        args.push(Value::Pointer(self.regs[reg]));
                    }
                    // No child has changed.
                    Slot::Hidden(_)
                        if ret == Ret::Ok(0) && sys.params.iter().any(|param| matches!(param.ty, Ty::WaitStatus)) =>
                    {
                        args.push(Value::Pointer(self.regs[reg]));
                    }
                    slot => args.push(reader.exit(reg, param.ty, slot, &self.slots, ret)),
                }
            }
            args
        };
        let ret_target = match ret {
            Ret::Ok(fd) if sys.ret_ty(&args) == RetTy::Fd => cx.names.fd(fd as i32),
            _ => None,
        };
        Call { ret_target, ..Call::new(sys, args, ret) }
    }
}

impl Args<'_> {
    /// A number in a register.
    fn number(&self, number: InRegister, reg: u64) -> Value {
        match number {
            InRegister::Fd { name: Some((_, raw)) } if raw == reg as i32 => {
                Value::Fd(Fd { raw, target: self.cx.names.directory() })
            }
            InRegister::Fd { .. } => self.fd(reg as i32),
            InRegister::Int { bytes: 4 } => Value::Int(i64::from(reg as i32)),
            InRegister::Int { .. } => Value::Int(reg as i64),
            InRegister::Uint { bytes: 4 } => Value::Uint(u64::from(reg as u32)),
            InRegister::Uint { .. } => Value::Uint(reg),
            InRegister::Id => id(reg),
            InRegister::Hex => Value::Hex(reg),
            InRegister::Address => Value::Pointer(reg),
            InRegister::Signal => Value::Signal(reg as u32),
            InRegister::Device => Value::Record(stat::device(u64::from(reg as u32))),
            InRegister::Hex32 => Value::Hex(u64::from(reg as u32)),
            InRegister::WideConst(table) => Self::constant(table, reg),
            InRegister::Packed(packed) => Value::Record(packed.read(reg)),
            InRegister::Const(table) => Self::constant(table, u64::from(reg as u32)),
            InRegister::Flags(table, bits) => Self::flags(table, reg & bits),
        }
    }

    /// One argument at entry.
    fn enter(&self, at: usize, ty: Ty, dir: Dir) -> Slot {
        let reg = self.regs[at];
        let reach = ty.reach(&self.regs, When::Entry);
        let done = match ty {
            number!() => ty.in_register().map_or(Value::Hex(reg), |number| self.number(number, reg)),
            Ty::FileHandle if dir == Dir::InOut => {
                return Slot::Hidden(self.u32(reg).map(|len| Value::Int(len.into())));
            }
            Ty::CloneArgs { .. } => return Slot::Shown(self.clone_args(reg, reach)),
            Ty::RingParams => return self.ring_asked(reg),
            Ty::Probe { count } => {
                return match self.probe(reg, self.regs[count]) {
                    Some(probe) => Slot::Shown(probe),
                    None => Slot::Hidden(None),
                };
            }
            Ty::Interrupted => {
                Value::Const(Const { table: &xlat::signal::SYSCALL_NR, raw: self.cx.names.interrupted() })
            }
            Ty::SockType => sock_type(reg as u32),
            Ty::Protocol { domain } => sockaddr::protocol(self.int(domain), reg as u32),
            Ty::OptName { level, access } => sockopt::name(self.int(level), reg as u32, access),
            Ty::SockLen => {
                let entry = self.u32(reg).filter(|_| reg != 0).map(|len| Value::Int(i64::from(len as i32)));
                return Slot::Hidden(entry);
            }
            Ty::PollFds { .. } => return Slot::Shown(self.pollfds(reg, reach.count())),
            Ty::FdSet { count } => return Slot::Shown(self.fdset(reg, self.int(count), reach)),
            Ty::Timeout(layout) => return Slot::Shown(self.timeout(reg, layout)),
            Ty::Offset => {
                let entry = crate::memory::array(self.memory, reg).filter(|_| reg != 0).map(i64::from_ne_bytes);
                return Slot::Hidden(entry.map(Value::Int));
            }
            Ty::CommandArg { command, commands } => {
                return self.command_in(commands.row(self.regs[command] as u32).carries, reg);
            }
            Ty::MsgHdr if dir == Dir::InOut => return Slot::Hidden(self.namelen(reg)),
            Ty::MmsgHdrs { received: true, .. } => return Slot::Hidden(Some(self.namelens(reg, reach.count()))),
            Ty::MmsgHdrs { received: false, .. } => return Slot::Hidden(None),
            _ if dir == Dir::Out => return Slot::Hidden(None),
            Ty::Bytes(Len::Terminated) => self.path(reg, reach.bytes()),
            Ty::Bytes(Len::Text | Len::UpTo(_)) => self.pointed(ty, dir, reg, reach),
            Ty::Bytes(Len::Bounded { .. }) if reach == Reach::Nothing => Value::Pointer(reg),
            Ty::Bytes(_) => self.datagram(reg, reach.bytes()),
            Ty::SockAddr(_) => self.sockaddr(reg, reach.bytes() as i64),
            Ty::OptVal { level, name, len } => self.optval_in(level, name, len, reg),
            Ty::MsgHdr => self.msghdr_in(reg),
            Ty::IoVecs { .. } => self.iovecs(reg, reach.count(), Some(u64::MAX)),
            Ty::SigSet { size } => self.sigset(reg, self.regs[size]),
            Ty::SigSetArg => self.sigset_arg(reg),
            Ty::EpollEvent { op } => self.epoll_event(reg, self.int(op)),
            Ty::FdPair | Ty::EpollEvents { .. } | Ty::Remaining(_) => Value::Pointer(reg),
            Ty::Struct(_)
            | Ty::Forms(_)
            | Ty::Structs { .. }
            | Ty::Number(_)
            | Ty::Numbers { .. }
            | Ty::CpuSet { .. }
            | Ty::WaitStatus
            | Ty::SigInfo
            | Ty::Strings
            | Ty::Environment
            | Ty::Dirents(_)
            | Ty::Message { .. }
            | Ty::Sized { .. }
            | Ty::FileHandle
            | Ty::Attr { .. }
            | Ty::PerfAttr
            | Ty::Requests { .. }
            | Ty::Random { .. } => self.pointed(ty, dir, reg, reach),
        };
        Slot::Done(done)
    }

    /// One argument at exit. `entry` is what was known of the following ones.
    fn exit(&self, at: usize, ty: Ty, slot: Slot, entry: &[Slot], ret: Ret) -> Value {
        let reg = self.regs[at];
        let returned = if let Ret::Ok(n) = ret { n } else { -1 };
        let reach = ty.reach(&self.regs, When::Exit(returned));
        match (slot, ty) {
            (Slot::Done(value) | Slot::Late(value), _) => value,
            (Slot::Shown(value), Ty::PollFds { .. }) => self.polled(value, reg, reach.count(), ret),
            (Slot::Shown(value), Ty::FdSet { count }) => self.selected(value, reg, self.int(count), reach, ret),
            (Slot::Shown(value), Ty::Timeout(_)) => self.waited(value, reg, ret),
            (Slot::Shown(value), Ty::CloneArgs { .. }) => self.cloned(value, ret),
            (Slot::Shown(value), _) => value,
            (Slot::Absent, _) => Value::Pointer(reg), // unreachable: absent arguments are omitted
            (Slot::Hidden(asked), Ty::RingParams) => self.ring_made(reg, asked, ret),
            (Slot::Hidden(_), Ty::Probe { count }) => {
                let probe = matches!(ret, Ret::Ok(_)).then(|| self.probe(reg, self.regs[count])).flatten();
                probe.unwrap_or(Value::Pointer(reg))
            }
            (Slot::Hidden(before), Ty::SockLen) => self.length(reg, before, ret),
            (Slot::Hidden(before), Ty::MsgHdr) => self.msghdr_out(reg, before, ret),
            (Slot::Hidden(_), Ty::MmsgHdrs { received: false, .. }) => {
                self.mmsghdrs(reg, reach.count(), returned.max(0) as u64, &[])
            }
            (Slot::Hidden(before), Ty::MmsgHdrs { .. }) => self.mmsghdrs_received(reg, before, reach.count(), ret),
            (Slot::Hidden(before), Ty::Offset) => self.offset(reg, before, ret),
            (Slot::Hidden(before), Ty::CommandArg { command, commands }) => {
                self.command_out(commands.row(self.regs[command] as u32).carries, reg, before, ret)
            }
            (Slot::Hidden(Some(Value::Int(before))), Ty::FileHandle) => self.handle(reg, Some(before), ret),
            (Slot::Hidden(_), Ty::IoVecs { .. }) => {
                let data = if let Ret::Ok(n) = ret { Some(n.max(0) as u64) } else { None };
                self.iovecs(reg, reach.count(), data)
            }
            // Only a signal leaves a rest.
            (Slot::Hidden(_), Ty::Remaining(layout)) if matches!(ret, Ret::Err(errno) if errno.is_restart()) => {
                self.pointed(Ty::Struct(layout), Dir::Out, reg, reach)
            }
            (Slot::Hidden(_), _) if matches!(ret, Ret::Err(_)) => Value::Pointer(reg),
            (Slot::Hidden(_), Ty::Bytes(Len::Terminated)) => self.path(reg, reach.bytes()),
            (Slot::Hidden(_), Ty::Bytes(Len::UpTo(_))) => self.pointed(ty, Dir::Out, reg, reach),
            (Slot::Hidden(_), Ty::Bytes(_)) => self.datagram(reg, reach.bytes()),
            (Slot::Hidden(_), Ty::SockAddr(_) | Ty::OptVal { .. }) => match (reach, ret) {
                (Reach::Measured { by, .. }, Ret::Ok(_)) => self.measured(ty, reg, by, entry),
                _ => Value::Pointer(reg),
            },
            (Slot::Hidden(_), Ty::FdPair) => self.fd_pair(reg),
            (Slot::Hidden(_), Ty::EpollEvents { .. }) if matches!(ret, Ret::Ok(_)) => {
                self.epoll_events(reg, reach.count())
            }
            (Slot::Hidden(_), Ty::Remaining(_)) => Value::Pointer(reg),
            (Slot::Hidden(_), Ty::SigSet { size }) => self.sigset(reg, self.regs[size]),
            (Slot::Hidden(_), ty) => self.pointed(ty, Dir::Out, reg, reach),
        }
    }

    /// A path, up to its NUL or, without one, the longest that there is.
    fn path(&self, ptr: u64, max: u64) -> Value {
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

    /// An address or option whose length is behind the argument at `by`.
    fn measured(&self, ty: Ty, ptr: u64, by: usize, entry: &[Slot]) -> Value {
        let (Some(&Slot::Hidden(Some(Value::Int(given)))), Some(len)) = (entry.get(by), self.u32(self.regs[by])) else {
            return Value::Pointer(ptr);
        };
        match ty {
            Ty::OptVal { level, name, .. } => self.optval_out(level, name, ptr, given, len as i32),
            _ => self.sockaddr(ptr, given.min(i64::from(len as i32))),
        }
    }

    /// An in-out length. Where the call failed, strace shows what went in.
    fn length(&self, ptr: u64, before: Option<Value>, ret: Ret) -> Value {
        let Some(Value::Int(entry)) = before else { return Value::Pointer(ptr) };
        if matches!(ret, Ret::Err(_)) {
            return Value::Length(Length { entry, exit: None });
        }
        match self.u32(ptr).map(|len| i64::from(len as i32)) {
            Some(exit) => Value::Length(Length { entry, exit: (exit != entry).then_some(exit) }),
            None => Value::Pointer(ptr),
        }
    }

    fn fd_pair(&self, ptr: u64) -> Value {
        // Both or none, regardless of the limit on lists (`-s`).
        match crate::memory::array::<8>(self.memory, ptr) {
            Some(_) => self.array(ptr, 2, 4, |fd| self.fd(i32::from_ne_bytes([fd[0], fd[1], fd[2], fd[3]]))),
            None => Value::Pointer(ptr),
        }
    }
}

/// Bytes of a path that are read at once: most are shorter.
const AT_ONCE: u64 = 128;

/// A user or group: the largest number is -1, for none.
fn id(raw: u64) -> Value {
    match raw as u32 {
        u32::MAX => Value::Int(-1),
        id => Value::Int(id.into()),
    }
}

/// Splits `socket(2)`'s type from the flags it may carry.
fn sock_type(raw: u32) -> Value {
    const TYPE_MASK: u32 = 0xf; // SOCK_TYPE_MASK, include/linux/net.h
    Value::SockType(SockType {
        kind: Const { table: &xlat::socket::SOCK_TYPE, raw: u64::from(raw & TYPE_MASK) },
        flags: Flags { table: &xlat::socket::SOCK_FLAGS, raw: u64::from(raw & !TYPE_MASK) },
    })
}

#[cfg(test)]
mod tests;
