//! Names of constants and calls, found fast.
//!
//! A trace says the same few names millions of times, so the tables are asked once per name: the answers are kept in
//! a small direct-mapped memory in front of them.

use super::cursor::Cursor;
use crate::event::Errno;
use crate::syscall::{Syscall, by_name, other, table};
use crate::text::{Style, constant};
use crate::value::Flags;
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;
use crate::xlat::file::{ACCESS_MODE, STATUS_FLAGS};

/// Slots of each memory; a power of two well above the number of names a trace uses.
const SLOTS: usize = 1024;
/// The longest name that is remembered.
const LONGEST: usize = 55;

#[derive(Clone, Copy)]
struct Slot<T: Copy> {
    table: usize,
    len: u8,
    name: [u8; LONGEST],
    answer: T,
}

/// A direct-mapped memory from a table and a name to an answer.
struct Memory<T: Copy> {
    slots: Vec<Option<Slot<T>>>,
}

impl<T: Copy> Memory<T> {
    fn new() -> Self {
        Self { slots: vec![None; SLOTS] }
    }

    /// The remembered answer, or else the one `ask` gives, which is remembered.
    #[inline]
    fn get(&mut self, table: usize, name: &[u8], ask: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let slot = &mut self.slots[place(table, name)];
        if let Some(known) = slot
            && known.table == table
            && known.name.get(..usize::from(known.len)) == Some(name)
        {
            return Some(known.answer);
        }
        let answer = ask(std::str::from_utf8(name).ok()?)?;
        if name.len() <= LONGEST {
            let mut kept = [0; LONGEST];
            kept[..name.len()].copy_from_slice(name);
            *slot = Some(Slot { table, len: name.len() as u8, name: kept, answer });
        }
        Some(answer)
    }
}

/// The slot of a name: its first and last eight bytes and its length, mixed.
#[inline]
fn place(table: usize, name: &[u8]) -> usize {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        let n = bytes.len().min(8);
        word[..n].copy_from_slice(&bytes[..n]);
        u64::from_le_bytes(word)
    };
    let last = &name[name.len().saturating_sub(8)..];
    let mixed = (word(name) ^ word(last).rotate_left(23) ^ (table as u64).rotate_left(40) ^ name.len() as u64)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % SLOTS
}

/// The names one reader has met.
pub(super) struct Names {
    constants: Memory<u64>,
    calls: Memory<&'static Syscall>,
    flags: Memory<(u64, bool)>,
    errnos: Memory<Errno>,
}

impl Names {
    pub(super) fn new() -> Self {
        let mut names =
            Self { constants: Memory::new(), calls: Memory::new(), flags: Memory::new(), errnos: Memory::new() };
        for sys in table() {
            names.calls.get(0, sys.name.as_bytes(), by_name);
        }
        names
    }

    /// The value of a constant.
    pub(super) fn value(&mut self, table: &'static Xlat, name: &[u8]) -> Option<u64> {
        value(&mut self.constants, table, name)
    }

    /// Flags without comments, or-ed: their bits, and whether we would spell those so.
    pub(super) fn flags(&mut self, table: &'static Xlat, text: &[u8]) -> Option<(u64, bool)> {
        let Self { constants, flags, .. } = self;
        flags.get(std::ptr::from_ref(table) as usize, text, |text| {
            let mut raw = 0;
            for name in text.as_bytes().split(|b| *b == b'|') {
                let mut number = Cursor::new(name);
                raw |= match name.first()? {
                    b'0'..=b'9' => number.unsigned().filter(|_| number.done())?,
                    _ => flag(constants, table, name)?,
                };
            }
            let mut ours = String::new();
            constant::flags(Flags { table, raw }, &Style::default(), &mut ours);
            Some((raw, ours == text))
        })
    }

    /// `EPIPE (Broken pipe)`: the number, where name and message are those of our table.
    pub(super) fn errno(&mut self, text: &[u8]) -> Option<Errno> {
        self.errnos.get(0, text, |text| {
            let (name, message) = text.strip_suffix(')')?.split_once(" (")?;
            let errno = Errno(i32::try_from(ERRNO.value(name)?).ok()?);
            (errno.message()? == message).then_some(errno)
        })
    }

    /// The value of a flag; the access mode is a part of `open`'s flags that has names of its own.
    pub(super) fn flag(&mut self, table: &'static Xlat, name: &[u8]) -> Option<u64> {
        flag(&mut self.constants, table, name)
    }

    /// The call of a name; one that the table does not describe gets an entry of its own. `None` once a file of
    /// garbage has made absurdly many of those.
    pub(super) fn call(&mut self, name: &[u8], number: Option<u32>) -> Option<&'static Syscall> {
        let number = number.map_or(-1, i64::from);
        self.calls.get(0, name, |name| by_name(name).or_else(|| other(name, number)))
    }
}

/// The value of one constant.
fn value(constants: &mut Memory<u64>, table: &'static Xlat, name: &[u8]) -> Option<u64> {
    constants.get(std::ptr::from_ref(table) as usize, name, |name| table.value(name))
}

/// The value of one flag.
fn flag(constants: &mut Memory<u64>, table: &'static Xlat, name: &[u8]) -> Option<u64> {
    let in_table = value(constants, table, name);
    in_table.or_else(|| (table == &STATUS_FLAGS).then(|| value(constants, &ACCESS_MODE, name))?)
}
