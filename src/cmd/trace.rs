//! `sockscope trace`: traces a program and writes what it did as it happens.

mod arguments;
mod options;
mod output;
mod present;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout, setsid};

use super::requests;
use crate::event::Exit;
use crate::sys::signals;
use crate::tracer::{Agent, Backend, Program, SpawnError, TraceError, Tracer};
pub(super) use arguments::Args;
use options::{Daemon, Interruptible, Plan};
use output::Outputs;
use present::Presenter;

/// Exit code when tracing failed, or its output could not be written.
const FAILED: u8 = 1;
/// Exit codes a shell gives for a program that cannot be run or found.
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Begins a session with this terminal, on which the program reads and prints.
fn take_terminal(terminal: &Path) -> anyhow::Result<()> {
    // The first terminal that the leader of a session opens is the session's.
    setsid()?;
    let terminal = std::fs::File::options().read(true).write(true).open(terminal)?;
    dup2_stdin(&terminal)?;
    dup2_stdout(&terminal)?;
    dup2_stderr(&terminal)?;
    Ok(())
}

/// Runs `sockscope trace`. The program's exit status, or the signal that killed it, becomes the command's own.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if args.version {
        crate::cmd::print(concat!("sockscope ", env!("CARGO_PKG_VERSION"), "\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut args = args.clone();
    if args.open.open {
        if args.follow > 1 || args.output_separately {
            anyhow::bail!("--open shows one page: leave -ff out");
        }
        let output = args.output.take().map(PathBuf::from);
        let (output, format) = args.open.target(output, args.format, "trace")?;
        (args.output, args.format) = (output.map(Into::into), format);
    }
    let args = &args;
    let mut plan = Plan::read(args)?;
    plan.remarks.iter().for_each(|remark| output::message(remark));
    if plan.handover {
        // A runner that is killed leaves no role behind; the program inherits this.
        prctl::set_pdeathsig(Signal::SIGKILL).context("cannot be ended with the run")?;
    }
    let outputs = Outputs::open(&plan.output).with_context(|| "the trace cannot be written")?;
    if let Some(terminal) = &args.own_terminal {
        take_terminal(terminal).with_context(|| format!("cannot use the terminal {}", terminal.display()))?;
    }
    plan.program.dispositions = requests::install(plan.settings.agent != Agent::Never);
    if plan.interruptible != Interruptible::Waiting {
        signals::ignore(plan.interruptible == Interruptible::NeverStopped, &mut plan.program.dispositions);
    }
    let mut presenter = Presenter::new(&plan, outputs);
    let mut source = match begin(&plan) {
        Ok(source) => source,
        Err(error) => return refuse(error),
    };
    if let Some(file) = &plan.ready {
        // Every thread is seized by now: none returns to the program without stopping here first.
        std::fs::OpenOptions::new()
            .write(true)
            .open(file)
            .and_then(|mut file| file.write_all(b"ready\n"))
            .with_context(|| format!("cannot write into {}; try --ready /dev/fd/N of an open pipe", file.display()))?;
    }
    let ended = loop {
        match source.next() {
            Ok(Some(step)) => presenter.step(step),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    signals::ticking(false);
    if let Some(tip) = plan.tip.and_then(|tip| tip.text(std::process::id() as usize)) {
        output::message(&tip);
    }
    let written = presenter.finish();
    if written.is_ok()
        && let Err(error) = args.open.show(args.output.as_deref().map(Path::new))
    {
        output::message(&format!("{error:#}"));
    }
    if args.stats {
        stats(&source);
    }
    let failed = match ended {
        Some(TraceError::Ended(signal)) => signals::die_of(signal),
        Some(error) => return refuse(error),
        None => written.err(),
    };
    let code = match source.outcome() {
        Some(Exit::Killed { signal, .. }) => signals::die_of(signal as i32),
        Some(Exit::Status(status)) => status as u8,
        None => match source.left_by() {
            Some(signal) => signals::die_of(signal),
            None => 0,
        },
    };
    let Some(error) = failed else { return Ok(ExitCode::from(code)) };
    let trouble = failure(&anyhow::Error::from(error).context("the trace is not complete"));
    Ok(if code == 0 { trouble } else { ExitCode::from(code) })
}

/// How many calls were recorded inside the program, and why others stopped it.
fn stats(source: &Tracer) {
    match source.ways() {
        Err(why) => output::message(&format!("every traced call stopped the program: {why}")),
        Ok(ways) => {
            let stopped: u64 = ways.stopped.values().sum();
            output::message(&format!("{} calls were recorded inside the program, {stopped} stopped it", ways.recorded));
            for (reason, calls) in &ways.stopped {
                output::message(&format!("{calls:>10} {reason}"));
            }
        }
    }
}

fn begin(plan: &Plan) -> Result<Tracer, TraceError> {
    let program: &Program = &plan.program;
    if program.argv.is_empty() {
        return Tracer::attach(&plan.attach, plan.settings.clone());
    }
    let Some(daemon) = plan.beside else {
        return Tracer::start_beside(program, &plan.attach, plan.settings.clone());
    };
    let tracer = Tracer::start_detached(program, plan.settings.clone())?;
    // What is sent to the caller's group or session does not reach the tracer then; where it is alone already, as ever.
    match daemon {
        Daemon::Grandchild => {}
        Daemon::Group => drop(nix::unistd::setpgid(nix::unistd::Pid::from_raw(0), nix::unistd::Pid::from_raw(0))),
        Daemon::Session => drop(nix::unistd::setsid()),
    }
    Ok(tracer)
}

/// Says what went wrong with the tracing itself.
fn failure(error: &anyhow::Error) -> ExitCode {
    output::message(&format!("{error:#}"));
    ExitCode::from(FAILED)
}

/// Says why there is nothing to trace, with the exit code a shell would give.
fn refuse(error: TraceError) -> anyhow::Result<ExitCode> {
    let code = match &error {
        TraceError::Spawn(SpawnError::NotFound(_)) => NOT_FOUND,
        TraceError::Spawn(SpawnError::NotExecutable(..)) => NOT_EXECUTABLE,
        _ => FAILED,
    };
    failure(&error.into());
    Ok(ExitCode::from(code))
}
