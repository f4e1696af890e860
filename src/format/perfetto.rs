//! A timeline for ui.perfetto.dev and `trace_processor`: a track for each thread, grouped by process, and below them one
//! for each socket.
//!
//! A call is a slice on its thread's track, with its arguments as they are in JSON and its Python stack. What went from
//! one call to another is a flow. A socket's track has its states as slices, and between them what was sent and received.
//! Everything is collected first: what a flow leads to is known only at the end, and a track's times have to ascend.
//!
//! Times are those of CLOCK_REALTIME, which the trace says of itself. Slices of a track must not overlap otherwise than by
//! lying within each other: where strace's microseconds let a call end behind the next one's beginning, its slice ends
//! there, and `dur_ns` keeps what was measured. A call that did not return has no end. In a trace without times each
//! event begins a microsecond after the one before it.

use std::collections::HashMap;
use std::sync::Arc;

use prost::Message as _;

use super::{Format, Writer};
use crate::event::{Body, Call, Event, PythonFrame, PythonStack, Ret};
use crate::json::LineWriter;
use crate::sockets::SocketTracker;
use crate::syscall::Class;
use crate::text::{self, Style};

mod annotation;
mod proto;
mod socket;
mod tracks;

use annotation::annotations;
use proto::{Callstack, DebugAnnotation, Frame, InternedData, InternedString, Mapping, TrackEvent};

/// A timeline.
pub(super) const FORMAT: Format = Format {
    name: "perfetto",
    endings: &["pftrace", "perfetto-trace"],
    about: "A timeline for ui.perfetto.dev: a track per thread and socket, flows between calls",
    for_people: false,
    binary: true,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: Some("flows lead through a whole trace; record with --format jsonl, and convert that"),
    writer: |_| Box::new(Perfetto::default()),
};

/// Collects a trace.
#[derive(Default)]
struct Perfetto {
    tracker: SocketTracker,
    /// The threads, in order of appearance.
    threads: Vec<Thread>,
    by_tid: HashMap<(u32, u32), usize>,
    marks: Vec<Mark>,
    stacks: Stacks,
    json: LineWriter,
    line: Vec<u8>,
}

/// A thread.
struct Thread {
    pid: u32,
    tid: u32,
    name: Option<&'static str>,
}

/// An event on its thread's track.
struct Mark {
    thread: usize,
    begin_ns: u64,
    /// When it had returned; `None` for a call that did not, and for what takes no time.
    end_ns: Option<u64>,
    kind: Kind,
    /// What is known of its [`TrackEvent`] by then, encoded.
    shown: Vec<u8>,
    /// Why the call failed, or what it waits for.
    why: Option<[String; 2]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    /// The end of the thread.
    Exit,
    /// Something else that takes no time.
    Instant,
}

impl Writer for Perfetto {
    fn event(&mut self, event: &Event, _out: &mut Vec<u8>) {
        if matches!(event.body, Body::Note(_) | Body::Unread(_) | Body::Count(_)) {
            return;
        }
        self.tracker.event(event, self.marks.len());
        let thread = self.thread(event);
        self.line.clear();
        self.json.event(event, &mut self.line);
        let mut shown = TrackEvent { debug_annotations: annotations(&self.line), ..TrackEvent::default() };
        let mut mark =
            Mark { thread, begin_ns: event.ts_ns, end_ns: None, kind: Kind::Instant, shown: Vec::new(), why: None };
        if let Body::Call(call) = &event.body {
            mark.kind = Kind::Call;
            mark.end_ns = match call.ret {
                Ret::Unfinished => None,
                _ => Some(event.ts_ns.saturating_add(call.dur_ns.unwrap_or(0))),
            };
            shown.name = Some(name(call));
            let classes =
                Class::NAMES.iter().filter(|(name, class)| call.sys.class.contains(*class) && !name.starts_with('%'));
            shown.categories = classes.map(|(name, _)| (*name).to_owned()).collect();
            if let Some(stack) = &call.python {
                let lines = stack.frames.iter().map(|frame| place(frame));
                shown.debug_annotations.push(DebugAnnotation::texts("python", lines));
                shown.callstack_iid = Some(self.stacks.number(stack));
            }
            let cause = call.why.as_ref().and_then(|why| why.cause.as_ref());
            mark.why = cause.map(|cause| [cause.text.clone(), cause.advice.clone()]);
        } else {
            if matches!(event.body, Body::Exit(_)) {
                mark.kind = Kind::Exit;
            }
            let mut line = String::new();
            text::write(event, &Style { align: 0, ..Style::default() }, &mut line);
            shown.name = Some(match &event.body {
                Body::Started { parent, .. } => format!("started by {parent}"),
                _ => line.trim_matches(['-', '+', ' ']).to_owned(),
            });
            shown.categories = vec!["process".to_owned()];
        }
        mark.shown = shown.encode_to_vec();
        self.marks.push(mark);
    }

    fn names_sockets(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let Self { tracker, threads, marks, stacks, .. } = std::mem::take(self);
        tracks::write(&threads, marks, &tracker.finish(), stacks.interned(), out);
    }
}

impl Perfetto {
    fn thread(&mut self, event: &Event) -> usize {
        let threads = &mut self.threads;
        let at = *self.by_tid.entry((event.pid, event.tid)).or_insert_with(|| {
            threads.push(Thread { pid: event.pid, tid: event.tid, name: None });
            threads.len() - 1
        });
        let name = event.role.or(event.prefix.as_ref().and_then(|prefix| prefix.comm)).or(event.host);
        threads[at].name = threads[at].name.or(name);
        at
    }
}

/// A slice's name: the call's, and its error's, by which slices have their colours.
fn name(call: &Call) -> String {
    match call.ret {
        Ret::Err(errno) => format!("{} {}", call.sys.name, errno.name().unwrap_or("?")),
        _ => call.sys.name.to_owned(),
    }
}

/// `server.py:12 serve: conn.recv(1024)`.
fn place(frame: &PythonFrame) -> String {
    let line = frame.line.map_or_else(|| "?".to_owned(), |line| line.to_string());
    let source = frame.source.as_deref().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{}:{line} {}{source}", frame.file, frame.function)
}

/// Python stacks, each written once.
#[derive(Default)]
struct Stacks {
    stacks: HashMap<PythonStack, u64>,
    frames: HashMap<Arc<PythonFrame>, u64>,
    functions: HashMap<Arc<str>, u64>,
    files: HashMap<Arc<str>, u64>,
    data: InternedData,
}

impl Stacks {
    fn number(&mut self, stack: &PythonStack) -> u64 {
        if let Some(known) = self.stacks.get(stack) {
            return *known;
        }
        // The innermost is last there.
        let frame_ids = stack.frames.iter().rev().map(|frame| self.frame(frame)).collect();
        let iid = self.stacks.len() as u64 + 1;
        self.data.callstacks.push(Callstack { iid: Some(iid), frame_ids });
        self.stacks.insert(stack.clone(), iid);
        iid
    }

    fn frame(&mut self, frame: &Arc<PythonFrame>) -> u64 {
        if let Some(known) = self.frames.get(frame) {
            return *known;
        }
        let iid = self.frames.len() as u64 + 1;
        let function = interned(&mut self.functions, &mut self.data.function_names, &frame.function);
        let source = interned(&mut self.files, &mut self.data.source_paths, &frame.file);
        self.data.frames.push(Frame {
            iid: Some(iid),
            function_name_id: Some(function),
            mapping_id: Some(PYTHON),
            // Frames of the same place in the same mapping are taken for one.
            rel_pc: Some(iid),
            source_path_iid: Some(source),
            line_number: frame.line,
        });
        self.frames.insert(Arc::clone(frame), iid);
        iid
    }

    /// What was numbered.
    fn interned(mut self) -> Option<InternedData> {
        if self.stacks.is_empty() {
            return None;
        }
        self.data.mapping_paths.push(InternedString { iid: Some(PYTHON), r#str: Some(b"python".to_vec()) });
        self.data.mappings.push(Mapping { iid: Some(PYTHON), path_string_ids: vec![PYTHON] });
        Some(self.data)
    }
}

/// The number of the only mapping: a frame has to be in one.
const PYTHON: u64 = 1;

fn interned(known: &mut HashMap<Arc<str>, u64>, all: &mut Vec<InternedString>, text: &Arc<str>) -> u64 {
    let next = known.len() as u64 + 1;
    *known.entry(Arc::clone(text)).or_insert_with(|| {
        all.push(InternedString { iid: Some(next), r#str: Some(text.as_bytes().to_vec()) });
        next
    })
}
