//! The command: a file for each subcommand, which holds its arguments and what it does with them. Only here anything is
//! printed, read from the terminal, or an exit code chosen.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anstream::ColorChoice;
use anyhow::{Context, anyhow, bail};
use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::event::Errno;
use crate::lang::Language;
use crate::read::Report;
use crate::text::{visible_coloured, visible_json, visible_lines};
use crate::tracer::{CallSet, SelectError};

mod claims;
mod compare;
mod completions;
mod convert;
mod explain;
mod format;
mod language;
mod lessons;
mod log;
mod man;
mod map;
mod merge;
mod nearest;
mod open;
mod own;
mod paint;
mod programs;
mod replay;
mod run;
mod schema;
mod signals;
mod sockets;
mod table;
mod trace;
mod view;
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
    /// Colours: where a terminal shows them and NO_COLOR is not set, always, or never.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colours::Auto)]
    color: Colours,

    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// When there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colours {
    /// On a terminal
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl Colours {
    /// Decides for the whole command.
    fn apply(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
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
    View => view,
    Claims => claims,
    Compare => compare,
    Convert => convert,
    Explain => explain,
    Lessons => lessons,
    Map => map,
    Merge => merge,
    Replay => replay,
    Sockets => sockets,
    Where => r#where,
    Why => why,
}

/// Runs the command line and returns its exit code.
pub fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| refuse(&error));
    cli.color.apply();
    cli.command.run().unwrap_or_else(|error| report(&error))
}

/// Ends with what is wrong with the arguments; what does not exist in one sentence.
fn refuse(error: &clap::Error) -> ! {
    let context = |kind| error.get(kind).map(ToString::to_string);
    let (what, kind, near) = match error.kind() {
        ErrorKind::UnknownArgument => ("option", ContextKind::InvalidArg, ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => {
            ("subcommand", ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand)
        }
        _ => leave(error),
    };
    // What stands where no argument is expected is no option.
    let Some(name) = context(kind).filter(|name| what != "option" || name.starts_with('-')) else { leave(error) };
    // The usage names the subcommand.
    let usage = anstream::adapter::strip_str(&context(ContextKind::Usage).unwrap_or_default()).to_string();
    let known = |word: &&str| *word == "sockscope" || Cli::command().find_subcommand(word).is_some();
    let command: Vec<&str> = usage.split_whitespace().skip(1).take(2).filter(known).collect();
    let command = command.join(" ");
    let language = language::of_command_line();
    remark(
        language,
        &match context(near) {
            Some(near) => format!("there is no {what} {name}; did you mean '{near}'? `{command} --help` lists them"),
            None => format!("there is no {what} {name}; `{command} --help` lists them"),
        },
    );
    std::process::exit(TROUBLE.into())
}

/// Prints what clap has to say, help or an error that repeats what the user typed, and ends.
fn leave(error: &clap::Error) -> ! {
    let text = visible_coloured(&error.render().ansi().to_string());
    let _ =
        if error.use_stderr() { write!(anstream::stderr(), "{text}") } else { write!(anstream::stdout(), "{text}") };
    std::process::exit(error.exit_code())
}

/// Says something about the command itself, in the reader's language.
fn remark(language: Language, text: &str) {
    say(language.text(text));
}

/// Says something on standard error, in a line of its own.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{}", visible_lines(&format!("sockscope: {text}")));
}

/// Says what went wrong. A reader that left early (a closed pipe) is no trouble of ours.
fn report(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return ExitCode::SUCCESS;
    }
    say(in_language(language::of_command_line(), error));
    ExitCode::from(TROUBLE)
}

/// An error and its chain of causes, in the reader's language as far as that has words for them.
fn in_language(language: Language, error: &anyhow::Error) -> String {
    let mut out = String::new();
    for link in error.chain() {
        let number = link.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        let message = number.and_then(|number| language.translated(Errno(number).message()?));
        let translated = message.or_else(|| language.translated(&link.to_string()));
        if !out.is_empty() {
            out.push_str(if translated.is_some() { "：" } else { ": " });
        }
        out.push_str(&translated.unwrap_or_else(|| link.to_string()));
    }
    out
}

/// The calls that an expression of `-e` means, or what is wrong with it.
fn calls(text: &str) -> anyhow::Result<CallSet> {
    CallSet::parse(text).map_err(|error| match &error {
        SelectError::Unknown(name) => {
            anyhow!("{error}{}", nearest::did_you_mean(name, CallSet::all().names()).unwrap_or_default())
        }
        _ => error.into(),
    })
}

/// Writes text to standard output.
fn print(text: impl AsRef<str>) -> anyhow::Result<()> {
    write(io::stdout().lock(), visible_lines(text.as_ref()).as_bytes())
}

/// Writes JSON to standard output.
fn print_json(text: impl AsRef<str>) -> anyhow::Result<()> {
    write(io::stdout().lock(), visible_json(text.as_ref()).as_bytes())
}

/// Writes a file of ours to standard output, byte for byte.
fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    write(io::stdout().lock(), bytes)
}

/// Writes to standard output; the colours that are in it only where it is a terminal.
fn print_coloured(text: &str) -> anyhow::Result<()> {
    write(anstream::stdout().lock(), visible_coloured(text).as_bytes())
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
        say(format_args!("{name}: {report}"));
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
    use super::CommandFactory;

    #[test]
    fn the_arguments_of_all_subcommands_fit_together() {
        super::Cli::command().debug_assert();
    }
}
