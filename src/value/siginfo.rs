//! `siginfo_t`: which of its members are valid depends on the signal and its sender.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::layout::field;
use super::{Field, Kind, Layout, Record, Value};
use crate::memory::padded;
use crate::xlat::errno::ERRNO;
use crate::xlat::signal;

/// The name of its layouts.
pub(crate) const NAME: &str = "siginfo";
/// `sizeof(siginfo_t)`.
pub const SIZE: usize = 128;

const SIGNO: Field = field("si_signo", 0, Kind::Signal, "The signal.");
/// [`decode`] replaces the table with the signal's.
const CODE: Field = field("si_code", 8, Kind::Const(&signal::SI_CODE, 4), "Why it was sent.");
const PID: Field = field("si_pid", 16, Kind::Int(4), "The process that sent it, or the child that it is about.");
const UID: Field = field("si_uid", 20, Kind::Uint(4), "That process's user.");

/// `siginfo_t` with these members.
const fn siginfo(fields: &'static [Field]) -> Layout {
    Layout { name: NAME, size: SIZE, doc: "What is known of a signal: which one, why, and from whom.", fields }
}

/// Sent by a program: `kill`, `tgkill`.
static SENT: Layout = siginfo(&[SIGNO, CODE, PID, UID]);
/// Sent by a program with a value: `sigqueue`.
static QUEUED: Layout = siginfo(&[
    SIGNO,
    CODE,
    PID,
    UID,
    field("si_int", 24, Kind::Int(4), "A number that the sender added."),
    field("si_ptr", 24, Kind::Pointer, "The same value as a pointer."),
]);
/// No signal: what `waitid` fills in where no child has changed.
static EMPTY: Layout = siginfo(&[]);
/// Only the code is valid: most signals from the kernel.
static PLAIN: Layout = siginfo(&[SIGNO, CODE]);
/// A child changed state: by exiting with a status, or by the signal that [`decode`] puts in its place.
static CHILD: Layout = siginfo(&[
    SIGNO,
    CODE,
    PID,
    UID,
    field("si_status", 24, Kind::Int(4), "The child's exit status, or the signal that ended or stopped it."),
    field("si_utime", 32, Kind::Ticks, "Time that the child computed itself, in hundredths of a second."),
    field("si_stime", 40, Kind::Ticks, "Time that the kernel worked for the child, in hundredths of a second."),
]);
/// A fault at an address.
static FAULT: Layout =
    siginfo(&[SIGNO, CODE, field("si_addr", 16, Kind::Pointer, "The address at which it happened.")]);
/// A seccomp filter of the program's own refused a call.
static REFUSED: Layout = siginfo(&[SIGNO, CODE, CALL_ADDR, SYSCALL, ARCH]);
/// The same with the filter's reason.
static REFUSED_WITH: Layout = siginfo(&[
    SIGNO,
    CODE,
    field("si_errno", 4, Kind::Const(&ERRNO, 4), "The reason that the filter gave."),
    CALL_ADDR,
    SYSCALL,
    ARCH,
]);
const CALL_ADDR: Field = field("si_call_addr", 16, Kind::Pointer, "Where in the program the call was.");
const SYSCALL: Field = field("si_syscall", 24, Kind::Const(&signal::SYSCALL_NR, 4), "The call that was refused.");
const ARCH: Field =
    field("si_arch", 28, Kind::Const(&signal::AUDIT_ARCH, 4), "The kind of machine that the call belongs to.");
/// A descriptor is ready.
static READY: Layout = siginfo(&[
    SIGNO,
    CODE,
    field("si_band", 16, Kind::Int(8), "What the descriptor is ready for, as bits."),
    field("si_fd", 24, Kind::Fd, "The descriptor that is ready."),
]);
/// A timer ran out.
static TIMER: Layout = siginfo(&[
    SIGNO,
    CODE,
    field("si_timerid", 16, Kind::Hex(4), "Which timer ran out."),
    field("si_overrun", 20, Kind::Int(4), "How often the timer ran out unnoticed."),
    field("si_int", 24, Kind::Int(4), "A number that the sender added."),
    field("si_ptr", 24, Kind::Pointer, "The same value as a pointer."),
]);

/// Every layout that [`decode`] may choose, for readers of text, which recognise them by their members.
pub static LAYOUTS: &[&Layout] =
    &[&EMPTY, &PLAIN, &SENT, &QUEUED, &CHILD, &FAULT, &READY, &TIMER, &REFUSED, &REFUSED_WITH];

/// A member by its name.
pub(crate) fn member(name: &str) -> Option<&'static Field> {
    LAYOUTS.iter().flat_map(|layout| layout.fields).find(|field| field.name == name)
}

/// How many layouts of `siginfo_t` are made in one run, so that a file of garbage cannot fill the memory.
const MAX_LAYOUTS: usize = 256;

/// A layout for a combination of known fields that no table has; the same fields give the same layout. `None` where a
/// field is unknown.
pub(crate) fn shape(names: &[&str]) -> Option<&'static Layout> {
    static SHAPES: OnceLock<Mutex<HashMap<String, &'static Layout>>> = OnceLock::new();
    let key = names.join(",");
    let mut shapes = SHAPES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(layout) = shapes.get(&key) {
        return Some(layout);
    }
    if shapes.len() >= MAX_LAYOUTS {
        return None;
    }
    let field = |name: &&str| member(name).map(|field| Field { offset: 0, ..*field });
    let fields: Vec<Field> = names.iter().map(field).collect::<Option<_>>()?;
    let layout = Box::leak(Box::new(siginfo(Box::leak(fields.into()))));
    shapes.insert(key, layout);
    Some(layout)
}

/// Reads the raw bytes of a `siginfo_t`.
pub fn decode(raw: &[u8; SIZE]) -> Record {
    let int = |at: usize| i32::from_ne_bytes(padded(raw, at));
    let (signo, code) = (int(0), int(8));
    let value = u64::from_ne_bytes(padded(raw, 24));
    let sent = if value != 0 { &QUEUED } else { &SENT };
    let layout = match (signo, code) {
        (0, _) => &EMPTY,
        (_, SI_USER | SI_TKILL) => &SENT,
        (_, SI_TIMER) => &TIMER,
        (_, SI_SIGIO) => &READY,
        (_, ..0) => sent,
        (libc::SIGCHLD, _) => &CHILD,
        (libc::SIGILL | libc::SIGFPE | libc::SIGSEGV | libc::SIGBUS | libc::SIGTRAP, _) => &FAULT,
        (libc::SIGSYS, _) if int(4) != 0 => &REFUSED_WITH,
        (libc::SIGSYS, _) => &REFUSED,
        (libc::SIGIO, ..SI_KERNEL) => &READY,
        _ if int(16) != 0 || int(20) != 0 || value != 0 => sent,
        _ => &PLAIN,
    };
    let mut record = Record::read(layout, raw);
    if let Some(Value::Const(code)) = record.fields.get_mut(1) {
        code.table = signal::si_codes(signo as u64);
    }
    if std::ptr::eq(layout, &CHILD) && code != CLD_EXITED && signal::signal_name(u64::from(int(24) as u32)).is_some() {
        record.fields[STATUS] = Value::Signal(int(24) as u32);
    }
    record
}

const SI_USER: i32 = 0;
const SI_TIMER: i32 = -2;
const SI_TKILL: i32 = -6;
const SI_SIGIO: i32 = -5;
const SI_KERNEL: i32 = 128;
const CLD_EXITED: i32 = 1;
/// The index of `si_status` in the fields of [`CHILD`].
const STATUS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(words: &[(usize, i32)]) -> [u8; SIZE] {
        let mut raw = [0; SIZE];
        for (at, word) in words {
            raw[*at..at + 4].copy_from_slice(&word.to_ne_bytes());
        }
        raw
    }

    #[test]
    fn members_depend_on_the_signal_and_its_sender() {
        let exited = decode(&raw(&[(0, libc::SIGCHLD), (8, CLD_EXITED), (16, 7), (24, 3)]));
        assert_eq!(exited.get("si_status"), Some(&Value::Int(3)));
        let killed = decode(&raw(&[(0, libc::SIGCHLD), (8, 2), (16, 7), (24, libc::SIGTERM)]));
        assert_eq!(killed.get("si_status"), Some(&Value::Signal(15)));
        let fault = decode(&raw(&[(0, libc::SIGSEGV), (8, 1), (16, 16)]));
        assert_eq!(fault.get("si_addr"), Some(&Value::Pointer(16)));
        let queued = decode(&raw(&[(0, libc::SIGTERM), (8, -1), (16, 7), (24, 42)]));
        assert_eq!(queued.get("si_int"), Some(&Value::Int(42)));
        let kernel = decode(&raw(&[(0, libc::SIGALRM), (8, 128)]));
        assert_eq!(kernel.fields.len(), 2);
    }
}
