//! Nothing answers, while connecting or on a connection that stood: ETIMEDOUT.

use super::{CauseKind, Demo, Incident, Kinds, capital, count, local, owner};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;

static KEEPALIVE: CauseKind = CauseKind {
    id: "keepalive-not-answered",
    errno: "ETIMEDOUT",
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "sendto", "getsockopt"],
    summary: "Nothing was under way, and the other end left the probes of SO_KEEPALIVE without an answer: its host or the way \
           there is gone.",
    demo: Demo::Isolated(
        "import os; from socket import *; os.system('ip link set lo up')
s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
[c.setsockopt(*o) for o in ((1,9,1),(6,4,1),(6,5,1),(6,6,2))]
os.system('ip route flush table local; ip route add blackhole 127.0.0.0/8 table local; true'); c.recv(1)",
    ),
};
static NO_ANSWER: CauseKind = CauseKind {
    id: "no-answer",
    errno: "ETIMEDOUT",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt", "recvfrom", "sendto"],
    summary: "Nothing answered the first segment, however often it was sent again (tcp_syn_retries, TCP_SYNCNT): the host is \
           down, or a firewall drops the segments.",
    demo: Demo::Isolated(
        "import os; from socket import *
os.system('ip link set lo up; ip addr add 192.0.2.1/32 dev lo; ip route add 192.0.2.0/24 dev lo')
c=socket(); c.setsockopt(IPPROTO_TCP,TCP_SYNCNT,1); c.connect(('192.0.2.2',80))",
    ),
};
static QUEUE_FULL: CauseKind = CauseKind {
    id: "queue-full",
    errno: "ETIMEDOUT",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "getsockopt"],
    summary: "A server listens, but its queue of connections that wait to be accepted is full, so the kernel drops new ones \
           without an answer.",
    demo: Demo::Python(
        "from socket import *; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname(); k=create_connection(a)
c=socket(); c.setsockopt(IPPROTO_TCP,TCP_SYNCNT,1); c.connect(a)",
    ),
};
static NOT_ACKNOWLEDGED: CauseKind = CauseKind {
    id: "not-acknowledged",
    errno: "ETIMEDOUT",
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "sendto", "read", "write", "getsockopt"],
    summary: "The connection stood, and then the other end acknowledged nothing any more: not the data, or not the keepalive \
           probes. Its host or the way there is gone.",
    demo: Demo::Isolated(
        "import os; from socket import *; os.system('ip link set lo up')
s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); c.setsockopt(IPPROTO_TCP,18,300)
os.system('ip route flush table local; ip route add blackhole 127.0.0.0/8 table local; true'); c.send(b'x'); c.recv(1)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&NO_ANSWER, &QUEUE_FULL, &NOT_ACKNOWLEDGED, &KEEPALIVE];

/// How often the first segment is sent again, and by which setting.
fn syn_retries(incident: &Incident<'_>) -> String {
    let setting = "net.ipv4.tcp_syn_retries";
    match (incident.own().and_then(|own| own.syn_retries), incident.evidence.setting(setting)) {
        (Some(own), Some(all)) if own.to_string() == all => format!(" ({setting} is {all})"),
        (Some(own), _) => format!(" (TCP_SYNCNT is {own})"),
        (None, Some(all)) => format!(" ({setting} is {all})"),
        (None, None) => String::new(),
    }
}

/// The listener whose queue is full, in words.
pub(super) fn full_queue(incident: &Incident<'_>) -> Option<String> {
    let socket = incident.first(Relation::Listener)?;
    let (waiting, most) = (socket.recv_queue?, socket.backlog.unwrap_or(u64::MAX));
    // The kernel takes one more than the backlog.
    (waiting > most).then(|| {
        format!(
            "{} listens on {}, but its queue is full: {} to be accepted, and its backlog is {most}",
            owner(socket),
            local(socket),
            waits(waiting)
        )
    })
}

fn waits(n: u64) -> String {
    if n == 1 { "1 connection waits".into() } else { format!("{n} connections wait") }
}

/// ETIMEDOUT.
pub(super) fn timed_out(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    let stood = [Action::Connected, Action::Accepted].into_iter().any(|did| incident.last(did).is_some());
    // Until the first answer there is no round trip to be measured.
    let connecting = match incident.own().and_then(|own| own.rtt_us) {
        _ if incident.does(Effect::Connects) => true,
        Some(rtt) => rtt == 0,
        None => !stood && incident.does(Effect::ReadsOption),
    };
    if !connecting {
        return given_up(incident, &there);
    }
    if let Some(full) = full_queue(incident) {
        return QUEUE_FULL.cause(
            incident,
            format!("{}{}.", capital(full), syn_retries(incident)),
            "The server must call accept, or listen with a larger backlog.",
        );
    }
    NO_ANSWER.cause(
        incident,
        format!(
            "Nothing answered at {there}, however often the first segment was sent again{}.",
            syn_retries(incident)
        ),
        "See whether the host is up and whether a firewall drops the segments; a shorter wait is set with a timeout.",
    )
}

/// A connection that stood.
fn given_up(incident: &Incident<'_>, there: &str) -> Option<Cause> {
    let own = incident.own();
    let advice = "The other host or the way there is gone: connect again.";
    let again = own.and_then(|own| own.retransmissions).filter(|times| *times > 0);
    let probes = own.and_then(|own| own.probes).filter(|probes| *probes > 0);
    let keepalive = own.and_then(|own| own.keepalive) == Some(true);
    if let (None, Some(probes), true) = (again, probes, keepalive) {
        let set = own.and_then(|own| Some((own.keepalive_idle_s?, own.keepalive_probes?)));
        let set =
            set.map(|(idle, most)| format!(" (TCP_KEEPIDLE is {idle} s, TCP_KEEPCNT {most})")).unwrap_or_default();
        return KEEPALIVE.cause(
            incident,
            format!(
                "The connection with {there} was idle, and {} of SO_KEEPALIVE had no answer{set}.",
                count(probes, "probe")
            ),
            advice,
        );
    }
    let limit = match own.and_then(|own| own.user_timeout_ms).filter(|ms| *ms > 0) {
        Some(ms) => format!(" (TCP_USER_TIMEOUT is {ms} ms)"),
        None => match (again, incident.evidence.setting("net.ipv4.tcp_retries2")) {
            (Some(times), Some(value)) => format!(", sent again {times} times (net.ipv4.tcp_retries2 is {value})"),
            (Some(times), None) => format!(", sent again {times} times"),
            (None, _) => String::new(),
        },
    };
    NOT_ACKNOWLEDGED.cause(
        incident,
        format!(
            "The connection with {there} stood, but the other end did not acknowledge what was sent in time{limit}."
        ),
        advice,
    )
}
