//! `src/xlat/family.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const FAMILY: Table = &[];
