//! The text of source lines.
//!
//! A code object only names its file. The text is looked for where Python's own traceback would, but from outside:
//! relative names start at the directory in which the program was executed (before 3.9 the script's name stays as it
//! was typed), files are opened in the process's own root, modules inside an archive are taken out of it, and what
//! came by `-c` or from a redirected standard input is read again from there. Where it is not certain that a text is
//! the right one there is none.

use super::process::Process;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Larger files are not read.
const MOST_BYTES: u64 = 1 << 25;

/// One source text, by lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    text: String,
    lines: Vec<Range<usize>>,
}

impl Text {
    fn new(bytes: &[u8]) -> Self {
        let text = decode(bytes);
        let mut lines = Vec::new();
        let mut start = 0;
        let mut ends = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r')).peekable();
        while let Some((at, byte)) = ends.next() {
            lines.push(start..at);
            start = at + 1;
            if byte == b'\r' && ends.next_if_eq(&(start, b'\n')).is_some() {
                start += 1;
            }
        }
        lines.push(start..text.len());
        Self { text, lines }
    }

    /// A line, counted from 1, without its end.
    pub(super) fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.lines.get(index).map(|range| &self.text[range.clone()])
    }

    /// Whether a function or class of this name may begin on this line: with its decorator, or with its head.
    fn begins(&self, number: u32, name: &str) -> bool {
        let Some(line) = self.line(number).map(str::trim_start) else {
            return false;
        };
        let head = line.strip_prefix("async").map_or(line, str::trim_start);
        let name_of = |word| head.strip_prefix(word).filter(|rest: &&str| rest.starts_with([' ', '\t']));
        line.starts_with('@')
            || ["def", "class"].into_iter().filter_map(name_of).any(|rest| {
                let rest = rest.trim_start().strip_prefix(name).map(str::trim_start);
                rest.is_some_and(|rest| rest.starts_with(['(', ':', '[']))
            })
    }

    /// Whether the text itself can make code out of strings, which then cannot be told from its own.
    fn makes_code(&self) -> bool {
        ["exec", "eval", "compile"].iter().any(|word| self.text.contains(word))
    }
}

/// UTF-8, or what PEP 263 declares where it is not; columns count the bytes of UTF-8 in either case.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Err(error) = std::str::from_utf8(bytes) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let head = &bytes[..error.valid_up_to().min(400)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase().replace('_', "-");
    let declared = head.lines().take(2).any(|line| {
        line.starts_with('#') && ["latin-1", "iso-8859-1", "latin1"].iter().any(|name| line.contains(name))
    });
    if declared { bytes.iter().copied().map(char::from).collect() } else { String::from_utf8_lossy(bytes).into_owned() }
}

/// What a `python` command was asked to run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Main {
    /// `-c`, with the text.
    Command(Vec<u8>),
    /// Standard input, as a whole.
    Stdin,
    /// A script, a module, a prompt, or no Python command at all: the code's own file name says where it is.
    Elsewhere,
}

impl Main {
    /// Reads the arguments as CPython's own option parser does.
    fn of(arguments: &[Vec<u8>]) -> Self {
        let mut rest = arguments.iter().skip(1);
        let mut interactive = false;
        while let Some(argument) = rest.next() {
            let Some(letters) = argument.strip_prefix(b"-") else {
                return Self::Elsewhere;
            };
            match letters {
                b"" => break,
                b"-" => {
                    return if rest.len() == 0 { Self::stdin(interactive) } else { Self::Elsewhere };
                }
                b"-check-hash-based-pycs" => {
                    rest.next();
                    continue;
                }
                _ if letters.starts_with(b"-") => continue,
                _ => {}
            }
            for (at, letter) in letters.iter().enumerate() {
                let behind = &letters[at + 1..];
                match letter {
                    b'c' => {
                        let text = if behind.is_empty() { rest.next().map(Vec::as_slice) } else { Some(behind) };
                        return text.map_or(Self::Elsewhere, |text| Self::Command(text.to_vec()));
                    }
                    b'm' => return Self::Elsewhere,
                    b'i' => interactive = true,
                    // These take the rest of the word, or the next one. (`-Q` went with Python 2.)
                    b'W' | b'X' | b'Q' => {
                        if behind.is_empty() {
                            rest.next();
                        }
                        break;
                    }
                    _ => {}
                }
            }
        }
        Self::stdin(interactive)
    }

    /// An interactive interpreter compiles each statement on its own and counts its lines from 1.
    fn stdin(interactive: bool) -> Self {
        if interactive { Self::Elsewhere } else { Self::Stdin }
    }
}

/// A code object, as far as it helps to tell whether a text is its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeName<'a> {
    /// The file it names.
    pub file: &'a str,
    /// Its function, or `<module>` and the like.
    pub function: &'a str,
    /// Its first line, counted from 1.
    pub first_line: u32,
    /// It belongs to the outermost frame of the main thread.
    pub outermost: bool,
}

/// The source texts of one process.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// Where the program was executed.
    directory: Option<PathBuf>,
    main: Main,
    texts: HashMap<Arc<str>, Option<Arc<Text>>>,
}

impl Sources {
    /// Notes what can change later: the working directory, and the arguments, which programs may overwrite.
    pub(super) fn new(process: &dyn Process) -> Self {
        // A program that embeds Python gives options of its own a meaning of its own.
        let is_python = process
            .executable()
            .is_ok_and(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python")));
        let arguments = if is_python { process.command_line().ok() } else { None };
        let main = arguments.map_or(Main::Elsewhere, |arguments| Main::of(&arguments));
        Self { directory: process.current_dir().ok(), main, texts: HashMap::new() }
    }

    /// The text that a code object was made from.
    pub(super) fn of_code(&mut self, process: &dyn Process, code: CodeName<'_>) -> Option<Arc<Text>> {
        let text = self.text(process, code.file)?;
        // Any program may call its strings `<string>`, and a file may have been edited since it was imported.
        let named_so = code.file.starts_with('<');
        let fits = match code.function {
            "<module>" => !named_so || code.outermost,
            name if name.starts_with('<') => !named_so || !text.makes_code(),
            name => text.begins(code.first_line, name),
        };
        fits.then_some(text)
    }

    fn text(&mut self, process: &dyn Process, file: &str) -> Option<Arc<Text>> {
        if let Some(text) = self.texts.get(file) {
            return text.clone();
        }
        let text = self.load(process, file).map(|bytes| Arc::new(Text::new(&bytes)));
        self.texts.insert(file.into(), text.clone());
        text
    }

    fn load(&self, process: &dyn Process, file: &str) -> Option<Vec<u8>> {
        match (file, &self.main) {
            ("<string>", Main::Command(text)) => return Some(text.clone()),
            ("<stdin>", Main::Stdin) => return process.open_stdin().and_then(whole).ok(),
            _ if file.starts_with('<') => return None,
            _ => {}
        }
        let path = self.directory.as_deref().unwrap_or(Path::new("")).join(file);
        if !path.is_absolute() {
            return None;
        }
        process.open(&path).and_then(whole).ok().or_else(|| archived(process, &path))
    }
}

fn whole(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `/a/b.pyz/package/module.py`: the part of the path that is a file is an archive.
fn archived(process: &dyn Process, path: &Path) -> Option<Vec<u8>> {
    let (archive, file) = path.ancestors().skip(1).find_map(|above| Some((above, process.open(above).ok()?)))?;
    let inside = path.strip_prefix(archive).ok()?;
    let names: Option<Vec<&str>> = inside
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let mut archive = zip::ZipArchive::new(file).ok()?;
    let member = archive.by_name(&names?.join("/")).ok()?;
    let mut bytes = Vec::new();
    member.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_python_ends_them() {
        let text = Text::new(b"\xef\xbb\xbfone\r\ntwo\rthree\n\nfive");
        let lines: Vec<_> = (0..=6).map(|number| text.line(number)).collect();
        assert_eq!(lines, [None, Some("one"), Some("two"), Some("three"), Some(""), Some("five"), None]);
    }

    #[test]
    fn declared_latin_1_is_read_as_such() {
        assert_eq!(Text::new(b"# -*- coding: latin-1 -*-\ns = '\xe9'").line(2), Some("s = 'é'"));
        assert_eq!(Text::new(b"s = '\xe9'").line(1), Some("s = '\u{fffd}'"));
    }

    fn main(arguments: &[&str]) -> Main {
        Main::of(&arguments.iter().map(|argument| argument.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_as_python_reads_it() {
        let command = |text: &str| Main::Command(text.into());
        assert_eq!(main(&["python", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "-cx", "y"]), command("x"));
        assert_eq!(main(&["python", "-Ic", "x", "-c", "y"]), command("x"));
        assert_eq!(main(&["python", "-W", "ignore", "-X", "dev", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "-Wc", "-B", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "--check-hash-based-pycs", "never", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "-m", "x", "-c", "y"]), Main::Elsewhere);
        assert_eq!(main(&["python", "x.py", "-c", "y"]), Main::Elsewhere);
        assert_eq!(main(&["python", "--", "x.py"]), Main::Elsewhere);
        assert_eq!(main(&["python", "-c"]), Main::Elsewhere);
        assert_eq!(main(&["python", "-u", "-", "x"]), Main::Stdin);
        assert_eq!(main(&["python"]), Main::Stdin);
        assert_eq!(main(&["python", "-i"]), Main::Elsewhere);
    }

    #[test]
    fn a_function_fits_where_it_begins() {
        let text =
            Text::new(b"@decorated\ndef f(x):\n  pass\nasync  def  g():\nclass C :\nexec('def h(): pass')\ndef ff():");
        let fits = |line, name| text.begins(line, name);
        assert!(fits(1, "f") && fits(2, "f") && fits(4, "g") && fits(5, "C") && fits(7, "ff"));
        assert!(!fits(3, "f") && !fits(6, "h") && !fits(7, "f") && !fits(8, "f") && !fits(0, "f"));
    }
}
