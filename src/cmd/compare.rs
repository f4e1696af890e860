//! `sockscope compare`: two traces call by call.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use sockscope::compare::{self, Options};
use sockscope::event::Event;
use sockscope::{convert, syscall};

use crate::cli::compare::{CompareArgs, View};

/// Columns where there is no terminal to ask.
const WIDTH: usize = 160;

/// Does what the arguments say.
pub fn run(args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let mut options = Options { only: calls(&args.trace)?, ..Options::default() };
    for name in &args.keep {
        options.keep.keep(name);
    }
    let (left, right) = (read(&args.left)?, read(&args.right)?);
    let comparison = compare::compare(&left, &right, &options);
    if !args.quiet {
        let text = match args.format {
            View::Side => compare::side_by_side(&comparison, &left, &right, width(), args.all),
            View::Unified => compare::unified(&comparison, &left, &right, args.all),
            View::Json => compare::json(&comparison, &left, &right, args.all),
        };
        io::stdout().lock().write_all(text.as_bytes())?;
    }
    Ok(if comparison.is_same() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A whole trace.
fn read(path: &Path) -> anyhow::Result<Vec<Event>> {
    let mut source = convert::open(path, |_| {})?;
    let mut events = Vec::new();
    while source.read(&mut events).with_context(|| format!("cannot read {}", path.display()))? {}
    let report = source.report();
    if report.unread > 0 {
        writeln!(anstream::stderr(), "sockscope: {}: {report}", path.display())?;
    }
    if report.calls == 0 {
        bail!("{} has no calls; is it a trace?", path.display());
    }
    Ok(events)
}

/// The names of the calls that are to be compared, strace's `trace=` before them or not.
fn calls(expressions: &[String]) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for name in expressions.iter().flat_map(|list| list.strip_prefix("trace=").unwrap_or(list).split(',')) {
        let class = match name {
            "%network" | "network" | "%net" => Some(syscall::Class::NETWORK),
            "%desc" | "desc" => Some(syscall::Class::DESC),
            _ => None,
        };
        match class {
            Some(class) => {
                names.extend(syscall::table().filter(|sys| sys.class.contains(class)).map(|sys| sys.name.to_owned()));
            }
            None if name.starts_with('%') || name.is_empty() => {
                bail!("-e knows names of calls, %network and %desc, but not {name:?}");
            }
            None => names.push(name.to_owned()),
        }
    }
    Ok(names)
}

/// The width of the terminal, or of `$COLUMNS`.
fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || {
        let mut table = comfy_table::Table::new();
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic).width().map(usize::from)
    };
    asked.or_else(terminal).unwrap_or(WIDTH)
}
