//! How far a pointer reaches: the relevant bytes behind an argument, before the call and after it.
//!
//! Decoder, encoder, dumps and the tracer's read plan all use this, and limit it to what they keep.

use super::{Carries, Count, Dir, Len, Param, Ty};
use crate::value::sockaddr::STORAGE;
use crate::value::sockopt::{OptShape, shape};
use crate::value::{MsgHeader, layout};
use crate::xlat::sockopt::Access;

/// `sizeof(sigset_t)` in the kernel: the only size of a signal set that it accepts.
pub(crate) const SIGSET: usize = 8;
/// `sizeof(struct pollfd)`.
pub(crate) const POLLFD: usize = size_of::<libc::pollfd>();
/// `sizeof(struct mmsghdr)`.
pub(crate) const MMSGHDR: usize = size_of::<libc::mmsghdr>();
/// The most descriptors in a set of `select`.
pub(crate) const MAX_FDS: i32 = 1024 * 1024;

/// The longest path, its NUL included (`linux/limits.h`).
pub(crate) const PATH_MAX: u64 = libc::PATH_MAX as u64;

/// When memory is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// At entry, before the kernel sees it.
    Entry,
    /// At exit, after the call returned this, negative where it failed.
    Exit(i64),
}

/// How far a pointer reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nowhere: it is not a pointer, or nothing behind it is relevant at that time.
    Nothing,
    /// This many bytes, of use only together.
    Whole(usize),
    /// This many bytes, of which the first may suffice.
    Buffer(u64),
    /// An array.
    Elements {
        /// How many.
        count: u64,
        /// The size of each.
        size: usize,
    },
    /// The length behind another argument, a [`Ty::SockLen`].
    Measured {
        /// That argument.
        by: usize,
        /// The usual number of bytes.
        likely: usize,
    },
}

impl Reach {
    /// How many bytes; `None` where the number is in memory.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::Nothing | Self::Measured { .. } => 0,
            Self::Whole(bytes) => bytes as u64,
            Self::Buffer(bytes) => bytes,
            Self::Elements { count, size } => count.saturating_mul(size as u64),
        }
    }

    /// How many elements of an array.
    pub(crate) fn count(self) -> u64 {
        match self {
            Self::Elements { count, .. } => count,
            _ => 0,
        }
    }
}

impl Param {
    /// How far the argument reaches with these registers; nowhere at the end of the call where it is not passed.
    pub(crate) fn reach(&self, regs: &[u64; 6], when: When) -> Reach {
        match (when, self.dir) {
            (When::Entry, Dir::Out) | (When::Exit(_), Dir::In) => Reach::Nothing,
            _ => self.ty.reach(regs, when),
        }
    }
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
            (Self::SockAddr(Len::Terminated | Len::Text), _) => Reach::Nothing, // has no end
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
            (Self::Bytes(Len::Text), _) => Reach::Buffer(PATH_MAX),
            (Self::Struct(layout) | Self::Remaining(layout), _) => Reach::Whole(layout.span()),
            (Self::Forms(forms), _) => Reach::Whole(forms.size),
            (Self::Structs { layout, count }, _) => many(count.of(regs, returned), layout.size),
            (Self::Number(each), _) => Reach::Whole(each.size()),
            (Self::Numbers { each, count }, _) => many(count.of(regs, returned), each.size()),
            (Self::CpuSet { size }, When::Entry) => Reach::Buffer(u64::from(regs[size] as u32)),
            (Self::CpuSet { .. } | Self::Dirents(_), _) => Reach::Buffer(returned),
            (Self::WaitStatus, _) => Reach::Whole(4),
            (Self::SigInfo, _) => Reach::Whole(crate::value::siginfo::SIZE),
            (Self::Strings | Self::Environment, _) => Reach::Whole(8),
            (Self::Random { room }, _) => Reach::Buffer(returned.min(regs[room])),
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

impl Count {
    /// The number, given the registers and what the call returned.
    fn of(self, regs: &[u64; 6], returned: u64) -> u64 {
        match self {
            Self::Arg(at) => u64::from(regs[at] as u32),
            Self::Ret => returned,
            Self::Fixed(n) => n,
            Self::Pages(at) => regs[at].div_ceil(crate::memory::PAGE),
        }
    }
}

impl Carries {
    /// How far the argument of a command reaches.
    pub(crate) fn reach(self, when: When) -> Reach {
        match (self, when) {
            (Self::IntIn, When::Entry) | (Self::IntOut, When::Exit(_)) => Reach::Whole(4),
            (Self::In(layout) | Self::Out(Some(layout), _), When::Entry) => Reach::Whole(layout.span()),
            (Self::Out(_, layout), When::Exit(_)) => Reach::Whole(layout.span()),
            (Self::Interfaces, _) => Reach::Whole(layout::IFCONF.size),
            (Self::IntIn | Self::In(_), When::Exit(_)) | (Self::IntOut | Self::Out(None, _), When::Entry) => {
                Reach::Nothing
            }
            (
                Self::Nothing
                | Self::Long
                | Self::Int
                | Self::Owner
                | Self::Signal
                | Self::Flags(_)
                | Self::WideFlags(_)
                | Self::Const(_)
                | Self::Pointer
                | Self::Raw,
                _,
            ) => Reach::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::by_name;
    use super::*;

    fn reach(call: &str, at: usize, regs: [u64; 6], when: When) -> Reach {
        by_name(call).unwrap().params[at].reach(&regs, when)
    }

    #[test]
    fn every_pointer_reaches_somewhere() {
        // Commands, options and lengths that point to something.
        let some = [
            [1, libc::SOL_SOCKET as u64, libc::SO_LINGER as u64, 8, 8, 8],
            [8; 6],
            [1, 5, 8, 8, 8, 8],
            [1, libc::FIONREAD, 8, 8, 8, 8],
        ];
        for sys in super::super::table() {
            for param in sys.params.iter().filter(|param| !param.ty.is_number()) {
                let reaches = |when| some.iter().any(|regs| param.ty.reach(regs, when) != Reach::Nothing);
                assert!(reaches(When::Entry) || reaches(When::Exit(1)), "{}: {}", sys.name, param.name);
            }
        }
    }

    #[test]
    fn a_buffer_reaches_as_far_as_it_was_filled_and_no_further_than_there_is_room() {
        let regs = [3, 0x1000, 10, 0, 0, 0];
        assert_eq!(reach("read", 1, regs, When::Entry), Reach::Nothing);
        assert_eq!(reach("read", 1, regs, When::Exit(4)), Reach::Buffer(4));
        assert_eq!(reach("read", 1, regs, When::Exit(40)), Reach::Buffer(10));
        assert_eq!(reach("read", 1, regs, When::Exit(-1)), Reach::Buffer(0));
        assert_eq!(reach("write", 1, regs, When::Entry), Reach::Buffer(10));
        assert_eq!(by_name("read").unwrap().params[1].ty.room(&regs), 10);
        let events = by_name("epoll_wait").unwrap().params[1].ty;
        assert_eq!(events.room(&regs), 10 * layout::EPOLL_EVENT.size as u64);
        assert_eq!(events.reach(&regs, When::Exit(2)).count(), 2);
    }

    #[test]
    fn a_command_and_an_option_say_how_far_their_argument_reaches() {
        let fcntl = |command: i32, when| reach("fcntl", 2, [3, command as u64, 0x1000, 0, 0, 0], when);
        assert_eq!(fcntl(libc::F_SETLK, When::Entry), Reach::Whole(32));
        assert_eq!(fcntl(libc::F_SETLK, When::Exit(0)), Reach::Nothing);
        assert_eq!(fcntl(libc::F_GETLK, When::Exit(0)), Reach::Whole(32));
        assert_eq!(fcntl(libc::F_SETFL, When::Entry), Reach::Nothing);
        let ioctl = |request: u64, when| reach("ioctl", 2, [3, request, 0x1000, 0, 0, 0], when);
        assert_eq!(ioctl(libc::FIONREAD, When::Exit(0)), Reach::Whole(4));
        assert_eq!(ioctl(libc::FIONREAD, When::Entry), Reach::Nothing);
        let option = |name: i32, len| {
            reach("setsockopt", 3, [3, libc::SOL_SOCKET as u64, name as u64, 0x1000, len, 0], When::Entry)
        };
        assert_eq!(option(libc::SO_REUSEADDR, 100), Reach::Whole(4));
        assert_eq!(option(libc::SO_LINGER, 100), Reach::Buffer(8));
        assert_eq!(option(libc::SO_LINGER, 7), Reach::Nothing);
        assert_eq!(option(libc::SO_BINDTODEVICE, 3), Reach::Buffer(3));
        let got = [3, libc::SOL_SOCKET as u64, libc::SO_LINGER as u64, 0x1000, 0x2000, 0];
        assert_eq!(reach("getsockopt", 3, got, When::Exit(0)), Reach::Measured { by: 4, likely: 8 });
    }
}
