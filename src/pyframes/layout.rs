//! Offsets, in bytes, of the CPython structures' fields that are read, as data for each version.
//!
//! They are those of 64-bit release builds and the same in every patch release, computed with `offsetof` from the
//! headers of each version (`pystate.h`, `frameobject.h`, `code.h`, from 3.11 `internal/pycore_frame.h`). From 3.13 on
//! the interpreter describes itself: `_PyRuntime` begins with a table of its offsets (`_Py_DebugOffsets`).

use super::Version;
use super::lines::LineTable;

mod described;

pub(super) use described::{NEWEST, SelfDescription, describe};

/// How a frame stores its last instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastInstruction {
    /// A 32-bit index in bytes.
    Bytes,
    /// A 32-bit index in units of two bytes.
    Units,
    /// A pointer into the code object.
    Pointer,
}

/// Offsets in bytes; a field's prefix is the structure that it belongs to.
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
    /// From the start of a `_PyCFrame` to its pointer to the frame.
    pub cframe_frame: Option<usize>,
    pub frame_code: usize,
    pub frame_back: usize,
    pub frame_instruction: usize,
    /// The frame's owner, where frames live on a stack of their own.
    pub frame_owner: Option<usize>,
    pub last_instruction: LastInstruction,
    pub code_filename: usize,
    pub code_name: usize,
    pub code_first_line: usize,
    /// The tuple of the names of globals and attributes; those of locals are found from it ([`Layout::code_name_tuples`]).
    pub code_names: usize,
    pub code_line_table: usize,
    /// The first instruction, where frames point at instructions.
    pub code_instructions: u64,
    /// The index of the first instruction, in units of two bytes, at which a frame counts as begun (`int`).
    pub code_first_traceable: Option<u64>,
    /// Code objects carry a number that is never reused (`co_version`), among the words that are read anyway.
    pub code_is_numbered: bool,
    pub line_table: LineTable,
    pub bytes_size: u64,
    pub bytes_data: u64,
    /// Names are `str` objects in the form of 3.3 and later, rather than plain bytes.
    pub unicode: bool,
    pub unicode_length: u64,
    pub unicode_state: u64,
    pub unicode_ascii_data: u64,
    pub unicode_compact_data: u64,
    /// From the start of a `tuple` to its items; how many there are is always at the same place.
    pub tuple_items: u64,
}

/// Where instances keep their attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attributes {
    /// In a dictionary that the instance points at.
    Dict,
    /// In values for the keys that their class has, until somebody asks for the dictionary.
    Managed {
        /// From the start of a class to those keys.
        cached_keys: u64,
        /// How many words before the instance the pointer to the values is; else that to the dictionary, three words before
        /// it, is one less than theirs while there is no dictionary.
        values_before: Option<u64>,
        /// The values lie behind the instance.
        inline: bool,
    },
}

/// How the end of a frame's locals and temporaries is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StackEnd {
    /// At this offset is a pointer to it.
    Pointer(u64),
    /// At `stack` is a pointer to the temporaries, at `depth` their number (`int`).
    Depth { stack: u64, depth: u64 },
    /// At this offset is how many locals and temporaries there are (`int`).
    Count(u64),
}

/// How a suspended frame that awaits differs from one that yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AwaitMark {
    /// `YIELD_FROM` comes next.
    Opcode,
    /// The argument of the `RESUME` that comes next: 2 behind `yield from`, 3 behind `await`.
    Resume,
    /// The coroutine's state: `FRAME_SUSPENDED_YIELD_FROM`.
    State,
}

/// Offsets of objects that show who waits for what: coroutines, futures and tasks, and how attributes are kept.
///
/// Those of `Modules/_asynciomodule.c` are in no header; a test compares them with every interpreter of the machine. A
/// future's callbacks and a task's words are at the same places, or next to each other, in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectLayout {
    /// From the start of a frame to its locals.
    pub locals: u64,
    pub stack_end: StackEnd,
    /// From the start of a coroutine to its frame: a pointer, or where `coroutine_state` is given the frame itself.
    pub coroutine_frame: u64,
    /// `gi_frame_state`
    pub coroutine_state: Option<u64>,
    pub await_mark: AwaitMark,
    /// `task_fut_waiter`; behind it are `task_coro` and `task_name`.
    pub task_waits_for: u64,
    pub function_closure: u64,
    pub attributes: Attributes,
}

const OBJECTS_3_8: ObjectLayout = ObjectLayout {
    locals: 360,
    stack_end: StackEnd::Pointer(72),
    coroutine_frame: 16,
    coroutine_state: None,
    await_mark: AwaitMark::Opcode,
    task_waits_for: 104,
    function_closure: 48,
    attributes: Attributes::Dict,
};

const OBJECTS_3_11: ObjectLayout = ObjectLayout {
    locals: 72,
    stack_end: StackEnd::Count(64),
    coroutine_frame: 80,
    coroutine_state: Some(75),
    await_mark: AwaitMark::Resume,
    task_waits_for: 128,
    function_closure: 72,
    attributes: Attributes::Managed { cached_keys: 872, values_before: Some(4), inline: false },
};

/// By minor version.
const OBJECTS: [(u8, ObjectLayout); 6] = [
    (8, OBJECTS_3_8),
    (9, ObjectLayout { task_waits_for: 144, ..OBJECTS_3_8 }),
    (
        10,
        ObjectLayout {
            locals: 352,
            stack_end: StackEnd::Depth { stack: 64, depth: 80 },
            task_waits_for: 152,
            function_closure: 72,
            ..OBJECTS_3_8
        },
    ),
    (11, OBJECTS_3_11),
    (
        12,
        ObjectLayout {
            coroutine_frame: 72,
            coroutine_state: Some(67),
            attributes: Attributes::Managed { cached_keys: 880, values_before: None, inline: false },
            ..OBJECTS_3_11
        },
    ),
    (
        13,
        ObjectLayout {
            coroutine_frame: 72,
            coroutine_state: Some(67),
            await_mark: AwaitMark::State,
            task_waits_for: 112,
            attributes: Attributes::Managed { cached_keys: 880, values_before: None, inline: true },
            ..OBJECTS_3_11
        },
    ),
];

impl ObjectLayout {
    /// That of a version; `None` where it is unknown.
    pub(super) fn of(version: Version) -> Option<&'static Self> {
        let known = OBJECTS.iter().find(|(minor, _)| (3, *minor) == (version.major, version.minor));
        known.map(|(_, layout)| layout)
    }
}

/// Frames that are part of a generator or coroutine.
pub(super) const OWNED_BY_GENERATOR: u8 = 1;

/// From this number on (3.12 and later) frames are not the program's code but entries of the interpreter loop itself:
/// `FRAME_OWNED_BY_CSTACK`, which 3.14 calls `FRAME_OWNED_BY_INTERPRETER`.
pub(super) const OWNED_BY_INTERPRETER: u8 = 3;

/// The low bits of a frame's reference to its code, which from 3.14 on encode how the reference is counted
/// (`_PyStackRef`). Objects begin at multiples of 8.
pub(super) const REFERENCE_TAG: u64 = 3;

/// The layout of 3.8, from which the others are derived.
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
    code_names: 64,
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
    tuple_items: 24,
};

const PYTHON_3_7: Layout = Layout {
    version: Version { major: 3, minor: 7 },
    runtime_head: 24,
    code_filename: 96,
    code_name: 104,
    code_first_line: 36,
    code_names: 56,
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
    code_names: 32,
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
        code_names: 48,
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

    /// The fields of a frame that are read, as start and end offsets.
    pub(super) fn frame_fields(&self) -> impl Iterator<Item = (usize, usize)> {
        let instruction = match self.last_instruction {
            LastInstruction::Pointer => 8,
            LastInstruction::Bytes | LastInstruction::Units => 4,
        };
        let fields = [(self.frame_code, 8), (self.frame_back, 8), (self.frame_instruction, instruction)];
        fields.into_iter().chain(self.frame_owner.map(|at| (at, 1))).map(|(at, len)| (at, at + len))
    }

    /// The range of a frame from its first field that is read to the end of the last.
    pub(super) fn frame_span(&self) -> (usize, usize) {
        self.frame_fields().fold((usize::MAX, 0), |(from, to), (start, end)| (from.min(start), to.max(end)))
    }

    /// The range of a code object that identifies it, as start and end offsets. Nothing in it changes while the
    /// object lives, and it includes `co_version` where there is one.
    pub(super) fn code_span(&self) -> (usize, usize) {
        let fields = [self.code_filename, self.code_name, self.code_first_line, self.code_line_table];
        fields.iter().fold((usize::MAX, 0), |(from, to), &at| (from.min(at & !7), to.max((at & !7) + 8)))
    }

    /// The offsets of a code object's tuples of names: of globals and attributes first, then of locals.
    pub(super) fn code_name_tuples(&self) -> impl Iterator<Item = usize> {
        let locals = match self.line_table {
            // `co_localsplusnames`, `co_localspluskinds`, `co_filename`
            LineTable::Locations => [Some(self.code_filename.wrapping_sub(16)), None, None],
            // `co_names`, `co_varnames`, `co_freevars`, `co_cellvars`
            _ => [8, 16, 24].map(|after| Some(self.code_names + after)),
        };
        std::iter::once(self.code_names).chain(locals.into_iter().flatten())
    }

    /// Whether a thread may run code in the thread state of another: before 3.13 `run_string` took the first state of
    /// its interpreter, whoever had made it.
    pub(super) fn lends_states(&self) -> bool {
        self.version < Version { major: 3, minor: 13 }
    }

    /// The length of the part of a thread state that is read, from its start.
    pub(super) fn thread_span(&self) -> usize {
        [self.thread_next, self.thread_interpreter, self.thread_id, self.thread_frame].into_iter().max().unwrap_or(0)
            + 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
