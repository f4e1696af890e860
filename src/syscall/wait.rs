//! Calls that wait until a descriptor is ready.

use super::{Class, Dir, Effect, Made, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::sys::arch::number;
use crate::value::layout::{TIMESPEC, TIMEVAL};
use crate::xlat::wait::{EPOLL_FLAGS, EPOLL_OP};

/// poll(2).
pub(crate) static POLL: Syscall = call(
    Class::DESC,
    number::POLL,
    "poll",
    &[
        arg("fds", Dir::InOut, Ty::PollFds { count: 1 }),
        arg("nfds", Dir::In, Ty::Uint),
        arg("timeout", Dir::In, Ty::Millis),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until one of several descriptors is ready, with a timeout in milliseconds.",
);

/// ppoll(2).
pub(crate) static PPOLL: Syscall = call(
    Class::DESC,
    libc::SYS_ppoll,
    "ppoll",
    &[
        arg("fds", Dir::InOut, Ty::PollFds { count: 1 }),
        arg("nfds", Dir::In, Ty::Uint),
        arg("tmo_p", Dir::InOut, Ty::Timeout(&TIMESPEC)),
        arg("sigmask", Dir::In, Ty::SigSet { size: 4 }),
        arg("sigsetsize", Dir::In, Ty::Size),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until one of several descriptors is ready, with a signal mask.",
);

/// select(2).
pub(crate) static SELECT: Syscall = call(
    Class::DESC,
    number::SELECT,
    "select",
    &[
        arg("nfds", Dir::In, Ty::Int),
        arg("readfds", Dir::InOut, Ty::FdSet { count: 0 }),
        arg("writefds", Dir::InOut, Ty::FdSet { count: 0 }),
        arg("exceptfds", Dir::InOut, Ty::FdSet { count: 0 }),
        arg("timeout", Dir::InOut, Ty::Timeout(&TIMEVAL)),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until one of several descriptors is ready.",
);

/// pselect6(2), which pselect(3) and, in current C libraries, select(3) call.
pub(crate) static PSELECT6: Syscall = call(
    Class::DESC,
    libc::SYS_pselect6,
    "pselect6",
    &[
        arg("nfds", Dir::In, Ty::Int),
        arg("readfds", Dir::InOut, Ty::FdSet { count: 0 }),
        arg("writefds", Dir::InOut, Ty::FdSet { count: 0 }),
        arg("exceptfds", Dir::InOut, Ty::FdSet { count: 0 }),
        arg("timeout", Dir::InOut, Ty::Timeout(&TIMESPEC)),
        arg("sigmask", Dir::In, Ty::SigSetArg),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until one of several descriptors is ready, with a signal mask.",
);

/// epoll_create1(2).
pub(crate) static EPOLL_CREATE1: Syscall = call(
    Class::DESC,
    libc::SYS_epoll_create1,
    "epoll_create1",
    &[arg("flags", Dir::In, Ty::Flags(&EPOLL_FLAGS))],
    RetTy::Fd,
    Effect::Makes(Made::EpollSet, cloexec(0, libc::EPOLL_CLOEXEC)),
    "Creates a set of descriptors to wait for.",
);

/// epoll_ctl(2).
pub(crate) static EPOLL_CTL: Syscall = call(
    Class::DESC,
    libc::SYS_epoll_ctl,
    "epoll_ctl",
    &[
        arg("epfd", Dir::In, Ty::Fd),
        arg("op", Dir::In, Ty::Const(&EPOLL_OP)),
        arg("fd", Dir::In, Ty::Fd),
        arg("event", Dir::In, Ty::EpollEvent { op: 1 }),
    ],
    RetTy::Int,
    Effect::Watches(2),
    "Adds a descriptor to a set, changes or removes it.",
);

/// epoll_wait(2).
pub(crate) static EPOLL_WAIT: Syscall = call(
    Class::DESC,
    number::EPOLL_WAIT,
    "epoll_wait",
    &[
        arg("epfd", Dir::In, Ty::Fd),
        arg("events", Dir::Out, Ty::EpollEvents { room: 2 }),
        arg("maxevents", Dir::In, Ty::Int),
        arg("timeout", Dir::In, Ty::Millis),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until a descriptor of a set is ready.",
);

/// epoll_pwait(2).
pub(crate) static EPOLL_PWAIT: Syscall = call(
    Class::DESC,
    libc::SYS_epoll_pwait,
    "epoll_pwait",
    &[
        arg("epfd", Dir::In, Ty::Fd),
        arg("events", Dir::Out, Ty::EpollEvents { room: 2 }),
        arg("maxevents", Dir::In, Ty::Int),
        arg("timeout", Dir::In, Ty::Millis),
        arg("sigmask", Dir::In, Ty::SigSet { size: 5 }),
        arg("sigsetsize", Dir::In, Ty::Size),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until a descriptor of a set is ready, with a signal mask.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] =
    &[&POLL, &PPOLL, &SELECT, &PSELECT6, &EPOLL_CREATE1, &EPOLL_CTL, &EPOLL_WAIT, &EPOLL_PWAIT];
