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
    assert!(child.wait().expect("it ends").code().is_some_and(|code| code <= 2), "{args:?}");
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

/// What a command prints on a terminal of this width, without colours.
fn in_columns(columns: &str, args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).env("COLUMNS", columns).output();
    String::from_utf8(out.expect("the command starts").stdout).expect("text")
}

#[test]
fn tables_are_stacked_where_columns_would_be_too_narrow() {
    let args = ["map", "accept", "listen"];
    let (narrow, wide) = (in_columns("80", &args), in_columns("160", &args));
    assert!(narrow.lines().all(|line| line.chars().count() <= 80 || !line.trim().contains(' ')), "{narrow}");
    let calls = narrow.lines().find(|line| line.contains("listen(128)")).expect("a call");
    assert!(calls.trim_start().starts_with("System calls"), "{narrow}");
    assert!(wide.lines().any(|line| line.contains("API") && line.contains("System calls")), "{wide}");
    // The same words: none is cut.
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        text.split(|c: char| c.is_whitespace() || "─═┆".contains(c)).map(str::to_owned).collect()
    };
    let (narrow, mut wide) = (words(&narrow), words(&in_columns("1000", &args)));
    wide.remove("API"); // its field is the block's heading
    assert!(wide.is_subset(&narrow), "{:?}", wide.difference(&narrow));
}

#[test]
fn the_calls_of_a_line_are_in_the_order_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("line.py");
    let line = "import socket\ns = socket.socket(); s.listen(); s.getsockname(); s.close()\n";
    std::fs::write(&file, line).expect("a file");
    let text = in_columns("1000", &["map", file.to_str().expect("text")]);
    let line = text.lines().find(|line| line.contains("line.py:2")).unwrap_or_else(|| panic!("{text}"));
    let at: Vec<_> = ["socket ×", "listen ×", "getsockname ×", "close ×"].map(|call| line.find(call)).to_vec();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{line}");
}

#[test]
fn what_does_not_exist_is_named_with_what_to_try() {
    for (args, words) in [
        (&["why", "nosuch.jsonl"][..], &["cannot open nosuch.jsonl: No such file"][..]),
        (&["map", "nosuch.py"], &["cannot open nosuch.py: No such file"]),
        (&["map", "acept"], &["cannot measure acept", "did you mean 'accept'?"]),
        (&["map", "foo"], &["cannot measure foo", "FILE.py", "`sockscope map` shows all"]),
        (&["map", "--foo"], &["there is no option --foo", "`sockscope map --help`"]),
        (&["trace", "--folow-forks", "ls"], &["no option --folow-forks", "did you mean '--follow-forks'?"]),
        (&["convert", "--foo", "x"], &["there is no option --foo", "`sockscope convert --help`"]),
        (&["tarce"], &["there is no subcommand tarce", "did you mean 'trace'?", "`sockscope --help`"]),
        (&["man", "tarce"], &["there is no subcommand tarce", "did you mean 'trace'?"]),
        (&["convert"], &["nothing is given for <FILE>...", "`sockscope convert --help`"]),
        (&["merge", "x"], &["needs at least 2", "`sockscope merge --help`"]),
        (&["run", "tcp-hello", "servre"], &["'servre' is not a value of [ROLE]", "did you mean 'server'?"]),
        (&["run", "tcp-hello", "server", "--network", "host"], &["[ROLE] cannot be given with --network <WHERE>"]),
        (&["trace", "-s", "abc", "true"], &["'abc' is not a value of --string-limit <N>", "invalid digit"]),
        (&["explain", "nosuch.jsonl"], &["cannot open nosuch.jsonl: No such file"]),
        (&["trace", "--lang", "zh"], &["没有要跟踪的"]),
        (&["--lang", "zh", "merge", "x"], &["<FILE> <FILE>... 至少需要 2 个"]),
        (&["--lang", "zh", "run", "tcp-hello", "x"], &["'x' 不是 [ROLE] 的值；已有的是 server, client"]),
        (&["map", "--lang", "zh", "foo"], &["无法测量 foo"]),
        (&["trace", "-p", "x", "--lang", "zh"], &["-p x：x 不是进程号"]),
        (&["why", "nosuch.jsonl", "--lang", "zh"], &["sockscope: 无法打开 nosuch.jsonl：没有那个文件或目录"]),
        (&["why", "ECONREFUSED", "--lang=zh"], &["没有名为 ECONREFUSED 的 errno；是不是想用 'ECONNREFUSED'？"]),
        (&["explain", "conect", "--lang", "zh"], &["无法解释 conect：没有这个名字；是不是想用 'connect'？"]),
        (&["run", "tcp-helo", "--lang", "zh"], &["没有程序 'tcp-helo'；是不是想用 'tcp-hello'？"]),
        (&["programs", "x", "--lang", "zh"], &["没有程序 'x'；已有的是 getname, udp-local"]),
        (&["claims", "port-rang", "--lang", "zh"], &["没有名为 port-rang 的说法；是不是想用 'port-range'？"]),
        (&["why", "--foo", "--lang", "zh"], &["没有选项 --foo；`sockscope why --help` 会列出全部"]),
    ] {
        let out = output(args);
        let shown = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {shown}");
        assert!(shown.starts_with("sockscope: ") && shown.lines().count() == 1, "{args:?}: {shown}");
        assert!(words.iter().all(|word| shown.contains(word)), "{args:?}: {shown}");
        assert!(shown.len() < 250, "{args:?}: {shown}");
    }
}

/// The columns that a line takes, in which a Chinese character has two.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if c >= '\u{1100}' && c != '…' && c != '“' && c != '”' { 2 } else { 1 }).sum()
}

#[test]
fn sentences_fit_the_terminal() {
    let narrow = [("COLUMNS", "80"), ("NO_COLOR", "1")];
    for args in [
        &["map", "foo"][..],
        &["why", "NOSUCH"],
        &["claims", "nosuch"],
        &["run", "tcp-hello", "-o", "x.foo"],
        &["trace"],
        &["trace", "-e", "nosuch=1", "true"],
        &["claims", "nosuch", "--lang", "zh"],
        &["map", "--lang", "zh", "foo"],
    ] {
        let text = on_a_terminal(args, &narrow);
        assert!(text.lines().count() > 1 && text.lines().all(|line| columns(line) <= 80), "{args:?}: {text}");
    }
    // A cause and an explanation continue below themselves; calls are lines of their own, however long.
    let sentence = |line: &&str| line.contains("|     ") && !line.contains(") = ");
    for (args, words) in [
        (&["run", "tcp-hello", "--as-printed", "--why"][..], "If that is the server, use port 8090;"),
        (&["run", "tcp-hello", "--explain"], "Makes a socket, the program's end of a conversation"),
    ] {
        let text = on_a_terminal(args, &narrow);
        let sentences: Vec<&str> = text.lines().filter(sentence).map(str::trim_end).collect();
        assert!(sentences.iter().all(|line| columns(line) <= 80), "{text}");
        let whole =
            sentences.iter().map(|line| line.split_once('|').expect("a label").1.trim().trim_start_matches('#').trim());
        assert!(whole.collect::<Vec<_>>().join(" ").contains(words), "{text}");
    }
    let ended = on_a_terminal(&["run", "tcp-hello"], &narrow);
    let last = ended.lines().skip_while(|line| !line.starts_with('✓'));
    assert!(last.clone().count() > 1 && last.clone().all(|line| columns(line) <= 80), "{ended}");
}

#[test]
fn tables_are_in_the_readers_language() {
    let trace = |name: &str| format!("{}/traces/chat/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let (server, gone) = (trace("default.0-server"), trace("peer-gone.0-server"));
    let chinese = |args: &[&str]| {
        let args = [&["--lang", "zh"], args].concat();
        String::from_utf8(output(&args).stdout).expect("text")
    };
    let sockets = chinese(&["sockets", &server]);
    assert!(["种类", "接收", "2 个调用，", "已关闭"].iter().all(|word| sockets.contains(word)), "{sockets}");
    let compared = chinese(&["compare", &server, &gone, "--format", "unified"]);
    assert!(["@@ 线程 ", "? 仅在左侧", "15 相同，2 仅在左侧"].iter().all(|word| compared.contains(word)), "{compared}");
    let map = chinese(&["map", "listen"]);
    assert!(["情形", "表达式", "系统调用"].iter().all(|word| map.contains(word)), "{map}");
    let none = output(&["convert", "/etc/passwd", "--lang", "zh"]);
    let none = String::from_utf8_lossy(&none.stderr);
    assert!(
        ["行，0 个调用，", "第 1 行第 5 列：不是 strace 输出的行："].iter().all(|word| none.contains(word)),
        "{none}"
    );
    assert!(none.contains("无法读取 /etc/passwd：它的 "), "{none}");
}

#[test]
fn a_trace_is_explained_by_its_name_as_through_a_pipe() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/traces/tcp-hello/default.0-server.strace");
    let piped = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .arg("explain")
        .stdin(File::open(path).expect("a trace"))
        .output()
        .expect("the command starts");
    let piped = String::from_utf8(piped.stdout).expect("text");
    assert!(piped.contains("# socket: Makes a socket"), "{piped}");
    assert_eq!(printed(&["explain", path]), piped);
}

#[test]
fn colours_are_as_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let line = "7     connect(3, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused)\n";
    std::fs::write(&log, line).expect("a file");
    let log = log.to_str().expect("text");
    let painted = |args: &[&str]| output(args).stdout.contains(&0x1b);
    let other = folder.path().join("other");
    std::fs::write(&other, line.replace("htons(1)", "htons(2)")).expect("a file");
    let other = other.to_str().expect("text");
    for args in [
        &["why", "EADDRINUSE"][..],
        &["convert", log],
        &["run", "udp-hello", "--port", "0"],
        &["why", log],
        &["compare", log, other, "--format", "side"],
        &["compare", log, other, "--format", "unified"],
        &["programs"],
        &["explain", "connect"],
        &["claims", "port-range"],
        &["map", "listen"],
    ] {
        let asked = |when| [&args[..1], &["--color", when], &args[1..]].concat();
        assert!(painted(&asked("always")), "{args:?}");
        assert!(!painted(args), "{args:?} into a pipe");
        assert!(on_a_terminal(args, &[]).contains("\x1b["), "{args:?}");
        let never = on_a_terminal(&asked("never"), &[]);
        // A progress bar is no colour.
        assert!(!never.contains("\x1b[1m") && !never.contains("\x1b[3"), "{args:?}: {never}");
    }
    assert!(painted(&["explain", "connect", "--color", "always"]));
    let text = String::from_utf8(output(&["convert", log, "--color=always"]).stdout).expect("text");
    for part in ["\x1b[1mconnect\x1b[0m", "\x1b[36mAF_INET\x1b[0m", "= -1 ECONNREFUSED (Connection refused)\x1b[0m"] {
        assert!(text.contains(part), "{part:?}: {text:?}");
    }
    // The trace alone, without the bar of a file's progress.
    assert!(on_a_terminal(&["convert", log, "--color", "never"], &[]).replace("\r\n", "\n") == line);
    // Neither other formats nor files are painted.
    assert!(!painted(&["convert", log, "--format", "jsonl", "--color", "always"]));
    let copy = folder.path().join("copy.strace");
    output(&["convert", log, "--color", "always", "-o", copy.to_str().expect("text")]);
    assert_eq!(std::fs::read_to_string(copy).expect("a file"), line);
    let trace = output(&["trace", "--color", "always", "-e", "trace=%network", "--", "true"]).stderr;
    assert!(trace.contains(&0x1b), "{}", String::from_utf8_lossy(&trace));
}

#[test]
fn every_subcommand_has_a_page_of_the_manual() {
    let folder = tempfile::tempdir().expect("a folder");
    let into = folder.path().to_str().expect("text");
    printed(&["man", "--install", into]);
    for name in
        ["programs", "run", "trace", "claims", "compare", "convert", "explain", "map", "man", "replay", "why", "schema"]
    {
        let page = printed(&["man", name]);
        let kept = folder.path().join(format!("man1/sockscope-{name}.1"));
        assert_eq!(std::fs::read_to_string(kept).expect("the page"), page, "{name}");
        assert!(page.contains(".SH NAME") && page.contains(".SH OPTIONS"), "{name}: {page}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("man1/sockscope.1")).expect("the page"), printed(&["man"]));
    // Options with their headings, and the examples.
    let page = printed(&["man", "trace"]);
    for part in ["sockscope trace", "follow", "Choosing what is shown", "string", "Examples", "curl http://localhost"] {
        assert!(page.to_lowercase().contains(&part.to_lowercase()), "{part}: {page}");
    }
}

#[test]
fn completions_are_installed_under_the_name_that_the_shell_looks_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let into = folder.path().join("new");
    for (shell, name) in [("bash", "sockscope.bash"), ("zsh", "_sockscope"), ("fish", "sockscope.fish")] {
        let output = printed(&["completions", shell, "--install", into.to_str().expect("text")]);
        assert!(output.contains(name), "{output}");
        assert_eq!(std::fs::read_to_string(into.join(name)).expect("the script"), printed(&["completions", shell]));
    }
}

/// What is published holds what is built, and neither tests nor traces.
#[test]
fn the_package_holds_what_is_built() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let out = command.output().expect("cargo starts");
    let list = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    for file in ["src/main.rs", "src/lib.rs", "src/program/udp_hello_server.py", "build.rs", "README.md", "LICENSE-MIT"]
    {
        assert!(list.lines().any(|line| line == file), "{file}: {list}");
    }
    for folder in ["tests/", "traces/", "benches/", ".ci/"] {
        assert!(!list.lines().any(|line| line.starts_with(folder)), "{folder}: {list}");
    }
}
