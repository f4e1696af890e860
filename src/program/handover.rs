//! How a role in a process of its own sends its log to the process that started it: JSON lines through an inherited
//! pipe.
//!
//! Each call is written twice, when it begins (without a result) and when it has returned, each time at once and in
//! one write. So however the process ends, the reader has all calls it made and the one it was in.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::event::{Body, Call, Event, Ret, Sink};
use crate::json;
use crate::sys::proc::Proc;
use crate::sys::{clock, descriptor};
use crate::syscall::{self, Effect};
use crate::value::{Bytes, Fd, Value};

/// Writes events to a pipe; clones write to the same one.
#[derive(Debug, Clone)]
pub struct PipeSink {
    pipe: Arc<Mutex<File>>,
}

impl PipeSink {
    /// Opens the inherited descriptor `fd` again, under a high number of our own.
    ///
    /// # Errors
    /// If there is no such descriptor.
    pub fn open(fd: i32) -> io::Result<Self> {
        let low = File::options().write(true).open(Proc::OWN.descriptor(fd).path())?;
        let pipe = File::from(descriptor::lift(&low, false)?);
        Ok(Self { pipe: Arc::new(Mutex::new(pipe)) })
    }

    fn put(&self, event: &Event) {
        let mut line = Vec::new();
        json::write(event, &mut line);
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = pipe.write_all(&line); // the program continues without its reader
    }
}

impl PipeSink {
    /// Reports that so many bytes are about to be printed on a standard stream, as the tracer reports it of Python.
    pub fn print(&self, fd: i32, len: usize) {
        let Some(write) = syscall::by_name("write") else { return };
        let nothing = Value::Bytes(Bytes { data: Vec::new().into(), truncated: len > 0 });
        let args = vec![Value::Fd(Fd::new(fd)), nothing, Value::Uint(len as u64)];
        let mut event = Event::new(std::process::id(), Body::Call(Call::new(write, args, Ret::Ok(len as i64))));
        event.ts_ns = clock::realtime_ns();
        self.put(&event);
    }
}

/// Whether a call prints on a standard stream; the descriptor, and how many bytes once it has returned.
pub(super) fn print(event: &Event) -> Option<(i32, Option<usize>)> {
    let Body::Call(call) = &event.body else { return None };
    match (call.sys.effect, call.args.first()) {
        (Effect::Sends, Some(Value::Fd(Fd { raw: fd @ (1 | 2), .. }))) => Some((
            *fd,
            match call.ret {
                Ret::Ok(len) => usize::try_from(len).ok(),
                _ => None,
            },
        )),
        _ => None,
    }
}

impl Sink for PipeSink {
    fn event(&mut self, event: Event) {
        self.put(&event);
    }

    fn wants_entered(&self) -> bool {
        true
    }

    fn entered(&mut self, call: Event) {
        self.put(&call);
    }
}

/// Whether an event that came through the pipe is the beginning of a call.
pub fn is_entered(event: &Event) -> bool {
    matches!(&event.body, Body::Call(call) if call.ret == Ret::Unfinished)
}
