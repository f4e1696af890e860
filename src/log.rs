//! The log of running programs: events of several threads become one file, and nothing recorded is lost.
//!
//! Each thread has a [`LogSink`]; one thread of ours writes, and flushes after each event, so that a killed process
//! leaves every call it made. Calls that were entered and have not returned are remembered: they are written as
//! unfinished when the log ends first.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::event::{Event, Sink};
use crate::format::Writer;

/// What a thread tells the writer.
enum Message {
    Begun(Event),
    Event(Event),
    /// With what comes after the calls that never returned.
    End(Option<Box<Event>>),
}

/// The log: made by [`Log::start`], ended by [`Log::finish`].
#[derive(Debug)]
pub struct Log {
    sender: Sender<Message>,
    /// Gone once the log is finished.
    writer: Mutex<Option<JoinHandle<io::Result<()>>>>,
}

/// Hands one thread's events to the log.
#[derive(Debug, Clone)]
pub struct LogSink {
    sender: Sender<Message>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Begun(_) => "Begun",
            Self::Event(_) => "Event",
            Self::End(_) => "End",
        })
    }
}

impl Log {
    /// Starts the thread that writes to `out`.
    pub fn start(writer: Box<dyn Writer>, out: impl Write + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        let writer = std::thread::spawn(move || write(receiver, writer, out));
        Self { sender, writer: Mutex::new(Some(writer)) }
    }

    /// A sink for a thread of the program.
    pub fn sink(&self) -> LogSink {
        LogSink { sender: self.sender.clone() }
    }

    /// Writes what is left, calls that never returned included, and says whether everything could be written. Only the
    /// first call does anything, whichever thread makes it; others wait until it is done.
    pub fn finish(&self) -> io::Result<()> {
        self.end(None)
    }

    /// Like [`Log::finish`], with a last event after everything else.
    pub fn finish_with(&self, last: Event) -> io::Result<()> {
        self.end(Some(last))
    }

    fn end(&self, last: Option<Event>) -> io::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = writer.take() else { return Ok(()) };
        let _ = self.sender.send(Message::End(last.map(Box::new)));
        writer.join().unwrap_or_else(|_| Err(io::Error::other("the thread that writes the log died")))
    }
}

impl Sink for LogSink {
    fn event(&mut self, event: Event) {
        let _ = self.sender.send(Message::Event(event)); // a writer that is gone has said why already
    }

    fn wants_begun(&self) -> bool {
        true
    }

    fn begun(&mut self, call: Event) {
        let _ = self.sender.send(Message::Begun(call));
    }
}

/// The writing thread. After a failure it goes on listening, so that the program goes on too.
fn write(receiver: Receiver<Message>, mut writer: Box<dyn Writer>, mut out: impl Write) -> io::Result<()> {
    let mut begun: BTreeMap<u32, Event> = BTreeMap::new();
    let mut failure = None;
    let mut seq = 0;
    let mut bytes = Vec::new();
    let mut put = |mut event: Event, failure: &mut Option<io::Error>| {
        event.seq = seq;
        seq += 1;
        bytes.clear();
        writer.event(&event, &mut bytes);
        if failure.is_none() {
            *failure = out.write_all(&bytes).and_then(|()| out.flush()).err();
        }
    };
    let mut last = None;
    for message in receiver {
        match message {
            Message::Begun(event) => {
                begun.insert(event.tid, event);
            }
            Message::Event(event) => {
                begun.remove(&event.tid);
                put(event, &mut failure);
            }
            Message::End(event) => {
                last = event;
                break;
            }
        }
    }
    for event in begun.into_values().chain(last.map(|event| *event)) {
        put(event, &mut failure);
    }
    bytes.clear();
    writer.end(&mut bytes);
    match failure {
        Some(error) => Err(error),
        None => out.write_all(&bytes).and_then(|()| out.flush()),
    }
}
