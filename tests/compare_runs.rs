//! Comparing what runs now: commands under the tracer, document programs and their twins; and Python roles as events.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test fails by panicking, with the reason on standard error"
)]

mod support;

use std::process::Command;

use support::interpreters;

fn sockscope(args: &[&str]) -> (Option<i32>, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code(), text(&out.stdout), text(&out.stderr))
}

/// The machine's Python, as an argument.
fn python3() -> String {
    interpreters::python3().to_string_lossy().into_owned()
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

/// Set to compare with every Python that there is, which takes more than a minute; otherwise the oldest and the newest
/// of them do.
const ALL_PYTHONS: &str = "SOCKSCOPE_ALL_PYTHONS";

/// The other Pythons that there are, of the versions the twins are written for, the oldest first.
fn other_pythons() -> Vec<String> {
    let mut found = interpreters::every((3, 8));
    found.retain(|python| python.version <= (3, 13) && python.path != interpreters::python3());
    found.sort_by_key(|python| python.version);
    found.dedup_by_key(|python| python.version);
    found.into_iter().map(|python| python.path.to_string_lossy().into_owned()).collect()
}

/// Every program and case, on the machine's python3 and on other versions where there are some; the table names them.
#[test]
fn every_program_and_case_makes_the_calls_of_its_twin() {
    let mut pythons = other_pythons();
    let own = python3();
    if std::env::var_os(ALL_PYTHONS).is_none() && pythons.len() > 2 {
        println!(
            "left out, but with {ALL_PYTHONS}=1: {}",
            pythons.drain(1..pythons.len() - 1).collect::<Vec<_>>().join(", ")
        );
    }
    pythons.insert(0, own);
    println!("compared with {}", pythons.join(", "));
    let arguments: Vec<&str> =
        ["compare", "--all", "--python"].into_iter().chain(pythons.iter().map(String::as_str)).collect();
    let (code, out, err) = sockscope(&arguments);
    assert_eq!(code, Some(0), "{out}{err}");
    let rows: Vec<&str> = out.lines().skip(1).collect();
    assert_eq!(rows.len(), sockscope::program::cases::all().count(), "{out}");
    for row in rows {
        assert_eq!(row.split_whitespace().filter(|word| *word == "same").count(), pythons.len(), "{out}");
    }
}

/// What differs with an interpreter is reported, and with which one.
#[test]
fn an_interpreter_that_makes_other_calls() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sitecustomize.py"), "import socket; socket.socketpair()\n").unwrap();
    let wrapper = folder.path().join("python");
    let script = format!("#!/bin/sh\nPYTHONPATH={} exec {} \"$@\"\n", folder.path().display(), python3());
    std::fs::write(&wrapper, script).unwrap();
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (own, wrapper) = (python3(), wrapper.to_string_lossy().into_owned());
    let one = ["compare", "--program", "udp-hello", "--case", "no-server", "--python"];
    let (code, out, err) = sockscope(&[&one[..], &[&own, &wrapper]].concat());
    assert_eq!(code, Some(1), "{out}{err}");
    let headings: Vec<&str> = out.lines().filter(|line| line.contains("our program | Python 3.")).collect();
    assert_eq!(headings.len(), 2, "{out}");
    assert!(out.contains("only right") && out.contains("socketpair(AF_UNIX"), "{out}");
    let (code, _, err) = sockscope(&[&one[..], &["/nonexistent/python3"]].concat());
    assert_eq!(code, Some(2));
    assert!(err.contains("/nonexistent/python3; is it a Python interpreter?"), "{err}");
    let (code, _, err) = sockscope(&["compare", "--python", &own]);
    assert_eq!(code, Some(2));
    assert!(err.contains("--python is for --program NAME or --all"), "{err}");
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
