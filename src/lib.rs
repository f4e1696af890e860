//! What a socket program really asks of the kernel.

pub mod memory;
pub mod pyframes;
