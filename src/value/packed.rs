//! Numbers that are made of parts: a priority of a class, an operation on a number and how it is compared.

use super::layout::field;
use super::{Kind, Layout, Record};
use crate::xlat::futex::{FUTEX_CMP, FUTEX_WAKE_OP};
use crate::xlat::quota::{QUOTA_CMD, QUOTA_TYPE};
use crate::xlat::schedule::IOPRIO_CLASS;

/// How a number is taken apart.
#[derive(Debug)]
pub struct Packed {
    /// The parts, each a word.
    pub layout: &'static Layout,
    /// The macro that C makes the number with.
    pub word: &'static str,
    /// The parts of a number, in the order of the layout.
    pub split: fn(u64) -> [u32; 4],
    /// The number of these parts.
    pub join: fn(&[u64]) -> u64,
}

impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Packed {}

impl Packed {
    /// Takes a number apart.
    pub fn read(&self, raw: u64) -> Record {
        let words: Vec<u8> = (self.split)(raw).iter().flat_map(|word| word.to_ne_bytes()).collect();
        Record::read(self.layout, &words[..self.layout.size])
    }

    /// How numbers with these parts are made.
    pub(crate) fn of(layout: &'static Layout) -> Option<&'static Self> {
        ALL.iter().copied().find(|packed| packed.layout == layout)
    }
}

static ALL: &[&Packed] = &[&IOPRIO, &WAKE_OP, &QUOTA, &KERNEL_VERSION];

/// A priority of reading and writing, ioprio_set(2).
pub static IOPRIO: Packed = Packed {
    layout: &IOPRIO_PARTS,
    word: "IOPRIO_PRIO_VALUE",
    split: |raw| [(raw as u32) >> 13, raw as u32 & 0x1fff, 0, 0],
    join: |parts| if let [class, priority] = *parts { class << 13 | priority } else { 0 },
};

/// What `FUTEX_WAKE_OP` does to the second number, futex(2).
pub static WAKE_OP: Packed = Packed {
    layout: &WAKE_OP_PARTS,
    word: "FUTEX_OP",
    split: |raw| {
        let raw = raw as u32;
        [raw >> 28, raw >> 12 & 0xfff, raw >> 24 & 0xf, raw & 0xfff]
    },
    join: |parts| match *parts {
        [operation, argument, compare, compared] => operation << 28 | argument << 12 | compare << 24 | compared,
        _ => 0,
    },
};

/// A command of `quotactl` and what it is about, quotactl(2).
pub static QUOTA: Packed = Packed {
    layout: &QUOTA_PARTS,
    word: "QCMD",
    split: |raw| [(raw as u32) >> 8, raw as u32 & 0xff, 0, 0],
    join: |parts| if let [command, kind] = *parts { command << 8 | kind } else { 0 },
};

/// A version of Linux, `linux/version.h`.
pub static KERNEL_VERSION: Packed = Packed {
    layout: &VERSION_PARTS,
    word: "KERNEL_VERSION",
    split: |raw| [(raw as u32) >> 16, raw as u32 >> 8 & 0xff, raw as u32 & 0xff, 0],
    join: |parts| if let [major, minor, patch] = *parts { major << 16 | minor << 8 | patch } else { 0 },
};

/// The parts of [`KERNEL_VERSION`].
pub static VERSION_PARTS: Layout = Layout {
    name: "kernel_version",
    size: 12,
    doc: "A version of Linux.",
    fields: &[
        field("major", 0, Kind::Uint(4), "Its first number."),
        field("minor", 4, Kind::Uint(4), "Its second number."),
        field("patch", 8, Kind::Uint(4), "Its third number."),
    ],
};

/// The parts of [`IOPRIO`].
pub static IOPRIO_PARTS: Layout = Layout {
    name: "ioprio",
    size: 8,
    doc: "How urgent a process's reading and writing is.",
    fields: &[
        field("class", 0, Kind::Const(&IOPRIO_CLASS, 4), "The kind of priority."),
        field("priority", 4, Kind::Uint(4), "The priority within the class; 0 is the most urgent."),
    ],
};

/// The parts of [`WAKE_OP`].
pub static WAKE_OP_PARTS: Layout = Layout {
    name: "futex_wake_op",
    size: 16,
    doc: "What is done to a number, and when its waiters are woken.",
    fields: &[
        field("op", 0, Kind::Const(&FUTEX_WAKE_OP, 4), "What is done to the number."),
        field("oparg", 4, Kind::Hex(4), "With which number."),
        field("cmp", 8, Kind::Const(&FUTEX_CMP, 4), "How the number that was there is compared."),
        field("cmparg", 12, Kind::Hex(4), "With which number."),
    ],
};

/// The parts of [`QUOTA`].
pub static QUOTA_PARTS: Layout = Layout {
    name: "qcmd",
    size: 8,
    doc: "What to do about limits of disk space, and whose.",
    fields: &[
        field("cmd", 0, Kind::Const(&QUOTA_CMD, 4), "What to do."),
        field("type", 4, Kind::Const(&QUOTA_TYPE, 4), "Whose limits."),
    ],
};
