//! Both roles of a program, each in a process of its own, followed to the end.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::mpsc::channel;

use anyhow::{Context, anyhow, bail};

use super::lesson::{self, Making};
use super::{Args, GroupArg, expected, network, show};
use crate::cmd::why::Causes;
use crate::cmd::{NO_HANDLER, TROUBLE, format, log};
use crate::program::cases::Case;
use crate::program::runner::{Calls, Failure, Player, RunOptions, Runner};
use crate::program::{Program, Role};
use crate::sys::signals;
use crate::text::Pids;

/// Runs a case and reports whether it ended as expected.
pub(super) fn run(
    args: &Args,
    program: &'static Program,
    case: &'static Case,
    python: [bool; 2],
) -> anyhow::Result<ExitCode> {
    let written = format::chosen(args.log.format, args.log.output.as_deref())?;
    format::explains(args.log.explain, written.format)?;
    let interpreter = if python.contains(&true) { Some(interpreter()?) } else { None };
    let player = |python: bool| match &interpreter {
        Some(path) if python => Player::Python(path.clone()),
        _ => Player::Rust,
    };

    let players = python.map(player);
    let making = Making::of(args, program, written.format, players.each_ref())?;
    let page = making.is_some();
    network::enter(args, program, case)?; // before the first thread
    let signals = signals::remember().context(NO_HANDLER)?;
    let port = network::port(args, program, case, &signals)?;

    let file = log::file(&args.log, written)?;
    format::spare_the_terminal(written.format, file.is_none() && std::io::stdout().is_terminal())?;
    let pids = if file.is_some() { Pids::Bare } else { Pids::None };
    let to_person = file.is_none() && std::io::stdout().is_terminal();
    let wanted = args.group.map_or(to_person && written.format.for_people, |group| group == GroupArg::Python);
    let group = wanted && python.contains(&true);
    if group && !written.format.for_people {
        bail!(
            "--group is for strace's text; in {} each call has its line, so let its reader group",
            written.format.name
        );
    }
    let mut options = log::options(&args.log, pids, to_person);
    options.lines.group = group;
    // Each line stands behind its role.
    options.lines.columns = options.lines.columns.map(|columns| columns.saturating_sub("server | ".len()));
    options.lesson = making.as_ref().map(|making| making.slot.clone());
    options.grouped = true; // each stands where it happened, among what the other role does
    let language = options.lines.language;
    show::notice(&expected::before(program, case, language));
    let why = args.log.why.or(page.then_some(Causes::Failures));
    let screen = show::Screen::new(*written.format, options, why, to_person, file, signals.flag())?;
    let (news, heard) = channel();
    let display = std::thread::spawn(move || screen.follow(&heard));

    let [server, client] = players;
    let setting = RunOptions {
        sockscope: std::env::current_exe().context("cannot find this executable")?,
        server,
        client,
        port,
        host: args.host.clone(),
        strings: if page { args.log.strings().max(lesson::MIN_STRINGS) } else { args.log.strings() },
        verbose: args.log.verbose,
        why: why.is_some(),
        state: args.log.state || page,
        python_calls: Calls::Tracer,
        python_lines: group || page || written.format.adds_stacks,
        witness: None,
        folder: std::env::current_dir().context("cannot find the current directory")?,
        apart: false,
        stop: signals.flag(),
    };
    let saved = expected::Saved::watch(program);
    let mut runner = Runner::new(&setting, program, Some(news));
    let result = runner.run(case);
    let played: Vec<(Role, String)> =
        runner.processes().iter().map(|process| (process.role(), process.output())).collect();
    let ended = result.is_ok().then(|| expected::after(case, &played, language));
    let made = making.map_or(Ok(()), |making| making.end(program, case, &played, &result));
    drop(runner); // ends what still runs, and with it the news
    let shown = display.join().map_err(|_| anyhow!("the thread that shows the log panicked"))?;

    if let Some(signal) = signals.last() {
        signals::die_of(signal as i32);
    }
    shown?;
    made?;
    saved.report(language);
    match result {
        Ok(()) => {
            show::notice(&ended.unwrap_or_default());
            Ok(ExitCode::SUCCESS)
        }
        Err(Failure::Unexpected(text)) => {
            show::notice(&expected::instead(program, case, &text, language));
            Ok(ExitCode::from(1))
        }
        Err(Failure::NotRun(text)) => bail!(language.text(&text).into_owned()),
        Err(Failure::Stopped) => Ok(ExitCode::from(TROUBLE)),
    }
}

/// The interpreter behind the first python3 on PATH, which may be a wrapper.
pub(in crate::cmd) fn interpreter() -> anyhow::Result<PathBuf> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output.context("cannot start python3, which --python needs: apt-get install python3")?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || path.is_empty() {
        bail!("python3 does not report its path: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(path.into())
}
