//! Calls whose arguments are not described, but whose effect or result is known.

use super::effect::cloexec;
use super::{CloseOnExec, Effect, Flag, Forks, Made, RetTy};

/// What is known of a call without its arguments, which text and JSON show raw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    pub(super) name: &'static str,
    pub(super) ret: RetTy,
    pub(super) effect: Effect,
}

impl Outline {
    /// Looks a call up by its name.
    pub(super) fn of(name: &'static str) -> Self {
        let known = OUTLINES.iter().find(|known| known.name == name);
        known.copied().unwrap_or(Self { name, ret: RetTy::Int, effect: Effect::Nothing })
    }
}

const fn does(name: &'static str, effect: Effect) -> Outline {
    Outline { name, ret: RetTy::Int, effect }
}

/// A call that returns a descriptor of a file or of an anonymous object.
const fn makes(name: &'static str, made: Made, how: CloseOnExec) -> Outline {
    does(name, Effect::Makes(made, how))
}

/// A call that creates a process or thread and returns its number.
const fn forks(name: &'static str, how: Forks) -> Outline {
    Outline { name, ret: RetTy::Pid, effect: Effect::Forks(how) }
}

const fn returns(name: &'static str, ret: RetTy) -> Outline {
    Outline { name, ret, effect: Effect::Nothing }
}

pub(super) const MARKS: Flag = Flag { arg: 2, bits: libc::CLOSE_RANGE_CLOEXEC as u64, name: "CLOSE_RANGE_CLOEXEC" };

pub(super) static OUTLINES: &[Outline] = &[
    forks("clone", Forks::Flags),
    forks("clone3", Forks::FlagsBehind),
    does("futex", Effect::AwaitsWake),
    returns("mmap2", RetTy::Pointer),
    returns("shmat", RetTy::Pointer),
    makes("open_by_handle_at", Made::File, cloexec(2, libc::O_CLOEXEC)),
    makes("open_tree", Made::File, cloexec(2, libc::O_CLOEXEC)),
    makes("memfd_secret", Made::File, cloexec(0, libc::O_CLOEXEC)),
    makes("mq_open", Made::File, CloseOnExec::Always),
    makes("signalfd", Made::Other, CloseOnExec::Never),
    makes("fanotify_init", Made::Other, cloexec(0, libc::FAN_CLOEXEC as i32)),
    makes("userfaultfd", Made::Other, cloexec(0, libc::O_CLOEXEC)),
    makes("perf_event_open", Made::Other, cloexec(4, PERF_FLAG_FD_CLOEXEC)),
    makes("fsopen", Made::Other, cloexec(1, FSOPEN_CLOEXEC)),
    makes("fspick", Made::Other, cloexec(2, FSOPEN_CLOEXEC)),
    makes("fsmount", Made::Other, cloexec(1, FSOPEN_CLOEXEC)),
    makes("io_uring_setup", Made::Ring, CloseOnExec::Always),
    makes("landlock_create_ruleset", Made::Other, CloseOnExec::Always),
];

/// The positions of the arguments that are numbers of processes or threads.
static PROCESSES: &[(&str, &[usize])] = &[
    ("waitpid", &[0]),
    ("rt_sigqueueinfo", &[0]),
    ("rt_tgsigqueueinfo", &[0, 1]),
    ("process_vm_readv", &[0]),
    ("process_vm_writev", &[0]),
];

/// Whether an argument of a call is the number of a process or thread.
pub(crate) fn takes_process(name: &str, at: usize) -> bool {
    PROCESSES.iter().any(|(call, arguments)| *call == name && arguments.contains(&at))
}

/// `linux/perf_event.h`.
const PERF_FLAG_FD_CLOEXEC: i32 = 8;
/// `linux/mount.h`; `FSPICK_CLOEXEC` and `FSMOUNT_CLOEXEC` are the same.
const FSOPEN_CLOEXEC: i32 = 1;
