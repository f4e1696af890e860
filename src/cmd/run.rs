//! `sockscope run`: a document program, both roles or one.

use std::process::ExitCode;

use anyhow::bail;
use sockscope::program::cases::{Act, Case};
use sockscope::program::{Program, Role};

use super::{nearest, programs};
use crate::cli::run::{PythonArg, RoleArg, RunArgs};

mod both;
mod role;
mod show;
mod signals;

/// Does what the arguments say.
pub fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let program = programs::find(&args.program)?;
    let case = find_case(program, args)?;
    if args.resolver.is_some() && program.name != "getname" {
        bail!("--resolver is for getname, the only program that asks a name server");
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
        Some(role) if python(role) => {
            let file = program.twin_file(role);
            bail!(
                "a role of Python's runs by itself: save it with `sockscope programs {} --source python`, then \
                 `strace python3 {file}`",
                program.name
            )
        }
        Some(role) => role::run(args, program, role, case),
        None => both::run(args, program, case, [python(Role::Server), python(Role::Client)]),
    }
}

/// The case that is asked for, or the default one.
fn find_case(program: &Program, args: &RunArgs) -> anyhow::Result<&'static Case> {
    let name = match &args.case {
        Some(name) => name.as_str(),
        None if args.as_printed => "as-printed",
        None => "default",
    };
    let cases = programs::cases(program);
    match cases.clone().find(|case| case.name == name) {
        Some(case) => Ok(case),
        None if args.as_printed => {
            bail!("{} has no bug in the document that its repaired form hides; tcp-hello has one", program.name)
        }
        None => {
            let known = cases.map(|case| case.name);
            bail!("{} has no case '{name}'{}", program.name, nearest::suggestion(name, known))
        }
    }
}

/// What a case tells a role when it starts it.
fn case_arguments(case: &Case, wanted: Role) -> &'static [&'static str] {
    let told = case.script.iter().find_map(|act| match act {
        Act::Start(role, args) | Act::StartUnprivileged(role, args) if *role == wanted => Some(*args),
        _ => None,
    });
    told.unwrap_or(&[])
}
