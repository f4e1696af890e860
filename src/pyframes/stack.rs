//! Walks a thread's frames, and recognises stacks seen before.
//!
//! Programs loop: the stack at a stop is mostly one seen before, and the one that followed last time. So each thread's
//! stacks are cached with the one that came after each, and the next stop begins with one read of exactly the memory
//! that the expected stack was made from. When its frames and code objects are unchanged, the result is the cached
//! stack. Nothing is assumed: every frame, and every code object in it, is compared at every stop.

use super::awaiting::{Entry, Work};
use super::code::{Code, CodeCache, CodeReader};
use super::elf::{bytes, pointer, word, xword};
use super::guards::{Guards, Words};
use super::layout::{LastInstruction, Layout, OWNED_BY_GENERATOR, OWNED_BY_INTERPRETER, REFERENCE_TAG};
use super::prefetch::{ReadPlan, Snapshot};
use super::process::Process;
use super::runtime::{Runtime, ThreadState};
use super::source::Sources;
use super::{Frame, Stack};
use crate::memory::{Memory, PAGE};
use std::collections::HashMap;
use std::sync::Arc;

/// The fields of a frame that determine what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RawFrame {
    pub at: u64,
    pub code: u64,
    back: u64,
    pub lasti: i32,
    /// The frame's owner; 0 where frames are objects.
    owner: u8,
}

impl RawFrame {
    /// Parses the bytes of [`Layout::frame_span`].
    pub(super) fn parse(layout: &Layout, at: u64, span: &[u8]) -> Self {
        let (from, _) = layout.frame_span();
        let code = xword(span, layout.frame_code - from) & !REFERENCE_TAG;
        let instruction = layout.frame_instruction - from;
        let lasti = match layout.last_instruction {
            LastInstruction::Bytes => word(span, instruction).cast_signed(),
            LastInstruction::Units => word(span, instruction).cast_signed().saturating_mul(2),
            LastInstruction::Pointer => {
                let distance = xword(span, instruction).wrapping_sub(code.wrapping_add(layout.code_instructions));
                i32::try_from(distance.cast_signed()).unwrap_or(i32::MAX)
            }
        };
        let owner = layout.frame_owner.and_then(|owner| span.get(owner - from)).copied().unwrap_or(0);
        Self { at, code, back: xword(span, layout.frame_back - from), lasti, owner }
    }

    fn has_code(&self) -> bool {
        // Entries of the interpreter loop have none.
        self.owner < OWNED_BY_INTERPRETER && self.code != 0
    }
}

/// A stack seen before.
#[derive(Debug, Clone)]
struct CachedStack {
    raw: Vec<RawFrame>,
    /// Its code objects, each once.
    codes: Vec<Arc<Code>>,
    stack: Arc<Stack>,
    /// Where an asyncio loop works for who waits.
    entry: Option<Entry>,
    /// Reads its frames, then the checks of its code objects. Made when the stack is first expected.
    plan: Option<ReadPlan>,
    /// The bytes that were compared when this stack was first recognised. Made then.
    snapshot: Option<Snapshot>,
    /// The index of the stack that followed it last time.
    next: usize,
}

/// The cached stacks of one thread.
#[derive(Debug, Clone)]
pub(super) struct ThreadCache {
    thread_pointer: u64,
    state: ThreadState,
    /// The last `_PyCFrame`, where there are any, else 0.
    cframe: u64,
    /// The first is not a real stack, but the start before all others.
    stacks: Vec<CachedStack>,
    index: HashMap<Vec<RawFrame>, usize>,
    current: usize,
    /// How many frames there are in all of `stacks`.
    frames: usize,
    /// The last stack was one of `stacks`, so the next is likely to be one.
    steady: bool,
}

/// Stacks are truncated after this many frames.
const MAX_FRAMES: usize = 1 << 14;
/// After this many unexpected frames, no more are searched in the expected stack.
const MAX_MISSES: usize = 64;
/// A thread's cache is cleared once it has more stacks than this, or more frames in them.
const MAX_STACKS: usize = 512;
const MAX_CACHED_FRAMES: usize = 1 << 16;
/// From 3.11 on frames lie on a stack of their own, and a frame's callers are likely within this many bytes below it.
const CALLERS: u64 = 1500;

/// What reading a thread's stack needs from the process.
pub(super) struct Walk<'a> {
    pub runtime: &'a Runtime,
    pub process: &'a dyn Process,
    pub codes: &'a mut CodeCache,
    pub sources: &'a mut Sources,
    /// Use the cache.
    pub cache: bool,
    /// Make stacks that are not in the cache.
    pub make: bool,
    /// The thread is the process's first.
    pub main_thread: bool,
    /// Buffers to reuse.
    pub scratch: &'a mut Scratch,
}

/// Buffers that are reused at each stop.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    image: Vec<u8>,
    checks: Vec<u8>,
    raw: Vec<RawFrame>,
    /// There are more frames than `raw` has.
    truncated: bool,
}

/// Why there is no stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// The thread's state is no longer the one in which it runs, or may not be: look it up again.
    Moved,
    /// Memory that must be there could not be read.
    Unreadable,
    /// It is not in the cache, and is not to be made.
    New,
}

impl ThreadCache {
    /// The cache of a thread that was just found.
    pub(super) fn new(thread_pointer: u64, state: ThreadState) -> Self {
        let start = CachedStack {
            raw: Vec::new(),
            codes: Vec::new(),
            stack: Arc::default(),
            entry: None,
            plan: Some(ReadPlan::default()),
            snapshot: None,
            next: 0,
        };
        let (stacks, index) = (vec![start], HashMap::new());
        Self { thread_pointer, state, cframe: 0, stacks, index, current: 0, frames: 0, steady: false }
    }

    /// The thread pointer the thread was found by.
    pub(super) fn thread_pointer(&self) -> u64 {
        self.thread_pointer
    }

    /// Whether the next stack is likely to be one of the cached ones.
    pub(super) fn is_steady(&self) -> bool {
        // Among several interpreters the native stack may decide, which can be found only where the thread stands still.
        self.steady && self.state.alone
    }

    /// Sets the thread's state as just looked up; another one clears the cache.
    pub(super) fn settle(&mut self, state: ThreadState) {
        if self.state != state {
            *self = Self::new(self.thread_pointer, state);
        }
    }

    /// The current stack of the thread. Unless `settled`, which means that the state was just looked up, this also
    /// checks whether the thread may have continued in another interpreter.
    pub(super) fn stack(&mut self, walk: &mut Walk<'_>, settled: bool) -> Result<Arc<Stack>, Miss> {
        if !walk.cache {
            *self = Self::new(self.thread_pointer, self.state);
            walk.codes.clear();
        }
        walk.codes.begin();
        let mut scratch = std::mem::take(walk.scratch);
        let known = self.known(walk, settled, &mut scratch);
        self.steady = matches!(known, Ok(Some(_)));
        let answer = match known {
            Ok(Some(stack)) => Ok(stack),
            Ok(None) if walk.make => self.make(walk, &scratch),
            Ok(None) => Err(Miss::New),
            Err(miss) => Err(miss),
        };
        *walk.scratch = scratch;
        answer
    }

    /// The stack, if it is one of the cached ones; otherwise its frames are in `scratch`.
    fn known(&mut self, walk: &mut Walk<'_>, settled: bool, scratch: &mut Scratch) -> Result<Option<Arc<Stack>>, Miss> {
        let (runtime, memory) = (walk.runtime, walk.process.memory());
        let layout = &runtime.layout;
        let expected = self.stacks[self.current].next;
        let plan = self.stacks[expected].plan(layout);
        let span = layout.thread_span();
        let leading = [(self.state.at, span), (runtime.head, 8), (self.cframe, 16)];
        let known_cframe = usize::from(self.cframe != 0);
        let (lead, image) = plan.read_after(memory, &leading[..2 + known_cframe], &mut scratch.image);
        if lead.len() < span + 8
            || xword(lead, layout.thread_id) != self.state.thread_id
            || xword(lead, layout.thread_interpreter) != self.state.interpreter
            || !settled && (xword(lead, span) != self.state.interpreter || layout.lends_states() && !self.state.alone)
        {
            return Err(Miss::Moved);
        }
        let mut innermost = xword(lead, layout.thread_frame);
        if let Some(offset) = layout.cframe_frame {
            let cframe = innermost;
            innermost = match lead.get(span + 8..) {
                Some(words) if cframe == self.cframe && words.len() == 16 => xword(words, offset),
                _ => pointer(memory, cframe.wrapping_add(offset as u64)).ok_or(Miss::Moved)?,
            };
            self.cframe = cframe;
        }
        if innermost == 0 {
            return Err(Miss::Moved);
        }
        let guess = &mut self.stacks[expected];
        if guess.is_same(image, innermost) {
            self.current = expected;
            return Ok(Some(guess.stack.clone()));
        }
        scratch.truncated = guess.follow(walk, image, innermost, &mut scratch.raw)?;
        if expected != 0 && scratch.raw == guess.raw && guess.verify(image).all(|(_, same)| same) {
            guess.take_snapshot(layout, image);
            self.current = expected;
            return Ok(Some(guess.stack.clone()));
        }
        for (code, same) in guess.verify(image) {
            walk.codes.verified(code, same);
        }
        let raw = &scratch.raw;
        let addresses = raw.iter().filter(|frame| frame.has_code()).map(|frame| frame.code);
        walk.codes.verify(memory, addresses, &mut scratch.checks);
        if let Some(&known) = self.index.get(raw)
            && self.stacks[known].is_current(walk.codes)
        {
            self.stacks[self.current].next = known;
            self.current = known;
            return Ok(Some(self.stacks[known].stack.clone()));
        }
        Ok(None)
    }

    fn make(&mut self, walk: &mut Walk<'_>, scratch: &Scratch) -> Result<Arc<Stack>, Miss> {
        let built = build(walk, &scratch.raw, scratch.truncated)?;
        let stack = built.stack.clone();
        self.remember(&scratch.raw, built);
        Ok(stack)
    }

    /// What the thread's memory holds while this is its stack; it was asked for last.
    pub(super) fn guards(&mut self, runtime: &Runtime, memory: &dyn Memory, stack: &Arc<Stack>) -> Option<Guards> {
        let (layout, state) = (&runtime.layout, self.state);
        let cached = &mut self.stacks[self.current];
        let decides = !stack.truncated && !stack.is_loop() && Arc::ptr_eq(&cached.stack, stack);
        // The native stack may decide among several interpreters.
        if !decides || layout.lends_states() && !state.alone {
            return None;
        }
        let innermost = cached.raw.first()?.at;
        let mut words = Words::default();
        let frame = state.at.wrapping_add(layout.thread_frame as u64);
        match layout.cframe_frame {
            None => words.push(frame, &innermost.to_ne_bytes()),
            Some(offset) => {
                words.push(frame, &self.cframe.to_ne_bytes());
                words.push(self.cframe.wrapping_add(offset as u64), &innermost.to_ne_bytes());
            }
        }
        let mut image = Vec::new();
        let image = cached.plan(layout).read(memory, &mut image);
        let plan = cached.plan.as_ref()?;
        let (from, _) = layout.frame_span();
        let mut instruction = None;
        for (want, frame) in cached.raw.iter().enumerate() {
            let span = plan.part(image, want).filter(|span| RawFrame::parse(layout, frame.at, span) == *frame)?;
            for (start, end) in layout.frame_fields() {
                let field = &span[start - from..end - from];
                if start == layout.frame_instruction && instruction.is_none() {
                    instruction = Some(field.to_vec());
                }
                words.push(frame.at.wrapping_add(start as u64), field);
            }
        }
        if !cached.verify(image).all(|(_, same)| same) {
            return None;
        }
        for check in cached.codes.iter().flat_map(|code| &code.checks) {
            for part in check.kept().filter(|part| !part.is_empty()) {
                words.push(check.at.wrapping_add(part.start as u64), check.bytes.get(part)?);
            }
        }
        for (at, value) in [
            (runtime.head, state.interpreter),
            (state.at.wrapping_add(layout.thread_interpreter as u64), state.interpreter),
            (state.at.wrapping_add(layout.thread_id as u64), state.thread_id),
        ] {
            if pointer(memory, at) != Some(value) {
                return None;
            }
            words.push(at, &value.to_ne_bytes());
        }
        Some(words.guards(layout, frame, innermost, &instruction?))
    }

    /// Where an asyncio loop works for who waits, in the stack that was asked for last.
    pub(super) fn entry(&self) -> Option<Entry> {
        self.stacks[self.current].entry
    }

    fn remember(&mut self, raw: &[RawFrame], Built { stack, codes, entry }: Built) {
        if self.stacks.len() > MAX_STACKS || self.frames > MAX_CACHED_FRAMES {
            *self = Self { cframe: self.cframe, ..Self::new(self.thread_pointer, self.state) };
        }
        let place = match self.index.get(raw) {
            Some(&place) => place,
            None => {
                self.index.insert(raw.to_vec(), self.stacks.len());
                self.frames += raw.len();
                self.stacks.len()
            }
        };
        // Until it is known what follows, the same stack is expected again.
        let cached = CachedStack { raw: raw.to_vec(), codes, stack, entry, plan: None, snapshot: None, next: place };
        if place == self.stacks.len() {
            self.stacks.push(cached);
        } else {
            let next = self.stacks[place].next;
            self.stacks[place] = CachedStack { next, ..cached };
        }
        self.stacks[self.current].next = place;
        self.current = place;
    }
}

impl CachedStack {
    fn plan(&mut self, layout: &Layout) -> &ReadPlan {
        let (from, to) = layout.frame_span();
        let frames = self.raw.iter().map(|frame| (frame.at.wrapping_add(from as u64), to - from));
        let checks = self.codes.iter().flat_map(|code| &code.checks).map(|check| (check.at, check.bytes.len()));
        self.plan.get_or_insert_with(|| ReadPlan::new(frames.chain(checks)))
    }

    /// Follows the frames from the innermost one, taking each from the memory already read where possible. Returns
    /// whether there were too many.
    fn follow(&self, walk: &Walk<'_>, image: &[u8], innermost: u64, raw: &mut Vec<RawFrame>) -> Result<bool, Miss> {
        let layout = &walk.runtime.layout;
        let plan = self.plan.as_ref();
        let mut window = Window { memory: walk.process.memory(), start: 0, bytes: Vec::new() };
        raw.clear();
        let (mut at, mut hint, mut misses) = (innermost, 0, 0);
        while at != 0 {
            if raw.len() == MAX_FRAMES {
                return Ok(true);
            }
            // Frames mostly keep their order: after a few new ones the expected ones follow; after many, none do.
            let place = match self.raw.get(hint) {
                Some(frame) if frame.at == at => Some(hint),
                _ if misses > MAX_MISSES => None,
                _ => self.raw.iter().position(|frame| frame.at == at),
            };
            misses += usize::from(place.is_none());
            let read = place.and_then(|place| plan?.part(image, place));
            let frame = match read {
                Some(span) => RawFrame::parse(layout, at, span),
                None => RawFrame::parse(layout, at, window.frame(layout, at).ok_or(Miss::Unreadable)?),
            };
            hint = place.map_or(hint, |place| place + 1);
            raw.push(frame);
            at = frame.back;
        }
        Ok(false)
    }

    /// Records the bytes that were just verified: the fields of its frames, and the checks of its code objects.
    fn take_snapshot(&mut self, layout: &Layout, image: &[u8]) {
        let (from, _) = layout.frame_span();
        let fields = |want| layout.frame_fields().map(move |(start, end)| (want, start - from..end - from));
        let frames = (0..self.raw.len()).flat_map(fields);
        let checks = self.codes.iter().flat_map(|code| &code.checks);
        let checks =
            (self.raw.len()..).zip(checks).flat_map(|(want, check)| check.kept().map(move |part| (want, part)));
        self.snapshot = self.plan.as_ref().and_then(|plan| plan.snapshot(image, frames.chain(checks)));
    }

    /// Whether this is the same stack, decided by the snapshot alone, which is quick.
    fn is_same(&self, image: &[u8], innermost: u64) -> bool {
        self.raw.first().is_some_and(|frame| frame.at == innermost)
            && self.snapshot.as_ref().is_some_and(|snapshot| snapshot.matches(image))
    }

    /// Compares its code objects with the memory read; yields each with whether it is unchanged.
    fn verify<'a>(&'a self, image: &'a [u8]) -> impl Iterator<Item = (&'a Arc<Code>, bool)> {
        let mut wants = self.raw.len()..;
        self.codes.iter().map(move |code| {
            // Each check has its place in the plan, even after one that failed.
            let same = code.checks.iter().fold(true, |same, check| {
                let now = wants.next().and_then(|want| self.plan.as_ref()?.part(image, want));
                check.holds(now) && same
            });
            (code, same)
        })
    }

    /// Whether all its code objects are the ones that were verified at this stop.
    fn is_current(&self, codes: &CodeCache) -> bool {
        self.codes.iter().all(|code| codes.get(code.at).is_some_and(|known| Arc::ptr_eq(known, code)))
    }
}

/// The memory around the frame last read.
struct Window<'a> {
    memory: &'a dyn Memory,
    start: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    /// The bytes of [`Layout::frame_span`] of a frame.
    fn frame(&mut self, layout: &Layout, at: u64) -> Option<&[u8]> {
        let (from, to) = layout.frame_span();
        let (start, end) = (at.checked_add(from as u64)?, at.checked_add(to as u64)?);
        if start < self.start || end > self.start + self.bytes.len() as u64 {
            let below = if layout.frame_owner.is_some() { CALLERS.min(start % PAGE) } else { 0 };
            self.bytes = bytes(self.memory, start - below, usize::try_from(end - start + below).ok()?)?;
            self.start = start - below;
        }
        let offset = usize::try_from(start - self.start).ok()?;
        self.bytes.get(offset..offset + (to - from))
    }
}

/// A stack that was made, and its code objects.
struct Built {
    stack: Arc<Stack>,
    codes: Vec<Arc<Code>>,
    entry: Option<Entry>,
}

/// Makes the stack that Python itself would show.
fn build(walk: &mut Walk<'_>, raw: &[RawFrame], truncated: bool) -> Result<Built, Miss> {
    let mut reader = CodeReader { layout: &walk.runtime.layout, process: walk.process, sources: &mut *walk.sources };
    let outermost = raw.iter().rposition(RawFrame::has_code).filter(|_| walk.main_thread && !truncated);
    let mut frames: Vec<Arc<Frame>> = Vec::with_capacity(raw.len());
    let mut entry = None;
    let mut codes: HashMap<u64, Arc<Code>> = HashMap::new();
    for (place, frame) in raw.iter().enumerate().filter(|(_, frame)| frame.has_code()) {
        let is_outermost = outermost == Some(place);
        // If an unreadable frame were skipped, the next one would look like the caller; so there is no stack.
        let code = walk.codes.get_or_read(frame.code, is_outermost, &mut reader).ok_or(Miss::Unreadable)?;
        if let Some(shown) = code.frame(frame.lasti, frame.owner) {
            let work = Work::of(&shown).filter(|_| entry.is_none());
            entry = entry.or(work.map(|work| Entry { work, frame: frame.at }));
            frames.push(shown);
        }
        codes.insert(frame.code, code);
    }
    let stack = Arc::new(Stack { truncated, ..Stack::new(frames) });
    let entry = entry.filter(|_| stack.is_loop());
    Ok(Built { stack, codes: codes.into_values().collect(), entry })
}

impl Walk<'_> {
    /// The frames of suspended coroutines; `None` where one of their code objects cannot be read.
    pub(super) fn frames<'a>(&mut self, raw: impl Iterator<Item = &'a RawFrame> + Clone) -> Option<Vec<Arc<Frame>>> {
        let memory = self.process.memory();
        self.codes.verify(memory, raw.clone().map(|frame| frame.code), &mut self.scratch.checks);
        let mut reader =
            CodeReader { layout: &self.runtime.layout, process: self.process, sources: &mut *self.sources };
        raw.map(|frame| {
            let code = self.codes.get_or_read(frame.code, false, &mut reader)?;
            code.frame(frame.lasti, OWNED_BY_GENERATOR)
        })
        .collect()
    }
}

impl Scratch {
    /// Lends a buffer.
    pub(super) fn take_image(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.image)
    }

    pub(super) fn give_image(&mut self, image: Vec<u8>) {
        self.image = image;
    }
}
