//! Calls that find a file by its path.

use super::argument::dirfd;
use super::{Class, Dir, Effect, Given, Len, Made, Param, RetTy, Syscall, Ty, arg, call, cloexec};
use crate::xlat::file::{PERMISSIONS, STATUS_FLAGS};

/// `%file`, and `%desc` where a descriptor is taken or made.
const FILE_DESC: Class = Class::FILE.and(Class::DESC);

/// The flags with which `open` makes a file, and so needs its mode.
pub(super) const CREATES: u64 = (libc::O_CREAT | libc::O_TMPFILE & !libc::O_DIRECTORY) as u64;

/// A path.
const fn path(name: &'static str, doc: &'static str) -> Param {
    arg(name, Dir::In, Ty::Bytes(Len::Terminated), doc)
}

/// openat(2).
static OPENAT: Syscall = call(
    FILE_DESC,
    libc::SYS_openat,
    "openat",
    &[
        dirfd("dirfd"),
        path("pathname", "The file's path."),
        arg("flags", Dir::In, Ty::Flags(&STATUS_FLAGS), "Whether to read, write or both, and how to open."),
        arg(
            "mode",
            Dir::In,
            Ty::Flags(&PERMISSIONS),
            "Who may use the file, if it is made; the umask takes bits away.",
        )
        .given(Given::WithBits { at: 2, bits: CREATES }),
    ],
    RetTy::Fd,
    Effect::Makes(Made::File, cloexec(2, libc::O_CLOEXEC)),
    "Opens a file, and creates it where the flags ask for that.",
);

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[&OPENAT];
