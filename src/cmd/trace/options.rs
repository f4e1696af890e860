//! From arguments to what is traced and how it is written.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::decode::Limits;
use crate::explain::Seen;
use crate::format::{FoldedBy, Format, Packing, WriteOptions};
use crate::summary::{SortBy, SummaryColumn};
use crate::text::{Clock, ConstStyle, Precision, PythonLines, StringStyle, Style, TextWriter};
use crate::tracer::{self, CallSet, Follow, Program, Settings, Show, Tamper, Target};

mod sets;
pub(super) mod tips;

use super::super::why::Causes;
use super::{Args, output};
use crate::cmd::format::{self, Chosen};
use crate::cmd::requests::REQUESTS;
use crate::cmd::{calls, log};
pub(super) use sets::{Daemon, Interruptible};
use sets::{
    daemon, descriptors, interruptible, paths, pids, quiet, quiet_set, show, show_of, signals, split_variable,
    statuses, user,
};

/// What is to be done.
pub(super) struct Plan {
    pub program: Program,
    pub attach: Vec<i32>,
    pub beside: Option<Daemon>,
    pub interruptible: Interruptible,
    pub tip: Option<tips::TipChoice>,
    /// What the user should know before it begins.
    pub remarks: Vec<String>,
    pub settings: Settings,
    pub output: Output,
    pub format: &'static Format,
    pub folded_by: FoldedBy,
    pub lines: TextWriter,
    pub whole: bool,
    pub status: Statuses,
    pub quiet: Quiet,
    pub summary: Option<SummaryPlan>,
    /// Whether lines in a file begin with the thread.
    pub several: bool,
    /// Whether a runner of programs reads the trace.
    pub handover: bool,
    /// Whether JSON lines have each call at its entry too.
    pub entries: bool,
    /// Where to write that tracing has begun.
    pub ready: Option<PathBuf>,
}

/// Where it is written.
pub(super) struct Output {
    pub target: Option<OsString>,
    pub append: bool,
    pub separate: bool,
    pub packing: Packing,
    pub at_once: bool,
    /// Whether it is strace's text.
    pub for_people: bool,
    /// Whether the format's writers have files of their own.
    pub own_files: bool,
}

/// How calls are counted.
pub(super) struct SummaryPlan {
    pub alone: bool,
    pub wall_clock: bool,
    pub sort: SortBy,
    pub columns: Vec<SummaryColumn>,
    /// Taken off the time of each call, ns.
    pub overhead_ns: u64,
}

/// Which ends of calls are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Statuses {
    pub successful: bool,
    pub failed: bool,
    pub unfinished: bool,
    pub detached: bool,
}

impl Statuses {
    const ALL: Self = Self { successful: true, failed: true, unfinished: true, detached: true };
    const NONE: Self = Self { successful: false, failed: false, unfinished: false, detached: false };

    /// Whether it takes the end of a call to know that it is shown.
    pub(super) fn is_choosy(self) -> bool {
        self != Self::ALL
    }
}

/// Messages that are not shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quiet {
    pub attach: bool,
    pub exit: bool,
    pub superseded: bool,
}

impl Plan {
    pub(super) fn read(args: &Args) -> anyhow::Result<Self> {
        if let Some((option, why)) = args.not_taken.first() {
            bail!("strace's option {option} is not supported: {why}");
        }
        if args.attach.is_empty() && args.command.is_empty() {
            bail!(
                "nothing to trace: give the program to start, \"sockscope trace PROG ARGS\", or which process to attach \
                 to, \"sockscope trace -p PID\""
            );
        }
        let mut plan = Self::basis(args)?;
        for (key, value) in long_expressions(args) {
            plan.expression(key, value)?;
        }
        for expression in &args.expressions {
            match expression.split_once('=') {
                Some((key, value)) => plan.expression(key, value)?,
                None => plan.expression("trace", expression)?,
            }
        }
        for (text, fault) in
            args.inject.iter().map(|text| (text, false)).chain(args.fault.iter().map(|text| (text, true)))
        {
            plan.tamper(text, fault)?;
        }
        plan.touch();
        if args.successful {
            plan.status = Statuses { successful: true, ..Statuses::NONE };
        }
        if args.failed {
            plan.status = Statuses { failed: true, ..Statuses::NONE };
        }
        if args.successful && args.failed {
            bail!("-z shows only calls that succeeded and -Z only calls that failed: together they show nothing");
        }
        plan.python(args)?;
        plan.settings.python |= plan.settings.tampers.iter().any(|tamper| tamper.line.is_some());
        if plan.output.append
            && let Some(reason) = plan.format.closed
        {
            bail!("-A cannot add to a file of format {}: {reason}", plan.format.name);
        }
        let alone = plan.summary.as_ref().is_some_and(|summary| summary.alone);
        (plan.settings.why, plan.lines.why) = (args.why.is_some() && !alone, args.why.is_some());
        plan.settings.expected = args.why == Some(Causes::All);
        plan.settings.system_times = plan.summary.as_ref().is_some_and(|summary| !summary.wall_clock);
        Ok(plan)
    }

    fn basis(args: &Args) -> anyhow::Result<Self> {
        let separate = args.follow > 1 || args.output_separately;
        let follow = match (args.follow, args.threads_only) {
            (0, true) => Follow::Threads,
            (0, false) => Follow::None,
            _ => Follow::All,
        };
        let mut targets: Vec<Target> = args.paths.iter().flat_map(|path| paths(path)).map(Target::Path).collect();
        for peer in &args.peer {
            targets.push(Target::Peer(peer.parse().map_err(anyhow::Error::msg)?));
        }
        for local in &args.local {
            targets.push(Target::Local(local.parse().map_err(anyhow::Error::msg)?));
        }
        let mut settings = Settings {
            requests: Some(&REQUESTS),
            limits: Limits::default(),
            abbrev: if args.no_abbrev { CallSet::default() } else { CallSet::all() },
            follow,
            seccomp: !args.no_seccomp,
            agent: args.agent.into(),
            show: Show { name: args.names, ..show(args.descriptors) },
            targets,
            prints: args.handover,
            // Who attaches for a moment asks what is done from then on.
            found_calls: args.ready.is_none(),
            own_code: args.own.code(),
            instructions: args.instruction_pointer,
            debug: args.debug,
            until_exec: match args.detach_on.as_deref() {
                None => false,
                Some("execve") => true,
                Some(other) => bail!("-b {other}: a process can be let go at execve only"),
            },
            ..Settings::default()
        };
        // A command has no file's name.
        let file = args.output.as_deref().filter(|name| !matches!(name.as_bytes(), [b'|' | b'!', ..]));
        let chosen = format::chosen(args.format, file.map(Path::new))?;
        let Chosen { format, packing } = chosen;
        format::spare_the_terminal(format, args.output.is_none() && io::stderr().is_terminal())?;
        settings.limits.strings = args.string_limit.unwrap_or(format.strings);
        // Each process's own file is made when it comes.
        if !separate {
            chosen.place(file.map(Path::new))?;
        }
        let written = WriteOptions { entries: args.handover || args.entries, ..WriteOptions::default() };
        settings.identify = (format.writer)(&written).names_sockets();
        Ok(Self {
            program: Program {
                argv: args.command.clone(),
                env: args.env.iter().map(|variable| split_variable(variable)).collect(),
                user: args.user.as_deref().map(user).transpose()?,
                ..Program::default()
            },
            attach: pids(&args.attach)?,
            beside: daemon(args)?,
            interruptible: args.interruptible.as_deref().map_or(Ok(Interruptible::Waiting), interruptible)?,
            tip: args.tips.as_deref().map(tips::wanted).transpose()?,
            remarks: Vec::new(),
            settings,
            output: Output {
                target: args.output.clone(),
                append: args.append,
                separate,
                packing,
                at_once: args.handover,
                for_people: format.for_people,
                own_files: format.own_files.is_some(),
            },
            format,
            folded_by: args.folded.by,
            lines: lines(args)?,
            whole: args.whole,
            status: Statuses::ALL,
            quiet: quiet(args)?,
            summary: (args.summary_only || args.summary).then_some(()).map_or(Ok(None), |()| {
                let sort = SortBy::parse(&args.sort_by)
                    .with_context(|| format!("-S: cannot sort by {:?}; try time, calls or name", args.sort_by))?;
                let (alone, wall_clock) = (args.summary_only, args.wall_clock);
                let columns = SummaryColumn::parse(args.columns_of_summary.as_deref()).map_err(anyhow::Error::msg)?;
                let overhead_ns = match args.overhead.as_deref() {
                    None => 0,
                    Some(text) => tracer::duration(text)
                        .with_context(|| format!("-O {text}: say a time in µs, or with s, ms, us or ns behind it"))?,
                };
                let plan = SummaryPlan { alone, wall_clock, sort, columns, overhead_ns };
                anyhow::Ok(Some(plan))
            })?,
            handover: args.handover,
            entries: args.handover || args.entries,
            ready: args.ready.clone(),
            several: args.follow > 0
                || args.threads_only
                || args.attach.len() + usize::from(!args.command.is_empty()) > 1,
        })
    }

    /// Whether Python lines are read and shown: where they are asked for, and where a person reads strace's text.
    fn python(&mut self, args: &Args) -> anyhow::Result<()> {
        let is_text = self.format.for_people;
        if args.group.is_some() {
            format::groups(self.format)?;
        }
        let alone = self.summary.as_ref().is_some_and(|summary| summary.alone);
        let to_person = is_text && output::is_terminal(&self.output);
        self.lines.group = args.group.is_some();
        self.lines.state = args.state;
        format::explains(args.explain, self.format)?;
        self.lines.explain = args.explain.then(Seen::default);
        self.settings.state = args.state && !alone;
        self.lines.python = match args.python.as_deref() {
            Some("full") => PythonLines::Full,
            Some(_) => PythonLines::Caller,
            None if args.no_python => PythonLines::None,
            None if self.lines.group || to_person => PythonLines::Caller,
            None => PythonLines::None,
        };
        // Evidence names lines too.
        let why = (args.why.is_some() || self.format.adds_stacks) && !args.no_python;
        self.settings.python = (self.lines.python != PythonLines::None || why) && !alone;
        Ok(())
    }

    /// One of strace's `-e KEY=VALUE`.
    fn expression(&mut self, key: &str, value: &str) -> anyhow::Result<()> {
        let calls = |value: &str| calls(value).with_context(|| format!("-e {key}={value}"));
        match key {
            "trace" | "t" => {
                self.settings.calls = calls(value)?;
                self.settings.sockets_only = false;
            }
            "verbose" | "v" => self.settings.verbose = calls(value)?,
            "raw" | "x" => self.settings.raw = calls(value)?,
            "abbrev" | "a" => self.settings.abbrev = calls(value)?,
            "signal" | "signals" | "s" => self.settings.signals = signals(value)?,
            "status" => self.status = statuses(value)?,
            "read" | "reads" | "r" => self.settings.dump.read = descriptors(value)?,
            "write" | "writes" | "w" => self.settings.dump.write = descriptors(value)?,
            "decode-fds" | "decode-fd" => {
                let name = self.settings.show.name;
                self.settings.show = Show { name, ..show_of(value)? };
            }
            "quiet" | "silent" | "silence" | "q" => quiet_set(value, &mut self.quiet)?,
            "fault" | "inject" => self.tamper(value, key == "fault")?,
            "kvm" => bail!("-e kvm=: virtual processors are not followed"),
            "decode-pids" | "decode-pid" => bail!("-e decode-pids=: process numbers are shown bare"),
            _ => bail!(
                "-e {key}=…: there is no such key; the keys are trace, signal, status, read, write, verbose, abbrev, \
                 raw, quiet, decode-fds, inject and fault"
            ),
        }
        Ok(())
    }

    /// What follows `inject=` or `fault=`.
    fn tamper(&mut self, text: &str, fault: bool) -> anyhow::Result<()> {
        let key = if fault { "fault" } else { "inject" };
        let tamper = Tamper::parse(text, fault).with_context(|| format!("-e {key}={text}"))?;
        self.settings.tampers.push(tamper);
        Ok(())
    }

    /// Calls that something is done to are shown by default. As strace, nothing is done to those that are not traced.
    fn touch(&mut self) {
        for tamper in &self.settings.tampers {
            if let Some(tracer::Forged::Success(result)) = tamper.result
                && let errno @ 1..4096 = result.wrapping_neg()
            {
                self.remarks.push(format!("-e inject=: to a program the result {} is error {errno}", result as i64));
            }
            if self.settings.sockets_only {
                self.settings.calls.add(&tamper.calls);
            } else if !tamper.calls.names().any(|name| self.settings.calls.names().any(|traced| traced == name)) {
                let name = tamper.calls.names().next().unwrap_or_default();
                self.remarks.push(format!("-e inject=: nothing is done to {name}, since trace= does not have it"));
            }
        }
    }
}

/// The long options that are `-e` under another name.
fn long_expressions(args: &Args) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("trace", &args.trace),
        ("signal", &args.signal),
        ("status", &args.status),
        ("read", &args.read),
        ("write", &args.write),
        ("verbose", &args.verbose),
        ("raw", &args.raw),
        ("abbrev", &args.abbrev),
        ("decode-fds", &args.decode_fds),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value.as_deref()?)))
}

fn lines(args: &Args) -> anyhow::Result<TextWriter> {
    let hex = match args.strings_in_hex.as_deref() {
        None => args.hex,
        Some("all") => 2,
        Some("non-ascii") => 1,
        Some("none" | "non-ascii-chars") => 0,
        Some(other) => bail!("--strings-in-hex={other}: say all, non-ascii, non-ascii-chars or none"),
    };
    let mut lines = TextWriter::new(Style {
        align: args.columns,
        strings: match args.strings_in_hex.as_deref() {
            Some("non-ascii-chars") => StringStyle::HexEscapes,
            _ => format::strings(hex, args.text),
        },
        names: match args.constants.as_deref() {
            None | Some("abbrev") => ConstStyle::Abbrev,
            Some("raw") => ConstStyle::Raw,
            Some("verbose") => ConstStyle::Verbose,
            Some(other) => bail!("-X {other}: constants are written raw, abbrev or verbose"),
        },
        verbose: args.no_abbrev,
        arg_names: args.arg_names,
    });
    let relative = args.relative || args.relative_timestamps.is_some();
    (lines.clock, lines.since) = log::clock(args.time, relative);
    if !args.absolute_timestamps.is_empty() {
        if args.time > 0 {
            bail!("-t and --absolute-timestamps mean the same: give one of them");
        }
        (lines.clock, lines.precisions.clock) = absolute(&args.absolute_timestamps)?;
        if relative && lines.clock == Clock::None {
            lines.clock = Clock::Relative;
        }
    }
    if let Some(word) = args.relative_timestamps.as_deref() {
        lines.precisions.relative = precision("--relative-timestamps", word)?;
    }
    if let Some(word) = args.syscall_times.as_deref() {
        lines.precisions.duration = precision("--syscall-times", word)?;
    }
    lines.durations = args.durations || args.syscall_times.is_some();
    (lines.numbers, lines.language) = (args.numbers, args.language.get());
    Ok(lines)
}

/// The precision a time is written with.
fn precision(option: &str, word: &str) -> anyhow::Result<Precision> {
    let known = Precision::parse(word.trim_start_matches("precision:"));
    known.with_context(|| format!("{option}={word}: say s, ms, us or ns"))
}

/// `--absolute-timestamps=[[format:]FORMAT[,[precision:]PRECISION]]`, several of which add up: seconds unless another
/// precision is given.
fn absolute(given: &[String]) -> anyhow::Result<(Clock, Precision)> {
    let (mut clock, mut digits) = (Clock::Seconds, Precision::Seconds);
    for word in given.iter().flat_map(|text| text.split(',')) {
        match word.trim_start_matches("format:").trim_start_matches("precision:") {
            "time" => clock = Clock::Seconds,
            "unix" => clock = Clock::Epoch,
            "none" => clock = Clock::None,
            other => match Precision::parse(other) {
                Some(precision) => digits = precision,
                None => bail!("--absolute-timestamps={other}: use none, time or unix, and s, ms, us or ns"),
            },
        }
    }
    if clock == Clock::Seconds && digits != Precision::Seconds {
        clock = Clock::Micros; // the time of day with a fraction
    }
    Ok((clock, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::{Cli, Command};
    use clap::Parser;

    fn plan(args: &[&str]) -> anyhow::Result<Plan> {
        let all = ["sockscope", "trace"].iter().chain(args);
        let Command::Trace(args) = Cli::try_parse_from(all)?.command else { bail!("another command") };
        Plan::read(&args)
    }

    #[test]
    fn straces_spellings_are_taken() {
        for spelling in [
            &["-e", "trace=connect", "true"][..],
            &["-etrace=connect", "true"],
            &["-e", "connect", "true"],
            &["-econnect", "true"],
            &["--trace=connect", "true"],
            &["--trace", "connect", "true"],
            &["-e", "t=connect", "true"],
        ] {
            let plan = plan(spelling).unwrap();
            assert_eq!(plan.settings.calls, CallSet::parse("connect").unwrap(), "{spelling:?}");
            assert_eq!(plan.program.argv, ["true"], "{spelling:?}");
        }
        let all = plan(&[
            "-f", "-tt", "-T", "-yy", "-s", "100", "-Xraw", "-a", "1", "-xx", "-v", "-n", "sh", "-c", "x", "-p",
        ]);
        let all = all.unwrap();
        assert_eq!(all.program.argv, ["sh", "-c", "x", "-p"]);
        assert_eq!((all.lines.clock, all.lines.durations, all.lines.numbers), (Clock::Micros, true, true));
        assert_eq!(all.settings.limits.strings, 100);
        assert!(all.settings.abbrev.is_empty() && all.settings.show.socket && all.several && !all.output.separate);
        let again = plan(&["-r", "-T", "-TT", "-r", "-s5", "-s", "6", "-o", "a", "-o", "b", "true"]).unwrap();
        assert_eq!((again.settings.limits.strings, again.output.target.as_deref()), (6, Some("b".as_ref())));
        assert!(plan(&["-ff", "-o", "x", "true"]).unwrap().output.separate);
        assert_eq!(plan(&["-p", "1,2 3", "-p4"]).unwrap().attach, [1, 2, 3, 4]);
        assert_eq!(plan(&["-e", "signal=!sigio,usr1", "true"]).unwrap().settings.signals, !(1 << 28 | 1 << 9));
    }

    #[test]
    fn what_is_not_taken_is_named() {
        let error = |args: &[&str]| plan(args).err().unwrap().to_string();
        for (args, name) in [
            (&["-k", "true"][..], "-k"),
            (&["--inject=read:error=NONE", "true"], "-e inject"),
            (&["-e", "fault=read:retval=1", "true"], "-e fault"),
            (&["-Y", "true"], "-Y"),
            (&["-I", "5", "true"], "-I"),
            (&["-b", "read", "true"], "-b read"),
            (&["-c", "-U", "calls,count", "true"], "-U"),
            (&["-c", "-O", "1m", "true"], "-O"),
            (&["--daemonize=foo", "true"], "--daemonize"),
            (&["--tips=foo", "true"], "--tips"),
            (&["-e", "colour=red", "true"], "-e colour"),
        ] {
            assert!(error(args).contains(name), "{args:?}: {}", error(args));
        }
        assert!(error(&[]).contains("nothing to trace"));
        assert!(plan(&["--no-such-option", "true"]).is_err());
    }
}
