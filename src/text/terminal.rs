//! How terminals are set.

use super::{ConstStyle, Style, constant, push_hex};
use crate::value::terminal::Masked;
use crate::value::{Const, Flags, Record, Value};
use crate::xlat::terminal::TTY_KEY;

/// `ICRNL|IXON`, and nothing where none is set.
pub(super) fn set(flags: Flags, style: &Style, out: &mut String) {
    match (flags.raw, style.names) {
        (0, _) => {}
        (raw, _) if flags.table.split(raw).0.is_empty() => push_hex(raw, out),
        _ => constant::flags(flags, style, out),
    }
}

/// `B38400|CS8|CREAD`: constants and flags.
pub(super) fn masked(masked: &Masked, record: &Record, style: &Style, out: &mut String) {
    for ((_, shift), part) in masked.constants.iter().zip(&record.fields) {
        let Value::Const(part @ Const { raw, .. }) = *part else { return };
        if *shift == 0 {
            constant::write(part, style, out);
        } else if raw == 0 {
            continue;
        } else {
            constant::write(part, style, out);
            out.push_str(match style.names {
                ConstStyle::Abbrev => "<<IBSHIFT",
                ConstStyle::Raw => "<<0x10",
                ConstStyle::Verbose => "<<0x10 /* IBSHIFT */",
            });
        }
        out.push('|');
    }
    if let Some(flags) = Masked::flags(record) {
        set(flags, style, out);
    }
}

/// `[[VINTR]=0x3, [17]=0]`.
pub(super) fn keys(keys: &[Value], out: &mut String) {
    out.push('[');
    for (at, key) in keys.iter().enumerate() {
        out.push_str(if at > 0 { ", [" } else { "[" });
        match TTY_KEY.name(at as u64) {
            Some(name) => out.push_str(name),
            None => super::push_uint(at as u64, out),
        }
        out.push_str("]=");
        push_hex(key.register().unwrap_or(0), out);
    }
    out.push(']');
}
