//! Less was taken than given: bytes that found no room, messages that were not sent.

use super::transfer::{asks_not_to_wait, peer};
use super::{CauseKind, Demo, Incident, Kinds, count, owner, seconds};
use crate::event::{Cause, Relation, Ret};
use crate::syscall::Effect;
use crate::syscall::effect::number;
use crate::value::{MmsgHdr, Value};
use crate::why::subject::{bytes_in, given};

static SHORT_SEND: CauseKind = CauseKind {
    id: "short-send",
    errno: "short",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev", "sendfile", "splice"],
    summary: "The call took fewer bytes than it was given, since the send buffer had no more room. The rest was not sent.",
    demo: Demo::Python("from socket import *; a,b=socketpair(); a.setblocking(0); a.send(bytes(1<<24))"),
};
static SHORT_WRITE: CauseKind = CauseKind {
    id: "short-write-to-pipe",
    errno: "short",
    on: Kinds::PIPE,
    expected: false,
    calls: &["write", "writev", "splice"],
    summary: "The call took fewer bytes than it was given, since the pipe had no more room. The rest was not written.",
    demo: Demo::Calls("%net,write", "import os; r,w=os.pipe(); os.set_blocking(w,0); os.write(w,bytes(1<<20))"),
};
static FEWER_MESSAGES: CauseKind = CauseKind {
    id: "fewer-messages",
    errno: "short",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["sendmmsg"],
    summary: "The call sent only the first of its messages: the next one failed, and its error is not reported, or there were \
           more than one call sends.",
    demo: Demo::Python(
        "from socket import *; import ctypes as c; a,b=socketpair(type=SOCK_DGRAM); a.setblocking(0)
c.CDLL(None).sendmmsg(a.fileno(),(c.c_char*64*999)(),999,0)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&SHORT_SEND, &SHORT_WRITE, &FEWER_MESSAGES];

/// The most bytes that one call takes: a whole number of pages below 2 GiB (`MAX_RW_COUNT`).
const MOST_BYTES: u64 = 0x7fff_f000;
/// The most messages that one call sends (`UIO_MAXIOV`).
const MOST_MESSAGES: u64 = 1024;

/// Less was taken than given.
pub(super) fn short(incident: &Incident<'_>) -> Option<Cause> {
    let Ret::Ok(taken) = incident.call.ret else { return None };
    let taken = u64::try_from(taken).ok()?;
    if incident.call.sys.counts_messages() {
        return fewer(incident, taken);
    }
    let all = given(incident.call)?;
    // What copies until its source ends is given as much as it may ever be.
    if matches!(incident.call.sys.effect, Effect::Copies { .. }) && incident.evidence.source_left.is_none_or(|n| n == 0)
    {
        return None;
    }
    if incident.is(Kinds::PIPE) {
        return to_pipe(incident, taken, all);
    }
    if taken == MOST_BYTES {
        return SHORT_SEND.cause(
            incident,
            format!("Only {taken} of {all} bytes were taken: no call takes more at once."),
            "Send the rest with the next call.",
        );
    }
    let own = incident.own();
    let buffer = own.and_then(|own| own.send_buffer).map(|most| format!(" (SO_SNDBUF is {most})")).unwrap_or_default();
    let timeout = own.and_then(|own| own.send_timeout_ms).filter(|ms| *ms > 0);
    let waited = match (own.and_then(|own| own.nonblocking), timeout) {
        (Some(false), _) if asks_not_to_wait(incident) => String::new(),
        (Some(false), Some(ms)) => format!(", and it waits no longer than {} (SO_SNDTIMEO)", seconds(ms)),
        (Some(false), None) => ", and a signal or an error ended the wait for more".into(),
        _ => String::new(),
    };
    SHORT_SEND.cause(
        incident,
        format!(
            "Only {taken} of {all} bytes were taken: the send buffer{buffer} had no more room{waited}.{}",
            peer(incident)
        ),
        "Send the rest when the socket is writable; sendall does it in Python.",
    )
}

fn to_pipe(incident: &Incident<'_>, taken: u64, all: u64) -> Option<Cause> {
    let fd = incident.fd()?;
    let other = incident.first(Relation::Peer);
    let unread = other.and_then(|other| other.recv_queue).filter(|bytes| *bytes > 0);
    let unread = unread.map(|bytes| format!(", {} in it are not read", count(bytes, "byte"))).unwrap_or_default();
    let who = match other.filter(|other| !other.owners.is_empty()) {
        Some(other) if incident.is_own(other) && other.owners.len() == 1 => {
            "; this process alone has the reading end open itself".into()
        }
        Some(other) => format!("; {} has the reading end open", owner(other)),
        None => String::new(),
    };
    SHORT_WRITE.cause(
        incident,
        format!("Only {taken} of {all} bytes were taken: the pipe of descriptor {fd} had no more room{unread}{who}."),
        "Write the rest when the pipe is writable; the other end must read.",
    )
}

/// Fewer messages than given.
fn fewer(incident: &Incident<'_>, sent: u64) -> Option<Cause> {
    let all = incident.call.arg("vlen").and_then(number)?;
    if sent == MOST_MESSAGES {
        return FEWER_MESSAGES.cause(
            incident,
            format!("Only {sent} of {all} messages were sent: no call sends more at once."),
            "Send the rest with the next call.",
        );
    }
    let next = sent + 1;
    let most = match incident.own().map(|own| own.protocol.as_str()) {
        Some("udp") => Some(("IPv4", 65_507)),
        Some("udp6") => Some(("IPv6", 65_527)),
        _ => None,
    };
    let size = message(incident, sent).and_then(|message| bytes_in(&message.hdr.iov));
    let why = match (size, most) {
        (Some(size), Some((family, most))) if size > most => {
            format!("message {next} has {}, and UDP carries {most} over {family}", count(size, "byte"))
        }
        _ if incident.own().and_then(|own| own.nonblocking) == Some(true) || asks_not_to_wait(incident) => {
            format!(
                "message {next} failed, and sendmmsg does not report with what; the call does not wait, so there may have \
                 been no room for it"
            )
        }
        _ => format!("message {next} failed, and sendmmsg does not report with what"),
    };
    FEWER_MESSAGES.cause(
        incident,
        format!("Only {sent} of {all} messages were sent: {why}.{}", peer(incident)),
        format!("Send again from message {next} on: an error that lasts is reported then."),
    )
}

/// The header of a message, counted from 0.
fn message<'a>(incident: &Incident<'a>, at: u64) -> Option<&'a MmsgHdr> {
    let Some(Value::Array(messages)) = incident.call.arg("msgvec") else { return None };
    match messages.items.get(usize::try_from(at).ok()?)? {
        Value::MmsgHdr(message) => Some(message),
        _ => None,
    }
}
