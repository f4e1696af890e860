//! Calls with which an administrator runs the machine.

use super::argument::{bytes, count, dependent, path};
use super::{Class, Count, Dir, Effect, Len, Operations, Param, RetTy, Syscall, Ty, arg, call, number, old, operation};
use crate::value::ipc::{KEXEC_SEGMENT, SYSCTL_ARGS};
use crate::xlat::admin::{
    KEXEC_FILE, KEXEC_FLAGS, MODULE_DELETE, MODULE_INIT, REBOOT_CMD, REBOOT_MAGIC, REBOOT_MAGIC2, SWAP_FLAGS,
    SYSLOG_ACTION,
};

/// What syslog is asked, in each of its rows.
const ACTION: Param = arg("log_type", Dir::In, Ty::Const(&SYSLOG_ACTION), "What to do.");

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &REBOOT,
    &SYSLOG,
    &call(
        Class::NONE,
        libc::SYS_sethostname,
        "sethostname",
        &[
            arg("name", Dir::In, Ty::Bytes(Len::Bounded { size: 1, most: 64 }), "The machine's name."),
            arg("len", Dir::In, Ty::Uint, "How many bytes."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets the machine's name.",
    ),
    &call(
        Class::NONE,
        libc::SYS_setdomainname,
        "setdomainname",
        &[
            arg("name", Dir::In, Ty::Bytes(Len::Bounded { size: 1, most: 64 }), "The machine's NIS domain."),
            arg("len", Dir::In, Ty::Uint, "How many bytes."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets the machine's NIS domain.",
    ),
    &call(
        Class::NONE,
        old!(SYS_iopl),
        "iopl",
        &[arg("iopl_level", Dir::In, Ty::Int, "0 for not, up to 3 for all.")],
        RetTy::Int,
        Effect::Nothing,
        "Sets whether the process may reach hardware by input and output addresses.",
    ),
    &call(
        Class::NONE,
        old!(SYS_ioperm),
        "ioperm",
        &[
            arg("from", Dir::In, Ty::Hex, "The first."),
            arg("num", Dir::In, Ty::Hex, "How many there are."),
            arg("turn_on", Dir::In, Ty::Int, "Whether they may be used."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets which input and output addresses the process may use.",
    ),
    &call(
        Class::NONE,
        libc::SYS_init_module,
        "init_module",
        &[
            arg("module_image", Dir::In, Ty::Address, "The module."),
            bytes("len"),
            arg("param_values", Dir::In, Ty::Bytes(Len::Text), "Its parameters."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Loads a part of the kernel from memory.",
    ),
    &call(
        Class::DESC,
        libc::SYS_finit_module,
        "finit_module",
        &[
            arg("fd", Dir::In, Ty::Fd, "The descriptor."),
            arg("param_values", Dir::In, Ty::Bytes(Len::Text), "Its parameters."),
            arg("flags", Dir::In, Ty::Flags(&MODULE_INIT), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Loads a part of the kernel from a file.",
    ),
    &call(
        Class::NONE,
        libc::SYS_delete_module,
        "delete_module",
        &[
            arg("name", Dir::In, Ty::Bytes(Len::Text), "The name of the module."),
            arg("flags", Dir::In, Ty::Flags(&MODULE_DELETE), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Removes a part of the kernel that was loaded.",
    ),
    &call(
        Class::DESC,
        old!(SYS_kexec_file_load),
        "kexec_file_load",
        &[
            arg("kernel_fd", Dir::In, Ty::Fd, "The file."),
            arg("initrd_fd", Dir::In, Ty::Fd, "The file."),
            bytes("cmdline_len"),
            arg("cmdline", Dir::In, Ty::Bytes(Len::Arg(2)), "Its parameters."),
            arg("flags", Dir::In, Ty::WideFlags(&KEXEC_FILE), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Loads another kernel, for the next start without the firmware.",
    ),
    &call(
        Class::NONE,
        old!(SYS_modify_ldt),
        "modify_ldt",
        &[
            arg("ldt_func", Dir::In, Ty::Int, "What to do."),
            arg("ldt", Dir::In, Ty::Address, "What it is depends on the operation."),
            bytes("bytecount"),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Reads or writes a table of the processor's about segments of memory.",
    ),
    &call(
        Class::NONE,
        number(156),
        "_sysctl",
        &[arg("args", Dir::In, Ty::Struct(&SYSCTL_ARGS), "What is asked or set.")],
        RetTy::Int,
        Effect::Nothing,
        "Asked or set what is in /proc/sys; the kernel no longer has it.",
    ),
    &call(
        Class::NONE,
        old!(SYS_lookup_dcookie),
        "lookup_dcookie",
        &[
            arg("cookie", Dir::In, Ty::Size, "The file's number."),
            arg("buffer", Dir::Out, Ty::Bytes(Len::Ret(2)), "The file's path."),
            bytes("len"),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Looked up the path of a file for profilers.",
    ),
    &call(
        Class::NONE,
        number(174),
        "create_module",
        &[dependent("arg0"), dependent("arg1")],
        RetTy::Int,
        Effect::Nothing,
        "A call of long ago, which the kernel no longer has.",
    ),
    &call(
        Class::NONE,
        number(177),
        "get_kernel_syms",
        &[dependent("arg0")],
        RetTy::Int,
        Effect::Nothing,
        "A call of long ago, which the kernel no longer has.",
    ),
    &call(
        Class::NONE,
        number(178),
        "query_module",
        &[dependent("arg0"), dependent("arg1"), dependent("arg2"), dependent("arg3"), dependent("arg4")],
        RetTy::Int,
        Effect::Nothing,
        "A call of long ago, which the kernel no longer has.",
    ),
    &call(
        Class::NONE,
        libc::SYS_nfsservctl,
        "nfsservctl",
        &[dependent("arg0"), dependent("arg1"), dependent("arg2")],
        RetTy::Int,
        Effect::Nothing,
        "A call of long ago, which the kernel no longer has.",
    ),
    &call(
        Class::NONE,
        old!(SYS_security),
        "security",
        &[dependent("arg0"), dependent("arg1"), dependent("arg2")],
        RetTy::Int,
        Effect::Nothing,
        "A call of long ago, which the kernel no longer has.",
    ),
    &call(
        Class::NONE,
        old!(SYS_sysfs),
        "sysfs",
        &[dependent("arg0"), dependent("arg1"), dependent("arg2")],
        RetTy::Int,
        Effect::Nothing,
        "Asked which file systems the kernel knows.",
    ),
    &call(
        Class::FILE,
        libc::SYS_swapon,
        "swapon",
        &[path("path"), arg("swapflags", Dir::In, Ty::Flags(&SWAP_FLAGS), "How.")],
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
            count("nr_segments"),
            arg("segments", Dir::In, Ty::Structs { layout: &KEXEC_SEGMENT, count: Count::Segments(1) }, "Its parts."),
            arg("kexec_flags", Dir::In, Ty::WideFlags(&KEXEC_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Loads another kernel from memory, for the next start without the firmware.",
    ),
];

/// reboot(2).
static REBOOT: Syscall = Syscall {
    operations: Some(&REBOOT_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_reboot,
        "reboot",
        &[
            arg("magic", Dir::In, Ty::Const(&REBOOT_MAGIC), "A number without which nothing happens."),
            arg("magic2", Dir::In, Ty::Const(&REBOOT_MAGIC2), "A number without which nothing happens."),
            arg("reboot_cmd", Dir::In, Ty::Const(&REBOOT_CMD), "How the machine is stopped."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Stops the machine, or starts it anew.",
    )
};

static REBOOT_OPERATIONS: Operations = Operations {
    by: 2,
    part: |command| command & 0xffff_ffff,
    rows: &[(
        0xa1b2_c3d4,
        operation(
            &REBOOT,
            &[
                arg("magic", Dir::In, Ty::Const(&REBOOT_MAGIC), "A number without which nothing happens."),
                arg("magic2", Dir::In, Ty::Const(&REBOOT_MAGIC2), "A number without which nothing happens."),
                arg("reboot_cmd", Dir::In, Ty::Const(&REBOOT_CMD), "How the machine is stopped."),
                arg("reboot_arg", Dir::In, Ty::Bytes(Len::Text), "What the new system is to know."),
            ],
            RetTy::Int,
        ),
    )],
};

/// syslog(2).
static SYSLOG: Syscall = Syscall {
    operations: Some(&SYSLOG_OPERATIONS),
    ..call(
        Class::NONE,
        libc::SYS_syslog,
        "syslog",
        &[ACTION, arg("bufp", Dir::In, Ty::Address, "The messages."), arg("len", Dir::In, Ty::Int, "How many bytes.")],
        RetTy::Int,
        Effect::Nothing,
        "Reads or clears the kernel's messages.",
    )
};

static SYSLOG_OPERATIONS: Operations = Operations {
    by: 0,
    part: |action| action & 0xffff_ffff,
    rows: &[
        (0, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (1, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (5, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (6, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (7, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (9, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (10, operation(&SYSLOG, &[ACTION], RetTy::Int)),
        (
            2,
            operation(
                &SYSLOG,
                &[
                    ACTION,
                    arg("bufp", Dir::Out, Ty::Bytes(Len::Ret(2)), "The messages."),
                    arg("len", Dir::In, Ty::Int, "How many bytes."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &SYSLOG,
                &[
                    ACTION,
                    arg("bufp", Dir::Out, Ty::Bytes(Len::Ret(2)), "The messages."),
                    arg("len", Dir::In, Ty::Int, "How many bytes."),
                ],
                RetTy::Int,
            ),
        ),
        (
            4,
            operation(
                &SYSLOG,
                &[
                    ACTION,
                    arg("bufp", Dir::Out, Ty::Bytes(Len::Ret(2)), "The messages."),
                    arg("len", Dir::In, Ty::Int, "How many bytes."),
                ],
                RetTy::Int,
            ),
        ),
        (
            8,
            operation(
                &SYSLOG,
                &[
                    ACTION,
                    arg("bufp", Dir::In, Ty::Address, "The messages."),
                    arg("len", Dir::In, Ty::Int, "How many bytes."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};
