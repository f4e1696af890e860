//! Calls below the Python line that made them, and Python frames below calls.

use std::sync::Arc;

use memchr::memmem;

use super::frames::{await_line, frame, stack};
use crate::event::{Body, Event, PythonFrame};
use crate::read::Form;
use crate::text::PythonLines;
use crate::text::python::INDENT;

/// A Python line above its calls.
pub(super) struct Heading {
    pub(super) tid: u32,
    pub(super) frame: PythonFrame,
    /// The line verbatim, and its number.
    pub(super) raw: Vec<u8>,
    pub(super) line: u64,
}

/// How lines relate to those above them.
#[derive(Default)]
pub(super) struct Groups {
    heading: Option<Heading>,
    /// Whether a call followed the heading.
    used: bool,
    /// The number after the last call that has frames below it.
    framed: Option<u64>,
    /// Whether frames of native code follow calls.
    native: bool,
    /// The last call of the previous batch, whose frames may still follow.
    held: Option<Event>,
}

/// `/lib/libc.so.6(connect+0x14) [0x1024]`, with the place in its source behind it (`-kk`) or not.
fn is_native(text: &[u8]) -> bool {
    memmem::find(text, b" [0x").is_some() || text.starts_with(b"[0x")
}

impl Groups {
    /// Opens a group at a Python line, which is read with its calls.
    pub(super) fn open(&mut self, heading: Heading) {
        (self.heading, self.used) = (Some(heading), false);
    }

    /// Whether the next lines may belong to a Python line.
    pub(super) fn is_open(&self) -> bool {
        self.heading.is_some()
    }

    /// A call of the group was interrupted: the heading is repeated above its other half.
    pub(super) fn interrupted(&mut self) {
        self.used = true;
    }

    /// The last call belongs to the group of its thread.
    pub(super) fn call(&mut self, tid: u32, python: Option<&[u8]>, form: &mut Form, out: &mut [Event]) {
        let Some(heading) = self.heading.as_ref().filter(|heading| heading.tid == tid) else { return };
        self.used = true;
        let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return };
        let stack = stack(python.unwrap_or_default(), Some(&heading.frame));
        call.python = stack.map(Arc::new);
        form.group = true;
        if form.python == PythonLines::Caller {
            form.python = PythonLines::None;
        }
    }

    /// A line that is not part of a group ends it. A heading without calls was not one, and is returned.
    pub(super) fn end(&mut self) -> Option<Heading> {
        self.heading.take().filter(|_| !self.used)
    }

    /// A frame below its call, the last event: of Python's (where `seq` is the number of the next event) or of native code
    /// (`-k`); false where the line is neither.
    pub(super) fn frame(&mut self, line: &[u8], seq: u64, form: &mut Form, out: &mut [Event]) -> bool {
        let text = line.strip_prefix(INDENT.as_bytes()).unwrap_or(line);
        let Some(text) = text.strip_prefix(b" > ") else { return false };
        if !is_native(text) {
            return self.python_frame(text, seq, form, out);
        }
        let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return false };
        let Ok(text) = std::str::from_utf8(text) else { return false };
        self.native = true;
        call.text.get_or_insert_default().frames.push(text.into());
        true
    }

    fn python_frame(&mut self, text: &[u8], seq: u64, form: &mut Form, out: &mut [Event]) -> bool {
        let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return false };
        if text == b"..."
            && let Some(python) = &mut call.python
        {
            Arc::make_mut(python).truncated = true;
            return true;
        }
        let Ok(text) = std::str::from_utf8(text) else { return false };
        if self.framed == Some(seq)
            && let Some(python) = &mut call.python
            && await_line(text, &mut Arc::make_mut(python).awaited)
        {
            return true;
        }
        let Some(frame) = frame(text) else { return false };
        if form.python != PythonLines::Full || self.framed != Some(seq) {
            // The frame after the call or above it is the same one.
            call.python = None;
        }
        form.python = PythonLines::Full;
        self.framed = Some(seq);
        Arc::make_mut(call.python.get_or_insert_default()).frames.push(frame.into());
        true
    }

    /// Before a batch of lines: yields what was held back.
    pub(super) fn begin_batch(&mut self, out: &mut Vec<Event>) {
        out.extend(self.held.take());
    }

    /// After a batch of lines, whose events the caller takes: where frames follow calls, the last call is held back,
    /// since its frames may be still to come.
    pub(super) fn end_batch(&mut self, form: &Form, out: &mut Vec<Event>) {
        if (form.python == PythonLines::Full || self.native)
            && matches!(out.last(), Some(Event { body: Body::Call(_), .. }))
        {
            self.held = out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(text: &str) -> Heading {
        let frame = super::super::frames::heading(text.as_bytes()).unwrap();
        Heading { tid: 7, frame, raw: text.into(), line: 3 }
    }

    fn call() -> Event {
        Event {
            seq: 0,
            ts_ns: 0,
            pid: 7,
            tid: 7,
            body: super::super::line("close(3) = 0"),
            role: None,
            host: None,
            prefix: None,
        }
    }

    fn python(event: &Event) -> Vec<&str> {
        let Body::Call(call) = &event.body else { panic!("{event:?}") };
        call.python.iter().flat_map(|stack| &stack.frames).map(|frame| &*frame.function).collect()
    }

    #[test]
    fn a_heading_is_one_only_with_calls_below_it() {
        let (mut groups, mut form) = (Groups::default(), Form::default());
        groups.open(heading("s.py:5 main  s.close()"));
        assert!(groups.is_open());
        let mut events = [call()];
        groups.call(8, None, &mut form, &mut events);
        assert!(python(&events[0]).is_empty() && !form.group, "another thread's");
        groups.call(7, None, &mut form, &mut events);
        assert!(python(&events[0]) == ["main"] && form.group);
        assert!(groups.end().is_none() && !groups.is_open());
        groups.open(heading("s.py:5 main"));
        assert_eq!(groups.end().map(|heading| heading.line), Some(3));
        groups.open(heading("s.py:5 main"));
        groups.interrupted();
        assert!(groups.end().is_none());
    }

    #[test]
    fn frames_of_the_next_batch_find_their_call() {
        let (mut groups, mut form, mut events) = (Groups::default(), Form::default(), vec![call()]);
        assert!(groups.frame(b" > a.py:1 f", 1, &mut form, &mut events));
        groups.end_batch(&form, &mut events);
        assert!(events.is_empty());
        groups.begin_batch(&mut events);
        assert!(groups.frame(b"     > a.py:2 g", 1, &mut form, &mut events));
        assert!(!groups.frame(b" > no frame", 1, &mut form, &mut events));
        assert_eq!(python(&events[0]), ["f", "g"]);
    }
}
