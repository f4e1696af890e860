//! `src/xlat/ioctl.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const IOCTL: Table = &[];
