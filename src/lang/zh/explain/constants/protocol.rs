//! `src/xlat/protocol.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const PROTOCOL: Table = &[];
