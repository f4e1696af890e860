//! Formats that are several tables in files of their own: Parquet and SQLite.
//!
//! A stack or a socket is a row once, however many calls have it. What is common to these formats is here; a [`Store`] puts
//! the rows where they belong.

use std::io;
use std::path::{Path, PathBuf};

use super::{WriteOptions, Writer};
use crate::event::{Body, Event};
use crate::json;
use crate::sockets::{Ledger, SocketRecord};
use crate::table::calls::{EventRow, Texts, TraceOrigin};
use crate::table::sockets::SocketRow;
use crate::table::stacks::{self, FrameRow, StackNumbers};

mod parquet;
mod sqlite;
mod whole;

pub(super) use parquet::FORMAT as PARQUET;
pub(super) use sqlite::FORMAT as SQLITE;

/// Where rows go.
trait Store: Send {
    /// A row of the calls.
    fn call(&mut self, ts_ns: u64, row: &EventRow<'_>) -> io::Result<()>;
    /// A row of the frames of a stack that the next call has.
    fn frame(&mut self, ts_ns: u64, row: &FrameRow<'_>) -> io::Result<()>;
    /// A row of the sockets.
    fn socket(&mut self, row: &SocketRow<'_>) -> io::Result<()>;
    /// Completes the files.
    fn finish(&mut self) -> io::Result<()>;
}

/// Makes a store at a place.
type Open = fn(&Path, &TraceOrigin) -> io::Result<Box<dyn Store>>;

/// Makes rows of events.
struct Tables {
    open: Open,
    place: Option<PathBuf>,
    /// Opened for the first event, or at the end.
    store: Option<Box<dyn Store>>,
    origin: TraceOrigin,
    stacks: StackNumbers,
    ledger: Ledger,
    texts: Texts,
    args: Vec<u8>,
    more: Vec<u8>,
    /// The first failure, once it happened.
    failure: Option<io::Error>,
    /// Whether nothing more is written.
    over: bool,
}

impl Tables {
    fn boxed(options: &WriteOptions, open: Open) -> Box<dyn Writer> {
        let (host, boot_id) = options.machine.clone().map_or((None, None), |of| (of.host, of.boot_id));
        Box::new(Self {
            open,
            place: options.place.clone(),
            store: None,
            origin: TraceOrigin { trace: String::new(), host, boot_id },
            stacks: StackNumbers::default(),
            ledger: Ledger::default(),
            texts: Texts::default(),
            args: Vec::new(),
            more: Vec::new(),
            failure: None,
            over: false,
        })
    }

    /// The store; the first event names the trace.
    fn store(&mut self, first: Option<&Event>) -> io::Result<&mut dyn Store> {
        if self.store.is_none() {
            let place = self.place.as_ref().ok_or_else(|| io::Error::other("it needs a file, which no -o names"))?;
            self.origin.trace = name(first);
            self.store = Some((self.open)(place, &self.origin)?);
        }
        self.store.as_deref_mut().map(|store| store as _).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn add(&mut self, event: &Event) -> io::Result<()> {
        self.store(Some(event))?;
        let Self { store: Some(store), .. } = self else { return Ok(()) };
        let call = if let Body::Call(call) = &event.body { Some(call) } else { None };
        let mut stack = None;
        if let Some(of) = call.and_then(|call| call.python.as_ref()) {
            let (number, new) = self.stacks.number(of);
            stack = Some(number);
            if new {
                for row in stacks::rows(&self.origin.trace, number, of) {
                    store.frame(event.ts_ns, &row)?;
                }
            }
        }
        self.texts.set(event);
        self.args.clear();
        if let Some(call) = call {
            json::write_args(call, &mut self.args);
        }
        self.more.clear();
        json::write_beside(event, &mut self.more);
        if self.more == b"{}" {
            self.more.clear();
        }
        // JSON is UTF-8.
        let (args, more) = (str::from_utf8(&self.args), str::from_utf8(&self.more));
        let json = [args.unwrap_or_default(), more.unwrap_or_default()];
        store.call(event.ts_ns, &EventRow::new(event, &self.origin, stack, &self.texts, json))?;
        self.ledger.event(event);
        put(&mut **store, &self.origin, &self.ledger.gone())
    }

    fn complete(&mut self) -> io::Result<()> {
        self.store(None)?;
        let Self { store: Some(store), .. } = self else { return Ok(()) };
        put(&mut **store, &self.origin, &self.ledger.rest())?;
        store.finish()
    }

    /// Keeps a failure, after which nothing more is written.
    fn keep(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            (self.failure, self.over, self.store) = (Some(error), true, None);
        }
    }
}

fn put(store: &mut dyn Store, origin: &TraceOrigin, sockets: &[SocketRecord]) -> io::Result<()> {
    sockets.iter().try_for_each(|record| store.socket(&SocketRow::new(&origin.trace, record)))
}

/// A name for a trace that others do not have, and that is the same whenever it is converted: by its first event.
fn name(first: Option<&Event>) -> String {
    let (ts_ns, pid) = match first {
        Some(event) if event.ts_ns != 0 => (event.ts_ns, event.pid),
        _ => (crate::table::now_ns(), std::process::id()),
    };
    let time: String = crate::table::iso(ts_ns).chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    format!("{time}-{pid}")
}

impl Writer for Tables {
    fn event(&mut self, event: &Event, _out: &mut Vec<u8>) {
        if !self.over {
            let done = self.add(event);
            self.keep(done);
        }
    }

    fn names_sockets(&self) -> bool {
        true
    }

    fn end(&mut self, _out: &mut Vec<u8>) {
        if !self.over {
            let done = self.complete();
            self.over = true;
            self.keep(done);
        }
    }

    fn failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }
}
