//! The tables of `-c`, read as rows, and clocks that `ts -s` starts.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use support::needs::strace;

const TABLE: &str = "\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 36.28    0.000263           7        34        13 openat
 21.38    0.000155           5        30           mmap
  0.00    0.000000           0         1           brk
------ ----------- ----------- --------- --------- ----------------
100.00    0.000725           5       126        13 total
";

fn convert(options: &[&str], file: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").args(options).arg(file).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn rows(file: &Path) -> Vec<Json> {
    let text = convert(&["--format", "jsonl"], file);
    let events = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    events.filter(|event| event["type"] == "count").collect()
}

#[test]
fn a_table_is_read_as_rows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.txt");
    for text in [
        TABLE.to_owned(),
        // With -C it follows the calls.
        format!("7     close(3)                          = 0\n7     +++ exited with 0 +++\n{TABLE}"),
    ] {
        std::fs::write(&file, &text).unwrap();
        assert_eq!(convert(&[], &file), text);
        let rows = rows(&file);
        assert_eq!(rows.len(), 3, "the total is no call");
        let row = |at: usize, key: &str| rows[at][key].as_u64().unwrap();
        assert_eq!((rows[0]["syscall"].as_str(), row(0, "calls"), row(0, "errors")), (Some("openat"), 34, 13));
        assert_eq!((row(0, "total_ns"), row(0, "mean_ns"), row(0, "share")), (263_000, 7_000, 3_628));
        assert_eq!((rows[1]["syscall"].as_str(), row(1, "errors")), (Some("mmap"), 0));
        // Both ways through JSON and CSV.
        for name in ["c.jsonl", "c.csv"] {
            let there = folder.path().join(name);
            convert(&["-o", there.to_str().unwrap()], &file);
            assert_eq!(convert(&[], &there), text, "{name}");
        }
    }
}

#[test]
fn the_tables_of_both_writers_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table");
    let python = support::interpreters::python3();
    let mut ours = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    ours.args(["trace", "-f", "-c", "-e", "trace=network,openat", "-o"]).arg(&file).arg(python);
    assert!(ours.args(["-c", "import socket; socket.socketpair()"]).status().unwrap().success());
    let check = |who: &str| {
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(convert(&[], &file), text, "{who}");
        let found = rows(&file);
        // Header, two rules and the total are no rows.
        let table = text.lines().skip_while(|line| !line.starts_with("% time")).count();
        assert_eq!(found.len(), table - 4, "{who}: {text}");
        assert!(found.iter().any(|row| row["syscall"] == "openat" && row["calls"].as_u64() > Some(0)), "{who}: {text}");
    };
    check("sockscope -c");
    for options in [&["-c"][..], &["-C"], &["-c", "-w", "-f"], &["-c", "-S", "name"]] {
        let Some(mut theirs) = strace() else { return };
        theirs.args(options).arg("-o").arg(&file).args(["ls", "/"]).stdout(std::process::Stdio::null());
        assert!(theirs.status().unwrap().success());
        check(&format!("strace {options:?}"));
    }
}

/// The times of the calls, ns, and their threads.
fn times(text: &str) -> Vec<(u64, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    std::fs::write(&file, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["convert", "--format", "jsonl"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success());
    let events = String::from_utf8(output.stdout).unwrap();
    let events = events.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    events.map(|event| (event["ts_ns"].as_u64().unwrap(), event["tid"].as_u64().unwrap())).collect()
}

#[test]
fn whole_seconds_since_the_beginning() {
    const SECOND: u64 = 1_000_000_000;
    let seconds = |text: &str| times(text).into_iter().map(|(ns, tid)| (ns / SECOND, tid)).collect::<Vec<_>>();
    // `strace -f … 2>&1 | ts -s`: no time of day, and no date is assumed.
    assert_eq!(
        seconds("00:00:00 close(3) = 0\n00:00:01 close(4) = 0\n00:01:40 close(5) = 0\n"),
        [(0, 0), (1, 0), (100, 0)]
    );
    // `ts -s %s`: numbers, but none of processes.
    let bare = times("0 close(3) = 0\n0 close(4) = 0\n2 close(5) = 0\n2 close(6) = 0\n9 close(7) = 0\n");
    assert!(bare.iter().all(|(_, tid)| *tid == 0), "{bare:?}");
    // A time of day, and processes.
    assert!(seconds("12:00:00 close(3) = 0\n12:00:01 close(4) = 0\n")[0].0 > 86_400);
    assert_eq!(times("7 close(3) = 0\n7 close(4) = 0\n9 close(5) = 0\n").last(), Some(&(0, 9)));
}
