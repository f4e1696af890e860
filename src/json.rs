//! JSON lines: one event, one line, in a form that jq, DuckDB and pandas read without effort.

use std::io;

use crate::event::Event;
use crate::value::Value;

mod read;
mod sets;
mod shape;
mod write;

/// The version that lines carry as `v`. It grows when a key changes its meaning or type, not when keys are added.
pub const VERSION: u64 = 1;

/// Why a line is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is not JSON; the text says where it stops being so.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// It was written by a version of this format that is not known here.
    #[error("version {0} of the event format is not known here; a newer sockscope may read it")]
    Version(u64),
    /// A key is not there.
    #[error("the key `{0}` is missing")]
    Missing(String),
    /// A key has another form than it must have.
    #[error("`{key}` should be {expected}")]
    Shape {
        /// The key.
        key: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A name is not known.
    #[error("no {what} is called `{name}`")]
    Unknown {
        /// What it should name.
        what: &'static str,
        /// The name.
        name: String,
    },
}

/// Appends an event as one line, newline included.
pub fn write(event: &Event, out: &mut Vec<u8>) {
    write::event(event, out);
    out.push(b'\n');
}

/// Reads an event from a line: the inverse of [`write()`]. White space around it does no harm, nor do keys that are not
/// known.
pub fn read(line: &str) -> Result<Event, Error> {
    read::event(line)
}

/// Writes events as one array, one event per line, as they come.
pub fn write_array<'a>(events: impl IntoIterator<Item = &'a Event>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut array = ArrayWriter::default();
    let mut buffer = Vec::new();
    for event in events {
        buffer.clear();
        array.event(event, &mut buffer);
        out.write_all(&buffer)?;
    }
    buffer.clear();
    array.finish(&mut buffer);
    out.write_all(&buffer)
}

/// The state of an array that is being written, for events that come one by one.
#[derive(Debug, Default)]
pub struct ArrayWriter {
    begun: bool,
}

impl ArrayWriter {
    /// Appends one element.
    pub fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.begun { b",\n" } else { b"[\n" });
        self.begun = true;
        write::event(event, out);
    }

    /// Appends the end; the array is valid without any element too.
    pub fn finish(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.begun { b"\n]\n" } else { b"[]\n" });
    }
}

/// Whether a value is one number, name or address, which a tagged object takes to lie behind a pointer.
fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::Uint(_) | Value::Hex(_) | Value::Fd(_) | Value::Const(_) | Value::Flags(_) => true,
        Value::SockType(_) | Value::SigSet(_) | Value::Port(_) | Value::Be32(_) => true,
        Value::Ipv4(_) | Value::Ipv6(_) | Value::Interface { .. } | Value::Octets(_) => true,
        Value::Pointer(_) | Value::Bytes(_) | Value::SockAddr(_) | Value::Length(_) | Value::Offset(_) => false,
        Value::Ref(_) | Value::Array(_) | Value::Record(_) | Value::MsgHdr(_) | Value::MmsgHdr(_) => false,
        Value::Cmsg(_) | Value::PollFd(_) | Value::FdSet(_) | Value::Timeout(_) | Value::Verbatim(_) => false,
    }
}
