//! What the interpreter says of itself from 3.13 on.

use super::{LastInstruction, Layout};
use crate::memory::Memory;
use crate::pyframes::Version;
use crate::pyframes::elf::xword;
use crate::pyframes::lines::LineTable;

/// What `_PyRuntime`'s description of itself contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pyframes) enum SelfDescription {
    /// A supported version.
    Layout(Box<Layout>),
    /// A version whose table is unknown, or a build that works differently.
    Unsupported {
        /// The version in the description.
        version: Version,
        /// What is special about the build, if the version itself is supported.
        special: Option<&'static str>,
    },
}

/// The magic bytes that `_PyRuntime` begins with from 3.13 on.
const COOKIE: &[u8; 8] = b"xdebugpy";

/// Where the groups of the self-description begin, as indices of 64-bit words. After the cookie, `PY_VERSION_HEX` and
/// `free_threaded` each group is a size and then offsets; a version adds groups, and fields within or after a group.
#[derive(Debug, Clone, Copy)]
struct OffsetGroups {
    minor: u8,
    thread_state: usize,
    /// `thread_state.thread_id`, the one field whose place in its group changes.
    thread_id: usize,
    interpreter_frame: usize,
    code_object: usize,
    bytes_object: usize,
    unicode_object: usize,
}

/// The same in each version so far.
const RUNTIME_STATE: usize = 3;

const INTERPRETER_STATE: usize = 6;

/// The versions that describe themselves, with `offsetof(_Py_DebugOffsets, …) / 8` from their headers
/// (`internal/pycore_runtime.h`, from 3.14 `internal/pycore_debug_offsets.h`).
const DESCRIBED: [OffsetGroups; 3] = [
    OffsetGroups {
        minor: 13,
        thread_state: 19,
        thread_id: 24,
        interpreter_frame: 28,
        code_object: 34,
        bytes_object: 64,
        unicode_object: 67,
    },
    OffsetGroups {
        minor: 14,
        thread_state: 22,
        thread_id: 27,
        interpreter_frame: 31,
        code_object: 39,
        bytes_object: 74,
        unicode_object: 77,
    },
    OffsetGroups {
        minor: 15,
        thread_state: 22,
        thread_id: 30,
        interpreter_frame: 39,
        code_object: 47,
        bytes_object: 86,
        unicode_object: 89,
    },
];

/// The newest supported version.
pub(in crate::pyframes) const NEWEST: Version = Version { major: 3, minor: DESCRIBED[DESCRIBED.len() - 1].minor };

/// How many words the longest table has.
const MAX_WORDS: usize = DESCRIBED[DESCRIBED.len() - 1].unicode_object + 4;

/// `PY_RELEASE_LEVEL_GAMMA`: from the first release candidate on, the structures are those of the release.
const CANDIDATE: u8 = 0xc;

/// Reads the table at the start of `_PyRuntime`; `None` when there is none, as before 3.13.
pub(in crate::pyframes) fn describe(memory: &dyn Memory, runtime: u64) -> Option<SelfDescription> {
    let table = memory.read_up_to(runtime, 8 * MAX_WORDS);
    if !table.starts_with(COOKIE) {
        return None;
    }
    let wide = |index: usize| xword(&table, 8 * index);
    let at = |index: usize| usize::try_from(wide(index)).unwrap_or(usize::MAX);
    let [.., major, minor, _micro, level_and_serial] = wide(1).to_be_bytes();
    let version = Version { major, minor };
    let groups = DESCRIBED.into_iter().find(|groups| (3, groups.minor) == (major, minor));
    let special = match (groups, wide(2)) {
        (_, 1..) => Some("free-threaded"),
        (Some(_), 0) if level_and_serial >> 4 < CANDIDATE => Some("before its release"),
        _ => None,
    };
    let Some(groups) = groups.filter(|_| special.is_none()) else {
        return Some(SelfDescription::Unsupported { version, special });
    };
    // Offsets beyond any real structure mean a damaged table.
    if table[24..].chunks_exact(8).take(groups.unicode_object + 4 - 3).any(|word| xword(word, 0) > 1 << 24) {
        return None;
    }
    let OffsetGroups { thread_state, thread_id, interpreter_frame, code_object, bytes_object, unicode_object, .. } =
        groups;
    let layout = Box::new(Layout {
        version,
        runtime_head: wide(RUNTIME_STATE + 2),
        interpreter_next: wide(INTERPRETER_STATE + 2),
        interpreter_threads: wide(INTERPRETER_STATE + 3),
        thread_next: at(thread_state + 2),
        thread_interpreter: at(thread_state + 3),
        thread_frame: at(thread_state + 4),
        thread_id: at(thread_id),
        cframe_frame: None,
        frame_back: at(interpreter_frame + 1),
        frame_code: at(interpreter_frame + 2),
        frame_instruction: at(interpreter_frame + 3),
        frame_owner: Some(at(interpreter_frame + 5)),
        last_instruction: LastInstruction::Pointer,
        code_filename: at(code_object + 1),
        code_name: at(code_object + 2),
        code_line_table: at(code_object + 4),
        code_first_line: at(code_object + 5),
        // Not in the table; it has been the second field of a code object since 3.11.
        code_names: 32,
        code_instructions: wide(code_object + 9),
        // Not in the table. Between it and the instructions lies one pointer, `co_extra`.
        code_first_traceable: Some(wide(code_object + 9).saturating_sub(16)),
        code_is_numbered: true,
        line_table: LineTable::Locations,
        bytes_size: wide(bytes_object + 1),
        bytes_data: wide(bytes_object + 2),
        unicode: true,
        unicode_state: wide(unicode_object + 1),
        unicode_length: wide(unicode_object + 2),
        unicode_ascii_data: wide(unicode_object + 3),
        // `PyCompactUnicodeObject` adds `utf8_length` and `utf8`.
        unicode_compact_data: wide(unicode_object + 3) + 16,
        // 3.14 keeps a tuple's hash before its items.
        tuple_items: if version.minor < 14 { 24 } else { 32 },
    });
    // What is read at each stop is small in every real interpreter.
    let spans = [layout.frame_span().1, layout.code_span().1, layout.thread_span()];
    spans.iter().all(|&end| end < 1 << 12).then_some(SelfDescription::Layout(layout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Lent;

    fn table(version: u64, free_threaded: u64) -> Vec<u8> {
        let mut words = vec![u64::from_ne_bytes(*COOKIE), version, free_threaded];
        words.extend(3..120);
        words.into_iter().flat_map(u64::to_ne_bytes).collect()
    }

    #[test]
    fn the_self_description() {
        let read = |bytes: &[u8]| describe(&Lent::new(&[(0x1000, bytes)]), 0x1000);
        // Each word of the made-up table is its own index.
        for (hex, thread_id, frame, code, bytes, unicode) in
            [(0x030d_00f0, 24, 28, 34, 64, 67), (0x030e_0af0, 27, 31, 39, 74, 77), (0x030f_00c1, 30, 39, 47, 86, 89)]
        {
            let Some(SelfDescription::Layout(layout)) = read(&table(hex, 0)) else { panic!("{hex:x} is supported") };
            assert_eq!((layout.runtime_head, layout.interpreter_next, layout.thread_id), (5, 8, thread_id), "{hex:x}");
            assert_eq!((layout.frame_back, layout.code_filename), (frame + 1, code + 1), "{hex:x}");
            assert_eq!((layout.bytes_size, layout.unicode_state), (bytes + 1, unicode + 1), "{hex:x}");
            let mut damaged = table(hex, 0);
            damaged[8 * 31..8 * 32].fill(0xff);
            assert_eq!(read(&damaged), None, "{hex:x}");
        }
        let unsupported =
            |minor, special| Some(SelfDescription::Unsupported { version: Version { major: 3, minor }, special });
        assert_eq!(read(&table(0x0310_00f0, 0)), unsupported(16, None));
        assert_eq!(read(&table(0x0310_00f0, 1)), unsupported(16, Some("free-threaded")));
        assert_eq!(read(&table(0x030d_00f0, 1)), unsupported(13, Some("free-threaded")));
        assert_eq!(read(&table(0x030e_00b4, 0)), unsupported(14, Some("before its release")));
        assert_eq!(read(&[0; 640]), None);
    }
}
