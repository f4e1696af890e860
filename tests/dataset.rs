//! Traces as tables in files of their own, read by engines that know nothing of us: DuckDB, Polars, ClickHouse, Spark.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;
use support::interpreters::python3;
use support::needs::{self, Need};

fn sockscope(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sockscope")).args(args).stdin(Stdio::null()).output().unwrap()
}

/// What it prints where it succeeds, and says nothing beside.
fn quietly(args: &[&str]) -> String {
    let output = sockscope(args);
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Why it refuses.
fn refused(args: &[&str]) -> String {
    let output = sockscope(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The trace of tests/dataset/trace.py, of which every number is known.
fn known_trace(folder: &Path) -> PathBuf {
    let file = folder.join("known.jsonl");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dataset/trace.py");
    assert!(Command::new(python3()).arg(script).arg(&file).status().unwrap().success());
    file
}

/// What a script prints that asks engines.
fn ask(python: &Path, script: &str, args: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dataset").join(script);
    let output = Command::new(python).arg(script).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn columns_have_types_and_nothing_of_the_trace_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, file) = (known_trace(folder.path()), folder.path().join("t.parquet"));
    quietly(&["convert", trace.to_str().unwrap(), "-o", file.to_str().unwrap()]);
    assert_eq!(files(folder.path()), ["known.jsonl", "t.parquet", "t.sockets.parquet", "t.stacks.parquet"]);
    if !needs::have(Need::Packages) {
        return;
    }
    let events = fs::read_to_string(&trace).unwrap().lines().count();
    let answer = ask(&needs::python_with_packages(), "columns.py", &[file.to_str().unwrap()]);
    let expected = [
        "ts TIMESTAMP WITH TIME ZONE Datetime(time_unit='us', time_zone='UTC')".to_owned(),
        "ts_ns BIGINT Int64".to_owned(),
        "pid INTEGER Int32".to_owned(),
        "sock BIGINT Int64".to_owned(),
        "peer VARCHAR String".to_owned(),
        "peer_port INTEGER Int32".to_owned(),
        "offset BIGINT Int64".to_owned(),
        "args VARCHAR String".to_owned(),
        format!("({events}, {events}, {}, 1, 0)", events - 1),
        format!("[('call', {}), ('exit', 2), ('killed', 1)]", events - 3),
        r#"[('killed', '{"signal":"SIGTERM","core_dumped":false}')]"#.to_owned(),
        "[('2026-11-28 17:10:50.00003+00', 1795885850000030000, '5', 'server.py', 12, 8080)]".to_owned(),
        "[('server.py', 12, 'server.py', 12, 'running')]".to_owned(),
        "[('TCP', 'accept', 5, 45000, 123), ('TCP', 'socket', 9, 123, 45000), ('UDP', 'socket', 1, 24, 6)]".to_owned(),
        "[('127.0.0.1:40000', '127.0.0.1:8080', 4, None), ('127.0.0.1:8080', '127.0.0.1:40000', 3, 0)]".to_owned(),
    ];
    assert_eq!(answer.lines().collect::<Vec<_>>(), expected);
    // Where the events name their sockets already, the table has the same.
    let (named, again) = (folder.path().join("named.jsonl"), folder.path().join("again.parquet"));
    quietly(&["convert", trace.to_str().unwrap(), "-o", named.to_str().unwrap()]);
    quietly(&["convert", named.to_str().unwrap(), "-o", again.to_str().unwrap()]);
    assert_eq!(ask(&needs::python_with_packages(), "columns.py", &[again.to_str().unwrap()]), answer);
}

/// The answers of one engine: of each question, its title and the rows.
fn answers(python: &Path, engine: &str, folder: &Path) -> Vec<(String, Json)> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/queries.md");
    let printed = ask(python, "questions.py", &[engine, page, folder.to_str().unwrap()]);
    let read = |line: &str| serde_json::from_str::<(String, Json)>(line).unwrap();
    printed.lines().filter(|line| line.starts_with('[')).map(read).collect()
}

fn data_set(folder: &Path) -> PathBuf {
    let set = folder.join("traces");
    let to = format!("{}/", set.display());
    quietly(&["convert", known_trace(folder).to_str().unwrap(), "--format", "parquet", "-o", &to]);
    set
}

/// Counted by hand in tests/dataset/trace.py.
#[test]
fn duckdb_and_polars_answer_the_ten_questions() {
    let folder = tempfile::tempdir().unwrap();
    let set = data_set(folder.path());
    if !needs::have(Need::Packages) {
        return;
    }
    let python = needs::python_with_packages();
    let found = answers(&python, "duckdb", &set);
    let firsts: Vec<String> = found.iter().map(|(_, rows)| rows[0].to_string()).collect();
    let expected = [
        r#"["client.py",7.0,"recvfrom",30.0,410.0,4950.0]"#,
        r#"["127.0.0.1:8080","received",45000.0,30.0]"#,
        r#"["connect","ECONNREFUSED",null,"127.0.0.1:9",3.0]"#,
        r#"[14.0,null,1.0,2920.0,2920.0]"#,
        r#"[200.0,"127.0.0.1:9","ECONNREFUSED",3.0,6100.0]"#,
        r#"[100.0,200.0,"TCP",5.0,45000.0]"#,
        r#"[11.0,"127.0.0.1:8080","127.0.0.1:40003",5000830.0]"#,
        r#"[13.0,165.0]"#,
        r#"[300.0,14.0,"192.0.2.1:53","{\"sockfd\":3,\"buf\":{\"text\":\"question\",\"truncated\":false},\"len\":8,\"flags\":[],\"dest_addr\":{\"family\":\"AF_INET\",\"ip\":\"192.0.2.1\",\"port\":53},\"addrlen\":16}",3.0,2000.0]"#,
        r#"[15.0,17.0,100.0,200.0,520.0]"#,
    ];
    assert_eq!(firsts, expected);
    assert_eq!(answers(&python, "polars", &set), found);
}

#[test]
#[ignore = "tests/run --all installs the engines"]
fn clickhouse_and_spark_answer_the_same() {
    if !needs::have(Need::Engines) || !needs::have(Need::Packages) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let set = data_set(folder.path());
    let found = answers(&needs::python_with_packages(), "duckdb", &set);
    for engine in ["clickhouse", "spark"] {
        assert_eq!(answers(&needs::python_with_engines(), engine, &set), found, "{engine}");
    }
}

/// Each trace adds parts to the set, in folders that engines read as columns.
#[test]
fn a_data_set_grows_by_parts() {
    let folder = tempfile::tempdir().unwrap();
    let set = data_set(folder.path());
    let calls = set.join("calls/date=2026-11-28/host=__HIVE_DEFAULT_PARTITION__");
    assert_eq!(files(&set), ["calls", "sockets", "stacks"]);
    assert_eq!(files(&calls), ["part-20261128T171050000000000Z-100-0000.parquet"]);
    // The same again has the same name: nothing is there twice.
    data_set(folder.path());
    assert_eq!(files(&calls).len(), 1);
    // Another trace, and one over midnight.
    let other = folder.path().join("other.strace");
    fs::write(&other, "7 1795910399.000000 close(3) = 0\n7 1795910401.000000 close(4) = 0\n").unwrap();
    quietly(&["convert", other.to_str().unwrap(), "--format", "parquet", "-o", &format!("{}/", set.display())]);
    assert_eq!(files(&set.join("calls")), ["date=2026-11-28", "date=2026-11-29"]);
    assert_eq!(files(&calls).len(), 2);
}

/// What is recorded says where, and keeps what is no call.
#[test]
fn a_recording_names_its_machine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.parquet");
    let output = sockscope(&[
        "trace",
        "-o",
        file.to_str().unwrap(),
        python3().to_str().unwrap(),
        "-c",
        "import socket; socket.socket()",
    ]);
    assert!(output.status.success(), "{output:?}");
    if !needs::have(Need::Packages) {
        return;
    }
    let script = "import duckdb, sys\nprint(*duckdb.sql(f\"SELECT DISTINCT host, boot_id FROM '{sys.argv[1]}'\").fetchall()[0])\n\
                  print(duckdb.sql(f\"SELECT last(type) FROM '{sys.argv[1]}'\").fetchall()[0][0])";
    let output = Command::new(needs::python_with_packages()).args(["-c", script]).arg(&file).output().unwrap();
    let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let host = nix::sys::utsname::uname().unwrap().nodename().to_str().unwrap().to_owned();
    let expected = format!("{host} {}\nexit\n", boot_id.trim());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_database_has_tables_and_views() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, file) = (known_trace(folder.path()), folder.path().join("t.sqlite"));
    quietly(&["convert", trace.to_str().unwrap(), "-o", file.to_str().unwrap()]);
    assert_eq!(files(folder.path()), ["known.jsonl", "t.sqlite"]);
    let answer = ask(python3(), "database.py", &[file.to_str().unwrap()]);
    let refused = "('ECONNREFUSED', '127.0.0.1:9', 'client.py', 7)";
    let connections: Vec<String> = (0..5)
        .map(|n| {
            let sent = if n == 3 { 27 } else { 24 };
            format!("('127.0.0.1:4000{n}', '127.0.0.1:8080', {sent}, {})", 3000 * (n + 1))
        })
        .collect();
    let expected = [
        "['calls', 'sockets', 'stacks', 'by_connection', 'by_line', 'errors']".to_owned(),
        "[('call', 125), ('exit', 2), ('killed', 1)]".to_owned(),
        "[('2026-11-28T17:10:50.000030000Z', 1795885850000030000, 5, 12)]".to_owned(),
        format!("[{refused}, {refused}, {refused}]"),
        format!("[{}]", connections.join(", ")),
        "[('client.py', 7, 75, 3, 45123, 5.8), ('server.py', 12, 44, 0, 45123, 2.665), ('resolver.py', 3, 6, 0, 30, 0.095)]".to_owned(),
        "(125,)".to_owned(),
    ];
    assert_eq!(answer.lines().collect::<Vec<_>>(), expected);
}

/// Whoever guesses from the first lines has neither errors nor bytes that are no text there.
fn late_keys(engine: &str, python: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it's late.jsonl");
    let early = r#"{"v":1,"seq":0,"ts_ns":1764,"pid":7,"tid":7,"type":"call","syscall":"listen","args":{"sockfd":3,"backlog":5},"ret":0,"errno":null,"dur_ns":41200}"#;
    let late = r#"{"v":1,"seq":1,"ts_ns":1764,"pid":7,"tid":7,"type":"call","syscall":"write","args":{"fd":3,"buf":{"base64":"/w==","truncated":false},"count":1},"ret":-1,"errno":"EPIPE","dur_ns":41200,"sock":1,"socks":[2],"peer":{"family":"AF_INET","ip":"127.0.0.1","port":80},"strace":{}}"#;
    let killed =
        r#"{"v":1,"seq":2,"ts_ns":1764,"pid":7,"tid":7,"type":"killed","signal":"SIGKILL","core_dumped":true}"#;
    fs::write(&file, format!("{early}\n").repeat(100_000) + late + "\n" + killed + "\n").unwrap();
    let answer = ask(python, "late.py", &[engine, env!("CARGO_BIN_EXE_sockscope"), file.to_str().unwrap()]);
    assert_eq!(answer, "100002\n[('EPIPE', -1, '/w==', '80', [2], None)]\n", "{engine}");
}

#[test]
fn engines_read_keys_that_come_late() {
    if needs::have(Need::Packages) {
        support::two_at_a_time(["duckdb", "polars", "arrow"], |engine| {
            late_keys(engine, &needs::python_with_packages())
        });
    }
}

#[test]
#[ignore = "tests/run --all installs the engines"]
fn clickhouse_reads_keys_that_come_late() {
    if needs::have(Need::Engines) {
        late_keys("clickhouse", &needs::python_with_engines());
    }
}

/// A file that is there stays as it is until the new one is complete.
#[test]
fn a_killed_writer_leaves_no_broken_file() {
    let folder = tempfile::tempdir().unwrap();
    let trace = known_trace(folder.path());
    let file = folder.path().join("t.parquet");
    fs::write(&file, "old").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["convert", "-", "-o", file.to_str().unwrap()])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // More than is held back, so that files were begun: their names show it.
    let text = fs::read_to_string(&trace).unwrap();
    let begun = |folder: &Path| files(folder).iter().any(|name| name.ends_with(".unfinished"));
    while !begun(folder.path()) {
        input.write_all(text.as_bytes()).unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let named: Vec<String> = files(folder.path()).into_iter().filter(|name| !name.starts_with('.')).collect();
    assert_eq!(named, ["known.jsonl", "t.parquet"]);
    assert_eq!(fs::read(&file).unwrap(), b"old");
    // One that ends replaces it, and leaves nothing else.
    quietly(&["convert", trace.to_str().unwrap(), "-o", file.to_str().unwrap()]);
    assert!(fs::read(&file).unwrap().starts_with(b"PAR1"));
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, ran) = (known_trace(folder.path()), folder.path().join("ran"));
    let trace = trace.to_str().unwrap();
    let in_folder = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pipe = "cannot write parquet to a pipe or terminal: it is a whole file; give -o FILE.parquet";
    for (args, reason) in [
        (vec!["convert", trace, "--format", "parquet"], pipe),
        (vec!["convert", trace, "--format", "parquet", "-o", "-"], pipe),
        (vec!["trace", "--format", "parquet", "touch", ran.to_str().unwrap()], pipe),
        (vec!["trace", "--format", "parquet", "-o", "|cat", "touch", ran.to_str().unwrap()], pipe),
        (vec!["run", "tcp-hello", "--format", "parquet"], pipe),
        (vec!["convert", trace, "--format", "sqlite"], "cannot write sqlite to a pipe or terminal"),
        (vec!["convert", trace, "--format", "sqlite", "-o", &in_folder("")], "it is no file"),
        (
            vec!["convert", trace, "-o", &in_folder("t.parquet.gz")],
            "parquet is packed inside; end the name in .parquet",
        ),
        (vec!["convert", trace, "--format", "parquet", "-o", "/dev/null"], "it is no file"),
        (vec!["trace", "-o", &in_folder("no/t.parquet"), "touch", ran.to_str().unwrap()], "No such file or directory"),
        (vec!["trace", "-A", "-o", &in_folder("t.parquet"), "touch", ran.to_str().unwrap()], "-A cannot add to a file"),
    ] {
        let errors = refused(&args);
        assert!(errors.contains(reason), "{args:?}: {errors}");
    }
    assert!(!ran.exists());
    assert_eq!(files(folder.path()), ["known.jsonl"]);
}

/// The working directory's number stands for a directory, but is no descriptor.
#[test]
fn the_descriptor_of_a_call_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, file) = (folder.path().join("t.strace"), folder.path().join("t.sqlite"));
    let text = "7 openat(AT_FDCWD, \"a\", O_RDONLY) = 3\n7 openat(3, \"b\", O_RDONLY) = 4\n\
                7 renameat(AT_FDCWD, \"a\", 3, \"c\") = 0\n7 close(-1) = -1 EBADF (Bad file descriptor)\n";
    fs::write(&trace, text).unwrap();
    quietly(&["convert", trace.to_str().unwrap(), "-o", file.to_str().unwrap()]);
    let code = "import sqlite3, sys\nprint(sqlite3.connect(sys.argv[1]).execute('SELECT fd FROM calls ORDER BY rowid').fetchall())";
    let output = Command::new(python3()).args(["-c", code]).arg(&file).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[(None,), (3,), (3,), (-1,)]\n", "{output:?}");
}
