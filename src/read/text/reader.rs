//! Lines from a stream, in bounded memory.

use std::io::{self, BufRead, Read};

use memchr::memchr;

use super::join::Joiner;
use super::survey::names_no_process;
use crate::event::Event;
use crate::format;
use crate::read::{EventSource, Report};
use crate::sys::clock;

/// The longest line that is parsed, in bytes; longer ones are kept in pieces.
pub(super) const MAX_LINE: usize = 16 << 20;

/// The most bytes read in one batch: events are several times larger than their text, and should still be in the
/// processor's cache when they are used.
const BATCH: usize = 64 << 10;

/// What cannot be read from a file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The thread of lines that name none: the suffix of a file of `-ff`; 0 where it is unknown.
    pub tid: u32,
    /// The midnight that clock times without a date (`-t`, `-tt`) count from, ns since 1970. See [`midnight`].
    pub day_ns: u64,
    /// Whether the text is a file, whose beginning is there at once, and not a stream that may be waited for.
    pub(crate) is_file: bool,
}

impl Default for ReadOptions {
    /// An unknown thread, on 1 January 1970.
    fn default() -> Self {
        Self { tid: 0, day_ns: midnight(0), is_file: false }
    }
}

impl ReadOptions {
    /// Options for a file, which `-ff` names after the thread and which was last modified at `modified_ns`.
    pub fn for_file(path: &std::path::Path, modified_ns: u64) -> Self {
        let tid = format::number(path).unwrap_or(0);
        Self { tid, day_ns: midnight(modified_ns), is_file: false }
    }
}

/// The midnight before `ts_ns`, in the local time zone (in UTC without the feature `files`), both ns since 1970 and
/// never before it.
pub fn midnight(ts_ns: u64) -> u64 {
    clock::midnight(ts_ns)
}

/// Reads a file of strace's text, event by event.
///
/// An iterator that ends with the file. Errors are those of the stream; what the text lacks is in the
/// [`report`](Self::report).
pub struct TextReader<R> {
    input: R,
    options: ReadOptions,
    /// The beginning of the stream, which is looked through before its first line is read.
    front: Option<Front>,
    lines: Joiner,
    /// The beginning of a line whose end is not yet in the buffer.
    carry: Vec<u8>,
    /// Whether `carry` continues a line of which pieces were already emitted.
    in_long: bool,
    ready: std::vec::IntoIter<Event>,
    ended: bool,
}

impl<R> std::fmt::Debug for TextReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextReader").field("report", self.lines.report()).finish_non_exhaustive()
    }
}

impl<R: BufRead> TextReader<R> {
    /// Reads `input`; a buffer of about 100 kB works best.
    pub fn new(input: R, options: ReadOptions) -> Self {
        Self {
            input,
            options,
            front: None,
            lines: Joiner::new(options),
            carry: Vec::new(),
            in_long: false,
            ready: Vec::new().into_iter(),
            ended: false,
        }
    }

    /// What was read so far.
    pub fn report(&self) -> &Report {
        self.lines.report()
    }

    /// Appends the next batch of events; false at the end. Faster than iterating.
    ///
    /// # Errors
    /// Those of the stream. Events read before the error are kept.
    pub fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        if self.front.is_none() {
            let front = Front::read(&mut self.input, self.options);
            self.lines.survey(&front.bytes);
            self.front = Some(front);
        }
        self.lines.begin_batch(out);
        let mut lines = Lines { to: &mut self.lines, carry: &mut self.carry, in_long: &mut self.in_long };
        if let Some(front) = &mut self.front {
            let batch = &front.bytes[front.at..];
            let batch = &batch[..batch.len().min(BATCH)];
            if !batch.is_empty() {
                lines.take(batch, out);
                front.at += batch.len();
                return Ok(true);
            }
            if let Some(error) = front.failed.take() {
                return Err(error);
            }
            (front.bytes, front.at) = (Vec::new(), 0);
        }
        let buffer = match self.input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(error) => return Err(error),
        };
        // A slice in memory is its own buffer, and may be huge.
        let len = buffer.len().min(BATCH);
        if len == 0 {
            self.end(out);
            return Ok(false);
        }
        lines.take(&buffer[..len], out);
        self.input.consume(len);
        Ok(true)
    }

    /// What is left at the end of the stream.
    fn end(&mut self, out: &mut Vec<Event>) {
        if self.ended {
            return;
        }
        self.ended = true;
        if self.in_long {
            self.lines.piece(&self.carry, false, out);
        } else if !self.carry.is_empty() {
            self.lines.line(&self.carry, out);
        }
        self.carry = Vec::new();
        self.lines.finish(out);
    }
}

/// Cuts a stream into lines.
struct Lines<'a> {
    to: &'a mut Joiner,
    carry: &'a mut Vec<u8>,
    in_long: &'a mut bool,
}

impl Lines<'_> {
    /// The next bytes of the stream.
    fn take(&mut self, buffer: &[u8], out: &mut Vec<Event>) {
        let mut rest = buffer;
        if (!self.carry.is_empty() || *self.in_long)
            && let Some(end) = memchr(b'\n', rest)
        {
            self.carry.extend_from_slice(&rest[..end]);
            if *self.in_long {
                self.to.piece(self.carry, false, out);
            } else {
                self.to.line(self.carry, out);
            }
            *self.in_long = false;
            self.carry.clear();
            self.carry.shrink_to(64 << 10);
            rest = &rest[end + 1..];
        }
        if self.carry.is_empty() && !*self.in_long {
            while let Some(end) = memchr(b'\n', rest) {
                self.to.line(&rest[..end], out);
                rest = &rest[end + 1..];
            }
        }
        self.carry.extend_from_slice(rest);
        if self.carry.len() > MAX_LINE || (*self.in_long && self.carry.len() > MAX_LINE / 16) {
            self.to.piece(self.carry, true, out);
            *self.in_long = true;
            self.carry.clear();
            self.carry.shrink_to(MAX_LINE / 16);
        }
        self.to.end_batch(out);
        self.to.count_bytes(buffer.len());
    }
}

/// The beginning of a stream.
pub(super) struct Front {
    pub(super) bytes: Vec<u8>,
    /// How much of it was used.
    at: usize,
    /// Reading further failed.
    pub(super) failed: Option<io::Error>,
    /// Whether it is all there is.
    pub(super) ended: bool,
}

/// The most of a stream that is looked through before its first line is read: lines and bytes.
const FRONT_LINES: usize = 200;
pub(super) const FRONT: usize = 64 << 10;
/// The same of a file whose first lines name no process: the first that does may come late.
const FRONT_OF_FILE: usize = 4 << 20;

impl Front {
    /// Reads the beginning: of a stream no more than may be waited for.
    pub(super) fn read(input: &mut impl Read, options: ReadOptions) -> Self {
        let (mut bytes, mut failed, mut ended) = (Vec::new(), None, false);
        let (mut lines, mut limit) = (0, FRONT);
        while bytes.len() < limit {
            let start = bytes.len();
            bytes.resize(limit.min(start + FRONT), 0);
            let read = input.read(&mut bytes[start..]);
            bytes.truncate(start + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => {
                    ended = true;
                    break;
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
            lines += memchr::memchr_iter(b'\n', &bytes[start..]).count();
            if !options.is_file && lines >= FRONT_LINES {
                break;
            }
            if options.is_file && options.tid == 0 && limit == FRONT && bytes.len() >= limit && names_no_process(&bytes)
            {
                limit = FRONT_OF_FILE;
            }
        }
        Self { bytes, at: 0, failed, ended }
    }
}

impl<R: BufRead> Iterator for TextReader<R> {
    type Item = io::Result<Event>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.ready.next() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            let mut events = Vec::new();
            if let Err(error) = self.read(&mut events) {
                self.ended = true;
                return Some(Err(error));
            }
            self.ready = events.into_iter();
        }
    }
}

impl<R: BufRead + Send> EventSource for TextReader<R> {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        TextReader::read(self, out)
    }

    fn report(&self) -> &Report {
        TextReader::report(self)
    }
}
