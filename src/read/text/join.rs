//! From lines to events: what each line means after those before it.
//!
//! This only coordinates: halves of calls, broken lines, times, threads and Python lines have a file each.

use super::block::{AfterResult, Block, read_call};
use super::call::Spelling;
use super::constant::NameCache;
use super::dress::Counted;
use super::frames;
use super::groups::{Groups, Heading};
use super::notice;
use super::open::OpenLine;
use super::pending::{Begun, PendingHalves};
use super::prefix::Prefix;
use super::reader::ReadOptions;
use super::shape::{LineKind, shape};
use super::signal;
use super::stamp::{self, Stamp};
use super::survey::Survey;
use super::thread::Threads;
use super::times::LineClock;
use crate::event::{Body, CountRow, Event, Ret, Unread};
use crate::read::Report;
use crate::syscall::Effect;
use crate::text::{Clock, Pids, PythonLines};

mod broken;
mod halves;

/// What a call has in addition to its text.
#[derive(Clone, Copy)]
struct CallLine<'a> {
    prefix: &'a Prefix,
    behind: AfterResult<'a>,
    ts_ns: u64,
    pid: u32,
    tid: u32,
    /// The process as known when the call ends: on a terminal the first lines do not name it.
    maker: u32,
}

/// Joins lines into events.
pub(super) struct Joiner {
    report: Report,
    names: NameCache,
    threads: Threads,
    pending: PendingHalves,
    times: LineClock,
    groups: Groups,
    /// The thread of lines that name none; 0 where it is unknown.
    tid: u32,
    seq: u64,
    /// A line that breaks off.
    open: Option<OpenLine>,
    /// The time that other tools put before the line that is being read.
    time: Option<(Clock, u64)>,
    /// Their sum, where each counts from the line before, ns.
    stamped_ns: u64,
    /// The last date without a year, and its midnight.
    date: Option<((u8, u8), Option<u64>)>,
    survey: Survey,
    /// Whether the line ends in a carriage return, which is not part of it.
    returns: bool,
    /// The midnight that times of day count from.
    day_ns: u64,
    /// Whether lines named no process, and it is not known which it is.
    unnamed: bool,
}

impl Joiner {
    pub(super) fn new(options: ReadOptions) -> Self {
        Self {
            report: Report::default(),
            names: NameCache::new(),
            threads: Threads::default(),
            pending: PendingHalves::default(),
            times: LineClock::new(options.day_ns),
            groups: Groups::default(),
            tid: options.tid,
            seq: 0,
            open: None,
            time: None,
            stamped_ns: 0,
            date: None,
            survey: Survey::default(),
            returns: false,
            day_ns: options.day_ns,
            unnamed: false,
        }
    }

    /// Looks through the beginning of the file, before its first line.
    pub(super) fn survey(&mut self, front: &[u8]) {
        self.survey = Survey::of(front);
        self.report.foreign = self.survey.foreign;
        if self.survey.main != 0 {
            self.threads.begin_with(self.survey.main);
        }
        self.times = LineClock::new(self.day_ns).counted(self.survey.elapsed, self.survey.day);
    }

    /// Whether lines can be read in any order.
    pub(super) fn is_plain(&self) -> bool {
        self.survey.is_plain()
    }

    /// What was read so far.
    pub(super) fn report(&self) -> &Report {
        &self.report
    }

    /// Adds to the bytes read.
    pub(super) fn count_bytes(&mut self, bytes: usize) {
        self.report.bytes += bytes as u64;
    }

    /// Before a batch of lines: yields what was held back.
    pub(super) fn begin_batch(&mut self, out: &mut Vec<Event>) {
        self.groups.begin_batch(out);
    }

    /// After a batch of lines, whose events the caller takes.
    pub(super) fn end_batch(&mut self, out: &mut Vec<Event>) {
        self.groups.end_batch(&self.report.form, out);
    }

    /// Takes the lines of a block that another thread read; returns its memory.
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
                    if self.open.is_some() || self.groups.is_open() {
                        self.line(whole, out); // it depends on the line before
                        continue;
                    }
                    self.report.lines += 1;
                    let (tid, pid, ts_ns) = self.place(&prefix);
                    let behind = AfterResult::default(); // already read
                    self.abandon(tid, out);
                    let of = CallLine { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid };
                    self.complete(of, &spelling, &[], &mut event);
                    out.push(event);
                }
                None => self.line(whole, out),
            }
        }
        text
    }

    /// One line without its newline.
    pub(super) fn line(&mut self, line: &[u8], out: &mut Vec<Event>) {
        self.report.lines += 1;
        if self.survey.foreign.is_some() {
            return self.kept(line, 0, out);
        }
        let (line, time) = if self.survey.is_plain() { (line, None) } else { self.survey.bare(line) };
        self.time = time.map(|stamp| self.moment(stamp));
        let (line, returns) = line.strip_suffix(b"\r").map_or((line, false), |line| (line, true));
        self.returns = returns;
        if self.open.is_some() {
            return self.go_on(line, out);
        }
        self.closed(line, out);
    }

    /// A line that is whole, or the beginning of one.
    fn whole(&mut self, line: &[u8], out: &mut Vec<Event>) {
        self.understand(line, true, out);
    }

    /// A line that no other continues.
    fn settled(&mut self, line: &[u8], out: &mut Vec<Event>) {
        self.understand(line, false, out);
    }

    fn understand(&mut self, line: &[u8], may_open: bool, out: &mut Vec<Event>) {
        let shape = shape(line);
        let mut prefix = shape.prefix;
        let behind = AfterResult::of(&shape);
        // A remark below a call leaves its group open.
        let below = shape.kind == LineKind::Remark && line.starts_with(b" ");
        if !shape.grouped && !below {
            self.end_group(out);
        }
        match shape.kind {
            LineKind::Remark if self.groups.frame(line, self.seq, &mut self.report.form, out) => return,
            LineKind::Remark => return self.remark(line, out),
            LineKind::Count => {
                let row = std::str::from_utf8(line).ok().and_then(CountRow::parse).unwrap_or_default();
                return self.push(0, 0, 0, Body::Count(row), out);
            }
            LineKind::Heading(_) | LineKind::Unknown(_) if self.dressed(line, may_open, out) => return,
            LineKind::Heading(text) => return self.head(&prefix, text, line, out),
            LineKind::Unknown(column) => return self.unread(line, column, "not a line of strace's output", out),
            _ if may_open && Self::opens(line, &shape) => {
                let time = self.time.take();
                self.open = Some(OpenLine::new(line, self.report.lines, self.returns).at(time));
                return;
            }
            LineKind::Open(column) => return self.unread(line, column, "the line breaks off", out),
            _ => {}
        }
        let (tid, pid, mut ts_ns) = self.place(&prefix);
        if let Some(time) = self.time.take()
            && prefix.clock == Clock::None
        {
            (prefix.clock, ts_ns) = time;
        }
        self.form(&prefix);
        let body = match shape.kind {
            LineKind::Call { name, args, result } => {
                self.abandon(tid, out);
                let of = CallLine { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid };
                if !self.call(of, name, args, Some(result), out) {
                    self.unread(line, 0, "cannot parse the line", out);
                } else if shape.grouped {
                    self.groups.call(tid, shape.python, &mut self.report.form, out);
                }
                return;
            }
            LineKind::Detached { name, args } => {
                self.abandon(tid, out);
                let of = CallLine { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid };
                if !self.left(of, name, args, out) {
                    self.unread(line, 0, "cannot parse the line", out);
                }
                return;
            }
            LineKind::Unfinished { name, args } => {
                self.groups.interrupted();
                self.abandon(tid, out);
                let sockets = behind.sockets.map(Box::from);
                return self.begin(tid, name, args, Begun { prefix, sockets, ts_ns, pid }, out);
            }
            LineKind::Resumed { name, rest } => {
                self.resume(line, name, rest, CallLine { prefix: &prefix, behind, ts_ns, pid, tid, maker: pid }, out);
                if shape.grouped {
                    self.groups.call(tid, shape.python, &mut self.report.form, out);
                }
                return;
            }
            LineKind::Signal(inside) => signal::signal(inside),
            LineKind::Exit(inside) if inside.starts_with(b"superseded by ") => return self.remark(line, out),
            LineKind::Exit(inside) => {
                let exit = signal::exit(inside);
                if exit.is_some() {
                    self.abandon(tid, out);
                    self.threads.ended(tid);
                }
                exit
            }
            LineKind::Remark | LineKind::Count | LineKind::Open(_) | LineKind::Unknown(_) | LineKind::Heading(_) => {
                None
            }
        };
        match body {
            Some(body) => {
                self.push(ts_ns, pid, tid, body, out);
                if let Some(event) = out.last_mut() {
                    event.prefix = prefix.kept();
                }
            }
            None => self.unread(line, 0, "cannot parse the line", out),
        }
    }

    /// At the end of the file: emits what is still pending.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        self.close(out);
        self.end_group(out);
        while let Some(tid) = self.pending.oldest() {
            self.abandon(tid, out);
        }
    }

    /// A piece of a line that is too long to be held in memory.
    pub(super) fn piece(&mut self, piece: &[u8], more: bool, out: &mut Vec<Event>) {
        let (line, column) = (self.report.lines + 1, 1);
        if !more {
            self.report.lines += 1;
            self.report.unread += 1;
            self.report.trouble(line, column, "the line is too long", piece);
        }
        let body = Body::Unread(Unread { raw: piece.to_vec(), line, column, more });
        self.push(0, 0, 0, body, out);
    }

    /// Reads a call into a new event; false, and no event, where it is not UTF-8.
    fn call(
        &mut self,
        of: CallLine<'_>,
        name: &[u8],
        args: &[u8],
        result: Option<&[u8]>,
        out: &mut Vec<Event>,
    ) -> bool {
        let Some(mut spelling) = read_call(&mut self.names, of.prefix, of.behind, name, args, result, out) else {
            return false;
        };
        if spelling.verbatim > 0
            && let (Some(result), Some(Event { body: Body::Call(call), .. })) = (result, out.last())
            && let found = (call.ret, call.sys.effect)
            && let Some(args) = self.without_output(of.prefix, name, args, result, found)
        {
            out.pop();
            let read = read_call(&mut self.names, of.prefix, of.behind, name, &args, Some(result), out);
            spelling = read.unwrap_or(spelling);
        }
        let Some(event) = out.last_mut() else { return false };
        self.complete(of, &spelling, args, event);
        true
    }

    /// The same of a call in which the tracer let go of its thread.
    fn left(&mut self, of: CallLine<'_>, name: &[u8], args: &[u8], out: &mut Vec<Event>) -> bool {
        let read = self.call(of, name, args, None, out);
        if read && let Some(Event { body: Body::Call(call), .. }) = out.last_mut() {
            call.text.get_or_insert_default().detached = true;
        }
        read
    }

    /// Gives a call that was read its number and thread, and counts it.
    fn complete(&mut self, of: CallLine<'_>, spelling: &Spelling, args: &[u8], event: &mut Event) {
        (event.seq, event.ts_ns, event.pid, event.tid) = (self.seq, of.ts_ns, of.pid, of.tid);
        self.seq += 1;
        let Body::Call(call) = &event.body else { return };
        if spelling.verbatim > 0 {
            self.report.verbatim += u64::from(spelling.verbatim);
            self.report.trouble(self.report.lines, 1, "cannot parse an argument", args);
        }
        self.report.form.arg_names |= spelling.named;
        self.report.form.durations |= call.dur_ns.is_some();
        self.report.form.state |= call.sockets.is_some();
        self.form(of.prefix);
        if call.python.is_some() && self.report.form.python == PythonLines::None && !self.report.form.group {
            self.report.form.python = PythonLines::Caller;
        }
        self.report.calls += 1;
        self.report.understood += 1;
        if call.ret == Ret::Unfinished && call.text.as_ref().is_none_or(|text| text.result.is_none()) {
            self.report.unfinished += 1;
        }
        if matches!(call.sys.effect, Effect::Forks(_)) {
            self.threads.made(of.maker, call);
        }
    }

    /// Thread, process and time of a line.
    fn place(&mut self, prefix: &Prefix) -> (u32, u32, u64) {
        let tid = match (prefix.tid, self.tid) {
            (Some(tid), _) => {
                // The process whose lines named none so far.
                if self.unnamed && prefix.pids == Pids::Bracketed && self.threads.may_be_main(tid) {
                    self.threads.begin_with(tid);
                    self.unnamed = false;
                }
                tid
            }
            (None, 0) => {
                let tid = self.threads.sole();
                self.unnamed |= tid == 0;
                tid
            }
            (None, tid) => tid,
        };
        if matches!(prefix.clock, Clock::Seconds | Clock::Micros) && self.survey.day == Counted::Day {
            self.report.day_ns = Some(self.day_ns);
        }
        (tid, self.threads.process(tid), self.times.of(prefix))
    }

    /// The moment of a time that another tool wrote, and how to write it: ns since 1970, or since the beginning.
    fn moment(&mut self, Stamp { clock, time_ns, date }: Stamp) -> (Clock, u64) {
        match (self.survey.counted(), clock) {
            (Counted::Beginning, _) => return (Clock::Relative, time_ns),
            (Counted::LineBefore, _) => {
                self.stamped_ns = self.stamped_ns.saturating_add(time_ns);
                return (Clock::Relative, self.stamped_ns);
            }
            (Counted::Day, Clock::Seconds | Clock::Micros) => {}
            (Counted::Day, _) => return (clock, time_ns),
        }
        if let Some(date) = date {
            if self.date.is_none_or(|(last, _)| last != date) {
                self.date = Some((date, stamp::last_midnight(date, self.day_ns)));
            }
            if let Some((_, Some(midnight))) = self.date {
                self.report.year_of_ns = Some(self.day_ns);
                return (clock, midnight + time_ns);
            }
        }
        self.report.day_ns = Some(self.day_ns);
        (clock, self.times.of(&Prefix { clock, time_ns, ..Prefix::default() }))
    }

    /// A Python line above its calls.
    fn head(&mut self, prefix: &Prefix, text: &[u8], line: &[u8], out: &mut Vec<Event>) {
        let (tid, ..) = self.place(prefix);
        match frames::heading(text) {
            Some(frame) => self.groups.open(Heading { tid, frame, raw: line.to_vec(), line: self.report.lines }),
            None => self.unread(line, line.len() - text.len(), "not a line of strace's output", out),
        }
    }

    /// A line that is not part of a group ends it.
    fn end_group(&mut self, out: &mut Vec<Event>) {
        if let Some(Heading { raw, line, .. }) = self.groups.end() {
            self.report.unread += 1;
            self.report.trouble(line, 1, "not a line of strace's output", &raw);
            let body = Body::Unread(Unread { raw, line, column: 1, more: false });
            self.push(0, 0, 0, body, out);
        }
    }

    fn form(&mut self, prefix: &Prefix) {
        let form = &mut self.report.form;
        if form.pids == Pids::None {
            form.pids = prefix.pids;
        }
        if form.clock == Clock::None && prefix.clock != Clock::None {
            // Times that count from elsewhere are none of the day.
            let is_day = self.survey.day == Counted::Day || prefix.clock == Clock::Epoch;
            form.clock = if is_day { prefix.clock } else { Clock::Relative };
        }
    }

    fn remark(&mut self, line: &[u8], out: &mut Vec<Event>) {
        match std::str::from_utf8(line) {
            Ok(text) => {
                if let Some(tid) = notice::attached(line) {
                    self.threads.announce(tid);
                }
                self.report.remarks += 1;
                self.push(0, 0, 0, Body::Note(text.to_owned()), out);
            }
            Err(error) => self.unread(line, error.valid_up_to(), "not UTF-8", out),
        }
    }

    /// Keeps a line that could not be parsed from this byte on, counted from 0.
    fn unread(&mut self, raw: &[u8], at: usize, why: &'static str, out: &mut Vec<Event>) {
        let column = u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.report.trouble(self.report.lines, column, why, raw);
        self.kept(raw, at, out);
    }

    /// Keeps a line as it is.
    fn kept(&mut self, raw: &[u8], at: usize, out: &mut Vec<Event>) {
        let column = u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.report.unread += 1;
        let mut raw = raw.to_vec();
        if self.returns {
            raw.push(b'\r');
        }
        let body = Body::Unread(Unread { raw, line: self.report.lines, column, more: false });
        self.push(0, 0, 0, body, out);
    }

    fn push(&mut self, ts_ns: u64, pid: u32, tid: u32, body: Body, out: &mut Vec<Event>) {
        self.report.understood += u64::from(!matches!(body, Body::Note(_) | Body::Unread(_)));
        out.push(Event { seq: self.seq, ts_ns, pid, tid, body, role: None, host: None, prefix: None });
        self.seq += 1;
    }
}
