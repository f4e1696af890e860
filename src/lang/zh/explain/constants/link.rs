//! `src/xlat/link.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const LINK: Table = &[];
