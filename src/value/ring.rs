//! Requests that are done in the background, and rings of them: `linux/aio_abi.h`, `linux/io_uring.h`.

use super::layout::field;
use super::{By, Field, Kind, Layout, Value};
use crate::xlat::file::RWF;
use crate::xlat::ring::{
    IOCB_CMD, IOCB_FLAGS, IORING_FEAT, IORING_OP, IORING_OP_FLAGS, IORING_REGISTER, IORING_RESTRICTION, IORING_SETUP,
    IORING_SQE_OP, IOSQE,
};
use crate::xlat::wait::POLL_EVENTS;

/// `IOCB_FLAG_RESFD`, `IOCB_FLAG_IOPRIO`.
const RESFD: u64 = 1;
const IOPRIO: u64 = 2;

/// The flags of a structure, the last that were read.
fn flags_of(fields: &[Value]) -> u64 {
    fields
        .iter()
        .rev()
        .find_map(|field| if let Value::Flags(flags) = field { Some(flags.raw) } else { None })
        .unwrap_or(0)
}

/// What a request does: the first constant of its structure.
fn operation(fields: &[Value]) -> Option<u64> {
    fields.iter().find_map(|field| if let Value::Const(operation) = field { Some(operation.raw) } else { None })
}

/// What `aio_buf` is by the operation.
static BUFFER: By = By {
    size: 8,
    kinds: &[
        Kind::Pointer,
        Kind::BytesAt("aio_nbytes"),
        Kind::Vectors { followed: false },
        Kind::Vectors { followed: true },
        Kind::Flags(&POLL_EVENTS, 8),
    ],
    choose: |fields| match operation(fields)? {
        0 => Some(0),
        1 => Some(1),
        7 => Some(2),
        8 => Some(3),
        5 => Some(4),
        _ => None,
    },
};

/// `aio_nbytes`, which is the number of buffers where there are several.
static BYTES: By =
    By { size: 8, kinds: &[Kind::Uint(8)], choose: |fields| matches!(operation(fields)?, 0 | 1).then_some(0) };

/// `aio_offset`.
static OFFSET: By =
    By { size: 8, kinds: &[Kind::Int(8)], choose: |fields| matches!(operation(fields)?, 0 | 1 | 7 | 8).then_some(0) };

/// `aio_flags`, of what transfers bytes.
static FLAGS: By = By { size: 4, kinds: &[Kind::NonZero(&Kind::Flags(&IOCB_FLAGS, 4))], choose: OFFSET.choose };

/// `aio_resfd`.
static RESULT_FD: By = By {
    size: 4,
    kinds: &[Kind::NonZero(&Kind::Hex(4)), Kind::Fd],
    choose: |fields| {
        (OFFSET.choose)(fields)?;
        Some(usize::from(flags_of(fields) & RESFD != 0))
    },
};

macro_rules! request {
    ($($more:expr),*) => {
        &[
            field("aio_data", 0, Kind::Hex(8), "What comes back with the answer."),
            field("aio_key", 8, Kind::NonZero(&Kind::Uint(4)), "The kernel's own number of the request."),
            field("aio_rw_flags", 12, Kind::NonZero(&Kind::Flags(&RWF, 4)), "How it is read or written."),
            field("aio_lio_opcode", 16, Kind::Const(&IOCB_CMD, 2), "What is done."),
            field("aio_reqprio", 18, Kind::Priority, "How urgent it is."),
            field("aio_fildes", 20, Kind::Fd, "The descriptor."),
            $($more),*
        ]
    };
}

const fn iocb(fields: &'static [Field]) -> Layout {
    Layout { name: "iocb", size: 64, doc: "What is to be done in the background.", fields }
}

/// `struct iocb`, io_submit(2).
pub static IOCB: Layout = iocb(request!(
    field("aio_buf", 24, Kind::By(&BUFFER), "The bytes, or where they go."),
    field("aio_nbytes", 32, Kind::By(&BYTES), "How many bytes."),
    field("aio_offset", 40, Kind::By(&OFFSET), "Where in the file."),
    field("aio_flags", 56, Kind::By(&FLAGS), "What else the request has."),
    field("aio_resfd", 60, Kind::By(&RESULT_FD), "The descriptor that counts answers.")
));
/// The same as far as it names a request, io_cancel(2).
pub static IOCB_NAMED: Layout = iocb(request!());

/// Whether a request's priority is one of a class: its flags say so.
pub(crate) fn has_class(bytes: &[u8]) -> bool {
    u64::from(u32::from_ne_bytes(crate::memory::padded(bytes, 56))) & IOPRIO != 0
}

/// How many buffers it has, or bytes.
pub(crate) fn room(bytes: &[u8]) -> u64 {
    u64::from_ne_bytes(crate::memory::padded(bytes, 32))
}

/// `struct io_event`, io_getevents(2).
pub static IO_EVENT: Layout = Layout {
    name: "io_event",
    size: 32,
    doc: "The answer to a request in the background.",
    fields: &[
        field("data", 0, Kind::Hex(8), "What the request had."),
        field("obj", 8, Kind::Pointer, "The request."),
        field("res", 16, Kind::Int(8), "How many bytes, or the negative number of an error."),
        field("res2", 24, Kind::Int(8), "A second result."),
    ],
};

/// `IORING_SETUP_ATTACH_WQ`.
const ATTACH: u64 = 0x20;

static PARTNER: By =
    By { size: 4, kinds: &[Kind::Fd], choose: |fields| (flags_of(&fields[..1]) & ATTACH != 0).then_some(0) };

const fn ring_params(fields: &'static [Field]) -> Layout {
    Layout { name: "io_uring_params", size: 120, doc: "How a ring of requests works, and where it lies.", fields }
}

const SETUP: Field = field("flags", 8, Kind::Flags(&IORING_SETUP, 4), "How the ring works.");
const SETUP_CPU: Field = field("sq_thread_cpu", 12, Kind::Hex(4), "The processor of the kernel's own thread.");
const SETUP_IDLE: Field = field("sq_thread_idle", 16, Kind::Uint(4), "After how many idle milliseconds it sleeps.");
const SETUP_PARTNER: Field = field("wq_fd", 24, Kind::By(&PARTNER), "A ring whose threads are shared.");
const SETUP_RESERVED: Field = field("resv", 28, Kind::NonZero(&Kind::HexWords(3)), "Unused; should be 0.");

/// `struct io_uring_params` as it is passed, io_uring_setup(2).
pub static RING_ASKED: Layout = ring_params(&[SETUP, SETUP_CPU, SETUP_IDLE, SETUP_PARTNER, SETUP_RESERVED]);

/// The same as the kernel fills it.
pub static RING_PARAMS: Layout = ring_params(&[
    SETUP,
    SETUP_CPU,
    SETUP_IDLE,
    field("sq_entries", 0, Kind::Uint(4), "How many requests the ring holds."),
    field("cq_entries", 4, Kind::Uint(4), "How many answers the ring holds."),
    field("features", 20, Kind::Flags(&IORING_FEAT, 4), "What the kernel can do."),
    SETUP_PARTNER,
    SETUP_RESERVED,
    field("sq_off", 40, Kind::Record(&SQ_OFFSETS), "Where the requests lie."),
    field("cq_off", 80, Kind::Record(&CQ_OFFSETS), "Where the answers lie."),
]);

/// `struct io_sqring_offsets`.
pub static SQ_OFFSETS: Layout = Layout {
    name: "io_sqring_offsets",
    size: 40,
    doc: "Where the parts of a ring of requests lie.",
    fields: &[
        field("head", 0, Kind::Uint(4), "Which request the kernel takes next."),
        field("tail", 4, Kind::Uint(4), "Where the program puts the next request."),
        field("ring_mask", 8, Kind::Uint(4), "What bounds the positions."),
        field("ring_entries", 12, Kind::Uint(4), "How many there are."),
        field("flags", 16, Kind::Uint(4), "Whether the kernel's thread sleeps."),
        field("dropped", 20, Kind::Uint(4), "How many requests were no good."),
        field("array", 24, Kind::Uint(4), "The order of the requests."),
        field("resv1", 28, Kind::Pad(4), "Unused; should be 0."),
        field("user_addr", 32, Kind::Pad(8), "Where the program has the ring itself."),
    ],
};

/// `struct io_cqring_offsets`.
pub static CQ_OFFSETS: Layout = Layout {
    name: "io_cqring_offsets",
    size: 40,
    doc: "Where the parts of a ring of answers lie.",
    fields: &[
        field("head", 0, Kind::Uint(4), "Which answer the program takes next."),
        field("tail", 4, Kind::Uint(4), "Where the kernel puts the next answer."),
        field("ring_mask", 8, Kind::Uint(4), "What bounds the positions."),
        field("ring_entries", 12, Kind::Uint(4), "How many there are."),
        field("overflow", 16, Kind::Uint(4), "How many answers were lost."),
        field("cqes", 20, Kind::Uint(4), "The answers."),
        field("flags", 24, Kind::Uint(4), "Whether the kernel signals answers."),
        field("resv1", 28, Kind::Pad(4), "Unused; should be 0."),
        field("user_addr", 32, Kind::Pad(8), "Where the program has the ring itself."),
    ],
};

/// `struct io_uring_files_update`.
pub static FILES_UPDATE: Layout = Layout {
    name: "io_uring_files_update",
    size: 16,
    doc: "Which files of a ring are replaced.",
    fields: &[
        field("offset", 0, Kind::Uint(4), "The first."),
        field("resv", 4, Kind::Pad(4), "Unused; should be 0."),
        field("fds", 8, Kind::FdsAt { count: 3 }, "The files that take their place."),
    ],
};

/// `struct io_uring_rsrc_update` of a ring's own descriptor.
pub static RING_FD: Layout = Layout {
    name: "io_uring_rsrc_update",
    size: 16,
    doc: "A ring's own descriptor, which threads need not look up again.",
    fields: &[
        field("offset", 0, Kind::Int(4), "Its place; -1 for any."),
        field("resv", 4, Kind::Pad(4), "Unused; should be 0."),
        field("data", 8, Kind::Int(4), "The descriptor."),
    ],
};

/// The same as it is given up.
pub static RING_FD_GONE: Layout = Layout {
    name: "io_uring_rsrc_gone",
    size: 16,
    doc: "A place of a ring's own descriptor that becomes free.",
    fields: &[
        field("offset", 0, Kind::Int(4), "The place."),
        field("resv", 4, Kind::Pad(4), "Unused; should be 0."),
        field("data", 8, Kind::Pad(8), "Unused; should be 0."),
    ],
};

/// `struct io_uring_buf_reg`.
pub static BUFFER_RING: Layout = Layout {
    name: "io_uring_buf_reg",
    size: 40,
    doc: "A ring of buffers that the kernel fills.",
    fields: &[
        field("ring_addr", 0, Kind::Pointer, "Where it is."),
        field("ring_entries", 8, Kind::Uint(4), "How many there are."),
        field("bgid", 12, Kind::Uint(2), "The number of the group of buffers."),
        field("pad", 14, Kind::Pad(2), "Unused; should be 0."),
        field("resv", 16, Kind::NonZero(&Kind::HexLongs(3)), "Unused; should be 0."),
    ],
};

macro_rules! restricts {
    ($name:ident, $kind:expr, $kinds:pat) => {
        static $name: By =
            By { size: 1, kinds: &[$kind], choose: |fields| matches!(operation(fields)?, $kinds).then_some(0) };
    };
}
restricts!(REGISTERS, Kind::Const(&IORING_REGISTER, 1), 0);
restricts!(REQUESTS, Kind::Const(&IORING_SQE_OP, 1), 1);
restricts!(REQUEST_FLAGS, Kind::Flags(&IOSQE, 1), 2 | 3);

/// `struct io_uring_restriction`.
pub static RESTRICTION: Layout = Layout {
    name: "io_uring_restriction",
    size: 16,
    doc: "What a ring is restricted to.",
    fields: &[
        field("opcode", 0, Kind::Const(&IORING_RESTRICTION, 2), "The kind of restriction."),
        field("register_op", 2, Kind::By(&REGISTERS), "What may be set up."),
        field("sqe_op", 2, Kind::By(&REQUESTS), "The request that may be made."),
        field("sqe_flags", 2, Kind::By(&REQUEST_FLAGS), "How requests may or must be made."),
        field("resv", 3, Kind::Pad(1), "Unused; should be 0."),
        field("resv2", 4, Kind::NonZero(&Kind::HexWords(3)), "Unused; should be 0."),
    ],
};

/// `struct io_uring_probe`.
pub static RING_PROBE: Layout = Layout {
    name: "io_uring_probe",
    size: 16,
    doc: "Which requests a ring of the kernel can do.",
    fields: &[
        field("last_op", 0, Kind::Const(&IORING_OP, 1), "The last that it knows."),
        field("ops_len", 1, Kind::Uint(1), "How many are shown."),
        field("resv", 2, Kind::Pad(2), "Unused; should be 0."),
        field("resv2", 4, Kind::NonZero(&Kind::HexWords(3)), "Unused; should be 0."),
        field("ops", 16, Kind::Following(&RING_PROBE_OP), "What each can do."),
    ],
};

/// The most requests that a ring can be asked about.
pub(crate) const MAX_PROBED: u64 = 256;

/// `struct io_uring_probe_op`.
pub static RING_PROBE_OP: Layout = Layout {
    name: "io_uring_probe_op",
    size: 8,
    doc: "Whether a ring of the kernel can do a request.",
    fields: &[
        field("op", 0, Kind::Const(&IORING_OP, 1), "The request."),
        field("resv", 1, Kind::Pad(1), "Unused; should be 0."),
        field("flags", 2, Kind::Flags(&IORING_OP_FLAGS, 2), "Whether the kernel can do it."),
        field("resv2", 4, Kind::Pad(4), "Unused; should be 0."),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_is_given_depends_on_what_it_does() {
        let mut bytes = [0; 64];
        bytes[32] = 5;
        let kinds = [(0u8, Some(Value::Uint(5))), (2, None), (7, None), (9, None)];
        for (operation, bytes_given) in kinds {
            bytes[16] = operation;
            let record = super::super::Record::read(&IOCB, &bytes);
            assert_eq!(record.get("aio_nbytes"), Some(&bytes_given.unwrap_or(Value::Pointer(0))), "{operation}");
        }
    }
}
