//! Where CPython keeps what we read: offsets of fields in bytes, as data, for each version.
//!
//! They are those of 64-bit release builds and the same in every patch release, taken with `offsetof` from the
//! headers of each version (`pystate.h`, `frameobject.h`, `code.h`, from 3.11 `internal/pycore_frame.h`). From 3.13 on
//! the interpreter describes itself: `_PyRuntime` begins with a table of its offsets
//! (`internal/pycore_runtime.h`, `_Py_DebugOffsets`).

use super::Version;
use super::elf::xword;
use super::lines::LineTable;
use crate::memory::Memory;

/// How a frame names its last instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastInstruction {
    /// A 32-bit index in bytes.
    Bytes,
    /// A 32-bit index in units of two bytes.
    Units,
    /// A pointer into the code object.
    Pointer,
}

/// Offsets in bytes; the name of a field says the structure that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub version: Version,
    /// From the start of `_PyRuntime` to `interpreters.head`.
    pub runtime_head: u64,
    pub interpreter_next: u64,
    pub interpreter_threads: u64,
    pub thread_next: usize,
    pub thread_interpreter: usize,
    pub thread_id: usize,
    /// The innermost frame, or in 3.11 and 3.12 a `_PyCFrame`.
    pub thread_frame: usize,
    /// Where the `_PyCFrame` names the frame.
    pub cframe_frame: Option<usize>,
    pub frame_code: usize,
    pub frame_back: usize,
    pub frame_instruction: usize,
    /// Who owns the frame, where frames live on a stack of their own.
    pub frame_owner: Option<usize>,
    pub last_instruction: LastInstruction,
    pub code_filename: usize,
    pub code_name: usize,
    pub code_first_line: usize,
    pub code_line_table: usize,
    /// The first instruction, where frames point at instructions.
    pub code_instructions: u64,
    /// The index of the first instruction, in units of two bytes, at which a frame counts as begun (`int`).
    pub code_first_traceable: Option<u64>,
    /// Code objects carry a number that is never used again (`co_version`), among the words that are read anyway.
    pub code_is_numbered: bool,
    pub line_table: LineTable,
    pub bytes_size: u64,
    pub bytes_data: u64,
    /// Text is `str` as it is since 3.3; before, names are plain bytes.
    pub unicode: bool,
    pub unicode_length: u64,
    pub unicode_state: u64,
    pub unicode_ascii_data: u64,
    pub unicode_compact_data: u64,
}

/// Frames that are part of a generator or coroutine.
pub(super) const OWNED_BY_GENERATOR: u8 = 1;

/// Frames owned by the C stack (3.12 and later): entries of the interpreter loop itself, no code of the program.
pub(super) const OWNED_BY_C_STACK: u8 = 3;

/// 3.8, on which the others build.
const PYTHON_3_8: Layout = Layout {
    version: Version { major: 3, minor: 8 },
    runtime_head: 32,
    interpreter_next: 0,
    interpreter_threads: 8,
    thread_next: 8,
    thread_interpreter: 16,
    thread_id: 176,
    thread_frame: 24,
    cframe_frame: None,
    frame_code: 32,
    frame_back: 24,
    frame_instruction: 104,
    frame_owner: None,
    last_instruction: LastInstruction::Bytes,
    code_filename: 104,
    code_name: 112,
    code_first_line: 40,
    code_line_table: 120,
    code_instructions: 0,
    code_first_traceable: None,
    code_is_numbered: false,
    line_table: LineTable::Lnotab,
    bytes_size: 16,
    bytes_data: 32,
    unicode: true,
    unicode_length: 16,
    unicode_state: 32,
    unicode_ascii_data: 48,
    unicode_compact_data: 72,
};

const PYTHON_3_7: Layout = Layout {
    version: Version { major: 3, minor: 7 },
    runtime_head: 24,
    code_filename: 96,
    code_name: 104,
    code_first_line: 36,
    code_line_table: 112,
    ..PYTHON_3_8
};

const PYTHON_3_11: Layout = Layout {
    version: Version { major: 3, minor: 11 },
    runtime_head: 40,
    interpreter_threads: 16,
    thread_id: 152,
    thread_frame: 56,
    cframe_frame: Some(8),
    frame_code: 32,
    frame_back: 48,
    frame_instruction: 56,
    frame_owner: Some(69),
    last_instruction: LastInstruction::Pointer,
    code_filename: 112,
    code_name: 120,
    code_first_line: 72,
    code_line_table: 136,
    code_instructions: 184,
    code_first_traceable: Some(168),
    line_table: LineTable::Locations,
    ..PYTHON_3_8
};

/// The versions that do not describe themselves.
const LAYOUTS: [Layout; 8] = [
    Layout {
        version: Version { major: 2, minor: 7 },
        thread_next: 0,
        thread_interpreter: 8,
        thread_id: 144,
        thread_frame: 16,
        frame_instruction: 120,
        code_filename: 80,
        code_name: 88,
        code_first_line: 96,
        code_line_table: 104,
        line_table: LineTable::UnsignedLnotab,
        bytes_data: 36,
        unicode: false,
        ..PYTHON_3_8
    },
    Layout { version: Version { major: 3, minor: 6 }, thread_id: 152, frame_instruction: 120, ..PYTHON_3_7 },
    PYTHON_3_7,
    PYTHON_3_8,
    Layout { version: Version { major: 3, minor: 9 }, ..PYTHON_3_8 },
    Layout {
        version: Version { major: 3, minor: 10 },
        frame_instruction: 96,
        last_instruction: LastInstruction::Units,
        line_table: LineTable::Linetable,
        ..PYTHON_3_8
    },
    PYTHON_3_11,
    Layout {
        version: Version { major: 3, minor: 12 },
        interpreter_threads: 72,
        thread_id: 136,
        cframe_frame: Some(0),
        frame_code: 0,
        frame_back: 8,
        frame_owner: Some(70),
        code_first_line: 68,
        code_instructions: 192,
        code_first_traceable: Some(176),
        code_is_numbered: true,
        unicode_ascii_data: 40,
        unicode_compact_data: 56,
        ..PYTHON_3_11
    },
];

impl Layout {
    /// The layout of a version that does not describe itself; `None` when it is not supported.
    pub(super) fn of(version: Version) -> Option<Self> {
        LAYOUTS.into_iter().find(|layout| layout.version == version)
    }

    /// The bytes of a frame that matter: from where, and up to where.
    pub(super) fn frame_span(&self) -> (usize, usize) {
        let pointers = [self.frame_code, self.frame_back].map(|at| (at, at + 8));
        let instruction = match self.last_instruction {
            LastInstruction::Pointer => (self.frame_instruction, self.frame_instruction + 8),
            _ => (self.frame_instruction, self.frame_instruction + 4),
        };
        let owner = self.frame_owner.map(|at| (at, at + 1));
        let fields = pointers.into_iter().chain([instruction]).chain(owner);
        fields.fold((usize::MAX, 0), |(from, to), (start, end)| (from.min(start), to.max(end)))
    }

    /// The bytes of a code object that decide what it shows: from where, and up to where. Nothing between changes
    /// while the object lives, and `co_version` is among them where there is one.
    pub(super) fn code_span(&self) -> (usize, usize) {
        let fields = [self.code_filename, self.code_name, self.code_first_line, self.code_line_table];
        fields.iter().fold((usize::MAX, 0), |(from, to), &at| (from.min(at & !7), to.max((at & !7) + 8)))
    }

    /// The bytes of a thread state that matter, from its start.
    pub(super) fn thread_span(&self) -> usize {
        [self.thread_next, self.thread_interpreter, self.thread_id, self.thread_frame].into_iter().max().unwrap_or(0)
            + 8
    }
}

/// What `_PyRuntime` says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Described {
    /// A version we know.
    Layout(Box<Layout>),
    /// A version whose table we do not know, or a build that works differently.
    Unsupported {
        /// The version it names.
        version: Version,
        /// It was built to run without the global interpreter lock.
        free_threaded: bool,
    },
}

/// The magic bytes that `_PyRuntime` begins with from 3.13 on.
const COOKIE: &[u8; 8] = b"xdebugpy";

/// Reads the table at the start of `_PyRuntime`; `None` when there is none, as before 3.13.
pub(super) fn describe(memory: &dyn Memory, runtime: u64) -> Option<Described> {
    let table = memory.read_up_to(runtime, 8 * 80);
    if !table.starts_with(COOKIE) {
        return None;
    }
    // cookie, PY_VERSION_HEX, free_threaded, then groups of 64-bit offsets, each beginning with a size.
    let at = |index: usize| usize::try_from(xword(&table, 8 * index)).unwrap_or(usize::MAX);
    let hex = xword(&table, 8).to_be_bytes();
    let version = Version { major: hex[4], minor: hex[5] };
    let free_threaded = at(2) != 0;
    if version != (Version { major: 3, minor: 13 }) || free_threaded {
        return Some(Described::Unsupported { version, free_threaded });
    }
    // The groups of 3.13 and how many fields each has before the next: runtime_state 3, interpreter_state 13,
    // thread_state 9, interpreter_frame 6, code_object 10, pyobject 2, type_object 4, tuple_object 3, list_object 3,
    // dict_object 3, float_object 2, long_object 3, bytes_object 3, unicode_object 4.
    const RUNTIME: usize = 3;
    const INTERPRETER: usize = RUNTIME + 3;
    const THREAD: usize = INTERPRETER + 13;
    const FRAME: usize = THREAD + 9;
    const CODE: usize = FRAME + 6;
    const BYTES: usize = CODE + 10 + 2 + 4 + 3 + 3 + 3 + 2 + 3;
    const UNICODE: usize = BYTES + 3;
    // A table that names places beyond any real structure is damaged.
    if table[24..].chunks_exact(8).take(UNICODE + 4 - 3).any(|word| xword(word, 0) > 1 << 24) {
        return None;
    }
    let wide = |index: usize| xword(&table, 8 * index);
    let layout = Box::new(Layout {
        version,
        runtime_head: wide(RUNTIME + 2),
        interpreter_next: wide(INTERPRETER + 2),
        interpreter_threads: wide(INTERPRETER + 3),
        thread_next: at(THREAD + 2),
        thread_interpreter: at(THREAD + 3),
        thread_frame: at(THREAD + 4),
        thread_id: at(THREAD + 5),
        cframe_frame: None,
        frame_back: at(FRAME + 1),
        frame_code: at(FRAME + 2),
        frame_instruction: at(FRAME + 3),
        frame_owner: Some(at(FRAME + 5)),
        last_instruction: LastInstruction::Pointer,
        code_filename: at(CODE + 1),
        code_name: at(CODE + 2),
        code_line_table: at(CODE + 4),
        code_first_line: at(CODE + 5),
        code_instructions: wide(CODE + 9),
        // Not in the table. Between it and the instructions lies one pointer, `co_extra`.
        code_first_traceable: Some(wide(CODE + 9).saturating_sub(16)),
        code_is_numbered: true,
        line_table: LineTable::Locations,
        bytes_size: wide(BYTES + 1),
        bytes_data: wide(BYTES + 2),
        unicode: true,
        unicode_state: wide(UNICODE + 1),
        unicode_length: wide(UNICODE + 2),
        unicode_ascii_data: wide(UNICODE + 3),
        // `PyCompactUnicodeObject` adds `utf8_length` and `utf8`.
        unicode_compact_data: wide(UNICODE + 3) + 16,
    });
    // What is read at each stop is small in every real interpreter.
    let spans = [layout.frame_span().1, layout.code_span().1, layout.thread_span()];
    spans.iter().all(|&end| end < 1 << 12).then_some(Described::Layout(layout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Lent;

    #[test]
    fn every_version_once_and_in_order() {
        assert!(LAYOUTS.windows(2).all(|pair| pair[0].version < pair[1].version));
        assert_eq!(Layout::of(Version { major: 3, minor: 5 }), None);
    }

    #[test]
    fn spans_hold_every_field() {
        for layout in LAYOUTS {
            let (from, to) = layout.frame_span();
            assert!(from <= layout.frame_back && layout.frame_code + 8 <= to && to - from <= 100, "{layout:?}");
            let (from, to) = layout.code_span();
            assert!(
                from <= layout.code_first_line && layout.code_line_table + 8 <= to && to - from <= 88,
                "{layout:?}"
            );
            assert!(layout.thread_span() >= layout.thread_id + 8);
        }
    }

    fn table(version: u64, free_threaded: u64) -> Vec<u8> {
        let mut words = vec![u64::from_ne_bytes(*COOKIE), version, free_threaded];
        words.extend(3..80);
        words.into_iter().flat_map(u64::to_ne_bytes).collect()
    }

    #[test]
    fn the_self_description() {
        let read = |bytes: &[u8]| describe(&Lent::new(&[(0x1000, bytes)]), 0x1000);
        let Some(Described::Layout(layout)) = read(&table(0x030d_00f0, 0)) else { panic!("3.13 is supported") };
        assert_eq!((layout.runtime_head, layout.interpreter_next, layout.thread_next), (5, 8, 21));
        assert_eq!((layout.frame_back, layout.code_filename, layout.code_instructions), (29, 35, 43));
        assert_eq!((layout.bytes_size, layout.unicode_state), (65, 68));
        let unsupported =
            |minor, free_threaded| Some(Described::Unsupported { version: Version { major: 3, minor }, free_threaded });
        assert_eq!(read(&table(0x030e_00f0, 0)), unsupported(14, false));
        assert_eq!(read(&table(0x030d_00f0, 1)), unsupported(13, true));
        assert_eq!(read(&[0; 640]), None);
        let mut damaged = table(0x030d_00f0, 0);
        damaged[8 * 31..8 * 32].fill(0xff);
        assert_eq!(read(&damaged), None);
    }
}
