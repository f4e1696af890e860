//! Python lines after a call, below it and above it, as [`python`](crate::text::PythonLines) writes them.
//!
//! Text marks a library's frame only by `via`, so that in whole stacks it is recognised by its folder.

use std::sync::Arc;

use memchr::{memchr, memmem};

use crate::event::{PythonAwaiting, PythonFrame, PythonStack};
use crate::text::python::{AWAIT, AWAITED, AWAITED_BY, AWAITED_IN, AWAITS, MORE, SOCKET, TASK, same_line};

/// Splits `  @ client.py:4 f  s.connect(…)  [via socket.py:836 in g]`, or its second part alone, off the end of a line.
/// Strings among the arguments and expressions may look the same, so the rest has to be a whole call.
pub(super) fn split(line: &[u8], is_whole: impl Fn(&[u8]) -> bool) -> (&[u8], Option<&[u8]>) {
    if memchr(b'@', line).is_some() {
        for at in memmem::find_iter(line, b"  @ ") {
            if is_frame(&line[at + 4..]) && is_whole(&line[..at]) {
                return (&line[..at], Some(&line[at..]));
            }
        }
    }
    if line.last() == Some(&b']') {
        let (rest, made) = behind(line);
        if let Some(at) = memmem::rfind(rest, b"  [via ")
            && via(&rest[at..]).is_some()
            && is_whole(&line[..at])
        {
            return (&line[..at], Some(&line[at..]));
        }
        if !matches!(made, Behind::Nothing) && is_whole(rest) {
            return (rest, Some(&line[rest.len()..]));
        }
    }
    (line, None)
}

fn is_frame(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| frame(text).is_some())
}

/// The frames that [`split`] found, inside that of the group's heading where there is one.
pub(super) fn stack(text: &[u8], heading: Option<&PythonFrame>) -> Option<PythonStack> {
    let (text, behind) = behind(text);
    let text = std::str::from_utf8(text).ok()?;
    let mut own = text.strip_prefix("  @ ");
    let mut frames = Vec::new();
    if let Some(at) = text.ends_with(']').then(|| text.rfind("  [via ")).flatten()
        && let Some(path) = via(&text.as_bytes()[at..])
    {
        frames.extend(path.into_iter().map(Arc::new));
        own = text[..at].strip_prefix("  @ ");
    }
    match own {
        Some(own) => {
            let own = frame(own)?;
            frames.push(Arc::new(PythonFrame { library: own.is_thread(), ..own }));
        }
        None => frames.extend(heading.cloned().map(Arc::new)),
    }
    let mut stack = PythonStack::new(frames);
    match behind {
        Behind::Nothing => {}
        Behind::Made(made) => stack.socket = Some(Arc::new(made)),
        Behind::Awaited(awaited) => stack.awaited = Some(Arc::new(at_line(awaited, stack.frames.last()))),
    }
    Some(stack)
}

/// The coroutines, the first of which is the call's own line where that was written.
fn at_line(mut awaited: PythonAwaiting, line: Option<&Arc<PythonFrame>>) -> PythonAwaiting {
    if let (Some(first), Some(line)) = (awaited.frames.first_mut(), line)
        && !first.library
        && same_line(first, line)
    {
        first.clone_from(line);
    }
    awaited
}

/// What is behind the frames of a call that an event loop made.
enum Behind {
    Nothing,
    Made(PythonFrame),
    Awaited(PythonAwaiting),
}

/// Splits `  [socket made at client.py:15 client]` or `  [awaited by client.py:11 fetch, task "Task-3"]` off the end.
fn behind(text: &[u8]) -> (&[u8], Behind) {
    let last = |mark: &str| {
        let at = memmem::rfind(text, mark.as_bytes())?;
        Some((&text[..at], std::str::from_utf8(&text[at + mark.len()..]).ok()?.strip_suffix(']')?))
    };
    let made = || {
        let (rest, frame) = last(SOCKET)?;
        Some((rest, Behind::Made(heading(frame.as_bytes())?)))
    };
    let awaited = |mark: &str| {
        let (rest, coroutines) = last(mark)?;
        Some((rest, Behind::Awaited(awaiting(coroutines, mark == AWAITED_IN)?)))
    };
    awaited(AWAITED).or_else(|| awaited(AWAITED_IN)).or_else(made).unwrap_or((text, Behind::Nothing))
}

/// `client.py:11 fetch_line ← :19 client, task "Task-3"`.
fn awaiting(text: &str, library: bool) -> Option<PythonAwaiting> {
    let (coroutines, task) = match text.strip_suffix('"').and_then(|text| text.rsplit_once(TASK)) {
        Some((coroutines, task)) => (coroutines, Some(task.into())),
        None => (text, None),
    };
    let mut frames: Vec<Arc<PythonFrame>> = Vec::new();
    for coroutine in coroutines.split(AWAITS).filter(|&coroutine| coroutine != MORE) {
        let file = frames.last().map_or("", |frame| &*frame.file);
        let frame = if coroutine.starts_with(':') { frame(&format!("{file}{coroutine}")) } else { frame(coroutine) };
        frames.push(Arc::new(PythonFrame { library, ..frame? }));
    }
    Some(PythonAwaiting::new(frames, task))
}

/// A line among those of a whole stack that is about the coroutines which wait.
pub(super) fn await_line(text: &str, awaited: &mut Option<Arc<PythonAwaiting>>) -> bool {
    if let Some(task) = text.strip_prefix(AWAITED_BY) {
        let name = task.strip_prefix("task \"").and_then(|rest| rest.strip_suffix('"'));
        if name.is_some() || task == "a task" {
            *awaited = Some(Arc::new(PythonAwaiting::new(Vec::new(), name.map(Arc::from))));
            return true;
        }
    }
    match (awaited, text.strip_prefix(AWAIT).and_then(frame)) {
        (Some(awaited), Some(frame)) => {
            Arc::make_mut(awaited).frames.push(Arc::new(frame));
            true
        }
        _ => false,
    }
}

/// `  [via socket.py:836 in create_connection]`, or of two frames, `, ` between them.
fn via(text: &[u8]) -> Option<Vec<PythonFrame>> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("  [via ")?.strip_suffix(']')?;
    let one = |text: &str| {
        let (file, line, rest) = place(text)?;
        Some(PythonFrame { library: true, ..made(file, line, rest.strip_prefix(" in ")?) })
    };
    text.split(", ").map(one).collect()
}

/// `client.py:4 <module>  s.connect(…)`.
pub(super) fn frame(text: &str) -> Option<PythonFrame> {
    if let Some(thread) = thread(text) {
        return Some(thread);
    }
    let (file, line, rest) = place(text)?;
    let rest = rest.strip_prefix(' ').filter(|rest| !rest.is_empty() && !rest.starts_with(' '))?;
    let (function, expression) = match rest.split_once("  ") {
        Some((function, expression)) => (function, Some(expression.into())),
        None => (rest, None),
    };
    let library = ["/lib/python", "/site-packages/", "/dist-packages/", "<frozen "];
    // Of code without a file, only what somebody typed has a text.
    let library = library.iter().any(|part| file.contains(part)) || file == "<string>" && expression.is_none();
    Some(PythonFrame { expression, library, ..made(file, line, function) })
}

/// `server.py:5  s.bind(…)`, `server.py:9 main  start()`: the line above a group of calls.
pub(super) fn heading(text: &[u8]) -> Option<PythonFrame> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(thread) = thread(text) {
        return Some(thread);
    }
    let (file, line, rest) = place(text)?;
    let (function, source) = match rest.split_once("  ") {
        Some((function, source)) => (function, Some(source.into())),
        None => (rest, None),
    };
    let function = match function {
        "" => "<module>",
        _ => function.strip_prefix(' ').filter(|name| !name.is_empty())?,
    };
    Some(PythonFrame { source, ..made(file, line, function) })
}

/// `<thread grpc-poller>`.
fn thread(text: &str) -> Option<PythonFrame> {
    Some(PythonFrame::of_thread(text.strip_prefix("<thread ")?.strip_suffix('>')?))
}

fn made(file: &str, line: Option<u32>, function: &str) -> PythonFrame {
    let (file, function): (Arc<str>, Arc<str>) = (file.into(), function.into());
    PythonFrame { file, line, function, columns: None, source: None, expression: None, library: false }
}

/// `client.py:4` or `<string>:?`, and what follows it.
fn place(text: &str) -> Option<(&str, Option<u32>, &str)> {
    text.match_indices(':').filter(|(at, _)| *at > 0).find_map(|(at, _)| {
        let after = &text[at + 1..];
        let len = match after.as_bytes().first()? {
            b'?' => 1,
            _ => after.bytes().take_while(u8::is_ascii_digit).count(),
        };
        let (line, rest) = after.split_at(len);
        let ends = rest.is_empty() || rest.starts_with(' ');
        let line = if line == "?" { None } else { Some(line.parse().ok()?) };
        ends.then_some((&text[..at], line, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_call_is_distinguished_from_what_is_in_it() {
        let whole = |text: &[u8]| text.ends_with(b"= 0");
        let split = |text: &'static str| split(text.as_bytes(), whole).1.map(|tail| std::str::from_utf8(tail).unwrap());
        assert_eq!(split("f() = 0  @ a b.py:4 f  x = '  @ b.py:1 g'"), Some("  @ a b.py:4 f  x = '  @ b.py:1 g'"));
        assert_eq!(split(r#"f("  @ a.py:4 f") = 0"#), None);
        assert_eq!(split("f() = 0  [via s.py:8 in g]"), Some("  [via s.py:8 in g]"));
        for tail in ["  [socket made at c.py:5 f]", "  [via s.py:8 in g]  [socket made at c.py:5]"] {
            let line: &'static str = format!("f() = 0{tail}").leak();
            assert_eq!(split(line), Some(&line["f() = 0".len()..]));
            let made = stack(tail.as_bytes(), None).unwrap().socket.unwrap();
            assert_eq!((&*made.file, made.line), ("c.py", Some(5)));
        }
        assert_eq!((split("f() = 0  @ nothing"), split("f() = 1  @ a.py:4 f")), (None, None));
    }

    #[test]
    fn who_awaits_a_call_is_read() {
        let read = |tail: &str, heading: Option<&PythonFrame>| {
            let line: &'static str = format!("f() = 0{tail}").leak();
            assert_eq!(split(line.as_bytes(), |text| text.ends_with(b"= 0")).1, Some(tail.as_bytes()));
            let stack = stack(tail.as_bytes(), heading).unwrap();
            let caller = stack.caller().unwrap().short_place();
            let awaited = stack.awaited.unwrap();
            let frames = awaited.frames.iter().map(|frame| format!("{} {}", frame.short_place(), frame.function));
            (caller, frames.collect::<Vec<_>>(), awaited.task.as_deref().unwrap_or_default().to_owned())
        };
        let both = vec!["a.py:4 f".to_owned(), "a.py:9 g".into(), "b.py:2 h".into()];
        let tail = "  [awaited by a.py:4 f ← :9 g ← b.py:2 h, task \"T, \"x\"\"]";
        assert_eq!(
            read(&format!("  @ a.py:4 f  await x{tail}"), None),
            ("a.py:4".into(), both.clone(), "T, \"x\"".into())
        );
        let head = heading(b"a.py:4 f  await x").unwrap();
        assert_eq!(read(tail, Some(&head)).0, "a.py:4");
        let tail = "  @ a.py:30 <module>  run()  [via s.py:1 in read]  [awaited in lib.py:4 f]";
        assert_eq!(read(tail, None), ("a.py:30".into(), vec!["lib.py:4 f".into()], String::new()), "a library's");
        assert_eq!(read("  [awaited by a.py:4 f ← …]", Some(&head)).1, ["a.py:4 f"]);
    }

    #[test]
    fn frames_are_read() {
        let all = |stack: PythonStack| {
            let text = |frame: &Arc<PythonFrame>| {
                format!("{}|{:?}|{}|{:?}|{}", frame.file, frame.line, frame.function, frame.expression, frame.library)
            };
            stack.frames.iter().map(text).collect::<Vec<_>>()
        };
        let tail = b"  @ get.py:9 f.<locals>.g  c = open(a)  [via socket.py:836 in create_connection]";
        assert_eq!(
            all(stack(tail, None).unwrap()),
            [
                "socket.py|Some(836)|create_connection|None|true",
                r#"get.py|Some(9)|f.<locals>.g|Some("c = open(a)")|false"#
            ]
        );
        let head = heading(b"s.py:5  s.listen(5)").unwrap();
        assert_eq!((&*head.function, head.source.as_deref()), ("<module>", Some("s.listen(5)")));
        assert_eq!(all(stack(b"  [via x.py:1 in f]", Some(&head)).unwrap())[1], "s.py|Some(5)|<module>|None|false");
        assert_eq!(all(stack(b"  @ <string>:? <module>", None).unwrap()), ["<string>|None|<module>|None|false"]);
        assert!(frame("/usr/lib/python3.11/socket.py:836 f").unwrap().library);
        for none in ["a.py", "a.py:", "a.py:x f", ":3 f", "libc.so.6(connect+0x14) [0x1]", "a.py:99999999999 f"] {
            assert!(frame(none).is_none() && heading(none.as_bytes()).is_none(), "{none}");
        }
    }
}
