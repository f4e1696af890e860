//! Lines that are not whole, or not alone: messages of strace's own and the program's output within them, wrapped lines,
//! and what other tools put before them.

use super::Joiner;
use crate::event::Event;
use crate::event::{Body, Ret};
use crate::read::text::block::{AfterResult, read_call};
use crate::read::text::open::OpenLine;
use crate::read::text::prefix::Prefix;
use crate::read::text::shape::{LineKind, LineShape, begins, is_balanced, result_breaks_off, shape, split_result};
use crate::read::text::{notice, output, signal, undress};
use crate::syscall::{self, Effect};

impl Joiner {
    /// A line after one that breaks off.
    #[cold]
    pub(super) fn go_on(&mut self, line: &[u8], out: &mut Vec<Event>) {
        if notice::is_one(line) {
            return self.whole(line, out);
        }
        if stands_alone(line) {
            let time = self.time;
            self.close(out);
            self.time = time;
            return self.closed(line, out);
        }
        let number = self.report.lines;
        let Some(open) = &mut self.open else { return };
        let line = if open.dressed { undress::continuation(line) } else { line };
        if let Some(at) = notice::within(line) {
            open.push(notice::before(&line[..at]), number, false, true);
            return self.whole(&line[at..], out);
        }
        let room = open.push(line, number, self.returns, false);
        // A signal ends in dashes, everything else in one of these.
        let may_end = line.len() < 16 || line.iter().any(|b| matches!(b, b')' | b'>' | b'=' | b'-'));
        if may_end && let Some(whole) = self.joined() {
            self.time = self.open.take().and_then(|open| open.time);
            return self.settled(&whole, out);
        }
        if !room {
            self.close(out);
        }
    }

    /// Gives up on the rest of a line: its parts are lines of their own.
    pub(super) fn close(&mut self, out: &mut Vec<Event>) {
        let Some(open) = self.open.take() else { return };
        self.time = open.time;
        let last = (self.report.lines, self.returns);
        for part in open.into_parts() {
            (self.report.lines, self.returns) = (part.line, part.returns);
            self.settled(&part.text, out);
        }
        (self.report.lines, self.returns) = last;
    }

    /// The whole line that the parts of the open one make, if they do.
    fn joined(&mut self) -> Option<Vec<u8>> {
        let mut best: Option<(u32, Vec<u8>)> = None;
        for whole in self.open.as_ref()?.joined() {
            let shape = shape(&whole);
            let flaws = match shape.kind {
                LineKind::Unfinished { .. } | LineKind::Detached { .. } => 0,
                LineKind::Signal(inside) if signal::signal(inside).is_some() => 0,
                LineKind::Resumed { rest, .. } => {
                    let breaks_off = split_result(rest).is_some_and(|(_, result)| result_breaks_off(result));
                    if breaks_off { continue } else { 0 }
                }
                LineKind::Call { name, args, result } => {
                    let cut = result.strip_prefix(b"-1").is_some_and(|rest| !rest.starts_with(b" "));
                    if cut || result_breaks_off(result) {
                        continue;
                    }
                    let Some(flaws) = self.flaws(&shape, name, args, result) else { continue };
                    flaws
                }
                _ => continue,
            };
            if best.as_ref().is_none_or(|(least, _)| flaws < *least) {
                best = Some((flaws, whole));
            }
            if flaws == 0 {
                break;
            }
        }
        best.map(|(_, whole)| whole)
    }

    /// How much of a call could not be understood; `None` where it is none.
    fn flaws(&mut self, shape: &LineShape<'_>, name: &[u8], args: &[u8], result: &[u8]) -> Option<u32> {
        let mut tried = Vec::new();
        let behind = AfterResult::of(shape);
        let spelling = read_call(&mut self.names, &shape.prefix, behind, name, args, Some(result), &mut tried)?;
        let Some(Event { body: Body::Call(call), .. }) = tried.first() else { return None };
        let spelled = u32::from(call.text.as_ref().is_some_and(|text| text.result.is_some()));
        if spelling.verbatim == 0 && is_balanced(args) {
            return Some(spelled);
        }
        let (ret, effect) = (call.ret, call.sys.effect);
        match self.without_output(&shape.prefix, name, args, result, (ret, effect)) {
            Some(_) => Some(spelled),
            None if is_balanced(args) => Some(2 * spelling.verbatim + spelled),
            None => None,
        }
    }

    /// A call's arguments without the program's own output among them, where all are understood then.
    pub(super) fn without_output(
        &mut self,
        prefix: &Prefix,
        name: &[u8],
        args: &[u8],
        result: &[u8],
        (ret, effect): (Ret, Effect),
    ) -> Option<Vec<u8>> {
        let Ret::Ok(bytes @ 1..) = ret else { return None };
        if !matches!(effect, Effect::Sends | Effect::Receives(_)) {
            return None;
        }
        let mut fits = |args: &[u8]| {
            let mut tried = Vec::new();
            let behind = AfterResult::default();
            let read = read_call(&mut self.names, prefix, behind, name, args, Some(result), &mut tried);
            read.is_some_and(|spelling| spelling.verbatim == 0)
        };
        output::without(args, usize::try_from(bytes).ok()?).into_iter().find(|args| fits(args))
    }

    /// A line that is none of strace's as it stands: one that others put something before, or that begins behind the
    /// program's output. False where it is nothing.
    #[cold]
    pub(super) fn dressed(&mut self, line: &[u8], may_open: bool, out: &mut Vec<Event>) -> bool {
        if let Some(bare) = undress::bare(line) {
            self.time = self.time.or_else(|| bare.time.map(|stamp| self.moment(stamp)));
            if may_open {
                let opened = self.open.is_none();
                self.closed(&bare.line, out);
                if let Some(open) = self.open.as_mut().filter(|_| opened) {
                    open.dressed = true;
                }
            } else {
                self.settled(&bare.line, out);
            }
            self.time = None;
            return true;
        }
        let Some(at) = self.behind_output(line) else { return false };
        self.remark(&line[..at], out);
        self.settled(&line[at..], out);
        true
    }

    /// Where a whole call of the table begins within a line, behind text that the program wrote.
    fn behind_output(&mut self, line: &[u8]) -> Option<usize> {
        let opens = memchr::memchr_iter(b'(', line).take(16);
        for open in opens {
            let name = line[..open].iter().rev().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit()).count();
            let start = (0..name).map(|shorter| open - name + shorter).find(|start| {
                std::str::from_utf8(&line[*start..open]).is_ok_and(|name| syscall::by_name(name).is_some())
            });
            let Some(start) = start.filter(|start| *start > 0) else { continue };
            let shape = shape(&line[start..]);
            let LineKind::Call { name, args, result } = shape.kind else { continue };
            if self.flaws(&shape, name, args, result) == Some(0) && std::str::from_utf8(&line[..start]).is_ok() {
                return Some(start);
            }
        }
        None
    }

    /// A line that continues none.
    pub(super) fn closed(&mut self, line: &[u8], out: &mut Vec<Event>) {
        let within = notice::within(line);
        // Others may have put something before it.
        let dressed = || undress::bare(line).is_some_and(|bare| notice::is_one(&bare.line));
        match within.filter(|_| !dressed()) {
            Some(at) => {
                let time = self.time.take();
                self.whole(&line[at..], out);
                self.open = Some(OpenLine::broken(&line[..at], self.report.lines).at(time));
            }
            None => self.whole(line, out),
        }
    }

    /// Whether a line breaks off, so that the next one may continue it.
    pub(super) fn opens(line: &[u8], shape: &LineShape<'_>) -> bool {
        match shape.kind {
            LineKind::Open(_) => true,
            LineKind::Call { result, .. } => result_breaks_off(result) && !shape.grouped && !line.is_empty(),
            _ => false,
        }
    }
}

/// Whether a line begins something, and so does not continue the one before it.
fn stands_alone(line: &[u8]) -> bool {
    if line.starts_with(b" <") {
        return false;
    }
    let begins = |line: &[u8]| !notice::is_one(line) && begins(line);
    begins(line) || undress::bare(line).is_some_and(|bare| begins(&bare.line))
}
