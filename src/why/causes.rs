//! The causes: what each error can mean, and how the evidence distinguishes them.
//!
//! A [`CauseKind`] has a name, a general explanation and a command that demonstrates it. The functions of each errno
//! family choose one and explain the incident at hand.

use super::subject::{
    ANSWER, CUT, END, SHORT, TIME_OVER, TROUBLE, UNANSWERED, WAITING, address, descriptor, place as in_words,
};
use crate::event::{Action, Call, Cause, Earlier, Endpoint, Evidence, Owner, Relation};
use crate::syscall::{self, Effect};

pub use super::kinds::Kinds;

mod answer;
mod connection;
mod handle;
mod invalid;
mod lock;
mod option;
mod outcome;
mod permission;
mod place;
mod process;
mod progress;
mod reach;
mod route;
mod short;
mod silence;
mod sleep;
mod support;
mod transfer;
mod unix;
mod waiting;
mod watch;

/// A kind of cause, as `sockscope why` lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseKind {
    /// Its unique name.
    pub id: &'static str,
    /// The errno it explains, or one of [`OUTCOMES`].
    pub errno: &'static str,
    /// What the descriptor of the call must be known to be.
    pub on: Kinds,
    /// Whether it is how things go rather than a failure: then it is shown only where all causes are asked for.
    pub expected: bool,
    /// The calls that can end this way, and with them those that do the same, as `sendmsg` does what `sendto` does.
    pub calls: &'static [&'static str],
    /// The general explanation.
    pub summary: &'static str,
    /// A command that demonstrates it.
    pub demo: Demo,
}

/// A way to reproduce a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demo {
    /// `sockscope run PROGRAM --case CASE --why`.
    Program(&'static str, &'static str),
    /// A line of Python under `sockscope trace --why`.
    Python(&'static str),
    /// The same where also calls that are not made on sockets are traced (`-e trace=`).
    Calls(&'static str, &'static str),
    /// The same in a new network namespace, whose interfaces are down.
    Isolated(&'static str),
}

impl Demo {
    /// The command line, with this spelling of `--why`.
    fn command(&self, why: &str) -> String {
        match self {
            Self::Program(program, case) => format!("sockscope run {program} --case {case} {why}"),
            Self::Python(code) => format!("sockscope trace {why} python3 -c \"{code}\""),
            Self::Calls(calls, code) => format!("sockscope trace -f -e trace={calls} {why} python3 -c \"{code}\""),
            Self::Isolated(code) => format!("sockscope trace -f {why} unshare -rn python3 -c \"{code}\""),
        }
    }
}

/// Stands for the errno of a call that waits, in [`CauseKind::errno`].
pub const WAITS: &str = "waiting";

/// What stands for the errno where there is none, with what it means.
pub static OUTCOMES: &[(&str, &str)] = &[
    (WAITS, "calls that have not returned"),
    ("end", "a connection that is read at its end"),
    ("MSG_CTRUNC", "messages that lost descriptors"),
    ("POLLHUP", "descriptors in trouble"),
    ("timeout", "waits whose time is over"),
    ("short", "less taken than given"),
    ("answer", "answers that say no"),
    ("unanswered", "connections closed without an answer"),
];

/// All causes, by family.
pub fn all() -> impl Iterator<Item = &'static CauseKind> {
    [
        reach::CAUSES,
        unix::CAUSES,
        silence::CAUSES,
        route::CAUSES,
        progress::CAUSES,
        place::CAUSES,
        permission::CAUSES,
        connection::CAUSES,
        transfer::CAUSES,
        handle::CAUSES,
        support::CAUSES,
        option::CAUSES,
        invalid::CAUSES,
        process::CAUSES,
        outcome::CAUSES,
        short::CAUSES,
        watch::CAUSES,
        answer::CAUSES,
        waiting::CAUSES,
        sleep::CAUSES,
        lock::CAUSES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A failed or waiting call to be explained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Incident<'a> {
    pub call: &'a Call,
    pub errno: i32,
    /// What is known of the descriptor it is on.
    pub kinds: Kinds,
    pub evidence: &'a Evidence,
}

/// The cause of an incident, if the evidence shows one.
pub(super) fn judge(incident: &Incident<'_>) -> Option<Cause> {
    if let Some(taken) = incident.last(Action::Replaced) {
        return handle::taken(incident, taken);
    }
    match incident.errno {
        WAITING => waiting::waits(incident),
        END => outcome::end(incident),
        CUT => outcome::cut(incident),
        TROUBLE => watch::trouble(incident),
        TIME_OVER => watch::time_over(incident),
        SHORT => short::short(incident),
        ANSWER => answer::refusal(incident),
        UNANSWERED => outcome::unanswered(incident),
        libc::ECHILD => process::no_child(incident),
        libc::ECONNREFUSED => reach::refused(incident),
        libc::ENOENT => unix::missing(incident),
        libc::ETIMEDOUT if incident.does(Effect::AwaitsWake) => process::not_woken(incident),
        libc::ETIMEDOUT => silence::timed_out(incident),
        libc::ENETUNREACH | libc::EHOSTUNREACH => route::unreachable(incident),
        libc::EINPROGRESS | libc::EALREADY => progress::in_progress(incident),
        libc::EADDRINUSE => place::in_use(incident),
        libc::EADDRNOTAVAIL => place::not_available(incident),
        libc::EACCES | libc::EPERM => permission::forbidden(incident),
        libc::EPROTOTYPE => support::other_type(incident),
        libc::EISCONN => connection::is_connected(incident),
        libc::ENOTCONN => connection::not_connected(incident),
        libc::EDESTADDRREQ => connection::no_destination(incident),
        libc::EPIPE => connection::broken_pipe(incident),
        libc::ECONNRESET => connection::reset(incident),
        libc::EAGAIN if incident.effect() == Effect::Locks => lock::held(incident),
        libc::EAGAIN => transfer::again(incident),
        libc::EMSGSIZE => transfer::too_long(incident),
        libc::EBADF => handle::bad(incident),
        libc::ENOTSOCK => handle::not_a_socket(incident),
        libc::EMFILE => handle::too_many(incident),
        libc::EPROTONOSUPPORT => support::no_protocol(incident),
        libc::ESOCKTNOSUPPORT => support::no_type(incident),
        libc::EAFNOSUPPORT => support::no_family(incident),
        libc::EOPNOTSUPP => support::no_operation(incident),
        libc::ENOPROTOOPT => option::unknown(incident),
        libc::EINVAL => invalid::invalid(incident),
        _ => None,
    }
}

impl CauseKind {
    /// The command that demonstrates it.
    pub fn command(&self) -> String {
        self.demo.command(if self.expected { "--why=all" } else { "--why" })
    }

    /// This cause with the text and advice for one incident, both ending with a full stop; `None` where the incident is
    /// not known to be of its kind.
    fn cause(&self, incident: &Incident<'_>, text: impl Into<String>, advice: impl Into<String>) -> Option<Cause> {
        self.is_about(incident).then(|| Cause {
            cause: self.id.into(),
            text: text.into(),
            advice: advice.into(),
            times: 1,
        })
    }

    fn is_about(&self, incident: &Incident<'_>) -> bool {
        let same = |name: &&str| {
            *name == incident.call.sys.name || syscall::by_name(name).is_some_and(|sys| incident.does(sys.effect))
        };
        // Any call may be given a number that is not open.
        self.on.holds(incident.kinds) && (self.on == Kinds::CLOSED || self.calls.iter().any(same))
    }
}

/// The kind of a cause, by its name.
pub(crate) fn by_id(id: &str) -> Option<&'static CauseKind> {
    all().find(|known| known.id == id)
}

impl<'a> Incident<'a> {
    pub(super) fn new(call: &'a Call, errno: i32, evidence: &'a Evidence) -> Self {
        Self { call, errno, kinds: Kinds::of(call, errno, evidence), evidence }
    }

    /// What the call does.
    fn effect(&self) -> Effect {
        self.call.sys.effect_of(&self.call.args)
    }

    /// Whether the call does this, whatever becomes of descriptors that it makes.
    fn does(&self, effect: Effect) -> bool {
        match (self.effect(), effect) {
            (_, Effect::Nothing | Effect::Command) => false,
            (Effect::Makes(one, _), Effect::Makes(other, _)) => one == other,
            (one, other) => std::mem::discriminant(&one) == std::mem::discriminant(&other),
        }
    }

    /// Whether the descriptor is known to be of one of these kinds.
    fn is(&self, kinds: Kinds) -> bool {
        kinds.holds(self.kinds)
    }

    /// Whether a process that has this socket open is the one that made the call.
    fn is_own(&self, socket: &Endpoint) -> bool {
        let caller = self.evidence.process.as_ref().map(|process| process.pid);
        caller.is_some_and(|pid| pid != 0 && socket.owners.iter().any(|owner| owner.pid == pid))
    }

    /// `descriptor 3`, where the call has one.
    fn named(&self) -> String {
        self.fd().map_or_else(|| "the descriptor".into(), |fd| format!("descriptor {fd}"))
    }

    /// The socket the call was made on, as far as it is known.
    fn own(&self) -> Option<&'a Endpoint> {
        self.evidence.socket.as_ref()
    }

    /// `127.0.0.1:80`: the address the call is given, or what the socket is connected to.
    fn to(&self) -> Option<String> {
        address(self.call).and_then(in_words).or_else(|| self.own()?.peer.clone())
    }

    /// The address the call is about, or "the address".
    fn there(&self) -> String {
        self.to().unwrap_or_else(|| "the address".into())
    }

    fn fd(&self) -> Option<i32> {
        self.evidence.descriptor.or_else(|| descriptor(self.call))
    }

    /// `TCP`, `UDP`, `Unix` or the family's name.
    fn protocol(&self) -> &'static str {
        self.own().map_or("", |own| protocol(&own.protocol))
    }

    fn is_datagram(&self) -> bool {
        self.own().is_some_and(|own| own.kind.as_deref() == Some("SOCK_DGRAM"))
    }

    fn state(&self) -> Option<&'a str> {
        self.own()?.state.as_deref()
    }

    fn last(&self, did: Action) -> Option<&'a Earlier> {
        self.evidence.last(did)
    }

    fn first(&self, relation: Relation) -> Option<&'a Endpoint> {
        self.evidence.first(relation)
    }
}

/// `TCP` for `tcp6`.
fn protocol(name: &str) -> &'static str {
    match name.trim_end_matches('6') {
        "tcp" => "TCP",
        "udp" => "UDP",
        "unix" => "Unix",
        _ => "",
    }
}

/// `pid 4242 (python3 server.py)`, or what is known of an owner that may not be seen.
fn owner(socket: &Endpoint) -> String {
    match socket.owners.as_slice() {
        [] => match socket.uid {
            Some(uid) => format!("a process of user {uid} that was not found (root sees more)"),
            None => "a process that was not found".into(),
        },
        [Owner { pid, role: Some(role), .. }] => format!("pid {} (the {role})", pid),
        [one] if one.command.is_empty() => format!("pid {}", one.pid),
        [one] => format!("pid {} ({})", one.pid, one.command),
        [one, rest @ ..] => {
            let others = rest.iter().map(|owner| owner.pid.to_string()).collect::<Vec<_>>().join(", ");
            let command = match &one.role {
                Some(role) => format!(" (the {role})"),
                None if one.command.is_empty() => String::new(),
                None => format!(" ({})", one.command),
            };
            format!("pid {}{command}, which shares it with {others}", one.pid)
        }
    }
}

/// The local address, or a phrase for a missing one.
fn local(socket: &Endpoint) -> &str {
    socket.local.as_deref().unwrap_or("an address without a name")
}

/// `close(3) = 0` with the Python line and the process, or the role that it plays, as far as known.
fn by(earlier: &Earlier) -> String {
    let call = brief(&earlier.call);
    match (&earlier.line, &earlier.role) {
        (Some(line), None) => format!("`{call}` at {line} (pid {})", earlier.pid),
        (Some(line), Some(role)) => format!("`{call}` at {line} (the {role})"),
        (None, None) => format!("`{call}` (pid {})", earlier.pid),
        (None, Some(role)) => format!("`{call}` (the {role})"),
    }
}

/// A call shortened to fit in a sentence: `connect(3, …) = 0`.
fn brief(call: &str) -> String {
    const SHORT: usize = 48;
    let call = call.split_once(" (").filter(|_| call.contains("= -1 ")).map_or(call, |(call, _)| call);
    let result = call.rfind(") = ");
    match (call.split_once(", "), result) {
        (Some((first, _)), Some(at)) if call.len() > SHORT => format!("{first}, …{}", &call[at..]),
        _ => call.to_owned(),
    }
}

/// The port of an address.
fn port(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(_, port)| port)
}

/// The host of an address, without brackets.
fn host(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(host, _)| host.trim_start_matches('[').trim_end_matches(']'))
}

/// `1 byte`, `2 bytes`.
fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// `once`, `3 times`.
fn times(n: u64) -> String {
    if n == 1 { "once".into() } else { format!("{n} times") }
}

/// Seconds with one decimal place, or milliseconds.
fn seconds(ms: u64) -> String {
    if ms < 1000 {
        return format!("{ms} ms");
    }
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// Capitalizes the first letter.
fn capital(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
