//! A stream on all cores: blocks of lines are read in parallel and given back in order.
//!
//! One thread cuts the stream into blocks at line ends and one thread per core reads blocks. Blocks are dealt and
//! collected round-robin, which keeps the order without a queue, and few are in flight, so that memory does not depend
//! on the file.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use memchr::memrchr;

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
pub(super) enum ReadChunk<B> {
    Lines(B),
    Piece(Vec<u8>, bool),
    Failed(io::Error),
    End,
}

/// What threads make of a stream's blocks, in the order of the stream.
///
/// The threads end with the stream, or when this is dropped; one that is blocked on the stream then stays until more of
/// it comes or it ends.
pub(super) struct Dealt<B> {
    /// One per thread, in the order in which blocks are dealt.
    parts: Vec<Receiver<ReadChunk<B>>>,
    next: usize,
    /// Returns the memory of blocks for reuse.
    empty: SyncSender<Vec<u8>>,
}

impl<B: Send + 'static> Dealt<B> {
    /// Reads `input` on this many threads, each with what `reader` makes. Longer lines than `max_line` come in pieces.
    ///
    /// # Errors
    /// Those of starting threads.
    pub(super) fn start<F: FnMut(Vec<u8>) -> B + Send + 'static>(
        input: impl Read + Send + 'static,
        threads: usize,
        max_line: usize,
        reader: impl Fn() -> F,
    ) -> io::Result<Self> {
        let (mut dealt, mut parts) = (Vec::new(), Vec::new());
        let start = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.into()).spawn(run).map(drop)
        };
        for _ in 0..threads.max(1) {
            let (to, from) = sync_channel(QUEUE);
            let (to_caller, from_thread) = sync_channel(QUEUE);
            let reader = reader();
            start("read lines", Box::new(move || read(&from, &to_caller, reader)))?;
            dealt.push(to);
            parts.push(from_thread);
        }
        let (empty, emptied) = sync_channel(2 * QUEUE * threads.max(1));
        start("read blocks", Box::new(move || Cutter { input, emptied, carry: Vec::new(), max_line }.deal(&dealt)))?;
        Ok(Self { parts, next: 0, empty })
    }

    /// The next part; nothing comes after [`ReadChunk::End`].
    ///
    /// # Errors
    /// Where a thread panicked.
    pub(super) fn next(&mut self) -> io::Result<ReadChunk<B>> {
        let lost = |_| io::Error::other("a reading thread ended before the trace did");
        let part = self.parts[self.next].recv().map_err(lost)?;
        self.next = (self.next + 1) % self.parts.len();
        Ok(part)
    }

    /// Gives back the memory of a block.
    pub(super) fn give_back(&self, mut text: Vec<u8>) {
        text.clear();
        // Where it is not needed it is freed.
        let _ = self.empty.try_send(text);
    }
}

/// The body of a reading thread.
fn read<B>(from: &Receiver<Chunk>, to: &SyncSender<ReadChunk<B>>, mut reader: impl FnMut(Vec<u8>) -> B) {
    for part in from {
        let part = match part {
            Chunk::Lines(text) => ReadChunk::Lines(reader(text)),
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
    max_line: usize,
}

impl<R: Read> Cutter<R> {
    /// Deals the chunks of the stream round-robin, until it ends or the receivers are gone.
    fn deal(mut self, to: &[SyncSender<Chunk>]) {
        let mut in_long = false;
        let mut to = to.iter().cycle();
        let mut send = |part| to.next().is_some_and(|to| to.send(part).is_ok());
        loop {
            let mut text = std::mem::take(&mut self.carry);
            // What was carried has no newline.
            let mut start = text.len();
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
                (text, start) = (rest, 0);
            }
            match memrchr(b'\n', &text[start..]).filter(|_| !in_long) {
                Some(end) => {
                    let end = start + end;
                    self.carry = self.emptied.try_recv().unwrap_or_default();
                    self.carry.extend_from_slice(&text[end + 1..]);
                    text.truncate(end + 1);
                    if !send(Chunk::Lines(text)) {
                        return;
                    }
                }
                None if text.len() > self.max_line || (in_long && text.len() > self.max_line / 16) => {
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
