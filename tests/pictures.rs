//! Pictures: the still ones against what happened, the report in a real browser.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::needs::{self, Need};
use support::{alone, interpreters};

fn sockscope() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sockscope"))
}

/// Runs a command that must succeed and returns its standard output.
fn output(command: &mut Command) -> String {
    let out = command.output().unwrap();
    let (text, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}: {text}{errors}");
    text.into_owned()
}

/// A program with threads, a server, failures, datagrams and a child.
const PROGRAM: &str = "
import http.server, os, socket, threading, urllib.request
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Length', '1200'); self.end_headers()
        self.wfile.write(b'hello ' * 200)
    def log_message(self, *a): pass
def ask(port):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open('http://127.0.0.1:%d/' % port).read()
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
threading.Thread(target=server.serve_forever, daemon=True).start()
asks = [threading.Thread(target=ask, args=(server.server_port,)) for _ in range(3)]
for t in asks: t.start()
for t in asks: t.join()
server.shutdown()
free = socket.socket(); free.bind(('127.0.0.1', 0)); port = free.getsockname()[1]
try: socket.create_connection(('127.0.0.1', port))
except OSError: pass
a, b = socket.socketpair()
if os.fork() == 0:
    b.sendall(b.recv(9)); os._exit(0)
a.sendall(b'from here'); a.recv(9); os.wait()
";

/// What a page would take for markup, and a terminal or a reader for an order.
const HOSTILE: &str = "
import socket
a, b = socket.socketpair()
def send(data): a.send(data); b.recv(1 << 20) # </script><img src=x onerror=alert(1)>\u{202e}
send(b'<img src=x onerror=\"window.hacked=1\"></script><script>window.hacked=2</script>\\x1b[31m\\x07\\xff\\x00')
send(('\\u202e' + 'onerror</script>\\u2066' + '\\ud800').encode('utf-8', 'surrogatepass'))
send(b'onerror' + b'A' * 150000)
s = socket.socket(socket.AF_UNIX)
try: s.connect('\\0<img src=x onerror=\"window.hacked=3\">\\x1b')
except OSError: pass
";

/// A report of a Python program, in a file of that name.
fn report(folder: &Path, script: &str, program: &str) -> PathBuf {
    let script = folder.join(script);
    std::fs::write(&script, program).unwrap();
    let report = folder.join("report.html");
    let mut trace = sockscope();
    trace.args(["trace", "-f", "-q", "--python=full", "--why", "--state", "-s", "200000", "-o"]).arg(&report);
    output(trace.arg("--").arg(interpreters::python3()).arg(script));
    report
}

/// Looks at pages in Chromium, at each for something.
fn look_at<'a>(pages: impl IntoIterator<Item = (&'a Path, &'a str)>) -> String {
    let look = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/look.py");
    let mut python = Command::new(needs::python_with_packages());
    python.arg(look).arg("chromium");
    for (page, what) in pages {
        python.arg(page).arg(what);
    }
    output(&mut python)
}

fn look(report: &Path, what: &str) -> String {
    look_at([(report, what)])
}

#[test]
fn a_report_works_in_a_browser_in_both_languages_and_themes() {
    if !needs::have(Need::Browser) || alone(a_report_works_in_a_browser_in_both_languages_and_themes) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    look(&report(folder.path(), "program.py", PROGRAM), "views,use");
}

/// The pages in docs/lessons, which `tests/lessons.rs` holds to what the command makes.
#[test]
fn lessons_work_in_a_browser() {
    if !needs::have(Need::Browser) {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lessons");
    look_at([(&*folder.join("index.html"), "index"), (&*folder.join("tcp-hello.html"), "lesson")]);
}

#[test]
fn nothing_that_a_program_does_becomes_markup() {
    if !needs::have(Need::Browser) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = report(folder.path(), "<img src=x onerror=window.hacked=4>\u{202e}.py", HOSTILE);
    look(&report, "hostile,views");
}

const AWAITS: &str = "\
import asyncio
async def fetch(server):
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await reader.read()
    writer.close()
async def main():
    server = await asyncio.start_server(lambda reader, writer: writer.close(), '127.0.0.1', 0)
    await fetch(server)
asyncio.run(main())
";

#[test]
fn a_report_shows_who_awaits_a_call() {
    if !needs::have(Need::Browser) {
        return;
    }
    let readable =
        |python: &interpreters::Interpreter| python.path == interpreters::python3() && python.version < (3, 14);
    if !interpreters::every((3, 8)).iter().any(readable) {
        needs::skip(Need::Interpreter("a python3 of CPython 3.8 to 3.13, in which tasks can be read"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    look(&report(folder.path(), "program.py", AWAITS), "awaited,views");
}

/// A report of ten thousand calls is small and quick. The times are for a person to read: they are not tested.
#[test]
fn a_report_of_many_calls_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, report) = (folder.path().join("many.strace"), folder.path().join("many.html"));
    let mut text = String::from("1 0.000001 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0 <0.000001>\n");
    for n in 0..5000 {
        let at = |us: usize| format!("1 {}.{us:06}", 1 + n / 1000);
        let us = n % 1000 * 100;
        text += &format!("{} sendto(3, \"message {n}\", 12, 0, NULL, 0) = 12 <0.000010>\n", at(us));
        text += &format!("{} recvfrom(4, \"message {n}\", 100, 0, NULL, NULL) = 12 <0.000010>\n", at(us + 50));
    }
    std::fs::write(&trace, text).unwrap();
    output(sockscope().arg("convert").arg(&trace).arg("-o").arg(&report));
    let size = std::fs::metadata(&report).unwrap().len();
    assert!(size < 2 << 20, "{size} bytes");
    if needs::have(Need::Browser) {
        let seen = look(&report, "large");
        println!("{size} bytes; {seen}");
    }
}

/// Arrows of a still picture lead from the call that sends to the one that receives; lost and refused ones end in a cross.
#[test]
fn still_pictures_show_who_sent_what_to_whom() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("a.strace");
    let text = "\
10 1.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000001>
10 1.000002 bind(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0 <0.000001>
10 1.000003 listen(3, 5) = 0 <0.000001>
10 1.000004 accept(3, {sa_family=AF_INET, sin_port=htons(5000), sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 4 <0.000020>
20 1.000005 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000001>
20 1.000006 connect(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0 <0.000009>
20 1.000030 sendto(3, \"<hello>\", 7, 0, NULL, 0) = 7 <0.000001>
10 1.000040 recvfrom(4, \"<hello>\", 100, 0, NULL, NULL) = 7 <0.000001>
20 1.000050 close(3) = 0 <0.000001>
20 1.000060 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000001>
20 1.000070 connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused) <0.000009>
";
    std::fs::write(&trace, text).unwrap();
    let mermaid = output(sockscope().args(["convert", "--format", "mermaid"]).arg(&trace));
    let wanted = "\
sequenceDiagram
    participant L0 as process 10
    participant L1 as process 20
    Note over L0: socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
    Note over L0: bind(3, 127.0.0.1:8090)
    Note over L0: listen(3, 5)
    Note over L0: accept(3, 127.0.0.1:5000) = 4
    Note over L1: socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
    Note over L1: connect(3, 127.0.0.1:8090)
    L1->>L0: connect
    Note over L1: sendto(3, #34;#60;hello#62;#34;) = 7
    Note over L0: recvfrom(4, #34;#60;hello#62;#34;) = 7
    L1->>L0: 7 B
    Note over L1: close(3)
    Note over L1: socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
    Note over L1: connect(3, 127.0.0.1:9) = ECONNREFUSED
    L1-xL1: connect
";
    assert_eq!(mermaid, wanted);
    let svg = output(sockscope().args(["convert", "--format", "svg"]).arg(&trace));
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"), "{svg}");
    assert_eq!(svg.matches("class=\"a bytes\"").count(), 2, "a line and its head: {svg}");
    assert!(svg.contains("sendto(3, &quot;&lt;hello&gt;&quot;) = 7<title>"), "{svg}");
    assert!(svg.contains("class=\"halo bad\""), "what was refused is red: {svg}");
    assert!(!svg.contains("<hello>"), "{svg}");
}

/// A long trace is cut, and the picture says so and names the format that is not.
#[test]
fn a_picture_that_is_cut_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("a.strace");
    std::fs::write(&trace, "1 1.5 getpid() = 1\n".repeat(3000)).unwrap();
    for (format, says) in [
        ("svg", "2600 more steps are not drawn; --format html shows everything"),
        ("mermaid", "mermaid takes 50000 characters"),
    ] {
        let picture = output(sockscope().args(["convert", "--format", format]).arg(&trace));
        assert!(picture.contains(says), "{picture}");
        assert!(format != "mermaid" || picture.chars().count() < 50_000, "{}", picture.len());
    }
}

/// What a picture shows, without the numbers that differ from run to run, in no order: which of two sides comes first is
/// the scheduler's.
fn texts(svg: &str) -> Vec<String> {
    let texts = svg.split("<text").skip(1).filter_map(|rest| rest.split_once('>')?.1.split('<').next());
    let digits =
        |text: &str| text.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect::<String>();
    let mut texts: Vec<String> = texts.map(digits).collect();
    texts.sort();
    texts
}

#[test]
fn the_picture_in_the_readme_is_what_its_command_draws() {
    if alone(the_picture_in_the_readme_is_what_its_command_draws) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hello.svg");
    output(sockscope().args(["run", "tcp-hello", "-o"]).arg(&file));
    let drawn = std::fs::read_to_string(&file).unwrap();
    let committed = include_str!("../docs/pictures/tcp-hello.svg");
    assert_eq!(texts(&drawn), texts(committed), "sockscope run tcp-hello -o docs/pictures/tcp-hello.svg");
    assert!(texts(committed).iter().any(|text| text.contains("hello")), "{committed}");
}
