//! What each constant means. A file per family, as in `src/xlat/`.

mod errno;
mod family;
mod file;
mod ioctl;
mod link;
mod protocol;
mod signal;
mod socket;
mod sockopt;
mod wait;

pub(in crate::lang::zh) use errno::ERRNO;
pub(in crate::lang::zh) use family::FAMILY;
pub(in crate::lang::zh) use file::FILE;
pub(in crate::lang::zh) use ioctl::IOCTL;
pub(in crate::lang::zh) use link::LINK;
pub(in crate::lang::zh) use protocol::PROTOCOL;
pub(in crate::lang::zh) use signal::SIGNAL;
pub(in crate::lang::zh) use socket::SOCKET;
pub(in crate::lang::zh) use sockopt::SOCKOPT;
pub(in crate::lang::zh) use wait::WAIT;
