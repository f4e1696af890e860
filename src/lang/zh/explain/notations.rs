//! How strace writes what a trace contains, `src/explain/notation.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const NOTATIONS: Table = &[];
