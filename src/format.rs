//! The formats a trace can be written in: one table, from which their names and the guess by file name derive.
//!
//! A [`Writer`] is asked for everything that may happen to a call, from its entry to its end; what a format makes of it
//! is nobody else's business. A new format is a file with its row and its writer, and its name in [`FORMATS`].

use crate::event::{Event, PythonStack};
use crate::syscall::Syscall;
use crate::text::TextWriter;
use crate::value::Value;

pub mod csv;
mod explained;
mod json;
mod text;

pub use explained::Explained;

/// Turns what happens into bytes.
pub trait Writer: Send {
    /// A thread entered a call, of which [`Writer::traced`] follows when it is over.
    fn entered(&mut self, _call: &Entered<'_>, _out: &mut Vec<u8>) {}

    /// Appends one event.
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);

    /// Appends one event that a tracer saw just now.
    fn traced(&mut self, event: &Event, _live: &Live<'_>, out: &mut Vec<u8>) {
        self.event(event, out);
    }

    /// The tracer let a thread go; `call` is the one it is in, if any.
    fn detached(&mut self, _tid: u32, call: Option<&Event>, out: &mut Vec<u8>) {
        if let Some(call) = call {
            self.event(call, out);
        }
    }

    /// Something else is about to be written to the same terminal.
    fn interrupted(&mut self, _out: &mut Vec<u8>) {}

    /// A writer that goes on where this one has begun, whatever comes between: `None` where a line depends on the lines
    /// before it.
    fn parallel(&self) -> Option<Box<dyn Writer>> {
        None
    }

    /// Appends what ends the file.
    fn end(&mut self, _out: &mut Vec<u8>) {}
}

/// A call that has not returned.
#[derive(Debug, Clone, Copy)]
pub struct Entered<'a> {
    /// The thread.
    pub tid: u32,
    /// When, ns since 1970.
    pub ts_ns: u64,
    /// Which call.
    pub sys: &'static Syscall,
    /// The arguments that are known.
    pub args: &'a [&'a Value],
    /// Whether more will be known when it returns.
    pub more: bool,
    /// The thread's Python stack, where it was read.
    pub python: Option<&'a PythonStack>,
    /// How many threads are traced at that moment.
    pub threads: usize,
}

/// What is known of an event only at the moment when it is traced.
#[derive(Debug, Clone, Copy, Default)]
pub struct Live<'a> {
    /// How many arguments [`Writer::entered`] was given of this call; `None` where it was not asked.
    pub shown: Option<usize>,
    /// How many threads are traced at that moment.
    pub threads: usize,
    /// Of what is no call: the number of the call the thread made last, 0 for none yet.
    pub last_call: Option<u64>,
    /// Data to be written in full: of each buffer its bytes.
    pub dump: &'a [Vec<u8>],
}

/// What a writer is to know. Most of it is about text; other formats hold everything anyway.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// Line prefixes and spelling.
    pub lines: TextWriter,
    /// Whether a resumed call is written again from its start.
    pub whole: bool,
    /// Whether lines name their thread, in brackets, only while there are several.
    pub pids_of_several: bool,
    /// Whether the file has events of the same format already: what begins a file is there.
    pub continued: bool,
}

/// One format.
#[derive(Clone, Copy)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// The ending of files in it, without the dot.
    pub extension: &'static str,
    /// What it is, in a line of help.
    pub about: &'static str,
    /// Whether it is lines for people, so that it may be mixed with a program's output and spelled to taste.
    pub for_people: bool,
    /// Why nothing can be added to a file of it, and what to try; `None` where it can.
    pub closed: Option<&'static str>,
    /// Makes a writer.
    pub writer: fn(&WriteOptions) -> Box<dyn Writer>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every format. The first is what a terminal gets.
pub static FORMATS: &[Format] = &[text::FORMAT, json::LINES, json::ARRAY, csv::FORMAT];

/// Looks a format up by its name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format a file's name asks for.
pub fn by_path(path: &std::path::Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?;
    FORMATS.iter().find(|format| format.extension == extension)
}
