//! Which socket, which bytes, which call at the other end: held against programs whose messages say so themselves.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{alone, interpreters};

/// Runs our command and returns its standard output.
fn sockscope(args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A trace of a program of `tests/subjects/counters.py`.
fn recorded(what: &str, size: usize, folder: &Path) -> String {
    let trace = folder.join(format!("{what}.jsonl")).display().to_string();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subjects/counters.py");
    let (python, script) = (interpreters::python3().display().to_string(), script.display().to_string());
    let folder = folder.display().to_string();
    sockscope(&[
        "trace",
        "-f",
        "-q",
        "-s",
        "4096",
        "-o",
        &trace,
        "--",
        &python,
        &script,
        what,
        &size.to_string(),
        &folder,
    ]);
    trace
}

/// The bytes of a call's buffer.
fn payload(event: &Value) -> Vec<u8> {
    fn find(value: &Value) -> Option<Vec<u8>> {
        match value {
            Value::Object(object) => match (object.get("text"), object.get("base64")) {
                (Some(Value::String(text)), _) => Some(text.clone().into_bytes()),
                (_, Some(Value::String(text))) => {
                    use base64::Engine as _;
                    Some(base64::engine::general_purpose::STANDARD.decode(text).unwrap())
                }
                _ => object.values().find_map(find),
            },
            Value::Array(items) => items.iter().find_map(find),
            _ => None,
        }
    }
    let args = &event["args"];
    ["buf", "msg", "iov"].iter().find_map(|name| args.get(name)).and_then(find).unwrap_or_default()
}

/// Arrows whose bytes were compared.
struct Compared {
    links: usize,
    /// Links of which one end is missing.
    open: usize,
}

/// Panics where a link leads from a call to one that has other bytes, or where a socket has bytes of two connections.
fn held_against_bytes(trace: &str, what: &str) -> Compared {
    let events: HashMap<u64, Value> = lines(&std::fs::read_to_string(trace).unwrap())
        .into_iter()
        .map(|event| (event["seq"].as_u64().unwrap(), event))
        .collect();
    let links = lines(&sockscope(&["sockets", "--links", "--format", "json", trace]));
    let mut tags: HashMap<(u64, bool), (u16, u16)> = HashMap::new();
    let mut compared = Compared { links: 0, open: 0 };
    for link in links.iter().filter(|link| ["bytes", "datagram"].contains(&link["kind"].as_str().unwrap())) {
        let (Some(from), Some(to)) = (link["from_seq"].as_u64(), link["to_seq"].as_u64()) else {
            compared.open += 1;
            continue;
        };
        let bytes = link["bytes"].as_u64().unwrap() as usize;
        let part = |seq: u64, skip: &str| {
            let data = payload(&events[&seq]);
            let skip = link[skip].as_u64().unwrap() as usize;
            data.get(skip..skip + bytes).map(<[u8]>::to_vec)
        };
        let (sent, received) = (part(from, "from_skip"), part(to, "to_skip"));
        assert!(sent.is_some() && sent == received, "{what}: {link}\n{}\n{}", events[&from], events[&to]);
        compared.links += 1;
        // A whole record in it names the connection: a socket has one in each direction.
        let offset = link["offset"].as_u64().unwrap() as usize;
        let start = if link["kind"] == "bytes" { (8 - offset % 8) % 8 } else { 0 };
        let Some(record) = sent.as_ref().and_then(|sent| sent.get(start..start + 8)) else { continue };
        let number = |at: usize| u16::from_le_bytes([record[at], record[at + 1]]);
        let tag = (number(0), number(2));
        for (sock, sends) in [("from_sock", true), ("to_sock", false)] {
            let sock = link[sock].as_u64().unwrap();
            let first = *tags.entry((sock, sends)).or_insert(tag);
            let shared = what == "udp" && !sends || what == "unix"; // one receiver of all, or one socket for all rounds
            assert!(shared || first == tag, "{what}: socket {sock} has bytes of {first:?} and {tag:?}: {link}");
        }
    }
    compared
}

#[test]
fn bytes_of_tcp_lead_from_call_to_call() {
    if alone(bytes_of_tcp_lead_from_call_to_call) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = recorded("tcp", 120, folder.path());
    let compared = held_against_bytes(&trace, "tcp");
    // 16 connections, 960 bytes each way, pieces of some 30 bytes at both ends.
    assert!(compared.links > 16 * 2 * 30, "{}", compared.links);
    assert_eq!(compared.open, 0);
    let sockets = lines(&sockscope(&["sockets", "--format", "json", &trace]));
    let ends: Vec<_> = sockets.iter().filter(|socket| socket["peer_sock"].is_u64()).collect();
    assert_eq!(ends.len(), 32, "{sockets:#?}");
    for end in ends {
        assert_eq!((&end["sent_bytes"], &end["received_bytes"]), (&Value::from(960), &Value::from(960)), "{end}");
    }
}

#[test]
fn datagrams_lead_from_call_to_call_and_lost_ones_nowhere() {
    if alone(datagrams_lead_from_call_to_call_and_lost_ones_nowhere) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = recorded("udp", 400, folder.path());
    let compared = held_against_bytes(&trace, "udp");
    assert_eq!(compared.links + compared.open, 1200, "each was sent once");
    let events = lines(&std::fs::read_to_string(&trace).unwrap());
    let received =
        events.iter().filter(|event| event["syscall"] == "recvfrom" && event["ret"].as_i64() > Some(0)).count();
    assert_eq!(compared.links, received);
}

#[test]
fn messages_of_unix_sockets_lead_from_call_to_call() {
    if alone(messages_of_unix_sockets_lead_from_call_to_call) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = recorded("unix", 150, folder.path());
    let compared = held_against_bytes(&trace, "unix");
    assert_eq!((compared.links, compared.open), (150 * 2 * 3 + 150 * 2, 0));
}

#[test]
fn a_socket_stays_itself_through_dup_fork_passing_and_reuse() {
    if alone(a_socket_stays_itself_through_dup_fork_passing_and_reuse) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = recorded("passed", 200, folder.path());
    let compared = held_against_bytes(&trace, "passed");
    let sockets = lines(&sockscope(&["sockets", "--format", "json", &trace]));
    // One pair for the child, one a turn, one a message; the program had none before.
    let made = sockets.iter().filter(|socket| socket["origin"] == "pair").count();
    assert_eq!((made, sockets.len()), (2 * (1 + 10 * 20 + 200), made), "{:#?}", sockets[0]);
    // Twenty turns of ten threads, two messages each; and 200 passed, with two messages and the one that passes each.
    assert_eq!((compared.links, compared.open), (10 * 20 * 2 + 200 * 3, 0));
}

/// What strace writes has neither processes of threads nor our own starts of processes, but the calls that made them.
#[test]
fn the_same_is_read_from_straces_text() {
    if alone(the_same_is_read_from_straces_text) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subjects/counters.py");
    // (Which passed descriptor is which is not always seen: strace's ends of calls are too early by what writing takes.)
    for (what, size) in [("tcp", 40), ("udp", 100), ("unix", 40)] {
        let log = folder.path().join(format!("{what}.strace"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-q", "-ttt", "-T", "-s", "4096", "-o"]).arg(&log);
        strace.args(["-e", "trace=%network,%desc,%process", "--"]).arg(interpreters::python3()).arg(&script);
        let status = strace.arg(what).arg(size.to_string()).arg(folder.path()).status().unwrap();
        assert!(status.success(), "{what}");
        let trace = folder.path().join(format!("{what}.jsonl")).display().to_string();
        sockscope(&["convert", "-q", "-o", &trace, &log.display().to_string()]);
        let compared = held_against_bytes(&trace, what);
        let open = if what == "udp" { 300 - compared.links } else { 0 };
        assert_eq!(compared.open, open, "{what}: {} links", compared.links);
        let _ = std::fs::remove_file(folder.path().join("box"));
    }
}

/// What the messages of a trace say of its sockets, held against what its events say.
///
/// Each message names its connection, its direction and how many came before: so each way of a socket is one connection's
/// and the other way round, and in a stream the message's number is the offset. Returns how many messages were compared.
fn held_against_truth(trace: &str, what: &str, peers: bool) -> usize {
    let (mut sockets, mut ways) = (HashMap::new(), HashMap::new());
    let (mut compared, mut peer_of) = (0, HashMap::new());
    for event in lines(&std::fs::read_to_string(trace).unwrap()) {
        let (call, bytes) = (event["syscall"].as_str().unwrap_or_default(), event["ret"].as_u64().unwrap_or(0));
        let sends = match call {
            "sendto" | "write" => true,
            "recvfrom" | "read" => false,
            _ => continue,
        };
        let data = payload(&event);
        let Some(sock) = event["sock"].as_u64().filter(|_| bytes > 0) else {
            assert!(bytes == 0 || call == "read" || call == "write", "{what}: no socket: {event}");
            continue; // a file
        };
        let offset = event["offset"].as_u64().unwrap_or_else(|| panic!("{what}: no offset: {event}")) as usize;
        let start = (8 - offset % 8) % 8;
        let Some(record) = data.get(start..start + 8) else { continue };
        let number = |at: usize| u32::from(u16::from_le_bytes([record[at], record[at + 1]]));
        let (connection, direction, n) = (number(0), number(2), number(4) | number(6) << 16);
        // Of a stream that goes on, the number is the place; where each message has a socket of its own, its connection.
        let tag = if what == "passed" { (connection, direction, n) } else { (connection, direction, 0) };
        if what != "passed" {
            assert_eq!(n as usize, (offset + start) / 8, "{what}: {event}");
        }
        let way = (sock, sends);
        assert_eq!(
            *sockets.entry(way).or_insert(tag),
            tag,
            "{what}: socket {sock} has bytes of two connections: {event}"
        );
        // The server of the TCP connections does not know their numbers.
        let shared = what == "tcp" && direction == 1;
        assert!(
            shared || *ways.entry((tag, sends)).or_insert(sock) == sock,
            "{what}: {tag:?} has two sockets: {event}"
        );
        peer_of.extend(event["peer_sock"].as_u64().map(|peer| ((tag, sends), peer)));
        compared += 1;
    }
    let mut joined = 0;
    for ((tag, sends), peer) in peer_of.iter().filter(|((tag, _), _)| what != "tcp" || tag.1 == 0) {
        let other = ways.get(&(*tag, !sends));
        assert!(other.is_none_or(|other| other == peer), "{what}: {tag:?}: {peer} rather than {other:?}");
        joined += 1;
    }
    assert!(!peers || joined > ways.len() / 2, "{what}: {joined} of {}", ways.len());
    compared
}

/// How large a run is: that of `tests/run --all` has some 100,000 calls.
fn size(usual: usize, thorough: usize) -> usize {
    if std::env::var_os("SOCKSCOPE_ALL_PYTHONS").is_some() { thorough } else { usual }
}

/// A JSON file again, without what names the sockets.
fn without_names(trace: &str, to: &Path) -> String {
    let mut text = String::new();
    for mut event in lines(&std::fs::read_to_string(trace).unwrap()) {
        for key in ["sock", "socks", "family", "proto", "local", "peer", "peer_sock", "offset"] {
            event.as_object_mut().unwrap().remove(key);
        }
        text += &format!("{event}\n");
    }
    std::fs::write(to, text).unwrap();
    to.display().to_string()
}

#[test]
fn each_event_names_its_socket() {
    if alone(each_event_names_its_socket) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (what, size, least) in [("tcp", size(60, 1500), 16 * 40), ("passed", size(100, 8000), 10 * 10 * 4 + 100 * 4)] {
        let trace = recorded(what, size, folder.path());
        let compared = held_against_truth(&trace, what, true);
        assert!(compared >= least, "{what}: {compared}");

        // Converted, the file is the same; and what is not in a file follows from its events.
        let again = folder.path().join("again.jsonl").display().to_string();
        sockscope(&["convert", "-q", "-o", &again, &trace]);
        assert!(std::fs::read(&again).unwrap() == std::fs::read(&trace).unwrap(), "{what} is not the same again");
        let bare = without_names(&trace, &folder.path().join("bare.jsonl"));
        sockscope(&["convert", "-q", "-o", &again, &bare]);
        // (That a client of TCP is the other end shows only where it is asked for its own address.)
        assert_eq!(held_against_truth(&again, what, what != "tcp"), compared, "{what} derived");

        // The list of sockets has the same numbers.
        let events = lines(&std::fs::read_to_string(&trace).unwrap());
        let named: std::collections::BTreeSet<u64> = events.iter().filter_map(|event| event["sock"].as_u64()).collect();
        let listed = lines(&sockscope(&["sockets", "--format", "json", &trace]));
        let numbers: std::collections::BTreeSet<u64> =
            listed.iter().map(|socket| socket["sock"].as_u64().unwrap()).collect();
        assert_eq!(numbers.len(), listed.len(), "{what}");
        assert!(named.is_subset(&numbers), "{what}: {:?}", named.difference(&numbers).collect::<Vec<_>>());
    }
}

/// Where the calls that give numbers a new meaning are not in the trace, the kernel's inodes still tell sockets apart.
#[test]
fn sockets_have_their_names_though_a_filter_hides_where_they_come_from() {
    if alone(sockets_have_their_names_though_a_filter_hides_where_they_come_from) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subjects/counters.py").display().to_string();
    let python = interpreters::python3().display().to_string();
    let trace = folder.path().join("filtered.jsonl").display().to_string();
    let only = ["trace", "-f", "-q", "-s", "100", "-e", "trace=sendto,recvfrom", "-o", &trace, "--"];
    sockscope(&[&only[..], &[&python, &script, "passed", "60"]].concat());
    assert!(held_against_truth(&trace, "passed", true) >= 10 * 6 * 4 + 60 * 4);
}

/// strace's text shows inodes with -y, and without it what calls do.
#[test]
fn events_of_straces_text_name_their_sockets() {
    if alone(events_of_straces_text_name_their_sockets) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subjects/counters.py");
    for (what, size, option) in [("tcp", size(40, 400), "-q"), ("passed", size(60, 2000), "-y")] {
        let log = folder.path().join(format!("{what}.strace"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-q", "-ttt", "-T", "-s", "4096", option, "-o"]).arg(&log);
        strace.args(["-e", "trace=%network,%desc,%process", "--"]).arg(interpreters::python3()).arg(&script);
        let status = strace.arg(what).arg(size.to_string()).arg(folder.path()).status().unwrap();
        assert!(status.success(), "{what}");
        let trace = folder.path().join(format!("{what}.jsonl")).display().to_string();
        sockscope(&["convert", "-q", "-o", &trace, &log.display().to_string()]);
        let compared = held_against_truth(&trace, what, what != "tcp");
        assert!(compared >= 8 * size, "{what}: {compared}");
    }
}
