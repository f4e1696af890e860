//! Converts any trace that can be read into any format.
//!
//! Reading and writing run in parallel, each on all cores, and keep the order of the file. Memory does not grow with
//! the file.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::event::Event;
use crate::format::Writer;
use crate::read::{EventSource, Form, Report, cores};
use crate::sockets::Naming;

/// How many batches of events may queue between reader and writer.
const QUEUE: usize = 4;

/// Why a trace could not be converted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read to its end.
    #[error("cannot read further")]
    Read(#[source] io::Error),
    /// The result could not be written.
    #[error("cannot write")]
    Write(#[source] io::Error),
}

/// Converts a trace. The writer is made once the form of the text is known.
///
/// # Errors
/// [`Error::Read`], after everything before it was written, and [`Error::Write`].
pub fn convert(
    mut source: Box<dyn EventSource>,
    writer: impl FnOnce(Form) -> Box<dyn Writer>,
    out: &mut dyn Write,
) -> Result<Report, Error> {
    let (sender, receiver) = sync_channel::<(Form, Vec<Event>)>(QUEUE);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            loop {
                let mut events = Vec::new();
                let more = source.read(&mut events);
                let left = sender.send((source.report().form, events)).is_err();
                match more {
                    Ok(true) if !left => {}
                    Ok(_) => return Ok(source.report().clone()),
                    Err(error) => return Err(error),
                }
            }
        });
        let mut batches = receiver.into_iter();
        let mut written = Ok(());
        if let Some((form, first)) = batches.next() {
            let mut to = writer(form);
            let batches = std::iter::once(first).chain(batches.map(|(_, events)| events));
            let mut batches = Named { batches, naming: to.names_sockets().then(Naming::of_file) };
            let mut bytes = Vec::new();
            // The beginning of a file may differ from the rest, so the first events are written before the work is
            // shared.
            for events in batches.by_ref() {
                write_all(&mut *to, &events, &mut bytes);
                if !events.is_empty() {
                    break;
                }
            }
            written = out.write_all(&bytes).and_then(|()| own_files(&mut *to));
            let threads = cores();
            if written.is_ok() {
                let parallel: Vec<_> = (0..threads).filter_map(|_| to.parallel().filter(|_| threads > 1)).collect();
                written = if parallel.is_empty() {
                    batches.try_for_each(|events| {
                        write_all(&mut *to, &events, &mut bytes);
                        out.write_all(&bytes).and_then(|()| own_files(&mut *to))
                    })
                } else {
                    side_by_side(scope, parallel, batches, out)
                };
            }
            if written.is_ok() {
                bytes.clear();
                to.end(&mut bytes);
                written = out.write_all(&bytes).and_then(|()| out.flush()).and_then(|()| own_files(&mut *to));
            }
        }
        written.map_err(Error::Write)?;
        match reading.join() {
            Ok(report) => report.map_err(Error::Read),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Batches whose events name their sockets, where that is wanted.
struct Named<I> {
    batches: I,
    naming: Option<Naming>,
}

impl<I: Iterator<Item = Vec<Event>>> Iterator for Named<I> {
    type Item = Vec<Event>;

    fn next(&mut self) -> Option<Vec<Event>> {
        let Some(naming) = &mut self.naming else { return self.batches.next() };
        match self.batches.next() {
            Some(events) => Some(naming.through(events)),
            None => Some(naming.rest()).filter(|rest| !rest.is_empty()),
        }
    }
}

/// What became of a writer's own files.
fn own_files(of: &mut dyn Writer) -> io::Result<()> {
    of.failure().map_or(Ok(()), Err)
}

/// Replaces `bytes` with the text of the events.
fn write_all(to: &mut dyn Writer, events: &[Event], bytes: &mut Vec<u8>) {
    bytes.clear();
    events.iter().for_each(|event| to.event(event, bytes));
}

/// Writes batches on a thread per writer. They are dealt and collected round-robin, which keeps their order.
fn side_by_side<'scope, 'env>(
    scope: &'scope std::thread::Scope<'scope, 'env>,
    writers: Vec<Box<dyn Writer>>,
    batches: impl Iterator<Item = Vec<Event>> + Send + 'scope,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (mut dealt, mut done) = (Vec::<SyncSender<Vec<Event>>>::new(), Vec::<Receiver<Vec<u8>>>::new());
    for mut writer in writers {
        let (to, from) = sync_channel::<Vec<Event>>(1);
        let (to_file, from_thread) = sync_channel(1);
        dealt.push(to);
        done.push(from_thread);
        scope.spawn(move || {
            for events in from {
                let mut bytes = Vec::new();
                write_all(&mut *writer, &events, &mut bytes);
                if to_file.send(bytes).is_err() {
                    return;
                }
            }
        });
    }
    scope.spawn(move || {
        for (events, to) in batches.zip(dealt.iter().cycle()) {
            if to.send(events).is_err() {
                return;
            }
        }
    });
    for from in done.iter().cycle() {
        match from.recv() {
            Ok(bytes) => out.write_all(&bytes)?,
            Err(_) => break, // threads end in the order in which batches are dealt
        }
    }
    Ok(())
}
