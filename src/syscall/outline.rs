//! Calls of other architectures whose arguments no row describes: the effect or result where it is known.

use super::{Class, Effect, Flag, RetTy};

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
        known.unwrap_or(does(name, Effect::Nothing))
    }
}

const fn does(name: &'static str, effect: Effect) -> Outline {
    Outline { name, class: Class::NONE, ret: RetTy::Int, effect }
}

const fn returns(name: &'static str, ret: RetTy) -> Outline {
    Outline { ret, ..does(name, Effect::Nothing) }
}

pub(super) const MARKS: Flag = Flag { arg: 2, bits: libc::CLOSE_RANGE_CLOEXEC as u64, name: "CLOSE_RANGE_CLOEXEC" };

pub(super) static OUTLINES: &[Outline] = &[returns("mmap2", RetTy::Pointer)];

/// The positions of the arguments that are numbers of processes or threads.
static PROCESSES: &[(&str, &[usize])] = &[("waitpid", &[0])];

/// Whether an argument of a call is the number of a process or thread.
pub(crate) fn takes_process(name: &str, at: usize) -> bool {
    PROCESSES.iter().any(|(call, arguments)| *call == name && arguments.contains(&at))
}
