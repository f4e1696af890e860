//! C structures and their members.

use crate::lang::Table;

pub(in crate::lang::zh) const STRUCTURES: Table = &[];
