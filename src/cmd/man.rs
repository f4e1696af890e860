//! `sockscope man`: the manual, made from the command's own definition.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};
use clap::CommandFactory;

use super::{Cli, nearest, print, print_bytes};

/// Show the manual: of the command, or of a subcommand
///
/// On a terminal man(1) shows it, where it is installed; otherwise the page is written as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope man trace
  sockscope man > sockscope.1
  sockscope man --install ~/.local/share/man      then `man sockscope-trace` shows it")]
pub(super) struct Args {
    /// The subcommand
    pub subcommand: Option<String>,
    /// Write all pages into DIR/man1 instead
    #[arg(long, value_name = "DIR", conflicts_with = "subcommand")]
    pub install: Option<PathBuf>,
}

/// The pages by name: `sockscope`, and `sockscope-NAME` for each subcommand.
fn pages() -> Vec<(&'static str, clap::Command)> {
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    let subcommands = cli.get_subcommands().cloned().map(|subcommand| {
        // clap keeps names for as long as the command runs.
        let name: &'static str = format!("sockscope-{}", subcommand.get_name()).leak();
        (name, subcommand.name(name).version(env!("CARGO_PKG_VERSION")))
    });
    let subcommands: Vec<_> = subcommands.collect();
    std::iter::once(("sockscope", cli)).chain(subcommands).collect()
}

fn render(command: clap::Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}

/// Shows or writes pages.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.install {
        install(&folder.join("man1"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = args.subcommand.as_ref().map_or("sockscope".to_owned(), |name| format!("sockscope-{name}"));
    let mut pages = pages();
    let Some(at) = pages.iter().position(|(name, _)| *name == wanted) else {
        let known: Vec<&str> = pages.iter().filter_map(|(name, _)| name.strip_prefix("sockscope-")).collect();
        let name = args.subcommand.as_deref().unwrap_or_default();
        bail!("there is no subcommand {name}{}", nearest::suggestion(name, known.into_iter()));
    };
    let page = render(pages.swap_remove(at).1)?;
    if !(io::stdout().is_terminal() && show(&page)) {
        print_bytes(page.as_ref())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets man(1) show a page; false where it cannot.
fn show(page: &[u8]) -> bool {
    let started = Command::new("man").args(["-l", "-"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut man) = started else { return false };
    if let Some(mut input) = man.stdin.take() {
        // A reader that was left early has seen what it wanted.
        let _ = input.write_all(page);
    }
    man.wait().is_ok_and(|status| status.success())
}

/// Writes all pages.
fn install(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, command) in pages() {
        let path = folder.join(format!("{name}.1"));
        fs::write(&path, render(command)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    print(format!("the manual is in {}; `man sockscope-trace` shows a page where man looks there\n", folder.display()))
}
