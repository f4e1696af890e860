//! The same programs with calls that are recorded inside them (`trace --agent`): a stack that the agent recognises must be the
//! one that the program has.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use sockscope::pyframes::{Columns, Frame};

use crate::support::interpreters::{Interpreter, programs};
use crate::witnesses::{FRAMES, Witness};
use crate::{Account, INTERPRETERS, compare_frames};

/// Runs a witness and compares all its accounts with its trace.
pub fn on(python: &Interpreter, witness: Witness) {
    let context = format!("{} on {}, recorded inside", witness.file, python.path.display());
    let folder = tempfile::tempdir().expect("a folder");
    let (log, accounts) = (folder.path().join("log.jsonl"), folder.path().join("accounts"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(["trace", "-f", "--python", "--agent=require", "--stats", "-e", "trace=sendto", "-o"]).arg(&log);
    // (The environment is the program's.)
    let program = python.command();
    command.arg("--").arg(program.get_program()).arg(programs().join(witness.file)).env("ACCOUNTS", &accounts);
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().expect("the command runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{context}: {errors}");

    let lines = |path| BufReader::new(std::fs::File::open(path).expect("written")).lines();
    let json = |line: std::io::Result<String>| -> Value { serde_json::from_str(&line.expect("text")).expect("JSON") };
    let mut accounts: HashMap<String, Account> = lines(&accounts)
        .map(json)
        .map(|mut line| {
            let account = serde_json::from_value(line["account"].take()).expect("an account");
            (line["name"].as_str().expect("a name").to_owned(), account)
        })
        .collect();
    assert!(accounts.len() >= witness.stacks, "{context}: only {} stacks", accounts.len());
    for call in lines(&log).map(json).filter(|event| event["syscall"] == "sendto") {
        let buf = &call["args"]["buf"];
        let text = buf.as_str().or_else(|| buf["text"].as_str()).unwrap_or_default();
        let Some(name) = text.strip_prefix("STACK").map(str::trim_end) else { continue };
        let account = accounts.remove(name).unwrap_or_else(|| panic!("{context}: {name} is there twice"));
        let frames: Vec<Arc<Frame>> = call["python"].as_array().into_iter().flatten().map(frame).collect();
        compare_frames(&frames, &account.frames, account.via_library, &format!("{context}, {name}"));
    }
    assert_eq!(accounts.len(), 0, "{context}: sent, and not in the trace");

    let counted = errors.lines().find_map(|line| line.split_once(" calls were recorded inside")).expect("counts").0;
    let recorded: usize = counted.rsplit(' ').next().unwrap_or_default().parse().expect("a number");
    // Loops are; made-up code at addresses used again is not.
    assert!(recorded > 600 || witness.file != FRAMES.file, "{context}: {errors}");
    assert!(recorded > 0 || witness.file == INTERPRETERS, "{context}: {errors}");
}

fn frame(json: &Value) -> Arc<Frame> {
    let number = |key: &str| json[key].as_u64().and_then(|number| u32::try_from(number).ok());
    let text = |key: &str| json[key].as_str();
    let mut frame = Frame::new(text("file").expect("a file"), number("line"), text("function").expect("a function"));
    frame.columns =
        (|| Some(Columns { start: number("column")?, end_line: number("end_line")?, end: number("end_column")? }))();
    frame.source = text("source").map(Into::into);
    frame.library = json["library"] == true;
    Arc::new(frame)
}
