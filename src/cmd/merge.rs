//! `sockscope merge`: traces of several hosts as one.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::json;

use super::{format, readable, say};
use crate::convert;
use crate::format::{Format, Packed, Remarks, WriteOptions};
use crate::merge::{Part, Ready, Skew, merge};
use crate::read::{self, Events, Report};
use crate::text::{Clock, Pids, Style, TextWriter};

/// Join the traces of several hosts, with their clocks aligned
///
/// Connections are joined by their addresses and bytes by their places in the stream, and each message bounds how far the
/// clocks are apart. Times become those of the first trace's host; how far the others were ahead, and by how much that may be
/// wrong, is reported. A host is called after its file. Numbers of processes of the second host are 10000000 larger, those of
/// the third 20000000, and so on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope merge server.jsonl client.jsonl -o both.html      lanes of both hosts, arrows between them
  sockscope merge web1.jsonl.zst web2.jsonl.zst db.jsonl.zst -o all.jsonl --skew clocks.json
  sockscope merge server.strace client.strace -o both.pcapng")]
pub(super) struct Args {
    /// The traces, one for each host
    #[arg(value_name = "FILE", required = true, num_args = 2..)]
    pub files: Vec<PathBuf>,

    /// The format to write; default: that of the output's file name, or else strace's
    #[arg(short = 'F', long, value_name = "FORMAT", value_parser = format::parser())]
    pub format: Option<&'static Format>,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write to this file what was found of the clocks, as JSON
    #[arg(long, value_name = "FILE")]
    pub skew: Option<PathBuf>,
}

/// Runs `sockscope merge`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let written = format::chosen(args.format, file)?;
    format::spare_the_terminal(written.format, file.is_none() && io::stdout().is_terminal())?;
    let outputs = [file, args.skew.as_deref()].into_iter().flatten();
    let same = |output: &Path| args.files.iter().any(|input| input.canonicalize().ok() == output.canonicalize().ok());
    if let Some(output) = outputs.filter(|output| output.exists()).find(|output| same(output)) {
        bail!("{}: refusing to overwrite the input; write to another file", output.display());
    }
    let mut report = Report::default();
    let mut parts: Vec<Part> = Vec::new();
    for path in &args.files {
        let (events, read) = part(path)?;
        report.add(&read);
        let stem = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = stem.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("host").to_owned();
        let taken = |name: &String| parts.iter().any(|part| part.name == *name);
        let mut names = (1..).map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
        let name = names.find(|name| !taken(name)).unwrap_or(stem.clone());
        parts.push(Part { name, events });
    }
    let first = parts[0].name.clone();
    let (events, skews) = merge(parts);
    for skew in &skews {
        say(sentence(skew, &first));
    }
    if let Some(path) = &args.skew {
        let hosts = skews.iter().map(|skew| {
            json!({"host": skew.host, "skew_ns": skew.skew_ns, "error_ns": skew.error_ns, "messages": skew.messages})
        });
        let text = json!({"first": first, "hosts": hosts.collect::<Vec<_>>()});
        std::fs::write(path, format!("{text}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let remarks = Remarks::default();
    let mut lines = TextWriter::new(Style { align: 40, ..Style::default() });
    (lines.clock, lines.pids, lines.durations) = (Clock::Epoch, Pids::Bare, true);
    let options = WriteOptions { lines, remarks: remarks.clone(), ..WriteOptions::default() };
    let mut out: Packed<Box<dyn Write>> = match file {
        Some(path) => {
            let open = || Packed::new(Box::new(BufWriter::new(File::create(path)?)) as _, written.packing);
            open().with_context(|| format!("cannot create {}", path.display()))?
        }
        None => Packed::plain(Box::new(io::stdout().lock())),
    };
    let source = Box::new(Ready::new(events, report));
    let converted = convert::convert(source, |_| (written.format.writer)(&options), &mut out);
    converted.and_then(|_| out.finish().map_err(convert::Error::Write)).context("the merged trace")?;
    remarks.take().iter().for_each(say);
    Ok(ExitCode::SUCCESS)
}

/// A host's events.
fn part(path: &Path) -> anyhow::Result<(Vec<crate::event::Event>, Report)> {
    let mut events = Events::new(read::open(path, |_| {})?);
    let all: Vec<_> =
        events.by_ref().collect::<Result<_, _>>().with_context(|| format!("cannot read {}", path.display()))?;
    readable(path, events.report())?;
    let name = path.display();
    if matches!(events.report().form().clock, Clock::None | Clock::Relative) {
        bail!("cannot merge {name}: it has no time of day; record it with -ttt, or as JSON lines");
    }
    if all.iter().any(|event| event.host.is_some() || event.pid >= crate::sockets::HOST) {
        bail!("cannot merge {name}: it was merged already; give the traces that it was made of");
    }
    Ok((all, events.report().clone()))
}

/// What was found of a clock.
fn sentence(skew: &Skew, first: &str) -> String {
    let host = &skew.host;
    if skew.messages == 0 {
        return format!("{host}: nothing shows how far its clock is from that of {first}; its times stay as they are");
    }
    let seconds = skew.skew_ns.unsigned_abs() as f64 / 1e9;
    let way = if skew.skew_ns < 0 { "behind" } else { "ahead of" };
    let messages = skew.messages;
    match skew.error_ns {
        Some(error_ns) => format!(
            "{host}: its clock is {seconds:.6} s {way} that of {first}, give or take {:.6} s, by {messages} messages",
            error_ns as f64 / 1e9
        ),
        None => format!(
            "{host}: its clock is about {seconds:.6} s {way} that of {first}; {messages} messages in one direction only show no more"
        ),
    }
}
