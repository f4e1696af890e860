//! Which format a trace is written in.

use std::path::Path;

use clap::ValueEnum;

use crate::format::{FORMATS, Format, by_name, by_path};

/// A format, by the name that it has in the library's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// strace's own notation, byte for byte
    Strace,
    /// One JSON object per line
    Jsonl,
    /// One JSON array
    Json,
    /// One row per event, arguments as a JSON object
    Csv,
}

/// What the command calls a format.
pub fn name(format: FormatArg) -> String {
    format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// The format that was named, or else that of the file's ending, or else strace's text.
pub fn chosen(named: Option<FormatArg>, file: Option<&Path>) -> &'static Format {
    let named = named.and_then(|format| by_name(&name(format)));
    named.or_else(|| by_path(file?)).unwrap_or(&FORMATS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_has_the_formats_of_the_library() {
        let names: Vec<_> = FormatArg::value_variants().iter().map(|format| name(*format)).collect();
        assert_eq!(names, FORMATS.iter().map(|format| format.name).collect::<Vec<_>>());
        for format in FormatArg::value_variants() {
            assert_eq!(chosen(Some(*format), Some(Path::new("log.xml"))).name, name(*format));
        }
        assert_eq!(chosen(None, Some(Path::new("log.csv"))).name, "csv");
        assert_eq!(chosen(None, Some(Path::new("log"))).name, "strace");
        assert_eq!(chosen(None, None).name, "strace");
    }
}
