//! The schema stated a second time, as types that deny unknown fields and know nothing of the call table.
//!
//! Arguments are read key by key, each by the one type it has wherever it occurs.
#![allow(dead_code, reason = "the types are for reading; what they hold is compared elsewhere")]

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

type Object = Map<String, Json>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    v: u8,
    seq: u64,
    ts_ns: u64,
    pid: u32,
    tid: u32,
    r#type: String,
    syscall: String,
    nr: Option<i64>,
    via: Option<String>,
    args: Object,
    ret: Option<i64>,
    ret_target: Option<String>,
    errno: Option<String>,
    dur_ns: Option<u64>,
    strace: Option<Strace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strace {
    result: Option<String>,
    cut: Option<bool>,
    ip: Option<String>,
    number: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    v: u8,
    seq: u64,
    ts_ns: u64,
    pid: u32,
    tid: u32,
    r#type: String,
    signal: Option<String>,
    info: Option<Object>,
    status: Option<i32>,
    core_dumped: Option<bool>,
    text: Option<String>,
    raw: Option<Buffer>,
    line: Option<u64>,
    column: Option<u32>,
    more: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Buffer {
    text: Option<String>,
    base64: Option<String>,
    truncated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SockAddr {
    family: String,
    ip: Option<std::net::IpAddr>,
    port: Option<u16>,
    flowinfo: Option<u32>,
    scope_id: Option<u32>,
    scope_name: Option<String>,
    path: Option<String>,
    path_base64: Option<String>,
    r#abstract: Option<String>,
    abstract_base64: Option<String>,
    sa_data: Option<String>,
    linger: Option<Object>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PollFd {
    fd: i32,
    fd_target: Option<String>,
    events: Vec<String>,
    revents: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MmsgHdr {
    msg_hdr: Object,
    msg_len: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cmsg {
    cmsg_len: u64,
    cmsg_level: String,
    cmsg_level_set: Option<String>,
    cmsg_type: String,
    cmsg_type_set: Option<String>,
    cmsg_data: Option<Object>,
}

/// Reads one line, or says what is odd about it.
pub fn read(line: &str) -> Result<(), String> {
    let json: Json = serde_json::from_str(line).map_err(|e| e.to_string())?;
    if json["type"] != "call" {
        let other: Other = of("the line", &json)?;
        return other.info.as_ref().map_or(Ok(()), tagged);
    }
    let call: Call = of("the line", &json)?;
    keys(&call.args, argument)
}

fn of<T: DeserializeOwned>(what: &str, json: &Json) -> Result<T, String> {
    T::deserialize(json).map_err(|e| format!("{what}: {e}"))
}

/// Reads each key of an object by its type; the keys that stand beside any other are read here.
fn keys(object: &Object, own: fn(&str, &Json) -> Result<(), String>) -> Result<(), String> {
    for (key, json) in object {
        let beside = ["_ptr", "_other", "_target", "_set", "_elided", "_fault", "_name"]
            .into_iter()
            .find(|suffix| key.strip_suffix(suffix).is_some_and(|name| object.contains_key(name)));
        match beside {
            Some("_ptr" | "_fault") => hex(key, json)?,
            Some("_other") => tagged(&of::<Object>(key, json)?)?,
            Some("_set" | "_name") => drop(of::<String>(key, json)?),
            Some("_elided") => drop(of::<bool>(key, json)?),
            Some(_) if json.is_array() => drop(of::<Vec<Option<String>>>(key, json)?),
            Some(_) => drop(of::<String>(key, json)?),
            None if json.is_null() => {}
            None => own(key, json)?,
        }
    }
    Ok(())
}

fn hex(key: &str, json: &Json) -> Result<(), String> {
    let word: String = of(key, json)?;
    let digits = word.strip_prefix("0x").ok_or_else(|| format!("{key}: {word} is not hex"))?;
    u64::from_str_radix(digits, 16).map(drop).map_err(|e| format!("{key}: {e}"))
}

/// Reads each element of a list.
fn each(key: &str, json: &Json, own: impl Fn(&Json) -> Result<(), String>) -> Result<(), String> {
    json.as_array().ok_or_else(|| format!("{key} is no list"))?.iter().try_for_each(own)
}

/// The arguments of all calls.
fn argument(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "sockfd" | "fd" | "oldfd" | "newfd" | "epfd" | "in_fd" | "out_fd" => drop(of::<i32>(key, json)?),
        "backlog" | "maxevents" | "timeout_ms" => drop(of::<i32>(key, json)?),
        "len" | "size" | "count" | "iovcnt" | "sigsetsize" | "vlen" => drop(of::<u64>(key, json)?),
        // `int` for one call, `unsigned` for another: an integer in JSON.
        "addrlen" | "addrlen_in" | "optlen" | "optlen_in" | "offset" | "offset_in" | "nfds" => {
            drop(of::<i64>(key, json)?)
        }
        "domain" | "type" | "protocol" | "level" | "optname" | "how" | "op" => drop(of::<String>(key, json)?),
        "flags" | "type_flags" | "sigmask" => drop(of::<Vec<String>>(key, json)?),
        "buf" => drop(of::<Buffer>(key, json)?),
        "addr" | "dest_addr" | "src_addr" => sockaddr(json)?,
        "msg" => keys(&of::<Object>(key, json)?, message)?,
        "msgvec" => each(key, json, mmsghdr)?,
        "iov" => each(key, json, |item| keys(&of::<Object>("iov", item)?, field))?,
        "sv" | "pipefd" | "readfds" | "writefds" | "exceptfds" => drop(of::<Vec<i32>>(key, json)?),
        "readfds_ready" | "writefds_ready" | "exceptfds_ready" => drop(of::<Vec<i32>>(key, json)?),
        "fds" => each(key, json, |item| of::<PollFd>("fds", item).map(drop))?,
        "timeout" | "tmo_p" | "timeout_left" | "tmo_p_left" | "event" => keys(&of::<Object>(key, json)?, field)?,
        "events" => each(key, json, |item| keys(&of::<Object>("events", item)?, field))?,
        "optval" | "arg" => tagged(&of::<Object>(key, json)?)?,
        "arg0" | "arg1" | "arg2" | "arg3" | "arg4" | "arg5" => hex(key, json)?,
        _ => return Err(format!("an argument `{key}` is not known")),
    }
    Ok(())
}

fn sockaddr(json: &Json) -> Result<(), String> {
    let address: SockAddr = of("an address", json)?;
    address.linger.as_ref().map_or(Ok(()), |fields| keys(fields, field))
}

fn message(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "msg_name" => sockaddr(json),
        "msg_namelen" | "msg_namelen_in" => of::<i64>(key, json).map(drop),
        "msg_iov" => argument("iov", json),
        "msg_iovlen" | "msg_controllen" => of::<u64>(key, json).map(drop),
        "msg_control" => each(key, json, cmsg),
        "msg_flags" => of::<Vec<String>>(key, json).map(drop),
        _ => Err(format!("a message has no `{key}`")),
    }
}

fn mmsghdr(json: &Json) -> Result<(), String> {
    keys(&of::<MmsgHdr>("a message", json)?.msg_hdr, message)
}

fn cmsg(json: &Json) -> Result<(), String> {
    let control: Cmsg = of("a control message", json)?;
    control.cmsg_data.as_ref().map_or(Ok(()), tagged)
}

/// The fields of all structures.
fn field(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "tv_sec" | "tv_usec" | "tv_nsec" | "l_onoff" | "l_linger" => of::<i64>(key, json).map(drop),
        "iov_base" => of::<Buffer>(key, json).map(drop),
        "iov_len" => of::<u64>(key, json).map(drop),
        "events" => of::<Vec<String>>(key, json).map(drop),
        "data" => keys(&of::<Object>(key, json)?, field),
        "u32" => of::<u32>(key, json).map(drop),
        "u64" => hex(key, json),
        "cut" => of::<String>(key, json).map(drop),
        _ => Err(format!("a structure's field `{key}` is not known")),
    }
}

/// A value whose own key says what it is.
fn tagged(object: &Object) -> Result<(), String> {
    if object.is_empty() {
        return Err("a value without a key".into());
    }
    keys(object, tag)
}

fn tag(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "int" | "length" | "length_in" | "offset" | "offset_in" => of::<i64>(key, json).map(drop),
        "uint" => of::<u64>(key, json).map(drop),
        "be32" | "interface" => of::<u32>(key, json).map(drop),
        "port" => of::<u16>(key, json).map(drop),
        "fd" => of::<i32>(key, json).map(drop),
        "hex" | "ptr" => hex(key, json),
        "const" | "set" | "type" | "octets" | "verbatim" => of::<String>(key, json).map(drop),
        "flags" | "type_flags" | "sigset" => of::<Vec<String>>(key, json).map(drop),
        "ipv4" => of::<std::net::Ipv4Addr>(key, json).map(drop),
        "ipv6" => of::<std::net::Ipv6Addr>(key, json).map(drop),
        "bytes" => of::<Buffer>(key, json).map(drop),
        "sockaddr" => sockaddr(json),
        "fds" | "fd_set" | "fd_set_ready" => of::<Vec<i32>>(key, json).map(drop),
        "fd_set_ready_target" => of::<Vec<Option<String>>>(key, json).map(drop),
        "ints" => of::<Vec<i64>>(key, json).map(drop),
        "array" => each(key, json, |item| tagged(&of::<Object>("array", item)?)),
        "msghdr" => keys(&of::<Object>(key, json)?, message),
        "mmsghdr" => mmsghdr(json),
        "cmsg" => cmsg(json),
        "pollfd" => of::<PollFd>(key, json).map(drop),
        "ref" | "time" | "time_left" => tagged(&of::<Object>(key, json)?),
        "timeval" | "timespec" | "linger" | "epoll_event" | "epoll_data" | "iovec" => {
            keys(&of::<Object>(key, json)?, field)
        }
        "direct" => of::<bool>(key, json).map(drop),
        _ => Err(format!("a value of kind `{key}` is not known")),
    }
}
