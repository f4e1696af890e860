//! The third argument of `fcntl` and `ioctl`, whose type depends on the second.

use super::{Encoder, Problem, Result, structure, unread};
use crate::syscall::Carries;
use crate::value::{Layout, Length, Record, Tail, Value, layout};

impl Encoder<'_> {
    /// The argument of a command; `room` is the size of what the kernel fills.
    pub(super) fn command_arg(&mut self, value: &Value, carries: Carries, room: u64) -> Result<u64> {
        match carries {
            Carries::IntIn => match value {
                Value::Ref(_) => {
                    let int = value.register().ok_or(Problem::Kind)? as i32;
                    self.passed(int.to_ne_bytes().to_vec())
                }
                value => unread(value),
            },
            Carries::IntOut => match value {
                Value::Ref(_) => {
                    let int = value.register().ok_or(Problem::Kind)? as i32;
                    self.written(room, int.to_ne_bytes().to_vec())
                }
                value => self.room(value, room),
            },
            Carries::In(layout) if layout == &layout::F_OWNER_EX => match value {
                Value::Record(record) if record.layout == layout => {
                    let bytes = self.with_process(2, record, "pid")?;
                    self.passed(bytes)
                }
                value => unread(value),
            },
            Carries::In(layout) => self.record(value, layout),
            Carries::Out(Some(before), after) => self.room_for_record(value, &[before, after], before),
            // The whole lock is passed, but only the answer is shown.
            Carries::Out(None, after) if after == &layout::FLOCK_FOUND => {
                self.room_for_record(value, &[after], &layout::FLOCK)
            }
            Carries::Out(None, after) => self.room_for_record(value, &[after], after),
            // What is abbreviated cannot be passed.
            Carries::InForms(forms) => match (value, forms.all.last()) {
                (Value::Record(record), Some(whole)) if record.layout == *whole => self.record(value, whole),
                (Value::Record(_), _) => Err(Problem::Undescribed),
                (value, _) => unread(value),
            },
            Carries::OutForms(forms) => match forms.all.last() {
                Some(whole) => self.room_for_record(value, forms.all, whole),
                None => Err(Problem::Kind),
            },
            Carries::Interfaces => self.interfaces(value),
            Carries::Owner => value.register().ok_or(Problem::Kind).map(|pid| self.now.process(2, pid as i64) as u64),
            Carries::Long
            | Carries::Int
            | Carries::Signal
            | Carries::Flags(_)
            | Carries::WideFlags(_)
            | Carries::Const(_) => value.register().ok_or(Problem::Kind),
            // For any other command a number may be an address, even if it was recorded as another kind of value.
            Carries::Nothing | Carries::Pointer | Carries::Raw => match value.register() {
                Some(0) => Ok(0),
                Some(_) => Err(Problem::Undescribed),
                None => Err(Problem::Kind),
            },
        }
    }

    /// A structure that is passed.
    fn record(&mut self, value: &Value, layout: &'static Layout) -> Result<u64> {
        match value {
            Value::Record(record) if record.layout == layout => {
                structure(record)?;
                self.passed(sized(record))
            }
            value => unread(value),
        }
    }

    /// A structure of one of these layouts that the kernel fills, with the part that is `passed`.
    fn room_for_record(&mut self, value: &Value, layouts: &[&'static Layout], passed: &'static Layout) -> Result<u64> {
        match value {
            Value::Record(record) if layouts.contains(&record.layout) => {
                let after = sized(record);
                let before = sized(&Record::read(passed, &after));
                self.filled(before, after)
            }
            value => self.room(value, passed.span() as u64),
        }
    }

    /// A buffer for the list of interfaces, of the recorded length.
    fn interfaces(&mut self, value: &Value) -> Result<u64> {
        let record = match value {
            Value::Record(record) if record.layout == &layout::IFCONF => record,
            value => return unread(value),
        };
        let [Value::Length(Length { entry, exit }), list] = record.fields.as_slice() else {
            return Err(Problem::Kind);
        };
        let room = u64::try_from(super::int(*entry)).unwrap_or(0);
        let list = match list {
            Value::Array(array) if array.tail == Tail::Elided || array.tail == Tail::End => {
                let interface = |item: &Value| match item {
                    Value::Record(record) => Ok(sized(record)),
                    _ => Err(Problem::Kind),
                };
                let after = array.items.iter().map(interface).collect::<Result<Vec<_>>>()?.concat();
                self.written(room, after)?
            }
            value => self.room(value, room)?,
        };
        // An `int`, padding, a pointer.
        let bytes = |len: i64| [u64::from(len as u32), list].iter().flat_map(|word| word.to_ne_bytes()).collect();
        self.filled(bytes(*entry), bytes(exit.unwrap_or(*entry)))
    }

    /// A structure with its process substituted.
    pub(super) fn with_process(&self, at: usize, record: &Record, name: &str) -> Result<Vec<u8>> {
        let mut record = record.clone();
        let place = record.layout.fields.iter().position(|field| field.name == name);
        match place.and_then(|place| record.fields.get_mut(place)) {
            Some(Value::Int(pid)) => *pid = self.now.process(at, *pid),
            _ => return Err(Problem::Kind),
        }
        Ok(record.to_bytes())
    }
}

/// The bytes of a complete structure.
fn sized(record: &Record) -> Vec<u8> {
    let mut bytes = record.to_bytes();
    bytes.resize(bytes.len().max(record.layout.span()), 0);
    bytes
}
