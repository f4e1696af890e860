//! This process's own signals: what is done about each, which are held back, which wake a thread, and death by one.
//!
//! A disposition belongs to the whole process, and a handler may do next to nothing. So all of it stands here, where it
//! is seen who else has a signal, and each file says why its handlers may do what they do. A handler knows nothing of
//! those above: it is given what to call, or a flag is looked at.
//!
//! | Signal | Whose |
//! |---|---|
//! | HUP, INT, QUIT, TERM | a tracer's to end ([`ending`]); else [`remembered`], or waited for on a thread ([`awaited`]) |
//! | INT | of a document program: its `KeyboardInterrupt` ([`interrupt`]) |
//! | ALRM | the [`timer`]'s, for one of the former that comes just before a wait |
//! | CHLD | the tracer's sleep between two looks ([`mask`]) |
//! | PIPE | ignored by Rust's start; a started program has it as we were started ([`inherited()`]) |
//! | USR2 | a replay's, for a thread in a call that does not return ([`wake`]) |

#[cfg(feature = "cli")]
mod awaited;
#[cfg(feature = "cli")]
mod death;
mod disposition;
#[cfg(feature = "cli")]
mod ending;
#[cfg(feature = "cli")]
mod inherited;
#[cfg(feature = "cli")]
mod interrupt;
mod mask;
#[cfg(feature = "cli")]
mod remembered;
#[cfg(feature = "cli")]
mod timer;
#[cfg(feature = "cli")]
pub(crate) mod wake;

#[cfg(feature = "cli")]
pub(crate) use awaited::on;
#[cfg(feature = "cli")]
pub(crate) use death::die_of;
pub(crate) use disposition::Dispositions;
#[cfg(feature = "cli")]
pub(crate) use ending::{Asked, ignore, install};
#[cfg(feature = "cli")]
pub(crate) use inherited::inherited;
#[cfg(feature = "cli")]
pub(crate) use interrupt::interrupt_as_python_does;
#[cfg(feature = "cli")]
pub(crate) use mask::block;
#[cfg(feature = "trace")]
pub(crate) use mask::sleep_until;
#[cfg(feature = "cli")]
pub(crate) use remembered::{Remembered, remember};
#[cfg(feature = "cli")]
pub(crate) use timer::ticking;
