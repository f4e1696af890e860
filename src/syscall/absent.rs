//! Calls that Linux has a number for on x86_64, but never had: it answers ENOSYS.

use super::argument::dependent;
use super::{Class, Effect, Param, RetTy, Syscall, call, number};

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[
    &absent(Class::NONE, 236, "vserver", 5),
    &absent(Class::NONE, 184, "tuxcall", 3),
    &absent(Class::NONE, 183, "afs_syscall", 5),
    &absent(Class::NET, 181, "getpmsg", 5),
    &absent(Class::NET, 182, "putpmsg", 5),
    &absent(Class::NONE, 214, "epoll_ctl_old", 4),
    &absent(Class::NONE, 215, "epoll_wait_old", 4),
];

/// A call of which so many arguments are shown.
const fn absent(class: Class, x86_64: i64, name: &'static str, args: usize) -> Syscall {
    const ARGS: &[Param] =
        &[dependent("arg0"), dependent("arg1"), dependent("arg2"), dependent("arg3"), dependent("arg4")];
    let doc = "A call that Linux has a number for, but never had.";
    call(class, number(x86_64), name, ARGS.split_at(args).0, RetTy::Int, Effect::Nothing, doc)
}
