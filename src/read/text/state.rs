//! The states of a call's sockets at the end of its line, if there are any: the inverse of `text::state`.

use super::cursor::Cursor;
use crate::event::{SocketChange, SocketChanges, SocketState, State};
use crate::text::state::{AND, ARROW, COUNTED, FLAGS, MORE, OPEN};

/// The line without the states at its end, and those states, if it ends in any.
pub(super) fn split(rest: &[u8]) -> (&[u8], Option<&[u8]>) {
    let found = || {
        let inside = rest.strip_suffix(b"]")?;
        let at = memchr::memmem::rfind(inside, OPEN.as_bytes())?;
        let states = &inside[at + OPEN.len()..];
        // What no name at all refers to does not matter here.
        read(states, Some(0)).map(|_| (&rest[..at], Some(states)))
    };
    found().unwrap_or((rest, None))
}

/// The text between the brackets. `own` is the descriptor that is not named.
pub(super) fn read(text: &[u8], own: Option<i32>) -> Option<SocketChanges> {
    let mut c = Cursor::new(text);
    let mut sockets = SocketChanges::default();
    loop {
        if !sockets.changes.is_empty() && c.eat(MORE.as_bytes()) {
            sockets.truncated = true;
            break;
        }
        sockets.changes.push(change(&mut c, own)?);
        if !c.eat(b"; ") {
            break;
        }
    }
    c.done().then_some(sockets)
}

fn change(c: &mut Cursor<'_>, own: Option<i32>) -> Option<SocketChange> {
    let fd = match c.peek()? {
        b'0'..=b'9' | b'-' if !c.sees(b"0x") => {
            let fd = i32::try_from(c.signed()?).ok()?;
            c.expect(b": ")?;
            fd
        }
        _ => own?,
    };
    if c.eat(ARROW.as_bytes()) {
        c.expect(b" ")?;
        return Some(SocketChange { fd, before: None, after: Some(one(c)?) });
    }
    let before = one(c)?;
    let after = if c.eat(b" ") {
        c.expect(ARROW.as_bytes())?;
        if c.eat(b" ") { Some(one(c)?) } else { None }
    } else {
        Some(before.clone())
    };
    Some(SocketChange { fd, before: Some(before), after })
}

/// `ESTABLISHED, 5 to read`.
fn one(c: &mut Cursor<'_>) -> Option<SocketState> {
    let mut found = SocketState::new(State::from_name(std::str::from_utf8(c.ident()).ok()?)?);
    let start = c.place();
    if c.eat(b" ") {
        match c.unsigned() {
            Some(waiting) => {
                c.expect(b"/")?;
                found.accept_queue = Some(u32::try_from(waiting).ok()?);
                if !c.eat(b"?") {
                    found.backlog = Some(u32::try_from(c.unsigned()?).ok()?);
                }
            }
            None => c.back(start), // the arrow
        }
    }
    while c.eat(b", ") {
        item(c, &mut found)?;
    }
    Some(found)
}

fn item(c: &mut Cursor<'_>, found: &mut SocketState) -> Option<()> {
    if let Some(item) = FLAGS.iter().find(|item| c.eat(item.words.as_bytes())) {
        (item.set)(found);
        return Some(());
    }
    let start = c.place();
    for item in &COUNTED {
        if c.eat(item.before.as_bytes())
            && let Some(n) = c.digits()
            && c.eat(item.after.as_bytes())
        {
            (item.set)(found, n);
            return Some(());
        }
        c.back(start);
        if let Some(fin) = item.with_fin {
            let n = c.digits().filter(|_| c.eat(AND.as_bytes()));
            if c.eat(fin.as_bytes()) {
                (item.set)(found, n.unwrap_or(0).checked_add(1)?);
                return Some(());
            }
            c.back(start);
        }
    }
    let seconds = c.digits()?;
    c.expect(b".")?;
    let tenths = c.digits().filter(|tenths| *tenths < 10)?;
    c.expect(b" s left")?;
    found.expires_ms = Some(seconds.checked_mul(1000)?.checked_add(tenths * 100)?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Body, Event};
    use crate::text::{self, Style, TextWriter};

    /// Lines are written back as they were read, and have the expected meaning.
    #[test]
    fn states_are_read_as_they_are_written() {
        for (line, fds, states) in [
            ("socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3  [→ CLOSED]", vec![3], vec![None, Some("CLOSED")]),
            (
                "accept(4, NULL, NULL)                   = 5  [LISTEN 1/6 → LISTEN 0/6; 5: → ESTABLISHED, 5 to read]",
                vec![4, 5],
                vec![Some("LISTEN"), Some("LISTEN"), None, Some("ESTABLISHED")],
            ),
            (
                "close(3)                                = 0  [ESTABLISHED, 7 to send, retransmitted 2, rtt 61 us → \
                 FIN_WAIT1, 7 and FIN to send, rtt 61 us]",
                vec![3],
                vec![Some("ESTABLISHED"), Some("FIN_WAIT1")],
            ),
            (
                "shutdown(3, SHUT_WR)                    = 0  [CLOSE_WAIT → LAST_ACK, FIN to send]",
                vec![3],
                vec![Some("CLOSE_WAIT"), Some("LAST_ACK")],
            ),
            (
                "close(3)                                = 0  [FIN_WAIT2, 7 to send → TIME_WAIT, 59.9 s left]",
                vec![3],
                vec![Some("FIN_WAIT2"), Some("TIME_WAIT")],
            ),
            ("close(3)                                = 0  [0x2a]", vec![3], vec![Some("0x2a"), Some("0x2a")]),
            (
                "listen(3, 1)                            = -1 EINVAL (Invalid argument)  [CONNECTED, 768 to read, next 0, \
                 2 dropped, no more to read, error pending, still open; ...]",
                vec![3],
                vec![Some("CONNECTED"), Some("CONNECTED")],
            ),
            ("accept(3,  <unfinished ...>  [LISTEN 0/? →]", vec![3], vec![Some("LISTEN"), None]),
        ] {
            let Body::Call(call) = super::super::line(line) else { panic!("{line}") };
            let sockets = call.sockets.as_ref().unwrap_or_else(|| panic!("{line}"));
            assert_eq!(sockets.changes.iter().map(|change| change.fd).collect::<Vec<_>>(), fds, "{line}");
            let found = sockets.changes.iter().flat_map(|change| [&change.before, &change.after]);
            let found: Vec<_> = found.map(|state| state.as_ref().map(|state| state.state.to_string())).collect();
            assert_eq!(found, states.iter().map(|state| state.map(str::to_owned)).collect::<Vec<_>>(), "{line}");
            let mut lines = TextWriter::new(Style::default());
            lines.state = true;
            let event = Event {
                seq: 0,
                ts_ns: 0,
                pid: 1,
                tid: 1,
                body: Body::Call(call),
                role: None,
                host: None,
                prefix: None,
            };
            let mut out = String::new();
            lines.write(&event, &mut out);
            assert_eq!(out.trim_end(), line);
            // They are written on request only.
            lines.state = false;
            out.clear();
            lines.write(&event, &mut out);
            assert_eq!(out.trim_end(), split(line.as_bytes()).0.escape_ascii().to_string());
        }
    }

    #[test]
    fn what_is_no_state_stays() {
        for line in ["close(3) = 0  [x]", "close(3) = 0  []", "close(3) = 0  [ESTABLISHED, 5]", "close(3) = 0  [5: ]"] {
            assert_eq!(split(line.as_bytes()), (line.as_bytes(), None));
            let mut out = String::new();
            let body = super::super::line(line);
            text::write(
                &Event { seq: 0, ts_ns: 0, pid: 1, tid: 1, body, role: None, host: None, prefix: None },
                &Style { align: 0, ..Style::default() },
                &mut out,
            );
            assert_eq!(out, line);
        }
    }
}
