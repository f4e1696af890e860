//! Which format a trace is written in.

use std::path::Path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::format::{FORMATS, Format, by_name, by_path};
use crate::text::StringStyle;

/// Reads the name of a format: one of the library's table.
pub(super) fn parser() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(names).try_map(|name| by_name(&name).ok_or("there is no such format"))
}

/// The format that was named, or else that of the file's ending, or else strace's text.
pub(super) fn chosen(named: Option<&'static Format>, file: Option<&Path>) -> &'static Format {
    named.or_else(|| by_path(file?)).unwrap_or(&FORMATS[0])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_more_than_the_files_ending() {
        for format in FORMATS {
            assert_eq!(chosen(Some(format), Some(Path::new("log.xml"))).name, format.name);
        }
        assert_eq!(chosen(None, Some(Path::new("log.csv"))).name, "csv");
        assert_eq!(chosen(None, Some(Path::new("log"))).name, "strace");
        assert_eq!(chosen(None, None).name, "strace");
    }
}
