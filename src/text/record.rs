//! Structures and arrays.

use std::fmt::Write;

use super::quote::quoted;
use super::{ConstStyle, StringStyle, Style, address, bpf, push_hex, push_int, write_value};
use crate::value::layout::{AX25_ADDRESS, HWADDR, IFREQ_NAME, SOCK_FILTER};
use crate::value::{Array, Field, Kind, Length, Record, Tail, Value};

/// `{l_onoff=1, l_linger=5}`.
pub(super) fn write(record: &Record, style: &Style, out: &mut String) {
    if record.layout == &SOCK_FILTER {
        return bpf::instruction(record, out);
    }
    if record.layout == &AX25_ADDRESS {
        return address::callsign(record, style, out);
    }
    out.push('{');
    fields(record, style, out);
    out.push('}');
}

/// The fields without the braces. A field that was cut short is written as its bytes in hex.
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
            (Kind::More, _) => {
                out.push_str("...");
                continue;
            }
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
                // The length field may claim more octets than the address has.
                if matches!(record.get("sll_halen"), Some(Value::Uint(len)) if *len as usize > octets.len()) {
                    out.truncate(out.len() - 1);
                    out.push_str(", ...]");
                }
            }
            (Kind::Mac(_), Value::Octets(bytes)) => {
                let shown = if record.layout == &HWADDR { address::hardware_length(record) } else { bytes.len() };
                address::mac(bytes, shown, style, out);
            }
            (Kind::Be16(_), Value::Be16(c)) => address::be16(*c, style, out),
            (Kind::Le16, Value::Uint(n)) => {
                let _ = write!(out, "htobs({n})");
            }
            (Kind::Le16Const(_), _) => {
                out.push_str("htobs(");
                write_value(value, style, out);
                out.push(')');
            }
            (Kind::CString(_) | Kind::Rest, Value::Bytes(bytes)) => {
                quoted(&bytes.data, style.strings, out);
                out.push_str(if bytes.truncated { "..." } else { "" });
            }
            (Kind::Bytes(_), Value::Bytes(bytes)) => quoted(&bytes.data, style.strings, out),
            (Kind::Callsign | Kind::PadBytes(_), Value::Octets(octets)) => quoted(octets, StringStyle::Hex, out),
            (Kind::Transport, Value::SockAddr(inner)) => address::transport(inner, style, out),
            (Kind::BufferLen, Value::Length(length)) => buffer_length(*length, out),
            (Kind::Hex8, Value::Hex(0)) => out.push_str("00000000"),
            (Kind::Hex8, Value::Hex(n)) => {
                let _ = write!(out, "{n:#08x}");
            }
            (Kind::Ticks, Value::Int(ticks)) => clock_ticks(*ticks, style, out),
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
        quoted(cut, StringStyle::Hex, out);
    }
}

/// Whether a field is written: padding only where it should not be.
fn is_shown(field: &Field, value: &Value) -> bool {
    match (&field.kind, value) {
        (Kind::Pad(_), Value::Hex(n)) => *n != 0,
        (Kind::PadFd, Value::Hex(n)) => *n != 0,
        (Kind::PadBytes(_), Value::Octets(bytes)) => bytes.iter().any(|b| *b != 0),
        (Kind::HwAddr, Value::Octets(octets)) => !octets.is_empty(),
        (Kind::Callsigns, Value::Array(calls)) => !calls.items.is_empty() || calls.tail != Tail::End,
        _ => true,
    }
}

/// `7 /* 0.07 s */`: clock ticks, and the seconds they make. User space always sees 100 ticks a second (`USER_HZ`).
fn clock_ticks(ticks: i64, style: &Style, out: &mut String) {
    push_int(ticks, out);
    if ticks != 0 && style.names != ConstStyle::Raw {
        let _ = write!(out, " /* {}.{:02} s */", ticks / 100, ticks % 100);
    }
}

/// `100 => 40 /* 1 * sizeof(struct ifreq) */`: a length in bytes, and how many structures fit in it.
fn buffer_length(length: Length, out: &mut String) {
    bytes_of_structures(length.entry, out);
    if let Some(exit) = length.exit {
        out.push_str(" => ");
        bytes_of_structures(exit, out);
    }
}

fn bytes_of_structures(n: i64, out: &mut String) {
    const SIZE: i64 = IFREQ_NAME.size as i64;
    push_int(n, out);
    if n > 0 && n % SIZE == 0 {
        let _ = write!(out, " /* {} * sizeof(struct ifreq) */", n / SIZE);
    }
}

/// `[a, b, ...]`.
pub(super) fn array(array: &Array, style: &Style, out: &mut String) {
    out.push('[');
    // Entries of `poll`'s list beyond those that are shown appear in the result only.
    let shown = array.items.iter().filter(|item| !matches!(item, Value::PollFd(pollfd) if pollfd.events.is_none()));
    let mut none = true;
    for item in shown {
        if !std::mem::take(&mut none) {
            out.push_str(", ");
        }
        write_value(item, style, out);
    }
    match array.tail {
        Tail::End => {}
        Tail::Elided => out.push_str(if none { "..." } else { ", ..." }),
        Tail::Fault(address) => {
            if !none {
                out.push_str(", ");
            }
            let _ = write!(out, "... /* {address:#x} */");
        }
    }
    out.push(']');
}
