//! `sockscope where` and `trace -p`: what a program that hangs is doing, for every thread at once.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use support::{alone, interpreters, interruptible};

/// Each thread waits in another way, and says beforehand what its descriptors and ports are.
const PROGRAM: &str = "\
import ctypes, select, socket, subprocess, sys, threading, time
l = socket.create_server(('127.0.0.1', 0))
c = socket.create_connection(l.getsockname())
s, _ = l.accept()
held = threading.Lock(); held.acquire()
def reader():
    s.recv(10)
def timed():
    c.settimeout(500); c.recv(3)
def looper():
    e = select.epoll(); e.register(l, 1); print('epoll', e.fileno(), flush=True); e.poll()
def locker():
    held.acquire()
def runner():
    while True: pass
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])
print('fds', l.fileno(), c.fileno(), s.fileno(), child.pid, *c.getsockname(), *l.getsockname(), flush=True)
for f in reader, timed, looper, locker, runner:
    threading.Thread(target=f, daemon=True).start()
sys.stdin.readline()
child.kill()
";

/// How long something may take that comes at once, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program while it runs; it ends when its standard input does.
struct Program {
    child: Child,
    facts: Vec<String>,
    epoll: String,
    /// Has the source, which is read when it is shown.
    _folder: tempfile::TempDir,
}

impl Program {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hang.py");
        fs::write(&file, PROGRAM).unwrap();
        let mut command = Command::new(interpreters::python3());
        let mut child = command.arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let facts = lines.next().unwrap().split(' ').skip(1).map(str::to_owned).collect();
        let epoll = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let program = Self { child, facts, epoll, _folder: folder };
        program.wait_until_all_sleep();
        program
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Until four threads and the first one sleep in the calls that they are here for.
    fn wait_until_all_sleep(&self) {
        loop {
            let threads = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
            let calls = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("syscall")).ok());
            let calls: Vec<i64> = calls.filter_map(|call| call.split(' ').next()?.parse().ok()).collect();
            let wanted = [libc::SYS_recvfrom, libc::SYS_poll, libc::SYS_epoll_wait, libc::SYS_futex, libc::SYS_read];
            if wanted.iter().all(|call| calls.contains(call)) {
                return;
            }
            std::thread::yield_now();
        }
    }

    fn end(mut self) {
        self.child.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert!(self.child.wait().unwrap().success(), "the program was not harmed");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = self.child.kill();
        }
    }
}

fn sockscope(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_thread_is_shown_with_its_call_and_its_line() {
    if alone(every_thread_is_shown_with_its_call_and_its_line) {
        return;
    }
    let started = Instant::now();
    let program = Program::start();
    let pid = program.pid().to_string();
    let [l, c, s, child, _, client, _, server] = program.facts.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        panic!("{:?}", program.facts)
    };
    // Twice: what the first look interrupted is continued by the kernel under another number.
    for round in 0..2 {
        let shown = sockscope(&["where", &pid]);
        let has = |what: &str| assert!(shown.contains(what), "round {round}: no {what:?} in\n{shown}");
        has(&format!("recvfrom({s}<TCP:[127.0.0.1:{server}->127.0.0.1:{client}]>, "));
        has("hang.py:7 reader  s.recv(10)");
        has(&format!("poll([{{fd={c}<TCP:[127.0.0.1:{client}->127.0.0.1:{server}]>, events=POLLIN}}], 1, "));
        has("hang.py:9 timed  c.recv(3)");
        has("socket: ESTABLISHED, 0 to read, no receive timeout, no send timeout, SO_KEEPALIVE off, blocking");
        has(&format!("why: It waits for 127.0.0.1:{client} to send something or close"));
        has(&format!("epoll_wait({}<anon_inode:[eventpoll]>, ", program.epoll));
        has(&format!("watches: {l}<TCP:[127.0.0.1:{server}]>\n"));
        has("hang.py:13 locker  held.acquire()");
        has("), in its own code\n     > ");
        has("hang.py:15 runner  while True: pass");
        has("read(0<pipe:[");
        // This test holds the other end.
        has(&format!("data in the pipe of descriptor 0: pid {} (", std::process::id()));
        assert!(!shown.contains("The same as before"), "{shown}");
        // The child too, and its time asleep.
        has(&format!("pid {child}: "));
        // Nobody has slept for longer than the test has run.
        let seconds = shown.split(", asleep for ").skip(1).map(|rest| rest.split(' ').next().unwrap());
        let seconds: Vec<f64> = seconds.map(|seconds| seconds.parse().unwrap()).collect();
        assert!(seconds.iter().all(|slept| *slept <= started.elapsed().as_secs_f64() + 0.1), "{shown}");
        let only = sockscope(&["where", "--no-children", &pid]);
        assert!(!only.contains(&format!("pid {child}: ")), "{only}");
    }
    let json: Vec<Json> = sockscope(&["where", "--format", "json", &pid])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let threads = json[0]["threads"].as_array().unwrap();
    let named = |name: &str| threads.iter().find(|thread| thread["event"]["syscall"] == name).unwrap();
    assert_eq!(named("recvfrom")["event"]["args"]["sockfd"].to_string(), s);
    assert_eq!(named("recvfrom")["python"][0]["line"], 7);
    assert!(named("recvfrom")["slept_ns"].as_u64().is_some_and(|ns| ns > 0));
    assert_eq!(named("epoll_wait")["watched"][0].to_string(), l);
    assert!(threads.iter().any(|thread| thread["event"].is_null() && thread["python"][0]["function"] == "runner"));
    program.end();
}

#[test]
fn attaching_shows_at_once_what_every_thread_is_in() {
    if alone(attaching_shows_at_once_what_every_thread_is_in) {
        return;
    }
    let program = Program::start();
    let mut tracer = interruptible(env!("CARGO_BIN_EXE_sockscope"))
        .args(["trace", "--python", "--why", "-p", &program.pid().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut wanted = vec![
        "recvfrom(",
        "poll([",
        "epoll_wait(",
        "futex(",
        "read(0",
        "hang.py:7 reader  s.recv(10)",
        "hang.py:13 locker",
    ];
    let lines = BufReader::new(tracer.stderr.take().unwrap()).lines().map(Result::unwrap);
    let (send, shown) = std::sync::mpsc::channel();
    std::thread::spawn(move || lines.for_each(|line| drop(send.send(line))));
    let mut seen = String::new();
    while !wanted.is_empty() {
        let line = shown.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {wanted:?} in\n{seen}"));
        wanted.retain(|call| !line.contains(call));
        seen.push_str(&line);
        seen.push('\n');
    }
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(tracer.id() as i32), nix::sys::signal::Signal::SIGINT).unwrap();
    tracer.wait().unwrap();
    // What each waits for stands below its own call.
    let rest: Vec<String> = shown.iter().collect();
    let why = |call: &str| {
        let at = rest.iter().position(|line| line.contains(&format!("<... {call} resumed> <detached ...>")));
        at.and_then(|at| rest.get(at + 1)).unwrap_or_else(|| panic!("{call} is not in {rest:#?}"))
    };
    assert!(why("recvfrom").contains("    why: It waits for 127.0.0.1:"), "{rest:#?}");
    assert!(why("futex").contains("    why: It waits for one of the "), "{rest:#?}");
    program.end();
}

#[test]
fn what_cannot_be_looked_at_is_reported() {
    let refused = |pid: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(["where", pid]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused("2147483647").contains("there is no such process"));
    assert!(refused("0").contains("0 is not in"));
}
