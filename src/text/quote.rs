//! Strings between quotes.

use std::fmt::Write;

use super::{HexStrings, Style};
use crate::value::Bytes;

/// A buffer in quotes, followed by `...` where it had more.
pub(super) fn bytes(bytes: &Bytes, style: &Style, out: &mut String) {
    quoted(&bytes.data, style.hex, out);
    if bytes.truncated {
        out.push_str("...");
    }
}

/// Bytes between quotes.
pub(super) fn quoted(data: &[u8], hex: HexStrings, out: &mut String) {
    out.push('"');
    escaped(data, b"", hex, out);
    out.push('"');
}

/// Bytes escaped as in C: the shortest octal form, three digits where an octal digit follows. Those in `special`
/// are escaped too.
#[inline]
pub(super) fn escaped(data: &[u8], special: &[u8], hex: HexStrings, out: &mut String) {
    let all_hex = hex.writes_in_hex(data);
    for (at, &b) in data.iter().enumerate() {
        if all_hex {
            let _ = write!(out, "\\x{b:02x}");
            continue;
        }
        match b {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            0x0b => out.push_str("\\v"),
            0x0c => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7e if !special.contains(&b) => out.push(b as char),
            _ if data.get(at + 1).is_some_and(|next| matches!(next, b'0'..=b'7')) => {
                let _ = write!(out, "\\{b:03o}");
            }
            _ => {
                let _ = write!(out, "\\{b:o}");
            }
        }
    }
}

/// Whether `-x` leaves a string unchanged: printable ASCII and white space only.
pub(super) fn is_printable(b: u8) -> bool {
    matches!(b, 0x20..=0x7e | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}
