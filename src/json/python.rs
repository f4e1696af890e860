//! The `python` key of a call: its frames, innermost first.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};

use super::read::{Item, Object, Result, as_object, flag, get, given, items, narrow, optional_text, text};
use super::schema::{Properties, closed, nullable, string};
use super::write::{array, boolean, key, null, string as push_string, uint};
use crate::event::{PythonAwaiting, PythonColumns, PythonFrame, PythonStack};

/// A cache of written stacks: a program makes its calls from few places, and a stack is longer than its call.
#[derive(Debug, Default)]
pub(super) struct StackCache {
    /// By address; the stack is kept, so that its address is not reused.
    written: HashMap<usize, (Arc<PythonStack>, Box<[u8]>)>,
}

/// How many stacks are cached before the cache is emptied.
const MAX_STACKS: usize = 512;

impl StackCache {
    /// Appends the stack's keys.
    pub(super) fn write(&mut self, out: &mut Vec<u8>, stack: &Arc<PythonStack>) {
        let address = Arc::as_ptr(stack) as usize;
        if let Some((_, written)) = self.written.get(&address) {
            return out.extend_from_slice(written);
        }
        let start = out.len();
        write(out, stack);
        // A stack without other owners will not come again.
        if Arc::strong_count(stack) > 1 {
            if self.written.len() >= MAX_STACKS {
                self.written.clear();
            }
            self.written.insert(address, (stack.clone(), out[start..].into()));
        }
    }
}

fn write(out: &mut Vec<u8>, stack: &PythonStack) {
    key(out, "python");
    array(out, &stack.frames, |out, frame| write_frame(out, frame));
    if stack.truncated {
        key(out, "python_truncated");
        boolean(out, true);
    }
    if let Some(made) = &stack.socket {
        key(out, "socket_made_at");
        write_frame(out, made);
    }
    if let Some(awaited) = &stack.awaited {
        key(out, "awaited");
        out.push(b'{');
        key(out, "frames");
        array(out, &awaited.frames, |out, frame| write_frame(out, frame));
        key(out, "task");
        match &awaited.task {
            Some(name) => push_string(out, name),
            None => null(out),
        }
        out.push(b'}');
    }
}

fn write_frame(out: &mut Vec<u8>, frame: &PythonFrame) {
    out.push(b'{');
    key(out, "file");
    push_string(out, &frame.file);
    number(out, "line", frame.line);
    key(out, "function");
    push_string(out, &frame.function);
    number(out, "column", frame.columns.map(|columns| columns.start));
    number(out, "end_line", frame.columns.map(|columns| columns.end_line));
    number(out, "end_column", frame.columns.map(|columns| columns.end));
    for (name, text) in [("source", &frame.source), ("expression", &frame.expression)] {
        key(out, name);
        match text {
            Some(text) => push_string(out, text),
            None => null(out),
        }
    }
    key(out, "library");
    boolean(out, frame.library);
    out.push(b'}');
}

fn number(out: &mut Vec<u8>, name: &str, number: Option<u32>) {
    key(out, name);
    match number {
        Some(number) => uint(out, number.into()),
        None => null(out),
    }
}

/// A cache of stacks that were read, by their text: what was written from one stack is one stack again.
#[derive(Debug, Default)]
pub(super) struct ReadStacks {
    /// Whole ones, and those that were truncated.
    read: [FxHashMap<Box<str>, Arc<PythonStack>>; 2],
}

/// The stack of a call's line, where it has one.
pub(super) fn read(object: Object<'_>, stacks: &mut ReadStacks) -> Result<Option<Arc<PythonStack>>> {
    let Some(item) = given(object, "python") else { return Ok(None) };
    let truncated = flag(object, "python_truncated");
    let (made, awaited) = (given(object, "socket_made_at"), given(object, "awaited"));
    let written = match (made, awaited) {
        (None, None) => Cow::Borrowed(item.text()),
        _ => Cow::Owned([Some(item), made, awaited].map(|item| item.map_or("", |item| item.text())).join(" ")),
    };
    let known = &mut stacks.read[usize::from(truncated)];
    if let Some(stack) = known.get(&*written) {
        return Ok(Some(stack.clone()));
    }
    let frames = items(object, "python")?.map(|frame| read_frame(frame).map(Arc::new)).collect::<Result<_>>()?;
    let socket = made.map(|made| read_frame(made).map(Arc::new)).transpose()?;
    let awaited = awaited.map(|awaited| read_awaiting(awaited).map(Arc::new)).transpose()?;
    let stack = Arc::new(PythonStack { frames, truncated, socket, awaited });
    if known.len() >= MAX_STACKS {
        known.clear();
    }
    known.insert(written.into(), stack.clone());
    Ok(Some(stack))
}

fn read_awaiting(json: Item<'_>) -> Result<PythonAwaiting> {
    let object = as_object(json, "awaited")?;
    let frames = items(object, "frames")?.map(|frame| read_frame(frame).map(Arc::new)).collect::<Result<_>>()?;
    Ok(PythonAwaiting { frames, task: optional_text(object, "task")?.map(Arc::from) })
}

fn read_frame(json: Item<'_>) -> Result<PythonFrame> {
    let object = as_object(json, "python")?;
    let number = |name| if get(object, name)?.is_null() { Ok(None) } else { narrow(object, name).map(Some) };
    let columns = match (number("column")?, number("end_line")?, number("end_column")?) {
        (Some(start), Some(end_line), Some(end)) => Some(PythonColumns { start, end_line, end }),
        _ => None,
    };
    Ok(PythonFrame {
        file: text(object, "file")?.into(),
        line: number("line")?,
        function: text(object, "function")?.into(),
        columns,
        source: optional_text(object, "source")?.map(Arc::from),
        expression: optional_text(object, "expression")?.map(Arc::from),
        library: flag(object, "library"),
    })
}

/// The key's schema.
pub(super) fn schema() -> Json {
    json!({
        "type": "array",
        "items": frame_schema("one frame"),
        "description": "the Python frames of the thread at that call, innermost first",
    })
}

/// The schema of `awaited`.
pub(super) fn awaiting_schema() -> Json {
    let mut awaiting = Properties::new();
    let frames = json!({
        "type": "array",
        "items": frame_schema("a coroutine, where it awaits the one before it"),
        "description": "the coroutines, innermost first",
    });
    awaiting.insert("frames".into(), frames);
    awaiting.insert("task".into(), nullable("string", "the name of the task that the last of them belongs to"));
    closed(awaiting, &[], "who waits for a call that an asyncio loop makes: coroutines that are suspended, on no stack")
}

/// The schema of a frame.
pub(super) fn frame_schema(what: &str) -> Json {
    let mut frame = Properties::new();
    let mut has = |name: &str, schema: Json| {
        frame.insert(name.into(), schema);
    };
    has("file", string("the file as the code object names it; <string> for -c"));
    has("line", nullable("integer", "counted from 1; null for instructions of no line"));
    has("function", string("as in tracebacks, <module> outside of functions"));
    has(
        "column",
        nullable("integer", "where the expression starts, in bytes of UTF-8 from 0; null before CPython 3.11"),
    );
    has("end_line", nullable("integer", "the expression's last line, counted from 1; null before CPython 3.11"));
    has(
        "end_column",
        nullable("integer", "where the expression ends, in bytes of UTF-8 from 0; null before CPython 3.11"),
    );
    has("source", nullable("string", "the text of the line without surrounding space; null where it was not found"));
    has("expression", nullable("string", "the text of the expression; null before CPython 3.11"));
    has(
        "library",
        json!({"type": "boolean", "description": "it is the standard library's or an installed package's code"}),
    );
    closed(frame, &[], what)
}
