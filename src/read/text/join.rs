//! From lines to events: threads, times, and the two halves of calls that another thread's line interrupted.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use super::block::{Behind, breaks, read_call};
use super::call::Spelling;
use super::constant::Names;
use super::frames::Heading;
use super::prefix::Prefix;
use super::reader::Options;
use super::shape::{Kind, shape, split_result};
use super::signal;
use super::thread::Threads;
use crate::event::{Body, Event, Ret, Unread};
use crate::read::Report;
use crate::syscall::Effect;
use crate::syscall::effect::asks_for_thread;
use crate::text::{Clock, Pids, PythonLines};

/// Bytes of unfinished calls that are held at a time; beyond that the oldest is given up.
const MOST_PENDING: usize = 256 << 20;
/// How many buffers of halves are kept for the next ones, and how large they may be.
const SPARE: usize = 16;
const SPARE_BYTES: usize = 4096;
/// What a waiting half costs besides its text.
const PENDING_COST: usize = 128;
const DAY: u64 = 86_400 * 1_000_000_000;

/// The first half of a call.
pub(super) struct Pending {
    text: Vec<u8>,
    /// The states of its sockets, as the line had them.
    sockets: Option<Box<[u8]>>,
    name_len: usize,
    prefix: Prefix,
    ts_ns: u64,
    pid: u32,
    serial: u64,
}

/// What a call has besides its text.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) prefix: &'a Prefix,
    pub(super) behind: Behind<'a>,
    pub(super) ts_ns: u64,
    pub(super) pid: u32,
    pub(super) tid: u32,
    /// The process as it is known at the end of the call: on a terminal the first lines do not name it.
    pub(super) maker: u32,
}

/// Turns lines into events.
pub(super) struct Lines {
    pub(super) report: Report,
    pub(super) names: Names,
    pub(super) threads: Threads,
    pub(super) pending: FxHashMap<u32, Pending>,
    pub(super) order: VecDeque<(u64, u32)>,
    pub(super) pending_bytes: usize,
    /// Threads that are making a thread just now.
    pub(super) makers: BTreeSet<u32>,
    pub(super) serial: u64,
    pub(super) seq: u64,
    pub(super) options: Options,
    /// Midnight of the day that clock times count from, and the last one read.
    pub(super) day_ns: u64,
    pub(super) clock_ns: u64,
    /// The front of a line that strace's own words broke off (on a terminal both go to standard error).
    pub(super) broken: Vec<u8>,
    /// Memory of halves that found their other half, for the next ones.
    pub(super) spare: Vec<Vec<u8>>,
    /// The Python line that calls stand below now.
    pub(super) heading: Option<Heading>,
    /// The number after the last call that frames stand below.
    pub(super) framed: Option<u64>,
    /// The last call of the stretch before, below which frames may still come.
    pub(super) held: Option<Event>,
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
            Some(body) => {
                self.push(ts_ns, pid, tid, body, out);
                if let Some(event) = out.last_mut() {
                    event.prefix = prefix.kept();
                }
            }
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
    pub(super) fn told(&mut self, of: Of<'_>, spelling: &Spelling, args: &[u8], event: &mut Event) {
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
        if matches!(call.sys.effect, Effect::Forks(_)) {
            self.threads.made(of.maker, call);
        }
    }

    /// Thread, process and time of a line.
    pub(super) fn whence(&mut self, prefix: &Prefix) -> (u32, u32, u64) {
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
        if asks_for_thread(name, args) {
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
    pub(super) fn abandon(&mut self, tid: u32, out: &mut Vec<Event>) {
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
                self.clock_ns = self.clock_ns.saturating_add(prefix.time_ns);
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
    pub(super) fn unread(&mut self, raw: &[u8], at: usize, why: &'static str, out: &mut Vec<Event>) {
        let column = u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.report.unread += 1;
        self.report.trouble(self.report.lines, column, why, raw);
        let body = Body::Unread(Unread { raw: raw.to_vec(), line: self.report.lines, column, more: false });
        self.push(0, 0, 0, body, out);
    }

    pub(super) fn push(&mut self, ts_ns: u64, pid: u32, tid: u32, body: Body, out: &mut Vec<Event>) {
        out.push(Event { seq: self.seq, ts_ns, pid, tid, body, prefix: None });
        self.seq += 1;
    }
}
