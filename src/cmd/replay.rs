//! `sockscope replay`: the calls of a trace made again.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::Signal;

use super::compare::View;
use super::open::OpenArg;
use super::{NO_HANDLER, compare, print_coloured, print_json, say};
use crate::cmd::format::TextArg;
use crate::replay::{ReplayOptions, reached, replay};
use crate::sys::signals;

/// Make the calls of a trace again, and show where the kernel answers differently.
///
/// Every recorded thread becomes a thread; a call begins when those that had ended before it began have ended again.
/// Descriptors, ports and Unix names are mapped. Calls that are not about sockets are left out. The calls are made in
/// namespaces of their own, where they reach nothing but each other, without any right; bytes of files are sent as zeroes. Exit status: 0 all as recorded, 1 something differs, 2 it cannot be replayed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope trace -f -s 65536 -o log.jsonl python3 program.py && sockscope replay log.jsonl
  sockscope trace -f -s 65536 -e trace=all -o log.jsonl ./server      where processes make others
  sockscope replay server.jsonl client.jsonl       one program, a file for each process
  sockscope replay log.strace --format unified     best recorded with strace -f -ttt -T -s 65536")]
pub(super) struct Args {
    /// The trace, of any format; several files are one trace.
    #[arg(value_name = "TRACE", required = true)]
    pub traces: Vec<PathBuf>,

    /// Make the calls outside, with your rights: on other addresses, other programs' sockets, real files. What they
    /// will reach is printed first.
    #[arg(long)]
    pub allow_remote: bool,

    /// After how many seconds in which nothing happens a call counts as one that does not return.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub patience: u32,

    /// How to show it: left what was recorded, right what happened now; default: side where the terminal has 120 columns,
    /// or else unified.
    #[arg(short = 'F', long, value_enum)]
    pub format: Option<View>,

    /// How text in strings is written; default: octal.
    #[arg(long, value_name = "HOW", value_enum)]
    pub text: Option<TextArg>,

    /// Show the calls that went as recorded, too.
    #[arg(short, long)]
    pub all: bool,

    /// Whether the page is opened.
    #[command(flatten)]
    pub open: OpenArg,

    /// Show nothing; the exit status is the result.
    #[arg(short, long)]
    pub quiet: bool,
}

/// Runs `sockscope replay`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut trace = Vec::new();
    for path in &args.traces {
        trace.extend(compare::read(path)?);
    }
    if args.allow_remote {
        signals::on(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP], |signal| signals::die_of(signal as i32))
            .context(NO_HANDLER)?;
        announce(&reached(&trace)?);
    }
    let patience = Duration::from_secs(args.patience.into());
    let outcome = replay(&trace, ReplayOptions { allow_remote: args.allow_remote, patience })?;
    if !args.quiet {
        if outcome.left_out > 0 {
            say(format_args!("{} calls that are not about sockets are left out", outcome.left_out));
        }
        if args.format == Some(View::Html) || args.open.open {
            let sides = [&*outcome.recorded, &*outcome.replayed];
            compare::page(args.open, args.format, &outcome.comparison, sides, ["recorded", "replayed"])?;
            return Ok(compare::verdict(outcome.comparison.is_same()));
        }
        let text = compare::shown(
            (args.format, args.text, args.all),
            &outcome.comparison,
            &outcome.recorded,
            &outcome.replayed,
        );
        if args.format == Some(View::Json) { print_json(text) } else { print_coloured(&text) }?;
    }
    Ok(compare::verdict(outcome.comparison.is_same()))
}

/// Says what the calls are about to reach.
fn announce(reached: &[String]) {
    say(format_args!("replaying without protection, as {}", nix::unistd::geteuid()));
    if reached.is_empty() {
        say("the trace names nothing besides its own sockets");
    }
    reached.iter().for_each(|what| say(format_args!("will reach {what}")));
}
