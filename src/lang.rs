//! Messages in the reader's language.
//!
//! Data is English: the causes, claims and sentences in an event or a JSON file do not depend on who recorded them. A writer
//! for people translates a sentence at the moment it writes it. The key of a translation is the English template as it
//! stands in the source, `Descriptor {fd} was closed by {}.`, and a sentence is translated by finding the template that it
//! was made from and moving what fills its holes. So the code that makes a sentence knows no languages, a trace that was
//! recorded elsewhere or by an earlier version is read in any of them, and nothing here has a state.
//!
//! `tests/lang.rs` finds the templates in the sources and fails for one that has no translation.

use std::borrow::Cow;

pub(crate) mod template;
pub(crate) mod zh;

/// A language that explanations can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Language {
    /// English, in which everything is recorded.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// The language of a locale's name (`zh_CN.UTF-8`, `zh`, `en_GB`, `C`), if it is one of ours.
    pub fn of_locale(name: &str) -> Option<Self> {
        let name = name.split(['.', '@']).next().unwrap_or_default().replace('-', "_").to_ascii_lowercase();
        match name.split('_').collect::<Vec<_>>().as_slice() {
            ["c" | "posix"] | ["en", ..] => Some(Self::English),
            // Traditional characters are another language to a catalogue.
            ["zh", script_or_region, ..] if ["tw", "hk", "mo", "hant"].contains(script_or_region) => None,
            ["zh", ..] => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The language that the environment asks for, as gettext(3) reads it: the locale is `LC_ALL`, or else `LC_MESSAGES`, or
    /// else `LANG`; unless that is C, the list `LANGUAGE` counts more. English where it asks for none of ours.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_else(|| "C".to_owned());
        let base = locale.split('.').next().unwrap_or_default();
        let list = if ["C", "POSIX"].contains(&base) { locale } else { set("LANGUAGE").unwrap_or(locale) };
        list.split(':').find_map(Self::of_locale).unwrap_or_default()
    }

    /// The short name: `en`, `zh`.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// A sentence in this language; as it stands where it has no translation.
    pub fn text<'a>(self, english: &'a str) -> Cow<'a, str> {
        self.translated(english).map_or(Cow::Borrowed(english), Cow::Owned)
    }

    /// A sentence's translation. `None` in English, and where there is none.
    pub fn translated(self, english: &str) -> Option<String> {
        match self {
            Self::English => None,
            Self::Chinese => zh::catalogue().translate(english),
        }
    }

    /// Sentences one after the other, as this language separates them.
    pub(crate) fn sentences(self, english: [&str; 2]) -> String {
        let [first, second] = english.map(|text| self.text(text));
        let between = if self == Self::Chinese || second.is_empty() { "" } else { " " };
        format!("{first}{between}{second}")
    }
}

/// The translations of a language: each English template with its counterpart.
pub type Translations = &'static [(&'static str, &'static str)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_as_gettext_reads_it() {
        let language = |set: &[(&str, &str)]| {
            Language::of_environment(|name| {
                set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
            })
        };
        for (set, expected) in [
            (&[][..], "en"),
            (&[("LANG", "zh_CN.UTF-8")], "zh"),
            (&[("LANG", "zh_CN")], "zh"),
            (&[("LANG", "zh_SG.GB18030")], "zh"),
            (&[("LANG", "zh-Hans")], "zh"),
            (&[("LANG", "zh_TW.UTF-8")], "en"),
            (&[("LANG", "de_DE.UTF-8")], "en"),
            (&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN.UTF-8")], "zh"),
            (&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")], "en"),
            (&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "")], "zh"),
            (&[("LC_MESSAGES", "zh_CN.UTF-8"), ("LC_ALL", "C")], "en"),
            (&[("LC_MESSAGES", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")], "zh"),
            (&[("LC_CTYPE", "zh_CN.UTF-8"), ("LANG", "en_US.UTF-8")], "en"),
            (&[("LANG", "en_US.UTF-8"), ("LANGUAGE", "zh_CN:en")], "zh"),
            (&[("LANG", "zh_CN.UTF-8"), ("LANGUAGE", "en:zh")], "en"),
            (&[("LANG", "zh_CN.UTF-8"), ("LANGUAGE", "de:zh")], "zh"),
            (&[("LANG", "zh_CN.UTF-8"), ("LANGUAGE", "")], "zh"),
            (&[("LANG", "C.UTF-8"), ("LANGUAGE", "zh_CN")], "en"),
            (&[("LANGUAGE", "zh_CN")], "en"),
        ] {
            assert_eq!(language(set).name(), expected, "{set:?}");
        }
    }
}
