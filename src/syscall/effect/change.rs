//! What a successful call does to the descriptors of its process, from registers or from text.

use super::{Args, CLONE_FILES, CLONE_THREAD, Effect, Forks};
use crate::syscall::Syscall;
use crate::value::Value;

/// What a successful call does to its process's descriptors, and to processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub(crate) enum Change {
    /// Nothing.
    #[default]
    Nothing,
    /// New descriptors (`made`) of something new, or received from others.
    Makes {
        /// Whether they are closed on exec.
        cloexec: bool,
    },
    /// A new descriptor of the same object.
    Duplicates {
        /// The other one.
        fd: i32,
        /// The new one, where the caller chose it; it is closed first.
        onto: Option<i32>,
        /// Whether it is closed on exec.
        cloexec: bool,
    },
    /// A descriptor is closed, even where the call fails.
    Closes(i32),
    /// All descriptors from the first to the last, which are unsigned, are closed.
    ClosesRange(u32, u32),
    /// Sets close-on-exec for all descriptors from the first to the last.
    Marks {
        /// The first.
        first: u32,
        /// The last.
        last: u32,
        /// Whether they are closed on exec.
        cloexec: bool,
    },
    /// A new process, or thread.
    Forks {
        /// Whether it is a thread of the same process.
        thread: bool,
        /// Whether it shares the table of descriptors rather than copying it.
        shares: bool,
    },
    /// Descriptors marked close-on-exec are closed.
    Executes,
    /// The process ends, and with it all its descriptors.
    Ends,
}

impl Change {
    /// The change that a call with these registers requests. Flags in memory ([`Forks::FlagsBehind`]) count as not set;
    /// `fork_flags` reads them.
    pub(crate) fn asked(sys: &Syscall, regs: &[u64; 6]) -> Self {
        Self::resolve(sys, Args::Registers(regs))
    }

    /// The change that a call with these decoded arguments requests.
    pub(crate) fn of(sys: &Syscall, args: &[Value]) -> Self {
        Self::resolve(sys, Args::Values(sys, args))
    }

    pub(super) fn resolve(sys: &Syscall, args: Args<'_>) -> Self {
        match sys.resolved(args) {
            Effect::Makes(_, how) | Effect::Accepts(how) | Effect::Receives(how) => {
                Self::Makes { cloexec: args.closes_on_exec(how) }
            }
            Effect::Duplicates { onto, cloexec } => match (args.fd(0), onto.map(|at| args.fd(at))) {
                (fd, Some(onto)) if fd == onto => Self::Nothing,
                (fd, onto) => Self::Duplicates { fd, onto, cloexec: args.closes_on_exec(cloexec) },
            },
            Effect::Closes => Self::Closes(args.fd(0)),
            Effect::ClosesRange { marks } => {
                let bound = |at: usize, unknown: u32| args.number(at).map_or(unknown, |bound| bound as u32);
                let (first, last) = (bound(0, u32::MAX), bound(1, 0));
                if args.has(marks) {
                    Self::Marks { first, last, cloexec: true }
                } else {
                    Self::ClosesRange(first, last)
                }
            }
            Effect::SetsCloseOnExec(how) => {
                let fd = args.fd(0) as u32;
                Self::Marks { first: fd, last: fd, cloexec: args.closes_on_exec(how) }
            }
            Effect::Forks(Forks::Plainly) => Self::Forks { thread: false, shares: false },
            Effect::Forks(Forks::FlagsBehind) if matches!(args, Args::Registers(_)) => {
                Self::Forks { thread: false, shares: false }
            }
            Effect::Forks(_) => Self::Forks { thread: args.has(CLONE_THREAD), shares: args.has(CLONE_FILES) },
            Effect::Executes => Self::Executes,
            Effect::ExitsProcess => Self::Ends,
            _ => Self::Nothing,
        }
    }

    /// Whether a descriptor is closed or replaced when the call ends; `done` is whether it succeeded.
    pub(crate) fn closes(self, fd: i32, done: bool) -> bool {
        match self {
            Self::Closes(closed) => fd == closed,
            Self::Duplicates { onto: Some(closed), .. } => done && fd == closed,
            Self::ClosesRange(first, last) => done && u32::try_from(fd).is_ok_and(|fd| (first..=last).contains(&fd)),
            _ => false,
        }
    }
}
