//! The grammar of lines: what kind of line it is and where its parts lie, before anything is understood.
//!
//! This is the tokeniser. It searches for the few bytes that matter and copies nothing. The result of a call is
//! searched for from the end, where it is short, since strings among the arguments may contain anything.

use memchr::memrchr;

use super::cursor::{Cursor, string_len};
use super::frames;
use super::notice;
use super::prefix::{self, Prefix};
use super::state;
use crate::event::CountRow;
use crate::syscall;
use crate::text::python::INDENT;

/// How the line of a call ends in which the tracer let go of its thread.
pub(super) const DETACHED: &[u8] = b" <detached ...>";

/// A line split into its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineShape<'a> {
    pub(super) prefix: Prefix,
    /// The kind of line, with its parts.
    pub kind: LineKind<'a>,
    /// Time spent in the call (`-T`), ns.
    pub dur_ns: Option<u64>,
    /// The states of the call's sockets at its end.
    pub(super) sockets: Option<&'a [u8]>,
    /// The Python line after the result.
    pub(super) python: Option<&'a [u8]>,
    /// Whether the call is grouped below its Python line.
    pub(super) grouped: bool,
}

/// The kinds of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineKind<'a> {
    /// `name(args) = result`.
    Call {
        /// The call's name.
        name: &'a [u8],
        /// The text between the parentheses.
        args: &'a [u8],
        /// The text after the equals sign.
        result: &'a [u8],
    },
    /// `name(args <unfinished ...>`.
    Unfinished {
        /// The call's name.
        name: &'a [u8],
        /// The arguments written so far.
        args: &'a [u8],
    },
    /// `<... name resumed>args) = result`.
    Resumed {
        /// The call's name.
        name: &'a [u8],
        /// The rest of the call, result included.
        rest: &'a [u8],
    },
    /// `name(args <detached ...>`: the tracer detached from the thread.
    Detached {
        /// The call's name.
        name: &'a [u8],
        /// The arguments written so far.
        args: &'a [u8],
    },
    /// The Python line above its calls.
    Heading(&'a [u8]),
    /// The text within `--- … ---`.
    Signal(&'a [u8]),
    /// The text within `+++ … +++`.
    Exit(&'a [u8]),
    /// A row of the table that `-c` writes.
    Count,
    /// A comment, a stack frame, a message of strace's own, or an empty line.
    Remark,
    /// A call or signal that breaks off at this byte, counted from 0: the next line may continue it.
    Open(usize),
    /// None of these; parsing failed at this byte, counted from 0.
    Unknown(usize),
}

/// What a line of the table that `-c` writes is: a row, or what stands around the rows.
fn table(line: &[u8]) -> Option<LineKind<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    if let Some(row) = CountRow::parse(line) {
        return Some(if &*row.syscall == "total" { LineKind::Remark } else { LineKind::Count });
    }
    let is_rule = line.starts_with("------ ---") && line.bytes().all(|b| matches!(b, b'-' | b' '));
    (is_rule || line.starts_with("% time ") && line.ends_with("syscall")).then_some(LineKind::Remark)
}

/// Splits a line (without its newline) into its parts.
pub fn shape(line: &[u8]) -> LineShape<'_> {
    let none = Prefix::default();
    if is_remark(line) {
        return LineShape::of(none, LineKind::Remark);
    }
    let mut c = Cursor::new(line);
    let prefix = prefix::read(&mut c);
    let at = c.place();
    let grouped = c.sees(INDENT.as_bytes()) && line.get(at + INDENT.len()).is_some_and(|b| is_name(*b) || *b == b'<');
    if grouped {
        c.expect(INDENT.as_bytes());
    }
    let rest = c.rest();
    let unknown = |column: usize| {
        if let Some(kind) = table(line) {
            return LineShape::of(none, kind);
        }
        let heading = !grouped && frames::heading(rest).is_some();
        LineShape::of(prefix, if heading { LineKind::Heading(rest) } else { LineKind::Unknown(column) })
    };
    match rest.first() {
        Some(b'<') => {
            c.expect(b"<... ");
            let name = c.call_name();
            if name.is_empty() || !c.eat(b" resumed>") {
                return unknown(c.place());
            }
            let (rest, sockets) = state::split(c.rest());
            let (rest, python) = frames::split(rest, |rest| split_result(duration(rest).0).is_some());
            let (rest, dur_ns) = duration(rest);
            if split_result(rest).is_none() && !rest.ends_with(b"<unfinished ...>") && !rest.ends_with(DETACHED) {
                return LineShape::of(prefix, LineKind::Open(line.len()));
            }
            // Up to strace 5.4 a space always followed.
            let rest = rest.strip_prefix(b" ").unwrap_or(rest);
            LineShape { prefix, kind: LineKind::Resumed { name, rest }, dur_ns, sockets, python, grouped }
        }
        Some(b'-' | b'+') => {
            let inside = |mark: &[u8]| rest.strip_prefix(mark)?.strip_suffix(&[mark[3], mark[0], mark[0], mark[0]]);
            if let Some(inside) = inside(b"--- ") {
                LineShape::of(prefix, LineKind::Signal(inside))
            } else if let Some(inside) = inside(b"+++ ") {
                LineShape::of(prefix, LineKind::Exit(inside))
            } else if rest.starts_with(b"--- SIG") {
                LineShape::of(prefix, LineKind::Open(line.len()))
            } else {
                unknown(at + rest.len().min(4))
            }
        }
        Some(b'|') if rest.starts_with(b"| ") => LineShape::of(prefix, LineKind::Remark),
        _ => {
            let name = c.call_name();
            if name.is_empty() || !c.eat(b"(") {
                return unknown(c.place());
            }
            let (rest, sockets) = state::split(c.rest());
            let (rest, python) = frames::split(rest, is_whole);
            let (rest, dur_ns) = duration(rest);
            let kind = if let Some(args) = rest.strip_suffix(b" <unfinished ...>") {
                LineKind::Unfinished { name, args }
            } else if let Some(args) = rest.strip_suffix(DETACHED) {
                LineKind::Detached { name, args }
            } else if let Some((args, result)) = split_result(rest) {
                LineKind::Call { name, args, result }
            } else {
                return match unknown(line.len()) {
                    LineShape { kind: LineKind::Unknown(column), .. } => LineShape::of(prefix, LineKind::Open(column)),
                    heading => heading,
                };
            };
            LineShape { prefix, kind, dur_ns, sockets, python, grouped }
        }
    }
}

impl<'a> LineShape<'a> {
    /// A line that is not a call.
    fn of(prefix: Prefix, kind: LineKind<'a>) -> Self {
        Self { prefix, kind, dur_ns: None, sockets: None, python: None, grouped: false }
    }
}

/// Whether a line begins something of strace's that can be nothing else: a call by its name, a half of one, a signal, an
/// end, a message.
pub(super) fn begins(line: &[u8]) -> bool {
    match shape(line).kind {
        LineKind::Call { name, args, .. } => is_balanced(args) && is_call(name),
        LineKind::Unfinished { name, .. } | LineKind::Detached { name, .. } => is_call(name),
        LineKind::Open(_) => called(line).is_some_and(is_call),
        LineKind::Signal(_) | LineKind::Exit(_) | LineKind::Resumed { .. } => true,
        LineKind::Remark => notice::is_one(line),
        LineKind::Count | LineKind::Heading(_) | LineKind::Unknown(_) => false,
    }
}

fn is_call(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(syscall::is_name)
}

/// The name of the call that a line begins with.
fn called(line: &[u8]) -> Option<&[u8]> {
    let mut c = Cursor::new(line);
    prefix::read(&mut c);
    let name = c.ident();
    c.sees(b"(").then_some(name)
}

/// Whether this is the whole rest of a call after its opening parenthesis: no string is open before the result.
fn is_whole(rest: &[u8]) -> bool {
    let Some((mut args, _)) = split_result(duration(rest).0) else { return false };
    while let Some(quote) = memchr::memchr(b'"', args) {
        let Some(len) = string_len(&args[quote..]) else { return false };
        args = &args[quote + len..];
    }
    true
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'?'
}

/// Lines that are about the trace, not part of it.
fn is_remark(line: &[u8]) -> bool {
    match line.first() {
        None => true,
        // Stack frames, which are indented where calls are grouped, dumped bytes, causes and explanations.
        Some(b' ') => {
            let frame = line.starts_with(b" > ") || line.starts_with(b"     > ");
            let below = line.trim_ascii_start();
            frame || line.starts_with(b" | ") || below.starts_with(b"why: ") || below.starts_with(b"# ")
        }
        Some(b'#') => true,
        Some(b'/') => line.starts_with(b"/*") || line.starts_with(b"//"),
        Some(b'[') => line.starts_with(b"[ Process ") && notice::is_one(line),
        Some(b's' | b'P' | b'u' | b'p' | b'd') => {
            line.get(4..).is_some_and(|rest| memchr::memchr2(b':', b' ', &rest[..rest.len().min(5)]).is_some())
                && notice::is_one(line)
        }
        _ => false,
    }
}

/// Splits ` <0.000123>` off the end.
fn duration(rest: &[u8]) -> (&[u8], Option<u64>) {
    if rest.last() != Some(&b'>') {
        return (rest, None);
    }
    let read = || {
        let open = memrchr(b'<', rest)?;
        let before = rest[..open].strip_suffix(b" ")?;
        let mut c = Cursor::new(&rest[open + 1..rest.len() - 1]);
        let seconds = c.digits()?;
        let ns = if c.done() { 0 } else { prefix::fraction(&mut c)? };
        c.done().then_some((before, Some(seconds.checked_mul(1_000_000_000)?.checked_add(ns)?)))
    };
    read().unwrap_or((rest, None))
}

/// Whether a text can be the result of a call: other programs' lines have equals signs, too.
fn is_result(text: &[u8]) -> bool {
    match text {
        [b'0'..=b'9' | b'?', ..] => true,
        [b'-', digit, ..] => digit.is_ascii_digit(),
        _ => text.starts_with(b"NULL") || text.starts_with(b"<unavailable>"),
    }
}

/// Whether a result breaks off: the next line may continue it.
pub(super) fn result_breaks_off(result: &[u8]) -> bool {
    match result.last() {
        Some(b'0'..=b'9') => result == b"-1",
        Some(b')' | b'>') | None => false,
        _ => memrchr(b'(', result).is_some_and(|open| memchr::memchr(b')', &result[open..]).is_none()),
    }
}

/// Whether brackets and quotes match.
pub(super) fn is_balanced(mut text: &[u8]) -> bool {
    let mut depth = 0u32;
    while let Some(at) = text.iter().position(|b| matches!(b, b'"' | b'(' | b'[' | b'{' | b')' | b']' | b'}')) {
        let mut len = 1;
        match text[at] {
            b'"' => match string_len(&text[at..]) {
                Some(string) => len = string,
                None => return false,
            },
            b'(' | b'[' | b'{' => depth += 1,
            _ if depth == 0 => return false,
            _ => depth -= 1,
        }
        text = &text[at + len..];
    }
    depth == 0
}

/// Splits `args)   = result`.
pub(super) fn split_result(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = rest.len();
    loop {
        let equals = memrchr(b'=', &rest[..end])?;
        if rest.get(equals + 1) == Some(&b' ') && equals > 0 && rest[equals - 1] == b' ' {
            let spaces = rest[..equals].iter().rev().take_while(|b| **b == b' ').count();
            let close = equals - spaces;
            if close > 0 && rest[close - 1] == b')' && is_result(&rest[equals + 2..]) {
                return Some((&rest[..close - 1], &rest[equals + 2..]));
            }
        }
        end = equals;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fall_into_their_parts() {
        let kind = |line: &'static str| shape(line.as_bytes()).kind;
        assert_eq!(
            kind(r#"4 write(1, ") = 5", 5)     = 1 ([{fd=3, revents=POLLIN}]) <0.000012>"#),
            LineKind::Call { name: b"write", args: br#"1, ") = 5", 5"#, result: b"1 ([{fd=3, revents=POLLIN}])" }
        );
        assert_eq!(kind("read(3,  <unfinished ...>"), LineKind::Unfinished { name: b"read", args: b"3, " });
        assert_eq!(
            kind("7 <... read resumed> \"\", 5) = 0"),
            LineKind::Resumed { name: b"read", rest: b"\"\", 5) = 0" }
        );
        assert_eq!(kind("--- stopped by SIGSTOP ---"), LineKind::Signal(b"stopped by SIGSTOP"));
        assert_eq!(kind("+++ exited with 0 +++"), LineKind::Exit(b"exited with 0"));
        for remark in [
            "",
            "# x",
            " > libc.so.6(connect+0x14) [0x1]",
            "    why: Nothing listens",
            "        #   addr: The address and port of the peer.",
            " | 00000  68 |",
            "strace: Process 5 attached",
            "Process 5 attached (waiting for parent)",
            "[ Process PID=5 runs in 32 bit mode. ]",
        ] {
            assert_eq!(kind(remark), LineKind::Remark, "{remark}");
        }
        for (line, column) in [("close(3", 7), ("<... read resumed>\"", 19), ("--- SIGPIPE {", 13), ("f(3) = -x", 9)] {
            assert_eq!(kind(line), LineKind::Open(column), "{line}");
        }
        for (line, column) in [("close", 5), ("+++", 3), ("4 <... read", 11), ("\0\0", 0)] {
            assert_eq!(kind(line), LineKind::Unknown(column), "{line}");
        }
        assert_eq!(shape(b"close(3) = 0 <1.5>").dur_ns, Some(1_500_000_000));
    }
}
