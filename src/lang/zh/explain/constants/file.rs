//! `src/xlat/file.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const FILE: Table = &[];
