//! Arguments that many calls have: each is described once, so that every row explains it in the same words.

use super::{Dir, Len, Param, Ty, arg};

/// A descriptor of the directory that a relative path starts from.
pub(super) const fn dirfd(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::DirFd, "The directory that a relative path starts from; AT_FDCWD is the working directory.")
}

/// The path of the file that the call is about.
pub(super) const fn path(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::Bytes(Len::Terminated), "The file's path.")
}

/// A descriptor of the file that the call is about.
pub(super) const fn file(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::Fd, "The open file.")
}

/// The process that the call is about.
pub(super) const fn process(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::Pid, "The process.")
}

/// A number of bytes.
pub(super) const fn bytes(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::Size, "How many bytes.")
}

/// A number of elements.
pub(super) const fn count(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::Size, "How many there are.")
}

/// A register whose use another argument decides.
pub(super) const fn dependent(name: &'static str) -> Param {
    arg(name, Dir::In, Ty::Hex, "What it is depends on the operation.")
}
