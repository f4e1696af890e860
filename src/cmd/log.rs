//! From the log options to a writer.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{ArgAction, Args};

use super::format::{self, Chosen, TextArg};
use super::language::LanguageArg;
use super::why::Causes;
use crate::decode::Limits;
use crate::explain::Seen;
use crate::format::{FORMATS, Format, Packed, Packing, WriteOptions};
use crate::sys::descriptor;
use crate::table::Machine;
use crate::text::{Clock, Pids, Style, TextWriter};

/// Where the log goes and how its lines look.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogArgs {
    /// Write the log to FILE instead of the terminal
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The log's format; default: that of FILE's name, as in log.jsonl or log.csv.zst, or else strace's text
    #[arg(long, value_name = "FORMAT", value_parser = format::parser())]
    pub format: Option<&'static Format>,
    /// Bytes of each buffer that are kept; default: 32, for packets 65536
    #[arg(short = 's', long = "string-limit", value_name = "SIZE")]
    pub strings: Option<usize>,
    /// Time before each line; -tt with microseconds, -ttt since 1970
    #[arg(short = 't', action = ArgAction::Count, conflicts_with = "relative")]
    pub time: u8,
    /// Seconds since the line before
    #[arg(short = 'r', long = "relative-timestamps")]
    pub relative: bool,
    /// Time spent in each call, after it
    #[arg(short = 'T', long = "syscall-times")]
    pub durations: bool,
    /// Write strings with unprintable bytes in hex; -xx all strings
    #[arg(short = 'x', action = ArgAction::Count)]
    pub hex: u8,
    /// How text in strings is written; default: utf8 on a terminal, or else octal
    #[arg(long, value_name = "HOW", value_enum)]
    pub text: Option<TextArg>,
    /// The kernel's state of each call's sockets before and after it
    #[arg(long)]
    pub state: bool,
    /// Column of the results
    #[arg(short = 'a', long = "columns", value_name = "COLUMN", default_value_t = 40)]
    pub align: usize,
    /// How constants are written
    #[arg(short = 'X', long = "const-print-style", value_name = "STYLE", default_value = "abbrev")]
    #[arg(value_parser = ["raw", "abbrev", "verbose"])]
    pub constants: String,
    /// Say below each call that failed, or that waits at the end, why: from what the kernel has at that moment; all: also
    /// what is expected, such as EAGAIN on a socket that does not wait
    #[arg(long, value_name = "WHICH", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "failures")]
    pub why: Option<Causes>,
    /// Say below each call, argument and notation, where it occurs first, what it means
    #[arg(long)]
    pub explain: bool,
    /// The language of what is explained
    #[command(flatten)]
    pub language: LanguageArg,
    /// What folded stacks add up
    #[command(flatten)]
    pub folded: format::FoldedArg,
    /// Write structures whole
    #[arg(short = 'v', long = "no-abbrev")]
    pub verbose: bool,
}

impl LogArgs {
    /// How many bytes of each buffer are kept.
    pub(super) fn strings(&self) -> usize {
        let format = format::chosen(self.format, self.output.as_deref()).map_or(&FORMATS[0], |chosen| chosen.format);
        self.strings.unwrap_or(format.strings)
    }
}

/// The clock of so many `-t`, and whether the time since the line before follows it (`-r`).
pub(super) fn clock(times: u8, relative: bool) -> (Clock, bool) {
    let clock = match (times, relative) {
        (0, true) => Clock::Relative,
        (0, false) => Clock::None,
        (1, _) => Clock::Seconds,
        (2, _) => Clock::Micros,
        _ => Clock::Epoch,
    };
    (clock, relative)
}

/// What the writer is to know; `to_person`: whether it writes to a terminal.
pub(super) fn options(args: &LogArgs, pids: Pids, to_person: bool) -> WriteOptions {
    let strings = format::strings(args.hex, args.text.or(to_person.then_some(TextArg::Utf8)));
    let style = Style {
        align: args.align,
        strings,
        names: format::constants(&args.constants),
        verbose: args.verbose,
        ..Style::default()
    };
    let mut lines = TextWriter::new(style);
    (lines.clock, lines.since) = clock(args.time, args.relative);
    (lines.pids, lines.durations) = (pids, args.durations);
    (lines.why, lines.state, lines.language) = (args.why.is_some(), args.state, args.language.get());
    lines.explain = args.explain.then(Seen::default);
    lines.columns = if to_person { super::table::width() } else { None };
    let (place, machine) = (args.output.clone(), Some(Machine::here()));
    WriteOptions { lines, folded_by: args.folded.by, place, machine, ..WriteOptions::default() }
}

/// How much of each call is kept.
pub(super) fn limits(args: &LogArgs) -> Limits {
    Limits { strings: args.strings(), abbreviate: !args.verbose }
}

/// The file of `-o`, out of the programs' way.
pub(super) fn file(args: &LogArgs, written: Chosen) -> anyhow::Result<Option<LogFile>> {
    let packing = written.packing;
    if written.place(args.output.as_deref())?.is_some() {
        return Ok(Some(LogFile { file: None, packing }));
    }
    let Some(path) = &args.output else { return Ok(None) };
    let open = || -> io::Result<File> { Ok(descriptor::lift(File::create(path)?, false)?.into()) };
    let file = open().with_context(|| format!("cannot write the log to {}", path.display()))?;
    Ok(Some(LogFile { file: Some(file), packing }))
}

/// A file that a log is written to.
pub(super) struct LogFile {
    /// `None` where the format's writer has its own.
    file: Option<File>,
    packing: Packing,
}

/// What a log is written with.
pub(super) type LogWriter = Packed<Box<dyn Write + Send>>;

impl LogFile {
    /// Writes to it at once, and nothing else does.
    pub(super) fn into_writer(self) -> io::Result<LogWriter> {
        match self.file {
            Some(file) => Packed::new(Box::new(file), self.packing),
            None => Ok(Packed::plain(Box::new(io::sink()))),
        }
    }

    /// Writes to it at once.
    pub(super) fn writer(&self) -> io::Result<LogWriter> {
        Self { file: self.file.as_ref().map(File::try_clone).transpose()?, packing: self.packing }.into_writer()
    }

    /// Whether it is one on a disk, and no pipe or terminal, where what was written is gone.
    pub(super) fn can_be_rewritten(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.metadata().is_ok_and(|file| file.is_file()))
    }

    /// Begins again from its beginning, in large pieces; [`Self::cut`] ends that.
    pub(super) fn rewind(&self) -> io::Result<LogWriter> {
        let Some(mut file) = self.file.as_ref() else { return self.writer() };
        file.rewind()?;
        Packed::new(Box::new(BufWriter::with_capacity(1 << 20, file.try_clone()?)), self.packing)
    }

    /// Drops what is left behind of before.
    pub(super) fn cut(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), |mut file| file.set_len(file.stream_position()?))
    }
}
