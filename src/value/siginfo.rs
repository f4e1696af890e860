//! `siginfo_t`: which of its members mean something depends on the signal and on who sent it.

use super::layout::field;
use super::{Field, Kind, Layout, Record, Value};
use crate::xlat::signal;

/// `sizeof(siginfo_t)`.
pub const SIZE: usize = 128;

const SIGNO: Field = field("si_signo", 0, Kind::Signal);
/// The table is chosen by the signal; [`decode`] puts it in.
const CODE: Field = field("si_code", 8, Kind::Const(&signal::SI_CODE, 4));
const PID: Field = field("si_pid", 16, Kind::Int(4));
const UID: Field = field("si_uid", 20, Kind::Uint(4));

/// Sent by a program: `kill`, `tgkill`.
static SENT: Layout = Layout { name: "siginfo", size: SIZE, fields: &[SIGNO, CODE, PID, UID] };
/// Sent by a program with a value: `sigqueue`.
static QUEUED: Layout = Layout {
    name: "siginfo",
    size: SIZE,
    fields: &[SIGNO, CODE, PID, UID, field("si_int", 24, Kind::Int(4)), field("si_ptr", 24, Kind::Pointer)],
};
/// Nothing but the code counts: most of what the kernel sends.
static PLAIN: Layout = Layout { name: "siginfo", size: SIZE, fields: &[SIGNO, CODE] };
/// A child changed state by exiting.
static CHILD: Layout = Layout {
    name: "siginfo",
    size: SIZE,
    fields: &[
        SIGNO,
        CODE,
        PID,
        UID,
        field("si_status", 24, Kind::Int(4)),
        field("si_utime", 32, Kind::Int(8)),
        field("si_stime", 40, Kind::Int(8)),
    ],
};
/// A child changed state by a signal.
static CHILD_SIGNALED: Layout = Layout {
    name: "siginfo",
    size: SIZE,
    fields: &[
        SIGNO,
        CODE,
        PID,
        UID,
        field("si_status", 24, Kind::Signal),
        field("si_utime", 32, Kind::Int(8)),
        field("si_stime", 40, Kind::Int(8)),
    ],
};
/// A fault at an address.
static FAULT: Layout =
    Layout { name: "siginfo", size: SIZE, fields: &[SIGNO, CODE, field("si_addr", 16, Kind::Pointer)] };
/// A descriptor is ready.
static READY: Layout = Layout {
    name: "siginfo",
    size: SIZE,
    fields: &[SIGNO, CODE, field("si_band", 16, Kind::Int(8)), field("si_fd", 24, Kind::Fd)],
};
/// A timer ran out.
static TIMER: Layout = Layout {
    name: "siginfo",
    size: SIZE,
    fields: &[
        SIGNO,
        CODE,
        field("si_timerid", 16, Kind::Hex(4)),
        field("si_overrun", 20, Kind::Int(4)),
        field("si_int", 24, Kind::Int(4)),
        field("si_ptr", 24, Kind::Pointer),
    ],
};

/// Every layout [`decode`] may choose, for readers of text, which tell them apart by their members.
pub static LAYOUTS: &[&Layout] = &[&PLAIN, &SENT, &QUEUED, &CHILD, &CHILD_SIGNALED, &FAULT, &READY, &TIMER];

/// Reads the raw bytes of a `siginfo_t`.
pub fn decode(raw: &[u8; SIZE]) -> Record {
    let int = |at: usize| i32::from_ne_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]]);
    let (signo, code) = (int(0), int(8));
    let layout = match (signo, code) {
        (_, SI_USER | SI_TKILL) => &SENT,
        (_, SI_TIMER) => &TIMER,
        (_, SI_KERNEL) => &PLAIN,
        (_, ..0) if code == SI_QUEUE || code == SI_MESGQ || code == SI_ASYNCIO => &QUEUED,
        (libc::SIGCHLD, CLD_EXITED) => &CHILD,
        (libc::SIGCHLD, 1..) => &CHILD_SIGNALED,
        (libc::SIGILL | libc::SIGFPE | libc::SIGSEGV | libc::SIGBUS, 1..) => &FAULT,
        (libc::SIGIO, 1..) => &READY,
        _ if int(16) != 0 || int(20) != 0 => &SENT,
        _ => &PLAIN,
    };
    let mut record = Record::read(layout, raw);
    if let Some(Value::Const(code)) = record.fields.get_mut(1) {
        code.table = signal::si_codes(signo as u64);
    }
    record
}

const SI_USER: i32 = 0;
const SI_KERNEL: i32 = 128;
const SI_QUEUE: i32 = -1;
const SI_TIMER: i32 = -2;
const SI_MESGQ: i32 = -3;
const SI_ASYNCIO: i32 = -4;
const SI_TKILL: i32 = -6;
const CLD_EXITED: i32 = 1;
