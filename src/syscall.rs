//! The call table: every described system call, as data.
//!
//! An entry has the call's name, its classes and, for each argument, the name in the man page, the direction and the
//! type, with *which other argument bounds this pointer*. Decoder, text, JSON, parser and documentation derive from
//! it, so a new call is one entry. One entry serves all architectures: the number is libc's for the target.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use syscalls::Sysno;

use crate::value::{Packed, Value};
use crate::xlat::Xlat;
use effect::cloexec;
use outline::Outline;
use param::arg;

mod absent;
mod address;
mod admin;
mod argument;
mod background;
mod bpf;
mod class;
mod clone;
pub(crate) mod command;
pub(crate) mod control;
mod create;
mod descriptor;
pub(crate) mod effect;
mod elsewhere;
mod file;
mod futex;
mod handle;
mod identity;
pub(crate) mod inventory;
mod ipc;
mod keys;
mod memory;
mod mount;
mod option;
mod outline;
mod param;
mod path;
mod perf;
mod pointee;
mod position;
mod prctl;
mod process;
mod queue;
pub(crate) mod reach;
mod schedule;
mod seccomp;
mod signal;
mod stat;
mod time;
mod trace;
mod transfer;
mod ty;
mod vectors;
mod wait;
mod xattr;

pub(crate) use address::{ACCEPT4, BIND, CONNECT, GETPEERNAME, GETSOCKNAME, LISTEN};
pub use class::Class;
pub use command::{Carries, Command, Commands};
pub(crate) use control::{Payload, controls, payload};
pub(crate) use create::{SOCKET, SOCKETPAIR};
pub(crate) use descriptor::{CLOSE, DUP, DUP2, DUP3, FCNTL, IOCTL, PIPE2, READ, READV, SENDFILE, WRITE, WRITEV};
pub(crate) use effect::{Change, CloseOnExec, Effect, Flag, Forks, Made};
pub(crate) use option::{GETSOCKOPT, SETSOCKOPT, SHUTDOWN};
pub(crate) use outline::takes_process;
pub use param::{Dir, Param};
pub use pointee::{Count, Scalar};
pub(crate) use reach::{Reach, When};
pub(crate) use transfer::{RECVFROM, RECVMMSG, RECVMSG, SENDMMSG, SENDMSG, SENDTO};
pub(crate) use ty::{Given, InRegister, number};
pub use ty::{Len, Ty};
pub(crate) use wait::{EPOLL_CREATE1, EPOLL_CTL, EPOLL_PWAIT, EPOLL_WAIT, POLL, PPOLL, PSELECT6, SELECT};

/// One system call.
#[derive(Debug)]
pub struct Syscall {
    /// The kernel's number on this architecture; negative where this architecture lacks the call or the number is
    /// unknown.
    pub(crate) nr: i64,
    /// The kernel's name.
    pub(crate) name: &'static str,
    /// The classes it belongs to, as in strace's `-e %class`.
    pub(crate) class: Class,
    /// The arguments, in register order.
    pub(crate) params: &'static [Param],
    /// The type of the return value.
    pub(crate) ret: RetTy,
    /// Its lasting effect.
    pub(crate) effect: Effect,
    /// What the call is for, in one sentence for beginners; empty where the table does not describe it.
    pub(crate) doc: &'static str,
    /// Its operations, where those have arguments of their own.
    pub operations: Option<&'static Operations>,
}

/// The operations of one call (`futex`, `prctl`): rows of which the value of one argument selects one.
#[derive(Debug)]
pub struct Operations {
    /// The register of that argument.
    pub by: usize,
    /// The part of it that selects.
    pub part: fn(u64) -> u64,
    /// A value of the register, and the row that it selects. The arguments up to the selecting one are those of the call.
    pub rows: &'static [(u64, Syscall)],
}

impl Operations {
    /// The row that a value of the register selects, if the operation is described.
    pub fn row(&self, selector: u64) -> Option<&'static Syscall> {
        let wanted = (self.part)(selector);
        self.rows.iter().find(|(value, _)| (self.part)(*value) == wanted).map(|(_, row)| row)
    }
}

impl PartialEq for Syscall {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.name == other.name
    }
}

impl Syscall {
    /// The kernel's number on this architecture; negative where this architecture lacks the call or the number is
    /// unknown.
    pub fn nr(&self) -> i64 {
        self.nr
    }

    /// The kernel's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The classes it belongs to, as in strace's `-e %class`.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The arguments, in register order.
    pub fn params(&self) -> &'static [Param] {
        self.params
    }

    /// The type of the return value.
    pub fn ret(&self) -> RetTy {
        self.ret
    }

    /// Its lasting effect.
    #[doc(hidden)]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// What the call is for, in one sentence for beginners; empty where the table does not describe it.
    pub fn doc(&self) -> &'static str {
        self.doc
    }

    /// Whether the table describes this call; otherwise only its name and number are known.
    pub fn is_known(&self) -> bool {
        !self.doc.is_empty()
    }

    /// The row of the operation that these registers select, or this one.
    pub(crate) fn of_registers(&'static self, regs: &[u64; 6]) -> &'static Self {
        match self.operations.and_then(|operations| operations.row(regs[operations.by])) {
            Some(row) => row.of_registers(regs),
            None => self,
        }
    }

    /// The same for the arguments that are known so far, the last of which may have selected one just now.
    pub(crate) fn of_values(&'static self, args: &[Value]) -> &'static Self {
        let Some(operations) = self.operations else { return self };
        let last = args.len().checked_sub(1).filter(|last| self.register(*last) == operations.by);
        let selector = last.and_then(|last| args[last].register());
        selector.and_then(|selector| operations.row(selector)).unwrap_or(self)
    }

    /// The register that the argument at `at` is in: strace writes those of a few calls in another order, or without some
    /// in between.
    pub(crate) fn register(&self, at: usize) -> usize {
        self.params.get(at).and_then(|param| param.register).map_or(at, usize::from)
    }

    /// The row itself and those of its operations, which may have operations themselves.
    pub fn forms(&'static self) -> Vec<&'static Self> {
        let operations = self.operations.iter().flat_map(|operations| operations.rows);
        std::iter::once(self).chain(operations.flat_map(|(_, row)| row.forms())).collect()
    }

    /// The arguments of the row and of its operations, each once.
    pub(crate) fn all_params(&'static self) -> Vec<&'static Param> {
        let mut all: Vec<&Param> = Vec::new();
        for param in self.forms().into_iter().flat_map(|row| row.params) {
            if !all.iter().any(|known| known.name == param.name) {
                all.push(param);
            }
        }
        all
    }

    /// Whether a result of 0 means a timeout.
    pub(crate) fn times_out(&self) -> bool {
        self.params.iter().any(|param| {
            matches!(param.ty, Ty::PollFds { .. } | Ty::FdSet { .. } | Ty::MmsgHdrs { received: true, .. })
        })
    }

    /// Whether the call returns a number of messages rather than bytes.
    pub(crate) fn counts_messages(&self) -> bool {
        self.params.iter().any(|param| matches!(param.ty, Ty::MmsgHdrs { .. }))
    }

    /// Whether the call returns how many bytes it moved.
    pub(crate) fn returns_bytes(&self) -> bool {
        matches!(self.effect, Effect::Sends | Effect::Receives(_) | Effect::Copies { .. }) && !self.counts_messages()
    }

    /// Whether an argument is the length of an address that is not requested (NULL), and so is meaningless.
    pub(crate) fn measures_nothing(&self, at: usize, regs: &[u64; 6]) -> bool {
        self.params
            .iter()
            .zip(regs)
            .any(|(param, &reg)| reg == 0 && matches!(param.ty, Ty::SockAddr(Len::InOutArg(length)) if length == at))
    }

    /// The type of the return value, given the decoded arguments: some depend on a command.
    pub(crate) fn ret_ty(&self, args: &[Value]) -> RetTy {
        match self.ret {
            RetTy::Command => self.command(args).map_or(RetTy::Int, |command| command.ret),
            ret => ret,
        }
    }
}

/// The type of a return value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetTy {
    /// Zero, a count or a length.
    Int,
    /// A descriptor.
    Fd,
    /// An address.
    Pointer,
    /// The number of a process or thread.
    Pid,
    /// Flags, shown after the number and a word for them.
    Flags(&'static Xlat, &'static str),
    /// A constant, shown after the number.
    Const(&'static Xlat),
    /// A signal, shown after the number.
    Signal,
    /// Depends on the command (`fcntl`, `ioctl`).
    Command,
    /// A number written in octal: `umask`.
    Octal,
    /// A constant, shown after the number in decimal.
    Named(&'static Xlat),
    /// Seconds since 1970, shown with the date.
    Date,
    /// A number that is made of parts, which are shown after it.
    Packed(&'static Packed),
}

/// An entry of the table.
const fn call(
    class: Class,
    nr: i64,
    name: &'static str,
    params: &'static [Param],
    ret: RetTy,
    effect: Effect,
    doc: &'static str,
) -> Syscall {
    Syscall { nr, name, class, params, ret, effect, doc, operations: None }
}

/// An operation of a call, with arguments and result of its own.
const fn operation(of: &'static Syscall, params: &'static [Param], ret: RetTy) -> Syscall {
    let Syscall { nr, name, class, effect, doc, .. } = *of;
    Syscall { nr, name, class, params, ret, effect, doc, operations: None }
}

/// A call that old programs make and newer machines lack: its number where this machine has it.
#[cfg(target_arch = "x86_64")]
macro_rules! old {
    ($number:ident) => {
        libc::$number
    };
}
#[cfg(not(target_arch = "x86_64"))]
macro_rules! old {
    ($number:ident) => {
        -1
    };
}
use old;

/// The number on x86_64 of a call that libc has forgotten.
const fn number(x86_64: i64) -> i64 {
    if cfg!(target_arch = "x86_64") { x86_64 } else { -1 }
}

/// Every entry that describes its call, family by family.
pub fn table() -> impl Iterator<Item = &'static Syscall> {
    let sockets =
        [create::CALLS, address::CALLS, transfer::CALLS, option::CALLS, descriptor::CALLS, wait::CALLS, file::CALLS];
    let others = [
        elsewhere::CALLS,
        identity::CALLS,
        memory::CALLS,
        path::CALLS,
        position::CALLS,
        process::CALLS,
        schedule::CALLS,
        signal::CALLS,
        stat::CALLS,
        time::CALLS,
        admin::CALLS,
        clone::CALLS,
        futex::CALLS,
        mount::CALLS,
        prctl::CALLS,
        queue::CALLS,
        seccomp::CALLS,
        vectors::CALLS,
        ipc::CALLS,
        keys::CALLS,
        trace::CALLS,
        handle::CALLS,
        absent::CALLS,
        xattr::CALLS,
        background::CALLS,
        bpf::CALLS,
        perf::CALLS,
    ];
    sockets.into_iter().chain(others).flatten().copied()
}

/// The names of the calls whose effect matches, whether or not their arguments are described.
pub(crate) fn names_by_effect(wanted: impl Fn(Effect) -> bool) -> impl Iterator<Item = &'static str> {
    let outlined = outline::OUTLINES.iter().map(|outline| (outline.name, outline.effect));
    let all = table().map(|sys| (sys.name, sys.effect)).chain(outlined);
    all.filter(move |(_, effect)| wanted(*effect)).map(|(name, _)| name)
}

/// The names of the calls of a class, whether or not their arguments are described.
pub(crate) fn names_by_class(class: Class) -> impl Iterator<Item = &'static str> {
    table().filter(move |sys| sys.class.contains(class)).map(|sys| sys.name)
}

/// Looks a call up by its number on this architecture.
pub fn by_number(nr: i64) -> Option<&'static Syscall> {
    static INDEX: OnceLock<Vec<Option<&'static Syscall>>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = Vec::new();
        for sys in table() {
            let Ok(at) = usize::try_from(sys.nr) else { continue };
            if index.len() <= at {
                index.resize(at + 1, None);
            }
            index[at] = Some(sys);
        }
        index
    });
    index.get(usize::try_from(nr).ok()?).copied().flatten()
}

/// Looks a call up by its name.
pub fn by_name(name: &str) -> Option<&'static Syscall> {
    static INDEX: OnceLock<FxHashMap<&'static str, &'static Syscall>> = OnceLock::new();
    INDEX.get_or_init(|| table().map(|sys| (sys.name, sys)).collect()).get(name).copied()
}

/// Whether there is a call of this name, described or not.
pub(crate) fn is_name(name: &str) -> bool {
    by_name(name).is_some() || outline::OUTLINES.iter().any(|call| call.name == name) || name.parse::<Sysno>().is_ok()
}

/// How many different calls outside the table are accepted in one run, so that a file of garbage cannot fill the
/// memory.
const MAX_OTHERS: usize = 4096;
/// How many numbers one name may have: text has none, and a recording may be from another machine.
const MAX_NUMBERS: usize = 4;

/// An entry for a call that the table does not describe: its arguments are shown raw, though its effect may be known.
/// The same name and number give the same entry. `None` once there are too many different ones.
pub fn other(name: &str, nr: i64) -> Option<&'static Syscall> {
    static RAW: [Param; 6] = [
        arg("arg0", Dir::In, Ty::Hex, ""),
        arg("arg1", Dir::In, Ty::Hex, ""),
        arg("arg2", Dir::In, Ty::Hex, ""),
        arg("arg3", Dir::In, Ty::Hex, ""),
        arg("arg4", Dir::In, Ty::Hex, ""),
        arg("arg5", Dir::In, Ty::Hex, ""),
    ];
    static OTHERS: OnceLock<Mutex<HashMap<&'static str, Vec<&'static Syscall>>>> = OnceLock::new();
    let mut others = OTHERS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let known = others.get(name).map_or(&[][..], Vec::as_slice);
    let same = known.iter().find(|sys| sys.nr == nr).or_else(|| known.get(MAX_NUMBERS - 1));
    if let Some(sys) = same {
        return Some(sys);
    }
    if known.is_empty() && others.len() >= MAX_OTHERS {
        return None;
    }
    let name = known.first().map_or_else(|| &*Box::leak(name.into()), |sys| sys.name);
    let Outline { class, ret, effect, .. } = Outline::of(name);
    let sys = Box::leak(Box::new(call(class, nr, name, &RAW, ret, effect, "")));
    others.entry(name).or_default().push(sys);
    Some(sys)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The indices of the arguments that a type refers to.
    fn references(ty: &Ty) -> Vec<usize> {
        match *ty {
            Ty::Protocol { domain } => vec![domain],
            Ty::Bytes(Len::Arg(i) | Len::Ret(i) | Len::InOutArg(i)) => vec![i],
            Ty::SockAddr(Len::Arg(i) | Len::Ret(i) | Len::InOutArg(i)) => vec![i],
            Ty::EpollEvents { room } => vec![room],
            Ty::MmsgHdrs { count, .. } | Ty::IoVecs { count } | Ty::PollFds { count } | Ty::FdSet { count } => {
                vec![count]
            }
            Ty::OptName { level, .. } => vec![level],
            Ty::OptVal { level, name, len } => vec![level, name, len],
            Ty::SigSet { size } => vec![size],
            Ty::CommandArg { command, .. } => vec![command],
            Ty::EpollEvent { op } => vec![op],
            Ty::Structs { count: Count::Arg(at) | Count::Size(at) | Count::Pages(at), .. } => vec![at],
            Ty::Numbers { count: Count::Arg(at) | Count::Size(at) | Count::Pages(at), .. } => vec![at],
            Ty::CpuSet { size } | Ty::Random { room: size } | Ty::CloneArgs { size } | Ty::Message { size } => {
                vec![size]
            }
            Ty::Sized { size, .. } | Ty::Attr { size, .. } => vec![size],
            Ty::Requests { count } | Ty::Probe { count } => vec![count],
            _ => vec![],
        }
    }

    #[test]
    fn the_table_is_consistent() {
        let mut names = std::collections::HashSet::new();
        for sys in table() {
            for (value, row) in sys.operations.iter().flat_map(|operations| operations.rows) {
                let found = sys.operations.and_then(|operations| operations.row(*value));
                assert!(found.is_some_and(|found| std::ptr::eq(found, row)), "{}: {value:#x} occurs twice", sys.name);
                let by = sys.operations.map_or(0, |operations| operations.by);
                let prefix = (0..sys.params.len()).position(|at| sys.register(at) == by).map_or(0, |at| at + 1);
                for (param, own) in sys.params[..prefix].iter().zip(row.params) {
                    assert_eq!((param.name, param.register), (own.name, own.register), "{} {value:#x}", sys.name);
                }
                assert!(row.params.len() >= prefix && row.params.len() <= 6, "{} {value:#x}", sys.name);
            }
            assert!(names.insert(sys.name), "{} occurs twice", sys.name);
            assert!(sys.nr < 0 || by_number(sys.nr) == Some(sys), "{}", sys.name);
            assert_eq!(by_name(sys.name), Some(sys), "{}", sys.name);
            assert!(sys.params.len() <= 6 && sys.is_known(), "{}", sys.name);
            for param in sys.params {
                for at in references(&param.ty) {
                    assert!(at < sys.params.len(), "{}: {} refers to argument {at}", sys.name, param.name);
                }
                if let Ty::SockAddr(Len::InOutArg(at)) = param.ty {
                    assert!(matches!(sys.params[at].ty, Ty::SockLen), "{}: {}", sys.name, param.name);
                }
            }
        }
    }

    /// Up to the last call that strace 6.1 knows; between 334 and 424 x86_64 has none.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_number_has_a_row_that_describes_its_arguments() {
        // Linux has a number for these, but never had them, or has forgotten what their arguments were.
        let never = absent::CALLS.iter().map(|sys| sys.name);
        let gone = ["create_module", "get_kernel_syms", "query_module", "nfsservctl", "security", "sysfs"];
        let undescribed: Vec<&str> = never.chain(gone).collect();
        for nr in (0..=334).chain(424..=450) {
            let sys = by_number(nr).unwrap_or_else(|| panic!("{nr} has no row"));
            let raw = sys.params.iter().any(|param| param.name == "arg0");
            assert_eq!(raw, undescribed.contains(&sys.name), "{}", sys.name);
        }
    }

    #[test]
    fn other_calls_are_interned() {
        let first = other("made_up", 9999);
        assert!(first.is_some() && first == other("made_up", 9999));
        assert!(!first.unwrap().is_known());
        // An earlier text, or a recording from another machine, must not determine what is traced here.
        assert_eq!(other("made_up", -1).map(|sys| sys.nr), Some(-1));
        assert_eq!(other("made_up", 9999).map(|sys| sys.nr), Some(9999));
        assert_eq!(first, other("made_up", -1));
        assert!((0..100).all(|nr| other("made_up", nr).is_some()));
    }
}
