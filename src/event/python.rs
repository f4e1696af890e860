//! The Python frames of a thread that made a call, as plain data: what a reader of frames found and every format shows.
//!
//! It is no part of what the kernel saw, so it lies beside the values in [`Call`](super::Call), outside its equality.

use std::sync::Arc;

/// The frames of a thread at the moment it entered a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PythonStack {
    /// The innermost frame first; never empty where a source made it.
    pub frames: Vec<PythonFrame>,
    /// There are more frames outside the last one.
    pub truncated: bool,
}

/// One frame: a place in a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonFrame {
    /// The file as the code object names it (`co_filename`).
    pub file: Arc<str>,
    /// The line, counted from 1; `None` for instructions that belong to no line.
    pub line: Option<u32>,
    /// The function as tracebacks name it, `<module>` outside of functions.
    pub function: Arc<str>,
    /// Where the expression lies, known from CPython 3.11 on.
    pub columns: Option<PythonColumns>,
    /// The text of the line, without the space around it; `None` where it was not found.
    pub source: Option<Arc<str>>,
    /// The text of the expression between the columns, its lines joined by `\n`.
    pub expression: Option<Arc<str>>,
    /// It is not the user's own code: the standard library, or an installed package.
    pub library: bool,
}

/// The place of an expression that begins on its frame's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PythonColumns {
    /// Where it starts on its first line, in bytes of UTF-8 from 0.
    pub start: u32,
    /// Its last line, counted from 1.
    pub end_line: u32,
    /// The first byte behind it on its last line, in bytes of UTF-8 from 0.
    pub end: u32,
}

impl PythonStack {
    /// The frame to show first: the innermost one of the user's own code, or of all where there is none of those.
    pub fn caller(&self) -> Option<&PythonFrame> {
        self.frames.iter().find(|frame| !frame.library).or(self.frames.first())
    }

    /// The library frame that made the call for the [`caller`](Self::caller); `None` where that made it itself.
    pub fn via(&self) -> Option<&PythonFrame> {
        let innermost = self.frames.first()?;
        (innermost.library && !std::ptr::eq(innermost, self.caller()?)).then_some(innermost)
    }
}
