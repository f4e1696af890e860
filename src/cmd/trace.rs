//! `sockscope trace`: traces a program and writes what it did as it happens.

mod arguments;
mod options;
mod output;
mod present;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use nix::sys::prctl;
use nix::sys::signal::Signal;

use super::signals;
use crate::event::Exit;
use crate::tracer::{Backend, Program, SpawnError, TraceError, Tracer};
pub(super) use arguments::Args;
use options::Plan;
use output::Outputs;
use present::Presenter;

/// Exit code when tracing failed, or its output could not be written.
const FAILED: u8 = 1;
/// Exit codes a shell gives for a program that cannot be run or found.
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Runs `sockscope trace`. The program's exit status, or the signal that killed it, becomes the command's own.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut plan = Plan::read(args)?;
    if plan.handover {
        // A runner that is killed leaves no role behind; the program inherits this.
        prctl::set_pdeathsig(Signal::SIGKILL).context("cannot be ended with the run")?;
    }
    let outputs = Outputs::open(&plan.output).with_context(|| "the trace cannot be written")?;
    plan.program.dispositions = signals::install();
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
    let written = presenter.finish();
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

fn begin(plan: &Plan) -> Result<Tracer, TraceError> {
    if !plan.attach.is_empty() {
        return Tracer::attach(&plan.attach, plan.settings.clone());
    }
    let program: &Program = &plan.program;
    if plan.beside {
        return Tracer::start_detached(program, plan.settings.clone());
    }
    Tracer::start(program, plan.settings.clone())
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
