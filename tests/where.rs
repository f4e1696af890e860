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

/// Each thread sleeps in another way, or waits for a lock that a child or the process itself holds.
const SLEEPERS: &str = r#"
import ctypes, fcntl, select, signal, struct, subprocess, sys, threading, time
libc = ctypes.CDLL(None)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
d = open(sys.argv[1], 'r+'); own = open(sys.argv[1], 'r+')
HOLD = '''
import fcntl, sys
d = open(sys.argv[1], 'r+'); fcntl.flock(d, fcntl.LOCK_EX); fcntl.lockf(d, fcntl.LOCK_EX, 10, 0)
print('held', flush=True); sys.stdin.read()
'''
child = subprocess.Popen([sys.executable, '-c', HOLD, sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
def lock(f, command, kind, start): fcntl.fcntl(f, command, struct.pack('hhqqi4x', kind, 0, start, 5, 0))
lock(own, 37, fcntl.F_RDLCK, 50)
def flocker(): fcntl.flock(d, fcntl.LOCK_SH)
def ranged(): fcntl.lockf(d, fcntl.LOCK_EX, 5, 2)
def opened(): lock(d, 38, fcntl.F_WRLCK, 52)
def relative(): libc.nanosleep((ctypes.c_long * 2)(500, 0), (ctypes.c_long * 2)())
def until(): time.sleep(600)
def selects(): select.select([], [], [], 700)
def polls(): select.poll().poll(800000)
def signals(): signal.sigwait([signal.SIGUSR1])
for f in flocker, ranged, opened, relative, until, selects, polls, signals:
    threading.Thread(target=f, daemon=True).start()
print('fds', d.fileno(), own.fileno(), child.pid, flush=True)
print('last', 0, flush=True)
sys.stdin.readline()
child.stdin.close(); child.wait()
"#;

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
        let program = Self::of(PROGRAM);
        program.wait_until_all_sleep();
        program
    }

    /// The program, which is given the path of a file of 100 bytes.
    fn of(code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, data) = (folder.path().join("hang.py"), folder.path().join("data"));
        fs::write(&file, code).unwrap();
        fs::write(&data, [0; 100]).unwrap();
        let mut command = Command::new(interpreters::python3());
        let mut child = command.arg(&file).arg(data).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let facts = lines.next().unwrap().split(' ').skip(1).map(str::to_owned).collect();
        let epoll = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        Self { child, facts, epoll, _folder: folder }
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
fn sleeps_and_locks_are_explained() {
    if alone(sleeps_and_locks_are_explained) {
        return;
    }
    let program = Program::of(SLEEPERS);
    let pid = program.pid().to_string();
    let [d, own, child] = program.facts.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        panic!("{:?}", program.facts)
    };
    // Whoever waits for Python's own lock is in futex, and not yet where it is going.
    let asleep = |task: &fs::DirEntry| {
        let call = fs::read_to_string(task.path().join("syscall")).unwrap_or_default();
        call.split(' ').next().and_then(|call| call.parse().ok()).is_some_and(|call: i64| call != libc::SYS_futex)
    };
    let tasks = || fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    while tasks().filter(asleep).count() < 9 {
        std::thread::yield_now();
    }
    let path = r"/\S*/data";
    let lock = |how: &str| format!("It waits for a lock on {path}, which {how}\\.");
    let of_child = lock(&format!(r"pid {child} \(python\S* -c .*\) holds for writing"));
    let of_own = lock(&format!("this process itself, through descriptor {own}, holds for reading"));
    let sleeps = |how: &str| format!(r"It sleeps for {how}\.");
    let none = "it waits for no descriptor";
    // Before 3.11 Python sleeps in select.
    let until = format!(r"(another 5\d\d\.\d s, until a moment that the program set|5\d\d\.\d s: {none})");
    let fcntl = |command: &str| format!(r"fcntl\({d}<{path}>, {command}, \{{l_type=F_WRLCK, l_whence=SEEK_SET, ");
    let wanted = [
        ("flocker", format!(r"flock\({d}<{path}>, LOCK_SH\)"), of_child.clone()),
        ("ranged", fcntl("F_SETLKW") + "l_start=2, l_len=5", of_child),
        ("opened", fcntl("F_OFD_SETLKW") + "l_start=52, l_len=5", of_own),
        ("relative", "clock_nanosleep|nanosleep".into(), sleeps(r"another 4\d\d\.\d s of 500\.0 s")),
        ("until", "clock_nanosleep|select".into(), sleeps(&until)),
        ("selects", "select".into(), sleeps(&format!(r"6\d\d\.\d s: {none}"))),
        ("polls", "poll".into(), sleeps(&format!(r"800\.0 s: {none}"))),
        ("signals", "rt_sigtimedwait".into(), r"It waits until a signal comes\.".into()),
    ];
    // Twice: the kernel continues some of them for the rest of their time.
    for _ in 0..2 {
        let shown = sockscope(&["where", &pid]);
        for (function, call, why) in &wanted {
            let frames = format!(r"(     > .*\n)*     > .*hang\.py:\d+ {function} .*\n(     > .*\n)*");
            let lines = format!(r"(?m)^    .*({call}).*\n{frames}        why: {why}");
            assert!(regex::Regex::new(&lines).unwrap().is_match(&shown), "no {lines}\nin\n{shown}");
        }
    }
    let json = sockscope(&["where", "--format", "json", &pid]);
    let json: Json = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let all = json["threads"].as_array().unwrap().iter();
    let left: Vec<u64> = all.filter_map(|thread| thread["event"]["why"]["evidence"]["left_ms"].as_u64()).collect();
    assert!(!left.is_empty() && left.iter().all(|ms| (1..600_000).contains(ms)), "{left:?}");
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
