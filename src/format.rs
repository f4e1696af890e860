//! The formats a trace can be written in: one table, from which their names and what a file's name says derive.
//!
//! A [`Writer`] receives everything that may happen to a call, from its entry to its end, and alone decides what to
//! write. A new format is a file with its row and its writer, and its name in [`FORMATS`].

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::event::{Event, LinePrefix, PythonStack};
use crate::syscall::Syscall;
use crate::table::Machine;
use crate::text::TextWriter;
use crate::value::Value;

pub mod csv;
mod explained;
mod folded;
mod json;
mod name;
mod pack;
#[cfg(feature = "timelines")]
mod pcapng;
#[cfg(feature = "timelines")]
mod perfetto;
#[cfg(feature = "files")]
mod picture;
#[cfg(feature = "tables")]
mod tables;
mod text;
#[cfg(feature = "timelines")]
mod times;

pub use explained::Explained;
pub use folded::FoldedBy;
#[cfg(feature = "tables")]
pub(crate) use name::is_folder;
pub use name::{NameError, Named, by_path, number, numbered};
pub use pack::{Packed, Packing};
#[cfg(feature = "files")]
pub(crate) use picture::LessonSlot;

/// Turns events into the bytes of a format.
pub trait Writer: Send {
    /// A thread entered a call; [`Writer::traced`] follows when it ends.
    fn entered(&mut self, _call: &Entered<'_>, _out: &mut Vec<u8>) {}

    /// Appends one event.
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);

    /// Appends one event that a tracer just saw.
    fn traced(&mut self, event: &Event, _live: &LiveFacts<'_>, out: &mut Vec<u8>) {
        self.event(event, out);
    }

    /// The tracer detached from a thread; `call` is the one it is in, if any.
    fn detached(&mut self, _tid: u32, call: Option<&Event>, out: &mut Vec<u8>) {
        if let Some(call) = call {
            self.event(call, out);
        }
    }

    /// Something else is about to be written to the same terminal.
    fn interrupted(&mut self, _out: &mut Vec<u8>) {}

    /// Whether events are held back that belong together with later ones.
    fn held(&self) -> bool {
        false
    }

    /// Writes them: somebody looks on, and nothing else happens.
    fn release(&mut self, _out: &mut Vec<u8>) {}

    /// Whether each event is to name its socket ([`Call::socket`](crate::event::Call::socket)), for which sockets have to be
    /// followed.
    fn names_sockets(&self) -> bool {
        false
    }

    /// Another writer that continues the output at any later place: `None` where a line depends on the lines before it.
    fn parallel(&self) -> Option<Box<dyn Writer>> {
        None
    }

    /// Appends what ends the file.
    fn end(&mut self, _out: &mut Vec<u8>) {}

    /// The first failure of a writer that has files of its own ([`Format::own_files`]), once; it writes nothing more.
    fn failure(&mut self) -> Option<io::Error> {
        None
    }
}

/// A call that has not returned.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Entered<'a> {
    /// The process.
    pub pid: u32,
    /// The thread.
    pub tid: u32,
    /// The time of entry, ns since 1970.
    pub ts_ns: u64,
    /// The call.
    pub sys: &'static Syscall,
    /// The arguments that are known.
    pub args: &'a [&'a Value],
    /// Whether more will be known when it returns.
    pub more: bool,
    /// The thread's Python stack, where it was read.
    pub python: Option<&'a PythonStack>,
    /// What stands before the call in its line, besides thread and time.
    pub prefix: Option<&'a LinePrefix>,
    /// How many threads are traced at this moment.
    pub threads: usize,
    /// Whether attaching found the thread in this call, so that it may not return for long.
    pub found: bool,
}

/// What is known of an event only while it is traced.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct LiveFacts<'a> {
    /// How many arguments [`Writer::entered`] received for this call; `None` where it was not called.
    pub shown: Option<usize>,
    /// How many threads are traced at this moment.
    pub threads: usize,
    /// For an event that is not a call: the number of the thread's last call, 0 for none yet.
    pub last_call: Option<u64>,
    /// The bytes of each buffer whose data is to be dumped in full.
    pub dump: &'a [Vec<u8>],
}

/// How a trace is written. Most options concern text; other formats are always complete.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Prefixes and spelling of lines.
    pub lines: TextWriter,
    /// Whether a resumed call is written again from its start.
    pub whole: bool,
    /// Whether JSON lines have each call at its entry too, without a result.
    pub entries: bool,
    /// Whether lines name their thread, in brackets, only while there is more than one.
    pub pids_of_several: bool,
    /// Whether events come grouped by their Python line already.
    pub grouped: bool,
    /// Whether the file already has events of the same format, and so its header.
    pub continued: bool,
    /// What folded stacks add up.
    pub folded_by: FoldedBy,
    /// What a writer has to say of what it wrote.
    pub(crate) remarks: Remarks,
    /// What a document program's page has beside the trace.
    #[cfg(feature = "files")]
    pub(crate) lesson: Option<LessonSlot>,
    /// Where a writer puts its own files ([`Format::own_files`]).
    pub place: Option<PathBuf>,
    /// The machine, where a trace is recorded and not read.
    #[cfg_attr(not(feature = "tables"), allow(dead_code, reason = "a column of tables"))]
    pub(crate) machine: Option<Machine>,
}

/// What a writer has to say to whoever reads the file, beside it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remarks(Arc<Mutex<Vec<String>>>);

impl Remarks {
    #[cfg_attr(not(feature = "timelines"), allow(dead_code, reason = "packets have some"))]
    fn add(&self, remark: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(remark);
    }

    /// Those since the last time.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the command prints them"))]
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One format.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Format {
    /// Its name for `--format`.
    pub name: &'static str,
    /// The endings of its files, without the dot; the usual one first.
    pub endings: &'static [&'static str],
    /// A line of help.
    pub about: &'static str,
    /// Whether it is text for people, which may be mixed with a program's output and has options of style.
    pub for_people: bool,
    /// Whether it is no text, and so nothing for a terminal.
    pub binary: bool,
    /// Whether a browser shows it.
    pub in_browser: bool,
    /// Whether the run of a document program becomes a lesson in it.
    pub teaches: bool,
    /// Whether it is about Python stacks alone, which are then read without being asked for.
    pub adds_stacks: bool,
    /// How many bytes of each buffer it is made for, where nobody asks for another number.
    pub strings: usize,
    /// Of a format whose writer makes files of its own at [`WriteOptions::place`], and gives no bytes to write: whether it can,
    /// at that place.
    pub own_files: Option<fn(&Path) -> io::Result<()>>,
    /// Why nothing can be appended to a file of it, and what to try; `None` where it can.
    pub closed: Option<&'static str>,
    /// Makes a writer.
    pub writer: fn(&WriteOptions) -> Box<dyn Writer>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every format. The first is the default on a terminal.
pub static FORMATS: &[Format] = &[
    text::FORMAT,
    json::LINES,
    json::ARRAY,
    csv::FORMAT,
    folded::FORMAT,
    #[cfg(feature = "tables")]
    tables::PARQUET,
    #[cfg(feature = "tables")]
    tables::SQLITE,
    #[cfg(feature = "files")]
    picture::HTML,
    #[cfg(feature = "files")]
    picture::SVG,
    #[cfg(feature = "files")]
    picture::MERMAID,
    #[cfg(feature = "timelines")]
    perfetto::FORMAT,
    #[cfg(feature = "timelines")]
    pcapng::FORMAT,
];

/// Looks a format up by its name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
