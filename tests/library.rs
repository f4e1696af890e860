//! What a user of the library gets: the examples work, and nothing is built that only the command needs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "library/surface.rs"]
mod surface;

use std::process::{Command, Output, Stdio};

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}

/// Runs an example to its end and gives what it printed.
fn example(name: &str, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } =
        cargo(&["run", "--quiet", "--offline", "--example", name, "--"]).args(arguments).output().unwrap();
    let printed = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{name}: {printed}{}", String::from_utf8_lossy(&stderr));
    printed
}

#[test]
fn the_layer_example_shows_its_conversation() {
    let printed = example("layer", &[]);
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines.len(), 15, "{printed}");
    assert!(lines[0].starts_with("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = "), "{printed}");
    assert!(lines[5].starts_with("connect(") && lines[5].ends_with(", 16) = 0"), "{printed}");
    assert_eq!(lines[9], "received 5 bytes");
    assert!(lines[10].starts_with("close(") && lines[11].ends_with("EBADF (Bad file descriptor)"), "{printed}");
}

#[test]
fn the_example_of_errors_counts_them_by_call() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("some.strace");
    std::fs::write(&trace, "1 close(9) = -1 EBADF (Bad file descriptor)\n".repeat(2) + "1 close(3) = 0\nno call\n")
        .unwrap();
    let printed = example("errors", &[trace.to_str().unwrap()]);
    assert_eq!(printed, "3 calls\n     2 close: EBADF (Bad file descriptor)\n");
}

#[test]
fn the_tracing_example_shows_what_a_program_connects_to() {
    let program = "import socket; socket.socket().connect_ex(('127.0.0.1', 1))";
    let printed = example("trace", &["python3", "-c", program]);
    let expected = "sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}: ECONNREFUSED (Connection refused), ";
    assert!(printed.starts_with("process ") && printed.contains(expected), "{printed}");
}

#[test]
fn the_example_of_frames_shows_where_a_process_is() {
    use std::io::BufRead;
    // However long the example takes to build.
    let program = "import sys\ndef serve():\n    print(flush=True)\n    sys.stdin.read()\nserve()\n";
    let mut python = Command::new("python3");
    let python = python.args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("python3 is installed");
    // It has printed, so it sleeps soon if not yet.
    std::io::BufReader::new(python.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let status = || std::fs::read_to_string(format!("/proc/{}/stat", python.id())).unwrap();
    while !status().contains(") S ") {
        std::thread::yield_now();
    }
    let printed = example("python_frames", &[&python.id().to_string()]);
    python.kill().unwrap();
    python.wait().unwrap();
    let expected =
        format!("thread {}\n  <string>:4 in serve: sys.stdin.read()\n  <string>:5 in <module>: serve()\n", python.id());
    assert_eq!(printed, expected);
}

/// The packages that a build with these features needs.
fn packages(features: &str) -> Vec<String> {
    let arguments = ["tree", "--offline", "--edges=normal", "--prefix=none", "--no-dedupe", "--no-default-features"];
    let output = cargo(&arguments).args(["--features", features]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut names: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.split_once(' ')?.0.to_owned()))
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_user_of_the_parser_builds_nothing_of_the_command() {
    let (bare, tracing) = (packages(""), packages("trace"));
    assert!(bare.contains(&"serde_json".to_owned()) && bare.len() < 35, "{} packages: {bare:?}", bare.len());
    assert!(
        tracing.contains(&"regex-lite".to_owned()) && tracing.len() < 55,
        "{} packages: {tracing:?}",
        tracing.len()
    );
    for command in ["anyhow", "caps", "clap", "simple-dns", "indicatif", "jiff", "tempfile"] {
        assert!(!bare.iter().chain(&tracing).any(|package| package == command), "{command}");
    }
    for trace in ["encoding_rs", "flate2", "regex-lite", "zip", "zstd"] {
        assert!(!bare.contains(&trace.to_owned()), "{trace}");
    }
}
