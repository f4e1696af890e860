//! Running the command and reading what it explained.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value as Json;
use sockscope::lang::Language;

pub use crate::support::interpreters::python3 as python;

/// A search path where `sockscope` is the one under test and `python3` the interpreter itself.
fn search_path() -> OsString {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sockscope"), folder.path().join("sockscope")).unwrap();
        let wrapper = folder.path().join("python3");
        // A link would hide where the interpreter's library is from some builds of it.
        std::fs::write(&wrapper, format!("#!/bin/sh\nexec {} \"$@\"\n", python().display())).unwrap();
        let mut mode = std::fs::metadata(&wrapper).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
        std::fs::set_permissions(&wrapper, mode).unwrap();
        folder
    });
    let mut path = folder.path().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// The command under test.
pub fn sockscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.stdin(Stdio::null());
    command
}

/// The command under test, which SIGINT ends even where whoever started the tests ignores it.
pub fn interruptible() -> Command {
    crate::support::interruptible(env!("CARGO_BIN_EXE_sockscope"))
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub events: Vec<Json>,
    pub stderr: String,
}

impl Run {
    /// All calls that were explained by this cause.
    pub fn by_cause<'a>(&'a self, cause: &'a str) -> impl Iterator<Item = &'a Json> {
        self.events.iter().filter(move |event| event["why"]["cause"] == cause)
    }

    /// The last call of this name that was explained.
    pub fn explained(&self, call: &str) -> &Json {
        let found =
            self.events.iter().rev().find(|event| event["syscall"] == call && event["why"]["cause"].is_string());
        found.unwrap_or_else(|| panic!("no {call} was explained\n{}\n{}", self.shown(), self.stderr))
    }

    /// What was explained at all.
    pub fn shown(&self) -> String {
        let shown = self.events.iter().filter(|event| event["why"].is_object());
        shown.map(|event| format!("{} {} {}\n", event["syscall"], event["errno"], event["why"])).collect()
    }
}

/// The words of an explanation.
pub fn words(event: &Json) -> String {
    format!("{} {}", event["why"]["text"].as_str().unwrap(), event["why"]["advice"].as_str().unwrap())
}

fn read(file: &Path) -> Vec<Json> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let events: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    // Whatever a test explains can be explained in Chinese.
    for why in events.iter().map(|event| &event["why"]) {
        for text in ["text", "advice"].iter().filter_map(|key| why[key].as_str()) {
            assert!(Language::Chinese.translated(text).is_some(), "no template fits {text:?}");
        }
    }
    events
}

/// Runs a command line as a user would type it, the log as JSON.
pub fn typed(line: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let quiet = if line.starts_with("sockscope trace") { "-q" } else { "" };
    let which = if line.contains("--why=all") { "--why=all" } else { "--why" };
    let options = format!("{which} {quiet} --format jsonl -o {}", log.display());
    let line = line.replacen(which, &options, 1);
    let output = Command::new("sh").arg("-c").arg(&line).env("PATH", search_path()).stdin(Stdio::null()).output();
    let output = output.expect("sh runs");
    Run { events: read(&log), stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// Traces this Python with `--why` and further options.
pub fn trace(options: &[&str], code: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.py");
    std::fs::write(&script, code).unwrap();
    let log = folder.path().join("log.jsonl");
    let mut command = sockscope();
    let why: &[&str] = if options.contains(&"--why=all") { &[] } else { &["--why"] };
    command.args(["trace", "-f", "-q", "-o"]).arg(&log).args(why).args(options);
    let output = command.arg(python()).arg(&script).output().expect("it runs");
    Run { events: read(&log), stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// The same in a network namespace of its own whose loopback is up.
pub fn trace_apart(code: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.py");
    let up = "import fcntl,struct,socket as so\n\
              fcntl.ioctl(so.socket(), 0x8914, struct.pack('16sH14x', b'lo', 65))\n";
    std::fs::write(&script, format!("{up}{code}")).unwrap();
    let log = folder.path().join("log.jsonl");
    let mut command = sockscope();
    command.args(["trace", "--why", "-f", "-q", "-o"]).arg(&log).args(["unshare", "-rn"]);
    let output = command.arg(python()).arg(&script).output().expect("it runs");
    Run { events: read(&log), stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// Runs `sockscope convert --why` on this text.
pub fn convert(text: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    std::fs::write(&file, text).unwrap();
    let output = sockscope().args(["convert", "--why"]).args(options).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
