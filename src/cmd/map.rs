//! `sockscope map`: what Python expressions, or the lines of a program, ask of the kernel.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::own::OwnArgs;
use super::{language, nearest, print, print_coloured, print_json, requests, say, table};
use crate::event::Exit;
use crate::map::{self, Case, Column, Interpreter, Sheet, lines};
use crate::sys::signals;
use crate::tracer::{Backend, Program, Settings, Step, TraceError, Tracer};

/// Measure which system calls each call of Python's socket module makes, or each line of a program.
///
/// Every row is one expression in one situation, run in a real program and traced; none is a stored answer. With
/// several interpreters their columns stand side by side, and rows in which they differ are marked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope map
  sockscope map accept connect
  sockscope map --python python3.8 --python python3.13 --format markdown
  sockscope map client.py 127.0.0.1 8080
  sockscope map -m http.server 8000")]
pub(super) struct Args {
    /// Functions and methods (accept, socket.create_connection); or a program, FILE.py, and its arguments.
    #[arg(value_name = "API|FILE.py", trailing_var_arg = true)]
    pub what: Vec<OsString>,

    /// The interpreter, by name or path; may be repeated. Without it: python3.
    #[arg(long, value_name = "PATH")]
    pub python: Vec<PathBuf>,

    /// Measure the lines of this module, run as a program with the arguments that follow.
    #[arg(short = 'm', long, value_name = "MODULE", num_args = 1.., allow_hyphen_values = true)]
    pub module: Vec<OsString>,

    /// Whose code is whose.
    #[command(flatten)]
    pub own: OwnArgs,

    /// How it is written.
    #[arg(short = 'F', long, value_enum, default_value_t = MapFormat::Table)]
    pub format: MapFormat,
}

/// How a map is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MapFormat {
    /// A table for the terminal.
    Table,
    /// A Markdown table.
    Markdown,
    /// A JSON array.
    Json,
}

/// Runs `sockscope map`. A program's exit status becomes the command's own.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let default = [PathBuf::from("python3")];
    let pythons = if args.python.is_empty() { &default[..] } else { &args.python };
    let pythons: Vec<Interpreter> = pythons.iter().map(|python| Interpreter::find(python)).collect::<Result<_, _>>()?;
    let command = match &args.module[..] {
        [] => args.what.clone(),
        module => std::iter::once("-m".into()).chain(module.iter().cloned()).collect(),
    };
    let file = args.what.first().filter(|file| is_program(file));
    if let Some(file) = file {
        std::fs::metadata(file).with_context(|| format!("cannot open {}", file.display()))?;
    }
    if file.is_some() || !args.module.is_empty() {
        let [python] = &pythons[..] else { bail!("a program is measured with one interpreter; give --python once") };
        return program(python, &command, args);
    }
    let cases = chosen(&args.what)?;
    let columns: Vec<Column> = pythons.iter().map(|python| map::measure(python, &cases)).collect::<Result<_, _>>()?;
    match args.format {
        MapFormat::Json => print_json(format!("{:#}\n", map::json(&cases, &columns)))?,
        MapFormat::Markdown => print(map::sheet(&cases, &columns).markdown())?,
        MapFormat::Table => print_coloured(&table(&map::sheet(&cases, &columns)))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether an argument is a program rather than the name of a function.
fn is_program(word: &OsStr) -> bool {
    let path = Path::new(word);
    path.extension().is_some_and(|extension| extension == "py") || path.components().count() > 1
}

/// The situations of the functions that were named; all without any name.
fn chosen(names: &[OsString]) -> anyhow::Result<Vec<Case>> {
    let all: Vec<Case> = map::cases().collect();
    if names.is_empty() {
        return Ok(all);
    }
    let is = |case: &Case, name: &str| case.api == name || case.api.rsplit('.').next() == Some(name);
    for (at, name) in names.iter().enumerate() {
        let name = name.to_string_lossy();
        if name.starts_with('-') && at == 0 {
            let (what, command) = ("option", "sockscope map");
            bail!("there is no {what} {name}; `{command} --help` lists them");
        }
        if name.starts_with('-') {
            bail!("{name} stands behind a name, where a program's own arguments stand: put options before the names");
        }
        if !all.iter().any(|case| is(case, &name)) {
            let known = all.iter().map(|case| case.api);
            match nearest::did_you_mean(&name, known.clone()) {
                Some(near) => bail!("cannot measure {name}: no function or method of a socket has this name{near}"),
                None => bail!(
                    "cannot measure {name}: it is neither a function or method of a socket, such as accept or \
                     socket.create_connection, nor a program, such as FILE.py or ./FILE; `sockscope map` shows all"
                ),
            }
        }
    }
    Ok(all.into_iter().filter(|case| names.iter().any(|name| is(case, &name.to_string_lossy()))).collect())
}

/// Runs a program and shows its lines; ^C is the program's, which may run until then.
fn program(python: &Interpreter, command: &[OsString], args: &Args) -> anyhow::Result<ExitCode> {
    let argv = std::iter::once(python.path.clone().into_os_string()).chain(command.iter().cloned());
    let program = Program { argv: argv.collect(), dispositions: requests::install(false), ..Program::default() };
    let settings = Settings {
        python: true,
        own_code: args.own.code(),
        system_times: true,
        requests: Some(&requests::REQUESTS),
        ..Settings::default()
    };
    let mut source =
        Tracer::start(&program, settings).with_context(|| format!("{} cannot be traced", python.path.display()))?;
    let mut counted = lines::LineCounter::default();
    let ended = loop {
        match source.next() {
            Ok(Some(Step::Event(happened))) => counted.take_timed(&happened.event, happened.system_ns),
            Ok(Some(Step::Remark(remark))) => {
                say(remark);
            }
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(TraceError::Ended(signal)) => break Some(signal),
            Err(error) => return Err(error.into()),
        }
    };
    signals::ticking(false);
    let elsewhere = counted.elsewhere;
    let lines = counted.finish();
    match args.format {
        MapFormat::Json => print_json(format!("{:#}\n", lines::json(&lines)))?,
        MapFormat::Markdown => print(Sheet::of_lines(&lines).markdown())?,
        MapFormat::Table => {
            if !lines.is_empty() {
                print_coloured(&table(&Sheet::of_lines(&lines)))?;
            }
            let language = language::current();
            let more = match elsewhere {
                0 if lines.is_empty() => language.text("no line of Python made a socket call"),
                0 => Cow::Borrowed(""),
                1 => language.text("1 more call was made outside of any Python line"),
                _ => Cow::Owned(
                    language.text(&format!("{elsewhere} more calls were made outside of any Python line")).into_owned(),
                ),
            };
            if !more.is_empty() {
                print(format!("{more}\n"))?;
            }
        }
    }
    if let Some(signal) = ended {
        signals::die_of(signal);
    }
    Ok(match source.outcome() {
        Some(Exit::Status(status)) => ExitCode::from(status as u8),
        Some(Exit::Killed { signal, .. }) => ExitCode::from(128u8.saturating_add(signal as u8)),
        None => ExitCode::SUCCESS,
    })
}

fn table(sheet: &Sheet) -> String {
    let head: Vec<&str> = sheet.head.iter().map(String::as_str).collect();
    let rows = sheet.rows.iter().map(|row| row.iter().map(|cell| cell.as_str().into()).collect());
    table::in_language(language::current(), &head, rows.collect(), usize::from(u16::MAX))
}
