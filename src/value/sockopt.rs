//! The types of socket option values: one table for both directions. Names are in [`crate::xlat::sockopt`].
//!
//! An option not listed follows the rule that fits most: four bytes are an `int`, anything else is bytes.

use super::Layout;
use super::layout::{
    GROUP_REQ, IP_MREQ, IPV6_MREQ, LINGER, PACKET_MREQ, SOCK_FPROG, TIMEVAL, TPACKET_REQ, TPACKET_STATS, UCRED,
};
use crate::xlat::Xlat;
use crate::xlat::sockopt::{Access, ICMP_TYPE, SOCK_TXREHASH};

/// The type of an option's value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum OptShape {
    /// An `int` if there are four bytes, else bytes.
    Guess,
    /// An `int`. `setsockopt` rejects a shorter one; `getsockopt` may return one.
    Int,
    /// An `int` that may be shorter.
    PartInt,
    /// As many `int`s as there are.
    Ints,
    /// An `int` that is a constant.
    Const(&'static Xlat),
    /// An `int` that is an error number, 0 for none.
    Errno,
    /// A C structure. `setsockopt` accepts longer values, but no shorter ones.
    Record(&'static Layout),
    /// A C structure of exactly this size.
    Exactly(&'static Layout),
    /// 32 bits, each named by a table.
    Bits(&'static Xlat),
    /// Not shown.
    Pointer,
}

impl OptShape {
    /// `sizeof(int)`.
    pub(crate) const INT: usize = 4;

    /// How many of the `len` bytes of an option's value are read; `None` where it is not followed.
    pub(crate) fn reach(self, access: Access, len: i32) -> Option<usize> {
        // strace treats a negative length as a huge one, unless the type limits it.
        let bytes = len as u32 as usize;
        match (access, self) {
            (Access::Set, Self::Guess) => Some(bytes),
            (Access::Set, Self::Int | Self::PartInt | Self::Ints | Self::Const(_)) => (len >= 4).then_some(Self::INT),
            (Access::Set, Self::Record(layout)) => (len >= 0 && bytes >= layout.size).then_some(layout.size),
            (Access::Set, Self::Exactly(layout)) => (bytes == layout.size).then_some(bytes),
            (Access::Set, Self::Errno) | (_, Self::Pointer) => None,
            (_, Self::Bits(_)) => (len > 0).then(|| bytes.min(Self::INT)),
            (Access::Get, _) if len <= 0 => None,
            (Access::Get, Self::Guess) => Some(bytes),
            (Access::Get, Self::Int | Self::PartInt | Self::Const(_) | Self::Errno) => Some(bytes.min(Self::INT)),
            (Access::Get, Self::Ints) => Some(bytes / Self::INT * Self::INT),
            (Access::Get, Self::Record(layout) | Self::Exactly(layout)) => Some(bytes.min(layout.size)),
        }
    }

    /// How long a value of this shape is most often.
    pub(crate) fn likely(self) -> usize {
        match self {
            Self::Record(layout) | Self::Exactly(layout) => layout.size,
            Self::Pointer => 0,
            _ => Self::INT,
        }
    }
}

/// Level, option numbers, shape for `setsockopt`, shape for `getsockopt`.
type OptRow = (i32, &'static [i32], OptShape, OptShape);

/// Every option that is not guessed.
const ROWS: &[OptRow] = &[
    (libc::SOL_SOCKET, INTS, OptShape::Int, OptShape::Int),
    (libc::SOL_SOCKET, &[libc::SO_ERROR], OptShape::Guess, OptShape::Errno),
    (libc::SOL_SOCKET, &[libc::SO_LINGER], OptShape::Record(&LINGER), OptShape::Record(&LINGER)),
    (libc::SOL_SOCKET, &[libc::SO_PEERCRED], OptShape::Guess, OptShape::Record(&UCRED)),
    (libc::SOL_SOCKET, &[libc::SO_ATTACH_FILTER], OptShape::Exactly(&SOCK_FPROG), OptShape::Pointer),
    (libc::SOL_SOCKET, &[SO_ATTACH_REUSEPORT_CBPF], OptShape::Exactly(&SOCK_FPROG), OptShape::Guess),
    (libc::SOL_SOCKET, &[SO_TXREHASH], OptShape::Const(&SOCK_TXREHASH), OptShape::Const(&SOCK_TXREHASH)),
    (libc::SOL_IP, &[libc::IP_ADD_MEMBERSHIP, libc::IP_DROP_MEMBERSHIP], OptShape::Record(&IP_MREQ), OptShape::Guess),
    (libc::SOL_IP, GROUPS, OptShape::Record(&GROUP_REQ), OptShape::Guess),
    (libc::SOL_IPV6, GROUPS, OptShape::Record(&GROUP_REQ), OptShape::Guess),
    (libc::SOL_IPV6, IPV6_MEMBERSHIPS, OptShape::Record(&IPV6_MREQ), OptShape::Guess),
    (libc::SOL_RAW, &[1], OptShape::Bits(&ICMP_TYPE), OptShape::Bits(&ICMP_TYPE)), // ICMP_FILTER
    (libc::SOL_PACKET, &[1, 2], OptShape::Exactly(&PACKET_MREQ), OptShape::Guess), // PACKET_ADD_MEMBERSHIP, _DROP_
    (libc::SOL_PACKET, &[5, 13], OptShape::Exactly(&TPACKET_REQ), OptShape::Guess), // PACKET_RX_RING, PACKET_TX_RING
    (libc::SOL_PACKET, &[6], OptShape::Guess, OptShape::Record(&TPACKET_STATS)),   // PACKET_STATISTICS
    (libc::SOL_NETLINK, &[9], OptShape::Int, OptShape::Ints),                      // NETLINK_LIST_MEMBERSHIPS
];

/// Options of `SOL_SOCKET` that are an `int` (`include/uapi/asm-generic/socket.h`), in the order of their numbers.
const INTS: &[i32] = &[
    1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 18, 19, 27, 29, 30, 32, 33, 34, 35, 36, 37, 40, 41, 42, 43, 44, 45,
    46, 49, 53, 56, 60, 63, 64, 65, 68, 69, 70, 73, 75,
];
const SO_ATTACH_REUSEPORT_CBPF: i32 = 51;
const SO_TXREHASH: i32 = 74;
/// `MCAST_JOIN_GROUP`, `MCAST_LEAVE_GROUP`.
const GROUPS: &[i32] = &[42, 45];
/// `IPV6_ADD_MEMBERSHIP`, `IPV6_DROP_MEMBERSHIP`, `IPV6_JOIN_ANYCAST`, `IPV6_LEAVE_ANYCAST`.
const IPV6_MEMBERSHIPS: &[i32] = &[20, 21, 27, 28];

/// Options whose values are shown as bytes, as strace does, though the kernel wants a structure.
const UNSHOWN: &[(i32, &[i32], &Layout)] =
    &[(libc::SOL_SOCKET, &[libc::SO_RCVTIMEO, libc::SO_SNDTIMEO, SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW], &TIMEVAL)];
const SO_RCVTIMEO_NEW: i32 = 66;
const SO_SNDTIMEO_NEW: i32 = 67;

/// What the kernel wants for an option: the name of a structure, if it is one, and the least size.
pub(crate) fn wanted(level: i32, option: i32, access: Access) -> Option<(Option<&'static str>, usize)> {
    if let Some(row) = UNSHOWN.iter().find(|row| row.0 == level && row.1.contains(&option)) {
        return Some((Some(row.2.name), row.2.size));
    }
    match shape(level, option, access) {
        OptShape::Int | OptShape::Const(_) | OptShape::Bits(_) => Some((None, OptShape::INT)),
        OptShape::Record(layout) | OptShape::Exactly(layout) => Some((Some(layout.name), layout.size)),
        _ => None,
    }
}

/// Every shape that a row names.
pub(crate) fn shapes() -> impl Iterator<Item = OptShape> {
    ROWS.iter().flat_map(|row| [row.2, row.3])
}

/// The shape of an option's value.
pub fn shape(level: i32, option: i32, access: Access) -> OptShape {
    let row = ROWS.iter().find(|row| row.0 == level && row.1.contains(&option));
    match (row, access) {
        (Some(row), Access::Set) => row.2,
        (Some(row), Access::Get) => row.3,
        (None, Access::Set) if level == libc::SOL_NETLINK => OptShape::Int,
        (None, Access::Get) if level == libc::SOL_NETLINK => OptShape::PartInt,
        (None, _) => OptShape::Guess,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_depend_on_the_direction() {
        assert_eq!(shape(libc::SOL_SOCKET, libc::SO_REUSEADDR, Access::Set), OptShape::Int);
        assert_eq!(shape(libc::SOL_SOCKET, libc::SO_PEERCRED, Access::Set), OptShape::Guess);
        assert_eq!(shape(libc::SOL_SOCKET, libc::SO_PEERCRED, Access::Get), OptShape::Record(&UCRED));
        assert_eq!(shape(libc::SOL_TCP, libc::TCP_NODELAY, Access::Get), OptShape::Guess);
        assert_eq!(shape(libc::SOL_NETLINK, 77, Access::Get), OptShape::PartInt);
    }

    #[test]
    fn every_int_option_has_a_name() {
        let table = crate::xlat::sockopt::options(libc::SOL_SOCKET, Access::Set).unwrap();
        for option in INTS {
            assert!(table.name(*option as u64).is_some(), "{option}");
        }
    }
}
