//! From lines to events: threads, times, and the two halves of calls that another thread's line interrupted.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::call::{self, Spelling};
use super::constant::Names;
use super::frames;
use super::prefix::Prefix;
use super::reader::Options;
use super::report::Report;
use super::shape::{Kind, Shape, shape, split_result};
use super::signal;
use super::state;
use super::thread::{Threads, makes_thread};
use crate::event::{Body, Call, Event, PythonFrame, Ret, Unread};
use crate::text::python::INDENT;
use crate::text::{Clock, Pids, PythonLines, state as written};

/// Bytes of unfinished calls that are held at a time; beyond that the oldest is given up.
const MOST_PENDING: usize = 256 << 20;
/// How many buffers of halves are kept for the next ones, and how large they may be.
const SPARE: usize = 16;
const SPARE_BYTES: usize = 4096;
/// What a waiting half costs besides its text.
const PENDING_COST: usize = 128;
const DAY: u64 = 86_400 * 1_000_000_000;

/// The first half of a call.
struct Pending {
    text: Vec<u8>,
    /// The states of its sockets, as the line had them.
    sockets: Option<Box<[u8]>>,
    name_len: usize,
    prefix: Prefix,
    ts_ns: u64,
    pid: u32,
    serial: u64,
}

/// What stands behind a call's result.
#[derive(Clone, Copy, Default)]
struct Behind<'a> {
    dur_ns: Option<u64>,
    /// The states of its sockets.
    sockets: Option<&'a [u8]>,
    /// The Python line.
    python: Option<&'a [u8]>,
}

impl<'a> Behind<'a> {
    fn of(shape: &Shape<'a>) -> Self {
        Self { dur_ns: shape.dur_ns, sockets: shape.sockets, python: shape.python }
    }
}

/// What a call has besides its text.
#[derive(Clone, Copy)]
struct Of<'a> {
    prefix: &'a Prefix,
    behind: Behind<'a>,
    ts_ns: u64,
    pid: u32,
    tid: u32,
    /// The process as it is known at the end of the call: on a terminal the first lines do not name it.
    maker: u32,
}

/// The lines of a block as far as they can be read without the lines before them.
pub(super) struct Block {
    /// Lines with their newlines.
    pub(super) text: Vec<u8>,
    lines: Vec<Line>,
    /// The calls among them that were not interrupted, without number, thread and time.
    calls: Vec<Event>,
}

/// A line of a block.
struct Line {
    /// Where it ends in the block.
    end: usize,
    /// What is known of it where it is a call of the block.
    call: Option<(Prefix, Spelling)>,
}

impl Block {
    /// Reads what can be read.
    pub(super) fn read(names: &mut Names, text: Vec<u8>) -> Self {
        let (mut lines, mut calls) = (Vec::new(), Vec::new());
        let mut start = 0;
        while start < text.len() {
            let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n);
            let line = &text[start..end];
            start = end + 1;
            let shape = shape(line);
            let call = match shape.kind {
                Kind::Call { name, args, result } if !shape.grouped && !breaks(line) => {
                    let (prefix, behind) = (shape.prefix, Behind::of(&shape));
                    read_call(names, &prefix, behind, name, args, Some(result), &mut calls)
                        .map(|spelling| (prefix, spelling))
                }
                _ => None,
            };
            lines.push(Line { end, call });
        }
        Self { text, lines, calls }
    }
}

/// Whether strace's own words break a line off.
fn breaks(line: &[u8]) -> bool {
    line.ends_with(b" attached")
}

/// The arguments of a call's line.
fn arguments(line: &[u8]) -> &[u8] {
    match shape(line).kind {
        Kind::Call { args, .. } => args,
        _ => &[],
    }
}

/// Reads a call into a new event that knows no number, thread and time yet; `None`, and no event, where it is not even
/// text. It is read where it will stay: it is large, and moving it would take as long as reading it.
fn read_call(
    names: &mut Names,
    prefix: &Prefix,
    behind: Behind<'_>,
    name: &[u8],
    args: &[u8],
    result: Option<&[u8]>,
    out: &mut Vec<Event>,
) -> Option<Spelling> {
    let sys = names.call(name, prefix.number)?;
    let body = Body::Call(Call::new(sys, Vec::new(), Ret::Unfinished));
    out.push(Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body });
    let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return None };
    let Some(spelling) = call::read(names, call, args, result) else {
        out.pop();
        return None;
    };
    call.dur_ns = behind.dur_ns;
    call.sockets = behind.sockets.and_then(|text| state::read(text, written::own(call))).map(Box::new);
    if let Some(python) = behind.python {
        call.python = names.python(python);
    }
    if prefix.ip.is_some() || prefix.number.is_some() {
        let text = call.text.get_or_insert_default();
        (text.ip, text.number) = (prefix.ip, prefix.number);
    }
    Some(spelling)
}

/// Turns lines into events.
pub(super) struct Lines {
    pub(super) report: Report,
    names: Names,
    threads: Threads,
    pending: FxHashMap<u32, Pending>,
    order: VecDeque<(u64, u32)>,
    pending_bytes: usize,
    /// Threads that are making a thread just now.
    makers: BTreeSet<u32>,
    serial: u64,
    seq: u64,
    options: Options,
    /// Midnight of the day that clock times count from, and the last one read.
    day_ns: u64,
    clock_ns: u64,
    /// The front of a line that strace's own words broke off (on a terminal both go to standard error).
    broken: Vec<u8>,
    /// Memory of halves that found their other half, for the next ones.
    spare: Vec<Vec<u8>>,
    /// The Python line that calls stand below now.
    heading: Option<Heading>,
    /// The number after the last call that frames stand below.
    framed: Option<u64>,
    /// The last call of the stretch before, below which frames may still come.
    held: Option<Event>,
}

/// A Python line that calls stand below.
struct Heading {
    tid: u32,
    frame: PythonFrame,
    /// As it stood there, and where.
    raw: Vec<u8>,
    line: u64,
    /// Whether a call stood below it.
    used: bool,
}

impl Lines {
    pub(super) fn new(options: Options) -> Self {
        Self {
            report: Report::default(),
            names: Names::new(),
            threads: Threads::default(),
            pending: FxHashMap::default(),
            order: VecDeque::new(),
            pending_bytes: 0,
            makers: BTreeSet::new(),
            serial: 0,
            seq: 0,
            options,
            day_ns: options.day_ns,
            clock_ns: 0,
            broken: Vec::new(),
            spare: Vec::new(),
            heading: None,
            framed: None,
            held: None,
        }
    }

    /// Before a stretch of lines: what was held back is told.
    pub(super) fn begin_stretch(&mut self, out: &mut Vec<Event>) {
        out.extend(self.held.take());
    }

    /// After a stretch of lines, whose events will be taken away: where frames stand below calls, those of the last one
    /// may be still to come.
    pub(super) fn end_stretch(&mut self, out: &mut Vec<Event>) {
        if self.report.form.python == PythonLines::Full && matches!(out.last(), Some(Event { body: Body::Call(_), .. }))
        {
            self.held = out.pop();
        }
    }

    /// One line without its newline.
    pub(super) fn line(&mut self, line: &[u8], out: &mut Vec<Event>) {
        self.report.lines += 1;
        if !self.broken.is_empty() {
            let mut whole = std::mem::take(&mut self.broken);
            whole.extend_from_slice(line);
            return self.whole(&whole, out);
        }
        if breaks(line)
            && let Some(at) = memchr::memmem::rfind(line, b"strace: Process ").filter(|at| *at > 0)
        {
            self.broken.extend_from_slice(&line[..at]);
            return self.whole(&line[at..], out);
        }
        self.whole(line, out);
    }

    fn whole(&mut self, line: &[u8], out: &mut Vec<Event>) {
        let shape = shape(line);
        let prefix = shape.prefix;
        let behind = Behind::of(&shape);
        if !shape.grouped {
            self.end_group(out);
        }
        match shape.kind {
            Kind::Remark if self.frame(line, out) => return,
            Kind::Remark => return self.remark(line, out),
            Kind::Heading(text) => return self.head(&prefix, text, line, out),
            Kind::Unknown(column) => return self.unread(line, column, "this is no line of strace", out),
            _ => {}
        }
        let (tid, pid, ts_ns) = self.whence(&prefix);
        self.form(&prefix);
        let body = match shape.kind {
            Kind::Call { name, args, result } => {
                self.abandon(tid, out);
                let of = Of { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid };
                if !self.call(of, name, args, Some(result), out) {
                    self.unread(line, 0, "this could not be understood", out);
                } else if shape.grouped {
                    self.group(tid, shape.python, out);
                }
                return;
            }
            Kind::Detached { name, args } => {
                self.abandon(tid, out);
                let of = Of { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid };
                if !self.call(of, name, args, None, out) {
                    self.unread(line, 0, "this could not be understood", out);
                } else if let Some(Event { body: Body::Call(call), .. }) = out.last_mut() {
                    call.text.get_or_insert_default().detached = true;
                }
                return;
            }
            Kind::Unfinished { name, args } => {
                if let Some(heading) = self.heading.as_mut() {
                    heading.used = true; // it is written again above the other half
                }
                self.abandon(tid, out);
                return self.begin(name, args, behind.sockets, prefix, ts_ns, pid, tid, out);
            }
            Kind::Resumed { name, rest } => {
                self.resume(line, name, rest, behind, pid, tid, out);
                if shape.grouped {
                    self.group(tid, shape.python, out);
                }
                return;
            }
            Kind::Signal(inside) => signal::signal(inside),
            Kind::Exit(inside) if inside.starts_with(b"superseded by ") => return self.remark(line, out),
            Kind::Exit(inside) => {
                let exit = signal::exit(inside);
                if exit.is_some() {
                    self.abandon(tid, out);
                    self.threads.ended(tid);
                }
                exit
            }
            Kind::Remark | Kind::Unknown(_) | Kind::Heading(_) => None,
        };
        match body {
            Some(body) => self.push(ts_ns, pid, tid, body, out),
            None => self.unread(line, 0, "this could not be understood", out),
        }
    }

    /// What is left when the file ends.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        if !self.broken.is_empty() {
            let broken = std::mem::take(&mut self.broken);
            self.whole(&broken, out);
        }
        self.end_group(out);
        while let Some((_, tid)) = self.oldest() {
            self.abandon(tid, out);
        }
    }

    /// A piece of a line too long to be held.
    pub(super) fn piece(&mut self, piece: &[u8], more: bool, out: &mut Vec<Event>) {
        let (line, column) = (self.report.lines + 1, 1);
        if !more {
            self.report.lines += 1;
            self.report.unread += 1;
            self.report.trouble(line, column, "the line is too long to be read", piece);
        }
        let body = Body::Unread(Unread { raw: piece.to_vec(), line, column, more });
        self.push(0, 0, 0, body, out);
    }

    /// Reads a call into a new event; false, and none, where it is not even text.
    fn call(&mut self, of: Of<'_>, name: &[u8], args: &[u8], result: Option<&[u8]>, out: &mut Vec<Event>) -> bool {
        let Some(spelling) = read_call(&mut self.names, of.prefix, of.behind, name, args, result, out) else {
            return false;
        };
        let Some(event) = out.last_mut() else { return false };
        self.told(of, &spelling, args, event);
        true
    }

    /// What becomes of a call that was read: its place among the others, and the account of it.
    fn told(&mut self, of: Of<'_>, spelling: &Spelling, args: &[u8], event: &mut Event) {
        (event.seq, event.ts_ns, event.pid, event.tid) = (self.seq, of.ts_ns, of.pid, of.tid);
        self.seq += 1;
        let Body::Call(call) = &event.body else { return };
        if spelling.verbatim > 0 {
            self.report.verbatim += u64::from(spelling.verbatim);
            self.report.trouble(self.report.lines, 1, "an argument is spelled in a way we do not know", args);
        }
        self.report.form.arg_names |= spelling.named;
        self.report.form.durations |= call.dur_ns.is_some();
        self.report.form.state |= call.sockets.is_some();
        self.form(of.prefix);
        if call.python.is_some() && self.report.form.python == PythonLines::None && !self.report.form.group {
            self.report.form.python = PythonLines::Caller;
        }
        self.report.calls += 1;
        if call.ret == Ret::Unfinished && call.text.as_ref().is_none_or(|text| text.result.is_none()) {
            self.report.unfinished += 1;
        }
        if !call.sys.is_known() {
            self.threads.made(of.maker, call);
        }
    }

    /// The lines of a block that was read elsewhere; gives its memory back.
    pub(super) fn block(&mut self, block: Block, out: &mut Vec<Event>) -> Vec<u8> {
        let Block { text, lines, calls } = block;
        let mut calls = calls.into_iter();
        let mut start = 0;
        for line in lines {
            let whole = &text[start..line.end];
            start = line.end + 1;
            match line.call {
                Some((prefix, spelling)) => {
                    let Some(mut event) = calls.next() else { break };
                    if !self.broken.is_empty() || self.heading.is_some() {
                        self.line(whole, out); // it has to do with the line before
                        continue;
                    }
                    self.report.lines += 1;
                    let (tid, pid, ts_ns) = self.whence(&prefix);
                    let behind = Behind::default(); // it has it already
                    self.abandon(tid, out);
                    let args = if spelling.verbatim > 0 { arguments(whole) } else { &[] };
                    self.told(Of { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid }, &spelling, args, &mut event);
                    out.push(event);
                }
                None => self.line(whole, out),
            }
        }
        text
    }

    /// A Python line that calls stand below: it is told with them.
    fn head(&mut self, prefix: &Prefix, text: &[u8], line: &[u8], out: &mut Vec<Event>) {
        let (tid, _, _) = self.whence(prefix);
        let column = line.len() - text.len();
        match frames::heading(text) {
            Some(frame) => {
                self.heading = Some(Heading { tid, frame, raw: line.to_vec(), line: self.report.lines, used: false });
            }
            None => self.unread(line, column, "this is no line of strace", out),
        }
    }

    /// The last call is one of the group of its thread.
    fn group(&mut self, tid: u32, python: Option<&[u8]>, out: &mut [Event]) {
        let Some(heading) = self.heading.as_mut().filter(|heading| heading.tid == tid) else { return };
        heading.used = true;
        let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return };
        let stack = frames::stack(python.unwrap_or_default(), Some(&heading.frame));
        call.python = stack.map(Arc::new);
        self.report.form.group = true;
        if self.report.form.python == PythonLines::Caller {
            self.report.form.python = PythonLines::None;
        }
    }

    /// A line that is not part of a group: what looked like a heading without calls was none.
    fn end_group(&mut self, out: &mut Vec<Event>) {
        if let Some(heading) = self.heading.take().filter(|heading| !heading.used) {
            self.report.unread += 1;
            self.report.trouble(heading.line, 1, "this is no line of strace", &heading.raw);
            let body = Body::Unread(Unread { raw: heading.raw, line: heading.line, column: 1, more: false });
            self.push(0, 0, 0, body, out);
        }
    }

    /// A Python frame below its call; false where the line is none. The call is the last event that was made.
    fn frame(&mut self, line: &[u8], out: &mut [Event]) -> bool {
        let line = line.strip_prefix(INDENT.as_bytes()).unwrap_or(line);
        let Some(text) = line.strip_prefix(b" > ") else { return false };
        let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return false };
        if text == b"..."
            && let Some(python) = &mut call.python
        {
            Arc::make_mut(python).truncated = true;
            return true;
        }
        let Some(frame) = std::str::from_utf8(text).ok().and_then(frames::frame) else { return false };
        if self.report.form.python != PythonLines::Full || self.framed != Some(self.seq) {
            // What stood behind the call or above it is the same frame once more.
            call.python = None;
        }
        self.report.form.python = PythonLines::Full;
        self.framed = Some(self.seq);
        Arc::make_mut(call.python.get_or_insert_default()).frames.push(frame.into());
        true
    }

    /// Thread, process and time of a line.
    fn whence(&mut self, prefix: &Prefix) -> (u32, u32, u64) {
        let tid = prefix.tid.unwrap_or(match self.options.tid {
            0 => self.threads.sole(),
            tid => tid,
        });
        (tid, self.process(tid), self.time(prefix))
    }

    /// Keeps the first half of a call.
    #[allow(clippy::too_many_arguments)]
    fn begin(
        &mut self,
        name: &[u8],
        args: &[u8],
        sockets: Option<&[u8]>,
        prefix: Prefix,
        ts_ns: u64,
        pid: u32,
        tid: u32,
        out: &mut Vec<Event>,
    ) {
        let mut text = self.spare.pop().unwrap_or_default();
        text.extend_from_slice(name);
        text.extend_from_slice(args);
        if name.starts_with(b"clone") && makes_thread(args) {
            self.makers.insert(tid);
        }
        self.serial += 1;
        self.pending_bytes += text.len() + PENDING_COST;
        self.order.push_back((self.serial, tid));
        let (serial, sockets) = (self.serial, sockets.map(Box::from));
        self.pending.insert(tid, Pending { text, sockets, name_len: name.len(), prefix, ts_ns, pid, serial });
        while self.pending_bytes > MOST_PENDING {
            let Some((_, oldest)) = self.oldest() else { break };
            self.abandon(oldest, out);
        }
        // Halves that found their other half are still in the queue.
        if self.order.len() > 2 * self.pending.len() + 64 {
            self.order.retain(|(serial, tid)| self.pending.get(tid).is_some_and(|half| half.serial == *serial));
        }
    }

    /// The half that waits longest.
    fn oldest(&mut self) -> Option<(u64, u32)> {
        while let Some((serial, tid)) = self.order.pop_front() {
            if self.pending.get(&tid).is_some_and(|half| half.serial == serial) {
                return Some((serial, tid));
            }
        }
        None
    }

    fn take(&mut self, tid: u32) -> Option<Pending> {
        if self.pending.is_empty() {
            return None;
        }
        let half = self.pending.remove(&tid)?;
        self.makers.remove(&tid);
        self.pending_bytes -= half.text.len() + PENDING_COST;
        Some(half)
    }

    /// Tells a call whose second half will not come.
    fn abandon(&mut self, tid: u32, out: &mut Vec<Event>) {
        let Some(half) = self.take(tid) else { return };
        let (name, args) = half.text.split_at(half.name_len);
        let behind = Behind { sockets: half.sockets.as_deref(), ..Behind::default() };
        let of = Of { prefix: &half.prefix, behind, ts_ns: half.ts_ns, pid: half.pid, tid, maker: half.pid };
        if !self.call(of, name, args, None, out) {
            let raw = [name, b"(", args, b" <unfinished ...>"].concat();
            self.unread(&raw, 0, "this could not be understood", out);
        }
    }

    /// Puts the halves of a call together.
    #[allow(clippy::too_many_arguments)]
    fn resume(
        &mut self,
        line: &[u8],
        name: &[u8],
        rest: &[u8],
        behind: Behind<'_>,
        pid: u32,
        tid: u32,
        out: &mut Vec<Event>,
    ) {
        // On a terminal the thread's number is left out while it is the only one.
        let tid = if self.pending.contains_key(&tid) || self.pending.len() != 1 {
            tid
        } else {
            self.pending.keys().next().copied().unwrap_or(tid)
        };
        if self.pending.get(&tid).is_none_or(|half| &half.text[..half.name_len] != name) {
            return self.unread(line, 0, "the beginning of this call is not in the file", out);
        }
        let Some(mut half) = self.take(tid) else { return };
        let first = half.text.len();
        half.text.extend_from_slice(rest);
        let whole = &half.text[half.name_len..];
        // It may be interrupted again: `<... restart resumed> <unfinished ...>`.
        if let Some(args) = whole.strip_suffix(b" <unfinished ...>") {
            return self.begin(name, args, behind.sockets, half.prefix, half.ts_ns, half.pid, tid, out);
        }
        let of = Of { prefix: &half.prefix, behind, ts_ns: half.ts_ns, pid: half.pid, tid, maker: half.pid.max(pid) };
        let read = match split_result(whole) {
            Some((args, result)) => self.call(of, name, args, Some(result), out),
            None => false,
        };
        if !read {
            let raw = [name, b"(", &half.text[half.name_len..first], b" <unfinished ...>"].concat();
            self.unread(&raw, 0, "the rest of this call could not be understood", out);
            self.unread(line, 0, "this could not be understood", out);
        }
        if self.spare.len() < SPARE {
            half.text.clear();
            half.text.shrink_to(SPARE_BYTES);
            self.spare.push(half.text);
        }
    }

    fn process(&mut self, tid: u32) -> u32 {
        let makers = &self.makers;
        self.threads.process(tid, || makers.first().copied().filter(|_| makers.len() == 1))
    }

    /// When a line happened, ns since 1970.
    fn time(&mut self, prefix: &Prefix) -> u64 {
        match prefix.clock {
            Clock::None => 0,
            Clock::Epoch => prefix.time_ns,
            Clock::Relative => {
                self.clock_ns += prefix.time_ns;
                self.clock_ns
            }
            Clock::Seconds | Clock::Micros => {
                // A clock that goes back by half a day has passed midnight.
                if prefix.time_ns + DAY / 2 < self.clock_ns {
                    self.day_ns += DAY;
                }
                self.clock_ns = prefix.time_ns;
                self.day_ns + prefix.time_ns
            }
        }
    }

    fn form(&mut self, prefix: &Prefix) {
        let form = &mut self.report.form;
        if form.pids == Pids::None {
            form.pids = prefix.pids;
        }
        if form.clock == Clock::None {
            form.clock = prefix.clock;
        }
    }

    fn remark(&mut self, line: &[u8], out: &mut Vec<Event>) {
        match std::str::from_utf8(line) {
            Ok(text) => {
                self.report.remarks += 1;
                self.push(0, 0, 0, Body::Note(text.to_owned()), out);
            }
            Err(error) => self.unread(line, error.valid_up_to(), "this is not UTF-8 text", out),
        }
    }

    /// Keeps a line that could not be understood from this byte on, from 0.
    fn unread(&mut self, raw: &[u8], at: usize, why: &'static str, out: &mut Vec<Event>) {
        let column = u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.report.unread += 1;
        self.report.trouble(self.report.lines, column, why, raw);
        let body = Body::Unread(Unread { raw: raw.to_vec(), line: self.report.lines, column, more: false });
        self.push(0, 0, 0, body, out);
    }

    fn push(&mut self, ts_ns: u64, pid: u32, tid: u32, body: Body, out: &mut Vec<Event>) {
        out.push(Event { seq: self.seq, ts_ns, pid, tid, body });
        self.seq += 1;
    }
}
