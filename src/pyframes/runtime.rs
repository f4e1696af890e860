//! Finds CPython in a process, and a thread's state in CPython.
//!
//! The interpreter is a module that exports `_PyRuntime` (from 3.7 on) or `PyInterpreterState_Head` (before): the
//! executable itself, its libpython, or one that a program embeds. From there a list of interpreters leads to lists of
//! thread states, and the right one is identified by its thread pointer.

use super::Version;
use super::elf::{Module, bytes, pointer, word, xword};
use super::layout::{Layout, SelfDescription, describe};
use super::process::{Mapping, Process};
use crate::memory::{Memory, array};
use std::collections::HashSet;
use std::io;
use std::ops::Range;

/// CPython in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Runtime {
    pub layout: Layout,
    /// The address of the pointer to the newest interpreter.
    pub head: u64,
}

/// The result of one search of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SearchResult {
    /// A supported CPython.
    Runtime(Box<Runtime>),
    /// A CPython that is not supported.
    Unsupported {
        /// Its version, followed by what is special about the build.
        name: String,
    },
    /// A Python other than CPython.
    Other {
        /// The name of the implementation.
        name: &'static str,
    },
    /// No Python so far.
    Nothing,
    /// The process may not be read.
    Denied,
}

/// The state of the search in one process.
///
/// A process that is not Python is searched again now and then, since it may load a libpython later: at the stops
/// 1, 2, 4 … 4096 and then at each 4096th, and each module only once.
#[derive(Debug, Clone, Default)]
pub(super) struct RuntimeSearch {
    stops: u64,
    known: HashSet<Mapping>,
    /// There is a Python that has not started.
    near: bool,
}

/// The longest distance between two searches, in stops.
const MAX_STOPS: u64 = 4096;

impl RuntimeSearch {
    /// Counts a stop, and searches if a search is due; `None` if it is not.
    pub(super) fn step(&mut self, process: &dyn Process) -> Option<SearchResult> {
        self.due().then(|| match process.mappings() {
            Ok(mappings) => self.find(process.memory(), mappings),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => SearchResult::Denied,
            Err(_) => SearchResult::Nothing,
        })
    }

    /// Whether the last search has found a Python that will start.
    pub(super) fn is_near(&self) -> bool {
        self.near
    }

    fn due(&mut self) -> bool {
        self.stops += 1;
        self.stops.is_multiple_of(MAX_STOPS) || self.stops.is_power_of_two() && self.stops < MAX_STOPS
    }

    fn find(&mut self, memory: &dyn Memory, mappings: Vec<Mapping>) -> SearchResult {
        let mut fresh: Vec<Mapping> =
            mappings.into_iter().filter(|m| m.offset == 0 && self.known.insert(m.clone())).collect();
        self.near = false;
        // The likely ones first: there can be a hundred extension modules.
        fresh.sort_by_key(|mapping| !file_name(mapping).contains("python"));
        for mapping in &fresh {
            let Some(module) = Module::open(memory, mapping.start) else {
                continue;
            };
            match interpreter(memory, &module, mapping) {
                None => {}
                // It has not started yet, so that its version is still unknown.
                Some(SearchResult::Nothing) => {
                    self.known.remove(mapping);
                    self.near = true;
                }
                Some(found) => return found,
            }
        }
        SearchResult::Nothing
    }
}

fn file_name(mapping: &Mapping) -> String {
    mapping.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The interpreter in a module; `None` when it holds none.
fn interpreter(memory: &dyn Memory, module: &Module, mapping: &Mapping) -> Option<SearchResult> {
    let runtime = module.symbol(memory, "_PyRuntime");
    // Before 3.7 there is no such structure, but a function that returns the newest interpreter.
    let head_function = runtime.is_none().then(|| module.symbol(memory, "PyInterpreterState_Head")).flatten();
    if runtime.is_none() && head_function.is_none() {
        // PyPy has CPython's functions for extension modules under names of its own.
        return module.symbol(memory, "PyPy_GetVersion").map(|_| SearchResult::Other { name: "PyPy" });
    }
    match runtime.and_then(|runtime| describe(memory, runtime)) {
        Some(SelfDescription::Layout(layout)) => {
            let head = runtime.unwrap_or_default().wrapping_add(layout.runtime_head);
            return Some(SearchResult::Runtime(Box::new(Runtime { layout: *layout, head })));
        }
        Some(SelfDescription::Unsupported { version, special }) => {
            let special = special.map_or(String::new(), |special| format!(", {special}"));
            return Some(SearchResult::Unsupported { name: format!("{version}{special}") });
        }
        None => {}
    }
    let Some(version) = version(memory, module, mapping) else {
        return Some(SearchResult::Nothing);
    };
    let Some(layout) = Layout::of(version) else {
        return Some(SearchResult::Unsupported { name: version.to_string() });
    };
    let head = match runtime {
        Some(runtime) => Some(runtime.wrapping_add(layout.runtime_head)),
        None => head_function.and_then(|function| returned_variable(memory, function)),
    };
    Some(head.map_or_else(
        || SearchResult::Unsupported { name: format!("{version}, compiled in a way that hides its interpreters") },
        |head| SearchResult::Runtime(Box::new(Runtime { layout, head })),
    ))
}

/// The address of the variable that a function only returns: `mov rax, [rip + distance]; ret`.
fn returned_variable(memory: &dyn Memory, function: u64) -> Option<u64> {
    const ENDBR64: &[u8] = &[0xf3, 0x0f, 0x1e, 0xfa];
    const MOV_RAX_FROM: &[u8] = &[0x48, 0x8b, 0x05];
    const RET: u8 = 0xc3;
    let code: [u8; 16] = array(memory, function)?;
    let body = code.strip_prefix(ENDBR64).unwrap_or(&code);
    let rest = body.strip_prefix(MOV_RAX_FROM)?;
    let next_instruction = function.wrapping_add((code.len() - rest.len() + 4) as u64);
    (rest[4] == RET).then(|| next_instruction.wrapping_add_signed(i64::from(word(rest, 0).cast_signed())))
}

/// The interpreter's version: from `Py_Version` from 3.11 on, else from a library's name, from the banner that it makes
/// when it starts, or from its file's name.
fn version(memory: &dyn Memory, module: &Module, mapping: &Mapping) -> Option<Version> {
    if let Some(addr) = module.symbol(memory, "Py_Version") {
        let hex = u32::from_ne_bytes(array(memory, addr)?).to_be_bytes();
        return Some(Version { major: hex[0], minor: hex[1] });
    }
    module
        .soname
        .as_deref()
        .and_then(version_in_name)
        .or_else(|| {
            module.writable.iter().find_map(|&(addr, len)| {
                let len = usize::try_from(len).ok().filter(|&len| len <= 1 << 26)?;
                version_in_banner(&memory.read_up_to(addr, len))
            })
        })
        .or_else(|| version_in_name(&file_name(mapping)))
}

/// `3.9` of `libpython3.9.so.1.0` or `python3.9`.
fn version_in_name(name: &str) -> Option<Version> {
    version_at_start(name.rsplit_once("python")?.1)
}

fn version_at_start(text: &str) -> Option<Version> {
    let (major, rest) = text.split_once('.')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(Version { major: major.parse().ok()?, minor: rest[..digits].parse().ok()? })
}

/// What `Py_GetVersion` returns, in the static buffer that it fills: `3.9.18 (main, …`.
fn version_in_banner(data: &[u8]) -> Option<Version> {
    let starts = data
        .windows(2)
        .enumerate()
        .filter(|(at, pair)| matches!(pair, [b'2' | b'3', b'.']) && (*at == 0 || data[at - 1] == 0));
    starts.filter_map(|(at, _)| banner(&data[at..])).next()
}

fn banner(text: &[u8]) -> Option<Version> {
    let end = text.iter().take(64).position(|byte| !byte.is_ascii_graphic())?;
    let (number, rest) = text.split_at(end);
    let number = std::str::from_utf8(number).ok().filter(|_| rest.starts_with(b" ("))?;
    (number.split('.').count() == 3).then(|| version_at_start(number)).flatten()
}

/// The thread state in which a thread runs Python code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ThreadState {
    /// Its address.
    pub at: u64,
    /// The interpreter it belongs to.
    pub interpreter: u64,
    /// The thread pointer in it: that of the thread that made it, which may be another than the one that runs in it.
    pub thread_id: u64,
    /// No other interpreter was there, nor is one as long as this is the newest.
    pub alone: bool,
}

/// The part of a thread's native stack that is in use, from its innermost function on.
struct NativeStack {
    range: Range<u64>,
    /// What lies there, the innermost first, as far as it is looked at.
    words: Vec<u8>,
}

/// The interpreter's loop is not deeper in a stack than this when it has called into the kernel.
const MAX_NATIVE: u64 = 1 << 17;

impl NativeStack {
    fn read(memory: &dyn Memory, range: Range<u64>) -> Self {
        let len = range.end.saturating_sub(range.start).min(MAX_NATIVE);
        Self { words: memory.read_up_to(range.start, usize::try_from(len).unwrap_or(0)), range }
    }
}

/// A list changed while it was followed.
struct Torn;

/// How often a torn list is followed again.
const MAX_TRIES: usize = 16;
/// Lists longer than this are treated as damaged.
const MAX_ENTRIES: usize = 1 << 14;

impl Runtime {
    /// The state in which the thread with this thread pointer runs Python code.
    ///
    /// A thread may have one in several interpreters: the newest one that has a frame is right, since an interpreter
    /// waits while one that it made runs. Where it may run in a state that another thread made, its native stack decides
    /// ([`runs_on`](Self::runs_on)). `None` means that the thread runs no Python code.
    pub(super) fn thread_state(&self, process: &dyn Process, thread_pointer: u64) -> Option<ThreadState> {
        (0..MAX_TRIES).find_map(|_| self.search(process, thread_pointer).ok()).flatten()
    }

    fn search(&self, process: &dyn Process, thread_pointer: u64) -> Result<Option<ThreadState>, Torn> {
        let memory = process.memory();
        let layout = &self.layout;
        let next = |addr: u64| pointer(memory, addr).ok_or(Torn);
        let mut entries = 0..MAX_ENTRIES;
        let mut interpreter = next(self.head)?;
        let alone = interpreter != 0 && next(interpreter.wrapping_add(layout.interpreter_next))? == 0;
        let native = if layout.lends_states() && !alone { process.native_stack() } else { None };
        let native = native.map(|stack| NativeStack::read(memory, stack));
        while interpreter != 0 {
            let mut at = next(interpreter.wrapping_add(layout.interpreter_threads))?;
            while at != 0 {
                entries.next().ok_or(Torn)?;
                let state = bytes(memory, at, layout.thread_span()).ok_or(Torn)?;
                if xword(&state, layout.thread_interpreter) != interpreter {
                    return Err(Torn);
                }
                let thread_id = xword(&state, layout.thread_id);
                // Before 3.12 the state of a thread about to start has its creator's thread pointer, but no frame.
                if let Some(frame) = self.innermost(memory, &state)
                    && native.as_ref().map_or(thread_id == thread_pointer, |stack| self.runs_on(stack, &state, frame))
                {
                    return Ok(Some(ThreadState { at, interpreter, thread_id, alone }));
                }
                at = xword(&state, layout.thread_next);
            }
            entries.next().ok_or(Torn)?;
            interpreter = next(interpreter.wrapping_add(layout.interpreter_next))?;
        }
        Ok(None)
    }

    /// Whether the interpreter's loop that runs this frame has its variables on this native stack: the `_PyCFrame` where
    /// there is one, else the frame's address.
    fn runs_on(&self, stack: &NativeStack, state: &[u8], frame: u64) -> bool {
        match self.layout.cframe_frame {
            Some(_) => stack.range.contains(&xword(state, self.layout.thread_frame)),
            None => stack.words.chunks_exact(8).any(|word| xword(word, 0) == frame),
        }
    }

    /// The innermost frame of a thread state.
    fn innermost(&self, memory: &dyn Memory, state: &[u8]) -> Option<u64> {
        let frame = Some(xword(state, self.layout.thread_frame)).filter(|&at| at != 0)?;
        match self.layout.cframe_frame {
            Some(offset) => pointer(memory, frame.wrapping_add(offset as u64)).filter(|&at| at != 0),
            None => Some(frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Lent;

    const PYTHON_3_9: Version = Version { major: 3, minor: 9 };

    #[test]
    fn versions_in_names_and_banners() {
        assert_eq!(version_in_name("libpython3.9.so.1.0"), Some(PYTHON_3_9));
        assert_eq!(version_in_name("libpython3.6m.so.1.0"), Some(Version { major: 3, minor: 6 }));
        assert_eq!(version_in_name("python2.7"), Some(Version { major: 2, minor: 7 }));
        assert_eq!(version_in_name("python3"), None);
        assert_eq!(version_in_name("uwsgi"), None);
        assert_eq!(version_in_banner(b"\x003.1\x00x3.8.1 (no\x003.9.18 (main, Feb 1)\x00"), Some(PYTHON_3_9));
        assert_eq!(version_in_banner(b"3.9.18"), None);
        assert_eq!(version_in_banner(b""), None);
    }

    #[test]
    fn a_function_that_returns_a_variable() {
        let at = |code: &[u8]| {
            let mut code = code.to_vec();
            code.resize(32, 0x90);
            returned_variable(&Lent::new(&[(0x1000, &code)]), 0x1000)
        };
        assert_eq!(at(b"H\x8b\x05\x10\x00\x00\x00\xc3"), Some(0x1017));
        assert_eq!(at(b"\xf3\x0f\x1e\xfaH\x8b\x05\xf0\xff\xff\xff\xc3"), Some(0x0ffb));
        assert_eq!(at(b"H\x8b\x05\x10\x00\x00\x00\x90"), None);
    }

    #[test]
    fn searches_get_rarer() {
        let mut search = RuntimeSearch::default();
        let searches: Vec<u64> = (1..=10_000).filter(|_| search.due()).collect();
        assert_eq!(searches, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
    }
}
