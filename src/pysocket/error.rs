//! The exceptions that Python's socket methods raise, with the messages Python prints.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::event::Errno;

/// A Python exception.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// `OSError` or the subclass its errno has.
    Os(Errno),
    /// `TimeoutError: timed out` (`socket.timeout` before 3.10): raised by the socket's timeout, not by an errno.
    TimedOut,
    /// `socket.gaierror`.
    Gai {
        /// `EAI_…`, negative.
        code: i32,
        /// gai_strerror(3).
        message: &'static str,
    },
    /// `OverflowError`: raised before any call.
    Overflow(String),
    /// `ValueError`.
    Value(String),
    /// `TypeError`.
    Type(String),
    /// `OSError` with a text and no number.
    Message(String),
    /// `RuntimeError`.
    Runtime(String),
    /// `UnicodeDecodeError`.
    Unicode(String),
    /// `EOFError`, from `input()`.
    Eof,
    /// `KeyboardInterrupt`.
    Interrupt,
}

/// The result of a socket method.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::Os(errno)
    }
}

impl Error {
    /// The name of the exception's class.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Os(errno) => class_of(*errno),
            Self::TimedOut => "TimeoutError",
            Self::Gai { .. } => "socket.gaierror",
            Self::Overflow(_) => "OverflowError",
            Self::Value(_) => "ValueError",
            Self::Type(_) => "TypeError",
            Self::Message(_) => "OSError",
            Self::Runtime(_) => "RuntimeError",
            Self::Unicode(_) => "UnicodeDecodeError",
            Self::Eof => "EOFError",
            Self::Interrupt => "KeyboardInterrupt",
        }
    }

    /// The kernel's error number, if the exception carries one.
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Os(errno) => Some(*errno),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    /// The last line of Python's traceback.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class())?;
        match self {
            Self::Os(errno) => write!(f, ": [Errno {}] {}", errno.0, errno.message().unwrap_or("Unknown error")),
            Self::TimedOut => f.write_str(": timed out"),
            Self::Gai { code, message } => write!(f, ": [Errno {code}] {message}"),
            Self::Overflow(text)
            | Self::Value(text)
            | Self::Type(text)
            | Self::Message(text)
            | Self::Runtime(text)
            | Self::Unicode(text) => write!(f, ": {text}"),
            Self::Eof => f.write_str(": EOF when reading a line"),
            Self::Interrupt => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// The subclass of `OSError` (`Objects/exceptions.c`).
fn class_of(errno: Errno) -> &'static str {
    match errno.0 {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => "BlockingIOError",
        libc::EPIPE | libc::ESHUTDOWN => "BrokenPipeError",
        libc::ECHILD => "ChildProcessError",
        libc::ECONNABORTED => "ConnectionAbortedError",
        libc::ECONNREFUSED => "ConnectionRefusedError",
        libc::ECONNRESET => "ConnectionResetError",
        libc::EEXIST => "FileExistsError",
        libc::ENOENT => "FileNotFoundError",
        libc::EISDIR => "IsADirectoryError",
        libc::ENOTDIR => "NotADirectoryError",
        libc::EINTR => "InterruptedError",
        libc::EACCES | libc::EPERM => "PermissionError",
        libc::ESRCH => "ProcessLookupError",
        libc::ETIMEDOUT => "TimeoutError",
        _ => "OSError",
    }
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Records that SIGINT arrived. Called from the signal handler, so it is only a store.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

/// Whether it arrived and no call has raised it yet.
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// `PyErr_CheckSignals`: raises `KeyboardInterrupt` once if SIGINT arrived.
pub fn check_signals() -> Result<()> {
    if INTERRUPTED.swap(false, Ordering::Relaxed) { Err(Error::Interrupt) } else { Ok(()) }
}
