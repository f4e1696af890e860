//! Calls that wait until a descriptor is ready.

use super::{Class, Dir, Effect, Made, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::sys::arch::number;
use crate::value::layout::{TIMESPEC, TIMEVAL};
use crate::xlat::wait::{EPOLL_FLAGS, EPOLL_OP};

/// poll(2).
pub(crate) static POLL: Syscall = call(
    Class::SOCKET_DESC,
    number::POLL,
    "poll",
    &[
        arg(
            "fds",
            Dir::InOut,
            Ty::PollFds { count: 1 },
            "The descriptors, each with what to wait for; the kernel notes what it found.",
        ),
        arg("nfds", Dir::In, Ty::Uint, "How many descriptors there are."),
        arg("timeout", Dir::In, Ty::Millis, "How long to wait, in milliseconds; -1 for ever, 0 only looks."),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until one of several descriptors is ready, or until a time in milliseconds is over.",
);

/// ppoll(2).
pub(crate) static PPOLL: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_ppoll,
    "ppoll",
    &[
        arg(
            "fds",
            Dir::InOut,
            Ty::PollFds { count: 1 },
            "The descriptors, each with what to wait for; the kernel notes what it found.",
        ),
        arg("nfds", Dir::In, Ty::Uint, "How many descriptors there are."),
        arg(
            "tmo_p",
            Dir::InOut,
            Ty::Timeout(&TIMESPEC),
            "How long to wait, in seconds and nanoseconds; NULL for ever.",
        ),
        arg(
            "sigmask",
            Dir::In,
            Ty::SigSet { size: 4 },
            "The signals that are held back while it waits; NULL leaves them as they are.",
        ),
        arg("sigsetsize", Dir::In, Ty::Size, "The size of the set of signals in bytes: 8."),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits like poll, with a finer timeout and a choice of signals that may arrive meanwhile.",
);

/// select(2).
pub(crate) static SELECT: Syscall = call(
    Class::SOCKET_DESC,
    number::SELECT,
    "select",
    &[
        arg("nfds", Dir::In, Ty::Int, "The highest descriptor in the sets, plus 1."),
        arg(
            "readfds",
            Dir::InOut,
            Ty::FdSet { count: 0 },
            "The descriptors to wait for until something can be read or accepted; the kernel leaves the ready ones.",
        ),
        arg(
            "writefds",
            Dir::InOut,
            Ty::FdSet { count: 0 },
            "The descriptors to wait for until something can be written; the kernel leaves the ready ones.",
        ),
        arg(
            "exceptfds",
            Dir::InOut,
            Ty::FdSet { count: 0 },
            "The descriptors to wait for until something exceptional happens, such as urgent data.",
        ),
        arg(
            "timeout",
            Dir::InOut,
            Ty::Timeout(&TIMEVAL),
            "How long to wait, in seconds and microseconds; NULL for ever. The kernel counts it down.",
        ),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until one of several descriptors is ready; the older form of poll.",
);

/// pselect6(2), which pselect(3) and, in current C libraries, select(3) call.
pub(crate) static PSELECT6: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_pselect6,
    "pselect6",
    &[
        arg("nfds", Dir::In, Ty::Int, "The highest descriptor in the sets, plus 1."),
        arg(
            "readfds",
            Dir::InOut,
            Ty::FdSet { count: 0 },
            "The descriptors to wait for until something can be read or accepted; the kernel leaves the ready ones.",
        ),
        arg(
            "writefds",
            Dir::InOut,
            Ty::FdSet { count: 0 },
            "The descriptors to wait for until something can be written; the kernel leaves the ready ones.",
        ),
        arg(
            "exceptfds",
            Dir::InOut,
            Ty::FdSet { count: 0 },
            "The descriptors to wait for until something exceptional happens, such as urgent data.",
        ),
        arg(
            "timeout",
            Dir::InOut,
            Ty::Timeout(&TIMESPEC),
            "How long to wait, in seconds and nanoseconds; NULL for ever. The kernel counts it down.",
        ),
        arg(
            "sigmask",
            Dir::In,
            Ty::SigSetArg,
            "The signals that are held back while it waits; NULL leaves them as they are.",
        ),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits like select, with a finer timeout and a choice of signals that may arrive meanwhile.",
);

/// epoll_create1(2).
pub(crate) static EPOLL_CREATE1: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_epoll_create1,
    "epoll_create1",
    &[arg(
        "flags",
        Dir::In,
        Ty::Flags(&EPOLL_FLAGS),
        "EPOLL_CLOEXEC, or 0: whether another program that is started keeps the set.",
    )],
    RetTy::Fd,
    Effect::Makes(Made::EpollSet, cloexec(0, libc::EPOLL_CLOEXEC)),
    "Makes an epoll set, the kernel's own list of descriptors to watch.",
);

/// epoll_ctl(2).
pub(crate) static EPOLL_CTL: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_epoll_ctl,
    "epoll_ctl",
    &[
        arg("epfd", Dir::In, Ty::Fd, "The epoll set."),
        arg("op", Dir::In, Ty::Const(&EPOLL_OP), "Whether to add, change or remove."),
        arg("fd", Dir::In, Ty::Fd, "The descriptor that is to be watched, or no longer."),
        arg("event", Dir::In, Ty::EpollEvent { op: 1 }, "What to wait for, and what to give back when it happens."),
    ],
    RetTy::Int,
    Effect::Watches(2),
    "Adds a descriptor to an epoll set, changes what is watched of it, or removes it.",
);

/// epoll_wait(2).
pub(crate) static EPOLL_WAIT: Syscall = call(
    Class::SOCKET_DESC,
    number::EPOLL_WAIT,
    "epoll_wait",
    &[
        arg("epfd", Dir::In, Ty::Fd, "The epoll set."),
        arg("events", Dir::Out, Ty::EpollEvents { room: 2 }, "Where the kernel lists the descriptors that are ready."),
        arg("maxevents", Dir::In, Ty::Int, "How many the list has room for."),
        arg("timeout", Dir::In, Ty::Millis, "How long to wait, in milliseconds; -1 for ever, 0 only looks."),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits until a descriptor of an epoll set is ready, or until the time is over.",
);

/// epoll_pwait(2).
pub(crate) static EPOLL_PWAIT: Syscall = call(
    Class::SOCKET_DESC,
    libc::SYS_epoll_pwait,
    "epoll_pwait",
    &[
        arg("epfd", Dir::In, Ty::Fd, "The epoll set."),
        arg("events", Dir::Out, Ty::EpollEvents { room: 2 }, "Where the kernel lists the descriptors that are ready."),
        arg("maxevents", Dir::In, Ty::Int, "How many the list has room for."),
        arg("timeout", Dir::In, Ty::Millis, "How long to wait, in milliseconds; -1 for ever, 0 only looks."),
        arg(
            "sigmask",
            Dir::In,
            Ty::SigSet { size: 5 },
            "The signals that are held back while it waits; NULL leaves them as they are.",
        ),
        arg("sigsetsize", Dir::In, Ty::Size, "The size of the set of signals in bytes: 8."),
    ],
    RetTy::Int,
    Effect::Waits,
    "Waits like epoll_wait, with a choice of signals that may arrive meanwhile.",
);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] =
    &[&POLL, &PPOLL, &SELECT, &PSELECT6, &EPOLL_CREATE1, &EPOLL_CTL, &EPOLL_WAIT, &EPOLL_PWAIT];
