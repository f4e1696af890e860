//! What a socket program really asks of the kernel, and which line of Python asked it.
//!
//! The shape is an hourglass. Sources (the in-process layer [`net`], the `tracer`, readers of files) make
//! [`event::Event`]s; text, JSON, comparing and explaining only read them. Both halves meet in the call table
//! ([`syscall`]) and the values ([`value`]), which say what each argument is once, for everybody.
//!
//! The layer makes calls and records what went in and what came out; any event can be written as strace writes it, and
//! such text becomes an event again:
//!
//! ```
//! use std::cell::RefCell;
//! use std::rc::Rc;
//!
//! use sockscope::event::{Body, Trace};
//! use sockscope::net::{Limits, Net, Stream};
//! use sockscope::value::SockAddr;
//! use sockscope::{read, text};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let trace = Rc::new(RefCell::new(Trace::new()));
//! let mut net = Net::new(Stream::new(trace.clone(), Limits::default()));
//! let socket = net.socket(libc::AF_INET, libc::SOCK_STREAM, 0)?;
//! let refused = net.connect(socket, &SockAddr::inet([127, 0, 0, 1], 1)).unwrap_err();
//! assert_eq!(refused.name(), Some("ECONNREFUSED"));
//! net.close(socket)?;
//!
//! // Arguments are had by the names that the man pages give them.
//! let Body::Call(call) = &trace.borrow()[1].body else { unreachable!() };
//! assert_eq!(call.sys.name(), "connect");
//! assert_eq!(call.arg("addr").and_then(|addr| addr.as_sockaddr()), Some(&SockAddr::inet([127, 0, 0, 1], 1)));
//!
//! let mut line = String::new();
//! text::write(&trace.borrow()[1], &text::Style::default(), &mut line);
//! assert!(line.contains("sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED"), "{line}");
//! assert_eq!(read::text::line(&line), trace.borrow()[1].body);
//! # Ok(())
//! # }
//! ```
//!
//! The folder `examples` has whole programs: the layer, a tracer, a count of the errors in a trace, and the Python frames
//! of a live process.
//!
//! # Features
//! Without any, the library has the values, the layer, strace's text, JSON, comparing and explaining.
//! - `trace`: tracing other programs and reading their Python frames.
//! - `files`: packed traces, and clock times (`strace -t`) in the local time zone instead of UTC.
//! - `cli` (default): the command, for which there is nothing to call here.

// Whatever is marked `pub` is part of the surface that tests/public_api.txt lists, or of the hidden modules.
#![warn(unreachable_pub)]
// What only the command and the tests use is looked at by the compiler where the command is built.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unreachable_pub, unused_imports))]

#[cfg(feature = "trace")]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no agent for other processors yet"))]
mod agent;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod claims;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cmd;
pub mod compare;
pub mod convert;
mod decode;
pub mod encode;
pub mod event;
mod explain;
pub mod format;
pub mod json;
pub mod lang;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod log;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod map;
pub mod memory;
#[cfg(feature = "cli")]
mod merge;
pub mod net;
mod normalize;
#[cfg(feature = "files")]
mod picture;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod program;
#[cfg(feature = "trace")]
pub mod pyframes;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod pysocket;
pub mod read;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod replay;
#[cfg_attr(not(feature = "files"), allow(dead_code, reason = "pictures and the list of sockets need all of it"))]
mod sockets;
mod state;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod summary;
mod sys;
pub mod syscall;
mod table;
pub mod text;
#[cfg(feature = "trace")]
pub mod tracer;
pub mod value;
pub mod why;
mod xlat;

/// What the tests and benches of this package look at beyond the library's surface; nothing for anybody else.
#[cfg(feature = "cli")]
#[doc(hidden)]
#[allow(missing_docs, reason = "named as the modules they show")]
pub mod internals {
    /// The sentences for beginners.
    pub mod explain {
        pub use crate::explain::sentences;
    }

    /// Registers and memory as values.
    pub mod decode {
        pub use crate::decode::*;
    }
    /// What differs between two runs of one program.
    pub mod normalize {
        pub use crate::normalize::*;
    }
    /// What calls do to descriptors.
    pub mod syscall {
        pub use crate::syscall::effect::{CloseOnExec, Effect, Flag, Forks, Made};
    }
    /// Text in parts and by several threads.
    pub mod read {
        pub use crate::read::text::blocks::Blocks;
        pub use crate::read::text::shape::{LineKind, LineShape, shape};
    }
    /// Names of the kernel's numbers.
    pub mod xlat {
        pub use crate::xlat::*;
    }
    /// The catalogue of translations.
    pub mod lang {
        pub use crate::lang::template::Template;
        pub use crate::lang::zh::TABLES as CHINESE;
    }
    /// The rows of control messages.
    pub mod control {
        pub use crate::syscall::control::*;
    }
    /// Structures by name, and what carries which.
    pub mod value {
        pub mod layout {
            pub use crate::value::layout::*;
        }
        pub mod packed {
            pub use crate::value::packed::*;
        }
        pub mod process {
            pub use crate::value::process::*;
        }
        pub mod ipc {
            pub use crate::value::ipc::*;
        }
        pub mod bpf {
            pub use crate::value::bpf::*;
        }
        pub mod perf {
            pub use crate::value::perf::*;
        }
        pub mod ring {
            pub use crate::value::ring::*;
        }
        pub mod queue {
            pub use crate::value::queue::*;
        }
        pub mod stat {
            pub use crate::value::stat::*;
        }
        pub mod siginfo {
            pub use crate::value::siginfo::*;
        }
        pub mod sockopt {
            pub use crate::value::sockopt::*;
        }
    }
    /// Every explanation there is.
    pub mod causes {
        pub use crate::why::causes::*;
    }
}
