//! The calls and their arguments. A file for several families of `src/syscall/`; a sentence that several have stands
//! with the first.

mod descriptor;
mod file;
mod process;
mod socket;
mod system;

pub(in crate::lang::zh) use descriptor::DESCRIPTOR;
pub(in crate::lang::zh) use file::FILE;
pub(in crate::lang::zh) use process::PROCESS;
pub(in crate::lang::zh) use socket::SOCKET;
pub(in crate::lang::zh) use system::SYSTEM;
