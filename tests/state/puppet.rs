//! The program that makes calls on command, under our tracer, together with `ss`.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use sockscope::event::{Body, Call, Event, SocketState};
use sockscope::json;

/// How long anything here may take; a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// The C programs of `tests/state`, compiled once per run of the tests.
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        // Readable for whoever a test becomes.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        for name in ["puppet", "deny"] {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/state").join(name).with_extension("c");
            let output = Command::new("cc")
                .args(["-O1", "-pthread", "-o"])
                .arg(folder.path().join(name))
                .arg(source)
                .output()
                .expect("cc is installed (Debian: apt install gcc libc6-dev)");
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        }
        folder
    });
    folder.path().join(name)
}

/// The program, traced or not.
pub struct Puppet {
    child: Child,
    /// The program's own number.
    pub pid: i32,
    input: Option<ChildStdin>,
    /// Its lines, as they come.
    output: Receiver<String>,
    /// Where the trace goes.
    log: tempfile::NamedTempFile,
    errors: tempfile::NamedTempFile,
}

/// What a call answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub ret: i64,
    pub errno: i32,
    /// What the call returned besides: a port, an error, `revents`.
    pub shown: i32,
}

impl Puppet {
    /// Under `sockscope trace -f --state`.
    pub fn traced() -> Self {
        Self::under(&[], &[], &[program("puppet").as_os_str()])
    }

    /// Without anybody looking.
    pub fn alone() -> Self {
        Self::start(Command::new(program("puppet")))
    }

    /// Under the tracer with these options; `around` is a command that starts the tracer.
    pub fn under(around: &[&OsStr], options: &[&str], program: &[&OsStr]) -> Self {
        let tracer = OsStr::new(env!("CARGO_BIN_EXE_sockscope"));
        let mut words = around.iter().copied().chain([tracer]);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(["trace", "-f", "--state", "--no-python", "--format", "jsonl"])
            .args(options)
            .arg("-o");
        let log = tempfile::NamedTempFile::new().unwrap();
        command.arg(log.path()).args(program);
        let mut puppet = Self::start(command);
        puppet.log = log;
        puppet
    }

    fn start(mut command: Command) -> Self {
        let errors = tempfile::NamedTempFile::new().unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors.reopen().unwrap());
        let mut child = command.spawn().expect("it starts");
        let (sender, output) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let line: String = output.recv_timeout(PATIENCE).unwrap_or_default();
        let pid = line.strip_suffix(" ready").and_then(|pid| pid.parse().ok());
        let Some(pid) = pid else {
            panic!("not ready: {line:?} {}", std::fs::read_to_string(errors.path()).unwrap());
        };
        let input = child.stdin.take();
        Self { child, pid, input, output, log: tempfile::NamedTempFile::new().unwrap(), errors }
    }

    /// Tells it to make a call, without waiting for the answer.
    pub fn begin(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// The answer of a call that was begun.
    pub fn answer(&mut self) -> Answer {
        let line = self.output.recv_timeout(PATIENCE).expect("an answer in time");
        let mut words = line.split_whitespace().map(|word| word.parse::<i64>().unwrap());
        let mut next = || words.next().unwrap_or_else(|| panic!("an answer is missing: {line:?}"));
        Answer { ret: next(), errno: next() as i32, shown: next() as i32 }
    }

    /// Has it make a call, however that ends.
    pub fn try_do(&mut self, line: &str) -> Answer {
        self.begin(line);
        self.answer()
    }

    /// Has it make a call that must succeed; what it returned.
    pub fn call(&mut self, line: &str) -> i64 {
        let answer = self.try_do(line);
        assert!(answer.ret >= 0, "{line}: {}", std::io::Error::from_raw_os_error(answer.errno));
        answer.ret
    }

    /// The port a socket is bound to.
    pub fn port(&mut self, fd: i64) -> u16 {
        self.try_do(&format!("look {fd}")).shown as u16
    }

    /// A listener on the loopback, and its port.
    pub fn listener(&mut self, domain: i32, backlog: u32) -> (i64, u16) {
        let fd = self.call(&format!("socket {domain} {}", libc::SOCK_STREAM));
        self.call(&format!("bind {fd} 0"));
        self.call(&format!("listen {fd} {backlog}"));
        let port = self.port(fd);
        (fd, port)
    }

    /// A connection to a listener of its own: the two ends, connecting one first.
    pub fn connection(&mut self, domain: i32, (listener, port): (i64, u16)) -> (i64, i64) {
        let client = self.call(&format!("socket {domain} {}", libc::SOCK_STREAM));
        self.call(&format!("connect {client} {port}"));
        (client, self.call(&format!("accept {listener}")))
    }

    /// The process that traces it.
    pub fn tracer(&self) -> i32 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap();
        status.lines().find_map(|line| line.strip_prefix("TracerPid:")).unwrap().trim().parse().unwrap()
    }

    /// Ends it, and returns the calls it made as they were traced, and what the tracer printed.
    pub fn end(self) -> (Vec<Call>, String) {
        self.wait()
    }

    /// Kills it where it is.
    pub fn kill(self) -> (Vec<Call>, String) {
        let pid = nix::unistd::Pid::from_raw(self.pid);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        self.wait()
    }

    fn wait(mut self) -> (Vec<Call>, String) {
        drop(self.input.take());
        let child = &mut self.child;
        until("the end", || child.try_wait().unwrap().is_some());
        let errors = std::fs::read_to_string(self.errors.path()).unwrap();
        let log = std::fs::read_to_string(self.log.path()).unwrap();
        let calls = log.lines().filter_map(|line| own(&json::read(line).unwrap(), self.pid));
        (calls.collect(), errors)
    }

    /// What the trace has so far, once it has a number of calls of a name: the last of them.
    pub fn traced_call(&self, name: &str, count: usize) -> Call {
        let mut found = None;
        until(&format!("{count} {name} in the trace"), || {
            let log = std::fs::read_to_string(self.log.path()).unwrap();
            let calls = log.lines().filter_map(|line| own(&json::read(line).ok()?, self.pid));
            found = calls.filter(|call| call.sys.name() == name).nth(count - 1);
            found.is_some()
        });
        found.unwrap()
    }
}

/// A test that failed leaves nothing behind.
impl Drop for Puppet {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill(); // the tracer takes the program along
            let _ = self.child.wait();
        }
    }
}

/// The call of an event, if it is the puppet's: what started it is traced too.
fn own(event: &Event, pid: i32) -> Option<Call> {
    match &event.body {
        Body::Call(call) if event.pid == pid as u32 => Some(call.clone()),
        _ => None,
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The states of one of a call's sockets.
pub fn states(call: &Call, fd: i64) -> (Option<&SocketState>, Option<&SocketState>) {
    let sockets = call.sockets.as_ref().unwrap_or_else(|| panic!("{call:?} has no states"));
    let change = sockets.changes.iter().find(|change| i64::from(change.fd) == fd);
    let change = change.unwrap_or_else(|| panic!("{fd} is not in {sockets:?}"));
    (change.before.as_ref(), change.after.as_ref())
}

/// The state names of a call's own socket, `CLOSED → ESTABLISHED`, as the text has them.
pub fn names(call: &Call, fd: i64) -> String {
    let name = |state: Option<&SocketState>| state.map_or_else(String::new, |state| state.state.to_string());
    let (before, after) = states(call, fd);
    format!("{} → {}", name(before), name(after))
}

/// A line of `ss`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As `ss` spells it: `ESTAB`, `FIN-WAIT-2`.
    pub state: String,
    pub recv: u64,
    pub send: u64,
    /// The line, for what else it has.
    pub line: String,
}

/// Asks `ss` for the sockets of a kind (`-t`, `-u`, `-x`) whose line has these words.
pub fn ss(kind: &str, words: &[String]) -> Vec<Row> {
    ss_in(None, kind, words)
}

/// The same in the namespaces of a process.
pub fn ss_in(pid: Option<i32>, kind: &str, words: &[String]) -> Vec<Row> {
    let mut command = match pid {
        None => Command::new("ss"),
        Some(pid) => {
            let mut enter = Command::new("nsenter");
            enter.args(["-t", &pid.to_string(), "-n"]);
            if !nix::unistd::geteuid().is_root() {
                enter.args(["-U", "--preserve-credentials"]);
            }
            enter.arg("ss");
            enter
        }
    };
    let output = command.args(["-a", "-n", "-O", "-H", "-e", "-m", "-o", "-i", kind]).output();
    let output = output.expect("ss is installed (Debian: apt install iproute2)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let has = |line: &&str| {
        let all: Vec<&str> = line.split_whitespace().collect();
        words.iter().all(|word| all.contains(&word.as_str()))
    };
    let row = |line: &str| {
        // Unix sockets have their type before the state.
        let mut fields = line.split_whitespace().skip(usize::from(kind == "-x"));
        let state = fields.next().unwrap().to_owned();
        let mut number = || fields.next().unwrap().parse().unwrap();
        Row { state, recv: number(), send: number(), line: line.to_owned() }
    };
    text.lines().filter(has).map(row).collect()
}

/// How `ss` spells our states.
pub fn as_ss(state: &SocketState) -> String {
    match state.state.to_string().as_str() {
        "ESTABLISHED" | "CONNECTED" => "ESTAB".to_owned(),
        "CLOSED" | "UNCONNECTED" => "UNCONN".to_owned(),
        "FIN_WAIT1" => "FIN-WAIT-1".to_owned(),
        "FIN_WAIT2" => "FIN-WAIT-2".to_owned(),
        other => other.replace('_', "-"),
    }
}
