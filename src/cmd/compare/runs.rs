//! Comparing what runs now: commands under our tracer, document programs against their Python twins.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, anyhow, bail};

use super::{Args, View, shown, verdict};
use crate::cmd::{NO_HANDLER, run};
use crate::compare::{CompareOptions, Twins, twins};
use crate::decode::Limits;
use crate::event::Event;
use crate::program::Program;
use crate::program::cases::Case;
use crate::program::runner::{Calls, Failure, Player, RoleProcess, RunOptions, Runner};
use crate::sys::folder;
use crate::sys::signals;
use crate::tracer::{Backend, Program as Traced, Settings, Step, Tracer};

/// Bytes of each buffer that are compared; more than the programs send at once.
pub(crate) const STRINGS: usize = 4096;

/// The socket calls of a command, run by the shell, with its output on our standard error.
pub(crate) fn traced(command: &str) -> anyhow::Result<Vec<Event>> {
    let script = format!("exec >&2\n{command}");
    let argv = ["sh", "-c", &script].map(Into::into).to_vec();
    let program = Traced { argv, dispositions: signals::inherited(), ..Traced::default() };
    let limits = Limits { strings: STRINGS, ..Limits::default() };
    let cannot = || format!("cannot trace {command:?}");
    let mut source = Tracer::start(&program, Settings { limits, ..Settings::default() }).with_context(cannot)?;
    let mut events = Vec::new();
    while let Some(step) = source.next().with_context(cannot)? {
        if let Step::Event(happened) = step {
            events.push(happened.event);
        }
    }
    Ok(events)
}

/// An interpreter, and which version of Python it is.
#[derive(Debug, Clone)]
pub(crate) struct Interpreter {
    path: PathBuf,
    pub version: String,
}

/// The interpreters at these places, or the first one on PATH.
pub(crate) fn interpreters(paths: &[PathBuf]) -> anyhow::Result<Vec<Interpreter>> {
    let interpreter = |path: PathBuf| {
        let ask = ["-c", "import platform; print(platform.python_version())"];
        let out = Command::new(&path).args(ask).output();
        let out = out.with_context(|| format!("cannot start {}; is it a Python interpreter?", path.display()))?;
        let version = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        if !out.status.success() || version.is_empty() {
            bail!(
                "{} does not report its Python version: {}",
                path.display(),
                String::from_utf8_lossy(&out.stderr).trim()
            );
        }
        Ok(Interpreter { path, version })
    };
    if paths.is_empty() {
        return Ok(vec![interpreter(run::interpreter()?)?]);
    }
    paths.iter().cloned().map(interpreter).collect()
}

/// The processes of a script, by number and role, each held against its twin.
pub(crate) type Pairs = Vec<(String, Twins)>;

/// Whether all of them made the same calls.
pub(crate) fn all_same(pairs: &Pairs) -> bool {
    pairs.iter().all(|(_, twins)| twins.comparison.is_same())
}

/// Runs a case with our program and with its twin, and shows what differs, process by process.
pub(crate) fn case(
    program: &'static Program,
    case: &'static Case,
    options: &CompareOptions,
    args: &Args,
) -> anyhow::Result<ExitCode> {
    let interpreters = interpreters(&args.python)?;
    let mut same = true;
    for (python, pairs) in interpreters.iter().zip(runs(program, case, options, STRINGS, &interpreters)?) {
        let pairs = pairs?;
        same &= all_same(&pairs);
        let mut out = anstream::stdout().lock();
        for (name, twins) in pairs.iter().filter(|_| !args.quiet) {
            if args.format != Some(View::Json) {
                heading(&mut out, program, case, name, python)?;
            }
            out.write_all(
                shown((args.format, args.text, args.all), &twins.comparison, &twins.left, &twins.right).as_bytes(),
            )?;
        }
    }
    Ok(verdict(same))
}

fn heading(out: &mut impl Write, program: &Program, case: &Case, name: &str, python: &Interpreter) -> io::Result<()> {
    writeln!(out, "{} {}, {name}: our program | Python {}", program.name, case.name, python.version)
}

/// The same for `sockscope run NAME --compare`: side by side, with the calls that are the same.
pub(crate) fn both(program: &'static Program, case: &'static Case, strings: usize) -> anyhow::Result<ExitCode> {
    let interpreters = interpreters(&[])?;
    let mut same = true;
    for (python, pairs) in
        interpreters.iter().zip(runs(program, case, &CompareOptions::default(), strings, &interpreters)?)
    {
        let pairs = pairs?;
        same &= all_same(&pairs);
        let mut out = anstream::stdout().lock();
        for (name, twins) in &pairs {
            heading(&mut out, program, case, name, python)?;
            let text = shown((None, None, true), &twins.comparison, &twins.left, &twins.right);
            out.write_all(text.as_bytes())?;
        }
    }
    Ok(verdict(same))
}

/// Runs a case with our program once and with each interpreter; what came of each.
///
/// # Errors
/// An error where our own program did not run as its case expects. A twin that did not is that interpreter's result.
pub(crate) fn runs(
    program: &'static Program,
    case: &Case,
    options: &CompareOptions,
    strings: usize,
    interpreters: &[Interpreter],
) -> anyhow::Result<Vec<anyhow::Result<Pairs>>> {
    signals::remember().context(NO_HANDLER)?;
    let folder = folder::private("sockscope-").context("cannot make a directory for the programs to run in")?;
    let (ours, our_port) = processes(program, case, &Player::Rust, &folder.path().join("rust"), strings)?;
    let with = |(number, python): (usize, &Interpreter)| {
        let place = folder.path().join(number.to_string());
        let (theirs, port) = processes(program, case, &Player::Python(python.path.clone()), &place, strings)?;
        let mut options = options.clone();
        options.chosen.extend(our_port.into_iter().chain(port));
        let compared = |(number, (left, right)): (usize, (&RoleProcess, &RoleProcess))| {
            let name = format!("process {number} ({})", left.role().name());
            (name, twins(&left.events(), &right.events(), &options))
        };
        Ok(ours.iter().zip(&theirs).enumerate().map(compared).collect())
    };
    Ok(interpreters.iter().enumerate().map(with).collect())
}

/// Runs a case to its end; its processes, and the port it chose.
fn processes(
    program: &'static Program,
    case: &Case,
    player: &Player,
    folder: &Path,
    strings: usize,
) -> anyhow::Result<(Vec<RoleProcess>, Option<u16>)> {
    let signals = signals::remember().context(NO_HANDLER)?;
    let sockscope: PathBuf = std::env::current_exe().context("cannot find this executable")?;
    let setting = RunOptions {
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
        python_lines: false,
        witness: None,
        folder: folder.to_owned(),
        apart: true,
        stop: signals.flag(),
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
            if let (Failure::Stopped, Some(signal)) = (&failure, signals.last()) {
                signals::die_of(signal as i32);
            }
            let who = if *player == Player::Rust { "our program" } else { "the Python twin" };
            Err(anyhow!("{who} did not run as its case expects: {failure}\n{output}"))
        }
    }
}
