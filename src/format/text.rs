//! strace's text: calls are written when they are entered, in two halves where another thread's line intervenes.

mod groups;

use std::collections::HashSet;

use super::{Entered, Format, LiveFacts, WriteOptions, Writer};
use crate::event::{Body, Event};
use crate::text::{self, Clock, Interleaved, Pids};
use groups::OpenGroups;

/// The default on a terminal.
pub(super) const FORMAT: Format = Format {
    name: "strace",
    endings: &["strace", "txt", "log", "out", "trace"],
    about: "strace's own notation, byte for byte",
    for_people: true,
    binary: false,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: None,
    writer: |options| Box::new(TextFormat::new(options)),
};

/// Writes strace's text.
struct TextFormat {
    to: Interleaved,
    /// Whether lines name their thread only while there is more than one.
    pids_of_several: bool,
    line: String,
    /// Where calls are grouped and several threads make them.
    groups: OpenGroups,
    /// The threads whose calls were written at their entry.
    begun: HashSet<u32>,
    /// Whether the calls of each line are gathered, as they are not yet.
    gathers: bool,
}

impl TextFormat {
    fn new(options: &WriteOptions) -> Self {
        let to = Interleaved::new(options.lines.clone(), options.whole);
        Self {
            gathers: options.lines.group && !options.grouped,
            to,
            pids_of_several: options.pids_of_several,
            line: String::new(),
            groups: OpenGroups::default(),
            begun: HashSet::new(),
        }
    }

    /// Sets how many threads are traced now.
    fn among(&mut self, threads: usize) {
        if self.pids_of_several {
            self.to.lines.pids = if threads > 1 { Pids::Bracketed } else { Pids::None };
        }
    }

    /// Moves what was written to `out`.
    fn put(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.line.as_bytes());
        self.line.clear();
    }
}

impl Writer for TextFormat {
    fn entered(&mut self, call: &Entered<'_>, out: &mut Vec<u8>) {
        self.among(call.threads);
        if self.to.lines.group {
            if call.threads > 1 && !call.found {
                return; // the whole call, in its group
            }
            self.groups.end_all(&mut self.line);
            self.begun.insert(call.tid);
        }
        let shown = (call.args.iter().copied(), call.more);
        self.to.entered((call.tid, call.ts_ns, call.prefix), call.sys, shown, call.python, &mut self.line);
        if call.found {
            self.to.found(call.python, &mut self.line);
        }
        self.put(out);
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        // A line that was not understood may have any bytes, so it is copied.
        if let Body::Unread(unread) = &event.body {
            self.groups.end_all(&mut self.line);
            self.put(out);
            out.extend_from_slice(&unread.raw);
            if !unread.more {
                out.push(b'\n');
            }
            return;
        }
        match self.gathers {
            true => self.groups.event(event, "", &mut self.to.lines, &mut self.line),
            false => self.to.event(event, None, &mut self.line),
        }
        self.put(out);
    }

    fn traced(&mut self, event: &Event, live: &LiveFacts<'_>, out: &mut Vec<u8>) {
        self.among(live.threads);
        self.to.lines.last_call = live.last_call;
        let shown = live.shown.filter(|_| !self.to.lines.group || self.begun.remove(&event.tid));
        if self.to.lines.group && shown.is_none() && (live.threads > 1 || !self.groups.is_empty()) {
            let mut dump = String::new();
            text::hexdump(live.dump, &event.body, &mut dump);
            self.to.interrupt(&mut self.line);
            self.groups.event(event, &dump, &mut self.to.lines, &mut self.line);
        } else {
            self.groups.end_all(&mut self.line);
            self.to.event(event, shown, &mut self.line);
            text::hexdump(live.dump, &event.body, &mut self.line);
        }
        self.put(out);
    }

    fn detached(&mut self, tid: u32, call: Option<&Event>, out: &mut Vec<u8>) {
        self.groups.end(tid, &mut self.line);
        self.to.detached(tid, call, &mut self.line);
        self.put(out);
    }

    fn interrupted(&mut self, out: &mut Vec<u8>) {
        self.to.interrupt(&mut self.line);
        self.put(out);
    }

    fn held(&self) -> bool {
        !self.groups.is_empty()
    }

    fn release(&mut self, out: &mut Vec<u8>) {
        self.groups.end_all(&mut self.line);
        self.put(out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.release(out);
    }

    fn parallel(&self) -> Option<Box<dyn Writer>> {
        let lines = &self.to.lines;
        let depends = lines.group || lines.explain.is_some() || lines.clock == Clock::Relative;
        let options = || WriteOptions { lines: lines.clone(), whole: self.to.whole, ..WriteOptions::default() };
        (!depends).then(|| Box::new(Self::new(&options())) as _)
    }
}
