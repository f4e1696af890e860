//! What a socket program really asks of the kernel, and which line of Python asked it.
//!
//! The shape is an hourglass. Sources (the in-process layer, the tracer, readers of files) make [`event::Event`]s;
//! text, JSON, comparing and explaining only read them. Both halves meet in the call table ([`syscall`]) and the
//! values ([`value`]), which say what each argument is once, for everybody.

mod arch;
pub mod claims;
mod clock;
pub mod compare;
pub mod convert;
pub mod decode;
pub mod descriptor;
pub mod event;
pub mod format;
pub mod json;
pub mod log;
pub mod map;
pub mod memory;
mod namespace;
pub mod net;
pub mod normalize;
mod pidfd;
pub mod port;
pub mod program;
pub mod pyframes;
pub mod pysocket;
pub mod replay;
mod setting;
mod sockdiag;
mod state;
pub mod summary;
pub mod syscall;
pub mod text;
pub mod tracer;
pub mod value;
pub mod why;
pub mod xlat;
