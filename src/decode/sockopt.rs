//! Socket options: the name of a number at its level, and its value ([`crate::value::sockopt`]).

use super::Args;
use crate::value::layout::{SOCK_FILTER, SOCK_FPROG};
use crate::value::sockopt::{OptShape, shape};
use crate::value::{Array, Const, Flags, Layout, Record, Value};
use crate::xlat::errno::ERRNO;
use crate::xlat::sockopt::{Access, options};

/// The longest option value that is read completely.
const MAX_VALUE: usize = 4096;

/// The name of an option at a level.
pub(super) fn name(level: i32, raw: u32, access: Access) -> Value {
    match options(level, access) {
        Some(table) => Value::Const(Const { table, raw: u64::from(raw) }),
        None => Value::Uint(u64::from(raw)),
    }
}

impl Args<'_> {
    /// The value passed to `setsockopt`.
    pub(super) fn optval_in(&self, level: usize, name: usize, len: usize, ptr: u64) -> Value {
        let shape = shape(self.int(level), self.int(name), Access::Set);
        self.optval(ptr, shape, shape.reach(Access::Set, self.int(len)))
    }

    /// The value that `getsockopt` filled. `given` is the size of the buffer, `len` the length of the value.
    pub(super) fn optval_out(&self, level: usize, name: usize, ptr: u64, given: i64, len: i32) -> Value {
        let shape = shape(self.int(level), self.int(name), Access::Get);
        self.optval(ptr, shape, shape.reach(Access::Get, len).filter(|_| given >= 0))
    }

    /// A value of `len` bytes.
    fn optval(&self, ptr: u64, shape: OptShape, len: Option<usize>) -> Value {
        let Some(len) = len else { return Value::Pointer(ptr) };
        match shape {
            OptShape::Guess => self.guess(ptr, len),
            OptShape::Int | OptShape::Const(_) | OptShape::Errno if len < OptShape::INT => {
                self.read(ptr, len).map_or(Value::Pointer(ptr), Value::Cut)
            }
            OptShape::Int | OptShape::PartInt => self.option_int(ptr, len),
            OptShape::Const(table) => self.option_const(ptr, len, table),
            OptShape::Errno => match self.option_raw(ptr, len) {
                Some(raw) if ERRNO.name(u64::from(raw)).is_some() => self.option_const(ptr, len, &ERRNO),
                _ => self.option_int(ptr, len),
            },
            OptShape::Ints => self.numbers(ptr, len / OptShape::INT),
            OptShape::Record(layout) | OptShape::Exactly(layout) => self.option_record(ptr, len, layout),
            OptShape::Bits(table) => self.option_bits(ptr, len, table),
            OptShape::Pointer => Value::Pointer(ptr),
        }
    }

    /// An option of unknown type.
    fn guess(&self, ptr: u64, len: usize) -> Value {
        if len == 4 { self.option_int(ptr, 4) } else { self.buffer(ptr, len as u64) }
    }

    /// All of `len` bytes, or none.
    pub(super) fn read(&self, ptr: u64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len.min(MAX_VALUE)];
        (ptr != 0 && self.memory.read(ptr, &mut bytes).is_ok()).then_some(bytes)
    }

    /// The first `len` bytes of an `int`, the others zero.
    fn option_raw(&self, ptr: u64, len: usize) -> Option<u32> {
        let mut bytes = [0; 4];
        let read = bytes.get_mut(..len)?;
        (ptr != 0 && self.memory.read(ptr, read).is_ok()).then(|| u32::from_ne_bytes(bytes))
    }

    fn option_int(&self, ptr: u64, len: usize) -> Value {
        match self.option_raw(ptr, len) {
            Some(raw) => Value::Ref(Box::new(Value::Int(i64::from(raw as i32)))),
            None => Value::Pointer(ptr),
        }
    }

    fn option_const(&self, ptr: u64, len: usize, table: &'static crate::xlat::Xlat) -> Value {
        match self.option_raw(ptr, len) {
            Some(raw) => Value::Ref(Box::new(Self::constant(table, u64::from(raw)))),
            None => Value::Pointer(ptr),
        }
    }

    fn option_bits(&self, ptr: u64, len: usize, table: &'static crate::xlat::Xlat) -> Value {
        // Missing bits count as set.
        let mut bytes = [0xff; 4];
        match self.memory.read(ptr, &mut bytes[..len]) {
            Ok(()) if ptr != 0 => Value::Bits(Flags { table, raw: u64::from(u32::from_ne_bytes(bytes)) }),
            _ => Value::Pointer(ptr),
        }
    }

    fn option_record(&self, ptr: u64, len: usize, layout: &'static Layout) -> Value {
        match self.read(ptr, len) {
            Some(bytes) => {
                let mut record = self.named(Record::read(layout, &bytes));
                self.filter(&mut record);
                Value::Record(record)
            }
            None => Value::Pointer(ptr),
        }
    }

    /// Follows the pointer to a BPF program, which is long.
    pub(super) fn filter(&self, record: &mut Record) {
        if record.layout == &SOCK_FPROG
            && !self.cx.limits.abbreviate
            && let [Value::Uint(len), filter] = record.fields.as_mut_slice()
            && let Value::Pointer(ptr) = *filter
        {
            *filter = self.array(ptr, *len, SOCK_FILTER.size, |bytes| Value::Record(Record::read(&SOCK_FILTER, bytes)));
        }
    }

    /// `count` numbers of 32 bits.
    fn numbers(&self, ptr: u64, count: usize) -> Value {
        if count == 0 {
            return Value::Array(Array::default());
        }
        self.array(ptr, count as u64, 4, |bytes| {
            Value::Uint(u64::from(u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])))
        })
    }
}
