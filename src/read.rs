//! Reading traces: any supported file as events.
//!
//! A file's format and compression are recognised by content, since traces are piped, renamed and sent around.
//! Everything streams: memory does not grow with the file. Whatever the format, an [`EventSource`] yields events in
//! batches and a [`Report`] of what was read and what could not be.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::event::Event;
use crate::format;

mod csv;
mod deal;
mod foreign;
mod json;
mod merge;
mod pack;
mod report;
pub mod text;

use merge::{Joined, Merged};
pub use pack::unpack;
pub use report::{Form, Report, Trouble};

/// Buffer of a reader, in bytes: large enough that system calls do not matter.
const BUFFER: usize = 256 << 10;
/// The byte order mark that some programs put before UTF-8 text.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// The most threads that read or write: one thread puts their work in order.
const MAX_THREADS: usize = 8;

/// Why reading a trace could not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened.
    #[error("cannot open {path}", path = .path.display())]
    Open {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The beginning of the file could not be read.
    #[error("cannot read {path}", path = .path.display())]
    Begin {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// Reads the events of a trace of any format, batch by batch.
pub trait EventSource: Send {
    /// Appends the next batch of events; false at the end.
    ///
    /// # Errors
    /// Those of the stream.
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool>;

    /// What was read so far, and what could not be.
    fn report(&self) -> &Report;
}

/// The events of a trace, one after the other: what [`events`] opens, or any other [`EventSource`].
///
/// An error of the stream comes after every event before it, and ends the iteration.
pub struct Events {
    source: Box<dyn EventSource>,
    ready: std::vec::IntoIter<Event>,
    /// What comes when the events that are ready are used up, if no more are read.
    end: Option<io::Result<()>>,
}

impl Events {
    /// The events that a source gives.
    pub fn new(source: Box<dyn EventSource>) -> Self {
        Self { source, ready: Vec::new().into_iter(), end: None }
    }

    /// What was read so far, and what could not be.
    pub fn report(&self) -> &Report {
        self.source.report()
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("report", self.report()).finish_non_exhaustive()
    }
}

impl Iterator for Events {
    type Item = io::Result<Event>;

    fn next(&mut self) -> Option<io::Result<Event>> {
        loop {
            if let Some(event) = self.ready.next() {
                return Some(Ok(event));
            }
            if let Some(end) = &mut self.end {
                return std::mem::replace(end, Ok(())).err().map(Err);
            }
            let mut events = Vec::new();
            self.end = match self.source.read(&mut events) {
                Ok(true) => None,
                ended => Some(ended.map(drop)),
            };
            self.ready = events.into_iter();
        }
    }
}

/// Opens a trace by name as [`open`] does, and gives its events.
///
/// # Errors
/// Those of [`open`].
pub fn events(path: &Path) -> Result<Events, Error> {
    open(path, |_| {}).map(Events::new)
}

/// Reads a trace from a stream, which may be compressed.
///
/// # Errors
/// Those of the stream.
pub fn source(input: impl Read + Send + 'static, options: text::ReadOptions) -> io::Result<Box<dyn EventSource>> {
    source_on(cores(), input, options)
}

/// How many threads can run at a time, up to [`MAX_THREADS`].
pub(crate) fn cores() -> usize {
    // Asking opens files.
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS))
}

/// Like [`source`], on up to this many threads, where the format allows it.
fn source_on(
    threads: usize,
    input: impl Read + Send + 'static,
    options: text::ReadOptions,
) -> io::Result<Box<dyn EventSource>> {
    let mut input = BufReader::with_capacity(BUFFER, unpack(input)?);
    if input.fill_buf()?.starts_with(MARK) {
        input.consume(MARK.len());
    }
    let front = input.fill_buf()?;
    let mut visible = front.iter().copied().filter(|b| !b.is_ascii_whitespace());
    Ok(match (visible.next(), visible.next()) {
        (Some(b'{'), Some(b'"' | b'}')) if json::is_laid_out(front) => Box::new(json::Objects::new(input)),
        (Some(b'{'), Some(b'"' | b'}')) => {
            let foreign = foreign::of(front);
            match threads {
                0 | 1 => Box::new(json::JsonLines::new(input, foreign)),
                _ => Box::new(json::JsonBlocks::new(input, foreign, threads)?),
            }
        }
        (Some(b'['), None | Some(b'{' | b']')) => Box::new(json::Objects::new(input)),
        _ if csv::begins(front) => Box::new(csv::CsvRows::new(input)),
        _ if threads > 1 => text::blocks::source(input, options, threads)?,
        _ => Box::new(text::TextReader::new(input, options)),
    })
}

/// The files that a name stands for: itself, or the set that `-ff -o NAME` writes, by number: strace's `NAME.PID`, or
/// `x.PID.jsonl` for `x.jsonl`.
pub fn files(path: &Path) -> Vec<PathBuf> {
    if path.exists() {
        return vec![path.to_owned()];
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let numbered = |entry: io::Result<std::fs::DirEntry>| {
        let found = entry.ok()?.path();
        let behind =
            |found: &Path| found.extension()?.to_str()?.parse().ok().filter(|_| found.file_stem() == path.file_name());
        let number = behind(&found).or_else(|| {
            let number = format::number(&found)?;
            (format::numbered(path, number).file_name() == found.file_name()).then_some(number)
        })?;
        Some((number, found))
    };
    let set: BTreeMap<u32, PathBuf> = std::fs::read_dir(folder).into_iter().flatten().filter_map(numbered).collect();
    if set.is_empty() { vec![path.to_owned()] } else { set.into_values().collect() }
}

/// Opens a trace by name: a file, `-` for standard input, or the common name of a `-ff` set. `watch` sees every read of
/// a file, to show progress.
///
/// # Errors
/// [`Error::Open`] and [`Error::Begin`] with the name.
pub fn open(path: &Path, watch: impl Fn(u64) + Clone + Send + 'static) -> Result<Box<dyn EventSource>, Error> {
    let begin = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Begin { path, source }
    };
    if path == Path::new("-") {
        return source(io::stdin(), text::ReadOptions::default()).map_err(begin(Path::new("standard input")));
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
        let mut options = text::ReadOptions::for_file(&file, modified);
        options.is_file = file.is_file();
        parts.push(source_on(threads, watched, options).map_err(begin(&file))?);
    }
    match <[Box<dyn EventSource>; 1]>::try_from(parts) {
        Ok([only]) => Ok(only),
        Err(parts) => Ok(Box::new(Merged::new(parts))),
    }
}

/// Opens traces by name as [`open`] does. Several are joined into one: their events in the order of time, which needs
/// memory for all of them.
///
/// # Errors
/// Those of [`open`], and, when events are read, an error where a trace has no times.
pub fn open_all(
    paths: &[PathBuf],
    watch: impl Fn(u64) + Clone + Send + 'static,
) -> Result<Box<dyn EventSource>, Error> {
    match paths {
        [only] => open(only, watch),
        _ => {
            let part = |path: &PathBuf| Ok((path.clone(), open(path, watch.clone())?));
            Ok(Box::new(Joined::new(paths.iter().map(part).collect::<Result<_, _>>()?)))
        }
    }
}

/// Reports how many bytes each read returned.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives two events and then an error.
    #[derive(Default)]
    struct Broken(Report);

    impl EventSource for Broken {
        fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
            let body = crate::event::Body::Note(String::new());
            out.extend([0, 1].map(|seq| Event {
                seq,
                ts_ns: 0,
                pid: 1,
                tid: 1,
                body: body.clone(),
                role: None,
                host: None,
                prefix: None,
            }));
            Err(io::Error::other("gone"))
        }

        fn report(&self) -> &Report {
            &self.0
        }
    }

    #[test]
    fn an_error_comes_once_and_behind_the_events_before_it() {
        let mut events = Events::new(Box::<Broken>::default());
        let mut next = || events.next().map(|event| event.map(|event| event.seq).map_err(|error| error.to_string()));
        assert_eq!([next(), next()], [Some(Ok(0)), Some(Ok(1))]);
        assert_eq!([next(), next(), next()], [Some(Err("gone".to_owned())), None, None]);
    }

    #[test]
    fn the_events_of_a_stream_are_an_iterator() {
        let text = "1 close(3) = 0\n1 close(4) = -1 EBADF (Bad file descriptor)\n";
        let mut events = Events::new(source(text.as_bytes(), text::ReadOptions::default()).unwrap());
        let seqs: Vec<_> = events.by_ref().map(|event| event.unwrap().seq).collect();
        assert_eq!((seqs, events.report().calls), (vec![0, 1], 2));
    }
}
