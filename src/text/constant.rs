//! Constants, flags and signals by name.

use std::fmt::Write;

use super::{ConstStyle, Style, push_hex};
use crate::value::{Const, Flags, SockType};

/// One constant: its name, or `0x2a /* AF_??? */`.
pub(super) fn write(c: Const, style: &Style, out: &mut String) {
    let name = c.name();
    match (style.names, name) {
        (ConstStyle::Abbrev, Some(name)) => out.push_str(name),
        (ConstStyle::Raw, _) => push_hex(c.raw, out),
        (_, name) => {
            push_hex(c.raw, out);
            let _ = write!(out, " /* {} */", name.unwrap_or(c.table.unknown));
        }
    }
}

/// Or-ed flags: `A|B|0x1000`, `0x1000 /* MSG_??? */` where none is known, `0` for none.
pub(super) fn flags(flags: Flags, style: &Style, out: &mut String) {
    if flags.raw == 0 {
        // A set may have a name for "none" (O_RDONLY).
        match flags.table.name(0) {
            Some(name) if style.names == ConstStyle::Abbrev => out.push_str(name),
            _ => out.push('0'),
        }
        return;
    }
    if style.names == ConstStyle::Raw {
        return push_hex(flags.raw, out);
    }
    let (names, rest) = flags.table.split(flags.raw);
    let comment = style.names == ConstStyle::Verbose;
    if names.is_empty() || comment {
        push_hex(flags.raw, out);
        out.push_str(" /* ");
        if names.is_empty() {
            out.push_str(flags.table.unknown);
            out.push_str(" */");
            return;
        }
    }
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            out.push('|');
        }
        out.push_str(name);
    }
    if rest != 0 {
        out.push('|');
        push_hex(rest, out);
    }
    if comment {
        out.push_str(" */");
    }
}

/// A socket's type and flags: `SOCK_STREAM|SOCK_CLOEXEC`.
pub(super) fn sock_type(ty: &SockType, style: &Style, out: &mut String) {
    if style.names == ConstStyle::Raw {
        return push_hex(ty.kind.raw | ty.flags.raw, out);
    }
    write(ty.kind, style, out);
    if ty.flags.raw != 0 {
        out.push('|');
        let (names, rest) = ty.flags.table.split(ty.flags.raw);
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                out.push('|');
            }
            out.push_str(name);
        }
        if rest != 0 {
            if !names.is_empty() {
                out.push('|');
            }
            push_hex(rest, out);
        }
    }
}

/// `SIGPIPE`.
pub(super) fn signal(number: u32, out: &mut String) {
    match nix::sys::signal::Signal::try_from(number as i32) {
        Ok(signal) => out.push_str(signal.as_str()),
        Err(_) => {
            let _ = write!(out, "{number}");
        }
    }
}

/// A set of signals: `[INT TERM]`.
pub(super) fn signals(mask: u64, out: &mut String) {
    out.push('[');
    let mut first = true;
    for number in 1..=64u32 {
        if mask & (1 << (number - 1)) != 0 {
            if !first {
                out.push(' ');
            }
            first = false;
            let mut name = String::new();
            signal(number, &mut name);
            out.push_str(name.strip_prefix("SIG").unwrap_or(&name));
        }
    }
    out.push(']');
}
