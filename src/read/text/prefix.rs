//! What precedes a call on its line: thread, clock, program counter, number.

use super::cursor::Cursor;
use crate::event::{LinePrefix, interned};
use crate::text::python::INDENT;
use crate::text::{Clock, Pids};

/// The prefix of one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Prefix {
    /// The thread, where the line names it.
    pub(super) tid: Option<u32>,
    /// How the thread was written.
    pub(super) pids: Pids,
    /// The time as written: since 1970, since midnight or since the previous line, in ns.
    pub(super) time_ns: u64,
    /// Which of these the time is.
    pub(super) clock: Clock,
    /// The program counter (`-i`).
    pub(super) ip: Option<u64>,
    /// The call's number (`-n`).
    pub(super) number: Option<u32>,
    /// The time since the previous line, where it follows another time (`-r` with `-t`): ns, and digits written.
    pub(super) since: Option<(u64, u8)>,
    /// The thread's name (`-Y`).
    pub(super) comm: Option<&'static str>,
}

impl Prefix {
    /// What an event keeps of it in addition to thread and time.
    pub(super) fn kept(&self) -> Option<Box<LinePrefix>> {
        let Self { ip, number, since, comm, .. } = *self;
        let kept = LinePrefix { ip, number, since, comm };
        (kept != LinePrefix::default()).then(|| Box::new(kept))
    }
}

/// ns.
pub(super) const SECOND: u64 = 1_000_000_000;
/// From this number of seconds on it must be a time since 1970 (this one is in 1973).
pub(super) const EPOCH_SECONDS: u64 = 100_000_000;

/// Reads the prefix, and leaves the cursor after it.
pub(super) fn read(c: &mut Cursor<'_>) -> Prefix {
    let mut prefix = Prefix::default();
    loop {
        let start = c.place();
        let taken = match c.peek() {
            Some(b'0'..=b'9') => number(c, &mut prefix),
            Some(b'[') => bracketed(c, &mut prefix),
            Some(b' ') if prefix.clock == Clock::None => {
                c.while_in(|b| b == b' ');
                matches!(c.peek(), Some(b'0'..=b'9')) && padded(c, &mut prefix)
            }
            _ => false,
        };
        if !taken {
            c.back(start);
            return prefix;
        }
    }
}

/// A number after spaces: a time since the previous line, the only one that is padded, or one aligned by another tool.
fn padded(c: &mut Cursor<'_>, prefix: &mut Prefix) -> bool {
    let start = c.place();
    // `--relative-timestamps=s` has no fraction.
    if let Some(n) = c.digits().filter(|n| *n < 100_000)
        && c.eat(b" ")
        && prefix.tid.is_some()
    {
        (prefix.clock, prefix.time_ns) = (Clock::Relative, n * SECOND);
        return true;
    }
    c.back(start);
    number(c, prefix)
}

/// A number at the beginning: a thread or a time.
fn number(c: &mut Cursor<'_>, prefix: &mut Prefix) -> bool {
    let start = c.place();
    let Some(n) = c.digits() else { return false };
    match c.peek() {
        Some(b':') if prefix.clock == Clock::None => clock_time(c, n, prefix).is_some(),
        Some(b'.') if prefix.clock == Clock::None => {
            let Some(ns) = fraction(c) else { return false };
            prefix.clock = if n >= EPOCH_SECONDS { Clock::Epoch } else { Clock::Relative };
            prefix.time_ns = n.saturating_mul(SECOND).saturating_add(ns);
            let ended = c.eat(b" ");
            relative(c, prefix);
            ended
        }
        // `-ttt` without fractions has more digits than any thread number.
        Some(b' ') if prefix.clock == Clock::None && n >= EPOCH_SECONDS => {
            prefix.clock = Clock::Epoch;
            prefix.time_ns = n.saturating_mul(SECOND);
            let ended = c.eat(b" ");
            relative(c, prefix);
            ended
        }
        Some(b' ' | b'<') if prefix.tid.is_none() && prefix.clock == Clock::None => {
            let Ok(tid) = u32::try_from(n) else { return false };
            if c.peek() == Some(b'<') {
                let Some((comm, _)) = c.target() else { return false };
                prefix.comm = interned(comm);
            }
            prefix.tid = Some(tid);
            prefix.pids = Pids::Bare;
            // Numbers are padded to five places; a time that follows is padded itself.
            let padding = c.place();
            let spaces = c.while_in(|b| b == b' ').len();
            let width = c.since(start).len() - spaces;
            if c.peek().is_some_and(|b| !b.is_ascii_digit())
                && spaces == 6usize.saturating_sub(width).max(1) + INDENT.len()
            {
                c.back(padding + spaces - INDENT.len()); // a call below its Python line
            }
            if matches!(c.peek(), Some(b'0'..=b'9')) && spaces > 5 {
                c.back(padding + 1);
            }
            spaces > 0
        }
        _ => false,
    }
}

/// `12:34:56` or `12:34:56.789012`, after the hours; a relative time in parentheses may follow (`-r` with `-t`).
fn clock_time(c: &mut Cursor<'_>, hours: u64, prefix: &mut Prefix) -> Option<()> {
    c.expect(b":")?;
    let minutes = c.digits()?;
    c.expect(b":")?;
    let seconds = c.digits()?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let mut ns = 0;
    prefix.clock = Clock::Seconds;
    if c.peek() == Some(b'.') {
        ns = fraction(c)?;
        prefix.clock = Clock::Micros;
    }
    prefix.time_ns = ((hours * 60 + minutes) * 60 + seconds) * SECOND + ns;
    c.expect(b" ")?;
    relative(c, prefix);
    Some(())
}

/// `(+     0.000123) `.
fn relative(c: &mut Cursor<'_>, prefix: &mut Prefix) {
    let start = c.place();
    prefix.since = since(c);
    if prefix.since.is_none() {
        c.back(start);
    }
}

fn since(c: &mut Cursor<'_>) -> Option<(u64, u8)> {
    c.expect(b"(+")?;
    c.while_in(|b| b == b' ');
    let seconds = c.digits()?;
    let point = c.place();
    let ns = if c.peek() == Some(b'.') { fraction(c)? } else { 0 };
    let digits = c.since(point).len().saturating_sub(1).min(9) as u8;
    c.expect(b") ")?;
    Some((seconds.saturating_mul(SECOND).saturating_add(ns), digits))
}

/// `.123456`, in ns; digits beyond the ninth are ignored.
pub(super) fn fraction(c: &mut Cursor<'_>) -> Option<u64> {
    c.expect(b".")?;
    let digits = c.while_in(|b| b.is_ascii_digit());
    if digits.is_empty() {
        return None;
    }
    let read = digits.iter().take(9).fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
    let missing = 9 - digits.len().min(9) as u32;
    Some(read * 10u64.pow(missing))
}

/// `[pid   123] `, `[00007f26bcd28929] ` or `[  45] `.
fn bracketed(c: &mut Cursor<'_>, prefix: &mut Prefix) -> bool {
    c.eat(b"[");
    if prefix.tid.is_none() && prefix.clock == Clock::None && c.eat(b"pid ") {
        c.while_in(|b| b == b' ');
        let Some(tid) = c.digits().and_then(|n| u32::try_from(n).ok()) else { return false };
        prefix.comm = c.target().and_then(|(comm, _)| interned(comm));
        prefix.tid = Some(tid);
        prefix.pids = Pids::Bracketed;
        return c.eat(b"] ");
    }
    let Some(inside) = c.until(b']') else { return false };
    if inside.len() == 16 || inside.len() == 8 {
        let unknown = inside.iter().all(|b| *b == b'?');
        let ip = std::str::from_utf8(inside).ok().and_then(|hex| u64::from_str_radix(hex, 16).ok());
        prefix.ip = ip.or(unknown.then_some(u64::MAX));
        return prefix.ip.is_some() && c.eat(b" ");
    }
    let mut number = Cursor::new(inside);
    number.while_in(|b| b == b' ');
    prefix.number = number.unsigned().filter(|_| number.done()).and_then(|n| u32::try_from(n).ok());
    prefix.number.is_some() && c.eat(b" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Prefix {
        /// The same without the thread.
        fn alone(self) -> Self {
            Self { tid: None, pids: Pids::None, ..self }
        }
    }

    fn of(text: &str) -> (Prefix, String) {
        let mut c = Cursor::new(text.as_bytes());
        let prefix = read(&mut c);
        (prefix, String::from_utf8(c.rest().to_vec()).unwrap())
    }

    #[test]
    fn every_decoration_is_read() {
        let none = Prefix::default();
        let bare = Prefix { tid: Some(4), pids: Pids::Bare, ..none };
        let micros = Prefix { clock: Clock::Micros, time_ns: 705_014_215_000, ..none };
        let full = Prefix {
            clock: Clock::Epoch,
            time_ns: 1_795_219_904_234_248_000,
            number: Some(45),
            ip: Some(0x7f26_bcd2_8929),
            ..bare
        };
        for (text, expected) in [
            ("close(", none),
            ("4     close(", bare),
            ("4<python3> close(", Prefix { comm: Some("python3"), ..bare }),
            ("[pid     4] close(", Prefix { pids: Pids::Bracketed, ..bare }),
            ("[pid 4<a b>] close(", Prefix { pids: Pids::Bracketed, comm: Some("a b"), ..bare }),
            ("00:11:45 close(", Prefix { clock: Clock::Seconds, time_ns: 705_000_000_000, ..none }),
            ("00:11:45.014215 close(", micros),
            ("00:11:45.014215 (+     0.000096) close(", Prefix { since: Some((96_000, 6)), ..micros }),
            ("00:11:45.014215 (+     0) close(", Prefix { since: Some((0, 0)), ..micros }),
            (
                "1795219904.234248 (+     1.000096123) close(",
                Prefix { number: None, ip: None, since: Some((1_000_096_123, 9)), ..full }.alone(),
            ),
            ("4          2 close(", Prefix { clock: Clock::Relative, time_ns: 2 * SECOND, ..bare }),
            ("     0.000096 close(", Prefix { clock: Clock::Relative, time_ns: 96_000, ..none }),
            ("4          0.000096 close(", Prefix { clock: Clock::Relative, time_ns: 96_000, ..bare }),
            ("4     1795219904.234248 [  45] [00007f26bcd28929] close(", full),
            ("[????????????????] close(", Prefix { ip: Some(u64::MAX), ..none }),
        ] {
            assert_eq!(of(text), (expected, "close(".into()), "{text}");
        }
    }

    #[test]
    fn what_is_no_decoration_is_left() {
        for text in ["", "[", "[pid", "[x] ", "12", "12:", "12:99:00 ", "12.x ", "99999999999999999999 ", "+++ "] {
            assert_eq!(of(text), (Prefix::default(), text.into()));
        }
    }
}
