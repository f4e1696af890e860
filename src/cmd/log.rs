//! From the log options to a writer.

use std::fs::File;
use std::os::fd::OwnedFd;

use anyhow::Context;
use sockscope::decode::Limits;
use sockscope::format::Options;
use sockscope::sys::descriptor;
use sockscope::text::{Clock, ConstStyle, HexStrings, Lines, Pids, Style};

use crate::cli::log::LogArgs;

/// The clock of so many `-t`, and whether the time since the line before follows it (`-r`).
pub fn clock(times: u8, relative: bool) -> (Clock, bool) {
    let clock = match (times, relative) {
        (0, true) => Clock::Relative,
        (0, false) => Clock::None,
        (1, _) => Clock::Seconds,
        (2, _) => Clock::Micros,
        _ => Clock::Epoch,
    };
    (clock, relative)
}

/// What the writer is to know.
pub fn options(args: &LogArgs, pids: Pids) -> Options {
    let hex = match args.hex {
        0 => HexStrings::Never,
        1 => HexStrings::NonPrintable,
        _ => HexStrings::Always,
    };
    let names = match args.constants.as_str() {
        "raw" => ConstStyle::Raw,
        "verbose" => ConstStyle::Verbose,
        _ => ConstStyle::Abbrev,
    };
    let style = Style { align: args.align, hex, names, verbose: args.verbose, ..Style::default() };
    let mut lines = Lines::new(style);
    (lines.clock, lines.since) = clock(args.time, args.relative);
    (lines.pids, lines.durations) = (pids, args.durations);
    (lines.why, lines.state) = (args.why, args.state);
    Options { lines }
}

/// How much of each call is kept.
pub fn limits(args: &LogArgs) -> Limits {
    Limits { strings: args.strings, abbreviate: !args.verbose }
}

/// The file of `-o`, out of the programs' way.
pub fn file(args: &LogArgs) -> anyhow::Result<Option<File>> {
    let Some(path) = &args.output else { return Ok(None) };
    let open = || -> std::io::Result<OwnedFd> { descriptor::lift(File::create(path)?, false) };
    let file = open().with_context(|| format!("cannot write the log to {}", path.display()))?;
    Ok(Some(file.into()))
}
