//! What a file's name means for its contents: its ending is that of a format, that of a packing behind it, or both.
//!
//! What a name says is what is written, so a name whose ending says nothing that is known is an error and not a file
//! of some default. Only a name without an ending leaves the choice open, as those of strace's logs usually do.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{FORMATS, Format, Packing};

/// What a file's name says.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Named {
    /// The format of its ending; `None` where the name has no ending, or only that of a packing.
    pub format: Option<&'static Format>,
    /// How the file is packed.
    pub packing: Packing,
}

/// Why a file's name does not say what is to be in the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// No format has the ending.
    #[error("no format has the ending .{ending}; end the name in {list}, or give --format", list = endings())]
    Ending {
        /// The ending, without the dot.
        ending: String,
    },
    /// The ending is that of a packing that is not supported.
    #[error("packing as .{ending} is not supported; end the name in .gz or .zst, or pack the file afterwards")]
    Packing {
        /// The ending, without the dot.
        ending: String,
    },
}

/// Endings of packings that are not supported: a plain file must not have them either.
const FOREIGN: [&str; 7] = ["xz", "bz2", "lz4", "zip", "br", "7z", "tgz"];

/// The name's ending: what follows the last dot, if it begins with a letter. Numbers and dates are no endings.
fn split(name: &[u8]) -> Option<(&[u8], &str)> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let ending = std::str::from_utf8(&name[dot + 1..]).ok()?;
    ending.starts_with(|first: char| first.is_alphabetic()).then_some((&name[..dot], ending))
}

fn format_of(ending: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

fn packing_of(ending: &str) -> Packing {
    Packing::ALL.into_iter().find(|packing| ending.eq_ignore_ascii_case(packing.ending())).unwrap_or_default()
}

/// All endings, for a person.
fn endings() -> String {
    let all: Vec<String> =
        FORMATS.iter().flat_map(|format| format.endings).map(|ending| format!(".{ending}")).collect();
    let packings: Vec<String> = Packing::ALL.iter().map(|packing| format!(".{}", packing.ending())).collect();
    format!("{} (packed: then {})", all.join(", "), packings.join(" or "))
}

/// What a file's name says. Where the format is `known` already, only what the name says of packing counts.
///
/// # Errors
/// [`NameError`], for an ending that no format and no packing has.
pub fn by_path(path: &Path, known: Option<&'static Format>) -> Result<Named, NameError> {
    let name = path.file_name().unwrap_or_default().as_bytes();
    let (mut rest, mut packing) = (name, Packing::None);
    if let Some((before, ending)) = split(name) {
        if FOREIGN.iter().any(|foreign| foreign.eq_ignore_ascii_case(ending)) {
            return Err(NameError::Packing { ending: ending.to_owned() });
        }
        packing = packing_of(ending);
        if packing != Packing::None {
            rest = before;
        }
    }
    if known.is_some() {
        return Ok(Named { format: known, packing });
    }
    let format = match split(rest) {
        None => None,
        Some((before, ending)) => match format_of(ending) {
            // A hidden file has no ending but its name.
            None if before.is_empty() => None,
            None => return Err(NameError::Ending { ending: ending.to_owned() }),
            found => found,
        },
    };
    Ok(Named { format, packing })
}

/// The name before its endings, and the endings with their dots, where something other than plain text for people is
/// behind the name.
fn parts(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut stem, ending) = split(name)?;
    let packed = packing_of(ending) != Packing::None;
    let format = if packed { split(stem) } else { Some((stem, ending)) };
    match format.map(|(before, ending)| (before, format_of(ending))) {
        Some((before, Some(format))) if packed || !format.for_people => stem = before,
        _ if packed => {}
        _ => return None,
    }
    Some((stem, &name[stem.len()..]))
}

/// Whether a path is that of a folder, which is there or is named as one.
#[cfg(feature = "tables")]
pub(crate) fn is_folder(path: &Path) -> bool {
    path.as_os_str().as_bytes().ends_with(b"/") || path.is_dir()
}

/// The name of the file in which a process of this number has its part of a set: `x.7.jsonl` of `x.jsonl`. For plain
/// text it is strace's, the number at the end.
pub fn numbered(path: &Path, number: u32) -> PathBuf {
    let name = path.file_name().unwrap_or_default().as_bytes();
    let (stem, endings) = parts(name).unwrap_or((name, b""));
    let name = [stem, format!(".{number}").as_bytes(), endings].concat();
    path.with_file_name(OsStr::from_bytes(&name))
}

/// The number in a name that [`numbered`] made.
pub fn number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.as_bytes();
    let stem = parts(name).map_or(name, |(stem, _)| stem);
    let dot = stem.iter().rposition(|byte| *byte == b'.')?;
    std::str::from_utf8(&stem[dot + 1..]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str) -> Result<(Option<&'static str>, Packing), NameError> {
        by_path(Path::new(name), None).map(|named| (named.format.map(|format| format.name), named.packing))
    }

    #[test]
    fn a_name_says_format_and_packing() {
        for (name, format, packing) in [
            ("x.jsonl", Some("jsonl"), Packing::None),
            ("a.b/x.ndjson", Some("jsonl"), Packing::None),
            ("x.JSONL.ZST", Some("jsonl"), Packing::Zstd),
            ("x.csv.gz", Some("csv"), Packing::Gzip),
            ("x.2024-01-01.json.gz", Some("json"), Packing::Gzip),
            ("x.strace.gz", Some("strace"), Packing::Gzip),
            ("x.txt", Some("strace"), Packing::None),
            (".jsonl", Some("jsonl"), Packing::None),
            ("log.zst", None, Packing::Zstd),
            ("log", None, Packing::None),
            ("log.17", None, Packing::None),
            ("log.2024-01-01", None, Packing::None),
            ("a.xml/log", None, Packing::None),
            (".hidden", None, Packing::None),
            ("/dev/null", None, Packing::None),
        ] {
            assert_eq!(parsed(name), Ok((format, packing)), "{name}");
        }
    }

    #[test]
    fn an_ending_that_says_nothing_known_is_refused_with_the_list() {
        let refusal = parsed("x.xml").unwrap_err().to_string();
        for format in FORMATS {
            for ending in format.endings {
                assert!(refusal.contains(&format!(".{ending}")), "{refusal}");
            }
        }
        assert!(refusal.contains(".gz or .zst") && refusal.contains("--format"), "{refusal}");
        assert!(parsed("x.xml.gz").is_err());
        assert_eq!(parsed("x.jsonl.xz"), Err(NameError::Packing { ending: "xz".to_owned() }));
        let named = |name| by_path(Path::new(name), Some(&FORMATS[0])).map(|named| named.packing);
        assert_eq!((named("x.xml"), named("x.xml.gz")), (Ok(Packing::None), Ok(Packing::Gzip)));
        assert!(named("x.xz").is_err(), "a plain file under the name of a packed one");
    }

    #[test]
    fn the_files_of_a_set_have_the_number_before_an_ending_that_says_what_is_in_them() {
        for (name, of_seven) in [
            ("d/x.jsonl", "d/x.7.jsonl"),
            ("x.csv.zst", "x.7.csv.zst"),
            ("x.zst", "x.7.zst"),
            ("x.strace.gz", "x.7.strace.gz"),
            ("x.strace", "x.strace.7"),
            ("log", "log.7"),
            ("a.b/log.txt", "a.b/log.txt.7"),
        ] {
            assert_eq!(numbered(Path::new(name), 7), Path::new(of_seven));
            assert_eq!((number(Path::new(of_seven)), number(Path::new(name))), (Some(7), None), "{name}");
        }
    }
}
