//! `sockscope why`.

use crate::harness::sockscope;

fn why(args: &[&str]) -> (String, String, Option<i32>) {
    let output = sockscope().arg("why").args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn an_errno_is_reported_by_cause_with_calls_and_a_command() {
    let (out, _, code) = why(&["econnrefused"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("ECONNREFUSED (Connection refused)\n  nothing-listens  connect, "), "{out}");
    assert!(out.contains("    $ sockscope run chat --case client-first --why\n"), "{out}");
    assert!(!out.contains("EADDRINUSE"));
    assert!(
        out.lines().filter(|line| !line.contains("$ ") && !line.contains("    > ")).all(|line| line.len() <= 101),
        "{out}"
    );
    assert_eq!(why(&["111"]).0, out, "by number");
    assert_eq!(why(&["EWOULDBLOCK"]).0, why(&["EAGAIN"]).0);
}

#[test]
fn a_call_and_an_errno_narrow_it_down() {
    let (out, ..) = why(&["EACCES", "bind"]);
    assert!(out.contains("privileged-port") && !out.contains("broadcast-not-allowed"), "{out}");
    let (out, ..) = why(&["accept4"]);
    assert!(out.contains("EMFILE") && out.contains("waiting") && !out.contains("EISCONN"), "{out}");
}

#[test]
fn what_is_not_known_is_distinguished_from_what_does_not_exist() {
    let (out, err, code) = why(&["ECONREFUSED"]);
    assert_eq!((out.as_str(), code), ("", Some(2)));
    assert!(err.contains("did you mean 'ECONNREFUSED'?"), "{err}");
    let (_, err, code) = why(&["EXDEV"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("EXDEV (Invalid cross-device link) has no known causes"), "{err}");
    let (_, err, code) = why(&["EISCONN", "accept"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("EISCONN is not a known error of accept"), "{err}");
}

#[test]
fn json_and_markdown_hold_all_causes() {
    let (json, ..) = why(&["--format", "json"]);
    let causes: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(causes.len(), sockscope::internals::causes::all().count());
    let (markdown, ..) = why(&["--format", "markdown"]);
    for cause in &causes {
        let heading = format!("\n### {}\n", cause["cause"].as_str().unwrap());
        assert_eq!(markdown.matches(&heading).count(), 1, "{heading}");
        assert!(markdown.contains(cause["command"].as_str().unwrap()));
    }
}

#[test]
fn a_trace_is_explained_call_by_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.strace");
    let text = "10 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n10 close(3) = 0\n\
                10 send(3, \"x\", 1, 0) = -1 EBADF (Bad file descriptor)\n10 +++ exited with 1 +++\n";
    std::fs::write(&file, text.replace("send(3, \"x\", 1, 0)", "sendto(3, \"x\", 1, 0, NULL, 0)")).unwrap();
    let path = file.to_str().unwrap();
    let (out, err, code) = why(&[path]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((lines.len(), code, err.as_str()), (2, Some(0), ""), "{out}");
    assert!(
        lines[0].starts_with("10    sendto(3, ") && lines[1].contains("was closed by `close(3) = 0` (pid 10)"),
        "{out}"
    );
    let (json, ..) = why(&["--format", "json", path]);
    let event: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(event["why"]["cause"], "closed-earlier");
    std::fs::write(&file, "close(3) = 0\n").unwrap();
    let (out, err, code) = why(&[path]);
    assert_eq!((out.as_str(), code), ("", Some(0)));
    assert!(err.contains("no failed call has a known explanation") && err.contains(path), "{err}");
    let (_, err, code) = why(&["./no-such-file"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("cannot open ./no-such-file"), "{err}");
}

/// The same in Chinese: text for people, but not data.
#[test]
fn explanations_follow_the_language() {
    let run = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = sockscope();
        command.args(args).env_remove("LANGUAGE").env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
        let output = command.envs(environment.iter().copied()).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let page = "ECONNREFUSED (Connection refused) 连接被拒绝";
    for (args, environment, expected) in [
        (&["why", "ECONNREFUSED", "--lang", "zh"][..], &[][..], page),
        (&["why", "ECONNREFUSED"], &[("LANG", "zh_CN.UTF-8")], page),
        (&["why", "ECONNREFUSED"], &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_US.UTF-8")], "No socket listens"),
        (&["why", "ECONNREFUSED", "--lang", "en"], &[("LANG", "zh_CN.UTF-8")], "No socket listens"),
        (&["why", "ECONNREFUSED", "--format", "json"], &[("LANG", "zh_CN.UTF-8")], "No socket listens"),
        (&["why", "waiting", "--format", "markdown", "--lang", "zh"], &[], "# 套接字调用为什么失败"),
    ] {
        let text = run(args, environment);
        assert!(text.contains(expected), "{args:?} {environment:?}: {text}");
        let width = |line: &str| line.chars().map(|c| if c > '\u{2e00}' { 2 } else { 1 }).sum::<usize>();
        assert!(
            !args.contains(&"zh")
                || args.contains(&"markdown")
                || text
                    .lines()
                    .filter(|line| !line.contains("$ "))
                    .all(|line| line.trim_start().starts_with('>') || width(line) <= 105),
            "{text}"
        );
    }
    let trace = "7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n7 shutdown(3, SHUT_RDWR) = -1 ENOTCONN (Transport endpoint is not connected)\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    std::fs::write(&file, trace).unwrap();
    let file = file.to_str().unwrap();
    let text = run(&["convert", "--why", "--lang", "zh", file], &[]);
    assert!(
        text.contains("    why: 描述符 3 从未连接（自 `socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3`（进程 7）起）。请先调用 connect"),
        "{text}"
    );
    let text = run(&["why", "--lang", "zh", file], &[]);
    assert!(text.contains("    why: 描述符 3 从未连接"), "{text}");
    for format in ["jsonl", "csv"] {
        let data = run(&["convert", "--why", "--lang", "zh", "--format", format, file], &[]);
        assert!(data.is_ascii() || data.contains("…"), "{data}");
        assert!(!data.contains("描述符"), "{data}");
    }
}
