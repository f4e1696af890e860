//! A whole file on all cores: blocks of lines are read in parallel and joined in order.
//!
//! The meaning of a line does not depend on the lines before it, except for the halves of interrupted calls, the
//! processes of threads, and times. So one thread cuts the stream into blocks at line ends, one thread per core reads
//! the calls of a block, and the caller joins and numbers them. Blocks are dealt and collected round-robin, which keeps
//! the order without a queue, and few are in flight, so that memory does not depend on the file.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use memchr::memrchr;

use super::block::Block;
use super::constant::NameCache;
use super::join::Joiner;
use super::reader::{Front, MAX_LINE, ReadOptions};
use crate::event::Event;
use crate::read::{EventSource, Report};

/// The size of a block, in bytes.
const BLOCK: usize = 128 << 10;
/// How many blocks may queue before and after each thread.
const QUEUE: usize = 2;

/// A part of the stream.
enum Chunk {
    /// Whole lines; only the last of a file may lack its newline.
    Lines(Vec<u8>),
    /// A piece of a line too long to be held, and whether more of it follows.
    Piece(Vec<u8>, bool),
    /// Reading the stream failed.
    Failed(io::Error),
    /// The stream has ended.
    End,
}

/// The same after reading.
enum ReadChunk {
    Lines(Block),
    Piece(Vec<u8>, bool),
    Failed(io::Error),
    End,
}

/// Reads strace's text like [`TextReader`](super::TextReader), on several threads.
///
/// The threads end with the stream, or when this is dropped; one that is blocked on the stream then stays until more of
/// it comes or it ends.
pub struct Blocks {
    lines: Joiner,
    /// One per thread, in the order in which blocks are dealt.
    parts: Vec<Receiver<ReadChunk>>,
    next: usize,
    /// Returns the memory of blocks for reuse.
    empty: SyncSender<Vec<u8>>,
    ended: bool,
}

impl std::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blocks").field("report", self.lines.report()).finish_non_exhaustive()
    }
}

impl Blocks {
    /// Reads `input` on this many threads.
    ///
    /// # Errors
    /// Those of starting threads.
    pub fn new(mut input: impl Read + Send + 'static, options: ReadOptions, threads: usize) -> io::Result<Self> {
        let Front { bytes: front, failed, .. } = Front::read(&mut input, options);
        let mut lines = Joiner::new(options);
        lines.survey(&front);
        let plain = lines.is_plain();
        let input = io::Cursor::new(front).chain(FailsFirst { failed, input });
        let (mut dealt, mut parts) = (Vec::new(), Vec::new());
        let start = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.into()).spawn(run).map(drop)
        };
        for _ in 0..threads.max(1) {
            let (to, from) = sync_channel(QUEUE);
            let (to_caller, from_thread) = sync_channel(QUEUE);
            start("read lines", Box::new(move || read(plain, &from, &to_caller)))?;
            dealt.push(to);
            parts.push(from_thread);
        }
        let (empty, emptied) = sync_channel(2 * QUEUE * threads.max(1));
        start("read blocks", Box::new(move || Cutter { input, emptied, carry: Vec::new() }.deal(&dealt)))?;
        Ok(Self { lines, parts, next: 0, empty, ended: false })
    }

    /// What was read so far.
    pub fn report(&self) -> &Report {
        self.lines.report()
    }

    /// Appends the events of the next block; false at the end.
    ///
    /// # Errors
    /// Those of the stream. Events read before the error are kept.
    pub fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let lost = |_| io::Error::other("a reading thread ended before the trace did");
        let part = self.parts[self.next].recv().map_err(lost)?;
        self.next = (self.next + 1) % self.parts.len();
        self.lines.begin_batch(out);
        match part {
            ReadChunk::Lines(block) => {
                self.lines.count_bytes(block.text.len());
                let mut text = self.lines.block(block, out);
                self.lines.end_batch(out);
                text.clear();
                if let Err(TrySendError::Full(text)) = self.empty.try_send(text) {
                    drop(text);
                }
            }
            ReadChunk::Piece(piece, more) => {
                self.lines.count_bytes(piece.len() + usize::from(!more));
                self.lines.piece(&piece, more, out);
            }
            ReadChunk::Failed(error) => return Err(error),
            ReadChunk::End => {
                self.ended = true;
                self.lines.finish(out);
            }
        }
        Ok(!self.ended)
    }
}

impl EventSource for Blocks {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        Blocks::read(self, out)
    }

    fn report(&self) -> &Report {
        Blocks::report(self)
    }
}

/// A stream whose next read fails, if one already has.
struct FailsFirst<R> {
    failed: Option<io::Error>,
    input: R,
}

impl<R: Read> Read for FailsFirst<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.failed.take().map_or_else(|| self.input.read(buf), Err)
    }
}

/// The body of a reading thread.
fn read(plain: bool, from: &Receiver<Chunk>, to: &SyncSender<ReadChunk>) {
    let mut names = NameCache::new();
    for part in from {
        let part = match part {
            Chunk::Lines(text) => ReadChunk::Lines(Block::read(&mut names, plain, text)),
            Chunk::Piece(piece, more) => ReadChunk::Piece(piece, more),
            Chunk::Failed(error) => ReadChunk::Failed(error),
            Chunk::End => ReadChunk::End,
        };
        if to.send(part).is_err() {
            return;
        }
    }
}

/// Cuts a stream into chunks.
struct Cutter<R> {
    input: R,
    emptied: Receiver<Vec<u8>>,
    /// The beginning of a line whose end is not yet read.
    carry: Vec<u8>,
}

impl<R: Read> Cutter<R> {
    /// Deals the chunks of the stream round-robin, until it ends or the receivers are gone.
    fn deal(mut self, to: &[SyncSender<Chunk>]) {
        let mut in_long = false;
        let mut to = to.iter().cycle();
        let mut send = |part| to.next().is_some_and(|to| to.send(part).is_ok());
        loop {
            let mut text = std::mem::take(&mut self.carry);
            let start = text.len();
            let end = match self.fill(&mut text) {
                Ok(end) => end,
                Err(error) => {
                    if send(Chunk::Failed(error)) {
                        self.carry = text;
                        continue;
                    }
                    return;
                }
            };
            if end {
                if in_long {
                    send(Chunk::Piece(text, false));
                } else if !text.is_empty() {
                    send(Chunk::Lines(text));
                }
                send(Chunk::End);
                return;
            }
            if in_long && let Some(end) = memchr::memchr(b'\n', &text[start..]) {
                let rest = text.split_off(start + end + 1);
                text.pop();
                in_long = false;
                if !send(Chunk::Piece(text, false)) {
                    return;
                }
                text = rest;
            }
            match memrchr(b'\n', &text).filter(|_| !in_long) {
                Some(end) => {
                    self.carry = self.emptied.try_recv().unwrap_or_default();
                    self.carry.extend_from_slice(&text[end + 1..]);
                    text.truncate(end + 1);
                    if !send(Chunk::Lines(text)) {
                        return;
                    }
                }
                None if text.len() > MAX_LINE || (in_long && text.len() > MAX_LINE / 16) => {
                    in_long = true;
                    if !send(Chunk::Piece(text, true)) {
                        return;
                    }
                }
                None => self.carry = text,
            }
        }
    }

    /// Appends the bytes of one read, at most a block; true at the end of the stream.
    fn fill(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        let start = text.len();
        text.resize(start + BLOCK, 0);
        let read = loop {
            match self.input.read(&mut text[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        text.truncate(start + *read.as_ref().unwrap_or(&0));
        Ok(read? == 0)
    }
}
