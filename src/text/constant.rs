//! Constants, flags and signals by name.

use std::fmt::Write;

use super::{ConstStyle, Style, push_hex, push_int};
use crate::value::{Const, Flags, SockType};
use crate::xlat::Xlat;
use crate::xlat::admin::{KEXEC_ARCH, KEXEC_FLAGS, SWAP_FLAGS, SYSLOG_ACTION};
use crate::xlat::bpf::BPF_UPDATE;
use crate::xlat::clone::{CLONE_FLAGS, CLONE_FLAGS_AND_SIGNAL};
use crate::xlat::errno::ERRNO;
use crate::xlat::family::{is_always_explained, start_of_range};
use crate::xlat::file::{ACCESS_MODE, AT_FLAGS, FILE_TYPE_MODE, STATUS_FLAGS, STATX_FLAGS, STATX_SYNC};
use crate::xlat::ioctl::{IOCTL_REQUEST, strace_spelling};
use crate::xlat::ipc::{IPC_GET_FLAGS, SHM_GET_FLAGS};
use crate::xlat::key::{KEY_REQKEY, KEY_SPEC};
use crate::xlat::memory::{MAP_FLAGS, MAP_TYPE, MEMFD_FLAGS, POLICY, POLICY_MODE};
use crate::xlat::mount::{FANOTIFY_CLASS, FANOTIFY_INIT};
use crate::xlat::process::{PERSONALITY, PERSONALITY_TYPE};
use crate::xlat::protocol::AX25_PROTO;
use crate::xlat::ring::{IOCB_CMD, IORING_OP};
use crate::xlat::signal::{SIGNAL, SYSCALL_NR, si_codes, signal_name};
use crate::xlat::sockopt::SOCK_TXREHASH;

/// One constant: its name, or `0x2a /* AF_??? */`.
pub(super) fn write(c: Const, style: &Style, out: &mut String) {
    // strace always writes number and name of these.
    let verbose = c.table == &AX25_PROTO || is_always_explained(c.table);
    let name = if c.table == &IOCTL_REQUEST { strace_spelling(c.raw) } else { c.name() };
    match (style.names, name) {
        // Names of real-time signals are computed; a number that is not a signal is written bare.
        (ConstStyle::Abbrev, None) if c.table == &SIGNAL => signal(c.raw as u32, out),
        (ConstStyle::Abbrev, Some(name)) if !verbose => out.push_str(name),
        (ConstStyle::Abbrev, None) if c.table == &IOCTL_REQUEST => ioctl(c.raw, out),
        (ConstStyle::Abbrev | ConstStyle::Verbose, None) if is_si_code(c.table) => push_hex(c.raw, out),
        (_, None) if c.table == &ERRNO || c.table == &KEY_SPEC => push_int(i64::from(c.raw as i32), out),
        // Decimal where names are not wanted.
        (ConstStyle::Raw, _) if c.table == &KEY_SPEC => push_int(i64::from(c.raw as i32), out),
        (ConstStyle::Raw, _) if is_decimal(c.table) && c.table != &SYSLOG_ACTION => push_int(c.raw as i64, out),
        (ConstStyle::Raw, _) if c.table != &AX25_PROTO && c.table != &SYSLOG_ACTION => push_hex(c.raw, out),
        (ConstStyle::Verbose, None) if c.table == &IOCTL_REQUEST => {
            push_hex(c.raw, out);
            out.push_str(" /* ");
            ioctl(c.raw, out);
            out.push_str(" */");
        }
        (_, None) if c.table.unknown.is_empty() => push_hex(c.raw, out),
        (_, None) if start_of_range(c.table, c.raw).is_some() => distance(c, style, out),
        (_, name) => {
            if is_decimal(c.table) {
                push_int(
                    if [&SYSLOG_ACTION, &KEY_SPEC].contains(&c.table) { i64::from(c.raw as i32) } else { c.raw as i64 },
                    out,
                );
            } else {
                push_hex(c.raw, out);
            }
            let _ = write!(out, " /* {} */", name.unwrap_or(c.table.unknown));
        }
    }
}

/// Whether a table's numbers are written in decimal.
fn is_decimal(table: &Xlat) -> bool {
    [&SOCK_TXREHASH, &ERRNO, &SYSCALL_NR, &KEY_SPEC, &KEY_REQKEY, &SYSLOG_ACTION, &IOCB_CMD, &IORING_OP]
        .contains(&table)
}

/// A member by its distance from the start of its range: `L2CAP_CID_DYN_START+6`.
fn distance(c: Const, style: &Style, out: &mut String) {
    let start = start_of_range(c.table, c.raw).unwrap_or_default();
    let verbose = style.names == ConstStyle::Verbose;
    if verbose {
        push_hex(c.raw, out);
        out.push_str(" /* ");
    }
    write(Const { raw: start, ..c }, style, out);
    let _ = write!(out, "+{}", c.raw - start);
    if verbose {
        out.push_str(" */");
    }
}

/// A request by how its number is built: `_IOC(_IOC_READ, 0x89, 0x1, 0x4)`.
fn ioctl(raw: u64, out: &mut String) {
    out.push_str("_IOC(");
    match raw >> 30 & 3 {
        0 => out.push_str("_IOC_NONE"),
        1 => out.push_str("_IOC_WRITE"),
        2 => out.push_str("_IOC_READ"),
        _ => out.push_str("_IOC_READ|_IOC_WRITE"),
    }
    for part in [raw >> 8 & 0xff, raw & 0xff, raw >> 16 & 0x3fff] {
        out.push_str(", ");
        push_hex(part, out);
    }
    out.push(')');
}

/// Whether a table names the codes of a signal; unknown ones are written as bare numbers.
fn is_si_code(table: &'static Xlat) -> bool {
    (1..=31).any(|number| table == si_codes(number))
}

/// Or-ed flags: `A|B|0x1000`, `0x1000 /* MSG_??? */` where none is known, `0` for none.
pub(crate) fn flags(flags: Flags, style: &Style, out: &mut String) {
    if flags.table == &STATUS_FLAGS {
        return match style.names {
            ConstStyle::Abbrev => status(flags, out),
            ConstStyle::Raw => push_hex(flags.raw, out),
            ConstStyle::Verbose => {
                push_hex(flags.raw, out);
                out.push_str(" /* ");
                status(flags, out);
                out.push_str(" */");
            }
        };
    }
    // Of these strace knows no combination.
    if flags.table == &BPF_UPDATE {
        return write(Const { table: flags.table, raw: flags.raw }, style, out);
    }
    if flags.table == &CLONE_FLAGS_AND_SIGNAL {
        return cloned(flags.raw, style, out);
    }
    if flags.table == &STATX_FLAGS {
        return freshness(flags, style, out);
    }
    if flags.table == &MAP_FLAGS && style.names != ConstStyle::Raw {
        let first = Const { table: &MAP_TYPE, raw: flags.raw & MAP_TYPE_MASK };
        return led(first, Flags { raw: flags.raw & !MAP_TYPE_MASK, ..flags }, style, out);
    }
    if flags.table == &SWAP_FLAGS {
        return swap(flags, style, out);
    }
    if [&SHM_GET_FLAGS, &IPC_GET_FLAGS].contains(&flags.table) {
        return shared(flags, style, out);
    }
    if let Some((_, kinds, mask, apart)) = LED.iter().find(|(set, ..)| *set == flags.table) {
        let first = Const { table: kinds, raw: flags.raw & mask };
        let rest = Flags { raw: flags.raw & !mask, ..flags };
        return match (apart, style.names) {
            // All bits mean that nothing is set.
            (true, _) if flags.table == &PERSONALITY && flags.raw == u64::from(u32::MAX) => push_hex(flags.raw, out),
            (true, _) => {
                write(first, style, out);
                if rest.raw != 0 {
                    out.push('|');
                    match flags.table == &PERSONALITY && rest.table.split(rest.raw).0.is_empty() {
                        true => push_hex(rest.raw, out),
                        false => named(rest, style, out),
                    }
                }
            }
            (false, ConstStyle::Raw) => push_hex(flags.raw, out),
            (false, _) if first.name().is_some() => led(first, rest, style, out),
            (false, _) if rest.raw == 0 => write(first, style, out),
            (false, _) => named(flags, style, out),
        };
    }
    named(flags, style, out);
}

/// Flags that begin with a constant: their table, the constants, their bits, and whether both stand apart.
static LED: &[(&Xlat, &Xlat, u64, bool)] = &[
    (&PERSONALITY, &PERSONALITY_TYPE, 0xff, true),
    (&FANOTIFY_INIT, &FANOTIFY_CLASS, 0xc, true),
    (&KEXEC_FLAGS, &KEXEC_ARCH, 0xffff_0000, true),
    (&POLICY, &POLICY_MODE, !0xe000, false),
];

/// The set of constants that flags of a set begin with.
pub(crate) fn leads(table: &Xlat) -> Option<&'static Xlat> {
    LED.iter().find(|(set, ..)| *set == table).map(|(_, kinds, ..)| *kinds)
}

/// Flags by name, without anything special about their set.
fn named(flags: Flags, style: &Style, out: &mut String) {
    let number = |raw, out: &mut String| {
        let _ = flags.table.write_number(raw, out);
    };
    if style.names == ConstStyle::Raw {
        return number(flags.raw, out);
    }
    if flags.table == &FILE_TYPE_MODE {
        let kind = flags.raw & u64::from(libc::S_IFMT);
        let unknown = kind != 0 && flags.table.name(kind).is_none();
        // A kind without a name leaves the other bits without theirs.
        if unknown || flags.table.split(flags.raw).0.is_empty() {
            number(flags.raw, out);
            if style.names == ConstStyle::Verbose && !unknown {
                out.push_str(" /* ");
                number(flags.raw, out);
                out.push_str(" */");
            }
            return;
        }
    }
    if flags.raw == 0 {
        return match (flags.table.name(0), style.names) {
            (None, _) => number(0, out),
            (Some(name), ConstStyle::Abbrev) => out.push_str(name),
            (Some(name), _) => {
                let _ = write!(out, "0 /* {name} */");
            }
        };
    }
    let (names, rest) = flags.table.parts(flags.raw);
    let comment = style.names == ConstStyle::Verbose || is_always_explained(flags.table);
    if names.is_empty() {
        number(flags.raw, out);
        if let Some(no_name) = flags.table.no_name() {
            let _ = write!(out, " /* {no_name} */");
        }
        return;
    }
    if comment {
        number(flags.raw, out);
        out.push_str(" /* ");
    }
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            out.push('|');
        }
        out.push_str(name);
    }
    match rest {
        Some(rest) if HUGE_PAGES.iter().any(|(set, _)| *set == flags.table) => unnamed(rest, flags.table, out),
        Some(rest) => {
            out.push('|');
            number(rest, out);
        }
        None => {}
    }
    if comment {
        out.push_str(" */");
    }
}

/// The flags of `clone`, the lowest byte of which is a signal: `CLONE_VM|SIGCHLD`.
fn cloned(raw: u64, style: &Style, out: &mut String) {
    let (signal, bits) = (raw as u8, raw & !0xff);
    if bits != 0 || signal == 0 {
        flags(Flags { table: &CLONE_FLAGS, raw: bits }, style, out);
    }
    if signal != 0 {
        out.push_str(if bits != 0 { "|" } else { "" });
        signal_value(signal.into(), style, out);
    }
}

/// The bits of [`MAP_TYPE`], `asm-generic/mman-common.h`.
const MAP_TYPE_MASK: u64 = 0xf;

/// The bits that have no name, behind those that have one; the size of large pages stands apart.
fn unnamed(bits: u64, table: &'static Xlat, out: &mut String) {
    let shift = HUGE_PAGES.iter().find(|(set, _)| *set == table);
    let size = shift.map_or(0, |_| bits & HUGE_MASK);
    if bits & !size != 0 {
        out.push('|');
        push_hex(bits & !size, out);
    }
    if let (1.., Some((_, name))) = (size, shift) {
        let _ = write!(out, "|{}<<{name}", size >> 26);
    }
}

/// Flags whose upper bits are the size of large pages, as a power of two, and the name of their place.
static HUGE_PAGES: &[(&Xlat, &str)] = &[(&MAP_FLAGS, "MAP_HUGE_SHIFT"), (&MEMFD_FLAGS, "MFD_HUGE_SHIFT")];
const HUGE_MASK: u64 = 0x3f << 26;

/// `SWAP_FLAG_PREFER|5`: the lower bits are a priority.
fn swap(all: Flags, style: &Style, out: &mut String) {
    const PRIORITY: u64 = 0x7fff;
    let rest = all.raw & !PRIORITY;
    if rest != 0 {
        named(Flags { raw: rest, ..all }, style, out);
        out.push('|');
    }
    push_int((all.raw & PRIORITY) as i64, out);
}

/// `IPC_CREAT|0600`: flags, and who may use the object in octal.
fn shared(all: Flags, style: &Style, out: &mut String) {
    const PERMISSIONS: u64 = 0o777;
    let memory = all.table == &SHM_GET_FLAGS;
    let size = if memory { all.raw & HUGE_MASK } else { 0 };
    let flags = all.raw & !PERMISSIONS & !size;
    let (names, rest) = all.table.split(flags);
    let comment = style.names == ConstStyle::Verbose && !names.is_empty();
    if names.is_empty() || style.names != ConstStyle::Abbrev {
        out.push_str(&if flags == 0 { String::new() } else { format!("{flags:#x}") });
    }
    if style.names != ConstStyle::Raw && !names.is_empty() {
        out.push_str(if comment { " /* " } else { "" });
        out.push_str(&names.join("|"));
        out.push_str(&if rest == 0 { String::new() } else { format!("|{rest:#x}") });
        out.push_str(if comment { " */" } else { "" });
    }
    // strace forgets the bar behind flags of semget and msgget that all have no name, which nobody could read.
    out.push_str(if flags == 0 { "" } else { "|" });
    if size != 0 {
        let _ = write!(out, "{}", size >> 26);
        out.push_str(match style.names {
            ConstStyle::Abbrev => "<<SHM_HUGE_SHIFT|",
            ConstStyle::Raw => "<<26|",
            ConstStyle::Verbose => "<<26 /* SHM_HUGE_SHIFT */|",
        });
    }
    let _ = write!(out, "0{:02o}", all.raw & PERMISSIONS);
}

/// How fresh an answer has to be, which has a name even when it is zero, and the other flags, which stand apart.
fn freshness(all: Flags, style: &Style, out: &mut String) {
    const SYNC: u64 = 0x6000; // AT_STATX_SYNC_TYPE
    let rest = Flags { raw: all.raw & !SYNC, ..all };
    if style.names != ConstStyle::Raw || all.raw & SYNC != 0 {
        flags(Flags { table: &STATX_SYNC, raw: all.raw & SYNC }, style, out);
    }
    if rest.raw != 0 {
        out.push('|');
        if AT_FLAGS.split(rest.raw).0.is_empty() {
            push_hex(rest.raw, out);
        } else {
            flags(Flags { table: &AT_FLAGS, ..rest }, style, out);
        }
    }
}

/// A constant, which has a name even when it is zero, and the other flags.
fn led(first: Const, rest: Flags, style: &Style, out: &mut String) {
    let verbose = style.names == ConstStyle::Verbose;
    if verbose {
        push_hex(first.raw | rest.raw, out);
        out.push_str(" /* ");
    }
    write(first, &Style { names: ConstStyle::Abbrev, ..*style }, out);
    if rest.raw != 0 {
        let (names, unnamed) = rest.table.split(rest.raw);
        for name in names {
            out.push('|');
            out.push_str(name);
        }
        self::unnamed(unnamed, rest.table, out);
    }
    if verbose {
        out.push_str(" */");
    }
}

/// File status flags by name: the access mode has a name even when it is zero.
fn status(flags: Flags, out: &mut String) {
    const MODE: u64 = libc::O_ACCMODE as u64;
    out.push_str(ACCESS_MODE.name(flags.raw & MODE).unwrap_or("O_ACCMODE"));
    let (names, rest) = flags.table.split(flags.raw & !MODE);
    for name in names {
        out.push('|');
        out.push_str(name);
    }
    if rest != 0 {
        out.push('|');
        push_hex(rest, out);
    }
}

/// A set of a table's members by position: `[ICMP_ECHO]`, `~[ICMP_ECHO]` where most are set.
pub(super) fn bits(set: Flags, style: &Style, out: &mut String) {
    let most = (set.raw as u32).count_ones() > 16;
    let shown = if most { !set.raw } else { set.raw };
    out.push_str(if most { "~[" } else { "[" });
    let mut first = true;
    for raw in (0..32).filter(|bit| shown & (1 << bit) != 0) {
        if !std::mem::take(&mut first) {
            out.push(' ');
        }
        write(Const { table: set.table, raw }, style, out);
    }
    out.push(']');
}

/// A socket's type and flags: `SOCK_STREAM|SOCK_CLOEXEC`. A type without a name is written with the unnamed flags.
pub(super) fn sock_type(ty: &SockType, style: &Style, out: &mut String) {
    let mut rest = ty.flags;
    if ty.kind.name().is_none() {
        rest.raw |= ty.kind.raw;
    } else {
        write(ty.kind, style, out);
        if rest.raw == 0 {
            return;
        }
        out.push('|');
    }
    flags(rest, style, out);
}

/// `SIGPIPE`, or the number where it is not a signal.
pub(super) fn signal(number: u32, out: &mut String) {
    match signal_name(u64::from(number)) {
        Some(name) => out.push_str(&name),
        None => push_int(i64::from(number as i32), out),
    }
}

/// A signal as an argument or a member.
pub(super) fn signal_value(number: u32, style: &Style, out: &mut String) {
    if style.names == ConstStyle::Abbrev {
        return signal(number, out);
    }
    push_int(i64::from(number as i32), out);
    if style.names == ConstStyle::Verbose
        && let Some(name) = signal_name(u64::from(number))
    {
        let _ = write!(out, " /* {name} */");
    }
}

/// A set of signals: `[INT TERM]`, `~[KILL]` where most are set.
pub(super) fn signals(mask: u64, style: &Style, out: &mut String) {
    let most = mask.count_ones() >= 64 * 2 / 3;
    let shown = if most { !mask } else { mask };
    out.push_str(if most { "~[" } else { "[" });
    let mut first = true;
    for number in (1..=64u64).filter(|number| shown & (1 << (number - 1)) != 0) {
        if !std::mem::take(&mut first) {
            out.push(' ');
        }
        if style.names == ConstStyle::Raw {
            push_int(number as i64, out);
        } else if let Some(name) = signal_name(number) {
            let name = name.strip_prefix("SIG").unwrap_or(&name);
            if style.names == ConstStyle::Verbose {
                let _ = write!(out, "{number} /* {name} */");
            } else {
                out.push_str(name);
            }
        }
    }
    out.push(']');
}
