//! Commands of `fcntl` and requests of `ioctl`: a row for each.
//!
//! A row has the types of the third argument and of the result, and the effect. Decoder, encoder, parser and the
//! readers of effects use it. Names and numbers are in [`crate::xlat`].

use super::effect::cloexec;
use super::{CloseOnExec, Effect, RetTy, Syscall, Ty};
use crate::value::terminal::{TERMIO, TERMIOS, TERMIOS2, WINSIZE};
use crate::value::{Forms, Layout, Value, layout};
use crate::xlat::Xlat;
use crate::xlat::file::{FCNTL_CMD, FD_FLAGS, LOCK_TYPE, NOTIFY, SEALS, STATUS_FLAGS};
use crate::xlat::ioctl::IOCTL_REQUEST;
use crate::xlat::terminal::{TTY_FLOW, TTY_FLUSH};

/// One command.
#[derive(Debug)]
pub struct Command {
    /// Its number.
    pub number: u32,
    /// The type of the argument.
    pub carries: Carries,
    /// The type of the call's result.
    pub ret: RetTy,
    /// Its lasting effect.
    pub effect: Effect,
}

/// The type of a command's argument.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Carries {
    /// It has none.
    Nothing,
    /// A number as wide as the register.
    Long,
    /// `int`.
    Int,
    /// The number of a process; negative for a group.
    Owner,
    /// A signal.
    Signal,
    /// Flags in the lower half of the register.
    Flags(&'static Xlat),
    /// Flags in the whole register.
    WideFlags(&'static Xlat),
    /// A constant.
    Const(&'static Xlat),
    /// A pointer to an `int` that the kernel reads.
    IntIn,
    /// A pointer to an `int` that the kernel writes.
    IntOut,
    /// A pointer to a structure that the kernel reads.
    In(&'static Layout),
    /// A pointer to a structure: what is shown of it at entry, if anything, and at exit.
    Out(Option<&'static Layout>, &'static Layout),
    /// A pointer to a structure that the kernel reads, in one of several forms.
    InForms(&'static Forms),
    /// The same, which the kernel writes.
    OutForms(&'static Forms),
    /// A pointer to `struct ifconf`: a length goes in, and a list of interfaces comes out.
    Interfaces,
    /// A pointer that is not followed.
    Pointer,
    /// Unknown: shown in hex.
    Raw,
}

impl Carries {
    /// Whether the argument is a pointer.
    pub fn is_pointer(self) -> bool {
        use Carries::{In, InForms, IntIn, IntOut, Interfaces, Out, OutForms, Pointer};
        matches!(self, IntIn | IntOut | In(_) | Out(..) | InForms(_) | OutForms(_) | Interfaces | Pointer)
    }

    /// The structures that the argument may be written as, the one with more fields first.
    pub fn layouts(self) -> impl Iterator<Item = &'static Layout> {
        let (after, before) = match self {
            Self::In(layout) => (Some(layout), None),
            Self::Out(before, after) => (Some(after), before),
            Self::InForms(forms) | Self::OutForms(forms) => (forms.all.last().copied(), forms.all.first().copied()),
            Self::Interfaces => (Some(&layout::IFCONF), None),
            _ => (None, None),
        };
        after.into_iter().chain(before)
    }
}

/// The commands of one call.
#[derive(Debug)]
pub struct Commands {
    /// Their names.
    pub names: &'static Xlat,
    /// Those that are described.
    pub rows: &'static [Command],
    /// The type (`_IOC_TYPE`) whose named requests certainly have a pointer.
    pointers: Option<u32>,
    /// Whether some affect more than the descriptor and its open file: the machine's interfaces.
    pub reach_beyond: bool,
}

impl Commands {
    /// The row of a number, or an empty one.
    pub fn row(&self, number: u32) -> &'static Command {
        static RAW: Command = does("", &FCNTL_CMD, Carries::Raw, Effect::Nothing);
        static POINTER: Command = does("", &FCNTL_CMD, Carries::Pointer, Effect::Nothing);
        let known = self.rows.iter().find(|row| row.number == number);
        known.unwrap_or_else(|| {
            let named = || self.names.name(number.into()).is_some();
            if self.pointers == Some(number >> 8) && named() { &POINTER } else { &RAW }
        })
    }

    /// Whether a command affects the descriptor alone: others configure this machine's interfaces, or name processes.
    pub(crate) fn stays(&self, command: &Command) -> bool {
        match command.carries {
            Carries::Nothing | Carries::IntOut => true,
            Carries::IntIn => matches!(command.effect, Effect::SetsNonblocking(_)),
            Carries::Owner => false,
            Carries::In(owner) if owner == &layout::F_OWNER_EX => false,
            _ => !self.reach_beyond,
        }
    }
}

impl Syscall {
    /// The commands of a call, and the argument that selects one.
    pub fn commands(&self) -> Option<(usize, &'static Commands)> {
        self.params.iter().find_map(|param| match param.ty {
            Ty::CommandArg { command, commands } => Some((command, commands)),
            _ => None,
        })
    }

    /// The row of the command in decoded arguments.
    pub fn command(&self, args: &[Value]) -> Option<&'static Command> {
        let (at, commands) = self.commands()?;
        match args.get(at) {
            Some(Value::Const(command)) => Some(commands.row(command.raw as u32)),
            _ => None,
        }
    }
}

/// The number of a name of a table.
pub(super) const fn number(name: &str, names: &Xlat) -> u32 {
    let mut at = 0;
    while at < names.items.len() {
        let (known, number) = names.items[at];
        if same(known.as_bytes(), name.as_bytes()) {
            return number as u32;
        }
        at += 1;
    }
    assert!(name.is_empty(), "the table has every name that a row has");
    0
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

const fn does(name: &str, names: &Xlat, carries: Carries, effect: Effect) -> Command {
    Command { number: number(name, names), carries, ret: RetTy::Int, effect }
}

const fn fcntl(name: &str, carries: Carries) -> Command {
    does(name, &FCNTL_CMD, carries, Effect::Nothing)
}

/// A command that takes or releases a lock.
const fn locks(name: &str) -> Command {
    does(name, &FCNTL_CMD, Carries::In(&layout::FLOCK), Effect::Locks)
}

/// A command without an argument.
const fn reads(name: &str, ret: RetTy) -> Command {
    Command { ret, ..fcntl(name, Carries::Nothing) }
}

const fn duplicates(name: &str, cloexec: CloseOnExec) -> Command {
    let effect = Effect::Duplicates { onto: None, cloexec };
    Command { ret: RetTy::Fd, ..does(name, &FCNTL_CMD, Carries::Long, effect) }
}

const fn ioctl(name: &str, carries: Carries) -> Command {
    does(name, &IOCTL_REQUEST, carries, Effect::Nothing)
}

/// A request that changes an interface.
const fn sets(name: &str, layout: &'static Layout) -> Command {
    ioctl(name, Carries::In(layout))
}

/// A request that reads from the interface of this name.
const fn gets(name: &str, after: &'static Layout) -> Command {
    ioctl(name, Carries::Out(Some(&layout::IFREQ_NAME), after))
}

/// Those of `fcntl`, fcntl(2).
pub(super) static FCNTL_COMMANDS: Commands = Commands {
    names: &FCNTL_CMD,
    rows: &[
        duplicates("F_DUPFD", CloseOnExec::Never),
        duplicates("F_DUPFD_CLOEXEC", CloseOnExec::Always),
        reads("F_GETFD", RetTy::Flags(&FD_FLAGS, "flags")),
        does("F_SETFD", &FCNTL_CMD, Carries::Flags(&FD_FLAGS), Effect::SetsCloseOnExec(cloexec(2, libc::FD_CLOEXEC))),
        reads("F_GETFL", RetTy::Flags(&STATUS_FLAGS, "flags")),
        does("F_SETFL", &FCNTL_CMD, Carries::Flags(&STATUS_FLAGS), Effect::SetsNonblocking(libc::O_NONBLOCK as u64)),
        fcntl("F_GETLK", Carries::Out(None, &layout::FLOCK_FOUND)),
        locks("F_SETLK"),
        locks("F_SETLKW"),
        fcntl("F_OFD_GETLK", Carries::Out(None, &layout::FLOCK_FOUND)),
        locks("F_OFD_SETLK"),
        locks("F_OFD_SETLKW"),
        reads("F_GETOWN", RetTy::Int),
        fcntl("F_SETOWN", Carries::Owner),
        fcntl("F_GETOWN_EX", Carries::Out(None, &layout::F_OWNER_EX)),
        fcntl("F_SETOWN_EX", Carries::In(&layout::F_OWNER_EX)),
        reads("F_GETSIG", RetTy::Signal),
        fcntl("F_SETSIG", Carries::Signal),
        reads("F_GETLEASE", RetTy::Const(&LOCK_TYPE)),
        fcntl("F_SETLEASE", Carries::Const(&LOCK_TYPE)),
        fcntl("F_NOTIFY", Carries::WideFlags(&NOTIFY)),
        reads("F_GETPIPE_SZ", RetTy::Int),
        fcntl("F_SETPIPE_SZ", Carries::Long),
        reads("F_GET_SEALS", RetTy::Flags(&SEALS, "seals")),
        fcntl("F_ADD_SEALS", Carries::WideFlags(&SEALS)),
    ],
    pointers: None,
    reach_beyond: false,
};

/// Those of `ioctl`, `asm-generic/ioctls.h`, `linux/sockios.h`.
pub(super) static IOCTL_REQUESTS: Commands = Commands {
    names: &IOCTL_REQUEST,
    rows: &[
        does("FIOCLEX", &IOCTL_REQUEST, Carries::Nothing, Effect::SetsCloseOnExec(CloseOnExec::Always)),
        does("FIONCLEX", &IOCTL_REQUEST, Carries::Nothing, Effect::SetsCloseOnExec(CloseOnExec::Never)),
        does("FIONBIO", &IOCTL_REQUEST, Carries::IntIn, Effect::SetsNonblocking(u64::MAX)),
        ioctl("FIOASYNC", Carries::IntIn),
        ioctl("FIOSETOWN", Carries::IntIn),
        ioctl("SIOCSPGRP", Carries::IntIn),
        ioctl("SIOCSIFENCAP", Carries::IntIn),
        ioctl("FIONREAD", Carries::IntOut), // SIOCINQ
        ioctl("TIOCOUTQ", Carries::IntOut), // SIOCOUTQ
        ioctl("FIOGETOWN", Carries::IntOut),
        ioctl("SIOCGPGRP", Carries::IntOut),
        ioctl("SIOCATMARK", Carries::IntOut),
        ioctl("SIOCGIFCONF", Carries::Interfaces),
        ioctl("SIOCGIFNAME", Carries::Out(Some(&layout::IFREQ_BY_INDEX), &layout::IFREQ_NAMED)),
        sets("SIOCSIFNAME", &layout::IFREQ_NEWNAME),
        gets("SIOCGIFSLAVE", &layout::IFREQ_SLAVE),
        sets("SIOCSIFSLAVE", &layout::IFREQ_SLAVE),
        gets("SIOCGIFMAP", &layout::IFREQ_MAP),
        sets("SIOCSIFMAP", &layout::IFREQ_MAP),
        gets("SIOCGIFFLAGS", &layout::IFREQ_FLAGS),
        sets("SIOCSIFFLAGS", &layout::IFREQ_FLAGS),
        gets("SIOCGIFADDR", &layout::IFREQ_ADDR),
        sets("SIOCSIFADDR", &layout::IFREQ_ADDR),
        gets("SIOCGIFDSTADDR", &layout::IFREQ_DSTADDR),
        sets("SIOCSIFDSTADDR", &layout::IFREQ_DSTADDR),
        gets("SIOCGIFBRDADDR", &layout::IFREQ_BRDADDR),
        sets("SIOCSIFBRDADDR", &layout::IFREQ_BRDADDR),
        gets("SIOCGIFNETMASK", &layout::IFREQ_NETMASK),
        sets("SIOCSIFNETMASK", &layout::IFREQ_NETMASK),
        gets("SIOCGIFMETRIC", &layout::IFREQ_METRIC),
        sets("SIOCSIFMETRIC", &layout::IFREQ_METRIC),
        gets("SIOCGIFMTU", &layout::IFREQ_MTU),
        sets("SIOCSIFMTU", &layout::IFREQ_MTU),
        gets("SIOCGIFHWADDR", &layout::IFREQ_HWADDR),
        sets("SIOCSIFHWADDR", &layout::IFREQ_HWADDR),
        sets("SIOCADDMULTI", &layout::IFREQ_HWADDR),
        sets("SIOCDELMULTI", &layout::IFREQ_HWADDR),
        sets("SIOCSIFHWBROADCAST", &layout::IFREQ_HWADDR),
        gets("SIOCGIFINDEX", &layout::IFREQ_INDEX),
        gets("SIOCGIFTXQLEN", &layout::IFREQ_QLEN),
        sets("SIOCSIFTXQLEN", &layout::IFREQ_QLEN),
        ioctl("TCGETS", Carries::OutForms(&TERMIOS)),
        ioctl("TCSETS", Carries::InForms(&TERMIOS)),
        ioctl("TCSETSW", Carries::InForms(&TERMIOS)),
        ioctl("TCSETSF", Carries::InForms(&TERMIOS)),
        ioctl("TIOCGLCKTRMIOS", Carries::OutForms(&TERMIOS)),
        ioctl("TIOCSLCKTRMIOS", Carries::InForms(&TERMIOS)),
        ioctl("TCGETS2", Carries::OutForms(&TERMIOS2)),
        ioctl("TCSETS2", Carries::InForms(&TERMIOS2)),
        ioctl("TCSETSW2", Carries::InForms(&TERMIOS2)),
        ioctl("TCSETSF2", Carries::InForms(&TERMIOS2)),
        ioctl("TCGETA", Carries::OutForms(&TERMIO)),
        ioctl("TCSETA", Carries::InForms(&TERMIO)),
        ioctl("TCSETAW", Carries::InForms(&TERMIO)),
        ioctl("TCSETAF", Carries::InForms(&TERMIO)),
        ioctl("TCXONC", Carries::Const(&TTY_FLOW)),
        ioctl("TCFLSH", Carries::Const(&TTY_FLUSH)),
        ioctl("TCSBRK", Carries::Int),
        ioctl("TCSBRKP", Carries::Int),
        ioctl("TIOCSCTTY", Carries::Int),
        ioctl("TIOCGWINSZ", Carries::Out(None, &WINSIZE)),
        ioctl("TIOCSWINSZ", Carries::In(&WINSIZE)),
        ioctl("TIOCGPGRP", Carries::IntOut),
        ioctl("TIOCSPGRP", Carries::IntIn),
        ioctl("TIOCGSID", Carries::IntOut),
        ioctl("TIOCGPTN", Carries::IntOut),
        ioctl("TIOCSPTLCK", Carries::IntIn),
        ioctl("TIOCGSOFTCAR", Carries::IntOut),
        ioctl("TIOCSSOFTCAR", Carries::IntIn),
        ioctl("TIOCPKT", Carries::IntIn),
        ioctl("TIOCSETD", Carries::IntIn),
        ioctl("TIOCGETD", Carries::IntOut),
        ioctl("TIOCGDEV", Carries::IntOut),
        ioctl("TIOCGEXCL", Carries::IntOut),
        ioctl("TIOCEXCL", Carries::Nothing),
        ioctl("TIOCNXCL", Carries::Nothing),
        ioctl("TIOCCONS", Carries::Nothing),
        ioctl("TIOCNOTTY", Carries::Nothing),
        ioctl("TIOCVHANGUP", Carries::Nothing),
        ioctl("TIOCSBRK", Carries::Nothing),
        ioctl("TIOCCBRK", Carries::Nothing),
    ],
    pointers: Some(SOCKET_TYPE),
    reach_beyond: true,
};

/// The type of requests that sockets answer.
const SOCKET_TYPE: u32 = 0x89;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_number_and_have_a_name() {
        for commands in [&FCNTL_COMMANDS, &IOCTL_REQUESTS] {
            for row in commands.rows {
                assert!(std::ptr::eq(commands.row(row.number), row), "{row:?} occurs twice");
                assert!(commands.names.name(row.number.into()).is_some(), "{row:?}");
            }
        }
        assert_eq!(IOCTL_REQUESTS.row(libc::FIONBIO as u32).carries, Carries::IntIn);
        assert_eq!(IOCTL_REQUESTS.row(libc::SIOCADDRT as u32).carries, Carries::Pointer);
        assert_eq!(IOCTL_REQUESTS.row(libc::TIOCLINUX as u32).carries, Carries::Raw);
        assert_eq!(FCNTL_COMMANDS.row(77).carries, Carries::Raw);
    }
}
