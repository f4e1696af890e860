//! What is seen of running roles: each line of their output and of their log, labelled with the role.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;

use anstyle::{AnsiColor, Style};
use anyhow::Context;

use crate::cmd::STDOUT;
use crate::event::{Body, Event, Exit};
use crate::format::{Explained, Format, Packed, WriteOptions, Writer};
use crate::program::Role;
use crate::program::runner::{Calls, Update, UpdateKind};

/// A sentence beside the log.
pub(super) fn remark(text: &str) {
    let _ = writeln!(anstream::stderr(), "sockscope: {text}");
}

/// Writes what happens, as it happens.
pub(super) struct Screen {
    writer: Box<dyn Writer>,
    file: Option<Packed<Box<dyn Write + Send>>>,
    /// Whether the log is text for people, and so labelled and mixed with the output.
    labelled: bool,
    roles: BTreeMap<usize, Voice>,
    seq: u64,
    failure: Option<std::io::Error>,
    stop: Arc<AtomicBool>,
}

/// One process, as it is shown.
struct Voice {
    role: Role,
    pid: u32,
    calls: Calls,
    label: String,
    /// The threads after the first, in order of appearance.
    threads: Vec<u32>,
    /// Output without its newline yet, of both streams.
    unfinished: [Vec<u8>; 2],
    begun: BTreeMap<u32, Event>,
}

impl Screen {
    /// `stop` is set when nothing can be written any more.
    pub(super) fn new(
        format: Format,
        options: WriteOptions,
        why: bool,
        file: Option<Packed<Box<dyn Write + Send>>>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let writer = (format.writer)(&options);
        Self {
            // Both roles are seen here, so what one did may explain the other's failure.
            writer: if why { Explained::joint(writer) } else { writer },
            labelled: format.for_people && file.is_none(),
            file,
            roles: BTreeMap::new(),
            seq: 0,
            failure: None,
            stop,
        }
    }

    /// Shows all updates until the sender is closed.
    pub(super) fn follow(mut self, updates: &Receiver<Update>) -> anyhow::Result<()> {
        for Update { process, kind } in updates {
            self.show(process, kind);
        }
        let mut end = Vec::new();
        self.writer.end(&mut end);
        self.put(&end);
        let finished = self.file.as_mut().map_or(Ok(()), Packed::finish);
        self.note(finished);
        match self.failure {
            None => Ok(()),
            Some(error) if self.file.is_some() => Err(error).context("cannot write the log"),
            Some(error) => Err(error).context(STDOUT),
        }
    }

    fn show(&mut self, process: usize, kind: UpdateKind) {
        match kind {
            UpdateKind::Started(role, pid, calls) => self.started(process, role, pid, calls),
            UpdateKind::Output(text) => self.output(process, 0, &text),
            UpdateKind::Errors(text) => self.output(process, 1, &text),
            UpdateKind::Begun(event) => {
                if let Some(voice) = self.roles.get_mut(&process) {
                    voice.begun.insert(event.tid, event);
                }
            }
            UpdateKind::Event(event) => {
                if let Some(voice) = self.roles.get_mut(&process) {
                    voice.begun.remove(&event.tid);
                }
                self.event(process, event);
            }
            UpdateKind::Line(line) => self.line(process, &line),
            UpdateKind::Remark(text) => remark(&text),
            UpdateKind::Ended(status) => self.ended(process, status),
        }
    }

    fn started(&mut self, process: usize, role: Role, pid: u32, calls: Calls) {
        let same = self.roles.values().filter(|voice| voice.role == role).count();
        let label = if same == 0 { role.name().to_owned() } else { format!("{}{}", role.name(), same + 1) };
        let unfinished = [Vec::new(), Vec::new()];
        let voice = Voice { role, pid, calls, label, threads: Vec::new(), unfinished, begun: BTreeMap::new() };
        self.roles.insert(process, voice);
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
            let line = format!("{style}{label} >{style:#} {line}\n");
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

    fn event(&mut self, process: usize, mut event: Event) {
        event.seq = self.seq;
        self.seq += 1;
        let mut bytes = Vec::new();
        self.writer.event(&event, &mut bytes);
        if self.labelled {
            let label = self.label(process, event.tid);
            bytes = self.dimmed(process, &label, String::from_utf8_lossy(&bytes).trim_end());
        }
        self.put(&bytes);
    }

    /// A line of strace's own, which begins with the thread.
    fn line(&mut self, process: usize, line: &str) {
        if !self.labelled {
            self.put(format!("{line}\n").as_bytes());
            return;
        }
        let (tid, rest) = line.split_once(' ').unwrap_or(("", line));
        let label = self.label(process, tid.parse().unwrap_or(0));
        let bytes = self.dimmed(process, &label, rest.trim_start());
        self.put(&bytes);
    }

    fn dimmed(&self, process: usize, label: &str, text: &str) -> Vec<u8> {
        let server = self.roles.get(&process).is_some_and(|voice| voice.role == Role::Server);
        let style = if server { AnsiColor::Cyan } else { AnsiColor::Green }.on_default();
        let dim = Style::new().dimmed();
        format!("{style}{label} |{style:#} {dim}{text}{dim:#}\n").into_bytes()
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

    fn ended(&mut self, process: usize, status: ExitStatus) {
        let Some(voice) = self.roles.get_mut(&process) else { return };
        let pid = voice.pid;
        let begun = std::mem::take(&mut voice.begun);
        let left: Vec<Vec<u8>> = voice.unfinished.iter_mut().map(std::mem::take).collect();
        let tells_its_end = matches!(voice.calls, Calls::Strace | Calls::Tracer);
        for text in left.iter().filter(|text| !text.is_empty()) {
            self.printed(process, text);
        }
        for event in begun.into_values() {
            self.event(process, event);
        }
        let exit = match status.signal() {
            Some(signal) => Exit::Killed { signal: signal as u32, core: status.core_dumped() },
            None => Exit::Status(status.code().unwrap_or_default()),
        };
        if !tells_its_end {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let ts_ns = now.as_nanos() as u64;
            self.event(process, Event { seq: 0, ts_ns, pid, tid: pid, body: Body::Exit(exit), prefix: None });
        }
    }

    /// Writes a piece of the log.
    fn put(&mut self, bytes: &[u8]) {
        let written = match &mut self.file {
            // A killed run leaves every event.
            Some(file) => file.write_all(bytes).and_then(|()| file.flush()),
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
