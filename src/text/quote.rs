//! Strings between quotes.

use std::fmt::Write;

use super::{StringStyle, Style};
use crate::value::Bytes;

/// A buffer in quotes, followed by `...` where it had more.
pub(super) fn bytes(bytes: &Bytes, style: &Style, out: &mut String) {
    quoted(&bytes.data, style.strings, out);
    if bytes.truncated {
        out.push_str("...");
    }
}

/// Bytes between quotes.
pub(super) fn quoted(data: &[u8], strings: StringStyle, out: &mut String) {
    out.push('"');
    escaped(data, b"", strings, out);
    out.push('"');
}

/// Bytes escaped as in C: the shortest octal form, three digits where an octal digit follows. Those in `special`
/// are escaped too.
#[inline]
pub(super) fn escaped(data: &[u8], special: &[u8], strings: StringStyle, out: &mut String) {
    if strings.writes_in_hex(data) {
        for b in data {
            let _ = write!(out, "\\x{b:02x}");
        }
        return;
    }
    let as_characters = strings == StringStyle::Utf8 && !data.is_ascii();
    let mut at = 0;
    // Whether a character stands before the next one, with which a combining one would make one sign.
    let mut follows = false;
    while let Some(&b) = data.get(at) {
        let seen = if as_characters && !b.is_ascii() { character(&data[at..], follows) } else { None };
        if let Some(c) = seen {
            out.push(c);
            (at, follows) = (at + c.len_utf8(), true);
            continue;
        }
        follows = false;
        match b {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            0x0b => out.push_str("\\v"),
            0x0c => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7e if !special.contains(&b) => {
                out.push(b as char);
                follows = true;
            }
            _ if strings == StringStyle::HexEscapes => {
                let _ = write!(out, "\\x{b:02x}");
            }
            _ if data.get(at + 1).is_some_and(|next| matches!(next, b'0'..=b'7')) => {
                let _ = write!(out, "\\{b:03o}");
            }
            _ => {
                let _ = write!(out, "\\{b:o}");
            }
        }
        at += 1;
    }
}

/// The character at the beginning of these bytes, if it is valid UTF-8 and can be seen for what it is: no control or format
/// character (which may turn the direction of the line), no separator, none that is private or not assigned. The
/// ideographic space is one that Chinese text begins with. A combining character needs one that it `follows`.
fn character(data: &[u8], follows: bool) -> Option<char> {
    let len = match data.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let c = std::str::from_utf8(data.get(..len)?).ok()?.chars().next()?;
    if c == '\u{3000}' {
        return Some(c);
    }
    // The standard library's own rule for what `{:?}` leaves as it is. It escapes a combining character only where it
    // comes first.
    let mut pair = [0; 8];
    'x'.encode_utf8(&mut pair);
    let end = 1 + c.encode_utf8(&mut pair[1..]).len();
    let shown = std::str::from_utf8(&pair[usize::from(!follows)..end]).ok()?;
    shown.escape_debug().eq(shown.chars()).then_some(c)
}

/// Whether `-x` leaves a string unchanged: printable ASCII and white space only.
pub(super) fn is_printable(b: u8) -> bool {
    matches!(b, 0x20..=0x7e | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}
