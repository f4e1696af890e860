//! Who waits for what an asyncio loop does: what is read from outside, compared with the program's own account.
//!
//! The coroutines of `pyframes/programs/awaiting.py` are sent, as the payload of what they wait for, their own chain as seen
//! from within. Whatever is shown of a call must be exactly that; what is not shown is counted.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};
use support::interpreters::{Interpreter, every, programs};

/// The program, for what its arguments name.
fn program(python: &Interpreter, arguments: &[&str]) -> Command {
    let mut command = python.command();
    command.arg(programs().join("awaiting.py")).args(arguments);
    command
}

/// Those in which tasks can be read.
fn all() -> Vec<Interpreter> {
    every((3, 8)).into_iter().filter(|python| python.version <= (3, 13)).collect()
}

/// Traces a program; returns what was written.
fn trace(options: &[&str], program: &Command, folder: &Path, context: &str) -> String {
    let file = folder.join("trace");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(["trace", "-f", "-o", file.to_str().unwrap()]).args(options);
    command.arg(program.get_program()).args(program.get_args());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{context}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(file).unwrap()
}

fn calls(text: &str) -> impl Iterator<Item = Json> {
    let events = text.lines().map(|line| serde_json::from_str(line).unwrap());
    events.filter(|event: &Json| event["type"] == "call")
}

/// Compares what is shown of each call with the account in its payload; returns how many accounts there were, and of how
/// many nothing is shown although somebody waits.
fn compare(text: &str, context: &str) -> (usize, usize) {
    let (mut accounts, mut missing, mut encrypted) = (0, 0, None);
    let (mut ready, mut looks) = (None, 0);
    for call in calls(text) {
        // What is shown of a descriptor that is ready, by the call that has found only it so.
        if call["syscall"] == "epoll_wait" {
            let one = || (call["args"]["events"][0]["data"]["u32"].clone(), call["awaited"].clone());
            ready = (call["ret"] == 1).then(one);
        }
        let payload = call["args"]["buf"]["text"].as_str().unwrap_or_default();
        let account = || Some(payload.split_once("CHAIN ")?.1.lines().next()?.to_owned());
        if payload.starts_with("NEXT") {
            encrypted = account();
        }
        if call["syscall"] != "recvfrom" {
            continue;
        }
        let Some(account) = account().or_else(|| encrypted.take()) else { continue };
        let account: Json = serde_json::from_str(&account).unwrap();
        accounts += 1;
        let found = &call["awaited"];
        if let Some((fd, awaited)) = ready.take()
            && fd == call["args"]["sockfd"]
        {
            // Whoever had not waited then may wait now.
            assert!(awaited.is_null() || &awaited == found, "{context}: {awaited} is not {call}");
            looks += usize::from(!awaited.is_null());
        }
        if found.is_null() {
            missing += usize::from(!account.is_null());
            continue;
        }
        let place = |frame: &Json| json!([frame["file"], frame["line"], frame["function"]]);
        let frames: Vec<Json> = found["frames"].as_array().unwrap().iter().map(place).collect();
        assert_eq!(json!({"task": found["task"], "frames": frames}), account, "{context}: {call}");
    }
    assert!(looks >= 20, "{context}: only {looks} looks found one descriptor ready\n{text}");
    (accounts, missing)
}

#[test]
fn whoever_waits_is_who_says_so() {
    let newest = all().into_iter().map(|python| python.version).max();
    for python in all() {
        // Pure Python is much the same everywhere.
        let pure = python.version == (3, 8) || Some(python.version) == newest;
        for arguments in [&[][..], &["pure"]].into_iter().take(1 + usize::from(pure)) {
            let context = format!("{} {arguments:?}", python.path.display());
            let folder = tempfile::tempdir().unwrap();
            let options = ["--python", "-s", "100000", "--format", "jsonl"];
            let text = trace(&options, &program(&python, arguments), folder.path(), &context);
            let (accounts, missing) = compare(&text, &context);
            assert!(accounts >= 55 && missing == 0, "{context}: of {accounts} accounts {missing} are missing\n{text}");
        }
    }
}

/// Text has who waits behind the call, above it or below it, and what is read of it again is written the same.
#[test]
fn who_waits_is_written_and_read() {
    let Some(python) = all().pop() else { return };
    let streams = std::fs::read_to_string(programs().join("awaiting.py")).unwrap();
    let line = |text: &str| 1 + streams.lines().position(|line| line.contains(text)).unwrap();
    let awaits = [
        format!("awaiting.py:{} read_line", line("return check(await reader.readline())")),
        format!(":{} streams", line("await read_line(reader)")),
        format!(":{} main", line("await one(port)")),
    ];
    let waits = format!("  [awaited by {}, task \"Task-1\"]\n", awaits.join(" ← "));
    for (options, call, below) in [
        (&["--python"][..], format!("  @ {}  ", awaits[0]), waits.clone()),
        (&["--group", "python"], format!(" {}  return check(await reader.readline())\n", awaits[0]), waits.clone()),
        (
            &["--python=full"],
            "\n > awaited by task \"Task-1\"\n > await /".into(),
            format!("{}  await", &awaits[2][1..]),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let text = trace(options, &program(&python, &["streams"]), folder.path(), "streams");
        assert!(text.contains(&call), "{options:?} {call}\n{text}");
        assert!(text.contains(&below), "{options:?} {below}\n{text}");
        let convert = |file: &Path, format: &[&str]| {
            let output =
                Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").arg(file).args(format).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let json = convert(&folder.path().join("trace"), &["--format", "jsonl"]);
        assert!(!json.contains("\"type\":\"unread\""), "{options:?}\n{json}");
        let count = json.matches("\"awaited\":{").count();
        assert!(count >= 6, "{options:?}: {count}\n{json}");
        let file = folder.path().join("again.jsonl");
        std::fs::write(&file, &json).unwrap();
        let again = convert(&file, &["--format", "jsonl"]);
        assert_eq!(again, json, "{options:?}");
        // While a trace goes on, a look that has not ended stands below the line that runs the loop.
        if options[0] != "--group" {
            assert_eq!(convert(&file, options), text, "{options:?}");
        }
    }
}
