//! The C structures that arguments point to, `include/uapi/linux/*.h`, for 64-bit machines.

use super::{Field, Kind, Layout};
use crate::xlat::wait::EPOLL_EVENTS;

const fn field(name: &'static str, offset: usize, kind: Kind) -> Field {
    Field { name, offset, kind }
}

/// `struct timespec`.
pub static TIMESPEC: Layout = Layout {
    name: "timespec",
    size: 16,
    fields: &[field("tv_sec", 0, Kind::Int(8)), field("tv_nsec", 8, Kind::Int(8))],
};

/// `struct timeval`.
pub static TIMEVAL: Layout = Layout {
    name: "timeval",
    size: 16,
    fields: &[field("tv_sec", 0, Kind::Int(8)), field("tv_usec", 8, Kind::Int(8))],
};

/// `struct linger`, socket(7).
pub static LINGER: Layout = Layout {
    name: "linger",
    size: 8,
    fields: &[field("l_onoff", 0, Kind::Int(4)), field("l_linger", 4, Kind::Int(4))],
};

/// `struct iovec`, readv(2). Where the buffer was read, it stands in the pointer's place.
pub static IOVEC: Layout = Layout {
    name: "iovec",
    size: 16,
    fields: &[field("iov_base", 0, Kind::Pointer), field("iov_len", 8, Kind::Uint(8))],
};

/// `struct epoll_event`, epoll_ctl(2); packed on x86_64.
pub static EPOLL_EVENT: Layout = Layout {
    name: "epoll_event",
    size: crate::decode::arch::EPOLL_EVENT_SIZE,
    fields: &[
        field("events", 0, Kind::Flags(&EPOLL_EVENTS, 4)),
        field("data", crate::decode::arch::EPOLL_EVENT_SIZE - 8, Kind::Record(&EPOLL_DATA)),
    ],
};

/// `epoll_data_t`, a union: both readings are shown.
pub static EPOLL_DATA: Layout =
    Layout { name: "epoll_data", size: 8, fields: &[field("u32", 0, Kind::Uint(4)), field("u64", 0, Kind::Uint(8))] };

/// Every layout that an argument may have without the call saying which: the reader of text finds them by their fields.
pub static ALL: &[&Layout] = &[&TIMESPEC, &TIMEVAL, &LINGER, &EPOLL_EVENT, &IOVEC];
