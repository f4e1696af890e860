//! What the type of a pointer says of what is behind it: what bounds it, how many there are, and which number it is.

use crate::xlat::Xlat;

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
    /// A descriptor.
    Fd,
    /// A signal.
    Signal,
    /// A constant (`int`).
    Const(&'static Xlat),
    /// 64 bits of a set, in hex of full width.
    Mask,
}

impl Scalar {
    /// Its size in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Int | Self::Id | Self::Fd | Self::Signal | Self::Const(_) => 4,
            Self::Long | Self::Address | Self::Date | Self::Mask => 8,
        }
    }
}

/// How many elements a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Count {
    /// As many as this argument says (`unsigned int`).
    Arg(usize),
    /// As many as this argument says (`size_t`).
    Size(usize),
    /// As many words as hold so many bits as this argument says.
    Bits(usize),
    /// As many as this argument says, of which the kernel takes 16 at most.
    Segments(usize),
    /// As many as the call returned.
    Ret,
    /// Always this many.
    Fixed(u64),
    /// One for each page that as many bytes as this argument says begin.
    Pages(usize),
}

impl Count {
    /// The number, given the registers and what the call returned.
    pub(super) fn of(self, regs: &[u64; 6], returned: u64) -> u64 {
        match self {
            Self::Arg(at) => u64::from(regs[at] as u32),
            Self::Size(at) => regs[at],
            Self::Bits(at) => regs[at].div_ceil(64),
            Self::Segments(at) => regs[at],
            Self::Ret => returned,
            Self::Fixed(n) => n,
            Self::Pages(at) => regs[at].div_ceil(crate::memory::PAGE),
        }
    }
}
