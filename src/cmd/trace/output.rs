//! Where a trace goes: standard error, a file, a command, or a file per process.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;

use super::options::Output;
use crate::cmd::paint::{self, Painted};
use crate::format::{self, Packed, Packing};
use crate::sys::signals;

/// Bytes held back before they are written.
const FULL: usize = 64 * 1024;

/// Says something to the user, beside the trace.
pub(super) fn message(text: &str) {
    crate::cmd::say(text);
}

/// Whether what is written is read by a person as it comes.
pub(super) fn is_terminal(output: &Output) -> bool {
    match &output.target {
        None => io::stderr().is_terminal(),
        // Only a device is opened to ask: a pipe would wait for its other end.
        Some(target) => {
            std::fs::metadata(target).is_ok_and(|file| file.file_type().is_char_device())
                && File::open(target).is_ok_and(|file| file.is_terminal())
        }
    }
}

/// When what was added is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// With the next tick, or when there is much of it.
    Soon,
    /// As soon as it ends a call; the beginning of one with the next tick, since most calls return before.
    Returned,
    /// At once: somebody watches.
    AtOnce,
}

/// One destination and what is to be written there.
pub(super) struct Sink {
    to: Packed<Box<dyn Write>>,
    /// Bytes not yet written.
    pub bytes: Vec<u8>,
    due: Due,
    /// How many bytes were there before that are added to.
    pub before: u64,
}

/// All destinations.
pub(super) struct Outputs {
    /// The only one, unless each process has its own.
    single: Option<Sink>,
    separate: HashMap<u32, Sink>,
    prefix: OsString,
    append: bool,
    packing: Packing,
    own_files: bool,
    command: Option<Child>,
    failure: Option<io::Error>,
    /// Whether a tick is due that writes what is held back.
    ticking: bool,
}

impl Outputs {
    /// Opens what can be opened beforehand.
    pub(super) fn open(plan: &Output) -> anyhow::Result<Self> {
        let mut outputs = Self {
            single: None,
            separate: HashMap::new(),
            prefix: plan.target.clone().unwrap_or_default(),
            append: plan.append,
            packing: plan.packing,
            own_files: plan.own_files,
            command: None,
            failure: None,
            ticking: false,
        };
        let Some(target) = &plan.target else {
            // The painter knows strace's text only.
            let to: Box<dyn Write> = match plan.for_people {
                true => Box::new(Painted::new(io::stderr(), paint::paints(&io::stderr()))),
                false => Box::new(io::stderr()),
            };
            outputs.single = Some(Sink::new(to, Due::AtOnce));
            return Ok(outputs);
        };
        match target.as_bytes() {
            [b'|' | b'!', command @ ..] => {
                if plan.separate {
                    anyhow::bail!("-ff writes a file per process, which a command cannot be; give -o FILE");
                }
                let command = OsString::from_vec(command.to_vec());
                let mut child = Command::new("/bin/sh")
                    .arg("-c")
                    .arg(&command)
                    .stdin(Stdio::piped())
                    .spawn()
                    .with_context(|| format!("cannot run {command:?}"))?;
                let Some(stdin) = child.stdin.take() else { anyhow::bail!("{command:?} has no input") };
                outputs.single = Some(Sink::new(Box::new(stdin), Due::Soon));
                outputs.command = Some(child);
            }
            _ if plan.separate => {}
            _ if plan.own_files => outputs.single = Some(Sink::new(Box::new(io::sink()), Due::Soon)),
            _ => {
                let opened = open(Path::new(target), plan.append, plan.packing);
                let mut sink = opened.with_context(|| format!("{target:?}"))?;
                if plan.at_once {
                    sink.due = Due::AtOnce;
                }
                outputs.single = Some(sink);
            }
        }
        Ok(outputs)
    }

    /// Whether standard error is the destination.
    pub(super) fn is_stderr(&self) -> bool {
        self.prefix.is_empty()
    }

    /// How many bytes the only destination had before.
    pub(super) fn begun(&self) -> u64 {
        self.single.as_ref().map_or(0, |sink| sink.before)
    }

    /// Whether each process has a file of its own.
    pub(super) fn is_separate(&self) -> bool {
        self.single.is_none()
    }

    /// Where the writer of a thread puts files of its own.
    pub(super) fn place(&self, tid: u32) -> Option<PathBuf> {
        let target = Path::new(&self.prefix);
        // In a folder, each part has a name of its own.
        let numbered = self.is_separate() && !format::is_folder(target);
        self.own_files.then(|| if numbered { format::numbered(target, tid) } else { target.to_owned() })
    }

    /// A writer's own files failed.
    pub(super) fn failed(&mut self, failure: Option<io::Error>) {
        self.keep(failure.map_or(Ok(()), Err));
    }

    /// The destination of a thread's lines.
    pub(super) fn of(&mut self, tid: u32) -> &mut Sink {
        if let Some(single) = &mut self.single {
            return single;
        }
        self.separate.entry(tid).or_insert_with(|| {
            if self.own_files {
                return Sink::new(Box::new(io::sink()), Due::Soon);
            }
            match open(&format::numbered(Path::new(&self.prefix), tid), self.append, self.packing) {
                Ok(sink) => sink,
                Err(error) => {
                    self.failure.get_or_insert(error);
                    Sink::new(Box::new(io::sink()), Due::Soon)
                }
            }
        })
    }

    /// Something was added for a thread, the beginning of a call or more: writes it now or soon.
    pub(super) fn added(&mut self, tid: u32, begins: bool) {
        let sink = self.of(tid);
        let due = if begins { Due::AtOnce } else { Due::Returned };
        if sink.due >= due || sink.bytes.len() >= FULL {
            let result = sink.write();
            self.keep(result);
        } else {
            self.tick_soon();
        }
    }

    /// Something is held back by a writer: a tick will release it.
    pub(super) fn tick_soon(&mut self) {
        if !std::mem::replace(&mut self.ticking, true) {
            signals::ticking(true);
        }
    }

    /// Writes all that is held back.
    pub(super) fn flush(&mut self) {
        self.ticking = false;
        let mut results = Vec::new();
        for sink in self.single.iter_mut().chain(self.separate.values_mut()) {
            results.push(sink.write());
        }
        for result in results {
            self.keep(result);
        }
    }

    /// A thread ended: its own file is complete.
    pub(super) fn close(&mut self, tid: u32) {
        if let Some(mut sink) = self.separate.remove(&tid) {
            let result = sink.finish();
            self.keep(result);
        }
    }

    /// The first failure is reported at once, so that a long run does not end in a surprise; the program keeps running.
    fn keep(&mut self, result: io::Result<()>) {
        if let Err(error) = result
            && self.failure.is_none()
        {
            if error.kind() != io::ErrorKind::BrokenPipe {
                message(&format!("cannot write the trace: {error}; the program keeps running untraced"));
            } else if self.command.is_some() {
                let command = String::from_utf8_lossy(&self.prefix.as_bytes()[1..]).into_owned();
                message(&format!("`{command}` ended before the trace: the rest of it is not written"));
            }
            self.failure = Some(error);
            for sink in self.single.iter_mut().chain(self.separate.values_mut()) {
                sink.to = Packed::plain(Box::new(io::sink()));
            }
        }
    }

    /// Writes the rest and waits for the command. A reader that left early is no failure.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush();
        let sinks = self.single.take().into_iter().chain(std::mem::take(&mut self.separate).into_values());
        for mut sink in sinks {
            let result = sink.finish();
            self.keep(result);
        }
        if let Some(command) = &mut self.command {
            // The wait for tracees takes what any child of ours reports, so this one may have been seen off already.
            match command.wait() {
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => {}
                result => drop(result?),
            }
        }
        match self.failure {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

fn open(name: &Path, append: bool, packing: Packing) -> io::Result<Sink> {
    let file: File = OpenOptions::new().write(true).create(true).append(append).truncate(!append).open(name)?;
    // As strace: who kills us loses no call that has returned. What is packed is written in blocks.
    let due = match packing {
        _ if file.is_terminal() => Due::AtOnce,
        Packing::None => Due::Returned,
        _ => Due::Soon,
    };
    let before = if append { file.metadata()?.len() } else { 0 };
    if before > 0 && Packing::of_file(&mut File::open(name)?)? != packing {
        return Err(io::Error::other("what is in it is not packed as its name says; write to another file"));
    }
    let to = Packed::new(Box::new(file) as Box<dyn Write>, packing)?;
    Ok(Sink { to, bytes: Vec::new(), due, before })
}

impl Sink {
    fn new(to: Box<dyn Write>, due: Due) -> Self {
        Self { to: Packed::plain(to), bytes: Vec::new(), due, before: 0 }
    }

    fn write(&mut self) -> io::Result<()> {
        let result = self.to.write_all(&self.bytes);
        self.bytes.clear();
        result.and_then(|()| self.to.flush())
    }

    /// Writes what is left, and what ends the file.
    fn finish(&mut self) -> io::Result<()> {
        self.write().and_then(|()| self.to.finish())
    }
}
