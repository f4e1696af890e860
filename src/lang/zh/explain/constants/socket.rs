//! `src/xlat/socket.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const SOCKET: Table = &[];
