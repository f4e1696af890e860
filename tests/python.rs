//! `sockscope trace --python` as a whole: the lines it shows, compared with the programs' own accounts.
//!
//! The programs of `tests/pyframes` send their own stack as the payload of a call; here the traced JSON has both, the
//! payload and the stack that was read, which must agree on every CPython of the machine.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
#[path = "pyframes/witnesses.rs"]
mod witnesses;

use nix::fcntl::OFlag;
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;
use support::interpreters::{self, Interpreter, every, programs};
use support::needs::{Need, skip};
use witnesses::{FRAMES, FRAMES3, PROCESSES, THREADS, Witness};

/// `sockscope trace OPTIONS PROGRAM`, where the program is a command with its variables and folder.
fn traced(options: &[&str], program: &Command) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.arg("trace").args(options).arg(program.get_program()).args(program.get_args());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = program.get_current_dir() {
        command.current_dir(folder);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn succeed(command: &mut Command, context: &str) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{context}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The `sendto` calls of a program, as JSON, and the text on standard error.
fn events(program: &Command, stdin: Option<Stdio>, context: &str) -> (Vec<Json>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.jsonl");
    let options = ["-f", "--python", "-s", "1000000", "-e", "trace=sendto", "-o", file.to_str().unwrap()];
    let mut command = traced(&options, program);
    if let Some(stdin) = stdin {
        command.stdin(stdin);
    }
    let output = succeed(&mut command, context);
    let text = std::fs::read_to_string(file).unwrap();
    let calls = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let calls = calls.filter(|event: &Json| event["type"] == "call").collect();
    (calls, String::from_utf8(output.stderr).unwrap())
}

/// Compares every account among the calls with its stack; returns how many there were.
fn agree(calls: &[Json], context: &str) -> usize {
    let mut compared = 0;
    for call in calls {
        let payload = call["args"]["buf"]["text"].as_str().unwrap_or_default();
        let Some(account) = payload.strip_prefix("STACK") else { continue };
        let account: Json = serde_json::from_str(account.trim_end()).unwrap();
        let want = account["frames"].as_array().unwrap();
        let found = call["python"].as_array().map(Vec::as_slice).unwrap_or_default();
        let via = account["via_library"] == true;
        let (library, own) = found.split_at(if via { found.len().saturating_sub(want.len()) } else { 0 });
        assert!(library.iter().all(|frame| frame["library"] == true), "{context}: {call}");
        assert_eq!(own.len(), want.len(), "{context}: {call}");
        for (frame, expected) in own.iter().zip(want) {
            for key in ["file", "line", "function"] {
                assert_eq!(frame[key], expected[key], "{context}: {frame} is not {expected}");
            }
            if !expected["file"].as_str().unwrap().starts_with('<') {
                assert_eq!(frame["source"], expected["source"], "{context}: {frame} is not {expected}");
            }
            if expected["exact"] == true {
                let columns = match &frame["column"] {
                    Json::Null => Json::Null,
                    column => serde_json::json!([column, frame["end_line"], frame["end_column"]]),
                };
                assert_eq!(columns, expected["columns"], "{context}: {frame} is not {expected}");
            }
        }
        compared += 1;
    }
    compared
}

/// Traces a witness on every interpreter that supports it.
fn on_every(witness: Witness) {
    for python in every(witness.since) {
        let context = format!("{} on {}", witness.file, python.path.display());
        let mut command = python.command();
        command.arg(programs().join(witness.file));

        let (calls, errors) = events(&command, None, &context);

        let compared = agree(&calls, &context);
        assert!(compared >= witness.stacks, "{context}: only {compared} stacks");
        assert!(!errors.contains("not supported"), "{context}: {errors}");
    }
}

#[test]
fn stacks_of_every_shape() {
    on_every(FRAMES);
}

#[test]
fn stacks_of_python_3() {
    on_every(FRAMES3);
}

#[test]
fn threads() {
    on_every(THREADS);
}

#[test]
fn forks_and_every_start_method_of_multiprocessing() {
    on_every(PROCESSES);
}

/// A program that sends two accounts, from a function and from the top level.
const TEXT: &str = "from witness import A, stack\n\ndef call():\n    A.send(stack())\n\ncall()\nA.send(stack())\n";

fn brief(program: &Command, stdin: Option<Stdio>, source: bool, context: &str) {
    let (calls, _) = events(program, stdin, context);
    assert_eq!(agree(&calls, context), 2, "{context}");

    let accounts =
        calls.iter().filter(|call| call["args"]["buf"]["text"].as_str().is_some_and(|s| s.starts_with("STACK")));

    for call in accounts {
        let want = if source { Json::from("A.send(stack())") } else { Json::Null };
        assert_eq!(call["python"][0]["source"], want, "{context}");
    }
}

#[test]
fn every_way_to_start_a_program() {
    for python in every((2, 7)) {
        let context = |how: &str| format!("{how} on {}", python.path.display());
        let folder = tempfile::tempdir().unwrap();

        let mut command = python.command();
        command.args(["-c", TEXT]);
        brief(&command, None, true, &context("-c"));

        let mut command = python.command();
        command.args(["-m", "brief"]);
        brief(&command, None, true, &context("-m"));

        let script = folder.path().join("script.py");
        std::fs::write(&script, TEXT).unwrap();
        let file = std::fs::File::open(&script).unwrap();
        brief(&python.command(), Some(file.into()), true, &context("a redirected file"));

        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(TEXT.as_bytes()).unwrap();
        drop(writer);
        brief(&python.command(), Some(reader.into()), false, &context("a pipe"));

        let archive = folder.path().join("app.pyz");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
        zip.start_file("__main__.py", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(TEXT.as_bytes()).unwrap();
        zip.finish().unwrap();
        let mut command = python.command();
        command.arg(&archive);
        brief(&command, None, true, &context("a zipapp"));

        let mut shim = Command::new("/bin/sh");
        shim.arg("-c").arg(format!("(:); cd / && exec '{}' '{}'", python.path.display(), script.display()));
        shim.env("PYTHONPATH", programs()).env("PYTHONDONTWRITEBYTECODE", "1");
        brief(&shim, None, true, &context("a shim"));

        if python.version >= (3, 6) {
            let home = folder.path().join("venv");
            let made = python.command().args(["-m", "venv", "--without-pip"]).arg(&home).status().unwrap();
            if made.success() {
                let mut command = Interpreter { path: home.join("bin/python"), ..python.clone() }.command();
                command.arg(&script);
                brief(&command, None, true, &context("a virtual environment"));
            }
        }
    }
}

/// Coroutines, callbacks, a protocol and a thread; the event loop works for waiting coroutines from the line that runs
/// the loop.
const ASYNCIO: &str = "\
import asyncio, socket

class Upper(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data.upper())

async def ask(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'question')
    await reader.readexactly(8)
    writer.close()

def in_a_thread(a):
    a.send(b'from a thread')

def called_back(a):
    a.send(b'called back')

async def main():
    loop = asyncio.get_event_loop()
    server = await loop.create_server(Upper, '127.0.0.1', 0)
    await ask(server.sockets[0].getsockname()[1])
    server.close()
    a, b = socket.socketpair()
    b.setblocking(False)
    await loop.run_in_executor(None, in_a_thread, a)
    await loop.sock_recv(b, 50)
    loop.call_soon(called_back, a)
    await loop.sock_recv(b, 60)

asyncio.run(main())
";

/// A call of the program above, by its name and a part of it, with the line shown for it and the library function that
/// it went through.
const ASYNCIO_LINES: &[(&str, &str, &str, Option<&str>)] = &[
    // Made while a coroutine runs: its line.
    ("listen", "", "server = await loop.create_server(Upper, '127.0.0.1', 0)", Some("start_serving")),
    (
        "connect",
        "EINPROGRESS",
        "reader, writer = await asyncio.open_connection('127.0.0.1', port)",
        Some("sock_connect"),
    ),
    ("sendto", "\"question\"", "writer.write(b'question')", Some("write")),
    ("recvfrom", "from a thread", "await loop.sock_recv(b, 50)", Some("sock_recv")),
    ("recvfrom", "\"size\":60", "await loop.sock_recv(b, 60)", Some("sock_recv")),
    // In a function that the loop calls: that function's line.
    ("sendto", "\"QUESTION\"", "self.transport.write(data.upper())", Some("write")),
    ("sendto", "called back", "a.send(b'called back')", None),
    ("sendto", "from a thread", "a.send(b'from a thread')", None),
    // By the loop itself, for coroutines that wait: the line that runs the loop.
    ("accept4", "", "asyncio.run(main())", Some("accept")),
    ("epoll_wait", "", "asyncio.run(main())", Some("select")),
    ("recvfrom", "\"question\"", "asyncio.run(main())", Some("read_ready__data_received")),
    ("recvfrom", "\"QUESTION\"", "asyncio.run(main())", Some("read_ready__data_received")),
    ("recvfrom", "called back", "asyncio.run(main())", Some("sock_recv")),
];

#[test]
fn the_lines_of_an_asyncio_program() {
    for python in every((3, 7)) {
        let context = python.path.display().to_string();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ask.py"), ASYNCIO).unwrap();
        let file = folder.path().join("trace.jsonl");
        let mut program = python.command();
        program.current_dir(folder.path()).arg("ask.py");
        let options = ["-f", "--python", "-e", "trace=network,epoll_wait", "-o", file.to_str().unwrap()];
        succeed(&mut traced(&options, &program), &context);
        let text = std::fs::read_to_string(&file).unwrap();
        for (name, part, source, via) in ASYNCIO_LINES {
            let calls: Vec<Json> = text
                .lines()
                .filter(|line| line.contains(&format!("\"syscall\":\"{name}\"")) && line.contains(part))
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            // Only the first of several same calls: the recv of 60 bytes is repeated when they have arrived.
            let calls = if part.contains("size") { &calls[..1] } else { &calls[..] };
            assert!(!calls.is_empty(), "{context}: no {name} with {part}");
            for call in calls {
                let frames = call["python"].as_array().unwrap_or_else(|| panic!("{context}: no stack: {call}"));
                let caller = frames.iter().find(|frame| frame["library"] == false).unwrap();
                assert_eq!(caller["source"], *source, "{context}: {call}");
                let innermost = Some(&frames[0]).filter(|frame| frame["library"] == true);
                let innermost = innermost.and_then(|frame| frame["function"].as_str());
                // Some versions do in `_sock_recv` what others do in `sock_recv`.
                let innermost = innermost.map(|name| name.trim_start_matches('_'));
                assert_eq!(innermost, *via, "{context}: {call}");
            }
        }
    }
}

/// The program sends, over each connection, the lines that made its two ends.
#[test]
fn what_a_loop_reads_has_the_line_that_made_its_socket() {
    for python in every((3, 7)) {
        let context = python.path.display().to_string();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trace.jsonl");
        let mut command = python.command();
        command.arg(programs().join("loop_origins.py"));
        succeed(&mut traced(&["-f", "--python", "-s", "1000", "-o", file.to_str().unwrap()], &command), &context);
        let text = std::fs::read_to_string(file).unwrap();
        let mut found = 0;
        for line in text.lines() {
            let call: Json = serde_json::from_str(line).unwrap();
            let received = call["syscall"] == "recvfrom" || call["syscall"] == "recvmsg";
            let payload = call["args"]["buf"]["text"].as_str().unwrap_or_default();
            let Some((client, server)) = payload.trim_end().split_once(['s', 'S']).filter(|_| received) else {
                continue;
            };
            let number = |text: &str| text.rsplit(' ').find_map(|word| word.parse::<u64>().ok()).unwrap();
            // Who reads what was sent is the server; its answer, in capitals, is the client's to read.
            let made = if client.starts_with('c') { number(server) } else { number(client) };
            let frame = &call["socket_made_at"];
            assert_eq!(frame["line"], made, "{context}: {call}");
            assert!(frame["file"].as_str().unwrap().ends_with("loop_origins.py"), "{context}: {call}");
            found += 1;
        }
        assert_eq!(found, 2 * 2 * 7, "{context}: each of 7 connections, both ends, in each of two threads\n{text}");
    }
}

/// Text has it behind the call, grouped or not, and is read again.
#[test]
fn the_line_that_made_a_socket_is_written_and_read() {
    let folder = tempfile::tempdir().unwrap();
    for options in [&["--python"][..], &["--group", "python"]] {
        let file = folder.path().join("trace.txt");
        let mut program = newest().command();
        program.arg(programs().join("loop_origins.py"));
        let options = [&["-f", "-o", file.to_str().unwrap()], options].concat();
        succeed(&mut traced(&options, &program), "loop_origins.py");
        let text = std::fs::read_to_string(&file).unwrap();
        let written = text.matches("  [socket made at loop_origins.py:").count();
        assert!(written > 28 && text.contains(" streams]\n") && text.contains(" main]\n"), "{text}");
        let mut convert = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        let output = succeed(convert.arg("convert").arg(&file).args(["--format", "jsonl"]), "convert");
        let read = String::from_utf8(output.stdout).unwrap();
        assert_eq!(read.matches("\"socket_made_at\":{").count(), written, "{options:?}");
        assert!(!read.contains("\"type\":\"unread\""), "{options:?}");
    }
}

#[test]
fn expressions_are_cut_out_of_text_in_the_encoding_it_declares() {
    let python = newest();
    if python.version < (3, 11) {
        skip(Need::Interpreter("CPython 3.11 or later, which has columns"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // 服务器 in GBK, 表 in Shift JIS (its second byte is a backslash), é in Latin-1, and twice in UTF-8.
    for (head, text, expression) in [
        ("# coding: gbk", &b"\xb7\xfe\xce\xf1\xc6\xf7"[..], Some("A.send('服务器'.encode())")),
        ("# coding: shift_jis", b"\x95\x5c", Some("A.send('表'.encode())")),
        ("# coding: latin-1", b"\xe9", Some("A.send('é'.encode())")),
        ("# coding: latin-1", b"\xc3\xa9", Some("A.send('Ã©'.encode())")),
        ("# coding: iso-8859-15", b"\xa4", Some("A.send('€'.encode())")),
        ("# coding: mac-croatian", b"\xa9", None),
        ("", "é👩‍👩‍👧".as_bytes(), Some("A.send('é👩‍👩‍👧'.encode())")),
    ] {
        let line = [b"X = '", text, b"'; A.send('", text, b"'.encode())"].concat();
        let file = folder.path().join("encoded.py");
        std::fs::write(&file, [head.as_bytes(), b"\nfrom witness import A\n", &line, b"\n"].concat()).unwrap();
        let mut program = python.command();
        program.arg(file);
        let (calls, _) = events(&program, None, head);
        assert_eq!(calls.len(), 1, "{head}");
        let frame = &calls[0]["python"][0];
        assert_eq!((frame["line"].as_u64(), frame["expression"].as_str()), (Some(3), expression), "{head}: {frame}");
    }
}

#[test]
fn an_installers_script_is_not_the_users_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let [bin, packages] = ["bin", "site-packages"].map(|name| folder.path().join(name));
    [&bin, &packages].into_iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    std::fs::write(packages.join("server.py"), "import witness\n\ndef run():\n    witness.A.send(b'run')\n").unwrap();
    let script = "import re\nimport sys\nfrom server import run\nif __name__ == '__main__':\n    \
                  sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(run())\n";
    std::fs::write(bin.join("server"), script).unwrap();
    let mut program = newest().command();
    let path = std::env::join_paths([packages, programs()]).unwrap();
    program.arg(bin.join("server")).env("PYTHONPATH", path);
    let file = folder.path().join("trace");
    let options = ["--group", "python", "-e", "trace=sendto", "-o", file.to_str().unwrap()];
    succeed(&mut traced(&options, &program), "a script of an installer");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("server.py:4 run  witness.A.send(b'run')\n    sendto("), "{text}");
}

/// A program frozen with Python names the standard library's modules without their folder.
#[test]
fn the_standard_library_in_a_frozen_program_is_a_library() {
    let python = newest();
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app");
    std::fs::copy(&python.path, &app).unwrap();
    let text = "import witness\n\
                names = {'A': witness.A}\n\
                exec(compile('def send():\\n A.send(b\"1\")', 'http/client.py', 'exec'), names)\n\
                exec(compile('def main():\\n send()\\nmain()', 'tool/cli.py', 'exec'), names)\n";
    let mut program = Command::new(&app);
    program.args(["-c", text]).env("PYTHONPATH", programs()).env("PYTHONDONTWRITEBYTECODE", "1");
    let home = python.path.ancestors().nth(2).unwrap();
    program.env("PYTHONHOME", home).env("LD_LIBRARY_PATH", home.join("lib")).current_dir(folder.path());
    let file = folder.path().join("trace");
    let options = ["--python", "-e", "trace=sendto", "-o", file.to_str().unwrap()];
    succeed(&mut traced(&options, &program), "a frozen program");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(" = 1  @ cli.py:2 main  [via client.py:2 in send]\n"), "{text}");
}

#[test]
fn a_program_that_is_not_python_has_no_lines() {
    let mut program = Command::new("/bin/sh");
    program.args(["-c", "exec cat /dev/null"]);
    let options = ["-f", "--python", "-e", "trace=read,write", "-o"];
    let trace = |last: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trace.jsonl");
        let options: Vec<&str> = last.iter().chain(&options).copied().chain([file.to_str().unwrap()]).collect();
        let output = succeed(&mut traced(&options, &program), "cat");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        std::fs::read_to_string(file).unwrap()
    };
    let text = trace(&[]);
    assert!(text.contains("\"syscall\":\"read\""), "{text}");
    assert!(!text.contains("\"python\""), "{text}");
}

/// The newest interpreter.
fn newest() -> Interpreter {
    every((2, 7)).into_iter().max_by_key(|python| python.version).unwrap()
}

const SERVER: &str = "import socket\n\ndef main():\n    s.listen(2)\n\
                      s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\ns.bind(('127.0.0.1', 0))\nmain()\ns.close()\n";

fn server(folder: &Path) -> Command {
    std::fs::write(folder.join("server.py"), SERVER).unwrap();
    let mut command = newest().command();
    command.current_dir(folder).arg("server.py");
    command
}

/// Line numbers in the standard library change from version to version.
fn without_library_lines(text: &str) -> String {
    let pattern = regex::Regex::new(r"socket\.py:\d+ in").unwrap();
    pattern.replace_all(text, "socket.py:N in").into_owned()
}

#[test]
fn calls_are_grouped_under_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let options = ["--group", "python", "-o", file.to_str().unwrap()];
    succeed(&mut traced(&options, &server(folder.path())), "--group python");
    let text = without_library_lines(&std::fs::read_to_string(&file).unwrap());
    let expected = r#"server.py:5  s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3  [via socket.py:N in __init__]
server.py:6  s.bind(('127.0.0.1', 0))
    bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
server.py:4 main  s.listen(2)
    listen(3, 2)                        = 0
server.py:8  s.close()
    close(3)                            = 0  [via socket.py:N in _real_close]
+++ exited with 0 +++
"#;
    assert_eq!(text, expected);
}

#[test]
fn text_is_straces_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let trace = |options: &[&str]| {
        let options: Vec<&str> = options.iter().copied().chain(["-o", file.to_str().unwrap()]).collect();
        succeed(&mut traced(&options, &server(folder.path())), "text");
        std::fs::read_to_string(&file).unwrap()
    };
    let plain = trace(&[]);
    assert_eq!(plain, trace(&["--no-python"]));
    assert!(plain.contains("listen(3, 2)                            = 0\n"), "{plain}");
    let with = trace(&["--python"]);
    assert!(with.contains("listen(3, 2)                            = 0  @ server.py:4 main  s.listen(2)\n"), "{with}");
    let taken_away: String = with.lines().map(|line| format!("{}\n", line.split("  @ ").next().unwrap())).collect();
    assert_eq!(taken_away, plain);
    let full = trace(&["--python=full"]);
    let listen: Vec<&str> = full.lines().skip_while(|line| !line.starts_with("listen(")).take(3).collect();
    assert_eq!(listen[0], "listen(3, 2)                            = 0");
    assert!(listen[1].starts_with(" > ") && listen[1].ends_with("server.py:4 main  s.listen(2)"), "{full}");
    assert!(listen[2].starts_with(" > ") && listen[2].ends_with("server.py:7 <module>  main()"), "{full}");
    let below: String = full.lines().filter(|line| !line.starts_with(" > ")).map(|line| format!("{line}\n")).collect();
    assert_eq!(below, plain);
}

#[test]
fn a_terminal_shows_the_lines_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let on_terminal = |options: &[&str]| {
        // Closed in every child: other tests start programs at the same time, which must not inherit the terminal.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname_r(&master).unwrap();
        let slave = std::fs::File::options().read(true).write(true).open(name).unwrap();
        let mut command = traced(options, &server(folder.path()));
        command.stderr(Stdio::from(slave));
        let mut child = command.spawn().unwrap();
        drop(command); // it holds the other end open
        let mut text = Vec::new();
        // Reading fails with EIO once the other end is no longer open.
        let _ = (&master).read_to_end(&mut text);
        assert!(child.wait().unwrap().success());
        let colours = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        colours.replace_all(&String::from_utf8(text).unwrap(), "").into_owned()
    };
    let text = on_terminal(&[]);
    assert!(text.contains("= 0  @ server.py:4 main  s.listen(2)"), "{text}");
    let text = on_terminal(&["--no-python"]);
    assert!(text.contains("listen(") && !text.contains('@'), "{text}");
}

/// A program with a CPython's self-description, which makes calls in two processes.
const DESCRIBED: &str = r#"
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
struct { char cookie[8]; uint64_t version, free_threaded, offsets[128]; } _PyRuntime = { "xdebugpy", VERSION, FREE_THREADED };
int main(void)
{
	int pair[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	if (fork() == 0) {
		send(pair[0], "one", 3, 0);
		_exit(0);
	}
	wait(0);
	send(pair[0], "two", 3, 0);
	return 0;
}
"#;

#[test]
fn a_python_that_is_not_supported_is_named_once_and_traced() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("described.c");
    std::fs::write(&source, DESCRIBED).unwrap();
    for (version, free_threaded, name) in [
        ("0x031000f0", "0", "CPython 3.16 is"),
        ("0x030d00f0", "1", "CPython 3.13, free-threaded is"),
        ("0x030e0af0", "1", "CPython 3.14, free-threaded is"),
        ("0x030f00a1", "0", "CPython 3.15, before its release is"),
    ] {
        let program = folder.path().join("python");
        let mut compiler = Command::new("cc");
        compiler.arg("-rdynamic").arg(format!("-DVERSION={version}")).arg(format!("-DFREE_THREADED={free_threaded}"));
        assert!(compiler.arg("-o").arg(&program).arg(&source).status().unwrap().success(), "cc is needed");

        let (calls, errors) = events(&Command::new(&program), None, name);
        assert_eq!(errors.matches("is not supported").count(), 1, "{name}: {errors}");
        assert!(errors.contains(name) && errors.contains("2.7 and 3.6 to 3.15"), "{name}: {errors}");
        let sent: Vec<_> = calls.iter().map(|call| call["args"]["buf"]["text"].as_str().unwrap()).collect();
        assert_eq!(sent, ["one", "two"], "{name}");
        assert!(calls.iter().all(|call| call["python"].is_null()), "{name}");
    }
}

#[test]
fn an_interpreter_that_is_not_supported_is_named_once_and_traced() {
    let others: Vec<_> = interpreters::all().into_iter().filter(|python| !python.is_supported()).collect();
    if others.is_empty() {
        skip(Need::Interpreter("a CPython that is not supported"));
    }
    for python in others {
        let context = python.path.display().to_string();
        let mut command = python.command();
        command.arg(programs().join("brief.py"));

        let (calls, errors) = events(&command, None, &context);
        assert_eq!(errors.matches("is not supported").count(), 1, "{context}: {errors}");
        assert!(!calls.is_empty() && calls.iter().all(|call| call["python"].is_null()), "{context}");
    }
}
