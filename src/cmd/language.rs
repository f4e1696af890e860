//! In which language explanations are written.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::lang::Language;

/// `--lang`, for subcommands that explain something.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct LanguageArg {
    /// Language of explanations; default: that of the environment (LC_ALL, LC_MESSAGES, LANG, LANGUAGE), if it is one of
    /// these. JSON and CSV are always English
    #[arg(long = "lang", value_name = "LANG", value_enum)]
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
        self.given.unwrap_or_else(|| Language::of_environment(|name| std::env::var(name).ok()))
    }
}
