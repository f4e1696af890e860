//! Pipes and copies: who has the other end open, and whether something is left to copy.

use std::os::unix::fs::FileTypeExt;

use super::handle::Handle;
use super::search::Search;
use super::{owner, process};
use crate::event::{Call, Endpoint, FileFacts, Relation};
use crate::sys::proc::Proc;
use crate::syscall::Effect;
use crate::syscall::effect::number;
use crate::value::Value;
use crate::why::subject::{copied, descriptor};

/// Whether a descriptor is of a pipe, with or without a name.
pub(super) fn is_pipe(pid: i32, fd: i32) -> bool {
    let meta = std::fs::metadata(Proc::new(pid).descriptor(fd).path());
    meta.is_ok_and(|meta| meta.file_type().is_fifo())
}

impl Search<'_> {
    /// Why less was taken than given: what is left to copy, and who should make room.
    pub(super) fn short(&mut self, call: &Call) {
        if let Effect::Copies { from, .. } = call.sys.effect {
            self.evidence.source_left = self.source_left(call, from);
            // All there was has gone.
            if self.evidence.source_left == Some(0) {
                return;
            }
        }
        if self.evidence.socket.is_some() {
            self.peer();
        } else {
            self.pipe(call, false);
        }
    }

    /// How many bytes are left where a call copies from.
    fn source_left(&self, call: &Call, from: usize) -> Option<u64> {
        let fd = copied(call, from)?;
        let source = Proc::new(self.caller.pid).descriptor(fd);
        let meta = std::fs::metadata(source.path()).ok()?;
        if !meta.is_file() {
            return Handle::of(self.caller.pid, fd)?.unread();
        }
        let taken = match call.ret {
            crate::event::Ret::Ok(taken) => u64::try_from(taken).ok()?,
            _ => return None,
        };
        let now = match call.arg("offset").or_else(|| call.arg("off_in")) {
            Some(Value::Offset(offset)) => u64::try_from(offset.exit.unwrap_or(offset.entry)).ok()?,
            // It is as it was before the call.
            Some(Value::Ref(offset)) => number(offset)?.checked_add(taken)?,
            _ => source.position()?,
        };
        Some(meta.len().saturating_sub(now))
    }

    /// Who has the other end of a pipe open, and what is in it.
    pub(super) fn pipe(&mut self, call: &Call, reads: bool) {
        let is_pipe = self.evidence.file.as_ref().is_some_and(|file| file.kind == FileFacts::PIPE);
        let pid = self.caller.pid;
        let Some(fd) = self.evidence.descriptor.or_else(|| descriptor(call)).filter(|_| is_pipe) else { return };
        let Some(link) = Proc::new(pid).descriptor(fd).link() else { return };
        let (owners, hidden) = owner::of_pipe(pid, &link, reads);
        self.evidence.owners_hidden = hidden;
        self.evidence.process = process::facts(pid);
        self.evidence.sockets.push(Endpoint {
            relation: Relation::Peer,
            protocol: FileFacts::PIPE.into(),
            recv_queue: Handle::of(pid, fd).and_then(|handle| handle.unread()),
            owners,
            ..Endpoint::default()
        });
    }
}
