//! The recorded traces in `traces/`: each file is a test by being there.
//!
//! `traces/PROGRAM/CASE.N-ROLE` is the Nth process of a case, in three files: `.jsonl` and `.strace` are our program's
//! log, `.python.strace` is real CPython under the real strace (`-f -ttt -T`), calls on sockets only. `traces/record`
//! makes them all again, with the versions used in `traces/versions.txt`. That each replays as recorded is tested in
//! `tests/replay.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use sockscope::event::Event;
use sockscope::json;
use sockscope::program::cases::Case;
use sockscope::program::runner::{Calls, Player, RunOptions, without_times};
use sockscope::read;
use sockscope::text::{Clock, Pids, Style, TextWriter};

use super::{every_case, need_strace, options, processes, python3, traces};

/// Set to record the traces instead of testing them.
const RECORD: &str = "SOCKSCOPE_RECORD_TRACES";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("traces")
}

/// Every file below `traces/` with this ending, with its content.
fn files(ending: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for program in fs::read_dir(folder()).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(program.path()).unwrap().flatten() {
            if file.file_name().to_string_lossy().ends_with(ending) {
                found.insert(file.path(), fs::read_to_string(file.path()).unwrap());
            }
        }
    }
    found
}

/// Reads a trace in any format, as the command does.
fn read(path: &Path) -> Vec<Event> {
    let mut source = read::open(path, |_| {}).unwrap();
    let mut events = Vec::new();
    while source.read(&mut events).unwrap() {}
    events
}

/// Events as `strace -f -ttt -T -o FILE` would write them.
fn text(events: &[Event]) -> String {
    let mut lines = TextWriter::new(Style::default());
    (lines.pids, lines.clock, lines.durations) = (Pids::Bare, Clock::Epoch, true);
    let mut out = String::new();
    for event in events {
        lines.write(event, &mut out);
    }
    out
}

fn json_lines(events: &[Event]) -> String {
    let mut out = Vec::new();
    for event in events {
        json::write(event, &mut out);
    }
    String::from_utf8(out).unwrap()
}

/// The file of a process of a case, without its ending.
fn place(case: &Case, number: usize, role: &str) -> PathBuf {
    folder().join(case.program).join(format!("{}.{number}-{role}", case.name))
}

fn with_ending(place: &Path, ending: &str) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The calls of two processes are the same, but for what differs from run to run.
fn assert_same(what: &str, left: &[Event], right: &[Event]) {
    let lines = |events: &[Event]| text(events).lines().map(without_times).collect::<Vec<_>>();
    if let Err(difference) = super::compare(&traces::normalised(&lines(left)), &traces::normalised(&lines(right))) {
        panic!("{what}\n{difference}");
    }
}

#[test]
fn every_program_and_role_has_a_recorded_log() {
    if std::env::var_os(RECORD).is_some() {
        return record();
    }
    for program in sockscope::program::PROGRAMS {
        for role in ["server", "client"] {
            for ending in [".jsonl", ".strace", ".python.strace"] {
                let file = |name: &str| name.starts_with("default.") && name.ends_with(&format!("-{role}{ending}"));
                let mut entries = fs::read_dir(folder().join(program.name)).unwrap().flatten();
                let found = entries.any(|entry| file(&entry.file_name().to_string_lossy()));
                assert!(found, "{} {role}{ending}: run traces/record", program.name);
            }
        }
    }
}

#[test]
fn recorded_text_is_read_and_written_back_the_same() {
    let files = files(".strace");
    assert!(files.len() >= 100, "only {} files", files.len());
    for (path, content) in files {
        let events = read(&path);
        let unread = events.iter().filter(|event| matches!(event.body, sockscope::event::Body::Unread(_))).count();
        assert_eq!(unread, 0, "{}", path.display());
        assert_eq!(text(&events), content, "{}", path.display());
    }
}

#[test]
fn recorded_json_is_read_and_written_back_the_same_and_is_the_same_as_the_text() {
    let files = files(".jsonl");
    assert!(files.len() >= 50, "only {} files", files.len());
    for (path, content) in files {
        let events = read(&path);
        assert_eq!(json_lines(&events), content, "{}", path.display());
        let as_text = fs::read_to_string(path.with_extension("strace")).unwrap();
        assert_eq!(text(&events), as_text, "{}", path.display());
    }
}

#[test]
fn recorded_replays_are_what_cpython_did() {
    for path in files(".jsonl").into_keys() {
        let python = read(&path.with_extension("python.strace"));
        assert_same(&path.display().to_string(), &read(&path), &python);
    }
}

#[test]
fn replays_of_today_are_what_was_recorded() {
    every_case(|case, folder| {
        let processes = processes(case, &options(&Player::Rust, &Player::Rust, folder))?;
        let recorded = files(".jsonl").into_keys().filter(|file| {
            let name = file.file_name().unwrap().to_string_lossy();
            file.parent() == place(case, 0, "").parent()
                && name.split_once('.').is_some_and(|(name, _)| name == case.name)
        });
        let recorded = recorded.count();
        if recorded != processes.len() {
            return Err(format!("{} processes, {recorded} recorded", processes.len()));
        }
        for (number, process) in processes.iter().enumerate() {
            let recorded = with_ending(&place(case, number, process.role().name()), ".jsonl");
            assert_same(&recorded.display().to_string(), &process.events(), &read(&recorded));
        }
        Ok(())
    });
}

/// Records the traces again.
fn record() {
    need_strace();
    let python = Player::Python(python3().to_owned());
    let failures = Mutex::new(Vec::new());
    every_case(|case, folder| {
        let result = record_case(case, folder, &python);
        if let Err(error) = &result {
            failures.lock().unwrap().push(error.clone());
        }
        result
    });
    let first_line = |command: &str, argument: &str| {
        let out = Command::new(command).arg(argument).output().unwrap();
        String::from_utf8_lossy(&out.stdout).lines().next().unwrap_or_default().to_owned()
    };
    let versions = format!(
        "sockscope {}\n{}\n{}\nLinux {}\n",
        env!("CARGO_PKG_VERSION"),
        first_line("strace", "-V"),
        first_line(&python3().to_string_lossy(), "-V"),
        first_line("uname", "-r"),
    );
    fs::write(folder().join("versions.txt"), versions).unwrap();
}

fn record_case(case: &Case, run: &Path, python: &Player) -> Result<(), String> {
    fs::create_dir_all(folder().join(case.program)).unwrap();
    for (number, process) in
        processes(case, &options(&Player::Rust, &Player::Rust, &run.join("rust")))?.iter().enumerate()
    {
        let place = place(case, number, process.role().name());
        let events = process.events();
        fs::write(with_ending(&place, ".jsonl"), json_lines(&events)).unwrap();
        fs::write(with_ending(&place, ".strace"), text(&events)).unwrap();
    }
    let twins = RunOptions { python_calls: Calls::Strace, ..options(python, python, &run.join("python")) };
    for (number, process) in processes(case, &twins)?.iter().enumerate() {
        let place = place(case, number, process.role().name());
        fs::write(with_ending(&place, ".python.strace"), process.timed_lines().join("\n") + "\n").unwrap();
    }
    Ok(())
}
