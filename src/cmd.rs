//! The command: a file for each subcommand, which holds its arguments and what it does with them. Only here anything is
//! printed, read from the terminal, or an exit code chosen.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::read::Report;
use crate::tracer::{Calls, SelectError};

mod claims;
mod compare;
mod completions;
mod convert;
mod explain;
mod format;
mod language;
mod log;
mod man;
mod map;
mod nearest;
mod programs;
mod replay;
mod run;
mod schema;
mod signals;
mod trace;
mod r#where;
mod why;

/// Exit code for what could not be done at all: bad arguments, unreadable files.
const TROUBLE: u8 = 2;

/// Context of an error on standard output; a reader that closed it early is no error ([`report`]).
const STDOUT: &str = "cannot write to standard output";

/// See what a socket program really asks of the kernel, and which line of Python asked it.
#[derive(Debug, Parser)]
#[command(name = "sockscope", version = option_env!("SOCKSCOPE_VERSION").unwrap_or(env!("CARGO_PKG_VERSION")))]
#[command(subcommand_required = true, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// The subcommands, each with the module that has its `Args` and the function `run` that takes them.
macro_rules! subcommands {
    ($($name:ident => $module:ident,)*) => {
        #[derive(Debug, Subcommand)]
        enum Command { $($name(Box<$module::Args>),)* }

        impl Command {
            fn run(&self) -> anyhow::Result<ExitCode> {
                match self { $(Self::$name(args) => $module::run(args),)* }
            }
        }
    };
}

subcommands! {
    Programs => programs,
    Run => run,
    Completions => completions,
    Man => man,
    Schema => schema,
    Trace => trace,
    Claims => claims,
    Compare => compare,
    Convert => convert,
    Explain => explain,
    Map => map,
    Replay => replay,
    Where => r#where,
    Why => why,
}

/// Runs the command line and returns its exit code.
pub fn main() -> ExitCode {
    Cli::parse().command.run().unwrap_or_else(|error| report(&error))
}

/// Says what went wrong. A reader that left early (a closed pipe) is no trouble of ours.
fn report(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(anstream::stderr(), "sockscope: {error:#}");
    ExitCode::from(TROUBLE)
}

/// The calls that an expression of `-e` means, or what is wrong with it.
fn calls(text: &str) -> anyhow::Result<Calls> {
    Calls::parse(text).map_err(|error| match &error {
        SelectError::Unknown(name) => {
            anyhow!("{error}{}", nearest::did_you_mean(name, Calls::all().names()).unwrap_or_default())
        }
        _ => error.into(),
    })
}

/// Writes to standard output, byte for byte.
fn print(text: impl AsRef<[u8]>) -> anyhow::Result<()> {
    write(io::stdout().lock(), text.as_ref())
}

/// Writes to standard output; the colours that are in it only where it is a terminal.
fn print_coloured(text: &str) -> anyhow::Result<()> {
    write(anstream::stdout().lock(), text.as_bytes())
}

fn write(mut out: impl Write, text: &[u8]) -> anyhow::Result<()> {
    out.write_all(text).and_then(|()| out.flush()).context(STDOUT)
}

/// Reports what could not be read of a trace, and fails where there is no call in it.
fn readable(path: &Path, report: &Report) -> anyhow::Result<()> {
    let name = path.display();
    if let Some((form, advice)) = report.looks_like() {
        bail!("cannot read {name}: it looks like {form}, which is not supported; {advice}");
    }
    if report.unread() > 0 {
        writeln!(anstream::stderr(), "sockscope: {name}: {report}")?;
    }
    if report.calls() == 0 {
        bail!("{name} has no calls; is it a trace?");
    }
    Ok(())
}

/// A bar on a terminal, for work whose size is known; nothing elsewhere.
fn progress(size: u64, template: &str) -> ProgressBar {
    if size == 0 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(size).with_style(style)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_of_all_subcommands_fit_together() {
        super::Cli::command().debug_assert();
    }
}
