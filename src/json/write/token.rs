//! The smallest pieces of JSON: keys, numbers, strings, and the frame of an array.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::text::visible_json;

/// Begins a member of an object. Keys are C names, which need no escaping.
pub(in crate::json) fn key(out: &mut Vec<u8>, name: &str) {
    key3(out, name, "", "");
}

pub(in crate::json) fn key2(out: &mut Vec<u8>, name: &str, suffix: &str) {
    key3(out, name, suffix, "");
}

pub(in crate::json) fn key3(out: &mut Vec<u8>, name: &str, suffix: &str, suffix2: &str) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(suffix.as_bytes());
    out.extend_from_slice(suffix2.as_bytes());
    out.extend_from_slice(b"\":");
}

pub(in crate::json) fn int(out: &mut Vec<u8>, n: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

pub(in crate::json) fn uint(out: &mut Vec<u8>, n: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

/// `"0x2a"`. Writing to a vector cannot fail.
pub(in crate::json) fn hex(out: &mut Vec<u8>, n: u64) {
    let _ = write!(out, "\"{n:#x}\"");
}

pub(in crate::json) fn boolean(out: &mut Vec<u8>, yes: bool) {
    out.extend_from_slice(if yes { b"true" } else { b"false" });
}

pub(in crate::json) fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// Any text, escaped; what would command a terminal is, too. Writing to a vector cannot fail.
pub(in crate::json) fn string(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|b| b < 0x7f) {
        let _ = serde_json::to_writer(out, text);
    } else {
        let _ = serde_json::to_string(text).map(|json| out.extend_from_slice(visible_json(&json).as_bytes()));
    }
}

/// A name from the tables, which needs no escaping.
pub(in crate::json) fn quoted(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.push(b'"');
}

/// A value whose text needs no escaping.
pub(in crate::json) fn plain(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    let _ = write!(out, "\"{value}\"");
}

pub(in crate::json) fn base64(out: &mut Vec<u8>, data: &[u8]) {
    quoted(out, &STANDARD.encode(data));
}

/// An array, each element written by `write`.
pub(in crate::json) fn array<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (at, one) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        item(out, one);
    }
    out.push(b']');
}

/// `"61:62"`.
pub(in crate::json) fn octets(out: &mut Vec<u8>, data: &[u8]) {
    out.push(b'"');
    for (at, b) in data.iter().enumerate() {
        let _ = write!(out, "{}{b:02x}", if at > 0 { ":" } else { "" });
    }
    out.push(b'"');
}
