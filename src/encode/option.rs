//! The values of socket options.

use super::{Encoder, Problem, Result, int, structure, unread, whole};
use crate::value::layout::SOCK_FPROG;
use crate::value::{Length, Record, Tail, Value};

impl Encoder<'_> {
    /// The value passed to `setsockopt`.
    pub(super) fn option(&mut self, value: &Value, len: i32) -> Result<u64> {
        let len = match usize::try_from(len) {
            Ok(len) if !matches!(value, Value::Pointer(_)) => len,
            // The kernel rejects a negative length before it reads anything, and reads nothing of length 0.
            Ok(1..) | Err(_) if matches!(value, Value::Pointer(0)) => return Ok(0),
            Ok(0) | Err(_) => return self.room(value, 0),
            Ok(_) => return unread(value),
        };
        let mut bytes = match value {
            Value::Record(record) if record.layout == &SOCK_FPROG => self.program(record)?,
            value => option_bytes(value, false)?,
        };
        if bytes.len() < len {
            return Err(Problem::Length);
        }
        bytes.truncate(len);
        self.passed(bytes)
    }

    /// The buffer that `getsockopt` fills.
    pub(super) fn room_for_option(&mut self, value: &Value, length: Length) -> Result<u64> {
        let room = int(length.entry).max(0) as u64;
        match value {
            Value::Pointer(_) => self.room(value, room),
            value => {
                let mut after = option_bytes(value, true)?;
                let len = length.after().clamp(0, room as i64) as usize;
                if after.len() > len {
                    // Sets of bits are always shown as four bytes; structures are recorded completely.
                    after.truncate(len);
                }
                self.written(room, after)
            }
        }
    }

    /// A BPF program: its length, and a pointer to its instructions.
    fn program(&mut self, record: &Record) -> Result<Vec<u8>> {
        let mut bytes = record.to_bytes();
        let [Value::Uint(len), filter] = record.fields.as_slice() else { return Err(Problem::Kind) };
        let filter = match filter {
            Value::Array(array) if array.tail != Tail::End => return Err(Problem::Elided),
            Value::Array(array) if array.items.len() as u64 != *len => return Err(Problem::Length),
            Value::Array(array) => {
                let instruction = |item: &Value| match item {
                    Value::Record(record) => Ok(record.to_bytes()),
                    _ => Err(Problem::Kind),
                };
                let program = array.items.iter().map(instruction).collect::<Result<Vec<_>>>()?.concat();
                self.passed(program)?
            }
            value => unread(value)?,
        };
        bytes[8..16].copy_from_slice(&filter.to_ne_bytes());
        Ok(bytes)
    }
}

/// The bytes of an option's value; where the kernel `filled` it, those that are shown.
fn option_bytes(value: &Value, filled: bool) -> Result<Vec<u8>> {
    match value {
        Value::Bytes(bytes) if filled => Ok(bytes.data.to_vec()),
        Value::Bytes(bytes) => whole(bytes),
        Value::Cut(bytes) => Ok(bytes.clone()),
        Value::Record(record) if filled => Ok(record.to_bytes()),
        Value::Record(record) => structure(record),
        Value::Array(array) if array.tail == Tail::End || filled => {
            let numbers = array.items.iter().map(|item| item.register().map(|n| (n as u32).to_ne_bytes()));
            Ok(numbers.collect::<Option<Vec<_>>>().ok_or(Problem::Kind)?.concat())
        }
        Value::Array(_) => Err(Problem::Elided),
        value => value.register().map(|n| (n as u32).to_ne_bytes().to_vec()).ok_or(Problem::Kind),
    }
}
