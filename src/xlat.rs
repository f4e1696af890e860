//! Kernel constants and their names: one table per set, in the kernel's own numbers.
//!
//! The kernel's numbers are an open set: a newer kernel, or a buggy program, passes values no table knows. So a
//! constant is always a number *plus* the table that may name it, never a Rust enum, and unknown ones survive every
//! format (`0x2a /* AF_??? */` in strace's notation).
//!
//! Each table names the header it follows. The names and the set known are those of strace 6.1, so that text compares.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

/// One set of named kernel constants.
pub struct Xlat {
    /// What stands for an unknown member: `AF_???`, `MSG_???`.
    pub unknown: &'static str,
    /// Name and value, in the order in which flags are written.
    pub items: &'static [(&'static str, u64)],
    index: OnceLock<Index>,
}

/// Both directions of a table, built at first use.
struct Index {
    by_value: HashMap<u64, &'static str>,
    by_name: HashMap<&'static str, u64>,
}

impl Xlat {
    /// A table; `unknown` is what strace prints in a comment for a value without a name.
    pub const fn new(unknown: &'static str, items: &'static [(&'static str, u64)]) -> Self {
        Self {
            unknown,
            items,
            index: OnceLock::new(),
        }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut by_value = HashMap::new();
            for (name, value) in self.items {
                by_value.entry(*value).or_insert(*name); // the first name of a value is the one written
            }
            Index {
                by_value,
                by_name: self.items.iter().copied().collect(),
            }
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
    /// A member of several bits is taken when all its bits are set; its bits are not offered again.
    pub fn split(&self, bits: u64) -> (Vec<&'static str>, u64) {
        let mut rest = bits;
        let mut names = Vec::new();
        for (name, value) in self.items {
            if *value != 0 && rest & value == *value {
                names.push(*name);
                rest &= !value;
            }
        }
        (names, rest)
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

/// Declares [`Xlat`] tables: documentation, name, unknown marker, members.
macro_rules! xlat {
    ($($(#[$doc:meta])* $table:ident $unknown:literal { $($name:ident = $value:expr),* $(,)? })*) => {$(
        $(#[$doc])*
        pub static $table: $crate::xlat::Xlat =
            $crate::xlat::Xlat::new($unknown, &[$((stringify!($name), $value as u64)),*]);
    )*};
}

pub mod errno;
pub mod file;
pub mod protocol;
pub mod signal;
pub mod socket;
pub mod wait;
