//! Waiting: descriptor sets and arrays, events, timeouts, signal masks.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::record;
use super::value::{array, fd, flags, spelled};
use crate::value::{Array, FdSet, Layout, PollFd, Record, Tail, Timeout, Value, layout};
use crate::xlat::signal::signal_number;
use crate::xlat::wait::{EPOLL_EVENTS, POLL_EVENTS};

/// `[{fd=5, events=POLLIN}, {fd=-1}]`.
pub(super) fn pollfds(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    array(c, |c| {
        c.expect(b"{fd=")?;
        let fd = fd(names, c)?;
        let asked = if c.eat(b", events=") { events(names, c)? } else { 0 };
        // Up to strace 4.5 what was found stood here.
        let revents = if c.eat(b", revents=") { Some(events(names, c)?) } else { None };
        c.expect(b"}")?;
        Some(Value::PollFd(PollFd { fd, events: Some(asked), revents }))
    })
}

/// `POLLIN|POLLOUT`.
fn events(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<u16> {
    u16::try_from(flags(names, &POLL_EVENTS, c)?.raw).ok()
}

/// `[3 4]`.
pub(super) fn fd_set(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    Some(Value::FdSet(Box::new(FdSet { entry: fds(names, c)?, exit: None })))
}

/// Descriptors between brackets, separated by spaces.
pub(super) fn fds(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Vec<crate::value::Fd>> {
    c.expect(b"[")?;
    let mut entry = Vec::new();
    while !c.eat(b"]") {
        if !entry.is_empty() {
            c.expect(b" ")?;
        }
        entry.push(fd(names, c)?);
    }
    Some(entry)
}

/// `{tv_sec=1, tv_nsec=0}`.
pub(super) fn timeout(names: &mut NameCache, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Value> {
    Some(Value::Timeout(Box::new(Timeout { entry: record::read(names, layout, c)?, left: None })))
}

/// `[INT TERM]`, `~[KILL]`, `[]`.
pub(super) fn signals(c: &mut Cursor<'_>) -> Option<u64> {
    let all_but = c.eat(b"~");
    c.expect(b"[")?;
    let mut mask = 0u64;
    let mut first = true;
    while !c.eat(b"]") {
        if !first {
            c.expect(b" ")?;
        }
        first = false;
        let name = std::str::from_utf8(c.ident()).ok()?;
        let number = signal_number(&format!("SIG{name}"))?;
        mask |= 1u64.checked_shl(u32::try_from(number.checked_sub(1)?).ok()?)?;
    }
    Some(if all_but { !mask } else { mask })
}

/// `{sigmask=[INT], sigsetsize=8}`, the sixth argument of `pselect6`.
pub(super) fn sigset_arg(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    Some(Value::Record(record::read(names, &layout::SIGSET_ARG, c)?))
}

/// A signal by name, or by number, with the name in a comment (`-X verbose`) or without.
pub(super) fn signal(c: &mut Cursor<'_>) -> Option<u32> {
    let number = match c.peek()? {
        b'S' => signal_number(std::str::from_utf8(c.ident()).ok()?)?,
        _ => {
            let number = i32::try_from(c.signed()?).ok()? as u32;
            c.comment();
            return Some(number);
        }
    };
    u32::try_from(number).ok()
}

/// `{events=EPOLLIN, data={u32=4, u64=4}}`; up to strace 5.10 the names of the fields were not written.
pub(super) fn epoll_event(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    if !c.sees(b"{events=") {
        c.expect(b"{")?;
        let events = Value::Flags(flags(names, &EPOLL_EVENTS, c)?);
        c.expect(b", ")?;
        let data = Value::Record(record::read(names, &layout::EPOLL_DATA, c)?);
        c.expect(b"}")?;
        let record = Record { layout: &layout::EPOLL_EVENT, fields: vec![events, data], cut: None };
        return Some(Value::Record(record));
    }
    Some(Value::Record(record::read(names, &layout::EPOLL_EVENT, c)?))
}

/// `[{fd=5, revents=POLLIN}]` after the result of `poll`, stored in the array that was passed: the elements are in its
/// order, and several may have the same descriptor. Elements beyond the end of an abbreviated array may occur too.
/// Returns whether the writer would certainly spell it so.
pub(super) fn revents(names: &mut NameCache, array: &mut Array, c: &mut Cursor<'_>) -> Option<bool> {
    let mut passed = 0;
    let mut all_ours = true;
    c.expect(b"[")?;
    if c.eat(b"]") {
        return Some(true);
    }
    loop {
        if c.eat(b"...]") {
            return Some(false);
        }
        c.expect(b"{fd=")?;
        let found = fd(names, c)?;
        c.expect(b", revents=")?;
        let (revents, ours) = spelled(names, &POLL_EVENTS, c)?;
        let revents = u16::try_from(revents.raw).ok()?;
        all_ours &= ours && revents != 0 && found.target.is_none();
        c.expect(b"}")?;
        let place = array.items.iter_mut().enumerate().skip(passed).find_map(|(at, item)| match item {
            Value::PollFd(pollfd) if pollfd.fd == found => Some((at, pollfd)),
            _ => None,
        });
        match place {
            Some((at, pollfd)) => {
                pollfd.revents = Some(revents);
                passed = at + 1;
            }
            None if array.tail == Tail::Elided => {
                array.items.push(Value::PollFd(PollFd { fd: found, events: None, revents: Some(revents) }));
                passed = array.items.len();
            }
            None => return None,
        }
        if c.eat(b"]") {
            return Some(all_ours);
        }
        c.expect(b", ")?;
    }
}
