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
    let is_readable =
        |python: interpreters::Interpreter| python.is_supported() && ((3, 8)..(3, 14)).contains(&python.version);
    if !interpreters::ask(interpreters::python3()).is_some_and(is_readable) {
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

/// Two traces of which the second was refused, sent another text, and made no last call.
fn two_traces(folder: &Path) -> [PathBuf; 2] {
    let text = |port: u16, refused: bool, word: &str, last: &str| {
        let result = if refused { "-1 ECONNREFUSED (Connection refused)" } else { "0" };
        let many = "10 1.000001 getpid() = 10 <0.000001>\n".repeat(20);
        format!(
            "10 1.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000001>\n\
             10 1.000002 connect(3, {{sa_family=AF_INET, sin_port=htons({port}), \
             sin_addr=inet_addr(\"127.0.0.1\")}}, 16) = {result} <0.000009>\n{many}\
             10 1.000030 sendto(3, \"{word}<img src=x onerror=window.hacked=1>\", 41, 0, NULL, 0) = 41 <0.000001>\n\
             {last}10 1.000050 close(3) = 0 <0.000001>\n"
        )
    };
    let sides = [
        ("left.strace", text(80, false, "hello", "10 1.000040 shutdown(3, SHUT_WR) = 0 <0.000001>\n")),
        ("right.strace", text(80, true, "other", "")),
    ];
    sides.map(|(name, text)| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    })
}

/// The standard output of a command that ends with this code.
fn ends_with(code: i32, command: &mut Command) -> String {
    let out = command.output().unwrap();
    assert_eq!(out.status.code(), Some(code), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn comparisons_failures_and_claims_have_pages() {
    let folder = tempfile::tempdir().unwrap();
    let [left, right] = two_traces(folder.path());
    let page = |name: &str, html: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, html).unwrap();
        path
    };
    let compared = ends_with(1, sockscope().args(["compare", "--format", "html"]).args([&left, &right]));
    let compared = page("compare.html", compared);
    let failed = ends_with(0, sockscope().args(["why", "--format", "html"]).arg(&right));
    let failed = page("why.html", failed);
    let claims = ends_with(0, sockscope().args(["claims", "port-range", "ip-is-u32", "--format", "html"]));
    let claims = page("claims.html", claims);
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/tcp-hello");
    let replayed = ["default.0-server.jsonl", "default.1-client.jsonl"].map(|file| traces.join(file));
    let replayed = sockscope().args(["replay", "--format", "html"]).args(replayed).output().unwrap();
    assert!(String::from_utf8_lossy(&replayed.stdout).starts_with("<!doctype html>"), "{replayed:?}");
    if needs::have(Need::Browser) {
        look_at([(&*compared, "compare"), (&*failed, "failures"), (&*claims, "claims")]);
    }
}

/// A line of folded stacks as flamegraph.pl, inferno and speedscope read it: frames between `;`, a space, a whole number.
fn unfolded(text: &str) -> Vec<(Vec<&str>, u64)> {
    text.lines()
        .map(|line| {
            let (stack, number) = line.rsplit_once(' ').unwrap();
            let frames: Vec<&str> = stack.split(';').collect();
            assert!(frames.iter().all(|frame| !frame.is_empty() && !frame.contains(char::is_whitespace)), "{line}");
            assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");
            (frames, number.parse().unwrap())
        })
        .collect()
}

#[test]
fn folded_stacks_are_what_flame_graph_tools_read_and_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("a.jsonl");
    let unknown =
        "\"column\":null,\"end_line\":null,\"end_column\":null,\"source\":null,\"expression\":null,\"library\":false";
    let call = |n: u64, name: &str, result: &str, dur: u64, function: &str| {
        format!(
            "{{\"v\":1,\"seq\":{n},\"ts_ns\":{n}000,\"pid\":7,\"tid\":7,\"type\":\"call\",\"syscall\":\"{name}\",\"args\":{{\"sockfd\":3,\
             \"buf\":{{\"text\":\"hello\"}},\"len\":5,\"flags\":[],\"dest_addr\":null,\"addrlen\":0}},{result},\"dur_ns\":{dur},\
             \"python\":[{{\"file\":\"/x/a b;c.py\",\"line\":3,\"function\":\"{function}\",{unknown}}},\
             {{\"file\":\"/x/main\\u202e\\n.py\",\"line\":9,\"function\":\"<module>\",{unknown}}}]}}\n"
        )
    };
    let lines = [
        call(1, "sendto", "\"ret\":5,\"errno\":null", 100, "send"),
        call(2, "sendto", "\"ret\":5,\"errno\":null", 23, "send"),
        call(3, "sendto", "\"ret\":-1,\"errno\":\"EPIPE\"", 7, "send"),
        call(4, "sendto", "\"ret\":2,\"errno\":null", 50, "other"),
    ];
    std::fs::write(&trace, lines.concat()).unwrap();
    let main = "<module>(main\\u{202e}\\u{a}.py:9)";
    let [send, other] = ["send", "other"].map(|name| format!("{name}(a\\x20b\\x3bc.py:3)"));
    for (by, numbers) in [("time", [50, 130]), ("bytes", [2, 10]), ("calls", [1, 3]), ("errors", [0, 1])] {
        let mut convert = sockscope();
        convert.args(["convert", "--format", "folded", "--folded-by", by]).arg(&trace);
        let text = output(&mut convert);
        let wanted = [(vec![main, &other, "sendto"], numbers[0]), (vec![main, &send, "sendto"], numbers[1])];
        let wanted: Vec<_> = wanted.into_iter().filter(|(_, number)| *number > 0).collect();
        assert_eq!(unfolded(&text), wanted, "{by}");
    }
    // By its file's name, and by time where nothing else is asked for.
    let file = folder.path().join("a.folded");
    output(sockscope().arg("convert").arg(&trace).arg("-o").arg(&file));
    let all: u64 = unfolded(&std::fs::read_to_string(&file).unwrap()).iter().map(|(_, number)| number).sum();
    assert_eq!(all, 180);
}

/// The browser is $BROWSER, which gets the page's address; what cannot show anything is an error that says what to do.
#[test]
fn a_page_is_opened_in_the_browser() {
    let folder = tempfile::tempdir().unwrap();
    let [left, right] = two_traces(folder.path());
    let (browser, seen) = (folder.path().join("browser"), folder.path().join("seen"));
    std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > {}\n", seen.display())).unwrap();
    std::fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let opened = |code: i32, command: &mut Command| {
        let named = format!("no-such-browser:{}", browser.display());
        ends_with(code, command.env("BROWSER", named).env("TMPDIR", folder.path()));
        let address = std::fs::read_to_string(&seen).unwrap();
        std::fs::remove_file(&seen).unwrap();
        let path = address.trim().strip_prefix("file://").unwrap().to_owned();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("<!doctype html>"), "{path}");
        path
    };
    let page = folder.path().join("page.html");
    let address = opened(0, sockscope().args(["convert", "--open", "-o"]).arg(&page).arg(&left));
    assert_eq!(Path::new(&address), page.canonicalize().unwrap());
    opened(0, sockscope().args(["convert", "--open"]).arg(&left));
    opened(1, sockscope().args(["compare", "--open"]).args([&left, &right]));
    opened(0, sockscope().args(["why", "--open"]).arg(&right));
    opened(0, sockscope().args(["trace", "-q", "--open", "true"]));
    for (args, says) in [
        (&["convert", "--open", "--format", "csv"][..], "--open shows pages, and csv is none"),
        (&["convert", "--open"], "set BROWSER to the command of one, or install xdg-utils"),
    ] {
        let mut refused = sockscope();
        refused.args(args).arg(&left).env("BROWSER", "no-such-browser").env("PATH", folder.path());
        let out = refused.env("TMPDIR", folder.path()).output().unwrap();
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && errors.contains(says), "{args:?}: {errors}");
    }
}
