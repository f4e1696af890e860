//! Calls that do not return: what they wait for.

use super::transfer::peer;
use super::watch::members;
use super::{CauseKind, Demo, Incident, Kinds, by, count, local, owner, seconds};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;
use crate::why::subject::{epoll_set, millis, timeout, waits_for_ever, waits_for_none, watched};

static ACCEPT: CauseKind = CauseKind {
    id: "waits-for-connection",
    errno: super::WAITS,
    on: Kinds::SOCKET,
    expected: false,
    calls: &["accept", "accept4"],
    summary: "A listening socket waits until a client connects.",
    demo: Demo::Python(
        "from socket import *; import signal; s=create_server(('127.0.0.1',0)); n=[0]*5
signal.signal(14,lambda *a:n.pop()); signal.setitimer(0,.1,.1); s.accept()",
    ),
};
static RECEIVE: CauseKind = CauseKind {
    id: "waits-for-data",
    errno: super::WAITS,
    on: Kinds::SOCKET,
    expected: false,
    calls: &["recvfrom", "recvmsg", "read"],
    summary: "The socket waits until the other end sends, or closes.",
    demo: Demo::Program("chat", "empty-line"),
};
static HALF_OPEN: CauseKind = CauseKind {
    id: "half-open",
    errno: super::WAITS,
    on: Kinds::TCP,
    expected: false,
    calls: &["recvfrom", "poll"],
    summary: "The socket waits for the other end, which does not acknowledge what was sent to it before: its host or the way \
           there is gone.",
    demo: Demo::Isolated(
        "import signal as g,fcntl; from socket import *; from struct import pack as p; fcntl.ioctl(socket(),0x8914,p('16sH14x',b'lo',65))
s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname()); n=socket(16,SOCK_RAW,12); n.bind((0,0)); h=p('!BBH',2,0,0)
a=lambda t,d: (lambda b: p('HH',len(b)+4,t)+b+bytes(-len(b)%4))(d); m=lambda t,f,b: p('IHHII',16+len(b),t,f,1,0)+b
k=a(1,b't\\0')+a(3,b'i\\0')+a(0x8004,a(1,p('!I',1))+a(2,p('!I',0)))+a(5,p('!I',0))+a(7,b'filter\\0')
n.send(m(16,1,p('!BBH',0,0,10))+m(2560,0x401,h+a(1,b't\\0'))+m(2563,0x401,h+k)+m(17,1,p('!BBH',0,0,10)))
c.send(b'8 bytes.'); n=[0]*5; g.signal(14,lambda *a:n.pop()); g.setitimer(0,.4,.4); c.recv(1)",
    ),
};
static ANSWER: CauseKind = CauseKind {
    id: "waits-for-answer",
    errno: super::WAITS,
    on: Kinds::SOCKET,
    expected: false,
    calls: &["connect"],
    summary: "The first segment was sent, and no answer has come: the host is down, a firewall drops it, or the server's queue \
           is full.",
    demo: Demo::Python(
        "from socket import *; import signal; s=socket(); s.bind(('127.0.0.1',0)); s.listen(0); a=s.getsockname()
k=create_connection(a); n=[0]*5; signal.signal(14,lambda *a:n.pop()); signal.setitimer(0,.1,.1); socket().connect(a)",
    ),
};
static ROOM: CauseKind = CauseKind {
    id: "waits-for-room",
    errno: super::WAITS,
    on: Kinds::SOCKET,
    expected: false,
    calls: &["sendto", "sendmsg", "write", "writev"],
    summary: "The send buffer is full, and the socket waits until the other end reads.",
    demo: Demo::Python(
        "from socket import *; import signal; s=create_server(('127.0.0.1',0)); c=create_connection(s.getsockname())
n=[0]*9; signal.signal(14,lambda *a:n.pop()); signal.setitimer(0,.1,.1)
while 1: c.send(bytes(1<<24))",
    ),
};
static READY: CauseKind = CauseKind {
    id: "waits-until-ready",
    errno: super::WAITS,
    on: Kinds::ANY,
    expected: false,
    calls: &["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait"],
    summary: "The call waits until one of its descriptors is ready; Python waits so where a timeout is set.",
    demo: Demo::Python(
        "from socket import *; import signal; a,b=socketpair(); a.settimeout(9); n=[0]*5
signal.signal(14,lambda *a:n.pop()); signal.setitimer(0,.1,.1); a.recv(1)",
    ),
};
static PIPE_DATA: CauseKind = CauseKind {
    id: "waits-for-pipe-data",
    errno: super::WAITS,
    on: Kinds::PIPE,
    expected: false,
    calls: &["read"],
    summary: "The pipe is empty, and reading waits until somebody writes to it, or until nobody has its writing end open.",
    demo: Demo::Calls(
        "%net,read",
        "import os,signal as s; r,w=os.pipe(); n=[0]*5; s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); os.read(r,1)",
    ),
};
static PIPE_ROOM: CauseKind = CauseKind {
    id: "waits-for-pipe-room",
    errno: super::WAITS,
    on: Kinds::PIPE,
    expected: false,
    calls: &["write"],
    summary: "The pipe is full, and writing waits until somebody reads from it.",
    demo: Demo::Calls(
        "%net,write",
        "import os,signal as s; r,w=os.pipe(); os.write(w,bytes(65536)); n=[0]*5; s.signal(14,lambda *a:n.pop())
s.setitimer(0,.1,.1); os.write(w,b'x')",
    ),
};
static INPUT: CauseKind = CauseKind {
    id: "waits-for-input",
    errno: super::WAITS,
    on: Kinds::FILE,
    expected: false,
    calls: &["read"],
    summary: "Reading from a terminal waits until somebody types a line.",
    demo: Demo::Calls(
        "%net,read",
        "import os,signal as s; m,t=os.openpty(); n=[0]*5; s.signal(14,lambda *a:n.pop()); s.setitimer(0,.1,.1); os.read(t,1)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] =
    &[&ACCEPT, &RECEIVE, &HALF_OPEN, &ANSWER, &ROOM, &READY, &PIPE_DATA, &PIPE_ROOM, &INPUT];

/// When a wait for a socket ends by itself, in words that follow "The other end must act, ".
fn limit(incident: &Incident<'_>, ms: Option<u64>) -> String {
    match ms {
        Some(0) => "no timeout is set on the socket, so nothing else ends the wait".into(),
        Some(ms) => format!("or its timeout ends the wait after {}", seconds(ms)),
        None if waits_for_ever(incident.call) => "the call has no timeout".into(),
        None => match timeout(incident.call) {
            Some(time) => format!("or its timeout of {} ends the wait", seconds(millis(time))),
            None => "whether a timeout is set is not known".into(),
        },
    }
}

/// Of a TCP connection, whether the kernel would notice that the other end is gone.
fn watch(incident: &Incident<'_>) -> String {
    let Some(own) = incident.own().filter(|own| own.state.as_deref() == Some("ESTABLISHED")) else {
        return String::new();
    };
    let here = incident.first(Relation::Peer).is_some();
    match (own.keepalive, own.keepalive_idle_s) {
        _ if here => String::new(),
        (Some(true), Some(idle)) => format!(" SO_KEEPALIVE is set: after {idle} s of silence it is probed."),
        (Some(false), _) => " SO_KEEPALIVE is not set: if the other host vanished, it waits for ever.".into(),
        _ => String::new(),
    }
}

/// A connection whose other end does not acknowledge.
fn half_open(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own()?;
    let (bytes, again) = (own.send_queue.filter(|n| *n > 0)?, own.retransmissions.filter(|n| *n > 0)?);
    let end = match own.user_timeout_ms.filter(|ms| *ms > 0) {
        Some(ms) => format!("TCP_USER_TIMEOUT ends it after {}", seconds(ms)),
        None => "net.ipv4.tcp_retries2 ends it, mostly after a quarter of an hour".into(),
    };
    let keepalive = if own.keepalive == Some(false) {
        "; SO_KEEPALIVE is not set: with nothing under way it would wait for ever"
    } else {
        ""
    };
    let there = incident.there();
    HALF_OPEN.cause(
        incident,
        format!(
            "{there} does not acknowledge: {} unacknowledged, {}; {end}{keepalive}.",
            count(bytes, "byte"),
            count(again, "retransmission")
        ),
        "The other host or the way there is gone; set a timeout, or TCP_USER_TIMEOUT.",
    )
}

/// What it waits for.
pub(super) fn waits(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own();
    match incident.effect() {
        Effect::Accepts(_) => {
            let at = own.map_or("its address", local);
            let queue = match own.and_then(|own| Some((own.recv_queue?, own.backlog?))) {
                Some((waiting, most)) => format!(": {waiting} wait in its queue of {most}"),
                None => String::new(),
            };
            ACCEPT.cause(
                incident,
                format!("It waits for a client to connect to {at}{queue}."),
                format!("Connect to {at}."),
            )
        }
        Effect::Connects => {
            let there = incident.there();
            let who = match incident.first(Relation::Listener) {
                Some(socket) => {
                    let queue = match (socket.recv_queue, socket.backlog) {
                        (Some(waiting), Some(most)) if waiting > most => {
                            format!(
                                ", but its queue is full ({waiting} wait, its backlog is {most}) and it does not accept"
                            )
                        }
                        (Some(waiting), _) => format!(" ({waiting} wait in its queue)"),
                        _ => String::new(),
                    };
                    format!(": {} listens there{queue}", owner(socket))
                }
                None if incident.evidence.searched => ": nothing on this machine listens there".into(),
                None => String::new(),
            };
            let state = own.and_then(|own| own.state.as_deref()).map(|state| format!(" ({state})")).unwrap_or_default();
            ANSWER.cause(
                incident,
                format!("It waits for {there} to answer the first segment{state}{who}."),
                "If no answer comes, this ends with ETIMEDOUT; a timeout that the program sets would end it sooner.",
            )
        }
        Effect::AwaitsWake => super::process::waits_for_thread(incident),
        Effect::AwaitsChild => super::process::waits_for_child(incident),
        Effect::AwaitsSignal => super::sleep::waits_for_signal(incident),
        Effect::Sleeps => super::sleep::sleeps(incident),
        Effect::Locks => super::lock::waits(incident),
        Effect::Waits if waits_for_none(incident.call) => super::sleep::sleeps(incident),
        Effect::Receives(_) if own.is_none() => no_socket(incident),
        Effect::Sends if incident.is(Kinds::PIPE) => no_socket(incident),
        Effect::Receives(_) => {
            if let Some(cause) = half_open(incident) {
                return Some(cause);
            }
            let from = match own.and_then(|own| own.peer.as_deref()) {
                Some(peer) => format!("{peer} to send something or close"),
                None if incident.is_datagram() => {
                    format!("a datagram at {}", own.map_or("its address", local))
                }
                None => "the other end to send something or close".into(),
            };
            RECEIVE.cause(
                incident,
                format!(
                    "It waits for {from}; {} in its queue{}.{}{}",
                    bytes(incident),
                    state(incident),
                    peer(incident),
                    watch(incident)
                ),
                format!(
                    "The other end must send or close; {}.",
                    limit(incident, own.and_then(|own| own.recv_timeout_ms))
                ),
            )
        }
        Effect::Sends => {
            let queued =
                own?.send_queue.map(|n| format!(": {} not acknowledged", count(n, "byte"))).unwrap_or_default();
            ROOM.cause(
                incident,
                format!("It waits for room in the send buffer{queued}.{}", peer(incident)),
                "The other end must read.",
            )
        }
        Effect::Waits => ready(incident),
        _ => None,
    }
}

/// A pipe, or a terminal.
fn no_socket(incident: &Incident<'_>) -> Option<Cause> {
    let fd = incident.fd()?;
    let path = incident.evidence.file.as_ref().map_or("", |file| file.path.as_str());
    if incident.is(Kinds::FILE) && ["/dev/pts/", "/dev/tty"].iter().any(|name| path.starts_with(name)) {
        return INPUT.cause(
            incident,
            format!("It waits for a line typed at {path}."),
            "Type it, or redirect its input.",
        );
    }
    if !incident.is(Kinds::PIPE) {
        return None;
    }
    let other = incident.first(Relation::Peer);
    let own = other.filter(|other| incident.is_own(other) && other.owners.len() == 1).is_some();
    let reads = matches!(incident.call.sys.effect, Effect::Receives(_));
    let who = match other {
        _ if own && reads => ": this process alone has the writing end open itself, so no end comes".into(),
        _ if own => ": this process alone has the reading end open itself".into(),
        Some(other) if !other.owners.is_empty() && reads => format!(": {} has the writing end open", owner(other)),
        Some(other) if !other.owners.is_empty() => format!(": {} has the reading end open", owner(other)),
        _ => String::new(),
    };
    if reads {
        let advice =
            if own { "Close the writing end where it is not used." } else { "The other end must write, or close." };
        return PIPE_DATA.cause(incident, format!("It waits for data in the pipe of descriptor {fd}{who}."), advice);
    }
    PIPE_ROOM.cause(
        incident,
        format!("It waits for room in the pipe of descriptor {fd}{who}."),
        "The other end must read.",
    )
}

/// Which of several descriptors it waits for: those of an epoll set, of an array, or of up to three sets of bits.
fn ready(incident: &Incident<'_>) -> Option<Cause> {
    if let Some(cause) = half_open(incident) {
        return Some(cause);
    }
    let act = format!("Something must happen there; {}.", limit(incident, None));
    let set = epoll_set(incident.call).filter(|_| incident.evidence.descriptor.is_none());
    let members = match members(incident).as_slice() {
        [] => String::new(),
        some => format!(": {}", some.join(", ")),
    };
    let what = match (set, incident.fd()) {
        (Some(set), _) => format!("one of the descriptors that epoll {set} watches is ready{members}"),
        (None, Some(fd)) => {
            incident.own()?;
            let state = incident.state().map(|state| format!(" (its state is {state})")).unwrap_or_default();
            let began = incident.last(Action::BeganToConnect).map(|call| format!(" It connects by {}.", by(call)));
            return READY.cause(
                incident,
                format!(
                    "It waits until descriptor {fd}{state} is ready.{}{}",
                    began.unwrap_or_default(),
                    peer(incident)
                ),
                act,
            );
        }
        (None, None) => match watched(incident.call).as_slice() {
            [] => return None,
            some => format!("one of {} is ready{members}", count(some.len() as u64, "descriptor")),
        },
    };
    READY.cause(incident, format!("It waits until {what}."), act)
}

fn bytes(incident: &Incident<'_>) -> String {
    match incident.own().and_then(|own| own.recv_queue) {
        Some(n) => format!("{} are", count(n, "byte")).replace("1 byte are", "1 byte is"),
        None => "nothing was".into(),
    }
}

fn state(incident: &Incident<'_>) -> String {
    incident.state().map(|state| format!(", its state is {state}")).unwrap_or_default()
}
