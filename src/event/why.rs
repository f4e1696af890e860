//! Why a call failed, or what it waits for: the evidence that was there at that moment, and the cause that follows.
//!
//! Evidence is plain data, so that a recorded file explains itself later and elsewhere. It is no part of what the kernel
//! saw and lies beside the values in [`Call`](super::Call), outside its equality. Names of the fields are the keys of the
//! JSON; those without a value are absent there.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Why a call ended as it did, or what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Why {
    /// What follows from the evidence; `None` until it was judged, and where nothing follows.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What was found.
    pub evidence: Evidence,
}

/// A cause, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cause {
    /// Its name, one of those `sockscope why` lists.
    pub cause: Cow<'static, str>,
    /// What happened, one or two sentences.
    pub text: String,
    /// What to do, one sentence.
    pub advice: String,
    /// How often the same process met it in the same call on the same descriptor, with this time.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u64,
}

impl Cause {
    /// Whether people are shown it: a repeat is counted, at the 2nd time, the 10th, the 100th and so on.
    pub(crate) fn is_shown(&self) -> bool {
        let power = self.times.checked_ilog10().unwrap_or(0);
        self.times <= 2 || power > 0 && 10u64.pow(power) == self.times
    }

    /// The text instead where it was met before.
    pub(crate) fn again(&self) -> Option<String> {
        (self.times > 1).then(|| format!("The same as before, {} times by now.", self.times))
    }
}

fn once() -> u64 {
    1
}

fn is_once(times: &u64) -> bool {
    *times == 1
}

/// What was found at the moment of failure, and earlier in the trace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Evidence {
    /// Whether the kernel was asked at that moment; otherwise all of this is from the trace.
    #[serde(skip_serializing_if = "is_false")]
    pub live: bool,
    /// Whether all sockets that could matter were looked for, so that one that is not here is not there.
    #[serde(skip_serializing_if = "is_false")]
    pub searched: bool,
    /// The socket the call was made on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<Endpoint>,
    /// Other sockets that matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sockets: Vec<Endpoint>,
    /// The process that made the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessFacts>,
    /// Kernel settings in force where the process lives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Sysctl>,
    /// Addresses of the interfaces there, without the port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// The interfaces there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<Interface>,
    /// The routes there, as `10.0.0.0/8 dev eth0`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<String>,
    /// Protocols the kernel has, by the names of `/proc/net/protocols`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<String>,
    /// The descriptor that it is about, of a call that has several, or that does not name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<i32>,
    /// The packet filters that what is sent passes, and which of them drop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// The file that a descriptor or an address stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileFacts>,
    /// Local ports in use towards the same destination, or at all where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports_used: Option<u64>,
    /// Of a call that sleeps, how long it goes on, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<u64>,
    /// Of a call that copied less than it was given, how many bytes are left where they come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_left: Option<u64>,
    /// Whether some processes did not let us see their descriptors, so an owner may be missing.
    #[serde(skip_serializing_if = "is_false")]
    pub owners_hidden: bool,
    /// Earlier calls that matter, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
}

/// What a socket has to do with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// The call was made on it.
    #[default]
    Own,
    /// It listens, or takes datagrams, at the wanted address.
    Listener,
    /// It is bound to the wanted address and takes nothing there.
    Bound,
    /// It is the other end of the connection, or of the pipe.
    Peer,
    /// It holds the wanted address.
    Holder,
    /// It listens on the same port, at another address of this family.
    OtherAddress,
    /// It listens on the same port in the other family.
    OtherFamily,
    /// It has the same port in another protocol.
    OtherProtocol,
    /// It listens on the same port in another network namespace.
    OtherNamespace,
    /// It listens on another port of the same address.
    OtherPort,
    /// The call waits for it; `owners` has the descriptor. Of what is no socket, `kind` says what it is.
    Watched,
    /// The call waits for it, and only the process itself can make it ready: the other end is its own.
    Wakeup,
}

/// One end of a connection. Fields that are not known are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Endpoint {
    /// What it has to do with the call.
    pub relation: Relation,
    /// `tcp`, `tcp6`, `udp`, `udp6`, `unix` or another family's or protocol's name; `pipe`.
    pub protocol: String,
    /// `SOCK_STREAM` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its own address: `127.0.0.1:80`, `[::1]:80`, a path, or `@name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The other end's address, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The state, without the table's `TCP_`: `ESTABLISHED`, `LISTEN`, `TIME_WAIT`, `BOUND` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Bytes to be read, or connections to be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv_queue: Option<u64>,
    /// Bytes sent and not acknowledged, or not read by a Unix peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_queue: Option<u64>,
    /// The most connections that wait to be accepted, as `listen` set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backlog: Option<u64>,
    /// Milliseconds until its timer goes off; of `TIME_WAIT`, until it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timer_ms: Option<u64>,
    /// `SO_REUSEADDR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reuse_address: Option<bool>,
    /// `SO_REUSEPORT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reuse_port: Option<bool>,
    /// `SO_BROADCAST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<bool>,
    /// `O_NONBLOCK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonblocking: Option<bool>,
    /// `SO_RCVTIMEO`, ms; 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv_timeout_ms: Option<u64>,
    /// `SO_SNDTIMEO`, ms; 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_timeout_ms: Option<u64>,
    /// `SO_SNDBUF`, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_buffer: Option<u64>,
    /// `SO_RCVBUF`, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv_buffer: Option<u64>,
    /// The largest packet on its way, bytes (`IP_MTU`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u64>,
    /// Whether packets must not be split (`IP_MTU_DISCOVER` is `IP_PMTUDISC_DO`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dont_fragment: Option<bool>,
    /// `TCP_USER_TIMEOUT`, ms; 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_timeout_ms: Option<u64>,
    /// `SO_KEEPALIVE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive: Option<bool>,
    /// Seconds until the first keepalive probe (`TCP_KEEPIDLE`), where `SO_KEEPALIVE` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive_idle_s: Option<u64>,
    /// How many keepalive probes may remain without an answer (`TCP_KEEPCNT`), where `SO_KEEPALIVE` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive_probes: Option<u64>,
    /// The time a segment takes there and back, microseconds; 0 before the first answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_us: Option<u64>,
    /// How often the oldest bytes were sent again and not acknowledged, now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retransmissions: Option<u64>,
    /// How many probes have no answer, now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probes: Option<u64>,
    /// Bytes that were sent on it since something came last, as the trace shows, where this end spoke first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<u64>,
    /// `IPV6_V6ONLY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v6_only: Option<bool>,
    /// `TCP_SYNCNT`: how often the first segment is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syn_retries: Option<u64>,
    /// The inode, which identifies the socket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inode: Option<u64>,
    /// The user it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The processes that have it open, as far as that could be seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
}

/// A process that has a socket open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Owner {
    /// Its number.
    pub pid: u32,
    /// Its command line, cut after some words.
    pub command: String,
    /// What it plays in a document program, as in `server of chat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// One of its descriptors of the socket.
    pub fd: i32,
}

/// What matters of the process that made a call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProcessFacts {
    /// Its number.
    pub pid: u32,
    /// Its effective user.
    pub uid: u32,
    /// The effective capabilities that networking asks for, as capabilities(7) names them.
    pub capabilities: Vec<String>,
    /// Open descriptors; 0 and absent where they were not counted.
    #[serde(skip_serializing_if = "is_zero")]
    pub open_files: u64,
    /// Those of the first 4096 that are sockets.
    #[serde(skip_serializing_if = "is_zero")]
    pub open_sockets: u64,
    /// `RLIMIT_NOFILE`, soft; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_limit: Option<u64>,
    /// `RLIMIT_NOFILE`, hard; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_limit_hard: Option<u64>,
    /// Its threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<u64>,
    /// Those of them that wait for another one to wake them, without a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_threads: Option<u64>,
    /// Its children, of one that waits for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Child>,
    /// Whether it ignores `SIGCHLD`, so that the kernel forgets its children when they end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignores_children: Option<bool>,
}

/// A child of a process.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Child {
    /// Its number.
    pub pid: u32,
    /// Its command line, cut after some words.
    pub command: String,
}

/// A kernel setting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sysctl {
    /// As sysctl(8) names it.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Whether it is up.
    pub up: bool,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FileFacts {
    /// Its path, or the link `/proc/PID/fd/N` of a descriptor.
    pub path: String,
    /// `socket`, `file`, `directory`, `missing` …
    pub kind: String,
    /// Its permission bits, as `ls -l` writes them; absent where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
}

/// An earlier call of the trace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Earlier {
    /// What it did, seen from the call that is explained.
    pub did: Action,
    /// Its position in the trace.
    pub seq: u64,
    /// When it began, ns since 1970; 0 where that is not known.
    pub ts_ns: u64,
    /// The process.
    pub pid: u32,
    /// The thread.
    pub tid: u32,
    /// The role that its process plays in a document program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The call in strace's notation.
    pub call: String,
    /// The Python line that made it: `server.py:5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Of [`Action::PeerClosed`], the bytes that were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How often, where it stands for several calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

/// What an earlier call did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// It made the socket.
    #[default]
    Made,
    /// It bound the socket.
    Bound,
    /// It bound another socket to the wanted address.
    BoundOther,
    /// It made another socket listen at the wanted address.
    ListenedOther,
    /// It made the socket listen.
    Listened,
    /// It connected the socket.
    Connected,
    /// It began to connect the socket.
    BeganToConnect,
    /// It accepted the socket.
    Accepted,
    /// It ended sending on the socket.
    ShutDown,
    /// It ended receiving on the socket.
    ShutDownReading,
    /// It closed the descriptor.
    Closed,
    /// It closed the other end.
    PeerClosed,
    /// It made the socket nonblocking.
    MadeNonblocking,
    /// It failed on the same socket.
    Failed,
    /// It sent the beginning of TLS.
    BeganTls,
    /// It found the end of what the other end sent.
    SawEnd,
    /// It opened what is still open.
    Opened,
    /// It took the number for something else while the call was under way.
    Replaced,
    /// It waited for the child, which is gone since.
    Reaped,
    /// It waited for an answer, and its time was over.
    WaitedInVain,
}

impl ProcessFacts {
    /// How many descriptors of one process are looked at: some have hundreds of thousands.
    pub(crate) const MAX_SEEN: usize = 4096;
}

impl FileFacts {
    /// The kind of a socket, and of one whose protocol the kernel does not say.
    pub(crate) const SOCKET: &str = "socket";

    /// The kind of a pipe.
    pub(crate) const PIPE: &str = "pipe";

    /// Whether it is there and no socket.
    pub(crate) fn is_other(&self) -> bool {
        self.kind != Self::SOCKET && self.kind != "missing"
    }
}

impl Evidence {
    /// The first other socket of this relation.
    pub fn first(&self, relation: Relation) -> Option<&Endpoint> {
        self.sockets.iter().find(|socket| socket.relation == relation)
    }

    /// The last earlier call that did this.
    pub fn last(&self, did: Action) -> Option<&Earlier> {
        self.earlier.iter().rev().find(|call| call.did == did)
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|setting| setting.name == name).map(|setting| setting.value.as_str())
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
