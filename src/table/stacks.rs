//! The table of Python stacks: a row per frame, each stack once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Cell, Column, ColumnType};
use crate::event::{PythonFrame, PythonStack};

/// Gives each stack its number.
#[derive(Debug, Default)]
pub(crate) struct StackNumbers {
    /// By address, of those that were last used; each is kept, so that its address is not reused.
    recent: FxHashMap<usize, (Arc<PythonStack>, u64)>,
    /// By what is in them, of which two independent hashes are enough.
    numbers: FxHashMap<[u64; 2], u64>,
}

/// How many stacks are known by their address.
const MAX_RECENT: usize = 512;

impl StackNumbers {
    /// The number of a stack, and whether it is new.
    pub(crate) fn number(&mut self, stack: &Arc<PythonStack>) -> (u64, bool) {
        let address = Arc::as_ptr(stack) as usize;
        if let Some((_, number)) = self.recent.get(&address) {
            return (*number, false);
        }
        let hash = |seed: u8| {
            let mut hasher = DefaultHasher::new();
            seed.hash(&mut hasher);
            stack.hash(&mut hasher);
            hasher.finish()
        };
        let next = self.numbers.len() as u64;
        let number = *self.numbers.entry([hash(0), hash(1)]).or_insert(next);
        // A stack without other owners will not come again.
        if Arc::strong_count(stack) > 1 {
            if self.recent.len() >= MAX_RECENT {
                self.recent.clear();
            }
            self.recent.insert(address, (stack.clone(), number));
        }
        (number, number == next)
    }
}

/// A frame as a row.
pub(crate) struct FrameRow<'e> {
    trace: &'e str,
    stack: u64,
    kind: &'static str,
    depth: usize,
    frame: &'e PythonFrame,
    task: Option<&'e str>,
    truncated: bool,
}

/// The rows of a stack.
pub(crate) fn rows<'e>(trace: &'e str, number: u64, stack: &'e PythonStack) -> impl Iterator<Item = FrameRow<'e>> {
    let row = move |kind: &'static str, (depth, frame): (usize, &'e Arc<PythonFrame>)| FrameRow {
        trace,
        stack: number,
        kind,
        depth,
        frame,
        task: stack.awaited.as_ref().filter(|_| kind == "awaited").and_then(|awaited| awaited.task.as_deref()),
        truncated: stack.truncated,
    };
    let running = stack.frames.iter().enumerate().map(move |at| row("running", at));
    let awaited = stack.awaited.iter().flat_map(|awaited| awaited.frames.iter().enumerate());
    let made = stack.socket.iter().enumerate();
    running.chain(awaited.map(move |at| row("awaited", at))).chain(made.map(move |at| row("socket_made_at", at)))
}

/// A column of this table.
type FrameColumn = Column<for<'a> fn(&'a FrameRow<'_>) -> Cell<'a>>;

/// The columns, in order.
pub(crate) static COLUMNS: &[FrameColumn] = columns! { row:
    "trace" Text "which trace it is of" Cell::text(row.trace);
    "stack" Growing "the stack's number in the trace" Cell::number(row.stack);
    "kind" Text "running; awaited: a coroutine that waits for the call, which an event loop makes; socket_made_at: where the socket was made that such a call is about" Cell::text(row.kind);
    "depth" Int32 "0 for the innermost frame" Cell::number(row.depth);
    "file" Text "the file, as the code object names it" Cell::text(&*row.frame.file);
    "line" Int32 "the line, from 1" Cell::some(row.frame.line);
    "function" Text "the function" Cell::text(&*row.frame.function);
    "library" Bool "whether it is not the user's own code" Cell::Int(row.frame.library.into());
    "source" Text "the text of the line" Cell::text(row.frame.source.as_deref());
    "expression" Text "the text of the expression" Cell::text(row.frame.expression.as_deref());
    "column" Int32 "where the expression begins, in bytes from 0" Cell::some(row.frame.columns.map(|columns| columns.start));
    "end_line" Int32 "its last line" Cell::some(row.frame.columns.map(|columns| columns.end_line));
    "end_column" Int32 "the first byte behind it" Cell::some(row.frame.columns.map(|columns| columns.end));
    "task" Text "the name of the asyncio task that waits" Cell::text(row.task);
    "truncated" Bool "whether the stack has more frames than are followed" Cell::Int(row.truncated.into());
};
