//! Traces of two hosts, each with a network of its own and a clock that is wrong.

use serde_json::Value;

use super::*;

const SERVER: &str = "
import os, socket, threading
server = socket.socket(); server.bind(('10.9.0.2', 5000)); server.listen()
names = socket.socket(type=socket.SOCK_DGRAM); names.bind(('10.9.0.2', 5000))
near = socket.socket(); near.bind(('127.0.0.1', 5001)); near.listen()
own = socket.create_connection(('127.0.0.1', 5001)); other, _ = near.accept()
own.sendall(b'home'); other.recv(4)
open(os.environ['FIFO'], 'w').close()
def serve(conn):
    while data := conn.recv(5000): conn.sendall(data[:100])
    conn.close()
threads = [threading.Thread(target=serve, args=(server.accept()[0],)) for _ in range(3)]
for t in threads: t.start()
for _ in range(4):
    data, who = names.recvfrom(100); names.sendto(data * 2, who)
for t in threads: t.join()
";

const CLIENT: &str = "
import socket
near = socket.socket(); near.bind(('127.0.0.1', 5001)); near.listen()
own = socket.create_connection(('127.0.0.1', 5001)); other, _ = near.accept()
own.sendall(b'home'); other.recv(4)
all = [socket.create_connection(('10.9.0.2', 5000)) for _ in range(3)]
for n in range(5):
    for s in all: s.sendall(b'same' * (n + 1)); s.recv(1000)
s = socket.socket(type=socket.SOCK_DGRAM)
for _ in range(4): s.sendto(b'again', ('10.9.0.2', 5000)); s.recv(100)
for s in all: s.close()
";

/// Two networks with a cable between them; the second has the server.
const CABLE: &str = r#"
ip link set lo up && ip link add v0 type veth peer name v1 && mkfifo "$FOLDER/fifo" "$FOLDER/ready" "$FOLDER/go" || exit 9
FIFO="$FOLDER/fifo" unshare -n sh -c 'echo >"$FOLDER/ready"; read x <"$FOLDER/go"; ip link set lo up; ip addr add 10.9.0.2/24 dev v1
    ip link set v1 up; exec $TRACE -o "$FOLDER/server.$FORM" "$PYTHON" -c "$SERVER"' &
read x <"$FOLDER/ready"; ip link set v1 netns $! && ip addr add 10.9.0.1/24 dev v0 && ip link set v0 up || exit 9
echo >"$FOLDER/go"; cat "$FOLDER/fifo"
$TRACE -o "$FOLDER/client.$FORM" "$PYTHON" -c "$CLIENT"; code=$?; wait; exit $code
"#;

/// Both traces, in strace's text or as JSON lines.
fn traced(folder: &tempfile::TempDir, form: &str, options: &str) -> [PathBuf; 2] {
    let mut command = Command::new("unshare");
    command.args(if nix::unistd::geteuid().is_root() { &["-n"][..] } else { &["-Urn"] }).args(["sh", "-c", CABLE]);
    command.env("TRACE", format!("{} trace -f -q {options}", env!("CARGO_BIN_EXE_sockscope")));
    command.env("FOLDER", folder.path()).env("FORM", form).env("PYTHON", interpreters::python3());
    output(command.env("SERVER", SERVER).env("CLIENT", CLIENT));
    ["server", "client"].map(|name| file(folder, &format!("{name}.{form}")))
}

fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Merges and gives what was found of the clock, and the merged trace's links.
fn merged(folder: &tempfile::TempDir, parts: &[PathBuf]) -> (Value, Vec<Value>, Vec<Value>) {
    let [all, skew, links] = ["all.jsonl", "skew.json", "links.json"].map(|name| file(folder, name));
    let out = sockscope().arg("merge").args(parts).arg("-o").arg(&all).arg("--skew").arg(&skew).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{errors}");
    assert!(errors.contains("client: its clock is ") && errors.contains(" that of server, give or take "), "{errors}");
    let found = output(sockscope().args(["sockets", "--links", "--format", "json"]).arg(&all));
    std::fs::write(&links, found).unwrap();
    (lines(&skew).remove(0), lines(&all), lines(&links))
}

/// What went from host to host, by kinds, with the places in the trace.
fn between(events: &[Value], links: &[Value]) -> Vec<(String, usize, usize)> {
    let place = |link: &Value, key: &str| link[key].as_u64().map(|seq| seq as usize);
    let both = links.iter().filter_map(|link| {
        let (from, to) = (place(link, "from_seq")?, place(link, "to_seq")?);
        (events[from]["host"] != events[to]["host"]).then(|| (link["kind"].as_str().unwrap().to_owned(), from, to))
    });
    both.collect()
}

fn holds(skew: &Value, events: &[Value], links: &[Value], wanted_ns: i64) {
    let host = &skew["hosts"][0];
    let (skew_ns, error_ns) = (host["skew_ns"].as_i64().unwrap(), host["error_ns"].as_i64().unwrap());
    assert!((skew_ns - wanted_ns).abs() <= error_ns, "{skew}");
    assert!(error_ns < 100_000_000 && host["messages"].as_u64().unwrap() > 20, "{skew}");
    let all = between(events, links);
    let count = |kind: &str| all.iter().filter(|(one, ..)| one == kind).count();
    assert_eq!((count("connect"), count("datagram"), count("bytes")), (3, 8, 30), "{all:?}");
    for (kind, from, to) in &all {
        assert!(from < to, "{kind} {} {}", events[*from], events[*to]);
        let end = events[*to]["ts_ns"].as_u64().unwrap() + events[*to]["dur_ns"].as_u64().unwrap_or(0);
        assert!(
            kind == "end" || end >= events[*from]["ts_ns"].as_u64().unwrap(),
            "{kind} {} {}",
            events[*from],
            events[*to]
        );
    }
    // What both hosts do on their own loopback, at the same address, stays there.
    let home = links.iter().filter(|link| link["kind"] == "bytes" && link["bytes"] == 4 && link["offset"] == 0);
    let home = home.filter(|link| events[link["from_seq"].as_u64().unwrap() as usize]["host"] == "server");
    assert!(home.count() >= 1);
    let pids = |host: &str| -> std::collections::BTreeSet<u64> {
        let own = events.iter().filter(|event| event["host"] == host);
        own.map(|event| event["pid"].as_u64().unwrap()).collect()
    };
    assert!(pids("server").iter().all(|pid| *pid < 10_000_000) && pids("client").iter().all(|pid| *pid > 10_000_000));
    for (seq, event) in events.iter().enumerate() {
        assert_eq!(event["seq"], seq);
    }
}

#[test]
fn traces_of_two_hosts_are_one_in_spite_of_their_clocks() {
    if !have(Need::Namespaces) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let parts = traced(&folder, "jsonl", "-s 100");
    let (skew, events, links) = merged(&folder, &parts);
    holds(&skew, &events, &links, 0);
    // The client's clock is wrong by a second, or by so little that calls of both hosts come in another order.
    let little = (-8..8).map(|step| step * 100_000 + 50_000);
    for wrong_ns in [1_000_000_000i64, -1_000_000_000].into_iter().chain(little) {
        let shifted = lines(&parts[1]).into_iter().map(|mut event| {
            event["ts_ns"] = (event["ts_ns"].as_i64().unwrap() + wrong_ns).into();
            format!("{event}\n")
        });
        let other = folder.path().join("wrong");
        std::fs::create_dir_all(&other).unwrap();
        let client = other.join("client.jsonl");
        std::fs::write(&client, shifted.collect::<String>()).unwrap();
        let (skew, events, links) = merged(&folder, &[parts[0].clone(), client]);
        holds(&skew, &events, &links, wrong_ns);
    }
    // Any format, and what cannot be merged.
    let picture = file(&folder, "all.html");
    output(sockscope().arg("merge").args(&parts).arg("-o").arg(&picture));
    assert!(std::fs::read_to_string(&picture).unwrap().starts_with("<!doctype html>"));
    let all = file(&folder, "all.jsonl");
    let refused = sockscope().arg("merge").args([&all, &parts[1]]).output().unwrap();
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && errors.contains("it was merged already; give the traces"), "{errors}");
}

#[test]
fn strace_text_of_two_hosts_is_merged() {
    if !have(Need::Namespaces) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let parts = traced(&folder, "strace", "-s 100 -ttt -T -yy");
    let (skew, events, links) = merged(&folder, &parts);
    holds(&skew, &events, &links, 0);
}
