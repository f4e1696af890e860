//! The `why` key of a call: its cause in words and the evidence behind it.
//!
//! Written and read by the names of [`Why`]'s fields; few calls fail, so a tree in between costs little.

use serde_json::{Value as Json, json};

use super::read::{Object, Result, given, shape_error};
use super::schema::{Properties, closed, string, unsigned};
use super::write::{key, null};
use crate::event::Why;
use crate::text::visible_json;

/// Appends the key.
pub(super) fn write(out: &mut Vec<u8>, why: &Why) {
    key(out, "why");
    match serde_json::to_string(why) {
        Ok(json) => out.extend_from_slice(visible_json(&json).as_bytes()),
        Err(_) => null(out), // none of the fields can fail to be written
    }
}

/// The cause and evidence of a call's line, where it has them.
pub(super) fn read(object: Object<'_>) -> Result<Option<Box<Why>>> {
    let Some(item) = given(object, "why") else { return Ok(None) };
    let why = serde_json::from_str(item.text()).map_err(|_| shape_error("why", "a cause and its evidence"))?;
    Ok(Some(Box::new(why)))
}

/// The key's schema.
pub(super) fn schema() -> Json {
    let flag = |description: &str| json!({"type": "boolean", "description": description});
    let names =
        |items: &str, description: &str| json!({"type": "array", "items": string(items), "description": description});
    let choice =
        |names: &[&str], description: &str| json!({"type": "string", "enum": names, "description": description});
    let list = |item: Json, description: &str| json!({"type": "array", "items": item, "description": description});

    let owner = object(
        &[
            ("pid", unsigned("the process")),
            ("command", string("its command line, cut where it is long")),
            ("role", string("what it plays in a document program, as in server of chat")),
            ("fd", json!({"type": "integer", "description": "one of its descriptors of the socket; -1 where unknown"})),
        ],
        &["pid", "command", "fd"],
        "a process that has the socket open",
    );
    let endpoint = object(
        &[
            (
                "relation",
                choice(
                    &[
                        "own",
                        "listener",
                        "bound",
                        "peer",
                        "holder",
                        "other_address",
                        "other_family",
                        "other_protocol",
                        "other_namespace",
                        "other_port",
                        "watched",
                        "wakeup",
                    ],
                    "its relation to the call",
                ),
            ),
            ("protocol", string("tcp, tcp6, udp, udp6, unix or another family; pipe")),
            ("kind", string("SOCK_STREAM and so on")),
            ("local", string("its own address: 127.0.0.1:80, [::1]:80, a path, or @name")),
            ("peer", string("the other end's address")),
            ("state", string("ESTABLISHED, LISTEN, TIME_WAIT …; BOUND for one that is only bound")),
            ("recv_queue", unsigned("bytes to be read, or connections to be accepted")),
            ("send_queue", unsigned("bytes sent and not acknowledged")),
            ("backlog", unsigned("the limit on connections waiting to be accepted")),
            ("timer_ms", unsigned("milliseconds until its timer expires; of TIME_WAIT, until it is gone")),
            ("reuse_address", flag("SO_REUSEADDR")),
            ("reuse_port", flag("SO_REUSEPORT")),
            ("broadcast", flag("SO_BROADCAST")),
            ("nonblocking", flag("O_NONBLOCK")),
            ("recv_timeout_ms", unsigned("SO_RCVTIMEO; 0 for none")),
            ("send_timeout_ms", unsigned("SO_SNDTIMEO; 0 for none")),
            ("send_buffer", unsigned("SO_SNDBUF, bytes")),
            ("recv_buffer", unsigned("SO_RCVBUF, bytes")),
            ("mtu", unsigned("the path MTU, bytes")),
            ("dont_fragment", flag("packets must not be split")),
            ("user_timeout_ms", unsigned("TCP_USER_TIMEOUT; 0 for none")),
            ("keepalive", flag("SO_KEEPALIVE")),
            ("keepalive_idle_s", unsigned("seconds until the first keepalive probe")),
            ("keepalive_probes", unsigned("keepalive probes that may remain without an answer")),
            ("rtt_us", unsigned("the round-trip time; 0 before the first answer")),
            ("retransmissions", unsigned("how often the oldest bytes were sent again, without an answer")),
            ("probes", unsigned("probes without an answer")),
            ("unanswered", unsigned("bytes sent on it since something came last, where this end spoke first")),
            ("v6_only", flag("IPV6_V6ONLY")),
            ("syn_retries", unsigned("how often the first segment is sent again")),
            ("inode", unsigned("its inode, which identifies the socket")),
            ("uid", unsigned("the user it belongs to")),
            ("owners", list(owner, "the processes that have it open, as far as visible")),
        ],
        &["relation", "protocol"],
        "one end of communication",
    );
    let earlier = object(
        &[
            (
                "did",
                choice(
                    &[
                        "made",
                        "bound",
                        "bound_other",
                        "listened_other",
                        "listened",
                        "connected",
                        "began_to_connect",
                        "accepted",
                        "shut_down",
                        "shut_down_reading",
                        "closed",
                        "peer_closed",
                        "made_nonblocking",
                        "failed",
                        "began_tls",
                        "saw_end",
                        "opened",
                        "replaced",
                        "reaped",
                        "waited_in_vain",
                    ],
                    "what it did",
                ),
            ),
            ("seq", unsigned("its position in the trace")),
            ("ts_ns", unsigned("when it began, nanoseconds since 1970-01-01 UTC; 0 where unknown")),
            ("pid", unsigned("process")),
            ("tid", unsigned("thread")),
            ("role", string("the role that its process plays in a document program")),
            ("call", string("the call in strace's notation")),
            ("line", string("the Python line that made it")),
            ("bytes", unsigned("bytes left unread")),
            ("times", unsigned("how often, where it stands for several calls")),
        ],
        &["did", "seq", "ts_ns", "pid", "tid", "call"],
        "an earlier call",
    );
    let setting = object(
        &[("name", string("as sysctl(8) names it")), ("value", string("its value"))],
        &["name", "value"],
        "a kernel setting",
    );
    let interface = object(
        &[("name", string("its name")), ("up", flag("whether it is up"))],
        &["name", "up"],
        "a network interface",
    );
    let child = object(
        &[("pid", unsigned("its number")), ("command", string("its command line, cut where it is long"))],
        &["pid", "command"],
        "a child process",
    );
    let process = object(
        &[
            ("pid", unsigned("its number")),
            ("uid", unsigned("its effective user")),
            ("capabilities", names("of capabilities(7)", "its effective capabilities that matter for networking")),
            ("open_files", unsigned("open descriptors")),
            ("open_sockets", unsigned("how many of the first 4096 are sockets")),
            ("file_limit", unsigned("RLIMIT_NOFILE, soft")),
            ("file_limit_hard", unsigned("RLIMIT_NOFILE, hard")),
            ("threads", unsigned("its threads")),
            ("waiting_threads", unsigned("those of them that only another one can wake")),
            ("children", list(child, "its children, of one that waits for them")),
            ("ignores_children", flag("it ignores SIGCHLD")),
        ],
        &["pid", "uid", "capabilities"],
        "the process that made the call",
    );
    let file = object(
        &[
            ("path", string("its path, or the descriptor's link in /proc/PID/fd")),
            ("kind", string("socket, file, directory, missing …")),
            ("mode", string("permission bits as ls -l writes them")),
            ("uid", unsigned("its owner")),
        ],
        &["path", "kind"],
        "the file that a descriptor or an address refers to",
    );
    let evidence = object(
        &[
            ("live", flag("the kernel was asked at that moment; otherwise all evidence is from the trace")),
            ("searched", flag("all sockets that could matter were looked for")),
            ("socket", endpoint.clone()),
            ("sockets", list(endpoint, "other sockets that matter")),
            ("process", process),
            ("settings", list(setting, "kernel settings in force there")),
            ("addresses", names("without the port", "addresses of the interfaces there")),
            ("interfaces", list(interface, "the interfaces there")),
            ("routes", names("as 10.0.0.0/8 dev eth0", "the routes there")),
            ("protocols", names("as /proc/net/protocols has it", "protocols the kernel has")),
            (
                "descriptor",
                json!({"type": "integer", "description": "the one it is about, of several or of those that an epoll set watches"}),
            ),
            ("filters", names("as their rules have them", "the packet filters that what is sent passes")),
            ("file", file),
            ("ports_used", unsigned("local ports in use towards the same destination, or at all")),
            ("left_ms", unsigned("of a call that sleeps, how long it goes on")),
            ("source_left", unsigned("of a call that copied less than it was given, how many bytes are left to copy")),
            ("owners_hidden", flag("the descriptors of some processes could not be read")),
            ("earlier", list(earlier, "earlier calls that matter, in order")),
        ],
        &[],
        "what was found at the moment of failure, and earlier in the trace",
    );
    object(
        &[
            ("cause", string("the cause's name, as `sockscope why` lists it")),
            ("text", string("what happened")),
            ("advice", string("what to do")),
            ("times", unsigned("how often it was met, with this time; absent where that is once")),
            ("evidence", evidence),
        ],
        &["evidence"],
        "why the call failed, or what it waits for",
    )
}

/// An object of these keys and no others.
fn object(keys: &[(&str, Json)], required: &[&str], description: &str) -> Json {
    let properties: Properties = keys.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let optional: Vec<&str> = keys.iter().map(|(name, _)| *name).filter(|name| !required.contains(name)).collect();
    closed(properties, &optional, description)
}
