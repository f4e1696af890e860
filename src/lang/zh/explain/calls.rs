//! The calls and their arguments.

use crate::lang::Table;

pub(in crate::lang::zh) const CALLS: Table = &[];
