//! Recorded files explain themselves: JSON by its evidence, strace's text by its own lines.

use serde_json::Value as Json;

use crate::harness::{convert, trace, words};

/// strace's text, and what must be shown below which of its calls.
fn explained(text: &str, expected: &[(&str, &str)]) {
    let out = convert(text, &[]);
    let lines: Vec<&str> = out.lines().collect();
    for (call, message) in expected {
        let at = lines.iter().position(|line| line.contains(call)).unwrap_or_else(|| panic!("{call} is not in\n{out}"));
        let why = lines.get(at + 1).copied().unwrap_or_default();
        assert!(why.starts_with("    why: ") && why.contains(message), "{call}: {message}\nis not in\n{why}");
    }
}

#[test]
fn a_text_shows_who_closed_a_descriptor() {
    explained(
        "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
         close(3) = 0\n\
         sendto(3, \"x\", 1, 0, NULL, 0) = -1 EBADF (Bad file descriptor)\n\
         sendto(-1, \"x\", 1, 0, NULL, 0) = -1 EBADF (Bad file descriptor)\n\
         recvfrom(7, 0x7ffe0, 1, 0, NULL, NULL) = -1 EBADF (Bad file descriptor)\n",
        &[
            ("sendto(3", "Descriptor 3 was closed by `close(3) = 0` (pid "),
            ("sendto(-1", "Descriptor -1 cannot be open"),
            ("recvfrom(7", "Descriptor 7 is not open, and this trace has not seen it being closed"),
        ],
    );
}

#[test]
fn a_text_distinguishes_an_end_of_sending_from_closing() {
    for (end, how) in [("shutdown(3, SHUT_WR)", "has ended sending, with"), ("close(3)", "was closed by")] {
        explained(
            &format!(
                "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n{end} = 0\nrecvfrom(4, \"\", 1, 0, NULL, NULL) = 0\n"
            ),
            &[("recvfrom(4", &format!("The other end {how} `{end} = 0`"))],
        );
    }
}

#[test]
fn a_number_that_was_given_again_is_another_socket() {
    explained(
        "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
         connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n\
         connect(3, {sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EISCONN (Transport endpoint is already connected)\n\
         close(3) = 0\n\
         socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
         getpeername(3, 0x7ffe0, [16]) = -1 ENOTCONN (Transport endpoint is not connected)\n",
        &[
            ("htons(81)", "is connected to 127.0.0.1:80 already since `connect(3, …) = 0`"),
            ("getpeername(3", "Descriptor 3 was never connected"),
        ],
    );
}

#[test]
fn a_text_distinguishes_the_cases_of_a_broken_pipe() {
    let address = "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0";
    explained(
        &format!(
            "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\nconnect(3, {address}\nshutdown(3, SHUT_WR) = 0\n\
             sendto(3, \"x\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n\
             socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4\nconnect(4, {address}\n\
             recvfrom(4, \"\", 9, 0, NULL, NULL) = 0\nsendto(4, \"x\", 1, 0, NULL, 0) = 1\n\
             sendto(4, \"y\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n\
             socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5\n\
             sendto(5, \"x\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n\
             socketpair(AF_UNIX, SOCK_STREAM, 0, [6, 7]) = 0\nclose(7) = 0\n\
             sendto(6, \"x\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n"
        ),
        &[
            ("sendto(3, \"x\"", "ended sending itself, with `shutdown(3, SHUT_WR) = 0`"),
            ("sendto(4, \"y\"", "as `recvfrom(4, \"\", 9, 0, NULL, NULL) = 0`"),
            ("sendto(5", "a TCP socket that was never connected since `socket("),
            ("sendto(6", "Unix socket is closed by `close(7) = 0`"),
        ],
    );
}

#[test]
fn a_text_knows_the_sockets_it_has_itself() {
    let address =
        |port: u16| format!("{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")}}, 16)");
    explained(
        &format!(
            "10 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n10 bind(3, {} = 0\n10 listen(3, 5) = 0\n\
             11 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
             11 bind(3, {} = -1 EADDRINUSE (Address already in use)\n\
             11 connect(3, {} = -1 ECONNREFUSED (Connection refused)\n",
            address(8090),
            address(8090),
            address(8080)
        ),
        &[
            ("11    bind(3", "Pid 10 has 127.0.0.1:8090 since `listen(3, 5) = 0` (pid 10) and listens"),
            ("11    connect(3", "Nothing listens on 127.0.0.1:8080; pid 10 listens on 127.0.0.1:8090"),
        ],
    );
}

/// Numbers that no kernel gives: a file may hold any.
#[test]
fn numbers_at_their_limits_do_no_harm() {
    let (all, connected) = (i64::MAX, connected());
    let sent = format!("11 sendto(3, \"hello\", 5, 0, NULL, 0) = {all}\n");
    let read = format!("10 recvfrom(4, \"hello\", 5, 0, NULL, NULL) = {all}\n");
    explained(
        &format!(
            "{connected}{sent}{sent}{sent}{read}{read}{read}10 close(4) = 0\n\
             11 recvfrom(3, 0x7ffe0, 9, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer)\n"
        ),
        &[("ECONNRESET", "was closed by `close(4) = 0` (pid 10)")],
    );
}

/// A client, process 11, that is connected to a server, process 10.
fn connected() -> String {
    let to = "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}";
    let from = "{sa_family=AF_INET, sin_port=htons(5000), sin_addr=inet_addr(\"127.0.0.1\")}";
    format!(
        "10 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n10 bind(3, {to}, 16) = 0\n10 listen(3, 5) = 0\n\
         11 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n11 connect(3, {to}, 16) = 0\n\
         10 accept(3, {from}, [16]) = 4\n"
    )
}

#[test]
fn a_text_of_both_ends_shows_who_reset() {
    let connected = connected();
    explained(
        &format!(
            "{connected}11 sendto(3, \"hello\", 5, 0, NULL, 0) = 5\n10 recvfrom(4, \"he\", 2, 0, NULL, NULL) = 2\n\
             10 close(4) = 0\n11 recvfrom(3, 0x7ffe0, 9, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer)\n"
        ),
        &[("ECONNRESET", "was closed by `close(4) = 0` (pid 10) while 3 bytes had not been read there")],
    );
}

#[test]
fn a_process_that_ends_closes_what_it_had() {
    let connected = connected();
    explained(
        &format!(
            "{connected}11 sendto(3, \"hello\", 5, 0, NULL, 0) = 5\n10 +++ killed by SIGKILL +++\n\
             11 recvfrom(3, 0x7ffe0, 9, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer)\n"
        ),
        &[("ECONNRESET", "was closed by `+++ killed by SIGKILL +++` (pid 10) while 5 bytes had not been read there")],
    );
}

#[test]
fn a_text_shows_what_a_call_waits_for() {
    explained(
        "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
         bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n\
         listen(3, 5) = 0\naccept(3,  <unfinished ...>\n",
        &[("accept(3", "It waits for a client to connect to 127.0.0.1:80")],
    );
}

const FAILS: &str = "from socket import *
s = create_server(('127.0.0.1', 0))
a = s.getsockname()
for act in (lambda: socket().bind(a), lambda: socket(AF_INET6).connect(('::1', a[1])), lambda: s.connect(a)):
    try: act()
    except OSError: pass
d = socket(); n = d.fileno(); e = socket(fileno=d.detach())
import os
os.close(n)
try: e.send(b'x')
except OSError: e.detach()
";

#[test]
fn a_recorded_file_explains_itself_from_its_evidence_alone() {
    let run = trace(&[], FAILS);
    let causes: Vec<&str> = run.events.iter().filter_map(|event| event["why"]["cause"].as_str()).collect();
    for wanted in ["own-socket-holds", "listens-in-other-family", "listening-socket-connects", "closed-earlier"] {
        assert!(causes.contains(&wanted), "{wanted}: {causes:?}");
    }
    let line = run.events.iter().find(|event| event["why"]["cause"] == "closed-earlier").map(words);
    assert!(line.unwrap().contains("` at script.py:9 (pid "), "the Python line that closed it");
    // Each call alone, without its neighbours and without its explanation.
    for event in run.events.iter().filter(|event| event["why"]["cause"].is_string()) {
        let mut bare = event.clone();
        for key in ["text", "advice"] {
            bare["why"][key] = "forgotten".into();
        }
        let out = convert(&bare.to_string(), &["--format", "jsonl"]);
        let again: Json = serde_json::from_str(out.trim()).unwrap();
        assert_eq!(again["why"], event["why"], "{}", event["syscall"]);
        let text = convert(&bare.to_string(), &[]);
        assert!(text.contains(&format!("\n    why: {}\n", words(event))), "{text}");
    }
}

#[test]
fn evidence_goes_through_every_format_that_holds_everything() {
    let run = trace(&[], FAILS);
    let lines: String = run.events.iter().map(|event| format!("{event}\n")).collect();
    let csv = convert(&lines, &["--format", "csv"]);
    let back = convert(&csv, &["--format", "jsonl"]);
    let whys = |text: &str| -> Vec<Json> {
        text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["why"].clone()).collect()
    };
    assert_eq!(whys(&back), whys(&lines));
    let schema = jsonschema::validator_for(&sockscope::json::schema()).unwrap();
    for event in &run.events {
        if let Err(error) = schema.validate(event) {
            panic!("{error} at {}\n{event}", error.instance_path());
        }
    }
}

#[test]
fn sockets_outlive_execve_unless_they_are_marked() {
    let unconnected = "= -1 EPIPE (Broken pipe)";
    let ways = [
        ("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3", "", true),
        ("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3", "", false),
        ("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3", "fcntl(3, F_SETFD, 0) = 0", true),
        ("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3", "ioctl(3, FIONCLEX) = 0", true),
        ("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3", "fcntl(3, F_SETFD, FD_CLOEXEC) = 0", false),
        ("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3", "ioctl(3, FIOCLEX) = 0", false),
        ("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3", "close_range(3, 9, CLOSE_RANGE_CLOEXEC) = 0", false),
        ("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 4", "dup2(4, 3) = 3", true),
        ("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4", "dup3(4, 3, O_CLOEXEC) = 3", false),
    ];
    for (made, marked, stays) in ways {
        let exec = "execve(\"/bin/x\", [\"x\"], 0x7ffd1 /* 3 vars */) = 0";
        let failed = if stays { unconnected } else { "= -1 EBADF (Bad file descriptor)" };
        let message = if stays { "that was never connected since `" } else { "Descriptor 3 was closed by `execve(" };
        let marked = if marked.is_empty() { String::new() } else { format!("{marked}\n") };
        let text = format!("{made}\n{marked}{exec}\nsendto(3, \"x\", 1, 0, NULL, 0) {failed}\n");
        explained(&text, &[("sendto(3", message)]);
    }
}

#[test]
fn a_server_that_was_given_its_socket_knows_where_it_is_from() {
    let address = "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0";
    let begun = format!(
        "10 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n10 connect(3, {address}\n10 shutdown(3, SHUT_WR) = 0\n"
    );
    let exec = "12 execve(\"/bin/x\", [\"x\"], 0x7ffd1 /* 3 vars */) = 0\n";
    let message = [("12    sendto(3", "ended sending itself, with `shutdown(3, SHUT_WR) = 0`")];
    let failed = "12 sendto(3, \"x\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n";
    // Another process is busy in between.
    let other = "11 socket(AF_UNIX, SOCK_STREAM, 0) = 3\n";
    explained(&format!("{begun}10 fork() = 12\n{other}{exec}{failed}"), &message);
    explained(&format!("{begun}10 clone(child_stack=NULL, flags=SIGCHLD) = 12\n{other}{failed}"), &message);
    // The child runs before its maker knows of it, as always with vfork.
    explained(
        &format!("{begun}10 vfork( <unfinished ...>\n{exec}10 <... vfork resumed>) = 12\n{other}{failed}"),
        &message,
    );
    // What the child closes is still open in its parent.
    explained(
        &format!(
            "{begun}10 fork() = 12\n12 close(3) = 0\n10 sendto(3, \"x\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n"
        ),
        &[("10    sendto(3", message[0].1)],
    );
}

#[test]
fn a_thread_has_no_descriptors_of_its_own() {
    explained(
        "10 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n\
         10 clone(child_stack=0x7f1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 11\n\
         10 close(4) = 0\n10 sendto(3, \"x\", 1, 0, NULL, 0) = -1 EPIPE (Broken pipe)\n",
        &[("10    sendto(3", "Unix socket is closed by `close(4) = 0`")],
    );
}
