//! What a socket program really asks of the kernel, and which line of Python asked it.
//!
//! The shape is an hourglass. Sources (the in-process layer, the tracer, readers of files) make [`event::Event`]s;
//! text, JSON, comparing and explaining only read them. Both halves meet in the call table ([`syscall`]) and the
//! values ([`value`]), which say what each argument is once, for everybody.

pub mod claims;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cmd;
pub mod compare;
pub mod convert;
pub mod decode;
pub mod encode;
pub mod event;
pub mod format;
pub mod json;
pub mod log;
pub mod map;
pub mod memory;
pub mod net;
pub mod normalize;
pub mod program;
pub mod pyframes;
pub mod pysocket;
pub mod replay;
mod state;
pub mod summary;
mod sys;
pub mod syscall;
pub mod text;
pub mod tracer;
pub mod value;
pub mod why;
pub mod xlat;
