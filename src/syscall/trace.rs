//! Calls on other processes, on clocks, and a few that are seldom made.

use super::{
    Class, CloseOnExec, Count, Dir, Effect, Len, Made, Operations, RetTy, Scalar, Syscall, Ty, arg, call, cloexec, old,
    operation,
};
use crate::value::ipc::{FUTEX_WAITV, KEXEC_SEGMENT, LANDLOCK_RULESET, MOUNT_ATTRS, SCHED_ATTR, TIMEX};
use crate::value::layout::{IOVEC, TIMESPEC};
use crate::xlat::admin::{KEXEC_FLAGS, SWAP_FLAGS};
use crate::xlat::file::STATUS_FLAGS;
use crate::xlat::memory::{POLICY, POLICY_ASKED, POLICY_FLAGS, POLICY_MODE};
use crate::xlat::mount::{FANOTIFY_INIT, HANDLE_FLAGS, MOUNT_SETATTR_FLAGS};
use crate::xlat::process::{
    IORING_ENTER, LANDLOCK_RULESET_FLAGS, PERSONALITY, PTRACE_OPTIONS, PTRACE_REQUEST, REGISTER_SET, TIME_STATE,
};
use crate::xlat::wait::CLOCK;

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &PTRACE,
    &call(
        Class::NONE,
        libc::SYS_process_vm_readv,
        "process_vm_readv",
        &[
            arg("pid", Dir::In, Ty::Pid, "The process."),
            arg("local_iov", Dir::Out, Ty::IoVecs { count: 2 }, "The buffers of this process."),
            arg("liovcnt", Dir::In, Ty::Size, "How many there are."),
            arg(
                "remote_iov",
                Dir::In,
                Ty::Structs { layout: &IOVEC, count: Count::Arg(4) },
                "The memory of the other process.",
            ),
            arg("riovcnt", Dir::In, Ty::Size, "How many there are."),
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
            arg("pid", Dir::In, Ty::Pid, "The process."),
            arg("local_iov", Dir::In, Ty::IoVecs { count: 2 }, "The buffers of this process."),
            arg("liovcnt", Dir::In, Ty::Size, "How many there are."),
            arg(
                "remote_iov",
                Dir::In,
                Ty::Structs { layout: &IOVEC, count: Count::Arg(4) },
                "The memory of the other process.",
            ),
            arg("riovcnt", Dir::In, Ty::Size, "How many there are."),
            arg("vm_flags", Dir::In, Ty::Size, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Writes the memory of another process.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_rt_sigqueueinfo,
        "rt_sigqueueinfo",
        &[
            arg("tgid", Dir::In, Ty::Pid, "The process."),
            arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
            arg("info", Dir::In, Ty::SigInfo, "What comes with it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal with data to a process.",
    ),
    &call(
        Class::PROCESS.and(Class::SIGNAL),
        libc::SYS_rt_tgsigqueueinfo,
        "rt_tgsigqueueinfo",
        &[
            arg("tgid", Dir::In, Ty::Pid, "The process."),
            arg("tid", Dir::In, Ty::Pid, "The thread."),
            arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
            arg("info", Dir::In, Ty::SigInfo, "What comes with it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sends a signal with data to a thread.",
    ),
    &call(
        Class::NONE,
        libc::SYS_personality,
        "personality",
        &[arg("persona", Dir::In, Ty::Flags(&PERSONALITY), "The kind of system; 0xffffffff only asks.")],
        RetTy::Flags(&PERSONALITY, ""),
        Effect::Nothing,
        "Asks or sets how a program of another system is treated.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_getattr,
        "sched_getattr",
        &[
            arg("pid", Dir::In, Ty::Pid, "The process."),
            arg("sched_attr", Dir::Out, Ty::Forms(&SCHED_ATTR), "The policy."),
            arg("attr_size", Dir::In, Ty::Uint, "The size of the structure."),
            arg("sched_reserved", Dir::In, Ty::Uint, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks for a thread's scheduling policy with all that belongs to it.",
    ),
    &call(
        Class::NONE,
        libc::SYS_sched_setattr,
        "sched_setattr",
        &[
            arg("pid", Dir::In, Ty::Pid, "The process."),
            arg("sched_attr", Dir::In, Ty::Forms(&SCHED_ATTR), "The policy."),
            arg("sched_reserved", Dir::In, Ty::Uint, "Always 0."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets a thread's scheduling policy with all that belongs to it.",
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
    &call(
        Class::NONE,
        libc::SYS_futex_waitv,
        "futex_waitv",
        &[
            arg("waiters", Dir::In, Ty::Structs { layout: &FUTEX_WAITV, count: Count::Arg(1) }, "The numbers."),
            arg("nr_futexes", Dir::In, Ty::Uint, "How many there are."),
            arg("futex_flags", Dir::In, Ty::Hex32, "Always 0."),
            arg("timeout", Dir::In, Ty::Struct(&TIMESPEC), "How long, or until when; NULL for ever."),
            arg("clockid", Dir::In, Ty::Const(&CLOCK), "The clock."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Waits until one of several numbers in memory changes.",
    ),
    &call(
        Class::DESC.and(Class::SIGNAL),
        libc::SYS_io_uring_enter,
        "io_uring_enter",
        &[
            arg("fd", Dir::In, Ty::Fd, "The descriptor."),
            arg("to_submit", Dir::In, Ty::Uint, "How many calls are handed over."),
            arg("min_complete", Dir::In, Ty::Uint, "How many answers are waited for."),
            arg("flags", Dir::In, Ty::Flags(&IORING_ENTER), "How."),
            arg("sigmask", Dir::In, Ty::SigSet { size: 5 }, "Which signals."),
            arg("sigsetsize", Dir::In, Ty::Size, "The size of the set in bytes: 8."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Hands calls of a ring to the kernel, and waits for answers.",
    ),
    &call(
        Class::DESC,
        libc::SYS_fanotify_init,
        "fanotify_init",
        &[
            arg("fan_flags", Dir::In, Ty::Flags(&FANOTIFY_INIT), "How files are watched."),
            arg("event_flags", Dir::In, Ty::Flags(&STATUS_FLAGS), "How the files that are reported are opened."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, cloexec(0, 1)),
        "Makes a descriptor on which changes of files are reported.",
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
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_mount_setattr,
        "mount_setattr",
        &[
            arg(
                "dirfd",
                Dir::In,
                Ty::DirFd,
                "The directory that a relative path starts from; AT_FDCWD is the working directory.",
            ),
            arg("pathname", Dir::In, Ty::Bytes(Len::Terminated), "The file's path."),
            arg("flags", Dir::In, Ty::Flags(&MOUNT_SETATTR_FLAGS), "How."),
            arg("mount_attr", Dir::In, Ty::Sized { forms: MOUNT_ATTRS, size: 4 }, "What is changed."),
            arg("size", Dir::In, Ty::Size, "The size of the structure."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Changes properties of a mount.",
    ),
    &call(
        Class::FILE,
        libc::SYS_swapon,
        "swapon",
        &[
            arg("path", Dir::In, Ty::Bytes(Len::Terminated), "The file's path."),
            arg("swapflags", Dir::In, Ty::Flags(&SWAP_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Uses a file or device in the place of memory.",
    ),
    &call(
        Class::NONE,
        libc::SYS_kexec_load,
        "kexec_load",
        &[
            arg("entry", Dir::In, Ty::Address, "Where it begins."),
            arg("nr_segments", Dir::In, Ty::Size, "How many there are."),
            arg("segments", Dir::In, Ty::Structs { layout: &KEXEC_SEGMENT, count: Count::Segments(1) }, "Its parts."),
            arg("kexec_flags", Dir::In, Ty::WideFlags(&KEXEC_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Loads another kernel from memory, for the next start without the firmware.",
    ),
    &call(
        Class::STATFS_LIKE,
        old!(SYS_ustat),
        "ustat",
        &[arg("dev", Dir::In, Ty::Device, "The device."), arg("ubuf", Dir::In, Ty::Address, "The answer.")],
        RetTy::Int,
        Effect::Nothing,
        "Asked how full a mounted device is.",
    ),
    &call(
        Class::MEMORY,
        libc::SYS_set_mempolicy,
        "set_mempolicy",
        &[
            arg("policy_mode", Dir::In, Ty::Flags(&POLICY), "From which memory."),
            arg(
                "nodemask",
                Dir::In,
                Ty::Numbers { each: Scalar::Mask, count: Count::Bits(2) },
                "Which memory, a bit for each processor's.",
            ),
            arg("maxnode", Dir::In, Ty::Size, "How many bits there are."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets from which memory the thread takes pages.",
    ),
    &call(
        Class::MEMORY,
        libc::SYS_get_mempolicy,
        "get_mempolicy",
        &[
            arg("mode_out", Dir::Out, Ty::Number(Scalar::Const(&POLICY_MODE)), "From which memory."),
            arg(
                "nodemask",
                Dir::Out,
                Ty::Numbers { each: Scalar::Mask, count: Count::Bits(2) },
                "Which memory, a bit for each processor's.",
            ),
            arg("maxnode", Dir::In, Ty::Size, "How many bits there are."),
            arg("addr", Dir::In, Ty::Address, "The page that is asked about."),
            arg("flags", Dir::In, Ty::WideFlags(&POLICY_ASKED), "What is asked."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks from which memory pages are taken.",
    ),
    &call(
        Class::MEMORY,
        libc::SYS_mbind,
        "mbind",
        &[
            arg("addr", Dir::In, Ty::Address, "Where it begins."),
            arg("len", Dir::In, Ty::Size, "How many bytes."),
            arg("policy_mode", Dir::In, Ty::WideFlags(&POLICY), "From which memory."),
            arg(
                "nodemask",
                Dir::In,
                Ty::Numbers { each: Scalar::Mask, count: Count::Bits(4) },
                "Which memory, a bit for each processor's.",
            ),
            arg("maxnode", Dir::In, Ty::Size, "How many bits there are."),
            arg("flags", Dir::In, Ty::Flags(&POLICY_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets from which memory a part takes its pages.",
    ),
    &call(
        Class::MEMORY,
        libc::SYS_migrate_pages,
        "migrate_pages",
        &[
            arg("pid", Dir::In, Ty::Pid, "The process."),
            arg("maxnode", Dir::In, Ty::Size, "How many bits there are."),
            arg(
                "old_nodes",
                Dir::In,
                Ty::Numbers { each: Scalar::Mask, count: Count::Bits(1) },
                "Which memory, a bit for each processor's.",
            ),
            arg(
                "new_nodes",
                Dir::In,
                Ty::Numbers { each: Scalar::Mask, count: Count::Bits(1) },
                "Which memory, a bit for each processor's.",
            ),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Moves the pages of a process to other memory.",
    ),
    &call(
        Class::MEMORY,
        libc::SYS_move_pages,
        "move_pages",
        &[
            arg("pid", Dir::In, Ty::Pid, "The process."),
            arg("page_count", Dir::In, Ty::Size, "How many there are."),
            arg("pages", Dir::In, Ty::Numbers { each: Scalar::Address, count: Count::Arg(1) }, "The pages."),
            arg("nodes", Dir::In, Ty::Numbers { each: Scalar::Int, count: Count::Arg(1) }, "Where each goes."),
            arg(
                "page_status",
                Dir::Out,
                Ty::Numbers { each: Scalar::Int, count: Count::Arg(1) },
                "What became of each.",
            ),
            arg("flags", Dir::In, Ty::Flags(&POLICY_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Moves single pages of a process to other memory.",
    ),
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_name_to_handle_at,
        "name_to_handle_at",
        &[
            arg(
                "dirfd",
                Dir::In,
                Ty::DirFd,
                "The directory that a relative path starts from; AT_FDCWD is the working directory.",
            ),
            arg("pathname", Dir::In, Ty::Bytes(Len::Terminated), "The file's path."),
            arg("handle", Dir::InOut, Ty::FileHandle, "The handle, which names a file without a path."),
            arg("mount_id", Dir::Out, Ty::Number(Scalar::Int), "The number of the mount."),
            arg("flags", Dir::In, Ty::Flags(&HANDLE_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Makes a handle of a file, which stays the same while the file exists.",
    ),
    &call(
        Class::DESC,
        libc::SYS_open_by_handle_at,
        "open_by_handle_at",
        &[
            arg("mount_fd", Dir::In, Ty::Fd, "A file on the same file system."),
            arg("handle", Dir::In, Ty::FileHandle, "The handle, which names a file without a path."),
            arg("flags", Dir::In, Ty::Flags(&STATUS_FLAGS), "Whether to read, write or both, and how to open."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::File, cloexec(2, libc::O_CLOEXEC)),
        "Opens the file that a handle names.",
    ),
    &call(
        Class::NONE,
        number(236),
        "vserver",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
    ),
    &call(
        Class::NONE,
        number(184),
        "tuxcall",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
    ),
    &call(
        Class::NONE,
        number(183),
        "afs_syscall",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
    ),
    &call(
        Class::NET,
        number(181),
        "getpmsg",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
    ),
    &call(
        Class::NET,
        number(182),
        "putpmsg",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg4", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
    ),
    &call(
        Class::NONE,
        number(214),
        "epoll_ctl_old",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
    ),
    &call(
        Class::NONE,
        number(215),
        "epoll_wait_old",
        &[
            arg("arg0", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg1", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg2", Dir::In, Ty::Hex, "What it is depends on the operation."),
            arg("arg3", Dir::In, Ty::Hex, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "A call that Linux has a number for, but never had.",
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
            arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
            arg("pid", Dir::In, Ty::Pid, "The process."),
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
        (
            0,
            operation(
                &PTRACE,
                &[arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do.")],
                RetTy::Int,
            ),
        ),
        (
            7,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("sig", Dir::In, Ty::Signal, "The signal that it gets; 0 for none."),
                ],
                RetTy::Int,
            ),
        ),
        (
            8,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                ],
                RetTy::Int,
            ),
        ),
        (
            9,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                    arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation.").from(3),
                ],
                RetTy::Int,
            ),
        ),
        (
            16,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                ],
                RetTy::Int,
            ),
        ),
        (
            17,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                    arg("trace_addr", Dir::In, Ty::Address, "An address, which a few operations use."),
                    arg("trace_options", Dir::In, Ty::WideFlags(&PTRACE_OPTIONS), "What stops it."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4207,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x4208,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x420a,
            operation(
                &PTRACE,
                &[
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
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
                    arg("ptrace_request", Dir::In, Ty::WideConst(&PTRACE_REQUEST), "What to do."),
                    arg("pid", Dir::In, Ty::Pid, "The process."),
                    arg("data_size", Dir::In, Ty::Size, "The size of the structure."),
                    arg("trace_data", Dir::In, Ty::Address, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// The number of a call that libc has forgotten.
const fn number(x86_64: i64) -> i64 {
    if cfg!(target_arch = "x86_64") { x86_64 } else { -1 }
}
