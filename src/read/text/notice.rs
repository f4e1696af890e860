//! Messages of strace itself about the processes it traces, in every version's spelling.
//!
//! On a terminal, and wherever both streams were written to one file, such a notice may begin within another line.

use memchr::memmem;

use super::cursor::Cursor;

/// How messages of strace's own begin, other than those about processes.
const MESSAGES: [&[u8]; 8] =
    [b"strace: ", b"umovestr: ", b"umoven: ", b"upeek: ", b"ptrace: ", b"ptrace(", b"detach: ", b"PANIC: "];

/// Whether a whole line is a message of strace's own.
pub(super) fn is_one(line: &[u8]) -> bool {
    about_process(line) || MESSAGES.iter().any(|message| line.starts_with(message))
}

/// Where a notice begins that breaks off the line, if one does.
#[inline]
pub(super) fn within(line: &[u8]) -> Option<usize> {
    let may_end = match line.last()? {
        b'd' => {
            line.ends_with(b" attached")
                || line.ends_with(b" detached")
                || line.ends_with(b" suspended")
                || line.ends_with(b" resumed")
        }
        b']' => line.ends_with(b" mode. ]"),
        b')' => line.ends_with(b" parent)") || line.ends_with(b" ready)"),
        b's' => line.ends_with(b" threads"),
        b't' => line.ends_with(b" to quit"),
        _ => false,
    };
    if may_end { find(line) } else { None }
}

#[cold]
fn find(line: &[u8]) -> Option<usize> {
    let at = memmem::rfind(line, b"Process ").filter(|at| *at > 0)?;
    let bracket = if line[..at].ends_with(b"[ ") { 2 } else { 0 };
    let name = if line[..at - bracket].ends_with(b"strace: ") { 8 } else { 0 };
    let start = at - bracket - name;
    (start > 0 && about_process(&line[start..])).then_some(start)
}

/// `strace: Process 5 attached`, `Process 5 resumed (parent 4 ready)`, `[ Process PID=5 runs in 32 bit mode. ]`.
fn about_process(text: &[u8]) -> bool {
    let mut c = Cursor::new(text);
    c.eat(b"strace: ");
    if c.eat(b"[ Process PID=") {
        return c.digits().is_some() && c.eat(b" runs in ");
    }
    attached(text).is_some()
        || (c.eat(b"Process ")
            && c.digits().is_some()
            && c.eat(b" ")
            && [b"detached".as_slice(), b"suspended", b"resumed", b"exited"].contains(&c.ident()))
}

/// The process that strace attached to, by a notice.
pub(super) fn attached(text: &[u8]) -> Option<u32> {
    let mut c = Cursor::new(text);
    c.eat(b"strace: ");
    c.expect(b"Process ")?;
    let process = u32::try_from(c.digits()?).ok()?;
    c.expect(b" attached")?;
    (c.done() || c.sees(b" ")).then_some(process)
}

/// What precedes a notice, without the `^C` of the terminal.
pub(super) fn before(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"^C").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_all_versions_are_found_within_a_line() {
        for notice in [
            "strace: Process 41 attached",
            "Process 41 attached",
            "Process 41 attached (waiting for parent)",
            "Process 41 resumed (parent 40 ready)",
            "Process 41 suspended",
            "Process 41 resumed",
            "Process 41 detached",
            "Process 41 attached - interrupt to quit",
            "strace: Process 41 attached with 3 threads",
            "strace: [ Process PID=41 runs in x32 mode. ]",
            "[ Process PID=41 runs in 64 bit mode. ]",
        ] {
            assert!(is_one(notice.as_bytes()), "{notice}");
            assert_eq!(within(notice.as_bytes()), None, "{notice}");
            let line = format!("clone(child_stack=0, {notice}");
            assert_eq!(within(line.as_bytes()), Some(21), "{line}");
        }
        for none in ["write(1, \"Process 41 attached\", 19) = 19", "Process x attached", "a process was attached", ""] {
            assert!(!is_one(none.as_bytes()) && within(none.as_bytes()).is_none(), "{none}");
        }
        assert_eq!((attached(b"Process 7 attached with 2 threads"), attached(b"Process 7 detached")), (Some(7), None));
        assert_eq!(before(b"read(0, ^C"), b"read(0, ");
    }
}
