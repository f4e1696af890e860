//! The third argument of `fcntl` and `ioctl`, whose type depends on the second, and the offset of `sendfile`.

use super::{Args, Slot};
use crate::event::Ret;
use crate::syscall::Carries;
use crate::value::{Array, Layout, Length, Record, Value, layout};

impl Args<'_> {
    fn record(&self, ptr: u64, layout: &'static Layout) -> Option<Value> {
        let bytes = self.read(ptr, layout.span())?;
        Some(Value::Record(self.named(Record::read(layout, &bytes))))
    }

    fn int_behind(&self, ptr: u64) -> Value {
        match self.u32(ptr).filter(|_| ptr != 0) {
            Some(n) => Value::Ref(Box::new(Value::Int(i64::from(n as i32)))),
            None => Value::Pointer(ptr),
        }
    }

    /// The argument of a command at entry.
    pub(super) fn command_in(&self, carries: Carries, reg: u64) -> Slot {
        let low = u64::from(reg as u32);
        Slot::Done(match carries {
            Carries::Nothing => return Slot::Absent,
            Carries::IntOut | Carries::Out(None, _) | Carries::OutForms(_) => return Slot::Hidden(None),
            Carries::Out(Some(before), _) => return Slot::Hidden(self.record(reg, before)),
            Carries::Interfaces => return Slot::Hidden(self.record(reg, &layout::IFCONF)),
            Carries::Long => Value::Int(reg as i64),
            Carries::Int | Carries::Owner => Value::Int(i64::from(reg as i32)),
            Carries::Signal => Value::Signal(reg as u32),
            Carries::Flags(table) => Self::flags(table, low),
            Carries::WideFlags(table) => Self::flags(table, reg),
            Carries::Const(table) => Self::constant(table, reg),
            Carries::IntIn => self.int_behind(reg),
            Carries::In(layout) => self.record(reg, layout).unwrap_or(Value::Pointer(reg)),
            Carries::InForms(forms) => self.form(reg, forms).unwrap_or(Value::Pointer(reg)),
            Carries::Pointer => Value::Pointer(reg),
            Carries::Raw => Value::Hex(reg),
        })
    }

    /// What the kernel filled in for a command; where it failed, what went in.
    pub(super) fn command_out(&self, carries: Carries, reg: u64, before: Option<Value>, ret: Ret) -> Value {
        let shown = match (carries, ret) {
            (Carries::IntOut, Ret::Ok(_)) => return self.int_behind(reg),
            (Carries::Out(_, after), Ret::Ok(_)) => self.record(reg, after),
            (Carries::OutForms(forms), Ret::Ok(_)) => self.form(reg, forms),
            (Carries::Out(..), _) => before,
            (Carries::Interfaces, Ret::Ok(_)) => self.interfaces(reg, before),
            (Carries::Interfaces, _) => before,
            _ => None,
        };
        shown.unwrap_or(Value::Pointer(reg))
    }

    /// The list of interfaces. Without a buffer the kernel only returns how long the list would be.
    fn interfaces(&self, ptr: u64, before: Option<Value>) -> Option<Value> {
        let Some(Value::Record(mut after)) = self.record(ptr, &layout::IFCONF) else { return None };
        let [Value::Length(after_len), buffer] = &mut after.fields[..] else { return None };
        let Value::Pointer(address) = *buffer else { return None };
        if address != 0 {
            let size = layout::IFREQ_ADDR.size;
            let count = usize::try_from(after_len.entry).unwrap_or(0) / size;
            *buffer = match count {
                0 => Value::Array(Array::default()),
                count => self.array(address, count as u64, size, |bytes| {
                    Value::Record(self.named(Record::read(&layout::IFREQ_ADDR, bytes)))
                }),
            };
            if let Some(Value::Record(before)) = before
                && let Some(&Value::Length(Length { entry, .. })) = before.fields.first()
                && entry != after_len.entry
            {
                *after_len = Length { entry, exit: Some(after_len.entry) };
            }
        }
        Some(Value::Record(after))
    }

    /// `sendfile`'s offset, before and after.
    pub(super) fn offset(&self, ptr: u64, before: Option<Value>, ret: Ret) -> Value {
        let now = |ptr| crate::memory::array(self.memory, ptr).map(i64::from_ne_bytes);
        let Some(Value::Int(entry)) = before else { return Value::Pointer(ptr) };
        let exit = match ret {
            Ret::Ok(1..) => now(ptr),
            _ => None,
        };
        Value::Offset(Length { entry, exit })
    }
}
