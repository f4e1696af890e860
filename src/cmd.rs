//! The command: a file for each subcommand, which holds its arguments and what it does with them. Only here anything is
//! printed, read from the terminal, or an exit code chosen.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anstream::ColorChoice;
use anyhow::{Context, anyhow, bail};
use clap::{Parser, Subcommand, ValueEnum};
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
mod refuse;
mod replay;
mod requests;
mod run;
mod schema;
mod sockets;
mod table;
mod trace;
mod view;
mod r#where;
mod why;

/// Exit code for what could not be done at all: bad arguments, unreadable files.
const TROUBLE: u8 = 2;

/// Context of the error when signals' handlers cannot be installed.
const NO_HANDLER: &str = "cannot install the Ctrl-C handler";

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

    /// The language of sentences.
    #[command(flatten)]
    language: language::LanguageArg,

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
    let cli = Cli::try_parse().unwrap_or_else(|error| refuse::refuse(&error));
    cli.color.apply();
    cli.language.apply();
    cli.command.run().unwrap_or_else(|error| report(&error))
}

/// Says something on standard error, in the reader's language and in lines of its own that fit a terminal.
fn say(text: impl std::fmt::Display) {
    let text = text.to_string();
    let text = language::current().text(&text);
    let text = format!("sockscope: {text}");
    let text = visible_lines(&text);
    let folded = table::columns_of(&io::stderr())
        .map(|width| text.lines().map(|line| table::folded(line, width)).collect::<Vec<_>>().join("\n"));
    let _ = writeln!(anstream::stderr(), "{}", folded.as_deref().unwrap_or(&text));
}

/// Says what went wrong. A reader that left early (a closed pipe) is no trouble of ours.
fn report(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return ExitCode::SUCCESS;
    }
    say(in_language(language::current(), error));
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

/// What a reader reports, in the reader's language: counts, and where the first troubles are.
fn counted(report: &Report, language: Language) -> String {
    if language == Language::English {
        return report.to_string();
    }
    let counts: Vec<_> = report.counts().iter().map(|count| language.text(count).into_owned()).collect();
    let mut out = counts.join("，");
    if let Some((form, advice)) = report.looks_like() {
        let text = format!("it looks like {form}, which is not supported; {advice}");
        let _ = write!(out, "\n  {}", language.text(&text));
        return out;
    }
    for trouble in report.troubles() {
        let place = format!("line {}, column {}", trouble.line(), trouble.column());
        let (place, why) = (language.text(&place), language.text(trouble.why()));
        let _ = write!(out, "\n  {place}：{why}：{}", trouble.excerpt());
    }
    if report.more_troubles() > 0 {
        let _ = write!(out, "\n  {}", language.text(&format!("… and {} more", report.more_troubles())));
    }
    out
}

/// Reports what could not be read of a trace, and fails where there is no call in it.
fn readable(path: &Path, report: &Report) -> anyhow::Result<()> {
    let name = path.display();
    if let Some((form, advice)) = report.looks_like() {
        bail!("cannot read {name}: it looks like {form}, which is not supported; {advice}");
    }
    if report.unread() > 0 {
        say(format_args!("{name}: {}", counted(report, language::current())));
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
