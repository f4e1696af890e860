//! The small commands, and what `run` prints into a pipe.

use std::fs::File;
use std::io::Read;
use std::net::UdpSocket;
use std::process::{Command, Output, Stdio};

/// What a command prints; it must succeed.
fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).output().expect("the command starts");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn sources_are_those_of_the_repository() {
    let python = printed(&["programs", "udp-hello", "--source", "python"]);
    assert!(python.contains(include_str!("../src/program/udp_hello_server.py").trim()), "{python}");
    assert!(python.contains(include_str!("../src/program/udp_hello_client.py").trim()), "{python}");
    let rust = printed(&["programs", "udp-hello", "--source", "rust"]);
    assert!(rust.contains(include_str!("../src/program/udp_hello.rs").trim()), "{rust}");
}

#[test]
fn completions_and_man_page_know_the_subcommands() {
    for text in [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man"]].map(printed)
    {
        for name in
            ["programs", "run", "trace", "claims", "compare", "convert", "explain", "map", "replay", "why", "schema"]
        {
            assert!(text.contains(name), "{name}: {text}");
        }
    }
}

#[test]
fn strings_are_characters_on_a_terminal_and_where_asked() {
    const HELLO: &str = ", \"hello 我是客户端\", 21, 0, NULL, 0) = 21";
    const OCTAL: &str = r#", "hello \346\210\221\346\230\257"#;
    fn run<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["run", "tcp-hello", "--port", "0"], more].concat()
    }
    let terminal = on_a_terminal(&run(&[]), &[("NO_COLOR", "1")]);
    assert!(terminal.contains(HELLO), "{terminal}");
    let terminal = on_a_terminal(&run(&["--text", "octal"]), &[("NO_COLOR", "1")]);
    assert!(terminal.contains(OCTAL), "{terminal}");
    let terminal = on_a_terminal(&run(&["-x"]), &[("NO_COLOR", "1")]);
    assert!(terminal.contains(r#", "\x68\x65"#), "{terminal}");
    let pipe = printed(&run(&[]));
    assert!(pipe.contains(OCTAL), "{pipe}");
    let pipe = printed(&run(&["--text", "utf8"]));
    assert!(pipe.contains(HELLO), "{pipe}");

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log.jsonl");
    let log = log.to_str().expect("a path that is text");
    printed(&run(&["-o", log]));
    let text = printed(&["convert", log, "--text", "utf8"]);
    assert!(text.contains(HELLO), "{text}");
    let text = printed(&["compare", log, log, "--all", "--text", "utf8", "--format", "unified"]);
    assert!(text.contains(HELLO), "{text}");
    let text = printed(&["replay", log, "--all", "--text", "utf8", "--format", "unified"]);
    assert!(text.contains(HELLO), "{text}");
}

#[test]
fn a_pipe_gets_no_colour_and_times_where_asked() {
    let text = printed(&["run", "udp-hello", "--port", "0", "-ttt", "-T"]);
    assert!(!text.contains('\x1b'), "{text}");
    let bind = text.lines().find(|line| line.contains("bind(3")).expect("the server binds");
    assert!(bind.starts_with("server | 1") && bind.ends_with('>') && bind.contains(" = 0 <0."), "{bind}");
}

fn output(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).stdin(Stdio::null()).output().expect("the command starts")
}

/// What a command writes to a terminal, in an environment with these variables.
fn on_a_terminal(args: &[&str], variables: &[(&str, &str)]) -> String {
    let terminal = nix::pty::openpty(None, None).expect("there are terminals");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(args).env_clear().env("TERM", "xterm-256color").envs(variables.iter().copied());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let second = terminal.slave.try_clone().expect("a second descriptor");
    command.stdin(Stdio::null()).stdout(terminal.slave).stderr(second);
    let mut child = command.spawn().expect("the command starts");
    drop(command); // with it go our descriptors of the terminal's other side
    let mut text = Vec::new();
    // The end of a terminal is an error.
    let _ = File::from(terminal.master).read_to_end(&mut text);
    assert!(child.wait().expect("it ends").success(), "{args:?}");
    String::from_utf8(text).expect("text")
}

#[test]
fn a_terminal_gets_colour_unless_it_is_declined() {
    for args in [&["why", "EADDRINUSE"][..], &["run", "udp-hello", "--port", "0"], &["convert", "--help"]] {
        assert!(on_a_terminal(args, &[]).contains("\x1b["), "{args:?}");
        for declined in [("NO_COLOR", "1"), ("TERM", "dumb"), ("CLICOLOR", "0")] {
            let text = on_a_terminal(args, &[declined]);
            assert!(!text.is_empty() && !text.contains('\x1b'), "{args:?} {declined:?}: {text}");
        }
        // An empty one asks for nothing (no-color.org).
        assert!(on_a_terminal(args, &[("NO_COLOR", "")]).contains("\x1b["), "{args:?}");
    }
    let mut forced = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    let forced = forced.args(["why", "EADDRINUSE"]).env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").output();
    assert!(forced.expect("the command starts").stdout.contains(&0x1b));
}

#[test]
fn a_host_of_ones_own_is_bound_and_spoken_to() {
    let text = printed(&["run", "tcp-hello", "--host", "127.0.0.2", "--port", "0"]);
    for call in ["bind(3,", "connect(3,"] {
        let line = text.lines().find(|line| line.contains(call)).expect("both sides make their calls");
        assert!(line.contains(r#"inet_addr("127.0.0.2")"#), "{line}");
    }
}

#[test]
fn a_name_server_of_ones_own_is_asked() {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let addr = server.local_addr().expect("an address");
    let answering = std::thread::spawn(move || {
        let mut question = [0; 512];
        let (len, from) = server.recv_from(&mut question).expect("a question");
        let question = &question[..len];
        // The same with the flags of an answer and one record: the name asked for, A, IN, 60 s, four octets. RFC 1035.
        let mut answer = question.to_vec();
        answer[2..4].copy_from_slice(&[0x81, 0x80]);
        answer[6..8].copy_from_slice(&[0, 1]);
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 1, 2, 3]);
        server.send_to(&answer, from).expect("the answer is sent");
        question.to_vec()
    });
    let out = output(&["run", "getname", "--resolver", &addr.to_string(), "--host", "box.example"]);
    let (shown, log) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{log}");
    assert_eq!(shown, "The address of box.example is 127.1.2.3\n");
    let asked = format!(r#"{{sa_family=AF_INET, sin_port=htons({}), sin_addr=inet_addr("127.0.0.1")}}"#, addr.port());
    assert!(log.lines().any(|line| line.contains("connect(") && line.contains(&asked)), "{log}");
    let question = answering.join().expect("the server has answered");
    assert!(question.windows(13).any(|bytes| bytes == b"\x03box\x07example\0"), "{question:?}");
}

#[test]
fn a_name_server_is_refused_where_nobody_would_ask_it() {
    let out = output(&["run", "tcp-hello", "--resolver", "127.0.0.1:53"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("--resolver is for getname"));
    let out = output(&["run", "getname", "--resolver", "localhost"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("--resolver"));
}

#[test]
fn standard_output_that_takes_nothing_is_named() {
    for args in [&["schema"][..], &["man"], &["completions", "bash"], &["why", "EINVAL"]] {
        let full = File::options().write(true).open("/dev/full").expect("Linux has it");
        let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).stdout(full).output();
        let out = out.expect("the command starts");
        let shown = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(shown.contains("cannot write to standard output: No space left on device"), "{args:?}: {shown}");
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_trouble() {
    for args in [&["schema"][..], &["man"], &["why"], &["run", "udp-hello", "--port", "0", "--format", "jsonl"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).stdout(writer).output();
        let out = out.expect("the command starts");
        let shown = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success() && !shown.contains("sockscope:"), "{args:?}: {shown}");
    }
}

#[test]
fn options_of_map_stand_before_the_names() {
    let out = output(&["map", "accept", "--format", "json"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("put options before the names"));
}

#[test]
fn why_reports_a_file_that_is_not_a_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("notes");
    std::fs::write(&file, "hello world\n").expect("a file");
    let file = file.to_str().expect("text");
    let out = output(&["why", file]);
    let shown = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        shown.contains("not a line of strace's output: hello world") && shown.contains("is it a trace?"),
        "{shown}"
    );
    let two = output(&["why", "bind", file]);
    assert_eq!(two.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&two.stderr).contains("give one trace"));
}

/// A `python3` that is a shell script runs other programs first.
#[test]
fn the_children_of_a_wrapper_are_folded_on_a_terminal() {
    let words = [
        "trace",
        "-f",
        "sh",
        "-c",
        "true & wait; true & wait; exec python3 -c 'import socket; socket.socket().close()'",
    ];
    let text = on_a_terminal(&words, &[("NO_COLOR", "1")]);
    let before = text.lines().take_while(|line| !line.contains("socket("));
    let signals: Vec<&str> = before.filter(|line| line.contains("SIGCHLD")).collect();
    assert!(signals.len() == 1 && signals[0].contains("--- SIGCHLD, "), "{text}");
    assert!(signals[0].contains(" times before the first call ---"), "{text}");
    // A file has all of them, as strace's.
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let status = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["trace", "-o"])
        .arg(&log)
        .args(&words[1..])
        .status()
        .expect("the command starts");
    assert!(status.success());
    let text = std::fs::read_to_string(log).expect("a log");
    assert!(text.matches("--- SIGCHLD {si_signo=SIGCHLD").count() >= 2, "{text}");
}
