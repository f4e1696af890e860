//! A block of lines, read as far as possible without the lines before it: the calls in it.

use super::call::{self, Spelling};
use super::constant::NameCache;
use super::notice;
use super::prefix::Prefix;
use super::shape::{LineKind, LineShape, result_breaks_off, shape};
use super::state;
use crate::event::{Body, Call, Event, Ret};
use crate::text::state as written;

/// What follows a call's result.
#[derive(Clone, Copy, Default)]
pub(super) struct AfterResult<'a> {
    pub(super) dur_ns: Option<u64>,
    /// The states of its sockets.
    pub(super) sockets: Option<&'a [u8]>,
    /// The Python line.
    pub(super) python: Option<&'a [u8]>,
}

impl<'a> AfterResult<'a> {
    pub(super) fn of(shape: &LineShape<'a>) -> Self {
        Self { dur_ns: shape.dur_ns, sockets: shape.sockets, python: shape.python }
    }
}

/// The lines of a block as far as they can be read without the lines before them.
pub(super) struct Block {
    /// The lines, newlines included.
    pub(super) text: Vec<u8>,
    pub(super) lines: Vec<BlockLine>,
    /// The calls among them that were not interrupted, without number, thread and time.
    pub(super) calls: Vec<Event>,
}

/// A line of a block, found but perhaps not yet understood.
pub(super) struct BlockLine {
    /// The offset of its end in the block.
    pub(super) end: usize,
    /// Where it is one of the block's calls, what surrounds it and how it was spelled.
    pub(super) call: Option<(Prefix, Spelling)>,
}

impl Block {
    /// Finds the lines and reads the calls among them, unless the meaning of all lines depends on the file.
    pub(super) fn read(names: &mut NameCache, plain: bool, text: Vec<u8>) -> Self {
        let (mut lines, mut calls) = (Vec::new(), Vec::new());
        let mut start = 0;
        while start < text.len() {
            let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n);
            let line = &text[start..end];
            start = end + 1;
            let call = if plain { Self::call(names, line, &mut calls) } else { None };
            lines.push(BlockLine { end, call });
        }
        Self { text, lines, calls }
    }

    /// A call that needs no other line to be understood.
    fn call(names: &mut NameCache, line: &[u8], calls: &mut Vec<Event>) -> Option<(Prefix, Spelling)> {
        let shape = shape(line);
        let LineKind::Call { name, args, result } = shape.kind else { return None };
        if shape.grouped || depends(line, result) {
            return None;
        }
        let spelling = read_call(names, &shape.prefix, AfterResult::of(&shape), name, args, Some(result), calls)?;
        if spelling.verbatim > 0 {
            calls.pop(); // the program's output may be within it
            return None;
        }
        Some((shape.prefix, spelling))
    }
}

/// Whether what a call's line means depends on the next one, or on what else is in it.
pub(super) fn depends(line: &[u8], result: &[u8]) -> bool {
    notice::within(line).is_some() || result_breaks_off(result) || line.last() == Some(&b'\r')
}

/// Reads a call into a new event, as yet without number, thread and time; `None`, and no event, where it is not UTF-8.
/// It is read in place, since moving so large a value would take as long as reading it.
pub(super) fn read_call(
    names: &mut NameCache,
    prefix: &Prefix,
    behind: AfterResult<'_>,
    name: &[u8],
    args: &[u8],
    result: Option<&[u8]>,
    out: &mut Vec<Event>,
) -> Option<Spelling> {
    let sys = names.call(name, prefix.number)?;
    let body = Body::Call(Call::new(sys, Vec::new(), Ret::Unfinished));
    out.push(Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body, role: None, host: None, prefix: prefix.kept() });
    let Some(Event { body: Body::Call(call), .. }) = out.last_mut() else { return None };
    let Some(spelling) = call::read(names, call, args, result) else {
        out.pop();
        return None;
    };
    call.dur_ns = behind.dur_ns;
    call.sockets = behind.sockets.and_then(|text| state::read(text, written::own(call))).map(Box::new);
    if let Some(python) = behind.python {
        call.python = names.python(python);
    }
    Some(spelling)
}
