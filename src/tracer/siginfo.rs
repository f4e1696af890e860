//! `siginfo_t` as a record: which of its members count depends on why the signal was sent, sigaction(2).

use crate::value::{Field, Kind, Layout, Record};
use crate::xlat::signal::{
    BUS_CODE, CLD_CODE, FPE_CODE, ILL_CODE, POLL_CODE, SEGV_CODE, SI_CODE, SIGNAL, SYS_CODE, TRAP_CODE,
};

/// Offsets of `si_code`, of the union behind it, and of `si_value` in the union's most used members.
const CODE: usize = 8;
const UNION: usize = 16;
const VALUE: usize = 24;

/// The layouts of a signal. `si_code` is written by the names its signal has, so each signal with codes of its own has
/// a set.
struct Family {
    bare: Layout,
    sender: Layout,
    queued: Layout,
    timer: Layout,
    timer_value: Layout,
    exited: Layout,
    killed: Layout,
    fault: Layout,
    poll: Layout,
    sys: Layout,
}

const fn field(name: &'static str, offset: usize, kind: Kind) -> Field {
    Field { name, offset, kind }
}

/// A layout that begins as all do.
macro_rules! layout {
    ($codes:ident $(, $name:literal $offset:expr => $kind:expr)*) => {
        Layout {
            name: "siginfo",
            size: 128,
            fields: &[
                field("si_signo", 0, Kind::Const(&SIGNAL, 4)),
                field("si_code", CODE, Kind::Const(&$codes, 4)),
                $(field($name, $offset, $kind)),*
            ],
        }
    };
}

/// The layouts for one table of codes.
macro_rules! family {
    ($family:ident $codes:ident) => {
        static $family: Family = Family {
            bare: layout!($codes),
            sender: layout!($codes, "si_pid" UNION => Kind::Int(4), "si_uid" UNION + 4 => Kind::Uint(4)),
            queued: layout!($codes, "si_pid" UNION => Kind::Int(4), "si_uid" UNION + 4 => Kind::Uint(4),
                "si_int" VALUE => Kind::Int(4), "si_ptr" VALUE => Kind::Pointer),
            timer: layout!($codes, "si_timerid" UNION => Kind::Hex(4), "si_overrun" UNION + 4 => Kind::Int(4)),
            timer_value: layout!($codes, "si_timerid" UNION => Kind::Hex(4), "si_overrun" UNION + 4 => Kind::Int(4),
                "si_int" VALUE => Kind::Int(4), "si_ptr" VALUE => Kind::Pointer),
            exited: layout!($codes, "si_pid" UNION => Kind::Int(4), "si_uid" UNION + 4 => Kind::Uint(4),
                "si_status" VALUE => Kind::Int(4), "si_utime" 32 => Kind::Uint(8), "si_stime" 40 => Kind::Uint(8)),
            killed: layout!($codes, "si_pid" UNION => Kind::Int(4), "si_uid" UNION + 4 => Kind::Uint(4),
                "si_status" VALUE => Kind::Const(&SIGNAL, 4), "si_utime" 32 => Kind::Uint(8),
                "si_stime" 40 => Kind::Uint(8)),
            fault: layout!($codes, "si_addr" UNION => Kind::Pointer),
            poll: layout!($codes, "si_band" UNION => Kind::Int(8), "si_fd" VALUE => Kind::Fd),
            sys: layout!($codes, "si_call_addr" UNION => Kind::Pointer, "si_syscall" VALUE => Kind::Int(4),
                "si_arch" VALUE + 4 => Kind::Hex(4)),
        };
    };
}

family!(GENERAL SI_CODE);
family!(ILL ILL_CODE);
family!(TRAP TRAP_CODE);
family!(BUS BUS_CODE);
family!(FPE FPE_CODE);
family!(SEGV SEGV_CODE);
family!(CHLD CLD_CODE);
family!(POLL POLL_CODE);
family!(SYS SYS_CODE);

fn family(signal: i32) -> &'static Family {
    match signal {
        libc::SIGILL => &ILL,
        libc::SIGTRAP => &TRAP,
        libc::SIGBUS => &BUS,
        libc::SIGFPE => &FPE,
        libc::SIGSEGV => &SEGV,
        libc::SIGCHLD => &CHLD,
        libc::SIGIO => &POLL,
        libc::SIGSYS => &SYS,
        _ => &GENERAL,
    }
}

/// Understands the bytes of a `siginfo_t`.
pub fn record(bytes: &[u8; 128]) -> Record {
    let word = |at: usize| i32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (signal, code) = (word(0), word(CODE));
    let family = family(signal);
    let has_value = bytes[VALUE..VALUE + 8].iter().any(|&byte| byte != 0);
    let has_sender = bytes[UNION..UNION + 8].iter().any(|&byte| byte != 0);
    let layout = match (signal, code) {
        (_, libc::SI_USER | libc::SI_TKILL) => &family.sender,
        (_, libc::SI_TIMER) if has_value => &family.timer_value,
        (_, libc::SI_TIMER) => &family.timer,
        (libc::SIGCHLD, libc::CLD_EXITED) => &family.exited,
        (libc::SIGCHLD, 1..) if code != libc::SI_KERNEL => &family.killed,
        (libc::SIGILL | libc::SIGFPE | libc::SIGSEGV | libc::SIGBUS, 1..) => &family.fault,
        (libc::SIGIO, 1..=6) => &family.poll,
        (libc::SIGSYS, 1..=2) => &family.sys,
        _ if has_value => &family.queued,
        _ if has_sender => &family.sender,
        _ => &family.bare,
    };
    Record::read(layout, bytes)
}

/// The number that names a code, in the table of its signal.
#[cfg(test)]
fn codes(signal: i32) -> &'static crate::xlat::Xlat {
    crate::xlat::signal::si_codes(signal as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn info(signal: i32, code: i32, union: &[i32]) -> Record {
        let mut bytes = [0; 128];
        bytes[..4].copy_from_slice(&signal.to_ne_bytes());
        bytes[CODE..CODE + 4].copy_from_slice(&code.to_ne_bytes());
        for (at, word) in union.iter().enumerate() {
            bytes[UNION + 4 * at..UNION + 4 * at + 4].copy_from_slice(&word.to_ne_bytes());
        }
        record(&bytes)
    }

    #[test]
    fn the_members_that_count_are_shown() {
        let names = |record: Record| record.layout.fields.iter().map(|field| field.name).skip(2).collect::<Vec<_>>();
        assert_eq!(names(info(libc::SIGALRM, libc::SI_KERNEL, &[])), Vec::<&str>::new());
        assert_eq!(names(info(libc::SIGUSR1, libc::SI_USER, &[7, 0])), ["si_pid", "si_uid"]);
        assert_eq!(names(info(35, libc::SI_QUEUE, &[7, 0, 9, 0])), ["si_pid", "si_uid", "si_int", "si_ptr"]);
        assert_eq!(names(info(libc::SIGSEGV, 1, &[8, 0])), ["si_addr"]);
        let child = info(libc::SIGCHLD, libc::CLD_KILLED, &[7, 0, 9]);
        assert!(matches!(child.get("si_status"), Some(Value::Const(_))));
    }

    #[test]
    fn each_signal_uses_its_codes() {
        for signal in 1..=64 {
            let Kind::Const(table, _) = family(signal).bare.fields[1].kind else { panic!("{signal}") };
            assert_eq!(table, codes(signal), "{signal}");
        }
    }
}
