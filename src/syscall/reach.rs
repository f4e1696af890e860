//! How far a pointer reaches: the relevant bytes behind an argument, before the call and after it.
//!
//! Decoder, encoder, dumps and the tracer's read plan all use this, and limit it to what they keep.

use super::Carries;
use crate::value::layout;

/// `sizeof(sigset_t)` in the kernel: the only size of a signal set that it accepts.
pub(crate) const SIGSET: usize = 8;
/// `sizeof(struct pollfd)`.
pub(crate) const POLLFD: usize = size_of::<libc::pollfd>();
/// `sizeof(struct mmsghdr)`.
pub(crate) const MMSGHDR: usize = size_of::<libc::mmsghdr>();
/// The most descriptors in a set of `select`.
pub(crate) const MAX_FDS: i32 = 1024 * 1024;

/// The most parts of a kernel that is loaded (`KEXEC_SEGMENT_MAX`).
pub(super) const MAX_SEGMENTS: u64 = 16;

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
    /// The length behind another argument, a [`Ty::SockLen`](super::Ty::SockLen).
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

impl Carries {
    /// How far the argument of a command reaches.
    pub(crate) fn reach(self, when: When) -> Reach {
        match (self, when) {
            (Self::IntIn, When::Entry) | (Self::IntOut, When::Exit(_)) => Reach::Whole(4),
            (Self::In(layout) | Self::Out(Some(layout), _), When::Entry) => Reach::Whole(layout.span()),
            (Self::Out(_, layout), When::Exit(_)) => Reach::Whole(layout.span()),
            (Self::InForms(forms), When::Entry) | (Self::OutForms(forms), When::Exit(_)) => Reach::Whole(forms.size),
            (Self::InForms(_), When::Exit(_)) | (Self::OutForms(_), When::Entry) => Reach::Nothing,
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
    use super::super::Ty;
    use super::super::by_name;
    use super::*;

    fn reach(call: &str, at: usize, regs: [u64; 6], when: When) -> Reach {
        by_name(call).unwrap().params[at].reach(&regs, when)
    }

    #[test]
    fn every_pointer_reaches_somewhere() {
        // Commands, options and lengths that point to something.
        let some: [[u64; 6]; 6] = [
            [1, libc::SOL_SOCKET as u64, libc::SO_LINGER as u64, 8, 8, 8],
            [8; 6],
            [1, 5, 8, 8, 8, 8],
            [1, libc::FIONREAD, 8, 8, 8, 8],
            [1, 88, 8, 8, 8, 8],
            [64; 6],
        ];
        for sys in super::super::table() {
            for param in sys.params.iter().filter(|param| !param.ty.is_number() && !matches!(param.ty, Ty::Interrupted))
            {
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
