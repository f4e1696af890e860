//! C structures and their members. A file for several families of `src/value/`; a sentence that several have stands
//! with the first.

mod address;
mod layout;
mod process;
mod ring;

pub(in crate::lang::zh) use address::ADDRESS;
pub(in crate::lang::zh) use layout::LAYOUT;
pub(in crate::lang::zh) use process::PROCESS;
pub(in crate::lang::zh) use ring::RING;
