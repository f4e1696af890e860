//! The log of running programs: events of several threads become one file, and nothing recorded is lost.
//!
//! Each thread has a [`LogSink`] that writes in the thread itself, under a lock, and flushes after each event: when a
//! program continues after a call, the call is in the file, so that even a killed process leaves every call it made.
//! Calls that were entered and have not returned are remembered: they are written as unfinished when the log ends
//! first.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Event, Sink};
use crate::format::{Packed, Writer};
use crate::sockets::Naming;

/// The log: made by [`Log::start`], ended by [`Log::finish`].
#[derive(Debug)]
pub struct Log {
    state: Arc<Mutex<State>>,
}

/// Hands one thread's events to the log.
#[derive(Debug, Clone)]
pub struct LogSink {
    state: Arc<Mutex<State>>,
}

/// What the threads share.
struct State {
    writer: Box<dyn Writer>,
    /// Names the sockets of events, where the writer wants that.
    naming: Option<Naming>,
    out: Packed<Box<dyn Write + Send>>,
    /// Calls that have not returned, by thread.
    pending: BTreeMap<u32, Event>,
    seq: u64,
    bytes: Vec<u8>,
    /// The first failure. The program goes on, nothing more is written.
    failure: Option<io::Error>,
    finished: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "State({} events)", self.seq)
    }
}

impl State {
    fn put(&mut self, mut event: Event) {
        event.seq = self.seq;
        self.seq += 1;
        if let Some(naming) = &mut self.naming {
            naming.event(&mut event, &[]);
        }
        self.bytes.clear();
        self.writer.event(&event, &mut self.bytes);
        self.flush();
    }

    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.out.write_all(&self.bytes).and_then(|()| self.out.flush()).err();
            self.failure = self.failure.take().or_else(|| self.writer.failure());
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    /// A log that is written to `out`.
    pub fn start(writer: Box<dyn Writer>, out: impl Write + Send + 'static) -> Self {
        Self::start_packed(writer, Packed::plain(Box::new(out)))
    }

    /// A log that is written to a packed file, which ends with the log.
    pub fn start_packed(writer: Box<dyn Writer>, out: Packed<Box<dyn Write + Send>>) -> Self {
        let (pending, bytes) = (BTreeMap::new(), Vec::new());
        let naming = writer.names_sockets().then(|| Naming::of_recording(0));
        let state = State { writer, naming, out, pending, seq: 0, bytes, failure: None, finished: false };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// A sink for a thread of the program.
    pub fn sink(&self) -> LogSink {
        LogSink { state: Arc::clone(&self.state) }
    }

    /// Amends the calls that have not returned, while they wait.
    pub fn amend(&self, mut amend: impl FnMut(&mut Event)) {
        lock(&self.state).pending.values_mut().for_each(&mut amend);
    }

    /// Writes what is left, calls that never returned included, and returns whether everything was written. Only the
    /// first call does anything, whichever thread makes it; what happens later is not part of the log.
    pub fn finish(&self) -> io::Result<()> {
        self.end(None)
    }

    /// Like [`Log::finish`], with a last event after everything else.
    pub fn finish_with(&self, last: Event) -> io::Result<()> {
        self.end(Some(last))
    }

    fn end(&self, last: Option<Event>) -> io::Result<()> {
        let mut state = lock(&self.state);
        if std::mem::replace(&mut state.finished, true) {
            return Ok(());
        }
        for event in std::mem::take(&mut state.pending).into_values().chain(last) {
            state.put(event);
        }
        let state = &mut *state;
        state.bytes.clear();
        state.writer.end(&mut state.bytes);
        state.flush();
        match state.failure.take() {
            Some(error) => Err(error),
            None => state.out.finish(),
        }
    }
}

impl Sink for LogSink {
    fn event(&mut self, event: Event) {
        let mut state = lock(&self.state);
        state.pending.remove(&event.tid);
        if !state.finished {
            state.put(event);
        }
    }

    fn wants_entered(&self) -> bool {
        true
    }

    fn entered(&mut self, call: Event) {
        lock(&self.state).pending.insert(call.tid, call);
    }
}
