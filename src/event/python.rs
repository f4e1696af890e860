//! The Python frames of a thread that made a call, as plain data: what a reader of frames found and every format shows.
//!
//! It is no part of what the kernel saw, so it is kept next to the values in [`Call`](super::Call), outside its equality.

use std::borrow::Cow;
use std::sync::Arc;

/// The frames of a thread that is in a system call: those that `sys._getframe` would lead to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct PythonStack {
    /// The innermost frame first; never empty where a source made it. Shared, since a place is in many stacks.
    pub frames: Vec<Arc<PythonFrame>>,
    /// There are more frames outside the last one than are followed.
    pub truncated: bool,
}

/// One frame: a place in a program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PythonFrame {
    /// The file as the code object names it (`co_filename`): it may be relative to where the program was started, lie
    /// in an archive, or be no file (`<string>`). Bytes that are no text are U+FFFD.
    pub file: Arc<str>,
    /// The line, counted from 1; `None` for instructions that belong to no line.
    pub line: Option<u32>,
    /// The function as tracebacks name it (`co_name`), `<module>` outside of functions.
    pub function: Arc<str>,
    /// Where the expression lies, known from CPython 3.11 on.
    pub columns: Option<PythonColumns>,
    /// The text of the line, without the space around it; `None` where it cannot be found for certain.
    pub source: Option<Arc<str>>,
    /// The text of the expression between the columns, its lines joined by `\n`.
    pub expression: Option<Arc<str>>,
    /// It is not the user's own code. That is so for a file in a folder named `site-packages` or `dist-packages`, in
    /// the standard library of the interpreter that runs it (a folder `pythonX.Y`, with its own version, in a folder
    /// whose name begins with `lib`, or an archive `pythonXY.zip`), or frozen into the interpreter or
    /// into a program that holds it; and for the script
    /// in a folder `bin` by which an installer lets a package's function be run. All else, code without a file
    /// included, is the user's.
    pub library: bool,
}

/// The place of an expression that begins on its frame's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PythonColumns {
    /// Where it starts on its first line, in bytes of UTF-8 from 0.
    pub start: u32,
    /// Its last line, counted from 1.
    pub end_line: u32,
    /// The first byte behind it on its last line, in bytes of UTF-8 from 0.
    pub end: u32,
}

impl PythonFrame {
    /// A place in the user's own code of which nothing else is known.
    pub fn new(file: impl Into<Arc<str>>, line: Option<u32>, function: impl Into<Arc<str>>) -> Self {
        let (file, function) = (file.into(), function.into());
        Self { file, line, function, columns: None, source: None, expression: None, library: false }
    }

    /// The text of the line, and behind it, joined by `\n`, the lines on which its expression goes on: a call that is
    /// spread over several lines begins with hardly more than a name.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let source = self.source.as_deref()?;
        let more = self.expression.as_deref().and_then(|expression| expression.split_once('\n'));
        Some(more.map_or(Cow::Borrowed(source), |(_, more)| format!("{source}\n{more}").into()))
    }
}

impl PythonStack {
    /// These frames, the innermost one first.
    pub fn new(frames: Vec<Arc<PythonFrame>>) -> Self {
        Self { frames, truncated: false }
    }

    /// The frame to show first: the innermost one of the user's own code, or of all where there is none of those.
    ///
    /// Below an event loop that is the coroutine or callback that runs. Coroutines that wait are on no stack: what the
    /// loop does for them is shown at the line that runs the loop.
    pub fn caller(&self) -> Option<&Arc<PythonFrame>> {
        self.frames.iter().find(|frame| !frame.library).or(self.frames.first())
    }

    /// The library frame that made the call for the [`caller`](Self::caller); `None` where that made it itself.
    pub fn via(&self) -> Option<&Arc<PythonFrame>> {
        let innermost = self.frames.first()?;
        (innermost.library && !Arc::ptr_eq(innermost, self.caller()?)).then_some(innermost)
    }
}
