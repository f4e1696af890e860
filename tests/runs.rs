//! `sockscope run` with both roles, as somebody meets it who runs it again and again on a machine where other things run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sockscope::program::cases::{self, Case};
use sockscope::program::{self, PROGRAMS};

use support::alone;
use support::needs::{Need, have};

/// A run that has ended.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

/// `sockscope run` with these words, in a folder of its own.
fn run(words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    let output = command.arg("run").args(words).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a case, which must end as expected with nothing in its way.
fn must_run(case: &Case, player: Option<&str>) {
    let words: Vec<&str> = [case.program, "--case", case.name].into_iter().chain(player).collect();
    let Ran { code, out, err } = run(&words);
    assert_eq!(code, Some(0), "{words:?}\n{out}{err}");
    assert!(!err.contains(" it is the document's"), "{words:?} took another port\n{err}");
    let program = program::find(case.program).unwrap();
    if case.name == "default" {
        let bind = out.lines().find(|line| line.contains("bind(3, ")).unwrap();
        assert!(bind.contains(&format!("htons({})", program.server_port)), "{words:?}: {bind}");
    }
}

/// The second run finds the first one's connection in TIME_WAIT, unless each has a network of its own.
#[test]
fn every_program_runs_again_at_once_on_the_documents_port() {
    if !have(Need::Namespaces) {
        return;
    }
    for program in PROGRAMS {
        let default = cases::all().find(|case| case.program == program.name).unwrap();
        for player in [None, Some("--python"), None] {
            must_run(default, player);
        }
    }
}

#[test]
#[ignore = "takes a minute: `tests/run --all`"]
fn every_case_of_every_program_runs_one_after_the_other() {
    if !have(Need::Namespaces) {
        return;
    }
    let mut count = 0;
    for case in cases::all() {
        for player in [None, Some("--python")] {
            must_run(case, player);
            count += 1;
        }
    }
    assert_eq!(count, 102);
}

#[test]
fn a_server_of_the_machine_is_in_nobodys_way() {
    if !have(Need::Namespaces) || alone(a_server_of_the_machine_is_in_nobodys_way) {
        return;
    }
    let _taken = [8080, 8090].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
    for words in [&["tcp-hello"][..], &["tcp-hello", "--as-printed"], &["tcp-hello", "--compare"]] {
        let Ran { code, out, err } = run(words);
        assert_eq!(code, Some(0), "{words:?}\n{out}{err}");
    }
}

#[test]
fn in_the_machines_network_a_taken_port_is_replaced() {
    if !have(Need::Namespaces) || alone(in_the_machines_network_a_taken_port_is_replaced) {
        return;
    }
    let taken = [8080, 8090].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
    let ran = run(&["tcp-hello", "--network", "host", "--as-printed"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let who = format!("port 8090 is in use: Pid {} (", std::process::id());
    assert!(ran.err.contains(&who) && ran.err.contains("any free one does: taking one"), "{}", ran.err);
    // One that was asked for is not replaced.
    let ran = run(&["tcp-hello", "--network", "host", "--port", "8090"]);
    assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(&who) && ran.err.contains("choose another with --port (0: any)"), "{}", ran.err);
    drop(taken);
    let taken = TcpListener::bind(("127.0.0.1", 8080)).unwrap();
    let ran = run(&["tcp-hello", "--network", "host", "--as-printed"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("port 8080, the client's, is in use: taking any free one"), "{}", ran.err);
    drop(taken);
}

#[test]
fn in_the_machines_network_a_connection_that_ended_is_waited_for_or_avoided() {
    if !have(Need::Namespaces) || alone(in_the_machines_network_a_connection_that_ended_is_waited_for_or_avoided) {
        return;
    }
    let first = run(&["tcp-hello", "--network", "host", "--case", "time-wait"]);
    assert_eq!((first.code, first.err.contains("port 8090")), (Some(0), false), "{}{}", first.out, first.err);
    let again = run(&["tcp-hello", "--network", "host"]);
    assert_eq!(again.code, Some(0), "{}{}", again.out, again.err);
    assert!(again.err.contains("port 8090 is in TIME_WAIT for ") && again.err.contains(" s more; "), "{}", again.err);

    let mut command = support::interruptible(env!("CARGO_BIN_EXE_sockscope"));
    command.args(["run", "tcp-hello", "--network", "host", "--port", "8090"]);
    let mut waits = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(waits.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("sockscope: port 8090 is in TIME_WAIT for ") && line.contains(": waiting"), "{line}");
    kill(Pid::from_raw(waits.id() as i32), Signal::SIGINT).unwrap();
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(waits.wait().unwrap().signal(), Some(Signal::SIGINT as i32));
    // SO_REUSEADDR, which chat's server sets, needs neither.
    for _ in 0..2 {
        let chat = run(&["chat", "--network", "host"]);
        assert_eq!((chat.code, chat.err.contains("6666")), (Some(0), false), "{}{}", chat.out, chat.err);
    }
}

#[test]
fn where_the_kernel_gives_no_network_it_runs_in_the_machines() {
    if !have(Need::Namespaces) {
        return;
    }
    let script = "echo 0 >/proc/sys/user/max_net_namespaces && exec \"$@\"";
    let run = |more: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-Ur", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_sockscope"), "run", "udp-hello"]);
        command.args(more).output().unwrap()
    };
    let free = run(&["--port", "0"]);
    assert!(free.status.success(), "{free:?}");
    let asked = run(&["--network", "private"]);
    assert_eq!(asked.status.code(), Some(2), "{asked:?}");
    let message = String::from_utf8(asked.stderr).unwrap();
    assert!(message.starts_with("sockscope: cannot make a private network: ") && message.contains("--network host"));
}

/// Both roles by hand, as two people do it, or one in two terminals.
fn by_hand(program: &str, player: Option<&str>, waits: &str, prints: &str) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    server.args(["run", program, "server"]).args(player).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut server = server.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(log.by_ref().any(|line| line.starts_with(waits)), "{program} {player:?}");
    if program == "tcp-hello" {
        let with_bug = run(&[&[program, "client", "--as-printed"][..], player.as_slice()].concat());
        assert_eq!(with_bug.code, Some(1), "{with_bug:?}");
        assert!(with_bug.err.contains("htons(8080)") && with_bug.err.contains("ECONNREFUSED"), "{with_bug:?}");
    }
    let client = run(&[&[program, "client"][..], player.as_slice()].concat());
    assert_eq!(client.code, Some(0), "{program} {player:?} {client:?}");
    let rest: Vec<String> = log.collect();
    let ended = server.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{program} {player:?} {rest:?}");
    assert!(String::from_utf8_lossy(&ended.stdout).contains(prints), "{program} {player:?} {ended:?}");
}

#[test]
fn a_client_started_by_hand_finds_the_server_unless_it_has_the_documents_bug() {
    if !have(Need::Namespaces) || alone(a_client_started_by_hand_finds_the_server_unless_it_has_the_documents_bug) {
        return;
    }
    by_hand("tcp-hello", None, "listen(", "hello");
    by_hand("udp-hello", None, "bind(", "UDP");
}

#[test]
fn pythons_client_started_by_hand_finds_the_server_too() {
    if !have(Need::Namespaces) || alone(pythons_client_started_by_hand_finds_the_server_too) {
        return;
    }
    by_hand("tcp-hello", Some("--python"), "listen(", "hello");
}

/// The events of a run, from its log as JSON lines.
fn events(words: &[&str]) -> Vec<serde_json::Value> {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let ran = run(&[words, &["-o", log.to_str().unwrap()]].concat());
    assert_eq!(ran.code, Some(0), "{words:?}\n{}{}", ran.out, ran.err);
    std::fs::read_to_string(&log).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_log_has_the_events_of_both_roles_in_order_of_time() {
    for program in ["udp-hello", "three-step", "http-get", "chat"] {
        for player in [&[][..], &["--python"], &["--python=client"]] {
            let events = events(&[&[program, "--port", "0"], player].concat());
            let times: Vec<u64> = events.iter().map(|event| event["ts_ns"].as_u64().unwrap()).collect();
            assert!(times.is_sorted() && times[0] > 0, "{program} {player:?}: {times:?}");
            let numbers = events.iter().map(|event| event["seq"].as_u64().unwrap());
            assert!(numbers.eq(0..events.len() as u64), "{program} {player:?}");
            for role in ["server", "client"] {
                let is_exit = |event: &&serde_json::Value| event["type"] == "exit" && event["pid"] == event["tid"];
                let exits = events.iter().filter(|event| event["role"] == role).filter(is_exit);
                assert_eq!(exits.count(), 1, "{program} {player:?}");
            }
            assert!(events.iter().all(|event| event["role"].is_string()), "{program} {player:?}");
            // What a program prints is no call on a socket.
            assert!(!events.iter().any(|event| event["syscall"] == "write"), "{program} {player:?}");
        }
    }
}

/// The numbers of the lines that begin and end like this, of which each must be there.
fn places(text: &str, wanted: &[(&str, &str)]) -> Vec<usize> {
    let place = |(begin, part): &(&str, &str)| {
        let found = text.lines().position(|line| line.starts_with(begin) && line[begin.len()..].contains(part));
        found.unwrap_or_else(|| panic!("{begin} … {part}\n{text}"))
    };
    wanted.iter().map(place).collect()
}

#[test]
fn a_question_stands_before_its_answer_and_a_print_between_the_calls_around_it() {
    for player in [&[][..], &["--python"]] {
        let text = run(&[&["udp-hello"], player].concat()).out;
        let wanted = [
            ("server | bind(", "= 0"),
            ("server | recvfrom(3,  <unfinished ...>", ""),
            ("client | sendto(3, ", "= 21"),
            ("server | <... recvfrom resumed>", "= 21"),
            ("server > b'", ""),
            ("server | close(3)", "= 0"),
            ("server | +++ exited with 0", ""),
        ];
        assert!(places(&text, &wanted).is_sorted(), "{player:?}\n{text}");
        let text = run(&[&["http-get"], player].concat()).out;
        let wanted = [
            ("client | sendto(3, \"GET", "= 60"),
            ("server > GET / HTTP/1.1", ""),
            ("server | sendto(4, \"HTTP/1.1 200 OK", ""),
            ("client | recvfrom(3, \"\", 1024", "= 0"),
            ("client | close(3)", "= 0"),
            ("client > HTTP/1.1 200 OK", ""),
            ("client | +++ exited with 0", ""),
        ];
        // The client waits for the end of the answer, so that its last recvfrom may be in two halves.
        let text = text.replace("<... recvfrom resumed>\"\", 1024", "recvfrom(3, \"\", 1024");
        assert!(places(&text, &wanted).is_sorted(), "{player:?}\n{text}");
        let text = run(&[&["tcp-hello"], player].concat()).out;
        let wanted = [
            ("server | bind(", ""),
            ("server > 服务器已启动", ""),
            ("server | listen(", ""),
            ("server | getsockname(4", ""),
            ("server > 有一个连接已建立", ""),
            ("server | recvfrom(4", ""),
            ("server > b'hello", ""),
            ("server | close(3)", ""),
        ];
        let recvfrom = |line: &str| line.starts_with("server | <... recvfrom");
        assert!(places(&text, &wanted).is_sorted(), "{player:?}\n{text}");
        assert!(text.lines().filter(|line| recvfrom(line)).count() <= 1, "{text}");
    }
}

#[test]
fn a_prompt_stands_before_the_call_that_comes_after_it() {
    for player in [&[][..], &["--python"]] {
        let text = run(&[&["chat", "--case", "peer-gone"], player].concat()).out;
        let wanted = [
            ("client | connect(", "= 0"),
            ("client > 客户端:", ""),
            ("client | sendto(3, \"\\344\\275\\240", "= 6"),
            ("server > 服务端: ", ""),
            ("server | sendto(4, \"exit\"", "= 4"),
        ];
        assert!(places(&text, &wanted).is_sorted(), "{player:?}\n{text}");
        assert!(
            text.lines().all(|line| line.matches(" > ").count() <= 1 && !line.contains("客户端:客户端:")),
            "{text}"
        );
        let exit = text.lines().position(|line| line == "server | +++ exited with 0 +++").unwrap();
        assert!(!text.lines().skip(exit).any(|line| line.starts_with("server > ")), "{player:?}\n{text}");
    }
}

/// Both halves of every call are read as one event again.
#[test]
fn a_log_in_text_is_read_back_with_whole_calls() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.strace");
    let ran = run(&["three-step", "-o", log.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("accept4(3,  <unfinished ...>") && text.contains("<... accept4 resumed>"), "{text}");
    let mut calls = std::collections::BTreeMap::new();
    for event in sockscope::read::events(&log).unwrap() {
        if let sockscope::event::Body::Call(call) = event.unwrap().body {
            assert_ne!(call.ret, sockscope::event::Ret::Unfinished);
            *calls.entry(call.sys.name()).or_insert(0) += 1;
        }
    }
    assert_eq!((calls["accept4"], calls["connect"], calls["recvfrom"]), (2, 2, 6), "{calls:?}");
}

#[test]
fn pythons_lines_stand_above_their_calls_in_both_roles() {
    let ran = run(&["tcp-hello", "--python", "--group", "python"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let wanted = [
        ("server | tcp_hello_server.py:", "s.bind("),
        ("server |     bind(3, ", "= 0"),
        ("server > 服务器已启动", ""),
        ("server | tcp_hello_server.py:", "s.listen(5)"),
        ("server |     listen(3, 5)", "= 0"),
        ("server | tcp_hello_server.py:", "s.accept()"),
        ("client | tcp_hello_client.py:", "c.connect("),
        ("client |     connect(3, ", "= 0"),
        ("client | tcp_hello_client.py:", "c.send("),
        ("server > b'hello", ""),
    ];
    assert!(places(&ran.out, &wanted).is_sorted(), "{}", ran.out);
    let refused = run(&["tcp-hello", "--python", "--group", "python", "--format", "jsonl"]);
    assert!(refused.code == Some(2) && refused.err.contains("--group is for strace's text"), "{}", refused.err);
}

#[test]
fn what_is_to_be_seen_is_announced_and_confirmed_or_denied_in_words() {
    let ran = run(&["tcp-hello", "--as-printed"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.err.lines().collect();
    let before = "tcp-hello as-printed: The document's bug: the server listens on 8090, the client connects to 8080: ECONNREFUSED.";
    let after = "✓ ended as expected: the server waited until it was stopped; the client got ECONNREFUSED from connect \
                 and printed “ConnectionRefusedError: [Errno 111] Connection refused” and exited with 1";
    assert_eq!(lines, [before, after]);
    let ran = run(&["tcp-hello", "--as-printed", "--lang", "zh"]);
    let lines: Vec<&str> = ran.err.lines().collect();
    let before = "tcp-hello as-printed: 文档中的错误：服务器监听 8090，客户端连接 8080：ECONNREFUSED。";
    let after = "✓ 与预期一致：服务器一直等待，直到被停止；客户端在 connect 中得到 ECONNREFUSED，并打印“ConnectionRefusedError: \
                 [Errno 111] Connection refused”，以状态 1 退出";
    assert_eq!(lines, [before, after]);
    let ran = run(&["chat"]);
    assert!(
        ran.err.contains("the server printed “客户端: 再见” and") && ran.err.contains("“Dialogue Over”"),
        "{}",
        ran.err
    );
    // What was printed is shown whole, not what the case looks for in it.
    let ran = run(&["tcp-hello"]);
    let printed = r"✓ ended as expected: the server printed “b'hello \xe6\x88\x91\xe6\x98\xaf\xe5\xae\xa2\xe6\x88\xb7\xe7\xab\xaf'” and";
    assert!(ran.err.lines().last().unwrap().starts_with(printed), "{}", ran.err);
    let ran = run(&["flow", "--case", "full-queue"]);
    assert!(ran.err.contains("printed “0”, “0”, “11” and exited with 0"), "{}", ran.err);
    // No interface has this address, which is for documentation.
    let ran = run(&["http-get", "--host", "192.0.2.1", "--port", "0"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let wanted =
        "✗ http-get default did not end as expected: the server ended at once with exit status: 1: OSError: [Errno 99]";
    assert!(ran.err.lines().last().unwrap().starts_with(wanted), "{}", ran.err);
    let ran = run(&["http-get", "--host", "192.0.2.1", "--port", "0", "--lang", "zh"]);
    let wanted = "✗ http-get default 与预期不一致：服务器立即结束了：exit status: 1: OSError: [Errno 99]";
    assert!(ran.err.lines().last().unwrap().starts_with(wanted), "{}", ran.err);
}

#[test]
fn http_get_says_which_file_it_saved() {
    for player in [&[][..], &["--python"]] {
        let ran = run(&[&["http-get"], player].concat());
        let line = ran.err.lines().find(|line| line.starts_with("saved in /")).unwrap_or_else(|| panic!("{}", ran.err));
        assert!(line.ends_with("/sina.html (2441 bytes)"), "{line}");
        let ran = run(&[&["http-get", "--lang", "zh"], player].concat());
        assert!(
            ran.err.lines().any(|line| line.starts_with("已保存到 /") && line.ends_with("/sina.html（2441 字节）"))
        );
    }
    assert!(!run(&["http-get", "--case", "reset"]).err.contains("saved in"));
}

#[test]
fn documents_are_named_by_their_titles() {
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("programs").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    for document in program::DOCUMENTS {
        assert!(list.contains(document.title), "{list}");
        assert!(include_str!("../docs/programs.md").contains(&format!("| {} {} |", document.number, document.title)));
        assert!(PROGRAMS.iter().any(|program| program.document == document.number));
    }
    assert!(PROGRAMS.iter().all(|program| program.source_document().is_some()));
}

#[test]
fn programs_are_described_in_chinese() {
    let shown = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("programs").args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // Names of programs, cases, calls and errnos are the same in both.
    let names = regex::Regex::new(r"[a-z]+ [a-z]+ [a-z]+").unwrap();
    for args in [&["--lang", "zh"][..], &["chat", "--lang", "zh"], &["tcp-hello", "--lang", "zh"]] {
        let text = shown(args);
        let text = text.replace("sockscope run", "");
        assert!(!names.is_match(&text), "{:?} in {text}", names.find(&text));
        assert!(text.contains("文档") && text.contains("情形"), "{text}");
    }
    assert!(shown(&["tcp-hello"]).starts_with("tcp-hello: document 004 “传输层”, ports: server 8090, client 8080\n"));
    let chinese = shown(&["tcp-hello", "--lang", "zh"]);
    assert!(chinese.starts_with("tcp-hello：文档 004 “传输层”，端口：服务器 8090，客户端 8080\n"), "{chinese}");
}
