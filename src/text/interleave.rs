//! Lines of several threads as they happen: a call is written when it is entered, as far as it is known, and the rest
//! when it returns. A line of another thread in between makes it `<unfinished ...>` and later `<... resumed>`.
//!
//! The buffer may be emptied between any two calls: the state of the open line is kept here.

use std::fmt::Write;

use super::line::from_text;
use super::python::{self, INDENT};
use super::{PythonLines, TextWriter, result, width, write_argument};
use crate::event::{Body, Call, Event, LinePrefix, PythonStack, Ret};
use crate::explain::notation::{DETACHED, RESUMED, UNFINISHED};
use crate::syscall::{Syscall, Ty};
use crate::value::Value;

/// Writes calls in two halves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interleaved {
    /// How lines are written.
    pub lines: TextWriter,
    /// Whether a resumed call is written again from its start.
    pub whole: bool,
    /// The thread whose call the last line is, and the columns written of it.
    open: Option<(u32, usize)>,
}

impl Interleaved {
    /// Writes lines like these.
    pub(crate) fn new(lines: TextWriter, whole: bool) -> Self {
        Self { lines, whole, open: None }
    }

    /// A thread entered a call: `shown` is what is known of it, `more` whether more will be known when it returns.
    pub(crate) fn entered<'a>(
        &mut self,
        (tid, ts_ns, prefix): (u32, u64, Option<&LinePrefix>),
        sys: &'static Syscall,
        (shown, more): (impl Iterator<Item = &'a Value>, bool),
        python: Option<&PythonStack>,
        out: &mut String,
    ) {
        self.interrupt(out);
        self.lines.head(tid, python, out);
        let start = out.len();
        self.lines.prefix((tid, prefix.and_then(|prefix| prefix.comm)), ts_ns, out);
        self.lines.name(sys, prefix, out);
        out.push('(');
        let (mut any, mut last) = (false, 0);
        for (at, value) in shown.enumerate() {
            if any {
                out.push_str(", ");
            }
            write_argument(sys, at, value, &self.lines.style, out);
            (any, last) = (true, at + 1);
        }
        if any && more && !sys.params.get(last).is_some_and(|param| param.late) {
            out.push_str(", ");
        }
        self.open = Some((tid, width(&out[start..])));
    }

    /// An event is complete. For a call that [`Interleaved::entered`] wrote, `shown` counts the arguments written.
    pub(crate) fn event(&mut self, event: &Event, shown: Option<usize>, out: &mut String) {
        match (&event.body, shown) {
            (Body::Started { .. }, _) => {}
            (Body::Call(call), Some(shown)) => self.rest(event, call, shown, out),
            _ => {
                self.interrupt(out);
                self.lines.write(event, out);
            }
        }
    }

    fn rest(&mut self, event: &Event, call: &Call, shown: usize, out: &mut String) {
        let open = self.open.filter(|(tid, _)| *tid == event.tid);
        let (mut from, mut resumed) = (shown, false);
        let (start, before) = match open {
            Some((_, columns)) => (out.len(), columns),
            None => {
                self.interrupt(out);
                self.lines.head(event.tid, call.python.as_deref(), out);
                let start = out.len();
                let returned = event.ts_ns.saturating_add(call.dur_ns.unwrap_or(0));
                let prefix = event.prefix.as_deref();
                self.lines.prefix((event.tid, prefix.and_then(|prefix| prefix.comm)), returned, out);
                if self.whole && call.ret != Ret::Unfinished {
                    self.lines.name(call.sys, prefix, out);
                    out.push('(');
                    from = 0;
                } else {
                    resumed = true;
                    self.lines.number(call.sys, out);
                    if let Some(prefix) = prefix {
                        from_text(prefix, out);
                    }
                    let _ = write!(out, "<... {} resumed>", call.sys.name);
                }
                (start, 0)
            }
        };
        self.open = None;
        if call.ret == Ret::Unfinished {
            out.push_str(" <unfinished ...>");
        } else {
            // What the kernel added to an argument that is written already.
            let written =
                from.checked_sub(1).and_then(|last| Some((call.sys.params.get(last)?.ty, call.args.get(last)?)));
            if let Some((Ty::CloneArgs { .. }, Value::Array(both))) = written {
                for item in both.items.iter().skip(1) {
                    out.push_str(" => ");
                    super::write_value(item, &self.lines.style, out);
                }
            }
            for (at, value) in call.args.iter().enumerate().skip(from) {
                let late = at > 0 && call.sys.params.get(at).is_some_and(|param| param.late);
                if at > from || late {
                    out.push_str(", ");
                }
                write_argument(call.sys, at, value, &self.lines.style, out);
            }
        }
        out.push(')');
        let columns = before + width(&out[start..]);
        for _ in columns..self.lines.style.align.max(columns + 1) {
            out.push(' ');
        }
        result::write(call, &self.lines.style, out);
        self.lines.end(call, out);
        if resumed {
            self.lines.explain_mark(&RESUMED, out);
        }
    }

    /// The open line is of a call that may not return for long: its Python line is written now, below it.
    pub(crate) fn found(&mut self, python: Option<&PythonStack>, out: &mut String) {
        let Some(stack) = python else { return };
        match self.lines.python {
            PythonLines::None => {}
            _ if self.lines.group => {} // it stands above
            PythonLines::Caller => {
                self.interrupt(out);
                let caller = stack.caller().cloned();
                python::frames(&PythonStack::new(caller.into_iter().collect()), INDENT, out);
            }
            PythonLines::Full => {
                self.interrupt(out);
                python::frames(stack, INDENT, out);
            }
        }
    }

    /// The tracer detached from a thread, which was in this call.
    pub(crate) fn detached(&mut self, tid: u32, event: Option<&Event>, out: &mut String) {
        let explained = event.and_then(|event| match &event.body {
            Body::Call(call) if self.lines.is_explained(call) => Some((event, call)),
            _ => None,
        });
        if self.open.is_some_and(|(open, _)| open == tid) {
            self.open = None;
        } else if let Some((event, call)) = explained {
            // Its cause needs a line that it stands below.
            self.interrupt(out);
            let comm = event.prefix.as_ref().and_then(|prefix| prefix.comm);
            self.lines.prefix((tid, comm), event.ts_ns.saturating_add(call.dur_ns.unwrap_or(0)), out);
            let _ = write!(out, "<... {} resumed>", call.sys.name);
        } else {
            return;
        }
        out.push_str(" <detached ...>\n");
        self.lines.explain_mark(&DETACHED, out);
        if let Some((_, call)) = explained {
            self.lines.why_below(call, out);
        }
    }

    /// Ends an open line before something else is written.
    pub(crate) fn interrupt(&mut self, out: &mut String) {
        if self.open.take().is_some() {
            out.push_str(" <unfinished ...>\n");
            self.lines.explain_mark(&UNFINISHED, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Cause, Why};
    use crate::explain::Seen;
    use crate::syscall::by_name;
    use crate::text::Pids;
    use crate::value::Fd;

    #[test]
    fn a_cause_stands_below_its_own_call_when_the_tracer_lets_go() {
        let recv = by_name("recvfrom").unwrap();
        let fd = Value::Fd(Fd::new(3));
        let mut call = Call::new(recv, vec![fd.clone()], Ret::Unfinished);
        let (text, advice) = ("It waits.".into(), "Wait.".into());
        let cause = Cause { text, advice, ..Cause::default() };
        call.why = Some(Box::new(Why { cause: Some(cause), ..Why::default() }));
        let mut lines = TextWriter::default();
        (lines.pids, lines.why) = (Pids::Bare, true);
        let (mut to, mut out) = (Interleaved::new(lines, false), String::new());
        for tid in [7, 8] {
            to.entered((tid, 0, None), recv, (std::iter::once(&fd), true), None, &mut out);
        }
        for tid in [7, 8] {
            let event = Event { tid, ..Event::new(tid, Body::Call(call.clone())) };
            to.detached(tid, Some(&event), &mut out);
        }
        let expected = "7     recvfrom(3,  <unfinished ...>\n8     recvfrom(3,  <unfinished ...>\n\
                        7     <... recvfrom resumed> <detached ...>\n    why: It waits. Wait.\n\
                        8     <... recvfrom resumed> <detached ...>\n    why: It waits. Wait.\n";
        assert_eq!(out, expected);
    }

    #[test]
    fn halves_of_calls_are_explained_once() {
        let close = by_name("close").unwrap();
        let fd = Value::Fd(Fd::new(3));
        let mut lines = TextWriter::default();
        (lines.pids, lines.explain) = (Pids::Bare, Some(Seen::default()));
        let (mut to, mut out) = (Interleaved::new(lines, false), String::new());
        for _ in 0..2 {
            to.entered((1, 0, None), close, (std::iter::once(&fd), false), None, &mut out);
            to.entered((2, 0, None), close, (std::iter::once(&fd), false), None, &mut out);
            for tid in [2, 1] {
                let call = Call::new(close, vec![fd.clone()], Ret::Ok(0));
                to.event(&Event { tid, ..Event::new(tid, Body::Call(call)) }, Some(1), &mut out);
            }
        }
        for text in ["<unfinished ...>: The call", "<... NAME resumed>: The rest", "# close: ", "fd: "] {
            assert_eq!(out.matches(text).count(), 1, "{text}\n{out}");
        }
        assert!(out.starts_with("1     close(3 <unfinished ...>\n    # <unfinished ...>: "), "{out}");
    }
}
