//! `sockscope run`: a document program, both roles or one.

use std::process::ExitCode;

use anyhow::bail;
use sockscope::program::cases::{Act, Case};
use sockscope::program::{Program, Role};

use super::{compare, programs};
use crate::cli::run::{PythonArg, RoleArg, RunArgs};

mod both;
mod python;
mod role;
mod show;
mod signals;

pub(super) use both::interpreter;

/// Does what the arguments say.
pub fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let program = programs::find(&args.program)?;
    let case = find_case(program, args)?;
    if args.resolver.is_some() && program.name != "getname" {
        bail!("--resolver is for getname, the only program that asks a name server");
    }
    if args.compare {
        return compare::runs::both(program, case, args.log.strings);
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

/// The case that is asked for, or the default one.
fn find_case(program: &Program, args: &RunArgs) -> anyhow::Result<&'static Case> {
    let name = match &args.case {
        Some(name) => name.as_str(),
        None if args.as_printed => "as-printed",
        None => "default",
    };
    let found = programs::find_case(program, name);
    if args.as_printed && found.is_err() {
        bail!("{} has no bug in the document that its repaired form hides; tcp-hello has one", program.name);
    }
    found
}

/// What a case tells a role when it starts it.
fn case_arguments(case: &Case, wanted: Role) -> &'static [&'static str] {
    let told = case.script.iter().find_map(|act| match act {
        Act::Start(role, args) | Act::StartUnprivileged(role, args) if *role == wanted => Some(*args),
        _ => None,
    });
    told.unwrap_or(&[])
}
