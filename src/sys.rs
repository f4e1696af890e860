//! The kernel's doors beside the traced calls themselves: /proc, sock_diag(7), namespaces, clocks, pidfds, and what
//! differs between processors. Whoever needs one of them comes here, so that each is opened in one way.

pub mod arch;
pub mod clock;
pub mod descriptor;
pub mod disposition;
pub mod namespace;
pub mod pidfd;
pub mod port;
pub mod proc;
pub mod setting;
pub mod sockdiag;
