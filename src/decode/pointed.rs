//! What a pointer points to where its type is all that says so: structures, numbers, lists of strings and of entries.

use super::Args;
use crate::event::Ret;
use crate::memory::array;
use crate::syscall::{Count, Dir, Len, Reach, Scalar, Ty};
use crate::value::ipc::{FILE_HANDLE, MSGBUF};
use crate::value::process::{CLONE_ARGS, CLONE_RESULTS};
use crate::value::ring::IOCB_NAMED;
use crate::value::stat::UTIMESPEC;
use crate::value::{Array, Bytes, Const, Fd, Forms, Kind, Layout, Length, Record, Tail, Value, process, siginfo};
use crate::xlat::file::UTIME;
use crate::xlat::signal::SA_RESTORER;

/// The most strings of a list that are looked at, in case it has no end.
const MAX_STRINGS: u64 = 1 << 16;

impl Args<'_> {
    /// What is behind a pointer of these types, before the call or after it.
    pub(super) fn pointed(&self, ty: Ty, dir: Dir, ptr: u64, reach: Reach) -> Value {
        let found = match ty {
            Ty::Bytes(Len::Text) => return self.text(ptr, MAX_TEXT),
            Ty::Bytes(Len::UpTo(most)) => return self.text(ptr, most),
            Ty::Struct(layout) => self.structure(ptr, layout),
            Ty::Forms(forms) => self.form(ptr, forms),
            Ty::Structs { layout, count: Count::Fixed(n) } => self.all(ptr, layout, n),
            Ty::Structs { .. } if reach == Reach::Nothing => None,
            Ty::Message { .. } => self.message(ptr, reach.bytes().saturating_sub(8)),
            Ty::Sized { forms, size } => {
                let form = forms.iter().rev().find(|form| form.size as u64 <= self.regs[size]);
                form.and_then(|form| Some(Value::Record(Record::read(form, &self.read(ptr, form.extent())?))))
            }
            Ty::Attr { layout, size } => self.attr(ptr, layout, u64::from(self.regs[size] as u32)),
            Ty::PerfAttr => self.perf_attr(ptr),
            Ty::Requests { count } => return self.requests(ptr, self.regs[count]),
            Ty::FileHandle => return self.handle(ptr, None, Ret::Ok(0)),
            Ty::Structs { layout, .. } => return self.structures(ptr, layout, reach.count()),
            Ty::Number(each) => self.scalar(ptr, each).map(|number| Value::Ref(Box::new(number))),
            Ty::Numbers { each, .. } => {
                return self.array(ptr, reach.count(), each.size(), |bytes| number(each, bytes));
            }
            Ty::CpuSet { .. } => self.cpus(ptr, reach.bytes()),
            Ty::WaitStatus => self.u32(ptr).filter(|_| ptr != 0).map(|raw| Value::Record(process::status(raw))),
            Ty::SigInfo => self.read(ptr, siginfo::SIZE).map(|raw| {
                let raw = raw.try_into().unwrap_or([0; siginfo::SIZE]);
                Value::Record(siginfo::decode(&raw))
            }),
            Ty::Strings => return self.strings(ptr),
            Ty::Environment if self.cx.limits.abbreviate => self.count_strings(ptr),
            Ty::Environment => return self.strings(ptr),
            Ty::Dirents(layout) => self.entries(ptr, layout, reach.bytes()),
            Ty::Random { .. } if dir == Dir::Out => return self.buffer(ptr, reach.bytes()),
            _ => None,
        };
        found.unwrap_or(Value::Pointer(ptr))
    }

    fn structure(&self, ptr: u64, layout: &'static Layout) -> Option<Value> {
        if layout == &IOCB_NAMED {
            return self.request(ptr, layout);
        }
        let bytes = self.read(ptr, layout.span())?;
        let mut record = Record::read(layout, &bytes);
        let restores = record.get("sa_flags").and_then(Value::register).is_some_and(|flags| flags & SA_RESTORER != 0);
        for (field, value) in layout.fields.iter().zip(&mut record.fields) {
            // What the flags say is not there means nothing.
            if matches!(field.kind, Kind::Restorer) && !restores {
                *value = Value::Pointer(0);
            }
        }
        self.filter(&mut record);
        self.follow(&mut record);
        Some(Value::Record(record))
    }

    pub(super) fn form(&self, ptr: u64, forms: &'static Forms) -> Option<Value> {
        let bytes = self.read(ptr, forms.size)?;
        Some(Value::Record(forms.read(&bytes, self.cx.limits.abbreviate)))
    }

    fn structures(&self, ptr: u64, layout: &'static Layout, count: u64) -> Value {
        self.array(ptr, count, layout.size, |bytes| Value::Record(Record::read(layout, bytes)))
    }

    /// All of a list or none, regardless of the limit on lists.
    fn all(&self, ptr: u64, layout: &'static Layout, count: u64) -> Option<Value> {
        let bytes = self.read(ptr, layout.size * count as usize)?;
        let items = bytes.chunks_exact(layout.size).map(|bytes| {
            let mut record = Record::read(layout, bytes);
            // Where the nanoseconds are a wish, the seconds mean nothing.
            if let (true, [seconds, Value::Int(nanos)]) = (layout == &UTIMESPEC, &mut record.fields[..])
                && UTIME.name(*nanos as u64).is_some()
            {
                *seconds = Value::Int(0);
            }
            Value::Record(record)
        });
        Some(Value::Array(Array { items: items.collect(), tail: Tail::End }))
    }

    fn scalar(&self, ptr: u64, each: Scalar) -> Option<Value> {
        let bytes = self.read(ptr, each.size())?;
        Some(match (each, number(each, &bytes)) {
            (Scalar::Fd, Value::Fd(fd)) => self.fd(fd.raw),
            (_, number) => number,
        })
    }

    /// A message of System V.
    fn message(&self, ptr: u64, bytes: u64) -> Option<Value> {
        let kind = array(self.memory, ptr).map(i64::from_ne_bytes).filter(|_| ptr != 0)?;
        let fields = vec![Value::Int(kind), self.buffer(ptr.wrapping_add(8), bytes)];
        Some(Value::Record(Record { layout: &MSGBUF, fields, cut: None }))
    }

    /// A file's handle. Where the kernel did not make one, it may say how long it would be.
    pub(super) fn handle(&self, ptr: u64, before: Option<i64>, ret: Ret) -> Value {
        let whole = self.read(ptr, 8).filter(|_| ptr != 0);
        let Some(len) = whole.and_then(|_| self.u32(ptr)) else { return Value::Pointer(ptr) };
        let now = i64::from(len);
        let changed = before.is_some_and(|before| before != now);
        let too_long = matches!(ret, Ret::Err(errno) if errno.0 == libc::EOVERFLOW);
        let known = matches!(ret, Ret::Ok(_));
        let exit = (changed && (known || too_long)).then_some(now);
        let mut fields = vec![Value::Length(Length { entry: before.unwrap_or(now), exit })];
        if known && let Some(kind) = self.u32(ptr.wrapping_add(4)) {
            fields.push(Value::Int(i64::from(kind as i32)));
            if let Some(handle) = self.read(ptr.wrapping_add(8), (len as usize).min(MAX_HANDLE)) {
                fields.push(Value::Octets(handle));
            }
        }
        Value::Record(Record { layout: &FILE_HANDLE, fields, cut: None })
    }

    /// What `clone3` is to make.
    pub(super) fn clone_args(&self, ptr: u64, reach: Reach) -> Value {
        let size = reach.bytes() as usize;
        let Some(bytes) = self.read(ptr, size).filter(|bytes| size > 0 && bytes.len() == size) else {
            return Value::Pointer(ptr);
        };
        // Members that an older program does not know are zero to the kernel.
        let mut whole = bytes.to_vec();
        whole.resize(whole.len().max(CLONE_ARGS.size), 0);
        Value::Record(Record::read(&CLONE_ARGS, &whole))
    }

    /// The same with what the kernel wrote.
    pub(super) fn cloned(&self, before: Value, ret: Ret) -> Value {
        let (Value::Record(args), Ret::Ok(1..)) = (&before, ret) else { return before };
        let behind = |name: &str, each| match args.get(name) {
            Some(Value::Pointer(ptr)) if *ptr != 0 => {
                self.scalar(*ptr, each).map(|number| Value::Ref(Box::new(number)))
            }
            _ => None,
        };
        let (pidfd, tid) = (behind("pidfd", Scalar::Fd), behind("parent_tid", Scalar::Int));
        let layout = match (&pidfd, &tid) {
            (None, None) => return before,
            (Some(_), Some(_)) => CLONE_RESULTS[0],
            (Some(_), None) => CLONE_RESULTS[1],
            (None, Some(_)) => CLONE_RESULTS[2],
        };
        let after = Record { layout, fields: pidfd.into_iter().chain(tid).collect(), cut: None };
        Value::Array(Array { items: vec![before, Value::Record(after)], tail: Tail::End })
    }

    /// The numbers of the bits that are set.
    fn cpus(&self, ptr: u64, bytes: u64) -> Option<Value> {
        let set = self.read_all(ptr, usize::try_from(bytes).ok()?.min(MAX_CPUS / 8))?;
        let member = |cpu: &usize| set[cpu / 8] & 1 << (cpu % 8) != 0;
        let items = (0..set.len() * 8).filter(member).map(|cpu| Value::Int(cpu as i64)).collect();
        let tail = if bytes > set.len() as u64 { Tail::Elided } else { Tail::End };
        Some(Value::Array(Array { items, tail }))
    }

    /// A string up to its NUL, as much of it as is kept.
    pub(super) fn text(&self, ptr: u64, most: usize) -> Value {
        let kept = self.cx.limits.strings.min(most);
        let mut bytes = self.memory.read_up_to(ptr, kept.saturating_add(1));
        match memchr::memchr(0, &bytes) {
            _ if ptr == 0 => Value::Pointer(0),
            Some(end) => {
                bytes.truncate(end);
                Value::Bytes(Bytes { data: bytes.into(), truncated: false })
            }
            None if bytes.len() <= kept => Value::Pointer(ptr),
            None => {
                bytes.truncate(kept);
                Value::Bytes(Bytes { data: bytes.into(), truncated: true })
            }
        }
    }

    /// The strings of a list that NULL ends.
    fn strings(&self, ptr: u64) -> Value {
        if ptr == 0 {
            return Value::Pointer(0);
        }
        let most = if self.cx.limits.abbreviate { self.cx.limits.strings as u64 } else { MAX_STRINGS };
        let mut list = Array::default();
        for at in 0.. {
            let address = ptr.wrapping_add(8 * at);
            match array(self.memory, address).map(u64::from_ne_bytes) {
                Some(0) => break,
                Some(_) if at >= most => {
                    list.tail = Tail::Elided;
                    break;
                }
                Some(string) => list.items.push(self.text(string, MAX_TEXT)),
                None if at == 0 => return Value::Pointer(ptr),
                None => {
                    list.tail = Tail::Fault(address);
                    break;
                }
            }
        }
        Value::Array(list)
    }

    /// How many strings a list has.
    fn count_strings(&self, ptr: u64) -> Option<Value> {
        let pointers = (0..MAX_STRINGS).map(|at| array(self.memory, ptr.wrapping_add(8 * at)).map(u64::from_ne_bytes));
        let mut count = 0;
        for pointer in pointers {
            match pointer {
                Some(0) => break,
                Some(_) => count += 1,
                None if count == 0 => return None,
                None => break,
            }
        }
        let tail = Tail::Counted { at: ptr, count };
        Some(Value::Array(Array { items: Vec::new(), tail })).filter(|_| ptr != 0)
    }

    /// The entries of a directory, each of which says how long it is.
    fn entries(&self, ptr: u64, layout: &'static Layout, bytes: u64) -> Option<Value> {
        let bytes = self.read_all(ptr, usize::try_from(bytes).ok()?)?;
        let mut items = Vec::new();
        let mut rest = &bytes[..];
        while let Some(len) = rest.get(16..18).map(|len| usize::from(u16::from_ne_bytes([len[0], len[1]]))) {
            let Some((entry, after)) = rest.split_at_checked(len).filter(|(entry, _)| entry.len() > 19) else { break };
            items.push(Value::Record(process::dirent(layout, entry)));
            rest = after;
        }
        let list = if self.cx.limits.abbreviate {
            Array { tail: Tail::Counted { at: ptr, count: items.len() as u32 }, items: Vec::new() }
        } else {
            Array { items, tail: Tail::End }
        };
        Some(Value::Array(list))
    }

    /// Some bytes, none included.
    fn read_all(&self, ptr: u64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len.min(MAX_TEXT)];
        (ptr != 0 && self.memory.read(ptr, &mut bytes).is_ok()).then_some(bytes)
    }
}

/// The longest handle (`MAX_HANDLE_SZ`).
const MAX_HANDLE: usize = 128;
/// The most processors of a set.
const MAX_CPUS: usize = 1024;
/// The longest string that is read.
const MAX_TEXT: usize = 1 << 20;

fn number(each: Scalar, bytes: &[u8]) -> Value {
    let word = u64::from_ne_bytes(crate::memory::padded(bytes, 0));
    match each {
        Scalar::Byte => Value::Int(word as i64),
        Scalar::Int => Value::Int(i64::from(word as i32)),
        Scalar::Long | Scalar::Date => Value::Int(word as i64),
        Scalar::Id => super::id(word),
        Scalar::Address => Value::Pointer(word),
        Scalar::Fd => Value::Fd(Fd::new(word as i32)),
        Scalar::Mask => Value::Hex(word),
        Scalar::Signal => Value::Signal(word as u32),
        Scalar::Const(table) => Value::Const(Const { table, raw: word }),
    }
}
