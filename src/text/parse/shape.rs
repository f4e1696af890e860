//! The grammar of lines: what kind of line it is and where its parts lie, before anything is understood.
//!
//! This is the tokeniser. It searches for the few bytes that matter and copies nothing. The result of a call is
//! looked for from the end, where it is short, since strings among the arguments may contain anything.

use memchr::memrchr;

use super::cursor::Cursor;
use super::prefix::{self, Prefix};
use super::state;

/// A line in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape<'a> {
    pub(super) prefix: Prefix,
    /// What the line is.
    pub kind: Kind<'a>,
    /// Time spent in the call (`-T`), ns.
    pub dur_ns: Option<u64>,
    /// The states of the call's sockets at its end.
    pub(super) sockets: Option<&'a [u8]>,
}

/// The kinds of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind<'a> {
    /// `name(args) = result`.
    Call {
        /// The call.
        name: &'a [u8],
        /// Between the parentheses.
        args: &'a [u8],
        /// Behind the equals sign.
        result: &'a [u8],
    },
    /// `name(args <unfinished ...>`.
    Unfinished {
        /// The call.
        name: &'a [u8],
        /// As far as they were written.
        args: &'a [u8],
    },
    /// `<... name resumed>args) = result`.
    Resumed {
        /// The call.
        name: &'a [u8],
        /// What follows, result included.
        rest: &'a [u8],
    },
    /// `--- … ---`, the inside.
    Signal(&'a [u8]),
    /// `+++ … +++`, the inside.
    Exit(&'a [u8]),
    /// A comment, a stack frame, a word of strace's own, nothing at all.
    Remark,
    /// None of these; it stopped making sense at this byte, from 0.
    Unknown(usize),
}

/// Finds the parts of a line (without its newline).
pub fn shape(line: &[u8]) -> Shape<'_> {
    let none = Prefix::default();
    if is_remark(line) {
        return Shape { prefix: none, kind: Kind::Remark, dur_ns: None, sockets: None };
    }
    let mut c = Cursor::new(line);
    let prefix = prefix::read(&mut c);
    let at = c.place();
    let rest = c.rest();
    let plain = |kind| Shape { prefix, kind, dur_ns: None, sockets: None };
    let unknown = |column: usize| plain(Kind::Unknown(column));
    match rest.first() {
        Some(b'<') => {
            c.expect(b"<... ");
            let name = c.while_in(is_name);
            if name.is_empty() || !c.eat(b" resumed>") {
                return unknown(c.place());
            }
            let (rest, sockets) = state::split(c.rest());
            let (rest, dur_ns) = duration(rest);
            // Up to strace 5.4 a space followed, whatever came next.
            let rest = rest.strip_prefix(b" ").unwrap_or(rest);
            Shape { prefix, kind: Kind::Resumed { name, rest }, dur_ns, sockets }
        }
        Some(b'-' | b'+') => {
            let inside = |mark: &[u8]| rest.strip_prefix(mark)?.strip_suffix(&[mark[3], mark[0], mark[0], mark[0]]);
            if let Some(inside) = inside(b"--- ") {
                plain(Kind::Signal(inside))
            } else if let Some(inside) = inside(b"+++ ") {
                plain(Kind::Exit(inside))
            } else {
                unknown(at + rest.len().min(4))
            }
        }
        Some(b'|') if rest.starts_with(b"| ") => plain(Kind::Remark),
        _ => {
            let name = c.while_in(is_name);
            if name.is_empty() || !c.eat(b"(") {
                return unknown(c.place());
            }
            let (rest, sockets) = state::split(c.rest());
            let (rest, dur_ns) = duration(rest);
            let unfinished = rest.strip_suffix(b" <unfinished ...>").or_else(|| rest.strip_suffix(b" <detached ...>"));
            if let Some(args) = unfinished {
                return Shape { prefix, kind: Kind::Unfinished { name, args }, dur_ns, sockets };
            }
            match split_result(rest) {
                Some((args, result)) => Shape { prefix, kind: Kind::Call { name, args, result }, dur_ns, sockets },
                None => unknown(line.len()),
            }
        }
    }
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'?'
}

/// Lines that are about the trace, not part of it.
fn is_remark(line: &[u8]) -> bool {
    match line.first() {
        None => true,
        Some(b' ') => {
            line.starts_with(b" > ") || line.starts_with(b" | ") || line.trim_ascii_start().starts_with(b"why: ")
        }
        Some(b'#') => true,
        Some(b'/') => line.starts_with(b"/*") || line.starts_with(b"//"),
        Some(b's') => line.starts_with(b"strace: "),
        _ => false,
    }
}

/// Takes ` <0.000123>` off the end.
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

/// Splits `args)   = result`.
pub(super) fn split_result(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = rest.len();
    loop {
        let equals = memrchr(b'=', &rest[..end])?;
        if rest.get(equals + 1) == Some(&b' ') && equals > 0 && rest[equals - 1] == b' ' {
            let spaces = rest[..equals].iter().rev().take_while(|b| **b == b' ').count();
            let close = equals - spaces;
            if close > 0 && rest[close - 1] == b')' {
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
            Kind::Call { name: b"write", args: br#"1, ") = 5", 5"#, result: b"1 ([{fd=3, revents=POLLIN}])" }
        );
        assert_eq!(kind("read(3,  <unfinished ...>"), Kind::Unfinished { name: b"read", args: b"3, " });
        assert_eq!(kind("7 <... read resumed> \"\", 5) = 0"), Kind::Resumed { name: b"read", rest: b"\"\", 5) = 0" });
        assert_eq!(kind("--- stopped by SIGSTOP ---"), Kind::Signal(b"stopped by SIGSTOP"));
        assert_eq!(kind("+++ exited with 0 +++"), Kind::Exit(b"exited with 0"));
        for remark in ["", "# x", " > libc.so.6(connect+0x14) [0x1]", "    why: Nothing listens", " | 00000  68 |", "strace: Process 5 attached"] {
            assert_eq!(kind(remark), Kind::Remark, "{remark}");
        }
        for (line, column) in [("close(3", 7), ("close", 5), ("+++", 3), ("4 <... read", 11), ("\0\0", 0)] {
            assert_eq!(kind(line), Kind::Unknown(column), "{line}");
        }
        assert_eq!(shape(b"close(3) = 0 <1.5>").dur_ns, Some(1_500_000_000));
    }
}
