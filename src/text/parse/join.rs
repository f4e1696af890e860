//! From lines to events: threads, times, and the two halves of calls that another thread's line interrupted.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::call;
use super::constant::Names;
use super::prefix::Prefix;
use super::reader::Options;
use super::report::Report;
use super::shape::{Kind, shape, split_result};
use super::signal;
use super::state;
use super::thread::{Threads, makes_thread};
use crate::event::{Body, Event, Ret, Unread};
use crate::text::{Clock, Pids, state as written};

/// Bytes of unfinished calls that are held at a time; beyond that the oldest is given up.
const MOST_PENDING: usize = 256 << 20;
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
    line: u64,
    serial: u64,
}

/// Turns lines into events.
pub(super) struct Lines {
    pub(super) report: Report,
    names: Names,
    threads: Threads,
    pending: HashMap<u32, Pending>,
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
}

impl Lines {
    pub(super) fn new(options: Options) -> Self {
        Self {
            report: Report::default(),
            names: Names::new(),
            threads: Threads::default(),
            pending: HashMap::new(),
            order: VecDeque::new(),
            pending_bytes: 0,
            makers: BTreeSet::new(),
            serial: 0,
            seq: 0,
            options,
            day_ns: options.day_ns,
            clock_ns: 0,
            broken: Vec::new(),
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
        if line.ends_with(b" attached")
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
        match shape.kind {
            Kind::Remark => return self.remark(line, out),
            Kind::Unknown(column) => return self.unread(line, column, "this is no line of strace", out),
            _ => {}
        }
        let tid = prefix.tid.unwrap_or(match self.options.tid {
            0 => self.threads.sole(),
            tid => tid,
        });
        let pid = self.process(tid);
        let ts_ns = self.time(&prefix);
        self.form(&prefix, shape.dur_ns.is_some(), shape.sockets.is_some());
        let body = match shape.kind {
            Kind::Call { name, args, result } => {
                self.abandon(tid, out);
                self.call(name, args, Some(result), &prefix, (shape.dur_ns, shape.sockets), pid)
            }
            Kind::Unfinished { name, args } => {
                self.abandon(tid, out);
                return self.begin(name, args, shape.sockets, prefix, ts_ns, pid, tid, out);
            }
            Kind::Resumed { name, rest } => {
                return self.resume(line, name, rest, (shape.dur_ns, shape.sockets), pid, tid, out);
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
            Kind::Remark | Kind::Unknown(_) => None,
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

    fn call(
        &mut self,
        name: &[u8],
        args: &[u8],
        result: Option<&[u8]>,
        prefix: &Prefix,
        (dur_ns, sockets): (Option<u64>, Option<&[u8]>),
        pid: u32,
    ) -> Option<Body> {
        let sys = self.names.call(name, prefix.number)?;
        let read = call::read(&mut self.names, sys, args, result)?;
        let mut call = read.call;
        if read.verbatim > 0 {
            self.report.verbatim += u64::from(read.verbatim);
            self.report.trouble(self.report.lines, 1, "an argument is spelled in a way we do not know", args);
        }
        self.report.form.arg_names |= read.named;
        self.report.calls += 1;
        call.dur_ns = dur_ns;
        call.sockets = sockets.and_then(|text| state::read(text, written::own(&call))).map(Box::new);
        if prefix.ip.is_some() || prefix.number.is_some() {
            let text = call.text.get_or_insert_default();
            (text.ip, text.number) = (prefix.ip, prefix.number);
        }
        if call.ret == Ret::Unfinished && call.text.as_ref().is_none_or(|text| text.result.is_none()) {
            self.report.unfinished += 1;
        }
        if !sys.is_known() {
            self.threads.made(pid, &call);
        }
        Some(Body::Call(call))
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
        let text = [name, args].concat();
        if name.starts_with(b"clone") && makes_thread(args) {
            self.makers.insert(tid);
        }
        self.serial += 1;
        self.pending_bytes += text.len() + PENDING_COST;
        self.order.push_back((self.serial, tid));
        let line = self.report.lines;
        let (serial, sockets) = (self.serial, sockets.map(Box::from));
        self.pending.insert(tid, Pending { text, sockets, name_len: name.len(), prefix, ts_ns, pid, line, serial });
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
        match self.call(name, args, None, &half.prefix, (None, half.sockets.as_deref()), half.pid) {
            Some(body) => self.push(half.ts_ns, half.pid, tid, body, out),
            None => {
                let raw = [name, b"(", args, b" <unfinished ...>"].concat();
                self.unread(&raw, 0, "this could not be understood", out);
            }
        }
    }

    /// Puts the halves of a call together.
    #[allow(clippy::too_many_arguments)]
    fn resume(
        &mut self,
        line: &[u8],
        name: &[u8],
        rest: &[u8],
        end: (Option<u64>, Option<&[u8]>),
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
        let Some(half) = self.take(tid) else { return };
        let mut whole = half.text[half.name_len..].to_vec();
        whole.extend_from_slice(rest);
        // It may be interrupted again: `<... restart resumed> <unfinished ...>`.
        if let Some(args) = whole.strip_suffix(b" <unfinished ...>") {
            return self.begin(name, args, end.1, half.prefix, half.ts_ns, half.pid, tid, out);
        }
        let body = split_result(&whole)
            .and_then(|(args, result)| self.call(name, args, Some(result), &half.prefix, end, half.pid.max(pid)));
        match body {
            Some(body) => self.push(half.ts_ns, half.pid, tid, body, out),
            None => {
                let raw = [name, b"(", &half.text[half.name_len..], b" <unfinished ...>"].concat();
                self.unread(&raw, 0, "the rest of this call could not be understood", out);
                self.unread(line, 0, "this could not be understood", out);
            }
        }
        let _ = half.line;
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

    fn form(&mut self, prefix: &Prefix, durations: bool, state: bool) {
        let form = &mut self.report.form;
        if form.pids == Pids::None {
            form.pids = prefix.pids;
        }
        if form.clock == Clock::None {
            form.clock = prefix.clock;
        }
        form.durations |= durations;
        form.state |= state;
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
