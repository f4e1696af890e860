//! `sockscope convert`: a trace of any format into any other.

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::ArgAction;

use super::format::{self, TextArg};
use super::language::LanguageArg;
use super::open::OpenArg;
use super::paint::{self, Painted};
use super::why::Causes;
use super::{counted, language, log, progress, say, table};
use crate::convert;
use crate::explain::Seen;
use crate::format::{Explained, Format, Packed, Remarks, WriteOptions};
use crate::read::{self, Form, Report};
use crate::sys::clock;
use crate::text::{PythonLines, Style, TextWriter};

/// Turn a trace of any format into any other.
///
/// The input's format is detected from its content: strace's text as strace 5 to 7 write it, JSON lines, a JSON array or CSV,
/// packed with gzip or Zstandard or not. What cannot be read is kept as it is, counted and reported.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  sockscope convert trace.log -o trace.jsonl.zst         packed, too, as the name says
  strace -f -o /dev/stdout ls | sockscope convert - --format csv
  sockscope convert trace.jsonl.zst --format strace
  sockscope convert --why trace.jsonl        strace's text, with the cause below each call that failed
  sockscope convert --python -tt trace.jsonl with the Python line of each call, as it was recorded
  sockscope convert server.jsonl client.jsonl -o both.jsonl    one trace of both, by time
  sockscope convert trace.jsonl --format folded --folded-by bytes | flamegraph.pl > bytes.svg
  sockscope convert trace.jsonl -o trace.pftrace    a timeline for ui.perfetto.dev
  sockscope convert trace.jsonl -o trace.pcapng     the bytes as packets, for Wireshark
  sockscope convert trace.jsonl -o trace.parquet         columns for DuckDB and others, stacks and sockets beside
  sockscope convert trace.jsonl --open       a page to look around in, in the browser
  sockscope convert log --format json        the set log.101, log.102 … that strace -ff -o log wrote")]
pub(super) struct Args {
    /// The trace; `-` for standard input, or the common name of a set that `-ff` wrote. Several are joined by time.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The format to write; default: that of the output's file name, as in x.jsonl or x.csv.zst, or else strace's.
    #[arg(short = 'F', long, value_name = "FORMAT", value_parser = format::parser())]
    pub format: Option<&'static Format>,

    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Column of the result in strace's text.
    #[arg(short = 'a', long = "columns", value_name = "COLUMN", default_value_t = 40)]
    pub align: usize,

    /// How text in strings is written; default: octal.
    #[arg(long, value_name = "HOW", value_enum)]
    pub text: Option<TextArg>,

    /// The time before each line; -tt with microseconds, -ttt since 1970. Default: as the text has it, -ttt for others.
    #[arg(short = 't', action = ArgAction::Count)]
    pub time: u8,

    /// The time since the line before.
    #[arg(short = 'r', long = "relative-timestamps")]
    pub relative: bool,

    /// The time spent in each call.
    #[arg(short = 'T', long = "syscall-times")]
    pub durations: bool,

    /// Strings that are not text in hex; -xx all strings.
    #[arg(short = 'x', action = ArgAction::Count)]
    pub hex: u8,

    /// How constants are written.
    #[arg(short = 'X', long = "const-print-style", value_name = "STYLE", default_value = "abbrev")]
    #[arg(value_parser = ["raw", "abbrev", "verbose"])]
    pub constants: String,

    /// Write structures whole, as far as they were recorded.
    #[arg(short = 'v', long = "no-abbrev")]
    pub no_abbrev: bool,

    /// The name of each argument.
    #[arg(short = 'N', long)]
    pub arg_names: bool,

    /// The Python line that made each call, where it was recorded; full: its whole stack.
    #[arg(long, value_name = "HOW", value_parser = ["caller", "full"], num_args = 0..=1, require_equals = true,
        default_missing_value = "caller")]
    pub python: Option<String>,

    /// Write calls below the Python line that made them.
    #[arg(long, value_name = "BY", value_parser = ["python"])]
    pub group: Option<String>,

    /// The state of each call's sockets before and after it, where it was recorded.
    #[arg(long)]
    pub state: bool,

    /// Say why calls failed: from the evidence that was recorded with them, or else from the trace alone; all: also what
    /// is expected.
    #[arg(long, value_name = "WHICH", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "failures")]
    pub why: Option<Causes>,

    /// Say below each call, argument and notation, where it occurs first, what it means.
    #[arg(long)]
    pub explain: bool,

    /// The language of causes.
    #[command(flatten)]
    pub language: LanguageArg,

    /// What folded stacks add up.
    #[command(flatten)]
    pub folded: format::FoldedArg,

    /// Whether the page is opened.
    #[command(flatten)]
    pub open: OpenArg,

    /// Say nothing about lines that could not be read.
    #[arg(short, long)]
    pub quiet: bool,
}

/// Runs `sockscope convert`. Unreadable lines are reported but are no failure, as they are in the output; a file of nothing
/// else is one.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut args = args.clone();
    (args.output, args.format) = args.open.target(args.output, args.format, "trace")?;
    let code = convert(&args)?;
    args.open.show(args.output.as_deref())?;
    Ok(code)
}

fn convert(args: &Args) -> anyhow::Result<ExitCode> {
    let file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let written = format::chosen(args.format, file)?;
    format::spare_the_terminal(written.format, file.is_none() && io::stdout().is_terminal())?;
    spare_the_input(args)?;
    let place = written.place(file)?;
    if args.group.is_some() {
        format::groups(written.format)?;
    }
    let files = args.files.iter().flat_map(|file| read::files(file));
    let sizes = files.filter_map(|file| Some(file.metadata().ok()?.len()));
    // A trace on the terminal shows how far it is, and a bar would stand among its lines; also among what a program behind a
    // pipe writes there.
    let into_file = file.is_some() || std::fs::metadata("/proc/self/fd/1").is_ok_and(|to| to.is_file());
    let size = if into_file { sizes.sum() } else { 0 };
    let progress = progress(size, "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    let seen = progress.clone();
    let source = read::open_all(&args.files, move |bytes| seen.inc(bytes))?;
    format::explains(args.explain, written.format)?;
    let remarks = Remarks::default();
    let writer = |form: Form| {
        let (lines, folded_by) = (lines(args, form), args.folded.by);
        let options = WriteOptions {
            lines,
            grouped: form.group,
            folded_by,
            place,
            remarks: remarks.clone(),
            ..WriteOptions::default()
        };
        let writer = (written.format.writer)(&options);
        let all = args.why == Some(Causes::All);
        match (args.why, args.files.len()) {
            (None, _) => writer,
            (Some(_), 1) => Explained::before(writer, all),
            (Some(_), _) => Explained::joint(writer, all),
        }
    };
    let mut out: Packed<Box<dyn Write>> = match file {
        Some(_) if written.format.own_files.is_some() => Packed::plain(Box::new(io::sink())),
        Some(path) => {
            let open = || Packed::new(Box::new(BufWriter::new(File::create(path)?)) as _, written.packing);
            open().with_context(|| format!("cannot create {}", path.display()))?
        }
        None if written.format.for_people => {
            let colours = paint::paints(&io::stdout());
            Packed::plain(Box::new(Painted::new(BufWriter::new(io::stdout().lock()), colours)))
        }
        None => Packed::plain(Box::new(io::stdout().lock())),
    };
    let converted = convert::convert(source, writer, &mut out);
    // What was read before a failure is whole in the file, too.
    let finished = out.finish().map_err(convert::Error::Write);
    let report = converted.and_then(|report| finished.map(|()| report));
    let report = report.with_context(|| names(args))?;
    progress.finish_and_clear();
    if !args.quiet {
        remarks.take().iter().for_each(say);
    }
    let name = names(args);
    match report.looks_like() {
        Some((form, advice)) if report.is_unreadable() => {
            bail!("cannot read {name}: it looks like {form}, which is not supported; {advice}");
        }
        _ if !args.quiet => {
            print_report(&report, args, written.format);
            if written.format.for_people {
                remark_what_is_missing(args, &report);
            }
        }
        _ => {}
    }
    if report.is_unreadable() {
        bail!("cannot read {name}: none of its {} lines is a line of a trace", report.lines());
    }
    Ok(ExitCode::SUCCESS)
}

/// How lines of text are written: as they were read, and with what was asked for besides.
fn lines(args: &Args, form: Form) -> TextWriter {
    let mut lines = TextWriter::new(Style {
        align: args.align,
        strings: format::strings(args.hex, args.text),
        names: format::constants(&args.constants),
        verbose: args.no_abbrev,
        arg_names: form.arg_names || args.arg_names,
    });
    lines.clock = form.clock;
    if args.time > 0 || args.relative {
        (lines.clock, lines.since) = log::clock(args.time, args.relative);
    }
    (lines.pids, lines.durations) = (form.pids, form.durations || args.durations);
    (lines.state, lines.group) = (form.state || args.state, form.group || args.group.is_some());
    lines.python = match args.python.as_deref() {
        Some("full") => PythonLines::Full,
        Some(_) => PythonLines::Caller,
        None if args.group.is_some() && form.python == PythonLines::None => PythonLines::Caller,
        None => form.python,
    };
    (lines.why, lines.language) = (args.why.is_some(), args.language.get());
    lines.explain = args.explain.then(Seen::default);
    lines.columns = if args.output.is_none() { table::columns_of(&io::stdout()) } else { None };
    lines
}

/// The names of the files, for a message.
fn names(args: &Args) -> String {
    args.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Says what was asked for and cannot be shown, since it was not recorded.
fn remark_what_is_missing(args: &Args, report: &Report) {
    let python = args.python.is_some() || args.group.is_some();
    if python && !report.has_python() {
        say(format_args!("{} has no Python lines; record it with `sockscope trace --python`", names(args)));
    }
    if args.state && !report.form().state {
        say(format_args!("{} has no states of sockets; record it with `sockscope trace --state`", names(args)));
    }
}

/// Refuses to write to a file that is being read: what was not read yet would be lost, or what was written be read.
fn spare_the_input(args: &Args) -> anyhow::Result<()> {
    let place = |data: Metadata| data.is_file().then(|| (data.dev(), data.ino()));
    let of_stream = |stream: BorrowedFd<'_>| File::from(stream.try_clone_to_owned().ok()?).metadata().ok();
    let is_stream = |path: &Path| path == Path::new("-");
    let (to, name) = match args.output.as_deref().filter(|path| !is_stream(path)) {
        Some(path) => (path.metadata().ok(), path.display().to_string()),
        None => (of_stream(io::stdout().as_fd()), "standard output".to_owned()),
    };
    let Some(to) = to.and_then(place) else { return Ok(()) };
    let of_file = |file: &PathBuf| -> Vec<Metadata> {
        if is_stream(file) {
            return of_stream(io::stdin().as_fd()).into_iter().collect();
        }
        read::files(file).iter().filter_map(|file| file.metadata().ok()).collect()
    };
    if args.files.iter().flat_map(of_file).filter_map(place).any(|from| from == to) {
        bail!("{name}: refusing to overwrite the input; write to another file");
    }
    Ok(())
}

/// Reports what could not be read, and which dates were assumed.
fn print_report(report: &Report, args: &Args, format: &Format) {
    let (name, stream) = (names(args), args.files == [Path::new("-")]);
    let since = if stream { "a stream has none" } else { "it was last modified then" };
    if let Some(day_ns) = report.day_ns().filter(|_| !format.for_people) {
        say(format_args!("{name}: its times have no date; {} is assumed, since {since}", clock::date(day_ns)));
    }
    if let Some(day_ns) = report.year_of_ns.filter(|_| !format.for_people) {
        let date = clock::date(day_ns);
        say(format_args!("{name}: its dates have no year; the last ones up to {date} are assumed, since {since}"));
    }
    if !report.is_clean() {
        say(counted(report, language::current()));
    }
}
