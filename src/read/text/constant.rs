//! Fast lookup of the names of constants and calls.
//!
//! A trace repeats the same few names millions of times, so each name is looked up in the tables once: the answers are
//! kept in a small direct-mapped cache.

use std::sync::Arc;

use super::cursor::Cursor;
use super::{frames, target};
use crate::event::{Errno, PythonStack};
use crate::syscall::{Syscall, by_name, other, table};
use crate::text::{Style, constant};
use crate::value::{FdTarget, Flags};
use crate::xlat::Xlat;
use crate::xlat::clone::CLONE_FLAGS_AND_SIGNAL;
use crate::xlat::errno::ERRNO;
use crate::xlat::file::{ACCESS_MODE, STATUS_FLAGS, STATX_FLAGS, STATX_SYNC};
use crate::xlat::memory::{MAP_FLAGS, MAP_TYPE};
use crate::xlat::signal::signal_number;

/// Slots of each cache; a power of two well above the number of names a trace uses.
const SLOTS: usize = 1024;
/// The longest name that is cached, in bytes.
const MAX_NAME: usize = 55;

#[derive(Clone, Copy)]
struct CacheSlot<T: Copy> {
    table: usize,
    /// First and last eight bytes and the length, which identify most names.
    ends: Ends,
    name: [u8; MAX_NAME],
    answer: T,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    len: usize,
}

impl Ends {
    #[inline]
    fn of(name: &[u8]) -> Self {
        let len = name.len();
        if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
            return Self { first: u64::from_le_bytes(*first), last: u64::from_le_bytes(*last), len };
        }
        // Shorter than eight bytes: two overlapping words, or single bytes.
        let first = match (name.first_chunk(), name.last_chunk()) {
            (Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
            }
            _ => name.iter().fold(0, |word, b| word << 8 | u64::from(*b)),
        };
        Self { first, last: 0, len }
    }

    /// The slot of a name.
    #[inline]
    fn place(self, table: usize) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(23) ^ (table as u64).rotate_left(40) ^ self.len as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 48) as usize % SLOTS
    }
}

/// A direct-mapped cache from a table and a name to an answer.
struct Cache<T: Copy> {
    slots: Vec<Option<CacheSlot<T>>>,
}

impl<T: Copy> Cache<T> {
    fn new() -> Self {
        Self { slots: vec![None; SLOTS] }
    }

    /// The cached answer, or else the one that `ask` returns, which is cached.
    #[inline]
    fn get(&mut self, table: usize, name: &[u8], ask: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let ends = Ends::of(name);
        let slot = &mut self.slots[ends.place(table)];
        if let Some(known) = slot
            && known.table == table
            && known.ends == ends
            && (ends.len <= 16 || known.name.get(8..ends.len - 8) == name.get(8..ends.len - 8))
        {
            return Some(known.answer);
        }
        self.ask(ends, table, name, ask)
    }

    #[cold]
    fn ask(&mut self, ends: Ends, table: usize, name: &[u8], ask: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let answer = ask(std::str::from_utf8(name).ok()?)?;
        if name.len() <= MAX_NAME {
            let mut kept = [0; MAX_NAME];
            kept[..name.len()].copy_from_slice(name);
            self.slots[ends.place(table)] = Some(CacheSlot { table, ends, name: kept, answer });
        }
        Some(answer)
    }
}

/// What descriptors referred to recently, so that a target repeated a million times is parsed and held once.
struct Targets {
    slots: Vec<Option<Understood>>,
}

#[derive(Clone)]
struct Understood {
    inside: Box<str>,
    deleted: bool,
    target: Arc<FdTarget>,
}

/// Slots of [`Targets`]: more than most programs have open descriptors.
const TARGETS: usize = 256;

impl Targets {
    fn get(&mut self, inside: &str, deleted: bool) -> Arc<FdTarget> {
        let slot = &mut self.slots[Ends::of(inside.as_bytes()).place(usize::from(deleted)) % TARGETS];
        if let Some(known) = slot
            && *known.inside == *inside
            && known.deleted == deleted
        {
            return known.target.clone();
        }
        let target = Arc::new(target::read(inside, deleted));
        *slot = Some(Understood { inside: inside.into(), deleted, target: target.clone() });
        target
    }
}

/// The names that one reader has seen.
pub(super) struct NameCache {
    constants: Cache<u64>,
    calls: Cache<&'static Syscall>,
    flags: Cache<(u64, bool)>,
    errnos: Cache<(Errno, bool)>,
    targets: Targets,
    /// The last Python lines: most calls have the same as the previous one.
    python: Option<(Vec<u8>, Option<Arc<PythonStack>>)>,
}

impl NameCache {
    pub(super) fn new() -> Self {
        let mut names = Self {
            constants: Cache::new(),
            calls: Cache::new(),
            flags: Cache::new(),
            errnos: Cache::new(),
            targets: Targets { slots: vec![None; TARGETS] },
            python: None,
        };
        for sys in table() {
            names.calls.get(0, sys.name.as_bytes(), by_name);
        }
        names
    }

    /// The value of a constant.
    pub(super) fn value(&mut self, table: &'static Xlat, name: &[u8]) -> Option<u64> {
        value(&mut self.constants, table, name)
    }

    /// Or-ed flags without comments: their bits, and whether the writer would spell those so.
    pub(super) fn flags(&mut self, table: &'static Xlat, text: &[u8]) -> Option<(u64, bool)> {
        let Self { constants, flags, .. } = self;
        flags.get(std::ptr::from_ref(table) as usize, text, |text| {
            let mut raw = 0;
            for name in text.as_bytes().split(|b| *b == b'|') {
                let mut number = Cursor::new(name);
                raw |= match name.first()? {
                    b'0'..=b'9' => number.number(table).filter(|_| number.done())?,
                    _ => flag(constants, table, name)?,
                };
            }
            let mut ours = String::new();
            constant::flags(Flags { table, raw }, &Style::default(), &mut ours);
            Some((raw, ours == text))
        })
    }

    /// `EPIPE (Broken pipe)`, `EPIPE`, `(errno 134)`: the number, and whether the writer would spell it so.
    pub(super) fn errno(&mut self, text: &[u8]) -> Option<(Errno, bool)> {
        self.errnos.get(0, text, |text| {
            if let Some(number) = text.strip_prefix("(errno ") {
                // Only a number without a name is written so.
                let errno = Errno(number.strip_suffix(')')?.parse().ok()?);
                return Some((errno, errno.name().is_none()));
            }
            let (name, message) = match text.split_once(" (") {
                Some((name, message)) => (name, Some(message.strip_suffix(')')?)),
                None => (text, None),
            };
            // Numbers without a name, as older versions and qemu write them.
            let number = name.strip_prefix("ERRNO_").or_else(|| name.strip_prefix("errno="));
            let number = number.and_then(|number| number.parse().ok()).or_else(|| ERRNO.value(name));
            let errno = Errno(i32::try_from(number?).ok()?);
            let ours = errno.message().is_some_and(|ours| message == Some(ours)) && errno.name() == Some(name);
            Some((errno, ours))
        })
    }

    /// What a descriptor refers to, where that follows it.
    pub(super) fn target(&mut self, c: &mut Cursor<'_>) -> Option<Arc<FdTarget>> {
        let (inside, deleted) = c.target()?;
        Some(self.targets.get(inside, deleted))
    }

    /// The Python lines of a call.
    pub(super) fn python(&mut self, text: &[u8]) -> Option<Arc<PythonStack>> {
        if self.python.as_ref().is_none_or(|(last, _)| last != text) {
            self.python = Some((text.to_vec(), frames::stack(text, None).map(Arc::new)));
        }
        self.python.as_ref().and_then(|(_, stack)| stack.clone())
    }

    /// The value of a flag; the access mode within `open`'s flags has names of its own.
    pub(super) fn flag(&mut self, table: &'static Xlat, name: &[u8]) -> Option<u64> {
        flag(&mut self.constants, table, name)
    }

    /// The call of this name; one that the table does not describe gets an entry of its own. `None` once a file of
    /// garbage has made too many of those.
    pub(super) fn call(&mut self, name: &[u8], number: Option<u32>) -> Option<&'static Syscall> {
        let number = number.map_or(-1, i64::from);
        self.calls.get(0, name, |name| by_name(name).or_else(|| other(name, number)))
    }
}

/// The value of one constant.
fn value(constants: &mut Cache<u64>, table: &'static Xlat, name: &[u8]) -> Option<u64> {
    constants.get(std::ptr::from_ref(table) as usize, name, |name| {
        // Options that now have two versions had one name up to strace 5.0.
        table.value(name).or_else(|| table.value(&format!("{name}_OLD"))).or_else(|| match name {
            // Families had the names of protocol families up to strace 4.6.
            "AF_FILE" | "AF_LOCAL" | "PF_FILE" | "PF_LOCAL" => table.value("AF_UNIX"),
            "AF_ROUTE" | "PF_ROUTE" => table.value("AF_NETLINK"),
            _ => table.value(&format!("AF_{}", name.strip_prefix("PF_")?)),
        })
    })
}

/// The value of one flag.
fn flag(constants: &mut Cache<u64>, table: &'static Xlat, name: &[u8]) -> Option<u64> {
    if table == &CLONE_FLAGS_AND_SIGNAL && name.starts_with(b"SIG") {
        return signal_number(std::str::from_utf8(name).ok()?);
    }
    let in_table = value(constants, table, name);
    let first = match table {
        _ if table == &STATUS_FLAGS => &ACCESS_MODE,
        _ if table == &STATX_FLAGS => &STATX_SYNC,
        _ if table == &MAP_FLAGS => &MAP_TYPE,
        _ => match constant::leads(table) {
            Some(first) => first,
            None => return in_table,
        },
    };
    in_table.or_else(|| value(constants, first, name))
}
