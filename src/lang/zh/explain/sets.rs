//! Sets of constants: what the names of each are for.

use crate::lang::Table;

pub(in crate::lang::zh) const SETS: Table = &[];
