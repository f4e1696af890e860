//! Calls of several threads below the Python lines that made them.
//!
//! Threads take turns at every call. If each turn had a heading and a call two halves, a trace would be longer than the
//! ungrouped one and as hard to read. So each thread's calls are held while it stays on its line, and written whole below
//! one heading when it leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Body, Event, PythonFrame};
use crate::text::TextWriter;

/// The calls that a thread has made on the line it is on.
#[derive(Debug)]
struct Group {
    frame: Arc<PythonFrame>,
    text: String,
    /// When its first call began.
    began_ns: u64,
    /// How many groups were begun before it.
    order: u64,
}

/// The groups that are not finished, by thread.
#[derive(Debug, Default)]
pub(super) struct OpenGroups {
    by_tid: BTreeMap<u32, Group>,
    begun: u64,
}

/// A group is written in parts of this size, and at the latest after this time.
const MAX_HELD: usize = 1 << 16;
const MAX_NS: u64 = 1_000_000_000;

impl OpenGroups {
    pub(super) fn is_empty(&self) -> bool {
        self.by_tid.is_empty()
    }

    /// Takes an event and what follows it, and appends what needs to wait no longer.
    pub(super) fn event(&mut self, event: &Event, below: &str, lines: &mut TextWriter, out: &mut String) {
        let caller = match &event.body {
            Body::Call(call) => call.python.as_ref().and_then(|stack| stack.caller()),
            _ => None,
        };
        let Some(caller) = caller else {
            // What is of no thread stands where it stood.
            if event.tid == 0 {
                self.end_all(out)
            } else {
                self.end(event.tid, out)
            }
            lines.enter_group(None);
            lines.write(event, out);
            return out.push_str(below);
        };
        if self.by_tid.get(&event.tid).is_some_and(|group| !lines.continues(&group.frame, caller)) {
            self.end(event.tid, out);
        }
        let held = self.by_tid.get(&event.tid).map(|group| (event.tid, group.frame.clone()));
        lines.enter_group(held);
        let order = self.begun;
        let group = self.by_tid.entry(event.tid).or_insert_with(|| Group {
            frame: caller.clone(),
            text: String::new(),
            began_ns: event.ts_ns,
            order: std::mem::replace(&mut self.begun, order + 1),
        });
        lines.write(event, &mut group.text);
        group.text.push_str(below);
        let is_due = |group: &Group| {
            group.text.len() > MAX_HELD || event.ts_ns.saturating_sub(group.began_ns) > MAX_NS && group.began_ns > 0
        };
        let due: Vec<u32> = self.by_tid.iter().filter(|(_, group)| is_due(group)).map(|(tid, _)| *tid).collect();
        due.into_iter().for_each(|tid| self.end(tid, out));
    }

    /// Appends what a thread has made.
    pub(super) fn end(&mut self, tid: u32, out: &mut String) {
        if let Some(group) = self.by_tid.remove(&tid) {
            out.push_str(&group.text);
        }
    }

    /// Appends what all threads have made, those that began first.
    pub(super) fn end_all(&mut self, out: &mut String) {
        let mut groups: Vec<Group> = std::mem::take(&mut self.by_tid).into_values().collect();
        groups.sort_by_key(|group| group.order);
        groups.iter().for_each(|group| out.push_str(&group.text));
    }
}
