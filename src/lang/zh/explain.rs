//! Words for beginners: what calls, arguments, sets, constants, structures and notations mean. In files by kind, as
//! `src/explain.rs` has kinds; constants in files as `src/xlat/` has them.

pub(super) mod calls;
mod constants;
mod netlink;
mod notations;
mod sets;
pub(super) mod structures;
mod terminal;

pub(super) use constants::{ERRNO, FILE, IOCTL, LINK, MEMORY, PROCESS, PROTOCOL, SIGNAL, SOCKET, WAIT, sockopt};
pub(super) use netlink::NETLINK;
pub(super) use notations::NOTATIONS;
pub(super) use sets::SETS;
pub(super) use terminal::TERMINAL;
