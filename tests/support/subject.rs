//! The C programs of `tests/subjects`: compiled once per test, run under a tracer, and the resulting traces.
//!
//! A subject issues calls between two marks and prints the lines strace 6.1 must print for them, so the expectation
//! is next to the call and made of run-time facts. A subject marked `calls only` prints nothing: its calls and
//! results are the same in every run, so two traces of it can be compared with each other.

#![allow(dead_code)] // every test binary that includes this file uses its own part of it

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sockscope::syscall::{Class, Syscall, table};

/// Every call of the table that this machine has, as strace's `-e trace=` takes it. What a subject makes besides, to
/// know what to expect, no socket needs.
fn calls(subject: &Subject) -> String {
    let wanted = |sys: &&Syscall| subject.calls_only || sys.class().contains(Class::SOCKETS);
    let names: Vec<_> = table().filter(|sys| sys.nr() >= 0).filter(wanted).map(|sys| sys.name()).collect();
    format!("trace={}", names.join(","))
}

/// A program of `tests/subjects`.
#[derive(Debug, Clone)]
pub struct Subject {
    /// File name without `.c`.
    pub name: String,
    /// The C file.
    pub source: PathBuf,
    /// Whether it only makes calls and prints nothing.
    pub calls_only: bool,
    /// Whether it has to run as root of a network of its own (`needs a namespace` in its first comment).
    pub namespace: bool,
}

/// What one run of a subject under a tracer left.
#[derive(Debug)]
pub struct Run {
    /// The tracer's lines between the two marks.
    pub trace: Vec<String>,
    /// The lines the subject printed.
    pub expected: Vec<String>,
}

/// Every subject, by name.
pub fn all() -> Vec<Subject> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subjects");
    let mut found: Vec<Subject> = fs::read_dir(&folder)
        .expect("tests/subjects is readable")
        .map(|entry| entry.expect("an entry of tests/subjects").path())
        .filter(|path| path.extension() == Some(OsStr::new("c")))
        .map(|source| {
            let text = fs::read_to_string(&source).expect("a subject is readable");
            let head = text.split("*/").next().unwrap_or_default().to_owned();
            Subject {
                name: source.file_stem().expect("a file name").to_string_lossy().into_owned(),
                calls_only: head.contains("calls only"),
                namespace: head.contains("needs a namespace"),
                source,
            }
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!found.is_empty(), "no subjects in {}", folder.display());
    found
}

/// Compiles the subject into `folder` and answers the program's path.
pub fn compile(subject: &Subject, folder: &Path) -> PathBuf {
    let program = folder.join(&subject.name);
    let output = Command::new("cc")
        .args(["-O1", "-w", "-pthread", "-o"])
        .arg(&program)
        .arg(&subject.source)
        .output()
        .expect("cc is installed (Debian: apt install gcc libc6-dev)");
    assert!(output.status.success(), "cc {}: {}", subject.name, String::from_utf8_lossy(&output.stderr));
    program
}

/// Runs `tracer options… -o FILE program` and keeps what lies between the marks.
///
/// `tracer` is the command line up to its options, such as `["strace"]` or `["…/sockscope", "trace"]`.
pub fn run(subject: &Subject, program: &Path, tracer: &[&OsStr], options: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("trace");
    let mut line: Vec<&OsStr> = Vec::new();
    if subject.namespace {
        line.extend(["unshare", "-Urn"].map(OsStr::new));
    }
    line.extend_from_slice(tracer);
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).args(["-a1", "-e", &calls(subject)]).args(options).arg("-o").arg(&log).arg(program);
    let work = tempfile::tempdir().expect("a temporary folder");
    command.current_dir(work.path());
    let output = command.stdin(Stdio::null()).output().expect("the tracer can be started (Debian: apt install strace)");
    assert!(
        output.status.success(),
        "{} under {command:?}: {}\n{}",
        subject.name,
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let trace = String::from_utf8(fs::read(&log).expect("the trace was written")).expect("a trace is ASCII");
    Run {
        trace: between_marks(&trace),
        expected: String::from_utf8(output.stdout)
            .expect("what a subject prints is ASCII")
            .lines()
            .map(str::to_owned)
            .collect(),
    }
}

/// The lines between `dup(-4242)` and `dup(-4243)`; both must be there.
pub fn between_marks(trace: &str) -> Vec<String> {
    let lines: Vec<&str> = trace.lines().collect();
    let at = |mark: &str| {
        lines
            .iter()
            .position(|line| line.contains(mark))
            .unwrap_or_else(|| panic!("no {mark} in a trace of {} lines", lines.len()))
    };
    let (first, last) = (at("dup(-4242"), at("dup(-4243"));
    // Where the kernel itself maps something is chance.
    let mapped = regex::Regex::new(r"\b0x7[0-9a-f]{11}\b").expect("a regex");
    lines[first + 1..last].iter().map(|&line| mapped.replace_all(line, "MAPPED").into_owned()).collect()
}

/// Compares line by line and shows the first lines that differ, both of each pair.
pub fn assert_same(what: &str, expected: &[String], got: &[String]) {
    let differing: Vec<String> = expected
        .iter()
        .zip(got)
        .enumerate()
        .filter(|(_, (e, g))| e != g)
        .take(10)
        .map(|(i, (e, g))| format!("line {}\n  expected {e}\n  got      {g}", i + 1))
        .collect();
    assert!(
        differing.is_empty() && expected.len() == got.len(),
        "{what}: {} lines expected, {} got\n{}",
        expected.len(),
        got.len(),
        differing.join("\n")
    );
}
