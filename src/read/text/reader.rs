//! Lines from a stream, in bounded memory.

use std::io::{self, BufRead};

use memchr::memchr;

use super::join::Joiner;
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
}

impl Default for ReadOptions {
    /// An unknown thread, on 1 January 1970.
    fn default() -> Self {
        Self { tid: 0, day_ns: midnight(0) }
    }
}

impl ReadOptions {
    /// Options for a file, which `-ff` names after the thread and which was last modified at `modified_ns`.
    pub fn for_file(path: &std::path::Path, modified_ns: u64) -> Self {
        let tid = format::number(path).unwrap_or(0);
        Self { tid, day_ns: midnight(modified_ns) }
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
        self.lines.begin_batch(out);
        let buffer = match self.input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(error) => return Err(error),
        };
        // A slice in memory is its own buffer, and may be huge.
        let buffer = &buffer[..buffer.len().min(BATCH)];
        let len = buffer.len();
        if len == 0 {
            if !self.ended {
                self.ended = true;
                if self.in_long {
                    self.lines.piece(&self.carry, false, out);
                } else if !self.carry.is_empty() {
                    self.lines.line(&self.carry, out);
                }
                self.carry = Vec::new();
                self.lines.finish(out);
            }
            return Ok(false);
        }
        let mut rest = buffer;
        if (!self.carry.is_empty() || self.in_long)
            && let Some(end) = memchr(b'\n', rest)
        {
            self.carry.extend_from_slice(&rest[..end]);
            if self.in_long {
                self.lines.piece(&self.carry, false, out);
            } else {
                self.lines.line(&self.carry, out);
            }
            self.in_long = false;
            self.carry.clear();
            self.carry.shrink_to(64 << 10);
            rest = &rest[end + 1..];
        }
        if self.carry.is_empty() && !self.in_long {
            while let Some(end) = memchr(b'\n', rest) {
                self.lines.line(&rest[..end], out);
                rest = &rest[end + 1..];
            }
        }
        self.carry.extend_from_slice(rest);
        if self.carry.len() > MAX_LINE || (self.in_long && self.carry.len() > MAX_LINE / 16) {
            self.lines.piece(&self.carry, true, out);
            self.in_long = true;
            self.carry.clear();
            self.carry.shrink_to(MAX_LINE / 16);
        }
        self.lines.end_batch(out);
        self.lines.count_bytes(len);
        self.input.consume(len);
        Ok(true)
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
