//! Objects of a CPython, read from memory: types, attributes by name, containers, coroutines.
//!
//! Pages are read whole and once, so that what is looked at together was there together, and what was used of them is
//! recorded: as long as those bytes are the same, so is whatever was concluded from them. Everything is bounded, since
//! another thread may change an object meanwhile, or an address may be no object's.

use super::elf::{half, pointer, word, xword};
use super::layout::{AwaitMark, Layout, ObjectLayout, StackEnd};
use super::prefetch::{ReadPlan, Snapshot};
use super::stack::RawFrame;
use crate::memory::{Fault, Memory, PAGE};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

mod attributes;

/// More pages than this are not read for one conclusion.
const MAX_PAGES: usize = 768;
/// Longer names of attributes are none that anybody wrote.
const MAX_NAME: usize = 128;
/// Dictionaries and sequences are followed up to this many items.
const MAX_ITEMS: u64 = 256;
/// Types with more bases, or more slots in one of them, are treated as damaged.
const MAX_BASES: u64 = 32;
const MAX_SLOTS: u64 = 128;
/// Frames with more locals and temporaries are treated as damaged.
const MAX_LOCALS: u64 = 512;

/// `Py_TPFLAGS_INLINE_VALUES` (3.13), `Py_TPFLAGS_MANAGED_DICT` (3.11 and later) and `Py_TPFLAGS_HEAPTYPE`.
const INLINE_VALUES: u64 = 1 << 2;
const MANAGED_DICT: u64 = 1 << 4;
const HEAP_TYPE: u64 = 1 << 9;
/// `T_OBJECT` and `T_OBJECT_EX`: slots that hold objects.
const SLOT_OBJECT: [u32; 2] = [6, 16];
/// Of a `PyMemberDef`.
const SLOT: usize = 40;
/// The instruction of 3.8 to 3.10 in which a coroutine awaits.
const YIELD_FROM: u8 = 72;

// The offsets that all supported versions have in common.
const TYPE: u64 = 8;
const SIZE: u64 = 16;
const FIRST: u64 = 16;
const SECOND: u64 = 24;
const TYPE_NAME: usize = 24;
const TYPE_BASIC_SIZE: usize = 32;
const TYPE_FLAGS: usize = 168;
const TYPE_DICT: usize = 264;
const TYPE_DICT_OFFSET: usize = 288;
const TYPE_MRO: usize = 344;
const DICT_KEYS: u64 = 32;
const DICT_VALUES: u64 = 40;
/// `BLOCKLEN` of a `deque`'s blocks.
const BLOCK: u64 = 64;

/// What kind of object one is, as far as it matters who waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `_asyncio.Future`, its subclasses included.
    Future,
    /// `_asyncio.Task`.
    Task,
    /// The same in pure Python.
    PythonFuture,
    PythonTask,
    /// A coroutine, generator or asynchronous generator: what has a frame.
    Coroutine,
    /// The iterator of a future that is awaited.
    FutureIter,
    /// An awaitable that holds first what it passes everything on to.
    Wrapper,
    /// What C calls when a future is done, before 3.10.
    Wakeup,
    Weak,
    Cell,
    /// What is bound to its second word.
    Method,
    Function,
    Partial,
    List,
    Tuple,
    Deque,
    Dict,
    /// An instance of a class of Python's.
    Plain,
    /// Anything else, and event loops, which lead everywhere.
    Opaque,
}

impl Kind {
    pub(super) fn is_future(self) -> bool {
        matches!(self, Self::Future | Self::PythonFuture)
    }

    pub(super) fn is_task(self) -> bool {
        matches!(self, Self::Task | Self::PythonTask)
    }
}

/// A type object.
#[derive(Debug)]
struct Type {
    at: u64,
    basic_size: u64,
    flags: u64,
    dict_offset: i64,
    /// Its bases in the order of resolution, itself first.
    bases: Vec<u64>,
    kind: Kind,
}

/// The objects of a process at one moment.
pub(super) struct Objects<'a> {
    pub layout: &'a Layout,
    pub model: &'a ObjectLayout,
    pages: Pages<'a>,
    /// What was read of objects, and what of types, by address and length.
    used: RefCell<Vec<(u64, usize)>>,
    used_of_types: RefCell<Vec<(u64, usize)>>,
    types: RefCell<HashMap<u64, Option<Rc<Type>>>>,
}

struct Pages<'a> {
    memory: &'a dyn Memory,
    pages: RefCell<HashMap<u64, Option<Box<[u8]>>>>,
    full: Cell<bool>,
}

impl Memory for Pages<'_> {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let mut read = 0;
        while read < buf.len() {
            let fault = Fault { read };
            let at = addr.checked_add(read as u64).ok_or(fault)?;
            let (page, offset) = (at / PAGE, (at % PAGE) as usize);
            let mut pages = self.pages.borrow_mut();
            if pages.len() >= MAX_PAGES && !pages.contains_key(&page) {
                self.full.set(true);
                return Err(fault);
            }
            let page = pages.entry(page).or_insert_with(|| {
                let mut bytes = vec![0; PAGE as usize].into_boxed_slice();
                self.memory.read(page * PAGE, &mut bytes).ok().map(|()| bytes)
            });
            let page = page.as_deref().ok_or(fault)?;
            let len = (buf.len() - read).min(page.len() - offset);
            buf[read..read + len].copy_from_slice(&page[offset..offset + len]);
            read += len;
        }
        Ok(())
    }
}

impl<'a> Objects<'a> {
    pub(super) fn new(memory: &'a dyn Memory, layout: &'a Layout, model: &'a ObjectLayout) -> Self {
        let pages = Pages { memory, pages: RefCell::default(), full: Cell::new(false) };
        Self {
            layout,
            model,
            pages,
            used: RefCell::default(),
            used_of_types: RefCell::default(),
            types: RefCell::default(),
        }
    }

    /// Whether more would have had to be read than is allowed, so that nothing follows from what was not found.
    pub(super) fn is_exhausted(&self) -> bool {
        self.pages.full.get()
    }

    /// Whether something holds; where it does not, what was read of objects for it need not be the same at the next look.
    pub(super) fn tried(&self, holds: impl FnOnce() -> bool) -> bool {
        let before = self.used.borrow().len();
        let holds = holds();
        if !holds {
            self.used.borrow_mut().truncate(before);
        }
        holds
    }

    /// What was read, to read it again and compare.
    pub(super) fn snapshot(&self, buf: &mut Vec<u8>) -> Option<(ReadPlan, Snapshot)> {
        let mut used = [&**self.used.borrow(), &**self.used_of_types.borrow()].concat();
        used.sort_unstable();
        used.dedup();
        let plan = ReadPlan::new(used.iter().copied());
        let image = plan.read(&self.pages, buf);
        let snapshot = plan.snapshot(image, used.iter().enumerate().map(|(want, (_, len))| (want, 0..*len)))?;
        Some((plan, snapshot))
    }

    fn bytes(&self, at: u64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len];
        self.pages.read(at, &mut bytes).ok()?;
        self.used.borrow_mut().push((at, len));
        Some(bytes)
    }

    /// The pointer at an offset of an object.
    pub(super) fn word(&self, object: u64, offset: u64) -> Option<u64> {
        let at = object.checked_add(offset)?;
        let word = pointer(&self.pages, at)?;
        self.used.borrow_mut().push((at, 8));
        Some(word)
    }

    fn words(&self, at: u64, count: u64) -> Option<Vec<u64>> {
        let bytes = self.bytes(at, usize::try_from(count).ok()?.checked_mul(8)?)?;
        Some(bytes.chunks_exact(8).map(|word| xword(word, 0)).collect())
    }

    /// Words that need not be the same at the next look, each with its place.
    fn glance(&self, at: u64, count: u64) -> Option<Vec<(u64, u64)>> {
        let mut bytes = vec![0; usize::try_from(count).ok()?.checked_mul(8)?];
        self.pages.read(at, &mut bytes).ok()?;
        Some((at..).step_by(8).zip(bytes.chunks_exact(8).map(|word| xword(word, 0))).collect())
    }

    /// The object that another holds first, behind the header that all have.
    pub(super) fn first(&self, object: u64) -> Option<u64> {
        self.object_at(object, FIRST)
    }

    /// The object that another holds second.
    pub(super) fn second(&self, object: u64) -> Option<u64> {
        self.object_at(object, SECOND)
    }

    fn type_of(&self, object: u64) -> Option<Rc<Type>> {
        if object == 0 || !object.is_multiple_of(8) {
            return None;
        }
        self.type_at(self.word(object, TYPE)?)
    }

    fn type_at(&self, at: u64) -> Option<Rc<Type>> {
        if let Some(known) = self.types.borrow().get(&at) {
            return known.clone();
        }
        let before = self.used.borrow().len();
        let made = self.read_type(at).map(Rc::new);
        self.used_of_types.borrow_mut().extend(self.used.borrow_mut().drain(before..));
        self.types.borrow_mut().insert(at, made.clone());
        made
    }

    fn read_type(&self, at: u64) -> Option<Type> {
        if at == 0 || !at.is_multiple_of(8) {
            return None;
        }
        let field = |offset: usize| self.word(at, offset as u64);
        let mro = field(TYPE_MRO)?;
        let flags = self.flags(at)?;
        let bases = self.items_of_tuple(mro)?;
        let basic_size = field(TYPE_BASIC_SIZE)?;
        let dict_offset = field(TYPE_DICT_OFFSET)?.cast_signed();
        if basic_size > 1 << 16 || bases.len() as u64 > MAX_BASES {
            return None;
        }
        let kind = bases.iter().find_map(|&base| self.kind_of_type(base)).unwrap_or(Kind::Opaque);
        Some(Type { at, basic_size, flags, dict_offset, bases, kind })
    }

    /// The lower half of a type's flags: in the upper one is whether its version is valid, which changes.
    fn flags(&self, class: u64) -> Option<u64> {
        Some(half(&self.bytes(class.checked_add(TYPE_FLAGS as u64)?, 2)?, 0).into())
    }

    /// The kind that instances of a type have whatever it is derived from; `None` for a class of Python's.
    fn kind_of_type(&self, at: u64) -> Option<Kind> {
        let name = self.c_string(self.word(at, TYPE_NAME as u64)?)?;
        let heap = self.flags(at)? & HEAP_TYPE != 0;
        let kind = match name.as_str() {
            "_asyncio.Task" => Kind::Task,
            "_asyncio.Future" => Kind::Future,
            "_asyncio.FutureIter" => Kind::FutureIter,
            "collections.deque" => Kind::Deque,
            "functools.partial" => Kind::Partial,
            "weakref.ReferenceType" => Kind::Weak,
            "Task" if heap && self.is_of_module(at, "asyncio.tasks") => Kind::PythonTask,
            "Future" if heap && self.is_of_module(at, "asyncio.futures") => Kind::PythonFuture,
            "AbstractEventLoop" if heap => Kind::Opaque,
            _ if heap => return None,
            "object" => return Some(Kind::Plain),
            "coroutine" | "generator" | "async_generator" => Kind::Coroutine,
            "async_generator_asend" | "async_generator_athrow" | "coroutine_wrapper" => Kind::Wrapper,
            "TaskWakeupMethWrapper" => Kind::Wakeup,
            "weakref" => Kind::Weak,
            "cell" => Kind::Cell,
            "method" | "builtin_function_or_method" | "builtin_method" => Kind::Method,
            "function" => Kind::Function,
            "list" => Kind::List,
            "tuple" => Kind::Tuple,
            "dict" => Kind::Dict,
            _ => Kind::Opaque,
        };
        Some(kind)
    }

    fn is_of_module(&self, class: u64, module: &str) -> bool {
        let value = || {
            let dict = self.word(class, TYPE_DICT as u64)?;
            let (_, value) = self
                .items_of_dict(dict)?
                .into_iter()
                .find(|(key, _)| self.text(*key).is_some_and(|name| name == "__module__"))?;
            self.text(value)
        };
        value().is_some_and(|value| value == module)
    }

    /// What kind an object is; [`Kind::Opaque`] also where no object is.
    pub(super) fn kind(&self, object: u64) -> Kind {
        let Some(ty) = self.type_of(object) else { return Kind::Opaque };
        // `None`, numbers and the like are of static types without bases but `object`.
        if ty.kind == Kind::Plain && ty.flags & HEAP_TYPE == 0 { Kind::Opaque } else { ty.kind }
    }

    fn c_string(&self, at: u64) -> Option<String> {
        // Names lie in the program's file or in a type's own memory; both go on behind them.
        for len in [32, MAX_NAME] {
            let mut bytes = vec![0; len];
            let read = self.pages.read(at, &mut bytes).err().map_or(len, |fault| fault.read);
            if let Some(end) = bytes[..read].iter().position(|&byte| byte == 0) {
                self.used.borrow_mut().push((at, end + 1));
                bytes.truncate(end);
                return String::from_utf8(bytes).ok();
            }
        }
        None
    }

    /// The text of a short `str` of ASCII, as names of attributes are.
    pub(super) fn text(&self, object: u64) -> Option<String> {
        let layout = self.layout;
        let state = word(&self.bytes(object.checked_add(layout.unicode_state)?, 4)?, 0);
        // From the lowest bit: interned 2, kind 3, compact 1, ascii 1.
        if state >> 5 & 3 != 3 || state >> 2 & 7 != 1 {
            return None;
        }
        let len = usize::try_from(self.word(object, layout.unicode_length)?).ok().filter(|&len| len <= MAX_NAME)?;
        String::from_utf8(self.bytes(object.checked_add(layout.unicode_ascii_data)?, len)?).ok()
    }

    /// A short `str`, or a small `int` in digits.
    pub(super) fn text_or_number(&self, object: u64) -> Option<Result<String, u64>> {
        if let Some(text) = self.text(object).filter(|_| self.type_name(object).as_deref() == Some("str")) {
            return Some(Ok(text));
        }
        if self.type_name(object).as_deref() != Some("int") {
            return None;
        }
        // From 3.12 on the lowest three bits of the size are the sign and who owns it.
        let size = self.word(object, SIZE)?;
        let digits = if self.layout.code_is_numbered { size >> 3 } else { size };
        let digits = self.bytes(object.checked_add(SECOND)?, usize::try_from(digits).ok().filter(|&n| n <= 2)? * 4)?;
        Some(Err(digits.chunks_exact(4).rev().fold(0, |number, digit| number << 30 | u64::from(word(digit, 0)))))
    }

    fn type_name(&self, object: u64) -> Option<String> {
        self.c_string(self.word(self.word(object, TYPE)?, TYPE_NAME as u64)?)
    }

    fn items_of_tuple(&self, tuple: u64) -> Option<Vec<u64>> {
        let count = self.word(tuple, SIZE).filter(|&count| count <= MAX_ITEMS)?;
        self.words(tuple.checked_add(self.layout.tuple_items)?, count)
    }

    /// The items of a sequence, or the values of a dictionary.
    pub(super) fn items(&self, object: u64, kind: Kind) -> Option<Vec<u64>> {
        match kind {
            Kind::Tuple => self.items_of_tuple(object),
            Kind::List => {
                let count = self.word(object, SIZE).filter(|&count| count <= MAX_ITEMS)?;
                self.words(self.second(object).filter(|_| count > 0).unwrap_or(0), count)
            }
            Kind::Dict => Some(self.items_of_dict(object)?.into_iter().map(|(_, value)| value).collect()),
            Kind::Deque => {
                // `ob_size`, `leftblock`, `rightblock`, `leftindex`; a block is a link, its items, a link
                let [count, mut block, _, mut index] = self.words(object.checked_add(SIZE)?, 4)?[..] else {
                    return None;
                };
                let mut items = Vec::new();
                for _ in 0..Some(count).filter(|&count| count <= MAX_ITEMS)? {
                    if index >= BLOCK {
                        (block, index) = (self.word(block, 8 + 8 * BLOCK)?, 0);
                    }
                    items.push(self.word(block, 8 + 8 * index)?);
                    index += 1;
                }
                Some(items)
            }
            _ => None,
        }
    }

    /// The variables of a function's closure.
    pub(super) fn closure(&self, function: u64) -> Vec<u64> {
        let cells = self.word(function, self.model.function_closure).and_then(|cells| self.items_of_tuple(cells));
        cells.unwrap_or_default().into_iter().filter_map(|cell| self.first(cell)).collect()
    }

    /// The frame of a coroutine or generator that is suspended, and what it holds; `None` of one that runs, has not begun or
    /// is over.
    pub(super) fn frame(&self, coroutine: u64) -> Option<(RawFrame, Suspended)> {
        let model = self.model;
        let byte = |at: u64, offset: u64| Some(self.bytes(at.checked_add(offset)?, 1)?[0]);
        let state = match model.coroutine_state {
            Some(offset) => Some(byte(coroutine, offset)?.cast_signed()),
            None => None,
        };
        let at = match state {
            None => self.object_at(coroutine, model.coroutine_frame)?,
            // `FRAME_SUSPENDED`, and in 3.13 also `FRAME_SUSPENDED_YIELD_FROM`
            Some(-1) => coroutine.checked_add(model.coroutine_frame)?,
            Some(-2) if model.await_mark == AwaitMark::State => coroutine.checked_add(model.coroutine_frame)?,
            Some(_) => return None,
        };
        let (from, to) = self.layout.frame_span();
        let raw = RawFrame::parse(self.layout, at, &self.bytes(at.checked_add(from as u64)?, to - from)?);
        let begins = at.checked_add(model.locals)?;
        let int = |offset: u64| Some(u64::from(word(&self.bytes(at.checked_add(offset)?, 4)?, 0)));
        let count = match model.stack_end {
            StackEnd::Pointer(offset) => self.word(at, offset)?.checked_sub(begins)? / 8,
            StackEnd::Depth { stack, depth } => (self.word(at, stack)?.checked_sub(begins)? / 8) + int(depth)?,
            StackEnd::Count(offset) => int(offset)?,
        };
        let held = self.glance(begins, Some(count).filter(|&count| count <= MAX_LOCALS)?)?;
        let next = u64::try_from(raw.lasti).ok()?.checked_add(2)?;
        let awaits = match model.await_mark {
            AwaitMark::Opcode => {
                let code = self.word(raw.code, (self.layout.code_names as u64).checked_sub(16)?)?;
                byte(code.checked_add(self.layout.bytes_data)?, next)? == YIELD_FROM
            }
            AwaitMark::Resume => byte(raw.code.checked_add(self.layout.code_instructions)?, next + 1)? & 3 >= 2,
            AwaitMark::State => state == Some(-1),
        };
        let awaited = held.last().filter(|_| awaits).and_then(|&(slot, _)| self.word(slot, 0)).filter(|&at| at != 0);
        Some((raw, Suspended { held, awaited }))
    }

    fn object_at(&self, object: u64, offset: u64) -> Option<u64> {
        self.word(object, offset).filter(|&at| at != 0)
    }
}

/// What a suspended frame holds.
#[derive(Debug)]
pub(super) struct Suspended {
    /// Where its locals and temporaries are, and what they are; 0 where there is none. Most change between two looks, so
    /// whoever goes by one reads it with [`Objects::word`].
    pub held: Vec<(u64, u64)>,
    /// What it awaits.
    pub awaited: Option<u64>,
}
