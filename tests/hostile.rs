//! Foreign text on a terminal: no subcommand lets a name, an argument, a payload or a line of a trace command it, whether it
//! comes in as an argument, from a file, or from a program that is looked at.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::interpreters::python3;
use support::needs::{Need, have};

/// Colours, clears the screen in 8 bits, turns text around, rings, deletes; names a window.
const EVIL: &str = "\u{1b}[31mEVIL\u{9b}2J\u{202e}\u{2066}\u{7}\u{7f}\u{1b}]0;x\u{7}";

/// The same as bytes, with half a surrogate pair and a byte that is no text.
fn evil_bytes() -> Vec<u8> {
    [EVIL.as_bytes(), b"\xed\xa0\x80\x9b"].concat()
}

/// What is wrong with an output: what is in it besides text, line ends and our own colours.
fn wrong(bytes: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("it is not UTF-8".into()) };
    if text.contains("\u{1b}[31mEVIL") {
        return Some("a foreign colour".into());
    }
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    let text = colours.replace_all(text, "");
    let bad = |c: &char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found = text.chars().find(bad)?;
    let line = text.lines().find(|line| line.contains(found)).unwrap_or_default();
    Some(format!("{found:?} in {line:?}"))
}

/// Runs the command, and returns what is wrong with what it writes.
fn look(arguments: &[OsString], folder: &Path, input: &[u8]) -> Vec<String> {
    let stdin = folder.join("stdin");
    std::fs::write(&stdin, input).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(arguments).current_dir(folder).stdin(std::fs::File::open(stdin).unwrap());
    let output = command.env("COLUMNS", "150").output().unwrap();
    let streams = [("standard output", &output.stdout), ("standard error", &output.stderr)];
    let report = |(name, bytes): (&str, &Vec<u8>)| Some(format!("{arguments:?}: {name}: {}", wrong(bytes)?));
    streams.into_iter().filter_map(report).collect()
}

fn arguments(words: &[&str]) -> Vec<OsString> {
    words.iter().map(Into::into).collect()
}

/// Traces of every form with such text in every place that has foreign text.
fn corpus(folder: &Path) -> Vec<PathBuf> {
    let text = format!(
        "100 connect(3, {{sa_family=AF_UNIX, sun_path=\"a{EVIL}\"}}, 20) = -1 ENOENT (No such {EVIL})\n\
         {EVIL}garbage\n\
         100 foo{EVIL}(1) = 0\n\
         100 --- SIG{EVIL} {{}} ---\n\
         [pid 5<{EVIL}>] close(3</{EVIL}>) = 0\n\
         100 close(3) = 0 (in a{EVIL}.py:3 f)\n\
         100 socket(AF_{EVIL}, {EVIL}, 0) = 3\n\
         100 openat(AT_FDCWD, \"{EVIL}\", O_RDONLY) = -1 EACCES (Permission denied)\n\
         100 sendto(3, \"{EVIL}\", 9, 0, NULL, 0) = -1 EPIPE (Broken pipe)  @ {EVIL}.py:3 {EVIL}  {EVIL}  [via {EVIL}.py:1 in {EVIL}]\n\
         \x20> /{EVIL}.py:3 {EVIL}  {EVIL}\n\
         100 write(1, \"x\", 1) = 1 <0.00{EVIL}>\n\
         strace: {EVIL}\n\
         100 +++ {EVIL} +++\n\
         100 bind(3, {{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"{EVIL}\")}}, 16) = 0\n"
    );
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(b"\0\0 nul\n100 read(3, \"\xed\xa0\x80\", 3) = 3\r\n");
    bytes.extend_from_slice(&evil_bytes());
    bytes.push(b'\n');
    let plain = folder.join(format!("a{EVIL}.strace"));
    std::fs::write(&plain, &bytes).unwrap();
    let json = serde_json::json!({
        "v": 1, "seq": 0, "ts_ns": 1, "pid": 7, "tid": 7, "type": "call", "syscall": "connect",
        "args": {"sockfd": 3, "addr": {"family": "AF_UNIX", "path": EVIL}, "addrlen": 20},
        "ret": -1, "errno": "ENOENT",
        "python": [{"file": EVIL, "line": 4, "function": EVIL, "source": EVIL, "expression": EVIL, "library": false}],
    });
    let more = serde_json::json!({
        "v": 1, "seq": 1, "ts_ns": 2, "pid": 7, "tid": 7, "type": "note", "text": EVIL,
    });
    let raw = format!("{{\"v\":1,\"{EVIL}\":1}}\n{EVIL}\n");
    let lines = folder.join("hostile.jsonl");
    std::fs::write(&lines, format!("{json}\n{more}\n{raw}")).unwrap();
    // The same as rows.
    let rows = folder.join("hostile.csv");
    let mut convert = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    convert.args(["convert", "-q", "--format", "csv", "-o"]).arg(&rows).arg(&lines).stderr(Stdio::null());
    convert.status().unwrap();
    vec![plain, lines, rows]
}

#[test]
fn no_file_commands_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut troubles = Vec::new();
    let corpus = corpus(folder.path());
    for file in &corpus {
        let commands: &[&[&str]] = &[
            &["convert"],
            &["convert", "--color", "always"],
            &["convert", "--text", "utf8", "-v", "-N", "--python"],
            &["convert", "--python=full", "--why", "--explain"],
            &["convert", "--group", "python", "--state"],
            &["convert", "--format", "json"],
            &["convert", "--format", "jsonl"],
            &["convert", "--format", "csv"],
            &["convert", "--format", "svg"],
            &["convert", "--format", "mermaid"],
            &["convert", "--format", "html"],
            &["sockets"],
            &["sockets", "--links"],
            &["sockets", "--format", "json"],
            &["sockets", "--format", "csv"],
            &["why"],
            &["why", "--color", "always"],
            &["why", "--format", "json"],
            &["why", "--format", "markdown"],
            &["replay"],
            &["replay", "--format", "json"],
        ];
        for command in commands {
            troubles.extend(look(&[arguments(command), vec![file.into()]].concat(), folder.path(), b""));
        }
        for other in &corpus {
            for format in [
                &["--format", "side"][..],
                &["--format", "unified", "--all"],
                &["--format", "json", "--all"],
                &["--time"],
            ] {
                let all = [arguments(&["compare"]), arguments(format), vec![file.into(), other.into()]].concat();
                troubles.extend(look(&all, folder.path(), b""));
            }
        }
        let content = std::fs::read(file).unwrap();
        for command in [&["explain"][..], &["convert", "-"], &["why", "-"], &["replay", "-"]] {
            troubles.extend(look(&arguments(command), folder.path(), &content));
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

#[test]
fn no_argument_commands_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut troubles = Vec::new();
    for evil in [OsString::from(EVIL), OsString::from_vec(evil_bytes()), OsString::from(format!("{EVIL}.py"))] {
        let path = OsString::from_vec([b"/none/", evil.as_bytes()].concat());
        let option = OsString::from_vec([b"--", evil.as_bytes()].concat());
        let subcommands = [
            "programs",
            "run",
            "completions",
            "man",
            "schema",
            "trace",
            "claims",
            "compare",
            "convert",
            "explain",
            "map",
            "replay",
            "sockets",
            "where",
            "why",
        ];
        for name in subcommands {
            for word in [&evil, &path, &option] {
                troubles.extend(look(&[name.into(), word.clone()], folder.path(), b""));
                troubles.extend(look(&[name.into(), word.clone(), word.clone()], folder.path(), b""));
            }
        }
        for words in [
            &["trace", "-e"][..],
            &["trace", "-P"],
            &["trace", "-o"],
            &["trace", "-p"],
            &["trace", "-S"],
            &["trace", "-X"],
            &["trace", "-u"],
            &["trace", "--peer"],
            &["trace", "--format"],
            &["trace", "--strings-in-hex"],
            &["convert", "--format"],
            &["convert", "-o"],
            &["compare", "-e"],
            &["compare", "--program"],
            &["map", "--python"],
            &["run", "tcp-hello", "--case"],
            &["claims", "--format"],
        ] {
            let all = [arguments(words), vec![evil.clone(), "true".into()]].concat();
            troubles.extend(look(&all, folder.path(), b""));
            let all = [arguments(words), vec![path.clone(), "true".into()]].concat();
            troubles.extend(look(&all, folder.path(), b""));
        }
        troubles.extend(look(std::slice::from_ref(&evil), folder.path(), b""));
        troubles.extend(look(std::slice::from_ref(&option), folder.path(), b""));
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

/// A program whose file, functions, thread, socket and payloads have such text.
const PROGRAM: &str = r#"
import os, socket, sys, time
def hostile():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try: s.connect(EVIL[:90])
    except (OSError, UnicodeError): pass
    try: s.send(EVIL.encode('utf-8', 'surrogateescape'))
    except OSError: pass
    try: os.open(EVIL, os.O_RDONLY)
    except OSError: pass
EVIL = sys.argv[1]
with open('/proc/self/comm', 'w') as f: f.write(EVIL)
hostile()
if len(sys.argv) > 2:
    a, b = socket.socketpair()
    open(sys.argv[2], 'w').close()
    a.recv(1)  # EVIL
"#;

#[test]
fn no_program_commands_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut troubles = Vec::new();
    let script = folder.path().join(format!("p{EVIL}.py"));
    std::fs::write(&script, PROGRAM.replace("# EVIL", &format!("# {EVIL}"))).unwrap();
    let program: Vec<OsString> = vec![python3().into(), script.clone().into(), EVIL.into()];
    for options in [
        &["trace", "-f", "--python", "--why", "-e", "trace=network,openat,write"][..],
        &["trace", "-f", "--python=full", "-yy", "--text", "utf8", "-e", "trace=all"],
        &["trace", "-f", "--group", "python", "--explain", "--state", "--color", "always"],
        &["trace", "-f", "-c"],
        &["trace", "-f", "--format", "json", "--python", "--why", "-o", "/dev/stdout"],
    ] {
        troubles.extend(look(&[arguments(options), program.clone()].concat(), folder.path(), b""));
    }
    for format in ["table", "markdown", "json"] {
        let map = [arguments(&["map", "--format", format, "--python"]), vec![python3().into()], program[1..].to_vec()];
        troubles.extend(look(&map.concat(), folder.path(), b""));
    }
    // The same program, while it hangs.
    let ready = folder.path().join("ready");
    let mut waiting = Command::new(&program[0]).args(&program[1..]).arg(&ready).stdin(Stdio::null()).spawn().unwrap();
    while !ready.exists() {
        assert!(waiting.try_wait().unwrap().is_none(), "it ended early");
        std::thread::yield_now();
    }
    let pid = waiting.id().to_string();
    for format in ["text", "json"] {
        troubles.extend(look(&arguments(&["where", "--format", format, &pid]), folder.path(), b""));
    }
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

#[test]
fn no_peer_of_a_failed_call_commands_the_terminal() {
    if !have(Need::Strace) {
        return;
    }
    // What strace itself writes is read and written again.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("strace.out");
    let name = OsStr::from_bytes(&evil_bytes()).to_owned();
    std::fs::write(folder.path().join(&name), "").unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-o"]).arg(&file).arg("cat").arg(&name).current_dir(folder.path());
    assert!(strace.status().unwrap().success());
    let mut troubles = Vec::new();
    for options in [&["convert"][..], &["convert", "--text", "utf8"], &["convert", "--format", "json"], &["why"]] {
        troubles.extend(look(&[arguments(options), vec![file.clone().into()]].concat(), folder.path(), b""));
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}
