//! The terminal view in a pseudoterminal (`script` of util-linux), its screens as a terminal would show them.
//!
//! `SOCKSCOPE_BLESS=1` writes the snapshots in `tests/view/`; look at them before they are committed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use support::interpreters::python3;

const TRACE: &str = r#"10 1700000000.000000 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3 <0.000010>
10 1700000000.000100 bind(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000010>
10 1700000000.000200 listen(3, 5) = 0 <0.000010>
10 1700000000.000300 accept4(3, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr("127.0.0.1")}, [128 => 16], SOCK_CLOEXEC) = 4 <0.001000>
11 1700000000.000400 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3 <0.000010>
11 1700000000.000500 connect(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000900>
11 1700000000.001500 sendto(3, "hello \346\210\221", 9, 0, NULL, 0) = 9 <0.000010>
10 1700000000.001600 recvfrom(4, "hello \346\210\221", 1024, 0, NULL, NULL) = 9 <0.000010>
11 1700000000.001700 openat(AT_FDCWD, "/tmp/\33]0;owned\7\342\200\256", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000010>
11 1700000000.001800 close(3) = 0 <0.000010>
10 1700000000.001900 recvfrom(4, "", 1024, 0, NULL, NULL) = 0 <0.000010>
10 1700000000.002000 close(4) = 0 <0.000010>
11 1700000000.002100 +++ exited with 0 +++
10 1700000000.002200 +++ exited with 0 +++
"#;

/// A terminal in which a command line runs.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn start(command: &str, (columns, rows): (u16, u16), folder: &Path) -> Self {
        let line = format!("stty rows {rows} cols {columns}; tty; {command}");
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(folder);
        script.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").env("SHELL", "/bin/sh").env_remove("NO_COLOR");
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let (mut out, shown, bytes) = (child.stdout.take().unwrap(), Arc::clone(&screen), Arc::clone(&raw));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = out.read(&mut buffer) {
                shown.lock().unwrap().process(&buffer[..n]);
                bytes.lock().unwrap().extend_from_slice(&buffer[..n]);
            }
        });
        Self { keys: child.stdin.take().unwrap(), child, screen, raw }
    }

    fn contents(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn has(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let shown = self.contents();
            if wanted(&shown) {
                return shown;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{what} is not shown:\n{shown}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    fn shows(&self, text: &str) -> String {
        self.has(text, |shown| shown.contains(text))
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The exit status after leaving.
    fn leave(mut self) -> Option<i32> {
        self.press("q");
        let status = self.child.wait().unwrap();
        status.code()
    }
}

impl Drop for Terminal {
    /// Whatever a failing test leaves: the terminal goes, and what runs in it.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn view(arguments: &str, size: (u16, u16), folder: &Path) -> Terminal {
    std::fs::write(folder.join("t.strace"), TRACE).unwrap();
    Terminal::start(&format!("{} view {arguments}", env!("CARGO_BIN_EXE_sockscope")), size, folder)
}

fn trimmed(shown: &str) -> String {
    shown.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Waits until the screen is what a snapshot has; a screen may be seen half drawn.
fn snapshot(name: &str, terminal: &Terminal, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/view").join(name);
    terminal.shows(text);
    if std::env::var_os("SOCKSCOPE_BLESS").is_some() {
        std::thread::park_timeout(Duration::from_secs(1));
        std::fs::write(&file, trimmed(&terminal.contents())).unwrap();
    }
    let wanted = std::fs::read_to_string(&file).unwrap_or_default();
    let start = Instant::now();
    while trimmed(&terminal.contents()) != wanted && start.elapsed() < Duration::from_secs(20) {
        std::thread::park_timeout(Duration::from_millis(5));
    }
    assert_eq!(trimmed(&terminal.contents()), wanted, "{name}: SOCKSCOPE_BLESS=1 writes it");
}

#[test]
fn the_list_and_the_lanes_look_as_they_did() {
    let folder = tempfile::tempdir().unwrap();
    for (size, name) in [((80, 24), "80x24"), ((160, 50), "160x50")] {
        let mut terminal = view("t.strace", size, folder.path());
        terminal.shows("14 / 14");
        terminal.press("jjj");
        snapshot(&format!("list-{name}.txt"), &terminal, "Takes the next connection");
        terminal.press("ljjjj");
        snapshot(&format!("lanes-{name}.txt"), &terminal, "← 9 B ← #6");
        assert_eq!(terminal.leave(), Some(0));
    }
}

#[test]
fn keys_lead_through_the_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = view("t.strace", (100, 30), folder.path());
    terminal.shows("#0 · process 10");
    terminal.press("/sendto\r");
    terminal.shows("#6 · process 11");
    terminal.press("t");
    terminal.shows("#7 · process 10");
    terminal.press("t");
    terminal.shows("#6 · process 11");
    terminal.press("^");
    terminal.shows("#4 · process 11");
    terminal.press(">");
    terminal.shows("#5 · process 11");
    terminal.press("<<");
    terminal.shows("there is none");
    terminal.press("e");
    terminal.shows("ENOENT");
    terminal.press("N");
    terminal.shows("#6 · process 11");
    terminal.press("F");
    terminal.shows("only: sock=");
    terminal.has("the socket's four calls", |shown| shown.contains("4 / 14") && !shown.contains("listen"));
    terminal.press("\x1b");
    terminal.shows("14 / 14");
    terminal.press("h");
    terminal.has("no sendto", |shown| shown.contains("13 / 14") && shown.contains("trace=!sendto"));
    terminal.press("\x1b");
    terminal.shows("14 / 14");
    terminal.press("H");
    terminal.shows("1 / 14");
    terminal.press("\x1b");
    terminal.shows("14 / 14");
    terminal.press("p");
    terminal.has("process 11", |shown| shown.contains("7 / 14") || shown.contains("6 / 14"));
    terminal.press("\x1b");
    terminal.shows("14 / 14");
    terminal.press("fstatus=odd\r");
    terminal.shows("cannot filter by status=odd");
    terminal.press("fstatus=failed\r");
    terminal.shows("1 / 14");
    terminal.press("?");
    terminal.shows("the call at the other end");
    terminal.press("?\r");
    terminal.has("no details", |shown| !shown.contains("Arguments"));
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn foreign_text_does_not_command_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = view("--filter status=failed t.strace", (120, 30), folder.path());
    let shown = terminal.shows("1 / 14");
    assert!(shown.contains("]0;owned"), "{shown}");
    terminal.press("/\u{202e}x\r");
    terminal.shows("no more");
    let raw = terminal.raw.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&raw).into_owned();
    assert!(!text.contains("\x1b]0;owned") && !text.contains('\u{202e}'), "{text:?}");
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn who_awaits_a_call_is_shown_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let line = "recvfrom(6, \"hello\", 9, 0, NULL, NULL) = 5  @ client.py:11 fetch  [awaited by client.py:11 fetch ← :19 client, task \"Task-3\"]";
    std::fs::write(folder.path().join("a.strace"), format!("10 close(3) = 0\n10 {line}\n")).unwrap();
    let terminal = view("--filter line=client.py:19 a.strace", (120, 40), folder.path());
    terminal.shows("1 / 2");
    let shown = terminal.shows("Awaited by: Task-3");
    // At the right, among those who await it, and as the line that the text has for the call.
    assert_eq!(shown.matches("client.py:11").count(), 3, "{shown}");
    assert!(shown.contains("client.py:19 client"), "{shown}");
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn it_follows_the_size_and_comes_back_after_being_stopped() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.strace"), TRACE).unwrap();
    let mut terminal = Terminal::start("bash --norc -i", (80, 24), folder.path());
    let shown = terminal.shows("/dev/pts/");
    let tty: String = shown.lines().find(|line| line.starts_with("/dev/pts/")).unwrap().trim().to_owned();
    let command = env!("CARGO_BIN_EXE_sockscope");
    terminal.press(&format!("{command} view t.strace\n"));
    terminal.shows("?: keys");
    terminal.screen.lock().unwrap().screen_mut().set_size(30, 120);
    let resized = Command::new("stty").args(["-F", &tty, "rows", "30", "cols", "120"]).status().unwrap();
    assert!(resized.success());
    // The whole of this line fits only now.
    terminal.shows("inet_addr(\"127.0.0.1\")}, 16) = 0");
    terminal.press("\x1a");
    terminal.shows("Stopped");
    terminal.press("fg\n");
    terminal.shows("?: keys");
    terminal.press("q");
    terminal.has("the shell", |shown| shown.trim_end().ends_with('#') || shown.trim_end().ends_with('$'));
    terminal.press("echo left $?\n");
    terminal.shows("left 0");
    terminal.press("exit\n");
    assert!(terminal.child.wait().unwrap().success());
}

#[test]
fn colours_are_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, coloured) in [("--color never view t.strace", false), ("view t.strace", true)] {
        std::fs::write(folder.path().join("t.strace"), TRACE).unwrap();
        let command = format!("{} {arguments}", env!("CARGO_BIN_EXE_sockscope"));
        let terminal = Terminal::start(&command, (80, 24), folder.path());
        let shown = terminal.shows("openat");
        let row = shown.lines().position(|line| line.contains("openat")).unwrap() as u16;
        let cell = terminal.screen.lock().unwrap().screen().cell(row, 30).unwrap().fgcolor();
        assert_eq!(cell != vt100::Color::Default, coloured, "{arguments}: {cell:?}");
        assert_eq!(terminal.leave(), Some(0));
    }
}

#[test]
fn it_ends_with_its_terminal() {
    let folder = tempfile::tempdir().unwrap();
    // Not the terminal's own process, which the kernel would send SIGHUP.
    let command = format!("(trap '' HUP; {} view t.strace & echo pid $!; wait)", env!("CARGO_BIN_EXE_sockscope"));
    std::fs::write(folder.path().join("t.strace"), TRACE).unwrap();
    let mut terminal = Terminal::start(&command, (80, 24), folder.path());
    terminal.shows("?: keys");
    let raw = String::from_utf8_lossy(&terminal.raw.lock().unwrap()).into_owned();
    let pid: u32 = raw.split("pid ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    terminal.child.kill().unwrap();
    terminal.child.wait().unwrap();
    until("it ends without a terminal", || !runs(pid));
}

/// Waits until something is so.
fn until(what: &str, wanted: impl Fn() -> bool) {
    let start = Instant::now();
    while !wanted() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Whether a process runs still.
fn runs(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
    status.is_ok_and(|status| !status.contains("State:\tZ"))
}

#[test]
fn a_program_is_seen_while_it_runs_and_reads_and_prints() {
    let folder = tempfile::tempdir().unwrap();
    let text = "
import os, socket, sys
a, b = socket.socketpair()
a.send(b'hello'); b.recv(9)
print('pid', os.getpid(), sys.stdin.isatty(), flush=True)
print('got', input().upper(), flush=True)
a.send(b'more'); b.recv(9)
b.recv(9)
";
    std::fs::write(folder.path().join("ask.py"), text).unwrap();
    let command = format!("-- {} ask.py", python3().display());
    let mut terminal = view(&command, (110, 30), folder.path());
    let shown = terminal.has("its output", |shown| shown.contains("the program's output") && shown.contains(" True"));
    let pid: u32 = shown.split("pid ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    terminal.shows("[running]");
    terminal.press("i");
    terminal.shows("typing to the program");
    terminal.press("you q\r");
    terminal.shows("got YOU Q");
    // The last call is seen in which it waits, and who made it; the list has moved on with it.
    terminal.shows("[running, waiting in a call: 1]");
    let shown = terminal.has("the call", |shown| shown.contains("has not returned so far"));
    assert!(shown.contains("recvfrom(4,  <unfinished ...>") && shown.contains("ask.py:8 <module>"), "{shown}");
    assert!(shown.contains("ask.py:7"), "{shown}");
    terminal.press("\x1d");
    terminal.shows("the program's output");
    // The two ends are found while it runs.
    terminal.press("k");
    terminal.shows("← 4 B ← #");
    assert!(runs(pid));
    assert_eq!(terminal.leave(), Some(0));
    until("the program is hung up on", || !runs(pid));
}

#[test]
fn a_program_that_ended_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let text = "
import socket
a, b = socket.socketpair()
a.send(b'hello'); b.recv(9)
try: socket.create_connection(('127.0.0.1', 1))
except ConnectionRefusedError as error: print('refused:', error)
raise SystemExit(3)
";
    std::fs::write(folder.path().join("end.py"), text).unwrap();
    let mut terminal = view(&format!("-e %network -- {} end.py", python3().display()), (120, 40), folder.path());
    terminal.shows("[exited with 3]");
    terminal.shows("refused: [Errno 111]");
    terminal.press("ge");
    terminal.shows("Nothing listens on 127.0.0.1:1");
    assert_eq!(terminal.leave(), Some(0));
    let mut terminal = view("-- /no/such/program", (80, 24), folder.path());
    terminal.shows("/no/such/program");
    assert_eq!(terminal.child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_process_that_runs_already_is_let_go_again() {
    let folder = tempfile::tempdir().unwrap();
    let text = "
import socket, sys
a, b = socket.socketpair()
print('ready', flush=True)
while sys.stdin.readline():
    a.send(b'hello'); b.recv(9); print('sent', flush=True)
";
    let mut process = Command::new(python3());
    let mut process = process.args(["-c", text]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = [0; 6];
    process.stdout.as_mut().unwrap().read_exact(&mut line).unwrap();
    let mut terminal = view(&format!("-p {}", process.id()), (110, 30), folder.path());
    terminal.shows("[running");
    // A process that was made waits for a word, so that it is traced by then.
    let status = format!("/proc/{}/status", process.id());
    let traced = || std::fs::read_to_string(&status).unwrap();
    until("it is traced", || !traced().contains("TracerPid:\t0"));
    process.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    terminal.shows("recvfrom(4, \"hello\", 9, 0, NULL, NULL) = 5");
    terminal.press("l");
    terminal.shows("process ");
    assert_eq!(terminal.leave(), Some(0));
    assert!(traced().contains("TracerPid:\t0"));
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
}

fn refused(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sockscope")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn what_cannot_be_shown_is_an_error_and_leaves_the_terminal_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.strace"), TRACE).unwrap();
    let out = refused(&["view", "t.strace"], folder.path());
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && text.contains("standard output is no terminal"), "{text}");
    std::fs::write(folder.path().join("poem.txt"), "no trace at all\n").unwrap();
    let refused = [
        ("poem.txt", "has no calls"),
        ("missing.strace", "cannot open missing.strace"),
        // No number of a process is so high.
        ("-p 4194305", "4194305"),
        ("-- ./missing", "./missing"),
    ];
    for (file, wanted) in refused {
        let mut terminal = view(file, (80, 24), folder.path());
        terminal.shows(wanted);
        assert_eq!(terminal.child.wait().unwrap().code(), Some(2), "{file}");
        assert!(!terminal.screen.lock().unwrap().screen().alternate_screen());
    }
}

#[test]
fn chinese_is_shown_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = view("--lanes --lang zh t.strace", (100, 30), folder.path());
    terminal.shows("● bind(3, 127.0.0.1:8090)");
    terminal.shows("进程 10");
    terminal.shows("泳道");
    terminal.shows("参数");
    assert_eq!(terminal.leave(), Some(0));
}
