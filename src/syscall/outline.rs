//! Calls whose arguments no row describes: their classes, and the effect or result where it is known.
//!
//! The classes are those of strace 6.1 on x86-64, so that `-e trace=%class` selects what strace selects;
//! tests/trace/differential.rs asks it.

use super::effect::cloexec;
use super::{Class, CloseOnExec, Effect, Flag, Made, RetTy};

/// What is known of a call without its arguments, which text and JSON show raw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) ret: RetTy,
    pub(super) effect: Effect,
}

impl Outline {
    /// Looks a call up by its name.
    pub(super) fn of(name: &'static str) -> Self {
        let known = OUTLINES.iter().find(|known| known.name == name).copied();
        let lists = CLASSES.iter().filter(|(_, names)| names.split(' ').any(|listed| listed == name));
        let class = lists.fold(Class::NONE, |all, (class, _)| all.and(*class));
        Self { class, ..known.unwrap_or(does(name, Effect::Nothing)) }
    }
}

const fn does(name: &'static str, effect: Effect) -> Outline {
    Outline { name, class: Class::NONE, ret: RetTy::Int, effect }
}

/// A call that returns a descriptor of a file or of an anonymous object.
const fn makes(name: &'static str, made: Made, how: CloseOnExec) -> Outline {
    does(name, Effect::Makes(made, how))
}

const fn returns(name: &'static str, ret: RetTy) -> Outline {
    Outline { ret, ..does(name, Effect::Nothing) }
}

pub(super) const MARKS: Flag = Flag { arg: 2, bits: libc::CLOSE_RANGE_CLOEXEC as u64, name: "CLOSE_RANGE_CLOEXEC" };

pub(super) static OUTLINES: &[Outline] = &[
    returns("mmap2", RetTy::Pointer),
    makes("perf_event_open", Made::Other, cloexec(4, PERF_FLAG_FD_CLOEXEC)),
    makes("io_uring_setup", Made::Ring, CloseOnExec::Always),
];

/// The positions of the arguments that are numbers of processes or threads.
static PROCESSES: &[(&str, &[usize])] = &[("waitpid", &[0])];

/// Whether an argument of a call is the number of a process or thread.
pub(crate) fn takes_process(name: &str, at: usize) -> bool {
    PROCESSES.iter().any(|(call, arguments)| *call == name && arguments.contains(&at))
}

/// `linux/perf_event.h`.
const PERF_FLAG_FD_CLOEXEC: i32 = 8;
/// The calls of these classes without a row.
pub(super) fn members(class: Class) -> impl Iterator<Item = &'static str> {
    let lists = CLASSES.iter().filter(move |(listed, _)| listed.contains(class));
    lists.flat_map(|(_, names)| names.split(' '))
}

#[rustfmt::skip]
static CLASSES: &[(Class, &str)] = &[
    (Class::NET,
        ""),
    (Class::DESC,
        "bpf \
         io_uring_register io_uring_setup \
         \
         \
         perf_event_open"),
    (Class::FILE,
        "\
         "),
    (Class::MEMORY,
        "io_setup io_uring_register \
         "),
    (Class::PROCESS,
        ""),
    (Class::SIGNAL,
        ""),
    (Class::IPC,
        ""),
    (Class::CLOCK,
        ""),
    (Class::STATFS_LIKE,
        ""),
];
