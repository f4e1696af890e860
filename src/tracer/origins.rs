//! Where sockets were made, by the lines of Python that made them: for the calls of event loops, which are made for a
//! coroutine or callback that waits and so is on no stack.

use std::collections::HashMap;
use std::sync::Arc;

use super::descriptors::Descriptors;
use crate::event::{Call, PythonFrame, PythonStack, Ret};
use crate::syscall::effect::Effect;
use crate::value::Value;

/// So many sockets are known; then it begins anew.
const MAX_SOCKETS: usize = 1 << 18;
/// So many stacks with their socket's line are kept for further calls.
const MAX_STACKS: usize = 1 << 12;

/// The lines that made sockets, and stacks that have them.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// By inode, which stays over dup, fork and passing on.
    made: HashMap<u64, Arc<PythonFrame>>,
    /// Stacks with a socket's line, by the addresses of both, which are kept with them.
    stacks: HashMap<(usize, usize), (Arc<PythonStack>, Arc<PythonStack>)>,
}

impl Origins {
    /// Learns from a call that returned, and adds to one that an event loop made where its socket comes from.
    pub(super) fn returned(&mut self, pid: i32, call: &mut Call, descriptors: &Descriptors) {
        let Some(stack) = call.python.clone() else { return };
        if stack.socket.is_none()
            && stack.is_loop()
            && let Some(inode) = subject(call).and_then(|fd| descriptors.socket(pid, fd))
        {
            call.python = Some(self.at(inode, stack.clone()));
        }
        if !matches!(call.sys.effect, Effect::Makes(..) | Effect::Accepts(_)) {
            return;
        }
        // A loop accepts for who made it listen.
        let socket = call.python.as_ref().and_then(|stack| stack.socket.as_ref());
        let Some(line) = socket.or_else(|| stack.maker()).cloned() else { return };
        for fd in call.made() {
            if let Some(inode) = descriptors.socket(pid, fd) {
                if self.made.len() >= MAX_SOCKETS {
                    self.made.clear();
                }
                self.made.insert(inode, line.clone());
            }
        }
    }

    /// The stack of a call that closes this socket, which cannot be looked up once it has returned.
    pub(super) fn closing(&mut self, inode: u64, stack: Arc<PythonStack>) -> Arc<PythonStack> {
        if stack.is_loop() { self.at(inode, stack) } else { stack }
    }

    /// A loop's stack, with the line that made this socket, if that is known and another one.
    fn at(&mut self, inode: u64, stack: Arc<PythonStack>) -> Arc<PythonStack> {
        let Some(made) = self.made.get(&inode) else { return stack };
        if stack.running().is_some_and(|caller| caller.line == made.line && caller.file == made.file) {
            return stack;
        }
        let made = made.clone();
        if self.stacks.len() >= MAX_STACKS {
            self.stacks.clear();
        }
        let key = (Arc::as_ptr(&stack) as usize, Arc::as_ptr(&made) as usize);
        let new = || (stack.clone(), Arc::new(PythonStack { socket: Some(made), ..(*stack).clone() }));
        self.stacks.entry(key).or_insert_with(new).1.clone()
    }
}

/// The descriptor that a call is about; of one that waited for several, the only one that is ready.
fn subject(call: &Call) -> Option<i32> {
    if call.sys.effect == Effect::Waits {
        return if call.ret == Ret::Ok(1) { ready(call.args.get(1)?) } else { None };
    }
    let at = if let Effect::Watches(watched) = call.sys.effect { watched } else { 0 };
    match call.args.get(at)? {
        Value::Fd(fd) => Some(fd.raw),
        _ => None,
    }
}

/// The only descriptor that an event loop has found ready.
pub(super) fn found_ready(call: &Call) -> Option<i32> {
    let looks = call.sys.effect == Effect::Waits && call.python.as_ref().is_some_and(|stack| stack.is_loop());
    looks.then(|| subject(call)).flatten()
}

/// The note of the only event of an epoll set, which in Python is the descriptor.
fn ready(events: &Value) -> Option<i32> {
    match events {
        Value::Ref(inner) => ready(inner),
        Value::Array(array) => ready(array.items.first()?),
        Value::Record(event) => match event.fields.last()? {
            Value::Record(data) => match data.fields.first()? {
                Value::Uint(note) => i32::try_from(*note).ok(),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
