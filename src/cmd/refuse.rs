//! What is wrong with the arguments, in one sentence of the reader's language.

use std::io::Write;

use clap::CommandFactory;
use clap::error::{ContextKind, ErrorKind};

use super::{Cli, TROUBLE, say};
use crate::text::visible_coloured;

/// Ends with what is wrong with the arguments, in one sentence.
pub(super) fn refuse(error: &clap::Error) -> ! {
    let context = |kind| error.get(kind).map(|value| anstream::adapter::strip_str(&value.to_string()).to_string());
    // The usage names the subcommand.
    let usage = context(ContextKind::Usage).unwrap_or_default();
    let known = |word: &&str| *word == "sockscope" || Cli::command().find_subcommand(word).is_some();
    let command: Vec<&str> = usage.split_whitespace().skip(1).take(2).filter(known).collect();
    let command = if command.is_empty() { of_command_line() } else { command.join(" ") };
    let Some(text) = wrong_arguments(error.kind(), &context, std::error::Error::source(error), &command) else {
        leave(error)
    };
    say(text);
    std::process::exit(TROUBLE.into())
}

/// `sockscope` with the subcommand, as far as the first words name one.
fn of_command_line() -> String {
    let mut words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let subcommand = words.find(|word| Cli::command().find_subcommand(word).is_some());
    subcommand.map_or_else(|| "sockscope".to_owned(), |name| format!("sockscope {name}"))
}

/// What is wrong with arguments; `None` for what is no mistake, and where clap knows it better.
fn wrong_arguments(
    kind: ErrorKind,
    context: &dyn Fn(ContextKind) -> Option<String>,
    source: Option<&(dyn std::error::Error + 'static)>,
    command: &str,
) -> Option<String> {
    let near = |what: &str, name: &str, near| match context(near) {
        Some(near) => format!("there is no {what} {name}; did you mean '{near}'? `{command} --help` lists them"),
        None => format!("there is no {what} {name}; `{command} --help` lists them"),
    };
    let argument = || context(ContextKind::InvalidArg);
    Some(match kind {
        ErrorKind::UnknownArgument => match argument()? {
            name if name.starts_with('-') => near("option", &name, ContextKind::SuggestedArg),
            name => format!("unexpected argument '{name}'; `{command} --help` shows what stands where"),
        },
        ErrorKind::InvalidSubcommand => {
            near("subcommand", &context(ContextKind::InvalidSubcommand)?, ContextKind::SuggestedSubcommand)
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = argument()?;
            format!("nothing is given for {missing}; `{command} --help` has examples")
        }
        ErrorKind::TooFewValues => {
            let (name, wanted) = (argument()?, context(ContextKind::MinValues)?);
            format!("{name} needs at least {wanted}; `{command} --help` has examples")
        }
        ErrorKind::ArgumentConflict => {
            let (name, other) = (argument()?, context(ContextKind::PriorArg)?);
            format!("{name} cannot be given with {other}")
        }
        ErrorKind::InvalidValue => {
            let (name, value) = (argument()?, context(ContextKind::InvalidValue)?);
            let known = context(ContextKind::ValidValue).unwrap_or_default();
            match (value.as_str(), context(ContextKind::SuggestedValue)) {
                ("", _) if known.is_empty() => format!("{name} needs a value"),
                ("", _) => format!("{name} needs a value; known are {known}"),
                (_, Some(near)) => {
                    format!("'{value}' is not a value of {name}; did you mean '{near}'? known are {known}")
                }
                _ => format!("'{value}' is not a value of {name}; known are {known}"),
            }
        }
        ErrorKind::ValueValidation => {
            let (name, value, why) = (argument()?, context(ContextKind::InvalidValue)?, source?);
            format!("'{value}' is not a value of {name}: {why}")
        }
        _ => return None,
    })
}

/// Prints what clap has to say, help or an error that repeats what the user typed, and ends.
fn leave(error: &clap::Error) -> ! {
    let text = visible_coloured(&error.render().ansi().to_string());
    let _ =
        if error.use_stderr() { write!(anstream::stderr(), "{text}") } else { write!(anstream::stdout(), "{text}") };
    std::process::exit(error.exit_code())
}
