//! Any trace we can read into any format we can write.
//!
//! The format of a file is told by its content, and so is its packing, since traces are piped, renamed and sent
//! around. Everything streams: memory does not grow with the file. Reading and writing run side by side, each on as
//! many cores as there are, and the order is that of the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::event::Event;
use crate::format::Writer;
use crate::text::parse::{self, Form, Report};

mod json;
mod pack;
mod table;

pub use pack::unpack;

/// Buffer of a reader, in bytes: large enough that calls into the kernel do not count.
const BUFFER: usize = 256 << 10;
/// What some programs put before UTF-8 text.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// Batches of events between reader and writer.
const QUEUE: usize = 4;
/// Threads that read or write at most: putting their work in order is one thread's work.
const MOST_THREADS: usize = 8;

/// Why a trace could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened.
    #[error("cannot open {path}", path = .path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not even the beginning of the file could be read.
    #[error("cannot read {path}", path = .path.display())]
    Begin {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file could not be read to its end.
    #[error("cannot read on")]
    Read(#[source] io::Error),
    /// The result could not be written.
    #[error("cannot write")]
    Write(#[source] io::Error),
}

/// Reads events of a trace in whatever format, stretch by stretch.
pub trait Source: Send {
    /// Appends the next events; false at the end.
    ///
    /// # Errors
    /// Those of the stream.
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool>;

    /// What was read so far, and what could not be.
    fn report(&self) -> &Report;
}

impl Source for parse::Blocks {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        parse::Blocks::read(self, out)
    }

    fn report(&self) -> &Report {
        parse::Blocks::report(self)
    }
}

impl<R: BufRead + Send> Source for parse::Reader<R> {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        parse::Reader::read(self, out)
    }

    fn report(&self) -> &Report {
        parse::Reader::report(self)
    }
}

/// Reads a trace from a stream, which may be packed.
///
/// # Errors
/// Those of the stream.
pub fn source(input: impl Read + Send + 'static, options: parse::Options) -> io::Result<Box<dyn Source>> {
    source_on(cores(), input, options)
}

/// How many threads can work at a time.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS)
}

/// Like [`source`], on so many threads as far as the format lets them.
fn source_on(
    threads: usize,
    input: impl Read + Send + 'static,
    options: parse::Options,
) -> io::Result<Box<dyn Source>> {
    let mut input = BufReader::with_capacity(BUFFER, unpack(input)?);
    if input.fill_buf()?.starts_with(MARK) {
        input.consume(MARK.len());
    }
    let front = input.fill_buf()?;
    let mut visible = front.iter().copied().filter(|b| !b.is_ascii_whitespace());
    Ok(match (visible.next(), visible.next()) {
        (Some(b'{'), Some(b'"' | b'}')) if json::is_laid_out(front) => Box::new(json::Objects::new(input)),
        (Some(b'{'), Some(b'"' | b'}')) => Box::new(json::Lines::new(input)),
        (Some(b'['), None | Some(b'{' | b']')) => Box::new(json::Objects::new(input)),
        _ if table::begins(front) => Box::new(table::Table::new(input)),
        _ if threads > 1 => Box::new(parse::Blocks::new(input, options, threads)?),
        _ => Box::new(parse::Reader::new(input, options)),
    })
}

/// The files a name means: itself, or the set that `strace -ff -o NAME` writes as `NAME.PID`, by number.
pub fn files(path: &Path) -> Vec<PathBuf> {
    if path.exists() {
        return vec![path.to_owned()];
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let numbered = |entry: io::Result<std::fs::DirEntry>| {
        let found = entry.ok()?.path();
        let number: u32 = found.extension()?.to_str()?.parse().ok()?;
        (found.file_stem() == path.file_name()).then_some((number, found))
    };
    let set: BTreeMap<u32, PathBuf> = std::fs::read_dir(folder).into_iter().flatten().filter_map(numbered).collect();
    if set.is_empty() { vec![path.to_owned()] } else { set.into_values().collect() }
}

/// Opens a trace by name: a file, `-` for standard input, or the common name of a `-ff` set. `watch` sees every read of
/// a file, for telling progress.
///
/// # Errors
/// [`Error::Open`] and [`Error::Begin`] with the name.
pub fn open(path: &Path, watch: impl Fn(u64) + Clone + Send + 'static) -> Result<Box<dyn Source>, Error> {
    let begin = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Begin { path, source }
    };
    if path == Path::new("-") {
        return source(io::stdin(), parse::Options::default()).map_err(begin(Path::new("standard input")));
    }
    let mut parts = Vec::new();
    let files = files(path);
    // A set may have hundreds of files.
    let threads = if files.len() == 1 { cores() } else { 1 };
    for file in files {
        let opened = File::open(&file).map_err(|source| Error::Open { path: file.clone(), source })?;
        let modified = opened.metadata().and_then(|data| data.modified()).ok();
        let modified = modified.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = modified.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
        let watched = Watched { input: opened, watch: watch.clone() };
        parts.push(source_on(threads, watched, parse::Options::for_file(&file, modified)).map_err(begin(&file))?);
    }
    match <[Box<dyn Source>; 1]>::try_from(parts) {
        Ok([only]) => Ok(only),
        Err(parts) => Ok(Box::new(Merged::new(parts))),
    }
}

/// Tells how many bytes each read brought.
struct Watched<R, W> {
    input: R,
    watch: W,
}

impl<R: Read, W: Fn(u64)> Read for Watched<R, W> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buf)?;
        (self.watch)(n as u64);
        Ok(n)
    }
}

/// Several files as one trace: by time where they have it, otherwise one after the other.
struct Merged {
    parts: Vec<Part>,
    report: Report,
    seq: u64,
}

struct Part {
    source: Box<dyn Source>,
    ready: std::collections::VecDeque<Event>,
    ended: bool,
}

impl Merged {
    fn new(parts: Vec<Box<dyn Source>>) -> Self {
        let part = |source| Part { source, ready: Default::default(), ended: false };
        Self { parts: parts.into_iter().map(part).collect(), report: Report::default(), seq: 0 }
    }
}

impl Source for Merged {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        for part in &mut self.parts {
            while part.ready.is_empty() && !part.ended {
                let mut events = Vec::new();
                part.ended = !part.source.read(&mut events)?;
                part.ready.extend(events);
            }
        }
        // Until one of them has to read again.
        while self.parts.iter().all(|part| part.ended || !part.ready.is_empty()) {
            let first = self
                .parts
                .iter_mut()
                .filter_map(|part| Some((part.ready.front()?.ts_ns, part)))
                .min_by_key(|(ts_ns, _)| *ts_ns);
            let Some((_, part)) = first else { break };
            let Some(mut event) = part.ready.pop_front() else { break };
            event.seq = self.seq;
            self.seq += 1;
            out.push(event);
        }
        self.report = Report::default();
        for part in &self.parts {
            self.report.add(part.source.report());
        }
        Ok(self.parts.iter().any(|part| !part.ended || !part.ready.is_empty()))
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

/// Copies a trace. The writer is made once the form of the text is known.
///
/// # Errors
/// [`Error::Read`] after everything before it was written, [`Error::Write`].
pub fn convert(
    mut source: Box<dyn Source>,
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
            let mut batches = std::iter::once(first).chain(batches.map(|(_, events)| events));
            let mut bytes = Vec::new();
            // The beginning of a file may be special, so the first events are written before the work is shared.
            for events in batches.by_ref() {
                write_all(&mut *to, &events, &mut bytes);
                if !events.is_empty() {
                    break;
                }
            }
            written = out.write_all(&bytes);
            let threads = cores();
            if written.is_ok() {
                let alike: Vec<_> = (0..threads).filter_map(|_| to.alike().filter(|_| threads > 1)).collect();
                written = if alike.is_empty() {
                    batches.try_for_each(|events| {
                        write_all(&mut *to, &events, &mut bytes);
                        out.write_all(&bytes)
                    })
                } else {
                    side_by_side(scope, alike, batches, out)
                };
            }
            if written.is_ok() {
                bytes.clear();
                to.end(&mut bytes);
                written = out.write_all(&bytes).and_then(|()| out.flush());
            }
        }
        written.map_err(Error::Write)?;
        match reading.join() {
            Ok(report) => report.map_err(Error::Read),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Replaces `bytes` by events.
fn write_all(to: &mut dyn Writer, events: &[Event], bytes: &mut Vec<u8>) {
    bytes.clear();
    events.iter().for_each(|event| to.event(event, bytes));
}

/// Writes batches on a thread per writer. They are dealt round and taken back round, which keeps their order.
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
            Err(_) => break, // the threads end in the order in which they would have had a batch
        }
    }
    Ok(())
}
