//! Calls that ask what is known of a file or of a file system.

use super::argument::{dirfd, file, path};
use super::{Class, Dir, Effect, Len, RetTy, Syscall, Ty, arg, call, old};
use crate::value::stat::{STAT, STATFS, STATX};
use crate::xlat::file::{ACCESS, ACCESS_AT_FLAGS, AT_FLAGS, STATX_FLAGS, STATX_MASK};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &call(
        Class::FILE.and(Class::STAT).and(Class::STAT_LIKE),
        old!(SYS_stat),
        "stat",
        &[path("pathname"), arg("statbuf", Dir::Out, Ty::Forms(&STAT), "What is known of it.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of a file.",
    ),
    &call(
        Class::FILE.and(Class::LSTAT).and(Class::STAT_LIKE),
        old!(SYS_lstat),
        "lstat",
        &[path("pathname"), arg("statbuf", Dir::Out, Ty::Forms(&STAT), "What is known of it.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of a file, of a symbolic link itself.",
    ),
    &call(
        Class::DESC.and(Class::FSTAT).and(Class::STAT_LIKE),
        libc::SYS_fstat,
        "fstat",
        &[file("fd"), arg("statbuf", Dir::Out, Ty::Forms(&STAT), "What is known of it.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of an open file.",
    ),
    &call(
        Class::DESC.and(Class::FILE).and(Class::FSTAT).and(Class::STAT_LIKE),
        libc::SYS_newfstatat,
        "newfstatat",
        &[
            dirfd("dirfd"),
            path("pathname"),
            arg("statbuf", Dir::Out, Ty::Forms(&STAT), "What is known of it."),
            arg("flags", Dir::In, Ty::Flags(&AT_FLAGS), "How the path is followed."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of a file.",
    ),
    &call(
        Class::DESC.and(Class::FILE).and(Class::FSTAT).and(Class::STAT_LIKE),
        libc::SYS_statx,
        "statx",
        &[
            dirfd("dirfd"),
            path("pathname"),
            arg(
                "flags",
                Dir::In,
                Ty::Flags(&STATX_FLAGS),
                "How the path is followed, and how fresh the answer has to be.",
            ),
            arg("mask", Dir::In, Ty::Flags(&STATX_MASK), "What is wanted."),
            arg("statxbuf", Dir::Out, Ty::Forms(&STATX), "What is known of it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of a file, as much as is wanted.",
    ),
    &call(
        Class::FILE.and(Class::STATFS).and(Class::STATFS_LIKE),
        libc::SYS_statfs,
        "statfs",
        &[
            arg("path", Dir::In, Ty::Bytes(Len::Terminated), "A file on it."),
            arg("buf", Dir::Out, Ty::Struct(&STATFS), "What is known of it."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of a mounted file system.",
    ),
    &call(
        Class::DESC.and(Class::FSTATFS).and(Class::STATFS_LIKE),
        libc::SYS_fstatfs,
        "fstatfs",
        &[file("fd"), arg("buf", Dir::Out, Ty::Struct(&STATFS), "What is known of it.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks what is known of the file system of an open file.",
    ),
    &call(
        Class::FILE,
        old!(SYS_access),
        "access",
        &[path("pathname"), arg("mode", Dir::In, Ty::Flags(&ACCESS), "What is to be done with it.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks whether a file is there, and whether it may be used.",
    ),
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_faccessat,
        "faccessat",
        &[dirfd("dirfd"), path("pathname"), arg("mode", Dir::In, Ty::Flags(&ACCESS), "What is to be done with it.")],
        RetTy::Int,
        Effect::Nothing,
        "Asks whether a file is there, and whether it may be used.",
    ),
    &call(
        Class::DESC.and(Class::FILE),
        libc::SYS_faccessat2,
        "faccessat2",
        &[
            dirfd("dirfd"),
            path("pathname"),
            arg("mode", Dir::In, Ty::Flags(&ACCESS), "What is to be done with it."),
            arg("flags", Dir::In, Ty::Flags(&ACCESS_AT_FLAGS), "How the path is followed, and as whom."),
        ],
        RetTy::Int,
        Effect::Nothing,
        "Asks whether a file is there, and whether it may be used.",
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
];
