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
