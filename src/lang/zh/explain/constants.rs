//! What each constant means. A file per family, as in `src/xlat/`; a sentence that several have stands with the first.

mod errno;
mod file;
mod ioctl;
mod link;
mod memory;
mod process;
mod protocol;
mod signal;
mod socket;
pub(in crate::lang::zh) mod sockopt;
mod wait;

pub(in crate::lang::zh) use errno::ERRNO;
pub(in crate::lang::zh) use file::FILE;
pub(in crate::lang::zh) use ioctl::IOCTL;
pub(in crate::lang::zh) use link::LINK;
pub(in crate::lang::zh) use memory::MEMORY;
pub(in crate::lang::zh) use process::PROCESS;
pub(in crate::lang::zh) use protocol::PROTOCOL;
pub(in crate::lang::zh) use signal::SIGNAL;
pub(in crate::lang::zh) use socket::SOCKET;
pub(in crate::lang::zh) use wait::WAIT;
