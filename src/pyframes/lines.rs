//! Maps an instruction to its position in the source.
//!
//! A code object carries a compressed table that maps each instruction to a line. CPython has had four encodings; the
//! authority on each is the interpreter's own `Objects/codeobject.c`, with `Objects/lnotab_notes.txt` or
//! `Objects/locations.md`. Instructions are counted in bytes. A damaged table gives some position or none, never a
//! panic.

use super::Columns;

/// The encoding of a line table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineTable {
    /// 2.7: pairs of unsigned steps (instruction, line).
    UnsignedLnotab,
    /// 3.6 – 3.9: the same with a signed line step.
    Lnotab,
    /// 3.10: pairs of (length, signed line step), where −128 means that these instructions have no line.
    Linetable,
    /// 3.11 and later: entries of varying length that also carry the end line and the columns.
    Locations,
}

/// The position of one instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// The line, counted from 1; `None` for instructions that the compiler made up.
    pub line: Option<u32>,
    /// The columns, where the table has them.
    pub columns: Option<Columns>,
}

impl Position {
    const NOWHERE: Self = Self { line: None, columns: None };

    fn line(line: i64) -> Self {
        Self { line: u32::try_from(line).ok(), columns: None }
    }
}

impl LineTable {
    /// Looks up the instruction at byte `lasti`. A negative one, before the function has begun, gives its first line.
    pub(super) fn position(self, table: &[u8], first_line: i32, lasti: i32) -> Position {
        if lasti < 0 {
            return Position::line(first_line.into());
        }
        let (first_line, lasti) = (i64::from(first_line), i64::from(lasti));
        match self {
            Self::UnsignedLnotab => lnotab(table, first_line, lasti, i64::from),
            Self::Lnotab => lnotab(table, first_line, lasti, |step| i64::from(step.cast_signed())),
            Self::Linetable => linetable(table, first_line, lasti),
            Self::Locations => Locations { rest: table }.find(first_line, lasti),
        }
    }

    /// The last line that any instruction has; `None` where none has any.
    pub(super) fn last_line(self, table: &[u8], first_line: u32) -> Option<u32> {
        let mut line = i64::from(first_line);
        let mut last = None;
        let mut at = |line: i64| last = last.max(u32::try_from(line).ok());
        match self {
            Self::UnsignedLnotab | Self::Lnotab => {
                for pair in table.chunks_exact(2) {
                    if pair[0] > 0 {
                        at(line);
                    }
                    line += if self == Self::Lnotab { i64::from(pair[1].cast_signed()) } else { pair[1].into() };
                }
                at(line);
            }
            Self::Linetable => {
                for pair in table.chunks_exact(2) {
                    let has_line = pair[1].cast_signed() != i8::MIN;
                    line += if has_line { i64::from(pair[1].cast_signed()) } else { 0 };
                    if pair[0] > 0 && has_line {
                        at(line);
                    }
                }
            }
            Self::Locations => {
                let mut rest = Locations { rest: table };
                while let Some(head) = rest.byte()
                    && let Some(position) = rest.entry(head >> 3 & 15, &mut line)
                {
                    let end = position.columns.map_or(position.line, |columns| Some(columns.end_line));
                    at(end.map_or(0, i64::from));
                }
            }
        }
        last.filter(|&line| line > 0)
    }
}

fn lnotab(table: &[u8], first_line: i64, lasti: i64, line_step: fn(u8) -> i64) -> Position {
    let (mut instruction, mut line) = (0, first_line);
    for pair in table.chunks_exact(2) {
        instruction += i64::from(pair[0]);
        if instruction > lasti {
            break;
        }
        line += line_step(pair[1]);
    }
    Position::line(line)
}

fn linetable(table: &[u8], first_line: i64, lasti: i64) -> Position {
    let (mut end, mut line) = (0, first_line);
    for pair in table.chunks_exact(2) {
        let step = match pair[1].cast_signed() {
            i8::MIN => None,
            step => Some(i64::from(step)),
        };
        line += step.unwrap_or(0);
        end += i64::from(pair[0]);
        if end > lasti {
            return step.map_or(Position::NOWHERE, |_| Position::line(line));
        }
    }
    Position::NOWHERE
}

/// The rest of a location table while it is parsed.
struct Locations<'a> {
    rest: &'a [u8],
}

impl Locations<'_> {
    fn find(mut self, first_line: i64, lasti: i64) -> Position {
        let (mut end, mut line) = (0, first_line);
        while let Some(head) = self.byte() {
            end += (i64::from(head & 7) + 1) * 2;
            let Some(position) = self.entry(head >> 3 & 15, &mut line) else {
                break;
            };
            if end > lasti {
                return position;
            }
        }
        Position::NOWHERE
    }

    /// Reads the rest of an entry of this kind and moves `line` along.
    fn entry(&mut self, kind: u8, line: &mut i64) -> Option<Position> {
        Some(match kind {
            15 => Position::NOWHERE,
            14 => {
                *line += self.signed()?;
                let lines = self.unsigned()?;
                let (start, end) = (self.unsigned()? - 1, self.unsigned()? - 1);
                span(*line, *line + lines, start, end)
            }
            13 => {
                *line += self.signed()?;
                Position::line(*line)
            }
            10..=12 => {
                *line += i64::from(kind - 10);
                let (start, end) = (self.byte()?, self.byte()?);
                span(*line, *line, start.into(), end.into())
            }
            _ => {
                let low = self.byte()?;
                let start = i64::from(kind) << 3 | i64::from(low >> 4);
                span(*line, *line, start, start + i64::from(low & 15))
            }
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Six bits a byte, the lowest first; bit 6 means that more follow.
    fn unsigned(&mut self) -> Option<i64> {
        let mut value = 0;
        for shift in (0..36).step_by(6) {
            let byte = self.byte()?;
            value |= i64::from(byte & 63) << shift;
            if byte & 64 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// The sign is the lowest bit.
    fn signed(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some(if value & 1 == 0 { value >> 1 } else { -(value >> 1) })
    }
}

fn span(line: i64, end_line: i64, start: i64, end: i64) -> Position {
    let columns = (|| {
        Some(Columns { start: start.try_into().ok()?, end_line: end_line.try_into().ok()?, end: end.try_into().ok()? })
    })();
    Position { columns, ..Position::line(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(kind: LineTable, table: &[u8], first_line: i32, instructions: &[i32]) -> Vec<Option<u32>> {
        instructions.iter().map(|&lasti| kind.position(table, first_line, lasti).line).collect()
    }

    #[test]
    fn the_last_line_of_a_table() {
        assert_eq!(LineTable::Lnotab.last_line(&[6, 1, 44, 3, 2, 0xfe], 10), Some(14));
        assert_eq!(LineTable::Lnotab.last_line(&[0, 1, 6, 127, 0, 3], 10), Some(141), "127 is a step on the way");
        assert_eq!(LineTable::UnsignedLnotab.last_line(&[6, 200], 10), Some(210));
        assert_eq!(LineTable::Linetable.last_line(&[4, 1, 6, 0x80, 2, 3, 0, 9], 10), Some(14));
        assert_eq!(LineTable::Linetable.last_line(&[], 10), None);
        assert_eq!(LineTable::Lnotab.last_line(&[], 10), Some(10));
    }

    #[test]
    fn lnotab_steps_count_from_the_first_line() {
        // Line 10 up to byte 6, then 11, from byte 50 on line 14.
        let table = [6, 1, 44, 3];
        let found = lines(LineTable::Lnotab, &table, 10, &[-1, 0, 5, 6, 49, 50, 9999]);
        assert_eq!(found, [10, 10, 10, 11, 11, 14, 14].map(Some));
    }

    #[test]
    fn lnotab_goes_back_only_when_signed() {
        let table = [4, 5, 4, 0xfe];
        assert_eq!(lines(LineTable::Lnotab, &table, 1, &[0, 4, 8]), [1, 6, 4].map(Some));
        assert_eq!(lines(LineTable::UnsignedLnotab, &table, 1, &[0, 4, 8]), [1, 6, 260].map(Some));
    }

    #[test]
    fn lnotab_adds_up_long_steps() {
        // 300 bytes and 200 lines do not fit in one pair.
        let table = [255, 0, 45, 127, 0, 73];
        assert_eq!(lines(LineTable::Lnotab, &table, 1, &[299, 300]), [1, 201].map(Some));
    }

    #[test]
    fn linetable_ranges_may_have_no_line() {
        let table = [4, 0, 6, 2, 2, 0x80, 4, 0xff];
        let found = lines(LineTable::Linetable, &table, 20, &[-2, 0, 2, 4, 8, 10, 12, 14, 16]);
        assert_eq!(found, [Some(20), Some(20), Some(20), Some(22), Some(22), None, Some(21), Some(21), None]);
    }

    #[test]
    fn every_kind_of_location() {
        let table = [
            0x80 | 3 << 3,      // short: columns 24 + …, one unit
            0x15,               // … 1 to 6
            0x80 | 11 << 3 | 1, // one line down, two units
            4,                  // from column 4
            40,                 // to column 40
            0x80 | 14 << 3,     // long:
            3,                  // one line up
            2,                  // two lines long
            0x40 | 1,           // from column
            1,                  // 64
            9,                  // to column 8
            0x80 | 13 << 3,     // no columns
            2 << 1,             // two lines down
            0x80 | 15 << 3,     // no line
            0x80 | 14 << 3,     // long without columns
            0,
            0,
            0,
            0,
        ];
        let at = |lasti| LineTable::Locations.position(&table, 5, lasti);
        let columns = |start, end_line, end| Some(Columns { start, end_line, end });
        assert_eq!(at(0), Position { line: Some(5), columns: columns(25, 5, 30) });
        assert_eq!(at(2), Position { line: Some(6), columns: columns(4, 6, 40) });
        assert_eq!(at(5), at(2));
        assert_eq!(at(6), Position { line: Some(5), columns: columns(64, 7, 8) });
        assert_eq!(at(8), Position { line: Some(7), columns: None });
        assert_eq!(at(10), Position::NOWHERE);
        assert_eq!(at(12), Position { line: Some(7), columns: None });
        assert_eq!(at(14), Position::NOWHERE);
        assert_eq!(at(-2), Position { line: Some(5), columns: None });
    }

    #[test]
    fn damaged_tables_are_harmless() {
        let kinds = [LineTable::UnsignedLnotab, LineTable::Lnotab, LineTable::Linetable, LineTable::Locations];
        for kind in kinds {
            for seed in 0..=255_u8 {
                let table: Vec<u8> = (0..40_u8).map(|i| seed.wrapping_mul(i).wrapping_add(i ^ seed) | 64).collect();
                for cut in 0..table.len() {
                    kind.position(&table[..cut], i32::MAX, 1 << 20);
                    kind.position(&table[..cut], i32::MIN, 3);
                }
            }
        }
    }
}
