//! The kernel's doors beside the traced calls themselves: /proc, sock_diag(7), namespaces, clocks, pidfds, signals of our own, and what
//! differs between processors. Whoever needs one of them comes here, so that each is opened in one way.

pub(crate) mod arch;
#[cfg(feature = "cli")]
pub(crate) mod cage;
pub(crate) mod clock;
pub(crate) mod descriptor;
#[cfg(feature = "cli")]
pub(crate) mod folder;
pub(crate) mod namespace;
pub(crate) mod netfilter;
pub(crate) mod pidfd;
pub(crate) mod port;
pub(crate) mod proc;
pub(crate) mod protocol;
pub(crate) mod setting;
pub(crate) mod signals;
pub(crate) mod sockdiag;
