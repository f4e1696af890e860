//! What is seen of running roles: each line of their output and of their log, labelled with the role.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anstyle::AnsiColor;
use anyhow::Context;

use super::timeline::{Shown, Timeline};
use crate::cmd::STDOUT;
use crate::cmd::log::LogFile;
use crate::cmd::paint::Painter;
use crate::cmd::say;
use crate::cmd::table;
use crate::cmd::why::Causes;
use crate::event::{Body, Event};
use crate::format::{Entered, Format, LiveFacts, Packed, WriteOptions, Writer};
use crate::lang::Language;
use crate::program::Role;
use crate::program::runner::{Update, UpdateKind};
use crate::sockets::Naming;
use crate::sys::clock;
use crate::text::{fold, visible_lines};

/// A sentence beside the log.
pub(super) fn remark(text: &str) {
    say(text);
}

/// Names the sockets of all events.
fn name_sockets(shown: &mut [(usize, Shown)]) {
    fn event(shown: &mut (usize, Shown)) -> Option<&mut Event> {
        match &mut shown.1 {
            Shown::Whole(event) | Shown::Half(event, _) | Shown::Rest(event, _) => Some(event),
            _ => None,
        }
    }
    let events = shown.iter_mut().filter_map(|one| event(one).cloned()).collect();
    let mut naming = Naming::of_recording(0);
    let mut named = naming.through(events);
    named.append(&mut naming.rest());
    shown.iter_mut().filter_map(event).zip(named).for_each(|(event, named)| *event = named);
}

/// A sentence about the run itself, beside its log and output.
pub(super) fn notice(text: &str) {
    let text = match table::columns_of(&std::io::stderr()) {
        Some(columns) => Cow::Owned(fold(text, "", "  ", columns)),
        None => Cow::Borrowed(text),
    };
    let _ = writeln!(anstream::stderr(), "{}", visible_lines(&text));
}

/// How long what is shown live waits for what happened before it and comes by another pipe.
const DELAY: Duration = Duration::from_millis(150);
/// How often it is looked whether something has waited long enough.
const TICK: Duration = Duration::from_millis(25);

/// Writes what happens, in the order in which it happens.
pub(super) struct Screen {
    format: Format,
    options: WriteOptions,
    writer: Box<dyn Writer>,
    language: Language,
    timeline: Timeline,
    /// Whether it is shown while it happens.
    live: bool,
    file: Option<Packed<Box<dyn Write + Send>>>,
    draft: Option<Draft>,
    /// Whether the log is text for people, and so labelled and mixed with the output.
    labelled: bool,
    roles: BTreeMap<usize, Voice>,
    failure: Option<std::io::Error>,
    stop: Arc<AtomicBool>,
}

/// A file is written while things happen, so that a killed run leaves them, and anew at the end: only then the exact order
/// is known, whatever took how long to come.
struct Draft {
    exact: Timeline,
    file: LogFile,
}

/// One process, as it is shown.
struct Voice {
    role: Role,
    pid: u32,
    label: String,
    /// The threads after the first, in order of appearance.
    threads: Vec<u32>,
    /// Output without its newline yet, of both streams.
    unfinished: [Vec<u8>; 2],
}

impl Screen {
    /// `live`: a person sees it while it happens. `stop` is set when nothing can be written any more.
    pub(super) fn new(
        format: Format,
        options: WriteOptions,
        why: Option<Causes>,
        live: bool,
        file: Option<LogFile>,
        stop: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        let labelled = format.for_people && file.is_none();
        let mut draft = None;
        let mut live = live && format.for_people;
        let file = match file {
            Some(log) => {
                let writer = log.writer()?;
                if log.can_be_rewritten() {
                    live = true;
                    draft = Some(Draft { exact: Timeline::new(format.for_people, false, why), file: log });
                }
                Some(writer)
            }
            None => None,
        };
        Ok(Self {
            writer: (format.writer)(&options),
            language: options.lines.language,
            format,
            options,
            timeline: Timeline::new(format.for_people, live, why),
            live,
            labelled,
            file,
            draft,
            roles: BTreeMap::new(),
            failure: None,
            stop,
        })
    }

    /// Shows all updates until the sender is closed.
    pub(super) fn follow(mut self, updates: &Receiver<Update>) -> anyhow::Result<()> {
        loop {
            let update = if self.live {
                updates.recv_timeout(TICK)
            } else {
                updates.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match update {
                Ok(update) => self.take(update),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.live {
                let until = clock::realtime_ns().saturating_sub(DELAY.as_nanos() as u64);
                let shown = self.timeline.until(until);
                self.show(shown);
            }
        }
        let shown = self.timeline.rest();
        self.end(shown);
        if let Some(Draft { mut exact, file }) = self.draft.take() {
            self.live = false;
            self.writer = (self.format.writer)(&self.options);
            match file.rewind() {
                Ok(writer) => {
                    self.file = Some(writer);
                    self.end(exact.rest());
                    let cut = file.cut();
                    self.note(cut);
                }
                Err(error) => self.note(Err(error)),
            }
        }
        // Of what was written twice, that of the second time.
        self.options.remarks.take().last().into_iter().for_each(crate::cmd::say);
        match self.failure {
            None => Ok(()),
            Some(error) if self.file.is_some() => Err(error).context("cannot write the log"),
            Some(error) => Err(error).context(STDOUT),
        }
    }

    /// Writes the last that is to be shown, and the end.
    fn end(&mut self, shown: Vec<(usize, Shown)>) {
        self.show(shown);
        let mut end = Vec::new();
        self.writer.end(&mut end);
        self.look_at_files();
        self.put(&end);
        let finished = self.file.as_mut().map_or(Ok(()), Packed::finish);
        self.note(finished);
    }

    fn take(&mut self, update: Update) {
        if let Some(draft) = &mut self.draft
            && !matches!(update.kind, UpdateKind::Output(_) | UpdateKind::Errors(_))
        {
            draft.exact.add(update.clone());
        }
        match update.kind {
            UpdateKind::Started(role, pid, _) => self.started(update.process, role, pid),
            UpdateKind::Remark(text) => remark(&self.language.text(&text)),
            // Beside a log that goes elsewhere it has no place to wait for.
            UpdateKind::Output(text) if !self.labelled => self.output(update.process, 0, &text),
            UpdateKind::Errors(text) if !self.labelled => self.output(update.process, 1, &text),
            _ => self.timeline.add(update),
        }
    }

    fn started(&mut self, process: usize, role: Role, pid: u32) {
        let same = self.roles.values().filter(|voice| voice.role == role).count();
        let label = if same == 0 { role.name().to_owned() } else { format!("{}{}", role.name(), same + 1) };
        let voice = Voice { role, pid, label, threads: Vec::new(), unfinished: [Vec::new(), Vec::new()] };
        self.roles.insert(process, voice);
    }

    fn show(&mut self, mut shown: Vec<(usize, Shown)>) {
        // Which sockets events are about shows in their exact order only: in a draft they are not named.
        if !self.live && self.writer.names_sockets() {
            name_sockets(&mut shown);
        }
        for (process, shown) in shown {
            if self.labelled && matches!(shown, Shown::Whole(_) | Shown::Half(..) | Shown::Rest(..)) {
                self.unfinished(process); // a prompt stands before the call that comes after it
            }
            let mut bytes = Vec::new();
            let tid = match shown {
                Shown::Whole(event) => {
                    self.writer.event(&event, &mut bytes);
                    event.tid
                }
                Shown::Half(event, more) => {
                    if let Body::Call(call) = &event.body {
                        let (args, python) = (call.args.iter().collect::<Vec<_>>(), call.python.as_deref());
                        let Event { pid, tid, ts_ns, .. } = event;
                        let entered = Entered {
                            pid,
                            tid,
                            ts_ns,
                            sys: call.sys,
                            args: &args,
                            more,
                            python,
                            prefix: event.prefix.as_deref(),
                            threads: 1,
                            found: false,
                        };
                        self.writer.entered(&entered, &mut bytes);
                        self.writer.interrupted(&mut bytes);
                    }
                    event.tid
                }
                Shown::Rest(event, known) => {
                    let live = LiveFacts { shown: Some(known), ..LiveFacts::default() };
                    self.writer.traced(&event, &live, &mut bytes);
                    event.tid
                }
                Shown::Printed(stream, text) => {
                    self.output(process, stream, &text);
                    continue;
                }
                Shown::Line(line) => {
                    self.line(process, &line);
                    continue;
                }
                Shown::Ended => {
                    self.unfinished(process);
                    continue;
                }
            };
            if self.labelled {
                let label = self.label(process, tid);
                bytes = self.painted(process, &label, &String::from_utf8_lossy(&bytes));
            }
            self.put(&bytes);
        }
        self.look_at_files();
    }

    /// Notes what became of the writer's own files.
    fn look_at_files(&mut self) {
        let failed = self.writer.failure();
        self.note(failed.map_or(Ok(()), Err));
    }

    fn output(&mut self, process: usize, stream: usize, text: &[u8]) {
        let Some(voice) = self.roles.get_mut(&process) else { return };
        voice.unfinished[stream].extend(text);
        let Some(end) = voice.unfinished[stream].iter().rposition(|b| *b == b'\n') else { return };
        let whole: Vec<u8> = voice.unfinished[stream].drain(..=end).collect();
        self.printed(process, &whole);
    }

    /// Whole lines that a program printed.
    fn printed(&mut self, process: usize, text: &[u8]) {
        let Some(voice) = self.roles.get(&process) else { return };
        let style = if voice.role == Role::Server { AnsiColor::Cyan } else { AnsiColor::Green }.on_default();
        let label = voice.label.clone();
        let text = String::from_utf8_lossy(text).into_owned();
        for line in text.lines() {
            let line = format!("{style}{label} >{style:#} {}\n", visible_lines(line));
            let log_on_stdout = !self.labelled && self.file.is_none();
            // Standard output is the log's where it is for other programs to read.
            let written = if log_on_stdout {
                anstream::stderr().write_all(line.as_bytes())
            } else {
                anstream::stdout().write_all(line.as_bytes())
            };
            self.note(written);
        }
    }

    /// A line of strace's own, which begins with the thread.
    fn line(&mut self, process: usize, line: &str) {
        if !self.labelled {
            self.put(format!("{line}\n").as_bytes());
            return;
        }
        let (tid, rest) = line.split_once(' ').unwrap_or(("", line));
        let label = self.label(process, tid.parse().unwrap_or(0));
        let bytes = self.painted(process, &label, rest.trim_start());
        self.put(&bytes);
    }

    fn painted(&self, process: usize, label: &str, text: &str) -> Vec<u8> {
        let server = self.roles.get(&process).is_some_and(|voice| voice.role == Role::Server);
        let style = if server { AnsiColor::Cyan } else { AnsiColor::Green }.on_default();
        let mut painted = String::new();
        for line in text.lines() {
            painted.push_str(&format!("{style}{label} |{style:#} "));
            Painter::default().paint(line, &mut painted);
            painted.push('\n');
        }
        painted.into_bytes()
    }

    /// The role, and which of its threads.
    fn label(&mut self, process: usize, tid: u32) -> String {
        let Some(voice) = self.roles.get_mut(&process) else { return String::new() };
        if tid == voice.pid || tid == 0 {
            return voice.label.clone();
        }
        let at = voice.threads.iter().position(|known| *known == tid).unwrap_or_else(|| {
            voice.threads.push(tid);
            voice.threads.len() - 1
        });
        format!("{}/{}", voice.label, at + 2)
    }

    /// What was printed last and has no newline.
    fn unfinished(&mut self, process: usize) {
        let Some(voice) = self.roles.get_mut(&process) else { return };
        let left: Vec<Vec<u8>> = voice.unfinished.iter_mut().map(std::mem::take).collect();
        for text in left.iter().filter(|text| !text.is_empty()) {
            self.printed(process, text);
        }
    }

    /// Writes a piece of the log.
    fn put(&mut self, bytes: &[u8]) {
        let written = match &mut self.file {
            // A killed run leaves every event.
            Some(file) if self.live => file.write_all(bytes).and_then(|()| file.flush()),
            Some(file) => file.write_all(bytes),
            None => {
                let mut out = anstream::stdout();
                out.write_all(bytes).and_then(|()| out.flush())
            }
        };
        self.note(written);
    }

    /// After a failure the run is of no use any more.
    fn note(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written {
            self.failure.get_or_insert(error);
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}
