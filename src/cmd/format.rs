//! Which format a trace is written in, and how its file is packed.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::format::{FORMATS, FoldedBy, Format, Packing, by_name, by_path};
use crate::text::{ConstStyle, StringStyle};

/// Reads the name of a format: one of the library's table.
pub(super) fn parser() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(names).try_map(|name| by_name(&name).ok_or("there is no such format"))
}

/// What is written to a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub format: &'static Format,
    pub packing: Packing,
}

/// What is written: in the format that was given, or else that of the file's name, or else strace's text, packed as the
/// name says.
pub(super) fn chosen(given: Option<&'static Format>, file: Option<&Path>) -> anyhow::Result<Chosen> {
    let Some(file) = file else {
        return Ok(Chosen { format: given.unwrap_or(&FORMATS[0]), packing: Packing::None });
    };
    let named = by_path(file, given).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(Chosen { format: named.format.unwrap_or(&FORMATS[0]), packing: named.packing })
}

/// Refuses to write to a terminal what only programs can read.
pub(super) fn spare_the_terminal(format: &Format, is_terminal: bool) -> anyhow::Result<()> {
    if format.binary && is_terminal {
        bail!(
            "{} is not text, so it cannot be written to a terminal; give -o trace.{}",
            format.name,
            format.endings[0]
        );
    }
    Ok(())
}

impl Chosen {
    /// Where a format with files of its own puts them, after a look whether it can.
    pub(super) fn place(&self, file: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
        let name = self.format.name;
        match (self.format.own_files, file) {
            (None, _) => Ok(None),
            (Some(_), None) => {
                bail!("cannot write {name} to a pipe or terminal: it is a whole file; give -o FILE.{name}")
            }
            (Some(_), Some(file)) if self.packing != Packing::None => {
                bail!("cannot write {}: {name} is packed inside; end the name in .{name}", file.display())
            }
            (Some(check), Some(file)) => {
                check(file).with_context(|| format!("cannot write {}", file.display()))?;
                Ok(Some(file.to_owned()))
            }
        }
    }
}

/// `--folded-by`, for what writes traces.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct FoldedArg {
    /// What --format folded adds up for each Python stack with its call
    #[arg(long = "folded-by", value_name = "WHAT", value_enum, default_value_t)]
    pub by: FoldedBy,
}

impl ValueEnum for FoldedBy {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Time, Self::Bytes, Self::Calls, Self::Errors]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = match self {
            Self::Time => PossibleValue::new("time").help("Time in the calls, in ns"),
            Self::Bytes => PossibleValue::new("bytes").help("Bytes that they moved"),
            Self::Calls => PossibleValue::new("calls").help("How many there were"),
            Self::Errors => PossibleValue::new("errors").help("How many of them failed"),
        };
        Some(value)
    }
}

/// How text in strings is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TextArg {
    /// Characters of valid UTF-8 as they are; what cannot be seen is escaped
    Utf8,
    /// Every byte outside ASCII escaped, as strace does
    Octal,
}

/// How strings are written: in hex where `-x` or `-xx` ask for it, otherwise as `--text` says.
pub(super) fn strings(hex: u8, text: Option<TextArg>) -> StringStyle {
    match (hex, text) {
        (0, None | Some(TextArg::Octal)) => StringStyle::Octal,
        (0, Some(TextArg::Utf8)) => StringStyle::Utf8,
        (1, _) => StringStyle::HexUnprintable,
        (_, _) => StringStyle::Hex,
    }
}

/// The style of constants of this name, one of raw, abbrev and verbose.
pub(super) fn constants(name: &str) -> ConstStyle {
    match name {
        "raw" => ConstStyle::Raw,
        "verbose" => ConstStyle::Verbose,
        _ => ConstStyle::Abbrev,
    }
}

/// Refuses `--group` for a format that is not for people.
pub(super) fn groups(format: &Format) -> anyhow::Result<()> {
    if !format.for_people {
        bail!(
            "--group is for strace's text; in {} each call has its line, so let the reader of the file group",
            format.name
        );
    }
    Ok(())
}

/// Refuses `--explain` for a format that is not for people.
pub(super) fn explains(wanted: bool, format: &Format) -> anyhow::Result<()> {
    if wanted && !format.for_people {
        bail!(
            "--explain is for strace's text, and {} is for programs; `sockscope convert --explain` writes it as text",
            format.name
        );
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_more_than_the_files_ending() {
        let name = |given, file: &str| chosen(given, Some(Path::new(file))).unwrap().format.name;
        for format in FORMATS {
            assert_eq!(name(Some(format), "log.xml"), format.name);
        }
        assert_eq!((name(None, "log.csv"), name(None, "log")), ("csv", "strace"));
        assert_eq!(chosen(None, None).unwrap().format.name, "strace");
        let refusal = format!("{:#}", chosen(None, Some(Path::new("log.xml"))).unwrap_err());
        assert!(
            refusal.starts_with("cannot write log.xml: no format has the ending .xml; end the name in "),
            "{refusal}"
        );
    }
}
