//! Structures and arrays.

use std::fmt::Write;

use super::quote::quoted;
use super::{HexStrings, Style, write_value};
use crate::value::{Array, Record, Tail, Value};

/// `{l_onoff=1, l_linger=5}`.
pub(super) fn write(record: &Record, style: &Style, out: &mut String) {
    out.push('{');
    fields(record, style, out);
    out.push('}');
}

/// The fields alone. A field that was cut is its bytes in hex.
pub(super) fn fields(record: &Record, style: &Style, out: &mut String) {
    for (at, (field, value)) in record.layout.fields.iter().zip(&record.fields).enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        if let Value::Ipv6(ip) = value {
            let _ = write!(out, "inet_pton(AF_INET6, \"{ip}\", &{})", field.name);
            continue;
        }
        out.push_str(field.name);
        out.push('=');
        write_value(value, style, out);
    }
    let next = record.layout.fields.get(record.fields.len());
    if let (Some(cut), Some(field)) = (&record.cut, next)
        && !cut.is_empty()
    {
        if !record.fields.is_empty() {
            out.push_str(", ");
        }
        out.push_str(field.name);
        out.push('=');
        quoted(cut, HexStrings::Always, out);
    }
}

/// `[a, b, ...]`.
pub(super) fn array(array: &Array, style: &Style, out: &mut String) {
    out.push('[');
    for (at, item) in array.items.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write_value(item, style, out);
    }
    match array.tail {
        Tail::End => {}
        Tail::Elided => out.push_str(if array.items.is_empty() { "..." } else { ", ..." }),
        Tail::Fault(address) => {
            if !array.items.is_empty() {
                out.push_str(", ");
            }
            let _ = write!(out, "... /* {address:#x} */");
        }
    }
    out.push(']');
}
