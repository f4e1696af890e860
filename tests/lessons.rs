//! Lessons: the pages in docs/lessons are those that the command makes of the recorded runs, and a run of today has what
//! a lesson needs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use regex::{Captures, Regex};
use serde_json::Value;
use sockscope::program::PROGRAMS;
use sockscope::program::cases;
use support::alone;

/// Set to record the runs, and the lines of all cases, before the pages are made.
const RECORD: &str = "SOCKSCOPE_RECORD_LESSONS";
/// Set to write the pages instead of testing them.
const BLESS: &str = "SOCKSCOPE_BLESS";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sockscope() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sockscope"))
}

/// Runs a command that must succeed.
fn succeeds(command: &mut Command) {
    let out = command.output().unwrap();
    let (text, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}: {text}{errors}");
}

/// The data of a page, and the page without it: how it is packed differs between processors.
fn unpacked(page: &str) -> (String, Value) {
    let (before, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, after) = rest.split_once('<').unwrap();
    let bytes = BASE64.decode(data).unwrap();
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    (format!("{before}{after}"), serde_json::from_str(&text).unwrap())
}

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let pages = entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "html"));
    pages
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect()
}

#[test]
fn the_pages_in_docs_are_what_the_command_makes_of_the_recordings() {
    if std::env::var_os(RECORD).is_some() {
        return record();
    }
    let committed = root().join("docs/lessons");
    let mut command = sockscope();
    command.args(["lessons", "--recorded", "--lang", "en", "-o"]);
    if std::env::var_os(BLESS).is_some() {
        return succeeds(command.arg(committed));
    }
    let folder = tempfile::tempdir().unwrap();
    succeeds(command.arg(folder.path()));
    let (made, committed) = (pages(folder.path()), pages(&committed));
    assert!(made.keys().eq(committed.keys()) && made.len() == PROGRAMS.len() + 1, "{:?}", committed.keys());
    for (name, page) in &made {
        assert!(unpacked(page) == unpacked(&committed[name]), "{name} is old: {BLESS}=1 cargo test --test lessons");
        assert!(page.len() < 200_000, "{name} has {} bytes", page.len());
    }
}

/// A lesson has the sources, each call its line and its words, and what the document said.
#[test]
fn a_run_of_ours_becomes_a_lesson() {
    if alone(a_run_of_ours_becomes_a_lesson) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("hello.html");
    succeeds(sockscope().args(["run", "tcp-hello", "--as-printed", "-o"]).arg(&page));
    let (_, data) = unpacked(&std::fs::read_to_string(page).unwrap());
    let about = &data["about"];
    assert_eq!(about["lesson"]["program"], "tcp-hello");
    let roles: Vec<_> = about["lesson"]["players"].as_array().unwrap().iter().map(|player| &player["role"]).collect();
    assert_eq!(roles, ["server", "client"]);
    let ids: Vec<_> = about["claims"].as_array().unwrap().iter().map(|claim| claim["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"send-loses") && ids.contains(&"port-range") && !ids.contains(&"recv-empty"), "{ids:?}");
    // The client's connect to the port where nobody listens: its line, its error and why, in words.
    let column = |name: &str| data["step"][name].as_array().unwrap().clone();
    let refused = column("text").iter().position(|text| text.as_str().unwrap().contains("ECONNREFUSED")).unwrap();
    let number = |name: &str| usize::try_from(column(name)[refused].as_i64().unwrap()).unwrap();
    let frame = &data["frames"][data["stacks"][number("stack")][0].as_u64().unwrap() as usize];
    assert_eq!((&frame[1], &frame[3]), (&13.into(), &"c.connect(server_address)".into()));
    assert!(
        about["errors"][number("error")][2][0].as_str().unwrap().starts_with("Nothing listens"),
        "{}",
        about["errors"]
    );
    assert!(about["causes"][number("why")][1].as_str().unwrap().contains("8080"), "{}", about["causes"]);
    let meanings = about["meanings"][number("meaning")].as_array().unwrap();
    let subjects: Vec<_> = meanings.iter().map(|line| line[1].as_str().unwrap()).collect();
    for subject in ["connect", "sockfd", "AF_INET", "sin_port", "ECONNREFUSED"] {
        assert!(subjects.contains(&subject), "{subjects:?}");
    }
    for sentence in about["sentences"].as_array().unwrap() {
        assert_eq!(sentence.as_array().unwrap().len(), 2, "in English and Chinese: {sentence}");
    }
}

/// Records a run of each program, and which line makes each call in each case.
fn record() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, beside) = (folder.path().join("trace.jsonl"), folder.path().join("beside.json"));
    let took = Regex::new(r#""took_ns": \d+"#).unwrap();
    let mut lines = String::new();
    for case in cases::all() {
        let mut run = sockscope();
        run.args([
            "run",
            case.program,
            "--case",
            case.name,
            "--python",
            "--lang",
            "en",
            "--state",
            "--why",
            "-s",
            "4096",
        ]);
        run.arg("-o").arg(&trace).current_dir(folder.path());
        if case.name == "default" {
            run.arg("--beside").arg(&beside);
        }
        succeeds(&mut run);
        let text = std::fs::read_to_string(&trace).unwrap();
        if case.name == "default" {
            let place = root().join("src/program/recorded").join(case.program);
            std::fs::write(place.with_extension("jsonl"), normalised(&text)).unwrap();
            let beside = std::fs::read_to_string(&beside).unwrap();
            std::fs::write(place.with_extension("json"), took.replace_all(&beside, "\"took_ns\": 0").as_ref()).unwrap();
        }
        for (process, threads) in lines_of(&text).into_iter().enumerate() {
            let thread = |calls: &Vec<String>| calls.join(", ");
            let threads: Vec<String> = threads.iter().map(thread).collect();
            lines += &format!("{} {} {process}: {}\n", case.program, case.name, threads.join("; "));
        }
    }
    std::fs::write(root().join("src/program/lines.txt"), lines).unwrap();
}

/// The calls of each thread of each process with the line of the program itself that made them.
fn lines_of(trace: &str) -> Vec<Vec<Vec<String>>> {
    let events: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let own = |event: &Value| {
        let own = event["python"].as_array()?.iter().find(|frame| frame["library"] == false)?["line"].clone();
        Some(format!("{} {own}", event["syscall"].as_str()?))
    };
    let of = |key: &str, number: &Value| events.iter().filter(|event| event[key] == *number).collect::<Vec<_>>();
    let numbers = |key: &str, events: &[&Value]| {
        let mut found: Vec<Value> = Vec::new();
        for event in events.iter().filter(|event| !event[key].is_null()) {
            if !found.contains(&event[key]) {
                found.push(event[key].clone());
            }
        }
        found
    };
    let thread = |tid: &Value| of("tid", tid).into_iter().filter_map(own).collect();
    let process = |pid: &Value| numbers("tid", &of("pid", pid)).iter().map(thread).collect();
    numbers("pid", &events.iter().collect::<Vec<_>>()).iter().map(process).collect()
}

/// A trace without what tells of the machine: processes and sockets are counted, time begins at 1 s, files of Python's
/// are where Debian has them.
fn normalised(trace: &str) -> String {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut count = |kind: &str, number: &str| {
        let next = numbers.keys().filter(|key| key.starts_with(kind)).count() + 1;
        *numbers.entry(format!("{kind}{number}")).or_insert(next)
    };
    let pattern = Regex::new(r#""(pid|tid|inode|ts_ns)":(\d+)"#).unwrap();
    let first: u64 = Regex::new(r#""ts_ns":(\d+)"#)
        .unwrap()
        .captures_iter(trace)
        .map(|found| found[1].parse().unwrap())
        .min()
        .unwrap();
    let text = pattern.replace_all(trace, |found: &Captures<'_>| match &found[1] {
        "ts_ns" => format!("\"ts_ns\":{}", found[2].parse::<u64>().unwrap() - first + 1_000_000_000),
        "inode" => format!("\"inode\":{}", count("socket", &found[2])),
        name => format!("\"{name}\":{}", count("task", &found[2])),
    });
    let twins = Regex::new(r#""file":"[^"]*/sockscope-twins-[^"/]*/"#).unwrap();
    let text = twins.replace_all(&text, "\"file\":\"");
    let library = Regex::new(r#""file":"[^"]*/lib/python"#).unwrap();
    library.replace_all(&text, "\"file\":\"/usr/lib/python").into_owned()
}

/// Each line that is known of a replay is of a call that CPython makes there, by the recorded traces.
#[test]
fn lines_of_replays_are_of_the_calls_that_cpython_makes() {
    let lines = std::fs::read_to_string(root().join("src/program/lines.txt")).unwrap();
    let call = Regex::new(r"^(\d+) +[\d.]+ (?:<\.\.\. )?(\w+)(?:\(| resumed)").unwrap();
    let mut compared = 0;
    for line in lines.lines() {
        let (place, threads) = line.split_once(": ").unwrap();
        let words: Vec<&str> = place.split(' ').collect();
        let [program, case, process] = words[..] else { panic!("{line}") };
        let folder = root().join("traces").join(program);
        let file = |role: &str| folder.join(format!("{case}.{process}-{role}.python.strace"));
        let file: PathBuf = [file("server"), file("client")].into_iter().find(|file| file.exists()).unwrap();
        let trace = std::fs::read_to_string(&file).unwrap();
        // Threads may come in another order there, and a call that never returned is not in both.
        let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
        for found in
            trace.lines().filter(|line| !line.contains("<unfinished ...>")).filter_map(|line| call.captures(line))
        {
            let name = found.get(2).unwrap().as_str();
            *wanted.entry(name).or_default() += 1;
        }
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for one in
            threads.split([',', ';']).filter_map(|one| one.trim().split(' ').next()).filter(|one| !one.is_empty())
        {
            *known.entry(one).or_default() += 1;
        }
        for (name, count) in &known {
            assert!(
                wanted.get(name).is_some_and(|there| there + 1 >= *count),
                "{place}: {name}: {known:?} and {wanted:?}"
            );
        }
        compared += known.len();
    }
    assert!(compared > 100, "{compared}");
}
