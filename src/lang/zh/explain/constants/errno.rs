//! `src/xlat/errno.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const ERRNO: Table = &[];
