//! Whose Python line is shown: the user's own code and a library's, texts that belong to other code, threads without Python.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use support::interpreters::{Interpreter, every, programs};

/// The trace of a program in a folder, as text.
fn trace(options: &[&str], python: &Interpreter, arguments: &[&str], folder: &Path) -> String {
    let file = folder.join("trace.out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(["trace", "-f", "-o"]).arg(&file).args(options).arg(&python.path).args(arguments).current_dir(folder);
    command.env("PYTHONPATH", programs()).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONWARNINGS", "ignore");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let context = format!("{} {arguments:?}", python.path.display());
    assert!(output.status.success(), "{context}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(file).unwrap()
}

/// The calls of a program with their Python lines, each whole.
fn lines(calls: &str, python: &Interpreter, arguments: &[&str], folder: &Path) -> String {
    lines_with(&[], calls, python, arguments, folder)
}

fn lines_with(options: &[&str], calls: &str, python: &Interpreter, arguments: &[&str], folder: &Path) -> String {
    let calls = format!("trace={calls}");
    let options = [options, &["--python", "--format", "jsonl", "-e", &calls]].concat();
    trace(&options, python, arguments, folder);
    let mut convert = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    let output = convert.args(["convert", "--python", "-a", "1", "trace.out"]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The Python line of the first call with this text.
fn place<'a>(trace: &'a str, call: &str) -> &'a str {
    let line = trace.lines().find(|line| line.contains(call)).unwrap_or_else(|| panic!("no {call} in {trace}"));
    line.split_once("  @ ").unwrap_or_else(|| panic!("no Python line: {line}")).1
}

fn newest() -> Interpreter {
    every((3, 6)).into_iter().max_by_key(|python| python.version).unwrap()
}

const DATACLASS: &str = "\
import dataclasses, socket
@dataclasses.dataclass
class Client:
    name: str
    sock: socket.socket = dataclasses.field(default_factory=socket.socket)
c = Client('a')
c.sock.close()
";

#[test]
fn code_that_a_library_made_from_strings_is_not_own() {
    for python in every((3, 7)) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("client.py"), DATACLASS).unwrap();
        let text = lines("socket", &python, &["client.py"], folder.path());
        let place = place(&text, "socket(AF_INET");
        assert!(
            place.starts_with("client.py:6 <module>  ") && place.contains(", <string>:"),
            "{:?}: {place}",
            python.version
        );
    }
}

const WORKER: &str = "\
import multiprocessing, os, socket, sys

def work():
    a, b = socket.socketpair()
    a.send(b'from the worker')

if __name__ == '__main__':
    context = multiprocessing.get_context(sys.argv[1])
    process = context.Process(target=work)
    process.start()
    process.join()
";

/// Whether a file is the user's own in the stack of an event.
fn is_own(event: &str, file: &str) -> bool {
    let event: serde_json::Value = serde_json::from_str(event).unwrap();
    let frames = event["python"].as_array().map(Vec::as_slice).unwrap_or_default();
    frames.iter().any(|frame| frame["file"] == file && frame["library"] == false)
}

#[test]
fn the_programs_that_start_processes_are_not_own() {
    for python in every((3, 6)) {
        for method in ["spawn", "forkserver"] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("worker.py"), WORKER).unwrap();
            let text = lines("network,read,write,close", &python, &["worker.py", method], folder.path());
            let json = std::fs::read_to_string(folder.path().join("trace.out")).unwrap();
            let own: Vec<&str> = json.lines().filter(|line| is_own(line, "<string>")).collect();
            assert!(own.is_empty(), "{:?} {method}: {own:#?}", python.version);
            assert!(place(&text, "\"from the worker\"").starts_with("worker.py:5 work  "), "{method}: {text}");
        }
    }
}

#[test]
fn a_program_of_c_is_own_also_where_it_makes_code() {
    let text = "import socket\na, b = socket.socketpair()\nf = lambda: a.send(b'lambda')\nf()\n\
                exec('def g():\\n a.send(b\"made\")')\ng()\n";
    for python in every((3, 6)) {
        let folder = tempfile::tempdir().unwrap();
        let text = lines("sendto", &python, &["-c", text], folder.path());
        assert!(place(&text, "\"lambda\"").starts_with("<string>:3 <lambda>"), "{text}");
        assert!(place(&text, "\"made\"").starts_with("<string>:6 <module>  g()  [via <string>:2 in g]"), "{text}");
    }
}

/// Runs a program that says `ready`, and calls `mod.g()` for the line that it reads then; it is attached to in between,
/// after `change`. Returns the Python line of the call.
fn attached(python: &Interpreter, folder: &Path, change: impl FnOnce()) -> String {
    let main = "import sys\nsys.path.insert(0, 'release')\nimport mod\nprint('ready'); sys.stdout.flush()\n\
                sys.stdin.readline()\nmod.g()\n";
    std::fs::write(folder.join("main.py"), main).unwrap();
    let mut program = python.command();
    program.current_dir(folder).arg("main.py").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = program.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    change();
    let mut tracer = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    let pid = program.id().to_string();
    tracer.args(["trace", "--python", "-e", "trace=sendto", "-p", &pid]).stderr(Stdio::piped());
    let mut tracer = tracer.spawn().unwrap();
    let mut messages = BufReader::new(tracer.stderr.take().unwrap());
    while !line.contains("attached") {
        line.clear();
        assert_ne!(messages.read_line(&mut line).unwrap(), 0, "it did not attach");
    }
    program.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let mut text = String::new();
    messages.read_to_string(&mut text).unwrap();
    tracer.wait().unwrap();
    assert!(program.wait().unwrap().success());
    place(&text, "sendto(").to_owned()
}

/// Writes a module that was there long before any program began.
fn module(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(86400);
    File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
}

const NEW: &str = "import socket\na, b = socket.socketpair()\ndef g():\n    a.send(b\"new\")\n";

#[test]
fn the_text_of_another_release_is_left_out() {
    for python in every((2, 7)) {
        for (other, fits) in [
            (NEW, true),
            // Another call on the line, the same call a line below, and a file that is too short.
            ("import socket\na, b = socket.socketpair()\ndef g():\n    text_of_the_old_release()\n", false),
            ("import socket\na, b = socket.socketpair()\ndef g():\n    # said\n    a.send(b\"new\")\n", false),
            ("import socket\na, b = socket.socketpair()\ndef g(): pass\n", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in [("r1", other), ("r2", NEW)] {
                std::fs::create_dir(folder.path().join(name)).unwrap();
                module(&folder.path().join(name).join("mod.py"), text);
            }
            let link = folder.path().join("release");
            std::os::unix::fs::symlink("r2", &link).unwrap();
            let place = attached(&python, folder.path(), || {
                std::fs::remove_file(&link).unwrap();
                std::os::unix::fs::symlink("r1", &link).unwrap();
            });
            let expected = if fits { "mod.py:4 g  a.send(b\"new\")" } else { "mod.py:4 g" };
            assert_eq!(place, expected, "{:?}: {other}", python.version);
        }
    }
}

#[test]
fn a_text_beside_code_that_is_not_checked_is_left_out() {
    for python in every((3, 7)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mod.py");
        module(&path, NEW);
        let mut compiler = python.command();
        compiler.env_remove("PYTHONDONTWRITEBYTECODE").current_dir(folder.path());
        compiler.args(["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "mod.py"]);
        assert!(compiler.status().unwrap().success());
        module(&path, &NEW.replace("a.send(b\"new\")", "never_ran()"));
        let text = lines("sendto", &python, &["-c", "import mod; mod.g()"], folder.path());
        assert_eq!(place(&text, "\"new\""), "mod.py:4 g", "{:?}", python.version);
    }
}

const IN_A_THREAD: &str = "\
import threading, socket, os
try: import _interpreters as I
except ImportError: import _xxsubinterpreters as I
a, b = socket.socketpair()
i = I.create()
code = 'import socket, os\\ns = socket.socket(fileno=os.dup(%d))\\ndef inner():\\n    s.send(b\"inner\")\\ninner()\\n' % a.fileno()
def in_thread():
    I.run_string(i, code)
    a.send(b'after it')
I.run_string(i, code)
a.send(b'between')
t = threading.Thread(target=in_thread); t.start(); t.join()
a.send(b'at the end')
";

#[test]
fn a_thread_in_an_interpreter_that_another_thread_made() {
    for python in every((3, 8)) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sub.py"), IN_A_THREAD).unwrap();
        let text = lines("sendto,futex", &python, &["sub.py"], folder.path());
        let inner: Vec<&str> = text.lines().filter(|line| line.contains("\"inner\"")).collect();
        assert_eq!(inner.len(), 2, "{text}");
        for line in inner {
            assert!(line.contains("@ <string>:4 inner"), "{:?}: {line}", python.version);
        }
        for (call, line) in
            [("\"between\"", "11 <module>"), ("\"after it\"", "9 in_thread"), ("\"at the end\"", "13 <module>")]
        {
            assert!(place(&text, call).starts_with(&format!("sub.py:{line}  ")), "{:?}: {text}", python.version);
        }
        // The first thread waits meanwhile, in no interpreter but its own.
        let pid = text.split(' ').next().unwrap();
        let first = text.lines().filter(|line| line.split(' ').next() == Some(pid) && line.contains("futex("));
        assert!(!first.clone().any(|line| line.contains("<string>")), "{:?}: {text}", python.version);
    }
}

const NATIVE: &str = "\
import ctypes, witness
library = ctypes.CDLL(None)
thread = ctypes.c_ulong()
library.prctl(15, b'poller', 0, 0, 0)
start = ctypes.cast(library.shutdown, ctypes.c_void_p)
library.pthread_create(ctypes.byref(thread), None, start, ctypes.c_void_p(-1))
library.pthread_join(thread, None)
witness.A.send(b'python')
";

#[test]
fn a_thread_without_python_has_its_name() {
    let python = newest();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("native.py"), NATIVE).unwrap();
    for options in [&["--python"][..], &["--python=full"], &["--group", "python"]] {
        let options = [options, &["-e", "trace=shutdown,sendto"]].concat();
        let text = trace(&options, &python, &["native.py"], folder.path());
        assert!(text.contains("<thread poller>") && !text.contains("<thread poller>:"), "{options:?}: {text}");
        let converted = Command::new(env!("CARGO_BIN_EXE_sockscope"))
            .args(["convert", "--format", "json", "trace.out"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let json = String::from_utf8(converted.stdout).unwrap();
        assert!(json.contains("\"file\":\"<thread poller>\""), "{options:?}: {json}");
    }
}

const LIBRARY: &str = "\
import http.server, threading, http.client
s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=s.serve_forever, daemon=True).start()
c = http.client.HTTPConnection(*s.server_address)
c.request('GET', '/nothing')
c.getresponse().read()
c.close()
s.shutdown()
";

#[test]
fn of_libraries_alone_the_frame_that_says_most_is_shown() {
    for python in every((3, 7)) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("library.py"), LIBRARY).unwrap();
        let text = lines("network,poll", &python, &["library.py"], folder.path());
        let context = format!("{:?}: {text}", python.version);
        let lines = |call: &str, part: &str| {
            text.lines().filter(|line| line.contains(call)).any(|line| {
                line.split_once("  @ ").is_some_and(|(_, place)| {
                    let part: Vec<&str> = part.split('…').collect();
                    part.iter().all(|part| place.contains(part))
                })
            })
        };
        // A request is read below the server, and the server waits below its own function.
        assert!(lines("recvfrom", "server.py:… handle_one_request  …  [via socket.py:… in readinto]"), "{context}");
        assert!(lines("poll", "socketserver.py:… serve_forever  …  [via selectors.py:… in select]"), "{context}");
        // Own code far out has two, the innermost and what it was for.
        assert!(
            lines(
                "connect(",
                "library.py:5 <module>  …  [via socket.py:… in create_connection, client.py:… in connect]"
            ),
            "{context}"
        );
    }
}

#[test]
fn the_user_knows_better_whose_code_it_is() {
    let python = newest();
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("lib/site-packages/mine");
    std::fs::create_dir_all(package.join("vendor")).unwrap();
    std::fs::write(package.join("__init__.py"), "").unwrap();
    std::fs::write(package.join("vendor/__init__.py"), "def send(a):\n    a.send(b'1')\n").unwrap();
    std::fs::write(package.join("api.py"), "from . import vendor\ndef go(a):\n    vendor.send(a)\n").unwrap();
    let main = "import sys\nsys.path.insert(0, 'lib/site-packages')\nimport witness\nfrom mine import api\napi.go(witness.A)\n";
    std::fs::write(folder.path().join("main.py"), main).unwrap();
    let place_with = |options: &[&str]| {
        let text = lines_with(options, "sendto", &python, &["main.py"], folder.path());
        place(&text, "sendto(").to_owned()
    };
    let mine = "lib/site-packages/mine";
    let vendor = "lib/site-packages/mine/vendor";
    assert!(
        place_with(&[])
            .starts_with("main.py:5 <module>  api.go(witness.A)  [via __init__.py:2 in send, api.py:3 in go]")
    );
    assert_eq!(place_with(&["--own", mine]), "__init__.py:2 send  a.send(b'1')");
    assert_eq!(
        place_with(&["--own", mine, "--library", vendor]),
        "api.py:3 go  vendor.send(a)  [via __init__.py:2 in send]"
    );
    let absolute = folder.path().join("main.py");
    let place = place_with(&["--library", absolute.to_str().unwrap()]);
    assert_eq!(place, "__init__.py:2 send  a.send(b'1')", "where nothing is own");
}

const THREADS: &str = "\
import socket, threading
def serve(ls):
    for _ in range(3):
        c, a = ls.accept()
        threading.Thread(target=handle, args=(c,)).start()
def handle(c):
    while True:
        d = c.recv(4096)
        if not d: break
        c.sendall(d.upper())
    c.close()
def client(address):
    s = socket.create_connection(address)
    for i in range(50):
        s.sendall(b'hello %d' % i)
        s.sendall(b'again %d' % i)
        s.recv(100)
    s.close()
ls = socket.create_server(('127.0.0.1', 0))
server = threading.Thread(target=serve, args=(ls,)); server.start()
ts = [threading.Thread(target=client, args=(ls.getsockname(),)) for _ in range(3)]
[t.start() for t in ts]; [t.join() for t in ts]
server.join()
";

#[test]
fn groups_of_several_threads_have_one_heading_and_whole_calls() {
    let python = every((3, 8)).into_iter().max_by_key(|python| python.version).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("threads.py"), THREADS).unwrap();
    let options = ["-e", "trace=network"];
    let grouped = trace(&[&options[..], &["--group", "python"]].concat(), &python, &["threads.py"], folder.path());
    assert!(!grouped.contains("unfinished") && !grouped.contains("resumed"), "{grouped}");
    let (mut last, mut groups, mut calls) = (std::collections::HashMap::new(), 0, 0);
    for line in grouped.lines().filter(|line| !line.contains("+++") && !line.contains("---")) {
        let (tid, rest) = line.split_once(' ').unwrap();
        if rest.trim_start_matches(' ').starts_with("threads.py:") || rest.contains(".py:") && !rest.starts_with("    ")
        {
            // A thread's next heading is of another line.
            assert_ne!(last.insert(tid.to_owned(), rest.to_owned()).as_deref(), Some(rest), "{grouped}");
            groups += 1;
        } else {
            calls += 1;
        }
    }
    assert!(groups <= calls && calls > 3 * 150, "{groups} groups of {calls} calls");
    // The same from a file, where the calls are those of the trace.
    let convert = |options: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sockscope"))
            .arg("convert")
            .args(options)
            .arg("trace.out")
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(convert(&[]), grouped, "it is read as it was written");
    trace(&[&options[..], &["--python"]].concat(), &python, &["threads.py"], folder.path());
    let again = convert(&["--group", "python"]);
    assert!(!again.contains("unfinished") && again.matches(" sendto(").count() >= 3 * 100, "{again}");
}
