//! Types of arguments: what a number means, and how far a pointer reaches.
//!
//! A type is declared here with everything that follows from it alone; decoder, encoder, text and JSON ask.

use super::reach::{MAX_FDS, MAX_SEGMENTS, MMSGHDR, PATH_MAX, POLLFD, SIGSET};
use super::{Commands, Count, Dir, Reach, Scalar, When};
use crate::value::perf::PERF_ATTR;
use crate::value::process::{CLONE_ARGS, CLONE_ARGS_FIRST};
use crate::value::ring::{MAX_PROBED, RING_PARAMS, RING_PROBE, RING_PROBE_OP};
use crate::value::sockaddr::STORAGE;
use crate::value::sockopt::{OptShape, shape};
use crate::value::{Forms, Layout, MsgHeader, Packed, SockAddr, UnixName, Value, layout};
use crate::xlat::Xlat;
use crate::xlat::file::{FILE_TYPE_MODE, PERMISSIONS};
use crate::xlat::sockopt::Access;

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
    /// `unsigned int` shown in hex.
    Hex32,
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
    /// A constant as wide as the register.
    WideConst(&'static Xlat),
    /// A number that is made of parts.
    Packed(&'static Packed),
    /// A pointer to what `clone3` is to make, of as many bytes as the argument at `size` has; the kernel adds the numbers of
    /// what it made.
    CloneArgs {
        /// Its size.
        size: usize,
    },
    /// A pointer to a message of System V: its kind, and as many bytes as the argument at `size` has.
    Message {
        /// Its size.
        size: usize,
    },
    /// A pointer to a structure of which the argument at `size` says how long it is: the longest of the forms that fits.
    Sized {
        /// The forms, each longer than the one before.
        forms: &'static [&'static Layout],
        /// Its size.
        size: usize,
    },
    /// A pointer to a structure that grows with the kernel, of which the argument at `size` says how much there is.
    Attr {
        /// All that is known of it; its size is what is always there.
        layout: &'static Layout,
        /// How much the program has.
        size: usize,
    },
    /// `struct perf_event_attr *`, which says itself how much there is of it.
    PerfAttr,
    /// A pointer to pointers to requests that are done in the background.
    Requests {
        /// How many.
        count: usize,
    },
    /// `struct io_uring_params *`: what is asked, and what the kernel answers.
    RingParams,
    /// `struct io_uring_probe *`, with so many entries.
    Probe {
        /// How many.
        count: usize,
    },
    /// No argument, but the name of the call that a signal interrupted.
    Interrupted,
    /// A pointer to a file's handle; its length is read and written.
    FileHandle,
    /// A pointer to bytes that are no text, as many as the call returned.
    Random {
        /// The room for them.
        room: usize,
    },
}

impl Ty {
    /// Whether a call with such an argument is made again in a replay: those that socket programs need are.
    pub(super) fn is_repeated(self, dir: Dir) -> bool {
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
                | CloneArgs { .. }
                | Message { .. }
                | Sized { .. }
                | FileHandle
                | Attr { .. }
                | PerfAttr
                | Requests { .. }
                | RingParams
                | Probe { .. }
                | Interrupted
                | Bytes(Len::Text | Len::UpTo(_))
        );
        let filled = dir == Dir::Out && matches!(self, Bytes(Len::Terminated) | SigSet { .. });
        !(not_numbers || filled || matches!(self, Address | Device | WideConst(_) | Packed(_)))
    }

    /// Whether the argument is a number in its register, whatever the others are: not a pointer.
    pub(crate) fn is_number(self) -> bool {
        matches!(self, number!() | Self::SockType | Self::Protocol { .. } | Self::OptName { .. })
    }

    /// The descriptor that a number of this type is; none where it is a name that stands for one (`AT_FDCWD`).
    pub(crate) fn descriptor(self, raw: i32) -> Option<i32> {
        match self.in_register() {
            Some(InRegister::Fd { name: Some((_, named)) }) if named == raw => None,
            _ => Some(raw),
        }
    }

    /// Visits the names by which an argument says what it is about: paths, and those of Unix sockets, of which abstract ones
    /// begin with NUL.
    pub(crate) fn each_name(self, value: &Value, visit: &mut dyn FnMut(&[u8])) {
        if let (Self::Bytes(Len::Terminated), Value::Bytes(path)) = (self, value) {
            visit(&path.data);
        }
        value.each_address(&mut |address| match address {
            SockAddr::Unix(UnixName::Path(name)) => visit(name),
            SockAddr::Unix(UnixName::Abstract(name)) => visit(&[b"\0", name.as_slice()].concat()),
            _ => {}
        });
    }

    /// What the number in the register means, if it is one and no other argument says so.
    pub(crate) fn in_register(self) -> Option<InRegister> {
        Some(match self {
            Self::Fd => InRegister::Fd { name: None },
            Self::DirFd => InRegister::Fd { name: Some(("AT_FDCWD", libc::AT_FDCWD)) },
            Self::Int | Self::Millis | Self::Pid => InRegister::Int { bytes: 4 },
            Self::Long => InRegister::Int { bytes: 8 },
            Self::Uint => InRegister::Uint { bytes: 4 },
            Self::Size | Self::Place => InRegister::Uint { bytes: 8 },
            Self::Id => InRegister::Id,
            Self::Hex => InRegister::Hex,
            Self::Hex32 => InRegister::Hex32,
            Self::WideConst(table) => InRegister::WideConst(table),
            Self::Packed(packed) => InRegister::Packed(packed),
            Self::Address => InRegister::Address,
            Self::Signal => InRegister::Signal,
            Self::Device => InRegister::Device,
            Self::Const(table) => InRegister::Const(table),
            // A mode has 16 bits, `umode_t`.
            Self::Flags(table) if [&PERMISSIONS, &FILE_TYPE_MODE].contains(&table) => {
                InRegister::Flags(table, u16::MAX as u64)
            }
            Self::Flags(table) => InRegister::Flags(table, u32::MAX as u64),
            Self::WideFlags(table) => InRegister::Flags(table, u64::MAX),
            _ => return None,
        })
    }
}

/// The types that are a number in a register by themselves, as a pattern.
macro_rules! number {
    () => {
        $crate::syscall::Ty::Fd
            | $crate::syscall::Ty::DirFd
            | $crate::syscall::Ty::Int
            | $crate::syscall::Ty::Millis
            | $crate::syscall::Ty::Uint
            | $crate::syscall::Ty::Size
            | $crate::syscall::Ty::Hex
            | $crate::syscall::Ty::Hex32
            | $crate::syscall::Ty::WideConst(_)
            | $crate::syscall::Ty::Packed(_)
            | $crate::syscall::Ty::Const(_)
            | $crate::syscall::Ty::Flags(_)
            | $crate::syscall::Ty::Address
            | $crate::syscall::Ty::Long
            | $crate::syscall::Ty::Place
            | $crate::syscall::Ty::Pid
            | $crate::syscall::Ty::Id
            | $crate::syscall::Ty::Signal
            | $crate::syscall::Ty::WideFlags(_)
            | $crate::syscall::Ty::Device
    };
}
pub(crate) use number;

/// What the number in a register means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum InRegister {
    /// A descriptor; one number that is none has a name.
    Fd { name: Option<(&'static str, i32)> },
    /// A signed number.
    Int { bytes: u8 },
    /// An unsigned number.
    Uint { bytes: u8 },
    /// A user or group.
    Id,
    /// A number shown in hex.
    Hex,
    /// A number of 32 bits shown in hex.
    Hex32,
    /// A constant as wide as the register.
    WideConst(&'static Xlat),
    /// A number that is made of parts.
    Packed(&'static Packed),
    /// An address, which is not followed.
    Address,
    /// A signal.
    Signal,
    /// The number of a device.
    Device,
    /// A constant.
    Const(&'static Xlat),
    /// Flags, and which bits of the register count.
    Flags(&'static Xlat, u64),
}

impl Ty {
    /// How far an argument of this type reaches, in either direction.
    pub(crate) fn reach(self, regs: &[u64; 6], when: When) -> Reach {
        let int = |at: usize| u64::try_from(regs[at] as i32).unwrap_or(0);
        let many = |count: u64, size: usize| Reach::Elements { count, size };
        let returned = match when {
            When::Entry => 0,
            When::Exit(returned) => u64::try_from(returned).unwrap_or(0),
        };
        match (self, when) {
            (Self::Bytes(Len::Arg(at)), _) => Reach::Buffer(regs[at]),
            (Self::Bytes(Len::Terminated), _) => Reach::Buffer(PATH_MAX),
            (Self::Bytes(Len::Ret(room)), _) => Reach::Buffer(returned.min(regs[room])),
            (Self::SockAddr(Len::Arg(at)), _) => Reach::Whole(int(at).min(STORAGE as u64) as usize),
            // has no end
            (Self::SockAddr(Len::Terminated | Len::Text | Len::UpTo(_) | Len::Bounded { .. }), _) => Reach::Nothing,
            (Self::SockAddr(Len::Ret(room)), _) => Reach::Whole(returned.min(regs[room]).min(STORAGE as u64) as usize),
            (Self::SockAddr(Len::InOutArg(by)), When::Exit(_)) => {
                Reach::Measured { by, likely: size_of::<libc::sockaddr_in>() }
            }
            (Self::Bytes(Len::InOutArg(by)), When::Exit(_)) => Reach::Measured { by, likely: 0 },
            (Self::SockLen, _) => Reach::Whole(4),
            (Self::OptVal { level, name, len }, When::Entry) => {
                match shape(regs[level] as i32, regs[name] as i32, Access::Set).reach(Access::Set, regs[len] as i32) {
                    None => Reach::Nothing,
                    Some(OptShape::INT) => Reach::Whole(OptShape::INT),
                    Some(bytes) => Reach::Buffer(bytes as u64),
                }
            }
            (Self::OptVal { level, name, len: by }, When::Exit(_)) => {
                Reach::Measured { by, likely: shape(regs[level] as i32, regs[name] as i32, Access::Get).likely() }
            }
            (Self::MsgHdr, _) => Reach::Whole(MsgHeader::SIZE),
            (Self::MmsgHdrs { received: false, .. }, When::Entry) => Reach::Nothing,
            (Self::MmsgHdrs { count, received: true }, When::Exit(_)) => {
                many(returned.min(u64::from(regs[count] as u32)), MMSGHDR)
            }
            (Self::MmsgHdrs { count, .. }, _) => many(u64::from(regs[count] as u32), MMSGHDR),
            (Self::IoVecs { count }, _) => many(regs[count], layout::IOVEC.size),
            (Self::FdPair, _) => Reach::Whole(8),
            (Self::PollFds { count }, _) => many(u64::from(regs[count] as u32), POLLFD),
            // The kernel reads whole words.
            (Self::FdSet { count }, _) => many(int(count).min(MAX_FDS as u64).div_ceil(64), 8),
            // Only a call that found something reports the time left, or how far it got.
            (Self::Timeout(_) | Self::Offset, When::Exit(..=0)) => Reach::Nothing,
            (Self::Timeout(layout), _) => Reach::Whole(layout.size),
            (Self::Offset, _) => Reach::Whole(8),
            (Self::Bytes(Len::Bounded { size, most }), _) if regs[size] <= most => Reach::Buffer(regs[size]),
            (Self::Bytes(Len::Text), _) => Reach::Buffer(PATH_MAX),
            (Self::Bytes(Len::UpTo(most)), _) => Reach::Buffer(most as u64 + 1),
            (Self::Struct(layout) | Self::Remaining(layout), _) => Reach::Whole(layout.span()),
            (Self::Forms(forms), _) => Reach::Whole(forms.size),
            (Self::Structs { count: Count::Segments(at), .. }, _) if regs[at] > MAX_SEGMENTS => Reach::Nothing,
            (Self::Message { size }, _) => Reach::Buffer(regs[size].saturating_add(8)),
            (Self::Sized { forms, size }, _) => forms
                .iter()
                .rev()
                .find(|form| form.size as u64 <= regs[size])
                .map_or(Reach::Nothing, |form| Reach::Whole(form.extent())),
            (Self::FileHandle, _) => Reach::Whole(8),
            (Self::Attr { layout, size }, _) => {
                Reach::Whole(u64::from(regs[size] as u32).min(layout.extent() as u64) as usize)
            }
            (Self::PerfAttr, _) => Reach::Whole(PERF_ATTR.size),
            (Self::Requests { count }, _) => many(regs[count], 8),
            (Self::RingParams, _) => Reach::Whole(RING_PARAMS.size),
            (Self::Probe { count }, _) => Reach::Whole(
                RING_PROBE.size + u64::from(regs[count] as u32).min(MAX_PROBED) as usize * RING_PROBE_OP.size,
            ),
            (Self::Structs { layout, count }, _) => many(count.of(regs, returned), layout.size),
            (Self::Number(each), _) => Reach::Whole(each.size()),
            (Self::Numbers { each, count }, _) => many(count.of(regs, returned), each.size()),
            (Self::CpuSet { size }, When::Entry) => Reach::Buffer(u64::from(regs[size] as u32)),
            (Self::CpuSet { .. } | Self::Dirents(_), _) => Reach::Buffer(returned),
            (Self::WaitStatus, _) => Reach::Whole(4),
            (Self::SigInfo, _) => Reach::Whole(crate::value::siginfo::SIZE),
            (Self::Strings | Self::Environment, _) => Reach::Whole(8),
            (Self::Random { room }, _) => Reach::Buffer(returned.min(regs[room])),
            (Self::CloneArgs { size }, When::Entry) if regs[size] >= CLONE_ARGS_FIRST => {
                Reach::Whole(regs[size].min(CLONE_ARGS.size as u64) as usize)
            }
            (Self::SigSet { size }, _) if regs[size] != SIGSET as u64 => Reach::Nothing,
            (Self::SigSet { .. }, _) => Reach::Whole(SIGSET),
            (Self::SigSetArg, _) => Reach::Whole(layout::SIGSET_ARG.size),
            (Self::EpollEvent { op }, _) if regs[op] as i32 == libc::EPOLL_CTL_DEL => Reach::Nothing,
            (Self::EpollEvent { .. }, _) => Reach::Whole(layout::EPOLL_EVENT.size),
            (Self::EpollEvents { room }, _) => many(returned.min(int(room)), layout::EPOLL_EVENT.size),
            (Self::CommandArg { command, commands }, _) => commands.row(regs[command] as u32).carries.reach(when),
            (Self::SockAddr(Len::InOutArg(_)) | Self::Bytes(Len::InOutArg(_)), When::Entry) => Reach::Nothing,
            _ => Reach::Nothing, // a number
        }
    }

    /// The bytes that the kernel may write behind the pointer, regardless of the result.
    pub(crate) fn room(self, regs: &[u64; 6]) -> u64 {
        self.reach(regs, When::Exit(i64::MAX)).bytes()
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
    /// The same, of which the kernel takes this many bytes at most.
    UpTo(usize),
    /// This argument's value, if that is no more than the kernel takes.
    Bounded {
        /// The argument.
        size: usize,
        /// The most that the kernel takes.
        most: u64,
    },
}

/// When a call has an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
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
