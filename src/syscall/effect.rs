//! What calls do to descriptors, sockets and processes: a column of the table.
//!
//! A row has an [`Effect`]. Applied to a call's arguments it becomes a [`Change`], computed from registers
//! ([`Change::asked`], before the call is decoded) or from decoded values ([`Change::of`]). Both describe a successful
//! call: whether it succeeded is in the result. The descriptors that a call made are found by the types of its result
//! and out arguments (`made`).

use super::{Commands, Dir, RetTy, Syscall, Ty};
use crate::memory::{Memory, array};
use crate::value::Value;
use crate::value::process::CLONE_ARGS;

mod change;

pub(crate) use change::Change;

/// A call's lasting effect. The descriptor is the first argument unless noted otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing relevant.
    #[default]
    Nothing,
    /// Makes one or two descriptors of something new: its result, or what it writes into a [`Ty::FdPair`].
    Makes(Made, CloseOnExec),
    /// Makes a descriptor of the connection that has waited longest.
    Accepts(CloseOnExec),
    /// Makes a second descriptor of the same open file.
    Duplicates {
        /// The argument with the new descriptor, which is closed first; without one, the kernel chooses.
        onto: Option<usize>,
        /// Whether the new one is closed on exec.
        cloexec: CloseOnExec,
    },
    /// Closes a descriptor, even where it fails: Linux has released it by then.
    Closes,
    /// Closes all descriptors from the first argument to the second, or marks them close-on-exec.
    ClosesRange {
        /// The flag to only mark them.
        marks: Flag,
    },
    /// Sets whether a descriptor is closed on exec.
    SetsCloseOnExec(CloseOnExec),
    /// Sets whether an open file blocks, by these bits of the last argument.
    SetsNonblocking(u64),
    /// The effect of the command in the second argument (`fcntl`, `ioctl`).
    Command,
    /// Creates a process or thread.
    Forks(Forks),
    /// With this command as first argument, puts a filter before the thread's calls, which may refuse them.
    Filters {
        /// The command.
        command: u64,
    },
    /// Replaces the program with another one, which closes descriptors marked close-on-exec.
    Executes,
    /// Ends the thread.
    ExitsThread,
    /// Ends the process.
    ExitsProcess,
    /// Goes on where a signal interrupted the program; what was saved then is where the stack ends.
    ReturnsFromSignal,
    /// Binds a socket to an address.
    Binds,
    /// Makes a socket accept connections.
    Listens,
    /// Connects a socket to a peer.
    Connects,
    /// Ends one or both directions of a connection.
    ShutsDown,
    /// Sends bytes.
    Sends,
    /// Receives bytes, and descriptors with them.
    Receives(CloseOnExec),
    /// Copies bytes from one descriptor to another.
    Copies {
        /// The argument with the descriptor that is read.
        from: usize,
        /// The one that is written.
        to: usize,
    },
    /// Waits until one of several descriptors is ready.
    Waits,
    /// Waits until a child ends or changes.
    AwaitsChild,
    /// Waits until another thread wakes it.
    AwaitsWake,
    /// Waits until a signal comes.
    AwaitsSignal,
    /// Waits until a time is over.
    Sleeps,
    /// Takes or releases a lock on a file, and may wait for whoever holds it.
    Locks,
    /// Changes the entry of the descriptor in this argument in an epoll set, the first argument.
    Watches(usize),
    /// Sets an option of a socket.
    SetsOption,
    /// Reads an option of a socket.
    ReadsOption,
    /// Reads a socket's own address.
    ReadsName,
    /// Reads the address of a socket's peer.
    ReadsPeer,
}

/// The kind of a new object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Made {
    /// A socket.
    Socket,
    /// Two connected sockets.
    SocketPair,
    /// Both ends of a pipe.
    Pipe,
    /// An open file.
    File,
    /// A set of descriptors to wait for.
    EpollSet,
    /// A ring for calls that no tracer sees.
    Ring,
    /// A copy of another process's descriptor, whatever that refers to.
    Copy,
    /// Something else: a counter, a timer, a process.
    Other,
}

/// A flag of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The argument.
    pub arg: usize,
    /// Its bits.
    pub bits: u64,
    /// The suffix of its name, for arguments that are known as text only.
    pub name: &'static str,
}

/// Whether a new descriptor is closed on exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseOnExec {
    /// It stays open.
    Never,
    /// It is closed.
    Always,
    /// Depends on a flag.
    Flag(Flag),
}

/// Where a call that creates a process or thread has its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forks {
    /// It has none, and creates a process.
    Plainly,
    /// In the first argument.
    Flags,
    /// In the memory that the first argument points to.
    FlagsBehind,
}

/// A flag that makes a new descriptor close-on-exec: `SOCK_CLOEXEC` and the like.
pub(super) const fn cloexec(arg: usize, bits: i32) -> CloseOnExec {
    CloseOnExec::Flag(Flag { arg, bits: bits as u32 as u64, name: "_CLOEXEC" })
}

/// `CLONE_FILES` and `CLONE_THREAD`.
const CLONE_FILES: Flag = Flag { arg: 0, bits: libc::CLONE_FILES as u64, name: "CLONE_FILES" };
const CLONE_THREAD: Flag = Flag { arg: 0, bits: libc::CLONE_THREAD as u64, name: "CLONE_THREAD" };

impl Effect {
    /// Whether it may close or replace a descriptor in a process that continues.
    pub(crate) fn may_close(self) -> bool {
        matches!(self, Self::Closes | Self::ClosesRange { .. } | Self::Duplicates { onto: Some(_), .. })
    }

    /// Whether it may bring a socket of any kind into a process: a new one, or one of another process.
    pub(crate) fn may_bring_socket(self) -> bool {
        match self {
            Self::Makes(Made::Socket | Made::Copy | Made::Ring, _) => true,
            // Only what receives messages takes descriptors with them.
            Self::Receives(cloexec) => cloexec != CloseOnExec::Never,
            _ => false,
        }
    }

    /// Whether it may create a thread or process that shares its creator's descriptors.
    pub(crate) fn may_share(self) -> bool {
        matches!(self, Self::Forks(Forks::Flags | Forks::FlagsBehind))
    }

    /// Whether the thread does not return from it.
    pub(crate) fn never_returns(self) -> bool {
        matches!(self, Self::ExitsThread | Self::ExitsProcess)
    }

    /// Whether a call with these registers puts a filter before the calls to come.
    pub(crate) fn filters(self, regs: &[u64; 6]) -> bool {
        matches!(self, Self::Filters { command } if command == regs[0])
    }

    /// Whether it may wait for what others do on a descriptor.
    pub(crate) fn may_wait(self) -> bool {
        matches!(self, Self::Accepts(_) | Self::Connects | Self::Sends | Self::Receives(_) | Self::Waits)
    }

    /// Whether it may wait, for whatever it is.
    pub(crate) fn may_take_long(self) -> bool {
        let waits =
            matches!(self, Self::AwaitsWake | Self::AwaitsChild | Self::AwaitsSignal | Self::Sleeps | Self::Locks);
        self.may_wait() || waits
    }
}

impl Syscall {
    /// The effect of a call with these decoded arguments: a command's effect replaces [`Effect::Command`].
    pub(crate) fn effect_of(&self, args: &[Value]) -> Effect {
        self.resolved(Args::Values(self, args))
    }

    /// The descriptors that the call made when it returned `ret`, in order: returned, written into a pair, or received
    /// in a message.
    pub(crate) fn made(&self, args: &[Value], ret: i64) -> Vec<i32> {
        let mut made = Vec::new();
        for (param, value) in self.params.iter().zip(args) {
            let holds = match param.ty {
                Ty::FdPair => true,
                Ty::MsgHdr => param.dir != Dir::In,
                Ty::MmsgHdrs { received, .. } => received,
                _ => false,
            };
            if holds {
                value.each_fd(&mut |fd| made.push(fd));
            }
        }
        if self.returns_descriptor(args) {
            made.extend(i32::try_from(ret));
        }
        made
    }

    /// Whether the call returns a descriptor, also where its row describes only its effect.
    pub(crate) fn returns_descriptor(&self, args: &[Value]) -> bool {
        let makes = || matches!(self.effect, Effect::Makes(..));
        self.ret_ty(args) == RetTy::Fd || (!self.is_known() && makes())
    }

    fn resolved(&self, args: Args<'_>) -> Effect {
        match self.effect {
            Effect::Command => {
                let row = |(at, commands): (usize, &Commands)| Some(commands.row(args.number(at)? as u32));
                self.commands().and_then(row).map_or(Effect::Nothing, |command| command.effect)
            }
            effect => effect,
        }
    }
}

/// A call's arguments, in either form.
#[derive(Clone, Copy)]
enum Args<'a> {
    Registers(&'a [u64; 6]),
    Values(&'a Syscall, &'a [Value]),
}

impl Args<'_> {
    /// An argument's register.
    fn number(self, at: usize) -> Option<u64> {
        match self {
            Self::Registers(regs) => regs.get(at).copied(),
            Self::Values(sys, values) => {
                number(values.get((0..values.len()).find(|place| sys.register(*place) == at)?)?)
            }
        }
    }

    fn fd(self, at: usize) -> i32 {
        self.number(at).map_or(-1, |fd| fd as i32)
    }

    /// Whether a flag is set. In the text of calls that are not described, arguments may be in another order.
    fn has(self, flag: Flag) -> bool {
        let word = |value: &Value| matches!(value, Value::Verbatim(text) if text.contains(flag.name));
        match self {
            Self::Values(_, values) if values.iter().any(word) => true,
            args => args.number(flag.arg).is_some_and(|bits| bits & flag.bits != 0),
        }
    }

    fn closes_on_exec(self, how: CloseOnExec) -> bool {
        match how {
            CloseOnExec::Never => false,
            CloseOnExec::Always => true,
            CloseOnExec::Flag(flag) => self.has(flag),
        }
    }
}

/// The register's content, for values that are one number, which may be kept as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Ref(inner) => number(inner),
        Value::Verbatim(text) => spelled(text),
        // What `clone3` is to make, and what was made.
        Value::Array(both) => both.items.first().and_then(number),
        Value::Record(args) if args.layout == &CLONE_ARGS => args.get("flags").and_then(number),
        other => other.register(),
    }
}

/// `3`, `3</dev/null>`, `-1`, `0xff`.
fn spelled(text: &str) -> Option<u64> {
    let text = text.split_once('<').map_or(text, |(number, _)| number);
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok().or_else(|| text.parse().ok().map(|n: i64| n as u64)),
    }
}

/// The flags of a call that creates a process or thread, in registers or memory.
pub(crate) fn fork_flags(sys: &Syscall, regs: &[u64; 6], memory: &dyn Memory) -> u64 {
    match sys.effect {
        Effect::Forks(Forks::Flags) => regs[0],
        Effect::Forks(Forks::FlagsBehind) => array(memory, regs[0]).map_or(0, u64::from_ne_bytes), // clone_args.flags
        _ => 0,
    }
}

/// Whether the text of a call that has not returned requests a thread.
pub(crate) fn asks_for_thread(name: &[u8], args: &[u8]) -> bool {
    memchr::memmem::find(args, CLONE_THREAD.name.as_bytes()).is_some()
        && super::names_by_effect(Effect::may_share).any(|forks| forks.as_bytes() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Body;
    use crate::read::text;
    use crate::syscall::{by_name, other};

    fn sys(name: &str) -> &'static Syscall {
        // (One entry serves all tests, so its number must be the right one.)
        by_name(name).or_else(|| other(name, name.parse::<syscalls::Sysno>().ok()?.id().into())).unwrap()
    }

    fn asked<const N: usize>(name: &str, given: [u64; N]) -> Change {
        let mut regs = [0; 6];
        regs[..N].copy_from_slice(&given);
        Change::asked(sys(name), &regs)
    }

    fn of(line: &str) -> Change {
        let Body::Call(call) = text::line(line) else { panic!("{line}") };
        call.change()
    }

    #[test]
    fn what_may_bring_a_socket() {
        let brings =
            crate::syscall::names_by_effect(Effect::may_bring_socket).collect::<std::collections::BTreeSet<_>>();
        let expected = ["io_uring_setup", "pidfd_getfd", "recvmmsg", "recvmmsg_time64", "recvmsg", "socket"];
        assert_eq!(brings, expected.into());
    }

    #[test]
    fn registers_and_text_say_what_changes() {
        let forks = |thread, shares| Change::Forks { thread, shares };
        let marks = |first, last, cloexec| Change::Marks { first, last, cloexec };
        let duplicates = |fd, onto, cloexec| Change::Duplicates { fd, onto, cloexec };
        let both = [
            (asked("close", [7]), "close(7) = 0", Change::Closes(7)),
            (asked("dup", [4]), "dup(4) = 5", duplicates(4, None, false)),
            (asked("dup2", [5, 4]), "dup2(5, 4) = 4", duplicates(5, Some(4), false)),
            (asked("dup2", [4, 4]), "dup2(4, 4) = 4", Change::Nothing),
            (asked("dup3", [5, 4, 0x80000]), "dup3(5, 4, O_CLOEXEC) = 4", duplicates(5, Some(4), true)),
            (asked("fcntl", [3, 0, 9]), "fcntl(3, F_DUPFD, 9) = 9", duplicates(3, None, false)),
            (asked("fcntl", [3, 1030, 9]), "fcntl(3, F_DUPFD_CLOEXEC, 9) = 9", duplicates(3, None, true)),
            (asked("fcntl", [3, 2, 1]), "fcntl(3, F_SETFD, FD_CLOEXEC) = 0", marks(3, 3, true)),
            (asked("fcntl", [3, 2, 0]), "fcntl(3, F_SETFD, 0) = 0", marks(3, 3, false)),
            (asked("fcntl", [3, 3]), "fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)", Change::Nothing),
            (asked("ioctl", [3, 0x5451]), "ioctl(3, FIOCLEX) = 0", marks(3, 3, true)),
            (asked("ioctl", [3, 0x5450]), "ioctl(3, FIONCLEX) = 0", marks(3, 3, false)),
            (asked("close_range", [3, 9, 2]), "close_range(3, 9, CLOSE_RANGE_UNSHARE) = 0", Change::ClosesRange(3, 9)),
            (
                asked("close_range", [3, u64::MAX, 0]), // the upper halves of the registers are not the kernel's
                "close_range(3, 4294967295, 0) = 0",
                Change::ClosesRange(3, u32::MAX),
            ),
            (asked("close_range", [3, 9, 4]), "close_range(3, 9, CLOSE_RANGE_CLOEXEC) = 0", marks(3, 9, true)),
            (
                asked("socket", [2, 0x80001, 0]),
                "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
                Change::Makes { cloexec: true },
            ),
            (asked("accept4", [3, 0, 0, 0]), "accept4(3, NULL, NULL, 0) = 4", Change::Makes { cloexec: false }),
            (
                asked("recvmsg", [3, 0, 0x4000_0000]),
                "recvmsg(3, 0x7ffe0, MSG_CMSG_CLOEXEC) = -1 EAGAIN (Resource temporarily unavailable)",
                Change::Makes { cloexec: true },
            ),
            (
                asked("openat", [0, 0, 0x80000]),
                "openat(AT_FDCWD, \"/x\", O_RDONLY|O_CLOEXEC) = 3",
                Change::Makes { cloexec: true },
            ),
            (asked("execve", []), "execve(\"/bin/true\", [\"true\"], 0x7ffd1 /* 3 vars */) = 0", Change::Executes),
            (asked("exit_group", [0]), "exit_group(0) = ?", Change::Ends),
            (asked("exit", [0]), "exit(0) = ?", Change::Nothing),
            (asked("vfork", []), "vfork() = 12", forks(false, false)),
            (
                asked("clone", [0x10500]),
                "clone(child_stack=0x7f1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 12",
                forks(true, true),
            ),
        ];
        for (registers, line, expected) in both {
            assert_eq!((registers, of(line)), (expected, expected), "{line}");
        }
        // The flags are in memory, and in text.
        assert_eq!(of("clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, exit_signal=0}, 88) = 12"), forks(true, true));
        let flags = (libc::CLONE_FILES as u64).to_ne_bytes();
        let regions = [(0x1000, &flags[..])];
        let lent = crate::memory::Lent::new(&regions);
        assert_eq!(fork_flags(sys("clone3"), &[0x1000, 88, 0, 0, 0, 0], &lent), libc::CLONE_FILES as u64);
    }

    #[test]
    fn what_a_call_made_is_in_what_it_brought_back() {
        let made = |line: &str| {
            let Body::Call(call) = text::line(line) else { panic!("{line}") };
            call.made()
        };
        assert_eq!(made("socket(AF_UNIX, SOCK_STREAM, 0) = 3"), [3]);
        assert_eq!(made("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0"), [3, 4]);
        assert_eq!(made("openat(AT_FDCWD, \"/x\", O_RDONLY) = 3"), [3]);
        assert_eq!(made("fcntl(3, F_DUPFD, 9) = 9"), [9]);
        assert!(made("fcntl(3, F_GETFD) = 0").is_empty());
        assert!(made("socket(AF_UNIX, SOCK_STREAM, 0) = -1 EMFILE (Too many open files)").is_empty());
        let rights = "{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, \
             msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[5, 6]}], \
             msg_controllen=24, msg_flags=0}";
        assert_eq!(made(&format!("recvmsg(3, {rights}, 0) = 1")), [5, 6]);
        assert!(made(&format!("sendmsg(3, {rights}, 0) = 1")).is_empty());
    }
}
