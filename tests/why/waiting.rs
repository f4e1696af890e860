//! Calls that do not return: at Ctrl-C, when the tracer lets go, and when another thread ends the process.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{interruptible, python, trace, words};

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until a thread sleeps in this call.
pub fn asleep_in(pid: u32, call: i64) {
    let start = Instant::now();
    loop {
        let at = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
        if at.split(' ').next().and_then(|number| number.parse().ok()) == Some(call) && sleeps(pid) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "process {pid} never got there: {at}");
        std::thread::yield_now();
    }
}

/// Whether it sleeps rather than being held by a tracer.
fn sleeps(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
}

/// A Python program that prints its number first.
fn started(command: &mut Command) -> (Child, u32) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().parse().unwrap_or_else(|_| panic!("not started: {line:?}")))
}

fn end(mut child: Child, signal: Signal) -> String {
    kill(Pid::from_raw(child.id() as i32), signal).unwrap();
    let text = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    child.wait().unwrap();
    text
}

#[test]
fn an_accept_is_explained_at_ctrl_c() {
    let code = "import os; from socket import *; s = create_server(('127.0.0.1', 0), backlog=7)\n\
                print(os.getpid(), flush=True); s.accept()";
    let (child, pid) = started(interruptible().args(["trace", "--why", "-q"]).arg(python()).args(["-c", code]));
    asleep_in(pid, libc::SYS_accept4);
    // A signal to the tracer alone is passed on, as Ctrl-C reaches both.
    let text = end(child, Signal::SIGINT);
    assert!(text.contains("accept4(3,"), "{text}");
    assert!(text.contains("    why: It waits for a client to connect to 127.0.0.1:"), "{text}");
    assert!(text.contains(": 0 wait in its queue of 7."), "{text}");
}

#[test]
fn a_receive_is_explained_when_the_tracer_lets_go() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let code = format!(
        "import os; from socket import *; c = create_connection(('127.0.0.1', {port}))\n\
         print(os.getpid(), flush=True)\nwhile c.recv(1): pass"
    );
    let (mut program, pid) = started(Command::new(python()).args(["-c", &code]));
    let (mut server, client) = listener.accept().unwrap();
    asleep_in(pid, libc::SYS_recvfrom);
    let folder = tempfile::tempdir().unwrap();
    for format in ["strace", "jsonl"] {
        let log = folder.path().join(format);
        let mut command = interruptible();
        command.args(["trace", "--why", "--format", format, "-o"]).arg(&log).args(["-p", &pid.to_string()]);
        let mut tracer = command.stderr(Stdio::piped()).spawn().unwrap();
        let start = Instant::now();
        // Once a call of the loop was reported the next one is seen from its entry on.
        while !std::fs::read_to_string(&log).is_ok_and(|text| text.contains("recvfrom")) {
            assert!(start.elapsed() < PATIENCE, "nothing was traced");
            server.write_all(b"x").unwrap();
            std::thread::yield_now();
        }
        // In this order: once nothing is left to read, it sleeps in the next call only. (Stopped at the end of the one
        // before it seems to be in that.)
        while !(unread(&server) == 0 && sleeps(pid)) {
            assert!(start.elapsed() < PATIENCE, "it never waits again");
            std::thread::yield_now();
        }
        asleep_in(pid, libc::SYS_recvfrom);
        kill(Pid::from_raw(tracer.id() as i32), Signal::SIGINT).unwrap();
        tracer.wait().unwrap();
        let text = std::fs::read_to_string(&log).unwrap();
        let message = format!("It waits for 127.0.0.1:{port} to send something or close");
        assert!(text.contains(&message), "{format}: {text}");
        assert!(text.contains(&format!("The other end is pid {} (", std::process::id())), "{format}: {text}");
        if format == "jsonl" {
            let event: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
            assert_eq!((event["ret"].as_i64(), event["syscall"].as_str()), (None, Some("recvfrom")), "{event}");
            assert_eq!(event["why"]["evidence"]["socket"]["local"], client.to_string(), "{event}");
        }
    }
    program.kill().unwrap();
    program.wait().unwrap();
}

/// Bytes that wait at the other end of a connection on this machine.
fn unread(server: &std::net::TcpStream) -> u64 {
    let (local, peer) = (server.local_addr().unwrap().port(), server.peer_addr().unwrap().port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let line = table.lines().find(|line| line.contains(&format!(":{peer:04X} 0100007F:{local:04X} "))).unwrap();
    let queues = line.split_whitespace().nth(4).unwrap();
    u64::from_str_radix(queues.split_once(':').unwrap().1, 16).unwrap()
}

#[test]
fn a_thread_left_behind_is_explained_when_its_process_ends() {
    let recvfrom = libc::SYS_recvfrom;
    let code = format!(
        "import os, threading, time\nfrom socket import *\n\
         a, b = socketpair()\nb.send(b'xyz'); a.recv(3)\n\
         t = threading.Thread(target=a.recv, args=(1,), daemon=True); t.start()\n\
         at = '/proc/self/task/%d/syscall' % t.native_id\n\
         while not open(at).read().startswith('{recvfrom} '): time.sleep(0.001)\n\
         os._exit(0)"
    );
    let run = trace(&[], &code);
    let received = run.explained("recvfrom");
    assert_eq!((received["why"]["cause"].as_str(), received["ret"].as_i64()), (Some("waits-for-data"), None));
    assert!(words(received).contains("0 bytes are in its queue"), "{}", words(received));
    assert_eq!(received["why"]["evidence"]["live"], true, "it was looked at while the process was there");
}
