//! `--explain` and `sockscope explain`: each thing where it occurs first, and a trace that stays a trace.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// A server's calls, two of them the same, one that failed, one that was interrupted; and the end.
const TRACE: &str = r#"7     socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
7     bind(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
7     getsockname(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr("127.0.0.1")}, [128 => 16]) = 0
7     getsockname(3, {sa_family=AF_INET, sin_port=htons(8091), sin_addr=inet_addr("127.0.0.1")}, [128 => 16]) = 0
7     connect(3, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)
7     sendto(3, "abc"..., 9, 0, NULL, 0) = 9
7     poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])
7     read(3, "", 9)                    = 0
7     --- SIGINT {si_signo=SIGINT, si_code=SI_USER, si_pid=1, si_uid=0} ---
7     accept(3,  <unfinished ...>)      = ?
7     +++ killed by SIGINT +++
"#;

/// Calls below their Python lines.
const GROUPS: &str = r#"7     server.py:5  s.bind(('127.0.0.1', 6666))
7         listen(3, 5)                  = 0
7         close(3)                      = 0
8     server.py:9 main  start()
8         close(4)                      = 0
"#;

/// What the command does with a text on its standard input.
fn fed(arguments: &[&str], text: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn printed(arguments: &[&str], text: &str) -> String {
    let output = fed(arguments, text);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    // What `run` announces there, and whether it came so, is no part of the trace.
    let aside = |line: &&str| arguments[0] != "run" || !(line.starts_with("✓ ") || line.starts_with(arguments[1]));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.lines().filter(aside).collect::<Vec<_>>(), Vec::<&str>::new(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn explained(text: &str) -> String {
    printed(&["convert", "--explain", "-"], text)
}

/// The lines of a trace without the sentences.
fn without_sentences(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("# ")).fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn each_thing_is_explained_where_it_occurs_first() {
    let text = explained(TRACE);
    for subject in [
        "socket",
        "AF_INET",
        "SOCK_STREAM",
        "SOCK_CLOEXEC",
        "A|B",
        "= 3",
        "sin_port",
        "htons(8090)",
        "[128 => 16]",
        "ECONNREFUSED",
        "= -1 ENAME (text)",
        "\"…\"...",
        "NULL",
        "POLLIN",
        "= 1",
        "--- SIGNAME {…} ---",
        "SIGINT",
        "SI_USER",
        "= ?",
        "+++ killed by SIGNAME +++",
    ] {
        let of_it = |line: &&str| line.trim_start_matches([' ', '#']).starts_with(&format!("{subject}: "));
        let found: Vec<&str> = text.lines().filter(of_it).collect();
        assert_eq!(found.len(), 1, "{subject}: {found:?}\n{text}");
    }
    assert!(text.contains("#   = 0: Nothing more comes"), "the end is not a success like others: {text}");
    // Below the call that it belongs to, within the argument.
    let lines: Vec<&str> = text.lines().collect();
    let at = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    assert!(
        at("7     bind(") < at("    #   addr: ") && at("    #       htons(8090): ") < at("7     getsockname("),
        "{text}"
    );
    assert_eq!(without_sentences(&text), TRACE);
}

#[test]
fn an_explained_trace_is_still_that_trace() {
    for trace in [TRACE, GROUPS] {
        let text = explained(trace);
        assert_ne!(text, trace);
        assert_eq!(printed(&["convert", "-"], &text), text, "the sentences are kept");
        assert_eq!(explained(&text), text, "and not written twice");
        // The events are the same, apart from their numbers.
        let events = |text: &str| -> Vec<String> {
            let lines = printed(&["convert", "--format", "jsonl", "-"], text);
            let kept = lines.lines().filter(|line| !line.contains("    # "));
            kept.map(|line| line.split_once("\"ts_ns\"").unwrap().1.to_owned()).collect()
        };
        assert_eq!(events(&text), events(trace));
    }
}

#[test]
fn sentences_leave_a_group_open() {
    let text = explained(GROUPS);
    assert!(text.contains("\n        # listen: "), "{text}");
    let lines = printed(&["convert", "--format", "jsonl", "-"], &text);
    let calls: Vec<&str> = lines.lines().filter(|line| line.contains("\"type\":\"call\"")).collect();
    assert!(calls.len() == 3 && calls.iter().all(|line| line.contains("server.py")), "{lines}");
}

#[test]
fn only_text_is_explained() {
    let output = fed(&["convert", "--explain", "--format", "jsonl", "-"], TRACE);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("--explain is for strace's text"), "{message}");
}

#[test]
fn a_program_is_explained_as_it_runs() {
    let text = printed(&["run", "udp-hello", "--port", "0", "--explain"], "");
    assert_eq!(text.matches("# recvfrom: ").count(), 1, "{text}");
    assert!(text.contains("# sendto: ") && text.contains("SOCK_DGRAM: "), "{text}");
}

#[test]
fn all_about_a_name_is_shown() {
    let connect = printed(&["explain", "connect"], "");
    for part in
        ["connect(sockfd, addr, addrlen)", "Asks for a connection", "The address and port of the peer.", "= -1 ENAME"]
    {
        assert!(connect.contains(part), "{part}: {connect}");
    }
    assert!(connect.contains("sockscope why connect"), "{connect}");
    for (name, part) in [
        ("SOCK_CLOEXEC", "starts another program"),
        ("econnrefused", "Connection refused, 111"),
        ("111", "ECONNREFUSED"),
        ("SIGPIPE", "SIGPIPE"),
        ("CLOCK_MONOTONIC", "Time that only moves forward"), // of calls that are not decoded
        ("sin_port", "member of struct sockaddr_in"),
        ("struct linger", "l_onoff"),
        ("backlog", "argument of listen"),
        ("SHUT_*", "SHUT_RDWR"),
        ("[128 => 16]", "room"),
        ("<unfinished …>", "not returned"),
        ("htons(8090)", "network's order"),
        ("= ?", "no result"),
    ] {
        let text = printed(&["explain", name], "");
        assert!(text.contains(part), "{name}: {text}");
    }
    // One sentence for all calls that share it.
    let addrlen = printed(&["explain", "addrlen"], "");
    assert!(
        addrlen.contains("bind, connect") && addrlen.matches("The size of the address in bytes").count() == 1,
        "{addrlen}"
    );
}

#[test]
fn explanations_are_in_the_language_that_is_asked_for() {
    for words in [&["explain", "--lang", "zh", "connect"][..], &["explain", "connect", "--lang=zh"]] {
        let connect = printed(words, "");
        for part in [
            "connect(sockfd, addr, addrlen)",
            "请求与对端建立连接",
            "对端的地址和端口。",
            "= -1 ENAME (text)",
            "调用失败",
            "为什么会失败：sockscope why connect",
        ] {
            assert!(connect.contains(part), "{part}: {connect}");
        }
    }
    for (name, part) in [
        ("backlog", "listen 的参数"),
        ("sin_port", "struct sockaddr_in 的成员"),
        ("getsockopt", "optlen（由内核读取并写入）"),
        ("htons", "网络字节序"),
        ("close(3) = 0", "# close: 归还一个描述符"),
    ] {
        let text = printed(&["explain", name, "--lang", "zh"], "");
        assert!(text.contains(part), "{name}: {text}");
    }
    let output = fed(&["explain", "close", "--lang", "fr"], "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot explain in 'fr'; try en or zh"), "{output:?}");
    let text = printed(&["convert", "--explain", "--lang", "zh", "-"], TRACE);
    assert!(text.contains("# socket: 创建一个套接字") && without_sentences(&text) == TRACE, "{text}");
}

#[test]
fn a_name_that_is_near_is_suggested() {
    for (name, message) in [
        ("conect", "cannot explain conect: there is no such name; did you mean 'connect'?"),
        ("SOCK_CLOXEC", "did you mean 'SOCK_CLOEXEC'?"),
        ("quite-another-thing", "try a name from a trace"),
    ] {
        let output = fed(&["explain", name], "");
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(message), "{name}: {output:?}");
    }
}

#[test]
fn lines_of_a_trace_are_explained_one_by_one() {
    let text = printed(&["explain"], TRACE);
    assert_eq!(text.matches("# getsockname: ").count(), 2, "{text}");
    assert_eq!(without_sentences(&text), TRACE);
    let line = "close(3) = -1 EBADF (Bad file descriptor)";
    let text = printed(&["explain", line], "");
    assert!(text.contains("# close: ") && text.contains("EBADF: "), "{text}");
    // As `run` shows them.
    let text = printed(&["explain"], "client/2 | close(3) = 0\nserver > hello (1)\nserver 2 | listen(3, 5) = 0\n");
    assert_eq!(
        without_sentences(&text),
        "close(3)                                = 0\nlisten(3, 5)                            = 0\n"
    );
    assert!(text.contains("# server > hello (1)\n"), "{text}");
    assert!(printed(&["explain", "server | close(3) = 0"], "").contains("# close: "));
    assert!(printed(&["explain", "made_up(1) = 0"], "").contains("# made_up: A call that is not described here"));
    let output = fed(&["explain"], "not a trace\n");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("no call"), "{output:?}");
}
