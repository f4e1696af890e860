//! `sockscope claims`: decides claims one after the other and shows what came of them.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, bail};
use clap::ValueEnum;

use super::language::LanguageArg;
use super::open::OpenArg;
use super::table::{self, Field};
use super::{NO_HANDLER, TROUBLE, format, nearest, print_coloured, print_json, progress, say};
use crate::claims::{self, Claim, TestedClaim, Verdict, report};
use crate::format::WriteOptions;
use crate::lang::Language;
use crate::sys::signals;
use crate::{picture, text};

/// Decide what the documents claim about sockets, by experiment, on this kernel.
///
/// Each claim is tried in a network namespace of its own, so nothing of this machine is changed or in the way. The
/// kernel settings in force here are carried into it, and change the answer where the claim depends on them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sockscope claims                          all of them, as a table
  sockscope claims time-wait send-short     two of them, with the decisive calls
  sockscope claims --set net.ipv4.tcp_abort_on_overflow=1 queue-full-refused
  sockscope claims --format json | jq -r 'select(.verdict==\"refuted\").says'
  sockscope claims --open                   a page of all of them, in the browser
  sockscope claims --format markdown --lang zh      a page, in Chinese
  sockscope claims -o traces                every call each experiment made, as JSON lines and as strace's text")]
pub(super) struct Args {
    /// The claims to decide [default: all].
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// How to write the verdicts; json is one object per line.
    #[arg(long, value_enum, default_value_t = ClaimsFormat::Table)]
    pub format: ClaimsFormat,
    /// Write the trace of each experiment into this folder: ID.jsonl and ID.strace.
    #[arg(short, long = "output", value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Take this kernel setting to be in force, in the experiments only.
    #[arg(long, value_name = "SYSCTL=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
    /// The language of the claims and of what was seen.
    #[command(flatten)]
    pub language: LanguageArg,
    /// Whether the page is opened.
    #[command(flatten)]
    pub open: OpenArg,
    /// Show what was tried and the decisive calls, also without naming claims.
    #[arg(short, long)]
    pub verbose: bool,
}

/// How verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ClaimsFormat {
    /// A table for the terminal.
    Table,
    /// One JSON object per line.
    Json,
    /// A Markdown document.
    Markdown,
    /// A page for a browser.
    Html,
}

/// `name=value`, the name as sysctl(8) has it.
fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if name.starts_with("net.") && !name.contains('/') && !value.is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        Some((name, _)) if !name.starts_with("net.") => {
            Err(format!("{name} is no network setting; those begin with net., as in net.ipv4.tcp_syncookies=0"))
        }
        _ => Err("write it as SYSCTL=VALUE, such as net.ipv4.tcp_syncookies=0".to_owned()),
    }
}

/// Runs `sockscope claims`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let wanted = chosen(&args.ids)?;
    if let Some(folder) = &args.output {
        fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    // Ctrl-C is a flag: what was decided so far is still shown.
    let interrupted = signals::remember().context(NO_HANDLER)?.flag();
    let options = claims::TestOptions { set: args.set.clone(), ..claims::TestOptions::default() };
    let bar = progress(wanted.len() as u64, "{bar:30} {pos}/{len} {msg}");
    let mut decisions = Vec::new();
    for claim in &wanted {
        bar.set_message(claim.id);
        let stop = || {
            bar.tick();
            interrupted.load(Ordering::Relaxed)
        };
        let Some(decision) = claims::test(claim, &options, &stop) else { break };
        if let Some(folder) = &args.output {
            for extension in ["jsonl", "strace"] {
                write_trace(folder, extension, &decision)?;
            }
        }
        decisions.push(decision);
        bar.inc(1);
    }
    bar.finish_and_clear();

    let format = if args.open.open && args.format == ClaimsFormat::Table { ClaimsFormat::Html } else { args.format };
    if args.open.open && format != ClaimsFormat::Html {
        bail!("--open shows pages: leave --format out, or give --format html");
    }
    let text = match format {
        ClaimsFormat::Html => {
            let text = report::json(&decisions, Language::English)?;
            let objects = text.lines().map(serde_json::from_str).collect::<Result<Vec<_>, _>>()?;
            picture::report::claims(&objects, args.language.get())
        }
        ClaimsFormat::Json => report::json(&decisions, args.language.asked())?,
        ClaimsFormat::Markdown => report::markdown(&decisions, args.language.get()),
        ClaimsFormat::Table => table(&decisions, args.verbose || !args.ids.is_empty(), args.language.get()),
    };
    match format {
        ClaimsFormat::Html => args.open.page(&text, "claims"),
        ClaimsFormat::Json => print_json(&text),
        ClaimsFormat::Table | ClaimsFormat::Markdown => print_coloured(&text),
    }?;
    if decisions.len() < wanted.len() {
        bail!("interrupted: {} of {} claims were decided", decisions.len(), wanted.len());
    }
    let undecided: Vec<&str> =
        decisions.iter().filter(|d| d.verdict == Verdict::Undecided).map(|d| d.claim.id).collect();
    if !undecided.is_empty() {
        let why = decisions.iter().find_map(|d| (d.verdict == Verdict::Undecided).then(|| d.notes.join("; ")));
        let (count, all, names) = (undecided.len(), decisions.len(), undecided.join(", "));
        let why = why.map(|why| args.language.get().text(&why).into_owned()).unwrap_or_default();
        let text = format!("{count} of {all} claims could not be decided here ({names}): {why}");
        say(text);
        if undecided.len() == decisions.len() {
            return Ok(ExitCode::from(TROUBLE));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The claims of these names, or all.
fn chosen(ids: &[String]) -> anyhow::Result<Vec<&'static Claim>> {
    if ids.is_empty() {
        return Ok(claims::claims().collect());
    }
    let known = claims::claims().map(|claim| claim.id);
    let find = |id: &String| {
        claims::find(id).with_context(|| format!("no claim is called {id}{}", nearest::suggestion(id, known.clone())))
    };
    ids.iter().map(find).collect()
}

/// Writes an experiment's trace in the format of this name.
fn write_trace(folder: &Path, extension: &str, decision: &TestedClaim) -> anyhow::Result<()> {
    let path = folder.join(format!("{}.{extension}", decision.claim.id));
    let mut writer = (format::chosen(None, Some(&path))?.format.writer)(&WriteOptions::default());
    let mut bytes = Vec::new();
    decision.trace.iter().for_each(|event| writer.event(event, &mut bytes));
    writer.end(&mut bytes);
    fs::write(&path, bytes).with_context(|| format!("the trace {} cannot be written", path.display()))
}

/// The table, and below it what was tried if `details`.
fn table(decisions: &[TestedClaim], details: bool, language: Language) -> String {
    let rows = decisions.iter().map(|decision| {
        let here = decision
            .in_force
            .map_or_else(String::new, |here| format!("\n{}", language.text(&format!("in force: {}", here.name()))));
        let verdict = Field {
            text: format!("{}{here}", language.text(decision.verdict.name())),
            colour: Some(match decision.verdict {
                Verdict::Confirmed => AnsiColor::Green,
                Verdict::Refuted => AnsiColor::Red,
                Verdict::Depends => AnsiColor::Yellow,
                Verdict::Undecided => AnsiColor::Magenta,
            }),
        };
        let claim = decision.claim;
        vec![
            claim.id.into(),
            claim.documents.join(", ").into(),
            language.text(claim.statement).to_string().into(),
            verdict,
            seen(decision, language).into(),
        ]
    });
    let head = [
        language.text("claim"),
        language.text("document"),
        language.text("it says"),
        language.text("verdict"),
        language.text("seen"),
    ];
    let mut out = table::table(&head.each_ref().map(|name| &**name), rows.collect(), 120);
    if details {
        decisions.iter().for_each(|decision| describe(decision, language, &mut out));
    } else {
        out += &language.text("`sockscope claims ID` shows what was tried and the decisive calls, `-v` for all.");
        out.push('\n');
    }
    out
}

/// What decided, in a cell: a try that held and one that did not.
fn seen(decision: &TestedClaim, language: Language) -> String {
    let first = |holds: bool| decision.trials.iter().find(|trial| trial.holds == holds);
    let mut lines = Vec::new();
    if let Some(on) = decision.depends_on() {
        lines.push(language.text(&format!("on {on}")).into_owned());
    }
    let line = |trial: &claims::Trial| format!("{}: {}", language.text(&trial.tried), language.text(&trial.seen));
    match (decision.verdict, first(true), first(false)) {
        (Verdict::Undecided, ..) => lines.extend(decision.notes.iter().map(|note| language.text(note).into_owned())),
        (_, Some(held), Some(failed)) => {
            lines.push(format!("{}: {}", language.text("holds"), line(held)));
            lines.push(format!("{}: {}", language.text("does not"), line(failed)));
        }
        (_, Some(trial), None) | (_, None, Some(trial)) => lines.push(line(trial)),
        (_, None, None) => {}
    }
    lines.join("\n")
}

/// Everything that was tried, and the decisive calls.
fn describe(decision: &TestedClaim, language: Language, out: &mut String) {
    let bold = Style::new().bold();
    let coloured =
        |holds: bool| Style::new().fg_color(Some(if holds { AnsiColor::Green } else { AnsiColor::Red }.into()));
    let claim = decision.claim;
    *out += &format!("\n{bold}{}{bold:#}: {}\n", claim.id, language.text(&decision.headline()));
    let document = language.text(&format!("document {}", claim.documents.join(", "))).into_owned();
    *out += &format!("  {document}: {}\n", language.text(claim.statement));
    for trial in &decision.trials {
        let style = coloured(trial.holds);
        let word = if trial.holds { language.text("holds") } else { language.text("does not") };
        let here = if trial.in_force { language.text(" (in force)") } else { Cow::Borrowed("") };
        let pad = 9usize.saturating_sub(text::width(&word));
        let (tried, seen) = (language.text(&trial.tried), language.text(&trial.seen));
        *out += &format!("  {style}{word}{:pad$}{style:#} {tried}{here}\n            {seen}\n", "");
    }
    for note in &decision.notes {
        *out += &format!("  {}: {}\n", language.text("note"), language.text(note));
    }
    for line in decision.evidence_lines() {
        *out += &format!("    {line}\n");
    }
}
