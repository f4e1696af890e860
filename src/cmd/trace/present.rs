//! What becomes of each step: lines of text as calls are made, events in other formats, counts.

use std::collections::HashMap;
use std::fmt::Write;

use super::options::{Plan, Quiet, Statuses, SummaryPlan};
use super::output::{Outputs, message};
use crate::event::{Body, Call, Exit, Ret};
use crate::format::{Options, Writer};
use crate::summary::Summary;
use crate::text::{Interleaved, Pids};
use crate::tracer::{Happened, Step};
use crate::why::Explainer;

/// Writes what happens.
pub(super) struct Presenter<'a> {
    outputs: Outputs,
    manner: Manner,
    status: Statuses,
    quiet: Quiet,
    signals: u64,
    summary: Option<(&'a SummaryPlan, Summary)>,
    several: bool,
    /// Finds causes, if they are wanted.
    explainer: Option<Explainer>,
}

/// How events become bytes.
enum Manner {
    /// strace's text, call by call as they are entered. One writer, or one per process.
    Text { model: Interleaved, writers: HashMap<u32, Interleaved>, line: String },
    /// Any other format, one writer or one per process.
    Events { make: Box<dyn Fn() -> Box<dyn Writer>>, writers: HashMap<u32, Box<dyn Writer>> },
    /// Nothing but counts.
    Nothing,
}

impl<'a> Presenter<'a> {
    pub fn new(plan: &'a Plan, outputs: Outputs) -> Self {
        let manner = if plan.summary.as_ref().is_some_and(|summary| summary.alone) {
            Manner::Nothing
        } else if plan.format.name == "strace" {
            let model = Interleaved::new(plan.lines.clone(), plan.whole);
            Manner::Text { model, writers: HashMap::new(), line: String::new() }
        } else {
            let (make, lines) = (plan.format.writer, plan.lines.clone());
            Manner::Events { make: Box::new(move || make(&Options { lines: lines.clone() })), writers: HashMap::new() }
        };
        Self {
            outputs,
            manner,
            status: plan.status,
            quiet: plan.quiet,
            signals: plan.settings.signals,
            summary: plan.summary.as_ref().map(|summary| (summary, Summary::default())),
            several: plan.several,
            explainer: plan.settings.why.then(Explainer::default),
        }
    }

    pub fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Entered { tid, ts_ns, call, python, threads } => {
                if self.status.is_choosy() {
                    return;
                }
                let pids = self.pids(threads);
                if let Some((text, line)) = self.manner.text(tid, self.outputs.is_separate()) {
                    text.lines.pids = pids;
                    let (known, stack) = ((call.told(), call.has_untold()), python.map(|stack| &**stack));
                    text.entered((tid, ts_ns), call.sys, known, stack, line);
                    self.put(tid);
                }
            }
            Step::Event(happened) => self.event(*happened),
            Step::Attached { tid } => {
                if !self.quiet.attach {
                    self.interrupt(tid);
                    message(&format!("Process {tid} attached"));
                }
            }
            Step::Detached { tid, mut call } => {
                if let (Some(explainer), Some(event)) = (&mut self.explainer, &mut call) {
                    explainer.event(event);
                }
                if let Some((text, line)) = self.manner.text(tid, self.outputs.is_separate()) {
                    text.detached(tid, line);
                    if let Some(Body::Call(call)) = call.as_ref().map(|event| &event.body) {
                        text.lines.why_below(call, line);
                    }
                    self.put(tid);
                } else if let (Manner::Events { make, writers }, Some(event)) = (&mut self.manner, &call) {
                    let writer = writers.entry(if self.outputs.is_separate() { tid } else { 0 }).or_insert_with(make);
                    writer.event(event, &mut self.outputs.of(tid).bytes);
                    self.outputs.added(tid);
                }
                if !self.quiet.attach {
                    message(&format!("Process {tid} detached"));
                }
            }
            Step::Remark(remark) => {
                self.interrupt(0);
                message(&remark);
            }
            Step::Tick => self.outputs.flush(),
        }
    }

    /// How threads are told apart in lines.
    fn pids(&self, threads: usize) -> Pids {
        if self.outputs.is_separate() {
            Pids::None
        } else if self.outputs.is_stderr() {
            if threads > 1 { Pids::Bracketed } else { Pids::None }
        } else if self.several {
            Pids::Bare
        } else {
            Pids::None
        }
    }

    fn event(&mut self, happened: Happened) {
        let Happened { mut event, told, system_ns, dump, threads, last_call } = happened;
        if let Some(explainer) = &mut self.explainer {
            explainer.event(&mut event);
        }
        if let Body::Call(call) = &event.body
            && let Some((plan, summary)) = &mut self.summary
            && self.status.shows(call)
            && call.ret != Ret::Unfinished
        {
            summary.count(call, if plan.wall_clock { call.dur_ns.unwrap_or(0) } else { system_ns });
        }
        let tid = event.tid;
        if self.is_shown(&event.body) {
            let pids = self.pids(threads);
            let separate = self.outputs.is_separate();
            match &mut self.manner {
                Manner::Text { .. } => {
                    if let Some((text, line)) = self.manner.text(tid, separate) {
                        (text.lines.pids, text.lines.last_call) = (pids, last_call);
                        text.event(&event, told.filter(|_| !self.status.is_choosy()), line);
                        hexdump(&dump, &event.body, line);
                        self.put(tid);
                    }
                }
                Manner::Events { make, writers } => {
                    let writer = writers.entry(if separate { tid } else { 0 }).or_insert_with(make);
                    writer.event(&event, &mut self.outputs.of(tid).bytes);
                    self.outputs.added(tid);
                }
                Manner::Nothing => {}
            }
        }
        if matches!(event.body, Body::Exit(_)) {
            if self.outputs.is_separate() {
                self.end_writer(tid);
            }
            self.outputs.close(tid);
        }
    }

    fn is_shown(&self, body: &Body) -> bool {
        match body {
            Body::Call(call) => self.status.shows(call),
            Body::Exit(Exit::Status(_)) => !self.quiet.exit,
            Body::Exit(Exit::Killed { signal, .. }) => self.signals & (1u64 << (signal - 1).min(63)) != 0,
            Body::Stopped { signal } => self.signals & (1u64 << (signal - 1).min(63)) != 0,
            Body::Note(_) => !self.quiet.superseded,
            _ => true,
        }
    }

    /// Ends an open line, since something else is written to the same terminal.
    fn interrupt(&mut self, tid: u32) {
        if !self.outputs.is_stderr() {
            return;
        }
        if let Some((text, line)) = self.manner.text(tid, false) {
            text.interrupt(line);
            self.put(tid);
        }
    }

    /// Hands the text to the output.
    fn put(&mut self, tid: u32) {
        if let Manner::Text { line, .. } = &mut self.manner {
            self.outputs.of(tid).bytes.extend_from_slice(line.as_bytes());
            line.clear();
            self.outputs.added(tid);
        }
    }

    fn end_writer(&mut self, tid: u32) {
        match &mut self.manner {
            Manner::Text { writers, .. } => {
                writers.remove(&tid);
            }
            Manner::Events { writers, .. } => {
                if let Some(mut writer) = writers.remove(&tid) {
                    writer.end(&mut self.outputs.of(tid).bytes);
                }
            }
            Manner::Nothing => {}
        }
    }

    /// Writes what is left, and the counts.
    pub fn finish(mut self) -> std::io::Result<()> {
        if let Manner::Events { make, writers } = &mut self.manner {
            if !self.outputs.is_separate() {
                writers.entry(0).or_insert_with(make); // a trace without events still has a beginning and an end
            }
            for (tid, mut writer) in std::mem::take(writers) {
                writer.end(&mut self.outputs.of(tid).bytes);
            }
        }
        if let Some((plan, summary)) = &self.summary {
            let mut table = String::new();
            summary.write(plan.sort, &mut table);
            if self.outputs.is_separate() {
                let _ = std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes());
            } else {
                self.outputs.of(0).bytes.extend_from_slice(table.as_bytes());
            }
        }
        self.outputs.finish()
    }
}

impl Manner {
    /// The writer of a thread's text, and where it writes.
    fn text(&mut self, tid: u32, separate: bool) -> Option<(&mut Interleaved, &mut String)> {
        let Self::Text { model, writers, line } = self else { return None };
        if !separate {
            return Some((model, line));
        }
        Some((writers.entry(tid).or_insert_with(|| Interleaved::new(model.lines.clone(), model.whole)), line))
    }
}

impl Statuses {
    fn shows(self, call: &Call) -> bool {
        match call.ret {
            Ret::Ok(_) => self.successful,
            Ret::Err(_) => self.failed,
            Ret::Unfinished => self.unfinished,
        }
    }
}

/// The data of a transfer, sixteen bytes a line, as strace writes it.
fn hexdump(buffers: &[Vec<u8>], body: &Body, out: &mut String) {
    let vectored = matches!(body, Body::Call(call) if call.sys.params.iter().any(|param| {
        matches!(param.name, "iov" | "msg" | "msgvec")
    }));
    for (number, buffer) in buffers.iter().enumerate() {
        if vectored {
            let _ = writeln!(out, " * {} bytes in buffer {number}", buffer.len());
        }
        let width = if buffer.len() > 0x10_0000 { 8 } else { 5 };
        for (row, chunk) in buffer.chunks(16).enumerate() {
            let _ = write!(out, " | {:0width$x} ", row * 16);
            for at in 0..16 {
                if at == 8 {
                    out.push(' ');
                }
                match chunk.get(at) {
                    Some(byte) => {
                        let _ = write!(out, " {byte:02x}");
                    }
                    None => out.push_str("   "),
                }
            }
            out.push_str("  ");
            for at in 0..16 {
                out.push(match chunk.get(at) {
                    Some(byte @ 0x20..=0x7e) => *byte as char,
                    Some(_) => '.',
                    None => ' ',
                });
            }
            out.push_str(" |\n");
        }
    }
}
