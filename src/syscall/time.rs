//! Calls that read and set clocks, sleep and set timers.

use super::{Class, Dir, Effect, Made, RetTy, Scalar, Syscall, Ty, arg, call, cloexec, old};
use crate::value::ipc::TIMEX;
use crate::value::layout::{TIMESPEC, TIMEVAL};
use crate::value::process::{ITIMERSPEC, ITIMERVAL, TIMEZONE};
use crate::xlat::clock::{CLOCK_FLAGS, ITIMER, TIME_STATE};
use crate::xlat::wait::{CLOCK, TIMERFD_FLAGS};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::CLOCK,
        libc::SYS_clock_gettime,
        "clock_gettime",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock."),
            arg("tp", Dir::Out, Ty::Struct(&TIMESPEC), "What it shows."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Reads a clock.",
    ),
    &call(
        Class::CLOCK,
        libc::SYS_clock_settime,
        "clock_settime",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock."),
            arg("tp", Dir::In, Ty::Struct(&TIMESPEC), "What it is to show."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets a clock.",
    ),
    &call(
        Class::CLOCK,
        libc::SYS_clock_getres,
        "clock_getres",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock."),
            arg("res", Dir::Out, Ty::Struct(&TIMESPEC), "Its smallest step."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks how finely a clock counts.",
    ),
    &call(
        Class::NONE,
        libc::SYS_clock_nanosleep,
        "clock_nanosleep",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock that counts."),
            arg("flags", Dir::In, Ty::Flags(&CLOCK_FLAGS), "Whether the time is a moment."),
            arg("request", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when."),
            arg("remain", Dir::Out, Ty::Remaining(&TIMESPEC), "What was left when a signal woke it."),
        ],
        RetTy::Int,
        Effect::Sleeps,
        "Sleeps for a while, or until a moment.",
    ),
    &call(
        Class::NONE,
        libc::SYS_nanosleep,
        "nanosleep",
        &[
            arg("req", Dir::In, Ty::Struct(&TIMESPEC), "How long."),
            arg("rem", Dir::Out, Ty::Remaining(&TIMESPEC), "What was left when a signal woke it."),
        ],
        RetTy::Int,
        Effect::Sleeps,
        "Sleeps for a while.",
    ),
    &call(
        Class::CLOCK,
        libc::SYS_gettimeofday,
        "gettimeofday",
        &[
            arg("tv", Dir::Out, Ty::Struct(&TIMEVAL), "Seconds since 1970."),
            arg("tz", Dir::Out, Ty::Struct(&TIMEZONE), "The time zone; NULL as a rule."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Reads the time of day.",
    ),
    &call(
        Class::CLOCK,
        old!(SYS_time),
        "time",
        &[arg("tloc", Dir::Out, Ty::Number(Scalar::Date), "Where to write it too; NULL for nowhere.")],
        RetTy::Date,
        Effect::Nothing,
        "Reads the time of day in seconds since 1970.",
    ),
    &call(
        Class::NONE,
        old!(SYS_alarm),
        "alarm",
        &[arg("seconds", Dir::In, Ty::Uint, "How many; 0 for never.")],
        RetTy::Int,
        Effect::Nothing,
        "Has SIGALRM sent after some seconds.",
    ),
    &call(
        Class::NONE,
        libc::SYS_getitimer,
        "getitimer",
        &[
            arg("which", Dir::In, Ty::Const(&ITIMER), "The timer."),
            arg("curr_value", Dir::Out, Ty::Struct(&ITIMERVAL), "When."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks when a timer of the process runs out.",
    ),
    &call(
        Class::NONE,
        libc::SYS_setitimer,
        "setitimer",
        &[
            arg("which", Dir::In, Ty::Const(&ITIMER), "The timer."),
            arg("new_value", Dir::In, Ty::Struct(&ITIMERVAL), "When."),
            arg("old_value", Dir::Out, Ty::Struct(&ITIMERVAL), "When it would have run out."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Has a signal sent when some time is over.",
    ),
    &call(
        Class::DESC,
        libc::SYS_timerfd_create,
        "timerfd_create",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock that counts."),
            arg("flags", Dir::In, Ty::Flags(&TIMERFD_FLAGS), "Settings of the timer."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, cloexec(1, libc::TFD_CLOEXEC)),
        "Makes a timer that can be waited for.",
    ),
    &call(
        Class::DESC,
        libc::SYS_timerfd_settime,
        "timerfd_settime",
        &[
            arg("fd", Dir::In, Ty::Fd, "The timer."),
            arg("flags", Dir::In, Ty::Flags(&TIMERFD_FLAGS), "Whether the time is a moment."),
            arg("new_value", Dir::In, Ty::Struct(&ITIMERSPEC), "When."),
            arg("old_value", Dir::Out, Ty::Struct(&ITIMERSPEC), "When it would have run out."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets a timer that has a descriptor.",
    ),
    &call(
        Class::DESC,
        libc::SYS_timerfd_gettime,
        "timerfd_gettime",
        &[arg("fd", Dir::In, Ty::Fd, "The timer."), arg("curr_value", Dir::Out, Ty::Struct(&ITIMERSPEC), "When.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks when a timer that has a descriptor runs out.",
    ),
    &call(
        Class::CLOCK,
        libc::SYS_adjtimex,
        "adjtimex",
        &[arg("timex", Dir::Out, Ty::Struct(&TIMEX), "The state of the clock.")],
        RetTy::Named(&TIME_STATE),
        Effect::Nothing,
        "Adjusts a clock, or asks how it is kept right.",
    ),
    &call(
        Class::CLOCK,
        libc::SYS_clock_adjtime,
        "clock_adjtime",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock."),
            arg("timex", Dir::Out, Ty::Struct(&TIMEX), "The state of the clock."),
        ],
        RetTy::Named(&TIME_STATE),
        Effect::Nothing,
        "Adjusts a clock, or asks how it is kept right.",
    ),
];
