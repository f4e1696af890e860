//! What queues of messages, timers and rules are made with.

use super::layout::field;
use super::{Field, Forms, Kind, Layout};
use crate::xlat::confine::LANDLOCK_ACCESS;
use crate::xlat::ipc::{QUEUE_FLAGS, SIGEV_NOTIFY};

/// `struct mq_attr`, mq_getattr(3).
pub static MQ_ATTR: Layout = Layout {
    name: "mq_attr",
    size: 64,
    doc: "How a queue of messages behaves.",
    fields: &[
        field("mq_flags", 0, Kind::Flags(&QUEUE_FLAGS, 8), "Whether calls on it wait."),
        field("mq_maxmsg", 8, Kind::Int(8), "How many messages it may hold."),
        field("mq_msgsize", 16, Kind::Int(8), "How long a message may be."),
        field("mq_curmsgs", 24, Kind::Int(8), "How many messages it holds."),
    ],
};

/// `union sigval`, sigevent(7).
pub static SIGVAL: Layout = Layout {
    name: "sigval",
    size: 8,
    doc: "What comes with a signal, as a number and as a pointer.",
    fields: &[field("sival_int", 0, Kind::Int(4), "The number."), field("sival_ptr", 0, Kind::Pointer, "The pointer.")],
};

const fn sigevent(fields: &'static [Field]) -> Layout {
    Layout { name: "sigevent", size: 64, doc: "How a program learns that something happened.", fields }
}

const VALUE: Field = field("sigev_value", 0, Kind::Record(&SIGVAL), "What comes with the signal.");
const SIGNO: Field = field("sigev_signo", 8, Kind::EventSignal, "The signal.");

/// `struct sigevent`, sigevent(7).
pub static SIGEVENT_PLAIN: Layout =
    sigevent(&[VALUE, SIGNO, field("sigev_notify", 12, Kind::Const(&SIGEV_NOTIFY, 4), "The way.")]);

/// `struct sigevent` of `SIGEV_THREAD`.
pub static SIGEVENT_THREAD: Layout = sigevent(&[
    VALUE,
    SIGNO,
    field("sigev_notify", 12, Kind::Const(&SIGEV_NOTIFY, 4), "The way."),
    field("sigev_notify_function", 16, Kind::Pointer, "The function that is called."),
    field("sigev_notify_attributes", 24, Kind::Pointer, "How its thread is made."),
]);

/// `struct sigevent` of `SIGEV_THREAD_ID`.
pub static SIGEVENT_THREAD_ID: Layout = sigevent(&[
    VALUE,
    SIGNO,
    field("sigev_notify", 12, Kind::Const(&SIGEV_NOTIFY, 4), "The way."),
    field("sigev_notify_thread_id", 16, Kind::Int(4), "The thread that gets the signal."),
]);

/// `struct sigevent`.
pub static SIGEVENT: Forms = Forms {
    name: "sigevent",
    size: 64,
    all: &[&SIGEVENT_PLAIN, &SIGEVENT_THREAD, &SIGEVENT_THREAD_ID],
    choose: |bytes, _| match bytes.get(12..16) {
        Some([2, 0, 0, 0]) => 1, // SIGEV_THREAD
        Some([4, 0, 0, 0]) => 2, // SIGEV_THREAD_ID
        _ => 0,
    },
};

/// `struct landlock_path_beneath_attr`, landlock_add_rule(2).
pub static LANDLOCK_PATH: Layout = Layout {
    name: "landlock_path_beneath_attr",
    size: 12,
    doc: "What may be done with files below a directory.",
    fields: &[
        field("allowed_access", 0, Kind::Flags(&LANDLOCK_ACCESS, 8), "What may be done."),
        field("parent_fd", 8, Kind::Fd, "The directory."),
    ],
};
