//! Reading strace's text: what real strace wrote comes back byte for byte, and no file whatsoever is lost or harmful.

use std::io::BufReader;
use std::path::Path;
use std::process::Command;

use sockscope::event::{Body, Event};
use sockscope::text::Lines;
use sockscope::text::parse::{Form, Options, Reader, Report};

/// All events of a text, with the report.
fn read(text: &[u8]) -> (Vec<Event>, Report) {
    let mut reader = Reader::new(BufReader::new(text), Options::default());
    let events = reader.by_ref().collect::<Result<Vec<_>, _>>().unwrap();
    (events, reader.report().clone())
}

/// Writes events as a file of a form has them.
fn write(events: &[Event], form: Form) -> Vec<u8> {
    let mut lines = Lines::default();
    (lines.clock, lines.pids, lines.durations) = (form.clock, form.pids, form.durations);
    let mut out = Vec::new();
    for event in events {
        match &event.body {
            Body::Unread(unread) => {
                out.extend_from_slice(&unread.raw);
                if !unread.more {
                    out.push(b'\n');
                }
            }
            _ => {
                let mut line = String::new();
                lines.write(event, &mut line);
                out.extend_from_slice(line.as_bytes());
            }
        }
    }
    out
}

/// Lines that were one line each: no halves of calls.
fn whole_lines(text: &[u8]) -> Vec<u8> {
    let whole =
        |line: &&[u8]| !line.ends_with(b"<unfinished ...>\n") && !String::from_utf8_lossy(line).contains("<... ");
    text.split_inclusive(|b| *b == b'\n').filter(whole).flatten().copied().collect()
}

/// Panics with the first lines that did not come back.
fn assert_identical(text: &[u8], what: &str) {
    let (events, report) = read(text);
    let back = write(&events, report.form);
    let (text, back) = (String::from_utf8_lossy(text), String::from_utf8_lossy(&back));
    let differ: Vec<_> = text.lines().zip(back.lines()).filter(|(a, b)| a != b).collect();
    for (line, back) in differ.iter().take(20) {
        eprintln!("was  {line}\nback {back}\n");
    }
    assert!(differ.is_empty(), "{what}: {} of {} lines differ", differ.len(), text.lines().count());
    assert_eq!(text.lines().count(), back.lines().count(), "{what}");
    assert_eq!(report.unread, 0, "{what}: {report}");
}

/// The real Python, where there is one.
fn python() -> Option<String> {
    let out = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    let path = String::from_utf8(out.stdout).ok()?.trim().to_owned();
    (out.status.success() && !path.is_empty()).then_some(path)
}

/// What `strace OPTIONS -o FILE COMMAND` writes; `None`, with a word, where there is no strace or it may not trace.
fn strace(options: &[&str], command: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let run =
        Command::new("strace").args(options).arg("-o").arg(&file).args(command).current_dir(folder.path()).output();
    match run {
        Ok(_) if file.metadata().is_ok_and(|data| data.len() > 0) => Some(std::fs::read(file).unwrap()),
        _ => {
            eprintln!("skipped: strace is missing or may not trace here");
            None
        }
    }
}

/// A file given by hand, for trying things out: `PARSE_FILE=log cargo test --test parse by_hand -- --nocapture`.
#[test]
fn by_hand() {
    let Some(path) = std::env::var_os("PARSE_FILE") else { return };
    let text = std::fs::read(Path::new(&path)).unwrap();
    let (_, report) = read(&text);
    eprintln!("{report}");
    assert_identical(&whole_lines(&text), "by hand");
}

const SOCKET_TESTS: &str = "test.test_socket";

#[test]
fn real_lines_come_back() {
    let Some(python) = python() else { return };
    let Some(log) = strace(&["-f"], &[&python, "-m", SOCKET_TESTS, "-q"]) else { return };
    let whole = whole_lines(&log);
    let lines = whole.split(|b| *b == b'\n').count();
    let (_, report) = read(&log);
    eprintln!("{lines} whole lines; {report}");
    assert_identical(&whole, "socket tests");
    assert!(lines >= 20_000, "only {lines} lines");
}
