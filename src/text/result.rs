//! The result after ` = `, and the in-out arguments whose value at exit is written there.

use std::fmt::Write;

use super::{ConstStyle, Style, constant, push_hex, push_int, push_pointer, push_target, push_uint, record};
use crate::event::{Call, Errno, Ret};
use crate::syscall::{RetTy, Ty};
use crate::value::{Fd, Flags, Length, PollFd, Tail, Value};
use crate::xlat::file::{PERMISSIONS, STATUS_FLAGS};
use crate::xlat::process::PERSONALITY;

/// `= 3`, `= -1 EAGAIN (Resource temporarily unavailable)`, `= 1 ([{fd=5, revents=POLLIN}])`.
pub(crate) fn write(call: &Call, style: &Style, out: &mut String) {
    out.push_str("= ");
    match call.text.as_ref().and_then(|text| text.result.as_deref()) {
        Some(result) => out.push_str(result),
        None => write_result(call, style, out),
    }
    if let Some(mark) = call.text.as_ref().and_then(|text| text.mark.as_deref()) {
        out.extend([" ", mark]);
    }
}

fn write_result(call: &Call, style: &Style, out: &mut String) {
    match call.ret {
        Ret::Ok(n) => {
            match call.sys.ret_ty(&call.args) {
                RetTy::Pointer => push_pointer(n as u64, out),
                RetTy::Flags(table, _) if n == 0 && ![&STATUS_FLAGS, &PERSONALITY].contains(&table) => out.push('0'),
                RetTy::Octal => {
                    let _ = PERMISSIONS.write_number(n as u64, out);
                }
                RetTy::Named(table) => {
                    push_int(n, out);
                    if let Some(name) = table.name(n as u64) {
                        let _ = write!(out, " ({name})");
                    }
                }
                RetTy::Packed(packed) => {
                    push_int(n, out);
                    out.push_str(" (");
                    record::write(&packed.read(n as u64), style, out);
                    out.push(')');
                }
                RetTy::Date => {
                    push_int(n, out);
                    let (time, zone) = crate::sys::clock::calendar(n);
                    let _ = write!(out, " ({time}{zone})");
                }
                RetTy::Signal => {
                    push_int(n, out);
                    if n != 0 {
                        out.push_str(" (");
                        constant::signal(n as u32, out);
                        out.push(')');
                    }
                }
                RetTy::Const(table) => {
                    push_hex(n as u64, out);
                    if let Some(name) = table.name(n as u64) {
                        let _ = write!(out, " ({name})");
                    }
                }
                RetTy::Flags(table, word) => {
                    push_hex(n as u64, out);
                    out.extend([" (", word, if word.is_empty() { "" } else { " " }]);
                    // The comment of F_GETFL uses names in every style.
                    constant::flags(
                        Flags { table, raw: n as u64 },
                        &Style {
                            names: if table == &STATUS_FLAGS { ConstStyle::Abbrev } else { style.names },
                            ..*style
                        },
                        out,
                    );
                    out.push(')');
                }
                RetTy::Fd => {
                    push_int(n, out);
                    push_target(call.ret_target.as_deref(), style, out);
                }
                _ => push_int(n, out),
            }
            ready(call, n, style, out);
        }
        Ret::Err(errno) => failed(errno, out),
        Ret::Unfinished => out.push('?'),
    }
}

fn failed(errno: Errno, out: &mut String) {
    out.push_str(if errno.is_restart() { "? " } else { "-1 " });
    let _ = match errno.name() {
        Some(_) => write!(out, "{errno}"),
        None => write!(out, "({errno})"),
    };
}

/// The result of a waiting call: `([{fd=5, revents=POLLIN}])`, `(in [3], left {…})`, `(Timeout)`.
fn ready(call: &Call, n: i64, style: &Style, out: &mut String) {
    let mut parts: Vec<String> = Vec::new();
    for (param, value) in call.sys.params.iter().zip(&call.args) {
        match value {
            Value::Array(array) if matches!(param.ty, Ty::PollFds { .. }) => {
                let mut found: Vec<_> = array.items.iter().filter_map(|item| found(item, style)).collect();
                if array.tail == Tail::Elided && n > found.len() as i64 {
                    found.push("...".into());
                }
                if n > 0 {
                    parts.push(format!("[{}]", found.join(", ")));
                }
            }
            Value::FdSet(set) => {
                if let Some(exit) = set.exit.as_ref().filter(|exit| n > 0 && !exit.is_empty()) {
                    let mut text = String::from(match param.name {
                        "readfds" => "in ",
                        "writefds" => "out ",
                        _ => "except ",
                    });
                    numbers(exit, &mut text); // strace writes their targets only once
                    parts.push(text);
                }
            }
            Value::Timeout(timeout) => {
                if let Some(left) = timeout.left.as_ref().filter(|_| n > 0) {
                    let mut text = String::from("left ");
                    record::write(left, style, &mut text);
                    parts.push(text);
                }
            }
            _ => {}
        }
    }
    if n == 0 && call.sys.times_out() {
        out.push_str(" (Timeout)");
    } else if !parts.is_empty() {
        let _ = write!(out, " ({})", parts.join(", "));
    }
}

/// `{fd=5, revents=POLLIN}`, for an element that has events.
fn found(item: &Value, style: &Style) -> Option<String> {
    let Value::PollFd(pollfd) = item else { return None };
    let revents = pollfd.revents.filter(|revents| *revents != 0)?;
    let mut text = String::from("{fd=");
    push_int(i64::from(pollfd.fd.raw), &mut text); // strace writes its target only once
    text.push_str(", revents=");
    constant::flags(PollFd::named(revents), style, &mut text);
    text.push('}');
    Some(text)
}

/// `{fd=5, events=POLLIN}`; a negative descriptor is skipped by the kernel and has no events.
pub(super) fn pollfd(pollfd: &PollFd, style: &Style, out: &mut String) {
    out.push_str("{fd=");
    fd(&pollfd.fd, style, out);
    if let Some(events) = pollfd.events.filter(|_| pollfd.fd.raw >= 0) {
        out.push_str(", events=");
        constant::flags(PollFd::named(events), style, out);
    }
    out.push('}');
}

/// `3<socket:[5]>`.
pub(super) fn fd(fd: &Fd, style: &Style, out: &mut String) {
    push_int(i64::from(fd.raw), out);
    push_target(fd.target.as_deref(), style, out);
}

/// `[3 4]`, the numbers alone.
fn numbers(fds: &[Fd], out: &mut String) {
    out.push('[');
    for (at, fd) in fds.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        push_int(i64::from(fd.raw), out);
    }
    out.push(']');
}

/// `[3 4]`, with what they refer to.
pub(super) fn fds(fds: &[Fd], style: &Style, out: &mut String) {
    out.push('[');
    for (at, fd) in fds.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        self::fd(fd, style, out);
    }
    out.push(']');
}

/// `[16]`, `[128 => 16]`; for an offset each number has its own brackets.
pub(super) fn length(value: &Value, length: Length, out: &mut String) {
    // An offset is written unsigned, as strace does.
    let (between, number): (_, fn(i64, &mut String)) = match value {
        Value::Offset(_) => ("] => [", |offset, out| push_uint(offset as u64, out)),
        _ => (" => ", push_int),
    };
    out.push('[');
    number(length.entry, out);
    if let Some(exit) = length.exit {
        out.push_str(between);
        number(exit, out);
    }
    out.push(']');
}
