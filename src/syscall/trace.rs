//! Calls by which debuggers watch and change other processes.

use super::argument::{count, process};
use super::{Class, Count, Dir, Effect, Operations, Param, RetTy, Scalar, Syscall, Ty, arg, call, operation};
use crate::value::layout::IOVEC;
use crate::xlat::ptrace::{PTRACE_OPTIONS, PTRACE_REQUEST, REGISTER_SET};

/// What ptrace is asked, in each of its rows.
const REQUEST: Param = arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do.");

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &PTRACE,
    &call(
        Class::NONE,
        libc::SYS_process_vm_readv,
        "process_vm_readv",
        &[
            process("pid"),
            arg("local_iov", Dir::Out, Ty::IoVecs { count: 2 }, "The buffers of this process."),
            count("liovcnt"),
            arg(
                "remote_iov",
                Dir::In,
                Ty::Structs { layout: &IOVEC, count: Count::Arg(4) },
                "The memory of the other process.",
            ),
            count("riovcnt"),
            arg("vm_flags", Dir::In, Ty::Size, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Reads the memory of another process.",
    ),
    &call(
        Class::NONE,
        libc::SYS_process_vm_writev,
        "process_vm_writev",
        &[
            process("pid"),
            arg("local_iov", Dir::In, Ty::IoVecs { count: 2 }, "The buffers of this process."),
            count("liovcnt"),
            arg(
                "remote_iov",
                Dir::In,
                Ty::Structs { layout: &IOVEC, count: Count::Arg(4) },
                "The memory of the other process.",
            ),
            count("riovcnt"),
            arg("vm_flags", Dir::In, Ty::Size, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Writes the memory of another process.",
    ),
];

/// ptrace(2).
static PTRACE: Syscall = Syscall {
    operations: Some(&PTRACE_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_ptrace,
        "ptrace",
        &[
            REQUEST,
            process("pid"),
            arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
            arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Traces another process: reads and changes it, stops it and lets it go on.",
    )
};

static PTRACE_OPERATIONS: Operations = Operations {
    by: 0,
    part: |request| request,
    rows: &[
        (0, operation(&PTRACE, &[REQUEST], RetTy::Int)),
        (
            7,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (8, operation(&PTRACE, &[REQUEST, process("pid")], RetTy::Int)),
        (
            9,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            12,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation.").from(3),
                ],
                RetTy::Int,
            ),
        ),
        (
            14,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation.").from(3),
                ],
                RetTy::Int,
            ),
        ),
        (16, operation(&PTRACE, &[REQUEST, process("pid")], RetTy::Int)),
        (
            17,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            21,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("trace_options", Dir::In, Ty::WideFlags(&PTRACE_OPTIONS), "What stops it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            24,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            31,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            32,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            33,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4200,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("trace_options", Dir::In, Ty::WideFlags(&PTRACE_OPTIONS), "What stops it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4201,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("event_message", Dir::Out, Ty::Number(Scalar::Long), "What the event is about."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4202,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("info", Dir::Out, Ty::SigInfo, "What came."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4203,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("info", Dir::In, Ty::SigInfo, "What came."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4204,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("register_set", Dir::In, Ty::Const(&REGISTER_SET), "Which registers."),
                    arg("iov_data", Dir::In, Ty::Struct(&IOVEC), "Where they are."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4205,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("register_set", Dir::In, Ty::Const(&REGISTER_SET), "Which registers."),
                    arg("iov_data", Dir::In, Ty::Struct(&IOVEC), "Where they are."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4206,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("trace_options", Dir::In, Ty::WideFlags(&PTRACE_OPTIONS), "What stops it."),
                ],
                RetTy::Int,
            ),
        ),
        (0x4207, operation(&PTRACE, &[REQUEST, process("pid")], RetTy::Int)),
        (0x4208, operation(&PTRACE, &[REQUEST, process("pid")], RetTy::Int)),
        (
            0x420a,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("data_size", Dir::In, Ty::Size, "The size of the structure."),
                    arg("mask", Dir::Out, Ty::SigSet { size: 2 }, "Which signals."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x420b,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("data_size", Dir::In, Ty::Size, "The size of the structure."),
                    arg("mask", Dir::In, Ty::SigSet { size: 2 }, "Which signals."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x420c,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("data_size", Dir::In, Ty::Size, "The size of the structure."),
                    arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x420e,
            operation(
                &PTRACE,
                &[
                    REQUEST,
                    process("pid"),
                    arg("data_size", Dir::In, Ty::Size, "The size of the structure."),
                    arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
