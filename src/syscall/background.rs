//! Requests that are done in the background, and rings of them.

use super::{
    Class, CloseOnExec, Count, Dir, Effect, Made, Operations, Param, RetTy, Scalar, Syscall, Ty, arg, call, number,
};
use crate::value::layout::{IOVEC, TIMESPEC};
use crate::value::ring::{BUFFER_RING, FILES_UPDATE, IO_EVENT, IOCB_NAMED, RESTRICTION, RING_FD, RING_FD_GONE};
use crate::xlat::ring::IORING_REGISTER;

const CONTEXT: Param = arg("ctx_id", Dir::In, Ty::Address, "The context.");

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::MEMORY,
        libc::SYS_io_setup,
        "io_setup",
        &[
            arg("nr_events", Dir::In, Ty::Uint, "How many requests it holds."),
            arg("ctx_idp", Dir::Out, Ty::Number(Scalar::Address), "The context."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Makes a context for reading and writing in the background.",
    ),
    &call(
        Class::MEMORY,
        libc::SYS_io_destroy,
        "io_destroy",
        &[CONTEXT],
        RetTy::Int,
        Effect::Nothing,
        "Ends a context for reading and writing in the background.",
    ),
    &call(
        Class::NONE,
        libc::SYS_io_submit,
        "io_submit",
        &[
            CONTEXT,
            arg("nr", Dir::In, Ty::Long, "How many there are."),
            arg("iocbpp", Dir::In, Ty::Requests { count: 1 }, "What is to be done."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Hands requests to the kernel, which does them in the background.",
    ),
    &call(
        Class::NONE,
        libc::SYS_io_cancel,
        "io_cancel",
        &[
            CONTEXT,
            arg("iocb", Dir::In, Ty::Struct(&IOCB_NAMED), "The request."),
            arg("result", Dir::Out, Ty::Struct(&IO_EVENT), "Its answer."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Gives up a request that is done in the background.",
    ),
    &call(
        Class::NONE,
        libc::SYS_io_getevents,
        "io_getevents",
        &[
            CONTEXT,
            arg("min_nr", Dir::In, Ty::Long, "How many answers are waited for."),
            arg("max_nr", Dir::In, Ty::Long, "How many there is room for."),
            EVENTS,
            TIMEOUT,
        ],
        RetTy::Int,
        Effect::Nothing,
        "Takes answers to requests that were done in the background.",
    ),
    &call(
        Class::NONE,
        number(333),
        "io_pgetevents",
        &[
            CONTEXT,
            arg("min_nr", Dir::In, Ty::Long, "How many answers are waited for."),
            arg("max_nr", Dir::In, Ty::Long, "How many there is room for."),
            EVENTS,
            TIMEOUT,
            arg("sigmask", Dir::In, Ty::SigSetArg, "Signals that are held back meanwhile."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Takes answers to requests that were done in the background, with other signals held back meanwhile.",
    ),
    &call(
        Class::DESC,
        libc::SYS_io_uring_setup,
        "io_uring_setup",
        &[
            arg("entries", Dir::In, Ty::Uint, "How many requests it holds."),
            arg("params", Dir::InOut, Ty::RingParams, "How it works, and where it lies."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Ring, CloseOnExec::Always),
        "Makes a ring, by which calls are handed to the kernel without being called.",
    ),
    &REGISTER,
];

const EVENTS: Param = arg("io_events", Dir::Out, Ty::Structs { layout: &IO_EVENT, count: Count::Ret }, "The answers.");
const TIMEOUT: Param = arg("time_limit", Dir::In, Ty::Struct(&TIMESPEC), "How long to wait at most; NULL for ever.");

const RING: Param = arg("fd", Dir::In, Ty::Fd, "The descriptor.");
const OPCODE: Param = arg("opcode", Dir::In, Ty::Const(&IORING_REGISTER), "What to do.");
const NUMBER: Param = arg("nr_args", Dir::In, Ty::Uint, "How many there are.");

/// io_uring_register(2).
static REGISTER: Syscall = Syscall {
    operations: Some(&REGISTER_OPERATIONS),
    ..call(
        Class::DESC.and(Class::MEMORY),
        libc::SYS_io_uring_register,
        "io_uring_register",
        &[RING, OPCODE, arg("arg", Dir::In, Ty::Address, "What it is depends on the operation."), NUMBER],
        RetTy::Int,
        Effect::Nothing,
        "Sets up files, buffers and more for a ring beforehand.",
    )
};

macro_rules! operation {
    ($name:literal, $dir:ident, $ty:expr, $doc:literal) => {
        super::operation(&REGISTER, &[RING, OPCODE, arg($name, Dir::$dir, $ty, $doc), NUMBER], RetTy::Int)
    };
}

const RESTRICTIONS: Ty = Ty::Structs { layout: &RESTRICTION, count: Count::Arg(3) };
const FILES: Ty = Ty::Numbers { each: Scalar::Fd, count: Count::Arg(3) };

static REGISTER_OPERATIONS: Operations = Operations {
    by: 1,
    part: |opcode| opcode & 0xffff_ffff,
    rows: &[
        (0, operation!("iovecs", In, Ty::Structs { layout: &IOVEC, count: Count::Arg(3) }, "The buffers.")),
        (2, operation!("files", In, FILES, "The files.")),
        (4, operation!("files", In, FILES, "What counts answers.")),
        (6, operation!("files_update", In, Ty::Struct(&FILES_UPDATE), "Which files take the place of others.")),
        (7, operation!("files", In, FILES, "What counts answers.")),
        (8, operation!("probe", InOut, Ty::Probe { count: 3 }, "What the kernel can do.")),
        (11, operation!("restrictions", In, RESTRICTIONS, "What the ring is restricted to.")),
        (17, operation!("cpus", In, Ty::CpuSet { size: 3 }, "The processors.")),
        (20, operation!("rings", In, Ty::Structs { layout: &RING_FD, count: Count::Arg(3) }, "The rings.")),
        (21, operation!("ring_places", In, Ty::Structs { layout: &RING_FD_GONE, count: Count::Arg(3) }, "The rings.")),
        (22, operation!("buffer_ring", In, Ty::Struct(&BUFFER_RING), "The ring of buffers.")),
        (23, operation!("buffer_ring", In, Ty::Struct(&BUFFER_RING), "The ring of buffers.")),
    ],
};
