//! `src/xlat/sockopt.rs` and `sockopt/`.

use crate::lang::Table;

pub(in crate::lang::zh) const SOCKOPT: Table = &[];
