//! What becomes of each step: it is shown by the format's writer, and counted.

use std::collections::HashMap;

use super::options::{Plan, Quiet, Statuses, SummaryPlan};
use super::output::{self, Outputs, message};
use crate::cmd::table;
use crate::event::{Body, Call, Event, Exit, LinePrefix, Ret};
use crate::format::{Entered, Format, LiveFacts, Remarks, WriteOptions, Writer};
use crate::sockets::Naming;
use crate::summary::Summary;
use crate::table::Machine;
use crate::text::Pids;
use crate::tracer::{Observed, Step};
use crate::why::Explainer;

/// Writes what happens.
pub(super) struct Presenter<'a> {
    outputs: Outputs,
    /// None where only counts are wanted.
    writers: Option<Writers>,
    status: Statuses,
    quiet: Quiet,
    signals: u64,
    /// On a terminal until the first call: ends of children, as a shell wrapper around the program has them.
    children: Option<Vec<Event>>,
    summary: Option<(&'a SummaryPlan, Summary)>,
    /// Finds causes, if they are wanted.
    explainer: Option<Explainer>,
    /// Names the sockets of events, where that is wanted.
    naming: Option<Naming>,
}

/// One writer, or one per process.
struct Writers {
    format: &'static Format,
    options: WriteOptions,
    by_tid: HashMap<u32, Box<dyn Writer>>,
}

impl Writers {
    /// The writer of a thread, and where it writes.
    fn of<'a>(&'a mut self, tid: u32, outputs: &'a mut Outputs) -> (&'a mut dyn Writer, &'a mut Vec<u8>) {
        let key = if outputs.is_separate() { tid } else { 0 };
        let place = if self.by_tid.contains_key(&key) { None } else { outputs.place(tid) };
        let sink = outputs.of(tid);
        let Self { format, options, by_tid } = self;
        let make = || (format.writer)(&WriteOptions { continued: sink.before > 0, place, ..options.clone() });
        (by_tid.entry(key).or_insert_with(make).as_mut(), &mut sink.bytes)
    }
}

impl<'a> Presenter<'a> {
    pub(super) fn new(plan: &'a Plan, outputs: Outputs) -> Self {
        let alone = plan.summary.as_ref().is_some_and(|summary| summary.alone);
        let mut options = WriteOptions {
            lines: plan.lines.clone(),
            whole: plan.whole,
            entries: plan.entries,
            folded_by: plan.folded_by,
            machine: Some(Machine::here()),
            ..WriteOptions::default()
        };
        options.pids_of_several = outputs.is_stderr();
        options.lines.columns = if output::is_terminal(&plan.output) { table::width() } else { None };
        let begun = outputs.begun();
        options.lines.pids = if plan.several && !outputs.is_separate() { Pids::Bare } else { Pids::None };
        let writers = Writers { format: plan.format, options, by_tid: HashMap::new() };
        Self {
            outputs,
            writers: (!alone).then_some(writers),
            status: plan.status,
            quiet: plan.quiet,
            signals: plan.settings.signals,
            children: (plan.format.for_people && output::is_terminal(&plan.output)).then(Vec::new),
            summary: plan.summary.as_ref().map(|summary| (summary, Summary::default())),
            naming: plan.settings.identify.then(|| Naming::of_recording(begun)),
            explainer: plan.settings.why.then(|| Explainer::new(plan.settings.expected)),
        }
    }

    pub(super) fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Entered { pid, tid, ts_ns, call, python, ip, threads, found } => {
                if self.status.is_choosy() {
                    return;
                }
                let (args, more) = (call.known().collect::<Vec<_>>(), call.has_pending());
                let python = python.map(|stack| &**stack);
                let prefix = ip.map(|ip| LinePrefix { ip: Some(ip), ..LinePrefix::default() });
                let prefix = prefix.as_ref();
                let entered =
                    Entered { pid, tid, ts_ns, sys: call.sys, args: &args, more, python, prefix, threads, found };
                self.unfold();
                self.write_part(tid, true, |writer, out| writer.entered(&entered, out));
            }
            Step::Event(happened) => self.event(*happened),
            Step::Attached { tid } => {
                if !self.quiet.attach {
                    self.interrupt();
                    message(&format!("Process {tid} attached"));
                }
            }
            Step::Detached { tid, call } => {
                let mut call = call.filter(|_| self.status.detached);
                if let (Some(explainer), Some(event)) = (&mut self.explainer, &mut call) {
                    explainer.event(event);
                }
                if let (Some(naming), Some(event)) = (&mut self.naming, &mut call) {
                    naming.event(event, &[]);
                }
                self.write(tid, |writer, out| writer.detached(tid, call.as_deref(), out));
                if !self.quiet.attach {
                    message(&format!("Process {tid} detached"));
                }
            }
            Step::Remark(remark) => {
                self.interrupt();
                message(&remark);
            }
            Step::Tick => {
                self.release();
                self.outputs.flush();
            }
        }
    }

    /// Lets a thread's writer write, and sees that it comes where it belongs.
    fn write(&mut self, tid: u32, write: impl FnOnce(&mut dyn Writer, &mut Vec<u8>)) {
        self.write_part(tid, false, write);
    }

    /// The same, where that may be the beginning of a call.
    fn write_part(&mut self, tid: u32, begins: bool, write: impl FnOnce(&mut dyn Writer, &mut Vec<u8>)) {
        let Some(writers) = &mut self.writers else { return };
        let (writer, out) = writers.of(tid, &mut self.outputs);
        write(writer, out);
        let (held, added, failure) = (writer.held(), !out.is_empty(), writer.failure());
        self.outputs.failed(failure);
        if added {
            self.outputs.added(tid, begins);
        }
        if held && self.outputs.is_stderr() {
            self.outputs.tick_soon();
        }
    }

    fn event(&mut self, happened: Observed) {
        let Observed { mut event, shown, system_ns, dump, threads, last_call, targets } = happened;
        if let Some(naming) = &mut self.naming {
            naming.event(&mut event, &targets);
        }
        if let Some(explainer) = &mut self.explainer {
            explainer.event(&mut event);
        }
        if let Body::Call(call) = &event.body
            && let Some((plan, summary)) = &mut self.summary
            && self.status.shows(call)
            && call.ret != Ret::Unfinished
        {
            let spent = if plan.wall_clock { call.dur_ns.unwrap_or(0) } else { system_ns };
            summary.count(call, spent.saturating_sub(plan.overhead_ns));
        }
        let tid = event.tid;
        if let (Some(folded), Body::Signal(signal)) = (&mut self.children, &event.body)
            && signal.number == libc::SIGCHLD as u32
        {
            folded.push(event);
            return;
        }
        if self.is_shown(&event.body) {
            // Ends of other processes may stand before it.
            let ends = |folded: &Vec<Event>| folded.iter().any(|signal| signal.tid == tid);
            if !matches!(event.body, Body::Exit(_) | Body::Started { .. }) || self.children.as_ref().is_some_and(ends) {
                self.unfold();
            }
            let shown = shown.filter(|_| !self.status.is_choosy());
            let live = LiveFacts { shown, threads, last_call, dump: &dump };
            self.write(tid, |writer, out| writer.traced(&event, &live, out));
        }
        if matches!(event.body, Body::Exit(_)) {
            if self.outputs.is_separate()
                && let Some(mut writer) = self.writers.as_mut().and_then(|writers| writers.by_tid.remove(&tid))
            {
                writer.end(&mut self.outputs.of(tid).bytes);
                self.outputs.failed(writer.failure());
            }
            self.outputs.close(tid);
        }
    }

    /// Something else than the end of a child: writes those before it, in one line where there are several.
    fn unfold(&mut self) {
        let Some(mut folded) = self.children.take() else { return };
        let Some(mut last) = folded.pop() else { return };
        if !folded.is_empty() {
            let text = format!("--- SIGCHLD, {} times before the first call ---", folded.len() + 1);
            last.body = Body::Note(text);
        }
        self.write(last.tid, |writer, out| writer.event(&last, out));
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

    /// Writes to the terminal what its writer holds back.
    fn release(&mut self) {
        if self.outputs.is_stderr() {
            self.write(0, |writer, out| writer.release(out));
        }
    }

    /// Something else is written to the same terminal.
    fn interrupt(&mut self) {
        if self.outputs.is_stderr() {
            self.write(0, |writer, out| writer.interrupted(out));
        }
    }

    /// Writes what is left, and the counts.
    pub(super) fn finish(mut self) -> std::io::Result<()> {
        self.unfold();
        let remarks = self.writers.as_ref().map(|writers| writers.options.remarks.clone());
        if let Some(mut writers) = self.writers.take() {
            if !self.outputs.is_separate() {
                writers.of(0, &mut self.outputs); // a trace without events still has a beginning and an end
            }
            for (tid, mut writer) in writers.by_tid {
                writer.end(&mut self.outputs.of(tid).bytes);
                self.outputs.failed(writer.failure());
            }
        }
        if let Some((plan, summary)) = &self.summary {
            let mut table = String::new();
            summary.write(plan.sort, &plan.columns, &mut table);
            if self.outputs.is_separate() {
                let _ = std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes());
            } else {
                self.outputs.of(0).bytes.extend_from_slice(table.as_bytes());
            }
        }
        let written = self.outputs.finish();
        remarks.iter().flat_map(Remarks::take).for_each(|remark| message(&remark));
        written
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
