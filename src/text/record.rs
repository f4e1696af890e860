//! Structures and arrays.

use std::fmt::Write;

use super::quote::quoted;
use super::{
    ConstStyle, StringStyle, Style, address, bpf, constant, netlink, push_hex, push_int, push_pointer, push_uint,
    terminal, write_value,
};
use crate::value::layout::{AX25_ADDRESS, HWADDR, IFREQ_NAME, SOCK_FILTER};
use crate::value::netlink::INDEXED;
use crate::value::queue::SIGVAL;
use crate::value::{
    Array, Const, Field, Flags, Kind, Length, Packed, Record, Tail, Value, any_flag, packed, perf, process, stat,
};
use crate::xlat::signal::SA_RESTORER;

/// `{l_onoff=1, l_linger=5}`.
pub(super) fn write(record: &Record, style: &Style, out: &mut String) {
    if record.layout == &SOCK_FILTER {
        return bpf::instruction(record, out);
    }
    if record.layout == &AX25_ADDRESS {
        return address::callsign(record, style, out);
    }
    if record.layout == &stat::DEVICE {
        return device(record, style, out);
    }
    if record.layout == &stat::UTIMESPEC || record.layout == &stat::UTIMEVAL {
        return file_time(record, style, out);
    }
    if perf::SHIFTED.contains(&record.layout) {
        return shifted(record, style, out);
    }
    if let Some(packed) = Packed::of(record.layout) {
        return self::packed(packed, record, style, out);
    }
    if process::STATUSES.contains(&record.layout) {
        return status(record, style, out);
    }
    if INDEXED.contains(&record.layout) {
        return netlink::indexed(record, style, out);
    }
    out.push('{');
    fields(record, style, out);
    out.push('}');
}

/// `makedev(0x8, 0x1)`.
fn device(record: &Record, style: &Style, out: &mut String) {
    if style.names != ConstStyle::Abbrev {
        push_hex(stat::device_number(record), out);
    }
    out.push_str(match style.names {
        ConstStyle::Raw => return,
        ConstStyle::Verbose => " /* makedev(",
        ConstStyle::Abbrev => "makedev(",
    });
    for (at, part) in record.fields.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        push_hex(part.register().unwrap_or(0), out);
    }
    out.push_str(if style.names == ConstStyle::Verbose { ") */" } else { ")" });
}

/// `QCMD(Q_GETQUOTA, USRQUOTA)`: a number by how it is made of its parts.
fn packed(packed: &Packed, record: &Record, style: &Style, out: &mut String) {
    if packed.layout == packed::WAKE_OP.layout {
        return wake_op(record, style, out);
    }
    if style.names != ConstStyle::Abbrev {
        let parts: Vec<u64> = record.fields.iter().filter_map(Value::register).collect();
        let number = i64::from((packed.join)(&parts) as i32);
        if packed.layout == packed::KERNEL_VERSION.layout {
            push_hex(number as u64, out)
        } else {
            push_int(number, out)
        }
        if style.names == ConstStyle::Raw {
            return;
        }
        out.push_str(" /* ");
    }
    let quota = packed.layout == packed::QUOTA.layout;
    let inner = Style { names: if quota { ConstStyle::Abbrev } else { style.names }, ..*style };
    out.push_str(packed.word);
    out.push('(');
    for (at, part) in record.fields.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write_value(part, &inner, out);
    }
    out.push_str(if style.names == ConstStyle::Abbrev { ")" } else { ") */" });
}

/// `FUTEX_OP_OPARG_SHIFT<<28|FUTEX_OP_SET<<28|0xfff<<12|FUTEX_OP_CMP_GT<<24|0x2`.
fn wake_op(record: &Record, style: &Style, out: &mut String) {
    const SHIFT: u64 = 8; // FUTEX_OP_OPARG_SHIFT, linux/futex.h
    let [Value::Const(op), Value::Hex(argument), Value::Const(compare), Value::Hex(compared)] = record.fields[..]
    else {
        return;
    };
    let shifted = |part: Const, by: u32, out: &mut String| match (part.name(), style.names) {
        (None, ConstStyle::Abbrev | ConstStyle::Verbose) => {
            push_hex(part.raw, out);
            let _ = write!(out, "<<{by} /* {} */", part.table.unknown);
        }
        _ => {
            constant::write(part, style, out);
            let _ = write!(out, "<<{by}");
        }
    };
    if op.raw & SHIFT != 0 {
        shifted(Const { raw: SHIFT, ..op }, 28, out);
        out.push('|');
    }
    shifted(Const { raw: op.raw & !SHIFT, ..op }, 28, out);
    out.push('|');
    push_hex(argument, out);
    out.push_str("<<12|");
    shifted(compare, 24, out);
    out.push('|');
    push_hex(compared, out);
}

/// `0x1<<24|PERF_COUNT_HW_CACHE_RESULT_MISS<<16|PERF_COUNT_HW_CACHE_OP_READ<<8|PERF_COUNT_HW_CACHE_LL`: the parts of a
/// number, each by its place.
fn shifted(record: &Record, style: &Style, out: &mut String) {
    let shown = record.pairs().filter(|(_, value)| !matches!(value, Value::Hex(0)));
    for (at, (field, value)) in shown.enumerate() {
        out.push_str(if at > 0 { "|" } else { "" });
        write_value(value, style, out);
        if field.offset > 0 {
            let _ = write!(out, "<<{}", 8 * field.offset);
        }
    }
}

/// The time of a file: `UTIME_NOW`, or the structure with its date.
fn file_time(record: &Record, style: &Style, out: &mut String) {
    let nanos = record.get("tv_nsec").and_then(Value::as_int).unwrap_or(0) as u64;
    if stat::UTIME.name(nanos).is_some() {
        return constant::write(Const { table: &stat::UTIME, raw: nanos }, style, out);
    }
    out.push('{');
    fields(record, style, out);
    out.push('}');
    moment(record, style, out);
}

/// `[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]`.
fn status(record: &Record, style: &Style, out: &mut String) {
    if record.layout == &process::UNKNOWN_STATUS {
        out.push('[');
        record.fields.iter().for_each(|status| write_value(status, style, out));
        return out.push(']');
    }
    out.push_str("[{");
    out.push_str(process::word(record.layout));
    for (field, value) in record.pairs() {
        out.push_str(" && ");
        out.push_str(field.name);
        out.push_str("(s)");
        if record.layout != &process::DUMPED || field.name != "WCOREDUMP" {
            out.push_str(" == ");
            write_value(value, style, out);
        }
    }
    out.push_str("}]");
}

/// The date of a `timespec` or `timeval`, in a comment behind it.
fn moment(record: &Record, style: &Style, out: &mut String) {
    let [seconds, parts] = &record.fields[..] else { return };
    let digits = if record.get("tv_usec").is_some() { 6 } else { 9 };
    date(seconds.as_int().unwrap_or(0), parts.as_int().unwrap_or(-1), digits, style, out);
}

/// ` /* 2023-11-14T22:13:20.5+0000 */`. What is no time has no date.
fn date(seconds: i64, parts: i64, digits: u32, style: &Style, out: &mut String) {
    if style.names == ConstStyle::Raw || (seconds == 0 && parts == 0) || !(0..10i64.pow(digits)).contains(&parts) {
        return;
    }
    let (time, zone) = crate::sys::clock::calendar(seconds);
    if !time.is_empty() {
        let _ = match parts {
            0 => write!(out, " /* {time}{zone} */"),
            _ => write!(out, " /* {time}.{parts:0digits$}{zone} */", digits = digits as usize),
        };
    }
}

/// `[1700000000 /* 2023-11-14T22:13:20+0000 */]`.
pub(super) fn seconds(value: &Value, style: &Style, out: &mut String) {
    out.push('[');
    write_value(value, style, out);
    date(value.as_int().unwrap_or(0), 0, 9, style, out);
    out.push(']');
}

/// `0x7ffd2 /* 35 vars */`: a list of which only the number of elements is shown.
pub(super) fn counted(at: u64, count: u32, (one, many): (&str, &str), out: &mut String) {
    push_pointer(at, out);
    let _ = write!(out, " /* {count} {} */", if count == 1 { one } else { many });
}

/// `[0x00000000000001, 0000000000000000]`: words of a set.
pub(super) fn masks(words: &Array, out: &mut String) {
    out.push('[');
    for (at, word) in words.items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        let _ = match word.register().unwrap_or(0) {
            0 => write!(out, "{:016}", 0),
            word => write!(out, "{word:#016x}"),
        };
    }
    let comma = if words.items.is_empty() { "" } else { ", " };
    match words.tail {
        Tail::Elided => out.extend([comma, "..."]),
        Tail::Fault(address) => {
            let _ = write!(out, "{comma}... /* {address:#x} */");
        }
        Tail::End | Tail::Counted { .. } => {}
    }
    out.push(']');
}

/// `[0 1 2]`.
pub(super) fn members(array: &Array, style: &Style, out: &mut String) {
    out.push('[');
    for (at, item) in array.items.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        write_value(item, style, out);
    }
    out.push_str(if array.tail == Tail::Elided { " ...]" } else { "]" });
}

/// The fields without the braces. A field that was cut short is written as its bytes in hex.
pub(super) fn fields(record: &Record, style: &Style, out: &mut String) {
    let mut first = true;
    for (at, (field, value)) in
        record.pairs().enumerate().filter(|(at, (field, value))| is_shown(record, *at, field, value))
    {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
        match (&field.kind, value) {
            (_, Value::Ipv6(ip)) => {
                address::ipv6(field.name, *ip, style, out);
                continue;
            }
            (Kind::More, _) | (_, Value::Short) => {
                out.push_str("...");
                continue;
            }
            _ => {}
        }
        out.push_str(field.name);
        out.push('=');
        let kind = match field.kind.resolve(&record.fields[..at]) {
            Some(Kind::NonZero(kind)) => kind,
            Some(kind) => kind,
            None => &field.kind,
        };
        match (kind, value) {
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
            (Kind::Date | Kind::DateWithNanos, Value::Int(seconds)) => {
                push_int(*seconds, out);
                let nanos = match kind {
                    Kind::Date => Some(0),
                    _ => record.fields.get(at + 1).map_or(Some(0), Value::as_int),
                };
                date(*seconds, nanos.unwrap_or(-1), 9, style, out);
            }
            (Kind::Moment(_), Value::Record(inner)) => {
                write(inner, style, out);
                moment(inner, style, out);
            }
            (Kind::Bits(bits), Value::Uint(n)) => {
                let hex = bits.width > 4;
                if hex {
                    push_hex(*n, out)
                } else {
                    push_uint(*n, out)
                }
                if let Some(note) = bits.note(*n) {
                    let _ = write!(out, " /* {note} */");
                }
            }
            (Kind::WideIpv4, Value::Ipv4(ip)) => address::wide_ipv4(*ip, style, out),
            (Kind::Set(..), Value::Flags(flags)) => terminal::set(*flags, style, out),
            (Kind::Masked(masked, _), Value::Record(record)) => terminal::masked(masked, record, style, out),
            (Kind::Keys(_), Value::Array(keys)) => terminal::keys(&keys.items, out),
            (Kind::Shifted(..), Value::Flags(flags)) => netlink::shifted(*flags, style, out),
            (Kind::Words(_) | Kind::HexWords(_) | Kind::HexLongs(_) | Kind::Ints(_), Value::Array(words)) => {
                let push = if matches!(kind, Kind::Words(_) | Kind::Ints(_)) { push_uint } else { push_hex };
                out.push('[');
                for (at, word) in words.items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    push(word.register().unwrap_or(0), out);
                }
                out.push(']');
            }
            (Kind::Blob, Value::Octets(octets)) => quoted(octets, StringStyle::Hex, out),
            (Kind::Changing, Value::Length(length)) => {
                push_int(length.entry, out);
                if let Some(exit) = length.exit {
                    out.push_str(" => ");
                    push_int(exit, out);
                }
            }
            (Kind::EventSignal, Value::Signal(number)) => match record.get("sigev_notify") {
                Some(Value::Const(Const { raw: 0 | 2 | 4, .. })) => constant::signal_value(*number, style, out),
                _ => push_int(i64::from(*number as i32), out),
            },
            (Kind::Handler, Value::Const(c)) if c.name().is_none() => push_hex(c.raw, out),
            (Kind::Failure, Value::Int(error)) => netlink::failure(*error, style, out),
            (Kind::Limit, Value::Uint(limit)) => self::limit(*limit, style, out),
            (Kind::Caps, Value::Flags(caps)) => capabilities(*caps, style, out),
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
fn is_shown(record: &Record, at: usize, field: &Field, value: &Value) -> bool {
    let Some(kind) = field.kind.resolve(&record.fields[..at]) else { return false };
    match (kind, value) {
        (Kind::NonZero(_), Value::Array(array)) => array.items.iter().any(|word| word.register() != Some(0)),
        (Kind::NonZero(_), value) => value.register() != Some(0),
        (Kind::Priority, Value::Int(priority)) => *priority != 0,
        (Kind::Restorer, _) => {
            let flags = record.get("sa_flags").and_then(Value::register);
            flags.is_some_and(|flags| flags & SA_RESTORER != 0)
        }
        (Kind::PointerIf(bits) | Kind::UintIf(bits), _) => any_flag(&record.fields, *bits),
        (Kind::PadPointer | Kind::PadUint(_), _) => {
            let mut pads =
                record.pairs().filter(|(field, _)| matches!(field.kind, Kind::PadPointer | Kind::PadUint(_)));
            pads.any(|(_, value)| value.register() != Some(0))
        }
        (Kind::Record(layout), Value::Record(value)) if *layout == &SIGVAL => {
            value.fields.iter().any(|part| part.register() != Some(0))
        }
        (Kind::Pad(_), Value::Hex(n)) => *n != 0,
        (Kind::PadFd, Value::Hex(n)) => *n != 0,
        (Kind::PadBytes(_), Value::Octets(bytes)) => bytes.iter().any(|b| *b != 0),
        (Kind::HwAddr, Value::Octets(octets)) => !octets.is_empty(),
        (Kind::Callsigns, Value::Array(calls)) => !calls.items.is_empty() || calls.tail != Tail::End,
        _ => true,
    }
}

/// `8192*1024`, `RLIM64_INFINITY`: a limit on a resource.
fn limit(limit: u64, style: &Style, out: &mut String) {
    let named = match limit {
        u64::MAX => Some("RLIM64_INFINITY".to_owned()),
        1025.. if limit.is_multiple_of(1024) => Some(format!("{}*1024", limit / 1024)),
        _ => None,
    };
    match (named, style.names) {
        (None, _) | (_, ConstStyle::Raw) => push_uint(limit, out),
        (Some(named), ConstStyle::Abbrev) => out.push_str(&named),
        (Some(named), ConstStyle::Verbose) => {
            let _ = write!(out, "{limit} /* {named} */");
        }
    }
}

/// `1<<CAP_CHOWN|1<<CAP_KILL`.
fn capabilities(caps: Flags, style: &Style, out: &mut String) {
    if caps.raw == 0 || style.names == ConstStyle::Raw {
        return push_hex(caps.raw, out);
    }
    let (names, rest) = caps.table.split(caps.raw);
    let verbose = style.names == ConstStyle::Verbose;
    if verbose {
        push_hex(caps.raw, out);
        out.push_str(" /* ");
    }
    for (at, name) in names.iter().enumerate() {
        out.push_str(if at > 0 { "|1<<" } else { "1<<" });
        out.push_str(name);
    }
    if rest != 0 {
        let _ = write!(out, "{}{rest:#x}", if names.is_empty() { "" } else { "|" });
    }
    if verbose {
        out.push_str(" */");
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
    if let Tail::Counted { at, count } = array.tail {
        return counted(at, count, ("var", "vars"), out);
    }
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
        Tail::Counted { .. } => {}
    }
    out.push(']');
}
