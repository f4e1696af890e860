//! Events from JSON: one object per line, or an array of them.

use std::io::{self, BufRead, Read};

use memchr::{memchr, memchr_iter};
use serde::de::IgnoredAny;

use super::deal::{Dealt, ReadChunk};
use super::foreign::Foreign;
use super::{EventSource, Report};
use crate::event::{Body, Event, Unread};
use crate::json::LineReader;

/// The longest object that is parsed, in bytes; longer ones are kept verbatim, in pieces.
const MAX_OBJECT: usize = 64 << 20;
/// Objects read in one batch.
const BATCH: usize = 1000;

/// An event from the text of an object; a line that is not one is kept.
fn event(reader: &mut LineReader, raw: &[u8], line: u64, more: bool, report: &mut Report) -> Event {
    let read = match std::str::from_utf8(raw) {
        Ok(_) if more => Err((1, "the line is too long".into())),
        Ok(text) => reader.event(text).map_err(|error| (1, error.to_string())),
        Err(error) => Err((error.valid_up_to() + 1, "not UTF-8".into())),
    };
    let event = read.unwrap_or_else(|(column, why)| {
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        report.trouble(line, column, why, raw);
        let body = Body::Unread(Unread { raw: raw.to_vec(), line, column, more });
        Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body, role: None, host: None, prefix: None }
    });
    report.count(&event);
    event
}

/// Objects from lines, one per line, each without its newline.
fn lines(reader: &mut LineReader, text: &[u8], report: &mut Report, out: &mut Vec<Event>) {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let mut start = 0;
    for end in memchr_iter(b'\n', text).chain([text.len()]) {
        report.lines += 1;
        let line = &text[start..end];
        start = end + 1;
        if !line.trim_ascii().is_empty() {
            out.push(event(reader, line, report.lines, false, report));
        }
    }
}

/// One object per line.
pub(super) struct JsonLines<R> {
    input: R,
    report: Report,
    line: Vec<u8>,
    reader: LineReader,
}

impl<R: BufRead> JsonLines<R> {
    pub(super) fn new(input: R, foreign: Option<&'static Foreign>) -> Self {
        let report = Report { foreign, ..Report::default() };
        Self { input, report, line: Vec::new(), reader: LineReader::default() }
    }
}

impl<R: BufRead + Send> EventSource for JsonLines<R> {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        for _ in 0..BATCH {
            self.line.clear();
            let mut limited = io::Read::take(&mut self.input, MAX_OBJECT as u64);
            let n = limited.read_until(b'\n', &mut self.line)?;
            if n == 0 {
                return Ok(false);
            }
            self.report.bytes += n as u64;
            if n == MAX_OBJECT && self.line.last() != Some(&b'\n') {
                out.push(event(&mut self.reader, &self.line, self.report.lines + 1, true, &mut self.report));
            } else {
                lines(&mut self.reader, &self.line, &mut self.report, out);
            }
        }
        Ok(true)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

/// A block of lines, read.
struct JsonBlock {
    text: Vec<u8>,
    events: Vec<Event>,
    report: Report,
}

impl JsonBlock {
    fn read(reader: &mut LineReader, text: Vec<u8>) -> Self {
        let (mut events, mut report) = (Vec::new(), Report::default());
        lines(reader, &text, &mut report, &mut events);
        report.bytes = text.len() as u64;
        Self { text, events, report }
    }
}

/// One object per line, on several threads: no line depends on another.
pub(super) struct JsonBlocks {
    parts: Dealt<JsonBlock>,
    report: Report,
    reader: LineReader,
    ended: bool,
}

impl JsonBlocks {
    /// Reads `input` on this many threads.
    ///
    /// # Errors
    /// Those of starting threads.
    pub(super) fn new(
        input: impl Read + Send + 'static,
        foreign: Option<&'static Foreign>,
        threads: usize,
    ) -> io::Result<Self> {
        let parts = Dealt::start(input, threads, MAX_OBJECT, || {
            let mut reader = LineReader::default();
            move |text| JsonBlock::read(&mut reader, text)
        })?;
        let report = Report { foreign, ..Report::default() };
        Ok(Self { parts, report, reader: LineReader::default(), ended: false })
    }
}

impl EventSource for JsonBlocks {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        match self.parts.next()? {
            ReadChunk::Lines(mut block) => {
                // A block counts its lines from 1.
                let unread = block.events.iter_mut().filter_map(|event| match &mut event.body {
                    Body::Unread(unread) => Some(unread),
                    _ => None,
                });
                if block.report.unread > 0 {
                    unread.for_each(|unread| unread.line += self.report.lines);
                }
                self.report.continue_with(block.report);
                out.append(&mut block.events);
                self.parts.give_back(block.text);
            }
            ReadChunk::Piece(piece, more) => {
                self.report.bytes += piece.len() as u64 + u64::from(!more);
                out.push(event(&mut self.reader, &piece, self.report.lines + 1, more, &mut self.report));
                self.report.lines += u64::from(!more);
            }
            ReadChunk::Failed(error) => return Err(error),
            ReadChunk::End => self.ended = true,
        }
        Ok(!self.ended)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

/// Whether the object at the beginning of a file continues in the next line, as jq formats it without `-c`.
pub(super) fn is_laid_out(front: &[u8]) -> bool {
    let front = front.trim_ascii_start();
    let line = memchr(b'\n', front).map(|end| &front[..end]);
    line.is_some_and(|line| serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| error.is_eof()))
}

/// Objects one after the other, in an array or not, however they are formatted.
pub(super) struct Objects<R> {
    input: R,
    report: Report,
    object: Vec<u8>,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The line at which the object begins.
    line: u64,
    /// Whether the last line has no newline so far.
    in_line: bool,
    reader: LineReader,
}

impl<R: BufRead> Objects<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            report: Report::default(),
            object: Vec::new(),
            depth: 0,
            in_string: false,
            escaped: false,
            line: 1,
            in_line: false,
            reader: LineReader::default(),
        }
    }

    /// Takes one byte: objects are separated by their outermost braces.
    fn byte(&mut self, b: u8, out: &mut Vec<Event>) {
        if b == b'\n' {
            self.report.lines += 1;
        }
        if self.depth == 0 {
            match b {
                b'{' => self.line = self.report.lines + 1,
                b'[' | b']' | b',' => return,
                _ if b.is_ascii_whitespace() => return,
                // Garbage between objects is kept with the following object, and makes that one unreadable.
                _ => {}
            }
        }
        self.object.push(b);
        if self.in_string {
            match b {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
        } else {
            match b {
                b'"' if self.depth > 0 => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.object(false, out);
                    }
                }
                _ => {}
            }
        }
        if self.object.len() >= MAX_OBJECT {
            self.object(true, out);
        }
    }

    fn object(&mut self, more: bool, out: &mut Vec<Event>) {
        let object = std::mem::take(&mut self.object);
        out.push(event(&mut self.reader, &object, self.line, more, &mut self.report));
    }
}

impl<R: BufRead + Send> EventSource for Objects<R> {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        let buffer = self.input.fill_buf()?.to_vec();
        if buffer.is_empty() {
            if !self.object.is_empty() {
                self.object(false, out);
            }
            self.report.lines += u64::from(std::mem::take(&mut self.in_line));
            return Ok(false);
        }
        self.in_line = buffer.last() != Some(&b'\n');
        for b in &buffer {
            self.byte(*b, out);
        }
        self.report.bytes += buffer.len() as u64;
        self.input.consume(buffer.len());
        Ok(true)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}
