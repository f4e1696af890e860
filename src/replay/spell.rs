//! Maps results back to the recording's values: numbers of processes and descriptors, ports, Unix names.

use std::collections::HashMap;

use super::names::UnixNames;
use super::ports::{self, Ports};
use crate::syscall::{Dir, Syscall};
use crate::value::{FdSet, Length, MsgHdr, Value, layout};

/// The bytes of files that are not there.
const INVENTED: u8 = 0;

/// The mappings between the recording and the replay.
pub(super) struct Speller<'a> {
    pub(super) ports: &'a mut Ports,
    pub(super) names: &'a mut UnixNames,
    /// Whether files were sent, all of zeroes.
    pub(super) invented: bool,
    /// Descriptors of this call: recorded number to current one.
    pub(super) fds: HashMap<i32, i32>,
}

impl Speller<'_> {
    /// Maps all arguments of a call, with the lengths of addresses. What was passed is taken from the recording.
    pub(super) fn arguments(&mut self, sys: &Syscall, now: &mut [Value], then: &[Value]) {
        let mut longer = 0;
        for ((now, then), param) in now.iter_mut().zip(then).zip(sys.params) {
            match (&mut *now, then) {
                (now, then) if param.dir == Dir::In => {
                    self.value(now, then);
                    *now = then.clone();
                }
                (Value::SockAddr(_), _) => longer = self.value(now, then),
                // The length of an address comes after it.
                (now, _) if longer != 0 => {
                    lengthen(now, longer);
                    longer = 0;
                }
                (now, then) => drop(self.value(now, then)),
            }
        }
    }

    /// Maps one value; returns by how much an address became longer.
    fn value(&mut self, now: &mut Value, then: &Value) -> i64 {
        match (now, then) {
            (Value::SockAddr(now), then) => {
                if let Value::SockAddr(then) = then {
                    // It may have been bound to a number that is also free for another socket.
                    if ports::port(then) == Some(0) {
                        *now = then.clone();
                        return 0;
                    }
                    if let (Some(now), Some(then)) = (ports::port(now), ports::port(then)) {
                        self.ports.map(then, now);
                    }
                    self.names.learn(then, now);
                }
                let (spelled, longer) = self.names.then(&self.ports.then(now));
                *now = spelled;
                return longer;
            }
            (Value::Fd(now), Value::Fd(then)) => *now = then.clone(),
            (Value::PollFd(now), Value::PollFd(then)) => now.fd = then.fd.clone(),
            (Value::FdSet(now), Value::FdSet(then)) => self.set(now, then),
            (Value::Array(now), Value::Array(then)) => {
                for (now, then) in now.items.iter_mut().zip(&then.items) {
                    self.value(now, then);
                }
            }
            (Value::Ref(now), Value::Ref(then)) => drop(self.value(now, then)),
            (Value::MsgHdr(now), Value::MsgHdr(then)) => self.message(now, then),
            (Value::MmsgHdr(now), Value::MmsgHdr(then)) => self.message(&mut now.hdr, &then.hdr),
            (Value::Cmsg(now), Value::Cmsg(then)) => {
                if let (Some(now), Some(then)) = (&mut now.data, &then.data) {
                    self.value(now, then);
                }
            }
            // The recorded process is now a thread of ours.
            (Value::Record(now), Value::Record(then)) if now.layout == &layout::IOVEC => {
                for (now, then) in now.fields.iter_mut().zip(&then.fields) {
                    self.value(now, then);
                }
            }
            // What was sent of a file was invented.
            (Value::Bytes(now), Value::Bytes(then)) if self.invented => {
                let data = now.data.iter().zip(then.data.iter());
                let data: Vec<u8> = data.map(|(now, then)| if *now == INVENTED { *then } else { *now }).collect();
                now.data = [&data, &now.data[data.len()..]].concat().into();
            }
            (Value::Record(now), Value::Record(then)) if now.layout == &layout::UCRED && then.layout == now.layout => {
                if let (Some(now @ Value::Int(_)), Some(then)) = (now.fields.first_mut(), then.fields.first())
                    && *now == Value::Int(std::process::id().into())
                {
                    *now = then.clone();
                }
            }
            _ => {}
        }
        0
    }

    fn message(&mut self, now: &mut MsgHdr, then: &MsgHdr) {
        self.value(&mut now.iov, &then.iov);
        let longer = self.value(&mut now.name, &then.name);
        lengthen_length(&mut now.namelen, longer);
        if let (Some(now), Some(then)) = (&mut now.control, &then.control) {
            self.value(now, then);
        }
    }

    fn set(&self, now: &mut FdSet, then: &FdSet) {
        now.entry.clone_from(&then.entry);
        for fd in now.exit.iter_mut().flatten() {
            fd.raw = self.fds.get(&fd.raw).copied().unwrap_or(fd.raw);
        }
        if let Some(exit) = &mut now.exit {
            exit.sort_by_key(|fd| fd.raw);
        }
    }
}

fn lengthen(value: &mut Value, longer: i64) {
    match value {
        Value::Int(n) => *n = n.saturating_add(longer),
        Value::Uint(n) => *n = n.saturating_add_signed(longer),
        Value::Length(length) => lengthen_length(length, longer),
        _ => {}
    }
}

/// A length that the kernel returned; one that the program passed matches its address.
fn lengthen_length(length: &mut Length, longer: i64) {
    match &mut length.exit {
        Some(exit) => *exit = exit.saturating_add(longer),
        None => length.exit = Some(length.entry.saturating_add(longer)),
    }
    length.exit = length.exit.filter(|exit| *exit != length.entry);
}
