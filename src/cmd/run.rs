//! `sockscope run`: a document program, both roles or one.

use std::net::SocketAddrV4;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::ValueEnum;

use super::log::LogArgs;
use super::open::OpenArg;
use super::{compare, programs};
use crate::program::cases::{Act, Case};
use crate::program::{Program, Role};

mod both;
mod expected;
pub(super) mod lesson;
mod network;
mod python;
mod role;
mod show;
mod timeline;

pub(super) use both::interpreter;

const EXAMPLES: &str = "\
In what is shown, `server | …` is a call and `server > …` what the program printed.

Examples:
  sockscope run tcp-hello                      both roles, and whether it ended as expected
  sockscope run tcp-hello --case time-wait     a situation (see `sockscope programs tcp-hello`)
  sockscope run chat server -o server.strace   one role in the foreground, its log in a file
  sockscope run chat --python=client           our server, Python's client
  sockscope run chat --python --group python   both in Python, each line with its calls below it
  sockscope run udp-hello --format jsonl       events for jq on standard output
  sockscope run tcp-hello --python --open      a lesson, in the browser
  sockscope run tcp-hello --python -o hello.html    a lesson: both sources, the calls between, the document's claims

Exit code: 0 if the program ended as expected, 1 if not, 2 if it could not be run. In the
foreground it is the program's own.";

/// Run a document program, with a log of its system calls
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The program (`sockscope programs` lists them)
    pub program: String,
    /// One role only, in the foreground
    pub role: Option<RoleArg>,
    /// The situation
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
    /// With the bug that is in the document
    #[arg(long, conflicts_with = "case")]
    pub as_printed: bool,
    /// Let real Python play: both roles, or the one named
    #[arg(long, value_name = "ROLE", num_args = 0..=1, require_equals = true, default_missing_value = "both")]
    pub python: Option<PythonArg>,
    /// Run our program and its Python twin, and show whether they make the same calls
    #[arg(long, conflicts_with_all = ["role", "python", "resolver", "log_fd", "output", "format", "open"])]
    pub compare: bool,
    /// Port instead of the document's; 0 takes any free one
    #[arg(long)]
    pub port: Option<u16>,
    /// Host instead of the document's
    #[arg(long)]
    pub host: Option<String>,
    /// Where both roles run: in a private network, where the document's ports are always free, or in this machine's.
    /// Default: private where the kernel allows it and --host is a loopback address
    #[arg(long, value_name = "WHERE", conflicts_with = "role")]
    pub network: Option<network::Network>,
    /// Name server for getname's client, which then runs alone
    #[arg(long, value_name = "ADDR:PORT")]
    pub resolver: Option<SocketAddrV4>,
    /// Write Python's calls below the line that made them; the default on a terminal
    #[arg(long, value_name = "BY", requires = "python", conflicts_with = "compare")]
    pub group: Option<GroupArg>,
    /// The log
    #[command(flatten)]
    pub log: LogArgs,
    /// Descriptor that the log goes to as JSON lines; how a role is run by its runner
    #[arg(long, hide = true, requires = "role")]
    pub log_fd: Option<i32>,
    /// Whether the page is opened
    #[command(flatten)]
    pub open: OpenArg,
    /// File for what a lesson has beside its trace, from which `sockscope lessons` makes pages
    #[arg(long, hide = true, conflicts_with = "role", value_name = "FILE")]
    pub beside: Option<PathBuf>,
    /// The page is one of several, with a list beside it
    #[arg(long, hide = true)]
    pub listed: bool,
    /// Further arguments of the role, such as --rounds 1
    #[arg(last = true, requires = "role")]
    pub arguments: Vec<String>,
}

/// A role of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleArg {
    /// Binds a port and waits
    Server,
    /// Speaks first
    Client,
}

/// What calls are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GroupArg {
    /// The line of Python that made them
    Python,
    /// Nothing
    None,
}

/// Which roles Python plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PythonArg {
    /// The server
    Server,
    /// The client
    Client,
    /// Both
    Both,
}

/// Runs `sockscope run`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut args = args.clone();
    (args.log.output, args.log.format) = args.open.target(args.log.output, args.log.format, &args.program)?;
    let code = play(&args)?;
    args.open.show(args.log.output.as_deref())?;
    Ok(code)
}

fn play(args: &Args) -> anyhow::Result<ExitCode> {
    let program = programs::find(&args.program)?;
    let case = find_case(program, args)?;
    if args.resolver.is_some() && program.name != "getname" {
        bail!("--resolver is for getname, the only program that asks a name server");
    }
    if args.compare {
        network::enter(args, program, case)?;
        return compare::runs::both(program, case, args.log.strings());
    }
    let role = match args.role {
        Some(RoleArg::Server) => Some(Role::Server),
        Some(RoleArg::Client) => Some(Role::Client),
        // A name server of the user's own leaves nothing to do for ours.
        None => args.resolver.map(|_| Role::Client),
    };
    let python = |role| match (args.python, role) {
        (Some(PythonArg::Both), _) => true,
        (Some(PythonArg::Server), role) => role == Role::Server,
        (Some(PythonArg::Client), role) => role == Role::Client,
        (None, _) => false,
    };
    match role {
        Some(role) if python(role) => python::run(args, program, role, case),
        Some(role) => role::run(args, program, role, case),
        None => both::run(args, program, case, [python(Role::Server), python(Role::Client)]),
    }
}

/// The case that has the document's bug.
const AS_PRINTED: &str = "as-printed";

/// The case that is asked for, or the default one.
fn find_case(program: &Program, args: &Args) -> anyhow::Result<&'static Case> {
    let name = match &args.case {
        Some(name) => name.as_str(),
        None if args.as_printed => AS_PRINTED,
        None => "default",
    };
    let found = programs::find_case(program, name);
    if args.as_printed && found.is_err() {
        bail!("{} has no bug in the document that its repaired form hides; tcp-hello has one", program.name);
    }
    found
}

/// The arguments with which a case starts a role.
fn case_arguments(case: &Case, wanted: Role) -> &'static [&'static str] {
    let args = case.script.iter().find_map(|act| match act {
        Act::Start(role, args) | Act::StartUnprivileged(role, args) if *role == wanted => Some(*args),
        _ => None,
    });
    args.unwrap_or(&[])
}
