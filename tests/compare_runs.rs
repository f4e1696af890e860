//! Comparing what runs now: commands under the tracer, document programs and their twins; and Python roles as events.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why on standard error"
)]

use std::process::Command;

fn sockscope(args: &[&str]) -> (Option<i32>, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code(), text(&out.stdout), text(&out.stderr))
}

/// The interpreter behind the first python3 on PATH, which may be a wrapper that runs other programs.
fn python3() -> String {
    let ask = ["-c", "import sys; print(sys.executable)"];
    let out = Command::new("python3").args(ask).output().expect("python3 must be on PATH: apt-get install python3");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

#[test]
fn two_commands() {
    let python = python3();
    let command = |port: &str| {
        format!("{python} -c 'import socket; s = socket.socket(); print(s.connect_ex((\"127.0.0.1\", {port})))'")
    };
    // Nobody serves these ports, which need a right.
    let (code, out, err) = sockscope(&["compare", "--left-run", &command("1"), "--right-run", &command("1")]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains(" same (") && out.trim_end().ends_with("without a difference)"), "{out}");
    assert!(err.contains("111"), "the programs' output: {err}");
    let (code, out, _) = sockscope(&["compare", "--left-run", &command("1"), "--right-run", &command("2")]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("argument differs; addr: 127.0.0.1:1 | 127.0.0.1:2"), "{out}");
    let (code, _, err) = sockscope(&["compare", "--left-run", "true"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("two sides are needed"), "{err}");
}

#[test]
fn a_program_and_its_twin() {
    let (code, out, err) = sockscope(&["compare", "--program", "udp-hello", "--case", "no-server", "-a"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("udp-hello no-server, process 0 (client): our program | Python"), "{out}");
    assert!(out.contains("sendto(3, "), "{out}");
    let (code, out, err) = sockscope(&["run", "tcp-hello", "--compare"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("process 1 (client)") && out.contains("accept4("), "{out}");
    let (code, _, err) = sockscope(&["compare", "--program", "tcp-hello", "--case", "time-wiat"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("time-wait"), "{err}");
}

#[test]
fn every_program_and_case_makes_the_calls_of_its_twin() {
    let (code, out, err) = sockscope(&["compare", "--all"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let cases = sockscope::program::cases::CASES;
    assert_eq!(out.lines().filter(|line| line.ends_with("  same")).count(), cases.len(), "{out}");
}

#[test]
fn pythons_calls_are_events_too() {
    let run = ["run", "tcp-hello", "--python", "--port", "0", "--format", "jsonl"];
    let (code, out, err) = sockscope(&run);
    assert_eq!(code, Some(0), "{out}{err}");
    let events: Vec<_> = out.lines().map(|line| sockscope::json::read(line).expect(line)).collect();
    assert!(events.iter().all(|event| event.ts_ns > 0), "{out}");
    for call in ["listen", "accept4", "connect", "sendto"] {
        assert!(out.contains(&format!("\"syscall\":\"{call}\"")), "{call}: {out}");
    }
    assert_eq!(out.matches("\"type\":\"exit\"").count(), 2, "{out}");
}

#[test]
fn one_role_of_pythons_runs_in_the_foreground() {
    // Nobody serves this port, which needs a right.
    let (code, out, err) = sockscope(&["run", "tcp-hello", "client", "--python", "--port", "1"]);
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(err.contains("connect(3, ") && err.contains("ECONNREFUSED"), "{err}");
    assert!(err.contains("ConnectionRefusedError"), "{err}");
}
