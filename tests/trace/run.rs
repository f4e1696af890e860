//! Starting the tracers, and reading what they wrote.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long anything here may take; a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(120);

/// The C programs of `tests/trace/programs`, compiled once per run of the tests.
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trace/programs");
        for entry in std::fs::read_dir(sources).expect("the programs") {
            let source = entry.expect("an entry").path();
            if source.extension() != Some(OsStr::new("c")) {
                continue;
            }
            let output = Command::new("cc")
                .args(["-O1", "-w", "-pthread", "-o"])
                .arg(folder.path().join(source.file_stem().expect("a name")))
                .arg(&source)
                .output()
                .expect("cc is installed (Debian: apt install gcc libc6-dev)");
            assert!(output.status.success(), "{source:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        folder
    });
    folder.path().join(name)
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    pub trace: String,
}

impl Run {
    pub fn lines(&self) -> Vec<&str> {
        self.trace.lines().collect()
    }
}

/// `sockscope trace`.
pub fn sockscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.arg("trace").args(crate::WAY).stdin(Stdio::null());
    command
}

/// The same, which SIGINT ends even where whoever started the tests ignores it.
pub fn interruptible() -> Command {
    let mut command = crate::support::interruptible(env!("CARGO_BIN_EXE_sockscope"));
    command.arg("trace").args(crate::WAY);
    command
}

/// Waits for a child, but not for ever.
pub fn wait(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            return status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
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

/// Runs a tracer with these options on a program, the trace in a file.
pub fn run<S: AsRef<OsStr>>(mut tracer: Command, options: &[&str], program: &[S]) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log");
    tracer.args(options).arg("-o").arg(&log).args(program).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = tracer.spawn().expect("the tracer starts");
    let (mut out, mut err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let reader = std::thread::spawn(move || std::io::read_to_string(&mut out).expect("text"));
    let errors = std::thread::spawn(move || std::io::read_to_string(&mut err).expect("text"));
    let status = wait(&mut child);
    Run {
        status,
        stdout: reader.join().expect("read"),
        stderr: errors.join().expect("read"),
        trace: std::fs::read_to_string(&log).unwrap_or_default(),
    }
}

/// A program under our tracer that printed `PID ready`: the tracer and that number.
pub fn ready(mut command: Command) -> (Child, i32, BufReader<std::process::ChildStdout>) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    let pid = line.split_whitespace().next().and_then(|word| word.parse().ok());
    (child, pid.unwrap_or_else(|| panic!("not ready: {line:?}")), lines)
}

/// Whether a process is there and not a zombie.
pub fn lives(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')))
}

/// A line without what changes from run to run: addresses, inodes, ports, process numbers, times.
pub fn normal(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    let mut word = String::new();
    let finish = |word: &mut String, out: &mut String| {
        let digits = word.strip_prefix("0x").unwrap_or(word);
        let is_hex = word.starts_with("0x") && digits.len() > 6;
        let is_padding = out.ends_with("nl_pad="); // bytes nobody set
        let is_pid = out.is_empty() || out.ends_with("si_pid=") || out.ends_with("nl_pid=");
        let is_number =
            (digits.len() > 3 || is_pid) && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        out.push_str(if is_hex || is_padding {
            "ADDR"
        } else if is_number {
            "NUM"
        } else {
            word
        });
        word.clear();
    };
    while let Some(c) = chars.next() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            finish(&mut word, &mut out);
            out.push(c);
        }
        if chars.peek().is_none() {
            finish(&mut word, &mut out);
        }
    }
    // Padding depends on the width of the numbers.
    let line = out.split_whitespace().collect::<Vec<_>>().join(" ");
    // Where those bytes happen to be zero the field is not written.
    line.replace("nl_pad=ADDR, ", "")
}
