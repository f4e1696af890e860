//! Counting and sampling what processor and kernel do.

use super::{Class, Dir, Effect, Flag, Made, RetTy, Syscall, Ty, arg, call};
use crate::syscall::CloseOnExec;
use crate::xlat::perf::PERF_FLAG;

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[&call(
    Class::DESC,
    libc::SYS_perf_event_open,
    "perf_event_open",
    &[
        arg("attr", Dir::In, Ty::PerfAttr, "What is counted."),
        arg("pid", Dir::In, Ty::Pid, "The thread; 0 for this one, -1 for all."),
        arg("cpu", Dir::In, Ty::Int, "The processor; -1 for all."),
        arg("group_fd", Dir::In, Ty::Fd, "The counter that it is counted with; -1 for none."),
        arg("flags", Dir::In, Ty::WideFlags(&PERF_FLAG), "How."),
    ],
    RetTy::Fd,
    Effect::Makes(Made::Other, CloseOnExec::Flag(Flag { arg: 4, bits: 8, name: "PERF_FLAG_FD_CLOEXEC" })),
    "Makes a counter of what the processor or the kernel does.",
)];
