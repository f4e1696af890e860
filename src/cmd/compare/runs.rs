//! Comparing what runs now: commands under our tracer, document programs against their Python twins.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow, bail};
use nix::sys::signal::Signal;
use sockscope::compare::{self, Options, Twins, twins};
use sockscope::decode::Limits;
use sockscope::event::Event;
use sockscope::program::cases::{CASES, Case};
use sockscope::program::runner::{Calls, Failure, Player, Process, Runner, Setting};
use sockscope::program::{Program, interrupt};
use sockscope::tracer::{Follower, Program as Traced, Settings, Source, Step};

use super::{shown, verdict, width};
use crate::cli::compare::CompareArgs;
use crate::cmd::{programs, run};

/// Bytes of each buffer that are compared; more than the programs send at once.
const STRINGS: usize = 4096;

/// The socket calls of a command, run by the shell, with its output on our standard error.
pub fn traced(command: &str) -> anyhow::Result<Vec<Event>> {
    let script = format!("exec >&2\n{command}");
    let program = Traced { argv: ["sh", "-c", &script].map(Into::into).to_vec(), ..Traced::default() };
    let limits = Limits { strings: STRINGS, ..Limits::default() };
    let cannot = || format!("cannot trace {command:?}");
    let mut source = Follower::start(&program, Settings { limits, ..Settings::default() }).with_context(cannot)?;
    let mut events = Vec::new();
    while let Some(step) = source.next().with_context(cannot)? {
        if let Step::Event(happened) = step {
            events.push(happened.event);
        }
    }
    Ok(events)
}

/// Runs a case with our program and with its twin, and shows what differs, process by process.
pub fn case(
    program: &'static Program,
    case: &'static Case,
    options: &Options,
    args: &CompareArgs,
) -> anyhow::Result<ExitCode> {
    let pairs = runs(program, case, options, STRINGS)?;
    if !args.quiet {
        let mut out = io::stdout().lock();
        for (name, twins) in &pairs {
            if args.format != crate::cli::compare::View::Json {
                writeln!(out, "{} {}, {name}: our program | Python", program.name, case.name)?;
            }
            out.write_all(shown(args.format, args.all, &twins.comparison, &twins.left, &twins.right).as_bytes())?;
        }
    }
    Ok(verdict(pairs.iter().all(|(_, twins)| twins.comparison.is_same())))
}

/// The same for `sockscope run NAME --compare`: side by side, with the calls that are the same.
pub fn both(program: &'static Program, case: &'static Case, strings: usize) -> anyhow::Result<ExitCode> {
    let pairs = runs(program, case, &Options::default(), strings)?;
    let mut out = io::stdout().lock();
    for (name, twins) in &pairs {
        writeln!(out, "{} {}, {name}: our program | Python", program.name, case.name)?;
        let text = compare::side_by_side(&twins.comparison, &twins.left, &twins.right, width(), true);
        out.write_all(text.as_bytes())?;
    }
    Ok(verdict(pairs.iter().all(|(_, twins)| twins.comparison.is_same())))
}

/// Every program and case, a line each as soon as it is known.
pub fn every_case(options: &Options, quiet: bool) -> anyhow::Result<ExitCode> {
    let mut all_same = true;
    let mut trouble = None;
    let line = |text: &str| if quiet { Ok(()) } else { writeln!(io::stdout(), "{}", text.trim_end()) };
    line(&format!("{:12} {:18} {:>9} {:>5}  VERDICT", "PROGRAM", "CASE", "PROCESSES", "CALLS"))?;
    for case in CASES {
        let program = programs::find(case.program)?;
        let name = format!("{:12} {:18}", program.name, case.name);
        match runs(program, case, options, STRINGS) {
            Ok(pairs) => {
                let calls: usize = pairs.iter().map(|(_, twins)| twins.comparison.rows().count()).sum();
                let differing = pairs.iter().filter(|(_, twins)| !twins.comparison.is_same());
                let differing: Vec<_> = differing.map(|(name, twins)| told(name, twins)).collect();
                let told = if differing.is_empty() { "same".to_owned() } else { differing.join("; ") };
                all_same &= differing.is_empty();
                line(&format!("{name} {:>9} {calls:>5}  {told}", pairs.len()))?;
            }
            Err(error) => {
                line(&format!("{name} {:>9} {:>5}  not run: {error:#}", "", ""))?;
                trouble.get_or_insert(case);
            }
        }
    }
    match trouble {
        Some(case) => bail!("{} {} and perhaps others could not be run", case.program, case.name),
        None => Ok(verdict(all_same)),
    }
}

/// What differs between two processes, in short.
fn told(name: &str, twins: &Twins) -> String {
    let counts = twins.comparison.counts().into_iter().filter(|(name, count)| *name != "same" && *count > 0);
    let counts: Vec<_> = counts.map(|(name, count)| format!("{count} {name}")).collect();
    format!("{name}: {}", counts.join(", "))
}

/// Runs a case twice; the comparison of each process of the script, by its number and role.
fn runs(
    program: &'static Program,
    case: &Case,
    options: &Options,
    strings: usize,
) -> anyhow::Result<Vec<(String, Twins)>> {
    let python = Player::Python(run::interpreter()?);
    interrupt::remember(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP])?;
    let folder = tempfile::tempdir().context("cannot make a directory for the programs to run in")?;
    let (mut sides, mut options) = (Vec::new(), options.clone());
    for (player, place) in [(Player::Rust, "rust"), (python, "python")] {
        let (processes, port) = processes(program, case, &player, &folder.path().join(place), strings)?;
        options.chosen.extend(port);
        sides.push(processes);
    }
    let compared = |(number, (left, right)): (usize, (&Process, &Process))| {
        let name = format!("process {number} ({})", left.role().name());
        (name, twins(&left.events(), &right.events(), &options))
    };
    Ok(sides[0].iter().zip(&sides[1]).enumerate().map(compared).collect())
}

/// Runs a case to its end; its processes, and the port it chose.
fn processes(
    program: &'static Program,
    case: &Case,
    player: &Player,
    folder: &Path,
    strings: usize,
) -> anyhow::Result<(Vec<Process>, Option<u16>)> {
    let sockscope: PathBuf = std::env::current_exe().context("cannot find this executable")?;
    let setting = Setting {
        sockscope,
        server: player.clone(),
        client: player.clone(),
        port: 0,
        host: None,
        strings,
        why: false,
        verbose: false,
        state: false,
        python_calls: Calls::Tracer,
        witness: None,
        folder: folder.to_owned(),
        apart: true,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let mut runner = Runner::new(&setting, program, None);
    match runner.run(case) {
        Ok(()) => {
            let port = runner.chosen_port();
            Ok((runner.into_processes(), port))
        }
        Err(failure) => {
            let output: String = runner.processes().iter().map(|process| process.output()).collect();
            drop(runner);
            if let (Failure::Stopped, Some(signal)) = (&failure, interrupt::came()) {
                interrupt::die_by(signal)?;
            }
            let who = if *player == Player::Rust { "our program" } else { "the Python twin" };
            Err(anyhow!("{who} did not run as the case says: {failure}\n{output}"))
        }
    }
}
