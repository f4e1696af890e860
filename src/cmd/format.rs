//! Which format a trace is written in.

use std::path::Path;

use clap::ValueEnum;
use sockscope::format::{FORMATS, Format, by_name, by_path};

use crate::cli::format::FormatArg;

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
