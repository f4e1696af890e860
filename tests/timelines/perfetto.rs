//! Timelines, by the classes that Perfetto's own package has.

use serde_json::Value;

use super::*;

/// Threads that speak TCP, IPv6 and UDP, a child with the other end of a pair, a refusal, a signal, a call that is left open.
const PROGRAM: &str = "
import os, signal, socket, threading
def serve(server):
    for _ in range(2):
        conn, _ = server.accept()
        while data := conn.recv(1000):
            conn.sendall(data * 2)
        conn.close()
def ask(family, at):
    with socket.socket(family) as s:
        s.connect(at)
        for n in 1, 5000:
            s.sendall(b'x' * n)
            got = 0
            while got < 2 * n:
                got += len(s.recv(4096))
        s.shutdown(socket.SHUT_WR)
        s.recv(1)
for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
    server = socket.socket(family)
    server.bind((host, 0)); server.listen()
    thread = threading.Thread(target=serve, args=(server,))
    thread.start()
    for _ in range(2):
        ask(family, server.getsockname())
    thread.join()
    server.close()
one, two = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
two.bind(('127.0.0.1', 0))
for size in 3, 0, 900:
    one.sendto(b'u' * size, two.getsockname()); two.recvfrom(1000)
closed = socket.socket(); closed.bind(('127.0.0.1', 0))
try: socket.create_connection(closed.getsockname())
except OSError: pass
a, b = socket.socketpair()
if os.fork() == 0:
    a.close(); b.sendall(b.recv(9)); os._exit(3)
a.sendall(b'from here'); a.recv(9); os.wait()
c, d = socket.socketpair()
def kill(): a.recv(9); os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=kill).start()
b.sendall(b'now'); c.recv(1)
";

/// What `tests/timelines/timeline.py` finds in a trace's timeline, once it holds; `None` where it cannot be run.
fn looked_at(trace: &Path, exact: bool) -> Option<Value> {
    let folder = tempfile::tempdir().unwrap();
    let [timeline, lines, links] = ["t.pftrace", "t.jsonl", "links.json"].map(|name| file(&folder, name));
    output(sockscope().arg("convert").arg(trace).arg("-o").arg(&timeline));
    output(sockscope().arg("convert").arg(trace).arg("-o").arg(&lines));
    let found = output(sockscope().args(["sockets", "--links", "--format", "json"]).arg(&lines));
    std::fs::write(&links, found).unwrap();
    look(&timeline, &lines, &links, exact)
}

fn look(timeline: &Path, lines: &Path, links: &Path, exact: bool) -> Option<Value> {
    if !have(Need::Packages) {
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/timelines/timeline.py");
    let mut python = Command::new(python_with_packages());
    python.arg(script).args([timeline, lines, links]).args((!exact).then_some("cut"));
    Some(serde_json::from_str(&output(&mut python)).unwrap())
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn a_timeline_is_the_trace() {
    if alone(a_timeline_is_the_trace) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = file(&folder, "a.jsonl");
    let mut command = sockscope();
    command.args(["trace", "-f", "-q", "--python", "--why", "-o"]).arg(&trace);
    let ended = command.arg(interpreters::python3()).args(["-c", PROGRAM]).output().unwrap();
    assert!(!ended.status.success(), "it is killed: {ended:?}");
    let Some(found) = looked_at(&trace, true) else { return };
    // The main thread, two servers and the killer in one process; the child in another.
    assert_eq!((&found["processes"], &found["threads"]), (&2.into(), &5.into()), "{found}");
    let sockets = found["sockets"].as_object().unwrap();
    let with =
        |part: &str| -> Vec<(&String, &Value)> { sockets.iter().filter(|(name, _)| name.contains(part)).collect() };
    // A listener, two clients and two accepted ones of each family, one that was bound, one that was refused.
    assert_eq!(
        (with("TCP ").len(), with("TCPv6 ").len(), with(": UDP").len(), with("UNIX-STREAM").len()),
        (7, 5, 2, 4)
    );
    let accepted = with("TCPv6 [::1]:").into_iter().find(|(_, states)| names(states)[0] == "connected").unwrap();
    assert_eq!(names(accepted.1), ["connected", "peer ended"], "{sockets:?}");
    assert!(with("TCP ").iter().any(|(_, states)| names(states) == ["open", "failed: ECONNREFUSED"]), "{sockets:?}");
    let kinds = &found["kinds"];
    assert_eq!((&kinds["connect"], &kinds["datagram"]), (&4.into(), &3.into()), "{found}");
    // All bytes that were sent were received, each by the call that the flow leads to.
    assert_eq!(found["bytes"]["sent"], found["bytes"]["received"], "{found}");
    assert_eq!(found["bytes"]["sent"], found["bytes"]["linked"], "{found}");
    let total = 4 * 3 * 5001 + 903 + 2 * 9 + 3;
    assert_eq!(found["bytes"]["sent"], total, "{found}");
    assert!(names(&found["whys"]).iter().any(|why| why.starts_with("why: Nothing listens on 127.0.0.1:")), "{found}");
    let instants = names(&found["instants"]);
    for wanted in ["SIGCHLD", "exited with 3", "killed by SIGTERM", "started by"] {
        assert!(instants.iter().any(|name| name.contains(wanted)), "{wanted}: {instants:?}");
    }
    assert!(found["stacks"].as_u64().unwrap() > 10);
}

/// What is written while it is traced is what is made of the trace's JSON.
#[test]
fn a_timeline_is_recorded_or_converted() {
    if alone(a_timeline_is_recorded_or_converted) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let timeline = file(&folder, "a.perfetto-trace");
    record("import socket; a, b = socket.socketpair(); a.send(b'one'); b.recv(3)", &["--python"], &timeline);
    let mut decode = Command::new(python_with_packages());
    decode.args([
        "-c",
        "import sys; from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as pb; t = pb.Trace(); \
         t.ParseFromString(open(sys.argv[1], 'rb').read()); \
         print(*[p.track_event.name for p in t.packet if p.track_event.flow_ids], sum(p.track_event.callstack_iid > 0 for p in t.packet))",
    ]);
    if have(Need::Packages) {
        let text = output(decode.arg(&timeline));
        let (flows, stacks) = text.trim().rsplit_once(' ').unwrap();
        assert_eq!(flows, "sendto", "{text}");
        assert!(stacks.parse::<u32>().unwrap() >= 3, "{text}");
    }
    // A document program, both roles: the trace that is written at the end has them both.
    let played = file(&folder, "b.pftrace");
    output(sockscope().args(["run", "tcp-hello", "-o"]).arg(&played));
    let lines = file(&folder, "b.jsonl");
    output(sockscope().args(["run", "tcp-hello", "-o"]).arg(&lines));
    let found = looked_at(&lines, true);
    assert!(found.is_none_or(|found| found["flows"] == 2));
    assert!(std::fs::read(&played).unwrap().len() > 1000);
}

/// strace's text: microseconds, whole seconds, no times at all.
#[test]
fn strace_text_makes_a_legal_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let trace = |name: &str, text: &str| {
        let path = file(&folder, name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let micros = "7 1700000000.000001 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0 <0.000002>\n\
                  7 1700000000.000004 sendto(3, \"abc\", 3, 0, NULL, 0) = 3 <0.000002>\n\
                  7 1700000000.000005 recvfrom(4, \"abc\", 3, 0, NULL, NULL) = 3 <0.000002>\n\
                  7 1700000000.000009 recvfrom(4, 0x1, 3, 0, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000500>\n\
                  7 1700000000.000300 --- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---\n\
                  7 1700000000.000600 recvfrom(4,  <unfinished ...>\n\
                  7 1700000000.000700 +++ killed by SIGKILL +++\n";
    let found = looked_at(&trace("micros.strace", micros), false);
    if let Some(found) = found {
        assert_eq!(
            (&found["slices"], &found["flows"], &found["unfinished"]),
            (&5.into(), &1.into(), &0.into()),
            "{found}"
        );
    }
    let cut = &micros[..micros.find("7 1700000000.000700").unwrap()];
    if let Some(found) = looked_at(&trace("cut.strace", cut), false) {
        assert_eq!(found["unfinished"], 1, "{found}");
    }
    let untimed = "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\nsendto(3, \"abc\", 3, 0, NULL, 0) = 3\n\
                   recvfrom(4, \"abc\", 3, 0, NULL, NULL) = 3\nclose(3) = 0\n";
    if let Some(found) = looked_at(&trace("untimed.strace", untimed), false) {
        assert_eq!((&found["slices"], &found["flows"]), (&4.into(), &1.into()), "{found}");
    }
    let hostile = "7 1700000000.000001 sendto(3, \"\\377\\0\\33[31m\", 7, 0, NULL, 0) = 7\nthis is no line\n\
                   7 1700000000.000001 unheard_of(1, 2, 3) = -1 EWHAT (What)\n";
    if let Some(found) = looked_at(&trace("hostile.strace", hostile), false) {
        assert!(found["slices"].as_u64().unwrap() >= 1, "{found}");
    }
}
