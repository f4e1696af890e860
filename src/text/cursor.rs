//! A position in a text: the small steps that every reader of values is made of.
//!
//! Hand-written, since each byte is read once and most text is copied in runs found by `memchr`. A step that does not
//! match returns `None` and may leave the cursor anywhere; to go back, save the position first.

use memchr::{memchr, memchr2};

use crate::value::Data;
use crate::xlat::Xlat;

/// The deepest nesting of brackets that is followed, so that a file of brackets exhausts neither stack nor time.
const DEEPEST: u32 = 64;

/// Bytes and a position in them.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the beginning of `text`.
    #[inline]
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The position, in bytes.
    #[inline]
    pub(crate) fn place(&self) -> usize {
        self.at
    }

    /// Goes back to an earlier position.
    #[inline]
    pub(crate) fn back(&mut self, place: usize) {
        self.at = place;
    }

    /// The rest of the text.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The text between an earlier position and this one.
    #[inline]
    pub(crate) fn since(&self, place: usize) -> &'a [u8] {
        self.text.get(place..self.at).unwrap_or_default()
    }

    /// Whether the text ends here.
    #[inline]
    pub(crate) fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The next byte.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Whether `what` comes next. Always inlined, like the two below: a literal is then compared as one number.
    #[inline(always)]
    pub(crate) fn sees(&self, what: &[u8]) -> bool {
        self.rest().starts_with(what)
    }

    /// Skips `what`, if it comes next, and returns whether it did.
    #[inline(always)]
    pub(crate) fn eat(&mut self, what: &[u8]) -> bool {
        let found = self.sees(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// Skips `what`.
    #[inline(always)]
    pub(crate) fn expect(&mut self, what: &[u8]) -> Option<()> {
        self.eat(what).then_some(())
    }

    /// Takes bytes as long as the predicate holds.
    #[inline]
    pub(crate) fn while_in(&mut self, kind: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let n = rest.iter().position(|&b| !kind(b)).unwrap_or(rest.len());
        self.at += n;
        &rest[..n]
    }

    /// Skips everything up to and including a byte, and returns what preceded it.
    #[inline]
    pub(crate) fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let rest = self.rest();
        let n = memchr(end, rest)?;
        self.at += n + 1;
        Some(&rest[..n])
    }

    /// A name: letters, digits and underscores.
    #[inline]
    pub(crate) fn ident(&mut self) -> &'a [u8] {
        self.while_in(|b| KIND[usize::from(b)] & IDENT != 0)
    }

    /// A call's name, which may be `???`.
    #[inline]
    pub(crate) fn call_name(&mut self) -> &'a [u8] {
        self.while_in(|b| KIND[usize::from(b)] & CALL != 0)
    }

    /// Or-ed names: letters, digits, underscores and bars.
    #[inline]
    pub(crate) fn ored(&mut self) -> &'a [u8] {
        self.while_in(|b| KIND[usize::from(b)] & FLAGS != 0)
    }

    /// A decimal number; `None` where it does not fit.
    #[inline]
    pub(crate) fn digits(&mut self) -> Option<u64> {
        let rest = self.rest();
        let (mut n, mut len) = (0u64, 0);
        while let Some(digit) = rest.get(len).map(|b| b.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            n = n.wrapping_mul(10).wrapping_add(u64::from(digit));
            len += 1;
        }
        self.at += len;
        match len {
            0 => None,
            1..=19 => Some(n), // always fits
            _ => std::str::from_utf8(&rest[..len]).ok()?.parse().ok(),
        }
    }

    /// A number in C's spelling: decimal or `0x`.
    #[inline]
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        if !self.eat(b"0x") {
            return self.digits();
        }
        let digits = self.while_in(|b| b.is_ascii_hexdigit());
        if digits.is_empty() || digits.len() > 16 {
            return None;
        }
        Some(digits.iter().fold(0, |n, b| n << 4 | u64::from(hex_digit(*b))))
    }

    /// A number of a set, as the set writes it.
    #[inline]
    pub(crate) fn number(&mut self, table: &Xlat) -> Option<u64> {
        let (number, len) = table.read_number(self.rest())?;
        self.at += len;
        Some(number)
    }

    /// A decimal number that may be negative.
    #[inline]
    pub(crate) fn signed(&mut self) -> Option<i64> {
        if self.eat(b"-") {
            let n = self.digits()?;
            return 0i64.checked_sub_unsigned(n);
        }
        i64::try_from(self.digits()?).ok()
    }

    /// `NULL` or a hexadecimal address; up to strace 4.9 the null pointer was often `0`.
    #[inline]
    pub(crate) fn pointer(&mut self) -> Option<u64> {
        if self.eat(b"NULL") || self.eat(b"(nil)") {
            return Some(0);
        }
        if self.sees(b"0x") {
            return self.unsigned();
        }
        let null = self.sees(b"0") && !self.rest().get(1).is_some_and(u8::is_ascii_alphanumeric);
        (null && self.eat(b"0")).then_some(0)
    }

    /// A quoted string, unescaped.
    pub(crate) fn quoted(&mut self) -> Option<Vec<u8>> {
        self.data().map(Data::into_vec)
    }

    /// Like [`quoted`](Self::quoted), without allocating where it is short.
    #[inline]
    pub(crate) fn data(&mut self) -> Option<Data> {
        self.expect(b"\"")?;
        let rest = self.rest();
        let stop = memchr2(b'"', b'\\', rest)?;
        if rest[stop] == b'"' {
            self.at += stop + 1;
            return Some(Data::from(&rest[..stop]));
        }
        let mut out = Data::new();
        loop {
            let rest = self.rest();
            // Escapes come in runs, so look before searching.
            let stop = match rest.first()? {
                b'"' | b'\\' => 0,
                _ => memchr2(b'"', b'\\', rest)?,
            };
            out.extend_from_slice(&rest[..stop]);
            self.at += stop + 1;
            if rest[stop] == b'"' {
                return Some(out);
            }
            out.push(self.escape()?);
        }
    }

    /// The rest of the text, unescaped.
    pub(crate) fn escaped(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(self.rest().len());
        while let Some(b) = self.peek() {
            self.at += 1;
            out.push(if b == b'\\' { self.escape()? } else { b });
        }
        Some(out)
    }

    /// The byte that an escape stands for, after its backslash.
    #[inline]
    fn escape(&mut self) -> Option<u8> {
        let b = self.peek()?;
        self.at += 1;
        Some(match b {
            b'0'..=b'7' => {
                let mut n = u32::from(b - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => n = n * 8 + u32::from(digit - b'0'),
                        _ => break,
                    }
                    self.at += 1;
                }
                u8::try_from(n).ok()?
            }
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'a' => 7,
            b'b' => 8,
            b'"' | b'\\' => b,
            b'x' => {
                let [high, low] = *self.rest().get(..2)? else { return None };
                if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() {
                    return None;
                }
                self.at += 2;
                hex_digit(high) << 4 | hex_digit(low)
            }
            _ => return None,
        })
    }

    /// `/* … */`, with the space before it; returns the inside, or `None` where there is no comment.
    #[inline]
    pub(crate) fn comment(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        if self.eat(b" /* ")
            && let Some(n) = memchr::memmem::find(self.rest(), b" */")
        {
            let inside = &self.rest()[..n];
            self.at += n + 3;
            return Some(inside);
        }
        self.at = start;
        None
    }

    /// `<…>` after a descriptor, if it comes next: the text between the brackets, which nest (the `->` between two addresses does not
    /// count), and whether `(deleted)` follows them, as for a deleted file.
    #[inline]
    pub(crate) fn target(&mut self) -> Option<(&'a str, bool)> {
        if self.peek() == Some(b'<') { self.bracketed() } else { None }
    }

    fn bracketed(&mut self) -> Option<(&'a str, bool)> {
        let rest = self.rest();
        let mut depth = 0u32;
        let mut at = 0;
        while at < rest.len() {
            match rest[at] {
                b'<' => depth += 1,
                b'>' if at > 0 && rest[at - 1] == b'-' => {}
                b'>' => {
                    depth -= 1;
                    if depth == 0 {
                        let inside = std::str::from_utf8(&rest[1..at]).ok()?;
                        self.at += at + 1;
                        return Some((inside, self.eat(b"(deleted)")));
                    }
                }
                b'\\' => at += 1, // a quote in a path
                b'"' => at += string_len(&rest[at..])? - 1,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Skips one value of any kind, up to `, ` or a closing bracket at its own level.
    pub(crate) fn skip_value(&mut self) -> &'a [u8] {
        let start = self.at;
        let mut depth = 0u32;
        loop {
            let rest = self.rest();
            let Some(n) = rest.iter().position(|b| KIND[usize::from(*b)] & MATTERS != 0) else {
                self.at = self.text.len();
                break;
            };
            self.at += n;
            match rest[n] {
                b'"' => match string_len(self.rest()) {
                    Some(n) => {
                        self.at += n;
                        continue;
                    }
                    None => self.at = self.text.len() - 1,
                },
                b'/' if self.sees(b"/* ") => {
                    if let Some(n) = memchr::memmem::find(self.rest(), b"*/") {
                        self.at += n + 2;
                        continue;
                    }
                }
                b'<' if depth < DEEPEST && self.is_descriptor() && self.target().is_some() => continue,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth > 0 => depth -= 1,
                b')' | b']' | b'}' => break,
                b',' if depth == 0 && self.rest().get(1) == Some(&b' ') => break,
                _ => {}
            }
            self.at += 1;
        }
        self.since(start)
    }

    /// Whether the text before the cursor is something that `<…>` may follow.
    fn is_descriptor(&self) -> bool {
        self.at > 0 && matches!(self.text[self.at - 1], b'0'..=b'9' | b'D')
    }
}

/// A byte at which a value may end, or that begins something that hides its end.
const MATTERS: u8 = 1;
/// A byte of a name.
const IDENT: u8 = 2;
/// A byte of or-ed names.
const FLAGS: u8 = 4;

/// A byte of a call's name, which may be `???`.
const CALL: u8 = 8;

/// Which of these a byte is.
static KIND: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut b = 0;
    while b < 256 {
        kinds[b] = match b as u8 {
            b'"' | b'/' | b'<' | b'(' | b'[' | b'{' | b')' | b']' | b'}' | b',' => MATTERS,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => IDENT | FLAGS | CALL,
            b'|' => FLAGS,
            b'?' => CALL,
            _ => 0,
        };
        b += 1;
    }
    kinds
};

/// The length of the string that begins here, quotes included.
pub(crate) fn string_len(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

fn hex_digit(b: u8) -> u8 {
    match b {
        b'0'..=b'9' => b - b'0',
        b'a'..=b'f' => b - b'a' + 10,
        _ => (b & 0xdf).wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_back() {
        let quoted = |text: &str| Cursor::new(text.as_bytes()).quoted();
        assert_eq!(quoted(r#""hi\0\0011\377\t\"\\\x61""#), Some(b"hi\0\x011\xff\t\"\\a".to_vec()));
        assert_eq!(quoted(r#""""#), Some(vec![]));
        for bad in [r#""cut"#, r#""cut\"#, r#""\777""#, r#""\x6""#, r#""\q""#, "plain"] {
            assert_eq!(quoted(bad), None, "{bad}");
        }
    }

    #[test]
    fn values_end_at_their_own_level() {
        for value in [
            r#"{a=[1, 2], b="x, )}"}"#,
            "3<TCP:[127.0.0.1:1->127.0.0.1:2]>",
            "3</dev/null<char 1:3>>",
            r#"4<UNIX-STREAM:[1->2,@"a>b, "]>"#,
            "3</tmp/x>(deleted)",
            "0x7ffe /* 35 vars, all */",
            "",
        ] {
            for end in [", 4", ") = 0", "]", ""] {
                let text = format!("{value}{end}");
                assert_eq!(Cursor::new(text.as_bytes()).skip_value(), value.as_bytes(), "{text}");
            }
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert_eq!(Cursor::new(b"18446744073709551615").unsigned(), Some(u64::MAX));
        assert_eq!(Cursor::new(b"18446744073709551616").unsigned(), None);
        assert_eq!(Cursor::new(b"-9223372036854775808").signed(), Some(i64::MIN));
        assert_eq!(Cursor::new(b"-9223372036854775809").signed(), None);
        assert_eq!(Cursor::new(b"0x").unsigned(), None);
    }
}
