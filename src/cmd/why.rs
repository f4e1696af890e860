//! `sockscope why`: what is known of errors, without a program at hand, and what went wrong in a recorded trace.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anstyle::Style;
use anyhow::{Context, bail};
use clap::ValueEnum;

use super::language::LanguageArg;
use super::open::OpenArg;
use super::paint::Painter;
use super::{STDOUT, nearest, print_coloured, say};
use crate::event::{Body, Errno};
use crate::lang::Language;
use crate::picture::{self, Collector};
use crate::text::{self, TextWriter, fold, visible_lines};
use crate::why::Explainer;
use crate::why::causes::{self, CauseKind};
use crate::xlat::errno::ERRNO;
use crate::{json, read};

/// Explain what an error of a socket call can mean.
///
/// For each errno, its known causes with the calls that meet them, and a command that demonstrates each. Of a
/// recorded trace, the calls that failed or never returned, each with its cause, from the evidence that was recorded or
/// from the trace alone. To have the evidence collected, give --why to trace or run.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sockscope why ECONNREFUSED                nothing answers: nine causes
  sockscope why EADDRINUSE bind             its causes in bind
  sockscope why waiting                     calls that do not return
  sockscope why --format json | jq -r .cause
  sockscope why log.jsonl                   the failures of a recorded trace
  sockscope why log.jsonl --open            the same on a page, in the browser
  sockscope trace --why python3 client.py   why it failed, here and now")]
pub(super) struct Args {
    /// Errnos by name or number, `waiting`, or calls; all errnos without any. Or the file of a trace, with its folder
    /// (./log) where its name is one of those.
    #[arg(value_name = "ERRNO|FILE")]
    pub what: Vec<String>,
    /// The language of the explanations.
    #[command(flatten)]
    pub language: LanguageArg,
    /// The output format; json is one object per line.
    #[arg(long, value_enum, default_value_t = WhyFormat::Text)]
    pub format: WhyFormat,
    /// Whether the page is opened.
    #[command(flatten)]
    pub open: OpenArg,
}

/// Which causes `--why` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Causes {
    /// Those of failures, and of calls that wait at the end.
    Failures,
    /// Also those of what is expected, such as EAGAIN on a socket that does not wait.
    All,
}

impl Causes {
    /// The option as it is spelled.
    pub(super) fn option(self) -> &'static str {
        match self {
            Self::Failures => "--why",
            Self::All => "--why=all",
        }
    }
}

/// How causes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum WhyFormat {
    /// Paragraphs for the terminal.
    Text,
    /// One JSON object per line.
    Json,
    /// A Markdown document.
    Markdown,
    /// A page for a browser, of a recorded trace.
    Html,
}

/// Runs `sockscope why`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let page = args.open.open || args.format == WhyFormat::Html;
    if args.open.open && ![WhyFormat::Text, WhyFormat::Html].contains(&args.format) {
        bail!("--open shows pages: leave --format out, or give --format html");
    }
    if let [only] = args.what.as_slice()
        && is_file(only)
    {
        if page {
            return failures(Path::new(only), args.open, args.language.get());
        }
        return recorded(Path::new(only), args.format, args.language.get());
    }
    if args.what.len() > 1
        && let Some(file) = args.what.iter().find(|word| word.contains('/') || Path::new(word).is_file())
    {
        bail!("{file} is a file: give one trace, and nothing else");
    }
    if page {
        bail!("a page shows what failed in a trace: give the file of one");
    }
    let chosen = chosen(&args.what)?;
    let text = match args.format {
        WhyFormat::Text => paragraphs(&chosen, args.language.get()),
        WhyFormat::Json => objects(&chosen, args.language.asked())?,
        WhyFormat::Markdown | WhyFormat::Html => markdown(&chosen, args.language.get()),
    };
    print_coloured(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a word means a trace.
fn is_file(word: &str) -> bool {
    let known = ERRNO.value(&word.to_uppercase()).is_some() || word.parse::<i32>().is_ok();
    let known = known || causes::all().any(|known| known.errno == word || known.calls.contains(&word));
    // An errno has no ending.
    word == "-"
        || word.contains(['/', '.'])
        || (!known && read::files(Path::new(word)).iter().all(|file| file.exists()))
}

/// The calls of a trace that have a cause.
fn recorded(path: &Path, format: WhyFormat, language: Language) -> anyhow::Result<ExitCode> {
    let mut source = read::open(path, |_| {})?;
    let mut explainer = Explainer::default();
    let mut lines = TextWriter::new(text::Style::default());
    lines.columns = super::table::columns_of(&std::io::stdout());
    (lines.why, lines.language) = (true, language);
    let mut out = anstream::stdout().lock();
    let (mut found, mut painter) = (0u64, Painter::default());
    loop {
        let mut events = Vec::new();
        let more = source.read(&mut events).with_context(|| path.display().to_string())?;
        // How the text was written is known once some of it was read.
        (lines.clock, lines.pids) = (source.report().form.clock, source.report().form.pids);
        for mut event in events {
            explainer.event(&mut event);
            let cause = match &event.body {
                Body::Call(call) => call.why.as_ref().and_then(|why| why.cause.as_ref()),
                _ => None,
            };
            let data = format == WhyFormat::Json;
            let explained = cause.is_some_and(|cause| data || cause.is_shown());
            if !explained {
                continue;
            }
            found += 1;
            let (mut line, mut bytes) = (String::new(), Vec::new());
            match format {
                WhyFormat::Json => json::write(&event, &mut bytes),
                WhyFormat::Markdown => lines.write(&event, &mut line),
                WhyFormat::Text | WhyFormat::Html => {
                    let mut plain = String::new();
                    lines.write(&event, &mut plain);
                    painter.paint(&plain, &mut line);
                }
            }
            if format == WhyFormat::Markdown {
                line = format!("```text\n{}\n```\n", visible_lines(line.trim_end()));
            }
            bytes.extend_from_slice(line.as_bytes());
            out.write_all(&bytes).context(STDOUT)?;
        }
        if !more {
            break;
        }
    }
    out.flush().context(STDOUT)?;
    super::readable(path, source.report())?;
    if found == 0 {
        say(format!("{}: no failed call has a known explanation", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// A trace as a page that begins with what failed.
fn failures(path: &Path, open: OpenArg, language: Language) -> anyhow::Result<ExitCode> {
    let mut source = read::open(path, |_| {})?;
    let mut explainer = Explainer::default();
    let mut collector = Collector::new(picture::report::MAX_STEPS, false);
    loop {
        let mut events = Vec::new();
        let more = source.read(&mut events).with_context(|| path.display().to_string())?;
        for mut event in events {
            explainer.event(&mut event);
            if let Body::Call(call) = &mut event.body {
                call.why.take_if(|why| why.cause.as_ref().is_some_and(|cause| !cause.is_shown()));
            }
            collector.event(&event);
        }
        if !more {
            break;
        }
    }
    super::readable(path, source.report())?;
    let name = path.display().to_string();
    open.page(&picture::report::failures(&collector.finish(), &name, language), "why")?;
    Ok(ExitCode::SUCCESS)
}

/// The causes of these errnos, met in these calls; of all where none is named.
fn chosen(words: &[String]) -> anyhow::Result<Vec<&'static CauseKind>> {
    let errnos = || {
        let mut all: Vec<&str> = causes::all().map(|known| known.errno).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (mut wanted, mut calls) = (Vec::new(), Vec::new());
    for word in words {
        let upper = word.to_uppercase();
        // Some have two names, EAGAIN and EWOULDBLOCK.
        let number = word.parse().ok().or_else(|| i32::try_from(ERRNO.value(&upper)?).ok());
        let by_number = number.and_then(|number: i32| Errno(number).name());
        let outcome = causes::OUTCOMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
        let name = by_number.unwrap_or(outcome.map_or(upper.as_str(), |(name, _)| *name));
        if let Some(errno) = errnos().into_iter().find(|errno| *errno == name) {
            wanted.push(errno);
        } else if causes::all().any(|known| known.calls.contains(&word.as_str())) {
            calls.push(word.as_str());
        } else if let Some(errno) = ERRNO.value(name) {
            let message = Errno(errno as i32).message().unwrap_or_default();
            bail!("{name} ({message}) has no known causes; `sockscope why` lists the errnos that have");
        } else {
            bail!("there is no errno {word}{}", nearest::suggestion(&upper, errnos().into_iter()));
        }
    }
    let fits = |known: &&CauseKind| {
        (wanted.is_empty() || wanted.contains(&known.errno))
            && (calls.is_empty() || calls.iter().any(|call| known.calls.contains(call)))
    };
    let mut chosen: Vec<&CauseKind> = causes::all().filter(fits).collect();
    // Together what belongs together, in the order in which the errnos were first met or asked for.
    let order = |errno: &str| {
        let asked = wanted.iter().position(|wanted| *wanted == errno);
        asked.or_else(|| causes::all().position(|known| known.errno == errno))
    };
    chosen.sort_by_key(|known| order(known.errno));
    if chosen.is_empty() {
        bail!("{} is not a known error of {}", wanted.join(", "), calls.join(", "));
    }
    Ok(chosen)
}

/// `ECONNREFUSED (Connection refused)`; in another language behind the words that programs print.
fn title(errno: &str, language: Language) -> String {
    let number = ERRNO.value(errno);
    match number.and_then(|number| Errno(number as i32).message()) {
        Some(message) => match language.translated(message) {
            None => format!("{errno} ({message})"),
            Some(translated) => format!("{errno} ({message}) {translated}"),
        },
        None => {
            let meaning = causes::OUTCOMES.iter().find(|(name, _)| *name == errno).map_or("", |(_, meaning)| *meaning);
            format!("{errno} ({})", language.text(meaning))
        }
    }
}

fn paragraphs(chosen: &[&CauseKind], language: Language) -> String {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let mut out = String::new();
    let mut last = "";
    for known in chosen {
        if known.errno != last {
            if !last.is_empty() {
                out.push('\n');
            }
            let _ = writeln!(out, "{bold}{}{bold:#}", title(known.errno, language));
            last = known.errno;
        }
        let _ = writeln!(out, "  {bold}{}{bold:#}  {dim}{}{dim:#}", known.id, known.calls.join(", "));
        wrap(&language.text(known.summary), "    ", &mut out);
        for (at, line) in known.command().lines().enumerate() {
            let _ = writeln!(out, "    {} {line}", if at == 0 { "$" } else { ">" });
        }
    }
    out
}

/// Appends a text in lines of at most 100 columns, or as many as the terminal has.
pub(super) fn wrap(text: &str, indent: &str, out: &mut String) {
    const COLUMNS: usize = 100;
    let columns = super::table::width().map_or(COLUMNS, |width| width.min(COLUMNS));
    out.push_str(&fold(text, indent, indent, columns));
    out.push('\n');
}

fn objects(chosen: &[&CauseKind], language: Language) -> anyhow::Result<String> {
    let mut out = String::new();
    for known in chosen {
        let object = serde_json::json!({
            "errno": known.errno,
            "cause": known.id,
            "calls": known.calls,
            "says": language.text(known.summary),
            "command": known.command(),
        });
        out += &serde_json::to_string(&object)?;
        out.push('\n');
    }
    Ok(out)
}

fn markdown(chosen: &[&CauseKind], language: Language) -> String {
    let mut out = format!("# {}\n", language.text("Why socket calls fail"));
    let mut last = "";
    for known in chosen {
        if known.errno != last {
            let _ = writeln!(out, "\n## {}", title(known.errno, language));
            last = known.errno;
        }
        let calls = known.calls.iter().map(|call| format!("`{call}`")).collect::<Vec<_>>().join(", ");
        let met = language.sentences([known.summary, &format!("In {calls}.")]);
        let _ = writeln!(out, "\n### {}\n\n{met}\n", known.id);
        let _ = writeln!(out, "```sh\n{}\n```", known.command());
    }
    out
}
