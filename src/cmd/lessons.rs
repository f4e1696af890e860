//! `sockscope lessons`: a page for each document program, and one that lists them.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};

use super::language::LanguageArg;
use super::open::OpenArg;
use super::run::{interpreter, lesson};
use super::{TROUBLE, print, programs, progress, say};
use crate::event::Event;
use crate::lang::Language;
use crate::picture::Collector;
use crate::picture::report::{self, Chapter, Listed};
use crate::program::{DOCUMENTS, PROGRAMS, Program, Role, Transport};
use crate::sys::folder;
use crate::{claims, json};

/// Make a page for each document program, and one that lists them
///
/// A lesson has both roles' sources, the calls of each line between them, what each call, argument and error means, and
/// what the document says beside what happened when it was tried.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sockscope lessons -o lessons             run the nine programs here; open lessons/index.html
  sockscope lessons -o lessons --recorded  the same from recorded runs, where nothing can be traced
  sockscope run chat --python -o chat.html one of them

Exit code: 0 if all programs ended as expected, 1 if not, 2 if one could not be run.")]
pub(super) struct Args {
    /// Folder for the pages, which is made if it does not exist
    #[arg(short, long = "output", value_name = "DIR")]
    pub output: PathBuf,
    /// Run nothing: make the pages from runs of CPython that were recorded
    #[arg(long)]
    pub recorded: bool,
    /// Whether the list is opened
    #[command(flatten)]
    pub open: OpenArg,
    /// The language of the pages, which a button on them changes
    #[command(flatten)]
    pub language: LanguageArg,
}

/// Runs `sockscope lessons`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let language = args.language.get();
    let place = |path: &Path| format!("cannot write {}", path.display());
    std::fs::create_dir_all(&args.output).with_context(|| place(&args.output))?;
    let output = args.output.canonicalize().with_context(|| place(&args.output))?;
    let python = args.recorded || interpreter().is_ok();
    if !python {
        say("there is no python3 here: the lessons show the replays, whose calls are the same");
    }
    let bar = progress(PROGRAMS.len() as u64, "{bar:30} {pos}/{len} {msg}");
    let mut worst = 0;
    for program in PROGRAMS {
        bar.set_message(program.name);
        let file = output.join(file_name(program));
        if args.recorded {
            let page = recorded(program, language)?;
            std::fs::write(&file, page).with_context(|| place(&file))?;
        } else {
            worst = worst.max(played(program, &file, python, language)?);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let index = output.join("index.html");
    std::fs::write(&index, report::index(&chapters(), language)).with_context(|| place(&index))?;
    print(format!("{}\n", args.output.join("index.html").display()))?;
    args.open.show(Some(&index))?;
    Ok(ExitCode::from(worst))
}

fn file_name(program: &Program) -> String {
    format!("{}.html", program.name)
}

/// A page of a recorded run.
fn recorded(program: &'static Program, language: Language) -> anyhow::Result<String> {
    let [trace, beside] = program.recorded;
    let mut collector = Collector::new(report::MAX_STEPS, false).explaining();
    let events = trace.lines().map(json::read).collect::<Result<Vec<Event>, _>>();
    events
        .with_context(|| format!("the recording of {} is broken", program.name))?
        .iter()
        .for_each(|event| _ = collector.event(event));
    let beside =
        serde_json::from_str(beside).with_context(|| format!("the recording of {} is broken", program.name))?;
    let case = programs::find_case(program, "default")?;
    let lesson = lesson::lesson(program, case, &[Role::Server, Role::Client], beside, None, true);
    Ok(lesson.page(&mut collector.finish(), language))
}

/// Runs a program, with Python if so, and has its page written; the exit code.
fn played(program: &Program, file: &Path, python: bool, language: Language) -> anyhow::Result<u8> {
    // One of them saves what it fetches where it runs.
    let folder = folder::private("sockscope-lesson-").context("cannot make a directory for the program")?;
    let mut command = Command::new(std::env::current_exe().context("cannot find this executable")?);
    command.args(["run", program.name, "--lang", language.name(), "--listed", "--format", "html", "-o"]).arg(file);
    command.args(python.then_some("--python")).current_dir(folder.path()).stdin(Stdio::null());
    let out = command.output().context("cannot start this executable")?;
    match out.status.code() {
        Some(0) => Ok(0),
        // Where nothing can be traced there is still the replay.
        Some(2) if python => played(program, file, false, language),
        code => {
            let errors = String::from_utf8_lossy(&out.stderr);
            say(format!("{}: {}", program.name, errors.trim().lines().next_back().unwrap_or("?")));
            let Some(code) = code else { bail!("interrupted") };
            Ok(u8::try_from(code).unwrap_or(TROUBLE))
        }
    }
}

/// The lessons of each document.
fn chapters() -> Vec<Chapter> {
    let listed = |program: &Program| Listed {
        name: program.name,
        page: file_name(program),
        doc: programs::cases(program).next().map_or("", |case| case.doc),
        transport: match program.transport {
            Transport::Tcp => "TCP",
            Transport::Udp => "UDP",
        },
        port: program.server_port,
        claims: claims::claims().filter(|claim| claim.programs.contains(&program.name)).count(),
    };
    let chapter = |document: &crate::program::Document| Chapter {
        document: [document.number, document.title, document.about],
        lessons: PROGRAMS.iter().filter(|program| program.document == document.number).map(listed).collect(),
    };
    DOCUMENTS.iter().map(chapter).collect()
}
