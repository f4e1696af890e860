//! What cannot be read: the command says so, names the form, and how much more there is.

use std::process::{Command, Output};

/// Converts a text as a file.
fn convert(text: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("trace.log");
    std::fs::write(&log, text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").arg(&log).args(more).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_file_of_another_program_is_named() {
    for (line, form) in [
        (
            "D0102 10:00:00.00001 1 strace.go:561] [   1:   1] app E connect(0x3 socket:[1], 0x7f {Port: 80}, 0x10)",
            "gVisor",
        ),
        ("[57319] close(3) = 0", "lurk"),
        ("     0.005 ( 0.001 ms): nc/7 connect(fd: 3, uservaddr: { .family: INET }) = 0", "perf trace"),
        ("connect(0x3, 0x7FFE, 0x10)\t\t = -1 61", "dtruss"),
        ("connect(3,{ AF_INET 127.0.0.1:80 },16)\t\t ERR#61 'Connection refused'", "truss"),
        ("  712 nc       CALL  connect(0x3,0x7fff,0x10)", "kdump"),
        ("type=SYSCALL msg=audit(1700000000.1:5): arch=c000003e syscall=42 success=no exit=-111", "audit"),
    ] {
        let output = convert(&format!("{line}\n").repeat(200), &[]);
        let shown = errors(&output);
        assert_eq!(output.status.code(), Some(2), "{form}: {shown}");
        assert!(shown.contains(form) && shown.contains("not supported") && shown.lines().count() == 1, "{shown}");
        // It is in the output all the same.
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 200, "{form}");
    }
}

#[test]
fn nothing_readable_is_trouble() {
    let output = convert("hello\nworld\n", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("none of its 2 lines"), "{}", errors(&output));
    assert_eq!(convert("hello\nworld\n", &["-q"]).status.code(), Some(2));
    // Something is enough.
    assert_eq!(convert("hello\nclose(3) = 0\n", &[]).status.code(), Some(0));
    assert_eq!(convert("", &[]).status.code(), Some(0));
}

#[test]
fn the_report_says_how_much_more_there_is() {
    let output = convert(&format!("close(3) = 0\n{}", "noise\n".repeat(50)), &[]);
    let shown = errors(&output);
    assert!(shown.contains("50 lines kept") && shown.trim_end().ends_with("… and 30 more"), "{shown}");
    let few = errors(&convert("close(3) = 0\nnoise\n", &[]));
    assert!(!few.contains("more"), "{few}");
}

#[test]
fn an_assumed_date_is_mentioned() {
    let text = "12:00:00 close(3) = 0\n";
    let shown = errors(&convert(text, &["--format", "jsonl"]));
    assert!(shown.contains("have no date") && shown.contains("last modified"), "{shown}");
    for (text, format) in [(text, "strace"), ("1700000000.5 close(3) = 0\n", "jsonl"), ("close(3) = 0\n", "jsonl")] {
        assert_eq!(errors(&convert(text, &["--format", format])), "", "{text}");
    }
}

/// A call without a name, as a damaged recording may have it.
#[test]
fn a_nameless_call_survives_a_table() {
    let json = r#"{"v":1,"seq":0,"ts_ns":1,"pid":1,"tid":1,"type":"call","syscall":"","nr":-1,"args":{},"ret":0,"errno":null,"dur_ns":null}"#;
    let folder = tempfile::tempdir().unwrap();
    let [from, table, back] = ["a.jsonl", "b.csv", "c.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&from, format!("{json}\n")).unwrap();
    for (from, to) in [(&from, &table), (&table, &back)] {
        let run = Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").arg(from).arg("-o").arg(to).output();
        assert_eq!(errors(&run.unwrap()), "");
    }
    assert_eq!(std::fs::read_to_string(back).unwrap().trim_end(), json);
}
