//! Files by handles instead of paths.

use super::argument::{dirfd, path};
use super::{Class, Dir, Effect, Made, RetTy, Scalar, Syscall, Ty, arg, call, cloexec};
use crate::xlat::file::STATUS_FLAGS;
use crate::xlat::mount::HANDLE_FLAGS;

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_name_to_handle_at,
        "name_to_handle_at",
        &[
            dirfd("dirfd"),
            path("pathname"),
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
];
