//! `sockscope map`: its measurements against known facts about CPython's socket module, and against its own page.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use sockscope::map::{self, Case, Column, Interpreter, Outcome, Sheet};
use support::needs::{Need, skip};
use support::{interpreters, interruptible};

const PAGE: &str = "src/map/map.md";
const HEADING: &str = "# What Python's socket module, and those that work with it, ask of the kernel\n\n\
    Measured by `sockscope map --format markdown` with this machine's python3, and kept true by a test. Each row is one \
    expression in one situation; `none` means that it asked nothing of a socket (calls on files, such as /etc/hosts, are \
    not shown). Descriptors, ports, buffers and lengths found are left out, sizes asked for, timeouts and errors stay. \
    Names are looked up in a hosts file and at a name server of the program's own, on a loopback of its own.\n\n";

/// Whose asyncio the page shows; each version's makes other calls.
const PAGE_MINOR: u8 = 11;

/// The interpreters whose socket modules make the same calls, as far as they have the same functions.
const SAME_CALLS: std::ops::RangeInclusive<(u8, u8)> = (3, 8)..=(3, 13);

fn measure(python: &Path) -> (Vec<Case>, Column) {
    let cases: Vec<Case> = map::cases().collect();
    let python = Interpreter::find(python).unwrap();
    let column = map::measure(&python, &cases).unwrap();
    (cases, column)
}

/// The exception where the kernel does not give the program a hosts file and a network of its own.
const NOT_APART: &str = "Apart";

/// Whether a row depends on the machine or version: later functions, IPv6, and what this machine forbids.
fn is_particular(cell: &str) -> bool {
    cell.ends_with("raises AttributeError")
        || cell.ends_with(&format!("raises {NOT_APART}"))
        || cell.contains("AF_INET6")
        || cell.contains("AF\\_INET6")
}

#[test]
fn the_page_is_up_to_date() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let python = Interpreter::find(Path::new("python3")).unwrap();
    let minor: u8 = python.minor().trim_start_matches("3.").parse().unwrap();
    if !SAME_CALLS.contains(&(3, minor)) {
        skip(Need::Interpreter("CPython 3.8 to 3.13 as python3, of which the page is"));
        return;
    }
    let (cases, column) = measure(&python.path);
    let sheet = map::sheet(&cases, &[column]);
    if std::env::var_os("SOCKSCOPE_BLESS").is_some() {
        std::fs::write(&kept, format!("{HEADING}{}", sheet.markdown())).unwrap();
    }
    let page = std::fs::read_to_string(&kept).unwrap();
    let table = page.strip_prefix(HEADING).unwrap_or_else(|| panic!("{PAGE} does not begin with its heading"));
    let now = sheet.markdown();
    assert_eq!(table.lines().count(), now.lines().count(), "{PAGE}: SOCKSCOPE_BLESS=1 cargo test --test map writes it");
    for ((kept, now), row) in table.lines().skip(2).zip(now.lines().skip(2)).zip(&sheet.rows) {
        if row[3].ends_with(&format!("raises {NOT_APART}")) {
            skip(Need::Namespaces);
        } else if row[0].starts_with("asyncio.") && minor != PAGE_MINOR {
            skip(Need::Interpreter("CPython 3.11 as python3, of which the page's rows of asyncio are"));
        } else if !is_particular(&row[3]) && !kept.contains("AF\\_INET6") {
            assert_eq!(kept, now, "{PAGE}: SOCKSCOPE_BLESS=1 cargo test --test map writes it");
        }
    }
}

/// Calls found with strace: the function, the situation, its calls.
const KNOWN: &[(&str, &str, &str)] = &[
    ("socket.socket", "TCP", "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP)"),
    (
        "socket.socket",
        "of a descriptor",
        "getsockname(); getsockopt(SOL_SOCKET, SO_TYPE); getsockopt(SOL_SOCKET, SO_PROTOCOL)",
    ),
    ("with", "leaving the block", "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP); close()"),
    ("bind", "any address", "bind(0.0.0.0)"),
    ("bind", "port out of range", "none; raises OverflowError"),
    ("listen", "default", "listen(128)"),
    ("listen", "5", "listen(5)"),
    ("listen", "negative", "listen(0)"),
    ("listen", "beyond the system's limit", "listen(100000)"),
    ("accept", "blocking", "accept4(SOCK_CLOEXEC); getsockname()"),
    ("accept", "with timeout", "poll(POLLIN, 5000); accept4(SOCK_CLOEXEC); getsockname(); ioctl(FIONBIO, [0])"),
    ("connect", "blocking", "connect(127.0.0.1)"),
    (
        "connect",
        "with timeout",
        "connect(127.0.0.1) = EINPROGRESS; poll(POLLOUT|POLLERR, 5000); getsockopt(SOL_SOCKET, SO_ERROR)",
    ),
    (
        "connect",
        "interrupted by a signal",
        "connect(127.0.0.1) = ERESTARTSYS; poll(POLLOUT|POLLERR, -1); getsockopt(SOL_SOCKET, SO_ERROR)",
    ),
    ("connect_ex", "refused", "connect(127.0.0.1) = ECONNREFUSED"),
    ("send", "blocking", "sendto(4)"),
    ("send", "with timeout", "poll(POLLOUT, 5000); sendto(4)"),
    ("send", "nothing", "sendto(0)"),
    ("sendall", "blocking", "sendto(4)"),
    ("sendto", "blocking", "sendto(4, 127.0.0.1)"),
    ("recv", "blocking", "recvfrom(100)"),
    ("recv", "with timeout", "poll(POLLIN, 5000); recvfrom(100)"),
    ("recv", "interrupted by a signal", "recvfrom(100) = ERESTARTSYS; recvfrom(100)"),
    ("recv", "nothing wanted", "none"),
    ("recv", "negative", "none; raises ValueError"),
    ("recv_into", "blocking", "recvfrom(100)"),
    ("recvmsg", "blocking", "recvmsg()"),
    ("sendmsg", "blocking", "sendmsg()"),
    ("getsockname", "TCP", "getsockname()"),
    ("setsockopt", "integer", "setsockopt(SOL_SOCKET, SO_REUSEADDR, [1])"),
    ("shutdown", "SHUT_WR", "shutdown(SHUT_WR)"),
    ("setblocking", "False", "ioctl(FIONBIO, [1])"),
    ("setblocking", "True", "ioctl(FIONBIO, [0])"),
    ("settimeout", "seconds", "ioctl(FIONBIO, [1])"),
    ("gettimeout", "default", "none"),
    ("fileno", "default", "none"),
    ("detach", "default", "none"),
    ("repr", "connected", "getsockname(); getpeername()"),
    ("close", "open", "close()"),
    ("close", "closed before", "none"),
    ("close", "finaliser", "getsockname(); getpeername() = ENOTCONN; close()"),
    ("close", "use after it", "getsockname() = EBADF; raises OSError"),
    ("dup", "default", "fcntl(F_DUPFD_CLOEXEC); getsockname(); ioctl(FIONBIO, [0])"),
    ("makefile", "default", "none"),
    ("makefile", "read a line", "recvfrom(8192)"),
    ("makefile", "read a line unbuffered", "recvfrom(1); recvfrom(1); recvfrom(1); recvfrom(1)"),
    ("makefile", "read after a timeout", "none; raises OSError"),
    ("makefile", "write", "none"),
    ("makefile", "flush", "sendto(4)"),
    ("makefile", "the socket closes first", "none"),
    ("makefile", "the file closes last", "sendto(4); close()"),
    ("socket.gethostbyname", "literal", "none"),
    ("socket.gethostbyname", "of the hosts file", "none"),
    ("bind", "a name of the hosts file", "bind(127.0.0.1)"),
    (
        "sendto",
        "a name of the name server",
        "socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP); setsockopt(SOL_IP, IP_RECVERR, [1]); \
         connect(127.0.0.1); poll(POLLOUT, 0); sendto(30, MSG_NOSIGNAL); poll(POLLIN, 5000); ioctl(FIONREAD, [46]); \
         recvfrom(1024); close(); sendto(4, 127.0.0.1)",
    ),
    ("socket.if_nametoindex", "default", "socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC); ioctl(SIOCGIFINDEX); close()"),
    ("selectors.DefaultSelector", "register", "epoll_ctl(EPOLL_CTL_ADD)"),
    ("selectors.DefaultSelector", "select, ready", "epoll_wait(1, -1)"),
    ("selectors.PollSelector", "select, ready", "poll(POLLIN, -1)"),
    ("ssl.SSLSocket", "send", "write(57)"),
    ("ssl.SSLSocket", "recv", "read(5); read(52)"),
    ("ssl.SSLSocket", "recv of what is pending", "none"),
    (
        "socketserver.TCPServer",
        "handle_request",
        "poll(POLLIN, -1); accept4(SOCK_CLOEXEC); getsockname(); shutdown(SHUT_WR); close()",
    ),
    ("http.client.HTTPConnection", "request with a body", "sendto(88); sendto(4)"),
    ("http.client.HTTPConnection", "getresponse", "recvfrom(8192)"),
    (
        "urllib.request.urlopen",
        "GET",
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP); connect(127.0.0.1); setsockopt(SOL_TCP, TCP_NODELAY, [1]); \
         sendto(104); recvfrom(8192)",
    ),
    ("asyncio.StreamWriter", "write", "sendto(4)"),
    (
        "socket.create_server",
        "default",
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP); setsockopt(SOL_SOCKET, SO_REUSEADDR, [1]); \
         bind(127.0.0.1); listen(128)",
    ),
];

/// Functions without a row, and the reason.
const UNMEASURED: &[(&str, &str)] = &[
    ("sendmsg_afalg", "many kernels are built without the crypto sockets it is for"),
    ("socket.sethostname", "it would rename the machine, and does not use a socket"),
];

#[test]
fn every_function_and_method_has_a_row() {
    let text = "import socket\n\
                for n in dir(socket.socket):\n if not n.startswith('_'): print(n)\n\
                for n in dir(socket):\n\
                \x20x = getattr(socket, n)\n\
                \x20if not n.startswith('_') and callable(x) and not isinstance(x, type): print('socket.' + n)\n";
    for python in interpreters::every((3, 6)) {
        let output = python.command().args(["-c", text]).output().unwrap();
        let there: Vec<&str> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
        assert!(there.contains(&"recv_into") && there.contains(&"socket.getaddrinfo"), "{there:?}");
        for name in there {
            let is_measured = map::cases().any(|case| case.api.split(", ").any(|api| api == name));
            let is_excused = UNMEASURED.iter().any(|(excused, _)| *excused == name);
            assert!(is_measured != is_excused, "CPython {:?}: {name} needs a row or a reason", python.version);
        }
    }
}

#[test]
fn known_calls_of_cpython_are_measured() {
    for python in interpreters::every((3, 6)) {
        let (cases, column) = measure(&python.path);
        assert_eq!(cases.len(), column.rows.len());
        for (case, row) in cases.iter().zip(&column.rows) {
            // A function that came later may already be missing in the preparation.
            let expected = ["AttributeError", NOT_APART];
            let unprepared = matches!(&row.outcome, Outcome::Unprepared(name) if !expected.contains(&name.as_str()));
            assert!(!unprepared, "{}: {} | {}: {:?}", column.python.version, case.api, case.situation, row.outcome);
        }
        if python.version < *SAME_CALLS.start() {
            continue;
        }
        let Sheet { rows, .. } = map::sheet(&cases, std::slice::from_ref(&column));
        for (api, situation, calls) in KNOWN {
            let row = rows.iter().find(|row| row[0] == *api && row[1] == *situation);
            let row = row.unwrap_or_else(|| panic!("{api} | {situation} is not measured"));
            if row[3].ends_with(&format!("raises {NOT_APART}")) {
                skip(Need::Namespaces);
                continue;
            }
            // 3.14 made `io.DEFAULT_BUFFER_SIZE` larger.
            let calls =
                if python.version > *SAME_CALLS.end() { calls.replace("8192", "131072") } else { calls.to_string() };
            assert_eq!(row[3], calls, "CPython {}: {api} | {situation}", column.python.version);
        }
    }
}

fn sockscope(arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn interpreters_are_compared_and_their_differences_are_marked() {
    let all = interpreters::every((3, 6));
    let find = |version| all.iter().find(|python| python.version == version);
    let (Some(old), Some(new)) = (find((3, 6)), find((3, 13))) else {
        skip(Need::Interpreter("CPython 3.6 and 3.13, which differ"));
        return;
    };
    let [old, new] = [old, new].map(|python| python.path.to_str().unwrap());
    let (out, error, code) =
        sockscope(&["map", "--python", old, "--python", new, "--format", "markdown", "accept", "close"]);
    assert_eq!((error.as_str(), code), ("", Some(0)));
    let row =
        |start: &str| out.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}\n{out}"));
    assert_eq!(
        row("| ≠ accept | blocking "),
        "| ≠ accept | blocking | conn, addr = l.accept() | accept4(SOCK\\_CLOEXEC) | accept4(SOCK\\_CLOEXEC); \
         getsockname() |"
    );
    assert_eq!(row("| close | open "), "| close | open | s.close() | close() | close() |");
    assert!(
        out.lines().next().unwrap().ends_with(" |") && out.contains("CPython 3.6.") && out.contains("CPython 3.13.")
    );
}

#[test]
fn the_lines_of_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("refused.py");
    let text = "import socket, sys\n\
                s = socket.socket(); s.bind(('127.0.0.1', 0)); address = s.getsockname(); s.close()\n\
                for _ in range(3):\n\
                \x20   c = socket.socket()\n\
                \x20   c.connect_ex(address)\n\
                \x20   c.close()\n\
                sys.exit(int(sys.argv[1]))\n";
    std::fs::write(&file, text).unwrap();
    let (out, error, code) = sockscope(&["map", "--format", "json", file.to_str().unwrap(), "7"]);
    assert_eq!((error.as_str(), code), ("", Some(7)));
    let lines: Json = serde_json::from_str(&out).unwrap();
    let found: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(found, [2, 4, 5, 6]);
    let connect = &lines[2];
    assert_eq!(connect["source"], "c.connect_ex(address)");
    assert_eq!(connect["calls"].as_array().unwrap().len(), 1);
    let call = &connect["calls"][0];
    assert_eq!((call["syscall"].as_str(), call["count"].as_u64()), (Some("connect"), Some(3)));
    assert_eq!(call["errors"], serde_json::json!([{"errno": "ECONNREFUSED", "count": 3}]));
    assert_eq!(call["least"], Json::Null);
    assert!(call["dur_ns"].as_u64().unwrap() > 0 && connect["dur_ns"] == call["dur_ns"]);
}

#[test]
fn a_program_that_runs_until_it_is_interrupted_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.py");
    let text = "import socket, sys\n\
                s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1)\n\
                print('ready'); sys.stdout.flush()\n\
                while True:\n\
                \x20   s.accept()\n";
    std::fs::write(&file, text).unwrap();
    let mut map = interruptible(env!("CARGO_BIN_EXE_sockscope"));
    map.args(["map", "--format", "json"]).arg(&file).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut map = map.spawn().unwrap();
    let mut out = BufReader::new(map.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(map.id() as i32), nix::sys::signal::SIGINT).unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    map.wait().unwrap();
    let lines: Json = serde_json::from_str(&rest).unwrap();
    let places: Vec<_> = lines.as_array().unwrap().iter().map(|line| (&line["file"], &line["line"])).collect();
    let file = Json::from(file.to_str().unwrap());
    assert!(places.len() >= 2 && places[0] == (&file, &Json::from(2)), "the user's own lines come first: {rest}");
}

#[test]
fn a_module_is_run_as_a_program_and_its_costliest_line_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("app")).unwrap();
    let text = "import socket, sys\na, b = socket.socketpair()\nb.settimeout(0.01)\n\
                try: b.recv(1)\nexcept socket.timeout: pass\n\
                for _ in range(12): a.send(b'x' * 10000)\n\
                print(sys.argv[1:])\n";
    std::fs::write(folder.path().join("app/__main__.py"), text).unwrap();
    let run = |format: &str| {
        let mut map = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        map.args(["map", "--format", format, "-m", "app", "--verbose", "-x"]).current_dir(folder.path());
        let output = map.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let table = run("markdown");
    assert!(table.starts_with("['--verbose', '-x']\n"), "{table}");
    let row = |line: &str| {
        let row =
            table.lines().find(|row| row.starts_with(&format!("| {line} |"))).unwrap_or_else(|| panic!("{table}"));
        row.split(" | ").map(str::to_owned).collect::<Vec<_>>()
    };
    let send = row("\\_\\_main\\_\\_.py:6");
    assert_eq!((send[2].as_str(), send[3].as_str(), send[4].as_str()), ("sendto ×12 (= 10000)", "12", "0"), "{table}");
    assert!(table.contains("| Calls | Errors | kB | In the kernel, ") && send[5] == "120.0", "{table}");
    // It waited for 10 ms, which is no work.
    let wait = row("\\_\\_main\\_\\_.py:4");
    let number = |text: &str| text.trim_end_matches(" |").parse::<f64>().unwrap();
    assert!(number(&wait[7]) > number(&wait[6]), "{table}");
    let json: Json = serde_json::from_str(run("json").split_once('\n').unwrap().1).unwrap();
    let line = |number: u64| json.as_array().unwrap().iter().find(|line| line["line"] == number).unwrap().clone();
    assert_eq!((line(6)["bytes"].as_u64(), line(6)["calls"][0]["bytes"].as_u64()), (Some(120_000), Some(120_000)));
    assert!(line(4)["waited_ns"].as_u64().unwrap() >= 9_000_000, "{json:#}");
}

#[test]
fn lines_of_python_2_are_shown_as_well() {
    let Some(python) = interpreters::all().into_iter().find(|python| python.version == (2, 7)) else {
        skip(Need::Interpreter("CPython 2.7"));
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pair.py");
    std::fs::write(&file, "import socket\na, b = socket.socketpair()\na.send(b'1')\n").unwrap();
    let python = python.path.to_str().unwrap();
    let (out, error, code) = sockscope(&["map", "--python", python, "--format", "markdown", file.to_str().unwrap()]);
    assert_eq!((error.as_str(), code), ("", Some(0)));
    assert!(out.contains("| pair.py:3 | a.send(b'1') | sendto ×1 (= 1) |"), "{out}");
}

#[test]
fn what_cannot_be_measured_is_an_error() {
    let (out, error, code) = sockscope(&["map", "frobnicate"]);
    assert_eq!((out.as_str(), code), ("", Some(2)));
    assert!(error.contains("cannot measure frobnicate: it is neither a function or method of a socket"), "{error}");
    let (_, error, code) = sockscope(&["map", "--python", "/nonexistent/python", "close"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("cannot run /nonexistent/python: "), "{error}");
    if let Some(python) = interpreters::all().into_iter().find(|python| python.version == (2, 7)) {
        let (_, error, code) = sockscope(&["map", "--python", python.path.to_str().unwrap(), "close"]);
        assert_eq!(code, Some(2));
        assert!(error.contains("is CPython 2.7.") && error.contains("try one of 3.6 to 3.15"), "{error}");
    } else {
        skip(Need::Interpreter("CPython 2.7"));
    }
}
