//! In which language explanations are written.

use std::sync::RwLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::lang::Language;

/// The language that was chosen for the whole command, like its colours; errors and remarks have it too.
static CHOSEN: RwLock<Option<Language>> = RwLock::new(None);

/// `--lang`, which stands before or behind the subcommand.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct LanguageArg {
    /// Language of explanations; default: that of the environment (LC_ALL, LC_MESSAGES, LANG, LANGUAGE), if it is one of
    /// these. Events in JSON and CSV are always English, other JSON unless this is given
    #[arg(long = "lang", value_name = "LANG", value_enum, global = true)]
    given: Option<Language>,
}

impl ValueEnum for Language {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::English, Self::Chinese]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::English => "English",
            Self::Chinese => "中文",
        }))
    }
}

impl LanguageArg {
    /// The language that was given, or else the environment's.
    pub(super) fn get(self) -> Language {
        self.given.unwrap_or_else(environment)
    }

    /// Decides for the whole command.
    pub(super) fn apply(self) {
        choose(self.get());
    }

    /// The language that was given; what other programs read does not depend on the environment.
    pub(super) fn asked(self) -> Language {
        self.given.unwrap_or_default()
    }
}

fn environment() -> Language {
    Language::of_environment(|name| std::env::var(name).ok())
}

/// The language of the command: the one that was chosen, or, while the arguments are not understood, that of their words.
pub(super) fn current() -> Language {
    CHOSEN.read().ok().and_then(|chosen| *chosen).unwrap_or_else(of_words)
}

/// Decides for the whole command, where a subcommand reads `--lang` itself.
pub(super) fn choose(language: Language) {
    if let Ok(mut chosen) = CHOSEN.write() {
        *chosen = Some(language);
    }
}

fn of_words() -> Language {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let given = words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--lang")? {
        "" => words.get(at + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    });
    given.and_then(|name| Language::from_str(name, false).ok()).unwrap_or_else(environment)
}
