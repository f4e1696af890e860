//! Answers that say no: they come in calls that succeed, so that nothing else shows why the program fails.

use super::{CauseKind, Demo, Incident, Kinds, by, port};
use crate::event::{Action, Cause};
use crate::why::subject::{NameAnswer, address_from, payload};

static NO_SUCH_NAME: CauseKind = CauseKind {
    id: "name-not-there",
    errno: "answer",
    on: Kinds::UDP,
    expected: false,
    calls: &["recvfrom", "recvmsg", "read"],
    summary: "The name server answers that the name is not there (NXDOMAIN). A resolver may go on with the next search domain.",
    demo: Demo::Isolated(
        "from socket import *; import fcntl,struct; fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))
s=socket(2,2); s.bind(('127.0.0.1',53)); c=socket(2,2)
c.sendto(b'ab\\1\\0\\0\\1'+bytes(6)+b'\\6nosuch\\4test\\0\\0\\1\\0\\1',('127.0.0.1',53)); d,a=s.recvfrom(99)
s.sendto(d[:2]+b'\\201\\203'+d[4:],a); c.recvfrom(99)",
    ),
};
static NAME_SERVER_FAILED: CauseKind = CauseKind {
    id: "name-server-failed",
    errno: "answer",
    on: Kinds::UDP,
    expected: false,
    calls: &["recvfrom", "recvmsg", "read"],
    summary: "The name server answers that it cannot look the name up (SERVFAIL), or will not (REFUSED).",
    demo: Demo::Isolated(
        "from socket import *; import fcntl,struct; fcntl.ioctl(socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))
s=socket(2,2); s.bind(('127.0.0.1',53)); c=socket(2,2)
c.sendto(b'ab\\1\\0\\0\\1'+bytes(6)+b'\\4some\\4test\\0\\0\\1\\0\\1',('127.0.0.1',53)); d,a=s.recvfrom(99)
s.sendto(d[:2]+b'\\201\\202'+d[4:],a); c.recvfrom(99)",
    ),
};
static NO_TLS: CauseKind = CauseKind {
    id: "answer-is-not-tls",
    errno: "answer",
    on: Kinds::CONNECTION,
    expected: false,
    calls: &["recvfrom", "read"],
    summary: "This side began TLS, and the answer is not TLS: the server speaks its protocol in the clear at this port.",
    demo: Demo::Python(
        "from socket import *; a,b=socketpair(); a.send(b'\\26\\3\\1'); b.send(b'HTTP/1.1 400 Bad Request'); a.recv(5)",
    ),
};

pub(super) static CAUSES: &[&CauseKind] = &[&NO_SUCH_NAME, &NAME_SERVER_FAILED, &NO_TLS];

/// An answer that says no.
pub(super) fn refusal(incident: &Incident<'_>) -> Option<Cause> {
    let bytes = payload(incident.call)?;
    if let Some(began) = incident.last(Action::BeganTls) {
        let there =
            incident.own().and_then(|own| own.peer.as_deref()).map(|peer| format!(" of {peer}")).unwrap_or_default();
        return NO_TLS.cause(
            incident,
            format!(
                "This side began TLS with {}, and the answer{there} is not TLS: it begins with {}.",
                by(began),
                format_args!("\"{}\"", bytes.escape_ascii())
            ),
            "Use the port at which the server speaks TLS, or no TLS (http:// instead of https://).",
        );
    }
    let answer = NameAnswer::read(&bytes)?;
    let from =
        address_from(incident.call).or_else(|| incident.own()?.peer.clone()).filter(|from| port(from) == "53")?;
    let (name, code) = (&answer.name, answer.code());
    match answer.rcode {
        NameAnswer::NO_SUCH_NAME => NO_SUCH_NAME.cause(
            incident,
            format!("The name server {from} answers that {name} is not there ({code})."),
            "See whether the name is spelled right, and what `search` in /etc/resolv.conf adds to it.",
        ),
        _ => NAME_SERVER_FAILED.cause(
            incident,
            format!("The name server {from} answers that it did not look up {name} ({code})."),
            "Ask another name server (/etc/resolv.conf), or see what is wrong with this one.",
        ),
    }
}
