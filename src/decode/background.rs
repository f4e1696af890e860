//! Requests that are done in the background, rings of them, and structures that grow with the kernel.

use super::{Args, Slot};
use crate::event::Ret;
use crate::memory::padded;
use crate::value::bpf::shown;
use crate::value::perf::PERF_ATTR;
use crate::value::ring::{IOCB, MAX_PROBED, RING_ASKED, RING_PARAMS, RING_PROBE, RING_PROBE_OP, has_class, room};
use crate::value::{Array, Kind, Layout, Record, Value, packed};

/// The most that the kernel reads of a structure that grows, a page.
const MAX_STRUCTURE: u64 = 4096;
/// The first size of `struct perf_event_attr`, and the largest that is known.
const PERF_SIZES: (u64, u64) = (64, 128);

impl Args<'_> {
    /// Requests behind a list of pointers.
    pub(super) fn requests(&self, ptr: u64, count: u64) -> Value {
        // A negative number is none.
        if count > i64::MAX as u64 {
            return Value::Pointer(ptr);
        }
        if count == 0 && ptr != 0 {
            return Value::Array(Array::default());
        }
        self.array(ptr, count, 8, |bytes| {
            let request = u64::from_ne_bytes(padded(bytes, 0));
            self.request(request, &IOCB).unwrap_or(Value::Pointer(request))
        })
    }

    /// One request.
    pub(super) fn request(&self, ptr: u64, layout: &'static Layout) -> Option<Value> {
        let bytes = self.read(ptr, layout.size)?;
        let mut record = Record::read(layout, &bytes);
        for (field, value) in layout.fields.iter().zip(&mut record.fields) {
            if let (Kind::Priority, true, Some(raw)) = (field.kind, has_class(&bytes), value.register()) {
                *value = Value::Record(packed::IOPRIO.read(raw & 0xffff));
            }
        }
        let kinds = layout.fields.iter().enumerate().map(|(at, field)| field.kind.resolve(&record.fields[..at]));
        let vectors = kinds.enumerate().find_map(|(at, kind)| match kind {
            Some(Kind::Vectors { followed }) => Some((at, *followed)),
            _ => None,
        });
        if let Some((at, followed)) = vectors {
            let ptr = record.fields[at].register().unwrap_or(0);
            record.fields[at] = self.iovecs(ptr, room(&bytes), followed.then_some(u64::MAX));
        }
        self.follow(&mut record);
        Some(Value::Record(record))
    }

    /// A structure that grows with the kernel, of which the program has so many bytes.
    pub(super) fn attr(&self, ptr: u64, layout: &'static Layout, size: u64) -> Option<Value> {
        if size == 0 || size > MAX_STRUCTURE {
            return None;
        }
        let bytes = self.read(ptr, size as usize)?;
        let known = layout.extent();
        let mut whole = bytes.to_vec();
        whole.resize(whole.len().max(known), 0);
        let mut record = Record::read(layout, &whole);
        let shown = shown(layout, size as usize);
        cut_off(&mut record, shown, bytes.iter().skip(known).any(|byte| *byte != 0));
        // A structure of its own within the union may be longer than what is always there.
        if let Some(Value::Record(inner)) = record.fields.first_mut()
            && inner.layout.fields.iter().any(|field| field.offset >= shown)
        {
            cut_off(inner, shown, false);
        }
        self.follow(&mut record);
        Some(Value::Record(record))
    }

    /// What is counted.
    pub(super) fn perf_attr(&self, ptr: u64) -> Option<Value> {
        let size = u64::from(self.u32(ptr.wrapping_add(4)).filter(|_| ptr != 0)?);
        let (first, last) = PERF_SIZES;
        let size = if size == 0 { first } else { size };
        if size < first {
            return None;
        }
        let mut bytes = self.read(ptr, size.min(last) as usize)?.to_vec();
        bytes.resize(last as usize, 0);
        let mut record = PERF_ATTR.read(&bytes, self.cx.limits.abbreviate);
        let more = self.cx.limits.abbreviate || size > last;
        cut_off(&mut record, size as usize, more);
        Some(Value::Record(record))
    }

    /// What a ring is to be like.
    pub(super) fn ring_asked(&self, ptr: u64) -> Slot {
        let asked = self.read(ptr, RING_PARAMS.size).map(|bytes| Value::Record(Record::read(&RING_ASKED, &bytes)));
        Slot::Hidden(asked)
    }

    /// The same, once the kernel has made it.
    pub(super) fn ring_made(&self, ptr: u64, asked: Option<Value>, ret: Ret) -> Value {
        let made = || self.read(ptr, RING_PARAMS.size).map(|bytes| Value::Record(Record::read(&RING_PARAMS, &bytes)));
        let shown = if matches!(ret, Ret::Ok(_)) { made() } else { asked };
        shown.unwrap_or(Value::Pointer(ptr))
    }

    /// What a ring can do, if anything is written there.
    pub(super) fn probe(&self, ptr: u64, count: u64) -> Option<Value> {
        let count = u64::from(count as u32);
        if count > MAX_PROBED {
            return None;
        }
        let bytes = self.read(ptr, RING_PROBE.size + count as usize * RING_PROBE_OP.size)?;
        let mut record = Record::read(&RING_PROBE, &bytes);
        let entries = self.array(ptr.wrapping_add(RING_PROBE.size as u64), count, RING_PROBE_OP.size, |bytes| {
            Value::Record(Record::read(&RING_PROBE_OP, bytes))
        });
        if let Some(list) = record.fields.last_mut() {
            *list = entries;
        }
        bytes.iter().any(|byte| *byte != 0).then_some(Value::Record(record))
    }

    /// What the pointers of a structure lead to, where their types say so.
    pub(super) fn follow(&self, record: &mut Record) {
        for at in 0..record.fields.len() {
            let (before, rest) = record.fields.split_at(at);
            let kind = record.layout.fields[at].kind.resolve(before).copied();
            let size_of = |name: &str| record.get(name).and_then(Value::register);
            let found = match (kind, &rest[0]) {
                (Some(Kind::Str), Value::Pointer(ptr)) => self.text(*ptr, MAX_STRUCTURE as usize),
                (Some(Kind::Path), Value::Pointer(ptr)) => self.path(*ptr, crate::syscall::reach::PATH_MAX),
                (Some(Kind::BytesAt(name)), Value::Pointer(ptr)) => match size_of(name) {
                    Some(size) if size <= i64::MAX as u64 => self.buffer(*ptr, size),
                    _ => continue,
                },
                (Some(Kind::TextAt(name)), Value::Pointer(ptr)) => match size_of(name) {
                    Some(size) if size > 0 => self.text(*ptr, (size as usize).min(MAX_STRUCTURE as usize)),
                    _ => continue,
                },
                (Some(Kind::NoneAt(count)), Value::Pointer(1..)) if size_of(count) == Some(0) => {
                    Value::Array(Array::default())
                }
                (Some(Kind::FdsAt { count }), Value::Pointer(ptr)) => {
                    let count = u64::from(self.regs[count] as u32);
                    self.array(*ptr, count, 4, |bytes| self.fd(i32::from_ne_bytes(padded(bytes, 0))))
                }
                (Some(Kind::Fd), Value::Fd(fd)) => self.fd(fd.raw),
                (Some(Kind::Record(_)), Value::Record(inner)) => {
                    let mut inner = inner.clone();
                    self.follow(&mut inner);
                    Value::Record(inner)
                }
                _ => continue,
            };
            record.fields[at] = found;
        }
    }
}

/// Leaves out the fields that begin beyond so many bytes, and says whether more follow.
fn cut_off(record: &mut Record, size: usize, more: bool) {
    let fields = record.layout.fields;
    let marked = fields.last().is_some_and(|field| matches!(field.kind, Kind::More));
    let own = fields.len() - usize::from(marked);
    let shown = fields[..own].iter().take_while(|field| field.offset < size).count();
    record.fields.truncate(shown);
    if shown == own && more && marked {
        record.fields.push(Value::Short);
    } else {
        record.cut = Some(Box::default());
        record.without_absent_end();
    }
}
