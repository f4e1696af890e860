//! What the agent copies of a call, from how far its pointers reach by the call table.
//!
//! The agent cannot ask the table, so each row becomes a few steps beforehand: what a pointer reaches as far as the decoder
//! keeps it. A row with an argument that no step describes has no plan, and its calls stop.

use super::code::{record, step};
use super::header;
use crate::syscall::reach::{POLLFD, SIGSET};
use crate::syscall::{Dir, Effect, Len, Syscall, Ty};
use crate::value::layout::EPOLL_EVENT;
use crate::value::sockaddr::STORAGE;

/// Most bytes of the value of an option.
const OPTION: u32 = 512;
/// The longest strings with which calls are recorded; with longer ones a ring would hold few of them.
pub(crate) const MAX_STRING: usize = 4096;

/// One step: which argument points, how much is copied.
type Step = [u8; 8];

/// The steps of all calls, as the header has them.
#[derive(Debug)]
pub(crate) struct Plans {
    /// [`header::PLANS`] and [`header::STEPS`].
    pub(crate) bytes: Vec<u8>,
    /// The most bytes that a record can have.
    pub(crate) longest: u64,
    /// The numbers of the calls that have one.
    pub(crate) numbers: Vec<u32>,
}

impl Plans {
    /// For these rows, of whose strings so much is kept.
    pub(crate) fn new<'a>(rows: impl Iterator<Item = &'a Syscall>, strings: usize) -> Self {
        let mut bytes = vec![0; (header::STEPS - header::PLANS) as usize];
        let (mut longest, mut numbers) = (0, Vec::new());
        for sys in rows {
            let (Some(steps), Ok(nr)) = (steps(sys, strings), u64::try_from(sys.nr)) else { continue };
            let at = header::PLANS + bytes.len() as u64;
            let size = steps.iter().flatten().map(|step| 8 * step.len() as u64).sum::<u64>() + 2;
            if nr >= header::NUMBERS || at + size > header::TABLE {
                continue;
            }
            bytes[2 * nr as usize..][..2].copy_from_slice(&(at as u16).to_le_bytes());
            let mut all = record::DATA + 32;
            for half in &steps {
                for step in half {
                    bytes.extend_from_slice(step);
                    all += 16 + u64::from(u32::from_le_bytes([step[4], step[5], step[6], step[7]])).next_multiple_of(8);
                }
                bytes.push(0);
            }
            longest = all.max(longest).next_multiple_of(16);
            numbers.push(nr as u32);
        }
        Self { bytes, longest, numbers }
    }
}

/// What is copied before and after a call; `None` where it must stop.
fn steps(sys: &Syscall, strings: usize) -> Option<[Vec<Step>; 2]> {
    // What a number means must never be guessed, so what makes or closes descriptors, or processes, stops. So do the
    // calls whose arguments depend on a command.
    let is_plain = match sys.effect {
        // (Without control messages no descriptors are received.)
        Effect::Sends | Effect::Receives(_) => sys.params.iter().all(|param| !matches!(param.ty, Ty::MsgHdr)),
        Effect::Waits | Effect::Watches(_) | Effect::Binds | Effect::Listens | Effect::Connects | Effect::ShutsDown => {
            true
        }
        Effect::SetsOption | Effect::ReadsOption | Effect::ReadsName | Effect::ReadsPeer => true,
        _ => false,
    };
    if !is_plain || sys.params.iter().any(|param| param.register.is_some()) {
        return None;
    }
    let [mut entry, mut exit] = [Vec::new(), Vec::new()];
    let strings = u32::try_from(strings).ok().filter(|strings| *strings <= MAX_STRING as u32)?;
    for (at, param) in sys.params.iter().enumerate() {
        let step = |kind, by: usize, size: usize, most: u32| {
            let most = most.to_le_bytes();
            [kind, at as u8, by as u8, size as u8, most[0], most[1], most[2], most[3]]
        };
        match (param.ty, param.dir) {
            (ty, _) if ty.is_number() => {}
            (Ty::Bytes(Len::Arg(by)), Dir::In) => entry.push(step(step::ARG, by, 0, strings)),
            (Ty::Bytes(Len::Ret(by)), Dir::Out) => exit.push(step(step::RETURNED, by, 0, strings)),
            (Ty::SockAddr(Len::Arg(by)), Dir::In) => entry.push(step(step::ARG, by, 0, STORAGE as u32)),
            (Ty::SockAddr(Len::InOutArg(by)), Dir::Out) => exit.extend(measured(at, by, STORAGE as u32)),
            (Ty::OptVal { len, .. }, Dir::In) => entry.push(step(step::ARG, len, 0, OPTION.max(strings))),
            (Ty::OptVal { len, .. }, Dir::Out) => exit.extend(measured(at, len, OPTION.max(strings))),
            (Ty::SockLen, _) => entry.push(step(step::FIXED, 0, 0, 4)),
            (Ty::PollFds { count }, _) => {
                let most = strings * POLLFD as u32;
                entry.push(step(step::ELEMENTS, count, POLLFD, most));
                exit.push(step(step::ELEMENTS, count, POLLFD, most));
            }
            (Ty::EpollEvents { .. }, Dir::Out) => {
                exit.push(step(step::RETURNED_ELEMENTS, 0, EPOLL_EVENT.size, strings * EPOLL_EVENT.size as u32));
            }
            (Ty::EpollEvent { .. }, Dir::In) => entry.push(step(step::FIXED, 0, 0, EPOLL_EVENT.size as u32)),
            (Ty::SigSet { size }, Dir::In) => entry.push(step(step::ARG, size, 0, SIGSET as u32)),
            _ => return None,
        }
    }
    Some([entry, exit])
}

/// The length behind the argument `by`, and so many bytes behind the one at `at`.
fn measured(at: usize, by: usize, most: u32) -> [Step; 2] {
    let most = most.to_le_bytes();
    [[step::FIXED, by as u8, 0, 0, 4, 0, 0, 0], [step::MEASURED, at as u8, 0, 0, most[0], most[1], most[2], most[3]]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall::{by_name, table};

    #[test]
    fn the_usual_calls_have_a_plan_and_what_changes_descriptors_has_none() {
        let recorded = |name: &str| steps(by_name(name).unwrap(), 32).is_some();
        for name in [
            "sendto",
            "recvfrom",
            "read",
            "write",
            "getsockname",
            "getsockopt",
            "setsockopt",
            "poll",
            "epoll_wait",
            "epoll_ctl",
            "connect",
        ] {
            assert!(recorded(name), "{name}");
        }
        for name in [
            "close",
            "socket",
            "accept4",
            "dup2",
            "fcntl",
            "ioctl",
            "recvmsg",
            "execve",
            "clone",
            "exit_group",
            "select",
        ] {
            assert!(!recorded(name), "{name}");
        }
        let all = Plans::new(table(), 32);
        assert!(all.bytes.len() < (header::TABLE - header::PLANS) as usize);
        assert!(all.longest < super::super::RING / 8, "{}", all.longest);
        assert!(all.numbers.contains(&(libc::SYS_sendto as u32)));
    }

    #[test]
    fn a_call_that_may_do_anything_else_has_no_plan() {
        for sys in table().filter(|sys| steps(sys, 32).is_some()) {
            assert!(!sys.effect.may_close() && !sys.effect.may_share() && !sys.effect.never_returns(), "{}", sys.name);
        }
    }
}
