//! Which calls are traced: strace's `-e trace=` grammar over the call table and the kernel's other calls.

use std::collections::BTreeSet;

use regex_lite::Regex;
use syscalls::Sysno;

use crate::syscall::{self, Class, Effect, Syscall};

/// A set of calls by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallSet(BTreeSet<u32>);

/// Why a set could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// No such call.
    #[error("there is no system call {0:?}; put ? before a name that may be unknown")]
    Unknown(String),
    /// No such class.
    #[error("there is no class %{0}; the classes are {classes}", classes = class_names())]
    Class(String),
    /// Nothing.
    #[error("no system call is named; to trace none say none")]
    Empty,
    /// Not a regular expression.
    #[error("{0:?} is not a regular expression: {1}")]
    Regex(String, String),
    /// Another architecture's calls.
    #[error("{0:?}: say @64, @32 or @x32")]
    Personality(String),
}

/// Calls that only 32-bit programs have.
const ONLY_32_BIT: &[&str] = &[
    "_llseek",
    "_newselect",
    "bdflush",
    "break",
    "chown32",
    "clock_adjtime64",
    "clock_getres_time64",
    "clock_gettime64",
    "clock_nanosleep_time64",
    "clock_settime64",
    "fadvise64_64",
    "fchown32",
    "fcntl64",
    "fstat64",
    "fstatat64",
    "fstatfs64",
    "ftime",
    "ftruncate64",
    "futex_time64",
    "getegid32",
    "geteuid32",
    "getgid32",
    "getgroups32",
    "getresgid32",
    "getresuid32",
    "getuid32",
    "gtty",
    "idle",
    "io_pgetevents_time64",
    "ipc",
    "lchown32",
    "lock",
    "lstat64",
    "mmap2",
    "mpx",
    "mq_timedreceive_time64",
    "mq_timedsend_time64",
    "nice",
    "oldfstat",
    "oldlstat",
    "oldolduname",
    "oldstat",
    "olduname",
    "ppoll_time64",
    "prof",
    "profil",
    "pselect6_time64",
    "readdir",
    "recvmmsg_time64",
    "rt_sigtimedwait_time64",
    "sched_rr_get_interval_time64",
    "semtimedop_time64",
    "sendfile64",
    "setfsgid32",
    "setfsuid32",
    "setgid32",
    "setgroups32",
    "setregid32",
    "setresgid32",
    "setresuid32",
    "setreuid32",
    "setuid32",
    "sgetmask",
    "sigaction",
    "signal",
    "sigpending",
    "sigprocmask",
    "sigreturn",
    "sigsuspend",
    "socketcall",
    "ssetmask",
    "stat64",
    "statfs64",
    "stime",
    "stty",
    "timer_gettime64",
    "timer_settime64",
    "timerfd_gettime64",
    "timerfd_settime64",
    "truncate64",
    "ugetrlimit",
    "ulimit",
    "umount",
    "utimensat_time64",
    "vm86",
    "vm86old",
    "waitpid",
];

/// The classes that have an old spelling without `%`, which strace still takes.
const WITHOUT_PERCENT: &[&str] = &["file", "process", "signal", "ipc", "network", "memory", "desc"];

impl CallSet {
    /// Every call there is.
    pub fn all() -> Self {
        let known = syscall::table().filter_map(|sys| u32::try_from(sys.nr).ok());
        Self(Sysno::iter().map(|call| call.id() as u32).chain(known).collect())
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.clone().into_iter().filter_map(name)
    }

    /// What is traced by default: the network calls, and the calls on descriptors, of which those on sockets
    /// are shown.
    pub fn sockets() -> Self {
        Self::of(Class::SOCKETS)
    }

    fn of(class: Class) -> Self {
        Self(syscall::names_by_class(class).filter_map(number).collect())
    }

    /// Reads what follows `trace=`: names, classes, `/regex`, `all`, `none`, after an optional `!` that takes them
    /// from all calls instead.
    pub fn parse(text: &str) -> Result<Self, SelectError> {
        let (inverted, list) = inverted(text);
        if list.bytes().all(|b| b == b',') {
            return Err(SelectError::Empty);
        }
        let mut set = BTreeSet::new();
        for item in list.split(',').filter(|item| !item.is_empty()) {
            match item.strip_prefix('?') {
                Some(item) => set.extend(one(item).unwrap_or_default()),
                None => set.extend(one(item)?),
            }
        }
        if inverted {
            let mut rest = Self::all().0;
            rest.retain(|nr| !set.contains(nr));
            return Ok(Self(rest));
        }
        Ok(Self(set))
    }

    /// Whether a call is among them.
    pub fn contains(&self, nr: u64) -> bool {
        u32::try_from(nr).is_ok_and(|nr| self.0.contains(&nr))
    }

    /// Adds others to them.
    pub fn add(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and the calls with an effect that is wanted.
    pub(crate) fn with(&self, wanted: impl Fn(Effect) -> bool) -> Self {
        let mut all = self.clone();
        all.0.extend(syscall::names_by_effect(wanted).filter_map(number));
        all
    }

    /// These and one more.
    pub(crate) fn and(mut self, nr: u64) -> Self {
        self.0.extend(u32::try_from(nr));
        self
    }

    /// Whether all calls with such an effect that this machine has are among them.
    pub(crate) fn has(&self, wanted: impl Fn(Effect) -> bool) -> bool {
        syscall::names_by_effect(wanted).filter_map(number).all(|nr| self.0.contains(&nr))
    }

    /// The numbers, ascending.
    pub(crate) fn numbers(&self) -> &BTreeSet<u32> {
        &self.0
    }
}

/// A set's list, and whether all others are meant: `!` turns it round, as often as it stands there.
pub(crate) fn inverted(text: &str) -> (bool, &str) {
    let list = text.trim_start_matches('!');
    ((text.len() - list.len()) % 2 == 1, list)
}

/// `%network, %desc, …`.
fn class_names() -> String {
    Class::NAMES.iter().map(|(name, _)| format!("%{name}")).collect::<Vec<_>>().join(", ")
}

/// One item of a list.
fn one(item: &str) -> Result<BTreeSet<u32>, SelectError> {
    if let Some(pattern) = item.strip_prefix('/') {
        let regex = Regex::new(pattern).map_err(|error| SelectError::Regex(pattern.into(), error.to_string()))?;
        let matching = |nr: &u32| name(*nr).is_some_and(|name| regex.is_match(name));
        return Ok(CallSet::all().0.into_iter().filter(matching).collect());
    }
    if let Some((_, personality)) = item.rsplit_once('@') {
        let here = one(&item[..item.len() - personality.len() - 1]);
        return match personality {
            "64" => here,
            // The calls of 32-bit programs, which are not shown; some of them only they have.
            "32" | "x32" => here.map(|_| BTreeSet::new()).or_else(|error| {
                match ONLY_32_BIT.contains(&&item[..item.len() - personality.len() - 1]) {
                    true => Ok(BTreeSet::new()),
                    false => Err(error),
                }
            }),
            _ => Err(SelectError::Personality(item.into())),
        };
    }
    match item {
        "all" => return Ok(CallSet::all().0),
        "none" => return Ok(BTreeSet::new()),
        _ => {}
    }
    let percent = item.strip_prefix('%').map(|class| if class == "net" { "network" } else { class });
    if let Some(class) = percent.or_else(|| WITHOUT_PERCENT.contains(&item).then_some(item)) {
        let found = Class::NAMES.iter().find(|(name, _)| *name == class);
        return found.map(|(_, class)| CallSet::of(*class).0).ok_or_else(|| SelectError::Class(class.into()));
    }
    if let Some(nr) = number(item) {
        return Ok(BTreeSet::from([nr]));
    }
    // A call that other architectures have is no mistake here.
    if syscall::by_name(item).is_some() {
        return Ok(BTreeSet::new());
    }
    if let Ok(nr) = item.parse::<u32>() {
        return Ok(BTreeSet::from([nr]));
    }
    Err(SelectError::Unknown(item.into()))
}

/// The number of a call on this machine.
fn number(name: &str) -> Option<u32> {
    if let Some(sys) = syscall::by_name(name) {
        return u32::try_from(sys.nr).ok();
    }
    name.parse::<Sysno>().ok().map(|call| call.id() as u32)
}

/// The name of a call of this machine.
fn name(nr: u32) -> Option<&'static str> {
    match syscall::by_number(i64::from(nr)) {
        Some(sys) => Some(sys.name),
        None => Sysno::new(nr as usize).map(|call| call.name()),
    }
}

/// The table's entry for a number, or one that shows raw arguments.
pub(super) fn describe(nr: u64) -> Option<&'static Syscall> {
    let nr = i64::try_from(nr).ok()?;
    if let Some(sys) = syscall::by_number(nr) {
        return Some(sys);
    }
    match Sysno::new(usize::try_from(nr).ok()?) {
        Some(call) => syscall::other(call.name(), nr),
        None => syscall::other(&format!("syscall_{nr:#x}"), nr),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        CallSet::parse(text).unwrap().names().collect()
    }

    #[test]
    fn the_grammar_is_straces() {
        assert_eq!(names("connect,sendto"), ["connect", "sendto"]);
        assert_eq!(names("/^send(to|msg)$"), ["sendto", "sendmsg"]);
        assert_eq!(names("none"), Vec::<&str>::new());
        assert_eq!(names("?nosuchcall,bind@64"), ["bind"]);
        assert_eq!(names("network"), names("%net"));
        assert!(names("%network").contains(&"socket") && !names("%network").contains(&"poll"));
        assert!(names("all").contains(&"uname") && names("all").contains(&"recvmmsg"));
        assert!(!names("!%network").contains(&"socket") && names("!%network").contains(&"uname"));
        assert!(matches!(CallSet::parse("sokcet"), Err(SelectError::Unknown(name)) if name == "sokcet"));
        assert_eq!(names("file"), names("%file"));
        assert!(names("%file").contains(&"openat") && names("%desc").contains(&"openat"));
        // strace has no class of this name, and `stat` alone is the call.
        assert!(matches!(CallSet::parse("%files"), Err(SelectError::Class(name)) if name == "files"));
        assert!(!CallSet::sockets().names().any(|name| name == "openat"));
        for nothing in ["", "!", ","] {
            assert!(matches!(CallSet::parse(nothing), Err(SelectError::Empty)), "{nothing:?}");
        }
        assert!(matches!(CallSet::parse("/("), Err(SelectError::Regex(..))));
        assert!(matches!(CallSet::parse("read@16"), Err(SelectError::Personality(_))));
        assert!(matches!(CallSet::parse("nosuch@32"), Err(SelectError::Unknown(_))));
        assert_eq!(names("read@32,socketcall@32,%file@x32,bind"), ["bind"]);
        assert_eq!(names("!!bind"), ["bind"]);
    }

    #[test]
    fn every_number_has_an_entry() {
        for nr in 0..500 {
            let sys = describe(nr).unwrap();
            assert_eq!(sys.nr, nr as i64);
        }
    }
}
