//! The causes: what each error can mean, and how the evidence tells them apart.
//!
//! A cause is known by a [`Known`]: its name, what it says in general, and something to run that shows it. The functions
//! of the families below choose one and say what it means in the case at hand.

use std::borrow::Cow;

use super::subject::{WAITING, address, descriptor, place as in_words};
use crate::event::{Call, Cause, Deed, Earlier, Endpoint, Evidence, Relation};

mod connection;
mod handle;
mod invalid;
mod place;
mod reach;
mod support;
mod transfer;
mod waiting;

/// A cause that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its name, unique among all.
    pub id: &'static str,
    /// The errno it explains, or `waiting`.
    pub errno: &'static str,
    /// The calls it is met in.
    pub calls: &'static [&'static str],
    /// What it is, in general.
    pub says: &'static str,
    /// What to run to see it.
    pub shown: Shown,
}

/// What shows a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// `sockscope run PROGRAM --case CASE --why`.
    Case(&'static str, &'static str),
    /// A line of Python under `sockscope trace --why`.
    Python(&'static str),
    /// The same in a network namespace of its own, whose interfaces are down.
    Apart(&'static str),
}

impl Shown {
    /// The command line.
    pub fn command(&self) -> String {
        match self {
            Self::Case(program, case) => format!("sockscope run {program} --case {case} --why"),
            Self::Python(code) => format!("sockscope trace --why python3 -c \"{code}\""),
            Self::Apart(code) => format!("sockscope trace -f --why unshare -rn python3 -c \"{code}\""),
        }
    }
}

/// The errno a call that waits is filed under.
pub const WAITS: &str = "waiting";

/// All causes, by family.
pub fn known() -> impl Iterator<Item = &'static Known> {
    [
        reach::KNOWN,
        place::KNOWN,
        connection::KNOWN,
        transfer::KNOWN,
        handle::KNOWN,
        support::KNOWN,
        invalid::KNOWN,
        waiting::KNOWN,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// What is to be explained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub call: &'a Call,
    pub errno: i32,
    pub evidence: &'a Evidence,
}

/// Finds the cause.
pub(super) fn judge(case: &Case<'_>) -> Option<Cause> {
    match case.errno {
        WAITING => waiting::waits(case),
        libc::ECONNREFUSED => reach::refused(case),
        libc::ENOENT => reach::missing(case),
        libc::ETIMEDOUT => reach::timed_out(case),
        libc::ENETUNREACH | libc::EHOSTUNREACH => reach::unreachable(case),
        libc::EINPROGRESS | libc::EALREADY => reach::in_progress(case),
        libc::EADDRINUSE => place::in_use(case),
        libc::EADDRNOTAVAIL => place::not_available(case),
        libc::EACCES | libc::EPERM => place::forbidden(case),
        libc::EISCONN => connection::is_connected(case),
        libc::ENOTCONN => connection::not_connected(case),
        libc::EDESTADDRREQ => connection::no_destination(case),
        libc::EPIPE => connection::broken_pipe(case),
        libc::ECONNRESET => connection::reset(case),
        libc::EAGAIN => transfer::again(case),
        libc::EMSGSIZE => transfer::too_long(case),
        libc::EBADF => handle::bad(case),
        libc::ENOTSOCK => handle::not_a_socket(case),
        libc::EMFILE => handle::too_many(case),
        libc::EPROTONOSUPPORT => support::no_protocol(case),
        libc::ESOCKTNOSUPPORT => support::no_type(case),
        libc::EAFNOSUPPORT => support::no_family(case),
        libc::EOPNOTSUPP => support::no_operation(case),
        libc::ENOPROTOOPT => support::no_option(case),
        libc::EINVAL => invalid::invalid(case),
        _ => None,
    }
}

impl Known {
    /// This cause, told for a case. Both end with a full stop.
    fn told(&self, text: impl Into<String>, advice: impl Into<String>) -> Option<Cause> {
        let id = KnownId(self.id);
        Some(Cause { cause: id.0.into(), text: text.into(), advice: advice.into() })
    }
}

/// A name that lives as long as the program.
struct KnownId(&'static str);

impl From<KnownId> for Cow<'static, str> {
    fn from(id: KnownId) -> Self {
        Self::Borrowed(id.0)
    }
}

impl<'a> Case<'a> {
    /// The socket, as far as it is known.
    fn own(&self) -> Option<&'a Endpoint> {
        self.evidence.socket.as_ref()
    }

    /// `127.0.0.1:80`: the address the call is given, or what the socket is connected to.
    fn to(&self) -> Option<String> {
        address(self.call).and_then(in_words).or_else(|| self.own()?.peer.clone())
    }

    /// The address the call is about, in words that fit in any sentence.
    fn there(&self) -> String {
        self.to().unwrap_or_else(|| "the address".into())
    }

    fn fd(&self) -> i32 {
        descriptor(self.call).unwrap_or(-1)
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

    fn last(&self, did: Deed) -> Option<&'a Earlier> {
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

/// `pid 4242 (python3 server.py)`, or what can be said of somebody who may not be seen.
fn owner(socket: &Endpoint) -> String {
    match socket.owners.as_slice() {
        [] => match socket.uid {
            Some(uid) => format!("a process of user {uid} that could not be seen (root sees more)"),
            None => "a process that could not be seen".into(),
        },
        [one] if one.command.is_empty() => format!("pid {}", one.pid),
        [one] => format!("pid {} ({})", one.pid, one.command),
        [one, rest @ ..] => {
            let others = rest.iter().map(|owner| owner.pid.to_string()).collect::<Vec<_>>().join(", ");
            let command = if one.command.is_empty() { String::new() } else { format!(" ({})", one.command) };
            format!("pid {}{command}, which shares it with {others}", one.pid)
        }
    }
}

/// An address in words.
fn local(socket: &Endpoint) -> &str {
    socket.local.as_deref().unwrap_or("an address without a name")
}

/// `close(3) = 0` with the Python line and the process, as far as they are known.
fn by(earlier: &Earlier) -> String {
    let call = brief(&earlier.call);
    match &earlier.line {
        Some(line) => format!("`{call}` at {line} (pid {})", earlier.pid),
        None => format!("`{call}` (pid {})", earlier.pid),
    }
}

/// A call without what would fill a line: `connect(3, …) = 0`.
fn brief(call: &str) -> String {
    const SHORT: usize = 48;
    let call = call.split_once(" (").filter(|_| call.contains("= -1 ")).map_or(call, |(call, _)| call);
    let result = call.rfind(") = ");
    match (call.split_once(", "), result) {
        (Some((first, _)), Some(at)) if call.len() > SHORT => format!("{first}, …{}", &call[at..]),
        _ => call.to_owned(),
    }
}

/// The port of an address in words.
fn port(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(_, port)| port)
}

/// The host of an address in words, without brackets.
fn host(at: &str) -> &str {
    at.rsplit_once(':').map_or(at, |(host, _)| host.trim_start_matches('[').trim_end_matches(']'))
}

/// `1 byte`, `2 bytes`.
fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Seconds with one decimal place, or milliseconds.
fn seconds(ms: u64) -> String {
    if ms < 1000 {
        return format!("{ms} ms");
    }
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// With a capital letter, to begin a sentence.
fn capital(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
