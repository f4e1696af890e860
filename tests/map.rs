//! `sockscope map`: what it measures, against what is known of CPython's socket module, and against its own page.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "pyframes/interpreters.rs"]
#[allow(dead_code, reason = "only other tests start interpreters themselves")]
mod interpreters;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use sockscope::map::{self, Case, Column, Interpreter, Outcome, Sheet};

#[allow(dead_code, reason = "only other tests start interpreters themselves")]
/// What `interpreters` puts on the module path; nothing here needs modules.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyframes/programs")
}

const PAGE: &str = "src/map/map.md";
const HEADING: &str = "# What Python's socket module asks of the kernel\n\n\
    Measured by `sockscope map --format markdown` with this machine's python3, and kept true by a test. Each row is one \
    expression in one situation; `none` means that it made no system call. Descriptors, ports, buffers and times are \
    left out, sizes asked for and errors stay.\n\n";

/// The interpreters whose socket modules make the same calls, as far as they have the same functions.
const ALIKE: std::ops::RangeInclusive<(u8, u8)> = (3, 8)..=(3, 13);

fn measure(python: &Path) -> (Vec<Case>, Column) {
    let cases: Vec<Case> = map::cases().collect();
    let python = Interpreter::find(python).unwrap();
    let column = map::measure(&python, &cases).unwrap();
    (cases, column)
}

/// Rows that say nothing of other machines or versions: functions that came later, and what needs IPv6.
fn is_particular(cell: &str) -> bool {
    cell.ends_with("raises AttributeError") || cell.contains("AF_INET6") || cell.contains("AF\\_INET6")
}

#[test]
fn the_page_says_what_is_so() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let python = Interpreter::find(Path::new("python3")).unwrap();
    let minor: u8 = python.minor().trim_start_matches("3.").parse().unwrap();
    if !ALIKE.contains(&(3, minor)) {
        println!("the page is of CPython 3.8 to 3.13, not of {}", python.version);
        return;
    }
    let (cases, column) = measure(&python.path);
    let sheet = map::sheet(&cases, &[column]);
    if std::env::var_os("SOCKSCOPE_BLESS").is_some() {
        std::fs::write(&kept, format!("{HEADING}{}", sheet.markdown())).unwrap();
    }
    let page = std::fs::read_to_string(&kept).unwrap();
    let table = page.strip_prefix(HEADING).unwrap_or_else(|| panic!("{PAGE} does not begin as it should"));
    let now = sheet.markdown();
    assert_eq!(table.lines().count(), now.lines().count(), "{PAGE}: SOCKSCOPE_BLESS=1 cargo test --test map writes it");
    for ((kept, now), row) in table.lines().skip(2).zip(now.lines().skip(2)).zip(&sheet.rows) {
        if !is_particular(&row[3]) && !kept.contains("AF\\_INET6") {
            assert_eq!(kept, now, "{PAGE}: SOCKSCOPE_BLESS=1 cargo test --test map writes it");
        }
    }
}

/// What was found with strace: the function, the situation, its calls.
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
    (
        "socket.create_server",
        "default",
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP); setsockopt(SOL_SOCKET, SO_REUSEADDR, [1]); \
         bind(127.0.0.1); listen(128)",
    ),
];

#[test]
fn what_is_known_of_cpython_is_measured() {
    for python in interpreters::every((3, 6)) {
        let (cases, column) = measure(&python.path);
        for (case, row) in cases.iter().zip(&column.rows) {
            // A function that came later may already be missing in the preparation.
            let unprepared = matches!(&row.outcome, Outcome::Unprepared(name) if name != "AttributeError");
            assert!(!unprepared, "{}: {} | {}: {:?}", column.python.version, case.api, case.situation, row.outcome);
        }
        if python.version < *ALIKE.start() {
            continue;
        }
        let Sheet { rows, .. } = map::sheet(&cases, std::slice::from_ref(&column));
        for (api, situation, calls) in KNOWN {
            let row = rows.iter().find(|row| row[0] == *api && row[1] == *situation);
            let row = row.unwrap_or_else(|| panic!("{api} | {situation} is not measured"));
            // 3.14 made `io.DEFAULT_BUFFER_SIZE` larger.
            let calls = if python.version > *ALIKE.end() { calls.replace("8192", "131072") } else { calls.to_string() };
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
fn interpreters_stand_side_by_side_and_their_differences_are_marked() {
    let all = interpreters::every((3, 6));
    let find = |version| all.iter().find(|python| python.version == version);
    let (Some(old), Some(new)) = (find((3, 6)), find((3, 13))) else {
        println!("CPython 3.6 and 3.13 are not both here");
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
fn what_cannot_be_measured_is_said() {
    let (out, error, code) = sockscope(&["map", "frobnicate"]);
    assert_eq!((out.as_str(), code), ("", Some(2)));
    assert!(error.contains("no situation of \"frobnicate\" is measured; there are socket.socket, "), "{error}");
    let (_, error, code) = sockscope(&["map", "--python", "/nonexistent/python", "close"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("/nonexistent/python cannot be run: "), "{error}");
    if let Some(python) = interpreters::all().into_iter().find(|python| python.version == (2, 7)) {
        let (_, error, code) = sockscope(&["map", "--python", python.path.to_str().unwrap(), "close"]);
        assert_eq!(code, Some(2));
        assert!(error.contains("is CPython 2.7.") && error.contains("try one of 3.6 to 3.15"), "{error}");
    }
}
