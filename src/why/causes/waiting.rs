//! Calls that do not return: what they wait for.

use super::transfer::peer;
use super::{CauseKind, Demo, Incident, by, count, local, owner};
use crate::event::{Action, Cause, Relation};
use crate::syscall::Effect;
use crate::value::Value;

static ACCEPT: CauseKind = CauseKind {
    id: "waits-for-connection",
    errno: super::WAITS,
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
    calls: &["recvfrom", "recvmsg", "read"],
    summary: "The socket waits until the other end sends, or closes.",
    demo: Demo::Program("chat", "empty-line"),
};
static ANSWER: CauseKind = CauseKind {
    id: "waits-for-answer",
    errno: super::WAITS,
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
    calls: &["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait"],
    summary: "The call waits until one of its descriptors is ready; Python waits so where a timeout is set.",
    demo: Demo::Python(
        "from socket import *; import signal; a,b=socketpair(); a.settimeout(9); n=[0]*5
signal.signal(14,lambda *a:n.pop()); signal.setitimer(0,.1,.1); a.recv(1)",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&ACCEPT, &RECEIVE, &ANSWER, &ROOM, &READY];

/// The advice for one that waits for descriptors.
const ACT: &str = "The other end must act, or the timeout ends it.";

/// What it waits for.
pub(super) fn waits(incident: &Incident<'_>) -> Option<Cause> {
    let own = incident.own();
    match incident.call.sys.effect {
        Effect::Accepts(_) => {
            let at = own.map_or("its address", local);
            let queue = match own.and_then(|own| Some((own.recv_queue?, own.backlog?))) {
                Some((waiting, most)) => format!(": {waiting} wait in its queue of {most}"),
                None => String::new(),
            };
            ACCEPT.cause(format!("It waits for a client to connect to {at}{queue}."), format!("Connect to {at}."))
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
                None if incident.evidence.live => ": nothing on this machine listens there".into(),
                None => String::new(),
            };
            let state = own.and_then(|own| own.state.as_deref()).map(|state| format!(" ({state})")).unwrap_or_default();
            ANSWER.cause(
                format!("It waits for {there} to answer the first segment{state}{who}."),
                "If the server does not accept or the host does not answer, this ends with ETIMEDOUT; a timeout ends it sooner.",
            )
        }
        Effect::Receives(_) => {
            own?;
            let from = match own.and_then(|own| own.peer.as_deref()) {
                Some(peer) => format!("{peer} to send something or close"),
                None if incident.is_datagram() => {
                    format!("a datagram at {}", own.map_or("its address", local))
                }
                None => "the other end to send something or close".into(),
            };
            RECEIVE.cause(
                format!("It waits for {from}; {} in its queue{}.{}", bytes(incident), state(incident), peer(incident)),
                "The other end must send or close; a timeout ends the wait.",
            )
        }
        Effect::Sends => {
            let queued =
                own?.send_queue.map(|n| format!(": {} not acknowledged", count(n, "byte"))).unwrap_or_default();
            ROOM.cause(
                format!("It waits for room in the send buffer{queued}.{}", peer(incident)),
                "The other end must read.",
            )
        }
        Effect::Waits => ready(incident),
        _ => None,
    }
}

/// Which of several descriptors it waits for: those of an epoll set, of an array, or of up to three sets of bits.
fn ready(incident: &Incident<'_>) -> Option<Cause> {
    let arg = |name: &str| incident.call.arg(name);
    let what = match (arg("epfd"), arg("fds")) {
        (Some(_), _) => format!("one of the descriptors that epoll {} watches is ready", incident.fd()),
        (None, Some(Value::Array(fds))) => {
            let what = match fds.items.as_slice() {
                [Value::PollFd(_)] => {
                    incident.own()?;
                    format!("descriptor {}{}", incident.fd(), state(incident))
                }
                some => count(some.len() as u64, "descriptor"),
            };
            let began = incident.last(Action::BeganToConnect).map(|call| format!(" It connects by {}.", by(call)));
            return READY
                .cause(format!("It waits until {what} is ready.{}{}", began.unwrap_or_default(), peer(incident)), ACT);
        }
        _ => {
            let asked = |name: &str| match arg(name) {
                Some(Value::FdSet(set)) => set.entry.iter().map(|fd| fd.raw.to_string()).collect::<Vec<_>>(),
                _ => Vec::new(),
            };
            let all: Vec<String> = ["readfds", "writefds", "exceptfds"].into_iter().flat_map(asked).collect();
            if all.is_empty() {
                return None;
            }
            format!("one of these descriptors is ready: {}", all.join(", "))
        }
    };
    READY.cause(format!("It waits until {what}."), ACT)
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
