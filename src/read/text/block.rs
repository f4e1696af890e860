//! A block of lines, read as far as that goes without the lines before it; and one call, which is what goes.

use super::call::{self, Spelling};
use super::constant::NameCache;
use super::prefix::Prefix;
use super::shape::{LineKind, LineShape, shape};
use super::state;
use crate::event::{Body, Call, Event, Ret};
use crate::text::state as written;

/// What stands behind a call's result.
#[derive(Clone, Copy, Default)]
pub(super) struct Behind<'a> {
    pub(super) dur_ns: Option<u64>,
    /// The states of its sockets.
    pub(super) sockets: Option<&'a [u8]>,
    /// The Python line.
    pub(super) python: Option<&'a [u8]>,
}

impl<'a> Behind<'a> {
    pub(super) fn of(shape: &LineShape<'a>) -> Self {
        Self { dur_ns: shape.dur_ns, sockets: shape.sockets, python: shape.python }
    }
}

/// The lines of a block as far as they can be read without the lines before them.
pub(super) struct Block {
    /// Lines with their newlines.
    pub(super) text: Vec<u8>,
    pub(super) lines: Vec<BlockLine>,
    /// The calls among them that were not interrupted, without number, thread and time.
    pub(super) calls: Vec<Event>,
}

/// A line of a block.
pub(super) struct BlockLine {
    /// Where it ends in the block.
    pub(super) end: usize,
    /// What is known of it where it is a call of the block.
    pub(super) call: Option<(Prefix, Spelling)>,
}

impl Block {
    /// Reads what can be read.
    pub(super) fn read(names: &mut NameCache, text: Vec<u8>) -> Self {
        let (mut lines, mut calls) = (Vec::new(), Vec::new());
        let mut start = 0;
        while start < text.len() {
            let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n);
            let line = &text[start..end];
            start = end + 1;
            let shape = shape(line);
            let call = match shape.kind {
                LineKind::Call { name, args, result } if !shape.grouped && !breaks(line) => {
                    let (prefix, behind) = (shape.prefix, Behind::of(&shape));
                    read_call(names, &prefix, behind, name, args, Some(result), &mut calls)
                        .map(|spelling| (prefix, spelling))
                }
                _ => None,
            };
            lines.push(BlockLine { end, call });
        }
        Self { text, lines, calls }
    }
}

/// Whether strace's own words break a line off.
pub(super) fn breaks(line: &[u8]) -> bool {
    line.ends_with(b" attached")
}

/// The arguments of a call's line.
pub(super) fn arguments(line: &[u8]) -> &[u8] {
    match shape(line).kind {
        LineKind::Call { args, .. } => args,
        _ => &[],
    }
}

/// Reads a call into a new event that knows no number, thread and time yet; `None`, and no event, where it is not even
/// text. It is read where it will stay: it is large, and moving it would take as long as reading it.
pub(super) fn read_call(
    names: &mut NameCache,
    prefix: &Prefix,
    behind: Behind<'_>,
    name: &[u8],
    args: &[u8],
    result: Option<&[u8]>,
    out: &mut Vec<Event>,
) -> Option<Spelling> {
    let sys = names.call(name, prefix.number)?;
    let body = Body::Call(Call::new(sys, Vec::new(), Ret::Unfinished));
    out.push(Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body, prefix: prefix.kept() });
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
