//! Calls whose two halves stand in different lines.

use super::{CallLine, Joiner};
use crate::event::{Body, Event};
use crate::read::text::block::AfterResult;
use crate::read::text::pending::{Begun, Half};
use crate::read::text::shape::{DETACHED, split_result};

impl Joiner {
    /// Keeps the first half of a call.
    pub(super) fn begin(&mut self, tid: u32, name: &[u8], args: &[u8], begun: Begun, out: &mut Vec<Event>) {
        self.threads.entered(tid, name, args);
        self.pending.keep(tid, name, args, begun);
        while let Some(oldest) = self.pending.in_excess() {
            self.abandon(oldest, out);
        }
    }

    pub(super) fn take(&mut self, tid: u32) -> Option<Half> {
        let half = self.pending.take(tid)?;
        self.threads.left(tid);
        Some(half)
    }

    /// Gives up on a call whose second half will not come.
    pub(super) fn abandon(&mut self, tid: u32, out: &mut Vec<Event>) {
        let Some(half) = self.take(tid) else { return };
        let (name, args) = half.parts();
        let Begun { prefix, sockets, ts_ns, pid } = &half.begun;
        let behind = AfterResult { sockets: sockets.as_deref(), ..AfterResult::default() };
        let of = CallLine { prefix, behind, ts_ns: *ts_ns, pid: *pid, tid, maker: *pid };
        if !self.call(of, name, args, None, out) {
            let raw = [name, b"(", args, b" <unfinished ...>"].concat();
            self.unread(&raw, 0, "cannot parse the line", out);
        }
    }

    /// Joins the two halves of a call.
    pub(super) fn resume(&mut self, line: &[u8], name: &[u8], rest: &[u8], of: CallLine<'_>, out: &mut Vec<Event>) {
        let CallLine { prefix, behind, ts_ns, pid, tid, .. } = of;
        let named = prefix.tid.is_some();
        let half = self.pending.resumed(tid, named, name).and_then(|tid| Some((tid, self.take(tid)?)));
        let Some((half_tid, mut half)) = half else {
            return self.began_earlier(line, name, rest, CallLine { prefix, behind, ts_ns, pid, tid, maker: pid }, out);
        };
        // The process may not have been known when the call began.
        let (tid, begun_pid) = if half_tid == 0 { (tid, pid) } else { (half_tid, half.begun.pid) };
        let first = half.parts().1.len();
        half.complete(rest);
        let (_, whole) = half.parts();
        // It may be interrupted again: `<... restart resumed> <unfinished ...>`.
        if let Some(args) = whole.strip_suffix(b" <unfinished ...>") {
            let args = args.to_vec();
            let begun = Begun { sockets: behind.sockets.map(Box::from), ..half.begun };
            return self.begin(tid, name, &args, begun, out);
        }
        let Begun { prefix, ts_ns, .. } = &half.begun;
        let of = CallLine { prefix, behind, ts_ns: *ts_ns, pid: begun_pid, tid, maker: begun_pid.max(pid) };
        let read = match (split_result(whole), whole.strip_suffix(DETACHED.trim_ascii())) {
            (_, Some(args)) => self.left(of, name, args, out),
            (Some((args, result)), None) => self.call(of, name, args, Some(result), out),
            (None, None) => false,
        };
        if !read {
            let raw = [name, b"(", &whole[..first], b" <unfinished ...>"].concat();
            self.unread(&raw, 0, "cannot parse the rest of this call", out);
            self.unread(line, 0, "cannot parse the line", out);
        }
        self.pending.reuse(half);
    }

    /// The end of a call whose beginning is not in the file: its result is known, and the arguments written last.
    pub(super) fn began_earlier(
        &mut self,
        line: &[u8],
        name: &[u8],
        rest: &[u8],
        of: CallLine<'_>,
        out: &mut Vec<Event>,
    ) {
        self.abandon(of.tid, out);
        let (args, result) = match split_result(rest) {
            Some((args, result)) => (args, Some(result)),
            None => (rest, None),
        };
        let Ok(args) = std::str::from_utf8(args) else {
            return self.unread(line, 0, "not UTF-8", out);
        };
        if !self.call(of, name, b"", result, out) {
            return self.unread(line, 0, "cannot parse the line", out);
        }
        if let Some(Event { body: Body::Call(call), .. }) = out.last_mut() {
            call.text.get_or_insert_default().resumed = Some(args.into());
        }
    }
}
