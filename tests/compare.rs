//! Comparing: what counts, what does not, and how it is reported.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

use std::io::Write;
use std::process::{Command, Output};

use sockscope::compare::{CompareOptions, Comparison, Keep, Verdict, compare, side_by_side};
use sockscope::event::Event;
use sockscope::read::text::{self, TextReader};
use sockscope::text::StringStyle;

fn read(text: &str) -> Vec<Event> {
    TextReader::new(text.as_bytes(), text::ReadOptions::default()).collect::<Result<_, _>>().unwrap()
}

fn compared(left: &str, right: &str, keep: Keep) -> Comparison {
    let mut options = CompareOptions::default();
    options.keep = keep;
    compare(&read(left), &read(right), &options)
}

/// The verdicts in a row, by name.
fn verdicts(left: &str, right: &str) -> Vec<&'static str> {
    compared(left, right, Keep::default()).rows().map(|row| row.verdict().name()).collect()
}

const CLIENT: &str = r#"10 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3
10 connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
10 getsockname(3, {sa_family=AF_INET, sin_port=htons(45678), sin_addr=inet_addr("127.0.0.1")}, [16]) = 0
10 sendto(3, "hello", 5, 0, NULL, 0) = 5
10 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f26bd55f000
10 close(3) = 0
10 +++ exited with 0 +++
"#;

/// The same with every number that comes by chance changed.
fn another_run() -> String {
    CLIENT
        .replace("10 ", "77 ")
        .replace("(3,", "(9,")
        .replace("= 3", "= 9")
        .replace("close(3", "close(9")
        .replace("45678", "50001")
        .replace("0x7f26bd55f000", "0x7f3300000000")
}

#[test]
fn chance_does_not_count_unless_it_is_kept() {
    assert_eq!(verdicts(CLIENT, &another_run()), ["same"; 7]);
    for (name, rows) in [("fds", 5), ("ports", 1), ("pointers", 1)] {
        let mut keep = Keep::default();
        assert!(keep.keep(name));
        let comparison = compared(CLIENT, &another_run(), keep);
        let different = comparison.rows().filter(|row| row.verdict() != Verdict::Same).count();
        assert_eq!(different, rows, "{name}: {comparison:?}");
    }
    assert!(!Keep::default().keep("colours"));
}

/// Each name that `--keep` takes, with a call that differs in nothing else.
#[test]
fn each_item_can_be_kept() {
    let pairs = [
        ("pids", "10 getpid() = 10", "77 getpid() = 77"),
        ("fds", "10 close(3) = 0", "10 close(4) = 0"),
        (
            "ports",
            "10 bind(3, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
            "10 bind(3, {sa_family=AF_INET, sin_port=htons(40001), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
        ),
        (
            "pointers",
            "10 recvfrom(3, 0x7f26bd55f000, 9, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
            "10 recvfrom(3, 0x7f26bd55f008, 9, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
        ),
        ("inodes", "10 listen(3<socket:[111]>, 5) = 0", "10 listen(3<socket:[222]>, 5) = 0"),
        (
            "times",
            "10 poll([{fd=3, events=POLLIN}], 1, 999) = 0 (Timeout)",
            "10 poll([{fd=3, events=POLLIN}], 1, 1001) = 0 (Timeout)",
        ),
    ];
    assert_eq!(pairs.map(|(name, _, _)| name), Keep::NAMES);
    let folder = tempfile::tempdir().unwrap();
    for (name, left, right) in pairs {
        let file = |side: &str, text: &str| {
            let path = folder.path().join(side);
            std::fs::write(&path, format!("{text}\n")).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (left, right) = (file("left", left), file("right", right));
        assert_eq!(command(&["compare", &left, &right]).status.code(), Some(0), "{name} comes by chance");
        let others = Keep::NAMES.into_iter().filter(|other| *other != name).collect::<Vec<_>>().join(",");
        assert_eq!(command(&["compare", &left, &right, "--keep", &others]).status.code(), Some(0), "{name} alone");
        assert_eq!(command(&["compare", &left, &right, "--keep", name]).status.code(), Some(1), "{name} is kept");
    }
}

/// How often an event loop looks before something comes is chance, and so is which call a signal interrupts.
#[test]
fn what_was_asked_in_vain_does_not_count() {
    const CAME: &str =
        "10 epoll_wait(3, [{events=EPOLLIN, data=0x5}], 64, -1) = 1\n10 recvfrom(5, \"x\", 9, 0, NULL, NULL) = 1\n";
    let looked = "10 epoll_wait(3, [], 64, 0) = 0\n";
    let interrupted = "10 epoll_wait(3, 0x7f26bd55f000, 64, -1) = -1 EINTR (Interrupted system call)\n";
    let finer = "10 epoll_pwait2(3, [], 64, {tv_sec=0, tv_nsec=0}, NULL, 8) = 0\n";
    let at_once = CAME.replace("64, -1", "64, 0");
    let kept = |name: &str| {
        let mut keep = Keep::default();
        assert!(keep.keep(name));
        keep
    };
    for other in [
        format!("{looked}{CAME}"),
        format!("{looked}{interrupted}{at_once}"),
        format!("{CAME}{looked}{looked}"),
        format!("{finer}{CAME}"),
        at_once.clone(),
    ] {
        assert!(compared(CAME, &other, Keep::default()).is_same(), "{other}");
        assert!(!compared(CAME, &other, kept("times")).is_same(), "{other}");
    }
    // What does count: time that passed, a call that was given up, another program's way to wait.
    for other in [
        format!("10 epoll_wait(3, [], 64, 100) = 0\n{CAME}"),
        format!("10 recvfrom(5, 0x7f26bd55f000, 9, 0, NULL, NULL) = -1 EINTR (Interrupted system call)\n{CAME}"),
        format!("10 poll([{{fd=5, events=POLLIN}}], 1, 0) = 0 (Timeout)\n{CAME}"),
        CAME.replace("EPOLLIN", "EPOLLHUP"),
    ] {
        assert!(!compared(CAME, &other, Keep::default()).is_same(), "{other}");
    }
}

/// The kernel gives a signal of the process to whichever thread does not block it.
#[test]
fn a_child_s_end_comes_to_any_thread() {
    let run = |hears: u32, number: u32| {
        let signal = "10 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---";
        let mut text = String::from("10 clone(child_stack=NULL, flags=CLONE_VM|CLONE_THREAD) = 11\n");
        for _ in 0..number {
            text += &signal.replacen("10", &hears.to_string(), 1);
            text += "\n";
        }
        text + "11 sendto(5, \"x\", 1, 0, NULL, 0) = 1\n10 recvfrom(4, \"x\", 1, 0, NULL, NULL) = 1\n"
    };
    assert!(compared(&run(10, 1), &run(11, 1), Keep::default()).is_same());
    assert_eq!(verdicts(&run(10, 1), &run(11, 2)), ["same", "same", "only right", "same", "same"]);
    let mut keep = Keep::default();
    assert!(keep.keep("times"));
    assert!(!compared(&run(10, 1), &run(11, 1), keep).is_same());
}

/// A time-out that no program waits for, and times that end after the clock does.
#[test]
fn numbers_at_their_limits_are_compared() {
    let text = format!("10 poll([{{fd=3, events=POLLIN}}], 1, {}) = 0 (Timeout)\n", i64::MAX);
    assert_eq!(verdicts(&text, &text), ["same"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.jsonl");
    let call = r#"{"v":1,"seq":0,"ts_ns":18446744073709551615,"dur_ns":9,"pid":7,"tid":7,"type":"call","syscall":"socket","args":{"domain":"AF_INET","type":"SOCK_DGRAM","type_flags":[],"protocol":"IPPROTO_IP"},"ret":3,"errno":null}"#;
    std::fs::write(&path, format!("{call}\n{}\n", call.replace("\"ret\":3", "\"ret\":4"))).unwrap();
    let output = command(&["replay", path.to_str().unwrap()]);
    assert_ne!(output.status.code(), Some(101), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
}

/// Threads that did the same are counted, not shown.
#[test]
fn only_threads_that_differ_have_a_heading() {
    let folder = tempfile::tempdir().unwrap();
    let other = CLIENT.replace("10 ", "11 ").replace("8080", "9090");
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    std::fs::write(&left, format!("{CLIENT}{other}")).unwrap();
    std::fs::write(&right, format!("{CLIENT}{}", other.replace("hello", "hullo"))).unwrap();
    let (left, right) = (left.to_str().unwrap(), right.to_str().unwrap());
    for format in ["side", "unified"] {
        let text = String::from_utf8(command(&["compare", left, right, "--format", format]).stdout).unwrap();
        assert!(text.contains("thread 11 | thread 11") && !text.contains("thread 10 | thread 10"), "{text}");
        assert!(text.ends_with("13 same, 1 argument differs (1 thread without a difference)\n"), "{text}");
        let all = String::from_utf8(command(&["compare", left, right, "--all", "--format", format]).stdout).unwrap();
        assert!(all.contains("thread 10 | thread 10") && all.ends_with("13 same, 1 argument differs\n"), "{all}");
    }
}

#[test]
fn each_kind_of_difference_is_shown() {
    let port = CLIENT.replace("8080", "8081");
    let comparison = compared(CLIENT, &port, Keep::default());
    let row = comparison.rows().nth(1).unwrap();
    assert_eq!(row.verdict(), Verdict::Argument);
    assert_eq!((row.differences().len(), row.differences()[0].part()), (1, "addr"));
    assert_eq!((row.differences()[0].left(), row.differences()[0].right()), ("127.0.0.1:8080", "127.0.0.1:8081"));

    let refused = CLIENT.replace("16) = 0", "16) = -1 ECONNREFUSED (Connection refused)");
    let refused = compared(CLIENT, &refused, Keep::default());
    let row = refused.rows().nth(1).unwrap();
    assert_eq!((row.verdict(), row.differences()[0].right()), (Verdict::Errno, "ECONNREFUSED"));

    let short = CLIENT.replace("0, NULL, 0) = 5", "0, NULL, 0) = 4");
    assert_eq!(verdicts(CLIENT, &short)[3], "result differs");

    let more = CLIENT.replace("10 close", "10 shutdown(3, SHUT_WR) = 0\n10 close");
    assert_eq!(verdicts(CLIENT, &more)[5], "only right");
    assert_eq!(verdicts(&more, CLIENT)[5], "only left");

    // Descriptors: the right uses another one than it made.
    let wrong = CLIENT.replace("sendto(3", "sendto(4");
    assert_eq!(verdicts(CLIENT, &wrong)[3], "argument differs");

    let swapped = "1 listen(3, 5) = 0\n1 shutdown(4, SHUT_RD) = 0\n";
    let other = "1 shutdown(4, SHUT_RD) = 0\n1 listen(3, 5) = 0\n";
    let found = verdicts(swapped, other);
    assert_eq!(found.iter().filter(|name| **name == "order differs").count(), 2, "{found:?}");

    // Each kind has a sign of its own between the two sides.
    let refused = CLIENT.replace("16) = 0", "16) = -1 ECONNREFUSED (Connection refused)");
    for (left, right, call, sign) in [
        (CLIENT, CLIENT, "close(3)", ' '),
        (CLIENT, port.as_str(), "connect(", '~'),
        (CLIENT, short.as_str(), "sendto(", '~'),
        (CLIENT, refused.as_str(), "connect(", '!'),
        (more.as_str(), CLIENT, "shutdown(", '<'),
        (CLIENT, more.as_str(), "shutdown(", '>'),
        (swapped, other, "listen(", '%'),
    ] {
        let comparison = compared(left, right, Keep::default());
        let shown = side_by_side(
            &comparison,
            &read(left),
            &read(right),
            203,
            true,
            StringStyle::Octal,
            sockscope::lang::Language::English,
        );
        let line = shown.lines().find(|line| line.contains(call)).unwrap();
        assert_eq!(line.chars().nth(101), Some(sign), "{shown}");
    }
}

#[test]
fn processes_are_matched_by_what_they_do() {
    let server = "1 bind(3, {sa_family=AF_INET, sin_port=htons(1060), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n1 listen(3, 5) = 0\n";
    let client = "2 connect(3, {sa_family=AF_INET, sin_port=htons(1060), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n";
    let left = format!("{server}{client}");
    let right = format!("{client}{server}")
        .replace("1 bind", "9 bind")
        .replace("1 listen", "9 listen")
        .replace("2 conn", "3 conn");
    let comparison = compared(&left, &right, Keep::default());
    let pairs: Vec<_> = comparison.pairs().iter().map(|pair| (pair.left(), pair.right())).collect();
    assert_eq!(pairs, [(Some(1), Some(9)), (Some(2), Some(3))]);
    assert!(comparison.is_same(), "{comparison:?}");
}

/// One trace has the `clone` that shows which threads share a process, the other does not.
#[test]
fn threads_recorded_as_processes_are_matched() {
    let thread = "TID accept(3, NULL, NULL) = 4\nTID recvfrom(4, \"a\", 10, 0, NULL, NULL) = 1\nTID close(4) = 0\n";
    let main = "1 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3\n1 listen(3, 5) = 0\n";
    let clone = "1 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 2\n";
    let left = format!("{main}{clone}{}", thread.replace("TID", "2"));
    let right = format!("{main}{}", thread.replace("TID", "7"));
    let only = ["socket", "listen", "accept", "recvfrom", "close"].map(str::to_owned).to_vec();
    let mut options = CompareOptions::default();
    options.only = only;
    for (left, right) in [(&left, &right), (&right, &left)] {
        let comparison = compare(&read(left), &read(right), &options);
        assert!(comparison.is_same() && comparison.rows().count() == 5, "{comparison:?}");
    }
    // Who does something else stays alone.
    let other = format!("{main}7 sendto(9, \"b\", 1, 0, NULL, 0) = 1\n7 shutdown(9, SHUT_WR) = 0\n");
    let comparison = compare(&read(&left), &read(&other), &CompareOptions::default());
    assert!(comparison.pairs().iter().any(|pair| pair.left() == Some(2) && pair.right().is_none()), "{comparison:?}");
}

/// An unknown request of `ioctl`, and the raw arguments of a call that the table does not have.
#[test]
fn addresses_that_nobody_calls_so_come_by_chance() {
    let left = "1 ioctl(3, TCGETS, 0x7ffc2e376920) = -1 ENOTTY (Inappropriate ioctl for device)\n\
                1 newfstatat(0xffffff9c, 0x7ffca8f34e70, 0x7ffca8f34f40, 0, 0x7ffca8f35087, 0) = 0\n";
    let right = left.replace("0x7ff", "0x7fa");
    assert_eq!(verdicts(left, &right), ["same"; 2]);
    let mut keep = Keep::default();
    keep.keep("pointers");
    assert!(!compared(left, &right, keep).is_same());
    assert!(
        !verdicts(left, &left.replace("TCGETS, 0x7ffc2e376920", "FIONBIO, [1]")).iter().all(|name| *name == "same")
    );
}

#[test]
fn a_hundred_thousand_calls_take_seconds() {
    let side = |skip: usize| -> String {
        let line = |n: usize| match n % 5 {
            0 => format!("1 sendto(3, \"{}\", 5, 0, NULL, 0) = 5\n", n / 50),
            1 => "1 recvfrom(3, \"x\", 10, 0, NULL, NULL) = 1\n".into(),
            _ => format!("1 poll([{{fd=3, events=POLLIN}}], 1, {}) = 0 (Timeout)\n", n % 3 * 100),
        };
        (0..100_000).filter(|n| n % 997 != skip).map(line).collect()
    };
    let start = std::time::Instant::now();
    let comparison = compared(&side(1), &side(2), Keep::default());
    // A debug build on a busy machine; what is not linear takes hours.
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
    let same = comparison.counts()[0].1;
    assert!(same > 99_000, "{:?}", comparison.counts());
}

fn command(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sockscope")).args(arguments).output().unwrap()
}

#[test]
fn the_exit_status_is_the_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let left = file("left", CLIENT);
    let same = file("same", &another_run());
    let other = file("other", &CLIENT.replace("hello", "hullo"));
    assert_eq!(command(&["compare", &left, &same]).status.code(), Some(0));
    assert_eq!(command(&["compare", &left, &other, "-q"]).status.code(), Some(1));
    assert_eq!(command(&["compare", &left, "/nonexistent"]).status.code(), Some(2));
    assert_eq!(command(&["compare", &left, &other, "-e", "trace=close,connect"]).status.code(), Some(0));
    let unified = String::from_utf8(command(&["compare", &left, &other, "--format", "unified"]).stdout).unwrap();
    assert!(unified.contains("-sendto(3, \"hello\", 5, 0, NULL, 0) = 5\n+sendto(3, \"hullo\""), "{unified}");
    assert!(unified.contains("? argument differs; buf: \"hello\" | \"hullo\""), "{unified}");
    let json = String::from_utf8(command(&["compare", &left, &other, "--format", "json"]).stdout).unwrap();
    let rows: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows.len(), &rows[0]["verdict"], &rows[1]["equal"]), (2, &"argument differs".into(), &false.into()));
    let side = String::from_utf8(command(&["compare", &left, &other]).stdout).unwrap();
    assert!(side.contains("1 argument differs"), "{side}");
}

/// A file packed and unpacked, through every format and back.
#[test]
fn what_cannot_be_compared_is_no_sameness() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    std::fs::write(&file, another_run()).unwrap();
    let file = file.to_str().unwrap();
    let refused = |arguments: &[&str]| {
        let output = command(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["compare", file, file, "-e", "conmect"]).contains("did you mean 'connect'?"));
    assert!(refused(&["compare", file, file, "-e", "%nosuch"]).contains("%network"));
    assert!(refused(&["compare", file, file, "-e", "none"]).contains("names no call"));
    assert!(refused(&["compare", "-", "-"]).contains("not both"));
    for list in ["connect,bind", "trace=%network", "!close", "/^recv", "?nonsense,socket"] {
        assert_eq!(command(&["compare", file, file, "-e", list]).status.code(), Some(0), "{list}");
    }
}

#[test]
fn every_format_leads_to_every_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let text = format!("{CLIENT}not a line at all\n");
    std::fs::write(path("a.strace"), &text).unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    std::fs::write(path("a.gz"), gz.finish().unwrap()).unwrap();
    std::fs::write(path("a.zst"), zstd::encode_all(text.as_bytes(), 1).unwrap()).unwrap();
    let convert = |from: &str, format: &str, to: &str| {
        let out = command(&["convert", &path(from), "--format", format, "-o", &path(to)]);
        assert!(out.status.success(), "{from} to {format}: {}", String::from_utf8_lossy(&out.stderr));
        std::fs::read_to_string(path(to)).unwrap()
    };
    let plain = convert("a.strace", "strace", "plain");
    for packed in ["a.gz", "a.zst"] {
        assert_eq!(convert(packed, "strace", "unpacked"), plain);
    }
    for format in ["jsonl", "json", "csv"] {
        convert("a.strace", format, "first");
        assert_eq!(convert("first", "strace", "back"), plain, "{format}");
        for other in ["jsonl", "json", "csv"] {
            let direct = convert("a.strace", other, "direct");
            assert_eq!(convert("first", other, "second"), direct, "{format} to {other}");
        }
    }
    let out = command(&["convert", &path("a.strace"), "--format", "jsonl"]);
    let stderr = String::from_utf8(out.stderr).unwrap();
    assert!(stderr.contains("line 8, column 4"), "{stderr}");
    assert!(!command(&["convert", &path("a.strace"), "--format", "morse"]).status.success());
}

#[test]
fn a_set_of_files_is_one_trace_by_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("log.7"), "1700000000.000001 close(3) = 0\n1700000000.000004 close(6) = 0\n").unwrap();
    std::fs::write(path("log.12"), "1700000000.000002 close(4) = 0\n1700000000.000003 close(5) = 0\n").unwrap();
    let out = command(&["convert", path("log").to_str().unwrap(), "-a", "1"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(
        text,
        "7     1700000000.000001 close(3) = 0\n12    1700000000.000002 close(4) = 0\n\
         12    1700000000.000003 close(5) = 0\n7     1700000000.000004 close(6) = 0\n"
    );
}

#[test]
fn numbers_that_a_range_closed_may_mean_something_else() {
    let run = |socket: i32, file: i32| {
        format!(
            "10 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = {socket}\n10 close_range(3, 4294967295, 0) = 0\n\
             10 read({file}, \"x\", 1) = 1\n"
        )
    };
    // Both read from what they were given when they began, or were passed.
    assert_eq!(verdicts(&run(5, 5), &run(7, 5)), ["same"; 3]);
    let marked = |socket: i32| run(socket, 5).replace(", 0)", ", CLOSE_RANGE_CLOEXEC)");
    assert_eq!(verdicts(&marked(5), &marked(7)), ["same", "same", "argument differs"]);
}

#[test]
fn descriptors_of_files_are_handed_out_by_chance_too() {
    let run = |fd: i32| {
        format!(
            "10 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY|O_CLOEXEC) = {fd}\n10 read({fd}, \"x\", 1) = 1\n10 close({fd}) = 0\n"
        )
    };
    assert_eq!(verdicts(&run(3), &run(9)), ["same"; 3]);
}
