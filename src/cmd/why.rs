//! `sockscope why`: what is known of errors, without a program at hand.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anstyle::Style;
use anyhow::bail;
use sockscope::event::Errno;
use sockscope::why::causes::{self, Known, WAITS};

use super::nearest;
use crate::cli::why::{WhyArgs, WhyFormat};

/// Does what the arguments say.
pub fn run(args: &WhyArgs) -> anyhow::Result<ExitCode> {
    let chosen = chosen(&args.what)?;
    let text = match args.format {
        WhyFormat::Text => paragraphs(&chosen),
        WhyFormat::Json => json(&chosen)?,
        WhyFormat::Markdown => markdown(&chosen),
    };
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The causes of these errnos, met in these calls; of all where none is named.
fn chosen(words: &[String]) -> anyhow::Result<Vec<&'static Known>> {
    let errnos = || {
        let mut all: Vec<&str> = causes::known().map(|known| known.errno).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (mut wanted, mut calls) = (Vec::new(), Vec::new());
    for word in words {
        let upper = word.to_uppercase();
        let by_number = word.parse().ok().and_then(|number: i32| Errno(number).name());
        let name = by_number.unwrap_or(if word.eq_ignore_ascii_case(WAITS) { WAITS } else { &upper });
        if let Some(errno) = errnos().into_iter().find(|errno| *errno == name) {
            wanted.push(errno);
        } else if causes::known().any(|known| known.calls.contains(&word.as_str())) {
            calls.push(word.as_str());
        } else if let Some(errno) = sockscope::xlat::errno::ERRNO.value(name) {
            let message = Errno(errno as i32).message().unwrap_or_default();
            bail!("{name} ({message}) has no causes that are known here; `sockscope why` lists those that have");
        } else {
            bail!("there is no errno {word}{}", nearest::suggestion(&upper, errnos().into_iter()));
        }
    }
    let fits = |known: &&Known| {
        (wanted.is_empty() || wanted.contains(&known.errno))
            && (calls.is_empty() || calls.iter().any(|call| known.calls.contains(call)))
    };
    let mut chosen: Vec<&Known> = causes::known().filter(fits).collect();
    // Together what belongs together, in the order in which the errnos were first met or asked for.
    let order = |errno: &str| {
        let asked = wanted.iter().position(|wanted| *wanted == errno);
        asked.or_else(|| causes::known().position(|known| known.errno == errno))
    };
    chosen.sort_by_key(|known| order(known.errno));
    if chosen.is_empty() {
        bail!("{} is not met in {}, as far as is known here", wanted.join(", "), calls.join(", "));
    }
    Ok(chosen)
}

/// `ECONNREFUSED (Connection refused)`.
fn title(errno: &str) -> String {
    let number = sockscope::xlat::errno::ERRNO.value(errno);
    match number.and_then(|number| Errno(number as i32).message()) {
        Some(message) => format!("{errno} ({message})"),
        None => format!("{errno} (calls that have not returned)"),
    }
}

fn paragraphs(chosen: &[&Known]) -> String {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let mut out = String::new();
    let mut last = "";
    for known in chosen {
        if known.errno != last {
            if !last.is_empty() {
                out.push('\n');
            }
            let _ = writeln!(out, "{bold}{}{bold:#}", title(known.errno));
            last = known.errno;
        }
        let _ = writeln!(out, "  {bold}{}{bold:#}  {dim}{}{dim:#}", known.id, known.calls.join(", "));
        wrap(known.says, "    ", &mut out);
        for (at, line) in known.shown.command().lines().enumerate() {
            let _ = writeln!(out, "    {} {line}", if at == 0 { "$" } else { ">" });
        }
    }
    out
}

/// Words in lines of at most 100 columns.
fn wrap(text: &str, indent: &str, out: &mut String) {
    let mut column = 0;
    for word in text.split_whitespace() {
        if column > 0 && column + 1 + word.len() > 100 {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out.push('\n');
}

fn json(chosen: &[&Known]) -> anyhow::Result<String> {
    let mut out = String::new();
    for known in chosen {
        let object = serde_json::json!({
            "errno": known.errno,
            "cause": known.id,
            "calls": known.calls,
            "says": known.says,
            "command": known.shown.command(),
        });
        out += &serde_json::to_string(&object)?;
        out.push('\n');
    }
    Ok(out)
}

fn markdown(chosen: &[&Known]) -> String {
    let mut out = String::from("# Why socket calls fail\n");
    let mut last = "";
    for known in chosen {
        if known.errno != last {
            let _ = writeln!(out, "\n## {}", title(known.errno));
            last = known.errno;
        }
        let calls = known.calls.iter().map(|call| format!("`{call}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "\n### {}\n\n{} In {calls}.\n", known.id, known.says);
        let _ = writeln!(out, "```sh\n{}\n```", known.shown.command());
    }
    out
}
