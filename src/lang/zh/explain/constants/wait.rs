//! `src/xlat/wait.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const WAIT: Table = &[];
