//! Queues of messages, timers, keys and rules of a process.

use super::argument::bytes;
use super::{
    Class, CloseOnExec, Dir, Effect, Given, Len, Made, Operations, RetTy, Scalar, Syscall, Ty, arg, call, old,
    operation,
};
use crate::value::ipc::LANDLOCK_RULESET;
use crate::value::layout::{TIMESPEC, TIMEVAL};
use crate::value::process::{ITIMERSPEC, TIMEZONE};
use crate::value::queue::{LANDLOCK_PATH, MQ_ATTR, SIGEVENT};
use crate::xlat::clock::CLOCK_FLAGS;
use crate::xlat::confine::{LANDLOCK_RULE, LANDLOCK_RULESET_FLAGS};
use crate::xlat::file::{PERMISSIONS, STATUS_FLAGS};
use crate::xlat::key::KEY_SPEC;
use crate::xlat::wait::CLOCK;

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::DESC,
        libc::SYS_mq_open,
        "mq_open",
        &[
            arg("name", Dir::In, Ty::Bytes(Len::Terminated), "The name of the queue."),
            arg("flags", Dir::In, Ty::Flags(&STATUS_FLAGS), "Whether to read, write or both, and how to open."),
            arg("mode", Dir::In, Ty::Flags(&PERMISSIONS), "Who may use the file; the umask takes bits away.")
                .given(Given::WithBits { at: 1, bits: libc::O_CREAT as u64 }),
            arg("attr", Dir::In, Ty::Struct(&MQ_ATTR), "How long the queue and its messages may be.")
                .given(Given::WithBits { at: 1, bits: libc::O_CREAT as u64 }),
        ],
        RetTy::Fd,
        Effect::Makes(Made::File, CloseOnExec::Always),
        "Opens a queue of messages, and creates it where the flags ask for that.",
    ),
    &call(
        Class::NONE,
        libc::SYS_mq_unlink,
        "mq_unlink",
        &[arg("name", Dir::In, Ty::Bytes(Len::Terminated), "The name of the queue.")],
        RetTy::Int,
        Effect::Nothing,
        "Removes a queue of messages by its name.",
    ),
    &call(
        Class::DESC,
        libc::SYS_mq_timedsend,
        "mq_timedsend",
        &[
            arg("mqdes", Dir::In, Ty::Fd, "The queue."),
            arg("message", Dir::In, Ty::Bytes(Len::Arg(2)), "The message."),
            bytes("msg_len"),
            arg("msg_prio", Dir::In, Ty::Uint, "How urgent."),
            arg("abs_timeout", Dir::In, Ty::Struct(&TIMESPEC), "Until when; NULL for ever."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Puts a message into a queue, and waits while that is full.",
    ),
    &call(
        Class::DESC,
        libc::SYS_mq_timedreceive,
        "mq_timedreceive",
        &[
            arg("mqdes", Dir::In, Ty::Fd, "The queue."),
            arg("message", Dir::Out, Ty::Bytes(Len::Ret(2)), "The message."),
            bytes("msg_len"),
            arg("prio", Dir::Out, Ty::Number(Scalar::Int), "How urgent."),
            arg("abs_timeout", Dir::In, Ty::Struct(&TIMESPEC), "Until when; NULL for ever."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Takes the most urgent message out of a queue, and waits while there is none.",
    ),
    &call(
        Class::DESC,
        libc::SYS_mq_notify,
        "mq_notify",
        &[arg("mqdes", Dir::In, Ty::Fd, "The queue."), arg("sevp", Dir::In, Ty::Forms(&SIGEVENT), "How.")],
        RetTy::Int,
        Effect::Nothing,
        "Has a program notified when a message comes into an empty queue.",
    ),
    &call(
        Class::DESC,
        libc::SYS_mq_getsetattr,
        "mq_getsetattr",
        &[
            arg("mqdes", Dir::In, Ty::Fd, "The queue."),
            arg("newattr", Dir::In, Ty::Struct(&MQ_ATTR), "The new settings; NULL only asks."),
            arg("oldattr", Dir::Out, Ty::Struct(&MQ_ATTR), "The settings until now."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks or sets how a queue of messages behaves.",
    ),
    &call(
        Class::NONE,
        libc::SYS_timer_create,
        "timer_create",
        &[
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock that counts."),
            arg("sevp", Dir::In, Ty::Forms(&SIGEVENT), "What happens when it runs out."),
            arg("timer", Dir::Out, Ty::Number(Scalar::Int), "The timer."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Makes a timer of the process.",
    ),
    &call(
        Class::NONE,
        libc::SYS_timer_settime,
        "timer_settime",
        &[
            arg("timerid", Dir::In, Ty::Int, "The timer."),
            arg("flags", Dir::In, Ty::Flags(&CLOCK_FLAGS), "Whether the time is a moment."),
            arg("new_value", Dir::In, Ty::Struct(&ITIMERSPEC), "When."),
            arg("old_value", Dir::Out, Ty::Struct(&ITIMERSPEC), "When it would have run out."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets when a timer of the process runs out.",
    ),
    &call(
        Class::NONE,
        libc::SYS_timer_gettime,
        "timer_gettime",
        &[
            arg("timerid", Dir::In, Ty::Int, "The timer."),
            arg("curr_value", Dir::Out, Ty::Struct(&ITIMERSPEC), "When."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks when a timer of the process runs out.",
    ),
    &call(
        Class::NONE,
        libc::SYS_timer_getoverrun,
        "timer_getoverrun",
        &[arg("timerid", Dir::In, Ty::Int, "The timer.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks how often a timer ran out before its signal was delivered.",
    ),
    &call(
        Class::NONE,
        libc::SYS_timer_delete,
        "timer_delete",
        &[arg("timerid", Dir::In, Ty::Int, "The timer.")],
        RetTy::Int,
        Effect::Nothing,
        "Removes a timer of the process.",
    ),
    &call(
        Class::CLOCK,
        libc::SYS_settimeofday,
        "settimeofday",
        &[
            arg("tv", Dir::In, Ty::Struct(&TIMEVAL), "What it is to show."),
            arg("tz", Dir::In, Ty::Struct(&TIMEZONE), "The time zone; NULL as a rule."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets the clock.",
    ),
    &call(
        Class::NONE,
        libc::SYS_add_key,
        "add_key",
        &[
            arg("key_type", Dir::In, Ty::Bytes(Len::Text), "The kind of key."),
            arg("description", Dir::In, Ty::Bytes(Len::Text), "What it is called."),
            arg("payload", Dir::In, Ty::Bytes(Len::Arg(3)), "The key itself."),
            bytes("plen"),
            arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Puts a secret or a certificate on a ring of the kernel's.",
    ),
    &call(
        Class::NONE,
        libc::SYS_request_key,
        "request_key",
        &[
            arg("key_type", Dir::In, Ty::Bytes(Len::Text), "The kind of key."),
            arg("description", Dir::In, Ty::Bytes(Len::Text), "What it is called."),
            arg("callout_info", Dir::In, Ty::Bytes(Len::Text), "What the program that fetches it is to know."),
            arg("keyring", Dir::In, Ty::Const(&KEY_SPEC), "The ring."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Looks for a key, and has it fetched if there is none.",
    ),
    &call(
        Class::DESC.and(Class::SIGNAL),
        old!(SYS_signalfd),
        "signalfd",
        &[
            arg("fd", Dir::In, Ty::Fd, "The descriptor to change; -1 for a new one."),
            arg("mask", Dir::In, Ty::SigSet { size: 2 }, "Which signals."),
            arg("sizemask", Dir::In, Ty::Size, "The size of the set in bytes: 8."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, CloseOnExec::Never),
        "Makes a descriptor on which signals arrive as data.",
    ),
    &call(
        Class::SIGNAL,
        libc::SYS_rt_sigtimedwait,
        "rt_sigtimedwait",
        &[
            arg("set", Dir::In, Ty::SigSet { size: 3 }, "Which signals."),
            arg("info", Dir::Out, Ty::SigInfo, "What came."),
            arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of the set in bytes: 8."),
        ],
        RetTy::Signal,
        Effect::AwaitsSignal,
        "Waits for a signal, for some time at most.",
    ),
    &call(
        Class::DESC,
        libc::SYS_epoll_pwait2,
        "epoll_pwait2",
        &[
            arg("epfd", Dir::In, Ty::Fd, "The set of descriptors."),
            arg("events", Dir::Out, Ty::EpollEvents { room: 2 }, "Those that are ready."),
            arg("maxevents", Dir::In, Ty::Int, "How many there is room for."),
            arg("timeout", Dir::Out, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever."),
            arg("sigmask", Dir::In, Ty::SigSet { size: 5 }, "Which signals."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of the set in bytes: 8."),
        ],
        RetTy::Int,
        Effect::Waits,
        "Waits like epoll_pwait, with a finer timeout.",
    ),
    &LANDLOCK_ADD_RULE,
    &call(
        Class::DESC,
        libc::SYS_landlock_restrict_self,
        "landlock_restrict_self",
        &[
            arg("ruleset_fd", Dir::In, Ty::Fd, "The set of rules."),
            arg("flags_reserved", Dir::In, Ty::Hex32, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Makes a set of rules hold for the thread from now on.",
    ),
    &call(
        Class::DESC,
        libc::SYS_landlock_create_ruleset,
        "landlock_create_ruleset",
        &[
            arg(
                "ruleset_attr",
                Dir::In,
                Ty::Sized { forms: LANDLOCK_RULESET, size: 1 },
                "What is forbidden unless a rule allows it.",
            ),
            arg("size", Dir::In, Ty::Size, "The size of the structure."),
            arg("flags", Dir::In, Ty::Flags(&LANDLOCK_RULESET_FLAGS), "Whether only the version is asked for."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, CloseOnExec::Always),
        "Begins a set of rules by which a program restricts itself.",
    ),
];

/// landlock_add_rule(2).
static LANDLOCK_ADD_RULE: Syscall = Syscall {
    operations: Some(&LANDLOCK_ADD_RULE_OPERATIONS),
    ..call(
        Class::DESC,
        libc::SYS_landlock_add_rule,
        "landlock_add_rule",
        &[
            arg("ruleset_fd", Dir::In, Ty::Fd, "The set of rules."),
            arg("rule_type", Dir::In, Ty::Const(&LANDLOCK_RULE), "The kind of rule."),
            arg("rule_attr", Dir::In, Ty::Address, "The rule."),
            arg("flags_reserved", Dir::In, Ty::Hex32, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Adds a rule to a set by which a program restricts itself.",
    )
};

static LANDLOCK_ADD_RULE_OPERATIONS: Operations = Operations {
    by: 1,
    part: |kind| kind & 0xffff_ffff,
    rows: &[(
        1,
        operation(
            &LANDLOCK_ADD_RULE,
            &[
                arg("ruleset_fd", Dir::In, Ty::Fd, "The set of rules."),
                arg("rule_type", Dir::In, Ty::Const(&LANDLOCK_RULE), "The kind of rule."),
                arg("rule_attr", Dir::In, Ty::Struct(&LANDLOCK_PATH), "The rule."),
                arg("flags_reserved", Dir::In, Ty::Hex32, "Always 0."),
            ],
            RetTy::Int,
        ),
    )],
};
