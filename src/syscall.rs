//! The call table: every described system call, as data.
//!
//! An entry has the call's name, its classes and, for each argument, the name in the man page, the direction and the
//! type, with *which other argument bounds this pointer*. Decoder, text, JSON, parser and documentation derive from
//! it, so a new call is one entry. One entry serves all architectures: the number is libc's for the target.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use syscalls::Sysno;

use crate::value::{Forms, Layout, Value};
use crate::xlat::Xlat;
use crate::xlat::sockopt::Access;
use effect::cloexec;
use outline::Outline;

mod address;
mod class;
pub(crate) mod command;
pub(crate) mod control;
mod create;
mod descriptor;
pub(crate) mod effect;
mod elsewhere;
mod file;
mod identity;
pub(crate) mod inventory;
mod memory;
mod option;
mod outline;
mod path;
mod position;
mod process;
pub(crate) mod reach;
mod schedule;
mod signal;
mod stat;
mod time;
mod transfer;
mod wait;

pub(crate) use address::{ACCEPT4, BIND, CONNECT, GETPEERNAME, GETSOCKNAME, LISTEN};
pub use command::{Carries, Command, Commands};
pub(crate) use control::{Payload, controls, payload};
pub(crate) use create::{SOCKET, SOCKETPAIR};
pub(crate) use descriptor::{CLOSE, DUP, DUP2, DUP3, FCNTL, IOCTL, PIPE2, READ, READV, SENDFILE, WRITE, WRITEV};
pub(crate) use effect::{Change, CloseOnExec, Effect, Flag, Forks, Made};
pub(crate) use option::{GETSOCKOPT, SETSOCKOPT, SHUTDOWN};
pub(crate) use outline::takes_process;
pub(crate) use reach::{Reach, When};
pub(crate) use transfer::{RECVFROM, RECVMMSG, RECVMSG, SENDMMSG, SENDMSG, SENDTO};
pub(crate) use wait::{EPOLL_CREATE1, EPOLL_CTL, EPOLL_PWAIT, EPOLL_WAIT, POLL, PPOLL, PSELECT6, SELECT};

/// One system call.
#[derive(Debug)]
pub struct Syscall {
    /// The kernel's number on this architecture; negative where this architecture lacks the call or the number is
    /// unknown.
    pub nr: i64,
    /// The kernel's name.
    pub name: &'static str,
    /// The classes it belongs to, as in strace's `-e %class`.
    pub class: Class,
    /// The arguments, in register order.
    pub params: &'static [Param],
    /// The type of the return value.
    pub ret: RetTy,
    /// Its lasting effect.
    pub effect: Effect,
    /// What the call is for, in one sentence for beginners; empty where the table does not describe it.
    pub doc: &'static str,
}

impl PartialEq for Syscall {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.name == other.name
    }
}

impl Syscall {
    /// Whether the table describes this call; otherwise only its name and number are known.
    pub fn is_known(&self) -> bool {
        !self.doc.is_empty()
    }

    /// How many arguments the call has, given the decoded ones: some commands of `fcntl` and `ioctl` take none, and some
    /// arguments go with a flag.
    pub(crate) fn arity(&self, args: &[Value]) -> usize {
        if self.command(args).is_some_and(|command| command.carries == Carries::Nothing) {
            return self.params.len() - 1;
        }
        let register = |at: usize| args.get(at)?.register();
        self.params.iter().position(|param| !param.given.holds(register)).unwrap_or(self.params.len())
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

/// Classes of calls, as a set of bits: strace's, and whether a call is made on sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class(u32);

/// Declares strace's classes with the names under which `-e trace=` takes them.
macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident $bit:literal $spelled:literal;)*) => {
        impl Class {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*

            /// The classes with their names, without the `%`.
            pub(crate) const NAMES: &'static [(&'static str, Self)] = &[$(($spelled, Self::$name)),*];
        }
    };
}

classes! {
    /// Calls of the network.
    NET 0 "network";
    /// Calls that take or make a descriptor.
    DESC 1 "desc";
    /// Calls that take a path.
    FILE 2 "file";
    /// Calls on memory mappings.
    MEMORY 3 "memory";
    /// Calls that make, end or await processes.
    PROCESS 4 "process";
    /// Calls on signals.
    SIGNAL 5 "signal";
    /// Calls of System V's interprocess communication.
    IPC 6 "ipc";
    /// Calls on users, groups and capabilities.
    CREDS 7 "creds";
    /// Calls on clocks.
    CLOCK 8 "clock";
    /// `stat` and its 32-bit forms.
    STAT 9 "stat";
    /// `lstat` and its 32-bit forms.
    LSTAT 10 "lstat";
    /// `fstat`, `fstatat` and their forms.
    FSTAT 11 "fstat";
    /// All of these, and `statx`.
    STAT_LIKE 12 "%stat";
    /// `statfs` and its forms.
    STATFS 13 "statfs";
    /// `fstatfs` and its forms.
    FSTATFS 14 "fstatfs";
    /// All of these, and `ustat`.
    STATFS_LIKE 15 "%statfs";
    /// Calls without arguments that cannot fail.
    PURE 16 "pure";
}

impl Class {
    /// No class.
    pub const NONE: Self = Self(0);
    /// Calls that are made on sockets, alone or among others: what is traced by default.
    pub const SOCKETS: Self = Self(1 << 31);
    /// `%network`.
    pub const NETWORK: Self = Self::NET.and(Self::SOCKETS);
    /// `%desc`, of a call that is made on sockets too.
    pub const SOCKET_DESC: Self = Self::DESC.and(Self::SOCKETS);
    /// `%network` and `%desc`.
    pub const BOTH: Self = Self::NETWORK.and(Self::DESC);

    /// Both classes.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets have a class in common.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One argument.
#[derive(Debug)]
pub struct Param {
    /// The name in the man page.
    pub name: &'static str,
    /// The direction.
    pub dir: Dir,
    /// The type.
    pub ty: Ty,
    /// What it is for, in one sentence for beginners; empty where the table does not describe the call.
    pub doc: &'static str,
    /// When the call has it; those behind an argument that a call does not have are absent too.
    pub given: Given,
}

impl Param {
    /// Whether a call with this argument can be made again: nothing that socket programs need goes beyond that.
    pub(crate) fn is_repeated(&self) -> bool {
        let filled = self.dir == Dir::Out && matches!(self.ty, Ty::Bytes(Len::Terminated) | Ty::SigSet { .. });
        self.ty.is_repeated() && !filled
    }

    /// An argument that the call has only where one of the bits is set in the argument at `at`.
    const fn with(self, at: usize, bits: u64) -> Self {
        Self { given: Given::WithBits { at, bits }, ..self }
    }

    /// An argument that the call has only where all of the bits are set in the argument at `at`.
    const fn with_all(self, at: usize, bits: u64) -> Self {
        Self { given: Given::WithAllBits { at, bits }, ..self }
    }
}

/// When a call has an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// Always.
    Always,
    /// Where the argument at `at` has one of these bits: `open`'s mode with `O_CREAT`.
    WithBits {
        /// The argument.
        at: usize,
        /// The bits.
        bits: u64,
    },
    /// Where the argument at `at` has all of these bits: `mremap`'s new address.
    WithAllBits {
        /// The argument.
        at: usize,
        /// The bits.
        bits: u64,
    },
}

impl Given {
    /// Whether the call has the argument, given the others.
    pub(crate) fn holds(self, register: impl Fn(usize) -> Option<u64>) -> bool {
        match self {
            Self::Always => true,
            Self::WithBits { at, bits } => register(at).is_some_and(|register| register & bits != 0),
            Self::WithAllBits { at, bits } => register(at).is_some_and(|register| register & bits == bits),
        }
    }
}

/// Direction of an argument: in ones are read at entry, the others at exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dir {
    /// The program writes it.
    In,
    /// The kernel writes it.
    Out,
    /// Both do.
    InOut,
}

/// Types of arguments. Numbers in braces are the positions of the arguments a type depends on.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Ty {
    /// A descriptor.
    Fd,
    /// A descriptor of the directory that a relative path starts from, or `AT_FDCWD`.
    DirFd,
    /// `int`.
    Int,
    /// `int`: a timeout in milliseconds, negative for ever.
    Millis,
    /// `unsigned int`.
    Uint,
    /// `size_t`.
    Size,
    /// `unsigned long` shown in hex.
    Hex,
    /// A constant (`int`).
    Const(&'static Xlat),
    /// Flags (`int`).
    Flags(&'static Xlat),
    /// Type and flags of `socket(2)`.
    SockType,
    /// A protocol, named by the family it belongs to.
    Protocol {
        /// The family.
        domain: usize,
    },
    /// A buffer.
    Bytes(Len),
    /// A socket address.
    SockAddr(Len),
    /// A pointer to the length of an address or option (`socklen_t *`).
    SockLen,
    /// `struct msghdr *`.
    MsgHdr,
    /// `struct mmsghdr *`.
    MmsgHdrs {
        /// How many.
        count: usize,
        /// Whether the kernel fills them (`recvmmsg`), so that they are known only at exit.
        received: bool,
    },
    /// `struct iovec *`.
    IoVecs {
        /// How many.
        count: usize,
    },
    /// The name of a socket option.
    OptName {
        /// Its level.
        level: usize,
        /// Whether it is read or set: a few numbers have two names.
        access: Access,
    },
    /// The value of a socket option.
    OptVal {
        /// Its level.
        level: usize,
        /// Its name.
        name: usize,
        /// Its length, a [`Ty::SockLen`] or an `int`.
        len: usize,
    },
    /// `int[2]`.
    FdPair,
    /// `struct pollfd *`.
    PollFds {
        /// How many.
        count: usize,
    },
    /// `fd_set *`.
    FdSet {
        /// Highest descriptor plus one.
        count: usize,
    },
    /// A pointer to a time, which the kernel may count down.
    Timeout(&'static Layout),
    /// `sigset_t *`.
    SigSet {
        /// Its size.
        size: usize,
    },
    /// The sixth argument of `pselect6`: a pointer to a pointer to a signal set and its size.
    SigSetArg,
    /// `struct epoll_event *`, one.
    EpollEvent {
        /// The operation (`EPOLL_CTL_DEL` takes none).
        op: usize,
    },
    /// `struct epoll_event *`, as many as the call returned.
    EpollEvents {
        /// The capacity of the array.
        room: usize,
    },
    /// The third argument of `fcntl` and `ioctl`.
    CommandArg {
        /// The command.
        command: usize,
        /// All commands.
        commands: &'static Commands,
    },
    /// `off_t *`.
    Offset,
    /// A pointer of which only the address is shown.
    Address,
    /// `long`, `off_t`: signed, as wide as the register.
    Long,
    /// A position in a file or mapping, written in hex.
    Place,
    /// A process, thread or group of processes.
    Pid,
    /// A user or group; -1 for none.
    Id,
    /// A signal.
    Signal,
    /// Flags as wide as the register.
    WideFlags(&'static Xlat),
    /// The number of a device.
    Device,
    /// A pointer to one structure.
    Struct(&'static Layout),
    /// A pointer to one structure that is written in several forms.
    Forms(&'static Forms),
    /// A pointer to structures.
    Structs {
        /// What they are.
        layout: &'static Layout,
        /// How many.
        count: Count,
    },
    /// A pointer to the time that was left when a signal ended a wait.
    Remaining(&'static Layout),
    /// A pointer to one number.
    Number(Scalar),
    /// A pointer to numbers.
    Numbers {
        /// What they are.
        each: Scalar,
        /// How many.
        count: Count,
    },
    /// A pointer to a set of processors, of as many bytes as the argument at `size` has or, if the kernel fills it, as
    /// the call returned.
    CpuSet {
        /// Its size.
        size: usize,
    },
    /// A pointer to what became of a child.
    WaitStatus,
    /// `siginfo_t *`.
    SigInfo,
    /// A pointer to strings, the last of which is followed by NULL.
    Strings,
    /// The same, of which only the number is shown unless nothing is abbreviated.
    Environment,
    /// A pointer to the entries of a directory, as many bytes as the call returned.
    Dirents(&'static Layout),
    /// A pointer to bytes that are no text, as many as the call returned.
    Random {
        /// The room for them.
        room: usize,
    },
}

/// A number behind a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scalar {
    /// One byte.
    Byte,
    /// `int`.
    Int,
    /// `long`, `size_t`.
    Long,
    /// A user or group.
    Id,
    /// An address.
    Address,
    /// Seconds since 1970; the date follows in a comment.
    Date,
}

impl Scalar {
    /// Its size in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Int | Self::Id => 4,
            Self::Long | Self::Address | Self::Date => 8,
        }
    }
}

/// How many elements a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Count {
    /// As many as this argument says.
    Arg(usize),
    /// As many as the call returned.
    Ret,
    /// Always this many.
    Fixed(u64),
    /// One for each page that as many bytes as this argument says begin.
    Pages(usize),
}

impl Ty {
    /// Whether a call with such an argument is made again in a replay: those that socket programs need are.
    fn is_repeated(self) -> bool {
        use Ty::*;
        let not_numbers = matches!(
            self,
            Struct(_)
                | Forms(_)
                | Structs { .. }
                | Remaining(_)
                | Number(_)
                | Numbers { .. }
                | CpuSet { .. }
                | WaitStatus
                | SigInfo
                | Strings
                | Environment
                | Dirents(_)
                | Random { .. }
                | Bytes(Len::Text)
        );
        !(not_numbers || matches!(self, Address | Device))
    }

    /// Whether the argument is a number in its register, whatever the others are: not a pointer.
    pub(crate) fn is_number(self) -> bool {
        use Ty::*;
        matches!(
            self,
            Fd | DirFd
                | Int
                | Millis
                | Uint
                | Size
                | Hex
                | Const(_)
                | Flags(_)
                | SockType
                | Protocol { .. }
                | OptName { .. }
                | Address
                | Long
                | Place
                | Pid
                | Id
                | Signal
                | WideFlags(_)
                | Device
        )
    }
}

/// What bounds the bytes behind a pointer.
#[derive(Debug, Clone, Copy)]
pub enum Len {
    /// This argument's value.
    Arg(usize),
    /// The call's return value, limited by the size of the buffer in this argument.
    Ret(usize),
    /// The length behind this argument, a [`Ty::SockLen`].
    InOutArg(usize),
    /// The NUL at the end: a path, which is shown whole.
    Terminated,
    /// The NUL at the end of another string, which is shown as far as buffers are.
    Text,
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
    Syscall { nr, name, class, params, ret, effect, doc }
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

/// An argument of an entry.
const fn arg(name: &'static str, dir: Dir, ty: Ty, doc: &'static str) -> Param {
    Param { name, dir, ty, given: Given::Always, doc }
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
    let described = table().filter(move |sys| sys.class.contains(class)).map(|sys| sys.name);
    described.chain(class::members(class))
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
    let Outline { ret, effect, .. } = Outline::of(name);
    let sys = Box::leak(Box::new(call(class::of(name), nr, name, &RAW, ret, effect, "")));
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
            Ty::Structs { count: Count::Arg(at) | Count::Pages(at), .. } => vec![at],
            Ty::Numbers { count: Count::Arg(at) | Count::Pages(at), .. } => vec![at],
            Ty::CpuSet { size } | Ty::Random { room: size } => vec![size],
            _ => vec![],
        }
    }

    #[test]
    fn the_table_is_consistent() {
        let mut names = std::collections::HashSet::new();
        for sys in table() {
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
