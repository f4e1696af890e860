//! `sockscope programs`: what there is to run.

use std::process::ExitCode;

use anyhow::bail;
use clap::ValueEnum;
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

use super::language::LanguageArg;
use super::{nearest, print_coloured};
use crate::lang::Language;
use crate::program::cases::{self, Case};
use crate::program::{DOCUMENTS, Document, PROGRAMS, Program, Role};

/// List the document programs, or describe one
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The program; all if left out
    pub program: Option<String>,
    /// Print the program's source instead
    #[arg(long, value_name = "LANGUAGE", requires = "program")]
    pub source: Option<SourceArg>,
    /// The language of their descriptions
    #[command(flatten)]
    pub language: LanguageArg,
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
    let language = args.language.get();
    let text = match (&args.program, args.source) {
        (None, _) => list(language),
        (Some(name), None) => details(find(name)?, language),
        (Some(name), Some(SourceArg::Rust)) => find(name)?.source.to_owned(),
        (Some(name), Some(SourceArg::Python)) => {
            let program = find(name)?;
            let twin = |role| format!("# {}\n{}", program.twin_file(role), program.twin(role));
            format!("{}\n\n{}", twin(Role::Server), twin(Role::Client))
        }
    };
    print_coloured(&text)?;
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

fn ports(program: &Program, language: Language) -> String {
    let (server, client) = (program.server_port, program.client_port);
    if server == client {
        server.to_string()
    } else {
        language.text(&format!("server {server}, client {client}")).into_owned()
    }
}

/// A table whose first column are names.
fn table<const N: usize>(language: Language, head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).enforce_styling();
    if let Some(width) = super::table::width() {
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    table.set_header(head.map(|name| language.text(name).into_owned()));
    for row in rows {
        let bold = |(at, text): (usize, String)| match at {
            0 => Cell::new(text).add_attribute(Attribute::Bold),
            _ => Cell::new(text),
        };
        table.add_row(row.into_iter().enumerate().map(bold));
    }
    table.trim_fmt()
}

fn list(language: Language) -> String {
    let words = |text: &str| language.text(text).into_owned();
    let program = |program: &Program| {
        let cases: Vec<_> = cases(program).map(|case| case.name).collect();
        let (name, document) = (program.name.to_owned(), program.document.to_owned());
        [name, document, words("server, client"), ports(program, language), cases.join(", ")]
    };
    let programs = table(language, ["PROGRAM", "DOCUMENT", "ROLES", "PORTS", "CASES"], PROGRAMS.iter().map(program));
    let about = |document: &Document| [document.number.to_owned(), document.title.to_owned(), words(document.about)];
    let documents = table(language, ["DOCUMENT", "TITLE", "WHAT IT IS"], DOCUMENTS.iter().map(about));
    format!("{programs}\n\n{documents}\n")
}

fn details(program: &Program, language: Language) -> String {
    let title = program.source_document().map(|document| format!(" “{}”", document.title)).unwrap_or_default();
    let (name, document, ports) = (program.name, program.document, ports(program, language));
    let head = language.text(&format!("{name}: document {document}{title}, ports: {ports}")).into_owned();
    let case = |case: &Case| [case.name.to_owned(), language.text(case.doc).into_owned()];
    let table = table(language, ["CASE", "WHAT IS TO BE SEEN"], cases(program).map(case));
    format!("{head}\n\n{table}\n\nsockscope run {name} [--case CASE]\n")
}
