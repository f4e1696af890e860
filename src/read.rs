//! Reading traces: any file that we can read, as events.
//!
//! The form of a file is recognised by its content, and so is its packing, since traces are piped, renamed and sent
//! around. Everything streams: memory does not grow with the file. Whatever the form, a [`Source`] gives events stretch
//! by stretch and a [`Report`] of what was read and what could not be.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::event::Event;

mod csv;
mod json;
mod merge;
mod pack;
mod report;
pub mod text;

use merge::Merged;
pub use pack::unpack;
pub use report::{Form, Report, Trouble};

/// Buffer of a reader, in bytes: large enough that calls into the kernel do not count.
const BUFFER: usize = 256 << 10;
/// What some programs put before UTF-8 text.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// Threads that read or write at most: putting their work in order is one thread's work.
const MAX_THREADS: usize = 8;

/// Why reading a trace could not begin.
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

/// Reads a trace from a stream, which may be packed.
///
/// # Errors
/// Those of the stream.
pub fn source(input: impl Read + Send + 'static, options: text::Options) -> io::Result<Box<dyn Source>> {
    source_on(cores(), input, options)
}

/// How many threads can work at a time.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// Like [`source`], on so many threads as far as the format lets them.
fn source_on(threads: usize, input: impl Read + Send + 'static, options: text::Options) -> io::Result<Box<dyn Source>> {
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
        _ if csv::begins(front) => Box::new(csv::Table::new(input)),
        _ if threads > 1 => Box::new(text::Blocks::new(input, options, threads)?),
        _ => Box::new(text::Reader::new(input, options)),
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
/// a file, to show progress.
///
/// # Errors
/// [`Error::Open`] and [`Error::Begin`] with the name.
pub fn open(path: &Path, watch: impl Fn(u64) + Clone + Send + 'static) -> Result<Box<dyn Source>, Error> {
    let begin = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Begin { path, source }
    };
    if path == Path::new("-") {
        return source(io::stdin(), text::Options::default()).map_err(begin(Path::new("standard input")));
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
        parts.push(source_on(threads, watched, text::Options::for_file(&file, modified)).map_err(begin(&file))?);
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
