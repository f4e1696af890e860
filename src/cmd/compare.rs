//! `sockscope compare`: two traces call by call.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::format::{TextArg, strings};
use super::open::OpenArg;
use super::{language, paint, print_coloured, print_json, programs};
use crate::compare::{self, CompareOptions, Comparison};
use crate::event::{Body, Event};
use crate::{read, syscall};

pub(super) mod runs;
mod table;

/// Columns where there is no terminal to ask.
const WIDTH: usize = 160;

/// Compare two traces call by call.
///
/// What differs by chance (numbers of processes and descriptors, ports the kernel chose, addresses in memory, inodes,
/// times) does not count, unless listed in --keep. Processes are matched by what they do, not by when they start.
/// Exit status: 0 the same, 1 they differ, 2 trouble.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope compare old.strace new.jsonl
  sockscope compare a.log b.log -e trace=%network --format unified
  sockscope compare a.log b.log --keep fds,ports --format json
  sockscope compare --left-run 'python3 a.py' --right-run 'python3 b.py'
  sockscope compare a.log b.log --open              what differs is marked, in the browser
  sockscope compare --time slow.log fast.log        in which calls the time went
  sockscope compare --program chat --case restart   our program and its Python twin
  sockscope compare --all                           a table of all programs and cases
  sockscope compare --all --python ~/.pyenv/versions/3.*/bin/python3
                                                    the same with a column for each interpreter")]
pub(super) struct Args {
    /// The left trace, of any format; `-` for standard input.
    #[arg(value_name = "LEFT")]
    pub left: Option<PathBuf>,

    /// The right trace.
    #[arg(value_name = "RIGHT")]
    pub right: Option<PathBuf>,

    /// A shell command to run and trace instead of reading a left trace; its output goes to standard error.
    #[arg(long, value_name = "COMMAND")]
    pub left_run: Option<String>,

    /// The same for the right side.
    #[arg(long, value_name = "COMMAND")]
    pub right_run: Option<String>,

    /// Run this document program and its Python twin, and compare the two process by process.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["left", "left_run", "right_run"])]
    pub program: Option<String>,

    /// The program's case; default: `default`.
    #[arg(long, value_name = "CASE", requires = "program")]
    pub case: Option<String>,

    /// The interpreters to compare our programs with; default: the first python3 on PATH. What differs
    /// with each is listed.
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with_all = ["left", "left_run", "right_run"])]
    pub python: Vec<PathBuf>,

    /// Differences that count although they are random.
    #[arg(short, long, value_name = "WHAT", value_delimiter = ',')]
    #[arg(value_parser = ["pids", "fds", "ports", "pointers", "inodes", "times"])]
    pub keep: Vec<String>,

    /// The calls to compare: names, %network or %desc, comma-separated; default: all.
    #[arg(short = 'e', long = "trace", value_name = "CALLS")]
    pub trace: Vec<String>,

    /// The output format; default: side where the terminal has 120 columns, or else unified.
    #[arg(short = 'F', long, value_enum)]
    pub format: Option<View>,

    /// How text in strings is written; default: octal.
    #[arg(long, value_name = "HOW", value_enum)]
    pub text: Option<TextArg>,

    /// Show the calls that are the same, too. With nothing else to compare: a table of all programs and cases.
    #[arg(short, long)]
    pub all: bool,

    /// Show in which calls the two spent their time differently, instead of what differs.
    #[arg(long, conflicts_with_all = ["program", "python"])]
    pub time: bool,

    /// Whether the page is opened.
    #[command(flatten)]
    pub open: OpenArg,

    /// Show nothing; the exit status is the result.
    #[arg(short, long)]
    pub quiet: bool,
}

/// How a comparison is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum View {
    /// Side by side, as wide as the terminal.
    Side,
    /// One below the other, as `diff -u` has it.
    Unified,
    /// One JSON object per call, then one with the counts.
    Json,
    /// A page for a browser, with what differs marked.
    Html,
}

impl View {
    /// What can be read in so many columns.
    pub(super) fn fitting() -> Self {
        if width() < super::table::WIDE { Self::Unified } else { Self::Side }
    }
}

/// Runs `sockscope compare`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut options = CompareOptions { only: calls(&args.trace)?, ..CompareOptions::default() };
    for name in &args.keep {
        options.keep.keep(name);
    }
    if let Some(name) = &args.program {
        let program = programs::find(name)?;
        let case = programs::find_case(program, args.case.as_deref().unwrap_or("default"))?;
        if args.format == Some(View::Html) || args.open.open {
            bail!("a page has one comparison, and a program has several processes: compare two traces");
        }
        return runs::case(program, case, &options, args);
    }
    if !args.python.is_empty() && !args.all {
        bail!("--python is for --program NAME or --all: which programs are to be compared with that interpreter?");
    }
    let given = args.left.is_some() || args.left_run.is_some() || args.right_run.is_some();
    if args.all && !given {
        return table::every_case(&options, &args.python, args.quiet);
    }
    if [&args.left, &args.right].into_iter().all(|path| path.as_deref() == Some(Path::new("-"))) {
        bail!("standard input can be one of the two traces, not both: name a file for the other");
    }
    let mut paths = [&args.left, &args.right].into_iter().flatten();
    let left = side(args.left_run.as_deref(), &mut paths)?;
    let right = side(args.right_run.as_deref(), &mut paths)?;
    if let Some(path) = paths.next() {
        bail!("unexpected trace {}: the command already supplies one side", path.display());
    }
    let comparison = compare::compare(&left, &right, &options);
    if args.format == Some(View::Html) || args.open.open {
        let name = |path: &Option<PathBuf>, command: &Option<String>| {
            path.as_ref().map(|path| path.display().to_string()).or(command.clone()).unwrap_or_default()
        };
        // A command takes the place of a trace, so that one path may be either side's.
        let mut paths = [&args.left, &args.right].into_iter().filter(|path| path.is_some());
        let mut next = |command: &Option<String>| match command {
            Some(_) => name(&None, command),
            None => name(paths.next().unwrap_or(&None), &None),
        };
        let names = [next(&args.left_run), next(&args.right_run)];
        page(args.open, args.format, &comparison, [&left, &right], names.each_ref().map(String::as_str))?;
    } else if !args.quiet {
        let text = match args.time {
            true => compare::times(&left, &right),
            false => shown((args.format, args.text, args.all), &comparison, &left, &right),
        };
        if args.format == Some(View::Json) && !args.time { print_json(text) } else { print_coloured(&text) }?;
    }
    Ok(verdict(comparison.is_same()))
}

/// Prints the page of a comparison, or opens it.
pub(super) fn page(
    open: OpenArg,
    format: Option<View>,
    comparison: &Comparison,
    sides: [&[Event]; 2],
    names: [&str; 2],
) -> anyhow::Result<()> {
    if format.is_some_and(|format| format != View::Html) {
        bail!("--open shows pages: leave --format out, or give --format html");
    }
    open.page(&compare::html(comparison, sides, names, language::current()), "compare")
}

/// A comparison, as it was asked for, in colours.
pub(super) fn shown(
    (format, text, all): (Option<View>, Option<TextArg>, bool),
    comparison: &Comparison,
    left: &[Event],
    right: &[Event],
) -> String {
    let strings = strings(0, text);
    match format.unwrap_or_else(View::fitting) {
        View::Side => paint::side_by_side(
            &compare::side_by_side(comparison, left, right, width(), all, strings, language::current()),
            compare::column(width()),
        ),
        View::Unified => paint::unified(&compare::unified(comparison, left, right, all, strings, language::current())),
        View::Json | View::Html => compare::json(comparison, left, right, all),
    }
}

/// The exit code of a comparison.
pub(super) fn verdict(same: bool) -> ExitCode {
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One side: what a command does, or else the next trace.
fn side<'a>(command: Option<&str>, paths: &mut impl Iterator<Item = &'a PathBuf>) -> anyhow::Result<Vec<Event>> {
    if let Some(command) = command {
        return runs::traced(command);
    }
    match paths.next() {
        Some(path) => read(path),
        None => bail!("two sides are needed: give traces, --left-run and --right-run, --program NAME, or --all"),
    }
}

/// A packed file may have so many calls, whatever its size.
const MAX_PACKED: u64 = 200_000;

/// A whole trace, without the lines that could not be read. A packed one has no more calls than bytes, or few: what does
/// has next to nothing in it, and would fill the memory.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Event>> {
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&bytes);
    let mut source = read::open(path, move |read| {
        counted.fetch_add(read, Ordering::Relaxed);
    })?;
    let (mut events, mut batch) = (Vec::new(), Vec::new());
    loop {
        let more = source.read(&mut batch).with_context(|| format!("cannot read {}", path.display()))?;
        events.extend(batch.drain(..).filter(|event| !matches!(event.body, Body::Unread(_))));
        let limit = bytes.load(Ordering::Relaxed).max(MAX_PACKED);
        if path != Path::new("-") && events.len() as u64 > limit {
            bail!(
                "cannot hold {}: it unpacks to more than {limit} calls of hardly a byte each; unpack it, and give the \
                 calls that matter",
                path.display()
            );
        }
        if !more {
            break;
        }
    }
    super::readable(path, source.report())?;
    Ok(events)
}

/// The names of the calls that are to be compared, strace's `trace=` before them or not.
fn calls(expressions: &[String]) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<&'static str> = Vec::new();
    for list in expressions {
        let list = list.strip_prefix("trace=").unwrap_or(list);
        names.extend(super::calls(list).with_context(|| format!("-e {list}"))?.names());
        // Those of other machines, whose traces may be at hand, have no number here.
        names.extend(list.split(',').filter_map(|name| Some(syscall::by_name(name)?.name)));
    }
    if names.is_empty() && !expressions.is_empty() {
        bail!("-e {} names no call, so there is nothing to compare", expressions.join(" -e "));
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

/// The width of the terminal, or of `$COLUMNS`.
fn width() -> usize {
    super::table::width().unwrap_or(WIDTH)
}
