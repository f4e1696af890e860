//! strace's notation, byte for byte as strace 6.1 writes it, since its users know it by heart.
//!
//! Only this module knows that a port is spelled `htons(80)`. It reads values and never memory. Writing appends to a
//! `String`, since every byte of the notation is ASCII; strings may be shown as the characters they are.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::event::{Body, Call, Event, Exit, Ret, Signal};
use crate::syscall::{InRegister, Scalar, Syscall, Ty};
use crate::value::{Array, Fd, FdTarget, Tail, Value};

mod address;
mod bpf;
pub(crate) mod constant;
pub(crate) mod cursor;
mod fold;
mod hexdump;
mod interleave;
mod line;
mod message;
mod netlink;
pub(crate) mod python;
mod quote;
mod record;
pub(crate) mod result;
pub(crate) mod state;
pub(crate) mod target;
mod terminal;
mod visible;

pub(crate) use fold::fold;
pub(crate) use hexdump::hexdump;
pub(crate) use interleave::Interleaved;
pub use line::{Clock, Pids, Precision, Precisions, TextWriter};
pub use python::PythonLines;
#[cfg(feature = "cli")]
pub(crate) use python::excerpt;
pub(crate) use visible::{is_misleading, visible, visible_json, visible_text};
#[cfg(feature = "cli")]
pub(crate) use visible::{visible_coloured, visible_lines};

/// How values are written (strace's `-x -xx -X -v -a`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// Column of the ` = ` after the arguments (`-a`).
    pub align: usize,
    /// How strings are written (`-x`, `--text`).
    pub strings: StringStyle,
    /// How constants are written (`-X`).
    pub names: ConstStyle,
    /// Whether nothing is abbreviated (`-v`).
    pub verbose: bool,
    /// Whether argument names are written (`-N`).
    pub arg_names: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { align: 40, strings: StringStyle::Octal, names: ConstStyle::Abbrev, verbose: false, arg_names: false }
    }
}

/// How strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum StringStyle {
    /// Bytes that are not printable ASCII are escaped one by one, in octal.
    #[default]
    Octal,
    /// The same, but characters of valid UTF-8 that can be seen stand for themselves (`--text utf8`).
    Utf8,
    /// As octal, but in hexadecimal: `\x01` (`--strings-in-hex=non-ascii-chars`).
    HexEscapes,
    /// Those that have an unprintable byte entirely as `\xNN` (`-x`).
    HexUnprintable,
    /// All as `\xNN` (`-xx`).
    Hex,
}

impl StringStyle {
    /// Whether this string is written in hex.
    pub fn writes_in_hex(self, string: &[u8]) -> bool {
        match self {
            Self::Hex => true,
            Self::HexUnprintable => string.iter().any(|b| !quote::is_printable(*b)),
            Self::Octal | Self::Utf8 | Self::HexEscapes => false,
        }
    }
}

/// How constants and flags are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstStyle {
    /// By name.
    Abbrev,
    /// By number.
    Raw,
    /// By number, the name in a comment.
    Verbose,
}

/// Appends one event as a line, without prefix and newline.
pub fn write(event: &Event, style: &Style, out: &mut String) {
    let start = out.len();
    write_from(event, style, out, start);
}

/// Like [`write()`], where the line began at byte `start` of `out` (its prefix counts for alignment).
fn write_from(event: &Event, style: &Style, out: &mut String, start: usize) {
    match &event.body {
        Body::Call(call) => {
            write_call(call, style, out);
            if has_result(call) {
                pad(out, start, style.align);
                result::write(call, style, out);
            }
        }
        Body::Signal(signal) => write_signal(signal, style, out),
        Body::Stopped { signal } => {
            out.push_str("--- stopped by ");
            constant::signal(*signal, out);
            out.push_str(" ---");
        }
        Body::Exit(exit) => write_exit(*exit, out),
        Body::Started { .. } => {}
        Body::Note(note) => out.push_str(note),
        Body::Count(row) => {
            let _ = write!(out, "{row}");
        }
        Body::Unread(unread) => unread.raw.utf8_chunks().for_each(|chunk| {
            out.push_str(chunk.valid());
            chunk.invalid().iter().for_each(|b| {
                let _ = write!(out, "\\x{b:02x}");
            });
        }),
    }
}

/// Whether the call's line ends in a result; `?` counts where the text it was read from had that.
fn has_result(call: &Call) -> bool {
    call.ret != Ret::Unfinished || call.text.as_ref().is_some_and(|text| text.result.is_some())
}

/// `name(arguments)`, or as far as they are known.
fn write_call(call: &Call, style: &Style, out: &mut String) {
    if let Some(rest) = call.text.as_ref().and_then(|text| text.resumed.as_deref()) {
        let _ = write!(out, "<... {} resumed>", call.sys.name);
        return match has_result(call) {
            true => {
                out.push_str(rest);
                out.push(')');
            }
            false => out.extend([" ", rest]),
        };
    }
    out.push_str(call.sys.name);
    out.push('(');
    for (at, value) in call.args.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write_argument(call.sys, at, value, style, out);
    }
    let cut = call.text.as_ref().is_some_and(|text| text.cut);
    if !cut && has_result(call) {
        return out.push(')');
    }
    let next = call.sys.params.get(call.args.len());
    if call.args.len() < call.sys.arity(&call.args)
        && !call.args.is_empty()
        && call.sys.is_known()
        && !next.is_some_and(|param| param.late)
    {
        out.push_str(", ");
    }
    let detached = call.text.as_ref().is_some_and(|text| text.detached);
    out.push_str(match (cut, detached) {
        (true, _) => " <unfinished ...>)",
        (false, true) => " <detached ...>",
        (false, false) => " <unfinished ...>",
    });
}

/// An argument, with its name where names are written. Only its type tells a directory from another descriptor.
pub(crate) fn write_argument(sys: &Syscall, at: usize, value: &Value, style: &Style, out: &mut String) {
    let param = sys.params.get(at);
    // What was kept as it stood of a call outside the table has the names that it had.
    let named = style.arg_names || param.is_some_and(|param| param.named && !matches!(value, Value::Hex(_)));
    let unnamed = !named || (!sys.is_known() && matches!(value, Value::Verbatim(_)));
    if let Some(param) = param.filter(|_| !unnamed) {
        out.push_str(param.name);
        out.push('=');
    }
    let ty = param.map(|param| param.ty);
    match (ty, value) {
        (Some(ty), Value::Fd(fd)) => match ty.in_register() {
            Some(InRegister::Fd { name: Some((name, raw)) }) if raw == fd.raw => named_fd(fd, name, style, out),
            _ => result::fd(fd, style, out),
        },
        (Some(Ty::Place), Value::Uint(place)) => push_hex(*place, out),
        (Some(Ty::Number(Scalar::Date)), Value::Ref(seconds)) => record::seconds(seconds, style, out),
        (Some(Ty::CpuSet { .. }), Value::Array(array)) => record::members(array, style, out),
        (Some(Ty::Random { .. }), Value::Bytes(bytes)) => {
            quote::quoted(&bytes.data, StringStyle::Hex, out);
            out.push_str(if bytes.truncated { "..." } else { "" });
        }
        (Some(Ty::Numbers { each: Scalar::Mask, .. }), Value::Array(words)) => record::masks(words, out),
        (Some(Ty::CloneArgs { .. }), Value::Array(both)) => {
            for (at, item) in both.items.iter().enumerate() {
                out.push_str(if at > 0 { " => " } else { "" });
                write_value(item, style, out);
            }
        }
        (Some(Ty::Interrupted), Value::Const(call)) => {
            let name = call.name().map_or("system call", |name| name.trim_start_matches("__NR_"));
            let _ = write!(out, "<... resuming interrupted {name} ...>");
        }
        (Some(Ty::Dirents(_)), Value::Array(Array { tail: Tail::Counted { at, count }, .. })) => {
            record::counted(*at, *count, ("entry", "entries"), out);
        }
        _ => write_value(value, style, out),
    }
}

/// `AT_FDCWD</root>`: a number that is no descriptor, and what it refers to.
fn named_fd(fd: &Fd, name: &str, style: &Style, out: &mut String) {
    match style.names {
        ConstStyle::Abbrev => out.push_str(name),
        ConstStyle::Raw => push_int(i64::from(fd.raw), out),
        ConstStyle::Verbose => {
            let _ = write!(out, "{} /* {name} */", fd.raw);
        }
    }
    push_target(fd.target.as_deref(), style, out);
}

fn write_signal(signal: &Signal, style: &Style, out: &mut String) {
    out.push_str("--- ");
    constant::signal(signal.number, out);
    if let Some(info) = &signal.info {
        out.push(' ');
        record::write(info, style, out);
    }
    out.push_str(" ---");
}

fn write_exit(exit: Exit, out: &mut String) {
    match exit {
        Exit::Status(status) => {
            let _ = write!(out, "+++ exited with {status} +++");
        }
        Exit::Killed { signal, core } => {
            out.push_str("+++ killed by ");
            constant::signal(signal, out);
            out.push_str(if core { " (core dumped) +++" } else { " +++" });
        }
    }
}

/// Pads the line with spaces up to the column of the result.
fn pad(out: &mut String, start: usize, align: usize) {
    for _ in width(&out[start..])..align {
        out.push(' ');
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// How many columns of a terminal a text takes.
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Appends one value.
pub fn write_value(value: &Value, style: &Style, out: &mut String) {
    match value {
        Value::Int(n) => push_int(*n, out),
        Value::Uint(n) => push_uint(*n, out),
        Value::Hex(n) => push_hex(*n, out),
        Value::Pointer(address) => push_pointer(*address, out),
        Value::Fd(fd) => result::fd(fd, style, out),
        Value::Const(c) => constant::write(*c, style, out),
        Value::Flags(flags) => constant::flags(*flags, style, out),
        Value::SockType(ty) => constant::sock_type(ty, style, out),
        Value::Bytes(bytes) => quote::bytes(bytes, style, out),
        Value::SockAddr(address) => address::write(address, style, out),
        Value::Length(length) | Value::Offset(length) => result::length(value, *length, out),
        Value::Ref(inner) => {
            out.push('[');
            write_value(inner, style, out);
            out.push(']');
        }
        Value::Array(array) => record::array(array, style, out),
        Value::Record(record) => record::write(record, style, out),
        Value::MsgHdr(msg) => message::msghdr(msg, style, out),
        Value::MmsgHdr(msg) => message::mmsghdr(msg, style, out),
        Value::Cmsg(cmsg) => message::cmsg(cmsg, style, out),
        Value::PollFd(pollfd) => result::pollfd(pollfd, style, out),
        Value::FdSet(set) => result::fds(&set.entry, style, out),
        Value::Timeout(timeout) => record::write(&timeout.entry, style, out),
        Value::SigSet(mask) => constant::signals(*mask, style, out),
        Value::Port(port) => address::port(*port, style, out),
        Value::Be32(n) => address::be32(*n, style, out),
        Value::Ipv4(ip) => address::ipv4(*ip, style, out),
        Value::Ipv6(ip) => address::plain_ipv6(*ip, style, out),
        Value::Interface { index, name } => address::interface(*index, name.as_deref(), style, out),
        Value::Octets(bytes) => address::octets(bytes, out),
        Value::Verbatim(text) => out.push_str(text),
        Value::Be16(c) => {
            out.push_str("htons(");
            constant::write(*c, style, out);
            out.push(')');
        }
        Value::Signal(number) => constant::signal_value(*number, style, out),
        Value::Cut(bytes) => quote::quoted(bytes, StringStyle::Hex, out),
        Value::Short => out.push_str("???"),
        Value::Bits(bits) => constant::bits(*bits, style, out),
        Value::Opaque(bytes) => netlink::opaque(bytes, out),
        Value::NlMsg(message) => netlink::message(message, style, out),
        Value::NlAttr(attribute) => netlink::attribute(attribute, style, out),
        Value::Row(row) => netlink::row(row, style, out),
    }
}

/// What a descriptor refers to, in angle brackets after it.
fn push_target(target: Option<&FdTarget>, style: &Style, out: &mut String) {
    if let Some(found) = target {
        target::write(found, style, out);
    }
}

fn push_int(n: i64, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(n));
}

fn push_uint(n: u64, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(n));
}

/// Hex as C's `%#x` has it: zero has no prefix.
fn push_hex(n: u64, out: &mut String) {
    if n == 0 {
        out.push('0');
    } else {
        let _ = write!(out, "{n:#x}");
    }
}

fn push_pointer(address: u64, out: &mut String) {
    if address == 0 {
        out.push_str("NULL");
    } else {
        let _ = write!(out, "{address:#x}");
    }
}
