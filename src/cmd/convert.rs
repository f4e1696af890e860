//! `sockscope convert`: a trace of any format into any other.

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::format::{self, TextArg};
use super::language::LanguageArg;
use super::progress;
use crate::convert;
use crate::explain::Seen;
use crate::format::{Explained, Format, Packed, WriteOptions};
use crate::read::{self, Form, Report};
use crate::sys::clock;

/// Turn a trace of any format into any other.
///
/// The input's format is detected from its content: strace's text as strace 5 to 7 write it, JSON lines, a JSON array or CSV,
/// packed with gzip or Zstandard or not. What cannot be read is kept as it is, counted and reported.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope convert trace.log -o trace.jsonl.zst         packed, too, as the name says
  strace -f -o /dev/stdout ls | sockscope convert - --format csv
  sockscope convert trace.jsonl.zst --format strace
  sockscope convert --why trace.jsonl        strace's text, with the cause below each call that failed
  sockscope convert log --format json        the set log.101, log.102 … that strace -ff -o log wrote")]
pub(super) struct Args {
    /// The trace; `-` for standard input, or the common name of a set that `strace -ff` wrote.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

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

    /// Say why calls failed: from the evidence that was recorded with them, or else from the trace alone.
    #[arg(long)]
    pub why: bool,

    /// Say below each call, argument and notation, where it occurs first, what it means.
    #[arg(long)]
    pub explain: bool,

    /// The language of causes.
    #[command(flatten)]
    pub language: LanguageArg,

    /// Say nothing about lines that could not be read.
    #[arg(short, long)]
    pub quiet: bool,
}

/// Runs `sockscope convert`. Unreadable lines are reported but are no failure, as they are in the output; a file of nothing
/// else is one.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let written = format::chosen(args.format, file)?;
    spare_the_input(args)?;
    let sizes = read::files(&args.file).into_iter().filter_map(|file| Some(file.metadata().ok()?.len()));
    let progress = progress(sizes.sum(), "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    let seen = progress.clone();
    let source = read::open(&args.file, move |bytes| seen.inc(bytes))?;
    format::explains(args.explain, written.format)?;
    let (align, why, explain) = (args.align, args.why, args.explain);
    let strings = format::strings(0, args.text);
    let language = args.language.get();
    let writer = |form: Form| {
        let mut options = WriteOptions::default();
        (options.lines.style.align, options.lines.style.strings) = (align, strings);
        options.lines.style.arg_names = form.arg_names;
        options.lines.state = form.state;
        (options.lines.python, options.lines.group) = (form.python, form.group);
        (options.lines.clock, options.lines.pids, options.lines.durations) = (form.clock, form.pids, form.durations);
        (options.lines.why, options.lines.language) = (why, language);
        options.lines.explain = explain.then(Seen::default);
        let writer = (written.format.writer)(&options);
        if why { Explained::before(writer) } else { writer }
    };
    let mut out: Packed<Box<dyn Write>> = match file {
        Some(path) => {
            let open = || Packed::new(Box::new(BufWriter::new(File::create(path)?)) as _, written.packing);
            open().with_context(|| format!("cannot create {}", path.display()))?
        }
        None => Packed::plain(Box::new(io::stdout().lock())),
    };
    let converted = convert::convert(source, writer, &mut out);
    // What was read before a failure is whole in the file, too.
    let finished = out.finish().map_err(convert::Error::Write);
    let report = converted.and_then(|report| finished.map(|()| report));
    let report = report.with_context(|| args.file.display().to_string())?;
    progress.finish_and_clear();
    let name = args.file.display();
    match report.looks_like() {
        Some((form, advice)) if report.is_unreadable() => {
            bail!("cannot read {name}: it looks like {form}, which is not supported; {advice}");
        }
        _ if !args.quiet => print_report(&report, &args.file, written.format)?,
        _ => {}
    }
    if report.is_unreadable() {
        bail!("cannot read {name}: none of its {} lines is a line of a trace", report.lines());
    }
    Ok(ExitCode::SUCCESS)
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
    let read: Vec<Metadata> = if is_stream(&args.file) {
        of_stream(io::stdin().as_fd()).into_iter().collect()
    } else {
        read::files(&args.file).iter().filter_map(|file| file.metadata().ok()).collect()
    };
    if read.into_iter().filter_map(place).any(|from| from == to) {
        bail!("{name}: refusing to overwrite the input; write to another file");
    }
    Ok(())
}

/// Reports what could not be read, and which dates were assumed.
fn print_report(report: &Report, file: &Path, format: &Format) -> io::Result<()> {
    if let Some(day_ns) = report.day_ns().filter(|_| !format.for_people) {
        let (name, date) = (file.display(), clock::date(day_ns));
        let since = if file == Path::new("-") { "a stream has none" } else { "it was last modified then" };
        writeln!(anstream::stderr(), "sockscope: {name}: its times have no date; {date} is assumed, since {since}")?;
    }
    if report.is_clean() {
        return Ok(());
    }
    writeln!(anstream::stderr(), "sockscope: {report}")
}
