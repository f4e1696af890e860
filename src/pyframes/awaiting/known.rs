//! What is known of who awaits what, so that it is searched once.

use super::{Chain, Entry, MAX_TASKS, Work};
use crate::event::PythonAwaiting;
use crate::pyframes::Stack;
use crate::pyframes::elf::{bytes, xword};
use crate::pyframes::layout::ObjectLayout;
use crate::pyframes::objects::Objects;
use crate::pyframes::prefetch::{ReadPlan, Snapshot};
use crate::pyframes::stack::{ThreadCache, Walk};
use std::collections::HashMap;
use std::sync::Arc;

/// What was found for an entry, as long as all that was read for it stays the same.
#[derive(Debug, Clone)]
struct Known {
    plan: ReadPlan,
    snapshot: Snapshot,
    chains: Vec<Chain>,
}

/// How many states of one connection are remembered, the last one met first: the futures for which its coroutines wait, one
/// after the other, lie in a few places in turn.
const MAX_SNAPSHOTS: usize = 6;

/// So many transports and futures are known, and so many stacks; then it begins anew.
const MAX_KNOWN: usize = 256;

const MAX_STACKS: usize = 1 << 10;

/// Stacks with who awaits them, by the addresses of what they are made of, which are kept with them.
type Stacks = HashMap<(usize, Vec<usize>, Option<Arc<str>>), (Arc<Stack>, Arc<Stack>)>;

/// What is known of a process's tasks.
#[derive(Debug, Clone, Default)]
pub(in crate::pyframes) struct Awaits {
    /// By the function's first two locals, a transport, or a loop and a future; or by a selector and a descriptor.
    known: HashMap<(Work, u64, u64), Vec<Known>>,
    stacks: Stacks,
}

/// The coroutines of these tasks, and whether any is the user's own; `None` where one cannot be read.
fn awaiting(walk: &mut Walk<'_>, chains: &[Chain]) -> Option<(PythonAwaiting, bool)> {
    let last = chains.last()?;
    let raw = chains.iter().flat_map(|chain| &chain.frames);
    let frames = walk.frames(raw)?;
    let own = frames.iter().any(|frame| !frame.library);
    Some((PythonAwaiting { frames, task: last.name.clone() }, own))
}

impl Awaits {
    /// The thread's stack, with who awaits what an asyncio loop does in it.
    pub(in crate::pyframes) fn complete(
        &mut self,
        walk: &mut Walk<'_>,
        thread: &ThreadCache,
        stack: Arc<Stack>,
    ) -> Arc<Stack> {
        let entry = thread.entry().filter(|entry| entry.work != Work::Selects);
        let awaited = entry.and_then(|entry| self.awaited(walk, entry, -1));
        awaited.map_or_else(|| stack.clone(), |awaited| self.with(&stack, awaited))
    }

    /// The thread's stack, with who awaits the only descriptor that its selector has found ready.
    pub(in crate::pyframes) fn ready(
        &mut self,
        walk: &mut Walk<'_>,
        thread: &ThreadCache,
        descriptor: i32,
        stack: &Arc<Stack>,
    ) -> Option<Arc<Stack>> {
        let entry = thread.entry().filter(|entry| entry.work == Work::Selects)?;
        let awaited = self.awaited(walk, entry, descriptor)?;
        Some(self.with(stack, awaited))
    }

    pub(super) fn with(&mut self, stack: &Arc<Stack>, awaited: PythonAwaiting) -> Arc<Stack> {
        let frames = awaited.frames.iter().map(|frame| Arc::as_ptr(frame) as usize).collect();
        let key = (Arc::as_ptr(stack) as usize, frames, awaited.task.clone());
        if self.stacks.len() >= MAX_STACKS {
            self.stacks.clear();
        }
        let new = || {
            let with = Stack { awaited: Some(Arc::new(awaited)), ..(**stack).clone() };
            (Arc::clone(stack), Arc::new(with))
        };
        self.stacks.entry(key).or_insert_with(new).1.clone()
    }

    pub(super) fn awaited(&mut self, walk: &mut Walk<'_>, entry: Entry, descriptor: i32) -> Option<PythonAwaiting> {
        let layout = &walk.runtime.layout;
        let model = ObjectLayout::of(layout.version)?;
        let memory = walk.process.memory();
        let locals = bytes(memory, entry.frame.checked_add(model.locals)?, 16)?;
        let (first, second) = (xword(&locals, 0), xword(&locals, 8));
        let key = match entry.work {
            Work::ForFuture => (entry.work, first, second),
            Work::Selects => (entry.work, first, u64::from(descriptor.cast_unsigned())),
            Work::Reads | Work::Writes => (entry.work, first, 0),
        };
        let mut buf = walk.scratch.take_image();
        let known = self.known.entry(key).or_default();
        let matches = |known: &Known| known.snapshot.matches(known.plan.read(memory, &mut buf));
        if let Some(at) = known.iter().position(matches).filter(|_| walk.cache) {
            known[..=at].rotate_right(1);
            let chains = known[0].chains.clone();
            walk.scratch.give_image(buf);
            return awaiting(walk, &chains).map(|(awaiting, _)| awaiting);
        }
        let objects = Objects::new(memory, layout, model);
        let mut found = match entry.work {
            Work::ForFuture => objects.for_future(second),
            Work::Selects => objects.for_descriptor(first, descriptor),
            work => objects.for_transport(first, work),
        };
        let (mut chains, mut made) = (Vec::new(), None);
        while let Some(waiting) = found
            && let Some(chain) = objects.chain(waiting)
            && chains.len() < MAX_TASKS
        {
            chains.push(chain);
            let Some((awaiting, own)) = awaiting(walk, &chains) else { break };
            made = Some(awaiting);
            // A task that only libraries are in is one that somebody awaits: `wait_for(reader.readline(), 1)`.
            found = if own { None } else { objects.for_future(waiting.task) };
        }
        if let Some((plan, snapshot)) = objects.snapshot(&mut buf).filter(|_| !objects.is_exhausted()) {
            if self.known.len() >= MAX_KNOWN {
                self.known.clear();
            }
            let known = self.known.entry(key).or_default();
            known.truncate(MAX_SNAPSHOTS - 1);
            known.insert(0, Known { plan, snapshot, chains });
        }
        walk.scratch.give_image(buf);
        made.filter(|_| !objects.is_exhausted())
    }
}
