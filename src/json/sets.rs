//! Finding a set of constants or a structure by what a line says of it.
//!
//! Mostly the key settles the set a name belongs to. Where it depends on other arguments (the name of a socket option on
//! its level), the name itself tells the set: the first here that has it. A name that would lead to another set, and a
//! number without a name, carry the set's label beside them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use nix::sys::signal::Signal;

use super::write::{hex, quoted};
use crate::value::{Layout, layout};
use crate::xlat::{Xlat, errno, file, ioctl, protocol, socket, sockopt, wait};

/// All sets. Of two that have the same name the one that is met more often stands first.
pub(super) static SETS: &[&Xlat] = &[
    &protocol::IPPROTO,
    &socket::SOL,
    &sockopt::SO,
    &errno::ERRNO,
    &file::OPEN_FLAGS,
    &file::FD_FLAGS,
    &file::FCNTL_CMD,
    &ioctl::IOCTL_REQUEST,
    &socket::ADDRESS_FAMILY,
    &socket::SOCK_TYPE,
    &socket::SOCK_FLAGS,
    &socket::MSG,
    &socket::SHUT,
    &wait::POLL_EVENTS,
    &wait::EPOLL_EVENTS,
    &wait::EPOLL_OP,
    &wait::EPOLL_FLAGS,
];

/// All structures.
pub(super) static LAYOUTS: &[&Layout] =
    &[&layout::TIMESPEC, &layout::TIMEVAL, &layout::LINGER, &layout::IOVEC, &layout::EPOLL_EVENT, &layout::EPOLL_DATA];

/// The first set that has a member of this name.
pub(super) fn of_member(name: &str) -> Option<&'static Xlat> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Xlat>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = HashMap::new();
        for set in SETS {
            for (name, _) in set.items {
                index.entry(*name).or_insert(*set);
            }
        }
        index
    });
    index.get(name).copied()
}

/// What tells a set from all others: strace's mark for its unknown members, numbered where sets share it (`F_???`,
/// `F_???#2`).
pub(super) fn label(set: &'static Xlat) -> Cow<'static, str> {
    let alike = SETS.iter().filter(|other| other.unknown == set.unknown);
    match alike.take_while(|other| **other != set).count() {
        0 => set.unknown.into(),
        before => format!("{}#{}", set.unknown, before + 1).into(),
    }
}

/// The set of a [`label`].
pub(super) fn by_label(label: &str) -> Option<&'static Xlat> {
    let (mark, number) = match label.rsplit_once('#') {
        Some((mark, number)) => (mark, number.parse().ok()?),
        None => (label, 1usize),
    };
    SETS.iter().filter(|set| set.unknown == mark).nth(number.checked_sub(1)?).copied()
}

/// A structure by its C tag.
pub(super) fn layout(name: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.name == name).copied()
}

/// A signal's name, or its number in hex.
pub(super) fn push_signal(out: &mut Vec<u8>, number: u32) {
    match Signal::try_from(number as i32) {
        Ok(signal) => quoted(out, signal.as_str()),
        Err(_) => hex(out, u64::from(number)),
    }
}

/// The signal of a name.
pub(super) fn signal(name: &str) -> Option<u32> {
    name.parse::<Signal>().ok().map(|signal| signal as u32)
}
