//! Every example of README.md and docs/ does what it says: each `sockscope` line of a `sh` block is run, and ends well.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::needs::{Need, have, python_with_packages};
use support::{alone, interpreters, interruptible};

/// How long an example may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Examples that wait for somebody, or for ^C: they are interrupted once they have printed something.
const WAITING: &[&str] = &["run chat server"];
/// Examples that take minutes: left to the tests of what they do, and to `tests/run --all`.
const LONG: &[&str] = &["compare --all", "claims", "map"];
/// Examples that need a terminal: left to `tests/view.rs`.
const IN_TERMINAL: &[&str] = &["view"];

/// The pages, with their names.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let readmes = ["README.md", "README.zh.md"].map(|name| root.join(name)).into_iter().filter(|path| path.exists());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.extend(readmes);
    pages.sort();
    let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
    pages.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The lines of a page's `sh` blocks, without their comments.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).map(|line| line.split("  #").next().unwrap().trim().to_owned());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// What the examples work on: programs, and recordings of them.
fn furnish(folder: &Path) {
    let hello = include_str!("../docs/python.md").split("<!-- program: hello.py -->\n```python\n").nth(1).unwrap();
    let hello = hello.split("```").next().unwrap();
    let refused = "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9))\nexcept OSError as error:\n    \
                   print(error)\n";
    for (name, text) in [("hello.py", hello), ("server.py", hello), ("a.py", hello), ("b.py", hello)] {
        fs::write(folder.join(name), text).unwrap();
    }
    fs::write(folder.join("client.py"), refused).unwrap();
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    let python = interpreters::python3();
    let script = |name: &str, text: String| {
        fs::write(bin.join(name), text).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    script("python3", format!("#!/bin/sh\nexec {} \"$@\"\n", python.display()));
    script("prog", format!("#!/bin/sh\nexec {} hello.py\n", python.display()));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sockscope"), bin.join("sockscope")).unwrap();
    for file in
        ["old.strace", "a.strace", "b.jsonl", "log.jsonl", "trace.jsonl", "server.jsonl", "client.jsonl", "t.parquet"]
    {
        let status = shell(folder, &format!("sockscope trace -f -o {file} python3 hello.py")).wait().unwrap();
        assert!(status.success(), "{file}");
    }
}

fn shell(folder: &Path, line: &str) -> Child {
    let mut path = folder.join("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let printed = fs::File::create(folder.join("printed")).unwrap();
    let mut command = interruptible("sh");
    command.args(["-c", &format!("exec {line}")]).env("PATH", path).env("BROWSER", "true").current_dir(folder);
    command.stdin(Stdio::null()).stderr(printed.try_clone().unwrap()).stdout(printed).spawn().unwrap()
}

/// Runs a line to its end; one that waits for somebody is interrupted when it has printed something.
fn run(folder: &Path, line: &str) -> ExitStatus {
    let waits = WAITING.iter().any(|waiting| line.contains(waiting));
    let mut child = shell(folder, line);
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        let printed = fs::metadata(folder.join("printed")).unwrap().len() > 0;
        if waits && printed || started.elapsed() > PATIENCE {
            kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
            let status = child.wait().unwrap();
            assert!(waits, "`{line}` does not end:\n{}", fs::read_to_string(folder.join("printed")).unwrap());
            return status;
        }
        std::thread::sleep(Duration::from_millis(5)); // between two looks, not as synchronisation
    }
}

fn check(wanted: fn(&str) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let mut count = 0;
    for (name, page) in pages() {
        for line in commands(&page) {
            let mut left = LONG.iter().chain(IN_TERMINAL);
            let long = left.any(|left| line.contains(&format!("sockscope {left}")));
            if !line.starts_with("sockscope ") || long || !wanted(&line) {
                continue;
            }
            count += 1;
            let status = run(folder.path(), &line);
            let interrupted = status.signal() == Some(Signal::SIGINT as i32) || status.code() == Some(130);
            let printed = fs::read_to_string(folder.path().join("printed")).unwrap_or_default();
            assert!(status.success() || interrupted, "{name}: `{line}`: {status}\n{printed}");
        }
    }
    assert!(count > 0, "no example was found");
}

/// Programs are run one after the other, since the documents' ports are fixed.
#[test]
fn every_example_that_runs_a_program_ends_well() {
    if alone(every_example_that_runs_a_program_ends_well) {
        return;
    }
    check(|line| line.contains(" run ") || line.contains(" trace ") || line.contains("compare"));
}

#[test]
fn every_other_example_ends_well() {
    check(|line| !(line.contains(" run ") || line.contains(" trace ") || line.contains("compare")));
}

/// The queries are answered by DuckDB itself, from a file that `trace` wrote.
#[test]
fn every_query_is_answered() {
    if !have(Need::Packages) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let mut count = 0;
    for (name, page) in pages() {
        for line in commands(&page).iter().filter_map(|line| line.strip_prefix("duckdb -c \"")?.strip_suffix('"')) {
            let mut python = Command::new(python_with_packages());
            python.args(["-c", "import duckdb, sys; print(len(duckdb.sql(sys.argv[1]).fetchall()))", line]);
            let output = python.current_dir(folder.path()).output().unwrap();
            let rows = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(rows.trim().parse::<u32>().is_ok_and(|rows| rows > 0), "{name}: {line}: {rows}{errors}");
            count += 1;
        }
    }
    assert!(count > 1, "no query was found");
}

/// Every page is reached from the README, and every link of a page leads somewhere.
#[test]
fn every_page_is_linked_and_every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let link = regex::Regex::new(r"\]\(([^)#]+)[^)]*\)").unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for (name, page) in pages() {
        let folder = root.join(&name).parent().unwrap().to_owned();
        for found in link.captures_iter(&page).map(|found| found[1].to_owned()) {
            assert!(found.contains("://") || folder.join(&found).exists(), "{name} links to {found}");
        }
        assert!(name.starts_with("README") || readme.contains(&format!("({name})")), "the README does not link {name}");
    }
}

/// The table of strace's options names each that `strace --help` does, and is right about ours.
#[test]
fn every_option_of_strace_is_in_the_table() {
    let table = include_str!("../docs/options.md");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    for row in &rows {
        let [names, example, verdict] = row.as_slice() else { panic!("{row:?}") };
        let example: Vec<&str> = example.trim_matches('`').split_whitespace().collect();
        if example.is_empty() {
            continue;
        }
        let taken = |tracer: &[&str]| {
            let mut command = Command::new(tracer[0]);
            command.args(&tracer[1..]).args(&example).arg("true").current_dir(folder.path()).stdin(Stdio::null());
            command.output().unwrap().status.success()
        };
        assert_eq!(
            taken(&[env!("CARGO_BIN_EXE_sockscope"), "trace"]),
            !verdict.starts_with("not"),
            "{names} {example:?}"
        );
        if have(Need::Strace) && !names.contains('(') {
            assert!(taken(&["strace"]), "strace does not take {example:?}");
        }
    }
    let Some(mut strace) = support::needs::strace() else { return };
    let help = String::from_utf8(strace.arg("--help").output().unwrap().stdout).unwrap();
    let option = regex::Regex::new(r"(?m)(--[a-z][a-z-]+)").unwrap();
    for found in option.captures_iter(&help) {
        assert!(table.contains(&format!("`{}`", &found[1])), "{} is not in docs/options.md", &found[1]);
    }
}
