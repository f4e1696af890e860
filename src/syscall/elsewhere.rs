//! Calls that other architectures have under names of their own: traces of those machines have them.

use super::{FCNTL, PPOLL, PSELECT6, RECVFROM, RECVMMSG, SELECT, SENDFILE, SENDTO, Syscall};

/// A call with the first arguments, and everything else, of another.
const fn like(other: &'static Syscall, name: &'static str, params: usize) -> Syscall {
    let Syscall { class, ret, effect, doc, .. } = *other;
    Syscall { nr: -1, name, class, params: other.params.split_at(params).0, ret, effect, doc, operations: None }
}

static SEND: Syscall = like(&SENDTO, "send", 4);
static RECV: Syscall = like(&RECVFROM, "recv", 4);
static FCNTL64: Syscall = like(&FCNTL, "fcntl64", 3);
static NEWSELECT: Syscall = like(&SELECT, "_newselect", 5);
static SENDFILE64: Syscall = like(&SENDFILE, "sendfile64", 4);
static PPOLL_TIME64: Syscall = like(&PPOLL, "ppoll_time64", 5);
static PSELECT6_TIME64: Syscall = like(&PSELECT6, "pselect6_time64", 6);
static RECVMMSG_TIME64: Syscall = like(&RECVMMSG, "recvmmsg_time64", 5);

/// The family's entries.
pub(super) static CALLS: &[&Syscall] =
    &[&SEND, &RECV, &FCNTL64, &NEWSELECT, &SENDFILE64, &PPOLL_TIME64, &PSELECT6_TIME64, &RECVMMSG_TIME64];
