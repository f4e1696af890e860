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
    /// Where the socket was made that the call is about: known of calls that an event loop makes for whoever waits, whose
    /// frames say only where the loop runs ([`is_loop`](Self::is_loop)).
    pub socket: Option<Arc<PythonFrame>>,
    /// Who waits for a call that an asyncio loop makes, where that is certain.
    pub awaited: Option<Arc<PythonAwaiting>>,
}

/// The coroutines that wait for a call, as an asyncio loop makes it: they are suspended, on no stack.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct PythonAwaiting {
    /// The innermost coroutine first, each where it awaits the one before it. Where only a library's are in the task that is
    /// woken, those of the task follow that awaits it.
    pub frames: Vec<Arc<PythonFrame>>,
    /// The name of the task that the last of them is the coroutine of.
    pub task: Option<Arc<str>>,
}

impl PythonAwaiting {
    /// These coroutines, of a task with this name.
    pub fn new(frames: Vec<Arc<PythonFrame>>, task: Option<Arc<str>>) -> Self {
        Self { frames, task }
    }

    /// The coroutines to show: the user's own, or where there are none, of the library's the innermost outside of asyncio
    /// and the task's own.
    pub fn shown(&self) -> impl Iterator<Item = &Arc<PythonFrame>> {
        let own = self.frames.iter().filter(|frame| !frame.library);
        let any = self.own().is_some();
        let telling = self.frames.iter().find(|frame| !any && !frame.is_plumbing());
        let last = self.frames.last().filter(|last| !any && telling.is_none_or(|telling| !Arc::ptr_eq(telling, last)));
        own.chain(telling).chain(last)
    }

    /// The innermost of the user's own coroutines.
    fn own(&self) -> Option<&Arc<PythonFrame>> {
        self.frames.iter().find(|frame| !frame.library)
    }
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
    /// in a folder `bin` by which an installer lets a package's function be run. Code without a file is the user's where
    /// somebody typed it (`<stdin>`, or `<string>` of `-c`), and otherwise was made from strings, as a dataclass's
    /// `__init__` is. All else is the user's.
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
        let more = self.part().and_then(|expression| expression.split_once('\n'));
        Some(more.map_or(Cow::Borrowed(source), |(_, more)| format!("{source}\n{more}").into()))
    }
}

impl PythonFrame {
    /// The text of the expression, unless that is a whole block: of what `async with` and `async for` do.
    pub(crate) fn part(&self) -> Option<&str> {
        self.expression.as_deref().filter(|expression| !expression.starts_with("async "))
    }
}

/// The library modules through which most calls go, whatever they are for: they say little of who made one.
const PLUMBING: [&str; 4] = ["socket.py", "ssl.py", "selectors.py", "socketserver.py"];

impl PythonFrame {
    /// `server.py:12`: the file's name without its folders, and the line where it is known.
    pub(crate) fn short_place(&self) -> String {
        let file = self.file.rsplit('/').next().unwrap_or_default();
        self.line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
    }

    /// Whether the frame is in a module that many libraries make their calls through.
    fn is_plumbing(&self) -> bool {
        let mut parts = self.file.rsplit('/');
        let name = parts.next().unwrap_or_default();
        self.library && (PLUMBING.contains(&name) || parts.next() == Some("asyncio"))
    }

    /// Whether the frame is one of those that begin a thread or a program, or of code without a file.
    fn is_beginning(&self) -> bool {
        let name = self.file.rsplit('/').next().unwrap_or_default();
        self.library && (matches!(name, "threading.py" | "runpy.py") || self.file.starts_with('<'))
    }
}

/// The functions in which event loops run, by the end of their file's path: what they call without code of the user's
/// between is done for somebody who waits, on no stack.
const LOOPS: [(&str, &[&str]); 6] = [
    ("asyncio/base_events.py", &["run_forever", "run_until_complete", "_run_once"]),
    ("asyncio/runners.py", &["run"]),
    ("uvloop/__init__.py", &["run"]),
    ("twisted/internet/base.py", &["run", "mainLoop"]),
    ("trio/_core/_run.py", &["run", "unrolled_run"]),
    ("gevent/hub.py", &["run"]),
];

impl PythonFrame {
    /// Whether the frame is an event loop's.
    fn runs_loop(&self) -> bool {
        let is = |(file, functions): &(&str, &[&str])| {
            self.file.strip_suffix(file).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
                && functions.contains(&&*self.function)
        };
        self.library && LOOPS.iter().any(is)
    }
}

/// What stands for the frames of a thread that runs no Python code in a process that does: `<thread grpc-poller>`.
const THREAD: &str = "<thread ";

impl PythonFrame {
    /// The place of the calls that a thread of this name makes without Python.
    pub(crate) fn of_thread(name: &str) -> Self {
        Self { library: true, ..Self::new(format!("{THREAD}{name}>"), None, "") }
    }

    /// Whether the frame only names a thread.
    pub(crate) fn is_thread(&self) -> bool {
        self.file.starts_with(THREAD) && self.line.is_none() && self.function.is_empty()
    }
}

impl PythonStack {
    /// These frames, the innermost one first.
    pub fn new(frames: Vec<Arc<PythonFrame>>) -> Self {
        Self { frames, truncated: false, socket: None, awaited: None }
    }

    /// Whether an event loop made the call itself, and no code of the user's that it runs.
    pub fn is_loop(&self) -> bool {
        self.frames.iter().take_while(|frame| frame.library).any(|frame| frame.runs_loop())
    }

    /// The frame to show first: the innermost one of the user's own code. Where there is none of those, the innermost of a
    /// library other than socket, ssl, selectors, asyncio and socketserver, which work for all of them; or else the
    /// outermost of these, whose function was asked to do it all.
    ///
    /// Below an event loop that is the coroutine or callback that runs. Coroutines that wait are on no stack: what the
    /// loop does for them is shown at the line where one awaits it, and where that is not certain at the line that runs
    /// the loop.
    pub fn caller(&self) -> Option<&Arc<PythonFrame>> {
        self.awaited.as_ref().and_then(|awaited| awaited.own()).or_else(|| self.running())
    }

    /// As [`caller`](Self::caller), among the frames that run.
    pub(crate) fn running(&self) -> Option<&Arc<PythonFrame>> {
        let own = self.frames.iter().find(|frame| !frame.library);
        let telling = || self.frames.iter().find(|frame| !frame.is_plumbing() && !frame.is_beginning());
        let made =
            || self.frames.iter().find(|frame| frame.file.starts_with('<') && !frame.file.starts_with("<frozen "));
        let entry = || self.frames.iter().rfind(|frame| frame.is_plumbing());
        own.or_else(telling).or_else(made).or_else(entry).or(self.frames.first())
    }

    /// The frame that says what a socket is for that was made here: the [`caller`](Self::caller), or inside of an event loop
    /// in which no code of the user's runs, the library that the loop called. The line that runs the loop says nothing.
    pub(crate) fn maker(&self) -> Option<&Arc<PythonFrame>> {
        let inside = || self.frames.iter().take_while(|frame| !frame.runs_loop()).find(|frame| !frame.is_plumbing());
        self.is_loop().then(inside).flatten().or_else(|| self.running())
    }

    /// The library frame that made the call for the [`caller`](Self::caller); `None` where that made it itself, or awaits it.
    pub fn via(&self) -> Option<&Arc<PythonFrame>> {
        let awaited = self.awaited.as_ref().is_some_and(|awaited| awaited.own().is_some());
        let innermost = self.frames.first().filter(|_| !awaited)?;
        (innermost.library && !Arc::ptr_eq(innermost, self.caller()?)).then_some(innermost)
    }

    /// The library frames to show behind the [`caller`](Self::caller): the one that made the call ([`via`](Self::via)), and
    /// where there are others between, one that says what it was for: the innermost outside of the modules that all
    /// libraries use, or else the one that the caller called.
    pub fn path(&self) -> impl Iterator<Item = &Arc<PythonFrame>> {
        let first = self.via();
        let between = first.and_then(|_| {
            let caller = self.caller()?;
            let end = self.frames.iter().position(|frame| Arc::ptr_eq(frame, caller))?;
            self.frames.get(1..end)
        });
        let second = first.zip(between).and_then(|(first, between)| {
            if first.is_plumbing() { between.iter().find(|frame| !frame.is_plumbing()) } else { between.last() }
        });
        first.into_iter().chain(second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(files: &[(&str, bool)]) -> PythonStack {
        let frame = |(file, library): &(&str, bool)| {
            Arc::new(PythonFrame { library: *library, file: (*file).into(), ..PythonFrame::of_thread("") })
        };
        PythonStack::new(files.iter().map(frame).collect())
    }

    #[test]
    fn what_a_loop_does_itself() {
        let stack = |frames: &[(&str, &str, bool)]| {
            let frame = |&(file, function, library): &(&str, &str, bool)| {
                Arc::new(PythonFrame { library, ..PythonFrame::new(file, Some(1), function) })
            };
            PythonStack::new(frames.iter().map(frame).collect())
        };
        let reads = ("/usr/lib/python3.11/asyncio/selector_events.py", "_read_ready", true);
        let once = ("/usr/lib/python3.11/asyncio/base_events.py", "_run_once", true);
        let main = ("client.py", "<module>", false);
        assert!(stack(&[reads, once, main]).is_loop());
        assert!(stack(&[reads, once]).is_loop(), "in a thread of a library's");
        assert!(!stack(&[reads, ("client.py", "fetch", false), once, main]).is_loop(), "the coroutine runs");
        assert!(!stack(&[("/lib/python3.11/socket.py", "connect", true), main]).is_loop());
        assert!(!stack(&[("/home/me/myasyncio/base_events.py", "_run_once", true), main]).is_loop());
        assert!(!stack(&[("asyncio/base_events.py", "_run_once", false)]).is_loop(), "an own file of that name");
        let connects = ("/usr/lib/python3.11/asyncio/base_events.py", "create_connection", true);
        let library = ("/site-packages/uvicorn/server.py", "startup", true);
        let maker = |frames: &[(&str, &str, bool)]| stack(frames).maker().unwrap().function.to_string();
        assert_eq!(maker(&[connects, library, once, main]), "startup");
        assert_eq!(maker(&[connects, once, main]), "<module>");
        assert_eq!(maker(&[connects, ("client.py", "fetch", false), once, main]), "fetch");
    }

    fn shown(files: &[(&str, bool)]) -> (Option<String>, Vec<String>) {
        let stack = stack(files);
        let caller = stack.caller().map(|frame| frame.file.to_string());
        (caller, stack.path().map(|frame| frame.file.to_string()).collect())
    }

    #[test]
    fn the_frames_to_show_of_a_stack() {
        const LIB: &str = "/usr/lib/python3.11/";
        let lib = |names: &[&str]| names.iter().map(|name| (format!("{LIB}{name}"), true)).collect::<Vec<_>>();
        let of = |names: &[&str], own: &[&str]| {
            let own = own.iter().map(|name| ((*name).to_owned(), false));
            let frames: Vec<(String, bool)> = lib(names).into_iter().chain(own).collect();
            let frames: Vec<(&str, bool)> = frames.iter().map(|(file, library)| (file.as_str(), *library)).collect();
            let (caller, path) = shown(&frames);
            let short = |name: String| name.trim_start_matches(LIB).to_owned();
            (caller.map(short), path.into_iter().map(short).collect::<Vec<_>>().join(" "))
        };
        let is = |caller: &str, path: &str| (Some(caller.to_owned()), path.to_owned());
        assert_eq!(of(&[], &["a.py", "b.py"]), is("a.py", ""));
        assert_eq!(of(&["socket.py"], &["a.py"]), is("a.py", "socket.py"));
        assert_eq!(of(&["socket.py", "ssl.py", "selectors.py"], &["a.py"]), is("a.py", "socket.py"), "all of one kind");
        assert_eq!(
            of(&["socket.py", "ssl.py", "http/client.py", "x.py"], &["a.py"]),
            is("a.py", "socket.py http/client.py")
        );
        assert_eq!(
            of(&["asyncio/base_events.py", "asyncio/runners.py"], &["a.py"]),
            is("a.py", "asyncio/base_events.py")
        );
        assert_eq!(of(&["x.py", "y.py", "z.py"], &["a.py"]), is("a.py", "x.py z.py"));
        assert_eq!(
            of(&["socket.py", "http/server.py", "socketserver.py", "threading.py"], &[]),
            is("http/server.py", "socket.py")
        );
        assert_eq!(
            of(&["selectors.py", "socketserver.py", "threading.py"], &[]),
            is("socketserver.py", "selectors.py")
        );
        assert_eq!(of(&["x.py", "threading.py"], &[]), is("x.py", ""));
        assert_eq!(of(&["threading.py"], &[]), is("threading.py", ""));
        assert_eq!(shown(&[]), (None, vec![]));
        assert_eq!(shown(&[("socket.py", false)]), (Some("socket.py".into()), vec![]), "an own file of that name");
    }
}
