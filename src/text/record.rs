//! Structures and arrays.

use std::fmt::Write;

use super::quote::quoted;
use super::{HexStrings, Style, address, bpf, push_hex, write_value};
use crate::value::layout::SOCK_FILTER;
use crate::value::{Array, Field, Kind, Record, Tail, Value};

/// `{l_onoff=1, l_linger=5}`.
pub(super) fn write(record: &Record, style: &Style, out: &mut String) {
    if record.layout == &SOCK_FILTER {
        return bpf::instruction(record, out);
    }
    out.push('{');
    fields(record, style, out);
    out.push('}');
}

/// The fields alone. A field that was cut is its bytes in hex.
pub(super) fn fields(record: &Record, style: &Style, out: &mut String) {
    let mut first = true;
    for (field, value) in record.pairs().filter(|(field, value)| is_shown(field, value)) {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
        match (&field.kind, value) {
            (_, Value::Ipv6(ip)) => {
                address::ipv6(field.name, *ip, style, out);
                continue;
            }
            (_, Value::Cut(bytes)) if bytes.is_empty() => continue,
            _ => {}
        }
        out.push_str(field.name);
        out.push('=');
        match (&field.kind, value) {
            (Kind::Octet, Value::Hex(0)) => out.push_str("00"),
            (Kind::Be32Hex, Value::Be32(n)) => {
                out.push_str("htonl(");
                push_hex(u64::from(*n), out);
                out.push(')');
            }
            (Kind::HwAddr, Value::Octets(octets)) => {
                write_value(value, style, out);
                // The length field may promise more octets than the address has.
                if matches!(record.get("sll_halen"), Some(Value::Uint(len)) if *len as usize > octets.len()) {
                    out.truncate(out.len() - 1);
                    out.push_str(", ...]");
                }
            }
            (Kind::Hex8, Value::Hex(0)) => out.push_str("00000000"),
            _ => write_value(value, style, out),
        }
    }
    let next = record.layout.fields.get(record.fields.len());
    if let (Some(cut), Some(field)) = (&record.cut, next)
        && !cut.is_empty()
    {
        if !first {
            out.push_str(", ");
        }
        out.push_str(field.name);
        out.push('=');
        quoted(cut, HexStrings::Always, out);
    }
}

/// Whether a field is written: padding only where it should not be.
fn is_shown(field: &Field, value: &Value) -> bool {
    match (&field.kind, value) {
        (Kind::Pad(_), Value::Hex(n)) => *n != 0,
        (Kind::PadFd, Value::Hex(n)) => *n != 0,
        (Kind::PadBytes(_), Value::Cut(bytes)) => bytes.iter().any(|b| *b != 0),
        (Kind::HwAddr, Value::Octets(octets)) => !octets.is_empty(),
        _ => true,
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
