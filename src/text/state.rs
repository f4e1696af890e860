//! The states of a call's sockets, appended to strace's text (`--state`).
//!
//! strace's lines are unchanged; the states follow at the end of the line, in brackets after two spaces, and can be
//! stripped again:
//!
//! ```text
//! socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3  [→ CLOSED]
//! connect(3, …, 16) = 0  [CLOSED → ESTABLISHED]
//! recv(3, "hello", 1024, 0) = 5  [ESTABLISHED, 5 to read → ESTABLISHED]
//! accept(4, NULL, NULL) = 5  [LISTEN 1/6 → LISTEN 0/6; 5: → ESTABLISHED]
//! dup2(6, 5) = 5  [5: ESTABLISHED → FIN_WAIT1]
//! close(3) = 0  [ESTABLISHED → FIN_WAIT2, 60.0 s left]
//! close_range(3, 4294967295, 0) = 0  [4: LISTEN 0/6 → CLOSED; 7: UNCONNECTED → CLOSED]
//! ```
//!
//! A single state means that nothing changed. Nothing before the arrow means that the call made the socket, nothing
//! after it that the call did not return. The descriptor is named unless it is the call's first argument or, where
//! there is no such argument, its result. A state may be followed by:
//!
//! | | |
//! |---|---|
//! | `1/6` | of a listener: connections waiting to be accepted, and the limit on them |
//! | `5 to read`, `5 to send` | queued bytes; for datagrams, as charged to the socket |
//! | `FIN to send`, `5 and FIN to send` | the end of the connection, which counts as a byte, is not acknowledged |
//! | `retransmitted 2` | how often in a row the oldest unacknowledged bytes were sent again |
//! | `rtt 61 us` | the round-trip time, where bytes wait to be acknowledged |
//! | `next 5` | bytes of the datagram that is read next |
//! | `2 dropped` | datagrams dropped because the queue was full |
//! | `no more to read`, `hung up` | the other side, or both, are shut down, unless the state implies it |
//! | `error pending` | the next call, or `SO_ERROR`, will return an error |
//! | `60.0 s left` | until the kernel forgets the connection |
//! | `still open` | closed, but another descriptor holds the socket |

use std::fmt::Write;

use crate::event::{Call, Ret, SocketChanges, SocketState, State};
use crate::syscall::RetTy;
use crate::value::Value;

pub(crate) const ARROW: &str = "→";
pub(crate) const OPEN: &str = "  [";
/// Stands for further sockets that are not shown.
pub(crate) const MORE: &str = "...";

/// Items after a state that consist of a number and a word.
pub(crate) struct Counted {
    pub before: &'static str,
    pub after: &'static str,
    /// What is behind the number instead where a FIN is one of the bytes, which are one less then.
    pub with_fin: Option<&'static str>,
    pub get: fn(&SocketState) -> Option<u64>,
    pub set: fn(&mut SocketState, u64),
}

pub(crate) static COUNTED: [Counted; 6] = [
    counted("", " to read", |s| s.recv_queue.filter(some), |s, n| s.recv_queue = Some(n)),
    counted("next ", "", |s| s.next_datagram, |s, n| s.next_datagram = Some(n)),
    Counted {
        with_fin: Some("FIN to send"),
        ..counted("", " to send", |s| s.send_queue.filter(some), |s, n| s.send_queue = Some(n))
    },
    counted("retransmitted ", "", |s| s.retransmissions.filter(some), |s, n| s.retransmissions = Some(n)),
    counted("rtt ", " us", |s| s.rtt_us.filter(|_| s.send_queue.is_some_and(|n| n > 0)), |s, n| s.rtt_us = Some(n)),
    counted("", " dropped", |s| s.drops.filter(some), |s, n| s.drops = Some(n)),
];

const fn counted(
    before: &'static str,
    after: &'static str,
    get: fn(&SocketState) -> Option<u64>,
    set: fn(&mut SocketState, u64),
) -> Counted {
    Counted { before, after, with_fin: None, get, set }
}

fn some(n: &u64) -> bool {
    *n > 0
}

/// Between the bytes that wait and the FIN behind them.
pub(crate) const AND: &str = " and ";

/// Items that are words alone.
pub(crate) struct Flagged {
    pub words: &'static str,
    pub get: fn(&SocketState) -> bool,
    pub set: fn(&mut SocketState),
}

pub(crate) static FLAGS: [Flagged; 4] = [
    Flagged {
        words: "no more to read",
        get: |s| is_open(s) && s.read_shut == Some(true) && s.hung_up != Some(true),
        set: |s| s.read_shut = Some(true),
    },
    Flagged { words: "hung up", get: |s| is_open(s) && s.hung_up == Some(true), set: |s| s.hung_up = Some(true) },
    Flagged { words: "error pending", get: |s| s.error_pending == Some(true), set: |s| s.error_pending = Some(true) },
    Flagged { words: "still open", get: |s| s.held == Some(true), set: |s| s.held = Some(true) },
];

/// Whether the state implies that both directions are open.
fn is_open(state: &SocketState) -> bool {
    matches!(state.state, State::ESTABLISHED | State::CONNECTED)
}

/// The descriptor that need not be named.
pub(crate) fn own(call: &Call) -> Option<i32> {
    match (call.args.first(), call.ret) {
        (Some(Value::Fd(fd)), _) => Some(fd.raw),
        (_, Ret::Ok(ret)) if call.sys.ret_ty(&call.args) == RetTy::Fd => i32::try_from(ret).ok(),
        _ => None,
    }
}

/// Appends `  [CLOSED → ESTABLISHED]`.
pub(super) fn write(call: &Call, sockets: &SocketChanges, out: &mut String) {
    out.push_str(OPEN);
    out.push_str(&shown(call, sockets));
    out.push(']');
}

/// `CLOSED → ESTABLISHED`.
pub(crate) fn shown(call: &Call, sockets: &SocketChanges) -> String {
    let (own, mut out) = (own(call), String::new());
    for (at, change) in sockets.changes.iter().enumerate() {
        if at > 0 {
            out.push_str("; ");
        }
        if own != Some(change.fd) {
            let _ = write!(out, "{}: ", change.fd);
        }
        let text = |state: &Option<SocketState>| state.as_ref().map(one);
        match (text(&change.before), text(&change.after)) {
            (Some(before), Some(after)) if before == after => out.push_str(&before),
            (Some(before), Some(after)) => {
                let _ = write!(out, "{before} {ARROW} {after}");
            }
            (Some(before), None) => {
                let _ = write!(out, "{before} {ARROW}");
            }
            (None, after) => {
                let _ = write!(out, "{ARROW} {}", after.unwrap_or_default());
            }
        }
    }
    if sockets.truncated {
        out.push_str("; ");
        out.push_str(MORE);
    }
    out
}

/// `ESTABLISHED, 5 to read`.
fn one(state: &SocketState) -> String {
    let mut text = state.state.to_string();
    if let Some(waiting) = state.accept_queue {
        let _ = write!(text, " {waiting}/");
        let _ = match state.backlog {
            Some(most) => write!(text, "{most}"),
            None => write!(text, "?"),
        };
    }
    for item in &COUNTED {
        let Some(n) = (item.get)(state) else { continue };
        let _ = match item.with_fin.filter(|_| state.awaits_fin()) {
            Some(fin) if n == 1 => write!(text, ", {fin}"),
            Some(fin) => write!(text, ", {}{AND}{fin}", n - 1),
            None => write!(text, ", {}{n}{}", item.before, item.after),
        };
    }
    for item in FLAGS.iter().filter(|item| (item.get)(state)) {
        let _ = write!(text, ", {}", item.words);
    }
    if let Some(ms) = state.expires_ms {
        let _ = write!(text, ", {}.{} s left", ms / 1000, ms % 1000 / 100);
    }
    text
}
