//! What an argument or a field looks like in JSON: one shape per type of the tables, shared by reader, writer and
//! schema.
//!
//! A shape belongs to a key and never to a value, so a key has one JSON type wherever it occurs. A value of another
//! shape (a pointer that could not be followed) goes to a key with a suffix.

use crate::syscall::{Dir, InRegister, Param, Scalar, Syscall, Ty, number};
use crate::value::ipc::{FILE_HANDLE, MSGBUF};
use crate::value::layout::{EPOLL_EVENT, IOVEC};
use crate::value::perf::PERF_ATTR;
use crate::value::process::{CLONE_ARGS, CLONE_RESULTS, STATUSES};
use crate::value::ring::{IOCB, RING_ASKED, RING_PARAMS, RING_PROBE};
use crate::value::siginfo::LAYOUTS;
use crate::value::stat::DEVICE;
use crate::value::{Field, Kind, Layout};
use crate::xlat::Xlat;
use crate::xlat::process::CAPABILITIES;
use crate::xlat::signal::{SI_CODE, SIG_HANDLER, SYSCALL_NR};

/// The form of a key's value in JSON.
#[derive(Debug, Clone, Copy)]
pub(super) enum JsonShape {
    /// A signed integer.
    Int,
    /// An unsigned integer.
    Uint,
    /// A hex string.
    Hex,
    /// 64 bits that mean something to the program only, as a hex string.
    Opaque,
    /// An integer, and in `…_target` what the descriptor refers to.
    Fd,
    /// A name of this set.
    Const(&'static Xlat),
    /// Names of this set.
    Flags(&'static Xlat),
    /// A name of a set that depends on other arguments, or a number where there is no set.
    Open,
    /// The same for an option that is read: a few numbers have another name than when they are set.
    OpenGot,
    /// `type` and `type_flags`.
    SockType,
    /// A buffer.
    Bytes,
    /// A string that a structure holds.
    Text,
    /// A socket address.
    SockAddr,
    /// A length after and before the call.
    Length,
    /// An offset after and before the call.
    Offset,
    /// A message.
    MsgHdr,
    /// A list of messages with their lengths.
    MmsgHdrs,
    /// A list of control messages.
    Cmsgs,
    /// A list of descriptors.
    Fds,
    /// A list of `struct pollfd`.
    PollFds,
    /// A list of descriptors, and those of it that are ready.
    FdSet,
    /// A time, and what was left of it.
    Timeout(&'static Layout),
    /// A list of signals.
    SigSet,
    /// A structure.
    Record(&'static Layout),
    /// A list of structures.
    Records(&'static Layout),
    /// The same, or only how many.
    Counted(&'static Layout),
    /// An integer: a port.
    Port,
    /// An integer in network byte order.
    Be32,
    /// A string: an IPv4 address.
    Ipv4,
    /// A string: an IPv6 address.
    Ipv6,
    /// An interface's number, and in `…_name` its name.
    Interface,
    /// A string of octets, `61:62`.
    Octets,
    /// Octets of a hardware address, tagged `mac`.
    Mac,
    /// Bytes that should be zero, tagged `cut`.
    Padding,
    /// A pointer, or a buffer where it was followed.
    Pointer,
    /// Only an address: null, with the pointer beside it.
    Address,
    /// A signal's name.
    Signal,
    /// An integer behind a pointer.
    RefInt,
    /// An address behind a pointer, as a hex string.
    RefHex,
    /// A list of integers.
    Ints,
    /// A list of buffers; or how many there are.
    Strings,
    /// A structure in one of several forms.
    Forms(&'static [&'static Layout]),
    /// A structure before the call, and what the kernel made of it in one of several forms.
    Changed(&'static Layout, &'static [&'static Layout]),
    /// An object whose only key names the kind of value it holds.
    Tagged,
}

impl JsonShape {
    /// The shape of an argument.
    pub(super) fn of(sys: &Syscall, param: &Param) -> Self {
        match param.ty {
            Ty::OptName { .. } if reads_option(sys) => Self::OpenGot,
            // socketpair(2)'s is never named, socket(2)'s is: strings both.
            Ty::Uint | Ty::Size if param.name == "protocol" => Self::Open,
            number!() => param.ty.in_register().map_or(Self::Hex, Self::of_number),
            Ty::SockType => Self::SockType,
            Ty::Protocol { .. } | Ty::OptName { .. } => Self::Open,
            Ty::Bytes(_) => Self::Bytes,
            Ty::SockAddr(_) => Self::SockAddr,
            Ty::SockLen => Self::Length,
            Ty::MsgHdr => Self::MsgHdr,
            Ty::MmsgHdrs { .. } => Self::MmsgHdrs,
            Ty::IoVecs { .. } => Self::Records(&IOVEC),
            Ty::OptVal { .. } | Ty::CommandArg { .. } => Self::Tagged,
            Ty::FdPair => Self::Fds,
            Ty::PollFds { .. } => Self::PollFds,
            Ty::FdSet { .. } => Self::FdSet,
            Ty::Timeout(layout) => Self::Timeout(layout),
            Ty::SigSet { .. } | Ty::SigSetArg => Self::SigSet,
            Ty::EpollEvent { .. } => Self::Record(&EPOLL_EVENT),
            Ty::EpollEvents { .. } => Self::Records(&EPOLL_EVENT),
            Ty::Offset => Self::Offset,
            Ty::Struct(layout) | Ty::Remaining(layout) => Self::Record(layout),
            Ty::Forms(forms) => Self::Forms(forms.all),
            Ty::Structs { layout, .. } => Self::Records(layout),
            Ty::Dirents(layout) => Self::Counted(layout),
            Ty::Message { .. } => Self::Record(&MSGBUF),
            Ty::Sized { forms, .. } => Self::Forms(forms),
            Ty::Attr { layout, .. } => Self::Record(layout),
            Ty::PerfAttr => Self::Forms(PERF_ATTR.all),
            Ty::Requests { .. } => Self::Records(&IOCB),
            Ty::RingParams => Self::Forms(RING_FORMS),
            Ty::Probe { .. } => Self::Record(&RING_PROBE),
            Ty::Interrupted => Self::Const(&SYSCALL_NR),
            Ty::FileHandle => Self::Record(&FILE_HANDLE),
            Ty::Numbers { each: Scalar::Mask | Scalar::Address, .. } | Ty::Number(Scalar::Mask) => Self::Tagged,
            Ty::CloneArgs { .. } => Self::Changed(&CLONE_ARGS, CLONE_RESULTS),
            Ty::Number(Scalar::Address) => Self::RefHex,
            Ty::Number(Scalar::Fd | Scalar::Signal | Scalar::Const(_)) => Self::Tagged,
            Ty::Number(_) => Self::RefInt,
            Ty::Numbers { .. } | Ty::CpuSet { .. } => Self::Ints,
            Ty::WaitStatus => Self::Forms(STATUSES),
            Ty::SigInfo => Self::Forms(LAYOUTS),
            Ty::Strings | Ty::Environment => Self::Strings,
            Ty::Random { .. } => Self::Bytes,
        }
    }

    /// The shape of a number in a register.
    fn of_number(number: InRegister) -> Self {
        match number {
            InRegister::Fd { .. } => Self::Fd,
            InRegister::Int { .. } | InRegister::Id => Self::Int,
            InRegister::Uint { .. } => Self::Uint,
            InRegister::Hex | InRegister::Hex32 => Self::Hex,
            InRegister::WideConst(table) => Self::Const(table),
            InRegister::Packed(packed) => Self::Record(packed.layout),
            InRegister::Address => Self::Address,
            InRegister::Signal => Self::Signal,
            InRegister::Device => Self::Record(&DEVICE),
            InRegister::Const(table) => Self::Const(table),
            InRegister::Flags(table, _) => Self::Flags(table),
        }
    }

    /// The shape of a structure's field.
    pub(super) fn of_field(layout: &Layout, field: &Field) -> Self {
        match field.kind {
            Kind::Uint(8) if shares_bytes(layout, field) => Self::Opaque,
            kind => Self::of_kind(kind),
        }
    }

    fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Int(_) => Self::Int,
            Kind::NonZero(kind) => Self::of_kind(*kind),
            Kind::Bits(_) => Self::Uint,
            Kind::Packed(packed) => Self::Record(packed.layout),
            Kind::Masked(masked, _) => Self::Record(masked.layout),
            Kind::Str | Kind::Path | Kind::BytesAt(_) | Kind::TextAt(_) => Self::Pointer,
            Kind::By(_) | Kind::NoneAt(_) | Kind::FdsAt { .. } | Kind::Vectors { .. } => Self::Tagged,
            Kind::Priority | Kind::Following(_) | Kind::Message | Kind::Tail => Self::Tagged,
            Kind::Failure => Self::Int,
            Kind::Shifted(table, _) | Kind::Set(table, _) => Self::Flags(table),
            Kind::Uint(_) => Self::Uint,
            Kind::Hex(_) => Self::Hex,
            Kind::Fd => Self::Fd,
            // The set of codes depends on the signal.
            Kind::Const(table, _) if std::ptr::eq(table, &SI_CODE) => Self::Open,
            Kind::Const(table, _) => Self::Const(table),
            Kind::Flags(table, _) => Self::Flags(table),
            Kind::Port => Self::Port,
            Kind::Ipv4 | Kind::WideIpv4 => Self::Ipv4,
            Kind::Ipv6 => Self::Ipv6,
            Kind::Interface => Self::Interface,
            Kind::Octets(_) => Self::Octets,
            Kind::Text(_) => Self::Text,
            Kind::Pointer | Kind::Buffer => Self::Pointer,
            Kind::Record(layout) => Self::Record(layout),
            Kind::SockAddr(_) => Self::SockAddr,
            Kind::SigSet => Self::SigSet,
            Kind::Hex8 | Kind::Pad(_) | Kind::Octet => Self::Hex,
            Kind::Be32Hex => Self::Be32,
            Kind::Uid | Kind::Ticks => Self::Int,
            Kind::PadFd => Self::Fd,
            Kind::Changing => Self::Length,
            Kind::HwAddr | Kind::Callsign | Kind::Blob => Self::Octets,
            Kind::CString(_) | Kind::Rest | Kind::Bytes(_) => Self::Bytes,
            Kind::Le16 => Self::Uint,
            Kind::Le16Const(table) => Self::Const(table),
            Kind::Transport => Self::SockAddr,
            Kind::Callsigns | Kind::More | Kind::BufferLen | Kind::Elements => Self::Tagged,
            Kind::Mac(_) => Self::Mac,
            Kind::PadBytes(_) => Self::Padding,
            Kind::Signal | Kind::EventSignal | Kind::Filter | Kind::Be16(_) => Self::Tagged,
            Kind::Device(_) => Self::Record(&DEVICE),
            Kind::Date | Kind::DateWithNanos => Self::Int,
            Kind::Moment(layout) => Self::Record(layout),
            Kind::Handler => Self::Const(&SIG_HANDLER),
            Kind::SigMask => Self::SigSet,
            Kind::Restorer | Kind::PointerIf(_) | Kind::PadPointer => Self::Address,
            Kind::Limit | Kind::UintIf(_) | Kind::PadUint(_) => Self::Uint,
            Kind::RefInt => Self::RefInt,
            Kind::RefFd => Self::Tagged,
            Kind::Words(_) | Kind::HexWords(_) | Kind::HexLongs(_) | Kind::Ints(_) | Kind::Keys(_) => Self::Ints,
            Kind::Caps => Self::Flags(&CAPABILITIES),
        }
    }
}

/// `struct io_uring_params`, before and after the call.
static RING_FORMS: &[&Layout] = &[&RING_PARAMS, &RING_ASKED];

/// Whether a call reads an option rather than setting it.
fn reads_option(sys: &Syscall) -> bool {
    sys.params.iter().any(|param| matches!(param.ty, Ty::OptVal { .. }) && param.dir == Dir::Out)
}

/// Whether another field lies on the same bytes: in a union, 64 bits may be a pointer.
fn shares_bytes(layout: &Layout, field: &Field) -> bool {
    let end = |f: &Field| f.offset + f.kind.size();
    layout.fields.iter().any(|f| !std::ptr::eq(f, field) && f.offset < end(field) && field.offset < end(f))
}

/// The key of an argument: its name in the man page, unless that has another type elsewhere.
pub(super) fn key(param: &Param) -> &'static str {
    match (param.name, param.ty) {
        // poll(2) and epoll_wait(2) count milliseconds, select(2) and recvmmsg(2) pass a structure.
        ("timeout", Ty::Millis) => "timeout_ms",
        // read(2) fills a buffer, statfs(2) and uname(2) a structure of their own.
        ("buf", Ty::Struct(layout)) => layout.name,
        ("buf", Ty::Forms(forms)) => forms.name,
        // getpriority(2) takes a number, getrusage(2) a name.
        ("who", Ty::Const(_)) => "usage_who",
        // A word for shutdown(2) and rt_sigprocmask(2).
        ("how", Ty::Forms(forms)) => forms.name,
        // A bit mask for most calls, for a few without names.
        ("parent_tid", Ty::Number(Scalar::Fd)) => "parent_pidfd",
        ("flags", Ty::Hex | Ty::Hex32) => "flags_hex",
        // Three calls have structures of their own.
        ("attr", Ty::Attr { layout, .. }) => layout.name,
        ("attr", Ty::PerfAttr) => PERF_ATTR.name,
        (name, _) => name,
    }
}

/// The shape of `msg_iov`.
pub(super) const IOVECS: JsonShape = JsonShape::Records(&IOVEC);

/// The keys of a tagged value whose form is that of an argument of this shape.
pub(super) static TAGS: &[(&str, JsonShape)] = &[
    ("int", JsonShape::Int),
    ("uint", JsonShape::Uint),
    ("hex", JsonShape::Hex),
    ("fd", JsonShape::Fd),
    ("type", JsonShape::SockType),
    ("bytes", JsonShape::Bytes),
    ("address", JsonShape::SockAddr),
    ("length", JsonShape::Length),
    ("offset", JsonShape::Offset),
    ("fds", JsonShape::Fds),
    ("message", JsonShape::MsgHdr),
    ("fd_set", JsonShape::FdSet),
    ("sigset", JsonShape::SigSet),
    ("port", JsonShape::Port),
    ("be32", JsonShape::Be32),
    ("ipv4", JsonShape::Ipv4),
    ("ipv6", JsonShape::Ipv6),
    ("interface", JsonShape::Interface),
    ("octets", JsonShape::Octets),
];
