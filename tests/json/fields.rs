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
    role: Option<String>,
    host: Option<String>,
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
    python: Option<Vec<PythonFrame>>,
    python_truncated: Option<bool>,
    socket_made_at: Option<PythonFrame>,
    awaited: Option<Awaited>,
    sockets: Option<Vec<SocketChange>>,
    sockets_truncated: Option<bool>,
    sock: Option<u64>,
    socks: Option<Vec<u64>>,
    family: Option<String>,
    proto: Option<String>,
    local: Option<Object>,
    peer: Option<Object>,
    peer_sock: Option<u64>,
    offset: Option<u64>,
    why: Option<Why>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Awaited {
    frames: Vec<PythonFrame>,
    task: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NlMsg {
    nlmsg_len: u32,
    nlmsg_type: String,
    nlmsg_type_set: Option<String>,
    nlmsg_flags: Vec<String>,
    nlmsg_seq: u32,
    nlmsg_pid: i32,
    payload: Vec<Object>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NlAttr {
    nla_len: u16,
    nla_type: String,
    nla_type_set: Option<String>,
    nla_flags: Vec<String>,
    nla_value: Option<Object>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    cause: Option<String>,
    text: Option<String>,
    times: Option<u64>,
    advice: Option<String>,
    evidence: Evidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    live: Option<bool>,
    searched: Option<bool>,
    descriptor: Option<i32>,
    filters: Option<Vec<String>>,
    socket: Option<Endpoint>,
    sockets: Option<Vec<Endpoint>>,
    process: Option<Process>,
    settings: Option<Vec<Setting>>,
    addresses: Option<Vec<std::net::IpAddr>>,
    interfaces: Option<Vec<Interface>>,
    routes: Option<Vec<String>>,
    protocols: Option<Vec<String>>,
    file: Option<File>,
    ports_used: Option<u64>,
    left_ms: Option<u64>,
    source_left: Option<u64>,
    owners_hidden: Option<bool>,
    earlier: Option<Vec<Earlier>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoint {
    relation: String,
    protocol: String,
    kind: Option<String>,
    local: Option<String>,
    peer: Option<String>,
    state: Option<String>,
    recv_queue: Option<u64>,
    send_queue: Option<u64>,
    backlog: Option<u64>,
    timer_ms: Option<u64>,
    reuse_address: Option<bool>,
    reuse_port: Option<bool>,
    broadcast: Option<bool>,
    nonblocking: Option<bool>,
    recv_timeout_ms: Option<u64>,
    send_timeout_ms: Option<u64>,
    send_buffer: Option<u64>,
    recv_buffer: Option<u64>,
    mtu: Option<u64>,
    dont_fragment: Option<bool>,
    user_timeout_ms: Option<u64>,
    keepalive: Option<bool>,
    keepalive_idle_s: Option<u64>,
    keepalive_probes: Option<u64>,
    rtt_us: Option<u64>,
    retransmissions: Option<u64>,
    probes: Option<u64>,
    unanswered: Option<u64>,
    v6_only: Option<bool>,
    syn_retries: Option<u64>,
    inode: Option<u64>,
    uid: Option<u32>,
    owners: Option<Vec<Owner>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    pid: u32,
    command: String,
    role: Option<String>,
    host: Option<String>,
    fd: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Child {
    pid: u32,
    command: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Process {
    pid: u32,
    uid: u32,
    capabilities: Vec<String>,
    open_files: Option<u64>,
    open_sockets: Option<u64>,
    threads: Option<u64>,
    waiting_threads: Option<u64>,
    children: Option<Vec<Child>>,
    ignores_children: Option<bool>,
    file_limit: Option<u64>,
    file_limit_hard: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interface {
    name: String,
    up: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    kind: String,
    mode: Option<String>,
    uid: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Earlier {
    did: String,
    seq: u64,
    ts_ns: u64,
    pid: u32,
    tid: u32,
    role: Option<String>,
    host: Option<String>,
    call: String,
    line: Option<String>,
    bytes: Option<u64>,
    times: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SocketChange {
    fd: i32,
    before: Option<SocketState>,
    after: Option<SocketState>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SocketState {
    state: String,
    protocol: Option<String>,
    local: Option<Object>,
    peer: Option<Object>,
    inode: Option<u64>,
    peer_inode: Option<u64>,
    accept_queue: Option<u32>,
    backlog: Option<u32>,
    recv_queue: Option<u64>,
    next_datagram: Option<u64>,
    send_queue: Option<u64>,
    retransmissions: Option<u64>,
    rtt_us: Option<u64>,
    drops: Option<u64>,
    expires_ms: Option<u64>,
    error_pending: Option<bool>,
    read_shut: Option<bool>,
    hung_up: Option<bool>,
    held: Option<bool>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PythonFrame {
    file: String,
    line: Option<u32>,
    function: String,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    source: Option<String>,
    expression: Option<String>,
    library: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strace {
    result: Option<String>,
    cut: Option<bool>,
    detached: Option<bool>,
    ip: Option<String>,
    number: Option<u32>,
    since_ns: Option<u64>,
    since_digits: Option<u8>,
    comm: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    v: u8,
    seq: u64,
    ts_ns: u64,
    pid: u32,
    tid: u32,
    role: Option<String>,
    host: Option<String>,
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
    strace: Option<Strace>,
    syscall: Option<String>,
    calls: Option<u64>,
    errors: Option<u64>,
    total_ns: Option<u64>,
    mean_ns: Option<u64>,
    share: Option<u32>,
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
    events: Option<Vec<String>>,
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

/// Reads one line, or reports what is wrong with it.
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

/// Whether something is of a type.
fn is<T: DeserializeOwned>(what: &str, json: &Json) -> Result<(), String> {
    of::<T>(what, json)?;
    Ok(())
}

/// Reads each key of an object by its type; keys with suffixes, which accompany others, are read here.
fn keys(object: &Object, own: fn(&str, &Json) -> Result<(), String>) -> Result<(), String> {
    for (key, json) in object {
        let suffixed = ["_ptr", "_other", "_target", "_set", "_elided", "_fault", "_name"]
            .into_iter()
            .find(|suffix| key.strip_suffix(suffix).is_some_and(|name| object.contains_key(name)));
        match suffixed {
            Some("_ptr" | "_fault") => hex(key, json)?,
            Some("_other") => tagged(&of::<Object>(key, json)?)?,
            Some("_set" | "_name") => is::<String>(key, json)?,
            Some("_elided") => is::<bool>(key, json)?,
            Some(_) if json.is_array() => is::<Vec<Option<String>>>(key, json)?,
            Some(_) => is::<String>(key, json)?,
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
        "sockfd" | "fd" | "oldfd" | "newfd" | "epfd" | "in_fd" | "out_fd" | "dirfd" => is::<i32>(key, json)?,
        "backlog" | "maxevents" | "timeout_ms" => is::<i32>(key, json)?,
        "pid" | "pgid" | "uid" | "gid" | "ruid" | "euid" | "suid" | "rgid" | "egid" | "sgid" | "fsuid" | "fsgid"
        | "owner" | "group" | "who" | "prio" | "id" | "status" | "tid" | "tgid" | "pkey" | "cpu" | "node" | "param"
        | "tloc" | "wd" | "fd_in" | "fd_out" | "off_in" | "off_out" | "olddirfd" | "newdirfd" | "pidfd"
        | "targetfd" | "robust_len" | "initval" | "first" | "last" | "seconds" | "reserved" => is::<i64>(key, json)?,
        "old_size" | "new_size" | "cpusetsize" | "sizemask" => {
            is::<u64>(key, json)?;
        }
        "prot" | "mask" | "access_rights" | "falloc_mode" | "operation" | "options" | "set" | "oldset" => {
            is::<Vec<String>>(key, json)?;
        }
        "advice" | "usage_who" | "whence" | "which" | "resource" | "policy" | "clockid" | "code" | "idtype"
        | "signum" | "sig" => {
            is::<String>(key, json)?;
        }
        "flags_hex" | "flags_reserved" | "tidptr" | "rseq" | "rseq_len" | "signature" | "robust_head" => {
            hex(key, json)?
        }
        "oldpath" | "newpath" | "path" | "target" | "linkpath" | "filename" | "name" | "value" | "list" => {
            is::<Buffer>(key, json)?;
        }
        "argv" | "envp" => each(key, json, |item| of::<Option<Buffer>>(key, item).map(drop))?,
        "groups" | "vec" | "cpus" => is::<Vec<i64>>(key, json)?,
        "statbuf" | "statxbuf" | "statfs" | "tms" | "utsname" | "info" | "infop" | "hdrp" | "datap" | "act"
        | "oldact" | "ss" | "old_ss" | "rlim" | "new_limit" | "old_limit" | "usage" | "rusage" | "wstatus" | "tp"
        | "res" | "req" | "rem" | "request" | "remain" | "tv" | "tz" | "curr_value" | "new_value" | "old_value"
        | "utimbuf" | "open_how" => {
            keys(&of::<Object>(key, json)?, field)?;
        }
        "times" | "dirp" => each(key, json, |item| keys(&of::<Object>(key, item)?, field))?,
        "page_count" => is::<u64>(key, json)?,
        key if key.ends_with("_count") => is::<u32>(key, json)?,
        "size" | "len" | "length" | "count" | "nbytes" => is::<i128>(key, json)?,
        "bufsiz" | "buflen" | "iovcnt" | "sigsetsize" | "vlen" => is::<u64>(key, json)?,
        // `int` for one call, `unsigned` for another: an integer in JSON.
        "offset" => is::<i128>(key, json)?,
        "addrlen" | "addrlen_in" | "optlen" | "optlen_in" | "offset_in" | "nfds" => is::<i64>(key, json)?,
        "domain" | "type" | "protocol" | "level" | "optname" | "how" | "op" => is::<String>(key, json)?,
        "flags" | "type_flags" | "sigmask" | "mode" => is::<Vec<String>>(key, json)?,
        "buf" | "pathname" => is::<Buffer>(key, json)?,
        "addr" | "dest_addr" | "src_addr" => sockaddr(json)?,
        "msg" => keys(&of::<Object>(key, json)?, message)?,
        "msgvec" => each(key, json, mmsghdr)?,
        "iov" => each(key, json, |item| keys(&of::<Object>("iov", item)?, field))?,
        "sv" | "pipefd" | "readfds" | "writefds" | "exceptfds" => is::<Vec<i32>>(key, json)?,
        "readfds_ready" | "writefds_ready" | "exceptfds_ready" => is::<Vec<i32>>(key, json)?,
        "fds" => each(key, json, |item| of::<PollFd>("fds", item).map(drop))?,
        "timeout" | "tmo_p" | "timeout_left" | "tmo_p_left" | "event" => keys(&of::<Object>(key, json)?, field)?,
        "events" => each(key, json, |item| keys(&of::<Object>("events", item)?, field))?,
        "optval" | "arg" => tagged(&of::<Object>(key, json)?)?,
        "arg0" | "arg1" | "arg2" | "arg3" | "arg4" | "arg5" => hex(key, json)?,
        "answer" | "aux" | "aux_dirfd" | "aux_fd" | "cpu_id" | "fanotify_fd" | "from_dirfd" | "fs_fd" | "initrd_fd"
        | "iopl_level" | "kernel_fd" | "ldt_func" | "mqdes" | "parent_tid" | "pid1" | "pid2" | "ruleset_fd"
        | "timer" | "timerid" | "to_dirfd" | "turn_on" => is::<i64>(key, json)?,
        "bytecount" | "cmdline_len" | "cookie" | "fd1" | "fd2" | "home_node" | "msg_len" | "msg_prio" | "pgoff"
        | "plen" | "setting" | "val" | "val2" | "val3" => is::<u64>(key, json)?,
        "base" | "from" | "idx1" | "idx2" | "num" | "start" | "tid_address" => hex(key, json)?,
        "ambient" | "bitset" | "cap" | "core" | "dispatch" | "dumpable" | "fsconfig_cmd" | "futex_op"
        | "ioprio_which" | "kcmp_type" | "keyring" | "log_type" | "magic" | "magic2" | "mce" | "mce_when"
        | "membarrier_cmd" | "mm" | "operation_code" | "option" | "pid_type" | "reboot_cmd" | "rule_type"
        | "seccomp_mode" | "speculation" | "tracer" | "tsc" | "vma" => is::<String>(key, json)?,
        "attr_flags" | "control" | "fan_mask" | "fp_mode" | "mountflags" | "nstype" | "pac_enabled" | "pac_keys"
        | "securebits" | "unalign" => is::<Vec<String>>(key, json)?,
        "buffer" | "bufp" | "callout_info" | "cmdline" | "data" | "description" | "filesystemtype"
        | "from_pathname" | "fsname" | "key_name" | "key_type" | "library" | "message" | "new_root"
        | "param_values" | "payload" | "put_old" | "reboot_arg" | "source" | "special" | "to_pathname" => {
            is::<Buffer>(key, json)?
        }
        "abs_timeout" | "attr" | "cl_args" | "cl_args_after" | "dev" | "frame" | "ioprio" | "newattr" | "oldattr"
        | "prog" | "qcmd" | "rule_attr" | "sevp" | "wake_op" => keys(&of::<Object>(key, json)?, field)?,
        "action" | "parent_pidfd" | "pdeathsig" | "tsc_set" => tagged(&of::<Object>(key, json)?)?,
        "create" | "event_message" | "mount_fd" | "mount_id" | "msgtyp" | "msqid" | "nsems" | "semid" | "semnum"
        | "shmid" => is::<i64>(key, json)?,
        "attr_size" | "data_size" | "error" | "liovcnt" | "maxnode" | "min_complete" | "msgsz" | "nr_futexes"
        | "nr_segments" | "nsops" | "riovcnt" | "sched_reserved" | "seconds_valid" | "to_submit" | "vm_flags" => {
            is::<u64>(key, json)?
        }
        "futex_flags" => hex(key, json)?,
        "ctl_cmd" | "ptrace_request" | "key" | "key_id" | "keyctl_op" | "register_set" | "reqkey" | "to_keyring" => {
            is::<String>(key, json)?
        }
        "event_flags" | "fan_flags" | "kexec_flags" | "msgflg" | "perm" | "persona" | "policy_mode" | "semflg"
        | "shmflg" | "swapflags" | "trace_options" => is::<Vec<String>>(key, json)?,
        "restriction" => is::<Buffer>(key, json)?,
        "ctl_msginfo" | "ctl_msqid_ds" | "ctl_msqid_set" | "ctl_semid_ds" | "ctl_semid_set" | "ctl_seminfo"
        | "ctl_shm_info" | "ctl_shmid_ds" | "ctl_shmid_set" | "ctl_shminfo" | "iov_data" | "mount_attr"
        | "ruleset_attr" | "sched_attr" | "timex" => keys(&of::<Object>(key, json)?, field)?,
        "mode_out" => tagged(&of::<Object>(key, json)?)?,
        "nodes" | "page_status" => is::<Vec<i64>>(key, json)?,
        "new_nodes" | "nodemask" | "old_nodes" => tagged(&of::<Object>(key, json)?)?,
        "pages" => tagged(&of::<Object>(key, json)?)?,
        "msgp" | "handle" => keys(&of::<Object>(key, json)?, field)?,
        "local_iov" => each(key, json, |item| keys(&of::<Object>("iov", item)?, field))?,
        "remote_iov" | "segments" | "sops" | "waiters" => {
            each(key, json, |item| keys(&of::<Object>(key, item)?, field))?
        }
        "interrupted" | "opcode" | "cmd" => is::<String>(key, json)?,
        "nr" | "min_nr" | "max_nr" | "nr_events" | "nr_args" | "entries" => is::<i128>(key, json)?,
        "group_fd" => is::<i32>(key, json)?,
        "ctx_idp" => hex(key, json)?,
        "files" => is::<Vec<i64>>(key, json)?,
        "iovecs" => each(key, json, |item| keys(&of::<Object>(key, item)?, field))?,
        "time_limit" | "args" | "u_info" => keys(&of::<Object>(key, json)?, field)?,
        "bpf_attr" => keys(&of::<Object>(key, json)?, program)?,
        "perf_event_attr" => keys(&of::<Object>(key, json)?, counter)?,
        "iocb" | "result" | "params" | "probe" | "files_update" | "buffer_ring" => {
            keys(&of::<Object>(key, json)?, request)?
        }
        "io_events" | "iocbpp" | "restrictions" | "rings" | "ring_places" => {
            each(key, json, |item| keys(&of::<Object>(key, item)?, request))?
        }
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
        "msg_namelen" | "msg_namelen_in" => is::<i64>(key, json),
        "msg_iov" => argument("iov", json),
        "msg_iovlen" | "msg_controllen" => is::<u64>(key, json),
        "msg_control" => each(key, json, cmsg),
        "msg_flags" => is::<Vec<String>>(key, json),
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
        "tv_sec" | "tv_usec" | "tv_nsec" | "l_onoff" | "l_linger" | "handle_bytes_in" => is::<i64>(key, json),
        "iov_base" => is::<Buffer>(key, json),
        "iov_len" => is::<u64>(key, json),
        "events" => is::<Vec<String>>(key, json),
        "data" => keys(&of::<Object>(key, json)?, field),
        "u32" => is::<u32>(key, json),
        "u64" => hex(key, json),
        "cut" => is::<String>(key, json),
        "si_pid" | "si_status" | "si_utime" | "si_stime" | "si_int" | "si_overrun" | "si_band" | "si_fd" => {
            is::<i64>(key, json)
        }
        "si_uid" => is::<u32>(key, json),
        "si_code" | "si_syscall" | "si_arch" | "si_errno" => is::<String>(key, json),
        "si_timerid" => hex(key, json),
        "si_signo" => tagged(&of::<Object>(key, json)?),
        "st_mode"
        | "stx_mask"
        | "stx_attributes"
        | "stx_attributes_mask"
        | "stx_mode"
        | "f_flags"
        | "sa_mask"
        | "sa_flags"
        | "ss_flags"
        | "effective"
        | "permitted"
        | "inheritable"
        | "flags"
        | "mode"
        | "mask"
        | "mq_flags"
        | "allowed_access"
        | "resolve" => is::<Vec<String>>(key, json),
        "cmd" | "class" | "op" | "cmp" | "type" | "sigev_notify" => is::<String>(key, json),
        "oparg" | "cmparg" | "stack_size" => hex(key, json),
        "sigev_value" => keys(&of::<Object>(key, json)?, field),
        "exit_signal" | "pidfd" | "sigev_signo" => tagged(&of::<Object>(key, json)?),
        "set_tid_size"
        | "cgroup"
        | "parent_fd"
        | "parent_tid"
        | "priority"
        | "sival_int"
        | "mq_maxmsg"
        | "mq_msgsize"
        | "mq_curmsgs"
        | "sigev_notify_thread_id"
        | "len" => is::<i128>(key, json),
        "st_dev" | "st_rdev" | "stx_atime" | "stx_btime" | "stx_ctime" | "stx_mtime" | "f_fsid" | "ru_utime"
        | "ru_stime" | "it_interval" | "it_value" => keys(&of::<Object>(key, json)?, field),
        "stx_mnt_id" => hex(key, json),
        "status" => hex(key, json).or_else(|_| is::<Vec<String>>(key, json)),
        "f_type" | "sa_handler" | "version" | "d_type" | "sysname" | "nodename" | "release" | "machine"
        | "domainname" => is::<String>(key, json),
        "loads" => is::<Vec<i64>>(key, json),
        "val" => is::<Vec<i64>>(key, json).or_else(|_| hex(key, json)),
        "more" | "WTERMSIG" | "WSTOPSIG" => tagged(&of::<Object>(key, json)?),
        "d_name" => is::<Buffer>(key, json),
        "f_handle" => is::<String>(key, json),
        "major" | "minor" | "uptime" | "totalram" | "freeram" | "sharedram" | "bufferram" | "totalswap"
        | "freeswap" | "procs" | "totalhigh" | "freehigh" | "mem_unit" | "WEXITSTATUS" | "WCOREDUMP" | "actime"
        | "modtime" | "rlim_cur" | "rlim_max" | "ss_size" | "pid" | "tz_minuteswest" | "tz_dsttime" => {
            is::<i128>(key, json)
        }
        "mtype" | "sem_op" | "shm_cpid" | "shm_lpid" | "used_ids" | "semmap" | "semmni" | "semmns" | "semmnu"
        | "semmsl" | "semopm" | "semume" | "semusz" | "semvmx" | "semaem" | "msg_lspid" | "msg_lrpid" | "msgpool"
        | "msgmap" | "msgmax" | "msgmnb" | "msgmni" | "msgssz" | "msgtql" | "handle_type" | "sched_nice" | "offset"
        | "freq" | "maxerror" | "esterror" | "constant" | "precision" | "tolerance" | "tick" | "ppsfreq" | "jitter"
        | "shift" | "stabil" | "jitcnt" | "calcnt" | "errcnt" | "stbcnt" | "tai" | "sem_num" | "key" | "shm_segsz"
        | "shm_nattch" | "shm_atime" | "shm_dtime" | "shm_ctime" | "shmmax" | "shmmin" | "shmmni" | "shmseg"
        | "shmall" | "shm_tot" | "shm_rss" | "shm_swp" | "swap_attempts" | "swap_successes" | "sem_otime"
        | "sem_ctime" | "sem_nsems" | "msg_qbytes" | "msg_stime" | "msg_rtime" | "msg_ctime" | "msg_qnum"
        | "msgseg" | "size" | "sched_priority" | "sched_runtime" | "sched_deadline" | "sched_period"
        | "sched_util_min" | "sched_util_max" | "userns_fd" | "bufsz" | "memsz" | "uid" | "gid" | "cuid" | "cgid" => {
            is::<i128>(key, json)
        }
        "mtext" => is::<Buffer>(key, json),
        "sem_flg" | "sched_flags" | "modes" | "handled_access_fs" | "attr_set" | "attr_clr" | "propagation" => {
            is::<Vec<String>>(key, json)
        }
        "shm_perm" | "sem_perm" | "msg_perm" | "time" => keys(&of::<Object>(key, json)?, field),
        "handle_bytes" => is::<i64>(key, json),
        "sched_policy" => is::<String>(key, json),
        "uaddr" | "buf" | "mem" | "__reserved" => hex(key, json),
        _ if ["st_", "stx_", "f_", "ru_", "tms_", "d_"].iter().any(|prefix| key.starts_with(prefix)) => {
            is::<i128>(key, json)
        }
        "nlen" | "newlen" | "entry_number" | "seg_32bit" | "contents" | "read_exec_only" | "limit_in_pages"
        | "seg_not_present" | "useable" | "lm" => is::<i128>(key, json),
        "base_addr" | "limit" => hex(key, json),
        "name" | "oldval" | "oldlenp" | "newval" => is::<Buffer>(key, json),
        _ => Err(format!("a structure's field `{key}` is not known")),
    }
}

/// Programs of the kernel and their maps.
fn program(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "cut" => is::<String>(key, json),
        "more" | "numa_node" | "prog_ids" | "old_prog_fd" => tagged(&of::<Object>(key, json)?),
        "map_type" | "prog_type" | "expected_attach_type" | "attach_type" | "fd_type" => is::<String>(key, json),
        "key_size"
        | "value_size"
        | "max_entries"
        | "inner_map_fd"
        | "map_ifindex"
        | "btf_fd"
        | "btf_key_type_id"
        | "btf_value_type_id"
        | "btf_vmlinux_value_type_id"
        | "map_extra"
        | "map_fd"
        | "insn_cnt"
        | "log_level"
        | "log_size"
        | "prog_ifindex"
        | "prog_btf_fd"
        | "func_info_rec_size"
        | "func_info_cnt"
        | "line_info_rec_size"
        | "line_info_cnt"
        | "attach_btf_id"
        | "attach_prog_fd"
        | "bpf_fd"
        | "target_fd"
        | "attach_bpf_fd"
        | "replace_bpf_fd"
        | "prog_fd"
        | "retval"
        | "data_size_in"
        | "data_size_out"
        | "repeat"
        | "duration"
        | "ctx_size_in"
        | "ctx_size_out"
        | "cpu"
        | "batch_size"
        | "start_id"
        | "next_id"
        | "prog_id"
        | "map_id"
        | "btf_id"
        | "link_id"
        | "info_len"
        | "prog_cnt"
        | "btf_size"
        | "btf_log_size"
        | "btf_log_level"
        | "pid"
        | "fd"
        | "buf_len"
        | "count"
        | "link_fd"
        | "new_prog_fd" => is::<i128>(key, json),
        "map_flags" | "prog_flags" | "file_flags" | "attach_flags" | "open_flags" | "query_flags" | "elem_flags" => {
            is::<Vec<String>>(key, json)
        }
        "map_name" | "key" | "value" | "next_key" | "insns" | "license" | "log_buf" | "prog_name" | "func_info"
        | "line_info" | "fd_array" | "pathname" | "data_in" | "data_out" | "ctx_in" | "ctx_out" | "name" | "btf"
        | "btf_log_buf" | "buf" | "in_batch" | "out_batch" | "keys" | "values" => is::<Buffer>(key, json),
        "flags" => hex(key, json).or_else(|_| is::<i128>(key, json)).or_else(|_| is::<Vec<String>>(key, json)),
        "kern_version" | "test" | "query" | "raw_tracepoint" | "task_fd_query" | "batch" | "link_create"
        | "link_update" => keys(&of::<Object>(key, json)?, program),
        "info" => is::<Buffer>(key, json).or_else(|_| keys(&of::<Object>(key, json)?, program)),
        "probe_offset" | "probe_addr" => hex(key, json),
        "major" | "minor" | "patch" => is::<i128>(key, json),
        _ => Err(format!("a structure's field `{key}` is not known")),
    }
}
/// The members of what netlink messages hold.
fn netlink(key: &str, json: &Json) -> Result<(), String> {
    if json.is_number() {
        return is::<i128>(key, json);
    }
    match key {
        "ifi_change" | "mem_start" | "mem_end" | "base_addr" | "rta_id" => hex(key, json),
        "ifi_flags" | "ifa_flags" | "rtm_flags" | "rtm_tos" | "ndm_state" | "ndm_flags" | "tos" | "flags"
        | "rtnh_flags" => is::<Vec<String>>(key, json),
        "ifi_family" | "ifi_type" | "ifa_family" | "ifa_scope" | "rtm_family" | "rtm_table" | "rtm_protocol"
        | "rtm_scope" | "rtm_type" | "ndm_family" | "ndm_type" | "family" | "table" | "action" | "rtvia_family"
        | "index" | "cut" => is::<String>(key, json),
        "idiag_ext" | "idiag_states" | "udiag_states" | "udiag_show" | "ndiag_show" | "pdiag_show" => {
            is::<Vec<String>>(key, json)
        }
        "sdiag_family" | "sdiag_protocol" | "idiag_family" | "idiag_state" | "udiag_family" | "udiag_type"
        | "udiag_state" | "ndiag_family" | "ndiag_type" | "ndiag_protocol" | "ndiag_state" | "pdiag_family"
        | "pdiag_type" | "pdiag_num" => is::<String>(key, json),
        "idiag_src" | "idiag_dst" => is::<std::net::IpAddr>(key, json),
        "idiag_cookie" | "udiag_cookie" | "ndiag_cookie" | "pdiag_cookie" => is::<Vec<i64>>(key, json),
        "bbr_bw_lo" | "bbr_bw_hi" => hex(key, json),
        "pdi_version" => is::<String>(key, json),
        "pdi_flags" => is::<Vec<String>>(key, json),
        "id" | "udiag_vfs_dev" => keys(&of::<Object>(key, json)?, netlink),
        "msg" | "data" | "rtvia_addr" => match json {
            Json::String(_) => is::<std::net::IpAddr>(key, json),
            _ => tagged(&of::<Object>(key, json)?),
        },
        _ => Err(format!("a netlink message has no `{key}` that is {json}")),
    }
}

/// What is counted.
fn counter(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "cut" => is::<String>(key, json),
        "pmu" | "unused" | "sample_regs_user" | "sample_regs_intr" | "sig_data" => hex(key, json),
        "event" | "result" | "op" | "cache" | "type" | "size" => is::<String>(key, json),
        "config" | "wakeup_events" | "wakeup_watermark" | "bp_type" | "bp_addr" | "config1" | "bp_len" | "config2"
        | "branch_sample_type" | "sample_stack_user" | "clockid" | "more" => tagged(&of::<Object>(key, json)?),
        "sample_period"
        | "disabled"
        | "inherit"
        | "pinned"
        | "exclusive"
        | "exclude_user"
        | "exclude_kernel"
        | "exclude_hv"
        | "exclude_idle"
        | "mmap"
        | "comm"
        | "freq"
        | "inherit_stat"
        | "enable_on_exec"
        | "task"
        | "watermark"
        | "precise_ip"
        | "mmap_data"
        | "sample_id_all"
        | "exclude_host"
        | "exclude_guest"
        | "exclude_callchain_kernel"
        | "exclude_callchain_user"
        | "mmap2"
        | "comm_exec"
        | "use_clockid"
        | "context_switch"
        | "write_backward"
        | "namespaces"
        | "ksymbol"
        | "bpf_event"
        | "aux_output"
        | "cgroup"
        | "text_poke"
        | "build_id"
        | "inherit_thread"
        | "remove_on_exec"
        | "sigtrap"
        | "__reserved_1"
        | "aux_watermark"
        | "sample_max_stack"
        | "aux_sample_size"
        | "sample_freq" => is::<i128>(key, json),
        "sample_type" | "read_format" => is::<Vec<String>>(key, json),
        _ => Err(format!("a structure's field `{key}` is not known")),
    }
}
/// Requests in the background, and rings of them.
fn request(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "cut" => is::<String>(key, json),
        "aio_data" | "sq_thread_cpu" | "resv1" | "user_addr" | "pad" => hex(key, json),
        "aio_key" | "aio_fildes" | "res" | "res2" | "sq_thread_idle" | "sq_entries" | "cq_entries" | "head"
        | "tail" | "ring_mask" | "ring_entries" | "dropped" | "array" | "overflow" | "cqes" | "offset" | "fds"
        | "bgid" | "ops_len" => is::<i128>(key, json),
        "aio_rw_flags" | "features" => is::<Vec<String>>(key, json),
        "aio_lio_opcode" | "opcode" | "last_op" | "op" => is::<String>(key, json),
        "aio_reqprio" | "aio_buf" | "aio_nbytes" | "aio_offset" | "aio_flags" | "aio_resfd" | "wq_fd"
        | "register_op" | "sqe_op" | "sqe_flags" | "ops" => tagged(&of::<Object>(key, json)?),
        "data" => hex(key, json).or_else(|_| is::<i128>(key, json)),
        "obj" | "ring_addr" => is::<Buffer>(key, json),
        "flags" => is::<i128>(key, json).or_else(|_| is::<Vec<String>>(key, json)),
        "resv" | "resv2" => hex(key, json).or_else(|_| is::<Vec<i64>>(key, json)),
        "sq_off" | "cq_off" => keys(&of::<Object>(key, json)?, request),
        _ => Err(format!("a structure's field `{key}` is not known")),
    }
}

/// How a terminal is set.
fn terminal(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "c_iflag" | "c_lflag" | "flags" => is::<Vec<String>>(key, json),
        "c_oflag" | "c_cflag" => keys(&of::<Object>(key, json)?, terminal),
        "c_line" | "newline" | "return" | "tab" | "back" | "vertical" | "page" | "speed" | "input_speed" | "size"
        | "cut" => is::<String>(key, json),
        "c_cc" => is::<Vec<u8>>(key, json),
        "c_ispeed" | "c_ospeed" => is::<u32>(key, json),
        "ws_row" | "ws_col" | "ws_xpixel" | "ws_ypixel" => is::<u16>(key, json),
        _ => Err(format!("a terminal has no `{key}`")),
    }
}

/// A value whose own key names its kind.
fn tagged(object: &Object) -> Result<(), String> {
    if object.is_empty() {
        return Err("a value without a key".into());
    }
    keys(object, tag)
}

fn tag(key: &str, json: &Json) -> Result<(), String> {
    match key {
        "int" | "length" | "length_in" | "offset" | "offset_in" => is::<i64>(key, json),
        "uint" => is::<u64>(key, json),
        "be32" | "interface" => is::<u32>(key, json),
        "port" => is::<u16>(key, json),
        "fd" => is::<i32>(key, json),
        "hex" | "ptr" => hex(key, json),
        "const" | "set" | "type" | "octets" | "verbatim" | "signal" => is::<String>(key, json),
        "flags" | "type_flags" | "sigset" => is::<Vec<String>>(key, json),
        "ipv4" => is::<std::net::Ipv4Addr>(key, json),
        "ipv6" => is::<std::net::Ipv6Addr>(key, json),
        "bytes" => is::<Buffer>(key, json),
        "address" => sockaddr(json),
        "fds" | "fd_set" | "fd_set_ready" => is::<Vec<i32>>(key, json),
        "fd_set_ready_target" => is::<Vec<Option<String>>>(key, json),
        "ints" => is::<Vec<i64>>(key, json),
        "array" => each(key, json, |item| tagged(&of::<Object>("array", item)?)),
        "message" => keys(&of::<Object>(key, json)?, message),
        "mmsghdr" => mmsghdr(json),
        "cmsg" => cmsg(json),
        "pollfd" => is::<PollFd>(key, json),
        "ref" | "time" | "time_left" => tagged(&of::<Object>(key, json)?),
        "termios" | "termio" | "termios2" | "winsize" | "tty_output" | "tty_control" => {
            keys(&of::<Object>(key, json)?, terminal)
        }
        "timeval" | "timespec" | "linger" | "epoll_event" | "epoll_data" | "iovec" | "siginfo" => {
            keys(&of::<Object>(key, json)?, field)
        }
        "direct" | "short" => is::<bool>(key, json),
        "opaque" => is::<Buffer>(key, json),
        "row" => each(key, json, |item| tagged(&of::<Object>("row", item)?)),
        "nlmsg" => {
            let message: NlMsg = of(key, json)?;
            message.payload.iter().try_for_each(tagged)
        }
        "nla" => of::<NlAttr>(key, json)?.nla_value.iter().try_for_each(tagged),
        "nlmsgerr"
        | "nlfamily"
        | "ifinfomsg"
        | "ifaddrmsg"
        | "rtmsg"
        | "ndmsg"
        | "fib_rule_hdr"
        | "rtnexthop"
        | "rtvia"
        | "rtvia_inet"
        | "rtvia_inet6"
        | "rtnl_link_stats"
        | "rtnl_link_stats64"
        | "rtnl_link_ifmap"
        | "ifla_cacheinfo"
        | "ifa_cacheinfo"
        | "rta_cacheinfo"
        | "rta_mfc_stats"
        | "nda_cacheinfo"
        | "fib_rule_uid_range"
        | "fib_rule_port_range"
        | "inet_diag_req_v2"
        | "inet6_diag_req_v2"
        | "inet_diag_req"
        | "inet6_diag_req"
        | "inet_diag_msg"
        | "inet6_diag_msg"
        | "unix_diag_req"
        | "unix_diag_msg"
        | "netlink_diag_req"
        | "netlink_diag_msg"
        | "packet_diag_req"
        | "packet_diag_msg"
        | "inet_diag_meminfo"
        | "unix_diag_rqlen"
        | "netlink_diag_ring"
        | "unix_diag_vfs"
        | "tcpvegas_info"
        | "tcp_dctcp_info"
        | "tcp_bbr_info"
        | "inet_diag_sockopt"
        | "packet_diag_info"
        | "packet_diag_ring"
        | "sk_meminfo"
        | "ipv4_devconf"
        | "ipv6_devconf"
        | "ipstats_mib"
        | "icmp6_mib" => keys(&of::<Object>(key, json)?, netlink),
        _ => Err(format!("a value of kind `{key}` is not known")),
    }
}
