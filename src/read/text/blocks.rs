//! A whole file on all cores: blocks of lines are read in parallel ([`Dealt`]) and joined in order.
//!
//! The meaning of a line does not depend on the lines before it, except for the halves of interrupted calls, the
//! processes of threads, and times. So threads read the calls of a block, and the caller joins and numbers them.

use std::io::{self, Read};

use super::block::Block;
use super::constant::NameCache;
use super::join::Joiner;
use super::reader::{FRONT, Front, MAX_LINE, ReadOptions, TextReader};
use crate::event::Event;
use crate::read::deal::{Dealt, ReadChunk};
use crate::read::{EventSource, Report};

/// Reads strace's text like [`TextReader`], on several threads.
///
/// The threads end with the stream, or when this is dropped; one that is blocked on the stream then stays until more of
/// it comes or it ends.
pub struct Blocks {
    lines: Joiner,
    parts: Dealt<Block>,
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
        let front = Front::read(&mut input, options);
        Self::after(front, input, options, threads)
    }

    /// Reads what follows the beginning of a stream, that included.
    fn after(
        front: Front,
        input: impl Read + Send + 'static,
        options: ReadOptions,
        threads: usize,
    ) -> io::Result<Self> {
        let Front { bytes: front, failed, .. } = front;
        let mut lines = Joiner::new(options);
        lines.survey(&front);
        let plain = lines.is_plain();
        let input = io::Cursor::new(front).chain(FailsFirst { failed, input });
        let parts = Dealt::start(input, threads, MAX_LINE, || {
            let mut names = NameCache::new();
            move |text| Block::read(&mut names, plain, text)
        })?;
        Ok(Self { lines, parts, ended: false })
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
        let part = self.parts.next()?;
        self.lines.begin_batch(out);
        match part {
            ReadChunk::Lines(block) => {
                self.lines.count_bytes(block.text.len());
                let text = self.lines.block(block, out);
                self.lines.end_batch(out);
                self.parts.give_back(text);
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

/// Reads `input` on so many threads, or on the caller's alone where it is short.
pub(crate) fn source(
    mut input: impl Read + Send + 'static,
    options: ReadOptions,
    threads: usize,
) -> io::Result<Box<dyn EventSource>> {
    let front = Front::read(&mut input, options);
    if front.ended && front.bytes.len() <= FRONT {
        return Ok(Box::new(TextReader::new(io::Cursor::new(front.bytes), options)));
    }
    Ok(Box::new(Blocks::after(front, input, options, threads)?))
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
