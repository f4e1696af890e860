//! Kernel constants and their names: one table per set, in the kernel's own numbers.
//!
//! The kernel's numbers are an open set: a newer kernel, or a buggy program, passes values no table knows. So a
//! constant is always a number *plus* the table that may name it, never a Rust enum, and unknown ones survive every
//! format (`0x2a /* AF_??? */` in strace's notation).
//!
//! Each table names the header it follows. The names and the set known are those of strace 6.1, so that text compares.

use std::fmt;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// Names and values.
type Members = Vec<(&'static str, u64)>;

/// One set of named kernel constants.
pub struct Xlat {
    /// The comment for an unknown member: `AF_???`, `MSG_???`.
    pub unknown: &'static str,
    /// Name and value, in the order in which flags are written.
    pub items: &'static [(&'static str, u64)],
    /// Its sentences for beginners.
    words: Words,
    /// The table to search for a value that has no name here.
    base: Option<&'static Xlat>,
    /// The table whose members stand before this one's: flags that several kinds of a message have in common.
    lead: Option<&'static Xlat>,
    /// Further members, computed at first use; [`Xlat::iter`] omits them.
    more: Option<fn() -> Members>,
    /// Whether bits without a name are written in octal, as the permissions of files are.
    octal: bool,
    index: OnceLock<Index>,
}

/// The name of a table in the sources, and its sentences for beginners: of the set, and of each member in order, empty
/// where the name says it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) name: &'static str,
    pub(crate) set: &'static str,
    pub(crate) members: &'static [&'static str],
}

impl Words {
    const NONE: Self = Self { name: "", set: "", members: &[] };
}

/// Both directions of a table, built at first use.
struct Index {
    by_value: FxHashMap<u64, &'static str>,
    by_name: FxHashMap<&'static str, u64>,
}

impl Xlat {
    /// A table; `unknown` is what strace prints in a comment for a value without a name.
    pub const fn new(unknown: &'static str, items: &'static [(&'static str, u64)]) -> Self {
        Self::declared(Words::NONE, unknown, items, [None, None])
    }

    /// A table of `items` that stand before everything in one table, and behind what another has; what `xlat!` declares.
    pub(crate) const fn declared(
        words: Words,
        unknown: &'static str,
        items: &'static [(&'static str, u64)],
        [base, lead]: [Option<&'static Xlat>; 2],
    ) -> Self {
        Self { unknown, items, words, base, lead, more: None, octal: false, index: OnceLock::new() }
    }

    /// The same table, in octal or not.
    pub(crate) const fn in_octal(mut self, octal: bool) -> Self {
        self.octal = octal;
        self
    }

    /// A table whose members are computed by a function.
    pub(crate) const fn made(words: Words, unknown: &'static str, more: fn() -> Members) -> Self {
        Self {
            unknown,
            items: &[],
            words,
            base: None,
            lead: None,
            more: Some(more),
            octal: false,
            index: OnceLock::new(),
        }
    }

    /// Its name in the sources, by which its sentences are found.
    pub(crate) fn id(&self) -> &'static str {
        self.words.name
    }

    /// What the set is for, in one sentence for beginners.
    pub(crate) fn doc(&self) -> &'static str {
        self.words.set.trim_ascii_start()
    }

    /// The members that the table has itself, each with its sentence for beginners, empty where it has none.
    pub(crate) fn own_docs(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.items.iter().zip(self.words.members).map(|((name, _), doc)| (*name, *doc))
    }

    /// The sentence for beginners of a member, and the table that has it: this one or the one it extends.
    pub(crate) fn member_doc(&self, name: &str) -> Option<(&Self, &'static str)> {
        let tables = std::iter::successors(Some(self), |table| table.base.or(table.lead));
        let found = |table: &'_ Self| table.own_docs().find(|(own, doc)| *own == name && !doc.is_empty());
        tables.into_iter().find_map(|table| Some((table, found(table)?.1)))
    }

    /// Writes a number that has no name here: `0x2a`, `0`; in an octal set `0644`, `000`.
    pub(crate) fn write_number(&self, raw: u64, out: &mut dyn fmt::Write) -> fmt::Result {
        match (self.octal, raw) {
            (true, _) => write!(out, "0{raw:02o}"),
            (false, 0) => out.write_char('0'),
            (false, _) => write!(out, "{raw:#x}"),
        }
    }

    /// Reads a number as it is written: hex or decimal; in an octal set octal. Returns how many bytes it takes, too.
    pub(crate) fn read_number(&self, text: &[u8]) -> Option<(u64, usize)> {
        let (prefix, radix) = match text {
            // An octal number begins with a zero.
            [b'0', rest @ ..] if self.octal && rest.first() != Some(&b'x') => (0, 8),
            [b'0', b'x', ..] => (2, 16),
            _ => (0, 10),
        };
        let digits = text.get(prefix..)?;
        let len = digits.iter().take_while(|b| char::from(**b).is_digit(radix)).count();
        let number = u64::from_str_radix(std::str::from_utf8(&digits[..len]).ok()?, radix).ok()?;
        Some((number, prefix + len))
    }

    /// Every name and value: the table's own, before or behind those of the table it extends.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let tables = std::iter::successors(Some(self), |table| table.base);
        self.lead.into_iter().chain(tables).flat_map(|table| table.items.iter().copied())
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut by_value = FxHashMap::default();
            let more = self.more.map_or(Vec::new(), |more| more());
            let all = || self.iter().chain(more.iter().copied());
            for (name, value) in all() {
                by_value.entry(value).or_insert(name); // the first name of a value is the one written
            }
            Index { by_value, by_name: all().collect() }
        })
    }

    /// The name of exactly this value. Where several names share a value, the first in the table.
    pub fn name(&self, value: u64) -> Option<&'static str> {
        self.index().by_value.get(&value).copied()
    }

    /// The value of a name.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.index().by_name.get(name).copied()
    }

    /// Splits bits into named flags, in table order, and the rest that has no name.
    ///
    /// A member of several bits matches when all its bits are set; they are then removed.
    pub fn split(&self, bits: u64) -> (Vec<&'static str>, u64) {
        let mut rest = bits;
        let mut names = Vec::new();
        for (name, value) in self.iter() {
            if value != 0 && rest & value == value {
                names.push(name);
                rest &= !value;
            }
        }
        (names, rest)
    }

    /// The comment behind bits of which none has a name; none in an octal set, where permissions are just a number, and where
    /// strace has none.
    pub(crate) fn no_name(&self) -> Option<&'static str> {
        Some(self.unknown).filter(|unknown| !self.octal && !unknown.is_empty())
    }

    /// Splits bits into named flags and the number that is written behind them: none where nothing is left; in an octal set always.
    pub(crate) fn parts(&self, bits: u64) -> (Vec<&'static str>, Option<u64>) {
        let (names, rest) = self.split(bits);
        (names, Some(rest).filter(|rest| *rest != 0 || self.octal))
    }
}

impl fmt::Debug for Xlat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Xlat({})", self.unknown)
    }
}

impl PartialEq for Xlat {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Xlat {}

/// Declares [`Xlat`] tables: documentation, name, unknown marker, the table that is extended if any, members.
///
/// The first line of the documentation is the set's sentence for beginners, which `explain` shows; what only matters
/// here follows behind an empty line. A member's sentence stands behind `=>`. Bits without a name are written in hex, or
/// `in octal`. `: BASE` adds another table's members behind its own, `behind BASE` puts them before.
macro_rules! xlat {
    ($(
        #[doc = $doc:literal] $(#[doc = $more:literal])*
        $table:ident $unknown:literal $(in $radix:ident)? $(: $base:ident)? $(behind $lead:ident)? { $($name:ident = $value:expr $(=> $doc_of:literal)?),* $(,)? }
    )*) => {$(
        #[doc = $doc] $(#[doc = $more])*
        #[allow(unreachable_pub, reason = "tests make tables of their own")]
        pub static $table: $crate::xlat::Xlat = $crate::xlat::Xlat::declared(
            $crate::xlat::Words {
                name: stringify!($table),
                set: $doc,
                members: &[$(xlat!(@doc $($doc_of)?)),*],
            },
            $unknown,
            &[$((stringify!($name), $value as u64)),*],
            [xlat!(@base $($base)?), xlat!(@base $($lead)?)],
        )
        .in_octal(xlat!(@octal $($radix)?));
    )*};
    (@doc) => { "" };
    (@doc $doc_of:literal) => { $doc_of };
    (@octal) => { false };
    (@octal octal) => { true };
    (@base) => { None };
    (@base $base:ident) => { Some(&$base) };
}

/// Asserts that the table's names have libc's values.
#[cfg(test)]
macro_rules! agrees_with_libc {
    ($table:ident: $($name:ident)*) => {$(
        assert_eq!($table.value(stringify!($name)), Some(u64::from(libc::$name as u32)), stringify!($name));
    )*};
}

pub mod admin;
pub mod bpf;
pub mod clock;
pub mod clone;
pub mod confine;
pub mod errno;
pub mod family;
pub mod file;
pub mod futex;
pub mod ioctl;
pub mod ipc;
pub mod key;
pub mod link;
pub mod memory;
pub mod mount;
pub mod netlink;
pub mod perf;
pub mod prctl;
pub mod process;
pub mod protocol;
pub mod ptrace;
pub mod quota;
pub mod ring;
pub mod schedule;
pub mod signal;
pub mod socket;
pub mod sockopt;
pub mod terminal;
pub mod wait;

/// Asserts the invariants of every table: no name twice, and each name leads to its value and back.
#[cfg(test)]
fn assert_sound(tables: &[&Xlat]) {
    for table in tables {
        let mut seen = std::collections::HashSet::new();
        for (name, value) in table.iter() {
            assert!(seen.insert(name), "{name} occurs twice in {table:?}");
            assert_eq!(table.value(name), Some(value), "{name}");
            let written = table.name(value).unwrap();
            // Not always the same name: two may share a value, and the first is written.
            assert_eq!(table.value(written), Some(value), "{name} is written {written}");
        }
        assert!(table.unknown.contains("??"), "{table:?}");
        assert_eq!((table.value("no name"), table.name(0xdead_beef_dead_beef)), (None, None), "{table:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    xlat! {
        /// A table with a flag of two bits and a name for nothing.
        BASE "B_???" { B_NONE = 0, B_BOTH = 3, B_ONE = 1, B_TWO = 2, B_ALSO_TWO = 2 }
        /// A table that reads 1 otherwise.
        OVER "O_???" : BASE { O_ONE = 1, O_FOUR = 4 }
    }

    #[test]
    fn the_first_name_of_a_value_is_written_and_every_name_read() {
        assert_sound(&[&BASE, &OVER]);
        assert_eq!((BASE.name(2), BASE.value("B_ALSO_TWO"), BASE.name(4)), (Some("B_TWO"), Some(2), None));
    }

    #[test]
    fn an_extended_table_answers_first() {
        assert_eq!((OVER.name(1), OVER.name(2), OVER.value("B_ONE")), (Some("O_ONE"), Some("B_TWO"), Some(1)));
        assert_eq!(OVER.unknown, "O_???");
        assert!(OVER != BASE);
    }

    #[test]
    fn bits_are_named_once_and_none_is_lost() {
        assert_eq!(BASE.split(3), (vec!["B_BOTH"], 0));
        assert_eq!(BASE.split(0x11), (vec!["B_ONE"], 0x10));
        assert_eq!(BASE.split(0), (vec![], 0));
        assert_eq!(OVER.split(u64::MAX), (vec!["O_ONE", "O_FOUR", "B_TWO"], !7));
    }
}
