//! `src/xlat/signal.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const SIGNAL: Table = &[];
