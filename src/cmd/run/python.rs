//! One role of Python's in the foreground, under our tracer.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anstream::ColorChoice;
use anyhow::Context;
use clap::ValueEnum;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Args, GroupArg, both, expected, role};
use crate::cmd::NO_HANDLER;
use crate::cmd::format::TextArg;
use crate::program::cases::Case;
use crate::program::{Program, Role};
use crate::sys::folder;
use crate::sys::signals;

/// How long it may take to end by a signal until it is sent that again; SIGINT for the first time, since that comes from
/// the terminal, mostly, and it has it then.
const GRACE: Duration = Duration::from_millis(500);

/// Runs it; the exit code is the twin's own.
pub(super) fn run(args: &Args, program: &Program, role: Role, case: &Case) -> anyhow::Result<ExitCode> {
    // The terminal sends SIGINT to the program too; we live on to take the directory away.
    let signals = signals::remember().context(NO_HANDLER)?;
    let folder = folder::private("sockscope-twins-").context("cannot make a directory for the Python program")?;
    let twin = folder.path().join(program.twin_file(role));
    std::fs::write(&twin, program.twin(role)).context("cannot write the Python program")?;

    let mut command = Command::new(std::env::current_exe().context("cannot find this executable")?);
    command.args(tracing(args)).arg("--").arg(both::interpreter()?).arg(twin);
    command.args(role::words(args, program, role, case)).env("PYTHONIOENCODING", "utf-8");
    let saved = expected::Saved::watch(program);
    let mut child = command.spawn().context("cannot start the tracer")?;
    let (mut passed, mut pass_at) = (None, Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if let Some(signal) = signals.last().filter(|signal| passed != Some(*signal)) {
            passed = Some(signal);
            pass_at = Instant::now() + if signal == Signal::SIGINT { GRACE } else { Duration::ZERO };
        }
        if let Some(signal) = passed.filter(|_| Instant::now() >= pass_at) {
            let _ = kill(Pid::from_raw(child.id() as i32), signal); // it may have ended by now
            pass_at += GRACE;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    };
    drop(folder);
    saved.report(args.log.language.get());
    if let Some(signal) = status.signal() {
        signals::die_of(signal);
    }
    Ok(ExitCode::from(status.code().unwrap_or_default() as u8))
}

/// The tracer's arguments: those of the log, which are spelled the same.
fn tracing(args: &Args) -> Vec<OsString> {
    let log = &args.log;
    let mut words: Vec<OsString> = ["trace", "-f", "-q", "-s"].map(OsString::from).to_vec();
    words.push(log.strings().to_string().into());
    words.extend(["-a".to_owned(), log.align.to_string(), "-X".to_owned(), log.constants.clone()].map(OsString::from));
    let repeated = [("-t", log.time), ("-x", log.hex)];
    words.extend(repeated.iter().flat_map(|(word, times)| (0..*times).map(move |_| OsString::from(*word))));
    let asked = [("--state", log.state), ("--explain", log.explain)];
    let given = [("-r", log.relative), ("-T", log.durations), ("-v", log.verbose)].into_iter().chain(asked);
    words.extend(given.filter(|(_, given)| *given).map(|(word, _)| OsString::from(word)));
    words.extend(log.why.map(|causes| OsString::from(causes.option())));
    let to_person = log.output.is_none() && std::io::stderr().is_terminal();
    if log.text.map_or(to_person, |text| text == TextArg::Utf8) {
        words.extend(["--text", "utf8"].map(OsString::from));
    }
    words.extend(["--lang", log.language.get().name()].map(OsString::from));
    let colours = match ColorChoice::global() {
        ColorChoice::Never => "never",
        ColorChoice::Auto => "auto",
        _ => "always",
    };
    words.extend(["--color", colours].map(OsString::from));
    match args.group {
        Some(GroupArg::Python) => words.extend(["--group", "python"].map(OsString::from)),
        Some(GroupArg::None) | None => {}
    }
    if let Some(by) = log.folded.by.to_possible_value() {
        words.extend(["--folded-by", by.get_name()].map(OsString::from));
    }
    if let Some(format) = log.format {
        words.extend([OsString::from("--format"), format.name.into()]);
    }
    if let Some(path) = &log.output {
        words.extend([OsString::from("-o"), path.into()]);
    }
    words
}
