//! Which Python line made a call, after strace's text or above it.
//!
//! strace's lines are unchanged; what is added can be recognised and stripped again:
//!
//! ```text
//! connect(3, …, 16) = 0  @ client.py:4 <module>  s.connect(('127.0.0.1', 8080))
//! connect(3, …, 16) = 0  @ get.py:9 fetch  create_connection(('::1', 80))  [via socket.py:836 in create_connection]
//! ```
//!
//! Two spaces and `@` occur nowhere else after a result. They are followed by the file's name and line (`?` where an
//! instruction has none), the function, and after two spaces the expression, if that is a call, or the source line
//! (always before CPython 3.11), cut short where it is very long and absent where it was not found. The frame is the
//! user's own; where a library made the call, that place follows in brackets, and where that was far from the user's line
//! also one that says more: `[via socket.py:836 in create_connection, connection.py:174 in _new_conn]`. A thread without
//! Python in a program with it has its name: `@ <thread grpc-poller>`. Behind calls that an event loop makes on
//! a socket stands who waits for it, where that is certain, the innermost of the user's own coroutines first:
//! `[awaited by client.py:11 fetch_line ← :19 client, task "Task-3"]`, and the line before is where that one awaits; a library's
//! coroutines are `[awaited in server.py:748 handler, task "Task-3"]`. Otherwise
//! it is where the socket was made: `[socket made at client.py:15 client]`. Whole stacks are lines of their own below
//! the call, innermost frame first, as with strace's `-k`, with the files' full paths, and behind them the coroutines:
//!
//! ```text
//!  > /usr/lib/python3.11/socket.py:836 create_connection  sock.connect(sa)
//!  > get.py:9 fetch  create_connection(('::1', 80))
//!  > awaited by task "Task-3"
//!  > await client.py:11 fetch_line  reader.readline()
//! ```
//!
//! Grouped, the user's line is written once, above its calls, which are indented. The function is written unless it
//! is `<module>`:
//!
//! ```text
//! server.py:5  s.bind(('127.0.0.1', 6666))
//!     bind(3, {sa_family=AF_INET, …}, 16) = 0
//! ```

use std::fmt::Write;

use super::visible;

use crate::event::{PythonAwaiting, PythonFrame, PythonStack};

/// Which Python frames are written for each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PythonLines {
    /// None: strace's text alone.
    #[default]
    None,
    /// The user's own frame, and the library's that made the call.
    Caller,
    /// All frames, one per line.
    Full,
}

/// The indentation of calls that are grouped by their Python line.
pub(crate) const INDENT: &str = "    ";

/// Appends `  @ client.py:4 <module>  s.connect(…)`.
pub(super) fn caller(stack: &PythonStack, out: &mut String) {
    let Some(frame) = stack.caller() else { return };
    out.push_str("  @ ");
    function(short(&frame.file), frame, out);
    expression(frame, out);
    via(stack, out);
}

/// Appends `  [via socket.py:836 in create_connection]`, where a library made the call, and where an event loop made it
/// `  [socket made at client.py:15 client]`.
pub(super) fn via(stack: &PythonStack, out: &mut String) {
    let mut any = false;
    for frame in stack.path() {
        out.push_str(if any { ", " } else { "  [via " });
        place(short(&frame.file), frame, out);
        out.push_str(" in ");
        text(&frame.function, out);
        any = true;
    }
    out.push_str(if any { "]" } else { "" });
    if let Some(awaited) = &stack.awaited {
        awaits(awaited, out);
    } else if let Some(made) = &stack.socket {
        out.push_str(SOCKET);
        place(short(&made.file), made, out);
        if &*made.function != "<module>" {
            out.push(' ');
            text(&made.function, out);
        }
        out.push(']');
    }
}

/// Before the coroutines that wait for a call which an event loop makes.
pub(crate) const AWAITED: &str = "  [awaited by ";
/// The same where they are a library's.
pub(crate) const AWAITED_IN: &str = "  [awaited in ";
/// Between a coroutine and the one that awaits it.
pub(crate) const AWAITS: &str = " ← ";
/// Before the name of their task.
pub(crate) const TASK: &str = ", task \"";
/// In place of further coroutines.
pub(crate) const MORE: &str = "…";
/// So many coroutines are written on one line.
const MAX_AWAITING: usize = 6;

fn awaits(awaited: &PythonAwaiting, out: &mut String) {
    let is_own = awaited.frames.iter().any(|frame| !frame.library);
    out.push_str(if is_own { AWAITED } else { AWAITED_IN });
    let mut last = "";
    for (at, frame) in awaited.shown().enumerate() {
        out.push_str(if at > 0 { AWAITS } else { "" });
        if at == MAX_AWAITING {
            out.push_str(MORE);
            break;
        }
        let file = short(&frame.file);
        function(if file == last { "" } else { file }, frame, out);
        last = file;
    }
    if let Some(name) = &awaited.task {
        out.push_str(TASK);
        text(name, out);
        out.push('"');
    }
    out.push(']');
}

/// Above the coroutines that wait, among whole stacks, and before each.
pub(crate) const AWAITED_BY: &str = "awaited by ";
pub(crate) const AWAIT: &str = "await ";

/// Before the line that made the socket on which an event loop makes a call for whoever waits.
pub(crate) const SOCKET: &str = "  [socket made at ";

/// Appends a line per frame.
pub(super) fn frames(stack: &PythonStack, indent: &str, out: &mut String) {
    for frame in &stack.frames {
        out.push_str(indent);
        out.push_str(" > ");
        function(&frame.file, frame, out);
        expression(frame, out);
        out.push('\n');
    }
    if stack.truncated {
        out.push_str(indent);
        out.push_str(" > ...\n");
    }
    let Some(awaited) = &stack.awaited else { return };
    let _ = write!(out, "{indent} > {AWAITED_BY}");
    match &awaited.task {
        Some(name) => {
            out.push_str("task \"");
            text(name, out);
            out.push_str("\"\n");
        }
        None => out.push_str("a task\n"),
    }
    for frame in &awaited.frames {
        let _ = write!(out, "{indent} > {AWAIT}");
        function(&frame.file, frame, out);
        expression(frame, out);
        out.push('\n');
    }
}

/// Appends `server.py:5  s.bind(('127.0.0.1', 6666))`.
pub(super) fn heading(frame: &PythonFrame, out: &mut String) {
    place(short(&frame.file), frame, out);
    if &*frame.function != "<module>" && !frame.is_thread() {
        out.push(' ');
        text(&frame.function, out);
    }
    if let Some(source) = frame.text() {
        out.push_str("  ");
        excerpt(&source, out);
    }
}

/// Whether two frames are at the same line.
pub(crate) fn same_line(a: &PythonFrame, b: &PythonFrame) -> bool {
    a.line == b.line && a.file == b.file && a.function == b.function
}

/// A file's own name, without its folders.
fn short(file: &str) -> &str {
    match file.rsplit_once('/') {
        // The name of a thread, or a module made up, may have any character.
        Some((_, name)) if !name.is_empty() && !file.starts_with('<') => name,
        _ => file,
    }
}

/// Appends `client.py:4 f`.
fn function(file: &str, frame: &PythonFrame, out: &mut String) {
    place(file, frame, out);
    if !frame.is_thread() {
        out.push(' ');
        text(&frame.function, out);
    }
}

fn place(file: &str, frame: &PythonFrame, out: &mut String) {
    text(file, out);
    match frame.line {
        Some(line) => {
            let _ = write!(out, ":{line}");
        }
        None if frame.is_thread() => {}
        None => out.push_str(":?"),
    }
}

/// Appends the expression if it is a call, otherwise the source line: where an object is released by `del s` or at the
/// end of a `with` block, the expression is a mere name.
fn expression(frame: &PythonFrame, out: &mut String) {
    let call = frame.part().filter(|expression| expression.contains('('));
    if let Some(source) = call.or(frame.source.as_deref()).or(frame.expression.as_deref()) {
        out.push_str("  ");
        excerpt(source, out);
    }
}

/// How many characters of a program's text are shown: a line may hold a whole document.
const MAX_SHOWN: usize = 200;

/// A program's text on one line, cut short where it is long.
pub(crate) fn excerpt(source: &str, out: &mut String) {
    let start = out.len();
    text(source, out);
    if let Some((shown, _)) = out[start..].char_indices().nth(MAX_SHOWN) {
        out.truncate(start + shown);
        out.push('…');
    }
}

/// A program's text on one line: lines are joined by a space, and terminal control characters are escaped.
fn text(source: &str, out: &mut String) {
    for (at, line) in source.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        visible(&line.replace('\t', " "), out);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{Body, Call, Event, Ret};
    use crate::syscall;
    use crate::text::{Style, TextWriter};
    use crate::value::{Fd, Value};

    fn frame(file: &str, line: Option<u32>, function: &str, source: Option<&str>, library: bool) -> PythonFrame {
        PythonFrame {
            file: file.into(),
            line,
            function: function.into(),
            columns: None,
            source: source.map(Into::into),
            expression: None,
            library,
        }
    }

    fn stack(frames: Vec<PythonFrame>) -> PythonStack {
        PythonStack::new(frames.into_iter().map(Arc::new).collect())
    }

    #[test]
    fn the_users_frame_comes_first() {
        let mut own = frame("/home/u/get.py", Some(9), "fetch", Some("c = create_connection(a)"), false);
        let library = frame("/usr/lib/python3.11/socket.py", Some(836), "create_connection", None, true);
        let mut out = String::new();
        caller(&stack(vec![library.clone(), own.clone()]), &mut out);
        assert_eq!(out, "  @ get.py:9 fetch  c = create_connection(a)  [via socket.py:836 in create_connection]");
        out.clear();
        own.expression = Some("c".into());
        caller(&stack(vec![own.clone()]), &mut out);
        assert_eq!(out, "  @ get.py:9 fetch  c = create_connection(a)", "the line instead of a mere name");
        out.clear();
        own.expression = Some(format!("send(b'{}')", "é".repeat(300)).into());
        caller(&stack(vec![own.clone()]), &mut out);
        assert_eq!(out, format!("  @ get.py:9 fetch  send(b'{}…", "é".repeat(193)));
        own.expression = Some("create_connection(\n    a,\x1b[2J,\u{202e})".into());
        out.clear();
        caller(&stack(vec![own.clone()]), &mut out);
        assert_eq!(out, "  @ get.py:9 fetch  create_connection( a,\\u{1b}[2J,\\u{202e})");
        out.clear();
        caller(&stack(vec![frame("<string>", None, "<module>", None, false)]), &mut out);
        assert_eq!(out, "  @ <string>:? <module>");
        out.clear();
        frames(&PythonStack { truncated: true, ..PythonStack::new(vec![library.into(), own.into()]) }, "", &mut out);
        assert_eq!(
            out,
            " > /usr/lib/python3.11/socket.py:836 create_connection\n > /home/u/get.py:9 fetch  create_connection( \
             a,\\u{1b}[2J,\\u{202e})\n > ...\n"
        );
    }

    #[test]
    fn who_awaits_a_call_is_shown() {
        let reads = frame("/usr/lib/python3.11/asyncio/selector_events.py", Some(99), "_read_ready", None, true);
        let main = frame("c.py", Some(30), "<module>", Some("asyncio.run(main())"), false);
        let line = frame("/usr/lib/python3.11/asyncio/streams.py", Some(5), "readline", None, true);
        let fetch = frame("c.py", Some(11), "fetch", Some("await reader.readline()"), false);
        let client = frame("c.py", Some(19), "client", None, false);
        let with = |frames: &[&PythonFrame], task: Option<&str>| {
            let frames = frames.iter().map(|&frame| Arc::new(frame.clone())).collect();
            let awaited = Some(Arc::new(PythonAwaiting::new(frames, task.map(Arc::from))));
            let stack = PythonStack { awaited, ..stack(vec![reads.clone(), main.clone()]) };
            let mut out = [String::new(), String::new()];
            caller(&stack, &mut out[0]);
            super::frames(&stack, "", &mut out[1]);
            out
        };
        let [brief, full] = with(&[&line, &fetch, &client], Some("T\u{1b}"));
        assert_eq!(
            brief,
            "  @ c.py:11 fetch  await reader.readline()  [awaited by c.py:11 fetch ← :19 client, task \"T\\u{1b}\"]"
        );
        assert!(
            full.contains(" > c.py:30 <module>  asyncio.run(main())\n > awaited by task \"T\\u{1b}\"\n > await /"),
            "{full}"
        );
        assert!(full.ends_with(" > await c.py:11 fetch  await reader.readline()\n > await c.py:19 client\n"), "{full}");
        let [brief, _] = with(&[&line], None);
        assert_eq!(
            brief,
            "  @ c.py:30 <module>  asyncio.run(main())  [via selector_events.py:99 in _read_ready]  [awaited in streams.py:5 \
             readline]"
        );
        let [brief, _] = with(&[&fetch; 9], None);
        assert!(brief.ends_with(&format!("c.py:11 fetch{} ← …]", " ← :11 fetch".repeat(5))), "{brief}");
    }

    #[test]
    fn a_call_on_several_lines_is_shown_with_all() {
        let mut spread = frame("s.py", Some(5), "<module>", Some("n = s.send("), false);
        spread.expression = Some("s.send(\n        b'1'\n    )".into());
        let mut out = String::new();
        heading(&spread, &mut out);
        assert_eq!(out, "s.py:5  n = s.send( b'1' )");
        let mut block = frame("s.py", Some(5), "f", Some("async with get(x) as y:"), false);
        block.expression = Some("async with get(x) as y:\n        await y.text()".into());
        out.clear();
        heading(&block, &mut out);
        caller(&stack(vec![block]), &mut out);
        assert_eq!(
            out, "s.py:5 f  async with get(x) as y:  @ s.py:5 f  async with get(x) as y:",
            "a whole block is no expression"
        );
    }

    fn call(tid: u32, python: Option<&PythonStack>) -> Event {
        let sys = syscall::by_name("listen").expect("listen is in the table");
        let mut call = Call::new(sys, vec![Value::Fd(Fd::new(3)), Value::Int(5)], Ret::Ok(0));
        call.python = python.map(|stack| Arc::new(stack.clone()));
        Event { seq: 0, ts_ns: 0, pid: 1, tid, body: Body::Call(call), role: None, host: None, prefix: None }
    }

    #[test]
    fn calls_of_a_line_are_grouped_under_it() {
        let mut lines = TextWriter::new(Style::default());
        lines.group = true;
        let one = stack(vec![frame("s.py", Some(5), "<module>", Some("s.listen(5)"), false)]);
        let two = stack(vec![
            frame("/lib/python3.9/socket.py", Some(1), "f", None, true),
            frame("s.py", Some(6), "main", Some("start()"), false),
        ]);
        let mut out = String::new();
        for (tid, stack) in [(1, Some(&one)), (1, Some(&one)), (1, Some(&two)), (1, None), (1, Some(&two))] {
            lines.write(&call(tid, stack), &mut out);
        }
        assert_eq!(
            out,
            "s.py:5  s.listen(5)\n    listen(3, 5)                        = 0\n    listen(3, 5)                        \
             = 0\ns.py:6 main  start()\n    listen(3, 5)                        = 0  [via socket.py:1 in f]\nlisten(3, \
             5)                            = 0\ns.py:6 main  start()\n    listen(3, 5)                        = 0  [via \
             socket.py:1 in f]\n"
        );
    }

    #[test]
    fn text_is_straces_unless_asked() {
        let one = stack(vec![frame("s.py", Some(5), "<module>", Some("s.listen(5)"), false)]);
        let mut lines = TextWriter::new(Style::default());
        let (mut with, mut without) = (String::new(), String::new());
        lines.write(&call(1, Some(&one)), &mut with);
        lines.write(&call(1, None), &mut without);
        assert_eq!(with, without);
        lines.python = PythonLines::Caller;
        lines.write(&call(1, None), &mut with);
        assert_eq!(with, format!("{without}{without}"), "a call without a stack has no place");
    }
}
