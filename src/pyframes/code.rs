//! Code objects: what they show, and whether one is still the same.
//!
//! CPython reuses the memory of code objects, of their names and of their tables, and a program that compiles in a loop
//! gets the same address for different code each time. So a cached code object is valid only while the bytes that it
//! was read from are unchanged: its own words, and before 3.12, where those hold no number that is never reused, also
//! the file's name, the function's name and the line table.

use super::elf::{bytes, pointer, word, xword};
use super::fit::Marks;
use super::layout::{Layout, OWNED_BY_GENERATOR};
use super::lines::LineTable;
use super::own;
use super::prefetch::ReadPlan;
use super::process::Process;
use super::source::{CodeName, SourceText, Sources};
use super::{Columns, Frame, standard};
use crate::memory::Memory;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that must be unchanged.
#[derive(Debug)]
pub(super) struct Check {
    pub at: u64,
    pub bytes: Vec<u8>,
    /// Which of the bytes count. Between them lies what changes without consequence, such as a hash made later.
    keep: [Range<usize>; 3],
}

impl Check {
    /// Which of its bytes count.
    pub(super) fn kept(&self) -> impl Iterator<Item = Range<usize>> {
        self.keep.iter().cloned()
    }

    /// Whether the bytes there now are those of then; `None` stands for bytes that could not be read.
    pub(super) fn holds(&self, now: Option<&[u8]>) -> bool {
        now.is_some_and(|now| self.keep.iter().all(|range| now.get(range.clone()) == self.bytes.get(range.clone())))
    }
}

/// A code object as it was read.
#[derive(Debug)]
pub(super) struct Code {
    pub at: u64,
    pub checks: Vec<Check>,
    /// `None` for the interpreter's own code, which names no file and is in no stack that Python shows.
    info: Option<CodeInfo>,
}

#[derive(Debug)]
struct CodeInfo {
    file: Arc<str>,
    function: Arc<str>,
    library: bool,
    first_line: i32,
    /// A frame that has not reached this instruction, counted in bytes, is still being created.
    begins: i32,
    line_table: LineTable,
    table: Vec<u8>,
    text: Option<Arc<SourceText>>,
    /// By instruction, so that each position has one shared frame.
    frames: Mutex<HashMap<i32, Arc<Frame>>>,
}

/// Most names, with their object's header, are no longer than this, so that one read gets the whole.
const LIKELY: usize = 192;
/// Names and tables longer than these are treated as damaged.
const MAX_NAME: usize = 1 << 16;
const MAX_TABLE: usize = 1 << 24;
/// Tuples of more names than this are treated as damaged.
const MAX_NAMES: usize = 1 << 14;

/// Everything that is needed to read code objects of one process.
pub(super) struct CodeReader<'a> {
    pub layout: &'a Layout,
    pub process: &'a dyn Process,
    pub sources: &'a mut Sources,
}

impl CodeReader<'_> {
    fn memory(&self) -> &dyn Memory {
        self.process.memory()
    }

    /// Reads the code object at an address; `outermost` as in [`CodeName`].
    fn code(&mut self, at: u64, outermost: bool) -> Option<Code> {
        let layout = *self.layout;
        let (from, to) = layout.code_span();
        let start = at.checked_add(from as u64)?;
        let words = bytes(self.memory(), start, to - from)?;
        let own = Check { at: start, keep: [0..words.len(), 0..0, 0..0], bytes: words };
        let at_offset = |offset: usize| xword(&own.bytes, offset - from);
        let (file, function, table) =
            (at_offset(layout.code_filename), at_offset(layout.code_name), at_offset(layout.code_line_table));
        let first_line = word(&own.bytes, layout.code_first_line - from).cast_signed();
        if file == 0 {
            return Some(Code { at, checks: vec![own], info: None });
        }
        let mut checks = Vec::new();
        let file = self.text(file, &mut checks)?;
        let function = self.text(function, &mut checks)?;
        let table = self.table(table, &mut checks)?;
        let begins = match layout.code_first_traceable {
            Some(offset) => self.number(at.checked_add(offset)?, &mut checks)?.saturating_mul(2),
            None => i32::MIN,
        };
        let name =
            CodeName { file: &file, function: &function, first_line: first_line.try_into().unwrap_or(0), outermost };
        let text = self.sources.of_code(self.process, name).filter(|text| self.fits(&own, name, &table, text));
        let library = self.is_library(name, text.as_deref());
        checks.insert(0, own);
        if layout.code_is_numbered {
            checks.truncate(1);
        }
        let info = CodeInfo {
            library,
            file: file.into(),
            function: function.into(),
            first_line,
            begins,
            line_table: layout.line_table,
            table,
            text,
            frames: Mutex::default(),
        };
        Some(Code { at, checks, info: Some(info) })
    }

    /// Whether the code belongs to a library; the rule is on [`Frame::library`].
    fn is_library(&self, name: CodeName<'_>, text: Option<&SourceText>) -> bool {
        let file = name.file;
        if let Some(own) = self.sources.declared(file) {
            return !own;
        }
        if file.starts_with('<') {
            return !own::is_typed(file) && !self.sources.is_command(name, text.is_some());
        }
        own::is_in_library(file, self.layout.version)
            || self.sources.is_embedded() && standard::is_module(file)
            || own::is_in_bin(file) && text.is_some_and(SourceText::is_launcher)
    }

    /// Whether a code object was made from this text. What cannot be read is no reason against it.
    fn fits(&self, own: &Check, name: CodeName<'_>, table: &[u8], text: &SourceText) -> bool {
        let first_line = name.first_line;
        let last_line = self.layout.line_table.last_line(table, first_line).unwrap_or(first_line);
        let names = self.names(own.at).unwrap_or_default();
        Marks { function: name.function, first_line, last_line, names: &names }.fit(text)
    }

    /// The names in a code object's tuples; `at` is where its identifying words begin.
    fn names(&self, at: u64) -> Option<Vec<String>> {
        let layout = self.layout;
        let code = at.checked_sub(layout.code_span().0 as u64)?;
        let mut names = Vec::new();
        for offset in layout.code_name_tuples() {
            let tuple = pointer(self.memory(), code.checked_add(offset as u64)?)?;
            // `ob_size` of any object of variable length.
            let len = pointer(self.memory(), tuple.checked_add(16)?)?;
            let len = usize::try_from(len).ok().filter(|&len| len <= MAX_NAMES)?;
            let items = bytes(self.memory(), tuple.checked_add(layout.tuple_items)?, len * 8)?;
            for item in items.chunks_exact(8) {
                names.push(self.text(xword(item, 0), &mut Vec::new())?);
            }
        }
        Some(names)
    }

    /// Reads `len` bytes of which `front` are the first ones, read already.
    fn whole(&self, at: u64, front: &[u8], len: usize) -> Option<Vec<u8>> {
        front.get(..len).map(<[u8]>::to_vec).or_else(|| bytes(self.memory(), at, len))
    }

    /// The bytes of a `bytes` object, from its length to its end, and where its data begins in them.
    fn sized(&self, at: u64, max: usize) -> Option<(Check, usize)> {
        let at = at.checked_add(self.layout.bytes_size)?;
        let front = self.memory().read_up_to(at, LIKELY);
        let start = usize::try_from(self.layout.bytes_data.checked_sub(self.layout.bytes_size)?).ok()?;
        let len = usize::try_from(xword(&front, 0)).ok().filter(|&len| len <= max)?;
        let bytes = self.whole(at, &front, start + len)?;
        // Between the two lies the hash.
        Some((Check { at, keep: [0..8, start..bytes.len(), 0..0], bytes }, start))
    }

    fn number(&self, at: u64, checks: &mut Vec<Check>) -> Option<i32> {
        let bytes = bytes(self.memory(), at, 4)?;
        let number = word(&bytes, 0).cast_signed();
        checks.push(Check { at, keep: [0..4, 0..0, 0..0], bytes });
        Some(number)
    }

    fn table(&self, at: u64, checks: &mut Vec<Check>) -> Option<Vec<u8>> {
        let (check, start) = self.sized(at, MAX_TABLE)?;
        let table = check.bytes[start..].to_vec();
        checks.push(check);
        Some(table)
    }

    /// Reads a name: a `str`, or before Python 3 plain bytes, in whatever encoding the file system has.
    fn text(&self, at: u64, checks: &mut Vec<Check>) -> Option<String> {
        let layout = self.layout;
        if !layout.unicode {
            let (check, start) = self.sized(at, MAX_NAME)?;
            let text = String::from_utf8_lossy(&check.bytes[start..]).into_owned();
            checks.push(check);
            return Some(text);
        }
        let from = layout.unicode_length.min(layout.unicode_state);
        let start = at.checked_add(from)?;
        let front = self.memory().read_up_to(start, LIKELY);
        let offset = |field: u64| usize::try_from(field.saturating_sub(from)).unwrap_or(usize::MAX);
        let (length_at, state_at) = (offset(layout.unicode_length), offset(layout.unicode_state));
        // From the lowest bit: interned 2, kind 3, compact 1, ascii 1.
        let state = word(&front, state_at);
        let (kind, compact, ascii) = (state >> 2 & 7, state >> 5 & 1 != 0, state >> 6 & 1 != 0);
        let kind = [1, 2, 4].into_iter().find(|&width| width as u32 == kind)?;
        let len = usize::try_from(xword(&front, length_at)).ok().filter(|&len| len <= MAX_NAME)? * kind;
        let data_at = offset(if ascii { layout.unicode_ascii_data } else { layout.unicode_compact_data });
        let (length, state) = (length_at..length_at + 8, state_at..state_at + 4);
        let data = if compact {
            let bytes = self.whole(start, &front, data_at.checked_add(len)?)?;
            let data = bytes[data_at..].to_vec();
            checks.push(Check { at: start, keep: [length, state, data_at..bytes.len()], bytes });
            data
        } else {
            // An instance of a subclass of `str` keeps its text elsewhere.
            let data_at = offset(layout.unicode_compact_data);
            let bytes = self.whole(start, &front, data_at.checked_add(8)?)?;
            let elsewhere = xword(&bytes, data_at);
            checks.push(Check { at: start, keep: [length, state, data_at..bytes.len()], bytes });
            let bytes = self::bytes(self.memory(), elsewhere, len)?;
            checks.push(Check { at: elsewhere, keep: [0..len, 0..0, 0..0], bytes: bytes.clone() });
            bytes
        };
        Some(match (ascii, kind) {
            (true, _) => String::from_utf8_lossy(&data).into_owned(),
            (false, 1) => data.iter().copied().map(char::from).collect(),
            (false, _) => data.chunks_exact(kind).map(character).collect(),
        })
    }
}

/// One character of two or four bytes. Half of a surrogate pair represents a byte of a file name that is not text.
fn character(unit: &[u8]) -> char {
    let mut wide = [0; 4];
    if cfg!(target_endian = "little") {
        wide[..unit.len()].copy_from_slice(unit);
    } else {
        wide[4 - unit.len()..].copy_from_slice(unit);
    }
    char::from_u32(u32::from_ne_bytes(wide)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

impl Code {
    /// The frame at this instruction; `None` when Python itself does not show such a frame, because it is still being
    /// created or belongs to the interpreter.
    pub(super) fn frame(&self, lasti: i32, owner: u8) -> Option<Arc<Frame>> {
        let info = self.info.as_ref().filter(|info| owner == OWNED_BY_GENERATOR || lasti >= info.begins)?;
        let mut frames = info.frames.lock().unwrap_or_else(PoisonError::into_inner);
        Some(frames.entry(lasti).or_insert_with(|| Arc::new(info.frame(lasti))).clone())
    }
}

impl CodeInfo {
    fn frame(&self, lasti: i32) -> Frame {
        let position = self.line_table.position(&self.table, self.first_line, lasti);
        let expression = |text: &SourceText| text.expression(position.line?, position.columns?);
        // Columns that the text does not have belong to another text.
        let text = self.text.as_deref().filter(|text| {
            position.line.zip(position.columns).is_none_or(|(line, columns)| text.may_have(line, columns))
        });
        let source = position.line.and_then(|line| text?.line(line));
        Frame {
            file: self.file.clone(),
            function: self.function.clone(),
            line: position.line,
            columns: position.columns,
            source: source.map(|line| line.trim().into()),
            expression: text.and_then(expression).map(Into::into),
            library: self.library,
        }
    }
}

impl SourceText {
    /// Whether an expression may lie at these columns: no space begins or ends it. Lines with characters that could not be
    /// decoded have unknown columns, and before 3.12 those of an f-string's parts are no true ones.
    fn may_have(&self, line: u32, columns: Columns) -> bool {
        let Some(lines) = (line..=columns.end_line).map(|line| self.line(line)).collect::<Option<Vec<_>>>() else {
            return false;
        };
        let unknown = |text: &&str| {
            let text = text.to_ascii_lowercase();
            text.contains(char::REPLACEMENT_CHARACTER) || ["f'", "f\"", "fr'", "fr\""].iter().any(|f| text.contains(f))
        };
        if lines.iter().any(unknown) {
            return true;
        }
        columns.start == columns.end && columns.end_line == line
            || self
                .expression(line, columns)
                .is_some_and(|text| !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace))
    }

    /// The text between two positions, its lines joined by `\n`; `None` when the text has no such positions, or
    /// characters that could not be decoded, since the columns count those as well.
    fn expression(&self, line: u32, columns: Columns) -> Option<String> {
        let lines = line..=columns.end_line;
        if lines.into_iter().any(|line| self.line(line).is_none_or(|text| text.contains(char::REPLACEMENT_CHARACTER))) {
            return None;
        }
        let (start, end) = (usize::try_from(columns.start).ok()?, usize::try_from(columns.end).ok()?);
        if columns.end_line == line {
            return self.line(line)?.get(start..end).map(str::to_owned);
        }
        let mut expression = self.line(line)?.get(start..)?.to_owned();
        for number in line + 1..=columns.end_line {
            let whole = self.line(number)?;
            expression.push('\n');
            expression.push_str(if number == columns.end_line { whole.get(..end)? } else { whole });
        }
        Some(expression)
    }
}

/// The code objects known in one process.
#[derive(Debug, Clone, Default)]
pub(super) struct CodeCache {
    known: HashMap<u64, CachedCode>,
    /// The number of the stop, to know what was verified at it.
    stop: u64,
}

#[derive(Debug, Clone)]
struct CachedCode {
    code: Arc<Code>,
    verified: u64,
}

impl CodeCache {
    /// Begins a stop, at which everything has to be verified again.
    pub(super) fn begin(&mut self) {
        self.stop += 1;
    }

    /// Removes all code objects.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }

    /// Records the result of reading a code object's checks again: it is the same, or it is gone.
    pub(super) fn verified(&mut self, code: &Arc<Code>, same: bool) {
        if !same {
            self.known.remove(&code.at);
        } else if let Some(known) = self.known.get_mut(&code.at).filter(|known| Arc::ptr_eq(&known.code, code)) {
            known.verified = self.stop;
        }
    }

    /// Verifies those of these code objects that are cached and not yet verified at this stop, all with one read.
    pub(super) fn verify(&mut self, memory: &dyn Memory, addresses: impl Iterator<Item = u64>, buf: &mut Vec<u8>) {
        let mut doubtful: Vec<Arc<Code>> = Vec::new();
        for at in addresses {
            if let Some(known) = self.known.get_mut(&at).filter(|known| known.verified != self.stop) {
                known.verified = self.stop;
                doubtful.push(known.code.clone());
            }
        }
        if doubtful.is_empty() {
            return;
        }
        let plan =
            ReadPlan::new(doubtful.iter().flat_map(|code| &code.checks).map(|check| (check.at, check.bytes.len())));
        let image = plan.read(memory, buf);
        let mut wants = 0..;
        for code in doubtful {
            // Each check has its place in the plan, even after one that failed.
            let same = code.checks.iter().fold(true, |same, check| {
                let now = wants.next().and_then(|want| plan.part(image, want));
                check.holds(now) && same
            });
            if !same {
                self.known.remove(&code.at);
            }
        }
    }

    /// The code object at an address, verified at this stop.
    pub(super) fn get(&self, at: u64) -> Option<&Arc<Code>> {
        self.known.get(&at).filter(|known| known.verified == self.stop).map(|known| &known.code)
    }

    /// The code object at an address, read if it is not cached.
    pub(super) fn get_or_read(&mut self, at: u64, outermost: bool, reader: &mut CodeReader<'_>) -> Option<Arc<Code>> {
        if let Some(code) = self.get(at) {
            return Some(code.clone());
        }
        let code = Arc::new(reader.code(at, outermost)?);
        self.known.insert(at, CachedCode { code: code.clone(), verified: self.stop });
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_counts_is_compared() {
        let check = Check { at: 0, bytes: b"aahhbb".to_vec(), keep: [0..2, 4..6, 0..0] };
        assert!(check.holds(Some(b"aaxxbb")));
        assert!(!check.holds(Some(b"aahhbc")) && !check.holds(Some(b"axhhbb")));
        assert!(!check.holds(Some(b"aahh")) && !check.holds(None));
    }
}
