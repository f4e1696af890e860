//! Every case of every document program: Rust roles, Python twins, and one of each.
//!
//! Nothing waits for a fixed time: each act of a script watches procfs, a log or an output. Cases run in parallel,
//! since most of them wait for the kernel.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test fails by panicking and gives the reason on standard error"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sockscope::program::cases::{self, Case};
use sockscope::program::runner::{Calls, Player, RunOptions, Runner, SocketLines};
use sockscope::program::{self, Role};

#[path = "programs/golden.rs"]
mod golden;
mod support;
#[path = "support/traces.rs"]
mod traces;

use support::interpreters::python3;
use support::needs::{Need, skip};

/// How many cases run at a time.
const PARALLEL_CASES: usize = 6;

/// The tests need strace; `tests/run` installs it.
fn need_strace() {
    let there = Command::new("strace").arg("-V").output().is_ok_and(|out| out.status.success());
    assert!(there, "strace must be on PATH: apt-get install strace");
}

/// Whether binding port 80 needs CAP_NET_BIND_SERVICE on this machine.
fn port_80_is_privileged() -> bool {
    fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        .is_ok_and(|start| start.trim().parse::<u32>().is_ok_and(|start| start > 80))
}

fn options(server: &Player, client: &Player, folder: &Path) -> RunOptions {
    RunOptions {
        sockscope: env!("CARGO_BIN_EXE_sockscope").into(),
        server: server.clone(),
        client: client.clone(),
        port: 0,
        host: None,
        strings: 100,
        why: false,
        verbose: false,
        state: false,
        python_calls: Calls::Unknown,
        python_lines: false,
        witness: None,
        folder: folder.to_owned(),
        apart: true,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

/// Calls `check` for every case, several at a time, and reports all failures. The cases of udp-remote, whose client
/// waits a tenth of a second for a reply, run alone.
fn every_case(check: impl Fn(&'static Case, &Path) -> Result<(), String> + Sync) {
    let only = std::env::var("SOCKSCOPE_CASE").ok();
    let wanted = |case: &&'static Case| {
        let name = format!("{} {}", case.program, case.name);
        if case.name == "privileged-port" && !port_80_is_privileged() {
            skip(Need::Kernel("privileged ports: here every user may bind port 80"));
            return false;
        }
        only.as_deref().is_none_or(|only| only == name)
    };
    let (alone, together): (Vec<_>, Vec<_>) =
        cases::all().filter(wanted).partition(|case| case.program == "udp-remote");
    let any =
        |case: &'static Case| only.as_deref().is_none_or(|only| only == format!("{} {}", case.program, case.name));
    assert!(cases::all().any(any), "no case is called {only:?}");
    let failures = Mutex::new(String::new());
    let run = |cases: &[&'static Case], at_a_time: usize| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..at_a_time {
                scope.spawn(|| {
                    while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let folder = tempfile::tempdir().unwrap();
                        if let Err(error) = check(case, folder.path()) {
                            *failures.lock().unwrap() += &format!("=== {} {}: {error}\n", case.program, case.name);
                        }
                    }
                });
            }
        });
    };
    run(&together, PARALLEL_CASES);
    run(&alone, 1);
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{failures}");
}

/// Runs one case; the lines of each process.
fn run(case: &Case, options: &RunOptions) -> Result<Vec<Vec<String>>, String> {
    Ok(processes(case, options)?.iter().map(|process| process.lines()).collect())
}

/// Runs one case; its processes, which have ended.
fn processes(case: &Case, options: &RunOptions) -> Result<Vec<program::runner::RoleProcess>, String> {
    let program = program::find(case.program).unwrap();
    let mut runner = Runner::new(options, program, None);
    let result = runner.run(case);
    let story = |process: &program::runner::RoleProcess| {
        format!("--- {} {}\n{}{}\n", process.role().name(), process.pid(), process.output(), process.lines().join("\n"))
    };
    match result {
        Ok(()) => Ok(runner.into_processes()),
        Err(failure) => Err(format!("{failure}\n{}", runner.processes().iter().map(story).collect::<String>())),
    }
}

fn compare(ours: &[Vec<String>], theirs: &[Vec<String>]) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    let text =
        |threads: &[Vec<String>]| threads.iter().map(|thread| thread.join("\n")).collect::<Vec<_>>().join("\n--\n");
    Err(format!("~~~ ours\n{}\n~~~ theirs\n{}", text(ours), text(theirs)))
}

/// Endings and calls of the Rust roles, and their log line for line as strace writes it.
#[test]
fn our_log_is_what_strace_writes() {
    need_strace();
    every_case(|case, folder| {
        let witness = folder.join("witness");
        fs::create_dir(&witness).unwrap();
        let options = RunOptions { witness: Some(witness.clone()), ..options(&Player::Rust, &Player::Rust, folder) };
        let processes = run(case, &options)?;
        let witnesses = fs::read_dir(&witness).unwrap().count();
        if processes.is_empty() || witnesses != processes.len() {
            return Err(format!("{} processes, {witnesses} witnessed", processes.len()));
        }
        for (number, ours) in processes.iter().enumerate() {
            // strace -D outlives the process: the trace is complete when it has the process's end.
            let trace = program::runner::observe_file(&witness.join(number.to_string()), |text| {
                text.lines().next_back().is_some_and(|line| line.ends_with(" +++"))
            })
            .map_err(|failure| failure.to_string())?;
            let mut sockets = SocketLines::default();
            let theirs: Vec<String> = trace.lines().flat_map(|line| sockets.take(line)).collect();
            compare(&traces::witnessed(ours), &traces::witnessed(&theirs))
                .map_err(|difference| format!("process {number}\n{difference}"))?;
        }
        Ok(())
    });
}

/// The Rust roles make the calls that CPython makes.
#[test]
fn our_calls_are_those_of_cpython() {
    need_strace();
    let python = Player::Python(python3().to_owned());
    every_case(|case, folder| {
        let rust = run(case, &options(&Player::Rust, &Player::Rust, &folder.join("rust")))?;
        let twins = options(&python, &python, &folder.join("python"));
        let twins = run(case, &RunOptions { python_calls: Calls::Strace, ..twins })?;
        if rust.is_empty() || rust.len() != twins.len() {
            return Err(format!("{} processes of ours, {} of Python", rust.len(), twins.len()));
        }
        for (number, (ours, theirs)) in rust.iter().zip(&twins).enumerate() {
            compare(&traces::normalised(ours), &traces::normalised(theirs))
                .map_err(|difference| format!("process {number}\n{difference}"))?;
        }
        Ok(())
    });
}

#[test]
fn a_rust_server_serves_pythons_client() {
    let python = Player::Python(python3().to_owned());
    every_case(|case, folder| run(case, &options(&Player::Rust, &python, folder)).map(drop));
}

#[test]
fn a_python_server_serves_rusts_client() {
    let python = Player::Python(python3().to_owned());
    every_case(|case, folder| run(case, &options(&python, &Player::Rust, folder)).map(drop));
}

#[test]
fn every_program_has_a_default_case_and_names_are_unique() {
    for program in program::PROGRAMS {
        let names: Vec<_> = cases::all().filter(|case| case.program == program.name).map(|case| case.name).collect();
        assert_eq!(names.first(), Some(&"default"), "{}", program.name);
        let unique: BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{}", program.name);
        for role in [Role::Server, Role::Client] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program").join(program.twin_file(role));
            assert_eq!(fs::read_to_string(file).unwrap(), program.twin(role));
        }
    }
    assert!(cases::all().all(|case| program::find(case.program).is_some()));
}
