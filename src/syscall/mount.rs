//! Calls that arrange file systems in the tree of files, and that watch it.

use super::argument::{dirfd, path};
use super::{Class, Dir, Effect, Len, Made, Operations, RetTy, Syscall, Ty, arg, call, cloexec, old, operation};
use crate::value::ipc::MOUNT_ATTRS;
use crate::value::packed;
use crate::xlat::file::{FILE_TYPE_MODE, STATUS_FLAGS};
use crate::xlat::mount::{
    FANOTIFY_EVENTS, FANOTIFY_INIT, FANOTIFY_MARK, FSCONFIG_CMD, FSMOUNT_ATTR, FSMOUNT_FLAGS, FSOPEN_FLAGS,
    FSPICK_FLAGS, MOUNT_FLAGS, MOUNT_SETATTR_FLAGS, MOVE_MOUNT_FLAGS, OPEN_TREE_FLAGS, UMOUNT_FLAGS,
};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &MKNOD,
    &MKNODAT,
    &MOUNT,
    &call(
        Class::FILE,
        libc::SYS_umount2,
        "umount2",
        &[
            arg("target", Dir::In, Ty::Bytes(Len::Terminated), "Where it appears."),
            arg("flags", Dir::In, Ty::Flags(&UMOUNT_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Takes a file system out of the tree of files.",
    ),
    &call(
        Class::FILE,
        libc::SYS_pivot_root,
        "pivot_root",
        &[
            arg("new_root", Dir::In, Ty::Bytes(Len::Terminated), "The new root."),
            arg("put_old", Dir::In, Ty::Bytes(Len::Terminated), "Where the old root appears."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Puts another directory in the place of the root.",
    ),
    &call(
        Class::FILE,
        libc::SYS_acct,
        "acct",
        &[path("filename")],
        RetTy::Int,
        Effect::Nothing,
        "Has what ended processes used noted in a file.",
    ),
    &call(
        Class::FILE,
        libc::SYS_swapoff,
        "swapoff",
        &[path("path")],
        RetTy::Int,
        Effect::Nothing,
        "Stops using a file or device in the place of memory.",
    ),
    &call(
        Class::FILE,
        old!(SYS_uselib),
        "uselib",
        &[path("library")],
        RetTy::Int,
        Effect::Nothing,
        "Loaded a library for programs of long ago.",
    ),
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_open_tree,
        "open_tree",
        &[dirfd("dirfd"), path("pathname"), arg("flags", Dir::In, Ty::Flags(&OPEN_TREE_FLAGS), "How.")],
        RetTy::Fd,
        Effect::Makes(Made::File, cloexec(2, libc::O_CLOEXEC)),
        "Opens a part of the tree of files, or a copy of it.",
    ),
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_move_mount,
        "move_mount",
        &[
            dirfd("from_dirfd"),
            path("from_pathname"),
            dirfd("to_dirfd"),
            arg("to_pathname", Dir::In, Ty::Bytes(Len::Terminated), "Where it appears."),
            arg("flags", Dir::In, Ty::Flags(&MOVE_MOUNT_FLAGS), "How."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Moves a mounted file system to another place.",
    ),
    &call(
        Class::DESC,
        libc::SYS_fsopen,
        "fsopen",
        &[
            arg("fsname", Dir::In, Ty::Bytes(Len::Text), "The kind of file system."),
            arg("flags", Dir::In, Ty::Flags(&FSOPEN_FLAGS), "Settings of the descriptor."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, cloexec(1, 1)),
        "Begins to set up a file system.",
    ),
    &call(
        Class::DESC,
        libc::SYS_fsmount,
        "fsmount",
        &[
            arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
            arg("flags", Dir::In, Ty::Flags(&FSMOUNT_FLAGS), "Settings of the descriptor."),
            arg("attr_flags", Dir::In, Ty::Flags(&FSMOUNT_ATTR), "Properties of the mount."),
        ],
        RetTy::Fd,
        Effect::Makes(Made::Other, cloexec(1, 1)),
        "Mounts a file system that was set up, at no place yet.",
    ),
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_fspick,
        "fspick",
        &[dirfd("dirfd"), path("pathname"), arg("flags", Dir::In, Ty::Flags(&FSPICK_FLAGS), "How.")],
        RetTy::Fd,
        Effect::Makes(Made::Other, cloexec(2, 1)),
        "Begins to set up a mounted file system anew.",
    ),
    &FSCONFIG,
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_fanotify_mark,
        "fanotify_mark",
        &[
            arg("fanotify_fd", Dir::In, Ty::Fd, "The descriptor."),
            arg("flags", Dir::In, Ty::Flags(&FANOTIFY_MARK), "How."),
            arg("fan_mask", Dir::In, Ty::WideFlags(&FANOTIFY_EVENTS), "Which changes."),
            dirfd("dirfd"),
            path("pathname"),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Watches files, directories or whole file systems, or stops that.",
    ),
    &call(
        Class::FILE,
        libc::SYS_quotactl,
        "quotactl",
        &[
            arg("qcmd", Dir::In, Ty::Packed(&packed::QUOTA), "What to do, and whose limits."),
            arg("special", Dir::In, Ty::Bytes(Len::Terminated), "The device."),
            arg("id", Dir::In, Ty::Int, "The user or group."),
            arg("quota_addr", Dir::In, Ty::Address, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks or sets how much disk space users may have.",
    ),
    &call(
        Class::DESC,
        libc::SYS_quotactl_fd,
        "quotactl_fd",
        &[
            arg("fd", Dir::In, Ty::Fd, "The descriptor."),
            arg("qcmd", Dir::In, Ty::Packed(&packed::QUOTA), "What to do, and whose limits."),
            arg("id", Dir::In, Ty::Int, "The user or group."),
            arg("quota_addr", Dir::In, Ty::Address, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks or sets how much disk space users of an open file system may have.",
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
        Class::DESC.and(Class::FILE),
        libc::SYS_mount_setattr,
        "mount_setattr",
        &[
            dirfd("dirfd"),
            path("pathname"),
            arg("flags", Dir::In, Ty::Flags(&MOUNT_SETATTR_FLAGS), "How."),
            arg("mount_attr", Dir::In, Ty::Sized { forms: MOUNT_ATTRS, size: 4 }, "What is changed."),
            arg("size", Dir::In, Ty::Size, "The size of the structure."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Changes properties of a mount.",
    ),
];

/// mknod(2).
static MKNOD: Syscall = Syscall {
    operations: Some(&MKNOD_OPERATIONS),
    ..call(
        Class::FILE,
        old!(SYS_mknod),
        "mknod",
        &[path("pathname"), arg("mode", Dir::In, Ty::Flags(&FILE_TYPE_MODE), "The kind of file, and who may use it.")],
        RetTy::Int,
        Effect::Nothing,
        "Makes a file that stands for a device, a pipe or something else.",
    )
};

static MKNOD_OPERATIONS: Operations = Operations {
    by: 1,
    part: |mode| mode & 0xf000,
    rows: &[
        (
            0x2000,
            operation(
                &MKNOD,
                &[
                    path("pathname"),
                    arg("mode", Dir::In, Ty::Flags(&FILE_TYPE_MODE), "The kind of file, and who may use it."),
                    arg("dev", Dir::In, Ty::Device, "The device that it stands for."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x6000,
            operation(
                &MKNOD,
                &[
                    path("pathname"),
                    arg("mode", Dir::In, Ty::Flags(&FILE_TYPE_MODE), "The kind of file, and who may use it."),
                    arg("dev", Dir::In, Ty::Device, "The device that it stands for."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// mknodat(2).
static MKNODAT: Syscall = Syscall {
    operations: Some(&MKNODAT_OPERATIONS),
    ..call(
        Class::DESC.and(Class::FILE),
        libc::SYS_mknodat,
        "mknodat",
        &[
            dirfd("dirfd"),
            path("pathname"),
            arg("mode", Dir::In, Ty::Flags(&FILE_TYPE_MODE), "The kind of file, and who may use it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Makes a file that stands for a device, a pipe or something else.",
    )
};

static MKNODAT_OPERATIONS: Operations = Operations {
    by: 2,
    part: |mode| mode & 0xf000,
    rows: &[
        (
            0x2000,
            operation(
                &MKNODAT,
                &[
                    dirfd("dirfd"),
                    path("pathname"),
                    arg("mode", Dir::In, Ty::Flags(&FILE_TYPE_MODE), "The kind of file, and who may use it."),
                    arg("dev", Dir::In, Ty::Device, "The device that it stands for."),
                ],
                RetTy::Int,
            ),
        ),
        (
            0x6000,
            operation(
                &MKNODAT,
                &[
                    dirfd("dirfd"),
                    path("pathname"),
                    arg("mode", Dir::In, Ty::Flags(&FILE_TYPE_MODE), "The kind of file, and who may use it."),
                    arg("dev", Dir::In, Ty::Device, "The device that it stands for."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// mount(2).
static MOUNT: Syscall = Syscall {
    operations: Some(&MOUNT_OPERATIONS),
    ..call(
        Class::FILE,
        libc::SYS_mount,
        "mount",
        &[
            arg("source", Dir::In, Ty::Bytes(Len::Terminated), "The device or file system."),
            arg("target", Dir::In, Ty::Bytes(Len::Terminated), "Where it appears."),
            arg("filesystemtype", Dir::In, Ty::Bytes(Len::Text), "The kind of file system."),
            arg("mountflags", Dir::In, Ty::WideFlags(&MOUNT_FLAGS), "How it is mounted."),
            arg("data", Dir::In, Ty::Bytes(Len::Text), "Options of the file system."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Makes a file system part of the tree of files.",
    )
};

static MOUNT_OPERATIONS: Operations = Operations {
    by: 3,
    part: kind_of_mount,
    rows: &[
        (
            libc::MS_REMOUNT,
            operation(
                &MOUNT,
                &[
                    arg("source", Dir::In, Ty::Bytes(Len::Terminated), "The device or file system."),
                    arg("target", Dir::In, Ty::Bytes(Len::Terminated), "Where it appears."),
                    arg("filesystemtype", Dir::In, Ty::Address, "The kind of file system."),
                    arg("mountflags", Dir::In, Ty::WideFlags(&MOUNT_FLAGS), "How it is mounted."),
                    arg("data", Dir::In, Ty::Bytes(Len::Text), "Options of the file system."),
                ],
                RetTy::Int,
            ),
        ),
        (
            libc::MS_BIND,
            operation(
                &MOUNT,
                &[
                    arg("source", Dir::In, Ty::Bytes(Len::Terminated), "The device or file system."),
                    arg("target", Dir::In, Ty::Bytes(Len::Terminated), "Where it appears."),
                    arg("filesystemtype", Dir::In, Ty::Address, "The kind of file system."),
                    arg("mountflags", Dir::In, Ty::WideFlags(&MOUNT_FLAGS), "How it is mounted."),
                    arg("data", Dir::In, Ty::Address, "Options of the file system."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// fsconfig(2).
static FSCONFIG: Syscall = Syscall {
    operations: Some(&FSCONFIG_OPERATIONS),
    ..call(
        Class::DESC.and(Class::FILE),
        libc::SYS_fsconfig,
        "fsconfig",
        &[
            arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
            arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
            arg("key_addr", Dir::In, Ty::Address, "The name of the setting."),
            arg("value_addr", Dir::In, Ty::Address, "The value."),
            arg("aux", Dir::In, Ty::Int, "What it is depends on the operation."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Sets something of a file system that is being set up.",
    )
};

static FSCONFIG_OPERATIONS: Operations = Operations {
    by: 1,
    part: |command| command & 0xffff_ffff,
    rows: &[
        (
            0,
            operation(
                &FSCONFIG,
                &[
                    arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
                    arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
                    arg("key_name", Dir::In, Ty::Bytes(Len::Text), "The name of the setting."),
                    arg("value_addr", Dir::In, Ty::Address, "The value."),
                    arg("aux", Dir::In, Ty::Int, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            1,
            operation(
                &FSCONFIG,
                &[
                    arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
                    arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
                    arg("key_name", Dir::In, Ty::Bytes(Len::Text), "The name of the setting."),
                    arg("value", Dir::In, Ty::Bytes(Len::Text), "The value."),
                    arg("aux", Dir::In, Ty::Int, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            2,
            operation(
                &FSCONFIG,
                &[
                    arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
                    arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
                    arg("key_name", Dir::In, Ty::Bytes(Len::Text), "The name of the setting."),
                    arg("value", Dir::In, Ty::Bytes(Len::Arg(4)), "The value."),
                    arg("aux", Dir::In, Ty::Int, "What it is depends on the operation."),
                ],
                RetTy::Int,
            ),
        ),
        (
            3,
            operation(
                &FSCONFIG,
                &[
                    arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
                    arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
                    arg("key_name", Dir::In, Ty::Bytes(Len::Text), "The name of the setting."),
                    arg("value", Dir::In, Ty::Bytes(Len::Terminated), "The value."),
                    dirfd("aux_dirfd"),
                ],
                RetTy::Int,
            ),
        ),
        (
            4,
            operation(
                &FSCONFIG,
                &[
                    arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
                    arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
                    arg("key_name", Dir::In, Ty::Bytes(Len::Text), "The name of the setting."),
                    arg("value", Dir::In, Ty::Bytes(Len::Terminated), "The value."),
                    dirfd("aux_dirfd"),
                ],
                RetTy::Int,
            ),
        ),
        (
            5,
            operation(
                &FSCONFIG,
                &[
                    arg("fs_fd", Dir::In, Ty::Fd, "The file system."),
                    arg("fsconfig_cmd", Dir::In, Ty::Const(&FSCONFIG_CMD), "What to do."),
                    arg("key_name", Dir::In, Ty::Bytes(Len::Text), "The name of the setting."),
                    arg("value_addr", Dir::In, Ty::Address, "The value."),
                    arg("aux_fd", Dir::In, Ty::Fd, "The descriptor."),
                ],
                RetTy::Int,
            ),
        ),
    ],
};

/// Whether the kind of file system, and its options, mean something.
fn kind_of_mount(flags: u64) -> u64 {
    const NO_OPTIONS: u64 =
        libc::MS_BIND | libc::MS_MOVE | libc::MS_SHARED | libc::MS_PRIVATE | libc::MS_SLAVE | libc::MS_UNBINDABLE;
    match flags {
        _ if flags & libc::MS_REMOUNT != 0 => 1,
        _ if flags & NO_OPTIONS != 0 => 2,
        _ => 0,
    }
}
