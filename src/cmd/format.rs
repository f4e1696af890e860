//! Which format a trace is written in.

use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::format::{FORMATS, Format, by_name, by_path};

/// Reads the name of a format: one of the library's table.
pub(super) fn parser() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(names).try_map(|name| by_name(&name).ok_or("there is no such format"))
}

/// The format that was named, or else that of the file's ending, or else strace's text.
pub(super) fn chosen(named: Option<&'static Format>, file: Option<&Path>) -> &'static Format {
    named.or_else(|| by_path(file?)).unwrap_or(&FORMATS[0])
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
