//! `sockscope programs`: what there is to run.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::bail;
use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};

use super::{nearest, print};
use crate::program::cases::{self, Case};
use crate::program::{DOCUMENTS, PROGRAMS, Program, Role};

/// List the document programs, or describe one
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The program; all if left out
    pub program: Option<String>,
    /// Print the program's source instead
    #[arg(long, value_name = "LANGUAGE", requires = "program")]
    pub source: Option<SourceArg>,
}

/// A language that the programs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SourceArg {
    /// The twins
    Python,
    /// The replays
    Rust,
}

/// Runs `sockscope programs`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let text = match (&args.program, args.source) {
        (None, _) => list(),
        (Some(name), None) => details(find(name)?),
        (Some(name), Some(SourceArg::Rust)) => find(name)?.source.to_owned(),
        (Some(name), Some(SourceArg::Python)) => {
            let program = find(name)?;
            let twin = |role| format!("# {}\n{}", program.twin_file(role), program.twin(role));
            format!("{}\n\n{}", twin(Role::Server), twin(Role::Client))
        }
    };
    print(text)?;
    Ok(ExitCode::SUCCESS)
}

/// The program of that name, or which one may have been meant.
pub(super) fn find(name: &str) -> anyhow::Result<&'static Program> {
    match crate::program::find(name) {
        Some(program) => Ok(program),
        None => {
            let known = PROGRAMS.iter().map(|program| program.name);
            bail!("there is no program '{name}'{}", nearest::suggestion(name, known))
        }
    }
}

/// The cases of a program, its default first.
pub(super) fn cases(program: &Program) -> impl Iterator<Item = &'static Case> + Clone {
    let name = program.name;
    cases::all().filter(move |case| case.program == name)
}

/// The case of that name, or which one may have been meant.
pub(super) fn find_case(program: &Program, name: &str) -> anyhow::Result<&'static Case> {
    let mut cases = cases(program);
    let known = cases.clone().map(|case| case.name);
    match cases.find(|case| case.name == name) {
        Some(case) => Ok(case),
        None => bail!("{} has no case '{name}'{}", program.name, nearest::suggestion(name, known)),
    }
}

fn ports(program: &Program) -> String {
    if program.server_port == program.client_port {
        program.server_port.to_string()
    } else {
        format!("server {}, client {}", program.server_port, program.client_port)
    }
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    table
}

fn list() -> String {
    let mut table = table(&["PROGRAM", "DOCUMENT", "ROLES", "PORTS", "CASES"]);
    for program in PROGRAMS {
        let cases: Vec<_> = cases(program).map(|case| case.name).collect();
        table.add_row([program.name, program.document, "server, client", &ports(program), &cases.join(", ")]);
    }
    let mut documents = self::table(&["DOCUMENT", "TITLE", "WHAT IT IS"]);
    for document in DOCUMENTS {
        documents.add_row([document.number, document.title, document.about]);
    }
    format!("{}\n\n{}\n", table.trim_fmt(), documents.trim_fmt())
}

fn details(program: &Program) -> String {
    let mut text = String::new();
    let title = program.source_document().map(|document| format!(" “{}”", document.title)).unwrap_or_default();
    let _ = writeln!(text, "{}: document {}{title}, ports: {}\n", program.name, program.document, ports(program));
    let mut table = table(&["CASE", "WHAT IS TO BE SEEN"]);
    for case in cases(program) {
        table.add_row([case.name, case.doc]);
    }
    let _ = writeln!(text, "{}", table.trim_fmt());
    let _ = writeln!(text, "\nsockscope run {} [--case CASE]", program.name);
    text
}
